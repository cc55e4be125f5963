import { createRequire } from "node:module";
import { PassThrough, type Readable } from "node:stream";
import PDFDocument from "pdfkit";
import type { BoardPicture } from "./board-pictures.ts";
import { formulaOf, type Formula, type FormulaFont } from "./formula.ts";
import { INKS, outlineOf, PENS, pointsOf, TEXT_SIZES, type BoardItem } from "./board.ts";

const require = createRequire(import.meta.url);
const FONT = require.resolve("@expo-google-fonts/be-vietnam-pro/400Regular/BeVietnamPro_400Regular.ttf");
/** A page of 16 to 9 in points; a thousandth of the board's width is 0.96 of them. */
const PAGE = { width: 960, height: 540, scale: 0.96 };
/** The strip below a slide in which the page's title stands, in points: it would hide what the slide says. */
const LABEL = 24;
/** Points that are drawn as a pen draws them; what is written beyond is drawn as thin lines of fewer points. */
const FINE_POINTS_MAX = 150_000;
const COARSE_POINTS_MAX = 400_000;
/** Things drawn before others in the process have their turn. */
const ITEMS_A_TURN = 100;

/** What may still be drawn, over all pages: a board that somebody scribbled full must not hold up the server. */
interface Budget {
  fine: number;
  coarse: number;
}

/** A page of the board: what was drawn, and the slide on which it was. */
export interface PdfPage {
  label: string;
  items: readonly BoardItem[];
  slide?: BoardPicture | undefined;
}

/**
 * The board as a PDF: each page with its title, the slide and the pictures, and what was written over them. A page has the
 * shape of its slide, since the board has it too; across, a thousandth of the slide is one of the board. A formula
 * that is not known how to set stands as it was typed. @param pictures those put on the board, by their material
 */
export function boardPdf(title: string, pages: readonly PdfPage[], pictures: ReadonlyMap<string, BoardPicture> = new Map()): Readable {
  const doc = new PDFDocument({ size: [PAGE.width, PAGE.height], margin: 0, autoFirstPage: false, info: { Title: title } });
  const out = doc.pipe(new PassThrough());
  doc.registerFont("words", FONT);
  drawPages(doc, pages, pictures).then(
    () => doc.end(),
    (error: unknown) => out.destroy(error instanceof Error ? error : new Error(String(error))),
  );
  return out;
}

async function drawPages(doc: PDFKit.PDFDocument, pages: readonly PdfPage[], pictures: ReadonlyMap<string, BoardPicture>): Promise<void> {
  const left: Budget = { fine: FINE_POINTS_MAX, coarse: COARSE_POINTS_MAX };
  for (const page of pages) {
    const { slide } = page;
    const height = slide ? Math.round((PAGE.width * slide.height) / slide.width) : PAGE.height;
    doc.addPage({ size: [PAGE.width, height + (slide ? LABEL : 0)], margin: 0 });
    if (slide) doc.image(slide.jpeg, 0, 0, { width: PAGE.width, height });
    doc.font("words").fontSize(10).fillColor("#52656f").text(page.label, 16, slide ? height + 6 : height - 22, { lineBreak: false });
    doc.scale(PAGE.scale);
    // Pictures lie below what was written, whatever came first: on the board they do too.
    for (const { body } of page.items.filter((item) => item.kind === "picture")) {
      const picture = pictures.get(body.m ?? "");
      if (picture) doc.image(picture.jpeg, body.x ?? 0, body.y ?? 0, { width: Math.max(1, (body.x2 ?? 0) - (body.x ?? 0)) });
    }
    for (const [i, item] of page.items.entries()) {
      draw(doc, item, left, height / PAGE.scale);
      if (i % ITEMS_A_TURN === 0) await new Promise((resolve) => setImmediate(resolve));
    }
  }
}

function draw(doc: PDFKit.PDFDocument, { kind, body }: BoardItem, left: Budget, bottom: number): void {
  const color = INKS[body.c ?? 0] ?? "#14222b";
  const pen = PENS[body.w ?? 2] ?? 7;
  const { x = 0, y = 0, x2 = 0, y2 = 0 } = body;
  switch (kind) {
    case "ink":
      return drawInk(doc, body.d ?? "", color, pen, left);
    case "formula": {
      const size = TEXT_SIZES[body.w ?? 2] ?? 34;
      const formula = formulaOf(body.t ?? "", (text, font) => doc.font(fontFile(font)).fontSize(100).widthOfString(text) / 100);
      if (formula) return drawFormula(doc, formula, { x, y: y + Math.max(size, formula.height * size), size }, color);
      return drawText(doc, body.t ?? "", { x, y, size, bottom }, color);
    }
    case "text":
      return drawText(doc, body.t ?? "", { x, y, size: TEXT_SIZES[body.w ?? 2] ?? 34, bottom }, color);
    case "rect":
      doc.rect(Math.min(x, x2), Math.min(y, y2), Math.abs(x2 - x), Math.abs(y2 - y)).lineWidth(pen * 0.7).stroke(color);
      return;
    case "oval":
      doc.ellipse((x + x2) / 2, (y + y2) / 2, Math.abs(x2 - x) / 2, Math.abs(y2 - y) / 2).lineWidth(pen * 0.7).stroke(color);
      return;
    case "line":
    case "arrow":
      doc.moveTo(x, y).lineTo(x2, y2).lineWidth(pen * 0.7).lineCap("round").stroke(color);
      if (kind === "arrow") drawHead(doc, { x, y, x2, y2 }, color, pen);
      return;
  }
}

function drawText(doc: PDFKit.PDFDocument, text: string, at: { x: number; y: number; size: number; bottom: number }, color: string): void {
  doc.font("words").fontSize(at.size).fillColor(color).text(text, at.x, at.y, { width: Math.max(100, 980 - at.x), height: Math.max(60, at.bottom - at.y), ellipsis: true }); // never onto a page of its own
}

function fontFile(font: FormulaFont): string {
  return font === "words" ? font : require.resolve(`katex/dist/fonts/KaTeX_${font}.ttf`);
}

/** @param at where its baseline begins, and how large an em is */
function drawFormula(doc: PDFKit.PDFDocument, { marks }: Formula, at: { x: number; y: number; size: number }, color: string): void {
  for (const mark of marks) {
    const [x, y] = [at.x + mark.x * at.size, at.y + mark.y * at.size];
    if (mark.kind === "glyph") doc.font(fontFile(mark.font)).fontSize(mark.size * at.size).fillColor(color).text(mark.text, x, y, { lineBreak: false, baseline: "alphabetic" });
    else if (mark.kind === "rule") doc.rect(x, y, mark.width * at.size, Math.max(0.8, mark.height * at.size)).fill(color);
    else {
      doc.save().rect(x, y, mark.width * at.size, mark.height * at.size).clip().translate(x + mark.left * at.size, y).scale(mark.across * at.size, mark.down * at.size).path(mark.d).fill(color).restore();
    }
  }
}

function drawInk(doc: PDFKit.PDFDocument, ink: string, color: string, size: number, left: Budget): void {
  const points = pointsOf(ink);
  if (points.length > left.fine) return drawThin(doc, points, color, left);
  left.fine -= points.length;
  const outline = outlineOf(points, size);
  outline.forEach(([x = 0, y = 0], i) => void (i === 0 ? doc.moveTo(x, y) : doc.lineTo(x, y)));
  if (outline.length > 1) doc.closePath().fill(color);
}

/** A stroke as a thin line through every fourth of its points, as long as there is room for any. */
function drawThin(doc: PDFKit.PDFDocument, points: readonly (readonly number[])[], color: string, left: Budget): void {
  const some = points.filter((_, i) => i % 4 === 0 || i === points.length - 1);
  if (some.length > left.coarse) return;
  left.coarse -= some.length;
  some.forEach(([x = 0, y = 0], i) => void (i === 0 ? doc.moveTo(x, y) : doc.lineTo(x, y)));
  doc.lineWidth(2).stroke(color);
}

function drawHead(doc: PDFKit.PDFDocument, { x, y, x2, y2 }: { x: number; y: number; x2: number; y2: number }, color: string, pen: number): void {
  const turn = Math.atan2(y2 - y, x2 - x);
  for (const side of [0.5, -0.5]) doc.moveTo(x2 - 22 * Math.cos(turn + side), y2 - 22 * Math.sin(turn + side)).lineTo(x2, y2).lineWidth(pen * 0.7).stroke(color);
}
