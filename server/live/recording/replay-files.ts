import { buffer } from "node:stream/consumers";
import { Readable } from "node:stream";
import { promisify } from "node:util";
import { gunzip, gzip } from "node:zlib";
import { z } from "zod";
import { grantAsSystem } from "../../access/policy.ts";
import { ConversionFailed } from "../../digitising/failures.ts";
import { picturesOfPages, type SmallPicture } from "../../digitising/small-copies.ts";
import { findRendition, listPageRenditions, type FreshRendition, type RenditionRow } from "../../digitising/store.ts";
import { toolsHere } from "../../digitising/tools.ts";
import { REPLAY, REPLAY_MIME, type ReplayDetails } from "../../materials/store/replays.ts";
import type { Db } from "../../platform/db.ts";
import type { BlobStore } from "../../platform/storage.ts";
import { picturesIn, smallPictures } from "../board-pictures.ts";
import { pageSvg } from "../board-svg.ts";
import type { BoardItem } from "../board.ts";
import { listDrawn } from "../store/board.ts";
import type { LiveRow } from "../store/classes.ts";
import { findSlides } from "../store/planning.ts";
import { framed, replayOf, stillsOf, type Replay } from "./replay.ts";
import type { PartTimes, Window } from "./rules.ts";
import { listTurns } from "./store.ts";

const DRAWN_MAX = 50_000;
/** So many slides lie beside a recording. */
const SLIDES_MAX = 150;

const stands = z.tuple([z.number(), z.number()]);
const body = z.object({ c: z.number(), w: z.number(), d: z.string(), x: z.number(), y: z.number(), x2: z.number(), y2: z.number(), t: z.string(), m: z.string() }).partial() as z.ZodType<BoardItem["body"]>;
const stored = z.object({
  lengthMs: z.number(),
  turns: z.array(z.object({ timeMs: z.number(), page: z.number() })),
  items: z.array(z.object({ page: z.number(), kind: z.string(), body, on: z.array(stands), tookMs: z.number() })),
  /** Width to height of each slide that has a picture. */
  ratios: z.record(z.string(), z.number()),
  /** The number of each picture that was put on the board, by its material. */
  pictures: z.record(z.string(), z.number()),
});

/** What lies beside a file: the replay, and the pictures that it needs. */
interface Pictures {
  slides: ReadonlyMap<number, SmallPicture>;
  placed: ReadonlyMap<string, SmallPicture>;
  slidesId: string | null;
}

/**
 * Makes what is shown beside the recording of a class: slides and ink with their times. Slides are copied as they are now,
 * since whoever may see the recording may see what was shown in it. Nothing where nothing was shown.
 */
export async function makeReplay(db: Db, blobs: BlobStore, live: LiveRow, parts: readonly PartTimes[]): Promise<FreshRendition[]> {
  const [turns, drawn, slides] = await Promise.all([listTurns(db, live.id), listDrawn(db, live, 0, DRAWN_MAX), findSlides(db, grantAsSystem(live, "join"))]);
  const replay = replayOf(parts, turns, drawn.map(({ seq, page, kind, at, body: text }) => ({ seq, page, kind, at, body: JSON.parse(text) as BoardItem["body"] })));
  const pages = [...new Set(replay.turns.map(({ page }) => page))].filter((page) => page > 0).slice(0, SLIDES_MAX);
  const pictures = { slides: slides ? await drawSlides(slides, pages, blobs) : new Map<number, SmallPicture>(), placed: await smallPictures(db, blobs, live, picturesIn(replay.items)), slidesId: live.slides_material_id };
  return filesOf(replay, pictures, blobs);
}

async function drawSlides(slides: { hash: string }, pages: readonly number[], blobs: BlobStore): Promise<Map<number, SmallPicture>> {
  try {
    return await picturesOfPages(slides, pages, { blobs, tools: await toolsHere() });
  } catch (error) {
    if (!(error instanceof ConversionFailed)) throw error;
    return new Map(); // the ink stands without them
  }
}

/** The replay of a recording after a cut: what was cut away is in none of its files. */
export async function cutReplay(db: Db, blobs: BlobStore, hash: string, windows: readonly Window[]): Promise<FreshRendition[]> {
  const found = await findRendition(db, hash, REPLAY);
  if (!found) return [];
  const whole = stored.parse(JSON.parse((await promisify(gunzip)(await contentOf(blobs, found))).toString("utf8")));
  const replay = framed(whole, windows);
  const rows = new Map((await listPageRenditions(db, hash)).map((row) => [row.kind, row]));
  const pictures = { slides: new Map<number, SmallPicture>(), placed: new Map<string, SmallPicture>(), slidesId: null as string | null };
  for (const page of new Set(replay.turns.map((turn) => turn.page))) {
    const row = rows.get(`page_${page}`);
    if (!row) continue;
    pictures.slides.set(page, await pictureOf(blobs, row));
    pictures.slidesId = String((row.details["sources"] as unknown[])[0]);
  }
  for (const id of picturesIn(replay.items)) {
    const row = rows.get(`page_b${whole.pictures[id]}`);
    if (row) pictures.placed.set(id, await pictureOf(blobs, row));
  }
  return filesOf(replay, pictures, blobs);
}

function contentOf(blobs: BlobStore, row: RenditionRow): Promise<Buffer> {
  return blobs.open(row.rendition_hash).then((stream) => buffer(stream));
}

async function pictureOf(blobs: BlobStore, row: RenditionRow): Promise<SmallPicture> {
  return { webp: await contentOf(blobs, row), width: Number(row.details["width"]), height: Number(row.details["height"]) };
}

async function filesOf(replay: Replay, { slides, placed, slidesId }: Pictures, blobs: BlobStore): Promise<FreshRendition[]> {
  const seen = replay.turns.some(({ page }) => slides.has(page)) || replay.items.length > 0;
  if (!seen) return [];
  const put = async (kind: string, mime: string, bytes: Buffer | string, details: object): Promise<FreshRendition> => ({ ...(await blobs.put(Readable.from([Buffer.from(bytes)]))), kind, mime, details: { ...details } });
  const files: FreshRendition[] = [];
  const slideSource = slidesId === null ? [] : [slidesId];
  for (const [page, { webp, width, height }] of slides) files.push(await put(`page_${page}`, "image/webp", webp, { width, height, sources: slideSource }));
  const numbers = new Map([...placed.keys()].map((id, i) => [id, i + 1]));
  for (const [id, { webp, width, height }] of placed) files.push(await put(`page_b${numbers.get(id)}`, "image/webp", webp, { width, height, sources: [id] }));
  const stills: ReplayDetails["stills"] = [];
  for (const { page, items, fromMs, lengthMs } of stillsOf(replay)) {
    const picture = slides.get(page);
    if (!picture && items.length === 0) continue;
    const sources = [...(picture ? slideSource : []), ...picturesIn(items).filter((id) => placed.has(id))];
    files.push(await put(`page_s${stills.length}`, "image/svg+xml", pageSvg({ picture, items, pictures: placed }), { sources }));
    stills.push({ page, fromMs, lengthMs });
  }
  const document: z.infer<typeof stored> = { ...replay, ratios: Object.fromEntries([...slides].map(([page, { width, height }]) => [page, width / height])), pictures: Object.fromEntries(numbers) };
  const details: ReplayDetails = { stills };
  files.push(await put(REPLAY, REPLAY_MIME, await promisify(gzip)(JSON.stringify(document)), details));
  return files;
}
