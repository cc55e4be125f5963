import path from "node:path";
import { PassThrough } from "node:stream";
import { buffer } from "node:stream/consumers";
import PDFDocument from "pdfkit";
import { AFTER_TABLE, CELL, PAGE_NUMBER_AT, RULES, SHARES, SIGNATURE_LINES, STYLES, type Style } from "./layout.ts";
import { official } from "./messages.ts";
import { PAGE, placeAndDay, type Block, type OfficialDocument } from "./model.ts";

/** Tinos has the widths of Times New Roman, letter by letter, so lines end where they end in Word. */
const font = (name: string): string => path.join(import.meta.dirname, "fonts", `Tinos-${name}.ttf`);
const FONTS = { plain: font("Regular"), bold: font("Bold"), italic: font("Italic"), strong: font("BoldItalic") };
const WIDTH = PAGE.width - PAGE.left - PAGE.right;
/** How thick lines are. */
const LINE = 0.5;
const FLOOR = PAGE.height - PAGE.bottom;
const words = official.vi;

type Pdf = PDFKit.PDFDocument;

/** A document of Decree 30/2020/ND-CP as a PDF with its fonts inside: the same lines on the same pages as the Word file. */
export function officialPdf(document: OfficialDocument): Promise<Buffer> {
  const { top, bottom, left, right } = PAGE;
  const pdf = new PDFDocument({ size: "A4", margins: { top, bottom, left, right }, bufferPages: true, lang: "vi", info: { Title: `${document.kind}: ${document.title}`, Author: document.issuer } });
  const out = pdf.pipe(new PassThrough());
  for (const [name, file] of Object.entries(FONTS)) pdf.registerFont(name, file);
  drawHead(pdf, document);
  document.blocks.forEach((block, i) => drawBlock(pdf, block, document.blocks[i + 1]));
  drawFoot(pdf, document);
  drawPageNumbers(pdf);
  pdf.end();
  return buffer(out);
}

/** A line as Word sets it, with the space before and after; `at` and `width` name its column. */
interface Line {
  text: string;
  style: Style;
}

function use(pdf: Pdf, { bold, italics, size }: Style): void {
  pdf.font(bold && italics ? "strong" : bold ? "bold" : italics ? "italic" : "plain").fontSize(size).fillColor("#000000");
}

/** What stays together on a line, with the space that follows it: a line may end at a space, and after a hyphen within a word. */
const PIECES = /(?<= )(?=[^ ])|(?<=\p{L}-)(?=\p{L})/u;

/**
 * The lines of a text, broken as Word and LibreOffice break them: as many words as fit without the space that follows. (The
 * library's own wrapper wants room for that space as well, and ends some lines a word earlier.)
 */
function linesOf(pdf: Pdf, { text, style }: Line, width: number): string[] {
  use(pdf, style);
  const lines: string[] = [];
  let line = "";
  const room = (): number => width - (lines.length === 0 ? style.indent : 0);
  const fit = (some: string): boolean => widthOf(pdf, some.trimEnd()) <= room();
  for (const piece of text.split(PIECES)) {
    if (line !== "" && !fit(line + piece)) {
      lines.push(line.trimEnd());
      line = "";
    }
    line += piece;
    while (!fit(line) && line.length > 1) {
      let fits = line.length - 1; // a word longer than its column, as an address may be
      while (fits > 1 && !fit(line.slice(0, fits))) fits -= 1;
      lines.push(line.slice(0, fits));
      line = line.slice(fits);
    }
  }
  return [...lines, line.trimEnd()];
}

/** Word moves no letters closer together unless it is told to. */
const FEATURES = { kern: false } as unknown as PDFKit.Mixins.OpenTypeFeatures[];
const widthOf = (pdf: Pdf, text: string): number => pdf.widthOfString(text, { features: FEATURES });

function heightOf(pdf: Pdf, line: Line, width: number): number {
  const lines = linesOf(pdf, line, width).length;
  return line.style.before + line.style.after + lines * pdf.currentLineHeight(true);
}

function put(pdf: Pdf, line: Line, at: number = PAGE.left, width: number = WIDTH): void {
  const { style } = line;
  const lines = linesOf(pdf, line, width);
  const height = pdf.currentLineHeight(true);
  pdf.y += style.before;
  lines.forEach((text, i) => {
    keep(pdf, height);
    use(pdf, style);
    const indent = i === 0 ? style.indent : 0;
    const rest = width - indent - widthOf(pdf, text);
    const spaces = text.split(/\s+/).length - 1;
    const wordSpacing = style.align === "justify" && i < lines.length - 1 && spaces > 0 ? rest / spaces : 0;
    const x = at + indent + (style.align === "center" ? rest / 2 : style.align === "right" ? rest : 0);
    const y = pdf.y;
    if (text !== "") pdf.text(text, x, y, { lineBreak: false, wordSpacing, features: FEATURES });
    pdf.y = y + height;
  });
  pdf.y += style.after;
}

/** Lines in a column from a height on; answers where they end. */
function putColumn(pdf: Pdf, lines: readonly (Line | { rule: number })[], at: number, width: number, from: number): number {
  pdf.y = from;
  for (const line of lines) {
    if ("rule" in line) {
      const side = (width * (1 - line.rule)) / 2;
      pdf.moveTo(at + side, pdf.y + LINE).lineTo(at + width - side, pdf.y + LINE).lineWidth(LINE).stroke("#000000");
      pdf.y += RULES.height + LINE;
    } else put(pdf, line, at, width);
  }
  return pdf.y;
}

function drawHead(pdf: Pdf, document: OfficialDocument): void {
  const first = WIDTH * SHARES.head;
  const top = pdf.y;
  const left = [
    ...(document.parent === "" ? [] : [{ text: document.parent, style: STYLES.parent }]),
    ...[{ text: document.issuer, style: STYLES.issuer }, { rule: RULES.issuer }, { text: words.number(document.number), style: STYLES.number }],
  ];
  const right = [{ text: words.nation, style: STYLES.nation }, { text: words.motto, style: STYLES.motto }, { rule: RULES.motto }, { text: placeAndDay(document.place, document.on), style: STYLES.day }];
  pdf.y = Math.max(putColumn(pdf, left, PAGE.left, first, top), putColumn(pdf, right, PAGE.left + first, WIDTH - first, top));
  if (document.draft) put(pdf, { text: words.draft, style: STYLES.draft });
  put(pdf, { text: document.kind, style: STYLES.kind });
  put(pdf, { text: document.title, style: STYLES.title });
}

/** Begins a page where this does not fit any more. */
function keep(pdf: Pdf, height: number): void {
  if (pdf.y + height > FLOOR) pdf.addPage();
}

function drawBlock(pdf: Pdf, block: Block, next: Block | undefined): void {
  if (block.kind === "table") return drawTable(pdf, block);
  const line = { text: block.text, style: block.kind === "heading" ? STYLES.heading : STYLES.paragraph };
  if (block.kind === "heading") keep(pdf, heightOf(pdf, line, WIDTH) + firstOf(pdf, next)); // it does not stand alone at the foot of a page
  put(pdf, line);
}

/** What must stand on the page of the heading before it: a line, or the beginning of a table. */
function firstOf(pdf: Pdf, block: Block | undefined): number {
  if (block === undefined) return 0;
  if (block.kind === "table") return heightOf(pdf, { text: block.caption, style: STYLES.caption }, WIDTH) + beginningOf(pdf, block);
  use(pdf, STYLES.paragraph);
  return pdf.currentLineHeight(true);
}

type TableBlock = Extract<Block, { kind: "table" }>;

function widthsOf(table: TableBlock): number[] {
  const parts = table.columns.reduce((sum, column) => sum + column.width, 0);
  return table.columns.map((column) => (WIDTH * column.width) / parts);
}

const headOf = (table: TableBlock): string[] => table.columns.map((column) => column.label);

/** Its head with the first row: they are not torn apart. */
function beginningOf(pdf: Pdf, table: TableBlock): number {
  return rowHeight(pdf, table, headOf(table), true) + rowHeight(pdf, table, table.rows[0] ?? [], false);
}

function drawTable(pdf: Pdf, table: TableBlock): void {
  const caption = { text: table.caption, style: STYLES.caption };
  keep(pdf, (table.caption === "" ? 0 : heightOf(pdf, caption, WIDTH)) + beginningOf(pdf, table));
  if (table.caption !== "") put(pdf, caption);
  pdf.y += LINE; // the upper line of the first row
  drawRow(pdf, table, headOf(table), true);
  for (const row of table.rows) {
    if (pdf.y + rowHeight(pdf, table, row, false) > FLOOR) {
      pdf.addPage();
      drawRow(pdf, table, headOf(table), true);
    }
    drawRow(pdf, table, row, false);
  }
  pdf.y += AFTER_TABLE;
}

const cellStyle = (table: TableBlock, i: number, head: boolean): Style => (head ? STYLES.head_cell : table.columns[i]?.number ? STYLES.number_cell : STYLES.cell);

function rowHeight(pdf: Pdf, table: TableBlock, row: readonly string[], head: boolean): number {
  const widths = widthsOf(table);
  return LINE + CELL.top + CELL.bottom + Math.max(0, ...row.map((text, i) => heightOf(pdf, { text, style: cellStyle(table, i, head) }, (widths[i] ?? 20) - CELL.left - CELL.right)));
}

function drawRow(pdf: Pdf, table: TableBlock, row: readonly string[], head: boolean): void {
  const height = rowHeight(pdf, table, row, head);
  const [widths, y] = [widthsOf(table), pdf.y];
  let x: number = PAGE.left;
  row.forEach((text, i) => {
    const width = widths[i] ?? 20;
    pdf.rect(x, y, width, height).lineWidth(LINE).stroke("#000000");
    pdf.y = y + CELL.top;
    put(pdf, { text, style: cellStyle(table, i, head) }, x + CELL.left, width - CELL.left - CELL.right);
    x += width;
  });
  pdf.y = y + height;
}

function drawFoot(pdf: Pdf, document: OfficialDocument): void {
  const first = WIDTH * SHARES.foot;
  const left = [{ text: words.recipients, style: STYLES.recipients }, ...[...document.recipients, words.archive].map((text) => ({ text: `- ${text}`, style: STYLES.recipient }))];
  const room = Array.from({ length: SIGNATURE_LINES }, () => ({ text: "", style: STYLES.room }));
  const right = [{ text: document.signatory_title.toLocaleUpperCase("vi"), style: STYLES.signs }, ...room, { text: document.signatory, style: STYLES.signatory }];
  const height = (lines: readonly Line[], width: number): number => lines.reduce((sum, line) => sum + heightOf(pdf, line, width), 0);
  keep(pdf, Math.max(height(left, first), height(right, WIDTH - first))); // the signature stays whole
  const top = pdf.y;
  pdf.y = Math.max(putColumn(pdf, left, PAGE.left, first, top), putColumn(pdf, right, PAGE.left + first, WIDTH - first, top));
}

/** From the second page on, in the middle of the head (Decree 30, appendix I). */
function drawPageNumbers(pdf: Pdf): void {
  const { start, count } = pdf.bufferedPageRange();
  for (let i = start + 1; i < start + count; i += 1) {
    pdf.switchToPage(i);
    pdf.font("plain").fontSize(13).text(String(i + 1), PAGE.left, PAGE_NUMBER_AT, { width: WIDTH, align: "center", lineBreak: false });
  }
}
