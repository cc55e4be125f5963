import { yearOfDay } from "../calendar/store.ts";
import { units } from "../organisation/store.ts";
import { dayOf, type Instant } from "../platform/clock.ts";
import { all, type Db } from "../platform/db.ts";
import { recordMonth } from "./figures.ts";

/** Writes down what the system counts for the running month: of each month its last night stays. */
export async function recordFigures(db: Db, at: Instant): Promise<number> {
  const year = await yearOfDay(db, dayOf(at));
  if (year === undefined) return 0;
  const provinces = await all(units.row, db("units").where({ kind: "department" }).whereNull("closed_on").select(units.columns));
  let kept = 0;
  for (const province of provinces) kept += await recordMonth(db, province, year, at); // there is one, but for installations of several
  return kept;
}
