import type { CourseRow, LessonRow, OutlineRow, TitleRow } from "../courses/store.ts";
import { thumbHref, viewerOfFile, type FileAround, type ViewerView } from "../materials/pages/viewer.ts";
import type { Formats, Lang } from "../platform/i18n.ts";
import { richParts } from "../platform/rich-text.ts";
import { PAGE_MIME } from "../platform/web/file-kinds.ts";
import type { SafeHtml } from "../platform/web/render.ts";
import { fileIcon } from "../shell/icons.ts";
import type { ActionView, ActView, BadgeView, CardView, EmptyView, FileRowView, PageHeadView, TabsView } from "../shell/partials.ts";
import type { TextAround } from "./around.ts";
import { withoutNotes } from "./rules/slides.ts";
import { classProgress, studyState, type StudyState } from "./rules.ts";
import type { AssignmentRow, Candidate, OwnProgress, PupilProgress, ShownMaterial } from "./store.ts";

export interface Voice {
  t: Words;
  f: Formats;
  lang: Lang;
}

export interface CoursesPage {
  head: PageHeadView;
  groups: { title: string; cards: CardView[] }[];
  empty: EmptyView | undefined;
}

export interface CoursePage {
  head: PageHeadView;
  tabs: TabsView;
  empty: EmptyView | undefined;
  chapters: { title: string; lessons: OutlineView[] }[];
}

export interface OutlineView {
  title: string;
  href: string;
  detail: string;
  badges: BadgeView[];
}

export interface MembersPage {
  head: PageHeadView;
  tabs: TabsView;
  teachers: string[];
  pupilsTitle: string;
  pupils: string[];
}

export interface ProgressPage {
  head: PageHeadView;
  tabs: TabsView;
  rows: { name: string; opened: string; done: string }[];
}

export interface LessonPage {
  head: PageHeadView;
  text: TextPart[];
  /** Saves the text as a material, or as its newer version. */
  savePage: ActView | undefined;
  savedPage: ActionView | undefined;
  noText: string;
  editHref: string | undefined;
  slidesHref: string | undefined;
  materials: { row: FileRowView; viewer: ViewerView | undefined; detach: ActView | undefined }[];
  uploadHref: string | undefined;
  attachable: { title: string; act: ActView }[];
  done: { text: string; act: ActView } | undefined;
  acts: ActView[];
  links: ActionView[];
  studies: StudyView[];
  previous: { href: string; title: string } | undefined;
  next: { href: string; title: string } | undefined;
}

/** A piece of the text: what is written, or a material that stands on a line of its own, shown in its place. */
export interface TextPart {
  html: SafeHtml;
  viewer: ViewerView | undefined;
}

export interface StudyView {
  window: string;
  state: string | undefined;
  pupils: { name: string; badge: BadgeView }[];
  cancel: ActView | undefined;
}

declare global {
  interface Views {
    "courses/list": CoursesPage;
    "courses/show": CoursePage;
    "courses/members": MembersPage;
    "courses/progress": ProgressPage;
    "courses/lesson": LessonPage;
  }
}

export function coursesPage(rows: readonly CourseRow[], voice: Voice): CoursesPage {
  const words = voice.t.courses;
  const groups = new Map<string, CardView[]>();
  for (const row of rows) {
    const key = `${row.class_name} · ${row.school_name}`;
    groups.set(key, [...(groups.get(key) ?? []), { title: subjectOf(row, voice), href: `/courses/${row.id}` }]);
  }
  return {
    head: { title: words.title },
    groups: [...groups].map(([title, cards]) => ({ title, cards })),
    empty: rows.length === 0 ? { icon: "book-open", title: words.none_title, text: words.none_text } : undefined,
  };
}

export function subjectOf(course: CourseRow, { lang }: Voice): string {
  return lang === "vi" ? course.subject_vi : course.subject_en;
}

export function courseHead(course: CourseRow, voice: Voice): PageHeadView {
  return { title: `${subjectOf(course, voice)} ${course.class_name}`, eyebrow: course.school_name, lead: course.year_id };
}

export function courseTabs(course: CourseRow, current: "outline" | "members" | "progress", results: boolean, { t }: Voice): TabsView {
  const base = `/courses/${course.id}`;
  const words = t.courses;
  const items = [
    { href: base, label: words.outline, current: current === "outline" },
    { href: `${base}/live-classes`, label: words.live, current: false },
    { href: `${base}/members`, label: words.members, current: current === "members" },
    ...(results ? [{ href: `${base}/progress`, label: words.progress, current: current === "progress" }] : []),
  ];
  return { label: words.title, items };
}

/** What stands beside a lesson: a pupil's own progress, or how many of the class have finished. */
export interface Beside {
  own: ReadonlyMap<string, OwnProgress> | undefined;
  counts: ReadonlyMap<string, number> | undefined;
  classSize: number;
  studies: ReadonlySet<string>;
}

export function chaptersOf(course: CourseRow, outline: readonly OutlineRow[], beside: Beside, voice: Voice): CoursePage["chapters"] {
  const chapters: { title: string; lessons: OutlineView[] }[] = [];
  let period = 1;
  for (const row of outline) {
    const last = chapters.at(-1);
    const chapter = last?.title === row.chapter ? last : { title: row.chapter, lessons: [] };
    if (chapter !== last) chapters.push(chapter);
    chapter.lessons.push(outlineView(course, row, period, beside, voice));
    period += row.periods;
  }
  return chapters;
}

function outlineView(course: CourseRow, row: OutlineRow, period: number, beside: Beside, { t }: Voice): OutlineView {
  const words = t.courses;
  const done = beside.counts?.get(row.id) ?? 0;
  const detail = [
    row.periods > 0 ? words.periods(period, period + row.periods - 1) : "",
    row.week_from === null ? "" : words.week(row.week_from),
    row.materials > 0 ? words.materials(row.materials) : "",
    row.has_text ? words.has_text : "",
    done > 0 ? words.class_done(done, beside.classSize) : "",
  ];
  const own = beside.own?.get(row.id);
  const badges: BadgeView[] = [];
  if (row.mode === "online") badges.push({ label: words.online, tone: "info" });
  if (beside.studies.has(row.id)) badges.push({ label: words.self_study, tone: "accent" });
  if (own) badges.push(own.done_at ? { label: words.done, tone: "good" } : { label: words.started, tone: "neutral" });
  return { title: row.title, href: `/courses/${course.id}/lessons/${row.id}`, detail: detail.filter(Boolean).join(" · "), badges };
}

const LIGHT_BYTES = 1_000_000;

/** Materials in place: the one asked for is shown, else the first where it is light and not in the text; the others show their weight. */
export function materialViews(base: string, shown: readonly ShownMaterial[], asked: string | undefined, inText: ReadonlySet<string>, teaches: boolean, voice: Voice): LessonPage["materials"] {
  const words = voice.t.courses;
  const first = shown.find((material) => material.version.size_bytes <= LIGHT_BYTES && !inText.has(material.id) && material.version.mime !== PAGE_MIME); // a saved page repeats the text above
  const open = asked ?? first?.id;
  return shown.map((material) => {
    const viewer = viewerOfFile(voice, material.id, material.title, material.version, material.around);
    const isOpen = material.id === open;
    const unapproved = material.version.state !== "approved";
    return {
      row: {
        name: material.title,
        href: isOpen ? `/materials/${material.id}` : `${base}?show=${material.id}#m-${material.id}`,
        icon: fileIcon(material.version.mime),
        thumb: material.around?.renditions.some((rendition) => rendition.kind === "thumb") ? thumbHref(material.id, material.version.id) : undefined,
        detail: viewer.detail,
        badges: unapproved ? [{ label: words.not_approved, tone: "warn" }] : [],
        actions: [
          ...(isOpen || viewer.shows === "none" ? [] : [{ href: `${base}?show=${material.id}#m-${material.id}`, label: words.see, icon: "eye", kind: "quiet" } as const]),
          ...(teaches && viewer.shows === "package" ? [{ href: `${base.replace(/\/lessons\/.*/, "")}/materials/${material.id}/results`, label: voice.t.packages.class_results, icon: "users", kind: "quiet" } as const] : []),
        ],
      },
      viewer: isOpen ? viewer : undefined,
      detach: teaches && material.attached ? { action: `${base}/attachments/${material.id}/removal`, label: words.detach, kind: "quiet" } : undefined,
    };
  });
}

export function attachableViews(base: string, rows: readonly Candidate[], { t }: Voice): LessonPage["attachable"] {
  return rows.map((row) => ({ title: row.title, act: { action: `${base}/attachments`, label: t.courses.attach, kind: "quiet", hidden: { material: row.id } } }));
}

export function doneView(base: string, own: OwnProgress, { t, f }: Voice): NonNullable<LessonPage["done"]> {
  const words = t.courses;
  if (own.done_at) return { text: words.done_at(f.moment(own.done_at)), act: { action: `${base}/completion-removal`, label: words.undo_done, kind: "quiet" } };
  return { text: "", act: { action: `${base}/completion`, label: words.mark_done, icon: "circle-check", kind: "primary" } };
}

const STATE_TONE: Record<StudyState, BadgeView["tone"]> = { not_started: "neutral", started: "info", done: "good", done_late: "warn" };

/** An assignment as its teacher sees it, in words and pupil by pupil; for a pupil its window alone. */
export function studyView(base: string, row: AssignmentRow, pupils: readonly PupilProgress[] | undefined, voice: Voice): StudyView {
  const { t, f } = voice;
  const words = t.courses;
  const window = words.study_window(f.moment(row.opens_at), f.moment(row.due_at));
  if (pupils === undefined) return { window, state: undefined, pupils: [], cancel: undefined };
  const sum = classProgress(pupils, row.due_at);
  const late = sum.done_late > 0 ? `, ${words.done_late(sum.done_late)}` : "";
  const labels: Record<StudyState, string> = { not_started: words.not_started, started: words.started, done: words.done, done_late: words.done_late(1) };
  return {
    window,
    state: words.class_state(sum.not_started, sum.started, sum.done, sum.pupils) + late,
    pupils: pupils.map((pupil) => {
      const state = studyState(pupil, row.due_at);
      return { name: pupil.name, badge: { label: labels[state], tone: STATE_TONE[state] } };
    }),
    cancel: { action: `${base}/self-study/${row.id}/cancellation`, label: words.cancel_assignment, kind: "danger", confirm: `${words.cancel_assignment}: ${window}?` },
  };
}

export function lessonHead(course: CourseRow, lesson: LessonRow, voice: Voice): PageHeadView {
  const words = voice.t.courses;
  const badges: BadgeView[] = lesson.mode === "online" ? [{ label: words.online, tone: "info" }] : [];
  return { title: lesson.title, eyebrow: words.lesson_of(`${subjectOf(course, voice)} ${course.class_name}`, lesson.position), lead: words.period_count(lesson.periods), badges };
}

/** Viewers in one text; materials named beyond it stay links. */
const VIEWERS_MAX = 8;

/** The text with the materials that stand alone in it. Each is shown once, where this reader may read it. */
export function textParts(lesson: LessonRow, around: TextAround, files: ReadonlyMap<string, FileAround>, voice: Voice): TextPart[] {
  const shown = new Set<string>();
  const parts: TextPart[] = [];
  for (const part of lesson.body === "" ? [] : richParts(withoutNotes(lesson.body), around)) {
    const file = "material" in part && !shown.has(part.material) && shown.size < VIEWERS_MAX ? around.files.get(part.material) : undefined;
    if (file !== undefined) shown.add(file.id);
    const viewer = file && viewerOfFile(voice, file.id, file.title, file.version, files.get(file.version.id));
    parts.push({ html: part.html, viewer: viewer?.shows === "none" ? undefined : viewer });
  }
  return parts;
}

/** The button that saves the text as a material of the library, where there is something to save. */
export function savePageViews(base: string, lesson: LessonRow, saved: { material_id: string; revision: number } | undefined, { t }: Voice): Pick<LessonPage, "savePage" | "savedPage"> {
  const words = t.courses;
  const savedPage: ActionView | undefined = saved && { href: `/materials/${saved.material_id}`, label: words.saved_page, icon: "library", kind: "quiet" };
  if (lesson.body === "" || saved?.revision === lesson.revision) return { savePage: undefined, savedPage };
  const label = saved === undefined ? words.save_page : words.save_page_version;
  return { savePage: { action: `${base}/material`, label, icon: "save", kind: "quiet", hidden: { revision: String(lesson.revision) } }, savedPage };
}

/** The lessons before and after, in the plan's order. */
export function neighbours(course: CourseRow, titles: readonly TitleRow[], lessonId: string): Pick<LessonPage, "previous" | "next"> {
  const at = titles.findIndex((row) => row.id === lessonId);
  const link = (row: TitleRow | undefined): LessonPage["next"] => row && { href: `/courses/${course.id}/lessons/${row.id}`, title: row.title };
  return { previous: at > 0 ? link(titles[at - 1]) : undefined, next: at === -1 ? undefined : link(titles[at + 1]) };
}
