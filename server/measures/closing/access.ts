import type { Actor } from "../../access/actor.ts";
import type { SchoolAction } from "../../access/policy.ts";
import { findYear, listYears, yearIn, type SchoolYearRow } from "../../calendar/store.ts";
import { openSchool } from "../../organisation/access.ts";
import type { UnitRow } from "../../organisation/store.ts";
import { dayOf, type Instant } from "../../platform/clock.ts";
import type { Db } from "../../platform/db.ts";
import { notFound } from "../../platform/errors.ts";
import { isId } from "../../platform/ids.ts";
import { monthsOfYear, type Month } from "./rules.ts";
import { loadClosing, type ClosingRow } from "./store.ts";

/** Opens a month of a school, in the year that holds it. 404 for a month of no school year. */
export async function openMonth<A extends SchoolAction>(db: Db, actor: Actor, id: string, month: unknown, action: A) {
  const school = await openSchool(db, actor, id, action);
  const year = (await listYears(db)).find((one) => typeof month === "string" && monthsOfYear(one).includes(month));
  if (year === undefined) throw notFound();
  return { school, year, month: month as Month };
}

/** A closing with the school that answers for it; `campus_id` where it was made by one that has become a campus since. */
export interface OpenedClosing {
  closing: ClosingRow;
  school: UnitRow;
  year: SchoolYearRow;
  campus_id: string | undefined;
}

/** Opens one closing. That of a school which has become a campus is opened by whoever opens the school it is part of. */
export async function openClosing(db: Db, actor: Actor, id: string): Promise<OpenedClosing> {
  const closing = isId(id) ? await loadClosing(db, id) : undefined;
  if (closing === undefined) throw notFound();
  const [school, year] = await Promise.all([openSchool(db, actor, closing.school_id, "read_figures"), findYear(db, closing.year_id)]);
  if (year === undefined) throw notFound();
  return { closing, school, year, campus_id: school.id === closing.school_id ? undefined : closing.school_id };
}

/** The year that a page asks for, else that of today. */
export async function yearAskedOr(db: Db, asked: unknown, now: Instant): Promise<{ year: SchoolYearRow; years: readonly SchoolYearRow[] }> {
  const years = await listYears(db);
  const year = years.find((one) => one.id === asked) ?? yearIn(years, dayOf(now));
  if (year === undefined) throw notFound();
  return { year, years };
}
