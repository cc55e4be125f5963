import type { ActView, EmptyView, FileRowView, FilterBarView, PageHeadView, PagerView } from "../../shell/partials.ts";
import { GRADES, MATERIAL_STATES } from "../rules.ts";
import type { CoverageRow, LessonRow, SubjectRow } from "../store.ts";
import { PAGE_LENGTH, type ListFilter, type ListedMaterial } from "../store/lists.ts";
import type { DigitisationRow } from "../../digitising/store.ts";
import type { PagePhotosView } from "./photos.ts";
import { progressOf, type DigitisingView } from "./text.ts";
import { coverageView, gradeOptions, materialRow, subjectName, subjectOptions, type CoverageView, type Speech, type UploadFormView } from "./parts.ts";

/** The materials of a school. */
export interface ListPage {
  head: PageHeadView;
  filter: FilterBarView;
  rows: FileRowView[];
  pager: PagerView;
  empty: EmptyView;
}

/** The materials of a plan lesson, with the place to upload more. */
export interface ShelfPage {
  head: PageHeadView;
  countText: string;
  rows: { file: FileRowView; submit: ActView | undefined; digitising: Pick<DigitisingView, "src" | "progress"> | undefined }[];
  submitAll: ActView | undefined;
  upload: UploadFormView | undefined;
  photos: PagePhotosView | undefined;
  coverage: CoverageView;
  empty: EmptyView;
  /** What the library has that fits. */
  proposals: { href: string; label: string };
}

/** Uploading from the library, without a lesson. */
export interface UploadPage {
  head: PageHeadView;
  upload: UploadFormView;
}

declare global {
  interface Views {
    "materials/list": ListPage;
    "materials/shelf": ShelfPage;
    "materials/upload": UploadPage;
  }
}

interface ListFacts {
  school: { id: string; name: string };
  filter: ListFilter;
  found: readonly ListedMaterial[];
  subjects: readonly SubjectRow[];
  mayUpload: boolean;
  /** Staff choose a state; others only see what is in use. */
  choosesState: boolean;
}

export function listPage(speech: Speech, facts: ListFacts): ListPage {
  const { t } = speech;
  const { school, filter } = facts;
  const base = `/schools/${school.id}/materials`;
  const shown = facts.found.slice(0, PAGE_LENGTH);
  const last = facts.found.length > PAGE_LENGTH ? shown.at(-1) : undefined;
  const filtered = isFiltered(filter);
  const uploadLink = { href: `${base}/new`, label: t.materials.upload, icon: "upload", kind: "primary" } as const;
  return {
    head: { title: t.materials.materials, eyebrow: school.name, actions: facts.mayUpload ? [uploadLink, { href: `/schools/${school.id}/bulk-imports`, label: t.materials.bulk, icon: "folder-open" }] : [] },
    filter: filterBar(speech, base, facts, filtered),
    rows: shown.map((material) => materialRow(speech, material)),
    pager: {
      summary: t.materials.list_summary(shown.length),
      previous: filter.after === null ? undefined : queryOf(base, { ...filter, after: null }),
      next: last && queryOf(base, { ...filter, after: last.id }),
    },
    empty: filtered
      ? { icon: "search", title: t.materials.list_no_match, action: { href: base, label: t.shell.clear } }
      : { icon: "library", title: t.materials.list_empty, text: t.materials.list_empty_text, action: facts.mayUpload ? uploadLink : undefined },
  };
}

function isFiltered(filter: ListFilter): boolean {
  return filter.subject !== null || filter.grade !== null || filter.state !== null || filter.uploadedBy !== null || filter.text !== "";
}

function filterBar(speech: Speech, action: string, facts: ListFacts, filtered: boolean): FilterBarView {
  const { t } = speech;
  const words = t.materials;
  const states = MATERIAL_STATES.map((state) => ({ value: state, label: words.states[state] ?? state }));
  return {
    action,
    label: words.filter,
    clearHref: filtered ? action : undefined,
    fields: [
      { name: "q", label: words.fields.text, kind: "search", value: facts.filter.text, attributes: { maxlength: 200 } },
      { name: "subject", label: words.fields.subject, kind: "select", value: facts.filter.subject ?? "", options: subjectOptions(speech, facts.subjects, words.all) },
      { name: "grade", label: words.fields.grade, kind: "select", value: String(facts.filter.grade ?? ""), options: gradeOptions(speech, GRADES, words.all) },
      ...(facts.choosesState
        ? [
            { name: "state", label: words.fields.state, kind: "select" as const, value: facts.filter.state ?? "", options: [{ value: "", label: words.all }, ...states] },
            { name: "mine", label: words.fields.mine, kind: "checkbox" as const, value: "yes", checked: facts.filter.uploadedBy !== null },
          ]
        : []),
    ],
  };
}

function queryOf(base: string, filter: ListFilter): string {
  const query = new URLSearchParams();
  if (filter.text) query.set("q", filter.text);
  if (filter.subject) query.set("subject", filter.subject);
  if (filter.grade !== null) query.set("grade", String(filter.grade));
  if (filter.state) query.set("state", filter.state);
  if (filter.uploadedBy) query.set("mine", "yes");
  if (filter.after) query.set("after", filter.after);
  const text = query.toString();
  return text === "" ? base : `${base}?${text}`;
}

interface ShelfFacts {
  photos: PagePhotosView | undefined;
  digitised: ReadonlyMap<string, DigitisationRow>;
  lesson: LessonRow;
  found: readonly ListedMaterial[];
  coverage: CoverageRow;
  /** Drafts of this person that can be sent for approval. */
  own: (material: ListedMaterial) => boolean;
  upload: UploadFormView | undefined;
}

export function shelfPage(speech: Speech, facts: ShelfFacts): ShelfPage {
  const { t, lang } = speech;
  const { lesson } = facts;
  const drafts = facts.found.filter((material) => material.state === "draft" && facts.own(material));
  const submitOf = (material: ListedMaterial): ActView => ({
    action: `/materials/${material.id}/submission`,
    label: t.materials.submit,
    icon: "send",
    hidden: { version: material.latest_version_id, from: lesson.id },
  });
  return {
    head: {
      title: lesson.title,
      eyebrow: t.materials.lesson_eyebrow(subjectName(lang, lesson), lesson.grade, lesson.year_id),
      lead: t.materials.lesson_detail(lesson.periods, lesson.week_from),
    },
    countText: t.materials.on_lesson(facts.found.length),
    rows: facts.found.map((material) => ({
      file: materialRow(speech, material),
      submit: drafts.includes(material) ? submitOf(material) : undefined,
      digitising: progressOfRow(t, material, facts.digitised.get(material.blob_hash)),
    })),
    submitAll: drafts.length > 1 ? { action: `/plan-lessons/${lesson.id}/submissions`, label: t.materials.submit_all(drafts.length), icon: "send", kind: "primary" } : undefined,
    upload: facts.upload,
    photos: facts.photos,
    coverage: coverageView(speech, lesson, facts.coverage),
    proposals: { href: `/plan-lessons/${lesson.id}/proposals`, label: t.materials.proposals },
    empty: { icon: "folder-open", title: t.materials.lesson_none, text: facts.upload ? t.materials.lesson_none_text : undefined },
  };
}

function progressOfRow(t: Words, material: ListedMaterial, row: DigitisationRow | undefined): ShelfPage["rows"][number]["digitising"] {
  if (row?.state !== "waiting" && row?.state !== "running") return undefined;
  return { src: `/materials/${material.id}/versions/${material.latest_version_id}/digitising`, progress: progressOf(t, row) };
}

export function uploadPage({ t }: Speech, school: { name: string }, upload: UploadFormView): UploadPage {
  return { head: { title: t.materials.upload, eyebrow: school.name, lead: t.materials.upload_lead }, upload };
}
