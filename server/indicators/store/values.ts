import type { z } from "zod";
import type { Granted } from "../../access/policy.ts";
import { leadersOf, nameOf } from "../../materials/store/telling.ts";
import { monthTitle } from "../../measures/closing/rules.ts";
import { notify } from "../../notices/store.ts";
import { groupBy } from "../../platform/group.ts";
import type { UnitRow } from "../../organisation/store.ts";
import type { Act } from "../../organisation/store/tree.ts";
import { record } from "../../platform/audit.ts";
import { all, col, countOf, isUniqueViolation, maybeOne, type Db } from "../../platform/db.ts";
import { conflict } from "../../platform/errors.ts";
import { isId, newId } from "../../platform/ids.ts";
import { values, type ValueRow } from "./tables.ts";

/** The values that stand, the latest month last, by the place that they have in a table: `placeOf`. */
export type StandingValues = ReadonlyMap<string, readonly ValueRow[]>;

export function placeOf(schoolId: string, code: string): string {
  return `${schoolId} ${code}`;
}

/** The values of many schools that stand for these indicators, up to a month. */
export async function listStanding(db: Db, of: { yearId: string; month: string; schoolIds: readonly string[]; codes: readonly string[] }): Promise<StandingValues> {
  if (of.codes.length === 0) return new Map();
  const rows = db(values.name).where({ year_id: of.yearId, standing: true }).whereIn("school_id", [...of.schoolIds]).whereIn("code", [...of.codes]).where("month", "<=", of.month);
  const found = await all(values.row, rows.orderBy(["school_id", "code", "month"]).select(values.columns));
  return groupBy(found, (value) => placeOf(value.school_id, value.code));
}

const told = values.row.extend({ declared_name: col.text(), decided_name: col.maybeText() });
export type ToldValue = z.infer<typeof told>;
const TOLD = values.columns.map((name) => `v.${name}`);

/** All that was ever declared or imported for one indicator of a school in a year, the newest first. */
export function listHistory(db: Db, school: { id: string }, yearId: string, code: string): Promise<ToldValue[]> {
  const rows = toldValues(db).where({ "v.school_id": school.id, "v.year_id": yearId, "v.code": code });
  return all(told, rows.orderBy("v.id", "desc").limit(50).select(TOLD).select({ declared_name: "p.name", decided_name: "d.name" }));
}

function toldValues(db: Db) {
  return db("indicator_values as v").join("persons as p", "p.id", "v.declared_by").leftJoin("persons as d", "d.id", "v.decided_by");
}

const waiting = told.extend({ school_name: col.text() });
export type WaitingValue = z.infer<typeof waiting>;
export const WAITING_MAX = 200;

/** What schools below a unit declared and nobody has decided yet, the oldest first. */
export function listWaiting(db: Db, unit: { path: string }): Promise<WaitingValue[]> {
  const rows = toldValues(db)
    .join("units as u", "u.id", "v.school_id")
    .where("u.path", "like", `${unit.path}%`)
    .where({ "v.standing": true, "v.state": "declared" });
  return all(waiting, rows.orderBy("v.id").limit(WAITING_MAX).select(TOLD).select({ declared_name: "p.name", decided_name: "d.name", school_name: "u.name" }));
}

/** How many there are. */
export function countWaiting(db: Db, unit: { path: string }): Promise<number> {
  return countOf(db("indicator_values as v").join("units as u", "u.id", "v.school_id").where("u.path", "like", `${unit.path}%`).where({ "v.standing": true, "v.state": "declared" }).count("* as count"));
}

const withSchool = values.row.extend({ school_path: col.text() });

/** A value with the place of its school, as doors need it. */
export type LoadedValue = ValueRow & { school: { id: string; path: string } };

export async function loadValue(db: Db, id: string): Promise<LoadedValue | undefined> {
  if (!isId(id)) return undefined;
  const columns = values.columns.map((name) => `v.${name}`);
  const found = await maybeOne(withSchool, db("indicator_values as v").join("units as u", "u.id", "v.school_id").where("v.id", id).select(columns).select({ school_path: "u.path" }));
  return found && { ...found, school: { id: found.school_id, path: found.school_path } };
}

const idOnly = values.row.pick({ id: true });

export interface Declared {
  year_id: string;
  code: string;
  month: string;
  part: number;
  whole: number;
  note: string;
  evidence_url: string | null;
  evidence_blob: string | null;
  evidence_name: string | null;
}

/**
 * Declares a value for a month. What stood for that month is kept and no longer stands.
 * @param seen the last thing said of this indicator when the form was filled in; '' for nothing
 * @throws Refusal 409 where somebody declared or decided meanwhile
 */
export async function saveDeclared(db: Db, school: Granted<"declare", UnitRow>, value: Declared, seen: string, act: Act): Promise<void> {
  await db
    .transaction(async (trx) => {
      const { year_id, code } = value;
      const last = await maybeOne(idOnly, trx(values.name).where({ year_id, code, school_id: school.id }).orderBy("id", "desc").first("id"));
      if ((last?.id ?? "") !== seen) throw conflict("value_changed");
      const stood = await maybeOne(idOnly, trx(values.name).where({ year_id, code, month: value.month, school_id: school.id, standing: true }).select("id"));
      if (stood && (await trx(values.name).where({ id: stood.id, standing: true }).update({ standing: false })) === 0) throw conflict("value_changed");
      const id = newId();
      await trx(values.name).insert({ ...value, id, school_id: school.id, source: "declared", state: "declared", standing: true, replaces_id: stood?.id ?? null, declared_by: act.by, declared_at: act.at });
      await record(trx, auditOf(act, "indicator.declare", id, school.id, { code: value.code, month: value.month, part: value.part, whole: value.whole }));
    })
    .catch((error: unknown) => {
      throw isUniqueViolation(error) ? conflict("value_changed") : error;
    });
}

/** The level above confirms a value, or returns it with a comment; the school is told. @throws Refusal 409 where it was decided already */
export async function decide(db: Db, value: Granted<"decide", LoadedValue>, decision: { state: "confirmed" | "returned"; comment: string }, act: Act): Promise<void> {
  await db.transaction(async (trx) => {
    const changed = await trx(values.name)
      .where({ id: value.id, state: "declared", standing: true })
      .update({ ...decision, decided_by: act.by, decided_at: act.at });
    if (changed === 0) throw conflict("value_changed");
    await record(trx, auditOf(act, decision.state === "confirmed" ? "indicator.confirm" : "indicator.return", value.id, value.school_id, { code: value.code, month: value.month }));
    const people = [value.declared_by, ...(await leadersOf(trx, value.school, act.at))];
    const params = { title: value.code, when: monthTitle(value.month), by: await nameOf(trx, act.by), comment: decision.comment };
    const href = `/schools/${value.school_id}/scoreboard/${value.code}?year=${value.year_id}&month=${value.month}`;
    await notify(trx, people.filter((id) => id !== act.by), { kind: `indicator_${decision.state}`, href, params }, act.at);
  });
}

export function auditOf(act: Act, action: string, subjectId: string, schoolId: string | null, details: Record<string, unknown>) {
  return { at: act.at, actorId: act.by, action, subjectType: "indicator_value", subjectId, schoolId, details, requestId: act.requestId };
}
