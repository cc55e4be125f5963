import { createRequire } from "node:module";
import { PassThrough } from "node:stream";
import { buffer } from "node:stream/consumers";
import PDFDocument from "pdfkit";
import { official } from "./messages.ts";
import { PAGE, placeAndDay, type Block, type OfficialDocument } from "./model.ts";

const require = createRequire(import.meta.url);
const font = (name: string): string => require.resolve(`@expo-google-fonts/be-vietnam-pro/${name}/BeVietnamPro_${name}.ttf`);
const FONTS = { plain: font("400Regular"), bold: font("700Bold"), italic: font("400Regular_Italic"), strong: font("700Bold_Italic") };
const WIDTH = PAGE.width - PAGE.left - PAGE.right;
const SIZE = 11.5;
const words = official.vi;

type Pdf = PDFKit.PDFDocument;

/** A document of Decree 30/2020/ND-CP as a PDF with its fonts inside. */
export function officialPdf(document: OfficialDocument): Promise<Buffer> {
  const { top, bottom, left, right } = PAGE;
  const pdf = new PDFDocument({ size: "A4", margins: { top, bottom, left, right }, bufferPages: true, lang: "vi", info: { Title: `${document.kind}: ${document.title}`, Author: document.issuer } });
  const out = pdf.pipe(new PassThrough());
  for (const [name, file] of Object.entries(FONTS)) pdf.registerFont(name, file);
  drawHead(pdf, document);
  for (const block of document.blocks) drawBlock(pdf, block);
  drawFoot(pdf, document);
  drawPageNumbers(pdf);
  pdf.end();
  return buffer(out);
}

function drawHead(pdf: Pdf, document: OfficialDocument): void {
  const [leftWidth, rightWidth] = [WIDTH * 0.42, WIDTH * 0.56];
  const rightAt = PAGE.left + WIDTH - rightWidth;
  const top = pdf.y;
  const put = (text: string, x: number, width: number, style: keyof typeof FONTS, size: number): void => void pdf.font(style).fontSize(size).text(text, x, pdf.y, { width, align: "center" });
  if (document.parent !== "") put(document.parent, PAGE.left, leftWidth, "plain", 10);
  put(document.issuer, PAGE.left, leftWidth, "bold", 10);
  rule(pdf, PAGE.left + leftWidth * 0.35, leftWidth * 0.3);
  pdf.moveDown(0.5);
  put(words.number(document.number), PAGE.left, leftWidth, "plain", 10.5);
  const leftEnd = pdf.y;
  pdf.y = top;
  put(words.nation, rightAt, rightWidth, "bold", 10);
  put(words.motto, rightAt, rightWidth, "bold", 10.5);
  rule(pdf, rightAt + rightWidth * 0.22, rightWidth * 0.56);
  pdf.moveDown(0.5);
  put(placeAndDay(document.place, document.on), rightAt, rightWidth, "italic", 10.5);
  pdf.y = Math.max(leftEnd, pdf.y) + 16;
  if (document.draft) put(words.draft, PAGE.left, WIDTH, "italic", 10);
  put(document.kind, PAGE.left, WIDTH, "bold", 13);
  put(document.title, PAGE.left, WIDTH, "bold", 12);
  rule(pdf, PAGE.left + WIDTH * 0.42, WIDTH * 0.16);
  pdf.moveDown(0.8);
}

function rule(pdf: Pdf, x: number, width: number): void {
  pdf.moveTo(x, pdf.y + 2).lineTo(x + width, pdf.y + 2).lineWidth(0.6).stroke("#000000");
  pdf.y += 5;
}

function drawBlock(pdf: Pdf, block: Block): void {
  if (block.kind === "table") return drawTable(pdf, block);
  const heading = block.kind === "heading";
  if (heading && pdf.y > PAGE.height - PAGE.bottom - 60) pdf.addPage(); // a heading does not stand alone at the foot of a page
  pdf.font(heading ? "bold" : "plain").fontSize(SIZE).text(block.text, PAGE.left, pdf.y, { width: WIDTH, align: heading ? "left" : "justify", indent: 26, lineGap: 2 });
  pdf.y += 4;
}

const PAD = 3.5;

function drawTable(pdf: Pdf, table: Extract<Block, { kind: "table" }>): void {
  const parts = table.columns.reduce((sum, column) => sum + column.width, 0);
  const widths = table.columns.map((column) => (WIDTH * column.width) / parts);
  if (table.caption !== "") pdf.font("bold").fontSize(10.5).text(table.caption, PAGE.left, pdf.y + 4, { width: WIDTH });
  pdf.y += 3;
  const head = table.columns.map((column) => column.label);
  drawRow(pdf, head, widths, table.columns, true);
  for (const row of table.rows) {
    if (pdf.y + heightOf(pdf, row, widths) > PAGE.height - PAGE.bottom) {
      pdf.addPage();
      drawRow(pdf, head, widths, table.columns, true);
    }
    drawRow(pdf, row, widths, table.columns, false);
  }
  pdf.y += 8;
}

function heightOf(pdf: Pdf, row: readonly string[], widths: readonly number[]): number {
  pdf.fontSize(9.5);
  return 2 * PAD + Math.max(...row.map((text, i) => pdf.heightOfString(text === "" ? " " : text, { width: (widths[i] ?? 20) - 2 * PAD })));
}

function drawRow(pdf: Pdf, row: readonly string[], widths: readonly number[], columns: readonly { number?: boolean }[], head: boolean): void {
  pdf.font(head ? "bold" : "plain");
  const height = heightOf(pdf, row, widths);
  if (pdf.y + height > PAGE.height - PAGE.bottom) pdf.addPage();
  const y = pdf.y;
  let x = PAGE.left;
  row.forEach((text, i) => {
    const width = widths[i] ?? 20;
    pdf.rect(x, y, width, height).lineWidth(0.5).stroke("#000000");
    pdf.font(head ? "bold" : "plain").fontSize(9.5).fillColor("#000000");
    pdf.text(text, x + PAD, y + PAD, { width: width - 2 * PAD, align: head ? "center" : columns[i]?.number ? "right" : "left" });
    x += width;
  });
  pdf.y = y + height;
  pdf.x = PAGE.left;
}

function drawFoot(pdf: Pdf, document: OfficialDocument): void {
  if (pdf.y > PAGE.height - PAGE.bottom - 150) pdf.addPage(); // the signature stays whole
  pdf.y += 10;
  const y = pdf.y;
  const half = WIDTH * 0.48;
  pdf.font("strong").fontSize(10).text(words.recipients, PAGE.left, y, { width: half });
  pdf.font("plain").fontSize(9.5);
  for (const line of [...document.recipients, words.archive]) pdf.text(`- ${line}`, PAGE.left, pdf.y, { width: half });
  const right = { width: half, align: "center" as const };
  pdf.font("bold").fontSize(11.5).text(document.signatory_title.toLocaleUpperCase("vi"), PAGE.left + WIDTH - half, y, right);
  pdf.text(document.signatory, PAGE.left + WIDTH - half, y + 90, right);
}

/** From the second page on, in the middle of the head (Decree 30, appendix I). */
function drawPageNumbers(pdf: Pdf): void {
  const { start, count } = pdf.bufferedPageRange();
  for (let i = start + 1; i < start + count; i += 1) {
    pdf.switchToPage(i);
    pdf.font("plain").fontSize(10).text(String(i + 1), 0, 30, { width: PAGE.width, align: "center", lineBreak: false });
  }
}
