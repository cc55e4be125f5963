import { wordsOf, type Word } from "../../platform/text.ts";

/**
 * The terms under which a material is found. Both engines keep nothing but these terms (a set for each material), so that
 * they find the same; what is best is decided afterwards by `rank.ts`.
 *
 * A term is a field's letter, `_` and one word or two neighbours: `t_phan`, `t_phan_so`; behind `…e_` stands the exact
 * form: `te_phân_sôˊ`. Vietnamese words are mostly two syllables, so neighbours are what makes a hit a good one.
 */

/**
 * `t` title, `k` keywords, `a` author, `d` description, `x` anywhere, the text included. Besides, `f` stands before what a
 * material is filtered by, and `p` before the first letters of a word of the title.
 */
export type Field = "t" | "k" | "a" | "d" | "x";

/** What is said of a material in words. */
export interface Described {
  title: string;
  keywords: string;
  author: string;
  description: string;
  /** Names of files: found, but worth no more than text. */
  fileName: string;
}

/** Terms of one material at most: a thick book has some ten thousand pairs of neighbours. */
export const TERMS_MAX = 40_000;

export interface Terms {
  all: string[];
  /** Words and pairs of title, keywords and author: the vocabulary by which typing errors are put right. */
  vocabulary: string[];
  /** Single words of the text. */
  textWords: string[];
  titleWords: number;
}

/** @param pages the text of the file, page by page */
export function termsOf(said: Described, pages: readonly string[], filters: readonly string[]): Terms {
  const all = new Set<string>(filters.map(filterTerm));
  const vocabulary = new Set<string>();
  const textWords = new Set<string>();
  const title = wordsOf(said.title.normalize("NFC"));
  const head: [Field, readonly Word[]][] = [
    ["t", title],
    ["k", wordsOf(said.keywords.normalize("NFC"))],
    ["a", wordsOf(said.author.normalize("NFC"))],
    ["d", wordsOf(said.description.normalize("NFC"))],
  ];
  for (const [field, words] of head) {
    addTerms(all, field, words);
    addTerms(all, "x", words);
    if (field !== "d") addGrams(vocabulary, words);
  }
  for (const { folded } of title) for (const length of SHORT_PREFIXES) if (folded.length >= length) all.add(`p_${folded.slice(0, length)}`);
  for (const text of [said.fileName, ...pages]) {
    if (all.size >= TERMS_MAX) break;
    const words = wordsOf(text.normalize("NFC"));
    addTerms(all, "x", words);
    for (const word of words) textWords.add(word.folded);
  }
  return { all: [...all].slice(0, TERMS_MAX), vocabulary: [...vocabulary], textWords: [...textWords], titleWords: title.length };
}

/** So few letters begin so many words that an index would gather hundreds of lists; they have terms of their own. */
const SHORT_PREFIXES = [2, 3];

/** A word of the title that begins with these letters, of which there are two at least. */
export function titleWordFrom(letters: string): Condition {
  return SHORT_PREFIXES.includes(letters.length) ? term(`p_${letters}`) : { term: `t_${letters}`, prefix: true };
}

function addTerms(terms: Set<string>, field: Field, words: readonly Word[]): void {
  for (let i = 0; i < words.length; i += 1) {
    const [word, next] = [words[i], words[i + 1]];
    if (word === undefined) continue;
    terms.add(`${field}_${word.folded}`);
    if (word.exact !== word.folded) terms.add(`${field}e_${word.exact}`);
    if (next === undefined) continue;
    terms.add(`${field}_${word.folded}_${next.folded}`);
    const exact = `${word.exact}_${next.exact}`;
    if (exact !== `${word.folded}_${next.folded}`) terms.add(`${field}e_${exact}`);
  }
}

function addGrams(grams: Set<string>, words: readonly Word[]): void {
  words.forEach((word, i) => {
    grams.add(word.folded);
    const next = words[i + 1];
    if (next !== undefined) grams.add(`${word.folded}_${next.folded}`);
  });
}

/** The term of a filter: `subject:TOAN`. Lower case, because an index may not tell the cases apart. */
export function filterTerm(filter: string): string {
  return `f_${filter.toLowerCase().replace(/[^a-z0-9]/g, "_")}`;
}

/** A condition on the terms of a material. */
export type Condition = { all: readonly Condition[] } | { any: readonly Condition[] } | { term: string; prefix?: true } | { these: Condition; not: Condition };

export const term = (text: string): Condition => ({ term: text });

/** Every word in the field. */
export function wordsIn(field: Field, words: readonly Word[]): Condition {
  return { all: [...new Set(words.map((word) => `${field}_${word.folded}`))].map(term) };
}

/** Every word beside its neighbour in the field. A single word is beside nobody. */
export function phraseIn(field: Field, words: readonly Word[]): Condition {
  return words.length < 2 ? wordsIn(field, words) : { all: pairs(words).map(([a, b]) => term(`${field}_${a.folded}_${b.folded}`)) };
}

/** The same with the marks that were typed. */
export function exactIn(field: Field, words: readonly Word[]): Condition {
  const termOf = (exact: string, folded: string): Condition => term(exact === folded ? `${field}_${folded}` : `${field}e_${exact}`);
  if (words.length < 2) return { all: words.map((word) => termOf(word.exact, word.folded)) };
  return { all: pairs(words).map(([a, b]) => termOf(`${a.exact}_${b.exact}`, `${a.folded}_${b.folded}`)) };
}

function pairs(words: readonly Word[]): [Word, Word][] {
  return words.slice(1).map((word, i) => [words[i] ?? word, word]);
}

/** Whether marks were typed: only then is there an exact form to prefer. */
export function hasMarks(words: readonly Word[]): boolean {
  return words.some((word) => word.exact !== word.folded);
}
