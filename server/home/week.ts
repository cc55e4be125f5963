import type { Day } from "../platform/clock.ts";
import { addDays, instantOf } from "../platform/clock.ts";
import type { StudyWeek } from "../calendar/rules.ts";
import type { Formats, Lang } from "../platform/i18n.ts";
import type { ActionView, EmptyView, PageHeadView, RowView, TabsView, WeekGridView, WeekItemView } from "../shell/partials.ts";
import { slotName, subjectOf, teacherNames, weekGrid } from "../timetable/pages/grid.ts";
import { SCHOOL_DAYS, teachersOfSlot } from "../timetable/rules.ts";
import type { ClassNamed, ClassOccurrence, Timetables } from "../timetable/store/weeks.ts";

/** Somebody's own week: the lessons they teach, or those of a class. */
export interface WeekPage {
  head: PageHeadView;
  tabs: TabsView | undefined;
  grid: WeekGridView | undefined;
  empty: EmptyView;
  /** The weeks before and after. */
  near: { previous: ActionView | undefined; next: ActionView | undefined };
}

declare global {
  interface Views {
    "home/week": WeekPage;
  }
}

export interface Voice {
  t: Words;
  f: Formats;
  lang: Lang;
}

/** A live class that is held in a period of the timetable. */
export interface HeldLive {
  id: string;
  course_id: string;
  starts_at: string;
}

/** Whose week it is: what one teaches, or a class that one, or one's child, learns in. */
export interface Whose {
  key: string;
  label: string;
  classes: readonly ClassNamed[];
  /** The person who teaches; undefined where the whole week of the class is shown. */
  teacher: string | undefined;
  homeroomOf: ReadonlySet<string>;
}

export interface WeekKnowledge {
  whose: Whose;
  all: readonly Whose[];
  week: StudyWeek;
  today: Day;
  found: readonly ClassOccurrence[];
  courses: Timetables["courses"];
  lives: readonly HeldLive[];
  /** The plan's lesson in a period of the timetable, where there is one. */
  lessonOf: (one: ClassOccurrence) => { id: string; title: string } | undefined;
  previous: number | undefined;
  next: number | undefined;
}

/** The weeks that somebody may look at: what they teach, their own class, their children's. */
export function weeksOf(actor: { personId: string; teachesClasses: ReadonlySet<string>; homeroomOf: ReadonlySet<string>; pupilOf: ReadonlySet<string>; childrenClasses: ReadonlySet<string> }, classes: readonly ClassNamed[], words: Words): Whose[] {
  const taught = classes.filter((klass) => actor.teachesClasses.has(klass.id) || actor.homeroomOf.has(klass.id));
  const own = classes.filter((klass) => actor.pupilOf.has(klass.id) || actor.childrenClasses.has(klass.id));
  const teaching: Whose[] = taught.length > 0 ? [{ key: "teaching", label: words.home.timetable.teaching, classes: taught, teacher: actor.personId, homeroomOf: actor.homeroomOf }] : [];
  return [...teaching, ...own.map((klass): Whose => ({ key: klass.id, label: words.home.timetable.of_class(klass.name, klass.school_name), classes: [klass], teacher: undefined, homeroomOf: new Set() }))];
}

/** Only what this person teaches, or all of the class. */
export function ownOccurrences(found: readonly ClassOccurrence[], courses: Timetables["courses"], whose: Whose): ClassOccurrence[] {
  const { teacher } = whose;
  if (teacher === undefined) return [...found];
  return found.filter(({ slot, on, class_id }) =>
    slot.kind === "homeroom" ? whose.homeroomOf.has(class_id) : slot.course_id !== null && teachersOfSlot(slot, courses.get(slot.course_id)?.turns ?? [], on).includes(teacher),
  );
}

/** The live class that begins within a period of its course. */
function liveIn(one: ClassOccurrence, lives: readonly HeldLive[]): HeldLive | undefined {
  const [from, to] = [instantOf(one.on, one.starts), instantOf(one.on, one.ends)];
  return lives.find((live) => live.course_id === one.slot.course_id && from <= live.starts_at && live.starts_at < to);
}

export function weekPage(known: WeekKnowledge, say: Voice): WeekPage {
  const { t, f } = say;
  const { week, whose } = known;
  const words = t.home.timetable;
  const link = (key: string, number: number): string => `/timetable?week=${number}&of=${key}`;
  const near = (number: number | undefined, icon: "chevron-left" | "chevron-right"): ActionView | undefined => (number === undefined ? undefined : { href: link(whose.key, number), label: words.week(number), icon });
  return {
    head: { title: words.title, eyebrow: whose.label, lead: words.days(week.number, f.day(week.starts_on), f.day(addDays(week.starts_on, 5))) },
    tabs: known.all.length < 2 ? undefined : { label: words.whose, items: known.all.map((one) => ({ href: link(one.key, week.number), label: one.label, current: one.key === whose.key })) },
    grid: known.found.length > 0 ? gridOf(known, say) : undefined,
    empty: { icon: "calendar-days", title: words.none, text: words.none_text },
    near: { previous: near(known.previous, "chevron-left"), next: near(known.next, "chevron-right") },
  };
}

function gridOf(known: WeekKnowledge, say: Voice): WeekGridView {
  const placed = known.found.map((one) => ({ one, day: one.slot.day, session: one.slot.session, number: one.slot.number, starts: one.starts, ends: one.ends }));
  const days = SCHOOL_DAYS.map((day) => {
    const on = addDays(known.week.starts_on, day - 1);
    return { label: say.f.weekday(on), today: on === known.today };
  });
  return weekGrid(placed, { bells: placed, caption: say.t.home.timetable.week(known.week.number), days, item: ({ one }) => itemOf(one, known, say) }, say);
}

function itemOf(one: ClassOccurrence, known: WeekKnowledge, say: Voice): WeekItemView {
  const { slot } = one;
  const { courses, whose } = known;
  const course = courses.get(slot.course_id ?? "");
  const className = whose.classes.find((klass) => klass.id === one.class_id)?.name ?? "";
  if (!course) return { title: whose.teacher === undefined ? subjectOf(slot, courses, say) : `${subjectOf(slot, courses, say)} ${className}` };
  const live = liveIn(one, known.lives);
  const lesson = known.lessonOf(one);
  return {
    title: whose.teacher === undefined ? subjectOf(slot, courses, say) : course.name,
    detail: [lesson?.title, whose.teacher === undefined ? teacherNames(slot, courses, one.on) : undefined].filter(Boolean).join(" · "),
    href: live ? `/live-classes/${live.id}` : lesson ? `/courses/${course.id}/lessons/${lesson.id}` : `/courses/${course.id}`,
    mode: live ? "online" : undefined,
    state: live ? say.t.home.online : undefined,
  };
}

/** Today's lessons in a few lines. */
export function todayRows(found: readonly ClassOccurrence[], courses: Timetables["courses"], whose: Whose, { t, lang }: Voice): RowView[] {
  return found.map((one): RowView => {
    const course = courses.get(one.slot.course_id ?? "");
    const subject = subjectOf(one.slot, courses, { t, lang });
    const times = t.timetable.times(one.starts, one.ends);
    return {
      title: course && whose.teacher !== undefined ? course.name : subject,
      href: course ? `/courses/${course.id}` : undefined,
      detail: [`${slotName(one.slot, { t })} · ${times}`, whose.teacher === undefined ? teacherNames(one.slot, courses, one.on) : ""].filter(Boolean).join(" · "),
      icon: "clock",
    };
  });
}
