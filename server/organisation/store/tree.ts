import { z } from "zod";
import type { Granted } from "../../access/policy.ts";
import { record } from "../../platform/audit.ts";
import type { Day, Instant } from "../../platform/clock.ts";
import { all, col, isUniqueViolation, maybeOne, type Db } from "../../platform/db.ts";
import { conflict } from "../../platform/errors.ts";
import { newId } from "../../platform/ids.ts";
import { fold } from "../../platform/text.ts";
import { hangAgain, movedPath, type CodeUse, type Hanging, type UnitKind } from "../rules.ts";
import { unitCodes, unitParents, units, type UnitRow } from "../store.ts";

/** Who acts, when, and in which request: what every entry of the audit log needs. */
export interface Act {
  by: string;
  at: Instant;
  requestId: string;
}

const UNITS_MAX = 2000; // the province had 640 institutions before the mergers

/** The units below a place, itself included. */
export function listTree(db: Db, place: { path: string }): Promise<UnitRow[]> {
  return all(
    units.row,
    db("units").where("path", "like", `${place.path}%`).whereNull("closed_on").orderBy(["name", "id"]).limit(UNITS_MAX).select(units.columns),
  );
}

export function listChildren(db: Db, unit: { id: string }): Promise<UnitRow[]> {
  return all(units.row, db("units").where({ parent_id: unit.id }).orderBy(["kind", "name", "id"]).limit(UNITS_MAX).select(units.columns));
}

const foundUnit = units.row.extend({ old_code: col.maybeText() });
export type FoundUnit = z.infer<typeof foundUnit>;

/** Units below a place whose name holds the text, or that a code names or once named. */
export async function searchUnits(db: Db, place: { path: string }, text: string, limit = 50): Promise<FoundUnit[]> {
  const code = text.trim();
  const rows = await all(
    foundUnit,
    db("units as u")
      .leftJoin("unit_codes as c", (on) => void on.on("c.unit_id", "u.id").andOnVal("c.code", code))
      .where("u.path", "like", `${place.path}%`)
      .where((q) => void q.whereLike("u.search_text", `%${likeText(fold(text))}%`).orWhere("u.code", code).orWhereNotNull("c.code"))
      .orderByRaw("CASE WHEN c.code IS NOT NULL OR u.code = ? THEN 0 ELSE 1 END, u.name, u.id", [code])
      .limit(limit)
      .select(units.columns.map((name) => `u.${name}`))
      .select({ old_code: "c.code" }),
  );
  const seen = new Set<string>();
  return rows.filter((row) => !seen.has(row.id) && seen.add(row.id));
}

/** A person's text has no wildcards: `%` and `_` are dropped, since folded names hold neither. */
function likeText(text: string): string {
  return text.replace(/[%_\\]/g, "");
}

/** What may be a parent of a unit of some kind, below a place. */
export function listPossibleParents(db: Db, place: { path: string }, kinds: readonly UnitKind[]): Promise<UnitRow[]> {
  return all(
    units.row,
    db("units")
      .where("path", "like", `${place.path}%`)
      .whereIn("kind", [...kinds])
      .whereNull("closed_on")
      .orderBy(["kind", "name", "id"])
      .limit(UNITS_MAX)
      .select(units.columns),
  );
}

const hangingWithName = unitParents.row.extend({ parent_name: col.text() });
export type HangingWithName = z.infer<typeof hangingWithName>;

/** Where a unit hung, the newest first. */
export function listHangings(db: Db, unitId: string): Promise<HangingWithName[]> {
  return all(
    hangingWithName,
    db("unit_parents as h")
      .join("units as p", "p.id", "h.parent_id")
      .where("h.unit_id", unitId)
      .orderBy([{ column: "h.from_on", order: "desc" }, { column: "h.id", order: "desc" }])
      .limit(100)
      .select(unitParents.columns.map((name) => `h.${name}`))
      .select({ parent_name: "p.name" }),
  );
}

/** The whole history of the tree: for reports "as of a date". One row a hanging; the province has about a thousand. */
export function listAllHangings(db: Db): Promise<Hanging[]> {
  return all(unitParents.row, db("unit_parents").orderBy(["unit_id", "from_on"]).limit(20 * UNITS_MAX).select(unitParents.columns));
}

/** The codes that name or named a unit, its own first; a unit that never changed has none on record but its own. */
export async function listCodes(db: Db, unit: UnitRow): Promise<CodeUse[]> {
  const kept = await all(
    unitCodes.row,
    db("unit_codes").where({ unit_id: unit.id }).orderBy(["from_on", "id"]).limit(100).select(unitCodes.columns),
  );
  if (kept.some((use) => use.code === unit.code)) return kept;
  return [{ unit_id: unit.id, code: unit.code, from_on: unit.opened_on, to_on: null }, ...kept];
}

/** The unit that a code names today, with old codes followed to the school that took over. */
export async function findUnitByCode(db: Db, code: string, on: Day): Promise<UnitRow | undefined> {
  const named = db("unit_codes")
    .where({ code })
    .where("from_on", "<=", on)
    .where((q) => void q.whereNull("to_on").orWhere("to_on", ">", on))
    .select("unit_id");
  const byAlias = db("units").whereIn("id", named).orderBy("id").first(units.columns);
  return (await maybeOne(units.row, byAlias)) ?? maybeOne(units.row, db("units").where({ code }).orderBy("id").first(units.columns));
}

/** The day of the last move of each of these units; a move must come after it. */
export async function lastMoves(db: Db, unitIds: readonly string[]): Promise<Map<string, Day>> {
  const rows = await all(
    z.object({ unit_id: col.id(), last: col.day() }),
    db("unit_parents").whereIn("unit_id", [...unitIds]).groupBy("unit_id").select("unit_id").max({ last: "from_on" }),
  );
  return new Map(rows.map((row) => [row.unit_id, row.last]));
}

export interface UnitFacts {
  kind: UnitKind;
  name: string;
  code: string;
  level: string | null;
  area: string | null;
  opened_on: Day;
}

/** Founds a unit below a parent. Its code must be free: an old code keeps naming the school that took over. */
export async function createUnit(db: Db, parent: Granted<"manage", UnitRow>, facts: UnitFacts, act: Act): Promise<string> {
  return db.transaction(async (trx) => {
    await assertFreeCode(trx, facts.code);
    const id = await insertUnit(trx, parent, facts, act.at);
    const details = { kind: facts.kind, parent_id: parent.id, code: facts.code, opened_on: facts.opened_on };
    await record(trx, auditOf(act, "unit.create", id, details));
    return id;
  });
}

export async function assertFreeCode(trx: Db, code: string, exceptId = ""): Promise<void> {
  const taken =
    (await trx("units").where({ code }).whereNot("id", exceptId).first("id")) ??
    (await trx("unit_codes").where({ code }).whereNot("unit_id", exceptId).first("id"));
  if (taken) throw conflict("code_taken");
}

/** Inserts a unit with its first hanging and its first code. */
export async function insertUnit(trx: Db, parent: { id: string; path: string }, facts: UnitFacts, at: Instant): Promise<string> {
  const id = newId();
  await trx("units").insert({
    ...facts,
    id,
    parent_id: parent.id,
    path: `${parent.path}${id}/`,
    closed_on: null,
    merged_into_id: null,
    search_text: searchTextOf(facts),
    created_at: at,
  });
  await trx("unit_parents").insert({ id: newId(), unit_id: id, parent_id: parent.id, kind: facts.kind, from_on: facts.opened_on, to_on: null });
  await trx("unit_codes").insert({ id: newId(), unit_id: id, code: facts.code, from_on: facts.opened_on, to_on: null });
  return id;
}

/** Changes what a unit is called and how it is classed; its place and its code have acts of their own. */
export async function saveUnit(
  db: Db,
  unit: Granted<"manage", UnitRow>,
  facts: { name: string; level: string | null; area: string | null },
  act: Act,
): Promise<void> {
  await db.transaction(async (trx) => {
    await trx("units").where({ id: unit.id }).update({ ...facts, search_text: searchTextOf({ ...facts, code: unit.code }) });
    await record(trx, auditOf(act, "unit.edit", unit.id, { from: { name: unit.name, level: unit.level, area: unit.area }, to: facts }));
  });
}

function searchTextOf(facts: { name: string; code: string }): string {
  return fold(`${facts.name} ${facts.code}`).slice(0, 300);
}

/**
 * Hangs a unit with all that is below it elsewhere from a day on. The rules were asked before; the row's own path is
 * compared again here, so that of two moves at once one is told to look again.
 */
export async function saveMove(db: Db, unit: Granted<"manage", UnitRow>, parent: Granted<"manage", UnitRow>, on: Day, act: Act): Promise<void> {
  await db.transaction(async (trx) => {
    const hangings = await all(unitParents.row, trx("unit_parents").where({ unit_id: unit.id }).select(unitParents.columns));
    await rehang(trx, unit, parent, { kind: unit.kind, on, hangings });
    await record(trx, auditOf(act, "unit.move", unit.id, { from: unit.parent_id, to: parent.id, on }));
  });
}

/** Writes the new place of a unit: its row, the paths below it, and its history. */
export async function rehang(
  trx: Db,
  unit: UnitRow,
  parent: { id: string; path: string },
  move: { kind: UnitKind; on: Day; hangings: readonly (Hanging & { id: string })[]; mergedInto?: string },
): Promise<void> {
  const root = `${parent.path}${unit.id}/`;
  const changed = await trx("units")
    .where({ id: unit.id, path: unit.path, kind: unit.kind })
    .update({ parent_id: parent.id, path: root, kind: move.kind, ...(move.mergedInto ? { merged_into_id: move.mergedInto } : {}) });
  if (changed === 0) throw conflict();
  const below = await all(
    units.row.pick({ id: true, path: true }),
    trx("units").where("path", "like", `${unit.path}%`).whereNot("id", unit.id).select("id", "path"),
  );
  // A school has a handful of campuses, a commune some twenty schools: a statement each.
  for (const row of below) await trx("units").where({ id: row.id }).update({ path: movedPath(row.path, unit.path, root) });
  const history = hangAgain(move.hangings, { unit_id: unit.id, parent_id: parent.id, kind: move.kind, on: move.on });
  const opened = history.at(-1);
  await trx("unit_parents").where({ unit_id: unit.id }).whereNull("to_on").update({ to_on: move.on });
  await trx("unit_parents").insert({ id: newId(), ...opened });
}

/** A school joins a cluster (cụm trường) from a day on. */
export async function saveClusterMember(db: Db, cluster: Granted<"manage", UnitRow>, school: UnitRow, on: Day, act: Act): Promise<void> {
  await db
    .transaction(async (trx) => {
      const standing = await trx("cluster_members").where({ cluster_id: cluster.id, school_id: school.id }).whereNull("to_on").first();
      if (standing) throw conflict("already_in_cluster");
      await trx("cluster_members").insert({ cluster_id: cluster.id, school_id: school.id, from_on: on, to_on: null });
      await record(trx, auditOf(act, "cluster.join", cluster.id, { school_id: school.id, on }));
    })
    .catch((error: unknown) => {
      throw isUniqueViolation(error) ? conflict("already_in_cluster") : error;
    });
}

/** A school leaves a cluster on a day. */
export async function endClusterMember(db: Db, cluster: Granted<"manage", UnitRow>, schoolId: string, on: Day, act: Act): Promise<void> {
  await db.transaction(async (trx) => {
    const changed = await trx("cluster_members").where({ cluster_id: cluster.id, school_id: schoolId }).whereNull("to_on").update({ to_on: on });
    if (changed === 0) throw conflict();
    await record(trx, auditOf(act, "cluster.leave", cluster.id, { school_id: schoolId, on }));
  });
}

export function auditOf(act: Act, action: string, unitId: string, details: Record<string, unknown>, schoolId: string | null = null) {
  return { at: act.at, actorId: act.by, action, subjectType: "unit", subjectId: unitId, schoolId, details, requestId: act.requestId };
}
