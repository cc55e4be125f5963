import type { Instant } from "../../platform/clock.ts";
import type { Db } from "../../platform/db.ts";
import type { LiveRow } from "../store/classes.ts";
import { isDown } from "./engine.ts";
import type { Engines } from "./engines.ts";
import { mayRecord, saveAnswering, saveAttendees } from "./store.ts";

/** Asks the engine of a class for something, and notes whether it answered. @throws `engine_down` */
export async function askEngine<T>(db: Db, live: LiveRow, at: Instant, ask: () => Promise<T>): Promise<T> {
  try {
    const answer = await ask();
    await saveAnswering(db, live.id, true, at);
    return answer;
  } catch (error) {
    if (isDown(error)) await saveAnswering(db, live.id, false, at);
    throw error;
  }
}

/** Makes the class's room ready before the class begins; our own is always. @throws `engine_down`: then the class has not begun */
export async function beginElsewhere(db: Db, engines: Engines, live: LiveRow, at: Instant): Promise<void> {
  if (live.engine === "embedded") return;
  const records = await mayRecord(db, live);
  await askEngine(db, live, at, async () => engines.of(live).open(live, records));
}

/** A last look at who is in, and the room's end. An engine that does not answer holds up no class. */
export async function endElsewhere(db: Db, engines: Engines, live: LiveRow, at: Instant): Promise<void> {
  try {
    await lookIn(db, engines, live, at);
    await engines.of(live).end(live);
  } catch (error) {
    if (!isDown(error)) throw error;
  }
}

/** Asks who is in and writes it down. A room that the engine does not know (any more) has nobody in it. */
export async function lookIn(db: Db, engines: Engines, live: LiveRow, at: Instant): Promise<void> {
  if (live.engine === "link") return;
  const there = await askEngine(db, live, at, async () => engines.of(live).attendees(live));
  await saveAttendees(db, live, there ?? [], at);
}
