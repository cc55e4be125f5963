import sanitizeHtml from "sanitize-html";
import { MATHML, MATHML_ATTRIBUTES } from "./rich-text.ts";
import type { SafeHtml } from "./web/render.ts";

/** What a saved page may weigh with its pictures, in bytes. */
export const PAGE_BYTES_MAX = 20_000_000;

/**
 * The looks of a saved page. Part of what proves a file to be one: never change a line of this, add a second style and let
 * `isPageDocument` know both.
 */
const STYLE = `:root{color-scheme:light}body{margin:0;display:flow-root;background:#fff;color:#1c2b2e;font:1.0625rem/1.65 "Be Vietnam Pro",system-ui,"Segoe UI",Roboto,sans-serif;overflow-wrap:break-word}main{max-width:46rem;margin:0 auto;padding:1.5rem 1rem 3rem}h1{font-size:1.6rem;line-height:1.25;margin:0 0 .3rem}h2{font-size:1.3rem;line-height:1.3;margin:2rem 0 .5rem}h3{font-size:1.1rem;margin:1.5rem 0 .4rem}h4{font-size:1rem;margin:1.2rem 0 .3rem}header{border-bottom:2px solid #0b6374;margin-bottom:1.5rem;padding-bottom:.8rem}header p{margin:0;color:#52656a;font-size:.92rem}img{max-width:100%;height:auto;border-radius:.4rem}a{color:#0b6374}table{border-collapse:collapse;display:block;overflow-x:auto;max-width:100%}th,td{border:1px solid #c4d0d3;padding:.4rem .65rem;text-align:left;vertical-align:top}th{background:#eef4f5}pre{overflow-x:auto;background:#f3f6f7;padding:.8rem;border-radius:.4rem}code{font-family:ui-monospace,Consolas,monospace;font-size:.92em}blockquote{margin:1rem 0;padding:.1rem 1rem;border-left:4px solid #0b6374;background:#eef4f5}math[display=block]{overflow-x:auto;overflow-y:hidden;padding:.3rem 0}.material-link__detail{color:#52656a;font-size:.88em}@media print{main{max-width:none;padding:0}h2,h3,h4{break-after:avoid}img,table,blockquote,pre{break-inside:avoid}}`;

const BEGIN = '<!DOCTYPE html>\n<html lang="';
const HEAD = '">\n<head><meta charset="utf-8"><meta name="generator" content="Hoc Lieu LMS"><meta name="viewport" content="width=device-width, initial-scale=1"><base target="_blank"><title>';
const STYLED = `</title><style>${STYLE}</style></head>\n<body><main><header><h1>`;
const BYLINE = "</h1><p>";
const BODY = "</p></header>\n";
const END = "\n</main></body></html>\n";

const DRAWN = /^data:image\/webp;base64,[A-Za-z0-9+/]+={0,2}$/;

const ALLOWED: sanitizeHtml.IOptions = {
  allowedTags: ["h2", "h3", "h4", "p", "br", "hr", "strong", "em", "s", "code", "pre", "blockquote", "ul", "ol", "li", "a", "table", "thead", "tbody", "tr", "th", "td", "span", "img", ...MATHML],
  allowedAttributes: { img: ["src", "alt", "width", "height", "loading"], blockquote: ["class"], span: ["class"], a: ["href", "rel", "class"], ol: ["start"], math: ["display"], "*": MATHML_ATTRIBUTES },
  allowedClasses: { a: ["material-link"], span: ["material-link__detail"], blockquote: ["callout", "callout--*"] },
  exclusiveFilter: (frame) => frame.tag === "img" && !DRAWN.test(frame.attribs["src"] ?? ""),
  allowedSchemes: ["http", "https", "mailto"],
  allowedSchemesByTag: { img: ["data"] },
  allowProtocolRelative: false,
};

export interface PageDocument {
  lang: string;
  title: string;
  /** Whose it is, where and when: one line below the title. */
  byline: string;
  /** The text, as `richText` made it. */
  body: SafeHtml;
  /** The pictures that the text shows, as WebP in base64, by their address there. */
  images: ReadonlyMap<string, string>;
  /** What addresses of this system begin with where the page is read elsewhere. */
  baseUrl: string;
}

/**
 * A written page as one file: pictures and formulas in it, no script, nothing from elsewhere; any browser opens and prints
 * it, today and in twenty years.
 */
export function pageDocument(page: PageDocument): string {
  const body = page.body
    .replace(/<(\/?)h([3-5])>/g, (_, slash: string, level: string) => `<${slash}h${Number(level) - 1}>`) // the title is the file's own
    .replace(/src="(\/courses\/[^"]+)"/g, (_, src: string) => `src="${page.images.has(src) ? `data:image/webp;base64,${page.images.get(src)}` : ""}"`)
    .replace(/ href="\//g, ` href="${escaped(page.baseUrl)}/`);
  return BEGIN + (page.lang === "en" ? "en" : "vi") + HEAD + escaped(page.title) + STYLED + escaped(page.title) + BYLINE + escaped(page.byline) + BODY + sanitizeHtml(body, ALLOWED).trim() + END;
}

/**
 * Whether a text is such a page, letter for letter: what was added to it by anybody (a script, a picture from elsewhere)
 * makes it another file, which is not taken.
 */
export function isPageDocument(text: string): boolean {
  const parts = partsOf(text);
  return parts !== undefined && sanitizeHtml(parts.body, ALLOWED) === parts.body;
}

function partsOf(text: string): { title: string; byline: string; body: string } | undefined {
  const plain = "([^<>\"]*)";
  const frame = new RegExp(`^${literal(BEGIN)}(?:vi|en)${literal(HEAD)}${plain}${literal(STYLED)}${plain}${literal(BYLINE)}${plain}${literal(BODY)}`);
  const found = frame.exec(text);
  if (found === null || found[1] !== found[2] || !text.endsWith(END)) return undefined;
  return { title: found[1] ?? "", byline: found[3] ?? "", body: text.slice(found[0].length, -END.length) };
}

/** The words of a page for searching: its title and text, without marks, formulas as they were typed. */
export function pageWords(html: string): string {
  const { title, body } = partsOf(html) ?? { title: "", body: html };
  const words = body
    .replace(/<semantics>[\s\S]*?<annotation[^>]*>([\s\S]*?)<\/annotation><\/semantics>/g, " $1 ")
    .replace(/<\/(p|h[2-4]|li|tr|pre|blockquote)>|<br ?\/?>|<hr ?\/?>/g, "\n")
    .replace(/<\/(td|th)>/g, " ")
    .replace(/<[^>]*>/g, "");
  return `${plainOf(title)}\n${plainOf(words)}`.trim();
}

const MARKS: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (mark) => MARKS[mark] ?? mark);
}

function plainOf(text: string): string {
  return Object.entries(MARKS).reduceRight((said, [mark, name]) => said.replaceAll(name, mark), text);
}

function literal(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
