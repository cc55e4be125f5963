import type { z } from "zod";
import { publishedLevel, spreadOf } from "../assessment/rules.ts";
import { publishedForm } from "../assessment/store/assessment-forms.ts";
import { listAssessments } from "../assessment/store/assessments.ts";
import type { SchoolYearRow } from "../calendar/store.ts";
import { DOCUMENT_KINDS, listIssued, type IssuedDocument } from "../documents/store.ts";
import { sumsOf, unitOfFigures } from "../indicators/computers.ts";
import { figuresFromAbove, figuresIn, type IndicatorLines, type SchoolLine } from "../indicators/figures.ts";
import { addUp, toldAnswer, toldTogether } from "../indicators/rules.ts";
import { definitionOn, listDefinitions } from "../ledger/store/definitions.ts";
import { digitisedAnswer, onlineAnswer, type SnapshotCell } from "../measures/closing/rules.ts";
import { listStandingClosings, type ClosingRow } from "../measures/closing/store.ts";
import { rollUp } from "../measures/rules.ts";
import { schoolFigures } from "../measures/table.ts";
import type { UnitRow } from "../organisation/store.ts";
import { dayOf, type Instant } from "../platform/clock.ts";
import type { Db } from "../platform/db.ts";
import { numberOf, PERIOD, type Hundredths } from "../platform/units.ts";
import { isSent, reportsOf } from "../reports/sources.ts";
import type { OpenedUnit } from "./access.ts";
import type * as shapes from "./unit-schemas.ts";

/** What is asked of a unit: a year, and a month or the period of a report where the figures have one. */
export interface Question extends OpenedUnit {
  year: SchoolYearRow;
  month: string;
  period: string;
  now: Instant;
}

/** Counted periods as a number with two decimals at most. */
const periodsOf = (counted: Hundredths): number => numberOf(counted) / PERIOD;
const headOf = ({ unit, year }: Question) => ({ unit: { id: unit.id, code: unit.code, name: unit.name, kind: unit.kind }, year: year.id });
const schoolOf = ({ id, code, name, level, area }: UnitRow) => ({ id, code, name, level, area });

/** The same sums, judged by the same rules, as the table of schools. */
export async function unitMeasures(db: Db, asked: Question): Promise<z.infer<typeof shapes.UnitMeasures>> {
  const today = dayOf(asked.now);
  const [sums, definitions] = await Promise.all([sumsOf(db, { schools: asked.schools, yearId: asked.year.id, today }), listDefinitions(db)]);
  const definition = definitionOn(definitions, today);
  const byId = new Map(asked.schools.map((school) => [school.id, school]));
  const lines = sums.map(({ row, targets }) => ({ row, targets, figures: schoolFigures(row, targets) }));
  const sum = rollUp(lines.map((line) => line.figures));
  return {
    ...headOf(asked),
    date: today,
    definition: { version: definition.version, digitised_counter: definition.digitised_counter },
    together: {
      ...{ schools: sum.schools, schools_without_plan: sum.without_plan, schools_online_met: sum.online_met, schools_digitised_met: sum.digitised_met },
      ...{ counted_periods: periodsOf(sum.online.counted), planned_periods: sum.online.planned },
      ...{ lessons_covered: sum.digitised.covered, own_lessons: sum.digitised.own, lessons_planned: sum.digitised.planned },
    },
    schools: lines.flatMap(({ row, targets, figures }) => {
      const school = byId.get(row.id);
      if (school === undefined) return [];
      const online = { counted_periods: periodsOf(row.counted), planned_periods: row.planned, answer: figures.online_answer };
      const digitised = { lessons_covered: row.covered, own_lessons: row.own, lessons_planned: row.lessons, subjects_met: row.subjects_met, subjects_planned: row.subjects_planned, answer: figures.digitised?.answer ?? ("no_plan" as const) };
      return [{ school: schoolOf(school), targets: { online_share_bp: targets.online, digitised_bp: targets.digitised }, online, digitised }];
    }),
  };
}

/** The scoreboard as its page shows it, without who declared and who confirmed. */
export async function unitScoreboard(db: Db, asked: Question): Promise<z.infer<typeof shapes.Scoreboard>> {
  const { board, rows } = await (asked.fromAbove ? figuresFromAbove : figuresIn)(db, asked.unit, asked, asked.now);
  return {
    ...headOf(asked),
    month: asked.month,
    board: board ? { id: board.board.id, version: board.board.version, name: board.board.name, source: board.board.source } : null,
    indicators: rows.map(indicatorOf),
  };
}

/** One indicator with its lines, as far as the reader is told of them. */
function indicatorOf(row: IndicatorLines): z.infer<typeof shapes.Scoreboard>["indicators"][number] {
  const { indicator, lines, told } = row;
  const { code, section, name_vi, name_en, definition_vi, definition_en, unit_vi, unit_en, measure, direction, source, thresholds, deadline } = indicator;
  const sum = addUp(indicator, lines);
  const tellsSum = told.tellsSum(lines);
  const counts = tellsSum && sum.without < sum.schools ? { part: sum.part, whole: sum.whole } : { part: null, whole: null };
  return {
    ...{ code, section, name_vi, name_en, definition_vi, definition_en, unit_vi, unit_en, measure, direction, source, thresholds, deadline },
    together: { answer: toldTogether(row), lines: sum.schools, lines_met: tellsSum ? sum.met : null, lines_without: sum.without, ...counts },
    lines: lines.map((line) => lineOf(row, line)),
  };
}

function lineOf(row: IndicatorLines, line: SchoolLine) {
  const { school, figure } = line;
  const of = school ? ("school" as const) : row.indicator.computer === "model_schools" ? ("level" as const) : ("commune" as const);
  const counts = row.told.hides(line) || figure === undefined ? { part: null, whole: null } : { part: figure.part / unitOfFigures(row.indicator), whole: figure.whole / unitOfFigures(row.indicator) };
  return { id: line.id, of, code: school?.code ?? null, name: line.name, area: line.area, ...counts, answer: toldAnswer(row, line), waiting: line.pending !== undefined };
}

export async function unitAssessments(db: Db, asked: Question): Promise<z.infer<typeof shapes.Assessments>> {
  const schools = asked.schools.filter((school) => school.level !== "preschool"); // the decision is for general and continuing education
  const [form, rows] = await Promise.all([publishedForm(db, asked.year.id), listAssessments(db, asked.year.id, schools.map((school) => school.id))]);
  const bySchool = new Map(rows.map((row) => [row.school_id, row]));
  const spread = spreadOf(schools.map((school) => publishedLevel(bySchool.get(school.id))));
  const of = form?.form;
  return {
    ...headOf(asked),
    form: of ? { id: of.id, version: of.version, name: of.name, source: of.source, basic_from: of.basic_from, well_above: of.well_above, send_by: of.send_by, publish_by: of.publish_by } : null,
    together: { schools: spread.schools, at_least_1: spread.at_least[1], at_least_2: spread.at_least[2], at_least_3: spread.at_least[3] },
    schools: schools.map((school) => {
      const found = bySchool.get(school.id);
      return { school: schoolOf(school), state: found?.state ?? "none", points_1: found?.points_1 ?? null, points_2: found?.points_2 ?? null, level: found?.level ?? null, submitted_at: found?.submitted_at ?? null };
    }),
  };
}

export async function unitClosings(db: Db, asked: Question): Promise<z.infer<typeof shapes.Closings>> {
  const byId = new Map(asked.schools.map((school) => [school.id, school]));
  const closings = await listStandingClosings(db, [...byId.keys()], asked.year.id, [asked.month]);
  return {
    ...headOf(asked),
    month: asked.month,
    schools: asked.schools.length,
    closings: closings.flatMap((closing) => {
      const school = byId.get(closing.school_id);
      return school ? [closingOf(closing, school, asked.unit.kind === "school")] : [];
    }),
  };
}

export function closingOf(closing: ClosingRow, school: UnitRow, withSubjects: boolean) {
  return {
    ...{ id: closing.id, school: schoolOf(school), number: closing.number, as_of: closing.as_of, closed_at: closing.closed_at },
    ...{ formula_version: closing.formula_version, definition_version: closing.definition_version, digitised_counter: closing.counter },
    ...{ online_target_bp: closing.online_bp, digitised_target_bp: closing.digitised_bp, target_source: closing.target_source },
    ...{ counted_periods: periodsOf(closing.counted), counted_in_month: periodsOf(closing.counted_in_month), planned_periods: closing.planned, planned_to_date: closing.planned_to_date },
    ...{ lessons_covered: closing.covered, own_lessons: closing.own, lessons_planned: closing.lessons, subjects_met: closing.subjects_met, subjects_planned: closing.subjects_planned },
    ...{ online_answer: onlineAnswer(closing), digitised_answer: digitisedAnswer(closing), records_hash: closing.records_hash },
    subjects: withSubjects ? closing.cells.map(subjectOf) : null,
  };
}

export function subjectOf(cell: SnapshotCell) {
  return { subject: cell.subject, grade: cell.grade, counted_periods: periodsOf(cell.counted), planned_periods: cell.planned, lessons_covered: cell.covered, own_lessons: cell.own, lessons_planned: cell.lessons };
}

/** Of a report that is still written, only its state is told. */
export async function unitReports(db: Db, asked: Question): Promise<z.infer<typeof shapes.Reports>> {
  const reports = await reportsOf(db, asked.schools, asked.year.id, asked.period);
  return {
    ...headOf(asked),
    period: asked.period,
    together: { schools: asked.schools.length, sent: asked.schools.filter((school) => isSent(reports.get(school.id))).length },
    schools: asked.schools.map((school) => {
      const found = reports.get(school.id);
      const seen = found !== undefined && found.state !== "draft" ? found : undefined;
      return { school: schoolOf(school), state: found?.state ?? "none", number: seen?.number ?? null, issued_on: seen?.issued_on ?? null };
    }),
  };
}

export async function unitDocuments(db: Db, asked: Question): Promise<z.infer<typeof shapes.Documents>> {
  const issued = await listIssued(db, asked.schools.map((school) => school.id), asked.year.id);
  const told = (found: IssuedDocument | undefined) => (found ? { number: found.number, issued_on: found.issued_on } : null);
  const schools = asked.schools.map((school) => ({
    school: schoolOf(school),
    plan: told(issued.get(`${school.id} plan`)),
    regulations: told(issued.get(`${school.id} regulations`)),
    complete: DOCUMENT_KINDS.every((kind) => issued.has(`${school.id} ${kind}`)),
  }));
  return { ...headOf(asked), together: { schools: schools.length, complete: schools.filter((one) => one.complete).length }, schools };
}
