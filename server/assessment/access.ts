import type { Actor } from "../access/actor.ts";
import { grant, officeRefusal, statementRefusal, type Granted, type Reason } from "../access/policy.ts";
import { loadSchool, loadUnit, type UnitRow } from "../organisation/store.ts";
import type { Db } from "../platform/db.ts";
import { forbidden, notFound } from "../platform/errors.ts";
import type { AssessmentRow, LoadedAssessment } from "./store/assessments.ts";

function allowed<Row, A extends string>(row: Row, reason: Reason | undefined, action: A): Granted<A, Row> {
  if (reason === "hidden") throw notFound();
  if (reason) throw forbidden(reason);
  return grant(row, action);
}

/** Opens what a school says of itself: to read it, to say it (its leaders), or to decide about it (the level above). */
export async function openStatements<A extends "read" | "declare" | "decide">(db: Db, actor: Actor, id: string, action: A): Promise<Granted<A, UnitRow>> {
  const school = await loadSchool(db, id);
  if (school === undefined) throw notFound();
  return allowed(school, statementRefusal(actor, action, { school, said_by: null }), action);
}

/** Opens the assessment that was read with its school, for an act. Nobody checks what they sent themselves. */
export function openAssessment<A extends "declare" | "decide">(actor: Actor, school: UnitRow, assessment: AssessmentRow | undefined, action: A): Granted<A, LoadedAssessment> {
  allowed(school, statementRefusal(actor, action, { school, said_by: null }), action);
  if (assessment === undefined) throw notFound();
  return allowed({ ...assessment, school }, statementRefusal(actor, action, { school, said_by: assessment.submitted_by }), action);
}

/** The actor's part in what a school says of itself: asked by pages, to show a form or not. */
export function partOf(actor: Actor, school: UnitRow): { answers: boolean; checks: boolean } {
  const may = (action: "declare" | "decide"): boolean => statementRefusal(actor, action, { school, said_by: null }) === undefined;
  return { answers: may("declare"), checks: may("decide") };
}

/** Opens the office whose schools are shown or added up: the one asked for, else the person's own. */
export async function openOffice(db: Db, actor: Actor, id: string | undefined): Promise<Granted<"decide", UnitRow>> {
  const own = actor.memberships.find((m) => m.role === "province_officer") ?? actor.memberships.find((m) => m.role === "commune_officer");
  if (id === undefined && own === undefined) throw forbidden("role");
  const unit = await loadUnit(db, id ?? own?.unitId ?? "");
  if (unit === undefined) throw notFound();
  return allowed(unit, officeRefusal(actor, unit), "decide");
}
