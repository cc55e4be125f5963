import type { PlanRow } from "../rules.ts";

/**
 * What people do to the rows of a plan. Each function answers a new list and leaves the given one alone; rows keep their
 * ids, because materials, lessons and evidence hang on them.
 */

/** Adds a row after the row `afterId`, or at the end. It takes over chapter, term and week of its neighbour. */
export function addRow(rows: readonly PlanRow[], afterId: string | null, id: string, given: Partial<Omit<PlanRow, "id">>): PlanRow[] {
  const found = afterId === null ? -1 : rows.findIndex((row) => row.id === afterId);
  const at = found === -1 ? rows.length : found + 1;
  const near = rows[at - 1];
  const row: PlanRow = {
    id,
    chapter: near?.chapter ?? "",
    title: "",
    periods: 1,
    kind: "lesson",
    week_from: near?.week_to ?? near?.week_from ?? null,
    week_to: near?.week_to ?? near?.week_from ?? null,
    term: near?.term ?? null,
    digital_content: false,
    ai_content: false,
    planned_mode: "in_class",
    notes: "",
    ...given,
  };
  return [...rows.slice(0, at), row, ...rows.slice(at)];
}

/** Takes a row out of the list; the store keeps it for its evidence. */
export function removeRow(rows: readonly PlanRow[], id: string): PlanRow[] {
  return rows.filter((row) => row.id !== id);
}

/** Moves a row by one place (`-1` up, `1` down); at the end of the list nothing changes. */
export function moveRow(rows: readonly PlanRow[], id: string, by: -1 | 1): PlanRow[] {
  const from = rows.findIndex((row) => row.id === id);
  const to = from + by;
  if (from === -1 || to < 0 || to >= rows.length) return [...rows];
  return orderRows(rows, swapped(rows.map((row) => row.id), from, to));
}

function swapped(ids: readonly string[], a: number, b: number): string[] {
  return ids.map((id, i) => (i === a ? (ids[b] ?? id) : i === b ? (ids[a] ?? id) : id));
}

/** Puts the rows in the order of `ids`; rows that are not named keep their order behind the others. */
export function orderRows(rows: readonly PlanRow[], ids: readonly string[]): PlanRow[] {
  const place = new Map(ids.map((id, i) => [id, i]));
  return rows
    .map((row, i) => ({ row, key: place.get(row.id) ?? ids.length + i }))
    .sort((a, b) => a.key - b.key)
    .map(({ row }) => row);
}

/**
 * Splits a row in two: the first keeps the id, the title and `firstPeriods`, the second is a new row with the rest.
 * Nothing changes where there is not at least one period for each.
 */
export function splitRow(rows: readonly PlanRow[], id: string, firstPeriods: number, newId: string, newTitle: string): PlanRow[] {
  return rows.flatMap((row) => {
    if (row.id !== id || firstPeriods < 1 || firstPeriods >= row.periods) return [row];
    const week = row.week_to ?? row.week_from;
    const second: PlanRow = { ...row, id: newId, title: newTitle, periods: row.periods - firstPeriods, week_from: week, week_to: week };
    return [{ ...row, periods: firstPeriods }, second];
  });
}

/** Joins a row with the one behind it: periods add up, weeks span both, marks of either stay. */
export function mergeWithNext(rows: readonly PlanRow[], id: string): PlanRow[] {
  const at = rows.findIndex((row) => row.id === id);
  const first = rows[at];
  const second = rows[at + 1];
  if (first === undefined || second === undefined) return [...rows];
  return [...rows.slice(0, at), joined(first, second), ...rows.slice(at + 2)];
}

function joined(first: PlanRow, second: PlanRow): PlanRow {
  return {
    ...first,
    title: first.title === second.title ? first.title : `${first.title}; ${second.title}`.slice(0, 500),
    periods: first.periods + second.periods,
    week_from: first.week_from ?? second.week_from,
    week_to: second.week_to ?? first.week_to,
    digital_content: first.digital_content || second.digital_content,
    ai_content: first.ai_content || second.ai_content,
    notes: [first.notes, second.notes].filter((note) => note !== "").join("\n").slice(0, 2000),
  };
}

/** Rows that differ between two states of a plan, for a person who was overtaken by somebody else. */
export interface RowChange {
  id: string;
  title: string;
  change: "added" | "removed" | "changed" | "moved";
}

export function changesBetween(before: readonly PlanRow[], after: readonly PlanRow[]): RowChange[] {
  const old = new Map(before.map((row) => [row.id, row]));
  const now = new Set(after.map((row) => row.id));
  const kept = before.filter((row) => now.has(row.id)).map((row) => row.id);
  const keptNow = after.filter((row) => old.has(row.id)).map((row) => row.id);
  const changes: RowChange[] = [];
  for (const row of after) {
    const was = old.get(row.id);
    if (was === undefined) changes.push({ id: row.id, title: row.title, change: "added" });
    else if (!isSame(was, row)) changes.push({ id: row.id, title: row.title, change: "changed" });
    else if (kept.indexOf(row.id) !== keptNow.indexOf(row.id)) changes.push({ id: row.id, title: row.title, change: "moved" });
  }
  for (const row of before) if (!now.has(row.id)) changes.push({ id: row.id, title: row.title, change: "removed" });
  return changes;
}

/** Whether two states of a row say the same. */
export function isSame(a: PlanRow, b: PlanRow): boolean {
  return (Object.keys(a) as (keyof PlanRow)[]).every((key) => a[key] === b[key]);
}

/** A short mark of what a row says, kept in the form: whether somebody changed it since. Not a secret, FNV-1a. */
export function fingerprint(row: PlanRow): string {
  const said = [
    ...[row.chapter, row.title, row.periods, row.kind, row.week_from, row.week_to ?? row.week_from, row.term],
    ...[row.digital_content, row.ai_content, row.planned_mode, row.notes.replace(/\r\n?/g, "\n").trim()],
  ].join("\u0001");
  let hash = 0x811c9dc5;
  for (let i = 0; i < said.length; i += 1) hash = Math.imul(hash ^ said.charCodeAt(i), 0x01000193);
  return (hash >>> 0).toString(36);
}

/** A row of a form whose plan was saved by somebody else meanwhile. */
export interface MergedRow {
  row: PlanRow;
  /** `theirs`: they changed it, we did not. `clash`: both did. `added`, `removed`: by them. */
  state: "same" | "mine" | "theirs" | "clash" | "added" | "removed";
  /** What stands saved, where both changed it. */
  theirs?: PlanRow;
}

/**
 * Brings what was typed together with what somebody else saved: untouched rows show the newest, typed ones are kept, and
 * nothing that either person did is lost. `was` holds the fingerprints of the rows when the form was made.
 */
export function mergeEdits(current: readonly PlanRow[], typed: readonly PlanRow[], was: ReadonlyMap<string, string>): MergedRow[] {
  const now = new Map(current.map((row) => [row.id, row]));
  const merged = typed.flatMap((row): MergedRow[] => {
    const theirs = now.get(row.id);
    const touched = fingerprint(row) !== was.get(row.id);
    if (theirs === undefined) return touched ? [{ row, state: "removed" }] : [];
    const changed = fingerprint(theirs) !== was.get(row.id);
    if (!touched) return [{ row: theirs, state: changed ? "theirs" : "same" }];
    return [changed && !isSame(row, theirs) ? { row, state: "clash", theirs } : { row, state: "mine" }];
  });
  const known = new Set(typed.map((row) => row.id));
  current.forEach((row, i) => {
    if (known.has(row.id)) return;
    const above = current[i - 1]?.id;
    const at = merged.findIndex((line) => line.row.id === above);
    merged.splice(at + 1, 0, { row, state: "added" });
  });
  return merged;
}

/** Keeps the ids of rows that an import replaces: the same title, in the order in which they stand. */
export function keepIds(before: readonly PlanRow[], rows: readonly PlanRow[], sameTitle: (title: string) => string): PlanRow[] {
  const free = new Map<string, string[]>();
  for (const row of before) free.set(sameTitle(row.title), [...(free.get(sameTitle(row.title)) ?? []), row.id]);
  return rows.map((row) => ({ ...row, id: free.get(sameTitle(row.title))?.shift() ?? row.id }));
}
