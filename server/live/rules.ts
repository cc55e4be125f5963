import { addMinutes, minutesBetween, type Instant } from "../platform/clock.ts";
import { isAtLeast, minutes, type BasisPoints, type Minutes } from "../platform/units.ts";

/**
 * Attendance of a live class: from marks that the server kept while it ran to who was present.
 *
 * What the browser claims is not asked. A mark says that the server heard from a connection from `joined_at` to `seen_at`;
 * it lives a little longer, because the next sign of life may be on its way.
 */
export const MARK_LIFE_SECONDS = 45;
/** How often a page says that it is there: three of these fit into the life of a mark. */
export const HEARTBEAT_SECONDS = 15;
/** Pupils see the lobby's door open this long before the class. Source: UX §1. */
export const LOBBY_MINUTES = 10;
/** A teacher may start this much early; later than this after the planned end it is another class. */
export const START_EARLY_MINUTES = 60;
export const START_LATE_MINUTES = 180;
/** A class that nobody was in for this long has ended, whatever its teacher forgot. */
export const EMPTY_MINUTES = 30;
/** So has one that runs this long after its planned end. */
export const OVERRUN_MINUTES = 180;

/** How a mark ended: the person left, the line was lost, or the class ended. Null: nobody saw how (a stopped server). */
export type Ending = "left" | "lost" | "ended";

/** One connection of one person. A phone and a laptop are two marks of the same time. */
export interface Mark {
  joined_at: Instant;
  seen_at: Instant;
  left_at: Instant | null;
  ending: Ending | null;
}

/** A stretch of time, the end not included. */
export interface Span {
  from: Instant;
  to: Instant;
}

/** A stretch in which the person was not there, between two in which they were. */
export interface Gap extends Span {
  /** `lost`: the line broke, which is nobody's fault; `left`: the person went out. */
  kind: "lost" | "left";
}

export interface Stay {
  spans: Span[];
  gaps: Gap[];
  /** Whole minutes, cut down, that the person was there between the class' beginning and end. */
  minutes: Minutes;
}

/** When the mark ends: as it was seen to end, but never later than its life after the last sign. */
export function endOf(mark: Mark): Instant {
  const dies = addMinutes(mark.seen_at, MARK_LIFE_SECONDS / 60);
  return mark.left_at !== null && mark.left_at < dies ? mark.left_at : dies;
}

/** Is the person of this mark in the room at this moment? */
export function isAlive(mark: Mark, at: Instant): boolean {
  return mark.left_at === null && mark.joined_at <= at && at < endOf(mark);
}

/**
 * Merges the marks of one person into stretches of presence within the class. Two devices count once; the order of the
 * marks does not matter; marks of the lobby before the beginning and after the end are cut off.
 */
export function stayOf(marks: readonly Mark[], held: Span): Stay {
  const spans: (Span & { lost: boolean })[] = [];
  for (const part of [...marks].map((mark) => partOf(mark, held)).filter((span) => span.from < span.to).sort(byStart)) {
    const last = spans.at(-1);
    if (last === undefined || part.from > last.to) spans.push({ ...part });
    else if (part.to > last.to) Object.assign(last, { to: part.to, lost: part.lost });
    else if (part.to === last.to) last.lost ||= part.lost;
  }
  const total = spans.reduce((sum, span) => sum + minutesBetween(span.from, span.to), 0);
  return {
    spans: spans.map(({ from, to }) => ({ from, to })),
    gaps: gapsBetween(spans),
    minutes: minutes(Math.floor(total + 1e-6)),
  };
}

/** What was seen of one connection, as far as it says whether the page was in front. */
export interface Sight {
  connection_id: string;
  kind: string;
  at: Instant;
}

/**
 * Whole minutes, cut down, in which a person was there with another page in front: on every device that was connected.
 *
 * @param sights of one person, in the order in which they were written
 */
export function awayMinutes(sights: readonly Sight[], held: Span): Minutes {
  const away = new Map<string, boolean>();
  let [since, total] = [held.from, 0];
  const within = (at: Instant): Instant => (at < held.from ? held.from : at > held.to ? held.to : at);
  const count = (to: Instant): void => {
    if (away.size > 0 && [...away.values()].every((is) => is) && to > since) total += minutesBetween(since, to);
    since = to > since ? to : since;
  };
  for (const sight of sights) {
    count(within(sight.at));
    if (sight.kind === "join" || sight.kind === "back") away.set(sight.connection_id, false);
    else if (sight.kind === "away") away.set(sight.connection_id, true);
    else if (sight.kind === "left" || sight.kind === "lost") away.delete(sight.connection_id);
  }
  count(held.to);
  return minutes(Math.floor(total + 1e-6));
}

function partOf(mark: Mark, held: Span): Span & { lost: boolean } {
  const end = endOf(mark);
  return {
    from: mark.joined_at > held.from ? mark.joined_at : held.from,
    to: end < held.to ? end : held.to,
    lost: mark.ending === "lost" || mark.ending === null,
  };
}

function byStart(a: Span, b: Span): number {
  if (a.from !== b.from) return a.from < b.from ? -1 : 1;
  return a.to === b.to ? 0 : a.to < b.to ? -1 : 1;
}

/** Between two stretches: the one that broke last says how. When two devices broke at once, the pupil is believed. */
function gapsBetween(spans: readonly (Span & { lost: boolean })[]): Gap[] {
  return spans.slice(1).map((span, index) => {
    const before = spans[index] ?? span;
    return { from: before.to, to: span.from, kind: before.lost ? "lost" : "left" };
  });
}

/** How long the class ran, in whole minutes, cut down. */
export function lengthOf(held: Span): Minutes {
  return minutes(Math.max(0, Math.floor(minutesBetween(held.from, held.to))));
}

/**
 * Was the pupil present? At least this share of the class' own length; with a share of nothing, at least a minute.
 * Source: DOMAIN §2.1, evidence `live`: "present ≥ 50 % of its length", a province setting.
 */
export function wasPresent(stayed: Minutes, length: Minutes, share: BasisPoints): boolean {
  return stayed > 0 && isAtLeast(stayed, length, share);
}

/** What stands in the end: the teacher's correction above what the server saw. */
export function standsPresent(attendance: { present: boolean; corrected_present: boolean | null }): boolean {
  return attendance.corrected_present ?? attendance.present;
}

/** What the ledger judges a live class by, as the class' own page shows it. */
export interface HeldFacts {
  length: Minutes;
  list_size: number;
  present: number;
  /** For each covered period in the order taught, the minutes that must have run for it to have been held whole. */
  periods: { number: number; ends_at_minute: Minutes; held: Minutes }[];
}

/**
 * The facts of one course in a held class. A class of 90 minutes carries two periods, and each needs its own minutes:
 * the second has what ran beyond the first.
 */
export function heldFacts(
  length: Minutes,
  periodLength: Minutes,
  numbers: readonly number[],
  list: readonly { present: boolean; corrected_present: boolean | null }[],
): HeldFacts {
  return {
    length,
    list_size: list.length,
    present: list.filter(standsPresent).length,
    periods: numbers.map((number, place) => ({
      number,
      ends_at_minute: minutes((place + 1) * periodLength),
      held: minutes(Math.min(periodLength, Math.max(0, length - place * periodLength))),
    })),
  };
}

/** A period lasts 35 minutes in primary schools (grades 1 to 5), 45 above. Source: DOMAIN §2. */
export function periodMinutes(grade: number): Minutes {
  return minutes(grade <= 5 ? 35 : 45);
}

export interface Planned {
  state: "scheduled" | "open" | "ended" | "cancelled";
  starts_at: Instant;
  length_minutes: number;
  opened_at: Instant | null;
}

export function plannedEnd(live: Planned): Instant {
  return addMinutes(live.starts_at, live.length_minutes);
}

/** May the teacher start it now? */
export function mayStart(live: Planned, at: Instant): boolean {
  const latest = addMinutes(plannedEnd(live), START_LATE_MINUTES);
  return live.state === "scheduled" && at >= addMinutes(live.starts_at, -START_EARLY_MINUTES) && at <= latest;
}

/** Is the lobby open, so that a pupil may wait inside? */
export function isLobbyOpen(live: Planned, at: Instant): boolean {
  return live.state === "open" || (live.state === "scheduled" && at >= addMinutes(live.starts_at, -LOBBY_MINUTES) && !isMissed(live, at));
}

/** It was planned and never started, and is too late to start now. */
export function isMissed(live: Planned, at: Instant): boolean {
  return live.state === "scheduled" && at > addMinutes(plannedEnd(live), START_LATE_MINUTES);
}

/**
 * When a class that its teacher forgot to end has ended: at the last sign of anybody, once the room was empty for half an
 * hour or the planned end lies three hours back. Undefined while it still runs.
 */
export function forgottenEnd(live: Planned, marks: readonly Mark[], at: Instant): Instant | undefined {
  if (live.state !== "open" || live.opened_at === null) return undefined;
  const begun = live.opened_at;
  const last = marks.reduce((latest, mark) => {
    const sign = mark.left_at !== null && mark.left_at < endOf(mark) ? mark.left_at : mark.seen_at;
    return sign > latest ? sign : latest;
  }, begun);
  const end = last < at ? last : at;
  const empty = minutesBetween(last, at) >= EMPTY_MINUTES;
  const overrun = minutesBetween(plannedEnd(live), at) >= OVERRUN_MINUTES;
  return empty || overrun ? end : undefined;
}

/** The same for a class that nobody is seen in, since it is held by a plain link: at its planned end, half an hour after that. */
export function plannedOver(live: Planned, at: Instant): Instant | undefined {
  return live.state === "open" && minutesBetween(plannedEnd(live), at) >= EMPTY_MINUTES ? plannedEnd(live) : undefined;
}

/** Do two planned classes overlap? Touching ends do not. */
export function overlap(a: { starts_at: Instant; length_minutes: number }, b: { starts_at: Instant; length_minutes: number }): boolean {
  return a.starts_at < addMinutes(b.starts_at, b.length_minutes) && b.starts_at < addMinutes(a.starts_at, a.length_minutes);
}
