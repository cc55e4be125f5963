import { z } from "zod";
import type { Granted } from "../access/policy.ts";
import { auditOf, type By, type CourseRow, type LessonRow } from "../courses/store.ts";
import { aroundFiles, type FileAround } from "../materials/access.ts";
import { materialVersions, type VersionRow } from "../materials/store.ts";
import { record, recordLooks } from "../platform/audit.ts";
import { all, col, one, table, type Db } from "../platform/db.ts";
import { conflict } from "../platform/errors.ts";
import { newId } from "../platform/ids.ts";
import { raise } from "../platform/jobs/queue.ts";
import { remember } from "../platform/remember.ts";
import type { Instant } from "../platform/clock.ts";
import { materialDescribed } from "../materials/events.ts";
import { selfStudyClosed, selfStudyProgressed } from "./events.ts";

export const lessonProgress = table("lesson_progress", {
  course_id: col.id(),
  plan_lesson_id: col.id(),
  pupil_id: col.id(),
  opened_at: col.instant(),
  last_opened_at: col.instant(),
  done_at: col.maybeInstant(),
});

export const assignments = table("self_study_assignments", {
  id: col.id(),
  course_id: col.id(),
  plan_lesson_id: col.id(),
  period_from: col.int(),
  period_to: col.int(),
  assigned_by: col.id(),
  opens_at: col.instant(),
  due_at: col.instant(),
  legal_form: col.oneOf(["supporting", "replacing"]),
  legal_reason: col.text(),
  state: col.oneOf(["open", "closed", "cancelled"]),
  created_at: col.instant(),
  /** The missed live class whose kit it is; completed is then who finished the kit, not the lesson. */
  live_class_id: col.maybeId(),
});
export type AssignmentRow = z.infer<typeof assignments.row>;

export const lessonAttachments = table("lesson_attachments", {
  course_id: col.id(),
  plan_lesson_id: col.id(),
  material_id: col.id(),
  attached_by: col.id(),
  attached_at: col.instant(),
});

/** The self-study of a course that stands, or of one of its lessons, in the order in which it opens; kits of missed classes are no lesson to open. */
export async function listAssignments(db: Db, course: { id: string }, lessonId?: string): Promise<readonly AssignmentRow[]> {
  const standing = await assignmentsOfCourse(db, course.id);
  return lessonId === undefined ? standing : standing.filter((row) => row.plan_lesson_id === lessonId);
}

const assignmentsOfCourse = remember(["self_study_assignments"], (db: Db, courseId: string): Promise<readonly AssignmentRow[]> => {
  const standing = db("self_study_assignments").where({ course_id: courseId }).whereNull("live_class_id").whereNot({ state: "cancelled" });
  return all(assignments.row, standing.orderBy(["opens_at", "id"]).limit(400).select(assignments.columns));
});

const ownRow = z.object({ plan_lesson_id: col.id(), opened_at: col.instant(), done_at: col.maybeInstant() });
export type OwnProgress = z.infer<typeof ownRow>;

/** What one pupil has opened and done in a course. */
export function listOwnProgress(db: Db, courseId: string, pupilId: string): Promise<OwnProgress[]> {
  return all(ownRow, db("lesson_progress").where({ course_id: courseId, pupil_id: pupilId }).select("plan_lesson_id", "opened_at", "done_at").limit(400));
}

const countRow = z.object({ plan_lesson_id: col.id(), opened: col.int(), done: col.int() });

/** How many pupils opened and finished each lesson; one row is one lesson. Counts only, no names. */
export function listLessonCounts(db: Db, course: Granted<"results", CourseRow>): Promise<readonly z.infer<typeof countRow>[]> {
  return countsOfCourse(db, course.id);
}

const countsOfCourse = remember(["lesson_progress"], (db: Db, courseId: string): Promise<readonly z.infer<typeof countRow>[]> =>
  all(countRow, db("lesson_progress").where({ course_id: courseId }).groupBy("plan_lesson_id").select("plan_lesson_id").count({ opened: "*" }).count({ done: "done_at" }).limit(400)),
);

/** Notes that a pupil was served the lesson: the server's own observation, not what a browser claims. */
export async function saveOpened(db: Db, course: Granted<"learn", CourseRow>, lesson: LessonRow, pupilId: string, at: Instant): Promise<OwnProgress> {
  const opened = db("lesson_progress")
    .insert({ course_id: course.id, plan_lesson_id: lesson.id, pupil_id: pupilId, opened_at: at, last_opened_at: at, done_at: null })
    .onConflict(["course_id", "plan_lesson_id", "pupil_id"])
    .merge({ last_opened_at: at })
    .returning(["plan_lesson_id", "opened_at", "done_at"]);
  return one(ownRow, opened);
}

/** A pupil finishes a lesson, or takes that back. A lesson that was never served cannot be finished. */
export async function saveDone(db: Db, course: Granted<"learn", CourseRow>, lesson: LessonRow, pupilId: string, done: { at: Instant; value: Instant | null }): Promise<void> {
  await db.transaction(async (trx) => {
    const key = { course_id: course.id, plan_lesson_id: lesson.id, pupil_id: pupilId };
    const query = trx("lesson_progress").where(key);
    // The first time counts: pressing again later does not make it late.
    const changed = await (done.value === null ? query.whereNotNull("done_at") : query.whereNull("done_at")).update({ done_at: done.value });
    if (changed === 0) {
      if (!(await trx("lesson_progress").where(key).first("pupil_id"))) throw conflict("lesson_not_opened");
      return;
    }
    for (const { id } of await listAssignments(trx, course, lesson.id)) await raise(trx, selfStudyProgressed, { assignmentId: id }, done.at);
  });
}

const pupilRow = z.object({ id: col.id(), name: col.text(), opened_at: col.maybeInstant(), done_at: col.maybeInstant() });
export type PupilProgress = z.infer<typeof pupilRow>;

/** The class list with each pupil's progress in one lesson, in the order of the list. */
export function listPupils(db: Db, course: Granted<"results", CourseRow>, lessonId: string, today: string): Promise<PupilProgress[]> {
  return all(
    pupilRow,
    db("class_enrolments as e")
      .join("persons as p", "p.id", "e.person_id")
      .leftJoin("lesson_progress as g", (join) => join.on("g.pupil_id", "p.id").andOnVal("g.course_id", course.id).andOnVal("g.plan_lesson_id", lessonId))
      .where("e.class_id", course.class_id)
      .where("e.from_on", "<=", today)
      .where((q) => void q.whereNull("e.to_on").orWhere("e.to_on", ">", today))
      .orderBy(["p.sort_key", "p.id"])
      .limit(200)
      .select("p.id", "p.name", "g.opened_at", "g.done_at"),
  );
}

const sumRow = z.object({ id: col.id(), name: col.text(), opened: col.int(), done: col.int() });
export type PupilSum = z.infer<typeof sumRow>;

/** The class list with how many lessons each pupil opened and finished; every look is written down. */
export async function listPupilSums(db: Db, course: Granted<"results", CourseRow>, look: { by: string; at: Instant; today: string }): Promise<PupilSum[]> {
  const rows = await all(
    sumRow,
    db("class_enrolments as e")
      .join("persons as p", "p.id", "e.person_id")
      .leftJoin("lesson_progress as g", (join) => join.on("g.pupil_id", "p.id").andOnVal("g.course_id", course.id))
      .where("e.class_id", course.class_id)
      .where("e.from_on", "<=", look.today)
      .where((q) => void q.whereNull("e.to_on").orWhere("e.to_on", ">", look.today))
      .groupBy("p.id", "p.name", "p.sort_key")
      .orderBy(["p.sort_key", "p.id"])
      .limit(200)
      .select("p.id", "p.name")
      .count({ opened: "g.opened_at" })
      .count({ done: "g.done_at" }),
  );
  await recordLooks(db, rows.map((row) => row.id), { at: look.at, actorId: look.by, what: "course_progress" });
  return rows;
}

export interface Assigned {
  period_from: number;
  period_to: number;
  opens_at: Instant;
  due_at: Instant;
  legal_form: "supporting" | "replacing";
  legal_reason: string;
}

/** Gives a lesson as online self-study for some of its periods. @throws conflict where one of them already is given. */
export async function saveAssignment(db: Db, course: Granted<"teach", CourseRow>, lesson: LessonRow, given: Assigned, act: By): Promise<void> {
  await db.transaction(async (trx) => {
    const standing = await listAssignments(trx, course, lesson.id);
    if (standing.some((other) => other.period_from <= given.period_to && given.period_from <= other.period_to)) throw conflict("periods_assigned");
    const id = newId();
    await trx("self_study_assignments").insert({ id, course_id: course.id, plan_lesson_id: lesson.id, assigned_by: act.by, state: "open", created_at: act.at, ...given });
    await record(trx, { ...auditOf(course, act), action: "self_study.assign", subjectType: "self_study", subjectId: id, details: { lesson_id: lesson.id, ...given } });
  });
}

/**
 * Gives what a live class carried as self-study by its kit, in the transaction that gives the kit. Where a period is given as
 * self-study already, that stands.
 */
export async function saveMissed(trx: Db, live: { id: string; school_id: string }, runs: readonly (Pick<Assigned, "period_from" | "period_to"> & { course_id: string; plan_lesson_id: string })[], given: Omit<Assigned, "period_from" | "period_to"> & { assigned_by: string }, act: By): Promise<void> {
  for (const run of runs) {
    const standing = await listAssignments(trx, { id: run.course_id }, run.plan_lesson_id);
    if (standing.some((other) => other.period_from <= run.period_to && run.period_from <= other.period_to)) continue;
    const id = newId();
    await trx("self_study_assignments").insert({ id, ...run, ...given, live_class_id: live.id, state: "open", created_at: act.at });
    await record(trx, { at: act.at, actorId: act.by, schoolId: live.school_id, requestId: act.requestId, action: "self_study.assign", subjectType: "self_study", subjectId: id, details: { live_class_id: live.id, ...run, due_at: given.due_at } });
  }
}

const idRow = z.object({ id: col.id() });

/** The self-study that a live class's kit is; what was taken back is not. */
export async function listMissed(db: Db, liveId: string): Promise<string[]> {
  return (await all(idRow, db("self_study_assignments").where({ live_class_id: liveId }).whereNot({ state: "cancelled" }).orderBy("id").limit(100).select("id"))).map((row) => row.id);
}

/** The kit was taken back, or its class: it counts for nothing more. */
export async function cancelMissed(trx: Db, liveId: string, at: Instant): Promise<void> {
  for (const assignmentId of await listMissed(trx, liveId)) {
    await trx("self_study_assignments").where({ id: assignmentId }).update({ state: "cancelled" });
    await raise(trx, selfStudyClosed, { assignmentId }, at);
  }
}

/** Takes an assignment back; what it counted for is judged anew. */
export async function saveCancelled(db: Db, course: Granted<"teach", CourseRow>, assignmentId: string, act: By): Promise<void> {
  await db.transaction(async (trx) => {
    const changed = await trx("self_study_assignments").where({ id: assignmentId, course_id: course.id }).whereNot({ state: "cancelled" }).update({ state: "cancelled" });
    if (changed === 0) throw conflict();
    await record(trx, { ...auditOf(course, act), action: "self_study.cancel", subjectType: "self_study", subjectId: assignmentId });
    await raise(trx, selfStudyClosed, { assignmentId }, act.at);
  });
}

/** Closes what is past its due date. Called by the clock; running it twice changes nothing more. */
export async function closeDue(db: Db, at: Instant): Promise<void> {
  const due = await all(z.object({ id: col.id() }), db("self_study_assignments").where({ state: "open" }).where("due_at", "<=", at).orderBy("due_at").limit(1000).select("id"));
  for (const { id } of due) {
    await db.transaction(async (trx) => {
      const changed = await trx("self_study_assignments").where({ id, state: "open" }).update({ state: "closed" });
      if (changed > 0) await raise(trx, selfStudyClosed, { assignmentId: id }, at);
    });
  }
}

/** A material as a lesson shows it: the version in use, or the newest where it was attached before approval. */
export interface ShownMaterial {
  id: string;
  title: string;
  kind: string;
  state: string;
  attached: boolean;
  version: VersionRow;
  around: FileAround | undefined;
}

const shownRow = z
  .object({ material_id: col.id(), title: col.text(), kind: col.text(), material_state: col.text(), attached: col.flag() })
  .extend(materialVersions.row.omit({ material_id: true }).shape);

/**
 * What a lesson shows: the materials approved for it, in their approved version, and those that the teacher attached for
 * this class before approval, in their newest.
 */
export function listShown(db: Db, course: { id: string; school_id: string }, lessonId: string): Promise<readonly ShownMaterial[]> {
  return shownInLesson(db, course.id, course.school_id, lessonId);
}

/** A whole class opens the same lesson in the same minutes. Who may open a file is asked again at the file's own door. */
const shownInLesson = remember(["materials", "material_lessons", "material_versions", "lesson_attachments", "renditions", "digitisations", "captions", "material_moments"], readShown);

async function readShown(db: Db, courseId: string, schoolId: string, lessonId: string): Promise<readonly ShownMaterial[]> {
  const flat = await all(
    shownRow,
    db.raw(
      `SELECT m.id AS material_id, m.title, m.kind, m.state AS material_state,
              CASE WHEN a.material_id IS NULL THEN 0 ELSE 1 END AS attached,
              ${materialVersions.columns.filter((name) => name !== "material_id").map((name) => `v.${name}`).join(", ")}
         FROM materials m
         LEFT JOIN material_lessons ml ON ml.material_id = m.id AND ml.plan_lesson_id = ?
         LEFT JOIN lesson_attachments a ON a.material_id = m.id AND a.course_id = ? AND a.plan_lesson_id = ?
         JOIN material_versions v ON v.id = COALESCE(m.approved_version_id, m.latest_version_id)
        WHERE m.id IN (SELECT material_id FROM material_lessons WHERE plan_lesson_id = ?
                       UNION SELECT material_id FROM lesson_attachments WHERE course_id = ? AND plan_lesson_id = ?)
          AND m.retired_at IS NULL AND m.school_id = ?
          AND ((ml.material_id IS NOT NULL AND m.approved_version_id IS NOT NULL) OR a.material_id IS NOT NULL)
        ORDER BY m.created_at, m.id
        LIMIT 50`,
      [lessonId, courseId, lessonId, lessonId, courseId, lessonId, schoolId],
    ),
  );
  const around = await aroundFiles(db, flat);
  return flat.map(({ material_id, title, kind, material_state, attached, ...version }) => ({
    ...{ id: material_id, title, kind, state: material_state, attached },
    version: { ...version, material_id },
    around: around.get(version.id),
  }));
}

const candidateRow = z.object({ id: col.id(), title: col.text(), state: col.text() });
export type Candidate = z.infer<typeof candidateRow>;

/** A teacher's own materials for this lesson that are not approved yet and not attached. */
export function listAttachable(db: Db, course: Granted<"teach", CourseRow>, lessonId: string, personId: string): Promise<readonly Candidate[]> {
  return attachable(db, course.id, course.school_id, lessonId, personId);
}

const attachable = remember(["materials", "material_lessons", "lesson_attachments"], (db: Db, courseId: string, schoolId: string, lessonId: string, personId: string): Promise<readonly Candidate[]> =>
  all(
    candidateRow,
    db("materials as m")
      .join("material_lessons as ml", "ml.material_id", "m.id")
      .leftJoin("lesson_attachments as a", (join) => join.on("a.material_id", "m.id").andOnVal("a.course_id", courseId).andOnVal("a.plan_lesson_id", lessonId))
      .where({ "ml.plan_lesson_id": lessonId, "m.uploaded_by": personId, "m.school_id": schoolId })
      .whereNull("m.approved_version_id")
      .whereNull("m.retired_at")
      .whereNull("a.material_id")
      .orderBy(["m.created_at", "m.id"])
      .limit(30)
      .select("m.id", "m.title", "m.state"),
  ),
);

/** Shows an own material to the own class before it is approved; it counts for nothing until it is. */
export async function saveAttachment(db: Db, course: Granted<"teach", CourseRow>, lesson: LessonRow, materialId: string, act: By): Promise<void> {
  await db.transaction(async (trx) => {
    await trx("lesson_attachments")
      .insert({ course_id: course.id, plan_lesson_id: lesson.id, material_id: materialId, attached_by: act.by, attached_at: act.at })
      .onConflict(["course_id", "plan_lesson_id", "material_id"])
      .ignore();
    await record(trx, { ...auditOf(course, act), action: "lesson.attach", subjectType: "material", subjectId: materialId, details: { course_id: course.id, lesson_id: lesson.id } });
    await raise(trx, materialDescribed, { materialId }, act.at); // the class finds it from now on
  });
}

export async function removeAttachment(db: Db, course: Granted<"teach", CourseRow>, lesson: LessonRow, materialId: string, act: By): Promise<void> {
  await db.transaction(async (trx) => {
    await trx("lesson_attachments").where({ course_id: course.id, plan_lesson_id: lesson.id, material_id: materialId }).del();
    await record(trx, { ...auditOf(course, act), action: "lesson.detach", subjectType: "material", subjectId: materialId, details: { course_id: course.id, lesson_id: lesson.id } });
    await raise(trx, materialDescribed, { materialId }, act.at);
  });
}
