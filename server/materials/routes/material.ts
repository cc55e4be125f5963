import type { Request, Response } from "express";
import type { Granted } from "../../access/policy.ts";
import { ensureHarmless } from "../../digitising/access.ts";
import type { RenditionRow } from "../../digitising/store.ts";
import { conflict, invalid, notFound } from "../../platform/errors.ts";
import { FILE_KINDS } from "../../platform/web/file-kinds.ts";
import { blankForm, readForm, typedOf, type FieldError } from "../../platform/web/form.ts";
import { idOf, type FeatureRoutes } from "../../platform/web/router.ts";
import { sendBlob } from "../../platform/web/send-blob.ts";
import { flash } from "../../shell/layout.ts";
import type { FormState } from "../../shell/form-fields.ts";
import { openForLinks, openMaterial, openRendition, openShelf, openShownVersion, openVersion } from "../access.ts";
import { LinkForm, MetadataForm } from "../forms.ts";
import { editPage } from "../pages/material.ts";
import { licencePermitted, scopeMove, scopeOf, scopeProblem, type Scope } from "../rules.ts";
import { listSubjects, type MaterialRow, type VersionRow } from "../store.ts";
import { removeLink, saveLinks, saveMetadata, saveVersion } from "../store/upload.ts";
import { showMaterial } from "./show.ts";
import { actOf, speechOf } from "./speech.ts";
import { takeVersion } from "./uploads.ts";

/** One material: its page, its files, its metadata, versions and lessons. */
export function addMaterial(routes: FeatureRoutes): void {
  routes.get("/materials/:id", "signed_in", async (req, res) => {
    await showMaterial(req, res, await openMaterial(req.db, req.actor, idOf(req.params["id"]), "read", req.now), {});
  });

  routes.get("/materials/:id/file", "signed_in", async (req, res) => {
    await send(req, res, (await openShownVersion(req.db, req.actor, idOf(req.params["id"]), req.now)).version);
  });

  routes.get("/materials/:id/versions/:versionId/file", "signed_in", async (req, res) => {
    const { version } = await openVersion(req.db, req.actor, idOf(req.params["id"]), idOf(req.params["versionId"]), req.now);
    await send(req, res, version);
  });

  routes.get("/materials/:id/versions/:versionId/renditions/:kind", "signed_in", async (req, res) => {
    await sendRendition(req, res, await openRendition(req.db, req.actor, idOf(req.params["id"]), idOf(req.params["versionId"]), String(req.params["kind"]), req.now));
  });

  routes.get("/materials/:id/versions/:versionId/renditions/:kind/playlist.m3u8", "signed_in", async (req, res) => {
    const { rendition } = await openRendition(req.db, req.actor, idOf(req.params["id"]), idOf(req.params["versionId"]), String(req.params["kind"]), req.now);
    sendPlaylist(res, rendition);
  });

  routes.get("/materials/:id/edit", "signed_in", async (req, res) => {
    await showEdit(req, res, await openMaterial(req.db, req.actor, idOf(req.params["id"]), "edit", req.now), blankForm(), false);
  });

  routes.post("/materials/:id/metadata", "signed_in", async (req, res) => {
    const material = await openMaterial(req.db, req.actor, idOf(req.params["id"]), "edit", req.now);
    const form = readForm(MetadataForm, req.body);
    if (!form.ok) return showEdit(req, res.status(422), material, form, false);
    const { revision, ...meta } = form.value;
    const subjects = await listSubjects(req.db);
    if (meta.subject_code !== null && !subjects.some((subject) => subject.code === meta.subject_code)) {
      const errors = [{ field: "subject_code", code: "not_a_choice", params: {} }];
      return showEdit(req, res.status(422), material, { errors, typed: typedOf(req.body) }, false);
    }
    const problem = sharingProblem(material, meta);
    if (problem !== undefined) return showEdit(req, res.status(422), material, { errors: [problem], typed: typedOf(req.body) }, false);
    if (!(await saveMetadata(req.db, material, meta, revision, actOf(req)))) {
      return showEdit(req, res.status(409), material, { errors: [], typed: typedOf(req.body) }, true);
    }
    flash(req, scopeMove(scopeOf(material.scope), meta.scope) === "waits" ? req.t.materials.described_scope_waits : req.t.materials.described);
    res.redirect(303, `/materials/${material.id}`);
  });

  routes.post("/materials/:id/versions", "signed_in", async (req, res) => {
    const material = await openMaterial(req.db, req.actor, idOf(req.params["id"]), "edit", req.now);
    const refused = await takeVersion(req, res, material.school.id, async (file, problems) => {
      if (file === undefined) return problems;
      await req.blobs.adopt(file);
      await saveVersion(req.db, material, { hash: file.hash, size: file.size, name: file.name, mime: file.kind.mime }, actOf(req));
      return undefined;
    });
    if (refused !== undefined) return showMaterial(req, res.status(422), material, { refused, missing: refused.length === 0 });
    flash(req, req.t.materials.version_saved);
    res.redirect(303, `/materials/${material.id}`);
  });

  routes.post("/materials/:id/lessons", "signed_in", async (req, res) => {
    const material = await openForLinks(req.db, req.actor, idOf(req.params["id"]), req.now);
    const form = readForm(LinkForm, req.body);
    if (!form.ok) throw invalid();
    const lesson = await openShelf(req.db, req.actor, form.value.lesson, "read");
    if (lesson.school.id !== material.school_id || lesson.removed_at !== null) throw notFound();
    await saveLinks(req.db, material, [lesson], actOf(req));
    flash(req, req.t.materials.linked);
    res.redirect(303, `/materials/${material.id}`);
  });

  routes.post("/materials/:id/lessons/:lessonId/removal", "signed_in", async (req, res) => {
    const material = await openForLinks(req.db, req.actor, idOf(req.params["id"]), req.now);
    if (!(await removeLink(req.db, material, idOf(req.params["lessonId"]), actOf(req)))) throw conflict();
    flash(req, req.t.materials.unlinked);
    res.redirect(303, `/materials/${material.id}`);
  });
}

/** What the licence, or that of the original, does not permit. */
function sharingProblem(material: MaterialRow, meta: { licence: string; scope: Scope }): FieldError | undefined {
  if (!licencePermitted(material.origin, material.from_licence, meta.licence)) return { field: "licence", code: "licence_not_compatible", params: {} };
  const problem = scopeProblem({ licence: meta.licence, origin: material.origin }, meta.scope);
  return problem && { field: "scope", code: problem, params: {} };
}

async function send(req: Request, res: Response, version: VersionRow): Promise<void> {
  await ensureHarmless(req.db, version.blob_hash, req.config);
  const show = req.query["as"] === "download" ? "attachment" : "inline";
  return sendBlob(req, res, req.blobs, { hash: version.blob_hash, size: version.size_bytes, mime: version.mime, name: version.file_name, show });
}

/** What was made of a file, under the file's name with its own ending. */
export function sendRendition(req: Request, res: Response, { version, rendition }: { version: VersionRow; rendition: RenditionRow }): Promise<void> {
  const ext = FILE_KINDS.find((kind) => kind.mime === rendition.mime)?.ext;
  const name = ext === undefined ? version.file_name : `${version.file_name.replace(/\.[^.]{1,8}$/, "")}.${ext}`;
  const show = req.query["as"] === "download" ? "attachment" : "inline";
  return sendBlob(req, res, req.blobs, { hash: rendition.rendition_hash, size: rendition.size_bytes, mime: rendition.mime, name, show });
}

/** The list of pieces of a film (HLS): byte ranges of the one file that stands beside it. */
export function sendPlaylist(res: Response, rendition: { kind: string; details: Record<string, unknown> }): void {
  const { playlist } = rendition.details;
  if (typeof playlist !== "string") throw notFound();
  // In the list the file is called as its maker called it; from here it lies one step up.
  const own = playlist.replace(/^media\.mp4$/gm, `../${rendition.kind}`).replaceAll('URI="media.mp4"', `URI="../${rendition.kind}"`);
  res.type("application/vnd.apple.mpegurl").send(own);
}

async function showEdit(req: Request, res: Response, material: Granted<"edit", MaterialRow>, state: FormState, changedMeanwhile: boolean): Promise<void> {
  // After a conflict the form carries the revision of now, so that saving again is a decision and not an accident.
  const page = editPage(speechOf(req), material, await listSubjects(req.db), state, changedMeanwhile);
  res.page("materials/edit", page, {
    title: page.head.title,
    crumbs: [{ href: `/materials/${material.id}`, label: material.title }, { label: req.t.materials.edit }],
  });
}

