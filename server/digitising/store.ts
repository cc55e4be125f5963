import { z } from "zod";
import type { Instant } from "../platform/clock.ts";
import { newId } from "../platform/ids.ts";
import { saveBlob } from "../platform/storage/store.ts";
import { all, col, maybeOne, table, type Db, type RowOf } from "../platform/db.ts";
import { isHash, type Stored } from "../platform/storage.ts";
import { DIGITISATION_STATES, TEXT_SOURCES, type DigitisationState } from "./rules.ts";

/** More pages than are ever read of one file. */
const PAGES_MAX = 5_000;

/** The digitising of a stored file: one row a blob, however many materials hold it. */
export const digitisations = table("digitisations", {
  blob_hash: col.text(),
  mime: col.text(),
  name: col.text(),
  state: col.oneOf(DIGITISATION_STATES),
  progress: col.int(),
  step: col.maybeText(),
  tries: col.int(),
  error_code: col.maybeText(),
  scan: z.enum(["clean", "virus"]).nullable(),
  requested_at: col.instant(),
  run_at: col.instant(),
  started_at: col.maybeInstant(),
  finished_at: col.maybeInstant(),
  lease_until: col.maybeInstant(),
  lease_by: col.maybeId(),
  pages: col.maybeInt(),
  duration_ms: col.maybeInt(),
  width: col.maybeInt(),
  height: col.maybeInt(),
  text_source: z.enum(TEXT_SOURCES).nullable(),
});
export type DigitisationRow = RowOf<typeof digitisations>;

/** What was made of a file; itself a blob. */
export const renditions = table("renditions", {
  id: col.id(),
  blob_hash: col.text(),
  kind: col.text(),
  rendition_hash: col.text(),
  mime: col.text(),
  size_bytes: col.int(),
  details: col.json(z.record(z.string(), z.unknown())),
  created_at: col.instant(),
});
export type RenditionRow = RowOf<typeof renditions>;

export const fileTexts = table("file_texts", {
  blob_hash: col.text(),
  page: col.int(),
  text: col.text(),
  source: col.oneOf(TEXT_SOURCES),
});
export type FileTextRow = RowOf<typeof fileTexts>;

/** A file that lies in the blob store and is noted in `blobs`. */
export interface FileToDigitise {
  hash: string;
  mime: string;
  /** What the administrator reads in the list of conversions. */
  name: string;
}

/** Asks for a file to be digitised, in the transaction that keeps it. The same file asked for again changes nothing. */
export async function requestDigitising(trx: Db, file: FileToDigitise, at: Instant): Promise<void> {
  await trx("digitisations")
    .insert({ blob_hash: file.hash, mime: file.mime, name: file.name.slice(0, 300), state: "waiting", requested_at: at, run_at: at })
    .onConflict("blob_hash")
    .ignore();
}

export function findDigitisation(db: Db, hash: string): Promise<DigitisationRow | undefined> {
  return maybeOne(digitisations.row, db("digitisations").where({ blob_hash: hash }).select(digitisations.columns));
}

/** How the digitising of several files stands, by hash; files that nobody asked for are not in it. */
export async function listDigitisations(db: Db, hashes: readonly string[]): Promise<Map<string, DigitisationRow>> {
  if (hashes.length === 0) return new Map();
  const rows = await all(digitisations.row, db("digitisations").whereIn("blob_hash", hashes).select(digitisations.columns));
  return new Map(rows.map((row) => [row.blob_hash, row]));
}

/**
 * Renditions of files, by the file's hash. Pictures of single pages (`page_<n>`) are left out: there may be hundreds.
 * A file without any is not in the map.
 */
export async function listRenditions(db: Db, hashes: readonly string[]): Promise<Map<string, RenditionRow[]>> {
  const found = new Map<string, RenditionRow[]>();
  if (hashes.length === 0) return found;
  const rows = await all(
    renditions.row,
    db("renditions").whereIn("blob_hash", hashes).whereNot("kind", "like", "page%").orderBy(["blob_hash", "kind"]).select(renditions.columns),
  );
  for (const row of rows) found.set(row.blob_hash, [...(found.get(row.blob_hash) ?? []), row]);
  return found;
}

/** One rendition of a file, such as `thumb` or `page_3`. */
export function findRendition(db: Db, hash: string, kind: string): Promise<RenditionRow | undefined> {
  if (!isHash(hash) || !/^[a-z0-9_]{1,16}$/.test(kind)) return Promise.resolve(undefined);
  return maybeOne(renditions.row, db("renditions").where({ blob_hash: hash, kind }).select(renditions.columns));
}

/** The single pages of a file that `listRenditions` leaves out. */
export function listPageRenditions(db: Db, hash: string): Promise<RenditionRow[]> {
  return all(renditions.row, db("renditions").where({ blob_hash: hash }).where("kind", "like", "page%").orderBy("kind").limit(PAGES_MAX).select(renditions.columns));
}

export interface FreshRendition extends Stored {
  kind: string;
  mime: string;
  details: Record<string, unknown>;
}

/** Adds renditions that were made elsewhere than by converting the file, such as the slides beside a recording; the same again takes their place. */
export async function addRenditions(trx: Db, hash: string, made: readonly FreshRendition[], at: Instant): Promise<void> {
  for (const one of made) {
    await saveBlob(trx, one, at);
    const row = { rendition_hash: one.hash, mime: one.mime, size_bytes: one.size, details: JSON.stringify(one.details), created_at: at };
    await trx("renditions").insert({ id: newId(), blob_hash: hash, kind: one.kind, ...row }).onConflict(["blob_hash", "kind"]).merge(row);
  }
}

const FAILED_SHOWN_MAX = 100;

/** Files that could not be digitised, the latest first. */
export function listFailed(db: Db): Promise<DigitisationRow[]> {
  return all(digitisations.row, db("digitisations").where({ state: "failed" }).orderBy([{ column: "run_at", order: "desc" }, { column: "blob_hash" }]).limit(FAILED_SHOWN_MAX).select(digitisations.columns));
}

/** How many files wait, run, are done, failed. */
export async function countByState(db: Db): Promise<Map<DigitisationState, number>> {
  const row = z.object({ state: col.oneOf(DIGITISATION_STATES), n: col.int() });
  return new Map((await all(row, db("digitisations").groupBy("state").select("state").count({ n: "*" }))).map(({ state, n }) => [state, n]));
}

/** The text of a file, page by page; empty where none was found or it has not been read yet. */
export function textPages(db: Db, hash: string): Promise<FileTextRow[]> {
  return all(fileTexts.row, db("file_texts").where({ blob_hash: hash }).orderBy("page").limit(PAGES_MAX).select(fileTexts.columns));
}

/** The blob of one kind of rendition, by the file of which it was made. */
export async function findRenditionsOf(db: Db, hashes: readonly string[], kind: string): Promise<Map<string, string>> {
  const all = await listRenditions(db, hashes);
  return new Map([...all].flatMap(([hash, made]) => made.flatMap((one) => (one.kind === kind ? [[hash, one.rendition_hash] as const] : []))));
}
