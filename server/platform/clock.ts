/** An instant: ISO 8601 in UTC of fixed width, `2026-09-05T07:00:00.000Z`. Sorts as time on every engine. */
export type Instant = string;
/** A school day in Viet Nam: `YYYY-MM-DD`. */
export type Day = string;

/** Viet Nam has one time zone and no summer time. */
export const VIET_NAM_OFFSET_MINUTES = 7 * 60;

/** The time now: the only place of the server that asks the machine for it. */
export function now(): Instant {
  return new Date().toISOString();
}

/** The school day in Viet Nam on which an instant falls: 17:30 UTC of the 31st is already the 1st there. */
export function dayOf(at: Instant): Day {
  return new Date(Date.parse(at) + VIET_NAM_OFFSET_MINUTES * 60_000).toISOString().slice(0, 10);
}

/** The instant at which a Vietnamese day and wall-clock time (`07:00`) fall. */
export function instantOf(day: Day, time = "00:00"): Instant {
  return new Date(Date.parse(`${day}T${time}:00.000Z`) - VIET_NAM_OFFSET_MINUTES * 60_000).toISOString();
}

/** The wall-clock time in Viet Nam, `07:05`. */
export function timeOf(at: Instant): string {
  return new Date(Date.parse(at) + VIET_NAM_OFFSET_MINUTES * 60_000).toISOString().slice(11, 16);
}

/** The beginning of its minute: what is asked about it can be remembered. */
export function minuteOf(at: Instant): Instant {
  return `${at.slice(0, 16)}:00.000Z`;
}

export function addMinutes(at: Instant, minutes: number): Instant {
  return new Date(Date.parse(at) + minutes * 60_000).toISOString();
}

export function addDays(day: Day, days: number): Day {
  return new Date(Date.parse(`${day}T00:00:00.000Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

/** Monday is 1, Sunday is 7. */
export function weekdayOf(day: Day): number {
  return new Date(`${day}T00:00:00.000Z`).getUTCDay() || 7;
}

export function minutesBetween(from: Instant, to: Instant): number {
  return (Date.parse(to) - Date.parse(from)) / 60_000;
}
