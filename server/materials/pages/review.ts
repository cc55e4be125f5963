import { fileIcon } from "../../shell/icons.ts";
import type { EmptyView, FactsView, FieldView, PageHeadView, RowView } from "../../shell/partials.ts";
import type { LessonRow, MaterialRow } from "../store.ts";
import type { QueuedMaterial } from "../store/lists.ts";
import { materialRow, stateBadges, subjectName, type CoverageView, type Speech } from "./parts.ts";
import type { ViewerView } from "./viewer.ts";

/** What a reviewer decides with: pass or approve, or return with a comment. */
export interface DecisionView {
  /** Passing or approval; undefined where only returning is open to this person. */
  decide: { action: string; label: string } | undefined;
  giveBack: string;
  hidden: Record<string, string>;
  comment: FieldView;
  checks: string[];
}

/** The queue beside the item that is open. */
export interface ReviewPage {
  head: PageHeadView;
  yours: { row: RowView; current: boolean }[];
  others: RowView[];
  keys: { key: string; does: string }[];
  /** What is open, or undefined when nothing waits for this person. */
  item:
    | {
        title: string;
        href: string;
        place: string;
        lessons: { text: string; href: string }[];
        detail: string;
        viewer: ViewerView;
        facts: FactsView["items"];
        decision: DecisionView;
        coverage: CoverageView | undefined;
        previous: string | undefined;
        next: string | undefined;
      }
    | undefined;
  empty: EmptyView;
}

declare global {
  interface Views {
    "materials/review": ReviewPage;
    "materials/decision": { decision: DecisionView };
  }
}

export interface DecisionFacts {
  material: { id: string; latest_version_id: string };
  act: "pass" | "approve" | undefined;
  from: string;
  next: string;
  error: { text: string; typed: string } | undefined;
}

export function decisionView(t: Words, facts: DecisionFacts): DecisionView {
  const base = `/materials/${facts.material.id}`;
  const decide = { pass: { action: `${base}/passing`, label: t.materials.pass }, approve: { action: `${base}/approval`, label: t.materials.approve } };
  return {
    decide: facts.act && decide[facts.act],
    giveBack: `${base}/return`,
    hidden: { version: facts.material.latest_version_id, from: facts.from, next: facts.next },
    comment: {
      name: "comment",
      label: t.materials.comment,
      kind: "textarea",
      value: facts.error?.typed,
      hint: t.materials.comment_hint,
      error: facts.error?.text,
      attributes: { maxlength: 2000, rows: 3 },
    },
    checks: Object.values(t.materials.checks),
  };
}

export interface ReviewFacts {
  yours: readonly QueuedMaterial[];
  others: readonly QueuedMaterial[];
  open: { material: MaterialRow; viewer: ViewerView; lessons: readonly LessonRow[]; decision: DecisionView; coverage: CoverageView | undefined } | undefined;
}

export function reviewPage(speech: Speech, facts: ReviewFacts): ReviewPage {
  const { t } = speech;
  const open = facts.open;
  const place = facts.yours.findIndex((material) => material.id === open?.material.id);
  const hrefAt = (index: number): string | undefined => {
    const other = facts.yours[index];
    return other && `/review?item=${other.id}`;
  };
  return {
    head: { title: t.materials.review, lead: t.materials.review_lead(facts.yours.length, facts.others.length) },
    yours: facts.yours.map((material) => ({ row: queueRow(speech, material, `/review?item=${material.id}`), current: material.id === open?.material.id })),
    others: facts.others.map((material) => queueRow(speech, material, `/materials/${material.id}`)),
    item: open && {
      title: open.material.title,
      href: `/materials/${open.material.id}`,
      place: t.materials.review_place(place + 1, facts.yours.length),
      lessons: open.lessons.map((lesson) => ({
        text: t.materials.lesson_line(lesson.position, lesson.title, lesson.grade, lesson.year_id),
        href: `/plan-lessons/${lesson.id}/materials`,
      })),
      detail: [subjectName(speech.lang, open.material), t.materials.kinds[open.material.kind], open.material.uploader_name].filter(Boolean).join(" · "),
      viewer: open.viewer,
      facts: itemFacts(speech, open.material),
      decision: open.decision,
      coverage: open.coverage,
      previous: hrefAt(place - 1),
      next: hrefAt(place + 1),
    },
    keys: Object.entries(KEYS).map(([key, does]) => ({ key, does: t.materials.keys[does] })),
    empty:
      facts.others.length > 0
        ? { icon: "circle-check", title: t.materials.review_none_yours }
        : { icon: "inbox", title: t.materials.review_empty, text: t.materials.review_empty_text },
  };
}

/** The keys that public/js/review-queue.js hears. */
const KEYS = { j: "next", k: "previous", a: "approve", r: "give_back" } as const;

function queueRow(speech: Speech, material: QueuedMaterial, href: string): RowView {
  const { t, f } = speech;
  return {
    title: material.title,
    href,
    icon: fileIcon(material.mime),
    detail: [materialRow(speech, material).detail, material.submitted_at ? t.materials.waiting_since(f.moment(material.submitted_at)) : ""].filter(Boolean).join(" · "),
    badges: stateBadges(t, material),
  };
}

function itemFacts({ t, f, lang }: Speech, material: MaterialRow): FactsView["items"] {
  const words = t.materials;
  const subject = [subjectName(lang, material), material.grade === null ? "" : words.grade(material.grade)].filter(Boolean).join(" · ");
  return [
    { label: words.fields.subject, value: subject },
    { label: words.fields.kind, value: words.kinds[material.kind] ?? "" },
    { label: words.fields.state, value: words.states[material.state] ?? "" },
    { label: words.fields.uploaded_by, value: `${material.uploader_name}, ${f.stamp(material.latest.uploaded_at)}` },
    { label: words.fields.author, value: material.author },
    { label: words.fields.source, value: material.source },
    { label: words.fields.licence, value: words.licences[material.licence] ?? material.licence },
    { label: words.fields.description, value: material.description },
  ].filter((item) => item.value !== "");
}
