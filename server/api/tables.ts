import { csvLine, CSV_MARK, type CsvCell } from "../platform/csv.ts";
import type { Db } from "../platform/db.ts";
import { monthsOfYear } from "../measures/closing/rules.ts";
import { listStandingClosings } from "../measures/closing/store.ts";
import { thresholdOf } from "../indicators/rules.ts";
import { closingOf, subjectOf, unitAssessments, unitDocuments, unitMeasures, unitScoreboard, type Question } from "./unit-figures.ts";

type Cell = CsvCell | null;

/** A table for a statistician: its columns are named for good, and mean what stands beside them. */
export interface CsvTable {
  name: "schools" | "months" | "subjects" | "indicators";
  asks: ("month")[];
  /** The name of each column with what it holds. A column is never renamed or given another meaning; new ones come last. */
  columns: Readonly<Record<string, string>>;
  rows(db: Db, asked: Question): AsyncIterable<readonly Cell[]>;
}

const SCHOOLS_AT_ONCE = 40;

const SCHOOL = { school_id: "Identifier of the school: never changes, never used again.", school_code: "Code of the school in the sector's database (MOET)." };
const COUNTS = {
  counted_periods: "Online periods that count, from the first day of the year.",
  planned_periods: "Periods that the year's plans foresee.",
};
const LESSONS = {
  lessons_covered: "Lessons of the plan with an approved material, own or adopted.",
  own_lessons: "Of these, by the school's own work.",
  lessons_planned: "Lessons of the plan that could be digitised.",
};
const SUBJECTS = { subjects_met: "Subjects that reach the target for digitised lessons.", subjects_planned: "Subjects of the plan." };
const ANSWER = "met, not_met, or no_plan (this is not 0 %).";

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
    columns: {
      ...SCHOOL,
      ...{ school_name: "Name today.", level: "preschool, primary, lower_secondary, upper_secondary, primary_lower, lower_upper or continuing.", area: "town, rural or mountain.", parent_id: "Identifier of the commune (or the department) above the school.", year: "School year.", date: "Day up to which the figures count (UTC+7)." },
      ...COUNTS,
      ...{ online_target_bp: "The share that must be passed, in hundredths of a percent.", online_answer: ANSWER },
      ...LESSONS,
      ...SUBJECTS,
      ...{ digitised_target_bp: "The share that every subject must reach, in hundredths of a percent.", digitised_answer: ANSWER },
      ...{ assessment_state: "Self-assessment of Decision 4725: none, draft, submitted, returned, published. Empty: it is not for this level.", assessment_points_1: "Points of group 1.", assessment_points_2: "Points of group 2.", assessment_level: "1, 2 or 3; it counts once the state is published." },
      ...{ plan_number: "Number of the issued plan for online teaching; empty where none is issued.", plan_issued_on: "Its day.", regulations_number: "Number of the issued regulations.", regulations_issued_on: "Their day." },
    },
    rows: schoolRows,
  },
  {
    name: "months",
    asks: [],
    columns: {
      ...SCHOOL,
      ...{ month: "The closed month, YYYY-MM. Only closings that stand: what was reported.", closing_id: "Identifier of the closing.", number: "How many times the month was closed, this one included.", as_of: "Last day that the figures count.", closed_at: "When it was closed (UTC)." },
      ...{ ...COUNTS, counted_in_month: "Of the counted periods, those taught in the month.", planned_to_date: "Periods that the plans foresee up to that day.", online_target_bp: "The target then, in hundredths of a percent.", online_answer: ANSWER },
      ...{ ...LESSONS, ...SUBJECTS, digitised_target_bp: "The target then, in hundredths of a percent.", digitised_answer: ANSWER },
      ...{ digitised_counter: "all, or own: which lessons the target means.", definition_version: "Version of the definition of evidence.", formula_version: "Version of the formulas.", records_hash: "SHA-256 of the figures and of the records that counted." },
    },
    rows: monthRows,
  },
  {
    name: "subjects",
    asks: [],
    columns: { ...SCHOOL, month: "The closed month, YYYY-MM.", closing_id: "Identifier of the closing.", subject: "Code of the subject.", grade: "1 to 12.", ...COUNTS, ...LESSONS },
    rows: subjectRows,
  },
  {
    name: "indicators",
    asks: ["month"],
    columns: {
      ...{ month: "The figures as they hold in this month.", code: "Code of the target in the plan, the same in every year.", measure: "schools: yes (part = whole) or no; ratio: part of a whole; count: a number.", direction: "at_least, above or at_most.", source: "computed, imported or declared." },
      ...{ of: "school, commune or level.", line_id: "Identifier of the school or commune; name of the level.", school_code: "Code of the school; empty for others.", area: "town, rural or mountain." },
      ...{ threshold: "For this area: hundredths of a percent, or a number. Empty: not set.", part: "Numerator. Empty: no figure, or a group of fewer than five people.", whole: "Denominator.", answer: "met, not_met, no_value or hidden." },
    },
    rows: indicatorRows,
  },
];

/** The lines of a table, one after the other: what is sent is never held as a whole. */
export async function* csvLines(table: CsvTable, db: Db, asked: Question): AsyncIterable<string> {
  yield CSV_MARK + csvLine(Object.keys(table.columns), "bare");
  for await (const row of table.rows(db, asked)) yield csvLine(row.map((cell) => cell ?? ""), "bare");
}
