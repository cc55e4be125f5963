import { hasRoleIn } from "../../access/actor.ts";
import { openMaterial } from "../../materials/access.ts";
import { readForm } from "../../platform/web/form.ts";
import { idOf, type FeatureRoutes } from "../../platform/web/router.ts";
import { flash } from "../../shell/layout.ts";
import { openTakedown } from "../access.ts";
import { ReasonForm, TakedownForm } from "../forms.ts";
import { savePutBack, saveTakedown } from "../store/takedowns.ts";
import { actOf, showFace, showGone } from "./show.ts";

/** Taking a material down, with a reason, and putting it back. */
export function addTakedowns(routes: FeatureRoutes): void {
  routes.post("/library/materials/:id/takedown", "signed_in", async (req, res) => {
    const material = await openMaterial(req.db, req.actor, idOf(req.params["id"]), "take_down", req.now);
    const form = readForm(TakedownForm, req.body);
    if (!form.ok) return showFace(req, res.status(422), material, { takedown: form });
    const byOffice = !hasRoleIn(req.actor, "school_leader", material.school);
    await saveTakedown(req.db, material, { reason: form.value.reason, rightsViolated: form.value.rights === "yes", byOffice }, actOf(req));
    flash(req, req.t.sharing.taken_down);
    res.redirect(303, `/library/materials/${material.id}`);
  });

  routes.post("/library/materials/:id/takedown-removal", "signed_in", async (req, res) => {
    const { material, takedown } = await openTakedown(req.db, req.actor, idOf(req.params["id"]), req.now);
    const form = readForm(ReasonForm, req.body);
    if (!form.ok) return showGone(req, res, takedown, material, form);
    await savePutBack(req.db, material, takedown, form.value.reason, actOf(req));
    flash(req, req.t.sharing.put_back_done);
    res.redirect(303, `/library/materials/${material.id}`);
  });
}
