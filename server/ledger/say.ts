import type { Formats } from "../platform/i18n.ts";
import type { Tone } from "../shell/partials.ts";
import type { Thresholds } from "./rules.ts";
import type { PeriodRow } from "./store/tables.ts";

/** Why a period does not count, in words with the numbers of its verdict. */
export function reasonWords(reason: string | null, params: Record<string, number>, t: Words, f: Formats): string {
  if (reason === null) return "";
  const say = Object.entries(t.ledger.reasons).find(([code]) => code === reason)?.[1];
  if (say === undefined) throw new Error(`no words for the reason "${reason}"`);
  return say(params, f);
}

/** What the province asks of evidence, as a sentence. */
export function thresholdWords(thresholds: Thresholds, t: Words, f: Formats): string {
  const { live_length, live_class_present, live_pupil_stayed, self_study_completed } = thresholds;
  const [length, present, stayed, study] = [live_length, live_class_present, live_pupil_stayed, self_study_completed].map((bp) => f.basisPoints(bp));
  return t.ledger.period.thresholds(length ?? "", present ?? "", stayed ?? "", study ?? "");
}

const TONES = { counted: "good", not_counted: "warn", recorded: "info" } as const;

/** Where a period stands, as a badge. */
export function badgeOf(standing: Pick<PeriodRow, "state"> | undefined, t: Words): { label: string; tone: Tone } {
  if (standing === undefined) return { label: t.ledger.states.none, tone: "neutral" };
  return { label: t.ledger.states[standing.state], tone: TONES[standing.state] };
}
