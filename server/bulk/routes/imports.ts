import type { Request, Response } from "express";
import { schoolRefusal, type Granted } from "../../access/policy.ts";
import { listSubjects } from "../../materials/store.ts";
import { roomOf } from "../../materials/store/quota.ts";
import { openSchool } from "../../organisation/access.ts";
import type { UnitRow } from "../../organisation/store.ts";
import { sayText } from "../../platform/messages.ts";
import { FILE_KINDS } from "../../platform/web/file-kinds.ts";
import { readForm } from "../../platform/web/form.ts";
import { idOf, type FeatureRoutes } from "../../platform/web/router.ts";
import { withUploads, type Received, type ReceivedFile } from "../../platform/web/uploads.ts";
import { exportRefusal } from "../access.ts";
import { UploadForm } from "../forms.ts";
import { takeFiles, takeZip, type Bringer } from "../intake.ts";
import { isListFile, readListFile, type Arrived, type Judged } from "../judge.ts";
import { startPage } from "../pages.ts";
import type { ListedFile } from "../rules/columns.ts";
import { listBulkImports } from "../store.ts";
import { listArrivals } from "../store/arrivals.ts";
import type { Act } from "../store/stage.ts";
import { ArchiveRefused, ARRIVAL_BYTES_MAX, UNPACK } from "../unpack.ts";

type School = Granted<"upload", UnitRow>;

const ACCEPTED = new Set(FILE_KINDS.filter((kind) => kind.family !== "captions").map((kind) => kind.ext));
const FILES_MAX = 100;

/** Where a bulk import begins. ZIPs and folders come in pieces (upload-kind.ts); the form is for who has no script. */
export function addImportRoutes(routes: FeatureRoutes): void {
  routes.get("/schools/:id/bulk-imports", "signed_in", async (req, res) => {
    await showStart(req, res, await openSchool(req.db, req.actor, idOf(req.params["id"]), "upload"));
  });

  routes.post("/schools/:id/bulk-imports", "signed_in", async (req, res) => {
    const school = await openSchool(req.db, req.actor, idOf(req.params["id"]), "upload");
    if (!req.is("multipart/form-data")) return showStart(req, res.status(422), school, { problem: req.t.bulk.no_file });
    const rules = { store: req.blobs, field: "files", filesMax: FILES_MAX, bytesMax: req.config.uploadMaxBytes, accept: ACCEPTED, archives: true };
    await withUploads(req, res, rules, async (received) => {
      try {
        const id = await takeIn(req, school, received);
        if (id === undefined) return await showStart(req, res.status(422), school, { problem: problemOf(req, received), received });
        res.redirect(303, `/bulk-imports/${id}`);
      } catch (error) {
        if (!(error instanceof ArchiveRefused)) throw error;
        await showStart(req, res.status(422), school, { problem: sayText(req.t.bulk.archive_problems, error.problem, error.params), received });
      }
    });
  });
}

export function actOf(req: Request): Act {
  return { by: req.actor.personId, at: req.now, requestId: req.id };
}

function problemOf(req: Request, received: Received): string {
  const [refused] = received.refused;
  return refused === undefined ? req.t.bulk.no_file : `${refused.name}: ${sayText(req.t.platform.files, refused.code, refused.params)}`;
}

/**
 * Takes what was sent: an archive of a library, a ZIP of files, or files one by one with a list beside them.
 *
 * @returns the import's id, or nothing where there was no file
 */
async function takeIn(req: Request, school: School, received: Received): Promise<string | undefined> {
  const [zip] = received.files.filter((file) => file.kind.family === "archive");
  if (received.files.length === 0) return undefined;
  const form = readForm(UploadForm, received.fields);
  const list = await listBeside(received.files);
  const bringer: Bringer = { db: req.db, blobs: req.blobs, actor: req.actor, school, act: actOf(req), chosen: form.ok ? form.value : { subject_code: null, grade: null }, list: list?.lines };
  if (zip !== undefined) return takeZip(bringer, zip, { ...UNPACK, oneMax: Math.max(UNPACK.oneMax, req.config.uploadMaxBytes) });
  const arrived: Arrived[] = received.files.filter((file) => file !== list?.from).map((file) => ({ path: file.name, file, virus: false, known: file.kind }));
  return takeFiles(bringer, arrived, received.refused.map(({ name, code, params }) => refusedRow(name, code, params)), req.t.bulk.several_files);
}

function refusedRow(name: string, code: string, params: Record<string, string | number>): Judged["rows"][number] {
  return { path: name, file_name: name, state: "refused", refusal: { code, params }, blobHash: null, size: 0, mime: "", title: "", kind: "other", subject_code: null, grade: null, plan_lesson_id: null, certainty: "none", why: [], meta: {}, duplicateOf: null, sameAs: null };
}

/** A list that was chosen together with the files or the ZIP. */
async function listBeside(files: readonly ReceivedFile[]): Promise<{ from: ReceivedFile; lines: ListedFile[] } | undefined> {
  for (const file of files) {
    const kind = isListFile(file.name);
    const lines = kind && (await readListFile(file.path, kind));
    if (lines) return { from: file, lines };
  }
  return undefined;
}

async function showStart(req: Request, res: Response, school: School, wrong?: { problem: string; received?: Received }): Promise<void> {
  const leads = schoolRefusal(req.actor, "lead", school) === undefined;
  const by = leads ? null : req.actor.personId;
  const [subjects, imports, arrivals, room] = await Promise.all([listSubjects(req.db), listBulkImports(req.db, school, by), listArrivals(req.db, school, by), roomOf(req.db, school.id, req.config.schoolQuotaBytes)]);
  const typed = (name: string): string => {
    const value = wrong?.received?.fields[name];
    return typeof value === "string" ? value : "";
  };
  const page = startPage(
    { t: req.t, f: req.f, lang: req.lang },
    {
      ...{ school, subjects, imports, arrivals, room },
      max: { form: req.config.uploadMaxBytes, queue: Math.min(ARRIVAL_BYTES_MAX, req.config.resumableMaxBytes), files: UNPACK.entriesMax },
      problem: wrong?.problem,
      typed: { subject: typed("subject_code"), grade: typed("grade") },
      exports: exportRefusal(req.actor, school) === undefined,
    },
  );
  const crumbs = [{ href: `/schools/${school.id}/materials`, label: req.t.materials.materials }, { label: req.t.bulk.title }];
  res.page("bulk/start", page, { title: req.t.bulk.title, crumbs, scripts: ["js/bulk-folder.js", "js/upload-queue.js"] });
}
