import { z } from "zod";
import type { Instant } from "../../platform/clock.ts";
import type { Db } from "../../platform/db.ts";
import { event, on, raise, type Listener } from "../../platform/jobs/queue.ts";
import { definitionChanged } from "../events.ts";
import { beginRecount, callNext, findRecount, recountPlace, type Cause } from "./store.ts";

/** It is this school's turn in counting the province anew. */
const recountDue = event("recount_due", z.object({ recountId: z.string(), place: z.number().int() }));

/** Begins to count every school anew, one fact a school, so that other work gets its turn in between. Answers its id. */
export async function startRecount(trx: Db, cause: Cause, by: string | null, at: Instant): Promise<string> {
  const recountId = await beginRecount(trx, cause, by, at);
  await raise(trx, recountDue, { recountId, place: 1 }, at);
  return recountId;
}

export const recountJobs: readonly Listener[] = [
  on(recountDue, "judges and counts the next school of the province anew", async ({ recountId, place }, { db, at }) => {
    // The next one first: a school that fails is tried again later and holds up no other.
    await db.transaction(async (trx) => {
      if (await callNext(trx, recountId, place)) await raise(trx, recountDue, { recountId, place: place + 1 }, at);
    });
    await db.transaction((trx) => recountPlace(trx, recountId, place, at));
  }),
  on(definitionChanged, "judges and counts every school by the new definition", ({ by }, { db, at }) =>
    db.transaction(async (trx) => void (await startRecount(trx, "definition", by ?? null, at))),
  ),
];

/** Every night: begins to count everything anew and to put right what differs, before people come to school. */
export async function recountByNight(db: Db, at: Instant): Promise<void> {
  await db.transaction((trx) => startRecount(trx, "night", null, at));
}

/** The same from the first school to the last at once. */
export async function reconcileAll(db: Db, at: Instant): Promise<void> {
  const recountId = await db.transaction((trx) => beginRecount(trx, "night", null, at));
  const schools = (await findRecount(db, recountId))?.schools ?? 0;
  for (let place = 1; place <= schools; place += 1) await db.transaction((trx) => recountPlace(trx, recountId, place, at));
}
