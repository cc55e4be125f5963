import type { MediaEngine } from "./engine.ts";
import { OPUS_SILENCE, opusMs, webmCluster, webmHead, type Block } from "./webm.ts";

/** Whoever reads a stream: an HTTP response, as far as it is needed here. */
export interface Reader {
  write(part: Buffer): unknown;
  destroy(): void;
  /** Bytes that wait to be read. */
  readonly writableLength: number;
}

export const LINK_LIMITS = { readersOfRoom: 120, waitingBytes: 64 * 1024 };
/** Packets that come so much later than they sound are filled in with silence (ms). */
const LAG_MS = 200;
const EVERY_MS = 200;
/** Players begin once they have so much; it is silence, and afterwards what covers a short stop of the line. */
const AHEAD_MS = 2_000;

interface Stream {
  readers: Set<Reader>;
  /** Have a place and are not sent anything yet. */
  coming: Set<Reader>;
  /** The engine passes the sound on. */
  begun: Promise<void>;
  packets: Uint8Array[];
  /** What was sent so far, and when it began. */
  sentMs: number;
  beganAt: number;
}

/**
 * The class as a stream over HTTP, for browsers that cannot do better: the packets of whoever speaks, never decoded, in
 * WebM. The stream never pauses, since players would; who reads too slowly is cut off and asks again.
 */
export class SoundLinks {
  private readonly streams = new Map<string, Stream>();

  private readonly media: MediaEngine;
  private readonly clock: () => number;

  constructor(media: MediaEngine, clock: () => number = () => performance.now()) {
    this.media = media;
    this.clock = clock;
    media.listen((event) => {
      if (event.kind === "sound") this.streams.get(event.room)?.packets.push(...event.packets);
    });
    setInterval(() => this.flush(), EVERY_MS).unref();
  }

  /**
   * A place for a reader, to whom nothing is sent before `begin`. May be given up by `remove` at any time.
   * @returns whether there was room for one more @throws Refusal `media_down`, and then there is no place to give up
   */
  async add(room: string, reader: Reader): Promise<boolean> {
    const stream = this.streams.get(room) ?? this.open(room);
    if (stream.readers.size + stream.coming.size >= LINK_LIMITS.readersOfRoom) return false;
    stream.coming.add(reader);
    try {
      await stream.begun;
    } catch (error) {
      await this.remove(room, reader);
      throw error;
    }
    return true;
  }

  private open(room: string): Stream {
    const begun = this.media.audience(room, true);
    const stream: Stream = { readers: new Set(), coming: new Set(), begun, packets: [], sentMs: AHEAD_MS, beganAt: this.clock() - AHEAD_MS };
    this.streams.set(room, stream);
    return stream;
  }

  /** The head of the stream and what follows, for a reader who has a place. */
  begin(room: string, reader: Reader): void {
    const stream = this.streams.get(room);
    if (!stream?.coming.delete(reader)) return;
    stream.readers.add(reader);
    reader.write(webmHead([{ number: 1, sort: "audio" }]));
    const silence = Array.from({ length: AHEAD_MS / 20 }, (_, i): Block => ({ track: 1, atMs: stream.sentMs - AHEAD_MS + i * 20, isKey: true, data: OPUS_SILENCE }));
    reader.write(webmCluster(silence));
  }

  async remove(room: string, reader: Reader): Promise<void> {
    const stream = this.streams.get(room);
    if (!stream || !(stream.readers.delete(reader) || stream.coming.delete(reader)) || stream.readers.size + stream.coming.size > 0) return;
    this.streams.delete(room);
    await this.media.audience(room, false).catch(() => undefined); // the engine is gone, and its audience with it
  }

  /** Called by its own clock. */
  flush(): void {
    for (const stream of this.streams.values()) {
      const part = this.next(stream);
      if (!part) continue;
      for (const reader of stream.readers) {
        if (reader.writableLength > LINK_LIMITS.waitingBytes) reader.destroy();
        else reader.write(part);
      }
    }
  }

  private next(stream: Stream): Buffer | undefined {
    const blocks: Block[] = [];
    const put = (data: Uint8Array): void => {
      const length = opusMs(data);
      if (length === 0) return;
      blocks.push({ track: 1, atMs: stream.sentMs, isKey: true, data });
      stream.sentMs += length;
    };
    for (const packet of stream.packets.splice(0)) put(packet);
    const due = this.clock() - stream.beganAt - LAG_MS;
    while (stream.sentMs < due && blocks.length < 1000) put(OPUS_SILENCE);
    return blocks.length > 0 ? webmCluster(blocks) : undefined;
  }
}
