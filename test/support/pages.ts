import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import PDFDocument from "pdfkit";
import sharp from "sharp";

const require = createRequire(import.meta.url);
/** The product's own face is always there; an OCR takes its round a for an o, as a person might. School papers are set in the others. */
const OWN = require.resolve("@expo-google-fonts/be-vietnam-pro/400Regular/BeVietnamPro_400Regular.ttf");
const SYSTEM = ["NotoSerif-Regular.ttf", "NotoSans-Regular.ttf"].map((file) => `/usr/share/fonts/truetype/noto/${file}`);
const FACES = [...SYSTEM.filter((file) => existsSync(file)), OWN].map((file) => readFileSync(file));

/** Text drawn on white paper as a picture, by way of a PDF: no font of the machine has a say. */
export async function drawnPage(lines: readonly string[], how: { dpi: number; face?: number; size?: number; width?: number }): Promise<Buffer> {
  const { dpi, face = 0, size = 13, width = 420 } = how;
  const scale = dpi / 72;
  const { PNG } = await rasterOf(await pdfOf(lines, FACES[face] ?? Buffer.alloc(0), size, width), scale);
  return PNG;
}

export function pdfOf(lines: readonly string[], face: Buffer = FACES[0] ?? Buffer.alloc(0), size = 13, width = 420): Promise<Buffer> {
  const height = 60 + lines.length * size * 1.75;
  return new Promise((resolve) => {
    const doc = new PDFDocument({ size: [width, height], margin: 30, info: { CreationDate: new Date(0), ModDate: new Date(0) } });
    const parts: Buffer[] = [];
    doc.on("data", (part: Buffer) => parts.push(part));
    doc.on("end", () => resolve(Buffer.concat(parts)));
    doc.registerFont("face", face).font("face").fontSize(size).fill("#111111");
    lines.forEach((line, i) => doc.text(line, 30, 30 + i * size * 1.75, { lineBreak: false }));
    doc.end();
  });
}

/** A PDF of pictures alone, as a scanner makes it. */
export function scanOf(pictures: readonly Buffer[]): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const doc = new PDFDocument({ autoFirstPage: false, info: { CreationDate: new Date(0), ModDate: new Date(0) } });
    const parts: Buffer[] = [];
    doc.on("data", (part: Buffer) => parts.push(part));
    doc.on("end", () => resolve(Buffer.concat(parts)));
    void (async () => {
      for (const picture of pictures) {
        const { width, height } = await sharp(picture).metadata();
        doc.addPage({ size: [420, (420 * height) / width], margin: 0 });
        doc.image(await sharp(picture).jpeg({ quality: 85 }).toBuffer(), 0, 0, { width: 420 });
      }
      doc.end();
    })().catch(reject);
  });
}

interface Sheet {
  getContext(kind: "2d"): { fillStyle: string; fillRect(x: number, y: number, w: number, h: number): void };
  toBuffer(mime: "image/png"): Buffer;
}

async function rasterOf(pdf: Buffer, scale: number): Promise<{ PNG: Buffer }> {
  const canvas = (await import("@napi-rs/canvas" as string)) as { createCanvas(width: number, height: number): Sheet };
  const pdfjs = (await import("pdfjs-dist/legacy/build/pdf.min.mjs" as string)) as { GlobalWorkerOptions: { workerSrc: string }; getDocument(how: object): { promise: Promise<any> } }; // eslint-disable-line @typescript-eslint/no-explicit-any
  pdfjs.GlobalWorkerOptions.workerSrc = import.meta.resolve("pdfjs-dist/legacy/build/pdf.worker.min.mjs");
  const file = await pdfjs.getDocument({ data: new Uint8Array(pdf), isEvalSupported: false, verbosity: 0 }).promise;
  const page = await file.getPage(1);
  const viewport = page.getViewport({ scale });
  const sheet = canvas.createCanvas(Math.ceil(viewport.width), Math.ceil(viewport.height));
  const context = sheet.getContext("2d");
  context.fillStyle = "#ffffff";
  context.fillRect(0, 0, 10_000, 10_000);
  await page.render({ canvasContext: context, canvas: null, viewport }).promise;
  return { PNG: sheet.toBuffer("image/png") };
}
