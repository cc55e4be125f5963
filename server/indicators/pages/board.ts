import type { UnitRow } from "../../organisation/store.ts";
import type { ActionView, CellView, EmptyView, FactsView, FieldView, PageHeadView, StatView, TableView, Tone } from "../../shell/partials.ts";
import type { When } from "../asked.ts";
import { computerOf, unitOfFigures } from "../computers.ts";
import type { BoardFigures, IndicatorLines, SchoolLine } from "../figures.ts";
import { addUp, AREAS, groupsOf, schoolAnswer, toldAnswer, toldTogether, type Answer, type Figure, type ToldAnswer } from "../rules.ts";
import { answerCell, definitionOf, figureText, nameOf, sumText, targetText, unitOf, type Voice } from "../say.ts";

export interface BoardPage {
  head: PageHeadView;
  stats: StatView[];
  sections: TableView[];
  filter: { action: string; label: string; fields: FieldView[] };
  empty: EmptyView | undefined;
  note: string | undefined;
}

export interface IndicatorPage {
  head: PageHeadView;
  definition: string;
  facts: FactsView;
  groups: TableView | undefined;
  parts: TableView | undefined;
  lines: TableView;
  empty: string | undefined;
  note: string | undefined;
  filter: { action: string; label: string; fields: FieldView[] };
}

declare global {
  interface Views {
    "indicators/board": BoardPage;
    "indicators/indicator": IndicatorPage;
  }
}

/** The query that keeps unit, year and month from page to page. */
export function queryOf(unit: { id: string }, when: When, more: Record<string, string> = {}): string {
  return new URLSearchParams({ unit: unit.id, year: when.year.id, month: when.month, ...more }).toString();
}

export function boardPage(unit: UnitRow, when: When, figures: BoardFigures, own: { waiting: number; setsTargets: boolean; units: FieldView["options"] }, voice: Voice): BoardPage {
  const { t } = voice;
  const words = t.indicators;
  const rows = narrowed(figures.rows, when.asked.area);
  const answers = rows.map(toldTogether);
  const sections = [...new Set(rows.map(({ indicator }) => indicator.section))];
  const board = figures.board?.board;
  return {
    head: {
      title: words.of(unit.name),
      ...(board ? { lead: words.lead(board.source, board.version, words.month(when.month)) } : {}),
      actions: actionsOf(unit, when, own.setsTargets, voice),
    },
    stats: board === undefined ? [] : statsOf(answers, own.waiting, unit, voice),
    sections: sections.map((section) => {
      const of = rows.filter(({ indicator }) => indicator.section === section);
      return boardTable(of, unit, when, words.sections[section] ?? "", voice);
    }),
    filter: { action: "/scoreboard", label: words.filters.label, fields: filtersOf(when, own.units, unit, voice) },
    empty: board !== undefined ? undefined : { icon: "target", title: words.empty.title, text: words.empty.text, ...(own.setsTargets ? { action: { href: "/scoreboard/plans", label: words.empty.action } } : {}) },
    note: rows.some(hidesSome) ? words.few_people : undefined,
  };
}

function narrowed(rows: readonly IndicatorLines[], area: string | undefined): IndicatorLines[] {
  return rows.map(({ lines, ...row }) => ({ ...row, lines: area === undefined ? lines : lines.filter((line) => line.school === undefined || line.area === area) }));
}

function actionsOf(unit: UnitRow, when: When, setsTargets: boolean, { t }: Voice): ActionView[] {
  const words = t.indicators.actions;
  const query = queryOf(unit, when);
  return [
    { href: `/scoreboard/waiting?unit=${unit.id}`, label: words.waiting, icon: "inbox" },
    { href: `/scoreboard/imports/new?${query}`, label: words.import, icon: "file-spreadsheet" },
    { href: `/assessments?unit=${unit.id}&year=${when.year.id}`, label: words.assessment, icon: "clipboard-list" },
    { href: `/scoreboard/models?year=${when.year.id}`, label: words.models, icon: "star" },
    { href: `/scoreboard/table.csv?${query}`, label: words.csv, icon: "download" },
    { href: `/open-figures?unit=${unit.id}`, label: words.open_figures, icon: "external-link" },
    ...(setsTargets ? [{ href: "/scoreboard/plans", label: words.plans, icon: "settings" as const }] : []),
  ];
}

function statsOf(answers: readonly ToldAnswer[], waiting: number, unit: UnitRow, { t, f }: Voice): StatView[] {
  const words = t.indicators.stats;
  const of = (answer: Answer): string => words.met_of(f.number(answers.filter((one) => one === answer).length), f.number(answers.length));
  return [
    { label: words.met, value: of("met") },
    { label: words.not_met, value: of("not_met") },
    { label: words.no_value, value: of("no_value"), detail: words.no_value_detail },
    { label: words.waiting, value: f.number(waiting), detail: words.waiting_detail, href: `/scoreboard/waiting?unit=${unit.id}` },
  ];
}

function boardTable(rows: readonly IndicatorLines[], unit: UnitRow, when: When, caption: string, voice: Voice): TableView {
  const { t, f, lang } = voice;
  const words = t.indicators;
  const { indicator, target, value, schools, state, deadline, source } = words.columns;
  return {
    caption,
    columns: [{ label: indicator }, { label: target }, { label: value, number: true }, { label: schools, number: true }, { label: state }, { label: deadline, number: true }, { label: source }],
    rows: rows.map((row): CellView[] => {
      const one = row.indicator;
      const [sum, met, answer] = sumCells(row, voice);
      return [
        { text: `${one.code} ${nameOf(one, lang)}`, href: `/scoreboard/indicators/${one.code}?${queryOf(unit, when)}` },
        { text: targetText(one, voice) },
        sum,
        met,
        answer,
        { text: one.deadline === null ? "–" : f.day(one.deadline) },
        { text: words.sources[one.source] },
      ];
    }),
  };
}

function filtersOf(when: When, units: FieldView["options"], unit: UnitRow, { t }: Voice): FieldView[] {
  const words = t.indicators.filters;
  const areas = [{ value: "", label: words.any_area }, ...AREAS.map((area) => ({ value: area, label: t.access.areas[area] ?? area }))];
  return [
    { name: "unit", label: words.unit, kind: "select", value: unit.id, options: units },
    ...timeFields(when, t),
    { name: "area", label: words.area, kind: "select", value: when.asked.area ?? "", options: areas },
  ];
}

export function timeFields(when: When, t: Words): FieldView[] {
  const words = t.indicators;
  return [
    { name: "year", label: words.filters.year, kind: "select", value: when.year.id, options: when.years.map((one) => ({ value: one.id, label: one.id })) },
    { name: "month", label: words.filters.month, kind: "select", value: when.month, options: when.months.map((one) => ({ value: one, label: words.month_option(one) })) },
  ];
}

/** One indicator: what it means, what areas and communes reached, and every school with its evidence. */
export function indicatorPage(unit: UnitRow, when: When, row: IndicatorLines, board: { name: string; source: string; version: number }, communes: readonly UnitRow[], voice: Voice): IndicatorPage {
  const { t, lang } = voice;
  const { indicator, lines } = row;
  const words = t.indicators.one;
  const [sum, , answer] = sumCells(row, voice);
  const notes = [...(computerOf(indicator.computer)?.nightly ? [words.nightly] : []), ...(hidesSome(row) ? [t.indicators.few_people] : [])];
  const ofSchools = lines.every((line) => line.school !== undefined);
  return {
    head: {
      title: `${indicator.code} ${nameOf(indicator, lang)}`,
      eyebrow: unit.name,
      lead: `${sum.text} · ${targetText(indicator, voice)}`,
      badges: [{ label: answer.text, tone: answer.badge }],
    },
    definition: definitionOf(indicator, lang),
    facts: factsOf(indicator, board, voice),
    groups: ofSchools ? groupTable(row, voice) : undefined,
    parts: ofSchools && communes.length > 1 ? partTable(row, when, communes, voice) : undefined,
    lines: lineTable(row, when, voice),
    empty: lines.length === 0 ? words.no_schools : undefined,
    note: notes.length > 0 ? notes.join(" ") : undefined,
    filter: { action: `/scoreboard/indicators/${indicator.code}`, label: t.indicators.filters.label, fields: [{ name: "unit", label: t.indicators.filters.unit, kind: "select", value: unit.id, options: [{ value: unit.id, label: unit.name }] }, ...timeFields(when, t)] },
  };
}

export function factsOf(indicator: IndicatorLines["indicator"], board: { source: string; version: number }, voice: Voice): FactsView {
  const { t, f, lang } = voice;
  const words = t.indicators.one;
  const levels = indicator.levels.map((level) => t.access.levels[level] ?? level).join(", ");
  return {
    items: [
      { label: words.target, value: targetText(indicator, voice) },
      { label: words.unit, value: unitOf(indicator, lang) },
      { label: words.deadline, value: indicator.deadline === null ? "–" : f.day(indicator.deadline) },
      { label: words.source, value: indicator.source === "computed" ? `${t.indicators.sources.computed}: ${t.indicators.computers[indicator.computer ?? ""] ?? ""}` : t.indicators.sources[indicator.source] },
      { label: words.applies, value: levels === "" ? words.all_levels : levels },
      { label: words.document, value: `${board.source} (${words.version(board.version)})` },
    ],
  };
}

function groupTable(row: IndicatorLines, voice: Voice): TableView {
  const { t } = voice;
  const { indicator, lines } = row;
  const own = groupsOf(indicator.thresholds, lines).length > 1;
  const areas = AREAS.map((area) => ({ name: t.access.areas[area] ?? area, lines: lines.filter((line) => line.area === area) })).filter((group) => group.lines.length > 0);
  const groups = own || areas.length > 1 ? areas : [];
  return partsTable(t.indicators.one.by_area, row, [{ name: t.indicators.one.together, lines }, ...groups], voice);
}

function partTable(row: IndicatorLines, when: When, communes: readonly UnitRow[], voice: Voice): TableView {
  const { indicator, lines } = row;
  const parts = communes.map((commune) => ({
    name: commune.name,
    href: `/scoreboard/indicators/${indicator.code}?${queryOf(commune, when)}`,
    lines: lines.filter((line) => line.school?.path.startsWith(commune.path)),
  }));
  return partsTable(voice.t.indicators.one.by_unit, row, parts.filter((part) => part.lines.length > 0), voice);
}

function partsTable(caption: string, row: IndicatorLines, parts: readonly { name: string; href?: string; lines: readonly SchoolLine[] }[], voice: Voice): TableView {
  const { unit, value, schools, state } = voice.t.indicators.part_columns;
  return {
    caption,
    columns: [{ label: unit }, { label: value, number: true }, { label: schools, number: true }, { label: state }],
    rows: parts.map(({ name, href, lines }): CellView[] => [{ text: name, href }, ...sumCells({ ...row, lines: [...lines] }, voice)]),
  };
}

/** What lines reached together, how many of them, and the answer: dashes where it would give a small group away. */
function sumCells(row: IndicatorLines, voice: Voice): [{ text: string }, { text: string }, { text: string; badge: Tone }] {
  const { t, f } = voice;
  const { indicator, lines, told } = row;
  const answer = answerCell(indicator, toldTogether(row), voice);
  if (!told.tellsSum(lines)) return [{ text: "–" }, { text: "–" }, answer];
  const sum = addUp(indicator, lines);
  return [{ text: sumText(indicator, sum, voice) }, { text: t.indicators.of_all(f.number(sum.met), f.number(sum.schools)) }, answer];
}

/** The figure of one line as it may be told: of institutions their yes or no, of a hidden group nothing. */
export function toldFigure({ indicator, told }: Pick<IndicatorLines, "indicator" | "told">, line: SchoolLine): Figure | undefined {
  if (line.figure === undefined || !told.hides(line)) return line.figure;
  if (indicator.measure !== "schools") return undefined;
  const reached = schoolAnswer(indicator, line) === "met";
  return { part: reached ? 1 : 0, whole: 1, reached };
}

/** Whether a dash needs its sentence. */
export function hidesSome({ lines, told }: IndicatorLines): boolean {
  return lines.some((line) => told.hides(line)) || !told.tellsSum(lines);
}

function lineTable(row: IndicatorLines, when: When, voice: Voice): TableView {
  const { t } = voice;
  const { indicator, lines } = row;
  const words = t.indicators;
  const { school, area, value, state, evidence } = words.school_columns;
  return {
    caption: lines.every((line) => line.school) ? words.one.schools : words.one.subjects,
    columns: [{ label: school }, { label: area }, { label: value, number: true }, { label: state }, { label: evidence }],
    rows: lines.map((line): CellView[] => [
      { text: line.name || (t.access.levels[line.id] ?? line.id), href: line.school ? `/schools/${line.id}/scoreboard?year=${when.year.id}&month=${when.month}` : undefined },
      { text: line.area ? (t.access.areas[line.area] ?? line.area) : "–" },
      { text: figureText(indicator, toldFigure(row, line), voice) },
      lineAnswer(row, line, voice),
      { text: words.one.evidence, href: evidenceOf(indicator, line, when) },
    ]),
  };
}

/** The answer of one school; where what it declared waits for the level above, that. */
export function lineAnswer(row: Pick<IndicatorLines, "indicator" | "told">, line: SchoolLine, voice: Voice): { text: string; badge: Tone } {
  if (line.figure === undefined && line.pending !== undefined) return { text: voice.t.indicators.value.states.declared, badge: "info" };
  return answerCell(row.indicator, toldAnswer(row, line), voice);
}

/** Where a school's figure is proven: the system's own records, or the page of what it declared. */
export function evidenceOf(indicator: IndicatorLines["indicator"], line: SchoolLine, when: When): string {
  const detail = `/schools/${line.id}/scoreboard/${indicator.code}?year=${when.year.id}&month=${when.month}`;
  const evidence = indicator.source === "computed" ? computerOf(indicator.computer)?.evidence(line.id, when.year.id) : undefined;
  return evidence ?? detail;
}

/** The whole table as a file: every school and indicator, counts and no rates; of groups that are not told, nothing. */
export function csvRows(figures: BoardFigures, voice: Voice): (string | number)[][] {
  const words = voice.t.indicators;
  const head = [words.columns.code, words.columns.indicator, words.school_columns.school, words.school_columns.area, words.value.part, words.value.whole, words.columns.state];
  const rows = figures.rows.flatMap((row) =>
    row.lines.map((line) => [
      ...[row.indicator.code, nameOf(row.indicator, voice.lang), line.name || (voice.t.access.levels[line.id] ?? line.id), line.area ? (voice.t.access.areas[line.area] ?? line.area) : ""],
      ...(line.figure && !row.told.hides(line) ? [line.figure.part / unitOfFigures(row.indicator), line.figure.whole / unitOfFigures(row.indicator)] : ["", ""]),
      answerCell(row.indicator, toldAnswer(row, line), voice).text,
    ]),
  );
  return [head, ...rows];
}
