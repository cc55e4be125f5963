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
  | { kind: "sound"; room: string; packets: Uint8Array[] };

/**
 * What a live class asks of whatever carries its sound and picture; connections are made through the room's socket. A room
 * begins with the first who enters.
 */
export interface MediaEngine {
  closeRoom(room: string): Promise<void>;
  /** Who is on which line now. */
  slotsOf(room: string): Slot[];
  /** @throws Refusal `media_down` while the engine cannot be reached, as all that follow */
  startListening(room: string, personId: string, wish: Wish): Promise<{ session: string; offer: string; slots: Slot[] }>;
  startSpeaking(room: string, seat: Seat): Promise<{ session: string; offer: string }>;
  answer(session: string, answer: Answer): Promise<void>;
  sending(session: string, kinds: readonly Kind[]): Promise<void>;
  wish(session: string, wish: Wish): Promise<void>;
  leave(session: string): Promise<void>;
  /** Ends what a person sends in the room. */
  silence(room: string, personId: string): Promise<void>;
  /** Whether the room's sound is passed on as `sound` events. */
  audience(room: string, on: boolean): Promise<void>;
  listen(hear: (event: MediaEvent) => void): void;
  close(): Promise<void>;
}
