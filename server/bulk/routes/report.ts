import type { Request, Response } from "express";
import type { Granted } from "../../access/policy.ts";
import { yearOfDay } from "../../calendar/store.ts";
import { listSubjects } from "../../materials/store.ts";
import { roomOf } from "../../materials/store/quota.ts";
import { dayOf } from "../../platform/clock.ts";
import { conflict, invalid } from "../../platform/errors.ts";
import { readForm, typedOf } from "../../platform/web/form.ts";
import { idOf, type FeatureRoutes } from "../../platform/web/router.ts";
import { flash } from "../../shell/layout.ts";
import { openArrival, openBulkImport } from "../access.ts";
import { CorrectionsForm, correctionsOf, ShownQuery } from "../forms.ts";
import { arrivalPage, readingOf, reportPage } from "../pages.ts";
import { bytesToAdd, countRows, findLessons, listPlanLessons, listRows, positionBefore, rowsAt, type BulkImport, type Filter } from "../store.ts";
import { removeArrival, type BulkArrival } from "../store/arrivals.ts";
import { undoBulkImport } from "../store/run.ts";
import { removeStaged, saveCorrections, saveRetry, saveStart } from "../store/stage.ts";
import { actOf } from "./imports.ts";

type Import = Granted<"edit", BulkImport>;

export function addReportRoutes(routes: FeatureRoutes): void {
  routes.get("/bulk-imports/:id", "signed_in", async (req, res) => {
    const arrival = await openArrival(req.db, req.actor, idOf(req.params["id"]));
    if (arrival) return showArrival(req, res, arrival);
    await showReport(req, res, await openBulkImport(req.db, req.actor, idOf(req.params["id"])));
  });

  routes.get("/bulk-imports/:id/progress", "signed_in", async (req, res) => {
    const arrival = await openArrival(req.db, req.actor, idOf(req.params["id"]));
    if (arrival) return void res.json(readingOf(req.t, arrival));
    const found = await openBulkImport(req.db, req.actor, idOf(req.params["id"]));
    const counts = await countRows(req.db, found);
    const over = counts.done + counts.failed;
    const all = Math.max(1, over + counts.ready);
    res.json({ running: found.state === "running", label: req.t.bulk.progress, value: over / all, text: req.t.bulk.progress_text(over, over + counts.ready) });
  });

  routes.post("/bulk-imports/:id/corrections", "signed_in", async (req, res) => {
    const found = await openBulkImport(req.db, req.actor, idOf(req.params["id"]));
    const go = await correct(req, found);
    const shown = ShownQuery.parse(req.body);
    flash(req, req.t.bulk.corrected);
    res.redirect(303, pageOf(found.id, shown.show, /^\d+$/.test(go) ? Number(go) : shown.from));
  });

  routes.post("/bulk-imports/:id/completion", "signed_in", async (req, res) => {
    const found = await openBulkImport(req.db, req.actor, idOf(req.params["id"]));
    if (found.state !== "preview") throw conflict("import_over");
    await correct(req, found);
    if ((await roomExceeded(req, found)) !== undefined) return showReport(req, res.status(422), await openBulkImport(req.db, req.actor, found.id));
    await saveStart(req.db, found, found.revision + 1, actOf(req));
    res.redirect(303, `/bulk-imports/${found.id}`);
  });

  routes.post("/bulk-imports/:id/undoing", "signed_in", async (req, res) => {
    const found = await openBulkImport(req.db, req.actor, idOf(req.params["id"]));
    const { gone, kept } = await undoBulkImport(req.db, req.blobs, found, actOf(req));
    flash(req, req.t.bulk.undone(gone));
    if (kept > 0) flash(req, req.t.bulk.undone_kept(kept), "warn");
    res.redirect(303, `/bulk-imports/${found.id}`);
  });

  routes.post("/bulk-imports/:id/retry", "signed_in", async (req, res) => {
    const found = await openBulkImport(req.db, req.actor, idOf(req.params["id"]));
    await saveRetry(req.db, found, actOf(req));
    res.redirect(303, `/bulk-imports/${found.id}`);
  });

  routes.post("/bulk-imports/:id/removal", "signed_in", async (req, res) => {
    const arrival = await openArrival(req.db, req.actor, idOf(req.params["id"]));
    if (arrival) {
      await removeArrival(req.db, req.blobs, arrival, actOf(req));
      flash(req, req.t.bulk.discarded);
      return res.redirect(303, `/schools/${arrival.school_id}/bulk-imports`);
    }
    const found = await openBulkImport(req.db, req.actor, idOf(req.params["id"]));
    await removeStaged(req.db, req.blobs, found, actOf(req));
    flash(req, req.t.bulk.discarded);
    res.redirect(303, `/schools/${found.school_id}/bulk-imports`);
  });
}

function pageOf(id: string, show: Filter, from: number): string {
  const query = new URLSearchParams({ ...(show === "all" ? {} : { show }), ...(from > 1 ? { from: String(from) } : {}) }).toString();
  return `/bulk-imports/${id}${query === "" ? "" : `?${query}`}`;
}

/** Keeps what stands in the page's fields, whichever button was pressed. @returns where to go on */
async function correct(req: Request, found: Import): Promise<string> {
  if (found.state !== "preview") throw conflict("import_over");
  const form = readForm(CorrectionsForm, req.body);
  if (!form.ok) throw invalid();
  const typed = typedOf(req.body as object);
  const rows = await rowsAt(req.db, found, form.value.rows === "" ? [] : form.value.rows.split(",").map(Number));
  const chosen = rows.map((row) => typed[`lesson.${row.position}`]).filter((id): id is string => typeof id === "string" && id !== "");
  const [lessons, subjects] = await Promise.all([findLessons(req.db, found.school, chosen), listSubjects(req.db)]);
  const read = correctionsOf(typed, rows, { lessons, subjects: new Set(subjects.map((subject) => subject.code)) });
  // Of a material that is restored as it was only whether it comes along is anybody's choice.
  const kept = read.map((one, i) => {
    const row = rows[i];
    return row === undefined || (row.meta.record === undefined && row.meta.collection === undefined) ? one : { position: row.position, title: row.title, kind: row.kind, subject_code: row.subject_code, grade: row.grade, plan_lesson_id: row.plan_lesson_id, skip: one.skip };
  });
  await saveCorrections(req.db, found, form.value.revision, kept, found.restores ? false : form.value.submits === "yes");
  return form.value.go;
}

/** What the school may still store, where that is less than the import would add; undefined where there is room. */
async function roomExceeded(req: Request, found: Import): Promise<number | undefined> {
  const [bytes, room] = await Promise.all([bytesToAdd(req.db, found), roomOf(req.db, found.school_id, req.config.schoolQuotaBytes)]);
  return bytes > room.left ? room.left : undefined;
}

/** The ZIP is here and is being read, or could not be. */
function showArrival(req: Request, res: Response, arrival: Granted<"edit", BulkArrival>): void {
  const page = arrivalPage({ t: req.t, f: req.f, lang: req.lang }, arrival);
  const crumbs = [{ href: `/schools/${arrival.school_id}/materials`, label: req.t.materials.materials }, { href: `/schools/${arrival.school_id}/bulk-imports`, label: req.t.bulk.title }, { label: arrival.file_name }];
  res.page("bulk/arrival", page, { title: page.head.title, crumbs, scripts: ["js/job-progress.js"] });
}

async function showReport(req: Request, res: Response, found: Import): Promise<void> {
  const { show, from } = ShownQuery.parse(req.query);
  const year = await yearOfDay(req.db, dayOf(req.now));
  const [counts, rows, before, lessons, subjects, quotaLeft] = await Promise.all([
    countRows(req.db, found),
    listRows(req.db, found, show, from),
    positionBefore(req.db, found, show, from),
    listPlanLessons(req.db, found.school, year?.id ?? ""),
    listSubjects(req.db),
    found.state === "preview" ? roomExceeded(req, found) : undefined,
  ]);
  const page = reportPage({ t: req.t, f: req.f, lang: req.lang }, { found, counts, rows, filter: show, from, before, lessons, subjects, quotaLeft });
  const crumbs = [{ href: `/schools/${found.school_id}/materials`, label: req.t.materials.materials }, { href: `/schools/${found.school_id}/bulk-imports`, label: req.t.bulk.title }, { label: found.file_name }];
  res.page("bulk/report", page, { title: page.head.title, crumbs, wide: true, scripts: ["js/bulk-report.js", "js/job-progress.js"] });
}
