import { readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { isPoorlyRead, placed, sureLetters, type Box, type ReadWord } from "../rules.ts";
import { runTask, runTool, SMALL, type Work } from "./work.ts";

/** A page that was read: its words line by line, and the straightened picture of it. */
export interface ReadPage {
  lines: (ReadWord & { b: Box })[][];
  picture: string;
}

const PAGE_LIMITS = { seconds: 120, memoryMb: 2_000, outputMb: 2_000 };

/**
 * Reads pictures of pages in Vietnamese: each is straightened and freed of shadows first, which is what decides how many
 * letters are right.
 *
 * @param pictureOf makes or names the picture of a page, from 0; it is read before the next is asked for
 * @param told hears how many pages are done
 */
export async function readPictures(work: Work, count: number, pictureOf: (page: number) => Promise<string>, told: (done: number) => Promise<void>): Promise<ReadPage[]> {
  const pages: ReadPage[] = [];
  for (let i = 0; i < count; i += 1) {
    const file = await pictureOf(i);
    pages.push(await readUpright(work, file, i));
    if (file !== work.input) await rm(path.join(work.folder, file), { force: true });
    await told(i + 1);
  }
  return pages;
}

/** Quarter turns that are tried where a page cannot be read as it lies: on its head is what scanners do most. */
const TURNS = [180, 90, 270] as const;

/** One page, turned until it can be read; where no turn makes it better it stays as it came. */
async function readUpright(work: Work, file: string, page: number): Promise<ReadPage> {
  let best = await readTurned(work, file, `shown-${page}.jpg`, 0);
  if (!isPoorlyRead(best.lines)) return best;
  for (const turn of TURNS) {
    const other = await readTurned(work, file, `shown-${page}-${turn}.jpg`, turn);
    const isBetter = sureLetters(other.lines) > 2 * sureLetters(best.lines) + LETTERS_MORE;
    await rm(path.join(work.folder, (isBetter ? best : other).picture), { force: true });
    if (isBetter) best = other;
    if (isBetter && !isPoorlyRead(best.lines)) break;
  }
  return best;
}

/** A turn must win by some letters: noise reads a few anywhere. */
const LETTERS_MORE = 10;

async function readTurned(work: Work, file: string, shown: string, turn: number): Promise<ReadPage> {
  const flat = await runTask(work, "flattenPage", { file, out: "flat.png", shown, turn }, { ...SMALL, memoryMb: 2_000, outputMb: 2_000 });
  return { lines: linesOf(await tsvOf(work, "flat.png"), flat), picture: shown };
}

async function tsvOf(work: Work, file: string): Promise<string> {
  if (work.tools.ocr === "tesseract") {
    await runTool(work, "tesseract", [file, "read", "-l", "vie", "--psm", "3", "--dpi", "300", "-c", "tessedit_do_invert=0", "tsv"], PAGE_LIMITS);
    return readFile(path.join(work.folder, "read.tsv"), "utf8");
  }
  await runTask(work, "readPages", { files: [file] }, PAGE_LIMITS);
  return readFile(path.join(work.folder, `${file}.tsv`), "utf8");
}

/** Columns of Tesseract's TSV: level, page, block, paragraph, line, word, left, top, width, height, conf, text. Level 5 is a word. */
export function linesOf(tsv: string, page: { width: number; height: number }): ReadPage["lines"] {
  const lines = new Map<string, ReadPage["lines"][number]>();
  for (const row of tsv.split("\n")) {
    const cells = row.split("\t");
    const text = cells.slice(11).join(" ").normalize("NFC").trim();
    if (cells[0] !== "5" || text === "") continue;
    const [left, top, width, height, conf] = cells.slice(6, 11).map(Number) as [number, number, number, number, number];
    const key = cells.slice(1, 5).join(".");
    const share = (value: number, of: number): number => Math.round((value / of) * 10_000);
    const b: Box = [share(left, page.width), share(top, page.height), share(width, page.width), share(height, page.height)];
    const word = { t: text.slice(0, 200), c: Math.round(conf), b };
    lines.set(key, [...(lines.get(key) ?? []), word]);
  }
  return [...lines.values()];
}

/** Keeps the searchable PDF, the pictures of its pages, and the words. */
export async function keepRead(work: Work, pages: readonly ReadPage[]): Promise<void> {
  for (const [i, page] of pages.entries()) await work.keep(`page_${i + 1}`, page.picture, "image/jpeg");
  await work.keep("pdf", await writeSearchable(work, pages), "application/pdf", { made_by: "ocr" });
  await work.keepTexts(pages.map(({ lines }) => ({ text: "", lines })), "ocr");
}

/** One PDF of the pictures with their words, invisible, where they stand; answers its name in the folder. */
export async function writeSearchable(work: Pick<Work, "folder" | "tools" | "hurry">, pages: readonly { picture: string; lines: readonly (readonly ReadWord[])[] }[]): Promise<string> {
  await writeFile(path.join(work.folder, "read.json"), JSON.stringify(pages.map(({ picture, lines }) => ({ picture, lines: placed(lines) }))));
  await runTask(work, "searchablePdf", { list: "read.json", out: "searchable.pdf" }, { seconds: 300, memoryMb: 2_000, outputMb: 2_000 });
  return "searchable.pdf";
}
