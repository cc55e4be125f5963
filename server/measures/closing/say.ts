import type { Formats } from "../../platform/i18n.ts";
import { rate, type Hundredths } from "../../platform/units.ts";
import { coveredBy, sidesOf } from "../rules.ts";
import type { Figures, Month } from "./rules.ts";

export function monthName(month: Month, t: Words): string {
  return t.closing.month(String(Number(month.slice(5))), month.slice(0, 4));
}

/** `2,31 % (193/8.400)`: cut down, never rounded up, with its counts; words where there is no plan. */
export function shareText(figures: Pick<Figures, "counted" | "planned" | "subjects_planned">, t: Words, f: Formats): string {
  return figures.subjects_planned === 0 ? t.closing.no_plan : periodsText(figures.counted, figures.planned, t, f);
}

export function digitisedText(figures: Pick<Figures, "covered" | "own" | "lessons" | "subjects_planned" | "counter">, t: Words, f: Formats): string {
  if (figures.subjects_planned === 0) return t.closing.no_plan;
  return ofText(coveredBy(figures, figures.counter), figures.lessons, t, f);
}

export function ofText(part: number, whole: number, t: Words, f: Formats): string {
  return t.closing.of(f.number(part), f.number(whole), whole === 0 ? "–" : f.basisPoints(rate(part, whole)));
}

/** The same of online periods. */
export function periodsText(counted: Hundredths, planned: number, t: Words, f: Formats): string {
  const { part, whole } = sidesOf({ counted, planned });
  return t.closing.of(f.periods(counted), f.number(planned), whole === 0 ? "–" : f.basisPoints(rate(part, whole)));
}
