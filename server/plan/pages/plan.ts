import type { NoticeView, PageHeadView, StatView, ErrorSummaryView, EmptyView, BadgeView } from "../../shell/partials.ts";
import { changesBetween } from "../rules/changes.ts";
import { compareWithNational, faultsOf, numberPeriods, totalsOf, type PlanRow } from "../rules.ts";
import type { Plan } from "../store/plans.ts";
import { weekText, type RowView, type Speech } from "./rows.ts";

/** A plan as it is read. */
export interface PlanPage {
  head: PageHeadView;
  notices: NoticeView[];
  stats: StatView[];
  publish: { action: string; revision: string; label: string; ask: string } | undefined;
  chapters: { title: string; periods: string; lessons: LessonLine[] }[];
  empty: EmptyView | undefined;
  edits: boolean;
}

export interface LessonLine {
  id: string;
  numbers: string;
  title: string;
  notes: string;
  periods: string;
  week: string;
  term: string;
  kind: string;
  badges: BadgeView[];
  mode: { online: boolean; label: string; action: string; next: string; button: string };
}

/** The form of all rows. */
export interface EditPage {
  head: PageHeadView;
  notices: NoticeView[];
  conflict: { lines: { who: string; items: string[] }[] } | undefined;
  errors: ErrorSummaryView["errors"];
  action: string;
  cancel: string;
  revision: string;
  rows: RowView[];
  total: string;
}

declare global {
  interface Views {
    "plan/show": PlanPage;
    "plan/edit": EditPage;
    "plan/lesson": { lesson: LessonLine; edits: boolean };
  }
}

export function planName(say: Speech, plan: { subject: { name_vi: string; name_en: string }; grade: number }): string {
  return say.t.plan.name(say.lang === "vi" ? plan.subject.name_vi : plan.subject.name_en, plan.grade);
}

/** The plan's sum beside the national number, in a sentence. */
export function comparison(say: Speech, planned: number, national: number | undefined): NoticeView {
  const words = say.t.plan;
  const result = compareWithNational(planned, national);
  const n = (value: number): string => say.f.number(value);
  if (result.answer === "equal") return { kind: "good", text: words.equal(n(result.national)) };
  if (result.answer === "short") return { kind: "warn", text: words.short(n(result.missing), n(result.national)) };
  if (result.answer === "over") return { kind: "warn", text: words.over(n(result.surplus), n(result.national)) };
  return { kind: "info", text: words.no_national };
}

interface Shown {
  plan: Plan;
  rows: readonly PlanRow[];
  national: number | undefined;
  published: readonly PlanRow[] | undefined;
  courses: number;
  canEdit: boolean;
  canPublish: boolean;
}

export function planPage(say: Speech, shown: Shown): PlanPage {
  const { plan, rows, national } = shown;
  const words = say.t.plan;
  const name = planName(say, plan);
  const totals = totalsOf(rows);
  const changed = plan.version > 0 && shown.published ? changesBetween(shown.published, rows).length : 0;
  const publishable = plan.version === 0 || changed > 0 || shown.published === undefined;
  const notices: NoticeView[] = rows.length > 0 ? [comparison(say, totals.periods, national)] : [];
  if (changed > 0) notices.push({ kind: "info", text: words.unpublished_changes(changed) });
  const faults = rows.length > 0 ? [...new Set(faultsOf(rows).map(({ code }) => code))] : [];
  if (faults.length > 0) notices.push({ kind: "warn", title: words.faults_title, text: faults.map((code) => words.faults[code]).join(" ") });
  const publishes = shown.canPublish && rows.length > 0 && faults.length === 0 && publishable;
  return {
    head: headOf(say, shown, name),
    notices,
    stats: statsOf(say, totals, national, shown.courses),
    publish: publishes
      ? { action: `/plans/${plan.id}/publication`, revision: String(plan.revision), label: plan.version === 0 ? words.publish : words.publish_again, ask: words.publish_ask(name) }
      : undefined,
    chapters: chaptersOf(say, plan, rows),
    empty: rows.length === 0 ? { icon: "list-ordered", title: words.no_rows, text: words.no_rows_text, action: shown.canEdit ? { href: `/plans/${plan.id}/edit`, label: words.edit } : undefined } : undefined,
    edits: shown.canEdit,
  };
}

function headOf(say: Speech, { plan, canEdit }: Shown, name: string): PageHeadView {
  const words = say.t.plan;
  const badges: BadgeView[] = [{ label: words.states[plan.state], tone: plan.state === "published" ? "good" : "neutral" }];
  if (plan.version > 0) badges.push({ label: words.version(plan.version), tone: "info" });
  if (plan.campus !== null) badges.push({ label: plan.campus, tone: "neutral" });
  const place = `subject=${plan.subject_code}&grade=${plan.grade}&year=${plan.year_id}&campus=${plan.campus_id ?? ""}`;
  return {
    title: words.title_of(name, plan.year_id),
    eyebrow: plan.school.name,
    badges,
    actions: canEdit
      ? [
          { href: `/plans/${plan.id}/edit`, label: words.edit, icon: "pencil" },
          { href: `/schools/${plan.school_id}/plans/new?${place}`, label: words.import_again, icon: "upload", kind: "quiet" },
        ]
      : [],
  };
}

function statsOf(say: Speech, totals: ReturnType<typeof totalsOf>, national: number | undefined, courses: number): StatView[] {
  const words = say.t.plan;
  const n = (value: number): string => say.f.number(value);
  return [
    { label: words.total, value: national === undefined ? n(totals.periods) : `${n(totals.periods)}/${n(national)}`, detail: words.courses(courses) },
    { label: words.lessons, value: n(totals.rows) },
    { label: words.terms, value: `${n(totals.term1)} + ${n(totals.term2)}` },
    { label: words.online, value: words.periods(n(totals.online)), detail: say.f.share(totals.online, totals.periods) },
  ];
}

function chaptersOf(say: Speech, plan: Plan, rows: readonly PlanRow[]): PlanPage["chapters"] {
  const numbers = numberPeriods(rows);
  const chapters: (PlanPage["chapters"][number] & { sum: number; key: string })[] = [];
  rows.forEach((row, i) => {
    let chapter = chapters.at(-1);
    if (chapter === undefined || chapter.key !== row.chapter) {
      chapter = { key: row.chapter, title: row.chapter === "" ? say.t.plan.no_chapter : row.chapter, periods: "", sum: 0, lessons: [] };
      chapters.push(chapter);
    }
    chapter.sum += row.periods;
    chapter.periods = say.t.plan.periods(say.f.number(chapter.sum));
    chapter.lessons.push(lessonLine(say, plan, row, numbers[i]));
  });
  return chapters;
}

function lessonLine(say: Speech, plan: Plan, row: PlanRow, run: { first: number; last: number } | undefined): LessonLine {
  const words = say.t.plan;
  const online = row.planned_mode === "online";
  const badges: BadgeView[] = [];
  if (row.digital_content) badges.push({ label: words.digital, tone: "info" });
  if (row.ai_content) badges.push({ label: words.ai, tone: "info" });
  return {
    id: row.id,
    numbers: run === undefined ? "" : run.first === run.last ? String(run.first) : `${run.first}–${run.last}`,
    title: row.title,
    notes: row.notes,
    periods: say.f.number(row.periods),
    week: weekText(row),
    term: row.term === null ? "" : (words.term_names[String(row.term)] ?? ""),
    kind: words.kinds[row.kind],
    badges,
    mode: {
      online,
      label: words.modes[row.planned_mode],
      action: `/plans/${plan.id}/lessons/${row.id}/mode`,
      next: online ? "in_class" : "online",
      button: online ? words.set_in_class(row.title) : words.set_online(row.title),
    },
  };
}
