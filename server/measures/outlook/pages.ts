import { hundredths, isAbove, isAtLeast, numberOf, PERIOD, rate, smallestAbove, smallestAtLeast, type BasisPoints } from "../../platform/units.ts";
import type { Formats } from "../../platform/i18n.ts";
import type { SafeHtml } from "../../platform/web/render.ts";
import { trendGeometry } from "../../shell/charts.ts";
import type { ActionView, FieldView, NoticeView, PageHeadView, StatView, TableView, TabsView, TrendView } from "../../shell/partials.ts";
import type { SchoolMeasures } from "../figures.ts";
import { rateText, type DefinitionView, type Voice } from "../pages.ts";
import { addShares, coveredBy, sidesOf } from "../rules.ts";
import { forecast, neededPerWeek, paceOf, prospect, quarterOf, WEEKS_NEEDED, type AlikeBy, type Forecast, type Quartiles, type WeekPoint } from "./rules.ts";

export interface OutlookPage {
  head: PageHeadView;
  tabs: TabsView;
  filter: { action: string; label: string; fields: FieldView[] };
  no_plan: boolean;
  trends: SafeHtml;
  last_year: { table: TableView } | { notice: NoticeView };
  alike: { table: TableView; note: string } | { notice: NoticeView };
  files: FilesView;
  definition: DefinitionView;
}

export interface TrendsView {
  trends: TrendView[];
}

/** The two links under a page of figures: what is on the screen, as files. */
export interface FilesView {
  label: string;
  actions: ActionView[];
}

declare global {
  interface Views {
    "measures/outlook": OutlookPage;
    "measures/outlook-trends": TrendsView;
    "measures/files": FilesView;
  }
}

/** The links to a page's figures as files, with the same choices in the address. */
export function filesOf(path: string, query: Record<string, string | undefined>, t: Words): FilesView {
  const asked = new URLSearchParams(Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== "")).toString();
  const href = (format: string): string => `${path}.${format}${asked === "" ? "" : `?${asked}`}`;
  const words = t.outlook.files;
  return { label: words.label, actions: [{ href: href("csv"), label: words.csv, icon: "download" }, { href: href("xlsx"), label: words.xlsx, icon: "download" }] };
}

export type SchoolTab = "overview" | "outlook" | "use" | "odd";

/** The pages of a school's figures beside each other. */
export function schoolTabs(schoolId: string, yearId: string, current: SchoolTab, shown: readonly SchoolTab[], t: Words): TabsView {
  const path = `/schools/${schoolId}/measures`;
  const paths: Record<SchoolTab, string> = { overview: path, outlook: `${path}/outlook`, use: `${path}/use`, odd: `/schools/${schoolId}/odd-figures` };
  return { label: t.outlook.tabs.label, items: shown.map((tab) => ({ href: `${paths[tab]}?year=${yearId}`, label: t.outlook.tabs[tab], current: tab === current })) };
}

/** One measure through the year: what each study week added, of how many, and what is asked. */
export interface Line {
  kind: "online" | "digitised";
  /** How many of what is counted make one: online periods are counted in hundredths, lessons are whole. */
  unit: number;
  points: readonly WeekPoint[];
  /** The periods or lessons of the plan, counted like the points. */
  planned: number;
  target: BasisPoints;
  /** How many study weeks are over: the forecast starts at the last of them. */
  weeks_over: number;
  forecast: Forecast;
  /** The rate at each week of the year before, in basis points, where it is known. */
  before?: { year: string; rates: readonly number[] } | undefined;
}

/** The online share as a line, from figures that are there already: nothing more is read for it. */
export function onlineLine(measures: SchoolMeasures): Line | undefined {
  if (measures.online === undefined) return undefined;
  const points = measures.trend.map(({ week, counted, so_far }) => ({ week, added: numberOf(counted), so_far: numberOf(so_far.counted) }));
  return lineOf(measures, "online", points, measures.online.planned * PERIOD);
}

export function digitisedLine(measures: SchoolMeasures, points: readonly WeekPoint[]): Line | undefined {
  const { whole, answer } = measures.digitised;
  return answer === "no_plan" ? undefined : lineOf(measures, "digitised", points, whole.planned);
}

function lineOf(measures: SchoolMeasures, kind: Line["kind"], points: readonly WeekPoint[], planned: number): Line {
  const pace = paceOf(points, measures.weeks, measures.scope.date, planned);
  const unit = kind === "online" ? PERIOD : 1;
  return { kind, unit, points, planned, target: measures.targets[kind], weeks_over: pace.weeks.length, forecast: forecast(pace, unit) };
}

const reaches = ({ kind, planned, target }: Line) => (count: number): boolean => (kind === "online" ? isAbove(count, planned, target) : isAtLeast(count, planned, target));

/** A line as a picture with its numbers beside it and its table behind it, week by week. */
export function weeklyTrend(line: Line, { t, f }: Pick<Voice, "t" | "f">): TrendView | undefined {
  const last = line.points.at(-1);
  if (last === undefined) return undefined;
  const words = t.outlook;
  const { planned, forecast: ahead } = line;
  const bp = (count: number): number => rate(count, planned);
  const known = line.points.map((point) => ({ label: words.week(point.week), bp: bp(point.so_far), text: rateText(f, point.so_far, planned) }));
  const from = line.weeks_over - 1;
  const coming = ahead.known ? Array.from({ length: Math.max(0, from + ahead.ahead.length + 1 - known.length) }, (_, i) => ({ label: words.week(known.length + i + 1), bp: undefined, text: "" })) : [];
  const steps = ahead.known ? ahead.ahead.map((band) => ({ low: bp(band.low), expected: bp(band.expected), high: bp(band.high) })) : [];
  const geometry = trendGeometry([...known, ...coming], line.target, { ahead: ahead.known ? { from, steps } : undefined, before: line.before?.rates });
  const count = counter(line, t, f);
  return {
    title: words.weekly(words[line.kind]),
    summary: words.summary_week(last.week, rateText(f, last.so_far, planned), count(last.added)),
    geometry,
    yLabels: geometry.yTicks.map((tick) => f.basisPoints(tick.bp)),
    targetLabel: words.target,
    legend: [...(ahead.known ? [{ kind: "ahead" as const, label: words.legend.ahead }] : []), ...(line.before ? [{ kind: "before" as const, label: words.legend.before(line.before.year) }] : [])],
    notes: notesOf(line, t, f),
    foot: footOf(ahead, t),
    table: {
      caption: words.table(words[line.kind]),
      columns: words.columns_week,
      rows: [
        ...line.points.map((point) => ({ label: words.week(point.week), text: words.row(rateText(f, point.so_far, planned), digits(line.kind, f)(point.added)) })),
        ...(ahead.known ? [{ label: words.forecast_row(from + 1 + ahead.weeks_left), text: words.forecast.row(rateText(f, ahead.expected, planned), rateText(f, ahead.low, planned), rateText(f, ahead.high, planned)) }] : []),
      ],
    },
  };
}

/** The same by months: what each added, and the share it led to. */
export function monthlyTrend(line: Line, months: readonly { month: string; added: number; so_far: number }[], { t, f }: Pick<Voice, "t" | "f">): TrendView | undefined {
  const last = months.at(-1);
  if (last === undefined) return undefined;
  const words = t.outlook;
  const name = (month: string): string => words.month(String(Number(month.slice(5))), month.slice(0, 4));
  const geometry = trendGeometry(months.map(({ month, so_far }) => ({ label: name(month), bp: rate(so_far, line.planned), text: rateText(f, so_far, line.planned) })), line.target);
  return {
    title: words.monthly(words[line.kind]),
    summary: words.summary_month(name(last.month), rateText(f, last.so_far, line.planned), counter(line, t, f)(last.added)),
    geometry,
    yLabels: geometry.yTicks.map((tick) => f.basisPoints(tick.bp)),
    targetLabel: words.target,
    notes: notesOf(line, t, f),
    foot: footOf(line.forecast, t),
    table: { caption: words.table(words[line.kind]), columns: words.columns_month, rows: months.map(({ month, added, so_far }) => ({ label: name(month), text: words.row(rateText(f, so_far, line.planned), digits(line.kind, f)(added)) })) },
  };
}

/** A count of a measure in digits: of online periods, their hundredths. */
function digits(kind: Line["kind"], f: Formats): (count: number) => string {
  return (count) => (kind === "online" ? f.periods(hundredths(count)) : f.number(count));
}

function counter(line: Line, t: Words, f: Formats): (count: number) => string {
  const say = t.outlook.units[line.kind === "online" ? "periods" : "lessons"];
  const text = digits(line.kind, f);
  return (count) => say(text(count));
}

/** The forecast in numbers, and what it says of the target. */
function notesOf(line: Line, t: Words, f: Formats): StatView[] {
  const { forecast: ahead, planned, target } = line;
  if (!ahead.known) return [];
  const words = t.outlook.forecast;
  const count = counter(line, t, f);
  const text = (n: number): string => rateText(f, n, planned);
  const now = line.points.at(-1)?.so_far ?? 0;
  const needed = (line.kind === "online" ? smallestAbove(planned, target) : smallestAtLeast(planned, target)) - now;
  const each = neededPerWeek(needed / line.unit, ahead.weeks_left) ?? 0;
  const pace = words.pace(t.outlook.units[line.kind === "online" ? "periods" : "lessons"](f.number(Math.round(ahead.per_week * 10) / 10, 1)), ahead.weeks_used);
  return [
    { label: words.label, value: text(ahead.expected), detail: words.band(text(ahead.low), text(ahead.high), digits(line.kind, f)(ahead.low), count(ahead.high)) },
    needed <= 0
      ? { label: words.prospects_label, value: words.met, detail: pace }
      : { label: words.prospects_label, value: words.prospects[prospect(ahead, reaches(line))], detail: `${words.needed(count(each * line.unit), ahead.weeks_left)}. ${pace}` },
  ];
}

function footOf(ahead: Forecast, t: Words): string {
  const words = t.outlook.forecast;
  if (ahead.known) return words.method(ahead.weeks_used, ahead.weeks_left);
  return ahead.why === "too_few_weeks" ? words.none.too_few_weeks(WEEKS_NEEDED) : words.none[ahead.why];
}

/** What last year stood at when it was as old as this one is; its online periods in hundredths. */
export interface LastYear {
  year_id: string;
  week: number;
  online: { part: number; whole: number };
  digitised: { part: number; whole: number };
}

export function lastYearTable(measures: SchoolMeasures, before: LastYear, { t, f }: Pick<Voice, "t" | "f">): TableView {
  const words = t.outlook.compare;
  const { columns } = words.year;
  const whole = measures.digitised.whole;
  const now = { online: sidesOf(measures.online ?? addShares([])), digitised: { part: coveredBy(whole, measures.definition.digitised_counter), whole: whole.planned } };
  const text = (kind: Line["kind"], { part, whole: of }: { part: number; whole: number }): string => words.rate_of(rateText(f, part, of), `${digits(kind, f)(part)}/${digits(kind, f)(of)}`);
  return {
    caption: words.year.caption(before.week),
    columns: [{ label: columns.what }, { label: columns.now, number: true }, { label: columns.before(before.year_id), number: true }, { label: columns.change, number: true }],
    rows: (["online", "digitised"] as const).map((kind) => {
      const points = (rate(now[kind].part, now[kind].whole) - rate(before[kind].part, before[kind].whole)) / 100;
      const known = now[kind].whole > 0 && before[kind].whole > 0;
      return [{ text: t.outlook[kind] }, { text: text(kind, now[kind]) }, { text: text(kind, before[kind]) }, { text: known ? words.year.points(`${points > 0 ? "+" : points < 0 ? "−" : ""}${f.number(Math.abs(points), 2)}`) : "–" }];
    }),
  };
}

/** A school among those alike: quartiles of their rates, never a name. */
export interface AlikeFigures {
  by: AlikeBy;
  level: string | null;
  area: string | null;
  online: { own: number; group: Quartiles };
  digitised: { own: number; group: Quartiles };
}

export function alikeTable(alike: AlikeFigures, is_officer: boolean, { t, f }: Pick<Voice, "t" | "f">): TableView {
  const words = t.outlook.compare.alike;
  const { columns } = words;
  return {
    caption: words.caption(f.number(alike.online.group.size), whoText(alike, t)),
    columns: [{ label: columns.what }, { label: is_officer ? columns.own_for_officers : columns.own, number: true }, { label: columns.lower, number: true }, { label: columns.median, number: true }, { label: columns.upper, number: true }, { label: columns.place }],
    rows: (["online", "digitised"] as const).map((kind) => {
      const { own, group } = alike[kind];
      return [{ text: t.outlook[kind] }, { text: f.basisPoints(own) }, { text: f.basisPoints(group.lower) }, { text: f.basisPoints(group.median) }, { text: f.basisPoints(group.upper) }, { text: words.places[quarterOf(own, group) - 1] ?? "" }];
    }),
  };
}

function whoText({ by, level, area }: AlikeFigures, t: Words): string {
  const { who } = t.outlook.compare.alike;
  const named = t.outlook.levels[level ?? ""] ?? "";
  if (by === "level_and_area") return who.level_and_area(named, t.outlook.areas[area ?? ""] ?? "–");
  return by === "level" ? who.level(named) : who.province;
}
