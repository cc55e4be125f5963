import type { DraftRow, Section } from "./draft.ts";

/**
 * The lists that a person can choose from: each of lessons or study topics, with the tests of the same grade (a table of
 * their own in Appendix I) put where their week belongs.
 */
export function listsOf(sections: readonly Section[]): Section[] {
  const tests = sections.filter(({ role }) => role === "tests");
  const lists = sections.filter(({ role }) => role !== "tests");
  if (lists.length === 0) return [...tests];
  return lists.map((list) => {
    if (list.role !== "lessons") return list;
    const own = tests.filter(({ grade, subjectCode }) => grade === list.grade && subjectCode === list.subjectCode);
    return { ...list, rows: own.flatMap(({ rows }) => rows).reduce(placed, list.rows) };
  });
}

function placed(rows: readonly DraftRow[], test: DraftRow): DraftRow[] {
  const week = test.week_to;
  const later = week === null ? -1 : rows.findIndex((row) => row.week_from !== null && row.week_from > week);
  return later === -1 ? [...rows, test] : [...rows.slice(0, later), test, ...rows.slice(later)];
}

/** The list that fits best what the person is importing for: its grade and subject, else the first of lessons. */
export function pickList(lists: readonly Section[], wanted: { subject_code: string; grade: number }): number {
  const score = (list: Section): number =>
    (list.grade === wanted.grade ? 4 : list.grade === null ? 1 : 0) + (list.subjectCode === wanted.subject_code ? 2 : list.subjectCode === null ? 1 : 0) + (list.role === "lessons" ? 1 : 0);
  return lists.reduce((best, list, i) => (score(list) > score(lists[best] ?? list) ? i : best), 0);
}
