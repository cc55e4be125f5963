import { z } from "zod";
import type { Day } from "../../platform/clock.ts";
import { all, col, maybeOne, type Db } from "../../platform/db.ts";
import { deliveries, deliveryActs, ledgerPeriods, type ActRow, type DeliveryRow, type PeriodRow } from "./tables.ts";

/** A course as the ledger needs it, with the school that the policy asks for. */
export interface LedgerCourse {
  id: string;
  name: string;
  school_id: string;
  campus_id: string | null;
  year_id: string;
  class_id: string;
  subject_code: string;
  grade: number;
  plan_id: string | null;
  school: { id: string; path: string; name: string; level: string | null };
}

/** A course and its school as they stand in a row beside other things. */
const courseColumns = {
  school_id: col.id(),
  campus_id: col.maybeId(),
  year_id: col.text(),
  class_id: col.id(),
  subject_code: col.text(),
  grade: col.int(),
  plan_id: col.maybeId(),
  school_path: col.text(),
  school_name: col.text(),
  school_level: col.maybeText(),
};
type CourseColumns = z.infer<z.ZodObject<typeof courseColumns>>;

function courseOf(id: string, name: string, { school_path, school_name, school_level, ...course }: CourseColumns): LedgerCourse {
  return { id, name, ...course, school: { id: course.school_id, path: school_path, name: school_name, level: school_level } };
}

const courseRow = z.object({ id: col.id(), name: col.text(), ...courseColumns }).transform(({ id, name, ...course }) => courseOf(id, name, course));

function courses(db: Db) {
  const own = ["id", "name", "school_id", "campus_id", "year_id", "class_id", "subject_code", "grade", "plan_id"];
  return db("courses as c")
    .join("units as school", "school.id", "c.school_id")
    .select(own.map((column) => `c.${column}`))
    .select("school.path as school_path", "school.name as school_name", "school.level as school_level");
}

/** By id, unauthorised: for doors and jobs. */
export function loadLedgerCourse(db: Db, id: string): Promise<LedgerCourse | undefined> {
  return maybeOne(courseRow, courses(db).where("c.id", id));
}

/** The courses that a person teaches on a day, in the order of their names. */
export function listCoursesTaught(db: Db, personId: string, yearId: string, on: Day): Promise<LedgerCourse[]> {
  const taught = db("course_teachers")
    .select("course_id")
    .where({ person_id: personId })
    .where("from_on", "<=", on)
    .where((q) => void q.whereNull("to_on").orWhere("to_on", ">", on));
  return all(courseRow, courses(db).whereIn("c.id", taught).where("c.year_id", yearId).orderBy(["c.name", "c.id"]).limit(60));
}

const lessonRow = z.object({
  id: col.id(),
  plan_id: col.id(),
  position: col.int(),
  title: col.text(),
  periods: col.int(),
  week_from: col.maybeInt(),
  week_to: col.maybeInt(),
  planned_mode: col.oneOf(["in_class", "online"]),
  removed_at: col.maybeInstant(),
});
export type LedgerLesson = z.infer<typeof lessonRow>;

/** The lessons of plans in their order; those taken out of a plan stay known, for what was taught of them. */
export function listLessons(db: Db, planIds: readonly string[]): Promise<LedgerLesson[]> {
  const of = db("plan_lessons").select(Object.keys(lessonRow.shape)).whereIn("plan_id", planIds);
  return all(lessonRow, of.orderBy(["plan_id", "position", "id"]));
}

/** A delivery with everything that a decision about it needs, and the lesson of which it delivered a period. */
export interface LedgerPeriod extends DeliveryRow {
  course: LedgerCourse;
  class_id: string;
  subject_code: string;
  school: LedgerCourse["school"];
  lesson: { title: string; periods: number };
}

const periodRow = deliveries.row
  .extend({
    ...courseColumns,
    course_name: col.text(),
    lesson_title: col.text(),
    lesson_periods: col.int(),
  })
  .transform(({ course_name, school_id, campus_id, year_id, grade, plan_id, school_path, school_name, school_level, lesson_title, lesson_periods, ...rest }): LedgerPeriod => {
    const { course_id, class_id, subject_code } = rest;
    const course = courseOf(course_id, course_name, { school_id, campus_id, year_id, class_id, subject_code, grade, plan_id, school_path, school_name, school_level });
    return { ...rest, course, school: course.school, lesson: { title: lesson_title, periods: lesson_periods } };
  });

/** By id, unauthorised: for doors and jobs. */
export function loadPeriod(db: Db, id: string): Promise<LedgerPeriod | undefined> {
  return maybeOne(
    periodRow,
    db.raw(
      `SELECT ${deliveries.columns.map((column) => `d.${column}`).join(", ")},
              c.name AS course_name, c.school_id, c.campus_id, c.year_id, c.class_id, c.subject_code, c.grade, c.plan_id,
              school.path AS school_path, school.name AS school_name, school.level AS school_level, l.title AS lesson_title, l.periods AS lesson_periods
         FROM deliveries d
         JOIN courses c ON c.id = d.course_id
         JOIN units school ON school.id = c.school_id
         JOIN plan_lessons l ON l.id = d.plan_lesson_id
        WHERE d.id = ?`,
      [id],
    ),
  );
}

const chosenMode = z.object({ course_id: col.id(), plan_lesson_id: col.id(), planned_mode: col.oneOf(["in_class", "online"]) });

/** Where a course's teacher decided otherwise than the plan: online, or in class. */
export function listChosenModes(db: Db, courseIds: readonly string[]): Promise<z.infer<typeof chosenMode>[]> {
  const of = db("course_lessons").select(Object.keys(chosenMode.shape)).whereIn("course_id", courseIds);
  return all(chosenMode, of.whereNotNull("planned_mode"));
}

/** What stands for each period of these courses. */
export function listStanding(db: Db, courseIds: readonly string[]): Promise<PeriodRow[]> {
  return all(ledgerPeriods.row, db(ledgerPeriods.name).whereIn("course_id", courseIds).orderBy(["course_id", "taught_on"]));
}

/** Another delivery of the same period. */
export interface OtherDelivery {
  id: string;
  evidence_kind: DeliveryRow["evidence_kind"];
  taught_on: Day;
}

/** What is known of a delivery besides itself. */
export interface PeriodHistory {
  /** Which delivery stands for the period, and how. */
  standing: Pick<PeriodRow, "delivery_id" | "state" | "reason"> | undefined;
  /** What was taught again, or before, oldest first. */
  others: readonly OtherDelivery[];
  /** Everything that was said of the delivery, oldest first. */
  acts: readonly ActRow[];
  /** Of the staff who taught, declared or acted; empty unless asked for. */
  names: ReadonlyMap<string, string>;
}

/** With the columns of an act, where `act_id` says that there is one. */
const historyRow = z.looseObject({
  delivery: col.id(),
  evidence_kind: deliveries.row.shape.evidence_kind,
  taught_on: col.day(),
  taught_by: col.maybeId(),
  taught_name: col.maybeText(),
  declared_by: col.maybeId(),
  declared_name: col.maybeText(),
  standing_id: col.maybeId(),
  standing_state: ledgerPeriods.row.shape.state.nullable(),
  standing_reason: col.maybeText(),
  act_id: col.maybeId(),
  by: col.maybeId(),
  by_name: col.maybeText(),
});

/**
 * The history of a period, in one query: a row for each act of this delivery, and one for each other delivery.
 *
 * @param named whether the reader may know who taught, declared and acted; if not, no name is read
 */
export async function historyOf(db: Db, period: Pick<DeliveryRow, "id" | "course_id" | "plan_lesson_id" | "period_number">, named: boolean): Promise<PeriodHistory> {
  const name = (of: string): string => (named ? `(SELECT name FROM persons WHERE id = ${of})` : "NULL");
  const rows = await all(
    historyRow,
    db.raw(
      `SELECT d.id AS delivery, d.evidence_kind, d.taught_on, d.taught_by, ${name("d.taught_by")} AS taught_name,
              d.declared_by, ${name("d.declared_by")} AS declared_name, p.delivery_id AS standing_id, p.state AS standing_state, p.reason AS standing_reason,
              a.id AS act_id, a.delivery_id, a.act, a.counted, a.reason, a.params, a."by", ${name(`a."by"`)} AS by_name, a.at, a.comment
         FROM deliveries d
         LEFT JOIN ledger_periods p ON p.course_id = d.course_id AND p.plan_lesson_id = d.plan_lesson_id AND p.period_number = d.period_number
         LEFT JOIN delivery_acts a ON a.delivery_id = d.id AND d.id = ?
        WHERE d.course_id = ? AND d.plan_lesson_id = ? AND d.period_number = ?
        ORDER BY d.id, a.id`,
      [period.id, period.course_id, period.plan_lesson_id, period.period_number],
    ),
  );
  const [first] = rows;
  const own = rows.filter((row) => row.delivery === period.id);
  const people = own.flatMap((row) => [[row.taught_by, row.taught_name], [row.declared_by, row.declared_name], [row.by, row.by_name]] as const);
  return {
    standing: first?.standing_id && first.standing_state ? { delivery_id: first.standing_id, state: first.standing_state, reason: first.standing_reason } : undefined,
    others: rows.filter((row) => row.delivery !== period.id).map(({ delivery, evidence_kind, taught_on }) => ({ id: delivery, evidence_kind, taught_on })),
    acts: own.filter((row) => row.act_id !== null).map((row) => deliveryActs.row.parse({ ...row, id: row.act_id })),
    names: new Map(people.flatMap(([id, text]) => (id === null || text === null ? [] : [[id, text]]))),
  };
}

/** Everything that was said of a delivery, oldest first. */
export function listActs(db: Db, deliveryId: string): Promise<ActRow[]> {
  return all(deliveryActs.row, db(deliveryActs.name).where({ delivery_id: deliveryId }).orderBy("id"));
}

const waitingRow = z.object({
  id: col.id(),
  course_name: col.text(),
  subject_code: col.text(),
  lesson_title: col.text(),
  lesson_periods: col.int(),
  period_number: col.int(),
  taught_on: col.day(),
  proof_url: col.maybeText(),
  proof_name: col.maybeText(),
  teacher_name: col.text(),
});
export type WaitingRow = z.infer<typeof waitingRow>;

/** External periods of a school that wait for a confirmation, the oldest first. Undefined subjects: all of them. */
export function listWaiting(db: Db, schoolId: string, subjects: readonly string[] | undefined, exceptTeacher: string): Promise<WaitingRow[]> {
  const waiting = db("ledger_periods as p")
    .join("deliveries as d", "d.id", "p.delivery_id")
    .join("courses as c", "c.id", "p.course_id")
    .join("plan_lessons as l", "l.id", "p.plan_lesson_id")
    .join("persons as teacher", "teacher.id", "d.declared_by")
    .select("d.id", "c.name as course_name", "c.subject_code", "l.title as lesson_title", "l.periods as lesson_periods")
    .select("p.period_number", "p.taught_on")
    .select("d.proof_url", "d.proof_name", "teacher.name as teacher_name")
    .where({ "c.school_id": schoolId, "p.state": "not_counted", "p.reason": "awaiting_confirmation" })
    .whereNot("d.declared_by", exceptTeacher);
  if (subjects) void waiting.whereIn("c.subject_code", subjects);
  return all(waitingRow, waiting.orderBy(["p.taught_on", "d.id"]).limit(200));
}

/** The lessons of a course for which deliveries exist; what a changed plan makes the ledger judge anew. */
export function listLessonsDelivered(db: Db, planIds: readonly string[]): Promise<{ course_id: string; plan_lesson_id: string }[]> {
  const lesson = deliveries.row.pick({ course_id: true, plan_lesson_id: true });
  const of = db("deliveries as d").join("plan_lessons as l", "l.id", "d.plan_lesson_id").whereIn("l.plan_id", planIds);
  return all(lesson, of.distinct("d.course_id", "d.plan_lesson_id"));
}

/** The same for everything delivered in a school and year, whatever plan the lessons belong to. */
export function listLessonsOfSchool(db: Db, schoolId: string, yearId?: string): Promise<{ course_id: string; plan_lesson_id: string }[]> {
  const lesson = deliveries.row.pick({ course_id: true, plan_lesson_id: true });
  const of = db("deliveries as d").join("courses as c", "c.id", "d.course_id").where("c.school_id", schoolId);
  if (yearId) void of.where("c.year_id", yearId);
  return all(lesson, of.distinct("d.course_id", "d.plan_lesson_id"));
}

const nameRow = z.object({ id: col.id(), name: col.text() });

/** Names of staff who taught, declared or confirmed; asked for only where the reader may know them. */
export async function listStaffNames(db: Db, ids: readonly (string | null)[]): Promise<Map<string, string>> {
  const known = ids.filter((id): id is string => id !== null);
  const rows = await all(nameRow, db("persons").select("id", "name").whereIn("id", known));
  return new Map(rows.map(({ id, name }) => [id, name]));
}

const subjectRow = z.object({ code: col.text(), name_vi: col.text(), name_en: col.text() });

export async function subjectName(db: Db, code: string, lang: "vi" | "en"): Promise<string> {
  const row = await maybeOne(subjectRow, db("subjects").where({ code }).select("code", "name_vi", "name_en"));
  return (lang === "vi" ? row?.name_vi : row?.name_en) ?? code;
}
