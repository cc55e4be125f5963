import type { Instant } from "../platform/clock.ts";
import type { Db } from "../platform/db.ts";
import { checkUntil, groupKey, tallyOf, type Tally } from "./tool-rules.ts";
import { findRecording } from "./recording/store.ts";
import { peopleOf } from "./room.ts";
import { findSettings } from "./store/after.ts";
import type { LiveRow } from "./store/classes.ts";
import { listThere, namesOf } from "./store/presence.ts";
import { findCurrent, listAnswers } from "./store/questions.ts";
import { findRoom, listMembers } from "./store/rooms.ts";
import type { QuestionRow } from "./store/tables.ts";

/** What everybody in the room is told whenever something of it changes. Nothing of it is secret inside the class. */
export interface RoomState {
  now: Instant;
  slide: number;
  blanks: number;
  drawn: number;
  chat: "open" | "private" | "off";
  drawAll: boolean;
  /** Whether pupils with the floor may be seen. */
  video: boolean;
  draws: string[];
  muted: string[];
  timer: Instant | null;
  notes: string;
  /** `first`: the key of group 1; `of`: the key of each one's group. */
  groups: { count: number; first: number; until: Instant | null; of: Record<string, number> };
  called: { id: string; name: string; at: Instant } | null;
  /** Whether the class is being recorded, and why a recording stopped by itself. */
  recording: { on: boolean; problem: string | null };
  /** Until when "are you there" may be answered. */
  check: Instant | null;
  /** Changes whenever the card of the question must be fetched anew. */
  question: string;
}

export async function roomState(db: Db, live: LiveRow, at: Instant): Promise<RoomState> {
  const [room, members, question, taken, settings] = await Promise.all([findRoom(db, live.id), listMembers(db, live.id), findCurrent(db, live), findRecording(db, live.id), findSettings(db, live.school.id)]);
  const called = room.called_id === null ? undefined : (await namesOf(db, [room.called_id])).get(room.called_id);
  return {
    now: at,
    slide: live.slide_page,
    blanks: room.blank_pages,
    drawn: room.drawn,
    chat: room.chat_mode,
    drawAll: room.pupils_draw,
    video: !settings.pupils_unseen,
    draws: members.filter((member) => member.draws).map((member) => member.person_id),
    muted: members.filter((member) => member.muted).map((member) => member.person_id),
    timer: room.timer_ends_at,
    notes: room.notes,
    groups: { count: room.groups_count, first: groupKey(room.groups_deal, 1), until: room.groups_until, of: Object.fromEntries(members.filter((member) => member.group_number > 0).map((member) => [member.person_id, member.group_number])) },
    called: room.called_id === null || room.called_at === null ? null : { id: room.called_id, name: called ?? "", at: room.called_at },
    recording: { on: taken?.state === "on", problem: taken?.problem ?? null },
    check: checkUntil(room.check_at, at) ?? null,
    question: question === undefined ? "" : `${question.id} ${question.closed_at ?? ""} ${question.shown_at ?? ""}`,
  };
}

export interface Named {
  id: string;
  name: string;
}

/** What only teachers see: who waits, who was sent out, who answers. */
export interface StaffState {
  waiting: Named[];
  removed: Named[];
  tally: Tally[];
  answered: number;
  here: Named[];
  /** After "are you there": who answered and who of those here did not. */
  check: { there: number; missing: Named[] } | undefined;
  groups: { key: number; number: number; names: string[] }[];
}

export async function staffState(db: Db, live: LiveRow, at: Instant, question: QuestionRow | undefined): Promise<StaffState> {
  const [room, members, people] = await Promise.all([findRoom(db, live.id), listMembers(db, live.id), peopleOf(db, live, at)]);
  const names = new Map([...(await namesOf(db, members.map((member) => member.person_id))), ...people.map((person) => [person.id, person.name] as const)]);
  const named = (id: string): Named => ({ id, name: names.get(id) ?? "" });
  const here = people.filter((person) => person.role === "pupil" && (person.state === "here" || person.state === "away")).map((person) => named(person.id));
  const answers = question === undefined ? [] : await listAnswers(db, [question.id]);
  const checkAt = room.check_at;
  const there = checkAt === null ? new Set<string>() : await listThere(db, live, checkAt);
  return {
    waiting: members.filter((member) => member.asked_at !== null && member.admitted_at === null && member.removed_at === null).map((member) => named(member.person_id)),
    removed: members.filter((member) => member.removed_at !== null).map((member) => named(member.person_id)),
    tally: question === undefined ? [] : tallyOf(question, answers.map((answer) => answer.answer)),
    answered: answers.length,
    here,
    check: checkAt === null ? undefined : { there: there.size, missing: here.filter((person) => !there.has(person.id)) },
    groups: Array.from({ length: room.groups_count }, (_, i) => ({
      number: i + 1,
      key: groupKey(room.groups_deal, i + 1),
      names: members.filter((member) => member.group_number === groupKey(room.groups_deal, i + 1)).map((member) => named(member.person_id).name),
    })),
  };
}
