import { readFile } from "node:fs/promises";
import { Readable } from "node:stream";
import type { Request, Response } from "express";
import { conflict, invalid } from "../../platform/errors.ts";
import { sayText } from "../../platform/messages.ts";
import { readForm, type FieldError, type Typed } from "../../platform/web/form.ts";
import { idOf, type FeatureRoutes } from "../../platform/web/router.ts";
import { sendBlob } from "../../platform/web/send-blob.ts";
import { withUploads } from "../../platform/web/uploads.ts";
import { readCaptions } from "../../platform/web/web-vtt.ts";
import { flash } from "../../shell/layout.ts";
import { openCaptions, openForCaptions } from "../access.ts";
import { CaptionsForm } from "../forms.ts";
import { lackOfRoom } from "../store/quota.ts";
import { CAPTIONS_MIME, removeCaptions, saveCaptions } from "../store/captions.ts";
import { showMaterial } from "./show.ts";
import { actOf } from "./speech.ts";

/** Two hours of talk are some 200 KB. */
const CAPTIONS_BYTES_MAX = 2_000_000;
const CAPTION_FILES = new Set(["vtt", "srt", "txt"]);

/** Captions of a video: given with one version of it, in one language each. */
export function addCaptions(routes: FeatureRoutes): void {
  const base = "/materials/:id/versions/:versionId/captions";

  routes.get(`${base}/:captionsId`, "signed_in", async (req, res) => {
    const found = await openCaptions(req.db, req.actor, idOf(req.params["id"]), idOf(req.params["versionId"]), idOf(req.params["captionsId"]), req.now);
    await sendBlob(req, res, req.blobs, { hash: found.blob_hash, size: found.size_bytes, mime: CAPTIONS_MIME, name: `${found.language}.vtt`, show: "inline" });
  });

  routes.post(base, "signed_in", async (req, res) => {
    const { material, version } = await openForCaptions(req.db, req.actor, idOf(req.params["id"]), idOf(req.params["versionId"]), req.now);
    if (!version.mime.startsWith("video/")) throw invalid("captions_no_video");
    const rules = { store: req.blobs, field: "files", filesMax: 1, bytesMax: CAPTIONS_BYTES_MAX, accept: CAPTION_FILES };
    const problem = await withUploads(req, res, rules, async ({ fields, files, refused }): Promise<{ text: string; typed: Typed } | undefined> => {
      const wrong = (error: FieldError | undefined): { text: string; typed: Typed } => ({ text: sayText(req.t.platform.fields, error?.code ?? "required", error?.params ?? {}), typed: fields });
      const form = readForm(CaptionsForm, fields);
      if (!form.ok) return wrong(form.errors[0]);
      const [no] = refused;
      if (no !== undefined) return { text: sayText(req.t.platform.files, no.code, no.params), typed: fields };
      const [file] = files;
      if (file === undefined) return wrong(undefined);
      const read = readCaptions(await readFile(file.path, "utf8"));
      if (!read.ok) return wrong({ field: "files", code: read.code, params: read.params });
      const lack = await lackOfRoom(req.db, material.school_id, { hash: file.hash, size: Buffer.byteLength(read.vtt) }, req.config.schoolQuotaBytes);
      if (lack) return { text: sayText(req.t.platform.files, "no_room", lack), typed: fields };
      const stored = await req.blobs.put(Readable.from([Buffer.from(read.vtt, "utf8")]));
      const label = form.value.label || (req.t.materials.languages[form.value.language] ?? form.value.language);
      await saveCaptions(req.db, material, version, { ...stored, language: form.value.language, label, cues: read.cues }, actOf(req));
      return undefined;
    });
    if (problem !== undefined) return showMaterial(req, res.status(422), material, { captions: problem });
    flash(req, req.t.materials.viewer.captions_saved);
    back(res, material.id);
  });

  routes.post(`${base}/:captionsId/removal`, "signed_in", (req, res) => remove(req, res));
}

async function remove(req: Request, res: Response): Promise<void> {
  const { material } = await openForCaptions(req.db, req.actor, idOf(req.params["id"]), idOf(req.params["versionId"]), req.now);
  if (!(await removeCaptions(req.db, material, idOf(req.params["captionsId"]), actOf(req)))) throw conflict();
  flash(req, req.t.materials.viewer.captions_removed);
  back(res, material.id);
}

function back(res: Response, materialId: string): void {
  res.redirect(303, `/materials/${materialId}#captions`);
}
