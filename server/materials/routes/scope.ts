import { readForm } from "../../platform/web/form.ts";
import { idOf, type FeatureRoutes } from "../../platform/web/router.ts";
import { flash } from "../../shell/layout.ts";
import { openMaterial } from "../access.ts";
import { ScopeForm, ScopeRefusalForm } from "../forms.ts";
import { saveScopeConfirmation, saveScopeRefusal } from "../store/scopes.ts";
import { showMaterial } from "./show.ts";
import { actOf } from "./speech.ts";

/** A wider scope, asked for with the details of the material, is given or declined by a leader. */
export function addScope(routes: FeatureRoutes): void {
  routes.post("/materials/:id/scope-confirmation", "signed_in", async (req, res) => {
    const material = await openMaterial(req.db, req.actor, idOf(req.params["id"]), "confirm_scope", req.now);
    const form = readForm(ScopeForm, req.body);
    if (!form.ok) return showMaterial(req, res.status(422), material, {});
    await saveScopeConfirmation(req.db, material, form.value.scope, actOf(req));
    flash(req, req.t.materials.scope_given(req.t.materials.scopes[form.value.scope] ?? ""));
    res.redirect(303, `/materials/${material.id}`);
  });

  routes.post("/materials/:id/scope-refusal", "signed_in", async (req, res) => {
    const material = await openMaterial(req.db, req.actor, idOf(req.params["id"]), "confirm_scope", req.now);
    const form = readForm(ScopeRefusalForm, req.body);
    if (!form.ok) return showMaterial(req, res.status(422), material, { form: { ...form, act: "scope" } });
    await saveScopeRefusal(req.db, material, form.value.scope, form.value.comment, actOf(req));
    flash(req, req.t.materials.scope_denied);
    res.redirect(303, `/materials/${material.id}`);
  });
}
