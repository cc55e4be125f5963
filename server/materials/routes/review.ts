import type { Request, Response } from "express";
import { isId } from "../../platform/ids.ts";
import { forbidden } from "../../platform/errors.ts";
import type { FieldError, Typed } from "../../platform/web/form.ts";
import type { FeatureRoutes } from "../../platform/web/router.ts";
import { aroundFiles, isYourTurn, openMaterial } from "../access.ts";
import { coverageView } from "../pages/parts.ts";
import { viewerOfFile } from "../pages/viewer.ts";
import { decisionView, reviewPage, type ReviewFacts } from "../pages/review.ts";
import { countCoverage, listLessonsOf } from "../store.ts";
import { listQueue, type QueuedMaterial } from "../store/lists.ts";
import { actsFor, errorOf, stepOf } from "./show.ts";
import { speechOf } from "./speech.ts";

/** The queue of department heads and school leaders: preview, lesson and decision on one screen. */
export function addReview(routes: FeatureRoutes): void {
  routes.get("/review", "signed_in", async (req, res) => {
    if (!req.actor.memberships.some((m) => m.role === "department_head" || m.role === "school_leader")) throw forbidden("role");
    await showReview(req, res, isId(req.query["item"]) ? req.query["item"] : undefined, undefined);
  });
}

/** What was wrong with a decision that was sent from the queue. */
type FormProblem = { errors: readonly FieldError[]; typed: Typed } | undefined;

export async function showReview(req: Request, res: Response, itemId: string | undefined, problem: FormProblem): Promise<void> {
  const queue = await listQueue(req.db, req.actor, req.now);
  const yours = queue.filter((material) => isYourTurn(req.actor, material));
  const others = queue.filter((material) => !yours.includes(material));
  const at = Math.max(0, yours.findIndex((material) => material.id === itemId));
  const page = reviewPage(speechOf(req), { yours, others, open: await openItem(req, yours, at, problem) });
  res.page("materials/review", page, { title: req.t.materials.review, scripts: ["js/review-queue.js", "js/file-viewer.js"], wide: true });
}

async function openItem(req: Request, yours: readonly QueuedMaterial[], at: number, problem: FormProblem): Promise<ReviewFacts["open"]> {
  const current = yours[at];
  if (current === undefined) return undefined;
  const speech = speechOf(req);
  const material = await openMaterial(req.db, req.actor, current.id, "return", req.now);
  const lessons = await listLessonsOf(req.db, material);
  const first = lessons[0];
  const next = yours[at + 1] ?? yours[at - 1];
  return {
    material,
    viewer: viewerOfFile(speech, material.id, material.title, material.latest, (await aroundFiles(req.db, [material.latest])).get(material.latest.id)),
    lessons,
    coverage: first && coverageView(speech, first, await countCoverage(req.db, first)),
    decision: decisionView(req.t, {
      material: { id: material.id, latest_version_id: material.latest.id },
      act: stepOf(actsFor(req.actor, material)),
      from: "review",
      next: next?.id ?? "",
      error: problem && errorOf(req, problem),
    }),
  };
}
