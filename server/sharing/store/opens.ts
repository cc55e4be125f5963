import { dayOf, type Instant } from "../../platform/clock.ts";
import { all, col, table, type Db } from "../../platform/db.ts";

/** How often the shared page of a material was opened, by each person at most once a day. */
export const openCounts = table("material_open_counts", { material_id: col.id(), opens: col.int() });

/** Who is counted already today. Whoever looks at what is nobody's business the day after. */
export const opensToday = table("material_opens_today", { material_id: col.id(), person_id: col.id(), on: col.day() });

/** Counts an opening; the second one of a day, and that of whose work it is, counts nothing. */
export async function saveOpen(db: Db, material: { id: string; uploaded_by: string }, personId: string, at: Instant): Promise<void> {
  if (material.uploaded_by === personId) return;
  const key = { material_id: material.id, person_id: personId, on: dayOf(at) };
  if (await db("material_opens_today").where(key).first("on")) return; // most openings are second ones: nothing is written
  await db.transaction(async (trx) => {
    const first = await trx("material_opens_today").insert(key).onConflict(["material_id", "person_id", "on"]).ignore().returning("on");
    if (first.length === 0) return;
    await trx("material_open_counts").insert({ material_id: material.id, opens: 1 }).onConflict("material_id").merge({ opens: trx.raw("material_open_counts.opens + 1") });
  });
}

/** Openings by material; those never opened are missing. */
export async function opensOf(db: Db, ids: readonly string[]): Promise<Map<string, number>> {
  if (ids.length === 0) return new Map();
  const rows = await all(openCounts.row, db("material_open_counts").whereIn("material_id", [...ids]).select("material_id", "opens"));
  return new Map(rows.map((row) => [row.material_id, row.opens]));
}

/** Forgets who opened what before today; the sums stay. */
export async function forgetOpens(db: Db, at: Instant): Promise<void> {
  await db("material_opens_today").where("on", "<", dayOf(at)).del();
}
