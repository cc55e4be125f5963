import { z } from "zod";
import { addDays, instantOf, type Day } from "../../platform/clock.ts";
import { all, col, maybeOne, type Db } from "../../platform/db.ts";
import { remember } from "../../platform/remember.ts";
import { hundredths, numberOf, wholePeriods, type Hundredths } from "../../platform/units.ts";
import type { LessonKind } from "../../ledger/store/definitions.ts";
import { onlineTotals } from "../../ledger/store/tables.ts";
import { COVERED, COVERED_OWN } from "./plans.ts";
import type { Counter } from "../rules.ts";
import { planTotals, schoolTotals, type PlanTotalRow } from "./tables.ts";

/** Which figures are asked for: a school and year up to a day, and one campus of it or all. */
export interface Scope {
  school_id: string;
  year_id: string;
  date: Day;
  campus_id: string | undefined;
}

function own(scope: Scope): Record<string, string> {
  const { school_id, year_id, campus_id } = scope;
  return campus_id === undefined ? { school_id, year_id } : { school_id, year_id, campus_id };
}

export function listPlanTotals(db: Db, scope: Scope): Promise<PlanTotalRow[]> {
  const of = db(planTotals.name).where(own(scope));
  return all(planTotals.row, of.orderBy(["subject_code", "grade", "campus_id"]));
}

const countedRow = z.object({ subject_code: col.text(), grade: col.int(), counted: col.hundredths() });
export type CountedRow = z.infer<typeof countedRow>;

/** Counted periods up to the day, in hundredths. One row is one subject × grade. */
export function listCounted(db: Db, scope: Scope): Promise<CountedRow[]> {
  const by = ["subject_code", "grade"];
  return all(countedRow, counted(db, scope).select(by).sum("counted as counted").groupBy(by).orderBy(by));
}

const countedDay = z.object({ taught_on: col.day(), counted: col.hundredths() });
export type CountedDay = z.infer<typeof countedDay>;

/** The same periods by school day. */
export function listCountedDays(db: Db, scope: Scope): Promise<CountedDay[]> {
  return all(countedDay, counted(db, scope).select("taught_on").sum("counted as counted").groupBy("taught_on").orderBy("taught_on"));
}

function counted(db: Db, scope: Scope) {
  return db(onlineTotals.name).where(own(scope)).where("taught_on", "<=", scope.date);
}

/** Periods that the plans of all courses foresee up to a study week. */
export async function plannedUpTo(db: Db, scope: Scope, week: number): Promise<number> {
  const of = db("measure_planned_weeks").where(own(scope)).where({ week });
  const row = await maybeOne(z.object({ sum: col.int() }), of.select(db.raw("COALESCE(SUM(planned_periods), 0) AS sum")));
  return row?.sum ?? 0;
}

const coverageRow = z.object({ subject_code: col.text(), grade: col.int(), planned: col.int(), covered: col.int(), own: col.int() });
export type CoverageRow = z.infer<typeof coverageRow>;

/**
 * The coverage of a campus (of the plans its courses follow), or as it was on an earlier day. One row is one subject ×
 * grade. The whole school of today is in the totals; this counts anew, from the plans, the links and the approval trail.
 */
export function listCoverage(db: Db, scope: Scope, kinds: readonly LessonKind[], asOf: Day | undefined): Promise<CoverageRow[]> {
  const lessons = lessonsIn(scope, kinds);
  const until = asOf === undefined ? undefined : instantOf(addDays(asOf, 1));
  return all(
    coverageRow,
    db.raw(
      `SELECT p.subject_code, p.grade, COUNT(*) AS planned,
              SUM(CASE WHEN ${until === undefined ? COVERED : coveredThen("")} THEN 1 ELSE 0 END) AS covered,
              SUM(CASE WHEN ${until === undefined ? COVERED_OWN : coveredThen("AND m.origin <> 'adopted'")} THEN 1 ELSE 0 END) AS own
         ${lessons.sql}
        GROUP BY p.subject_code, p.grade
        ORDER BY p.subject_code, p.grade`,
      [...(until === undefined ? [] : [until, until, until, until, until, until]), ...lessons.bindings],
    ),
  );
}

/** The lessons that are in the denominator: of a school's published plans, or of those that a campus follows. */
function lessonsIn({ school_id, year_id, campus_id }: Scope, kinds: readonly LessonKind[]): { sql: string; bindings: string[] } {
  const campus = campus_id === undefined ? "" : "AND (p.campus_id = ? OR p.id IN (SELECT c.plan_id FROM courses c WHERE c.campus_id = ?))";
  return {
    sql: `FROM plans p JOIN plan_lessons l ON l.plan_id = p.id AND l.removed_at IS NULL AND l.kind IN (${kinds.map(() => "?").join(", ")})
        WHERE p.school_id = ? AND p.year_id = ? AND p.version > 0 ${campus}`,
    bindings: [...kinds, school_id, year_id, ...(campus_id === undefined ? [] : [campus_id, campus_id])],
  };
}

const lessonCount = z.object({ subject: col.text(), grade: col.int(), lessons: col.int() });

/** How many lessons are in the denominator. One row is one subject × grade. */
export function countLessons(db: Db, scope: Scope, kinds: readonly LessonKind[]): Promise<z.infer<typeof lessonCount>[]> {
  const lessons = lessonsIn(scope, kinds);
  return all(lessonCount, db.raw(`SELECT p.subject_code AS subject, p.grade, COUNT(*) AS lessons ${lessons.sql} GROUP BY p.subject_code, p.grade`, lessons.bindings));
}

const LAST_ACT = (acts: string): string => `(SELECT s.act FROM material_steps s
  WHERE s.material_id = m.id AND s.act IN (${acts}) AND s.at < ? ORDER BY s.at DESC, s.id DESC LIMIT 1)`;

/** `COVERED` as it was: the link stood, approval had been given and not taken back, and the material was not retired. */
const coveredThen = (narrow: string): string => `EXISTS (
  SELECT 1 FROM material_lessons ml JOIN materials m ON m.id = ml.material_id
   WHERE ml.plan_lesson_id = l.id AND m.school_id = p.school_id AND ml.linked_at < ?
     AND ${LAST_ACT("'approve', 'withdraw'")} = 'approve'
     AND COALESCE(${LAST_ACT("'retire', 'restore'")}, 'restore') = 'restore' ${narrow})`;

const coveredLesson = z.object({ id: col.id(), subject: col.text(), grade: col.int(), own: col.flag() });

/** The lessons behind `listCoverage` that were covered, one by one: the records of a snapshot. */
export function listCoveredLessons(db: Db, scope: Scope, kinds: readonly LessonKind[], asOf: Day | undefined): Promise<z.infer<typeof coveredLesson>[]> {
  const until = asOf === undefined ? undefined : instantOf(addDays(asOf, 1));
  const [covered, own] = until === undefined ? [COVERED, COVERED_OWN] : [coveredThen(""), coveredThen("AND m.origin <> 'adopted'")];
  const untils = until === undefined ? [] : [until, until, until];
  const lessons = lessonsIn(scope, kinds);
  return all(
    coveredLesson,
    db.raw(
      `SELECT l.id, p.subject_code AS subject, p.grade, CASE WHEN ${own} THEN 1 ELSE 0 END AS own
         ${lessons.sql} AND ${covered}
        ORDER BY l.id`,
      [...untils, ...lessons.bindings, ...untils],
    ),
  );
}

const countedPeriod = z.object({ id: col.id(), subject: col.text(), grade: col.int(), taught_on: col.day(), hundredths: col.hundredths() });

/** Every period that counts up to the day, by its delivery: the records behind the sums. */
export function listCountedPeriods(db: Db, scope: Scope): Promise<z.infer<typeof countedPeriod>[]> {
  const rows = db("ledger_periods as p")
    .join("courses as c", "c.id", "p.course_id")
    .select("p.delivery_id as id", "c.subject_code as subject", "c.grade", "p.taught_on", "p.hundredths")
    .where({ "c.school_id": scope.school_id, "c.year_id": scope.year_id, "p.state": "counted" })
    .where("p.taught_on", "<=", scope.date)
    .orderBy("p.delivery_id");
  return all(countedPeriod, scope.campus_id === undefined ? rows : rows.where("c.campus_id", scope.campus_id));
}

const plannedRow = z.object({
  id: col.id(),
  name: col.text(),
  level: col.maybeText(),
  planned: col.int(),
  covered: col.int(),
  own: col.int(),
  lessons: col.int(),
  subjects_planned: col.int(),
  subjects_met: col.int(),
});
export type SchoolSumRow = z.infer<typeof plannedRow> & { counted: Hundredths };

/**
 * The sums of many schools at once: numerators, denominators, and how many subjects reach the target of their level.
 * One row is one school, with or without a plan. `usual`: the target where a level has none of its own, and what it counts. The rule is `coverageAnswer`; a property test proves them equal.
 * What is counted moves with every class, what is planned hardly ever, so they are remembered each by itself.
 */
export async function listSchoolSums(db: Db, schoolIds: readonly string[], yearId: string, date: Day, usual: { bp: number; counter: Counter }): Promise<readonly SchoolSumRow[]> {
  if (schoolIds.length === 0) return [];
  const ids = schoolIds.join(" ");
  const [planned, counted] = await Promise.all([plannedOfSchools(db, ids, yearId, usual.bp, usual.counter), countedOfSchools(db, ids, yearId, date)]);
  return planned.map((row) => ({ ...row, counted: counted.get(row.id) ?? wholePeriods(0) }));
}

const countedOfSchool = z.object({ school_id: col.id(), counted: col.hundredths() });

/** Counted periods up to the day: those of the year, less what was taught later. One row a school, however long the ledger. */
const countedOfSchools = remember([onlineTotals.name], async (db: Db, ids: string, yearId: string, date: Day): Promise<ReadonlyMap<string, Hundredths>> => {
  const schoolIds = ids.split(" ");
  const [whole, later] = await Promise.all([
    all(countedOfSchool, db(schoolTotals.name).select("school_id", "counted").where({ year_id: yearId }).whereIn("school_id", schoolIds)),
    all(countedOfSchool, db(onlineTotals.name).select("school_id").sum("counted as counted").where({ year_id: yearId }).where("taught_on", ">", date).groupBy("school_id")),
  ]);
  const after = new Map(later.map((row) => [row.school_id, numberOf(row.counted)]));
  return new Map(whole.map((row) => [row.school_id, hundredths(numberOf(row.counted) - (after.get(row.school_id) ?? 0))]));
});

const plannedOfSchools = remember([planTotals.name, "targets", "units"], (db: Db, ids: string, yearId: string, usual_bp: number, counter: Counter): Promise<z.infer<typeof plannedRow>[]> => {
  const schoolIds = ids.split(" ");
  const marks = schoolIds.map(() => "?").join(", ");
  return all(
    plannedRow,
    db.raw(
      `WITH subject AS (
         SELECT t.school_id, t.subject_code, SUM(t.planned_periods) AS periods,
                SUM(t.lessons_planned) AS lessons, SUM(t.lessons_covered) AS covered, SUM(t.lessons_own) AS own
           FROM measure_plan_totals t WHERE t.year_id = ? AND t.school_id IN (${marks})
          GROUP BY t.school_id, t.subject_code)
       SELECT u.id, u.name, u.level,
              COALESCE(SUM(subject.periods), 0) AS planned, COALESCE(SUM(subject.covered), 0) AS covered,
              COALESCE(SUM(subject.own), 0) AS own,
              COALESCE(SUM(subject.lessons), 0) AS lessons,
              COALESCE(SUM(CASE WHEN subject.lessons > 0 THEN 1 ELSE 0 END), 0) AS subjects_planned,
              COALESCE(SUM(CASE WHEN subject.lessons > 0 AND subject.${counter === "own" ? "own" : "covered"} * 10000
                >= subject.lessons * COALESCE(of_level.digitised_bp, every.digitised_bp, ?) THEN 1 ELSE 0 END), 0) AS subjects_met
         FROM units u
         LEFT JOIN subject ON subject.school_id = u.id
         LEFT JOIN targets of_level ON of_level.year_id = ? AND of_level.level = u.level
         LEFT JOIN targets every ON every.year_id = ? AND every.level = 'all'
        WHERE u.id IN (${marks})
        GROUP BY u.id, u.name, u.level
        ORDER BY u.name, u.id`,
      [yearId, ...schoolIds, usual_bp, yearId, yearId, ...schoolIds],
    ),
  );
});

const subjectSum = z.object({ school_id: col.id(), name: col.text(), level: col.maybeText(), subject_code: col.text(), periods: col.int(), lessons: col.int(), covered: col.int(), own: col.int() });

/** The sums of every subject of every school with a plan, and what of the school counts up to the day: some rows a school, in the order of names. */
export async function listSubjectSums(db: Db, yearId: string, date: Day): Promise<(z.infer<typeof subjectSum> & { counted: Hundredths })[]> {
  const sums = await all(
    subjectSum,
    db("measure_plan_totals as t")
      .join("units as u", "u.id", "t.school_id")
      .where({ "t.year_id": yearId, "u.kind": "school" })
      .groupBy("t.school_id", "u.name", "u.level", "t.subject_code")
      .select("t.school_id", "u.name", "u.level", "t.subject_code")
      .sum({ periods: "t.planned_periods", lessons: "t.lessons_planned", covered: "t.lessons_covered", own: "t.lessons_own" })
      .orderBy(["u.name", "t.school_id", "t.subject_code"])
      .limit(100_000),
  );
  const ids = [...new Set(sums.map((row) => row.school_id))];
  const counted = ids.length === 0 ? new Map<string, Hundredths>() : await countedOfSchools(db, ids.join(" "), yearId, date);
  return sums.map((row) => ({ ...row, counted: counted.get(row.school_id) ?? wholePeriods(0) }));
}

const partRow = z.object({ id: col.id(), name: col.text(), kind: col.text(), path: col.text(), school_id: col.maybeId() });

export interface Part {
  id: string;
  name: string;
  kind: string;
  path: string;
  /** The members of a cluster; the schools of a commune are told by its path. */
  school_ids: string[];
}

/** Communes and clusters directly below a unit. */
export const listPartsOf = remember(["units", "cluster_members"], async (db: Db, unitId: string, on: Day): Promise<readonly Part[]> => {
  const rows = await all(
    partRow,
    db("units as u")
      .leftJoin("cluster_members as m", (join) => {
        void join.on("m.cluster_id", "u.id").andOn("m.from_on", "<=", db.raw("?", [on])).andOn(db.raw("(m.to_on IS NULL OR m.to_on > ?)", [on]));
      })
      .select("u.id", "u.name", "u.kind", "u.path", "m.school_id")
      .where({ "u.parent_id": unitId })
      .whereIn("u.kind", ["commune", "cluster"])
      .whereNull("u.closed_on")
      .orderBy(["u.kind", "u.name", "u.id"])
      .limit(2000),
  );
  const parts = new Map<string, Part>();
  for (const { school_id, ...unit } of rows) {
    const part = parts.get(unit.id) ?? { ...unit, school_ids: [] };
    if (school_id !== null) part.school_ids.push(school_id);
    parts.set(unit.id, part);
  }
  return [...parts.values()].sort((a, b) => Number(a.kind === "cluster") - Number(b.kind === "cluster"));
});
