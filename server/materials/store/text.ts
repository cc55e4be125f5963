import type { Granted } from "../../access/policy.ts";
import { saveCorrections } from "../../digitising/store/words.ts";
import type { Db } from "../../platform/db.ts";
import type { MaterialRow, VersionRow } from "../store.ts";
import { audit, type Act } from "./upload.ts";

/** Saves corrected words of a page of a material's file; answers how many changed. */
export async function saveText(db: Db, material: Granted<"edit", MaterialRow>, version: VersionRow, seen: { page: number; revision: number }, given: ReadonlyMap<number, string>, act: Act): Promise<number> {
  return db.transaction(async (trx) => {
    const changed = await saveCorrections(trx, { hash: version.blob_hash, ...seen }, given, act);
    await audit(trx, "material.text", material, { version: version.id, page: seen.page, words: changed }, act);
    return changed;
  });
}
