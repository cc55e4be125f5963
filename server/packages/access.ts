import type { Actor } from "../access/actor.ts";
import { openVersion } from "../materials/access.ts";
import type { MaterialRow, VersionRow } from "../materials/store.ts";
import type { Instant } from "../platform/clock.ts";
import type { Db } from "../platform/db.ts";
import { conflict, invalid, notFound } from "../platform/errors.ts";
import type { BlobStore } from "../platform/storage.ts";
import { kindOfExtension } from "../platform/web/file-kinds.ts";
import { readStoredPackage } from "../platform/web/package-content.ts";
import { findPackage, findPlay, prolongPlay, savePackage, type PackageRow, type PlayRow } from "./store.ts";

export interface OpenedPackage {
  material: MaterialRow;
  version: VersionRow;
  content: PackageRow;
}

/** Opens a package that the actor may read. Its list of files is read at the first time and kept. */
export async function openPackage(db: Db, blobs: BlobStore, actor: Actor, materialId: string, versionId: string, at: Instant): Promise<OpenedPackage> {
  const { material, version } = await openVersion(db, actor, materialId, versionId, at);
  if (!isPackage(version)) throw notFound();
  return { material, version, content: await contentOf(db, blobs, version, at) };
}

function isPackage(version: { mime: string }): boolean {
  return ["zip", "h5p"].some((ext) => kindOfExtension(ext)?.mime === version.mime);
}

async function contentOf(db: Db, blobs: BlobStore, version: VersionRow, at: Instant): Promise<PackageRow> {
  const known = await findPackage(db, version.blob_hash);
  if (known) return known;
  const read = await readStoredPackage(blobs, { hash: version.blob_hash, size: version.size_bytes });
  if (!read.ok) throw invalid("package_unreadable");
  return savePackage(db, version.blob_hash, read.content, at);
}

/**
 * Opens a play to report to it. The door of the file is asked again, so that a right that was taken back ends the play, and
 * the play is prolonged: this is its sign of life.
 */
export async function openPlay(db: Db, actor: Actor, materialId: string, versionId: string, token: string, at: Instant): Promise<PlayRow> {
  const { version } = await openVersion(db, actor, materialId, versionId, at);
  const play = await findPlay(db, token, at);
  if (!play || play.person_id !== actor.personId || play.version_id !== version.id) throw conflict("package_play_over");
  await prolongPlay(db, play, at);
  return play;
}
