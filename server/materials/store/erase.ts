import { z } from "zod";
import type { Granted } from "../../access/policy.ts";
import { all, col, type Db } from "../../platform/db.ts";
import { raise } from "../../platform/jobs/queue.ts";
import type { BlobStore } from "../../platform/storage.ts";
import { forgetBlob, saveBlob } from "../../platform/storage/store.ts";
import { materialDescribed, materialWithdrawn } from "../events.ts";
import type { MaterialRow } from "../store.ts";
import { audit, step, type Act, type UploadedFile } from "./upload.ts";

const fileRow = z.object({ hash: col.text() });

/**
 * Erases files of a material for good: what was said in a recording is personal data, and "no longer shown" is not gone.
 * The versions stay in the trail, each holding a note in place of its file; what was made of the file goes with it.
 *
 * @param versions which of its versions; `"all"` also takes the material out of use
 * @param note a small text file, stored already, that says what was erased when and why
 */
export async function eraseFiles(db: Db, blobs: BlobStore, material: Granted<"erase", MaterialRow>, versions: "all" | readonly string[], note: UploadedFile, reason: string, act: Act): Promise<void> {
  const gone = await db.transaction(async (trx) => {
    await saveBlob(trx, note, act.at);
    const which = (): ReturnType<Db> => {
      const rows = trx("material_versions").where({ material_id: material.id }).whereNot("blob_hash", note.hash);
      return (versions === "all" ? rows : rows.whereIn("id", [...versions])) as ReturnType<Db>;
    };
    const hashes = (await all(fileRow, which().distinct({ hash: "blob_hash" }))).map((row) => row.hash);
    const ids = (await all(z.object({ id: col.id() }), which().select("id"))).map((row) => row.id);
    for (const table of ["material_moments", "captions"]) await trx(table).whereIn("version_id", ids).del();
    await which().update({ blob_hash: note.hash, file_name: note.name, mime: note.mime, size_bytes: note.size });
    if (versions === "all" && material.state !== "retired") {
      await trx("materials").where({ id: material.id }).update({ state: "retired", approved_version_id: null, retired_at: act.at, updated_at: act.at });
      await step(trx, { materialId: material.id, versionId: material.latest.id, act: "retire", comment: reason, details: {} }, act);
      await raise(trx, materialWithdrawn, { materialId: material.id }, act.at);
    }
    await audit(trx, "material.erase", material, { versions: ids.length, reason }, act);
    await raise(trx, materialDescribed, { materialId: material.id }, act.at);
    return forgetFiles(trx, hashes);
  });
  for (const hash of gone) await blobs.remove(hash); // killed before: the sweeper of unnamed files takes them
}

/** Takes files out of the database that no version names any more, with what was made of them. @returns what no row names now */
async function forgetFiles(trx: Db, hashes: readonly string[]): Promise<string[]> {
  const named = new Set((await all(fileRow, trx("material_versions").whereIn("blob_hash", [...hashes]).distinct({ hash: "blob_hash" }))).map((row) => row.hash));
  const free = hashes.filter((hash) => !named.has(hash));
  const made = (await all(fileRow, trx("renditions").whereIn("blob_hash", free).distinct({ hash: "rendition_hash" }))).map((row) => row.hash);
  for (const table of ["renditions", "text_layers", "text_corrections", "ocr_pages", "file_texts", "digitisations"]) await trx(table).whereIn("blob_hash", free).del();
  const gone: string[] = [];
  for (const hash of new Set([...free, ...made])) if (await forgetBlob(trx, hash)) gone.push(hash); // somebody may have sent a copy as a file of their own
  return gone;
}
