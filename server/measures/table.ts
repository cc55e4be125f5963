import type { FileTable } from "../platform/table-file.ts";
import type { Formats } from "../platform/i18n.ts";
import type { UnitRow } from "../organisation/store.ts";
import { lessons, numberOf, PERIOD, periods, type BasisPoints } from "../platform/units.ts";
import { meterGeometry } from "../shell/charts.ts";
import type { CellView, MeterView, StatView, TableView, Tone } from "../shell/partials.ts";
import { coverageText, rateText, shareRate } from "./pages.ts";
import { sharePercent } from "./outlook/files.ts";
import { coveredBy, onlineShareAnswer, sidesOf, type Answer, type Counter, type RollUp, type SchoolFigures } from "./rules.ts";
import type { SchoolSumRow } from "./store/figures.ts";
import type { Targets } from "./store/targets.ts";

/** A school in a table: its sums, what they say, and its place among the units. */
export interface SchoolLine {
  row: SchoolSumRow;
  unit: Pick<UnitRow, "path" | "area" | "search_text">;
  figures: SchoolFigures;
  online_target: BasisPoints;
}

/** Judges the sums of one school. Without a lesson in any published plan nothing can be computed. */
export function schoolFigures(row: SchoolSumRow, targets: Targets): SchoolFigures {
  if (row.subjects_planned === 0) return { online: undefined, digitised: undefined, online_answer: "no_plan" };
  const online = { counted: row.counted, planned: periods(row.planned) };
  return {
    online,
    online_answer: onlineShareAnswer(online, targets.online),
    digitised: {
      whole: { covered: lessons(row.covered), own: lessons(row.own), planned: lessons(row.lessons) },
      answer: row.subjects_met === row.subjects_planned ? "met" : "not_met",
    },
  };
}

/** Both measures of these schools. */
export function schoolsTable(lines: readonly SchoolLine[], yearId: string, counter: Counter, t: Words, f: Formats): TableView {
  const { school, level, online, online_counts, digitised, digitised_counts, subjects } = t.measures.table.columns;
  const state = { label: t.measures.filters.state };
  const number = true;
  const columns = [{ label: school }, { label: level }, { label: online, number }, { label: online_counts, number }, state, { label: digitised, number }, { label: digitised_counts[counter], number }, { label: subjects, number }, state];
  return { caption: t.measures.table.caption, columns, rows: lines.map((line) => schoolCells(line, yearId, counter, t, f)), phones: "scroll" };
}

const TONES: Record<Answer, Tone> = { met: "good", not_met: "warn", no_plan: "neutral" };

function schoolCells({ row, figures }: SchoolLine, yearId: string, counter: Counter, t: Words, f: Formats): CellView[] {
  const words = t.measures.table;
  const href = `/schools/${row.id}/measures?year=${yearId}`;
  const level = row.level ? (t.access.levels[row.level] ?? row.level) : "";
  const { online, digitised } = figures;
  if (!online || !digitised) {
    const none: CellView = { text: words.state.no_plan, badge: "neutral" };
    return [{ text: row.name, href }, { text: level }, { text: "–" }, { text: "–" }, none, { text: "–" }, { text: "–" }, { text: "–" }, { text: "–" }];
  }
  const of = (part: number, whole: number): string => words.of_all(f.number(part), f.number(whole));
  const state = (answer: Answer): CellView => ({ text: words.state[answer], badge: TONES[answer] });
  return [
    { text: row.name, href },
    { text: level },
    { text: shareRate(f, online) },
    { text: words.of_all(f.periods(online.counted), f.number(online.planned)), href: `/schools/${row.id}/measures/periods?year=${yearId}&state=counted` },
    state(figures.online_answer),
    { text: rateText(f, coveredBy(digitised.whole, counter), digitised.whole.planned) },
    { text: of(coveredBy(digitised.whole, counter), digitised.whole.planned), href: `/schools/${row.id}/measures/lessons?year=${yearId}&covered=yes` },
    { text: of(row.subjects_met, row.subjects_planned) },
    state(digitised.answer),
  ];
}

/** The sums of a unit as meters. A unit has no target of its own: it is met when every school meets it. */
export function unitMeters(sum: RollUp, targets: Targets, counter: Counter, t: Words, f: Formats): MeterView[] {
  const withPlan = sum.schools - sum.without_plan;
  const stateOf = (met: number): Answer => (withPlan === 0 ? "no_plan" : met === sum.schools ? "met" : "not_met");
  const { online, digitised } = t.measures;
  const meter = (label: string, target: string, counts: string, part: number, whole: number, bp: number, met: number): MeterView => {
    const geometry = meterGeometry(part, whole, bp);
    const note = t.measures.table.of_all(f.number(met), f.number(sum.schools));
    return { label, target, counts, geometry, state: stateOf(met), rate: rateText(f, part, whole), max: f.basisPoints(geometry.maxBp), note: `${t.measures.table.schools}: ${note}` };
  };
  const { online: share, digitised: coverage } = sum;
  const { part, whole } = sidesOf(share);
  return [
    meter(online.label, online.target(f.basisPoints(targets.online)), online.counts(f.periods(share.counted), f.number(share.planned)), part, whole, targets.online, sum.online_met),
    meter(digitised.label, digitised.target(f.basisPoints(targets.digitised)), coverageText(coverage, counter, t, f), coveredBy(coverage, counter), coverage.planned, targets.digitised, sum.digitised_met),
  ];
}

export function unitStats({ sum, parts }: { sum: RollUp; parts: readonly unknown[] }, t: Words, f: Formats): StatView[] {
  const words = t.measures.table;
  const of = (n: number): string => words.of_all(f.number(n), f.number(sum.schools));
  return [
    { label: words.schools, value: f.number(sum.schools) },
    { label: words.online_met, value: of(sum.online_met) },
    { label: words.digitised_met, value: of(sum.digitised_met) },
    { label: words.without_plan, value: f.number(sum.without_plan) },
    ...(parts.length === 0 ? [] : [{ label: words.parts, value: f.number(parts.length), href: "#parts" }]),
  ];
}

/** Communes and clusters of a unit, each with the sums of its schools. */
export function partsTable(parts: readonly { id: string; name: string; sum: RollUp }[], yearId: string, t: Words, f: Formats): TableView | undefined {
  if (parts.length === 0) return undefined;
  const words = t.measures.table;
  const number = true;
  const columns = [{ label: words.units }, { label: words.schools, number }, { label: words.online_met, number }, { label: words.digitised_met, number }, { label: words.without_plan, number }];
  const rows = parts.map(({ id, name, sum }): CellView[] => {
    const of = (n: number): string => words.of_all(f.number(n), f.number(sum.schools));
    return [{ text: name, href: `/measures?unit=${id}&year=${yearId}` }, { text: f.number(sum.schools) }, { text: of(sum.online_met) }, { text: of(sum.digitised_met) }, { text: f.number(sum.without_plan) }];
  });
  return { caption: words.units, columns, rows, phones: "stack" };
}

/** The table of schools as a file: whole numbers beside every rate. */
export function schoolsFile(lines: readonly SchoolLine[], t: Words): FileTable {
  const words = t.measures.table;
  const rows = lines.map(({ row, figures: { online, online_answer, digitised } }) => [
    row.name,
    row.level ? (t.access.levels[row.level] ?? row.level) : "",
    ...(online ? [numberOf(online.counted) / PERIOD, online.planned, sharePercent(online)] : [null, null, null]),
    words.state[online_answer],
    ...(digitised ? [digitised.whole.covered, digitised.whole.own, digitised.whole.covered - digitised.whole.own, digitised.whole.planned, row.subjects_met, row.subjects_planned] : [null, null, null, null, null, null]),
    words.state[digitised?.answer ?? "no_plan"],
  ]);
  return { name: t.outlook.sheets.table, head: words.csv_head, rows };
}
