import { mkdir, open, readdir, rm, stat, writeFile, type FileHandle } from "node:fs/promises";
import path from "node:path";
import type { Readable } from "node:stream";
import { DataStore, ERRORS, Upload, type Lock, type Locker } from "@tus/server";
import type { Instant } from "../platform/clock.ts";
import type { BlobStore } from "../platform/storage.ts";
import type { UploadRow } from "./store.ts";

/** Beside the other temporary files, so that finishing is a rename; a folder of its own, so that they are not swept after a day. */
function folderOf(blobs: BlobStore): string {
  return path.join(blobs.incoming, "resumable");
}

/** @param id an identifier that this server made: nothing a person typed becomes a path */
export function incomingPath(blobs: BlobStore, id: string): string {
  return path.join(folderOf(blobs), id);
}

/** How many bytes of an upload are here; undefined where there is no file. */
export async function bytesHere(blobs: BlobStore, id: string): Promise<number | undefined> {
  return (await stat(incomingPath(blobs, id)).catch(() => undefined))?.size;
}

export async function removeIncoming(blobs: BlobStore, id: string): Promise<void> {
  await rm(incomingPath(blobs, id), { force: true });
}

/** Files of uploads that were last written before `olderThan`. */
export async function listIncoming(blobs: BlobStore, olderThan: Instant): Promise<string[]> {
  const names = await readdir(folderOf(blobs)).catch(() => []);
  const old: string[] = [];
  for (const name of names) {
    const found = await stat(incomingPath(blobs, name)).catch(() => undefined);
    if (found && found.mtime.toISOString() < olderThan) old.push(name);
  }
  return old;
}

/** What the store tells of an upload's row. */
export interface Ledger {
  upload: Pick<UploadRow, "id" | "size_bytes" | "state" | "expires_at"> | undefined;
  at: Instant;
  /** Bytes were written; `total` are here now. */
  onBytes(total: number): Promise<void>;
  /** The sender takes it back. */
  onRemove(): Promise<void>;
}

/**
 * The bytes of one upload, as the tus server asks for them. The row in the database says what is to come; the length of the
 * file says what is here, so that no crash can make the two differ.
 */
export class IncomingFile extends DataStore {
  private readonly blobs: BlobStore;
  private readonly ledger: Ledger;

  constructor(blobs: BlobStore, ledger: Ledger) {
    super();
    this.blobs = blobs;
    this.ledger = ledger;
    this.extensions = ["creation", "termination", "expiration"];
  }

  override async create(upload: Upload): Promise<Upload> {
    await mkdir(folderOf(this.blobs), { recursive: true });
    await writeFile(incomingPath(this.blobs, upload.id), "", { flag: "wx", mode: 0o640 });
    return upload;
  }

  override async getUpload(id: string): Promise<Upload> {
    const { upload, at } = this.ledger;
    if (upload === undefined || upload.state === "refused" || upload.expires_at <= at) throw new TusError(ERRORS.FILE_NO_LONGER_EXISTS);
    // Where the answer to the last piece was lost, the sender asks how far it came and hears: to the end.
    const here = upload.state === "finished" ? upload.size_bytes : await bytesHere(this.blobs, id);
    if (here === undefined) throw new TusError(ERRORS.FILE_NO_LONGER_EXISTS);
    return new Upload({ id, size: upload.size_bytes, offset: here });
  }

  /** Appends what arrives until the line breaks; what came is kept and flushed to the disk before it is acknowledged. */
  override async write(content: Readable, id: string, offset: number): Promise<number> {
    const file = await open(incomingPath(this.blobs, id), "r+").catch(() => {
      throw new TusError(ERRORS.FILE_NO_LONGER_EXISTS);
    });
    try {
      let at = offset;
      for await (const chunk of content) at += await writeAll(file, chunk as Buffer, at);
    } catch (error) {
      if (isFull(error)) throw new TusError(FULL);
      throw error;
    } finally {
      await file.sync().finally(() => file.close());
      const total = (await bytesHere(this.blobs, id)) ?? offset;
      await this.ledger.onBytes(total);
    }
    return (await bytesHere(this.blobs, id)) ?? offset;
  }

  override async remove(id: string): Promise<void> {
    await removeIncoming(this.blobs, id);
    await this.ledger.onRemove();
  }

  override getExpiration(): number {
    return 0; // the row says when
  }
}

/** What the tus server answers where the disk has no room. */
const FULL = { status_code: 507, body: "storage_full" };

/** An answer of the tus protocol, as its server reads it from what is thrown. */
export class TusError extends Error {
  readonly status_code: number;
  readonly body: string;

  constructor({ status_code, body }: { status_code: number; body: string }) {
    super(body);
    this.status_code = status_code;
    this.body = body;
  }
}

/** A write may take fewer bytes than it was given, as on a disk that is nearly full. */
async function writeAll(file: FileHandle, chunk: Buffer, position: number): Promise<number> {
  for (let written = 0; written < chunk.length; ) written += (await file.write(chunk, written, chunk.length - written, position + written)).bytesWritten;
  return chunk.length;
}

function isFull(error: unknown): boolean {
  return error instanceof Error && "code" in error && (error.code === "ENOSPC" || error.code === "EDQUOT");
}

interface Holder {
  askToLeave: () => unknown;
  left: Promise<void>;
  leave: () => void;
}

/** Nobody waits for a lock longer than this. */
const LOCK_WAIT_MS = 30_000;

/**
 * One at a time for each upload: a second request asks the first to leave (it may hang on a dead line) and waits. Finishing
 * holds the same lock, so that no byte arrives meanwhile.
 */
export class UploadLocks implements Locker {
  private readonly holders = new Map<string, Holder>();

  newLock(id: string): Lock {
    return { lock: (stop, askToLeave) => this.enter(id, askToLeave, stop), unlock: () => Promise.resolve(this.leave(id)) };
  }

  async hold<T>(id: string, work: () => Promise<T>): Promise<T> {
    await this.enter(id, () => undefined);
    try {
      return await work();
    } finally {
      this.leave(id);
    }
  }

  private async enter(id: string, askToLeave: () => unknown, stop?: AbortSignal): Promise<void> {
    const patience = AbortSignal.timeout(LOCK_WAIT_MS);
    for (let holder = this.holders.get(id); holder !== undefined; holder = this.holders.get(id)) {
      holder.askToLeave();
      await Promise.race([holder.left, over(patience), ...(stop ? [over(stop)] : [])]);
      if (patience.aborted || stop?.aborted) throw new TusError(ERRORS.ERR_LOCK_TIMEOUT);
    }
    let leave = (): void => undefined;
    const left = new Promise<void>((resolve) => (leave = resolve));
    this.holders.set(id, { askToLeave, left, leave });
  }

  private leave(id: string): void {
    this.holders.get(id)?.leave();
    this.holders.delete(id);
  }
}

function over(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}

/** Of this process: two processes that share a folder still write the same bytes at the same place. */
export const locks = new UploadLocks();
