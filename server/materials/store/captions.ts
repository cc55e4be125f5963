import type { Knex } from "knex";
import type { Granted } from "../../access/policy.ts";
import { all, col, maybeOne, table, type Db, type RowOf } from "../../platform/db.ts";
import { newId } from "../../platform/ids.ts";
import { saveBlob } from "../../platform/storage/store.ts";
import type { Stored } from "../../platform/storage.ts";
import type { MaterialRow, VersionRow } from "../store.ts";
import { audit, type Act } from "./upload.ts";

/** Captions of a video, as WebVTT in the blob store. */
export const captions = table("captions", {
  id: col.id(),
  material_id: col.id(),
  version_id: col.id(),
  language: col.text(),
  label: col.text(),
  blob_hash: col.text(),
  size_bytes: col.int(),
  cues: col.int(),
  uploaded_by: col.id(),
  uploaded_at: col.instant(),
});
export type CaptionRow = RowOf<typeof captions>;

export const CAPTIONS_MIME = "text/vtt";

/** The captions of several files, by version; Vietnamese first, as most of the viewers read it. */
export async function listCaptions(db: Db, versionIds: readonly string[]): Promise<Map<string, CaptionRow[]>> {
  const found = new Map<string, CaptionRow[]>();
  if (versionIds.length === 0) return found;
  const rows = await all(captions.row, db("captions").whereIn("version_id", versionIds).orderBy(["version_id", "language"]).select(captions.columns));
  const ordered = [...rows.filter((row) => row.language === "vi"), ...rows.filter((row) => row.language !== "vi")];
  for (const row of ordered) found.set(row.version_id, [...(found.get(row.version_id) ?? []), row]);
  return found;
}

export function loadCaptions(db: Db, versionId: string, id: string): Promise<CaptionRow | undefined> {
  return maybeOne(captions.row, db("captions").where({ id, version_id: versionId }).select(captions.columns));
}

/** Narrows a query over `materials as m` to those whose file in use (or newest file, before approval) has captions. */
export function whereHasCaptions(query: Knex.QueryBuilder): void {
  query.whereRaw("EXISTS (SELECT 1 FROM captions c WHERE c.version_id = COALESCE(m.approved_version_id, m.latest_version_id))");
}

/** Saves the captions of a language; those that were there in that language give way. */
export async function saveCaptions(db: Db, material: Granted<"edit", MaterialRow>, version: VersionRow, file: Stored & { language: string; label: string; cues: number }, act: Act): Promise<void> {
  await db.transaction(async (trx) => {
    await saveBlob(trx, { ...file, mime: CAPTIONS_MIME }, act.at);
    await trx("captions")
      .insert({
        id: newId(),
        material_id: material.id,
        version_id: version.id,
        language: file.language,
        label: file.label,
        blob_hash: file.hash,
        size_bytes: file.size,
        cues: file.cues,
        uploaded_by: act.by,
        uploaded_at: act.at,
      })
      .onConflict(["version_id", "language"])
      .merge(["label", "blob_hash", "size_bytes", "cues", "uploaded_by", "uploaded_at"]);
    await audit(trx, "material.captions", material, { version: version.id, language: file.language }, act);
  });
}

/** Removes captions; false when they were not there. */
export async function removeCaptions(db: Db, material: Granted<"edit", MaterialRow>, captionId: string, act: Act): Promise<boolean> {
  return db.transaction(async (trx) => {
    const removed = await trx("captions").where({ id: captionId, material_id: material.id }).del();
    if (removed === 0) return false;
    await audit(trx, "material.captions_removal", material, { captions: captionId }, act);
    return true;
  });
}
