import { digitisedAnswer, monthsOfYear, onlineAnswer, type Figures, type Month } from "../measures/closing/rules.ts";
import type { Day } from "../platform/clock.ts";
import { addHundredths, hundredths, numberOf, type Hundredths } from "../platform/units.ts";

export const REPORT_STATES = ["draft", "submitted", "returned", "accepted"] as const;
export type ReportState = (typeof REPORT_STATES)[number];
export type ReportAct = "submit" | "return" | "accept";

/** From which states an act leads where; anything else is a stale page. */
export const STEPS: Record<ReportAct, { from: readonly ReportState[]; to: ReportState }> = {
  submit: { from: ["draft", "returned"], to: "submitted" },
  return: { from: ["submitted", "accepted"], to: "returned" },
  accept: { from: ["submitted"], to: "accepted" },
};

/** Whether those who write it may still change it. */
export function isOpen(state: ReportState): boolean {
  return STEPS.submit.from.includes(state);
}

export const PERIOD_KINDS = ["month", "quarter", "half", "term", "year", "calendar"] as const;
export type PeriodKind = (typeof PERIOD_KINDS)[number];

/** What the id of a period looks like, wherever one is asked for. */
export const PERIOD_ID = /^\d{4}(-(\d{2}|Q[1-4]|H[12]|T[12]|\d{4}))?$/;

/** A period that is reported on, with the months of the school year in it. */
export interface Period {
  /** `2026-10`, `2026-Q4`, `2026-H2`, `2026-2027`, `2026`; a term (học kì) is called after the year in which the school year begins: `2026-T2` */
  id: string;
  kind: PeriodKind;
  months: readonly Month[];
  /** Of a year of the calendar: its months that belong to the school year before. */
  earlier?: { year_id: string; months: readonly Month[] };
}

/**
 * The periods of a school year: its months, the quarters and halves of the calendar that it touches, its two terms, the year
 * itself, and the year of the calendar in which it begins. Figures are closed by month, so a month belongs whole to the term
 * in which its 15th lies. The plan counts by the calendar, the curriculum by school years: a calendar year's report tells of
 * both school years that it touches, each by its own denominators.
 * Source: DOMAIN §8; plan 1027, part III (reports by month, quarter and year).
 */
export function periodsOf(year: { id: string; term1_starts_on: Day; term2_starts_on: Day; ends_on: Day }): Period[] {
  const months = monthsOfYear(year);
  const grouped = (kind: PeriodKind, idOf: (month: Month) => string): Period[] =>
    [...new Set(months.map(idOf))].map((id) => ({ id, kind, months: months.filter((month) => idOf(month) === id) }));
  const number = (month: Month): number => Number(month.slice(5));
  return [
    ...grouped("month", (month) => month),
    ...grouped("quarter", (month) => `${month.slice(0, 4)}-Q${Math.ceil(number(month) / 3)}`),
    ...grouped("half", (month) => `${month.slice(0, 4)}-H${number(month) <= 6 ? 1 : 2}`),
    ...grouped("term", (month) => `${year.id.slice(0, 4)}-T${`${month}-15` < year.term2_starts_on ? 1 : 2}`),
    { id: year.id, kind: "year", months },
    calendarYear(year.id, months),
  ];
}

function calendarYear(year_id: string, months: readonly Month[]): Period {
  const id = year_id.slice(0, 4);
  const all = Array.from({ length: 12 }, (_, i) => `${id}-${String(i + 1).padStart(2, "0")}`);
  const own = months.filter((month) => month.startsWith(id));
  return { id, kind: "calendar", months: own, earlier: { year_id: `${Number(id) - 1}-${id}`, months: all.filter((month) => month < (own[0] ?? "")) } };
}

/** The month whose closing tells how things stood at the end of the period. */
export function lastMonthOf(period: Period): Month {
  const last = period.months.at(-1);
  if (last === undefined) throw new RangeError(`the period ${period.id} has no month`);
  return last;
}

/** What a report says of one school or of many. */
export interface Totals {
  schools: number;
  online_met: number;
  digitised_met: number;
  without_plan: number;
  counted: Hundredths;
  in_period: Hundredths;
  planned: number;
  /** By the counter that the target means. */
  covered: number;
  lessons: number;
}

/** Adds the closed figures of schools. One school is a sum of one; no percentage is ever averaged. */
export function totalsOf(closed: readonly Figures[], period: Pick<Period, "months">): Totals {
  const sum = (of: (figures: Figures) => number): number => closed.reduce((total, one) => total + of(one), 0);
  const withPlan = (of: (figures: Figures) => number) => (figures: Figures): number => (figures.subjects_planned === 0 ? 0 : of(figures));
  return {
    schools: closed.length,
    online_met: closed.filter((one) => onlineAnswer(one) === "met").length,
    digitised_met: closed.filter((one) => digitisedAnswer(one) === "met").length,
    without_plan: closed.filter((one) => one.subjects_planned === 0).length,
    counted: hundredths(sum(withPlan((one) => numberOf(one.counted)))),
    in_period: hundredths(sum(withPlan((one) => numberOf(addHundredths(period.months.flatMap((month) => one.months[month] ?? [])))))),
    planned: sum(withPlan((one) => one.planned)),
    covered: sum(withPlan((one) => (one.counter === "own" ? one.own : one.covered))),
    lessons: sum(withPlan((one) => one.lessons)),
  };
}
