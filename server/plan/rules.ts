/**
 * A subject's yearly plan (kế hoạch dạy học): numbering, totals, comparison with the national programme, changes of its
 * rows. Pure: no clock, no database, no words.
 */

/** Kinds of rows; review and test are not digitised lessons by default (DOMAIN §2.2). */
export const KINDS = ["lesson", "topic", "practice", "review", "test", "activity"] as const;
export type Kind = (typeof KINDS)[number];
export const MODES = ["in_class", "online"] as const;
export type Mode = (typeof MODES)[number];

/** Study weeks of a school year. Source: Circular 32/2018/TT-BGDĐT, general programme: 35 weeks. */
export const WEEKS = 35;
/** The first weeks belong to term 1 (18 + 17). */
export const TERM1_WEEKS = 18;
/** Limits that no real plan comes near; they keep a hostile form or file small. */
export const ROWS_MAX = 500;
export const PERIODS_MAX = 60;
export const TITLE_MAX = 500;
export const CHAPTER_MAX = 300;
export const NOTES_MAX = 2000;

/** One row of a plan (bài học) as people edit it. */
export interface PlanRow {
  id: string;
  chapter: string;
  title: string;
  periods: number;
  kind: Kind;
  week_from: number | null;
  week_to: number | null;
  term: number | null;
  digital_content: boolean;
  ai_content: boolean;
  planned_mode: Mode;
  notes: string;
}

/** The running period numbers of a row ("Tiết theo PPCT"); `undefined` for a row without periods. */
export interface Numbered {
  first: number;
  last: number;
}

/** Numbers the periods of the year from 1, in the order of the rows. */
export function numberPeriods(rows: readonly { periods: number }[]): (Numbered | undefined)[] {
  let next = 1;
  return rows.map(({ periods }) => {
    if (periods <= 0) return undefined;
    const first = next;
    next += periods;
    return { first, last: next - 1 };
  });
}

export interface Totals {
  rows: number;
  periods: number;
  online: number;
  byKind: Record<Kind, number>;
  term1: number;
  term2: number;
}

/** Sums of a plan, in periods; rows of neither term are in the year's sum only. */
export function totalsOf(rows: readonly PlanRow[]): Totals {
  const byKind: Record<Kind, number> = { lesson: 0, topic: 0, practice: 0, review: 0, test: 0, activity: 0 };
  const totals: Totals = { rows: rows.length, periods: 0, online: 0, byKind, term1: 0, term2: 0 };
  for (const row of rows) {
    totals.periods += row.periods;
    byKind[row.kind] += row.periods;
    if (row.planned_mode === "online") totals.online += row.periods;
    const term = row.term ?? termOfWeek(row.week_from);
    if (term === 1) totals.term1 += row.periods;
    if (term === 2) totals.term2 += row.periods;
  }
  return totals;
}

/** The term in which a study week falls. */
export function termOfWeek(week: number | null): 1 | 2 | null {
  if (week === null) return null;
  return week <= TERM1_WEEKS ? 1 : 2;
}

/** How a plan's sum stands to the national number of periods of its subject and grade. */
export type Comparison =
  | { answer: "equal"; planned: number; national: number }
  | { answer: "short"; planned: number; national: number; missing: number }
  | { answer: "over"; planned: number; national: number; surplus: number }
  | { answer: "no_national"; planned: number };

/**
 * Compares a plan with the national programme; undefined where the programme does not name the subject in the grade.
 *
 * Source: Circular 32/2018/TT-BGDĐT and Circular 13/2022/TT-BGDĐT (data/curriculum.csv).
 */
export function compareWithNational(planned: number, national: number | undefined): Comparison {
  if (national === undefined) return { answer: "no_national", planned };
  if (planned === national) return { answer: "equal", planned, national };
  if (planned < national) return { answer: "short", planned, national, missing: national - planned };
  return { answer: "over", planned, national, surplus: planned - national };
}

/**
 * The periods of the year by which a course without a published plan is counted: the national number (DOMAIN §2).
 * `source` is printed beside the figure.
 */
export function plannedPeriods(
  plan: { state: string; periods: number } | undefined,
  national: number | undefined,
): { periods: number; source: "plan" | "national" } | undefined {
  if (plan !== undefined && plan.state === "published" && plan.periods > 0) return { periods: plan.periods, source: "plan" };
  return national === undefined ? undefined : { periods: national, source: "national" };
}

/** The school levels' grades. */
const GRADES: Record<string, readonly number[]> = {
  primary: [1, 2, 3, 4, 5],
  lower_secondary: [6, 7, 8, 9],
  upper_secondary: [10, 11, 12],
  primary_lower: [1, 2, 3, 4, 5, 6, 7, 8, 9],
  lower_upper: [6, 7, 8, 9, 10, 11, 12],
  continuing: [6, 7, 8, 9, 10, 11, 12],
};

export function gradesOfLevel(level: string | null): readonly number[] {
  return (level === null ? undefined : GRADES[level]) ?? [];
}

/** One thing wrong with a row or with the whole plan; `row` is undefined for the whole. */
export interface PlanFault {
  row?: string;
  field?: "title" | "periods" | "week_from" | "week_to";
  code: "no_rows" | "too_many_rows" | "no_title" | "no_periods" | "too_many_periods" | "week_out_of_range" | "weeks_reversed";
}

/** What keeps a plan from being published. */
export function faultsOf(rows: readonly PlanRow[]): PlanFault[] {
  const faults: PlanFault[] = [];
  if (rows.length === 0) faults.push({ code: "no_rows" });
  if (rows.length > ROWS_MAX) faults.push({ code: "too_many_rows" });
  for (const row of rows) {
    if (row.title.trim() === "") faults.push({ row: row.id, field: "title", code: "no_title" });
    if (row.periods < 1) faults.push({ row: row.id, field: "periods", code: "no_periods" });
    if (row.periods > PERIODS_MAX) faults.push({ row: row.id, field: "periods", code: "too_many_periods" });
    faults.push(...weekFaults(row));
  }
  return faults;
}

function weekFaults(row: PlanRow): PlanFault[] {
  const isWeek = (week: number | null): boolean => week === null || (week >= 1 && week <= WEEKS);
  if (!isWeek(row.week_from)) return [{ row: row.id, field: "week_from", code: "week_out_of_range" }];
  if (!isWeek(row.week_to)) return [{ row: row.id, field: "week_to", code: "week_out_of_range" }];
  const reversed = row.week_from !== null && row.week_to !== null && row.week_to < row.week_from;
  return reversed ? [{ row: row.id, field: "week_to", code: "weeks_reversed" }] : [];
}
