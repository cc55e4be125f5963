import { createReadStream } from "node:fs";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import path from "node:path";
import type { BlobStore, HashedFile } from "../platform/storage.ts";
import { writeHashed } from "../platform/storage/disk.ts";
import { runTask } from "./makers/work.ts";
import type { Tools } from "./tools.ts";
import { foldersOf } from "./worker.ts";

/** Pages of one document that are photographed at once. */
export const PHOTOS_MAX = 40;

/**
 * Puts photos of pages into one PDF: straightened, white, without what the camera wrote about the place. Runs shut in like
 * every converter, while the person waits: a second or two a page.
 *
 * @param files the photos, in order, by absolute path
 * @returns a temporary file, to be adopted
 * @throws ConversionFailed when a photo cannot be read
 */
export async function composePhotos(files: readonly string[], at: { blobs: BlobStore; tools: Tools }): Promise<HashedFile> {
  const root = foldersOf(at.blobs);
  await mkdir(root, { recursive: true, mode: 0o700 });
  const folder = await mkdtemp(path.join(root, "job-"));
  try {
    const limits = { seconds: 30 + 15 * files.length, memoryMb: 2_000, outputMb: 200 };
    await runTask({ folder, tools: at.tools, hurry: 1 }, "photosToPdf", { files: files.map((file) => path.resolve(file)), out: "pages.pdf" }, limits);
    return await writeHashed(createReadStream(path.join(folder, "pages.pdf")), at.blobs.incoming);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
