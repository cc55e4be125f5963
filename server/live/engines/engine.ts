import type { Instant } from "../../platform/clock.ts";
import { Refusal } from "../../platform/errors.ts";
import type { EngineKind } from "../store/tables.ts";

/** A live class as far as its engine needs it. */
export interface HeldClass {
  id: string;
  title: string;
  /** Of a class held by a plain link. */
  engine_link: string | null;
}

/** What somebody with the floor sends. */
export type Sent = "mic" | "camera";

/** Who enters. The name is all that leaves this installation about a person, and the id by which presence comes back. */
export interface Entrant {
  personId: string;
  name: string;
  /** Teachers of the class moderate. */
  role: "moderator" | "viewer";
  /** What a viewer may send now. Engines that moderate by themselves do not ask. */
  may: readonly Sent[];
}

/** Somebody who is in the room now, by our id. `connection` tells two devices apart where the engine does. */
export interface Attendee {
  personId: string;
  connection: string | undefined;
}

/** A signed call of an engine as it arrived. */
export interface EngineCall {
  /** The part of the address after `?`. */
  query: string;
  authorization: string | undefined;
  body: Buffer;
}

/** What a call says. `key` is the same for the same call sent again. */
export interface EngineReport {
  liveId: string;
  key: string;
  /** By the engine's clock, where it tells the time. */
  at: Instant | undefined;
  what: { kind: "joined" | "left"; personId: string; connection: string; joinedAt: Instant | undefined } | { kind: "ended" };
}

export interface EngineRecording {
  url: string;
  startedAt: Instant;
  endedAt: Instant;
}

/**
 * What a live class asks of whatever holds it. The class itself (its beginning and end, its list, its attendance) is ours;
 * an engine lends the room.
 *
 * Each method may throw `engineDown()`: the engine did not answer in time, or not as it should.
 */
export interface ClassEngine {
  readonly kind: EngineKind;
  /** Makes the room ready. Called again it does nothing more. @param records whether the teacher may record there */
  open(live: HeldClass, records: boolean): Promise<void>;
  /** The address at which this person enters, made for them and soon worthless; a path of ours for our own room. */
  entry(live: HeldClass, who: Entrant, records: boolean): Promise<string>;
  /** Everybody who is in. Undefined where the engine knows no such room (any more) or nothing of presence. */
  attendees(live: HeldClass): Promise<readonly Attendee[] | undefined>;
  /** Ends the room for everybody. One that is not there has ended. */
  end(live: HeldClass): Promise<void>;
  recordings(live: HeldClass): Promise<readonly EngineRecording[]>;
  /** Says what a person may send from now on, where that is for the class to say. */
  floor?(live: HeldClass, personId: string, may: readonly Sent[]): Promise<void>;
  /**
   * Reads a signed call: undefined where it says nothing that concerns us.
   *
   * @throws Refusal 401 for a call that the engine did not sign
   */
  hear?(call: EngineCall): Promise<EngineReport | undefined>;
}

export function engineDown(): Refusal {
  return new Refusal(503, "engine_down");
}

export function unsigned(): Refusal {
  return new Refusal(401, "engine_unsigned");
}

export function isDown(error: unknown): boolean {
  return error instanceof Refusal && error.key === "engine_down";
}
