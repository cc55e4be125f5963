import { csvLine, CSV_MARK, type CsvCell } from "../platform/csv.ts";
import type { Db } from "../platform/db.ts";
import type { Lang } from "../platform/i18n.ts";
import { openFigures } from "./progress/messages.ts";
import { monthsOfYear } from "../measures/closing/rules.ts";
import { listStandingClosings } from "../measures/closing/store.ts";
import { thresholdOf } from "../indicators/rules.ts";
import { closingOf, subjectOf, unitAssessments, unitDocuments, unitMeasures, unitScoreboard, type Question } from "./unit-figures.ts";

type Cell = CsvCell | null;
type Column = keyof typeof openFigures.en.column_texts;

/** A table for a statistician: its columns are named for good, and mean what stands beside them. */
export interface CsvTable {
  name: "schools" | "months" | "subjects" | "indicators";
  asks: ("month")[];
  /** A column is never renamed, and means the same in every table; new ones come last. */
  columns: readonly Column[];
  rows(db: Db, asked: Question): AsyncIterable<readonly Cell[]>;
}

const SCHOOLS_AT_ONCE = 40;

const SCHOOL = ["school_id", "school_code"] as const;
const COUNTS = ["counted_periods", "planned_periods"] as const;
const LESSONS = ["lessons_covered", "own_lessons", "lessons_planned"] as const;
const SUBJECTS = ["subjects_met", "subjects_planned"] as const;

/** One row a school: both measures of today, its self-assessment and its documents. */
async function* schoolRows(db: Db, asked: Question): AsyncIterable<readonly Cell[]> {
  const [measures, assessments, documents] = await Promise.all([unitMeasures(db, asked), unitAssessments(db, asked), unitDocuments(db, asked)]);
  const assessed = new Map(assessments.schools.map((one) => [one.school.id, one]));
  const issued = new Map(documents.schools.map((one) => [one.school.id, one]));
  const parents = new Map(asked.schools.map((school) => [school.id, school.parent_id]));
  for (const { school, targets, online, digitised } of measures.schools) {
    const own = assessed.get(school.id);
    const has = issued.get(school.id);
    yield [
      ...[school.id, school.code, school.name, school.level, school.area, parents.get(school.id) ?? null, measures.year, measures.date],
      ...[online.counted_periods, online.planned_periods, targets.online_share_bp, online.answer],
      ...[digitised.lessons_covered, digitised.own_lessons, digitised.lessons_planned, digitised.subjects_met, digitised.subjects_planned, targets.digitised_bp, digitised.answer],
      ...[own?.state ?? null, own?.points_1 ?? null, own?.points_2 ?? null, own?.level ?? null],
      ...[has?.plan?.number ?? null, has?.plan?.issued_on ?? null, has?.regulations?.number ?? null, has?.regulations?.issued_on ?? null],
    ];
  }
}

/** The closings of the year that stand, some schools at a time: their cells are many. */
async function* closings(db: Db, { schools, year }: Question) {
  const months = monthsOfYear(year);
  for (let i = 0; i < schools.length; i += SCHOOLS_AT_ONCE) {
    const some = new Map(schools.slice(i, i + SCHOOLS_AT_ONCE).map((school) => [school.id, school]));
    for (const closing of await listStandingClosings(db, [...some.keys()], year.id, months)) {
      const school = some.get(closing.school_id);
      if (school) yield { school, closing };
    }
  }
}

async function* monthRows(db: Db, asked: Question): AsyncIterable<readonly Cell[]> {
  for await (const { school, closing } of closings(db, asked)) {
    const one = closingOf(closing, school, false);
    yield [
      ...[school.id, school.code, closing.month, one.id, one.number, one.as_of, one.closed_at],
      ...[one.counted_periods, one.planned_periods, one.counted_in_month, one.planned_to_date, one.online_target_bp, one.online_answer],
      ...[one.lessons_covered, one.own_lessons, one.lessons_planned, one.subjects_met, one.subjects_planned, one.digitised_target_bp, one.digitised_answer],
      ...[one.digitised_counter, one.definition_version, one.formula_version, one.records_hash],
    ];
  }
}

async function* subjectRows(db: Db, asked: Question): AsyncIterable<readonly Cell[]> {
  for await (const { school, closing } of closings(db, asked))
    for (const cell of closing.cells.map(subjectOf))
      yield [school.id, school.code, closing.month, closing.id, cell.subject, cell.grade, cell.counted_periods, cell.planned_periods, cell.lessons_covered, cell.own_lessons, cell.lessons_planned];
}

async function* indicatorRows(db: Db, asked: Question): AsyncIterable<readonly Cell[]> {
  const { indicators, month } = await unitScoreboard(db, asked);
  for (const one of indicators)
    for (const line of one.lines) yield [month, one.code, one.measure, one.direction, one.source, line.of, line.id, line.code, line.area, thresholdOf(one.thresholds, line.area) ?? null, line.part, line.whole, line.answer];
}

export const CSV_TABLES: readonly CsvTable[] = [
  {
    name: "schools",
    asks: [],
    columns: [...SCHOOL, "school_name", "level", "area", "parent_id", "year", "date", ...COUNTS, "online_target_bp", "online_answer", ...LESSONS, ...SUBJECTS, "digitised_target_bp", "digitised_answer", "assessment_state", "assessment_points_1", "assessment_points_2", "assessment_level", "plan_number", "plan_issued_on", "regulations_number", "regulations_issued_on"],
    rows: schoolRows,
  },
  {
    name: "months",
    asks: [],
    columns: [...SCHOOL, "month", "closing_id", "number", "as_of", "closed_at", ...COUNTS, "counted_in_month", "planned_to_date", "online_target_bp", "online_answer", ...LESSONS, ...SUBJECTS, "digitised_target_bp", "digitised_answer", "digitised_counter", "definition_version", "formula_version", "records_hash"],
    rows: monthRows,
  },
  {
    name: "subjects",
    asks: [],
    columns: [...SCHOOL, "month", "closing_id", "subject", "grade", ...COUNTS, ...LESSONS],
    rows: subjectRows,
  },
  {
    name: "indicators",
    asks: ["month"],
    columns: ["month", "code", "measure", "direction", "source", "of", "line_id", "school_code", "area", "threshold", "part", "whole", "answer"],
    rows: indicatorRows,
  },
];

/** What the columns of a table hold, in words. */
export function columnTexts({ columns }: CsvTable, lang: Lang): Record<string, string> {
  return Object.fromEntries(columns.map((column) => [column, openFigures[lang].column_texts[column]]));
}

/** The lines of a table, one after the other: what is sent is never held as a whole. */
export async function* csvLines(table: CsvTable, db: Db, asked: Question): AsyncIterable<string> {
  yield CSV_MARK + csvLine(table.columns, "bare");
  for await (const row of table.rows(db, asked)) yield csvLine(row.map((cell) => cell ?? ""), "bare");
}
