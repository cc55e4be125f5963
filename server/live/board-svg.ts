import { INKS, outlineOf, PENS, pointsOf, TEXT_SIZES, type BoardItem } from "./board.ts";
import { escapeXml } from "../platform/text.ts";

interface Picture {
  webp: Buffer;
  width: number;
  height: number;
}

/** A page of the class as it stood: the slide as a small picture, on it pictures that were put there, and over them what was drawn, as lines. */
export interface Sheet {
  /** Undefined for a blank page. */
  picture: Picture | undefined;
  items: readonly BoardItem[];
  /** Those put on the board, by their material. */
  pictures?: ReadonlyMap<string, Picture>;
}

/** The board's own measure: a thousand to its width. */
const WIDTH = 1_000;
const BLANK_HEIGHT = 562;
/** Letters of an SVG that is still light; strokes beyond are left out, the oldest stand. */
const LETTERS_MAX = 1_500_000;

/** One file for a page, with nothing from elsewhere; formulas stand as they were typed. */
export function pageSvg({ picture, items, pictures }: Sheet): string {
  const height = picture ? Math.round((WIDTH * picture.height) / Math.max(1, picture.width)) : BLANK_HEIGHT;
  const slide = picture ? `<image width="${WIDTH}" height="${height}" href="data:image/webp;base64,${picture.webp.toString("base64")}"/>` : "";
  let ink = items.map((item) => placed(item, pictures)).join(""); // below what was written, whatever came first: on the board they are too
  for (const item of items) {
    const drawn = shapeOf(item);
    if (ink.length + drawn.length <= LETTERS_MAX) ink += drawn;
  }
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}"><rect width="${WIDTH}" height="${height}" fill="#ffffff"/>${slide}${ink}</svg>`;
}

function placed({ kind, body }: BoardItem, pictures: Sheet["pictures"]): string {
  const picture = kind === "picture" ? pictures?.get(body.m ?? "") : undefined;
  if (!picture) return "";
  const width = Math.max(1, (body.x2 ?? 0) - (body.x ?? 0));
  return `<image x="${body.x ?? 0}" y="${body.y ?? 0}" width="${width}" height="${Math.round((width * picture.height) / Math.max(1, picture.width))}" href="data:image/webp;base64,${picture.webp.toString("base64")}"/>`;
}

function shapeOf({ kind, body }: BoardItem): string {
  const color = INKS[body.c ?? 0] ?? INKS[0];
  const pen = PENS[body.w ?? 2] ?? 7;
  const [x, y, x2, y2] = [body.x, body.y, body.x2, body.y2].map((value) => Math.round(Number(value ?? 0))) as [number, number, number, number];
  const line = `fill="none" stroke="${color}" stroke-width="${pen * 0.7}" stroke-linecap="round"`;
  switch (kind) {
    case "ink": {
      const outline = outlineOf(pointsOf(body.d ?? ""), pen).map(([left = 0, top = 0]) => `${Math.round(left)} ${Math.round(top)}`);
      return outline.length > 1 ? `<path fill="${color}" d="M${outline.join("L")}Z"/>` : "";
    }
    case "text":
    case "formula":
      return textOf(body.t ?? "", x, y, TEXT_SIZES[body.w ?? 2] ?? 34, color ?? "");
    case "rect":
      return `<rect x="${Math.min(x, x2)}" y="${Math.min(y, y2)}" width="${Math.abs(x2 - x)}" height="${Math.abs(y2 - y)}" ${line}/>`;
    case "oval":
      return `<ellipse cx="${(x + x2) / 2}" cy="${(y + y2) / 2}" rx="${Math.abs(x2 - x) / 2}" ry="${Math.abs(y2 - y) / 2}" ${line}/>`;
    case "line":
      return `<path d="M${x} ${y}L${x2} ${y2}" ${line}/>`;
    case "arrow": {
      const turn = Math.atan2(y2 - y, x2 - x);
      const side = (by: number): string => `${Math.round(x2 - 22 * Math.cos(turn + by))} ${Math.round(y2 - 22 * Math.sin(turn + by))}`;
      return `<path d="M${x} ${y}L${x2} ${y2}M${side(0.5)}L${x2} ${y2}L${side(-0.5)}" ${line}/>`;
    }
    default:
      return "";
  }
}

function textOf(text: string, x: number, y: number, size: number, color: string): string {
  const lines = text.split("\n").map((line, i) => `<tspan x="${x}" y="${Math.round(y + size + i * size * 1.3)}">${escapeXml(line)}</tspan>`);
  return `<text fill="${color}" font-size="${size}" font-family="Be Vietnam Pro, system-ui, sans-serif">${lines.join("")}</text>`;
}
