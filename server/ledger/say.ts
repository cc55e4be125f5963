import type { Formats } from "../platform/i18n.ts";
import { groupBy } from "../platform/group.ts";
import type { Tone } from "../shell/partials.ts";
import { LEVELS, rulesFor, THRESHOLDS, type Level } from "./rules.ts";
import type { NewDefinition } from "./store/definitions.ts";
import type { PeriodRow } from "./store/tables.ts";

/** Why a period does not count, or counts in part, in words with the numbers of its verdict. */
export function reasonWords(reason: string | null, params: Record<string, number>, t: Words, f: Formats): string {
  if (reason === null) return "";
  const say = Object.entries(t.ledger.reasons).find(([code]) => code === reason)?.[1];
  if (say === undefined) throw new Error(`no words for the reason "${reason}"`);
  return say(params, f);
}

/** What the province asks of the evidence of these school levels, in sentences; levels are named where they are asked for different things. */
export function thresholdWords(definition: Pick<NewDefinition, "thresholds" | "levels" | "partial_periods">, levels: readonly Level[], t: Words, f: Formats): string {
  const words = t.ledger.period;
  const asked = (level: Level): string => {
    const rules = rulesFor(definition, level);
    const [length = "", present = "", stayed = "", study = ""] = THRESHOLDS.map((name) => f.basisPoints(rules[name]));
    return words.thresholds(length, present, stayed, study);
  };
  const alike = groupBy(levels, asked);
  const differ = new Set(LEVELS.map(asked)).size > 1;
  const sentences = [...alike].map(([sentence, group]) => (differ ? words.of_levels(group.map((level) => words.levels[level]).join(", "), sentence) : sentence));
  return [...sentences, words.partial_periods[definition.partial_periods]].join(" ");
}

const TONES = { counted: "good", not_counted: "warn", recorded: "info" } as const;

export function stateWords({ state, reason }: Pick<PeriodRow, "state" | "reason">, t: Words): string {
  return state === "counted" && reason === "part" ? t.ledger.counted_in_part : t.ledger.states[state];
}

/** Where a period stands, as a badge. */
export function badgeOf(standing: Pick<PeriodRow, "state" | "reason"> | undefined, t: Words): { label: string; tone: Tone } {
  if (standing === undefined) return { label: t.ledger.states.none, tone: "neutral" };
  return { label: stateWords(standing, t), tone: TONES[standing.state] };
}
