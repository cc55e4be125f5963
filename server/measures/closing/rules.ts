import { addDays, type Day } from "../../platform/clock.ts";
import { addHundredths, hundredths, isAbove, numberOf, PERIOD, wholePeriods, type BasisPoints, type Hundredths } from "../../platform/units.ts";
import { schoolCoverage, sidesOf, type Answer, type Counter, type Coverage } from "../rules.ts";

/** A month of the calendar, `2026-10`. */
export type Month = string;

/** The months of a school year, from that in which it begins to that in which it ends. */
export function monthsOfYear(year: { term1_starts_on: Day; ends_on: Day }): Month[] {
  const months: Month[] = [];
  for (let month = year.term1_starts_on.slice(0, 7); month <= year.ends_on.slice(0, 7); month = nextMonth(month)) months.push(month);
  return months;
}

export function nextMonth(month: Month): Month {
  return addDays(`${month}-28`, 4).slice(0, 7);
}

/** `10/2026`, as the titles of notices have it in every language. */
export function monthTitle(month: Month): string {
  return `${month.slice(5)}/${month.slice(0, 4)}`;
}

/** The last day of a month: 28, 29, 30 or 31. */
export function endOfMonth(month: Month): Day {
  return addDays(`${nextMonth(month)}-01`, -1);
}

/** A month can be closed from its last day on: what was taught until then is in it. Source: DOMAIN §2.4. */
export function isOver(month: Month, today: Day): boolean {
  return endOfMonth(month) <= today;
}

/** Days after a month's end from which it counts as late. */
export const LATE_AFTER_DAYS = 5;

export type MonthState = "coming" | "running" | "due" | "late" | "closed";

/** Where a month stands for a school on a day. */
export function monthState(month: Month, today: Day, closed: boolean): MonthState {
  if (closed) return "closed";
  if (month > today.slice(0, 7)) return "coming";
  if (!isOver(month, today)) return "running";
  return addDays(endOfMonth(month), LATE_AFTER_DAYS) < today ? "late" : "due";
}

/** One subject in one grade, as it was frozen. */
export interface SnapshotCell {
  subject: string;
  grade: number;
  counted: Hundredths;
  planned: number;
  lessons: number;
  covered: number;
  own: number;
  from_national: boolean;
}

/** The figures of a school at a day, with everything that they were computed by. */
export interface Figures {
  as_of: Day;
  online_bp: number;
  digitised_bp: number;
  target_source: string;
  definition_version: number;
  formula_version: number;
  counter: Counter;
  counted: Hundredths;
  counted_in_month: Hundredths;
  planned: number;
  planned_to_date: number;
  covered: number;
  own: number;
  lessons: number;
  subjects_planned: number;
  subjects_met: number;
  cells: readonly SnapshotCell[];
  /** Counted periods by the month in which they were taught: what a quarter or a term adds up. */
  months: Readonly<Record<Month, Hundredths>>;
}

/** What was counted, record by record. */
export interface Records {
  /** Deliveries that counted and for how much, in the order of their ids. */
  periods: readonly CountedRecord[];
  /** Lessons of the plan that had an approved material, in the order of their ids. */
  lessons: readonly { id: string; own: boolean }[];
}

export interface CountedRecord {
  id: string;
  hundredths: Hundredths;
}

export interface CountedPeriod extends CountedRecord {
  subject: string;
  grade: number;
  taught_on: Day;
}

export interface CoveredLesson {
  id: string;
  subject: string;
  grade: number;
  own: boolean;
}

/** What figures are made of: records for the numerators, sums of the plans for the denominators. */
export interface Ingredients {
  as_of: Day;
  month: Month;
  online_bp: BasisPoints;
  digitised_bp: BasisPoints;
  target_source: string;
  definition_version: number;
  formula_version: number;
  counter: Counter;
  planned_to_date: number;
  periods: readonly CountedPeriod[];
  lessons: readonly CoveredLesson[];
  planned: readonly { subject: string; grade: number; periods: number; from_national: boolean }[];
  plan_lessons: readonly { subject: string; grade: number; lessons: number }[];
}

/**
 * Counts the figures from the records themselves, so that opening a snapshot from its records gives the same again.
 *
 * Source: DOMAIN §2.1, §2.2, §2.4; formula v2.
 */
export function figuresOf(from: Ingredients): Figures {
  const cells = new Map<string, SnapshotCell>();
  const cellOf = ({ subject, grade }: { subject: string; grade: number }): SnapshotCell => {
    const key = `${subject} ${grade}`;
    const cell = cells.get(key) ?? { subject, grade, counted: wholePeriods(0), planned: 0, lessons: 0, covered: 0, own: 0, from_national: false };
    cells.set(key, cell);
    return cell;
  };
  for (const row of from.planned) {
    const cell = cellOf(row);
    cell.planned += row.periods;
    cell.from_national ||= row.from_national;
  }
  for (const row of from.plan_lessons) cellOf(row).lessons += row.lessons;
  const months: Record<Month, Hundredths> = {};
  for (const period of from.periods) {
    const cell = cellOf(period);
    cell.counted = addHundredths([cell.counted, period.hundredths]);
    const month = period.taught_on.slice(0, 7);
    months[month] = addHundredths([months[month] ?? wholePeriods(0), period.hundredths]);
  }
  for (const lesson of from.lessons) {
    const cell = cellOf(lesson);
    cell.covered += 1;
    if (lesson.own) cell.own += 1;
  }
  const all = [...cells.values()].sort((a, b) => (a.subject < b.subject ? -1 : a.subject > b.subject ? 1 : a.grade - b.grade));
  const { as_of, online_bp, digitised_bp, target_source, definition_version, formula_version, counter, planned_to_date } = from;
  const school = schoolCoverage(subjectsOf(all), digitised_bp, counter);
  return {
    ...{ as_of, online_bp, digitised_bp, target_source, definition_version, formula_version, counter, planned_to_date },
    counted: addHundredths(from.periods.map((period) => period.hundredths)),
    counted_in_month: months[from.month] ?? wholePeriods(0),
    planned: sum(all, (cell) => cell.planned),
    covered: school.whole.covered,
    own: school.whole.own,
    lessons: school.whole.planned,
    subjects_planned: school.subjects_planned,
    subjects_met: school.subjects_met,
    cells: all,
    months: Object.fromEntries(Object.entries(months).sort(([a], [b]) => (a < b ? -1 : 1))),
  };
}

/** The subjects of frozen cells, added over grades. */
export function subjectsOf(cells: readonly SnapshotCell[]): { subject: string; coverage: Coverage }[] {
  const codes = [...new Set(cells.map((cell) => cell.subject))];
  return codes.map((subject) => {
    const own = cells.filter((cell) => cell.subject === subject);
    const coverage = { covered: sum(own, (cell) => cell.covered), own: sum(own, (cell) => cell.own), planned: sum(own, (cell) => cell.lessons) } as Coverage;
    return { subject, coverage };
  });
}

/** Strictly above, as everywhere; a school without a plan has no answer. */
export function onlineAnswer(figures: Pick<Figures, "counted" | "planned" | "subjects_planned" | "online_bp">): Answer {
  if (figures.subjects_planned === 0 || figures.planned === 0) return "no_plan";
  const { part, whole } = sidesOf(figures);
  return isAbove(part, whole, figures.online_bp as BasisPoints) ? "met" : "not_met";
}

export function digitisedAnswer(figures: Pick<Figures, "subjects_planned" | "subjects_met">): Answer {
  if (figures.subjects_planned === 0) return "no_plan";
  return figures.subjects_met === figures.subjects_planned ? "met" : "not_met";
}

/** In what a formula counted online periods: the first in whole ones, those after it in hundredths. As is written in a closing. */
const stepOf = (formula: number): number => (formula === 1 ? PERIOD : 1);
export const frozenCount = (formula: number, counted: Hundredths): number => numberOf(counted) / stepOf(formula);
export const thawedCount = (formula: number, frozen: number): Hundredths => hundredths(frozen * stepOf(formula));

/** A record as a snapshot keeps it: the id alone where a whole period counted. */
export const frozenRecord = ({ id, hundredths: counted }: CountedRecord): string | [string, number] => (numberOf(counted) === PERIOD ? id : [id, numberOf(counted)]);
export const thawedRecord = (frozen: string | [string, number]): CountedRecord =>
  typeof frozen === "string" ? { id: frozen, hundredths: wholePeriods(1) } : { id: frozen[0], hundredths: hundredths(frozen[1]) };

/**
 * Figures and records as one text, always the same for the same facts: what the hash of a snapshot is taken of. Counts are
 * written as the formula of the figures counted them, so that a hash of formula 1 is still that of its figures.
 */
export function canonical(figures: Figures, records: Records): string {
  const { cells, months, ...numbers } = figures;
  const count = (counted: Hundredths): number => frozenCount(figures.formula_version, counted);
  return JSON.stringify([
    Object.entries({ ...numbers, counted: count(numbers.counted), counted_in_month: count(numbers.counted_in_month) }).sort(([a], [b]) => (a < b ? -1 : 1)),
    cells.map((cell) => [cell.subject, cell.grade, count(cell.counted), cell.planned, cell.lessons, cell.covered, cell.own, cell.from_national]),
    Object.entries(months).map(([month, counted]) => [month, count(counted)]),
    records.periods.map(frozenRecord),
    records.lessons.map((lesson) => [lesson.id, lesson.own]),
  ]);
}

export interface Difference {
  /** `changed`: counted then and now, but not for the same part. */
  periods: { lost: string[]; added: string[]; changed: string[] };
  /** `changed`: covered then and now, but by own work only on one side. */
  lessons: { lost: string[]; added: string[]; changed: string[] };
  /** Denominators that moved. */
  plans: { subject: string; grade: number; then: { planned: number; lessons: number }; now: { planned: number; lessons: number } }[];
  /** The targets or the definition changed since. */
  terms: boolean;
}

/** What became of the records of a snapshot since: record by record, and the denominators by subject and grade. */
export function differenceOf(then: { figures: Figures; records: Records }, now: { figures: Figures; records: Records }): Difference {
  const [before, after] = [worthsOf(then.records), worthsOf(now.records)];
  const [had, has] = [ownOf(then.records), ownOf(now.records)];
  return {
    periods: {
      lost: [...before.keys()].filter((id) => !after.has(id)),
      added: [...after.keys()].filter((id) => !before.has(id)),
      changed: [...before].filter(([id, counted]) => after.has(id) && after.get(id) !== counted).map(([id]) => id),
    },
    lessons: {
      lost: [...had.keys()].filter((id) => !has.has(id)),
      added: [...has.keys()].filter((id) => !had.has(id)),
      changed: [...had].filter(([id, own]) => has.has(id) && has.get(id) !== own).map(([id]) => id),
    },
    plans: plansMoved(then.figures.cells, now.figures.cells),
    terms: TERMS.some((term) => then.figures[term] !== now.figures[term]),
  };
}

/** Not the formula: the second gives what the first gave wherever nothing counts in part, and what does is told record by record. */
const TERMS = ["online_bp", "digitised_bp", "definition_version", "counter"] as const;

function worthsOf(records: Records): Map<string, Hundredths> {
  return new Map(records.periods.map((period) => [period.id, period.hundredths]));
}

function ownOf(records: Records): Map<string, boolean> {
  return new Map(records.lessons.map((lesson) => [lesson.id, lesson.own]));
}

function plansMoved(then: readonly SnapshotCell[], now: readonly SnapshotCell[]): Difference["plans"] {
  const none = { planned: 0, lessons: 0 };
  const keyOf = (cell: SnapshotCell): string => `${cell.subject} ${cell.grade}`;
  const pairs = new Map<string, Difference["plans"][number]>();
  for (const cell of then) pairs.set(keyOf(cell), { subject: cell.subject, grade: cell.grade, then: { planned: cell.planned, lessons: cell.lessons }, now: none });
  for (const cell of now) {
    const pair = pairs.get(keyOf(cell)) ?? { subject: cell.subject, grade: cell.grade, then: none, now: none };
    pairs.set(keyOf(cell), { ...pair, now: { planned: cell.planned, lessons: cell.lessons } });
  }
  return [...pairs.values()].filter((pair) => pair.then.planned !== pair.now.planned || pair.then.lessons !== pair.now.lessons);
}

/** Whether anything that was reported would be told otherwise today. */
export function isSame(difference: Difference): boolean {
  const { periods, lessons, plans, terms } = difference;
  return periods.lost.length + periods.added.length + periods.changed.length + lessons.lost.length + lessons.added.length + lessons.changed.length + plans.length === 0 && !terms;
}

function sum<T>(all: readonly T[], of: (one: T) => number): number {
  return all.reduce((total, one) => total + of(one), 0);
}
