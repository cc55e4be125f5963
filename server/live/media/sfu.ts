import {
  KINDS,
  LINES,
  Publisher,
  Subscriber,
  type Answer,
  type Kind,
  type MakeWire,
  type Room,
  type Slot,
  type Source,
  type Tape,
  type Told,
  type Track,
  type Wire,
  type WireEvents,
  type WireLine,
} from "./parts.ts";
import { isRtcp, readRtcp, readRtp, readVp8, writeNack, writePictureRequest, writeReports, writeSender, type Report, type Rtp, type Vp8 } from "./rtp.ts";
import { isTeacher, Rooms } from "./rooms.ts";
import { judgeLine, levelFor, lineState, type Level, type Wish } from "./rules.ts";
import { restore, type Outbound } from "./streams.ts";

const SESSIONS_MAX = 400;
/** Connections by which one person listens at once, in all classes together: the newest stay. */
const LISTENS_OF_PERSON = 4;
/** An offer that no browser answered ends. */
const ANSWER_MS = 20_000;
const OWN_SSRC = 1;
const PICTURE_EVERY_MS = 700;
const LINE_EVERY_MS = 2_000;
const HIGH_FLOWS_MS = 2_000;
/** Nothing of an open microphone for so long: its browser connects anew. */
const SILENT_MS = 8_000;
/** Senders' reports go on no more often than this: each goes to everybody. */
const REPORT_EVERY_MS = 200;
/** A packet costs its receivers so much work, however small it is (bytes). */
const PACKET_COSTS = 100;
/** While a class is recorded a whole picture comes this often, so that one can go to any moment of it (ms). */
const PICTURE_FOR_TAPE_MS = 20_000;
/** −dBov below which somebody speaks; who speaks keeps the word for so long (ms). */
const SPEAKS = 55;
const SPEAKER_HOLDS_MS = 800;

export class MediaRefused extends Error {
  readonly code: "media_full" | "media_gone" | "invalid";
  constructor(code: MediaRefused["code"]) {
    super(code);
    this.code = code;
  }
}

/**
 * Forwards what a few send to all who listen: nothing is decoded. Each publisher and each subscriber has one connection;
 * subscribers have the same lines for as long as they stay, so that nothing is ever negotiated again. A group hears itself,
 * and the teachers who speak to the whole class; nobody outside hears a group.
 */
export class Sfu {
  private readonly rooms = new Rooms();
  private readonly publishers = new Map<string, Publisher>();
  private readonly subscribers = new Map<string, Subscriber>();
  /** Sessions whose connection is being made, by the room that waits for them. */
  private readonly joining = new Map<string, Room>();
  private seconds = 0;

  private readonly makeWire: MakeWire;
  private readonly told: Told;
  /** Milliseconds that never go back. */
  private readonly clock: () => number;

  constructor(makeWire: MakeWire, told: Told, clock: () => number) {
    this.makeWire = makeWire;
    this.told = told;
    this.clock = clock;
  }

  /** A connection for listening. @returns the offer, and who is on which line */
  async listen(roomId: string, session: string, person: string, wish: Wish): Promise<{ offer: string; slots: Slot[] }> {
    const room = this.roomOf(roomId);
    const subscriber = new Subscriber(session, room, person, wish, this.clock());
    const { wire, offer } = await this.connect(room, LINES, session, (mid, packet) => this.heardBack(subscriber, mid, packet));
    const own = [...this.subscribers.values()].filter((one) => one.person === person);
    for (const old of own.slice(0, Math.max(0, own.length - LISTENS_OF_PERSON + 1))) this.end(old.id);
    this.joining.delete(session);
    subscriber.wire = wire;
    room.subscribers.set(session, subscriber);
    this.subscribers.set(session, subscriber);
    this.choose(subscriber);
    return { offer, slots: this.rooms.slotsOf(room) };
  }

  /** A connection for sending what `kinds` allows. */
  async speak(roomId: string, session: string, person: string, kinds: readonly Kind[]): Promise<{ offer: string }> {
    const room = this.roomOf(roomId);
    const publisher = new Publisher(session, room, person, kinds, this.clock());
    const lines = [...publisher.tracks.values()].map((track): WireLine => ({ mid: track.mid, sort: track.inbound.sort }));
    const { wire, offer } = await this.connect(room, lines, session, (mid, packet) => this.cameIn(publisher, mid, packet));
    // Not told: of two pages of a person the later one speaks, and the earlier one does not take it back.
    for (const old of room.publishers.values()) if (old.person === person) this.leave(old.id);
    this.joining.delete(session);
    publisher.wire = wire;
    room.publishers.set(session, publisher);
    this.publishers.set(session, publisher);
    return { offer };
  }

  /**
   * Makes a connection. The room stays while it is made, whoever leaves meanwhile: the new one shall not be in a room that
   * nobody finds. @throws MediaRefused `media_gone` where the session or its room was ended meanwhile
   */
  private async connect(room: Room, lines: readonly WireLine[], session: string, onPacket: WireEvents["onPacket"]): Promise<{ wire: Wire; offer: string }> {
    this.joining.set(session, room);
    try {
      if (this.publishers.size + this.subscribers.size + this.joining.size > SESSIONS_MAX * 4) throw new MediaRefused("media_full");
      const made = await this.makeWire(lines, { onPacket, onEnd: () => this.end(session) });
      if (this.joining.has(session)) return made;
      made.wire.close();
      throw new MediaRefused("media_gone");
    } catch (error) {
      this.joining.delete(session);
      this.forget(room);
      throw error;
    }
  }

  /** Ends a connection whose browser did not ask for it, and says so. */
  private end(session: string): void {
    if (this.leave(session)) this.told.onGone(session);
  }

  private roomOf(id: string): Room {
    const room = this.rooms.find(id) ?? this.rooms.make(id);
    if (room.subscribers.size + room.publishers.size + this.joiningOf(room).length >= SESSIONS_MAX) throw new MediaRefused("media_full");
    this.rooms.keep(room);
    return room;
  }

  answer(session: string, answer: Answer): void {
    const of = this.publishers.get(session) ?? this.subscribers.get(session);
    if (!of?.wire) throw new MediaRefused("media_gone");
    of.wire.accept(answer);
    of.isAnswered = true;
  }

  /** What a publisher sends from now on; the rest of its lines falls silent. */
  sending(session: string, kinds: readonly Kind[]): void {
    const publisher = this.publishers.get(session);
    if (!publisher) throw new MediaRefused("media_gone");
    const { room } = publisher;
    let isFull = false;
    for (const kind of KINDS) {
      const at = room.slots.findIndex((source) => source?.session === publisher && source.kind === kind);
      const wanted = kinds.includes(kind) && publisher.kinds.includes(kind);
      if (wanted && at < 0 && !this.place(publisher, kind)) isFull = true;
      if (!wanted && at >= 0) this.clear(room, at);
    }
    this.rearrange(room);
    if (isFull) throw new MediaRefused("media_full");
  }

  private place(publisher: Publisher, kind: Kind): boolean {
    const { room, tracks } = publisher;
    const small = tracks.get(kind === "camera" ? "low" : kind);
    const isFree = (line: WireLine, i: number): boolean => line.sort === small?.inbound.sort && this.rooms.onLine(room, i) === undefined;
    // From the other end, so that a teacher who speaks to all seldom needs the line of a group.
    const slot = room.above === undefined ? LINES.findIndex(isFree) : LINES.findLastIndex(isFree);
    if (!small || slot < 0) return false;
    const source: Source = { person: publisher.person, kind, session: publisher, small, large: kind === "camera" ? tracks.get("high") : undefined };
    room.slots[slot] = source;
    for (const track of [source.small, source.large]) if (track) [track.source, track.slot, track.since] = [source, slot, this.clock()];
    return true;
  }

  private clear(room: Room, slot: number): void {
    const source = room.slots[slot];
    room.slots[slot] = undefined;
    for (const track of [source?.small, source?.large]) {
      if (!track) continue;
      [track.source, track.slot] = [undefined, -1];
      room.tape?.forget(track.inbound, this.clock());
    }
  }

  private rearrange(room: Room): void {
    for (const one of this.rooms.withGroups(room)) {
      for (const subscriber of one.subscribers.values()) this.choose(subscriber);
      this.told.onMap(one.id, this.rooms.slotsOf(one));
    }
    this.chooseTaped(room);
  }

  wish(session: string, wish: Wish): void {
    const subscriber = this.subscribers.get(session);
    if (!subscriber) throw new MediaRefused("media_gone");
    subscriber.wish = wish;
    this.choose(subscriber);
  }

  /** Ends a connection. @returns whether there was one */
  leave(session: string): boolean {
    const publisher = this.publishers.get(session);
    const subscriber = this.subscribers.get(session);
    const room = (publisher ?? subscriber)?.room ?? this.joining.get(session);
    if (!room) return false;
    this.joining.delete(session);
    this.publishers.delete(session);
    this.subscribers.delete(session);
    room.subscribers.delete(session);
    room.publishers.delete(session);
    (publisher ?? subscriber)?.wire?.close();
    if (publisher) {
      room.slots.forEach((source, i) => source?.session === publisher && this.clear(room, i));
      this.rearrange(room);
    }
    this.forget(room);
    return true;
  }

  /** Ends a room and those of its groups. */
  closeRoom(id: string): void {
    for (const group of [...this.rooms.groupsOf(id)]) this.closeRoom(group.id);
    const room = this.rooms.find(id);
    if (!room) return;
    for (const session of [...room.publishers.keys(), ...room.subscribers.keys(), ...this.joiningOf(room)]) this.end(session);
    room.tape = undefined;
    this.rooms.remove(room);
  }

  /** Whether the room's sound is wanted by listeners without a connection of their own. */
  audience(id: string, on: boolean): void {
    const room = this.roomOf(id);
    room.audience = on;
    this.forget(room);
  }

  /** What the room's recording is given from now on; undefined ends it. */
  tape(id: string, tape: Tape | undefined): void {
    const room = tape ? this.roomOf(id) : this.rooms.find(id);
    if (!room) return;
    room.tape = tape;
    if (tape) this.chooseTaped(room);
    this.forget(room);
  }

  private forget(room: Room): void {
    if (room.publishers.size + room.subscribers.size + this.joiningOf(room).length > 0 || room.audience || room.tape) return;
    this.rooms.remove(room);
  }

  private joiningOf(room: Room): string[] {
    return [...this.joining].filter(([, its]) => its === room).map(([session]) => session);
  }

  // What comes from publishers

  private cameIn(publisher: Publisher, mid: string, packet: Buffer): void {
    const at = this.clock();
    if (isRtcp(packet)) return spend(publisher, packet.length, at) ? this.heardSender(publisher, packet, at) : undefined;
    const track = publisher.tracks.get(mid);
    const rtp = readRtp(packet);
    if (!track?.source || !rtp || !spend(publisher, packet.length, at)) return;
    if (track.inbound.take(rtp, packet, at) === "twice") return;
    track.lastAt = at;
    const { room } = publisher;
    const vp8 = track.inbound.sort === "video" ? readVp8(packet, rtp.start, rtp.end) : undefined;
    if (track.inbound.sort === "video" && !vp8) return; // padding
    const { slot } = track;
    const line = LINES[slot];
    if (!line) return;
    if (room.audience && track.inbound.sort === "audio") this.toAudience(room, track, rtp, packet, at);
    if (room.tape) toTape(room.tape, track, { rtp, vp8, packet }, at);
    for (const to of this.rooms.withGroups(room)) {
      for (const subscriber of to.subscribers.values()) {
        if (subscriber.outs[slot]?.write(track.inbound, rtp, vp8, packet, at)) subscriber.wire?.send(line.mid, packet);
      }
    }
    restore(rtp, vp8, packet);
  }

  /** One speaker at a time: whoever is heard keeps the word until they have been silent for a moment. */
  private toAudience(room: Room, track: Track, rtp: Rtp, packet: Buffer, at: number): void {
    const speaks = rtp.level === undefined || rtp.level < SPEAKS;
    const { speaker } = room;
    if (!speaker || speaker.track.source === undefined || (speaks && (speaker.track === track || at - speaker.at > SPEAKER_HOLDS_MS))) room.speaker = { track, at };
    if (room.speaker?.track === track && rtp.end > rtp.start) this.told.onSound(room.id, packet.subarray(rtp.start, rtp.end));
  }

  private heardSender(publisher: Publisher, packet: Buffer, at: number): void {
    for (const news of readRtcp(packet)) {
      if (news.kind !== "sender") continue;
      const track = [...publisher.tracks.values()].find((one) => one.inbound.ssrc === news.ssrc);
      if (!track || at - track.reportAt < REPORT_EVERY_MS) continue;
      track.reportAt = at;
      track.inbound.heardSender(news.ntpHigh, news.ntpLow, at);
      const line = LINES[track.slot];
      if (!line) continue;
      const middle = (((news.ntpHigh & 0xffff) << 16) | (news.ntpLow >>> 16)) >>> 0;
      for (const subscriber of this.rooms.within(publisher.room)) {
        const out = subscriber.outs[track.slot];
        const rtpTime = out?.timeOf(track.inbound, news.rtpTime);
        if (!out || rtpTime === undefined) continue;
        subscriber.times.set(middle, at);
        if (subscriber.times.size > 40) for (const [old] of subscriber.times) if (subscriber.times.delete(old)) break;
        subscriber.wire?.send(line.mid, writeSender(out.ssrc, { ntpHigh: news.ntpHigh, ntpLow: news.ntpLow, rtpTime }, out));
      }
    }
  }

  private askPicture(track: Track, at: number): void {
    if (at - track.pictureAt < PICTURE_EVERY_MS || !track.source || track.inbound.ssrc === 0) return;
    track.pictureAt = at;
    track.source.session.wire?.send(track.mid, writePictureRequest(OWN_SSRC, track.inbound.ssrc));
  }

  // What comes from subscribers

  private heardBack(subscriber: Subscriber, mid: string, packet: Buffer): void {
    if (!isRtcp(packet)) return;
    const at = this.clock();
    const slot = LINES.findIndex((line) => line.mid === mid);
    const out = subscriber.outs[slot];
    if (!out) return;
    subscriber.heardAt = at;
    // A compound packet comes once for each line that it names: each takes its own part.
    for (const news of readRtcp(packet)) {
      if (news.kind === "report" && news.report.ssrc === out.ssrc) this.measure(subscriber, news.report, at);
      else if (news.kind === "nack" && news.ssrc === out.ssrc) this.sendAgain(subscriber, out, mid, news.lost, at);
      else if (news.kind === "picture" && news.ssrc === out.ssrc) {
        const track = trackOf(this.rooms.onLine(subscriber.room, slot), out);
        if (track) this.askPicture(track, at);
      }
    }
  }

  private sendAgain(subscriber: Subscriber, out: Outbound, mid: string, lost: readonly number[], at: number): void {
    for (const sequence of lost) {
      const packet = out.again(sequence);
      if (!packet) continue;
      if (!subscriber.again.take(1, at)) return;
      subscriber.wire?.send(mid, packet);
    }
  }

  private measure(subscriber: Subscriber, report: Report, at: number): void {
    const before = subscriber.seen.get(report.ssrc);
    subscriber.seen.set(report.ssrc, report);
    const sentAt = subscriber.times.get(report.lastReport);
    if (sentAt !== undefined) subscriber.sums.rttMs = Math.max(0, at - sentAt - report.delay / 65.536);
    const expected = before ? (report.highest - before.highest) | 0 : 0;
    if (expected <= 0 || before === undefined) return;
    subscriber.sums.expected += expected;
    // What the receiver saw missing since its last report, before anything came again late.
    subscriber.sums.lost += Math.max(Math.min(expected, report.lost - before.lost), Math.round((report.fraction / 256) * expected));
  }

  /** What flows on each line of a subscriber: what its line carries and the person wants. */
  private choose(subscriber: Subscriber): void {
    const level = levelFor(subscriber.line, subscriber.wish);
    if (level !== subscriber.level) this.told.onLevel(subscriber.id, level);
    subscriber.level = level;
    const at = this.clock();
    const { room } = subscriber;
    const sources = LINES.map((_, i) => this.rooms.onLine(room, i));
    const hasScreen = sources.some((source) => source?.kind === "screen" && source.person !== subscriber.person);
    subscriber.outs.forEach((out, i) => {
      const source = sources[i];
      const track = source && source.person !== subscriber.person ? this.trackFor(source, level, hasScreen, at) : undefined;
      if (out.wants !== track?.inbound) out.want(track?.inbound);
      if (track && out.isWaiting) this.askPicture(track, at);
    });
  }

  private trackFor(source: Source, level: Level, hasScreen: boolean, at: number): Track | undefined {
    if (source.kind === "mic") return source.small;
    if (level === "sound") return undefined;
    if (source.kind === "screen") return source.small;
    // On a small line the shared screen comes before faces.
    if (level === "low") return hasScreen ? undefined : source.small;
    return source.large && at - source.large.lastAt < HIGH_FLOWS_MS ? source.large : source.small;
  }

  /** The picture of a recording: a teacher's screen, else a teacher's face as large as it is sent. */
  private chooseTaped(room: Room): void {
    if (!room.tape) return;
    const at = this.clock();
    const taught = room.slots.filter((source) => source !== undefined && source.kind !== "mic" && isTeacher(source.session));
    const source = taught.find((one) => one?.kind === "screen") ?? taught[0];
    const track = source && this.trackFor(source, "high", false, at);
    room.tape.want(track?.inbound);
    if (track && (room.tape.needsKey || at - track.pictureAt > PICTURE_FOR_TAPE_MS)) this.askPicture(track, at);
  }

  // The clock

  /** A microphone says something at least twice a second, be it that nobody speaks: one that is silent is not connected. */
  private endSilent(publisher: Publisher, at: number): void {
    const mic = publisher.tracks.get("mic");
    if (!mic?.source || at - Math.max(mic.since, mic.lastAt) < SILENT_MS) return;
    this.end(publisher.id);
  }

  /** To be called every 20 ms: asks publishers for what is missing. */
  tick(): void {
    const at = this.clock();
    for (const publisher of this.publishers.values()) {
      for (const track of publisher.tracks.values()) {
        if (!track.source) continue;
        const missing = track.inbound.toAsk(at);
        if (missing === "picture") this.askPicture(track, at);
        else if (missing.length > 0) publisher.wire?.send(track.mid, writeNack(OWN_SSRC, track.inbound.ssrc, missing));
      }
    }
  }

  /** To be called every second: reports to publishers, and what each line carries. */
  second(): void {
    const at = this.clock();
    this.seconds += 1;
    for (const one of [...this.publishers.values(), ...this.subscribers.values()]) if (!one.isAnswered && at - one.madeAt >= ANSWER_MS) this.end(one.id);
    for (const publisher of this.publishers.values()) {
      this.endSilent(publisher, at);
      for (const track of publisher.tracks.values()) {
        const report = track.inbound.report(at);
        publisher.wire?.send(track.mid, writeReports(OWN_SSRC, report ? [report] : []));
      }
    }
    for (const subscriber of this.subscribers.values()) {
      subscriber.wire?.send(LINES[0]?.mid ?? "", writeReports(OWN_SSRC, [])); // a sign of life
      if ((this.seconds * 1000) % LINE_EVERY_MS === 0) this.judge(subscriber, at);
      this.choose(subscriber);
    }
    for (const room of this.rooms.all()) {
      this.chooseTaped(room);
      this.tellWanted(room);
      if (this.seconds % 3 === 0) this.tellLines(room, at);
    }
  }

  private judge(subscriber: Subscriber, at: number): void {
    const { expected, lost, rttMs } = subscriber.sums;
    if (expected < 20) return; // too little was sent to say anything
    subscriber.sums = { expected: 0, lost: 0, rttMs: undefined };
    subscriber.line = judgeLine(subscriber.line, { loss: lost / expected, rttMs }, at);
  }

  private tellWanted(room: Room): void {
    for (const publisher of room.publishers.values()) {
      if (!publisher.tracks.has("high")) continue;
      const wants = room.tape !== undefined || this.rooms.within(room).some((one) => one.person !== publisher.person && one.level === "high");
      if (wants === publisher.wantsHigh) continue;
      publisher.wantsHigh = wants;
      this.told.onWanted(publisher.id, wants);
    }
  }

  private tellLines(room: Room, at: number): void {
    const lines: Parameters<Told["onLines"]>[1] = [];
    for (const subscriber of room.subscribers.values()) {
      const state = lineState(subscriber.line, at - subscriber.heardAt);
      const { level } = subscriber;
      if (subscriber.told === `${state} ${level}`) continue;
      subscriber.told = `${state} ${level}`;
      lines.push({ person: subscriber.person, state, level });
    }
    if (lines.length > 0) this.told.onLines(room.id, lines);
  }
}

function trackOf(source: Source | undefined, out: Outbound): Track | undefined {
  return [source?.small, source?.large].find((track) => track?.inbound === out.wants);
}

/** Only what the class's teachers send is recorded, and the voices of those who are named: consent decides about pupils. */
function toTape(tape: Tape, track: Track, { rtp, vp8, packet }: { rtp: Rtp; vp8: Vp8 | undefined; packet: Buffer }, at: number): void {
  const { source } = track;
  if (!source || rtp.end <= rtp.start) return;
  const teaches = isTeacher(source.session);
  if (vp8 && teaches) tape.picture(track.inbound, rtp, vp8, packet, at);
  else if (!vp8 && (teaches || tape.voices.has(source.person))) tape.sound(track.inbound, rtp, packet, at);
}

/** A publisher may send so many bytes a second, small packets counted as larger ones. */
function spend(publisher: Publisher, bytes: number, at: number): boolean {
  return publisher.budget.take(Math.max(bytes, PACKET_COSTS), at);
}
