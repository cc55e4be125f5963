import { readFile } from "node:fs/promises";
import path from "node:path";
import { ConversionFailed } from "../failures.ts";
import { isScan, OCR_PAGES_MAX, TEXT_PAGES_MAX, type PartlyCode } from "../rules.ts";
import { keepRead, readPictures } from "./ocr.ts";
import { runTask, runTool, SMALL, type Maker, type Work } from "./work.ts";

/** A PDF as it was uploaded: its first page small, its text, and the OCR of it where it is a scan. */
export const makePdf: Maker = async (work) => {
  const pages = await lookInside(work, work.input);
  await work.tell("ocr", 20);
  const partly = pages.count > TEXT_PAGES_MAX ? "pages_cut" : null;
  if (!isScan(pages.texts)) {
    await work.keepTexts(pages.texts.map((text) => ({ text })), "file");
    return partly;
  }
  return work.has("pdf") ? partly : ((await readScan(work, pages.count)) ?? partly);
};

/** The first page small, the number of pages and the text of a PDF that lies in the work's folder. */
export async function lookInside(work: Work, file: string): Promise<{ count: number; texts: string[] }> {
  await work.tell("pages", 5);
  const pages = work.tools.versions.poppler === undefined ? await withPdfJs(work, file) : await withPoppler(work, file);
  await work.measure({ pages: pages.count });
  return pages;
}

async function withPoppler(work: Work, file: string): Promise<{ count: number; texts: string[] }> {
  const told = await runTool(work, "pdfinfo", [file], SMALL).catch(asPdfError);
  const count = Number(/^Pages:\s+(\d+)/m.exec(told)?.[1] ?? 0);
  if (count === 0) throw new ConversionFailed("broken", "no pages");
  if (!work.has("thumb")) {
    await runTool(work, "pdftoppm", ["-f", "1", "-l", "1", "-singlefile", "-scale-to", "480", "-jpeg", "-jpegopt", "quality=80", file, "thumb"], SMALL);
    await work.keep("thumb", "thumb.jpg", "image/jpeg");
  }
  await work.tell("text", 10);
  await runTool(work, "pdftotext", ["-enc", "UTF-8", "-l", String(TEXT_PAGES_MAX), file, "text.txt"], { ...SMALL, seconds: 120 });
  const texts = (await readFile(path.join(work.folder, "text.txt"), "utf8")).split("\f");
  return { count, texts: texts.slice(0, Math.min(count, TEXT_PAGES_MAX)) };
}

async function withPdfJs(work: Work, file: string): Promise<{ count: number; texts: string[] }> {
  const { pages } = await runTask(work, "pdfText", { file, pagesMax: TEXT_PAGES_MAX }, { ...SMALL, seconds: 120, memoryMb: 3_000 });
  if (!work.has("thumb")) {
    await runTask(work, "pdfPages", { file, first: 1, last: 1, dpi: 60, sideMax: 480 }, { ...SMALL, memoryMb: 3_000 }).then(
      () => work.keep("thumb", "raster-1.jpg", "image/jpeg"),
      () => undefined, // no canvas for this machine: the list shows the icon of a PDF
    );
  }
  const texts = JSON.parse(await readFile(path.join(work.folder, "pages.json"), "utf8")) as string[];
  return { count: pages, texts };
}

function asPdfError(error: unknown): never {
  if (!(error instanceof ConversionFailed) || error.code !== "tool_failed") throw error;
  throw new ConversionFailed(/password/i.test(error.message) ? "locked" : "broken", error.message);
}

const RASTER_DPI = 300;
/** However large the sheet: twice A4's long side at 300 dpi. */
const RASTER_SIDE_MAX = 7_016;

/** Reads a scan page by page, so that no more than one page lies in memory. */
async function readScan(work: Work, count: number): Promise<PartlyCode | null> {
  const last = Math.min(count, OCR_PAGES_MAX);
  const pages = await readPictures(work, last, (i) => rasterOf(work, i + 1), (done) => work.tell("ocr", 25 + (65 * done) / last));
  await keepRead(work, pages);
  return count > OCR_PAGES_MAX ? "pages_cut" : null;
}

async function rasterOf(work: Work, page: number): Promise<string> {
  if (work.tools.versions.poppler === undefined) {
    await runTask(work, "pdfPages", { file: work.input, first: page, last: page, dpi: RASTER_DPI, sideMax: RASTER_SIDE_MAX }, { ...SMALL, memoryMb: 3_000, outputMb: 2_000 });
    return `raster-${page}.jpg`;
  }
  const { width, height } = await pageSize(work, page);
  const dpi = Math.min(RASTER_DPI, (RASTER_SIDE_MAX * 72) / Math.max(width, height, 1));
  await runTool(work, "pdftoppm", ["-f", String(page), "-l", String(page), "-singlefile", "-r", dpi.toFixed(2), "-jpeg", "-jpegopt", "quality=92", work.input, `raster-${page}`], { ...SMALL, outputMb: 2_000 });
  return `raster-${page}.jpg`;
}

/** In points. */
async function pageSize(work: Work, page: number): Promise<{ width: number; height: number }> {
  const told = await runTool(work, "pdfinfo", ["-f", String(page), "-l", String(page), work.input], SMALL);
  const [, width = "0", height = "0"] = /size:\s+([\d.]+) x ([\d.]+) pts/.exec(told) ?? [];
  return { width: Number(width), height: Number(height) };
}
