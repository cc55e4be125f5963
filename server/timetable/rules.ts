import { addDays, weekdayOf, type Day } from "../platform/clock.ts";

/**
 * The weekly timetable: which version holds on a day, when its periods begin and end, on which days of the calendar they
 * fall, and where one teacher stands in two classes at once.
 */

export const SESSIONS = ["morning", "afternoon", "evening"] as const; // buổi sáng, chiều, tối
export type Session = (typeof SESSIONS)[number];
/** Monday to Saturday: no general school teaches on Sundays. */
export const SCHOOL_DAYS = [1, 2, 3, 4, 5, 6] as const;
/** No session has more periods. */
export const NUMBERS = [1, 2, 3, 4, 5, 6] as const;

/** A place in the week. */
export interface Place {
  /** Monday is 1. */
  day: number;
  session: Session;
  /** The period within the session, from 1. */
  number: number;
}

/** `2.morning.3`: Tuesday, the third period of the morning. */
export function placeKey(place: Place): string {
  return `${place.day}.${place.session}.${place.number}`;
}

export function comparePlaces(a: Place, b: Place): number {
  return a.day - b.day || SESSIONS.indexOf(a.session) - SESSIONS.indexOf(b.session) || a.number - b.number;
}

/** What stands in a place: a lesson, the salute to the flag (chào cờ), or the class with its homeroom teacher (sinh hoạt lớp). */
export const KINDS = ["lesson", "flag", "homeroom"] as const;
export interface Slot extends Place {
  kind: (typeof KINDS)[number];
  course_id: string | null;
  /** Only where several share the course and one of them is meant. */
  teacher_id: string | null;
}

/** Two weeks that say the same, in whatever order. */
export function sameSlots(a: readonly Slot[], b: readonly Slot[]): boolean {
  const said = (slots: readonly Slot[]): string => slots.map((slot) => `${placeKey(slot)} ${slot.kind} ${slot.course_id} ${slot.teacher_id}`).sort().join("\n");
  return said(a) === said(b);
}

/** A turn of a teacher in a course, as far as the timetable needs it. */
export interface TeachingTurn {
  person_id: string;
  from_on: Day;
  to_on: Day | null;
}

/** Who stands before the class on a day: the one who is meant while they teach the course, else all who teach it. */
export function teachersOfSlot(slot: Pick<Slot, "teacher_id">, turns: readonly TeachingTurn[], day: Day): string[] {
  const teaching = [...new Set(turns.filter((turn) => turn.from_on <= day && (turn.to_on === null || day < turn.to_on)).map((turn) => turn.person_id))];
  return slot.teacher_id !== null && teaching.includes(slot.teacher_id) ? [slot.teacher_id] : teaching;
}

/** The one that holds on a day: the last that began by then. @param dated in any order */
export function heldOn<T extends { from_on: Day }>(dated: readonly T[], day: Day): T | undefined {
  return dated.reduce<T | undefined>((found, one) => (one.from_on <= day && (found === undefined || one.from_on > found.from_on) ? one : found), undefined);
}

/** One period of the school's day. */
export interface Bell {
  session: Session;
  number: number;
  /** Wall-clock time, `07:00`. */
  starts: string;
  ends: string;
}

/** When periods begin and end from a day on. */
export interface BellTimes {
  from_on: Day;
  periods: readonly Bell[];
}

/**
 * What holds where a school has said nothing: five periods in the morning from 7:00, five in the afternoon from 13:30, five
 * minutes between them and twenty after the second.
 *
 * @param minutes of a period: 35 in primary schools, else 45 (DOMAIN §2)
 */
export function usualBells(minutes: number): Bell[] {
  return (["morning", "afternoon"] as const).flatMap((session) => {
    let at = session === "morning" ? 7 * 60 : 13 * 60 + 30;
    return [1, 2, 3, 4, 5].map((number): Bell => {
      const bell = { session, number, starts: wallClock(at), ends: wallClock(at + minutes) };
      at += minutes + (number === 2 ? 20 : 5);
      return bell;
    });
  });
}

function wallClock(minutes: number): string {
  return `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;
}

export function minutesOf(wall: string): number {
  return Number(wall.slice(0, 2)) * 60 + Number(wall.slice(3, 5));
}

/** What is wrong with the times of a day: each period ends after it began, and begins when the one before has ended. */
export function bellProblems(periods: readonly Bell[]): BellProblem[] {
  const inOrder = [...periods].sort((a, b) => comparePlaces({ day: 1, ...a }, { day: 1, ...b }));
  return inOrder.flatMap((bell, i): BellProblem[] => {
    const before = inOrder[i - 1];
    const { session, number } = bell;
    if (bell.ends <= bell.starts) return [{ session, number, edge: "ends", problem: "period_ends_before" }];
    if (number > 1 && (before?.session !== session || before.number !== number - 1)) return [{ session, number, edge: "starts", problem: "period_missing" }];
    if (before && bell.starts < before.ends) return [{ session, number, edge: "starts", problem: "period_overlaps" }];
    return [];
  });
}

export interface BellProblem {
  session: Session;
  number: number;
  edge: "starts" | "ends";
  problem: "period_ends_before" | "period_overlaps" | "period_missing";
}

/** A lesson of some class in the week, with who teaches it. */
export interface Standing extends Place {
  class_id: string;
  course_id: string;
  teachers: readonly string[];
}

/** What stands in the weeks that hold on a day, with who teaches it then. @param turnsOf the turns of a course */
export function standingsOn(held: readonly { class_id: string; slots: readonly Slot[] }[], turnsOf: (courseId: string) => readonly TeachingTurn[], day: Day): Standing[] {
  return held.flatMap(({ class_id, slots }) =>
    slots.flatMap((slot) => (slot.course_id === null ? [] : [{ day: slot.day, session: slot.session, number: slot.number, class_id, course_id: slot.course_id, teachers: teachersOfSlot(slot, turnsOf(slot.course_id), day) }])),
  );
}

export interface Clash extends Place {
  teacher_id: string;
  /** The classes in which the teacher stands at that time, two or more. */
  class_ids: string[];
}

/** Where one teacher stands in several classes at the same time, in the order of the week. */
export function clashesOf(week: readonly Standing[]): Clash[] {
  const met = new Map<string, Clash>();
  for (const slot of week) {
    for (const teacher_id of slot.teachers) {
      const key = `${placeKey(slot)} ${teacher_id}`;
      const clash = met.get(key) ?? { day: slot.day, session: slot.session, number: slot.number, teacher_id, class_ids: [] };
      if (!clash.class_ids.includes(slot.class_id)) clash.class_ids.push(slot.class_id);
      met.set(key, clash);
    }
  }
  return [...met.values()].filter((clash) => clash.class_ids.length > 1).sort((a, b) => comparePlaces(a, b) || (a.teacher_id < b.teacher_id ? -1 : 1));
}

/** A week of the calendar, from its Monday on. */
export interface Week {
  number: number;
  starts_on: Day;
}

/** A version of a class's timetable with what stands in it. */
export interface Version {
  from_on: Day;
  slots: readonly Slot[];
}

/** A period of the timetable on a day of the calendar. */
export interface Occurrence {
  on: Day;
  week: number;
  starts: string;
  ends: string;
  slot: Slot;
}

/**
 * The lessons of some weeks in the order in which they come: of each day what the version that holds on it says, at the
 * times that hold on it. Days off are left out, and so are periods for which the school has no time.
 */
export function occurrences(weeks: readonly Week[], given: { versions: readonly Version[]; bells: readonly BellTimes[]; isOff: (day: Day) => boolean }): Occurrence[] {
  return weeks.flatMap((week) =>
    SCHOOL_DAYS.flatMap((day) => {
      const on = addDays(week.starts_on, day - 1);
      if (given.isOff(on)) return [];
      const slots = heldOn(given.versions, on)?.slots.filter((slot) => slot.day === weekdayOf(on)) ?? [];
      const bells = heldOn(given.bells, on)?.periods ?? [];
      return [...slots].sort(comparePlaces).flatMap((slot): Occurrence[] => {
        const bell = bells.find((one) => one.session === slot.session && one.number === slot.number);
        return bell ? [{ on, week: week.number, starts: bell.starts, ends: bell.ends, slot }] : [];
      });
    }),
  );
}
