import type { UnitRow } from "../../organisation/store.ts";
import type { Granted } from "../../access/policy.ts";
import type { Act } from "../../organisation/store/tree.ts";
import { record } from "../../platform/audit.ts";
import { all, insertAll, isUniqueViolation, maybeOne, type Db } from "../../platform/db.ts";
import { conflict } from "../../platform/errors.ts";
import { isId, newId } from "../../platform/ids.ts";
import { imports, values, type ImportedCell, type ImportProblem, type ImportRow } from "./tables.ts";
import { auditOf, placeOf } from "./values.ts";

const IDS_AT_ONCE = 400;
const standingRow = values.row.pick({ id: true, school_id: true, code: true });

/** Keeps what was understood of a file for its preview; the file itself is not kept. */
export async function createImport(db: Db, office: UnitRow, read: { year_id: string; month: string; file_name: string; cells: readonly ImportedCell[]; problems: readonly ImportProblem[] }, act: Act): Promise<string> {
  const id = newId();
  const { cells, problems, ...rest } = read;
  await db(imports.name).insert({ ...rest, id, unit_id: office.id, state: "preview", cells: JSON.stringify(cells), problems: JSON.stringify(problems), created_by: act.by, created_at: act.at });
  return id;
}

export async function loadImport(db: Db, id: string): Promise<ImportRow | undefined> {
  return isId(id) ? maybeOne(imports.row, db(imports.name).where({ id }).select(imports.columns)) : undefined;
}

/** The last files of an office, the newest first. */
export function listImports(db: Db, office: { id: string }): Promise<ImportRow[]> {
  return all(imports.row, db(imports.name).where({ unit_id: office.id }).orderBy("id", "desc").limit(10).select(imports.columns));
}

/** Saves what a preview showed: each value takes the place of the one that stood. An office's own figures need no confirmation. */
export async function saveImport(db: Db, found: Granted<"decide", ImportRow>, act: Act): Promise<void> {
  await db
    .transaction(async (trx) => {
      const begun = await trx(imports.name).where({ id: found.id, state: "preview" }).update({ state: "done", done_at: act.at });
      if (begun === 0) throw conflict("import_over");
      await replaceMonth(trx, found, act);
      await record(trx, auditOf(act, "indicator.import", found.id, null, { unit_id: found.unit_id, month: found.month, cells: found.cells.length }));
    })
    .catch((error: unknown) => {
      throw isUniqueViolation(error) ? conflict("value_changed") : error;
    });
}

/** Puts the cells of a file in the place of what stood for its month, which is kept. */
async function replaceMonth(trx: Db, { id, year_id, month, cells, file_name }: ImportRow, act: Act): Promise<void> {
  const schoolIds = [...new Set(cells.map((cell) => cell.school_id))];
  const stood = await all(standingRow, trx(values.name).where({ year_id, month, standing: true }).whereIn("school_id", schoolIds).select("id", "school_id", "code"));
  const before = new Map(stood.map((value) => [placeOf(value.school_id, value.code), value.id]));
  const rows = cells.map(({ school_id, code, part, whole }) => ({
    ...{ id: newId(), year_id, month, school_id, code, part, whole, note: "", evidence_name: file_name, source: "imported", state: "confirmed", standing: true },
    ...{ import_id: id, replaces_id: before.get(placeOf(school_id, code)) ?? null, declared_by: act.by, declared_at: act.at, decided_by: act.by, decided_at: act.at },
  }));
  await setStanding(trx, rows.flatMap((row) => row.replaces_id ?? []), false);
  await insertAll(trx, values.name, rows);
}

/** @throws Refusal 409 where one of them did not stand as it was read */
async function setStanding(trx: Db, ids: readonly string[], standing: boolean): Promise<void> {
  for (let i = 0; i < ids.length; i += IDS_AT_ONCE) {
    const some = ids.slice(i, i + IDS_AT_ONCE);
    if ((await trx(values.name).whereIn("id", some).where({ standing: !standing }).update({ standing })) !== some.length) throw conflict("value_changed");
  }
}

/**
 * Takes an import back: what it replaced stands again. What somebody wrote over it since stays.
 * @returns how many values stayed because they were written over
 */
export async function undoImport(db: Db, found: Granted<"decide", ImportRow>, act: Act): Promise<number> {
  return db.transaction(async (trx) => {
    const ended = await trx(imports.name).where({ id: found.id, state: "done" }).update({ state: "undone", undone_at: act.at });
    if (ended === 0) throw conflict("import_over");
    const brought = await all(values.row, trx(values.name).where({ import_id: found.id }).select(values.columns));
    const still = brought.filter((value) => value.standing);
    await setStanding(trx, still.map((value) => value.id), false);
    await setStanding(trx, still.flatMap((value) => value.replaces_id ?? []), true);
    await record(trx, auditOf(act, "indicator.undo_import", found.id, null, { unit_id: found.unit_id, restored: still.length }));
    return brought.length - still.length;
  });
}

/** Throws a preview away. */
export async function removeImport(db: Db, found: Granted<"decide", ImportRow>): Promise<void> {
  if ((await db(imports.name).where({ id: found.id, state: "preview" }).del()) === 0) throw conflict("import_over");
}
