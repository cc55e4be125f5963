import { z } from "zod";
import { plannedUpToWeek, type PlannedLesson } from "../../calendar/rules.ts";
import { findYear } from "../../calendar/store.ts";
import { definitionOn, listDefinitions, type LessonKind } from "../../ledger/store/definitions.ts";
import { dayOf, type Instant } from "../../platform/clock.ts";
import { all, col, insertAll, maybeOne, one, type Db } from "../../platform/db.ts";
import { groupBy } from "../../platform/group.ts";
import { planTotals, plannedWeeks, type PlannedWeekRow, type PlanTotalRow } from "./tables.ts";

/**
 * Whether a lesson `l` of a plan `p` has a material that counts: approved by this school, in use, not retired. However
 * many there are, the lesson counts once. Source: DOMAIN §2.2.
 */
export const COVERED = covered("");

/** The same by the school's own work: a material adopted as it is from another school does not count. */
export const COVERED_OWN = covered("AND m.origin <> 'adopted'");

function covered(narrow: string): string {
  return `EXISTS (
  SELECT 1 FROM material_lessons ml JOIN materials m ON m.id = ml.material_id
   WHERE ml.plan_lesson_id = l.id AND m.school_id = p.school_id
     AND m.approved_version_id IS NOT NULL AND m.state <> 'retired' ${narrow})`;
}

const planRow = z.object({
  id: col.id(),
  campus_id: col.text(),
  subject_code: col.text(),
  grade: col.int(),
  periods: col.int(),
  lessons_planned: col.int(),
  lessons_covered: col.int(),
  lessons_own: col.int(),
});
type PlanRow = z.infer<typeof planRow>;

/** Published plans with their sums. One row is one plan. */
function listPlanSums(db: Db, schoolId: string, yearId: string, kinds: readonly LessonKind[]): Promise<PlanRow[]> {
  const marks = kinds.map(() => "?").join(", ");
  return all(
    planRow,
    db.raw(
      `SELECT p.id, COALESCE(p.campus_id, '') AS campus_id, p.subject_code, p.grade, COALESCE(SUM(l.periods), 0) AS periods,
              COALESCE(SUM(CASE WHEN l.kind IN (${marks}) THEN 1 ELSE 0 END), 0) AS lessons_planned,
              COALESCE(SUM(CASE WHEN l.kind IN (${marks}) AND ${COVERED} THEN 1 ELSE 0 END), 0) AS lessons_covered,
              COALESCE(SUM(CASE WHEN l.kind IN (${marks}) AND ${COVERED_OWN} THEN 1 ELSE 0 END), 0) AS lessons_own
         FROM plans p LEFT JOIN plan_lessons l ON l.plan_id = p.id AND l.removed_at IS NULL
        WHERE p.school_id = ? AND p.year_id = ? AND p.version > 0
        GROUP BY p.id, COALESCE(p.campus_id, ''), p.subject_code, p.grade
        ORDER BY p.id`,
      [...kinds, ...kinds, ...kinds, schoolId, yearId],
    ),
  );
}

const courseRow = z.object({
  campus_id: col.text(),
  subject_code: col.text(),
  grade: col.int(),
  plan_id: col.maybeId(),
  courses: col.int(),
  national_periods: col.int(),
});
type CourseRow = z.infer<typeof courseRow>;

/** Courses, with the national programme's number for where there is no plan. One row is what shares campus and plan. */
function listCourseCounts(db: Db, schoolId: string, yearId: string): Promise<CourseRow[]> {
  return all(
    courseRow,
    db.raw(
      `SELECT COALESCE(c.campus_id, '') AS campus_id, c.subject_code, c.grade, p.id AS plan_id, COUNT(*) AS courses,
              COALESCE((SELECT MAX(n.periods_per_year) FROM national_programme n
                         WHERE n.subject_code = c.subject_code AND n.grade = c.grade AND n.kind <> 'topic'), 0)
                AS national_periods
         FROM courses c LEFT JOIN plans p ON p.id = c.plan_id AND p.version > 0
        WHERE c.school_id = ? AND c.year_id = ?
        GROUP BY COALESCE(c.campus_id, ''), c.subject_code, c.grade, p.id
        ORDER BY campus_id, c.subject_code, c.grade, plan_id`,
      [schoolId, yearId],
    ),
  );
}

const lessonRow = z.object({
  plan_id: col.id(),
  periods: col.int(),
  week_from: col.maybeInt(),
  week_to: col.maybeInt(),
});

/**
 * Counts the denominators of a school and year anew, and how many lessons are covered. Called for every fact that can
 * change them: a plan, courses, a new definition. Answers how many sums differed from what was kept.
 */
export async function recountPlans(trx: Db, schoolId: string, yearId: string, at: Instant): Promise<number> {
  const year = await findYear(trx, yearId);
  if (year === undefined) return 0;
  const { lesson_kinds } = definitionOn(await listDefinitions(trx), dayOf(at));
  const plans = await listPlanSums(trx, schoolId, yearId, lesson_kinds);
  const courses = await listCourseCounts(trx, schoolId, yearId);
  const lessons = await all(
    lessonRow,
    trx("plan_lessons").select(Object.keys(lessonRow.shape)).whereNull("removed_at").whereIn("plan_id", plans.map((plan) => plan.id)),
  );
  const own = { school_id: schoolId, year_id: yearId };
  const totals = totalsOf(own, plans, courses);
  const weeks = weeksOf(own, courses, lessons, year.term1_weeks + year.term2_weeks);
  const wrong = differing(totals, await all(planTotals.row, trx(planTotals.name).where(own)));
  await trx(planTotals.name).where(own).del();
  await insertAll(trx, planTotals.name, totals);
  await trx(plannedWeeks.name).where(own).del();
  await insertAll(trx, plannedWeeks.name, weeks);
  return wrong;
}

function differing(right: readonly PlanTotalRow[], kept: readonly PlanTotalRow[]): number {
  const textOf = (row: PlanTotalRow): string => JSON.stringify(planTotals.row.parse(row)); // in the order of the table
  const rest = new Set(right.map(textOf));
  return kept.filter((row) => !rest.delete(textOf(row))).length + rest.size;
}

const planKey = z.object({
  id: col.id(),
  school_id: col.id(),
  campus_id: col.text(),
  year_id: col.text(),
  subject_code: col.text(),
  grade: col.int(),
});
export type PlanKey = z.infer<typeof planKey>;

function planKeys(db: Db) {
  return db("plans as p")
    .select("p.id", "p.school_id", "p.year_id", "p.subject_code", "p.grade")
    .select(db.raw("COALESCE(p.campus_id, '') AS campus_id"));
}

export function loadPlanKey(db: Db, planId: string): Promise<PlanKey | undefined> {
  return maybeOne(planKey, planKeys(db).where("p.id", planId));
}

export function listPlansOfLessons(db: Db, lessonIds: readonly string[]): Promise<PlanKey[]> {
  return all(planKey, planKeys(db).whereIn("p.id", db("plan_lessons").select("plan_id").whereIn("id", lessonIds)));
}

export function listPlansOfMaterial(db: Db, materialId: string): Promise<PlanKey[]> {
  const linked = db("material_lessons").select("plan_lesson_id").where({ material_id: materialId });
  return all(planKey, planKeys(db).whereIn("p.id", db("plan_lessons").select("plan_id").whereIn("id", linked)));
}

/** Schools and years in which there is anything to count. */
export function listSchoolYears(db: Db, schoolIds?: readonly string[]): Promise<{ school_id: string; year_id: string }[]> {
  const row = planKey.pick({ school_id: true, year_id: true });
  const of = (name: string) => db(name).select("school_id", "year_id").modify((q) => schoolIds && void q.whereIn("school_id", schoolIds));
  return all(row, of("plans").union([of("courses"), of("measure_plan_totals")]).orderBy(["school_id", "year_id"]));
}

/** Counts the covered lessons of these plans anew: the quick way when only a material or a link changed. */
export async function recountCoverage(trx: Db, plans: readonly PlanKey[], at: Instant): Promise<void> {
  const { lesson_kinds } = definitionOn(await listDefinitions(trx), dayOf(at));
  for (const { id, ...cell } of plans) {
    const counted = await one(
      z.object({ covered: col.int(), own: col.int() }),
      trx.raw(
        `SELECT COUNT(*) AS covered, COALESCE(SUM(CASE WHEN ${COVERED_OWN} THEN 1 ELSE 0 END), 0) AS own FROM plans p JOIN plan_lessons l ON l.plan_id = p.id AND l.removed_at IS NULL
          WHERE p.id = ? AND p.version > 0 AND l.kind IN (${lesson_kinds.map(() => "?").join(", ")}) AND ${COVERED}`,
        [id, ...lesson_kinds],
      ),
    );
    const written = await trx(planTotals.name).where(cell).update({ lessons_covered: counted.covered, lessons_own: counted.own });
    if (written === 0) await recountPlans(trx, cell.school_id, cell.year_id, at);
  }
}

type Own = { school_id: string; year_id: string };

function totalsOf(own: Own, plans: readonly PlanRow[], courses: readonly CourseRow[]): PlanTotalRow[] {
  const cells = new Map<string, PlanTotalRow>();
  const cellOf = ({ campus_id, subject_code, grade }: Pick<PlanRow, "campus_id" | "subject_code" | "grade">): PlanTotalRow => {
    const key = `${campus_id} ${subject_code} ${grade}`;
    const zero = { courses: 0, planned_periods: 0, from_national: false, lessons_planned: 0, lessons_covered: 0, lessons_own: 0 };
    const cell = cells.get(key) ?? { ...own, campus_id, subject_code, grade, ...zero };
    cells.set(key, cell);
    return cell;
  };
  const periodsOf = new Map(plans.map((plan) => [plan.id, plan.periods]));
  for (const course of courses) {
    const cell = cellOf(course);
    const planned = periodsOf.get(course.plan_id ?? "");
    cell.courses += course.courses;
    cell.planned_periods += course.courses * (planned ?? course.national_periods);
    cell.from_national ||= planned === undefined;
  }
  for (const plan of plans) {
    const cell = cellOf(plan);
    cell.lessons_planned += plan.lessons_planned;
    cell.lessons_covered += plan.lessons_covered;
    cell.lessons_own += plan.lessons_own;
  }
  return [...cells.values()];
}

function weeksOf(own: Own, courses: readonly CourseRow[], lessons: readonly z.infer<typeof lessonRow>[], weeks: number): PlannedWeekRow[] {
  const ofPlan = groupBy(lessons, (lesson) => lesson.plan_id);
  const ofCampus = groupBy(courses, (course) => course.campus_id);
  const national = ({ national_periods }: CourseRow): PlannedLesson[] => [{ periods: national_periods, week_from: null, week_to: null }];
  return [...ofCampus].flatMap(([campus_id, some]) =>
    Array.from({ length: weeks }, (_, i) => {
      const upTo = (course: CourseRow): number =>
        course.courses * plannedUpToWeek(course.plan_id === null ? national(course) : (ofPlan.get(course.plan_id) ?? []), i + 1, weeks);
      return { ...own, campus_id, week: i + 1, planned_periods: some.reduce((sum, course) => sum + upTo(course), 0) };
    }),
  );
}
