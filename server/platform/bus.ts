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
  close(): Promise<void>;
}

const CHANNEL = "hoc-lieu:signals";

/**
 * Joins the bus. While Redis is away each process goes on by itself with the sockets that it has; what the others missed
 * is in the database, where every page and heartbeat reads it.
 *
 * @throws Error where Redis cannot be reached at the start
 */
export async function joinBus(url: string, log: Log): Promise<Bus> {
  // Never an error for what was said while the line was down: it waits for the line.
  const says = new Redis(url, { maxRetriesPerRequest: null, lazyConnect: true, retryStrategy: (times) => Math.min(times * 200, 2000) });
  const hears = says.duplicate();
  for (const line of [says, hears]) line.on("error", (error: Error) => log.warn({ error: error.message }, "the line to Redis is down"));
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
    async close() {
      await Promise.allSettled([says.quit(), hears.quit()]);
    },
  };
}
