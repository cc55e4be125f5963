import { provincesOf, type Actor } from "../access/actor.ts";
import { grant, grantAsSystem, officeRefusal, statementRefusal, type Granted, type Reason, type StatementAction } from "../access/policy.ts";
import { loadUnit, type UnitRow } from "../organisation/store.ts";
import type { Db } from "../platform/db.ts";
import { forbidden, notFound } from "../platform/errors.ts";
import { loadImport } from "./store/imports.ts";
import type { ImportRow } from "./store/tables.ts";
import { loadValue, type LoadedValue } from "./store/values.ts";

function allowed<Row, A extends string>(row: Row | undefined, refusal: (row: Row) => Reason | undefined, action: A): Granted<A, Row> {
  const reason = row === undefined ? "hidden" : refusal(row);
  if (row === undefined || reason === "hidden") throw notFound();
  if (reason) throw forbidden(reason);
  return grant(row, action);
}

/** Opens one value that was declared. `decide`: by the level above. */
export async function openValue<A extends StatementAction>(db: Db, actor: Actor, id: string, action: A): Promise<Granted<A, LoadedValue>> {
  return allowed(await loadValue(db, id), (value) => statementRefusal(actor, action, { school: value.school, said_by: value.declared_by }), action);
}

/** Opens a file that an office brought. */
export async function openImport(db: Db, actor: Actor, id: string): Promise<Granted<"decide", ImportRow & { office: UnitRow }>> {
  const found = await loadImport(db, id);
  const office = found && (await loadUnit(db, found.unit_id));
  return allowed(found && office && { ...found, office }, (one) => officeRefusal(actor, one.office), "decide");
}

/** Everybody who works in schools or offices may know which schools are models. */
export function mayReadModels(actor: Actor): boolean {
  return provincesOf(actor).length > 0;
}

/** The department at the top: its lines decide what is told below of groups of people, and are shown to nobody. */
export function provinceAround(db: Db, id: string): Promise<UnitRow | undefined> {
  return loadUnit(db, id);
}

/** The department at the top, for those who set up a demonstration. */
export async function provinceAsSystem(db: Db, id: string): Promise<Granted<"set_targets", UnitRow>> {
  const unit = await loadUnit(db, id);
  if (unit === undefined) throw notFound();
  return grantAsSystem(unit, "set_targets");
}
