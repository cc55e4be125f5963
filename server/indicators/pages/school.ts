import type { UnitRow } from "../../organisation/store.ts";
import type { ActView, CellView, FactsView, FieldView, NoticeView, PageHeadView, StatView, TrailView } from "../../shell/partials.ts";
import type { FormState } from "../../shell/form-fields.ts";
import { sayText } from "../../platform/messages.ts";
import type { When } from "../asked.ts";
import type { activityOf } from "../computers.ts";
import type { BoardFigures, IndicatorLines, SchoolLine } from "../figures.ts";
import { tellsWaiting } from "../figures.ts";
import { toldAnswer } from "../rules.ts";
import { definitionOf, figureText, nameOf, targetText, type Voice } from "../say.ts";
import type { Indicator } from "../store/boards.ts";
import type { ModelRow } from "../store/models.ts";
import type { ToldValue, WaitingValue } from "../store/values.ts";
import { evidenceOf, factsOf, hidesSome, lineAnswer, timeFields, toldFigure, type BoardPage } from "./board.ts";

export interface ValuePage {
  head: PageHeadView;
  definition: string;
  facts: FactsView;
  current: FactsView;
  notice: NoticeView | undefined;
  decision: DecisionView | undefined;
  history: TrailView["items"];
  form: DeclareView | undefined;
}

/** The level above decides: one button, or a comment. */
export interface DecisionView {
  confirm: ActView;
  back: { action: string; field: FieldView; label: string };
}

export interface DeclareView {
  action: string;
  seen: string;
  fields: FieldView[];
  choices: { kind: "radio"; name: string; legend: string; inline: boolean; error: string | undefined; hint: undefined; options: { value: string; label: string; selected: boolean }[] } | undefined;
  errors: { field: string; label: string; message: string }[];
}

export interface WaitingPage {
  head: PageHeadView;
  items: { title: string; school: string; href: string; facts: FactsView; decision: DecisionView }[];
}

declare global {
  interface Views {
    "indicators/value": ValuePage;
    "indicators/waiting": WaitingPage;
    "indicators/decision": DecisionView;
  }
}

/** All indicators of one school: the same page as an office's, each row with its evidence in one click. */
export function schoolPage(school: UnitRow, when: When, figures: BoardFigures, own: { models: readonly ModelRow[]; clusters: readonly string[] }, voice: Voice): BoardPage {
  const { t, f, lang } = voice;
  const words = t.indicators;
  const board = figures.board?.board;
  const rows = figures.rows.flatMap(({ indicator, lines, told }) => lines.filter((line) => line.school !== undefined).map((line) => ({ indicator, line, told })));
  const sections = [...new Set(rows.map(({ indicator }) => indicator.section))];
  const isModel = own.models.some((model) => model.unit_id === school.id);
  const answers = rows.map((row) => toldAnswer(row, row.line));
  const count = (answer: string): string => words.stats.met_of(f.number(answers.filter((one) => one === answer).length), f.number(answers.length));
  const open = rows.filter(({ indicator, line }) => indicator.source === "declared" && line.figure === undefined && line.pending === undefined).length;
  const stats: StatView[] = [
    { label: words.stats.met, value: count("met") },
    { label: words.stats.not_met, value: count("not_met") },
    { label: words.school.to_declare, value: f.number(open), detail: words.school.to_declare_detail },
  ];
  return {
    head: {
      title: words.school.of(school.name),
      ...(board ? { lead: words.school.lead(board.source, words.month(when.month)) } : {}),
      actions: [{ href: `/schools/${school.id}/assessment?year=${when.year.id}`, label: words.actions.assessment, icon: "clipboard-list" }],
      badges: [...(isModel ? [{ label: words.school.model, tone: "accent" as const, icon: "star" as const }] : []), ...own.clusters.map((name) => ({ label: words.school.in_cluster(name), tone: "info" as const }))],
    },
    stats: board ? stats : [],
    sections: sections.map((section) => ({
        caption: words.sections[section] ?? "",
        columns: [{ label: words.columns.indicator }, { label: words.columns.target }, { label: words.columns.value, number: true }, { label: words.columns.state }, { label: words.columns.source }, { label: words.school_columns.evidence }],
        rows: rows.filter(({ indicator }) => indicator.section === section).map(({ indicator, line, told }): CellView[] => [
          { text: `${indicator.code} ${nameOf(indicator, lang)}`, href: `/schools/${school.id}/scoreboard/${indicator.code}?year=${when.year.id}&month=${when.month}` },
          { text: targetText(indicator, voice) },
          { text: figureText(indicator, toldFigure({ indicator, told }, line), voice) },
          lineAnswer({ indicator, told }, line, voice),
          { text: words.sources[indicator.source] },
          { text: words.one.evidence, href: evidenceOf(indicator, line, when) },
        ]),
    })),
    filter: { action: `/schools/${school.id}/scoreboard`, label: words.filters.label, fields: timeFields(when, t) },
    empty: board ? undefined : { icon: "target", title: words.empty.title, text: words.empty.text },
    note: figures.rows.some(hidesSome) ? words.few_people : undefined,
  };
}

type Activity = Awaited<ReturnType<typeof activityOf>> extends Map<string, infer Seen> ? Seen : never;

/** What a figure of the system is made of, where no page of its own shows it. */
export function detailsOf(indicator: Indicator, line: SchoolLine, activity: Activity | undefined, { t, f }: Voice): FactsView["items"] {
  const words = t.indicators.value.details;
  const { figure } = line;
  if (activity !== undefined) {
    const since = f.day(activity.since);
    return [
      { label: words.periods(since), value: f.number(activity.periods, 2), href: `/schools/${line.id}/measures/periods?state=counted` },
      { label: words.materials(since), value: f.number(activity.materials), href: `/schools/${line.id}/measures/lessons?covered=yes` },
      { label: words.pupils(since), value: t.indicators.of_all(f.number(activity.signed_in), f.number(activity.pupils)) },
    ];
  }
  if (figure === undefined) return [];
  if (indicator.computer === "teacher_accounts") return [{ label: words.teachers, value: f.number(figure.part) }, { label: words.teachers_all, value: f.number(figure.whole) }];
  if (indicator.computer === "personal_codes") return [{ label: words.codes, value: f.number(figure.part) }, { label: words.codes_all, value: f.number(figure.whole) }];
  return [];
}

export interface ValueParts {
  row: IndicatorLines["indicator"];
  told: IndicatorLines["told"];
  waits: IndicatorLines["waits"];
  /** Who reads stands above the school. */
  fromAbove: boolean;
  line: SchoolLine;
  board: { source: string; version: number };
  history: readonly ToldValue[];
  activity: Activity | undefined;
  speaks: boolean;
  decides: boolean;
  state: FormState;
}

export function valuePage(school: UnitRow, when: When, parts: ValueParts, voice: Voice): ValuePage {
  const { t, lang } = voice;
  const { row: indicator, told, line, history } = parts;
  const words = t.indicators.value;
  const answer = lineAnswer({ indicator, told }, line, voice);
  const isHidden = told.hides(line);
  const open = history.find((value) => value.standing && value.state === "declared");
  const returned = history.find((value) => value.standing && value.state === "returned");
  return {
    head: { title: `${indicator.code} ${nameOf(indicator, lang)}`, eyebrow: school.name, lead: figureText(indicator, toldFigure({ indicator, told }, line), voice), badges: [{ label: answer.text, tone: answer.badge }] },
    definition: definitionOf(indicator, lang),
    facts: factsOf(indicator, parts.board, voice),
    current: { items: [...evidenceShown(line, voice), ...(isHidden ? [] : detailsOf(indicator, line, parts.activity, voice)), ...evidenceLink(indicator, line, when, voice)] },
    notice: returned ? { kind: "warn", title: words.states.returned, text: returned.comment } : isHidden ? { kind: "info", text: t.indicators.few_people } : noticeOf(indicator, line, voice),
    decision: open && parts.decides ? decisionOf(open, voice) : undefined,
    history: history.map((value) => trailItem(indicator, value, isTold(value, parts), voice)),
    form: indicator.source === "declared" && parts.speaks ? declareView(school, indicator, when, history, parts.state, voice) : undefined,
  };
}

/** From above: what the scoreboard of this month tells, and what waits where it is told; of others only who said it and when. */
function isTold(value: ToldValue, { row, told, waits, fromAbove, line }: ValueParts): boolean {
  if (!fromAbove || row.measure !== "ratio") return true;
  if (value.standing && value.state === "declared") return tellsWaiting({ lines: [line], told, waits }, value);
  return value.id === line.value?.id && !told.hides(line);
}

function evidenceLink(indicator: Indicator, line: SchoolLine, when: When, { t }: Voice): FactsView["items"] {
  const href = evidenceOf(indicator, line, when);
  return href.includes("/scoreboard/") ? [] : [{ label: t.indicators.value.evidence, value: t.indicators.one.evidence, href }];
}

function noticeOf(indicator: Indicator, line: SchoolLine, { t }: Voice): NoticeView | undefined {
  const words = t.indicators.value;
  if (indicator.source === "imported") return { kind: "info", text: words.imported_only };
  return indicator.source === "declared" && line.figure === undefined && line.pending === undefined ? { kind: "info", title: words.none, text: words.none_text } : undefined;
}

/** Of what holds, and where something newer waits, of that. */
function evidenceShown(line: SchoolLine, voice: Voice): FactsView["items"] {
  const value = line.pending ?? line.value;
  return value ? evidenceItems(value, voice) : [];
}

function evidenceItems(value: Pick<ToldValue, "id" | "evidence_url" | "evidence_blob" | "evidence_name" | "note" | "month">, { t }: Voice): FactsView["items"] {
  const words = t.indicators;
  return [
    { label: words.value.month, value: words.month(value.month) },
    ...(value.evidence_url ? [{ label: words.value.link, value: value.evidence_url, href: value.evidence_url }] : []),
    ...(value.evidence_blob ? [{ label: words.value.file, value: value.evidence_name ?? "", href: `/indicator-values/${value.id}/evidence` }] : []),
    ...(value.note === "" ? [] : [{ label: words.value.note, value: value.note }]),
  ];
}

function trailItem(indicator: Indicator, value: ToldValue, told: boolean, voice: Voice): TrailView["items"][number] {
  const { t, f } = voice;
  const words = t.indicators.value;
  const said = words.by(value.declared_name, f.stamp(value.declared_at)) + (value.source === "imported" ? ` (${words.by_import})` : "");
  const decided = value.source === "declared" && value.decided_name && value.decided_at ? `. ${words.decided(words.states[value.state], value.decided_name, f.stamp(value.decided_at))}` : "";
  const tone = !value.standing ? undefined : value.state === "confirmed" ? "good" : value.state === "returned" ? "bad" : "warn";
  return {
    title: words.trail(told ? figureText(indicator, value, voice) : "–", t.indicators.month(value.month)),
    icon: value.source === "imported" ? "file-spreadsheet" : value.state === "confirmed" ? "circle-check" : value.state === "returned" ? "undo-2" : "clock",
    detail: `${said}${decided}${value.standing ? "" : `. ${words.replaced}`}`,
    text: value.comment || undefined,
    tone,
  };
}

function decisionOf(value: { id: string }, { t }: Voice): DecisionView {
  const words = t.indicators.value;
  return {
    confirm: { action: `/indicator-values/${value.id}/confirmation`, label: words.confirm, icon: "check", kind: "primary" },
    back: { action: `/indicator-values/${value.id}/return`, label: words.return, field: { name: "comment", id: `comment-${value.id}`, label: words.comment, kind: "text", required: true, attributes: { maxlength: 1000 } } },
  };
}

function declareView(school: UnitRow, indicator: Indicator, when: When, history: readonly ToldValue[], state: FormState, { t }: Voice): DeclareView {
  const words = t.indicators.value;
  const typed = (name: string): string | undefined => (typeof state.typed[name] === "string" ? state.typed[name] : undefined);
  const month = typed("month") ?? when.month;
  const errorOf = (name: string): string | undefined => {
    const error = state.errors.find((one) => one.field === name);
    return error && sayText(Object.hasOwn(t.platform.fields, error.code) ? t.platform.fields : t.platform.files, error.code, error.params);
  };
  const number = { inputmode: "numeric", maxlength: 12 } as const;
  const figures: FieldView[] =
    indicator.measure === "ratio"
      ? [{ name: "part", label: words.part, kind: "text", required: true, attributes: number }, { name: "whole", label: words.whole, kind: "text", required: true, attributes: number }]
      : indicator.measure === "count"
        ? [{ name: "part", label: words.count, kind: "text", required: true, attributes: number }]
        : [];
  const fields: FieldView[] = [
    { name: "month", label: words.month, kind: "select", value: month, options: when.months.map((one) => ({ value: one, label: t.indicators.month_option(one) })) },
    ...figures,
    { name: "evidence_url", label: words.link, kind: "url", required: false, hint: words.link_hint, attributes: { maxlength: 1000 } },
    { name: "evidence", label: words.file, kind: "file", required: false, hint: words.file_hint, attributes: { accept: ".pdf,.jpg,.jpeg,.png,.webp,.docx,.xlsx" } },
    { name: "note", label: words.note, kind: "textarea", required: false, attributes: { maxlength: 2000, rows: 2 } },
  ];
  const shown = fields.map((field) => ({ ...field, value: typed(field.name) ?? field.value, error: errorOf(field.name) }));
  const answer = typed("answer");
  const yesNo = ["yes", "no"] as const;
  const choices: DeclareView["choices"] =
    indicator.measure !== "schools" ? undefined : { kind: "radio", name: "answer", legend: words.answer, inline: true, hint: undefined, error: errorOf("answer"), options: yesNo.map((value) => ({ value, label: t.indicators[value], selected: answer === value })) };
  const wrong = [...shown.map(({ name, label, error }) => ({ name, label, error })), ...(choices ? [{ name: "answer", label: choices.legend, error: choices.error }] : [])];
  return {
    action: `/schools/${school.id}/scoreboard/${indicator.code}?year=${when.year.id}`,
    seen: typed("seen") ?? history[0]?.id ?? "",
    fields: shown,
    choices,
    errors: wrong.flatMap(({ name, label, error }) => (error ? [{ field: name, label, message: error }] : [])),
  };
}

export function waitingPage(unit: UnitRow, waiting: readonly { value: WaitingValue; indicator: Indicator | undefined; told: boolean }[], voice: Voice): WaitingPage {
  const { t, f, lang } = voice;
  const words = t.indicators;
  return {
    head: { title: words.waiting.title, lead: words.waiting.lead(f.number(waiting.length), unit.name) },
    items: waiting.map(({ value, indicator, told }) => ({
      title: indicator ? `${indicator.code} ${nameOf(indicator, lang)}: ${told ? figureText(indicator, value, voice) : "–"}` : value.code,
      school: value.school_name,
      href: `/schools/${value.school_id}/scoreboard/${value.code}?year=${value.year_id}`,
      facts: { items: [...(told ? [] : [{ label: words.states.hidden, value: words.waiting.few_people }]), ...evidenceItems(value, voice), ...(value.evidence_url || value.evidence_blob ? [] : [{ label: words.value.evidence, value: words.waiting.no_evidence }]), { label: words.sources.declared, value: words.value.by(value.declared_name, f.stamp(value.declared_at)) }] },
      decision: decisionOf(value, voice),
    })),
  };
}
