import type { Request, Response } from "express";
import { provincesOf } from "../../access/actor.ts";
import { openProvince } from "../../organisation/access.ts";
import { listTree } from "../../organisation/store/tree.ts";
import { dayOf } from "../../platform/clock.ts";
import { forbidden } from "../../platform/errors.ts";
import { blankForm, readForm } from "../../platform/web/form.ts";
import { idOf, type FeatureRoutes } from "../../platform/web/router.ts";
import type { FormState } from "../../shell/form-fields.ts";
import { flash } from "../../shell/layout.ts";
import { mayReadModels } from "../access.ts";
import { whenAsked } from "../asked.ts";
import { ModelForm } from "../forms.ts";
import { modelsPage } from "../pages/models.ts";
import { endModel, listMembers, listModels, saveModel } from "../store/models.ts";
import { actOf, voiceOf } from "./act.ts";

/** Model digital schools and digital clusters: named by the department, seen by everybody who works in the province. */
export function modelRoutes(routes: FeatureRoutes): void {
  routes.get("/scoreboard/models", "signed_in", async (req, res) => {
    if (!mayReadModels(req.actor)) throw forbidden("role");
    await showModels(req, res, blankForm());
  });

  routes.post("/scoreboard/models", "signed_in", async (req, res) => {
    const province = await openProvince(req.db, req.actor);
    const form = readForm(ModelForm, req.body);
    if (!form.ok) return showModels(req, res.status(422), form);
    const unit = (await listTree(req.db, province)).find((one) => one.id === form.value.unit);
    const kind = unit?.kind === "school" || unit?.kind === "cluster" ? unit.kind : undefined;
    if (unit === undefined || kind === undefined) {
      const { year, decision, note } = form.value;
      return showModels(req, res.status(422), { errors: [{ field: "unit", code: "not_a_choice", params: {} }], typed: { year, decision, note } });
    }
    const { year, decision, note } = form.value;
    await saveModel(req.db, province, { year_id: year, unit_id: unit.id, kind, decision, note }, actOf(req));
    flash(req, req.t.indicators.models.named(unit.name));
    res.redirect(303, `/scoreboard/models?year=${year}`);
  });

  routes.post("/scoreboard/models/:id/ending", "signed_in", async (req, res) => {
    const province = await openProvince(req.db, req.actor);
    await endModel(req.db, province, idOf(req.params["id"]), actOf(req));
    flash(req, req.t.indicators.models.ended);
    res.redirect(303, "/scoreboard/models");
  });
}

async function showModels(req: Request, res: Response, state: FormState): Promise<void> {
  const when = await whenAsked(req.db, req.query, req.now);
  const paths = provincesOf(req.actor);
  const all = await listModels(req.db, when.year.id);
  const models = all.filter((model) => paths.some((path) => model.path.startsWith(path)));
  const edits = req.actor.memberships.some((m) => m.role === "province_officer");
  const [members, tree] = await Promise.all([
    listMembers(req.db, models.filter((model) => model.kind === "cluster").map((model) => model.unit_id), dayOf(req.now)),
    Promise.all(paths.map((path) => listTree(req.db, { path }))),
  ]);
  const page = modelsPage(when, models, members, tree.flat(), edits, state, voiceOf(req));
  res.page("indicators/models", page, { title: req.t.indicators.models.title, crumbs: edits ? [{ href: "/scoreboard", label: req.t.indicators.title }, { label: req.t.indicators.models.title }] : [] });
}
