import { minutesBetween } from "../../platform/clock.ts";
import type { Formats } from "../../platform/i18n.ts";
import { minutes, type BasisPoints } from "../../platform/units.ts";
import type { Instant } from "../../platform/clock.ts";
import type { ActView, ActionView, BadgeView, FactsView, NoticeView, PageHeadView } from "../../shell/partials.ts";
import { awayMinutes, heldFacts, lengthOf, periodMinutes, standsPresent, stayOf, type Sight, type Span, type Stay } from "../rules.ts";
import type { AttendanceRow } from "../store/attendance.ts";
import type { LiveRow } from "../store/classes.ts";
import type { MarkRow } from "../store/tables.ts";
import { factsOf, headOf } from "./room.ts";
import { afterElsewhere } from "../engines/pages.ts";
import type { QuestionView } from "./tools.ts";

type Tongue = { t: Words; f: Formats };

export interface PupilView {
  /** Makes the ids of the row's fields unique. */
  key: string;
  course: string;
  person: string;
  name: string;
  minutes: string;
  when: string;
  gaps: string;
  badge: BadgeView;
  seen: string | undefined;
  reason: string | undefined;
  typed: { present: string; reason: string; error: string | undefined } | undefined;
}

export interface AfterPage {
  head: PageHeadView;
  facts: FactsView;
  notice: NoticeView | undefined;
  own: { title: string; text: string; badge: BadgeView }[];
  thanks: string | undefined;
  rule: string;
  correction: string | undefined;
  courses: { title: string; summary: string; periods: string[]; pupils: PupilView[] }[];
  actions: ActionView[];
  takeBack: string | undefined;
  /** Exit tickets that are still open. */
  exit: QuestionView[];
  /** The board could not be saved: why, and to try once more. */
  board: { notice: NoticeView; again: ActView } | undefined;
}

/** A row of the table, with where its correction goes. */
export interface AfterPupil {
  pupil: PupilView;
  correction: string | undefined;
}

declare global {
  interface Views {
    "live/after": AfterPage;
    "live/after-pupil": AfterPupil;
  }
}

export interface AfterKnowledge {
  live: LiveRow;
  /** Everybody's, for teachers and leaders. */
  all: readonly AttendanceRow[];
  /** One's own or one's child's. */
  own: readonly AttendanceRow[];
  ownId: string;
  marks: ReadonlyMap<string, readonly MarkRow[]>;
  sights: ReadonlyMap<string, readonly Sight[]>;
  share: BasisPoints;
  sees: boolean;
  teaches: boolean;
  /** Whether questions were asked, those still open, and the board as a material. */
  questions: boolean;
  exit: QuestionView[];
  boardId: string | null;
  /** Where this person finds the kit of the missed class, or gives it. */
  kit: boolean;
  /** Where this person sees the recording, if there is one for them. */
  recordingHref: string | undefined;
  /** The board found no room in the school's library. */
  boardRefused: boolean;
  /** The draft of the recording on the engine's server, and whether a class by plain link has its attendance. */
  recordingId: string | null;
  declared: boolean;
  typed?: { course: string; person: string; present: string; reason: string; error: string };
}

export function heldOf(live: LiveRow): Span | undefined {
  return live.opened_at !== null && live.ended_at !== null ? { from: live.opened_at, to: live.ended_at } : undefined;
}

export function afterPage(known: AfterKnowledge, at: Instant, tongue: Tongue): AfterPage {
  const { live } = known;
  const { t, f } = tongue;
  const words = t.live.after;
  const held = heldOf(live);
  const lead = held ? words.held(f.time(held.from), f.time(held.to), t.live.minutes(lengthOf(held))) : undefined;
  const base = `/live-classes/${live.id}`;
  const cancelled = live.state === "cancelled";
  const recorded: ActionView[] = known.recordingHref === undefined ? [] : [{ href: known.recordingHref, label: t.recording.link, icon: "video" }];
  const elsewhere = afterElsewhere(live, known, t);
  return {
    head: { ...headOf(live, at, t), lead },
    facts: factsOf(live, tongue),
    notice: cancelled ? { kind: "warn", title: t.live.cancel.was, text: t.live.cancel.because(live.cancel_reason ?? "") } : elsewhere.notice,
    own: known.own.map((row) => ownView(row, known, tongue)),
    thanks: !cancelled && !known.sees && known.own.length === 0 && !elsewhere.notice ? words.no_own : undefined,
    rule: live.engine === "link" ? t.live_engines.declare.rule : words.rule(f.basisPoints(known.share)),
    correction: known.teaches && !cancelled ? `${base}/attendance` : undefined,
    courses: known.sees ? live.courses.map((course) => courseView(course, known, tongue)) : [],
    actions: [...recorded, ...(known.kit && !cancelled ? [{ href: `${base}/kit`, label: t.live_after.kit, icon: "headphones" as const }] : []), ...elsewhere.actions, ...(known.sees && known.all.length > 0 ? [{ href: `${base}/attendance.csv`, label: words.csv, icon: "download" as const }, { href: `${base}/attendance.xlsx`, label: t.live_after.xlsx, icon: "file-spreadsheet" as const }, ...(known.questions ? [{ href: `${base}/answers.csv`, label: t.live_after.answers, icon: "download" as const }] : []), ...(known.boardId === null ? [] : [{ href: `/library/materials/${known.boardId}`, label: t.live_after.board, icon: "presentation" as const }]), ...(known.teaches ? [{ href: "/ledger", label: words.to_ledger, icon: "notebook-pen" as const }] : [])] : [])],
    exit: known.exit,
    board: known.teaches && known.boardRefused && !cancelled ? { notice: { kind: "warn", title: undefined, text: t.live_after.board_no_room }, again: { action: `${base}/board`, label: t.live_after.board_again, icon: "refresh-cw" } } : undefined,
    takeBack: known.teaches && !cancelled ? `${base}/cancellation` : undefined,
  };
}

function ownView(row: AttendanceRow, known: AfterKnowledge, { t }: Tongue): AfterPage["own"][number] {
  const words = t.live.after;
  const held = heldOf(known.live);
  return {
    title: row.person_id === known.ownId ? words.own : words.child(row.name),
    text: known.live.engine === "link" ? t.live_engines.declare.rule : words.own_minutes(row.present_minutes, held ? lengthOf(held) : 0),
    badge: verdict(row, t),
  };
}

function courseView(course: LiveRow["courses"][number], known: AfterKnowledge, tongue: Tongue): AfterPage["courses"][number] {
  const { t } = tongue;
  const words = t.live.after;
  const rows = known.all.filter((row) => row.course_id === course.id);
  const held = heldOf(known.live);
  const numbers = known.live.covered.filter((one) => one.course_id === course.id).map((one) => one.period_number);
  const whole = periodMinutes(course.grade);
  const facts = heldFacts(held ? lengthOf(held) : minutes(0), whole, numbers, rows);
  return {
    title: words.attendance(course.name),
    summary: words.present_of(facts.present, facts.list_size),
    periods: facts.periods.map((period) => words.period_held(period.number, period.held, whole)),
    pupils: rows.map((row) => pupilView(row, known, tongue)),
  };
}

function pupilView(row: AttendanceRow, known: AfterKnowledge, tongue: Tongue): PupilView {
  const { t, f } = tongue;
  const words = t.live.after;
  const stay = stayFor(row, known);
  const typed = known.typed?.course === row.course_id && known.typed.person === row.person_id ? known.typed : undefined;
  return {
    key: `${row.course_id}-${row.person_id}`,
    course: row.course_id,
    person: row.person_id,
    name: row.name,
    minutes: known.live.engine === "link" ? "–" : f.number(row.present_minutes), // nobody saw them there
    when: stay.spans.length === 0 ? words.never : stay.spans.map((span) => words.span(f.time(span.from), f.time(span.to))).join(", "),
    gaps: [gapWords(stay, tongue), awayWords(awayFor(row, known), t)].filter((text) => text !== "").join(", "),
    badge: verdict(row, t),
    seen: row.corrected_at === null || known.live.engine === "link" ? undefined : words.seen(row.present ? words.present : words.absent),
    reason: row.corrected_reason === null ? undefined : t.live.cancel.because(row.corrected_reason),
    typed,
  };
}

export function stayFor(row: { person_id: string }, known: Pick<AfterKnowledge, "live" | "marks">): Stay {
  const held = heldOf(known.live);
  return stayOf(held ? (known.marks.get(row.person_id) ?? []) : [], held ?? { from: "", to: "" });
}

/** Minutes with another page in front. */
export function awayFor(row: { person_id: string }, known: Pick<AfterKnowledge, "live" | "sights">): number {
  const held = heldOf(known.live);
  return held ? awayMinutes(known.sights.get(row.person_id) ?? [], held) : 0;
}

function awayWords(away: number, t: Words): string {
  return away === 0 ? "" : t.live_after.away(away);
}

/** Interruptions in words; those too short to be seen in minutes are left out. */
export function gapWords(stay: Stay, { t, f }: Tongue): string {
  const words = t.live.after;
  const long = stay.gaps.filter((gap) => minutesBetween(gap.from, gap.to) >= 0.5);
  return long.map((gap) => (gap.kind === "lost" ? words.gap_lost : words.gap_left)(f.time(gap.from), f.time(gap.to))).join(", ");
}

function verdict(row: AttendanceRow, t: Words): BadgeView {
  const words = t.live.after;
  const present = standsPresent(row);
  const by = row.corrected_present === null ? null : row.corrector;
  const label = by === null ? (present ? words.present : words.absent) : (present ? words.present_by : words.absent_by)(by);
  return { label, tone: present ? "good" : "warn", icon: present ? "circle-check" : "circle-x" };
}
