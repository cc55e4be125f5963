import type { Knex } from "knex";
import { z } from "zod";
import type { Granted } from "../../access/policy.ts";
import { record } from "../../platform/audit.ts";
import type { Day } from "../../platform/clock.ts";
import { all, col, countOf, insertAll, type Db } from "../../platform/db.ts";
import { newId } from "../../platform/ids.ts";
import { raise } from "../../platform/jobs/queue.ts";
import { schoolsMerged } from "../events.ts";
import { aliasCodes, freeName, type CodeUse } from "../rules.ts";
import { unitParents, units, type UnitRow } from "../store.ts";
import { assertFreeCode, auditOf, insertUnit, listCodes, rehang, type Act, type UnitFacts } from "./tree.ts";

/**
 * What belongs to a school and goes with it. Rows keep their ids, take the surviving school as `school_id` and the old
 * one as `campus_id`, so every figure of before can be found again and the sums stay the same. A test compares these
 * lists with the schema: a new table of a school must be in one of them.
 */
export const MOVES_WITH_CAMPUS = ["classes", "plans", "courses", "materials", "live_classes"] as const;
export const MOVES_WITHOUT_CAMPUS = ["imports", "bulk_imports", "bulk_arrivals", "bulk_exports", "uploads", "timetable_imports"] as const;
/** Moved with care of their own (groups), or kept as they were written: figures that were reported, previewed or asked about. */
export const MOVES_OTHERWISE = ["subject_groups", "cluster_members", "data_purposes", "pupil_details", "school_quotas", "review_deputies", "live_settings", "month_closings", "indicator_values", "assessments", "school_documents", "odd_figures", "odd_exchanges", "definition_preview_schools"] as const;

/** What a school would bring along, counted: shown before a merger and compared after it. */
export interface Belongings {
  classes: number;
  pupils: number;
  courses: number;
  plans: number;
  materials: number;
  live_classes: number;
  staff: number;
  subject_groups: number;
  campuses: number;
}

/** Counts what belongs to these schools today: one row each, in the order given. */
export async function countBelongings(db: Db, schools: readonly UnitRow[], on: Day): Promise<Belongings[]> {
  const counted: Belongings[] = [];
  for (const school of schools) counted.push(await countOne(db, school, on)); // a merger joins two or three schools
  return counted;
}

const STAFF = ["teacher", "department_head", "school_leader", "school_admin"];

/** One after the other: in the merger's transaction there is one connection. */
async function countOne(db: Db, school: UnitRow, on: Day): Promise<Belongings> {
  const standing = (query: Knex.QueryBuilder, column: string) => query.where((q) => void q.whereNull(column).orWhere(column, ">", on));
  const here = (name: string): Promise<number> => countOf(db(name).where({ school_id: school.id }).count({ n: "*" }));
  const pupils = db("class_enrolments as e").join("classes as c", "c.id", "e.class_id").where("c.school_id", school.id).countDistinct({ n: "e.person_id" });
  const staff = db("memberships").where({ unit_id: school.id }).whereIn("role", STAFF).countDistinct({ n: "person_id" });
  return {
    classes: await here("classes"),
    pupils: await countOf(standing(pupils, "e.to_on")),
    courses: await here("courses"),
    plans: await here("plans"),
    materials: await here("materials"),
    live_classes: await here("live_classes"),
    staff: await countOf(standing(staff, "to_on")),
    subject_groups: await here("subject_groups"),
    campuses: await countOf(db("units").where("path", "like", `${school.path}%`).where({ kind: "campus" }).count({ n: "*" })),
  };
}

const leader = z.object({ id: col.id(), person_id: col.id(), name: col.text(), unit_id: col.id(), unit_name: col.text() });
export type Leader = z.infer<typeof leader>;

/** The leaders (hiệu trưởng, phó) of these schools: after a merger not all of them lead on. */
export function listLeaders(db: Db, schoolIds: readonly string[], on: Day): Promise<Leader[]> {
  return all(
    leader,
    db("memberships as m")
      .join("persons as p", "p.id", "m.person_id")
      .join("units as u", "u.id", "m.unit_id")
      .whereIn("m.unit_id", [...schoolIds])
      .where("m.role", "school_leader")
      .where((q) => void q.whereNull("m.to_on").orWhere("m.to_on", ">", on))
      .orderBy(["u.name", "p.sort_key", "m.id"])
      .limit(100)
      .select({ id: "m.id", person_id: "m.person_id", name: "p.name", unit_id: "u.id", unit_name: "u.name" }),
  );
}

export interface Merger {
  /** The surviving school, or what is founded that day and where. */
  into: Granted<"manage", UnitRow> | { found: UnitFacts; below: Granted<"manage", UnitRow> };
  from: readonly Granted<"manage", UnitRow>[];
  on: Day;
  /** Leader roles that go on in the one school; the others end on the day. */
  leaders: ReadonlySet<string>;
}

/**
 * Merges schools at a date, in one transaction: the old schools become campuses of the one school, what was theirs
 * becomes its own, their codes become its aliases, their people work there from the day on. Answers the one school's id.
 */
export async function saveMerger(db: Db, merger: Merger, act: Act): Promise<string> {
  return db.transaction(async (trx) => {
    const into = await survivor(trx, merger, act);
    for (const school of merger.from) {
      const brought = await countOne(trx, school, merger.on);
      await moveSchool(trx, school, into, merger, act);
      await record(trx, auditOf(act, "unit.become_campus", school.id, { into: into.id, on: merger.on, brought }, school.id));
    }
    const fromIds = merger.from.map((school) => school.id);
    await record(trx, auditOf(act, "unit.merge", into.id, { from: fromIds, on: merger.on }, into.id));
    await raise(trx, schoolsMerged, { schoolId: into.id, fromIds }, act.at);
    return into.id;
  });
}

async function survivor(trx: Db, merger: Merger, act: Act): Promise<{ id: string; path: string }> {
  if (!("found" in merger.into)) return merger.into;
  const { found, below } = merger.into;
  await assertFreeCode(trx, found.code);
  const id = await insertUnit(trx, below, found, act.at);
  return { id, path: `${below.path}${id}/` };
}

async function moveSchool(trx: Db, school: UnitRow, into: { id: string; path: string }, merger: Merger, act: Act): Promise<void> {
  const hangings = await all(unitParents.row, trx("unit_parents").where({ unit_id: school.id }).select(unitParents.columns));
  for (const name of MOVES_WITH_CAMPUS) {
    // What already stood at a site of the old school stays at that site.
    await trx(name)
      .where({ school_id: school.id })
      .update({ school_id: into.id, campus_id: trx.raw("COALESCE(campus_id, ?)", [school.id]) });
  }
  for (const name of MOVES_WITHOUT_CAMPUS) await trx(name).where({ school_id: school.id }).update({ school_id: into.id });
  await moveGroups(trx, school, into.id);
  await moveMemberships(trx, school.id, into.id, merger);
  await moveClusters(trx, school.id, into.id, merger.on);
  await moveDetails(trx, school.id, into.id);
  await saveAliases(trx, school, into.id, merger.on, act);
  await rehang(trx, school, into, { kind: "campus", on: merger.on, hangings, mergedInto: into.id });
}

/** Subject groups go along; where the one school has a group of the name, the newcomer says where it came from. */
async function moveGroups(trx: Db, school: UnitRow, intoId: string): Promise<void> {
  const group = z.object({ id: col.id(), name: col.text() });
  const standing = await all(group, trx("subject_groups").where({ school_id: intoId }).select("id", "name"));
  const taken = new Set(standing.map((row) => row.name));
  for (const row of await all(group, trx("subject_groups").where({ school_id: school.id }).orderBy("id").select("id", "name"))) {
    const name = freeName(row.name, school.name, taken).slice(0, 120);
    taken.add(name);
    await trx("subject_groups").where({ id: row.id }).update({ school_id: intoId, name });
  }
}

const membership = z.object({
  id: col.id(),
  person_id: col.id(),
  role: col.text(),
  subject_group_id: col.maybeId(),
  from_on: col.day(),
  to_on: col.maybeDay(),
});

/** Roles end at the old school on the day and begin at the one school; nobody gets the same role there twice. */
async function moveMemberships(trx: Db, oldId: string, intoId: string, merger: Merger): Promise<void> {
  const open = (unitId: string) =>
    all(
      membership,
      trx("memberships")
        .where({ unit_id: unitId })
        .where((q) => void q.whereNull("to_on").orWhere("to_on", ">", merger.on))
        .orderBy("id")
        .select("id", "person_id", "role", "subject_group_id", "from_on", "to_on"),
    );
  const keyOf = (row: z.infer<typeof membership>): string => `${row.person_id} ${row.role} ${row.subject_group_id ?? ""}`;
  const standing = new Set((await open(intoId)).map(keyOf));
  const moving = await open(oldId);
  const going = moving.filter((row) => !standing.has(keyOf(row)) && (row.role !== "school_leader" || merger.leaders.has(row.id)));
  await trx("memberships")
    .where({ unit_id: oldId })
    .where("from_on", "<", merger.on)
    .where((q) => void q.whereNull("to_on").orWhere("to_on", ">", merger.on))
    .update({ to_on: merger.on });
  // A role that was given after the day of the merger never was the old school's: it is taken back there.
  await trx("memberships").where({ unit_id: oldId }).where("from_on", ">=", merger.on).update({ to_on: trx.ref("from_on") });
  await insertAll(
    trx,
    "memberships",
    going.map(({ from_on, ...row }) => ({
      ...row,
      id: newId(),
      unit_id: intoId,
      from_on: from_on > merger.on ? from_on : merger.on,
    })),
  );
}

async function moveClusters(trx: Db, oldId: string, intoId: string, on: Day): Promise<void> {
  const cluster = z.object({ cluster_id: col.id() });
  const left = await all(cluster, trx("cluster_members").where({ school_id: oldId }).whereNull("to_on").select("cluster_id"));
  const standing = await all(cluster, trx("cluster_members").where({ school_id: intoId }).whereNull("to_on").select("cluster_id"));
  await trx("cluster_members").where({ school_id: oldId }).whereNull("to_on").update({ to_on: on });
  const joined = left.filter((row) => !standing.some((other) => other.cluster_id === row.cluster_id));
  await insertAll(
    trx,
    "cluster_members",
    joined.map(({ cluster_id }) => ({ cluster_id, school_id: intoId, from_on: on, to_on: null })),
  );
}

/** What is kept of pupils' private life goes along with its purposes; what the one school has already stands. */
async function moveDetails(trx: Db, oldId: string, intoId: string): Promise<void> {
  const standing = trx("data_purposes").where({ school_id: intoId }).select("purpose");
  await trx("data_purposes").where({ school_id: oldId }).whereIn("purpose", standing).delete();
  await trx("data_purposes").where({ school_id: oldId }).update({ school_id: intoId });
  const twice = "EXISTS (SELECT 1 FROM pupil_details own WHERE own.school_id = ? AND own.person_id = pupil_details.person_id AND own.header = pupil_details.header)";
  await trx("pupil_details").where({ school_id: oldId }).whereRaw(twice, [intoId]).delete();
  await trx("pupil_details").where({ school_id: oldId }).update({ school_id: intoId });
}

async function saveAliases(trx: Db, school: UnitRow, intoId: string, on: Day, act: Act): Promise<void> {
  const before = await listCodes(trx, school);
  const after = aliasCodes(before, { into_id: intoId, from_ids: [school.id], on });
  await trx("unit_codes").where({ unit_id: school.id }).delete(); // the same rows are written again, ended on the day
  await insertAll(
    trx,
    "unit_codes",
    after.map(({ unit_id, code, from_on, to_on }: CodeUse) => ({ id: newId(), unit_id, code, from_on, to_on })),
  );
  await record(trx, auditOf(act, "unit.alias", intoId, { codes: after.filter((use) => use.unit_id === intoId).map((use) => use.code), on }, intoId));
}

/** The schools below a place that could be merged, by commune and name. */
export function listMergeable(db: Db, place: { path: string }): Promise<(UnitRow & { parent_name: string })[]> {
  return all(
    units.row.extend({ parent_name: col.text() }),
    db("units as u")
      .join("units as p", "p.id", "u.parent_id")
      .where("u.path", "like", `${place.path}%`)
      .where("u.kind", "school")
      .whereNull("u.closed_on")
      .orderBy(["p.name", "u.name", "u.id"])
      .limit(1000)
      .select(units.columns.map((name) => `u.${name}`))
      .select({ parent_name: "p.name" }),
  );
}
