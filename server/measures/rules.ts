import type { BasisPoints, Hundredths, Lessons, Periods } from "../platform/units.ts";
import { addHundredths, hundredths, isAbove, isAtLeast, lessons, numberOf, PERIOD, periods, smallestAbove, smallestAtLeast } from "../platform/units.ts";

/** Counted over planned, kept as two whole numbers, the counted in hundredths; a percentage exists only on the page. */
export interface Share {
  counted: Hundredths;
  planned: Periods;
}

/** Both sides of a share in hundredths of a period: for whatever compares them or divides one by the other. */
export function sidesOf({ counted, planned }: { counted: Hundredths; planned: number }): { part: number; whole: number } {
  return { part: numberOf(counted), whole: planned * PERIOD };
}

/** Lessons of the plan that have an approved material, over the lessons of the plan. */
export interface Coverage {
  /** By whatever material, own or adopted from another school. */
  covered: Lessons;
  /** By the school's own work; a lesson with both counts here, once. Never more than `covered`. */
  own: Lessons;
  planned: Lessons;
}

/** Which of the two counters a target means: lessons covered at all, or by the school's own work. The province chooses. */
export const COUNTERS = ["all", "own"] as const;
export type Counter = (typeof COUNTERS)[number];

/** The numerator that the target means. */
export function coveredBy<Count extends number>(coverage: { covered: Count; own: Count }, counter: Counter): Count {
  return counter === "own" ? coverage.own : coverage.covered;
}

/** Lessons that only adopted materials cover. */
export function adoptedOnly(coverage: Pick<Coverage, "covered" | "own">): Lessons {
  return lessons(coverage.covered - coverage.own);
}

/** A school without a plan has not failed its target: its figure cannot be computed. */
export type Answer = "met" | "not_met" | "no_plan";

/**
 * Has the school passed the online-share target?
 *
 * Strictly above: exactly 2.0 % has not met it. Whole numbers only, so no rounding decides.
 * Source: plan 1027/KH-SGDĐT of 5 May 2023, I.2, target 2.1 ("trên 2,0 %"); formula v2.
 * A school without a plan is `no_plan`, never 0 %.
 */
export function onlineShareAnswer(share: Share | undefined, target: BasisPoints): Answer {
  if (!share || share.planned === 0) return "no_plan";
  const { part, whole } = sidesOf(share);
  return isAbove(part, whole, target) ? "met" : "not_met";
}

/** How many more whole periods must count before the share is above the target? Of 1,050 with 21 counted: 1. */
export function periodsStillNeeded(share: Share, target: BasisPoints): Periods {
  if (share.planned === 0) return periods(0);
  const { part, whole } = sidesOf(share);
  return periods(Math.ceil(Math.max(0, smallestAbove(whole, target) - part) / PERIOD));
}

/**
 * Has a subject (or a whole school) enough digitised lessons?
 *
 * Reaching the target is enough: 5.0 % exactly meets it.
 * Source: plan 1027/KH-SGDĐT, I.2, target 2.4 ("ít nhất 5 % số bài học"); formula v1.
 */
export function coverageAnswer(coverage: Coverage | undefined, target: BasisPoints, counter: Counter): Answer {
  if (!coverage || coverage.planned === 0) return "no_plan";
  return isAtLeast(coveredBy(coverage, counter), coverage.planned, target) ? "met" : "not_met";
}

/** "You need n more": 5 % of 35 lessons is 1.75, so 2, whatever a rounding would say. */
export function lessonsStillNeeded(coverage: Coverage, target: BasisPoints, counter: Counter): Lessons {
  return lessons(Math.max(0, smallestAtLeast(coverage.planned, target) - coveredBy(coverage, counter)));
}

export interface SubjectCoverage {
  subject: string;
  coverage: Coverage;
}

/** Both readings of the target's wording: every subject on its own, and the school as one. */
export interface SchoolCoverage {
  whole: Coverage;
  subjects_planned: number;
  subjects_met: number;
  weakest: SubjectCoverage | undefined;
  /** The official reading: met when every subject of the plan meets it. */
  answer: Answer;
  /** The other reading, shown beside it: lessons covered over lessons planned, over all subjects. */
  whole_answer: Answer;
}

/**
 * The digitised lessons of a school. A subject whose plan has no lesson that could be digitised is left out.
 *
 * Source: plan 1027/KH-SGDĐT, I.2, target 2.4 ("của mỗi môn học"); DOMAIN §2.2; formula v1.
 */
export function schoolCoverage(all: readonly SubjectCoverage[], target: BasisPoints, counter: Counter): SchoolCoverage {
  const subjects = all.filter(({ coverage }) => coverage.planned > 0);
  const met = subjects.filter(({ coverage }) => coverageAnswer(coverage, target, counter) === "met").length;
  const whole = addCoverages(subjects.map(({ coverage }) => coverage));
  return {
    whole,
    subjects_planned: subjects.length,
    subjects_met: met,
    weakest: [...subjects].sort((a, b) => weakestFirst(a, b, counter))[0],
    answer: subjects.length === 0 ? "no_plan" : met === subjects.length ? "met" : "not_met",
    whole_answer: coverageAnswer(whole, target, counter),
  };
}

/** Lower rate first, compared by cross-multiplication; then the larger plan, then the code, so the order is total. */
export function weakestFirst(a: SubjectCoverage, b: SubjectCoverage, counter: Counter): number {
  return (
    coveredBy(a.coverage, counter) * b.coverage.planned - coveredBy(b.coverage, counter) * a.coverage.planned ||
    b.coverage.planned - a.coverage.planned ||
    (a.subject < b.subject ? -1 : a.subject > b.subject ? 1 : 0)
  );
}

/** Adds numerators and denominators. There is no function here that averages percentages, on purpose. */
export function addShares(shares: readonly Share[]): Share {
  return {
    counted: addHundredths(shares.map((share) => share.counted)),
    planned: periods(sum(shares, (share) => share.planned)),
  };
}

export function addCoverages(coverages: readonly Coverage[]): Coverage {
  return {
    covered: lessons(sum(coverages, (coverage) => coverage.covered)),
    own: lessons(sum(coverages, (coverage) => coverage.own)),
    planned: lessons(sum(coverages, (coverage) => coverage.planned)),
  };
}

/** What is known of one school when offices add up. Undefined: the school has no plan. */
export interface SchoolFigures {
  online: Share | undefined;
  digitised: Pick<SchoolCoverage, "whole" | "answer"> | undefined;
  online_answer: Answer;
}

export interface RollUp {
  schools: number;
  without_plan: number;
  online_met: number;
  digitised_met: number;
  online: Share;
  digitised: Coverage;
}

/** The figures of an office, a cluster or the province. Source: DOMAIN §2.3; formula v1. */
export function rollUp(schools: readonly SchoolFigures[]): RollUp {
  return {
    schools: schools.length,
    without_plan: schools.filter((school) => school.online_answer === "no_plan").length,
    online_met: schools.filter((school) => school.online_answer === "met").length,
    digitised_met: schools.filter((school) => school.digitised?.answer === "met").length,
    online: addShares(schools.flatMap((school) => school.online ?? [])),
    digitised: addCoverages(schools.flatMap((school) => school.digitised?.whole ?? [])),
  };
}

/** Adds the parts of an office to the office: the same as counting all its schools at once. */
export function addRollUps(parts: readonly RollUp[]): RollUp {
  return {
    schools: sum(parts, (part) => part.schools),
    without_plan: sum(parts, (part) => part.without_plan),
    online_met: sum(parts, (part) => part.online_met),
    digitised_met: sum(parts, (part) => part.digitised_met),
    online: addShares(parts.map((part) => part.online)),
    digitised: addCoverages(parts.map((part) => part.digitised)),
  };
}

export interface DayCount {
  week: number;
  counted: Hundredths;
}

export interface WeekPoint {
  week: number;
  counted: Hundredths;
  so_far: Share;
}

/** The trend: what each week added, and the share of the year it led to. Weeks without a period are shown as 0. */
export function trendByWeek(days: readonly DayCount[], planned: Periods, last_week: number): WeekPoint[] {
  const points: WeekPoint[] = [];
  const countOf = (of: (day: DayCount) => boolean): number => sum(days.filter(of), (day) => numberOf(day.counted));
  let so_far = countOf((day) => day.week < 1);
  for (let week = 1; week <= last_week; week += 1) {
    const counted = countOf((day) => day.week === week);
    so_far += counted;
    points.push({ week, counted: hundredths(counted), so_far: { counted: hundredths(so_far), planned } });
  }
  return points;
}

/** How far a lesson's material has come: the nearer to approval, the quicker the lesson is digitised. */
export type MaterialStage = "passed" | "submitted" | "draft" | "none";
const stageOrder: Record<MaterialStage, number> = { passed: 0, submitted: 1, draft: 2, none: 3 };

export interface UncoveredLesson {
  id: string;
  subject: string;
  stage: MaterialStage;
  week: number | null;
}

/**
 * The lessons that would bring each subject to its target fastest: for every subject as many as it still needs, those
 * whose material is nearest to approval first, then those taught soonest.
 */
export function quickestLessons<L extends UncoveredLesson>(uncovered: readonly L[], needed: ReadonlyMap<string, Lessons>): L[] {
  const taken = new Map<string, number>();
  return [...uncovered].sort(quickestFirst).filter((lesson) => {
    const already = taken.get(lesson.subject) ?? 0;
    if (already >= (needed.get(lesson.subject) ?? 0)) return false;
    taken.set(lesson.subject, already + 1);
    return true;
  });
}

function quickestFirst(a: UncoveredLesson, b: UncoveredLesson): number {
  const none = Number.MAX_SAFE_INTEGER;
  return (
    stageOrder[a.stage] - stageOrder[b.stage] ||
    (a.week ?? none) - (b.week ?? none) ||
    (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)
  );
}

function sum<T>(all: readonly T[], of: (one: T) => number): number {
  return all.reduce((total, one) => total + of(one), 0);
}
