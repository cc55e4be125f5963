import type { Kind, Mode } from "../rules.ts";
import type { TableRole } from "./headers.ts";

/** Numbers and short texts of a doubt; its words stand in messages.ts. */
export type DoubtParams = Record<string, string | number>;

/**
 * What the reader was not sure of, or where the file contradicts itself. Nothing is put right silently: the row keeps
 * what the file says and the person decides.
 */
export interface Doubt {
  code: DoubtCode;
  params: DoubtParams;
  field?: "title" | "periods" | "week" | "planned_mode" | "chapter";
}

export const DOUBTS = [
  "no_periods", // no count and no numbers in the row
  "periods_unclear", // the cell holds something else: {text}
  "periods_from_title", // counted by "(3 tiết)" in the title: {periods}
  "periods_from_minutes", // counted by a test's length: {minutes, periods}
  "periods_shared", // one cell counts for several rows: {periods, rows}
  "period_count_disagrees", // {periods, numbered}
  "numbering_gap", // {expected, found}
  "numbering_overlap", // {expected, found}
  "week_unclear", // {text}
  "week_out_of_range", // {week}
  "weeks_backwards", // {week, before}
  "weeks_carried", // a table's blank weeks were taken from above: {rows}
  "read_from_date", // Excel had made a date of what was typed: {text}
  "blended_mark", // [KẾT HỢP]: online only in part
  "several_lessons", // one cell names several lessons: {lessons}
  "maybe_chapter", // reads like a chapter whose sum does not fit: {periods, sum}
  "chapter_total_disagrees", // {chapter, file, sum}
  "total_disagrees", // {scope, file, sum}
  "unknown_row", // {text}
  "title_cut", // longer than a title may be: {max}
  "table_continued", // a table without a header was read as the one before it goes on: {table}
  "duplicate_row", // the same title stands twice in a row: {row}
  "too_many_rows", // {max}
] as const;
export type DoubtCode = (typeof DOUBTS)[number];

/** Where a row stands in the file, counted from 1 as a person counts. */
export interface SourcePlace {
  table: number;
  row: number;
}

/** A row as it was understood. */
export interface DraftRow {
  key: string;
  place: SourcePlace;
  include: boolean;
  chapter: string;
  title: string;
  periods: number | null;
  /** The running numbers that the file gives. */
  numbers: number[];
  kind: Kind;
  week_from: number | null;
  week_to: number | null;
  term: number | null;
  digital_content: boolean;
  ai_content: boolean;
  planned_mode: Mode;
  notes: string;
  doubts: Doubt[];
}

/** A sum that the file states. */
export interface Declared {
  scope: "year" | "term1" | "term2" | "chapter";
  chapter: string;
  periods: number;
  place: SourcePlace;
}

/** One list of rows for one subject and grade. */
export interface Section {
  role: TableRole;
  /** The sheet, or empty. */
  name: string;
  table: number;
  subjectCode: string | null;
  grade: number | null;
  rows: DraftRow[];
  declared: Declared[];
  doubts: Doubt[];
}

export interface Understood {
  sections: Section[];
  /** Tables that are no plan: letterheads, equipment, signatures. */
  skipped: { table: number; name: string }[];
}

