import type { Formats } from "../../platform/i18n.ts";
import { dayOf, type Instant } from "../../platform/clock.ts";
import { reasonWords } from "../../ledger/say.ts";
import type { ActView, CellView, FieldView, NoticeView, PageHeadView, TableView, Tone, TrailView } from "../../shell/partials.ts";
import { coveredBy, type Answer } from "../rules.ts";
import type { Voice } from "../pages.ts";
import { digitisedText, ofText, periodsText, shareText } from "./say.ts";
import { digitisedAnswer, isSame, onlineAnswer, type Difference, type Figures, type MonthState } from "./rules.ts";
import { SHOWN_MAX, type ChangedLesson, type ChangedPeriod, type ClosingRow } from "./store.ts";

export interface MonthsPage {
  head: PageHeadView;
  next: { href: string; label: string } | undefined;
  former: { name: string; rows: { title: string; href: string; detail: string }[] }[];
  table: TableView;
  filter: { action: string; fields: FieldView[] };
  empty: boolean;
}

export interface MonthPage {
  head: PageHeadView;
  notices: NoticeView[];
  errors: { field: string; label: string; message: string }[];
  figures: TableView;
  waiting: TableView | undefined;
  /** Undefined: this person does not close, or the month cannot be closed yet. */
  close: { action: string; seen: string; note: FieldView; label: string; confirm: string } | undefined;
  definition: string;
}

export interface SnapshotPage {
  head: PageHeadView;
  notices: NoticeView[];
  errors: { field: string; label: string; message: string }[];
  figures: TableView;
  changes: TableView[];
  by_subject: TableView;
  trail: TrailView;
  note: string;
  definition: string;
  hash: string;
  reopen: { action: string; reason: FieldView; label: string } | undefined;
}

export interface StatusPage {
  head: PageHeadView;
  filter: { action: string; fields: FieldView[] };
  remind: ActView | undefined;
  table: TableView;
  empty: boolean;
}

declare global {
  interface Views {
    "measures/months": MonthsPage;
    "measures/month": MonthPage;
    "measures/snapshot": SnapshotPage;
    "measures/month-status": StatusPage;
  }
}

export const STATE_TONES: Record<MonthState, Tone> = { coming: "neutral", running: "info", due: "warn", late: "bad", closed: "good" };

function answerText(answer: Answer, t: Words): string {
  return t.measures.table.state[answer];
}

/** Every figure of a snapshot in one column, or beside what it is today. */
export function figureTable(then: Figures, now: Figures | undefined, { t, f }: Pick<Voice, "t" | "f">): TableView {
  const words = t.closing.snapshot;
  const row = (label: string, of: (figures: Figures) => string): CellView[] => {
    const [was, is] = [of(then), now === undefined ? undefined : of(now)];
    return [{ text: label }, { text: was }, ...(is === undefined ? [] : [was === is ? { text: is } : { text: is, badge: "warn" as const }])];
  };
  const of = (part: number, whole: number): string => t.measures.table.of_all(f.number(part), f.number(whole));
  return {
    caption: words.figures,
    columns: [{ label: words.what }, { label: words.reported }, ...(now === undefined ? [] : [{ label: words.now }])],
    rows: [
      row(words.rows.online, (figures) => shareText(figures, t, f)),
      row(words.rows.online_answer, (figures) => answerText(onlineAnswer(figures), t)),
      row(words.rows.to_date, (figures) => (figures.planned_to_date === 0 ? "–" : periodsText(figures.counted, figures.planned_to_date, t, f))),
      row(words.rows.in_month, (figures) => f.periods(figures.counted_in_month)),
      row(words.rows.digitised, (figures) => digitisedText(figures, t, f)),
      row(words.rows.own, (figures) => f.number(figures.own)),
      row(words.rows.subjects, (figures) => of(figures.subjects_met, figures.subjects_planned)),
      row(words.rows.digitised_answer, (figures) => answerText(digitisedAnswer(figures), t)),
    ],
  };
}

export function definitionLine(figures: Figures, { t, f }: Pick<Voice, "t" | "f">): string {
  return t.closing.snapshot.definition(figures.definition_version, figures.formula_version, figures.target_source, f.basisPoints(figures.online_bp), f.basisPoints(figures.digitised_bp));
}

export function subjectTable(figures: Figures, { t, f, subjects }: Voice): TableView {
  const words = t.closing.snapshot;
  const order = [...subjects.keys()];
  const cells = [...figures.cells].sort((a, b) => order.indexOf(a.subject) - order.indexOf(b.subject) || a.grade - b.grade);
  return {
    caption: words.by_subject,
    columns: [{ label: words.subject }, { label: words.columns.online, number: true }, { label: words.columns.digitised, number: true }],
    rows: cells.map((cell) => [
      { text: t.measures.lessons.subject_grade(subjects.get(cell.subject) ?? cell.subject, cell.grade) },
      { text: periodsText(cell.counted, cell.planned, t, f) },
      { text: cell.lessons === 0 ? "–" : ofText(coveredBy(cell, figures.counter), cell.lessons, t, f) },
    ]),
    phones: "scroll",
  };
}

/** Everything that became different since a closing. */
export interface Changes {
  difference: Difference;
  lost_periods: readonly ChangedPeriod[];
  added_periods: readonly ChangedPeriod[];
  changed_periods: readonly ChangedPeriod[];
  lost_lessons: readonly ChangedLesson[];
  added_lessons: readonly ChangedLesson[];
  changed_lessons: readonly ChangedLesson[];
}

export function changeNotices(then: Figures, now: Figures, difference: Difference, { t, f }: Pick<Voice, "t" | "f">): NoticeView[] {
  const words = t.closing.snapshot;
  if (isSame(difference)) return [{ kind: "good", text: words.same }];
  const [was, is] = [shareText(then, t, f), shareText(now, t, f)];
  const { periods, lessons } = difference;
  const shown = Math.max(periods.lost.length, periods.added.length, periods.changed.length, lessons.lost.length, lessons.added.length);
  return [
    { kind: "warn", text: was === is ? words.changed : words.differs(was, is) },
    ...(difference.terms ? [{ kind: "info" as const, text: words.terms }] : []),
    ...(shown > SHOWN_MAX ? [{ kind: "info" as const, text: words.cut(f.number(SHOWN_MAX)) }] : []),
  ];
}

/** The tables of what changed, record by record; those that would be empty are left out. */
export function changeTables(changes: Changes, closing: ClosingRow, school_id: string, voice: Voice): TableView[] {
  const { t, f, subjects } = voice;
  const words = t.closing.snapshot;
  const periodTable = (caption: string, rows: readonly ChangedPeriod[], why: (row: ChangedPeriod) => string): TableView => ({
    caption,
    columns: [{ label: words.period }, { label: words.course }, { label: words.day }, { label: words.why }],
    rows: rows.map((row) => [
      { text: t.ledger.period_title(row.number, row.periods, row.lesson), href: `/ledger/${row.id}` },
      { text: row.course },
      { text: f.day(row.taught_on) },
      { text: why(row) },
    ]),
  });
  const subjectOf = (row: { subject: string; grade: number }): string => t.measures.lessons.subject_grade(subjects.get(row.subject) ?? row.subject, row.grade);
  const lessonTable = (caption: string, rows: readonly ChangedLesson[], kept: boolean): TableView => ({
    caption,
    columns: [{ label: words.lesson }, { label: words.subject }, { label: words.why }],
    rows: rows.map((row) => [
      { text: row.title, href: `/schools/${school_id}/measures/lessons?year=${closing.year_id}&subject=${row.subject}&grade=${row.grade}` },
      { text: subjectOf(row) },
      { text: lessonCause(row, kept, t, f), ...(row.material_id !== null && row.act !== null ? { href: `/materials/${row.material_id}` } : {}) },
    ]),
  });
  const plans: TableView = {
    caption: words.plans,
    columns: [{ label: words.plan_columns.subject }, { label: words.plan_columns.periods, number: true }, { label: words.plan_columns.lessons, number: true }],
    rows: changes.difference.plans.map((plan) => [
      { text: subjectOf(plan), href: `/schools/${school_id}/plans?year=${closing.year_id}` },
      { text: words.from_to(f.number(plan.then.planned), f.number(plan.now.planned)) },
      { text: words.from_to(f.number(plan.then.lessons), f.number(plan.now.lessons)) },
    ]),
  };
  return [
    periodTable(words.lost_periods, changes.lost_periods, (row) => lostCause(row, t, f)),
    periodTable(words.added_periods, changes.added_periods, (row) => addedCause(row, closing, t, f)),
    periodTable(words.changed_periods, changes.changed_periods, (row) => reasonWords(row.reason, row.params ?? {}, t, f) || words.whole_now),
    lessonTable(words.lost_lessons, changes.lost_lessons, false),
    lessonTable(words.added_lessons, changes.added_lessons, true),
    lessonTable(words.changed_lessons, changes.changed_lessons, true),
    plans,
  ].filter((table) => table.rows.length > 0);
}

function onDay(at: Instant | null, t: Words, f: Formats): string {
  return at === null ? "" : t.closing.causes.on(f.day(dayOf(at)));
}

/** Why a period of the snapshot no longer counts, by what stands for it today. */
function lostCause(row: ChangedPeriod, t: Words, f: Formats): string {
  const words = t.closing.causes;
  if (row.last_act === "reverse") return words.reversed(onDay(row.last_at, t, f));
  if (row.last_act === "refuse") return words.refused(onDay(row.last_at, t, f));
  if (row.stands === null) return words.moved;
  if (row.stands !== row.id) return words.replaced;
  return row.reason === null ? words.moved : reasonWords(row.reason, row.params ?? {}, t, f);
}

/** Why a period counts that was not in the snapshot. */
function addedCause(row: ChangedPeriod, closing: ClosingRow, t: Words, f: Formats): string {
  const words = t.closing.causes;
  if (row.last_act === "confirm") return words.confirmed(onDay(row.last_at, t, f));
  if (row.last_act === "restore") return words.restored(onDay(row.last_at, t, f));
  if (row.created_at > closing.closed_at) return words.recorded_later(onDay(row.created_at, t, f));
  return row.campus === null ? words.evidence : words.campus(row.campus);
}

function lessonCause(row: ChangedLesson, kept: boolean, t: Words, f: Formats): string {
  const words = t.closing.causes;
  if (row.removed_at !== null) return words.lesson_removed;
  if (row.act === null || row.material === null) return kept ? words.linked : words.unlinked;
  return words.material_of(words.material[row.act] ?? row.act, row.material, onDay(row.at, t, f));
}

/** Who closed and reopened a month, the newest last; each closing leads to its own snapshot. */
export function closingTrail(closings: readonly ClosingRow[], names: ReadonlyMap<string, string>, t: Words, f: Formats): TrailView {
  const words = t.closing.snapshot;
  return {
    items: closings.flatMap((closing): TrailView["items"] => [
      { title: words.closed_step(names.get(closing.closed_by) ?? "", closing.number), detail: f.stamp(closing.closed_at), text: closing.note || undefined, icon: "lock", tone: closing.reopened_at === null ? "good" : undefined },
      ...(closing.reopened_at === null
        ? []
        : [{ title: words.reopened_step(names.get(closing.reopened_by ?? "") ?? ""), detail: f.stamp(closing.reopened_at), text: closing.reopen_reason ?? "", icon: "undo-2" as const, tone: "warn" as const }]),
    ]),
  };
}
