import { createHash } from "node:crypto";
import { PassThrough, Transform, type Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { ZipArchive } from "archiver";
import writeXlsxFile from "write-excel-file/node";
import { materials as words } from "../../materials/messages.ts";
import { listWhole, type WholeRow } from "../../materials/store/archive.ts";
import type { Instant } from "../../platform/clock.ts";
import type { Db } from "../../platform/db.ts";
import type { BlobStore } from "../../platform/storage.ts";
import { fold } from "../../platform/text.ts";
import { extensionOf } from "../../platform/web/file-kinds.ts";
import { bulk } from "../messages.ts";
import { signingSecret } from "../store/keys.ts";
import { listCollections, listRows } from "../store/whole.ts";
import { ARCHIVE_FORMAT, ARCHIVE_VERSION, type ArchivedMaterial, type ArchiveHead, type WholeRows } from "./format.ts";
import { SIGNATURE_FILE, signatureOf } from "./proof.ts";

/** Which materials go into one archive, and what it is a part of. */
export interface ArchivePart {
  school: { id: string; name: string; code: string };
  materialIds: readonly string[];
  part: number;
  parts: number;
  at: Instant;
}

const MATERIALS_AT_ONCE = 200;

/**
 * Writes an archive as a stream: one file after the other, none of them whole in memory.
 *
 * @throws BlobMissing where the store does not hold a version that the database names
 */
export function archiveStream(db: Db, blobs: BlobStore, part: ArchivePart): { stream: Readable; done: Promise<void> } {
  // What is kept compressed already (office files, media) gains nothing: speed before a few bytes.
  const zip = new ZipArchive({ zlib: { level: 1 } });
  const out = new PassThrough();
  const flowing = pipeline(zip, out);
  const done = fill(db, blobs, part, zip).catch((error: unknown) => {
    out.destroy(error instanceof Error ? error : new Error(String(error)));
    zip.abort();
    throw error;
  });
  return { stream: out, done: Promise.all([done, flowing]).then(() => undefined) };
}

async function fill(db: Db, blobs: BlobStore, part: ArchivePart, zip: ZipArchive): Promise<void> {
  const sums = new Map<string, string>();
  const add = (name: string, content: Buffer | string): void => {
    sums.set(name, createHash("sha256").update(content).digest("hex"));
    zip.append(content, { name, date: new Date(part.at) });
  };
  const lines: string[] = [];
  const listed: ArchivedMaterial[] = [];
  const paths = new Map<string, string>();
  for (let i = 0; i < part.materialIds.length; i += MATERIALS_AT_ONCE) {
    const ids = part.materialIds.slice(i, i + MATERIALS_AT_ONCE);
    const rows = await listRows(db, ids);
    for (const whole of await listWhole(db, ids)) {
      const material = asArchived(whole, rows.get(whole.material.id) ?? {}, paths);
      listed.push(material);
      lines.push(JSON.stringify(material));
      for (const one of [...material.versions, ...material.captions]) {
        if (sums.has(one.file)) continue;
        await addFile(zip, blobs, one, new Date(part.at));
        sums.set(one.file, one.sha256);
      }
    }
  }
  const head: ArchiveHead = { format: ARCHIVE_FORMAT, version: ARCHIVE_VERSION, school: part.school, exported_at: part.at, part: part.part, parts: part.parts, materials: listed.length };
  add("data/hoc-lieu.json", `${JSON.stringify(head, null, 2)}\n`);
  add("data/materials.jsonl", lines.map((line) => `${line}\n`).join(""));
  const kept = part.part === part.parts ? await listCollections(db, part.school) : []; // their materials come before them
  add("data/collections.jsonl", kept.map((one) => `${JSON.stringify(one)}\n`).join(""));
  add("data/danh-sach.xlsx", await listForPeople(listed));
  const manifest = [...sums].map(([name, sum]) => `${sum}  ${encodeManifestPath(name)}\n`).join("");
  const tags: [string, string][] = [
    ["bagit.txt", "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"],
    ["bag-info.txt", `Source-Organization: ${part.school.name.replace(/[\r\n]/g, " ")}\nBagging-Date: ${part.at.slice(0, 10)}\nBag-Count: ${part.part} of ${part.parts}\nPayload-Oxum: ${oxum(listed)}\n`],
    ["manifest-sha256.txt", manifest],
  ];
  for (const [name, content] of tags) zip.append(content, { name, date: new Date(part.at) });
  const tagManifest = tags.map(([name, content]) => `${createHash("sha256").update(content).digest("hex")}  ${name}\n`).join("");
  zip.append(tagManifest, { name: "tagmanifest-sha256.txt", date: new Date(part.at) });
  zip.append(`${signatureOf(await signingSecret(db, part.at), part.school.id, tagManifest)}\n`, { name: SIGNATURE_FILE, date: new Date(part.at) });
  await zip.finalize();
}

/** BagIt asks that line ends and percent signs in names are written with percent signs. */
export function encodeManifestPath(name: string): string {
  return name.replace(/%/g, "%25").replace(/\n/g, "%0A").replace(/\r/g, "%0D");
}

function oxum(listed: readonly ArchivedMaterial[]): string {
  const files = new Map(listed.flatMap((material) => material.versions).map((version) => [version.sha256, version.size]));
  return `${[...files.values()].reduce((sum, size) => sum + size, 0)}.${files.size}`;
}

/** Waits until the file has gone through, and compares: a blob that rotted on the disk is not passed on as good. */
async function addFile(zip: ZipArchive, blobs: BlobStore, version: { sha256: string; file: string }, date: Date): Promise<void> {
  const hash = createHash("sha256");
  const watch = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      done(null, chunk);
    },
  });
  const gone = new Promise<void>((resolve, reject) => {
    watch.once("end", resolve);
    watch.once("error", reject);
  });
  const content = await blobs.open(version.sha256);
  content.once("error", (error) => watch.destroy(error));
  zip.append(content.pipe(watch), { name: version.file, date });
  await gone;
  if (hash.digest("hex") !== version.sha256) throw new Error(`blob ${version.sha256} is not what it was`);
}

/** One material as the archive tells it. A trail that came from an archive itself keeps the names it came with. */
export function asArchived({ material, versions, steps, lessons }: WholeRow, rows: WholeRows, paths: Map<string, string>): ArchivedMaterial {
  const numberOf = (id: string | null): number | null => versions.find((version) => version.id === id)?.number ?? null;
  const trail = steps.map((step) => {
    const { restored_by_name: before, ...details } = step.details;
    return { version: step.number, act: step.act, by: typeof before === "string" ? before : step.by_name, at: step.at, comment: step.comment, details };
  });
  // Who uploaded a version stands in the trail as well, and there it survives a restoration.
  const sentBy = (number: number): string | undefined => trail.find((step) => step.act === "upload" && step.version === number)?.by;
  return {
    key: material.id,
    title: material.title,
    description: material.description,
    subject: material.subject_code,
    grade: material.grade,
    kind: material.kind as ArchivedMaterial["kind"],
    language: material.language,
    author: material.author,
    source: material.source,
    licence: material.licence,
    year: material.year,
    keywords: material.keywords,
    accessibility: material.accessibility,
    scope: material.scope as ArchivedMaterial["scope"],
    origin: material.origin,
    state: material.state,
    uploaded_by: { id: material.uploaded_by, name: sentBy(1) ?? material.uploader_name },
    created_at: material.created_at,
    updated_at: material.updated_at,
    submitted_at: material.submitted_at,
    retired_at: material.retired_at,
    in_use: numberOf(material.approved_version_id),
    versions: versions.map((version) => ({
      number: version.number,
      state: version.state,
      file: pathFor(material, version, paths),
      sha256: version.blob_hash,
      name: version.file_name,
      mime: version.mime,
      size: version.size_bytes,
      by: sentBy(version.number) ?? version.by_name,
      at: version.uploaded_at,
    })),
    lessons: lessons.map(({ material_id: _, ...lesson }) => lesson),
    trail,
    captions: (rows["captions"] ?? []).map((row) => ({
      version: numberOf(String(row["version_id"])) ?? 1,
      language: String(row["language"]),
      label: String(row["label"]),
      file: `data/captions/${String(row["blob_hash"])}.vtt`,
      sha256: String(row["blob_hash"]),
      size: Number(row["size_bytes"]),
    })),
    rows,
  };
}

/** A readable name that is the same on every system: no marks, no spaces, the content's hash so that none meets another. */
function pathFor(material: WholeRow["material"], version: WholeRow["versions"][number], paths: Map<string, string>): string {
  const known = paths.get(version.blob_hash);
  if (known !== undefined) return known;
  const plain = (text: string): string => fold(text).replace(/[^a-z0-9]+/g, "-").replace(/^-+|-+$/g, "");
  const folder = [plain(material.subject_code ?? "khac"), material.grade ?? ""].filter(Boolean).join("-");
  const ext = extensionOf(version.file_name);
  const name = `${plain(material.title).slice(0, 60).replace(/-+$/, "") || "hoc-lieu"}-${version.blob_hash.slice(0, 12)}${/^[a-z0-9]+$/.test(ext) ? `.${ext}` : ""}`;
  const path = `data/files/${folder}/${name}`;
  paths.set(version.blob_hash, path);
  return path;
}

/** The list for people, with the headers that the import of files reads too. Texts are cells of text, never formulas. */
async function listForPeople(listed: readonly ArchivedMaterial[]): Promise<Buffer> {
  const rows = listed.map((m) => {
    const newest = m.versions.at(-1);
    const cells = [newest?.file ?? "", m.title, m.description, m.subject ?? "", String(m.grade ?? ""), m.lessons.map((l) => l.title).join("; "), words.vi.kinds[m.kind] ?? m.kind, m.author, words.vi.licences[m.licence] ?? m.licence, m.source, m.keywords, String(m.year ?? ""), words.vi.states[m.state] ?? m.state, words.vi.scopes[m.scope] ?? m.scope, String(m.versions.length)];
    return cells.map((value) => ({ value, type: String }));
  });
  const widths = [40, 40, 40, 10, 8, 40, 16, 24, 24, 24, 24, 8, 18, 14, 12];
  return writeXlsxFile([bulk.vi.list.heads.map((value) => ({ value, type: String, fontWeight: "bold" as const })), ...rows], { columns: widths.map((width) => ({ width })), sheet: bulk.vi.list.sheet }).toBuffer();
}
