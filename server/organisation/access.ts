import { isSystemAdmin, officerOver, rootOf, type Actor } from "../access/actor.ts";
import {
  classRefusal,
  grant,
  schoolRefusal,
  unitRefusal,
  type ClassAction,
  type Granted,
  type Reason,
  type SchoolAction,
  type UnitAction,
} from "../access/policy.ts";
import type { Db } from "../platform/db.ts";
import { forbidden, notFound } from "../platform/errors.ts";
import { loadClass, loadSchool, loadUnit, type ClassWithSchool, type UnitRow } from "./store.ts";

/** Opens any unit of the tree. 404 where the actor may not know of it, 403 where the role does not allow the action. */
export async function openUnit<A extends UnitAction>(db: Db, actor: Actor, id: string, action: A): Promise<Granted<A, UnitRow>> {
  return allowed(await loadUnit(db, id), (unit) => unitRefusal(actor, action, unit), action);
}

/**
 * Opens a school for an action. The id of a school that became a campus opens the school it belongs to today, so that
 * old links lead on: use the id of the row that is returned, not that of the URL.
 */
export async function openSchool<A extends SchoolAction>(db: Db, actor: Actor, id: string, action: A): Promise<Granted<A, UnitRow>> {
  return allowed(await loadSchool(db, id), (school) => schoolRefusal(actor, action, school), action);
}

/** Opens a class with its pupils: its school's leaders, its homeroom teacher and those who teach it. */
export async function openClass<A extends ClassAction>(db: Db, actor: Actor, id: string, action: A): Promise<Granted<A, ClassWithSchool>> {
  return allowed(await loadClass(db, id), (klass) => classRefusal(actor, action, klass), action);
}

function allowed<Row, A extends string>(row: Row | undefined, refusal: (row: Row) => Reason | undefined, action: A): Granted<A, Row> {
  if (row === undefined) throw notFound();
  const reason = refusal(row);
  if (reason === "hidden") throw notFound();
  if (reason) throw forbidden(reason);
  return grant(row, action);
}

/** The part of the tree that an officer or administrator oversees: the highest of the own units. 403 for everybody else. */
export async function openOwnTree(db: Db, actor: Actor): Promise<Granted<"read", UnitRow>> {
  const own = actor.memberships
    .filter((m) => m.role === "commune_officer" || m.role === "province_officer" || m.role === "system_admin")
    .map((m) => (m.role === "system_admin" ? rootOf(m.unitPath) : m.unitId));
  const found = (await Promise.all(own.map((id) => loadUnit(db, id)))).filter((unit) => unit !== undefined);
  const highest = found.sort((a, b) => a.path.length - b.path.length)[0];
  if (highest === undefined) throw forbidden("role");
  return grant(highest, "read");
}

/** The department, for its own officers: only they set the targets. 403 for everybody else. */
export async function openProvince(db: Db, actor: Actor): Promise<Granted<"set_targets", UnitRow>> {
  const office = actor.memberships.find((m) => m.role === "province_officer");
  if (office === undefined) throw forbidden("role");
  return openUnit(db, actor, office.unitId, "set_targets");
}

/** Whether the actor may change the tree here: asked by pages, to show a button or not. */
export function canManage(actor: Actor, unit: UnitRow): boolean {
  return unitRefusal(actor, "manage", unit) === undefined;
}

/** Whether the actor may keep this school's people, classes and assignments. */
export function canAdminister(actor: Actor, school: UnitRow): boolean {
  return schoolRefusal(actor, "administer", school) === undefined;
}

/** Whether the actor leads this school: sets what it approves and tells by itself. */
export function canLead(actor: Actor, school: UnitRow): boolean {
  return schoolRefusal(actor, "lead", school) === undefined;
}

/** Whether the actor arranges the school's timetable and guests. */
export function canArrange(actor: Actor, school: UnitRow): boolean {
  return schoolRefusal(actor, "arrange", school) === undefined;
}

/** The units that the actor oversees, or works in: what a way to a page names, so that no step of it leads nowhere. */
export function onTheWay(actor: Actor, above: readonly UnitRow[]): UnitRow[] {
  const last = above.at(-1);
  return above.filter((unit) => unit === last || unit.kind === "school" || isSystemAdmin(actor) || officerOver(actor, unit));
}

/** Opens a school's own pages for whoever may read them or keeps the school in order (the system's administrator). */
export async function openSchoolToSee(db: Db, actor: Actor, id: string): Promise<Granted<"read", UnitRow>> {
  const refusal = (school: UnitRow): Reason | undefined =>
    schoolRefusal(actor, "administer", school) === undefined ? undefined : schoolRefusal(actor, "read", school);
  return allowed(await loadSchool(db, id), refusal, "read");
}
