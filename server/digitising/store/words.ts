import { z } from "zod";
import { col, table, type RowOf } from "../../platform/db.ts";

/** A word that an OCR read: its letters and how sure it was, 0 to 100. */
const ocrWord = z.object({ t: z.string(), c: z.number() });
export type OcrWord = z.infer<typeof ocrWord>;

/** The words of a page, line by line, as the OCR read them and people corrected them. */
export const ocrPages = table("ocr_pages", {
  blob_hash: col.text(),
  page: col.int(),
  words: col.json(z.array(z.array(ocrWord))),
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
