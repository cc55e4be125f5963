import { open, readFile, type FileHandle } from "node:fs/promises";
import { createReadStream } from "node:fs";
import { TextDecoder } from "node:util";
import { fileTypeFromFile } from "file-type";
import yauzl from "yauzl";
import { extensionOf, isProgram, kindOfExtension, type FileKind } from "./file-kinds.ts";
import { isPageDocument, PAGE_BYTES_MAX } from "../page-document.ts";
import type { PackageRefusal } from "./package-archive.ts";
import { readPackageFile } from "./package-content.ts";

/** Why a file is not taken; the words stand in `words.platform.files`. */
export type FileRefusal =
  | "too_large"
  | "empty"
  | "too_many"
  | "program"
  | "type_not_allowed"
  | "mismatch"
  | "macro"
  | "locked"
  | "broken"
  | "bomb"
  | "not_utf8"
  | "virus"
  | "too_many_pixels"
  | "not_asked"
  | "no_room"
  | "lost"
  | PackageRefusal;

export type Identified = { ok: true; kind: FileKind } | { ok: false; code: FileRefusal; params: Record<string, string | number> };

const no = (code: FileRefusal, params: Record<string, string | number> = {}): Identified => ({ ok: false, code, params });

/**
 * What a file really is. Its name only says what it claims to be; the content decides, and a claim that the content
 * contradicts is refused, except within one family (a PNG named .jpg is an image all the same).
 *
 * @param name the cleaned name the person sees
 */
export async function identify(path: string, size: number, name: string): Promise<Identified> {
  const ext = extensionOf(name);
  if (size === 0) return no("empty");
  if (ext === "html" && (await isPage(path, size))) return known("html");
  if (isProgram(ext)) return no("program", { ext });
  const claim = kindOfExtension(ext);
  if (claim?.family === "text" || claim?.family === "captions") return (await isUtf8Text(path)) ? { ok: true, kind: claim } : no("not_utf8", { ext });
  const found = await contentOf(path, size);
  if (!found.ok && found.code === "type_not_allowed" && claim) return claim.family === "package" ? no("package_none") : no("mismatch", { ext });
  if (!found.ok) return found;
  if (claim === undefined && ext !== "" && found.kind.family === "text") return no("type_not_allowed", { ext });
  if (claim !== undefined && claim.family !== found.kind.family) return no("mismatch", { ext, actual: found.kind.ext });
  return found;
}

/** A page that was saved here and not touched since: any other HTML could run code. */
async function isPage(path: string, size: number): Promise<boolean> {
  if (size > PAGE_BYTES_MAX) return false;
  return isPageDocument(await readFile(path, "utf8"));
}

/** Whether a file that is named as a ZIP begins as one does, an empty one too. What is inside is another question. */
export async function isArchive(path: string, name: string): Promise<boolean> {
  if (extensionOf(name) !== "zip") return false;
  const head = await readPart(path, 0, 4);
  return head.equals(ZIP_HEAD) || head.equals(Buffer.from("PK\x05\x06", "latin1"));
}

async function contentOf(path: string, size: number): Promise<Identified> {
  const magic = await fileTypeFromFile(path).catch(() => undefined);
  const head = await readPart(path, 0, 8);
  if (head.subarray(0, 4).equals(ZIP_HEAD)) return zipKind(path);
  if (head.equals(CFB_HEAD)) return compoundKind(path);
  if (magic === undefined) return (await isUtf8Text(path)) ? known("txt") : no("type_not_allowed", { ext: "" });
  if (magic.ext === "pdf") return pdfKind(path, size);
  const found = kindOfExtension(magic.ext);
  if (found === undefined || found.family === "text") return no("type_not_allowed", { ext: magic.ext });
  return found.family === "image" && (await isTooLarge(path)) ? no("too_many_pixels") : { ok: true, kind: found };
}

/** A picture of a few kilobytes can unpack to gigabytes: its header says so, and nothing is unpacked to read it. */
async function isTooLarge(path: string): Promise<boolean> {
  const { default: sharp } = await import("sharp");
  const size = await sharp(path, { limitInputPixels: false }).metadata().catch(() => undefined);
  return size !== undefined && size.width * size.height > PIXELS_MAX;
}

const PIXELS_MAX = 100_000_000;

function known(ext: string): Identified {
  const found = kindOfExtension(ext);
  return found === undefined ? no("type_not_allowed", { ext }) : { ok: true, kind: found };
}

const ZIP_HEAD = Buffer.from("PK\x03\x04", "latin1");
const CFB_HEAD = Buffer.from("d0cf11e0a1b11ae1", "hex");
const PDF_TAIL_BYTES = 16_384;

/** A PDF whose end was lost (a broken download) opens in no viewer. */
async function pdfKind(path: string, size: number): Promise<Identified> {
  const tail = await readPart(path, Math.max(0, size - PDF_TAIL_BYTES), PDF_TAIL_BYTES);
  return tail.includes("startxref") ? known("pdf") : no("broken", { ext: "pdf" });
}

/** Parts that prove what kind of document a ZIP archive holds. */
const ZIP_PROOF: readonly [part: string, ext: string][] = [
  ["word/document.xml", "docx"],
  ["xl/workbook.xml", "xlsx"],
  ["ppt/presentation.xml", "pptx"],
  ["geogebra.xml", "ggb"],
];
const ODF_MIMES: Record<string, string> = {
  "application/vnd.oasis.opendocument.text": "odt",
  "application/vnd.oasis.opendocument.spreadsheet": "ods",
  "application/vnd.oasis.opendocument.presentation": "odp",
};
const ZIP_ENTRIES_MAX = 20_000;
const ZIP_UNPACKED_MAX = 2_000_000_000;
const ZIP_RATIO_MAX = 200;

/** Office documents are ZIP archives: the list of parts says which, and whether they hide macros or a bomb. */
async function zipKind(path: string): Promise<Identified> {
  const list = await zipParts(path).catch(() => undefined);
  if (list === undefined) return packageKind(path);
  if (list.names.has("imsmanifest.xml") || list.names.has("h5p.json")) return packageKind(path);
  if (list.locked) return no("locked");
  if (list.unpacked > ZIP_UNPACKED_MAX || list.unpacked > ZIP_RATIO_MAX * Math.max(list.packed, 1_000_000)) return no("bomb");
  if ([...list.names].some((name) => name.endsWith("vbaProject.bin"))) return no("macro");
  const proof = ZIP_PROOF.find(([part, ext]) => list.names.has(part) && (ext === "ggb" || list.names.has("[Content_Types].xml")));
  if (proof) return known(proof[1]);
  const odf = list.names.has("content.xml") ? ODF_MIMES[list.mimetype] : undefined;
  return odf === undefined ? no("type_not_allowed", { ext: "zip" }) : known(odf);
}

/** An interactive package is read to its end before it is taken, and every refusal says what in it is wrong. */
async function packageKind(path: string): Promise<Identified> {
  const read = await readPackageFile(path);
  if (!read.ok) return no(read.code, read.params);
  return known(read.content.standard === "h5p" ? "h5p" : "zip");
}

interface ZipParts {
  names: Set<string>;
  unpacked: number;
  packed: number;
  locked: boolean;
  /** What an OpenDocument's first part says, else empty. */
  mimetype: string;
}

async function zipParts(path: string): Promise<ZipParts> {
  const zip = await yauzl.openPromise(path, { autoClose: false });
  const parts: ZipParts = { names: new Set(), unpacked: 0, packed: 0, locked: false, mimetype: "" };
  try {
    for await (const entry of zip.eachEntry()) {
      parts.names.add(entry.fileName);
      parts.unpacked += entry.uncompressedSize;
      parts.packed += entry.compressedSize;
      parts.locked ||= entry.isEncrypted();
      if (parts.names.size > ZIP_ENTRIES_MAX) throw new Error("too many parts");
      if (entry.fileName === "mimetype" && entry.uncompressedSize < 200 && !entry.isEncrypted()) {
        const chunks: Buffer[] = [];
        for await (const chunk of await zip.openReadStreamPromise(entry)) chunks.push(chunk as Buffer);
        parts.mimetype = Buffer.concat(chunks).toString("latin1").trim();
      }
    }
  } finally {
    zip.close();
  }
  return parts;
}

/** Streams that prove what an older Office document (Compound File Binary) is. */
const CFB_PROOF: readonly [stream: string, ext: string][] = [
  ["WordDocument", "doc"],
  ["PowerPoint Document", "ppt"],
  ["Workbook", "xls"],
  ["Book", "xls"],
];
const CFB_MACROS = new Set(["VBA", "_VBA_PROJECT_CUR", "Macros", "_VBA_PROJECT"]);

/** .doc, .xls, .ppt: the directory of the compound file names its streams. An OOXML with a password looks like this too. */
async function compoundKind(path: string): Promise<Identified> {
  const names = await compoundNames(path).catch(() => undefined);
  if (names === undefined) return no("broken", { ext: "doc" });
  if (names.has("EncryptedPackage")) return no("locked");
  if ([...names].some((name) => CFB_MACROS.has(name))) return no("macro");
  const proof = CFB_PROOF.find(([stream]) => names.has(stream));
  return proof === undefined ? no("type_not_allowed", { ext: "cfb" }) : known(proof[1]);
}

const CFB_END = 0xfffffffa; // sector numbers from here on are marks, not sectors
const CFB_SECTORS_MAX = 4096;

/** Follows the directory's chain of sectors. Source: [MS-CFB], sections 2.2 (header), 2.3 (FAT), 2.6 (directory). */
async function compoundNames(path: string): Promise<Set<string>> {
  const file = await open(path, "r");
  try {
    const header = await part(file, 0, 512);
    const sectorSize = 1 << header.readUInt16LE(0x1e);
    if (sectorSize !== 512 && sectorSize !== 4096) throw new Error("not a compound file");
    const sector = (n: number): Promise<Buffer> => part(file, (n + 1) * sectorSize, sectorSize);
    const perSector = sectorSize / 4;
    const names = new Set<string>();
    let at = header.readUInt32LE(0x30);
    for (let seen = 0; at < CFB_END && seen < CFB_SECTORS_MAX; seen += 1) {
      readNames(await sector(at), names);
      const place = Math.floor(at / perSector);
      if (place >= 109) break; // past the header's own list: no real document's directory begins there
      const fat = await sector(header.readUInt32LE(0x4c + 4 * place));
      at = fat.readUInt32LE(4 * (at % perSector));
    }
    return names;
  } finally {
    await file.close();
  }
}

function readNames(sector: Buffer, names: Set<string>): void {
  for (let entry = 0; entry + 128 <= sector.length; entry += 128) {
    const length = sector.readUInt16LE(entry + 64);
    if (length >= 2 && length <= 64) names.add(sector.toString("utf16le", entry, entry + length - 2));
  }
}

/** Valid UTF-8 without control characters that no text has. */
async function isUtf8Text(path: string): Promise<boolean> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  try {
    for await (const chunk of createReadStream(path)) {
      if (NOT_TEXT.test(decoder.decode(chunk as Buffer, { stream: true }))) return false;
    }
    decoder.decode();
    return true;
  } catch {
    return false; // the decoder's word that this is not UTF-8
  }
}

const NOT_TEXT = /[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]/;

async function readPart(path: string, start: number, length: number): Promise<Buffer> {
  const file = await open(path, "r");
  try {
    const bytes = Buffer.alloc(length);
    const { bytesRead } = await file.read(bytes, 0, length, start);
    return bytes.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

async function part(file: FileHandle, start: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  const { bytesRead } = await file.read(bytes, 0, length, start);
  if (bytesRead < length) throw new Error("the file ends too early");
  return bytes;
}
