/**
 * When an assigned lesson counts as completed by a pupil, and how a class is doing. Only what the server saw: the page was
 * served to the pupil, and the pupil said that it is done. Whether that is enough for the period to count is judged in
 * ledger/rules.ts.
 */

/** What the server saw of one pupil and one lesson. Instants are ISO texts. */
export interface Seen {
  opened_at: string | null;
  done_at: string | null;
}

export type StudyState = "not_started" | "started" | "done" | "done_late";

/**
 * Where a pupil stands with an assigned lesson.
 *
 * Done exactly at the due time is in time; a lesson that was never opened is not done, whatever was sent.
 * Source: DOMAIN §2.1, evidence `self_study`: "completed it by its due date".
 */
export function studyState(seen: Seen, dueAt: string): StudyState {
  if (seen.opened_at === null) return "not_started";
  if (seen.done_at === null) return "started";
  return seen.done_at <= dueAt ? "done" : "done_late";
}

export interface ClassProgress {
  pupils: number;
  not_started: number;
  started: number;
  done: number;
  done_late: number;
}

/** Adds a class up; the four parts sum to the number of pupils. */
export function classProgress(seen: readonly Seen[], dueAt: string): ClassProgress {
  const sum: ClassProgress = { pupils: seen.length, not_started: 0, started: 0, done: 0, done_late: 0 };
  for (const one of seen) sum[studyState(one, dueAt)] += 1;
  return sum;
}

export type AssignmentProblem = { field: "period_to" | "due_at" | "legal_reason"; code: "past_the_lesson" | "before_opening" | "reason_needed" };

/**
 * What is wrong with an assignment. Online teaching that replaces class teaching is allowed only while pupils cannot come
 * to school, so it needs its reason. Source: Circular 09/2021/TT-BGDĐT, Art. 3.
 */
export function assignmentProblem(asked: { period_from: number; period_to: number; opens_at: string; due_at: string; legal_form: string; legal_reason: string }, lesson: { periods: number }): AssignmentProblem | undefined {
  if (asked.period_to < asked.period_from || asked.period_to > lesson.periods) return { field: "period_to", code: "past_the_lesson" };
  if (asked.due_at <= asked.opens_at) return { field: "due_at", code: "before_opening" };
  if (asked.legal_form === "replacing" && asked.legal_reason.trim() === "") return { field: "legal_reason", code: "reason_needed" };
  return undefined;
}
