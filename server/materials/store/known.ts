import { z } from "zod";
import { all, col, type Db } from "../../platform/db.ts";

const knownFile = z.object({ material_id: col.id(), version_id: col.id(), is_latest: col.int(), mime: col.text(), size_bytes: col.int(), file_name: col.text() });
export type KnownFile = z.infer<typeof knownFile>;

const FOUND_MAX = 10;

/** Versions of a school's materials with this content, what is in the library first. Whether a person may read them, their doors say. */
export function findByContent(db: Db, schoolId: string, hash: string): Promise<KnownFile[]> {
  return all(
    knownFile,
    db("material_versions as v")
      .join("materials as m", "m.id", "v.material_id")
      .where({ "v.blob_hash": hash, "m.school_id": schoolId })
      .whereNull("m.retired_at")
      .orderByRaw("CASE WHEN m.approved_version_id = v.id THEN 0 WHEN m.latest_version_id = v.id THEN 1 ELSE 2 END, m.id")
      .limit(FOUND_MAX)
      .select("v.material_id", "v.mime", "v.size_bytes", "v.file_name", { version_id: "v.id" })
      .select(db.raw("CASE WHEN m.latest_version_id = v.id THEN 1 ELSE 0 END AS is_latest")),
  );
}

const placeTitle = z.object({ id: col.id(), title: col.text() });
const TITLE_IN = { materials: "title", plan_lessons: "title", units: "name" } as const;

/** What materials, plan lessons or schools are called, for lists that name where something goes. */
export async function titlesOf(db: Db, table: keyof typeof TITLE_IN, ids: readonly string[]): Promise<Map<string, string>> {
  const rows = await all(placeTitle, db(table).whereIn("id", [...ids]).select("id", { title: TITLE_IN[table] }));
  return new Map(rows.map((row) => [row.id, row.title]));
}
