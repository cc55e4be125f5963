import type { SchoolYearRow } from "../calendar/store.ts";
import type { Formats, Lang } from "../platform/i18n.ts";
import type { FormView } from "../shell/form-fields.ts";
import type { BadgeView, EmptyView, ErrorSummaryView, FieldView, FilterBarView, OptionView, PageHeadView, TabsView } from "../shell/partials.ts";
import { NOT_TAUGHT, SHARED, UNASSIGNED, teachersOn } from "./rules.ts";
import { standing, type ClassLine, type GradeSubject, type TaughtCourse, type Teacher } from "./store.ts";

interface Say {
  t: Words;
  f: Formats;
  lang: Lang;
}

export interface ClassesPage {
  head: PageHeadView;
  filter: FilterBarView | undefined;
  rows: { name: string; href: string; grade: string; campus: string; homeroom: string; pupils: string; courses: string; editHref: string | undefined; editLabel: string }[];
  hasCampuses: boolean;
  empty: EmptyView | undefined;
  add: FormView | undefined;
}

export interface AssignmentsPage {
  head: PageHeadView;
  filter: FilterBarView | undefined;
  tabs: TabsView;
  grid: GridView | undefined;
  empty: EmptyView | undefined;
  load: { name: string; text: string }[];
  errors: ErrorSummaryView["errors"];
}

export interface ClassEditPage {
  head: PageHeadView;
  form: FormView;
  remove: { action: string; confirm: string } | undefined;
}

export interface GridView {
  action: string;
  caption: string;
  year: string;
  grade: string;
  on: FieldView;
  columns: string[];
  rows: { subject: string; periods: string; cells: GridCell[] }[];
  fill: { action: string; confirm: string; hidden: Record<string, string> } | undefined;
}

export interface GridCell {
  id: string;
  label: string;
  nowName: string;
  wasName: string;
  was: string;
  options: OptionView[];
  detailsHref: string | undefined;
  detailsLabel: string;
}

export interface TurnsPage {
  head: PageHeadView;
  rows: { name: string; when: string; badge: BadgeView; end: { action: string; confirm: string } | undefined }[];
  add: FormView;
}

declare global {
  interface Views {
    "teaching/classes": ClassesPage;
    "teaching/assignments": AssignmentsPage;
    "teaching/turns": TurnsPage;
    "teaching/class-edit": ClassEditPage;
    "teaching/grid-cell": GridCell;
  }
}

export function yearFilter(say: Say, action: string, years: readonly SchoolYearRow[], chosen: SchoolYearRow): FilterBarView | undefined {
  if (years.length < 2) return undefined;
  const options = years.map((year) => ({ value: year.id, label: year.id.replace("-", "–") }));
  return { action, label: say.t.teaching.year, fields: [{ name: "year", label: say.t.teaching.year, kind: "select", value: chosen.id, options }] };
}

export function classRows(say: Say, base: string, classes: readonly ClassLine[], keeps: boolean): ClassesPage["rows"] {
  const words = say.t.teaching;
  return classes.map((klass) => ({
    name: klass.name,
    href: `/classes/${klass.id}`,
    grade: String(klass.grade),
    campus: klass.campus_name ?? words.main_site,
    homeroom: klass.homeroom_name ?? words.no_homeroom,
    pupils: say.f.number(klass.pupils),
    courses: say.f.number(klass.courses),
    editHref: keeps ? `${base}/classes/${klass.id}/edit` : undefined,
    editLabel: words.edit_class(klass.name),
  }));
}

export interface GridFacts {
  base: string;
  year: SchoolYearRow;
  grade: number;
  on: FieldView;
  today: string;
  classes: readonly ClassLine[];
  subjects: readonly GradeSubject[];
  courses: readonly TaughtCourse[];
  teachers: readonly Teacher[];
  /** What was chosen on the page that is shown again, by field name. */
  typed: Readonly<Record<string, string | string[]>>;
}

export function gridView(say: Say, facts: GridFacts): GridView {
  const words = say.t.teaching;
  const names = new Map(facts.teachers.map((teacher) => [teacher.id, teacher.name]));
  const missing = facts.subjects.some((s) => s.compulsory === 1 && facts.classes.some((c) => !facts.courses.some((k) => k.class_id === c.id && k.subject_code === s.code)));
  const hidden = { year_id: facts.year.id, grade: String(facts.grade) };
  return {
    action: `${facts.base}/assignments`,
    caption: words.grid_caption(facts.grade, facts.year.id),
    year: facts.year.id,
    grade: String(facts.grade),
    on: facts.on,
    columns: facts.classes.map((klass) => klass.name),
    rows: facts.subjects.map((subject) => ({
      subject: nameOf(say, subject),
      periods: subject.periods > 0 ? words.periods(subject.periods) : "",
      cells: facts.classes.map((klass) => gridCell(say, facts, klass, subject, names)),
    })),
    fill: missing ? { action: `${facts.base}/missing-courses`, confirm: words.fill_ask(facts.grade), hidden } : undefined,
  };
}

function nameOf(say: Say, subject: GradeSubject): string {
  return say.lang === "vi" ? subject.name_vi : subject.name_en;
}

function gridCell(say: Say, facts: GridFacts, klass: ClassLine, subject: GradeSubject, names: ReadonlyMap<string, string>): GridCell {
  const words = say.t.teaching;
  const course = facts.courses.find((c) => c.class_id === klass.id && c.subject_code === subject.code);
  const was = standing(course, facts.today);
  const nowName = `now.${klass.id}.${subject.code}`;
  const chosen = facts.typed[nowName] ?? was;
  const options: OptionView[] = [];
  if (course === undefined) options.push({ value: NOT_TAUGHT, label: words.not_taught });
  options.push({ value: UNASSIGNED, label: words.unassigned });
  if (course && was === SHARED) {
    const sharing = teachersOn(course.turns, facts.today).map((id) => names.get(id) ?? course.turns.find((t) => t.person_id === id)?.name ?? "");
    options.unshift({ value: SHARED, label: words.shared(sharing.join(", ")) });
  }
  // Somebody who no longer works here still stands in a course until replaced.
  const gone = course?.turns.find((turn) => turn.person_id === was && !names.has(was));
  if (gone) options.push({ value: gone.person_id, label: gone.name });
  for (const [id, name] of names) options.push({ value: id, label: name });
  return {
    id: `cell-${klass.id}-${subject.code}`,
    label: words.cell(nameOf(say, subject), klass.name),
    nowName,
    wasName: `was.${klass.id}.${subject.code}`,
    was,
    options: options.map((option) => ({ ...option, selected: option.value === chosen })),
    detailsHref: course ? `${facts.base}/courses/${course.id}/teachers` : undefined,
    detailsLabel: course ? words.turns_of(course.name) : "",
  };
}

/** How much each teacher has in the grade: courses and periods of the national programme. */
export function teacherLoad(say: Say, facts: GridFacts): AssignmentsPage["load"] {
  const periods = new Map(facts.subjects.map((subject) => [subject.code, subject.periods]));
  return facts.teachers.flatMap((teacher) => {
    const courses = facts.courses.filter((course) => teachersOn(course.turns, facts.today).includes(teacher.id));
    if (courses.length === 0) return [];
    const sum = courses.reduce((n, course) => n + (periods.get(course.subject_code) ?? 0), 0);
    return [{ name: teacher.name, text: say.t.teaching.load_of(courses.length, say.f.number(sum)) }];
  });
}

export function turnRows(say: Say, base: string, course: TaughtCourse, today: string): TurnsPage["rows"] {
  const words = say.t.teaching;
  return course.turns.map((turn) => {
    const isOver = turn.to_on !== null && turn.to_on <= today;
    return {
      name: turn.name,
      when: turn.to_on === null ? words.since(say.f.day(turn.from_on)) : words.between(say.f.day(turn.from_on), say.f.day(turn.to_on)),
      badge: isOver ? { label: words.over, tone: "neutral" } : turn.from_on <= today ? { label: words.now, tone: "good" } : { label: words.soon, tone: "info" },
      end: isOver ? undefined : { action: `${base}/teachers/${turn.id}/ending`, confirm: words.turn_end_ask(turn.name) },
    };
  });
}
