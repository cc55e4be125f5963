import { z } from "zod";
import type { Granted } from "../../access/policy.ts";
import { monthClosings, thawed } from "../../measures/closing/store.ts";
import type { UnitRow } from "../../organisation/store.ts";
import type { Act } from "../../organisation/store/tree.ts";
import { record } from "../../platform/audit.ts";
import { all, col, isUniqueViolation, maybeOne, table, type Db, type RowOf } from "../../platform/db.ts";
import { conflict } from "../../platform/errors.ts";

/** Whether a department shows its progress to everybody. */
export const publicPages = table("public_pages", {
  unit_id: col.id(),
  is_open: col.flag(),
  shows_schools: col.flag(),
  revision: col.int(),
  changed_by: col.id(),
  changed_at: col.instant(),
});
export type PublicPageRow = RowOf<typeof publicPages>;

export function findPublicPage(db: Db, unitId: string): Promise<PublicPageRow | undefined> {
  return maybeOne(publicPages.row, db(publicPages.name).where({ unit_id: unitId }).select(publicPages.columns));
}

/** The page that is open in this installation. */
export function findOpenPage(db: Db): Promise<PublicPageRow | undefined> {
  return maybeOne(publicPages.row, db(publicPages.name).where({ is_open: true }).orderBy("unit_id").limit(1).select(publicPages.columns));
}

/**
 * Opens or closes the public page.
 * @param seen the revision that the form was opened on, 0 for none
 * @throws Refusal 409 where somebody changed it meanwhile
 */
export async function savePublicPage(db: Db, province: Granted<"set_targets", UnitRow>, seen: number, choice: Pick<PublicPageRow, "is_open" | "shows_schools">, act: Act): Promise<void> {
  const row = { ...choice, revision: seen + 1, changed_by: act.by, changed_at: act.at };
  await db
    .transaction(async (trx) => {
      if (seen === 0) await trx(publicPages.name).insert({ ...row, unit_id: province.id });
      else if ((await trx(publicPages.name).where({ unit_id: province.id, revision: seen }).update(row)) === 0) throw conflict();
      await record(trx, { at: act.at, actorId: act.by, action: choice.is_open ? "public_page.open" : "public_page.close", subjectType: "unit", subjectId: province.id, schoolId: null, details: { ...choice }, requestId: act.requestId });
    })
    .catch((error: unknown) => {
      throw isUniqueViolation(error) ? conflict() : error;
    });
}

/** The sums of a closing, without its subjects and records. */
const closed = monthClosings.row.pick({ school_id: true, closed_at: true, counter: true, definition_version: true, formula_version: true, online_bp: true, counted: true, planned: true, covered: true, own: true, lessons: true, subjects_planned: true, subjects_met: true });
const closedSums = closed.transform(thawed);
export type ClosedSums = z.infer<typeof closedSums>;

const standing = (db: Db, yearId: string) => db(monthClosings.name).where({ year_id: yearId }).whereNull("reopened_at");

/** The newest month of a year that any school has closed. */
export async function lastClosedMonth(db: Db, yearId: string): Promise<string | undefined> {
  const found = await maybeOne(z.object({ month: col.maybeText() }), standing(db, yearId).max({ month: "month" }));
  return found?.month ?? undefined;
}

export function listClosedSums(db: Db, yearId: string, month: string): Promise<ClosedSums[]> {
  return all(closedSums, standing(db, yearId).where({ month }).orderBy("school_id").limit(2000).select(Object.keys(closed.shape)));
}
