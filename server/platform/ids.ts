import { randomBytes } from "node:crypto";

const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"; // Crockford: no i, l, o, u to misread

let lastAt = 0;
let madeAtOnce = 0;

/**
 * A new identifier: 26 letters and digits, ten of the millisecond, two of the order within it, fourteen of chance (70 bits).
 *
 * Unguessable, so it may stand in a URL; growing with time, so that indexes stay compact and `order by id` is the
 * order of creation: within one process always, between processes to the millisecond.
 */
export function newId(at: number = Date.now()): string {
  madeAtOnce = at === lastAt ? madeAtOnce + 1 : 0;
  lastAt = at;
  let chance = "";
  for (const byte of randomBytes(14)) chance += ALPHABET.charAt(byte % 32);
  return inLetters(at, 10) + inLetters(Math.min(madeAtOnce, 32 ** 2 - 1), 2) + chance;
}

function inLetters(number: number, length: number): string {
  let letters = "";
  for (let rest = number; letters.length < length; rest = Math.floor(rest / 32)) letters = ALPHABET.charAt(rest % 32) + letters;
  return letters;
}

/** Whether a text from outside has the form of an identifier. */
export function isId(text: unknown): text is string {
  return typeof text === "string" && /^[0-9a-hjkmnp-tv-z]{26}$/.test(text);
}
