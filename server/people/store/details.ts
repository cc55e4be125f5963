import { z } from "zod";
import type { Granted } from "../../access/policy.ts";
import type { ClassWithSchool, UnitRow } from "../../organisation/store.ts";
import type { Act } from "../../organisation/store/tree.ts";
import { record, recordLooks } from "../../platform/audit.ts";
import type { Instant } from "../../platform/clock.ts";
import { all, col, table, type Db } from "../../platform/db.ts";
import { conflict } from "../../platform/errors.ts";
import { SENSITIVE, type Sensitive } from "../import/columns.ts";
import type { Change } from "../import/plan.ts";
import type { KeptColumn } from "../import/understand.ts";
import { kindsKept, PURPOSE_NAMES, PURPOSES, type Purpose } from "../import/purposes.ts";

export const dataPurposes = table("data_purposes", {
  school_id: col.id(),
  purpose: col.oneOf(PURPOSE_NAMES),
  reason: col.text(),
  switched_on_by: col.id(),
  switched_on_at: col.instant(),
});

export const pupilDetails = table("pupil_details", {
  school_id: col.id(),
  person_id: col.id(),
  header: col.text(),
  about: col.oneOf(SENSITIVE),
  value: col.text(),
  updated_at: col.instant(),
});

const HEADER_MAX = 120;
const VALUE_MAX = 300;

const purposeRow = dataPurposes.row.extend({ by_name: col.text() });
export type PurposeRow = z.infer<typeof purposeRow>;

/** The purposes that a school has switched on. */
export function listPurposes(db: Db, schoolId: string): Promise<PurposeRow[]> {
  const rows = db("data_purposes as d").join("persons as p", "p.id", "d.switched_on_by").where("d.school_id", schoolId);
  return all(purposeRow, rows.orderBy("d.purpose").select("d.*", "p.name as by_name"));
}

/** The kinds of private columns that the school's purposes allow to keep. */
export async function kindsAllowed(db: Db, schoolId: string): Promise<ReadonlySet<Sensitive>> {
  return kindsKept((await listPurposes(db, schoolId)).map((row) => row.purpose));
}

/** How many values are kept of each kind. */
export async function countKept(db: Db, school: Granted<"lead", UnitRow>): Promise<Map<Sensitive, number>> {
  const row = z.object({ about: col.oneOf(SENSITIVE), n: col.int() });
  const rows = await all(row, db("pupil_details").where({ school_id: school.id }).groupBy("about").select("about").count({ n: "*" }));
  return new Map(rows.map(({ about, n }) => [about, n]));
}

/** Switches a purpose on. @throws Refusal 409 where it already is */
export async function savePurpose(db: Db, school: Granted<"lead", UnitRow>, on: { purpose: Purpose; reason: string }, act: Act): Promise<void> {
  await db.transaction(async (trx) => {
    const row = { school_id: school.id, ...on, switched_on_by: act.by, switched_on_at: act.at };
    const added = await trx("data_purposes").insert(row).onConflict(["school_id", "purpose"]).ignore().returning("purpose");
    if (added.length === 0) throw conflict();
    await record(trx, auditOf(act, "data_purpose.on", school, on));
  });
}

/**
 * Switches a purpose off: what was kept for it goes at once, and with it the previews of rosters that may hold it.
 *
 * @throws Refusal 409 where it is not on
 */
export async function removePurpose(db: Db, school: Granted<"lead", UnitRow>, purpose: Purpose, act: Act): Promise<void> {
  await db.transaction(async (trx) => {
    const off = await trx("data_purposes").where({ school_id: school.id, purpose }).del();
    if (off === 0) throw conflict();
    const removed = await trx("pupil_details").where({ school_id: school.id }).whereIn("about", [...PURPOSES[purpose]]).del();
    await trx("imports").where({ school_id: school.id, kind: "roster", state: "preview" }).del();
    await record(trx, auditOf(act, "data_purpose.off", school, { purpose, removed }));
  });
}

function auditOf(act: Act, action: string, school: UnitRow, details: Record<string, unknown>) {
  return { at: act.at, actorId: act.by, action, subjectType: "school", subjectId: school.id, schoolId: school.id, details, requestId: act.requestId };
}

const shownRow = pupilDetails.row.pick({ person_id: true, header: true, value: true });
export type ShownDetail = z.infer<typeof shownRow>;

/** What is kept of a class's pupils. That somebody looked is written down for each of whom something is. */
export async function listDetails(db: Db, klass: Granted<"details", ClassWithSchool>, pupilIds: readonly string[], look: { by: string; at: Instant }): Promise<ShownDetail[]> {
  const kept = db("pupil_details").where({ school_id: klass.school.id }).whereIn("person_id", [...pupilIds]);
  const rows = await all(shownRow, kept.orderBy(["header", "person_id"]).limit(5000).select("person_id", "header", "value"));
  await recordLooks(db, [...new Set(rows.map((row) => row.person_id))], { at: look.at, actorId: look.by, what: "details" });
  return rows;
}

export interface Detail {
  person_id: string;
  header: string;
  about: Sensitive;
  value: string;
}

/** What a roster says of people who are known: of those to be made too, once `made` tells their ids. */
export function detailsOf(changes: readonly Change[], columns: readonly KeptColumn[], made: ReadonlyMap<string, string>): Detail[] {
  return changes.flatMap((change) => {
    const person_id = change.kind === "create" ? made.get(change.line.key) : change.personId;
    if (person_id === undefined || change.kind === "leave") return [];
    return columns.flatMap(({ key, header, about }) => {
      const value = change.line.details[key]?.slice(0, VALUE_MAX);
      return value ? [{ person_id, header: header.slice(0, HEADER_MAX), about, value }] : [];
    });
  });
}

/** A value as it was before an import; null where there was none. */
export interface Before {
  person_id: string;
  header: string;
  value: string | null;
}

/** Those that say something new, with what stood there before. */
export async function findNewDetails(db: Db, schoolId: string, details: readonly Detail[]): Promise<{ detail: Detail; before: Before }[]> {
  const known = new Map<string, string>();
  const people = [...new Set(details.map((detail) => detail.person_id))];
  for (let i = 0; i < people.length; i += 400) {
    const rows = db("pupil_details").where({ school_id: schoolId }).whereIn("person_id", people.slice(i, i + 400));
    for (const { person_id, header, value } of await all(shownRow, rows.select("person_id", "header", "value"))) known.set(`${person_id} ${header}`, value);
  }
  return details.flatMap((detail) => {
    const value = known.get(`${detail.person_id} ${detail.header}`) ?? null;
    return value === detail.value ? [] : [{ detail, before: { person_id: detail.person_id, header: detail.header, value } }];
  });
}

/** Keeps what is new. @returns what stood there before, for taking it back */
export async function saveDetails(trx: Db, schoolId: string, details: readonly Detail[], at: Instant): Promise<Before[]> {
  const fresh = await findNewDetails(trx, schoolId, details);
  for (let i = 0; i < fresh.length; i += 100) {
    const rows = fresh.slice(i, i + 100).map(({ detail }) => ({ ...detail, school_id: schoolId, updated_at: at }));
    await trx("pupil_details").insert(rows).onConflict(["school_id", "person_id", "header"]).merge(["about", "value", "updated_at"]);
  }
  return fresh.map(({ before }) => before);
}

/** Puts back what stood before an import. A purpose that was switched off since has left nothing to put back. */
export async function restoreDetails(trx: Db, schoolId: string, before: readonly Before[]): Promise<void> {
  const own = (header: string) => trx("pupil_details").where({ school_id: schoolId, header });
  for (const header of new Set(before.map((detail) => detail.header))) {
    const added = before.filter((detail) => detail.header === header && detail.value === null).map((detail) => detail.person_id);
    for (let i = 0; i < added.length; i += 400) await own(header).whereIn("person_id", added.slice(i, i + 400)).del();
  }
  for (const { person_id, header, value } of before) if (value !== null) await own(header).where({ person_id }).update({ value });
}
