import type { SchoolYearRow } from "../calendar/store.ts";
import { formView, type FormState, type FormView } from "../shell/form-fields.ts";
import type { ActionView, ActView, CellView, EmptyView, FieldView, NoticeView, PageHeadView, TableView } from "../shell/partials.ts";
import { FACT_KEYS } from "./known.ts";
import { evidenceOf, nameOf, type Voice } from "./pages.ts";
import { CRITERIA_MAX, type AssessmentForm, type CriterionRow, type FormRow } from "./store/assessment-forms.ts";
import { DECISION_4725 } from "./template.ts";

export interface FormsPage {
  head: PageHeadView;
  table: TableView | undefined;
  empty: EmptyView | undefined;
  create: FormView;
}

export interface FormPageView {
  head: PageHeadView;
  notices: NoticeView[];
  acts: ActView[];
  parts: TableView[];
  add: ActionView | undefined;
  settings: FormView | undefined;
}

export interface CriterionFormPage {
  head: PageHeadView;
  form: FormView;
  remove: ActView | undefined;
}

declare global {
  interface Views {
    "assessment/forms": FormsPage;
    "assessment/form": FormPageView;
    "assessment/criterion-form": CriterionFormPage;
  }
}

export function formsPage(forms: readonly FormRow[], years: readonly SchoolYearRow[], given: { from: string; year: SchoolYearRow | undefined }, state: FormState, voice: Voice): FormsPage {
  const { t, f, lang } = voice;
  const words = t.assessment.forms;
  const from = forms.find((one) => one.id === given.from);
  const { name, year, version, state: column } = words.columns;
  return {
    head: { title: words.title, lead: words.lead },
    table: forms.length === 0 ? undefined : {
      caption: words.caption,
      columns: [{ label: name }, { label: year }, { label: version, number: true }, { label: column }],
      rows: forms.map((one): CellView[] => [{ text: one.name, href: `/assessments/forms/${one.id}` }, { text: one.year_id }, { text: f.number(one.version) }, { text: words.states[one.state], badge: one.state === "published" ? "good" : one.state === "draft" ? "info" : "neutral" }]),
    },
    empty: forms.length > 0 ? undefined : { icon: "clipboard-list", title: words.empty, text: words.empty_text },
    create: formView(t, state, {
      action: "/assessments/forms",
      submit: words.create,
      fields: [
        { name: "year", label: words.year, kind: "select", value: given.year?.id ?? "", options: years.map((one) => ({ value: one.id, label: one.id })) },
        { name: "from", label: words.from, kind: "select", value: from?.id ?? "template", options: [{ value: "template", label: words.from_template }, ...forms.map((one) => ({ value: one.id, label: words.from_form(one.year_id, one.version, one.name) }))] },
        ...settingFields(from ?? { ...DECISION_4725, name: lang === "vi" ? DECISION_4725.name_vi : DECISION_4725.name_en, send_by: "", publish_by: "" }, given.year, voice),
      ],
    }),
  };
}

type Settings = Pick<FormRow, "name" | "source" | "basic_from" | "well_above" | "send_by" | "publish_by">;

/** Schools send by 31 May and levels are published by 20 June: the days of the decision, in the year that ends. */
function settingFields(form: Settings, year: SchoolYearRow | undefined, { t, f }: Voice): FieldView[] {
  const words = t.assessment.forms;
  const summer = year?.id.slice(5) ?? "";
  const day = { inputmode: "numeric", maxlength: 10 } as const;
  return [
    { name: "name", label: words.name, kind: "text", required: true, value: form.name, attributes: { maxlength: 300 } },
    { name: "source", label: words.source, kind: "text", required: true, value: form.source, attributes: { maxlength: 300 } },
    { name: "send_by", label: words.send_by, kind: "text", required: true, value: f.day(form.send_by || `${summer}-05-31`), attributes: day },
    { name: "publish_by", label: words.publish_by, kind: "text", required: true, value: f.day(form.publish_by || `${summer}-06-20`), attributes: day },
    { name: "basic_from", label: words.basic_from, kind: "number", required: true, value: String(form.basic_from), attributes: { min: 0, max: 100 } },
    { name: "well_above", label: words.well_above, kind: "number", required: true, value: String(form.well_above), attributes: { min: 0, max: 100 } },
  ];
}

export function formPage({ form, criteria }: AssessmentForm, state: FormState, voice: Voice): FormPageView {
  const { t, f, lang } = voice;
  const words = t.assessment.forms;
  const path = `/assessments/forms/${form.id}`;
  const isDraft = form.state === "draft";
  const sumOf = (part: number): number => criteria.filter((one) => one.part === part).reduce((sum, one) => sum + one.points, 0);
  const { criterion, max, evidence } = t.assessment.columns;
  return {
    head: {
      title: form.name,
      lead: `${words.lead_one(form.year_id, form.version)}. ${form.source}`,
      badges: [{ label: words.states[form.state], tone: form.state === "published" ? "good" : isDraft ? "info" : "neutral" }],
      actions: isDraft ? [] : [{ href: `/assessments/forms?from=${form.id}`, label: words.copy, icon: "copy" }],
    },
    notices: [1, 2].filter((part) => sumOf(part) !== 100).map((part) => ({ kind: "info", text: words.sum(part, f.number(sumOf(part))) })),
    acts: isDraft
      ? [
          { action: `${path}/publication`, label: words.publish, icon: "check", kind: "primary", confirm: words.publish_confirm(form.name) },
          { action: `${path}/removal`, label: words.remove, icon: "trash-2", kind: "quiet", confirm: words.remove_confirm },
        ]
      : [],
    parts: [1, 2].map((part) => ({
      caption: t.assessment.parts[part] ?? "",
      columns: [{ label: criterion }, { label: max, number: true }, { label: evidence }, { label: words.fields.fact }],
      rows: criteria.filter((one) => one.part === part).map((one): CellView[] => [
        { text: `${one.code} ${nameOf(one, lang)}`, href: isDraft ? `${path}/criteria/${one.code}/edit` : undefined },
        { text: one.mandatory ? t.assessment.mandatory : f.number(one.points) },
        { text: evidenceOf(one, lang) || "–" },
        { text: one.fact === null ? "–" : (t.assessment.facts[one.fact] ?? "") },
      ]),
    })),
    add: isDraft && criteria.length < CRITERIA_MAX ? { href: `${path}/criteria/new`, label: words.criterion_new, icon: "plus" } : undefined,
    settings: isDraft ? formView(t, state, { action: path, submit: words.save, fields: settingFields(form, undefined, voice) }) : undefined,
  };
}

/** The form of a criterion of a draft; a new one where there is none yet. */
export function criterionForm(form: FormRow, criterion: CriterionRow | undefined, state: FormState, { t }: Voice): CriterionFormPage {
  const texts = t.assessment.forms;
  const words = texts.fields;
  const path = `/assessments/forms/${form.id}`;
  return {
    head: { title: criterion ? texts.edit(criterion.code) : texts.criterion_new, eyebrow: form.name },
    form: formView(t, state, {
      action: criterion ? `${path}/criteria/${criterion.code}` : `${path}/criteria`,
      submit: texts.save,
      cancel: { href: path, label: t.organisation.cancel },
      fields: [
        { name: "code", label: words.code, kind: "text", required: true, hint: words.code_hint, value: criterion?.code ?? "", attributes: { maxlength: 12 } },
        { name: "part", label: words.part, kind: "select", value: String(criterion?.part ?? 1), options: Object.entries(t.assessment.parts).map(([value, label]) => ({ value, label })) },
        { name: "name_vi", label: words.name_vi, kind: "text", required: true, value: criterion?.name_vi ?? "", attributes: { maxlength: 300 } },
        { name: "name_en", label: words.name_en, kind: "text", required: false, value: criterion?.name_en ?? "", attributes: { maxlength: 300 } },
        { name: "evidence_vi", label: words.evidence_vi, kind: "text", required: false, value: criterion?.evidence_vi ?? "", attributes: { maxlength: 500 } },
        { name: "evidence_en", label: words.evidence_en, kind: "text", required: false, value: criterion?.evidence_en ?? "", attributes: { maxlength: 500 } },
        { name: "points", label: words.points, kind: "number", required: true, value: String(criterion?.points ?? 0), attributes: { min: 0, max: 100 } },
        { name: "mandatory", label: words.mandatory, kind: "checkbox", value: "yes", checked: criterion?.mandatory ?? false, required: false },
        { name: "fact", label: words.fact, kind: "select", required: false, value: criterion?.fact ?? "", options: [{ value: "", label: words.no_fact }, ...FACT_KEYS.map((key) => ({ value: key, label: t.assessment.facts[key] ?? key }))] },
        { name: "full_at", label: words.full_at, kind: "text", required: false, hint: words.full_at_hint, value: criterion?.full_at == null ? "" : String(criterion.full_at), attributes: { inputmode: "numeric", maxlength: 6 } },
      ],
    }),
    remove: criterion && { action: `${path}/criteria/${criterion.code}/removal`, label: texts.criterion_remove, icon: "trash-2", kind: "danger", confirm: texts.criterion_remove_confirm(criterion.code) },
  };
}
