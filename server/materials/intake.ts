import { fold } from "../platform/text.ts";
import { extensionOf, FILE_KINDS, type FileKind } from "../platform/web/file-kinds.ts";
import { guessKind, titleFrom } from "./rules.ts";
import type { FirstMetadata } from "./store/upload.ts";

/** Kinds of files that are materials: all that the product knows but those that only accompany one. */
export const MATERIAL_FILES: readonly FileKind[] = FILE_KINDS.filter((kind) => kind.family !== "captions");
/** The same by their usual extension. */
export const ACCEPTED: ReadonlySet<string> = new Set(MATERIAL_FILES.map((kind) => kind.ext));

/** What a file's name, its kind and the lesson it is sent to say about it, so that nobody types it. */
export function firstMetadata(file: { name: string; family: string }, lesson: { title: string; kind: string } | undefined, author: string): FirstMetadata {
  const ext = extensionOf(file.name);
  const stem = ext === "" ? file.name : file.name.slice(0, -(ext.length + 1));
  return {
    title: titleFrom(stem, fold(stem), lesson?.title),
    kind: guessKind(fold(stem).replace(/[_-]/g, " "), file.family, lesson?.kind),
    author,
  };
}
