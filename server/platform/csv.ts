/** A table as a file that spreadsheets open: UTF-8 with its mark, every cell quoted. */
export function csvText(rows: readonly (readonly (string | number)[])[]): string {
  return `\uFEFF${rows.map((cells) => cells.map(quoted).join(",")).join("\r\n")}\r\n`;
}

/** Quoted, and never a formula: a text that begins with = + - @ would be run by a spreadsheet. */
function quoted(cell: string | number): string {
  const text = String(cell);
  const safe = typeof cell === "string" && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return `"${safe.replace(/"/g, '""')}"`;
}
