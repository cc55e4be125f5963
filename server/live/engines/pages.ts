import type { Instant } from "../../platform/clock.ts";
import type { Formats } from "../../platform/i18n.ts";
import { formView, type FormPage, type FormState } from "../../shell/form-fields.ts";
import type { ActionView, ActView, ChoicesView, FactsView, FieldView, NoticeView, PageHeadView, PresenceView } from "../../shell/partials.ts";
import { factsOf, headOf } from "../pages/room.ts";
import type { RoomPerson } from "../room.ts";
import type { LiveRow } from "../store/classes.ts";
import type { RosterRow } from "../store/presence.ts";
import type { EngineKind } from "../store/tables.ts";
import { toolName } from "./names.ts";

type Tongue = { t: Words; f: Formats };

/** The page of a class that runs elsewhere, or would begin there. */
export interface ElsewherePage {
  head: PageHeadView;
  notice: NoticeView | undefined;
  enter: { href: string; label: string } | undefined;
  note: string;
  attendance: string;
  again: ActView | undefined;
  reload: ActionView;
  move: ActionView | undefined;
  end: ActView | undefined;
  people: (PresenceView & { title: string; count: string }) | undefined;
  /** Pupils who are there, with the act that gives or takes the floor. */
  floor: { name: string; act: ActView }[];
  facts: FactsView;
}

declare global {
  interface Views {
    "live/elsewhere": ElsewherePage;
  }
}

export interface ElsewhereKnowledge {
  live: LiveRow;
  teaches: boolean;
  /** Teachers and those who look in by right see who is there. */
  staff: boolean;
  people: readonly RoomPerson[];
  clicked: ReadonlySet<string>;
  /** Who has the floor, where the engine leaves that to the class. */
  floor: ReadonlySet<string> | undefined;
  down: boolean;
  /** A guest without account is invited into our own room only. */
  invited: boolean;
  at: Instant;
}

export function elsewherePage(known: ElsewhereKnowledge, tongue: Tongue): ElsewherePage {
  const { live, teaches: teacher, down } = known;
  const { t } = tongue;
  const words = t.live_engines.room;
  const [base, tool] = [`/live-classes/${live.id}`, toolName(live, t)];
  const open = live.state === "open";
  return {
    head: headOf(live, known.at, t),
    notice: down ? { kind: "warn", title: words.down(tool), text: teacher ? words.down_teacher : words.down_pupil } : known.invited ? { kind: "info", text: words.invited } : undefined,
    enter: open && !known.invited ? { href: `${base}/entry`, label: words.enter(tool) } : undefined,
    note: words.enter_note,
    attendance: live.engine === "link" ? words.not_counted : words.counted,
    again: !open && teacher ? { action: `${base}/opening`, label: words.again, icon: "refresh-cw", kind: "primary" } : undefined,
    reload: { href: base, label: words.reload, icon: "refresh-cw", kind: "quiet" },
    move: teacher ? { href: `${base}/engine`, label: words.move, icon: "arrow-right", kind: down ? "accent" : "quiet" } : undefined,
    end: open && teacher ? { action: `${base}/closing`, label: t.live.room.end, kind: "danger", confirm: live.engine === "link" ? words.end_ask : t.live.room.end_ask } : undefined,
    people: open && known.staff ? (live.engine === "link" ? clickedView(known, t) : presentView(known, t)) : undefined,
    floor: open && teacher && known.floor ? floorView(known, known.floor, t) : [],
    facts: factsOf(live, tongue),
  };
}

function presentView({ people }: ElsewhereKnowledge, t: Words): ElsewherePage["people"] {
  const { script: said, room: words } = t.live;
  const details = { here: said.here, away: said.away, lost: said.lost_person, absent: said.absent };
  const pupils = people.filter((person) => person.role === "pupil");
  return {
    title: t.live_engines.room.people,
    label: words.people,
    count: words.people_of(pupils.filter((person) => person.state === "here").length, pupils.length),
    people: people.map(({ name, initials, role, state }) => ({ name, initials, state: state === "away" ? "here" : state, detail: role === "pupil" ? details[state] : `${words[role]}, ${details[state]}` })),
  };
}

function clickedView({ people, clicked }: ElsewhereKnowledge, t: Words): ElsewherePage["people"] {
  const words = t.live_engines.room;
  const pupils = people.filter((person) => person.role === "pupil");
  return {
    title: words.clicked,
    label: words.clicked,
    count: words.opened(pupils.filter((pupil) => clicked.has(pupil.id)).length, pupils.length),
    people: pupils.map(({ id, name, initials }) => ({ name, initials, state: clicked.has(id) ? "here" : "absent", detail: clicked.has(id) ? words.clicked_state : words.not_clicked })),
  };
}

function floorView({ live, people }: ElsewhereKnowledge, floor: ReadonlySet<string>, t: Words): ElsewherePage["floor"] {
  const words = t.live_engines.room;
  return people
    .filter((person) => person.role === "pupil" && (person.state === "here" || floor.has(person.id)))
    .map(({ id, name }) => {
      const has = floor.has(id);
      return { name, act: { action: `/live-classes/${live.id}/floor`, label: (has ? words.take : words.give)(name), icon: has ? ("mic-off" as const) : ("mic" as const), hidden: { person: id, given: has ? "no" : "yes" } } };
    });
}

/** The form by which a teacher moves a class elsewhere. */
export function movePage(live: LiveRow, state: FormState, t: Words): FormPage {
  const { live_engines: all } = t;
  const words = all.move;
  const options = [
    { value: "embedded", label: all.kinds.embedded, hint: words.embedded_hint, selected: live.engine !== "link" },
    { value: "link", label: all.kinds.link, hint: words.link_hint, selected: live.engine === "link" },
  ];
  const form = formView(t, state, {
    action: `/live-classes/${live.id}/engine`,
    submit: words.submit,
    fields: [linkField(live.engine_link ?? "", t)],
    choices: [{ kind: "radio", name: "engine", legend: words.where, options }],
    cancel: { href: `/live-classes/${live.id}`, label: words.cancel },
  });
  return { head: { title: words.title, eyebrow: live.title, lead: words.lead }, notice: undefined, form };
}

/** The field of a plain link, here and where a class is planned. */
export function linkField(value: string, t: Words, required = false): FieldView {
  return { name: "link", label: t.live_engines.link, hint: t.live_engines.link_hint, kind: "url", value, required, attributes: { maxlength: 1000, autocomplete: "off" } };
}

export function declarationPage(live: LiveRow, roster: readonly RosterRow[], clicked: ReadonlySet<string>, state: FormState, { t }: Tongue): FormPage {
  const words = t.live_engines.declare;
  const several = live.courses.length > 1;
  const options = roster.map((pupil) => ({
    value: pupil.person_id,
    label: several ? `${pupil.name} (${pupil.class_name})` : pupil.name,
    hint: clicked.has(pupil.person_id) ? words.clicked : undefined,
    selected: clicked.has(pupil.person_id),
  }));
  const form = formView(t, state, {
    action: `/live-classes/${live.id}/declaration`,
    submit: words.submit,
    fields: [{ name: "proof_url", label: words.proof, hint: words.proof_hint, kind: "url", value: live.engine_link ?? "", required: true, attributes: { maxlength: 1000 } }],
    choices: [{ kind: "checkbox", name: "present", legend: words.present, hint: words.present_hint, options }],
    cancel: { href: `/live-classes/${live.id}`, label: words.cancel },
  });
  return { head: { title: words.title, eyebrow: live.title, lead: words.lead }, notice: undefined, form };
}

/** The school's choice, on the page of its live settings. */
export function engineSettings(kinds: readonly EngineKind[], now: string, t: Words): { choices: ChoicesView[]; fields: FieldView[] } {
  const words = t.live_engines.settings;
  const options = kinds.map((kind) => ({ value: kind, label: t.live_engines.kinds[kind], hint: words.hints[kind], selected: kind === now }));
  const records: FieldView = { name: "engine_records", label: words.records, hint: words.records_hint, kind: "checkbox", value: "yes" };
  return { choices: [{ kind: "radio", name: "engine", legend: words.legend, hint: words.hint, options }], fields: kinds.includes("bbb") ? [records] : [] };
}

/** What the page of a class that was held elsewhere says besides its attendance. */
export function afterElsewhere(live: LiveRow, known: { teaches: boolean; declared: boolean; recordingId: string | null }, t: Words): { notice: NoticeView | undefined; actions: ActionView[] } {
  const words = t.live_engines.declare;
  const recording: ActionView[] = known.recordingId === null ? [] : [{ href: `/library/materials/${known.recordingId}`, label: t.live_engines.recording.action, icon: "video" }];
  if (live.engine !== "link" || live.state !== "ended" || known.declared) return { notice: undefined, actions: recording };
  if (!known.teaches) return { notice: { kind: "info", title: undefined, text: words.waits }, actions: recording };
  const action = { href: `/live-classes/${live.id}/declaration`, label: words.title };
  return { notice: { kind: "info", title: words.todo, text: words.todo_text, action }, actions: [{ ...action, icon: "clipboard-check", kind: "primary" }, ...recording] };
}
