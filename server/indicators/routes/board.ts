import type { Request, Response } from "express";
import { provinceOfficerOver } from "../../access/actor.ts";
import { listTree } from "../../organisation/store/tree.ts";
import { notFound } from "../../platform/errors.ts";
import type { UnitRow } from "../../organisation/store.ts";
import type { FeatureRoutes } from "../../platform/web/router.ts";
import { csvText } from "../../platform/csv.ts";
import { openOffice } from "../../assessment/access.ts";
import { whenAsked } from "../asked.ts";
import { figuresFromAbove } from "../figures.ts";
import { boardPage, csvRows, indicatorPage } from "../pages/board.ts";
import { countWaiting } from "../store/values.ts";
import { voiceOf } from "./act.ts";

/** Tables of the offices: all indicators, one indicator with its schools, the same as a file. Sums only, never a pupil. */
export function boardRoutes(routes: FeatureRoutes): void {
  routes.get("/scoreboard", "signed_in", async (req, res) => {
    const { unit, when, figures } = await openBoard(req);
    const [waiting, units] = await Promise.all([countWaiting(req.db, unit), unitOptions(req, unit)]);
    const own = { waiting, units, setsTargets: provinceOfficerOver(req.actor, unit) };
    res.page("indicators/board", boardPage(unit, when, figures, own, voiceOf(req)), { title: req.t.indicators.title, wide: true });
  });

  routes.get("/scoreboard/table.csv", "signed_in", async (req, res) => {
    const { unit, when, figures } = await openBoard(req);
    res.attachment(`${unit.code || "scoreboard"}-${when.month}.csv`).type("text/csv; charset=utf-8").send(csvText(csvRows(figures, voiceOf(req))));
  });

  routes.get("/scoreboard/indicators/:code", "signed_in", showIndicator);
}

async function openBoard(req: Request, code?: string) {
  const when = await whenAsked(req.db, req.query, req.now);
  const unit = await openOffice(req.db, req.actor, when.asked.unit);
  return { unit, when, figures: await figuresFromAbove(req.db, unit, when, req.now, code === undefined ? undefined : [code]) };
}

async function showIndicator(req: Request, res: Response): Promise<void> {
  const { unit, when, figures } = await openBoard(req, String(req.params["code"]));
  const [row] = figures.rows;
  if (row === undefined || figures.board === undefined) throw notFound();
  const page = indicatorPage(unit, when, row, figures.board.board, figures.communes, voiceOf(req));
  const crumbs = [{ href: `/scoreboard?unit=${unit.id}&year=${when.year.id}&month=${when.month}`, label: req.t.indicators.title }, { label: row.indicator.code }];
  res.page("indicators/indicator", page, { title: page.head.title, crumbs, wide: true });
}

/** The unit that is shown, the person's own, and for the department its communes and clusters. */
async function unitOptions(req: Request, unit: UnitRow): Promise<{ value: string; label: string }[]> {
  const own = req.actor.memberships.filter((m) => m.role === "province_officer" || m.role === "commune_officer");
  const below = await Promise.all(own.filter((m) => m.role === "province_officer").map((m) => listTree(req.db, { path: m.unitPath })));
  const parts = below.flat().filter((one) => one.kind === "commune" || one.kind === "cluster");
  const all = [...own.map((m): [string, string] => [m.unitId, m.unitName]), ...parts.map((one): [string, string] => [one.id, one.name]), [unit.id, unit.name] as const];
  return [...new Map(all)].map(([value, label]) => ({ value, label }));
}
