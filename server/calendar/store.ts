import type { Granted } from "../access/policy.ts";
import type { UnitRow } from "../organisation/store.ts";
import type { Act } from "../organisation/store/tree.ts";
import { record } from "../platform/audit.ts";
import { all, col, isUniqueViolation, maybeOne, table, type Db, type RowOf } from "../platform/db.ts";
import type { Day } from "../platform/clock.ts";
import { conflict } from "../platform/errors.ts";
import { newId } from "../platform/ids.ts";
import { remember } from "../platform/remember.ts";
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
export const listYears = remember(
  ["school_years"],
  (db: Db): Promise<readonly SchoolYearRow[]> => all(schoolYears.row, db("school_years").orderBy("id", "desc").limit(50).select(schoolYears.columns)),
);

export function findYear(db: Db, id: string): Promise<SchoolYearRow | undefined> {
  return maybeOne(schoolYears.row, db("school_years").where({ id }).select(schoolYears.columns));
}

/**
 * The school year of a day: the last one that began at most a month after it, so that in August people already
 * work in the year to come, and in the summer before that still in the one that ended. Before any year it is the first;
 * undefined where none was ever made.
 */
export async function yearOfDay(db: Db, on: Day): Promise<SchoolYearRow | undefined> {
  return yearIn(await listYears(db), on);
}

/** The same among years that are already here, the newest first. */
export function yearIn(years: readonly SchoolYearRow[], on: Day): SchoolYearRow | undefined {
  const monthLater = `${on.slice(0, 4)}-${String(Number(on.slice(5, 7)) + 1).padStart(2, "0")}-${on.slice(8)}`;
  return years.find((year) => year.term1_starts_on <= monthLater) ?? years.at(-1);
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
export function weeksOfSchool(db: Db, year: { id: string }, schoolId: string, campusId?: string | null): Promise<readonly StudyWeek[]> {
  return reckonWeeks(db, year.id, schoolId, campusId ?? null);
}

const reckonWeeks = remember(["school_years", "holidays"], async (db: Db, yearId: string, schoolId: string, campusId: string | null): Promise<readonly StudyWeek[]> => {
  const [year, off] = await Promise.all([findYear(db, yearId), listHolidays(db, yearId, campusId ? [schoolId, campusId] : [schoolId])]);
  return year ? weeksOf(year, off) : [];
});

type Province = Granted<"manage", UnitRow>;

/** Makes a school year for the whole province. */
export async function createYear(db: Db, province: Province, year: SchoolYearRow, act: Act): Promise<void> {
  const save = db.transaction(async (trx) => {
    await trx("school_years").insert(year);
    await record(trx, auditOf(act, "school_year.create", "school_year", year.id, province, year));
  });
  await save.catch((error: unknown) => {
    throw isUniqueViolation(error) ? conflict("year_exists") : error;
  });
}

/** Changes the terms of a year; the weeks of every school follow. */
export async function saveYear(db: Db, province: Province, before: SchoolYearRow, year: SchoolYearRow, act: Act): Promise<void> {
  await db.transaction(async (trx) => {
    const { id, ...terms } = year;
    await trx("school_years").where({ id }).update(terms);
    await record(trx, auditOf(act, "school_year.edit", "school_year", id, province, { from: before, to: year }));
  });
}

/** Whose holiday it is: the whole province's, or that of one school with its sites. */
export type Keeper = { province: Province } | { school: Granted<"administer", UnitRow> };

export async function createHoliday(db: Db, keeper: Keeper, holiday: Omit<HolidayRow, "id" | "unit_id">, act: Act): Promise<void> {
  await db.transaction(async (trx) => {
    const id = newId();
    await trx("holidays").insert({ ...holiday, id, unit_id: "school" in keeper ? keeper.school.id : null });
    await record(trx, auditOf(act, "holiday.create", "holiday", id, unitOf(keeper), holiday));
  });
}

/** Takes a holiday back. Only that of the keeper: a school does not remove what the province set. */
export async function removeHoliday(db: Db, keeper: Keeper, id: string, act: Act): Promise<boolean> {
  return db.transaction(async (trx) => {
    const own = trx("holidays").where({ id }).where((q) => {
      if ("school" in keeper) void q.whereIn("unit_id", trx("units").where("path", "like", `${keeper.school.path}%`).select("id"));
      else void q.whereNull("unit_id");
    });
    const found = await maybeOne(holidays.row, own.clone().first(holidays.columns));
    if (found === undefined) return false;
    await own.delete();
    await record(trx, auditOf(act, "holiday.remove", "holiday", id, unitOf(keeper), found));
    return true;
  });
}

function unitOf(keeper: Keeper): UnitRow {
  return "school" in keeper ? keeper.school : keeper.province;
}

function auditOf(act: Act, action: string, subjectType: string, subjectId: string, unit: UnitRow, details: Record<string, unknown>) {
  const schoolId = unit.kind === "school" ? unit.id : null;
  return { at: act.at, actorId: act.by, action, subjectType, subjectId, schoolId, details, requestId: act.requestId };
}
