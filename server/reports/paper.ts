import { formats } from "../platform/i18n.ts";
import { addHundredths, rate, type Hundredths } from "../platform/units.ts";
import { digitisedAnswer, endOfMonth, monthTitle, onlineAnswer } from "../measures/closing/rules.ts";
import type { ClosingRow } from "../measures/closing/store.ts";
import { sidesOf, type Answer } from "../measures/rules.ts";
import type { Issuer } from "../documents/official/issuer.ts";
import { blocksOf, tidy, type Block, type OfficialDocument } from "../documents/official/model.ts";
import { reports } from "./messages.ts";
import { lastMonthOf, totalsOf, type Period, type Totals } from "./rules.ts";
import type { ReportRow } from "./store.ts";

const words = reports.vi.paper;
const f = formats.vi;

/** Everything that a report is drawn from. */
export interface Paper {
  report: ReportRow;
  issuer: Issuer;
  period: Period;
  /** The closings that the figures are taken from: one of a school, those of the schools that reported for an office. */
  sources: readonly ClosingRow[];
  /** Of a year of the calendar: the closings of the school year that ended in it. */
  earlier: readonly ClosingRow[];
  /** The same of the period before, where it was closed. */
  before: readonly ClosingRow[];
  /** Undefined: the report of a school. */
  schools: { names: ReadonlyMap<string, string>; missing: readonly string[] } | undefined;
  subjects: ReadonlyMap<string, string>;
  corrected: boolean;
}

/** `tháng 10 năm 2026` in Vietnamese, as it stands in titles. */
export function periodName(period: Period): string {
  const year = period.id.slice(0, 4);
  if (period.kind === "month") return words.periods.month(String(Number(period.id.slice(5))), year);
  if (period.kind === "quarter") return words.periods.quarter(period.id.slice(6), year);
  if (period.kind === "half") return words.periods.half(period.id.slice(6), year);
  if (period.kind === "calendar") return words.periods.calendar(year);
  const [first = "", last = first] = [period.months[0], period.months.at(-1)].map((month) => (month === undefined ? "" : monthTitle(month)));
  return period.kind === "term" ? words.periods.term(period.id.slice(6), first, last) : words.periods.year(period.id);
}

function shareRate(share: { counted: Hundredths; planned: number }): string {
  const { part, whole } = sidesOf(share);
  return rateText(part, whole);
}

export function rateText(part: number, whole: number): string {
  return whole === 0 ? "–" : f.basisPoints(rate(part, whole));
}

/** The report as a document of Decree 30, with its table of targets, its words and its annex. */
export function reportPaper(paper: Paper): OfficialDocument {
  const { report, issuer, period, sources, corrected } = paper;
  const first = sources[0];
  const free = (text: string): Block[] => (text === "" ? [{ kind: "paragraph", text: words.nothing }] : blocksOf(text).map((block) => ({ ...block, text: tidy("text" in block ? block.text : "") }) as Block));
  return {
    ...{ parent: issuer.parent, issuer: issuer.issuer, number: report.number, place: report.place, on: report.issued_on ?? undefined },
    ...{ kind: words.kind, title: words.title(periodName(period)), signatory_title: report.signatory_title, signatory: report.signatory },
    recipients: report.recipients.split(/\r?\n/).map((line) => line.trim()).filter((line) => line !== ""),
    draft: report.state === "draft" || report.state === "returned",
    blocks: [
      { kind: "paragraph", text: words.opening(first?.target_source ?? "", periodName(period)) },
      { kind: "heading", text: words.results },
      ...summary(paper),
      targetTable(paper),
      ...(first ? [{ kind: "paragraph" as const, text: words.definition(String(first.definition_version), String(first.formula_version), f.day(endOfMonth(lastMonthOf(period)))) }] : []),
      ...(period.earlier ? [{ kind: "paragraph" as const, text: earlierWords(paper.earlier, period.earlier.year_id) }] : []),
      ...(corrected ? [{ kind: "paragraph" as const, text: words.corrected }] : []),
      { kind: "heading", text: words.assessment },
      ...free(report.assessment),
      { kind: "heading", text: words.next_steps },
      ...free(report.next_steps),
      paper.schools === undefined ? subjectAnnex(paper) : schoolAnnex(paper),
    ],
  };
}

/** From which closings the school year before is told; of an office, until which day the latest of them reaches. */
function earlierWords(earlier: readonly ClosingRow[], year: string): string {
  const last = earlier.map((one) => one.as_of).sort().at(-1);
  return last === undefined ? words.earlier_none(year) : words.earlier_as_of(year, f.day(last));
}

function summary({ sources, schools, period }: Paper): Block[] {
  const totals = totalsOf(sources, period);
  const number = (n: number): string => f.number(n);
  const paragraph = (text: string): Block => ({ kind: "paragraph", text: tidy(text) });
  const one = schools === undefined ? sources[0] : undefined;
  if (schools !== undefined) {
    const missing = schools.missing.length === 0 ? [] : [paragraph(words.missing(schools.missing.join(", ")))];
    return [paragraph(words.schools(number(sources.length), number(sources.length + schools.missing.length))), ...missing];
  }
  if (one === undefined || one.subjects_planned === 0) return [paragraph(words.answers.no_plan)];
  return [
    paragraph(words.online_school(f.periods(totals.counted), number(totals.planned), shareRate(totals), words.answers[onlineAnswer(one)])),
    paragraph(words.digitised_school(number(totals.covered), number(totals.lessons), rateText(totals.covered, totals.lessons), number(one.subjects_met), number(one.subjects_planned))),
  ];
}

/** TT | Chỉ tiêu | ĐVT | Chỉ tiêu năm | Trong kỳ | Luỹ kế | Tỉ lệ | Kỳ trước | Kết quả, as plan 1027's reports have it. */
export function targetTable(paper: Paper): Extract<Block, { kind: "table" }> {
  const { n, what, unit, target, in_period, total, rate: share, before, answer } = words.columns;
  const number = true;
  const rows = [...targetRows(paper), ...(paper.period.earlier ? earlierRows(paper, paper.period.earlier) : []), ...(paper.schools ? schoolRows(paper) : [])];
  return {
    kind: "table",
    caption: words.table,
    columns: [{ label: n, width: 5 }, { label: what, width: 22 }, { label: unit, width: 8 }, { label: target, width: 13 }, { label: in_period, width: 9, number }, { label: total, width: 11, number }, { label: share, width: 11, number }, { label: before, width: 11, number }, { label: answer, width: 10 }],
    rows: rows.map((row, i) => [String(i + 1), ...row]),
  };
}

/** Both targets, as they stood at the end of the period. */
function targetRows({ sources, before, period, schools }: Paper): string[][] {
  const earlier = before.length === 0 ? undefined : totalsOf(before, period);
  const was = (of: (all: Totals) => string): string => (earlier === undefined ? "–" : of(earlier));
  const year = period.earlier && sources[0]?.year_id;
  return bothTargets(sources, period, schools === undefined, year).map(([row, shareOf]) => [...row.slice(0, -1), was(shareOf), ...row.slice(-1)]);
}

/** The school year that ended in a year of the calendar, and what was taught online in both of them together. */
function earlierRows({ sources, earlier, period, schools }: Paper, { year_id, months }: NonNullable<Period["earlier"]>): string[][] {
  const online = addHundredths([totalsOf(sources, period).in_period, totalsOf(earlier, { months }).in_period]);
  const sum = [words.rows.online_in_year(period.id), words.units.periods, "–", f.periods(online), "–", "–", "–", "–"];
  if (earlier.length === 0) return [sum];
  return [...bothTargets(earlier, { months }, schools === undefined, year_id).map(([row]) => [...row.slice(0, -1), "–", ...row.slice(-1)]), sum];
}

/** The rows of both targets without the column of the period before, each with how its share is read from totals. `year`: the school year is named. */
function bothTargets(closings: readonly ClosingRow[], period: Pick<Period, "months">, ofSchool: boolean, year: string | undefined): [string[], (all: Totals) => string][] {
  const first = closings[0];
  const totals = totalsOf(closings, period);
  const label = (text: string): string => (year === undefined ? text : words.rows.of_year(text, year));
  const answer = (of: (row: ClosingRow) => Answer): string => (ofSchool && first ? words.answers[of(first)] : "–");
  const digitised = (all: Totals): string => rateText(all.covered, all.lessons);
  return [
    [[label(words.rows.online), words.units.periods, first ? words.above(f.basisPoints(first.online_bp)) : "", f.periods(totals.in_period), f.periods(totals.counted), shareRate(totals), answer(onlineAnswer)], shareRate],
    [[label(words.rows.digitised), words.units.lessons, first ? words.at_least(f.basisPoints(first.digitised_bp)) : "", "–", f.number(totals.covered), digitised(totals), answer(digitisedAnswer)], digitised],
  ];
}

/** How many schools met them, in the report of an office. */
function schoolRows({ sources, before, period }: Paper): string[][] {
  const totals = totalsOf(sources, period);
  const earlier = before.length === 0 ? undefined : totalsOf(before, period);
  const row = (label: string, of: (all: Totals) => number): string[] => [label, words.units.schools, "–", "–", f.number(of(totals)), rateText(of(totals), totals.schools), earlier ? f.number(of(earlier)) : "–", "–"];
  return [row(words.rows.online_met, (all) => all.online_met), row(words.rows.digitised_met, (all) => all.digitised_met)];
}

function annex(caption: string, first: string, rows: string[][]): Extract<Block, { kind: "table" }> {
  const { online, online_rate, digitised, digitised_rate } = words.subject_columns;
  const number = true;
  return { kind: "table", caption, columns: [{ label: first, width: 34 }, { label: online, width: 18, number }, { label: online_rate, width: 14, number }, { label: digitised, width: 18, number }, { label: digitised_rate, width: 14, number }], rows };
}

const of = (part: number, whole: number): string => (whole === 0 ? "–" : `${f.number(part)}/${f.number(whole)}`);

const ofPeriods = ({ counted, planned }: { counted: Hundredths; planned: number }): string => (planned === 0 ? "–" : `${f.periods(counted)}/${f.number(planned)}`);

function subjectAnnex({ sources, subjects }: Paper): Block {
  const order = [...subjects.keys()];
  const cells = [...(sources[0]?.cells ?? [])].sort((a, b) => order.indexOf(a.subject) - order.indexOf(b.subject) || a.grade - b.grade);
  const own = sources[0]?.counter === "own";
  return annex(
    words.by_subject,
    words.subject_columns.subject,
    cells.map((cell) => {
      const covered = own ? cell.own : cell.covered;
      return [`${subjects.get(cell.subject) ?? cell.subject} ${cell.grade}`, ofPeriods(cell), shareRate(cell), of(covered, cell.lessons), rateText(covered, cell.lessons)];
    }),
  );
}

function schoolAnnex({ sources, schools }: Paper): Block {
  const names = schools?.names ?? new Map<string, string>();
  const nameOf = (row: ClosingRow): string => names.get(row.school_id) ?? "";
  return annex(
    words.by_school,
    words.school,
    [...sources].sort((a, b) => nameOf(a).localeCompare(nameOf(b), "vi")).map((row) => {
      if (row.subjects_planned === 0) return [nameOf(row), words.answers.no_plan, "–", "–", "–"];
      const covered = row.counter === "own" ? row.own : row.covered;
      return [nameOf(row), ofPeriods(row), shareRate(row), of(covered, row.lessons), rateText(covered, row.lessons)];
    }),
  );
}
