import { all, col, insertAll, table, type Db, type RowOf } from "../../platform/db.ts";

export const MOMENT_KINDS = ["slide", "blank", "question", "part"] as const;

/** Places in a film or a recording, by what happened there. */
export const materialMoments = table("material_moments", {
  version_id: col.id(),
  seq: col.int(),
  time_ms: col.int(),
  kind: col.oneOf(MOMENT_KINDS),
  /** A slide's or a blank page's number. */
  page: col.int(),
  text: col.text(),
});
export type MomentRow = RowOf<typeof materialMoments>;

/** The moments of several files, by version, in their order. */
export async function listMoments(db: Db, versionIds: readonly string[]): Promise<Map<string, MomentRow[]>> {
  const found = new Map<string, MomentRow[]>();
  if (versionIds.length === 0) return found;
  const rows = await all(materialMoments.row, db("material_moments").whereIn("version_id", versionIds).orderBy(["version_id", "seq"]).select(materialMoments.columns));
  for (const row of rows) found.set(row.version_id, [...(found.get(row.version_id) ?? []), row]);
  return found;
}

/** Gives a file its moments, in place of those it had. */
export async function saveMoments(trx: Db, versionId: string, moments: readonly Omit<MomentRow, "version_id" | "seq">[]): Promise<void> {
  await trx("material_moments").where({ version_id: versionId }).del();
  await insertAll(trx, "material_moments", moments.map((moment, seq) => ({ ...moment, version_id: versionId, seq })));
}
