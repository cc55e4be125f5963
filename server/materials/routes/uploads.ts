import type { Request, Response } from "express";
import { sayText } from "../../platform/messages.ts";
import { withUploads, type Received, type ReceivedFile, type RefusedFile, type UploadRules } from "../../platform/web/uploads.ts";
import { flash } from "../../shell/layout.ts";
import { ACCEPTED, firstMetadata } from "../intake.ts";
import { FILES_MAX, type UploadForm } from "../pages/parts.ts";
import { holdsBlob, roomOf } from "../store/quota.ts";
import { saveUpload, type UploadPlace } from "../store/upload.ts";
import { actOf } from "./speech.ts";

/** What became of the files of a request. */
export interface Outcome {
  files: { id: string; name: string; known: boolean }[];
  refused: RefusedFile[];
}

export function uploadRules(req: Request, filesMax: number): UploadRules {
  return { store: req.blobs, field: "files", filesMax, bytesMax: req.config.uploadMaxBytes, accept: ACCEPTED };
}

/** The one file of a new version, if the school has room for it, and what was refused. */
export function takeVersion<T>(req: Request, res: Response, schoolId: string, use: (file: ReceivedFile | undefined, refused: RefusedFile[]) => Promise<T>): Promise<T> {
  return withUploads(req, res, uploadRules(req, 1), async (received) => {
    const { files, refused } = await withinRoom(req, schoolId, received);
    return use(files[0], refused);
  });
}

/** Takes the files of a request and saves each as a material of the place that `placeOf` reads from the form. */
export function takeFiles(req: Request, res: Response, placeOf: (fields: Received["fields"]) => UploadPlace): Promise<Outcome> {
  return withUploads(req, res, uploadRules(req, FILES_MAX), async (received) => {
    const place = placeOf(received.fields);
    const { files, refused } = await withinRoom(req, "lesson" in place ? place.lesson.school.id : place.school.id, received);
    const outcome: Outcome = { files: [], refused };
    for (const file of files) {
      await req.blobs.adopt(file);
      const meta = firstMetadata({ name: file.name, family: file.kind.family }, "lesson" in place ? place.lesson : undefined, req.actor.name);
      const saved = await saveUpload(req.db, place, { hash: file.hash, size: file.size, name: file.name, mime: file.kind.mime }, meta, actOf(req));
      outcome.files.push({ ...saved, name: file.name });
    }
    return outcome;
  });
}

/** What every form for files says: where it goes, how large files may be, what the school may still store. */
export async function formBasis(req: Request, place: string, schoolId: string): Promise<Pick<UploadForm, "action" | "place" | "max" | "room">> {
  const room = await roomOf(req.db, schoolId, req.config.schoolQuotaBytes);
  return { action: `${place}/materials`, place, max: { form: req.config.uploadMaxBytes, queue: req.config.resumableMaxBytes }, room };
}

/** Says of files that the school has no more room for that they were not kept; what it holds already takes none. */
async function withinRoom(req: Request, schoolId: string, received: Received): Promise<Received> {
  const room = await roomOf(req.db, schoolId, req.config.schoolQuotaBytes);
  let left = room.left;
  const kept: Received = { ...received, files: [], refused: [...received.refused] };
  for (const file of received.files) {
    const needs = (await holdsBlob(req.db, schoolId, file.hash)) ? 0 : file.size;
    if (needs > left) kept.refused.push({ field: file.field, name: file.name, code: "no_room", params: { left, quota: room.quota } });
    else kept.files.push(file);
    left -= needs > left ? 0 : needs;
  }
  return kept;
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
