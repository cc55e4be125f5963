import { instantOf, type Day, type Instant } from "../platform/clock.ts";
import type { PlannedPeriod } from "../timetable/rules/lessons.ts";
import { minutesOf, type Occurrence } from "../timetable/rules.ts";

/** A live class carries at most so many periods of one lesson. */
const PERIODS_MAX = 3;

/** What can become a live class: one lesson of the plan in one period of the timetable, or in periods that follow each other. */
export interface Proposal {
  on: Day;
  week: number;
  starts: string;
  ends: string;
  lesson_id: string;
  /** The lesson's periods, in order. */
  numbers: number[];
  /** `free` can be picked; a `test` is sat at school; `taken` has a live class. */
  state: "free" | "test" | "taken";
}

/** Names a proposal so that it is found again, and not found when plan or timetable have moved on. */
export function proposalKey(one: Proposal): string {
  return `${one.on}.${one.starts}.${one.lesson_id}.${one.numbers[0] ?? 0}-${one.numbers.at(-1) ?? 0}`;
}

export function minutesOfProposal(one: Proposal): number {
  return minutesOf(one.ends) - minutesOf(one.starts);
}

/**
 * The coming lessons of a course, in the order of the calendar. Periods of the same lesson that follow each other in one
 * session are one class, its length with the break between them. Periodic tests are sat at school (DOMAIN §5).
 *
 * @param laid which period of the plan falls into each of `taught`
 * @param taken periods of lessons that a live class has, as `${lesson} ${number}`
 */
export function proposalsOf(
  taught: readonly Occurrence[],
  laid: readonly (PlannedPeriod | undefined)[],
  given: { tests: ReadonlySet<string>; taken: ReadonlySet<string>; at: Instant },
): Proposal[] {
  const found: { proposal: Proposal; last: Occurrence }[] = [];
  taught.forEach((occurrence, i) => {
    const period = laid[i];
    if (period === undefined || instantOf(occurrence.on, occurrence.starts) <= given.at) return;
    const state = given.taken.has(`${period.lesson_id} ${period.number}`) ? "taken" : given.tests.has(period.lesson_id) ? "test" : "free";
    const before = found.at(-1);
    if (before && follows(before, occurrence) && before.proposal.lesson_id === period.lesson_id && before.proposal.state === state && before.proposal.numbers.at(-1) === period.number - 1 && before.proposal.numbers.length < PERIODS_MAX) {
      before.proposal.numbers.push(period.number);
      before.proposal.ends = occurrence.ends;
      before.last = occurrence;
      return;
    }
    found.push({ proposal: { on: occurrence.on, week: occurrence.week, starts: occurrence.starts, ends: occurrence.ends, lesson_id: period.lesson_id, numbers: [period.number], state }, last: occurrence });
  });
  return found.map(({ proposal }) => proposal);
}

function follows(before: { last: Occurrence }, next: Occurrence): boolean {
  const { slot } = before.last;
  return before.last.on === next.on && slot.session === next.slot.session && slot.number === next.slot.number - 1;
}
