import { toolsHere } from "../digitising/tools.ts";
import { liveClassCancelled } from "../live/events.ts";
import { loadLiveClass } from "../live/store/classes.ts";
import type { Instant } from "../platform/clock.ts";
import type { Db } from "../platform/db.ts";
import { eachAlone } from "../platform/each.ts";
import { on, type Listener } from "../platform/jobs/queue.ts";
import type { BlobStore } from "../platform/storage.ts";
import { makeKit } from "./make.ts";
import { claimMaking, findKit, isFresh, listToMake, saveCancelled, saveNotMade, saveShut } from "./store.ts";

/** Makes the kits that teachers gave, once the recording is joined, and anew those of which something was cut, erased or taken down. One that fails holds up no other. */
export async function makeKits(db: Db, blobs: BlobStore, at: Instant): Promise<void> {
  const ids = await listToMake(db, at);
  if (ids.length === 0) return;
  const tools = await toolsHere();
  await eachAlone(ids, async (id) => {
    const [live, kit] = [await loadLiveClass(db, id), await findKit(db, id)];
    if (!live || !kit) return;
    if (!isFresh(kit)) await saveShut(db, blobs, id);
    if (!(await claimMaking(db, id, at))) return;
    await makeKit(db, live, kit, { blobs, tools }, at).catch(async (error: unknown) => {
      await saveNotMade(db, id);
      throw error;
    });
  });
}

/** What kits hear. */
export const kitJobs: Listener[] = [on(liveClassCancelled, "takes back the kit of a live class that was taken back", ({ liveClassId }, { db, at }) => saveCancelled(db, liveClassId, at))];
