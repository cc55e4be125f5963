import { isUtf8 } from "node:buffer";
import { XMLParser, XMLValidator } from "fast-xml-parser";

/**
 * What in a Word file would do something by itself when it is opened: macros, objects, fields that fetch, links to
 * elsewhere. Each part is read by a parser, as Word reads it: quotes, prefixes and entities hide nothing.
 */
const ACTIVE_PART = /vbaProject|vbaData|^word\/(?:embeddings|activeX|attachedToolbars)/i;
const ACTIVE_ELEMENT = new Set(["altchunk", "object", "oleobject", "control", "subdoc", "mailmerge"]);
/** Fields that tell of this document and nothing else; `=` reckons. */
const QUIET_FIELD = /^(?:PAGE|NUMPAGES|SECTION|SECTIONPAGES|PAGEREF|NOTEREF|REF|STYLEREF|SEQ|TOC|TC|SYMBOL|DATE|TIME|CREATEDATE|SAVEDATE|PRINTDATE|TITLE|SUBJECT|AUTHOR|KEYWORDS|COMMENTS|FILENAME|FORMTEXT|FORMCHECKBOX|FORMDROPDOWN|EQ|=.*)$/i;
/** A part that is larger is no letterhead; it is not even read. */
export const PART_BYTES_MAX = 1_000_000;

interface XmlNode {
  [element: string]: XmlNode[] | string | Record<string, string> | undefined;
}

const parser = new XMLParser({ preserveOrder: true, ignoreAttributes: false, attributeNamePrefix: "", removeNSPrefix: true, parseTagValue: false, parseAttributeValue: false, trimValues: false, htmlEntities: true, maxNestedTags: 300 });

/** Pictures and fonts begin otherwise. */
export function isXmlPart(name: string, content: Buffer): boolean {
  return /\.(?:xml|rels)$/i.test(name) || /^(?:\uFEFF|\s)*</.test(content.subarray(0, 200).toString("utf8")) || isWide(content);
}

const isWide = (content: Buffer): boolean => [0xfe, 0xff].includes(content[0] ?? 0) && [0xfe, 0xff].includes(content[1] ?? 0);

/** The names of the parts that hold something active, or that nobody can look into. */
export function activeParts(parts: ReadonlyMap<string, Buffer>): string[] {
  return [...parts].filter(([name, content]) => ACTIVE_PART.test(name) || (isXmlPart(name, content) && !isQuiet(content))).map(([name]) => name);
}

function isQuiet(content: Buffer): boolean {
  if (!isUtf8(content) || content.includes(0)) return false;
  const xml = content.toString("utf8").replace(/^\uFEFF/, "");
  const encoding = /^<\?xml[^<>]*\sencoding\s*=\s*["']([^"'<>]*)/.exec(xml)?.[1] ?? "utf-8";
  if (!/^(?:utf-8|us-ascii)$/i.test(encoding) || /<!DOCTYPE|<!ENTITY/i.test(xml)) return false;
  try {
    return XMLValidator.validate(xml) === true && isQuietTree(parser.parse(xml) as XmlNode[]);
  } catch {
    return false; // nested deeper than any letterhead, or no XML
  }
}

/** Reads elements in their order, and the codes of fields put together from the runs they are torn into. */
function isQuietTree(root: readonly XmlNode[]): boolean {
  const done: string[] = [];
  const open: string[] = [""];
  const visit = (nodes: readonly XmlNode[]): boolean =>
    nodes.every((node) => {
      const attributes = new Map(Object.entries((node[":@"] ?? {}) as Record<string, string>).map(([key, value]) => [key.toLowerCase(), value]));
      return Object.entries(node).every(([element, inner]) => {
        if (element === ":@" || !Array.isArray(inner)) return true;
        const name = element.toLowerCase();
        if (name === "relationship" && leadsElsewhere(attributes)) return false;
        if (name === "fldsimple") done.push(attributes.get("instr") ?? "");
        if (name === "instrtext" || name === "delinstrtext") open.push((open.pop() ?? "") + inner.map((one) => (typeof one["#text"] === "string" ? one["#text"] : "")).join(""));
        if (name === "fldchar" && attributes.get("fldchartype") === "begin") open.push("");
        if (name === "fldchar" && attributes.get("fldchartype") === "end" && open.length > 1) done.push(open.pop() ?? "");
        return !ACTIVE_ELEMENT.has(name) && visit(inner);
      });
    });
  // What stands outside of any field is nothing unless a part forgot where its field begins: it is looked at as one.
  return visit(root) && [...done, ...open.filter((code) => code.trim() !== "")].every((code) => QUIET_FIELD.test(code.trim().split(/\s+/)[0] ?? ""));
}

function leadsElsewhere(attributes: ReadonlyMap<string, string>): boolean {
  const target = (attributes.get("target") ?? "").trim();
  return (attributes.get("targetmode") ?? "Internal") !== "Internal" || /^(?:[a-z][a-z0-9+.-]*:|\/\/|\\)/i.test(target);
}
