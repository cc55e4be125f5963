import type { Actor } from "../access/actor.ts";
import { listYears, weeksOfSchool, yearIn, type SchoolYearRow } from "../calendar/store.ts";
import { openSchool, openUnit } from "../organisation/access.ts";
import { listCampuses, listSchoolsOf, type UnitRow } from "../organisation/store.ts";
import { dayOf, type Instant } from "../platform/clock.ts";
import type { Db } from "../platform/db.ts";
import { isId } from "../platform/ids.ts";
import { forbidden, notFound } from "../platform/errors.ts";
import { dateAsked, loadMeasures, type SchoolMeasures } from "./figures.ts";
import { Asked } from "./forms.ts";

/** A school, a year and a day as a URL asks for them, with both measures. */
export interface Opened {
  school: UnitRow;
  year: SchoolYearRow;
  years: readonly SchoolYearRow[];
  asked: Asked;
  campuses: readonly UnitRow[];
  measures: SchoolMeasures;
}

/** Opens the figures of a school for those who may see them: its staff, and the officers above it. Sums only, no pupils. */
export async function openMeasures(db: Db, actor: Actor, id: string, query: unknown, now: Instant): Promise<Opened> {
  const school = await openSchool(db, actor, id, "read_figures");
  const asked = Asked.parse(query);
  const today = dayOf(now);
  const [years, campuses] = await Promise.all([listYears(db), listCampuses(db, school)]);
  const year = yearAsked(years, asked, now);
  const campus_id = campuses.find((campus) => campus.id === asked.campus)?.id;
  const weeks = asked.week !== undefined && asked.date === undefined ? await weeksOfSchool(db, year, school.id) : [];
  const date = dateAsked(asked, weeks, today);
  return { school, year, years, asked, campuses, measures: await loadMeasures(db, school, year, { date, today, campus_id }) };
}

/** The year of the URL, else that of today. Without any year there is nothing to show. */
export function yearAsked(years: readonly SchoolYearRow[], asked: { year?: string | undefined }, now: Instant): SchoolYearRow {
  const year = asked.year ? years.find((one) => one.id === asked.year) : yearIn(years, dayOf(now));
  if (year === undefined) throw notFound();
  return year;
}

/** The unit that an officer asks for, else that of which the person is an officer. 403 for all others. */
export async function openOfficeUnit(db: Db, actor: Actor, asked: unknown): Promise<UnitRow> {
  const office = actor.memberships.find((m) => m.role === "province_officer") ?? actor.memberships.find((m) => m.role === "commune_officer");
  const id = isId(asked) ? asked : office?.unitId;
  if (id === undefined) throw forbidden("role");
  return openUnit(db, actor, id, "read_figures");
}

/** The same, with the unit's schools of today. */
export async function openOffice(db: Db, actor: Actor, asked: unknown, now: Instant): Promise<{ unit: UnitRow; schools: UnitRow[] }> {
  const unit = await openOfficeUnit(db, actor, asked);
  return { unit, schools: await listSchoolsOf(db, unit, dayOf(now)) };
}
