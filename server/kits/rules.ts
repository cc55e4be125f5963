import type { Instant } from "../platform/clock.ts";

/** A page that was shown: a slide's number; a blank page counts below zero. */
export interface Turn {
  at: Instant;
  page: number;
}

/** Where a page begins in the recording, ms. */
export interface Mark {
  timeMs: number;
  page: number;
}

export interface Shown {
  turns: readonly Turn[];
  /** Pages on which something stands that was drawn. */
  inked: readonly number[];
  /** The pages of the recording and its length, where its sound goes along. */
  sound: { marks: readonly Mark[]; lengthMs: number } | undefined;
}

/** A stretch of the class: one page, with the sound that belongs to it. Page 0: nothing stood there. */
export interface Section {
  page: number;
  sound: { fromMs: number; toMs: number } | undefined;
}

/** So many stretches at most; the shortest join their neighbours. */
export const SECTIONS_MAX = 60;

/**
 * A class as its pupil goes through it afterwards. With sound: the whole recording from its beginning to its end, cut where
 * the page changed, so that every stretch can be heard by itself; then the pages that were shown or written on while nothing
 * was recorded. Without: the pages in their order.
 */
export function sectionsOf({ turns, inked, sound }: Shown): Section[] {
  const heard = sound ? withoutShortest(cutAt(sound.marks, sound.lengthMs)) : [];
  const seen = new Set(heard.map((section) => section.page));
  const others = [...new Set([...turns.map((turn) => turn.page), ...inked])].filter((page) => page !== 0 && !seen.has(page)).sort(byPlace);
  return [...heard, ...others.slice(0, SECTIONS_MAX).map((page) => ({ page, sound: undefined }))];
}

type Heard = Section & { sound: NonNullable<Section["sound"]> };

function cutAt(marks: readonly Mark[], lengthMs: number): Heard[] {
  const inside = [...marks].filter((mark) => mark.timeMs < lengthMs).sort((a, b) => a.timeMs - b.timeMs);
  const begins = inside[0]?.timeMs === 0 ? inside : [{ timeMs: 0, page: 0 }, ...inside];
  const cut = begins.map((mark, i) => ({ page: mark.page, sound: { fromMs: mark.timeMs, toMs: begins[i + 1]?.timeMs ?? lengthMs } }));
  return cut.filter(({ sound }) => sound.toMs > sound.fromMs);
}

/** A stretch too many goes to the one before it, whose page then stands a little longer. */
function withoutShortest(sections: readonly Heard[]): Heard[] {
  const left = [...sections];
  while (left.length > SECTIONS_MAX) {
    const lengths = left.map(({ sound }, i) => (i === 0 ? Infinity : sound.toMs - sound.fromMs));
    const at = lengths.indexOf(Math.min(...lengths));
    const [gone] = left.splice(at, 1);
    const before = left[at - 1];
    if (gone && before) left[at - 1] = { ...before, sound: { ...before.sound, toMs: gone.sound.toMs } };
  }
  return left;
}

/** Slides before blank pages, each in its order. */
function byPlace(a: number, b: number): number {
  return a > 0 && b > 0 ? a - b : a < 0 && b < 0 ? b - a : b - a;
}

/** Where in the kit something belongs that was asked at a moment: the first stretch of the page that stood then. */
export function placeOf(at: Instant, turns: readonly Turn[], sections: readonly Section[]): number {
  const page = (turns.findLast((turn) => turn.at <= at) ?? turns[0])?.page;
  const place = sections.findIndex((section) => section.page === page);
  return place === -1 ? Math.max(0, sections.length - 1) : place;
}

/** Above this a sound is made smaller: 6 MB for 45 minutes. */
const LIGHT_KBIT = 18;

/** Whether speech can go to a phone as it is. */
export function isLight(sound: { bytes: number; ms: number }): boolean {
  return sound.bytes * 8 <= LIGHT_KBIT * Math.max(1, sound.ms);
}

/** The rows of the class that one course learned together. */
export interface Carried {
  course_id: string;
  plan_lesson_id: string;
  period_number: number;
}

export interface Run {
  course_id: string;
  plan_lesson_id: string;
  period_from: number;
  period_to: number;
}

/** The periods of a class as self-study is given: for each course and lesson the numbers that follow each other. */
export function runsOf(carried: readonly Carried[]): Run[] {
  const runs: Run[] = [];
  const sorted = [...carried].sort((a, b) => compare(a.course_id, b.course_id) || compare(a.plan_lesson_id, b.plan_lesson_id) || a.period_number - b.period_number);
  for (const { course_id, plan_lesson_id, period_number } of sorted) {
    const last = runs.at(-1);
    const follows = last?.course_id === course_id && last.plan_lesson_id === plan_lesson_id && period_number <= last.period_to + 1;
    if (last && follows) last.period_to = period_number;
    else runs.push({ course_id, plan_lesson_id, period_from: period_number, period_to: period_number });
  }
  return runs;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** A kit is due so many days after it was given, the last one whole. */
export const DUE_DAYS = { usual: 7, max: 60 } as const;

/** A making that failed is tried so often. */
export const TRIES_MAX = 3;
