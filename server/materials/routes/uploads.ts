import type { Request, Response } from "express";
import { sayText } from "../../platform/messages.ts";
import { fold } from "../../platform/text.ts";
import { extensionOf } from "../../platform/web/file-kinds.ts";
import { withUploads, type Received, type ReceivedFile, type RefusedFile, type UploadRules } from "../../platform/web/uploads.ts";
import { flash } from "../../shell/layout.ts";
import { ACCEPTED, FILES_MAX } from "../pages/parts.ts";
import { guessKind, titleFrom } from "../rules.ts";
import type { LessonRow } from "../store.ts";
import { saveUpload, type UploadPlace } from "../store/upload.ts";
import { actOf } from "./speech.ts";

/** What became of the files of a request. */
export interface Outcome {
  files: { id: string; name: string; known: boolean }[];
  refused: RefusedFile[];
}

export function uploadRules(req: Request, filesMax = FILES_MAX): UploadRules {
  return { store: req.blobs, field: "files", filesMax, bytesMax: req.config.uploadMaxBytes, accept: ACCEPTED };
}

/** Takes the files of a request and saves each as a material of the place that `placeOf` reads from the form. */
export function takeFiles(req: Request, res: Response, placeOf: (fields: Received["fields"]) => UploadPlace): Promise<Outcome> {
  return withUploads(req, res, uploadRules(req), async (received) => {
    const place = placeOf(received.fields);
    const outcome: Outcome = { files: [], refused: received.refused };
    for (const file of received.files) {
      await req.blobs.adopt(file);
      const saved = await saveUpload(
        req.db,
        place,
        { hash: file.hash, size: file.size, name: file.name, mime: file.kind.mime },
        { ...guessed(file, "lesson" in place ? place.lesson : undefined), author: req.actor.name },
        actOf(req),
      );
      outcome.files.push({ ...saved, name: file.name });
    }
    return outcome;
  });
}

function guessed(file: ReceivedFile, lesson: LessonRow | undefined): { title: string; kind: ReturnType<typeof guessKind> } {
  const ext = extensionOf(file.name);
  const stem = ext === "" ? file.name : file.name.slice(0, -(ext.length + 1));
  return { title: titleFrom(stem, fold(stem), lesson?.title), kind: guessKind(fold(stem).replace(/[_-]/g, " "), file.kind.family, lesson?.kind) };
}

/** Whether the queue of the page asks, which shows the answer itself. */
export function asksForJson(req: Request): boolean {
  return req.accepts(["html", "json"]) === "json";
}

/** The answer to the queue: one line for each file. */
export function answerQueue(req: Request, res: Response, outcome: Outcome): void {
  const taken = outcome.files.map((file) => ({ name: file.name, status: file.known ? "known" : "saved", href: `/materials/${file.id}` }));
  const refused = outcome.refused.map((file) => ({ name: file.name, status: "refused", reason: sayText(req.t.platform.files, file.code, file.params) }));
  res.status(taken.length > 0 ? 201 : 422).json({ files: [...taken, ...refused] });
}

/** Says on the next page what became of the files. */
export function flashOutcome(req: Request, outcome: Outcome): void {
  const known = outcome.files.filter((file) => file.known).length;
  const saved = outcome.files.length - known;
  if (saved > 0) flash(req, req.t.materials.saved(saved));
  if (known > 0) flash(req, req.t.materials.known(known), "warn");
  for (const file of outcome.refused) flash(req, `${file.name}: ${sayText(req.t.platform.files, file.code, file.params)}`, "bad");
}
