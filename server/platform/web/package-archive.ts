import { PassThrough, type Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { crc32 } from "node:zlib";
import yauzl from "yauzl";
import type { BlobStore } from "../storage.ts";
import { extensionOf, isProgram } from "./file-kinds.ts";

/** Why a package is not taken; the words stand in `words.platform.files`. */
export type PackageRefusal =
  | "broken"
  | "locked"
  | "bomb"
  | "package_many"
  | "package_path"
  | "package_link"
  | "package_twice"
  | "package_program"
  | "package_large_file"
  | "package_none"
  | "package_manifest"
  | "package_doctype"
  | "package_href"
  | "package_missing"
  | "package_library";

/** A package cannot be taken: in the code's words, naming what is wrong in it. */
export class PackageRefused extends Error {
  readonly code: PackageRefusal;
  readonly params: Record<string, string | number>;

  constructor(code: PackageRefusal, params: Record<string, string | number> = {}) {
    super(code);
    this.name = "PackageRefused";
    this.code = code;
    this.params = params;
  }
}

/** A file inside a package, as far as it must be known to be read again. */
export interface PackageEntry {
  path: string;
  /** Where its own header begins in the archive. */
  header_at: number;
  packed_bytes: number;
  size_bytes: number;
  method: "stored" | "deflated";
}

// Source: RELIABILITY (e), "Unpack".
export const ENTRIES_MAX = 5_000;
export const UNPACKED_MAX = 500_000_000;
export const ENTRY_MAX = 200_000_000;
const RATIO_MAX = 200;
/** Archives of a few kilobytes pack blank pictures beyond any ratio; they are judged as if they were this large. */
const RATIO_FLOOR = 1_000_000;
const PATH_LENGTH_MAX = 400;

/** Scripts and pages are what a package is made of; they run in its sandbox. (`bin`: models of WebGL.) */
const OF_THE_WEB = new Set(["js", "mjs", "html", "htm", "xhtml", "svg", "swf", "bin"]);

type Archive = yauzl.ZipFile;

/** Every file of an archive, by the list at its end: nothing is unpacked for it. @throws PackageRefused */
export async function listArchive(zip: Archive): Promise<{ entries: PackageEntry[]; raw: Map<string, yauzl.Entry> }> {
  const entries: PackageEntry[] = [];
  const raw = new Map<string, yauzl.Entry>();
  const seen = new Set<string>();
  if (zip.entryCount > ENTRIES_MAX) throw new PackageRefused("package_many", { max: ENTRIES_MAX });
  let packed = 0;
  let unpacked = 0;
  for await (const entry of zip.eachEntry()) {
    const name = entry.fileName;
    checkEntry(entry, name);
    packed += entry.compressedSize;
    unpacked += entry.uncompressedSize;
    if (unpacked > UNPACKED_MAX || unpacked > RATIO_MAX * Math.max(packed, RATIO_FLOOR)) throw new PackageRefused("bomb");
    const folded = name.normalize("NFC").toLowerCase().replace(/\/$/, "");
    if (seen.has(folded)) throw new PackageRefused("package_twice", { name: shown(name) });
    seen.add(folded);
    if (seen.size > ENTRIES_MAX) throw new PackageRefused("package_many", { max: ENTRIES_MAX });
    if (name.endsWith("/")) continue;
    entries.push({ path: name, header_at: entry.relativeOffsetOfLocalHeader, packed_bytes: entry.compressedSize, size_bytes: entry.uncompressedSize, method: entry.compressionMethod === 0 ? "stored" : "deflated" });
    raw.set(name, entry);
  }
  return { entries, raw };
}

function checkEntry(entry: yauzl.Entry, name: string): void {
  const parts = name.split("/");
  const climbs = name.startsWith("/") || /^[a-zA-Z]:/.test(name) || name.includes("\\") || parts.includes("..") || parts.includes(".");
  if (climbs || name === "" || name.length > PATH_LENGTH_MAX || /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(name) || /%(00|2e|2f|5c)/i.test(name)) throw new PackageRefused("package_path", { name: shown(name) });
  if (entry.isEncrypted()) throw new PackageRefused("locked");
  const kind = (entry.externalFileAttributes >>> 16) & 0o170000; // 0 where the archive was not made on Unix
  if (kind !== 0 && kind !== 0o100000 && kind !== 0o040000) throw new PackageRefused("package_link", { name: shown(name) });
  if (entry.compressionMethod !== 0 && entry.compressionMethod !== 8) throw new PackageRefused("broken", { ext: "zip" });
  if (entry.uncompressedSize > ENTRY_MAX) throw new PackageRefused("package_large_file", { name: shown(name), max: ENTRY_MAX });
  const ext = extensionOf(parts.at(-1) ?? "");
  if (isProgram(ext) && !OF_THE_WEB.has(ext)) throw new PackageRefused("package_program", { name: shown(name) });
}

/** A name from inside an archive, fit to be shown in a message. */
function shown(name: string): string {
  return name.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, "·").slice(0, 120);
}

/** Opens an archive on the disk. @throws PackageRefused */
export function openArchive(path: string): Promise<Archive> {
  return opened(yauzl.openPromise(path, { autoClose: false, strictFileNames: true, validateEntrySizes: true }));
}

/** Opens an archive in the blob store, reading only the pieces that are asked for. @throws PackageRefused */
export function openStoredArchive(store: BlobStore, blob: { hash: string; size: number }): Promise<Archive> {
  const reader = new BlobReader(store, blob);
  return opened(yauzl.fromRandomAccessReaderPromise(reader, blob.size, { autoClose: false, strictFileNames: true, validateEntrySizes: true }));
}

async function opened(opening: Promise<Archive>): Promise<Archive> {
  try {
    return await opening;
  } catch {
    throw new PackageRefused("broken", { ext: "zip" });
  }
}

/** Our word for what yauzl found while it read an archive. */
export function refusalOf(error: unknown): PackageRefused {
  if (error instanceof PackageRefused) return error;
  const text = error instanceof Error ? error.message : "";
  if (/^(invalid characters in fileName|absolute path|invalid relative path)/.test(text)) return new PackageRefused("package_path", { name: shown(text.replace(/^[^:]*: /, "")) });
  if (text.startsWith("too many bytes")) return new PackageRefused("bomb");
  return new PackageRefused("broken", { ext: "zip" });
}

const BLOCK = 1 << 18;

/** Reads pieces of a blob for yauzl; the list of an archive is read in large steps and not field by field. */
class BlobReader extends yauzl.RandomAccessReader {
  private readonly store: BlobStore;
  private readonly blob: { hash: string; size: number };
  private readonly blocks = new Map<number, Promise<Buffer>>();

  constructor(store: BlobStore, blob: { hash: string; size: number }) {
    super();
    this.store = store;
    this.blob = blob;
  }

  override _readStreamForRange(start: number, end: number): Readable {
    const out = new PassThrough();
    this.store.open(this.blob.hash, { start, end: end - 1 }).then(
      (content) => void pipeline(content, out).catch(() => undefined),
      (error: unknown) => out.destroy(error instanceof Error ? error : new Error(String(error))),
    );
    return out;
  }

  override read(buffer: Buffer, offset: number, length: number, position: number, callback: (error: Error | null) => void): void {
    this.copy(buffer, offset, length, position).then(
      () => callback(null),
      (error: unknown) => callback(error instanceof Error ? error : new Error(String(error))),
    );
  }

  private async copy(buffer: Buffer, offset: number, length: number, position: number): Promise<void> {
    for (let done = 0; done < length; ) {
      const at = position + done;
      const block = await this.block(Math.floor(at / BLOCK));
      const from = at % BLOCK;
      const copied = block.copy(buffer, offset + done, from, Math.min(block.length, from + length - done));
      if (copied === 0) throw new Error("the archive ends too early");
      done += copied;
    }
  }

  private block(number: number): Promise<Buffer> {
    const kept = this.blocks.get(number) ?? this.readBlock(number);
    this.blocks.set(number, kept);
    return kept;
  }

  private async readBlock(number: number): Promise<Buffer> {
    const start = number * BLOCK;
    if (start >= this.blob.size) return Buffer.alloc(0);
    return readAll(await this.store.open(this.blob.hash, { start, end: Math.min(start + BLOCK, this.blob.size) - 1 }), BLOCK);
  }
}

/** All of a stream, up to a limit. @throws PackageRefused `bomb` where there is more */
export async function readAll(stream: Readable, bytesMax: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > bytesMax) throw new PackageRefused("bomb");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** One file of an opened archive as text. */
export async function readEntry(zip: Archive, entry: yauzl.Entry, bytesMax: number): Promise<Buffer> {
  if (entry.uncompressedSize > bytesMax) throw new PackageRefused("package_manifest");
  return readAll(await zip.openReadStreamPromise(entry), bytesMax);
}

/**
 * Reads every file to its end without keeping it: what an archive says of sizes and checksums must be true before it is
 * kept, because afterwards its files are sent piece by piece and nobody looks again.
 */
export async function proveArchive(zip: Archive, raw: ReadonlyMap<string, yauzl.Entry>): Promise<void> {
  for (const entry of raw.values()) {
    let sum = 0;
    let size = 0;
    for await (const chunk of (await zip.openReadStreamPromise(entry)) as AsyncIterable<Buffer>) {
      sum = crc32(chunk, sum);
      size += chunk.length;
      if (size > entry.uncompressedSize) throw new PackageRefused("bomb");
    }
    if (size !== entry.uncompressedSize || sum !== entry.crc32 >>> 0) throw new PackageRefused("broken", { ext: "zip" });
  }
}
