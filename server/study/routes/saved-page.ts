import { rm } from "node:fs/promises";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import type { Request } from "express";
import { openMaterial, openShelf } from "../../materials/access.ts";
import { guessKind } from "../../materials/rules.ts";
import { lackOfRoom } from "../../materials/store/quota.ts";
import type { UploadedFile } from "../../materials/store/upload.ts";
import { conflict, invalid } from "../../platform/errors.ts";
import { sayText } from "../../platform/messages.ts";
import { PAGE_BYTES_MAX, pageDocument } from "../../platform/page-document.ts";
import { richText } from "../../platform/rich-text.ts";
import { writeHashed } from "../../platform/storage/disk.ts";
import { fold } from "../../platform/text.ts";
import { cleanName, PAGE_MIME } from "../../platform/web/file-kinds.ts";
import { readForm } from "../../platform/web/form.ts";
import type { FeatureRoutes } from "../../platform/web/router.ts";
import { flash } from "../../shell/layout.ts";
import { aroundText, imageHref } from "../around.ts";
import { SavePageForm } from "../forms.ts";
import { subjectOf } from "../pages.ts";
import { withoutNotes } from "../rules/slides.ts";
import { listImages } from "../store/authoring.ts";
import { findSavedPage, savePageAsMaterial, savePageAsVersion } from "../store/saved-page.ts";
import { byOf, openTaught, type Taught } from "./lesson.ts";

/** A lesson's text as a material of the library: a file of its own, which goes the way of every file. */
export function addSavedPageRoutes(routes: FeatureRoutes): void {
  routes.post("/courses/:id/lessons/:lessonId/material", "signed_in", async (req, res) => {
    const taught = await openTaught(req);
    const { course, lesson, base } = taught;
    const form = readForm(SavePageForm, req.body);
    if (!form.ok || lesson.body === "") throw invalid();
    if (form.value.revision !== lesson.revision) throw conflict("lesson_text_moved"); // what is saved is what the person sees
    const saved = await findSavedPage(req.db, course, lesson.id);
    if (saved?.revision === lesson.revision) return res.redirect(303, `/materials/${saved.material_id}`); // pressed twice
    const material = saved && (await openMaterial(req.db, req.actor, saved.material_id, "edit", req.now));
    const shelf = await openShelf(req.db, req.actor, lesson.id, "upload");
    const file = await fileOf(req, taught, shelf.school.id);
    if (file === undefined) return res.redirect(303, base);
    if (material !== undefined) {
      await savePageAsVersion(req.db, course, lesson, material, file, byOf(req));
      flash(req, req.t.courses.page_version_saved);
      return res.redirect(303, `/materials/${material.id}`);
    }
    const meta = { title: lesson.title, kind: guessKind(fold(lesson.title), "page", lesson.kind), author: req.actor.name };
    const id = await savePageAsMaterial(req.db, course, lesson, shelf, file, meta, byOf(req));
    flash(req, req.t.courses.page_saved);
    return res.redirect(303, `/materials/${id}`);
  });
}

/** The page as a file in the store; nothing, and the next page says why, where it is too large or the school has no room. */
async function fileOf(req: Request, { course, lesson }: Taught, schoolId: string): Promise<UploadedFile | undefined> {
  const place = { courseId: course.id, lessonId: lesson.id };
  const text = withoutNotes(lesson.body);
  const around = await aroundText(req.db, req.actor, req.f, place, text);
  const byline = [`${subjectOf(course, req)} ${course.grade}`, course.school_name, req.actor.name].join(" · ");
  const bytes = Buffer.from(pageDocument({ lang: req.lang, title: lesson.title, byline, body: richText(text, around), images: await picturesIn(req, course, lesson.id, text), baseUrl: req.config.baseUrl }), "utf8");
  const refuse = (code: string, params: Record<string, number>): undefined => void flash(req, sayText(req.t.platform.files, code, params), "bad");
  if (bytes.length > PAGE_BYTES_MAX) return refuse("too_large", { max: PAGE_BYTES_MAX });
  const written = await writeHashed(Readable.from([bytes]), req.blobs.incoming);
  const lack = await lackOfRoom(req.db, schoolId, written, req.config.schoolQuotaBytes);
  if (lack) {
    await rm(written.path, { force: true });
    return refuse("no_room", lack);
  }
  return { ...(await req.blobs.adopt(written)), name: cleanName(`${lesson.title}.html`), mime: PAGE_MIME };
}

/** The pictures that the text shows, in base64, by their address. */
async function picturesIn(req: Request, course: Taught["course"], lessonId: string, text: string): Promise<Map<string, string>> {
  const images = (await listImages(req.db, course, lessonId)).filter((image) => text.includes(`(image:${image.id})`));
  const pictures = new Map<string, string>();
  if (images.reduce((sum, image) => sum + image.size_bytes, 0) > PAGE_BYTES_MAX) return pictures; // their words stay; the file would be refused
  for (const image of images) {
    const bytes = await buffer(await req.blobs.open(image.blob_hash));
    pictures.set(imageHref({ courseId: course.id, lessonId }, image.id), bytes.toString("base64"));
  }
  return pictures;
}
