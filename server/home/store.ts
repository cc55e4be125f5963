import { z } from "zod";
import type { Day, Instant } from "../platform/clock.ts";
import { all, col, countOf, maybeOne, type Db } from "../platform/db.ts";
import { remember } from "../platform/remember.ts";

/** What a pupil, or a parent for a child, is to do and has done: read for the person alone. */
const dueRow = z.object({
  course_id: col.id(),
  lesson_id: col.id(),
  title: col.text(),
  course: col.text(),
  due_at: col.instant(),
  done_at: col.maybeInstant(),
  /** The live class whose kit it is: its pupil missed it. */
  kit_of: col.maybeId().default(null),
});
export type DueRow = z.infer<typeof dueRow>;

/** Self-study that is open, or was done, in the classes of a pupil; the nearest due date first. */
export function listDue(db: Db, pupilId: string, classIds: readonly string[], at: Instant): Promise<DueRow[]> {
  return all(
    dueRow,
    db("self_study_assignments as a")
      .join("courses as c", "c.id", "a.course_id")
      .join("plan_lessons as l", "l.id", "a.plan_lesson_id")
      .leftJoin("lesson_progress as p", (join) => {
        join.on("p.course_id", "a.course_id").andOn("p.plan_lesson_id", "a.plan_lesson_id").andOnVal("p.pupil_id", pupilId);
      })
      .whereIn("c.class_id", [...classIds])
      .where("a.state", "open")
      .whereNull("a.live_class_id")
      .where("a.opens_at", "<=", at)
      .where("a.due_at", ">", at)
      .orderBy(["a.due_at", "a.id"])
      .limit(20)
      .select("a.course_id", "l.id as lesson_id", "l.title", "c.name as course", "a.due_at", "p.done_at"),
  );
}

/** Kits of live classes that a pupil missed and that are not due yet. */
export function listKits(db: Db, pupilId: string, at: Instant): Promise<DueRow[]> {
  return all(
    dueRow,
    db("attendances as a")
      .join("live_kits as k", "k.live_class_id", "a.live_class_id")
      .join("live_classes as l", "l.id", "a.live_class_id")
      .join("live_class_periods as p", (join) => join.on("p.live_class_id", "a.live_class_id").andOn("p.course_id", "a.course_id"))
      .join("courses as c", "c.id", "a.course_id")
      .leftJoin("live_kit_progress as g", (join) => join.on("g.live_class_id", "a.live_class_id").andOnVal("g.person_id", pupilId))
      .where("a.person_id", pupilId)
      .whereRaw("COALESCE(a.corrected_present, a.present) = ?", [false])
      .where("k.state", "ready")
      .where("k.due_at", ">", at)
      .groupBy("a.live_class_id", "a.course_id", "l.title", "c.name", "k.due_at", "g.done_at")
      .orderBy(["k.due_at", "a.live_class_id"])
      .limit(10)
      .select("a.course_id", "l.title", "c.name as course", "k.due_at", "g.done_at", { kit_of: "a.live_class_id" })
      .min({ lesson_id: "p.plan_lesson_id" }),
  );
}

const openedRow = z.object({ course_id: col.id(), lesson_id: col.id(), title: col.text(), course: col.text(), last_opened_at: col.instant() });
export type OpenedRow = z.infer<typeof openedRow>;

/** Where the last lesson stopped: the one opened last that is not done. */
export function findLastOpened(db: Db, pupilId: string): Promise<OpenedRow | undefined> {
  return maybeOne(
    openedRow,
    db("lesson_progress as p")
      .join("courses as c", "c.id", "p.course_id")
      .join("plan_lessons as l", "l.id", "p.plan_lesson_id")
      .where("p.pupil_id", pupilId)
      .whereNull("p.done_at")
      .orderBy("p.last_opened_at", "desc")
      .select("p.course_id", "l.id as lesson_id", "l.title", "c.name as course", "p.last_opened_at")
      .first(),
  );
}

const weekRow = z.object({
  course_id: col.id(),
  course: col.text(),
  lesson_id: col.id(),
  title: col.text(),
  periods: col.int(),
  mode: col.text(),
  approved: col.int(),
});
export type WeekRow = z.infer<typeof weekRow>;

/** The plan's lessons of a week in the courses a person teaches; one row is one lesson of one course. */
export function listWeek(db: Db, courseIds: readonly string[], week: number): Promise<readonly WeekRow[]> {
  return weekOfCourses(db, [...courseIds].sort().join(" "), week);
}

const weekOfCourses = remember(["courses", "plan_lessons", "course_lessons", "material_lessons", "materials"], (db: Db, courseIds: string, week: number): Promise<readonly WeekRow[]> =>
  all(
    weekRow,
    db("courses as c")
      .join("plan_lessons as l", "l.plan_id", "c.plan_id")
      .leftJoin("course_lessons as cl", (join) => join.on("cl.course_id", "c.id").andOn("cl.plan_lesson_id", "l.id"))
      .whereIn("c.id", courseIds.split(" "))
      .whereNull("l.removed_at")
      .where("l.week_from", "<=", week)
      .whereRaw("COALESCE(l.week_to, l.week_from) >= ?", [week])
      .orderBy(["c.name", "c.id", "l.position", "l.id"])
      .limit(300)
      .select("c.id as course_id", "c.name as course", "l.id as lesson_id", "l.title", "l.periods")
      .select(db.raw("COALESCE(cl.planned_mode, l.planned_mode) AS mode"))
      .select(
        db.raw(
          `(SELECT COUNT(*) FROM material_lessons ml JOIN materials m ON m.id = ml.material_id
             WHERE ml.plan_lesson_id = l.id AND m.approved_version_id IS NOT NULL AND m.retired_at IS NULL) AS approved`,
        ),
      ),
  ),
);

const returnedRow = z.object({ id: col.id(), title: col.text(), comment: col.text() });
export type ReturnedRow = z.infer<typeof returnedRow>;

/** A teacher's materials that came back with a comment and wait for a better version. */
export const listReturned = remember(["materials", "material_steps"], (db: Db, personId: string): Promise<readonly ReturnedRow[]> =>
  all(
    returnedRow,
    db.raw(
      `SELECT m.id, m.title, s.comment
         FROM materials m
         JOIN material_steps s ON s.material_id = m.id
          AND s.id = (SELECT MAX(last.id) FROM material_steps last WHERE last.material_id = m.id)
        WHERE m.uploaded_by = ? AND m.state = 'draft' AND s.act = 'return'
        ORDER BY s.at DESC, m.id
        LIMIT 10`,
      [personId],
    ),
  ),
);

const childRow = z.object({ id: col.id(), name: col.text(), class_id: col.id(), class_name: col.text() });
export type ChildRow = z.infer<typeof childRow>;

export function listChildren(db: Db, childIds: readonly string[], today: Day): Promise<ChildRow[]> {
  return all(
    childRow,
    db("persons as p")
      .join("class_enrolments as e", "e.person_id", "p.id")
      .join("classes as k", "k.id", "e.class_id")
      .whereIn("p.id", [...childIds])
      .where("e.from_on", "<=", today)
      .where((q) => void q.whereNull("e.to_on").orWhere("e.to_on", ">", today))
      .orderBy(["p.sort_key", "p.id"])
      .limit(20)
      .select("p.id", "p.name", "k.id as class_id", "k.name as class_name"),
  );
}

const absenceRow = z.object({ title: col.text(), starts_at: col.instant() });
export type AbsenceRow = z.infer<typeof absenceRow>;

/** Live classes that a child missed, the newest first, by what the teacher says or else what the server saw. */
export function listAbsences(db: Db, childId: string, since: Instant): Promise<AbsenceRow[]> {
  return all(
    absenceRow,
    db("attendances as a")
      .join("live_classes as l", "l.id", "a.live_class_id")
      .where("a.person_id", childId)
      .where("l.starts_at", ">=", since)
      .whereRaw("COALESCE(a.corrected_present, a.present) = ?", [false])
      .orderBy([{ column: "l.starts_at", order: "desc" }, { column: "l.id" }])
      .limit(10)
      .select("l.title", "l.starts_at"),
  );
}

/** Lessons that a child finished since an instant. */
export function countDone(db: Db, childId: string, since: Instant): Promise<number> {
  return countOf(db("lesson_progress").where({ pupil_id: childId }).where("done_at", ">=", since).count({ n: "*" }));
}

/** What a school has set up for a year, counted: the administrator's list of what is left in August. */
export async function countSetUp(db: Db, schoolId: string, yearId: string): Promise<{ classes: number; pupils: number; courses: number; plans: number }> {
  const [classes, pupils, courses, plans] = await Promise.all([
    countOf(db("classes").where({ school_id: schoolId, year_id: yearId }).count({ n: "*" })),
    countOf(
      db("class_enrolments as e").join("classes as k", "k.id", "e.class_id").where({ "k.school_id": schoolId, "k.year_id": yearId }).whereNull("e.to_on").count({ n: "*" }),
    ),
    countOf(db("courses").where({ school_id: schoolId, year_id: yearId }).count({ n: "*" })),
    countOf(db("plans").where({ school_id: schoolId, year_id: yearId, state: "published" }).count({ n: "*" })),
  ]);
  return { classes, pupils, courses, plans };
}

const liveRow = z.object({ id: col.id(), course_id: col.id(), starts_at: col.instant() });

/** Live classes of some courses that begin in a week and were not cancelled. Index: live_class_periods by course_id. */
export function listLivesBetween(db: Db, courseIds: readonly string[], from: Instant, to: Instant): Promise<z.infer<typeof liveRow>[]> {
  return all(
    liveRow,
    db("live_class_periods as p")
      .join("live_classes as l", "l.id", "p.live_class_id")
      .whereIn("p.course_id", [...courseIds])
      .where("l.starts_at", ">=", from)
      .where("l.starts_at", "<", to)
      .whereNot("l.state", "cancelled")
      .distinct("l.id", "p.course_id", "l.starts_at")
      .orderBy("l.starts_at")
      .limit(300),
  );
}
