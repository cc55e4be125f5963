/** How a school reviews: its checklist, and until when a step is to be taken. Pure. Source: DOMAIN §3, FIRSTS F4. */
import { addDays, type Day } from "../../platform/clock.ts";

/** A question of the checklist. */
export interface CheckItem {
  text: string;
  /** Must be ticked before a material is passed or approved. */
  required: boolean;
}

/** A question with its answer, as the trail keeps it: an old decision shows the list it was made with. */
export interface CheckAnswer extends CheckItem {
  ticked: boolean;
}

export const CHECK_ITEMS_MAX = 12;

/** @param ticked places in the list, as the form sends them: `0`, `3` */
export function answersOf(items: readonly CheckItem[], ticked: readonly string[]): CheckAnswer[] {
  return items.map((item, i) => ({ ...item, ticked: ticked.includes(String(i)) }));
}

/** What keeps a material from being passed or approved. */
export function missingOf(answers: readonly CheckAnswer[]): CheckAnswer[] {
  return answers.filter((answer) => answer.required && !answer.ticked);
}

/** Days for a step; null: the school sets no deadline. */
export interface StepDays {
  pass_days: number | null;
  approve_days: number | null;
}

/** The last day of the step that a material waits for, counted from the day on which the turn began. */
export function dueOn(state: string, since: Day, days: StepDays): Day | undefined {
  const allowed = state === "submitted" ? days.pass_days : state === "passed" ? days.approve_days : null;
  return allowed === null ? undefined : addDays(since, allowed);
}

/** Whole days from one day to another. */
export function daysFrom(since: Day, until: Day): number {
  return Math.round((Date.parse(until) - Date.parse(since)) / 86_400_000);
}

/** Whether a step is late: its last day has passed. */
export function isOverdue(due: Day | undefined, today: Day): boolean {
  return due !== undefined && today > due;
}
