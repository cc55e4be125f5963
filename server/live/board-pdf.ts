import { createRequire } from "node:module";
import { PassThrough, type Readable } from "node:stream";
import PDFDocument from "pdfkit";
import { getStroke } from "perfect-freehand";
import { readInk } from "./tool-rules.ts";

const require = createRequire(import.meta.url);
const FONT = require.resolve("@expo-google-fonts/be-vietnam-pro/400Regular/BeVietnamPro_400Regular.ttf");
/** A page of 16 to 9 in points; a thousandth of the board's width is 0.96 of them. */
const PAGE = { width: 960, height: 540, scale: 0.96 };
/** The colours and pens of the board, as public/css/tokens.css and public/js/live-ink.js have them. */
const INKS = ["#14222b", "#1d4ed8", "#c81e1e", "#157347", "#c2570c", "#7c3aed", "#7a4a21", "#ffffff"];
const PENS: Record<number, number> = { 1: 4, 2: 7, 3: 14 };

/** One thing on a page of the board, as it stands at the end. */
export interface BoardItem {
  kind: string;
  body: { c?: number; w?: number; d?: string; x?: number; y?: number; x2?: number; y2?: number; t?: string };
}

/** The board as a PDF: each page with its title and what stands on it. Formulas stand as they were typed. */
export function boardPdf(title: string, pages: readonly { label: string; items: readonly BoardItem[] }[]): Readable {
  const doc = new PDFDocument({ size: [PAGE.width, PAGE.height], margin: 0, autoFirstPage: false, info: { Title: title } });
  const out = doc.pipe(new PassThrough());
  doc.registerFont("words", FONT);
  for (const page of pages) {
    doc.addPage();
    doc.font("words").fontSize(10).fillColor("#52656f").text(page.label, 16, PAGE.height - 22, { lineBreak: false });
    doc.scale(PAGE.scale);
    for (const item of page.items) draw(doc, item);
  }
  doc.end();
  return out;
}

function draw(doc: PDFKit.PDFDocument, { kind, body }: BoardItem): void {
  const color = INKS[body.c ?? 0] ?? "#14222b";
  const pen = PENS[body.w ?? 2] ?? 7;
  const { x = 0, y = 0, x2 = 0, y2 = 0 } = body;
  switch (kind) {
    case "ink":
      return drawInk(doc, body.d ?? "", color, pen);
    case "text":
    case "formula":
      doc.font("words").fontSize([24, 24, 34, 50][body.w ?? 2] ?? 34).fillColor(color).text(body.t ?? "", x, y, { width: Math.max(100, 980 - x) });
      return;
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

function drawInk(doc: PDFKit.PDFDocument, ink: string, color: string, size: number): void {
  const points = (readInk(ink) ?? []).map((point) => [point.x, point.y, point.pressure]);
  const outline = getStroke(points, { size, thinning: 0.25, smoothing: 0.5, streamline: 0.4, last: true });
  outline.forEach(([x = 0, y = 0], i) => void (i === 0 ? doc.moveTo(x, y) : doc.lineTo(x, y)));
  if (outline.length > 1) doc.closePath().fill(color);
}

function drawHead(doc: PDFKit.PDFDocument, { x, y, x2, y2 }: { x: number; y: number; x2: number; y2: number }, color: string, pen: number): void {
  const turn = Math.atan2(y2 - y, x2 - x);
  for (const side of [0.5, -0.5]) doc.moveTo(x2 - 22 * Math.cos(turn + side), y2 - 22 * Math.sin(turn + side)).lineTo(x2, y2).lineWidth(pen * 0.7).stroke(color);
}
