import { WEEKS } from "../rules.ts";
import type { DraftRow, Section } from "./draft.ts";
import { isChapterName } from "./titles.ts";

/** Compares what a section says with itself: chapters, numbering, weeks, sums. Adds doubts; changes no number. */
export function checkSection(section: Section): void {
  findChapters(section);
  shareMergedCounts(section);
  checkNumbering(section);
  checkWeeks(section);
  checkTotals(section);
}

/**
 * A chapter's row may carry the sum of its lessons ("Chương I … 12"). It is a chapter where that sum is right; where it
 * is not, the row stays and says so.
 */
function findChapters(section: Section): void {
  if (section.role !== "lessons") return;
  const isHead = (row: DraftRow): boolean => isChapterName(row.title) && row.numbers.length === 0 && row.week_from === null && row.kind !== "test";
  const gone = new Set<DraftRow>();
  section.rows.forEach((row, i) => {
    if (!isHead(row) || row.periods === null || row.periods < 2) return;
    const rest = section.rows.slice(i + 1);
    const end = rest.findIndex(isHead);
    const children = end === -1 ? rest : rest.slice(0, end);
    const sum = sumOf(children);
    if (children.length === 0) return;
    if (sum === row.periods || sumUpTo(children, row.periods)) {
      gone.add(row);
      section.declared.push({ scope: "chapter", chapter: row.title, periods: row.periods, place: row.place });
      for (const child of children) child.chapter = row.title;
    } else if (row.periods > 6) row.doubts.push({ code: "maybe_chapter", params: { periods: row.periods, sum }, field: "title" });
  });
  section.rows = section.rows.filter((row) => !gone.has(row));
}

/** Lessons behind a chapter may belong to none (a review before a test): the sum may be reached before the end. */
function sumUpTo(rows: readonly DraftRow[], wanted: number): boolean {
  let sum = 0;
  for (const row of rows) {
    sum += row.periods ?? 0;
    if (sum === wanted) return true;
  }
  return false;
}

const sumOf = (rows: readonly DraftRow[]): number => rows.reduce((sum, row) => sum + (row.include ? (row.periods ?? 0) : 0), 0);

/** One merged cell counts for several rows: shared evenly where that works, else left to the person. Always a doubt. */
function shareMergedCounts(section: Section): void {
  let i = 0;
  while (i < section.rows.length) {
    const head = section.rows[i];
    let end = i + 1;
    while (section.rows[end]?.periods === null && section.rows[end]?.doubts.every(({ code }) => code !== "no_periods" && code !== "periods_unclear" && code !== "unknown_row")) end += 1;
    const group = section.rows.slice(i, end);
    const periods = head?.periods ?? null;
    if (group.length > 1 && periods !== null) {
      const each = periods % group.length === 0 ? periods / group.length : null;
      for (const row of group) {
        row.periods = each;
        row.doubts.push({ code: "periods_shared", params: { periods, rows: group.length }, field: "periods" });
      }
    }
    i = end;
  }
}

/** Running numbers must go on by one; they may begin anew with term 2, or with every week (primary schools). */
function checkNumbering(section: Section): void {
  const numbered = section.rows.filter((row) => row.numbers.length > 0);
  const restarts = numbered.filter((row, i) => i > 0 && row.numbers[0] === 1).length;
  if (restarts > 2) return;
  let expected = numbered[0]?.numbers[0] ?? 1;
  for (const row of numbered) {
    const found = row.numbers[0] ?? expected;
    const restarted = found === 1 && row.term === 2;
    if (found !== expected && !restarted) {
      row.doubts.push({ code: found > expected ? "numbering_gap" : "numbering_overlap", params: { expected, found }, field: "periods" });
    }
    expected = (row.numbers.at(-1) ?? found) + 1;
  }
}

function checkWeeks(section: Section): void {
  let before = 0;
  for (const row of section.rows) {
    for (const week of [row.week_from, row.week_to]) {
      if (week === null || (week >= 1 && week <= WEEKS)) continue;
      row.doubts.push({ code: "week_out_of_range", params: { week }, field: "week" });
      break;
    }
    const week = row.week_from;
    if (week === null || section.role !== "lessons") continue;
    if (week < before) row.doubts.push({ code: "weeks_backwards", params: { week, before }, field: "week" });
    if (week <= WEEKS) before = Math.max(before, week);
  }
}

/** Sums that the file prints against the sums of what was read. Source: FIRSTS F1, "shown, never silently fixed". */
function checkTotals(section: Section): void {
  for (const declared of section.declared) {
    if (declared.scope === "chapter") {
      const own = section.rows.filter((row) => row.chapter === declared.chapter);
      const sum = sumOf(own);
      if (own.length === 0 || sum === declared.periods || sumUpTo(own, declared.periods)) continue;
      section.doubts.push({ code: "chapter_total_disagrees", params: { chapter: declared.chapter, file: declared.periods, sum }, field: "chapter" });
      continue;
    }
    const term = declared.scope === "term1" ? 1 : 2;
    const rows = declared.scope === "year" ? section.rows : section.rows.filter((row) => row.term === term);
    const sum = sumOf(rows);
    if (sum === declared.periods) continue;
    section.doubts.push({ code: "total_disagrees", params: { scope: declared.scope, file: declared.periods, sum }, field: "periods" });
  }
}
