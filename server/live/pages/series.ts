import { addDays } from "../../platform/clock.ts";
import type { Formats } from "../../platform/i18n.ts";
import type { StudyWeek } from "../../calendar/rules.ts";
import { formView, type FormState } from "../../shell/form-fields.ts";
import type { ActionView, ChoicesView, EmptyView, ErrorSummaryView, FieldView, NoticeView, PageHeadView, TabsView } from "../../shell/partials.ts";
import { linkField } from "../engines/pages.ts";
import { proposalKey, type Proposal } from "../series-rules.ts";
import type { LiveRow } from "../store/classes.ts";
import type { CourseRow, LessonRow } from "../store/planning.ts";
import { legalOptions } from "./schedule.ts";

export interface SeriesPage {
  head: PageHeadView;
  tabs: TabsView;
  empty: EmptyView | undefined;
  errors: ErrorSummaryView["errors"];
  conflicts: NoticeView[];
  action: string;
  hidden: Record<string, string>;
  despite: FieldView | undefined;
  /** Said above the weeks after a form that could not be kept. */
  error: string | undefined;
  weeks: { title: string; none: boolean; rows: PickRow[] }[];
  link: FieldView | undefined;
  legal: ChoicesView | undefined;
  reason: FieldView | undefined;
  cancel: string;
}

/** One period: to be ticked, or with the reason why not. */
export interface PickRow {
  id: string | undefined;
  value: string;
  when: string;
  lesson: string;
  note: string;
  pickable: boolean;
  checked: boolean;
}

declare global {
  interface Views {
    "live/series": SeriesPage;
    "live/series-row": PickRow;
  }
}

export interface SeriesKnowledge {
  course: CourseRow;
  lessons: readonly LessonRow[];
  /** The weeks looked at, from this one on. */
  weeks: readonly StudyWeek[];
  ahead: number;
  proposals: readonly Proposal[];
  /** Whether the class's timetable has the course at all. */
  inTimetable: boolean;
  byLink: boolean;
  conflicts: readonly { live: LiveRow; who: string }[];
}

/** So many weeks can be looked at. */
export const WEEKS_AHEAD = [4, 8, 12] as const;

export function seriesPage(known: SeriesKnowledge, state: FormState, { t, f }: { t: Words; f: Formats }): SeriesPage {
  const { course, conflicts } = known;
  const words = t.live_after.from_timetable;
  const schedule = t.live.schedule;
  const base = `/courses/${course.id}/live-classes`;
  const single: ActionView = { href: `${base}/new`, label: words.one_by_one, icon: "plus" };
  const form = formView(t, state, {
    action: `${base}/series`,
    submit: words.submit,
    fields: [
      { name: "legal_reason", label: schedule.legal_reason, kind: "text", hint: schedule.legal_reason_hint, required: false, attributes: { maxlength: 300 } },
      { name: "despite_conflicts", label: schedule.despite, kind: "checkbox", value: "yes" },
      linkField("", t, true),
    ],
    choices: [{ kind: "radio", name: "legal_form", legend: schedule.legal_form, options: legalOptions(t) }],
  });
  const [reason, despite, link] = form.fields;
  const error = form.errors.find((one) => one.field.startsWith("pick"));
  const nothing = !known.inTimetable ? words.none_no_week : known.proposals.length === 0 ? words.none_no_lesson : undefined;
  return {
    head: { title: words.title, eyebrow: course.name, lead: words.lead, actions: [single] },
    tabs: { label: words.shown, items: WEEKS_AHEAD.map((n) => ({ href: `${base}/series?weeks=${n}`, label: words.weeks(n), current: n === known.ahead })) },
    empty: nothing === undefined ? undefined : { icon: "calendar-days", title: words.none, text: nothing, action: single },
    errors: form.errors.map((one) => (one.field.startsWith("pick") ? { ...one, field: "pick", label: words.picks } : one)),
    conflicts: conflicts.length === 0 ? [] : [{ kind: "warn", title: schedule.conflicts, text: conflicts.map(({ live, who }) => schedule.conflict_of(who, live.title, f.moment(live.starts_at))).join("; ") }],
    action: form.action,
    hidden: { weeks: String(known.ahead) },
    despite: conflicts.length > 0 ? despite : undefined,
    error: error?.message,
    weeks: weeksOf(known, state, { t, f }),
    link: known.byLink ? link : undefined,
    legal: form.choices[0],
    reason,
    cancel: base,
  };
}

function weeksOf(known: SeriesKnowledge, state: FormState, { t, f }: { t: Words; f: Formats }): SeriesPage["weeks"] {
  const words = t.live_after.from_timetable;
  const lessons = new Map(known.lessons.map((lesson) => [lesson.id, lesson]));
  const picked = Object.keys(state.typed).length === 0 ? undefined : new Set([state.typed["pick"] ?? []].flat());
  const first = known.proposals.find((one) => one.state === "free");
  return known.weeks.map((week) => {
    const rows = known.proposals.filter((one) => one.week === week.number);
    return {
      title: words.week(week.number, f.day(week.starts_on), f.day(addDays(week.starts_on, 5))),
      none: rows.length === 0,
      rows: rows.map((one): PickRow => {
        const lesson = lessons.get(one.lesson_id);
        const online = lesson?.mode === "online";
        const value = proposalKey(one);
        const notes = { free: online ? words.planned_online : "", test: words.test, taken: words.taken };
        return {
          id: one === first ? "pick" : undefined,
          value,
          when: words.when(f.weekday(one.on), one.starts, one.ends),
          lesson: words.lesson(lesson?.position ?? 0, lesson?.title ?? "", one.numbers.join(", ")),
          note: notes[one.state],
          pickable: one.state === "free",
          checked: picked?.has(value) ?? (online && one.state === "free"),
        };
      }),
    };
  });
}
