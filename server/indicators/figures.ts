import { rootOf } from "../access/actor.ts";
import { monthOf } from "../calendar/rules.ts";
import { weeksOfSchool, type SchoolYearRow } from "../calendar/store.ts";
import { listTree } from "../organisation/store/tree.ts";
import { listSchoolsOf, type UnitRow } from "../organisation/store.ts";
import { addDays, dayOf, instantOf, type Day, type Instant } from "../platform/clock.ts";
import type { Db } from "../platform/db.ts";
import { remember } from "../platform/remember.ts";
import { ALL_TOLD, NONE_TOLD, toldFromAbove, type Told } from "../platform/rules/small-groups.ts";
import { provinceAround } from "./access.ts";
import { computerOf, COMPUTER_KEYS, COMPUTERS, countsPeople, type Asked, type ComputerKey, type Figures } from "./computers.ts";
import { holding, type Figure, type Line } from "./rules.ts";
import { publishedBoard, type Board, type Indicator } from "./store/boards.ts";
import { listRecords, saveRecords } from "./store/records.ts";
import type { ValueRow } from "./store/tables.ts";
import { listStanding, placeOf, type StandingValues } from "./store/values.ts";

/** One school of an indicator (or one commune, or one school level) with its figure and where that came from. */
export interface SchoolLine extends Line {
  id: string;
  name: string;
  /** The school; undefined for a level or a commune. */
  school: UnitRow | undefined;
  figure: Figure | undefined;
  value: ValueRow | undefined;
  /** What was declared since and nobody has confirmed: shown, and counted nowhere. */
  pending: ValueRow | undefined;
}

export interface IndicatorLines {
  indicator: Indicator;
  lines: SchoolLine[];
  /** What of it the reader is told. */
  told: Told;
  /** What the reader is told of declarations that wait: decided as if all of them held already. Asked through `tellsWaiting`. */
  waits: Told;
}

/** Whether the figure of a declaration that waits is told. Where the standing one is not, nothing may come out between the two. */
export function tellsWaiting({ lines, told, waits }: Pick<IndicatorLines, "lines" | "told" | "waits">, value: { school_id: string; whole: number }): boolean {
  const line = lines.find((one) => one.id === value.school_id);
  return line !== undefined && !told.hides(line) && !waits.hides({ id: line.id, figure: value });
}

export interface BoardFigures {
  board: Board | undefined;
  communes: readonly UnitRow[];
  rows: IndicatorLines[];
}

/** Months of a year that have begun, the newest first: of each the figures can be looked at. */
export async function monthsOfYear(db: Db, year: SchoolYearRow, today: Day): Promise<string[]> {
  const weeks = await weeksOfSchool(db, year, "");
  const first = weeks[0]?.starts_on ?? year.term1_starts_on;
  const last = today < year.ends_on ? today : year.ends_on;
  const months = new Set<string>([monthOf(first)]);
  for (let day = first; day <= last; day = addDays(day, 1)) months.add(monthOf(day));
  return [...months].sort().reverse();
}

/** Every indicator of a year, or those with these codes, with the figures of all schools of a unit, as they hold in a month. */
export async function figuresIn(db: Db, unit: UnitRow, { year, month }: { year: { id: string }; month: string }, at: Instant, codes?: readonly string[]): Promise<BoardFigures> {
  const today = dayOf(at);
  const [board, schools, communes] = await Promise.all([publishedBoard(db, year.id), listSchoolsOf(db, unit, today), communesOf(db, unit)]);
  const indicators = (board?.indicators ?? []).filter((one) => codes === undefined || codes.includes(one.code));
  const asked: Asked = { schools, communes, yearId: year.id, today };
  const [values, computed] = await Promise.all([standingOf(db, indicators, asked, month), computedFigures(db, asked, neededBy(indicators), month, today)]);
  return { board, communes, rows: indicators.map((indicator) => ({ indicator, lines: linesOf(indicator, asked, values, computed, month), told: ALL_TOLD, waits: ALL_TOLD })) };
}

/** The same for whoever stands above the schools: what is told of groups of people is decided by the lines of the whole province. */
export async function figuresFromAbove(db: Db, unit: UnitRow, when: { year: { id: string }; month: string }, at: Instant, codes?: readonly string[]): Promise<BoardFigures> {
  const figures = await figuresIn(db, unit, when, at, codes);
  const people = figures.rows.filter(({ indicator }) => countsPeople(indicator));
  if (people.length === 0) return figures;
  const provinceId = rootOf(unit.path);
  const told = provinceId === unit.id ? toldByCode(people) : await toldIn(db, provinceId, when.year.id, when.month, dayOf(at), ...people.map(({ indicator }) => indicator.code));
  return { ...figures, rows: figures.rows.map((row) => (people.includes(row) ? { ...row, ...(told.get(row.indicator.code) ?? { told: NONE_TOLD, waits: NONE_TOLD }) } : row)) };
}

/** What decides how many people are in a group. */
const PEOPLE_STAND_IN = ["units", "scoreboards", "indicators", "indicator_records", "indicator_values", "memberships", "classes", "class_enrolments"];

/**
 * What is told of these indicators anywhere in a province. Every office and every school below asks for the same, which is
 * thousands of rows: kept for some seconds. A line that changed meanwhile is not told.
 */
const toldIn = remember(PEOPLE_STAND_IN, async (db: Db, provinceId: string, yearId: string, month: string, today: Day, ...codes: string[]): Promise<ReadonlyMap<string, ToldOfCode>> => {
  const province = await provinceAround(db, provinceId);
  return province === undefined ? new Map() : toldByCode((await figuresIn(db, province, { year: { id: yearId }, month }, instantOf(today, "12:00"), codes)).rows);
});

type ToldOfCode = Pick<IndicatorLines, "told" | "waits">;

function toldByCode(widest: readonly IndicatorLines[]): ReadonlyMap<string, ToldOfCode> {
  return new Map(
    widest.map(({ indicator, lines }) => {
      const told = toldFromAbove(lines.map(({ id, school, figure }) => ({ id, place: placeOfSchool(school), figure })));
      const waits = toldFromAbove(lines.map(({ id, school, figure, pending }) => ({ id, place: placeOfSchool(school), figure: pending ?? figure })));
      // Of a share of institutions the sum counts schools, not people: it is always told.
      return [indicator.code, { told: indicator.measure === "ratio" ? told : { ...told, tellsSum: ALL_TOLD.tellsSum }, waits }];
    }),
  );
}

/** The path of the office right above a school. */
function placeOfSchool(school: UnitRow | undefined): string {
  return school?.path.replace(/[^/]+\/$/, "") ?? "";
}

/** What was declared or imported: asked for only where an indicator is not counted by the system. */
function standingOf(db: Db, indicators: readonly Indicator[], { schools, yearId }: Asked, month: string): Promise<StandingValues> {
  const codes = indicators.filter((one) => one.source !== "computed").map((one) => one.code);
  return listStanding(db, { yearId, month, schoolIds: schools.map((school) => school.id), codes });
}

function communesOf(db: Db, unit: UnitRow): Promise<UnitRow[]> {
  if (unit.kind === "commune") return Promise.resolve([unit]);
  return unit.kind === "department" ? listTree(db, unit).then((all) => all.filter((one) => one.kind === "commune")) : Promise.resolve([]);
}

function neededBy(indicators: readonly Indicator[]): ComputerKey[] {
  return COMPUTER_KEYS.filter((key) => indicators.some((one) => one.source === "computed" && one.computer === key));
}

/**
 * This month's figures are counted now, but for those that look at every pupil: they stand as of last night. What an
 * earlier month showed is what its last night left.
 */
async function computedFigures(db: Db, asked: Asked, keys: readonly ComputerKey[], month: string, today: Day): Promise<Map<ComputerKey, Figures>> {
  const isNow = month === monthOf(today);
  const units = [...asked.schools.map((school) => school.id), ...asked.communes.map((commune) => commune.id), ...new Set(asked.schools.flatMap((school) => school.level ?? []))];
  const recorded = keys.filter((key) => !isNow || COMPUTERS[key].nightly);
  const records = recorded.length === 0 ? [] : await listRecords(db, { yearId: asked.yearId, month, computers: recorded }, units);
  const figures = await Promise.all(
    keys.map(async (key): Promise<[ComputerKey, Figures]> => {
      const own = records.filter((row) => row.computer === key);
      const fromRecords = !isNow || own.length > 0;
      if (!fromRecords) return [key, await COMPUTERS[key].compute(db, asked)];
      return [key, new Map(own.map(({ unit_id, part, whole, reached }) => [unit_id, { part, whole, ...(reached === null ? {} : { reached }) }]))];
    }),
  );
  return new Map(figures);
}

function linesOf(indicator: Indicator, asked: Asked, values: StandingValues, computed: ReadonlyMap<ComputerKey, Figures>, month: string): SchoolLine[] {
  const applies = (school: UnitRow): boolean => indicator.levels.length === 0 || indicator.levels.includes(school.level ?? "");
  const computer = indicator.source === "computed" ? computerOf(indicator.computer) : undefined;
  const figures = computed.get(indicator.computer as ComputerKey) ?? new Map<string, Figure>();
  if (computer?.of === "level") return [...figures].map(([id, figure]) => ({ id, name: "", area: null, school: undefined, figure, value: undefined, pending: undefined }));
  if (computer?.of === "commune") return asked.communes.map(({ id, name }) => ({ id, name, area: null, school: undefined, figure: figures.get(id), value: undefined, pending: undefined }));
  return asked.schools.filter(applies).map((school) => {
    const own = computer === undefined ? (values.get(placeOf(school.id, indicator.code)) ?? []) : [];
    const value = holding(own, month);
    const pending = own.findLast((one) => one.state === "declared");
    const figure = computer === undefined ? (value && { part: value.part, whole: value.whole }) : figures.get(school.id);
    return { id: school.id, name: school.name, area: school.area, school, figure, value, pending };
  });
}

/** Writes down what stands for the month that is running: every night, for the whole province. */
export async function recordMonth(db: Db, province: UnitRow, year: { id: string }, at: Instant): Promise<number> {
  const today = dayOf(at);
  const [board, schools, communes] = await Promise.all([publishedBoard(db, year.id), listSchoolsOf(db, province, today), communesOf(db, province)]);
  const keys = board === undefined ? [] : neededBy(board.indicators);
  for (const key of keys) {
    const figures = await COMPUTERS[key].compute(db, { schools, communes, yearId: year.id, today });
    await saveRecords(db, { year_id: year.id, month: monthOf(today), computer: key }, figures, at);
  }
  return keys.length;
}
