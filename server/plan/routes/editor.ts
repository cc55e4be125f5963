import type { Request, Response } from "express";
import type { Granted } from "../../access/policy.ts";
import { invalid, Refusal } from "../../platform/errors.ts";
import { newId } from "../../platform/ids.ts";
import { isId } from "../../platform/ids.ts";
import { idOf, type FeatureRoutes } from "../../platform/web/router.ts";
import { flash } from "../../shell/layout.ts";
import { openPlan } from "../access.ts";
import { readRows, rowErrors, type RowsSent } from "../forms.ts";
import { planName, type EditPage } from "../pages/plan.ts";
import { errorList, mergedViews, rowViews, typedViews, type RowView } from "../pages/rows.ts";
import { addRow, fingerprint, mergeEdits, mergeWithNext, moveRow, removeRow, splitRow } from "../rules/changes.ts";
import { totalsOf, type PlanRow } from "../rules.ts";
import * as store from "../store/plans.ts";
import { crumbsOf } from "./plans.ts";
import { actOf, speechOf } from "./speech.ts";

export function addEditor(routes: FeatureRoutes): void {
  routes.get("/plans/:id/edit", "signed_in", async (req, res) => {
    const plan = await openPlan(req.db, req.actor, idOf(req.params["id"]), "edit");
    const rows = await store.listLessons(req.db, plan.id);
    const views = rowViews(speechOf(req), rows, (row) => row.id, (row) => ({ was: fingerprint(row), acts: true }));
    showEditor(req, res, plan, { views, revision: plan.revision });
  });

  routes.post("/plans/:id/lessons", "signed_in", async (req, res) => {
    const plan = await openPlan(req.db, req.actor, idOf(req.params["id"]), "edit");
    const sent = readRows(req.body);
    if (!sent || !sent.rows.every(({ id }) => isId(id))) throw invalid();
    const left = sent.act.name === "remove" ? sent.rows.filter(({ id }) => id !== sent.act.id) : sent.rows;
    const errors = [...sent.errors, ...rowErrors(left)];
    if (errors.length > 0) {
      const views = typedViews(speechOf(req), sent.typed, errors, (key) => ({ was: sent.was.get(key) ?? "", acts: true }));
      return showEditor(req, res.status(422), plan, { views, revision: sent.revision });
    }
    const rows = sent.rows.map(asRow);
    if (sent.revision !== plan.revision) return showConflict(req, res, plan, sent, rows);
    await save(req, res, plan, sent, rows);
  });
}

async function save(req: Request, res: Response, plan: Granted<"edit", store.Plan>, sent: RowsSent, typed: readonly PlanRow[]): Promise<void> {
  const current = await store.listLessons(req.db, plan.id);
  const known = new Set(current.map((row) => row.id));
  // Nothing is taken out because a form did not name it: only the button for it does that.
  const named = new Set(typed.map((row) => row.id));
  const rows = [...typed.filter((row) => known.has(row.id) || sent.was.get(row.id) !== undefined), ...current.filter((row) => !named.has(row.id))];
  const changed = applyAct(req, sent.act, rows);
  try {
    await store.saveLessons(req.db, plan, sent.revision, changed.rows, actOf(req));
  } catch (error) {
    // Somebody saved between the door and the transaction.
    if (!(error instanceof Refusal) || error.key !== "plan_changed") throw error;
    return showConflict(req, res, await openPlan(req.db, req.actor, plan.id, "edit"), sent, typed);
  }
  flash(req, changed.says);
  res.redirect(303, sent.act.name === "done" ? `/plans/${plan.id}` : `/plans/${plan.id}/edit${changed.at ? `#row-${changed.at}` : ""}`);
}

/** What the pressed button does, on top of what was typed. */
function applyAct(req: Request, { name, id }: RowsSent["act"], rows: PlanRow[]): { rows: PlanRow[]; says: string; at?: string } {
  const words = req.t.plan;
  const row = rows.find((own) => own.id === id);
  const fresh = newId();
  if (name === "add") return { rows: addRow(rows, id === "" ? null : id, fresh, { title: words.new_row }), says: words.row_added, at: fresh };
  if (row === undefined) return { rows, says: words.saved };
  switch (name) {
    case "up":
      return { rows: moveRow(rows, id, -1), says: words.moved, at: id };
    case "down":
      return { rows: moveRow(rows, id, 1), says: words.moved, at: id };
    case "split":
      return { rows: splitRow(rows, id, Math.ceil(row.periods / 2), fresh, words.continued(row.title).slice(0, 500)), says: words.saved, at: id };
    case "merge":
      return { rows: mergeWithNext(rows, id), says: words.saved, at: id };
    case "remove":
      return { rows: removeRow(rows, id), says: words.row_removed(row.title) };
    default:
      return { rows, says: words.saved };
  }
}

function asRow(sent: RowsSent["rows"][number]): PlanRow {
  const { include: _include, periods, ...row } = sent;
  return { ...row, periods: periods ?? 0 };
}

/** 409: what the other person did, beside what was typed; nothing of either is lost. */
async function showConflict(req: Request, res: Response, plan: Granted<"edit", store.Plan>, sent: RowsSent, typed: readonly PlanRow[]): Promise<void> {
  const speech = speechOf(req);
  const current = await store.listLessons(req.db, plan.id);
  const saves = await store.listSavesSince(req.db, plan, sent.revision);
  const titles = await store.titlesOf(req.db, plan, saves.flatMap(({ changes }) => changes.map(({ id }) => id)));
  const lines = saves.map(({ who, at, changes }) => ({
    who: req.t.plan.conflict_save(who, req.f.moment(at)),
    items: changes.slice(0, 12).map(({ id, change }) => `${req.t.plan.changes[change]} “${titles.get(id) ?? ""}”`),
  }));
  const views = mergedViews(speech, mergeEdits(current, typed, sent.was));
  showEditor(req, res.status(409), plan, { views, revision: plan.revision, conflict: { lines } });
}

function showEditor(req: Request, res: Response, plan: store.Plan, given: { views: RowView[]; revision: number; conflict?: EditPage["conflict"] }): void {
  const speech = speechOf(req);
  const words = req.t.plan;
  const name = planName(speech, plan);
  const total = totalsOf(given.views.map(({ periods }) => ({ ...BLANK, periods: Number(periods) || 0 }))).periods;
  const page: EditPage = {
    head: { title: words.edit_title(name), eyebrow: plan.school.name, lead: words.edit_lead },
    notices: [],
    conflict: given.conflict,
    errors: errorList(speech, given.views),
    action: `/plans/${plan.id}/lessons`,
    cancel: `/plans/${plan.id}`,
    revision: String(given.revision),
    rows: given.views,
    total: words.periods(req.f.number(total)),
  };
  res.page("plan/edit", page, { title: words.edit_title(name), crumbs: [...crumbsOf(req, plan, name)], scripts: ["js/plan-editor.js"], wide: true });
}

const BLANK: PlanRow = {
  ...{ id: "", chapter: "", title: "", periods: 0, kind: "lesson", week_from: null, week_to: null, term: null },
  ...{ digital_content: false, ai_content: false, planned_mode: "in_class", notes: "" },
};
