import type { z } from "zod";
import type { Instant } from "../../platform/clock.ts";
import { all, insertAll, type Db } from "../../platform/db.ts";
import type { Figure } from "../rules.ts";
import { records } from "./tables.ts";

const row = records.row.pick({ computer: true, unit_id: true, part: true, whole: true, reached: true });
type RecordRow = z.infer<typeof row>;

/** What was counted for a month: the figures of these units. */
export function listRecords(db: Db, of: { yearId: string; month: string; computers: readonly string[] }, unitIds: readonly string[]): Promise<RecordRow[]> {
  return all(row, db(records.name).where({ year_id: of.yearId, month: of.month }).whereIn("computer", [...of.computers]).whereIn("unit_id", [...unitIds]).select("computer", "unit_id", "part", "whole", "reached"));
}

/** Writes down what stands today for the month: of each month the last night stays. */
export async function saveRecords(db: Db, of: { year_id: string; month: string; computer: string }, figures: ReadonlyMap<string, Figure>, at: Instant): Promise<void> {
  const rows = [...figures].map(([unit_id, { part, whole, reached }]) => ({ ...of, unit_id, part, whole, reached: reached ?? null, recorded_at: at }));
  await db.transaction(async (trx) => {
    await trx(records.name).where(of).del();
    await insertAll(trx, records.name, rows);
  });
}
