import type { CountedLine, Told } from "../platform/rules/small-groups.ts";
import { isAbove, isAtLeast, type BasisPoints } from "../platform/units.ts";

/**
 * The law of the plan's scoreboard: pure, whole numbers only.
 *
 * An indicator is one of three measures. `schools`: the share of institutions that do something; a school says yes or no.
 * `ratio`: a share of people or things; parts and wholes are added up, never percentages. `count`: a number; the target is
 * each school's own. Source: plan 1027/KH-SGDĐT, sections I.1–I.4; DOMAIN §1 and §2.3.
 */
export const MEASURES = ["schools", "ratio", "count"] as const;
export type Measure = (typeof MEASURES)[number];

/** How a figure must stand to its target. "Above" is strict: exactly 2 % is not above 2 %. */
export const DIRECTIONS = ["at_least", "above", "at_most"] as const;
export type Direction = (typeof DIRECTIONS)[number];

export const AREAS = ["town", "rural", "mountain"] as const;
export type Area = (typeof AREAS)[number];

/** Thresholds by area: basis points for shares, numbers for counts. `all` holds where an area has none of its own. */
export type Thresholds = Partial<Record<Area | "all", number>>;

export type Answer = "met" | "not_met" | "no_value";

/** A figure of one school: a part of a whole; a number over 1 for a count; 1 or 0 of 1 for yes and no. */
export interface Figure {
  part: number;
  whole: number;
  /** Where the figure has an answer of its own (the two measures have their own targets), that one. */
  reached?: boolean | undefined;
}

export interface Target {
  measure: Measure;
  direction: Direction;
  thresholds: Thresholds;
}

export interface Line {
  area: string | null;
  figure: Figure | undefined;
}

/** The threshold for an area: its own, else the one of all. Undefined where the target names neither. */
export function thresholdOf(thresholds: Thresholds, area: string | null): number | undefined {
  return (AREAS as readonly string[]).includes(area ?? "") ? (thresholds[area as Area] ?? thresholds.all) : thresholds.all;
}

/** Does a figure reach a threshold? Compared in whole numbers: no rounding decides. */
export function reaches(target: Pick<Target, "measure" | "direction">, figure: Figure, threshold: number): boolean {
  const { part, whole } = figure;
  if (target.measure === "count") return target.direction === "above" ? part > threshold : target.direction === "at_least" ? part >= threshold : part <= threshold;
  const bp = threshold as BasisPoints;
  return target.direction === "above" ? isAbove(part, whole, bp) : target.direction === "at_least" ? isAtLeast(part, whole, bp) : !isAbove(part, whole, bp);
}

/** What one school's figure says: of a target for institutions, whether it does what is asked. */
export function schoolAnswer(target: Target, line: Line): Answer {
  const { figure } = line;
  if (figure === undefined) return "no_value";
  if (figure.reached !== undefined) return figure.reached ? "met" : "not_met";
  if (target.measure === "schools") return figure.whole > 0 && figure.part >= figure.whole ? "met" : "not_met";
  if (target.measure === "ratio" && figure.whole === 0) return "no_value";
  const threshold = thresholdOf(target.thresholds, line.area);
  return threshold === undefined ? "no_value" : reaches(target, figure, threshold) ? "met" : "not_met";
}

/** What the schools of an office, an area or the province say together. */
export interface RollUp {
  schools: number;
  /** Schools whose own figure meets what is asked. */
  met: number;
  /** Schools of which nothing is known: they count among the schools, and are never taken for a no that was given. */
  without: number;
  part: number;
  whole: number;
}

/** Adds schools up: institutions are counted, parts and wholes are summed, numbers are summed. */
export function addUp(target: Target, lines: readonly Line[]): RollUp {
  const sum: RollUp = { schools: lines.length, met: 0, without: 0, part: 0, whole: 0 };
  for (const line of lines) {
    const answer = schoolAnswer(target, line);
    if (answer === "met") sum.met += 1;
    if (answer === "no_value") sum.without += 1;
    if (target.measure === "schools" || line.figure === undefined) continue;
    sum.part += line.figure.part;
    sum.whole += target.measure === "count" ? 0 : line.figure.whole;
  }
  if (target.measure === "schools") return { ...sum, part: sum.met, whole: sum.schools };
  return target.measure === "count" ? { ...sum, whole: 1 } : sum;
}

/**
 * Whether schools together meet the target: every area that has a threshold of its own must meet it, and the schools of
 * the other areas together that of all. A count is met when every school meets its own.
 */
export function togetherAnswer(target: Target, lines: readonly Line[]): Answer {
  const groups = groupsOf(target.thresholds, lines);
  const answers = groups.map(({ threshold, lines: own }): Answer => {
    const sum = addUp(target, own);
    if (threshold === undefined || sum.without === sum.schools) return "no_value";
    if (target.measure === "count") return sum.met === sum.schools ? "met" : "not_met";
    if (sum.whole === 0) return "no_value";
    return reaches(target, sum, threshold) ? "met" : "not_met";
  });
  if (answers.includes("not_met")) return "not_met";
  if (answers.length === 0 || answers.every((answer) => answer === "no_value")) return "no_value";
  // Of a share of institutions, a whole area that said nothing has not reached it.
  return answers.includes("no_value") ? "not_met" : "met";
}

/** Schools that are held to one threshold. */
export interface Group<L extends Line = Line> {
  area: Area | "all";
  threshold: number | undefined;
  lines: L[];
}

/** The groups that have a threshold each: areas with their own, and everybody else. */
export function groupsOf<L extends Line>(thresholds: Thresholds, lines: readonly L[]): Group<L>[] {
  const own = AREAS.filter((area) => thresholds[area] !== undefined);
  const groups = own.map((area) => ({ area, threshold: thresholds[area], lines: lines.filter((line) => line.area === area) }));
  const rest = { area: "all" as const, threshold: thresholds.all, lines: lines.filter((line) => !own.some((area) => area === line.area)) };
  return [...groups, rest].filter((group) => group.lines.length > 0);
}

/** The value that holds in a month: the latest one of that month or before that the level above has confirmed. */
export function holding<V extends { month: string; state: string }>(values: readonly V[], month: string): V | undefined {
  return values.filter((value) => value.month <= month && value.state === "confirmed").reduce<V | undefined>((last, value) => (last === undefined || value.month > last.month ? value : last), undefined);
}

export type ToldAnswer = Answer | "hidden";

/** The answer of lines together, where it may be told. */
export function toldTogether({ indicator, lines, told }: { indicator: Target; lines: readonly (Line & CountedLine)[]; told: Told }): ToldAnswer {
  return told.tellsSum(lines) ? togetherAnswer(indicator, lines) : "hidden";
}

/** The answer of one line as it may be told: whether an institution does something is no fact about its people. */
export function toldAnswer({ indicator, told }: { indicator: Target; told: Told }, line: Line & CountedLine): ToldAnswer {
  return indicator.measure !== "schools" && told.hides(line) ? "hidden" : schoolAnswer(indicator, line);
}

/** What a cell of a spreadsheet says of a figure. */
export type CellProblem = "not_a_number" | "not_yes_or_no" | "part_above_whole" | "whole_missing" | "part_missing" | "too_large";
export const FIGURE_MAX = 10_000_000;

const YES = new Set(["có", "co", "x", "1", "yes", "y", "đạt", "true"]);
const NO = new Set(["không", "khong", "0", "no", "n", "chưa", "chua", "chưa đạt", "false"]);

/** Yes or no as people write it. Undefined: neither. */
export function yesOrNo(text: string): boolean | undefined {
  const word = text.trim().toLocaleLowerCase("vi");
  return YES.has(word) ? true : NO.has(word) ? false : undefined;
}

/** A whole number as Vietnamese files write it: `1250`, `1.250`. Undefined where it is none. */
export function wholeNumber(text: string): number | undefined {
  const plain = text.trim();
  if (!/^\d{1,3}([. ]\d{3})+$|^\d{1,9}$/.test(plain)) return undefined;
  return Number(plain.replace(/[. ]/g, ""));
}

/** Whether a part fits its whole. */
export function figureProblem(measure: Measure, part: number, whole: number): CellProblem | undefined {
  if (part > FIGURE_MAX || whole > FIGURE_MAX) return "too_large";
  return measure === "ratio" && part > whole ? "part_above_whole" : undefined;
}
