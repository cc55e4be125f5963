import type { Request, Response } from "express";
import { isId } from "../../platform/ids.ts";
import { readForm } from "../../platform/web/form.ts";
import { idOf, type FeatureRoutes } from "../../platform/web/router.ts";
import { flash } from "../../shell/layout.ts";
import { openMaterial } from "../access.ts";
import { DecisionForm, ReasonForm, RetireForm, ReturnForm, StepForm } from "../forms.ts";
import { coverageView } from "../pages/parts.ts";
import { queueHref } from "../pages/review.ts";
import { countCoverage, listLessonsOf, type MaterialRow } from "../store.ts";
import { saveApproval, savePassing, saveRestoration, saveRetirement, saveReturn, saveSubmission, saveWithdrawal } from "../store/decisions.ts";
import { checkedOf, reviewingOf } from "./checklist.ts";
import { queryOf, showReview } from "./review.ts";
import { notesFor, showMaterial } from "./show.ts";
import { actOf, speechOf } from "./speech.ts";

/** The steps of a material's way: each is sent with the version that the person saw. */
export function addDecisions(routes: FeatureRoutes): void {
  routes.post("/materials/:id/submission", "signed_in", async (req, res) => {
    const material = await openMaterial(req.db, req.actor, idOf(req.params["id"]), "submit", req.now);
    const form = readForm(StepForm, req.body);
    if (!form.ok) return showMaterial(req, res.status(422), material, {});
    await saveSubmission(req.db, material, { versionId: form.value.version, comment: form.value.comment }, actOf(req));
    flash(req, req.t.materials.submitted);
    goOn(res, material, form.value);
  });

  routes.post("/materials/:id/passing", "signed_in", async (req, res) => {
    const material = await openMaterial(req.db, req.actor, idOf(req.params["id"]), "pass", req.now);
    const form = readForm(DecisionForm, req.body);
    if (!form.ok) return showAgain(req, res, material, form);
    const checked = checkedOf(req, await reviewingOf(req, material.school), form.value, true);
    if (!checked.ok) return showAgain(req, res, material, checked);
    await savePassing(req.db, material, { versionId: form.value.version, comment: form.value.comment, notes: notesFor(req.actor, "pass", material), checklist: checked.record }, actOf(req));
    flash(req, req.t.materials.passed);
    goOn(res, material, form.value);
  });

  routes.post("/materials/:id/return", "signed_in", async (req, res) => {
    const material = await openMaterial(req.db, req.actor, idOf(req.params["id"]), "return", req.now);
    const form = readForm(ReturnForm, req.body);
    if (!form.ok) return showAgain(req, res, material, form);
    const checked = checkedOf(req, await reviewingOf(req, material.school), form.value, false);
    if (!checked.ok) return showAgain(req, res, material, checked);
    await saveReturn(req.db, material, { versionId: form.value.version, comment: form.value.comment, notes: notesFor(req.actor, "return", material), checklist: checked.record }, actOf(req));
    flash(req, req.t.materials.returned);
    goOn(res, material, form.value);
  });

  routes.post("/materials/:id/approval", "signed_in", async (req, res) => {
    const material = await openMaterial(req.db, req.actor, idOf(req.params["id"]), "approve", req.now);
    const form = readForm(DecisionForm, req.body);
    if (!form.ok) return showAgain(req, res, material, form);
    const checked = checkedOf(req, await reviewingOf(req, material.school), form.value, true);
    if (!checked.ok) return showAgain(req, res, material, checked);
    await saveApproval(req.db, material, { versionId: form.value.version, comment: form.value.comment, notes: notesFor(req.actor, "approve", material), checklist: checked.record }, actOf(req));
    await flashWithCoverage(req, material, req.t.materials.approved);
    goOn(res, material, form.value);
  });

  routes.post("/materials/:id/approval-removal", "signed_in", async (req, res) => {
    const material = await openMaterial(req.db, req.actor, idOf(req.params["id"]), "withdraw", req.now);
    const form = readForm(ReasonForm, req.body);
    if (!form.ok) return showMaterial(req, res.status(422), material, { form: { ...form, act: "withdraw" } });
    await saveWithdrawal(req.db, material, form.value.comment, actOf(req));
    await flashWithCoverage(req, material, req.t.materials.withdrawn);
    res.redirect(303, `/materials/${material.id}`);
  });

  routes.post("/materials/:id/retirement", "signed_in", async (req, res) => {
    const material = await openMaterial(req.db, req.actor, idOf(req.params["id"]), "retire", req.now);
    const form = readForm(RetireForm, req.body);
    if (!form.ok) return showMaterial(req, res.status(422), material, { form: { ...form, act: "retire" } });
    await saveRetirement(req.db, material, form.value.comment, actOf(req));
    await flashWithCoverage(req, material, req.t.materials.retired);
    res.redirect(303, `/materials/${material.id}`);
  });

  routes.post("/materials/:id/restoration", "signed_in", async (req, res) => {
    const material = await openMaterial(req.db, req.actor, idOf(req.params["id"]), "retire", req.now);
    await saveRestoration(req.db, material, actOf(req));
    await flashWithCoverage(req, material, req.t.materials.restored);
    res.redirect(303, `/materials/${material.id}`);
  });
}

/** On to the next of the queue, back to the lesson, or to the material. */
function goOn(res: Response, material: { id: string }, { from, next, queue }: { from: string; next: string; queue: string }): void {
  if (from === "review") res.redirect(303, queueHref({ ...queryOf({ queue }), item: isId(next) ? next : null }));
  else res.redirect(303, isId(from) ? `/plan-lessons/${from}/materials` : `/materials/${material.id}`);
}

/** The page the decision came from, with what was typed. */
function showAgain(req: Request, res: Response, material: MaterialRow, form: Parameters<typeof showReview>[3] & object): Promise<void> {
  res.status(422);
  if (form.typed["from"] === "review") return showReview(req, res, { ...queryOf(form.typed), item: material.id }, form);
  return showMaterial(req, res, material, { form: { ...form, act: "decision" } });
}

/** Says what was done and where the subject stands now. */
async function flashWithCoverage(req: Request, material: MaterialRow, text: string): Promise<void> {
  const lesson = (await listLessonsOf(req.db, material))[0];
  const coverage = lesson && coverageView(speechOf(req), lesson, await countCoverage(req.db, lesson));
  flash(req, coverage ? `${text} ${coverage.text}` : text);
}
