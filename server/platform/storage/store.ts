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

/**
 * Takes a blob out of the database unless a row of any table still names it: the database itself knows which. The caller
 * removes the bytes afterwards, so that a crash in between leaves a file without a name, which the sweeper finds.
 *
 * @returns whether it is gone
 */
export async function forgetBlob(db: Db, hash: string): Promise<boolean> {
  // A transaction of its own, within one a savepoint: a refusal leaves what is around it whole.
  const removed = db.transaction((trx) => trx("blobs").where({ hash }).del());
  return removed.then(
    (rows) => rows > 0,
    (error: unknown) => {
      if (/foreign key/i.test(String(error))) return false;
      throw error;
    },
  );
}
