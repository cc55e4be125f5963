import { col, table, type RowOf } from "../../platform/db.ts";

/** What a list of hits needs of a material, and where its terms are. */
export const libraryIndex = table("library_index", {
  doc: col.int(),
  material_id: col.id(),
  blob_hash: col.maybeText(),
  title_words: col.int(),
  uses: col.int(),
  facets: col.text(),
  indexed_at: col.instant(),
});

/** The folded text of a file, page by page. */
export const libraryPages = table("library_pages", { blob_hash: col.text(), page: col.int(), folded: col.text() });

/** Words and pairs of neighbours of the library. */
export const libraryWords = table("library_words", { word: col.text(), materials: col.int() });

/** A run over all materials that makes the index anew. */
export const libraryRebuilds = table("library_rebuilds", {
  id: col.id(),
  state: col.oneOf(["running", "done"]),
  total: col.int(),
  done: col.int(),
  cursor: col.text(),
  started_by: col.maybeId(),
  started_at: col.instant(),
  finished_at: col.maybeInstant(),
});
export type RebuildRow = RowOf<typeof libraryRebuilds>;
