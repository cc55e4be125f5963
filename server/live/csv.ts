/**
 * A table as CSV that Excel opens as it is: UTF-8 with its mark, every cell quoted. A cell that a spreadsheet would run as
 * a formula (=, +, -, @, tab, carriage return first) gets an apostrophe before it (CWE-1236).
 */
export function toCsv(rows: readonly (readonly (string | number)[])[]): string {
  return `\uFEFF${rows.map((row) => row.map(cell).join(",")).join("\r\n")}\r\n`;
}

function cell(value: string | number): string {
  if (typeof value === "number") return String(value);
  const safe = /^\s*[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return `"${safe.replaceAll('"', '""')}"`;
}
