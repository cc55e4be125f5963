import type { Request, Response } from "express";
import { schoolRefusal, type Granted } from "../../access/policy.ts";
import { openSchool } from "../../organisation/access.ts";
import { Refusal } from "../../platform/errors.ts";
import { listDigitisations } from "../../digitising/store.ts";
import { readForm } from "../../platform/web/form.ts";
import { asksForJson, idOf, type FeatureRoutes } from "../../platform/web/router.ts";
import type { RefusedFile } from "../../platform/web/uploads.ts";
import { flash } from "../../shell/layout.ts";
import type { FieldView } from "../../shell/partials.ts";
import { materialsVisibleTo, openMaterial, openShelf, shelfRefusal } from "../access.ts";
import { LibraryUploadForm, ListQuery } from "../forms.ts";
import { listPage, shelfPage, uploadPage } from "../pages/library.ts";
import { pagePhotosView } from "../pages/photos.ts";
import { GRADES } from "../rules.ts";
import { gradeOptions, subjectOptions, uploadFormView } from "../pages/parts.ts";
import { countCoverage, listSubjects, type LessonRow } from "../store.ts";
import { listMaterials, listShelf } from "../store/lists.ts";
import { saveSubmission } from "../store/decisions.ts";
import { actOf, speechOf } from "./speech.ts";
import { answerQueue, flashOutcome, formBasis, takeFiles } from "./uploads.ts";

type School = Granted<"upload", { id: string; name: string }>;

/** A school's library and the shelf of a plan lesson. */
export function addLibrary(routes: FeatureRoutes): void {
  routes.get("/schools/:id/materials", "signed_in", async (req, res) => {
    const school = await openSchool(req.db, req.actor, idOf(req.params["id"]), "read");
    const visible = materialsVisibleTo(req.actor, school);
    const query = ListQuery.parse(req.query);
    const filter = { subject: query.subject, grade: query.grade, state: visible.approvedOnly ? null : query.state, uploadedBy: query.mine ? req.actor.personId : null, text: query.q, after: query.after };
    const [found, subjects] = await Promise.all([listMaterials(req.db, school, visible, filter), listSubjects(req.db)]);
    const mayUpload = schoolRefusal(req.actor, "upload", school) === undefined;
    const page = listPage(speechOf(req), { school, filter, found, subjects, mayUpload, choosesState: !visible.approvedOnly });
    res.page("materials/list", page, { title: req.t.materials.of_school(school.name), wide: true });
  });

  routes.get("/schools/:id/materials/new", "signed_in", async (req, res) => {
    const school = await openSchool(req.db, req.actor, idOf(req.params["id"]), "upload");
    await showUpload(req, res, school, {});
  });

  routes.post("/schools/:id/materials", "signed_in", async (req, res) => {
    const school = await openSchool(req.db, req.actor, idOf(req.params["id"]), "upload");
    const subjects = new Set((await listSubjects(req.db)).map((subject) => subject.code));
    const outcome = await takeFiles(req, res, (fields) => {
      const form = readForm(LibraryUploadForm, fields);
      const { subject_code, grade } = form.ok ? form.value : { subject_code: null, grade: null };
      return { school, subjectCode: subject_code !== null && subjects.has(subject_code) ? subject_code : null, grade };
    });
    if (asksForJson(req)) return answerQueue(req, res, outcome);
    if (outcome.files.length === 0) return showUpload(req, res.status(422), school, { refused: outcome.refused, missing: outcome.refused.length === 0 });
    flashOutcome(req, outcome);
    const [only, ...more] = outcome.files;
    res.redirect(303, only && more.length === 0 ? `/materials/${only.id}` : `/schools/${school.id}/materials?mine=yes`);
  });

  routes.get("/plan-lessons/:id/materials", "signed_in", async (req, res) => {
    await showShelf(req, res, await openShelf(req.db, req.actor, idOf(req.params["id"]), "read"), {});
  });

  routes.post("/plan-lessons/:id/materials", "signed_in", async (req, res) => {
    const lesson = await openShelf(req.db, req.actor, idOf(req.params["id"]), "upload");
    const outcome = await takeFiles(req, res, () => ({ lesson }));
    if (asksForJson(req)) return answerQueue(req, res, outcome);
    if (outcome.files.length === 0) {
      const shelf = await openShelf(req.db, req.actor, lesson.id, "read");
      return showShelf(req, res.status(422), shelf, { refused: outcome.refused, missing: outcome.refused.length === 0 });
    }
    flashOutcome(req, outcome);
    res.redirect(303, `/plan-lessons/${lesson.id}/materials`);
  });

  routes.post("/plan-lessons/:id/submissions", "signed_in", async (req, res) => {
    const lesson = await openShelf(req.db, req.actor, idOf(req.params["id"]), "upload");
    const shelf = await openShelf(req.db, req.actor, lesson.id, "read");
    const drafts = (await listShelf(req.db, shelf, { approvedOnly: false })).filter((m) => m.state === "draft" && m.uploaded_by === req.actor.personId);
    let sent = 0;
    for (const draft of drafts) sent += await submitOne(req, draft);
    flash(req, req.t.materials.submitted_all(sent), sent > 0 ? "good" : "warn");
    res.redirect(303, `/plan-lessons/${lesson.id}/materials`);
  });
}

/** Sends one of several drafts; one that moved on meanwhile is left where it is. */
async function submitOne(req: Request, draft: { id: string; latest_version_id: string }): Promise<number> {
  const material = await openMaterial(req.db, req.actor, draft.id, "submit", req.now);
  try {
    await saveSubmission(req.db, material, { versionId: draft.latest_version_id, comment: "" }, actOf(req));
    return 1;
  } catch (error) {
    if (error instanceof Refusal && error.status === 409) return 0;
    throw error;
  }
}

interface Problems {
  refused?: readonly RefusedFile[];
  missing?: boolean;
  /** Photos of pages that could not be put together. */
  photos?: { problem: string; title: string };
}

async function showUpload(req: Request, res: Response, school: School, problems: Problems): Promise<void> {
  const speech = speechOf(req);
  const words = req.t.materials.fields;
  const fields: FieldView[] = [
    { name: "subject_code", label: words.subject, kind: "select", required: false, options: subjectOptions(speech, await listSubjects(req.db)) },
    { name: "grade", label: words.grade, kind: "select", required: false, options: gradeOptions(speech, GRADES) },
  ];
  const upload = uploadFormView(speech, { ...(await formBasis(req, `/schools/${school.id}`, school.id)), fields, ...problems });
  res.page("materials/upload", uploadPage(speech, school, upload), {
    title: req.t.materials.upload,
    crumbs: [{ href: `/schools/${school.id}/materials`, label: req.t.materials.materials }, { label: req.t.materials.upload }],
    scripts: ["js/upload-queue.js"],
  });
}

export async function showShelf(req: Request, res: Response, lesson: Granted<"read", LessonRow>, problems: Problems): Promise<void> {
  const speech = speechOf(req);
  const [found, coverage] = await Promise.all([listShelf(req.db, lesson, materialsVisibleTo(req.actor, lesson.school)), countCoverage(req.db, lesson)]);
  const mayUpload = shelfRefusal(req.actor, "upload", lesson) === undefined;
  const upload = mayUpload ? uploadFormView(speech, { ...(await formBasis(req, `/plan-lessons/${lesson.id}`, lesson.school.id)), ...problems }) : undefined;
  const photos = mayUpload ? pagePhotosView(speech, `/plan-lessons/${lesson.id}/photographed-pages`, req.config.uploadMaxBytes, found, problems.photos) : undefined;
  const hashes = found.map((material) => material.blob_hash);
  const digitised = await listDigitisations(req.db, hashes);
  const page = shelfPage(speech, { photos, digitised, lesson, found, coverage, own: (material) => material.uploaded_by === req.actor.personId, upload });
  res.page("materials/shelf", page, {
    title: `${lesson.title} – ${req.t.materials.lesson_materials}`,
    crumbs: [{ href: `/schools/${lesson.school.id}/plans`, label: req.t.nav.plans }, { href: `/plans/${lesson.plan_id}`, label: page.head.eyebrow ?? "" }, { label: lesson.title }],
    scripts: ["js/upload-queue.js", "js/job-progress.js", "js/page-photos.js"],
  });
}
