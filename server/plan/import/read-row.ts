import { NOTES_MAX, termOfWeek, TITLE_MAX, type Mode } from "../rules.ts";
import { isTicked, modeOf, noteMarks, readMarks, readMinutes, readPeriods, readTerm, readWeeks } from "./cells.ts";
import type { Doubt, DraftRow } from "./draft.ts";
import { loose, oneLine, type Cell, type Grid } from "./grid.ts";
import type { Column, Header } from "./headers.ts";
import { declaredPeriods, kindOfTitle } from "./titles.ts";

/** What earlier rows say about this one. */
export interface Standing {
  chapter: string;
  term: number | null;
  week: { from: number; to: number } | null;
  minutesOfPeriod: number;
}

/** The cells of one row by what their columns say. */
export interface RowCells {
  grid: Grid;
  row: number;
  header: Header;
}

export function cellIn(at: RowCells, column: Column): Cell | undefined {
  const col = at.header.columns.indexOf(column);
  const cell = col === -1 ? undefined : at.grid.rows[at.row]?.[col];
  return cell === undefined || cell.text === "" ? undefined : cell;
}

/** The texts of all columns of a kind (there may be two of notes or chapters), each cell once. */
export function textsIn(at: RowCells, column: Column): string[] {
  const cells = at.header.columns.map((own, col) => (own === column ? at.grid.rows[at.row]?.[col] : undefined));
  return [...new Set(cells)].map((cell) => cell?.text ?? "").filter((text) => text !== "");
}

/** Reads a row that has a title. */
export function readRow(at: RowCells, standing: Standing): DraftRow {
  const doubts: Doubt[] = [];
  const heading = readTitle(cellIn(at, "title")?.text ?? "", doubts);
  const place = { table: at.grid.table, row: at.row + 1 };
  const count = countOf(at, standing, heading.title, doubts);
  const week = weekOf(at, doubts);
  const column = textsIn(at, "mode").map((text) => modeOf(oneLine(text)));
  const blended = heading.unsure === "blended" || column.includes("blended");
  if (blended) doubts.push({ code: "blended_mark", params: {}, field: "planned_mode" });
  const mode: Mode = heading.mode ?? column.find((found): found is Mode => found === "online" || found === "in_class") ?? "in_class";
  const digitalTexts = textsIn(at, "digital").filter(isTicked);
  const aiTexts = textsIn(at, "ai").filter(isTicked);
  const noted = [...heading.more, ...textsIn(at, "notes"), ...[...digitalTexts, ...aiTexts].filter((text) => text.length > 3)];
  const marked = noteMarks(noted.join("\n"));
  const term = termOfCell(textsIn(at, "term").join(" ")) ?? week.term ?? (at.header.role === "tests" ? readTerm(heading.title) : null);
  return {
    key: `t${place.table}r${place.row}`,
    place,
    include: true,
    chapter: chapterOf(at, standing),
    title: heading.title,
    ...count,
    kind: kindOfTitle(heading.title, at.header.role),
    week_from: week.from,
    week_to: week.to,
    term: term ?? standing.term ?? termOfWeek(week.from),
    digital_content: heading.digital || marked.digital || digitalTexts.length > 0,
    ai_content: heading.ai || marked.ai || aiTexts.length > 0,
    planned_mode: mode,
    notes: noted.join("\n").slice(0, NOTES_MAX),
    doubts,
  };
}

/** "I", "2", "HK1", "Học kì II". */
function termOfCell(text: string): number | null {
  if (/^(i|1)$/i.test(text.trim())) return 1;
  return /^(ii|2)$/i.test(text.trim()) ? 2 : readTerm(text);
}

interface Heading extends ReturnType<typeof readMarks> {
  more: string[];
}

/** The first line is the title; lines that list parts of it become notes, wrapped lines belong to it. */
function readTitle(text: string, doubts: Doubt[]): Heading {
  const lines = text.split("\n");
  const isPart = (line: string): boolean => /^([-+•*–·▪]|\d{1,2}[.)]\s|[a-zđ][.)]\s|\(?tiết\s*\d)/iu.test(line);
  const firstPart = lines.findIndex((line, i) => i > 0 && isPart(line));
  const own = firstPart === -1 ? lines : lines.slice(0, firstPart);
  const lessons = lines.filter((line) => /^bai\s*\d+/.test(loose(line)));
  if (lessons.length > 1) doubts.push({ code: "several_lessons", params: { lessons: lessons.length }, field: "title" });
  const marks = readMarks(own.join(lessons.length > 1 ? "; " : " "));
  if (marks.title.length > TITLE_MAX) doubts.push({ code: "title_cut", params: { max: TITLE_MAX }, field: "title" });
  return { ...marks, title: marks.title.slice(0, TITLE_MAX), more: firstPart === -1 ? [] : lines.slice(firstPart) };
}

function countOf(at: RowCells, standing: Standing, title: string, doubts: Doubt[]): { periods: number | null; numbers: number[] } {
  const cells = [cellIn(at, "periods"), cellIn(at, "numbers"), cellIn(at, "either")];
  if (cells.some((cell) => cell?.wasDate)) doubts.push({ code: "read_from_date", params: { text: cells.find((cell) => cell?.wasDate)?.text ?? "" }, field: "periods" });
  const own = (cell: Cell | undefined): string => (cell === undefined || cell.row < at.row ? "" : cell.text);
  const counted = readPeriods(own(cells[0]), "count");
  const numbered = readPeriods(own(cells[1]) || own(cells[2]), "numbers");
  let periods = counted.kind === "count" ? counted.periods : numbered.kind === "count" ? numbered.periods : null;
  const numbers = numbered.kind === "numbers" ? numbered.numbers : counted.kind === "numbers" ? counted.numbers : [];
  if (periods === null && at.header.role === "tests") periods = periodsOfTest(at, standing, doubts);
  if (periods === null && numbers.length > 0) periods = numbers.length;
  else if (periods !== null && numbers.length > 0 && periods !== numbers.length) {
    doubts.push({ code: "period_count_disagrees", params: { periods, numbered: numbers.length }, field: "periods" });
  }
  if (periods === null) periods = periodsOfTitle(title, doubts);
  if (periods === null && !cells.some((cell) => cell !== undefined && cell.row < at.row)) {
    const odd = [counted, numbered].some(({ kind }) => kind === "unclear");
    const text = oneLine(cells.find((cell) => cell !== undefined)?.text ?? "").slice(0, 80);
    doubts.push(odd ? { code: "periods_unclear", params: { text }, field: "periods" } : { code: "no_periods", params: {}, field: "periods" });
  }
  return { periods, numbers };
}

function periodsOfTest(at: RowCells, standing: Standing, doubts: Doubt[]): number | null {
  const read = readMinutes(textsIn(at, "minutes").join(" "));
  if (read.periods !== null || read.minutes === null) return read.periods;
  const periods = Math.max(1, Math.round(read.minutes / standing.minutesOfPeriod));
  doubts.push({ code: "periods_from_minutes", params: { minutes: read.minutes, periods }, field: "periods" });
  return periods;
}

function periodsOfTitle(title: string, doubts: Doubt[]): number | null {
  const periods = declaredPeriods(title);
  if (periods === undefined) return null;
  doubts.push({ code: "periods_from_title", params: { periods }, field: "periods" });
  return periods;
}

function weekOf(at: RowCells, doubts: Doubt[]): { from: number | null; to: number | null; term: number | null } {
  const cell = cellIn(at, "week");
  if (cell === undefined) return { from: null, to: null, term: null };
  if (cell.wasDate) doubts.push({ code: "read_from_date", params: { text: cell.text }, field: "week" });
  const read = readWeeks(cell.text);
  if (!read.clear) doubts.push({ code: "week_unclear", params: { text: oneLine(cell.text).slice(0, 80) }, field: "week" });
  return read;
}

/** The chapter of the columns for it, else that of the row above which stands over all columns. */
function chapterOf(at: RowCells, standing: Standing): string {
  const texts = textsIn(at, "chapter").map(oneLine);
  return (texts.length > 0 ? texts.join(" – ") : standing.chapter).slice(0, 300);
}

/** A row whose title goes on from the row above: its periods, numbers and weeks are added to that row. */
export function addContinuation(row: DraftRow, at: RowCells, standing: Standing): void {
  const ignored: Doubt[] = [];
  const more = countOf(at, standing, "", ignored);
  if (more.periods !== null) row.periods = (row.periods ?? 0) + more.periods;
  row.numbers.push(...more.numbers);
  row.doubts = row.doubts.filter(({ code }) => code !== "no_periods" || row.periods === null);
  const week = weekOf(at, ignored);
  if (week.to !== null) row.week_to = Math.max(week.to, row.week_to ?? week.to);
  row.week_from ??= week.from;
  const own = at.header.columns.flatMap((column, col) => (column === "notes" || column === "other" ? [at.grid.rows[at.row]?.[col]] : []));
  const texts = [...new Set(own)].filter((cell) => cell?.row === at.row && cell.text !== "" && cell.text.length <= 300).map((cell) => cell?.text ?? "");
  if (texts.length > 0 && at.header.columns.includes("notes")) row.notes = [row.notes, ...texts].filter((text) => text !== "").join("\n").slice(0, NOTES_MAX);
}
