// @ts-check

/** The largest file that is hashed here, in bytes: the browser's own SHA-256 takes a file whole, and phones are small. */
const HASHED_MAX = 64_000_000;
/** What is read of both ends of a file to know it again, in bytes. */
const END_BYTES = 500_000;

/**
 * The SHA-256 of a file in hexadecimal, or undefined where it is too large for this, or the page did not come by https
 * (browsers hash only there): then the server recognises the file when it has arrived.
 *
 * @param {File} file
 */
export async function contentHash(file) {
  if (file.size > HASHED_MAX || !globalThis.crypto?.subtle) return undefined;
  try {
    return hexadecimal(await crypto.subtle.digest("SHA-256", await file.arrayBuffer()));
  } catch {
    return undefined; // a file that cannot be read fails when it is sent, and says so there
  }
}

/**
 * By what the same file is known again when it is chosen a second time, here or on another device: both of its ends; where
 * browsers do not hash, the time it was last changed.
 *
 * @param {File} file
 */
export async function markOf(file) {
  if (!globalThis.crypto?.subtle) return `t${file.lastModified}`;
  try {
    const ends = new Blob([file.slice(0, END_BYTES), file.slice(-END_BYTES)]);
    return `c${hexadecimal(await crypto.subtle.digest("SHA-256", await ends.arrayBuffer())).slice(0, 40)}`;
  } catch {
    return `t${file.lastModified}`;
  }
}

/** @param {ArrayBuffer} bytes */
function hexadecimal(bytes) {
  return [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
