import { z } from "zod";
import type { Instant } from "../../platform/clock.ts";
import { all, col, insertAll, type Db } from "../../platform/db.ts";
import { wordsOf } from "../../platform/text.ts";
import { writeFacets } from "../rules/facets.ts";
import { useStep } from "../rules/rank.ts";
import { termsOf, type Terms } from "../rules/terms.ts";
import { removeTerms, writeTerms } from "./terms.ts";

/** What the index says of a material, read from the rows as they stand. */
const source = z.object({
  id: col.id(),
  school_id: col.id(),
  school_path: col.text(),
  uploaded_by: col.id(),
  title: col.text(),
  description: col.text(),
  subject_code: col.maybeText(),
  grade: col.maybeInt(),
  kind: col.text(),
  licence: col.text(),
  year: col.maybeInt(),
  author: col.text(),
  keywords: col.text(),
  scope: col.text(),
  approved_version_id: col.maybeId(),
  version_id: col.id(),
  blob_hash: col.text(),
  file_name: col.text(),
  attached: col.int(),
  adopted: col.int(),
  captions: col.int(),
  doc: col.maybeInt(),
});
type Source = z.infer<typeof source>;

/** How much of a file's text is read: pages, and letters of one page. */
const PAGES_MAX = 2_000;
const PAGE_LENGTH_MAX = 30_000;
const TEXT_LENGTH_MAX = 2_000_000;

/**
 * Writes down anew under which terms these materials are found. Reads what stands, so that it may run twice, late, or in
 * any order. What is gone, retired or without a file leaves the index.
 *
 * @param texts `renew` where the text of a file may have changed
 */
export async function indexMaterials(db: Db, ids: readonly string[], texts: "keep" | "renew", at: Instant, count: "count new" | "count all" = "count new"): Promise<void> {
  if (ids.length === 0) return;
  const rows = await listSources(db, ids);
  const classes = await listClasses(db, ids);
  const pages = await listTexts(db, [...new Set(rows.map((row) => row.blob_hash))]);
  const made = rows.map((row) => ({ row, terms: termsOf({ ...row, fileName: row.file_name }, (pages.get(row.blob_hash) ?? []).map((page) => page.text), filtersOf(row, classes.get(row.id) ?? [])) }));
  await db.transaction(async (trx) => {
    await removeMissing(trx, ids, new Set(rows.map((row) => row.id)));
    await writePages(trx, pages, texts);
    await countWords(trx, made.filter(({ row }) => count === "count all" || row.doc === null).map(({ terms }) => terms));
    const docs = await writeRows(trx, made, at);
    await writeTerms(trx, made.map(({ row, terms }) => ({ doc: docs.get(row.id) ?? 0, terms: terms.all })));
  });
}

function listSources(db: Db, ids: readonly string[]): Promise<Source[]> {
  return all(
    source,
    db("materials as m")
      .join("units as s", "s.id", "m.school_id")
      .join("material_versions as v", "v.id", db.raw("COALESCE(m.approved_version_id, m.latest_version_id)"))
      .leftJoin("library_index as i", "i.material_id", "m.id")
      .whereIn("m.id", [...ids])
      .whereNull("m.retired_at")
      .orderBy("m.id")
      .select("m.id", "m.school_id", "m.uploaded_by", "m.title", "m.description", "m.subject_code", "m.grade", "m.kind", "m.licence", "m.year", "m.author", "m.keywords", "m.scope", "m.approved_version_id")
      .select({ school_path: "s.path", version_id: "v.id", blob_hash: "v.blob_hash", file_name: "v.file_name", doc: "i.doc" })
      .select(db.raw("(SELECT COUNT(*) FROM lesson_attachments a WHERE a.material_id = m.id) AS attached"))
      .select(db.raw("(SELECT COUNT(*) FROM materials o WHERE o.from_material_id = m.id) AS adopted"))
      .select(db.raw("(SELECT COUNT(*) FROM captions c WHERE c.version_id = v.id) AS captions")),
  );
}

/** The classes whose teachers show a material in a lesson. */
async function listClasses(db: Db, ids: readonly string[]): Promise<Map<string, string[]>> {
  const rows = await all(
    z.object({ material_id: col.id(), class_id: col.id() }),
    db("lesson_attachments as a").join("courses as c", "c.id", "a.course_id").whereIn("a.material_id", [...ids]).distinct("a.material_id", "c.class_id"),
  );
  const found = new Map<string, string[]>();
  for (const row of rows) found.set(row.material_id, [...(found.get(row.material_id) ?? []), row.class_id]);
  return found;
}

const usesOf = (row: Source): number => row.attached + row.adopted;

function facetsOf(row: Source): string {
  return writeFacets({
    subject: row.subject_code ?? "",
    grade: String(row.grade ?? ""),
    kind: row.kind,
    licence: row.licence,
    school: row.school_id,
    year: String(row.year ?? ""),
    approved: row.approved_version_id === null ? "" : "yes",
    captions: row.captions > 0 ? "yes" : "",
  });
}

/** Terms of what is shared beyond its school: with all staff (of a cluster or a province at least), with everybody. */
const WIDE: Record<string, readonly string[]> = { cluster: ["wide:staff"], province: ["wide:staff"], public: ["wide:staff", "wide:public"] };

function filtersOf(row: Source, classes: readonly string[]): string[] {
  const approved = row.approved_version_id !== null;
  return [
    `subject:${row.subject_code ?? "none"}`,
    `grade:${row.grade ?? "none"}`,
    `kind:${row.kind}`,
    `licence:${row.licence}`,
    `year:${row.year ?? "none"}`,
    `school:${row.school_id}`,
    `by:${row.uploaded_by}`,
    `used:${useStep(usesOf(row))}`,
    ...row.school_path.split("/").filter(Boolean).map((id) => `under:${id}`),
    ...classes.map((id) => `class:${id}`),
    ...(approved ? [`approved:${row.school_id}`, ...(WIDE[row.scope] ?? [])] : []),
    ...(row.captions > 0 ? ["captions:yes"] : []),
  ];
}

interface Page {
  blob_hash: string;
  page: number;
  text: string;
}

async function listTexts(db: Db, hashes: readonly string[]): Promise<Map<string, Page[]>> {
  const found = new Map<string, Page[]>();
  const row = z.object({ blob_hash: col.text(), page: col.int(), text: col.text() });
  for (const hash of hashes) {
    // One file at a time: books of a thousand pages are not held side by side.
    const rows = await all(row, db("file_texts").where({ blob_hash: hash }).orderBy("page").limit(PAGES_MAX).select("blob_hash", "page", db.raw("SUBSTR(text, 1, ?) AS text", [PAGE_LENGTH_MAX])));
    let length = 0;
    const kept = rows.filter((one) => (length += one.text.length) <= TEXT_LENGTH_MAX);
    if (kept.length > 0) found.set(hash, kept);
  }
  return found;
}

async function removeMissing(trx: Db, ids: readonly string[], standing: ReadonlySet<string>): Promise<void> {
  const gone = ids.filter((id) => !standing.has(id));
  if (gone.length === 0) return;
  const rows = await all(z.object({ doc: col.int() }), trx("library_index").whereIn("material_id", gone).select("doc"));
  await removeTerms(trx, rows.map((row) => row.doc));
  await trx("library_index").whereIn("material_id", gone).del();
}

/** Writes what a list needs of each; answers their numbers in the index, by material. New ones in the order of their age. */
async function writeRows(trx: Db, made: readonly { row: Source; terms: Terms }[], at: Instant): Promise<ReadonlyMap<string, number>> {
  if (made.length === 0) return new Map();
  const rows = made.map(({ row, terms }) => ({ material_id: row.id, blob_hash: row.blob_hash, title_words: terms.titleWords, uses: usesOf(row), facets: facetsOf(row), indexed_at: at }));
  const written = await all(z.object({ material_id: col.id(), doc: col.int() }), trx("library_index").insert(rows).onConflict("material_id").merge().returning(["material_id", "doc"]));
  return new Map(written.map((row) => [row.material_id, row.doc]));
}

async function writePages(trx: Db, pages: ReadonlyMap<string, Page[]>, texts: "keep" | "renew"): Promise<void> {
  const hashes = [...pages.keys()];
  if (hashes.length === 0) return;
  if (texts === "renew") await trx("library_pages").whereIn("blob_hash", hashes).del();
  const known = new Set((await all(z.object({ blob_hash: col.text() }), trx("library_pages").whereIn("blob_hash", hashes).distinct("blob_hash"))).map((row) => row.blob_hash));
  const rows = [...pages].filter(([hash]) => !known.has(hash)).flatMap(([, list]) => list);
  await insertAll(trx, "library_pages", rows.map((page) => ({ blob_hash: page.blob_hash, page: page.page, folded: foldedPage(page.text) })));
}

/** Words between single spaces, with one at each end: a phrase is found as ` phan so `. */
function foldedPage(text: string): string {
  return ` ${wordsOf(text.normalize("NFC")).map((word) => word.folded).join(" ")} `;
}

/** Counts the words of materials that are new to the index; the counts only order guesses, so changes are left to a rebuild. */
async function countWords(trx: Db, made: readonly Terms[]): Promise<void> {
  const counts = new Map<string, number>();
  for (const terms of made) {
    for (const word of new Set([...terms.vocabulary, ...terms.textWords])) counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  const rows = [...counts].map(([word, materials]) => ({ word, materials }));
  for (let i = 0; i < rows.length; i += 400) {
    await trx("library_words").insert(rows.slice(i, i + 400)).onConflict("word").merge({ materials: trx.raw("library_words.materials + excluded.materials") });
  }
}
