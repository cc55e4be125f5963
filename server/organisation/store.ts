import { all, col, maybeOne, table, type Db, type RowOf } from "../platform/db.ts";
import { isId } from "../platform/ids.ts";
import type { Day } from "../platform/clock.ts";
import { remember } from "../platform/remember.ts";
import { UNIT_KINDS } from "./rules.ts";

/** A unit of the tree: department (Sở), commune (xã, phường, đặc khu), cluster (cụm), school, campus (điểm trường). */
export const units = table("units", {
  id: col.id(),
  kind: col.oneOf(UNIT_KINDS),
  name: col.text(),
  code: col.text(),
  level: col.maybeText(),
  area: col.maybeText(),
  parent_id: col.maybeId(),
  path: col.text(),
  opened_on: col.day(),
  closed_on: col.maybeDay(),
  merged_into_id: col.maybeId(),
  search_text: col.text(),
  created_at: col.instant(),
});
export type UnitRow = RowOf<typeof units>;

/** Where a unit hung, and as what, from a day on. */
export const unitParents = table("unit_parents", {
  id: col.id(),
  unit_id: col.id(),
  parent_id: col.id(),
  kind: col.oneOf(UNIT_KINDS),
  from_on: col.day(),
  to_on: col.maybeDay(),
});

/** Which unit a code named, and when: old codes of merged schools stay as aliases. */
export const unitCodes = table("unit_codes", {
  id: col.id(),
  unit_id: col.id(),
  code: col.text(),
  from_on: col.day(),
  to_on: col.maybeDay(),
});

export const clusterMembers = table("cluster_members", {
  cluster_id: col.id(),
  school_id: col.id(),
  from_on: col.day(),
  to_on: col.maybeDay(),
});

/** A class (lớp) of a school in a school year. */
export const classes = table("classes", {
  id: col.id(),
  school_id: col.id(),
  campus_id: col.maybeId(),
  year_id: col.text(),
  name: col.text(),
  grade: col.int(),
  homeroom_teacher_id: col.maybeId(),
  created_at: col.instant(),
});
export type ClassRow = RowOf<typeof classes>;

export async function loadUnit(db: Db, id: string): Promise<UnitRow | undefined> {
  return isId(id) ? maybeOne(units.row, db("units").where({ id }).select(units.columns)) : undefined;
}

/** How deep a tree can be: department, commune, cluster, school and campuses of campuses. */
const DEPTH_MAX = 12;

/**
 * The school that a unit is or belongs to: a link to a school that has since become a campus of another opens the
 * school it is part of today.
 */
export async function loadSchool(db: Db, id: string): Promise<UnitRow | undefined> {
  let unit = await loadUnit(db, id);
  for (let step = 0; unit?.kind === "campus" && unit.parent_id !== null && step < DEPTH_MAX; step += 1) {
    unit = await loadUnit(db, unit.parent_id);
  }
  return unit?.kind === "school" ? unit : undefined;
}

const classWithSchool = classes.row.extend({ school_path: col.text(), school_name: col.text() });
export type ClassWithSchool = ClassRow & { school: { id: string; path: string; name: string } };

export async function loadClass(db: Db, id: string): Promise<ClassWithSchool | undefined> {
  if (!isId(id)) return undefined;
  const found = await maybeOne(
    classWithSchool,
    db("classes as c")
      .join("units as u", "u.id", "c.school_id")
      .where("c.id", id)
      .select(classes.columns.map((name) => `c.${name}`))
      .select({ school_path: "u.path", school_name: "u.name" }),
  );
  if (found === undefined) return undefined;
  const { school_path: path, school_name: name, ...row } = found;
  return { ...row, school: { id: row.school_id, path, name } };
}

/** The units above this one, the root first, itself last. */
export function listAncestors(db: Db, unit: { path: string }): Promise<UnitRow[]> {
  const ids = unit.path.split("/").filter((part) => part !== "");
  return all(units.row, db("units").whereIn("id", ids).orderByRaw("LENGTH(path), id").select(units.columns).limit(DEPTH_MAX));
}

/** The campuses (điểm trường, phân hiệu) of a school, of any depth. */
export function listCampuses(db: Db, school: { id: string; path: string }): Promise<readonly UnitRow[]> {
  return campusesBelow(db, school.path);
}

const campusesBelow = remember(
  ["units"],
  (db: Db, path: string): Promise<readonly UnitRow[]> =>
    all(units.row, db("units").where("path", "like", `${path}%`).where("kind", "campus").orderBy(["name", "id"]).limit(100).select(units.columns)),
);

/** All schools below a unit, by name: an office's table has one row for each. */
export function listSchoolsBelow(db: Db, unit: { path: string }, limit = 1000): Promise<UnitRow[]> {
  return all(
    units.row,
    db("units")
      .where("path", "like", `${unit.path}%`)
      .where("kind", "school")
      .whereNull("closed_on")
      .orderBy(["name", "id"])
      .limit(limit)
      .select(units.columns),
  );
}

/** The schools that a unit stands for on a day: a school itself, the members of a cluster, all below an office. */
export async function listSchoolsOf(db: Db, unit: UnitRow, on: Day): Promise<UnitRow[]> {
  if (unit.kind === "school") return [unit];
  return unit.kind === "cluster" ? listSchoolsOfCluster(db, unit.id, on) : listSchoolsBelow(db, unit);
}

/** The schools that belong to a cluster (cụm trường) on a day. */
export function listSchoolsOfCluster(db: Db, clusterId: string, on: Day): Promise<UnitRow[]> {
  return all(
    units.row,
    db("units as u")
      .join("cluster_members as m", "m.school_id", "u.id")
      .where("m.cluster_id", clusterId)
      .where("m.from_on", "<=", on)
      .where((q) => void q.whereNull("m.to_on").orWhere("m.to_on", ">", on))
      .orderBy(["u.name", "u.id"])
      .limit(200)
      .select(units.columns.map((name) => `u.${name}`)),
  );
}
