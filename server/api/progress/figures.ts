import { listYears, yearIn } from "../../calendar/store.ts";
import { monthOf } from "../../calendar/rules.ts";
import { figuresIn } from "../../indicators/figures.ts";
import { isSmallGroup } from "../../platform/rules/small-groups.ts";
import { addUp, togetherAnswer, type Answer, type RollUp } from "../../indicators/rules.ts";
import { countsPeople } from "../../indicators/computers.ts";
import type { Indicator } from "../../indicators/store/boards.ts";
import { digitisedAnswer, onlineAnswer } from "../../measures/closing/rules.ts";
import { rollUp, type Counter, type RollUp as Measures, type SchoolFigures } from "../../measures/rules.ts";
import { listTargets, targetsOf, type Targets } from "../../measures/store/targets.ts";
import { listSchoolsBelow, type UnitRow } from "../../organisation/store.ts";
import { listTree } from "../../organisation/store/tree.ts";
import { instantOf, type Day, type Instant } from "../../platform/clock.ts";
import type { Db } from "../../platform/db.ts";
import { remember } from "../../platform/remember.ts";
import { lessons, periods } from "../../platform/units.ts";
import { unitOfPage } from "./access.ts";
import { foldSmall } from "./rules.ts";
import { lastClosedMonth, listClosedSums, type ClosedSums } from "./store.ts";

/** A school with what it closed for the month; undefined: it has not. */
export interface ProgressSchool {
  school: UnitRow;
  closed: ClosedSums | undefined;
}

/** A row of schools that are told together. */
export interface ProgressPart {
  id: string;
  name: string;
  /** Schools that have closed the month: those whose figures the row is made of. */
  told: number;
  schools: readonly ProgressSchool[];
  sum: Measures;
}

export interface Progress {
  unit: UnitRow;
  year: string;
  today: Day;
  /** The newest month that any school has closed. */
  month: string | undefined;
  /** When the last of these schools closed the month. Undefined: nobody has closed any month of this year. */
  lastClosed: Instant | undefined;
  sum: Measures;
  schools: number;
  counter: Counter;
  targets: Targets;
  parts: readonly ProgressPart[];
  indicators: readonly { indicator: Indicator; sum: RollUp; answer: Answer; told: boolean }[];
}

const TOLD_BY = ["month_closings", "units", "unit_parents", "scoreboards", "indicators", "indicator_thresholds", "indicator_records", "indicator_values", "assessments", "targets", "digital_models", "school_document_versions"];

/**
 * What the public page tells: what schools have closed and reported for the newest month, and the plan's targets as they
 * stand today. Kept for some seconds, so that many readers are one reading.
 */
export const progressOf = remember(TOLD_BY, async (db: Db, unitId: string, today: Day): Promise<Progress | undefined> => {
  const [unit, years] = await Promise.all([unitOfPage(db, unitId), listYears(db)]);
  const year = yearIn(years, today);
  if (year === undefined) return undefined;
  const lastMonth = await lastClosedMonth(db, year.id);
  const [schools, tree, sums, targets, board] = await Promise.all([
    listSchoolsBelow(db, unit),
    listTree(db, unit),
    lastMonth === undefined ? [] : listClosedSums(db, year.id, lastMonth),
    listTargets(db, year.id),
    figuresIn(db, unit, { year, month: monthOf(today) }, instantOf(today, "12:00")),
  ]);
  const bySchool = new Map(sums.map((one) => [one.school_id, one]));
  const all = schools.map((school): ProgressSchool => ({ school, closed: bySchool.get(school.id) }));
  const closed = all.flatMap((one) => one.closed ?? []);
  const newest = closed.reduce<ClosedSums | undefined>((last, one) => (last === undefined || one.definition_version > last.definition_version ? one : last), undefined);
  return {
    ...{ unit, year: year.id, today, month: lastMonth, sum: sumOf(all), schools: all.length, counter: newest?.counter ?? "all", targets: targetsOf(targets, null) },
    lastClosed: closed.map((one) => one.closed_at).sort().at(-1),
    parts: partsOf(unit, tree.filter((one) => one.kind === "commune"), all),
    indicators: board.rows.map(({ indicator, lines }) => {
      const sum = addUp(indicator, lines);
      return { indicator, sum, answer: togetherAnswer(indicator, lines), told: !(countsPeople(indicator) && isSmallGroup(sum.whole)) };
    }),
  };
});

/** Communes with their schools, and the schools that the department itself leads. */
function partsOf(unit: UnitRow, communes: readonly UnitRow[], all: readonly ProgressSchool[]): ProgressPart[] {
  const below = communes.map((commune) => partOf(commune.id, commune.name, all.filter(({ school }) => school.path.startsWith(commune.path))));
  const placed = new Set(below.flatMap((part) => part.schools));
  return [partOf(unit.id, unit.name, all.filter((one) => !placed.has(one))), ...below].filter((part) => part.schools.length > 0);
}

function partOf(id: string, name: string, schools: readonly ProgressSchool[]): ProgressPart {
  return { id, name, schools, told: schools.filter((one) => one.closed).length, sum: sumOf(schools) };
}

/** Adds up what was closed, as the table of schools adds up what stands today. */
function sumOf(schools: readonly ProgressSchool[]): Measures {
  return rollUp(
    schools.flatMap(({ closed }): SchoolFigures[] => {
      if (closed === undefined) return [];
      if (closed.subjects_planned === 0) return [{ online: undefined, digitised: undefined, online_answer: "no_plan" }];
      const whole = { covered: lessons(closed.covered), own: lessons(closed.own), planned: lessons(closed.lessons) };
      return [{ online: { counted: closed.counted, planned: periods(closed.planned) }, online_answer: onlineAnswer(closed), digitised: { whole, answer: digitisedAnswer(closed) } }];
    }),
  );
}

/** The rows of communes that everybody may see: small ones are one row, the last, without a name. */
export function publicParts(parts: readonly ProgressPart[]): ProgressPart[] {
  const { shown, folded } = foldSmall(parts);
  if (shown.length === 0 || folded.length === 0) return shown;
  return [...shown, partOf("", "", folded.flatMap((part) => part.schools))];
}
