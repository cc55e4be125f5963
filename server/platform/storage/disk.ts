import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdir, open, readdir, rename, rm, stat, utimes } from "node:fs/promises";
import path from "node:path";
import { Transform, type Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { newId } from "../ids.ts";
import { BlobMissing, isHash, type BlobStore, type ByteRange, type HashedFile, type Stored } from "../storage.ts";

/** Blobs as files `ab/cd/<hash>` of one folder; temporary files beside them in `incoming/`. */
export function diskStore(folder: string): BlobStore {
  const incoming = path.join(folder, "incoming");
  const store: BlobStore = {
    incoming,
    async put(content) {
      const file = await writeHashed(content, incoming);
      return store.adopt(file).catch(async (error: unknown) => {
        await rm(file.path, { force: true });
        throw error;
      });
    },
    adopt: (file) => adoptInto(folder, file),
    async stat(hash) {
      const found = await stat(pathOf(folder, hash)).catch(nothingThere);
      return found?.isFile() ? { hash, size: found.size } : undefined;
    },
    open: (hash, range) => openBlob(folder, hash, range),
    unbroughtSince: (instant) => listOld(folder, instant),
    remove: (hash) => rm(pathOf(folder, hash), { force: true }),
  };
  return store;
}

/**
 * Writes a stream to a temporary file, counting and hashing as it goes. Leaves nothing behind when it fails.
 *
 * @param watch what the bytes pass on their way, such as a limit
 */
export async function writeHashed(content: Readable, incoming: string, watch: readonly Transform[] = []): Promise<HashedFile> {
  await mkdir(incoming, { recursive: true });
  const file = path.join(incoming, newId());
  const hash = createHash("sha256");
  let size = 0;
  const count = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      size += chunk.length;
      done(null, chunk);
    },
  });
  const sink = createWriteStream(file, { flags: "wx", mode: 0o640 });
  try {
    await pipeline([content, ...watch, count, sink]);
  } catch (error) {
    if (!sink.closed) await new Promise<void>((resolve) => sink.once("close", resolve)); // it may be about to make the file yet
    await rm(file, { force: true });
    throw error;
  }
  return { path: file, hash: hash.digest("hex"), size };
}

/** Removes temporary files that a killed process left behind; folders have keepers of their own. Runs from the schedule. */
export async function sweepIncoming(store: BlobStore, olderThan: string): Promise<number> {
  const names = await readdir(store.incoming).catch(nothingThere);
  let removed = 0;
  for (const name of names ?? []) {
    const file = path.join(store.incoming, name);
    const found = await stat(file).catch(nothingThere);
    if (!found?.isFile() || found.mtime.toISOString() >= olderThan) continue;
    await rm(file, { force: true });
    removed += 1;
  }
  return removed;
}

/** Write beside, fsync, rename: after a power cut the blob is either whole or not there. */
async function adoptInto(folder: string, file: HashedFile): Promise<Stored> {
  const target = pathOf(folder, file.hash);
  const stored = { hash: file.hash, size: file.size };
  if (await exists(target)) {
    const broughtAt = (await stat(file.path).catch(nothingThere))?.mtime;
    if (broughtAt) await utimes(target, broughtAt, broughtAt); // it was brought again just now: no sweeper takes it for forgotten
    await rm(file.path, { force: true }); // gone already, where two finished the same upload
    return stored;
  }
  await mkdir(path.dirname(target), { recursive: true });
  await flush(file.path);
  await rename(file.path, target);
  await flush(path.dirname(target));
  return stored;
}

async function openBlob(folder: string, hash: string, range: ByteRange | undefined): Promise<Readable> {
  const file = await open(pathOf(folder, hash), "r").catch(nothingThere);
  if (file === undefined) throw new BlobMissing(hash);
  return file.createReadStream(range === undefined ? {} : { start: range.start, end: range.end });
}

async function* listOld(folder: string, instant: string): AsyncGenerator<string> {
  const below = async (...parts: string[]): Promise<string[]> => (await readdir(path.join(folder, ...parts)).catch(nothingThere)) ?? [];
  for (const first of (await below()).filter((name) => /^[0-9a-f]{2}$/.test(name))) {
    for (const second of await below(first)) {
      for (const hash of (await below(first, second)).filter(isHash)) {
        const found = await stat(pathOf(folder, hash)).catch(nothingThere);
        if (found && found.mtime.toISOString() < instant) yield hash;
      }
    }
  }
}

/** Nothing but a hash becomes a path, so nothing outside the folder can be reached. */
function pathOf(folder: string, hash: string): string {
  if (!isHash(hash)) throw new BlobMissing(hash.slice(0, 80));
  return path.join(folder, hash.slice(0, 2), hash.slice(2, 4), hash);
}

async function flush(file: string): Promise<void> {
  const handle = await open(file, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function exists(file: string): Promise<boolean> {
  return (await stat(file).catch(nothingThere)) !== undefined;
}

function nothingThere(error: unknown): undefined {
  if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
  throw error;
}
