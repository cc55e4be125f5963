import { z } from "zod";
import type { Granted } from "../access/policy.ts";
import { addMinutes, type Instant } from "../platform/clock.ts";
import { all, col, countOf, maybeOne, one, table, type Db, type RowOf } from "../platform/db.ts";
import { isId } from "../platform/ids.ts";
import { remember } from "../platform/remember.ts";
import { EXPIRY_DAYS } from "./rules.ts";

/** A file on its way in, in pieces. Its bytes lie in the incoming folder of the blob store under the upload's id. */
export const uploads = table("uploads", {
  id: col.id(),
  person_id: col.id(),
  school_id: col.id(),
  kind: col.text(),
  place_id: col.id(),
  details: col.json(z.record(z.string(), z.string())),
  name: col.text(),
  mark: col.text(),
  size_bytes: col.int(),
  received_bytes: col.int(),
  state: col.oneOf(["receiving", "finished", "refused"]),
  blob_hash: col.maybeText(),
  mime: col.maybeText(),
  reason: col.maybeText(),
  reason_params: col.json(z.record(z.string(), z.union([z.string(), z.number()]))),
  result_id: col.maybeId(),
  created_at: col.instant(),
  updated_at: col.instant(),
  expires_at: col.instant(),
});
export type UploadRow = RowOf<typeof uploads>;

/** What is known of a file before its first byte. */
export interface Declared {
  id: string;
  kind: string;
  placeId: string;
  schoolId: string;
  details: Record<string, string>;
  name: string;
  mark: string;
  size: number;
}

export async function createUpload(db: Db, personId: string, file: Declared, at: Instant): Promise<void> {
  await db("uploads").insert({
    ...{ id: file.id, person_id: personId, school_id: file.schoolId, kind: file.kind, place_id: file.placeId },
    ...{ details: JSON.stringify(file.details), name: file.name, mark: file.mark, size_bytes: file.size },
    ...{ created_at: at, updated_at: at, expires_at: expiryOf(at) },
  });
}

export function loadUpload(db: Db, id: string): Promise<UploadRow | undefined> {
  return isId(id) ? maybeOne(uploads.row, db("uploads").where({ id }).select(uploads.columns)) : Promise.resolve(undefined);
}

const LISTED_MAX = 200;

/** What a person has not finished, and what was refused and not yet put away; the newest first. */
export function listUnfinished(db: Db, personId: string, at: Instant): Promise<UploadRow[]> {
  return all(
    uploads.row,
    db("uploads")
      .where({ person_id: personId })
      .whereIn("state", ["receiving", "refused"])
      .where("expires_at", ">", at)
      .orderBy("id", "desc")
      .limit(LISTED_MAX)
      .select(uploads.columns),
  );
}

/** The same for a page that shows them beside other things. @param minute see `minuteOf` */
export const listUnfinishedAround = remember(["uploads"], (db: Db, personId: string, minute: Instant): Promise<readonly UploadRow[]> => listUnfinished(db, personId, minute));

export function countUnfinished(db: Db, personId: string, at: Instant): Promise<number> {
  return countOf(db("uploads").where({ person_id: personId, state: "receiving" }).where("expires_at", ">", at).count({ n: "*" }));
}

/** Bytes that are promised to uploads on their way to a school. */
export async function promisedBytes(db: Db, schoolId: string, at: Instant): Promise<number> {
  const sum = db("uploads").where({ school_id: schoolId, state: "receiving" }).where("expires_at", ">", at).sum({ bytes: "size_bytes" });
  return (await one(z.object({ bytes: col.maybeInt() }), sum)).bytes ?? 0;
}

/** Notes how far a file has come, and gives its sender the whole time again. */
export async function noteReceived(db: Db, id: string, bytes: number, at: Instant): Promise<void> {
  await db("uploads").where({ id, state: "receiving" }).update({ received_bytes: bytes, updated_at: at, expires_at: expiryOf(at) });
}

/** Notes what the whole file is, before it moves to the store: after a crash in between it is found by this. */
export async function noteContent(db: Db, id: string, file: { hash: string; name: string; mime: string }, at: Instant): Promise<void> {
  await db("uploads").where({ id, state: "receiving" }).update({ blob_hash: file.hash, name: file.name, mime: file.mime, updated_at: at });
}

export async function noteFinished(trx: Db, id: string, resultId: string, at: Instant): Promise<void> {
  await trx("uploads").where({ id }).update({ state: "finished", result_id: resultId, updated_at: at });
}

/** @param reason a key of `words.platform.files` (`files.…`) or of `words.platform.refusals` (`refusals.…`) */
export async function noteRefused(db: Db, id: string, reason: string, params: Record<string, string | number>, at: Instant): Promise<void> {
  await db("uploads").where({ id, state: "receiving" }).update({ state: "refused", reason, reason_params: JSON.stringify(params), updated_at: at });
}

export async function deleteUpload(db: Db, upload: Granted<"own", UploadRow>): Promise<void> {
  await db("uploads").where({ id: upload.id }).del();
}

const SWEPT_AT_ONCE = 500;

/** Uploads whose time is over, whatever became of them. */
export function listExpired(db: Db, at: Instant): Promise<UploadRow[]> {
  return all(uploads.row, db("uploads").where("expires_at", "<=", at).orderBy("id").limit(SWEPT_AT_ONCE).select(uploads.columns));
}

/** Files that arrived whole and whose sender has not asked for them since `before`. */
export function listAbandoned(db: Db, before: Instant): Promise<UploadRow[]> {
  const whole = db("uploads").where({ state: "receiving" }).where("updated_at", "<", before).where((any) => void any.whereNotNull("blob_hash").orWhereRaw("received_bytes >= size_bytes"));
  return all(uploads.row, whole.orderBy("id").limit(SWEPT_AT_ONCE).select(uploads.columns));
}

/** Which of these files on the disk belong to an upload that is still on its way. */
export async function receivingAmong(db: Db, ids: readonly string[]): Promise<Set<string>> {
  const rows = await all(z.object({ id: col.id() }), db("uploads").whereIn("id", [...ids]).where({ state: "receiving" }).select("id"));
  return new Set(rows.map((row) => row.id));
}

/** Whether the database names a blob: then some material, or something else that a person sees, has it. */
export async function isNamed(db: Db, hash: string): Promise<boolean> {
  return (await countOf(db("blobs").where({ hash }).count({ n: "*" }))) > 0;
}

/** Which of these blobs the database names, or an upload that was killed before its row was made. */
export async function namedAmong(db: Db, hashes: readonly string[]): Promise<Set<string>> {
  const row = z.object({ hash: col.text() });
  const [kept, coming] = await Promise.all([
    all(row, db("blobs").whereIn("hash", [...hashes]).select("hash")),
    all(row, db("uploads").whereIn("blob_hash", [...hashes]).where({ state: "receiving" }).select({ hash: "blob_hash" })),
  ]);
  return new Set([...kept, ...coming].map((one) => one.hash));
}

function expiryOf(at: Instant): Instant {
  return addMinutes(at, EXPIRY_DAYS * 24 * 60);
}
