import { rm } from "node:fs/promises";
import type { Request, Response } from "express";
import type { Granted } from "../../access/policy.ts";
import { ConversionFailed } from "../../digitising/failures.ts";
import { composePhotos, PHOTOS_MAX } from "../../digitising/photos.ts";
import { findDigitisation } from "../../digitising/store.ts";
import { countRead, findOcrPage, nextUnsurePage, type OcrPageShown } from "../../digitising/store/words.ts";
import { toolsHere } from "../../digitising/tools.ts";
import { invalid, notFound } from "../../platform/errors.ts";
import { sayText } from "../../platform/messages.ts";
import { cleanName } from "../../platform/web/file-kinds.ts";
import { readForm } from "../../platform/web/form.ts";
import { asksForJson, idOf, type FeatureRoutes } from "../../platform/web/router.ts";
import { withUploads } from "../../platform/web/uploads.ts";
import { flash } from "../../shell/layout.ts";
import { openMaterial, openShelf, openVersion } from "../access.ts";
import { TextForm, wordsOf } from "../forms.ts";
import { progressOf, textPage, textHref } from "../pages/text.ts";
import type { LessonRow, MaterialRow, VersionRow } from "../store.ts";
import { saveText } from "../store/text.ts";
import { lackOfRoom } from "../store/quota.ts";
import { saveUpload } from "../store/upload.ts";
import { showShelf } from "./library.ts";
import { actOf, speechOf } from "./speech.ts";

/** How far a file's digitising is, the text that was read off its pages, and photos of pages as one document. */
export function addDigitised(routes: FeatureRoutes): void {
  routes.get("/materials/:id/versions/:versionId/digitising", "signed_in", async (req, res) => {
    const { version } = await openVersion(req.db, req.actor, idOf(req.params["id"]), idOf(req.params["versionId"]), req.now);
    const row = await findDigitisation(req.db, version.blob_hash);
    if (row === undefined) throw notFound();
    const { label, value, text } = progressOf(req.t, row);
    res.json({ running: row.state === "waiting" || row.state === "running", label, value, text });
  });

  routes.get("/materials/:id/versions/:versionId/text/:page", "signed_in", async (req, res) => {
    const { material, version, page } = await openText(req);
    const [read, nextUnsure] = await Promise.all([countRead(req.db, version.blob_hash), nextUnsurePage(req.db, version.blob_hash, page.page)]);
    res.page("materials/text", textPage(speechOf(req), { material, version, page, read, nextUnsure, all: req.query["all"] === "yes" }), {
      title: `${req.t.digitising.text_title}: ${material.title}`,
      crumbs: [{ href: `/materials/${material.id}`, label: material.title }, { label: req.t.digitising.text_title }],
      scripts: ["js/word-fixer.js"],
      wide: true,
    });
  });

  routes.post("/materials/:id/versions/:versionId/text/:page", "signed_in", async (req, res) => {
    const { material, version, page } = await openText(req);
    const form = readForm(TextForm, req.body);
    if (!form.ok) throw invalid();
    const changed = await saveText(req.db, material, version, { page: page.page, revision: form.value.revision }, wordsOf(form.value), actOf(req));
    flash(req, req.t.digitising.text_saved(changed));
    res.redirect(303, textHref(version, (await nextUnsurePage(req.db, version.blob_hash, page.page)) ?? page.page));
  });

  routes.post("/plan-lessons/:id/photographed-pages", "signed_in", async (req, res) => {
    const lesson = await openShelf(req.db, req.actor, idOf(req.params["id"]), "upload");
    const sent = await takePhotos(req, res, lesson);
    if ("id" in sent) {
      flash(req, req.t.digitising.photos.saved);
      if (asksForJson(req)) return void res.status(201).json({ href: `/materials/${sent.id}` });
      return res.redirect(303, `/materials/${sent.id}`);
    }
    if (asksForJson(req)) return void res.status(422).json({ reason: sent.problem });
    await showShelf(req, res.status(422), await openShelf(req.db, req.actor, lesson.id, "read"), { photos: sent });
  });
}

/** A page of the recognised text, for those who may edit the material. */
async function openText(req: Request): Promise<{ material: Granted<"edit", MaterialRow>; version: VersionRow; page: OcrPageShown }> {
  const material = await openMaterial(req.db, req.actor, idOf(req.params["id"]), "edit", req.now);
  const { version } = await openVersion(req.db, req.actor, material.id, idOf(req.params["versionId"]), req.now);
  const number = /^\d{1,4}$/.test(String(req.params["page"])) ? Number(req.params["page"]) : 0;
  const page = await findOcrPage(req.db, version.blob_hash, number);
  if (page === undefined) throw notFound();
  return { material, version, page };
}

const PHOTO_KINDS: ReadonlySet<string> = new Set(["jpg", "png", "webp"]);

/** One document of the photos of a form, or what is wrong with them; one bad photo and nothing is put together. */
function takePhotos(req: Request, res: Response, lesson: Granted<"upload", LessonRow>): Promise<{ id: string } | { problem: string; title: string }> {
  const rules = { store: req.blobs, field: "photos", filesMax: PHOTOS_MAX, bytesMax: req.config.uploadMaxBytes, accept: PHOTO_KINDS };
  return withUploads(req, res, rules, async ({ fields, files, refused }) => {
    const typed = typeof fields["title"] === "string" ? fields["title"].trim().slice(0, 200) : "";
    const [wrong] = refused;
    if (wrong !== undefined) return { problem: `${wrong.name}: ${sayText(req.t.platform.files, wrong.code, wrong.params)}`, title: typed };
    if (files.length === 0) return { problem: req.t.digitising.photos.none, title: typed };
    try {
      const pdf = await composePhotos(files.map((file) => file.path), { blobs: req.blobs, tools: await toolsHere() });
      const lack = await lackOfRoom(req.db, lesson.school.id, pdf, req.config.schoolQuotaBytes);
      if (lack) {
        await rm(pdf.path, { force: true });
        return { problem: sayText(req.t.platform.files, "no_room", lack), title: typed };
      }
      const stored = await req.blobs.adopt(pdf);
      const title = typed === "" ? lesson.title : typed;
      const file = { ...stored, name: cleanName(`${title}.pdf`), mime: "application/pdf" };
      return await saveUpload(req.db, { lesson }, file, { title, kind: "other", author: req.actor.name }, actOf(req));
    } catch (error) {
      if (error instanceof ConversionFailed) return { problem: req.t.digitising.photos.failed, title: typed };
      throw error;
    }
  });
}
