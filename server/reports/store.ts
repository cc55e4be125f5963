import { z } from "zod";
import type { Granted } from "../access/policy.ts";
import { listOfficers, remindLeaders } from "../materials/store/telling.ts";
import { closingRow, monthClosings, type ClosingRow } from "../measures/closing/store.ts";
import { notify } from "../notices/store.ts";
import type { NoticeKind } from "../notices/messages.ts";
import type { UnitRow } from "../organisation/store.ts";
import { record } from "../platform/audit.ts";
import type { Instant } from "../platform/clock.ts";
import { all, col, isUniqueViolation, maybeOne, table, type Db, type RowOf } from "../platform/db.ts";
import { conflict } from "../platform/errors.ts";
import { newId } from "../platform/ids.ts";
import { REPORT_STATES, STEPS, type ReportAct } from "./rules.ts";

export const reports = table("reports", {
  id: col.id(),
  unit_id: col.id(),
  year_id: col.text(),
  period: col.text(),
  state: col.oneOf(REPORT_STATES),
  revision: col.int(),
  sources: col.json(z.array(z.string())),
  number: col.text(),
  issued_on: col.maybeDay(),
  place: col.text(),
  signatory: col.text(),
  signatory_title: col.text(),
  recipients: col.text(),
  assessment: col.text(),
  next_steps: col.text(),
  created_by: col.id(),
  created_at: col.instant(),
});
export type ReportRow = RowOf<typeof reports>;

export const reportActs = table("report_acts", {
  id: col.id(),
  report_id: col.id(),
  act: col.oneOf(["submit", "return", "accept"]),
  by: col.id(),
  at: col.instant(),
  comment: col.text(),
});
export type ReportActRow = RowOf<typeof reportActs>;

export interface Act {
  by: string;
  at: Instant;
  requestId: string;
}

/** By id, unauthorised: for doors. */
export function loadReport(db: Db, id: string): Promise<ReportRow | undefined> {
  return maybeOne(reports.row, db(reports.name).where({ id }).select(reports.columns));
}

function findReport(db: Db, unitId: string, yearId: string, period: string): Promise<ReportRow | undefined> {
  return maybeOne(reports.row, db(reports.name).where({ unit_id: unitId, year_id: yearId, period }).select(reports.columns));
}

export function listReports(db: Db, unitId: string, yearId: string): Promise<ReportRow[]> {
  return all(reports.row, db(reports.name).where({ unit_id: unitId, year_id: yearId }).orderBy("period").limit(100).select(reports.columns));
}

/** The reports of many units for one period: a status board, and what an office adds up. */
export async function listReportsOf(db: Db, unitIds: readonly string[], yearId: string, period: string): Promise<ReportRow[]> {
  const found: ReportRow[] = [];
  for (let i = 0; i < unitIds.length; i += 500)
    found.push(...(await all(reports.row, db(reports.name).whereIn("unit_id", unitIds.slice(i, i + 500)).where({ year_id: yearId, period }).orderBy("unit_id").select(reports.columns))));
  return found;
}

export function listActs(db: Db, reportId: string): Promise<ReportActRow[]> {
  return all(reportActs.row, db(reportActs.name).where({ report_id: reportId }).orderBy("id").limit(200).select(reportActs.columns));
}

/** The closed months that a report's figures are taken from, in the order of their schools. */
export async function listSources(db: Db, ids: readonly string[]): Promise<ClosingRow[]> {
  const found: ClosingRow[] = [];
  for (let i = 0; i < ids.length; i += 500) found.push(...(await all(closingRow, db(monthClosings.name).whereIn("id", ids.slice(i, i + 500)).orderBy("school_id").select(monthClosings.columns))));
  return found;
}

export type Head = Pick<ReportRow, "place" | "signatory" | "signatory_title" | "recipients">;

/** Begins a report, or answers the one that stands: two people who begin it write the same one. */
export async function createReport(db: Db, unit: { id: string }, of: { year_id: string; period: string }, sources: readonly string[], head: Head, act: Act): Promise<string> {
  const id = newId();
  const save = db.transaction(async (trx) => {
    const blank = { number: "", issued_on: null, assessment: "", next_steps: "" };
    await trx(reports.name).insert({ id, unit_id: unit.id, ...of, state: "draft", revision: 1, sources: JSON.stringify(sources), ...blank, ...head, created_by: act.by, created_at: act.at });
    await record(trx, { at: act.at, actorId: act.by, action: "report.create", subjectType: "report", subjectId: id, schoolId: null, details: { unit_id: unit.id, ...of }, requestId: act.requestId });
  });
  try {
    await save;
    return id;
  } catch (error) {
    const standing = isUniqueViolation(error) ? await findReport(db, unit.id, of.year_id, of.period) : undefined;
    if (standing === undefined) throw error;
    return standing.id;
  }
}

export type Words = Pick<ReportRow, "number" | "issued_on" | "place" | "signatory" | "signatory_title" | "recipients" | "assessment" | "next_steps">;

/** Saves what was written. Somebody else's save in between is not written over. */
export async function saveWords(db: Db, report: Granted<"write", ReportRow>, seen: number, words: Words, sources: readonly string[]): Promise<void> {
  const standing = db(reports.name).where({ id: report.id, revision: seen }).whereIn("state", [...STEPS.submit.from]);
  const changed = await standing.update({ ...words, sources: JSON.stringify(sources), revision: seen + 1 });
  if (changed === 0) throw conflict();
}

export interface Telling {
  people: readonly string[];
  kind: NoticeKind;
  title: string;
  school: string;
  by: string;
}

/** Submits, returns or accepts a report, once: whoever is late meets another state. */
export async function saveStep(db: Db, report: Granted<"write" | "judge", ReportRow> | ReportRow, act: ReportAct, said: { comment: string; sources?: readonly string[] }, tell: Telling, who: Act): Promise<void> {
  await db.transaction(async (trx) => {
    const { from, to } = STEPS[act];
    const sources = said.sources === undefined ? {} : { sources: JSON.stringify(said.sources) };
    const changed = await trx(reports.name).where({ id: report.id, revision: report.revision }).whereIn("state", [...from]).update({ state: to, revision: report.revision + 1, ...sources });
    if (changed === 0) throw conflict();
    await trx(reportActs.name).insert({ id: newId(), report_id: report.id, act, by: who.by, at: who.at, comment: said.comment });
    await record(trx, { at: who.at, actorId: who.by, action: `report.${act}`, subjectType: "report", subjectId: report.id, schoolId: null, details: { unit_id: report.unit_id, period: report.period }, requestId: who.requestId });
    await notify(trx, tell.people.filter((id) => id !== who.by), { kind: tell.kind, href: `/reports/${report.id}`, params: { title: tell.title, school: tell.school, by: tell.by, comment: said.comment } }, who.at);
  });
}

/** The officers of the nearest of these units that has any: who reads a report of the level below. */
export async function officersOf(db: Db, above: readonly UnitRow[], at: Instant): Promise<string[]> {
  const officers = await listOfficers(db, above.map((unit) => unit.id), at);
  const nearest = above.findLast((unit) => officers.some((one) => one.unit_id === unit.id));
  return officers.filter((one) => one.unit_id === nearest?.id).map((one) => one.person_id);
}

/** Tells the leaders of schools that a report is waited for. */
export function remindOfReports(db: Db, schools: readonly UnitRow[], words: { title: string; year_id: string }, at: Instant): Promise<number> {
  return remindLeaders(db, schools, (school) => ({ kind: "report_due", href: `/units/${school.id}/reports?year=${words.year_id}`, params: { title: words.title, school: school.name } }), at);
}
