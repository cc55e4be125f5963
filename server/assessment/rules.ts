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
  return (seen.periods >= 1 || seen.materials >= 1) && seen.pupils > 0 && seen.signed_in * 10_000 >= seen.pupils * ACTIVE_PUPILS_BP;
}

/** How far a group, or the whole, has come: 1 not met, 2 basically met, 3 well met. Source: Decision 4725/QĐ-BGDĐT; DOMAIN §6. */
export type Level = 1 | 2 | 3;

/** Points of a group from which it is basically met, and above which it is well met: 50 and 75 in the decision. */
export interface Limits {
  basic_from: number;
  well_above: number;
}

export interface Criterion {
  part: number;
  points: number;
  mandatory: boolean;
}

/** What was scored: points, or of a mandatory criterion 1 for done; undefined where nothing was said. */
export interface Scored {
  criterion: Criterion;
  points: number | undefined;
}

export interface Result {
  points: { 1: number; 2: number };
  levels: { 1: Level; 2: Level };
  /** Mandatory criteria that are not done: while there is one, the whole stays at level 1. */
  mandatory_missing: number;
  level: Level;
}

/** 50 and 75 are still level 2; 49 is not yet, 76 is above. */
export function levelOf(points: number, limits: Limits): Level {
  return points < limits.basic_from ? 1 : points <= limits.well_above ? 2 : 3;
}

/** Points and level: groups are added up, the lower one decides, and a missing mandatory criterion blocks level 2. */
export function resultOf(scored: readonly Scored[], limits: Limits): Result {
  const sum = (part: number): number => scored.filter(({ criterion }) => criterion.part === part && !criterion.mandatory).reduce((total, { criterion, points }) => total + Math.max(0, Math.min(points ?? 0, criterion.points)), 0);
  const points = { 1: sum(1), 2: sum(2) };
  const levels = { 1: levelOf(points[1], limits), 2: levelOf(points[2], limits) };
  const mandatory_missing = scored.filter(({ criterion, points: done }) => criterion.mandatory && (done ?? 0) < 1).length;
  const lower = Math.min(levels[1], levels[2]) as Level;
  return { points, levels, mandatory_missing, level: mandatory_missing > 0 ? 1 : lower };
}

/**
 * What the system would score by itself: a figure that reaches `full_at` gives all points, less of it gives its share, cut
 * down. Undefined where the decision leaves the points to the school.
 */
export function suggestedPoints(criterion: Criterion & { full_at: number | null }, figure: number): number | undefined {
  if (criterion.mandatory) return figure > 0 ? 1 : 0;
  if (criterion.full_at === null || criterion.full_at <= 0) return undefined;
  return Math.floor((criterion.points * Math.min(figure, criterion.full_at)) / criterion.full_at);
}

/** The level that counts: what was sent, and is not published, has none yet. */
export function publishedLevel(one: { state: string; level: number | null } | undefined): Level | undefined {
  return one?.state === "published" && one.level !== null ? (one.level as Level) : undefined;
}

/** How the schools of a province are spread over the levels, against what plan 1027 asks: 70, 30 and 5 %. */
export const ASKED_BP: Record<Level, number> = { 1: 7000, 2: 3000, 3: 500 };

export interface Spread {
  schools: number;
  /** Schools whose level is published, at this level or above. */
  at_least: Record<Level, number>;
  met: Record<Level, boolean>;
}

/** Level 1 is reached by being assessed at all. Shares are of all schools, assessed or not. Source: plan 1027, I.3; DOMAIN §6. */
export function spreadOf(levels: readonly (Level | undefined)[]): Spread {
  const count = (level: Level): number => levels.filter((one) => one !== undefined && one >= level).length;
  const at_least = { 1: count(1), 2: count(2), 3: count(3) };
  const reached = (level: Level): boolean => levels.length > 0 && at_least[level] * 10_000 >= levels.length * ASKED_BP[level];
  return { schools: levels.length, at_least, met: { 1: reached(1), 2: reached(2), 3: reached(3) } };
}
