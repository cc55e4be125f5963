import type { z } from "zod";
import type { Db } from "../db.ts";
import { newId } from "../ids.ts";
import type { Instant } from "../clock.ts";

/** A fact that a feature announces. Its payload is ids and nothing else. */
export interface EventKind<Payload> {
  readonly name: string;
  readonly schema: z.ZodType<Payload>;
}

export function event<Payload>(name: string, schema: z.ZodType<Payload>): EventKind<Payload> {
  return { name, schema };
}

/**
 * Announces a fact: an outbox row in the transaction of the act, so that it is neither lost nor told too early.
 * Whoever is interested hears it soon afterwards, at least once.
 */
export async function raise<Payload>(
  trx: Db,
  kind: EventKind<Payload>,
  payload: Payload,
  at: Instant,
  runAt: Instant = at,
): Promise<void> {
  const checked = kind.schema.parse(payload);
  await trx("events").insert({
    id: newId(),
    name: kind.name,
    payload: JSON.stringify(checked),
    state: "due",
    tries: 0,
    run_at: runAt,
    created_at: at,
  });
}

/** What a handler is given besides the payload. */
export interface Heard {
  db: Db;
  /** The time at which the handler runs. */
  at: Instant;
}

export interface Listener {
  readonly event: string;
  /** What is done, in words for the log and the administrator's page. */
  readonly does: string;
  handle(payload: unknown, heard: Heard): Promise<void>;
}

/**
 * Says what happens when a fact is heard. The handler runs at least once, so running it twice must change nothing
 * more. It opens its own transaction.
 */
export function on<Payload>(
  kind: EventKind<Payload>,
  does: string,
  handle: (payload: Payload, heard: Heard) => Promise<void>,
): Listener {
  return { event: kind.name, does, handle: (payload, heard) => handle(kind.schema.parse(payload), heard) };
}
