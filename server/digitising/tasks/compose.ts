import { createWriteStream } from "node:fs";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { finished } from "node:stream/promises";
import PDFDocument from "pdfkit";
import sharp from "sharp";
import { sharpOf, skewOf, takeOffLight } from "./flatten.ts";
import { PIXELS_MAX } from "./picture.ts";

const require = createRequire(import.meta.url);
const A4 = { short: 595, long: 842 };

/** A word with its box (left, top, width, height) in ten-thousandths of the page. */
export interface PlacedWord {
  t: string;
  b: readonly [number, number, number, number];
}

/**
 * Puts pictures of pages into one PDF with their words, invisible, where they stand: it can be searched, marked and read
 * aloud.
 *
 * @param list a JSON file: `[{ picture, lines: PlacedWord[][] }]`
 */
export async function searchablePdf({ list, out }: { list: string; out: string }): Promise<{ pages: number }> {
  const pages = JSON.parse(await readFile(list, "utf8")) as { picture: string; lines: PlacedWord[][] }[];
  await writePdf(out, async (doc) => {
    doc.registerFont("words", require.resolve("@expo-google-fonts/be-vietnam-pro/400Regular/BeVietnamPro_400Regular.ttf"));
    for (const page of pages) {
      await addPicture(doc, page.picture);
      doc.save();
      doc.addContent("3 Tr"); // PDF 32000-1, 9.3.6: neither filled nor stroked
      doc.font("words");
      for (const word of page.lines.flat()) placeWord(doc, word);
      doc.restore();
    }
  });
  return { pages: pages.length };
}

function placeWord(doc: PDFKit.PDFDocument, word: PlacedWord): void {
  const across = doc.page.width / 10_000;
  const down = doc.page.height / 10_000;
  const [x, y, w, h] = word.b;
  const size = Math.max(2, Math.min(72, h * down));
  doc.fontSize(size);
  const natural = doc.widthOfString(word.t);
  if (natural === 0) return;
  const how: PDFKit.Mixins.TextOptions & { horizontalScaling: number } = { lineBreak: false, horizontalScaling: Math.max(10, Math.min(400, ((w * across) / natural) * 100)) };
  doc.text(word.t, x * across, y * down, how);
}

/** One A4 page, upright or across as the picture is, filled as far as its shape allows. */
async function addPicture(doc: PDFKit.PDFDocument, file: string): Promise<void> {
  const { width, height } = await sharp(file).metadata();
  const across = width > height;
  const long = Math.round((Math.max(width, height) / Math.min(width, height)) * A4.short);
  const size: [number, number] = across ? [long, A4.short] : [A4.short, long];
  doc.addPage({ size, margin: 0 });
  doc.image(file, 0, 0, { width: size[0], height: size[1] });
}

async function writePdf(out: string, draw: (doc: PDFKit.PDFDocument) => Promise<void>): Promise<void> {
  const doc = new PDFDocument({ autoFirstPage: false, info: { CreationDate: new Date(0), ModDate: new Date(0), Producer: "Hoc Lieu" } });
  const written = createWriteStream(out);
  doc.pipe(written);
  await draw(doc);
  doc.end();
  await finished(written);
}

/** Long side of a photographed page: A4 at 200 dpi, enough for the OCR and half a megabyte. */
const PAGE_SIDE = 2_339;

/** Photos of pages, in their order, into one PDF: straightened, the light taken off, without what the camera wrote about itself. */
export async function photosToPdf({ files, out }: { files: string[]; out: string }): Promise<{ pages: number }> {
  for (const [i, file] of files.entries()) {
    const source = sharp(file, { limitInputPixels: PIXELS_MAX }).rotate().flatten({ background: "#ffffff" }).toColourspace("srgb");
    const { data, info } = await source.resize({ width: PAGE_SIDE, height: PAGE_SIDE, fit: "inside", withoutEnlargement: true }).removeAlpha().raw().toBuffer({ resolveWithObject: true });
    const page = { data, width: info.width, height: info.height, channels: info.channels };
    takeOffLight(page, 4);
    const grey = await sharpOf(page).greyscale().raw().toBuffer({ resolveWithObject: true });
    const angle = skewOf({ data: grey.data, width: grey.info.width, height: grey.info.height, channels: 1 });
    await sharpOf(page).rotate(-angle, { background: "#ffffff" }).jpeg({ quality: 75, mozjpeg: true }).toFile(`page-${i}.jpg`);
  }
  await writePdf(out, async (doc) => {
    for (const i of files.keys()) await addPicture(doc, `page-${i}.jpg`);
  });
  return { pages: files.length };
}
