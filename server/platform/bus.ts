import { createAdapter } from "@socket.io/redis-adapter";
import { Redis } from "ioredis";
import type { ServerOptions } from "socket.io";
import type { Log } from "./log.ts";

/** What several web processes of one installation tell each other, over Redis. With one process there is none. */
export interface Bus {
  /** Rooms of sockets that reach over all processes. */
  readonly adapter: NonNullable<ServerOptions["adapter"]>;
  publish(text: string): void;
  hear(listener: (text: string) => void): void;
  /** Says something on a channel of its own. @returns how many hear it */
  send(channel: string, text: string): Promise<number>;
  receive(channel: string, listener: (text: string) => void): Promise<void>;
  /** Runs a script of Redis as a whole. @throws Error while Redis is away */
  evaluate(script: string, keys: readonly string[], values: readonly string[]): Promise<unknown>;
  close(): Promise<void>;
}

const CHANNEL = "hoc-lieu:signals";
/** Redis answers in less than a millisecond; whoever asks does not wait for it to come back. */
const ANSWER_MS = 1_000;

/**
 * Joins the bus. While Redis is away each process goes on by itself with the sockets that it has; what the others missed
 * is in the database, where every page and heartbeat reads it.
 *
 * @throws Error where Redis cannot be reached at the start
 */
export async function joinBus(url: string, log: Log): Promise<Bus> {
  const says = new Redis(url, { maxRetriesPerRequest: null, lazyConnect: true, retryStrategy: (times) => Math.min(times * 200, 2000) });
  const hears = says.duplicate();
  for (const line of [says, hears]) line.on("error", (error: Error) => log.warn({ error: error.message }, "the line to Redis is down"));
  sayOnlyWhileReady(says, log);
  try {
    await Promise.all([says.connect(), hears.connect()]);
    await hears.subscribe(CHANNEL);
  } catch (cause) {
    says.disconnect();
    hears.disconnect();
    throw new Error("Redis cannot be reached: check the setting REDIS_URL.", { cause });
  }
  return {
    adapter: createAdapter(says, hears) as unknown as Bus["adapter"],
    publish: (text) => void says.publish(CHANNEL, text),
    hear: (listener) => void hears.on("message", (channel: string, text: string) => channel === CHANNEL && listener(text)),
    send: (channel, text) => says.publish(channel, text),
    async receive(channel, listener) {
      hears.on("message", (at: string, text: string) => at === channel && listener(text));
      await hears.subscribe(channel);
    },
    async evaluate(script, keys, values) {
      if (says.status !== "ready") throw new Error("the line to Redis is down");
      let late: NodeJS.Timeout | undefined;
      const tooLate = new Promise<never>((_, reject) => (late = setTimeout(() => reject(new Error("Redis did not answer")), ANSWER_MS)));
      return Promise.race([says.eval(script, keys.length, ...keys, ...values), tooLate]).finally(() => clearTimeout(late));
    },
    async close() {
      await Promise.allSettled([says, hears].map(async (line) => (line.status === "ready" ? line.quit() : line.disconnect()))); // nobody waits for a Redis that is away
    },
  };
}

/** What is said while the line is down is dropped, by the adapter too: kept, it would fill the memory and arrive stale. */
function sayOnlyWhileReady(line: Redis, log: Log): void {
  const send = line.publish.bind(line) as (channel: string, message: string) => Promise<number>;
  line.publish = ((channel: string, message: string): Promise<number> => {
    if (line.status !== "ready") return Promise.resolve(0);
    return send(channel, message).catch((error: unknown) => {
      log.warn({ error: String(error) }, "Redis did not take a message");
      return 0;
    });
  }) as typeof line.publish;
}
