import { rm } from "node:fs/promises";
import { createReadStream } from "node:fs";
import path from "node:path";
import type { Request } from "express";
import sharp from "sharp";
import { openCourse, openLesson } from "../../courses/access.ts";
import { notFound } from "../../platform/errors.ts";
import { newId } from "../../platform/ids.ts";
import { sayText } from "../../platform/messages.ts";
import { RICH_TEXT_MAX } from "../../platform/rich-text.ts";
import { asksForJson, idOf, type FeatureRoutes } from "../../platform/web/router.ts";
import { sendBlob } from "../../platform/web/send-blob.ts";
import { withUploads, type Received, type ReceivedFile } from "../../platform/web/uploads.ts";
import { imageHref } from "../around.ts";
import { findImage, saveImage, type LessonImage } from "../store/authoring.ts";
import { byOf, openTaught, type Taught } from "./lesson.ts";
import { showText } from "./text.ts";

const IMAGE_KINDS = new Set(["jpg", "png", "gif", "webp", "avif"]);
const IMAGE_BYTES_MAX = 15_000_000;
/** Source: ASVS 5.2.6; a picture of more pixels is refused before it is drawn. */
const PIXELS_MAX = 40_000_000;
/** As wide as the text ever is, on a screen with two dots for each. */
const SIDE_MAX = 1600;

/** Pictures in a lesson's text: sent while writing, seen by whoever may read the lesson. */
export function addImageRoutes(routes: FeatureRoutes): void {
  const base = "/courses/:id/lessons/:lessonId/images";

  routes.post(base, "signed_in", async (req, res) => {
    const taught = await openTaught(req);
    const say = (status: number, problem: string, typed: string): unknown => (asksForJson(req) ? res.status(status).json({ problem }) : showText(req, res.status(status), taught, { body: typed, problem }));
    if (!req.is("multipart/form-data")) return void (await say(422, req.t.courses.image_missing, ""));
    const rules = { store: req.blobs, field: "image", filesMax: 1, bytesMax: IMAGE_BYTES_MAX, accept: IMAGE_KINDS };
    await withUploads(req, res, rules, async (received) => {
      const typed = textIn(received, "body", RICH_TEXT_MAX);
      const [file] = received.files;
      const [refused] = received.refused;
      const alt = textIn(received, "alt", 300).replace(/\s+/g, " ").trim();
      if (refused) return say(422, sayText(req.t.platform.files, refused.code, refused.params), typed);
      if (file === undefined) return say(422, req.t.courses.image_missing, typed);
      if (alt === "") return say(422, req.t.courses.image_alt_missing, typed);
      const image = await keep(req, taught, file, alt);
      if (image === undefined) return say(422, req.t.courses.image_unreadable, typed);
      const markdown = `![${alt.replace(/[[\]\\]/g, "")}](image:${image.id})`;
      if (asksForJson(req)) return res.status(201).json({ markdown, src: imageHref({ courseId: taught.course.id, lessonId: taught.lesson.id }, image.id) });
      return showText(req, res, taught, { body: `${typed.trimEnd()}\n\n${markdown}\n`, added: req.t.courses.image_added });
    });
  });

  routes.get(`${base}/:imageId`, "signed_in", async (req, res) => {
    const course = await openCourse(req.db, req.actor, idOf(req.params["id"]), "read");
    const lesson = await openLesson(req.db, course, idOf(req.params["lessonId"]));
    const image = await findImage(req.db, course, lesson.id, idOf(req.params["imageId"]));
    if (!image) throw notFound();
    await sendBlob(req, res, req.blobs, { hash: image.blob_hash, size: image.size_bytes, mime: image.mime, name: `${image.id}.webp`, show: "inline" });
  });
}

function textIn(received: Received, name: string, max: number): string {
  const value = received.fields[name];
  return typeof value === "string" ? value.slice(0, max).replace(/\r\n/g, "\n") : "";
}

/** Draws the picture anew: turned as the camera held it, no larger than needed, without place, date or anything else in it. */
async function keep(req: Request, taught: Taught, file: ReceivedFile, alt: string): Promise<LessonImage | undefined> {
  const target = path.join(req.blobs.incoming, newId());
  try {
    const drawn = await sharp(file.path, { limitInputPixels: PIXELS_MAX, failOn: "error" })
      .rotate()
      .resize({ width: SIDE_MAX, height: SIDE_MAX, fit: "inside", withoutEnlargement: true })
      .webp({ quality: 82 })
      .toFile(target)
      .catch(() => undefined);
    if (drawn === undefined) return undefined;
    const stored = await req.blobs.put(createReadStream(target));
    return await saveImage(req.db, taught.course, taught.lesson, { ...stored, mime: "image/webp", width: drawn.width, height: drawn.height, alt }, byOf(req));
  } finally {
    await rm(target, { force: true });
  }
}
