import type { Actor } from "../access/actor.ts";
import { grant, schoolRefusal, unitRefusal, type Granted, type Reason } from "../access/policy.ts";
import { loadSchool, type UnitRow } from "../organisation/store.ts";
import type { Db } from "../platform/db.ts";
import { forbidden, notFound } from "../platform/errors.ts";
import { loadUpload, type UploadRow } from "./store.ts";

/** An upload belongs to the one who sends it; for everybody else it does not exist. */
export async function openUpload(db: Db, actor: Actor, id: string): Promise<Granted<"own", UploadRow>> {
  const upload = await loadUpload(db, id);
  if (upload?.person_id !== actor.personId) throw notFound();
  return grant(upload, "own");
}

/** What a school stores. `read`: those who lead or keep the school, and who sets its quota. `set`: the department's officer, the system's administrator. */
export type StorageAction = "read" | "set";

export async function openStorage<A extends StorageAction>(db: Db, actor: Actor, schoolId: string, action: A): Promise<Granted<A, UnitRow>> {
  const school = await loadSchool(db, schoolId);
  const reason = school && storageRefusal(actor, action, school);
  if (!school || reason === "hidden") throw notFound();
  if (reason) throw forbidden(reason);
  return grant(school, action);
}

export function storageRefusal(actor: Actor, action: StorageAction, school: { id: string; path: string }): Reason | undefined {
  const setting = unitRefusal(actor, "manage", school);
  if (setting === undefined || action === "set") return setting;
  const leading = schoolRefusal(actor, "lead", school);
  return leading === undefined ? undefined : schoolRefusal(actor, "administer", school);
}
