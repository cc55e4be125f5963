import type { ActionView, BadgeView, EmptyView, FilterBarView, PageHeadView, TabsView } from "../../shell/partials.ts";
import { proposalsFor } from "../rules/fit.ts";
import type { BrowsedLesson, Candidate, OutlineRow, SchoolChoice } from "../store/browse.ts";
import type { Speech } from "./parts.ts";

/** Subjects with their grades. */
export interface BrowsePage {
  head: PageHeadView;
  schools: FilterBarView | undefined;
  subjects: { name: string; grades: { label: string; href: string; covered: boolean }[] }[];
  empty: EmptyView;
}

/** The lessons of a subject and grade, with what there is beside each. */
export interface LessonsPage {
  head: PageHeadView;
  coverage: { label: string; value: number; max: number; text: string };
  tabs: TabsView;
  plans: { name: string; chapters: { title: string; lessons: LessonView[] }[] }[];
  empty: EmptyView;
}

export interface LessonView {
  title: string;
  href: string;
  detail: string;
  badges: BadgeView[];
  actions: ActionView[];
  missing: boolean;
}

declare global {
  interface Views {
    "library/browse": BrowsePage;
    "library/lessons": LessonsPage;
    "library/chapter": { chapter: LessonsPage["plans"][number]["chapters"][number] };
  }
}

interface BrowseFacts {
  school: { id: string; name: string };
  rows: readonly OutlineRow[];
  /** Of officers: the schools of their area. */
  choices: readonly SchoolChoice[];
  /** Only this subject, where the address names one. */
  subject: string | undefined;
  ofSchool: string;
}

export function browsePage({ t, lang }: Speech, facts: BrowseFacts): BrowsePage {
  const words = t.library;
  const named = facts.rows.filter((row) => row.subject_code === facts.subject);
  const rows = named.length > 0 ? named : facts.rows;
  const codes = [...new Set(rows.map((row) => row.subject_code))];
  return {
    head: { title: words.browse, eyebrow: facts.school.name, lead: words.browse_lead },
    schools: choice(t, facts),
    subjects: codes.map((code) => {
      const own = rows.filter((row) => row.subject_code === code);
      return {
        name: (lang === "vi" ? own[0]?.name_vi : own[0]?.name_en) ?? code,
        grades: own.map((row) => ({ label: words.grade_link(row.grade, row.covered, row.planned), href: `/library/browse/${code}/${row.grade}${facts.ofSchool}`, covered: row.covered === row.planned })),
      };
    }),
    empty: { icon: "list-ordered", title: words.no_plans, text: words.no_plans_text, action: { href: `/schools/${facts.school.id}/plans`, label: words.to_plans } },
  };
}

function choice(t: Words, facts: BrowseFacts): FilterBarView | undefined {
  if (facts.choices.length === 0) return undefined;
  const options = facts.choices.map((school) => ({ value: school.id, label: school.name }));
  return { action: "/library/browse", label: t.library.choose_school, fields: [{ name: "school", label: t.library.choose_school, kind: "select", value: facts.school.id, options }] };
}

interface LessonsFacts {
  school: { id: string; name: string };
  subject: { code: string; name: string };
  grade: number;
  lessons: readonly BrowsedLesson[];
  elsewhere: readonly (Candidate & { words: ReadonlySet<string> })[];
  show: "all" | "missing";
  mayUpload: boolean;
  base: string;
}

export function lessonsPage(speech: Speech, facts: LessonsFacts): LessonsPage {
  const { t, f } = speech;
  const words = t.library;
  const counted = facts.lessons.filter((lesson) => lesson.counted);
  const covered = counted.filter((lesson) => lesson.approved > 0).length;
  const shown = facts.show === "missing" ? counted.filter((lesson) => lesson.approved === 0) : facts.lessons;
  const at = (show: string): string => `${facts.base}${facts.base.includes("?") ? "&" : "?"}show=${show}`;
  return {
    head: { title: words.lessons_of(facts.subject.name, facts.grade), eyebrow: facts.school.name },
    coverage: { label: words.lessons_of(facts.subject.name, facts.grade), value: covered, max: counted.length, text: words.covered(f.number(covered), f.number(counted.length), f.share(covered, counted.length, 1)) },
    tabs: {
      label: words.narrow,
      items: [
        { href: facts.base, label: words.show_all, current: facts.show === "all", count: String(facts.lessons.length) },
        { href: at("missing"), label: words.show_missing, current: facts.show === "missing", count: String(counted.length - covered) },
      ],
    },
    plans: [...new Set(shown.map((lesson) => lesson.plan_id))].map((plan) => planView(speech, facts, shown.filter((lesson) => lesson.plan_id === plan))),
    empty: facts.show === "missing" ? { icon: "circle-check", title: words.all_covered } : { icon: "list-ordered", title: words.no_plans, text: words.no_plans_text },
  };
}

function planView(speech: Speech, facts: LessonsFacts, lessons: readonly BrowsedLesson[]): LessonsPage["plans"][number] {
  const chapters: LessonsPage["plans"][number]["chapters"] = [];
  for (const lesson of lessons) {
    const last = chapters.at(-1);
    const view = lessonView(speech, facts, lesson);
    if (last?.title === lesson.chapter) last.lessons.push(view);
    else chapters.push({ title: lesson.chapter, lessons: [view] });
  }
  return { name: lessons[0]?.campus ?? "", chapters };
}

function lessonView({ t }: Speech, facts: LessonsFacts, lesson: BrowsedLesson): LessonView {
  const words = t.library;
  const shelf = `/plan-lessons/${lesson.id}/materials`;
  const missing = lesson.counted && lesson.approved === 0;
  const fitting = missing ? proposalsFor({ title: lesson.title, grade: facts.grade }, facts.elsewhere, 99).length : 0;
  const badges: BadgeView[] = [
    ...(lesson.approved > 0 ? [{ label: words.has_approved(lesson.approved), tone: "good" as const }] : []),
    ...(lesson.drafts > 0 ? [{ label: words.has_drafts(lesson.drafts), tone: "warn" as const }] : []),
    ...(missing && lesson.drafts === 0 ? [{ label: words.missing, tone: "bad" as const }] : []),
    ...(!lesson.counted && lesson.approved + lesson.drafts === 0 ? [{ label: words.not_counted, tone: "neutral" as const }] : []),
  ];
  return {
    title: lesson.title,
    href: shelf,
    detail: [words.periods(lesson.periods), lesson.week_from === null ? "" : words.week(lesson.week_from), fitting > 0 ? words.fits_elsewhere(fitting) : ""].filter(Boolean).join(" · "),
    badges,
    actions: missing && facts.mayUpload
      ? [
          ...(fitting > 0 ? [{ href: `/plan-lessons/${lesson.id}/proposals`, label: words.see_proposals, kind: "quiet" as const }] : []),
          { href: `${shelf}#upload-title`, label: words.upload, icon: "upload" as const },
        ]
      : [],
    missing,
  };
}
