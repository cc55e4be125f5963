import { dayOf, minutesBetween, type Instant } from "../../platform/clock.ts";

/** A number of people below this is not told to officers above the school: it would point at persons. Source: issue 5, point 3. */
export const HIDDEN_BELOW = 5;

/** What a reader may know of a number of people: the number, that there are few, or that there are none. */
export function peopleShown(count: number, is_officer: boolean): number | "few" {
  return is_officer && count > 0 && count < HIDDEN_BELOW ? "few" : count;
}

/** Attendance of fewer than five places is not told to officers either: with so few, a rate is a pupil. */
export function attendanceShown(month: MonthOfUse, is_officer: boolean): MonthOfUse {
  return is_officer && month.listed < HIDDEN_BELOW ? { ...month, listed: 0, present: 0 } : month;
}

export interface MonthOfUse {
  month: string;
  classes: number;
  minutes: number;
  listed: number;
  present: number;
}

/** Live classes by calendar month in Viet Nam, the first month first. Minutes are cut down, never rounded up. */
export function monthsOfUse(classes: readonly { starts_at: Instant; opened_at: Instant | null; ended_at: Instant | null; listed: number; present: number }[]): MonthOfUse[] {
  const months = new Map<string, MonthOfUse>();
  for (const held of classes) {
    const month = dayOf(held.starts_at).slice(0, 7);
    const sum = months.get(month) ?? { month, classes: 0, minutes: 0, listed: 0, present: 0 };
    const minutes = held.opened_at && held.ended_at ? Math.max(0, Math.floor(minutesBetween(held.opened_at, held.ended_at))) : 0;
    months.set(month, { month, classes: sum.classes + 1, minutes: sum.minutes + minutes, listed: sum.listed + held.listed, present: sum.present + held.present });
  }
  return [...months.values()].sort((a, b) => (a.month < b.month ? -1 : 1));
}
