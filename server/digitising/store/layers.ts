import { z } from "zod";
import { addMinutes, type Instant } from "../../platform/clock.ts";
import { all, col, isPostgres, maybeOne, one, table, type Db, type RowOf } from "../../platform/db.ts";
import { newId } from "../../platform/ids.ts";
import { forgetBlob, saveBlob } from "../../platform/storage/store.ts";
import type { Stored } from "../../platform/storage.ts";
import { LEASE_MINUTES, TRIES_MAX } from "../rules.ts";
import { renditions } from "../store.ts";
import { ocrPages, type OcrPageRow } from "./words.ts";

/** Scans whose words people corrected, until their searchable PDF has the new words as well. */
export const textLayers = table("text_layers", {
  blob_hash: col.text(),
  due_at: col.instant(),
  tries: col.int(),
  lease_until: col.maybeInstant(),
  lease_by: col.maybeId(),
});
const layerJob = textLayers.row.extend({ lease_by: textLayers.row.shape.lease_by.unwrap() });
/** A layer in the hands of one worker. */
export type LayerJob = RowOf<typeof textLayers> & { lease_by: string };

/** Takes the layer that has been due for longest, under a lease; one that failed too often is left until the next correction. */
export async function claimLayer(db: Db, at: Instant): Promise<LayerJob | undefined> {
  const due = (query: Db | ReturnType<Db>): ReturnType<Db> =>
    (query as ReturnType<Db>)
      .where("due_at", "<=", at)
      .where("tries", "<", TRIES_MAX)
      .where((free) => free.whereNull("lease_until").orWhere("lease_until", "<", at))
      .orderBy(["due_at", "blob_hash"])
      .limit(1);
  if ((await due(db("text_layers")).first("blob_hash")) === undefined) return undefined; // most turns: no write lock is asked for
  const next = due(db("text_layers").select("blob_hash"));
  if (isPostgres(db)) void next.forUpdate().skipLocked();
  const update = { tries: db.raw("tries + 1"), lease_until: addMinutes(at, LEASE_MINUTES), lease_by: newId() };
  return maybeOne(layerJob, db("text_layers").whereIn("blob_hash", next).update(update).returning([...textLayers.columns]));
}

/** A sign of life; false when the layer is in other hands. */
export async function holdLayer(db: Db, job: LayerJob, at: Instant): Promise<boolean> {
  return (await mine(db, job).update({ lease_until: addMinutes(at, LEASE_MINUTES) })) > 0;
}

/** What a layer is made of: each page's picture, where it was kept, and its words as they are now. `revision` grows with every correction. */
export async function findLayer(db: Db, hash: string): Promise<{ revision: number; pages: { words: OcrPageRow["words"]; picture: string | null }[] }> {
  const row = ocrPages.row.pick({ words: true, revision: true }).extend({ picture: col.maybeText() });
  const pages = await all(
    row,
    db("ocr_pages as o")
      .leftJoin("renditions as r", (on) => on.on("r.blob_hash", "o.blob_hash").andOn("r.kind", db.raw("'page_' || o.page")))
      .where({ "o.blob_hash": hash })
      .orderBy("o.page")
      .select("o.words", "o.revision", { picture: "r.rendition_hash" }),
  );
  return { revision: pages.reduce((sum, page) => sum + page.revision, 0), pages };
}

/**
 * Puts the new searchable PDF in the place of the old one. What was corrected meanwhile keeps the layer due.
 *
 * @returns false when the layer is in other hands
 */
export async function saveLayer(db: Db, job: LayerJob, made: Stored, revision: number, at: Instant): Promise<boolean> {
  const old = await db.transaction(async (trx) => {
    if ((await mine(trx, job).update({ lease_until: null, lease_by: null, tries: 0 })) === 0) return undefined;
    const place = { blob_hash: job.blob_hash, kind: "pdf" };
    const before = await maybeOne(renditions.row, trx("renditions").where(place).select(renditions.columns));
    await saveBlob(trx, { hash: made.hash, size: made.size, mime: "application/pdf" }, at);
    const row = { rendition_hash: made.hash, mime: "application/pdf", size_bytes: made.size, details: JSON.stringify({ made_by: "ocr" }), created_at: at };
    await trx("renditions").insert({ id: newId(), ...place, ...row }).onConflict(["blob_hash", "kind"]).merge(row);
    await trx("rendition_drafts").where({ hash: made.hash }).del();
    const { now } = await one(z.object({ now: col.int() }), trx("ocr_pages").where({ blob_hash: job.blob_hash }).select(trx.raw("COALESCE(SUM(revision), 0) AS now")));
    if (now === revision) await trx("text_layers").where({ blob_hash: job.blob_hash }).del();
    return before?.rendition_hash ?? made.hash;
  });
  if (old !== undefined && old !== made.hash) await forgetBlob(db, old); // the nightly sweeper takes its bytes
  return old !== undefined;
}

/** Nothing to make it of: the file was erased, or was never read off pictures. */
export async function dropLayer(db: Db, job: LayerJob): Promise<void> {
  await mine(db, job).del();
}

/** Later again, each time after a longer rest. */
export async function saveLayerFailure(db: Db, job: LayerJob, at: Instant): Promise<void> {
  await mine(db, job).update({ lease_until: null, lease_by: null, due_at: addMinutes(at, 4 ** job.tries) });
}

function mine(db: Db, job: LayerJob): ReturnType<Db> {
  return db("text_layers").where({ blob_hash: job.blob_hash, lease_by: job.lease_by }) as ReturnType<Db>;
}
