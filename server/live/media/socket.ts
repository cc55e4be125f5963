import { z } from "zod";
import type { Actor } from "../../access/actor.ts";
import { now, type Instant } from "../../platform/clock.ts";
import type { Db } from "../../platform/db.ts";
import { conflict, forbidden, tooMany } from "../../platform/errors.ts";
import type { Peer, Realtime } from "../../platform/realtime.ts";
import type { Signals } from "../../platform/signals.ts";
import { may, openLiveClass } from "../access.ts";
import { groupOf, LIVE_CHANGED, LIVE_GROUP, opened, roomOf, staffOf } from "../socket.ts";
import { findSettings } from "../store/after.ts";
import type { LiveRow } from "../store/classes.ts";
import { findMember, findRoom } from "../store/rooms.ts";
import { GROUP_KEYS_MAX, isGroupNow } from "../tool-rules.ts";
import type { MediaEngine } from "./engine.ts";
import { iceServers, type TurnSettings } from "./ice.ts";
import { answer, kind, wish } from "./protocol.ts";
import { levelAtFirst } from "./rules.ts";
import { KINDS, mediaRoom, placeOf, type Kind } from "./parts.ts";
import { giveFloor, hasFloor, isOpen, leaveFloor, listFloor, takeFloor } from "./store.ts";

export interface MediaSocketDeps {
  db: Db;
  clock: () => Instant;
  signals: Signals;
  media: MediaEngine;
  turn: TurnSettings;
}

const id = z.string().length(26);
/** The key of the group that a teacher visits, 0 for the whole class; a pupil is in their own, whatever is asked. */
const visited = z.number().int().min(0).max(GROUP_KEYS_MAX).default(0);
const Where = z.strictObject({ group: visited });
const Listen = z.strictObject({ wish, group: visited });
const Answered = z.strictObject({ session: id, answer });
const Sending = z.strictObject({ session: id, kinds: z.array(kind).max(KINDS.length) });
const Want = z.strictObject({ session: id, wish });
const Leave = z.strictObject({ session: id });
const Floor = z.strictObject({ person: id.or(z.literal("all")), given: z.boolean() });

const connects = { burst: 8, perSecond: 0.5 };
const changes = { burst: 12, perSecond: 2 };
/** Connections that one socket may hold: one to listen, one to speak, and their successors while those end. */
const OWN_MAX = 4;

/**
 * Sound and picture of the room, as far as they are talked about: packets never come here. Who is in the room was decided
 * by `live:enter`; each message asks the door again, and who may send what is decided here and kept by the engine. While
 * the class sits in groups each has a room of its own, in which all its pupils may speak; a teacher is with the whole class,
 * or in the group that is visited.
 *
 * To the server: `live:media-state`, `live:media-listen`, `live:media-speak`, `live:media-answer`, `live:media-sending`,
 * `live:media-want`, `live:media-leave`, `live:media-floor`. From it: `live:media-map` (who is on which line),
 * `live:media-floor` (who may speak), `live:media-gone` (connect anew), `live:media-level` (what the own line carries),
 * `live:media-wanted` (whether the large picture is), and for teachers
 * `live:media-lines` (how each pupil's line is).
 */
export function mediaSocket(realtime: Realtime<Actor>, deps: MediaSocketDeps): void {
  const held = new Held(deps.media);
  connections(realtime, deps, held);
  floor(realtime, deps);
  realtime.onGone(async ({ personId, memory }, how) => {
    await held.dropAll(memory);
    const liveId = memory.get("live");
    if (typeof liveId !== "string") return;
    if (how === "left" && (await leaveFloor(deps.db, liveId, personId))) await tellFloor(realtime, deps.db, liveId);
  });
  tellEvents(realtime, deps.media, held);
  // A class that is over falls silent, whoever still holds a connection.
  deps.signals.listen(LIVE_CHANGED, (liveId) => {
    void isOpen(deps.db, liveId).then((open) => (open ? undefined : deps.media.closeRoom(liveId))).catch(() => undefined);
  });
  // Groups that are no more fall silent: whoever was in one connects anew, to where they are now.
  deps.signals.listen(LIVE_GROUP, (told) => {
    const [liveId = "", , left = "0"] = told.split(" ");
    if (Number(left) > 0) void deps.media.closeRoom(mediaRoom(liveId, Number(left))).catch(() => undefined);
  });
}

/** Those who teach, and hear how the lines of all others are. */
function linesOf(liveId: string): string {
  return `live:${liveId}:lines`;
}

/** Which connection is whose. */
class Held {
  private readonly peers = new Map<string, string>();
  private readonly media: MediaEngine;
  constructor(media: MediaEngine) {
    this.media = media;
  }

  of(memory: Peer<Actor>["memory"]): Set<string> {
    const sessions = (memory.get("media") as Set<string> | undefined) ?? new Set<string>();
    memory.set("media", sessions);
    return sessions;
  }

  ensure(peer: Peer<Actor>, session: string): void {
    if (!this.of(peer.memory).has(session)) throw conflict("media_gone");
  }

  keep(peer: Peer<Actor>, session: string): void {
    this.of(peer.memory).add(session);
    this.peers.set(session, peer.id);
  }

  peerOf(session: string): string | undefined {
    return this.peers.get(session);
  }

  forget(session: string): void {
    this.peers.delete(session);
  }

  async drop(memory: Peer<Actor>["memory"], session: string): Promise<void> {
    this.of(memory).delete(session);
    this.forget(session);
    await this.media.leave(session).catch(() => undefined); // the process is gone, and the connection with it
  }

  async dropAll(memory: Peer<Actor>["memory"]): Promise<void> {
    for (const session of this.of(memory)) await this.drop(memory, session);
  }
}

function connections(realtime: Realtime<Actor>, { db, media, turn }: MediaSocketDeps, held: Held): void {
  const onNow = async (peer: Peer<Actor>): Promise<LiveRow> => {
    const live = await opened(db, peer, "join");
    if (live.state !== "open") throw conflict("live_not_open");
    return live;
  };
  const openNow = async (peer: Peer<Actor>): Promise<LiveRow> => {
    const live = await onNow(peer);
    for (const session of held.of(peer.memory)) if (held.peerOf(session) === undefined) held.of(peer.memory).delete(session);
    if (held.of(peer.memory).size >= OWN_MAX) throw tooMany();
    return live;
  };

  realtime.on("live:media-listen", { schema: Listen, ...connects }, async (peer, { wish: wanted, group: asked }) => {
    const live = await openNow(peer);
    const group = await groupFor(db, peer, live, asked);
    const { session, offer, slots } = await media.startListening(mediaRoom(live.id, group), peer.personId, wanted);
    held.keep(peer, session);
    return { session, offer, slots, group, level: levelAtFirst(wanted), ice: iceServers(turn, peer.personId, now()) };
  });

  realtime.on("live:media-speak", { schema: Where, ...connects }, async (peer, { group: asked }) => {
    const live = await openNow(peer);
    const group = await groupFor(db, peer, live, asked);
    const kinds = await kindsOf(db, peer.who, live, group);
    if (kinds.length === 0) throw forbidden("media_no_floor");
    const { session, offer } = await media.startSpeaking(mediaRoom(live.id, group), { personId: peer.personId, may: kinds });
    held.keep(peer, session);
    return { session, offer, ice: iceServers(turn, peer.personId, now()) };
  });

  realtime.on("live:media-answer", { schema: Answered, ...connects }, async (peer, told) => {
    await onNow(peer);
    held.ensure(peer, told.session);
    await media.answer(told.session, told.answer);
  });

  realtime.on("live:media-sending", { schema: Sending, ...changes }, async (peer, { session, kinds }) => {
    const live = await onNow(peer);
    held.ensure(peer, session);
    const allowed = await kindsOf(db, peer.who, live, await groupFor(db, peer, live, 0));
    if (!kinds.every((one) => allowed.includes(one))) throw forbidden("media_no_floor");
    await media.sending(session, kinds);
  });

  realtime.on("live:media-want", { schema: Want, ...changes }, async (peer, told) => {
    await opened(db, peer, "join");
    held.ensure(peer, told.session);
    await media.wish(told.session, told.wish);
  });

  realtime.on("live:media-leave", { schema: Leave, ...changes }, async (peer, { session }) => {
    held.ensure(peer, session);
    await held.drop(peer.memory, session);
  });
}

function floor(realtime: Realtime<Actor>, { db, clock, media }: MediaSocketDeps): void {
  realtime.on("live:media-state", { schema: Where, ...changes }, async (peer, { group: asked }) => {
    const live = await opened(db, peer, "join");
    if (may(peer.who, "teach", live)) await peer.join(linesOf(live.id), (who) => openLiveClass(db, who, live.id, "teach"));
    const group = await groupFor(db, peer, live, asked);
    return { people: await listFloor(db, live.id), group, slots: await media.slotsOf(mediaRoom(live.id, group)), may: await kindsOf(db, peer.who, live, group) };
  });

  realtime.on("live:media-floor", { schema: Floor, burst: 20, perSecond: 2 }, async (peer, { person, given }) => {
    const live = await opened(db, peer, "teach");
    const before = await listFloor(db, live.id);
    if (!given) await takeFloor(db, live, person);
    else if (person !== "all") await giveFloor(db, live, person, { by: peer.personId, at: clock(), requestId: peer.id });
    const silenced = given ? [] : before.filter((one) => person === "all" || one.id === person);
    for (const one of silenced) await media.silence(live.id, one.id);
    await tellFloor(realtime, db, live.id);
  });
}

async function tellFloor(realtime: Realtime<Actor>, db: Db, liveId: string): Promise<void> {
  realtime.toRoom(roomOf(liveId), "live:media-floor", { people: await listFloor(db, liveId) });
}

function tellEvents(realtime: Realtime<Actor>, media: MediaEngine, held: Held): void {
  media.listen((event) => {
    switch (event.kind) {
      case "map": {
        const { liveId, group } = placeOf(event.room);
        for (const room of group > 0 ? [groupOf(liveId, group), staffOf(liveId)] : [roomOf(liveId)]) realtime.toRoom(room, "live:media-map", { group, slots: event.slots });
        return;
      }
      case "lines":
        return realtime.toRoom(linesOf(placeOf(event.room).liveId), "live:media-lines", { lines: event.lines });
      case "gone":
      case "level":
      case "wanted": {
        const peerId = held.peerOf(event.session);
        if (peerId === undefined) return;
        if (event.kind === "wanted") return realtime.toPeer(peerId, "live:media-wanted", { high: event.high });
        if (event.kind === "level") return realtime.toPeer(peerId, "live:media-level", { session: event.session, level: event.level });
        held.forget(event.session);
        return realtime.toPeer(peerId, "live:media-gone", { session: event.session });
      }
    }
  });
}

/** The group in which a person hears and is heard: a pupil in their own, a teacher in the one that is visited; 0 is the whole class. */
async function groupFor(db: Db, peer: Peer<Actor>, live: LiveRow, visits: number): Promise<number> {
  const group = may(peer.who, "teach", live) ? visits : ((await findMember(db, live.id, peer.personId))?.group_number ?? 0);
  return group > 0 && isGroupNow(await findRoom(db, live.id), group) ? group : 0;
}

/** What a person may send in a class now; within a group everybody speaks. */
async function kindsOf(db: Db, actor: Actor, live: LiveRow, group: number): Promise<Kind[]> {
  if (may(actor, "teach", live)) return [...KINDS];
  if (group === 0 && !(await hasFloor(db, live, actor.personId))) return [];
  return (await findSettings(db, live.school.id)).pupils_unseen ? ["mic"] : ["mic", "camera"];
}
