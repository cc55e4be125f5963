import { AlignmentType, BorderStyle, Document, Header, LineRuleType, Packer, PageNumber, Paragraph, Table, TableCell, TableLayoutType, TableRow, TextRun, WidthType } from "docx";
import { AFTER_TABLE, CELL, PAGE_NUMBER_AT, RULES, SHARES, SIGNATURE_LINES, STYLES, type Style } from "./layout.ts";
import { readParts } from "../../platform/office-zip.ts";
import { official } from "./messages.ts";
import { PAGE, placeAndDay, type Block, type OfficialDocument } from "./model.ts";

/** Word counts in twentieths of a point, sizes of letters in halves. */
const twips = (points: number): number => Math.round(points * 20);
const WIDTH = twips(PAGE.width - PAGE.left - PAGE.right);
/** The face that Decree 30 names; every Word and LibreOffice has it, or one with its widths. */
const FACE = "Times New Roman";
const words = official.vi;

/** A document of Decree 30/2020/ND-CP as a Word file that can be edited. */
export function officialDocx(document: OfficialDocument): Promise<Buffer> {
  const { top, bottom, left, right, width, height } = PAGE;
  const file = new Document({
    title: `${document.kind}: ${document.title}`,
    creator: document.issuer,
    styles: { default: { document: { run: { font: FACE, size: 26, language: { value: "vi-VN" } } } } },
    sections: [
      {
        properties: { titlePage: true, page: { size: { width: twips(width), height: twips(height) }, margin: { top: twips(top), bottom: twips(bottom), left: twips(left), right: twips(right), header: twips(PAGE_NUMBER_AT), footer: twips(PAGE_NUMBER_AT) } } },
        headers: {
          first: new Header({ children: [new Paragraph({})] }),
          default: new Header({ children: [new Paragraph({ alignment: AlignmentType.CENTER, children: [new TextRun({ children: [PageNumber.CURRENT], size: 26 })] })] }),
        },
        children: [head(document), ...titleOf(document), ...document.blocks.flatMap(bodyOf), foot(document)],
      },
    ],
  });
  return Packer.toBuffer(file);
}

const ALIGN = { left: AlignmentType.LEFT, center: AlignmentType.CENTER, right: AlignmentType.RIGHT, justify: AlignmentType.JUSTIFIED } as const;

/** Blocks as the body of a Word file holds them: put into a template in place of a field. */
export function wordOf(blocks: readonly Block[]): Promise<string> {
  return xmlOf(blocks.flatMap(bodyOf));
}

/** Who receives a document, the same way. */
export function recipientsWord(recipients: readonly string[]): Promise<string> {
  return xmlOf(recipientLines(recipients));
}

async function xmlOf(children: (Paragraph | Table)[]): Promise<string> {
  const file = await Packer.toBuffer(new Document({ sections: [{ children }] }));
  const xml = (await readParts(file, (name) => name === "word/document.xml")).get("word/document.xml") ?? "";
  return xml.slice(xml.indexOf("<w:body>") + "<w:body>".length, xml.lastIndexOf("<w:sectPr"));
}

const recipientLines = (recipients: readonly string[]): Paragraph[] => [...recipients, words.archive].map((text) => line(`- ${text}`, STYLES.recipient));

function line(text: string, style: Style, keepNext = false): Paragraph {
  const { size, bold = false, italics = false, align, before, after, indent } = style;
  return new Paragraph({
    ...{ alignment: ALIGN[align], keepNext, widowControl: false, spacing: { before: twips(before), after: twips(after) }, indent: { firstLine: twips(indent) } },
    children: [new TextRun({ text, bold, italics, size: size * 2 })],
  });
}

function room(height: number): Paragraph {
  return new Paragraph({ spacing: { line: twips(height), lineRule: LineRuleType.EXACT }, children: [] });
}

/** A thin line in the middle of a column. */
function rule(column: number, part: number): Paragraph {
  const side = Math.round((column * (1 - part)) / 2);
  return new Paragraph({ indent: { left: side, right: side }, spacing: { line: twips(RULES.height), lineRule: LineRuleType.EXACT }, border: { top: { style: BorderStyle.SINGLE, size: 4, color: "000000", space: 0 } }, children: [new TextRun({ text: "", size: 4 })] });
}

const NO_BORDER = { style: BorderStyle.NONE, size: 0, color: "auto" };
const BARE = { top: NO_BORDER, bottom: NO_BORDER, left: NO_BORDER, right: NO_BORDER, insideHorizontal: NO_BORDER, insideVertical: NO_BORDER };
const NO_MARGIN = { left: 0, right: 0, top: 0, bottom: 0 };

/** Two columns without lines, as both head and foot are set. */
function columns(left: Paragraph[], right: Paragraph[], first: number): Table {
  const cell = (children: Paragraph[], size: number): TableCell => new TableCell({ width: { size, type: WidthType.DXA }, margins: NO_MARGIN, borders: { top: NO_BORDER, bottom: NO_BORDER, left: NO_BORDER, right: NO_BORDER }, children });
  return new Table({ width: { size: WIDTH, type: WidthType.DXA }, layout: TableLayoutType.FIXED, margins: NO_MARGIN, columnWidths: [first, WIDTH - first], borders: BARE, rows: [new TableRow({ cantSplit: true, children: [cell(left, first), cell(right, WIDTH - first)] })] });
}

function head(document: OfficialDocument): Table {
  const first = Math.round(WIDTH * SHARES.head);
  return columns(
    [...(document.parent === "" ? [] : [line(document.parent, STYLES.parent)]), line(document.issuer, STYLES.issuer), rule(first, RULES.issuer), line(words.number(document.number), STYLES.number)],
    [line(words.nation, STYLES.nation), line(words.motto, STYLES.motto), rule(WIDTH - first, RULES.motto), line(document.place_and_day ?? placeAndDay(document.place, document.on), STYLES.day)],
    first,
  );
}

function titleOf(document: OfficialDocument): Paragraph[] {
  return [...(document.draft ? [line(words.draft, STYLES.draft)] : []), line(document.kind, STYLES.kind), line(document.title, STYLES.title)];
}

function bodyOf(block: Block): (Paragraph | Table)[] {
  if (block.kind === "heading") return [line(block.text, STYLES.heading, true)];
  if (block.kind === "paragraph") return [line(block.text, STYLES.paragraph)];
  return [...(block.caption === "" ? [] : [line(block.caption, STYLES.caption, true)]), tableOf(block), room(AFTER_TABLE)];
}

function tableOf(table: Extract<Block, { kind: "table" }>): Table {
  const parts = table.columns.reduce((sum, column) => sum + column.width, 0);
  const widths = table.columns.map((column) => Math.floor((WIDTH * column.width) / parts));
  const cell = (text: string, i: number, style: Style): TableCell =>
    new TableCell({
      width: { size: widths[i] ?? 0, type: WidthType.DXA },
      margins: { left: twips(CELL.left), right: twips(CELL.right), top: twips(CELL.top), bottom: twips(CELL.bottom) },
      children: [line(text, style)],
    });
  return new Table({
    width: { size: WIDTH, type: WidthType.DXA },
    layout: TableLayoutType.FIXED,
    indent: { size: 0, type: WidthType.DXA },
    columnWidths: widths,
    rows: [
      new TableRow({ tableHeader: true, cantSplit: true, children: table.columns.map((column, i) => cell(column.label, i, STYLES.head_cell)) }),
      ...table.rows.map((row) => new TableRow({ cantSplit: true, children: row.map((text, i) => cell(text, i, table.columns[i]?.number ? STYLES.number_cell : STYLES.cell)) })),
    ],
  });
}

function foot(document: OfficialDocument): Table {
  return columns(
    [line(words.recipients, STYLES.recipients), ...recipientLines(document.recipients)],
    [line(document.signatory_title.toLocaleUpperCase("vi"), STYLES.signs), ...Array.from({ length: SIGNATURE_LINES }, () => line("", STYLES.room)), line(document.signatory, STYLES.signatory)],
    Math.round(WIDTH * SHARES.foot),
  );
}
