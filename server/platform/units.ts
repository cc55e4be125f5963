/**
 * The units that figures are counted in, and how shares are compared: in whole numbers, so that no rounding decides
 * whether a school has met its target.
 */
declare const unit: unique symbol;
type Counted<Name extends string> = number & { readonly [unit]: Name };

/** Teaching periods (tiết). */
export type Periods = Counted<"periods">;
/** Rows of a subject's yearly plan (bài học). */
export type Lessons = Counted<"lessons">;
/** Pupils of a class list. */
export type Pupils = Counted<"pupils">;
/** Whole minutes; what a clock measured is cut down to them, never rounded up. */
export type Minutes = Counted<"minutes">;
/** Hundredths of a percent: 200 is 2 %, 10,000 is the whole. */
export type BasisPoints = Counted<"basis points">;

declare const hundredth: unique symbol;
/**
 * Hundredths of a teaching period: what counts of the online periods, since a period may count in part. A number when it runs,
 * but none to the compiler, so that nobody adds it to periods or prints it for them: `numberOf` says it aloud.
 */
export interface Hundredths {
  readonly [hundredth]: "of a period";
}
/** A whole period. */
export const PERIOD = 100;

/** The whole, in basis points. */
export const WHOLE = 10_000;

export const periods = (count: number): Periods => whole(count) as Periods;
export const lessons = (count: number): Lessons => whole(count) as Lessons;
export const pupils = (count: number): Pupils => whole(count) as Pupils;
export const minutes = (count: number): Minutes => whole(count) as Minutes;
export const basisPoints = (count: number): BasisPoints => whole(count) as BasisPoints;
export const hundredths = (count: number): Hundredths => whole(count) as unknown as Hundredths;
/** Whole periods, in hundredths. */
export const wholePeriods = (count: number): Hundredths => hundredths(count * PERIOD);
/** How many hundredths. */
export const numberOf = (counted: Hundredths): number => counted as unknown as number;
export const addHundredths = (all: readonly Hundredths[]): Hundredths => hundredths(all.reduce((sum, one) => sum + numberOf(one), 0));

/** Is `part` of `whole` strictly above the target? 21 of 1,050 is exactly 2 % and is not above it. */
export function isAbove(part: number, whole: number, target: BasisPoints): boolean {
  return part * WHOLE > whole * target;
}

/** Does `part` of `whole` reach the target? Reaching it exactly is enough. */
export function isAtLeast(part: number, whole: number, target: BasisPoints): boolean {
  return part * WHOLE >= whole * target;
}

/** The smallest whole number that is strictly above the target's share of `whole`. */
export function smallestAbove(whole: number, target: BasisPoints): number {
  return Math.floor((whole * target) / WHOLE) + 1;
}

/** The smallest whole number that reaches the target's share of `whole`: 5 % of 35 lessons is 2. */
export function smallestAtLeast(whole: number, target: BasisPoints): number {
  return Math.ceil((whole * target) / WHOLE);
}

/** The rate that a page prints, cut down to hundredths of a percent: a page never shows more than was reached. */
export function rate(part: number, whole: number): BasisPoints {
  return whole === 0 ? basisPoints(0) : basisPoints(Math.floor((part * WHOLE) / whole));
}

function whole(count: number): number {
  if (!Number.isSafeInteger(count) || count < 0) throw new RangeError(`not a count: ${count}`);
  return count;
}
