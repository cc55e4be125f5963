import { z } from "zod";
import { all, col, maybeOne, table, type Db } from "../platform/db.ts";
import { isId } from "../platform/ids.ts";
import { MATERIAL_ORIGINS } from "../materials/rules.ts";
import { REPORT_KINDS } from "./rules.ts";

/** One teacher's word about a material, changeable; a removed one stays with its reason. */
export const materialRatings = table("material_ratings", {
  material_id: col.id(),
  person_id: col.id(),
  stars: col.int(),
  words: col.text(),
  rated_at: col.instant(),
  removed_at: col.maybeInstant(),
  removed_by: col.maybeId(),
  removal_reason: col.text(),
});

/** A problem that somebody saw. */
export const materialReports = table("material_reports", {
  id: col.id(),
  material_id: col.id(),
  reported_by: col.id(),
  kind: col.oneOf(REPORT_KINDS),
  words: col.text(),
  state: col.oneOf(["open", "answered"]),
  reported_at: col.instant(),
  answered_by: col.maybeId(),
  answered_at: col.maybeInstant(),
  answer: col.text(),
});

/** A material that was taken down, and perhaps put back. */
export const materialTakedowns = table("material_takedowns", {
  id: col.id(),
  material_id: col.id(),
  reason: col.text(),
  rights_violated: col.flag(),
  by_office: col.flag(),
  taken_down_by: col.id(),
  taken_down_at: col.instant(),
  because_of_id: col.maybeId(),
  put_back_by: col.maybeId(),
  put_back_at: col.maybeInstant(),
  put_back_reason: col.text(),
});

/** A collection (bộ sưu tập) of materials in an order, each with a note. */
export const collections = table("collections", {
  id: col.id(),
  unit_id: col.id(),
  owner_id: col.id(),
  title: col.text(),
  description: col.text(),
  scope: col.oneOf(["own", "school", "cluster", "province", "public"]),
  revision: col.int(),
  removed_at: col.maybeInstant(),
  created_at: col.instant(),
  updated_at: col.instant(),
});

export const collectionItems = table("collection_items", {
  collection_id: col.id(),
  material_id: col.id(),
  position: col.int(),
  note: col.text(),
  added_by: col.id(),
  added_at: col.instant(),
});

/** In how many classes of how many schools a material is used. */
export interface Uses {
  classes: number;
  schools: number;
}

const usesRow = z.object({ id: col.id(), classes: col.int(), schools: col.int() });

/**
 * Counts the use of materials, together with that of their adopted copies: the classes whose teacher put it into a lesson
 * or whose pupils opened a lesson of the plan that it serves, and the schools of those classes and of the copies in use.
 */
export async function usesOf(db: Db, ids: readonly string[]): Promise<Map<string, Uses>> {
  if (ids.length === 0) return new Map();
  const marks = ids.map(() => "?").join(", ");
  // `k` is the material itself or a copy of it, `root` the material it is counted for.
  const rooted = `SELECT m.id AS root, m.id AS k FROM materials m WHERE m.id IN (${marks})
    UNION ALL SELECT c.from_material_id, c.id FROM materials c WHERE c.from_material_id IN (${marks}) AND c.origin = 'adopted'`;
  const rows = await all(
    usesRow,
    db.raw(
      `WITH roots AS (${rooted}), used AS (
         SELECT r.root, c.class_id, c.school_id
           FROM roots r JOIN lesson_attachments a ON a.material_id = r.k JOIN courses c ON c.id = a.course_id
         UNION
         SELECT r.root, c.class_id, c.school_id
           FROM roots r JOIN materials m ON m.id = r.k AND m.approved_version_id IS NOT NULL
           JOIN material_lessons ml ON ml.material_id = r.k
           JOIN plan_lessons l ON l.id = ml.plan_lesson_id JOIN courses c ON c.plan_id = l.plan_id
          WHERE EXISTS (SELECT 1 FROM lesson_progress p
                         WHERE p.course_id = c.id AND p.plan_lesson_id = l.id AND p.last_opened_at >= ml.linked_at)
         UNION
         SELECT r.root, NULL, m.school_id
           FROM roots r JOIN materials m ON m.id = r.k
          WHERE r.k <> r.root AND m.approved_version_id IS NOT NULL AND m.retired_at IS NULL)
       SELECT root AS id, COUNT(DISTINCT class_id) AS classes, COUNT(DISTINCT school_id) AS schools FROM used GROUP BY root`,
      [...ids, ...ids],
    ),
  );
  return new Map(rows.map((row) => [row.id, { classes: row.classes, schools: row.schools }]));
}

/** A neighbour in a chain of copies: where a material comes from, or what was made from it. */
const chained = z.object({
  id: col.id(),
  title: col.text(),
  author: col.text(),
  licence: col.text(),
  origin: col.oneOf(MATERIAL_ORIGINS),
  school_name: col.text(),
  from_material_id: col.maybeId(),
});
export type ChainedRow = z.infer<typeof chained>;

const chainQuery = (db: Db) =>
  db("materials as m")
    .join("units as s", "s.id", "m.school_id")
    .select("m.id", "m.title", "m.author", "m.licence", "m.origin", "m.from_material_id", { school_name: "s.name" });

/** How far back a chain of copies is told. */
const CHAIN_MAX = 10;

/** What a material was made from, the nearest first: told to everybody, since the licences ask for the credit. */
export async function listSources(db: Db, material: { from_material_id: string | null }): Promise<ChainedRow[]> {
  const found: ChainedRow[] = [];
  let next = material.from_material_id;
  while (next !== null && found.length < CHAIN_MAX && !found.some((row) => row.id === next)) {
    const row: ChainedRow | undefined = await maybeOne(chained, chainQuery(db).where("m.id", next));
    if (row === undefined) break;
    found.push(row);
    next = row.from_material_id;
  }
  return found;
}

const MADE_FROM_MAX = 20;

/** Changed copies of a material, as far as the reader may see them, the newest first. */
export function listMadeFrom(db: Db, material: { id: string }, visible: (query: ReturnType<typeof chainQuery>) => void): Promise<ChainedRow[]> {
  const query = chainQuery(db).where({ "m.from_material_id": material.id, "m.origin": "derived" }).orderBy("m.id", "desc").limit(MADE_FROM_MAX);
  visible(query);
  return all(chained, query);
}

/** The ids of these that the reader may see. */
export async function visibleAmong(db: Db, ids: readonly string[], visible: (query: ReturnType<typeof chainQuery>) => void): Promise<Set<string>> {
  if (ids.length === 0) return new Set();
  const query = chainQuery(db).whereIn("m.id", [...ids]);
  visible(query);
  return new Set((await all(chained, query)).map((row) => row.id));
}

const takedown = materialTakedowns.row.extend({ name: col.text() });
export type TakedownRow = z.infer<typeof takedown>;

/** The takedown that stands, if the material is taken down. */
export function loadTakedown(db: Db, materialId: string): Promise<TakedownRow | undefined> {
  if (!isId(materialId)) return Promise.resolve(undefined);
  return maybeOne(
    takedown,
    db("material_takedowns as t")
      .join("persons as p", "p.id", "t.taken_down_by")
      .where("t.material_id", materialId)
      .whereNull("t.put_back_at")
      .orderBy("t.id", "desc")
      .limit(1)
      .select(materialTakedowns.columns.map((name) => `t.${name}`))
      .select({ name: "p.name" }),
  );
}

const adopter = z.object({ id: col.id(), title: col.text(), uploaded_by: col.id(), school_name: col.text() });

const ADOPTERS_MAX = 2000;

/** The adopted copies of a material and who took them over. */
export function listAdopted(db: Db, originalId: string, versionId?: string): Promise<z.infer<typeof adopter>[]> {
  const query = db("materials as m")
    .join("units as s", "s.id", "m.school_id")
    .where({ "m.from_material_id": originalId, "m.origin": "adopted" })
    .orderBy("m.id")
    .limit(ADOPTERS_MAX)
    .select("m.id", "m.title", "m.uploaded_by", { school_name: "s.name" });
  if (versionId !== undefined) query.whereNot("m.from_version_id", versionId);
  return all(adopter, query);
}
