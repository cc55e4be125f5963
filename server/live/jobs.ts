import { grantAsSystem } from "../access/policy.ts";
import type { Instant } from "../platform/clock.ts";
import type { Db } from "../platform/db.ts";
import { forgottenEnd } from "./rules.ts";
import { saveEnd } from "./store/attendance.ts";
import { listRunning, loadLiveClass } from "./store/classes.ts";
import { listMarks } from "./store/presence.ts";

/** Ends classes that their teachers forgot to end, at the last sign of anybody. Run every few minutes. */
export async function endForgotten(db: Db, at: Instant): Promise<number> {
  let ended = 0;
  for (const id of await listRunning(db)) {
    const live = await loadLiveClass(db, id);
    const end = live && forgottenEnd(live, await listMarks(db, live), at);
    if (!live || end === undefined) continue;
    await saveEnd(db, grantAsSystem(live, "teach"), end, { by: null, at });
    ended += 1;
  }
  return ended;
}
