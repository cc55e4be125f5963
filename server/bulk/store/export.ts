import { z } from "zod";
import type { Granted } from "../../access/policy.ts";
import { listSizes } from "../../materials/store/archive.ts";
import { notify } from "../../notices/store.ts";
import { record } from "../../platform/audit.ts";
import { addMinutes, type Instant } from "../../platform/clock.ts";
import { all, col, maybeOne, type Db } from "../../platform/db.ts";
import { newId } from "../../platform/ids.ts";
import type { BlobStore } from "../../platform/storage.ts";
import { saveBlob } from "../../platform/storage/store.ts";
import { archiveStream, type ArchivePart } from "../archive/write.ts";
import { bulkExports, type BulkExportRow } from "../store.ts";
import { UNPACK } from "../unpack.ts";
import { releaseBlobs, type Act } from "./stage.ts";

/** A part stays well below what the import takes at once, the list and the manifest included. */
const PART_BYTES_MAX = UNPACK.totalMax * 0.9;
const PART_FILES_MAX = UNPACK.entriesMax - 200;
/** Up to here the answer is the archive itself; above, it is prepared. */
export const STREAM_BYTES_MAX = 100_000_000;
export const EXPORT_DAYS = 7;
const LEASE_MINUTES = 30;
const TRIES_MAX = 3;

export interface ExportPlan {
  parts: string[][];
  materials: number;
  bytes: number;
}

/** Which materials go into which part: whole materials, in the order in which they were made. */
export async function planExport(db: Db, school: { id: string }): Promise<ExportPlan> {
  const sizes = await listSizes(db, school);
  const parts: string[][] = [];
  let bytes = 0;
  let files = 0;
  for (const material of sizes) {
    const full = bytes + material.bytes > PART_BYTES_MAX || files + material.files > PART_FILES_MAX;
    if (parts.length === 0 || full) {
      parts.push([]);
      bytes = 0;
      files = 0;
    }
    parts.at(-1)?.push(material.id);
    bytes += material.bytes;
    files += material.files;
  }
  return { parts, materials: sizes.length, bytes: sizes.reduce((sum, material) => sum + material.bytes, 0) };
}

/** Asks for an archive of each part; the schedule prepares them. */
export async function saveExportRequest(db: Db, school: Granted<"export", { id: string }>, plan: ExportPlan, nameOf: (part: number, parts: number) => string, act: Act): Promise<void> {
  await db.transaction(async (trx) => {
    for (const [i, ids] of plan.parts.entries()) {
      await trx("bulk_exports").insert({ id: newId(), school_id: school.id, requested_by: act.by, part: i + 1, parts: plan.parts.length, material_ids: JSON.stringify(ids), file_name: nameOf(i + 1, plan.parts.length), requested_at: act.at });
    }
    await record(trx, { at: act.at, actorId: act.by, action: "bulk.export", subjectType: "school", subjectId: school.id, schoolId: school.id, details: { materials: plan.materials, parts: plan.parts.length }, requestId: act.requestId });
  });
}

/** A whole library that goes out at once is noted as well. */
export async function recordDownload(db: Db, school: Granted<"export", { id: string }>, plan: ExportPlan, act: Act): Promise<void> {
  await record(db, { at: act.at, actorId: act.by, action: "bulk.export", subjectType: "school", subjectId: school.id, schoolId: school.id, details: { materials: plan.materials, parts: plan.parts.length, streamed: true }, requestId: act.requestId });
}

export function listExports(db: Db, school: Granted<"export", { id: string }>): Promise<BulkExportRow[]> {
  return all(bulkExports.row, db("bulk_exports").where({ school_id: school.id }).orderBy("id", "desc").limit(40).select(bulkExports.columns));
}

const schoolRow = z.object({ id: col.id(), name: col.text(), code: col.text() });

/** Prepares what was asked for, one archive after the other, and lets go of what has expired. Runs from the schedule. */
export async function prepareExports(db: Db, at: Instant, blobs: BlobStore): Promise<number> {
  await expire(db, at, blobs);
  let made = 0;
  for (;;) {
    const one = await claim(db, at);
    if (one === undefined) return made;
    made += await prepare(db, at, blobs, one);
  }
}

/** Takes one under a lease: what a killed process began is begun again when the lease has passed. */
async function claim(db: Db, at: Instant): Promise<BulkExportRow | undefined> {
  const free = db("bulk_exports").where((q) => void q.where("state", "waiting").orWhere((again) => void again.where("state", "running").where("lease_until", "<", at)));
  const next = await maybeOne(bulkExports.row, free.orderBy("id").first(bulkExports.columns));
  if (next === undefined) return undefined;
  const taken = await db("bulk_exports").where({ id: next.id, state: next.state, tries: next.tries }).update({ state: "running", tries: next.tries + 1, lease_until: addMinutes(at, LEASE_MINUTES) });
  return taken === 0 ? undefined : { ...next, tries: next.tries + 1 };
}

async function prepare(db: Db, at: Instant, blobs: BlobStore, one: BulkExportRow): Promise<number> {
  const school = await maybeOne(schoolRow, db("units").where({ id: one.school_id }).first("id", "name", "code"));
  const part: ArchivePart = { school: school ?? { id: "", name: "", code: "" }, materialIds: one.material_ids, part: one.part, parts: one.parts, at };
  try {
    const { stream, done } = archiveStream(db, blobs, part);
    const [stored] = await Promise.all([blobs.put(stream), done]);
    await db.transaction(async (trx) => {
      await saveBlob(trx, { ...stored, mime: "application/zip" }, at);
      await trx("bulk_exports").where({ id: one.id, state: "running" }).update({ state: "ready", blob_hash: stored.hash, size_bytes: stored.size, lease_until: null, expires_at: addMinutes(at, EXPORT_DAYS * 24 * 60) });
      await tell(trx, one, "bulk_exported", at);
    });
    return 1;
  } catch (error) {
    const over = one.tries >= TRIES_MAX;
    await db.transaction(async (trx) => {
      await trx("bulk_exports").where({ id: one.id, state: "running" }).update({ state: over ? "failed" : "waiting", lease_until: null });
      if (over) await tell(trx, one, "bulk_export_failed", at);
    });
    throw error;
  }
}

/** Tells who asked for it. Several parts are one line: the newest takes the place of those before it. */
function tell(trx: Db, one: BulkExportRow, kind: "bulk_exported" | "bulk_export_failed", at: Instant): Promise<void> {
  return notify(trx, [one.requested_by], { kind, href: `/schools/${one.school_id}/library-exports`, params: { title: one.file_name } }, at);
}

async function expire(db: Db, at: Instant, blobs: BlobStore): Promise<void> {
  const over = await all(bulkExports.row, db("bulk_exports").where("state", "ready").where("expires_at", "<=", at).limit(50).select(bulkExports.columns));
  for (const { id, blob_hash } of over) {
    await db("bulk_exports").where({ id, state: "ready" }).update({ state: "expired", blob_hash: null });
    if (blob_hash !== null) await releaseBlobs(db, blobs, [blob_hash]);
  }
}
