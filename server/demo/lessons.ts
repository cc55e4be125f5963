import { LOWER } from "./lessons-lower.ts";
import { PRIMARY } from "./lessons-primary.ts";
import { UPPER } from "./lessons-upper.ts";

export interface PlannedRow {
  chapter: string;
  title: string;
  periods: number;
  kind: "lesson" | "topic" | "practice" | "review" | "test" | "activity";
  week: number;
  term: 1 | 2;
}

const LISTS: Record<string, string> = { ...PRIMARY, ...LOWER, ...UPPER };
const WEEKS = 35;
const FIRST_TERM_WEEKS = 18;

/** Which subjects of a grade have a written plan in the demonstration. */
export function hasLessons(subject: string, grade: number): boolean {
  return Object.hasOwn(LISTS, `${subject}-${grade}`);
}

/**
 * A yearly plan as a school writes it: the lessons of each chapter, an exercise lesson at its end, reviews and tests in the
 * middle and at the end of each term; the periods add up to the national number.
 */
export function planRows(subject: string, grade: number, periods: number): PlannedRow[] {
  const rows: Omit<PlannedRow, "week" | "term">[] = [];
  for (const part of (LISTS[`${subject}-${grade}`] ?? "").split("# ").slice(1)) {
    const [chapter = "", ...lines] = part.trim().split("\n");
    for (const title of lines.join("|").split("|")) rows.push({ chapter, title: title.trim(), periods: 1, kind: "lesson" });
    rows.push({ chapter, title: `Luyện tập: ${chapter.replace(/^[^.]+\. /, "")}`, periods: 1, kind: "practice" });
  }
  const half = Math.ceil(rows.length / 2);
  const withTests = [
    ...rows.slice(0, Math.ceil(half / 2)),
    ...exam("giữa học kì I"),
    ...rows.slice(Math.ceil(half / 2), half),
    ...exam("cuối học kì I"),
    ...rows.slice(half, half + Math.ceil(half / 2)),
    ...exam("giữa học kì II"),
    ...rows.slice(half + Math.ceil(half / 2)),
    ...exam("cuối học kì II"),
  ];
  spread(withTests, periods);
  return inWeeks(withTests, periods);
}

function exam(name: string): Omit<PlannedRow, "week" | "term">[] {
  return [
    { chapter: "Ôn tập và kiểm tra", title: `Ôn tập ${name}`, periods: 1, kind: "review" },
    { chapter: "Ôn tập và kiểm tra", title: `Kiểm tra ${name}`, periods: 1, kind: "test" },
  ];
}

/** Gives the lessons, one after the other, the periods that are left. */
function spread(rows: { periods: number; kind: string }[], total: number): void {
  const lessons = rows.filter((row) => row.kind === "lesson");
  for (let left = total - rows.length, i = 0; left > 0 && lessons.length > 0; left -= 1, i += 1) {
    const row = lessons[i % lessons.length];
    if (row) row.periods += 1;
  }
}

function inWeeks(rows: Omit<PlannedRow, "week" | "term">[], total: number): PlannedRow[] {
  let before = 0;
  return rows.map((row) => {
    const week = Math.min(WEEKS, 1 + Math.floor((before * WEEKS) / total));
    before += row.periods;
    return { ...row, week, term: week <= FIRST_TERM_WEEKS ? 1 : 2 };
  });
}
