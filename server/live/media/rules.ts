/**
 * What a line carries. Sound always comes first: a picture is only added while the line bears it, is taken away as soon as
 * it does not, and comes back by itself, each time that it failed after a longer wait.
 */

export const LEVELS = ["sound", "low", "high"] as const;
export type Level = (typeof LEVELS)[number];

/** What a person wants at most: `auto` leaves it to the line. */
export const WISHES = ["auto", "low", "sound"] as const;
export type Wish = (typeof WISHES)[number];

export type LineState = "good" | "fair" | "poor" | "lost";

/** What the receiver reported about the last moments. */
export interface LineFacts {
  /** Lost before anything was sent again, 0 to 1. */
  loss: number;
  /** There and back, ms; undefined where it is not known yet. */
  rttMs: number | undefined;
}

export interface Line {
  level: Level;
  /** Since when the level stands, ms of a clock that never goes back. */
  since: number;
  /** Since when the line has been good enough for more. */
  calmSince: number | undefined;
  /** How long it must stay calm before more is tried. */
  waitMs: number;
  /** The quickest answer so far: what is above it is a queue on the way. */
  baseRttMs: number | undefined;
  loss: number;
  rttMs: number | undefined;
}

const WAIT_MS = 6_000;
const WAIT_MAX_MS = 120_000;
/** A level that fell within this time was too much: it is tried again later. */
const FAILED_MS = 30_000;
const BAD_LOSS = 0.12;
const TERRIBLE_LOSS = 0.3;
const CALM_LOSS = 0.06;
const BAD_QUEUE_MS = 500;
const CALM_QUEUE_MS = 250;

export function newLine(at: number): Line {
  return { level: "low", since: at, calmSince: undefined, waitMs: WAIT_MS, baseRttMs: undefined, loss: 0, rttMs: undefined };
}

/** What is sent before anything is known of the line. */
export function levelAtFirst(wish: Wish): Level {
  return levelFor(newLine(0), wish);
}

/** What the line carries after one more report. */
export function judgeLine(line: Line, facts: LineFacts, at: number): Line {
  const baseRttMs = least(line.baseRttMs, facts.rttMs);
  const queueMs = facts.rttMs === undefined || baseRttMs === undefined ? 0 : facts.rttMs - baseRttMs;
  const seen = { ...line, baseRttMs, loss: facts.loss, rttMs: facts.rttMs ?? line.rttMs };
  if (facts.loss > BAD_LOSS || queueMs > BAD_QUEUE_MS) return fall(seen, facts.loss > TERRIBLE_LOSS ? "sound" : below(line.level), at);
  if (facts.loss > CALM_LOSS || queueMs > CALM_QUEUE_MS) return { ...seen, calmSince: undefined };
  const calmSince = line.calmSince ?? at;
  if (line.level === "high" || at - calmSince < line.waitMs) return { ...seen, calmSince };
  return { ...seen, level: above(line.level), since: at, calmSince: undefined };
}

function fall(line: Line, level: Level, at: number): Line {
  if (level === line.level) return { ...line, calmSince: undefined };
  const failed = at - line.since < FAILED_MS;
  return { ...line, level, since: at, calmSince: undefined, waitMs: failed ? Math.min(WAIT_MAX_MS, line.waitMs * 2) : WAIT_MS };
}

function least(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined ? b : b === undefined ? a : Math.min(a, b);
}

function below(level: Level): Level {
  return level === "high" ? "low" : "sound";
}

function above(level: Level): Level {
  return level === "sound" ? "low" : "high";
}

/** What is sent: what the line carries, but never more than the person wants. */
export function levelFor(line: Line, wish: Wish): Level {
  if (wish === "sound") return "sound";
  return wish === "low" && line.level === "high" ? "low" : line.level;
}

/** How the line looks in the class list. */
export function lineState(line: Line, heardMsAgo: number): LineState {
  if (heardMsAgo > 15_000) return "lost";
  if (line.loss > BAD_LOSS || (line.rttMs ?? 0) > 900) return "poor";
  return line.loss > 0.03 || (line.rttMs ?? 0) > 400 || line.level === "sound" ? "fair" : "good";
}
