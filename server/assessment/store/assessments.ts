import { z } from "zod";
import type { Granted } from "../../access/policy.ts";
import { leadersOf, nameOf } from "../../materials/store/telling.ts";
import { notify, type News } from "../../notices/store.ts";
import { listAncestors, type UnitRow } from "../../organisation/store.ts";
import type { Act } from "../../organisation/store/tree.ts";
import { record } from "../../platform/audit.ts";
import { all, col, insertAll, isUniqueViolation, maybeOne, table, type Db, type RowOf } from "../../platform/db.ts";
import { conflict } from "../../platform/errors.ts";
import { newId } from "../../platform/ids.ts";
import { remember } from "../../platform/remember.ts";
import { officersOf } from "../../reports/store.ts";
import type { Level, Result } from "../rules.ts";

export const assessments = table("assessments", {
  id: col.id(),
  school_id: col.id(),
  year_id: col.text(),
  form_id: col.id(),
  state: col.oneOf(["draft", "submitted", "returned", "published"]),
  revision: col.int(),
  points_1: col.maybeInt(),
  points_2: col.maybeInt(),
  level: col.maybeInt(),
  submitted_at: col.maybeInstant(),
  submitted_by: col.maybeId(),
  created_at: col.instant(),
});
export type AssessmentRow = RowOf<typeof assessments>;

export const answers = table("assessment_answers", {
  assessment_id: col.id(),
  criterion_id: col.id(),
  self_points: col.int(),
  checked_points: col.maybeInt(),
  note: col.text(),
  check_note: col.text(),
  evidence_url: col.maybeText(),
  evidence_blob: col.maybeText(),
  evidence_name: col.maybeText(),
  from_system: col.flag(),
});
export type AnswerRow = RowOf<typeof answers>;

export const assessmentActs = table("assessment_acts", {
  id: col.id(),
  assessment_id: col.id(),
  act: col.oneOf(["start", "submit", "return", "publish"]),
  by: col.id(),
  at: col.instant(),
  comment: col.text(),
  points_1: col.maybeInt(),
  points_2: col.maybeInt(),
  level: col.maybeInt(),
});

/** An assessment with the place of its school, as doors need it. */
export type LoadedAssessment = AssessmentRow & { school: UnitRow };

export function findAssessment(db: Db, schoolId: string, yearId: string): Promise<AssessmentRow | undefined> {
  return maybeOne(assessments.row, db(assessments.name).where({ school_id: schoolId, year_id: yearId }).select(assessments.columns));
}

export function listAnswers(db: Db, assessmentId: string): Promise<AnswerRow[]> {
  return all(answers.row, db(answers.name).where({ assessment_id: assessmentId }).limit(200).select(answers.columns));
}

const told = assessmentActs.row.extend({ name: col.text() });
export type ToldAct = z.infer<typeof told>;

/** What was done with an assessment, the newest first. */
export function listActs(db: Db, assessmentId: string): Promise<ToldAct[]> {
  const rows = db("assessment_acts as a").join("persons as p", "p.id", "a.by").where("a.assessment_id", assessmentId);
  return all(told, rows.orderBy("a.id", "desc").limit(100).select(assessmentActs.columns.map((name) => `a.${name}`)).select("p.name"));
}

/** The assessments of many schools in a year. */
export function listAssessments(db: Db, yearId: string, schoolIds: readonly string[]): Promise<AssessmentRow[]> {
  return all(assessments.row, db(assessments.name).where({ year_id: yearId }).whereIn("school_id", [...schoolIds]).select(assessments.columns));
}

const published = z.object({ school_id: col.id(), level: col.int() });

/** The published level of every school in a year: what the plan's scoreboard reads. */
export const publishedLevels = remember([assessments.name], async (db: Db, yearId: string): Promise<ReadonlyMap<string, Level>> => {
  const rows = await all(published, db(assessments.name).where({ year_id: yearId, state: "published" }).whereNotNull("level").select("school_id", "level"));
  return new Map(rows.map((row) => [row.school_id, row.level as Level]));
});

export type AnswerFacts = Omit<AnswerRow, "assessment_id" | "checked_points" | "check_note">;

/** Begins the assessment of a year, with what the system knows already filled in. */
export async function startAssessment(db: Db, school: Granted<"declare", UnitRow>, of: { year_id: string; form_id: string; answers: readonly AnswerFacts[] }, act: Act): Promise<void> {
  const id = newId();
  await db
    .transaction(async (trx) => {
      await trx(assessments.name).insert({ id, school_id: school.id, year_id: of.year_id, form_id: of.form_id, state: "draft", created_at: act.at });
      await insertAll(trx, answers.name, of.answers.map((answer) => ({ ...answer, assessment_id: id })));
      await appendAct(trx, id, "start", act, "", undefined);
      await record(trx, auditOf(act, "assessment.start", id, school.id, { year_id: of.year_id, filled_in: of.answers.length }));
    })
    .catch((error: unknown) => {
      throw isUniqueViolation(error) ? conflict("assessment_begun") : error;
    });
}

/** Only a draft, or what was returned, is answered; of two people at once the second is told so. */
async function touch(trx: Db, found: AssessmentRow, states: readonly string[], change: object): Promise<void> {
  const changed = await trx(assessments.name)
    .where({ id: found.id, revision: found.revision })
    .whereIn("state", [...states])
    .update({ revision: found.revision + 1, ...change });
  if (changed === 0) throw conflict("assessment_moved_on");
}

/** The school's answer to one criterion. What the level above had found is taken off with it. */
export async function saveAnswer(db: Db, found: Granted<"declare", LoadedAssessment>, revision: number, answer: AnswerFacts, act: Act): Promise<void> {
  await db.transaction(async (trx) => {
    await touch(trx, { ...found, revision }, ["draft", "returned"], {});
    const row = { ...answer, assessment_id: found.id, checked_points: null, check_note: "" };
    await trx(answers.name).insert(row).onConflict(["assessment_id", "criterion_id"]).merge();
    await record(trx, auditOf(act, "assessment.answer", found.id, found.school_id, { criterion: answer.criterion_id, points: answer.self_points }));
  });
}

/** Sends the assessment to the level above, whose nearest officers are told, with the points and level that it came to. */
export async function submit(db: Db, found: Granted<"declare", LoadedAssessment>, result: Result, act: Act): Promise<void> {
  await db.transaction(async (trx) => {
    await touch(trx, found, ["draft", "returned"], { state: "submitted", ...sums(result), submitted_at: act.at, submitted_by: act.by });
    await appendAct(trx, found.id, "submit", act, "", result);
    const above = (await listAncestors(trx, found.school)).filter((unit) => unit.id !== found.school_id);
    await tell(trx, await officersOf(trx, above, act.at), found, { kind: "assessment_submitted" }, act);
    await record(trx, auditOf(act, "assessment.submit", found.id, found.school_id, sums(result)));
  });
}

/** What the level above found of one criterion. The school is told once, however many criteria are checked until it looks. */
export async function saveCheck(db: Db, found: Granted<"decide", LoadedAssessment>, criterionId: string, check: { checked_points: number; check_note: string }, act: Act): Promise<void> {
  await db.transaction(async (trx) => {
    await touch(trx, found, ["submitted"], {});
    const changed = await trx(answers.name).where({ assessment_id: found.id, criterion_id: criterionId }).update(check);
    if (changed === 0) await trx(answers.name).insert({ ...check, assessment_id: found.id, criterion_id: criterionId, self_points: 0 });
    await record(trx, auditOf(act, "assessment.check", found.id, found.school_id, { criterion: criterionId, points: check.checked_points }));
    await tell(trx, await leadersOf(trx, found.school, act.at), found, { kind: "assessment_checked" }, act);
  });
}

/** Gives it back to the school with a comment, or publishes its level; the school is told. */
export async function decideAssessment(db: Db, found: Granted<"decide", LoadedAssessment>, decision: { act: "return" | "publish"; comment: string }, result: Result, act: Act): Promise<void> {
  await db.transaction(async (trx) => {
    await touch(trx, found, ["submitted"], { state: decision.act === "publish" ? "published" : "returned", ...sums(result) });
    await appendAct(trx, found.id, decision.act, act, decision.comment, result);
    await record(trx, auditOf(act, `assessment.${decision.act}`, found.id, found.school_id, sums(result)));
    const news = decision.act === "publish" ? ({ kind: "assessment_published", params: { count: result.level } } as const) : ({ kind: "assessment_returned", params: { comment: decision.comment } } as const);
    await tell(trx, await leadersOf(trx, found.school, act.at), found, news, act);
  });
}

/** Tells people of an act on an assessment, but not who did it. */
async function tell(trx: Db, people: readonly string[], { school, year_id }: LoadedAssessment, news: Omit<News, "href">, act: Act): Promise<void> {
  const params = { title: year_id, school: school.name, by: await nameOf(trx, act.by), ...news.params };
  await notify(trx, people.filter((id) => id !== act.by), { kind: news.kind, href: `/schools/${school.id}/assessment?year=${year_id}`, params }, act.at);
}

function sums(result: Result): { points_1: number; points_2: number; level: number } {
  return { points_1: result.points[1], points_2: result.points[2], level: result.level };
}

async function appendAct(trx: Db, assessment_id: string, name: string, act: Act, comment: string, result: Result | undefined): Promise<void> {
  await trx(assessmentActs.name).insert({ id: newId(), assessment_id, act: name, by: act.by, at: act.at, comment, ...(result ? sums(result) : {}) });
}

function auditOf(act: Act, action: string, subjectId: string, schoolId: string, details: Record<string, unknown>) {
  return { at: act.at, actorId: act.by, action, subjectType: "assessment", subjectId, schoolId, details, requestId: act.requestId };
}
