import readXlsxFile from "read-excel-file/node";
import { parse } from "node-html-parser";
import { clean, cover, GRID_COLS_MAX, GRID_ROWS_MAX, type Cell, type Grid, type PlanFile } from "./grid.ts";
import { fileRefusal, readParts } from "../../platform/office-zip.ts";

const SHEETS_MAX = 40;

/**
 * Reads the sheets of an .xlsx: values from the cells, merged places from the sheets' XML.
 *
 * @throws Refusal `file_broken` where the workbook inside cannot be read
 */
export async function readExcel(bytes: Buffer, name: string): Promise<PlanFile> {
  const sheets = await valuesOf(bytes);
  const merges = await mergesOf(bytes);
  const grids = sheets.slice(0, SHEETS_MAX).map(({ sheet, data }, i): Grid => {
    const rows = data.slice(0, GRID_ROWS_MAX).map((cells, r) => cells.slice(0, GRID_COLS_MAX).map((value, c) => cellOf(value, r, c)));
    const width = Math.max(0, ...rows.map((row) => row.length));
    for (const row of rows) while (row.length < width) row.push(undefined);
    for (const merge of merges.get(sheet) ?? []) coverMerge(rows, merge);
    return { table: i + 1, name: clean(sheet), headings: [], rows };
  });
  return { kind: "excel", name, grids };
}

async function valuesOf(bytes: Buffer): Promise<{ sheet: string; data: unknown[][] }[]> {
  try {
    return await readXlsxFile(bytes, { trim: false });
  } catch (cause) {
    throw Object.assign(fileRefusal("file_broken"), { cause });
  }
}

function cellOf(value: unknown, row: number, col: number): Cell | undefined {
  const at = { row, col, rowSpan: 1, colSpan: 1 };
  if (value instanceof Date) return { text: typedBefore(value), ...at, wasDate: true };
  const text = typeof value === "string" ? clean(value) : typeof value === "number" || typeof value === "boolean" ? String(value) : "";
  return text === "" ? undefined : { text, ...at };
}

/** "1-2" typed into a Vietnamese Excel becomes 1 February: the day and the month say what was typed. */
function typedBefore(date: Date): string {
  return `${date.getUTCDate()}-${date.getUTCMonth() + 1}`;
}

interface Merge {
  top: number;
  left: number;
  bottom: number;
  right: number;
}

/** The merged places of each sheet, by the sheet's name. */
async function mergesOf(bytes: Buffer): Promise<Map<string, Merge[]>> {
  const parts = await readParts(bytes, (part) => /^xl\/(workbook\.xml|_rels\/workbook\.xml\.rels|worksheets\/[^/]+\.xml)$/.test(part));
  const targets = new Map<string, string>();
  for (const relation of parse(parts.get("xl/_rels/workbook.xml.rels") ?? "", { lowerCaseTagName: true }).querySelectorAll("relationship")) {
    const target = (relation.getAttribute("Target") ?? "").replace(/^\/?(xl\/)?/, "xl/");
    targets.set(relation.getAttribute("Id") ?? "", target);
  }
  const merges = new Map<string, Merge[]>();
  for (const sheet of parse(parts.get("xl/workbook.xml") ?? "").querySelectorAll("sheet")) {
    const xml = parts.get(targets.get(sheet.getAttribute("r:id") ?? "") ?? "") ?? "";
    merges.set(sheet.getAttribute("name") ?? "", mergesIn(xml));
  }
  return merges;
}

function mergesIn(xml: string): Merge[] {
  return [...xml.matchAll(/<mergeCell\s[^>]*ref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"/g)].map((found) => ({
    left: columnNumber(found[1] ?? "A"),
    top: Number(found[2]) - 1,
    right: columnNumber(found[3] ?? "A"),
    bottom: Number(found[4]) - 1,
  }));
}

function columnNumber(letters: string): number {
  return [...letters].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0) - 1;
}

function coverMerge(rows: (Cell | undefined)[][], merge: Merge): void {
  const origin = rows[merge.top]?.[merge.left];
  if (origin === undefined) return;
  const rowSpan = Math.min(merge.bottom, GRID_ROWS_MAX) - merge.top + 1;
  const colSpan = Math.min(merge.right, GRID_COLS_MAX) - merge.left + 1;
  cover(rows, { ...origin, rowSpan, colSpan });
}
