import type { Actor } from "../../access/actor.ts";
import { addMinutes, type Instant } from "../../platform/clock.ts";
import type { Formats } from "../../platform/i18n.ts";
import { newId } from "../../platform/ids.ts";
import type { ActView, ChatView, FactsView, NextUpView, NoticeView, PageHeadView, PresenceView } from "../../shell/partials.ts";
import { mediaView, type MediaView } from "../media/pages.ts";
import type { RoomPerson } from "../room.ts";
import { isLobbyOpen, isMissed, LOBBY_MINUTES, mayStart, START_EARLY_MINUTES } from "../rules.ts";
import type { HandRow, MessageRow } from "../store/chat.ts";
import type { LiveRow } from "../store/classes.ts";
import { classesOf, lessonsOf, stateBadge } from "./list.ts";

type Tongue = { t: Words; f: Formats };
export type Part = "teacher" | "pupil" | "guest" | "parent";

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
  end: ActView | undefined;
  leaveHref: string;
  hand: { up: boolean; action: string };
  hands: { name: string; id: string }[];
  chat: ChatView;
  older: string | undefined;
  say: { action: string; key: string; typed: string; error: string | undefined };
  people: PresenceView;
  count: string;
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
      { label: words.teacher, value: live.teacher_name },
      { label: words.form, value: t.live.forms[live.legal_form] },
      ...reason,
    ],
  };
}

export function headOf(live: LiveRow, at: Instant, t: Words): PageHeadView {
  const trial = live.purpose === "trial" ? [{ label: t.live.trial, tone: "neutral" as const }] : [];
  return { title: live.title, eyebrow: classesOf(live), badges: [stateBadge(live, at, t), ...trial] };
}

export function lobbyPage(live: LiveRow, actor: Actor, part: Part, people: readonly RoomPerson[], at: Instant, tongue: Tongue): LobbyPage {
  const { t, f } = tongue;
  const words = t.live.lobby;
  const missed = isMissed(live, at);
  const teacher = part === "teacher" && !missed;
  const waits = people.filter((person) => person.role === "pupil" && person.state === "here").length;
  return {
    head: headOf(live, at, t),
    facts: factsOf(live, tongue),
    script: teacher || (isLobbyOpen(live, at) && part !== "parent") ? scriptOf(live, actor, part, t) : undefined,
    notice: missed ? { kind: "warn", title: words.missed, text: words.missed_text } : undefined,
    waiting: part === "teacher" || missed ? undefined : waitingView(live, part, at, tongue),
    start: teacher && mayStart(live, at) ? { action: `/live-classes/${live.id}/opening`, label: words.start, icon: "play", kind: "primary" } : undefined,
    startNote: teacher ? (mayStart(live, at) ? words.teacher_ready : words.too_early(f.moment(addMinutes(live.starts_at, -START_EARLY_MINUTES)))) : "",
    inside: teacher ? words.inside(waits) : undefined,
    cancelHref: part === "teacher" ? `/live-classes/${live.id}/cancellation` : undefined,
  };
}

function waitingView(live: LiveRow, part: Part, at: Instant, { t, f }: Tongue): NextUpView {
  const words = t.live.lobby;
  const opens = f.moment(addMinutes(live.starts_at, -LOBBY_MINUTES));
  const base = { eyebrow: t.live.states.scheduled, detail: words.starts(f.moment(live.starts_at)) };
  if (part === "parent") return { ...base, title: words.opens(opens), action: { label: words.opens(opens) }, note: words.parent };
  if (part === "guest") return { ...base, title: live.title, action: { label: words.opens(opens) }, note: words.look };
  if (!isLobbyOpen(live, at)) return { ...base, title: words.opens(opens), action: { label: t.live.lobby.reload, href: `/live-classes/${live.id}`, icon: "refresh-cw" }, note: words.opens_text };
  return { ...base, title: words.waiting, action: { label: words.reload, href: `/live-classes/${live.id}`, icon: "refresh-cw" }, note: words.waiting_text };
}

function scriptOf(live: LiveRow, actor: Actor, part: Part, t: Words): ScriptView {
  const { id, state, slide_page: slide, message_count: seq } = live;
  return { id, me: actor.personId, part, state, seq, slide, words: JSON.stringify(t.live.script) };
}

export interface RoomKnowledge {
  live: LiveRow;
  actor: Actor;
  part: Part;
  people: readonly RoomPerson[];
  hands: readonly HandRow[];
  messages: readonly MessageRow[];
  slides: { title: string } | undefined;
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
    end: part === "teacher" ? { action: `${base}/closing`, label: words.end, kind: "danger", confirm: words.end_ask } : undefined,
    leaveHref: "/live-classes",
    hand: { up: hands.some((hand) => hand.person_id === actor.personId), action: `${base}/hand` },
    hands: hands.map((hand) => ({ name: hand.name, id: hand.person_id })),
    chat: chatView(messages, actor, tongue),
    older: (messages[0]?.seq ?? 1) > 1 ? `${base}/messages?before=${messages[0]?.seq ?? 1}` : undefined,
    say: { action: `${base}/messages`, key: newId(), typed: known.typed?.text ?? "", error: known.typed?.error },
    people: peopleView(people, t),
    count: words.people_of(pupils.filter((person) => person.state === "here").length, pupils.length),
  };
}

export function chatView(messages: readonly MessageRow[], actor: Actor, { t, f }: Tongue): ChatView {
  const words = t.live.room;
  return {
    label: words.chat,
    empty: words.chat_empty,
    messages: messages.map((message) => ({
      who: message.name,
      when: f.time(message.at),
      text: message.removed_at === null ? message.body : words.removed,
      own: message.person_id === actor.personId,
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
