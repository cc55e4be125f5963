import { dayOf, type Day, type Instant } from "../../platform/clock.ts";
import { record } from "../../platform/audit.ts";
import { z } from "zod";
import { all, col, insertAll, maybeOne, type Db } from "../../platform/db.ts";
import { isReversed, levelOf, rulesFor, type Thresholds } from "../rules.ts";
import { newId } from "../../platform/ids.ts";
import type { Granted } from "../../access/policy.ts";
import { isAtLeast } from "../../platform/units.ts";
import { definitionOn, listDefinitions, type Definition } from "./definitions.ts";
import { observeLive, observeStudy, type CarriedPeriod, type LiveFacts, type StudyFacts } from "./evidence.ts";
import { settle, type LessonOfCourse } from "./settle.ts";
import { deliveries, deliveryActs, type ActRow, type DeliveryRow } from "./tables.ts";
import type { LedgerCourse, LedgerPeriod } from "./periods.ts";

/** The day, month and year are the school's: a class at 6:50 on the 1st in Viet Nam is on the 31st in UTC. */
type Fact = Omit<DeliveryRow, "id" | "created_at">;

const plain: Omit<Fact, "course_id" | "plan_lesson_id" | "period_number" | "taught_on" | "mode"> = {
  evidence_kind: null,
  evidence_id: null,
  taught_by: null,
  legal_form: "supporting",
  legal_reason: "",
  proof_url: null,
  proof_blob: null,
  proof_name: null,
  declared_by: null,
};

/** Records what a live class delivered, once, and judges it as it stands now. Heard again, it is only judged anew. */
export async function recordLiveClass(db: Db, liveClassId: string, at: Instant): Promise<void> {
  const versions = await listDefinitions(db);
  await db.transaction(async (trx) => {
    const live = (await observeLive(trx, [liveClassId])).get(liveClassId);
    if (live === undefined) return;
    // Of a class held by a plain link the system saw nothing: what its teacher declares is the evidence.
    const carried = live.row.state === "ended" && live.row.engine !== "link" ? live.carried : [];
    const fresh = await insertFacts(trx, carried.map((period) => factOf(live, period, { evidence_kind: "live" })), at);
    await settle(trx, [...carried, ...live.recorded], at, { live, fresh, versions });
  });
}

/** A period that a live class delivered, by whoever taught it. */
function factOf({ row, taught_on }: LiveFacts, { course_id, plan_lesson_id, period_number }: CarriedPeriod, evidence: Pick<Fact, "evidence_kind"> & Partial<Pick<Fact, "proof_url" | "declared_by">>): Fact {
  return {
    ...plain,
    ...{ course_id, plan_lesson_id, period_number, mode: "online", taught_on },
    ...{ ...evidence, evidence_id: row.id, taught_by: row.substitute_id ?? row.teacher_id },
    ...{ legal_form: row.legal_form, legal_reason: row.legal_reason },
  };
}

const declaredRow = z.object({ proof_url: col.text(), declared_by: col.id() });

/** Records the periods of a class held by a plain link as its teacher declared them, once; they wait to be confirmed like any other. */
export async function recordDeclaredClass(db: Db, liveClassId: string, at: Instant): Promise<void> {
  await db.transaction(async (trx) => {
    const live = (await observeLive(trx, [liveClassId])).get(liveClassId);
    const declared = await maybeOne(declaredRow, trx("live_declarations").where({ live_class_id: liveClassId }).select("proof_url", "declared_by"));
    if (live === undefined || declared === undefined || live.row.state !== "ended" || live.row.purpose === "trial") return;
    await insertFacts(trx, live.carried.map((period) => factOf(live, period, { evidence_kind: "external", ...declared })), at);
    await settle(trx, await listLessonsOf(trx, "external", liveClassId), at);
  });
}

/** A declared class that is taken back takes its periods with it. */
export async function reverseDeclaredClass(db: Db, liveClassId: string, at: Instant): Promise<void> {
  await db.transaction(async (trx) => {
    const recorded = await all(deliveries.row, trx(deliveries.name).where({ evidence_kind: "external", evidence_id: liveClassId }));
    const acts = await all(deliveryActs.row, trx(deliveryActs.name).whereIn("delivery_id", recorded.map(({ id }) => id)).orderBy("id"));
    const standing = recorded.filter(({ id }) => !isReversed(acts.filter((act) => act.delivery_id === id)));
    await insertAll(trx, deliveryActs.name, standing.map(({ id }) => actRow(id, "reverse", "", { by: null, at })));
    await settle(trx, recorded, at);
  });
}

/** What a self-study recorded now is asked for: the thresholds of its course's level. */
function asksOf({ row }: StudyFacts, definition: Definition): Thresholds {
  return rulesFor(definition, levelOf(row.grade, row.school_level));
}

/** Whether it is settled that a self-study was carried out, or that it was not: enough of the class completed it, or it closed. */
function isKnown({ row, evidence }: StudyFacts, { self_study_completed }: Thresholds): boolean {
  const enough = evidence.class_size > 0 && isAtLeast(evidence.completed_in_time, evidence.class_size, self_study_completed);
  return row.state === "closed" || (row.state === "open" && enough);
}

/** Records what a self-study delivered: from the day on which enough of the class completed it, or when it closed. */
export async function recordSelfStudy(db: Db, assignmentId: string, at: Instant): Promise<void> {
  await db.transaction(async (trx) => {
    const study = (await observeStudy(trx, [assignmentId])).get(assignmentId);
    if (study === undefined) return;
    const { row } = study;
    const thresholds = asksOf(study, definitionOn(await listDefinitions(trx), dayOf(at)));
    const numbers = isKnown(study, thresholds) ? Array.from({ length: row.period_to - row.period_from + 1 }, (_, i) => row.period_from + i) : [];
    const facts = numbers.map(
      (period_number): Fact => ({
        ...plain,
        ...{ course_id: row.course_id, plan_lesson_id: row.plan_lesson_id, period_number, mode: "online" },
        ...{ taught_on: study.taughtOn(thresholds.self_study_completed), evidence_kind: "self_study" },
        ...{ evidence_id: assignmentId, taught_by: row.assigned_by },
        ...{ legal_form: row.legal_form, legal_reason: row.legal_reason },
      }),
    );
    await insertFacts(trx, facts, at);
    await settle(trx, await listLessonsOf(trx, "self_study", assignmentId), at);
  });
}

const foundId = z.object({ id: col.id() });

/**
 * Records what happened in a school and year and has not been heard of yet: classes that are over and self-study that enough
 * of the class completed, while their events still wait in the queue or were lost. Before a month is signed, and every night.
 */
export async function recordMissed(trx: Db, schoolId: string, yearId: string, at: Instant): Promise<void> {
  const unrecorded = (kind: "live" | "external") =>
    trx("courses as c")
      .join("live_class_periods as carried", "carried.course_id", "c.id")
      .join("live_classes as live", "live.id", "carried.live_class_id")
      .where({ "c.school_id": schoolId, "c.year_id": yearId, "live.state": "ended" })
      .whereNotExists(
        trx("deliveries as d").select(trx.raw("1")).where("d.evidence_kind", kind).whereRaw("d.evidence_id = carried.live_class_id AND d.course_id = carried.course_id AND d.plan_lesson_id = carried.plan_lesson_id AND d.period_number = carried.period_number"),
      )
      .distinct("live.id");
  for (const { id } of await all(foundId, unrecorded("live").whereNot("live.engine", "link"))) await recordLiveClass(trx, id, at);
  const declared = unrecorded("external").join("live_declarations as said", "said.live_class_id", "live.id").whereNot("live.purpose", "trial");
  for (const { id } of await all(foundId, declared)) await recordDeclaredClass(trx, id, at);
  const studies = trx("courses as c")
    .join("self_study_assignments as s", "s.course_id", "c.id")
    .where({ "c.school_id": schoolId, "c.year_id": yearId })
    .whereNot("s.state", "cancelled")
    .whereNotExists(trx("deliveries as d").select(trx.raw("1")).where("d.evidence_kind", "self_study").whereRaw("d.evidence_id = s.id"))
    .select("s.id");
  const definition = definitionOn(await listDefinitions(trx), dayOf(at));
  for (const [id, study] of await observeStudy(trx, (await all(foundId, studies)).map((row) => row.id))) {
    if (isKnown(study, asksOf(study, definition))) await recordSelfStudy(trx, id, at);
  }
}

/** Facts that stand already (the same evidence for the same period) are left as they are. Answers the ids given: those among the deliveries are new. */
async function insertFacts(trx: Db, facts: readonly Fact[], at: Instant): Promise<ReadonlySet<string>> {
  const rows = facts.map((fact) => ({ id: newId(), ...fact, created_at: at }));
  if (rows.length > 0) await trx(deliveries.name).insert(rows).onConflict().ignore();
  return new Set(rows.map((row) => row.id));
}

function listLessonsOf(trx: Db, kind: "self_study" | "external", evidenceId: string): Promise<LessonOfCourse[]> {
  const lesson = deliveries.row.pick({ course_id: true, plan_lesson_id: true });
  const of = { evidence_kind: kind, evidence_id: evidenceId };
  return all(lesson, trx(deliveries.name).distinct("course_id", "plan_lesson_id").where(of));
}

/** Who acts, when, and in which request. */
export interface By {
  by: string;
  at: Instant;
  requestId: string;
}

export interface Declaration {
  plan_lesson_id: string;
  period_number: number;
  taught_on: Day;
  legal_form: "supporting" | "replacing";
  legal_reason: string;
  proof_url: string | null;
  proof_blob: string | null;
  proof_name: string | null;
}

/** A teacher declares a period taught with another tool. It waits for a department head or school leader. */
export async function saveDeclaration(db: Db, course: Granted<"record", LedgerCourse>, declared: Declaration, who: By): Promise<string> {
  const id = newId();
  await db.transaction(async (trx) => {
    const fact: Fact = { ...plain, ...declared, course_id: course.id, mode: "online", evidence_kind: "external" };
    await trx(deliveries.name).insert({ id, ...fact, taught_by: who.by, declared_by: who.by, created_at: who.at });
    await recordAct(trx, course, id, "ledger.declare", who);
    await settle(trx, [{ course_id: course.id, plan_lesson_id: declared.plan_lesson_id }], who.at);
  });
  return id;
}

/** One click for a week: the planned periods were taught in class, and what the system saw is right. */
export async function saveWeek(
  db: Db,
  course: Granted<"record", LedgerCourse>,
  week: { taught: readonly { plan_lesson_id: string; period_number: number }[]; seen: readonly string[]; taught_on: Day },
  who: By,
): Promise<void> {
  await db.transaction(async (trx) => {
    const facts = week.taught.map(
      (period): Fact => ({ ...plain, ...period, course_id: course.id, mode: "in_class", taught_on: week.taught_on, taught_by: who.by, declared_by: who.by }),
    );
    await insertFacts(trx, facts, who.at);
    const confirmed = await all(deliveries.row, trx(deliveries.name).whereIn("id", week.seen).where({ course_id: course.id }));
    for (const delivery of confirmed) await trx(deliveryActs.name).insert(actRow(delivery.id, "confirm", "", who));
    await recordAct(trx, course, course.id, "ledger.confirm_week", who);
    await settle(trx, [...week.taught.map((one) => ({ course_id: course.id, ...one })), ...confirmed], who.at);
  });
}

/** What a person says of a delivery: appended, judged at once, written to the audit log. */
export async function saveAct(
  db: Db,
  period: Granted<"record", LedgerPeriod> | Granted<"confirm", LedgerPeriod> | Granted<"reverse", LedgerPeriod>,
  act: "confirm" | "refuse" | "reverse" | "restore",
  why: string,
  who: By,
): Promise<void> {
  await db.transaction(async (trx) => {
    await trx(deliveryActs.name).insert(actRow(period.id, act, why, who));
    await recordAct(trx, period.course, period.id, `ledger.${act}`, who);
    await settle(trx, [period], who.at);
  });
}

/** The reason a person gives is kept in the act itself, beside who and when. */
function actRow(deliveryId: string, act: ActRow["act"], why: string, who: { by: string | null; at: Instant }): object {
  const unjudged = { counted: null, reason: null, params: "{}" };
  return { id: newId(), delivery_id: deliveryId, act, ...unjudged, by: who.by, at: who.at, comment: why };
}

async function recordAct(trx: Db, course: LedgerCourse, subjectId: string, action: string, who: By): Promise<void> {
  await record(trx, {
    ...{ at: who.at, actorId: who.by, action, subjectType: "delivery", subjectId },
    ...{ schoolId: course.school_id, requestId: who.requestId, details: { course_id: course.id } },
  });
}
