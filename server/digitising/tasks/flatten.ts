import sharp, { type Sharp } from "sharp";
import { PIXELS_MAX } from "./picture.ts";

/** A picture is read at this size at most: A3 at 300 dpi. */
const LONG_SIDE_MAX = 4_960;
/** The height of a capital at which Tesseract reads best, in pixels, and how far a picture is made to fit. */
const CAPITAL = 32;
const ENLARGE_MAX = 3;
const REDUCE_MAX = 0.4;
/** Long side of the picture that people see: A4 at 150 dpi. */
const SHOWN_SIDE = 1_754;

interface Raw {
  data: Buffer;
  width: number;
  height: number;
  channels: number;
}

/** A page made ready: `out` for the OCR (grey), `shown` for people (colour), both straight and on white paper. */
export interface Flattened {
  width: number;
  height: number;
  /** By how many degrees it was turned. */
  angle: number;
}

/**
 * Straightens a picture of a page and takes the light off it. A photographed page is not white on black: shadows and
 * yellow lamps are what an OCR stumbles over (half of the letters wrong before, a few in a hundred after). So the brightness
 * of the paper is estimated tile by tile and divided out; the angle of the lines is where the rows of ink are sharpest.
 *
 * @param turn quarter turns, in degrees clockwise, of a page that lies on its side or head
 */
export async function flattenPage({ file, out, shown, turn = 0 }: { file: string; out: string; shown: string; turn?: number }): Promise<Flattened> {
  const source = sharp(file, { limitInputPixels: PIXELS_MAX }).autoOrient().rotate(turn).flatten({ background: "#ffffff" });
  const grey = await rawOf(source.clone().greyscale().resize({ width: LONG_SIDE_MAX, height: LONG_SIDE_MAX, fit: "inside", withoutEnlargement: true }));
  takeOffLight(grey, LIGHT_ALL);
  const grain = grainOf(grey);
  const smooth = grain > GRAIN_FEW ? await rawOf(sharpOf(grey).median(grain > GRAIN_MANY ? 5 : 3).toColourspace("b-w")) : grey;
  const angle = skewOf(smooth);
  const scale = scaleFor(capitalOf(smooth), Math.max(smooth.width, smooth.height));
  const fitted = await rawOf(sharpOf(smooth).resize({ width: Math.round(smooth.width * scale), kernel: "cubic" }).toColourspace("b-w"));
  const written = await sharpOf(fitted).rotate(-angle, { background: "#ffffff" }).png({ compressionLevel: 2 }).toFile(out);

  const colour = await rawOf(source.clone().toColourspace("srgb").resize({ width: SHOWN_SIDE, height: SHOWN_SIDE, fit: "inside", withoutEnlargement: true }));
  takeOffLight(colour, LIGHT_SOME);
  await sharpOf(colour).rotate(-angle, { background: "#ffffff" }).jpeg({ quality: 72, mozjpeg: true }).toFile(shown);
  return { width: written.width, height: written.height, angle };
}

function scaleFor(capital: number | undefined, longSide: number): number {
  const wanted = capital === undefined ? 1 : CAPITAL / capital;
  return Math.min(Math.max(wanted, REDUCE_MAX), ENLARGE_MAX, LONG_SIDE_MAX / longSide);
}

async function rawOf(image: Sharp): Promise<Raw> {
  const { data, info } = await image.removeAlpha().raw().toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height, channels: info.channels };
}

export function sharpOf({ data, width, height, channels }: Raw): Sharp {
  return sharp(data, { raw: { width, height, channels: channels as 1 | 3 } });
}

/** How much a dark place may be lightened: print on grey paper as far as it takes, a photo on the page hardly. */
const LIGHT_ALL = 8;
const LIGHT_SOME = 2.2;
/** The side of a tile, on a page whose long side is so many pixels: about two lines of print. */
const TILE = 32;
const TILE_SIDE = 3_508;
const PAPER_SHARE = 0.85;

/** Divides each channel by the brightness of the paper, estimated by tile and blended between them. */
export function takeOffLight(image: Raw, gainMax: number): void {
  const { data, width, height, channels } = image;
  const tile = Math.max(8, Math.round((TILE * Math.max(width, height)) / TILE_SIDE));
  const across = Math.max(1, Math.ceil(width / tile));
  const down = Math.max(1, Math.ceil(height / tile));
  for (let channel = 0; channel < channels; channel += 1) {
    const paper = blurred(blurred(widened(paperOf(image, channel, tile, across, down), across, down), across, down), across, down);
    for (let y = 0; y < height; y += 1) {
      const ty = Math.min(Math.max(y / tile - 0.5, 0), down - 1);
      const y0 = Math.floor(ty);
      const y1 = Math.min(y0 + 1, down - 1);
      const fy = ty - y0;
      for (let x = 0; x < width; x += 1) {
        const tx = Math.min(Math.max(x / tile - 0.5, 0), across - 1);
        const x0 = Math.floor(tx);
        const x1 = Math.min(x0 + 1, across - 1);
        const fx = tx - x0;
        const top = at(paper, y0 * across + x0) * (1 - fx) + at(paper, y0 * across + x1) * fx;
        const bottom = at(paper, y1 * across + x0) * (1 - fx) + at(paper, y1 * across + x1) * fx;
        const gain = Math.min(gainMax, 250 / Math.max(1, top * (1 - fy) + bottom * fy));
        const i = (y * width + x) * channels + channel;
        data[i] = Math.min(255, Math.round((data[i] ?? 0) * gain));
      }
    }
  }
}

const at = (values: Float32Array, i: number): number => values[i] ?? 0;

/** The brightness below which most of a tile lies: its paper, unless print covers it all. */
function paperOf({ data, width, height, channels }: Raw, channel: number, tile: number, across: number, down: number): Float32Array {
  const paper = new Float32Array(across * down);
  const counts = new Uint32Array(256);
  for (let ty = 0; ty < down; ty += 1) {
    for (let tx = 0; tx < across; tx += 1) {
      counts.fill(0);
      let seen = 0;
      for (let y = ty * tile; y < Math.min(height, (ty + 1) * tile); y += 1) {
        for (let x = tx * tile; x < Math.min(width, (tx + 1) * tile); x += 1) {
          const value = data[(y * width + x) * channels + channel] ?? 0;
          counts[value] = (counts[value] ?? 0) + 1;
          seen += 1;
        }
      }
      let below = 0;
      let value = 0;
      while (value < 255 && (below += counts[value] ?? 0) < seen * PAPER_SHARE) value += 1;
      paper[ty * across + tx] = value;
    }
  }
  return paper;
}

/** A tile under a heading or a picture takes the paper of its neighbours. */
function widened(paper: Float32Array, across: number, down: number): Float32Array {
  return around(paper, across, down, (values) => Math.max(...values));
}

function blurred(paper: Float32Array, across: number, down: number): Float32Array {
  return around(paper, across, down, (values) => values.reduce((sum, value) => sum + value, 0) / values.length);
}

function around(paper: Float32Array, across: number, down: number, one: (values: number[]) => number): Float32Array {
  const next = new Float32Array(paper.length);
  for (let y = 0; y < down; y += 1) {
    for (let x = 0; x < across; x += 1) {
      const values: number[] = [];
      for (let ny = Math.max(0, y - 1); ny <= Math.min(down - 1, y + 1); ny += 1) {
        for (let nx = Math.max(0, x - 1); nx <= Math.min(across - 1, x + 1); nx += 1) values.push(at(paper, ny * across + nx));
      }
      next[y * across + x] = one(values);
    }
  }
  return next;
}

const GRAIN_FEW = 5;
const GRAIN_MANY = 11;

/** The grain of a picture: how much neighbours differ where nothing is drawn. Median of a thin sample, 0 to 255. */
function grainOf({ data, width, height }: Raw): number {
  const counts = new Uint32Array(256);
  let seen = 0;
  for (let y = 2; y < height - 2; y += 7) {
    for (let x = 2; x < width - 2; x += 7) {
      const i = y * width + x;
      const rough = Math.abs(2 * (data[i] ?? 0) - (data[i - 2] ?? 0) - (data[i + 2] ?? 0)) / 2;
      const step = Math.min(255, Math.round(rough));
      counts[step] = (counts[step] ?? 0) + 1;
      seen += 1;
    }
  }
  let below = 0;
  let value = 0;
  while (value < 255 && (below += counts[value] ?? 0) < seen / 2) value += 1;
  return value;
}

/** Parts of letters that are counted, and how small or large a letter may be on the picture, in pixels. */
const PARTS_MIN = 30;
const LETTER_MIN = 6;
const LETTER_MAX = 160;

/**
 * The height of a capital letter in pixels, or undefined where hardly anything is written: connected spots of ink are
 * measured, and most of the higher ones are letters with a stem.
 */
export function capitalOf({ data, width, height }: Raw): number | undefined {
  const seen = new Uint8Array(width * height);
  const heights: number[] = [];
  const stack: number[] = [];
  for (let start = 0; start < seen.length; start += 1) {
    if (seen[start] === 1 || (data[start] ?? 255) >= INK_BELOW) continue;
    let [top, bottom, left, right] = [height, 0, width, 0];
    stack.push(start);
    seen[start] = 1;
    while (stack.length > 0) {
      const i = stack.pop() ?? 0;
      const x = i % width;
      const y = (i - x) / width;
      top = Math.min(top, y);
      bottom = Math.max(bottom, y);
      left = Math.min(left, x);
      right = Math.max(right, x);
      for (const [next, inside] of [[i - 1, x > 0], [i + 1, x < width - 1], [i - width, y > 0], [i + width, y < height - 1]] as const) {
        if (!inside || seen[next] === 1 || (data[next] ?? 255) >= INK_BELOW) continue;
        seen[next] = 1;
        stack.push(next);
      }
    }
    const tall = bottom - top + 1;
    const wide = right - left + 1;
    if (tall >= LETTER_MIN && tall <= LETTER_MAX && wide <= 3 * tall && wide * 8 >= tall) heights.push(tall);
  }
  if (heights.length < PARTS_MIN) return undefined;
  heights.sort((a, b) => a - b);
  return heights[Math.floor(heights.length * 0.8)];
}

const SKEW_MAX = 12;
const SAMPLE_SIDE = 1_200;
const INK_BELOW = 140;

/**
 * The angle of the lines of print, in degrees; clockwise is positive. At the right angle the rows between lines are empty
 * and those on them full: the differences between neighbouring rows are largest.
 */
export function skewOf({ data, width, height }: Raw): number {
  const step = Math.max(1, Math.floor(Math.max(width, height) / SAMPLE_SIDE));
  const xs: number[] = [];
  const ys: number[] = [];
  for (let y = 0; y < height; y += step) {
    for (let x = 0; x < width; x += step) {
      if ((data[y * width + x] ?? 255) >= INK_BELOW) continue;
      xs.push(x / step);
      ys.push(y / step);
    }
  }
  if (xs.length < 200) return 0;
  const coarse = sharpest(xs, ys, 0, SKEW_MAX, 0.5);
  const fine = sharpest(xs, ys, coarse, 0.5, 0.05);
  return Math.abs(fine) < 0.1 || Math.abs(coarse) >= SKEW_MAX ? 0 : fine;
}

function sharpest(xs: readonly number[], ys: readonly number[], middle: number, reach: number, by: number): number {
  let best = middle;
  let most = -1;
  const rows = new Float64Array(SAMPLE_SIDE * 4);
  for (let k = -Math.round(reach / by); k <= Math.round(reach / by); k += 1) {
    const angle = middle + k * by;
    const sin = Math.sin((angle * Math.PI) / 180);
    const cos = Math.cos((angle * Math.PI) / 180);
    rows.fill(0);
    for (let i = 0; i < xs.length; i += 1) {
      const row = Math.round((ys[i] ?? 0) * cos - (xs[i] ?? 0) * sin) + SAMPLE_SIDE;
      rows[row] = (rows[row] ?? 0) + 1;
    }
    let score = 0;
    for (let row = 1; row < rows.length; row += 1) score += ((rows[row] ?? 0) - (rows[row - 1] ?? 0)) ** 2;
    if (score > most) [most, best] = [score, angle];
  }
  return best;
}
