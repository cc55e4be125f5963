/**
 * How a document of Decree 30/2020/NĐ-CP, appendix I, is set: sizes of letters and spaces in points, the same for Word and
 * PDF, so that both break their lines and pages in the same places. The face is Times New Roman; the PDF carries Tinos,
 * which has its widths and is free. Nothing has a space before it where something with a space after it may stand: Word takes
 * the larger of both there.
 */
export interface Style {
  size: number;
  bold?: boolean;
  italics?: boolean;
  align: "left" | "center" | "right" | "justify";
  before: number;
  after: number;
  /** Of the first line. */
  indent: number;
}

const plain: Style = { size: 13, align: "center", before: 0, after: 0, indent: 0 };

export const STYLES = {
  parent: { ...plain, size: 12 },
  issuer: { ...plain, size: 12, bold: true },
  number: plain,
  nation: { ...plain, size: 12, bold: true },
  motto: { ...plain, bold: true },
  day: { ...plain, italics: true },
  draft: { ...plain, size: 12, italics: true, before: 8 },
  kind: { ...plain, size: 14, bold: true, before: 14 },
  title: { ...plain, size: 14, bold: true, after: 10 },
  heading: { ...plain, bold: true, align: "left", after: 6, indent: 28 },
  paragraph: { ...plain, align: "justify", after: 6, indent: 28 },
  caption: { ...plain, bold: true, align: "left", after: 6 },
  cell: { ...plain, size: 11, align: "left" },
  number_cell: { ...plain, size: 11, align: "right" },
  head_cell: { ...plain, size: 11, bold: true },
  recipients: { ...plain, size: 12, bold: true, italics: true, align: "left", before: 10 },
  recipient: { ...plain, size: 11, align: "left" },
  signs: { ...plain, size: 14, bold: true, before: 10 },
  room: plain,
  signatory: { ...plain, size: 14, bold: true },
} as const satisfies Record<string, Style>;

/** Columns of the head and of the foot, as the share of the left one. */
export const SHARES = { head: 0.42, foot: 0.5 } as const;
/** Lines under the issuer and the motto: parts of their column, and the room that they take. */
export const RULES = { issuer: 0.34, motto: 0.58, height: 4 } as const;
/** Room below a table; an empty line in Word has the height of its invisible end, so it is given exactly. */
export const AFTER_TABLE = 7;
/** Inside the cells of a table. */
export const CELL = { left: 3, right: 3, top: 2, bottom: 2 } as const;
/** Empty lines for the signature and the seal. */
export const SIGNATURE_LINES = 4;
/** From the upper edge of the paper to the number of the page. */
export const PAGE_NUMBER_AT = 30;
