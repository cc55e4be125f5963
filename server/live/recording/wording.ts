/**
 * Which wording of the consent holds (`recording.consent.wordings` in messages.ts). A changed text is a new wording, and only
 * who agreed to this one has agreed: consent is to what was read (Law 91/2025/QH15). Earlier ones stay there to be read.
 */
export const WORDING = 2;
export const WORDINGS = [1, 2] as const;
export type Wording = (typeof WORDINGS)[number];

export interface Given {
  wording: number;
  withdrawn_at: string | null;
}

/** Whether a pupil's voice may be recorded: `outdated` where the consent that stands is to an earlier wording. */
export function standing(given: readonly Given[]): "given" | "outdated" | "none" {
  const stand = given.filter((one) => one.withdrawn_at === null);
  if (stand.some((one) => one.wording === WORDING)) return "given";
  return stand.length > 0 ? "outdated" : "none";
}
