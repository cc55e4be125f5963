import { MATERIAL_KINDS } from "../materials/rules.ts";
import type { Room } from "../materials/store/quota.ts";
import { dayOf } from "../platform/clock.ts";
import type { Formats, Lang } from "../platform/i18n.ts";
import { sayText } from "../platform/messages.ts";
import { FILE_KINDS } from "../platform/web/file-kinds.ts";
import type { ActView, ActionView, BadgeView, EmptyView, ErrorSummaryView, FieldView, FileRowView, NoticeView, OptionView, PageHeadView, ProgressView, RowView, StatView, TabsView, Tone } from "../shell/partials.ts";
import type { Subject } from "./rules/clues.ts";
import { ROWS_PAGE, type BulkExportRow, type BulkImport, type Counts, type Filter, type LessonOfPlan, type ListedImport, type RowState, type RowView as ImportRow } from "./store.ts";
import type { BulkArrival, BulkArrivalRow } from "./store/arrivals.ts";
import type { ExportPlan } from "./store/export.ts";

interface Speech {
  t: Words;
  f: Formats;
  lang: Lang;
}

/** Where a bulk import begins, and the earlier ones. */
export interface StartPage {
  head: PageHeadView;
  action: string;
  problems: ErrorSummaryView["errors"];
  accept: string;
  filesHint: string;
  roomText: string;
  problem: string | undefined;
  fields: FieldView[];
  /** Of the queue that sends in pieces: place, limits in bytes, and its words as JSON. */
  queue: { place: string; max: number; left: number; words: string };
  /** Of the folder picker: its words as JSON, and how many files it may send. */
  folder: { words: string; filesMax: number };
  imports: RowView[];
  empty: EmptyView;
}

/** A ZIP that is read in the background, or could not be. */
export interface ArrivalPage {
  head: PageHeadView;
  progress: { bar: ProgressView; src: string } | undefined;
  notice: NoticeView;
  again: ActionView | undefined;
  discard: ActView;
}

/** The report, row by row: to be corrected before, to be read afterwards. */
export interface ReportPage {
  head: PageHeadView;
  notices: NoticeView[];
  stats: StatView[];
  progress: { bar: ProgressView; href: string; src: string } | undefined;
  tabs: TabsView;
  form: ReportForm | undefined;
  rows: RowLine[];
  restores: boolean;
  empty: EmptyView;
  pager: { summary: string; previous: string | undefined; next: string | undefined };
  acts: ActView[];
  notes: string[];
}

interface ReportForm {
  action: string;
  completion: string;
  revision: string;
  rows: string;
  show: string;
  from: string;
  submits: boolean;
  importLabel: string;
  canImport: boolean;
  previous: string | undefined;
  next: string | undefined;
}

export interface RowLine {
  id: string;
  name: string;
  folder: string;
  detail: string;
  badge: BadgeView;
  why: string;
  tone: "bad" | "warn" | undefined;
  href: string | undefined;
  /** Fields where the row can be corrected. */
  edit: { title: FieldView; kind: FieldView; subject: FieldView; grade: FieldView; lesson: FieldView; skip: FieldView } | undefined;
  skip: FieldView | undefined;
  title: string;
  place: string;
  kind: string;
}

export interface ExportPage {
  head: PageHeadView;
  facts: string;
  download: ActionView | undefined;
  start: ActView | undefined;
  rows: FileRowView[];
  empty: EmptyView | undefined;
}

declare global {
  interface Views {
    "bulk/start": StartPage;
    "bulk/arrival": ArrivalPage;
    "bulk/report": ReportPage;
    "bulk/row": { row: RowLine; restores: boolean; choosing: boolean };
    "bulk/export": ExportPage;
  }
}

interface StartFacts {
  school: { id: string; name: string };
  subjects: readonly Subject[];
  /** Largest files in bytes, of the plain form and of the queue; and how many a ZIP may hold. */
  max: { form: number; queue: number; files: number };
  room: Room;
  imports: readonly ListedImport[];
  arrivals: readonly BulkArrivalRow[];
  problem: string | undefined;
  typed: { subject: string; grade: string };
  exports: boolean;
}

export function startPage(speech: Speech, facts: StartFacts): StartPage {
  const { t, f } = speech;
  const words = t.bulk;
  const { max, room } = facts;
  const actions: ActionView[] = facts.exports ? [{ href: `/schools/${facts.school.id}/library-exports`, label: words.export, icon: "download" }, { href: `/schools/${facts.school.id}/storage`, label: t.uploads.storage, icon: "gauge" }] : [];
  return {
    head: { title: words.title, eyebrow: facts.school.name, lead: words.lead, actions },
    action: `/schools/${facts.school.id}/bulk-imports`,
    problems: facts.problem === undefined ? [] : [{ field: "files", label: words.files, message: facts.problem }],
    problem: facts.problem,
    accept: [".zip", ...FILE_KINDS.map((kind) => `.${kind.ext}`)].join(","),
    filesHint: words.files_hint(f.bytes(max.form), max.files),
    roomText: room.left > 0 ? t.materials.room(f.bytes(room.left), f.bytes(room.quota)) : t.materials.room_none(f.bytes(room.quota)),
    fields: [
      { name: "subject_code", label: words.subject, kind: "select", value: facts.typed.subject, options: [{ value: "", label: words.choose_subject }, ...subjectOptions(speech, facts.subjects)] },
      { name: "grade", label: words.grade, kind: "select", value: facts.typed.grade, options: gradeOptions(t) },
    ],
    queue: {
      place: `/schools/${facts.school.id}/bulk`,
      max: max.queue,
      left: room.left,
      words: JSON.stringify({
        ...t.materials.queue,
        hint: words.queue_hint(f.bytes(max.queue), max.files),
        done: words.sent,
        tooLarge: sayText(t.platform.files, "too_large", { max: max.queue }),
        empty: sayText(t.platform.files, "empty", {}),
        noRoom: sayText(t.platform.files, "no_room", { left: room.left, quota: room.quota }),
      }),
    },
    folder: {
      words: JSON.stringify({ packing: words.folder_packing, failed: words.folder_failed, empty: words.folder_empty, too_many: words.folder_too_many(max.files), list: words.folder_list, several: words.folder_several }),
      filesMax: max.files,
    },
    imports: [...facts.arrivals.map((one) => arrivalRow(speech, one)), ...facts.imports.map((one) => importRow(speech, one))],
    empty: { icon: "folder-open", title: words.none_yet, text: words.none_yet_text },
  };
}

function arrivalRow({ t, f }: Speech, one: BulkArrivalRow): RowView {
  const words = t.bulk;
  return {
    title: one.file_name,
    href: `/bulk-imports/${one.id}`,
    detail: `${f.bytes(one.size_bytes)} · ${f.stamp(one.created_at)}`,
    icon: "folder-open",
    badges: [one.state === "refused" ? { label: words.arrival_refused, tone: "bad" } : { label: words.arrival_reading, tone: "info" }],
  };
}

function importRow({ t, f }: Speech, one: ListedImport): RowView {
  const words = t.bulk;
  return {
    title: one.file_name,
    href: `/bulk-imports/${one.id}`,
    detail: words.import_line(one.rows, one.done_rows, one.by_name, f.stamp(one.created_at)),
    icon: "folder-open",
    badges: [{ label: words.states[one.state] ?? one.state, tone: one.state === "done" ? "good" : one.state === "undone" ? "neutral" : "info" }],
  };
}

/** How far a ZIP was read, as `<job-progress>` asks for it. */
export function readingOf(t: Words, arrival: BulkArrivalRow): { running: boolean; label: string; value: number; text: string } {
  const words = t.bulk;
  const { files, done } = arrival;
  const kept = Math.max(0, done - files);
  return {
    running: arrival.state !== "refused",
    label: files === 0 ? words.reading_waits : kept === 0 ? words.reading : words.keeping,
    value: files === 0 ? 0 : done / (2 * files),
    text: files === 0 ? "" : words.progress_text(kept === 0 ? done : kept, files),
  };
}

export function arrivalPage({ t, f }: Speech, arrival: BulkArrival): ArrivalPage {
  const words = t.bulk;
  const refused = arrival.state === "refused";
  const { label, value, text } = readingOf(t, arrival);
  return {
    head: { title: (refused ? words.refused_of : words.reading_of)(arrival.file_name), eyebrow: arrival.school.name, lead: f.bytes(arrival.size_bytes) },
    progress: refused ? undefined : { bar: { label, value, max: 1, text }, src: `/bulk-imports/${arrival.id}/progress` },
    notice: refused ? { kind: "bad", text: sayText(words.archive_problems, arrival.problem ?? "failed", arrival.problem_params) } : { kind: "info", text: words.reading_note },
    again: refused ? { href: `/schools/${arrival.school_id}/bulk-imports`, label: words.send_another, icon: "upload", kind: "primary" } : undefined,
    discard: { action: `/bulk-imports/${arrival.id}/removal`, label: words.discard, icon: "trash-2", kind: "quiet", ...(refused ? {} : { confirm: words.discard_confirm }) },
  };
}

function subjectOptions({ lang }: Speech, subjects: readonly Subject[]): OptionView[] {
  return subjects.map((subject) => ({ value: subject.code, label: lang === "vi" ? subject.name_vi : subject.name_en }));
}

function gradeOptions(t: Words): OptionView[] {
  return [{ value: "", label: t.bulk.choose_grade }, ...Array.from({ length: 12 }, (_, i) => ({ value: String(i + 1), label: t.bulk.grade_n(i + 1) }))];
}

export interface ReportFacts {
  found: BulkImport;
  counts: Counts;
  rows: readonly ImportRow[];
  filter: Filter;
  from: number;
  /** Where the page before this one began. */
  before: number | undefined;
  lessons: readonly LessonOfPlan[];
  subjects: readonly Subject[];
  /** Bytes left in the school's quota, where there is one and it is too little. */
  quotaLeft: number | undefined;
}

export function reportPage(speech: Speech, facts: ReportFacts): ReportPage {
  const { t } = speech;
  const words = t.bulk;
  const { found, counts } = facts;
  const shown = facts.rows.slice(0, ROWS_PAGE);
  const base = `/bulk-imports/${found.id}`;
  const preview = found.state === "preview";
  const next = facts.rows[ROWS_PAGE]?.position;
  const pageHref = (from: number): string => `${base}?${new URLSearchParams({ ...(facts.filter === "all" ? {} : { show: facts.filter }), ...(from > 1 ? { from: String(from) } : {}) }).toString()}`;
  const titles = { preview: words.preview_of, running: words.running_of, done: words.done_of, undone: words.undone_of };
  return {
    head: { title: titles[found.state](found.file_name), eyebrow: found.school.name },
    notices: noticesOf(speech, facts),
    stats: statsOf(speech, counts, preview),
    progress:
      found.state === "running"
        ? { bar: { label: words.progress, value: (counts.done + counts.failed) / Math.max(1, counts.done + counts.failed + counts.ready), max: 1, text: words.progress_text(counts.done + counts.failed, counts.done + counts.failed + counts.ready) }, href: base, src: `${base}/progress` }
        : undefined,
    tabs: tabsOf(speech, facts, base),
    form: preview
      ? {
          action: `${base}/corrections`,
          completion: `${base}/completion`,
          revision: String(found.revision),
          rows: shown.filter((row) => row.state === "ready" || row.state === "skipped").map((row) => row.position).join(","),
          show: facts.filter,
          from: String(facts.from),
          submits: found.submits,
          importLabel: words.import_now(counts.ready),
          canImport: counts.ready > 0 && facts.quotaLeft === undefined,
          previous: facts.before === undefined ? undefined : String(facts.before),
          next: next === undefined ? undefined : String(next),
        }
      : undefined,
    rows: shown.map((row) => rowLine(speech, facts, row, preview)),
    restores: found.restores,
    empty: { icon: "search", title: words.no_rows },
    pager: {
      summary: shown.length === 0 ? "" : words.page_summary(shown[0]?.position ?? 0, shown.at(-1)?.position ?? 0),
      previous: facts.before === undefined ? undefined : pageHref(facts.before),
      next: next === undefined ? undefined : pageHref(next),
    },
    acts: actsOf(t, found, counts, base),
    notes: preview ? found.notes : [],
  };
}

function noticesOf({ t, f }: Speech, { found, counts, quotaLeft }: ReportFacts): NoticeView[] {
  const words = t.bulk;
  const notices: NoticeView[] = [];
  if (found.source && found.state === "preview") notices.push({ kind: "info", text: `${(found.restores ? words.restoring : words.archive_as_drafts)(found.source.school, f.day(dayOf(found.source.at)))} ${words.as_drafts[found.source.why ?? ""] ?? ""}`.trim() });
  if (quotaLeft !== undefined) notices.push({ kind: "bad", text: words.quota(f.bytes(quotaLeft)) });
  else if (found.state === "preview" && counts.ready > 0) notices.push({ kind: "info", text: words.bytes_note(f.bytes(counts.bytes)) });
  if (found.state === "running") notices.push({ kind: "info", text: words.progress_note });
  return notices;
}

function statsOf({ t, f }: Speech, counts: Counts, preview: boolean): StatView[] {
  const names = preview ? (["ready", "look", "skipped", "refused"] as const) : (["done", "failed", "skipped", "refused", "undone", "kept"] as const);
  return names.filter((name) => counts[name] > 0 || name === "ready" || name === "done").map((name) => ({ label: t.bulk.stats[name], value: f.number(counts[name]) }));
}

function tabsOf({ t, f }: Speech, { found, counts, filter }: ReportFacts, base: string): TabsView {
  const numbers: Record<Filter, number> = { all: counts.all, look: counts.look, refused: counts.refused + counts.failed + counts.kept, skipped: counts.skipped, done: counts.done };
  const names: Filter[] = found.state === "preview" ? ["all", "look", "skipped", "refused"] : ["all", "done", "skipped", "refused"];
  return {
    label: t.bulk.tabs_label,
    items: names.map((name) => ({ href: name === "all" ? base : `${base}?show=${name}`, label: t.bulk.tabs[name] ?? name, current: name === filter, count: f.number(numbers[name]) })),
  };
}

function actsOf(t: Words, found: BulkImport, counts: Counts, base: string): ActView[] {
  const words = t.bulk;
  if (found.state === "preview") return [{ action: `${base}/removal`, label: words.discard, icon: "trash-2", kind: "quiet", confirm: words.discard_confirm }];
  if (found.state !== "done") return [];
  const acts: ActView[] = [];
  if (counts.failed > 0) acts.push({ action: `${base}/retry`, label: words.retry, icon: "refresh-cw" });
  if (counts.done > 0) acts.push({ action: `${base}/undoing`, label: words.undo, icon: "undo-2", kind: "quiet", confirm: words.undo_confirm(found.file_name) });
  return acts;
}

const STATE_TONES: Record<RowState, Tone> = { ready: "good", skipped: "neutral", refused: "bad", done: "good", failed: "bad", undone: "neutral", kept: "warn" };
const CERTAINTY_TONES: Record<ImportRow["certainty"], Tone> = { sure: "good", chosen: "good", doubtful: "warn", none: "warn" };

function rowLine(speech: Speech, facts: ReportFacts, row: ImportRow, preview: boolean): RowLine {
  const { t, f } = speech;
  const words = t.bulk;
  const slash = row.path.lastIndexOf("/");
  const name = slash === -1 ? row.path : row.path.slice(slash + 1);
  const editable = preview && (row.state === "ready" || row.state === "skipped");
  const lesson = facts.lessons.find((one) => one.id === row.plan_lesson_id);
  const judged = row.state === "ready" && preview;
  const skip: FieldView = { name: `skip.${row.position}`, label: words.skip_of(name), kind: "checkbox", value: "yes", checked: row.state === "skipped" };
  return {
    id: `row-${row.position}`,
    name,
    folder: slash === -1 ? "" : row.path.slice(0, slash),
    detail: [f.bytes(row.size_bytes), row.meta.record && row.meta.record.versions.length > 1 ? words.versions(row.meta.record.versions.length) : "", row.meta.record ? (t.materials.states[row.meta.record.state] ?? "") : ""].filter(Boolean).join(" · "),
    badge: judged ? { label: words.certainty[row.certainty] ?? row.certainty, tone: CERTAINTY_TONES[row.certainty] } : { label: words.row_states[row.state] ?? row.state, tone: STATE_TONES[row.state] },
    why: whyOf(t, row),
    tone: row.state === "refused" || row.state === "failed" ? "bad" : judged && (row.certainty === "doubtful" || row.certainty === "none") ? "warn" : undefined,
    href: row.state === "done" || row.state === "kept" ? (row.material_id === null ? undefined : `/materials/${row.material_id}`) : row.duplicate_of === null ? undefined : `/materials/${row.duplicate_of}`,
    edit: editable && row.meta.record === undefined && row.meta.collection === undefined ? editOf(speech, facts, row, name, skip) : undefined,
    skip: editable ? skip : undefined,
    title: row.title,
    place: lesson === undefined ? "" : `${t.bulk.grade_n(lesson.grade)} · ${lesson.title}`,
    kind: row.meta.collection ? words.collection(row.meta.collection.rows["collection_items"]?.length ?? 0) : (t.materials.kinds[row.kind] ?? row.kind),
  };
}

function whyOf(t: Words, row: ImportRow): string {
  const words = t.bulk;
  if (row.refusal !== null) {
    const own = words.row_problems[row.refusal];
    const params = { max: 0, files: 0, ...row.refusal_params };
    if (own !== undefined) return sayText(words.row_problems, row.refusal, params);
    if (t.platform.files[row.refusal] !== undefined) return sayText(t.platform.files, row.refusal, params);
    return t.platform.refusals[row.refusal] === undefined ? words.not_imported : sayText(t.platform.refusals, row.refusal, params);
  }
  const parts = [
    row.duplicate_title === null ? "" : words.duplicate(row.duplicate_title),
    row.same_path === null ? "" : words.same(row.same_path),
    ...(row.state === "ready" || row.state === "skipped" ? row.why.map((reason) => words.why[reason] ?? "") : []),
  ];
  return parts.filter(Boolean).join("; ");
}

function editOf(speech: Speech, facts: ReportFacts, row: ImportRow, name: string, skip: FieldView): RowLine["edit"] {
  const { t } = speech;
  const words = t.bulk;
  const at = `.${row.position}`;
  const fitting = facts.lessons.filter((lesson) => lesson.subject_code === row.subject_code && lesson.grade === row.grade);
  return {
    title: { name: `title${at}`, label: words.title_of(name), kind: "text", value: row.title, attributes: { maxlength: 300 } },
    kind: { name: `kind${at}`, label: words.kind_of(name), kind: "select", value: row.kind, options: MATERIAL_KINDS.map((value) => ({ value, label: t.materials.kinds[value] ?? value })) },
    subject: { name: `subject${at}`, label: words.subject_of(name), kind: "select", value: row.subject_code ?? "", options: [{ value: "", label: words.choose_subject }, ...subjectOptions(speech, facts.subjects)] },
    grade: { name: `grade${at}`, label: words.grade_of(name), kind: "select", value: String(row.grade ?? ""), options: gradeOptions(t) },
    lesson: {
      name: `lesson${at}`,
      label: words.lesson_of(name),
      kind: "select",
      value: row.plan_lesson_id ?? "",
      options: [{ value: "", label: words.no_lesson }, ...fitting.map((lesson) => ({ value: lesson.id, label: words.lesson_option(lesson.position, lesson.title) }))],
    },
    skip,
  };
}

const EXPORT_TONES: Record<BulkExportRow["state"], Tone> = { waiting: "info", running: "info", ready: "good", failed: "bad", expired: "neutral" };

export function exportPage({ t, f }: Speech, school: { id: string; name: string }, plan: ExportPlan, streams: boolean, exports: readonly BulkExportRow[]): ExportPage {
  const words = t.bulk;
  const nothing = plan.materials === 0;
  return {
    head: { title: words.export, eyebrow: school.name, lead: words.export_lead },
    facts: nothing ? words.export_nothing : words.export_facts(plan.materials, f.bytes(plan.bytes), plan.parts.length),
    download: streams && !nothing ? { href: `/schools/${school.id}/library-archive`, label: words.export_now, icon: "download", kind: "primary" } : undefined,
    start: nothing ? undefined : { action: `/schools/${school.id}/library-exports`, label: words.export_start, icon: "archive", ...(streams ? {} : { kind: "primary" as const }) },
    rows: exports.map((one) => ({
      name: one.file_name,
      href: one.state === "ready" ? `/library-exports/${one.id}/file` : `/schools/${school.id}/library-exports`,
      icon: "archive",
      detail: [words.export_part(one.part, one.parts), one.state === "ready" && one.expires_at !== null ? words.export_until(f.bytes(one.size_bytes), f.day(dayOf(one.expires_at))) : f.stamp(one.requested_at)].join(" · "),
      badges: [{ label: words.export_states[one.state] ?? one.state, tone: EXPORT_TONES[one.state] }],
    })),
    empty: nothing ? { icon: "library", title: words.export_nothing } : undefined,
  };
}
