import { weeksReached } from "../../calendar/rules.ts";
import { weeksOfSchool } from "../../calendar/store.ts";
import { FORMULA_VERSION } from "../../ledger/rules.ts";
import { definitionOn, listDefinitions } from "../../ledger/store/definitions.ts";
import type { Day } from "../../platform/clock.ts";
import type { Db } from "../../platform/db.ts";
import { hashOf } from "../../platform/secrets.ts";
import { countLessons, listCountedPeriods, listCoveredLessons, listPlanTotals, plannedUpTo, type Scope } from "../store/figures.ts";
import { listTargets, targetsOf } from "../store/targets.ts";
import { canonical, endOfMonth, figuresOf, type Figures, type Month, type Records } from "./rules.ts";

/** Figures with the records that they were counted from. */
export interface Snapshot {
  figures: Figures;
  records: Records;
  hash: string;
}

export interface SnapshotOf {
  school: { id: string; level: string | null };
  /** A school that has become a campus of another: only what was its own. */
  campus_id?: string | undefined;
  year_id: string;
  month: Month;
  today: Day;
}

/** Counts a school's month from the records as they stand now. */
export async function takeSnapshot(db: Db, of: SnapshotOf): Promise<Snapshot> {
  const as_of = endOfMonth(of.month);
  const scope: Scope = { school_id: of.school.id, year_id: of.year_id, date: as_of, campus_id: of.campus_id };
  const [definitions, targetRows, weeks, periods, totals] = await Promise.all([
    listDefinitions(db),
    listTargets(db, of.year_id),
    weeksOfSchool(db, { id: of.year_id }, of.school.id, of.campus_id),
    listCountedPeriods(db, scope),
    listPlanTotals(db, scope),
  ]);
  const definition = definitionOn(definitions, as_of);
  const targets = targetsOf(targetRows, of.school.level);
  const reached = weeksReached(weeks, as_of);
  const earlier = as_of < of.today ? as_of : undefined; // an earlier day is read from the approval trail, today from what stands
  const [lessons, plan_lessons, planned_to_date] = await Promise.all([
    listCoveredLessons(db, scope, definition.lesson_kinds, earlier),
    countLessons(db, scope, definition.lesson_kinds),
    reached === 0 ? 0 : plannedUpTo(db, scope, reached),
  ]);
  const figures = figuresOf({
    ...{ as_of, month: of.month, periods, lessons, plan_lessons, planned_to_date },
    ...{ online_bp: targets.online, digitised_bp: targets.digitised, target_source: targets.source },
    ...{ definition_version: definition.version, formula_version: FORMULA_VERSION, counter: definition.digitised_counter },
    planned: totals.map((row) => ({ subject: row.subject_code, grade: row.grade, periods: row.planned_periods, from_national: row.from_national })),
  });
  const records: Records = { periods: periods.map(({ id, hundredths }) => ({ id, hundredths })).sort((a, b) => (a.id < b.id ? -1 : 1)), lessons: lessons.map(({ id, own }) => ({ id, own })).sort((a, b) => (a.id < b.id ? -1 : 1)) };
  return { figures, records, hash: hashOf(canonical(figures, records)) };
}
