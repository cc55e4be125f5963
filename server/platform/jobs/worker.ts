import { z } from "zod";
import { addMinutes, now, type Instant } from "../clock.ts";
import { all, type Db, isPostgres } from "../db.ts";
import type { Log } from "../log.ts";
import type { Listener } from "./queue.ts";

const CLAIM_AT_ONCE = 20;
const LEASE_MINUTES = 5;
const TRIES_MAX = 6;

const claimed = z.object({ id: z.string(), name: z.string(), payload: z.string(), tries: z.coerce.number() });

export interface Worker {
  /** Runs everything that is due until nothing is; answers how many facts were heard. Tests call it. */
  drain(at?: Instant): Promise<number>;
  start(everyMs?: number): void;
  stop(): Promise<void>;
}

export function makeWorker(db: Db, listeners: readonly Listener[], log: Log): Worker {
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<unknown> = Promise.resolve();

  async function drain(at?: Instant): Promise<number> {
    let heard = 0;
    for (;;) {
      const due = await claim(db, at ?? now());
      if (due.length === 0) return heard;
      for (const fact of due) {
        await hear(db, listeners, fact, at ?? now(), log);
        heard += 1;
      }
    }
  }

  return {
    drain,
    start(everyMs = 500) {
      const turn = (): void => {
        running = drain()
          .catch((error: unknown) => log.error({ error: String(error) }, "worker turn failed"))
          .finally(() => {
            if (timer !== undefined) timer = setTimeout(turn, everyMs);
          });
      };
      timer = setTimeout(turn, everyMs);
    },
    async stop() {
      clearTimeout(timer);
      timer = undefined;
      await running;
    },
  };
}

/** Takes what is due under a lease: a killed worker's facts are due again when the lease has passed. */
async function claim(db: Db, at: Instant): Promise<z.infer<typeof claimed>[]> {
  const due = db("events")
    .select("id")
    .whereIn("state", ["due", "running"])
    .where("run_at", "<=", at)
    .orderBy([{ column: "run_at" }, { column: "id" }])
    .limit(CLAIM_AT_ONCE);
  if (isPostgres(db)) void due.forUpdate().skipLocked();
  const first = await db("events").select("id").whereIn("state", ["due", "running"]).where("run_at", "<=", at).first();
  if (first === undefined) return []; // most turns: no write lock is asked for
  const rows = await all(
    claimed,
    db("events")
      .whereIn("id", due)
      .update({ state: "running", tries: db.raw("tries + 1"), run_at: addMinutes(at, LEASE_MINUTES) })
      .returning(["id", "name", "payload", "tries"]),
  );
  return rows.sort((a, b) => (a.id < b.id ? -1 : 1));
}

async function hear(db: Db, listeners: readonly Listener[], fact: z.infer<typeof claimed>, at: Instant, log: Log): Promise<void> {
  try {
    for (const listener of listeners) {
      if (listener.event === fact.name) await listener.handle(JSON.parse(fact.payload), { db, at });
    }
    await db("events").where({ id: fact.id }).update({ state: "done", last_error: null });
  } catch (error) {
    const parked = fact.tries >= TRIES_MAX;
    log.error({ event: fact.name, id: fact.id, tries: fact.tries, error: error instanceof Error ? error.stack : String(error) }, "event failed");
    await db("events")
      .where({ id: fact.id })
      .update({
        state: parked ? "parked" : "due",
        last_error: String(error).slice(0, 2000),
        run_at: addMinutes(at, 2 ** fact.tries / 4),
      });
  }
}
