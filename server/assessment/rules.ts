import { addDays, weekdayOf, type Day } from "../platform/clock.ts";

interface Days {
  starts_on: Day;
  ends_on: Day;
}

/** How many school days back an institution must have been active. Source: DOMAIN §2.3. */
export const ACTIVE_DAYS = 30;
/** The share of its pupils that must have signed in within them, in basis points. Source: DOMAIN §2.3. */
export const ACTIVE_PUPILS_BP = 1000;

/**
 * The day on which the last thirty school days began: Monday to Saturday of the study weeks, without holidays, this day
 * included. Where the year is younger than that, its first day.
 */
export function activeSince(weeks: readonly Days[], off: readonly { from_on: Day; to_on: Day }[], today: Day): Day {
  const first = weeks[0]?.starts_on ?? today;
  let counted = 0;
  for (let day = today; day >= first; day = addDays(day, -1)) {
    if (weekdayOf(day) === 7 || off.some((one) => one.from_on <= day && day <= one.to_on)) continue;
    if (!weeks.some((week) => week.starts_on <= day && day <= week.ends_on)) continue;
    counted += 1;
    if (counted === ACTIVE_DAYS) return day;
  }
  return first < today ? first : today;
}

/** Whether an institution runs the LMS (target 2.3): it taught or approved something, and a tenth of its pupils came. */
export function isActive(seen: { periods: number; materials: number; pupils: number; signed_in: number }): boolean {
  return seen.periods + seen.materials > 0 && seen.pupils > 0 && seen.signed_in * 10_000 >= seen.pupils * ACTIVE_PUPILS_BP;
}
