import type { Granted } from "../../access/policy.ts";
import type { ClassWithSchool, UnitRow } from "../../organisation/store.ts";
import type { Act } from "../../organisation/store/tree.ts";
import { record } from "../../platform/audit.ts";
import type { Day } from "../../platform/clock.ts";
import { all, insertAll, isUniqueViolation, maybeOne, type Db } from "../../platform/db.ts";
import { conflict } from "../../platform/errors.ts";
import { newId } from "../../platform/ids.ts";
import { sameSlots, type Bell, type Slot } from "../rules.ts";
import { timetables, timetableSlots, type TimetableRow } from "./tables.ts";
import { heldSlots, tellOfWeeks } from "./tell.ts";

export async function loadVersion(db: Db, id: string): Promise<TimetableRow | undefined> {
  return maybeOne(timetables.row, db("timetables").where({ id }).first(timetables.columns));
}

export async function listSlots(db: Db, timetableId: string): Promise<Slot[]> {
  const rows = await all(timetableSlots.row, db("timetable_slots").where({ timetable_id: timetableId }).select(timetableSlots.columns));
  return rows.map(({ timetable_id: _, ...slot }) => slot);
}

/** The version from whose page a new one was written. */
export interface Based {
  id: string;
  revision: number;
}

/**
 * Saves the week of a class from a day on. The day of the version that the page showed changes that version; the same sent
 * twice is done once.
 *
 * @returns false where another version begins on that day, which the page did not show
 * @throws Refusal 409 where somebody saved that version meanwhile
 */
export async function saveWeek(db: Db, klass: Granted<"arrange", ClassWithSchool>, week: { from_on: Day; slots: readonly Slot[] }, based: Based | undefined, act: Act): Promise<boolean> {
  const save = db.transaction(async (trx) => {
    const there = await maybeOne(timetables.row, trx("timetables").where({ class_id: klass.id, from_on: week.from_on }).first(timetables.columns));
    if (there && sameSlots(await listSlots(trx, there.id), week.slots)) return true;
    if (there && there.id !== based?.id) return false;
    if (there && there.revision !== based?.revision) throw conflict("timetable_changed");
    const held = await heldSlots(trx, [klass.id], week.from_on);
    await putWeek(trx, klass, there, week, act);
    await tellOfWeeks(trx, [{ class_id: klass.id, slots: week.slots }], held, week.from_on, act);
    return true;
  });
  return save.catch((error: unknown) => {
    throw isUniqueViolation(error) ? conflict("timetable_changed") : error;
  });
}

/** Writes a week down: anew, or over the version that stands there. Answers its id. */
export async function putWeek(trx: Db, klass: { id: string; school_id: string }, there: TimetableRow | undefined, week: { from_on: Day; slots: readonly Slot[] }, act: Act): Promise<string> {
  const id = there?.id ?? newId();
  if (there) {
    const changed = await trx("timetables").where({ id, revision: there.revision }).update({ revision: there.revision + 1, made_by: act.by, made_at: act.at });
    if (changed === 0) throw conflict("timetable_changed");
    await trx("timetable_slots").where({ timetable_id: id }).delete();
  } else {
    await trx("timetables").insert({ id, class_id: klass.id, from_on: week.from_on, revision: 1, made_by: act.by, made_at: act.at });
  }
  await insertAll(trx, "timetable_slots", week.slots.map((slot) => ({ timetable_id: id, ...slot })));
  await record(trx, auditOf(klass, act, there ? "timetable.edit" : "timetable.create", { timetable_id: id, from_on: week.from_on, periods: week.slots.length }));
  return id;
}

/** Takes a version away: the one before it holds on. @throws Refusal 409 where it was changed meanwhile */
export async function removeWeek(db: Db, version: Granted<"arrange", TimetableRow & { klass: ClassWithSchool }>, revision: number, act: Act): Promise<void> {
  await db.transaction(async (trx) => {
    await trx("timetable_slots").where({ timetable_id: version.id }).delete();
    const removed = await trx("timetables").where({ id: version.id, revision }).delete();
    if (removed === 0) throw conflict("timetable_changed");
    await record(trx, auditOf(version.klass, act, "timetable.remove", { timetable_id: version.id, from_on: version.from_on }));
  });
}

/** Says when periods begin and end from a day on; what was said for that day before is replaced. */
export async function saveBells(db: Db, school: Granted<"arrange", UnitRow>, unitId: string, times: { from_on: Day; periods: readonly Bell[] }, act: Act): Promise<void> {
  await db.transaction(async (trx) => {
    const row = { periods: JSON.stringify(times.periods), saved_by: act.by, saved_at: act.at };
    await trx("bells").insert({ id: newId(), unit_id: unitId, from_on: times.from_on, ...row }).onConflict(["unit_id", "from_on"]).merge(row);
    await record(trx, { at: act.at, actorId: act.by, action: "bells.save", subjectType: "unit", subjectId: unitId, schoolId: school.id, details: { from_on: times.from_on, periods: times.periods.length }, requestId: act.requestId });
  });
}

export function auditOf(klass: { id: string; school_id: string }, act: Act, action: string, details: Record<string, unknown>) {
  return { at: act.at, actorId: act.by, action, subjectType: "class", subjectId: klass.id, schoolId: klass.school_id, details, requestId: act.requestId };
}
