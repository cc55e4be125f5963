import { fold } from "../../platform/text.ts";

/**
 * What the two readers (Word, Excel) agree on: a file is a list of tables with the lines of text above each; a table is
 * a rectangle in which every place covered by a merged cell holds that same cell.
 */
export interface Cell {
  text: string;
  /** The cell's own place: the top left one where it is merged. */
  row: number;
  col: number;
  rowSpan: number;
  colSpan: number;
  /** Excel turned what was typed ("1-2") into a date; the text is what was probably typed. */
  wasDate?: boolean;
}

export interface Grid {
  /** The place of the table in the file, from 1. */
  table: number;
  /** The sheet's name in Excel; empty in Word. */
  name: string;
  /** Lines of text above the table, the nearest last. */
  headings: string[];
  rows: (Cell | undefined)[][];
}

/** The plan file as it was read, before anything is understood. */
export interface PlanFile {
  kind: "word" | "excel";
  name: string;
  grids: Grid[];
}

export const GRID_ROWS_MAX = 3000;
export const GRID_COLS_MAX = 60;

/** A cell as a reader meets it, before it has a place in the rectangle. */
export interface RawCell {
  text: string;
  rowSpan: number;
  colSpan: number;
}

/** Lays rows of cells with spans (as in HTML) out into a rectangle. */
export function layOut(raw: readonly (readonly RawCell[])[]): (Cell | undefined)[][] {
  const rows: (Cell | undefined)[][] = raw.slice(0, GRID_ROWS_MAX).map(() => []);
  raw.slice(0, GRID_ROWS_MAX).forEach((cells, r) => {
    let c = 0;
    for (const given of cells) {
      while (rows[r]?.[c] !== undefined) c += 1;
      if (c >= GRID_COLS_MAX) break;
      const cell: Cell = { text: clean(given.text), row: r, col: c, rowSpan: given.rowSpan, colSpan: given.colSpan };
      cover(rows, cell);
      c += given.colSpan;
    }
  });
  return rows;
}

/** Writes a cell into every place that it covers. */
export function cover(rows: (Cell | undefined)[][], cell: Cell): void {
  const bottom = Math.min(cell.row + cell.rowSpan, rows.length);
  const right = Math.min(cell.col + cell.colSpan, GRID_COLS_MAX);
  for (let r = cell.row; r < bottom; r += 1) {
    const row = rows[r];
    for (let c = cell.col; row !== undefined && c < right; c += 1) row[c] = cell;
  }
}

/** The different cells of a row, from left to right. */
export function cellsOf(row: readonly (Cell | undefined)[]): Cell[] {
  return [...new Set(row.filter((cell) => cell !== undefined))];
}

/** Composed letters, no odd spaces; line breaks stay, because a multi-line cell says more than one thing. */
export function clean(text: string): string {
  return text
    .normalize("NFC")
    .replace(/[\u00a0\u2000-\u200a\u202f\u3000\t]/g, " ")
    .replace(/[\u200b-\u200d\ufeff\u00ad]/g, "")
    .replace(/\r\n?/g, "\n")
    .split("\n")
    .map((line) => line.replace(/ {2,}/g, " ").trim())
    .filter((line) => line !== "")
    .join("\n");
}

/** One line of a cell's text. */
export function oneLine(text: string): string {
  return text.replace(/\s*\n\s*/g, " ").trim();
}

/** Folded for comparison: no marks, lower case, i and y alike ("vật lý" and "Vật lí" say the same). */
export function loose(text: string): string {
  return fold(text).replace(/y/g, "i").replace(/[–—‒−]/g, "-");
}
