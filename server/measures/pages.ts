import type { Formats } from "../platform/i18n.ts";
import type { SafeHtml } from "../platform/web/render.ts";
import { periods, rate, wholePeriods } from "../platform/units.ts";
import { FORMULA_VERSION, levelsOfSchool } from "../ledger/rules.ts";
import { thresholdWords } from "../ledger/say.ts";
import type { Definition } from "../ledger/store/definitions.ts";
import { heatLevel, meterGeometry } from "../shell/charts.ts";
import type { ActionView, FieldView, HeatTableView, MeterView, NoticeView, PageHeadView, StatView, TabsView, TrendView } from "../shell/partials.ts";
import type { Cell, SchoolMeasures } from "./figures.ts";
import { addCoverages, addShares, adoptedOnly, coveredBy, sidesOf, type Counter, type Coverage, type Share } from "./rules.ts";
import type { LessonCoverRow } from "./store/lists.ts";
import type { Targets } from "./store/targets.ts";

/** What every page of the measures is built with: words, formats, names of subjects. */
export interface Voice {
  t: Words;
  f: Formats;
  subjects: ReadonlyMap<string, string>;
}

export interface DashboardPage {
  head: PageHeadView;
  tabs: TabsView;
  filter: { action: string; label: string; fields: FieldView[]; active: boolean };
  /** The month asked for is closed: what was reported, and what the same days give now. */
  closed: NoticeView | undefined;
  no_plan: boolean;
  from_national: boolean;
  figures: SafeHtml;
  /** Undefined without a plan. */
  missing: SafeHtml | undefined;
  charts: SafeHtml;
  files: { label: string; actions: ActionView[] };
}

export interface FiguresView {
  meters: MeterView[];
  stats: StatView[];
}

export interface MissingView {
  done: boolean;
  lines: { text: string; href: string }[];
  quickest: { label: string; detail: string; href: string }[];
}

export interface ChartsView {
  heat: HeatTableView[];
  trend: TrendView | undefined;
  definition: DefinitionView;
}

export interface DefinitionView {
  targets: string;
  thresholds: string;
  kinds: string;
  counter: string;
  version: string;
}

declare global {
  interface Views {
    "measures/school": DashboardPage;
    "measures/school-figures": FiguresView;
    "measures/school-missing": MissingView;
    "measures/charts": ChartsView;
    "measures/definition-note": DefinitionView;
  }
}

/** A rate as a page prints it: cut down, so that it never looks like more than was reached; a dash without a plan. */
export function rateText(f: Formats, part: number, whole: number): string {
  return whole === 0 ? "–" : f.basisPoints(rate(part, whole));
}

/** The rate of an online share. */
export function shareRate(f: Formats, share: Share): string {
  const { part, whole } = sidesOf(share);
  return rateText(f, part, whole);
}

/** The URL of evidence, with what narrows it. */
export function evidencePath(measures: SchoolMeasures, kind: "periods" | "lessons", narrow: Record<string, string | number | undefined> = {}): string {
  const { scope } = measures;
  const asked = { year: scope.year_id, date: measures.is_today ? undefined : scope.date, campus: scope.campus_id, ...narrow };
  const parts = Object.entries(asked).flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${encodeURIComponent(value)}`]));
  return `/schools/${scope.school_id}/measures/${kind}?${parts.join("&")}`;
}

export function metersOf(measures: SchoolMeasures, { t, f }: Voice): MeterView[] {
  return [onlineMeter(measures, t, f), digitisedMeter(measures, t, f)];
}

function onlineMeter(measures: SchoolMeasures, t: Words, f: Formats): MeterView {
  const words = t.measures.online;
  const share = measures.online ?? { counted: wholePeriods(0), planned: periods(0) };
  const { part, whole } = sidesOf(share);
  const geometry = meterGeometry(part, whole, measures.targets.online);
  const needed = measures.periods_still_needed;
  return {
    label: words.label,
    state: measures.online_answer,
    rate: rateText(f, part, whole),
    target: words.target(f.basisPoints(measures.targets.online)),
    counts: measures.online ? words.counts(f.periods(share.counted), f.number(share.planned)) : t.measures.table.no_plan,
    note: measures.online ? (needed > 0 ? words.needed(f.number(needed)) : words.met) : undefined,
    max: f.basisPoints(geometry.maxBp),
    href: evidencePath(measures, "periods", { state: "counted" }),
    geometry,
  };
}

/** `12/31 bài: 9 tự làm, 3 tiếp nhận`: both counters, the one that the target means over the plan. */
export function coverageText(coverage: Coverage, counter: Counter, t: Words, f: Formats): string {
  const words = t.measures.digitised;
  const [own, adopted] = [f.number(coverage.own), f.number(adoptedOnly(coverage))];
  return words.both[counter](words.counts(f.number(coveredBy(coverage, counter)), f.number(coverage.planned)), own, adopted);
}

function digitisedMeter(measures: SchoolMeasures, t: Words, f: Formats): MeterView {
  const words = t.measures.digitised;
  const { whole, answer, subjects_met, subjects_planned } = measures.digitised;
  const counter = measures.definition.digitised_counter;
  const reached = coveredBy(whole, counter);
  const geometry = meterGeometry(reached, whole.planned, measures.targets.digitised);
  const lacking = measures.subjects.filter((subject) => subject.still_needed > 0);
  const needed = lacking.reduce((sum, subject) => sum + subject.still_needed, 0);
  const counts = `${coverageText(whole, counter, t, f)}; ${words.subjects(subjects_met, subjects_planned)}`;
  return {
    label: words.label,
    state: answer,
    rate: rateText(f, reached, whole.planned),
    target: words.target(f.basisPoints(measures.targets.digitised)),
    counts: answer === "no_plan" ? t.measures.table.no_plan : counts,
    note: answer === "no_plan" ? undefined : needed > 0 ? words.needed(f.number(needed), lacking.length) : words.met,
    max: f.basisPoints(geometry.maxBp),
    href: evidencePath(measures, "lessons", { covered: "yes" }),
    geometry,
  };
}

export function statsOf(measures: SchoolMeasures, { t, f, subjects }: Voice): StatView[] {
  const { to_date, digitised } = measures;
  const { online: words, digitised: say } = t.measures;
  const weakest = digitised.weakest;
  const counter = measures.definition.digitised_counter;
  return [
    {
      label: words.to_date,
      value: to_date ? shareRate(f, to_date) : "–",
      detail: to_date ? words.to_date_detail(f.periods(to_date.counted), f.number(to_date.planned)) : words.before_year,
    },
    ...(weakest
      ? [
          {
            label: say.weakest,
            value: `${subjects.get(weakest.subject) ?? weakest.subject}: ${rateText(f, coveredBy(weakest.coverage, counter), weakest.coverage.planned)}`,
            detail: coverageText(weakest.coverage, counter, t, f),
            href: evidencePath(measures, "lessons", { subject: weakest.subject }),
          },
          { label: say.whole, value: t.shell.states[digitised.whole_answer], detail: say.readings },
        ]
      : []),
  ];
}

const GRADES_SHOWN_MAX = 12;

/** Two heat tables: online share and coverage, a row a subject, a column a grade. Every cell leads to its evidence. */
export function heatTables(measures: SchoolMeasures, { t, f, subjects }: Voice): HeatTableView[] {
  const grades = [...new Set(measures.cells.map((cell) => cell.grade))].sort((a, b) => a - b).slice(0, GRADES_SHOWN_MAX);
  const words = t.measures.heat;
  const columns = grades.map((grade) => words.grade(grade));
  const isPlanned = (code: string, kind: "periods" | "lessons"): boolean =>
    measures.cells.some((cell) => cell.subject === code && (kind === "lessons" ? cell.coverage.planned : cell.online.planned) > 0);
  const tableOf = (caption: string, cellOf: (subject: string, grade: number, cell: Cell | undefined) => HeatTableView["rows"][number]["cells"][number], kind: "periods" | "lessons"): HeatTableView => ({
    caption,
    corner: words.corner,
    columns,
    rows: [...subjects.keys()].filter((code) => isPlanned(code, kind)).map((code) => ({
      label: subjects.get(code) ?? code,
      href: evidencePath(measures, kind, { subject: code }),
      cells: grades.map((grade) => cellOf(code, grade, measures.cells.find((cell) => cell.subject === code && cell.grade === grade))),
    })),
  });
  const cell = (part: number, whole: number, bp: number, detail: string, href: string) => ({
    level: heatLevel(part, whole, bp),
    text: rateText(f, part, whole),
    ...(whole === 0 ? {} : { detail, href }),
  });
  const coverageCell = ({ coverage }: Pick<Cell, "coverage">, href: string) => {
    const covered = coveredBy(coverage, measures.definition.digitised_counter);
    return cell(covered, coverage.planned, measures.targets.digitised, `${f.number(covered)}/${f.number(coverage.planned)}`, href);
  };
  const onlineCell = ({ online }: Pick<Cell, "online">, href: string) => {
    const { part, whole } = sidesOf(online);
    return cell(part, whole, measures.targets.online, `${f.periods(online.counted)}/${f.number(online.planned)}`, href);
  };
  const none = { coverage: addCoverages([]), online: addShares([]) };
  return [
    tableOf(
      words.digitised,
      (subject, grade, one) => coverageCell(one ?? none, evidencePath(measures, "lessons", { subject, grade })),
      "lessons",
    ),
    tableOf(
      words.online,
      (subject, grade, one) => onlineCell(one ?? none, evidencePath(measures, "periods", { subject, grade })),
      "periods",
    ),
  ];
}

export interface Missing {
  reasons: readonly { reason: string; count: number }[];
  quickest: readonly LessonCoverRow[];
}

const REASONS_WORTH_ACTING: ReadonlySet<string> = new Set(["awaiting_confirmation", "too_few_present", "still_open", "no_proof", "too_few_completed", "too_short", "no_plan"]);

/** The list of what would close the gap, nearest first: confirmations, corrections, then lessons. */
export function missingView(measures: SchoolMeasures, missing: Missing, { t, f, subjects }: Voice): MissingView {
  const words = t.measures.missing;
  const lines: { text: string; href: string }[] = [];
  if (measures.periods_still_needed > 0) {
    lines.push({ text: words.periods(f.number(measures.periods_still_needed)), href: evidencePath(measures, "periods") });
    for (const { reason, count } of missing.reasons.filter((one) => REASONS_WORTH_ACTING.has(one.reason)))
      lines.push({
        text: words.reason(f.number(count), words.reasons[reason] ?? reason),
        href: evidencePath(measures, "periods", { state: "not_counted", reason }),
      });
  }
  for (const subject of measures.subjects.filter((one) => one.still_needed > 0))
    lines.push({
      text: words.subject(subjects.get(subject.subject) ?? subject.subject, f.number(subject.still_needed)),
      href: evidencePath(measures, "lessons", { subject: subject.subject, covered: "no" }),
    });
  return {
    done: lines.length === 0,
    lines,
    quickest: missing.quickest.map((lesson) => ({
      label: lesson.title,
      detail: [
        t.measures.lessons.subject_grade(subjects.get(lesson.subject_code) ?? lesson.subject_code, lesson.grade),
        ...(lesson.week_from === null ? [] : [words.week(lesson.week_from)]),
        words.stages[lesson.stage] ?? "",
      ].join(" · "),
      href: evidencePath(measures, "lessons", { subject: lesson.subject_code, grade: lesson.grade, covered: "no" }),
    })),
  };
}

/** What a school is asked for and what counts there: the thresholds are those of its own levels. */
export function definitionView({ definition, targets }: { definition: Definition; targets: Targets }, school: { level: string | null }, { t, f }: Pick<Voice, "t" | "f">): DefinitionView {
  const words = t.measures.definition;
  return {
    targets: words.targets(f.basisPoints(targets.online), f.basisPoints(targets.digitised), targets.source),
    thresholds: thresholdWords(definition, levelsOfSchool(school.level), t, f),
    kinds: words.kinds(definition.lesson_kinds.map((kind) => words.kind_names[kind]).join(", ")),
    counter: words.counter[definition.digitised_counter],
    version: words.text(definition.version, f.day(definition.valid_from), FORMULA_VERSION),
  };
}
