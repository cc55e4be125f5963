import { listYears, type SchoolYearRow } from "../calendar/store.ts";
import { yearAsked as yearAmong } from "../measures/access.ts";
import type { Instant } from "../platform/clock.ts";
import type { Db } from "../platform/db.ts";
import { figureOf, type FactKey, type Known } from "./known.ts";
import { resultOf, suggestedPoints, type Result } from "./rules.ts";
import { findForm, publishedForm, type AssessmentForm, type CriterionRow } from "./store/assessment-forms.ts";
import { findAssessment, listAnswers, type AnswerRow, type AssessmentRow } from "./store/assessments.ts";

/** The year of the URL, else that of today, among all years. */
export async function yearAsked(db: Db, asked: { year?: string | undefined }, now: Instant): Promise<{ year: SchoolYearRow; years: readonly SchoolYearRow[] }> {
  const years = await listYears(db);
  return { year: yearAmong(years, asked, now), years };
}

/** A school's assessment of a year with the criteria it was begun with; before it begins, those in force. */
export interface Standing {
  form: AssessmentForm | undefined;
  assessment: AssessmentRow | undefined;
  answers: Map<string, AnswerRow>;
  /** By the school's own points, and by those that the level above found. */
  own: Result | undefined;
  checked: Result | undefined;
}

export async function standingOf(db: Db, school: { id: string }, yearId: string): Promise<Standing> {
  const assessment = await findAssessment(db, school.id, yearId);
  const [form, rows] = await Promise.all([assessment ? findForm(db, assessment.form_id) : publishedForm(db, yearId), assessment ? listAnswers(db, assessment.id) : []]);
  const answers = new Map(rows.map((row) => [row.criterion_id, row]));
  if (form === undefined || assessment === undefined) return { form, assessment, answers, own: undefined, checked: undefined };
  const scored = (pointsOf: (answer: AnswerRow) => number): Result =>
    resultOf(form.criteria.map((criterion) => ({ criterion, points: answers.has(criterion.id) ? pointsOf(answers.get(criterion.id) as AnswerRow) : undefined })), form.form);
  return { form, assessment, answers, own: scored((answer) => answer.self_points), checked: scored((answer) => answer.checked_points ?? answer.self_points) };
}

/** What the system would answer to a criterion by itself. Undefined: it does not know, or the points are the school's to give. */
export function suggestionFor(criterion: CriterionRow, known: ReadonlyMap<FactKey, Known>): { known: Known; points: number | undefined } | undefined {
  const fact = criterion.fact === null ? undefined : known.get(criterion.fact as FactKey);
  return fact && { known: fact, points: suggestedPoints(criterion, figureOf(fact)) };
}
