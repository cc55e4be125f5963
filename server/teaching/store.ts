import { z } from "zod";
import type { Granted } from "../access/policy.ts";
import { schoolYears, type SchoolYearRow } from "../calendar/store.ts";
import { coursesChanged } from "../courses/events.ts";
import { classes, type UnitRow } from "../organisation/store.ts";
import type { Act } from "../organisation/store/tree.ts";
import { record } from "../platform/audit.ts";
import type { Day } from "../platform/clock.ts";
import { all, col, countOf, insertAll, isUniqueViolation, maybeOne, one, type Db } from "../platform/db.ts";
import { conflict } from "../platform/errors.ts";
import { newId } from "../platform/ids.ts";
import { raise } from "../platform/jobs/queue.ts";
import { endOfTurn, NOT_TAUGHT, SHARED, teachersOn, UNASSIGNED, type Change, type Turn } from "./rules.ts";

export type School = Granted<"administer", UnitRow>;

const classLine = classes.row.extend({ campus_name: col.maybeText(), homeroom_name: col.maybeText(), pupils: col.int(), courses: col.int() });
export type ClassLine = z.infer<typeof classLine>;

/** The classes of a school in a year by grade and name, with how many pupils and courses each has on a day. */
export function listClasses(db: Db, school: { id: string }, yearId: string, on: Day): Promise<ClassLine[]> {
  return all(classLine, db.raw(`${CLASS_LINES} WHERE c.school_id = ? AND c.year_id = ? ORDER BY c.grade, c.name, c.id LIMIT 300`, [on, on, school.id, yearId]));
}

export function findClass(db: Db, school: { id: string }, classId: string, on: Day): Promise<ClassLine | undefined> {
  return maybeOne(classLine, db.raw(`${CLASS_LINES} WHERE c.school_id = ? AND c.id = ?`, [on, on, school.id, classId]));
}

/** One row is one class, with its site, its homeroom teacher, and how many pupils and courses it has on a day. */
const CLASS_LINES = `
  SELECT ${classes.columns.map((name) => `c.${name}`).join(", ")}, u.name AS campus_name, p.name AS homeroom_name,
         (SELECT COUNT(*) FROM class_enrolments e
           WHERE e.class_id = c.id AND e.from_on <= ? AND (e.to_on IS NULL OR e.to_on > ?)) AS pupils,
         (SELECT COUNT(*) FROM courses k WHERE k.class_id = c.id) AS courses
    FROM classes c
    LEFT JOIN units u ON u.id = c.campus_id
    LEFT JOIN persons p ON p.id = c.homeroom_teacher_id`;

export interface ClassFacts {
  name: string;
  grade: number;
  campus_id: string | null;
  homeroom_teacher_id: string | null;
}

/** Makes classes of a year; a name that the school (or the site) already has is a conflict. */
export async function createClasses(db: Db, school: School, yearId: string, made: readonly ClassFacts[], act: Act): Promise<void> {
  const save = db.transaction(async (trx) => {
    for (const facts of made) {
      const id = newId();
      await trx("classes").insert({ ...facts, id, school_id: school.id, year_id: yearId, created_at: act.at });
      await record(trx, auditOf(school, act, "class.create", "class", id, { ...facts, year_id: yearId }));
    }
  });
  await save.catch(translateName);
}

export async function saveClass(db: Db, school: School, before: ClassLine, facts: Omit<ClassFacts, "grade">, act: Act): Promise<void> {
  const save = db.transaction(async (trx) => {
    await trx("classes").where({ id: before.id, school_id: school.id }).update({ ...facts });
    if (facts.name !== before.name) await renameCourses(trx, before, facts.name);
    const from = { name: before.name, campus_id: before.campus_id, homeroom_teacher_id: before.homeroom_teacher_id };
    await record(trx, auditOf(school, act, "class.edit", "class", before.id, { from, to: facts }));
  });
  await save.catch(translateName);
}

/** Courses carry their class's name, `Toán 6A`: they follow it. */
async function renameCourses(trx: Db, klass: ClassLine, name: string): Promise<void> {
  const named = await all(z.object({ id: col.id(), name: col.text() }), trx("courses").where({ class_id: klass.id }).select("id", "name"));
  for (const course of named) {
    if (!course.name.endsWith(` ${klass.name}`)) continue;
    await trx("courses").where({ id: course.id }).update({ name: `${course.name.slice(0, -klass.name.length)}${name}` });
  }
}

/** Removes a class that was never used. */
export async function removeClass(db: Db, school: School, klass: ClassLine, act: Act): Promise<void> {
  await db.transaction(async (trx) => {
    const enrolled = await countOf(trx("class_enrolments").where({ class_id: klass.id }).count({ n: "*" }));
    const taught = await countOf(trx("courses").where({ class_id: klass.id }).count({ n: "*" }));
    if (enrolled + taught > 0) throw conflict("class_has_pupils");
    await trx("classes").where({ id: klass.id, school_id: school.id }).delete();
    await record(trx, auditOf(school, act, "class.remove", "class", klass.id, { name: klass.name, grade: klass.grade }));
  });
}

function translateName(error: unknown): never {
  throw isUniqueViolation(error) ? conflict("class_exists") : error;
}

const teacher = z.object({ id: col.id(), name: col.text() });
export type Teacher = z.infer<typeof teacher>;

/** Everybody who may teach at a school on a day or later: its teachers, department heads and leaders. */
export function listTeachers(db: Db, school: { path: string }, on: Day): Promise<Teacher[]> {
  return all(
    teacher,
    db("persons as p")
      .whereIn(
        "p.id",
        db("memberships as m")
          .join("units as u", "u.id", "m.unit_id")
          .where("u.path", "like", `${school.path}%`)
          .whereIn("m.role", ["teacher", "department_head", "school_leader"])
          .where((q) => void q.whereNull("m.to_on").orWhere("m.to_on", ">", on))
          .select("m.person_id"),
      )
      .orderBy(["p.sort_key", "p.id"])
      .limit(500)
      .select({ id: "p.id", name: "p.name" }),
  );
}

const gradeSubject = z.object({ code: col.text(), name_vi: col.text(), name_en: col.text(), periods: col.int(), compulsory: col.int() });
export type GradeSubject = z.infer<typeof gradeSubject>;

/** The subjects of a grade by the national programme, with those that a class of the school takes besides. */
export function listGradeSubjects(db: Db, school: { id: string }, yearId: string, grade: number): Promise<GradeSubject[]> {
  // One row is one subject, with its periods a year and whether every class takes it.
  return all(
    gradeSubject,
    db.raw(
      `SELECT s.code, s.name_vi, s.name_en, s.position,
              COALESCE(MAX(n.periods_per_year), 0) AS periods,
              MAX(CASE WHEN n.kind IN ('compulsory', 'activity') THEN 1 ELSE 0 END) AS compulsory
         FROM subjects s
         LEFT JOIN national_programme n ON n.subject_code = s.code AND n.grade = ?
        WHERE n.subject_code IS NOT NULL
           OR s.code IN (SELECT subject_code FROM courses WHERE school_id = ? AND year_id = ? AND grade = ?)
        GROUP BY s.code, s.name_vi, s.name_en, s.position
        ORDER BY s.position, s.code
        LIMIT 60`,
      [grade, school.id, yearId, grade],
    ),
  );
}

const courseTurn = z.object({
  course_id: col.id(),
  class_id: col.id(),
  subject_code: col.text(),
  name: col.text(),
  turn_id: col.maybeId(),
  person_id: col.maybeId(),
  person_name: col.maybeText(),
  from_on: col.maybeDay(),
  to_on: col.maybeDay(),
});
type CourseTurn = z.infer<typeof courseTurn>;

/** A course with everybody who taught, teaches or will teach it. */
export interface TaughtCourse {
  id: string;
  class_id: string;
  subject_code: string;
  name: string;
  turns: (Turn & { id: string; name: string })[];
}

/** The courses of a school and year, of one grade or one course, with their teachers' turns in order. */
export async function listTaught(db: Db, school: { id: string }, yearId: string, only: { grade: number } | { id: string }): Promise<TaughtCourse[]> {
  const rows = await all(
    courseTurn,
    db("courses as c")
      .leftJoin("course_teachers as t", "t.course_id", "c.id")
      .leftJoin("persons as p", "p.id", "t.person_id")
      .where({ "c.school_id": school.id, "c.year_id": yearId })
      .where("grade" in only ? { "c.grade": only.grade } : { "c.id": only.id })
      .orderBy(["c.id", "t.from_on", "t.id"])
      .limit(5000)
      .select({ course_id: "c.id", class_id: "c.class_id", subject_code: "c.subject_code", name: "c.name" })
      .select({ turn_id: "t.id", person_id: "t.person_id", person_name: "p.name", from_on: "t.from_on", to_on: "t.to_on" }),
  );
  return coursesOf(rows);
}

function coursesOf(rows: readonly CourseTurn[]): TaughtCourse[] {
  const found = new Map<string, TaughtCourse>();
  for (const row of rows) {
    const course = found.get(row.course_id) ?? { id: row.course_id, class_id: row.class_id, subject_code: row.subject_code, name: row.name, turns: [] };
    found.set(row.course_id, course);
    if (row.turn_id === null || row.person_id === null || row.from_on === null) continue;
    course.turns.push({ id: row.turn_id, person_id: row.person_id, name: row.person_name ?? "", from_on: row.from_on, to_on: row.to_on });
  }
  return [...found.values()];
}

/** What the grid shows for a course: its teacher, that nobody is named, or that several share it. */
export function standing(course: TaughtCourse | undefined, on: Day): string {
  if (course === undefined) return NOT_TAUGHT;
  // A turn that begins later is what was planned: the grid shows it where nobody teaches yet.
  const today = teachersOn(course.turns, on);
  const coming = course.turns.filter((turn) => turn.to_on === null && turn.from_on > on).map((turn) => turn.person_id);
  const teachers = today.length > 0 ? today : [...new Set(coming)];
  if (teachers.length > 1) return SHARED;
  return teachers[0] ?? UNASSIGNED;
}

export interface Assigning {
  year: SchoolYearRow;
  on: Day;
  classes: ReadonlyMap<string, ClassLine>;
  subjects: ReadonlyMap<string, { name: string }>;
  courses: readonly TaughtCourse[];
}

/**
 * Carries out a grid of assignments in one transaction: courses are made where a subject is now taught, a teacher who
 * is replaced has the turn closed on the day, and the new one's begins.
 */
export async function saveAssignments(db: Db, school: School, asked: Assigning, changes: readonly Change[], act: Act): Promise<{ created: number; assigned: number }> {
  if (changes.length === 0) return { created: 0, assigned: 0 };
  const save = db.transaction(async (trx) => {
    const plans = await plansOf(trx, school, asked.year.id);
    let created = 0;
    for (const change of changes) {
      const standingCourse = asked.courses.find((c) => c.class_id === change.class_id && c.subject_code === change.subject_code);
      if (change.kind === "create") {
        await createCourse(trx, school, asked, change, plans, act);
        created += 1;
      } else if (standingCourse) await assign(trx, school, standingCourse, change.teacher_id, asked.on, act);
    }
    await raise(trx, coursesChanged, { schoolId: school.id, yearId: asked.year.id }, act.at);
    return { created, assigned: changes.length - created };
  });
  return save.catch((error: unknown) => {
    throw isUniqueViolation(error) ? conflict() : error; // someone else made the course in the same moment
  });
}

const planKey = z.object({ id: col.id(), campus_id: col.maybeId(), subject_code: col.text(), grade: col.int() });
type PlanKey = z.infer<typeof planKey>;

function plansOf(trx: Db, school: School, yearId: string): Promise<PlanKey[]> {
  return all(planKey, trx("plans").where({ school_id: school.id, year_id: yearId }).orderBy("id").limit(2000).select("id", "campus_id", "subject_code", "grade"));
}

/** The plan that a class follows: that of its own site, else the school's. */
function planFor(plans: readonly PlanKey[], klass: ClassLine, subjectCode: string): string | null {
  const fitting = plans.filter((plan) => plan.subject_code === subjectCode && plan.grade === klass.grade);
  return (fitting.find((plan) => plan.campus_id === klass.campus_id) ?? fitting.find((plan) => plan.campus_id === null))?.id ?? null;
}

async function createCourse(trx: Db, school: School, asked: Assigning, change: Change, plans: readonly PlanKey[], act: Act): Promise<void> {
  const klass = asked.classes.get(change.class_id);
  const subject = asked.subjects.get(change.subject_code);
  if (!klass || !subject) throw new Error("a change of the grid names a class or subject that the grid did not show");
  const id = newId();
  await trx("courses").insert({
    id,
    school_id: school.id,
    campus_id: klass.campus_id,
    year_id: asked.year.id,
    class_id: klass.id,
    subject_code: change.subject_code,
    grade: klass.grade,
    name: `${subject.name} ${klass.name}`,
    plan_id: planFor(plans, klass, change.subject_code),
    created_at: act.at,
  });
  if (change.teacher_id !== undefined) await openTurn(trx, id, change.teacher_id, asked.on);
  const details = { class_id: klass.id, subject: change.subject_code, teacher_id: change.teacher_id ?? null, on: asked.on };
  await record(trx, auditOf(school, act, "course.create", "course", id, details));
}

async function assign(trx: Db, school: School, course: TaughtCourse, teacherId: string | undefined, on: Day, act: Act): Promise<void> {
  const open = course.turns.filter((turn) => turn.to_on === null || turn.to_on > on);
  for (const turn of open) await trx("course_teachers").where({ id: turn.id }).update({ to_on: endOfTurn(turn, on) });
  if (teacherId !== undefined) await openTurn(trx, course.id, teacherId, on);
  const details = { from: open.map((turn) => turn.person_id), to: teacherId ?? null, on };
  await record(trx, auditOf(school, act, "course.teacher_change", "course", course.id, details));
}

async function openTurn(trx: Db, courseId: string, personId: string, on: Day): Promise<void> {
  await insertAll(trx, "course_teachers", [{ id: newId(), course_id: courseId, person_id: personId, from_on: on, to_on: null }]);
}

/** A second teacher joins a course (shared subjects, substitutes) from a day on, perhaps until another. */
export async function addTeacher(db: Db, school: School, course: TaughtCourse, turn: Turn, act: Act): Promise<void> {
  await db.transaction(async (trx) => {
    const overlapping = await trx("course_teachers")
      .where({ course_id: course.id, person_id: turn.person_id })
      .where((q) => void q.whereNull("to_on").orWhere("to_on", ">", turn.from_on))
      .first("id");
    if (overlapping) throw conflict("already_held");
    await trx("course_teachers").insert({ id: newId(), course_id: course.id, ...turn });
    await record(trx, auditOf(school, act, "course.teacher_add", "course", course.id, { ...turn }));
  });
}

export async function endTurn(db: Db, school: School, course: TaughtCourse, turnId: string, on: Day, act: Act): Promise<void> {
  await db.transaction(async (trx) => {
    const turn = course.turns.find((t) => t.id === turnId);
    if (!turn) throw conflict();
    const to_on = endOfTurn(turn, on);
    const changed = await trx("course_teachers").where({ id: turn.id }).where((q) => void q.whereNull("to_on").orWhere("to_on", ">", to_on)).update({ to_on });
    if (changed === 0) throw conflict();
    await record(trx, auditOf(school, act, "course.teacher_end", "course", course.id, { person_id: turn.person_id, to_on }));
  });
}

/** The year in which a course of this school runs. */
export async function yearOfCourse(db: Db, school: School, courseId: string): Promise<SchoolYearRow | undefined> {
  const found = await maybeOne(z.object({ year_id: col.text() }), db("courses").where({ id: courseId, school_id: school.id }).select("year_id"));
  return found && one(schoolYears.row, db("school_years").where({ id: found.year_id }).select(schoolYears.columns));
}

function auditOf(school: UnitRow, act: Act, action: string, subjectType: string, subjectId: string, details: Record<string, unknown>) {
  return { at: act.at, actorId: act.by, action, subjectType, subjectId, schoolId: school.id, details, requestId: act.requestId };
}
