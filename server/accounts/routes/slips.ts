import type { Request, Response } from "express";
import type { Granted } from "../../access/policy.ts";
import { openClass } from "../../organisation/access.ts";
import type { ClassWithSchool } from "../../organisation/store.ts";
import { listPupils, type RosterPupil } from "../../people/store/roster.ts";
import { dayOf } from "../../platform/clock.ts";
import { conflict, forbidden, invalid, notFound } from "../../platform/errors.ts";
import { readForm } from "../../platform/web/form.ts";
import { idOf, type FeatureRoutes } from "../../platform/web/router.ts";
import { flash } from "../../shell/layout.ts";
import { ResetForm } from "../forms.ts";
import { slipsPage } from "../slip-pages.ts";
import { createSlips, saveReset } from "../slips.ts";

/**
 * Login slips for pupils without e-mail. Both acts answer with the slips themselves instead of a redirect: only hashes of
 * the codes are kept, so they can be shown in this one answer and never again.
 */
export function addSlipRoutes(routes: FeatureRoutes): void {
  routes.post("/classes/:id/slips", "signed_in", async (req, res) => {
    const klass = await openClass(req.db, req.actor, idOf(req.params["id"]), "reset_access");
    const waiting = (await listPupils(req.db, klass, dayOf(req.now))).filter((pupil) => !pupil.has_password && !pupil.has_other_role);
    if (waiting.length === 0) {
      flash(req, req.t.people.slips_all_have);
      return res.redirect(303, `/classes/${klass.id}`);
    }
    const codes = await createSlips(req.db, klass, waiting.map((pupil) => pupil.id), actOf(req));
    showSlips(req, res, klass, waiting, codes);
  });

  routes.post("/classes/:id/pupils/:pupilId/slips", "signed_in", async (req, res) => {
    const klass = await openClass(req.db, req.actor, idOf(req.params["id"]), "reset_access");
    const pupils = await listPupils(req.db, klass, dayOf(req.now));
    const pupil = pupils.find((one) => one.id === req.params["pupilId"]);
    if (!pupil) throw notFound();
    if (pupil.has_other_role) throw forbidden("several_schools");
    const form = readForm(ResetForm, req.body);
    if (!form.ok) throw invalid();
    if (form.value.username !== pupil.username) throw conflict();
    showSlips(req, res, klass, [pupil], await saveReset(req.db, klass, pupil.id, actOf(req)));
  });
}

function actOf(req: Request): { by: string; at: string; requestId: string } {
  return { by: req.actor.personId, at: req.now, requestId: req.id };
}

function showSlips(req: Request, res: Response, klass: Granted<"reset_access", ClassWithSchool>, pupils: readonly RosterPupil[], codes: ReadonlyMap<string, string>): void {
  const page = slipsPage(req.t, klass, pupils, codes, req.config.baseUrl);
  res.page("accounts/slips", page, { title: page.head.title, crumbs: [{ href: page.back.href, label: page.back.label }, { label: page.head.title }], scripts: ["js/print-page.js"], wide: true });
}
