import { addMinutes, type Instant } from "../../platform/clock.ts";
import { all, insertAll, isPostgres, maybeOne, type Db } from "../../platform/db.ts";
import { newId } from "../../platform/ids.ts";
import { raise } from "../../platform/jobs/queue.ts";
import { saveBlob } from "../../platform/storage/store.ts";
import type { Stored } from "../../platform/storage.ts";
import { fileDigitised } from "../events.ts";
import { afterFailure, cleanText, LEASE_MINUTES, textOf, TRIES_MAX, unsureIn, type ErrorCode, type PartlyCode, type ReadWord, type Step, type TextSource } from "../rules.ts";
import { digitisations, type DigitisationRow } from "../store.ts";

/** A job in the hands of one worker. */
export type Job = DigitisationRow & { lease_by: string };

/**
 * Takes the job that has waited longest under a lease. One whose worker gave no sign of life is taken again; after too
 * many such ends it is failed, for it may be what kills the server.
 *
 * @param lane `quick` leaves films and recordings to the other lane
 */
export async function claimJob(db: Db, lane: "any" | "quick", at: Instant): Promise<Job | undefined> {
  const due = (query: Db | ReturnType<Db>): ReturnType<Db> => {
    const open = (query as ReturnType<Db>)
      .where((either) => either.where({ state: "waiting" }).where("run_at", "<=", at).orWhere((lost) => lost.where({ state: "running" }).where("lease_until", "<", at)));
    if (lane === "quick") open.whereNot("mime", "like", "video/%").whereNot("mime", "like", "audio/%");
    return open.orderBy(["requested_at", "blob_hash"]).limit(1);
  };
  if ((await due(db("digitisations")).first("blob_hash")) === undefined) return undefined; // most turns: no write lock is asked for
  await db("digitisations").where({ state: "running" }).where("lease_until", "<", at).where("tries", ">=", TRIES_MAX).update({ state: "failed", error_code: "interrupted", finished_at: at, lease_by: null, lease_until: null });
  const next = due(db("digitisations").select("blob_hash"));
  if (isPostgres(db)) void next.forUpdate().skipLocked();
  const worker = newId();
  return maybeOne(
    digitisations.row.extend({ lease_by: digitisations.row.shape.lease_by.unwrap() }),
    db("digitisations")
      .whereIn("blob_hash", next)
      .update({ state: "running", tries: db.raw("tries + 1"), lease_until: addMinutes(at, LEASE_MINUTES), lease_by: worker, started_at: at, progress: 0, step: null, error_code: null })
      .returning([...digitisations.columns]),
  );
}

/** A sign of life, with how far it is. False when the job is another worker's by now. */
export async function saveProgress(db: Db, job: Job, told: { step: Step | null; progress: number }, at: Instant): Promise<boolean> {
  const held = await mine(db, job).update({ step: told.step, progress: Math.max(0, Math.min(99, Math.round(told.progress))), lease_until: addMinutes(at, LEASE_MINUTES) });
  return held > 0;
}

export async function saveScan(db: Db, job: Job, scan: "clean" | "virus"): Promise<void> {
  await mine(db, job).update({ scan });
}

export interface MadeRendition extends Stored {
  kind: string;
  mime: string;
  details: Record<string, unknown>;
}

/** Notes that a rendition is about to be stored: if the server dies before it has its row, the cleaner knows of it. */
export async function saveDraft(db: Db, hash: string, at: Instant): Promise<void> {
  await db("rendition_drafts").insert({ hash, created_at: at }).onConflict("hash").merge();
}

/** @throws LeaseLost when the job is another worker's by now */
export async function saveRendition(db: Db, job: Job, made: MadeRendition, at: Instant): Promise<void> {
  await db.transaction(async (trx) => {
    await hold(trx, job);
    await saveBlob(trx, { hash: made.hash, size: made.size, mime: made.mime }, at);
    const row = { rendition_hash: made.hash, mime: made.mime, size_bytes: made.size, details: JSON.stringify(made.details), created_at: at };
    await trx("renditions").insert({ id: newId(), blob_hash: job.blob_hash, kind: made.kind, ...row }).onConflict(["blob_hash", "kind"]).merge(row);
    await trx("rendition_drafts").where({ hash: made.hash }).del();
  });
}

/** A page's text, and its words where an OCR read them. */
export interface PageText {
  text: string;
  lines?: readonly (readonly ReadWord[])[];
}

/** Replaces the text of a file. Pages that people have corrected stay as they are. */
export async function saveTexts(db: Db, job: Job, pages: readonly PageText[], source: TextSource): Promise<void> {
  await db.transaction(async (trx) => {
    await hold(trx, job);
    const kept = new Set((await trx("text_corrections").where({ blob_hash: job.blob_hash }).distinct("page")).map((row: { page: number }) => Number(row.page)));
    const fresh = pages.map((page, i) => ({ ...page, page: i + 1 })).filter(({ page }) => !kept.has(page));
    for (const table of ["file_texts", "ocr_pages"]) await trx(table).where({ blob_hash: job.blob_hash }).whereNotIn("page", [...kept]).del();
    await insertAll(trx, "file_texts", fresh.map(({ page, text, lines }) => ({ blob_hash: job.blob_hash, page, text: cleanText(lines === undefined ? text : textOf(lines)), source })));
    const read = fresh.flatMap(({ page, lines }) => (lines === undefined ? [] : [{ blob_hash: job.blob_hash, page, words: JSON.stringify(lines), unsure: unsureIn(lines) }]));
    await insertAll(trx, "ocr_pages", read);
    await mine(trx, job).update({ text_source: pages.length > 0 ? source : null });
  });
}

/** What is known of a file besides its renditions. */
export interface Measured {
  pages?: number | null;
  duration_ms?: number | null;
  width?: number | null;
  height?: number | null;
}

export async function saveMeasured(db: Db, job: Job, measured: Measured): Promise<void> {
  await mine(db, job).update(measured);
}

/** @param partly what could not be made, though the rest stands */
export async function saveDone(db: Db, job: Job, state: "done" | "nothing", partly: PartlyCode | null, at: Instant): Promise<void> {
  await db.transaction(async (trx) => {
    await hold(trx, job);
    await mine(trx, job).update({ state, progress: 100, step: null, error_code: partly, finished_at: at, lease_until: null, lease_by: null });
    await raise(trx, fileDigitised, { hash: job.blob_hash }, at);
  });
}

/** Back into the queue with a delay, or failed for good. What had been made stays. */
export async function saveFailure(db: Db, job: Job, code: ErrorCode, at: Instant): Promise<void> {
  const next = afterFailure(code, job.tries);
  await db.transaction(async (trx) => {
    const change =
      next.state === "failed"
        ? { state: "failed", finished_at: at }
        : { state: "waiting", run_at: addMinutes(at, next.minutes), ...(code === "scanner_unavailable" ? { tries: job.tries - 1 } : {}) };
    await mine(trx, job).update({ ...change, error_code: code, step: null, lease_until: null, lease_by: null });
    if (next.state === "failed") await raise(trx, fileDigitised, { hash: job.blob_hash }, at);
  });
}

/** Puts a failed job back into the queue; false when it is not failed any more. */
export async function saveRetry(db: Db, hash: string, at: Instant): Promise<boolean> {
  return (await db("digitisations").where({ blob_hash: hash, state: "failed" }).update({ state: "waiting", tries: 0, run_at: at, error_code: null, progress: 0 })) > 0;
}

/** Puts all failed jobs back into the queue; answers how many. */
export function saveRetries(db: Db, at: Instant): Promise<number> {
  return db("digitisations").where({ state: "failed" }).whereNot("error_code", "virus").update({ state: "waiting", tries: 0, run_at: at, error_code: null, progress: 0 });
}

export class LeaseLost extends Error {
  constructor() {
    super("the job is in other hands");
    this.name = "LeaseLost";
  }
}

function mine(db: Db, job: Job): ReturnType<Db> {
  return db("digitisations").where({ blob_hash: job.blob_hash, lease_by: job.lease_by }) as ReturnType<Db>;
}

/** Holds the job's row until the transaction ends. */
async function hold(trx: Db, job: Job): Promise<void> {
  if ((await mine(trx, job).update({ state: "running" })) === 0) throw new LeaseLost();
}

/** Drafts of renditions that never got their row: the hashes that nothing names. */
export async function listLostDrafts(db: Db, before: Instant): Promise<string[]> {
  const rows = (await all(digitisations.row.pick({ blob_hash: true }), db("rendition_drafts as d").leftJoin("blobs as b", "b.hash", "d.hash").where("d.created_at", "<", before).whereNull("b.hash").limit(1000).select({ blob_hash: "d.hash" })));
  return rows.map((row) => row.blob_hash);
}

/** Forgets drafts: those that were removed from the store, and those that have their row after all. */
export async function removeDrafts(db: Db, before: Instant): Promise<void> {
  await db("rendition_drafts").where("created_at", "<", before).del();
}

