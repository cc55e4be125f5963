import { officerOver, type Actor } from "../access/actor.ts";
import { openOffice, openStatements } from "../assessment/access.ts";
import { listSchoolsOf, loadUnit, type UnitRow } from "../organisation/store.ts";
import { dayOf, type Instant } from "../platform/clock.ts";
import type { Db } from "../platform/db.ts";
import { notFound } from "../platform/errors.ts";

/** A unit whose figures are read, with the schools that it stands for. */
export interface OpenedUnit {
  unit: UnitRow;
  schools: UnitRow[];
  /** Who reads stands above the schools: groups of a few people are hidden from them. */
  fromAbove: boolean;
}

/** Opens the figures of a school for its staff and the offices above, those of an office for its officers and those above it. */
export async function openFigures(db: Db, actor: Actor, id: string, now: Instant): Promise<OpenedUnit> {
  const found = await loadUnit(db, id);
  if (found === undefined) throw notFound();
  const unit = found.kind === "school" ? await openStatements(db, actor, id, "read") : await openOffice(db, actor, id);
  return { unit, schools: await listSchoolsOf(db, unit, dayOf(now)), fromAbove: officerOver(actor, unit) };
}
