import type { Instant } from "../../platform/clock.ts";
import type { BoardItem } from "../board.ts";
import { GROUP_PAGE, readInk } from "../tool-rules.ts";
import type { PartTimes, Window } from "./rules.ts";

/** When something stands, ms; to the end where it is never taken away. */
export type Stands = [fromMs: number, toMs: number];

/** Something drawn: where, when it stood, and how long it took to write before it stood whole. */
export interface ReplayItem extends BoardItem {
  page: number;
  on: Stands[];
  tookMs: number;
}

/**
 * The slides and the board beside a recording, in its own time: which page stood since when (blank ones below zero), and
 * what was drawn on these pages. Nobody is named in it, and no group's board is.
 */
export interface Replay {
  lengthMs: number;
  turns: { timeMs: number; page: number }[];
  items: ReplayItem[];
}

export interface TurnAt {
  page: number;
  at: Instant;
}

export interface DrawnAt extends BoardItem {
  seq: number;
  page: number;
  at: Instant;
}

/** What was shown and drawn while a class was recorded. @param drawn in the order of the board */
export function replayOf(parts: readonly PartTimes[], turns: readonly TurnAt[], drawn: readonly DrawnAt[]): Replay {
  const items = new Map<number, ReplayItem>();
  for (const one of drawn) {
    const ms = Date.parse(one.at);
    if (one.kind === "hide" || one.kind === "show") for (const seq of one.body.of ?? []) toggle(items.get(seq), one.kind === "show", ms);
    else if (one.page > GROUP_PAGE) {
      const writing = writingOf(one);
      items.set(one.seq, { page: one.page, kind: one.kind, ...writing, on: [[ms - writing.tookMs, Infinity]] }); // from when the pen was set down
    }
  }
  const whole: Replay = { lengthMs: Infinity, turns: turns.map(({ page, at }) => ({ page, timeMs: Date.parse(at) })), items: [...items.values()] };
  return framed(whole, parts.map(({ startedAt, lengthMs }) => ({ fromMs: Date.parse(startedAt), lengthMs })));
}

function toggle(item: ReplayItem | undefined, isShown: boolean, ms: number): void {
  const last = item?.on.at(-1);
  if (!item || !last || isShown === (last[1] === Infinity)) return;
  if (isShown) item.on.push([ms, Infinity]);
  else last[1] = ms;
}

/** A pen that told nothing of its time wrote so long between two points, ms; never longer than this at all. */
const POINT_MS = 16;
const WRITING_MS_MAX = 8_000;

/** A stroke arrives when the pen is lifted; its body says how long it took, those of before are reckoned. */
function writingOf({ kind, body }: BoardItem): { body: BoardItem["body"]; tookMs: number } {
  if (kind !== "ink") return { body, tookMs: 0 };
  const { ms, ...plain } = body;
  return { body: plain, tookMs: Math.min(WRITING_MS_MAX, ms ?? (readInk(body.d ?? "")?.length ?? 0) * POINT_MS) };
}

/**
 * What of a replay lies in some windows of it, which follow each other from now on. What was drawn outside and still stood
 * where a window begins stands there from its beginning; what came and went outside leaves no trace, nor does what stood on
 * pages that are not shown any more.
 */
export function framed(replay: Replay, windows: readonly Window[]): Replay {
  const lengthMs = windows.reduce((sum, window) => sum + window.lengthMs, 0);
  const turns = framedTurns(replay.turns, windows, lengthMs);
  const shown = new Set(turns.map(({ page }) => page));
  const items = replay.items.flatMap((item): ReplayItem[] => {
    if (!shown.has(item.page)) return [];
    const on = joinTouching(item.on.map(([from, to]): Stands => [placeIn(windows, from).timeMs, placeIn(windows, to).timeMs]).filter(([from, to]) => from < to));
    const isSeenGrowing = placeIn(windows, item.on[0]?.[0] ?? 0).isInside;
    return on.length > 0 ? [{ ...item, on, tookMs: isSeenGrowing ? item.tookMs : 0 }] : [];
  });
  return { lengthMs, turns, items };
}

/** Where a moment lies in the windows; one outside lies where the next begins. */
function placeIn(windows: readonly Window[], ms: number): { timeMs: number; isInside: boolean } {
  let before = 0;
  for (const { fromMs, lengthMs } of windows) {
    if (ms < fromMs) return { timeMs: before, isInside: false };
    if (ms < fromMs + lengthMs) return { timeMs: before + ms - fromMs, isInside: true };
    before += lengthMs;
  }
  return { timeMs: before, isInside: false };
}

function framedTurns(turns: Replay["turns"], windows: readonly Window[], lengthMs: number): Replay["turns"] {
  const found: Replay["turns"] = [];
  for (const { timeMs: before, page } of [...turns].sort((a, b) => a.timeMs - b.timeMs)) {
    const { timeMs } = placeIn(windows, before);
    if (timeMs >= lengthMs) break;
    while (found.at(-1)?.timeMs === timeMs) found.pop(); // only passed by, or turned while nothing stays
    if (found.at(-1)?.page !== page) found.push({ timeMs, page });
  }
  return found;
}

function joinTouching(on: readonly Stands[]): Stands[] {
  const joined: Stands[] = [];
  for (const [from, to] of on) {
    const last = joined.at(-1);
    if (last && from <= last[1]) last[1] = to;
    else joined.push([from, to]);
  }
  return joined;
}

/** A page that stood for some time, with what stood on it at the end. */
export interface Still extends Window {
  page: number;
  items: ReplayItem[];
}

/** So many pictures stand for a recording where no script runs; pages that stood shorter are left out first. */
export const STILLS_MAX = 60;

export function stillsOf({ lengthMs, turns, items }: Replay): Still[] {
  const all = turns.map(({ timeMs, page }, i) => ({ fromMs: timeMs, lengthMs: (turns[i + 1]?.timeMs ?? lengthMs) - timeMs, page }));
  const longest = new Set([...all].sort((a, b) => b.lengthMs - a.lengthMs).slice(0, STILLS_MAX));
  return all
    .filter((one) => longest.has(one))
    .map((one) => {
      const end = one.fromMs + one.lengthMs - 1;
      return { ...one, items: items.filter((item) => item.page === one.page && item.on.some(([from, to]) => from <= end && end < to)) };
    });
}
