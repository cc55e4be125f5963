import type { DigitisationRow } from "../../digitising/store.ts";
import type { OcrPageShown, ReadSums } from "../../digitising/store/words.ts";
import { TRIES_MAX, UNSURE_BELOW } from "../../digitising/rules.ts";
import type { ActionView, PageHeadView, ProgressView } from "../../shell/partials.ts";
import type { MaterialRow, VersionRow } from "../store.ts";
import type { Speech } from "./parts.ts";

/** How the digitising of a material's file stands, for whoever works with it. */
export interface DigitisingView {
  /** Asked again and again by the page while it runs. */
  src: string;
  running: boolean;
  progress: ProgressView;
  /** What could not be made, and why. */
  note: string | undefined;
  text: { href: string; sum: string; layer: string | undefined } | undefined;
}

export interface TextPage {
  head: PageHeadView;
  action: string;
  revision: string;
  picture: string;
  pictureLabel: string;
  place: string;
  sum: string;
  corrected: string | undefined;
  /** Says that the PDF still has the older words. */
  layer: string | undefined;
  lines: { key: string; name: string; text: string; unsure: boolean; label: string; size: number }[][];
  links: ActionView[];
  /** Every word stands in a box, for those without script. */
  all: boolean;
  allLink: ActionView;
}

declare global {
  interface Views {
    "materials/digitising": { digitising: DigitisingView };
    "materials/text": TextPage;
  }
}

/** What is told of a file that is being digitised, was in part, or could not be; nothing where all went well. */
export function digitisingView({ t, f }: Speech, version: VersionRow, row: DigitisationRow | undefined, read: ReadSums | undefined): DigitisingView | undefined {
  if (row === undefined) return undefined;
  const running = row.state === "waiting" || row.state === "running";
  const text = read !== undefined && read.pages > 0 ? { href: textHref(version, 1), sum: read.unsure > 0 ? t.digitising.read_sum(read.pages, f.number(read.unsure)) : t.digitising.read_sure(read.pages), layer: layerNote(t, read) } : undefined;
  const note = row.error_code === null ? undefined : t.digitising.reasons[row.error_code];
  if (!running && note === undefined && text === undefined) return undefined;
  return { src: `/materials/${version.material_id}/versions/${version.id}/digitising`, running, progress: progressOf(t, row), note, text };
}

/** What is told of the searchable PDF while corrected words are on their way into it, and when they did not get there. */
function layerNote(t: Words, { layer_tries }: ReadSums): string | undefined {
  if (layer_tries === null) return undefined;
  return layer_tries < TRIES_MAX ? t.digitising.layer_due : t.digitising.layer_failed;
}

export function progressOf(t: Words, row: DigitisationRow): ProgressView {
  const label = (row.state === "running" && t.digitising.steps[row.step ?? ""]) || t.digitising.states[row.state] || "";
  return { label, value: row.progress, max: 100, text: `${row.progress} %` };
}

export function textHref(version: VersionRow, page: number): string {
  return `/materials/${version.material_id}/versions/${version.id}/text/${page}`;
}

export interface TextFacts {
  material: MaterialRow;
  version: VersionRow;
  page: OcrPageShown;
  read: ReadSums;
  nextUnsure: number | undefined;
  all: boolean;
}

export function textPage({ t, f }: Speech, { material, version, page, read, nextUnsure, all }: TextFacts): TextPage {
  const words = t.digitising;
  const here = textHref(version, page.page);
  let place = -1;
  const lines = page.words.map((line) =>
    line.map((word) => {
      place += 1;
      const unsure = word.c < UNSURE_BELOW;
      return { key: String(place), name: `word.${place}`, text: word.t, unsure, label: unsure ? words.unsure_word(word.t) : words.other_word(word.t), size: Math.min(24, Math.max(3, [...word.t].length + 1)) };
    }),
  );
  const links: ActionView[] = [];
  if (page.page > 1) links.push({ href: textHref(version, page.page - 1), label: words.previous, icon: "chevron-left" });
  if (page.page < read.pages) links.push({ href: textHref(version, page.page + 1), label: words.next, icon: "chevron-right" });
  if (nextUnsure !== undefined && nextUnsure !== page.page) links.push({ href: textHref(version, nextUnsure), label: words.next_unsure, icon: "arrow-right" });
  return {
    head: { title: words.text_title, eyebrow: material.title, lead: words.text_lead },
    action: here,
    revision: String(page.revision),
    picture: `/materials/${version.material_id}/versions/${version.id}/renditions/page_${page.page}`,
    pictureLabel: words.page_picture(page.page),
    place: words.page_of(page.page, read.pages),
    sum: page.unsure > 0 ? words.unsure_left(f.number(page.unsure)) : words.all_sure,
    corrected: page.corrected_by !== null && page.corrected_at !== null ? words.last_corrected(page.corrected_by, f.stamp(page.corrected_at)) : undefined,
    layer: layerNote(t, read),
    lines,
    links,
    all,
    allLink: all ? { href: here, label: words.only_unsure, icon: "list" } : { href: `${here}?all=yes`, label: words.all_words, icon: "pencil" },
  };
}
