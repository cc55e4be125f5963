import { listYears, yearIn } from "../../calendar/store.ts";
import { addDays, dayOf, type Instant } from "../../platform/clock.ts";
import type { Db } from "../../platform/db.ts";
import { endOfMonth, LATE_AFTER_DAYS, monthsOfYear } from "./rules.ts";
import { listSchoolsDue, remindOfMonth } from "./store.ts";

/** Days after a month's end on which leaders are reminded; then the month is late, and the office sees it. */
const REMINDED_ON = [0, 3, LATE_AFTER_DAYS];

/** Every morning: reminds the leaders of schools that have not closed the month that is over. */
export async function remindOfMonths(db: Db, at: Instant): Promise<void> {
  const today = dayOf(at);
  const year = yearIn(await listYears(db), today);
  if (year === undefined) return;
  for (const month of monthsOfYear(year)) {
    if (!REMINDED_ON.some((days) => addDays(endOfMonth(month), days) === today)) continue;
    await remindOfMonth(db, await listSchoolsDue(db, year.id, month), month, at);
  }
}
