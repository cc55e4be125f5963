import type { Request, Response } from "express";
import type { Granted } from "../../access/policy.ts";
import { dayOf } from "../../platform/clock.ts";
import { notFound } from "../../platform/errors.ts";
import { sayText } from "../../platform/messages.ts";
import { readForm, typedOf } from "../../platform/web/form.ts";
import { idOf, type FeatureRoutes } from "../../platform/web/router.ts";
import { flash } from "../../shell/layout.ts";
import { alsoGranted, may, openLiveClass } from "../access.ts";
import { toCsv } from "../csv.ts";
import { CorrectionForm } from "../forms.ts";
import { afterPage, gapWords, stayFor, type AfterKnowledge } from "../pages/after.ts";
import { standsPresent } from "../rules.ts";
import { byPerson, listAttendance, listAttendanceOf, noteExport, presentShare, saveCorrection } from "../store/attendance.ts";
import type { LiveRow } from "../store/classes.ts";
import { listMarks } from "../store/presence.ts";
import { byOf } from "./schedule.ts";

export function addAttendance(routes: FeatureRoutes): void {
  routes.post("/live-classes/:id/attendance", "signed_in", async (req, res) => {
    const live = await openLiveClass(req.db, req.actor, idOf(req.params["id"]), "teach");
    const form = readForm(CorrectionForm, req.body);
    if (!form.ok) {
      const typed = typedOf(typeof req.body === "object" && req.body !== null ? (req.body as object) : {});
      const say = (field: string): string => (typeof typed[field] === "string" ? typed[field] : "");
      const error = form.errors.map((one) => sayText(req.t.platform.fields, one.code, one.params)).join(" ");
      const readable = alsoGranted(req.actor, "read", live);
      if (!readable) throw notFound();
      return showAfter(req, res.status(422), readable, { course: say("course"), person: say("person"), present: say("present"), reason: say("reason"), error });
    }
    const { course, person, present, reason } = form.value;
    await saveCorrection(req.db, live, { course_id: course, person_id: person, present: present === "seen" ? undefined : present === "yes", reason }, byOf(req));
    const readable = alsoGranted(req.actor, "read", live);
    const [row] = readable ? await listAttendanceOf(req.db, readable, [person]) : [];
    flash(req, req.t.live.after.corrected(row?.name ?? ""));
    res.redirect(303, `/live-classes/${live.id}#row-${course}-${person}`);
  });

  routes.get("/live-classes/:id/attendance.csv", "signed_in", async (req, res) => {
    const live = await openLiveClass(req.db, req.actor, idOf(req.params["id"]), "results");
    const rows = await listAttendance(req.db, live);
    const marks = byPerson(await listMarks(req.db, live));
    const { csv_columns, csv_name, present, absent, span } = req.t.live.after;
    const words = (is: boolean): string => (is ? present : absent);
    const table = rows.map((row, i) => {
      const stay = stayFor(row, { live, marks });
      const spans = stay.spans.map((one) => span(req.f.time(one.from), req.f.time(one.to))).join(", ");
      return [i + 1, row.name, row.course_name, row.present_minutes, spans, gapWords(stay, req), words(row.present), words(standsPresent(row)), row.corrected_reason ?? ""];
    });
    await noteExport(req.db, live, byOf(req));
    res.attachment(`${csv_name}-${dayOf(live.opened_at ?? live.starts_at)}.csv`);
    res.type("text/csv; charset=utf-8").send(toCsv([csv_columns, ...table]));
  });
}

/** The page of a class that is over: one's own minutes, or everybody's for those who may see results. */
export async function showAfter(req: Request, res: Response, live: Granted<"read", LiveRow>, typed?: AfterKnowledge["typed"]): Promise<void> {
  const { db, actor } = req;
  const results = alsoGranted(actor, "results", live);
  const sees = results !== undefined;
  const known: AfterKnowledge = {
    live,
    sees,
    teaches: may(actor, "teach", live),
    all: results ? await listAttendance(db, results) : [],
    own: results ? [] : await listAttendanceOf(db, live, [actor.personId, ...actor.children]),
    ownId: actor.personId,
    marks: sees ? byPerson(await listMarks(db, live)) : new Map(),
    share: await presentShare(db, dayOf(live.opened_at ?? live.starts_at)),
    ...(typed ? { typed } : {}),
  };
  const crumbs = [{ href: "/live-classes", label: req.t.live.title }, { label: live.title }];
  res.page("live/after", afterPage(known, req.now, req), { title: live.title, crumbs, wide: sees });
}
