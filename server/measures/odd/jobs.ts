import { listYears, weeksOfSchool, yearIn, type SchoolYearRow } from "../../calendar/store.ts";
import { definitionOn, listDefinitions } from "../../ledger/store/definitions.ts";
import { addDays, dayOf, type Day, type Instant } from "../../platform/clock.ts";
import type { Db } from "../../platform/db.ts";
import { eachAlone } from "../../platform/each.ts";
import { listSchoolYears } from "../store/plans.ts";
import { UNOPENED_AFTER_DAYS } from "./rules.ts";
import { countOdd, type OddScope } from "./store-cases.ts";
import { saveFigures } from "./store.ts";

/** What is looked at of a school's year on a day. */
export async function scopeOf(db: Db, school_id: string, year: SchoolYearRow, today: Day): Promise<OddScope> {
  const weeks = await weeksOfSchool(db, year, school_id);
  const to = today < year.ends_on ? today : year.ends_on;
  const weeks_over = weeks.filter((week) => addDays(week.ends_on, UNOPENED_AFTER_DAYS) <= today).length;
  return { school_id, year_id: year.id, from: year.term1_starts_on, to, weeks_over, lesson_kinds: definitionOn(await listDefinitions(db), to).lesson_kinds };
}

/** Every night: counts, school by school, which figures of the running year ask for a question. */
export async function countOddFigures(db: Db, at: Instant): Promise<void> {
  const today = dayOf(at);
  const year = yearIn(await listYears(db), today);
  if (year === undefined) return;
  const schools = (await listSchoolYears(db)).filter((one) => one.year_id === year.id);
  await eachAlone(schools, async ({ school_id }) => saveFigures(db, school_id, year.id, await countOdd(db, await scopeOf(db, school_id, year, today)), at));
}
