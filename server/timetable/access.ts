import type { Actor } from "../access/actor.ts";
import { grant, timetableRefusal, type Granted, type TimetableAction } from "../access/policy.ts";
import { loadClass, type ClassWithSchool } from "../organisation/store.ts";
import type { Db } from "../platform/db.ts";
import { forbidden, notFound } from "../platform/errors.ts";
import { isId } from "../platform/ids.ts";
import { openSchool } from "../organisation/access.ts";
import { loadImport, type TimetableImport } from "./store/imports.ts";
import { loadVersion } from "./store/save.ts";
import type { TimetableRow } from "./store/tables.ts";

/** Opens a class for its timetable, to read or to arrange it. */
export async function openTimetable<A extends TimetableAction>(db: Db, actor: Actor, classId: string, action: A): Promise<Granted<A, ClassWithSchool>> {
  const klass = await loadClass(db, classId);
  const reason = klass && timetableRefusal(actor, action, klass);
  if (!klass || reason === "hidden") throw notFound();
  if (reason) throw forbidden(reason);
  return grant(klass, action);
}

/** Opens one version of a class's timetable, with its class. */
export async function openVersion<A extends TimetableAction>(db: Db, actor: Actor, id: string, action: A): Promise<Granted<A, TimetableRow & { klass: Granted<A, ClassWithSchool> }>> {
  const version = isId(id) ? await loadVersion(db, id) : undefined;
  if (!version) throw notFound();
  return grant({ ...version, klass: await openTimetable(db, actor, version.class_id, action) }, action);
}

export function mayArrange(actor: Actor, klass: ClassWithSchool): boolean {
  return timetableRefusal(actor, "arrange", klass) === undefined;
}

/** Opens an import with the school whose timetables it holds. */
export async function openImport(db: Db, actor: Actor, id: string): Promise<Granted<"arrange", TimetableImport>> {
  const found = await loadImport(db, id);
  if (!found) throw notFound();
  return grant({ ...found, school: await openSchool(db, actor, found.school_id, "arrange") }, "arrange");
}
