import { officerOver, STAFF_ROLES, type Actor } from "../access/actor.ts";
import { grant, grantAsSystem, officeRefusal, statementRefusal, type Granted, type Reason, type StatementAction } from "../access/policy.ts";
import { openUnit } from "../organisation/access.ts";
import { loadSchool, loadUnit, type UnitRow } from "../organisation/store.ts";
import type { Db } from "../platform/db.ts";
import { forbidden, notFound } from "../platform/errors.ts";
import { loadImport } from "./store/imports.ts";
import type { ImportRow, ValueRow } from "./store/tables.ts";
import { loadValue } from "./store/values.ts";

function allowed<Row, A extends string>(row: Row | undefined, refusal: (row: Row) => Reason | undefined, action: A): Granted<A, Row> {
  const reason = row === undefined ? "hidden" : refusal(row);
  if (row === undefined || reason === "hidden") throw notFound();
  if (reason) throw forbidden(reason);
  return grant(row, action);
}

/** Opens what a school says of itself, to be read by its staff and the officers above, or said by its leaders. */
export async function openStatements<A extends "read" | "declare">(db: Db, actor: Actor, id: string, action: A): Promise<Granted<A, UnitRow>> {
  return allowed(await loadSchool(db, id), (school) => statementRefusal(actor, action, { school, said_by: null }), action);
}

/** Opens one value that was declared. `decide`: by the level above. */
export async function openValue<A extends StatementAction>(db: Db, actor: Actor, id: string, action: A): Promise<Granted<A, ValueRow>> {
  return allowed(await loadValue(db, id), (value) => statementRefusal(actor, action, { school: value.school, said_by: value.declared_by }), action);
}

/** Opens the office whose schools are added up: the one asked for, else the person's own. */
export async function openOffice(db: Db, actor: Actor, id: string | undefined): Promise<Granted<"decide", UnitRow>> {
  const own = actor.memberships.find((m) => m.role === "province_officer") ?? actor.memberships.find((m) => m.role === "commune_officer");
  if (id === undefined && own === undefined) throw forbidden("role");
  return allowed(await loadUnit(db, id ?? own?.unitId ?? ""), (unit) => officeRefusal(actor, unit), "decide");
}

/** Only the province's officers set the targets. */
export async function openProvince(db: Db, actor: Actor): Promise<Granted<"set_targets", UnitRow>> {
  const office = actor.memberships.find((m) => m.role === "province_officer");
  if (office === undefined) throw forbidden("role");
  return openUnit(db, actor, office.unitId, "set_targets");
}

/** Opens a file that an office brought. */
export async function openImport(db: Db, actor: Actor, id: string): Promise<Granted<"decide", ImportRow & { office: UnitRow }>> {
  const found = await loadImport(db, id);
  const office = found && (await loadUnit(db, found.unit_id));
  return allowed(found && office && { ...found, office }, (one) => officeRefusal(actor, one.office), "decide");
}

/** Everybody who works in schools or offices may know which schools are models. */
export function mayReadModels(actor: Actor): boolean {
  return actor.memberships.some((m) => (STAFF_ROLES as readonly string[]).includes(m.role) || m.role === "commune_officer" || m.role === "province_officer");
}

/** Whether the actor decides about what this school says: asked by pages, to show a button or not. */
export function decides(actor: Actor, school: UnitRow): boolean {
  return officerOver(actor, school);
}

/** Whether the actor speaks for this school. */
export function speaksFor(actor: Actor, school: UnitRow): boolean {
  return statementRefusal(actor, "declare", { school, said_by: null }) === undefined;
}

/** The department at the top, for those who set up a demonstration. */
export async function provinceAsSystem(db: Db, id: string): Promise<Granted<"set_targets", UnitRow>> {
  const unit = await loadUnit(db, id);
  if (unit === undefined) throw notFound();
  return grantAsSystem(unit, "set_targets");
}
