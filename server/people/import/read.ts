import readXlsxFile from "read-excel-file/node";

/** One sheet as rows of texts: what a person sees in the cells, dates as ISO days. */
export interface Sheet {
  name: string;
  rows: string[][];
}

/** Why a roster file cannot be read; keys of `words.people.file_problems`. */
export type FileProblem = "empty" | "broken" | "utf16" | "not_utf8" | "too_many_rows";

export class UnreadableRoster extends Error {
  readonly problem: FileProblem;
  constructor(problem: FileProblem, options?: ErrorOptions) {
    super(problem, options);
    this.problem = problem;
  }
}

const SHEETS_MAX = 60; // the sector database's own template has a sheet of data and 16 of codes
const ROWS_MAX = 20_000;
const COLUMNS_MAX = 120;
const CELL_LENGTH_MAX = 300;

/** Reads the sheets of an .xlsx, or the one table of a .csv. @throws UnreadableRoster */
export async function readRoster(bytes: Buffer, kind: "xlsx" | "csv"): Promise<Sheet[]> {
  if (bytes.length === 0) throw new UnreadableRoster("empty");
  const sheets = kind === "xlsx" ? await readWorkbook(bytes) : [{ name: "CSV", rows: readCsv(decode(bytes)) }];
  if (sheets.some((sheet) => sheet.rows.length > ROWS_MAX)) throw new UnreadableRoster("too_many_rows");
  if (sheets.every((sheet) => sheet.rows.every((row) => row.every((cell) => cell === "")))) throw new UnreadableRoster("empty");
  return sheets;
}

async function readWorkbook(bytes: Buffer): Promise<Sheet[]> {
  try {
    const sheets = await readXlsxFile(bytes, { trim: false });
    return sheets.slice(0, SHEETS_MAX).map(({ sheet, data }) => ({
      name: clean(sheet),
      rows: data.map((cells) => cells.slice(0, COLUMNS_MAX).map(textOf)),
    }));
  } catch (cause) {
    throw new UnreadableRoster("broken", { cause });
  }
}

function textOf(value: unknown): string {
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? "" : value.toISOString().slice(0, 10);
  if (typeof value === "number") return Number.isInteger(value) ? value.toFixed(0) : String(value);
  return typeof value === "string" ? clean(value) : typeof value === "boolean" ? String(value) : "";
}

/** Composed letters (files mix NFC and NFD), single spaces, no line breaks, an apostrophe that only says "text" dropped. */
function clean(text: string): string {
  return text
    .normalize("NFC")
    .replace(/[\u200b-\u200f\ufeff]/g, "")
    .replace(/\s+/g, " ")
    .trim()
    .replace(/^'(?=\d)/, "")
    .slice(0, CELL_LENGTH_MAX);
}

/** UTF-8 with or without its mark. Anything else is refused by name: a wrong guess spoils every name in the list. */
function decode(bytes: Buffer): string {
  const [first, second] = bytes;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff) || bytes.subarray(0, 200).includes(0)) throw new UnreadableRoster("utf16");
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new UnreadableRoster("not_utf8", { cause });
  }
}

/** Comma, semicolon (Vietnamese Excel) or tab; quotes with doubled quotes and line breaks inside. */
export function readCsv(text: string): string[][] {
  const declared = /^sep=(.)\r?\n/.exec(text);
  const body = declared ? text.slice(declared[0].length) : text;
  const separator = declared?.[1] ?? likelySeparator(body);
  const rows: string[][] = [];
  let row: string[] = [];
  let cell = "";
  let quoted = false;
  const endCell = (): void => {
    if (row.length < COLUMNS_MAX) row.push(clean(cell));
    cell = "";
  };
  for (let i = 0; i < body.length; i += 1) {
    const letter = body.charAt(i);
    if (quoted) {
      if (letter !== '"') cell += letter;
      else if (body.charAt(i + 1) === '"') {
        cell += '"';
        i += 1;
      } else quoted = false;
    } else if (letter === '"' && cell === "") quoted = true;
    else if (letter === separator) endCell();
    else if (letter === "\n") {
      endCell();
      rows.push(row);
      row = [];
    } else if (letter !== "\r") cell += letter;
  }
  endCell();
  if (row.some((value) => value !== "")) rows.push(row);
  return rows;
}

function likelySeparator(text: string): string {
  const start = text.slice(0, 5000);
  const counts = [";", ",", "\t"].map((separator) => ({ separator, count: start.split(separator).length }));
  return counts.reduce((best, next) => (next.count > best.count ? next : best)).separator;
}
