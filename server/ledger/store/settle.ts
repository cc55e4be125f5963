import type { z } from "zod";
import type { Instant } from "../../platform/clock.ts";
import { all, col, insertAll, isPostgres, type Db } from "../../platform/db.ts";
import { groupBy } from "../../platform/group.ts";
import { newId } from "../../platform/ids.ts";
import { hundredths, numberOf, periods, type Hundredths } from "../../platform/units.ts";
import { confirmationOf, countsFor, isReversed, judge, levelOf, rulesFor, standing, worthOf } from "../rules.ts";
import type { Delivery, Evidence, PlanPlace, Verdict } from "../rules.ts";
import { definitionOn, listDefinitions, type Definition } from "./definitions.ts";
import { observeLive, observeStudy, seenEvidence, type LiveFacts, type SeenEvidence } from "./evidence.ts";
import { deliveries, deliveryActs, ledgerPeriods, type ActRow, type DeliveryRow, type PeriodRow } from "./tables.ts";
import { addToOnlineTotals, type TotalChange } from "./totals.ts";

/** One lesson of one course: the smallest thing that is judged anew. */
export interface LessonOfCourse {
  course_id: string;
  plan_lesson_id: string;
}

/** What needs not be asked for again. */
export interface Known {
  live?: LiveFacts;
  /** Deliveries that this transaction wrote: nothing was said of them yet. */
  fresh?: ReadonlySet<string>;
  /** The versions of the definition, the newest first, as they were remembered before the transaction began. */
  versions?: readonly Definition[];
}

const LESSONS_AT_ONCE = 100;

/**
 * Judges every delivery of these lessons anew, lets one stand for each period, and moves the sums by the difference.
 *
 * Running it again changes nothing, so it may be called for every fact heard, in any order. Call it in the transaction
 * of the act: facts, verdicts, projection and sums are seen together or not at all.
 *
 * @param known what this transaction has seen or written already
 */
export async function settle(trx: Db, lessons: readonly LessonOfCourse[], at: Instant, known: Known = {}): Promise<void> {
  const unique = [...new Map(lessons.map((one) => [`${one.course_id} ${one.plan_lesson_id}`, one])).values()];
  const versions = known.versions ?? (await listDefinitions(trx));
  for (let i = 0; i < unique.length; i += LESSONS_AT_ONCE) {
    const some = unique.slice(i, i + LESSONS_AT_ONCE);
    await holdCourses(trx, some);
    const ledger = await loadLedger(trx, some, known.fresh);
    const judged = await judgeAnew(trx, ledger, versions, at, known.live);
    await insertAll(trx, deliveryActs.name, judged.map(actForDatabase));
    await project(trx, { ...ledger, acts: [...ledger.acts, ...judged] });
  }
}

/** Brings the projection and the sums back from deliveries and acts alone; judges nothing. */
export async function rebuild(trx: Db, lessons: readonly LessonOfCourse[]): Promise<void> {
  for (let i = 0; i < lessons.length; i += LESSONS_AT_ONCE) {
    const some = lessons.slice(i, i + LESSONS_AT_ONCE);
    await holdCourses(trx, some);
    await project(trx, await loadLedger(trx, some));
  }
}

/**
 * For how much these lessons would count by other versions of the definition. Judges as `settle` does, on the
 * evidence as it stands now, and writes nothing.
 */
export async function countUnder(db: Db, lessons: readonly LessonOfCourse[], versions: readonly Definition[], on: { at: Instant; today: string }): Promise<Hundredths> {
  let counted = 0;
  for (let i = 0; i < lessons.length; i += LESSONS_AT_ONCE) {
    const ledger = await loadLedger(db, lessons.slice(i, i + LESSONS_AT_ONCE));
    const acts = groupBy([...ledger.acts, ...(await judgeAnew(db, ledger, versions, on.at))], (act) => act.delivery_id);
    const recorded = ledger.deliveries.map((row) => recordedOf(row, acts.get(row.id) ?? []));
    for (const group of groupBy(recorded, ({ row }) => keyOf(row)).values()) {
      const stands = standing(group);
      if (stands && stands.taught_on <= on.today) counted += numberOf(countsFor(stands));
    }
  }
  return hundredths(counted);
}

/** Two facts about one course wait for each other. SQLite has one writer anyway. */
async function holdCourses(trx: Db, lessons: readonly LessonOfCourse[]): Promise<void> {
  if (!isPostgres(trx)) return;
  const ids = lessons.map((lesson) => lesson.course_id);
  await trx("courses").select("id").whereIn("id", ids).orderBy("id").forUpdate();
}

/** A delivery, and where it stands in the plan of its course. */
const placedRow = deliveries.row.extend({
  school_id: col.id(),
  campus_id: col.maybeId(),
  year_id: col.text(),
  subject_code: col.text(),
  grade: col.int(),
  course_plan_id: col.maybeId(),
  plan_id: col.id(),
  plan_version: col.int(),
  school_level: col.maybeText(),
  periods: col.int(),
  removed_at: col.maybeInstant(),
});
type PlacedRow = z.infer<typeof placedRow>;

interface Ledger {
  deliveries: PlacedRow[];
  acts: ActRow[];
  standing: PeriodRow[];
}

/** Everything the ledger holds of these lessons, and where they stand in the plan. */
async function loadLedger(trx: Db, lessons: readonly LessonOfCourse[], fresh?: ReadonlySet<string>): Promise<Ledger> {
  const courseIds = [...new Set(lessons.map((lesson) => lesson.course_id))];
  const lessonIds = [...new Set(lessons.map((lesson) => lesson.plan_lesson_id))];
  const wanted = new Set(lessons.map((lesson) => `${lesson.course_id} ${lesson.plan_lesson_id}`));
  const mine = <T extends LessonOfCourse>(rows: T[]): T[] =>
    rows.filter((row) => wanted.has(`${row.course_id} ${row.plan_lesson_id}`));

  const made = mine(await all(placedRow, placed(trx, courseIds, lessonIds)));
  const ids = made.map((delivery) => delivery.id);
  // Taught for the first time, which nearly every record is: no act and nothing that stands can be there before the delivery.
  if (fresh && ids.every((id) => fresh.has(id))) return { deliveries: made, acts: [], standing: [] };
  return {
    deliveries: made,
    acts: await all(deliveryActs.row, trx(deliveryActs.name).whereIn("delivery_id", ids).orderBy("id")),
    standing: mine(await all(ledgerPeriods.row, trx(ledgerPeriods.name).whereIn("course_id", courseIds).whereIn("plan_lesson_id", lessonIds))),
  };
}

/** Deliveries of these courses and lessons with their place, oldest first. Text, since a record waits for it to be made. */
function placed(trx: Db, courseIds: readonly string[], lessonIds: readonly string[]) {
  const marks = (ids: readonly string[]): string => ids.map(() => "?").join(", ");
  return trx.raw(
    `SELECT d.*, c.school_id, c.campus_id, c.year_id, c.subject_code, c.grade, c.plan_id AS course_plan_id,
            l.plan_id, p.version AS plan_version, school.level AS school_level, l.periods, l.removed_at
       FROM ${deliveries.name} d
       JOIN courses c ON c.id = d.course_id
       JOIN plan_lessons l ON l.id = d.plan_lesson_id
       JOIN plans p ON p.id = l.plan_id
       JOIN units school ON school.id = c.school_id
      WHERE d.course_id IN (${marks(courseIds)}) AND d.plan_lesson_id IN (${marks(lessonIds)})
      ORDER BY d.id`,
    [...courseIds, ...lessonIds],
  );
}

function placeOf(row: PlacedRow): PlanPlace {
  return {
    number: row.period_number,
    lesson_periods: periods(row.periods),
    lesson_removed: row.removed_at !== null || row.plan_id !== row.course_plan_id,
    published: row.plan_version > 0,
  };
}

/** A judgement for each online delivery whose verdict is not what it was. */
async function judgeAnew(trx: Db, ledger: Ledger, versions: readonly Definition[], at: Instant, known?: LiveFacts): Promise<ActRow[]> {
  const online = ledger.deliveries.filter((delivery) => delivery.mode === "online");
  const seen = await observe(trx, online, known);
  const actsOf = groupBy(ledger.acts, (act) => act.delivery_id);
  return online.flatMap((delivery) => {
    const acts = actsOf.get(delivery.id) ?? [];
    const definition = definitionOn(versions, delivery.taught_on);
    const evidence = evidenceOf(delivery, acts, seen);
    const verdict = judge(placeOf(delivery), evidence, rulesFor(definition, levelOf(delivery.grade, delivery.school_level)));
    const act = judgement(delivery.id, verdict, definition.version, at);
    return saysTheSame(act, lastJudgement(acts)) ? [] : [act];
  });
}

/** What the system saw behind these deliveries, as it stands now. */
export async function observe(trx: Db, online: readonly DeliveryRow[], known?: LiveFacts): Promise<SeenEvidence> {
  const idsOf = (kind: Evidence["kind"]): string[] => [
    ...new Set(online.flatMap((one) => (one.evidence_kind === kind && one.evidence_id !== null ? [one.evidence_id] : []))),
  ];
  const live = await observeLive(trx, idsOf("live").filter((id) => id !== known?.row.id));
  if (known) live.set(known.row.id, known);
  return { live, study: await observeStudy(trx, idsOf("self_study")) };
}

/** The evidence of a delivery; an external one carries its own. */
export function evidenceOf(delivery: DeliveryRow, acts: readonly ActRow[], seen: SeenEvidence): Evidence | undefined {
  if (delivery.evidence_kind !== "external") return seenEvidence(seen, delivery);
  const has_proof = delivery.proof_url !== null || delivery.proof_blob !== null;
  return { kind: "external", has_proof, confirmation: confirmationOf(acts) };
}

/** The act that writes a verdict down, with its numbers and the version of the definition it was given by. */
function judgement(deliveryId: string, verdict: Verdict, definition: number, at: Instant): ActRow {
  const params: Record<string, number> = { definition };
  for (const [name, value] of Object.entries(verdict)) if (typeof value === "number") params[name] = value;
  const reason = "reason" in verdict ? verdict.reason : null;
  return { id: newId(), delivery_id: deliveryId, act: "judge", counted: verdict.counted, reason, params, by: null, at, comment: "" };
}

export function lastJudgement(acts: readonly ActRow[]): ActRow | undefined {
  return acts.findLast((act) => act.act === "judge");
}

function saysTheSame(next: ActRow, last: ActRow | undefined): boolean {
  if (last === undefined || next.counted !== last.counted || next.reason !== last.reason) return false;
  return JSON.stringify(next.params) === JSON.stringify(last.params);
}

function actForDatabase(act: ActRow): object {
  return { ...act, params: JSON.stringify(act.params) };
}

/** A delivery as the rules know it, with the rows it came from. */
interface Recorded extends Delivery {
  row: PlacedRow;
  acts: readonly ActRow[];
}

/** Writes which delivery stands for each period, where that changed, and moves the sums by the difference. */
async function project(trx: Db, ledger: Ledger): Promise<void> {
  const actsOf = groupBy(ledger.acts, (act) => act.delivery_id);
  const recorded = ledger.deliveries.map((row) => recordedOf(row, actsOf.get(row.id) ?? []));
  const groups = groupBy(recorded, ({ row }) => keyOf(row));
  const before = new Map(ledger.standing.map((row) => [keyOf(row), row]));
  const changes: TotalChange[] = [];
  const written: PeriodRow[] = [];
  for (const [key, made] of groups) {
    const old = before.get(key);
    const stands = standing(made);
    const next = stands ? periodOf(stands) : undefined;
    if (JSON.stringify(next) === JSON.stringify(old)) continue;
    if (next) written.push(next);
    else if (old) await removePeriod(trx, old);
    if (made[0]) changes.push(...changesOf(made[0].row, old, next));
  }
  await writePeriods(trx, written);
  await addToOnlineTotals(trx, changes);
}

function keyOf(row: LessonOfCourse & { period_number: number }): string {
  return `${row.course_id} ${row.plan_lesson_id} ${row.period_number}`;
}

function recordedOf(row: PlacedRow, acts: readonly ActRow[]): Recorded {
  const judged = lastJudgement(acts);
  const { id, mode, evidence_kind, taught_on } = row;
  const worth = judged ? worthOf({ ...judged, hundredths: judged.params["hundredths"] }) : undefined;
  return { id, mode, evidence_kind, taught_on, reversed: isReversed(acts), worth, row, acts };
}

/** The columns stand in the order of the table, so that two rows can be compared as text. */
function periodOf(delivery: Recorded): PeriodRow {
  const { row, acts } = delivery;
  const judged = lastJudgement(acts);
  const counted = countsFor(delivery);
  return {
    course_id: row.course_id,
    plan_lesson_id: row.plan_lesson_id,
    period_number: row.period_number,
    delivery_id: row.id,
    mode: row.mode,
    state: judged === undefined ? "recorded" : numberOf(counted) > 0 ? "counted" : "not_counted",
    reason: judged?.reason ?? null,
    params: judged?.params ?? {},
    evidence_kind: row.evidence_kind,
    evidence_id: row.evidence_id,
    taught_on: row.taught_on,
    confirmed_at: acts.findLast((act) => act.act === "confirm")?.at ?? null,
    hundredths: counted,
  };
}

const ROWS_AT_ONCE = 60;

async function writePeriods(trx: Db, rows: readonly PeriodRow[]): Promise<void> {
  for (let i = 0; i < rows.length; i += ROWS_AT_ONCE) {
    const some = rows.slice(i, i + ROWS_AT_ONCE).map((row) => ({ ...row, params: JSON.stringify(row.params) }));
    await trx(ledgerPeriods.name).insert(some).onConflict(["course_id", "plan_lesson_id", "period_number"]).merge();
  }
}

/** Rare: the last delivery of a period was reversed, so nothing stands for it. */
async function removePeriod(trx: Db, { course_id, plan_lesson_id, period_number }: PeriodRow): Promise<void> {
  await trx(ledgerPeriods.name).where({ course_id, plan_lesson_id, period_number }).del();
}

/** What a change of a standing period does to the sums: less on the old day, more on the new. */
function changesOf(place: PlacedRow, old: PeriodRow | undefined, next: PeriodRow | undefined): TotalChange[] {
  const change = (row: PeriodRow | undefined, sign: 1 | -1): TotalChange[] =>
    row?.state === "counted" ? [{ ...totalKey(place), taught_on: row.taught_on, by: sign * numberOf(row.hundredths) }] : [];
  return [...change(old, -1), ...change(next, 1)];
}

function totalKey(place: PlacedRow): Omit<TotalChange, "taught_on" | "by"> {
  const { school_id, campus_id, year_id, subject_code, grade } = place;
  return { school_id, campus_id: campus_id ?? "", year_id, subject_code, grade };
}
