import type { Actor } from "../../access/actor.ts";
import { grant, schoolRefusal, type Granted, type Reason } from "../../access/policy.ts";
import { openSchool } from "../../organisation/access.ts";
import { loadSchool, type UnitRow } from "../../organisation/store.ts";
import type { Db } from "../../platform/db.ts";
import { forbidden, notFound } from "../../platform/errors.ts";
import { isId } from "../../platform/ids.ts";
import { loadQuestion, type OddQuestionRow } from "./store.ts";

/** The officers above a school ask; its leaders see the same and answer. For all others these are no figures of the school. */
export function oddRefusal(actor: Actor, school: UnitRow): Reason | undefined {
  const reading = schoolRefusal(actor, "read_figures", school);
  if (reading !== undefined) return reading;
  return mayAsk(actor, school) || mayAnswer(actor, school) ? undefined : "role";
}

export const mayAsk = (actor: Actor, school: UnitRow): boolean => schoolRefusal(actor, "reopen", school) === undefined;
export const mayAnswer = (actor: Actor, school: UnitRow): boolean => schoolRefusal(actor, "lead", school) === undefined;

export async function openOddSchool(db: Db, actor: Actor, id: string): Promise<Granted<"read_figures", UnitRow>> {
  const school = await openSchool(db, actor, id, "read_figures");
  const reason = oddRefusal(actor, school);
  if (reason) throw forbidden(reason);
  return school;
}

/** Opens a question to answer it (`lead`) or to settle it (`reopen`). */
export async function openQuestion<A extends "lead" | "reopen">(db: Db, actor: Actor, id: string, action: A): Promise<{ question: Granted<A, OddQuestionRow>; school: UnitRow }> {
  const question = isId(id) ? await loadQuestion(db, id) : undefined;
  const school = question && (await loadSchool(db, question.school_id));
  const reason = school && schoolRefusal(actor, action, school);
  if (!question || !school || reason === "hidden") throw notFound();
  if (reason) throw forbidden(reason);
  return { question: grant(question, action), school };
}
