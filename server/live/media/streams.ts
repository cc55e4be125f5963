import { ahead16, ahead32, AUDIO_CLOCK, readVp8, VIDEO_CLOCK, type Report, type Rtp, type Vp8 } from "./rtp.ts";

export type Sort = "audio" | "video";

/** Packets that are kept to be sent again: about eight seconds of 500 kbit/s, ten of sound. */
const KEPT = 512;
/** A gap is asked for again after this long (ms), so often, and then given up. */
const NACK_AGAIN_MS = 80;
const NACK_TRIES = 10;
/** More than so many are missing: a whole picture is cheaper. */
const MISSING_MAX = 100;
const HISTORY = 6;

export function clockOf(sort: Sort): number {
  return sort === "audio" ? AUDIO_CLOCK : VIDEO_CLOCK;
}

/** One stream as it comes from a publisher: what arrived, what is missing, what can be sent again. */
export class Inbound {
  readonly sort: Sort;
  /** Bytes of payload since the start. */
  bytes = 0;
  ssrc = 0;
  private readonly kept: (Buffer | undefined)[] = new Array<Buffer | undefined>(KEPT);
  private readonly missing = new Map<number, { tries: number; askedAt: number }>();
  private highest = -1; // extended: cycles × 65536 + sequence
  private first = 0;
  private received = 0;
  private before = { expected: 0, received: 0 };
  private jitter = 0;
  private transit: number | undefined;
  private lastSender: { middle: number; at: number } | undefined;

  constructor(sort: Sort) {
    this.sort = sort;
  }

  /** Takes a packet; `late` fills a gap, `twice` was here before or is too old. */
  take(rtp: Rtp, packet: Buffer, at: number): "next" | "late" | "twice" {
    if (rtp.ssrc !== this.ssrc) this.begin(rtp);
    this.measure(rtp, at);
    const step = this.highest < 0 ? 1 : ahead16(this.highest & 0xffff, rtp.sequence);
    if (step <= 0) {
      if (step <= -KEPT || this.packetOf(rtp.sequence)) return "twice";
      this.missing.delete(rtp.sequence);
      this.keep(rtp, packet);
      return "late";
    }
    const from = this.highest;
    this.highest = from < 0 ? rtp.sequence : from + step;
    if (from >= 0) for (let gap = from + 1; gap < this.highest && this.missing.size <= MISSING_MAX; gap += 1) this.missing.set(gap & 0xffff, { tries: 0, askedAt: -Infinity });
    this.keep(rtp, packet);
    return "next";
  }

  /** A publisher that starts anew is another stream in the same place. */
  private begin(rtp: Rtp): void {
    this.ssrc = rtp.ssrc;
    this.kept.fill(undefined);
    this.missing.clear();
    this.highest = -1;
    this.first = rtp.sequence;
    this.received = 0;
    this.before = { expected: 0, received: 0 };
    this.transit = undefined;
    this.lastSender = undefined;
  }

  private keep(rtp: Rtp, packet: Buffer): void {
    this.kept[rtp.sequence % KEPT] = packet;
    this.received += 1;
    this.bytes += rtp.end - rtp.start;
  }

  private measure(rtp: Rtp, at: number): void {
    const transit = Math.round((at * clockOf(this.sort)) / 1000) - rtp.timestamp;
    if (this.transit !== undefined) this.jitter += (Math.min(Math.abs(ahead32(this.transit, transit)), clockOf(this.sort)) - this.jitter) / 16;
    this.transit = transit;
  }

  packetOf(sequence: number): Buffer | undefined {
    const packet = this.kept[sequence % KEPT];
    return packet && packet.readUInt16BE(2) === sequence ? packet : undefined;
  }

  /** What to ask for now; "picture" where too much is missing to ask for each. */
  toAsk(at: number): number[] | "picture" {
    if (this.missing.size > MISSING_MAX) {
      this.missing.clear();
      return "picture";
    }
    const now: number[] = [];
    for (const [sequence, asked] of this.missing) {
      if (asked.tries >= NACK_TRIES) this.missing.delete(sequence);
      else if (at - asked.askedAt >= NACK_AGAIN_MS) {
        asked.tries += 1;
        asked.askedAt = at;
        now.push(sequence);
      }
    }
    return now;
  }

  /** A sender's report was heard; its time comes back in ours, from which the sender knows how far away we are. */
  heardSender(ntpHigh: number, ntpLow: number, at: number): void {
    this.lastSender = { middle: (((ntpHigh & 0xffff) << 16) | (ntpLow >>> 16)) >>> 0, at };
  }

  report(at: number): Report | undefined {
    if (this.highest < 0) return undefined;
    const expected = this.highest - this.first + 1;
    const since = { expected: expected - this.before.expected, received: this.received - this.before.received };
    this.before = { expected, received: this.received };
    const lost = since.expected - since.received;
    return {
      ssrc: this.ssrc,
      fraction: since.expected <= 0 || lost <= 0 ? 0 : Math.min(255, Math.floor((lost * 256) / since.expected)),
      lost: expected - this.received,
      highest: this.highest % 0x1_0000_0000,
      jitter: Math.round(this.jitter),
      lastReport: this.lastSender?.middle ?? 0,
      delay: this.lastSender ? Math.round((at - this.lastSender.at) * 65.536) : 0,
    };
  }
}

/** From which outgoing number on a source was forwarded, and by how much its numbers are moved. */
interface Segment {
  source: Inbound;
  ssrc: number;
  from: number;
  sequence: number;
  timestamp: number;
  picture: number;
  base: number;
}

/**
 * One stream as a subscriber gets it: always the same SSRC, with numbers and times that go on without a break whatever is
 * forwarded into it: another layer, another person, nothing for a while.
 */
export class Outbound {
  readonly ssrc: number;
  readonly sort: Sort;
  packets = 0;
  bytes = 0;
  private wanted: Inbound | undefined;
  private segments: Segment[] = [];
  private isFlowing = false;
  private last: { sequence: number; timestamp: number; picture: number; base: number; at: number } | undefined;

  constructor(ssrc: number, sort: Sort) {
    this.ssrc = ssrc;
    this.sort = sort;
  }

  /** Which stream should flow. A picture begins with a whole one: the old stream flows until then. */
  want(source: Inbound | undefined): void {
    this.wanted = source;
    if (source === undefined) this.isFlowing = false;
  }

  get wants(): Inbound | undefined {
    return this.wanted;
  }

  /** Waits for a whole picture. */
  get isWaiting(): boolean {
    return this.wanted !== undefined && this.sort === "video" && !(this.isFlowing && this.segments.at(-1)?.source === this.wanted);
  }

  /**
   * Rewrites a packet in place for this subscriber; false where it does not go to them. The caller puts the packet back
   * with `restore` after the last subscriber.
   */
  write(source: Inbound, rtp: Rtp, vp8: Vp8 | undefined, packet: Buffer, at: number): boolean {
    if (this.wanted === undefined) return false;
    let segment = this.segments.at(-1);
    if (!this.isFlowing || segment?.source !== source || segment.ssrc !== rtp.ssrc) {
      if (source !== this.wanted || (this.sort === "video" && !vp8?.isKey)) return false;
      segment = this.begin(source, rtp, vp8, at);
    }
    const sequence = (rtp.sequence + segment.sequence) & 0xffff;
    if (ahead16(segment.from, sequence) < 0) return false; // from before the switch
    this.put(segment, rtp, vp8, packet, sequence);
    const isNewest = this.last === undefined || ahead16(this.last.sequence, sequence) > 0;
    if (isNewest) {
      this.last = {
        sequence,
        timestamp: (rtp.timestamp + segment.timestamp) >>> 0,
        picture: vp8?.picture ? (vp8.picture.value + segment.picture) & 0x7fff : (this.last?.picture ?? 0),
        base: vp8?.base ? (vp8.base.value + segment.base) & 0xff : (this.last?.base ?? 0),
        at,
      };
    }
    this.packets += 1;
    this.bytes += rtp.end - rtp.start;
    return true;
  }

  private begin(source: Inbound, rtp: Rtp, vp8: Vp8 | undefined, at: number): Segment {
    const last = this.last;
    // Time went on while nothing flowed; a frame later at least.
    const passed = last ? Math.max(1, Math.round(((at - last.at) * clockOf(this.sort)) / 1000)) : 0;
    const next = last ? { sequence: (last.sequence + 1) & 0xffff, timestamp: (last.timestamp + passed) >>> 0, picture: (last.picture + 1) & 0x7fff, base: (last.base + 1) & 0xff } : undefined;
    const segment: Segment = {
      source,
      ssrc: rtp.ssrc,
      from: next?.sequence ?? rtp.sequence,
      sequence: next ? (next.sequence - rtp.sequence) & 0xffff : 0,
      timestamp: next ? (next.timestamp - rtp.timestamp) >>> 0 : 0,
      picture: next && vp8?.picture ? (next.picture - vp8.picture.value) & 0x7fff : 0,
      base: next && vp8?.base ? (next.base - vp8.base.value) & 0xff : 0,
    };
    this.segments.push(segment);
    if (this.segments.length > HISTORY) this.segments.shift();
    this.isFlowing = true;
    return segment;
  }

  private put(segment: Segment, rtp: Rtp, vp8: Vp8 | undefined, packet: Buffer, sequence: number): void {
    packet.writeUInt16BE(sequence, 2);
    packet.writeUInt32BE((rtp.timestamp + segment.timestamp) >>> 0, 4);
    packet.writeUInt32BE(this.ssrc, 8);
    if (vp8?.picture && segment.picture !== 0) putPicture(packet, vp8.picture, vp8.picture.value + segment.picture);
    if (vp8?.base && segment.base !== 0) packet.writeUInt8((vp8.base.value + segment.base) & 0xff, vp8.base.at);
  }

  /** A copy of what was sent under a number, to be sent again; undefined where it is not here any more. */
  again(sequence: number): Buffer | undefined {
    const segment = this.segments.findLast((one) => ahead16(one.from, sequence) >= 0);
    const kept = segment && segment.ssrc === segment.source.ssrc ? segment.source.packetOf((sequence - segment.sequence) & 0xffff) : undefined;
    if (!segment || !kept) return undefined;
    const packet = Buffer.from(kept);
    const rtp = readKept(packet);
    this.put(segment, rtp, this.sort === "video" ? readVp8(packet, rtp.start, packet.length) : undefined, packet, sequence);
    return packet;
  }

  /** A time of the source in this stream's own numbers; undefined while it does not flow. */
  timeOf(source: Inbound, rtpTime: number): number | undefined {
    const segment = this.segments.at(-1);
    return this.isFlowing && segment?.source === source ? (rtpTime + segment.timestamp) >>> 0 : undefined;
  }
}

/** A packet that was read before, with what `put` needs of it. */
function readKept(packet: Buffer): Rtp {
  const first = packet.readUInt8(0);
  let start = 12 + (first & 0x0f) * 4;
  if ((first & 0x10) !== 0) start += 4 + packet.readUInt16BE(start + 2) * 4;
  return { payloadType: packet.readUInt8(1) & 0x7f, marker: false, sequence: packet.readUInt16BE(2), timestamp: packet.readUInt32BE(4), ssrc: packet.readUInt32BE(8), start, end: packet.length, level: undefined };
}

function putPicture(packet: Buffer, picture: NonNullable<Vp8["picture"]>, value: number): void {
  if (picture.wide) packet.writeUInt16BE(0x8000 | (value & 0x7fff), picture.at);
  else packet.writeUInt8(value & 0x7f, picture.at);
}

/** Puts a packet back as it came. */
export function restore(rtp: Rtp, vp8: Vp8 | undefined, packet: Buffer): void {
  packet.writeUInt16BE(rtp.sequence, 2);
  packet.writeUInt32BE(rtp.timestamp, 4);
  packet.writeUInt32BE(rtp.ssrc, 8);
  if (vp8?.picture) putPicture(packet, vp8.picture, vp8.picture.value);
  if (vp8?.base) packet.writeUInt8(vp8.base.value, vp8.base.at);
}
