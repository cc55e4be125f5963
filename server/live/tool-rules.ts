import { addMinutes, type Instant } from "../platform/clock.ts";
import type { QuestionKind } from "./store/tables.ts";

/** Blank pages are counted below zero; those of groups below this. A slide is its own number. */
export const GROUP_PAGE = -1000;
export const BLANK_PAGES_MAX = 50;
export const GROUPS_MAX = 12;
/** An exit question may be answered this long after it was asked, also when the class is over. */
export const EXIT_HOURS = 24;
/** "Are you there" may be answered this long. */
const CHECK_SECONDS = 90;

/** Until when "are you there" takes answers; undefined where it does not. @param askedAt when it was asked last */
export function checkUntil(askedAt: Instant | null, at: Instant): Instant | undefined {
  const until = askedAt === null ? undefined : addMinutes(askedAt, CHECK_SECONDS / 60);
  return until !== undefined && at < until ? until : undefined;
}

/** So often groups may be dealt in one class. */
export const DEALS_MAX = 400;
/** The last key that a group can have. */
export const GROUP_KEYS_MAX = DEALS_MAX * GROUPS_MAX;

/**
 * A group's number in its class that no other group ever has: groups that are dealt anew have other keys, and so other
 * boards, other talk and other rooms of sockets. @param deal how often groups were dealt, this time included; from 1
 */
export function groupKey(deal: number, number: number): number {
  return (deal - 1) * GROUPS_MAX + number;
}

/** A group's number as people say it, and which time groups were dealt. `public/js/live-socket.js` counts the same. */
export function groupOfKey(key: number): { number: number; deal: number } {
  return { number: ((key - 1) % GROUPS_MAX) + 1, deal: Math.floor((key - 1) / GROUPS_MAX) + 1 };
}

/** Is it one of the groups in which the class sits now? */
export function isGroupNow(room: { groups_count: number; groups_deal: number }, key: number): boolean {
  const { number, deal } = groupOfKey(key);
  return deal === room.groups_deal && number <= room.groups_count;
}

/** The key of the group whose page it is; 0 where it is everybody's. */
export function groupOfPage(page: number): number {
  return page < GROUP_PAGE ? GROUP_PAGE - page : 0;
}

/** Deals people into groups as even as can be; who comes where is drawn. @param draw a whole number below the one given */
export function dealGroups(people: readonly string[], count: number, draw: (below: number) => number): Map<string, number> {
  const left = [...people];
  const dealt = new Map<string, number>();
  if (count < 1) return dealt;
  for (let place = 0; left.length > 0; place += 1) {
    const [person] = left.splice(draw(left.length), 1);
    if (person !== undefined) dealt.set(person, (place % count) + 1);
  }
  return dealt;
}

/** Draws one of those who are here and were called least: nobody comes twice before everybody came once. */
export function nextCalled(here: readonly string[], calls: ReadonlyMap<string, number>, draw: (below: number) => number): string | undefined {
  const least = Math.min(...here.map((id) => calls.get(id) ?? 0));
  const candidates = here.filter((id) => (calls.get(id) ?? 0) === least);
  return candidates.length === 0 ? undefined : candidates[draw(candidates.length)];
}

/** The answers that a question takes; undefined where it takes any text. */
export function choicesOf(question: { kind: QuestionKind; options: readonly string[] }): string[] | undefined {
  switch (question.kind) {
    case "choice":
      return ["A", "B", "C", "D"].slice(0, question.options.length === 0 ? 4 : question.options.length);
    case "truth":
      return ["true", "false"];
    case "yes_no":
      return ["yes", "no"];
    case "short":
      return undefined;
  }
}

/** Two short answers that mean the same: case, marks around it and spaces do not count. */
export function sameAnswer(a: string, b: string): boolean {
  return plainAnswer(a) === plainAnswer(b);
}

function plainAnswer(text: string): string {
  return text.normalize("NFC").toLowerCase().replace(/\s+/g, " ").replace(/^[\s.,;:!?"'“”]+|[\s.,;:!?"'“”]+$/g, "");
}

export interface Tally {
  answer: string;
  count: number;
  right: boolean;
}

/** How often each answer was given. Choices in their order, also those nobody took; short answers the most frequent first. */
export function tallyOf(question: { kind: QuestionKind; options: readonly string[]; right_answer: string | null }, answers: readonly string[]): Tally[] {
  const right = (answer: string): boolean => question.right_answer !== null && sameAnswer(answer, question.right_answer);
  const choices = choicesOf(question);
  if (choices) return choices.map((answer) => ({ answer, count: answers.filter((one) => one === answer).length, right: right(answer) }));
  const found = new Map<string, { answer: string; count: number }>();
  for (const answer of answers) {
    const before = found.get(plainAnswer(answer));
    if (before) before.count += 1;
    else found.set(plainAnswer(answer), { answer, count: 1 });
  }
  return [...found.values()].sort((a, b) => b.count - a.count || a.answer.localeCompare(b.answer, "vi")).map((one) => ({ ...one, right: right(one.answer) }));
}

/** May it still be answered? An exit question also after the class, for a day. */
export function takesAnswers(question: { is_exit: boolean; opened_at: Instant; closed_at: Instant | null }, classState: string, at: Instant): boolean {
  if (question.closed_at !== null) return false;
  return classState === "open" || (question.is_exit && classState === "ended" && at < addMinutes(question.opened_at, EXIT_HOURS * 60));
}

/** Who reads in a room; `group` is a key, 0 no group. */
export interface Reader {
  id: string;
  isStaff: boolean;
  group: number;
}

/** Who reads a message: everybody, the teachers and its writer, or a group and the teachers. */
export function mayRead(message: { audience: string; person_id: string }, reader: Reader): boolean {
  if (message.audience === "all" || reader.isStaff || message.person_id === reader.id) return true;
  return message.audience === `g${reader.group}` && reader.group > 0;
}

/** Where what a pupil writes goes, or why it goes nowhere. A pupil in a group writes to the group. */
export function audienceFor(writer: { isStaff: boolean; group: number; muted: boolean }, room: { chat_mode: "open" | "private" | "off" }): string | { refused: "live_muted" | "live_chat_off" } {
  if (writer.isStaff) return writer.group > 0 ? `g${writer.group}` : "all";
  if (writer.muted) return { refused: "live_muted" };
  if (room.chat_mode === "off") return { refused: "live_chat_off" };
  if (room.chat_mode === "private") return "staff";
  return writer.group > 0 ? `g${writer.group}` : "all";
}

/** May this person draw on the page? Teachers everywhere; pupils when all or they are invited, and on the page of their group. */
export function mayDraw(who: { isStaff: boolean; draws: boolean; group: number }, room: { pupils_draw: boolean }, page: number): boolean {
  if (who.isStaff) return true;
  const group = groupOfPage(page);
  if (group > 0) return group === who.group;
  return who.draws || room.pupils_draw;
}

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const PLACE = new Map([...ALPHABET].map((letter, place) => [letter, place]));

export interface InkPoint {
  x: number;
  y: number;
  /** 0 to 1. */
  pressure: number;
}

/**
 * Reads a stroke: differences of x, y and pressure (0 to 31), each zigzagged, in groups of five bits, the lowest first, the
 * sixth bit saying that more follow. The first point is a difference from the origin. The same is written by
 * `public/js/live-ink.js`. Undefined where it is not a stroke.
 */
export function readInk(text: string): InkPoint[] | undefined {
  const numbers: number[] = [];
  let value = 0;
  let shift = 0;
  for (const letter of text) {
    const place = PLACE.get(letter);
    if (place === undefined || shift > 20) return undefined;
    value |= (place & 31) << shift;
    shift += 5;
    if (place < 32) {
      numbers.push(value & 1 ? -((value + 1) >> 1) : value >> 1);
      [value, shift] = [0, 0];
    }
  }
  if (shift !== 0 || numbers.length === 0 || numbers.length % 3 !== 0) return undefined;
  const points: InkPoint[] = [];
  let [x, y, p] = [0, 0, 0];
  for (let i = 0; i < numbers.length; i += 3) {
    x += numbers[i] ?? 0;
    y += numbers[i + 1] ?? 0;
    p += numbers[i + 2] ?? 0;
    points.push({ x, y, pressure: p / 31 });
  }
  return points;
}
