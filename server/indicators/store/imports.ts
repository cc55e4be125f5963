import type { UnitRow } from "../../organisation/store.ts";
import type { Granted } from "../../access/policy.ts";
import type { Act } from "../../organisation/store/tree.ts";
import { record } from "../../platform/audit.ts";
import { all, isUniqueViolation, maybeOne, type Db } from "../../platform/db.ts";
import { conflict } from "../../platform/errors.ts";
import { isId, newId } from "../../platform/ids.ts";
import { imports, values, type ImportedCell, type ImportProblem, type ImportRow } from "./tables.ts";
import { auditOf, replace, standing } from "./values.ts";

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
      for (const { school_id, code, part, whole } of found.cells) {
        const value = { year_id: found.year_id, month: found.month, code, part, whole, note: "", evidence_url: null, evidence_blob: null, evidence_name: found.file_name };
        const before = await standing(trx, school_id, value);
        await replace(trx, { ...value, school_id, source: "imported", state: "confirmed", import_id: found.id }, before?.id ?? null, act);
      }
      await record(trx, auditOf(act, "indicator.import", found.id, null, { unit_id: found.unit_id, month: found.month, cells: found.cells.length }));
    })
    .catch((error: unknown) => {
      throw isUniqueViolation(error) ? conflict("value_changed") : error;
    });
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
    for (const value of still) {
      await trx(values.name).where({ id: value.id }).update({ standing: false });
      if (value.replaces_id !== null) await trx(values.name).where({ id: value.replaces_id }).update({ standing: true });
    }
    await record(trx, auditOf(act, "indicator.undo_import", found.id, null, { unit_id: found.unit_id, restored: still.length }));
    return brought.length - still.length;
  });
}

/** Throws a preview away. */
export async function removeImport(db: Db, found: Granted<"decide", ImportRow>): Promise<void> {
  if ((await db(imports.name).where({ id: found.id, state: "preview" }).del()) === 0) throw conflict("import_over");
}
