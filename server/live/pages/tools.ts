import { addMinutes } from "../../platform/clock.ts";
import type { Formats } from "../../platform/i18n.ts";
import type { Typed } from "../../platform/web/form.ts";
import type { ActView, FieldView, OptionView } from "../../shell/partials.ts";
import type { StaffState } from "../state.ts";
import { choicesOf, EXIT_HOURS, tallyOf, type Tally } from "../tool-rules.ts";
import type { PictureRow } from "../store/board.ts";
import type { LiveRow } from "../store/classes.ts";
import type { AnswerRow } from "../store/questions.ts";
import { QUESTION_KINDS, type QuestionRow, type RoomRow } from "../store/tables.ts";

type Tongue = { t: Words; f: Formats };

interface TallyView {
  label: string;
  count: number;
  text: string;
  right: string | undefined;
}

/** The question that stands in the room, or one of a class that is over. */
export interface QuestionView {
  id: string;
  prompt: string;
  state: string;
  /** Buttons to answer with; none for a text. */
  choices: { value: string; label: string; own: boolean }[];
  action: string | undefined;
  isText: boolean;
  own: string;
  said: string | undefined;
  right: string | undefined;
  tally: TallyView[];
  max: number;
  summary: string | undefined;
  acts: ActView[];
}

export interface QuestionFragment {
  question: QuestionView | undefined;
}

/** What only teachers see, and what changes by itself. */
export interface ToolsNow {
  check: string | undefined;
  missing: string | undefined;
  waiting: { name: string; id: string }[];
  admitAll: ActView | undefined;
  removed: { name: string; id: string }[];
  people: string;
  groups: { title: string; names: string; number: number; key: number }[];
  results: { prompt: string; text: string }[];
  csv: string | undefined;
}

/** The teacher's tools, as forms. */
export interface ToolsView {
  error: string | undefined;
  now: ToolsNow;
  call: ActView;
  check: ActView;
  question: { action: string; kind: FieldView; prompt: FieldView; options: FieldView[]; right: FieldView; exit: FieldView };
  timer: { action: string; field: FieldView; stop: ActView };
  notes: { action: string; field: FieldView };
  groups: { action: string; count: FieldView; minutes: FieldView; end: ActView };
  order: { action: string; chat: FieldView; ticks: FieldView[] };
  person: { action: string; person: FieldView; act: FieldView };
  /** To send a pupil out, which is asked once more. */
  removal: { action: string; person: FieldView; reason: FieldView };
  /** Whether the forms about one pupil stand open: one of them was refused. */
  personOpen: boolean;
}

declare global {
  interface Views {
    "live/question": QuestionFragment;
    "live/tools-now": ToolsNow;
    "live/tools": ToolsView;
  }
}

/** An answer as people read it: A with its text, true, yes, or what was typed. */
export function answerWords(question: Pick<QuestionRow, "kind" | "options">, answer: string, t: Words): string {
  if (answer === "") return "";
  const place = ["A", "B", "C", "D"].indexOf(answer);
  const option = question.kind === "choice" ? question.options[place] : undefined;
  if (question.kind === "choice") return option === undefined || option === "" ? answer : `${answer}. ${option}`;
  return question.kind === "short" ? answer : t.live_tools.answers[answer as "true" | "false" | "yes" | "no"];
}

export interface QuestionKnowledge {
  live: LiveRow;
  question: QuestionRow;
  answers: readonly AnswerRow[];
  own: string | undefined;
  teaches: boolean;
  takes: boolean;
  mayAnswer: boolean;
}

export function questionView(known: QuestionKnowledge, { t, f }: Tongue): QuestionView {
  const { live, question, teaches, takes } = known;
  const words = t.live_tools.question;
  const base = `/live-classes/${live.id}/questions/${question.id}`;
  const shown = question.shown_at !== null;
  const tally = teaches || shown ? tallyOf(question, known.answers.map((answer) => answer.answer)) : [];
  const asks = known.mayAnswer && takes;
  const acts: ActView[] = [];
  if (teaches && takes) acts.push({ action: `${base}/closing`, label: words.close, icon: "lock" });
  if (teaches && !shown) acts.push({ action: `${base}/result`, label: takes ? words.show : words.show_closed, icon: "eye", kind: "primary" });
  return {
    id: question.id,
    prompt: question.prompt,
    state: question.is_exit && takes ? words.exit_open(f.moment(addMinutes(question.opened_at, EXIT_HOURS * 60))) : takes ? words.open : words.closed,
    choices: asks ? (choicesOf(question) ?? []).map((value) => ({ value, label: answerWords(question, value, t), own: known.own === value })) : [],
    action: asks ? `${base}/answer` : undefined,
    isText: question.kind === "short",
    own: known.own ?? "",
    said: known.own === undefined ? undefined : words.own(answerWords(question, known.own, t)),
    right: (teaches || shown) && question.right_answer !== null ? words.right(answerWords(question, question.right_answer, t)) : undefined,
    tally: tally.slice(0, 30).map((one) => tallyOne(one, question, shown || teaches, t, f)),
    max: Math.max(1, known.answers.length),
    summary: teaches || shown ? words.answered(known.answers.length) : undefined,
    acts,
  };
}

function tallyOne(one: Tally, question: QuestionRow, open: boolean, t: Words, f: Formats): TallyView {
  return { label: answerWords(question, one.answer, t), count: one.count, text: f.number(one.count), right: open && one.right ? t.live_tools.right : undefined };
}

export function toolsNowView(live: LiveRow, staff: StaffState, questions: readonly QuestionRow[], answers: readonly AnswerRow[], t: Words): ToolsNow {
  const words = t.live_tools;
  const base = `/live-classes/${live.id}`;
  return {
    check: staff.check && words.check_now(staff.check.there, staff.check.there + staff.check.missing.length),
    missing: staff.check && staff.check.missing.length > 0 ? words.check_missing(staff.check.missing.map((person) => person.name).join(", ")) : undefined,
    waiting: staff.waiting,
    admitAll: staff.waiting.length > 1 ? { action: `${base}/admissions`, label: words.admit_all, icon: "log-in" } : undefined,
    removed: staff.removed,
    people: `${base}/people`,
    groups: staff.groups.map((group) => ({ title: words.group(group.number), names: group.names.join(", "), number: group.number, key: group.key })),
    results: questions.map((question, i) => {
      const given = answers.filter((answer) => answer.question_id === question.id).map((answer) => answer.answer);
      const tally = tallyOf(question, given).filter((one) => one.count > 0).slice(0, 6);
      return { prompt: `${i + 1}. ${question.prompt}`, text: tally.map((one) => words.counted(answerWords(question, one.answer, t), one.count)).join(" · ") || words.no_answers };
    }),
    csv: questions.length > 0 ? `${base}/answers.csv` : undefined,
  };
}

export interface ToolsKnowledge {
  live: LiveRow;
  room: RoomRow;
  now: ToolsNow;
  pupils: readonly { id: string; name: string }[];
  error?: { message: string; typed: Typed };
}

export function toolsView(known: ToolsKnowledge, { t }: Tongue): ToolsView {
  const { live, room } = known;
  const words = t.live_tools;
  const base = `/live-classes/${live.id}`;
  const typed = (name: string): string | undefined => (typeof known.error?.typed[name] === "string" ? known.error.typed[name] : undefined);
  const field = (name: keyof typeof words.fields, kind: FieldView["kind"], rest: Partial<FieldView> = {}): FieldView => ({ name, id: `tool-${name}`, label: words.fields[name], kind, value: typed(name), ...rest });
  const options = (of: Record<string, string>, chosen?: string): OptionView[] => Object.entries(of).map(([value, label]) => ({ value, label, selected: value === chosen }));
  const pupils = [{ value: "", label: words.choose_person }, ...known.pupils.map((pupil) => ({ value: pupil.id, label: pupil.name, selected: pupil.id === typed("person") }))];
  return {
    error: known.error?.message,
    now: known.now,
    call: { action: `${base}/calls`, label: words.call, icon: "user" },
    check: { action: `${base}/checks`, label: words.check, icon: "circle-help" },
    question: {
      action: `${base}/questions`,
      kind: field("kind", "select", { options: options(Object.fromEntries(QUESTION_KINDS.map((kind) => [kind, words.kinds[kind]])), typed("kind")) }),
      prompt: field("prompt", "text", { required: true, attributes: { maxlength: 500 } }),
      options: (["a", "b", "c", "d"] as const).map((name) => field(name, "text", { attributes: { maxlength: 200 } })),
      right: field("right", "text", { hint: words.right_hint, attributes: { maxlength: 300 } }),
      exit: field("exit", "checkbox", { value: "yes", checked: typed("exit") === "yes" }),
    },
    timer: {
      action: `${base}/timer`,
      field: field("minutes", "number", { id: "tool-timer", value: "5", attributes: { min: 1, max: 120, inputmode: "numeric" } }),
      stop: { action: `${base}/timer`, label: words.timer_stop, hidden: { minutes: "0" }, kind: "quiet" },
    },
    notes: { action: `${base}/notes`, field: field("notes", "textarea", { value: typed("notes") ?? room.notes, attributes: { maxlength: 20_000, rows: 6 } }) },
    groups: {
      action: `${base}/groups`,
      count: field("count", "number", { value: typed("count") ?? "4", attributes: { min: 1, max: 12, inputmode: "numeric" } }),
      minutes: field("minutes", "number", { id: "tool-group-minutes", value: "10", attributes: { min: 1, max: 120, inputmode: "numeric" } }),
      end: { action: `${base}/groups`, label: words.groups_end, hidden: { count: "0" }, kind: "quiet", confirm: words.groups_end_ask },
    },
    order: {
      action: `${base}/order`,
      chat: field("chat_mode", "select", { options: options(words.chat_modes, room.chat_mode) }),
      ticks: (["locked", "waiting_room", "pupils_draw"] as const).map((name) => field(name, "checkbox", { value: "yes", checked: room[name] })),
    },
    person: { action: `${base}/people`, person: field("person", "select", { required: true, options: pupils }), act: field("act", "select", { options: options(words.acts, typed("act")) }) },
    removal: {
      action: `${base}/people`,
      person: field("person", "select", { id: "tool-removed", required: true, options: pupils }),
      reason: field("reason", "text", { required: true, hint: words.reason_hint, attributes: { maxlength: 300 } }),
    },
    personOpen: typed("act") !== undefined,
  };
}

/** Files that the teacher may put on the board or send along. */
export function shownOptions(files: readonly PictureRow[], none: string, pictures: boolean): OptionView[] {
  const fitting = files.filter((file) => !pictures || /^image\/(png|jpeg|gif|webp|avif)$/.test(file.mime));
  return [{ value: "", label: none }, ...fitting.map((file) => ({ value: file.id, label: file.title }))];
}
