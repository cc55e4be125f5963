/**
 * A table as a file that spreadsheets open: UTF-8 with its mark, every text quoted.
 *
 * @param numbers whether numbers stand in quotes like texts, or bare
 */
export function csvText(rows: readonly (readonly (string | number)[])[], numbers: "quoted" | "bare" = "quoted"): string {
  const cell = (value: string | number): string => (typeof value === "string" ? quoted(value) : numbers === "bare" ? String(value) : `"${value}"`);
  return `\uFEFF${rows.map((cells) => cells.map(cell).join(",")).join("\r\n")}\r\n`;
}

/** Quoted, and never a formula: a text that begins with = + - @ would be run by a spreadsheet (CWE-1236). */
function quoted(text: string): string {
  const safe = /^\s*[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return `"${safe.replaceAll('"', '""')}"`;
}
