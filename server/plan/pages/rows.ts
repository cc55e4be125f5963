import { sayText } from "../../platform/messages.ts";
import type { FieldError, Typed } from "../../platform/web/form.ts";
import type { Formats, Lang } from "../../platform/i18n.ts";
import type { ErrorSummaryView, OptionView } from "../../shell/partials.ts";
import { fingerprint, type MergedRow } from "../rules/changes.ts";
import { KINDS, MODES, numberPeriods, type PlanRow } from "../rules.ts";

export interface Speech {
  t: Words;
  f: Formats;
  lang: Lang;
}

/** One row of the form in which plans are edited and imports corrected. */
export interface RowView {
  key: string;
  /** Fingerprint of the row when the form was made; empty in the preview. */
  was: string;
  order: number;
  numbers: string;
  title: string;
  chapter: string;
  periods: string;
  week: string;
  notes: string;
  term: OptionView[];
  kind: OptionView[];
  mode: OptionView[];
  digital: boolean;
  ai: boolean;
  /** Of the preview: whether the row is taken; undefined in the editor. */
  include: boolean | undefined;
  /** Where it stands in the file. */
  place: string;
  /** What a person should look at. */
  remarks: string[];
  errors: Record<string, string>;
  state: "bad" | "warn" | undefined;
  /** Buttons of the editor. */
  acts: boolean;
}

declare global {
  interface Views {
    "plan/row": RowView;
  }
}

/** The texts of a row's fields, as they stand saved or as they were typed. */
interface Fields {
  title: string;
  chapter: string;
  periods: string;
  week: string;
  notes: string;
  term: string;
  kind: string;
  mode: string;
  digital: boolean;
  ai: boolean;
}

export function fieldsOf(row: Omit<PlanRow, "id" | "periods"> & { periods: number | null }): Fields {
  return {
    title: row.title,
    chapter: row.chapter,
    periods: row.periods === null ? "" : String(row.periods),
    week: weekText(row),
    notes: row.notes,
    term: row.term === null ? "" : String(row.term),
    kind: row.kind,
    mode: row.planned_mode,
    digital: row.digital_content,
    ai: row.ai_content,
  };
}

/** "3", "3-5", or nothing. */
export function weekText(row: { week_from: number | null; week_to: number | null }): string {
  if (row.week_from === null) return "";
  return row.week_to === null || row.week_to === row.week_from ? String(row.week_from) : `${row.week_from}-${row.week_to}`;
}

function typedFields(typed: Typed, key: string): Fields {
  const text = (name: string): string => [typed[`${name}.${key}`] ?? ""].flat()[0] ?? "";
  return {
    ...{ title: text("title"), chapter: text("chapter"), periods: text("periods"), week: text("week"), notes: text("notes") },
    ...{ term: text("term"), kind: text("kind"), mode: text("mode"), digital: text("digital") === "yes", ai: text("ai") === "yes" },
  };
}

export interface Extra {
  was?: string;
  include?: boolean | undefined;
  place?: string;
  remarks?: string[];
  state?: RowView["state"];
  acts?: boolean;
}

function rowView(say: Speech, key: string, order: number, fields: Fields, extra: Extra): RowView {
  const words = say.t.plan;
  const options = (values: readonly string[], label: (value: string) => string, chosen: string): OptionView[] =>
    values.map((value) => ({ value, label: label(value), selected: value === chosen }));
  return {
    key,
    order,
    was: extra.was ?? "",
    numbers: "",
    title: fields.title,
    chapter: fields.chapter,
    periods: fields.periods,
    week: fields.week,
    notes: fields.notes,
    term: options(["", "1", "2"], (value) => words.term_names[value] ?? "–", fields.term),
    kind: options(KINDS, (value) => (words.kinds as Record<string, string>)[value] ?? value, fields.kind),
    mode: options(MODES, (value) => (words.modes as Record<string, string>)[value] ?? value, fields.mode),
    digital: fields.digital,
    ai: fields.ai,
    include: extra.include,
    place: extra.place ?? "",
    remarks: extra.remarks ?? [],
    errors: {},
    state: extra.state,
    acts: extra.acts ?? false,
  };
}

/** Rows as they stand, with what a page adds to each. */
export function rowViews<Row extends Omit<PlanRow, "periods" | "id"> & { periods: number | null }>(
  say: Speech,
  rows: readonly Row[],
  keyOf: (row: Row) => string,
  extraOf: (row: Row) => Extra,
): RowView[] {
  return numbered(rows.map((row, i) => rowView(say, keyOf(row), i + 1, fieldsOf(row), extraOf(row))));
}

/** Rows as they were typed, with the words of each error at its field. */
export function typedViews(say: Speech, typed: Typed, errors: readonly FieldError[], extraOf: (key: string) => Extra): RowView[] {
  const keys = [...new Set([typed["row"] ?? []].flat())];
  const views = keys.map((key, i) => rowView(say, key, i + 1, typedFields(typed, key), extraOf(key)));
  for (const error of errors) {
    const [field = "", key = ""] = error.field.split(".");
    const view = views.find((own) => own.key === key);
    if (view === undefined) continue;
    view.errors[field] = sayText(say.t.platform.fields, error.code, error.params);
    view.state = "bad";
  }
  return numbered(views);
}

/** Rows of a form that somebody else overtook. */
export function mergedViews(say: Speech, merged: readonly MergedRow[]): RowView[] {
  const words = say.t.plan;
  const remarks = ({ state, theirs }: MergedRow): string[] => {
    if (state === "clash" && theirs) return [words.clash(theirs.title, String(theirs.periods), weekText(theirs))];
    return state === "theirs" || state === "added" || state === "removed" ? [words.row_states[state]] : [];
  };
  return numbered(
    merged.map((line, i) =>
      rowView(say, line.row.id, i + 1, fieldsOf(line.row), {
        was: fingerprint(line.theirs ?? line.row),
        remarks: remarks(line),
        state: line.state === "clash" ? "bad" : remarks(line).length > 0 ? "warn" : undefined,
        acts: true,
      }),
    ),
  );
}

/** Running period numbers of the rows that are taken. */
function numbered(views: RowView[]): RowView[] {
  const counted = views.map((view) => ({ periods: view.include === false ? 0 : Number(view.periods) || 0 }));
  numberPeriods(counted).forEach((run, i) => {
    const view = views[i];
    if (view && run) view.numbers = run.first === run.last ? String(run.first) : `${run.first}–${run.last}`;
  });
  return views;
}

/** The list of errors above the form: each leads to its field. */
export function errorList(say: Speech, rows: readonly RowView[]): ErrorSummaryView["errors"] {
  const words = say.t.plan;
  return rows.flatMap((row) =>
    Object.entries(row.errors).map(([field, message]) => ({
      field: `${field}.${row.key}`,
      label: words.field_of((words.columns as Record<string, string>)[field] ?? words.columns.title, row.order),
      message,
    })),
  );
}
