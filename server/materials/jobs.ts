import type { Instant } from "../platform/clock.ts";
import type { Db } from "../platform/db.ts";

/** Asks for files to be digitised that came before there was digitising, or past the doors (the demonstration's). */
export async function requestMissing(db: Db, at: Instant): Promise<void> {
  await db.raw(
    `INSERT INTO digitisations (blob_hash, mime, name, requested_at, run_at)
     SELECT v.blob_hash, MIN(v.mime), MIN(v.file_name), CAST(? AS varchar(24)), CAST(? AS varchar(24))
       FROM material_versions v
      WHERE NOT EXISTS (SELECT 1 FROM digitisations d WHERE d.blob_hash = v.blob_hash)
      GROUP BY v.blob_hash`,
    [at, at],
  );
}
