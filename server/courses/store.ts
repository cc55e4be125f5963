import { z } from "zod";
import type { Granted } from "../access/policy.ts";
import { record } from "../platform/audit.ts";
import type { Instant } from "../platform/clock.ts";
import { all, col, maybeOne, table, type Db } from "../platform/db.ts";
import { conflict } from "../platform/errors.ts";
import { isId } from "../platform/ids.ts";
import { remember } from "../platform/remember.ts";
import type { CoursesVisible } from "./access.ts";

export const courses = table("courses", {
  id: col.id(),
  school_id: col.id(),
  campus_id: col.maybeId(),
  year_id: col.text(),
  class_id: col.id(),
  subject_code: col.text(),
  grade: col.int(),
  name: col.text(),
  plan_id: col.maybeId(),
  created_at: col.instant(),
});

export const courseTeachers = table("course_teachers", {
  id: col.id(),
  course_id: col.id(),
  person_id: col.id(),
  from_on: col.day(),
  to_on: col.maybeDay(),
});

/** What a course adds to a lesson of its plan: the teacher's text, and whether it is taught online. */
export const courseLessons = table("course_lessons", {
  course_id: col.id(),
  plan_lesson_id: col.id(),
  body: col.text(),
  planned_mode: col.oneOf(["in_class", "online"]).nullable(),
  revision: col.int(),
  updated_by: col.id(),
  updated_at: col.instant(),
});

const courseRow = courses.row.extend({ class_name: col.text(), school_path: col.text(), school_name: col.text(), subject_vi: col.text(), subject_en: col.text() });
export type CourseRow = z.infer<typeof courseRow> & { school: { id: string; path: string; name: string } };

function withSchool(row: z.infer<typeof courseRow>): CourseRow {
  return { ...row, school: { id: row.school_id, path: row.school_path, name: row.school_name } };
}

function courseQuery(db: Db) {
  return db("courses as c")
    .join("classes as k", "k.id", "c.class_id")
    .join("units as s", "s.id", "c.school_id")
    .join("subjects as j", "j.code", "c.subject_code")
    .select(courses.columns.map((name) => `c.${name}`))
    .select({ class_name: "k.name", school_path: "s.path", school_name: "s.name", subject_vi: "j.name_vi", subject_en: "j.name_en" });
}

export async function loadCourse(db: Db, id: string): Promise<CourseRow | undefined> {
  if (!isId(id)) return undefined;
  const row = await maybeOne(courseRow, courseQuery(db).where("c.id", id).first());
  return row && withSchool(row);
}

const COURSES_MAX = 500;

/** The courses somebody sees, by class and subject, in the newest school year that has any. */
export async function listCourses(db: Db, visible: CoursesVisible): Promise<CourseRow[]> {
  const rows = await all(
    courseRow,
    courseQuery(db)
      .where((any) => {
        void any.whereIn("c.id", [...visible.teaches]).orWhereIn("c.class_id", [...visible.classes]);
        for (const school of visible.schools) {
          void any.orWhere((one) => {
            void one.where("s.path", "like", `${school.path}%`);
            if (school.subjects !== undefined) void one.whereIn("c.subject_code", [...school.subjects]);
          });
        }
      })
      .orderBy([{ column: "c.year_id", order: "desc" }, { column: "c.grade" }, { column: "k.name" }, { column: "j.position" }, { column: "c.id" }])
      .limit(COURSES_MAX),
  );
  const newest = rows[0]?.year_id;
  return rows.filter((row) => row.year_id === newest).map(withSchool);
}

const lessonRow = z.object({
  id: col.id(),
  position: col.int(),
  chapter: col.text(),
  title: col.text(),
  periods: col.int(),
  kind: col.text(),
  week_from: col.maybeInt(),
  digital_content: col.flag(),
  ai_content: col.flag(),
  mode: col.oneOf(["in_class", "online"]),
  body: col.text(),
  revision: col.int(),
  updated_at: col.maybeInstant(),
});
export type LessonRow = z.infer<typeof lessonRow>;

function lessonQuery(db: Db, course: { id: string; plan_id: string | null }) {
  return db("plan_lessons as l")
    .leftJoin("course_lessons as o", (join) => join.on("o.plan_lesson_id", "l.id").andOnVal("o.course_id", course.id))
    .where("l.plan_id", course.plan_id ?? "")
    .select("l.id", "l.position", "l.chapter", "l.title", "l.periods", "l.kind", "l.week_from", "l.digital_content", "l.ai_content", "o.updated_at")
    .select(db.raw("COALESCE(o.planned_mode, l.planned_mode) AS mode, COALESCE(o.body, '') AS body, COALESCE(o.revision, 0) AS revision"));
}

export async function loadLesson(db: Db, course: { id: string; plan_id: string | null }, lessonId: string): Promise<LessonRow | undefined> {
  if (!isId(lessonId) || course.plan_id === null) return undefined;
  return maybeOne(lessonRow, lessonQuery(db, course).where("l.id", lessonId).first());
}

const plannedRow = lessonRow.omit({ body: true, revision: true, updated_at: true }).extend({ materials: col.int() });
const ownRow = z.object({ plan_lesson_id: col.id(), planned_mode: col.oneOf(["in_class", "online"]).nullable(), has_text: col.flag() });
export type OutlineRow = z.infer<typeof plannedRow> & { has_text: boolean };

/** The course as its plan orders it; one row is one lesson with what has been prepared for it. */
export async function listOutline(db: Db, course: Granted<"read", CourseRow>): Promise<OutlineRow[]> {
  const [planned, own] = await Promise.all([outlineOfPlan(db, course.plan_id ?? ""), changesOfCourse(db, course.id)]);
  const changes = new Map(own.map((row) => [row.plan_lesson_id, row]));
  return planned.map((row) => {
    const change = changes.get(row.id);
    return { ...row, mode: change?.planned_mode ?? row.mode, has_text: change?.has_text ?? false };
  });
}

/** What a course changes in its plan: the same for everybody who opens it. */
const changesOfCourse = remember(
  ["course_lessons"],
  (db: Db, courseId: string): Promise<readonly z.infer<typeof ownRow>[]> =>
    all(ownRow, db("course_lessons").where({ course_id: courseId }).limit(400).select("plan_lesson_id", "planned_mode", db.raw("CASE WHEN body = '' THEN 0 ELSE 1 END AS has_text"))),
);

/** What the courses of a plan have in common: a whole class opens the same one at the same time. */
const outlineOfPlan = remember(
  ["plan_lessons", "material_lessons", "materials"],
  (db: Db, planId: string): Promise<readonly z.infer<typeof plannedRow>[]> =>
    all(
      plannedRow,
      db.raw(
        `SELECT l.id, l.position, l.chapter, l.title, l.periods, l.kind, l.week_from, l.digital_content, l.ai_content, l.planned_mode AS mode,
                (SELECT COUNT(*) FROM material_lessons ml JOIN materials m ON m.id = ml.material_id
                  WHERE ml.plan_lesson_id = l.id AND m.approved_version_id IS NOT NULL AND m.retired_at IS NULL) AS materials
           FROM plan_lessons l
          WHERE l.plan_id = ? AND l.removed_at IS NULL
          ORDER BY l.position, l.id
          LIMIT 400`,
        [planId],
      ),
    ),
);

const titleRow = z.object({ id: col.id(), title: col.text() });
export type TitleRow = z.infer<typeof titleRow>;

/** The lessons' titles in the plan's order, for going to the one before and after. */
export function listTitles(db: Db, course: Granted<"read", CourseRow>): Promise<readonly TitleRow[]> {
  return titlesOfPlan(db, course.plan_id ?? "");
}

const titlesOfPlan = remember(["plan_lessons"], (db: Db, planId: string): Promise<readonly TitleRow[]> => {
  const lessons = db("plan_lessons").where({ plan_id: planId }).whereNull("removed_at");
  return all(titleRow, lessons.orderBy(["position", "id"]).limit(400).select("id", "title"));
});

const pupilsRow = z.object({ pupils: col.int() });

/** How many learn in the class of a course today. */
export function countPupils(db: Db, course: Granted<"read", CourseRow>, today: string): Promise<number> {
  return pupilsOfClass(db, course.class_id, today);
}

const pupilsOfClass = remember(["class_enrolments"], async (db: Db, classId: string, today: string): Promise<number> => {
  const enrolled = db("class_enrolments").where({ class_id: classId }).where("from_on", "<=", today);
  const row = await maybeOne(pupilsRow, enrolled.where((q) => void q.whereNull("to_on").orWhere("to_on", ">", today)).count({ pupils: "*" }));
  return row?.pupils ?? 0;
});

export interface By {
  by: string;
  at: Instant;
  requestId: string;
}

/** Saves a lesson's text where nobody else has saved since it was opened. @throws conflict `lesson_text_moved`. */
export async function saveText(db: Db, course: Granted<"teach", CourseRow>, lesson: LessonRow, text: { body: string; revision: number }, act: By): Promise<void> {
  await db.transaction(async (trx) => {
    const key = { course_id: course.id, plan_lesson_id: lesson.id };
    const row = { body: text.body, updated_by: act.by, updated_at: act.at };
    const changed =
      text.revision === 0
        ? await trx("course_lessons").insert({ ...key, ...row, planned_mode: null, revision: 1 }).onConflict(["course_id", "plan_lesson_id"]).ignore().returning("course_id")
        : await trx("course_lessons").where({ ...key, revision: text.revision }).update({ ...row, revision: text.revision + 1 }).returning("course_id");
    if (changed.length === 0) throw conflict("lesson_text_moved");
    await record(trx, { ...auditOf(course, act), action: "lesson.text", subjectType: "lesson", subjectId: lesson.id, details: { course_id: course.id } });
  });
}

/** Says that a lesson of this course is taught online, or in class. */
export async function saveMode(db: Db, course: Granted<"teach", CourseRow>, lesson: LessonRow, mode: "in_class" | "online", act: By): Promise<void> {
  await db.transaction(async (trx) => {
    const row = { planned_mode: mode, updated_by: act.by, updated_at: act.at };
    await trx("course_lessons")
      .insert({ course_id: course.id, plan_lesson_id: lesson.id, body: "", revision: 1, ...row })
      .onConflict(["course_id", "plan_lesson_id"])
      .merge({ ...row, revision: trx.raw("course_lessons.revision + 1") });
    await record(trx, { ...auditOf(course, act), action: "lesson.mode", subjectType: "lesson", subjectId: lesson.id, details: { course_id: course.id, mode } });
  });
}

export function auditOf(course: CourseRow, act: By) {
  return { at: act.at, actorId: act.by, schoolId: course.school_id, requestId: act.requestId };
}

const memberRow = z.object({ id: col.id(), name: col.text(), role: col.oneOf(["teacher", "pupil"]) });
export type MemberRow = z.infer<typeof memberRow>;

/** The people of a course today: its teachers, then the class list in its order. */
export function listMembers(db: Db, course: Granted<"read", CourseRow>, today: string): Promise<MemberRow[]> {
  return all(
    memberRow,
    db.raw(
      `SELECT id, name, role FROM (
         SELECT p.id, p.name, p.sort_key, 'teacher' AS role, 0 AS part FROM course_teachers t JOIN persons p ON p.id = t.person_id
          WHERE t.course_id = ? AND t.from_on <= ? AND (t.to_on IS NULL OR t.to_on > ?)
         UNION ALL
         SELECT p.id, p.name, p.sort_key, 'pupil', 1 FROM class_enrolments e JOIN persons p ON p.id = e.person_id
          WHERE e.class_id = ? AND e.from_on <= ? AND (e.to_on IS NULL OR e.to_on > ?)
       ) AS people ORDER BY part, sort_key, id LIMIT 200`,
      [course.id, today, today, course.class_id, today, today],
    ),
  );
}
