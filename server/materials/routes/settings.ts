import type { Request, Response } from "express";
import type { Granted } from "../../access/policy.ts";
import { blankForm, readForm } from "../../platform/web/form.ts";
import { idOf, type FeatureRoutes } from "../../platform/web/router.ts";
import type { FormState } from "../../shell/form-fields.ts";
import { flash } from "../../shell/layout.ts";
import { openReviewSettings } from "../access.ts";
import { questionsOf, ReviewSettingsForm } from "../forms.ts";
import { settingsPage } from "../pages/settings.ts";
import { findReviewSettings, listReviewSettings, saveReviewSettings } from "../store/settings.ts";
import { builtInItems } from "./checklist.ts";
import { actOf, speechOf } from "./speech.ts";

/** How a school reviews, set by its leaders; the province sets what holds where a school has said nothing. */
export function addReviewSettings(routes: FeatureRoutes): void {
  routes.get("/units/:id/review-settings", "signed_in", async (req, res) => {
    await showSettings(req, res, await openReviewSettings(req.db, req.actor, idOf(req.params["id"])), blankForm());
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

async function showSettings(req: Request, res: Response, unit: Granted<"review_settings", { id: string; name: string; path: string }>, state: FormState): Promise<void> {
  const [found, versions] = await Promise.all([findReviewSettings(req.db, unit), listReviewSettings(req.db, unit.id)]);
  const page = settingsPage(
    speechOf(req),
    {
      unit,
      inForce: found ?? { items: builtInItems(req.t), pass_days: null, approve_days: null },
      from: found === undefined || found.unit_id === unit.id ? undefined : found.unit_name,
      versions,
    },
    state,
  );
  res.page("materials/review-settings", page, { title: page.head.title, crumbs: [{ href: "/review", label: req.t.materials.review }, { label: page.head.title }] });
}
