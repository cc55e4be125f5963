import { rm } from "node:fs/promises";
import { Transform, type Readable } from "node:stream";
import type { Request, Response } from "express";
import multer, { MulterError, type StorageEngine } from "multer";
import { Refusal, invalid, tooLarge } from "../errors.ts";
import type { BlobStore, HashedFile } from "../storage.ts";
import { writeHashed } from "../storage/disk.ts";
import { identify, isArchive, type FileRefusal } from "./file-content.ts";
import { ARCHIVE, cleanName, nameAs, type FileKind } from "./file-kinds.ts";
import { typedOf, type Typed } from "./form.ts";
import { virusWatch } from "./virus.ts";

/** A file that was taken: lies in the store's incoming folder until it is adopted or the request ends. */
export interface ReceivedFile extends HashedFile {
  field: string;
  /** The person's name for it, made fit to show; never a path. */
  name: string;
  kind: FileKind;
}

/** A file that was not taken, and why: `words.platform.files[code]`. */
export interface RefusedFile {
  field: string;
  name: string;
  code: FileRefusal;
  params: Record<string, string | number>;
}

export interface Received {
  /** The form's other fields, as `readForm` takes them. */
  fields: Typed;
  files: ReceivedFile[];
  refused: RefusedFile[];
}

export interface UploadRules {
  store: BlobStore;
  /** The form field that carries files; files in other fields are refused. */
  field: string;
  filesMax: number;
  bytesMax: number;
  /** Kinds taken, by their usual extension. */
  accept: ReadonlySet<string>;
  /** Takes ZIP archives as they are, for a route that unpacks and judges what is inside. */
  archives?: boolean;
}

/**
 * Takes a multipart form apart: every file to a temporary file, hashed and measured on the way, known by its content.
 * One bad file does not spoil the others. What `use` did not adopt is removed when it returns or throws.
 *
 * Call it after the door: nobody writes to the disk before it is known that they may.
 */
export async function withUploads<T>(req: Request, res: Response, rules: UploadRules, use: (received: Received) => Promise<T>): Promise<T> {
  const written: Written[] = [];
  try {
    await readParts(req, res, rules, written);
    return await use(await sort(req, rules, written));
  } catch (error) {
    throw translate(error);
  } finally {
    for (const { file } of written) if (file) await rm(file.path, { force: true });
  }
}

interface Written {
  field: string;
  name: string;
  file?: HashedFile;
  refusal?: FileRefusal;
}

const FIELDS_MAX = 200;
const FIELD_BYTES_MAX = 100_000;
/** A form may name more files than are taken: the rest are refused one by one, not all together. */
const FILES_SEEN_MAX = 200;
/** Nobody may send for ever: a file this many times over the limit ends the request. */
const DRAIN_FACTOR = 4;

async function readParts(req: Request, res: Response, rules: UploadRules, written: Written[]): Promise<void> {
  const read = multer({
    storage: engine(rules, written),
    defParamCharset: "utf8",
    limits: {
      fields: FIELDS_MAX,
      fieldSize: FIELD_BYTES_MAX,
      fieldNameSize: 100,
      files: FILES_SEEN_MAX,
      fileSize: rules.bytesMax * DRAIN_FACTOR,
      headerPairs: 20,
    },
  }).any();
  await new Promise<void>((resolve, reject) => {
    read(req, res, (error: unknown) => (error instanceof Error ? reject(error) : resolve()));
  });
}

/** Writes what fits; of what does not, reads to the end so that the other files of the request arrive. */
function engine(rules: UploadRules, written: Written[]): StorageEngine {
  return {
    _handleFile(_req, file, done) {
      const entry: Written = { field: file.fieldname, name: cleanName(file.originalname) };
      written.push(entry);
      const refusal = file.fieldname !== rules.field ? "not_asked" : written.length > rules.filesMax ? "too_many" : undefined;
      if (refusal !== undefined) {
        entry.refusal = refusal;
        file.stream.on("end", () => done(null, {})).resume();
        return;
      }
      writeWithin(file.stream, rules, entry).then(() => done(null, {}), done);
    },
    _removeFile: (_req, _file, done) => done(null), // withUploads removes them all
  };
}

async function writeWithin(stream: Readable, rules: UploadRules, entry: Written): Promise<void> {
  const watch = watcher(rules.bytesMax);
  entry.file = await writeHashed(stream, rules.store.incoming, [watch.transform]);
  if (watch.seen.bytes > rules.bytesMax) entry.refusal = "too_large";
  else if (watch.seen.virus) entry.refusal = "virus";
}

/** Stops writing (not reading) at the limit, and looks for the test virus across chunks. */
export function watcher(bytesMax: number): { transform: Transform; seen: { bytes: number; virus: boolean } } {
  const seen = { bytes: 0, virus: false };
  const infected = virusWatch();
  const transform = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      seen.bytes += chunk.length;
      if (seen.bytes > bytesMax) return done();
      seen.virus = infected(chunk);
      done(null, chunk);
    },
  });
  return { transform, seen };
}

async function sort(req: Request, rules: UploadRules, written: readonly Written[]): Promise<Received> {
  const received: Received = { fields: typedOf((req.body as object | undefined) ?? {}), files: [], refused: [] };
  for (const { field, name, file, refusal } of written) {
    const refuse = (code: FileRefusal, params: RefusedFile["params"] = {}): unknown =>
      received.refused.push({ field, name, code, params: { max: rules.bytesMax, files: rules.filesMax, ...params } });
    // A virus inside an archive is the business of who unpacks it: it refuses that one file by name.
    if (rules.archives && file !== undefined && (refusal === undefined || refusal === "virus") && (await isArchive(file.path, name))) {
      received.files.push({ ...file, field, name, kind: ARCHIVE });
      continue;
    }
    if (refusal !== undefined || file === undefined) {
      refuse(refusal ?? "not_asked");
      continue;
    }
    const found = await identify(file.path, file.size, name);
    if (!found.ok) refuse(found.code, found.params);
    else if (!rules.accept.has(found.kind.ext)) refuse("type_not_allowed", { ext: found.kind.ext });
    else received.files.push({ ...file, field, name: nameAs(name, found.kind), kind: found.kind });
  }
  return received;
}

function translate(error: unknown): Error {
  if (error instanceof MulterError) return error.code === "LIMIT_FILE_SIZE" ? tooLarge() : invalid();
  if (error instanceof Error && "code" in error && error.code === "ENOSPC") return new Refusal(507, "storage_full");
  if (error instanceof Error && /^(Request (aborted|closed)|Unexpected end of form|Malformed|Multipart)/.test(error.message)) return invalid();
  return error instanceof Error ? error : new Error(String(error));
}
