import type { Actor } from "../../access/actor.ts";
import { grant, schoolRefusal, type Granted, type Reason } from "../../access/policy.ts";
import { openSchool } from "../../organisation/access.ts";
import { loadSchool, type UnitRow } from "../../organisation/store.ts";
import type { Db } from "../../platform/db.ts";
import { forbidden, notFound } from "../../platform/errors.ts";
import { isId } from "../../platform/ids.ts";
import { loadExchange, type OddExchangeRow } from "./store.ts";

/** The officers above a school ask; its leaders see the same and answer. For all others these are no figures of the school. */
export function oddRefusal(actor: Actor, school: UnitRow): Reason | undefined {
  const reading = schoolRefusal(actor, "read_figures", school);
  if (reading !== undefined) return reading;
  return mayAsk(actor, school) || mayAnswer(actor, school) ? undefined : "role";
}

export const mayAsk = (actor: Actor, school: UnitRow): boolean => schoolRefusal(actor, "reopen", school) === undefined;
export const mayAnswer = (actor: Actor, school: UnitRow): boolean => schoolRefusal(actor, "lead", school) === undefined;

export async function openOddSchool(db: Db, actor: Actor, id: string): Promise<Granted<"read_figures", UnitRow>> {
  const school = await openSchool(db, actor, id, "read_figures");
  const reason = oddRefusal(actor, school);
  if (reason) throw forbidden(reason);
  return school;
}

export interface Opened<A extends "lead" | "reopen"> {
  exchange: Granted<A, OddExchangeRow>;
  school: UnitRow;
}

/** Opens an exchange to answer (`lead`), or to ask further and to settle it (`reopen`). */
export async function openExchange<A extends "lead" | "reopen">(db: Db, actor: Actor, id: string, action: A): Promise<Opened<A>> {
  const exchange = isId(id) ? await loadExchange(db, id) : undefined;
  const school = exchange && (await loadSchool(db, exchange.school_id));
  const reason = school && schoolRefusal(actor, action, school);
  if (!exchange || !school || reason === "hidden") throw notFound();
  if (reason) throw forbidden(reason);
  return { exchange: grant(exchange, action), school };
}
