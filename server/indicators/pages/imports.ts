import type { UnitRow } from "../../organisation/store.ts";
import type { ActView, BadgeView, CellView, EmptyView, FieldView, PageHeadView, StatView, TableView } from "../../shell/partials.ts";
import type { When } from "../asked.ts";
import type { IndicatorLines } from "../figures.ts";
import { figureText, nameOf, type Voice } from "../say.ts";
import type { Indicator } from "../store/boards.ts";
import type { ImportRow } from "../store/tables.ts";
import type { Figure } from "../rules.ts";

export interface ImportPage {
  head: PageHeadView;
  problem: { field: string; label: string; message: string }[];
  action: string;
  fields: FieldView[];
  last: { title: string; badges: BadgeView[]; detail: string; href: string | undefined; undo: ActView | undefined }[];
}

export interface ImportPreviewPage {
  head: PageHeadView;
  stats: StatView[];
  problems: TableView | undefined;
  changes: TableView | undefined;
  more: string;
  save: ActView | undefined;
  discard: ActView;
  empty: EmptyView | undefined;
}

declare global {
  interface Views {
    "indicators/import": ImportPage;
    "indicators/preview": ImportPreviewPage;
  }
}

/** What the form of a file shows: only indicators that schools declare or offices bring. */
export function fillable(indicators: readonly Indicator[]): Indicator[] {
  return indicators.filter((one) => one.source !== "computed");
}

export function importPage(unit: UnitRow, when: When, last: readonly ImportRow[], problem: string | undefined, { t, f }: Voice): ImportPage {
  const words = t.indicators.imports;
  const query = new URLSearchParams({ unit: unit.id, year: when.year.id }).toString();
  return {
    head: { title: words.title, lead: words.lead(unit.name), actions: [{ href: `/scoreboard/imports/template.xlsx?${query}&month=${when.month}`, label: words.template, icon: "download" }] },
    problem: problem === undefined ? [] : [{ field: "file", label: words.file, message: problem }],
    action: `/scoreboard/imports?${query}`,
    fields: [
      { name: "month", label: words.month, kind: "select", value: when.month, options: when.months.map((one) => ({ value: one, label: t.indicators.month_option(one) })) },
      { name: "file", label: words.file, kind: "file", required: true, hint: words.file_hint, error: problem, attributes: { accept: ".xlsx,.csv" } },
    ],
    last: last.map((one) => ({
      title: one.file_name,
      badges: [{ label: words.states[one.state], tone: one.state === "done" ? "good" : one.state === "preview" ? "info" : "neutral" }],
      detail: words.last_detail(t.indicators.month(one.month), f.number(one.cells.length), f.stamp(one.undone_at ?? one.done_at ?? one.created_at)),
      href: one.state === "preview" ? `/scoreboard/imports/${one.id}` : undefined,
      undo: one.state === "done" ? { action: `/scoreboard/imports/${one.id}/undoing`, label: words.undo, icon: "undo-2", kind: "quiet", confirm: words.undo_confirm(one.file_name) } : undefined,
    })),
  };
}

const SHOWN_MAX = 200;

export function previewPage(found: ImportRow, known: { schools: readonly UnitRow[]; figures: readonly IndicatorLines[] }, voice: Voice): ImportPreviewPage {
  const { t, f, lang } = voice;
  const words = t.indicators.imports;
  const schools = new Map(known.schools.map((school) => [school.id, school.name]));
  const { school, indicator, before, after } = words.change_columns;
  const changes = found.cells.slice(0, SHOWN_MAX).flatMap((cell): CellView[][] => {
    const row = known.figures.find(({ indicator: of }) => of.code === cell.code);
    if (row === undefined) return [];
    const { indicator: one } = row;
    const standing = standingTold(row, cell.school_id);
    return [[{ text: schools.get(cell.school_id) ?? "" }, { text: `${one.code} ${nameOf(one, lang)}` }, { text: figureText(one, standing, voice) }, { text: figureText(one, cell, voice) }]];
  });
  const { cell, text, problem } = words.problem_columns;
  const path = `/scoreboard/imports/${found.id}`;
  const n = found.cells.length;
  return {
    head: { title: words.preview(found.file_name), lead: words.preview_lead(t.indicators.month(found.month)) },
    stats: [
      { label: words.stats.cells, value: f.number(n) },
      { label: words.stats.schools, value: f.number(new Set(found.cells.map((one) => one.school_id)).size) },
      { label: words.stats.problems, value: f.number(found.problems.length) },
    ],
    problems: found.problems.length === 0 ? undefined : {
      caption: words.problems,
      columns: [{ label: cell }, { label: text }, { label: problem }],
      rows: found.problems.slice(0, SHOWN_MAX).map((one) => [{ text: words.cell(one.row, one.column) }, { text: one.text || "–" }, { text: words.problem[one.problem] ?? one.problem }]),
    },
    changes: changes.length === 0 ? undefined : { caption: words.changes, columns: [{ label: school }, { label: indicator }, { label: before }, { label: after }], rows: changes },
    more: n > SHOWN_MAX ? words.more(f.number(n - SHOWN_MAX)) : "",
    save: n === 0 ? undefined : { action: `${path}/completion`, label: words.save(f.number(n)), icon: "save", kind: "primary" },
    discard: { action: `${path}/removal`, label: words.discard, icon: "trash-2", kind: "quiet" },
    empty: n === 0 ? { icon: "file-spreadsheet", title: words.nothing, text: words.nothing_text } : undefined,
  };
}

/** What stands of one school, as far as the office is told of it. */
function standingTold({ lines, told }: IndicatorLines, schoolId: string): Figure | undefined {
  const line = lines.find((one) => one.id === schoolId);
  return line === undefined || told.hides(line) ? undefined : line.figure;
}

/** The form to fill in: a row a school, a column (for ratios two) an indicator, with what stands today and is told to the office: an empty cell changes nothing. */
export function templateRows(schools: readonly UnitRow[], figures: readonly IndicatorLines[], { t, lang }: Voice): (string | number)[][] {
  const words = t.indicators.imports;
  const heads = figures.flatMap(({ indicator: one }) => (one.measure === "ratio" ? [words.cell_part(one.code), words.cell_whole(one.code)] : [`${one.code} ${nameOf(one, lang)}`]));
  const rows = schools.map((school) => {
    const cells = figures.flatMap((row): (string | number)[] => {
      const { indicator: one } = row;
      const value = standingTold(row, school.id);
      if (one.measure === "ratio") return value ? [value.part, value.whole] : ["", ""];
      if (value === undefined) return [""];
      return one.measure === "count" ? [value.part] : [value.part >= value.whole ? t.indicators.yes : t.indicators.no];
    });
    return [school.code, school.name, ...cells];
  });
  return [[words.columns.code, words.columns.name, ...heads], ...rows];
}
