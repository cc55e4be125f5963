import { dayOf, type Instant } from "../../platform/clock.ts";
import { fileIcon } from "../../shell/icons.ts";
import type { BadgeView, EmptyView, FactsView, FieldView, FilterBarView, NoticeView, PageHeadView, RowView, TabsView } from "../../shell/partials.ts";
import { turnOfRow } from "../access.ts";
import type { QueueQuery } from "../forms.ts";
import { daysFrom, dueOn, isOverdue, type CheckItem, type StepDays } from "../rules/review.ts";
import type { LessonRow, MaterialRow } from "../store.ts";
import type { QueuedMaterial } from "../store/lists.ts";
import type { CommentsView } from "./comments.ts";
import { materialRow, stateBadges, subjectName, type CoverageView, type Speech } from "./parts.ts";
import type { ViewerView } from "./viewer.ts";

/** The questions of a decision, with what was ticked. */
export interface ChecklistView {
  legend: string;
  note: string | undefined;
  items: { value: string; text: string; required: boolean; ticked: boolean }[];
  error: string | undefined;
}

/** What a reviewer decides with: pass or approve, or return with a comment. */
export interface DecisionView {
  /** Passing or approval; undefined where only returning is open to this person. */
  decide: { action: string; label: string } | undefined;
  giveBack: string;
  hidden: Record<string, string>;
  comment: FieldView;
  checklist: ChecklistView;
}

/** One material of the queue, open for its decision. */
export interface ReviewItemView {
  title: string;
  href: string;
  place: string;
  lessons: { text: string; href: string }[];
  detail: string;
  badges: BadgeView[];
  from: NoticeView | undefined;
  viewer: ViewerView;
  facts: FactsView["items"];
  decision: DecisionView;
  coverage: CoverageView | undefined;
  comments: CommentsView;
  previous: string | undefined;
  next: string | undefined;
}

/** Many at once: what is ticked gets the same decision and the same comment. */
export interface BulkView {
  id: string;
  caption: string;
  rows: { value: string; id: string; label: string; checked: boolean; row: RowView }[];
  hidden: Record<string, string>;
  checklist: ChecklistView;
  comment: FieldView;
  commentId: string;
  decide: string;
}

/** The queue: one by one, or as a list. */
export interface ReviewPage {
  head: PageHeadView;
  tabs: TabsView;
  keys: { key: string; does: string }[];
  filtered: { text: string; clear: string } | undefined;
  /** What is open, or undefined when nothing waits for this person or the list is shown. */
  item: ReviewItemView | undefined;
  upNext: { row: RowView; current: boolean }[];
  filter: FilterBarView | undefined;
  /** One form for each school: every school asks by a checklist of its own. */
  bulks: BulkView[];
  others: RowView[];
  empty: EmptyView | undefined;
}

declare global {
  interface Views {
    "materials/review": ReviewPage;
    "materials/review-item": { item: ReviewItemView; keys: ReviewPage["keys"] };
    "materials/review-list": { bulks: BulkView[]; others: RowView[] };
    "materials/decision": { decision: DecisionView };
    "materials/checklist": { checklist: ChecklistView };
  }
}

/** What was wrong with a decision, and what had been typed and ticked. */
export interface DecisionProblem {
  comment: string | undefined;
  check: string | undefined;
  typed: string;
  ticked: readonly string[];
}

export interface DecisionFacts {
  material: { id: string; latest_version_id: string };
  act: "pass" | "approve" | undefined;
  from: string;
  next: string;
  /** The queue's address, to go on in it. */
  queue: string;
  reviewing: { id: string; version: number; items: readonly CheckItem[] };
  problem: DecisionProblem | undefined;
}

export function decisionView(t: Words, facts: DecisionFacts): DecisionView {
  const base = `/materials/${facts.material.id}`;
  const decide = { pass: { action: `${base}/passing`, label: t.materials.pass }, approve: { action: `${base}/approval`, label: t.materials.approve } };
  return {
    decide: facts.act && decide[facts.act],
    giveBack: `${base}/return`,
    hidden: { version: facts.material.latest_version_id, from: facts.from, next: facts.next, queue: facts.queue, checklist: facts.reviewing.id },
    comment: commentField(t, facts.problem),
    checklist: checklistView(t, facts.reviewing, facts.problem),
  };
}

export function checklistView(t: Words, reviewing: DecisionFacts["reviewing"], problem: DecisionProblem | undefined): ChecklistView {
  const words = t.materials;
  return {
    legend: words.checklist,
    note: reviewing.id === "" ? undefined : words.checklist_of(reviewing.version),
    items: reviewing.items.map((item, i) => ({ value: String(i), text: item.text, required: item.required, ticked: problem?.ticked.includes(String(i)) ?? false })),
    error: problem?.check,
  };
}

function commentField(t: Words, problem: DecisionProblem | undefined): FieldView {
  return {
    name: "comment",
    label: t.materials.comment,
    kind: "textarea",
    value: problem?.typed,
    hint: t.materials.comment_hint,
    error: problem?.comment,
    attributes: { maxlength: 2000, rows: 3 },
  };
}

export interface ReviewFacts {
  yours: readonly QueuedMaterial[];
  others: readonly QueuedMaterial[];
  /** Everything that waits for this person, whatever the filter says. */
  all: readonly QueuedMaterial[];
  query: QueueQuery;
  at: Instant;
  daysOf: (material: QueuedMaterial) => StepDays;
  settingsHref: string | undefined;
  open: { material: MaterialRow; viewer: ViewerView; lessons: readonly LessonRow[]; decision: DecisionView; coverage: CoverageView | undefined; origin: string | undefined; comments: CommentsView } | undefined;
  /** `reviewing`: by school. `school`: the one whose form came back with a problem. */
  bulk: { reviewing: ReadonlyMap<string, DecisionFacts["reviewing"]>; problem: DecisionProblem | undefined; school: string; ticked: readonly string[] };
}

export function reviewPage(speech: Speech, facts: ReviewFacts): ReviewPage {
  const { t } = speech;
  const { query } = facts;
  const list = query.show === "list";
  const words = t.materials;
  const filtered = isFiltered(query);
  const none: EmptyView = filtered
    ? { icon: "search", title: words.review_no_match, action: { href: queueHref({ ...NO_FILTER, show: query.show }), label: t.shell.clear } }
    : facts.others.length > 0
      ? { icon: "circle-check", title: words.review_none_yours }
      : { icon: "inbox", title: words.review_empty, text: words.review_empty_text };
  return {
    head: {
      title: words.review,
      lead: words.review_lead(facts.yours.length, facts.others.length),
      actions: facts.settingsHref === undefined ? [] : [{ href: facts.settingsHref, label: words.review_settings.link, icon: "settings", kind: "quiet" }],
    },
    tabs: {
      label: words.review,
      items: [
        { href: queueHref({ ...query, show: "" }), label: words.review_one_by_one, current: !list, count: String(facts.yours.length) },
        { href: queueHref({ ...query, show: "list" }), label: words.review_as_list, current: list, count: String(facts.yours.length + facts.others.length) },
      ],
    },
    keys: Object.entries(KEYS).map(([key, does]) => ({ key, does: words.keys[does] })),
    filtered: filtered && !list ? { text: words.review_filtered(facts.yours.length), clear: queueHref(NO_FILTER) } : undefined,
    item: facts.open && itemView(speech, facts, facts.open),
    upNext: list ? [] : facts.yours.map((material) => ({ row: queueRow(speech, facts, material, queueHref({ ...query, show: "", item: material.id })), current: material.id === facts.open?.material.id })),
    filter: list ? filterBar(speech, facts, filtered) : undefined,
    bulks: list ? bulkViews(speech, facts) : [],
    others: list ? facts.others.map((material) => queueRow(speech, facts, material, `/materials/${material.id}`)) : [],
    empty: facts.yours.length === 0 && (facts.others.length === 0 || !list) ? none : undefined,
  };
}

/** The keys that public/js/review-queue.js hears. */
const KEYS = { j: "next", k: "previous", a: "approve", p: "pass", r: "give_back", "?": "help" } as const;

const NO_FILTER: QueueQuery = { subject: null, grade: null, teacher: null, age: "", show: "", item: null };

function isFiltered(query: QueueQuery): boolean {
  return query.subject !== null || query.grade !== null || query.teacher !== null || query.age !== "";
}

/** The address of the queue with what narrows it. */
export function queueHref(query: QueueQuery): string {
  const { show, ...narrows } = query;
  const path = show === "list" ? "/review/list" : "/review";
  const said = Object.entries(narrows).filter(([, value]) => value !== null && value !== "");
  return said.length === 0 ? path : `${path}?${new URLSearchParams(said.map(([name, value]): [string, string] => [name, String(value)])).toString()}`;
}

/** How long a material has waited for the step it waits for, in days, and until when. */
type Waits = Pick<ReviewFacts, "at" | "daysOf">;

function waitOf({ at, daysOf }: Waits, material: QueuedMaterial): { days: number; due: string | undefined; overdue: boolean } {
  const today = dayOf(at);
  const since = dayOf(material.turn_since ?? material.updated_at);
  const due = dueOn(material.state, since, daysOf(material));
  return { days: Math.max(0, daysFrom(since, today)), due, overdue: isOverdue(due, today) };
}

/** Whether a material fits what the URL asks for. */
export function fitsQueue(facts: Pick<ReviewFacts, "query" | "at" | "daysOf">, material: QueuedMaterial): boolean {
  const { subject, grade, teacher, age } = facts.query;
  const wait = waitOf(facts, material);
  const oldEnough = age === "" || (age === "overdue" ? wait.overdue : wait.days >= Number(age));
  return oldEnough && (subject === null || material.subject_code === subject) && (grade === null || material.grade === grade) && (teacher === null || material.uploaded_by === teacher);
}

function dueBadge({ t, f }: Speech, facts: ReviewFacts, material: QueuedMaterial): BadgeView[] {
  const { due, overdue } = waitOf(facts, material);
  if (due === undefined) return [];
  return [overdue ? { label: t.materials.overdue(daysFrom(due, dayOf(facts.at))), tone: "bad", icon: "clock" } : { label: t.materials.due(f.day(due)), tone: "neutral", icon: "clock" }];
}

function queueRow(speech: Speech, facts: ReviewFacts, material: QueuedMaterial, href: string): RowView {
  const { t } = speech;
  const turn = facts.yours.includes(material) ? "" : t.materials.turns_short[turnOfRow(material)];
  const { days } = waitOf(facts, material);
  return {
    title: material.title,
    href,
    icon: fileIcon(material.mime),
    detail: [materialRow(speech, material).detail, t.materials.waited(days), turn].filter(Boolean).join(" · "),
    badges: [...originBadge(t, material), ...dueBadge(speech, facts, material), ...stateBadges(t, material)],
  };
}

export function originBadge(t: Words, material: { origin: string }): BadgeView[] {
  const label = t.materials.origins[material.origin];
  return label === undefined ? [] : [{ label, tone: "info", icon: "copy" }];
}

function itemView(speech: Speech, facts: ReviewFacts, open: NonNullable<ReviewFacts["open"]>): ReviewItemView {
  const { t } = speech;
  const place = facts.yours.findIndex((material) => material.id === open.material.id);
  const queued = facts.yours[place];
  const hrefAt = (index: number): string | undefined => {
    const other = facts.yours[index];
    return other && queueHref({ ...facts.query, show: "", item: other.id });
  };
  return {
    title: open.material.title,
    href: `/materials/${open.material.id}`,
    place: t.materials.review_place(place + 1, facts.yours.length),
    lessons: open.lessons.map((lesson) => ({
      text: t.materials.lesson_line(lesson.position, lesson.title, lesson.grade, lesson.year_id),
      href: `/plan-lessons/${lesson.id}/materials`,
    })),
    detail: [subjectName(speech.lang, open.material), t.materials.kinds[open.material.kind], open.material.uploader_name].filter(Boolean).join(" · "),
    badges: queued ? [...dueBadge(speech, facts, queued), ...stateBadges(t, open.material)] : [],
    from: open.origin === undefined ? undefined : { kind: "info", text: open.origin },
    viewer: open.viewer,
    facts: itemFacts(speech, open.material),
    decision: open.decision,
    coverage: open.coverage,
    comments: open.comments,
    previous: hrefAt(place - 1),
    next: hrefAt(place + 1),
  };
}

/** What waits for the person, school by school. */
function bulkViews(speech: Speech, facts: ReviewFacts): BulkView[] {
  const schools = [...new Set(facts.yours.map((material) => material.school_id))];
  return schools.map((id) => bulkView(speech, facts, id, schools.length > 1));
}

function bulkView(speech: Speech, facts: ReviewFacts, schoolId: string, named: boolean): BulkView {
  const { t } = speech;
  const { query } = facts;
  const materials = facts.yours.filter((material) => material.school_id === schoolId);
  const reviewing = facts.bulk.reviewing.get(schoolId) ?? { id: "", version: 0, items: [] };
  const bulk = { ...facts.bulk, reviewing, problem: !named || facts.bulk.school === schoolId ? facts.bulk.problem : undefined };
  const states = new Set(materials.map((material) => material.state));
  const words = t.materials;
  return {
    id: `bulk-${schoolId}`,
    caption: named ? words.review_yours_of(materials[0]?.school_name ?? "") : words.review_yours,
    rows: materials.map((material) => ({
      value: `${material.id}.${material.latest_version_id}`,
      id: `item-${material.id}`,
      label: words.choose_item(material.title),
      checked: bulk.ticked.includes(`${material.id}.${material.latest_version_id}`),
      row: queueRow(speech, facts, material, queueHref({ ...query, show: "", item: material.id })),
    })),
    hidden: { queue: queueHref({ ...query, item: null }), checklist: bulk.reviewing.id, school: schoolId },
    checklist: checklistView(t, bulk.reviewing, bulk.problem),
    comment: commentField(t, bulk.problem),
    commentId: named ? `comment-${schoolId}` : "comment",
    decide: states.size > 1 ? words.bulk_decide : states.has("passed") ? words.bulk_approve : words.bulk_pass,
  };
}

const AGES = ["3", "7", "overdue"] as const;

function filterBar({ t, lang }: Speech, facts: ReviewFacts, filtered: boolean): FilterBarView {
  const words = t.materials;
  const { query } = facts;
  const any = { value: "", label: words.all };
  const different = (pairs: (readonly [string, string])[]): { value: string; label: string }[] =>
    [...new Map(pairs)].map(([value, label]) => ({ value, label })).sort((a, b) => a.label.localeCompare(b.label, "vi", { numeric: true }));
  const subjects = different(facts.all.flatMap((m) => (m.subject_code === null ? [] : [[m.subject_code, subjectName(lang, m)] as const])));
  const grades = different(facts.all.flatMap((m) => (m.grade === null ? [] : [[String(m.grade), words.grade(m.grade)] as const])));
  const teachers = different(facts.all.map((m) => [m.uploaded_by, m.uploader_name] as const));
  return {
    action: "/review/list",
    label: words.filter,
    clearHref: filtered ? queueHref({ ...NO_FILTER, show: "list" }) : undefined,
    fields: [
      { name: "subject", label: words.fields.subject, kind: "select", value: query.subject ?? "", options: [any, ...subjects] },
      { name: "grade", label: words.fields.grade, kind: "select", value: String(query.grade ?? ""), options: [any, ...grades] },
      { name: "teacher", label: words.teacher, kind: "select", value: query.teacher ?? "", options: [any, ...teachers] },
      { name: "age", label: words.age, kind: "select", value: query.age, options: [any, ...AGES.map((age) => ({ value: age, label: words.ages[age] }))] },
    ],
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
    { label: words.fields.scope, value: words.scopes[material.scope] ?? material.scope },
    { label: words.fields.description, value: material.description },
  ].filter((item) => item.value !== "");
}
