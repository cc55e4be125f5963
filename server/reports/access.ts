import { officerOver, provinceOfficerOver, type Actor } from "../access/actor.ts";
import { grant, schoolRefusal, unitRefusal, type Granted, type Reason } from "../access/policy.ts";
import { openUnit } from "../organisation/access.ts";
import { loadUnit, loadSchool, type UnitRow } from "../organisation/store.ts";
import type { Db } from "../platform/db.ts";
import { forbidden, notFound } from "../platform/errors.ts";
import { isId } from "../platform/ids.ts";
import { loadReport, type ReportRow } from "./store.ts";
import { loadTemplate, type TemplateRow } from "./templates/store.ts";

export type ReportAction = "read" | "write" | "judge";

/**
 * What a person may do with the reports of a unit. A school's are written by its leaders and judged by the officers above;
 * a commune's are written by its officers and judged by the department's; the department's are its own.
 */
export function reportRefusal(actor: Actor, action: ReportAction, unit: UnitRow): Reason | undefined {
  if (unit.kind === "school") return schoolRefusal(actor, action === "read" ? "read_figures" : action === "write" ? "lead" : "reopen", unit);
  const hidden = unitRefusal(actor, "read", unit) === "hidden";
  if (hidden || unit.kind === "cluster" || unit.kind === "campus") return "hidden";
  const allowed = action === "judge" ? unit.kind === "commune" && provinceOfficerOver(actor, unit) : officerOver(actor, unit);
  return allowed ? undefined : "role";
}

function refuse(reason: Reason | undefined): void {
  if (reason === "hidden") throw notFound();
  if (reason) throw forbidden(reason);
}

/** Opens the reports of a school, a commune or the department. A campus opens the school that it belongs to. */
export async function openReporter(db: Db, actor: Actor, id: string, action: ReportAction): Promise<UnitRow> {
  const unit = (await loadSchool(db, id)) ?? (await loadUnit(db, id));
  if (unit === undefined) throw notFound();
  refuse(reportRefusal(actor, action, unit));
  return unit;
}

/** Opens one report. What is not submitted is nobody's business above. */
export async function openReport<A extends ReportAction>(db: Db, actor: Actor, id: string, action: A): Promise<{ report: Granted<A, ReportRow>; unit: UnitRow }> {
  const report = isId(id) ? await loadReport(db, id) : undefined;
  const unit = report && ((await loadSchool(db, report.unit_id)) ?? (await loadUnit(db, report.unit_id)));
  if (!report || !unit) throw notFound();
  refuse(reportRefusal(actor, action, unit));
  const writes = reportRefusal(actor, "write", unit) === undefined;
  if (report.state === "draft" && !writes && (unit.kind !== "school" || schoolRefusal(actor, "review", unit) !== undefined)) throw notFound();
  return { report: grant(report, action), unit };
}

/** Whether the actor may do it: for the buttons of a page. */
export function mayReport(actor: Actor, action: ReportAction, unit: UnitRow): boolean {
  return reportRefusal(actor, action, unit) === undefined;
}

/** The department of an officer of the province; nobody else sets what its reports look like. */
export async function openDepartment(db: Db, actor: Actor): Promise<Granted<"set_targets", UnitRow>> {
  const own = actor.memberships.find((one) => one.role === "province_officer");
  if (own === undefined) throw forbidden("role");
  return openUnit(db, actor, own.unitId, "set_targets");
}

/** Opens one version of the department's templates. */
export async function openTemplate(db: Db, actor: Actor, id: string): Promise<TemplateRow> {
  const template = isId(id) ? await loadTemplate(db, id) : undefined;
  if (template === undefined) throw notFound();
  await openUnit(db, actor, template.unit_id, "set_targets");
  return template;
}
