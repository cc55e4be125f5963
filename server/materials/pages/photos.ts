import { PHOTOS_MAX } from "../../digitising/photos.ts";
import type { ListedMaterial } from "../store/lists.ts";
import type { Speech } from "./parts.ts";
import { thumbHref } from "./viewer.ts";

/** The form that turns photos of paper pages into one document. */
export interface PagePhotosView {
  action: string;
  title: string;
  hint: string;
  /** The words of the element as JSON, for the script. */
  words: string;
  problem: string | undefined;
  /** Pictures of pages that lie on this shelf already: they can be taken into the document as they are. */
  pictures: { src: string; thumb: string | undefined; title: string; label: string }[];
}

declare global {
  interface Views {
    "materials/page-photos": { photos: PagePhotosView };
  }
}

export function pagePhotosView({ t, f }: Speech, action: string, bytesMax: number, shelf: readonly ListedMaterial[], sent?: { problem: string; title: string }): PagePhotosView {
  return { action, title: sent?.title ?? "", hint: t.digitising.photos.hint(f.bytes(bytesMax), PHOTOS_MAX), words: JSON.stringify(t.digitising.photos.words), problem: sent?.problem, pictures: shelf.filter((material) => PAGE_PICTURES.has(material.mime)).slice(0, PHOTOS_MAX).map((material) => pictureOf(t, material)) };
}

/** What the form takes, and browsers can turn and crop. */
const PAGE_PICTURES: ReadonlySet<string> = new Set(["image/jpeg", "image/png", "image/webp"]);

function pictureOf(t: Words, { id, latest_version_id: version, title, thumb_id }: ListedMaterial): PagePhotosView["pictures"][number] {
  return { src: `/materials/${id}/versions/${version}/file`, thumb: thumb_id === null ? undefined : thumbHref(id, version), title, label: t.digitising.photos.take(title) };
}
