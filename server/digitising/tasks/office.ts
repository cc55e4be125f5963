import { writeFile } from "node:fs/promises";
import { XMLParser } from "fast-xml-parser";
import yauzl from "yauzl";

/** Parts of one document that are unpacked, together: a document of more text than this is no lesson. */
const UNPACKED_MAX = 60_000_000;

/** Which parts hold text, in the order of reading, and which elements end a line. */
const PARTS: Record<string, RegExp> = {
  docx: /^word\/document\.xml$/,
  pptx: /^ppt\/slides\/slide\d+\.xml$/,
  xlsx: /^xl\/sharedStrings\.xml$/,
  odt: /^content\.xml$/,
  odp: /^content\.xml$/,
  ods: /^content\.xml$/,
};
const LINES = new Set(["w:p", "a:p", "si", "text:p", "text:h", "table:table-row"]);
const PAGES = new Set(["draw:page", "table:table"]);
const GAPS = new Set(["w:tab", "w:br", "text:s", "text:tab", "table:table-cell", "a:br"]);

/**
 * The text of an office document, where no LibreOffice makes a PDF of it: read out of its XML, slide by slide. The parser
 * resolves no entities and fetches nothing; a part with a DOCTYPE is refused, for no office program writes one.
 */
export async function officeText({ file, ext }: { file: string; ext: string }): Promise<{ pages: number }> {
  const wanted = PARTS[ext];
  const texts: string[] = [];
  if (wanted !== undefined) {
    const parts = await partsOf(file, wanted);
    for (const [, xml] of [...parts].sort(([a], [b]) => numberIn(a) - numberIn(b))) texts.push(...pagesOf(xml));
  }
  await writeFile("pages.json", JSON.stringify(texts));
  return { pages: texts.length };
}

function numberIn(name: string): number {
  return Number(/(\d+)\.xml$/.exec(name)?.[1] ?? 0);
}

async function partsOf(file: string, wanted: RegExp): Promise<Map<string, string>> {
  const zip = await yauzl.openPromise(file, { autoClose: false });
  const parts = new Map<string, string>();
  let unpacked = 0;
  try {
    for await (const entry of zip.eachEntry()) {
      if (!wanted.test(entry.fileName)) continue;
      const chunks: Buffer[] = [];
      for await (const chunk of await zip.openReadStreamPromise(entry)) {
        unpacked += (chunk as Buffer).length;
        if (unpacked > UNPACKED_MAX) throw new Error("out of memory: the document unpacks to too much");
        chunks.push(chunk as Buffer);
      }
      parts.set(entry.fileName, Buffer.concat(chunks).toString("utf8"));
    }
  } finally {
    zip.close();
  }
  return parts;
}

type XmlNode = Record<string, unknown>;

function pagesOf(xml: string): string[] {
  if (xml.includes("<!DOCTYPE")) throw new Error("a part with a document type");
  const parser = new XMLParser({ preserveOrder: true, ignoreAttributes: true, processEntities: true, trimValues: false, parseTagValue: false });
  const pages: string[] = [""];
  const add = (text: string): void => void (pages[pages.length - 1] += text);
  const walk = (nodes: readonly XmlNode[]): void => {
    for (const node of nodes) {
      for (const [name, inside] of Object.entries(node)) {
        if (name === "#text") add(String(inside));
        if (!Array.isArray(inside)) continue;
        if (PAGES.has(name) && pages.at(-1)?.trim() !== "") pages.push("");
        walk(inside as XmlNode[]);
        if (LINES.has(name)) add("\n");
        else if (GAPS.has(name)) add(" ");
      }
    }
  };
  walk(parser.parse(xml) as XmlNode[]);
  return pages.filter((page, i) => i === 0 || page.trim() !== "");
}
