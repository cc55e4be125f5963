import type { Request, Response } from "express";
import { openProvince } from "../../organisation/access.ts";
import { record } from "../../platform/audit.ts";
import { notFound } from "../../platform/errors.ts";
import { idOf, type FeatureRoutes } from "../../platform/web/router.ts";
import { flash } from "../../shell/layout.ts";
import { startRecount } from "./jobs.ts";
import { progressOf, recountPage, recountsPage } from "./pages.ts";
import { findRecount, isAskedRunning, listRecounts, listRepairs, type ListedRecount } from "./store.ts";

/** Counting the province anew: begun by its officers, watched while it goes from school to school, and what it put right. */
export function recountRoutes(routes: FeatureRoutes): void {
  routes.get("/measures/recounts", "signed_in", async (req, res) => {
    await openProvince(req.db, req.actor);
    const page = recountsPage(await listRecounts(req.db), req);
    res.page("measures/recounts", page, { title: req.t.recount.title, crumbs: [crumb(req)], scripts: ["js/job-progress.js"] });
  });

  routes.post("/measures/recounts", "signed_in", async (req, res) => {
    const province = await openProvince(req.db, req.actor);
    const begun = await req.db.transaction(async (trx) => {
      await trx("units").where({ id: province.id }).select("id").forUpdate(); // of two clicks the second sees the first
      if (await isAskedRunning(trx)) return false;
      const id = await startRecount(trx, "asked", req.actor.personId, req.now);
      await record(trx, { at: req.now, actorId: req.actor.personId, action: "measures.recount", subjectType: "recount", subjectId: id, schoolId: null, requestId: req.id, details: { unit_id: province.id } });
      return true;
    });
    flash(req, begun ? req.t.recount.started : req.t.recount.running);
    res.redirect(303, "/measures/recounts");
  });

  routes.get("/measures/recounts/:id", "signed_in", async (req, res) => {
    const recount = await openRecount(req);
    await showRecount(req, res, recount);
  });

  routes.get("/measures/recounts/:id/progress", "signed_in", async (req, res) => {
    res.json(progressOf(await openRecount(req), req));
  });
}

async function openRecount(req: Request): Promise<ListedRecount> {
  await openProvince(req.db, req.actor);
  const found = await findRecount(req.db, idOf(req.params["id"]));
  if (found === undefined) throw notFound();
  return found;
}

async function showRecount(req: Request, res: Response, recount: ListedRecount): Promise<void> {
  const page = recountPage(recount, await listRepairs(req.db, recount.id), req);
  const crumbs = [crumb(req), { href: "/measures/recounts", label: req.t.recount.title }, { label: req.f.stamp(recount.begun_at) }];
  res.page("measures/recount", page, { title: page.head.title, crumbs });
}

function crumb(req: Request): { href: string; label: string } {
  return { href: "/measures", label: req.t.measures.table.title };
}
