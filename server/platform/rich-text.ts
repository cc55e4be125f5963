import katex from "katex";
import MarkdownIt from "markdown-it";
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

const MATHML = "math semantics annotation mrow mi mn mo mtext mspace ms mfrac msqrt mroot msub msup msubsup munder mover munderover mmultiscripts mtable mtr mtd mstyle mpadded mphantom menclose".split(" ");
const MATHML_ATTRIBUTES = "display mathvariant stretchy fence separator accent accentunder lspace rspace minsize maxsize columnalign rowspacing columnspacing width height depth notation linethickness displaystyle scriptlevel encoding".split(" ");

const ALLOWED: sanitizeHtml.IOptions = {
  allowedTags: ["h3", "h4", "h5", "p", "br", "hr", "strong", "em", "s", "code", "pre", "blockquote", "ul", "ol", "li", "a", "table", "thead", "tbody", "tr", "th", "td", "span", ...MATHML],
  allowedAttributes: { a: ["href", "rel"], ol: ["start"], math: ["display"], "*": MATHML_ATTRIBUTES },
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
 */
export function richText(source: string): SafeHtml {
  return sanitizeHtml(markdown.render(source.slice(0, RICH_TEXT_MAX)), ALLOWED) as SafeHtml;
}
