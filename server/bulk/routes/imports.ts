import type { Request, Response } from "express";
import { schoolRefusal, type Granted } from "../../access/policy.ts";
import { yearOfDay } from "../../calendar/store.ts";
import { listSubjects } from "../../materials/store.ts";
import { openSchool } from "../../organisation/access.ts";
import type { UnitRow } from "../../organisation/store.ts";
import { dayOf } from "../../platform/clock.ts";
import { sayText } from "../../platform/messages.ts";
import { FILE_KINDS } from "../../platform/web/file-kinds.ts";
import { readForm } from "../../platform/web/form.ts";
import { idOf, type FeatureRoutes } from "../../platform/web/router.ts";
import { withUploads, type Received, type ReceivedFile } from "../../platform/web/uploads.ts";
import { exportRefusal } from "../access.ts";
import { archivePrefix, readArchive, rowsOfArchive } from "../archive/read.ts";
import { UploadForm } from "../forms.ts";
import { isListFile, judgeFiles, readListFile, type Arrived, type Judged, type Surroundings } from "../judge.ts";
import { startPage } from "../pages.ts";
import { candidatesOf, type Candidate } from "../rules/match.ts";
import { findDuplicates, listBulkImports, listPlanLessons } from "../store.ts";
import { saveStaged, type Act, type NewImport } from "../store/stage.ts";
import { ArchiveRefused, UNPACK, withUnpacked, type Unpacked } from "../unpack.ts";

type School = Granted<"upload", UnitRow>;

const ACCEPTED = new Set(FILE_KINDS.filter((kind) => kind.family !== "captions").map((kind) => kind.ext));
const FILES_MAX = 100;

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
        if (req.accepts(["html", "json"]) === "json") res.status(201).json({ href: `/bulk-imports/${id}` });
        else res.redirect(303, `/bulk-imports/${id}`);
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
  const zips = received.files.filter((file) => file.kind.family === "archive");
  const form = readForm(UploadForm, received.fields);
  const chosen = form.ok ? form.value : { subject_code: null, grade: null };
  const [zip] = zips;
  if (zip !== undefined) return withUnpacked(zip.path, req.blobs.incoming, { ...UNPACK, oneMax: Math.max(UNPACK.oneMax, req.config.uploadMaxBytes) }, (files) => takeZip(req, school, zip.name, files, { received, chosen }));
  if (received.files.length === 0) return undefined;
  const list = await listBeside(received.files);
  const arrived: Arrived[] = received.files.filter((file) => file !== list?.from).map((file) => ({ path: file.name, file, virus: false, known: file.kind }));
  const around = await surroundings(req, school, chosen);
  const judged = await judgeFiles(arrived, around, list?.lines);
  for (const { name, code, params } of received.refused) judged.rows.push(refusedRow(name, code, params));
  const [only] = arrived;
  return save(req, school, judged, { ...plainImport(chosen), fileName: arrived.length === 1 && only ? only.path : req.t.bulk.several_files(judged.rows.length) });
}

interface ZipSurroundings {
  received: Received;
  chosen: { subject_code: string | null; grade: number | null };
}

async function takeZip(req: Request, school: School, name: string, files: Unpacked[], { received, chosen }: ZipSurroundings): Promise<string> {
  const around = await surroundings(req, school, chosen);
  const prefix = archivePrefix(files);
  if (prefix === undefined) {
    const list = await listBeside(received.files);
    return save(req, school, await judgeFiles(files, around, list?.lines), { ...plainImport(chosen), fileName: name });
  }
  const archive = await readArchive(files, prefix);
  const restores = schoolRefusal(req.actor, "lead", school) === undefined;
  const judged = await rowsOfArchive(archive, { restores, duplicates: around.duplicates, lessonOf: lessonIn(around.candidates), subjects: new Set(around.subjects.map((subject) => subject.code)) });
  return save(req, school, { ...judged, notes: [] }, { ...plainImport(chosen), kind: "archive", restores, fileName: name, source: { school: archive.head.school.name, at: archive.head.exported_at } });
}

function lessonIn(candidates: readonly Candidate[]): (lesson: { subject: string; grade: number; position: number; title: string }) => string | undefined {
  const byKey = new Map(candidates.map((c) => [`${c.subject_code} ${c.grade} ${c.title}`, c.id]));
  return (lesson) => byKey.get(`${lesson.subject} ${lesson.grade} ${lesson.title}`);
}

function plainImport(chosen: ZipSurroundings["chosen"]): Omit<NewImport, "fileName" | "notes"> {
  return { kind: "files", submits: false, restores: false, subjectCode: chosen.subject_code, grade: chosen.grade, source: null };
}

function save(req: Request, school: School, judged: Judged, made: Omit<NewImport, "notes">): Promise<string> {
  return saveStaged(req.db, req.blobs, school, { ...made, notes: judged.notes }, judged, actOf(req));
}

function refusedRow(name: string, code: string, params: Record<string, string | number>): Judged["rows"][number] {
  return { path: name, file_name: name, state: "refused", refusal: { code, params }, blobHash: null, size: 0, mime: "", title: "", kind: "other", subject_code: null, grade: null, plan_lesson_id: null, certainty: "none", why: [], meta: {}, duplicateOf: null, sameAs: null };
}

/** A list that was chosen together with the files or the ZIP. */
async function listBeside(files: readonly ReceivedFile[]): Promise<{ from: ReceivedFile; lines: NonNullable<Awaited<ReturnType<typeof readListFile>>> } | undefined> {
  for (const file of files) {
    const kind = isListFile(file.name);
    const lines = kind && (await readListFile(file.path, kind));
    if (lines) return { from: file, lines };
  }
  return undefined;
}

async function surroundings(req: Request, school: School, chosen: ZipSurroundings["chosen"]): Promise<Surroundings> {
  const year = await yearOfDay(req.db, dayOf(req.now));
  const [subjects, lessons] = await Promise.all([listSubjects(req.db), listPlanLessons(req.db, school, year?.id ?? "")]);
  const known = subjects.some((subject) => subject.code === chosen.subject_code);
  return {
    subjects,
    candidates: candidatesOf(lessons),
    subject: known ? chosen.subject_code : null,
    grade: chosen.grade,
    author: req.actor.name,
    duplicates: (hashes) => findDuplicates(req.db, school, hashes),
  };
}

async function showStart(req: Request, res: Response, school: School, wrong?: { problem: string; received?: Received }): Promise<void> {
  if (wrong && req.accepts(["html", "json"]) === "json") return void res.json({ problem: wrong.problem });
  const leads = schoolRefusal(req.actor, "lead", school) === undefined;
  const [subjects, imports] = await Promise.all([listSubjects(req.db), listBulkImports(req.db, school, leads ? null : req.actor.personId)]);
  const typed = (name: string): string => {
    const value = wrong?.received?.fields[name];
    return typeof value === "string" ? value : "";
  };
  const page = startPage(
    { t: req.t, f: req.f, lang: req.lang },
    { school, subjects, imports, bytesMax: req.config.uploadMaxBytes, entriesMax: UNPACK.entriesMax, problem: wrong?.problem, typed: { subject: typed("subject_code"), grade: typed("grade") }, exports: exportRefusal(req.actor, school) === undefined },
  );
  const crumbs = [{ href: `/schools/${school.id}/materials`, label: req.t.materials.materials }, { label: req.t.bulk.title }];
  res.page("bulk/start", page, { title: req.t.bulk.title, crumbs, scripts: ["js/bulk-folder.js"] });
}
