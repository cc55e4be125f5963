import { escapeXml } from "../../platform/text.ts";
import { activeParts, isXmlPart, PART_BYTES_MAX } from "./active.ts";

/**
 * The named fields of a report's template, `{{don_vi}}` in the Word file: found however Word has torn them into runs, and
 * filled with text that cannot be anything but text. Pure; a Word file is a map of its parts.
 */
export const LINE_FIELDS = ["cap_tren", "don_vi", "so", "dia_danh_ngay", "ten_loai", "trich_yeu", "ki_bao_cao", "chuc_vu", "nguoi_ki", "ban_thao"] as const;
/** Fields that stand alone in their paragraph, which gives way to paragraphs and tables. */
export const BLOCK_FIELDS = ["ket_qua", "danh_gia", "nhiem_vu", "phu_luc", "noi_nhan"] as const;
export type LineField = (typeof LINE_FIELDS)[number];
export type BlockField = (typeof BLOCK_FIELDS)[number];
/** Without these it is no report that can be sent. */
export const REQUIRED = ["don_vi", "so", "trich_yeu", "ket_qua", "danh_gia", "nhiem_vu", "nguoi_ki"] as const;

export interface Filling {
  lines: Readonly<Record<LineField, string>>;
  /** WordprocessingML, made here and nowhere else. */
  blocks: Readonly<Record<BlockField, string>>;
}

export interface TemplateProblem {
  code: "template_unknown" | "template_missing" | "template_alone" | "template_active" | "template_large";
  fields: string[];
}

/** Capitals and small letters are the same: a style may write a field in capitals. */
const FIELD = /\{\{\s*([\p{L}\p{N}_]+)\s*\}\}/gu;
/** A paragraph that holds no other paragraph: those in text boxes and cells are found one by one. */
const PARAGRAPH = /<w:p(?:\s[^<>]*)?>(?:(?!<w:p[\s>])[^])*?<\/w:p>/g;
const TEXT = /(<w:t(?:\s[^<>]*)?>)([^<]*)(<\/w:t>)/g;
const FILLED = /^word\/(?:document|header\d*|footer\d*)\.xml$/;
const known = new Set<string>([...LINE_FIELDS, ...BLOCK_FIELDS]);
const isBlock = (name: string): name is BlockField => (BLOCK_FIELDS as readonly string[]).includes(name);

/** What is wrong with a template: all of it at once, so that it is mended once. */
export function problemsOf(parts: ReadonlyMap<string, Buffer>): TemplateProblem[] {
  const large = [...parts].filter(([name, content]) => content.length > PART_BYTES_MAX && isXmlPart(name, content)).map(([name]) => name);
  if (large.length > 0) return [{ code: "template_large", fields: large }];
  const active = activeParts(parts);
  if (active.length > 0) return [{ code: "template_active", fields: active }];
  const paragraphs = [...parts].filter(([name]) => FILLED.test(name)).flatMap(([name, content]) => paragraphsOf(content.toString("utf8")).map((text) => ({ text, body: name === "word/document.xml" })));
  const used = paragraphs.flatMap(({ text, body }) => [...text.matchAll(FIELD)].map(([whole, field = ""]) => ({ field: field.toLowerCase(), alone: body && text.trim() === whole })));
  const names = (some: readonly string[]): string[] => [...new Set(some)];
  const problems: TemplateProblem[] = [
    { code: "template_unknown", fields: names(used.filter(({ field }) => !known.has(field)).map(({ field }) => field)) },
    { code: "template_missing", fields: REQUIRED.filter((field) => !used.some((one) => one.field === field)) },
    { code: "template_alone", fields: names(used.filter(({ field, alone }) => isBlock(field) && !alone).map(({ field }) => field)) },
  ];
  return problems.filter((problem) => problem.fields.length > 0);
}

function paragraphsOf(xml: string): string[] {
  return [...xml.matchAll(PARAGRAPH)].map(([paragraph]) => textOf(paragraph));
}

function textOf(paragraph: string): string {
  return [...paragraph.matchAll(TEXT)].map(([, , text = ""]) => text).join("");
}

/** The parts of the Word file with every field filled. */
export function fill(parts: ReadonlyMap<string, Buffer>, filling: Filling): Map<string, Buffer | string> {
  return new Map([...parts].map(([name, content]) => [name, FILLED.test(name) ? fillXml(content.toString("utf8"), filling) : content]));
}

function fillXml(xml: string, { lines, blocks }: Filling): string {
  return xml.replace(PARAGRAPH, (paragraph) => {
    const text = textOf(paragraph);
    const alone = /^\s*\{\{\s*([a-z_]+)\s*\}\}\s*$/i.exec(text)?.[1]?.toLowerCase() ?? "";
    if (isBlock(alone)) return blocks[alone] === "" ? "<w:p/>" : blocks[alone];
    return text.includes("{{") ? fillRuns(paragraph, text, lines) : paragraph;
  });
}

/** Puts each value into the run where its field begins; what lies of the field in later runs is taken out of them. */
function fillRuns(paragraph: string, text: string, lines: Filling["lines"]): string {
  const found = [...text.matchAll(FIELD)].map((match) => ({ from: match.index, to: match.index + match[0].length, value: escapeXml(lines[match[1]?.toLowerCase() as LineField] ?? "") }));
  let at = 0;
  let next = 0;
  return paragraph.replace(TEXT, (_, open: string, own: string, close: string) => {
    const begins = at;
    at += own.length;
    let written = "";
    for (let i = 0; i < own.length; i += 1) {
      while ((found[next]?.to ?? Infinity) <= begins + i) next += 1;
      const field = found[next];
      if (field === undefined || begins + i < field.from) written += own[i];
      else if (field.from === begins + i) written += field.value;
    }
    return `${open.includes("xml:space") ? open : open.replace("<w:t", '<w:t xml:space="preserve"')}${written}${close}`;
  });
}
