/** Typing errors: one letter missing, too many, wrong, or two of them swapped. Words are folded. */

const LETTERS = "abcdefghijklmnopqrstuvwxyz";

/** All words that one slip separates from this one. Some 54 for each letter. */
export function oneSlipFrom(word: string): string[] {
  const found = new Set<string>();
  const letters = [...word];
  for (let i = 0; i <= letters.length; i += 1) {
    const before = letters.slice(0, i).join("");
    const after = letters.slice(i).join("");
    const rest = letters.slice(i + 1).join("");
    for (const letter of LETTERS) found.add(before + letter + after);
    if (i === letters.length) continue;
    if (letters.length > 1) found.add(before + rest);
    for (const letter of LETTERS) found.add(before + letter + rest);
    const [one, two] = [letters[i], letters[i + 1]];
    if (one !== undefined && two !== undefined) found.add(before + two + one + letters.slice(i + 2).join(""));
  }
  found.delete(word);
  found.delete("");
  return [...found];
}

/** Whether two words are the same but for one slip. */
export function isOneSlip(a: string, b: string): boolean {
  if (a === b) return false;
  const [short, long] = a.length <= b.length ? [a, b] : [b, a];
  if (long.length - short.length > 1) return false;
  let i = 0;
  while (i < short.length && short[i] === long[i]) i += 1;
  if (short.length < long.length) return short.slice(i) === long.slice(i + 1);
  if (short.slice(i + 1) === long.slice(i + 1)) return true;
  return short[i] === long[i + 1] && short[i + 1] === long[i] && short.slice(i + 2) === long.slice(i + 2);
}

/** Words and pairs of neighbours (`a_b`), with how many materials have them. */
export type Counts = ReadonlyMap<string, number>;

/** Of a long query only so many words are doubted. */
const DOUBTED_MAX = 4;

/** The places of words that are worth doubting: the rarest first. Digits and single letters are not. */
function doubted(words: readonly string[], counts: Counts): number[] {
  const places = words.flatMap((word, i) => (word.length >= 2 && word.length <= 15 && /^[a-z]+$/.test(word) ? [i] : []));
  const count = (i: number): number => counts.get(words[i] ?? "") ?? 0;
  return places.sort((a, b) => count(a) - count(b)).slice(0, DOUBTED_MAX);
}

/**
 * What has to be counted before `corrections` can judge: the words that one slip may have spoilt, and beside their
 * neighbours those of them that are known to exist.
 */
export function toCount(words: readonly string[], counts: Counts): string[] {
  const found = new Set<string>();
  for (const i of doubted(words, counts)) {
    for (const other of oneSlipFrom(words[i] ?? "")) {
      if (!counts.has(other)) found.add(other);
      else for (const pair of neighbours(words, i, other)) found.add(pair);
    }
  }
  return [...found];
}

function neighbours(words: readonly string[], i: number, word: string): string[] {
  const [before, after] = [words[i - 1], words[i + 1]];
  return [...(before === undefined ? [] : [`${before}_${word}`]), ...(after === undefined ? [] : [`${word}_${after}`])];
}

/** The words with one of them put right, the likeliest first: what stands beside its neighbours counts most. */
export function corrections(words: readonly string[], counts: Counts, max: number): string[][] {
  const found: { words: string[]; weight: number }[] = [];
  for (const i of doubted(words, counts)) {
    for (const other of oneSlipFrom(words[i] ?? "")) {
      const alone = counts.get(other) ?? 0;
      if (alone === 0) continue;
      const beside = neighbours(words, i, other).reduce((sum, pair) => sum + (counts.get(pair) ?? 0), 0);
      found.push({ words: words.with(i, other), weight: beside * 1000 + alone });
    }
  }
  const text = (one: { words: string[] }): string => one.words.join(" ");
  return found.sort((a, b) => b.weight - a.weight || (text(a) < text(b) ? -1 : 1)).slice(0, max).map((one) => one.words);
}
