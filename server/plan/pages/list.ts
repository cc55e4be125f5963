import { compareWithNational } from "../rules.ts";
import { fieldBase } from "./fields.ts";
import type { EmptyView, FieldView, FilterBarView, NoticeView, PageHeadView, Tone } from "../../shell/partials.ts";
import type { CopySource, Plan, Programme } from "../store/plans.ts";
import type { Speech } from "./rows.ts";

/** Subjects × grades of a school in a year. */
export interface PlanListPage {
  head: PageHeadView;
  /** Undefined where there is one year only. */
  filter: FilterBarView | undefined;
  grades: string[];
  rows: { subject: string; cells: PlanCell[] }[];
  empty: EmptyView | undefined;
}

export interface PlanCell {
  /** The grade, for phones, where the table is a list. */
  grade: string;
  plans: { href: string; label: string; sum: string; tone: Tone; gap: string }[];
  start: { href: string; label: string } | undefined;
  /** Why there is nothing: the national number, or nothing at all. */
  note: string;
}

export interface NewPlanPage {
  head: PageHeadView;
  notices: NoticeView[];
  place: { action: string; fields: FieldView[] } | undefined;
  hidden: Record<string, string>;
  upload: { action: string; field: FieldView } | undefined;
  copy: { action: string; field: FieldView | undefined } | undefined;
  blank: { action: string } | undefined;
}

declare global {
  interface Views {
    "plan/list": PlanListPage;
    "plan/new": NewPlanPage;
    "plan/cell": { cell: PlanCell; subject: string };
  }
}

interface Listed {
  school: { id: string; name: string };
  yearId: string;
  years: readonly { id: string }[];
  grades: readonly number[];
  programme: readonly Programme[];
  plans: readonly (Plan & { periods: number; rows: number })[];
  writes: (subjectCode: string) => boolean;
}

export function listPage(say: Speech, listed: Listed): PlanListPage {
  const { school, yearId } = listed;
  const words = say.t.plan;
  const grades = [...new Set([...listed.grades, ...listed.plans.map((plan) => plan.grade)])].sort((a, b) => a - b);
  const subjects = subjectsOf(listed);
  const writesAny = subjects.some(({ code }) => listed.writes(code));
  const add = { href: `/schools/${school.id}/plans/new?year=${yearId}`, label: words.start, icon: "plus" as const, kind: "primary" as const };
  return {
    head: { title: words.plans, eyebrow: school.name, lead: words.lead(yearId), actions: writesAny ? [add] : [] },
    filter: listed.years.length < 2 ? undefined : {
      action: `/schools/${school.id}/plans`,
      label: words.show_year,
      fields: [{ ...fieldBase, name: "year", label: words.year, kind: "select", required: true, options: listed.years.map(({ id }) => ({ value: id, label: id, selected: id === yearId })) }],
    },
    grades: grades.map((grade) => words.grade(grade)),
    rows: subjects.map((subject) => ({
      subject: say.lang === "vi" ? subject.name_vi : subject.name_en,
      cells: grades.map((grade) => cellOf(say, listed, subject.code, grade)),
    })),
    empty: subjects.length === 0 ? { icon: "list-ordered", title: words.no_grades, text: words.no_grades_text, action: writesAny ? add : undefined } : undefined,
  };
}

/** Every subject that the national programme asks of the school's grades; elective ones only where a plan stands. */
function subjectsOf(listed: Listed): { code: string; name_vi: string; name_en: string }[] {
  const found = new Map<string, { code: string; name_vi: string; name_en: string }>();
  for (const row of listed.programme) {
    const planned = listed.plans.some((plan) => plan.subject_code === row.subject_code);
    if (row.kind !== "elective" || planned) found.set(row.subject_code, { code: row.subject_code, name_vi: row.name_vi, name_en: row.name_en });
  }
  for (const { subject } of listed.plans) if (!found.has(subject.code)) found.set(subject.code, subject);
  return [...found.values()];
}

function cellOf(say: Speech, listed: Listed, code: string, grade: number): PlanCell {
  const words = say.t.plan;
  const national = listed.programme.find((row) => row.subject_code === code && row.grade === grade)?.periods;
  const plans = listed.plans.filter((plan) => plan.subject_code === code && plan.grade === grade);
  const n = (value: number): string => say.f.number(value);
  const href = `/schools/${listed.school.id}/plans/new?subject=${code}&grade=${grade}&year=${listed.yearId}`;
  return {
    grade: words.grade(grade),
    plans: plans.map((plan) => ({
      href: `/plans/${plan.id}`,
      label: plan.campus ?? words.states[plan.state],
      sum: national === undefined ? words.periods(n(plan.periods)) : words.of_national(n(plan.periods), n(national)),
      tone: plan.state === "draft" ? "neutral" : "good",
      gap: gapOf(say, plan.periods, national),
    })),
    start: plans.length === 0 && national !== undefined && listed.writes(code) ? { href, label: words.start } : undefined,
    note: plans.length > 0 ? "" : national === undefined ? "–" : words.national_only(n(national)),
  };
}

/** What is missing or too much, in words: a colour alone would not say it. */
function gapOf(say: Speech, planned: number, national: number | undefined): string {
  const result = compareWithNational(planned, national);
  if (result.answer === "short") return say.t.plan.short_cell(say.f.number(result.missing));
  return result.answer === "over" ? say.t.plan.over_cell(say.f.number(result.surplus)) : "";
}

interface Beginning {
  school: { id: string; name: string };
  place: { subject: string; grade: number; year: string; campus: string | null };
  name: string;
  exists: { id: string } | undefined;
  sources: readonly CopySource[];
  fileError: string | undefined;
  notice: NoticeView | undefined;
}

export function newPage(say: Speech, given: Beginning): NewPlanPage {
  const words = say.t.plan;
  const { school, place } = given;
  const notices: NoticeView[] = given.notice ? [given.notice] : [];
  if (given.exists) notices.push({ kind: "info", title: words.exists_title, text: words.exists, action: { href: `/plans/${given.exists.id}`, label: words.see } });
  const n = (value: number): string => say.f.number(value);
  const label = (source: CopySource): string =>
    source.school_id === school.id ? words.copy_own(source.year_id, n(source.rows), n(source.periods)) : words.copy_other(source.school, source.year_id, n(source.rows), n(source.periods));
  const options = given.sources.map((source) => ({ value: source.id, label: label(source) }));
  return {
    head: { title: words.new_title(given.name), eyebrow: school.name, lead: words.new_lead },
    notices,
    place: undefined,
    hidden: { subject: place.subject, grade: String(place.grade), year: place.year, campus: place.campus ?? "" },
    upload: {
      action: `/schools/${school.id}/plan-imports`,
      field: { ...fieldBase, name: "file", label: words.file, kind: "file", required: true, error: given.fileError, attributes: { accept: ".docx,.xlsx" } },
    },
    copy: given.exists ? undefined : { action: `/schools/${school.id}/plan-copies`, field: options.length > 0 ? { ...fieldBase, name: "from", label: words.copy_from, kind: "select", required: true, options } : undefined },
    blank: given.exists ? undefined : { action: `/schools/${school.id}/plans` },
  };
}

/** The first step where subject and grade were not chosen in the list. */
export function choosePage(say: Speech, school: { id: string; name: string }, yearId: string, subjects: readonly { code: string; name_vi: string; name_en: string }[], grades: readonly number[]): NewPlanPage {
  const words = say.t.plan;
  return {
    head: { title: words.choose_place, eyebrow: school.name },
    notices: [],
    place: {
      action: `/schools/${school.id}/plans/new`,
      fields: [
        { ...fieldBase, name: "subject", label: words.subject, kind: "select", required: true, options: subjects.map((s) => ({ value: s.code, label: say.lang === "vi" ? s.name_vi : s.name_en })) },
        { ...fieldBase, name: "grade", label: words.grade_label, kind: "select", required: true, options: grades.map((grade) => ({ value: String(grade), label: words.grade(grade) })) },
      ],
    },
    hidden: { year: yearId },
    upload: undefined,
    copy: undefined,
    blank: undefined,
  };
}
