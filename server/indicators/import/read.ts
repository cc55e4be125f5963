import { fold } from "../../platform/text.ts";
import { figureProblem, wholeNumber, yesOrNo, type CellProblem, type Measure } from "../rules.ts";

/** A school and an indicator as far as a file can name them. */
export interface KnownSchool {
  id: string;
  code: string;
  level: string | null;
}
export interface KnownIndicator {
  code: string;
  measure: Measure;
  levels: readonly string[];
}

export interface ReadCell {
  school_id: string;
  code: string;
  part: number;
  whole: number;
}
export interface ReadProblem {
  /** As a spreadsheet counts: the first row is 1. */
  row: number;
  /** The letter of the column and its heading. */
  column: string;
  text: string;
  problem: CellProblem | "unknown_school" | "unknown_indicator" | "not_applicable" | "twice";
}

const HEADER_WITHIN = 12;
const CODE_HEADERS = new Set(["ma truong", "school code", "ma don vi"]);
const WHOLE_WORDS = /(mau so|denominator)$/;

interface Column {
  at: number;
  header: string;
  indicator: string;
  isWhole: boolean;
}

/**
 * Understands a table of figures: a heading row within the first twelve, a column with school codes, and a column (for
 * ratios two) for each indicator, named by its code. Every cell that cannot be taken is named with its reason; empty
 * cells say nothing. Undefined: no heading row was found.
 */
export function understandFigures(rows: readonly (readonly string[])[], schools: readonly KnownSchool[], indicators: readonly KnownIndicator[]): { cells: ReadCell[]; problems: ReadProblem[] } | undefined {
  const headerAt = rows.slice(0, HEADER_WITHIN).findIndex((row) => row.some((cell) => CODE_HEADERS.has(fold(cell))));
  const header = rows[headerAt];
  if (header === undefined) return undefined;
  const codeAt = header.findIndex((cell) => CODE_HEADERS.has(fold(cell)));
  const columns = columnsOf(header, codeAt);
  const cells: ReadCell[] = [];
  const problems: ReadProblem[] = [];
  for (const { at, header: text, indicator } of columns)
    if (!indicators.some((one) => one.code === indicator)) problems.push({ row: headerAt + 1, column: columnName(at, text), text: indicator, problem: "unknown_indicator" });
  const bySchoolCode = new Map(schools.map((one) => [one.code.toLowerCase(), one]));
  const seen = new Set<string>();
  rows.slice(headerAt + 1).forEach((row, i) => {
    const number = headerAt + 2 + i;
    const code = (row[codeAt] ?? "").trim();
    if (code === "") return;
    const school = bySchoolCode.get(code.toLowerCase());
    const column = columnName(codeAt, header[codeAt] ?? "");
    if (school === undefined) return void problems.push({ row: number, column, text: code, problem: "unknown_school" });
    if (seen.has(school.id)) return void problems.push({ row: number, column, text: code, problem: "twice" });
    seen.add(school.id);
    for (const indicator of indicators) readFigure({ row, number, school, indicator, columns }, cells, problems);
  });
  return { cells, problems };
}

function columnsOf(header: readonly string[], codeAt: number): Column[] {
  return header.flatMap((text, at) => {
    const code = /^\s*(\d+(?:\.\d+)+[a-z]?|\d+[a-z])(?=\s|$)/i.exec(text)?.[1];
    return at === codeAt || code === undefined ? [] : [{ at, header: text, indicator: code.toLowerCase(), isWhole: WHOLE_WORDS.test(fold(text)) }];
  });
}

interface At {
  row: readonly string[];
  number: number;
  school: KnownSchool;
  indicator: KnownIndicator;
  columns: readonly Column[];
}

function readFigure({ row, number, school, indicator, columns }: At, cells: ReadCell[], problems: ReadProblem[]): void {
  const own = columns.filter((column) => column.indicator === indicator.code.toLowerCase());
  const [part, whole] = [own.find((column) => !column.isWhole), own.find((column) => column.isWhole)];
  const textOf = (column: Column | undefined): string => (column === undefined ? "" : (row[column.at] ?? "").trim());
  const [partText, wholeText] = [textOf(part), textOf(whole)];
  if (partText === "" && wholeText === "") return;
  const refuse = (column: Column | undefined, problem: ReadProblem["problem"]): void => {
    problems.push({ row: number, column: column ? columnName(column.at, column.header) : indicator.code, text: textOf(column).slice(0, 80), problem });
  };
  if (indicator.levels.length > 0 && !indicator.levels.includes(school.level ?? "")) return refuse(part ?? whole, "not_applicable");
  const keep = (n: number, of: number): void => {
    const problem = figureProblem(indicator.measure, n, of);
    if (problem === undefined) cells.push({ school_id: school.id, code: indicator.code, part: n, whole: of });
    else refuse(part, problem);
  };
  if (indicator.measure === "schools") {
    const answer = yesOrNo(partText);
    return answer === undefined ? refuse(part, "not_yes_or_no") : keep(answer ? 1 : 0, 1);
  }
  const n = wholeNumber(partText);
  if (partText !== "" && n === undefined) return refuse(part, "not_a_number");
  if (indicator.measure === "count") return n === undefined ? undefined : keep(n, 1);
  const of = wholeNumber(wholeText);
  if (wholeText !== "" && of === undefined) return refuse(whole, "not_a_number");
  if (n === undefined) return refuse(part, "part_missing");
  if (of === undefined || of === 0) return refuse(whole ?? part, "whole_missing");
  keep(n, of);
}

/** `C (4.1 tử số)`: the letter that a spreadsheet shows, with the heading. */
function columnName(at: number, header: string): string {
  let letters = "";
  for (let rest = at + 1; rest > 0; rest = Math.floor((rest - 1) / 26)) letters = String.fromCharCode(65 + ((rest - 1) % 26)) + letters;
  return header.trim() === "" ? letters : `${letters} (${header.trim().slice(0, 60)})`;
}
