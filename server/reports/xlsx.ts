import writeXlsxFile from "write-excel-file/node";
import { official } from "../documents/official/messages.ts";
import { placeAndDay, type OfficialDocument } from "../documents/official/model.ts";

const words = official.vi;

/** The tables of a report as a workbook, with the head and the signature of Decree 30. */
export function reportXlsx(document: OfficialDocument): Promise<Buffer> {
  const cell = (value: string, bold = false) => ({ value, type: String, wrap: true, ...(bold ? { fontWeight: "bold" as const } : {}) });
  const tables = document.blocks.filter((block) => block.kind === "table");
  const widest = Math.max(2, ...tables.map((table) => table.columns.length));
  const right = (left: string, text: string, bold = false) => [cell(left, bold), ...Array.from({ length: Math.max(0, widest - 5) }, () => cell("")), cell(text, bold)];
  const rows = [
    right(document.parent, words.nation, true),
    right(document.issuer, words.motto, true),
    right(words.number(document.number), placeAndDay(document.place, document.on)),
    [cell("")],
    [cell(document.kind, true)],
    [cell(document.title, true)],
    ...tables.flatMap((table) => [[cell("")], [cell(table.caption, true)], table.columns.map((column) => cell(column.label, true)), ...table.rows.map((row) => row.map((text) => cell(text)))]),
    [cell("")],
    right(words.recipients, document.signatory_title.toLocaleUpperCase("vi"), true),
    ...[...document.recipients, words.archive].map((line) => [cell(`- ${line}`)]),
    right("", document.signatory, true),
  ];
  return writeXlsxFile(rows, { columns: Array.from({ length: widest }, (_, i) => ({ width: i === 1 || (i === 0 && widest < 9) ? 34 : 16 })), sheet: document.kind }).toBuffer();
}
