import { fold } from "../../platform/text.ts";
import { SESSIONS, type Place, type Session } from "../rules.ts";

/** One sheet as rows of texts; merged places hold their text in the first cell only. */
export interface Sheet {
  name: string;
  rows: string[][];
}

/** One filled cell of a timetable, with whose it is as the file says it. */
export interface ReadCell extends Place {
  sheet: string;
  /** As Excel names it: `C5`. */
  at: string;
  heading: string;
  text: string;
}

const CELLS_MAX = 12_000;
/** The longest subject with the whole names of several teachers fits. */
const TEXT_MAX = 120;
const NUMBER_MAX = 6;

/**
 * Reads the timetables of a file, in the two layouts that schools use: a column for each class, with days and periods
 * down; or for each class a table with a column for each day. Headers are found by what they say, wherever they stand.
 *
 * @param isClass whether a text names a class of the school
 * @param fileName names the class where a table stands alone
 */
export function readWeeks(sheets: readonly Sheet[], isClass: (text: string) => boolean, fileName = ""): ReadCell[] {
  return sheets.flatMap((sheet) => readSheet(sheet, isClass, fileName)).slice(0, CELLS_MAX).map((cell) => ({ ...cell, text: cell.text.slice(0, TEXT_MAX) }));
}

interface Header {
  r: number;
  kind: "days" | "classes";
}

/** So far above its table "Buổi chiều" may stand. */
const BLOCK_ROWS = 4;

function readSheet(sheet: Sheet, isClass: (text: string) => boolean, fileName: string): ReadCell[] {
  const headers = sheet.rows.flatMap((row, r): Header[] => {
    const days = row.filter((text) => dayOfText(text) !== undefined).length;
    const classes = row.filter((text) => isClass(text)).length;
    if (days >= 3) return [{ r, kind: "days" }];
    return classes >= 1 && (classes >= 2 || row.some((text) => isHead(text, "tiet"))) ? [{ r, kind: "classes" }] : [];
  });
  return headers.flatMap(({ r, kind }, i) => {
    const end = headers[i + 1]?.r ?? sheet.rows.length;
    const session = sessionOfText(sheet.name) ?? sheet.rows.slice(Math.max(headers[i - 1]?.r ?? 0, r - BLOCK_ROWS), r).flat().reduce<Session | undefined>((found, text) => (isBlock(text) ? sessionOfText(text) : found), undefined);
    return kind === "days" ? daysAcross(sheet, r, end, session, headingAbove(sheet, r, isClass, fileName)) : classesAcross(sheet, r, end, session, isClass);
  });
}

interface Columns {
  day?: number;
  number: number;
  session?: number;
}

/** A row that is a period: its day where days go down, and its place within it. */
interface PeriodRow {
  r: number;
  day: number | undefined;
  session: Session;
  number: number;
}

/**
 * The rows of a table that are periods. Day and session stand once above several rows; periods that begin again on the same
 * day are the next session's, and where nothing else is said the sixth to tenth are the afternoon's.
 *
 * @param base the session that the sheet or a line above the table names
 */
function periodRows(sheet: Sheet, from: number, to: number, columns: Columns, base: Session | undefined): PeriodRow[] {
  const found: PeriodRow[] = [];
  let day: number | undefined;
  let said = base;
  let session: Session = base ?? "morning";
  let last = 0;
  for (let r = from; r < to; r += 1) {
    const row = sheet.rows[r] ?? [];
    const block = sessionOfText(row.find((text) => isBlock(text)) ?? "");
    const named = block ?? sessionOfText(columns.session === undefined ? "" : (row[columns.session] ?? ""));
    const newDay = columns.day === undefined ? undefined : dayOfText(row[columns.day] ?? "", true);
    if (newDay !== undefined && newDay !== day) [day, session, said, last] = [newDay, base ?? "morning", base, 0];
    if (named !== undefined) {
      if (named !== session) last = 0;
      [session, said] = [named, named];
    }
    const number = Number(/^\D*(\d{1,2})\D*$/.exec(row[columns.number] ?? "")?.[1]);
    if (!Number.isInteger(number) || number < 1 || number > 10) continue;
    if (named === undefined && said === undefined && number <= last) session = SESSIONS[SESSIONS.indexOf(session) + 1] ?? session;
    last = number;
    const late = number > NUMBER_MAX || (number === NUMBER_MAX && said === undefined);
    found.push({ r, day, session: late ? "afternoon" : session, number: late ? number - 5 : number });
  }
  return found;
}

function classesAcross(sheet: Sheet, header: number, end: number, session: Session | undefined, isClass: (text: string) => boolean): ReadCell[] {
  const head = sheet.rows[header] ?? [];
  const under = sheet.rows[header + 1] ?? [];
  const first = head.findIndex((text) => isClass(text));
  // Every head right of the first class is somebody's column; two for each where the row below says so.
  const columns = head.flatMap((text, c) => (c >= first && text !== "" ? [{ c, heading: text, teacher: /^(gv|giao vien|teacher)/.test(fold(under[c + 1] ?? "")) && (head[c + 1] ?? "") === "" ? c + 1 : undefined }] : []));
  return periodRows(sheet, header + 1, end, columnsLeft(sheet, header, end, first), session).flatMap(({ r, day, ...place }) =>
    columns.flatMap(({ c, heading, teacher }): ReadCell[] => {
      const text = sheet.rows[r]?.[c] ?? "";
      const by = teacher === undefined ? "" : (sheet.rows[r]?.[teacher] ?? "");
      return text === "" || day === undefined ? [] : [{ sheet: sheet.name, at: cellName(r, c), heading, day, ...place, text: by === "" ? text : `${text} - ${by}` }];
    }),
  );
}

function daysAcross(sheet: Sheet, header: number, end: number, session: Session | undefined, heading: string): ReadCell[] {
  const days = (sheet.rows[header] ?? []).flatMap((text, c) => {
    const day = dayOfText(text);
    return day === undefined ? [] : [{ c, day }];
  });
  const { day: _, ...left } = columnsLeft(sheet, header, end, days[0]?.c ?? 0);
  return periodRows(sheet, header + 1, end, left, session).flatMap(({ r, session: within, number }) =>
    days.flatMap(({ c, day }): ReadCell[] => {
      const text = sheet.rows[r]?.[c] ?? "";
      return text === "" ? [] : [{ sheet: sheet.name, at: cellName(r, c), heading, day, session: within, number, text }];
    }),
  );
}

/** The columns left of the first class or day: what they say decides, else what stands in them. */
function columnsLeft(sheet: Sheet, header: number, end: number, first: number): Columns {
  const head = (sheet.rows[header] ?? []).slice(0, first);
  const rows = sheet.rows.slice(header + 1, end);
  const named = (name: string): number | undefined => {
    const found = head.findIndex((text) => isHead(text, name));
    return found === -1 ? undefined : found;
  };
  const filled = (is: (text: string) => boolean): number | undefined => {
    const found = Array.from({ length: first }, (_, c) => c).find((c) => rows.filter((row) => is(row[c] ?? "")).length >= Math.min(3, rows.length));
    return found;
  };
  const day = named("thu") ?? filled((text) => dayOfText(text) !== undefined);
  const session = named("buoi");
  const number = named("tiet") ?? filled((text) => /^(tiet\s*)?\d{1,2}$/.test(fold(text)) && Number(/\d+/.exec(text)?.[0]) <= 10) ?? Math.max(0, first - 1);
  return { number, ...(day === undefined || day === number ? {} : { day }), ...(session === undefined ? {} : { session }) };
}

const HEADS: Record<string, RegExp> = { tiet: /^(tiet|period|st?t tiet)$/, thu: /^(thu|ngay|day)$/, buoi: /^(buoi|session|ca)$/ };

function isHead(text: string, name: string): boolean {
  return HEADS[name]?.test(fold(text)) ?? false;
}

const DAYS: readonly RegExp[] = [/^(thu (hai|2)|t2|monday|mon)$/, /^(thu (ba|3)|t3|tuesday|tue)$/, /^(thu (tu|4)|t4|wednesday|wed)$/, /^(thu (nam|5)|t5|thursday|thu\.)$/, /^(thu (sau|6)|t6|friday|fri)$/, /^(thu (bay|7)|t7|saturday|sat)$/];

/** Monday is 1. @param inDayColumn a bare number 2 to 7 is a day there */
function dayOfText(text: string, inDayColumn = false): number | undefined {
  const folded = fold(text).replace(/[.:]+$/, "").replace(/^thu(\d)$/, "thu $1");
  const found = DAYS.findIndex((day) => day.test(folded));
  if (found !== -1) return found + 1;
  return inDayColumn && /^[2-7]$/.test(folded) ? Number(folded) - 1 : undefined;
}

/** A line that says of what follows that it is the morning or the afternoon. */
function isBlock(text: string): boolean {
  return /^(buoi|ca) (sang|chieu|toi)$/.test(fold(text));
}

function sessionOfText(text: string): Session | undefined {
  const folded = fold(text);
  if (/\b(sang|morning)\b/.test(folded)) return "morning";
  if (/\b(chieu|afternoon)\b/.test(folded)) return "afternoon";
  return /\b(toi|evening)\b/.test(folded) ? "evening" : undefined;
}

const HEADING_ROWS = 8;

/** Whose table it is: the nearest line above that names a class, else the sheet, else the file. */
function headingAbove(sheet: Sheet, header: number, isClass: (text: string) => boolean, fileName: string): string {
  for (let r = header; r >= Math.max(0, header - HEADING_ROWS); r -= 1) {
    for (const text of sheet.rows[r] ?? []) {
      const named = /(?:^|[^\p{L}])(?:lop|class)\s*:?\s*([0-9a-z][0-9a-z./]*)/iu.exec(fold(text))?.[1];
      if (named !== undefined && named !== "hoc") return named.toUpperCase();
    }
  }
  if (isClass(sheet.name)) return sheet.name;
  const words = fileName.split(/[\s_.-]+/).filter(isClass);
  return words[0] ?? sheet.name;
}

function cellName(row: number, column: number): string {
  const letters = column < 26 ? String.fromCharCode(65 + column) : String.fromCharCode(64 + Math.floor(column / 26), 65 + (column % 26));
  return `${letters}${row + 1}`;
}
