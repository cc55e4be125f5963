// @ts-check
import { PENS, pathOf, readInk } from "./live-ink.js";

const SVG = "http://www.w3.org/2000/svg";

/**
 * What was drawn on a board, as shapes of an SVG: in the room of a live class, and beside its recording.
 *
 * @typedef {import("./live-ink.js").Dot} Dot
 * @typedef {(points: readonly (readonly number[])[], options: object) => number[][]} GetStroke of perfect-freehand
 */

/** @param {string} kind @param {any} body @param {GetStroke | undefined} getStroke */
export function shapeOf(kind, body, getStroke) {
  return kind === "ink" ? inkOf(readInk(body.d), body.c, body.w, getStroke) : lineOf(kind, body);
}

/** @param {readonly Dot[]} dots @param {number} c @param {number} w @param {GetStroke | undefined} getStroke */
export function inkOf(dots, c, w, getStroke) {
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("data-ink", String(c));
  path.setAttribute("d", inkPath(dots, w, getStroke));
  return path;
}

/** @param {readonly Dot[]} dots @param {number} w @param {GetStroke | undefined} getStroke */
export function inkPath(dots, w, getStroke) {
  const size = PENS[/** @type {1 | 2 | 3} */ (w)] ?? 7;
  const pen = dots.some((dot) => dot.p !== 16 && dot.p !== 15);
  const outline = getStroke?.(dots.map(({ x, y, p }) => [x, y, p / 31]), { size, thinning: pen ? 0.6 : 0.25, smoothing: 0.5, streamline: 0.4, simulatePressure: !pen, last: true }) ?? [];
  return pathOf(outline);
}

/** @param {string} kind @param {any} body */
function lineOf(kind, body) {
  const { x, y, x2, y2 } = body;
  const path = document.createElementNS(SVG, kind === "oval" ? "ellipse" : "path");
  path.setAttribute("data-line", String(body.c));
  path.setAttribute("stroke-width", String((PENS[/** @type {1 | 2 | 3} */ (body.w)] ?? 7) * 0.7));
  if (kind === "oval") {
    for (const [name, value] of Object.entries({ cx: (x + x2) / 2, cy: (y + y2) / 2, rx: Math.abs(x2 - x) / 2, ry: Math.abs(y2 - y) / 2 })) path.setAttribute(name, String(value));
  } else path.setAttribute("d", kind === "rect" ? `M${x} ${y}H${x2}V${y2}H${x}Z` : kind === "arrow" ? arrow(x, y, x2, y2) : `M${x} ${y}L${x2} ${y2}`);
  return path;
}

/** @param {number} x @param {number} y @param {number} x2 @param {number} y2 */
function arrow(x, y, x2, y2) {
  const turn = Math.atan2(y2 - y, x2 - x);
  const head = (/** @type {number} */ side) => `${(x2 - 22 * Math.cos(turn + side)).toFixed(1)} ${(y2 - 22 * Math.sin(turn + side)).toFixed(1)}`;
  return `M${x} ${y}L${x2} ${y2}M${head(0.5)}L${x2} ${y2}L${head(-0.5)}`;
}
