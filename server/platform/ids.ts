import { randomBytes } from "node:crypto";

const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"; // Crockford: no i, l, o, u to misread

/**
 * A new identifier: 26 letters and digits, ten of time and sixteen of chance (80 bits).
 *
 * Unguessable, so it may stand in a URL; growing with time, so that indexes stay compact and `order by id` is the
 * order of creation.
 */
export function newId(at: number = Date.now()): string {
  let time = "";
  for (let rest = at, i = 0; i < 10; i += 1) {
    time = ALPHABET.charAt(rest % 32) + time;
    rest = Math.floor(rest / 32);
  }
  let chance = "";
  for (const byte of randomBytes(16)) chance += ALPHABET.charAt(byte % 32);
  return time + chance;
}

/** Whether a text from outside has the form of an identifier. */
export function isId(text: unknown): text is string {
  return typeof text === "string" && /^[0-9a-hjkmnp-tv-z]{26}$/.test(text);
}
