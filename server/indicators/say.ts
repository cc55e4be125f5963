import type { Formats, Lang } from "../platform/i18n.ts";
import { rate } from "../platform/units.ts";
import type { Tone } from "../shell/partials.ts";
import { unitOfFigures } from "./computers.ts";
import { AREAS, schoolAnswer, type Figure, type RollUp, type ToldAnswer } from "./rules.ts";
import type { Indicator } from "./store/boards.ts";

export interface Voice {
  t: Words;
  f: Formats;
  lang: Lang;
}

/** Names are data in two languages; the second may be missing. */
export function nameOf(indicator: Pick<Indicator, "name_vi" | "name_en">, lang: Lang): string {
  return lang === "en" && indicator.name_en !== "" ? indicator.name_en : indicator.name_vi;
}

export function definitionOf(indicator: Pick<Indicator, "definition_vi" | "definition_en">, lang: Lang): string {
  return lang === "en" && indicator.definition_en !== "" ? indicator.definition_en : indicator.definition_vi;
}

export function unitOf(indicator: Pick<Indicator, "unit_vi" | "unit_en">, lang: Lang): string {
  return lang === "en" && indicator.unit_en !== "" ? indicator.unit_en : indicator.unit_vi;
}

/** `từ 95 %`, or one for each area that has its own. */
export function targetText(indicator: Indicator, { t, f }: Voice): string {
  const say = (threshold: number): string => t.indicators.directions[indicator.direction](indicator.measure === "count" ? f.number(threshold) : f.basisPoints(threshold));
  const own = AREAS.flatMap((area) => {
    const threshold = indicator.thresholds[area];
    return threshold === undefined ? [] : [t.indicators.areas_targets(t.access.areas[area] ?? area, say(threshold))];
  });
  const all = indicator.thresholds.all === undefined ? [] : [say(indicator.thresholds.all)];
  return [...all, ...own].join("; ") || t.indicators.states.no_threshold;
}

/** What one school reached: yes or no with its counts, a share with its counts, a number. */
export function figureText(indicator: Indicator, figure: Figure | undefined, { t, f }: Voice): string {
  if (figure === undefined) return "–";
  const words = t.indicators;
  const unit = unitOfFigures(indicator);
  const counts = words.of_all(f.number(figure.part / unit, 2), f.number(figure.whole / unit, 2));
  if (indicator.measure === "count") return words.count_only(f.number(figure.part));
  if (indicator.measure === "ratio") return figure.whole === 0 ? "–" : words.counts(f.basisPoints(rate(figure.part, figure.whole)), f.number(figure.part), f.number(figure.whole));
  const yes = schoolAnswer(indicator, { area: null, figure }) === "met";
  if (figure.whole <= 1) return yes ? words.yes : words.no;
  return yes ? words.yes_with(counts) : words.no_with(counts);
}

/** What schools reached together. */
export function sumText(indicator: Indicator, sum: RollUp, { t, f }: Voice): string {
  if (sum.without === sum.schools) return "–";
  if (indicator.measure === "count") return t.indicators.count_only(f.number(sum.part));
  return sum.whole === 0 ? "–" : t.indicators.counts(f.basisPoints(rate(sum.part, sum.whole)), f.number(sum.part), f.number(sum.whole));
}

const TONES: Record<ToldAnswer, Tone> = { met: "good", not_met: "warn", no_value: "neutral", hidden: "neutral" };

/** The answer in words and colour; a target without a threshold says so. */
export function answerCell(indicator: Indicator, answer: ToldAnswer, { t }: Voice): { text: string; badge: Tone } {
  const open = answer === "no_value" && Object.keys(indicator.thresholds).length === 0;
  return { text: t.indicators.states[open ? "no_threshold" : answer], badge: TONES[answer] };
}
