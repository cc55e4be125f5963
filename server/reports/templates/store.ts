import type { Granted } from "../../access/policy.ts";
import type { UnitRow } from "../../organisation/store.ts";
import { record } from "../../platform/audit.ts";
import type { Instant } from "../../platform/clock.ts";
import { all, col, countOf, isUniqueViolation, maybeOne, table, type Db, type RowOf } from "../../platform/db.ts";
import { conflict } from "../../platform/errors.ts";
import { newId } from "../../platform/ids.ts";
import type { PeriodKind } from "../rules.ts";
import type { Act } from "../store.ts";

export const KINDS = ["month", "quarter", "half", "year"] as const satisfies readonly PeriodKind[];
type TemplateKind = (typeof KINDS)[number];

/** A term, which is half a school year, is reported in the form of half a year; a year of the calendar in that of a year. */
export function templateKindOf(kind: PeriodKind): TemplateKind {
  if (kind === "term") return "half";
  return kind === "calendar" ? "year" : kind;
}

export const reportTemplates = table("report_templates", {
  id: col.id(),
  unit_id: col.id(),
  kind: col.oneOf(KINDS),
  version: col.int(),
  blob_hash: col.text(),
  file_name: col.text(),
  uploaded_by: col.id(),
  uploaded_at: col.instant(),
  withdrawn_at: col.maybeInstant(),
});
export type TemplateRow = RowOf<typeof reportTemplates>;

/** Every version of the department's templates, the newest first. */
export function listTemplates(db: Db, unit: { id: string }): Promise<TemplateRow[]> {
  return all(reportTemplates.row, db(reportTemplates.name).where({ unit_id: unit.id }).orderBy(["kind", { column: "version", order: "desc" }]).limit(400).select(reportTemplates.columns));
}

/** By id, unauthorised: for doors. */
export function loadTemplate(db: Db, id: string): Promise<TemplateRow | undefined> {
  return maybeOne(reportTemplates.row, db(reportTemplates.name).where({ id }).select(reportTemplates.columns));
}

/** The template that was in use at an instant: a report that was sent is drawn as it was then. Undefined: the built-in layout. */
export async function templateAt(db: Db, units: readonly { id: string }[], kind: TemplateKind, at: Instant): Promise<TemplateRow | undefined> {
  const of = db(reportTemplates.name).whereIn("unit_id", units.map((unit) => unit.id)).where({ kind }).where("uploaded_at", "<=", at);
  const newest = await maybeOne(reportTemplates.row, of.orderBy("version", "desc").limit(1).select(reportTemplates.columns));
  return newest === undefined || (newest.withdrawn_at !== null && newest.withdrawn_at <= at) ? undefined : newest;
}

export async function saveTemplate(db: Db, unit: Granted<"set_targets", UnitRow>, kind: TemplateKind, file: { hash: string; name: string }, act: Act): Promise<void> {
  const save = db.transaction(async (trx) => {
    const version = 1 + (await countOf(trx(reportTemplates.name).where({ unit_id: unit.id, kind }).count({ n: "*" })));
    const id = newId();
    await trx(reportTemplates.name).insert({ id, unit_id: unit.id, kind, version, blob_hash: file.hash, file_name: file.name, uploaded_by: act.by, uploaded_at: act.at, withdrawn_at: null });
    await record(trx, { at: act.at, actorId: act.by, action: "report_template.save", subjectType: "report_template", subjectId: id, schoolId: null, details: { kind, version, hash: file.hash }, requestId: act.requestId });
  });
  await save.catch((error: unknown) => {
    throw isUniqueViolation(error) ? conflict() : error;
  });
}

/** Takes the newest version of a kind out of use: reports are drawn in the built-in layout again. */
export async function withdrawTemplate(db: Db, template: TemplateRow, act: Act): Promise<void> {
  await db.transaction(async (trx) => {
    const changed = await trx(reportTemplates.name).where({ id: template.id }).whereNull("withdrawn_at").update({ withdrawn_at: act.at });
    if (changed === 0) throw conflict();
    await record(trx, { at: act.at, actorId: act.by, action: "report_template.withdraw", subjectType: "report_template", subjectId: template.id, schoolId: null, details: { kind: template.kind, version: template.version }, requestId: act.requestId });
  });
}
