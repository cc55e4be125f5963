import { answerWords } from "../live/pages/tools.ts";
import type { LiveRow } from "../live/store/classes.ts";
import type { QuestionRow } from "../live/store/tables.ts";
import { choicesOf, sameAnswer } from "../live/tool-rules.ts";
import { addDays, addMinutes, dayOf, type Instant } from "../platform/clock.ts";
import type { Formats } from "../platform/i18n.ts";
import { clockOf } from "../platform/media-time.ts";
import { formView, type FormState, type FormView } from "../shell/form-fields.ts";
import type { ActView, BadgeView, ChoicesView, FactsView, FieldView, NoticeView, PageHeadView, TableView } from "../shell/partials.ts";
import { studyState, type StudyState } from "../study/rules.ts";
import { DUE_DAYS } from "./rules.ts";
import type { Asked, KitFileRow, KitPupil, KitRow, ProgressRow } from "./store.ts";

type Tongue = { t: Words; f: Formats };

/** A question of the class beside the page at which it was asked. */
export interface AskedView {
  who: string | undefined;
  prompt: string;
  options: string[];
  answer: string | undefined;
}

/** One stretch of the class: a page and what was said to it. */
export interface StretchView {
  id: string;
  title: string;
  span: string | undefined;
  /** The number of its picture among the kit's pages, and of its sound. */
  page: number | undefined;
  alt: string;
  sound: number | undefined;
  soundLabel: string;
  asked: AskedView[];
}

export interface KitPage {
  head: PageHeadView;
  facts: FactsView;
  notice: NoticeView | undefined;
  base: string;
  download: { href: string; label: string } | undefined;
  stretches: StretchView[];
  nothing: string | undefined;
  notes: string;
  finish: { title: string; text: string; form: FormView } | undefined;
  done: { text: string; answers: { prompt: string; own: string; right: string | undefined }[] } | undefined;
  parent: string | undefined;
  give: FormView | undefined;
  giveText: string;
  withdraw: ActView | undefined;
  who: { sum: string; table: TableView } | undefined;
}

export interface KitStretch {
  one: StretchView;
  base: string;
}

declare global {
  interface Views {
    "kits/kit": KitPage;
    "kits/stretch": KitStretch;
  }
}

export interface KitKnowledge {
  live: LiveRow;
  kit: KitRow | undefined;
  ready: boolean;
  files: readonly KitFileRow[];
  exit: readonly QuestionRow[];
  /** Set for a pupil of the class. */
  own: ProgressRow | undefined;
  part: "pupil" | "parent" | "teacher" | "staff";
  pupils: readonly KitPupil[];
  /** Whether the class has a recording whose sound can go along. */
  recorded: boolean;
  give: FormState;
  finish: FormState;
}

export function kitPage(known: KitKnowledge, at: Instant, tongue: Tongue): KitPage {
  const { live, kit, ready } = known;
  const { t, f } = tongue;
  const words = t.kits;
  const base = `/live-classes/${live.id}/kit`;
  const stretches = kit && ready ? stretchesOf(kit, known.files, tongue) : [];
  const download = kit && ready && known.part !== "parent" ? { href: `${base}/file`, label: words.download(f.bytes(kit.bytes)) } : undefined;
  const concerned = known.pupils.filter((pupil) => pupil.present === false || pupil.opened_at !== null); // whoever was there need not open it
  const isOpen = known.part === "pupil" && ready && known.own?.done_at == null;
  return {
    head: { title: words.title, eyebrow: live.title, lead: words.lead },
    facts: { items: kit ? factsOf(kit, ready, tongue) : [] },
    notice: kit && noticeOf(kit, ready, t),
    base,
    download,
    stretches,
    nothing: ready && stretches.length === 0 ? words.nothing : undefined,
    notes: kit?.content.notes ?? "",
    finish: isOpen ? finishOf(known, base, t) : undefined,
    done: kit && known.own ? doneOf(kit, known.own, known.exit, tongue) : undefined,
    parent: known.part === "parent" && ready ? words.finish.parent : undefined,
    give: known.part === "teacher" && (kit === undefined || kit.state === "failed") ? giveForm(known, base, at, t) : undefined,
    giveText: words.give.text,
    withdraw: known.part === "teacher" && kit ? { action: `${base}/removal`, label: words.give.withdraw, kind: "danger", confirm: words.give.withdraw_ask } : undefined,
    who: kit && concerned.length > 0 ? whoOf(kit, concerned, known.exit, t) : undefined,
  };
}

function factsOf(kit: KitRow, ready: boolean, { t, f }: Tongue): FactsView["items"] {
  const words = t.kits;
  const ms = kit.content.sections.reduce((sum, { fromMs, toMs }) => sum + (toMs ?? 0) - (fromMs ?? 0), 0);
  const items = [{ label: words.due, value: words.due_by(f.day(dayOf(addMinutes(kit.due_at, -1)))) }];
  if (!ready) return items;
  return [...items, { label: words.length, value: kit.sound_hash === null ? words.no_sound : words.length_of(Math.round(ms / 60_000)) }, { label: words.weight, value: f.bytes(kit.bytes) }];
}

function noticeOf(kit: KitRow, ready: boolean, t: Words): NoticeView | undefined {
  const words = t.kits.states;
  if (ready) return undefined;
  if (kit.state === "failed") return { kind: "warn", title: undefined, text: words.failed };
  const waits = kit.state === "wanted" && kit.with_sound && ["on", "off", "joining"].includes(kit.recording_state ?? "");
  return { kind: "info", title: undefined, text: waits ? words.waits_for_recording : words.making };
}

/** The stretches of a kit as its page and its file show them; a page that comes once more says so. */
export function stretchesOf(kit: Pick<KitRow, "content">, files: readonly Pick<KitFileRow, "kind" | "number">[], { t }: { t: Words }): StretchView[] {
  const words = t.kits;
  const has = new Set(files.map((file) => `${file.kind} ${file.number}`));
  const seen = new Set<number>();
  const { sections, asked } = kit.content;
  return sections.map(({ page, fromMs, toMs }, i) => {
    const name = page > 0 ? words.slide(page) : page < 0 ? words.blank(-page) : sections.length === 1 ? words.whole : words.opening;
    const title = seen.has(page) ? words.again(name) : name;
    seen.add(page);
    return {
      id: `trang-${i + 1}`,
      title,
      span: fromMs === null || toMs === null ? undefined : words.span(clockOf(fromMs), clockOf(toMs)),
      page: has.has(`page ${page}`) ? page : undefined,
      alt: words.page_alt(name),
      sound: has.has(`sound ${i}`) ? i : undefined,
      soundLabel: words.sound_of(title),
      asked: asked.filter((one) => one.place === i).map((one) => askedView(one, t)),
    };
  });
}

function askedView({ kind, prompt, options, right }: Asked, t: Words): AskedView {
  if (kind === "chat") return { who: t.kits.of_class, prompt, options: [], answer: undefined };
  const choices = kind === "choice" && options.length > 0 ? (choicesOf({ kind, options }) ?? []) : [];
  return { who: undefined, prompt, options: choices.map((choice) => answerWords({ kind, options }, choice, t)), answer: right === null ? undefined : answerWords({ kind, options }, right, t) };
}

function finishOf(known: KitKnowledge, base: string, t: Words): KitPage["finish"] {
  const words = t.kits.finish;
  const isPlain = known.exit.length === 0;
  const fields: FieldView[] = [];
  const choices: ChoicesView[] = [];
  for (const question of known.exit) {
    const name = answerName(question.id);
    const options = choicesOf(question)?.map((value) => ({ value, label: answerWords(question, value, t) }));
    if (options) choices.push({ kind: "radio", name, legend: question.prompt, options });
    else fields.push({ name, label: question.prompt, kind: "text", required: true, attributes: { maxlength: 300, autocomplete: "off" } });
  }
  const form = formView(t, known.finish, { action: `${base}/completion`, submit: words.submit, fields, choices });
  return { title: isPlain ? words.title_plain : words.title, text: isPlain ? words.text_plain : words.text, form };
}

/** The field of an exit question. */
export function answerName(questionId: string): string {
  return `answer.${questionId}`;
}

function doneOf(kit: KitRow, own: ProgressRow, exit: readonly QuestionRow[], { t, f }: Tongue): KitPage["done"] {
  if (own.done_at === null) return undefined;
  const words = t.kits.finish;
  const answers = exit.map((question) => {
    const right = question.right_answer === null ? undefined : words.right(answerWords(question, question.right_answer, t));
    return { prompt: question.prompt, own: words.own(answerWords(question, own.answers[question.id] ?? "", t)), right };
  });
  return { text: (own.done_at <= kit.due_at ? words.done : words.late)(f.moment(own.done_at)), answers };
}

function giveForm(known: KitKnowledge, base: string, at: Instant, t: Words): FormView {
  const words = t.kits.give;
  const today = dayOf(at);
  const due: FieldView = { name: "due_on", label: words.due_on, kind: "date", value: addDays(today, DUE_DAYS.usual), required: true, attributes: { min: today, max: addDays(today, DUE_DAYS.max) } };
  const sound: FieldView[] = known.recorded ? [{ name: "with_sound", label: words.sound, kind: "checkbox", value: "yes", checked: true, hint: words.sound_hint, required: false }] : [];
  return formView(t, known.give, { action: base, submit: words.submit, fields: [due, ...sound] });
}

const TONE: Record<StudyState, BadgeView["tone"]> = { not_started: "neutral", started: "info", done: "good", done_late: "warn" };

function whoOf(kit: KitRow, pupils: readonly KitPupil[], exit: readonly QuestionRow[], t: Words): KitPage["who"] {
  const words = t.kits.who;
  const labels: Record<StudyState, string> = { not_started: words.not_opened, started: words.opened, done: words.done, done_late: words.done_late };
  const absent = pupils.filter((pupil) => pupil.present === false);
  const rows = pupils.map((pupil) => {
    const state = studyState(pupil, kit.due_at);
    const said = pupil.done_at === null ? [] : exit.map((question) => answerOf(question, pupil.answers[question.id] ?? "", t));
    return [
      { text: pupil.name },
      { text: pupil.class_name },
      pupil.present === false ? { text: words.absent, badge: "warn" as const } : { text: words.present },
      { text: labels[state], badge: TONE[state] },
      ...(exit.length > 0 ? [{ text: said.join(" · ") || "–" }] : []),
    ];
  });
  const columns = [words.name, words.class_name, words.was, words.state, ...(exit.length > 0 ? [words.answers] : [])].map((label) => ({ label }));
  return { sum: words.sum(absent.filter((pupil) => pupil.done_at !== null).length, absent.length), table: { caption: words.title, columns, rows } };
}

function answerOf(question: QuestionRow, answer: string, t: Words): string {
  const right = question.right_answer === null ? "" : sameAnswer(answer, question.right_answer) ? " ✓" : " ✗";
  return `${answerWords(question, answer, t)}${right}`;
}

