import type { Instant } from "../../platform/clock.ts";
import type { Formats } from "../../platform/i18n.ts";
import type { ActView, ActionView, BadgeView, EmptyView, PageHeadView, RowView } from "../../shell/partials.ts";
import { isMissed } from "../rules.ts";
import type { LiveRow } from "../store/classes.ts";

export interface LiveListPage {
  head: PageHeadView;
  toCome: RowView[];
  nothing: EmptyView;
  over: RowView[];
  /** Courses to schedule for, where the list is not of one course. */
  plan: ActionView[];
  /** The link for a phone's calendar: whether one works, and what can be done. */
  calendar: { said: string; acts: ActView[] } | undefined;
}

declare global {
  interface Views {
    "live/list": LiveListPage;
  }
}

type Tongue = { t: Words; f: Formats };

export function rowOf(live: LiveRow, at: Instant, { t, f }: Tongue): RowView {
  return {
    title: live.title,
    href: `/live-classes/${live.id}`,
    detail: t.live.detail(f.moment(live.starts_at), t.live.minutes(live.length_minutes), classesOf(live)),
    icon: "video",
    badges: [stateBadge(live, at, t), ...(live.substitute_id === null ? [] : [{ label: t.live_after.substitute.badge, tone: "info" as const }]), ...(live.purpose === "trial" ? [{ label: t.live.trial, tone: "neutral" as const }] : [])],
    isNew: live.state === "open",
  };
}

export function stateBadge(live: LiveRow, at: Instant, t: Words): BadgeView {
  if (isMissed(live, at)) return { label: t.live.states.missed, tone: "warn" };
  const tone = ({ scheduled: "info", open: "good", ended: "neutral", cancelled: "bad" } as const)[live.state];
  return { label: t.live.states[live.state], tone, icon: live.state === "open" ? "radio" : undefined };
}

/** Who teaches, and in whose place. */
export function teacherWords(live: LiveRow, t: Words): string {
  return live.substitute_name === null ? live.teacher_name : t.live_after.substitute.instead(live.substitute_name, live.teacher_name);
}

export function classesOf(live: LiveRow): string {
  return live.courses.map((course) => course.name).join(", ");
}

/** The lesson and its periods, once, however many classes learn together. */
export function lessonsOf(live: LiveRow, t: Words): string {
  const first = live.courses[0]?.id;
  const covered = live.covered.filter((one) => one.course_id === first);
  const titles = [...new Set(covered.map((one) => one.lesson_title))];
  return titles.map((title) => t.live.periods_of(title, covered.filter((one) => one.lesson_title === title).map((one) => one.period_number).join(", "))).join("; ");
}

export function listPage(
  lists: { toCome: readonly LiveRow[]; over: readonly LiveRow[] },
  about: { lead: string; title: string; eyebrow?: string; actions: ActionView[]; calendar: { since: Instant | undefined } | undefined; plan: ActionView[]; teaches: boolean },
  at: Instant,
  tongue: Tongue,
): LiveListPage {
  const { t } = tongue;
  return {
    head: { title: about.title, eyebrow: about.eyebrow, lead: about.lead, actions: about.actions },
    toCome: lists.toCome.map((live) => rowOf(live, at, tongue)),
    over: lists.over.map((live) => rowOf(live, at, tongue)),
    nothing: { icon: "video", title: t.live.none_to_come, text: about.teaches ? t.live.none_to_come_teacher : t.live.none_to_come_pupil, action: about.actions.find((action) => action.kind === "primary") },
    calendar: about.calendar && calendarView(about.calendar.since, tongue),
    plan: about.plan,
  };
}

function calendarView(since: Instant | undefined, { t, f }: Tongue): NonNullable<LiveListPage["calendar"]> {
  const words = t.live_after.calendar;
  const make: ActView = { action: "/calendar-link", label: words.make, icon: "calendar", kind: "quiet" };
  if (since === undefined) return { said: words.none, acts: [make] };
  return { said: words.works(f.moment(since)), acts: [{ ...make, label: words.make_new, confirm: words.make_ask }, { action: "/calendar-link-removal", label: words.stop, icon: "circle-x", kind: "quiet", confirm: words.stop_ask }] };
}
