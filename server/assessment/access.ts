import type { Actor } from "../access/actor.ts";
import { grant, officeRefusal, statementRefusal, type Granted, type Reason } from "../access/policy.ts";
import { openUnit } from "../organisation/access.ts";
import { loadSchool, loadUnit, type UnitRow } from "../organisation/store.ts";
import type { Db } from "../platform/db.ts";
import { forbidden, notFound } from "../platform/errors.ts";
import { findAssessment, type LoadedAssessment } from "./store/assessments.ts";

function allowed<Row, A extends string>(row: Row, reason: Reason | undefined, action: A): Granted<A, Row> {
  if (reason === "hidden") throw notFound();
  if (reason) throw forbidden(reason);
  return grant(row, action);
}

/** Opens a school to read its assessment, to answer it (its leaders), or to check it (the level above). */
export async function openAssessed<A extends "read" | "declare" | "decide">(db: Db, actor: Actor, id: string, action: A): Promise<Granted<A, UnitRow>> {
  const school = await loadSchool(db, id);
  if (school === undefined) throw notFound();
  return allowed(school, statementRefusal(actor, action, { school, said_by: null }), action);
}

/** Opens the assessment of a year. Nobody checks what they sent themselves. */
export async function openAssessment<A extends "declare" | "decide">(db: Db, actor: Actor, schoolId: string, yearId: string, action: A): Promise<Granted<A, LoadedAssessment>> {
  const school = await openAssessed(db, actor, schoolId, action);
  const found = await findAssessment(db, school.id, yearId);
  if (found === undefined) throw notFound();
  const row = { ...found, school };
  return allowed(row, statementRefusal(actor, action, { school, said_by: found.submitted_by }), action);
}

/** The actor's part in the assessment of a school: asked by pages, to show a form or not. */
export function partOf(actor: Actor, school: UnitRow): { answers: boolean; checks: boolean } {
  const may = (action: "declare" | "decide"): boolean => statementRefusal(actor, action, { school, said_by: null }) === undefined;
  return { answers: may("declare"), checks: may("decide") };
}

/** Opens the office whose schools are shown: the one asked for, else the person's own. */
export async function openAssessedOffice(db: Db, actor: Actor, id: string | undefined): Promise<Granted<"decide", UnitRow>> {
  const own = actor.memberships.find((m) => m.role === "province_officer") ?? actor.memberships.find((m) => m.role === "commune_officer");
  if (id === undefined && own === undefined) throw forbidden("role");
  const unit = await loadUnit(db, id ?? own?.unitId ?? "");
  if (unit === undefined) throw notFound();
  return allowed(unit, officeRefusal(actor, unit), "decide");
}

/** Only the province's officers set the criteria. */
export async function openCriteria(db: Db, actor: Actor): Promise<Granted<"set_targets", UnitRow>> {
  const office = actor.memberships.find((m) => m.role === "province_officer");
  if (office === undefined) throw forbidden("role");
  return openUnit(db, actor, office.unitId, "set_targets");
}
