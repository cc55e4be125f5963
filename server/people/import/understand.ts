import { fold } from "../../platform/text.ts";
import { classKey } from "../rules/names.ts";
import { headerKey, layoutOf, meaningOf, type Field, type Layout, type Meaning, type Sensitive } from "./columns.ts";
import type { Sheet } from "./read.ts";

/** A column that was kept, with what it is taken as; a person may choose otherwise. */
export interface Column {
  key: string;
  header: string;
  field: Field | null;
  /** The first texts of the column, so that a person can tell what it holds. */
  samples: string[];
}

/** One line of the file that holds a person. */
export interface RosterLine {
  sheet: string;
  /** The row's number as Excel shows it. */
  at: number;
  /** The class named on a line above the list, where there is no column for it. */
  above: string;
  cells: Record<string, string>;
}

/** A private column that is kept because the school switched a purpose on. */
export interface KeptColumn {
  key: string;
  header: string;
  about: Sensitive;
}

/** Private cells stand under keys of their own: no column of the file can be taken for one, nor one for a column. */
const PRIVATE = "~ ";

export function detailsIn(cells: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(cells).filter(([key]) => key.startsWith(PRIVATE)));
}

/** What was found in a roster file, with nothing private in it but what a purpose of the school allows. */
export interface Understood {
  layout: Layout;
  columns: Column[];
  lines: RosterLine[];
  /** Columns left out because they concern private life. */
  leftOut: { header: string; about: Sensitive }[];
  kept: KeptColumn[];
  /** Sheets without a list of people: code lists, instructions. */
  ignoredSheets: string[];
}

const HEADER_WITHIN_ROWS = 12;
const SAMPLES = 3;

interface Head {
  columns: { at: number; key: string; joinNext: boolean }[];
}

/** Finds the lists of people in the sheets: headers anywhere in the first 12 rows, repeated for each class or not. */
export function understand(sheets: readonly Sheet[], keeps: ReadonlySet<Sensitive> = new Set()): Understood | undefined {
  const found: Understood = { layout: "pupils", columns: [], lines: [], leftOut: [], kept: [], ignoredSheets: [] };
  const lists = sheets.filter((sheet) => firstHeader(sheet) !== undefined);
  if (lists.length === 0) return undefined;
  found.layout = lists.some((sheet) => layoutOf(sheet.rows[firstHeader(sheet) ?? 0] ?? []) === "teachers") ? "teachers" : "pupils";
  found.ignoredSheets = sheets.filter((sheet) => !lists.includes(sheet)).map((sheet) => sheet.name);
  for (const sheet of lists) readSheet(sheet, found, found.layout === "pupils" ? keeps : new Set());
  return found;
}

function firstHeader(sheet: Sheet): number | undefined {
  const at = sheet.rows.slice(0, HEADER_WITHIN_ROWS).findIndex(isHeader);
  return at < 0 ? undefined : at;
}

/** A header names a person's name and at least one thing more. */
function isHeader(row: readonly string[]): boolean {
  const meanings = row.filter((cell) => cell !== "").map((cell) => meaningOf(cell, "teachers"));
  const fields = new Set(meanings.flatMap((meaning) => (meaning.kind === "field" ? [meaning.field] : [])));
  const named = fields.has("name") || (fields.has("family_name") && fields.has("given_name"));
  const numbered = row.some((cell) => ["stt", "tt", "so tt"].includes(headerKey(cell)));
  return named && (fields.size >= 2 || numbered);
}

function readSheet(sheet: Sheet, found: Understood, keeps: ReadonlySet<Sensitive>): void {
  let head: Head | undefined;
  let above = "";
  let over = false; // a sum or a signature ended the list; only a new header begins another
  sheet.rows.forEach((row, i) => {
    if (isHeader(row)) {
      head = readHead(row, sheet.rows[i + 1] ?? [], found, keeps);
      above = classAbove(sheet.rows, i) || above;
      over = false;
      return;
    }
    if (head === undefined || over || row.every((cell) => cell === "")) return;
    const only = soleText(row);
    if (only !== undefined && classIn(only) !== "") {
      above = classIn(only);
      return;
    }
    if (isEnd(row)) {
      over = true;
      return;
    }
    const cells = cellsOf(row, head);
    if (holdsPerson(cells, found)) found.lines.push({ sheet: sheet.name, at: i + 1, above, cells });
  });
}

/** Adds the header's columns to what is known; a column has one key however often its header is repeated. */
function readHead(row: readonly string[], next: readonly string[], found: Understood, keeps: ReadonlySet<Sensitive>): Head {
  const head: Head = { columns: [] };
  const seen = new Map<string, number>();
  row.forEach((header, at) => {
    if (header === "") return;
    const base = headerKey(header);
    const count = (seen.get(base) ?? 0) + 1;
    seen.set(base, count);
    const key = count === 1 ? base : `${base} ${count}`;
    const meaning: Meaning = meaningOf(header, found.layout);
    if (meaning.kind === "known") return;
    if (meaning.kind === "sensitive" && keeps.has(meaning.about)) {
      const name = header.replace(/\s+/g, " ") + (count === 1 ? "" : ` ${count}`);
      if (!found.kept.some((column) => column.key === PRIVATE + key)) found.kept.push({ key: PRIVATE + key, header: name, about: meaning.about });
      head.columns.push({ at, key: PRIVATE + key, joinNext: false });
      return;
    }
    if (meaning.kind === "sensitive") {
      if (!found.leftOut.some((left) => left.header === header)) found.leftOut.push({ header, about: meaning.about });
      return;
    }
    const field = meaning.kind === "field" && !found.columns.some((column) => column.field === meaning.field && column.key !== key) ? meaning.field : null;
    if (!found.columns.some((column) => column.key === key)) found.columns.push({ key, header, field, samples: [] });
    // "Họ và tên" merged over two cells: the given name stands in the one without a header.
    const joinNext = field === "name" && (row[at + 1] ?? "") === "" && at + 1 < row.length && /\p{L}/u.test(next[at + 1] ?? "");
    head.columns.push({ at, key, joinNext });
  });
  return head;
}

function cellsOf(row: readonly string[], head: Head): Record<string, string> {
  const cells: Record<string, string> = {};
  for (const { at, key, joinNext } of head.columns) {
    const text = joinNext ? `${row[at] ?? ""} ${row[at + 1] ?? ""}`.trim() : (row[at] ?? "");
    if (text !== "") cells[key] = text;
  }
  return cells;
}

/** A line that holds a name, or a code or date whose name is missing. */
function holdsPerson(cells: Record<string, string>, found: Understood): boolean {
  for (const column of found.columns) {
    const text = cells[column.key];
    if (text !== undefined && column.samples.length < SAMPLES && !column.samples.includes(text)) column.samples.push(text);
  }
  const filled = found.columns.filter((column) => column.field !== null && cells[column.key] !== undefined).map((column) => column.field);
  return filled.some((field) => field !== "class_name" && field !== "sex" && field !== "status");
}

const LOOK_ABOVE = 4;

function classAbove(rows: readonly string[][], header: number): string {
  for (let i = header - 1; i >= Math.max(0, header - LOOK_ABOVE); i -= 1) {
    const name = classIn((rows[i] ?? []).filter((cell) => cell !== "").join(" "));
    if (name !== "") return name;
  }
  return "";
}

/** The class that a line names: `DANH SÁCH HỌC SINH LỚP 6A`, `Lớp: 10A1 - GVCN: …`. */
function classIn(text: string): string {
  const named = /(?:^|\s)lop\s*:?\s*(\d{1,2}\s?[./-]?\s?[a-z]?\d{0,2})(?![a-z0-9])/.exec(fold(text));
  return named ? classKey(named[1] ?? "") : "";
}

function soleText(row: readonly string[]): string | undefined {
  const filled = row.filter((cell) => cell !== "");
  return filled.length === 1 ? filled[0] : undefined;
}

const ENDS = /^(tong|cong|tong so|tong cong|danh sach (nay )?(co|gom)|an dinh danh sach|nguoi lap|hieu truong|thu truong|giao vien chu nhiem|gvcn|xac nhan)\b|ngay\s+[\d.…]*\s*thang\s+[\d.…]*\s*nam/;

/** Sums and signatures below a list. */
function isEnd(row: readonly string[]): boolean {
  return row.some((cell) => cell !== "" && ENDS.test(fold(cell)));
}
