import { z } from "zod";
import type { Granted } from "../../access/policy.ts";
import { leadersOf, nameOf, remindLeaders } from "../../materials/store/telling.ts";
import { notify } from "../../notices/store.ts";
import type { UnitRow } from "../../organisation/store.ts";
import { record } from "../../platform/audit.ts";
import { dayOf, type Instant } from "../../platform/clock.ts";
import { all, col, countOf, isPostgres, isUniqueViolation, maybeOne, one, table, type Db, type RowOf } from "../../platform/db.ts";
import { remember } from "../../platform/remember.ts";
import { conflict } from "../../platform/errors.ts";
import { newId } from "../../platform/ids.ts";
import { numberOf, PERIOD } from "../../platform/units.ts";
import { reconcileSchool } from "../recount/store.ts";
import { endOfMonth, frozenRecord, monthTitle, thawedCount, thawedRecord, type Month, type Records } from "./rules.ts";
import { takeSnapshot, type Snapshot } from "./snapshot.ts";

const cell = z.object({
  subject: z.string(),
  grade: z.number(),
  counted: z.number(),
  planned: z.number(),
  lessons: z.number(),
  covered: z.number(),
  own: z.number(),
  from_national: z.boolean(),
});

export const monthClosings = table("month_closings", {
  id: col.id(),
  school_id: col.id(),
  year_id: col.text(),
  month: col.text(),
  number: col.int(),
  as_of: col.day(),
  closed_by: col.id(),
  closed_at: col.instant(),
  note: col.text(),
  online_bp: col.int(),
  digitised_bp: col.int(),
  target_source: col.text(),
  definition_version: col.int(),
  formula_version: col.int(),
  counter: col.oneOf(["all", "own"]),
  counted: col.int(),
  counted_in_month: col.int(),
  planned: col.int(),
  planned_to_date: col.int(),
  covered: col.int(),
  own: col.int(),
  lessons: col.int(),
  subjects_planned: col.int(),
  subjects_met: col.int(),
  cells: col.json(z.array(cell)),
  months: col.json(z.record(z.string(), z.number())),
  records_hash: col.text(),
  reopened_by: col.maybeId(),
  reopened_at: col.maybeInstant(),
  reopen_reason: col.maybeText(),
});
/** One closing as it was frozen: how periods are counted in it, its formula version says. */
type FrozenRow = RowOf<typeof monthClosings>;

/** The counts of a closing in today's unit. */
export function thawed<F extends Pick<FrozenRow, "formula_version" | "counted">>(row: F) {
  return { ...row, counted: thawedCount(row.formula_version, row.counted) };
}

/** One closing with the figures that were frozen: a `Figures` with who and when. */
export const closingRow = monthClosings.row.transform((row) => ({
  ...thawed(row),
  counted_in_month: thawedCount(row.formula_version, row.counted_in_month),
  cells: row.cells.map((one) => ({ ...one, counted: thawedCount(row.formula_version, one.counted) })),
  months: Object.fromEntries(Object.entries(row.months).map(([month, counted]) => [month, thawedCount(row.formula_version, counted)])),
}));
export type ClosingRow = z.infer<typeof closingRow>;

export const monthClosingRecords = table("month_closing_records", {
  closing_id: col.id(),
  periods: col.json(z.array(z.union([z.string(), z.tuple([z.string(), z.number()])]))),
  lessons: col.json(z.array(z.tuple([z.string(), z.number()]))),
});

export interface Act {
  by: string;
  at: Instant;
  requestId: string;
}

/** By id, unauthorised: for doors. */
export function loadClosing(db: Db, id: string): Promise<ClosingRow | undefined> {
  return maybeOne(closingRow, db(monthClosings.name).where({ id }).select(monthClosings.columns));
}

/** Every closing of a school in a year, reopened ones too, by month and then by number. */
export function listClosings(db: Db, schoolId: string, yearId: string): Promise<ClosingRow[]> {
  const of = db(monthClosings.name).where({ school_id: schoolId, year_id: yearId });
  return all(closingRow, of.orderBy(["month", "number"]).limit(200).select(monthClosings.columns));
}

/** The closings of a school that stand, by month: every view of its figures asks for them. */
export const standingClosingsOf = remember([monthClosings.name], async (db: Db, schoolId: string, yearId: string): Promise<readonly ClosingRow[]> =>
  (await listClosings(db, schoolId, yearId)).filter((one) => one.reopened_at === null),
);

/** The closing that stands for a month: what was reported. Undefined: not closed, or reopened and not closed again. */
export function findClosing(db: Db, schoolId: string, yearId: string, month: Month): Promise<ClosingRow | undefined> {
  const of = db(monthClosings.name).where({ school_id: schoolId, year_id: yearId, month }).whereNull("reopened_at");
  return maybeOne(closingRow, of.select(monthClosings.columns));
}

/** The closings that stand of many schools for some months: one query, whatever the number of schools. */
export async function listStandingClosings(db: Db, schoolIds: readonly string[], yearId: string, months: readonly Month[]): Promise<ClosingRow[]> {
  const found: ClosingRow[] = [];
  for (let i = 0; i < schoolIds.length; i += 500) {
    const of = db(monthClosings.name).whereIn("school_id", schoolIds.slice(i, i + 500)).whereIn("month", months).where({ year_id: yearId });
    found.push(...(await all(closingRow, of.whereNull("reopened_at").orderBy(["school_id", "month"]).select(monthClosings.columns))));
  }
  return found;
}

export async function loadRecords(db: Db, closingId: string): Promise<Records> {
  const row = await one(monthClosingRecords.row, db(monthClosingRecords.name).where({ closing_id: closingId }));
  return { periods: row.periods.map(thawedRecord), lessons: row.lessons.map(([id, own]) => ({ id, own: own === 1 })) };
}

export interface Closing {
  school: Granted<"lead", UnitRow>;
  year_id: string;
  month: Month;
  note: string;
  /** The hash of the figures that the leader saw: what is signed is what was read. */
  seen: string;
}

/**
 * Freezes a month of a school. Everything that happened is judged and counted first, so nothing that waits in a queue is
 * missed. Answers undefined where the figures are no longer those that were seen: they are to be looked at again.
 * Two leaders at once: the second meets the unique key and is told.
 */
export async function closeMonth(db: Db, closing: Closing, act: Act): Promise<string | undefined> {
  const { school, year_id, month } = closing;
  await reconcileSchool(db, school.id, year_id, act.at);
  return inOneView(db, async (trx) => {
    if (await findClosing(trx, school.id, year_id, month)) throw conflict("month_closed");
    const snapshot = await takeSnapshot(trx, { school, year_id, month, today: dayOf(act.at) });
    if (snapshot.hash !== closing.seen) return undefined;
    const id = newId();
    const number = 1 + (await countOf(trx(monthClosings.name).where({ school_id: school.id, year_id, month }).count({ n: "*" })));
    const { cells, months, ...numbers } = snapshot.figures;
    await trx(monthClosings.name).insert({
      ...{ id, school_id: school.id, year_id, month, number, closed_by: act.by, closed_at: act.at, note: closing.note },
      ...numbers,
      ...{ cells: JSON.stringify(cells), months: JSON.stringify(months), records_hash: snapshot.hash },
    });
    await trx(monthClosingRecords.name).insert(recordsForDatabase(id, snapshot));
    const details = { month, number, hash: snapshot.hash, counted: numberOf(numbers.counted) / PERIOD, planned: numbers.planned, covered: numbers.covered, lessons: numbers.lessons };
    await record(trx, { at: act.at, actorId: act.by, action: "month.close", subjectType: "month_closing", subjectId: id, schoolId: school.id, details, requestId: act.requestId });
    return id;
  }).catch((error: unknown) => {
    throw isUniqueViolation(error) ? conflict("month_closed") : error;
  });
}

/** A transaction that reads one state of everything; SQLite's always do. */
function inOneView<T>(db: Db, run: (trx: Db) => Promise<T>): Promise<T> {
  return db.transaction(run, isPostgres(db) && !db.isTransaction ? { isolationLevel: "repeatable read" } : {});
}

function recordsForDatabase(closing_id: string, { records }: Snapshot): object {
  return { closing_id, periods: JSON.stringify(records.periods.map(frozenRecord)), lessons: JSON.stringify(records.lessons.map(({ id, own }) => [id, own ? 1 : 0])) };
}

/** Opens a closed month again: by an officer above the school, with a reason that its leaders are told. The snapshot stays. */
export async function reopenMonth(db: Db, school: Granted<"reopen", UnitRow>, closing: ClosingRow, reason: string, act: Act): Promise<void> {
  await db.transaction(async (trx) => {
    const change = { reopened_by: act.by, reopened_at: act.at, reopen_reason: reason };
    const changed = await trx(monthClosings.name).where({ id: closing.id }).whereNull("reopened_at").update(change);
    if (changed === 0) throw conflict("month_open");
    const { month, number } = closing;
    await record(trx, { at: act.at, actorId: act.by, action: "month.reopen", subjectType: "month_closing", subjectId: closing.id, schoolId: school.id, details: { month, number, reason }, requestId: act.requestId });
    const news = { kind: "month_reopened" as const, href: `/schools/${school.id}/months/${month}`, params: { title: monthTitle(month), by: await nameOf(trx, act.by), comment: reason } };
    await notify(trx, await leadersOf(trx, school, act.at), news, act.at);
  });
}

/** Tells the leaders of these schools that a month waits to be closed. */
export function remindOfMonth(db: Db, schools: readonly { id: string; name: string; path: string }[], month: Month, at: Instant): Promise<number> {
  const title = monthTitle(month);
  return remindLeaders(db, schools, (school) => ({ kind: "month_due", href: `/schools/${school.id}/months/${month}`, params: { title, school: school.name } }), at);
}

const waitingRow = z.object({ id: col.id(), course: col.text(), lesson: col.text(), periods: col.int(), number: col.int(), taught_on: col.day() });
export type WaitingPeriod = z.infer<typeof waitingRow>;

/** Periods of a month, or of any month before it, that nobody has confirmed or refused yet: they are not in the figures. */
export function listUnconfirmed(db: Db, schoolId: string, yearId: string, month: Month): Promise<WaitingPeriod[]> {
  return all(
    waitingRow,
    db("ledger_periods as p")
      .join("courses as c", "c.id", "p.course_id")
      .join("plan_lessons as l", "l.id", "p.plan_lesson_id")
      .where({ "c.school_id": schoolId, "c.year_id": yearId, "p.state": "not_counted", "p.reason": "awaiting_confirmation" })
      .where("p.taught_on", "<=", endOfMonth(month))
      .orderBy(["p.taught_on", "p.delivery_id"])
      .limit(100)
      .select({ id: "p.delivery_id", course: "c.name", lesson: "l.title", periods: "l.periods", number: "p.period_number", taught_on: "p.taught_on" }),
  );
}

const changedPeriod = z.object({
  id: col.id(),
  course_id: col.id(),
  plan_lesson_id: col.id(),
  number: col.int(),
  periods: col.int(),
  course: col.text(),
  lesson: col.text(),
  taught_on: col.day(),
  created_at: col.instant(),
  campus: col.maybeText(),
  /** What stands for the period today, where anything does. */
  stands: col.maybeId(),
  state: col.maybeText(),
  reason: col.maybeText(),
  params: col.json(z.record(z.string(), z.number())).nullable(),
  last_act: col.maybeText(),
  last_at: col.maybeInstant(),
});
export type ChangedPeriod = z.infer<typeof changedPeriod>;

/** Differences shown of each kind; there are far fewer, unless a definition changed. */
export const SHOWN_MAX = 300;

/** What became of deliveries since an instant: what stands in their place, and the last thing that was said of them. */
export function listChangedPeriods(db: Db, ids: readonly string[], since: Instant): Promise<ChangedPeriod[]> {
  const last = (column: string): string =>
    `(SELECT a.${column} FROM delivery_acts a WHERE a.delivery_id = d.id AND a.at > ? AND a.act <> 'judge' ORDER BY a.id DESC LIMIT 1)`;
  return all(
    changedPeriod,
    db("deliveries as d")
      .join("courses as c", "c.id", "d.course_id")
      .join("plan_lessons as l", "l.id", "d.plan_lesson_id")
      .leftJoin("units as u", "u.id", "c.campus_id")
      .leftJoin("ledger_periods as p", (join) => {
        void join.on("p.course_id", "d.course_id").andOn("p.plan_lesson_id", "d.plan_lesson_id").andOn("p.period_number", "d.period_number");
      })
      .whereIn("d.id", ids.slice(0, SHOWN_MAX))
      .orderBy(["d.taught_on", "d.id"])
      .select({ id: "d.id", course_id: "d.course_id", plan_lesson_id: "d.plan_lesson_id", number: "d.period_number", periods: "l.periods", course: "c.name", lesson: "l.title" })
      .select({ taught_on: "d.taught_on", created_at: "d.created_at", campus: "u.name", stands: "p.delivery_id", state: "p.state", reason: "p.reason", params: "p.params" })
      .select(db.raw(`${last("act")} AS last_act`, [since]), db.raw(`${last("at")} AS last_at`, [since])),
  );
}

const changedLesson = z.object({
  id: col.id(),
  title: col.text(),
  subject: col.text(),
  grade: col.int(),
  removed_at: col.maybeInstant(),
  material_id: col.maybeId(),
  material: col.maybeText(),
  act: col.maybeText(),
  at: col.maybeInstant(),
});
export type ChangedLesson = z.infer<typeof changedLesson>;

/** What was done since an instant with the materials of these lessons; a lesson without an act is there once. */
export async function listChangedLessons(db: Db, ids: readonly string[], since: Instant): Promise<ChangedLesson[]> {
  const rows = await all(
    changedLesson,
    db("plan_lessons as l")
      .join("plans as p", "p.id", "l.plan_id")
      .leftJoin("material_lessons as ml", "ml.plan_lesson_id", "l.id")
      .leftJoin("materials as m", (join) => void join.on("m.id", "ml.material_id").andOn("m.school_id", "p.school_id"))
      .leftJoin("material_steps as s", (join) => {
        void join.on("s.material_id", "m.id").andOn("s.at", ">", db.raw("?", [since])).andOn(db.raw("s.act IN ('approve', 'withdraw', 'retire', 'restore')"));
      })
      .whereIn("l.id", ids.slice(0, SHOWN_MAX))
      .orderBy(["p.subject_code", "p.grade", "l.position", "s.at"])
      .limit(3 * SHOWN_MAX)
      .select({ id: "l.id", title: "l.title", subject: "p.subject_code", grade: "p.grade", removed_at: "l.removed_at" })
      .select({ material_id: "m.id", material: "m.title", act: "s.act", at: "s.at" }),
  );
  const last = new Map<string, ChangedLesson>();
  for (const row of rows) if (row.at !== null || !last.has(row.id)) last.set(row.id, row);
  return [...last.values()];
}

const dueRow = z.object({ id: col.id(), name: col.text(), path: col.text() });

/** Schools that have plans or courses of a year and have not closed a month. */
export function listSchoolsDue(db: Db, yearId: string, month: Month): Promise<z.infer<typeof dueRow>[]> {
  return all(
    dueRow,
    db("units as u")
      .where({ "u.kind": "school" })
      .whereNull("u.closed_on")
      .where("u.opened_on", "<=", endOfMonth(month))
      .whereExists(db("measure_plan_totals as t").select(db.raw("1")).whereRaw("t.school_id = u.id").where("t.year_id", yearId))
      .whereNotExists(db("month_closings as c").select(db.raw("1")).whereRaw("c.school_id = u.id").where({ "c.year_id": yearId, "c.month": month }).whereNull("c.reopened_at"))
      .orderBy("u.id")
      .select("u.id", "u.name", "u.path"),
  );
}
