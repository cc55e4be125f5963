import { readFileSync } from "node:fs";
import path from "node:path";
import { insertAll, type Db } from "../platform/db.ts";

/**
 * The national programme: periods a year of every subject and grade, in the order in which the circular lists them.
 *
 * Source: Circular 32/2018/TT-BGDĐT with 13/2022; the file is a table of it.
 */
const FILE = path.join(import.meta.dirname, "data", "curriculum.csv");

/** Puts the subjects and the national programme into an empty database; does nothing where they are. */
export async function ensureProgramme(db: Db): Promise<void> {
  if (await db("national_programme").first("grade")) return;
  const [, ...lines] = readFileSync(FILE, "utf8").trim().split(/\r?\n/);
  const rows = lines.map(cells).map(([level, grade, code, vi, en, kind, periods, source]) => ({
    programme: { level, grade: Number(grade), subject_code: code, kind, periods_per_year: Number(periods), source },
    subject: { code, name_vi: vi, name_en: en },
  }));
  const subjects = new Map(rows.map(({ subject }) => [subject.code, subject]));
  await db.transaction(async (trx) => {
    await insertAll(trx, "subjects", [...subjects.values()].map((subject, i) => ({ ...subject, position: i + 1 })));
    await insertAll(trx, "national_programme", rows.map(({ programme }) => programme));
  });
}

/** The cells of a CSV line; a cell in quotes may hold commas. */
function cells(line: string): string[] {
  return [...line.matchAll(/(?:^|,)(?:"([^"]*)"|([^,]*))/g)].map((match) => match[1] ?? match[2] ?? "");
}
