import { loadActor } from "../access/store.ts";
import { grantAsSystem } from "../access/policy.ts";
import { MATERIAL_KINDS, scopeOf } from "../materials/rules.ts";
import { loadLesson, loadMaterial, type Viewer } from "../materials/store.ts";
import { saveSubmission } from "../materials/store/decisions.ts";
import { saveMetadata, saveUpload, type UploadPlace } from "../materials/store/upload.ts";
import type { Instant } from "../platform/clock.ts";
import type { Db } from "../platform/db.ts";
import { Refusal } from "../platform/errors.ts";
import { on, raise, type Listener } from "../platform/jobs/queue.ts";
import { bulkImportStarted } from "./events.ts";
import { putBack, putBackCollection } from "./store/whole.ts";
import { importRefusal } from "./access.ts";
import { loadBulkImport, type BulkImport, type BulkRow } from "./store.ts";
import { claimRow, finishImport, listReady, markFailed, type RowOutcome } from "./store/run.ts";
import type { Act } from "./store/stage.ts";

/** Rows done at one hearing: other facts get their turn in between, and a lease outlasts it by far. */
const ROWS_AT_ONCE = 100;

export const bulkJobs: readonly Listener[] = [
  on(bulkImportStarted, "makes materials of the rows of a bulk import", ({ importId }, { db, at }) => runImport(db, importId, at)),
];

/**
 * Does the rows that are left. Each row is one transaction that marks the row and makes the material: a killed worker has
 * done a row or has not, and hearing the fact again goes on where it stopped.
 */
async function runImport(db: Db, importId: string, at: Instant): Promise<void> {
  const found = await loadBulkImport(db, importId);
  if (found === undefined || found.state !== "running") return;
  const actor = await loadActor(db, found.created_by, at);
  const stopped = actor === undefined || importRefusal(actor, found) !== undefined;
  const rows = await listReady(db, found, ROWS_AT_ONCE);
  for (const row of rows) {
    // A right that was taken away since the start holds for the rows that are left.
    if (stopped) await markFailed(db, row, "right_lost");
    else await runRow(db, found, row, { by: found.created_by, at, requestId: found.id });
  }
  if (rows.length === ROWS_AT_ONCE) await raise(db, bulkImportStarted, { importId }, at);
  else await finishImport(db, found, at);
}

async function runRow(db: Db, found: BulkImport, row: BulkRow, act: Act): Promise<void> {
  try {
    await db.transaction(async (trx) => {
      await claimRow(trx, row, () => makeOf(trx, found, row, act));
    });
  } catch (error) {
    // What a person can meet is said in the report; a fault of the system is tried again by the worker.
    if (!(error instanceof Refusal)) throw error;
    await markFailed(db, row, error.key);
  }
}

async function makeOf(trx: Db, found: BulkImport, row: BulkRow, act: Act): Promise<RowOutcome> {
  const { record, collection } = row.meta;
  if (!found.restores) return makeMaterial(trx, found, row, act);
  if (record !== undefined) return putBack(trx, found, record.rows, act);
  if (collection !== undefined) await putBackCollection(trx, found, collection.rows, act);
  return { materialId: null };
}

async function makeMaterial(trx: Db, found: BulkImport, row: BulkRow, act: Act): Promise<RowOutcome> {
  const lesson = row.plan_lesson_id === null ? undefined : await loadLesson(trx, row.plan_lesson_id);
  const fits = lesson !== undefined && lesson.removed_at === null && lesson.school_id === found.school_id;
  const place: UploadPlace = fits
    ? { lesson: grantAsSystem(lesson, "upload") }
    : { school: grantAsSystem({ id: found.school_id }, "upload"), subjectCode: row.subject_code, grade: row.grade };
  const file = { hash: row.blob_hash ?? "", size: row.size_bytes, mime: row.mime, name: row.file_name };
  const kind = MATERIAL_KINDS.find((code) => code === row.kind) ?? "other";
  const saved = await saveUpload(trx, place, file, { title: row.title, kind, author: row.meta.author ?? "" }, act);
  if (saved.known) return { known: saved.id };
  await describe(trx, saved.id, row, act);
  const material = found.submits ? await loadMaterial(trx, saved.id, viewerOf(act)) : undefined;
  if (material) await saveSubmission(trx, grantAsSystem(material, "submit"), { versionId: material.latest.id, comment: "" }, act);
  return { materialId: saved.id };
}

async function describe(trx: Db, id: string, row: BulkRow, act: Act): Promise<void> {
  const material = await loadMaterial(trx, id, viewerOf(act));
  if (material === undefined) return;
  const { description, author, licence, source, keywords, accessibility, year } = row.meta;
  const meta = {
    title: material.title,
    description: description ?? material.description,
    subject_code: material.subject_code,
    grade: material.grade,
    kind: material.kind,
    language: material.language,
    author: author ?? material.author,
    source: source ?? material.source,
    licence: licence ?? material.licence,
    year: year ?? material.year,
    keywords: keywords ?? material.keywords,
    accessibility: accessibility ?? material.accessibility,
    scope: scopeOf(material.wanted_scope ?? material.scope),
  };
  await saveMetadata(trx, grantAsSystem(material, "edit"), meta, material.revision, act);
}

function viewerOf(act: Act): Viewer {
  return { personId: act.by, classIds: [], at: act.at };
}
