/** How two versions of a text differ. Pure; whole paragraphs first, then words inside a paragraph that was changed. */

export type Change = "same" | "added" | "removed";

export interface Part {
  kind: Change;
  text: string;
}

/** A paragraph that stayed, came, went, or was changed (with its words). */
export type Block = { kind: Change; text: string } | { kind: "changed"; parts: Part[] };

/** The table of the longest common subsequence grows with both lengths; beyond this the middle is shown as replaced. */
const CELLS_MAX = 4_000_000;

/** The shortest way from one list to the other, by the longest common subsequence. */
export function diff(before: readonly string[], after: readonly string[]): Part[] {
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start]) start += 1;
  let [endB, endA] = [before.length, after.length];
  while (endB > start && endA > start && before[endB - 1] === after[endA - 1]) [endB, endA] = [endB - 1, endA - 1];
  const same = (text: string): Part => ({ kind: "same", text });
  return [...before.slice(0, start).map(same), ...middle(before.slice(start, endB), after.slice(start, endA)), ...before.slice(endB).map(same)];
}

function middle(before: readonly string[], after: readonly string[]): Part[] {
  const [n, m] = [before.length, after.length];
  if (n * m > CELLS_MAX) return [...before.map((text): Part => ({ kind: "removed", text })), ...after.map((text): Part => ({ kind: "added", text }))];
  // longest[i][j], flattened: how much the ends before[i…] and after[j…] have in common.
  const longest = new Uint32Array((n + 1) * (m + 1));
  const at = (i: number, j: number): number => longest[i * (m + 1) + j] ?? 0;
  for (let i = n - 1; i >= 0; i -= 1) {
    for (let j = m - 1; j >= 0; j -= 1) longest[i * (m + 1) + j] = before[i] === after[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
  }
  const parts: Part[] = [];
  for (let [i, j] = [0, 0]; i < n || j < m; ) {
    if (i < n && j < m && before[i] === after[j]) {
      parts.push({ kind: "same", text: before[i] ?? "" });
      [i, j] = [i + 1, j + 1];
    } else if (j >= m || (i < n && at(i + 1, j) >= at(i, j + 1))) {
      parts.push({ kind: "removed", text: before[i] ?? "" });
      i += 1;
    } else {
      parts.push({ kind: "added", text: after[j] ?? "" });
      j += 1;
    }
  }
  return parts;
}

/** Paragraphs of a text as they are compared: without empty ones, with single spaces. */
export function paragraphsOf(text: string): string[] {
  return text
    .normalize("NFC")
    .split(/\n+/)
    .map((line) => line.replace(/\s+/g, " ").trim())
    .filter((line) => line !== "");
}

/** A paragraph that went and one that came in its place are one that was changed, shown by its words. */
export function compareTexts(before: string, after: string): Block[] {
  const parts = diff(paragraphsOf(before), paragraphsOf(after));
  const blocks: Block[] = [];
  for (let i = 0; i < parts.length; ) {
    if (parts[i]?.kind === "same") {
      blocks.push(parts[i] as Part);
      i += 1;
      continue;
    }
    let end = i;
    while (end < parts.length && parts[end]?.kind !== "same") end += 1;
    const [gone, come] = (["removed", "added"] as const).map((kind) => parts.slice(i, end).filter((part) => part.kind === kind)) as [Part[], Part[]];
    for (let k = 0; k < Math.max(gone.length, come.length); k += 1) blocks.push(blockOf(gone[k], come[k]));
    i = end;
  }
  return blocks;
}

function blockOf(gone: Part | undefined, come: Part | undefined): Block {
  if (gone === undefined || come === undefined) return (gone ?? come) as Part;
  const words = joined(diff(gone.text.split(" "), come.text.split(" ")));
  return { kind: "changed", parts: words };
}

/** Words of one kind beside each other are one part. */
function joined(words: readonly Part[]): Part[] {
  const parts: Part[] = [];
  for (const word of words) {
    const last = parts.at(-1);
    if (last?.kind === word.kind) last.text += ` ${word.text}`;
    else parts.push({ ...word });
  }
  return parts;
}
