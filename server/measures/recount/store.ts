import { z } from "zod";
import { all, col, countOf, insertAll, isPostgres, maybeOne, table, type Db, type RowOf } from "../../platform/db.ts";
import { addMinutes, type Instant } from "../../platform/clock.ts";
import { newId } from "../../platform/ids.ts";
import { record } from "../../platform/audit.ts";
import { listSchoolYears, recountPlans } from "../store/plans.ts";
import { recordMissed } from "../../ledger/store/deliveries.ts";
import { listLessonsOfSchool } from "../../ledger/store/periods.ts";
import { settle } from "../../ledger/store/settle.ts";
import { recountOnline } from "../../ledger/store/totals.ts";

export const CAUSES = ["night", "definition", "asked"] as const;
export type Cause = (typeof CAUSES)[number];

export const recounts = table("recounts", {
  id: col.id(),
  cause: col.oneOf(CAUSES),
  asked_by: col.maybeId(),
  state: col.oneOf(["running", "done", "stopped"]),
  schools: col.int(),
  /** Whose turn was not called yet. */
  next_place: col.int(),
  begun_at: col.instant(),
  ended_at: col.maybeInstant(),
});
export type RecountRow = RowOf<typeof recounts>;

const recountSchools = table("recount_schools", {
  recount_id: col.id(),
  place: col.int(),
  counted_school_id: col.id(),
  year_id: col.text(),
  /** Sums that were put right; null until the school was counted. */
  wrong: col.maybeInt(),
});

const KEPT_DAYS = 60;

/** Records what was not heard of yet, judges and counts one school and year from the facts alone. Answers how many sums differed from what was kept. */
export function reconcileSchool(db: Db, schoolId: string, yearId: string, at: Instant): Promise<number> {
  return db.transaction(async (trx) => {
    await recordMissed(trx, schoolId, yearId, at);
    await settle(trx, await listLessonsOfSchool(trx, schoolId, yearId), at);
    return (await recountOnline(trx, schoolId)) + (await recountPlans(trx, schoolId, yearId, at));
  });
}

/** Writes down which schools and years are to be counted; one that still runs is stopped, since this begins from the first again. */
export async function beginRecount(trx: Db, cause: Cause, by: string | null, at: Instant): Promise<string> {
  const id = newId();
  const years = await listSchoolYears(trx);
  await trx(recounts.name).where({ state: "running" }).update({ state: "stopped", ended_at: at });
  await trx(recounts.name).where("begun_at", "<", addMinutes(at, -KEPT_DAYS * 24 * 60)).del();
  const over = years.length === 0 ? { state: "done", ended_at: at } : { state: "running", ended_at: null };
  await trx(recounts.name).insert({ id, cause, asked_by: by, schools: years.length, begun_at: at, ...over });
  await insertAll(trx, recountSchools.name, years.map((one, i) => ({ recount_id: id, place: i + 1, counted_school_id: one.school_id, year_id: one.year_id })));
  return id;
}

/** Whether everything is being counted because somebody asked for it. */
export async function isAskedRunning(trx: Db): Promise<boolean> {
  return (await countOf(trx(recounts.name).where({ state: "running", cause: "asked" }).count({ n: "*" }))) > 0;
}

/** Calls the turn of the place after this one, once. Answers whether there is one. */
export async function callNext(trx: Db, recountId: string, place: number): Promise<boolean> {
  const called = await trx(recounts.name).where({ id: recountId, state: "running", next_place: place }).where("schools", ">", place).update({ next_place: place + 1 });
  return called > 0;
}

/**
 * Counts the school at this place, once: its figures and the progress are one transaction. A difference is a bug somewhere,
 * so it is written to the audit log with the number of sums; nothing that was recorded is touched.
 */
export async function recountPlace(trx: Db, recountId: string, place: number, at: Instant): Promise<void> {
  const here = { recount_id: recountId, place };
  const due = await maybeOne(recountSchools.row, trx(recountSchools.name).where(here).whereNull("wrong").select(recountSchools.columns));
  if (due === undefined || (await runs(trx, recountId)) === undefined) return;
  const { counted_school_id: schoolId, year_id } = due;
  const wrong = await reconcileSchool(trx, schoolId, year_id, at);
  await trx(recountSchools.name).where(here).update({ wrong });
  if (wrong > 0) {
    const entry = { at, actorId: null, action: "measures.repair", subjectType: "school", subjectId: schoolId };
    await record(trx, { ...entry, schoolId, details: { year_id, sums_repaired: wrong } });
  }
  // Held, so that of two that end at once the second sees the first.
  await runs(trx, recountId, isPostgres(trx));
  const left = trx(recountSchools.name).where({ recount_id: recountId }).whereNull("wrong").select("place");
  await trx(recounts.name).where({ id: recountId, state: "running" }).whereNotExists(left).update({ state: "done", ended_at: at });
}

function runs(trx: Db, id: string, hold = false): Promise<RecountRow | undefined> {
  const running = trx(recounts.name).where({ id, state: "running" }).select(recounts.columns);
  return maybeOne(recounts.row, hold ? running.forUpdate() : running);
}

const listedRow = recounts.row.extend({ by_name: col.maybeText(), counted: col.int(), repaired: col.int(), sums: col.int() });
/** A recount with how many schools were counted, in how many of them sums were put right, and how many sums. */
export type ListedRecount = z.infer<typeof listedRow>;

const LISTED_MAX = 60;

/** The newest first. */
export function listRecounts(db: Db): Promise<ListedRecount[]> {
  return all(listedRow, listed(db).orderBy("r.id", "desc").limit(LISTED_MAX));
}

export function findRecount(db: Db, id: string): Promise<ListedRecount | undefined> {
  return maybeOne(listedRow, listed(db).where("r.id", id));
}

function listed(db: Db) {
  const columns = recounts.columns.map((column) => `r.${column}`);
  const sum = (what: string, name: string): ReturnType<Db["raw"]> => db.raw(`COALESCE(SUM(${what}), 0) AS ${name}`);
  return db("recounts as r")
    .leftJoin("persons as p", "p.id", "r.asked_by")
    .leftJoin("recount_schools as s", "s.recount_id", "r.id")
    .select([...columns, "p.name as by_name"])
    .select(db.raw("COUNT(s.wrong) AS counted"), sum("CASE WHEN s.wrong > 0 THEN 1 ELSE 0 END", "repaired"), sum("s.wrong", "sums"))
    .groupBy([...columns, "p.name"]);
}

const repairRow = z.object({ school_id: col.id(), school: col.text(), year_id: col.text(), wrong: col.int() });
export type Repair = z.infer<typeof repairRow>;

/** The schools whose sums were put right. */
export function listRepairs(db: Db, recountId: string): Promise<Repair[]> {
  return all(
    repairRow,
    db("recount_schools as s")
      .join("units as u", "u.id", "s.counted_school_id")
      .where("s.recount_id", recountId)
      .where("s.wrong", ">", 0)
      .select("u.id as school_id", "u.name as school", "s.year_id", "s.wrong")
      .orderBy(["u.name", "u.id", "s.year_id"]),
  );
}
