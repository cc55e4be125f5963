import { z } from "zod";
import type { Granted } from "../../access/policy.ts";
import { record } from "../../platform/audit.ts";
import type { Instant } from "../../platform/clock.ts";
import { notify } from "../../notices/store.ts";
import { col, insertAll, maybeOne, type Db } from "../../platform/db.ts";
import { conflict } from "../../platform/errors.ts";
import { newId } from "../../platform/ids.ts";
import { raise } from "../../platform/jobs/queue.ts";
import { forgetBlob, saveBlob } from "../../platform/storage/store.ts";
import type { BlobStore, HashedFile } from "../../platform/storage.ts";
import { bulkImportStarted } from "../events.ts";
import type { BulkImport, BulkRow, RowMeta } from "../store.ts";

/** Who acts, when, in which request. */
export interface Act {
  by: string;
  at: Instant;
  requestId: string;
}

/** A row before it is kept. */
export type NewRow = Pick<BulkRow, "path" | "file_name" | "title" | "kind" | "subject_code" | "grade" | "plan_lesson_id" | "certainty" | "why" | "mime"> & {
  state: "ready" | "skipped" | "refused";
  refusal?: { code: string; params: Record<string, string | number> };
  blobHash: string | null;
  size: number;
  meta: RowMeta;
  duplicateOf: string | null;
  sameAs: number | null;
};

/** A file that is kept for the import. */
export interface StagedFile extends HashedFile {
  mime: string;
}

export interface NewImport {
  kind: "files" | "archive";
  fileName: string;
  submits: boolean;
  restores: boolean;
  subjectCode: string | null;
  grade: number | null;
  notes: readonly string[];
  /** Of an archive: the school and when it was exported. */
  source: BulkImport["source"];
}

export interface Staged {
  rows: readonly NewRow[];
  files: readonly StagedFile[];
  /** The ZIP that came in pieces and becomes this import, under the same id. */
  arrivalId?: string | undefined;
  /** Told after each file that was kept. */
  onKept?: ((done: number) => Promise<void>) | undefined;
}

/** Whoever sent so many files has perhaps gone on to other work meanwhile, and is told. */
const TOLD_FROM_ROWS = 50;

/** @returns the hash of the ZIP. @throws Refusal 409 where its sender discarded it meanwhile */
async function leaveArrival(trx: Db, id: string): Promise<string | null> {
  const row = await maybeOne(z.object({ blob_hash: col.text().nullable() }), trx("bulk_arrivals").where({ id }).first("blob_hash"));
  if (row === undefined || (await trx("bulk_arrivals").where({ id }).del()) === 0) throw conflict("import_over");
  return row.blob_hash;
}

/**
 * Keeps the files of an import in the blob store and its rows in the database. Where the rows cannot be kept, blobs that
 * were new go again: a failed import leaves nothing.
 *
 * @returns the import's id
 */
export async function saveStaged(db: Db, blobs: BlobStore, school: Granted<"upload", { id: string }>, made: NewImport, staged: Staged, act: Act): Promise<string> {
  const id = staged.arrivalId ?? newId();
  const files = [...new Map(staged.files.map((file) => [file.hash, file])).values()];
  const fresh: string[] = [];
  try {
    for (const [i, file] of files.entries()) {
      if ((await blobs.stat(file.hash)) === undefined) fresh.push(file.hash);
      await blobs.adopt(file);
      await staged.onKept?.(i + 1);
    }
    const zip = await db.transaction(async (trx) => {
      const arrived = staged.arrivalId === undefined ? null : await leaveArrival(trx, staged.arrivalId);
      for (const file of files) await saveBlob(trx, { hash: file.hash, size: file.size, mime: file.mime }, act.at);
      await trx("bulk_imports").insert({
        id,
        school_id: school.id,
        created_by: act.by,
        kind: made.kind,
        file_name: made.fileName,
        submits: made.submits,
        restores: made.restores,
        subject_code: made.subjectCode,
        grade: made.grade,
        source: made.source === null ? null : JSON.stringify(made.source),
        notes: JSON.stringify(made.notes),
        created_at: act.at,
      });
      await insertAll(trx, "bulk_files", files.map((file) => ({ import_id: id, blob_hash: file.hash })));
      await insertAll(trx, "bulk_rows", staged.rows.map((row, i) => stored(id, i + 1, row)));
      await record(trx, { ...auditOf({ id, school_id: school.id }, act), action: "bulk.upload", details: { rows: staged.rows.length, kind: made.kind } });
      if (arrived !== null && staged.rows.length >= TOLD_FROM_ROWS) await notify(trx, [act.by], { kind: "bulk_read", href: `/bulk-imports/${id}`, params: { title: made.fileName, count: staged.rows.length } }, act.at);
      return arrived;
    });
    if (zip !== null) await releaseBlobs(db, blobs, [zip]);
  } catch (error) {
    for (const hash of fresh) if ((await db("blobs").where({ hash }).first("hash")) === undefined) await blobs.remove(hash);
    throw error;
  }
  return id;
}

function stored(importId: string, position: number, row: NewRow): Record<string, unknown> {
  return {
    import_id: importId,
    position,
    path: row.path,
    file_name: row.file_name,
    state: row.state,
    refusal: row.refusal?.code ?? null,
    refusal_params: JSON.stringify(row.refusal?.params ?? {}),
    blob_hash: row.blobHash,
    size_bytes: row.size,
    mime: row.mime,
    title: row.title,
    kind: row.kind,
    subject_code: row.subject_code,
    grade: row.grade,
    plan_lesson_id: row.plan_lesson_id,
    certainty: row.certainty,
    why: JSON.stringify(row.why),
    meta: JSON.stringify(row.meta),
    duplicate_of: row.duplicateOf,
    same_as: row.sameAs,
  };
}

/** What a person corrected of a row. */
export interface Correction {
  position: number;
  title: string;
  kind: string;
  subject_code: string | null;
  grade: number | null;
  plan_lesson_id: string | null;
  skip: boolean;
}

/**
 * Keeps corrections of a preview. A lesson that was looked at and left as it was counts as chosen from now on.
 *
 * @throws Refusal 409 where the import has begun, or somebody corrected it meanwhile
 */
export async function saveCorrections(db: Db, found: Granted<"edit", BulkImport>, revision: number, corrections: readonly Correction[], submits: boolean | undefined): Promise<void> {
  await db.transaction(async (trx) => {
    const changed = await trx("bulk_imports")
      .where({ id: found.id, state: "preview", revision })
      .update({ revision: revision + 1, ...(submits === undefined ? {} : { submits }) });
    if (changed === 0) throw conflict("import_changed");
    for (const { position, skip, ...row } of corrections) {
      await trx("bulk_rows")
        .where({ import_id: found.id, position })
        .whereIn("state", ["ready", "skipped"])
        .update({ ...row, certainty: row.plan_lesson_id === null ? "none" : "chosen", state: skip ? "skipped" : "ready" });
    }
  });
}

/** Starts the import: the worker does the rows. @throws Refusal 409 where it was started or changed meanwhile */
export async function saveStart(db: Db, found: Granted<"edit", BulkImport>, revision: number, act: Act): Promise<void> {
  await db.transaction(async (trx) => {
    const started = await trx("bulk_imports").where({ id: found.id, state: "preview", revision }).update({ state: "running", started_at: act.at, revision: revision + 1 });
    if (started === 0) throw conflict("import_changed");
    await record(trx, { ...auditOf(found, act), action: "bulk.import", details: {} });
    await raise(trx, bulkImportStarted, { importId: found.id }, act.at);
  });
}

/** Lets the rows that failed be tried once more. @throws Refusal 409 where the import still runs or was undone */
export async function saveRetry(db: Db, found: Granted<"edit", BulkImport>, act: Act): Promise<void> {
  await db.transaction(async (trx) => {
    const again = await trx("bulk_imports").where({ id: found.id, state: "done" }).update({ state: "running", done_at: null });
    if (again === 0) throw conflict("import_over");
    await trx("bulk_rows").where({ import_id: found.id, state: "failed" }).update({ state: "ready", refusal: null });
    await raise(trx, bulkImportStarted, { importId: found.id }, act.at);
  });
}

/** Throws a preview away with all its rows; the blobs it held are nobody's then. @throws Refusal 409 where it has begun */
export async function removeStaged(db: Db, blobs: BlobStore, found: Granted<"edit", BulkImport>, act: Act): Promise<void> {
  const held = await db.transaction(async (trx) => {
    const gone = await trx("bulk_imports").where({ id: found.id, state: "preview" }).update({ state: "undone" });
    if (gone === 0) throw conflict("import_over");
    const files = (await trx("bulk_files").where({ import_id: found.id }).select("blob_hash")) as { blob_hash: string }[];
    await trx("bulk_rows").where({ import_id: found.id }).del();
    await trx("bulk_files").where({ import_id: found.id }).del();
    await trx("bulk_imports").where({ id: found.id }).del();
    await record(trx, { ...auditOf(found, act), action: "bulk.discard", details: {} });
    return files.map((file) => file.blob_hash);
  });
  await releaseBlobs(db, blobs, held);
}

/** Removes blobs that no row names any more. */
export async function releaseBlobs(db: Db, blobs: BlobStore, hashes: readonly string[]): Promise<void> {
  for (const hash of hashes) if (await forgetBlob(db, hash)) await blobs.remove(hash);
}

export function auditOf(found: { id: string; school_id: string }, act: Act) {
  return { at: act.at, actorId: act.by, subjectType: "bulk_import", subjectId: found.id, schoolId: found.school_id, requestId: act.requestId };
}
