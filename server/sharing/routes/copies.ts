import type { Request, Response } from "express";
import type { Granted } from "../../access/policy.ts";
import { openMaterial } from "../../materials/access.ts";
import { uploadRules } from "../../materials/routes/uploads.ts";
import { saveSubmission } from "../../materials/store/decisions.ts";
import { listLessonsFor, type LessonRow, type MaterialRow } from "../../materials/store.ts";
import { lackOfRoom } from "../../materials/store/quota.ts";
import { openSchool } from "../../organisation/access.ts";
import { conflict, forbidden, notFound } from "../../platform/errors.ts";
import { isId } from "../../platform/ids.ts";
import { sayText } from "../../platform/messages.ts";
import { fold } from "../../platform/text.ts";
import { blankForm, readForm } from "../../platform/web/form.ts";
import { idOf, type FeatureRoutes } from "../../platform/web/router.ts";
import { withUploads } from "../../platform/web/uploads.ts";
import { formView, type FormState } from "../../shell/form-fields.ts";
import { flash } from "../../shell/layout.ts";
import type { OptionView } from "../../shell/partials.ts";
import { openInUse } from "../access.ts";
import { AdoptionForm, DerivationForm } from "../forms.ts";
import { derivedLicences } from "../../materials/rules.ts";
import { adoptionProblem, derivationProblem, titleLikeness } from "../rules.ts";
import { findNewerVersion, saveAdoption, saveDerivation, saveNewerVersion, type CopyPlace } from "../store/copies.ts";
import { crumbsTo } from "./reports.ts";
import { actOf, schoolsOf } from "./show.ts";

/** Taking over what another school shared, as it is or changed. */
export function addCopies(routes: FeatureRoutes): void {
  routes.get("/library/materials/:id/adoptions/new", "signed_in", async (req, res) => {
    const { material } = await openInUse(req.db, req.actor, idOf(req.params["id"]), "adopt", req.now);
    refuse(adoptionProblem(material));
    await showAdoption(req, res, material, String(req.query["school"] ?? ""), blankForm());
  });

  routes.post("/library/materials/:id/adoptions", "signed_in", async (req, res) => {
    const { material, version } = await openInUse(req.db, req.actor, idOf(req.params["id"]), "adopt", req.now);
    refuse(adoptionProblem(material));
    const form = readForm(AdoptionForm, req.body);
    if (!form.ok) return showAdoption(req, res.status(422), material, String(form.typed["school"] ?? ""), form);
    const school = await openSchool(req.db, req.actor, form.value.school, "upload");
    if (school.id === material.school_id) throw conflict("adopt_the_original");
    const lessons = await chosenLessons(req, material, school, [...form.value.lesson, form.value.other]);
    const saved = await saveAdoption(req.db, material, version, school, lessons, actOf(req));
    if (!saved.known) await submit(req, saved.id);
    flash(req, saved.known ? req.t.sharing.adopted_known : req.t.sharing.adopted, saved.known ? "warn" : "good");
    res.redirect(303, `/materials/${saved.id}`);
  });

  routes.post("/library/materials/:id/newer-version", "signed_in", async (req, res) => {
    const copy = await openMaterial(req.db, req.actor, idOf(req.params["id"]), "edit", req.now);
    const newer = await findNewerVersion(req.db, copy);
    if (newer === undefined) throw conflict("material_moved_on");
    await saveNewerVersion(req.db, copy, newer, actOf(req));
    await submit(req, copy.id);
    flash(req, req.t.sharing.newer_taken);
    res.redirect(303, `/materials/${copy.id}`);
  });

  routes.get("/library/materials/:id/derivations/new", "signed_in", async (req, res) => {
    const { material } = await openInUse(req.db, req.actor, idOf(req.params["id"]), "derive", req.now);
    refuse(derivationProblem(material));
    showDerivation(req, res, material, blankForm());
  });

  routes.post("/library/materials/:id/derivations", "signed_in", async (req, res) => {
    const { material, version } = await openInUse(req.db, req.actor, idOf(req.params["id"]), "derive", req.now);
    refuse(derivationProblem(material));
    const outcome = await withUploads(req, res, uploadRules(req, 1), async ({ fields, files, refused }): Promise<{ id: string } | FormState> => {
      const [no] = refused;
      const form = readForm(DerivationForm, fields);
      if (!form.ok) return form;
      if (no !== undefined) return { errors: [{ field: "files", code: no.code, params: no.params }], typed: fields };
      if (!derivedLicences(material.licence).includes(form.value.licence)) return { errors: [{ field: "licence", code: "licence_not_compatible", params: {} }], typed: fields };
      const school = await openSchool(req.db, req.actor, form.value.school, "upload");
      const [file] = files;
      const lack = await lackOfRoom(req.db, school.id, file ?? { hash: version.blob_hash, size: version.size_bytes }, req.config.schoolQuotaBytes);
      if (lack) return { errors: [{ field: "files", code: "no_room", params: lack }], typed: fields };
      if (file !== undefined) await req.blobs.adopt(file);
      const changed = file && { hash: file.hash, size: file.size, name: file.name, mime: file.kind.mime };
      return { id: await saveDerivation(req.db, material, version, school, { author: req.actor.name, licence: form.value.licence, file: changed }, actOf(req)) };
    });
    if ("errors" in outcome) return showDerivation(req, res.status(422), material, outcome);
    flash(req, req.t.sharing.derived);
    res.redirect(303, `/materials/${outcome.id}/edit`);
  });
}

function refuse(problem: string | undefined): void {
  if (problem !== undefined) throw forbidden(problem);
}

/** A copy goes straight to the reviewers of its school: whoever takes it over has chosen it. */
async function submit(req: Request, id: string): Promise<void> {
  const copy = await openMaterial(req.db, req.actor, id, "submit", req.now);
  await saveSubmission(req.db, copy, { versionId: copy.latest.id, comment: "" }, actOf(req));
}

async function lessonsOf(req: Request, material: MaterialRow, school: { id: string }): Promise<LessonRow[]> {
  const lessons = await listLessonsFor(req.db, { school_id: school.id, subject_code: material.subject_code, grade: material.grade });
  return lessons.filter((lesson) => lesson.year_id === lessons[0]?.year_id); // the plan of the newest year
}

async function chosenLessons(req: Request, material: MaterialRow, school: CopyPlace, ids: readonly string[]): Promise<LessonRow[]> {
  const wanted = new Set(ids.filter((id) => id !== ""));
  if (wanted.size === 0) return [];
  const found = (await lessonsOf(req, material, school)).filter((lesson) => wanted.has(lesson.id));
  if (found.length < wanted.size) throw notFound();
  return found;
}

const PROPOSALS_MAX = 6;
/** A title that is nearly the same is ticked beforehand. */
const LIKELY = 0.6;

async function showAdoption(req: Request, res: Response, material: Granted<"adopt", MaterialRow>, wanted: string, state: FormState): Promise<void> {
  const words = req.t.sharing;
  const schools = schoolsOf(req).filter((one) => one.unitId !== material.school_id);
  const school = await openSchool(req.db, req.actor, isId(wanted) ? wanted : (schools[0]?.unitId ?? ""), "upload");
  const lessons = await lessonsOf(req, material, school);
  const title = fold(material.title);
  const ranked = lessons.map((lesson) => ({ lesson, score: titleLikeness(title, fold(lesson.title)) })).sort((a, b) => b.score - a.score || a.lesson.position - b.lesson.position);
  const near = ranked.filter(({ score }) => score > 0).slice(0, PROPOSALS_MAX);
  const option = (lesson: LessonRow): OptionView => ({ value: lesson.id, label: req.t.materials.lesson_line(lesson.position, lesson.title, lesson.grade, lesson.year_id) });
  const others = lessons.filter((lesson) => !near.some((one) => one.lesson === lesson)).map(option);
  const form = formView(req.t, state, {
    action: `/library/materials/${material.id}/adoptions`,
    submit: words.adopt_send,
    cancel: { href: `/library/materials/${material.id}`, label: req.t.materials.cancel },
    hidden: { school: school.id },
    choices: near.length === 0 ? [] : [{ kind: "checkbox", name: "lesson", legend: words.adopt_lessons, hint: words.adopt_lessons_hint, options: near.map(({ lesson, score }) => ({ ...option(lesson), selected: score >= LIKELY })) }],
    fields: others.length === 0 ? [] : [{ name: "other", label: near.length === 0 ? words.adopt_lessons : words.adopt_other, kind: "select", required: false, options: [{ value: "", label: words.adopt_none }, ...others] }],
  });
  const heading = words.adopt_title(material.title);
  const elsewhere = schools.filter((one) => one.unitId !== school.id).map((one) => ({ href: `/library/materials/${material.id}/adoptions/new?school=${one.unitId}`, label: one.unitName, icon: "school" as const }));
  res.page("shell/form", { head: { title: heading, eyebrow: school.name, lead: words.adopt_lead, actions: elsewhere }, notice: undefined, form }, { title: heading, crumbs: crumbsTo(material, words.adopt) });
}

function showDerivation(req: Request, res: Response, material: MaterialRow, state: FormState): void {
  const words = req.t.sharing;
  const licences = derivedLicences(material.licence).map((licence) => ({ value: licence, label: req.t.materials.licences[licence] ?? licence }));
  const form = formView(req.t, { ...state, errors: state.errors.filter((error) => error.field !== "files") }, {
    action: `/library/materials/${material.id}/derivations`,
    submit: words.derive_send,
    cancel: { href: `/library/materials/${material.id}`, label: req.t.materials.cancel },
    fields: [
      { name: "school", label: words.adopt_school, kind: "select", required: true, options: schoolsOf(req).map((one) => ({ value: one.unitId, label: one.unitName })) },
      { name: "licence", label: words.derive_licence, kind: "select", hint: words.derive_licence_hint, required: true, options: licences },
    ],
  });
  const wrongFile = state.errors.find((error) => error.field === "files");
  const heading = words.derive_title(material.title);
  res.page("sharing/derive", { head: { title: heading, lead: words.derive_lead }, form, fileError: wrongFile && sayText(req.t.platform.files, wrongFile.code, wrongFile.params) }, { title: heading, crumbs: crumbsTo(material, words.derive) });
}
