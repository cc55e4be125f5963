import { loadActor } from "../access/store.ts";
import { grantAsSystem } from "../access/policy.ts";
import { addMinutes, type Instant } from "../platform/clock.ts";
import type { Db } from "../platform/db.ts";
import type { BlobStore } from "../platform/storage.ts";
import { finishUpload } from "./completion.ts";
import { bytesHere, listIncoming, locks, removeIncoming } from "./incoming.ts";
import type { UploadKind } from "./kinds.ts";
import { ABANDONED_MINUTES } from "./rules.ts";
import { deleteUpload, isNamed, listAbandoned, listExpired, loadUpload, namedAmong, noteReceived, receivingAmong, type UploadRow } from "./store.ts";

/** How long a file without an upload, or one whose row is behind, is left alone: its request may still run. */
const SETTLED_MINUTES = 10;

/**
 * Puts uploads in order after lost senders and killed processes: finishes what arrived whole, takes away what nobody came
 * back for, and files that belong to nothing. Each step can be killed and is done again the next time.
 */
export async function tidyUploads(db: Db, blobs: BlobStore, kinds: readonly UploadKind[], at: Instant): Promise<{ finished: number; removed: number }> {
  const { finished, failed } = await finishAbandoned(db, blobs, kinds, at);
  const removed = (await removeExpired(db, blobs, at)) + (await removeStrays(db, blobs, at));
  if (failed.length > 0) throw new AggregateError(failed, `${failed.length} uploads could not be finished: ${String(failed[0])}`);
  return { finished, removed };
}

async function finishAbandoned(db: Db, blobs: BlobStore, kinds: readonly UploadKind[], at: Instant): Promise<{ finished: number; failed: unknown[] }> {
  let finished = 0;
  const failed: unknown[] = []; // one that fails keeps no other from being finished
  for (const upload of await listAbandoned(db, addMinutes(at, -ABANDONED_MINUTES))) {
    const kind = kinds.find((one) => one.name === upload.kind);
    const actor = await loadActor(db, upload.person_id, at);
    if (kind === undefined || actor === undefined) continue; // it expires
    const again = async (): Promise<UploadRow> => (await loadUpload(db, upload.id)) ?? upload;
    const outcome = await finishUpload({ db, blobs, locks }, kind, { actor, at, requestId: upload.id }, again).catch((error: unknown) => failed.push(error));
    finished += typeof outcome === "object" && outcome.ok ? 1 : 0;
  }
  return { finished, failed };
}

/** A file that was moved to the store for an upload that was then refused goes as well, if nothing else has it. */
async function removeExpired(db: Db, blobs: BlobStore, at: Instant): Promise<number> {
  const expired = await listExpired(db, at);
  for (const upload of expired) {
    await locks.hold(upload.id, async () => {
      await removeIncoming(blobs, upload.id);
      if (upload.blob_hash !== null && !(await isNamed(db, upload.blob_hash))) await blobs.remove(upload.blob_hash);
      await deleteUpload(db, grantAsSystem(upload, "own"));
    });
  }
  return expired.length;
}

/** Files without an upload go; where a file is further than its row (killed in between), the row follows. */
async function removeStrays(db: Db, blobs: BlobStore, at: Instant): Promise<number> {
  const names = await listIncoming(blobs, addMinutes(at, -SETTLED_MINUTES));
  const known = await receivingAmong(db, names);
  let removed = 0;
  for (const name of names) {
    const upload = known.has(name) ? await loadUpload(db, name) : undefined;
    if (upload === undefined) {
      await removeIncoming(blobs, name);
      removed += 1;
      continue;
    }
    const here = await bytesHere(blobs, name);
    if (here !== undefined && here > upload.received_bytes) await noteReceived(db, name, here, upload.updated_at);
  }
  return removed;
}

const BLOBS_AT_ONCE = 400;

/**
 * Takes away the blobs that nobody names: what a process that was killed between the file and its row left in the store,
 * whichever form or import it came by. Runs from the schedule, once a day.
 *
 * @param olderThan what was brought since then may still be on its way to its row
 */
export async function sweepBlobs(db: Db, blobs: BlobStore, olderThan: Instant): Promise<number> {
  let removed = 0;
  let some: string[] = [];
  const sweep = async (): Promise<void> => {
    const named = await namedAmong(db, some);
    for (const hash of some.filter((one) => !named.has(one))) {
      await blobs.remove(hash);
      removed += 1;
    }
    some = [];
  };
  for await (const hash of blobs.unbroughtSince(olderThan)) {
    some.push(hash);
    if (some.length === BLOBS_AT_ONCE) await sweep();
  }
  await sweep();
  return removed;
}
