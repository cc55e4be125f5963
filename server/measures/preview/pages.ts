import type { Formats } from "../../platform/i18n.ts";
import type { FileTable } from "../../platform/table-file.ts";
import { addHundredths, numberOf, PERIOD, type Hundredths } from "../../platform/units.ts";
import { LEVELS, rulesFor, THRESHOLDS } from "../../ledger/rules.ts";
import type { Definition } from "../../ledger/store/definitions.ts";
import type { ActionView, CellView, PageHeadView, ProgressView, TableView } from "../../shell/partials.ts";
import type { FilesView } from "../outlook/pages.ts";
import type { Change } from "./rules.ts";
import type { PreviewRow } from "./store.ts";

export interface PreviewPage {
  head: PageHeadView;
  settings: TableView | undefined;
  stale: boolean;
  /** Where some schools could not be counted: which. */
  missed: string | undefined;
  progress: { bar: ProgressView; src: string } | undefined;
  levels: TableView | undefined;
  changed: TableView | undefined;
  cut: string | undefined;
  /** The proposal as the form that saves it; undefined while it is counted or where it changes nothing. */
  save: { action: string; fields: { name: string; value: string }[]; label: string } | undefined;
  back: ActionView;
  files: FilesView;
}

export interface TargetPreviewPage {
  head: PageHeadView;
  settings: TableView;
  /** Where the proposal is what is in force: that it is. */
  same: string | undefined;
  levels: TableView | undefined;
  changed: TableView | undefined;
  cut: string | undefined;
  empty: string;
  save: PreviewPage["save"];
  back: ActionView;
  files: FilesView;
}

/** A school with its name, for whoever may save what is proposed. */
export type NamedChange = Change & { school_id: string; name: string };

declare global {
  interface Views {
    "measures/target-preview": TargetPreviewPage;
    "measures/definition-preview": PreviewPage;
  }
}

/** Rule by rule what the proposal changes; undefined where it is the same. */
export function settingsTable({ proposal }: PreviewRow, now: Definition, t: Words, f: Formats): TableView | undefined {
  const words = t.preview.settings;
  const { settings, definition } = t.measures;
  const kinds = (of: readonly (keyof typeof definition.kind_names)[]): string => [...of].map((kind) => definition.kind_names[kind]).join(", ");
  const rules = [
    ...THRESHOLDS.map((name) => ({ what: settings[name], was: f.basisPoints(now.thresholds[name]), then: f.basisPoints(proposal.thresholds[name]) })),
    ...LEVELS.flatMap((level) => {
      const [was, then] = [rulesFor(now, level), rulesFor(proposal, level)];
      // A level that goes with all is said already.
      const own = THRESHOLDS.filter((name) => now.levels[level]?.[name] !== undefined || proposal.levels[level]?.[name] !== undefined);
      return own.map((name) => ({ what: t.ledger.period.of_levels(t.ledger.period.levels[level], settings[name]), was: f.basisPoints(was[name]), then: f.basisPoints(then[name]) }));
    }),
    { what: settings.partial_periods, was: settings.partial[now.partial_periods].label, then: settings.partial[proposal.partial_periods].label },
    { what: settings.lesson_kinds, was: kinds(now.lesson_kinds), then: kinds(proposal.lesson_kinds) },
    { what: settings.digitised_counter, was: settings.counters[now.digitised_counter], then: settings.counters[proposal.digitised_counter] },
  ];
  const rows = rules.filter((rule) => rule.was !== rule.then).map((rule) => [{ text: rule.what }, { text: rule.was }, { text: rule.then }]);
  if (rows.length === 0) return undefined;
  const dates = [{ text: words.valid_from }, { text: f.day(now.valid_from) }, { text: f.day(proposal.valid_from) }];
  return { caption: words.caption, columns: [{ label: words.columns.what }, { label: words.columns.was }, { label: words.columns.then }], rows: [...rows, dates] };
}

export function levelsTable(rows: readonly Change[], t: Words, f: Formats): TableView {
  const words = t.preview.levels;
  const levels = [...new Set(rows.map((row) => row.level))].sort();
  const lines = levels.map((level) => levelCells(level === null ? words.other : (t.access.levels[level] ?? level), rows.filter((row) => row.level === level), t, f));
  const { columns } = words;
  const number = true;
  return {
    caption: words.caption,
    columns: [{ label: columns.level }, { label: columns.schools, number }, { label: columns.online, number }, { label: columns.online_met, number }, { label: columns.digitised, number }, { label: columns.digitised_met, number }],
    rows: levels.length > 1 ? [...lines, levelCells(words.all, rows, t, f)] : lines,
  };
}

/** A school without a plan is among the schools and in no sum, as in the table of schools. */
function levelCells(name: string, rows: readonly Change[], t: Words, f: Formats): CellView[] {
  const planning = rows.filter((row) => row.subjects > 0);
  const none: CellView = { text: "–" };
  if (planning.length === 0) return [{ text: name }, { text: f.number(rows.length) }, { text: t.measures.table.state.no_plan }, none, none, none];
  const sum = (of: (row: Change) => number | boolean): string => f.number(planning.reduce((total, row) => total + Number(of(row)), 0));
  const change = (was: string, then: string): CellView => ({ text: was === then ? was : t.preview.change(was, then) });
  const of = (part: string, whole: string): string => t.preview.of(part, whole);
  const counted = (of: (row: Change) => Hundredths): string => f.periods(addHundredths(planning.map(of)));
  const planned = sum((row) => row.planned);
  return [
    { text: name },
    { text: f.number(rows.length) },
    change(of(counted((row) => row.was_counted), planned), of(counted((row) => row.then_counted), planned)),
    change(sum((row) => row.was_online_met), sum((row) => row.then_online_met)),
    change(of(sum((row) => row.was_covered), sum((row) => row.was_lessons)), of(sum((row) => row.then_covered), sum((row) => row.then_lessons))),
    change(sum((row) => row.was_digitised_met), sum((row) => row.then_digitised_met)),
  ];
}

export function changedTable(rows: readonly NamedChange[], t: Words, f: Formats): TableView {
  const words = t.preview;
  const { columns } = words.schools;
  const number = true;
  const both = (was: string, then: string): CellView => ({ text: was === then ? was : words.change(was, then) });
  const state = (met: boolean): string => (met ? words.states.yes : words.states.no);
  const of = (part: number, whole: number): string => words.of(f.number(part), f.number(whole));
  return {
    caption: words.schools.caption,
    columns: [{ label: columns.school }, { label: columns.online, number }, { label: columns.online_state }, { label: columns.digitised, number }, { label: columns.digitised_state }],
    rows: rows.map((row) => [
      { text: row.name, href: `/schools/${row.school_id}/measures` },
      both(words.of(f.periods(row.was_counted), f.number(row.planned)), words.of(f.periods(row.then_counted), f.number(row.planned))),
      both(state(row.was_online_met), state(row.then_online_met)),
      both(of(row.was_covered, row.was_lessons), of(row.then_covered, row.then_lessons)),
      both(state(row.was_digitised_met), state(row.then_digitised_met)),
    ]),
  };
}

export function previewFile(rows: readonly NamedChange[], t: Words): FileTable {
  return {
    name: t.preview.sheet,
    head: t.preview.file,
    rows: rows.map((row) => [row.name, row.level === null ? null : (t.access.levels[row.level] ?? row.level), numberOf(row.was_counted) / PERIOD, numberOf(row.then_counted) / PERIOD, row.planned, row.was_covered, row.was_lessons, row.then_covered, row.then_lessons, row.was_subjects_met, row.then_subjects_met, row.subjects]),
  };
}
