import mammoth from "mammoth";
import { HTMLElement, NodeType, parse, type Node } from "node-html-parser";
import { clean, layOut, type Grid, type PlanFile, type RawCell } from "./grid.ts";
import { fileRefusal } from "../../platform/office-zip.ts";

const HEADINGS_MAX = 40;
const SPAN_MAX = 500;

/**
 * Reads the tables of a .docx with the lines above each. Pictures are left out; merged cells keep their spans.
 *
 * @throws Refusal `file_broken` where the document inside cannot be read
 */
export async function readWord(bytes: Buffer, name: string): Promise<PlanFile> {
  const html = await toHtml(bytes);
  const grids: Grid[] = [];
  let headings: string[] = [];
  for (const node of parse(html).childNodes) {
    if (isElement(node) && node.rawTagName === "table") {
      grids.push({ table: grids.length + 1, name: "", headings: headings.slice(-HEADINGS_MAX), rows: layOut(rowsOf(node)) });
      headings = [];
      continue;
    }
    headings.push(...textOf(node).split("\n").filter((line) => line !== ""));
  }
  return { kind: "word", name, grids };
}

async function toHtml(bytes: Buffer): Promise<string> {
  try {
    const noPictures = mammoth.images.imgElement(() => Promise.resolve({ src: "" }));
    const { value } = await mammoth.convertToHtml({ buffer: bytes }, { convertImage: noPictures, externalFileAccess: false });
    return value;
  } catch (cause) {
    throw Object.assign(fileRefusal("file_broken"), { cause });
  }
}

/** The rows of this table, not of tables inside its cells. */
function rowsOf(table: HTMLElement): RawCell[][] {
  const rows: RawCell[][] = [];
  for (const part of elementsOf(table)) {
    const direct = part.rawTagName === "tr" ? [part] : elementsOf(part).filter((child) => child.rawTagName === "tr");
    for (const tr of direct) rows.push(elementsOf(tr).map(cellOf));
  }
  return rows;
}

function cellOf(element: HTMLElement): RawCell {
  return { text: textOf(element), rowSpan: spanOf(element, "rowspan"), colSpan: spanOf(element, "colspan") };
}

function spanOf(element: HTMLElement, name: string): number {
  const span = Number(element.getAttribute(name) ?? "1");
  return Number.isInteger(span) && span >= 1 ? Math.min(span, SPAN_MAX) : 1;
}

/** The text of an element: paragraphs, list items and line breaks each on a line of their own. */
function textOf(node: Node): string {
  return clean(rawText(node));
}

function rawText(node: Node): string {
  if (node.nodeType === NodeType.TEXT_NODE) return node.text;
  if (!isElement(node)) return "";
  if (node.rawTagName === "br") return "\n";
  const inside = node.childNodes.map(rawText).join("");
  return ["p", "li", "h1", "h2", "h3", "h4", "h5", "h6", "tr"].includes(node.rawTagName) ? `${inside}\n` : inside;
}

function elementsOf(element: HTMLElement): HTMLElement[] {
  return element.childNodes.filter(isElement);
}

function isElement(node: Node): node is HTMLElement {
  return node instanceof HTMLElement;
}
