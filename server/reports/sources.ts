import type { SchoolYearRow } from "../calendar/store.ts";
import { issuerOf } from "../documents/official/issuer.ts";
import { takeSnapshot } from "../measures/closing/snapshot.ts";
import { findClosing, listStandingClosings, type ClosingRow } from "../measures/closing/store.ts";
import { subjectNames } from "../measures/store/lists.ts";
import { listSchoolsBelow, type UnitRow } from "../organisation/store.ts";
import type { Day } from "../platform/clock.ts";
import type { Db } from "../platform/db.ts";
import type { Paper } from "./paper.ts";
import { isOpen, lastMonthOf, periodsOf, type Period } from "./rules.ts";
import { listReportsOf, listSources, type ReportRow } from "./store.ts";

export function findPeriod(year: SchoolYearRow, id: string): Period | undefined {
  return periodsOf(year).find((period) => period.id === id);
}

/** The period of the same kind before this one, within the school year. */
function periodBefore(year: SchoolYearRow, period: Period): Period | undefined {
  const alike = periodsOf(year).filter((one) => one.kind === period.kind);
  return alike[alike.findIndex((one) => one.id === period.id) - 1];
}

/** What each of these schools reported for a period. */
export async function reportsOf(db: Db, schools: readonly UnitRow[], year_id: string, period: string): Promise<Map<string, ReportRow>> {
  const found = await listReportsOf(db, schools.map((school) => school.id), year_id, period);
  return new Map(found.map((report) => [report.unit_id, report]));
}

export const isSent = (report: ReportRow | undefined): boolean => report?.state === "submitted" || report?.state === "accepted";

/** The schools that an office adds up; undefined for a school, which reports its own. */
async function schoolsOf(db: Db, unit: UnitRow): Promise<UnitRow[] | undefined> {
  return unit.kind === "school" ? undefined : listSchoolsBelow(db, unit);
}

/**
 * The closings that a report begun or submitted now would be taken from: of a school, that of the period's last month (of a
 * year of the calendar also the last one of the school year before); of an office, those in the reports that its schools have
 * submitted. Empty: there is nothing to report yet.
 */
export async function sourcesNow(db: Db, unit: UnitRow, year_id: string, period: Period): Promise<string[]> {
  return sourcesFrom(db, unit, await schoolsOf(db, unit), year_id, period);
}

async function sourcesFrom(db: Db, unit: UnitRow, schools: readonly UnitRow[] | undefined, year_id: string, period: Period): Promise<string[]> {
  if (schools === undefined) {
    const closing = await findClosing(db, unit.id, year_id, lastMonthOf(period));
    return closing ? [closing, ...(await lastOf(db, unit, period.earlier))].map((one) => one.id) : [];
  }
  const reports = await reportsOf(db, schools, year_id, period.id);
  return [...reports.values()].filter(isSent).flatMap((report) => report.sources);
}

/** The newest closing of a school in these months; none of a school that closed none, or was not here yet. */
async function lastOf(db: Db, school: UnitRow, earlier: Period["earlier"]): Promise<ClosingRow[]> {
  return earlier === undefined ? [] : (await listStandingClosings(db, [school.id], earlier.year_id, earlier.months)).slice(-1);
}

/** Everything that a report is drawn from. What was submitted keeps its sources; a draft shows those of now. */
export async function readPaper(db: Db, report: ReportRow, unit: UnitRow, year: SchoolYearRow, period: Period, today: Day): Promise<Paper> {
  const below = await schoolsOf(db, unit);
  const sourcesOf = async (one: Period): Promise<ClosingRow[]> => listSources(db, await sourcesFrom(db, unit, below, year.id, one));
  const earlier = periodBefore(year, period);
  const [all, before, issuer, subjects] = await Promise.all([
    isOpen(report.state) ? sourcesOf(period) : listSources(db, report.sources),
    earlier ? sourcesOf(earlier) : [],
    issuerOf(db, unit),
    subjectNames(db, "vi"),
  ]);
  const sources = all.filter((one) => one.year_id === year.id);
  const counted = new Set(sources.map((one) => one.school_id));
  const schools = below && { names: new Map(below.map((school) => [school.id, school.name])), missing: below.filter((school) => !counted.has(school.id)).map((school) => school.name) };
  const own = sources[0];
  const corrected = isOpen(report.state) ? false : all.some((one) => one.reopened_at !== null) || (schools === undefined && own !== undefined && (await differs(db, unit, own, today)));
  return { report, issuer, period, sources, earlier: all.filter((one) => one.year_id !== year.id), before, schools, subjects, corrected };
}

/** Whether the month of a school would be told otherwise today than it was closed. */
async function differs(db: Db, school: UnitRow, closing: ClosingRow, today: Day): Promise<boolean> {
  const campus_id = school.id === closing.school_id ? undefined : closing.school_id;
  const now = await takeSnapshot(db, { school, campus_id, year_id: closing.year_id, month: closing.month, today });
  return now.hash !== closing.records_hash;
}
