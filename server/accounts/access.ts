import type { Actor } from "../access/actor.ts";
import { accountRefusal, grant, type AccountAction, type Granted } from "../access/policy.ts";
import type { Day } from "../platform/clock.ts";
import type { Db } from "../platform/db.ts";
import { forbidden, notFound } from "../platform/errors.ts";
import { loadAccount, type AccountWithPlaces } from "./store.ts";

/** Another person's account, for those who look after it. */
export async function openAccount<A extends AccountAction>(
  db: Db,
  actor: Actor,
  id: string,
  action: A,
  today: Day,
): Promise<Granted<A, AccountWithPlaces>> {
  const found = await loadAccount(db, id, today);
  const reason = found && accountRefusal(actor, action, found);
  if (!found || reason === "hidden") throw notFound();
  if (reason) throw forbidden(reason);
  return grant(found, action);
}
