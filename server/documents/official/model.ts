import type { Day } from "../../platform/clock.ts";
import { HEADING, NUMBERED, official, UNIT_KINDS, UNITS_OF } from "./messages.ts";

/**
 * An administrative document as Decree 30/2020/ND-CP lays it out: drawn as Word, PDF and on the page from the same parts.
 */
export interface OfficialDocument {
  /** The body above the issuer, in capitals; empty where there is none. */
  parent: string;
  issuer: string;
  /** As in `12/BC-THCS`; empty while it is a draft. */
  number: string;
  place: string;
  /** Undefined while it is a draft: the day stays open, to be written by hand. */
  on: Day | undefined;
  /** Stands for place and day where neither is known: in a template. */
  place_and_day?: string;
  /** What it is, in capitals: a plan, regulations, a report. */
  kind: string;
  /** What it is about. */
  title: string;
  blocks: readonly Block[];
  signatory_title: string;
  signatory: string;
  recipients: readonly string[];
  /** Says in the margin that it is not issued. */
  draft: boolean;
}

export type Block =
  | { kind: "heading"; text: string }
  | { kind: "paragraph"; text: string }
  | { kind: "table"; caption: string; columns: readonly { label: string; /** Parts of the width. */ width: number; number?: boolean }[]; rows: readonly (readonly string[])[] };

/** A4 with the margins of Decree 30, appendix I: top and bottom 20–25, left 30–35, right 15–20 mm. In points. */
export const PAGE = { width: 595.28, height: 841.89, top: 60, bottom: 60, left: 86, right: 50 } as const;

/** What somebody wrote, as blocks: a line is a paragraph, and a line that begins like a section is a heading. */
export function blocksOf(text: string): Block[] {
  return text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .map((line): Block => ({ kind: HEADING.test(line) ? "heading" : "paragraph", text: tidy(line) }));
}

/** Numbers stay with their units and signs: a rate, a count or a date is not torn apart at the end of a line. */
export function tidy(text: string): string {
  return text.replace(UNITS_OF, "$1\u00a0").replace(NUMBERED, "$1\u00a0");
}

/** Place and day: days below ten and January and February with a zero (Decree 30, appendix I). A draft leaves them open. */
export function placeAndDay(place: string, on: Day | undefined): string {
  const [year = "", month = "", day = ""] = on === undefined ? ["......", "....", "...."] : on.split("-");
  return official.vi.place_and_day(place === "" ? "............" : place, day, Number(month) > 2 ? String(Number(month)) : month, year);
}

/** The name of a place without its kind. */
export function placeOf(unitName: string): string {
  return unitName.replace(UNIT_KINDS, "");
}

/** A name as it stands in the symbol of a document: abbreviations are kept, words give their initials. */
export function abbreviationOf(name: string): string {
  return name
    .split(/[\s&–-]+/)
    .filter((word) => word !== "")
    .map((word) => (word === word.toUpperCase() && word.length > 1 ? word : (word[0] ?? "").toUpperCase()))
    .join("");
}
