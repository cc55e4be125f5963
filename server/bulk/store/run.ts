import { z } from "zod";
import type { Granted } from "../../access/policy.ts";
import { findTraces, removeWhole } from "../../materials/store/archive.ts";
import { record } from "../../platform/audit.ts";
import type { Instant } from "../../platform/clock.ts";
import { notify } from "../../notices/store.ts";
import { all, col, countOf, maybeOne, type Db } from "../../platform/db.ts";
import { conflict } from "../../platform/errors.ts";
import type { BlobStore } from "../../platform/storage.ts";
import { bulkRows, type BulkImport, type BulkRow } from "../store.ts";
import { auditOf, releaseBlobs, type Act } from "./stage.ts";
import { removeCollection, removeSatellites } from "./whole.ts";

/** A row made a material, or a collection; or what it would make was there already. */
export type RowOutcome = { materialId: string | null } | { known: string };

export function listReady(db: Db, found: { id: string }, limit: number): Promise<BulkRow[]> {
  return all(bulkRows.row, db("bulk_rows").where({ import_id: found.id, state: "ready" }).orderBy("position").limit(limit).select(bulkRows.columns));
}

const left = z.object({ updated_at: col.instant(), revision: col.int() });

/** Marks a row as done together with what `make` makes; a row that somebody else has done is left alone. */
export async function claimRow(trx: Db, row: BulkRow, make: () => Promise<RowOutcome>): Promise<void> {
  const key = { import_id: row.import_id, position: row.position };
  if ((await trx("bulk_rows").where({ ...key, state: "ready" }).update({ state: "done" })) === 0) return;
  const made = await make();
  if ("known" in made) {
    await trx("bulk_rows").where(key).update({ state: "skipped", duplicate_of: made.known });
    return;
  }
  if (made.materialId === null) return;
  const as = await maybeOne(left, trx("materials").where({ id: made.materialId }).select("updated_at", "revision"));
  await trx("bulk_rows").where(key).update({ material_id: made.materialId, left_at: as?.updated_at ?? null, left_revision: as?.revision ?? null });
}

export async function markFailed(db: Db, row: BulkRow, why: string): Promise<void> {
  await db("bulk_rows").where({ import_id: row.import_id, position: row.position, state: "ready" }).update({ state: "failed", refusal: why.slice(0, 40) });
}

/** The import is over: the materials name their blobs themselves from now on. */
export async function finishImport(db: Db, found: BulkImport, at: Instant): Promise<void> {
  await db.transaction(async (trx) => {
    const ended = await trx("bulk_imports").where({ id: found.id, state: "running" }).update({ state: "done", done_at: at });
    if (ended === 0) return;
    const count = await countOf(trx("bulk_rows").where({ import_id: found.id, state: "done" }).count({ n: "*" }));
    await notify(trx, [found.created_by], { kind: "bulk_done", href: `/bulk-imports/${found.id}`, params: { title: found.file_name, count } }, at);
    await record(trx, { at, actorId: null, action: "bulk.done", subjectType: "bulk_import", subjectId: found.id, schoolId: found.school_id });
  });
}

const made = bulkRows.row.pick({ position: true, material_id: true, left_at: true, left_revision: true, meta: true });

/**
 * Takes an import back: every material that nobody touched since goes with its rows; what somebody edited, decided about or
 * showed to a class stays and is named in the report.
 *
 * @returns how many stayed
 * @throws Refusal 409 where the import is not done, or was undone
 */
export async function undoBulkImport(db: Db, blobs: BlobStore, found: Granted<"edit", BulkImport>, act: Act): Promise<{ gone: number; kept: number }> {
  const began = await db("bulk_imports").where({ id: found.id, state: "done" }).update({ state: "undone", done_at: act.at });
  if (began === 0) throw conflict("import_over");
  const rows = await all(made, db("bulk_rows").where({ import_id: found.id, state: "done" }).orderBy("position", "desc").select("position", "material_id", "left_at", "left_revision", "meta")); // what refers to others came after them
  const outcome = { gone: 0, kept: 0 };
  for (const row of rows) {
    const gone = await db.transaction((trx) => removeUntouched(trx, found, row, act)).catch((error: unknown) => {
      // Somebody refers to it: another table's foreign key says so, whichever feature it belongs to.
      if (isForeignKey(error)) return false;
      throw error;
    });
    if (!gone) await db("bulk_rows").where({ import_id: found.id, position: row.position }).update({ state: "kept", refusal: "touched" });
    outcome[gone ? "gone" : "kept"] += 1;
  }
  const held = (await db("bulk_files").where({ import_id: found.id }).select("blob_hash")) as { blob_hash: string }[];
  await db.transaction(async (trx) => {
    await trx("bulk_rows").where({ import_id: found.id }).whereNot("state", "kept").update({ blob_hash: null });
    await trx("bulk_files").where({ import_id: found.id }).del();
    await record(trx, { ...auditOf(found, act), action: "bulk.undo", details: outcome });
  });
  await releaseBlobs(db, blobs, held.map((file) => file.blob_hash));
  return outcome;
}

async function removeUntouched(trx: Db, found: BulkImport, row: z.infer<typeof made>, act: Act): Promise<boolean> {
  if (row.material_id === null) {
    if (row.meta.collection !== undefined && !(await removeCollection(trx, row.meta.collection.rows))) return false;
    await trx("bulk_rows").where({ import_id: found.id, position: row.position }).update({ state: "undone" });
    return true;
  }
  const material = { id: row.material_id, school_id: found.school_id };
  const now = await findTraces(trx, material.id, found.done_at ?? act.at);
  if (now !== undefined) {
    const changed = now.updated_at !== row.left_at || now.revision !== row.left_revision || now.others > 0 || (!found.restores && now.versions > 1);
    if (changed) return false;
    await trx("bulk_rows").where({ duplicate_of: material.id }).update({ duplicate_of: null });
    if (found.restores) await removeSatellites(trx, material.id, found.created_at);
    await removeWhole(trx, material, act);
  }
  await trx("bulk_rows").where({ import_id: found.id, position: row.position }).update({ state: "undone", material_id: null });
  return true;
}

function isForeignKey(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = "code" in error ? error.code : undefined;
  return code === "23503" || /FOREIGN KEY/.test(error.message);
}
