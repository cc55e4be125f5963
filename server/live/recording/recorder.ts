import { ahead32, AUDIO_CLOCK, VIDEO_CLOCK, type Rtp, type Vp8 } from "../media/rtp.ts";
import { OPUS_SILENCE, opusMs, webmCluster, webmHead, type Block } from "../media/webm.ts";
import { InOrder, PATIENCE_MS } from "./in-order.ts";

/** What is written is so much older than what is heard (ms): by then it is whole and in order. */
const LAG_MS = PATIENCE_MS + 300;
/** A stream whose own clock is so far from ours (ms) is set anew. */
const DRIFT_MS = 400;
/** Sound that is so far behind what was written (ms) is left out. */
const LATE_MS = 120;
/** As −dBov: louder than this somebody speaks; who speaks keeps the word for so long (ms). */
const SPEAKS = 55;
const HOLDS_MS = 800;
/** A picture that was switched off leaves a dark one behind after so long (ms). */
const DARK_AFTER_MS = 4_000;

export const SOUND = 1;
export const PICTURE = 2;

/** A whole picture with nothing on it, 64×36 (VP8). */
export const DARK = Buffer.from("sAIAnQEqQAAkAABHCIWFiIWEiAICAAaOT8zHm/FYAP7/OXQA", "base64");

interface SoundPacket {
  timestamp: number;
  data: Buffer;
  level: number | undefined;
}
interface PicturePacket {
  timestamp: number;
  isStart: boolean;
  isKey: boolean;
  isLast: boolean;
  data: Buffer;
}

/** The moments of one stream on the recording's clock: its own steps, set by when its first packet came. */
class Timeline {
  private anchor: { timestamp: number; ms: number } | undefined;
  private readonly perSecond: number;
  constructor(perSecond: number) {
    this.perSecond = perSecond;
  }

  msOf(timestamp: number, arrived: number): number {
    const ms = this.anchor ? this.anchor.ms + (ahead32(this.anchor.timestamp, timestamp) / this.perSecond) * 1000 : arrived;
    if (this.anchor && Math.abs(ms - arrived) <= DRIFT_MS) return ms;
    this.anchor = { timestamp, ms: arrived };
    return arrived;
  }
}

class SoundLine {
  readonly order = new InOrder<SoundPacket>();
  readonly time = new Timeline(AUDIO_CLOCK);
}

class PictureLine {
  readonly order = new InOrder<PicturePacket>();
  readonly time = new Timeline(VIDEO_CLOCK);
  needsKey = true;
  frame: { timestamp: number; at: number; isKey: boolean; parts: Buffer[] } | undefined;
}

/**
 * Turns forwarded packets into WebM, nothing decoded: one line of sound, on which whoever speaks is heard, never broken;
 * and one of pictures, on which the chosen one is seen. What `flush` gives is whole in itself, so that a file is good up to
 * the last one that was written.
 */
export class Recorder {
  private readonly sounds = new Map<object, SoundLine>();
  private readonly pictures = new Map<object, PictureLine>();
  private wanted: object | undefined;
  private shown: object | undefined;
  private speaker: { of: object; at: number } | undefined;
  private blocks: Block[] = [];
  /** The sound is written up to here, ms. */
  private soundMs = 0;
  private pictureMs = -1;
  private sawPicture = false;
  private isDark = true;
  private isHeadWritten = false;
  private readonly began: number;

  /** @param began on the clock of all `at` here, ms */
  constructor(began: number) {
    this.began = began;
  }

  /** How long it is so far, ms. */
  get lengthMs(): number {
    return Math.round(Math.max(this.soundMs, this.pictureMs));
  }

  get hasPicture(): boolean {
    return this.sawPicture;
  }

  /** Whether a whole picture is waited for, of the chosen stream. */
  get needsKey(): boolean {
    return this.wanted !== undefined && (this.pictures.get(this.wanted)?.needsKey ?? true);
  }

  /** Which stream of pictures is to be seen; the one before stays until this one has a whole picture. */
  want(source: object | undefined): void {
    if (this.wanted === source) return;
    this.wanted = source;
    for (const one of this.pictures.keys()) if (one !== source && one !== this.shown) this.pictures.delete(one);
    const chosen = source && this.pictures.get(source);
    if (chosen && source !== this.shown) chosen.needsKey = true;
  }

  get wants(): object | undefined {
    return this.wanted;
  }

  sound(source: object, rtp: Rtp, packet: Buffer, at: number): void {
    const line = this.sounds.get(source) ?? new SoundLine();
    this.sounds.set(source, line);
    line.order.push(rtp.sequence, { timestamp: rtp.timestamp, data: Buffer.from(packet.subarray(rtp.start, rtp.end)), level: rtp.level }, at);
  }

  picture(source: object, rtp: Rtp, vp8: Vp8, packet: Buffer, at: number): void {
    if (source !== this.wanted && source !== this.shown) return;
    const line = this.pictures.get(source) ?? new PictureLine();
    this.pictures.set(source, line);
    line.order.push(rtp.sequence, { timestamp: rtp.timestamp, isStart: vp8.isStart, isKey: vp8.isKey, isLast: rtp.marker, data: Buffer.from(packet.subarray(vp8.data, rtp.end)) }, at);
    this.drainPicture(source, line, at);
  }

  /** A source is gone: what it sent stays. */
  forget(source: object, at: number): void {
    this.drain(at);
    this.sounds.delete(source);
    this.pictures.delete(source);
    if (this.shown === source) this.shown = undefined;
    if (this.wanted === source) this.wanted = undefined;
  }

  /** What can be written now. */
  flush(at: number): Buffer | undefined {
    return this.write(at, at - this.began - LAG_MS);
  }

  /** All that is left. */
  end(at: number): Buffer | undefined {
    return this.write(at + PATIENCE_MS, at - this.began);
  }

  private write(at: number, until: number): Buffer | undefined {
    this.drain(at);
    this.darken(until);
    const due = this.blocks.filter((block) => block.atMs <= until).sort((a, b) => a.atMs - b.atMs);
    this.blocks = this.blocks.filter((block) => block.atMs > until);
    const out: Block[] = [];
    for (const block of due) {
      if (block.track === SOUND) this.putSound(block, out);
      else this.putPicture(block, out);
    }
    this.silence(until, out);
    if (out.length === 0) return undefined;
    out.sort((a, b) => a.atMs - b.atMs);
    const head = this.isHeadWritten ? [] : [webmHead([{ number: SOUND, sort: "audio" }, { number: PICTURE, sort: "video" }])];
    this.isHeadWritten = true;
    return Buffer.concat([...head, ...inClusters(out).map((cluster) => webmCluster(cluster))]);
  }

  private drain(at: number): void {
    const heard = [...this.sounds].flatMap(([source, line]) => [...line.order.take(at)].map(({ packet, at: came }) => ({ source, packet, came, atMs: line.time.msOf(packet.timestamp, came - this.began) })));
    for (const { source, packet, came, atMs } of heard.sort((a, b) => a.came - b.came)) {
      if (this.hasWord(source, packet, came)) this.blocks.push({ track: SOUND, atMs, isKey: true, data: packet.data });
    }
    for (const [source, line] of this.pictures) this.drainPicture(source, line, at);
  }

  /** One at a time: whoever is heard keeps the word until they have been silent for a moment. */
  private hasWord(source: object, packet: SoundPacket, at: number): boolean {
    const speaks = packet.level === undefined || packet.level < SPEAKS;
    const { speaker } = this;
    if (speaker?.of === source ? speaks : !speaker || !this.sounds.has(speaker.of) || (speaks && at - speaker.at > HOLDS_MS)) this.speaker = { of: source, at };
    return this.speaker?.of === source;
  }

  private drainPicture(source: object, line: PictureLine, at: number): void {
    for (const { packet, at: came, afterGap } of line.order.take(at)) {
      if (afterGap) [line.needsKey, line.frame] = [true, undefined];
      if (packet.isStart) line.frame = line.needsKey && !packet.isKey ? undefined : { timestamp: packet.timestamp, at: came, isKey: packet.isKey, parts: [] };
      const { frame } = line;
      if (!frame || frame.timestamp !== packet.timestamp) continue;
      frame.parts.push(packet.data);
      if (!packet.isLast) continue;
      line.frame = undefined;
      line.needsKey = false;
      if (source === this.wanted && source !== this.shown) this.shown = source;
      if (source === this.shown) this.blocks.push({ track: PICTURE, atMs: line.time.msOf(frame.timestamp, frame.at - this.began), isKey: frame.isKey, data: Buffer.concat(frame.parts) });
    }
  }

  private putSound(block: Block, out: Block[]): void {
    const length = opusMs(block.data);
    if (length === 0 || this.soundMs - block.atMs > LATE_MS) return;
    this.silence(block.atMs, out);
    out.push({ ...block, atMs: this.soundMs });
    this.soundMs += length;
  }

  private silence(until: number, out: Block[]): void {
    for (; this.soundMs + 20 <= until; this.soundMs += 20) out.push({ track: SOUND, atMs: this.soundMs, isKey: true, data: OPUS_SILENCE });
  }

  private putPicture(block: Block, out: Block[]): void {
    const atMs = Math.max(Math.round(block.atMs), Math.floor(this.pictureMs) + 1, 0);
    this.pictureMs = atMs;
    this.isDark = block.data === DARK;
    this.sawPicture ||= !this.isDark;
    out.push({ ...block, atMs });
  }

  /** A camera that was switched off is not looked at for the rest of the lesson. */
  private darken(until: number): void {
    if (this.isDark || this.wanted !== undefined || until - this.pictureMs < DARK_AFTER_MS || this.blocks.some((block) => block.track === PICTURE)) return;
    this.shown = undefined;
    for (const line of this.pictures.values()) [line.needsKey, line.frame] = [true, undefined];
    this.blocks.push({ track: PICTURE, atMs: Math.floor(until), isKey: true, data: DARK });
  }
}

/** Blocks lie within half a minute of the beginning of their cluster. */
const CLUSTER_MS = 10_000;

function inClusters(blocks: readonly Block[]): Block[][] {
  const clusters: Block[][] = [];
  for (const block of blocks) {
    const last = clusters.at(-1);
    if (last && block.atMs - (last[0]?.atMs ?? 0) < CLUSTER_MS) last.push(block);
    else clusters.push([block]);
  }
  return clusters;
}
