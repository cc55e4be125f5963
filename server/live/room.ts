import type { Instant } from "../platform/clock.ts";
import type { Db } from "../platform/db.ts";
import { isAlive } from "./rules.ts";
import { byPerson } from "./store/attendance.ts";
import { taughtBy, type LiveRow } from "./store/classes.ts";
import { listMarks, listMarksOf, listRoster, namesOf } from "./store/presence.ts";
import { guestsOf } from "./store/guests.ts";
import type { MarkRow } from "./store/tables.ts";

/** Where a person is: `lost` when the line broke, `absent` when they left or never came. */
export type Presence = "here" | "away" | "lost" | "absent";

export interface RoomPerson {
  id: string;
  name: string;
  initials: string;
  /** `guest`: by invitation of the school; `observer`: looks in by right. */
  role: "teacher" | "pupil" | "guest" | "observer";
  state: Presence;
}

/** Everybody of the class: the teacher, the class lists by given name, and whoever else looks in. */
export async function peopleOf(db: Db, live: LiveRow, at: Instant): Promise<RoomPerson[]> {
  const [marks, roster] = await Promise.all([listMarks(db, live).then(byPerson), listRoster(db, live)]);
  const pupils = new Map(roster.map((pupil) => [pupil.person_id, pupil.name]));
  const others = [...marks.keys()].filter((id) => !pupils.has(id) && id !== live.teacher_id && id !== live.substitute_id);
  const [names, invited] = others.length === 0 ? [new Map<string, string>(), new Set<string>()] : await Promise.all([namesOf(db, others), guestsOf(db, live.id)]);
  const person = (id: string, name: string, role: RoomPerson["role"]): RoomPerson => {
    return { id, name, initials: initialsOf(name), role, state: stateOf(marks.get(id) ?? [], at) };
  };
  const isHere = (one: RoomPerson): boolean => one.state === "here";
  const teacher = taughtBy(live);
  return [
    person(teacher.id, teacher.name, "teacher"),
    // A teacher who has a substitute is named only where they came all the same.
    ...(teacher.id === live.teacher_id ? [] : [person(live.teacher_id, live.teacher_name, "teacher")]).filter(isHere),
    ...[...pupils].map(([id, name]) => person(id, name, "pupil")),
    ...others.map((id) => person(id, names.get(id) ?? "", invited.has(id) ? "guest" : "observer")).filter(isHere),
  ];
}

/** Where one person is now: another device may still be in the room. */
export async function whoIn(db: Db, liveId: string, personId: string, at: Instant): Promise<Presence> {
  return stateOf(await listMarksOf(db, liveId, personId), at);
}

export function stateOf(marks: readonly MarkRow[], at: Instant): Presence {
  if (marks.some((mark) => isAlive(mark, at))) return "here";
  const last = [...marks].sort((a, b) => (a.seen_at < b.seen_at ? -1 : 1)).at(-1);
  return last !== undefined && last.ending !== "left" ? "lost" : "absent";
}

/** The first letters of the family and the given name: Lê Đức Minh is LM. */
export function initialsOf(name: string): string {
  const words = name.replace(/\([^)]*\)\s*$/, "").trim().split(/\s+/); // the mark of a guest is no name
  const [first = "", last = ""] = [words[0], words.length > 1 ? words.at(-1) : ""];
  return (Array.from(first).slice(0, 1).join("") + Array.from(last).slice(0, 1).join("")).toUpperCase();
}
