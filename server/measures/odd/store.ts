import { z } from "zod";
import type { Granted } from "../../access/policy.ts";
import type { NoticeKind } from "../../notices/messages.ts";
import { notify } from "../../notices/store.ts";
import { record } from "../../platform/audit.ts";
import type { Instant } from "../../platform/clock.ts";
import { all, col, insertAll, isUniqueViolation, maybeOne, table, type Db, type RowOf } from "../../platform/db.ts";
import { conflict } from "../../platform/errors.ts";
import { newId } from "../../platform/ids.ts";
import type { UnitRow } from "../../organisation/store.ts";
import type { Act } from "../../organisation/store/tree.ts";
import { ODD_KINDS, STEPS, type OddCount, type OddKind } from "./rules.ts";

export const oddFigures = table("odd_figures", {
  school_id: col.id(),
  year_id: col.text(),
  kind: col.oneOf(ODD_KINDS),
  cases: col.int(),
  among: col.int(),
  counted_at: col.instant(),
});
export type OddFigureRow = RowOf<typeof oddFigures>;

export const oddQuestions = table("odd_questions", {
  id: col.id(),
  school_id: col.id(),
  year_id: col.text(),
  kind: col.oneOf(ODD_KINDS),
  cases: col.int(),
  state: col.oneOf(["asked", "answered", "settled"]),
  question: col.text(),
  asked_by: col.id(),
  asked_at: col.instant(),
  answer: col.text(),
  answered_by: col.maybeId(),
  answered_at: col.maybeInstant(),
  note: col.text(),
  settled_by: col.maybeId(),
  settled_at: col.maybeInstant(),
});
export type OddQuestionRow = RowOf<typeof oddQuestions>;

/** Writes what was counted of a school in place of what stood there. */
export async function saveFigures(db: Db, school_id: string, year_id: string, counts: readonly OddCount[], at: Instant): Promise<void> {
  await db.transaction(async (trx) => {
    await trx(oddFigures.name).where({ school_id, year_id }).del();
    await insertAll(trx, oddFigures.name, counts.map((count) => ({ school_id, year_id, ...count, counted_at: at })));
  });
}

const countedRow = z.object({ at: col.maybeInstant() });

/** What was found of schools in a year; where nothing was, there is nothing to say. */
export function listFigures(db: Db, schoolIds: readonly string[], yearId: string): Promise<OddFigureRow[]> {
  return listOf(schoolIds, (some) => all(oddFigures.row, db(oddFigures.name).whereIn("school_id", some).where({ year_id: yearId }).where("cases", ">", 0).orderBy(["school_id", "kind"]).select(oddFigures.columns)));
}

/** When schools of a year were counted last, whatever was found. */
export async function lastCounted(db: Db, schoolIds: readonly string[], yearId: string): Promise<Instant | undefined> {
  const found = await listOf(schoolIds, (some) => all(countedRow, db(oddFigures.name).whereIn("school_id", some).where({ year_id: yearId }).max({ at: "counted_at" })));
  return found.flatMap(({ at }) => (at === null ? [] : [at])).sort().at(-1);
}

/** The questions of schools in a year, the newest first within each school. */
export function listQuestions(db: Db, schoolIds: readonly string[], yearId: string): Promise<OddQuestionRow[]> {
  return listOf(schoolIds, (some) => all(oddQuestions.row, db(oddQuestions.name).whereIn("school_id", some).where({ year_id: yearId }).orderBy([{ column: "school_id" }, { column: "asked_at", order: "desc" }, { column: "id", order: "desc" }]).limit(5_000).select(oddQuestions.columns)));
}

async function listOf<Row>(ids: readonly string[], read: (some: readonly string[]) => Promise<Row[]>): Promise<Row[]> {
  const found: Row[] = [];
  for (let i = 0; i < ids.length; i += 500) found.push(...(await read(ids.slice(i, i + 500))));
  return found;
}

export function loadQuestion(db: Db, id: string): Promise<OddQuestionRow | undefined> {
  return maybeOne(oddQuestions.row, db(oddQuestions.name).where({ id }).select(oddQuestions.columns));
}

/** The newest question about one thing. */
export function findQuestion(db: Db, school_id: string, year_id: string, kind: OddKind): Promise<OddQuestionRow | undefined> {
  return maybeOne(oddQuestions.row, db(oddQuestions.name).where({ school_id, year_id, kind }).orderBy([{ column: "asked_at", order: "desc" }, { column: "id", order: "desc" }]).limit(1).select(oddQuestions.columns));
}

export interface Telling {
  people: readonly string[];
  by: string;
  /** What it is about, in the words of the notice's reader as far as they are known: Vietnamese. */
  title: string;
}

/** Asks a school about one of its figures. While a question is open, nobody asks the same again. */
export async function saveQuestion(db: Db, school: Granted<"reopen", UnitRow>, asked: { year_id: string; kind: OddKind; cases: number; question: string }, tell: Telling, act: Act): Promise<void> {
  const id = newId();
  const row = { id, school_id: school.id, ...asked, state: "asked", asked_by: act.by, asked_at: act.at };
  await db
    .transaction(async (trx) => {
      await trx(oddQuestions.name).insert(row);
      await told(trx, { school, kind: asked.kind, year_id: asked.year_id, action: "odd.ask", id, news: "odd_asked", comment: asked.question }, tell, act);
    })
    .catch((error: unknown) => {
      throw isUniqueViolation(error) ? conflict("odd_already_asked") : error;
    });
}

/** The school's answer; it may be written anew until the office has settled it. */
export function saveAnswer(db: Db, question: Granted<"lead", OddQuestionRow>, school: UnitRow, answer: string, tell: Telling, act: Act): Promise<void> {
  return step(db, question, school, "answer", { answer, answered_by: act.by, answered_at: act.at }, { news: "odd_answered", comment: answer }, tell, act);
}

/** The office is content, or asks no further: with the answer that the question came with. */
export function saveSettlement(db: Db, question: Granted<"reopen", OddQuestionRow>, school: UnitRow, note: string, tell: Telling, act: Act): Promise<void> {
  return step(db, question, school, "settle", { note, settled_by: act.by, settled_at: act.at }, { news: "odd_settled", comment: note }, tell, act);
}

async function step(db: Db, question: OddQuestionRow, school: UnitRow, name: keyof typeof STEPS, change: object, { news, comment }: { news: NoticeKind; comment: string }, tell: Telling, act: Act): Promise<void> {
  const { from, to } = STEPS[name];
  await db.transaction(async (trx) => {
    const changed = await trx(oddQuestions.name).where({ id: question.id }).whereIn("state", [...from]).where(name === "settle" ? { answered_at: question.answered_at } : {}).update({ state: to, ...change });
    if (changed === 0) throw conflict((await loadQuestion(trx, question.id))?.state === "settled" ? "odd_settled" : "odd_answer_moved");
    await told(trx, { school, kind: question.kind, year_id: question.year_id, action: `odd.${name}`, id: question.id, news, comment }, tell, act);
  });
}

interface Said {
  school: UnitRow;
  kind: OddKind;
  year_id: string;
  action: string;
  id: string;
  news: NoticeKind;
  comment: string;
}

async function told(trx: Db, said: Said, tell: Telling, act: Act): Promise<void> {
  const { school, kind, year_id } = said;
  await record(trx, { at: act.at, actorId: act.by, action: said.action, subjectType: "odd_question", subjectId: said.id, schoolId: school.id, details: { kind, year_id }, requestId: act.requestId });
  const href = `/schools/${school.id}/odd-figures?year=${year_id}&kind=${kind}`;
  await notify(trx, tell.people.filter((id) => id !== act.by), { kind: said.news, href, params: { title: tell.title, school: school.name, by: tell.by, comment: said.comment } }, act.at);
}

const nameRow = z.object({ id: col.id(), name: col.text() });

/** Names of those who asked and answered: staff and officers, never a pupil. */
export async function namesOf(db: Db, ids: readonly (string | null)[]): Promise<Map<string, string>> {
  const wanted = [...new Set(ids.filter((id) => id !== null))];
  const rows = await listOf(wanted, (some) => all(nameRow, db("persons").select("id", "name").whereIn("id", some)));
  return new Map(rows.map((row) => [row.id, row.name]));
}
