import type { Word } from "../../platform/text.ts";
import { exactIn, hasMarks, phraseIn, wordsIn, type Condition, type Field } from "./terms.ts";

/**
 * What is better: title before keywords, author, description, text; neighbours before scattered words; the exact marks
 * before other ones. Each step of the ladder is asked of the index by itself, the best first, until enough is found, so
 * that the best of many thousand hits are found without looking at each.
 */
export const SORTS = ["relevance", "newest", "used"] as const;
export type Sort = (typeof SORTS)[number];

/** Hits that are looked at, counted and paged through; whoever has more narrows the search. */
export const HITS_MAX = 400;

/** Steps that lie together: who stands on a finer one (the best first) stands on the whole as well. */
export interface Rung {
  finer: readonly Condition[];
  whole: Condition;
}

/** The rungs; whoever stands on several steps stands on the best of them. Without words there is one: everything. */
export function ladder(words: readonly Word[], sort: Sort): Rung[] {
  if (words.length === 0) return plain(sort === "used" ? usedSteps({ all: [] }) : [{ all: [] }]);
  const anywhere = wordsIn("x", words);
  if (sort === "newest") return plain([anywhere]);
  if (sort === "used") return plain(usedSteps(anywhere));
  const exactly = (field: Field): Condition[] => (hasMarks(words) ? [exactIn(field, words)] : []);
  const together = (field: Field): Condition[] => (words.length > 1 ? [phraseIn(field, words)] : []);
  return [
    { finer: [...exactly("t"), ...together("t")], whole: wordsIn("t", words) },
    { finer: exactly("k"), whole: wordsIn("k", words) },
    { finer: [], whole: wordsIn("a", words) },
    { finer: exactly("d"), whole: wordsIn("d", words) },
    { finer: [...exactly("x"), ...together("x")], whole: anywhere },
  ];
}

/** Rungs of one step each. */
export function plain(steps: readonly Condition[]): Rung[] {
  return steps.map((whole) => ({ finer: [], whole }));
}

/** The same rungs for those alone that fulfil a condition besides. */
export function limited(rungs: readonly Rung[], condition: Condition): Rung[] {
  const both = (step: Condition): Condition => ({ all: [step, condition] });
  return rungs.map(({ finer, whole }) => ({ finer: finer.map(both), whole: both(whole) }));
}

/** All steps of a ladder, the best first. */
export function stepsOf(rungs: readonly Rung[]): Condition[] {
  return rungs.flatMap(({ finer, whole }) => [...finer, whole]);
}

/** Uses by powers of four: the term `used:2` is in materials that were used 16 times or more, but not 64. */
export const USE_STEPS = [5, 4, 3, 2, 1, 0] as const;

export function useStep(uses: number): number {
  return uses < 1 ? 0 : Math.min(5, 1 + Math.floor(Math.log2(uses) / 2));
}

function usedSteps(condition: Condition): Condition[] {
  return USE_STEPS.map((step) => ({ all: [condition, { term: `f_used_${step}` }] }));
}

/** A hit, as far as its place among the others is concerned. */
export interface Ranked {
  /** Its step of the ladder, from 0. */
  step: number;
  titleWords: number;
  uses: number;
  /** Grows with time. */
  doc: number;
}

/** How close a title is to what was asked, then how much it is used, then how new it is: within one step of the ladder. */
export function compareHits(sort: Sort, asked: number): (a: Ranked, b: Ranked) => number {
  if (sort === "newest") return (a, b) => b.doc - a.doc;
  if (sort === "used") return (a, b) => b.uses - a.uses || b.doc - a.doc;
  return (a, b) => a.step - b.step || closeness(b, asked) - closeness(a, asked) || b.doc - a.doc;
}

/** The share of the title that was asked for, in tenths, and a little for use: 16 uses are worth one word in ten. */
function closeness(hit: Ranked, asked: number): number {
  const share = asked === 0 || hit.titleWords === 0 ? 0 : Math.min(1, asked / hit.titleWords);
  return Math.round(share * 10) + Math.round(Math.log2(1 + hit.uses) / 4);
}
