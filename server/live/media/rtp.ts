/**
 * RTP (RFC 3550), its feedback (RFC 4585) and the head of a VP8 payload (RFC 7741), as far as forwarding needs them. What
 * comes from the network is never trusted: whatever does not fit is `undefined` or left out, and nothing here throws.
 */

const RTP_HEAD = 12;
export const VIDEO_CLOCK = 90_000;
export const AUDIO_CLOCK = 48_000;

export interface Rtp {
  payloadType: number;
  marker: boolean;
  sequence: number;
  timestamp: number;
  ssrc: number;
  /** Where the payload begins, and where it ends without padding. */
  start: number;
  end: number;
  /** How loud, 0 (loudest) to 127 (silence) −dBov, where the sender tells (RFC 6464, extension 1). */
  level: number | undefined;
}

const LEVEL_EXTENSION = 1;

export function readRtp(packet: Buffer): Rtp | undefined {
  if (packet.length < RTP_HEAD || (packet[0] ?? 0) >> 6 !== 2) return undefined;
  const first = packet.readUInt8(0);
  const second = packet.readUInt8(1);
  let start = RTP_HEAD + (first & 0x0f) * 4;
  let level: number | undefined;
  if ((first & 0x10) !== 0) {
    if (packet.length < start + 4) return undefined;
    const bytes = packet.readUInt16BE(start + 2) * 4;
    if (packet.readUInt16BE(start) === 0xbede) level = levelIn(packet, start + 4, Math.min(packet.length, start + 4 + bytes));
    start += 4 + bytes;
  }
  const padding = (first & 0x20) !== 0 ? (packet[packet.length - 1] ?? 0) : 0;
  const end = packet.length - padding;
  if (end < start) return undefined;
  return {
    payloadType: second & 0x7f,
    marker: (second & 0x80) !== 0,
    sequence: packet.readUInt16BE(2),
    timestamp: packet.readUInt32BE(4),
    ssrc: packet.readUInt32BE(8),
    start,
    end,
    level,
  };
}

function levelIn(packet: Buffer, from: number, to: number): number | undefined {
  let at = from;
  while (at < to) {
    const id = (packet[at] ?? 0) >> 4;
    const length = ((packet[at] ?? 0) & 0x0f) + 1;
    if (id === 15) return undefined;
    if (id === LEVEL_EXTENSION && at + 1 < to) return (packet[at + 1] ?? 0) & 0x7f;
    at += id === 0 ? 1 : 1 + length;
  }
  return undefined;
}

/** Whether a packet of a shared port is RTCP (RFC 5761). */
export function isRtcp(packet: Buffer): boolean {
  return packet.length >= 8 && (packet[1] ?? 0) >= 192 && (packet[1] ?? 0) <= 223;
}

/** How a stream arrived, as its receiver tells. */
export interface Report {
  ssrc: number;
  /** Lost since the report before, of 256. */
  fraction: number;
  /** Lost in all; retransmissions can make it fall. */
  lost: number;
  highest: number;
  /** In ticks of the stream's clock. */
  jitter: number;
  /** The middle of the time of the last sender's report that was heard (0: none), and how long ago, in 1/65536 s. */
  lastReport: number;
  delay: number;
}

export type Feedback =
  | { kind: "sender"; ssrc: number; ntpHigh: number; ntpLow: number; rtpTime: number }
  | { kind: "report"; report: Report }
  | { kind: "nack"; ssrc: number; lost: number[] }
  | { kind: "picture"; ssrc: number };

const LOST_MAX = 512;

/** Everything in a compound packet that a forwarder answers to. */
export function readRtcp(packet: Buffer): Feedback[] {
  const found: Feedback[] = [];
  let at = 0;
  while (at + 8 <= packet.length && packet.readUInt8(at) >> 6 === 2) {
    const end = at + (packet.readUInt16BE(at + 2) + 1) * 4;
    if (end > packet.length) break;
    readOne(packet.subarray(at, end), found);
    at = end;
  }
  return found;
}

function readOne(packet: Buffer, found: Feedback[]): void {
  const count = packet.readUInt8(0) & 0x1f;
  switch (packet.readUInt8(1)) {
    case 200:
      if (packet.length < 28) return;
      found.push({ kind: "sender", ssrc: packet.readUInt32BE(4), ntpHigh: packet.readUInt32BE(8), ntpLow: packet.readUInt32BE(12), rtpTime: packet.readUInt32BE(16) });
      return readReports(packet, 28, count, found);
    case 201:
      return readReports(packet, 8, count, found);
    case 205:
      if (count === 1 && packet.length >= 12) found.push({ kind: "nack", ssrc: packet.readUInt32BE(8), lost: lostIn(packet) });
      return;
    case 206:
      if (packet.length < 12) return;
      if (count === 1) found.push({ kind: "picture", ssrc: packet.readUInt32BE(8) });
      for (let at = 12; count === 4 && at + 8 <= packet.length; at += 8) found.push({ kind: "picture", ssrc: packet.readUInt32BE(at) });
  }
}

function readReports(packet: Buffer, from: number, count: number, found: Feedback[]): void {
  for (let at = from, left = count; left > 0 && at + 24 <= packet.length; at += 24, left -= 1) {
    const report: Report = {
      ssrc: packet.readUInt32BE(at),
      fraction: packet.readUInt8(at + 4),
      lost: packet.readIntBE(at + 5, 3),
      highest: packet.readUInt32BE(at + 8),
      jitter: packet.readUInt32BE(at + 12),
      lastReport: packet.readUInt32BE(at + 16),
      delay: packet.readUInt32BE(at + 20),
    };
    found.push({ kind: "report", report });
  }
}

function lostIn(packet: Buffer): number[] {
  const lost: number[] = [];
  for (let at = 12; at + 4 <= packet.length && lost.length < LOST_MAX; at += 4) {
    const first = packet.readUInt16BE(at);
    const mask = packet.readUInt16BE(at + 2);
    lost.push(first);
    for (let bit = 0; bit < 16; bit += 1) if ((mask & (1 << bit)) !== 0) lost.push((first + bit + 1) & 0xffff);
  }
  return lost;
}

/** Asks a sender for packets again. */
export function writeNack(own: number, ssrc: number, lost: readonly number[]): Buffer {
  const pairs: [number, number][] = [];
  for (const sequence of lost) {
    const last = pairs.at(-1);
    const ahead = last ? (sequence - last[0]) & 0xffff : 0;
    if (last && ahead >= 1 && ahead <= 16) last[1] |= 1 << (ahead - 1);
    else pairs.push([sequence, 0]);
  }
  const packet = head(1, 205, 12 + pairs.length * 4, own);
  packet.writeUInt32BE(ssrc, 8);
  pairs.forEach(([first, mask], i) => {
    packet.writeUInt16BE(first, 12 + i * 4);
    packet.writeUInt16BE(mask, 14 + i * 4);
  });
  return packet;
}

/** Asks a sender for a whole picture. */
export function writePictureRequest(own: number, ssrc: number): Buffer {
  const packet = head(1, 206, 12, own);
  packet.writeUInt32BE(ssrc, 8);
  return packet;
}

export function writeReports(own: number, reports: readonly Report[]): Buffer {
  const packet = head(reports.length, 201, 8 + reports.length * 24, own);
  reports.forEach((report, i) => {
    const at = 8 + i * 24;
    packet.writeUInt32BE(report.ssrc, at);
    packet.writeUInt8(report.fraction, at + 4);
    packet.writeIntBE(Math.max(-0x800000, Math.min(0x7fffff, report.lost)), at + 5, 3);
    packet.writeUInt32BE(report.highest >>> 0, at + 8);
    packet.writeUInt32BE(report.jitter >>> 0, at + 12);
    packet.writeUInt32BE(report.lastReport >>> 0, at + 16);
    packet.writeUInt32BE(report.delay >>> 0, at + 20);
  });
  return packet;
}

/** Tells a receiver which moment of the sender's clock a timestamp is: sound and picture go together by it. */
export function writeSender(ssrc: number, time: { ntpHigh: number; ntpLow: number; rtpTime: number }, sent: { packets: number; bytes: number }): Buffer {
  const packet = head(0, 200, 28, ssrc);
  packet.writeUInt32BE(time.ntpHigh, 8);
  packet.writeUInt32BE(time.ntpLow, 12);
  packet.writeUInt32BE(time.rtpTime >>> 0, 16);
  packet.writeUInt32BE(sent.packets >>> 0, 20);
  packet.writeUInt32BE(sent.bytes >>> 0, 24);
  return packet;
}

function head(count: number, type: number, bytes: number, ssrc: number): Buffer {
  const packet = Buffer.alloc(bytes);
  packet.writeUInt8(0x80 | count, 0);
  packet.writeUInt8(type, 1);
  packet.writeUInt16BE(bytes / 4 - 1, 2);
  packet.writeUInt32BE(ssrc, 4);
  return packet;
}

/** What stands before the picture data of VP8. */
export interface Vp8 {
  /** The first packet of a frame, and of a frame that needs no other. */
  isStart: boolean;
  isKey: boolean;
  /** Where the picture's number stands (15 bits, or 7), and where the number of its base layer. */
  picture: { at: number; wide: boolean; value: number } | undefined;
  base: { at: number; value: number } | undefined;
  /** Where the picture's own data begins. */
  data: number;
}

export function readVp8(packet: Buffer, start: number, end: number): Vp8 | undefined {
  if (start >= end) return undefined;
  const first = packet.readUInt8(start);
  let at = start + 1;
  let picture: Vp8["picture"];
  let base: Vp8["base"];
  if ((first & 0x80) !== 0) {
    if (at >= end) return undefined;
    const has = packet.readUInt8(at);
    at += 1;
    if ((has & 0x80) !== 0) {
      if (at + 1 >= end) return undefined;
      const wide = (packet.readUInt8(at) & 0x80) !== 0;
      picture = { at, wide, value: wide ? packet.readUInt16BE(at) & 0x7fff : packet.readUInt8(at) };
      at += wide ? 2 : 1;
    }
    if ((has & 0x40) !== 0) {
      if (at >= end) return undefined;
      base = { at, value: packet.readUInt8(at) };
      at += 1;
    }
    if ((has & 0x30) !== 0) at += 1;
  }
  if (at >= end) return undefined;
  const isStart = (first & 0x17) === 0x10;
  return { isStart, isKey: isStart && (packet.readUInt8(at) & 1) === 0, picture, base, data: at };
}

/** How far `b` lies after `a` on the ring of 16 bits: −32768 to 32767. */
export function ahead16(a: number, b: number): number {
  return ((b - a + 0x8000) & 0xffff) - 0x8000;
}

export function ahead32(a: number, b: number): number {
  return (b - a) | 0;
}
