import { randomBytes } from "node:crypto";
import type { Request, Response } from "express";
import { officerOver } from "../access/actor.ts";
import { schoolRefusal } from "../access/policy.ts";
import { listYears } from "../calendar/store.ts";
import { lackOfRoom } from "../materials/store/quota.ts";
import { nameOf } from "../materials/store/telling.ts";
import { openOffice } from "../measures/access.ts";
import { yearAskedOr } from "../measures/closing/access.ts";
import { listTargets, targetsOf } from "../measures/store/targets.ts";
import { canLead, openSchool } from "../organisation/access.ts";
import type { UnitRow } from "../organisation/store.ts";
import { conflict, forbidden, invalid, notFound } from "../platform/errors.ts";
import { findBlob, saveBlob } from "../platform/storage/store.ts";
import { blankForm, readForm, type FieldError, type Typed } from "../platform/web/form.ts";
import { featureRoutes, idOf, type FeatureRoutes } from "../platform/web/router.ts";
import { sendBlob } from "../platform/web/send-blob.ts";
import { withUploads } from "../platform/web/uploads.ts";
import { flash } from "../shell/layout.ts";
import type { CellView } from "../shell/partials.ts";
import { openDocument, openPublic, openVersion } from "./access.ts";
import { FileForm, RemindForm, WriteForm } from "./forms.ts";
import { officialFile } from "./official/file.ts";
import { issuerOf } from "./official/issuer.ts";
import { documentCards, editPage, officialOf, STATE_TONES, type StatusPage } from "./pages.ts";
import * as store from "./store.ts";

/** The online-teaching plan and the regulations of every school and year. */
export function documentRoutes(): FeatureRoutes {
  const routes = featureRoutes();
  routes.get("/schools/:id/documents", "signed_in", showDocuments);

  routes.get("/schools/:id/documents/:kind", "signed_in", async (req, res) => {
    const school = await openSchool(req.db, req.actor, idOf(req.params["id"]), "lead");
    const { year } = await yearAskedOr(req.db, req.query["year"], req.now);
    await showEdit(req, res, school, kindOf(req), year.id, { ...blankForm(), of: "write" });
  });

  routes.post("/schools/:id/documents/:kind/text", "signed_in", async (req, res) => {
    const school = await openSchool(req.db, req.actor, idOf(req.params["id"]), "lead");
    const kind = kindOf(req);
    const form = readForm(WriteForm, req.body);
    if (!form.ok) return showEdit(req, res.status(422), school, kind, await yearShown(req, form.typed["year"]), { ...form, of: "write" });
    const { year, seen, issued_on, ...content } = form.value;
    const year_id = await yearIdOf(req, year);
    const issued = issued_on !== "" && content.number !== "" && content.signatory !== "";
    await store.saveVersion(req.db, school, { year_id, kind, seen }, { ...content, issued_on: issued ? issued_on : null, blob_hash: null, file_name: null }, actOf(req));
    flash(req, issued ? req.t.documents.saved : req.t.documents.saved_draft);
    res.redirect(303, `/schools/${school.id}/documents?year=${year_id}`);
  });

  routes.post("/schools/:id/documents/:kind/files", "signed_in", async (req, res) => {
    const school = await openSchool(req.db, req.actor, idOf(req.params["id"]), "lead");
    const kind = kindOf(req);
    const rules = { store: req.blobs, field: "file", filesMax: 1, bytesMax: req.config.uploadMaxBytes, accept: new Set(["pdf", "docx"]) };
    await withUploads(req, res, rules, async ({ fields, files, refused }) => {
      const form = readForm(FileForm, fields);
      const file = files[0];
      const missing: FieldError[] = refused.length > 0 ? refused.map(({ code, params }) => ({ field: "file", code, params })) : file ? [] : [{ field: "file", code: "required", params: {} }];
      if (!form.ok || missing.length > 0 || file === undefined) {
        const errors = [...(form.ok ? [] : form.errors), ...missing];
        return showEdit(req, res.status(422), school, kind, await yearShown(req, fields["year"]), { errors, typed: fields, of: "file" });
      }
      const lack = await lackOfRoom(req.db, school.id, { hash: file.hash, size: file.size }, req.config.schoolQuotaBytes);
      if (lack) throw conflict("no_room", lack);
      const { year, number, issued_on, signatory } = form.value;
      const year_id = await yearIdOf(req, year);
      await saveBlob(req.db, { ...(await req.blobs.adopt(file)), mime: file.kind.mime }, req.now);
      const content = { number, issued_on, signatory, signatory_title: "", place: "", body: "", recipients: "", blob_hash: file.hash, file_name: file.name };
      await store.saveVersion(req.db, school, { year_id, kind, seen: undefined }, content, actOf(req));
      flash(req, req.t.documents.saved);
      res.redirect(303, `/schools/${school.id}/documents?year=${year_id}`);
    });
  });

  publicRoutes(routes);
  officeRoutes(routes);
  return routes;
}

/** Reading, and the link for everybody. */
function publicRoutes(routes: FeatureRoutes): void {
  routes.get("/school-document-versions/:id/:format", "signed_in", async (req, res) => {
    const { version, school } = await openVersion(req.db, req.actor, idOf(req.params["id"]));
    await sendVersion(req, res, version, school, String(req.params["format"]));
  });

  routes.post("/school-documents/:id/publication", "signed_in", async (req, res) => {
    const { document, school } = await openDocument(req.db, req.actor, idOf(req.params["id"]));
    await store.savePublicKey(req.db, document, document.public_key ?? randomBytes(24).toString("base64url"), actOf(req));
    flash(req, req.t.documents.published);
    res.redirect(303, `/schools/${school.id}/documents?year=${document.year_id}`);
  });

  routes.post("/school-documents/:id/publication-removal", "signed_in", async (req, res) => {
    const { document, school } = await openDocument(req.db, req.actor, idOf(req.params["id"]));
    await store.savePublicKey(req.db, document, null, actOf(req));
    flash(req, req.t.documents.unpublished);
    res.redirect(303, `/schools/${school.id}/documents?year=${document.year_id}`);
  });

  routes.get("/public-documents/:key", "public", async (req, res) => {
    const { version, school } = await openPublic(req.db, String(req.params["key"]));
    const { t, f } = req;
    const title = `${t.documents.kinds[version.kind]}, ${version.year_id}`;
    const page = { title, school: school.name, text: t.documents.issued(version.number, f.day(version.issued_on ?? ""), version.signatory), href: `/public-documents/${String(req.params["key"])}/file` };
    res.page("documents/public", page, { title });
  });

  routes.get("/public-documents/:key/file", "public", async (req, res) => {
    const { version, school } = await openPublic(req.db, String(req.params["key"]));
    await sendVersion(req, res, version, school, version.blob_hash === null ? "pdf" : "file");
  });

}

/** Who has them, and who lacks them. */
function officeRoutes(routes: FeatureRoutes): void {
  routes.get("/documents", "signed_in", showStatus);

  routes.post("/documents/reminders", "signed_in", async (req, res) => {
    const form = readForm(RemindForm, req.body);
    const { unit, schools } = await openOffice(req.db, req.actor, form.ok ? form.value.unit : undefined, req.now);
    if (!officerOver(req.actor, unit)) throw forbidden("role");
    if (!form.ok) throw invalid();
    const year_id = await yearIdOf(req, form.value.year);
    const issued = await store.listIssued(req.db, schools.map((school) => school.id), year_id);
    const told = await store.remindOfDocuments(req.db, schools.filter((school) => lacks(issued, school)), year_id, req.now);
    flash(req, req.t.documents.status.reminded(told));
    res.redirect(303, `/documents?unit=${unit.id}&year=${year_id}`);
  });
}

function actOf(req: Request): store.Act {
  return { by: req.actor.personId, at: req.now, requestId: req.id };
}

function kindOf(req: Request): store.DocumentKind {
  const kind = store.DOCUMENT_KINDS.find((one) => one === req.params["kind"]);
  if (kind === undefined) throw notFound();
  return kind;
}

async function yearIdOf(req: Request, asked: unknown): Promise<string> {
  const years = await listYears(req.db);
  const year = years.find((one) => one.id === asked);
  if (year === undefined) throw notFound();
  return year.id;
}

/** The year that a form is shown again for: what it named, else that of today. */
async function yearShown(req: Request, asked: unknown): Promise<string> {
  return (await yearAskedOr(req.db, asked, req.now)).year.id;
}

function lacks(issued: ReadonlyMap<string, unknown>, school: { id: string }): boolean {
  return store.DOCUMENT_KINDS.some((kind) => !issued.has(`${school.id} ${kind}`));
}

async function showDocuments(req: Request, res: Response): Promise<void> {
  const school = await openSchool(req.db, req.actor, idOf(req.params["id"]), "read");
  const { year, years } = await yearAskedOr(req.db, req.query["year"], req.now);
  const { t, f } = req;
  const drafts = schoolRefusal(req.actor, "upload", school) === undefined;
  const found = await store.listDocuments(req.db, school.id, year.id);
  const page = {
    head: { title: t.documents.title, eyebrow: school.name, lead: t.documents.lead(year.id) },
    documents: documentCards(found, school, year.id, { lead: canLead(req.actor, school), drafts, base: req.config.baseUrl }, t, f),
    filter: { action: `/schools/${school.id}/documents`, fields: [{ name: "year", label: t.measures.filters.year, kind: "select" as const, value: year.id, options: years.map((one) => ({ value: one.id, label: one.id })) }] },
  };
  res.page("documents/school", page, { title: t.documents.title });
}

async function showEdit(req: Request, res: Response, school: UnitRow, kind: store.DocumentKind, year_id: string, form: { errors: readonly FieldError[]; typed: Typed; of: "write" | "file" }): Promise<void> {
  const [found, issuer, leader, targets] = await Promise.all([
    store.listDocuments(req.db, school.id, year_id),
    issuerOf(req.db, school),
    nameOf(req.db, req.actor.personId),
    listTargets(req.db, year_id),
  ]);
  const last = found.find((one) => one.kind === kind)?.versions[0];
  const editing = { school, year_id, kind, last, issuer, leader, share: req.f.basisPoints(targetsOf(targets, school.level).online) };
  const page = editPage(editing, form, req.t);
  res.page("documents/edit", page, { title: page.head.title, crumbs: [{ href: `/schools/${school.id}/documents?year=${year_id}`, label: req.t.documents.title }] });
}

/** A version as a file: what was uploaded as it came, what was written as Word or PDF. */
async function sendVersion(req: Request, res: Response, version: store.VersionOfDocument, school: UnitRow, format: string): Promise<void> {
  const name = `${version.kind === "plan" ? "ke-hoach" : "quy-che"}-day-hoc-truc-tuyen-${version.year_id}`;
  if (version.blob_hash === null) {
    const made = await officialFile(officialOf(version, await issuerOf(req.db, school)), format);
    if (made === undefined) throw notFound();
    return void res.attachment(`${name}.${format}`).send(made);
  }
  const file = format === "file" ? await findBlob(req.db, version.blob_hash) : undefined;
  if (file === undefined) throw notFound();
  await sendBlob(req, res, req.blobs, { ...file, name: version.file_name ?? name, show: "attachment" });
}

/** Which schools of an office have issued both documents, and which lack one. */
async function showStatus(req: Request, res: Response): Promise<void> {
  const { unit, schools } = await openOffice(req.db, req.actor, req.query["unit"], req.now);
  const { year, years } = await yearAskedOr(req.db, req.query["year"], req.now);
  const { t, f } = req;
  const words = t.documents;
  const issued = await store.listIssued(req.db, schools.map((school) => school.id), year.id);
  const lacking = schools.filter((school) => lacks(issued, school));
  const cell = (school: UnitRow, kind: store.DocumentKind): CellView => {
    const found = issued.get(`${school.id} ${kind}`);
    return found ? { text: `${found.number}, ${f.day(found.issued_on)}`, badge: STATE_TONES.issued } : { text: words.states.missing, badge: STATE_TONES.missing };
  };
  const page: StatusPage = {
    head: { title: words.status.title, eyebrow: unit.name, lead: words.status.lead(f.number(schools.length - lacking.length), f.number(schools.length)) },
    remind: lacking.length > 0 && officerOver(req.actor, unit) ? { action: "/documents/reminders", label: words.status.remind(lacking.length), icon: "bell", kind: "primary", hidden: { unit: unit.id, year: year.id } } : undefined,
    table: {
      caption: words.status.title,
      columns: [{ label: words.status.school }, { label: words.kinds.plan }, { label: words.kinds.regulations }],
      rows: schools.map((school) => [{ text: school.name, href: `/schools/${school.id}/documents?year=${year.id}` }, cell(school, "plan"), cell(school, "regulations")]),
    },
    empty: schools.length === 0,
    filter: { action: "/documents", fields: [{ name: "year", label: t.measures.filters.year, kind: "select", value: year.id, options: years.map((one) => ({ value: one.id, label: one.id })) }, { name: "unit", label: t.measures.table.units, kind: "select", value: unit.id, options: [{ value: unit.id, label: unit.name }] }] },
  };
  res.page("documents/status", page, { title: words.status.title, crumbs: [{ href: `/measures?unit=${unit.id}`, label: t.measures.table.title }], wide: true });
}
