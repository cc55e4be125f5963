import { readFile, writeFile } from "node:fs/promises";

/** What of pdf.js is used, where poppler is not installed. */
interface PdfPage {
  getTextContent(): Promise<{ items: { str?: string; hasEOL?: boolean }[] }>;
  getViewport(at: { scale: number }): { width: number; height: number };
  render(into: { canvasContext: unknown; canvas: null; viewport: unknown }): { promise: Promise<void> };
  cleanup(): void;
}
interface PdfFile {
  numPages: number;
  getPage(number: number): Promise<PdfPage>;
}

async function openPdf(file: string): Promise<PdfFile> {
  const pdfjs = (await import("pdfjs-dist/legacy/build/pdf.min.mjs" as string)) as { GlobalWorkerOptions: { workerSrc: string }; getDocument(how: object): { promise: Promise<PdfFile> } };
  pdfjs.GlobalWorkerOptions.workerSrc = import.meta.resolve("pdfjs-dist/legacy/build/pdf.worker.min.mjs");
  return pdfjs.getDocument({ data: new Uint8Array(await readFile(file)), isEvalSupported: false, verbosity: 0 }).promise;
}

/** The text of a PDF by page, into `pages.json`. */
export async function pdfText({ file, pagesMax }: { file: string; pagesMax: number }): Promise<{ pages: number }> {
  const pdf = await openPdf(file);
  const texts: string[] = [];
  for (let number = 1; number <= Math.min(pdf.numPages, pagesMax); number += 1) {
    const page = await pdf.getPage(number);
    const { items } = await page.getTextContent();
    texts.push(items.map((item) => `${item.str ?? ""}${item.hasEOL ? "\n" : ""}`).join(""));
    page.cleanup();
  }
  await writeFile("pages.json", JSON.stringify(texts));
  return { pages: pdf.numPages };
}

interface Canvas {
  getContext(kind: "2d"): unknown;
  toBuffer(mime: "image/jpeg", quality: number): Buffer;
}

/** Pictures of pages as `raster-<n>.jpg`; needs the canvas that pdf.js brings along for most machines. */
export async function pdfPages({ file, first, last, dpi, sideMax }: { file: string; first: number; last: number; dpi: number; sideMax: number }): Promise<{ pages: number }> {
  const canvas = (await import("@napi-rs/canvas" as string)) as { createCanvas(width: number, height: number): Canvas };
  const pdf = await openPdf(file);
  for (let number = first; number <= Math.min(last, pdf.numPages); number += 1) {
    const page = await pdf.getPage(number);
    const size = page.getViewport({ scale: 1 });
    const scale = Math.min(dpi / 72, sideMax / Math.max(size.width, size.height));
    const viewport = page.getViewport({ scale });
    const sheet = canvas.createCanvas(Math.ceil(viewport.width), Math.ceil(viewport.height));
    await page.render({ canvasContext: sheet.getContext("2d"), canvas: null, viewport }).promise;
    await writeFile(`raster-${number}.jpg`, sheet.toBuffer("image/jpeg", 92));
    page.cleanup();
  }
  return { pages: pdf.numPages };
}
