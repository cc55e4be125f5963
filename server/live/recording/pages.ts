import { addMinutes, dayOf } from "../../platform/clock.ts";
import type { Formats } from "../../platform/i18n.ts";
import { clockOf } from "../../platform/media-time.ts";
import type { ViewerView } from "../../materials/pages/viewer.ts";
import { formView, type FormState, type FormView } from "../../shell/form-fields.ts";
import type { ActView, ActionView, FieldView, NoticeView, PageHeadView } from "../../shell/partials.ts";
import type { Part } from "../pages/room.ts";
import type { LiveRow } from "../store/classes.ts";
import { classesOf } from "../pages/list.ts";
import { OUT_MAX } from "./rules.ts";
import type { RecordedVersion } from "./store.ts";
import type { RecordingRow } from "./tables.ts";

/** Whether the class is recorded, for the head of the room. */
export interface RecordingView {
  on: boolean;
  /** For a teacher of a school that allows it. */
  acts: { start: ActView; stop: ActView } | undefined;
  /** Why it stopped by itself, for a teacher. */
  problem: string;
  words: string;
}

/** The form of a cut: what lies between two moments stays, without some stretches inside. */
export interface CutView {
  form: FormView;
  /** The moments of the first and the last, and of each stretch; those beyond the third are folded away. */
  ends: FieldView[];
  outs: FieldView[][];
  more: FieldView[][];
  /** Whether one of those folded away was filled in. */
  moreOpen: boolean;
  lengthMs: number;
  words: string;
}

export interface RecordingPage {
  head: PageHeadView;
  notice: NoticeView | undefined;
  viewer: ViewerView | undefined;
  actions: ActionView[];
  /** Shows it to the class; undefined where it is shown. */
  show: ActView | undefined;
  shown: string;
  cut: CutView | undefined;
  erase: ActView | undefined;
  rule: string;
}

declare global {
  interface Views {
    "live/recording": RecordingView;
    "live/recorded": RecordingPage;
    "live/recording-cut": { cut: CutView };
    "live/recording-cut-row": { fields: FieldView[] };
  }
}

export interface RecordingFacts {
  row: RecordingRow | undefined;
  /** Whether the school allows it and the engine can. */
  allowed: boolean;
}

export function recordingView(live: { id: string }, part: Part, { row, allowed }: RecordingFacts, t: Words): RecordingView {
  const words = t.recording;
  const base = `/live-classes/${live.id}/recording`;
  const isOpen = row === undefined || row.state === "on" || row.state === "off";
  return {
    on: row?.state === "on",
    acts:
      part === "teacher" && allowed && isOpen
        ? { start: { action: base, label: words.start, icon: "circle", confirm: words.start_ask }, stop: { action: `${base}-removal`, label: words.stop, icon: "circle-x" } }
        : undefined,
    problem: part === "teacher" ? problemWords(row?.problem ?? null, t) : "",
    words: JSON.stringify({ on: words.on, off: words.said_stop, problems: part === "teacher" ? words.problems : {} }),
  };
}

function problemWords(problem: string | null, t: Words): string {
  return problem === null ? "" : ((t.recording.problems as Record<string, string | undefined>)[problem] ?? t.recording.problems.disk);
}

export interface RecordedFacts {
  live: LiveRow;
  row: RecordingRow;
  version: RecordedVersion | undefined;
  viewer: ViewerView | undefined;
  isShown: boolean;
  days: number;
  cut: FormState;
}

export function recordingPage({ live, row, version, viewer, isShown, days, cut }: RecordedFacts, { t, f }: { t: Words; f: Formats }): RecordingPage {
  const words = t.recording;
  const base = `/live-classes/${live.id}/recording`;
  const isKept = row.state === "kept" && viewer !== undefined;
  const isApproved = version?.approved_version_id != null;
  const length = row.length_ms ?? 0;
  const until = row.kept_at === null ? "" : f.day(dayOf(addMinutes(row.kept_at, days * 24 * 60)));
  return {
    head: { title: words.title, eyebrow: classesOf(live), lead: [live.title, ...(isKept ? [clockOf(length)] : [])].join(" · ") },
    notice: noticeOf(row, t),
    viewer: isKept ? viewer : undefined,
    actions: isKept && row.material_id !== null ? [{ href: `/materials/${row.material_id}`, label: words.to_material, icon: "folder-open" }] : [],
    show: isKept && !isShown ? { action: `${base}/showing`, label: words.show, icon: "users", kind: "primary" } : undefined,
    shown: isKept ? (isShown ? words.is_shown : words.not_shown) : "",
    cut: isKept && row.kept_windows === null && version?.material_state === "draft" ? cutForm(base, length, version, cut, t) : undefined,
    erase: isKept ? { action: `${base}/erasure`, label: words.erase, icon: "trash-2", kind: "danger", confirm: words.erase_ask } : undefined,
    rule: isKept && !isApproved ? words.kept_until(until) : "",
  };
}

/** The field of a stretch that is cut out. */
export function outField(edge: "from" | "to", i: number): string {
  return `out_${edge}.${i}`;
}

const OUT_SHOWN = 3;

function cutForm(base: string, length: number, version: RecordedVersion, state: FormState, t: Words): CutView {
  const words = t.recording;
  const attributes = { maxlength: 8, autocomplete: "off", size: 8 } as const; // no number pad: it has no colon
  const ends: FieldView[] = [
    { name: "from", label: words.cut_from, kind: "text", value: "0:00", attributes },
    { name: "to", label: words.cut_to, kind: "text", value: clockOf(length), attributes },
  ];
  const outs = Array.from({ length: OUT_MAX }, (_, i) => (["from", "to"] as const).map((edge): FieldView => ({ name: outField(edge, i), label: (edge === "from" ? words.out_from : words.out_to)(i + 1), kind: "text", value: "", attributes })));
  const form = formView(t, state, { action: `${base}/cut`, submit: words.cut, fields: [...ends, ...outs.flat()], hidden: { version: version.id } });
  const rows = Array.from({ length: OUT_MAX }, (_, i) => form.fields.slice(2 + 2 * i, 4 + 2 * i));
  const more = rows.slice(OUT_SHOWN);
  return { form, ends: form.fields.slice(0, 2), outs: rows.slice(0, OUT_SHOWN), more, moreOpen: more.flat().some((field) => (field.value ?? "") !== ""), lengthMs: length, words: JSON.stringify(words.cut_script) };
}

function noticeOf(row: RecordingRow, t: Words): NoticeView | undefined {
  const words = t.recording;
  if (row.kept_windows !== null && row.state === "kept") return { kind: "info", title: undefined, text: words.cutting };
  const texts: Partial<Record<RecordingRow["state"], string>> = { on: words.on, off: words.joining, joining: words.joining, empty: words.empty, erased: words.erased };
  const text = texts[row.state];
  if (text !== undefined) return { kind: row.state === "empty" ? "warn" : "info", title: undefined, text: [text, problemWords(row.problem, t)].filter(Boolean).join(" ") };
  return row.problem === null ? undefined : { kind: "warn", title: undefined, text: problemWords(row.problem, t) };
}
