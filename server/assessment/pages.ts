import type { UnitRow } from "../organisation/store.ts";
import type { SchoolYearRow } from "../calendar/store.ts";
import type { Formats, Lang } from "../platform/i18n.ts";
import { sayText } from "../platform/messages.ts";
import { rate } from "../platform/units.ts";
import { formView, type FormState, type FormView } from "../shell/form-fields.ts";
import type { ActionView, ActView, CellView, ChoicesView, EmptyView, FactsView, FieldView, NoticeView, PageHeadView, StatView, TableView, Tone, TrailView } from "../shell/partials.ts";
import type { FactKey, Known } from "./known.ts";
import { suggestionFor, type Standing } from "./load.ts";
import { publishedLevel, ASKED_BP, spreadOf, type Level, type Result } from "./rules.ts";
import type { CriterionRow, FormRow, AssessmentForm } from "./store/assessment-forms.ts";
import type { AnswerRow, AssessmentRow, ToldAct } from "./store/assessments.ts";

export interface Voice {
  t: Words;
  f: Formats;
  lang: Lang;
}

export interface AssessmentPage {
  head: PageHeadView;
  notices: NoticeView[];
  empty: EmptyView | undefined;
  start: (ActView & { text: string }) | undefined;
  stats: StatView[];
  parts: TableView[];
  submit: ActView | undefined;
  decide: { title: string; publish: ActView; back: FormView } | undefined;
  trail: TrailView["items"];
}

export interface CriterionPage {
  head: PageHeadView;
  expected: string;
  known: FactsView | undefined;
  current: FactsView;
  answer: { action: string; revision: string; points: FieldView | undefined; done: ChoicesView | undefined; fields: FieldView[]; errors: { field: string; label: string; message: string }[] } | undefined;
  check: FormView | undefined;
  next: ActionView | undefined;
}

export interface PaperPage {
  title: string;
  school: string;
  source: string;
  parts: { title: string; rows: { name: string; max: string; self: string; evidence: string }[]; total: string; max: string }[];
  conclusion: string;
}

export interface AssessmentsPage {
  head: PageHeadView;
  stats: StatView[];
  spread: TableView;
  schools: TableView;
  empty: boolean;
  filter: { action: string; label: string; fields: FieldView[] };
}

declare global {
  interface Views {
    "assessment/school": AssessmentPage;
    "assessment/criterion": CriterionPage;
    "assessment/paper": PaperPage;
    "assessment/table": AssessmentsPage;
  }
}

export const nameOf = (one: { name_vi: string; name_en: string }, lang: Lang): string => (lang === "en" && one.name_en !== "" ? one.name_en : one.name_vi);
export const evidenceOf = (one: CriterionRow, lang: Lang): string => (lang === "en" && one.evidence_en !== "" ? one.evidence_en : one.evidence_vi);

export const STATE_TONES: Record<AssessmentRow["state"], Tone> = { draft: "info", submitted: "accent", returned: "warn", published: "good" };

function scoreText(criterion: CriterionRow, points: number | undefined, { t, f }: Voice): string {
  if (points === undefined) return t.assessment.open;
  if (criterion.mandatory) return points >= 1 ? t.assessment.done : t.assessment.not_done;
  return f.number(points);
}

export function levelText(level: number, t: Words): string {
  return t.assessment.levels[level] ?? "";
}

export interface Seen {
  school: UnitRow;
  year: SchoolYearRow;
  standing: Standing;
  may: { answers: boolean; checks: boolean };
}

const pathOf = (school: { id: string }, more = ""): string => `/schools/${school.id}/assessment${more}`;

export function assessmentPage({ school, year, standing, may }: Seen, acts: readonly ToldAct[], returnState: FormState, voice: Voice): AssessmentPage {
  const { t, f } = voice;
  const words = t.assessment;
  const { form, assessment, own, checked } = standing;
  const open = assessment && ["draft", "returned"].includes(assessment.state);
  const result = assessment && !open ? checked : own;
  const query = `?year=${year.id}`;
  const last = acts[0];
  return {
    head: {
      title: words.of(school.name),
      ...(form ? { lead: words.lead(form.form.source, year.id, f.day(form.form.send_by)) } : {}),
      badges: assessment ? [{ label: words.states[assessment.state], tone: STATE_TONES[assessment.state] }, ...(assessment.state === "published" && assessment.level ? [{ label: levelText(assessment.level, t), tone: "good" as const }] : [])] : [],
      actions: assessment ? [{ href: pathOf(school, `/paper${query}`), label: words.print, icon: "printer" }] : [],
    },
    notices: assessment?.state === "returned" && last?.act === "return" ? [{ kind: "warn", title: words.states.returned, text: last.comment }] : [],
    empty: form ? undefined : { icon: "clipboard-list", title: words.no_form, text: words.no_form_text },
    start: form && !assessment && may.answers ? { action: pathOf(school, query), label: words.start, kind: "primary", icon: "clipboard-list", text: words.start_text } : undefined,
    stats: result ? statsOf(result, standing, voice) : [],
    parts: form ? [1, 2].map((part) => partTable(school, year, part, standing, voice)) : [],
    submit: open && own && may.answers ? { action: pathOf(school, `/submission${query}`), label: words.submit, kind: "primary", icon: "send", confirm: words.submit_confirm(levelText(own.level, t)) } : undefined,
    decide: assessment?.state === "submitted" && checked && may.checks ? decideView(school, query, checked, returnState, voice) : undefined,
    trail: acts.map((act) => ({
      title: words.trail[act.act],
      icon: act.act === "publish" ? "badge-check" : act.act === "return" ? "undo-2" : act.act === "submit" ? "send" : "clipboard-list",
      detail: words.trail.by(act.name, f.stamp(act.at)),
      text: [act.comment, ...(act.level === null ? [] : [words.trail.result(f.number(act.points_1 ?? 0), f.number(act.points_2 ?? 0), levelText(act.level, t))])].filter((one) => one !== "").join(" · ") || undefined,
      tone: act.act === "publish" ? "good" : act.act === "return" ? "warn" : undefined,
    })),
  };
}

function decideView(school: UnitRow, query: string, checked: Result, state: FormState, { t }: Voice): NonNullable<AssessmentPage["decide"]> {
  const words = t.assessment.decide;
  return {
    title: words.title,
    publish: { action: pathOf(school, `/publication${query}`), label: words.publish, kind: "primary", icon: "badge-check", confirm: words.publish_confirm(levelText(checked.level, t)) },
    back: formView(t, state, { action: pathOf(school, `/return${query}`), submit: words.return, fields: [{ name: "comment", label: words.comment, kind: "textarea", required: true, attributes: { maxlength: 1000, rows: 2 } }] }),
  };
}

function statsOf(result: Result, { form, answers }: Standing, { t, f }: Voice): StatView[] {
  const words = t.assessment;
  const max = (part: number): string => f.number((form?.criteria ?? []).filter((one) => one.part === part).reduce((sum, one) => sum + one.points, 0));
  const open = (form?.criteria ?? []).filter((one) => !answers.has(one.id)).length;
  return [
    { label: words.stats.level, value: words.short_levels[result.level] ?? "", detail: levelText(result.level, t) },
    { label: words.stats.part(1), value: words.points(f.number(result.points[1]), max(1)), detail: words.short_levels[result.levels[1]] },
    { label: words.stats.part(2), value: words.points(f.number(result.points[2]), max(2)), detail: words.short_levels[result.levels[2]] },
    { label: words.stats.mandatory, value: f.number(result.mandatory_missing), detail: words.stats.mandatory_detail },
    { label: words.stats.open, value: f.number(open) },
  ];
}

function partTable(school: UnitRow, year: SchoolYearRow, part: number, { form, assessment, answers, own, checked }: Standing, voice: Voice): TableView {
  const { t, f, lang } = voice;
  const words = t.assessment;
  const rows = (form?.criteria ?? []).filter((one) => one.part === part);
  const shows = assessment !== undefined && !["draft", "returned"].includes(assessment.state);
  const { criterion, max, self, checked: found, evidence } = words.columns;
  const sums = (result: Result | undefined): string => (result ? f.number(result.points[part as 1 | 2]) : "–");
  return {
    caption: words.parts[part] ?? "",
    columns: [{ label: criterion }, { label: max, number: true }, { label: self, number: true }, ...(shows ? [{ label: found, number: true }] : []), { label: evidence }],
    rows: [
      ...rows.map((one): CellView[] => {
        const answer = answers.get(one.id);
        return [
          { text: `${one.code} ${nameOf(one, lang)}`, href: assessment && pathOf(school, `/criteria/${one.code}?year=${year.id}`) },
          { text: one.mandatory ? words.mandatory : f.number(one.points) },
          assessment === undefined ? { text: "–" } : answer === undefined ? { text: words.open, badge: one.mandatory ? "bad" : "neutral" } : one.mandatory && answer.self_points < 1 ? { text: words.not_done, badge: "bad" } : { text: scoreText(one, answer.self_points, voice) },
          ...(shows ? [{ text: scoreText(one, answer?.checked_points ?? answer?.self_points, voice) }] : []),
          answer ? evidenceCell(school, year, one, answer, voice) : { text: "–" },
        ];
      }),
      [{ text: words.total }, { text: f.number(rows.reduce((sum, one) => sum + one.points, 0)) }, { text: sums(own) }, ...(shows ? [{ text: sums(checked) }] : []), { text: "" }],
    ],
  };
}

function evidenceCell(school: UnitRow, year: SchoolYearRow, criterion: CriterionRow, answer: AnswerRow, { t }: Voice): CellView {
  const words = t.assessment.answer;
  if (answer.evidence_blob) return { text: answer.evidence_name ?? words.file, href: pathOf(school, `/criteria/${criterion.code}/evidence?year=${year.id}`) };
  if (answer.from_system) return { text: words.from_system, href: answer.evidence_url ?? pathOf(school, `/criteria/${criterion.code}?year=${year.id}`) };
  if (answer.evidence_url) return { text: answer.evidence_url.replace(/^https?:\/\//, "").slice(0, 60), href: answer.evidence_url };
  return { text: answer.note === "" ? "–" : answer.note.slice(0, 80) };
}

export function criterionPage({ school, year, standing, may }: Seen, criterion: CriterionRow, known: { facts: ReadonlyMap<FactKey, Known>; hides: boolean }, states: { answer: FormState; check: FormState }, voice: Voice): CriterionPage {
  const { t, f, lang } = voice;
  const words = t.assessment.answer;
  const { assessment, form, answers } = standing;
  const answer = answers.get(criterion.id);
  const suggestion = suggestionFor(criterion, known.facts);
  const at = form?.criteria.findIndex((one) => one.id === criterion.id) ?? -1;
  const following = form?.criteria[at + 1];
  const query = `?year=${year.id}`;
  const open = assessment !== undefined && ["draft", "returned"].includes(assessment.state);
  return {
    head: {
      title: `${criterion.code} ${nameOf(criterion, lang)}`,
      eyebrow: school.name,
      lead: criterion.mandatory ? words.lead_mandatory : words.lead(f.number(criterion.points)),
    },
    expected: evidenceOf(criterion, lang) === "" ? "" : words.expected(evidenceOf(criterion, lang)),
    known: suggestion && { items: known.hides ? [{ label: t.assessment.facts[criterion.fact ?? ""] ?? "", value: words.few_people }] : knownItems(criterion, suggestion, voice) },
    current: { items: answer && !(open && may.answers) ? currentItems(school, year, criterion, answer, voice) : answer?.evidence_blob ? [{ label: words.file, value: answer.evidence_name ?? "", href: pathOf(school, `/criteria/${criterion.code}/evidence${query}`) }] : [] },
    answer: open && may.answers ? answerView(school, year, criterion, { assessment, answer, suggested: suggestion?.points }, states.answer, voice) : undefined,
    check: assessment?.state === "submitted" && may.checks ? checkView(school, query, criterion, answer, states.check, voice) : undefined,
    next: following && { href: pathOf(school, `/criteria/${following.code}${query}`), label: `${words.next}: ${following.code}`, icon: "arrow-right", kind: "quiet" },
  };
}

function knownItems(criterion: CriterionRow, { known, points }: { known: Known; points: number | undefined }, { t, f }: Voice): FactsView["items"] {
  const words = t.assessment;
  const value = known.whole === undefined ? f.number(known.part, 2) : words.of_all(f.number(known.part), f.number(known.whole));
  return [
    { label: words.facts[criterion.fact ?? ""] ?? "", value, href: known.href },
    ...(points === undefined || criterion.mandatory ? [] : [{ label: words.answer.from_system, value: words.answer.suggested(f.number(points)) }]),
  ];
}

function currentItems(school: UnitRow, year: SchoolYearRow, criterion: CriterionRow, answer: AnswerRow, voice: Voice): FactsView["items"] {
  const words = voice.t.assessment;
  const evidence = evidenceCell(school, year, criterion, answer, voice);
  return [
    { label: words.columns.self, value: scoreText(criterion, answer.self_points, voice) },
    { label: words.columns.evidence, value: evidence.text, href: answer.evidence_blob || answer.evidence_url ? evidence.href : undefined },
    ...(answer.note === "" ? [] : [{ label: words.answer.note, value: answer.note }]),
    ...(answer.checked_points === null ? [] : [{ label: words.columns.checked, value: `${scoreText(criterion, answer.checked_points, voice)}. ${answer.check_note}` }]),
  ];
}

interface Answering {
  assessment: AssessmentRow;
  answer: AnswerRow | undefined;
  suggested: number | undefined;
}

function answerView(school: UnitRow, year: SchoolYearRow, criterion: CriterionRow, { assessment, answer, suggested }: Answering, state: FormState, { t, f }: Voice): CriterionPage["answer"] {
  const words = t.assessment.answer;
  const typed = (name: string): string | undefined => (typeof state.typed[name] === "string" ? state.typed[name] : undefined);
  const errorOf = (name: string): string | undefined => {
    const error = state.errors.find((one) => one.field === name);
    return error && sayText(Object.hasOwn(t.platform.fields, error.code) ? t.platform.fields : t.platform.files, error.code, error.params);
  };
  const points = answer?.self_points ?? suggested;
  const done = typed("done") ?? (answer === undefined ? undefined : answer.self_points >= 1 ? "yes" : "no");
  const fields: FieldView[] = [
    { name: "evidence_url", label: words.link, kind: "url", required: false, hint: words.link_hint, value: typed("evidence_url") ?? (answer?.evidence_url?.startsWith("/") ? "" : (answer?.evidence_url ?? "")), error: errorOf("evidence_url"), attributes: { maxlength: 1000 } },
    { name: "evidence", label: words.file, kind: "file", required: false, hint: words.file_hint, error: errorOf("evidence"), attributes: { accept: ".pdf,.jpg,.jpeg,.png,.webp,.docx,.xlsx" } },
    { name: "note", label: words.note, kind: "textarea", required: false, value: typed("note") ?? answer?.note ?? "", error: errorOf("note"), attributes: { maxlength: 2000, rows: 3 } },
  ];
  const pointsField: FieldView | undefined = criterion.mandatory ? undefined : { name: "points", label: words.points, kind: "number", required: true, hint: words.lead(f.number(criterion.points)), value: typed("points") ?? (points === undefined ? "" : String(points)), error: errorOf("points"), attributes: { min: 0, max: criterion.points, inputmode: "numeric" } };
  const doneField: ChoicesView | undefined = criterion.mandatory
    ? { kind: "radio", name: "done", legend: words.done, inline: true, error: errorOf("done"), options: [{ value: "yes", label: t.assessment.done, selected: done === "yes" }, { value: "no", label: t.assessment.not_done, selected: done === "no" }] }
    : undefined;
  const shown = [...(pointsField ? [pointsField] : []), ...fields].map(({ name, label, error }) => ({ name, label, error }));
  return {
    action: pathOf(school, `/criteria/${criterion.code}?year=${year.id}`),
    revision: typed("revision") ?? String(assessment.revision),
    points: pointsField,
    done: doneField,
    fields,
    errors: [...shown, ...(doneField ? [{ name: "done", label: doneField.legend, error: doneField.error }] : [])].flatMap(({ name, label, error }) => (error ? [{ field: name, label, message: error }] : [])),
  };
}

function checkView(school: UnitRow, query: string, criterion: CriterionRow, answer: AnswerRow | undefined, state: FormState, { t, f }: Voice): FormView {
  const words = t.assessment.answer;
  const max = criterion.mandatory ? 1 : criterion.points;
  return formView(t, state, {
    action: pathOf(school, `/criteria/${criterion.code}/check${query}`),
    submit: words.check_save,
    fields: [
      { name: "points", label: words.check_points, kind: "number", required: true, hint: words.lead(f.number(max)), value: String(answer?.checked_points ?? answer?.self_points ?? 0), attributes: { min: 0, max, inputmode: "numeric" } },
      { name: "check_note", label: words.check_note, kind: "textarea", required: true, value: answer?.check_note ?? "", attributes: { maxlength: 1000, rows: 2 } },
    ],
  });
}

/** The form as it is printed: Tiêu chí | Điểm tối đa | Tự đánh giá | Hồ sơ/Minh chứng, group totals, conclusion. */
export function paperPage({ school, year, standing }: Seen, form: AssessmentForm, result: Result, voice: Voice): PaperPage {
  const { t, f, lang } = voice;
  const words = t.assessment;
  const missing = result.mandatory_missing > 0 ? ` ${words.paper.mandatory_missing(f.number(result.mandatory_missing))}` : "";
  return {
    title: words.paper.title,
    school: words.paper.school(school.name, year.id),
    source: form.form.source,
    parts: [1, 2].map((part) => {
      const rows = form.criteria.filter((one) => one.part === part);
      return {
        title: words.parts[part] ?? "",
        rows: rows.map((one) => {
          const answer = standing.answers.get(one.id);
          const evidence = [answer?.from_system ? `${words.answer.from_system}: ${(words.facts[one.fact ?? ""] ?? "").toLowerCase()}` : "", answer?.evidence_name ?? "", answer?.evidence_url?.startsWith("/") ? "" : (answer?.evidence_url ?? ""), answer?.note ?? ""].filter((text) => text !== "").join("; ");
          return { name: `${one.code} ${nameOf(one, lang)}`, max: one.mandatory ? words.mandatory : f.number(one.points), self: scoreText(one, answer?.self_points, voice), evidence };
        }),
        total: f.number(result.points[part as 1 | 2]),
        max: f.number(rows.reduce((sum, one) => sum + one.points, 0)),
      };
    }),
    conclusion: words.paper.conclusion_text(f.number(result.points[1]), f.number(result.points[2]), levelText(result.level, t)) + missing,
  };
}

export interface TableParts {
  unit: UnitRow;
  year: SchoolYearRow;
  years: readonly SchoolYearRow[];
  form: FormRow | undefined;
  schools: readonly UnitRow[];
  assessments: ReadonlyMap<string, AssessmentRow>;
  units: { value: string; label: string }[];
  setsCriteria: boolean;
}

export function tablePage(parts: TableParts, voice: Voice): AssessmentsPage {
  const { t, f } = voice;
  const { unit, year, years, form, schools, assessments, setsCriteria } = parts;
  const words = t.assessment.table;
  const count = (states: readonly (string | undefined)[]): string => f.number(schools.filter((school) => states.includes(assessments.get(school.id)?.state)).length);
  const number = true;
  const { school: name, state, one, two, level, sent } = words.columns;
  const query = `unit=${unit.id}&year=${year.id}`;
  return {
    head: {
      title: words.of(unit.name),
      lead: form ? words.lead(year.id, f.day(form.send_by), f.day(form.publish_by)) : words.lead_none(year.id),
      actions: [{ href: `/assessments/table.csv?${query}`, label: words.csv, icon: "download" }, ...(setsCriteria ? [{ href: "/assessments/forms", label: words.forms, icon: "settings" as const }] : [])],
    },
    stats: [
      { label: words.stats.published, value: count(["published"]) },
      { label: words.stats.submitted, value: count(["submitted"]) },
      { label: words.stats.open, value: count([undefined, "draft", "returned"]) },
    ],
    spread: spreadTable(schools.map((school) => publishedLevel(assessments.get(school.id))), voice),
    schools: {
      caption: words.schools,
      columns: [{ label: name }, { label: state }, { label: one, number }, { label: two, number }, { label: level }, { label: sent, number }],
      rows: schools.map((school): CellView[] => {
        const found = assessments.get(school.id);
        return [
          { text: school.name, href: pathOf(school, `?year=${year.id}`) },
          { text: t.assessment.states[found?.state ?? "none"], badge: found ? STATE_TONES[found.state] : "neutral" },
          { text: found?.points_1 == null ? "–" : f.number(found.points_1) },
          { text: found?.points_2 == null ? "–" : f.number(found.points_2) },
          { text: found?.level == null ? "–" : (t.assessment.short_levels[found.level] ?? "") },
          { text: found?.submitted_at ? f.stamp(found.submitted_at) : "–" },
        ];
      }),
    },
    empty: schools.length === 0,
    filter: {
      action: "/assessments",
      label: t.indicators.filters.label,
      fields: [
        { name: "unit", label: t.indicators.filters.unit, kind: "select", value: unit.id, options: parts.units },
        { name: "year", label: t.indicators.filters.year, kind: "select", value: year.id, options: years.map((each) => ({ value: each.id, label: each.id })) },
      ],
    },
  };
}

function spreadTable(levels: readonly (Level | undefined)[], { t, f }: Voice): TableView {
  const words = t.assessment.table;
  const spread = spreadOf(levels);
  const { level, schools, share, target, state } = words.spread_columns;
  const all: Level[] = [1, 2, 3];
  return {
    caption: words.spread,
    columns: [{ label: level }, { label: schools, number: true }, { label: share, number: true }, { label: target }, { label: state }],
    rows: all.map((one): CellView[] => [
      { text: words.at_least[one] ?? "" },
      { text: t.assessment.of_all(f.number(spread.at_least[one]), f.number(spread.schools)) },
      { text: spread.schools === 0 ? "–" : f.basisPoints(rate(spread.at_least[one], spread.schools)) },
      { text: words.target(f.basisPoints(ASKED_BP[one])) },
      { text: spread.met[one] ? words.met : words.not_met, badge: spread.met[one] ? "good" : "warn" },
    ]),
  };
}

/** The same rows as a file. */
export function tableRows({ schools, assessments }: TableParts, { t }: Voice): (string | number)[][] {
  const { school, state, one, two, level } = t.assessment.table.columns;
  return [
    [school, state, one, two, level],
    ...schools.map((each) => {
      const found = assessments.get(each.id);
      return [each.name, t.assessment.states[found?.state ?? "none"], found?.points_1 ?? "", found?.points_2 ?? "", found?.level ?? ""];
    }),
  ];
}
