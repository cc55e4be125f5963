/** Where the digitising of a file stands. `nothing`: there is nothing to make of it. */
export const DIGITISATION_STATES = ["waiting", "running", "done", "failed", "nothing"] as const;
export type DigitisationState = (typeof DIGITISATION_STATES)[number];

/** Where a page's text comes from: the file's own letters, or read off a picture. */
export const TEXT_SOURCES = ["file", "ocr"] as const;
export type TextSource = (typeof TEXT_SOURCES)[number];

/** What the worker is doing, told to whoever waits. */
export const STEPS = ["scan", "picture", "pages", "text", "ocr", "sound", "video"] as const;
export type Step = (typeof STEPS)[number];

/**
 * Why a file could not be digitised. The first ones lie in the file and a second try changes nothing; the others may pass.
 * `pages_cut` and `no_tool` stand beside the state `done`: only a part could be made.
 */
export const FINAL_ERRORS = ["took_too_long", "too_much_memory", "output_too_large", "too_many_pixels", "locked", "broken", "virus"] as const;
export const PASSING_ERRORS = ["tool_failed", "interrupted", "scanner_unavailable", "storage"] as const;
export const PARTLY = ["pages_cut", "no_tool"] as const;
export type ErrorCode = (typeof FINAL_ERRORS)[number] | (typeof PASSING_ERRORS)[number];
export type PartlyCode = (typeof PARTLY)[number];

/** How a kind of file is digitised. */
export type Way = "picture" | "pdf" | "office" | "text" | "sound" | "video" | "nothing";

const OFFICE = /^application\/(msword|vnd\.(ms-(powerpoint|excel)|openxmlformats-officedocument\.|oasis\.opendocument\.))/;

export function wayOf(mime: string): Way {
  if (mime === "application/pdf") return "pdf";
  if (mime.startsWith("image/")) return "picture";
  if (mime.startsWith("audio/")) return "sound";
  if (mime.startsWith("video/")) return "video";
  if (mime.startsWith("text/")) return "text";
  return OFFICE.test(mime) ? "office" : "nothing";
}

/** Long work has a lane of its own, so that a film does not keep a worksheet waiting. */
export function isLong(mime: string): boolean {
  return wayOf(mime) === "video" || wayOf(mime) === "sound";
}

/** How often a passing failure is tried; a job whose server was killed under it counts as tried. */
export const TRIES_MAX = 4;
/** A job belongs to its worker for so long after the last sign of life. */
export const LEASE_MINUTES = 2;

/**
 * What becomes of a job that failed.
 *
 * @param tries how often it has been tried, this time included
 */
export function afterFailure(code: ErrorCode, tries: number): { state: "failed" } | { state: "waiting"; minutes: number } {
  if (code === "scanner_unavailable") return { state: "waiting", minutes: 5 }; // not the file's fault: it waits as long as it takes
  const final = (FINAL_ERRORS as readonly string[]).includes(code);
  return final || tries >= TRIES_MAX ? { state: "failed" } : { state: "waiting", minutes: 4 ** (tries - 1) };
}

/** Pages of a file whose text is read. */
export const TEXT_PAGES_MAX = 2_000;
/** Pages of a scan that are read by OCR: some twenty minutes of one core. */
export const OCR_PAGES_MAX = 300;
/** Letters of one page that are kept: a page of a newspaper has 20,000. */
export const PAGE_LETTERS_MAX = 40_000;

const LETTERS_OF_A_READ_PAGE = 10;

/** Whether a document is pictures of pages: at least half of them hold hardly any letter. */
export function isScan(pages: readonly string[]): boolean {
  const bare = pages.filter((text) => lettersIn(text) < LETTERS_OF_A_READ_PAGE).length;
  return pages.length > 0 && bare * 2 >= pages.length;
}

function lettersIn(text: string): number {
  return text.match(/\p{L}/gu)?.length ?? 0;
}

/** Below this a word is marked as unsure. Tesseract's confidence, 0 to 100. */
export const UNSURE_BELOW = 75;

/** A word's place on its page: left, top, width and height in ten-thousandths of the page's. */
export type Box = [x: number, y: number, w: number, h: number];

/** A word that an OCR read: its letters and how sure it was, 0 to 100. */
export interface ReadWord {
  t: string;
  c: number;
  b?: Box | undefined;
}

/** Whether an OCR found a text, and not the leaves of a tree: three words of which it is sure. */
export function isText(lines: readonly (readonly ReadWord[])[]): boolean {
  return lines.flat().filter((word) => word.c >= 60 && lettersIn(word.t) >= 2).length >= 3;
}

/** Letters in words of which the OCR was sure. */
export function sureLetters(lines: readonly (readonly ReadWord[])[]): number {
  return lines.flat().reduce((sum, word) => sum + (word.c >= UNSURE_BELOW ? lettersIn(word.t) : 0), 0);
}

/** Whether a page was read so badly that it may lie on its side or head: most of its letters are guesses, or there are hardly any. */
export function isPoorlyRead(lines: readonly (readonly ReadWord[])[]): boolean {
  const letters = lines.flat().reduce((sum, word) => sum + lettersIn(word.t), 0);
  return letters < LETTERS_OF_A_READ_PAGE || sureLetters(lines) * 2 < letters;
}

/** The text of a page's lines. A word that was corrected to nothing is gone. */
export function textOf(lines: readonly (readonly ReadWord[])[]): string {
  return lines
    .map((line) => line.map((word) => word.t).filter(Boolean).join(" "))
    .join("\n");
}

export function unsureIn(lines: readonly (readonly ReadWord[])[]): number {
  return lines.flat().filter((word) => word.t !== "" && word.c < UNSURE_BELOW).length;
}

/**
 * Puts corrections into a page: by the word's place on the page, from 0. A corrected word is sure.
 *
 * @returns the new lines, and what changed
 */
export function corrected(lines: readonly (readonly ReadWord[])[], given: ReadonlyMap<number, string>): { lines: ReadWord[][]; changes: { word: number; before: string; after: string }[] } {
  const changes: { word: number; before: string; after: string }[] = [];
  let place = -1;
  const next = lines.map((line) =>
    line.map((word) => {
      place += 1;
      const after = given.get(place)?.normalize("NFC").replace(/\s+/g, " ").trim();
      if (after === undefined || (after === word.t && word.c >= UNSURE_BELOW)) return word;
      if (after !== word.t) changes.push({ word: place, before: word.t, after });
      return { ...word, t: after, c: 100 };
    }),
  );
  return { lines: next, changes };
}

/** Who corrects a scan goes from page to page: its searchable PDF is made anew when nobody has saved a page for so long. */
export const LAYER_REST_MINUTES = 2;

const WHOLE = 10_000;

/**
 * The places of a page's words in its searchable PDF; a word that was corrected to nothing has none. Of pages that were
 * read before places were kept the lines are spread over the page and the words over the line: they are found and copied
 * in their order, only marked beside where they stand.
 */
export function placed(lines: readonly (readonly ReadWord[])[]): { t: string; b: Box }[][] {
  const height = Math.floor(WHOLE / Math.max(1, lines.length));
  return lines.map((line, row) => {
    const width = Math.floor(WHOLE / Math.max(1, line.length));
    return line.flatMap(({ t, b }, i) => (t === "" ? [] : [{ t, b: b ?? [i * width, row * height, Math.floor(width * 0.9), Math.min(200, height)] }]));
  });
}

/** Text of a file made fit to keep: composed, without control characters (PostgreSQL takes no NUL), not endless. */
export function cleanText(text: string): string {
  return text
    .normalize("NFC")
    .replace(/[\x00-\x08\x0b-\x1f\x7f\ufffe\uffff]/g, " ")
    .replace(/[ \t]+/g, " ")
    .replace(/ ?\n ?/g, "\n")
    .replace(/\n{3,}/g, "\n\n")
    .trim()
    .slice(0, PAGE_LETTERS_MAX);
}
