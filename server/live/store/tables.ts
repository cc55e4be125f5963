import { col, table, type RowOf } from "../../platform/db.ts";

export const STATES = ["scheduled", "open", "ended", "cancelled"] as const;
export type LiveState = (typeof STATES)[number];

export const liveClasses = table("live_classes", {
  id: col.id(),
  school_id: col.id(),
  campus_id: col.maybeId(),
  teacher_id: col.id(),
  title: col.text(),
  starts_at: col.instant(),
  length_minutes: col.int(),
  /** A trial never counts. */
  purpose: col.oneOf(["lesson", "trial"]),
  /** Circular 09/2021: supporting (hỗ trợ dạy học trực tiếp) or replacing it (thay thế), then with the reason. */
  legal_form: col.oneOf(["supporting", "replacing"]),
  legal_reason: col.text(),
  state: col.oneOf(STATES),
  opened_at: col.maybeInstant(),
  ended_at: col.maybeInstant(),
  cancel_reason: col.maybeText(),
  slides_material_id: col.maybeId(),
  slide_page: col.int(),
  message_count: col.int(),
  created_at: col.instant(),
});

/** One row is one period of one course that the live class covers. */
export const livePeriods = table("live_class_periods", {
  live_class_id: col.id(),
  course_id: col.id(),
  plan_lesson_id: col.id(),
  period_number: col.int(),
});

/** One row is one connection of one person: evidence, never removed. */
export const presenceMarks = table("presence_marks", {
  id: col.id(),
  live_class_id: col.id(),
  person_id: col.id(),
  connection_id: col.text(),
  joined_at: col.instant(),
  seen_at: col.instant(),
  left_at: col.maybeInstant(),
  ending: col.oneOf(["left", "lost", "ended"]).nullable(),
});
export type MarkRow = RowOf<typeof presenceMarks>;

/** One row is one pupil of one course: what the server saw, and beside it what the teacher says instead. */
export const attendances = table("attendances", {
  live_class_id: col.id(),
  course_id: col.id(),
  person_id: col.id(),
  present_minutes: col.int(),
  present: col.flag(),
  corrected_present: col.maybeFlag(),
  corrected_reason: col.maybeText(),
  corrected_by: col.maybeId(),
  corrected_at: col.maybeInstant(),
});

export const liveMessages = table("live_messages", {
  live_class_id: col.id(),
  seq: col.int(),
  person_id: col.id(),
  body: col.text(),
  /** The same message sent again after a lost line counts once. */
  client_key: col.text(),
  at: col.instant(),
  removed_at: col.maybeInstant(),
});

export const liveHands = table("live_hands", { live_class_id: col.id(), person_id: col.id(), raised_at: col.instant() });
