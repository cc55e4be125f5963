import type { Knex } from "knex";
import { z } from "zod";
import type { Granted } from "../../access/policy.ts";
import { addMinutes, dayOf, type Day, type Instant } from "../../platform/clock.ts";
import { all, col, insertAll, maybeOne, type Db } from "../../platform/db.ts";
import { conflict, notFound } from "../../platform/errors.ts";
import { groupBy } from "../../platform/group.ts";
import { raise } from "../../platform/jobs/queue.ts";
import { basisPoints, type BasisPoints } from "../../platform/units.ts";
import { attendanceCorrected, liveClassEnded } from "../events.ts";
import { lengthOf, MARK_LIFE_SECONDS, stayOf, wasPresent } from "../rules.ts";
import { note, type By, type LiveRow } from "./classes.ts";
import { listMarks, listRoster } from "./presence.ts";
import { attendances } from "./tables.ts";

const shares = z.object({ live_pupil_stayed: z.number().int().min(0).max(10_000).default(5_000) });

/** The share of the class a pupil stays to be present: the province's setting on that day, else half. */
export async function presentShare(db: Db, day: Day): Promise<BasisPoints> {
  const inForce = db("definitions").where("valid_from", "<=", day).orderBy("version", "desc").limit(1).select("settings");
  const row = await maybeOne(z.object({ settings: col.json(shares) }), inForce);
  return basisPoints(row?.settings.live_pupil_stayed ?? 5_000);
}

/**
 * Ends a class: closes the marks that still live, writes what the server saw of every pupil on the list, and announces it,
 * all at once.
 *
 * @param endedAt when it ended; for a forgotten class that is the last sign of anybody, before now.
 */
export async function saveEnd(db: Db, live: Granted<"teach", LiveRow>, endedAt: Instant, who: { by: string | null; at: Instant; requestId?: string }): Promise<void> {
  await db.transaction(async (trx) => {
    const changed = await trx("live_classes").where({ id: live.id, state: "open" }).update({ state: "ended", ended_at: endedAt });
    if (changed === 0) throw conflict("live_over");
    await trx("presence_marks")
      .where({ live_class_id: live.id })
      .whereNull("left_at")
      .where("seen_at", ">", addMinutes(endedAt, -MARK_LIFE_SECONDS / 60))
      .update({ left_at: endedAt, ending: "ended" });
    await trx("live_hands").where({ live_class_id: live.id }).del();
    await trx("live_floor").where({ live_class_id: live.id }).del();
    if (live.engine !== "link") await writeAttendance(trx, live, endedAt); // there it is the teacher's word (engines/store.ts)
    await note(trx, live, "live.end", who, { ended_at: endedAt });
    await raise(trx, liveClassEnded, { liveClassId: live.id }, who.at);
  });
}

async function writeAttendance(trx: Db, live: LiveRow, endedAt: Instant): Promise<void> {
  const held = { from: live.opened_at ?? endedAt, to: endedAt };
  const share = await presentShare(trx, dayOf(held.from));
  const marks = byPerson(await listMarks(trx, live));
  const roster = await listRoster(trx, live);
  const rows = live.courses.flatMap((course) =>
    roster
      .filter((pupil) => pupil.class_id === course.class_id)
      .map((pupil) => {
        const stay = stayOf(marks.get(pupil.person_id) ?? [], held);
        const present = wasPresent(stay.minutes, lengthOf(held), share);
        return { live_class_id: live.id, course_id: course.id, person_id: pupil.person_id, present_minutes: stay.minutes, present };
      }),
  );
  await insertAll(trx, "attendances", rows);
}

export function byPerson<T extends { person_id: string }>(rows: readonly T[]): Map<string, T[]> {
  return groupBy(rows, (row) => row.person_id);
}

const attendanceRow = attendances.row.extend({ name: col.text(), course_name: col.text(), corrector: col.maybeText() });
export type AttendanceRow = z.infer<typeof attendanceRow>;

function attendanceOf(db: Db, liveId: string): Knex.QueryBuilder {
  return db("attendances as a")
    .join("persons as p", "p.id", "a.person_id")
    .join("courses as c", "c.id", "a.course_id")
    .leftJoin("persons as b", "b.id", "a.corrected_by")
    .where("a.live_class_id", liveId)
    .orderBy(["c.name", "a.course_id", "p.sort_key", "p.id"])
    .select(attendances.columns.map((name) => `a.${name}`))
    .select({ name: "p.name", course_name: "c.name", corrector: "b.name" });
}

/** Everybody's attendance, course by course, by given name. */
export function listAttendance(db: Db, live: Granted<"results", LiveRow>): Promise<AttendanceRow[]> {
  return all(attendanceRow, attendanceOf(db, live.id).limit(2000));
}

/** The attendance of some pupils: one's own, or one's children's. */
export function listAttendanceOf(db: Db, live: Granted<"read", LiveRow>, personIds: readonly string[]): Promise<AttendanceRow[]> {
  return all(attendanceRow, attendanceOf(db, live.id).whereIn("a.person_id", [...personIds]).limit(50));
}

export interface Correction {
  course_id: string;
  person_id: string;
  /** Undefined takes an earlier correction back: what the server saw stands again. */
  present: boolean | undefined;
  reason: string;
}

/** The teacher says who was there; what the server saw stays beside it. The ledger judges anew. */
export async function saveCorrection(db: Db, live: Granted<"teach", LiveRow>, correction: Correction, who: By): Promise<void> {
  const { course_id, person_id, present, reason } = correction;
  await db.transaction(async (trx) => {
    if (live.state !== "ended") throw conflict("live_not_ended");
    const changed = await trx("attendances")
      .where({ live_class_id: live.id, course_id, person_id })
      .update({ corrected_present: present ?? null, corrected_reason: reason, corrected_by: who.by, corrected_at: who.at });
    if (changed === 0) throw notFound();
    await note(trx, live, "attendance.correct", who, { course_id, person_id, present: present ?? null });
    await raise(trx, attendanceCorrected, { liveClassId: live.id }, who.at);
  });
}

/** Names left the system in a file: that is noted. */
export async function noteExport(db: Db, live: Granted<"results", LiveRow>, who: By): Promise<void> {
  await note(db, live, "attendance.export", who);
}
