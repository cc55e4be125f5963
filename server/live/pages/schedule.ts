import { addMinutes, dayOf, timeOf, type Instant } from "../../platform/clock.ts";
import type { Formats } from "../../platform/i18n.ts";
import { formView, type FormState, type FormView } from "../../shell/form-fields.ts";
import type { ActionView, ChoicesView, FieldView, NoticeView, OptionView } from "../../shell/partials.ts";
import { linkField } from "../engines/pages.ts";
import { periodMinutes } from "../rules.ts";
import type { LiveRow } from "../store/classes.ts";
import type { CourseRow, LessonRow, SlidesRow } from "../store/planning.ts";

/** Everything the schedule page is made of. */
export interface Planning {
  course: CourseRow;
  lessons: readonly LessonRow[];
  lesson: LessonRow | undefined;
  taken: readonly { plan_lesson_id: string; period_number: number }[];
  together: readonly { id: string; name: string }[];
  slides: readonly SlidesRow[];
  /** Whether the school's classes are held by plain links. */
  byLink: boolean;
  conflicts: readonly { live: LiveRow; who: string }[];
}

export interface SchedulePage {
  course: string;
  lead: string;
  /** Choosing the lesson; a form of its own that needs no script. */
  choose: { action: string; field: FieldView; chosen: boolean };
  noPlan: boolean;
  /** To several classes at once, by the timetable. */
  series: ActionView;
  conflicts: NoticeView[];
  form: FormView | undefined;
  /** The form's parts in the order in which a teacher thinks of them. */
  parts: { periods: ChoicesView; when: FieldView[]; slides: FieldView; legal: ChoicesView; reason: FieldView; trial: FieldView; weeks: FieldView; despite: FieldView | undefined; link: FieldView | undefined; together: ChoicesView | undefined } | undefined;
}

declare global {
  interface Views {
    "live/schedule": SchedulePage;
  }
}

export function schedulePage(planning: Planning, state: FormState, asked: { on?: string; at?: string }, at: Instant, { t, f }: { t: Words; f: Formats }): SchedulePage {
  const { course, lesson, conflicts } = planning;
  const words = t.live.schedule;
  const lessonOptions = planning.lessons.map((one) => ({ value: one.id, label: words.lesson_option(one.position, one.title, one.periods, one.week_from) }));
  return {
    course: course.name,
    lead: lesson ? words.lesson_option(lesson.position, lesson.title, lesson.periods, lesson.week_from) : words.choose_hint,
    choose: {
      action: `/courses/${course.id}/live-classes/new`,
      field: { name: "lesson", id: "choose-lesson", label: words.choose_lesson, kind: "select", options: lessonOptions, value: lesson?.id },
      chosen: lesson !== undefined,
    },
    series: { href: `/courses/${course.id}/live-classes/series`, label: t.live_after.from_timetable.link, icon: "calendar-days" },
    noPlan: planning.lessons.length === 0,
    conflicts: conflicts.length === 0 ? [] : [{ kind: "warn", title: words.conflicts, text: conflicts.map(({ live, who }) => words.conflict_of(who, live.title, f.moment(live.starts_at))).join("; ") }],
    ...(lesson ? filled(planning, lesson, state, asked, at, t) : { form: undefined, parts: undefined }),
  };
}

function filled(planning: Planning, lesson: LessonRow, state: FormState, asked: { on?: string; at?: string }, at: Instant, t: Words): Pick<SchedulePage, "form" | "parts"> {
  const { course, conflicts, together } = planning;
  const words = t.live.schedule;
  const free = freePeriods(planning, lesson);
  const offered = offer(at, asked);
  const fields: FieldView[] = [
    { name: "on", label: words.on, kind: "date", value: offered.on, required: true, attributes: { min: dayOf(at) } },
    { name: "at", label: words.at, kind: "time", value: offered.at, required: true },
    { name: "minutes", label: words.minutes, kind: "number", value: String(periodMinutes(course.grade)), required: true, attributes: { min: 10, max: 300 } },
    slidesField(planning.slides, t),
    { name: "legal_reason", label: words.legal_reason, kind: "text", hint: words.legal_reason_hint, required: false, attributes: { maxlength: 300 } },
    { name: "trial", label: words.trial, kind: "checkbox", value: "yes" },
    { name: "weeks", label: t.live_after.series, hint: t.live_after.series_hint, kind: "number", value: "0", required: false, attributes: { min: 0, max: 20, inputmode: "numeric" } },
    { name: "despite_conflicts", label: words.despite, kind: "checkbox", value: "yes" },
    linkField("", t, true),
  ];
  const choices: ChoicesView[] = [
    { kind: "checkbox", name: "periods", legend: words.periods, hint: words.periods_hint, inline: true, options: periodOptions(lesson, free, words) },
    { kind: "radio", name: "legal_form", legend: words.legal_form, options: legalOptions(t) },
    { kind: "checkbox", name: "with", legend: words.together, hint: words.together_hint, inline: true, options: together.map((one) => ({ value: one.id, label: one.name })) },
  ];
  const form = formView(t, state, {
    action: `/courses/${course.id}/live-classes`,
    submit: words.submit,
    fields,
    choices,
    hidden: { lesson: lesson.id },
    cancel: { href: `/courses/${course.id}/live-classes`, label: words.cancel },
  });
  return { form, parts: partsOf(form, { conflict: conflicts.length > 0, together: together.length > 0, byLink: planning.byLink }) };
}

function partsOf(form: FormView, { conflict, together, byLink }: { conflict: boolean; together: boolean; byLink: boolean }): SchedulePage["parts"] {
  const [on, at, minutes, slides, reason, trial, weeks, despite, link] = form.fields;
  const [periods, legal, others] = form.choices;
  if (!on || !at || !minutes || !slides || !reason || !trial || !weeks || !despite || !link || !periods || !legal || !others) return undefined;
  return { periods, when: [on, at, minutes], slides, legal, reason, trial, weeks, despite: conflict ? despite : undefined, link: byLink ? link : undefined, together: together ? others : undefined };
}

/** The first period that no live class has; the first of all where all have one. */
function freePeriods(planning: Planning, lesson: LessonRow): Set<number> {
  const taken = new Set(planning.taken.filter((one) => one.plan_lesson_id === lesson.id).map((one) => one.period_number));
  return new Set(Array.from({ length: lesson.periods }, (_, i) => i + 1).filter((number) => !taken.has(number)));
}

function periodOptions(lesson: LessonRow, free: ReadonlySet<number>, words: Words["live"]["schedule"]): OptionView[] {
  const first = Math.min(...free);
  return Array.from({ length: lesson.periods }, (_, i) => i + 1).map((number) => ({
    value: String(number),
    label: words.period(number),
    hint: free.has(number) ? undefined : words.taken,
    selected: number === first,
  }));
}

/** Whether a class stands beside lessons in the room or in their place. */
export function legalOptions(t: Words): OptionView[] {
  const words = t.live.schedule;
  return [
    { value: "supporting", label: t.live.forms.supporting, hint: words.supporting_hint, selected: true },
    { value: "replacing", label: t.live.forms.replacing, hint: words.replacing_hint },
  ];
}

function slidesField(slides: readonly SlidesRow[], t: Words): FieldView {
  const words = t.live.schedule;
  const options = slides.map((one) => ({ value: one.id, label: one.approved ? one.title : `${one.title} (${words.not_approved})` }));
  const none = { value: "", label: words.no_slides };
  return { name: "slides", label: words.slides, kind: "select", hint: words.slides_hint, required: false, options: [...options, none], value: options[0]?.value ?? "" };
}

/** The hour to come where lessons are held, else seven in the morning of the next day. */
function offer(at: Instant, asked: { on?: string; at?: string }): { on: string; at: string } {
  const hour = Number(timeOf(at).slice(0, 2)) + 1;
  const daytime = hour >= 7 && hour <= 19;
  const on = asked.on ?? (hour <= 19 ? dayOf(at) : dayOf(addMinutes(at, 12 * 60)));
  return { on, at: asked.at ?? (daytime ? `${String(hour).padStart(2, "0")}:00` : "07:00") };
}
