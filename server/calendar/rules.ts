import { addDays, type Day } from "../platform/clock.ts";

/**
 * The school calendar: study weeks, terms, holidays, and how much of a year is planned up to a day.
 *
 * Days are `YYYY-MM-DD` in Viet Nam (UTC+7); an instant becomes a day before it comes here (`dayOf`).
 */

/** Study weeks of a school year: 18 in the first term, 17 in the second. Source: Circular 32/2018/TT-BGDĐT; DOMAIN §4. */
export const WEEKS_OF_TERM = { 1: 18, 2: 17 } as const;
export const WEEKS_OF_YEAR = 35;

/** A school year as the province sets it. Both terms begin on a Monday. */
export interface YearFrame {
  term1_starts_on: Day;
  term1_weeks: number;
  term2_starts_on: Day;
  term2_weeks: number;
  ends_on: Day;
}

/** Days off, the first and the last one included. */
export interface DaysOff {
  from_on: Day;
  to_on: Day;
}

export interface StudyWeek {
  /** 1 to 35, counted through both terms. */
  number: number;
  term: 1 | 2;
  /** Monday and Sunday. */
  starts_on: Day;
  ends_on: Day;
  /** Days of Monday to Saturday that are holidays: above 0 the week is a part week. */
  days_off: number;
}

export type YearProblem =
  | "bad_date"
  | "not_a_monday"
  | "terms_in_order"
  | "wrong_year"
  | "too_small"
  | "too_big"
  | "end_too_early";

const WEEKS_OF_TERM_MAX = 30;
const YEAR_DAYS_MAX = 400; // no school year, however it shifts, is longer: the bound of every loop below

/**
 * The study weeks of a year, in order.
 *
 * A week whose Monday to Friday are all holidays is no study week: those that follow shift by one, so each term keeps
 * its number of weeks. (Primary schools teach five days and secondary schools six; a Saturday alone makes no week.) A
 * week with at least one school day counts as a week. Where the first term shifts beyond the day on which the second
 * was to begin, the second begins on the Monday after it.
 */
export function weeksOf(year: YearFrame, holidays: readonly DaysOff[]): StudyWeek[] {
  const first = termWeeks(1, year.term1_starts_on, year.term1_weeks, 1, holidays);
  const after = first.at(-1);
  const starts = after && after.ends_on >= year.term2_starts_on ? addDays(after.ends_on, 1) : year.term2_starts_on;
  return [...first, ...termWeeks(2, starts, year.term2_weeks, first.length + 1, holidays)];
}

function termWeeks(term: 1 | 2, from: Day, count: number, number: number, holidays: readonly DaysOff[]): StudyWeek[] {
  const weeks: StudyWeek[] = [];
  for (let monday = mondayOf(from), step = 0; weeks.length < count && step * 7 < YEAR_DAYS_MAX; step += 1, monday = addDays(monday, 7)) {
    const off = [0, 1, 2, 3, 4, 5].map((n) => isOff(addDays(monday, n), holidays));
    if (off.slice(0, 5).every(Boolean)) continue;
    weeks.push({
      number: number + weeks.length,
      term,
      starts_on: monday,
      ends_on: addDays(monday, 6),
      days_off: off.filter(Boolean).length,
    });
  }
  return weeks;
}

export function isOff(day: Day, holidays: readonly DaysOff[]): boolean {
  return holidays.some((holiday) => holiday.from_on <= day && day <= holiday.to_on);
}

/** Whether a day lies in a school year: from the June in which the year is prepared up to its end. */
export function isWithinYear(day: Day, year: { id: string; ends_on: Day }): boolean {
  return `${year.id.slice(0, 4)}-06-01` <= day && day <= year.ends_on;
}

/** The study week in which a day falls; undefined before the year, in a week off, between the terms and in the summer. */
export function weekOfDay(weeks: readonly StudyWeek[], day: Day): StudyWeek | undefined {
  return weeks.find((week) => week.starts_on <= day && day <= week.ends_on);
}

/**
 * How many study weeks have begun by a day: 0 before the year, all of them in the summer after it. The week of the day
 * itself is reached from its Monday on, since its periods are planned for it.
 */
export function weeksReached(weeks: readonly StudyWeek[], day: Day): number {
  return weeks.filter((week) => week.starts_on <= day).length;
}

/** The school days (Monday to Saturday without holidays) of the study weeks, up to a day and in the whole year. */
export function schoolDaysElapsed(weeks: readonly StudyWeek[], holidays: readonly DaysOff[], day: Day): { elapsed: number; whole: number } {
  const days = weeks.flatMap((week) => [0, 1, 2, 3, 4, 5].map((n) => addDays(week.starts_on, n))).filter((d) => !isOff(d, holidays));
  return { elapsed: days.filter((d) => d <= day).length, whole: days.length };
}

/** One row of a plan, as far as the calendar needs it. */
export interface PlannedLesson {
  periods: number;
  week_from: number | null;
  week_to: number | null;
}

/**
 * The periods of a course that are planned up to a week.
 *
 * A row that names its weeks is spread evenly over them, its first periods first. Rows that name none are laid out
 * together, evenly over the year, and cut down to whole periods: nobody is behind with a part of a period.
 * Source: DOMAIN §2.1 ("periods planned up to D by the school calendar (35 weeks)"); formula v1.
 */
export function plannedUpToWeek(lessons: readonly PlannedLesson[], week: number, weeks_of_year: number = WEEKS_OF_YEAR): number {
  const reached = Math.min(Math.max(0, week), weeks_of_year);
  let dated = 0;
  let undated = 0;
  for (const lesson of lessons) {
    if (lesson.week_from === null) undated += lesson.periods;
    else if (reached >= weeks_of_year) dated += lesson.periods;
    else dated += lessonUpToWeek(lesson.periods, lesson.week_from, lesson.week_to ?? lesson.week_from, reached);
  }
  return dated + (weeks_of_year === 0 ? 0 : Math.floor((undated * reached) / weeks_of_year));
}

/** Period n (from 0) of a lesson over w weeks falls in its week floor(n × w ÷ periods): those up to the week are counted. */
function lessonUpToWeek(periods: number, from: number, to: number, week: number): number {
  const weeks = Math.max(1, to - from + 1);
  const begun = Math.min(weeks, week - from + 1);
  return begun <= 0 ? 0 : Math.min(periods, Math.ceil((periods * begun) / weeks));
}

/** The month of a day, `2026-09`. */
export function monthOf(day: Day): string {
  return day.slice(0, 7);
}

/** The months that a year's study weeks touch, in order: what a school reports month by month. */
export function monthsOf(weeks: readonly StudyWeek[]): string[] {
  return [...new Set(weeks.flatMap((week) => [monthOf(week.starts_on), monthOf(week.ends_on)]))].sort();
}

/** Whether a month holds no study week: June, July and August, and whatever else the calendar leaves out. */
export function isSummerMonth(weeks: readonly StudyWeek[], month: string): boolean {
  return !monthsOf(weeks).includes(month);
}

/** What is wrong with a year before it is saved, by field. The year's name is that of its two calendar years. */
export function yearProblems(id: string, year: YearFrame): { field: keyof YearFrame; problem: YearProblem }[] {
  const problems: { field: keyof YearFrame; problem: YearProblem }[] = [];
  const say = (field: keyof YearFrame, problem: YearProblem): void => void problems.push({ field, problem });
  for (const field of ["term1_starts_on", "term2_starts_on", "ends_on"] as const) {
    if (!isDay(year[field])) say(field, "bad_date");
  }
  for (const field of ["term1_weeks", "term2_weeks"] as const) {
    if (year[field] < 1) say(field, "too_small");
    if (year[field] > WEEKS_OF_TERM_MAX) say(field, "too_big");
  }
  if (problems.length > 0) return problems;
  if (year.term1_starts_on.slice(0, 4) !== id.slice(0, 4)) say("term1_starts_on", "wrong_year");
  if (mondayOf(year.term1_starts_on) !== year.term1_starts_on) say("term1_starts_on", "not_a_monday");
  if (mondayOf(year.term2_starts_on) !== year.term2_starts_on) say("term2_starts_on", "not_a_monday");
  if (year.term2_starts_on < addDays(year.term1_starts_on, year.term1_weeks * 7)) say("term2_starts_on", "terms_in_order");
  const last = weeksOf(year, []).at(-1);
  if (last && year.ends_on < addDays(last.starts_on, 4)) say("ends_on", "end_too_early");
  return problems;
}

/** What is wrong with a holiday before it is saved. */
export function holidayProblem(holiday: DaysOff): { field: keyof DaysOff; problem: "bad_date" | "before_start" | "too_long_a_holiday" } | undefined {
  if (!isDay(holiday.from_on)) return { field: "from_on", problem: "bad_date" };
  if (!isDay(holiday.to_on)) return { field: "to_on", problem: "bad_date" };
  if (holiday.to_on < holiday.from_on) return { field: "to_on", problem: "before_start" };
  if (dayNumber(holiday.to_on) - dayNumber(holiday.from_on) > 60) return { field: "to_on", problem: "too_long_a_holiday" };
  return undefined;
}

/** The year after this one, as far as it can be guessed: the first Monday on or after 5 September, and so on. */
export function nextYear(id: string): { id: string } & YearFrame {
  const start = Number(id.slice(5, 9));
  const first = mondayOnOrAfter(`${start}-09-05`);
  const second = addDays(first, (WEEKS_OF_TERM[1] + 1) * 7);
  return {
    id: `${start}-${start + 1}`,
    term1_starts_on: first,
    term1_weeks: WEEKS_OF_TERM[1],
    term2_starts_on: second,
    term2_weeks: WEEKS_OF_TERM[2],
    ends_on: `${start + 1}-05-31`,
  };
}

/** Whether a text is a day of the calendar: 30 February is not. */
export function isDay(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && dayOfNumber(dayNumber(text)) === text;
}

/** The Monday of the week in which a day falls. */
export function mondayOf(day: Day): Day {
  return addDays(day, -((dayNumber(day) + 3) % 7)); // 1 January 1970 was a Thursday
}

function mondayOnOrAfter(day: Day): Day {
  const monday = mondayOf(day);
  return monday === day ? day : addDays(monday, 7);
}

/** Days since 1 January 1970; NaN for what is no date. */
function dayNumber(day: Day): number {
  return Date.parse(`${day}T00:00:00.000Z`) / 86_400_000;
}

function dayOfNumber(number: number): Day {
  return Number.isFinite(number) ? new Date(number * 86_400_000).toISOString().slice(0, 10) : "";
}
