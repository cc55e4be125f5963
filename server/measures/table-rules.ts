import { coveredBy, sidesOf, type Counter, type SchoolFigures } from "./rules.ts";
import type { BasisPoints } from "../platform/units.ts";

/** How the table of an office can be ordered. `far`: those farthest below the target first; `near`: those that just miss it first. */
export const ORDERS = ["online_far", "online_near", "digitised_far", "digitised_near", "name"] as const;
export type Order = (typeof ORDERS)[number];

/** What the table can be narrowed to. */
export const RESULTS = ["online_not_met", "online_met", "digitised_not_met", "digitised_met", "no_plan"] as const;
export type Result = (typeof RESULTS)[number];

/** A school of an office as far as order and filters look at it. */
export interface Ordered {
  row: { level: string | null; subjects_planned: number; subjects_met: number };
  unit: { area: string | null; search_text: string };
  figures: SchoolFigures;
  online_target: BasisPoints;
}

export interface Narrowed {
  level: string | undefined;
  area: string | undefined;
  result: Result | undefined;
  /** Folded words that all stand in the school's name or code. */
  words: readonly string[];
  order: Order;
}

/** The schools that are asked for, in the order that is asked for. `lines` come by name; equals stay in that order. */
export function chosen<Line extends Ordered>(lines: readonly Line[], asked: Narrowed, counter: Counter): Line[] {
  const kept = lines.filter(
    ({ row, unit, figures }) =>
      (asked.level === undefined || row.level === asked.level) &&
      (asked.area === undefined || unit.area === asked.area) &&
      (asked.result === undefined || hasResult(figures, asked.result)) &&
      asked.words.every((word) => unit.search_text.includes(word)),
  );
  return asked.order === "name" ? kept : kept.sort((a, b) => compare(a, b, asked.order, counter));
}

function hasResult({ online_answer, digitised }: SchoolFigures, result: Result): boolean {
  if (result === "no_plan") return online_answer === "no_plan";
  return result.startsWith("online") ? `online_${online_answer}` === result : `digitised_${digitised?.answer}` === result;
}

/** Schools without a plan have no distance: they come last. Then who misses the target, then who meets it. */
function compare(a: Ordered, b: Ordered, order: Order, counter: Counter): number {
  const [measure, from] = order.split("_");
  const [x, y] = measure === "online" ? [onlineDistance(a), onlineDistance(b)] : [digitisedDistance(a, counter), digitisedDistance(b, counter)];
  if (x === undefined || y === undefined) return Number(x === undefined) - Number(y === undefined);
  if (x.met !== y.met) return Number(x.met) - Number(y.met);
  const nearer = x.above - y.above;
  return from === "near" && !x.met ? -nearer : nearer;
}

interface Distance {
  met: boolean;
  /** Below zero under the target: for order alone, never shown. */
  above: number;
}

function onlineDistance({ figures, online_target }: Ordered): Distance | undefined {
  const { online, online_answer } = figures;
  if (!online || online.planned === 0) return undefined;
  const { part, whole } = sidesOf(online);
  return { met: online_answer === "met", above: (10_000 * part) / whole - online_target };
}

/** The target asks for every subject, so what is missing are subjects; among schools that miss as many, the lessons of all decide. */
function digitisedDistance({ figures: { digitised }, row }: Ordered, counter: Counter): Distance | undefined {
  if (!digitised) return undefined;
  const share = digitised.whole.planned === 0 ? 0 : coveredBy(digitised.whole, counter) / digitised.whole.planned;
  return { met: digitised.answer === "met", above: row.subjects_met - row.subjects_planned + share };
}
