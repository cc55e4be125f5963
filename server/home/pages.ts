import { addMinutes, dayOf, type Instant } from "../platform/clock.ts";
import type { Formats } from "../platform/i18n.ts";
import { taughtBy, type LiveRow } from "../live/store/classes.ts";
import type { ActView, CardView, EmptyView, MeterView, NextUpView, PageHeadView, RowView, StepsView } from "../shell/partials.ts";
import type { PlacedUpload } from "../uploads/places.ts";
import type { AbsenceRow, ChildRow, DueRow, OpenedRow, ReturnedRow, WeekRow } from "./store.ts";

/** The home page: the parts that a person's roles call for, the most urgent first. */
export interface HomePage {
  head: PageHeadView;
  next: NextUpView | undefined;
  calm: EmptyView | undefined;
  lists: ListPart[];
  week: WeekPart | undefined;
  figures: { title: string; meters: MeterView[]; href: string } | undefined;
  steps: { title: string; steps: StepsView } | undefined;
  cards: CardView[];
}

export interface ListPart {
  title: string;
  none: string;
  rows: RowView[];
  more: { href: string; label: string } | undefined;
}

export interface WeekPart {
  title: string;
  none: string;
  courses: { name: string; href: string; lessons: WeekLesson[] }[];
}

export interface WeekLesson {
  title: string;
  href: string;
  detail: string;
  online: boolean;
  mode: ActView;
}

declare global {
  interface Views {
    "home/show": HomePage;
  }
}

interface Voice {
  t: Words;
  f: Formats;
}

/** Pupils may come in ten minutes before. */
export const JOIN_MINUTES_BEFORE = 10;

/** The next class with one big button; before its time the button waits and says until when. */
export function nextUp(live: LiveRow, at: Instant, teaches: boolean, { t, f }: Voice): NextUpView {
  const words = t.home;
  const opensAt = addMinutes(live.starts_at, -JOIN_MINUTES_BEFORE);
  const open = live.state === "open" || teaches || at >= opensAt;
  return {
    eyebrow: live.state === "open" ? words.class_now : words.next_class,
    title: live.title,
    detail: `${f.moment(live.starts_at)} · ${taughtBy(live).name}`,
    action: { label: teaches && live.state !== "open" ? words.start : words.join, icon: "video", ...(open ? { href: `/live-classes/${live.id}` } : {}) },
    ...(open ? {} : { note: words.opens_at(f.time(opensAt)) }),
  };
}

export function classRows(rows: readonly LiveRow[], { t, f }: Voice): ListPart {
  return {
    title: t.home.later_classes,
    none: t.home.no_class_text,
    rows: rows.slice(0, 5).map((live) => ({ title: live.title, href: `/live-classes/${live.id}`, detail: f.moment(live.starts_at), icon: "video" })),
    more: { href: "/live-classes", label: t.nav.live },
  };
}

export function dueRows(rows: readonly DueRow[], last: OpenedRow | undefined, { t, f }: Voice): ListPart {
  const words = t.home;
  const due = rows.map(
    (row): RowView => ({
      title: row.title,
      href: row.kit_of === null ? `/courses/${row.course_id}/lessons/${row.lesson_id}` : `/live-classes/${row.kit_of}/kit`,
      detail: `${row.kit_of === null ? row.course : t.kits.title} · ${words.due_by(f.moment(row.due_at))}`,
      icon: row.done_at ? "circle-check" : row.kit_of === null ? "book-open" : "headphones",
      badges: row.done_at ? [{ label: words.due_done, tone: "good" }] : [],
    }),
  );
  const goOn = last && !rows.some((row) => row.kit_of === null && row.lesson_id === last.lesson_id && row.course_id === last.course_id) ? [last] : [];
  return {
    title: words.due,
    none: words.due_none,
    rows: [
      ...due,
      ...goOn.map((row): RowView => ({ title: row.title, href: `/courses/${row.course_id}/lessons/${row.lesson_id}`, detail: `${words.go_on} · ${row.course}`, icon: "history" })),
    ],
    more: undefined,
  };
}

/** The week's lessons of a teacher's courses, each with its mode and what materials it has. */
export function weekPart(rows: readonly WeekRow[], week: number | undefined, { t }: Voice): WeekPart {
  const words = t.home;
  const courses = new Map<string, { name: string; href: string; lessons: WeekLesson[] }>();
  for (const row of rows) {
    const course = courses.get(row.course_id) ?? { name: row.course, href: `/courses/${row.course_id}`, lessons: [] };
    const online = row.mode === "online";
    const href = `/courses/${row.course_id}/lessons/${row.lesson_id}`;
    course.lessons.push({
      title: row.title,
      href,
      detail: `${words.periods(row.periods)} · ${words.materials(row.approved)}`,
      online,
      mode: { action: `${href}/mode`, label: online ? words.to_class : words.to_online, kind: "quiet", hidden: { mode: online ? "in_class" : "online", back: "/" } },
    });
    courses.set(row.course_id, course);
  }
  return { title: week === undefined ? words.week_none : words.this_week(week), none: words.no_week, courses: [...courses.values()] };
}

export function returnedRows(rows: readonly ReturnedRow[], { t }: Voice): ListPart[] {
  if (rows.length === 0) return [];
  const list = rows.map((row): RowView => ({ title: row.title, href: `/materials/${row.id}`, detail: row.comment, icon: "undo-2", isNew: true }));
  return [{ title: t.home.returned, none: "", rows: list, more: undefined }];
}

/** What the person sent for approval, and whose turn it is. */
export function sentRows(rows: readonly { id: string; title: string; turn: keyof Words["materials"]["turns_short"]; submitted_at: string | null }[], { t, f }: Voice): ListPart[] {
  if (rows.length === 0) return [];
  const list = rows.map(
    (row): RowView => ({ title: row.title, href: `/materials/${row.id}`, detail: [t.materials.turns_short[row.turn], row.submitted_at ? t.materials.waiting_since(f.moment(row.submitted_at)) : ""].filter(Boolean).join(" · "), icon: "hourglass" }),
  );
  return [{ title: t.home.sent, none: "", rows: list, more: undefined }];
}

const QUEUE_SHOWN = 5;

/** Uploads that were interrupted: how far each came, and the way to go on. */
export function unfinishedRows(rows: readonly PlacedUpload[], { t, f }: Voice): ListPart[] {
  if (rows.length === 0) return [];
  const shown = rows.slice(0, QUEUE_SHOWN).map(
    (row): RowView => ({
      title: row.name,
      href: row.place?.href ?? "/uploads",
      detail: row.state === "refused" ? t.uploads.refused : t.uploads.of(f.bytes(row.received_bytes), f.bytes(row.size_bytes)),
      icon: "upload",
    }),
  );
  return [{ title: t.uploads.unfinished_count(rows.length), none: "", rows: shown, more: { href: "/uploads", label: t.uploads.unfinished } }];
}

/** Declared periods to confirm: their number and the way to them. */
export function declarations(rows: readonly { lesson_title: string; course_name: string; teacher_name: string; taught_on: string }[], { t, f }: Voice): ListPart[] {
  if (rows.length === 0) return [];
  const href = "/ledger/declarations";
  const shown = rows.slice(0, QUEUE_SHOWN).map((row) => ({
    ...{ title: row.lesson_title, href, icon: "inbox" as const },
    detail: `${row.course_name} · ${row.teacher_name} · ${f.day(row.taught_on)}`,
  }));
  return [{ title: t.home.declared(rows.length), none: "", rows: shown, more: { href, label: t.ledger.waiting_link } }];
}

export function queueRows(rows: readonly { id: string; title: string; submitted_at: string | null }[], { t, f }: Voice): ListPart {
  const words = t.home;
  return {
    title: words.waiting_count(rows.length),
    none: "",
    rows: rows.slice(0, QUEUE_SHOWN).map((row) => ({
      title: row.title,
      href: `/review?item=${row.id}`,
      detail: row.submitted_at ? f.moment(row.submitted_at) : "",
      icon: "clipboard-check",
    })),
    more: rows.length > 0 ? { href: "/review", label: words.open_queue } : undefined,
  };
}

/** One page per child in a few lines: what is due, what was missed, what was done. */
export function childPart(child: ChildRow, facts: { due: DueRow[]; absences: AbsenceRow[]; done: number }, { t, f }: Voice): ListPart[] {
  const words = t.home;
  const undone = facts.due.filter((row) => row.done_at === null);
  const title = `${child.name} · ${words.child_class(child.class_name)}`;
  return [
    { ...dueRows(undone, undefined, { t, f }), title: `${title} · ${words.due}` },
    {
      title: words.child_absences,
      none: `${words.child_no_absence} ${words.child_done(facts.done)}.`,
      rows: facts.absences.map((row) => ({ title: row.title, detail: f.moment(row.starts_at), icon: "flag" })),
      more: undefined,
    },
  ];
}

/** What is left to set up, in the order in which it is done. */
export function setUpSteps(school: { id: string; name: string }, counts: { classes: number; pupils: number; courses: number; plans: number }, { t, f }: Voice): HomePage["steps"] {
  const words = t.home;
  const step = (label: string, count: number, href: string): { label: string; state: "done" | "todo"; href: string } => ({
    label: `${label}: ${f.number(count)}`,
    state: count > 0 ? "done" : "todo",
    href,
  });
  const base = `/schools/${school.id}`;
  return {
    title: words.set_up(school.name),
    steps: {
      label: words.set_up(school.name),
      items: [
        step(words.set_up_classes, counts.classes, `${base}/classes`),
        step(words.set_up_pupils, counts.pupils, `${base}/pupils`),
        step(words.set_up_courses, counts.courses, `${base}/assignments`),
        step(words.set_up_plans, counts.plans, `${base}/plans`),
      ],
    },
  };
}

/** Whether a live class is the one to offer first today. */
export function isNext(live: LiveRow, at: Instant): boolean {
  return live.state === "open" || (live.state === "scheduled" && dayOf(live.starts_at) === dayOf(at));
}
