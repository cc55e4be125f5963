import type { ActView, ActionView, CellView, EmptyView, NoticeView, PageHeadView, TableView } from "../../shell/partials.ts";
import { formView, type FormState, type FormView } from "../../shell/form-fields.ts";
import type { SchoolYearRow } from "../../calendar/store.ts";
import { COMPUTER_KEYS } from "../computers.ts";
import { AREAS, DIRECTIONS, MEASURES } from "../rules.ts";
import { nameOf, targetText, type Voice } from "../say.ts";
import type { Board, Indicator } from "../store/boards.ts";
import { SOURCES, type ScoreboardRow } from "../store/tables.ts";
import { PLAN_1027 } from "../template.ts";

export interface PlansPage {
  head: PageHeadView;
  table: TableView | undefined;
  empty: EmptyView | undefined;
  create: FormView;
}

export interface PlanPage {
  head: PageHeadView;
  notice: NoticeView | undefined;
  acts: ActView[];
  form: FormView | undefined;
  sections: TableView[];
  add: ActionView | undefined;
}

export interface IndicatorFormPage {
  head: PageHeadView;
  form: FormView;
  remove: ActView | undefined;
}

declare global {
  interface Views {
    "indicators/plans": PlansPage;
    "indicators/plan": PlanPage;
    "indicators/indicator-form": IndicatorFormPage;
  }
}

export function plansPage(boards: readonly ScoreboardRow[], years: readonly SchoolYearRow[], given: { from: string; year: string }, state: FormState, voice: Voice): PlansPage {
  const { t, f, lang } = voice;
  const words = t.indicators.plans;
  const { year, version, name, state: column, published } = words.columns;
  const from = boards.find((board) => board.id === given.from);
  const sources = [{ value: "template", label: words.from_template }, ...boards.map((board) => ({ value: board.id, label: words.from_board(board.year_id, board.version, board.name) }))];
  return {
    head: { title: words.title, lead: words.lead },
    table: boards.length === 0 ? undefined : {
      caption: words.caption,
      columns: [{ label: name }, { label: year }, { label: version, number: true }, { label: column }, { label: published }],
      rows: boards.map((board): CellView[] => [
        { text: board.name, href: `/scoreboard/plans/${board.id}` },
        { text: board.year_id },
        { text: f.number(board.version) },
        { text: words.states[board.state], badge: board.state === "published" ? "good" : board.state === "draft" ? "info" : "neutral" },
        { text: board.published_at ? f.stamp(board.published_at) : "–" },
      ]),
    },
    empty: boards.length > 0 ? undefined : { icon: "target", title: words.empty, text: words.empty_text },
    create: formView(t, state, {
      action: "/scoreboard/plans",
      submit: words.create,
      fields: [
        { name: "year", label: words.new_year, kind: "select", value: given.year, options: years.map((one) => ({ value: one.id, label: one.id })) },
        { name: "from", label: words.from, kind: "select", value: from?.id ?? "template", options: sources },
        { name: "name", label: words.name, kind: "text", required: true, value: from?.name ?? (lang === "vi" ? PLAN_1027.name_vi : PLAN_1027.name_en), attributes: { maxlength: 200 } },
        { name: "source", label: words.source, kind: "text", required: true, hint: words.source_hint, value: from?.source ?? PLAN_1027.source, attributes: { maxlength: 300 } },
      ],
    }),
  };
}

export function planPage({ board, indicators }: Board, state: FormState, voice: Voice): PlanPage {
  const { t, f } = voice;
  const words = t.indicators.plans;
  const isDraft = board.state === "draft";
  const path = `/scoreboard/plans/${board.id}`;
  const open = indicators.filter((one) => Object.keys(one.thresholds).length === 0).length;
  const copy: ActionView = { href: `/scoreboard/plans?from=${board.id}`, label: words.copy, icon: "copy" };
  return {
    head: {
      title: words.head(board.name),
      lead: `${words.head_lead(board.year_id, board.version)}. ${board.source}`,
      badges: [{ label: words.states[board.state], tone: board.state === "published" ? "good" : isDraft ? "info" : "neutral" }],
      actions: isDraft ? [] : [copy],
    },
    notice: open > 0 ? { kind: "info", text: words.missing(f.number(open)) } : undefined,
    acts: isDraft
      ? [
          { action: `${path}/publication`, label: words.publish, icon: "check", kind: "primary", confirm: words.publish_confirm(board.name, board.year_id) },
          { action: `${path}/removal`, label: words.remove, icon: "trash-2", kind: "quiet", confirm: words.remove_confirm },
        ]
      : [],
    form: isDraft
      ? formView(t, state, {
          action: path,
          submit: words.save,
          fields: [
            { name: "name", label: words.name, kind: "text", required: true, value: board.name, attributes: { maxlength: 200 } },
            { name: "source", label: words.source, kind: "text", required: true, value: board.source, hint: words.source_hint, attributes: { maxlength: 300 } },
          ],
        })
      : undefined,
    sections: [...new Set(indicators.map((one) => one.section))].map((section) => {
      const title = t.indicators.sections[section] ?? "";
      return indicatorTable(indicators.filter((one) => one.section === section), isDraft ? path : undefined, title, voice);
    }),
    add: isDraft ? { href: `${path}/indicators/new`, label: words.indicator_new, icon: "plus" } : undefined,
  };
}

function indicatorTable(indicators: readonly Indicator[], editPath: string | undefined, caption: string, voice: Voice): TableView {
  const { t, f, lang } = voice;
  const { indicator, target, deadline, source } = t.indicators.columns;
  return {
    caption,
    columns: [{ label: indicator }, { label: t.indicators.plans.fields.measure }, { label: target }, { label: deadline, number: true }, { label: source }],
    rows: indicators.map((one): CellView[] => [
      { text: `${one.code} ${nameOf(one, lang)}`, href: editPath && `${editPath}/indicators/${one.code}/edit` },
      { text: t.indicators.plans.measures[one.measure] },
      { text: targetText(one, voice) },
      { text: one.deadline === null ? "–" : f.day(one.deadline) },
      { text: one.source === "computed" ? `${t.indicators.sources.computed}: ${t.indicators.computers[one.computer ?? ""] ?? ""}` : t.indicators.sources[one.source] },
    ]),
  };
}

export function indicatorFormPage(board: ScoreboardRow, indicator: Indicator | undefined, state: FormState, voice: Voice): IndicatorFormPage {
  const { t, f, lang } = voice;
  const words = t.indicators.plans;
  const label = words.fields;
  const path = `/scoreboard/plans/${board.id}`;
  const decimal = { inputmode: "decimal", maxlength: 12 } as const;
  const written = (threshold: number | undefined): string => (threshold === undefined ? "" : indicator?.measure === "count" ? String(threshold) : String(threshold / 100).replace(".", lang === "vi" ? "," : "."));
  return {
    head: { title: indicator ? words.indicator_edit(indicator.code) : words.indicator_new, eyebrow: board.name },
    form: formView(t, state, {
      action: indicator ? `${path}/indicators/${indicator.code}` : `${path}/indicators`,
      submit: words.save,
      cancel: { href: path, label: t.organisation.cancel },
      fields: [
        { name: "code", label: label.code, kind: "text", required: true, hint: label.code_hint, value: indicator?.code ?? "", attributes: { maxlength: 12 } },
        { name: "section", label: label.section, kind: "select", value: String(indicator?.section ?? 2), options: Object.entries(t.indicators.sections).map(([value, name]) => ({ value, label: name })) },
        { name: "name_vi", label: label.name_vi, kind: "text", required: true, value: indicator?.name_vi ?? "", attributes: { maxlength: 300 } },
        { name: "name_en", label: label.name_en, kind: "text", required: false, value: indicator?.name_en ?? "", attributes: { maxlength: 300 } },
        { name: "definition_vi", label: label.definition_vi, kind: "textarea", required: true, value: indicator?.definition_vi ?? "", attributes: { maxlength: 4000, rows: 4 } },
        { name: "definition_en", label: label.definition_en, kind: "textarea", required: false, value: indicator?.definition_en ?? "", attributes: { maxlength: 4000, rows: 3 } },
        { name: "measure", label: label.measure, kind: "select", value: indicator?.measure ?? "schools", options: MEASURES.map((value) => ({ value, label: words.measures[value] })) },
        { name: "unit_vi", label: label.unit_vi, kind: "text", required: true, value: indicator?.unit_vi ?? "", attributes: { maxlength: 80 } },
        { name: "unit_en", label: label.unit_en, kind: "text", required: false, value: indicator?.unit_en ?? "", attributes: { maxlength: 80 } },
        { name: "direction", label: label.direction, kind: "select", value: indicator?.direction ?? "at_least", options: DIRECTIONS.map((value) => ({ value, label: words.direction_names[value] })) },
        { name: "all", label: label.all, kind: "text", required: false, hint: label.threshold_hint, value: written(indicator?.thresholds.all), attributes: decimal },
        ...AREAS.map((area) => ({ name: area, label: label[area], kind: "text" as const, required: false, value: written(indicator?.thresholds[area]), attributes: decimal })),
        { name: "deadline", label: label.deadline, kind: "text", required: false, value: indicator?.deadline ? f.day(indicator.deadline) : "", attributes: { inputmode: "numeric", placeholder: "31/12/2026", maxlength: 10 } },
        { name: "source", label: label.source, kind: "select", value: indicator?.source ?? "declared", options: SOURCES.map((value) => ({ value, label: t.indicators.sources[value] })) },
        { name: "computer", label: label.computer, kind: "select", required: false, hint: label.computer_hint, value: indicator?.computer ?? "", options: [{ value: "", label: label.no_computer }, ...COMPUTER_KEYS.map((value) => ({ value, label: t.indicators.computers[value] ?? value }))] },
      ],
      choices: [
        { kind: "checkbox", name: "levels", legend: label.levels, hint: label.levels_hint, inline: true, options: Object.entries(t.access.levels).map(([value, name]) => ({ value, label: name, selected: indicator?.levels.includes(value) ?? false })) },
      ],
    }),
    remove: indicator && { action: `${path}/indicators/${indicator.code}/removal`, label: words.indicator_remove, icon: "trash-2", kind: "danger", confirm: words.indicator_remove_confirm(indicator.code) },
  };
}
