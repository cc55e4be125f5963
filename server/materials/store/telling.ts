import { z } from "zod";
import { dayOf, type Instant } from "../../platform/clock.ts";
import { all, col, maybeOne, type Db } from "../../platform/db.ts";
import { notify, type News } from "../../notices/store.ts";
import { turnOf, type MaterialState, type StepAct, type Turn } from "../rules.ts";
import type { MaterialRow } from "../store.ts";
import type { Act } from "./upload.ts";

/** What those whose work it is are told of a step. Their own upload is told by nobody: they see it. */
const TELLS_AUTHORS: Partial<Record<StepAct, News["kind"]>> = {
  pass: "material_passed",
  return: "material_returned",
  approve: "material_approved",
  withdraw: "material_withdrawn",
  retire: "material_retired",
  restore: "material_restored",
};

/** What the reviewers whose turn comes next are told. */
const TELLS_NEXT: Partial<Record<StepAct, News["kind"]>> = { submit: "material_submitted", pass: "material_waiting" };

/** Tells all concerned of a step, in its transaction: the authors what became of their work, the next that it waits. */
export async function tellOfStep(trx: Db, material: MaterialRow, step: { act: StepAct; state: MaterialState; comment: string }, act: Act): Promise<void> {
  const toNext = TELLS_NEXT[step.act];
  const next = toNext === undefined ? [] : await peopleOfTurn(trx, material, step.state, act.at);
  const news = { href: `/materials/${material.id}`, params: { title: material.title, by: await nameOf(trx, act.by), comment: step.comment } };
  if (toNext !== undefined) await notify(trx, next.filter((id) => id !== act.by), { kind: toNext, ...news }, act.at);
  const toAuthors = TELLS_AUTHORS[step.act];
  if (toAuthors !== undefined) await notify(trx, authorsOf(material).filter((id) => id !== act.by), { kind: toAuthors, ...news }, act.at);
}

/** Tells the leaders that a wider scope is asked for, or the one who asked what became of it. */
export async function tellOfScope(trx: Db, material: MaterialRow, kind: "scope_asked" | "scope_given" | "scope_denied", comment: string, act: Act): Promise<void> {
  const asked = [material.wanted_by ?? material.uploaded_by, material.uploaded_by];
  const people = kind === "scope_asked" ? await leadersOf(trx, material.school, act.at) : asked;
  const news = { kind, href: `/materials/${material.id}`, params: { title: material.title, by: await nameOf(trx, act.by), comment } };
  await notify(trx, people.filter((id) => id !== act.by), news, act.at);
}

/** The leaders of a school today. */
export async function leadersOf(db: Db, school: { path: string }, at: Instant): Promise<string[]> {
  const today = dayOf(at);
  const query = db("memberships as r")
    .join("units as u", "u.id", "r.unit_id")
    .join("persons as p", "p.id", "r.person_id")
    .where({ "r.role": "school_leader", "p.state": "active" })
    .where("r.from_on", "<=", today)
    .where((open) => void open.whereNull("r.to_on").orWhere("r.to_on", ">", today))
    .whereLike("u.path", `${school.path}%`)
    .distinct("r.person_id")
    .limit(50);
  return (await all(z.object({ person_id: col.id() }), query)).map((row) => row.person_id);
}

/** Tells the leaders of each of these schools, at once or not at all. Told again, the older unread notice gives way. @returns how many schools have a leader to tell */
export async function remindLeaders<School extends { path: string }>(db: Db, schools: readonly School[], newsOf: (school: School) => News, at: Instant): Promise<number> {
  return db.transaction(async (trx) => {
    let told = 0;
    for (const school of schools) {
      const leaders = await leadersOf(trx, school, at);
      await notify(trx, leaders, newsOf(school), at);
      if (leaders.length > 0) told += 1;
    }
    return told;
  });
}

/** The officers of these units today, each with the unit. */
export function listOfficers(db: Db, unitIds: readonly string[], at: Instant): Promise<{ person_id: string; unit_id: string }[]> {
  const today = dayOf(at);
  const query = db("memberships as r")
    .join("persons as p", "p.id", "r.person_id")
    .whereIn("r.unit_id", [...unitIds])
    .whereIn("r.role", ["commune_officer", "province_officer"])
    .where("p.state", "active")
    .where("r.from_on", "<=", today)
    .where((open) => void open.whereNull("r.to_on").orWhere("r.to_on", ">", today))
    .distinct("r.person_id", "r.unit_id")
    .limit(200);
  return all(z.object({ person_id: col.id(), unit_id: col.id() }), query);
}

/** Those who approve in a leader's place in a school today. */
export async function deputiesOf(db: Db, school: { id: string }, at: Instant): Promise<string[]> {
  const today = dayOf(at);
  const query = db("review_deputies as d")
    .join("persons as p", "p.id", "d.person_id")
    .where({ "d.school_id": school.id, "p.state": "active", "d.ended_at": null })
    .where("d.from_on", "<=", today)
    .where("d.to_on", ">=", today)
    .distinct("d.person_id")
    .limit(50);
  return (await all(z.object({ person_id: col.id() }), query)).map((row) => row.person_id);
}

/** Whose work a material is: who uploaded it, and who uploaded its newest version. */
export function authorsOf(material: MaterialRow): string[] {
  return [material.uploaded_by, material.latest.uploaded_by];
}

export async function nameOf(db: Db, personId: string): Promise<string> {
  return (await maybeOne(z.object({ name: col.text() }), db("persons").where({ id: personId }).select("name")))?.name ?? "";
}

/** The people who may decide next, once the newest version has come to this state. */
async function peopleOfTurn(trx: Db, material: MaterialRow, state: MaterialState, at: Instant): Promise<string[]> {
  const turn = turnOf({ ...material, state, has_other_head: material.other_heads > 0 });
  const role = ROLE_OF_TURN[turn];
  if (role === undefined) return [];
  const today = dayOf(at);
  const query = trx("memberships as r")
    .join("units as u", "u.id", "r.unit_id")
    .join("persons as p", "p.id", "r.person_id")
    .where({ "r.role": role, "p.state": "active" })
    .where("r.from_on", "<=", today)
    .where((open) => void open.whereNull("r.to_on").orWhere("r.to_on", ">", today))
    .whereLike("u.path", `${material.school.path}%`)
    .distinct("r.person_id")
    .limit(50);
  if (role === "department_head") {
    query.join("subject_group_subjects as g", "g.subject_group_id", "r.subject_group_id").where("g.subject_code", material.subject_code ?? "");
  }
  const own = turn === "lone_leader" ? [] : authorsOf(material);
  const found = (await all(z.object({ person_id: col.id() }), query)).map((row) => row.person_id);
  const deputies = turn === "leader" ? await deputiesOf(trx, material.school, at) : [];
  return [...found, ...deputies].filter((id) => !own.includes(id));
}

const ROLE_OF_TURN: Partial<Record<Turn, "department_head" | "school_leader">> = { head: "department_head", leader: "school_leader", lone_leader: "school_leader" };
