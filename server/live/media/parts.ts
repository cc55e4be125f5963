import { Bucket } from "../../platform/bucket.ts";
import { levelFor, newLine, type Level, type Line, type LineState, type Wish } from "./rules.ts";
import type { Rtp, Vp8 } from "./rtp.ts";
import { Inbound, Outbound, type Sort } from "./streams.ts";

export const KINDS = ["mic", "camera", "screen"] as const;
export type Kind = (typeof KINDS)[number];

/** One line of an offer: `mid` names it, an SSRC says that we send on it. */
export interface WireLine {
  mid: string;
  sort: Sort;
  ssrc?: number;
}

/** What a browser answers with: not its description, only what differs in it from what was offered. */
export interface Answer {
  ufrag: string;
  pwd: string;
  fingerprint: string;
  /** The SSRC that it sends on each line. */
  ssrcs: Readonly<Partial<Record<"mic" | "low" | "high" | "screen", number>>>;
}

/** One encrypted connection with a browser. */
export interface Wire {
  accept(answer: Answer): void;
  send(mid: string, packet: Buffer): void;
  close(): void;
}

export interface WireEvents {
  onPacket(mid: string, packet: Buffer): void;
  /** It failed or the other side closed it. */
  onEnd(): void;
}

/** Makes a connection and the offer (SDP) for it. */
export type MakeWire = (lines: readonly WireLine[], events: WireEvents) => Promise<{ wire: Wire; offer: string }>;

export interface Slot {
  mid: string;
  kind: Kind;
  person: string;
}

export interface Told {
  /** Who can be heard and seen on which line; the same for everybody in the room. */
  onMap(room: string, slots: Slot[]): void;
  onGone(session: string): void;
  onLines(room: string, lines: { person: string; state: LineState; level: Level }[]): void;
  /** What a subscriber's line carries now. */
  onLevel(session: string, level: Level): void;
  /** Whether anybody's line carries the large picture of a publisher. */
  onWanted(session: string, high: boolean): void;
  /** Sound of the room for those who only listen: packets of Opus, one speaker at a time. */
  onSound(room: string, packet: Buffer): void;
}

/** As many can speak, and be seen, at the same time. */
export const SLOTS = { audio: 6, video: 4 } as const;
/** A publisher sends no more than this; the rest is dropped. */
const PUBLISH_BYTES_PER_S = 600_000;
/** So many packets are sent again on one line. */
const AGAIN_PER_S = 150;

/** The room of a group lies within the room of its class and is called after both. @param group the group's key, 0 for the whole class */
export function mediaRoom(liveId: string, group: number): string {
  return group > 0 ? `${liveId}.${group}` : liveId;
}

/** The class of a room, and the key of the group; 0 where it is the room of the whole class. */
export function placeOf(room: string): { liveId: string; group: number } {
  const [liveId = "", group = "0"] = room.split(".");
  return { liveId, group: Number(group) };
}

export interface Source {
  person: string;
  kind: Kind;
  session: Publisher;
  small: Track;
  large: Track | undefined;
}

export class Track {
  readonly inbound: Inbound;
  readonly mid: string;
  lastAt = -Infinity;
  pictureAt = -Infinity;
  reportAt = -Infinity;
  source: Source | undefined;
  /** Since when it is to be sent. */
  since = 0;
  slot = -1;
  constructor(mid: string, sort: Sort) {
    this.mid = mid;
    this.inbound = new Inbound(sort);
  }
}

export class Publisher {
  readonly tracks: Map<string, Track>;
  wire: Wire | undefined;
  readonly budget = new Bucket(PUBLISH_BYTES_PER_S, PUBLISH_BYTES_PER_S, 0);
  wantsHigh = true;
  /** Whether the browser took the offer. */
  isAnswered = false;
  readonly id: string;
  readonly room: Room;
  readonly person: string;
  readonly kinds: readonly Kind[];
  readonly madeAt: number;
  constructor(id: string, room: Room, person: string, kinds: readonly Kind[], at: number) {
    [this.id, this.room, this.person, this.kinds, this.madeAt] = [id, room, person, kinds, at];
    const tracks: Track[] = [];
    if (kinds.includes("mic")) tracks.push(new Track("mic", "audio"));
    if (kinds.includes("camera")) tracks.push(new Track("low", "video"));
    // Who shares a screen leads the class: their camera comes in two sizes.
    if (kinds.includes("screen")) tracks.push(new Track("high", "video"), new Track("screen", "video"));
    this.tracks = new Map(tracks.map((track) => [track.mid, track]));
  }
}

export class Subscriber {
  readonly outs: Outbound[];
  wire: Wire | undefined;
  line: Line;
  heardAt: number;
  readonly again = new Bucket(AGAIN_PER_S, AGAIN_PER_S, 0);
  readonly seen = new Map<number, { highest: number; lost: number }>();
  readonly times = new Map<number, number>();
  sums = { expected: 0, lost: 0, rttMs: undefined as number | undefined };
  told = "";
  level: Level;
  /** Whether the browser took the offer. */
  isAnswered = false;
  readonly id: string;
  readonly room: Room;
  readonly person: string;
  readonly madeAt: number;
  wish: Wish;
  constructor(id: string, room: Room, person: string, wish: Wish, at: number) {
    [this.id, this.room, this.person, this.wish, this.madeAt] = [id, room, person, wish, at];
    this.outs = LINES.map((line, i) => new Outbound(line.ssrc ?? i, line.sort));
    this.line = newLine(at);
    this.level = levelFor(this.line, wish);
    this.heardAt = at;
  }
}

export interface Room {
  id: string;
  /** The class's room, where this is a group's. */
  above: string | undefined;
  publishers: Map<string, Publisher>;
  subscribers: Map<string, Subscriber>;
  /** By the index of the line. */
  slots: (Source | undefined)[];
  audience: boolean;
  speaker: { track: Track; at: number } | undefined;
  /** What takes the class down, while it is recorded. */
  tape: Tape | undefined;
}

/** Takes down what passes: packets as they came, in no order (`recording/recorder.ts`). */
export interface Tape {
  /** Whose voices are taken besides the teachers'. */
  readonly voices: ReadonlySet<string>;
  readonly needsKey: boolean;
  want(picture: object | undefined): void;
  sound(source: object, rtp: Rtp, packet: Buffer, at: number): void;
  picture(source: object, rtp: Rtp, vp8: Vp8, packet: Buffer, at: number): void;
  forget(source: object, at: number): void;
}

/** The lines of everybody who listens, always the same: what flows on them changes, they never do. */
export const LINES: readonly WireLine[] = [
  ...Array.from({ length: SLOTS.audio }, (_, i): WireLine => ({ mid: `a${i}`, sort: "audio", ssrc: 1000 + i })),
  ...Array.from({ length: SLOTS.video }, (_, i): WireLine => ({ mid: `v${i}`, sort: "video", ssrc: 2000 + i })),
];
