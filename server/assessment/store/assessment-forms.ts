import { z } from "zod";
import type { Granted } from "../../access/policy.ts";
import type { UnitRow } from "../../organisation/store.ts";
import type { Act } from "../../organisation/store/tree.ts";
import { record } from "../../platform/audit.ts";
import { all, col, insertAll, isUniqueViolation, maybeOne, table, type Db, type RowOf } from "../../platform/db.ts";
import { conflict } from "../../platform/errors.ts";
import { isId, newId } from "../../platform/ids.ts";

type Province = Granted<"set_targets", UnitRow>;

export const assessmentForms = table("assessment_forms", {
  id: col.id(),
  year_id: col.text(),
  version: col.int(),
  state: col.oneOf(["draft", "published", "superseded"]),
  name: col.text(),
  source: col.text(),
  basic_from: col.int(),
  well_above: col.int(),
  send_by: col.day(),
  publish_by: col.day(),
  copied_from: col.maybeId(),
  created_by: col.maybeId(),
  created_at: col.instant(),
  published_at: col.maybeInstant(),
});
export type FormRow = RowOf<typeof assessmentForms>;

export const criteria = table("assessment_criteria", {
  id: col.id(),
  form_id: col.id(),
  code: col.text(),
  part: col.int(),
  position: col.int(),
  name_vi: col.text(),
  name_en: col.text(),
  evidence_vi: col.text(),
  evidence_en: col.text(),
  points: col.int(),
  mandatory: col.flag(),
  fact: col.maybeText(),
  full_at: col.maybeInt(),
});
export type CriterionRow = RowOf<typeof criteria>;
export type CriterionFacts = Omit<CriterionRow, "id" | "form_id" | "position">;

/** The criteria of a year, one version of them. */
export interface AssessmentForm {
  form: FormRow;
  criteria: CriterionRow[];
}

export const CRITERIA_MAX = 100;

export function listForms(db: Db): Promise<FormRow[]> {
  return all(assessmentForms.row, db(assessmentForms.name).orderBy([{ column: "year_id", order: "desc" }, { column: "version", order: "desc" }]).limit(200).select(assessmentForms.columns));
}

export async function findForm(db: Db, id: string): Promise<AssessmentForm | undefined> {
  if (!isId(id)) return undefined;
  return withCriteria(db, await maybeOne(assessmentForms.row, db(assessmentForms.name).where({ id }).select(assessmentForms.columns)));
}

/** The criteria in force in a year. Undefined: the department has published none. */
export async function publishedForm(db: Db, yearId: string): Promise<AssessmentForm | undefined> {
  return withCriteria(db, await maybeOne(assessmentForms.row, db(assessmentForms.name).where({ year_id: yearId, state: "published" }).select(assessmentForms.columns)));
}

async function withCriteria(db: Db, form: FormRow | undefined): Promise<AssessmentForm | undefined> {
  if (form === undefined) return undefined;
  const rows = db(criteria.name).where({ form_id: form.id }).orderBy(["part", "position", "code"]).limit(CRITERIA_MAX);
  return { form, criteria: await all(criteria.row, rows.select(criteria.columns)) };
}

export interface FormFacts {
  name: string;
  source: string;
  basic_from: number;
  well_above: number;
  send_by: string;
  publish_by: string;
}

/** Sets up a draft for a year from another version or from the decision. */
export async function createForm(db: Db, _province: Province, draft: FormFacts & { year_id: string; copied_from: string | null; criteria: readonly CriterionFacts[] }, act: Act): Promise<string> {
  const id = newId();
  const { criteria: rows, ...form } = draft;
  await db
    .transaction(async (trx) => {
      const last = (await trx(assessmentForms.name).where({ year_id: draft.year_id }).max({ version: "version" }).first()) as { version: number | null } | undefined;
      const version = Number(last?.version ?? 0) + 1;
      await trx(assessmentForms.name).insert({ ...form, id, version, state: "draft", created_by: act.by, created_at: act.at });
      await insertAll(trx, criteria.name, rows.map((row, position) => ({ ...row, id: newId(), form_id: id, position })));
      await record(trx, auditOf(act, "assessment_form.create", id, { year_id: draft.year_id, version, copied_from: draft.copied_from }));
    })
    .catch((error: unknown) => {
      throw isUniqueViolation(error) ? conflict("scoreboard_draft_exists") : error;
    });
  return id;
}

/** The draft's row is written first: an edit and a publication at once come one after the other. */
async function stillDraft(trx: Db, id: string, facts: object = { state: "draft" }): Promise<void> {
  if ((await trx(assessmentForms.name).where({ id, state: "draft" }).update(facts)) === 0) throw conflict("scoreboard_not_draft");
}

export async function saveForm(db: Db, _province: Province, id: string, facts: FormFacts, act: Act): Promise<void> {
  await db.transaction(async (trx) => {
    await stillDraft(trx, id, facts);
    await record(trx, auditOf(act, "assessment_form.edit", id, { ...facts }));
  });
}

/**
 * Adds a criterion to a draft, in its group after those that are there, or changes one. A code stands once in a form.
 * @throws Refusal 409 where the form is no draft any more, is full, or somebody took the code or the criterion away
 */
export async function saveCriterion(db: Db, _province: Province, formId: string, criterionId: string | undefined, facts: CriterionFacts, act: Act): Promise<void> {
  await db
    .transaction(async (trx) => {
      await stillDraft(trx, formId);
      if (criterionId === undefined) {
        const [last] = await all(lastPlace, trx(criteria.name).where({ form_id: formId }).select({ last: trx.raw("COALESCE(MAX(position), -1)"), count: trx.raw("COUNT(*)") }));
        if ((last?.count ?? 0) >= CRITERIA_MAX) throw conflict("criteria_full");
        await trx(criteria.name).insert({ ...facts, id: newId(), form_id: formId, position: (last?.last ?? -1) + 1 });
      } else if ((await trx(criteria.name).where({ id: criterionId, form_id: formId }).update(facts)) === 0) throw conflict();
      await record(trx, auditOf(act, criterionId === undefined ? "assessment_criterion.create" : "assessment_criterion.edit", formId, { code: facts.code, points: facts.points }));
    })
    .catch((error: unknown) => {
      throw isUniqueViolation(error) ? conflict() : error;
    });
}

const lastPlace = z.object({ last: col.int(), count: col.int() });

/** Takes a criterion out of a draft. Of a draft nobody has been assessed by it. */
export async function removeCriterion(db: Db, _province: Province, criterion: CriterionRow, act: Act): Promise<void> {
  await db.transaction(async (trx) => {
    await stillDraft(trx, criterion.form_id);
    if ((await trx(criteria.name).where({ id: criterion.id }).del()) === 0) throw conflict();
    await record(trx, auditOf(act, "assessment_criterion.remove", criterion.form_id, { code: criterion.code }));
  });
}

/** Puts a draft in force; assessments that were begun stay with the version they were begun with. */
export async function publishForm(db: Db, _province: Province, form: FormRow, act: Act): Promise<void> {
  await db.transaction(async (trx) => {
    await trx(assessmentForms.name).where({ year_id: form.year_id, state: "published" }).update({ state: "superseded" });
    await stillDraft(trx, form.id, { state: "published", published_at: act.at });
    await record(trx, auditOf(act, "assessment_form.publish", form.id, { year_id: form.year_id, version: form.version }));
  });
}

export async function removeForm(db: Db, _province: Province, id: string, act: Act): Promise<void> {
  await db.transaction(async (trx) => {
    await stillDraft(trx, id);
    await trx(criteria.name).where({ form_id: id }).del();
    await trx(assessmentForms.name).where({ id }).del();
    await record(trx, auditOf(act, "assessment_form.remove", id, {}));
  });
}

function auditOf(act: Act, action: string, subjectId: string, details: Record<string, unknown>) {
  return { at: act.at, actorId: act.by, action, subjectType: "assessment_form", subjectId, details, requestId: act.requestId };
}
