import { weekOfDay, weeksReached, type StudyWeek } from "../../calendar/rules.ts";
import type { Day } from "../../platform/clock.ts";

/**
 * Where a count will stand when the school year ends, if the coming weeks are like the last ones. Pure.
 *
 * The counts are hundredths of periods or whole lessons; a week is a study week that is over. Nothing here knows of a target.
 */

/** Fewer weeks than this say too little of a pace: no forecast, and the page says so. */
export const WEEKS_NEEDED = 4;
/** The pace is that of the last weeks only: what was usual in September says little of April. */
export const WEEKS_USED = 8;

/** What is known of a count so far. */
export interface Pace {
  /** What each study week that is over added, the oldest first. */
  weeks: readonly number[];
  /** Study weeks that are not over, the running one included. */
  weeks_left: number;
  /** The count at the end of the last week that is over. */
  so_far: number;
  /** The count now: never less than `so_far`, since the running week adds to it. */
  now: number;
  /** What the count cannot pass: the periods or lessons of the plan. */
  most: number;
}

/** Of ten school years that went like this one, the count of about eight ends between `low` and `high`. */
export interface Band {
  low: number;
  expected: number;
  high: number;
}

export type Forecast =
  | { known: false; why: "no_plan" | "too_few_weeks" | "over" }
  /** `per_week`: whole ones, on average. */
  | (Band & { known: true; weeks_used: number; weeks_left: number; per_week: number; ahead: Band[] });

/** Student's t for 80 % in the middle, by degrees of freedom from 3 to 7: few weeks make a wider band. */
const T80 = [1.638, 1.533, 1.476, 1.44, 1.415];

/**
 * The forecast to the end of the year.
 *
 * Mean of the last weeks (8 at most) times the weeks left. The band is the prediction interval of a sum of that many
 * weeks when mean and spread are themselves known from few weeks: spread² · left · (1 + left ÷ used). Weeks that are all
 * alike by chance are not believed to stay so: a week's variance is at least its mean, as of events that come one by one.
 * What has been counted is never forecast away, and nothing passes the plan.
 *
 * @param unit how many of the counts make one: 100 where they are hundredths. What is forecast are whole ones, in that unit.
 */
export function forecast(pace: Pace, unit = 1): Forecast {
  if (pace.most === 0) return { known: false, why: "no_plan" };
  if (pace.weeks_left <= 0) return { known: false, why: "over" };
  const found = forecastOfOnes({ weeks: pace.weeks.map((week) => week / unit), weeks_left: pace.weeks_left, so_far: pace.so_far / unit, now: pace.now / unit, most: pace.most / unit });
  const counted = ({ low, expected, high }: Band): Band => ({ low: Math.round(low * unit), expected: Math.round(expected * unit), high: Math.round(high * unit) });
  return found.known ? { ...found, ...counted(found), ahead: found.ahead.map(counted) } : found;
}

function forecastOfOnes(pace: Pace): Forecast {
  const used = pace.weeks.slice(-WEEKS_USED);
  if (used.length < WEEKS_NEEDED) return { known: false, why: "too_few_weeks" };
  const mean = used.reduce((sum, week) => sum + week, 0) / used.length;
  const squares = used.reduce((sum, week) => sum + (week - mean) ** 2, 0);
  const variance = Math.max(squares / (used.length - 1), mean, 1 / used.length);
  const ahead = Array.from({ length: pace.weeks_left }, (_, i) => bandAt(pace, i + 1, { mean, variance, used: used.length }));
  const last = ahead.at(-1) ?? { low: pace.now, expected: pace.now, high: pace.now };
  return { known: true, ...last, weeks_used: used.length, weeks_left: pace.weeks_left, per_week: mean, ahead };
}

function bandAt({ so_far, now, most }: Pace, weeks: number, { mean, variance, used }: { mean: number; variance: number; used: number }): Band {
  const middle = so_far + mean * weeks;
  const half = (T80[used - WEEKS_NEEDED] ?? 1.3) * Math.sqrt(variance * weeks * (1 + weeks / used));
  const between = (count: number): number => Math.min(Math.max(most, now), Math.max(now, count));
  return { low: between(Math.floor(middle - half)), expected: between(Math.round(middle)), high: between(Math.ceil(middle + half)) };
}

/** What a forecast says of a target: reached by the whole band, by none of it, or by a part. */
export type Prospect = "likely" | "open" | "unlikely";

export function prospect(band: Band, reaches: (count: number) => boolean): Prospect {
  if (reaches(band.low)) return "likely";
  return reaches(band.high) ? "open" : "unlikely";
}

/** How many a week are still needed on average, rounded up; 0 where nothing is missing, undefined where no week is left. */
export function neededPerWeek(missing: number, weeks_left: number): number | undefined {
  if (missing <= 0) return 0;
  return weeks_left <= 0 ? undefined : Math.ceil(missing / weeks_left);
}

/** A group smaller than this says too much of each of its members, so nothing is shown of it. Source: issue 5, point 3. */
export const GROUP_MIN = 5;

/** The middle half of a group: a quarter of it lies below `lower`, half below `median`, three quarters below `upper`. */
export interface Quartiles {
  size: number;
  lower: number;
  median: number;
  upper: number;
}

/** Quartiles of whole numbers (basis points), each cut down; undefined for a group that is too small to be shown. */
export function quartiles(values: readonly number[]): Quartiles | undefined {
  if (values.length < GROUP_MIN) return undefined;
  const sorted = [...values].sort((a, b) => a - b);
  const at = (part: number): number => {
    const place = (sorted.length - 1) * part;
    const [below = 0, above = below] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]];
    return Math.floor(below + (above - below) * (place - Math.floor(place)));
  };
  return { size: sorted.length, lower: at(0.25), median: at(0.5), upper: at(0.75) };
}

/** Where a figure stands among those of its group, without saying whose the others are. */
export function quarterOf(value: number, { lower, median, upper }: Quartiles): 1 | 2 | 3 | 4 {
  if (value >= upper) return 4;
  if (value >= median) return 3;
  return value >= lower ? 2 : 1;
}

export type AlikeBy = "level_and_area" | "level" | "province";

/**
 * The circles of schools that a school may be compared with, the narrowest first: of its level and area, of its level, of
 * the province. The school itself is in each; a circle of fewer than five is left out.
 */
export function schoolsAlike<S extends { level: string | null; area: string | null }>(own: { level: string | null; area: string | null }, all: readonly S[]): { by: AlikeBy; schools: S[] }[] {
  const of_level = all.filter((school) => school.level === own.level);
  const circles: { by: AlikeBy; schools: S[] }[] = [
    { by: "level_and_area", schools: of_level.filter((school) => school.area === own.area) },
    { by: "level", schools: of_level },
    { by: "province", schools: [...all] },
  ];
  return circles.filter((circle) => circle.schools.length >= GROUP_MIN);
}

/** What one study week added, and the count it led to. */
export interface WeekPoint {
  week: number;
  added: number;
  so_far: number;
}

/** What each study week that has begun added. A day in a holiday belongs to the week that was reached, one before the year to none. */
export function seriesOf(days: readonly { on: Day; added: number }[], weeks: readonly StudyWeek[], date: Day): WeekPoint[] {
  const added = new Map<number, number>();
  for (const day of days.filter((one) => one.on <= date)) {
    const week = weekOfDay(weeks, day.on)?.number ?? weeksReached(weeks, day.on);
    added.set(week, (added.get(week) ?? 0) + day.added);
  }
  let so_far = added.get(0) ?? 0;
  return Array.from({ length: weeksReached(weeks, date) }, (_, i) => {
    const more = added.get(i + 1) ?? 0;
    so_far += more;
    return { week: i + 1, added: more, so_far };
  });
}

/** The pace of a series at a day: the weeks that are over make it, the running one does not. */
export function paceOf(points: readonly WeekPoint[], weeks: readonly StudyWeek[], date: Day, most: number): Pace {
  const over = weeks.filter((week) => week.ends_on <= date).length;
  const [last, last_over] = [points.at(-1), points[over - 1]];
  return { weeks: points.slice(0, over).map((point) => point.added), weeks_left: weeks.length - over, so_far: last_over?.so_far ?? 0, now: last?.so_far ?? 0, most };
}

/** The same by calendar month, from the first month of the year's weeks to the month of the day (or of the last week). */
export function monthsOfSeries(days: readonly { on: Day; added: number }[], weeks: readonly StudyWeek[], date: Day): { month: string; added: number; so_far: number }[] {
  const [first, last] = [weeks[0]?.starts_on.slice(0, 7), weeks.at(-1)?.ends_on.slice(0, 7)];
  if (first === undefined || last === undefined || date.slice(0, 7) < first) return [];
  const end = date.slice(0, 7) < last ? date.slice(0, 7) : last;
  const count = (of: (month: string) => boolean): number => days.filter((day) => day.on <= date && of(day.on.slice(0, 7))).reduce((sum, day) => sum + day.added, 0);
  const months: { month: string; added: number; so_far: number }[] = [];
  for (let month = first; month <= end; month = monthAfter(month)) {
    const from = month === first ? "" : month;
    const to = month === end ? "9999-99" : month; // what was added in the holidays before and after belongs to the edge
    const added = count((one) => one >= from && one <= to);
    months.push({ month, added, so_far: (months.at(-1)?.so_far ?? 0) + added });
  }
  return months;
}

function monthAfter(month: string): string {
  const [year = 0, number = 1] = month.split("-").map(Number);
  return number === 12 ? `${year + 1}-01` : `${year}-${String(number + 1).padStart(2, "0")}`;
}
