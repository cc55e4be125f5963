import { addDays, type Day } from "../platform/clock.ts";
import type { Db } from "../platform/db.ts";
import { hundredths, lessons, numberOf, periods, type Lessons, type Periods } from "../platform/units.ts";
import { remember } from "../platform/remember.ts";
import { weekOfDay, weeksReached, type StudyWeek } from "../calendar/rules.ts";
import { weeksOfSchool } from "../calendar/store.ts";
import { definitionOn, listDefinitions, type Definition } from "../ledger/store/definitions.ts";
import * as rules from "./rules.ts";
import { listCounted, listCountedDays, listCoverage, listPlanTotals, plannedUpTo, type CountedDay, type CountedRow, type CoverageRow, type Scope } from "./store/figures.ts";
import type { PlanTotalRow } from "./store/tables.ts";
import { listTargets, targetsOf, type Targets } from "./store/targets.ts";

/** One subject in one grade: a cell of the heat table. */
export interface Cell {
  subject: string;
  grade: number;
  online: rules.Share;
  coverage: rules.Coverage;
  from_national: boolean;
}

export interface SubjectFigures {
  subject: string;
  online: rules.Share;
  coverage: rules.Coverage;
  answer: rules.Answer;
  still_needed: Lessons;
}

/** Both measures of a school at a day: what the dashboard shows and the API answers. */
export interface SchoolMeasures {
  scope: Scope;
  /** Whether these are the figures of today, so that links to evidence need no date. */
  is_today: boolean;
  targets: Targets;
  definition: Definition;
  weeks: readonly StudyWeek[];
  weeks_reached: number;
  /** Undefined: the school has no published plan, so nothing can be divided. */
  online: rules.Share | undefined;
  to_date: rules.Share | undefined;
  online_answer: rules.Answer;
  periods_still_needed: Periods;
  digitised: rules.SchoolCoverage;
  subjects: SubjectFigures[];
  cells: Cell[];
  /** Some courses have no plan yet: their denominator is the national programme's number. */
  from_national: boolean;
  trend: rules.WeekPoint[];
}

export interface School {
  id: string;
  level: string | null;
}

/** Reads and judges both measures of a school. Coverage on an earlier day comes from the approval trail of that day. */
export function loadMeasures(db: Db, school: School, year: { id: string }, at: { date: Day; today: Day; campus_id: string | undefined }): Promise<SchoolMeasures> {
  if (at.date < at.today || at.campus_id !== undefined) return otherMeasures(db, school.id, school.level, year.id, at.date, at.today, at.campus_id);
  return standingMeasures(db, school.id, school.level, year.id, at.today);
}

const SUMS = ["measure_plan_totals", "measure_online_totals", "measure_planned_weeks", "definitions", "targets", "holidays", "school_years"];

/** The figures of a whole school today stand in sums that are kept, which the page of each of its people would add up. */
const standingMeasures = remember(SUMS, (db: Db, school_id: string, level: string | null, year_id: string, today: Day): Promise<SchoolMeasures> =>
  countMeasures(db, { school_id, year_id, date: today, campus_id: undefined }, level, today),
);

/** Those of an earlier day or of a site: the coverage is counted from the plans and what was approved. */
const otherMeasures = remember(
  [...SUMS, "plans", "plan_lessons", "courses", "materials", "material_lessons", "material_steps"],
  (db: Db, school_id: string, level: string | null, year_id: string, date: Day, today: Day, campus_id: string | undefined): Promise<SchoolMeasures> =>
    countMeasures(db, { school_id, year_id, date, campus_id }, level, today),
);

async function countMeasures(db: Db, scope: Scope, level: string | null, today: Day): Promise<SchoolMeasures> {
  const { date, campus_id } = scope;
  const [weeks, definitions, targets, totals, counted, counted_days] = await Promise.all([
    weeksOfSchool(db, { id: scope.year_id }, scope.school_id, campus_id),
    listDefinitions(db),
    listTargets(db, scope.year_id),
    listPlanTotals(db, scope),
    listCounted(db, scope),
    listCountedDays(db, scope),
  ]);
  const reached = weeksReached(weeks, date);
  const definition = definitionOn(definitions, date);
  const earlier = date < today ? date : undefined;
  const recount = earlier !== undefined || campus_id !== undefined;
  return measuresOf({
    ...{ scope, definition, weeks, reached, is_today: earlier === undefined },
    ...{ totals, counted, counted_days, targets: targetsOf(targets, level) },
    coverage: recount ? await listCoverage(db, scope, definition.lesson_kinds, earlier) : undefined,
    planned_to_date: reached === 0 ? 0 : await plannedUpTo(db, scope, reached),
  });
}

interface Rows {
  scope: Scope;
  is_today: boolean;
  definition: Definition;
  targets: Targets;
  weeks: readonly StudyWeek[];
  reached: number;
  totals: readonly PlanTotalRow[];
  counted: readonly CountedRow[];
  counted_days: readonly CountedDay[];
  coverage: readonly CoverageRow[] | undefined;
  planned_to_date: number;
}

function measuresOf(rows: Rows): SchoolMeasures {
  const { scope, definition, targets, weeks } = rows;
  const cells = cellsOf(rows);
  const subjects = subjectsOf(cells, targets, definition.digitised_counter);
  const digitised = rules.schoolCoverage(subjects, targets.digitised, definition.digitised_counter);
  const has_plan = digitised.answer !== "no_plan";
  const all = rules.addShares(cells.map((cell) => cell.online));
  const online = has_plan ? all : undefined;
  const to_date = has_plan && rows.planned_to_date > 0 ? { counted: all.counted, planned: periods(rows.planned_to_date) } : undefined;
  return {
    ...{ scope, is_today: rows.is_today, targets, definition, weeks, weeks_reached: rows.reached, online, to_date, digitised, subjects, cells },
    online_answer: rules.onlineShareAnswer(online, targets.online),
    periods_still_needed: online ? rules.periodsStillNeeded(online, targets.online) : periods(0),
    from_national: has_plan && cells.some((cell) => cell.from_national),
    trend: rules.trendByWeek(rows.counted_days.map((row) => ({ week: trendWeek(weeks, row.taught_on), counted: row.counted })), all.planned, rows.reached),
  };
}

/** A period taught in a holiday or between the terms belongs to the week that was reached. */
function trendWeek(weeks: readonly StudyWeek[], day: Day): number {
  return weekOfDay(weeks, day)?.number ?? weeksReached(weeks, day);
}

function cellsOf(rows: Rows): Cell[] {
  const cells = new Map<string, { subject: string; grade: number; counted: number; planned: number; covered: number; own: number; lessons: number; from_national: boolean }>();
  const cellOf = (row: { subject_code: string; grade: number }) => {
    const key = `${row.subject_code} ${row.grade}`;
    const none = { counted: 0, planned: 0, covered: 0, own: 0, lessons: 0, from_national: false };
    const cell = cells.get(key) ?? { subject: row.subject_code, grade: row.grade, ...none };
    cells.set(key, cell);
    return cell;
  };
  for (const row of rows.totals) {
    const cell = cellOf(row);
    cell.planned += row.planned_periods;
    cell.from_national ||= row.from_national;
    if (rows.coverage === undefined) {
      cell.lessons += row.lessons_planned;
      cell.covered += row.lessons_covered;
      cell.own += row.lessons_own;
    }
  }
  for (const row of rows.coverage ?? []) {
    const cell = cellOf(row);
    cell.lessons += row.planned;
    cell.covered += row.covered;
    cell.own += row.own;
  }
  for (const row of rows.counted) cellOf(row).counted += numberOf(row.counted);
  return [...cells.values()].map(({ subject, grade, from_national, ...sum }) => ({
    ...{ subject, grade, from_national },
    online: { counted: hundredths(sum.counted), planned: periods(sum.planned) },
    coverage: { covered: lessons(sum.covered), own: lessons(sum.own), planned: lessons(sum.lessons) },
  }));
}

function subjectsOf(cells: readonly Cell[], targets: Targets, counter: rules.Counter): SubjectFigures[] {
  const codes = [...new Set(cells.map((cell) => cell.subject))];
  return codes.map((subject) => {
    const own = cells.filter((cell) => cell.subject === subject);
    const coverage = rules.addCoverages(own.map((cell) => cell.coverage));
    return {
      ...{ subject, coverage, online: rules.addShares(own.map((cell) => cell.online)) },
      answer: rules.coverageAnswer(coverage, targets.digitised, counter),
      still_needed: rules.lessonsStillNeeded(coverage, targets.digitised, counter),
    };
  });
}

/** What is asked for in a URL: a day, a study week or a month, none of them after today. */
export function dateAsked(query: { date?: string | undefined; week?: number | undefined; month?: string | undefined }, weeks: readonly StudyWeek[], today: Day): Day {
  const week = weeks.find((one) => one.number === query.week);
  const asked = query.date ?? week?.ends_on ?? (query.month ? lastDayOf(query.month) : today);
  return asked < today ? asked : today;
}

/** The last day of a month, `2026-11`. */
export function lastDayOf(month: string): Day {
  const [year = 0, number = 1] = month.split("-").map(Number);
  const next = number === 12 ? `${year + 1}-01-01` : `${year}-${String(number + 1).padStart(2, "0")}-01`;
  return addDays(next, -1);
}
