import { toolsHere } from "../digitising/tools.ts";
import { liveClassCancelled, recordingConsentEnded } from "../live/events.ts";
import { loadLiveClass } from "../live/store/classes.ts";
import type { Instant } from "../platform/clock.ts";
import type { Db } from "../platform/db.ts";
import { eachAlone } from "../platform/each.ts";
import { on, type Listener } from "../platform/jobs/queue.ts";
import type { BlobStore } from "../platform/storage.ts";
import { makeKit } from "./make.ts";
import { claimMaking, findKit, isFresh, listHeardOf, listToMake, saveCancelled, saveNotMade, saveShut } from "./store.ts";

/** Makes the kits that teachers gave, once the recording is joined, and anew those of which something was cut, erased or taken down. One that fails holds up no other. */
export async function makeKits(db: Db, blobs: BlobStore, at: Instant): Promise<void> {
  const ids = await listToMake(db, at);
  if (ids.length === 0) return;
  const tools = await toolsHere();
  await eachAlone(ids, async (id) => {
    const [live, kit] = [await loadLiveClass(db, id), await findKit(db, id)];
    if (!live || !kit) return;
    if (!isFresh(kit)) for (const hash of await saveShut(db, id)) await blobs.remove(hash);
    if (!(await claimMaking(db, id, at))) return;
    await makeKit(db, live, kit, { blobs, tools }, at).catch(async (error: unknown) => {
      await saveNotMade(db, id);
      throw error;
    });
  });
}

/** What kits hear. */
export const kitJobs: Listener[] = [
  on(liveClassCancelled, "takes back the kit of a live class that was taken back", ({ liveClassId }, { db, at }) => saveCancelled(db, liveClassId, at)),
  on(recordingConsentEnded, "takes the sound out of kits in which a pupil may be heard whose parents took their consent back", async ({ pupilId }, { db }) => {
    for (const id of await listHeardOf(db, pupilId)) await saveShut(db, id);
  }),
];
