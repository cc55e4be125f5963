/**
 * WebM (Matroska) as it comes: a head, then clusters of packets, each whole in itself. What was written until a crash can be
 * played. RFC 9559; Opus in it by RFC 7845's head.
 */

export interface TrackOf {
  number: number;
  sort: "audio" | "video";
}

/** What a whole file tells at its beginning, so that a player can go to any moment. */
export interface WholeFile {
  tracks: readonly TrackOf[];
  durationMs: number;
  /** The largest picture in it. */
  size: { width: number; height: number };
  /** How long each cluster is, bytes, and where in time it begins; `isKey` where a picture can begin. */
  clusters: readonly { bytes: number; atMs: number; isKey: boolean }[];
}

/** A packet at a time of the whole, ms. */
export interface Block {
  track: number;
  atMs: number;
  isKey: boolean;
  data: Uint8Array;
}

const UNKNOWN = Buffer.from([0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]);
/** "OpusHead", version 1, one channel, nothing to skip, 48 kHz, no gain. */
const OPUS_HEAD = Buffer.from(["4f70757348656164", "01", "01", "0000", "80bb0000", "0000", "00"].join(""), "hex");

export function webmHead(tracks: readonly TrackOf[]): Buffer {
  const info = element(0x1549a966, [number(0x2ad7b1, 1_000_000), text(0x4d80, "hoc-lieu"), text(0x5741, "hoc-lieu")]);
  const list = element(0x1654ae6b, tracks.map((track) => trackEntry(track)));
  return Buffer.concat([ebmlHead(), id(0x18538067), UNKNOWN, info, list]);
}

function ebmlHead(): Buffer {
  return element(0x1a45dfa3, [number(0x4286, 1), number(0x42f7, 1), number(0x42f2, 4), number(0x42f3, 8), text(0x4282, "webm"), number(0x4287, 4), number(0x4285, 2)]);
}

/** The head of a file that is whole: its length, and an index of its clusters, which follow. */
export function webmWholeHead({ tracks, durationMs, size, clusters }: WholeFile): Buffer {
  const info = element(0x1549a966, [number(0x2ad7b1, 1_000_000), float(0x4489, durationMs), text(0x4d80, "hoc-lieu"), text(0x5741, "hoc-lieu")]);
  const list = element(0x1654ae6b, tracks.map((track) => trackEntry(track, size)));
  const track = tracks.find((one) => one.sort === "video")?.number ?? tracks[0]?.number ?? 1;
  const cuesFrom = (first: number): Buffer => {
    let at = first;
    const points = clusters.flatMap((cluster) => {
      const point = element(0xbb, [number(0xb3, Math.round(cluster.atMs)), element(0xb7, [number(0xf7, track), number(0xf1, at)])]);
      at += cluster.bytes;
      return cluster.isKey ? [point] : [];
    });
    return element(0x1c53bb6b, points);
  };
  const seek = (of: number, at: number): Buffer => element(0x4dbb, [element(0x53ab, [id(of)]), number(0x53ac, at)]);
  const seeksFrom = (at: number): Buffer => element(0x114d9b74, [seek(0x1549a966, at), seek(0x1654ae6b, at + info.length), seek(0x1c53bb6b, at + info.length + list.length)]);
  const before = seeksFrom(0).length + info.length + list.length + cuesFrom(0).length;
  const inside = [seeksFrom(seeksFrom(0).length), info, list, cuesFrom(before)];
  const bytes = before + clusters.reduce((sum, cluster) => sum + cluster.bytes, 0);
  return Buffer.concat([ebmlHead(), id(0x18538067), sizeOf(bytes), ...inside]);
}

function trackEntry(track: TrackOf, size = { width: 640, height: 360 }): Buffer {
  const head = [number(0xd7, track.number), number(0x73c5, track.number), number(0x9c, 0)];
  if (track.sort === "video") return element(0xae, [...head, number(0x83, 1), text(0x86, "V_VP8"), element(0xe0, [number(0xb0, size.width), number(0xba, size.height)])]);
  const audio = element(0xe1, [float(0xb5, 48_000), number(0x9f, 1)]);
  return element(0xae, [...head, number(0x83, 2), text(0x86, "A_OPUS"), element(0x63a2, [OPUS_HEAD]), audio]);
}

/** Blocks of less than half a minute. */
export function webmCluster(blocks: readonly Block[]): Buffer {
  const from = Math.round(blocks[0]?.atMs ?? 0);
  return element(0x1f43b675, [number(0xe7, from), ...blocks.map((block) => simpleBlock(block, from))]);
}

function simpleBlock(block: Block, from: number): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt8(0x80 | block.track, 0);
  head.writeInt16BE(Math.max(-0x8000, Math.min(0x7fff, Math.round(block.atMs) - from)), 1);
  head.writeUInt8(block.isKey ? 0x80 : 0, 3);
  return element(0xa3, [head, block.data]);
}

function id(value: number): Buffer {
  const bytes = value > 0xff_ffff ? 4 : value > 0xffff ? 3 : value > 0xff ? 2 : 1;
  const out = Buffer.alloc(bytes);
  out.writeUIntBE(value, 0, bytes);
  return out;
}

function element(name: number, parts: readonly Uint8Array[]): Buffer {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  return Buffer.concat([id(name), sizeOf(length), ...parts]);
}

function sizeOf(length: number): Buffer {
  const size = Buffer.alloc(8);
  size.writeUIntBE(length, 2, 6);
  size.writeUInt8(0x01, 0);
  return size;
}

function number(name: number, value: number): Buffer {
  const out = Buffer.alloc(6);
  out.writeUIntBE(value, 0, 6);
  return element(name, [out]);
}

function float(name: number, value: number): Buffer {
  const out = Buffer.alloc(8);
  out.writeDoubleBE(value, 0);
  return element(name, [out]);
}

function text(name: number, value: string): Buffer {
  return element(name, [Buffer.from(value, "utf8")]);
}

/** How long a packet of Opus sounds, ms (RFC 6716, 3.1); 0 for what is none. */
export function opusMs(packet: Uint8Array): number {
  const [head, counted] = packet;
  if (head === undefined) return 0;
  const config = head >> 3;
  const frame = config < 12 ? [10, 20, 40, 60][config & 3] : config < 16 ? [10, 20][config & 1] : [2.5, 5, 10, 20][config & 3];
  const code = head & 3;
  const count = code === 0 ? 1 : code < 3 ? 2 : (counted ?? 0) & 0x3f;
  const whole = (frame ?? 0) * count;
  return whole > 120 ? 0 : whole;
}

/** Twenty milliseconds of silence. */
export const OPUS_SILENCE: Uint8Array = Uint8Array.from([0xf8, 0xff, 0xfe]);
