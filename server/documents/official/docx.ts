import { AlignmentType, BorderStyle, Document, Header, Packer, PageNumber, Paragraph, Table, TableCell, TableRow, TextRun, UnderlineType, WidthType } from "docx";
import { official } from "./messages.ts";
import { PAGE, placeAndDay, type Block, type OfficialDocument } from "./model.ts";

/** Word counts in twentieths of a point, sizes of letters in halves. */
const twips = (points: number): number => Math.round(points * 20);
const WIDTH = twips(PAGE.width - PAGE.left - PAGE.right);
/** The face that Decree 30 names; every Word and LibreOffice has it, or one with its widths. */
const FACE = "Times New Roman";
const words = official.vi;

interface Style {
  size?: number;
  bold?: boolean;
  italics?: boolean;
  align?: (typeof AlignmentType)[keyof typeof AlignmentType];
  before?: number;
  after?: number;
  indent?: number;
  rule?: boolean;
}

/** A document of Decree 30/2020/ND-CP as a Word file that can be edited. */
export function officialDocx(document: OfficialDocument): Promise<Buffer> {
  const { top, bottom, left, right, width, height } = PAGE;
  const file = new Document({
    title: `${document.kind}: ${document.title}`,
    creator: document.issuer,
    styles: { default: { document: { run: { font: FACE, size: 26, language: { value: "vi-VN" } } } } },
    sections: [
      {
        properties: { titlePage: true, page: { size: { width: twips(width), height: twips(height) }, margin: { top: twips(top), bottom: twips(bottom), left: twips(left), right: twips(right), header: twips(30) } } },
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

function line(text: string, style: Style = {}): Paragraph {
  const { size = 13, bold = false, italics = false, align = AlignmentType.CENTER, before = 0, after = 0, indent = 0, rule = false } = style;
  const underline = rule ? { underline: { type: UnderlineType.SINGLE } } : {};
  return new Paragraph({ alignment: align, spacing: { before: twips(before), after: twips(after) }, indent: { firstLine: twips(indent) }, children: [new TextRun({ text, bold, italics, size: size * 2, ...underline })] });
}

const NO_BORDER = { style: BorderStyle.NONE, size: 0, color: "auto" };
const BARE = { top: NO_BORDER, bottom: NO_BORDER, left: NO_BORDER, right: NO_BORDER, insideHorizontal: NO_BORDER, insideVertical: NO_BORDER };

/** Two columns without lines, as both head and foot are set. */
function columns(left: Paragraph[], right: Paragraph[], share: number): Table {
  const first = Math.round(WIDTH * share);
  const cell = (children: Paragraph[], size: number): TableCell => new TableCell({ width: { size, type: WidthType.DXA }, borders: { top: NO_BORDER, bottom: NO_BORDER, left: NO_BORDER, right: NO_BORDER }, children });
  return new Table({ width: { size: WIDTH, type: WidthType.DXA }, columnWidths: [first, WIDTH - first], borders: BARE, rows: [new TableRow({ cantSplit: true, children: [cell(left, first), cell(right, WIDTH - first)] })] });
}

function head(document: OfficialDocument): Table {
  return columns(
    [...(document.parent === "" ? [] : [line(document.parent, { size: 12 })]), line(document.issuer, { size: 12, bold: true, rule: true, after: 4 }), line(words.number(document.number))],
    [line(words.nation, { size: 12, bold: true }), line(words.motto, { bold: true, rule: true, after: 4 }), line(placeAndDay(document.place, document.on), { italics: true })],
    0.4,
  );
}

function titleOf(document: OfficialDocument): Paragraph[] {
  return [
    ...(document.draft ? [line(words.draft, { italics: true, size: 12, before: 8 })] : []),
    line(document.kind, { bold: true, size: 14, before: 14 }),
    line(document.title, { bold: true, size: 14, after: 10 }),
  ];
}

function bodyOf(block: Block): (Paragraph | Table)[] {
  if (block.kind === "heading") return [new Paragraph({ keepNext: true, spacing: { before: twips(6), after: twips(3) }, indent: { firstLine: twips(28) }, children: [new TextRun({ text: block.text, bold: true })] })];
  if (block.kind === "paragraph") return [line(block.text, { align: AlignmentType.JUSTIFIED, indent: 28, after: 4 })];
  return [...(block.caption === "" ? [] : [line(block.caption, { bold: true, align: AlignmentType.LEFT, before: 6, after: 3 })]), tableOf(block), line("", { size: 6 })];
}

function tableOf(table: Extract<Block, { kind: "table" }>): Table {
  const parts = table.columns.reduce((sum, column) => sum + column.width, 0);
  const widths = table.columns.map((column) => Math.floor((WIDTH * column.width) / parts));
  const cell = (text: string, i: number, bold: boolean): TableCell =>
    new TableCell({
      width: { size: widths[i] ?? 0, type: WidthType.DXA },
      margins: { left: twips(3), right: twips(3), top: twips(2), bottom: twips(2) },
      children: [line(text, { size: 11, bold, align: bold ? AlignmentType.CENTER : table.columns[i]?.number ? AlignmentType.RIGHT : AlignmentType.LEFT })],
    });
  return new Table({
    width: { size: WIDTH, type: WidthType.DXA },
    columnWidths: widths,
    rows: [
      new TableRow({ tableHeader: true, cantSplit: true, children: table.columns.map((column, i) => cell(column.label, i, true)) }),
      ...table.rows.map((row) => new TableRow({ cantSplit: true, children: row.map((text, i) => cell(text, i, false)) })),
    ],
  });
}

function foot(document: OfficialDocument): Table {
  const to = [...document.recipients, words.archive].map((text) => line(`- ${text}`, { size: 11, align: AlignmentType.LEFT }));
  return columns(
    [line(words.recipients, { size: 12, bold: true, italics: true, align: AlignmentType.LEFT, before: 10 }), ...to],
    [line(document.signatory_title.toLocaleUpperCase("vi"), { bold: true, size: 14, before: 10 }), ...Array.from({ length: 4 }, () => line("")), line(document.signatory, { bold: true, size: 14 })],
    0.5,
  );
}
