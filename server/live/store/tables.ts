import { z } from "zod";
import { col, table, type RowOf } from "../../platform/db.ts";

export const STATES = ["scheduled", "open", "ended", "cancelled"] as const;
export type LiveState = (typeof STATES)[number];

/** Our own room, two engines of the province, a plain link to any other tool. */
export const ENGINES = ["embedded", "bbb", "livekit", "link"] as const;
export type EngineKind = (typeof ENGINES)[number];

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
  /** Who teaches in the teacher's place. */
  substitute_id: col.maybeId(),
  /** The classes that were scheduled together. */
  series_id: col.maybeId(),
  reminded_at: col.maybeInstant(),
  /** What the class is held with (`engines/`); it keeps what it was planned with until its teacher moves it. */
  engine: col.oneOf(ENGINES),
  engine_link: col.maybeText(),
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
  kind: col.oneOf(["say", "question"]),
  answered_at: col.maybeInstant(),
  /** `all`, `staff`, or a group: `g1`, `g2`, … */
  audience: col.text(),
  material_id: col.maybeId(),
});

export const liveHands = table("live_hands", { live_class_id: col.id(), person_id: col.id(), raised_at: col.instant() });

/** What the room of a class is set to; a class without a row is as the migration says. */
export const liveRooms = table("live_rooms", {
  live_class_id: col.id(),
  chat_mode: col.oneOf(["open", "private", "off"]),
  locked: col.flag(),
  waiting_room: col.flag(),
  pupils_draw: col.flag(),
  drawn: col.int(),
  drawn_bytes: col.int(),
  blank_pages: col.int(),
  notes: col.text(),
  timer_ends_at: col.maybeInstant(),
  groups_count: col.int(),
  groups_until: col.maybeInstant(),
  /** How often groups were dealt. */
  groups_deal: col.int(),
  called_id: col.maybeId(),
  called_at: col.maybeInstant(),
  check_at: col.maybeInstant(),
  late_minutes: col.int(),
  board_material_id: col.maybeId(),
  /** When the board's PDF found no room in the school's library. */
  board_refused_at: col.maybeInstant(),
});
export type RoomRow = RowOf<typeof liveRooms>;

export const liveDrawings = table("live_drawings", {
  live_class_id: col.id(),
  seq: col.int(),
  person_id: col.id(),
  page: col.int(),
  kind: col.text(),
  body: col.text(),
  client_key: col.text(),
  at: col.instant(),
});

export const QUESTION_KINDS = ["choice", "truth", "yes_no", "short"] as const;
export type QuestionKind = (typeof QUESTION_KINDS)[number];

export const liveQuestions = table("live_questions", {
  id: col.id(),
  live_class_id: col.id(),
  kind: col.oneOf(QUESTION_KINDS),
  is_exit: col.flag(),
  prompt: col.text(),
  options: col.json(z.array(z.string())),
  right_answer: col.maybeText(),
  opened_at: col.instant(),
  closed_at: col.maybeInstant(),
  shown_at: col.maybeInstant(),
});
export type QuestionRow = RowOf<typeof liveQuestions>;

export const liveAnswers = table("live_answers", { question_id: col.id(), person_id: col.id(), answer: col.text(), at: col.instant() });

export const liveMembers = table("live_members", {
  live_class_id: col.id(),
  person_id: col.id(),
  muted: col.flag(),
  draws: col.flag(),
  /** `groupKey`; 0 is no group. */
  group_number: col.int(),
  calls: col.int(),
  asked_at: col.maybeInstant(),
  admitted_at: col.maybeInstant(),
  removed_at: col.maybeInstant(),
  removed_reason: col.maybeText(),
});
export type MemberRow = RowOf<typeof liveMembers>;

export const PRESENCE_KINDS = ["join", "away", "back", "left", "lost", "asked", "there"] as const;

/** What the server saw of each connection, as it came. */
export const livePresenceEvents = table("live_presence_events", {
  id: col.id(),
  live_class_id: col.id(),
  person_id: col.id(),
  connection_id: col.text(),
  kind: col.oneOf(PRESENCE_KINDS),
  at: col.instant(),
});

export const liveSettings = table("live_settings", {
  school_id: col.id(),
  tell_parents: col.flag(),
  /** Whether its teachers may record a class, and how many days a recording that nobody approved is kept. */
  recording: col.flag(),
  recording_days: col.int(),
  /** Pupils with the floor are heard, not seen. */
  pupils_unseen: col.flag(),
  engine: col.oneOf(ENGINES),
  /** Whether teachers may record on the engine's server. */
  engine_records: col.flag(),
  updated_by: col.id(),
  updated_at: col.instant(),
});

export const calendarLinks = table("calendar_links", { person_id: col.id(), token_hash: col.text(), created_at: col.instant() });

/** A link into one class for somebody from outside the school. */
export const liveInvitations = table("live_invitations", {
  id: col.id(),
  live_class_id: col.id(),
  token_hash: col.text(),
  guest: col.text(),
  purpose: col.text(),
  guests_max: col.int(),
  guests: col.int(),
  expires_at: col.instant(),
  created_by: col.id(),
  created_at: col.instant(),
  revoked_at: col.maybeInstant(),
});
export type InvitationRow = RowOf<typeof liveInvitations>;

export const liveGuests = table("live_guests", { person_id: col.id(), live_class_id: col.id(), invitation_id: col.id(), joined_at: col.instant() });
