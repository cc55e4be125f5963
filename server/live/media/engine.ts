import type { RecordingPart } from "./protocol.ts";
import type { Answer, Kind, Slot } from "./parts.ts";
import type { Level, LineState, Wish } from "./rules.ts";

/** Who speaks, and what they may send. */
export interface Seat {
  personId: string;
  may: readonly Kind[];
}

export type MediaEvent =
  | { kind: "map"; room: string; slots: Slot[] }
  /** A connection ended without having been asked to: the browser makes another. */
  | { kind: "gone"; session: string }
  | { kind: "lines"; room: string; lines: { person: string; state: LineState; level: Level }[] }
  | { kind: "level"; session: string; level: Level }
  | { kind: "wanted"; session: string; high: boolean }
  | { kind: "sound"; room: string; packets: Uint8Array[] }
  /** How far a recording is; `isOver` where nothing more comes into this file, `lost` where the engine's process died. */
  | { kind: "recorded"; room: string; file: string; bytes: number; lengthMs: number; isOver: boolean; problem: "disk_full" | "disk" | "too_large" | "lost" | undefined };

/** What an engine can take down by itself. */
export interface MediaRecording {
  /** Takes the room down into a file of this machine, until it is full, ended or the room is closed. */
  begin(room: string, part: RecordingPart): Promise<void>;
  /** Whose voices are taken from now on, besides the teachers'. */
  voices(room: string, voices: readonly string[]): Promise<void>;
  /** Ends the file; it is whole when the `recorded` event says that it is over. */
  end(room: string): Promise<void>;
}

/**
 * What a live class asks of whatever carries its sound and picture; connections are made through the room's socket. A room
 * begins with the first who enters. A group's room (`mediaRoom`) lies within its class's: it hears the class's teachers too.
 */
export interface MediaEngine {
  /** Ends a room and those of its groups. */
  closeRoom(room: string): Promise<void>;
  /** Who is on which line now. */
  slotsOf(room: string): Promise<Slot[]>;
  /** @throws Refusal `media_down` while the engine cannot be reached, as all that follow */
  startListening(room: string, personId: string, wish: Wish): Promise<{ session: string; offer: string; slots: Slot[] }>;
  startSpeaking(room: string, seat: Seat): Promise<{ session: string; offer: string }>;
  answer(session: string, answer: Answer): Promise<void>;
  sending(session: string, kinds: readonly Kind[]): Promise<void>;
  wish(session: string, wish: Wish): Promise<void>;
  leave(session: string): Promise<void>;
  /** Ends what a person sends in the room. */
  silence(room: string, personId: string): Promise<void>;
  /** Undefined where the engine records by itself, or not at all. */
  readonly recording: MediaRecording | undefined;
  /** Whether the room's sound is passed on as `sound` events. */
  audience(room: string, on: boolean): Promise<void>;
  listen(hear: (event: MediaEvent) => void): void;
  close(): Promise<void>;
}
