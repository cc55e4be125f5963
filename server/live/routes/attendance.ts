import type { Request, Response } from "express";
import writeXlsxFile from "write-excel-file/node";
import type { Granted } from "../../access/policy.ts";
import { dayOf } from "../../platform/clock.ts";
import { csvText } from "../../platform/csv.ts";
import { conflict, notFound } from "../../platform/errors.ts";
import { sayText } from "../../platform/messages.ts";
import { readForm, typedOf } from "../../platform/web/form.ts";
import { idOf, type FeatureRoutes } from "../../platform/web/router.ts";
import { flash } from "../../shell/layout.ts";
import { alsoGranted, isInvited, may, openLiveClass } from "../access.ts";
import { findDeclaration, findEngineRoom } from "../engines/store.ts";
import { CorrectionForm } from "../forms.ts";
import { afterPage, awayFor, gapWords, stayFor, type AfterKnowledge } from "../pages/after.ts";
import { recordingHref } from "../recording/routes.ts";
import { standsPresent } from "../rules.ts";
import { byPerson, listAttendance, listAttendanceOf, noteExport, presentShare, saveCorrection } from "../store/attendance.ts";
import { saveBoard } from "../jobs.ts";
import { hasKit } from "../store/after.ts";
import type { LiveRow } from "../store/classes.ts";
import { listMarks, listPresenceEvents } from "../store/presence.ts";
import { listQuestions } from "../store/questions.ts";
import { findRoom } from "../store/rooms.ts";
import { crumbsHere } from "./crumbs.ts";
import { exitQuestions } from "./questions.ts";
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

  // The board that found no room in the school's library.
  routes.post("/live-classes/:id/board", "signed_in", async (req, res) => {
    const live = await openLiveClass(req.db, req.actor, idOf(req.params["id"]), "teach");
    const { board_refused_at, board_material_id } = await findRoom(req.db, live.id);
    if (board_refused_at === null || board_material_id !== null) throw conflict("live_board_saved");
    await saveBoard(req.db, req.blobs, live.id, req.now, req.config.schoolQuotaBytes);
    const saved = (await findRoom(req.db, live.id)).board_material_id !== null;
    flash(req, saved ? req.t.live_after.board_again_done : req.t.live_after.board_no_room);
    res.redirect(303, `/live-classes/${live.id}`);
  });

  routes.get("/live-classes/:id/attendance.csv", "signed_in", async (req, res) => {
    const { table, name } = await attendanceTable(req);
    res.attachment(`${name}.csv`);
    res.type("text/csv; charset=utf-8").send(csvText(table, "bare"));
  });

  routes.get("/live-classes/:id/attendance.xlsx", "signed_in", async (req, res) => {
    const { table, name, title } = await attendanceTable(req);
    const cells = table.map((row, i) => row.map((value) => (typeof value === "number" ? { value, type: Number } : { value, type: String, ...(i === 0 ? { fontWeight: "bold" as const } : {}) })));
    const widths = [6, 28, 16, 10, 24, 28, 14, 14, 30].map((width) => ({ width }));
    const file = await writeXlsxFile(cells, { columns: widths, sheet: title, stickyRowsCount: 1 }).toBuffer();
    res.attachment(`${name}.xlsx`);
    res.type("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet").send(file);
  });
}

/** The attendance of a class as a table with its head. Names leave the system with it, which is noted. */
async function attendanceTable(req: Request): Promise<{ table: (string | number)[][]; name: string; title: string }> {
  const live = await openLiveClass(req.db, req.actor, idOf(req.params["id"]), "results");
  const [rows, marks, sights] = await Promise.all([listAttendance(req.db, live), listMarks(req.db, live).then(byPerson), listPresenceEvents(req.db, live).then(byPerson)]);
  const { csv_columns, csv_name, present, absent, span } = req.t.live.after;
  const words = (is: boolean): string => (is ? present : absent);
  const table = rows.map((row, i) => {
    const stay = stayFor(row, { live, marks });
    const spans = stay.spans.map((one) => span(req.f.time(one.from), req.f.time(one.to))).join(", ");
    return [i + 1, row.name, row.course_name, row.present_minutes, spans, gapWords(stay, req), words(row.present), words(standsPresent(row)), row.corrected_reason ?? "", awayFor(row, { live, sights })];
  });
  await noteExport(req.db, live, byOf(req));
  return { table: [[...csv_columns, req.t.live_after.away_column], ...table], name: `${csv_name}-${dayOf(live.opened_at ?? live.starts_at)}`, title: dayOf(live.opened_at ?? live.starts_at) };
}

/** The page of a class that is over: one's own minutes, or everybody's for those who may see results. */
export async function showAfter(req: Request, res: Response, live: Granted<"read", LiveRow>, typed?: AfterKnowledge["typed"]): Promise<void> {
  const { db, actor } = req;
  const results = alsoGranted(actor, "results", live);
  const [attendance, own, marks, sights, asked, exit, room, engineRoom, declaration, recording, kit, share] = await Promise.all([
    results ? listAttendance(db, results) : [],
    results ? [] : listAttendanceOf(db, live, [actor.personId, ...actor.children]),
    results ? listMarks(db, live) : [],
    results ? listPresenceEvents(db, live) : [],
    results ? listQuestions(db, live) : [],
    live.state === "ended" && may(actor, "join", live) ? exitQuestions(req, live) : [],
    results && findRoom(db, live.id),
    results && findEngineRoom(db, live.id),
    live.engine === "link" ? findDeclaration(db, live.id) : undefined,
    recordingHref(req, live),
    !isInvited(actor, live) && hasKit(db, live.id),
    presentShare(db, dayOf(live.opened_at ?? live.starts_at)),
  ]);
  const known: AfterKnowledge = {
    ...{ live, own, exit, share },
    kit: kit || (live.state === "ended" && may(actor, "teach", live)),
    sees: results !== undefined,
    teaches: may(actor, "teach", live),
    all: attendance,
    ownId: actor.personId,
    marks: byPerson(marks),
    sights: byPerson(sights),
    questions: asked.length > 0,
    boardId: room?.board_material_id ?? null,
    boardRefused: room?.board_refused_at != null && room.board_material_id === null,
    recordingHref: recording,
    recordingId: engineRoom?.recording_material_id ?? null,
    declared: live.engine !== "link" || declaration !== undefined,
    ...(typed ? { typed } : {}),
  };
  res.page("live/after", afterPage(known, req.now, req), { title: live.title, crumbs: crumbsHere(req, live), wide: known.sees });
}
