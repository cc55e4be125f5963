import { randomBytes } from "node:crypto";
import type { Instant } from "../../platform/clock.ts";
import { all, col, table, type Db } from "../../platform/db.ts";
import { newId } from "../../platform/ids.ts";

/**
 * Secrets by which this installation knows its own archives. They lie in the database: who can write there can approve
 * anything anyway, and a copy of the database knows the archives of its original. An installation that another one moves
 * to is given the row.
 */
export const archiveKeys = table("archive_keys", { id: col.id(), secret: col.text(), created_at: col.instant() });

export async function listSecrets(db: Db): Promise<string[]> {
  const keys = await all(archiveKeys.row, db("archive_keys").orderBy("id").select(archiveKeys.columns));
  return keys.map((key) => key.secret);
}

/** The secret that signs; made when the first archive is. */
export async function signingSecret(db: Db, at: Instant): Promise<string> {
  const [first] = await listSecrets(db);
  if (first !== undefined) return first;
  await db("archive_keys").insert({ id: newId(), secret: randomBytes(32).toString("hex"), created_at: at });
  return signingSecret(db, at); // of two that were made at once, both sign with the first
}
