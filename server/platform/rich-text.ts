import katex from "katex";
import MarkdownIt, { type Token } from "markdown-it";
import sanitizeHtml from "sanitize-html";
import type { SafeHtml } from "./web/render.ts";

/** What a lesson's text may weigh: about forty printed pages. */
export const RICH_TEXT_MAX = 100_000;
const FORMULA_MAX = 2000;

const markdown = new MarkdownIt({ html: false, linkify: true, breaks: true, typographer: false });
markdown.inline.ruler.before("escape", "formula", (state, silent) => {
  const found = formulaAt(state.src, state.pos);
  if (found === undefined) return false;
  if (!silent) {
    const token = state.push("formula", "", 0);
    token.content = found.tex;
    token.info = found.block ? "block" : "inline";
  }
  state.pos += found.length;
  return true;
});
markdown.renderer.rules["formula"] = (tokens, at) => formulaHtml(tokens[at]?.content ?? "", tokens[at]?.info === "block");

/** Pictures and materials that a text may name, as this reader may see them. What is not here is left out. */
export interface Around {
  images?: ReadonlyMap<string, { src: string; width: number; height: number }>;
  materials?: ReadonlyMap<string, { href: string; title: string; detail: string }>;
}

const NAMED = /^(image|material):([0-9a-z]{26})$/;

/** The ids of pictures or materials that a text names. */
export function namedIn(source: string, what: "image" | "material"): string[] {
  return [...new Set([...source.matchAll(/\]\((image|material):([0-9a-z]{26})\)/g)].filter((found) => found[1] === what).map((found) => found[2] ?? ""))];
}

/** `![words](image:ID)`: a picture of the lesson; of any other picture only its words. */
markdown.renderer.rules["image"] = (tokens, at, options, env, self) => {
  const token = tokens[at];
  const id = NAMED.exec(String(token?.attrGet("src") ?? ""))?.[2];
  const alt = markdown.utils.escapeHtml(self.renderInlineAsText(token?.children ?? [], options, env));
  const image = id === undefined ? undefined : (env as Around | undefined)?.images?.get(id);
  if (image === undefined) return alt;
  return `<img src="${markdown.utils.escapeHtml(image.src)}" alt="${alt}" width="${image.width}" height="${image.height}" loading="lazy">`;
};

/** `[words](material:ID)`: a material of the library; where the reader may not see it the words stay. */
markdown.core.ruler.push("materials", (state) => {
  const { materials } = state.env as Around;
  for (const block of state.tokens) {
    let open: { href: string; detail: string } | "hidden" | undefined;
    for (const token of block.children ?? []) {
      const id = token.type === "link_open" ? NAMED.exec(String(token.attrGet("href") ?? ""))?.[2] : undefined;
      if (token.type === "link_open" && id !== undefined) {
        open = materials?.get(id) ?? "hidden";
        if (open !== "hidden") {
          token.attrSet("href", open.href);
          token.attrSet("class", "material-link");
        } else Object.assign(token, { type: "text", tag: "", content: "", attrs: null });
      } else if (token.type === "link_close" && open !== undefined) {
        if (open === "hidden") Object.assign(token, { type: "text", tag: "", content: "" });
        else if (open.detail !== "") Object.assign(token, { type: "material_close", meta: open.detail });
        open = undefined;
      }
    }
  }
});
markdown.renderer.rules["material_close"] = (tokens, at) => ` <span class="material-link__detail">${markdown.utils.escapeHtml(String(tokens[at]?.meta ?? ""))}</span></a>`;

/** A quotation that begins with `[!…]` is a callout: note, remember, exercise. */
const CALLOUTS: Record<string, string> = { note: "info", info: "info", remember: "good", tip: "good", exercise: "accent", warning: "warn" };
markdown.core.ruler.push("callouts", (state) => {
  state.tokens.forEach((token, i) => {
    if (token.type !== "blockquote_open") return;
    const inline = state.tokens[i + 2];
    const found = inline?.type === "inline" ? /^\[!([a-z]+)\]\s*/i.exec(inline.content) : null;
    const tone = found ? CALLOUTS[found[1]?.toLowerCase() ?? ""] : undefined;
    const first = inline?.children?.[0];
    if (!found || tone === undefined || !first) return;
    token.attrSet("class", `callout callout--${tone}`);
    first.content = first.content.replace(/^\[![a-z]+\]\s*/i, "");
    if (first.content === "" && inline?.children?.[1]?.type === "softbreak") inline.children.splice(1, 1);
  });
});

/** `$…$` within a line, `$$…$$` on its own. A dollar sign before a space or a digit's price is a dollar sign. */
function formulaAt(text: string, at: number): { tex: string; length: number; block: boolean } | undefined {
  if (text.charAt(at) !== "$") return undefined;
  const mark = text.startsWith("$$", at) ? "$$" : "$";
  const begin = at + mark.length;
  const end = text.indexOf(mark, begin);
  if (end === -1 || end === begin || end - begin > FORMULA_MAX) return undefined;
  const tex = text.slice(begin, end);
  if (mark === "$" && (/^\s|\s$|\n\n/.test(tex) || /^\d/.test(text.charAt(end + 1)))) return undefined;
  return { tex, length: end + mark.length - at, block: mark === "$$" };
}

/** MathML, which browsers draw and screen readers read without any style of ours; a wrong formula is shown as typed. */
function formulaHtml(tex: string, block: boolean): string {
  const html = katex.renderToString(tex, { output: "mathml", displayMode: block, throwOnError: false, trust: false, maxExpand: 200, maxSize: 20, strict: "ignore" });
  return html.includes("katex-error") ? `<code>${markdown.utils.escapeHtml(tex)}</code>` : html;
}

/** One formula by itself, as MathML. */
export function formulaToHtml(tex: string): SafeHtml {
  return formulaHtml(tex.slice(0, FORMULA_MAX), false) as SafeHtml;
}

export const MATHML = "math semantics annotation mrow mi mn mo mtext mspace ms mfrac msqrt mroot msub msup msubsup munder mover munderover mmultiscripts mtable mtr mtd mstyle mpadded mphantom menclose".split(" ");
export const MATHML_ATTRIBUTES = "display mathvariant stretchy fence separator accent accentunder lspace rspace minsize maxsize columnalign rowspacing columnspacing width height depth notation linethickness displaystyle scriptlevel encoding".split(" ");

const ALLOWED: sanitizeHtml.IOptions = {
  allowedTags: ["h3", "h4", "h5", "p", "br", "hr", "strong", "em", "s", "code", "pre", "blockquote", "ul", "ol", "li", "a", "table", "thead", "tbody", "tr", "th", "td", "span", "img", ...MATHML],
  allowedAttributes: {
    img: ["src", "alt", "width", "height", "loading"],
    blockquote: ["class"],
    span: ["class"],
    a: ["href", "rel", "class"],
    ol: ["start"],
    math: ["display"],
    "*": MATHML_ATTRIBUTES,
  },
  allowedClasses: { a: ["material-link"], span: ["material-link__detail"], blockquote: ["callout", "callout--*"] },
  // Pictures come from the lesson's own door and from nowhere else.
  exclusiveFilter: (frame) => frame.tag === "img" && !/^\/courses\/[0-9a-z]{26}\/lessons\/[0-9a-z]{26}\/images\/[0-9a-z]{26}$/.test(frame.attribs["src"] ?? ""),
  allowedSchemes: ["http", "https", "mailto"],
  allowProtocolRelative: false,
  transformTags: {
    h1: "h3", // a page has one heading of the first level, and it is not in the text
    h2: "h3",
    h6: "h5",
    a: sanitizeHtml.simpleTransform("a", { rel: "noopener nofollow" }),
  },
};

/**
 * A teacher's text as HTML that is safe anywhere: Markdown with formulas, no HTML of its own, links to web and mail
 * addresses only, no style, no script, no picture from elsewhere.
 *
 * @param around pictures and materials that the text may name
 */
export function richText(source: string, around: Around = {}): SafeHtml {
  return sanitizeHtml(markdown.render(source.slice(0, RICH_TEXT_MAX), { ...around }), ALLOWED) as SafeHtml;
}

/** A piece of a text: HTML, or a material that stands on a line of its own. */
export type RichPart = { html: SafeHtml } | { material: string; html: SafeHtml };

/**
 * The same text, cut where a line holds nothing but one material that the reader may see: there a page can show the
 * material itself. What lies inside a list, a table or a quotation stays a link.
 */
export function richParts(source: string, around: Around = {}): RichPart[] {
  const env = { ...around };
  const tokens = markdown.parse(source.slice(0, RICH_TEXT_MAX), env);
  const draw = (from: number, to: number): SafeHtml => sanitizeHtml(markdown.renderer.render(tokens.slice(from, to), markdown.options, env), ALLOWED) as SafeHtml;
  const parts: RichPart[] = [];
  let begin = 0;
  tokens.forEach((token, at) => {
    const material = token.type === "paragraph_open" && token.level === 0 ? loneMaterial(tokens[at + 1], around) : undefined;
    if (material === undefined) return;
    if (at > begin) parts.push({ html: draw(begin, at) });
    begin = at + 3; // the paragraph's opening, its words and its end
    parts.push({ material, html: draw(at, begin) });
  });
  if (begin < tokens.length) parts.push({ html: draw(begin, tokens.length) });
  return parts;
}

function loneMaterial(inline: Token | undefined, { materials }: Around): string | undefined {
  const children = (inline?.children ?? []).filter((child) => child.type !== "text" || child.content.trim() !== "");
  const [first] = children;
  const links = children.filter((child) => child.type === "link_open").length;
  const closes = children.at(-1)?.type;
  if (first?.type !== "link_open" || links !== 1 || (closes !== "link_close" && closes !== "material_close")) return undefined;
  const href = String(first.attrGet("href") ?? "");
  return [...(materials ?? [])].find(([, shown]) => shown.href === href)?.[0];
}
