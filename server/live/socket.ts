import { z } from "zod";
import type { Actor } from "../access/actor.ts";
import type { Granted, LiveAction } from "../access/policy.ts";
import type { Instant } from "../platform/clock.ts";
import type { Db } from "../platform/db.ts";
import { conflict, notFound } from "../platform/errors.ts";
import { newId } from "../platform/ids.ts";
import type { Peer, Realtime } from "../platform/realtime.ts";
import type { Signals } from "../platform/signals.ts";
import { formulaToHtml } from "../platform/rich-text.ts";
import { alsoGranted, ensureInside, entryOf, isElsewhere, isInvited, isStaff, may, openLiveClass, readerIn, roomToTell } from "./access.ts";
import { boardPage, chatText, clientKey, Drawn, REACTIONS, seqNumber, slideNumber } from "./forms.ts";
import { isLobbyOpen } from "./rules.ts";
import { peopleOf, whoIn, type Presence } from "./room.ts";
import { sayInRoom } from "./say.ts";
import { roomState, staffState } from "./state.ts";
import { DRAWN_PAGE, listDrawn, listShown, saveDrawing, type DrawingRow } from "./store/board.ts";
import { saveSlide, type LiveRow } from "./store/classes.ts";
import { listBefore, listHands, listSince, lowerAllHands, lowerHand, saveAnswered, saveHand, saveRemoval, type MessageRow } from "./store/chat.ts";
import { saveArrival, saveDeparture, savePresenceEvent, saveSign } from "./store/presence.ts";
import { findCurrent } from "./store/questions.ts";
import { findMember, findRoom, saveAsking } from "./store/rooms.ts";
import { GROUP_KEYS_MAX, groupOfPage, mayDraw, mayRead, type Reader } from "./tool-rules.ts";

/** Pages that were posted without script, and acts of the class itself, are told to the room by this topic. */
export const LIVE_CHANGED = "live_changed";
/** Something of the room changed: its state is sent to everybody in it. */
export const LIVE_ROOM = "live_room";
/** Something changed that only teachers see. */
export const LIVE_STAFF = "live_staff";
/** `<class> <person>`: what one person may do changed, so that their page begins anew. */
export const LIVE_PERSON = "live_person";
/** `<class> <person> <key of the group they left>`: the person is in another group, and comes in anew. */
export const LIVE_GROUP = "live_group";
/** The class began behind a lock or a waiting room: whoever sat in the lobby comes in through its door. */
export const LIVE_DOOR = "live_door";
/** Changes that come together are told together. */
const TELL_MS = 120;
/** After a change that makes every browser ask anew, the next is told so much later. */
const CHANGED_MS = 1000;

export interface LiveSocketDeps {
  db: Db;
  clock: () => Instant;
  signals: Signals;
}

const id = z.string().length(26);
const Enter = z.strictObject({ id, since: seqNumber, away: z.boolean().default(false) });
const Here = z.strictObject({ away: z.boolean() });
const Say = z.strictObject({ key: clientKey, text: chatText, question: z.boolean().default(false), group: z.number().int().min(0).max(GROUP_KEYS_MAX).default(0), file: id.nullable().default(null) });
const Answered = z.strictObject({ seq: seqNumber });
const Since = z.strictObject({ since: seqNumber });
const Draw = z.strictObject({ key: clientKey, page: boardPage, drawn: Drawn });
const Ink = z.strictObject({ key: clientKey, page: boardPage, c: z.number().int().min(0).max(7), w: z.number().int().min(1).max(3), d: z.string().max(1500) });
const Point = z.strictObject({ page: boardPage, x: z.number().int().min(0).max(1000), y: z.number().int().min(0).max(4000), on: z.boolean() });
const React = z.strictObject({ what: z.enum(REACTIONS) });
const Older = z.strictObject({ before: seqNumber });
const Hand = z.strictObject({ up: z.boolean() });
const Lower = z.strictObject({ person: id.or(z.literal("all")) });
const Slide = z.strictObject({ page: slideNumber });
const Remove = z.strictObject({ seq: seqNumber });
const Nothing = z.strictObject({});

const seldom = { burst: 6, perSecond: 0.5 };

/**
 * The room of a live class. Every message goes through `openLiveClass`; what it changes is in the database before anybody
 * hears of it. Names and ids of senders come from the session.
 *
 * To the server: `live:enter`, `live:here`, `live:say`, `live:older`, `live:hand`, `live:lower`, `live:next`, `live:slide`,
 * `live:remove`, `live:answered`, `live:board`, `live:draw`, `live:ink`, `live:point`, `live:react`. From it: `live:person`,
 * `live:message`, `live:hands`, `live:called`, `live:slide`, `live:changed`, `live:room`, `live:staff`, `live:drawn`,
 * `live:ink`, `live:point`, `live:react`, `live:reload`. Polls, order, groups and notes are forms (`routes/tools.ts`); what
 * they change is told here.
 *
 * A message or a stroke that not everybody may see goes whole to those who may, and to all others as its number alone, so
 * that nobody takes it for lost.
 */
export function liveSocket(realtime: Realtime<Actor>, deps: LiveSocketDeps): void {
  presence(realtime, deps);
  chat(realtime, deps);
  hands(realtime, deps);
  slides(realtime, deps);
  board(realtime, deps);
  signals(realtime, deps);
}

export function roomOf(liveId: string): string {
  return `live:${liveId}`;
}

/** The rooms of those who may hear what the others do not. */
export function staffOf(liveId: string): string {
  return `live:${liveId}:staff`;
}
export function groupOf(liveId: string, group: number): string {
  return `live:${liveId}:g${group}`;
}
function personOf(liveId: string, personId: string): string {
  return `live:${liveId}:p:${personId}`;
}

/** The class that this connection is in, opened for what it wants to do now. */
export async function opened<A extends LiveAction>(db: Db, peer: Peer<Actor>, action: A): Promise<Granted<A, LiveRow>> {
  const live = await entered(db, peer, action);
  await ensureInside(db, peer.who, live);
  return live;
}

async function entered<A extends LiveAction>(db: Db, peer: Peer<Actor>, action: A): Promise<Granted<A, LiveRow>> {
  const liveId = peer.memory.get("live");
  if (typeof liveId !== "string" || !peer.isIn(roomOf(liveId))) throw conflict("live_not_entered");
  return openLiveClass(db, peer.who, liveId, action);
}

/** The same class for what everybody in it may do. */
function joined(peer: Peer<Actor>, live: LiveRow): Granted<"join", LiveRow> {
  const granted = alsoGranted(peer.who, "join", live);
  if (!granted) throw notFound();
  return granted;
}

function presence(realtime: Realtime<Actor>, { db, clock, signals }: LiveSocketDeps): void {
  realtime.on("live:enter", { schema: Enter, ...seldom }, async (peer, { id: liveId, since, away }) => {
    const live = await openLiveClass(db, peer.who, liveId, "join");
    if (live.state === "ended" || live.state === "cancelled") throw conflict("live_over");
    if (!isLobbyOpen(live, clock()) && !may(peer.who, "teach", live)) throw conflict("live_not_open");
    if (isElsewhere(live)) return { state: live.state, messages: [] };
    const before = peer.memory.get("live");
    if (typeof before === "string" && before !== live.id) throw conflict("live_other");
    const door = (who: Actor): Promise<unknown> => openLiveClass(db, who, liveId, "join");
    await peer.join(personOf(live.id, peer.personId), door);
    if ((await entryOf(db, peer.who, live)) === "waits") {
      await saveAsking(db, live, peer.personId, clock());
      signals.tell(LIVE_STAFF, live.id);
      return { state: "waits", messages: [] };
    }
    await peer.join(roomOf(live.id), door);
    if (isStaff(peer.who, live)) await peer.join(staffOf(live.id), (who) => openLiveClass(db, who, liveId, "results"));
    const reader = await readerIn(db, peer.who, live);
    const [group, left] = [reader.group, Number(peer.memory.get("group") ?? 0)];
    if (left > 0 && left !== group) await peer.leave(groupOf(live.id, left));
    if (group > 0) await peer.join(groupOf(live.id, group), door);
    peer.memory.set("group", group);
    peer.memory.set("live", live.id);
    if (before === undefined) await arrive(peer, live);
    const people = await peopleOf(db, live, clock());
    if (before === undefined) tell(peer, live, away ? "away" : "here");
    const messages = (await listSince(db, live, since)).map((message) => messageView(message, reader));
    return { ...(await stateOf(live)), people, messages, room: await roomState(db, live, clock()), ...(await staffPart(peer, live)) };
  });

  realtime.on("live:here", { schema: Here, burst: 6, perSecond: 0.5 }, async (peer, { away }) => {
    const live = await entered(db, peer, "join");
    if (live.state === "ended" || live.state === "cancelled" || isElsewhere(live)) return { state: live.state };
    await ensureInside(db, peer.who, live);
    if (!(await saveSign(db, live, String(peer.memory.get("mark")), clock()))) await arrive(peer, live);
    if (peer.memory.get("away") !== away) {
      if (peer.memory.has("away") || away) await savePresenceEvent(db, live.id, { person: peer.personId, connection: String(peer.memory.get("mark")), kind: away ? "away" : "back", at: clock() });
      tell(peer, live, away ? "away" : "here");
    }
    peer.memory.set("away", away);
    return stateOf(live);
  });

  realtime.onGone(async ({ personId, memory }, how) => {
    const [liveId, mark] = [memory.get("live"), memory.get("mark")];
    if (typeof liveId !== "string" || typeof mark !== "string") return;
    await saveDeparture(db, liveId, personId, mark, how, clock());
    const state = await whoIn(db, liveId, personId, clock());
    realtime.toRoom(roomOf(liveId), "live:person", { id: personId, state });
  });

  async function arrive(peer: Peer<Actor>, live: Granted<"join", LiveRow>): Promise<void> {
    const mark = newId();
    await saveArrival(db, live, peer.personId, mark, clock());
    peer.memory.set("mark", mark);
  }

  /** The role is that of somebody who is on no list: the page knows the others. */
  function tell(peer: Peer<Actor>, live: LiveRow, state: Presence): void {
    realtime.toRoom(roomOf(live.id), "live:person", { id: peer.personId, name: peer.who.name, role: isInvited(peer.who, live) ? "guest" : "observer", state });
  }

  async function staffPart(peer: Peer<Actor>, live: LiveRow): Promise<object> {
    return isStaff(peer.who, live) ? { staff: await staffState(db, live, clock(), await findCurrent(db, live)) } : {};
  }

  async function stateOf(live: LiveRow): Promise<Record<string, unknown>> {
    return { state: live.state, slide: live.slide_page, seq: live.message_count, hands: await handsOf(db, live) };
  }
}

function chat(realtime: Realtime<Actor>, { db, clock }: LiveSocketDeps): void {
  realtime.on("live:say", { schema: Say, burst: 6, perSecond: 0.7 }, async (peer, { key, text, question, group, file }) => {
    const live = await opened(db, peer, "join");
    const message = await sayInRoom(db, live, { by: peer.personId, isStaff: isStaff(peer.who, live), group, body: text, key, question, file, at: clock() });
    if (message.isNew) tell(live.id, message);
    return { seq: message.seq };
  });

  realtime.on("live:older", { schema: Older, burst: 5, perSecond: 1 }, async (peer, { before }) => {
    const live = await opened(db, peer, "join");
    const reader = await readerIn(db, peer.who, live);
    return { messages: (await listBefore(db, live, before)).map((message) => messageView(message, reader)) };
  });

  realtime.on("live:remove", { schema: Remove, ...seldom }, async (peer, { seq }) => {
    const live = await opened(db, peer, "teach");
    await saveRemoval(db, live, seq, { by: peer.personId, at: clock(), requestId: peer.id });
    realtime.toRoom(roomOf(live.id), "live:message", { seq, removed: true });
  });

  realtime.on("live:answered", { schema: Answered, burst: 20, perSecond: 2 }, async (peer, { seq }) => {
    const live = await opened(db, peer, "teach");
    if (await saveAnswered(db, live, seq, clock())) realtime.toRoom(roomOf(live.id), "live:message", { seq, answered: true });
  });

  function tell(liveId: string, message: MessageRow): void {
    const whole = messageView(message, { id: "", isStaff: true, group: 0 });
    if (message.audience === "all") return realtime.toRoom(roomOf(liveId), "live:message", whole);
    realtime.toRoom(staffOf(liveId), "live:message", whole);
    realtime.toRoom(personOf(liveId, message.person_id), "live:message", whole);
    if (message.audience.startsWith("g")) realtime.toRoom(groupOf(liveId, Number(message.audience.slice(1))), "live:message", whole);
    realtime.toRoom(roomOf(liveId), "live:message", { seq: message.seq, hidden: true });
  }
}

function board(realtime: Realtime<Actor>, { db, clock }: LiveSocketDeps): void {
  realtime.on("live:board", { schema: Since, burst: 20, perSecond: 2 }, async (peer, { since }) => {
    const live = await opened(db, peer, "join");
    const reader = await readerIn(db, peer.who, live);
    const drawn = await listDrawn(db, live, since);
    return { drawn: drawn.map((one) => drawingView(one, reader)), seq: drawn.at(-1)?.seq ?? since, more: drawn.length === DRAWN_PAGE };
  });

  realtime.on("live:draw", { schema: Draw, burst: 30, perSecond: 8 }, async (peer, { key, page, drawn: what }) => {
    const { kind, body } = what;
    const live = await opened(db, peer, "join");
    await mayDrawHere(db, peer, live, page);
    if (what.kind === "picture") await mayShow(db, peer, live, what.body.m);
    const drawn = await saveDrawing(db, live, { by: peer.personId, isStaff: isStaff(peer.who, live), page, kind, body, key, at: clock() });
    if (drawn.isNew) tell(live.id, page, "live:drawn", drawingView(drawn, { id: "", isStaff: true, group: 0 }), { seq: drawn.seq });
    return { seq: drawn.seq };
  });

  // What is being written right now. Nothing of it is kept: the whole stroke follows when the pen is lifted.
  realtime.on("live:ink", { schema: Ink, burst: 30, perSecond: 14 }, async (peer, ink) => {
    const live = await opened(db, peer, "join");
    await mayDrawHere(db, peer, live, ink.page);
    tell(live.id, ink.page, "live:ink", { ...ink, by: peer.personId });
  });

  realtime.on("live:point", { schema: Point, burst: 30, perSecond: 12 }, async (peer, point) => {
    const live = await opened(db, peer, "teach");
    realtime.toRoom(roomOf(live.id), "live:point", point);
  });

  realtime.on("live:react", { schema: React, burst: 5, perSecond: 0.5 }, async (peer, { what }) => {
    const live = await opened(db, peer, "join");
    if (live.state === "open") realtime.toRoom(roomOf(live.id), "live:react", { what, id: peer.personId, name: peer.who.name });
  });

  function tell(liveId: string, page: number, event: string, whole: object, stub?: object): void {
    const group = groupOfPage(page);
    if (group === 0) return realtime.toRoom(roomOf(liveId), event, whole);
    realtime.toRoom(staffOf(liveId), event, whole);
    realtime.toRoom(groupOf(liveId, group), event, whole);
    if (stub) realtime.toRoom(roomOf(liveId), event, stub);
  }
}

async function mayDrawHere(db: Db, peer: Peer<Actor>, live: LiveRow, page: number): Promise<void> {
  const isTeacher = may(peer.who, "teach", live);
  if (isTeacher) return;
  const [room, member] = [await findRoom(db, live.id), await findMember(db, live.id, peer.personId)];
  if (!mayDraw({ isStaff: false, draws: member?.draws ?? false, group: member?.group_number ?? 0 }, room, page)) throw conflict("live_may_not_draw");
}

/** A file on the board opens to the whole class: only a teacher puts it there, and only one that is the teacher's to show. */
async function mayShow(db: Db, peer: Peer<Actor>, live: LiveRow, materialId: string): Promise<void> {
  const mine = may(peer.who, "teach", live) ? await listShown(db, live, peer.personId) : [];
  if (!mine.some((file) => file.id === materialId)) throw notFound();
}

/**
 * What pages changed by form is told to the room: a change of the class itself, its state, or one person's rights. The
 * process at which it was changed tells the sockets of all.
 */
function signals(realtime: Realtime<Actor>, { db, clock, signals: heard }: LiveSocketDeps): void {
  const tellRoom = async (liveId: string): Promise<void> => {
    const live = await roomToTell(db, liveId);
    if (live) realtime.toRoom(roomOf(liveId), "live:room", await roomState(db, live, clock()));
  };
  const tellStaff = async (liveId: string): Promise<void> => {
    const live = await roomToTell(db, liveId);
    if (live) realtime.toRoom(staffOf(liveId), "live:staff", await staffState(db, live, clock(), await findCurrent(db, live)));
  };
  // A word that could not be told is made good by the next, or by the browser's heartbeat.
  const room = gather(TELL_MS, TELL_MS, (liveId) => void tellRoom(liveId).catch(() => undefined));
  const staff = gather(TELL_MS, TELL_MS, (liveId) => void tellStaff(liveId).catch(() => undefined));
  // Each change that comes meanwhile goes with the next word.
  const changed = gather(TELL_MS, CHANGED_MS, (liveId) => realtime.toRoom(roomOf(liveId), "live:changed", {}));
  heard.listen(LIVE_CHANGED, (liveId, from) => {
    if (from === "here") changed(liveId);
  });
  heard.listen(LIVE_DOOR, (liveId, from) => {
    if (from !== "here") return;
    realtime.toRoom(roomOf(liveId), "live:reload", {});
    for (const room of [staffOf(liveId), roomOf(liveId)]) realtime.takeOut(roomOf(liveId), room);
  });
  heard.listen(LIVE_ROOM, (liveId, from) => {
    if (from !== "here") return;
    room(liveId);
    staff(liveId);
  });
  heard.listen(LIVE_STAFF, (liveId, from) => {
    if (from === "here") staff(liveId);
  });
  heard.listen(LIVE_GROUP, (both, from) => {
    if (from !== "here") return;
    const [liveId = "", personId = "", left = "0"] = both.split(" ");
    if (Number(left) > 0) realtime.takeOut(personOf(liveId, personId), groupOf(liveId, Number(left)));
    realtime.toRoom(personOf(liveId, personId), "live:regroup", {});
  });
  heard.listen(LIVE_PERSON, (both, from) => {
    const [liveId = "", personId = ""] = both.split(" ");
    if (from === "here") realtime.toRoom(personOf(liveId, personId), "live:reload", {});
    realtime.recheck(personId).catch(() => undefined); // the next message of theirs asks the door anyway
  });
}

/** Does a thing soon after it is asked for; asked for many times, once per `pause` (ms). */
function gather(soon: number, pause: number, act: (id: string) => void): (id: string) => void {
  const resting = new Map<string, { again: boolean }>();
  const run = (id: string): void => {
    const rest = { again: false };
    resting.set(id, rest);
    act(id);
    setTimeout(() => {
      if (rest.again) run(id);
      else resting.delete(id);
    }, pause).unref();
  };
  return (id) => {
    const rest = resting.get(id);
    if (rest) return void (rest.again = true);
    resting.set(id, { again: false });
    setTimeout(() => run(id), soon).unref();
  };
}

function hands(realtime: Realtime<Actor>, { db, clock }: LiveSocketDeps): void {
  realtime.on("live:hand", { schema: Hand, ...seldom }, async (peer, { up }) => {
    const live = await opened(db, peer, "join");
    if (up) await saveHand(db, live, peer.personId, clock());
    else await lowerHand(db, live, peer.personId);
    await tell(live);
  });

  realtime.on("live:lower", { schema: Lower, burst: 20, perSecond: 2 }, async (peer, { person }) => {
    const live = await opened(db, peer, "teach");
    if (person === "all") await lowerAllHands(db, live);
    else await lowerHand(db, joined(peer, live), person);
    await tell(live);
  });

  realtime.on("live:next", { schema: Nothing, burst: 10, perSecond: 1 }, async (peer) => {
    const live = await opened(db, peer, "teach");
    const [first] = await listHands(db, live);
    if (first === undefined) return;
    await lowerHand(db, joined(peer, live), first.person_id);
    realtime.toRoom(roomOf(live.id), "live:called", { id: first.person_id, name: first.name });
    await tell(live);
  });

  async function tell(live: LiveRow): Promise<void> {
    realtime.toRoom(roomOf(live.id), "live:hands", { hands: await handsOf(db, live) });
  }
}

function slides(realtime: Realtime<Actor>, { db, clock }: LiveSocketDeps): void {
  realtime.on("live:slide", { schema: Slide, burst: 20, perSecond: 5 }, async (peer, { page }) => {
    const live = await opened(db, peer, "teach");
    await saveSlide(db, live, page, clock());
    realtime.toRoom(roomOf(live.id), "live:slide", { page });
  });
}

async function handsOf(db: Db, live: LiveRow): Promise<{ id: string; name: string }[]> {
  return (await listHands(db, live)).map((hand) => ({ id: hand.person_id, name: hand.name }));
}

function messageView(message: MessageRow, reader: Reader): object {
  const { seq, at, name, kind, audience } = message;
  if (!mayRead(message, reader)) return { seq, hidden: true };
  const view = { seq, at, name, person: message.person_id, kind, audience };
  if (message.removed_at !== null) return { ...view, removed: true };
  return { ...view, text: message.body, answered: message.answered_at !== null, file: message.material_id === null ? undefined : { id: message.material_id, title: message.file_title ?? "" } };
}

function drawingView(drawn: DrawingRow, reader: Reader): object {
  const group = groupOfPage(drawn.page);
  if (group > 0 && !reader.isStaff && reader.group !== group) return { seq: drawn.seq };
  const { seq, page, kind, client_key: key } = drawn;
  const body = JSON.parse(drawn.body) as { t?: string };
  return { seq, by: drawn.person_id, page, kind, key, body, ...(kind === "formula" ? { html: formulaToHtml(body.t ?? "") } : {}) };
}
