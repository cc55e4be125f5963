import { all, col, maybeOne, table, type Db, type RowOf } from "../platform/db.ts";
import type { Day } from "../platform/clock.ts";
import { weeksOf, type StudyWeek } from "./rules.ts";

export const schoolYears = table("school_years", {
  id: col.text(),
  term1_starts_on: col.day(),
  term1_weeks: col.int(),
  term2_starts_on: col.day(),
  term2_weeks: col.int(),
  ends_on: col.day(),
});
export type SchoolYearRow = RowOf<typeof schoolYears>;

/** A holiday of the whole province (`unit_id` null), or of one school or campus. */
export const holidays = table("holidays", {
  id: col.id(),
  year_id: col.text(),
  unit_id: col.maybeId(),
  name: col.text(),
  from_on: col.day(),
  to_on: col.day(),
});
export type HolidayRow = RowOf<typeof holidays>;

/** School years, the newest first. */
export function listYears(db: Db): Promise<SchoolYearRow[]> {
  return all(schoolYears.row, db("school_years").orderBy("id", "desc").limit(50).select(schoolYears.columns));
}

export function findYear(db: Db, id: string): Promise<SchoolYearRow | undefined> {
  return maybeOne(schoolYears.row, db("school_years").where({ id }).select(schoolYears.columns));
}

/**
 * The school year of a day: the last one that began at most a month after it, so that in August people already
 * work in the year to come, and in the summer before that still in the one that ended. Undefined before any year.
 */
export async function yearOfDay(db: Db, on: Day): Promise<SchoolYearRow | undefined> {
  const monthLater = `${on.slice(0, 4)}-${String(Number(on.slice(5, 7)) + 1).padStart(2, "0")}-${on.slice(8)}`;
  const begun = db("school_years").where("term1_starts_on", "<=", monthLater).orderBy("id", "desc").first(schoolYears.columns);
  return (await maybeOne(schoolYears.row, begun)) ?? (await listYears(db)).at(-1);
}

/** Holidays of a year that hold for the whole province or for one of these units. */
export function listHolidays(db: Db, yearId: string, unitIds: readonly string[]): Promise<HolidayRow[]> {
  return all(
    holidays.row,
    db("holidays")
      .where({ year_id: yearId })
      .where((q) => void q.whereNull("unit_id").orWhereIn("unit_id", [...unitIds]))
      .orderBy(["from_on", "id"])
      .limit(200)
      .select(holidays.columns),
  );
}

/** The 35 study weeks of a school: the province's year with the province's and the school's own holidays. */
export async function weeksOfSchool(db: Db, year: SchoolYearRow, schoolId: string, campusId?: string | null): Promise<StudyWeek[]> {
  return weeksOf(year, await listHolidays(db, year.id, campusId ? [schoolId, campusId] : [schoolId]));
}
