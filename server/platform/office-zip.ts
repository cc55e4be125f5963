import { PassThrough } from "node:stream";
import { buffer } from "node:stream/consumers";
import { ZipArchive } from "archiver";
import { fromBuffer, type Entry, type ZipFile } from "yauzl";
import { Refusal } from "./errors.ts";

/** Limits that no plan of a school comes near; checked from the directory, before anything is unpacked. */
export const ZIP_ENTRIES_MAX = 2000;
export const ZIP_BYTES_MAX = 60_000_000;
export const ZIP_RATIO_MAX = 200;
/** Small parts compress far better than documents do: the ratio is asked of larger ones only. */
const RATIO_FROM_BYTES = 1_000_000;
/** A file of the old Office formats (.doc, .xls) begins with these bytes, whatever its name says. */
const OLE = Buffer.from([0xd0, 0xcf, 0x11, 0xe0]);

/** Why a file cannot be read, as keys of `words.refusals`. */
export type FileProblem = "file_empty" | "file_broken" | "file_old_office" | "file_not_office" | "file_bomb" | "file_locked";

export function fileRefusal(problem: FileProblem): Refusal {
  return new Refusal(problem === "file_bomb" ? 413 : 422, problem);
}

/**
 * Opens the directory of an Office file and says what kind it is.
 *
 * @throws Refusal `file_empty`, `file_old_office`, `file_locked`, `file_not_office`, `file_bomb`, `file_broken`
 */
export async function officeKind(bytes: Buffer): Promise<"word" | "excel"> {
  if (bytes.length === 0) throw fileRefusal("file_empty");
  if (bytes.subarray(0, 4).equals(OLE)) throw fileRefusal(isEncrypted(bytes) ? "file_locked" : "file_old_office");
  if (bytes.subarray(0, 2).toString("latin1") !== "PK") throw fileRefusal("file_not_office");
  const names = new Set((await directoryOf(bytes)).map((entry) => entry.fileName));
  if (names.has("word/document.xml")) return "word";
  if (names.has("xl/workbook.xml")) return "excel";
  throw fileRefusal("file_not_office");
}

/** A .docx or .xlsx with a password is wrapped in the old container with a stream of this name. */
function isEncrypted(bytes: Buffer): boolean {
  return bytes.includes(Buffer.from("EncryptedPackage", "utf16le"));
}

async function directoryOf(bytes: Buffer): Promise<Entry[]> {
  const entries: Entry[] = [];
  let unpacked = 0;
  await walk(bytes, (entry, zip, next) => {
    unpacked += entry.uncompressedSize;
    const ratio = entry.uncompressedSize / Math.max(1, entry.compressedSize);
    const swollen = entry.uncompressedSize > RATIO_FROM_BYTES && ratio > ZIP_RATIO_MAX;
    if (entries.length >= ZIP_ENTRIES_MAX || unpacked > ZIP_BYTES_MAX || swollen) throw fileRefusal("file_bomb");
    entries.push(entry);
    void zip;
    next();
  });
  return entries;
}

/** The text of those parts whose name `wants`; call only after `officeKind` has judged the sizes. */
export async function readParts(bytes: Buffer, wants: (name: string) => boolean): Promise<Map<string, string>> {
  return new Map([...(await readFiles(bytes, wants))].map(([name, content]) => [name, content.toString("utf8")]));
}

/** Those parts as they lie in the file, pictures too; call only after `officeKind` has judged the sizes. */
export async function readFiles(bytes: Buffer, wants: (name: string) => boolean = () => true): Promise<Map<string, Buffer>> {
  const parts = new Map<string, Buffer>();
  await walk(bytes, (entry, zip, next, fail) => {
    if (!wants(entry.fileName)) {
      next();
      return;
    }
    zip.openReadStream(entry, (error, stream) => {
      if (error) {
        fail(error);
        return;
      }
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("error", fail);
      stream.on("end", () => {
        parts.set(entry.fileName, Buffer.concat(chunks));
        next();
      });
    });
  });
  return parts;
}

/** An Office file of these parts, in their order. */
export async function writeFiles(parts: ReadonlyMap<string, Buffer | string>): Promise<Buffer> {
  const zip = new ZipArchive({ zlib: { level: 6 } });
  const out = zip.pipe(new PassThrough());
  for (const [name, content] of parts) zip.append(content, { name, date: EPOCH });
  const [written] = await Promise.all([buffer(out), zip.finalize()]);
  return written;
}

/** The same parts give the same file, whenever it is written. */
const EPOCH = new Date("2020-01-01T00:00:00.000Z");

type Visit = (entry: Entry, zip: ZipFile, next: () => void, fail: (error: unknown) => void) => void;

function walk(bytes: Buffer, visit: Visit): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (error: unknown): void => reject(error instanceof Refusal ? error : fileRefusal("file_broken"));
    fromBuffer(bytes, { lazyEntries: true, validateEntrySizes: true }, (error, zip) => {
      if (error) {
        fail(error);
        return;
      }
      zip.on("error", fail);
      zip.on("end", resolve);
      zip.on("entry", (entry: Entry) => {
        try {
          visit(entry, zip, () => zip.readEntry(), fail);
        } catch (problem) {
          fail(problem);
        }
      });
      zip.readEntry();
    });
  });
}
