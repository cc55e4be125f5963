import type { Tape } from "../media/parts.ts";
import type { RecordingPart } from "../media/protocol.ts";
import type { Sfu } from "../media/sfu.ts";
import { PartFile, type Problem } from "./part-file.ts";
import { Recorder } from "./recorder.ts";

export interface TapeNews {
  file: string;
  bytes: number;
  lengthMs: number;
  isOver: boolean;
  problem?: Problem;
}

/** So often it is told how far a recording is (ms). */
const TELL_MS = 3_000;

/** A recorder that knows whose voices may be on it. */
class RoomTape extends Recorder implements Tape {
  voices: ReadonlySet<string>;
  toldAt: number;
  readonly out: PartFile;
  readonly file: string;
  constructor(part: RecordingPart, at: number) {
    super(at);
    this.out = new PartFile(part.file, part.bytesMax);
    this.file = part.file;
    this.voices = new Set(part.voices);
    this.toldAt = at;
  }
}

/** The recordings of the media process: one file a room at a time. */
export class Tapes {
  private readonly running = new Map<string, RoomTape>();
  private readonly sfu: Pick<Sfu, "tape">;
  private readonly tell: (room: string, news: TapeNews) => void;
  private readonly clock: () => number;

  constructor(sfu: Pick<Sfu, "tape">, tell: (room: string, news: TapeNews) => void, clock: () => number) {
    this.sfu = sfu;
    this.tell = tell;
    this.clock = clock;
  }

  async begin(room: string, part: RecordingPart): Promise<void> {
    await this.end(room);
    const tape = new RoomTape(part, this.clock());
    this.running.set(room, tape);
    this.sfu.tape(room, tape);
  }

  voices(room: string, voices: readonly string[]): void {
    const tape = this.running.get(room);
    if (tape) tape.voices = new Set(voices);
  }

  async end(room: string): Promise<void> {
    const tape = this.running.get(room);
    if (!tape) return;
    this.running.delete(room);
    this.sfu.tape(room, undefined);
    const at = this.clock();
    const last = tape.end(at);
    if (last) tape.out.write(last, at);
    await tape.out.end();
    this.news(room, tape, true);
  }

  /** To be called twice a second: what is whole goes to the disk. */
  flush(): void {
    const at = this.clock();
    for (const [room, tape] of this.running) {
      const part = tape.flush(at);
      if (part) tape.out.write(part, at);
      if (tape.out.problem) void this.end(room);
      else if (at - tape.toldAt >= TELL_MS) this.news(room, tape, false, at);
    }
  }

  private news(room: string, tape: RoomTape, isOver: boolean, at = tape.toldAt): void {
    tape.toldAt = at;
    const { bytes, problem } = tape.out;
    this.tell(room, { file: tape.file, bytes, lengthMs: tape.lengthMs, isOver, ...(problem ? { problem } : {}) });
  }
}
