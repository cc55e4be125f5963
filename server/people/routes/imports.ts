import { readFile } from "node:fs/promises";
import type { Request, Response } from "express";
import type { Granted } from "../../access/policy.ts";
import { findYear, listYears, yearOfDay } from "../../calendar/store.ts";
import { openSchool } from "../../organisation/access.ts";
import type { UnitRow } from "../../organisation/store.ts";
import type { Act } from "../../organisation/store/tree.ts";
import { dayOf } from "../../platform/clock.ts";
import { conflict, invalid } from "../../platform/errors.ts";
import { sayText } from "../../platform/messages.ts";
import { readForm, type Typed } from "../../platform/web/form.ts";
import { idOf, type FeatureRoutes } from "../../platform/web/router.ts";
import { withUploads, type Received } from "../../platform/web/uploads.ts";
import { flash } from "../../shell/layout.ts";
import { openRosterImport } from "../access.ts";
import { ChoicesForm, choicesOf, RevisionForm } from "../forms.ts";
import { judge } from "../import/judge.ts";
import { planImport } from "../import/plan.ts";
import { readRoster, UnreadableRoster } from "../import/read.ts";
import { understand } from "../import/understand.ts";
import { previewPage } from "../pages/preview.ts";
import { detailsOf, findNewDetails, kindsAllowed } from "../store/details.ts";
import { createImport, removeImport, saveChoices, type RosterImport } from "../store/imports.ts";
import { findKnown, listClassNames } from "../store/known.ts";
import { saveImport, undoImport } from "../store/save.ts";

const ROSTER_BYTES_MAX = 20_000_000;
const ACCEPTED = new Set(["xlsx", "csv"]);

export function addImportRoutes(routes: FeatureRoutes): void {
  routes.get("/schools/:id/roster-imports/new", "signed_in", async (req, res) => {
    await showUpload(req, res, await openSchool(req.db, req.actor, idOf(req.params["id"]), "administer"));
  });

  routes.post("/schools/:id/roster-imports", "signed_in", async (req, res) => {
    const school = await openSchool(req.db, req.actor, idOf(req.params["id"]), "administer");
    const rules = { store: req.blobs, field: "file", filesMax: 1, bytesMax: ROSTER_BYTES_MAX, accept: ACCEPTED };
    if (!req.is("multipart/form-data")) return showUpload(req, res.status(422), school, { problem: words(req, "no_file"), typed: {} });
    await withUploads(req, res, rules, (received) => takeFile(req, res, school, received));
  });

  routes.get("/roster-imports/:id", "signed_in", async (req, res) => {
    await showPreview(req, res, await openRosterImport(req.db, req.actor, idOf(req.params["id"])));
  });

  routes.post("/roster-imports/:id/corrections", "signed_in", async (req, res) => {
    const found = await openRosterImport(req.db, req.actor, idOf(req.params["id"]));
    const form = readForm(ChoicesForm, req.body);
    if (!form.ok) throw invalid();
    await saveChoices(req.db, found, Number(form.value["revision"]) || 0, choicesOf(form.value, found.data));
    res.redirect(303, `/roster-imports/${found.id}`);
  });

  routes.post("/roster-imports/:id/completion", "signed_in", async (req, res) => {
    const found = await openRosterImport(req.db, req.actor, idOf(req.params["id"]));
    const form = readForm(RevisionForm, req.body);
    if (!form.ok) throw invalid();
    const counts = await saveImport(req.db, found, form.value.revision, actOf(req));
    flash(req, req.t.people.imported(counts.create, counts.update + counts.move + counts.leave));
    if (counts.stopped > 0) flash(req, req.t.people.imported_stopped(counts.stopped), "warn");
    res.redirect(303, `/schools/${found.school.id}/pupils`);
  });

  routes.post("/roster-imports/:id/undoing", "signed_in", async (req, res) => {
    const found = await openRosterImport(req.db, req.actor, idOf(req.params["id"]));
    const stayed = await undoImport(req.db, found, actOf(req));
    flash(req, req.t.people.undone);
    if (stayed > 0) flash(req, req.t.people.undone_stayed(stayed), "warn");
    res.redirect(303, `/schools/${found.school.id}/pupils`);
  });

  routes.post("/roster-imports/:id/removal", "signed_in", async (req, res) => {
    const found = await openRosterImport(req.db, req.actor, idOf(req.params["id"]));
    const form = readForm(RevisionForm, req.body);
    if (!form.ok) throw invalid();
    await removeImport(req.db, found, form.value.revision);
    flash(req, req.t.people.discarded);
    res.redirect(303, `/schools/${found.school.id}/pupils`);
  });
}

function actOf(req: Request): Act {
  return { by: req.actor.personId, at: req.now, requestId: req.id };
}

function words(req: Request, code: string): string {
  return sayText(req.t.people.file_problems, code, {});
}

type School = Granted<"administer", UnitRow>;

/** Understands the file and opens its preview; what cannot be read is said on the page of the upload. */
async function takeFile(req: Request, res: Response, school: School, received: Received): Promise<void> {
  const refuse = (problem: string): Promise<void> => showUpload(req, res.status(422), school, { problem, typed: received.fields });
  const [refused] = received.refused;
  const [file] = received.files;
  if (refused?.code === "not_utf8") return refuse(words(req, "not_utf8"));
  if (refused) return refuse(sayText(req.t.platform.files, refused.code, refused.params));
  const year = await findYear(req.db, String(received.fields["year_id"] ?? ""));
  if (file === undefined) return refuse(words(req, "no_file"));
  if (year === undefined) return refuse(words(req, "no_year"));
  try {
    const keeps = await kindsAllowed(req.db, school.id);
    const found = understand(await readRoster(await readFile(file.path), file.kind.ext === "xlsx" ? "xlsx" : "csv"), keeps);
    if (found === undefined || found.lines.length === 0) return await refuse(words(req, "no_list"));
    const id = await createImport(req.db, school, { name: file.name, hash: file.hash }, { ...found, yearId: year.id }, actOf(req));
    res.redirect(303, `/roster-imports/${id}`);
  } catch (error) {
    if (!(error instanceof UnreadableRoster)) throw error;
    await refuse(words(req, error.problem));
  }
}

async function showUpload(req: Request, res: Response, school: School, wrong?: { problem: string; typed: Typed }): Promise<void> {
  const t = req.t.people;
  const years = await listYears(req.db);
  const now = await yearOfDay(req.db, dayOf(req.now));
  const chosen = typeof wrong?.typed["year_id"] === "string" ? wrong.typed["year_id"] : now?.id;
  const page = {
    head: { title: t.import_new, eyebrow: school.name, lead: t.import_lead },
    privacy: { kind: "info" as const, text: t.import_privacy },
    problem: wrong ? [{ field: "file", label: t.import_file, message: wrong.problem }] : [],
    action: `/schools/${school.id}/roster-imports`,
    submit: t.import_read,
    fields: [
      { name: "file", label: t.import_file, hint: t.import_file_hint, kind: "file" as const, required: true, error: wrong?.problem, attributes: { accept: ".xlsx,.csv" } },
      { name: "year_id", label: t.import_year, kind: "select" as const, value: chosen ?? "", options: years.map((year) => ({ value: year.id, label: year.id })) },
    ],
  };
  const crumbs = [{ href: `/schools/${school.id}/pupils`, label: t.pupils }, { label: t.import_new }];
  res.page("people/upload", page, { title: t.import_new, crumbs });
}

async function showPreview(req: Request, res: Response, found: Granted<"administer", RosterImport>): Promise<void> {
  if (found.state !== "preview") throw conflict("import_over");
  const today = dayOf(req.now);
  const { data, school } = found;
  const classes = await listClassNames(req.db, school.id, data.yearId);
  const people = judge(data, data, { classes, today });
  const known = await findKnown(req.db, { school, yearId: data.yearId, layout: data.layout, today }, people);
  const plan = planImport(people, { id: school.id, layout: data.layout, known });
  const details = await findNewDetails(req.db, school.id, detailsOf(plan.changes, data.kept, new Map()));
  const title = req.t.people.preview_of(found.file_name);
  const crumbs = [{ href: `/schools/${school.id}/pupils`, label: req.t.people.pupils }, { label: title }];
  res.page("people/preview", previewPage(req, found, { people, plan, classes, newDetails: details.length }), { title, crumbs, wide: true });
}
