import type { Lang, Formats } from "../../platform/i18n.ts";
import { sayText } from "../../platform/messages.ts";
import type { RefusedFile } from "../../platform/web/uploads.ts";
import { fileIcon } from "../../shell/icons.ts";
import type { BadgeView, FieldView, FileRowView, OptionView, Tone } from "../../shell/partials.ts";
import { MATERIAL_FILES } from "../intake.ts";
import type { MaterialState } from "../rules.ts";
import type { CoverageRow, LessonRow, SubjectRow } from "../store.ts";
import type { ListedMaterial } from "../store/lists.ts";
import type { Room } from "../store/quota.ts";
import { fileDetail, thumbHref } from "./viewer.ts";

/** What every page builder needs to speak. */
export interface Speech {
  t: Words;
  f: Formats;
  lang: Lang;
}

/** A form that takes files: works by itself, and as a queue with progress that survives a lost line where scripts run. */
export interface UploadFormView {
  action: string;
  /** Below this address the queue begins its uploads. */
  place: string;
  fields: FieldView[];
  filesLabel: string;
  filesHint: string;
  accept: string;
  /** The largest file of the queue, in bytes; the form's own limit is said in the hint. */
  queueMax: number;
  multiple: boolean;
  submit: string;
  /** What the school may still store, in bytes and in words. */
  left: number;
  roomText: string;
  /** The words of the queue as JSON, for the script. */
  words: string;
  refused: { name: string; reason: string }[];
  /** Nothing was chosen. */
  missing: boolean;
}

export interface CoverageView {
  text: string;
  note: string;
  href: string;
  link: string;
}

declare global {
  interface Views {
    "materials/upload-form": { upload: UploadFormView };
    "materials/coverage": { coverage: CoverageView };
  }
}

const ACCEPT_ATTRIBUTE = MATERIAL_FILES.filter((kind) => kind.family !== "page").flatMap((kind) => [kind.ext, ...kind.also]).map((ext) => `.${ext}`).join(",");
export const FILES_MAX = 20;

export interface UploadForm {
  action: string;
  /** The place's address: its plain form and its resumable uploads may differ in the last part. */
  place: string;
  /** Largest files, in bytes: of the plain form, and of the queue. */
  max: { form: number; queue: number };
  room: Room;
  fields?: FieldView[];
  refused?: readonly RefusedFile[];
  missing?: boolean;
  single?: boolean;
}

export function uploadFormView({ t, f }: Speech, form: UploadForm): UploadFormView {
  const words = t.materials;
  const { left, quota } = form.room;
  const queueMax = form.max.queue;
  return {
    action: form.action,
    place: form.place,
    fields: form.fields ?? [],
    filesLabel: form.single ? words.new_version : words.files,
    filesHint: form.single ? words.new_version_hint : words.files_hint(f.bytes(form.max.form), FILES_MAX),
    accept: ACCEPT_ATTRIBUTE,
    queueMax,
    multiple: !form.single,
    submit: form.single ? words.new_version : words.send_files,
    left,
    roomText: left > 0 ? words.room(f.bytes(left), f.bytes(quota)) : words.room_none(f.bytes(quota)),
    words: JSON.stringify({
      ...words.queue,
      hint: form.single ? words.new_version_hint : words.queue_hint(f.bytes(queueMax)),
      tooLarge: sayText(t.platform.files, "too_large", { max: queueMax }),
      empty: sayText(t.platform.files, "empty", {}),
      noRoom: sayText(t.platform.files, "no_room", { left, quota }),
    }),
    refused: (form.refused ?? []).map((file) => ({ name: file.name, reason: sayText(t.platform.files, file.code, file.params) })),
    missing: form.missing ?? false,
  };
}

const TONES: Record<MaterialState, Tone> = { draft: "neutral", submitted: "warn", passed: "info", approved: "good", retired: "neutral" };

export function stateBadges(t: Words, material: { state: MaterialState; approved_version_id: string | null }): BadgeView[] {
  const badges: BadgeView[] = [{ label: t.materials.states[material.state] ?? material.state, tone: TONES[material.state] }];
  const older = material.approved_version_id !== null && material.state !== "approved" && material.state !== "retired";
  return older ? [...badges, { label: t.materials.in_use, tone: "info" }] : badges;
}

export function subjectName(lang: Lang, row: { subject_vi: string | null; subject_en: string | null }): string {
  return (lang === "vi" ? row.subject_vi : row.subject_en) ?? "";
}

export function materialRow({ t, f, lang }: Speech, material: ListedMaterial): FileRowView {
  const subject = [subjectName(lang, material), material.grade === null ? "" : t.materials.grade(material.grade)].filter(Boolean).join(" · ");
  return {
    name: material.title,
    href: `/materials/${material.id}`,
    icon: fileIcon(material.mime),
    thumb: thumbOf(material),
    detail: [fileDetail(f, material), t.materials.kinds[material.kind] ?? material.kind, subject, material.uploader_name].filter(Boolean).join(" · "),
    badges: stateBadges(t, material),
  };
}

/** Only of a file that everybody who sees the row may see: the newest one is not yet in use everywhere. */
function thumbOf(material: ListedMaterial): string | undefined {
  const isShown = material.approved_version_id === null || material.approved_version_id === material.latest_version_id;
  return isShown && material.thumb_id !== null ? thumbHref(material.id, material.latest_version_id ?? "") : undefined;
}

export function coverageView({ t, f, lang }: Speech, lesson: LessonRow, counts: CoverageRow): CoverageView {
  const subject = subjectName(lang, lesson);
  const { covered, own, planned } = counts;
  return {
    text: t.materials.coverage(subject, lesson.year_id, { covered, own, adopted: covered - own, planned }, f.share(covered, planned, 1)),
    note: t.materials.coverage_note,
    href: `/schools/${lesson.school.id}/measures`,
    link: t.materials.coverage_title,
  };
}

export function subjectOptions({ t, lang }: Speech, subjects: readonly SubjectRow[], blank: string = t.materials.none_chosen): OptionView[] {
  return [{ value: "", label: blank }, ...subjects.map((s) => ({ value: s.code, label: lang === "vi" ? s.name_vi : s.name_en }))];
}

export function gradeOptions({ t }: Speech, grades: readonly number[], blank: string = t.materials.none_chosen): OptionView[] {
  return [{ value: "", label: blank }, ...grades.map((grade) => ({ value: String(grade), label: t.materials.grade(grade) }))];
}
