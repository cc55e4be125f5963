import { z } from "zod";
import type { Granted } from "../../access/policy.ts";
import type { Instant } from "../../platform/clock.ts";
import { all, col, countOf, maybeOne, type Db } from "../../platform/db.ts";
import { conflict, notFound } from "../../platform/errors.ts";
import { isId, newId } from "../../platform/ids.ts";
import { choicesOf, takesAnswers } from "../tool-rules.ts";
import { note, type By, type LiveRow } from "./classes.ts";
import { liveQuestions, type QuestionKind, type QuestionRow } from "./tables.ts";

export const QUESTIONS_MAX = 60;

/** The questions of a class in the order asked. */
export function listQuestions(db: Db, live: { id: string }): Promise<QuestionRow[]> {
  return all(liveQuestions.row, db("live_questions").where({ live_class_id: live.id }).orderBy(["opened_at", "id"]).limit(QUESTIONS_MAX).select(liveQuestions.columns));
}

/** The question that stands in the room: the newest. */
export function findCurrent(db: Db, live: { id: string }): Promise<QuestionRow | undefined> {
  return maybeOne(liveQuestions.row, db("live_questions").where({ live_class_id: live.id }).orderBy([{ column: "opened_at", order: "desc" }, { column: "id", order: "desc" }]).first(liveQuestions.columns));
}

const answerRow = z.object({ question_id: col.id(), person_id: col.id(), name: col.text(), answer: col.text(), at: col.instant() });
export type AnswerRow = z.infer<typeof answerRow>;

/** Everybody's answers to some questions, by name. */
export function listAnswers(db: Db, questionIds: readonly string[]): Promise<AnswerRow[]> {
  return all(
    answerRow,
    db("live_answers as a")
      .join("persons as p", "p.id", "a.person_id")
      .whereIn("a.question_id", [...questionIds])
      .orderBy(["p.sort_key", "p.id", "a.question_id"])
      .limit(20_000)
      .select("a.question_id", "a.person_id", "p.name", "a.answer", "a.at"),
  );
}

/** What one person answered, by question. */
export async function findOwnAnswers(db: Db, questionIds: readonly string[], personId: string): Promise<Map<string, string>> {
  const rows = await all(z.object({ question_id: col.id(), answer: col.text() }), db("live_answers").whereIn("question_id", [...questionIds]).where({ person_id: personId }).select("question_id", "answer"));
  return new Map(rows.map((row) => [row.question_id, row.answer]));
}

/** Asks the class. What was still open before is closed: one question stands in the room. */
export async function saveQuestion(db: Db, live: Granted<"teach", LiveRow>, asked: { kind: QuestionKind; is_exit: boolean; prompt: string; options: readonly string[]; right: string | null }, who: By): Promise<string> {
  if (live.state !== "open") throw conflict("live_not_open");
  const id = newId();
  await db.transaction(async (trx) => {
    if ((await countOf(trx("live_questions").where({ live_class_id: live.id }).count())) >= QUESTIONS_MAX) throw conflict("live_questions_full", { max: QUESTIONS_MAX });
    await trx("live_questions").where({ live_class_id: live.id, is_exit: false }).whereNull("closed_at").update({ closed_at: who.at });
    const { right, options, ...rest } = asked;
    await trx("live_questions").insert({ ...rest, id, live_class_id: live.id, options: JSON.stringify(options), right_answer: right, opened_at: who.at });
    await note(trx, live, "live.question", who, { question: id, kind: asked.kind });
  });
  return id;
}

async function loadQuestion(db: Db, live: { id: string }, id: string): Promise<QuestionRow> {
  const row = isId(id) ? await maybeOne(liveQuestions.row, db("live_questions").where({ id, live_class_id: live.id }).select(liveQuestions.columns)) : undefined;
  if (!row) throw notFound();
  return row;
}

/**
 * One answer a person, changeable until the question is closed.
 *
 * @throws Refusal 404 for a question of another class, 409 once it is closed, 422 for an answer that is none of its choices
 */
export async function saveAnswer(db: Db, live: Granted<"join", LiveRow>, questionId: string, given: { by: string; answer: string; at: Instant }): Promise<"saved" | "not_a_choice"> {
  return db.transaction(async (trx) => {
    const question = await loadQuestion(trx, live, questionId);
    if (!takesAnswers(question, live.state, given.at)) throw conflict("live_question_closed");
    const choices = choicesOf(question);
    if (choices && !choices.includes(given.answer)) return "not_a_choice";
    await trx("live_answers")
      .insert({ question_id: question.id, person_id: given.by, answer: given.answer, at: given.at })
      .onConflict(["question_id", "person_id"])
      .merge({ answer: given.answer, at: given.at });
    return "saved";
  });
}

/** Closes a question, or shows its result and right answer to the class (which closes it too). Twice is once. */
export async function saveQuestionState(db: Db, live: Granted<"teach", LiveRow>, questionId: string, state: "closed" | "shown", who: By): Promise<void> {
  const question = await loadQuestion(db, live, questionId);
  await db("live_questions").where({ id: question.id }).whereNull("closed_at").update({ closed_at: who.at });
  if (state === "shown") await db("live_questions").where({ id: question.id }).whereNull("shown_at").update({ shown_at: who.at });
}
