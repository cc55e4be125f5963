import { plainWords, type Clues } from "./clues.ts";

/** A row of a plan as far as matching needs it; in the order of its plan. */
export interface PlanLesson {
  id: string;
  plan_id: string;
  subject_code: string;
  grade: number;
  title: string;
  chapter: string;
  kind: string;
  periods: number;
  week_from: number | null;
  week_to: number | null;
}

/** What agreed, said to the person who looks it over. `against_*`: what the name says otherwise. */
export type Reason = "title" | "title_part" | "lesson_number" | "lesson_order" | "periods" | "week" | "against_number" | "against_periods" | "against_week" | "against_title" | "several" | "subject_unknown";

export interface Match {
  lessonId: string | null;
  /** `sure` needs no look; `doubtful` is the best guess; `none` leaves it open. */
  match: "sure" | "doubtful" | "none";
  why: Reason[];
}

/** A lesson with what is computed once for all files. */
export interface Candidate extends PlanLesson {
  words: readonly string[];
  /** The number in its own title ("Bài 12. …"), if it bears one. */
  number: number | null;
  /** Its place among the lessons of its plan that bear content, from 1. */
  order: number | null;
  /** First and last period of the year. */
  from: number;
  to: number;
  chapterNumber: number | null;
  planHasNumbers: boolean;
  aloneInWeek: boolean;
}

/** Counts periods and numbers through each plan. @param lessons in the order of their plans */
export function candidatesOf(lessons: readonly PlanLesson[]): Candidate[] {
  const plans = new Map<string, PlanLesson[]>();
  for (const lesson of lessons) plans.set(lesson.plan_id, [...(plans.get(lesson.plan_id) ?? []), lesson]);
  return [...plans.values()].flatMap((plan) => {
    const numbers = plan.map((lesson) => numberIn(lesson.title));
    const planHasNumbers = numbers.some((number) => number !== null);
    let before = 0;
    let order = 0;
    return plan.map((lesson, i) => {
      const from = before + 1;
      before += lesson.periods;
      const bears = lesson.kind === "lesson" || lesson.kind === "topic";
      if (bears) order += 1;
      const inWeek = plan.filter((other) => other.week_from !== null && other.week_from === lesson.week_from);
      return {
        ...lesson,
        words: wordsOf(lesson.title),
        number: numbers[i] ?? null,
        order: bears ? order : null,
        from,
        to: before,
        chapterNumber: chapterIn(lesson.chapter),
        planHasNumbers,
        aloneInWeek: inWeek.length === 1,
      };
    });
  });
}

function numberIn(title: string): number | null {
  const found = /^(?:bai|unit|lesson|chu de)\s*(\d{1,3})\b/.exec(plainWords(title));
  return found ? Number(found[1]) : null;
}

function chapterIn(chapter: string): number | null {
  const found = /^(?:chuong|chu de|phan|bai)\s*(\d{1,2}|[ivx]{1,5})\b/.exec(plainWords(chapter));
  if (!found) return null;
  const text = found[1] ?? "";
  return /^\d+$/.test(text) ? Number(text) : ["", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii"].indexOf(text);
}

function wordsOf(title: string): string[] {
  return plainWords(title).replace(/^(?:bai|unit|lesson)\s*\d{1,3}\b/, "").replace(/\btiet \d+(-\d+)?\b/g, "").split(" ").filter((word) => /[a-z]/.test(word));
}

const SURE = 0.75;
const WORTH_A_GUESS = 0.4;
const MARGIN = 0.12;

/**
 * The plan lesson a file is for, and how sure that is. A number of the textbook, a period of the year and the title are
 * each enough alone when nothing speaks against them; a week alone seldom is.
 */
export function matchLesson(clues: Clues, candidates: readonly Candidate[], chosen: { subject: string | null; grade: number | null }): Match {
  const subject = clues.subject ?? chosen.subject;
  const grade = clues.grade ?? chosen.grade;
  const pool = candidates.filter((c) => (subject === null || c.subject_code === subject) && (grade === null || c.grade === grade));
  const placed = new Set(pool.map((c) => c.plan_id)).size === 1;
  const scored = pool.map((c) => ({ lesson: c, ...score(clues, c, placed) })).sort((a, b) => b.score - a.score);
  const [best, second] = scored;
  if (best === undefined || best.score < WORTH_A_GUESS) return { lessonId: null, match: "none", why: placed || pool.length === 0 ? [] : ["subject_unknown"] };
  const close = second !== undefined && best.score - second.score < MARGIN;
  // "Bài 3. Phép nhân …" where lesson 3 is called otherwise: somebody has to look which of the two is meant.
  if (!best.why.includes("title") && scored.some((other) => other.why.includes("title"))) best.why.push("against_title");
  const against = best.why.some((reason) => reason.startsWith("against"));
  const sure = best.score >= SURE && !close && !against;
  return { lessonId: best.lesson.id, match: sure ? "sure" : "doubtful", why: [...best.why, ...(close ? (["several"] as const) : [])] };
}

function score(clues: Clues, lesson: Candidate, placed: boolean): { score: number; why: Reason[] } {
  const why: Reason[] = [];
  const title = similarity(clues.title.split(" ").filter((word) => /[a-z]/.test(word)), lesson.words);
  let strong = title >= 0.85 ? 0.85 : title * 0.8;
  let agree = 0;
  let against = 0;
  if (title >= 0.45) {
    why.push(title >= 0.85 ? "title" : "title_part");
    agree += 1;
  }
  const say = (strength: number, reason: Reason): void => {
    strong = Math.max(strong, strength);
    agree += 1;
    why.push(reason);
  };
  const deny = (reason: Reason): void => {
    against += 1;
    why.push(reason);
  };
  if (placed && clues.lesson !== null) {
    if (lesson.number === clues.lesson) say(0.8, "lesson_number");
    else if (lesson.planHasNumbers) deny("against_number");
    else if (lesson.order === clues.lesson) say(0.45, "lesson_order");
  }
  if (placed && clues.periods !== null) {
    if (clues.periods[0] <= lesson.to && clues.periods[1] >= lesson.from) say(clues.periods[0] >= lesson.from ? 0.78 : 0.6, "periods");
    else deny("against_periods");
  }
  if (placed && clues.week !== null && lesson.week_from !== null) {
    if (clues.week >= lesson.week_from && clues.week <= (lesson.week_to ?? lesson.week_from)) say(lesson.aloneInWeek ? 0.6 : 0.4, "week");
    else deny("against_week");
  }
  if (placed && clues.chapter !== null && clues.chapter === lesson.chapterNumber) agree += 0.5;
  return { score: Math.max(0, Math.min(1, strong + 0.1 * Math.max(0, agree - 1) - 0.25 * against)), why };
}

/** How alike two titles are, 0 to 1: how much of the lesson's title the name has, how little else, and in what order. */
export function similarity(name: readonly string[], title: readonly string[]): number {
  if (name.length === 0 || title.length === 0) return 0;
  const left = [...name];
  let common = 0;
  for (const word of title) {
    const at = left.indexOf(word);
    if (at === -1) continue;
    left.splice(at, 1);
    common += 1;
  }
  if (common === 0) return 0;
  const pairs = (words: readonly string[]): Set<string> => new Set(words.slice(1).map((word, i) => `${words[i] ?? ""} ${word}`));
  const [mine, theirs] = [pairs(name), pairs(title)];
  const shared = [...theirs].filter((pair) => mine.has(pair)).length;
  const order = theirs.size === 0 ? 1 : shared / theirs.size;
  return (0.6 * common) / title.length + (0.2 * common) / name.length + 0.2 * order;
}
