/** Where the digitising of a file stands. `nothing`: there is nothing to make of it. */
export const DIGITISATION_STATES = ["waiting", "running", "done", "failed", "nothing"] as const;
export type DigitisationState = (typeof DIGITISATION_STATES)[number];

/** Where a page's text comes from: the file's own letters, or read off a picture. */
export const TEXT_SOURCES = ["file", "ocr"] as const;
export type TextSource = (typeof TEXT_SOURCES)[number];
