import type { Request, Response } from "express";
import type { Granted } from "../../access/policy.ts";
import { dayOf } from "../../platform/clock.ts";
import { notFound } from "../../platform/errors.ts";
import { blankForm, readForm, typedOf } from "../../platform/web/form.ts";
import { idOf, type FeatureRoutes } from "../../platform/web/router.ts";
import type { FormState } from "../../shell/form-fields.ts";
import { flash } from "../../shell/layout.ts";
import type { UnitRow } from "../../organisation/store.ts";
import { openReviewSettings } from "../access.ts";
import { DeputyForm, questionsOf, ReviewSettingsForm } from "../forms.ts";
import { settingsPage } from "../pages/settings.ts";
import { endDeputy, listCandidates, listDeputies, saveDeputy } from "../store/deputies.ts";
import { findReviewSettings, listReviewSettings, saveReviewSettings } from "../store/settings.ts";
import { builtInItems } from "./checklist.ts";
import { actOf, speechOf } from "./speech.ts";

/** How a school reviews, set by its leaders; the province sets what holds where a school has said nothing. */
export function addReviewSettings(routes: FeatureRoutes): void {
  routes.get("/units/:id/review-settings", "signed_in", async (req, res) => {
    await showSettings(req, res, await openReviewSettings(req.db, req.actor, idOf(req.params["id"])), blankForm());
  });

  routes.post("/units/:id/review-deputies", "signed_in", async (req, res) => {
    const school = await openSchoolSettings(req);
    const form = readForm(DeputyForm, req.body);
    if (!form.ok) return showSettings(req, res.status(422), school, blankForm(), form);
    const person = (await listCandidates(req.db, school, req.now)).find((one) => one.id === form.value.person);
    if (person === undefined) return showSettings(req, res.status(422), school, blankForm(), { errors: [{ field: "person", code: "not_a_choice", params: {} }], typed: typedOf(req.body) });
    await saveDeputy(req.db, school, form.value, actOf(req));
    flash(req, req.t.materials.deputies.named(person.name));
    res.redirect(303, `/units/${school.id}/review-settings`);
  });

  routes.post("/units/:id/review-deputies/:deputyId/removal", "signed_in", async (req, res) => {
    const school = await openSchoolSettings(req);
    await endDeputy(req.db, school, idOf(req.params["deputyId"]), actOf(req));
    flash(req, req.t.materials.deputies.ended);
    res.redirect(303, `/units/${school.id}/review-settings`);
  });

  routes.post("/units/:id/review-settings", "signed_in", async (req, res) => {
    const unit = await openReviewSettings(req.db, req.actor, idOf(req.params["id"]));
    const form = readForm(ReviewSettingsForm, req.body);
    if (!form.ok) return showSettings(req, res.status(422), unit, form);
    const { after, pass_days, approve_days } = form.value;
    await saveReviewSettings(req.db, unit, { items: questionsOf(form.value), pass_days, approve_days }, after, actOf(req));
    flash(req, req.t.materials.review_settings.saved);
    res.redirect(303, `/units/${unit.id}/review-settings`);
  });
}

/** Only in a school somebody approves, and so somebody may stand in. */
async function openSchoolSettings(req: Request): Promise<Granted<"review_settings", UnitRow>> {
  const unit = await openReviewSettings(req.db, req.actor, idOf(req.params["id"]));
  if (unit.kind !== "school") throw notFound();
  return unit;
}

async function showSettings(req: Request, res: Response, unit: Granted<"review_settings", UnitRow>, state: FormState, deputyState: FormState = blankForm()): Promise<void> {
  const isSchool = unit.kind === "school";
  const [found, versions, deputies, candidates] = await Promise.all([
    findReviewSettings(req.db, unit),
    listReviewSettings(req.db, unit.id),
    isSchool ? listDeputies(req.db, unit) : [],
    isSchool ? listCandidates(req.db, unit, req.now) : [],
  ]);
  const page = settingsPage(
    speechOf(req),
    {
      unit,
      inForce: found ?? { items: builtInItems(req.t), pass_days: null, approve_days: null },
      from: found === undefined || found.unit_id === unit.id ? undefined : found.unit_name,
      versions,
      deputies: isSchool ? { rows: deputies, candidates, today: dayOf(req.now), state: deputyState } : undefined,
    },
    state,
  );
  res.page("materials/review-settings", page, { title: page.head.title, crumbs: [{ href: "/review", label: req.t.materials.review }, { label: page.head.title }] });
}
