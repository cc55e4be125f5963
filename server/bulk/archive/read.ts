import { readFile } from "node:fs/promises";
import { identify } from "../../platform/web/file-content.ts";
import { cleanName } from "../../platform/web/file-kinds.ts";
import { ArchiveRefused, type Unpacked } from "../unpack.ts";
import type { NewRow, StagedFile } from "../store/stage.ts";
import { archivedCollection, archivedMaterial, archiveHead, type ArchivedCollection, type ArchivedMaterial, type ArchiveHead } from "./format.ts";
import { isProven, SIGNATURE_FILE } from "./proof.ts";

/** An archive of a library, checked: every file is what its manifest says, every line is well formed. */
export interface ReadArchive {
  head: ArchiveHead;
  materials: ArchivedMaterial[];
  collections: ArchivedCollection[];
  /** What is signed, and the signature as it stands there (see proof.ts). */
  tagManifest: string;
  signature: string;
  /** The file of each content, by its hash. */
  files: Map<string, Unpacked>;
}

const HEAD = "data/hoc-lieu.json";
const COLLECTIONS = "data/collections.jsonl";
const TEXT_BYTES_MAX = 50_000_000;

/** Whether an unpacked ZIP is an archive of a library, perhaps inside one folder that was packed again. */
export function archivePrefix(files: readonly Unpacked[]): string | undefined {
  const found = files.find((file) => file.path === HEAD || (file.path.endsWith(`/${HEAD}`) && file.path.split("/").length === 3));
  return found?.path.slice(0, -HEAD.length);
}

/**
 * Reads an archive and checks every checksum.
 *
 * @throws ArchiveRefused naming the file that was changed, is missing, or stands in no manifest; or the line that is wrong
 */
export async function readArchive(unpacked: readonly Unpacked[], prefix: string): Promise<ReadArchive> {
  const byPath = new Map(unpacked.filter((file) => file.path.startsWith(prefix)).map((file) => [file.path.slice(prefix.length), file]));
  const text = async (path: string): Promise<string> => {
    const file = byPath.get(path);
    if (file === undefined) throw new ArchiveRefused("missing", { name: path });
    if (file.file.size > TEXT_BYTES_MAX) throw new ArchiveRefused("one_too_big", { name: path, max: TEXT_BYTES_MAX });
    return readFile(file.file.path, "utf8");
  };
  const tagManifest = await text("tagmanifest-sha256.txt");
  checkTags(checkManifest("tagmanifest-sha256.txt", tagManifest, byPath));
  const listed = checkManifest("manifest-sha256.txt", await text("manifest-sha256.txt"), byPath);
  const stray = [...byPath.keys()].find((path) => path.startsWith("data/") && !listed.has(path));
  if (stray !== undefined) throw new ArchiveRefused("extra", { name: stray });
  const head = archiveHead.safeParse(json(await text(HEAD)));
  if (!head.success) throw new ArchiveRefused("format", { name: HEAD });
  const materials = (await text("data/materials.jsonl")).split("\n").filter((line) => line !== "").map(readLine);
  if (materials.length !== head.data.materials) throw new ArchiveRefused("format", { name: "data/materials.jsonl" });
  const files = new Map<string, Unpacked>();
  for (const version of materials.flatMap((material) => [...material.versions, ...material.captions])) {
    if (!listed.has(version.file)) throw new ArchiveRefused("missing", { name: version.file });
    const file = byPath.get(version.file);
    if (file === undefined) throw new ArchiveRefused("missing", { name: version.file });
    if (file.file.hash !== version.sha256 || file.file.size !== version.size) throw new ArchiveRefused("changed", { name: version.file });
    files.set(version.sha256, file);
  }
  const collections = byPath.has(COLLECTIONS) ? (await text(COLLECTIONS)).split("\n").filter((line) => line !== "").map(readCollection) : [];
  const signature = byPath.has(SIGNATURE_FILE) ? (await text(SIGNATURE_FILE)).trim() : "";
  return { head: head.data, materials, collections, files, tagManifest, signature };
}

/** The manifest of tags must vouch for the manifest of files: else a signature of the one would say nothing about the other. */
function checkTags(listed: ReadonlySet<string>): void {
  if (!listed.has("manifest-sha256.txt")) throw new ArchiveRefused("missing", { name: "manifest-sha256.txt" });
}

function checkManifest(name: string, manifest: string, byPath: ReadonlyMap<string, Unpacked>): Set<string> {
  const listed = new Set<string>();
  for (const line of manifest.split("\n").filter((one) => one !== "")) {
    const found = /^([0-9a-f]{64}) {2}(.+)$/.exec(line);
    if (!found) throw new ArchiveRefused("format", { name });
    const path = (found[2] ?? "").replace(/%0A/gi, "\n").replace(/%0D/gi, "\r").replace(/%25/g, "%");
    const file = byPath.get(path);
    if (file === undefined) throw new ArchiveRefused("missing", { name: path });
    if (file.file.hash !== found[1]) throw new ArchiveRefused("changed", { name: path });
    listed.add(path);
  }
  return listed;
}

function readLine(line: string, index: number): ArchivedMaterial {
  const read = archivedMaterial.safeParse(json(line));
  if (!read.success) throw new ArchiveRefused("line", { line: index + 1 });
  return read.data;
}

function readCollection(line: string): ArchivedCollection {
  const read = archivedCollection.safeParse(json(line));
  if (!read.success) throw new ArchiveRefused("format", { name: COLLECTIONS });
  return read.data;
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Why an archive comes in as drafts; undefined where it is put back as it was. Words: `bulk.as_drafts`. */
export type DraftsReason = "unproven" | "other_school" | "not_leader";

/**
 * What an archive may do in a school. Its states, scopes and trail are believed only where this installation wrote them for
 * this very school, and put back only by who leads it: approval is the school's own act, and no file can stand for it.
 */
export function draftsReason(archive: Pick<ReadArchive, "head" | "tagManifest" | "signature">, facts: { secrets: readonly string[]; schoolId: string; leads: boolean }): DraftsReason | undefined {
  if (!isProven(facts.secrets, archive.head.school.id, archive.tagManifest, archive.signature)) return "unproven";
  if (archive.head.school.id !== facts.schoolId) return "other_school";
  return facts.leads ? undefined : "not_leader";
}

/** What the school has already and which lessons are there again. */
export interface RestoreSurroundings {
  schoolId: string;
  restores: boolean;
  duplicates: (hashes: readonly string[]) => Promise<Map<string, string>>;
  /** In which school those of these materials are that are here, by their ids. */
  places: (ids: readonly string[]) => Promise<Map<string, string>>;
  /** The lesson of this school that a record means, if any. */
  lessonOf: (lesson: ArchivedMaterial["lessons"][number]) => string | undefined;
  subjects: ReadonlySet<string>;
}

/** One row for each material, and for each collection that is put back. As drafts comes what is in use, or newest. */
export async function rowsOfArchive(archive: ReadArchive, around: RestoreSurroundings): Promise<{ rows: NewRow[]; files: StagedFile[] }> {
  const kinds = new Map<string, Awaited<ReturnType<typeof identify>>>();
  for (const [hash, { file, path }] of archive.files) kinds.set(hash, await identify(file.path, file.size, cleanName(path)));
  const shown = (material: ArchivedMaterial) => material.versions.find((v) => v.number === material.in_use) ?? material.versions.at(-1);
  const duplicates = around.restores ? new Map<string, string>() : await around.duplicates(archive.materials.flatMap((material) => shown(material)?.sha256 ?? []));
  const places = around.restores ? await around.places(archive.materials.map((material) => material.key)) : new Map<string, string>();
  const rows: NewRow[] = [];
  const staged = new Map<string, StagedFile>();
  for (const material of archive.materials) {
    const version = shown(material);
    if (version === undefined) continue;
    const kept = around.restores ? [...material.versions, ...material.captions] : [version];
    const bad = kept.map((one) => ({ one, found: archive.files.get(one.sha256)?.virus ? ({ ok: false, code: "virus", params: {} } as const) : kinds.get(one.sha256) })).find(({ found }) => found?.ok !== true);
    const lesson = material.lessons.map(around.lessonOf).find(Boolean) ?? null;
    const place = places.get(material.key);
    const duplicate = (place === around.schoolId ? material.key : duplicates.get(version.sha256)) ?? null;
    rows.push({
      path: version.file,
      file_name: cleanName(version.name),
      state: bad ? "refused" : duplicate === null && place === undefined ? "ready" : "skipped",
      ...(bad?.found && !bad.found.ok ? { refusal: { code: bad.found.code, params: bad.found.params } } : {}),
      blobHash: bad ? null : version.sha256,
      size: kept.reduce((sum, one) => sum + one.size, 0),
      mime: mimeOf(kinds, version.sha256),
      title: material.title,
      kind: material.kind,
      subject_code: material.subject !== null && around.subjects.has(material.subject) ? material.subject : null,
      grade: material.grade,
      plan_lesson_id: lesson,
      certainty: lesson === null ? (material.lessons.length > 0 ? "none" : "chosen") : "sure",
      why: [...(lesson === null && material.lessons.length > 0 ? ["lesson_gone"] : []), ...(place !== undefined && place !== around.schoolId ? ["lives_elsewhere"] : [])],
      meta: around.restores
        ? { record: material }
        : { description: material.description, author: material.author, licence: material.licence, source: material.source, keywords: material.keywords, accessibility: material.accessibility, ...(material.year === null ? {} : { year: material.year }) },
      duplicateOf: duplicate,
      sameAs: null,
    });
    if (!bad) for (const one of kept) stage(one, archive, kinds, staged);
  }
  if (around.restores) rows.push(...archive.collections.map(collectionRow));
  return { rows, files: [...staged.values()] };
}

function collectionRow(collection: ArchivedCollection): NewRow {
  return { path: COLLECTIONS, file_name: collection.title, state: "ready", blobHash: null, size: 0, mime: "", title: collection.title, kind: "other", subject_code: null, grade: null, plan_lesson_id: null, certainty: "chosen", why: [], meta: { collection }, duplicateOf: null, sameAs: null };
}

type Kinds = ReadonlyMap<string, Awaited<ReturnType<typeof identify>>>;

/** The type is what the content is, not what the archive claims. */
function mimeOf(kinds: Kinds, hash: string): string {
  const found = kinds.get(hash);
  return found?.ok ? found.kind.mime : "application/octet-stream";
}

function stage(version: { sha256: string }, archive: ReadArchive, kinds: Kinds, staged: Map<string, StagedFile>): void {
  const file = archive.files.get(version.sha256);
  if (file) staged.set(version.sha256, { ...file.file, mime: mimeOf(kinds, version.sha256) });
}
