import type { Response } from "express";
import { csvOfTables, xlsxOfTables, type FileTable, type TableFormat } from "../table-file.ts";

const XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/** Sends what a page shows as a file: CSV for programs, a workbook for people. `name` is without its ending. */
export async function sendTables(res: Response, format: TableFormat, name: string, tables: readonly FileTable[]): Promise<void> {
  const body = format === "csv" ? csvOfTables(tables) : await xlsxOfTables(tables);
  res.attachment(`${name}.${format}`).type(format === "csv" ? "text/csv; charset=utf-8" : XLSX).send(body);
}
