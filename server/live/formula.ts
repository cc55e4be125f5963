import katex from "katex";
import { z } from "zod";

/**
 * A formula as glyphs, rules and outlines with their places, where nothing can lay out HTML: in the board's PDF. KaTeX itself
 * does the setting (TeX's own rules); read here is its tree of boxes, with what its style sheet says of them. Measures are
 * in em, y goes down, the baseline is at 0.
 */
export interface Formula {
  width: number;
  /** Above and below the baseline. */
  height: number;
  depth: number;
  marks: Mark[];
}

export type Mark =
  | { kind: "glyph"; text: string; font: FormulaFont; x: number; y: number; size: number }
  | { kind: "rule"; x: number; y: number; width: number; height: number }
  /** An outline in its own measure that is cut off at its box: the sign of a root, an arrow over letters. */
  | { kind: "path"; d: string; x: number; y: number; width: number; height: number; left: number; across: number; down: number };

const FONTS = { mathnormal: "Math-Italic", mathit: "Main-Italic", mathbf: "Main-Bold", textbf: "Main-Bold", boldsymbol: "Math-BoldItalic", amsrm: "AMS-Regular", mathbb: "AMS-Regular", textbb: "AMS-Regular", mathcal: "Caligraphic-Regular", "small-op": "Size1-Regular", "large-op": "Size2-Regular", "delim-size1": "Size1-Regular", "delim-size4": "Size4-Regular", size1: "Size1-Regular", size2: "Size2-Regular", size3: "Size3-Regular", size4: "Size4-Regular" } as const;
/** `words`: the letters of people, with Vietnamese. */
export type FormulaFont = "words" | "Main-Regular" | (typeof FONTS)[keyof typeof FONTS];
/** The scale of LaTeX's sizes, from `\tiny` to `\Huge`. */
const SIZES = [0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.2, 1.44, 1.728, 2.074, 2.488];
/** Boxes whose stacks stand in the middle, as the style sheet has it. */
const CENTRED = new Set(["mfrac", "op-limits", "accent", "col-align-c", "x-arrow", "munder", "mover"]);
const LEFT = new Set(["msupsub", "col-align-l"]);
const NESTED_MAX = 60;

interface Box {
  classes?: string[];
  children?: Box[];
  style?: Record<string, string | undefined>;
  attributes?: Record<string, string | undefined>;
  text?: string;
  height?: number;
  depth?: number;
  width?: number;
  italic?: number;
  toMarkup?: () => string;
}

interface At {
  x: number;
  y: number;
  size: number;
  font: FormulaFont;
  isCentred: boolean;
  isDelimiter: boolean;
  depth: number;
  widthOf: WidthOf;
}

/** How wide a text is in a font, em. */
type WidthOf = (text: string, font: FormulaFont) => number;

/** Something that is not known how to draw. */
class Unknown extends Error {}

/** @returns undefined where it is no formula, or holds what is not known: then it stands as it was typed */
export function formulaOf(tex: string, widthOf: WidthOf): Formula | undefined {
  try {
    const tree = (katex as unknown as { __renderToHTMLTree: (tex: string, options: object) => Box }).__renderToHTMLTree(tex, { throwOnError: true, output: "html", displayMode: false, strict: "ignore", trust: false, maxExpand: 200, maxSize: 20 });
    const marks: Mark[] = [];
    const width = setBox(tree, { x: 0, y: 0, size: 1, font: "Main-Regular", isCentred: false, isDelimiter: false, depth: 0, widthOf }, marks);
    return { width, height: z.number().parse(tree.height), depth: z.number().parse(tree.depth), marks };
  } catch {
    return undefined;
  }
}

/** Sets a box at its place. @returns how wide it is, margins included */
function setBox(box: Box, at: At, marks: Mark[]): number {
  if (at.depth > NESTED_MAX) throw new Unknown();
  const classes = (box.classes ?? []).map((name) => name.replace(/^katex-/, ""));
  const { style = {} } = box;
  if (classes.includes("strut") || classes.includes("pstrut") || classes.includes("vlist-s")) return 0;
  if (style["color"] !== undefined || style["backgroundColor"] !== undefined || classes.some((name) => /^(brace|halfarrow|boxpad|fbox|tag|eqn-num|cd-)/.test(name))) throw new Unknown();
  const inside: At = { ...at, size: at.size * scaleOf(classes), depth: at.depth + 1, isCentred: (at.isCentred || classes.some((name) => CENTRED.has(name))) && !classes.some((name) => LEFT.has(name)), isDelimiter: at.isDelimiter || classes.includes("delimsizing"), font: fontOf(classes, at) };
  const em = (value: string | undefined): number => (value === undefined ? 0 : emOf(value) * inside.size);
  const before = em(style["marginLeft"]) + em(style["paddingLeft"]) + (classes.includes("root") ? 0.27777778 * inside.size : 0);
  const after = em(style["marginRight"]) + em(style["paddingRight"]) - (classes.includes("root") ? 0.55555556 * inside.size : 0);
  inside.x += before + em(style["left"]); // moved aside, with nothing else
  if (classes.includes("nulldelimiter")) return before + 0.12 * inside.size + after;
  if (box.text !== undefined) return before + setGlyphs(box, inside, marks) + after;
  if (style["borderRightWidth"] !== undefined || style["borderTopWidth"] !== undefined) {
    const [width, height] = [em(style["borderRightWidth"]), em(style["borderTopWidth"])];
    marks.push({ kind: "rule", x: inside.x, y: inside.y - em(style["bottom"]) - height, width, height });
    return before + width + after;
  }
  if (classes.includes("vlist-t")) return before + setStack(box, inside, marks) + after;
  if (holdsOutline(box)) return before + setOutline(box, inside, em(style["width"]), marks) + after;
  let width = 0;
  for (const child of box.children ?? []) width += setBox(child, { ...inside, x: inside.x + width }, marks);
  if (style["width"] !== undefined && (box.children ?? []).length === 0) width = em(style["width"]);
  if (classes.includes("rlap") || classes.includes("llap") || classes.includes("clap")) throw new Unknown();
  const isNarrow = classes.includes("accent-body") && !classes.includes("accent-full");
  return before + (isNarrow ? 0 : width) + after;
}

/** Letters with marks, which KaTeX's fonts do not have. */
const LETTERS = /[\u00c0-\u024f\u1e00-\u1eff]/u;

/** KaTeX takes some letters apart; their accents as the letters of people have them. */
const ACCENTS: Readonly<Record<string, string>> = { "\u02ca": "\u00b4", "\u02cb": "`", "~": "\u02dc", "\u02dc": "\u02dc", "^": "\u02c6", "\u02c6": "\u02c6", "\u02d8": "\u02d8", "\u00a8": "\u00a8" };

function setGlyphs({ text = "", width = 0, italic = 0 }: Box, at: At, marks: Mark[]): number {
  if (text === "\u200b" || text === "") return 0;
  const accent = at.font === "words" ? ACCENTS[text] : undefined;
  if (accent !== undefined) {
    marks.push({ kind: "glyph", text: accent, font: "words", x: at.x + ((width - at.widthOf(accent, "words")) / 2) * at.size, y: at.y, size: at.size });
    return width * at.size;
  }
  // Several letters in one are neighbours that KaTeX put together; it knows the width of the first.
  if (at.font === "words" || [...text].length > 1 || LETTERS.test(text)) {
    const font = LETTERS.test(text) ? "words" : at.font;
    marks.push({ kind: "glyph", text, font, x: at.x, y: at.y, size: at.size });
    return (at.widthOf(text, font) + Math.max(0, italic)) * at.size;
  }
  const wide = text.trim() === "" ? width || 0.25 : width;
  if (text.trim() !== "") marks.push({ kind: "glyph", text, font: at.font, x: at.x, y: at.y, size: at.size });
  return (wide + Math.max(0, italic)) * at.size;
}

/** A stack of boxes, each with its own baseline; rules and long outlines are as wide as the widest of the others. */
function setStack(box: Box, at: At, marks: Mark[]): number {
  const rows = box.children?.[0]?.children?.[0]?.children ?? [];
  const placed = rows.map((row) => {
    const strut = row.children?.find((child) => (child.classes ?? []).some((name) => name.endsWith("pstrut")));
    const y = at.y + (emOf(row.style?.["top"] ?? "0em") + emOf(strut?.style?.["height"] ?? "0em")) * at.size;
    const own: Mark[] = [];
    const content = (row.children ?? []).filter((child) => child !== strut);
    const wide = content.find((child) => isAcross(child));
    const width = wide ? 0 : setBox({ ...row, children: content, classes: row.classes ?? [] }, { ...at, y }, own);
    return { y, own, width, wide };
  });
  const width = Math.max(0, ...placed.map((one) => one.width));
  for (const { y, own, width: narrow, wide } of placed) {
    const shift = at.isCentred ? (width - narrow) / 2 : 0;
    if (wide) setAcross(wide, { ...at, y }, width, marks);
    else for (const mark of own) marks.push({ ...mark, x: mark.x + shift });
  }
  return width;
}

function holdsOutline({ children = [] }: Box): boolean {
  return children.some(({ attributes }) => attributes?.["viewBox"] !== undefined);
}

function isAcross(box: Box): boolean {
  return (box.classes ?? []).some((name) => /^(frac-line|overline-line|underline-line)$/.test(name)) || (holdsOutline(box) && box.style?.["width"] === undefined);
}

function setAcross({ style = {}, children = [] }: Box, at: At, width: number, marks: Mark[]): void {
  const line = style["borderBottomWidth"];
  if (line !== undefined) {
    const height = emOf(line) * at.size;
    return void marks.push({ kind: "rule", x: at.x, y: at.y - height, width, height });
  }
  setOutline({ style, children }, at, Math.max(width, style["minWidth"] === undefined ? 0 : emOf(style["minWidth"]) * at.size), marks);
}

/** An outline in a box of some width, as its `preserveAspectRatio` says. @returns the width */
function setOutline({ style = {}, children = [] }: Box, at: At, width: number, marks: Mark[]): number {
  const [svg] = children;
  const [, , wide, high] = (svg?.attributes?.["viewBox"] ?? "").split(" ").map(Number);
  const d = /d=(["'])([^"']+)\1/.exec(svg?.children?.[0]?.toMarkup?.() ?? "")?.[2];
  if (children.length !== 1 || svg?.children?.length !== 1 || d === undefined || !wide || !high || style["height"] === undefined) throw new Unknown();
  const height = emOf(style["height"]) * at.size;
  const fit = svg.attributes?.["preserveAspectRatio"] ?? "";
  const down = height / high;
  const across = fit === "none" ? width / wide : down;
  marks.push({ kind: "path", d, x: at.x, y: at.y - height, width, height, left: fit.startsWith("xMax") ? width - wide * across : 0, across, down });
  return width;
}

function scaleOf(classes: readonly string[]): number {
  const from = classes.find((name) => name.startsWith("reset-size"));
  const to = from === undefined ? undefined : classes.find((name) => /^size\d+$/.test(name));
  if (from === undefined || to === undefined) return 1;
  return (SIZES[Number(to.slice(4)) - 1] ?? 1) / (SIZES[Number(from.slice(10)) - 1] ?? 1);
}

function fontOf(classes: readonly string[], { font, isDelimiter }: At): FormulaFont {
  if (classes.includes("text")) return "words"; // as people write beside it
  const isDelimiterHere = isDelimiter || classes.includes("delimsizing");
  for (const name of classes) {
    if (/^size[1-4]$/.test(name) && !isDelimiterHere) continue; // of letters: only their size
    const found = FONTS[name as keyof typeof FONTS] as FormulaFont | undefined;
    if (found !== undefined) return found;
  }
  return classes.includes("mathrm") || classes.includes("textrm") ? "Main-Regular" : font;
}

/** `0.5em`; anything else is not known here. */
function emOf(value: string): number {
  const found = /^(-?[\d.]+)em$/.exec(value);
  if (!found) throw new Unknown();
  return Number(found[1]);
}
