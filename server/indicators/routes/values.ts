import type { Request } from "express";
import { openOffice } from "../../assessment/access.ts";
import type { UnitRow } from "../../organisation/store.ts";
import { groupBy } from "../../platform/group.ts";
import { invalid, notFound } from "../../platform/errors.ts";
import { sayText } from "../../platform/messages.ts";
import { findBlob } from "../../platform/storage/store.ts";
import { readForm } from "../../platform/web/form.ts";
import { idOf, type FeatureRoutes } from "../../platform/web/router.ts";
import { sendBlob } from "../../platform/web/send-blob.ts";
import { flash } from "../../shell/layout.ts";
import { openValue } from "../access.ts";
import { figuresFromAbove, tellsWaiting, type BoardFigures } from "../figures.ts";
import { Asked, ReturnForm } from "../forms.ts";
import { waitingPage } from "../pages/school.ts";
import { decide, listWaiting, type WaitingValue } from "../store/values.ts";
import { actOf, voiceOf } from "./act.ts";

/** What schools declared: their evidence, and the decision of the level above. */
export function valueRoutes(routes: FeatureRoutes): void {
  routes.get("/scoreboard/waiting", "signed_in", async (req, res) => {
    const unit = await openOffice(req.db, req.actor, Asked.parse(req.query).unit);
    const values = await listWaiting(req.db, unit);
    const figures = await figuresOfWaiting(req, unit, values);
    const waiting = values.map((value) => {
      const row = figures.get(monthKey(value))?.rows.find((one) => one.indicator.code === value.code);
      return { value, indicator: row?.indicator, told: row !== undefined && tellsWaiting(row, value) };
    });
    const crumbs = [{ href: `/scoreboard?unit=${unit.id}`, label: req.t.indicators.title }, { label: req.t.indicators.waiting.title }];
    res.page("indicators/waiting", waitingPage(unit, waiting, voiceOf(req)), { title: req.t.indicators.waiting.title, crumbs });
  });

  routes.post("/indicator-values/:id/confirmation", "signed_in", async (req, res) => {
    const value = await openValue(req.db, req.actor, idOf(req.params["id"]), "decide");
    await decide(req.db, value, { state: "confirmed", comment: "" }, actOf(req));
    flash(req, req.t.indicators.value.confirmed);
    res.redirect(303, "/scoreboard/waiting");
  });

  routes.post("/indicator-values/:id/return", "signed_in", async (req, res) => {
    const value = await openValue(req.db, req.actor, idOf(req.params["id"]), "decide");
    const form = readForm(ReturnForm, req.body);
    if (!form.ok) {
      if (form.errors.some((error) => error.field !== "comment")) throw invalid();
      flash(req, sayText(req.t.platform.fields, "comment_needed", {}), "bad");
      res.redirect(303, `/schools/${value.school_id}/scoreboard/${value.code}?year=${value.year_id}`);
      return;
    }
    await decide(req.db, value, { state: "returned", comment: form.value.comment }, actOf(req));
    flash(req, req.t.indicators.value.returned_flash);
    res.redirect(303, "/scoreboard/waiting");
  });

  routes.get("/indicator-values/:id/evidence", "signed_in", async (req, res) => {
    const value = await openValue(req.db, req.actor, idOf(req.params["id"]), "read");
    const evidence = await findBlob(req.db, value.evidence_blob);
    if (evidence === undefined) throw notFound();
    await sendBlob(req, res, req.blobs, { ...evidence, name: value.evidence_name ?? "evidence", show: "attachment" });
  });
}

const monthKey = (value: WaitingValue): string => `${value.year_id} ${value.month}`;

/** The figures beside which declarations wait, of each of their months: they say which may be told. */
async function figuresOfWaiting(req: Request, unit: UnitRow, values: readonly WaitingValue[]): Promise<ReadonlyMap<string, BoardFigures>> {
  const months = [...groupBy(values, monthKey)];
  return new Map(
    await Promise.all(
      months.map(async ([key, [first, ...others]]): Promise<[string, BoardFigures]> => {
        const [yearId = "", month = ""] = key.split(" ");
        const codes = [...new Set([first, ...others].flatMap((one) => one?.code ?? []))].sort();
        return [key, await figuresFromAbove(req.db, unit, { year: { id: yearId }, month }, req.now, codes)];
      }),
    ),
  );
}
