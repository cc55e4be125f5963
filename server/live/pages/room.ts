import type { Actor } from "../../access/actor.ts";
import { addMinutes, type Instant } from "../../platform/clock.ts";
import type { Formats } from "../../platform/i18n.ts";
import { newId } from "../../platform/ids.ts";
import type { ActView, ChatView, FactsView, FieldView, NextUpView, OptionView, NoticeView, PageHeadView, PresenceView } from "../../shell/partials.ts";
import { may } from "../access.ts";
import { mediaView, type MediaView } from "../media/pages.ts";
import { recordingView, type RecordingFacts, type RecordingView } from "../recording/pages.ts";
import type { RoomPerson } from "../room.ts";
import { isLobbyOpen, isMissed, LOBBY_MINUTES, mayStart, START_EARLY_MINUTES } from "../rules.ts";
import type { HandRow, MessageRow } from "../store/chat.ts";
import type { PictureRow } from "../store/board.ts";
import type { LiveRow } from "../store/classes.ts";
import { roomName } from "../engines/names.ts";
import { REACTIONS } from "../forms.ts";
import type { RoomRow } from "../store/tables.ts";
import { checkUntil, groupOfKey, mayRead, type Reader } from "../tool-rules.ts";
import { shownOptions, type QuestionFragment, type ToolsView } from "./tools.ts";
import { classesOf, lessonsOf, stateBadge, teacherWords } from "./list.ts";

/** A pupil who was called is named this long on a page without script. */
const CALLED_MINUTES = 5;

type Tongue = { t: Words; f: Formats };
/** `guest`: by invitation; `observer`: looks in by right. */
export type Part = "teacher" | "pupil" | "guest" | "observer" | "parent";

/** What the script of the page needs to know; each is an attribute of `<live-class>`. */
export interface ScriptView {
  id: string;
  me: string;
  part: Part;
  state: string;
  seq: number;
  slide: number;
  words: string;
}

export interface LobbyPage {
  head: PageHeadView;
  facts: FactsView;
  script: ScriptView | undefined;
  notice: NoticeView | undefined;
  waiting: NextUpView | undefined;
  start: ActView | undefined;
  startNote: string;
  inside: string | undefined;
  cancelHref: string | undefined;
  substituteHref: string | undefined;
  inviteHref: string | undefined;
  /** For the teacher: the class is told that it begins late. */
  late: { action: string; field: FieldView } | undefined;
}

export interface RoomPage {
  title: string;
  lead: string;
  script: ScriptView;
  part: Part;
  slides: { href: string; title: string } | undefined;
  slide: number;
  slideAction: string;
  media: MediaView;
  recording: RecordingView;
  end: ActView | undefined;
  leaveHref: string;
  hand: { up: boolean; action: string };
  hands: { name: string; id: string }[];
  chat: ChatView;
  older: string | undefined;
  say: { action: string; key: string; typed: string; error: string | undefined };
  people: PresenceView;
  count: string;
  board: { tools: { name: string; label: string }[]; colors: string[]; pictures: OptionView[] };
  question: QuestionFragment;
  tools: ToolsView | undefined;
  error: string | undefined;
  /** Files that the teacher can send along. */
  files: OptionView[];
  notes: string;
  /** Whether "are you there" waits for this pupil's answer. */
  check: boolean;
  /** Without script: who was called, one's group, when the time is up. */
  moments: string;
  base: string;
  reactions: { what: string; label: string }[];
}

declare global {
  interface Views {
    "live/lobby": LobbyPage;
    "live/room": RoomPage;
  }
}

export function factsOf(live: LiveRow, { t, f }: Tongue): FactsView {
  const words = t.live.facts;
  const reason = live.legal_reason === "" ? [] : [{ label: words.reason, value: live.legal_reason }];
  return {
    items: [
      { label: words.when, value: t.live.detail(f.moment(live.starts_at), t.live.minutes(live.length_minutes), classesOf(live)) },
      { label: words.lesson, value: lessonsOf(live, t) },
      { label: words.teacher, value: teacherWords(live, t) },
      { label: words.form, value: t.live.forms[live.legal_form] },
      ...(live.engine === "embedded" ? [] : [{ label: t.live_engines.fact, value: roomName(live, t) }]),
      ...reason,
    ],
  };
}

export function headOf(live: LiveRow, at: Instant, t: Words): PageHeadView {
  const trial = live.purpose === "trial" ? [{ label: t.live.trial, tone: "neutral" as const }] : [];
  return { title: live.title, eyebrow: classesOf(live), badges: [stateBadge(live, at, t), ...trial] };
}

export function lobbyPage(live: LiveRow, actor: Actor, part: Part, people: readonly RoomPerson[], room: RoomRow, at: Instant, tongue: Tongue): LobbyPage {
  const { t, f } = tongue;
  const words = t.live.lobby;
  const late = live.state === "scheduled" && !isMissed(live, at) ? lateView(live, part, room, at, t) : undefined;
  const missed = isMissed(live, at);
  const teacher = part === "teacher" && !missed;
  const waits = people.filter((person) => person.role === "pupil" && person.state === "here").length;
  return {
    head: headOf(live, at, t),
    facts: factsOf(live, tongue),
    script: teacher || (isLobbyOpen(live, at) && part !== "parent") ? scriptOf(live, actor, part, t) : undefined,
    notice: missed ? { kind: "warn", title: words.missed, text: words.missed_text } : late,
    late: teacher && live.state === "scheduled" ? { action: `/live-classes/${live.id}/lateness`, field: { name: "minutes", label: t.live_tools.late_minutes, hint: t.live_tools.late_hint, kind: "number", value: String(room.late_minutes === 0 ? 10 : room.late_minutes), attributes: { min: 0, max: 60, inputmode: "numeric" } } } : undefined,
    waiting: part === "teacher" || missed ? undefined : waitingView(live, part, at, tongue),
    start: teacher && mayStart(live, at) ? { action: `/live-classes/${live.id}/opening`, label: words.start, icon: "play", kind: "primary" } : undefined,
    startNote: teacher ? (mayStart(live, at) ? words.teacher_ready : words.too_early(f.moment(addMinutes(live.starts_at, -START_EARLY_MINUTES)))) : "",
    inside: teacher ? words.inside(waits) : undefined,
    inviteHref: may(actor, "invite", live) && !missed ? `/live-classes/${live.id}/guests` : undefined,
    substituteHref: may(actor, "substitute", live) && !missed ? `/live-classes/${live.id}/substitute` : undefined,
    cancelHref: part === "teacher" ? `/live-classes/${live.id}/cancellation` : undefined,
  };
}

/** The teacher said to be late, or is: pupils are told to wait, the teacher that they do. */
function lateView(live: LiveRow, part: Part, room: RoomRow, at: Instant, t: Words): NoticeView | undefined {
  if (room.late_minutes > 0 && at < addMinutes(live.starts_at, room.late_minutes)) return { kind: "info", title: undefined, text: t.live_tools.late_now(room.late_minutes) };
  const text = part === "pupil" ? t.live_tools.late_seen : part === "teacher" && mayStart(live, at) ? t.live_tools.late_seen_teacher : undefined;
  return text !== undefined && at > addMinutes(live.starts_at, 2) ? { kind: "info", title: undefined, text } : undefined;
}

/** The door of the waiting room. */
export function waitingPage(live: LiveRow, actor: Actor, part: Part, at: Instant, tongue: Tongue): LobbyPage {
  const { t } = tongue;
  const words = t.live_tools;
  return {
    head: headOf(live, at, t),
    facts: factsOf(live, tongue),
    script: { ...scriptOf(live, actor, part, t), state: "waits" },
    notice: undefined,
    waiting: { eyebrow: t.live.states.open, title: part === "guest" ? t.live_after.guests.waits : words.waits, detail: live.title, action: { label: t.live.lobby.reload, href: `/live-classes/${live.id}`, icon: "refresh-cw" }, note: part === "guest" ? t.live_after.guests.waits_text : words.waits_text },
    start: undefined,
    startNote: "",
    inside: undefined,
    cancelHref: undefined,
    substituteHref: undefined,
    inviteHref: undefined,
    late: undefined,
  };
}

function waitingView(live: LiveRow, part: Part, at: Instant, { t, f }: Tongue): NextUpView {
  const words = t.live.lobby;
  const opens = f.moment(addMinutes(live.starts_at, -LOBBY_MINUTES));
  const base = { eyebrow: t.live.states.scheduled, detail: words.starts(f.moment(live.starts_at)) };
  if (part === "parent") return { ...base, title: words.opens(opens), action: { label: words.opens(opens) }, note: words.parent };
  if (part === "guest" || part === "observer") return { ...base, title: live.title, action: { label: words.opens(opens) }, note: part === "guest" ? t.live_after.guests.lobby : words.look };
  if (!isLobbyOpen(live, at)) return { ...base, title: words.opens(opens), action: { label: t.live.lobby.reload, href: `/live-classes/${live.id}`, icon: "refresh-cw" }, note: words.opens_text };
  return { ...base, title: words.waiting, action: { label: words.reload, href: `/live-classes/${live.id}`, icon: "refresh-cw" }, note: words.waiting_text };
}

function scriptOf(live: LiveRow, actor: Actor, part: Part, t: Words): ScriptView {
  const { id, state, slide_page: slide, message_count: seq } = live;
  return { id, me: actor.personId, part, state, seq, slide, words: JSON.stringify({ ...t.live.script, ...t.live_tools.script, ...wordsOfBoard(t) }) };
}

/** What one draws with; the pointer and pictures are the teacher's. */
function toolsOf(part: Part, t: Words): { name: string; label: string }[] {
  const all = ["hand", "pen", "eraser", "text", "formula", "line", "arrow", "rect", "oval", "pointer", "picture"] as const;
  return all.filter((name) => part === "teacher" || (name !== "pointer" && name !== "picture")).map((name) => ({ name, label: t.live_tools.board[name] }));
}

/** The board's words as the script asks for them: `board_pen`, … */
function wordsOfBoard(t: Words): Record<string, string> {
  const { board, question_mark, answered, mark_answered } = t.live_tools;
  const plain = Object.entries(board).filter((entry): entry is [string, string] => typeof entry[1] === "string");
  return { ...Object.fromEntries(plain.map(([key, word]) => [`board_${key}`, word])), question_mark, answered, mark_answered };
}

export interface RoomKnowledge {
  live: LiveRow;
  room: RoomRow;
  actor: Actor;
  part: Part;
  reader: Reader;
  people: readonly RoomPerson[];
  question: QuestionFragment;
  files: readonly PictureRow[];
  tools: ToolsView | undefined;
  at: Instant;
  /** What was wrong with a pupil's form. */
  error: string | undefined;
  hands: readonly HandRow[];
  messages: readonly MessageRow[];
  slides: { title: string } | undefined;
  recording: RecordingFacts;
  /** What was typed and refused, without script. */
  typed?: { text: string; error: string };
}

export function roomPage(known: RoomKnowledge, tongue: Tongue): RoomPage {
  const { live, actor, part, messages, people, hands } = known;
  const { t } = tongue;
  const words = t.live.room;
  const base = `/live-classes/${live.id}`;
  const pupils = people.filter((person) => person.role === "pupil");
  return {
    title: live.title,
    lead: classesOf(live),
    part,
    script: { ...scriptOf(live, actor, part, t), seq: messages.at(-1)?.seq ?? 0 },
    slides: known.slides && { href: `${base}/slides`, title: known.slides.title },
    slide: live.slide_page,
    slideAction: `${base}/slide`,
    media: mediaView(live, part, t),
    recording: recordingView(live, part, known.recording, t),
    end: part === "teacher" ? { action: `${base}/closing`, label: words.end, kind: "danger", confirm: words.end_ask } : undefined,
    leaveHref: part === "guest" ? "/live-invitations" : "/live-classes",
    hand: { up: hands.some((hand) => hand.person_id === actor.personId), action: `${base}/hand` },
    hands: hands.map((hand) => ({ name: hand.name, id: hand.person_id })),
    chat: chatView(messages, known.reader, tongue),
    older: (messages[0]?.seq ?? 1) > 1 ? `${base}/messages?before=${messages[0]?.seq ?? 1}` : undefined,
    say: { action: `${base}/messages`, key: newId(), typed: known.typed?.text ?? "", error: known.typed?.error },
    board: { tools: toolsOf(part, t), colors: t.live_tools.board.colors, pictures: shownOptions(known.files, t.live_tools.board.no_picture, true) },
    question: known.question,
    tools: known.tools,
    error: known.error,
    files: part === "teacher" ? shownOptions(known.files, t.live_tools.no_file, false) : [],
    notes: known.room.notes,
    check: part === "pupil" && checkUntil(known.room.check_at, known.at) !== undefined,
    moments: momentsOf(known, tongue).join(" · "),
    base,
    reactions: REACTIONS.map((what) => ({ what, label: t.live_tools.reactions[what] })),
    people: peopleView(people, t),
    count: words.people_of(pupils.filter((person) => person.state === "here").length, pupils.length),
  };
}

/** What scripts count down and announce, in words that stay true until the page is loaded again. */
function momentsOf({ room, people, reader: { id, group }, at }: RoomKnowledge, { t, f }: Tongue): string[] {
  const words = t.live_tools;
  const said: string[] = [];
  const called = room.called_at !== null && at < addMinutes(room.called_at, CALLED_MINUTES) ? people.find((person) => person.id === room.called_id) : undefined;
  if (called) said.push(called.id === id ? t.live.script.called_you : t.live.script.called.replace("{name}", called.name));
  if (group > 0 && room.groups_until !== null) said.push(words.group_until(groupOfKey(group).number, f.time(room.groups_until)));
  if (room.timer_ends_at !== null) said.push(at < room.timer_ends_at ? words.timer_until(f.time(room.timer_ends_at)) : words.script.timer_over);
  return said;
}

/** What this reader may read; the others are not even counted. */
export function chatView(messages: readonly MessageRow[], reader: Reader, { t, f }: Tongue): ChatView {
  const words = t.live.room;
  const { question_mark, answered, script } = t.live_tools;
  const marks = (message: MessageRow): string => {
    const about = message.audience === "staff" ? [script.private] : message.audience.startsWith("g") ? [script.in_group.replace("{n}", String(groupOfKey(Number(message.audience.slice(1))).number))] : [];
    if (message.kind === "question") about.push(message.answered_at === null ? question_mark : answered);
    return about.length === 0 ? "" : ` (${about.join(", ")})`;
  };
  return {
    label: words.chat,
    empty: words.chat_empty,
    messages: messages
      .filter((message) => mayRead(message, reader))
      .map((message) => ({
        who: message.name,
        when: `${f.time(message.at)}${marks(message)}`,
        text: message.removed_at === null ? message.body : words.removed,
        own: message.person_id === reader.id,
        pinned: message.kind === "question" && message.answered_at === null && message.removed_at === null,
      })),
  };
}

function peopleView(people: readonly RoomPerson[], t: Words): PresenceView {
  const { script: said, room: words } = t.live;
  const details = { here: said.here, away: said.away, lost: said.lost_person, absent: said.absent };
  return {
    label: words.people,
    people: people.map((person) => ({
      name: person.name,
      initials: person.initials,
      state: person.state === "away" ? "here" : person.state,
      detail: person.role === "pupil" ? details[person.state] : `${words[person.role]}, ${details[person.state]}`,
    })),
  };
}
