import type { Knex } from "knex";
import { z } from "zod";
import type { Granted } from "../../access/policy.ts";
import { record } from "../../platform/audit.ts";
import { addMinutes, minuteOf, type Instant } from "../../platform/clock.ts";
import { all, col, insertAll, maybeOne, type Db } from "../../platform/db.ts";
import { conflict } from "../../platform/errors.ts";
import { isId, newId } from "../../platform/ids.ts";
import { raise } from "../../platform/jobs/queue.ts";
import { remember } from "../../platform/remember.ts";
import { liveClassCancelled } from "../events.ts";
import { overlap } from "../rules.ts";
import { liveClasses, type EngineKind } from "./tables.ts";

const loaded = liveClasses.row.extend({ school_path: col.text(), school_name: col.text(), teacher_name: col.text(), substitute_name: col.maybeText() });

const coveredRow = z.object({
  live_class_id: col.id(),
  course_id: col.id(),
  course_name: col.text(),
  class_id: col.id(),
  class_name: col.text(),
  subject_code: col.text(),
  grade: col.int(),
  plan_lesson_id: col.id(),
  lesson_title: col.text(),
  lesson_position: col.int(),
  period_number: col.int(),
});
export type Covered = z.infer<typeof coveredRow>;

export interface LiveCourse {
  id: string;
  class_id: string;
  class_name: string;
  subject_code: string;
  grade: number;
  name: string;
}

/** A live class with its school, its courses and the periods it covers, in the order taught. */
export type LiveRow = z.infer<typeof loaded> & {
  school: { id: string; path: string; name: string };
  covered: readonly Covered[];
  courses: LiveCourse[];
};

export async function loadLiveClass(db: Db, id: string): Promise<LiveRow | undefined> {
  if (!isId(id)) return undefined;
  const row = await maybeOne(loaded, rows(db).where("live.id", id));
  return row && withCovered(row, await listCovered(db, [id]));
}

function rows(db: Db): Knex.QueryBuilder {
  return db("live_classes as live")
    .join("units as s", "s.id", "live.school_id")
    .join("persons as t", "t.id", "live.teacher_id")
    .leftJoin("persons as b", "b.id", "live.substitute_id")
    .select(liveClasses.columns.map((name) => `live.${name}`))
    .select({ school_path: "s.path", school_name: "s.name", teacher_name: "t.name", substitute_name: "b.name" });
}

function listCovered(db: Db, ids: readonly string[]): Promise<readonly Covered[]> {
  return all(
    coveredRow,
    db("live_class_periods as p")
      .join("courses as c", "c.id", "p.course_id")
      .join("classes as k", "k.id", "c.class_id")
      .join("plan_lessons as l", "l.id", "p.plan_lesson_id")
      .whereIn("p.live_class_id", [...ids])
      .select("p.live_class_id", "p.course_id", "p.plan_lesson_id", "p.period_number", "c.class_id", "c.subject_code", "c.grade")
      .select({ course_name: "c.name", class_name: "k.name", lesson_title: "l.title", lesson_position: "l.position" })
      .orderBy(["c.name", "p.course_id", "l.position", "l.id", "p.period_number"]),
  );
}

/**
 * The same for lists: a class of forty-five opens its home page in the same minutes and asks for the same classes to come.
 * Doors read for themselves, since a live class's courses decide who comes in.
 */
const coveredInLists = remember(["live_class_periods", "courses", "classes", "plan_lessons"], (db: Db, ids: string) => listCovered(db, ids.split(" ")));

function withCovered(row: z.infer<typeof loaded>, covered: readonly Covered[]): LiveRow {
  const courses = new Map(
    covered.map((one) => [
      one.course_id,
      { id: one.course_id, class_id: one.class_id, class_name: one.class_name, subject_code: one.subject_code, grade: one.grade, name: one.course_name },
    ]),
  );
  return { ...row, school: { id: row.school_id, path: row.school_path, name: row.school_name }, covered, courses: [...courses.values()] };
}

async function complete(db: Db, query: PromiseLike<unknown>): Promise<LiveRow[]> {
  const found = await all(loaded, query);
  if (found.length === 0) return [];
  const covered = await coveredInLists(db, found.map((row) => row.id).join(" "));
  return found.map((row) => withCovered(row, covered.filter((one) => one.live_class_id === row.id)));
}

/** Whose live classes a list holds. Made by `liveClassesVisibleTo` (access.ts). */
export interface Visible {
  personId: string;
  courseIds: readonly string[];
  classIds: readonly string[];
}

const LIST_MAX = 100;

/** Live classes that a person teaches or attends: those to come (and running) soonest first, or those over, newest first. */
export function listMine(db: Db, who: Visible, part: "to_come" | "over", at: Instant): Promise<readonly LiveRow[]> {
  return mineInLists(db, who.personId, who.courseIds.join(" "), who.classIds.join(" "), part, minuteOf(at));
}

const mineInLists = remember(
  ["live_classes", "live_class_periods", "courses", "units", "persons"],
  (db: Db, personId: string, courses: string, classes: string, part: "to_come" | "over", minute: Instant): Promise<readonly LiveRow[]> => {
    // A union of index look-ups: with OR the whole province's classes of that state would be read.
    const mine = db("live_classes").where({ teacher_id: personId }).select("id").union(db("live_classes").where({ substitute_id: personId }).select("id"));
    if (courses !== "") void mine.union(ofCourses(db, courses.split(" ")));
    if (classes !== "") void mine.union(ofClasses(db, classes.split(" ")));
    return complete(db, inPart(rows(db).whereIn("live.id", mine), part, minute));
  },
);

function ofCourses(db: Db, courseIds: readonly string[]): Knex.QueryBuilder {
  return db("live_class_periods as p").whereIn("p.course_id", [...courseIds]).select("p.live_class_id");
}

function ofClasses(db: Db, classIds: readonly string[]): Knex.QueryBuilder {
  return db("courses as c").join("live_class_periods as p", "p.course_id", "c.id").whereIn("c.class_id", [...classIds]).select("p.live_class_id");
}

/** Live classes of a school that are to come or run, soonest first. Index: school_id, starts_at. */
export function listOfSchool(db: Db, school: Granted<"arrange", { id: string }>, at: Instant): Promise<LiveRow[]> {
  return complete(db, inPart(rows(db).where("live.school_id", school.id).where("live.starts_at", ">", addMinutes(at, -24 * 60)), "to_come", at));
}

/** Live classes of a course. */
export function listOfCourse(db: Db, course: Granted<"read", { id: string }>, part: "to_come" | "over", at: Instant): Promise<LiveRow[]> {
  const own = rows(db).whereIn("live.id", db("live_class_periods").where({ course_id: course.id }).select("live_class_id"));
  return complete(db, inPart(own, part, at));
}

function inPart(query: Knex.QueryBuilder, part: "to_come" | "over", at: Instant): Knex.QueryBuilder {
  const dayBefore = addMinutes(at, -12 * 60); // planned and not started: still shown as to come for half a day
  if (part === "to_come") {
    return query
      .where((q) => void q.where("live.state", "open").orWhere((or) => void or.where("live.state", "scheduled").where("live.starts_at", ">", dayBefore)))
      .orderBy([{ column: "live.starts_at" }, { column: "live.id" }])
      .limit(LIST_MAX);
  }
  return query
    .where((q) => void q.whereIn("live.state", ["ended", "cancelled"]).orWhere((or) => void or.where("live.state", "scheduled").where("live.starts_at", "<=", dayBefore)))
    .orderBy([{ column: "live.starts_at", order: "desc" }, { column: "live.id", order: "desc" }])
    .limit(LIST_MAX);
}

/** Who teaches it: the substitute, where one was named. */
export function taughtBy(live: Pick<LiveRow, "teacher_id" | "teacher_name" | "substitute_id" | "substitute_name">): { id: string; name: string } {
  return live.substitute_id === null ? { id: live.teacher_id, name: live.teacher_name } : { id: live.substitute_id, name: live.substitute_name ?? "" };
}

/** Other live classes at that time of the same teacher or for the same pupils. */
export async function listConflicts(
  db: Db,
  planned: { starts_at: Instant; length_minutes: number; teacherId: string; classIds: readonly string[] },
): Promise<LiveRow[]> {
  const near = rows(db)
    .whereIn("live.state", ["scheduled", "open"])
    .where("live.starts_at", "<", addMinutes(planned.starts_at, planned.length_minutes))
    .where("live.starts_at", ">", addMinutes(planned.starts_at, -LENGTH_MAX))
    .where((q) => {
      // Whoever has a substitute is free; the substitute is not.
      void q.whereRaw("COALESCE(live.substitute_id, live.teacher_id) = ?", [planned.teacherId]).orWhereIn("live.id", ofClasses(db, planned.classIds));
    })
    .orderBy(["live.starts_at", "live.id"])
    .limit(20);
  return (await complete(db, near)).filter((other) => overlap(planned, other));
}

export const LENGTH_MAX = 300;

export interface Schedule {
  title: string;
  starts_at: Instant;
  length_minutes: number;
  purpose: "lesson" | "trial";
  legal_form: "supporting" | "replacing";
  legal_reason: string;
  slides_material_id: string | null;
  /** The same for all classes that were scheduled together. */
  series_id: string | null;
  engine: EngineKind;
  engine_link: string | null;
  /** The rows of live_class_periods: one for each course and period. */
  covers: readonly { course_id: string; plan_lesson_id: string; period_number: number }[];
}

export interface By {
  by: string;
  at: Instant;
  requestId: string;
}

/**
 * Every course they cover was opened to be taught by the person. All are saved, or none.
 *
 * @param once refuses (409 `live_planned_already`) where one of them stands already: the same form sent twice
 */
export async function saveSchedules(
  db: Db,
  course: Granted<"teach", { id: string; school_id: string; campus_id: string | null }>,
  schedules: readonly Schedule[],
  who: By,
  once = false,
): Promise<string[]> {
  return db.transaction(async (trx) => {
    if (once) await refuseTwice(trx, course, schedules);
    const ids: string[] = [];
    for (const schedule of schedules) ids.push(await saveOne(trx, course, schedule, who));
    return ids;
  });
}

async function refuseTwice(trx: Db, course: { id: string }, schedules: readonly Schedule[]): Promise<void> {
  await trx("courses").where({ id: course.id }).forUpdate().first("id"); // held: whoever sent the same waits here, and then finds these
  const standing = ofCourses(trx, [course.id]);
  const there = await maybeOne(
    z.object({ id: col.id() }),
    trx("live_classes").whereIn("id", standing).whereIn("starts_at", schedules.map((one) => one.starts_at)).whereNot("state", "cancelled").first("id"),
  );
  if (there) throw conflict("live_planned_already");
}

async function saveOne(trx: Db, course: { id: string; school_id: string; campus_id: string | null }, { covers, ...planned }: Schedule, who: By): Promise<string> {
  const id = newId();
    await trx("live_classes").insert({
      ...planned,
      id,
      school_id: course.school_id,
      campus_id: course.campus_id,
      teacher_id: who.by,
      created_at: who.at,
    });
    await insertAll(trx, "live_class_periods", covers.map((one) => ({ live_class_id: id, ...one })));
    await note(trx, { id, school_id: course.school_id }, "live.schedule", who, { course_id: course.id, periods: covers.length });
  return id;
}

/** Starts the class: from now on its minutes count. */
export async function saveOpening(db: Db, live: Granted<"teach", LiveRow>, who: By): Promise<void> {
  await db.transaction(async (trx) => {
    const changed = await trx("live_classes").where({ id: live.id, state: "scheduled" }).update({ state: "open", opened_at: who.at });
    if (changed === 0) throw conflict("live_started");
    if (live.slides_material_id !== null) await trx("live_turns").insert({ id: newId(), live_class_id: live.id, page: live.slide_page, at: who.at });
    // Who sits in the lobby of a class that is held elsewhere is not in its room yet.
    if (live.engine !== "embedded") await trx("presence_marks").where({ live_class_id: live.id }).whereNull("left_at").update({ left_at: who.at, ending: "left" });
    await note(trx, live, "live.open", who);
  });
}

/** The class will not be held, or one that was held is taken back: then its periods do not count. The reason stays. */
export async function saveCancellation(db: Db, live: Granted<"teach", LiveRow>, reason: string, who: By): Promise<void> {
  await db.transaction(async (trx) => {
    const changed = await trx("live_classes").where({ id: live.id }).whereIn("state", ["scheduled", "ended"]).update({ state: "cancelled", cancel_reason: reason });
    if (changed === 0) throw conflict("live_not_cancellable");
    await note(trx, live, "live.cancel", who, { from: live.state });
    await raise(trx, liveClassCancelled, { liveClassId: live.id }, who.at);
  });
}

/** Turns the slides for everybody. */
export async function saveSlide(db: Db, live: Granted<"teach", LiveRow>, page: number, at: Instant): Promise<void> {
  await db.transaction(async (trx) => {
    const changed = await trx("live_classes").where({ id: live.id, state: "open" }).update({ slide_page: page });
    if (changed === 0) throw conflict("live_not_open");
    await trx("live_turns").insert({ id: newId(), live_class_id: live.id, page, at });
  });
}

export async function note(trx: Db, live: { id: string; school_id: string }, action: string, who: { by: string | null; at: Instant; requestId?: string }, details: Record<string, unknown> = {}): Promise<void> {
  await record(trx, {
    at: who.at,
    actorId: who.by,
    action,
    subjectType: "live_class",
    subjectId: live.id,
    schoolId: live.school_id,
    details,
    requestId: who.requestId ?? null,
  });
}

/** Classes that run, for the job that ends forgotten ones. */
export async function listRunning(db: Db): Promise<string[]> {
  const found = await all(z.object({ id: col.id() }), db("live_classes").where({ state: "open" }).orderBy("starts_at").limit(2000).select("id"));
  return found.map((row) => row.id);
}
