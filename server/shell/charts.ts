import { WHOLE, rate } from "../platform/units.ts";

/** Geometry of charts: numbers in, SVG attributes out. Horizontal places are percents of the width, so nothing is stretched. */
export type Percent = `${number}%`;
type Anchor = "start" | "middle" | "end";

export interface MeterGeometry {
  fill: Percent;
  target: Percent;
  /** The target's place in words of SVG, so that its label never leaves the picture. */
  targetAnchor: Anchor;
  /** The scale's end in basis points. */
  maxBp: number;
  /** Is there room for the end of the scale beside the target's label? */
  showMax: boolean;
}

/**
 * A bar from 0 to a sensible maximum with the target on it: the target stands at two thirds until the figure outgrows it.
 * Without a plan (`planned` 0) the bar is empty, and the page says so in words.
 */
export function meterGeometry(counted: number, planned: number, targetBp: number): MeterGeometry {
  const reached = rate(counted, planned);
  const maxBp = Math.min(WHOLE, niceCeiling(Math.max(targetBp * 1.5, reached * 1.1, 1)));
  const target = targetBp / maxBp;
  return {
    fill: percent(Math.min(1, reached / maxBp)),
    target: percent(target),
    targetAnchor: anchorAt(target),
    maxBp,
    showMax: target < 0.72,
  };
}

/** How warm a cell of the heat table is: 0 nothing, 1 under half the target, 2 under it, 3 met, 4 twice the target or more. */
export function heatLevel(counted: number, planned: number, targetBp: number): "none" | "0" | "1" | "2" | "3" | "4" {
  if (planned === 0) return "none";
  if (counted === 0) return "0";
  const reached = counted * WHOLE;
  const target = planned * targetBp;
  if (reached * 2 < target) return "1";
  if (reached < target) return "2";
  return reached < target * 2 ? "3" : "4";
}

export interface TrendPoint {
  label: string;
  /** Basis points, or nothing where no figure exists. */
  bp: number | undefined;
  /** The figure as people read it. */
  text: string;
}

export interface TrendGeometry {
  /** Paths in a square of 100 by 100 that is stretched over the plot. */
  line: string;
  area: string;
  dots: { x: Percent; y: Percent; title: string; last: boolean }[];
  yTicks: { y: Percent; labelY: Percent; bp: number }[];
  xTicks: { x: Percent; label: string; anchor: Anchor }[];
  target: Percent | undefined;
  /** What is foreseen after the last figure: the band and the line in its middle. Empty where nothing is. */
  band: string;
  ahead: string;
  /** The same weeks of the year before. Empty where nothing is known of it. */
  before: string;
}

/** What is drawn beside the figures themselves, all in basis points and on the places of the points. */
export interface TrendExtras {
  /** `from` is the place of the last figure that the foresight starts at; each step lies one place further. */
  ahead?: { from: number; steps: readonly { low: number; expected: number; high: number }[] } | undefined;
  before?: readonly (number | undefined)[] | undefined;
}

const LEFT = 9; // room for the words of the scale
const RIGHT = 97;
const X_LABELS_MAX = 5;
const TOP = 6;
const BOTTOM = 88;

/** A line over time with the target across it. Gaps stay gaps: a week without a figure is not a zero. */
export function trendGeometry(points: readonly TrendPoint[], targetBp?: number, { ahead, before = [] }: TrendExtras = {}): TrendGeometry {
  const steps = ahead?.steps ?? [];
  const highest = Math.max(1, targetBp ?? 0, ...points.map((point) => point.bp ?? 0), ...steps.map((step) => step.high), ...before.map((bp) => bp ?? 0));
  const ticks = niceTicks(highest * 1.1);
  const max = ticks.at(-1) ?? 1;
  const x = (index: number): number => (points.length < 2 ? 50 : LEFT + (index * (RIGHT - LEFT)) / (points.length - 1));
  const y = (bp: number): number => BOTTOM - (bp / max) * (BOTTOM - TOP);
  const known = points.flatMap((point, index) => (point.bp === undefined ? [] : [{ ...point, bp: point.bp, index }]));
  const runs = runsOf(known.map((point) => ({ index: point.index, x: x(point.index), y: y(point.bp) })));
  const from = ahead?.from ?? 0;
  const start = points[from]?.bp ?? 0;
  const foreseen = (of: "low" | "expected" | "high"): Place[] =>
    steps.length === 0 ? [] : [start, ...steps.map((one) => one[of])].map((bp, at) => ({ index: from + at, x: x(from + at), y: y(bp) }));
  const edge = [...foreseen("high"), ...foreseen("low").reverse()];
  const step = Math.max(1, Math.ceil(points.length / X_LABELS_MAX));
  return {
    line: runs.map(pathOf).join(""),
    area: runs.map((run) => `${pathOf(run)}V${BOTTOM}H${round(run[0]?.x ?? 0)}Z`).join(""),
    dots: known.map((point, at) => ({
      x: percent(x(point.index) / 100),
      y: percent(y(point.bp) / 100),
      title: `${point.label}: ${point.text}`,
      last: at === known.length - 1,
    })),
    yTicks: ticks.map((bp) => ({ y: percent(y(bp) / 100), labelY: percent((y(bp) - 1.5) / 100), bp })),
    xTicks: points.flatMap((point, index) =>
      index % step === 0 ? [{ ...edgeOf(x(index) / 100), label: point.label }] : [],
    ),
    target: targetBp === undefined ? undefined : percent(y(targetBp) / 100),
    band: edge.length === 0 ? "" : `${pathOf(edge)}Z`,
    ahead: pathOf(foreseen("expected")),
    before: runsOf(before.flatMap((bp, index) => (bp === undefined ? [] : [{ index, x: x(index), y: y(bp) }]))).map(pathOf).join(""),
  };
}

/** A line without words, in a square of 100 by 100; the text beside it says the last figure. */
export function sparkGeometry(values: readonly (number | undefined)[], targetBp?: number): { line: string; target: number | undefined } {
  const max = Math.max(1, targetBp ?? 0, ...values.map((value) => value ?? 0)) * 1.1;
  const y = (bp: number): number => 96 - (bp / max) * 92;
  const known = values.flatMap((value, index) =>
    value === undefined ? [] : [{ index, x: values.length < 2 ? 50 : (index * 100) / (values.length - 1), y: y(value) }],
  );
  return { line: runsOf(known).map(pathOf).join(""), target: targetBp === undefined ? undefined : round(y(targetBp)) };
}

interface Place {
  index: number;
  x: number;
  y: number;
}

function runsOf(places: readonly Place[]): Place[][] {
  const runs: Place[][] = [];
  let before = -2;
  for (const place of places) {
    if (place.index !== before + 1) runs.push([]);
    runs.at(-1)?.push(place);
    before = place.index;
  }
  return runs;
}

function pathOf(run: readonly Place[]): string {
  return run.map((place, at) => `${at === 0 ? "M" : "L"}${round(place.x)} ${round(place.y)}`).join("");
}

/** The next 1, 1.5, 2, 3, 5 or 7.5 times a power of ten: a scale that ends on a number people know. */
function niceCeiling(bp: number): number {
  const power = 10 ** Math.floor(Math.log10(bp));
  const step = [1, 1.5, 2, 3, 5, 7.5, 10].find((candidate) => candidate * power >= bp) ?? 10;
  return step * power;
}

function niceTicks(highest: number): number[] {
  const power = 10 ** Math.floor(Math.log10(highest / 3));
  const step = [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((candidate) => candidate * 4 >= highest) ?? power * 10;
  return Array.from({ length: Math.ceil(highest / step) + 1 }, (_, index) => index * step);
}

function anchorAt(part: number): Anchor {
  if (part < 0.15) return "start";
  return part > 0.85 ? "end" : "middle";
}

/** A label stands under its point; at the right edge it is written from that edge. */
function edgeOf(part: number): { x: Percent; anchor: Anchor } {
  return part > 0.85 ? { x: "100%", anchor: "end" } : { x: percent(part), anchor: "middle" };
}

function percent(part: number): Percent {
  return `${round(part * 100)}%`;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
