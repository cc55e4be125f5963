import type { Knex } from "knex";
import { z } from "zod";
import { provincesOf, STAFF_ROLES, type Actor } from "../../access/actor.ts";
import type { Granted } from "../../access/policy.ts";
import { record } from "../../platform/audit.ts";
import { dayOf, type Instant } from "../../platform/clock.ts";
import { all, col, countOf, maybeOne, type Db } from "../../platform/db.ts";
import { conflict, invalid } from "../../platform/errors.ts";
import { isId, newId } from "../../platform/ids.ts";
import type { Act } from "../../materials/store/upload.ts";
import { movedOrder, type CollectionScope } from "../rules.ts";
import { collections } from "../store.ts";

const unitKind = col.oneOf(["department", "commune", "cluster", "school", "campus"]);
const loaded = collections.row.extend({ unit_name: col.text(), unit_path: col.text(), unit_kind: unitKind, owner_name: col.text() });
const place = z.object({ id: col.id(), path: col.text() });

export type CollectionRow = z.infer<typeof loaded> & {
  unit: { id: string; path: string; kind: string };
  /** The schools of a cluster today; the school itself for a school's collection. */
  schools: { id: string; path: string }[];
};

const collectionQuery = (db: Db) =>
  db("collections as c")
    .join("units as u", "u.id", "c.unit_id")
    .join("persons as p", "p.id", "c.owner_id")
    .whereNull("c.removed_at")
    .select(collections.columns.map((name) => `c.${name}`))
    .select({ unit_name: "u.name", unit_path: "u.path", unit_kind: "u.kind", owner_name: "p.name" });

export async function loadCollection(db: Db, id: string, at: Instant): Promise<CollectionRow | undefined> {
  const row = isId(id) ? await maybeOne(loaded, collectionQuery(db).where("c.id", id)) : undefined;
  if (row === undefined) return undefined;
  const unit = { id: row.unit_id, path: row.unit_path, kind: row.unit_kind };
  const schools = row.unit_kind === "cluster" ? await schoolsOfCluster(db, row.unit_id, at) : row.unit_kind === "school" ? [unit] : [];
  return { ...row, unit, schools };
}

function schoolsOfCluster(db: Db, clusterId: string, at: Instant): Promise<{ id: string; path: string }[]> {
  const today = dayOf(at);
  return all(
    place,
    db("cluster_members as m")
      .join("units as u", "u.id", "m.school_id")
      .where("m.cluster_id", clusterId)
      .where("m.from_on", "<=", today)
      .where((open) => void open.whereNull("m.to_on").orWhere("m.to_on", ">", today))
      .select("u.id", "u.path"),
  );
}

/**
 * Keeps of a query over collections (`c`) and their units (`u`) what the person may read, as `collectionRefusal` decides it;
 * a property test compares the two.
 */
export function whereCollectionVisible(query: Knex.QueryBuilder, actor: Actor, at: Instant): void {
  const today = dayOf(at);
  const placesOf = (roles: readonly string[]): string[] => [...new Set(actor.memberships.filter((m) => roles.includes(m.role)).flatMap((m) => m.unitPath.split("/").filter(Boolean)))];
  const staffAt = placesOf(STAFF_ROLES);
  const homeAt = placesOf([...STAFF_ROLES, "pupil", "parent"]);
  /** A school's own collection, or that of a cluster in which one of these schools is today. */
  const ofSchools = (any: Knex.QueryBuilder, schools: readonly string[]): void => {
    any.where((one) => {
      one.where((own) => void own.where("u.kind", "school").whereIn("u.id", [...schools])).orWhereExists((members) => {
        void members
          .select(members.client.raw("1"))
          .from("cluster_members as cm")
          .whereRaw("?? = ??", ["cm.cluster_id", "u.id"])
          .whereIn("cm.school_id", [...schools])
          .where("cm.from_on", "<=", today)
          .where((open) => void open.whereNull("cm.to_on").orWhere("cm.to_on", ">", today));
      });
    });
  };
  query.where((any) => {
    any.where("c.owner_id", actor.personId).orWhere("c.scope", "public");
    for (const office of actor.memberships.filter((m) => m.role === "commune_officer" || m.role === "province_officer")) {
      any.orWhere((below) => void below.whereNot("c.scope", "own").where("u.path", "like", `${office.unitPath}%`));
    }
    if (staffAt.length > 0) any.orWhere((shared) => void shared.whereNot("c.scope", "own").where((one) => ofSchools(one, staffAt)));
    if (homeAt.length > 0) any.orWhere((home) => void home.where("c.scope", "school").where((one) => ofSchools(one, homeAt)));
    if (actor.clusterSchools.size > 0) any.orWhere((near) => void near.where("c.scope", "cluster").where((one) => ofSchools(one, [...actor.clusterSchools])));
    for (const province of provincesOf(actor)) any.orWhere((wide) => void wide.where("c.scope", "province").where("u.path", "like", `${province}%`));
  });
}

const listed = z.object({ id: col.id(), title: col.text(), description: col.text(), scope: col.text(), unit_name: col.text(), owner_id: col.id(), owner_name: col.text(), items: col.int(), updated_at: col.instant() });
export type ListedCollection = z.infer<typeof listed>;

export const COLLECTIONS_PAGE = 24;

/** Collections that the person may read, the newest first; one more than a page tells that there are more. */
export function listCollections(db: Db, actor: Actor, filter: { mine: boolean; after: string | null }, at: Instant): Promise<ListedCollection[]> {
  const query = listQuery(db).orderBy("c.id", "desc").limit(COLLECTIONS_PAGE + 1);
  if (filter.mine) query.where("c.owner_id", actor.personId);
  else whereCollectionVisible(query, actor, at);
  if (filter.after !== null) query.where("c.id", "<", filter.after);
  return all(listed, query);
}

const listQuery = (db: Db) =>
  db("collections as c")
    .join("units as u", "u.id", "c.unit_id")
    .join("persons as p", "p.id", "c.owner_id")
    .whereNull("c.removed_at")
    .select("c.id", "c.title", "c.description", "c.scope", "c.owner_id", "c.updated_at", { unit_name: "u.name", owner_name: "p.name" })
    .select(db("collection_items as i").whereRaw("i.collection_id = c.id").count("*").as("items"));

const OWN_MAX = 30;

/** The collections into which a person can put this material with one press, the last used first, and whether it is in them. */
export function listForAdding(db: Db, personId: string, materialId: string): Promise<(ListedCollection & { has: number })[]> {
  return all(
    listed.extend({ has: col.int() }),
    listQuery(db)
      .where("c.owner_id", personId)
      .orderBy([{ column: "c.updated_at", order: "desc" }, { column: "c.id" }])
      .limit(OWN_MAX)
      .select(db("collection_items as h").whereRaw("h.collection_id = c.id").where("h.material_id", materialId).count("*").as("has")),
  );
}

/** Collections that a material is in and the person may read; without a person the public ones. */
export function listHolding(db: Db, materialId: string, actor: Actor | undefined, at: Instant): Promise<ListedCollection[]> {
  const query = listQuery(db).join("collection_items as ci", "ci.collection_id", "c.id").where("ci.material_id", materialId).orderBy("c.id", "desc").limit(20);
  if (actor === undefined) query.where("c.scope", "public");
  else whereCollectionVisible(query, actor, at);
  return all(listed, query);
}

const item = z.object({
  material_id: col.id(),
  position: col.int(),
  note: col.text(),
  title: col.text(),
  kind: col.text(),
  grade: col.maybeInt(),
  subject_vi: col.maybeText(),
  subject_en: col.maybeText(),
  school_name: col.text(),
  mime: col.text(),
  size_bytes: col.int(),
});
export type CollectionItem = z.infer<typeof item>;

export const ITEMS_MAX = 200;

/** The items that the reader may see, in their order, and how many there are in all. */
export async function listItems(db: Db, collectionId: string, visible: (query: Knex.QueryBuilder) => void): Promise<{ items: CollectionItem[]; hidden: number }> {
  const query = db("collection_items as i")
    .join("materials as m", "m.id", "i.material_id")
    .join("units as s", "s.id", "m.school_id")
    .join("material_versions as v", (join) => void join.on("v.id", db.raw("COALESCE(m.approved_version_id, m.latest_version_id)")))
    .leftJoin("subjects as sub", "sub.code", "m.subject_code")
    .where("i.collection_id", collectionId)
    .orderBy(["i.position", "i.material_id"])
    .limit(ITEMS_MAX)
    .select("i.material_id", "i.position", "i.note", "m.title", "m.kind", "m.grade", "v.mime", "v.size_bytes", { subject_vi: "sub.name_vi", subject_en: "sub.name_en", school_name: "s.name" });
  visible(query);
  const [items, count] = await Promise.all([all(item, query), countOf(db("collection_items").where({ collection_id: collectionId }).count({ n: "*" }))]);
  return { items, hidden: Math.max(0, count - items.length) };
}

const choice = z.object({ id: col.id(), name: col.text(), kind: unitKind });
export type UnitChoice = z.infer<typeof choice>;

/** For which units a person can keep a collection: the own schools and offices, and the clusters of schools that one leads. */
export async function listCollectionUnits(db: Db, actor: Actor, at: Instant): Promise<UnitChoice[]> {
  const own = actor.memberships.filter((m) => ["teacher", "department_head", "school_leader", "commune_officer", "province_officer"].includes(m.role)).map((m) => m.unitId);
  const leads = actor.memberships.filter((m) => m.role === "school_leader").map((m) => m.unitId);
  const offices = actor.memberships.filter((m) => m.role === "province_officer").map((m) => m.unitPath);
  const today = dayOf(at);
  return all(
    choice,
    db("units as u")
      .where((any) => {
        any.where((mine) => void mine.whereIn("u.id", own).whereNot("u.kind", "campus"));
        any.orWhere((cluster) => {
          cluster.where("u.kind", "cluster").whereExists((members) => {
            void members.select(db.raw("1")).from("cluster_members as cm").whereRaw("cm.cluster_id = u.id").whereIn("cm.school_id", leads).where("cm.from_on", "<=", today).where((open) => void open.whereNull("cm.to_on").orWhere("cm.to_on", ">", today));
          });
        });
        for (const path of offices) any.orWhere((below) => void below.where("u.kind", "cluster").where("u.path", "like", `${path}%`));
      })
      .orderBy(["u.kind", "u.name", "u.id"])
      .limit(50)
      .select("u.id", "u.name", "u.kind"),
  );
}

export interface CollectionFields {
  title: string;
  description: string;
  scope: CollectionScope;
}

export async function createCollection(db: Db, unitId: string, fields: CollectionFields, first: { id: string } | undefined, act: Act): Promise<string> {
  return db.transaction(async (trx) => {
    const id = newId();
    await trx("collections").insert({ id, unit_id: unitId, owner_id: act.by, ...fields, created_at: act.at, updated_at: act.at });
    if (first !== undefined) await trx("collection_items").insert({ collection_id: id, material_id: first.id, position: 1, added_by: act.by, added_at: act.at });
    await audit(trx, "collection.create", { id, unit_id: unitId }, { scope: fields.scope }, act);
    return id;
  });
}

/** Saves title, description and scope; false when somebody else saved since `revision` was read. */
export async function saveCollection(db: Db, collection: Granted<"edit", CollectionRow>, fields: CollectionFields, revision: number, act: Act): Promise<boolean> {
  return db.transaction(async (trx) => {
    const saved = await trx("collections").where({ id: collection.id, revision }).update({ ...fields, revision: revision + 1, updated_at: act.at });
    if (saved === 0) return false;
    await audit(trx, "collection.describe", collection, { scope: fields.scope }, act);
    return true;
  });
}

export async function removeCollection(db: Db, collection: Granted<"edit", CollectionRow>, act: Act): Promise<void> {
  await db.transaction(async (trx) => {
    const removed = await trx("collections").where({ id: collection.id, removed_at: null }).update({ removed_at: act.at, updated_at: act.at });
    if (removed === 0) throw conflict();
    await audit(trx, "collection.remove", collection, {}, act);
  });
}

/** Puts a material at the end of a collection; false when it is in it already. */
export async function addItem(db: Db, collection: Granted<"edit", CollectionRow>, material: { id: string }, act: Act): Promise<boolean> {
  return db.transaction(async (trx) => {
    const order = await orderOf(trx, collection.id);
    if (order.includes(material.id)) return false;
    if (order.length >= ITEMS_MAX) throw invalid("collection_full", { max: ITEMS_MAX });
    await trx("collection_items").insert({ collection_id: collection.id, material_id: material.id, position: order.length + 1, added_by: act.by, added_at: act.at }).onConflict(["collection_id", "material_id"]).ignore();
    await touch(trx, collection, "collection.add", { material: material.id }, act);
    return true;
  });
}

export async function removeItem(db: Db, collection: Granted<"edit", CollectionRow>, materialId: string, act: Act): Promise<void> {
  await db.transaction(async (trx) => {
    const removed = await trx("collection_items").where({ collection_id: collection.id, material_id: materialId }).del();
    if (removed === 0) throw conflict();
    await touch(trx, collection, "collection.take_out", { material: materialId }, act);
  });
}

export async function saveNote(db: Db, collection: Granted<"edit", CollectionRow>, materialId: string, note: string, act: Act): Promise<void> {
  await db.transaction(async (trx) => {
    const saved = await trx("collection_items").where({ collection_id: collection.id, material_id: materialId }).update({ note });
    if (saved === 0) throw conflict();
    await touch(trx, collection, "collection.note", { material: materialId }, act);
  });
}

/** Moves an item by one place; at the end of the list nothing happens. */
export async function moveItem(db: Db, collection: Granted<"edit", CollectionRow>, materialId: string, by: -1 | 1, act: Act): Promise<void> {
  await reorder(db, collection, (now) => movedOrder(now, materialId, by), act);
}

/** Writes a new order; `ask` gets the order of now and answers the wanted one, or nothing to change. */
export async function reorder(db: Db, collection: Granted<"edit", CollectionRow>, ask: (now: string[]) => string[] | undefined, act: Act): Promise<void> {
  await db.transaction(async (trx) => {
    const now = await orderOf(trx, collection.id);
    const next = ask(now);
    if (next === undefined) return;
    for (const [i, id] of next.entries()) {
      if (now[i] !== id) await trx("collection_items").where({ collection_id: collection.id, material_id: id }).update({ position: i + 1 });
    }
    await touch(trx, collection, "collection.order", {}, act);
  });
}

async function orderOf(trx: Db, collectionId: string): Promise<string[]> {
  await trx("collections").where({ id: collectionId }).forUpdate().select("id");
  const rows = await all(z.object({ material_id: col.id() }), trx("collection_items").where({ collection_id: collectionId }).orderBy(["position", "material_id"]).select("material_id"));
  return rows.map((row) => row.material_id);
}

async function touch(trx: Db, collection: CollectionRow, action: string, details: Record<string, unknown>, act: Act): Promise<void> {
  await trx("collections").where({ id: collection.id }).update({ updated_at: act.at });
  await audit(trx, action, collection, details, act);
}

function audit(trx: Db, action: string, collection: { id: string; unit_id: string }, details: Record<string, unknown>, act: Act): Promise<void> {
  return record(trx, { at: act.at, actorId: act.by, action, subjectType: "collection", subjectId: collection.id, schoolId: collection.unit_id, details, requestId: act.requestId });
}
