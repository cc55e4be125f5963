import { z } from "zod";
import { addMinutes, type Instant } from "../../platform/clock.ts";
import { col, insertAll, maybeOne, table, type Db, type RowOf } from "../../platform/db.ts";
import { conflict } from "../../platform/errors.ts";
import { newId } from "../../platform/ids.ts";
import { raise } from "../../platform/jobs/queue.ts";
import { fileDigitised } from "../events.ts";
import { corrected, LAYER_REST_MINUTES, textOf, unsureIn } from "../rules.ts";

/** A word that an OCR read: its letters, how sure it was, 0 to 100, and where it stands. */
const readWord = z.object({ t: z.string(), c: z.number(), b: z.tuple([z.number(), z.number(), z.number(), z.number()]).optional() });

/** The words of a page, line by line, as the OCR read them and people corrected them. */
export const ocrPages = table("ocr_pages", {
  blob_hash: col.text(),
  page: col.int(),
  words: col.json(z.array(z.array(readWord))),
  unsure: col.int(),
  revision: col.int(),
});
export type OcrPageRow = RowOf<typeof ocrPages>;

export const textCorrections = table("text_corrections", {
  id: col.id(),
  blob_hash: col.text(),
  page: col.int(),
  word: col.int(),
  before: col.text(),
  after: col.text(),
  by: col.id(),
  at: col.instant(),
});

/** Hashes of renditions on their way into the store. */
export const renditionDrafts = table("rendition_drafts", {
  hash: col.text(),
  created_at: col.instant(),
});

const pageWithLast = ocrPages.row.extend({ corrected_by: col.maybeText(), corrected_at: col.maybeInstant() });
/** A page with who corrected it last. */
export type OcrPageShown = z.infer<typeof pageWithLast>;

export function findOcrPage(db: Db, hash: string, page: number): Promise<OcrPageShown | undefined> {
  const last = (column: string): string => `(SELECT ${column} FROM text_corrections c JOIN persons p ON p.id = c.by WHERE c.blob_hash = o.blob_hash AND c.page = o.page ORDER BY c.id DESC LIMIT 1)`;
  return maybeOne(
    pageWithLast,
    db("ocr_pages as o")
      .where({ "o.blob_hash": hash, "o.page": page })
      .select(ocrPages.columns.map((name) => `o.${name}`))
      .select(db.raw(`${last("p.name")} AS corrected_by`), db.raw(`${last("c.at")} AS corrected_at`)),
  );
}

const readSums = z.object({ pages: col.int(), unsure: col.int(), layer_tries: col.maybeInt() });
export type ReadSums = z.infer<typeof readSums>;

/** How many pages of a file were read by OCR, how many of their words are unsure, and how often it was tried to write corrected words into its PDF: null where it has them. */
export async function countRead(db: Db, hash: string): Promise<ReadSums> {
  const tries = db.raw("(SELECT MAX(tries) FROM text_layers WHERE blob_hash = ?) AS layer_tries", [hash]);
  const sums = db("ocr_pages").where({ blob_hash: hash }).select(db.raw("COUNT(*) AS pages"), db.raw("COALESCE(SUM(unsure), 0) AS unsure"), tries);
  return (await maybeOne(readSums, sums)) ?? { pages: 0, unsure: 0, layer_tries: null };
}

/** The next page with an unsure word, after a page and round again from the first. */
export async function nextUnsurePage(db: Db, hash: string, after: number): Promise<number | undefined> {
  const unsure = (): ReturnType<Db> => db("ocr_pages").where({ blob_hash: hash }).where("unsure", ">", 0).orderBy("page").limit(1).select("page") as ReturnType<Db>;
  const row = z.object({ page: col.int() });
  return ((await maybeOne(row, unsure().where("page", ">", after))) ?? (await maybeOne(row, unsure())))?.page;
}

/**
 * Puts corrected words in their places, in the text that is searched too, and notes who did it. In the caller's
 * transaction, after its door.
 *
 * @returns how many words changed
 * @throws Refusal 409 when somebody else corrected the page since `revision`
 */
export async function saveCorrections(trx: Db, seen: { hash: string; page: number; revision: number }, given: ReadonlyMap<number, string>, act: { by: string; at: Instant }): Promise<number> {
  const place = { blob_hash: seen.hash, page: seen.page };
  const before = await maybeOne(ocrPages.row, trx("ocr_pages").where({ ...place, revision: seen.revision }).select(ocrPages.columns));
  if (before === undefined) throw conflict("page_corrected_meanwhile");
  const { lines, changes } = corrected(before.words, given);
  const moved = await trx("ocr_pages").where({ ...place, revision: seen.revision }).update({ words: JSON.stringify(lines), unsure: unsureIn(lines), revision: seen.revision + 1 });
  if (moved === 0) throw conflict("page_corrected_meanwhile");
  await trx("file_texts").where(place).update({ text: textOf(lines) });
  await insertAll(trx, "text_corrections", changes.map((change) => ({ id: newId(), ...place, ...change, by: act.by, at: act.at })));
  if (changes.length > 0) {
    await raise(trx, fileDigitised, { hash: seen.hash }, act.at);
    await requestLayer(trx, seen.hash, act.at);
  }
  return changes.length;
}

/** Asks for the words of a scan's PDF to be written anew, some rest after the last correction. */
async function requestLayer(trx: Db, hash: string, at: Instant): Promise<void> {
  const due = { due_at: addMinutes(at, LAYER_REST_MINUTES), tries: 0 };
  await trx("text_layers").insert({ blob_hash: hash, ...due }).onConflict("blob_hash").merge(due);
}
