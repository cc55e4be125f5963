import type { Day } from "../../platform/clock.ts";
import { all, insertAll, type Db, type RowOf } from "../../platform/db.ts";
import { onlineTotals } from "./tables.ts";

/** Hundredths of a period more or less in one cell of the sums. */
export interface TotalChange {
  school_id: string;
  campus_id: string;
  year_id: string;
  subject_code: string;
  grade: number;
  taught_on: Day;
  by: number;
}

const KEY = ["school_id", "campus_id", "year_id", "subject_code", "grade", "taught_on"] as const;

/** Moves the sums by the differences, never by a recount: cheap however large the school. */
export async function addToOnlineTotals(trx: Db, changes: readonly TotalChange[]): Promise<void> {
  const cells = new Map<string, TotalChange>();
  for (const change of changes) {
    const key = KEY.map((column) => change[column]).join(" ");
    cells.set(key, { ...change, by: (cells.get(key)?.by ?? 0) + change.by });
  }
  for (const { by, ...cell } of [...cells.values()].filter((one) => one.by !== 0)) {
    await trx(onlineTotals.name)
      .insert({ ...cell, counted: by })
      .onConflict([...KEY])
      .merge({ counted: trx.raw(`${onlineTotals.name}.counted + ?`, [by]) });
  }
}

/**
 * The sums counted from the projection. One row is one school × campus × subject × grade × day with counted periods.
 */
export function countOnline(db: Db, schoolId: string): Promise<RowOf<typeof onlineTotals>[]> {
  return all(
    onlineTotals.row,
    db.raw(
      `SELECT c.school_id, COALESCE(c.campus_id, '') AS campus_id, c.year_id, c.subject_code, c.grade, p.taught_on,
              SUM(p.hundredths) AS counted
         FROM ledger_periods p JOIN courses c ON c.id = p.course_id
        WHERE p.state = 'counted' AND c.school_id = ?
        GROUP BY c.school_id, COALESCE(c.campus_id, ''), c.year_id, c.subject_code, c.grade, p.taught_on
        ORDER BY c.year_id, campus_id, c.subject_code, c.grade, p.taught_on`,
      [schoolId],
    ),
  );
}

/**
 * Counts a school's sums anew and puts right what differs. Answers how many cells differed: 0, unless a bug, a restored
 * backup or a merger of schools moved something behind the ledger's back.
 */
export async function recountOnline(trx: Db, schoolId: string): Promise<number> {
  const of = { school_id: schoolId };
  const kept = await all(onlineTotals.row, trx(onlineTotals.name).where(of).whereNot({ counted: 0 }).limit(1_000_000));
  const counted = await countOnline(trx, schoolId);
  const right = new Set(counted.map((row) => JSON.stringify(row)));
  const wrong = kept.filter((row) => !right.delete(JSON.stringify(row))).length;
  if (wrong + right.size === 0) return 0;
  await trx(onlineTotals.name).where(of).del();
  await insertAll(trx, onlineTotals.name, counted);
  return wrong + right.size;
}
