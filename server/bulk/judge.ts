import { readFile } from "node:fs/promises";
import { materials as materialWords } from "../materials/messages.ts";
import { guessKind, MATERIAL_KINDS, titleFrom, TITLE_LENGTH_MAX } from "../materials/rules.ts";
import { readRoster, UnreadableRoster } from "../people/import/read.ts";
import type { HashedFile } from "../platform/storage.ts";
import { fold } from "../platform/text.ts";
import { identify, type FileRefusal } from "../platform/web/file-content.ts";
import { cleanName, extensionOf, FILE_KINDS, nameAs, type FileKind } from "../platform/web/file-kinds.ts";
import { cluesOf, gradeOf, plainWords, stemOf, subjectNamed, type Clues, type Subject } from "./rules/clues.ts";
import { codeNamed, listIndex, readList, type ListedFile } from "./rules/columns.ts";
import { matchLesson, type Candidate } from "./rules/match.ts";
import type { RowMeta } from "./store.ts";
import type { NewRow, StagedFile } from "./store/stage.ts";

/** A file that arrived, from a ZIP or by itself. `known` where the upload told its kind already. */
export interface Arrived {
  path: string;
  file: HashedFile;
  virus: boolean;
  known?: FileKind;
}

export interface Surroundings {
  subjects: readonly Subject[];
  candidates: readonly Candidate[];
  /** What was chosen in the form for files that do not say. */
  subject: string | null;
  grade: number | null;
  /** Author of what names none. */
  author: string;
  /** Materials of the school that hold the same content, by hash. */
  duplicates: (hashes: readonly string[]) => Promise<Map<string, string>>;
}

export interface Judged {
  rows: NewRow[];
  files: StagedFile[];
  /** Lines of the list that fit no file. */
  notes: string[];
}

const MATERIALS = new Set(FILE_KINDS.filter((kind) => kind.family !== "captions").map((kind) => kind.ext));
const NOTES_MAX = 200;

/** As people order files: "Bài 2" before "Bài 10", a file before its copy "(1)". */
const byName = new Intl.Collator("vi", { numeric: true });

/** What each file is and which lesson it is for. Changes nothing: the dry run. */
export async function judgeFiles(arrived: readonly Arrived[], around: Surroundings, listGiven: readonly ListedFile[] | undefined): Promise<Judged> {
  const inOrder = [...arrived].sort((a, b) => byName.compare(stemOf(a.path), stemOf(b.path)) || byName.compare(a.path, b.path));
  const identified = [];
  for (const one of inOrder) identified.push({ ...one, name: cleanName(one.path), found: await kindOf(one) });
  const inside = listGiven === undefined ? await listInside(identified) : undefined;
  const lines = listGiven ?? inside?.lines ?? [];
  const lineOf = listIndex(lines);
  const content = identified.filter((one) => one !== inside?.from);
  const duplicates = await around.duplicates(content.map((one) => one.file.hash));
  const seen = new Map<string, number>();
  const used = new Set<ListedFile>();
  const judged: Judged = { rows: [], files: [], notes: [] };
  for (const one of content) {
    const line = lineOf(one.path);
    if (line) used.add(line);
    const shown = shownPath(one.path);
    if (!one.found.ok) {
      judged.rows.push({ ...refusedRow(shown, one.name, one.file.size), refusal: { code: one.found.code, params: one.found.params } });
      continue;
    }
    const row = rowOf(shown, nameAs(one.name, one.found.kind), one.found.kind, one.file, line, around);
    row.duplicateOf = duplicates.get(one.file.hash) ?? null;
    row.sameAs = seen.get(one.file.hash) ?? null;
    if (row.duplicateOf !== null || row.sameAs !== null) row.state = "skipped";
    judged.rows.push(row);
    judged.files.push({ ...one.file, mime: one.found.kind.mime });
    if (!seen.has(one.file.hash)) seen.set(one.file.hash, judged.rows.length);
  }
  judged.notes = lines.filter((line) => !used.has(line)).map((line) => line.file.slice(0, 200)).slice(0, NOTES_MAX);
  return judged;
}

type Found = { ok: true; kind: FileKind } | { ok: false; code: FileRefusal; params: Record<string, string | number> };

async function kindOf(one: Arrived): Promise<Found> {
  if (one.virus) return { ok: false, code: "virus", params: {} };
  const found: Found = one.known ? { ok: true, kind: one.known } : await identify(one.file.path, one.file.size, cleanName(one.path));
  if (found.ok && !MATERIALS.has(found.kind.ext)) return { ok: false, code: "type_not_allowed", params: { ext: found.kind.ext } };
  return found;
}

interface Identified extends Arrived {
  name: string;
  found: Found;
}

/** The list that lies beside the files: an Excel or CSV file in the outermost folder with a column of files. */
async function listInside(files: readonly Identified[]): Promise<{ from: Identified; lines: ListedFile[] } | undefined> {
  const shallow = Math.min(...files.map((one) => one.path.split("/").length));
  for (const one of files) {
    if (!one.found.ok || !["xlsx", "csv"].includes(one.found.kind.ext) || one.path.split("/").length > shallow + 1) continue;
    const lines = await readListFile(one.file.path, one.found.kind.ext === "csv" ? "csv" : "xlsx");
    if (lines) return { from: one, lines };
  }
  return undefined;
}

/** Reads a list of files; undefined where the workbook is something else. */
export async function readListFile(path: string, kind: "xlsx" | "csv"): Promise<ListedFile[] | undefined> {
  try {
    for (const sheet of await readRoster(await readFile(path), kind)) {
      const lines = readList(sheet.rows);
      if (lines) return lines;
    }
  } catch (error) {
    if (!(error instanceof UnreadableRoster)) throw error;
  }
  return undefined;
}

function refusedRow(path: string, name: string, size: number): NewRow {
  return { path, file_name: name, state: "refused", blobHash: null, size, mime: "", title: "", kind: "other", subject_code: null, grade: null, plan_lesson_id: null, certainty: "none", why: [], meta: {}, duplicateOf: null, sameAs: null };
}

function rowOf(path: string, name: string, kind: FileKind, file: HashedFile, line: ListedFile | undefined, around: Surroundings): NewRow {
  const { clues, problems } = withLine(cluesOf(path, around.subjects), line, around.subjects);
  const match = matchLesson(clues, around.candidates, around);
  const lesson = match.lessonId === null ? undefined : around.candidates.find((c) => c.id === match.lessonId);
  const stem = stemOf(name);
  const folded = fold(stem).replace(/[_-]/g, " ");
  const said = line?.kind === undefined ? undefined : codeNamed(line.kind, [materialWords.vi.kinds, materialWords.en.kinds]);
  if (line?.kind !== undefined && said === undefined) problems.push("list_kind");
  const meta = metaOf(line, around.author, problems);
  return {
    path,
    file_name: name,
    state: "ready",
    blobHash: file.hash,
    size: file.size,
    mime: kind.mime,
    title: (line?.title ?? titleFrom(stem, fold(stem), lesson?.title)).slice(0, TITLE_LENGTH_MAX),
    kind: MATERIAL_KINDS.find((code) => code === said) ?? guessKind(folded, kind.family, lesson?.kind),
    subject_code: lesson?.subject_code ?? clues.subject ?? around.subject,
    grade: lesson?.grade ?? clues.grade ?? around.grade,
    plan_lesson_id: match.lessonId,
    certainty: problems.length > 0 && match.match === "sure" ? "doubtful" : match.match,
    why: [...match.why, ...problems],
    meta,
    duplicateOf: null,
    sameAs: null,
  };
}

/** What the list says of a file goes before what its name says. */
function withLine(clues: Clues, line: ListedFile | undefined, subjects: readonly Subject[]): { clues: Clues; problems: string[] } {
  const problems: string[] = [];
  if (line === undefined) return { clues, problems };
  const said = { ...clues };
  if (line.subject !== undefined) {
    const subject = subjectNamed(line.subject, subjects);
    if (subject === null) problems.push("list_subject");
    else said.subject = subject;
  }
  const grade = line.grade === undefined ? null : gradeOf(/\d{1,2}/.exec(line.grade)?.[0]);
  if (line.grade !== undefined && grade === null) problems.push("list_grade");
  if (grade !== null) said.grade = grade;
  if (line.lesson !== undefined) {
    const lesson = cluesOf(/^\d{1,3}$/.test(line.lesson) ? `bai ${line.lesson}` : line.lesson, []);
    said.lesson = lesson.lesson;
    said.periods = lesson.periods;
    said.title = lesson.title === "" ? said.title : lesson.title;
  } else if (line.title !== undefined && clues.title === "") said.title = plainWords(line.title);
  const period = /(\d{1,3})(?:\s*-\s*(\d{1,3}))?/.exec(line.period ?? "");
  if (period) said.periods = [Number(period[1]), Number(period[2] ?? period[1])];
  const week = /\d{1,2}/.exec(line.week ?? "");
  if (week) said.week = Number(week[0]);
  return { clues: said, problems };
}

function metaOf(line: ListedFile | undefined, author: string, problems: string[]): RowMeta {
  const licence = line?.licence === undefined ? undefined : codeNamed(line.licence, [materialWords.vi.licences, materialWords.en.licences]);
  if (line?.licence !== undefined && licence === undefined) problems.push("list_licence");
  const year = Number(/\b(?:19|20)\d\d\b/.exec(line?.year ?? "")?.[0] ?? Number.NaN);
  return {
    author: (line?.author ?? author).slice(0, 200),
    ...(line?.description === undefined ? {} : { description: line.description.slice(0, 5000) }),
    ...(licence === undefined ? {} : { licence }),
    ...(line?.source === undefined ? {} : { source: line.source.slice(0, 500) }),
    ...(line?.keywords === undefined ? {} : { keywords: line.keywords.slice(0, 500) }),
    ...(line?.accessibility === undefined ? {} : { accessibility: line.accessibility.slice(0, 500) }),
    ...(Number.isNaN(year) ? {} : { year }),
  };
}

/** Folders and name made fit to be shown: each part cleaned as a file's name is. */
export function shownPath(path: string): string {
  return path.split("/").filter((part) => part !== "" && part !== ".").map(cleanName).join("/").slice(0, 600);
}

export function isListFile(name: string): "xlsx" | "csv" | undefined {
  const ext = extensionOf(name);
  return ext === "xlsx" || ext === "csv" ? ext : undefined;
}
