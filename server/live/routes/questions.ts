import type { Request } from "express";
import { isPupil, may } from "../access.ts";
import { questionView, type QuestionFragment, type QuestionView } from "../pages/tools.ts";
import type { LiveRow } from "../store/classes.ts";
import { findCurrent, findOwnAnswers, listAnswers, listQuestions } from "../store/questions.ts";
import type { QuestionRow } from "../store/tables.ts";
import { takesAnswers } from "../tool-rules.ts";

/** The question that stands in the room as this person sees it. */
export async function currentQuestion(req: Request, live: LiveRow): Promise<QuestionFragment> {
  const question = await findCurrent(req.db, live);
  return { question: question && (await viewOf(req, live, question)) };
}

/** The questions of a class that are still open when it is over: exit tickets. */
export async function exitQuestions(req: Request, live: LiveRow): Promise<QuestionView[]> {
  const open = (await listQuestions(req.db, live)).filter((question) => question.is_exit && takesAnswers(question, live.state, req.now));
  return Promise.all(open.map((question) => viewOf(req, live, question)));
}

async function viewOf(req: Request, live: LiveRow, question: QuestionRow): Promise<QuestionView> {
  const teaches = may(req.actor, "teach", live);
  const answers = teaches || question.shown_at !== null ? await listAnswers(req.db, [question.id]) : [];
  const own = (await findOwnAnswers(req.db, [question.id], req.actor.personId)).get(question.id);
  return questionView({ live, question, answers, own, teaches, takes: takesAnswers(question, live.state, req.now), mayAnswer: isPupil(req.actor, live) }, req);
}
