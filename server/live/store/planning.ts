import { z } from "zod";
import type { Granted } from "../../access/policy.ts";
import { all, col, maybeOne, type Db } from "../../platform/db.ts";
import { isId } from "../../platform/ids.ts";

const courseRow = z.object({
  id: col.id(),
  school_id: col.id(),
  campus_id: col.maybeId(),
  class_id: col.id(),
  year_id: col.text(),
  subject_code: col.text(),
  grade: col.int(),
  name: col.text(),
  plan_id: col.maybeId(),
  class_name: col.text(),
  school_path: col.text(),
  school_name: col.text(),
});
/** A course as far as a live class needs it. */
export type CourseRow = z.infer<typeof courseRow> & { school: { id: string; path: string; name: string } };

export async function loadCourse(db: Db, id: string): Promise<CourseRow | undefined> {
  if (!isId(id)) return undefined;
  const row = await maybeOne(courseRow, courses(db).where("c.id", id));
  return row && { ...row, school: { id: row.school_id, path: row.school_path, name: row.school_name } };
}

function courses(db: Db) {
  return db("courses as c")
    .join("classes as k", "k.id", "c.class_id")
    .join("units as s", "s.id", "c.school_id")
    .select("c.id", "c.school_id", "c.campus_id", "c.class_id", "c.year_id", "c.subject_code", "c.grade", "c.name", "c.plan_id")
    .select({ class_name: "k.name", school_path: "s.path", school_name: "s.name" });
}

/** The courses that a person teaches, for the choice of one to schedule. */
export async function listTaught(db: Db, ids: readonly string[]): Promise<{ id: string; name: string }[]> {
  const row = z.object({ id: col.id(), name: col.text() });
  return all(row, db("courses").whereIn("id", [...ids]).orderBy(["name", "id"]).limit(100).select("id", "name"));
}

const lessonRow = z.object({
  id: col.id(),
  position: col.int(),
  title: col.text(),
  periods: col.int(),
  week_from: col.maybeInt(),
  week_to: col.maybeInt(),
  kind: col.text(),
  mode: col.oneOf(["in_class", "online"]),
});
export type LessonRow = z.infer<typeof lessonRow>;

/** The lessons of the course's plan, in order, each as the plan or the course's teacher wants it taught. */
export function listLessons(db: Db, course: Granted<"teach", CourseRow>): Promise<LessonRow[]> {
  if (course.plan_id === null) return Promise.resolve([]);
  const rows = db("plan_lessons as l")
    .leftJoin("course_lessons as o", (join) => join.on("o.plan_lesson_id", "l.id").andOnVal("o.course_id", course.id))
    .where({ "l.plan_id": course.plan_id })
    .whereNull("l.removed_at")
    .orderBy(["l.position", "l.id"])
    .limit(500);
  return all(lessonRow, rows.select("l.id", "l.position", "l.title", "l.periods", "l.week_from", "l.week_to", "l.kind", db.raw("COALESCE(o.planned_mode, l.planned_mode) AS mode")));
}

const takenRow = z.object({ plan_lesson_id: col.id(), period_number: col.int() });

/** Periods that another live class of the course covers already, or covered: taught again they do not count twice. */
export async function listTaken(db: Db, course: Granted<"teach", CourseRow>): Promise<z.infer<typeof takenRow>[]> {
  const rows = db("live_class_periods as p")
    .join("live_classes as live", "live.id", "p.live_class_id")
    .where("p.course_id", course.id)
    .whereNot("live.state", "cancelled")
    .where("live.purpose", "lesson")
    .distinct("p.plan_lesson_id", "p.period_number")
    .limit(2000);
  return all(takenRow, rows);
}

/** Other courses of the same plan and year that the teacher has: they can learn the lesson together. */
export function listTogether(db: Db, course: Granted<"teach", CourseRow>, taught: ReadonlySet<string>): Promise<{ id: string; name: string; class_id: string }[]> {
  const row = z.object({ id: col.id(), name: col.text(), class_id: col.id() });
  if (course.plan_id === null) return Promise.resolve([]);
  const others = [...taught].filter((id) => id !== course.id);
  return all(row, db("courses").whereIn("id", others).where({ plan_id: course.plan_id }).orderBy(["name", "id"]).limit(50).select("id", "name", "class_id"));
}

const slidesRow = z.object({ id: col.id(), title: col.text(), plan_lesson_id: col.id(), approved: col.flag() });
export type SlidesRow = z.infer<typeof slidesRow>;

/** PDF materials of a lesson: linked to the plan's row, or attached to it in this course. Approved ones first. */
export function listSlides(db: Db, course: Granted<"teach", CourseRow>, lessonId: string): Promise<SlidesRow[]> {
  return listSlidesOf(db, course, [lessonId]);
}

/** The same of some lessons at once. */
export async function listSlidesOf(db: Db, course: Granted<"teach", CourseRow>, lessonIds: readonly string[]): Promise<SlidesRow[]> {
  if (lessonIds.length === 0) return [];
  const among = lessonIds.map(() => "?").join(", ");
  return all(
    slidesRow,
    db.raw(
      `SELECT m.id, m.title, links.plan_lesson_id,
              CASE WHEN m.approved_version_id IS NULL THEN 0 ELSE 1 END AS approved
         FROM (SELECT material_id, plan_lesson_id FROM material_lessons WHERE plan_lesson_id IN (${among})
               UNION
               SELECT material_id, plan_lesson_id FROM lesson_attachments WHERE plan_lesson_id IN (${among}) AND course_id = ?) links
         JOIN materials m ON m.id = links.material_id AND m.state <> 'retired' AND m.school_id = ?
         JOIN material_versions v ON v.id = COALESCE(m.approved_version_id, m.latest_version_id)
        WHERE v.mime = 'application/pdf'
        ORDER BY approved DESC, m.kind DESC, m.title, m.id
        LIMIT ${50 * lessonIds.length}`,
      [...lessonIds, ...lessonIds, course.id, course.school_id],
    ),
  );
}

const fileRow = z.object({ hash: col.text(), size: col.int(), mime: col.text(), name: col.text(), title: col.text() });

/** The file of the slides: the version in use, or the newest where none is approved; none where they were taken down or retired. */
export function findSlides(db: Db, live: Granted<"join", { slides_material_id: string | null }>): Promise<z.infer<typeof fileRow> | undefined> {
  if (live.slides_material_id === null) return Promise.resolve(undefined);
  return maybeOne(
    fileRow,
    db("materials as m")
      .join("material_versions as v", "v.id", db.raw("COALESCE(m.approved_version_id, m.latest_version_id)"))
      .where("m.id", live.slides_material_id)
      .whereNot("m.state", "retired")
      .where("v.mime", "application/pdf")
      .select({ hash: "v.blob_hash", size: "v.size_bytes", mime: "v.mime", name: "v.file_name", title: "m.title" }),
  );
}
