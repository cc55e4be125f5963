import { getStroke } from "perfect-freehand";
import type { DrawingRow } from "./store/board.ts";
import { readInk } from "./tool-rules.ts";

/** The colours and pens of the board, as public/css/tokens.css and public/js/live-ink.js have them. */
export const INKS = ["#14222b", "#1d4ed8", "#c81e1e", "#157347", "#c2570c", "#7c3aed", "#7a4a21", "#ffffff"];
export const PENS: Record<number, number> = { 1: 4, 2: 7, 3: 14 };
/** How high letters are, by the pen with which they were typed. */
export const TEXT_SIZES = [24, 24, 34, 50];

/** One thing on a page of the board, as it stands at the end; in thousandths of the board's width. */
export interface BoardItem {
  kind: string;
  body: { c?: number; w?: number; d?: string; ms?: number; x?: number; y?: number; x2?: number; y2?: number; t?: string; m?: string; of?: number[] };
}

/** The points of a stroke with their pressure; none where it is no stroke. */
export function pointsOf(ink: string): number[][] {
  return (readInk(ink) ?? []).map((point) => [point.x, point.y, point.pressure]);
}

/** A stroke as the pen draws it: the outline of what it covers. @param size the pen's, of `PENS` */
export function outlineOf(points: number[][], size: number): number[][] {
  return getStroke(points, { size, thinning: 0.25, smoothing: 0.5, streamline: 0.4, last: true });
}

/** What stood on the board when the class ended, page by page: slides first, then blank pages, then groups. */
export function pagesOf(drawn: readonly DrawingRow[]): { page: number; items: BoardItem[] }[] {
  const hidden = new Set<number>();
  for (const one of drawn) {
    if (one.kind !== "hide" && one.kind !== "show") continue;
    for (const seq of (JSON.parse(one.body) as { of: number[] }).of) if (one.kind === "hide") hidden.add(seq);
    else hidden.delete(seq);
  }
  const left = drawn.filter((one) => one.kind !== "hide" && one.kind !== "show" && !hidden.has(one.seq));
  const order = (page: number): number => (page > 0 ? page : 10_000 - page);
  const pages = [...new Set(left.map((one) => one.page))].sort((a, b) => order(a) - order(b));
  return pages.map((page) => ({ page, items: left.filter((one) => one.page === page).map((one) => ({ kind: one.kind, body: JSON.parse(one.body) as BoardItem["body"] })) }));
}
