import { PHOTOS_MAX } from "../../digitising/photos.ts";
import type { Speech } from "./parts.ts";

/** The form that turns photos of paper pages into one document. */
export interface PagePhotosView {
  action: string;
  title: string;
  hint: string;
  /** The words of the element as JSON, for the script. */
  words: string;
  problem: string | undefined;
}

declare global {
  interface Views {
    "materials/page-photos": { photos: PagePhotosView };
  }
}

export function pagePhotosView({ t, f }: Speech, action: string, bytesMax: number, sent?: { problem: string; title: string }): PagePhotosView {
  return { action, title: sent?.title ?? "", hint: t.digitising.photos.hint(f.bytes(bytesMax), PHOTOS_MAX), words: JSON.stringify(t.digitising.photos.words), problem: sent?.problem };
}
