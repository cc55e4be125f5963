import { rm } from "node:fs/promises";
import yauzl, { type Entry, type ZipFile } from "yauzl";
import { Refusal, type Params } from "../platform/errors.ts";
import type { HashedFile } from "../platform/storage.ts";
import { writeHashed } from "../platform/storage/disk.ts";
import { watcher } from "../platform/web/uploads.ts";
import { decodeName, isClutter, leadsOut, sameNameKey } from "./rules/names.ts";

/** What an archive may hold. Source: RELIABILITY (e) "Unpack"; everything is judged before a byte is written. */
export interface UnpackLimits {
  entriesMax: number;
  /** Bytes of all files together, unpacked. */
  totalMax: number;
  /** Bytes of one file, unpacked. */
  oneMax: number;
  /** How many times larger than packed. */
  ratioMax: number;
}

export const UNPACK: UnpackLimits = { entriesMax: 5000, totalMax: 500_000_000, oneMax: 200_000_000, ratioMax: 200 };
/** A ZIP that was sent in pieces may hold one film that fills it. */
export const ARRIVAL_UNPACK: UnpackLimits = { ...UNPACK, oneMax: UNPACK.totalMax };
/** The largest ZIP that is worth sending: packed it cannot be much larger than what it may hold. */
export const ARRIVAL_BYTES_MAX = Math.round(UNPACK.totalMax * 1.02);
/** Below this a high ratio is an ordinary empty table, not a bomb. */
const RATIO_FROM_BYTES = 1_000_000;
const PATH_LENGTH_MAX = 1000;

/** Why a whole archive is not taken; words in `bulk.archive_problems`. */
export type ArchiveProblem = "broken" | "locked" | "too_many" | "too_big" | "one_too_big" | "bomb" | "path" | "link" | "twice" | "method" | "empty" | "lies" | "missing" | "changed" | "extra" | "format" | "line";

export class ArchiveRefused extends Refusal {
  readonly problem: ArchiveProblem;
  constructor(problem: ArchiveProblem, params: Params = {}, options: { cause?: unknown } = {}) {
    super(422, `archive_${problem}`, params);
    this.problem = problem;
    if (options.cause !== undefined) this.cause = options.cause;
  }
}

/** One file of an archive, unpacked to a temporary file that is gone when `use` has returned. */
export interface Unpacked {
  /** Folders and name as the archive says, composed; to be shown and matched, never opened. */
  path: string;
  file: HashedFile;
  /** The test virus was found in it. */
  virus: boolean;
}

export interface Unpacking {
  /** The store's folder for temporary files. */
  incoming: string;
  limits: UnpackLimits;
  /** Told after each file. */
  onFile?: (done: number, files: number) => Promise<void>;
}

/**
 * Unpacks an archive into temporary files, hands them over, and leaves nothing of them behind: what `use` did not adopt
 * is removed when it returns or throws.
 *
 * @param zipPath a file of the system's own naming
 * @throws ArchiveRefused naming the entry that is at fault; before anything is written, except for an archive that lies
 *   about its sizes, which is stopped while it is unpacked
 */
export async function withUnpacked<T>(zipPath: string, { incoming, limits, onFile }: Unpacking, use: (files: Unpacked[]) => Promise<T>): Promise<T> {
  const written: Unpacked[] = [];
  const zip = await open(zipPath);
  try {
    const wanted = await judge(zip, limits);
    for (const { entry, path } of wanted) {
      written.push(await write(zip, entry, path, incoming));
      await onFile?.(written.length, wanted.length);
    }
    return await use(written);
  } finally {
    zip.close();
    for (const { file } of written) await rm(file.path, { force: true });
  }
}

async function open(path: string): Promise<ZipFile> {
  try {
    return await yauzl.openPromise(path, { autoClose: false, lazyEntries: true, decodeStrings: false, validateEntrySizes: true });
  } catch (cause) {
    throw new ArchiveRefused("broken", {}, { cause });
  }
}

interface Wanted {
  entry: Entry;
  path: string;
}

/** Reads the whole directory of the archive and refuses it, or answers the files that are wanted. */
async function judge(zip: ZipFile, limits: UnpackLimits): Promise<Wanted[]> {
  if (zip.entryCount > limits.entriesMax) throw new ArchiveRefused("too_many", { max: limits.entriesMax });
  const wanted: Wanted[] = [];
  const names = new Set<string>();
  let total = 0;
  let packed = 0;
  for (const entry of await entriesOf(zip, limits)) {
    const path = nameOf(entry);
    const shown = path.slice(0, 120).replace(/\p{C}/gu, "�");
    if (path.length > PATH_LENGTH_MAX || leadsOut(path)) throw new ArchiveRefused("path", { name: shown });
    if (isSpecial(entry)) throw new ArchiveRefused("link", { name: shown });
    if (entry.isEncrypted()) throw new ArchiveRefused("locked", { name: shown });
    const key = sameNameKey(path);
    if (names.has(key)) throw new ArchiveRefused("twice", { name: shown });
    names.add(key);
    total += entry.uncompressedSize;
    packed += entry.compressedSize;
    if (entry.uncompressedSize > limits.oneMax) throw new ArchiveRefused("one_too_big", { name: shown, max: limits.oneMax });
    if (total > limits.totalMax) throw new ArchiveRefused("too_big", { max: limits.totalMax });
    const swollen = entry.uncompressedSize > RATIO_FROM_BYTES && entry.uncompressedSize > limits.ratioMax * entry.compressedSize;
    if (swollen) throw new ArchiveRefused("bomb", { name: shown });
    if (path.endsWith("/") || isClutter(path)) continue;
    if (!entry.canDecodeFileData()) throw new ArchiveRefused("method", { name: shown });
    wanted.push({ entry, path });
  }
  // Entries that share their bytes unpack to far more than the file holds.
  if (packed > zip.fileSize) throw new ArchiveRefused("bomb", { name: "" });
  if (wanted.length === 0) throw new ArchiveRefused("empty");
  return wanted;
}

async function entriesOf(zip: ZipFile, limits: UnpackLimits): Promise<Entry[]> {
  const entries: Entry[] = [];
  try {
    for await (const entry of zip.eachEntry()) {
      entries.push(entry);
      if (entries.length > limits.entriesMax) break;
    }
  } catch (cause) {
    throw new ArchiveRefused("broken", {}, { cause });
  }
  if (entries.length > limits.entriesMax) throw new ArchiveRefused("too_many", { max: limits.entriesMax });
  return entries;
}

const UTF8_FLAG = 0x800;
/** Extra field of Info-ZIP: the name once more, in UTF-8 (APPNOTE 4.6.9). */
const UNICODE_PATH = 0x7075;

function nameOf(entry: Entry): string {
  const raw = entry.fileNameRaw;
  const extra = entry.extraFields.find((field) => field.id === UNICODE_PATH);
  if (extra && extra.data.length > 5 && extra.data[0] === 1) return decodeName(extra.data.subarray(5), true);
  return decodeName(raw, (entry.generalPurposeBitFlag & UTF8_FLAG) !== 0);
}

/** Links, devices, pipes: anything but files and folders, where the archive was made on Unix or a Mac. */
function isSpecial(entry: Entry): boolean {
  const host = entry.versionMadeBy >> 8;
  if (host !== 3 && host !== 19) return false;
  const type = (entry.externalFileAttributes >>> 16) & 0o170000;
  return type !== 0 && type !== 0o100000 && type !== 0o040000;
}

async function write(zip: ZipFile, entry: Entry, path: string, incoming: string): Promise<Unpacked> {
  const watch = watcher(entry.uncompressedSize);
  try {
    const content = await zip.openReadStreamPromise(entry);
    content.on("error", () => undefined); // a lie may be found out before anybody listens; the pipeline below reports it
    const file = await writeHashed(content, incoming, [watch.transform]);
    return { path, file, virus: watch.seen.virus };
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "ENOSPC") throw cause;
    throw new ArchiveRefused("lies", { name: path.slice(0, 120) }, { cause });
  }
}
