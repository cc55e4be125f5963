import { z } from "zod";
import { dayOf, type Instant } from "../../platform/clock.ts";
import { fileIcon } from "../../shell/icons.ts";
import { formView, type FormState, type FormView } from "../../shell/form-fields.ts";
import type { ActView, ActionView, FactsView, FieldView, FileRowView, NoticeView, PageHeadView, TrailView } from "../../shell/partials.ts";
import { LANGUAGES } from "../forms.ts";
import { turnOfRow } from "../access.ts";
import { GRADES, LICENCES, MATERIAL_KINDS, SCOPES, type StepAct, type WayAct } from "../rules.ts";
import type { CoverageRow, LessonRow, MaterialRow, StepWithNames, SubjectRow, VersionWithName } from "../store.ts";
import type { CommentsView } from "./comments.ts";
import { daysFrom, dueOn, isOverdue, type StepDays } from "../rules/review.ts";
import { originBadge, type DecisionView } from "./review.ts";
import type { DigitisingView } from "./text.ts";
import type { CaptionsView } from "./captions.ts";
import { coverageView, gradeOptions, stateBadges, subjectName, subjectOptions, type CoverageView, type Speech, type UploadFormView } from "./parts.ts";
import { fileDetail, type ViewerView } from "./viewer.ts";

/** An act that asks for a reason. */
export interface ReasonFormView {
  action: string;
  label: string;
  hint: string;
  comment: FieldView;
  hidden?: Record<string, string>;
}

/** A wider scope that waits for a leader. */
export interface ScopeView {
  notice: NoticeView;
  confirm: ActView | undefined;
  refuse: ReasonFormView | undefined;
}

/** Acts that a person may do to a material: steps of its way, and what stands beside it. */
export type MayAct = WayAct | "edit" | "link" | "confirm_scope";

export interface ShowPage {
  head: PageHeadView;
  scope: ScopeView | undefined;
  viewer: ViewerView;
  digitising: DigitisingView | undefined;
  /** The captions of a video, for those who may change them. */
  captions: CaptionsView | undefined;
  turn: NoticeView | undefined;
  origin: NoticeView | undefined;
  comments: CommentsView | undefined;
  /** The way to the comparison, where there is more than one version. */
  compare: ActionView | undefined;
  coverage: CoverageView | undefined;
  facts: FactsView["items"];
  lessons: { text: string; href: string; unlink: ActView | undefined }[];
  linkForm: { action: string; lesson: FieldView } | undefined;
  linkNote: string | undefined;
  /** Empty for those who only see what is in use. */
  versions: FileRowView[];
  trail: TrailView["items"];
  decision: DecisionView | undefined;
  acts: ActView[];
  reasonForms: ReasonFormView[];
  newVersion: UploadFormView | undefined;
  /** The forms of rarer acts stand open, because one of them needs correction. */
  opened: boolean;
}

export interface EditPage {
  head: PageHeadView;
  notice: NoticeView | undefined;
  form: FormView;
}

declare global {
  interface Views {
    "materials/show": ShowPage;
    "materials/scope": { scope: ScopeView };
    "materials/edit": EditPage;
  }
}

export interface ShowFacts {
  material: MaterialRow;
  viewer: ViewerView;
  digitising: DigitisingView | undefined;
  captions: CaptionsView | undefined;
  lessons: readonly LessonRow[];
  possibleLessons: readonly LessonRow[];
  versions: readonly VersionWithName[];
  steps: readonly StepWithNames[];
  coverage: CoverageRow | undefined;
  /** Acts that both the state and the policy allow this person. */
  may: ReadonlySet<MayAct>;
  yourTurn: boolean;
  decision: DecisionView | undefined;
  comments: CommentsView | undefined;
  /** Where it was adopted or copied from. */
  origin: string | undefined;
  days: StepDays | undefined;
  at: Instant;
  newVersion: UploadFormView | undefined;
  /** What was wrong with a reason that was sent. */
  reasonError: { act: "withdraw" | "retire" | "scope"; text: string; typed: string } | undefined;
}

export function showPage(speech: Speech, facts: ShowFacts): ShowPage {
  const { t } = speech;
  const { material, may } = facts;
  const firstLesson = facts.lessons[0];
  return {
    head: headOf(speech, facts),
    scope: material.wanted_scope === null ? undefined : scopeView(t, facts, material.wanted_scope),
    viewer: facts.viewer,
    digitising: facts.digitising,
    captions: facts.captions,
    turn: turnNotice(speech, facts),
    comments: facts.comments,
    compare: facts.versions.length > 1 ? { href: `/materials/${material.id}/comparison`, label: t.materials.compare.link, icon: "arrow-up-down" } : undefined,
    origin: facts.origin === undefined ? undefined : { kind: "info", text: facts.origin },
    coverage: facts.coverage && firstLesson ? coverageView(speech, firstLesson, facts.coverage) : undefined,
    facts: factsOf(speech, material),
    lessons: facts.lessons.map((lesson) => lessonLine(t, material, lesson, may.has("link"))),
    linkForm: may.has("link") && facts.possibleLessons.length > 0 ? linkForm(t, facts) : undefined,
    linkNote: may.has("link") && material.subject_code === null ? t.materials.link_needs_subject : undefined,
    versions: facts.versions.map((version) => versionRow(speech, material, version)),
    trail: facts.steps.map((step) => trailItem(speech, step)),
    decision: facts.decision,
    acts: actsOf(t, facts),
    reasonForms: reasonForms(t, facts),
    newVersion: facts.newVersion,
    opened: facts.reasonError !== undefined && facts.reasonError.act !== "scope",
  };
}

function headOf({ t, lang }: Speech, { material, viewer, may }: ShowFacts): PageHeadView {
  const actions: ActionView[] = [{ href: viewer.download, label: t.materials.download, icon: "download" }];
  if (material.approved_version_id !== null && material.state !== "retired") actions.push({ href: `/library/materials/${material.id}`, label: t.materials.shared_page, icon: "network" });
  if (may.has("edit")) actions.push({ href: `/materials/${material.id}/edit`, label: t.materials.edit, icon: "pencil" });
  const eyebrow = [subjectName(lang, material), material.grade === null ? "" : t.materials.grade(material.grade), t.materials.kinds[material.kind]];
  return { title: material.title, eyebrow: eyebrow.filter(Boolean).join(" · "), badges: [...originBadge(t, material), ...stateBadges(t, material)], actions };
}

/** Whose turn it is, told to everybody who works with the material. */
function turnText(t: Words, material: MaterialRow): string | undefined {
  const turn = turnOfRow(material);
  if (turn === "nobody") return undefined;
  return turn === "uploader" ? t.materials.turns.uploader(material.uploader_name) : t.materials.turns[turn];
}

function turnNotice({ t, f }: Speech, facts: ShowFacts): NoticeView | undefined {
  const { material, at } = facts;
  const text = turnText(t, material);
  if (text === undefined || facts.versions.length === 0) return undefined;
  const due = facts.days && dueOn(material.state, dayOf(material.turn_since ?? material.updated_at), facts.days);
  const late = isOverdue(due, dayOf(at));
  const until = due === undefined ? "" : late ? t.materials.overdue(daysFrom(due, dayOf(at))) : t.materials.due(f.day(due));
  const kind = late ? "bad" : facts.yourTurn ? "warn" : "info";
  return { kind, text: [facts.yourTurn ? t.materials.your_turn : text, until && `${until}.`].filter(Boolean).join(" ") };
}

function factsOf({ t, f, lang }: Speech, material: MaterialRow): FactsView["items"] {
  const words = t.materials;
  const items = [
    { label: words.fields.subject, value: subjectName(lang, material) },
    { label: words.fields.grade, value: material.grade === null ? "" : String(material.grade) },
    { label: words.fields.kind, value: words.kinds[material.kind] ?? "" },
    { label: words.fields.description, value: material.description },
    { label: words.fields.language, value: words.languages[material.language] ?? material.language },
    { label: words.fields.author, value: material.author },
    { label: words.fields.source, value: material.source },
    { label: words.fields.licence, value: words.licences[material.licence] ?? material.licence },
    { label: words.fields.scope, value: words.scopes[material.scope] ?? material.scope },
    { label: words.fields.year, value: material.year === null ? "" : String(material.year) },
    { label: words.fields.keywords, value: material.keywords },
    { label: words.fields.accessibility, value: material.accessibility },
    { label: words.fields.uploaded_by, value: `${material.uploader_name}, ${f.stamp(material.created_at)}` },
  ];
  return items.filter((item) => item.value !== "");
}

function scopeView(t: Words, facts: ShowFacts, wanted: string): ScopeView | undefined {
  const { material, may, reasonError } = facts;
  if (facts.versions.length === 0) return undefined; // only for those who work with it
  const name = t.materials.scopes[wanted] ?? wanted;
  const wrong = reasonError?.act === "scope" ? reasonError : undefined;
  const base = `/materials/${material.id}`;
  if (!may.has("confirm_scope")) return { notice: { kind: "info", text: t.materials.scope_waits(name) }, confirm: undefined, refuse: undefined };
  return {
    notice: { kind: "warn", text: t.materials.scope_asked(name, t.materials.scopes[material.scope] ?? material.scope, t.materials.licences[material.licence] ?? material.licence) },
    confirm: { action: `${base}/scope-confirmation`, label: t.materials.scope_give(name), icon: "check", kind: "primary", hidden: { scope: wanted } },
    refuse: {
      action: `${base}/scope-refusal`,
      label: t.materials.scope_deny,
      hint: t.materials.scope_deny_hint,
      hidden: { scope: wanted },
      comment: { name: "comment", id: "scope-comment", label: t.materials.reason, kind: "textarea", value: wrong?.typed, error: wrong?.text, required: true, attributes: { maxlength: 2000, rows: 2 } },
    },
  };
}

function lessonLine(t: Words, material: MaterialRow, lesson: LessonRow, mayUnlink: boolean): ShowPage["lessons"][number] {
  return {
    text: t.materials.lesson_line(lesson.position, lesson.title, lesson.grade, lesson.year_id),
    href: `/plan-lessons/${lesson.id}/materials`,
    unlink: mayUnlink ? { action: `/materials/${material.id}/lessons/${lesson.id}/removal`, label: t.materials.unlink(lesson.title), icon: "x", kind: "quiet" } : undefined,
  };
}

function linkForm(t: Words, { material, possibleLessons, lessons }: ShowFacts): ShowPage["linkForm"] {
  const linked = new Set(lessons.map((lesson) => lesson.id));
  const options = possibleLessons
    .filter((lesson) => !linked.has(lesson.id))
    .map((lesson) => ({ value: lesson.id, label: t.materials.lesson_line(lesson.position, lesson.title, lesson.grade, lesson.year_id) }));
  if (options.length === 0) return undefined;
  return { action: `/materials/${material.id}/lessons`, lesson: { name: "lesson", label: t.materials.link_choose, kind: "select", options } };
}

function versionRow({ t, f }: Speech, material: MaterialRow, version: VersionWithName): FileRowView {
  const inUse = version.id === material.approved_version_id;
  return {
    name: `${t.materials.version(version.number)}: ${version.file_name}`,
    href: `/materials/${material.id}/versions/${version.id}/file?as=download`,
    icon: fileIcon(version.mime),
    detail: [fileDetail(f, version), version.uploader_name, f.stamp(version.uploaded_at)].join(" · "),
    badges: [{ label: inUse ? t.materials.version_in_use : (t.materials.states[version.state] ?? version.state), tone: inUse ? "good" : "neutral" }],
  };
}

const STEP_LOOKS: Record<StepAct, Pick<TrailView["items"][number], "icon" | "tone">> = {
  upload: { icon: "upload" },
  submit: { icon: "send" },
  pass: { icon: "check", tone: "good" },
  return: { icon: "undo-2", tone: "warn" },
  approve: { icon: "badge-check", tone: "good" },
  withdraw: { icon: "circle-x", tone: "bad" },
  retire: { icon: "archive", tone: "warn" },
  restore: { icon: "refresh-cw" },
  want_scope: { icon: "link" },
  give_scope: { icon: "link", tone: "good" },
  deny_scope: { icon: "undo-2", tone: "warn" },
  narrow: { icon: "link", tone: "warn" },
  take_down: { icon: "circle-x", tone: "bad" },
  put_back: { icon: "refresh-cw", tone: "good" },
};

function trailItem({ t, f }: Speech, step: StepWithNames): TrailView["items"][number] {
  const before = step.details["restored_by_name"]; // of an archive: who it was there
  const notes = [
    step.details["lone_leader"] === true ? t.materials.note_lone_leader : "",
    step.details["for_group"] === true ? t.materials.note_for_group : "",
    typeof step.details["deputy_for"] === "string" ? t.materials.note_deputy(step.details["deputy_for"]) : "",
    typeof step.details["scope"] === "string" ? `${t.materials.fields.scope}: ${t.materials.scopes[step.details["scope"]] ?? ""}.` : "",
    step.comment,
    typeof before === "string" ? t.materials.note_restored(step.name) : "",
  ];
  const checklist = checklistRecord.safeParse(step.details["checklist"]).data;
  return {
    ...STEP_LOOKS[step.act],
    title: t.materials.steps[step.act](typeof before === "string" ? before : step.name, step.version_number),
    detail: f.moment(step.at),
    text: notes.filter(Boolean).join(" ") || undefined,
    checks: checklist && { summary: t.materials.checked(checklist.answers.filter((answer) => answer.ticked).length, checklist.answers.length, checklist.version), items: checklist.answers },
  };
}

/** What a decision kept of the checklist that it was made with. */
const checklistRecord = z.object({ version: z.number(), answers: z.array(z.object({ text: z.string(), ticked: z.boolean() })) });

function actsOf(t: Words, { material, may }: ShowFacts): ActView[] {
  const acts: ActView[] = [];
  const base = `/materials/${material.id}`;
  if (may.has("submit")) acts.push({ action: `${base}/submission`, label: t.materials.submit, icon: "send", kind: "primary", hidden: { version: material.latest.id } });
  if (may.has("restore")) acts.push({ action: `${base}/restoration`, label: t.materials.restore, icon: "refresh-cw", kind: "primary" });
  return acts;
}

function reasonForms(t: Words, { material, may, reasonError }: ShowFacts): ReasonFormView[] {
  const form = (act: "withdraw" | "retire", path: string, label: string, hint: string, required: boolean): ReasonFormView => {
    const wrong = reasonError?.act === act ? reasonError : undefined;
    return {
      action: `/materials/${material.id}/${path}`,
      label,
      hint,
      comment: { name: "comment", id: `${act}-comment`, label: t.materials.reason, kind: "textarea", value: wrong?.typed, error: wrong?.text, required, attributes: { maxlength: 2000, rows: 2 } },
    };
  };
  return [
    ...(may.has("withdraw") ? [form("withdraw", "approval-removal", t.materials.withdraw, t.materials.withdraw_hint, true)] : []),
    ...(may.has("retire") ? [form("retire", "retirement", t.materials.retire, t.materials.retire_hint, false)] : []),
  ];
}

export function editPage(speech: Speech, material: MaterialRow, subjects: readonly SubjectRow[], state: FormState, changedMeanwhile: boolean): EditPage {
  const { t } = speech;
  const form = formView(t, state, {
    action: `/materials/${material.id}/metadata`,
    submit: t.materials.save,
    hidden: { revision: String(material.revision) },
    cancel: { href: `/materials/${material.id}`, label: t.materials.cancel },
    fields: metadataFields(speech, material, subjects),
  });
  return {
    head: { title: t.materials.edit_title(material.title) },
    notice: changedMeanwhile ? { kind: "warn", text: t.materials.changed_meanwhile } : undefined,
    form,
  };
}

function metadataFields(speech: Speech, material: MaterialRow, subjects: readonly SubjectRow[]): FieldView[] {
  const { t } = speech;
  const words = t.materials.fields;
  const choose = (codes: readonly string[], names: Record<string, string>): FieldView["options"] => codes.map((value) => ({ value, label: names[value] ?? value }));
  return [
    { name: "title", label: words.title, kind: "text", value: material.title, required: true, attributes: { maxlength: 300 } },
    { name: "description", label: words.description, kind: "textarea", value: material.description, required: false, attributes: { maxlength: 5000, rows: 3 } },
    { name: "subject_code", label: words.subject, kind: "select", value: material.subject_code ?? "", options: subjectOptions(speech, subjects) },
    { name: "grade", label: words.grade, kind: "select", value: String(material.grade ?? ""), options: gradeOptions(speech, GRADES) },
    { name: "kind", label: words.kind, kind: "select", value: material.kind, options: choose(MATERIAL_KINDS, t.materials.kinds) },
    { name: "language", label: words.language, kind: "select", value: material.language, options: choose(LANGUAGES, t.materials.languages) },
    { name: "author", label: words.author, kind: "text", value: material.author, required: false, attributes: { maxlength: 200 } },
    { name: "source", label: words.source, kind: "text", value: material.source, required: false, attributes: { maxlength: 500 } },
    { name: "licence", label: words.licence, kind: "select", value: material.licence, options: choose(LICENCES, t.materials.licences) },
    { name: "scope", label: words.scope, kind: "select", value: material.wanted_scope ?? material.scope, hint: words.scope_hint, options: choose(SCOPES, t.materials.scopes) },
    { name: "year", label: words.year, kind: "number", value: String(material.year ?? ""), required: false, attributes: { min: 1900, max: 2100, inputmode: "numeric" } },
    { name: "keywords", label: words.keywords, kind: "text", value: material.keywords, required: false, attributes: { maxlength: 500 } },
    { name: "accessibility", label: words.accessibility, kind: "text", value: material.accessibility, hint: words.accessibility_hint, required: false, attributes: { maxlength: 500 } },
  ];
}
