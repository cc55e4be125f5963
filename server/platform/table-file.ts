import writeXlsxFile from "write-excel-file/node";
import { csvText } from "./csv.ts";

/** A table as a file holds it: the words of its columns, then rows of texts and whole or decimal numbers. */
export interface FileTable {
  /** The name of its sheet, and the line above it where several tables share one file. */
  name: string;
  head: readonly string[];
  rows: readonly (readonly (string | number | null)[])[];
  /** So many columns stay in sight in a workbook. */
  stickyColumns?: number;
}

export const TABLE_FORMATS = ["csv", "xlsx"] as const;
export type TableFormat = (typeof TABLE_FORMATS)[number];

/** One CSV file of all tables. Several stand below each other, each under its name, with an empty line between. */
export function csvOfTables(tables: readonly FileTable[]): string {
  const rows = tables.flatMap((table, at) => [...(at === 0 ? [] : [[]]), ...(tables.length > 1 ? [[table.name]] : []), [...table.head], ...table.rows.map((row) => row.map((cell) => cell ?? ""))]);
  return csvText(rows);
}

const SHEET_NAME_MAX = 31; // Excel refuses longer ones, and these signs
const WIDTHS = { least: 8, most: 60 };

/** One workbook, a sheet for each table: numbers stay numbers, texts are never formulas, the head stays in sight. */
export async function xlsxOfTables(tables: readonly FileTable[]): Promise<Buffer> {
  const used = new Set<string>();
  return writeXlsxFile(
    tables.map((table) => ({
      data: [table.head.map((value) => ({ value, type: String, fontWeight: "bold" as const, wrap: true })), ...table.rows.map((row) => row.map(cellOf))],
      columns: table.head.map((label, at) => ({ width: widthOf([label.slice(0, 24), ...table.rows.slice(0, 200).map((row) => String(row[at] ?? ""))]) })),
      sheet: sheetName(table.name, used),
      stickyRowsCount: 1,
      ...(table.stickyColumns === undefined ? {} : { stickyColumnsCount: table.stickyColumns }),
    })),
  ).toBuffer();
}

function cellOf(value: string | number | null) {
  if (value === null || value === "") return null;
  return typeof value === "number" ? { value, type: Number } : { value, type: String };
}

function widthOf(texts: readonly string[]): number {
  return Math.min(WIDTHS.most, Math.max(WIDTHS.least, ...texts.map((text) => text.length + 2)));
}

function sheetName(name: string, used: Set<string>): string {
  const safe = name.replace(/[\\/?*[\]:]/g, " ").slice(0, SHEET_NAME_MAX - 3);
  const unique = used.has(safe) ? `${safe} ${used.size + 1}` : safe;
  used.add(unique);
  return unique;
}
