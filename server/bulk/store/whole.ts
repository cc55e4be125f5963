import { z } from "zod";
import { requestDigitising } from "../../digitising/store.ts";
import { materialApproved, materialDescribed, materialLinksChanged } from "../../materials/events.ts";
import { materialLessons, materials, materialSteps, materialVersions } from "../../materials/store.ts";
import { captions } from "../../materials/store/captions.ts";
import { materialComments } from "../../materials/store/comments.ts";
import { record } from "../../platform/audit.ts";
import { all, col, insertAll, maybeOne, type Db } from "../../platform/db.ts";
import { conflict } from "../../platform/errors.ts";
import { raise } from "../../platform/jobs/queue.ts";
import { saveBlob } from "../../platform/storage/store.ts";
import { collectionItems, collections, materialRatings, materialTakedowns } from "../../sharing/store.ts";
import type { StoredRow, WholeRows } from "../archive/format.ts";
import type { BulkImport } from "../store.ts";
import type { Act } from "./stage.ts";

/** Everything that stands about a material, in the order in which it can be put back. Reports are letters between people and stay where they are. */
const TABLES = [
  { table: materialVersions, order: "number", since: "uploaded_at" },
  { table: materialSteps, order: "id", since: "at" },
  { table: materialLessons, order: "plan_lesson_id", since: "linked_at" },
  { table: materialComments, order: "id", since: "at" },
  { table: captions, order: "id", since: "uploaded_at" },
  { table: materialRatings, order: "person_id", since: "rated_at" },
  { table: materialTakedowns, order: "id", since: "taken_down_at" },
] as const;

/** Columns that name a person; without that person here the restoring one stands there, or nobody. */
const PERSONS = ["uploaded_by", "by", "linked_by", "taken_down_by", "added_by", "owner_id", "person_id"] as const;
const PERSONS_OR_NOBODY = ["wanted_by", "settled_by", "removed_by", "put_back_by"] as const;

/** A row as the database takes it: JSON is text. */
function stored(row: Record<string, unknown>): StoredRow {
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, value !== null && typeof value === "object" ? JSON.stringify(value) : value])) as StoredRow;
}

/** All rows about some materials, by the material's id. */
export async function listRows(db: Db, ids: readonly string[]): Promise<Map<string, WholeRows>> {
  const found = new Map<string, WholeRows>();
  for (const row of await all(materials.row, db("materials").whereIn("id", ids).select(materials.columns))) found.set(row.id, { materials: [stored(row)] });
  for (const { table, order } of TABLES) {
    const rows = await all(table.row as z.ZodObject<{ material_id: z.ZodString }>, db(table.name).whereIn("material_id", ids).orderBy(["material_id", order]).select(table.columns));
    for (const row of rows) {
      const of = found.get(row.material_id);
      if (of) (of[table.name] ??= []).push(stored(row));
    }
  }
  return found;
}

/** The school's own collections, those that a person keeps for themselves aside, with the rows of what is in them. */
export async function listCollections(db: Db, school: { id: string }): Promise<{ title: string; rows: WholeRows }[]> {
  const found = await all(collections.row, db("collections").where({ unit_id: school.id }).whereNull("removed_at").whereNot("scope", "own").orderBy("id").select(collections.columns));
  const items = await all(collectionItems.row, db("collection_items").whereIn("collection_id", found.map((one) => one.id)).orderBy(["collection_id", "position", "material_id"]).select(collectionItems.columns));
  return found.map((one) => ({ title: one.title, rows: { collections: [stored(one)], collection_items: items.filter((item) => item.collection_id === one.id).map(stored) } }));
}

const placed = z.object({ id: col.id(), school_id: col.id() });

/** Which of these materials are here, and in which school. */
export async function findPlaces(db: Db, ids: readonly string[]): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (let i = 0; i < ids.length; i += 400) for (const row of await all(placed, db("materials").whereIn("id", ids.slice(i, i + 400)).select("id", "school_id"))) found.set(row.id, row.school_id);
  return found;
}

/**
 * Puts a material back exactly as it stood, under its own id, with everything about it. Only for rows whose archive is
 * proven to be this installation's own for this school.
 *
 * @returns the id, or that it is here already: what stands here is newer than what an archive says
 */
export async function putBack(trx: Db, found: BulkImport, rows: WholeRows, act: Act): Promise<{ materialId: string } | { known: string }> {
  const material = materials.row.parse(rows["materials"]?.[0]);
  if (material.school_id !== found.school_id) throw conflict();
  if ((await findPlaces(trx, [material.id])).size > 0) return { known: material.id };
  const known = await knownPeople(trx, rows);
  await trx("materials").insert({ ...withPeople(stored(material), known, act), ...(await whatIsHere(trx, material)) });
  for (const { table } of TABLES) await insertAll(trx, table.name, await fitting(trx, found, table.name, (rows[table.name] ?? []).map((row) => withPeople(stored(table.row.parse(row)), known, act)), act));
  const lessons = await all(materialLessons.row, trx("material_lessons").where({ material_id: material.id }).select(materialLessons.columns));
  await raise(trx, materialDescribed, { materialId: material.id }, act.at);
  if (lessons.length > 0) await raise(trx, materialLinksChanged, { materialId: material.id, planLessonIds: lessons.map((lesson) => lesson.plan_lesson_id) }, act.at);
  if (material.approved_version_id !== null) await raise(trx, materialApproved, { materialId: material.id }, act.at);
  await record(trx, { at: act.at, actorId: act.by, action: "material.restore_from_archive", subjectType: "material", subjectId: material.id, schoolId: material.school_id, details: { state: material.state, scope: material.scope, import: found.id }, requestId: act.requestId });
  return { materialId: material.id };
}

/** Puts a collection back with those of its materials that are here. */
export async function putBackCollection(trx: Db, found: BulkImport, rows: WholeRows, act: Act): Promise<void> {
  const collection = collections.row.parse(rows["collections"]?.[0]);
  if (collection.unit_id !== found.school_id) throw conflict();
  if (await trx("collections").where({ id: collection.id }).first("id")) throw conflict("collection_here");
  const known = await knownPeople(trx, rows);
  const items = (rows["collection_items"] ?? []).map((row) => collectionItems.row.parse(row));
  const here = await findPlaces(trx, items.map((item) => item.material_id));
  await trx("collections").insert(withPeople(stored(collection), known, act));
  await insertAll(trx, "collection_items", items.filter((item) => here.has(item.material_id)).map((item) => withPeople(stored(item), known, act)));
  await record(trx, { at: act.at, actorId: act.by, action: "collection.restore_from_archive", subjectType: "collection", subjectId: collection.id, schoolId: found.school_id, details: { import: found.id }, requestId: act.requestId });
}

/** Takes a collection away again that nobody touched since; false where somebody did. */
export async function removeCollection(trx: Db, rows: WholeRows): Promise<boolean> {
  const { id, revision, updated_at } = collections.row.parse(rows["collections"]?.[0]);
  const same = await trx("collections").where({ id, revision, updated_at }).first("id");
  if (!same) return false;
  await trx("collection_items").where({ collection_id: id }).del();
  await trx("collections").where({ id }).del();
  return true;
}

/** Removes what an archive brought with a material, its versions and the material itself excepted; what came later stays and keeps it. */
export async function removeSatellites(trx: Db, materialId: string, before: string): Promise<void> {
  for (const name of ["material_takedowns", "material_ratings", "captions", "material_comments"] as const) {
    const since = TABLES.find(({ table }) => table.name === name)?.since ?? "at";
    await trx(name).where({ material_id: materialId }).where(since, "<=", before).del();
  }
}

const idRow = z.object({ id: col.id() });

async function knownPeople(trx: Db, rows: WholeRows): Promise<ReadonlySet<string>> {
  const names = [...PERSONS, ...PERSONS_OR_NOBODY];
  const ids = new Set(Object.values(rows).flat().flatMap((row) => names.map((name) => row[name]).filter((id): id is string => typeof id === "string")));
  return new Set((await all(idRow, trx("persons").whereIn("id", [...ids]).select("id"))).map((row) => row.id));
}

function withPeople(row: StoredRow, known: ReadonlySet<string>, act: Act): StoredRow {
  const missing = (name: string): boolean => typeof row[name] === "string" && !known.has(row[name]);
  return {
    ...row,
    ...Object.fromEntries(PERSONS.filter((name) => name !== "person_id").filter(missing).map((name) => [name, act.by])),
    ...Object.fromEntries(PERSONS_OR_NOBODY.filter(missing).map((name) => [name, null])),
    ...(missing("person_id") ? { person_id: "" } : {}), // a word about a material without the person who said it is nobody's
  };
}

/** What a material refers to, where it is still here. */
async function whatIsHere(trx: Db, material: z.infer<typeof materials.row>): Promise<StoredRow> {
  const isHere = async (name: string, key: string, value: string | null): Promise<string | null> => (value !== null && (await trx(name).where({ [key]: value }).first(key)) ? value : null);
  const from = await isHere("material_versions", "id", material.from_version_id);
  return {
    campus_id: await isHere("units", "id", material.campus_id),
    subject_code: await isHere("subjects", "code", material.subject_code),
    from_material_id: await isHere("materials", "id", material.from_material_id),
    from_version_id: from,
  };
}

/** Those rows that can stand here, with what they refer to made sure of. */
async function fitting(trx: Db, found: BulkImport, name: string, rows: StoredRow[], act: Act): Promise<StoredRow[]> {
  if (rows.length === 0) return rows;
  if (name === "material_ratings") return rows.filter((row) => row["person_id"] !== "");
  if (name === "material_lessons") {
    const ids = rows.map((row) => String(row["plan_lesson_id"]));
    const here = new Set((await all(idRow, trx("plan_lessons as l").join("plans as p", "p.id", "l.plan_id").where("p.school_id", found.school_id).whereIn("l.id", ids).select("l.id"))).map((row) => row.id));
    return rows.filter((row) => here.has(String(row["plan_lesson_id"])));
  }
  if (name === "material_takedowns") {
    for (const row of rows) {
      const because = row["because_of_id"];
      const here = typeof because === "string" ? await maybeOne(idRow, trx("material_takedowns").where({ id: because }).first("id")) : undefined;
      row["because_of_id"] = here?.id ?? null;
    }
  }
  if (name === "material_versions" || name === "captions") {
    for (const row of rows) {
      const file = { hash: String(row["blob_hash"]), size: Number(row["size_bytes"]), mime: name === "captions" ? "text/vtt" : String(row["mime"]) };
      await saveBlob(trx, file, act.at);
      if (name === "material_versions") await requestDigitising(trx, { ...file, name: String(row["file_name"]) }, act.at);
    }
  }
  return rows;
}
