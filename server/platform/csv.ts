export type CsvCell = string | number;
/** What tells a spreadsheet that a file is UTF-8: it stands first. */
export const CSV_MARK = "\uFEFF";

/**
 * A table as a file that spreadsheets open: UTF-8 with its mark, every text quoted.
 *
 * @param numbers whether numbers stand in quotes like texts, or bare
 */
export function csvText(rows: readonly (readonly CsvCell[])[], numbers: "quoted" | "bare" = "quoted"): string {
  return CSV_MARK + rows.map((cells) => csvLine(cells, numbers)).join("");
}

/** One line of it with its end, for a table that is sent line by line. */
export function csvLine(cells: readonly CsvCell[], numbers: "quoted" | "bare"): string {
  const cell = (value: CsvCell): string => (typeof value === "string" ? quoted(value) : numbers === "bare" ? String(value) : `"${value}"`);
  return `${cells.map(cell).join(",")}\r\n`;
}

/** Quoted, and never a formula: a text that begins with = + - @ would be run by a spreadsheet (CWE-1236). */
function quoted(text: string): string {
  const safe = /^\s*[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return `"${safe.replaceAll('"', '""')}"`;
}
