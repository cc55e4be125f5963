// @ts-check
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
/** @type {Map<string, number>} */
const PLACE = new Map([...ALPHABET].map((letter, place) => [letter, place]));

/** @typedef {{ x: number, y: number, p: number }} Dot across and down in thousandths of the board's width; pressure 0 to 31 */

/**
 * Writes dots as differences, each zigzagged, in groups of five bits: three or four letters a dot. The server reads it in
 * `server/live/tool-rules.ts`. @param {readonly Dot[]} dots @param {Dot} [from]
 */
export function writeInk(dots, from = { x: 0, y: 0, p: 0 }) {
  let text = "";
  let last = from;
  for (const dot of dots) {
    for (const difference of [dot.x - last.x, dot.y - last.y, dot.p - last.p]) text += writeNumber(difference);
    last = dot;
  }
  return text;
}

/** @param {number} number */
function writeNumber(number) {
  let left = number < 0 ? -number * 2 - 1 : number * 2;
  let text = "";
  do {
    const five = left % 32;
    left = Math.floor(left / 32);
    text += ALPHABET[five + (left > 0 ? 32 : 0)];
  } while (left > 0);
  return text;
}

/** @param {string} text @param {Dot} [from] @returns {Dot[]} */
export function readInk(text, from = { x: 0, y: 0, p: 0 }) {
  const numbers = [];
  let [value, shift] = [0, 0];
  for (const letter of text) {
    const place = PLACE.get(letter) ?? 0;
    value |= (place & 31) << shift;
    shift += 5;
    if (place >= 32) continue;
    numbers.push(value & 1 ? -((value + 1) >> 1) : value >> 1);
    [value, shift] = [0, 0];
  }
  const dots = [];
  let { x, y, p } = from;
  for (let i = 0; i + 2 < numbers.length; i += 3) {
    x += numbers[i];
    y += numbers[i + 1];
    p += numbers[i + 2];
    dots.push({ x, y, p });
  }
  return dots;
}

/**
 * Whether a dot says something new: far enough from the last one, or after a pause. A pen reports 120 to 240 times a
 * second, a hand needs far less. @param {Dot | undefined} last @param {Dot} dot
 */
export function isNews(last, dot) {
  return last === undefined || Math.abs(dot.x - last.x) + Math.abs(dot.y - last.y) >= 3;
}

/** @param {readonly (readonly number[])[]} outline @returns {string} the path of a stroke's outline */
export function pathOf(outline) {
  if (outline.length < 2) return "";
  const [first, ...rest] = outline;
  const middle = (/** @type {readonly number[]} */ a, /** @type {readonly number[]} */ b) => `${((a[0] + b[0]) / 2).toFixed(1)} ${((a[1] + b[1]) / 2).toFixed(1)}`;
  return `M${first[0].toFixed(1)} ${first[1].toFixed(1)}${rest.map((point, i) => ` Q${point[0].toFixed(1)} ${point[1].toFixed(1)} ${middle(point, rest[i + 1] ?? first)}`).join("")}Z`;
}

/** How a pen of each width writes. */
export const PENS = { 1: 4, 2: 7, 3: 14 };
