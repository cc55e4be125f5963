import type { Request, Response } from "express";
import { provinceOfficerOver } from "../../access/actor.ts";
import type { Granted } from "../../access/policy.ts";
import { listYears, yearIn } from "../../calendar/store.ts";
import { openProvince } from "../../organisation/access.ts";
import { listSchoolsOf, type UnitRow } from "../../organisation/store.ts";
import { listTree } from "../../organisation/store/tree.ts";
import { dayOf } from "../../platform/clock.ts";
import { csvText } from "../../platform/csv.ts";
import { notFound } from "../../platform/errors.ts";
import { blankForm, readForm, typedOf } from "../../platform/web/form.ts";
import { idOf, type FeatureRoutes } from "../../platform/web/router.ts";
import type { FormState } from "../../shell/form-fields.ts";
import { flash } from "../../shell/layout.ts";
import { openOffice } from "../access.ts";
import { Asked, CriterionForm, FormForm, NewFormForm } from "../forms.ts";
import { yearAsked } from "../load.ts";
import { criterionForm, formPage, formsPage } from "../form-pages.ts";
import { tablePage, tableRows, type TableParts } from "../pages.ts";
import { createForm, findForm, listForms, publishedForm, publishForm, removeCriterion, removeForm, saveCriterion, saveForm, type AssessmentForm, type CriterionRow } from "../store/assessment-forms.ts";
import { listAssessments } from "../store/assessments.ts";
import { DECISION_4725 } from "../template.ts";
import { actOf, voiceOf } from "./act.ts";

/** The schools of an office with their levels, against what plan 1027 asks. */
export function assessmentOfficeRoutes(routes: FeatureRoutes): void {
  routes.get("/assessments", "signed_in", async (req, res) => {
    res.page("assessment/table", tablePage(await openTable(req), voiceOf(req)), { title: req.t.assessment.table.title, wide: true });
  });

  routes.get("/assessments/table.csv", "signed_in", async (req, res) => {
    const parts = await openTable(req);
    res.attachment(`4725-${parts.unit.code || "table"}-${parts.year.id}.csv`).type("text/csv; charset=utf-8").send(csvText(tableRows(parts, voiceOf(req))));
  });
}

/** The criteria of the years: copied, corrected, published. */
export function assessmentFormRoutes(routes: FeatureRoutes): void {
  routes.get("/assessments/forms", "signed_in", async (req, res) => {
    await openProvince(req.db, req.actor);
    await showForms(req, res, blankForm());
  });

  routes.post("/assessments/forms", "signed_in", async (req, res) => {
    const province = await openProvince(req.db, req.actor);
    const form = readForm(NewFormForm, req.body);
    if (!form.ok) return showForms(req, res.status(422), form);
    const { year, from, ...facts } = form.value;
    const [years, copied] = await Promise.all([listYears(req.db), from === "template" ? undefined : findForm(req.db, from)]);
    const wrong = !years.some((one) => one.id === year) ? "year" : from !== "template" && copied === undefined ? "from" : undefined;
    if (wrong !== undefined) return showForms(req, res.status(422), { errors: [{ field: wrong, code: "not_a_choice", params: {} }], typed: typedOf(req.body as object) });
    const criteria = copied ? copied.criteria.map(({ id: _id, form_id: _form, position: _position, ...one }) => one) : DECISION_4725.criteria;
    const id = await createForm(req.db, province, { ...facts, year_id: year, copied_from: copied?.form.id ?? null, criteria }, actOf(req));
    flash(req, req.t.assessment.forms.created);
    res.redirect(303, `/assessments/forms/${id}`);
  });

  routes.get("/assessments/forms/:id", "signed_in", async (req, res) => showForm(req, res, (await openForm(req)).found, blankForm()));

  routes.post("/assessments/forms/:id", "signed_in", async (req, res) => {
    const { province, found } = await openForm(req);
    const form = readForm(FormForm, req.body);
    if (!form.ok) return showForm(req, res.status(422), found, form);
    await saveForm(req.db, province, found.form.id, form.value, actOf(req));
    flash(req, req.t.assessment.forms.saved);
    res.redirect(303, `/assessments/forms/${found.form.id}`);
  });

  routes.post("/assessments/forms/:id/publication", "signed_in", async (req, res) => {
    const { province, found } = await openForm(req);
    await publishForm(req.db, province, found.form, actOf(req));
    flash(req, req.t.assessment.forms.published);
    res.redirect(303, `/assessments?year=${found.form.year_id}`);
  });

  routes.post("/assessments/forms/:id/removal", "signed_in", async (req, res) => {
    const { province, found } = await openForm(req);
    await removeForm(req.db, province, found.form.id, actOf(req));
    flash(req, req.t.assessment.forms.removed);
    res.redirect(303, "/assessments/forms");
  });
}

/** The criteria of a draft, each in a form of its own. */
export function assessmentCriterionRoutes(routes: FeatureRoutes): void {
  routes.get("/assessments/forms/:id/criteria/new", "signed_in", async (req, res) => {
    const { found } = await openForm(req);
    showCriterion(req, res, found, undefined, blankForm());
  });

  routes.post("/assessments/forms/:id/criteria", "signed_in", async (req, res) => {
    const { province, found } = await openForm(req);
    await takeCriterion(req, res, province, found, undefined);
  });

  routes.get("/assessments/forms/:id/criteria/:code/edit", "signed_in", async (req, res) => {
    const { found } = await openForm(req);
    showCriterion(req, res, found, criterionOf(req, found), blankForm());
  });

  routes.post("/assessments/forms/:id/criteria/:code", "signed_in", async (req, res) => {
    const { province, found } = await openForm(req);
    await takeCriterion(req, res, province, found, criterionOf(req, found));
  });

  routes.post("/assessments/forms/:id/criteria/:code/removal", "signed_in", async (req, res) => {
    const { province, found } = await openForm(req);
    const criterion = criterionOf(req, found);
    await removeCriterion(req.db, province, criterion, actOf(req));
    flash(req, req.t.assessment.forms.criterion_removed(criterion.code));
    res.redirect(303, `/assessments/forms/${found.form.id}`);
  });
}

/** Saves the form of a criterion, a new one where there was none. Its code is taken once in a form. */
async function takeCriterion(req: Request, res: Response, province: Granted<"set_targets", UnitRow>, found: AssessmentForm, criterion: CriterionRow | undefined): Promise<void> {
  const form = readForm(CriterionForm, req.body);
  if (!form.ok) return showCriterion(req, res.status(422), found, criterion, form);
  if (found.criteria.some((one) => one.code === form.value.code && one.id !== criterion?.id))
    return showCriterion(req, res.status(422), found, criterion, { errors: [{ field: "code", code: "code_of_other_criterion", params: {} }], typed: typedOf(req.body as object) });
  await saveCriterion(req.db, province, found.form.id, criterion?.id, form.value, actOf(req));
  flash(req, req.t.assessment.forms.criterion_saved(form.value.code));
  res.redirect(303, `/assessments/forms/${found.form.id}`);
}

async function openTable(req: Request): Promise<TableParts> {
  const asked = Asked.parse(req.query);
  const unit = await openOffice(req.db, req.actor, asked.unit);
  const { year, years } = await yearAsked(req.db, asked, req.now);
  const schools = (await listSchoolsOf(req.db, unit, dayOf(req.now))).filter((school) => school.level !== "preschool"); // the decision is for general and continuing education
  const [form, assessments, tree] = await Promise.all([publishedForm(req.db, year.id), listAssessments(req.db, year.id, schools.map((school) => school.id)), listTree(req.db, unit)]);
  const own = req.actor.memberships.filter((m) => m.role === "province_officer" || m.role === "commune_officer");
  const parts = tree.filter((one) => one.kind === "commune" || one.kind === "cluster");
  const units = [...new Map([...own.map((m): [string, string] => [m.unitId, m.unitName]), [unit.id, unit.name] as const, ...parts.map((one): [string, string] => [one.id, one.name])])].map(([value, label]) => ({ value, label }));
  return { unit, year, years, form: form?.form, schools, assessments: new Map(assessments.map((one) => [one.school_id, one])), units, setsCriteria: provinceOfficerOver(req.actor, unit) };
}

async function openForm(req: Request) {
  const province = await openProvince(req.db, req.actor);
  const found = await findForm(req.db, idOf(req.params["id"]));
  if (found === undefined) throw notFound();
  return { province, found };
}

function criterionOf(req: Request, { criteria }: AssessmentForm): CriterionRow {
  const found = criteria.find((one) => one.code === req.params["code"]);
  if (found === undefined) throw notFound();
  return found;
}

const crumbsOf = (req: Request) => [
  { href: "/assessments", label: req.t.assessment.table.title },
  { href: "/assessments/forms", label: req.t.assessment.forms.title },
];

async function showForms(req: Request, res: Response, state: FormState): Promise<void> {
  const [forms, years] = await Promise.all([listForms(req.db), listYears(req.db)]);
  const given = { from: typeof req.query["from"] === "string" ? req.query["from"] : "", year: yearIn(years, dayOf(req.now)) };
  res.page("assessment/forms", formsPage(forms, years, given, state, voiceOf(req)), { title: req.t.assessment.forms.title, crumbs: crumbsOf(req).slice(0, 1) });
}

function showForm(req: Request, res: Response, found: AssessmentForm, state: FormState): void {
  res.page("assessment/form", formPage(found, state, voiceOf(req)), { title: found.form.name, crumbs: crumbsOf(req), wide: true });
}

function showCriterion(req: Request, res: Response, { form }: AssessmentForm, criterion: CriterionRow | undefined, state: FormState): void {
  const page = criterionForm(form, criterion, state, voiceOf(req));
  res.page("assessment/criterion-form", page, { title: page.head.title, crumbs: [...crumbsOf(req), { href: `/assessments/forms/${form.id}`, label: form.name }] });
}
