import { pipeline } from "node:stream/promises";
import type { Request } from "express";
import { dayOf } from "../../platform/clock.ts";
import { conflict, notFound } from "../../platform/errors.ts";
import { idOf, type FeatureRoutes } from "../../platform/web/router.ts";
import { dispositionOf, sendBlob } from "../../platform/web/send-blob.ts";
import { flash } from "../../shell/layout.ts";
import { openBulkExport, openForExport } from "../access.ts";
import { archiveStream } from "../archive/write.ts";
import { exportPage } from "../pages.ts";
import { listExports, planExport, recordDownload, saveExportRequest, STREAM_BYTES_MAX, type ExportPlan } from "../store/export.ts";
import { actOf } from "./imports.ts";

/** A school's whole library as an archive: at once where it is small, prepared where it is large. */
export function addExportRoutes(routes: FeatureRoutes): void {
  routes.get("/schools/:id/library-exports", "signed_in", async (req, res) => {
    const school = await openForExport(req.db, req.actor, idOf(req.params["id"]));
    const [plan, exports] = await Promise.all([planExport(req.db, school), listExports(req.db, school)]);
    const page = exportPage({ t: req.t, f: req.f, lang: req.lang }, school, plan, streams(plan), exports);
    const crumbs = [{ href: `/schools/${school.id}/materials`, label: req.t.materials.materials }, { label: req.t.bulk.export }];
    res.page("bulk/export", page, { title: req.t.bulk.export, crumbs });
  });

  routes.post("/schools/:id/library-exports", "signed_in", async (req, res) => {
    const school = await openForExport(req.db, req.actor, idOf(req.params["id"]));
    const plan = await planExport(req.db, school);
    if (plan.materials === 0) throw conflict();
    await saveExportRequest(req.db, school, plan, (part, parts) => nameOf(req, school.name, part, parts), actOf(req));
    flash(req, req.t.bulk.export_started);
    res.redirect(303, `/schools/${school.id}/library-exports`);
  });

  routes.get("/schools/:id/library-archive", "signed_in", async (req, res) => {
    const school = await openForExport(req.db, req.actor, idOf(req.params["id"]));
    const plan = await planExport(req.db, school);
    const [ids] = plan.parts;
    if (ids === undefined || !streams(plan)) throw notFound();
    await recordDownload(req.db, school, plan, actOf(req));
    res.set({ "Content-Type": "application/zip", "Content-Disposition": dispositionOf("attachment", nameOf(req, school.name, 1, 1)), "X-Content-Type-Options": "nosniff", "Cache-Control": "private, no-store, no-transform" });
    const { stream, done } = archiveStream(req.db, req.blobs, { school: { id: school.id, name: school.name, code: school.code }, materialIds: ids, part: 1, parts: 1, at: req.now });
    // A browser that goes away ends the archive; a fault in the middle cuts the line, so that no half archive looks whole.
    await Promise.all([pipeline(stream, res), done]).catch((error: unknown) => {
      if (!res.headersSent) throw error;
      res.destroy();
    });
  });

  routes.get("/library-exports/:id/file", "signed_in", async (req, res) => {
    const one = await openBulkExport(req.db, req.actor, idOf(req.params["id"]));
    if (one.state !== "ready" || one.blob_hash === null) throw notFound();
    await sendBlob(req, res, req.blobs, { hash: one.blob_hash, size: one.size_bytes, mime: "application/zip", name: one.file_name, show: "attachment" });
  });
}

function streams(plan: ExportPlan): boolean {
  return plan.parts.length <= 1 && plan.bytes <= STREAM_BYTES_MAX;
}

function nameOf(req: Request, school: string, part: number, parts: number): string {
  return req.t.bulk.export_name(school, req.f.day(dayOf(req.now)).replaceAll("/", "-"), part, parts);
}
