import { openOffice } from "../../assessment/access.ts";
import { invalid, notFound } from "../../platform/errors.ts";
import { sayText } from "../../platform/messages.ts";
import { findBlob } from "../../platform/storage/store.ts";
import { readForm } from "../../platform/web/form.ts";
import { idOf, type FeatureRoutes } from "../../platform/web/router.ts";
import { sendBlob } from "../../platform/web/send-blob.ts";
import { flash } from "../../shell/layout.ts";
import { openValue } from "../access.ts";
import { Asked, ReturnForm } from "../forms.ts";
import { waitingPage } from "../pages/school.ts";
import { publishedBoard } from "../store/boards.ts";
import { decide, listWaiting } from "../store/values.ts";
import { actOf, voiceOf } from "./act.ts";

/** What schools declared: their evidence, and the decision of the level above. */
export function valueRoutes(routes: FeatureRoutes): void {
  routes.get("/scoreboard/waiting", "signed_in", async (req, res) => {
    const unit = await openOffice(req.db, req.actor, Asked.parse(req.query).unit);
    const values = await listWaiting(req.db, unit);
    const boards = new Map(await Promise.all([...new Set(values.map((value) => value.year_id))].map(async (year) => [year, await publishedBoard(req.db, year)] as const)));
    const waiting = values.map((value) => ({ value, indicator: boards.get(value.year_id)?.indicators.find((one) => one.code === value.code) }));
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
