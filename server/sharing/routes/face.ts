import { openMaterial } from "../../materials/access.ts";
import { readForm } from "../../platform/web/form.ts";
import { idOf, type FeatureRoutes } from "../../platform/web/router.ts";
import { flash } from "../../shell/layout.ts";
import { openFace, openInUse } from "../access.ts";
import { RatingForm, ReasonForm } from "../forms.ts";
import { saveOpen } from "../store/opens.ts";
import { removeRating, saveRating } from "../store/ratings.ts";
import { actOf, showFace, showGone } from "./show.ts";

/** The shared page of a material and its ratings. */
export function addFace(routes: FeatureRoutes): void {
  routes.get("/library/materials/:id", "signed_in", async (req, res) => {
    const { material, takedown } = await openFace(req.db, req.actor, idOf(req.params["id"]), req.now);
    if (takedown) return showGone(req, res, takedown, material);
    // What is not in use has only its working page.
    if (material.approved_version_id === null || material.state === "retired") return res.redirect(303, `/materials/${material.id}`);
    await saveOpen(req.db, material, req.actor.personId, req.now);
    await showFace(req, res, material);
  });

  routes.post("/library/materials/:id/ratings", "signed_in", async (req, res) => {
    const { material } = await openInUse(req.db, req.actor, idOf(req.params["id"]), "rate", req.now);
    const form = readForm(RatingForm, req.body);
    if (!form.ok) return showFace(req, res.status(422), material, { rating: form });
    await saveRating(req.db, material, form.value, actOf(req));
    flash(req, req.t.sharing.rated);
    res.redirect(303, `/library/materials/${material.id}#ratings`);
  });

  routes.post("/library/materials/:id/ratings/:personId/removal", "signed_in", async (req, res) => {
    const material = await openMaterial(req.db, req.actor, idOf(req.params["id"]), "take_down", req.now);
    const personId = idOf(req.params["personId"]);
    const form = readForm(ReasonForm, req.body);
    if (!form.ok) return showFace(req, res.status(422), material, { removal: { ...form, personId } });
    await removeRating(req.db, material, personId, form.value.reason, actOf(req));
    flash(req, req.t.sharing.rating_removed);
    res.redirect(303, `/library/materials/${material.id}#ratings`);
  });
}
