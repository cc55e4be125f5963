import type { Bus } from "../../platform/bus.ts";
import { conflict, invalid, Refusal } from "../../platform/errors.ts";
import type { Log } from "../../platform/log.ts";
import { Owners } from "../../platform/owners.ts";
import { NoAnswer, Post } from "../../platform/post.ts";
import type { Embedded } from "./embedded.ts";
import type { MediaEngine, MediaEvent, MediaRecording, Seat } from "./engine.ts";
import { placeOf, type Answer, type Kind, type Slot } from "./parts.ts";
import { askedElsewhere, repliedElsewhere, toldElsewhere, type AskedElsewhere, type RepliedElsewhere, type ToldElsewhere } from "./protocol.ts";
import type { Wish } from "./rules.ts";

/** After this time the sound for the links is asked for again, where nobody could be asked (ms). */
const AGAIN_MS = 1_000;
const NOT_OWNER = "not_owner";

/**
 * One engine made of those of several web processes. A class, with its groups, is carried by the process that was asked for
 * it first, for as long as that lives; what is asked elsewhere goes there, and what concerns a connection comes back to where
 * it was asked for. Packets go straight between the browsers and the process that carries the class; only the sound for the
 * links comes by Redis (24 kbit/s). What everybody in a room hears of goes by the rooms of the sockets, which reach all
 * processes.
 *
 * When the process ends, everybody it carried is told by their own, connects anew as after every other break, and the first
 * to do so takes the class to their process.
 */
export class SharedMedia implements MediaEngine {
  private readonly heard: ((event: MediaEvent) => void)[] = [];
  /** Connections that were asked for here, and the process that has them. */
  private readonly away = new Map<string, string>();
  /** Connections that are here, and the process at which they were asked for. */
  private readonly lent = new Map<string, string>();
  /** Who is sent the sound of a room that is here: processes, this one among them. */
  private readonly hearers = new Map<string, Set<string>>();
  /** Rooms whose sound is heard here, and the process that was asked for it; undefined while none is. */
  private readonly listened = new Map<string, string | undefined>();
  private readonly post: Post;
  private readonly owners: Owners;
  private readonly local: Embedded;
  private readonly log: Log;

  constructor(local: Embedded, { bus, log, secret }: { bus: Bus; log: Log; secret: string }) {
    [this.local, this.log] = [local, log];
    this.post = new Post({ bus, log, secret });
    this.owners = new Owners({ bus, log, me: this.post.me, watched: () => this.others(), onGone: (process) => this.ended(process), onLost: (liveId) => this.lost(liveId) });
    this.post.open((body, by) => this.answerTo(body, by), (body, by) => this.hearFrom(body, by)).catch((error: unknown) => log.error({ error: String(error) }, "other processes cannot be heard"));
    local.listen((event) => this.passOn(event));
  }

  /** The media process of this web process, while it runs. */
  get pid(): number | undefined {
    return this.local.pid;
  }

  /** A class is recorded where it is carried (`keeper.ts` asks the engine of its own process). */
  get recording(): MediaRecording {
    return this.local.recording;
  }

  listen(hear: (event: MediaEvent) => void): void {
    this.heard.push(hear);
  }

  startListening(room: string, personId: string, wish: Wish): Promise<{ session: string; offer: string; slots: Slot[] }> {
    return this.start(room, { ask: "listen", room, person: personId, wish }, () => this.local.startListening(room, personId, wish));
  }

  startSpeaking(room: string, seat: Seat): Promise<{ session: string; offer: string }> {
    return this.start(room, { ask: "speak", room, person: seat.personId, kinds: [...seat.may] }, () => this.local.startSpeaking(room, seat));
  }

  private async start<T>(room: string, asking: AskedElsewhere, here: () => Promise<T>): Promise<T | { session: string; offer: string; slots: Slot[] }> {
    const { owner, reply } = await this.atOwner(room, asking, here);
    if (owner === this.post.me) return reply as T;
    const { session, offer, slots } = reply as RepliedElsewhere;
    if (session === undefined) throw conflict("media_down");
    this.away.set(session, owner);
    return { session, offer: offer ?? "", slots: slots ?? [] };
  }

  /** Does something where the class is carried, from now on here where it was nowhere. */
  private async atOwner<T>(room: string, asking: AskedElsewhere, here: () => Promise<T>): Promise<{ owner: string; reply: T | RepliedElsewhere }> {
    const { liveId } = placeOf(room);
    for (let tries = 1; ; tries += 1) {
      const owner = await this.owners.claim(liveId);
      try {
        return { owner, reply: owner === this.post.me ? await this.mine(liveId, here) : await this.ask(owner, asking) };
      } catch (error) {
        if (!(error instanceof Refusal) || error.key !== NOT_OWNER) throw error;
        if (tries === 2) throw conflict("media_down"); // it moves just now: the browser asks again
      }
    }
  }

  /** A process whose media process does not run keeps no class to itself: another may be able to carry it. */
  private async mine<T>(liveId: string, act: () => Promise<T>): Promise<T> {
    try {
      return await act();
    } catch (error) {
      if (this.local.pid === undefined) await this.owners.release(liveId);
      throw error;
    }
  }

  async answer(session: string, answer: Answer): Promise<void> {
    await this.ofSession(session, { ask: "answer", session, answer }, () => this.local.answer(session, answer));
  }

  async sending(session: string, kinds: readonly Kind[]): Promise<void> {
    await this.ofSession(session, { ask: "sending", session, kinds: [...kinds] }, () => this.local.sending(session, kinds));
  }

  async wish(session: string, wish: Wish): Promise<void> {
    await this.ofSession(session, { ask: "wish", session, wish }, () => this.local.wish(session, wish));
  }

  async leave(session: string): Promise<void> {
    await this.ofSession(session, { ask: "leave", session }, () => this.local.leave(session));
    this.away.delete(session);
  }

  private async ofSession(session: string, asking: AskedElsewhere, here: () => Promise<void>): Promise<void> {
    const owner = this.away.get(session);
    if (owner === undefined) await here();
    else await this.ask(owner, asking);
  }

  async silence(room: string, personId: string): Promise<void> {
    const owner = await this.owners.ownerOf(placeOf(room).liveId);
    if (owner === undefined || owner === this.post.me) await this.local.silence(room, personId);
    else await this.ask(owner, { ask: "silence", room, person: personId });
  }

  async closeRoom(room: string): Promise<void> {
    const { liveId, group } = placeOf(room);
    const owner = await this.owners.ownerOf(liveId);
    if (owner !== undefined && owner !== this.post.me) return void (await this.ask(owner, { ask: "close", room }));
    await this.local.closeRoom(room);
    if (group === 0) await this.owners.release(liveId);
  }

  async slotsOf(room: string): Promise<Slot[]> {
    const owner = await this.owners.ownerOf(placeOf(room).liveId);
    if (owner === undefined || owner === this.post.me) return this.local.slotsOf(room);
    return this.ask(owner, { ask: "slots", room }).then((reply) => reply.slots ?? [], () => []); // everybody is told when it moved
  }

  async audience(room: string, on: boolean): Promise<void> {
    if (on) return this.wantSound(room);
    const source = this.listened.get(room);
    this.listened.delete(room);
    if (source === this.post.me) await this.letHear(room, this.post.me, false);
    else if (source !== undefined) await this.ask(source, { ask: "audience", room, on: false });
  }

  private async wantSound(room: string): Promise<void> {
    this.listened.set(room, undefined);
    const { owner } = await this.atOwner(room, { ask: "audience", room, on: true }, () => this.letHear(room, this.post.me, true));
    if (this.listened.has(room)) this.listened.set(room, owner);
  }

  /** For as long as somebody listens; the stream is silent meanwhile. */
  private wantSoundAgain(room: string): void {
    if (!this.listened.has(room)) return;
    this.wantSound(room).catch(() => setTimeout(() => this.wantSoundAgain(room), AGAIN_MS).unref());
  }

  private async letHear(room: string, process: string, on: boolean): Promise<void> {
    const all = this.hearers.get(room) ?? new Set();
    if (on) this.hearers.set(room, all.add(process));
    else if (!all.delete(process)) return;
    if (all.size === 0) this.hearers.delete(room);
    await this.local.audience(room, all.size > 0);
  }

  async close(): Promise<void> {
    await this.owners.close();
    await this.local.close();
  }

  // Between the processes

  private others(): ReadonlySet<string> {
    const named = [...this.away.values(), ...this.lent.values(), ...[...this.hearers.values()].flatMap((all) => [...all]), ...this.listened.values()];
    return new Set(named.filter((process) => process !== undefined && process !== this.post.me) as string[]);
  }

  private async ask(owner: string, asking: AskedElsewhere): Promise<RepliedElsewhere> {
    const read = repliedElsewhere.safeParse(
      await this.post.ask(owner, asking).catch((error: unknown) => {
        if (error instanceof NoAnswer) throw conflict("media_down");
        throw error;
      }),
    );
    if (!read.success) throw conflict("media_down");
    if (read.data.refused === "invalid") throw invalid();
    if (read.data.refused !== undefined) throw conflict(read.data.refused);
    return read.data;
  }

  private async answerTo(body: unknown, by: string): Promise<RepliedElsewhere> {
    const read = askedElsewhere.safeParse(body);
    if (!read.success) return { refused: "invalid" };
    try {
      return await this.actFor(read.data, by);
    } catch (error) {
      if (error instanceof Refusal) return { refused: error.key };
      this.log.error({ error: String(error) }, "what another process asked of the media engine failed");
      return { refused: "media_down" };
    }
  }

  private async actFor(asked: AskedElsewhere, by: string): Promise<RepliedElsewhere> {
    if ("session" in asked) {
      if (this.lent.get(asked.session) !== by) throw conflict("media_gone");
      if (asked.ask === "answer") await this.local.answer(asked.session, asked.answer);
      else if (asked.ask === "sending") await this.local.sending(asked.session, asked.kinds);
      else if (asked.ask === "wish") await this.local.wish(asked.session, asked.wish);
      else {
        this.lent.delete(asked.session);
        await this.local.leave(asked.session);
      }
      return {};
    }
    const { room } = asked;
    const { liveId } = placeOf(room);
    if (!this.owners.has(liveId)) throw conflict(NOT_OWNER);
    switch (asked.ask) {
      case "listen": {
        const begun = await this.mine(liveId, () => this.local.startListening(room, asked.person, asked.wish));
        this.lent.set(begun.session, by);
        return begun;
      }
      case "speak": {
        const begun = await this.mine(liveId, () => this.local.startSpeaking(room, { personId: asked.person, may: asked.kinds }));
        this.lent.set(begun.session, by);
        return begun;
      }
      case "silence":
        await this.local.silence(room, asked.person);
        return {};
      case "close":
        await this.closeRoom(room);
        return {};
      case "slots":
        return { slots: await this.local.slotsOf(room) };
      case "audience":
        await this.mine(liveId, () => this.letHear(room, by, asked.on));
        return {};
    }
  }

  /** What the engine of this process says, to whom it concerns. */
  private passOn(event: MediaEvent): void {
    if (event.kind === "sound") {
      const packets = event.packets.map((packet) => Buffer.from(packet).toString("base64"));
      for (const process of this.hearers.get(event.room) ?? []) {
        if (process === this.post.me) this.tell(event);
        else this.tellTo(process, { say: "sound", room: event.room, packets });
      }
      return;
    }
    const process = "session" in event ? this.lent.get(event.session) : undefined;
    if (process === undefined) return this.tell(event);
    if (event.kind === "gone") {
      this.lent.delete(event.session);
      this.tellTo(process, { say: "gone", session: event.session });
    } else if (event.kind === "level") this.tellTo(process, { say: "level", session: event.session, level: event.level });
    else if (event.kind === "wanted") this.tellTo(process, { say: "wanted", session: event.session, high: event.high });
  }

  private tellTo(process: string, news: ToldElsewhere): void {
    this.post.tell(process, news);
  }

  /** Only of what was asked of that very process. */
  private hearFrom(body: unknown, by: string): void {
    const { data } = toldElsewhere.safeParse(body);
    if (!data) return;
    if (data.say === "sound" || data.say === "moved") {
      if (this.listened.get(data.room) !== by) return;
      if (data.say === "moved") this.wantSoundAgain(data.room);
      else this.tell({ kind: "sound", room: data.room, packets: data.packets.map((packet) => Buffer.from(packet, "base64")) });
      return;
    }
    if (this.away.get(data.session) !== by) return;
    if (data.say === "gone") this.away.delete(data.session);
    if (data.say === "gone") this.tell({ kind: "gone", session: data.session });
    else if (data.say === "level") this.tell({ kind: "level", session: data.session, level: data.level });
    else this.tell({ kind: "wanted", session: data.session, high: data.high });
  }

  /** Another process ended: what it carried is connected anew, and whom it asked for something nobody holds any more. */
  private ended(process: string): void {
    for (const [session, owner] of this.away) {
      if (owner !== process) continue;
      this.away.delete(session);
      this.tell({ kind: "gone", session });
    }
    for (const [session, by] of this.lent) {
      if (by !== process) continue;
      this.lent.delete(session);
      void this.local.leave(session).catch(() => undefined); // the media process is gone, and the connection with it
    }
    for (const [room, all] of this.hearers) if (all.has(process)) void this.letHear(room, process, false).catch(() => undefined); // likewise
    for (const [room, source] of this.listened) if (source === process) this.wantSoundAgain(room);
  }

  /** Another process carries the class now: whoever is still here goes there. */
  private lost(liveId: string): void {
    for (const [room, all] of this.hearers) {
      if (placeOf(room).liveId !== liveId) continue;
      this.hearers.delete(room);
      for (const process of all) if (process !== this.post.me) this.tellTo(process, { say: "moved", room });
      void this.local.audience(room, false).catch(() => undefined); // the media process is gone, and the audience with it
      if (all.has(this.post.me)) this.wantSoundAgain(room);
    }
    void this.local.closeRoom(liveId).catch(() => undefined); // likewise
  }

  private tell(event: MediaEvent): void {
    for (const hear of this.heard) hear(event);
  }
}
