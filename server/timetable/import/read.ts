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
  /** Whose row it is, where a row is a teacher's; the text then is the subject that stands beside the name, or nothing. */
  by?: string | undefined;
}

const CELLS_MAX = 12_000;
/** The longest subject with the whole names of several teachers fits. */
const TEXT_MAX = 120;
const NUMBER_MAX = 6;

/**
 * Reads the timetables of a file, in the three layouts that schools use: a column for each class, with days and periods
 * down; for each class a table with a column for each day; or a row for each teacher, with days and periods across and
 * classes in the cells. Headers are found by what they say, wherever they stand.
 *
 * @param isClass whether a text names a class of the school
 * @param fileName names the class where a table stands alone
 */
export function readWeeks(sheets: readonly Sheet[], isClass: (text: string) => boolean, fileName = ""): ReadCell[] {
  return sheets.flatMap((sheet) => readSheet(sheet, isClass, fileName)).slice(0, CELLS_MAX).map((cell) => ({ ...cell, text: cell.text.slice(0, TEXT_MAX) }));
}

interface Header {
  r: number;
  kind: "days" | "classes" | "teachers";
}

/** So far above its table "Buổi chiều" may stand. */
const BLOCK_ROWS = 4;

function readSheet(sheet: Sheet, isClass: (text: string) => boolean, fileName: string): ReadCell[] {
  const seen = sheet.rows.flatMap((row, r): Header[] => {
    const days = row.filter((text) => dayOfText(text) !== undefined).length;
    const classes = row.filter((text) => isClass(text)).length;
    if (days >= 3) return [{ r, kind: isTeachers(sheet, r, isClass) ? "teachers" : "days" }];
    return classes >= 1 && (classes >= 2 || row.some((text) => isHead(text, "tiet"))) ? [{ r, kind: "classes" }] : [];
  });
  // A teacher's row names classes as a header of classes does.
  const headers = seen.filter((one, i) => one.kind !== "classes" || seen.slice(0, i).findLast((before) => before.kind !== "classes")?.kind !== "teachers");
  return headers.flatMap(({ r, kind }, i) => {
    const end = headers[i + 1]?.r ?? sheet.rows.length;
    const session = sessionOfText(sheet.name) ?? sheet.rows.slice(Math.max(headers[i - 1]?.r ?? 0, r - BLOCK_ROWS), r).flat().reduce<Session | undefined>((found, text) => (isBlock(text) ? sessionOfText(text) : found), undefined);
    if (kind === "teachers") return teachersDown(sheet, r, end, session, isClass);
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

/** So many rows below its days the numbers of periods may stand: one of sessions lies between. */
const NUMBER_ROWS = 2;

/** The row of period numbers below days; undefined where there is none. */
function numbersBelow(sheet: Sheet, header: number): number | undefined {
  const first = (sheet.rows[header] ?? []).findIndex((text) => dayOfText(text) !== undefined);
  for (let r = header + 1; r <= header + NUMBER_ROWS; r += 1) if ((sheet.rows[r] ?? []).slice(first).filter((text) => periodOf(text) !== undefined).length >= 6) return r;
  return undefined;
}

/** `1`, `T1`, `Tiết 1` */
function periodOf(text: string): number | undefined {
  const number = Number(/^(?:t|tiet|s|c)?\s*\.?(\d{1,2})$/.exec(fold(text))?.[1]);
  return number >= 1 && number <= 10 ? number : undefined;
}

function isTeachers(sheet: Sheet, header: number, isClass: (text: string) => boolean): boolean {
  const numbers = numbersBelow(sheet, header);
  return numbers !== undefined && sheet.rows.slice(numbers + 1).some((row) => row.some((text) => classesIn(text, isClass).classes.length > 0));
}

/** `6C`, `10A2`, `6/1`: a class that the school does not have, or names otherwise. */
const LIKE_A_CLASS = /^\d{1,2}(?:[a-z]\d{0,2}|[./]\d{1,2})$/;

/** The classes that a cell names, and what else it says: `6A`, `6A, 6B`, `Toán - 6A`, `6A (Toán)`. */
function classesIn(text: string, isClass: (text: string) => boolean): { classes: string[]; rest: string } {
  if (isClass(text)) return { classes: [text], rest: "" };
  const words = text.split(/[\s,;+&()–—:]+|-/).filter(Boolean);
  const classes = words.filter((word) => isClass(word) || LIKE_A_CLASS.test(fold(word)));
  return { classes, rest: words.filter((word) => !classes.includes(word) && !/^(lop|class)$/.test(fold(word))).join(" ") };
}

function teachersDown(sheet: Sheet, header: number, end: number, base: Session | undefined, isClass: (text: string) => boolean): ReadCell[] {
  const numbers = numbersBelow(sheet, header) ?? header;
  const head = sheet.rows[header] ?? [];
  const first = head.findIndex((text) => dayOfText(text) !== undefined);
  const columns = periodColumns(sheet, header, numbers, base);
  const left = (name: string): number | undefined => {
    const found = Array.from({ length: first }, (_, c) => c).find((c) => sheet.rows.slice(header, numbers + 1).some((row) => isHead(row[c] ?? "", name)));
    return found;
  };
  const named = left("gv") ?? Array.from({ length: first }, (_, c) => c).find((c) => sheet.rows.slice(numbers + 1, end).filter((row) => /\p{L}{2}/u.test(row[c] ?? "")).length >= 1) ?? 0;
  const [subject, sessions] = [left("mon"), left("buoi")];
  let [by, taught] = ["", ""];
  return sheet.rows.slice(numbers + 1, end).flatMap((row, i) => {
    const name = row[named] ?? "";
    if (name !== "") [by, taught] = [name, subject === undefined ? "" : (row[subject] ?? "")]; // it stands once beside its morning and afternoon
    const within = sessionOfText(sessions === undefined ? "" : (row[sessions] ?? ""));
    return columns.flatMap(({ c, ...place }): ReadCell[] => {
      const text = row[c] ?? "";
      if (text === "" || by === "") return [];
      const { classes, rest } = classesIn(text, isClass);
      const whole = { sheet: sheet.name, at: cellName(numbers + 1 + i, c), ...place, session: within ?? place.session };
      // A subject in the cell itself is as in any other table, with its teacher behind it.
      const own = rest === "" ? { text: taught, by } : { text: `${rest} - ${by}` };
      return classes.length > 0 ? classes.map((heading) => ({ ...whole, heading, ...own })) : [{ ...whole, heading: "", text: rest, by }];
    });
  });
}

/** Which day, session and period each column of a table of teachers is. */
function periodColumns(sheet: Sheet, header: number, numbers: number, base: Session | undefined): ({ c: number } & Place)[] {
  const found: ({ c: number } & Place)[] = [];
  const [head, between, row] = [sheet.rows[header] ?? [], numbers > header + 1 ? (sheet.rows[header + 1] ?? []) : [], sheet.rows[numbers] ?? []];
  let day: number | undefined;
  let [session, last]: [Session, number] = [base ?? "morning", 0];
  let isSaid = base !== undefined;
  for (const [c, text] of row.entries()) {
    const next = dayOfText(head[c] ?? "");
    if (next !== undefined) [day, session, last, isSaid] = [next, base ?? "morning", 0, base !== undefined];
    const named = sessionOfText(between[c] ?? "");
    if (named !== undefined) [session, last, isSaid] = [named, 0, true];
    const number = periodOf(text);
    if (number === undefined || day === undefined) continue;
    if (number <= last && !isSaid) session = SESSIONS[SESSIONS.indexOf(session) + 1] ?? session;
    last = number;
    const late = number > NUMBER_MAX || (number === NUMBER_MAX && !isSaid);
    found.push({ c, day, session: late ? "afternoon" : session, number: late ? number - 5 : number });
  }
  return found;
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

const HEADS: Record<string, RegExp> = { tiet: /^(tiet|period|st?t tiet)$/, thu: /^(thu|ngay|day)$/, buoi: /^(buoi|session|ca)$/, gv: /^(gv|giao vien|ten giao vien|ho ten|ho va ten|ho ten giao vien|ho va ten giao vien|teacher)$/, mon: /^(mon|mon day|bo mon|chuyen mon|subject)$/ };

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
