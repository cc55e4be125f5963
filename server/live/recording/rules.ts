import { minutesBetween, type Instant } from "../../platform/clock.ts";

/** A stretch of a recording, ms. */
export interface Window {
  fromMs: number;
  lengthMs: number;
}

/** A part of a recording: when it began and how long it is in the whole, ms. */
export interface PartTimes {
  startedAt: Instant;
  lengthMs: number;
}

/** Something that happened in the class and that somebody may want to see again. */
export interface Happening {
  at: Instant;
  kind: "slide" | "blank" | "question";
  /** A slide's number, a blank page's number; 0 for a question. */
  page: number;
  /** A question's words. */
  text: string;
}

/** A place in the recording. `part`: it goes on here after a break. */
export interface Moment {
  timeMs: number;
  kind: Happening["kind"] | "part";
  page: number;
  text: string;
}

/** A page that was only passed by on the way to another (ms). */
const PASSED_MS = 2_000;
export const MOMENTS_MAX = 400;

/**
 * The table of moments of a recording: what happened while it ran, in its own time. What happened between two parts counts
 * where the next begins, so that the page that stood there is named.
 */
export function momentsOf(parts: readonly PartTimes[], happened: readonly Happening[]): Moment[] {
  const found: Moment[] = [];
  let before = 0;
  const sorted = [...happened].sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
  for (const [i, part] of parts.entries()) {
    const from = Date.parse(part.startedAt);
    if (i > 0 && part.lengthMs > 0) found.push({ timeMs: before, kind: "part", page: 0, text: "" });
    const standing = sorted.findLast((one) => one.kind !== "question" && Date.parse(one.at) <= from);
    if (standing && part.lengthMs > 0) found.push({ timeMs: before, kind: standing.kind, page: standing.page, text: "" });
    for (const one of sorted) {
      const ms = Date.parse(one.at) - from;
      if (ms > 0 && ms < part.lengthMs) found.push({ timeMs: before + ms, kind: one.kind, page: one.page, text: one.text });
    }
    before += part.lengthMs;
  }
  return withoutPassed(found).slice(0, MOMENTS_MAX);
}

function isPage(moment: Moment): boolean {
  return moment.kind === "slide" || moment.kind === "blank";
}

/** Pages that stood for a moment only, and the same page again, are no moments. */
function withoutPassed(moments: readonly Moment[]): Moment[] {
  const turned = withoutSame(moments.filter(isPage));
  const kept = new Set(withoutSame(turned.filter((one, i) => (turned[i + 1]?.timeMs ?? Infinity) - one.timeMs >= PASSED_MS)));
  return moments.filter((one) => !isPage(one) || kept.has(one));
}

function withoutSame(pages: readonly Moment[]): Moment[] {
  return pages.filter((one, i) => pages[i - 1]?.kind !== one.kind || pages[i - 1]?.page !== one.page);
}

/** The moments of the stretches that are kept, which follow each other from now on; the page that stood where one begins begins it. */
export function momentsOfCut(moments: readonly Moment[], kept: readonly Window[]): Moment[] {
  let before = 0;
  const found = kept.flatMap(({ fromMs, lengthMs }) => {
    const standing = moments.findLast((one) => isPage(one) && one.timeMs <= fromMs);
    const inside = moments.filter((one) => one.timeMs > fromMs && one.timeMs < fromMs + lengthMs);
    const own = [...(standing ? [standing] : []), ...inside].map((one) => ({ ...one, timeMs: before + Math.max(0, one.timeMs - fromMs) }));
    before += lengthMs;
    return own;
  });
  return withoutPassed(found);
}

/** So many stretches inside may be cut out at once. */
export const OUT_MAX = 8;
/** What would be left between two cuts and is shorter is a crackle, ms. */
const LEFT_MIN_MS = 300;

/** What stays of a recording: what lies between two moments, without some stretches of it, which may overlap. Ms. */
export function keptWindows(between: { fromMs: number; toMs: number }, out: readonly { fromMs: number; toMs: number }[]): Window[] {
  const found: Window[] = [];
  let fromMs = between.fromMs;
  const keep = (toMs: number): void => void (toMs - fromMs >= LEFT_MIN_MS && found.push({ fromMs, lengthMs: toMs - fromMs }));
  for (const cut of [...out].sort((a, b) => a.fromMs - b.fromMs)) {
    if (cut.toMs <= fromMs || cut.fromMs >= between.toMs) continue;
    if (cut.fromMs > fromMs) keep(cut.fromMs);
    fromMs = cut.toMs;
  }
  if (fromMs < between.toMs) keep(between.toMs);
  return found;
}

/** Shorter than this nothing is kept: the button was pressed by mistake. */
export const SHORTEST_MS = 3_000;
/** A cut is at least so long. */
export const CUT_MIN_MS = 3_000;

/** A school keeps what nobody approved for so many days. */
export const KEEP_DAYS = { min: 1, max: 365, usual: 30 } as const;
/** The teacher is told so many days before. */
export const WARN_DAYS = 3;

const DAY_MINUTES = 24 * 60;

/** What is due with a recording that nobody approved. Who was not told yet is told first, and has the days that were promised. */
export function dueOf(recording: { keptAt: Instant; warnedAt: Instant | null }, days: number, at: Instant): "nothing" | "warn" | "erase" {
  const age = minutesBetween(recording.keptAt, at);
  if (age < (days - WARN_DAYS) * DAY_MINUTES) return "nothing";
  if (recording.warnedAt === null) return "warn";
  const told = minutesBetween(recording.warnedAt, at);
  return age >= days * DAY_MINUTES && told >= Math.min(WARN_DAYS, days) * DAY_MINUTES ? "erase" : "nothing";
}
