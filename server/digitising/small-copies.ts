import { createWriteStream, existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import sharp from "sharp";
import type { BlobStore } from "../platform/storage.ts";
import { ConversionFailed } from "./failures.ts";
import { runTask, SMALL } from "./makers/work.ts";
import { run } from "./sandbox.ts";
import type { Tools } from "./tools.ts";
import { foldersOf } from "./worker.ts";

/** Copies for a phone on a slow line. Each runs shut in like every converter, in a folder that is gone afterwards. */
export interface At {
  blobs: BlobStore;
  tools: Tools;
}

export interface SmallPicture {
  webp: Buffer;
  width: number;
  height: number;
}

/** As wide as a phone shows, in pixels; letters of a slide stay readable. */
const PICTURE_WIDTH = 1_000;
/** A page is drawn so long at its longer side, whatever its shape. */
const LONG_SIDE = 1_400;

/** Small pictures of some pages of a PDF, by number; a page that is not there is left out. */
export async function picturesOfPages(pdf: { hash: string }, pages: readonly number[], at: At): Promise<Map<number, SmallPicture>> {
  const found = new Map<number, SmallPicture>();
  if (pages.length === 0) return found;
  await inFolder(at, async (folder) => {
    await pipeline(await at.blobs.open(pdf.hash), createWriteStream(path.join(folder, "input.pdf"), { mode: 0o600 }));
    if (at.tools.versions.poppler === undefined) await drawWithPdfJs(pages, folder, at);
    for (const page of pages) {
      const file = await pictureOf(page, folder, at);
      if (file === undefined) continue;
      const { data, info } = await sharp(path.join(folder, file)).resize({ width: PICTURE_WIDTH, withoutEnlargement: true }).webp({ quality: 62 }).toBuffer({ resolveWithObject: true });
      await rm(path.join(folder, file), { force: true });
      found.set(page, { webp: data, width: info.width, height: info.height });
    }
  });
  return found;
}

async function pictureOf(page: number, folder: string, { tools }: At): Promise<string | undefined> {
  const file = `raster-${page}.jpg`;
  if (tools.versions.poppler === undefined) return existsSync(path.join(folder, file)) ? file : undefined;
  const isMissing = (error: unknown): undefined => {
    if (error instanceof ConversionFailed && error.code === "tool_failed") return undefined; // no such page
    throw error;
  };
  const args = ["-f", String(page), "-l", String(page), "-singlefile", "-scale-to", String(LONG_SIDE), "-jpeg", "-jpegopt", "quality=92", "input.pdf", `raster-${page}`];
  return run(tools.sandbox, { command: "pdftoppm", args, folder, limits: SMALL }).then(() => file, isMissing);
}

/** Pages that follow each other are drawn by one process, since each takes a second to begin. */
async function drawWithPdfJs(pages: readonly number[], folder: string, { tools }: At): Promise<void> {
  const sorted = [...pages].sort((a, b) => a - b);
  const begins = sorted.filter((page, i) => page !== (sorted[i - 1] ?? 0) + 1 || i === 0);
  for (const [i, first] of begins.entries()) {
    const last = sorted.filter((page) => page < (begins[i + 1] ?? Infinity)).at(-1) ?? first;
    const limits = { ...SMALL, seconds: 60 + 5 * (last - first), memoryMb: 3_000 };
    await runTask({ folder, tools, hurry: 1 }, "pdfPages", { file: "input.pdf", first, last, dpi: 150, sideMax: LONG_SIDE }, limits);
  }
}

/** Speech at 16 kbit/s in Opus, in packets of 60 ms: 5.4 MB for 45 minutes (RFC 6716 §2.1.1: wideband speech from 16 kbit/s). */
const SPEECH = ["-vn", "-c:a", "libopus", "-b:a", "16k", "-vbr", "on", "-compression_level", "5", "-application", "voip", "-frame_duration", "60", "-ac", "1", "-map_metadata", "-1", "-threads", "1", "-f", "webm"];

/** Sounds in WebM at a low rate, in the same order. Where ffmpeg is not installed, or made it no smaller, a sound stays as it is. */
export async function lightSpeech(sounds: readonly Buffer[], at: At): Promise<Buffer[]> {
  if (at.tools.versions.ffmpeg === undefined || sounds.length === 0) return [...sounds];
  const light: Buffer[] = [];
  await inFolder(at, async (folder) => {
    for (const sound of sounds) {
      await writeFile(path.join(folder, "input.webm"), sound, { mode: 0o600 });
      const args = ["-v", "error", "-nostdin", "-y", "-protocol_whitelist", "file", "-f", "matroska", "-i", "input.webm", ...SPEECH, "light.webm"];
      await run(at.tools.sandbox, { command: "ffmpeg", args, folder, limits: { ...SMALL, seconds: 600 } });
      const made = await readFile(path.join(folder, "light.webm"));
      light.push(made.length < sound.length ? made : sound);
    }
  });
  return light;
}

async function inFolder(at: At, act: (folder: string) => Promise<void>): Promise<void> {
  const root = foldersOf(at.blobs);
  await mkdir(root, { recursive: true, mode: 0o700 });
  const folder = await mkdtemp(path.join(root, "job-"));
  try {
    await act(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
