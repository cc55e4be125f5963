import type { Day } from "../platform/clock.ts";

/** Not taught in this class, or taught with nobody named yet. */
export const NOT_TAUGHT = "";
export const UNASSIGNED = "none";
/** Several teachers share the course: left as it is. */
export const SHARED = "shared";

/** One field of the grid of assignments: a class and a subject. */
export interface Cell {
  class_id: string;
  subject_code: string;
  /** What the page showed when it was opened. */
  was: string;
  /** What was chosen: a teacher's id, or one of the words above. */
  now: string;
  /** What stands in the database at this moment. */
  stands: string;
}

export type Change =
  | { kind: "create"; class_id: string; subject_code: string; teacher_id: string | undefined }
  | { kind: "assign"; class_id: string; subject_code: string; teacher_id: string | undefined };

/**
 * What a grid that was sent asks for. Only what the sender changed is done, so two people who fill in different rows do
 * not undo each other; a field that both changed differently is a clash. A course is never removed by the grid: what
 * was taught in it stays.
 */
export function gridChanges(cells: readonly Cell[]): { changes: Change[]; clashes: Cell[] } {
  const changes: Change[] = [];
  const clashes: Cell[] = [];
  for (const cell of cells) {
    if (cell.now === cell.was || cell.now === cell.stands || cell.now === SHARED) continue;
    if (cell.stands !== cell.was) clashes.push(cell);
    else if (cell.stands === NOT_TAUGHT) changes.push({ kind: "create", ...place(cell), teacher_id: teacherOf(cell) });
    else if (cell.now !== NOT_TAUGHT) changes.push({ kind: "assign", ...place(cell), teacher_id: teacherOf(cell) });
  }
  return { changes, clashes };
}

function place({ class_id, subject_code }: Cell): { class_id: string; subject_code: string } {
  return { class_id, subject_code };
}

function teacherOf(cell: Cell): string | undefined {
  return cell.now === UNASSIGNED ? undefined : cell.now;
}

/** A teacher's time in a course, from a day on until (not on) another. */
export interface Turn {
  person_id: string;
  from_on: Day;
  to_on: Day | null;
}

/** The day on which a turn that is still open ends when another begins: never before it began. */
export function endOfTurn(turn: Turn, on: Day): Day {
  return turn.from_on > on ? turn.from_on : on;
}

/** Who teaches a course on a day. */
export function teachersOn(turns: readonly Turn[], day: Day): string[] {
  return [...new Set(turns.filter((t) => t.from_on <= day && (t.to_on === null || day < t.to_on)).map((t) => t.person_id))];
}

/** Class names written together: `6A, 6B 6C` → three names, each once. */
export function classNames(text: string): string[] {
  return [...new Set(text.split(/[\s,;]+/).map((name) => name.trim()).filter(Boolean))];
}

/** The grade that a class name begins with: `10A2` → 10; undefined where it begins with no grade. */
export function gradeOfName(name: string): number | undefined {
  const grade = Number(/^\d{1,2}/.exec(name)?.[0]);
  return grade >= 1 && grade <= 12 ? grade : undefined;
}
