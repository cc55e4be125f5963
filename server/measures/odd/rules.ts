/**
 * Which figures ask for a question. Pure.
 *
 * Each has ordinary reasons, so nothing here is a finding: it says where an officer may ask, and what the school is asked.
 * Source: FIRSTS F17; issue 5, point 3.
 */
export const ODD_KINDS = ["same_file", "short_live", "joined_at_once", "done_at_once", "never_opened"] as const;
export type OddKind = (typeof ODD_KINDS)[number];

/** One file (by its content) that is to cover at least so many lessons. */
export const SAME_FILE_LESSONS = 8;
/** A live class that was over before so many seconds. */
export const SHORT_SECONDS = 5 * 60;
/** Pupils within one and the same second: so many of them at least, and at least so much of all who came or did it. */
export const AT_ONCE_PUPILS = 5;
export const AT_ONCE_PERCENT = 80;
/** Who waits at the door enters together when the class opens: the first seconds are left out. */
export const DOOR_SECONDS = 30;
/** A lesson is asked about when the week of its plan has been over for so many days. */
export const UNOPENED_AFTER_DAYS = 14;

export interface OddCount {
  kind: OddKind;
  cases: number;
  /** Of how many. */
  among: number;
}

/** Is it enough to ask? A single short class is an ordinary day; lessons that nobody opened are one as long as most were. */
export function asksForQuestion({ kind, cases, among }: OddCount): boolean {
  switch (kind) {
    case "same_file":
    case "joined_at_once":
    case "done_at_once":
      return cases > 0;
    case "short_live":
      return cases >= 3 || (cases > 0 && cases * 10 >= among);
    case "never_opened":
      return cases >= 5 && cases * 2 >= among;
  }
}

export type QuestionState = "asked" | "answered" | "settled";

export const ACTS = ["ask", "answer", "settle"] as const;
export type Act = (typeof ACTS)[number];

/** What moves an exchange from where to where. The school may say more, and the office ask further, until the office has settled it. */
export const STEPS = {
  ask: { from: ["answered"], to: "asked" },
  answer: { from: ["asked", "answered"], to: "answered" },
  settle: { from: ["asked", "answered"], to: "settled" },
} as const satisfies Record<Act, { from: readonly QuestionState[]; to: QuestionState }>;

/** An exchange that has not come to its end after so many messages is better begun anew, or had by telephone. */
export const MESSAGES_MAX = 40;

/** Whether a figure has grown since it was last settled, so that it may be asked about anew. */
export function isNewSince(cases: number, settled: { cases: number } | undefined): boolean {
  return settled === undefined || cases > settled.cases;
}
