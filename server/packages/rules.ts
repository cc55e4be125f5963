/**
 * What a package says of a pupil's work, and what is believed of it. A package runs in the pupil's browser, so whatever it
 * reports can be made up there: it is practice, never a mark, and what cannot be is clamped and flagged.
 */

export const RESULT_STATES = ["started", "completed"] as const;
export type ResultState = (typeof RESULT_STATES)[number];
export const SUCCESSES = ["passed", "failed"] as const;
export type Success = (typeof SUCCESSES)[number];
/** `score_outside`: a score beyond its own bounds was cut. `too_fast`: finished sooner than anybody can. */
export const FLAGS = ["score_outside", "too_fast"] as const;
export type Flag = (typeof FLAGS)[number];

/** A report in the common terms of SCORM 1.2, SCORM 2004 and H5P. */
export interface Report {
  completed: boolean;
  success: Success | null;
  raw: number | null;
  min: number | null;
  max: number | null;
  /** −1 to 1 (SCORM 2004, xAPI); stands above raw where both are given. */
  scaled: number | null;
  seconds: number;
}

export interface Standing {
  status: ResultState;
  success: Success | null;
  /** The best so far, in basis points. */
  score_bp: number | null;
  seconds: number;
  flags: readonly Flag[];
}

/** Nobody reads a task and solves it in less. */
export const TOO_FAST_SECONDS = 5;
/** A school day; more is a browser left open. */
const SECONDS_MAX = 86_400;

/** The score as part of the whole in basis points, cut to 0–10,000. Without bounds a raw score is one of 100. */
export function scoreOf(report: Pick<Report, "raw" | "min" | "max" | "scaled">): { bp: number | null; outside: boolean } {
  const { raw, scaled } = report;
  const min = report.min ?? 0;
  const max = report.max !== null && report.max > min ? report.max : 100;
  const part = scaled ?? (raw === null ? null : (raw - min) / (max - min));
  if (part === null || !Number.isFinite(part)) return { bp: null, outside: part !== null };
  const outside = part > 1 || (scaled === null ? part < 0 : part < -1);
  return { bp: Math.round(Math.min(1, Math.max(0, part)) * 10_000), outside };
}

/**
 * The standing after a report. What was reached stays reached: a second look does not undo a completion, and the best score
 * stands; flags only grow.
 *
 * @param sinceStart seconds by the server's clock since this person first opened the part
 */
export function afterReport(before: Standing | undefined, report: Report, sinceStart: number): Standing {
  const score = scoreOf(report);
  const flags = new Set<Flag>(before?.flags ?? []);
  if (score.outside) flags.add("score_outside");
  if (report.completed && before?.status !== "completed" && sinceStart < TOO_FAST_SECONDS) flags.add("too_fast");
  const best = Math.max(before?.score_bp ?? -1, score.bp ?? -1);
  return {
    status: report.completed || before?.status === "completed" ? "completed" : "started",
    success: before?.success === "passed" ? "passed" : (report.success ?? before?.success ?? null),
    score_bp: best < 0 ? null : best,
    seconds: Math.max(before?.seconds ?? 0, Math.min(SECONDS_MAX, Math.max(0, Math.round(report.seconds)))),
    flags: FLAGS.filter((flag) => flags.has(flag)),
  };
}

/** Several parts as one: completed when all are, the score the mean of those that have one. */
export function wholeOf(parts: number, standings: readonly Standing[]): { completed: number; parts: number; score_bp: number | null; seconds: number; flags: Flag[] } {
  const scores = standings.flatMap((standing) => (standing.score_bp === null ? [] : [standing.score_bp]));
  const sum = scores.reduce((total, score) => total + score, 0);
  return {
    completed: standings.filter((standing) => standing.status === "completed").length,
    parts,
    score_bp: scores.length === 0 ? null : Math.round(sum / scores.length),
    seconds: standings.reduce((total, standing) => total + standing.seconds, 0),
    flags: FLAGS.filter((flag) => standings.some((standing) => standing.flags.includes(flag))),
  };
}
