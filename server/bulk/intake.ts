import type { Actor } from "../access/actor.ts";
import { schoolRefusal, type Granted } from "../access/policy.ts";
import { yearOfDay } from "../calendar/store.ts";
import { listSubjects } from "../materials/store.ts";
import { dayOf } from "../platform/clock.ts";
import type { Db } from "../platform/db.ts";
import type { BlobStore } from "../platform/storage.ts";
import { archivePrefix, draftsReason, readArchive, rowsOfArchive } from "./archive/read.ts";
import { judgeFiles, type Arrived, type Judged, type Surroundings } from "./judge.ts";
import type { ListedFile } from "./rules/columns.ts";
import { candidatesOf, type Candidate } from "./rules/match.ts";
import { findDuplicates, listPlanLessons } from "./store.ts";
import { listSecrets } from "./store/keys.ts";
import { findPlaces } from "./store/whole.ts";
import { saveStaged, type Act, type NewImport } from "./store/stage.ts";
import { withUnpacked, type UnpackLimits } from "./unpack.ts";

/** What holds for files that do not say. */
export interface Chosen {
  subject_code: string | null;
  grade: number | null;
}

/** Who brings files into which school, by a form or in the background. */
export interface Bringer {
  db: Db;
  blobs: BlobStore;
  actor: Actor;
  school: Granted<"upload", { id: string; path: string }>;
  act: Act;
  chosen: Chosen;
  /** A list that was chosen beside the files. */
  list?: ListedFile[] | undefined;
  /** The arrival that becomes this import. */
  arrivalId?: string;
}

/** Told after each file that was read (`done` up to `files`), then after each that was kept (up to twice `files`). */
export type OnProgress = (progress: { files: number; done: number }) => Promise<void>;

/**
 * Takes a ZIP in: an archive of a library, or files with perhaps a list among them.
 *
 * @param zip a file of the system's own naming, and what its sender calls it
 * @returns the import's id
 * @throws ArchiveRefused where it cannot be taken; nothing of it stays
 */
export function takeZip(bringer: Bringer, zip: { path: string; name: string }, limits: UnpackLimits, onProgress: OnProgress = () => Promise.resolve()): Promise<string> {
  const { blobs } = bringer;
  return withUnpacked(
    zip.path,
    { incoming: blobs.incoming, limits, onFile: (done, files) => onProgress({ files, done }) },
    async (files) => {
      const kept = (done: number): Promise<void> => onProgress({ files: files.length, done: files.length + done });
      const around = await surroundings(bringer);
      const prefix = archivePrefix(files);
      if (prefix === undefined) return save(bringer, await judgeFiles(files, around, bringer.list), { ...plainImport(bringer.chosen), fileName: zip.name }, kept);
      const archive = await readArchive(files, prefix);
      const leads = schoolRefusal(bringer.actor, "lead", bringer.school) === undefined;
      const why = draftsReason(archive, { secrets: await listSecrets(bringer.db), schoolId: bringer.school.id, leads });
      const restores = why === undefined;
      const places = (ids: readonly string[]): Promise<Map<string, string>> => findPlaces(bringer.db, ids);
      const judged = await rowsOfArchive(archive, { restores, schoolId: bringer.school.id, places, duplicates: around.duplicates, lessonOf: lessonIn(around.candidates), subjects: new Set(around.subjects.map((subject) => subject.code)) });
      return save(bringer, { ...judged, notes: [] }, { ...plainImport(bringer.chosen), kind: "archive", restores, fileName: zip.name, source: { school: archive.head.school.name, at: archive.head.exported_at, ...(why === undefined ? {} : { why }) } }, kept);
    },
  );
}

/** Takes files in that came one by one. @param refused those that were not taken at the door */
export async function takeFiles(bringer: Bringer, arrived: readonly Arrived[], refused: Judged["rows"], nameOf: (files: number) => string): Promise<string> {
  const judged = await judgeFiles(arrived, await surroundings(bringer), bringer.list);
  judged.rows.push(...refused);
  const [only] = arrived;
  return save(bringer, judged, { ...plainImport(bringer.chosen), fileName: arrived.length === 1 && only ? only.path : nameOf(judged.rows.length) });
}

function lessonIn(candidates: readonly Candidate[]): (lesson: { subject: string; grade: number; position: number; title: string }) => string | undefined {
  const byKey = new Map(candidates.map((c) => [`${c.subject_code} ${c.grade} ${c.title}`, c.id]));
  return (lesson) => byKey.get(`${lesson.subject} ${lesson.grade} ${lesson.title}`);
}

function plainImport(chosen: Chosen): Omit<NewImport, "fileName" | "notes"> {
  return { kind: "files", submits: false, restores: false, subjectCode: chosen.subject_code, grade: chosen.grade, source: null };
}

function save({ db, blobs, school, act, arrivalId }: Bringer, judged: Judged, made: Omit<NewImport, "notes">, onKept?: (done: number) => Promise<void>): Promise<string> {
  return saveStaged(db, blobs, school, { ...made, notes: judged.notes }, { ...judged, arrivalId, onKept }, act);
}

async function surroundings({ db, actor, school, act, chosen }: Bringer): Promise<Surroundings> {
  const year = await yearOfDay(db, dayOf(act.at));
  const [subjects, lessons] = await Promise.all([listSubjects(db), listPlanLessons(db, school, year?.id ?? "")]);
  const known = subjects.some((subject) => subject.code === chosen.subject_code);
  return {
    subjects,
    candidates: candidatesOf(lessons),
    subject: known ? chosen.subject_code : null,
    grade: chosen.grade,
    author: actor.name,
    duplicates: (hashes) => findDuplicates(db, school, hashes),
  };
}
