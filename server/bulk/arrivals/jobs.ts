import { createWriteStream } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import { loadActor } from "../../access/store.ts";
import { openSchool } from "../../organisation/access.ts";
import { addMinutes, type Instant } from "../../platform/clock.ts";
import type { Db } from "../../platform/db.ts";
import { Refusal } from "../../platform/errors.ts";
import { newId } from "../../platform/ids.ts";
import type { BlobStore } from "../../platform/storage.ts";
import { takeZip } from "../intake.ts";
import { claimArrival, noteProgress, putBack, refuseArrival, type BulkArrivalRow } from "../store/arrivals.ts";
import { ArchiveRefused, ARRIVAL_UNPACK } from "../unpack.ts";

const TRIES_MAX = 3;
/** How often progress is written down, in milliseconds. */
const PROGRESS_EVERY_MS = 400;

/**
 * Reads the ZIPs that wait, one after the other, and makes of each the dry run of an import. Runs from the schedule. A
 * killed reader's ZIP is read again from its beginning: nothing of it was kept but files that nobody names.
 *
 * @returns how many became an import
 */
export async function readArrivals(db: Db, at: Instant, blobs: BlobStore): Promise<number> {
  const began = performance.now();
  let made = 0;
  for (;;) {
    const now = addMinutes(at, (performance.now() - began) / 60_000); // a large ZIP takes longer than a lease
    const arrival = await claimArrival(db, now);
    if (arrival === undefined) return made;
    made += (await readOne(db, now, blobs, arrival)) ? 1 : 0;
  }
}

async function readOne(db: Db, at: Instant, blobs: BlobStore, arrival: BulkArrivalRow): Promise<boolean> {
  const file = path.join(blobs.incoming, newId());
  try {
    const actor = await loadActor(db, arrival.created_by, at);
    if (actor === undefined || arrival.blob_hash === null) throw new Refusal(403, "role");
    const school = await openSchool(db, actor, arrival.school_id, "upload"); // the right may have ended meanwhile
    await mkdir(blobs.incoming, { recursive: true });
    await pipeline(await blobs.open(arrival.blob_hash), createWriteStream(file, { flags: "wx", mode: 0o640 }));
    const chosen = { subject_code: arrival.subject_code, grade: arrival.grade };
    const act = { by: arrival.created_by, at, requestId: arrival.id };
    await takeZip({ db, blobs, actor, school, act, chosen, arrivalId: arrival.id }, { path: file, name: arrival.file_name }, ARRIVAL_UNPACK, progressOf(db, arrival, at));
    return true;
  } catch (error) {
    if (error instanceof ArchiveRefused) await refuseArrival(db, blobs, arrival, error.problem, error.params, at);
    else if (error instanceof Refusal && error.status !== 409) await refuseArrival(db, blobs, arrival, "right_lost", {}, at);
    else if (!(error instanceof Refusal)) {
      if (arrival.tries >= TRIES_MAX) await refuseArrival(db, blobs, arrival, "failed", {}, at);
      else await putBack(db, arrival);
      throw error;
    }
    return false; // discarded while it was read
  } finally {
    await rm(file, { force: true });
  }
}

/** Writes progress down now and then: often enough to be seen moving, seldom enough to cost nothing. */
function progressOf(db: Db, arrival: BulkArrivalRow, at: Instant) {
  const began = performance.now();
  let told = Number.NEGATIVE_INFINITY;
  return async (progress: { files: number; done: number }): Promise<void> => {
    const passed = performance.now();
    if (passed - told < PROGRESS_EVERY_MS) return;
    told = passed;
    await noteProgress(db, arrival, progress, addMinutes(at, (passed - began) / 60_000));
  };
}
