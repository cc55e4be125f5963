import { lastWordEnd, nextWord, wordsAmong, type PlacedWord, type Word } from "../../platform/text.ts";

/** A piece of a text; `hit` is what was looked for. */
export interface Piece {
  text: string;
  hit: boolean;
}

/** Letters of a passage, about two lines on a phone. */
export const PASSAGE_LENGTH = 180;

/** The whole text with what was looked for marked, marks of the original kept. */
export function marked(text: string, words: readonly Word[]): Piece[] {
  const whole = text.normalize("NFC");
  return piecesOf(whole, 0, whole.length, hitsIn(whole, words));
}

/**
 * The passage of a text that has most of what was looked for, cut at words; undefined where it has nothing.
 *
 * A phrase counts more than its words in other places, and the exact marks more than other ones.
 */
export function passage(text: string, words: readonly Word[], length = PASSAGE_LENGTH): Piece[] | undefined {
  const whole = text.normalize("NFC").replace(/\s\s+|[^\S ]/g, " ").trim();
  const hits = hitsIn(whole, words);
  const first = bestStart(hits, words, length);
  if (first === undefined) return undefined;
  const [from, to] = windowAround(whole, first, length);
  const pieces = piecesOf(whole, from, to, hits);
  return [...(from > 0 ? [{ text: "… ", hit: false }] : []), ...pieces, ...(to < whole.length ? [{ text: " …", hit: false }] : [])];
}

/** Of several words, those beside each other are marked; where none are, each by itself. */
function hitsIn(text: string, words: readonly Word[]): PlacedWord[] {
  const found = wordsAmong(text, new Set(words.map((word) => word.folded)));
  if (words.length < 2) return found;
  const isRun = (start: number): boolean => words.every((word, k) => found[start + k]?.folded === word.folded && (k === 0 || isNext(text, found[start + k - 1], found[start + k])));
  const runs = found.flatMap((_, i) => (isRun(i) ? found.slice(i, i + words.length) : []));
  return runs.length > 0 ? runs : found;
}

/** Whether no word stands between two. */
function isNext(text: string, one: PlacedWord | undefined, other: PlacedWord | undefined): boolean {
  return one !== undefined && other !== undefined && nextWord(text, one.to) === other.from;
}

/** Where the window of this length with the most begins: the index of its first hit among the words. */
function bestStart(hits: readonly PlacedWord[], words: readonly Word[], length: number): PlacedWord | undefined {
  const exact = new Set(words.map((word) => word.exact));
  let best: { hit: PlacedWord; weight: number } | undefined;
  for (let i = 0; i < hits.length; i += 1) {
    const start = hits[i];
    if (start === undefined) continue;
    const seen = new Set<string>();
    let weight = 0;
    for (let k = i; k < hits.length && (hits[k]?.to ?? 0) - start.from <= length * 0.7; k += 1) {
      const hit = hits[k];
      if (hit === undefined || seen.has(hit.folded)) continue;
      seen.add(hit.folded);
      weight += 10 + (exact.has(hit.exact) ? 1 : 0);
    }
    if (best === undefined || weight > best.weight) best = { hit: start, weight };
  }
  return best?.hit;
}

/** A third of the room before the hit, the rest from it on; never in the middle of a word. */
function windowAround(text: string, hit: PlacedWord, length: number): [number, number] {
  const wish = Math.max(0, Math.min(hit.from - Math.floor(length / 3), text.length - length));
  const from = wish === 0 ? 0 : nextWord(text, wish);
  const end = from + length;
  const to = end >= text.length ? text.length : lastWordEnd(text, end);
  return [from, Math.max(to, hit.to)];
}

/** Neighbouring hits become one piece, with the space between them. */
function piecesOf(text: string, from: number, to: number, hits: readonly PlacedWord[]): Piece[] {
  const spans: [number, number][] = [];
  for (const hit of hits) {
    if (hit.from < from || hit.to > to) continue;
    const last = spans.at(-1);
    if (last !== undefined && hit.from <= last[1]) last[1] = Math.max(last[1], hit.to);
    else if (last !== undefined && text.slice(last[1], hit.from) === " ") last[1] = hit.to;
    else spans.push([hit.from, hit.to]);
  }
  const pieces: Piece[] = [];
  let at = from;
  for (const [begin, end] of spans) {
    if (begin > at) pieces.push({ text: text.slice(at, begin), hit: false });
    pieces.push({ text: text.slice(begin, end), hit: true });
    at = end;
  }
  if (at < to) pieces.push({ text: text.slice(at, to), hit: false });
  return pieces;
}
