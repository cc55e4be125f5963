import type { Request, Response } from "express";
import { Refusal, conflict, forbidden, notFound } from "../../platform/errors.ts";
import { sayText } from "../../platform/messages.ts";
import { readForm, typedOf, type FieldError, type Typed } from "../../platform/web/form.ts";
import type { FeatureRoutes } from "../../platform/web/router.ts";
import { flash } from "../../shell/layout.ts";
import { isYourTurn, openMaterial, reviews } from "../access.ts";
import { BulkForm, queueQuery, type QueueQuery } from "../forms.ts";
import { coverageView } from "../pages/parts.ts";
import { decisionView, fitsQueue, queueHref, reviewPage, type DecisionProblem, type ReviewFacts } from "../pages/review.ts";
import type { StepDays } from "../rules/review.ts";
import { countCoverage, listLessonsOf } from "../store.ts";
import { saveApproval, savePassing, saveReturn } from "../store/decisions.ts";
import { listComments } from "../store/comments.ts";
import { listQueue, type QueuedMaterial } from "../store/lists.ts";
import { checkedOf, reviewingOf, type ChecklistRecord, type Reviewing } from "./checklist.ts";
import { actsFor, commentsOf, notesFor, originText, problemOf, stepOf, viewerFor } from "./show.ts";
import { actOf, speechOf } from "./speech.ts";

/** The queue of department heads and school leaders: preview, lesson and decision on one screen, or many at once. */
export function addReview(routes: FeatureRoutes): void {
  routes.get("/review", "signed_in", async (req, res) => {
    mayReview(req);
    await showReview(req, res, { ...queueQuery.parse(req.query), show: "" }, undefined);
  });

  routes.get("/review/list", "signed_in", async (req, res) => {
    mayReview(req);
    await showReview(req, res, { ...queueQuery.parse(req.query), show: "list" }, undefined);
  });

  routes.post("/review/decisions", "signed_in", async (req, res) => {
    mayReview(req);
    const form = readForm(BulkForm, req.body);
    const query = { ...queryOf(typedOf(req.body as object)), show: "list" as const };
    if (!form.ok) return showReview(req, res.status(422), query, form);
    const school = await schoolOfFirst(req, form.value.item);
    const reviewing = await reviewingOf(req, school);
    const checked = checkedOf(req, reviewing, form.value, form.value.act === "decide");
    if (!checked.ok) return showReview(req, res.status(422), query, checked);
    await decideMany(req, form.value, school.id, checked.record);
    res.redirect(303, queueHref(query));
  });
}

function mayReview(req: Request): void {
  if (!reviews(req.actor)) throw forbidden("role");
}

/** The school of the first chosen material that the person may read: its checklist is the one that was answered. */
async function schoolOfFirst(req: Request, items: readonly string[]): Promise<{ id: string; path: string }> {
  for (const item of items) {
    const found = await openMaterial(req.db, req.actor, item.split(".")[0] ?? "", "read", req.now).catch((error: unknown) => {
      if (!(error instanceof Refusal)) throw error;
      return undefined;
    });
    if (found !== undefined) return found.school;
  }
  throw notFound();
}

/** The queue's address as the form carries it. */
export function queryOf(typed: Typed): QueueQuery {
  const carried = typed["queue"];
  const search = typeof carried === "string" ? (carried.split("?")[1] ?? "") : "";
  return { ...queueQuery.parse(Object.fromEntries(new URLSearchParams(search))), show: "" };
}

/** What was wrong with a decision that was sent from the queue. */
type FormProblem = { errors: readonly FieldError[]; typed: Typed } | undefined;

export async function showReview(req: Request, res: Response, query: QueueQuery, problem: FormProblem): Promise<void> {
  const queue = await listQueue(req.db, req.actor, req.now);
  const settings = await settingsOf(req, queue);
  const daysOf = (material: QueuedMaterial): StepDays => settings.get(material.school_id) ?? { pass_days: null, approve_days: null };
  const fitting = queue.filter((material) => fitsQueue({ query, at: req.now, daysOf }, material));
  const yours = fitting.filter((material) => isYourTurn(req.actor, material));
  const said = problem && problemOf(req, problem);
  const facts: ReviewFacts = {
    ...{ yours, others: fitting.filter((material) => !yours.includes(material)), all: queue, query, at: req.now, daysOf },
    settingsHref: settingsHref(req),
    open: query.show === "list" ? undefined : await openItem(req, { yours, query, settings }, said),
    bulk: { reviewing: settings, problem: said, school: typedText(problem?.typed["school"]), ticked: [problem?.typed["item"] ?? []].flat() },
  };
  const scripts = query.show === "list" ? ["js/review-queue.js"] : ["js/review-queue.js", "js/file-viewer.js", "js/pin-links.js"];
  res.page("materials/review", reviewPage(speechOf(req), facts), { title: req.t.materials.review, scripts, wide: true });
}

/** How each school of the queue reviews; it is one or two. */
async function settingsOf(req: Request, queue: readonly QueuedMaterial[]): Promise<Map<string, Reviewing>> {
  const schools = new Map(queue.map((material) => [material.school_id, material.school_path]));
  const found = await Promise.all([...schools].map(async ([id, path]) => [id, await reviewingOf(req, { path })] as const));
  return new Map(found);
}

function typedText(value: string | string[] | undefined): string {
  return typeof value === "string" ? value : "";
}

function settingsHref(req: Request): string | undefined {
  const leads = req.actor.memberships.find((m) => m.role === "school_leader");
  return leads && `/units/${leads.unitId}/review-settings`;
}

async function openItem(req: Request, queue: { yours: readonly QueuedMaterial[]; query: QueueQuery; settings: ReadonlyMap<string, Reviewing> }, problem: DecisionProblem | undefined): Promise<ReviewFacts["open"]> {
  const { yours, query } = queue;
  const at = Math.max(0, yours.findIndex((material) => material.id === query.item));
  const current = yours[at];
  if (current === undefined) return undefined;
  const speech = speechOf(req);
  const material = await openMaterial(req.db, req.actor, current.id, "return", req.now);
  const lessons = await listLessonsOf(req.db, material);
  const first = lessons[0];
  const next = yours[at + 1] ?? yours[at - 1];
  const [viewer, coverage, origin, comments] = await Promise.all([
    viewerFor(req, material),
    first && countCoverage(req.db, first),
    originText(req, material),
    listComments(req.db, material),
  ]);
  return {
    ...{ material, viewer, lessons, origin },
    comments: commentsOf(req, { material, shown: material.latest, viewer, comments, back: queueHref({ ...query, item: material.id }) }, undefined),
    coverage: first && coverage && coverageView(speech, first, coverage),
    decision: decisionView(req.t, {
      material: { id: material.id, latest_version_id: material.latest.id },
      act: stepOf(actsFor(req.actor, material)),
      from: "review",
      next: next?.id ?? "",
      queue: queueHref({ ...query, item: null }),
      reviewing: queue.settings.get(current.school_id) ?? (await reviewingOf(req, material.school)),
      problem,
    }),
  };
}

/** The same decision for many: each is judged by its own door, and what has moved on is named while the rest go on. */
async function decideMany(req: Request, form: { act: "decide" | "return"; item: readonly string[]; comment: string }, schoolId: string, record: ChecklistRecord | undefined): Promise<void> {
  const words = req.t.materials;
  const done = { pass: 0, approve: 0, return: 0 };
  const left: string[] = [];
  for (const item of form.item) {
    const [id = "", versionId = ""] = item.split(".");
    const outcome = await decideOne(req, { id, versionId, schoolId }, form, record);
    if (outcome.done) done[outcome.done] += 1;
    else left.push(words.bulk_left(outcome.title || words.bulk_unknown, sayText(req.t.platform.refusals, outcome.why, {})));
  }
  const said = [done.pass > 0 ? words.bulk_passed(done.pass) : "", done.approve > 0 ? words.bulk_approved(done.approve) : "", done.return > 0 ? words.bulk_returned(done.return) : ""];
  if (said.some(Boolean)) flash(req, said.filter(Boolean).join(" "));
  for (const line of left.slice(0, LEFT_NAMED_MAX)) flash(req, line, "warn");
  if (left.length > LEFT_NAMED_MAX) flash(req, words.bulk_more_left(left.length - LEFT_NAMED_MAX), "warn");
}

const LEFT_NAMED_MAX = 8;

type Outcome = { done: "pass" | "approve" | "return" } | { done: undefined; title: string; why: string };

async function decideOne(req: Request, item: { id: string; versionId: string; schoolId: string }, form: { act: "decide" | "return"; comment: string }, checklist: ChecklistRecord | undefined): Promise<Outcome> {
  let title = "";
  try {
    const seen = await openMaterial(req.db, req.actor, item.id, "read", req.now);
    title = seen.title;
    if (seen.school.id !== item.schoolId) throw conflict("material_of_other_school");
    const step = form.act === "return" ? "return" : seen.latest.state === "passed" ? "approve" : "pass";
    const decision = { versionId: item.versionId, comment: form.comment, checklist, notes: notesFor(req.actor, step, seen) };
    const open = <A extends "pass" | "approve" | "return">(action: A) => openMaterial(req.db, req.actor, item.id, action, req.now);
    if (step === "return") await saveReturn(req.db, await open("return"), decision, actOf(req));
    else if (step === "approve") await saveApproval(req.db, await open("approve"), decision, actOf(req));
    else await savePassing(req.db, await open("pass"), decision, actOf(req));
    return { done: step };
  } catch (error) {
    if (error instanceof Refusal) return { done: undefined, title, why: error.key };
    throw error;
  }
}
