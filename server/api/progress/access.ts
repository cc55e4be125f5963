import { loadUnit, type UnitRow } from "../../organisation/store.ts";
import type { Db } from "../../platform/db.ts";
import { notFound } from "../../platform/errors.ts";
import { findOpenPage, type PublicPageRow } from "./store.ts";

/** Opens the public page for everybody, while the department has switched it on. */
export async function openPublicPage(db: Db): Promise<PublicPageRow> {
  const row = await findOpenPage(db);
  if (row === undefined) throw notFound();
  return row;
}

/** The department whose page is open: what the page tells of it needs no other right. */
export async function unitOfPage(db: Db, unitId: string): Promise<UnitRow> {
  const unit = await loadUnit(db, unitId);
  if (unit === undefined) throw notFound();
  return unit;
}
