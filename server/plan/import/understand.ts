import { ROWS_MAX } from "../rules.ts";
import { readNumbers, readPeriods, readTerm, readWeeks } from "./cells.ts";
import { checkSection } from "./checks.ts";
import type { DraftRow, Section, Understood } from "./draft.ts";
import { cellsOf, loose, oneLine, type Cell, type Grid, type PlanFile } from "./grid.ts";
import { headerAt, type Header } from "./headers.ts";
import { addContinuation, cellIn, readRow, type RowCells, type Standing } from "./read-row.ts";
import { guessFrom, guessLine, type Guess } from "./subject.ts";
import { declaredPeriods, isChapterName, isSignature, totalName } from "./titles.ts";

/**
 * Understands a plan file: finds the headers, reads every row below them, and says where it was not sure.
 *
 * Pure in its input. The same file always gives the same sections, rows and doubts.
 */
export function understand(file: PlanFile): Understood {
  const walk: Walk = {
    guess: guessLine(file.name.replace(/\.[a-z]{3,4}$/i, ""), true),
    sections: [],
    skipped: [],
    header: undefined,
    width: 0,
    section: undefined,
    standing: blankStanding(),
    pending: [],
  };
  for (const grid of file.grids) walkGrid(walk, grid);
  const sections = walk.sections.filter((section) => section.rows.length > 0);
  for (const section of sections) checkSection(section);
  proposeTests(sections);
  return { sections, skipped: walk.skipped };
}

interface Walk {
  guess: Guess;
  sections: Section[];
  skipped: { table: number; name: string }[];
  /** The header in force; kept over the end of a table, because Word tables go on behind a page break. */
  header: Header | undefined;
  width: number;
  section: Section | undefined;
  standing: Standing;
  /** Lines since the last table that may name subject and grade. */
  pending: string[];
}

function blankStanding(): Standing {
  return { chapter: "", term: null, week: null, minutesOfPeriod: 45 };
}

function walkGrid(walk: Walk, grid: Grid): void {
  const width = Math.max(0, ...grid.rows.map((row) => row.length));
  walk.pending.push(...grid.headings);
  const named = guessLine(grid.name, true);
  if (grid.name !== "") walk.guess = { subjectCode: named.subjectCode ?? walk.guess.subjectCode, grade: named.grade ?? walk.guess.grade };
  const hasHeader = grid.rows.some((_row, r) => headerAt(grid, r) !== undefined);
  const goesOn = !hasHeader && walk.header !== undefined && walk.section !== undefined && width === walk.width && grid.headings.length <= 1;
  if (!hasHeader && !goesOn) {
    walk.skipped.push({ table: grid.table, name: grid.name });
    walk.pending.push(...grid.rows.flatMap((row) => cellsOf(row).flatMap((cell) => cell.text.split("\n"))).slice(0, 60));
    return;
  }
  if (goesOn) walk.section?.doubts.push({ code: "table_continued", params: { table: grid.table } });
  let reading = goesOn;
  for (let r = 0; r < grid.rows.length; r += 1) {
    const header = headerAt(grid, r);
    if (header !== undefined) {
      begin(walk, grid, settleEither(grid, header), width);
      r = header.dataRow - 1;
      reading = true;
      continue;
    }
    if (reading) reading = readLine(walk, grid, r);
    else walk.pending.push(...cellsOf(grid.rows[r] ?? []).filter((cell) => cell.row === r).flatMap((cell) => cell.text.split("\n")));
  }
}

/** Begins a section, unless the header only repeats itself for the same subject and grade. */
function begin(walk: Walk, grid: Grid, header: Header, width: number): void {
  const guess = guessFrom(walk.pending, walk.guess);
  const before = walk.section;
  const same = before !== undefined && before.role === header.role && before.subjectCode === guess.subjectCode && before.grade === guess.grade;
  const sameTable = before?.table === grid.table || (before?.name === grid.name && walk.pending.length <= 1 && grid.name === "");
  walk.guess = guess;
  walk.header = header;
  walk.width = width;
  const term = walk.pending.map((line) => (line.length < 60 ? readTerm(line) : null)).findLast((found) => found !== null) ?? null;
  walk.pending = [];
  if (same && (sameTable || term !== null)) {
    walk.standing.term = term ?? walk.standing.term;
    return;
  }
  walk.standing = { ...blankStanding(), term, minutesOfPeriod: guess.grade !== null && guess.grade <= 5 ? 35 : 45 };
  walk.section = { role: header.role, name: grid.name, table: grid.table, ...guess, rows: [], declared: [], doubts: [] };
  walk.sections.push(walk.section);
}

/** "Tiết": running numbers where the values mostly count on by one, else a count of periods. */
function settleEither(grid: Grid, header: Header): Header {
  const col = header.columns.indexOf("either");
  if (col === -1) return header;
  const runs: { first: number; last: number }[] = [];
  for (let r = header.dataRow; r < grid.rows.length; r += 1) {
    const cell = grid.rows[r]?.[col];
    const read = cell?.row === r ? readPeriods(cell.text, "numbers") : undefined;
    if (read?.kind === "numbers") runs.push({ first: read.numbers[0] ?? 0, last: read.numbers.at(-1) ?? 0 });
  }
  const steps = runs.filter(({ first }, i) => i > 0 && first === (runs[i - 1]?.last ?? 0) + 1).length;
  const running = runs.length > 3 && steps >= 0.6 * (runs.length - 1);
  if (running && !header.columns.includes("numbers")) return { ...header, columns: header.columns.map((own) => (own === "either" ? "numbers" : own)) };
  if (header.columns.includes("periods")) return { ...header, columns: header.columns.map((own) => (own === "either" ? "numbers" : own)) };
  return { ...header, columns: header.columns.map((own) => (own === "either" ? "periods" : own)) };
}

/** Reads one line of a table; false where the table ends there (signatures). */
function readLine(walk: Walk, grid: Grid, r: number): boolean {
  const { section, header, standing } = walk;
  const row = grid.rows[r] ?? [];
  const own = cellsOf(row).filter((cell) => cell.row === r && cell.text !== "");
  if (section === undefined || header === undefined || own.length === 0) return true;
  const at: RowCells = { grid, row: r, header };
  const counts = [cellIn(at, "periods"), cellIn(at, "numbers")].filter((cell) => cell !== undefined);
  if (own.length <= 4 && own.some((cell) => isSignature(cell.text)) && !own.some((cell) => counts.includes(cell) && /^\d/.test(cell.text))) return false;
  if (readTotal(section, at, own, standing)) return true;
  const title = cellIn(at, "title");
  const banner = bannerOf(at, own, counts, title);
  if (banner !== undefined) {
    readBanner(walk, at, banner);
    return true;
  }
  if (title === undefined) readUntitled(section, at, own);
  else readTitled(section, at, title, standing);
  return true;
}

function readTitled(section: Section, at: RowCells, title: Cell, standing: Standing): void {
  const last = section.rows.at(-1);
  if (title.row < at.row && last !== undefined && last.place.row === title.row + 1) {
    addContinuation(last, at, standing);
    return;
  }
  if (title.row < at.row && section.rows.some((row) => row.place.row === title.row + 1)) return;
  if (section.rows.length >= ROWS_MAX) {
    if (!section.doubts.some(({ code }) => code === "too_many_rows")) section.doubts.push({ code: "too_many_rows", params: { max: ROWS_MAX } });
    return;
  }
  section.rows.push(carryWeek(section, readRow(at, standing), at, standing));
}

/** A blank week below a filled one belongs to it; the section says how often that was assumed. */
function carryWeek(section: Section, row: DraftRow, at: RowCells, standing: Standing): DraftRow {
  if (row.week_from !== null && row.week_to !== null) standing.week = { from: row.week_from, to: row.week_to };
  else if (standing.week !== null && at.header.columns.includes("week") && cellIn(at, "week") === undefined) {
    const carried = section.doubts.find(({ code }) => code === "weeks_carried");
    if (carried) carried.params["rows"] = Number(carried.params["rows"]) + 1;
    else section.doubts.push({ code: "weeks_carried", params: { rows: 1 }, field: "week" });
    row.week_from = standing.week.to;
    row.week_to = standing.week.to;
    row.term ??= standing.week.to <= 18 ? 1 : 2;
  }
  return row;
}

/** Words where no title is: not understood, shown to the person, not taken unless they say so. */
function readUntitled(section: Section, at: RowCells, own: Cell[]): void {
  const silent = new Set<Cell | undefined>([cellIn(at, "order"), cellIn(at, "week"), cellIn(at, "chapter"), cellIn(at, "term")]);
  const rest = own.filter((cell) => !silent.has(cell));
  if (rest.length === 0) return;
  const text = oneLine(rest.map((cell) => cell.text).join(" | ")).slice(0, 200);
  const row = readRow(at, { chapter: section.rows.at(-1)?.chapter ?? "", term: null, week: null, minutesOfPeriod: 45 });
  section.rows.push({ ...row, title: text, include: false, doubts: [{ code: "unknown_row", params: { text } }] });
}

/** A sum: its name stands in one of the first columns, its number beside it or in the same words. */
function readTotal(section: Section, at: RowCells, own: Cell[], standing: Standing): boolean {
  const named = own.slice(0, 3).find((cell) => totalName(cell.text) !== undefined);
  const total = named && totalName(named.text);
  if (named === undefined || total === undefined) return false;
  const beside = [cellIn(at, "periods"), ...own].find((cell) => cell !== undefined && cell !== named && /^\d{1,4}( ?(tiết|tiet))?$/iu.test(cell.text));
  const inside = declaredPeriods(named.text) ?? Number(/(\d{1,3})\D*$/.exec(named.text)?.[1] ?? Number.NaN);
  const periods = beside ? Number.parseInt(beside.text, 10) : inside;
  const place = { table: at.grid.table, row: at.row + 1 };
  if (Number.isFinite(periods)) {
    const scope = total.scope === "part" ? "chapter" : total.scope;
    section.declared.push({ scope, chapter: scope === "chapter" ? standing.chapter : "", periods, place });
  }
  return true;
}

/** The cell that is the whole row: it spans title and counts, or stands alone where no count is. */
function bannerOf(at: RowCells, own: Cell[], counts: Cell[], title: Cell | undefined): Cell | undefined {
  if (at.header.role === "tests") return undefined;
  if (title !== undefined && title.row === at.row && counts.includes(title)) return title;
  if (counts.some((cell) => cell.row === at.row && cell !== title && !own.slice(0, 1).includes(cell))) return undefined;
  const [only] = own;
  if (own.length === 1 && only !== undefined && cellIn(at, "week") !== only && cellIn(at, "notes") !== only && !(title !== undefined && title.row < at.row)) {
    const named = readTerm(only.text) !== null || isChapterName(only.text) || guessLine(only.text).grade !== null;
    return named || (only !== title && only.text.length > 3) ? only : undefined;
  }
  if (title !== undefined && title.row === at.row && counts.length === 0 && own.length <= 2) {
    const order = cellIn(at, "order");
    const numbered = order !== undefined && order.row === at.row && /^\d+$/.test(order.text);
    return isChapterName(title.text) && !numbered ? title : undefined;
  }
  return undefined;
}

function readBanner(walk: Walk, at: RowCells, cell: Cell): void {
  const { section, standing } = walk;
  if (section === undefined) return;
  const text = oneLine(cell.text);
  const folded = loose(text);
  const place = { table: at.grid.table, row: at.row + 1 };
  const declared = declaredPeriods(text);
  const grade = /^(khoi|lop)\b/.test(folded) ? guessLine(text).grade : null;
  if (grade !== null) {
    openGrade(walk, at.grid, grade);
    return;
  }
  if (/^tuan\s*\d/.test(folded)) {
    const weeks = readNumbers(folded.replace(/[([:].*$/, "").trim()) ?? [readWeeks(text).from ?? Number.NaN];
    if (weeks.every(Number.isFinite)) standing.week = { from: Math.min(...weeks), to: Math.max(...weeks) };
    return;
  }
  const term = /^(hoc ki|hk|ki)\b|^hk\s?[i12]/.test(folded) ? readTerm(text) : null;
  if (term !== null) {
    Object.assign(standing, { term, chapter: "" });
    if (declared !== undefined) section.declared.push({ scope: term === 1 ? "term1" : "term2", chapter: "", periods: declared, place });
    return;
  }
  standing.chapter = text.slice(0, 300);
  if (declared !== undefined) section.declared.push({ scope: "chapter", chapter: standing.chapter, periods: declared, place });
}

function openGrade(walk: Walk, grid: Grid, grade: number): void {
  const { section } = walk;
  if (section === undefined || section.grade === grade) return;
  walk.guess = { ...walk.guess, grade };
  walk.standing = { ...blankStanding(), minutesOfPeriod: grade <= 5 ? 35 : 45 };
  if (section.rows.length === 0) {
    section.grade = grade;
    return;
  }
  walk.section = { ...section, table: grid.table, grade, rows: [], declared: [], doubts: [] };
  walk.sections.push(walk.section);
}

/** The tests of Appendix I stand in a table of their own: proposed only where the list of lessons has none. */
function proposeTests(sections: readonly Section[]): void {
  for (const tests of sections.filter(({ role }) => role === "tests")) {
    const lessons = sections.find(({ role, grade }) => role === "lessons" && grade === tests.grade);
    const proposed = lessons === undefined || !lessons.rows.some(({ kind }) => kind === "test");
    for (const row of tests.rows) row.include = row.include && proposed;
  }
}
