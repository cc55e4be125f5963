import { z } from "zod";
import { addMinutes, type Instant } from "../../platform/clock.ts";
import { all, col, maybeOne, table, type Db, type RowOf } from "../../platform/db.ts";
import { conflict, type Params } from "../../platform/errors.ts";
import { isId, newId } from "../../platform/ids.ts";
import { saveBlob } from "../../platform/storage/store.ts";
import type { BlobStore, Stored } from "../../platform/storage.ts";
import type { Granted } from "../../access/policy.ts";
import { record } from "../../platform/audit.ts";
import { notify } from "../../notices/store.ts";
import { auditOf, releaseBlobs, type Act } from "./stage.ts";

/** A ZIP that came in pieces and waits to be read. Once it is read it is a bulk import of the same id. */
export const bulkArrivals = table("bulk_arrivals", {
  id: col.id(),
  school_id: col.id(),
  created_by: col.id(),
  blob_hash: col.text().nullable(),
  file_name: col.text(),
  size_bytes: col.int(),
  subject_code: col.maybeText(),
  grade: col.maybeInt(),
  state: col.oneOf(["waiting", "reading", "refused"]),
  files: col.int(),
  done: col.int(),
  tries: col.int(),
  lease_until: col.maybeInstant(),
  problem: col.maybeText(),
  problem_params: col.json(z.record(z.string(), z.union([z.string(), z.number()]))),
  created_at: col.instant(),
});
export type BulkArrivalRow = RowOf<typeof bulkArrivals>;
export type BulkArrival = BulkArrivalRow & { school: { id: string; path: string; name: string }; restores: false };

const withSchool = bulkArrivals.row.extend({ school_path: col.text(), school_name: col.text() });

export async function loadArrival(db: Db, id: string): Promise<BulkArrival | undefined> {
  if (!isId(id)) return undefined;
  const row = await maybeOne(
    withSchool,
    db("bulk_arrivals as a").join("units as s", "s.id", "a.school_id").where("a.id", id).select(bulkArrivals.columns.map((name) => `a.${name}`)).select({ school_path: "s.path", school_name: "s.name" }),
  );
  return row && { ...row, school: { id: row.school_id, path: row.school_path, name: row.school_name }, restores: false };
}

/** The school's ZIPs that are not read yet or could not be, newest first: a person's own, or all for who leads. */
export function listArrivals(db: Db, school: { id: string }, by: string | null): Promise<BulkArrivalRow[]> {
  const query = db("bulk_arrivals").where({ school_id: school.id }).orderBy("id", "desc").limit(20).select(bulkArrivals.columns);
  if (by !== null) void query.where({ created_by: by });
  return all(bulkArrivals.row, query);
}

/** What a person sent to this school before and that still waits: sent again it is the same. */
export function findArrival(db: Db, school: { id: string }, by: string, hash: string): Promise<BulkArrivalRow | undefined> {
  return maybeOne(bulkArrivals.row, db("bulk_arrivals").where({ blob_hash: hash, school_id: school.id, created_by: by }).orderBy("id").first(bulkArrivals.columns));
}

export interface NewArrival {
  file: Stored & { name: string; mime: string };
  subjectCode: string | null;
  grade: number | null;
}

/** Keeps a ZIP that arrived whole. @returns its id, that of the import it becomes */
export async function saveArrival(trx: Db, school: Granted<"upload", { id: string }>, { file, subjectCode, grade }: NewArrival, act: Act): Promise<string> {
  await saveBlob(trx, file, act.at);
  const id = newId();
  await trx("bulk_arrivals").insert({ id, school_id: school.id, created_by: act.by, blob_hash: file.hash, file_name: file.name, size_bytes: file.size, subject_code: subjectCode, grade, created_at: act.at });
  await record(trx, { ...auditOf({ id, school_id: school.id }, act), action: "bulk.arrive", details: { size: file.size } });
  return id;
}

/** A reader gives a sign at least this often, in minutes: a killed one's work is taken up again soon after. */
const LEASE_MINUTES = 2;

/** Takes one that waits, or whose reader gives no sign any more. */
export async function claimArrival(db: Db, at: Instant): Promise<BulkArrivalRow | undefined> {
  const free = db("bulk_arrivals").where((q) => void q.where("state", "waiting").orWhere((again) => void again.where("state", "reading").where("lease_until", "<", at)));
  const next = await maybeOne(bulkArrivals.row, free.orderBy("id").first(bulkArrivals.columns));
  if (next === undefined) return undefined;
  const taken = await db("bulk_arrivals").where({ id: next.id, state: next.state, tries: next.tries }).update({ state: "reading", tries: next.tries + 1, files: 0, done: 0, lease_until: addMinutes(at, LEASE_MINUTES) });
  return taken === 0 ? undefined : { ...next, tries: next.tries + 1 };
}

/** Says how far reading came, which keeps the lease. @throws Refusal 409 where somebody discarded it or reads it now */
export async function noteProgress(db: Db, arrival: BulkArrivalRow, progress: { files: number; done: number }, at: Instant): Promise<void> {
  const kept = await db("bulk_arrivals").where({ id: arrival.id, state: "reading", tries: arrival.tries }).update({ ...progress, lease_until: addMinutes(at, LEASE_MINUTES) });
  if (kept === 0) throw conflict("import_over");
}

/** Lets it be read once more later. */
export async function putBack(db: Db, arrival: BulkArrivalRow): Promise<void> {
  await db("bulk_arrivals").where({ id: arrival.id, state: "reading", tries: arrival.tries }).update({ state: "waiting", lease_until: null });
}

/** It cannot be taken: the reason stays for its sender, who is told; the file goes. */
export async function refuseArrival(db: Db, blobs: BlobStore, arrival: BulkArrivalRow, problem: string, params: Params, at: Instant): Promise<void> {
  const refused = await db.transaction(async (trx) => {
    const changed = await trx("bulk_arrivals").where({ id: arrival.id, state: "reading", tries: arrival.tries }).update({ state: "refused", problem, problem_params: JSON.stringify(params), blob_hash: null, lease_until: null });
    if (changed > 0) await notify(trx, [arrival.created_by], { kind: "bulk_refused", href: `/bulk-imports/${arrival.id}`, params: { title: arrival.file_name } }, at);
    return changed;
  });
  if (refused > 0 && arrival.blob_hash !== null) await releaseBlobs(db, blobs, [arrival.blob_hash]);
}

/** Throws away what was not read yet, or could not be. */
export async function removeArrival(db: Db, blobs: BlobStore, arrival: Granted<"edit", BulkArrival>, act: Act): Promise<void> {
  await db.transaction(async (trx) => {
    if ((await trx("bulk_arrivals").where({ id: arrival.id }).del()) === 0) throw conflict("import_over");
    await record(trx, { ...auditOf(arrival, act), action: "bulk.discard", details: {} });
  });
  if (arrival.blob_hash !== null) await releaseBlobs(db, blobs, [arrival.blob_hash]);
}
