import { z } from "zod";
import type { Actor } from "../access/actor.ts";
import type { Granted, LiveAction } from "../access/policy.ts";
import type { Instant } from "../platform/clock.ts";
import type { Db } from "../platform/db.ts";
import { conflict, notFound } from "../platform/errors.ts";
import { newId } from "../platform/ids.ts";
import type { Peer, Realtime } from "../platform/realtime.ts";
import type { Signals } from "../platform/signals.ts";
import { alsoGranted, may, openLiveClass } from "./access.ts";
import { chatText, clientKey, seqNumber, slideNumber } from "./forms.ts";
import { isLobbyOpen } from "./rules.ts";
import { peopleOf, whoIn, type Presence } from "./room.ts";
import { saveSlide, type LiveRow } from "./store/classes.ts";
import { listBefore, listHands, listSince, lowerAllHands, lowerHand, saveHand, saveMessage, saveRemoval, type MessageRow } from "./store/chat.ts";
import { saveArrival, saveDeparture, saveSign } from "./store/presence.ts";

/** Pages that were posted without script, and acts of the class itself, are told to the room by this topic. */
export const LIVE_CHANGED = "live_changed";

export interface LiveSocketDeps {
  db: Db;
  clock: () => Instant;
  signals: Signals;
}

const id = z.string().length(26);
const Enter = z.strictObject({ id, since: seqNumber, away: z.boolean().default(false) });
const Here = z.strictObject({ away: z.boolean() });
const Say = z.strictObject({ key: clientKey, text: chatText });
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
 * `live:remove`. From it: `live:person`, `live:message`, `live:hands`, `live:called`, `live:slide`, `live:changed`.
 */
export function liveSocket(realtime: Realtime<Actor>, deps: LiveSocketDeps): void {
  presence(realtime, deps);
  chat(realtime, deps);
  hands(realtime, deps);
  slides(realtime, deps);
  deps.signals.listen(LIVE_CHANGED, (liveId) => realtime.toRoom(roomOf(liveId), "live:changed", {}));
}

export function roomOf(liveId: string): string {
  return `live:${liveId}`;
}

/** The class that this connection is in, opened for what it wants to do now. */
export async function opened<A extends LiveAction>(db: Db, peer: Peer<Actor>, action: A): Promise<Granted<A, LiveRow>> {
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

function presence(realtime: Realtime<Actor>, { db, clock }: LiveSocketDeps): void {
  realtime.on("live:enter", { schema: Enter, ...seldom }, async (peer, { id: liveId, since, away }) => {
    const live = await openLiveClass(db, peer.who, liveId, "join");
    if (live.state === "ended" || live.state === "cancelled") throw conflict("live_over");
    if (!isLobbyOpen(live, clock()) && !may(peer.who, "teach", live)) throw conflict("live_not_open");
    const before = peer.memory.get("live");
    if (typeof before === "string" && before !== live.id) throw conflict("live_other");
    await peer.join(roomOf(live.id), (who) => openLiveClass(db, who, liveId, "join"));
    peer.memory.set("live", live.id);
    if (before === undefined) await arrive(peer, live);
    const people = await peopleOf(db, live, clock());
    if (before === undefined) tell(peer, live.id, away ? "away" : "here");
    return { ...(await stateOf(live)), people, messages: (await listSince(db, live, since)).map(messageView) };
  });

  realtime.on("live:here", { schema: Here, burst: 6, perSecond: 0.5 }, async (peer, { away }) => {
    const live = await opened(db, peer, "join");
    if (live.state === "ended" || live.state === "cancelled") return { state: live.state };
    if (!(await saveSign(db, live, String(peer.memory.get("mark")), clock()))) await arrive(peer, live);
    if (peer.memory.get("away") !== away) tell(peer, live.id, away ? "away" : "here");
    peer.memory.set("away", away);
    return stateOf(live);
  });

  realtime.onGone(async ({ personId, memory }, how) => {
    const [liveId, mark] = [memory.get("live"), memory.get("mark")];
    if (typeof liveId !== "string" || typeof mark !== "string") return;
    await saveDeparture(db, liveId, mark, how, clock());
    const state = await whoIn(db, liveId, personId, clock());
    realtime.toRoom(roomOf(liveId), "live:person", { id: personId, state });
  });

  async function arrive(peer: Peer<Actor>, live: Granted<"join", LiveRow>): Promise<void> {
    const mark = newId();
    await saveArrival(db, live, peer.personId, mark, clock());
    peer.memory.set("mark", mark);
  }

  function tell(peer: Peer<Actor>, liveId: string, state: Presence): void {
    realtime.toRoom(roomOf(liveId), "live:person", { id: peer.personId, name: peer.who.name, state });
  }

  async function stateOf(live: LiveRow): Promise<Record<string, unknown>> {
    return { state: live.state, slide: live.slide_page, seq: live.message_count, hands: await handsOf(db, live) };
  }
}

function chat(realtime: Realtime<Actor>, { db, clock }: LiveSocketDeps): void {
  realtime.on("live:say", { schema: Say, burst: 6, perSecond: 0.7 }, async (peer, { key, text }) => {
    const live = await opened(db, peer, "join");
    const message = await saveMessage(db, live, { by: peer.personId, body: text, key, at: clock() });
    if (message.isNew) realtime.toRoom(roomOf(live.id), "live:message", messageView(message));
    return { seq: message.seq };
  });

  realtime.on("live:older", { schema: Older, burst: 5, perSecond: 1 }, async (peer, { before }) => {
    const live = await opened(db, peer, "join");
    return { messages: (await listBefore(db, live, before)).map(messageView) };
  });

  realtime.on("live:remove", { schema: Remove, ...seldom }, async (peer, { seq }) => {
    const live = await opened(db, peer, "teach");
    await saveRemoval(db, live, seq, { by: peer.personId, at: clock(), requestId: peer.id });
    realtime.toRoom(roomOf(live.id), "live:message", { seq, removed: true });
  });
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

function slides(realtime: Realtime<Actor>, { db }: LiveSocketDeps): void {
  realtime.on("live:slide", { schema: Slide, burst: 20, perSecond: 5 }, async (peer, { page }) => {
    const live = await opened(db, peer, "teach");
    await saveSlide(db, live, page);
    realtime.toRoom(roomOf(live.id), "live:slide", { page });
  });
}

async function handsOf(db: Db, live: LiveRow): Promise<{ id: string; name: string }[]> {
  return (await listHands(db, live)).map((hand) => ({ id: hand.person_id, name: hand.name }));
}

function messageView(message: MessageRow): object {
  const { seq, at, name } = message;
  if (message.removed_at !== null) return { seq, at, name, person: message.person_id, removed: true };
  return { seq, at, name, person: message.person_id, text: message.body };
}
