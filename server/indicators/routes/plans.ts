import type { Request, Response } from "express";
import type { Granted } from "../../access/policy.ts";
import { listYears, yearIn } from "../../calendar/store.ts";
import { openProvince } from "../../organisation/access.ts";
import type { UnitRow } from "../../organisation/store.ts";
import { dayOf } from "../../platform/clock.ts";
import { notFound } from "../../platform/errors.ts";
import { blankForm, readForm, typedOf } from "../../platform/web/form.ts";
import { idOf, type FeatureRoutes } from "../../platform/web/router.ts";
import type { FormState } from "../../shell/form-fields.ts";
import { flash } from "../../shell/layout.ts";
import { BoardForm, IndicatorForm, NewBoardForm } from "../forms.ts";
import { indicatorFormPage, planPage, plansPage } from "../pages/plans.ts";
import { createBoard, findBoard, listBoards, publishBoard, removeBoard, removeIndicator, saveBoard, saveIndicator, type Board, type Indicator } from "../store/boards.ts";
import { PLAN_1027 } from "../template.ts";
import { actOf, voiceOf } from "./act.ts";

/** What the department asks each year: copied, edited in forms, published. */
export function planRoutes(routes: FeatureRoutes): void {
  routes.get("/scoreboard/plans", "signed_in", async (req, res) => {
    await openProvince(req.db, req.actor);
    await showPlans(req, res, blankForm());
  });

  routes.post("/scoreboard/plans", "signed_in", async (req, res) => {
    const province = await openProvince(req.db, req.actor);
    const form = readForm(NewBoardForm, req.body);
    if (!form.ok) return showPlans(req, res.status(422), form);
    const { year, from, name, source } = form.value;
    const [years, copied] = await Promise.all([listYears(req.db), from === "template" ? undefined : findBoard(req.db, from)]);
    const frame = years.find((one) => one.id === year);
    const wrong = frame === undefined ? "year" : from !== "template" && copied === undefined ? "from" : undefined;
    if (frame === undefined || wrong !== undefined) return showPlans(req, res.status(422), { errors: [{ field: wrong ?? "year", code: "not_a_choice", params: {} }], typed: { year, from, name, source } });
    // A deadline of another year would have passed before the year began: it is set anew.
    const kept = copied?.board.year_id === year;
    const indicators = copied
      ? copied.indicators.map(({ id: _id, scoreboard_id: _board, position: _position, ...one }) => ({ ...one, deadline: kept ? one.deadline : null }))
      : PLAN_1027.indicators.map((one) => ({ ...one, deadline: null }));
    const id = await createBoard(req.db, province, { year_id: year, name, source, copied_from: copied?.board.id ?? null, deadline: frame.ends_on, indicators }, actOf(req));
    flash(req, req.t.indicators.plans.created);
    res.redirect(303, `/scoreboard/plans/${id}`);
  });

  routes.get("/scoreboard/plans/:id", "signed_in", async (req, res) => {
    const { found } = await openPlan(req);
    showPlan(req, res, found, blankForm());
  });

  routes.post("/scoreboard/plans/:id", "signed_in", async (req, res) => {
    const { province, found } = await openPlan(req);
    const form = readForm(BoardForm, req.body);
    if (!form.ok) return showPlan(req, res.status(422), found, form);
    await saveBoard(req.db, province, found.board.id, form.value, actOf(req));
    flash(req, req.t.indicators.plans.saved);
    res.redirect(303, `/scoreboard/plans/${found.board.id}`);
  });

  routes.post("/scoreboard/plans/:id/publication", "signed_in", async (req, res) => {
    const { province, found } = await openPlan(req);
    await publishBoard(req.db, province, found.board, actOf(req));
    flash(req, req.t.indicators.plans.published);
    res.redirect(303, `/scoreboard?year=${found.board.year_id}`);
  });

  routes.post("/scoreboard/plans/:id/removal", "signed_in", async (req, res) => {
    const { province, found } = await openPlan(req);
    await removeBoard(req.db, province, found.board.id, actOf(req));
    flash(req, req.t.indicators.plans.removed);
    res.redirect(303, "/scoreboard/plans");
  });
}

/** The indicators of a draft, each in a form of its own. */
export function planIndicatorRoutes(routes: FeatureRoutes): void {
  routes.get("/scoreboard/plans/:id/indicators/new", "signed_in", async (req, res) => {
    const { found } = await openPlan(req);
    showIndicator(req, res, found, undefined, blankForm());
  });

  routes.post("/scoreboard/plans/:id/indicators", "signed_in", async (req, res) => {
    const { province, found } = await openPlan(req);
    await takeIndicator(req, res, province, found, undefined);
  });

  routes.get("/scoreboard/plans/:id/indicators/:code/edit", "signed_in", async (req, res) => {
    const { found } = await openPlan(req);
    showIndicator(req, res, found, indicatorOf(req, found), blankForm());
  });

  routes.post("/scoreboard/plans/:id/indicators/:code", "signed_in", async (req, res) => {
    const { province, found } = await openPlan(req);
    await takeIndicator(req, res, province, found, indicatorOf(req, found));
  });

  routes.post("/scoreboard/plans/:id/indicators/:code/removal", "signed_in", async (req, res) => {
    const { province, found } = await openPlan(req);
    const indicator = indicatorOf(req, found);
    await removeIndicator(req.db, province, found.board.id, indicator, actOf(req));
    flash(req, req.t.indicators.plans.indicator_removed(indicator.code));
    res.redirect(303, `/scoreboard/plans/${found.board.id}`);
  });
}

/** Saves the form of an indicator, a new one where there was none. Its code is taken once in a version. */
async function takeIndicator(req: Request, res: Response, province: Granted<"set_targets", UnitRow>, found: Board, indicator: Indicator | undefined): Promise<void> {
  const form = readForm(IndicatorForm, req.body);
  if (!form.ok) return showIndicator(req, res.status(422), found, indicator, form);
  if (found.indicators.some((one) => one.code === form.value.code && one.id !== indicator?.id))
    return showIndicator(req, res.status(422), found, indicator, { errors: [{ field: "code", code: "code_of_other_indicator", params: {} }], typed: typedOf(req.body as object) });
  await saveIndicator(req.db, province, found.board.id, indicator?.id, form.value, actOf(req));
  flash(req, req.t.indicators.plans.indicator_saved(form.value.code));
  res.redirect(303, `/scoreboard/plans/${found.board.id}`);
}

async function openPlan(req: Request) {
  const province = await openProvince(req.db, req.actor);
  const found = await findBoard(req.db, idOf(req.params["id"]));
  if (found === undefined) throw notFound();
  return { province, found };
}

function indicatorOf(req: Request, { indicators }: Board): Indicator {
  const found = indicators.find((one) => one.code === req.params["code"]);
  if (found === undefined) throw notFound();
  return found;
}

const crumbsOf = (req: Request) => [
  { href: "/scoreboard", label: req.t.indicators.title },
  { href: "/scoreboard/plans", label: req.t.indicators.plans.title },
];

async function showPlans(req: Request, res: Response, state: FormState): Promise<void> {
  const [boards, years] = await Promise.all([listBoards(req.db), listYears(req.db)]);
  const given = { from: typeof req.query["from"] === "string" ? req.query["from"] : "", year: yearIn(years, dayOf(req.now))?.id ?? "" };
  res.page("indicators/plans", plansPage(boards, years, given, state, voiceOf(req)), { title: req.t.indicators.plans.title, crumbs: crumbsOf(req).slice(0, 1) });
}

function showPlan(req: Request, res: Response, found: Board, state: FormState): void {
  res.page("indicators/plan", planPage(found, state, voiceOf(req)), { title: found.board.name, crumbs: crumbsOf(req), wide: true });
}

function showIndicator(req: Request, res: Response, { board }: Board, indicator: Indicator | undefined, state: FormState): void {
  const page = indicatorFormPage(board, indicator, state, voiceOf(req));
  res.page("indicators/indicator-form", page, { title: page.head.title, crumbs: [...crumbsOf(req), { href: `/scoreboard/plans/${board.id}`, label: board.name }] });
}
