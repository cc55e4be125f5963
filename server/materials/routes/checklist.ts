import type { Request } from "express";
import { typedOf, type FieldError, type Typed } from "../../platform/web/form.ts";
import { answersOf, missingOf, type CheckAnswer, type CheckItem, type StepDays } from "../rules/review.ts";
import { findReviewSettings } from "../store/settings.ts";

/** How a school reviews, ready to be shown and asked for. */
export interface Reviewing extends StepDays {
  /** The version of the settings, empty for the list that stands in the product. */
  id: string;
  version: number;
  items: readonly CheckItem[];
}

/** The questions where neither the school nor the province has set any: a help, none of them required. */
export function builtInItems(t: Words): CheckItem[] {
  return Object.values(t.materials.checks).map((text) => ({ text, required: false }));
}

export async function reviewingOf(req: Request, school: { path: string }): Promise<Reviewing> {
  const found = await findReviewSettings(req.db, school);
  if (found === undefined) return { id: "", version: 0, items: builtInItems(req.t), pass_days: null, approve_days: null };
  const { id, version, items, pass_days, approve_days } = found;
  return { id, version, items, pass_days, approve_days };
}

/** What the trail keeps of the checklist: the version and every question with its answer. */
export interface ChecklistRecord {
  id: string;
  version: number;
  answers: CheckAnswer[];
}

type Checked = { ok: true; record: ChecklistRecord | undefined } | { ok: false; errors: FieldError[]; typed: Typed };

/**
 * The answers that came with a decision, judged by the list in force. Ticks of a list that has changed meanwhile answer
 * other questions, so they are asked again.
 *
 * @param binding whether required questions must be ticked: for passing and approval, not for a return
 */
export function checkedOf(req: Request, reviewing: Reviewing, form: { checklist: string; check: readonly string[] }, binding: boolean): Checked {
  const wrong = (code: string): Checked => ({ ok: false, errors: [{ field: "check", code, params: {} }], typed: typedOf(req.body as object) });
  const answers = answersOf(reviewing.items, form.check);
  const missing = missingOf(answers);
  if (form.checklist !== reviewing.id && (form.check.length > 0 || (binding && missing.length > 0))) return wrong("checklist_changed");
  if (binding && missing.length > 0) return wrong("checklist_needed");
  const said = reviewing.id !== "" || form.check.length > 0;
  return { ok: true, record: said ? { id: reviewing.id, version: reviewing.version, answers } : undefined };
}
