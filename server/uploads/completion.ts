import { FILE_KINDS } from "../platform/web/file-kinds.ts";
import { examineFile } from "../platform/web/examine.ts";
import { conflict, Refusal } from "../platform/errors.ts";
import type { Db } from "../platform/db.ts";
import type { BlobStore } from "../platform/storage.ts";
import type { UploadLocks } from "./incoming.ts";
import { bytesHere, incomingPath, removeIncoming } from "./incoming.ts";
import type { ArrivedFile, Kept, Sender, UploadKind } from "./kinds.ts";
import { noteContent, noteFinished, noteRefused, type UploadRow } from "./store.ts";

/** What finishing needs of its surroundings. */
export interface Workshop {
  db: Db;
  blobs: BlobStore;
  locks: UploadLocks;
}

export type Outcome = { ok: true; kept: Kept } | { ok: false; reason: string; params: Record<string, string | number> };

/**
 * Makes of a file that arrived whole what it was sent for: known by its content, moved to the store, saved by its kind. May
 * be killed at any point and be called again, by its sender or by the cleaner: what was done stays done.
 *
 * @param again reads the row once the lock is held: another tab may have finished it
 * @throws Refusal 409 while bytes are missing; any other error leaves the upload as it is
 */
export async function finishUpload(shop: Workshop, kind: UploadKind, sender: Sender, again: () => Promise<UploadRow>): Promise<Outcome> {
  const { id } = await again();
  return shop.locks.hold(id, async () => {
    const upload = await again();
    if (upload.state !== "receiving") return outcomeOf(upload);
    try {
      await kind.open(shop.db, sender, upload.place_id); // rights may have ended since the first byte
      const arrived = await takeIn(shop, kind, sender, upload);
      if (!arrived.ok) return await refuse(shop, sender, upload, `files.${arrived.code}`, arrived.params);
      const kept = await shop.db.transaction(async (trx) => {
        const result = await kind.keep(trx, sender, upload.place_id, arrived.file, upload.details);
        await noteFinished(trx, upload.id, result.id, sender.at);
        return result;
      });
      return { ok: true, kept };
    } catch (error) {
      if (!(error instanceof Refusal) || error.key === "upload_not_whole") throw error;
      return refuse(shop, sender, upload, `refusals.${error.key}`, error.params);
    }
  });
}

export function outcomeOf(upload: UploadRow): Outcome {
  if (upload.result_id !== null) return { ok: true, kept: { id: upload.result_id, status: "saved" } };
  return { ok: false, reason: upload.reason ?? "", params: upload.reason_params };
}

type TakenIn = { ok: true; file: ArrivedFile } | { ok: false; code: string; params: Record<string, string | number> };

/** Judges the file and moves it to the store. What it is, is written down first: a crash after the move finds it again. */
async function takeIn({ db, blobs }: Workshop, kind: UploadKind, { at }: Sender, upload: UploadRow): Promise<TakenIn> {
  const here = await bytesHere(blobs, upload.id);
  if (here === undefined) return movedBefore(blobs, upload);
  if (here < upload.size_bytes) throw conflict("upload_not_whole");
  const found = await examineFile(incomingPath(blobs, upload.id), here, upload.name, kind.accept, kind.archives);
  if (!found.ok) return found;
  const file = { hash: found.hash, size: here, name: found.name, mime: found.kind.mime, family: found.kind.family };
  await noteContent(db, upload.id, file, at);
  await blobs.adopt({ path: incomingPath(blobs, upload.id), hash: file.hash, size: here });
  return { ok: true, file };
}

async function movedBefore(blobs: BlobStore, upload: UploadRow): Promise<TakenIn> {
  const stored = upload.blob_hash === null ? undefined : await blobs.stat(upload.blob_hash);
  if (stored === undefined || upload.mime === null) return { ok: false, code: "lost", params: {} };
  return { ok: true, file: { ...stored, name: upload.name, mime: upload.mime, family: familyOf(upload.mime) } };
}

export function familyOf(mime: string): string {
  return FILE_KINDS.find((known) => known.mime === mime)?.family ?? "";
}

async function refuse({ db, blobs }: Workshop, { at }: Sender, upload: UploadRow, reason: string, params: Record<string, string | number>): Promise<Outcome> {
  await noteRefused(db, upload.id, reason, params, at);
  await removeIncoming(blobs, upload.id);
  return { ok: false, reason, params };
}
