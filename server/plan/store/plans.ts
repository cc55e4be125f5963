import { z } from "zod";
import { rootOf } from "../../access/actor.ts";
import type { Granted } from "../../access/policy.ts";
import { record } from "../../platform/audit.ts";
import { all, col, countOf, insertAll, isUniqueViolation, maybeOne, type Db } from "../../platform/db.ts";
import { conflict, notFound } from "../../platform/errors.ts";
import { isId, newId } from "../../platform/ids.ts";
import { raise } from "../../platform/jobs/queue.ts";
import { planPublished } from "../events.ts";
import { changesBetween, isSame, type RowChange } from "../rules/changes.ts";
import type { PlanRow } from "../rules.ts";
import { asPlanRow, planLessons, plans, publishedRows, type Act, type PlanLessonRow, type PlanTableRow } from "./tables.ts";

/** A plan with its school and subject. */
export type Plan = PlanTableRow & {
  school: { id: string; path: string; name: string };
  subject: { code: string; name_vi: string; name_en: string };
  campus: string | null;
};

const planWith = plans.row.extend({ school_path: col.text(), school_name: col.text(), name_vi: col.text(), name_en: col.text(), campus_name: col.maybeText() });

function selectPlans(db: Db) {
  return db("plans as p")
    .join("units as u", "u.id", "p.school_id")
    .join("subjects as s", "s.code", "p.subject_code")
    .leftJoin("units as c", "c.id", "p.campus_id")
    .select(plans.columns.map((name) => `p.${name}`))
    .select({ school_path: "u.path", school_name: "u.name", name_vi: "s.name_vi", name_en: "s.name_en", campus_name: "c.name" });
}

function asPlan(row: z.infer<typeof planWith>): Plan {
  const { school_path: path, school_name: name, name_vi, name_en, campus_name: campus, ...plan } = row;
  return { ...plan, school: { id: plan.school_id, path, name }, subject: { code: plan.subject_code, name_vi, name_en }, campus };
}

export async function loadPlan(db: Db, id: string): Promise<Plan | undefined> {
  const found = isId(id) ? await maybeOne(planWith, selectPlans(db).where("p.id", id)) : undefined;
  return found && asPlan(found);
}

/** The plans of a school in a year, with their sums. One row is one plan. */
export async function listPlans(db: Db, school: Granted<"read", { id: string }>, yearId: string): Promise<(Plan & { periods: number; rows: number })[]> {
  const sums = planWith.extend({ periods: col.int(), rows: col.int() });
  const rows = await all(
    sums,
    selectPlans(db)
      .where({ "p.school_id": school.id, "p.year_id": yearId })
      .select(db.raw("COALESCE((SELECT SUM(l.periods) FROM plan_lessons l WHERE l.plan_id = p.id AND l.removed_at IS NULL), 0) AS periods"))
      .select(db.raw("(SELECT COUNT(*) FROM plan_lessons l WHERE l.plan_id = p.id AND l.removed_at IS NULL) AS rows"))
      .orderBy(["s.position", "p.grade", "p.id"])
      .limit(1000),
  );
  return rows.map(({ periods, rows: count, ...row }) => ({ ...asPlan(row), periods, rows: count }));
}

/** Where a plan belongs: at most one stands there. */
export interface PlanKey {
  school_id: string;
  campus_id: string | null;
  year_id: string;
  subject_code: string;
  grade: number;
}

export async function findPlanOf(db: Db, key: PlanKey): Promise<PlanTableRow | undefined> {
  const { campus_id, school_id, year_id, subject_code, grade } = key;
  const found = db("plans").where({ school_id, year_id, subject_code, grade }).select(plans.columns);
  return maybeOne(plans.row, campus_id === null ? found.whereNull("campus_id") : found.where({ campus_id }));
}

/** The rows of a plan that stand, in their order. */
export async function listLessons(db: Db, planId: string): Promise<PlanRow[]> {
  const rows = await all(
    planLessons.row,
    db("plan_lessons").where({ plan_id: planId }).whereNull("removed_at").orderBy(["position", "id"]).select(planLessons.columns).limit(1000),
  );
  return rows.map(asPlanRow);
}

/** The rows of the newest published version; undefined before any. */
export async function findPublished(db: Db, plan: { id: string; version: number }): Promise<PlanRow[] | undefined> {
  const row = await maybeOne(z.object({ lessons: publishedRows }), db("plan_versions").where({ plan_id: plan.id, version: plan.version }).select("lessons"));
  return row?.lessons;
}

const place = z.object({ subject_code: col.text(), name_vi: col.text(), name_en: col.text(), kind: col.text(), grade: col.int(), periods: col.int() });
export type Programme = z.infer<typeof place>;

/** What the national programme asks of these grades, in its order. */
export function listProgramme(db: Db, grades: readonly number[]): Promise<Programme[]> {
  return all(
    place,
    db("national_programme as n")
      .join("subjects as s", "s.code", "n.subject_code")
      .whereIn("n.grade", [...grades])
      .orderBy(["s.position", "n.grade"])
      .limit(1000)
      .select({ subject_code: "s.code", name_vi: "s.name_vi", name_en: "s.name_en", kind: "n.kind", grade: "n.grade", periods: "n.periods_per_year" }),
  );
}

/** The national number of periods of a subject in a grade; undefined where the programme does not name it. */
export async function nationalPeriods(db: Db, subjectCode: string, grade: number): Promise<number | undefined> {
  const found = db("national_programme").where({ subject_code: subjectCode, grade }).max({ periods: "periods_per_year" });
  return (await maybeOne(z.object({ periods: col.maybeInt() }), found))?.periods ?? undefined;
}

/** Begins a plan with these rows as a draft. Raises `conflict` where one stands already. */
export async function createPlan(db: Db, at: Granted<"edit", PlanKey>, rows: readonly PlanRow[], source: string, act: Act): Promise<string> {
  const id = newId();
  try {
    await db.transaction(async (trx) => {
      const { school_id, campus_id, year_id, subject_code, grade } = at;
      await trx("plans").insert({ id, school_id, campus_id, year_id, subject_code, grade, created_by: act.by, created_at: act.at });
      await insertAll(trx, "plan_lessons", rows.map((row, i) => ({ ...row, id: newId(), plan_id: id, position: i + 1 })));
      await record(trx, { at: act.at, actorId: act.by, action: "plan.create", subjectType: "plan", subjectId: id, schoolId: school_id, requestId: act.requestId, details: { source, rows: rows.length } });
    });
  } catch (error) {
    if (isUniqueViolation(error)) throw conflict("plan_exists");
    throw error;
  }
  return id;
}

/**
 * Saves the rows of a plan as they stand now: changed and new ones are written, missing ones are taken out and kept.
 *
 * @throws Refusal `plan_changed` where somebody saved since `revision`
 */
export async function saveLessons(db: Db, plan: Granted<"edit", Plan>, revision: number, rows: readonly PlanRow[], act: Act): Promise<void> {
  await db.transaction(async (trx) => {
    const moved = await trx("plans").where({ id: plan.id, revision }).update({ revision: revision + 1 });
    if (moved === 0) throw conflict("plan_changed");
    const before = await listLessons(trx, plan.id);
    const changes = changesBetween(before, rows);
    await refuseStrangers(trx, plan.id, before, rows);
    await writeRows(trx, plan.id, before, rows);
    const gone = changes.filter(({ change }) => change === "removed").map(({ id }) => id);
    if (gone.length > 0) await trx("plan_lessons").where({ plan_id: plan.id }).whereIn("id", gone).update({ removed_at: act.at });
    const details = { revision: revision + 1, changes: changes.slice(0, 300).map(({ id, change }) => ({ id, change })) };
    await record(trx, { at: act.at, actorId: act.by, action: "plan.save", subjectType: "plan", subjectId: plan.id, schoolId: plan.school_id, requestId: act.requestId, details });
    if (plan.version > 0 && changes.length > 0) await raise(trx, planPublished, { planId: plan.id }, act.at);
  });
}

/** A row that is written anew may be one that was taken out of this plan, never one of another plan. */
async function refuseStrangers(trx: Db, planId: string, before: readonly PlanRow[], rows: readonly PlanRow[]): Promise<void> {
  const standing = new Set(before.map(({ id }) => id));
  const fresh = rows.map(({ id }) => id).filter((id) => !standing.has(id));
  if (fresh.length === 0) return;
  const others = trx("plan_lessons").whereIn("id", fresh).whereNot({ plan_id: planId }).count({ n: "id" });
  if ((await countOf(others)) > 0) throw notFound();
}

const UPSERT_AT_ONCE = 50;

async function writeRows(trx: Db, planId: string, before: readonly PlanRow[], rows: readonly PlanRow[]): Promise<void> {
  const old = new Map(before.map((row, i) => [row.id, { row, position: i + 1 }]));
  const changed = rows
    .map((row, i) => ({ ...row, plan_id: planId, position: i + 1, removed_at: null }))
    .filter((row, i) => {
      const was = old.get(row.id);
      const given = rows[i];
      return was === undefined || given === undefined || was.position !== row.position || !isSame(was.row, given);
    });
  const columns = planLessons.columns.filter((name) => name !== "id" && name !== "plan_id");
  for (let i = 0; i < changed.length; i += UPSERT_AT_ONCE) {
    await trx("plan_lessons").insert(changed.slice(i, i + UPSERT_AT_ONCE)).onConflict("id").merge(columns);
  }
}

/** Publishes the rows as version n + 1. Raises `plan_changed` where somebody saved or published since `revision`. */
export async function publishPlan(db: Db, plan: Granted<"publish", Plan>, revision: number, act: Act): Promise<number> {
  const version = plan.version + 1;
  await db.transaction(async (trx) => {
    const next = { state: "published", version, revision: revision + 1, published_at: act.at };
    const moved = await trx("plans").where({ id: plan.id, revision, version: plan.version }).update(next);
    if (moved === 0) throw conflict("plan_changed");
    const rows = await listLessons(trx, plan.id);
    await trx("plan_versions").insert({ plan_id: plan.id, version, lessons: JSON.stringify(rows), published_by: act.by, published_at: act.at });
    await record(trx, { at: act.at, actorId: act.by, action: "plan.publish", subjectType: "plan", subjectId: plan.id, schoolId: plan.school_id, requestId: act.requestId, details: { version, rows: rows.length } });
    await raise(trx, planPublished, { planId: plan.id }, act.at);
  });
  return version;
}

/** Sets one row online or back in class. */
export async function saveMode(db: Db, plan: Granted<"edit", Plan>, lesson: PlanRow, mode: PlanRow["planned_mode"], act: Act): Promise<void> {
  await db.transaction(async (trx) => {
    const changed = await trx("plan_lessons").where({ id: lesson.id, plan_id: plan.id }).whereNull("removed_at").update({ planned_mode: mode });
    if (changed === 0) throw conflict("plan_changed");
    await trx("plans").where({ id: plan.id }).update({ revision: trx.raw("revision + 1") });
    const details = { revision: plan.revision + 1, changes: [{ id: lesson.id, change: "changed" }], mode };
    await record(trx, { at: act.at, actorId: act.by, action: "plan.save", subjectType: "plan", subjectId: plan.id, schoolId: plan.school_id, requestId: act.requestId, details });
    if (plan.version > 0) await raise(trx, planPublished, { planId: plan.id }, act.at);
  });
}

const saved = z.object({
  name: col.text(),
  at: col.instant(),
  details: col.json(z.object({ revision: z.number().optional(), changes: z.array(z.object({ id: z.string(), change: z.string() })).optional() })),
});

/** Who saved what since a revision, the oldest first: told to a person who was overtaken. */
export async function listSavesSince(db: Db, plan: Plan, revision: number): Promise<{ who: string; at: string; changes: Pick<RowChange, "id" | "change">[] }[]> {
  const rows = await all(
    saved,
    db("audit_entries as a")
      .join("persons as p", "p.id", "a.actor_id")
      .where({ "a.subject_type": "plan", "a.subject_id": plan.id, "a.action": "plan.save" })
      .orderBy("a.id", "desc")
      .limit(50)
      .select("p.name", "a.at", "a.details"),
  );
  return rows
    .filter(({ details }) => (details.revision ?? 0) > revision)
    .reverse()
    .map(({ name: who, at, details }) => ({ who, at, changes: (details.changes ?? []).map(({ id, change }) => ({ id, change: change as RowChange["change"] })) }));
}

/** The titles of rows, removed ones included. */
export async function titlesOf(db: Db, plan: Plan, ids: readonly string[]): Promise<Map<string, string>> {
  const rows = await all(z.object({ id: col.id(), title: col.text() }), db("plan_lessons").where({ plan_id: plan.id }).whereIn("id", [...ids].slice(0, 300)).select("id", "title"));
  return new Map(rows.map((row) => [row.id, row.title]));
}

const source = z.object({ id: col.id(), year_id: col.text(), school_id: col.id(), school: col.text(), periods: col.int(), rows: col.int() });
export type CopySource = z.infer<typeof source>;

/**
 * Plans that may be copied into this place: the school's own of other years, and published ones of schools of the same
 * province, each of the same subject and grade.
 */
export function listCopySources(db: Db, at: Granted<"edit", PlanKey & { school: { path: string } }>): Promise<CopySource[]> {
  const province = `/${rootOf(at.school.path)}/`;
  return all(
    source,
    db("plans as p")
      .join("units as u", "u.id", "p.school_id")
      .join("plan_lessons as l", (on) => void on.on("l.plan_id", "p.id").andOnNull("l.removed_at"))
      .where({ "p.subject_code": at.subject_code, "p.grade": at.grade })
      .where("u.path", "like", `${province}%`)
      .where((q) => void q.where("p.version", ">", 0).orWhere("p.school_id", at.school_id))
      .whereNot((q) => void q.where({ "p.school_id": at.school_id, "p.year_id": at.year_id }).whereRaw("COALESCE(p.campus_id, '') = ?", [at.campus_id ?? ""]))
      .groupBy("p.id", "p.year_id", "p.school_id", "u.name")
      .orderByRaw("CASE WHEN p.school_id = ? THEN 0 ELSE 1 END, p.year_id DESC, u.name, p.id", [at.school_id])
      .limit(200)
      .select({ id: "p.id", year_id: "p.year_id", school_id: "p.school_id", school: "u.name" })
      .sum({ periods: "l.periods" })
      .count({ rows: "l.id" }),
  );
}

/** How many courses follow this plan. */
export function countCourses(db: Db, plan: Plan): Promise<number> {
  return countOf(db("courses").where({ plan_id: plan.id }).count({ n: "id" }));
}

export type { PlanLessonRow };
