import { weeksOfSchool, type SchoolYearRow } from "../../calendar/store.ts";
import { definitionOn, listDefinitions } from "../../ledger/store/definitions.ts";
import type { Day } from "../../platform/clock.ts";
import type { Db } from "../../platform/db.ts";
import { numberOf, PERIOD, rate } from "../../platform/units.ts";
import type { Opened } from "../access.ts";
import { coveredBy, sidesOf } from "../rules.ts";
import { listCountedDays, listCoverage, listPlanTotals, listSchoolSums } from "../store/figures.ts";
import { TARGETS_OF_1027 } from "../store/targets.ts";
import { digitisedLine, onlineLine, type AlikeFigures, type LastYear, type Line } from "./pages.ts";
import { monthsOfSeries, quartiles, schoolsAlike, seriesOf } from "./rules.ts";
import { listAllSchools, listCoveredDays } from "./store.ts";

export type MonthPoint = ReturnType<typeof monthsOfSeries>[number];

/** Everything that the page of trends shows and its files hold. */
export interface Outlook {
  lines: { line: Line; months: MonthPoint[] }[];
  year_before: SchoolYearRow | undefined;
  last_year: LastYear | undefined;
  /** Undefined: the group would be too small. `narrowed`: another day or a campus was asked for. */
  alike: AlikeFigures | "narrowed" | undefined;
}

export async function readOutlook(db: Db, opened: Opened, today: Day): Promise<Outlook> {
  const { measures, years, year } = opened;
  const { scope, definition, weeks } = measures;
  const year_before = years.find((one) => one.id < year.id);
  const [online_days, covered_days, before, alike] = await Promise.all([
    listCountedDays(db, scope),
    listCoveredDays(db, scope, definition.lesson_kinds, definition.digitised_counter),
    year_before ? loadLastYear(db, opened, year_before) : undefined,
    measures.is_today && scope.campus_id === undefined ? loadAlike(db, opened, today) : ("narrowed" as const),
  ]);
  const days = online_days.map(({ taught_on, counted }) => ({ on: taught_on, added: numberOf(counted) }));
  const online = onlineLine(measures);
  const digitised = digitisedLine(measures, seriesOf(covered_days, weeks, scope.date));
  const known = before && year_before ? { year: year_before.id, rates: before.rates } : undefined;
  return {
    lines: [
      ...(online ? [{ line: { ...online, before: known }, months: monthsOfSeries(days, weeks, scope.date) }] : []),
      ...(digitised ? [{ line: digitised, months: monthsOfSeries(covered_days, weeks, scope.date) }] : []),
    ],
    year_before,
    last_year: before?.figures,
    alike,
  };
}

/** Last year's figures at the end of the same study week, and its online share week by week; undefined where nothing was planned. */
async function loadLastYear(db: Db, { school, measures, campuses, asked }: Opened, year: SchoolYearRow): Promise<{ figures: LastYear; rates: number[] } | undefined> {
  const campus_id = campuses.find((campus) => campus.id === asked.campus)?.id;
  const weeks = await weeksOfSchool(db, year, school.id, campus_id);
  const week = weeks[Math.min(measures.weeks_reached, weeks.length) - 1];
  if (week === undefined) return undefined;
  const whole_year = { school_id: school.id, year_id: year.id, date: weeks.at(-1)?.ends_on ?? week.ends_on, campus_id };
  const definition = definitionOn(await listDefinitions(db), week.ends_on);
  const [totals, days, coverage] = await Promise.all([
    listPlanTotals(db, whole_year),
    listCountedDays(db, whole_year),
    listCoverage(db, { ...whole_year, date: week.ends_on }, definition.lesson_kinds, week.ends_on),
  ]);
  const planned = PERIOD * totals.reduce((sum, row) => sum + row.planned_periods, 0);
  if (planned === 0) return undefined;
  const points = seriesOf(days.map(({ taught_on, counted }) => ({ on: taught_on, added: numberOf(counted) })), weeks, whole_year.date);
  const covered = coverage.reduce((sum, row) => sum + coveredBy(row, definition.digitised_counter), 0);
  return {
    figures: {
      year_id: year.id,
      week: week.number,
      online: { part: points[week.number - 1]?.so_far ?? 0, whole: planned },
      digitised: { part: covered, whole: coverage.reduce((sum, row) => sum + row.planned, 0) },
    },
    rates: points.map((point) => rate(point.so_far, planned)),
  };
}

/** Quartiles of the schools alike, from sums that are kept: two queries that every school of the group shares for seconds. */
async function loadAlike(db: Db, { school, year, measures }: Opened, today: Day): Promise<AlikeFigures | undefined> {
  const counter = measures.definition.digitised_counter;
  for (const { by, schools } of schoolsAlike(school, await listAllSchools(db))) {
    const sums = await listSchoolSums(db, schools.map((one) => one.id), year.id, today, { bp: TARGETS_OF_1027.digitised_bp, counter });
    const planned = sums.filter((row) => row.subjects_planned > 0 && row.planned > 0);
    const own = planned.find((row) => row.id === school.id);
    if (own === undefined) continue;
    const rates = planned.map((row) => ({ id: row.id, online: onlineRate(row), digitised: rate(coveredBy(row, counter), row.lessons) }));
    const [online, digitised] = [quartiles(rates.map((one) => one.online)), quartiles(rates.map((one) => one.digitised))];
    const mine = rates.find((one) => one.id === school.id);
    if (online && digitised && mine) return { by, level: school.level, area: school.area, online: { own: mine.online, group: online }, digitised: { own: mine.digitised, group: digitised } };
  }
  return undefined;
}

function onlineRate(row: Parameters<typeof sidesOf>[0]): number {
  const { part, whole } = sidesOf(row);
  return rate(part, whole);
}
