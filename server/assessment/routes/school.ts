import type { Request, Response } from "express";
import { officerOver } from "../../access/actor.ts";
import type { Granted } from "../../access/policy.ts";
import { dayOf } from "../../platform/clock.ts";
import { conflict, notFound } from "../../platform/errors.ts";
import { findBlob, saveBlob } from "../../platform/storage/store.ts";
import { blankForm, readForm, type FieldError } from "../../platform/web/form.ts";
import { idOf, type FeatureRoutes } from "../../platform/web/router.ts";
import { sendBlob } from "../../platform/web/send-blob.ts";
import { withUploads, type Received } from "../../platform/web/uploads.ts";
import type { FormState } from "../../shell/form-fields.ts";
import { flash } from "../../shell/layout.ts";
import { openAssessment, openStatements, partOf } from "../access.ts";
import { answerForm, Asked, checkForm, ReturnForm } from "../forms.ts";
import { figureOf, hidesFromAbove, knownOf } from "../known.ts";
import { standingOf, suggestionFor, yearAsked } from "../load.ts";
import { assessmentPage, criterionPage, paperPage, type Seen } from "../pages.ts";
import type { CriterionRow } from "../store/assessment-forms.ts";
import { decideAssessment, listActs, saveAnswer, saveCheck, startAssessment, submit, type LoadedAssessment } from "../store/assessments.ts";
import { actOf, voiceOf } from "./act.ts";

const EVIDENCE_BYTES_MAX = 10_000_000;
const EVIDENCE_KINDS: ReadonlySet<string> = new Set(["pdf", "jpg", "png", "webp", "docx", "xlsx"]);

/** One school's assessment: begun, answered criterion by criterion, sent. */
export function assessmentSchoolRoutes(routes: FeatureRoutes): void {
  routes.get("/schools/:id/assessment", "signed_in", async (req, res) => showAssessment(req, res, await openSeen(req), blankForm()));

  routes.post("/schools/:id/assessment", "signed_in", async (req, res) => {
    const school = await openStatements(req.db, req.actor, idOf(req.params["id"]), "declare");
    const { year } = await yearAsked(req.db, Asked.parse(req.query), req.now);
    const { form } = await standingOf(req.db, school, year.id);
    if (form === undefined) throw conflict("assessment_no_form");
    const known = await knownOf(req.db, school, year, dayOf(req.now));
    const answers = form.criteria.flatMap((criterion) => {
      const suggestion = suggestionFor(criterion, known);
      if (suggestion?.points === undefined || figureOf(suggestion.known) === 0) return [];
      return [{ criterion_id: criterion.id, self_points: suggestion.points, note: "", evidence_url: suggestion.known.href ?? null, evidence_blob: null, evidence_name: null, from_system: true }];
    });
    await startAssessment(req.db, school, { year_id: year.id, form_id: form.form.id, answers }, actOf(req));
    flash(req, req.t.assessment.started);
    res.redirect(303, `/schools/${school.id}/assessment?year=${year.id}`);
  });

  routes.get("/schools/:id/assessment/paper", "signed_in", async (req, res) => {
    const seen = await openSeen(req);
    const { form, own } = seen.standing;
    if (form === undefined || own === undefined) throw notFound();
    const crumbs = [{ href: `/schools/${seen.school.id}/assessment?year=${seen.year.id}`, label: req.t.assessment.title }, { label: req.t.assessment.print }];
    res.page("assessment/paper", paperPage(seen, form, own, voiceOf(req)), { title: req.t.assessment.print, crumbs });
  });

  routes.get("/schools/:id/assessment/criteria/:code", "signed_in", async (req, res) => {
    const seen = await openSeen(req);
    await showCriterion(req, res, seen, criterionOf(req, seen), { answer: blankForm(), check: blankForm() });
  });

  routes.post("/schools/:id/assessment/criteria/:code", "signed_in", async (req, res) => {
    const seen = await openSeen(req);
    const found = openAssessment(req.actor, seen.school, seen.standing.assessment, "declare");
    const criterion = criterionOf(req, seen);
    const rules = { store: req.blobs, field: "evidence", filesMax: 1, bytesMax: EVIDENCE_BYTES_MAX, accept: EVIDENCE_KINDS };
    await withUploads(req, res, rules, (received) => answer(req, res, { seen, found, criterion, received }));
  });

  routes.get("/schools/:id/assessment/criteria/:code/evidence", "signed_in", async (req, res) => {
    const seen = await openSeen(req);
    const given = seen.standing.answers.get(criterionOf(req, seen).id);
    const evidence = await findBlob(req.db, given?.evidence_blob);
    if (evidence === undefined) throw notFound();
    await sendBlob(req, res, req.blobs, { ...evidence, name: given?.evidence_name ?? "evidence", show: "attachment" });
  });

  routes.post("/schools/:id/assessment/submission", "signed_in", async (req, res) => {
    const { school, year, standing } = await openSeen(req);
    const found = openAssessment(req.actor, school, standing.assessment, "declare");
    if (standing.own === undefined) throw notFound();
    await submit(req.db, found, standing.own, actOf(req));
    flash(req, req.t.assessment.submitted);
    res.redirect(303, `/schools/${school.id}/assessment?year=${year.id}`);
  });
}

/** The level above looks at what was sent, corrects points with a word, and returns or publishes it. */
export function assessmentCheckRoutes(routes: FeatureRoutes): void {
  routes.post("/schools/:id/assessment/criteria/:code/check", "signed_in", async (req, res) => {
    const seen = await openSeen(req);
    const found = openAssessment(req.actor, seen.school, seen.standing.assessment, "decide");
    const criterion = criterionOf(req, seen);
    const form = readForm(checkForm(criterion), req.body);
    if (!form.ok) return showCriterion(req, res.status(422), seen, criterion, { answer: blankForm(), check: form });
    await saveCheck(req.db, found, criterion.id, { checked_points: form.value.points, check_note: form.value.check_note }, actOf(req));
    flash(req, req.t.assessment.answer.checked);
    res.redirect(303, `/schools/${seen.school.id}/assessment?year=${seen.year.id}`);
  });

  routes.post("/schools/:id/assessment/return", "signed_in", async (req, res) => {
    const seen = await openSeen(req);
    const found = openAssessment(req.actor, seen.school, seen.standing.assessment, "decide");
    const form = readForm(ReturnForm, req.body);
    if (!form.ok) return showAssessment(req, res.status(422), seen, form);
    const { checked } = seen.standing;
    if (checked === undefined) throw notFound();
    await decideAssessment(req.db, found, { act: "return", comment: form.value.comment }, checked, actOf(req));
    flash(req, req.t.assessment.decide.returned);
    res.redirect(303, `/schools/${seen.school.id}/assessment?year=${seen.year.id}`);
  });

  routes.post("/schools/:id/assessment/publication", "signed_in", async (req, res) => {
    const { school, year, standing } = await openSeen(req);
    const found = openAssessment(req.actor, school, standing.assessment, "decide");
    if (standing.checked === undefined) throw notFound();
    await decideAssessment(req.db, found, { act: "publish", comment: "" }, standing.checked, actOf(req));
    flash(req, req.t.assessment.decide.published);
    res.redirect(303, `/schools/${school.id}/assessment?year=${year.id}`);
  });
}

async function openSeen(req: Request): Promise<Seen> {
  const school = await openStatements(req.db, req.actor, idOf(req.params["id"]), "read");
  const { year } = await yearAsked(req.db, Asked.parse(req.query), req.now);
  return { school, year, standing: await standingOf(req.db, school, year.id), may: partOf(req.actor, school) };
}

function criterionOf(req: Request, { standing }: Seen): CriterionRow {
  const found = standing.assessment && standing.form?.criteria.find((one) => one.code === req.params["code"]);
  if (!found) throw notFound();
  return found;
}

interface Answering {
  seen: Seen;
  found: Granted<"declare", LoadedAssessment>;
  criterion: CriterionRow;
  received: Received;
}

async function answer(req: Request, res: Response, { seen, found, criterion, received }: Answering): Promise<void> {
  const { school, year, standing } = seen;
  const form = readForm(answerForm(criterion), received.fields);
  const refused = received.refused.map(({ code, params }): FieldError => ({ field: "evidence", code, params }));
  const before = standing.answers.get(criterion.id);
  const [file] = received.files;
  const proof = (form.ok ? form.value.evidence_url : "") !== "" || file !== undefined || before?.evidence_blob != null || (before?.from_system ?? false);
  const bare = form.ok && form.value.points > 0 && !proof && form.value.note === "" && refused.length === 0;
  const errors = [...(form.ok ? [] : form.errors), ...refused, ...(bare ? [{ field: "evidence_url", code: "needs_proof_or_note", params: {} }] : [])];
  if (!form.ok || errors.length > 0) return showCriterion(req, res.status(422), seen, criterion, { answer: { errors, typed: received.fields }, check: blankForm() });
  if (file) await saveBlob(req.db, { ...(await req.blobs.adopt(file)), mime: file.kind.mime }, req.now);
  const { points, note, evidence_url, revision } = form.value;
  const kept = before?.from_system && evidence_url === "" && points === before.self_points ? { evidence_url: before.evidence_url, from_system: true } : { evidence_url: evidence_url || null, from_system: false };
  const files = { evidence_blob: file?.hash ?? before?.evidence_blob ?? null, evidence_name: file?.name ?? before?.evidence_name ?? null };
  await saveAnswer(req.db, found, revision, { criterion_id: criterion.id, self_points: points, note, ...kept, ...files }, actOf(req));
  flash(req, req.t.assessment.answer.saved);
  const all = standing.form?.criteria ?? [];
  const next = all[all.findIndex((one) => one.id === criterion.id) + 1];
  res.redirect(303, next ? `/schools/${school.id}/assessment/criteria/${next.code}?year=${year.id}` : `/schools/${school.id}/assessment?year=${year.id}`);
}

async function showAssessment(req: Request, res: Response, seen: Seen, state: FormState): Promise<void> {
  const { assessment } = seen.standing;
  const acts = assessment ? await listActs(req.db, assessment.id) : [];
  res.page("assessment/school", assessmentPage(seen, acts, state, voiceOf(req)), { title: req.t.assessment.title, wide: true });
}

async function showCriterion(req: Request, res: Response, seen: Seen, criterion: CriterionRow, states: { answer: FormState; check: FormState }): Promise<void> {
  const today = dayOf(req.now);
  const [known, hides] = await Promise.all([knownOf(req.db, seen.school, seen.year, today, [criterion.fact]), officerOver(req.actor, seen.school) && hidesFromAbove(req.db, seen.school, seen.year, today, criterion.fact)]);
  const page = criterionPage(seen, criterion, { facts: known, hides }, states, voiceOf(req));
  const crumbs = [{ href: `/schools/${seen.school.id}/assessment?year=${seen.year.id}`, label: req.t.assessment.title }, { label: criterion.code }];
  res.page("assessment/criterion", page, { title: page.head.title, crumbs });
}
