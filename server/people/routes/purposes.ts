import type { Request, Response } from "express";
import { z } from "zod";
import type { Granted } from "../../access/policy.ts";
import { openClass, openSchool } from "../../organisation/access.ts";
import type { UnitRow } from "../../organisation/store.ts";
import type { Act } from "../../organisation/store/tree.ts";
import { dayOf } from "../../platform/clock.ts";
import { notFound } from "../../platform/errors.ts";
import { blankForm, readForm } from "../../platform/web/form.ts";
import { idOf, type FeatureRoutes } from "../../platform/web/router.ts";
import { flash } from "../../shell/layout.ts";
import { detailsPage, purposesPage, type PurposeForm } from "../pages/purposes.ts";
import { PURPOSE_NAMES } from "../import/purposes.ts";
import { countKept, listDetails, listPurposes, removePurpose, savePurpose } from "../store/details.ts";
import { listPupils } from "../store/roster.ts";

const Purpose = z.enum(PURPOSE_NAMES);
const OnForm = z.strictObject({ purpose: Purpose, reason: z.string({ error: "required" }).trim().min(1, { error: "required" }).max(300) });

/** Which private columns of rosters a school keeps, and what for; and what is kept of a class. */
export function addPurposeRoutes(routes: FeatureRoutes): void {
  routes.get("/schools/:id/data-purposes", "signed_in", async (req, res) => {
    await showPurposes(req, res, await openSchool(req.db, req.actor, idOf(req.params["id"]), "lead"), blankForm({}));
  });

  routes.post("/schools/:id/data-purposes", "signed_in", async (req, res) => {
    const school = await openSchool(req.db, req.actor, idOf(req.params["id"]), "lead");
    const form = readForm(OnForm, req.body);
    if (!form.ok) return showPurposes(req, res.status(422), school, form);
    await savePurpose(req.db, school, form.value, actOf(req));
    flash(req, req.t.people.purpose_on(req.t.people.purposes[form.value.purpose].title));
    res.redirect(303, `/schools/${school.id}/data-purposes`);
  });

  routes.post("/schools/:id/data-purposes/:purpose/ending", "signed_in", async (req, res) => {
    const school = await openSchool(req.db, req.actor, idOf(req.params["id"]), "lead");
    const purpose = Purpose.safeParse(req.params["purpose"]);
    if (!purpose.success) throw notFound();
    await removePurpose(req.db, school, purpose.data, actOf(req));
    flash(req, req.t.people.purpose_off(req.t.people.purposes[purpose.data].title));
    res.redirect(303, `/schools/${school.id}/data-purposes`);
  });

  routes.get("/classes/:id/details", "signed_in", async (req, res) => {
    const klass = await openClass(req.db, req.actor, idOf(req.params["id"]), "details");
    const pupils = await listPupils(req.db, klass, dayOf(req.now));
    const details = await listDetails(req.db, klass, pupils.map((pupil) => pupil.id), { by: req.actor.personId, at: req.now });
    const title = req.t.people.details_of(klass.name);
    const crumbs = [{ href: `/classes/${klass.id}`, label: req.t.people.class_of(klass.name) }, { label: title }];
    res.page("people/details", detailsPage(req, klass, pupils, details), { title, crumbs, wide: true });
  });
}

function actOf(req: Request): Act {
  return { by: req.actor.personId, at: req.now, requestId: req.id };
}

async function showPurposes(req: Request, res: Response, school: Granted<"lead", UnitRow>, form: PurposeForm): Promise<void> {
  const [on, kept] = await Promise.all([listPurposes(req.db, school.id), countKept(req.db, school)]);
  const title = req.t.people.purposes_title;
  const crumbs = [{ href: `/schools/${school.id}/pupils`, label: req.t.people.pupils }, { label: title }];
  res.page("people/purposes", purposesPage(req, school, { on, kept, form }), { title, crumbs });
}
