import type { Answer, Kind, Slot } from "./parts.ts";
import type { Level, LineState, Wish } from "./rules.ts";

/** Who comes in, and what they may send. */
export interface Seat {
  personId: string;
  name: string;
  may: readonly Kind[];
}

/**
 * What a browser needs to be in a room. `wires`: it asks for its connections by `live:media-*` (the embedded engine);
 * `token`: it connects to another server with a ticket; `page`: the class goes on at another address.
 */
export type Entry = { by: "wires" } | { by: "token"; url: string; token: string } | { by: "page"; url: string };

export type MediaEvent =
  | { kind: "map"; room: string; slots: Slot[] }
  /** A connection ended without having been asked to: the browser makes another. */
  | { kind: "gone"; session: string }
  | { kind: "lines"; room: string; lines: { person: string; state: LineState; level: Level }[] }
  | { kind: "level"; session: string; level: Level }
  | { kind: "wanted"; session: string; high: boolean }
  | { kind: "sound"; room: string; packets: Uint8Array[] };

/** What a live class asks of whatever carries its sound and picture. Everything may be asked twice. */
export interface MediaEngine {
  readonly name: "embedded" | "livekit" | "bigbluebutton" | "link";
  /** @throws Refusal `media_down` while the engine cannot be reached */
  openRoom(room: string): Promise<void>;
  closeRoom(room: string): Promise<void>;
  enter(room: string, seat: Seat): Promise<Entry>;
  /** What a person may send changed; what they may no longer send falls silent at once. */
  allow(room: string, personId: string, may: readonly Kind[]): Promise<void>;
  /** Ends everything of a person in the room. */
  remove(room: string, personId: string): Promise<void>;
  listen(hear: (event: MediaEvent) => void): void;
  close(): Promise<void>;
}

/** An engine of our own, whose connections are made through the room's socket. */
export interface WireEngine extends MediaEngine {
  readonly name: "embedded";
  /** Who is on which line now. */
  slotsOf(room: string): Slot[];
  startListening(room: string, personId: string, wish: Wish): Promise<{ session: string; offer: string; slots: Slot[] }>;
  startSpeaking(room: string, seat: Seat): Promise<{ session: string; offer: string }>;
  answer(session: string, answer: Answer): Promise<void>;
  sending(session: string, kinds: readonly Kind[]): Promise<void>;
  wish(session: string, wish: Wish): Promise<void>;
  leave(session: string): Promise<void>;
  /** Whether the room's sound is passed on as `sound` events. */
  audience(room: string, on: boolean): Promise<void>;
}
