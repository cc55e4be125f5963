import { z } from "zod";
import { all, col, countOf, maybeOne, one, table, type Db, type RowOf } from "../platform/db.ts";
import { isId } from "../platform/ids.ts";
import { archivedCollection, archivedMaterial } from "./archive/format.ts";

/** A folder, ZIP or archive on its way in. */
export const bulkImports = table("bulk_imports", {
  id: col.id(),
  school_id: col.id(),
  created_by: col.id(),
  kind: col.oneOf(["files", "archive"]),
  file_name: col.text(),
  state: col.oneOf(["preview", "running", "done", "undone"]),
  submits: col.flag(),
  restores: col.flag(),
  subject_code: col.maybeText(),
  grade: col.maybeInt(),
  source: col.json(z.object({ school: z.string(), at: col.instant(), why: z.enum(["unproven", "other_school", "not_leader"]).optional() })).nullable(),
  notes: col.json(z.array(z.string())),
  revision: col.int(),
  created_at: col.instant(),
  started_at: col.maybeInstant(),
  done_at: col.maybeInstant(),
});
export type BulkImportRow = RowOf<typeof bulkImports>;

export const ROW_STATES = ["ready", "skipped", "refused", "done", "failed", "undone", "kept"] as const;
export type RowState = (typeof ROW_STATES)[number];

/** What is said of a material beyond title, kind and place; of an archive the whole record. */
export const rowMeta = z.object({
  description: z.string().optional(),
  author: z.string().optional(),
  licence: z.string().optional(),
  source: z.string().optional(),
  keywords: z.string().optional(),
  accessibility: z.string().optional(),
  year: z.number().int().optional(),
  record: archivedMaterial.optional(),
  collection: archivedCollection.optional(),
});
export type RowMeta = z.infer<typeof rowMeta>;

/** One file on its way in (of an archive: one material with all its versions). */
export const bulkRows = table("bulk_rows", {
  import_id: col.id(),
  position: col.int(),
  path: col.text(),
  file_name: col.text(),
  state: col.oneOf(ROW_STATES),
  refusal: col.maybeText(),
  refusal_params: col.json(z.record(z.string(), z.union([z.string(), z.number()]))),
  blob_hash: col.maybeText(),
  size_bytes: col.int(),
  mime: col.text(),
  title: col.text(),
  kind: col.text(),
  subject_code: col.maybeText(),
  grade: col.maybeInt(),
  plan_lesson_id: col.maybeId(),
  certainty: col.oneOf(["sure", "doubtful", "none", "chosen"]),
  why: col.json(z.array(z.string())),
  meta: col.json(rowMeta),
  duplicate_of: col.maybeId(),
  same_as: col.maybeInt(),
  material_id: col.maybeId(),
  left_at: col.maybeInstant(),
  left_revision: col.maybeInt(),
});
export type BulkRow = RowOf<typeof bulkRows>;

/** A blob that an import holds until it is over. */
export const bulkFiles = table("bulk_files", { import_id: col.id(), blob_hash: col.text() });

/** A part of a school's library on its way out. */
export const bulkExports = table("bulk_exports", {
  id: col.id(),
  school_id: col.id(),
  requested_by: col.id(),
  state: col.oneOf(["waiting", "running", "ready", "failed", "expired"]),
  part: col.int(),
  parts: col.int(),
  material_ids: col.json(z.array(z.string())),
  blob_hash: col.maybeText(),
  file_name: col.text(),
  size_bytes: col.int(),
  tries: col.int(),
  requested_at: col.instant(),
  lease_until: col.maybeInstant(),
  expires_at: col.maybeInstant(),
});
export type BulkExportRow = RowOf<typeof bulkExports>;

export type BulkImport = BulkImportRow & { school: { id: string; path: string; name: string } };

const withSchool = bulkImports.row.extend({ school_path: col.text(), school_name: col.text() });

export async function loadBulkImport(db: Db, id: string): Promise<BulkImport | undefined> {
  if (!isId(id)) return undefined;
  const row = await maybeOne(
    withSchool,
    db("bulk_imports as i").join("units as s", "s.id", "i.school_id").where("i.id", id).select(bulkImports.columns.map((name) => `i.${name}`)).select({ school_path: "s.path", school_name: "s.name" }),
  );
  return row && { ...row, school: { id: row.school_id, path: row.school_path, name: row.school_name } };
}

export async function loadBulkExport(db: Db, id: string): Promise<(BulkExportRow & { school: { id: string; path: string } }) | undefined> {
  if (!isId(id)) return undefined;
  const row = await maybeOne(
    bulkExports.row.extend({ school_path: col.text() }),
    db("bulk_exports as e").join("units as s", "s.id", "e.school_id").where("e.id", id).select(bulkExports.columns.map((name) => `e.${name}`)).select({ school_path: "s.path" }),
  );
  return row && { ...row, school: { id: row.school_id, path: row.school_path } };
}

const listed = bulkImports.row.extend({ by_name: col.text(), rows: col.int(), done_rows: col.int() });
export type ListedImport = z.infer<typeof listed>;

/** The school's last imports, newest first: a person's own, or all for who leads. */
export function listBulkImports(db: Db, school: { id: string }, by: string | null): Promise<ListedImport[]> {
  const query = db("bulk_imports as i")
    .join("persons as p", "p.id", "i.created_by")
    .where("i.school_id", school.id)
    .orderBy("i.id", "desc")
    .limit(20)
    .select(bulkImports.columns.map((name) => `i.${name}`))
    .select({ by_name: "p.name" })
    .select(
      db.raw("(SELECT COUNT(*) FROM bulk_rows r WHERE r.import_id = i.id) AS rows"),
      db.raw("(SELECT COUNT(*) FROM bulk_rows r WHERE r.import_id = i.id AND r.state = 'done') AS done_rows"),
    );
  if (by !== null) void query.where("i.created_by", by);
  return all(listed, query);
}

/** Which rows of the report are shown. */
export const FILTERS = ["all", "look", "refused", "skipped", "done"] as const;
export type Filter = (typeof FILTERS)[number];
export const ROWS_PAGE = 25;

const rowView = bulkRows.row.extend({ duplicate_title: col.maybeText(), same_path: col.maybeText() });
export type RowView = z.infer<typeof rowView>;

/** One page of rows from a position on, in the order of the archive; one more than the page tells whether there are more. */
export function listRows(db: Db, found: { id: string }, filter: Filter, from: number): Promise<RowView[]> {
  const query = filtered(db("bulk_rows as r").where("r.import_id", found.id), filter)
    .leftJoin("materials as m", "m.id", "r.duplicate_of")
    .leftJoin("bulk_rows as t", (join) => void join.on("t.import_id", "r.import_id").andOn("t.position", "r.same_as"))
    .where("r.position", ">=", from)
    .orderBy("r.position")
    .limit(ROWS_PAGE + 1)
    .select(bulkRows.columns.map((name) => `r.${name}`))
    .select({ duplicate_title: "m.title", same_path: "t.path" });
  return all(rowView, query);
}

const counts = z.object({ all: col.int(), ready: col.int(), look: col.int(), refused: col.int(), skipped: col.int(), done: col.int(), failed: col.int(), undone: col.int(), kept: col.int(), bytes: col.int() });
export type Counts = z.infer<typeof counts>;

export function countRows(db: Db, found: { id: string }): Promise<Counts> {
  const sum = (condition: string, as: string): string => `COALESCE(SUM(CASE WHEN ${condition} THEN 1 ELSE 0 END), 0) AS ${as}`;
  return one(
    counts,
    db("bulk_rows")
      .where({ import_id: found.id })
      .select(
        db.raw('COUNT(*) AS "all"'),
        db.raw(sum("state = 'ready'", "ready")),
        db.raw(sum("state = 'ready' AND certainty IN ('doubtful', 'none')", "look")),
        db.raw(sum("state = 'refused'", "refused")),
        db.raw(sum("state = 'skipped'", "skipped")),
        db.raw(sum("state = 'done'", "done")),
        db.raw(sum("state = 'failed'", "failed")),
        db.raw(sum("state = 'undone'", "undone")),
        db.raw(sum("state = 'kept'", "kept")),
        db.raw("COALESCE(SUM(CASE WHEN state = 'ready' THEN size_bytes ELSE 0 END), 0) AS bytes"),
      ),
  );
}

/** How many bytes an import would add to what its school stores: each file once, and none that the school holds already. */
export function bytesToAdd(db: Db, found: { id: string; school_id: string }): Promise<number> {
  return countOf(
    db
      .from(db("bulk_rows").distinct("blob_hash", "size_bytes").where({ import_id: found.id, state: "ready" }).whereNotNull("blob_hash").as("r"))
      .whereNotIn("r.blob_hash", db("material_versions as v").join("materials as m", "m.id", "v.material_id").where("m.school_id", found.school_id).select("v.blob_hash"))
      .sum({ bytes: "r.size_bytes" }),
  );
}

const lessonRow = z.object({
  id: col.id(),
  plan_id: col.id(),
  subject_code: col.text(),
  grade: col.int(),
  title: col.text(),
  chapter: col.text(),
  kind: col.text(),
  periods: col.int(),
  position: col.int(),
  week_from: col.maybeInt(),
  week_to: col.maybeInt(),
});
export type LessonOfPlan = z.infer<typeof lessonRow>;

const LESSONS_MAX = 6000;

/** All lessons of a school's published plans of a year, plan by plan in their order. */
export function listPlanLessons(db: Db, school: { id: string }, yearId: string): Promise<LessonOfPlan[]> {
  return all(
    lessonRow,
    db("plan_lessons as l")
      .join("plans as p", "p.id", "l.plan_id")
      .where({ "p.school_id": school.id, "p.year_id": yearId })
      .whereNull("l.removed_at")
      .orderBy([{ column: "p.subject_code" }, { column: "p.grade" }, { column: "p.id" }, { column: "l.position" }, { column: "l.id" }])
      .limit(LESSONS_MAX)
      .select("l.id", "l.plan_id", "p.subject_code", "p.grade", "l.title", "l.chapter", "l.kind", "l.periods", "l.position", "l.week_from", "l.week_to"),
  );
}

const lessonOfSchool = z.object({ id: col.id(), subject_code: col.text(), grade: col.int() });

/** Those of these lessons that are the school's own and still in a plan: what a form may choose. */
export async function findLessons(db: Db, school: { id: string }, ids: readonly string[]): Promise<Map<string, z.infer<typeof lessonOfSchool>>> {
  if (ids.length === 0) return new Map();
  const rows = await all(lessonOfSchool, db("plan_lessons as l").join("plans as p", "p.id", "l.plan_id").where("p.school_id", school.id).whereNull("l.removed_at").whereIn("l.id", [...ids]).select("l.id", "p.subject_code", "p.grade"));
  return new Map(rows.map((row) => [row.id, row]));
}

const duplicateRow = z.object({ blob_hash: col.text(), id: col.id() });

/** Materials of the school, not retired, that hold one of these files in their newest or used version. */
export async function findDuplicates(db: Db, school: { id: string }, hashes: readonly string[]): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (let i = 0; i < hashes.length; i += 400) {
    const rows = await all(
      duplicateRow,
      db("material_versions as v")
        .join("materials as m", "m.id", "v.material_id")
        .where("m.school_id", school.id)
        .whereNull("m.retired_at")
        .whereIn("v.blob_hash", hashes.slice(i, i + 400))
        .where((q) => void q.whereRaw("v.id = m.latest_version_id").orWhereRaw("v.id = m.approved_version_id"))
        .select("v.blob_hash", "m.id"),
    );
    for (const row of rows) found.set(row.blob_hash, row.id);
  }
  return found;
}

/** Rows of a page that was shown, as they stand now and may still be corrected. */
export function rowsAt(db: Db, found: { id: string }, positions: readonly number[]): Promise<RowView[]> {
  const query = db("bulk_rows as r").where("r.import_id", found.id).whereIn("r.position", [...positions]).whereIn("r.state", ["ready", "skipped"]).orderBy("r.position").limit(ROWS_PAGE);
  return all(rowView, query.select(bulkRows.columns.map((name) => `r.${name}`)).select(db.raw("NULL AS duplicate_title, NULL AS same_path")));
}

const positionRow = z.object({ position: col.int() });

/** Where the page before this one begins; undefined on the first. */
export async function positionBefore(db: Db, found: { id: string }, filter: Filter, from: number): Promise<number | undefined> {
  if (from <= 1) return undefined;
  const query = filtered(db("bulk_rows as r").where("r.import_id", found.id).where("r.position", "<", from), filter);
  const rows = await all(positionRow, query.orderBy("r.position", "desc").limit(ROWS_PAGE).select("r.position"));
  return rows.at(-1)?.position;
}

function filtered(query: ReturnType<Db>, filter: Filter): ReturnType<Db> {
  if (filter === "look") return query.where("r.state", "ready").whereIn("r.certainty", ["doubtful", "none"]);
  if (filter === "refused") return query.whereIn("r.state", ["refused", "failed", "kept"]);
  if (filter === "skipped") return query.where("r.state", "skipped");
  return filter === "done" ? query.where("r.state", "done") : query;
}
