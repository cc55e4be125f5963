import { buffer } from "node:stream/consumers";
import sharp from "sharp";
import { grantAsSystem } from "../access/policy.ts";
import { ConversionFailed } from "../digitising/failures.ts";
import { picturesOfPages, type SmallPicture } from "../digitising/small-copies.ts";
import { findRenditionsOf } from "../digitising/store.ts";
import { toolsHere } from "../digitising/tools.ts";
import type { Db } from "../platform/db.ts";
import type { BlobStore } from "../platform/storage.ts";
import type { BoardItem } from "./board.ts";
import { listPictures } from "./store/board.ts";
import type { LiveRow } from "./store/classes.ts";
import { findSlides } from "./store/planning.ts";

/** A picture as a PDF takes it. */
export interface BoardPicture {
  jpeg: Buffer;
  width: number;
  height: number;
}

/** What lies under the ink of a board: the slides by their page, and pictures that were put on it by their material. */
export interface UnderInk {
  slides: ReadonlyMap<number, BoardPicture>;
  pictures: ReadonlyMap<string, BoardPicture>;
}

/** So many slides and pictures are drawn into one PDF. */
const SLIDES_MAX = 100;
const PICTURES_MAX = 60;

/**
 * The slides and pictures of a board, from what converters made of them. A slide that cannot be drawn, and a picture that has
 * not been converted, are left out: the ink is saved all the same.
 */
export async function underInk(db: Db, blobs: BlobStore, live: LiveRow, pages: readonly { page: number; items: readonly BoardItem[] }[]): Promise<UnderInk> {
  const pictures = new Map<string, BoardPicture>();
  for (const [id, whole] of await convertedOf(db, blobs, live, picturesIn(pages.flatMap(({ items }) => items)))) pictures.set(id, await asJpeg(whole));
  return { slides: await slidesOf(db, blobs, live, pages), pictures };
}

async function slidesOf(db: Db, blobs: BlobStore, live: LiveRow, pages: readonly { page: number }[]): Promise<Map<number, BoardPicture>> {
  const file = await findSlides(db, grantAsSystem(live, "join"));
  const drawn = pages.map(({ page }) => page).filter((page) => page > 0).slice(0, SLIDES_MAX);
  const found = new Map<number, BoardPicture>();
  if (file === undefined || drawn.length === 0) return found;
  try {
    for (const [page, { webp }] of await picturesOfPages(file, drawn, { blobs, tools: await toolsHere() })) found.set(page, await asJpeg(webp));
  } catch (error) {
    if (!(error instanceof ConversionFailed)) throw error;
  }
  return found;
}

async function convertedOf(db: Db, blobs: BlobStore, live: LiveRow, ids: readonly string[]): Promise<Map<string, Buffer>> {
  const files = await listPictures(db, live, ids);
  const made = await findRenditionsOf(db, files.map((file) => file.hash), "image");
  const found = new Map<string, Buffer>();
  for (const file of files) {
    const hash = made.get(file.hash);
    if (hash !== undefined) found.set(file.id, await buffer(await blobs.open(hash)));
  }
  return found;
}

/** Across the board a picture is hardly ever wider, in pixels of a phone. */
const SMALL_WIDTH = 800;

/** The ids of the pictures that stand on a board, each once. */
export function picturesIn(items: readonly BoardItem[]): string[] {
  return [...new Set(items.flatMap(({ kind, body }) => (kind === "picture" && body.m !== undefined ? [body.m] : [])))].slice(0, PICTURES_MAX);
}

/** Pictures of a board as a phone takes them, by their material; those that have not been converted are left out. */
export async function smallPictures(db: Db, blobs: BlobStore, live: LiveRow, ids: readonly string[]): Promise<Map<string, SmallPicture>> {
  const found = new Map<string, SmallPicture>();
  for (const [id, whole] of await convertedOf(db, blobs, live, ids)) {
    const { data, info } = await sharp(whole).resize({ width: SMALL_WIDTH, withoutEnlargement: true }).webp({ quality: 70 }).toBuffer({ resolveWithObject: true });
    found.set(id, { webp: data, width: info.width, height: info.height });
  }
  return found;
}

/** A PDF knows no WebP. What is see-through becomes white, like the board. */
async function asJpeg(webp: Buffer): Promise<BoardPicture> {
  const { data, info } = await sharp(webp).flatten({ background: "#ffffff" }).jpeg({ quality: 80 }).toBuffer({ resolveWithObject: true });
  return { jpeg: data, width: info.width, height: info.height };
}
