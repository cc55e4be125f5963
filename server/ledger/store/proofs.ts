import { z } from "zod";
import type { Instant } from "../../platform/clock.ts";
import { maybeOne, type Db } from "../../platform/db.ts";
import type { Stored } from "../../platform/storage.ts";

/** Notes a stored file, once for each content. */
export async function saveBlob(db: Db, stored: Stored, mime: string, at: Instant): Promise<void> {
  const row = { hash: stored.hash, size_bytes: stored.size, mime, created_at: at };
  await db("blobs").insert(row).onConflict("hash").ignore();
}

export async function findBlobKind(db: Db, hash: string): Promise<string | undefined> {
  return (await maybeOne(z.object({ mime: z.string() }), db("blobs").select("mime").where({ hash })))?.mime;
}
