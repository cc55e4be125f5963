import { hasRoleIn, type Actor } from "../access/actor.ts";
import { grant, schoolRefusal, type Granted, type Reason } from "../access/policy.ts";
import { loadSchool, type UnitRow } from "../organisation/store.ts";
import type { Db } from "../platform/db.ts";
import { forbidden, notFound } from "../platform/errors.ts";
import { loadArrival, type BulkArrival } from "./store/arrivals.ts";
import { loadBulkExport, loadBulkImport, type BulkExportRow, type BulkImport } from "./store.ts";

/** An import is its maker's own business, and that of who leads the school. */
export async function openBulkImport(db: Db, actor: Actor, id: string): Promise<Granted<"edit", BulkImport>> {
  const found = await loadBulkImport(db, id);
  const reason = found && importRefusal(actor, found);
  if (!found || reason === "hidden") throw notFound();
  if (reason) throw forbidden(reason);
  return grant(found, "edit");
}

/** A ZIP that is not read yet, by the same rule; undefined where there is none (any more). */
export async function openArrival(db: Db, actor: Actor, id: string): Promise<Granted<"edit", BulkArrival> | undefined> {
  const found = await loadArrival(db, id);
  if (found === undefined) return undefined;
  const reason = importRefusal(actor, found);
  if (reason === "hidden") throw notFound();
  if (reason) throw forbidden(reason);
  return grant(found, "edit");
}

export function importRefusal(actor: Actor, found: Pick<BulkImport, "school" | "created_by" | "restores">): Reason | undefined {
  if (found.restores) return schoolRefusal(actor, "lead", found.school);
  const uploads = schoolRefusal(actor, "upload", found.school);
  if (uploads !== undefined || found.created_by === actor.personId) return uploads;
  return schoolRefusal(actor, "lead", found.school);
}

/** The whole library with its drafts and its trail goes out by the hand of who leads or administers the school. */
export function exportRefusal(actor: Actor, school: { id: string; path: string }): Reason | undefined {
  // Not the system's administrator, who keeps the machine and reads nobody's drafts.
  return hasRoleIn(actor, "school_admin", school) ? undefined : schoolRefusal(actor, "lead", school);
}

export async function openForExport(db: Db, actor: Actor, schoolId: string): Promise<Granted<"export", UnitRow>> {
  const school = await loadSchool(db, schoolId);
  const reason = school && exportRefusal(actor, school);
  if (!school || reason === "hidden") throw notFound();
  if (reason) throw forbidden(reason);
  return grant(school, "export");
}

/** A part that was made. Who lost the right since then gets it no more. */
export async function openBulkExport(db: Db, actor: Actor, id: string): Promise<Granted<"export", BulkExportRow>> {
  const found = await loadBulkExport(db, id);
  const reason = found && exportRefusal(actor, found.school);
  if (!found || reason === "hidden") throw notFound();
  if (reason) throw forbidden(reason);
  return grant(found, "export");
}
