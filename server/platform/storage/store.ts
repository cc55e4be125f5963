import { col, maybeOne, one, table, type Db } from "../db.ts";
import type { Instant } from "../clock.ts";
import type { Stored } from "../storage.ts";

/** What the database knows of a blob: rows that name a file refer to it, so that nothing names what was never stored. */
export const blobs = table("blobs", {
  hash: col.text(),
  size_bytes: col.int(),
  mime: col.text(),
  created_at: col.instant(),
});

/**
 * Notes a blob and holds its row until the transaction ends, so that the same file sent twice at once is seen by the
 * second as sent before.
 */
export async function saveBlob(trx: Db, blob: Stored & { mime: string }, at: Instant): Promise<void> {
  await trx("blobs").insert({ hash: blob.hash, size_bytes: blob.size, mime: blob.mime, created_at: at }).onConflict("hash").ignore();
  await one(blobs.row, trx("blobs").where({ hash: blob.hash }).select(blobs.columns).forUpdate());
}

/** A noted blob as it is sent; undefined where there is none, or no file was asked for. */
export async function findBlob(db: Db, hash: string | null | undefined): Promise<(Stored & { mime: string }) | undefined> {
  const found = hash ? await maybeOne(blobs.row, db("blobs").where({ hash }).select(blobs.columns)) : undefined;
  return found && { hash: found.hash, size: found.size_bytes, mime: found.mime };
}
