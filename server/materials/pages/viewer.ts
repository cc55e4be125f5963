import type { DigitisationRow, RenditionRow } from "../../digitising/store.ts";
import type { Formats } from "../../platform/i18n.ts";
import { clockOf } from "../../platform/media-time.ts";
import { FILE_KINDS, type FileFamily } from "../../platform/web/file-kinds.ts";
import type { ProgressView } from "../../shell/partials.ts";
import type { CaptionRow } from "../store/captions.ts";
import type { MomentRow } from "../store/moments.ts";
import { replayIn } from "../store/replays.ts";
import type { VersionRow } from "../store.ts";
import type { Speech } from "./parts.ts";

/** One way to play a video or a sound, with what it weighs. */
export interface QualityView {
  value: string;
  /** `480p · 12 MB` */
  label: string;
  src: string;
  /** The address of the list of pieces (HLS), where there is one. */
  stream: string | undefined;
  mime: string;
  bytes: number;
  /** Sound without the picture. */
  sound: boolean;
}

/** A file shown in the page, or offered for download where browsers cannot show it. */
export interface ViewerView {
  shows: "pdf" | "image" | "audio" | "video" | "text" | "page" | "package" | "none";
  /** What is shown: the file itself or what was made of it. */
  src: string;
  bytes: number;
  download: string;
  /** The PDF that was made of the original, to be downloaded: `Tải bản PDF tìm được chữ (1,2 MB)`. */
  downloadPdf: { href: string; label: string } | undefined;
  /** The page on which a package is played. */
  play: string;
  title: string;
  /** `2,4 MB · PDF`: the original's, before anything of it is loaded. */
  detail: string;
  /** `2,4 MB`, of what is shown. */
  size: string;
  /** Says that what is shown was made of the original. */
  made: string | undefined;
  poster: string | undefined;
  qualities: QualityView[];
  captions: { src: string; label: string; language: string; chosen: boolean }[];
  /** Places in it by name: `2:05`, what happened there, and the address that plays from there. */
  moments: { time: string; seconds: number; label: string; src: string }[];
  /** The slides and the ink of a recorded class, which run beside it. */
  replay: ReplayView | undefined;
  /** Something is still being made of the file. */
  progress: ProgressView | undefined;
}

export interface ReplayView {
  src: string;
  /** The beginning of the address of each slide and picture. */
  pages: string;
  /** For its script. */
  words: string;
  /** Each page as it stood, for where no script runs. */
  stills: { src: string; play: string; span: string; label: string; alt: string }[];
}

declare global {
  interface Views {
    "materials/viewer": { viewer: ViewerView };
    "materials/viewer-pdf": { viewer: ViewerView };
    "materials/viewer-media": { viewer: ViewerView };
    "materials/viewer-package": { viewer: ViewerView };
    "materials/viewer-zoom": { fit: string };
  }
}

/** What stands around a file: made of it, or given with it. All of it may be missing. */
export interface FileAround {
  renditions: readonly RenditionRow[];
  digitisation: DigitisationRow | undefined;
  captions: readonly CaptionRow[];
  moments: readonly MomentRow[];
}

const NOTHING_AROUND: FileAround = { renditions: [], digitisation: undefined, captions: [], moments: [] };

/**
 * The viewer of a file.
 *
 * @param base the address below which its files are served; by default the doors of the school's own pages
 */
export function viewerOfFile(speech: Speech, materialId: string, title: string, version: VersionRow, around: FileAround = NOTHING_AROUND, base = `/materials/${materialId}/versions/${version.id}`): ViewerView {
  const { t, f } = speech;
  const made = new Map(around.renditions.map((rendition) => [rendition.kind, rendition]));
  const addressOf = (kind: string): string => `${base}/renditions/${kind}`;
  const poster = made.has("poster") ? addressOf("poster") : undefined;
  const original = { src: `${base}/file`, bytes: version.size_bytes, made: undefined as string | undefined };
  const family = familyOf(version.mime);
  const pdf = made.get("pdf");
  const small = family === "image" ? made.get("image") : undefined;
  // A photo is shown as the copy without what the camera wrote about the place, however small the photo is.
  const shown =
    small !== undefined
      ? { src: addressOf("image"), bytes: small.size_bytes, made: small.size_bytes < version.size_bytes ? t.materials.viewer.small_image : undefined }
      : family !== "image" && pdf !== undefined
        ? { src: addressOf("pdf"), bytes: pdf.size_bytes, made: family === "pdf" ? t.materials.viewer.as_searchable : t.materials.viewer.as_pdf }
        : original;
  return {
    ...shown,
    shows: shownAs(family, pdf !== undefined),
    download: `${original.src}?as=download`,
    downloadPdf: pdf && { href: `${addressOf("pdf")}?as=download`, label: (pdf.details["made_by"] === "ocr" ? t.materials.viewer.download_searchable : t.materials.viewer.download_pdf)(f.bytes(pdf.size_bytes)) },
    play: `${base}/package`,
    title,
    detail: fileDetail(f, version),
    size: f.bytes(shown.bytes),
    poster,
    qualities: family === "video" || family === "audio" ? qualitiesOf(speech, version, family, made, original.src, addressOf) : [],
    captions: around.captions.map((caption, i) => ({ src: `${base}/captions/${caption.id}`, label: caption.label, language: caption.language, chosen: i === 0 })),
    moments: around.moments.map((moment) => ({ time: clockOf(moment.time_ms), seconds: moment.time_ms / 1000, label: momentLabel(t, moment), src: `${original.src}#t=${Math.floor(moment.time_ms / 1000)}` })),
    replay: replayOf(t, around.renditions, original.src, addressOf),
    progress: progressOf(t, version.mime, around),
  };
}

function replayOf(t: Words, renditions: readonly RenditionRow[], file: string, addressOf: (kind: string) => string): ReplayView | undefined {
  const found = replayIn(renditions);
  if (!found) return undefined;
  const words = t.materials.viewer;
  const stills = found.stills.map(({ page, fromMs, lengthMs }, i) => {
    const label = page > 0 ? words.moment.slide(page) : words.moment.blank(-page);
    return { src: addressOf(`page_s${i}`), play: `${file}#t=${Math.floor(fromMs / 1000)}`, span: `${clockOf(fromMs)} – ${clockOf(fromMs + lengthMs)}`, label, alt: words.replay.still(label) };
  });
  return { src: addressOf("replay"), pages: addressOf("page_"), words: JSON.stringify(words.replay.script), stills };
}

function momentLabel(t: Words, { kind, page, text }: MomentRow): string {
  const words = t.materials.viewer.moment;
  return kind === "question" ? words.question(text) : kind === "part" ? words.part : words[kind](page);
}

/** The small picture of a version's first page. */
export function thumbHref(materialId: string, versionId: string): string {
  return `/materials/${materialId}/versions/${versionId}/renditions/thumb`;
}

/** Kinds that a browser shows only once a PDF has been made of them. */
export function waitsForPdf(mime: string): boolean {
  return ["slides", "document", "sheet"].includes(familyOf(mime) ?? "");
}

/** The family of a file by the type that the server found in it. */
export function familyOf(mime: string): FileFamily | undefined {
  return FILE_KINDS.find((kind) => kind.mime === mime)?.family;
}

function shownAs(family: FileFamily | undefined, hasPdf: boolean): ViewerView["shows"] {
  if (family === "pdf" || (hasPdf && family !== "image")) return "pdf";
  if (family === "image" || family === "audio" || family === "video" || family === "text" || family === "page" || family === "package") return family;
  return "none";
}

/** The original first: a good line gets what the teacher made; the others say how much less they weigh. */
function qualitiesOf({ t, f }: Speech, version: VersionRow, family: "video" | "audio", made: ReadonlyMap<string, RenditionRow>, file: string, addressOf: (kind: string) => string): QualityView[] {
  const words = t.materials.viewer;
  const own: QualityView = { value: "original", label: `${words.original} · ${f.bytes(version.size_bytes)}`, src: file, stream: undefined, mime: version.mime, bytes: version.size_bytes, sound: false };
  const others = (["video_480", "audio_only"] as const).flatMap((kind): QualityView[] => {
    const rendition = made.get(kind);
    if (rendition === undefined || (family === "audio" && kind === "video_480")) return [];
    const streamed = typeof rendition.details["playlist"] === "string";
    return [
      {
        value: kind,
        label: `${kind === "video_480" ? words.video_480 : words.audio_only} · ${f.bytes(rendition.size_bytes)}`,
        src: addressOf(kind),
        stream: streamed ? `${addressOf(kind)}/playlist.m3u8` : undefined,
        mime: rendition.mime,
        bytes: rendition.size_bytes,
        sound: family === "video" && kind === "audio_only",
      },
    ];
  });
  return [own, ...others];
}

/** Slides, documents and sheets wait for their PDF; a film can be watched meanwhile and needs no notice. */
function progressOf(t: Words, mime: string, { digitisation, renditions }: FileAround): ProgressView | undefined {
  if (!waitsForPdf(mime) || renditions.some((rendition) => rendition.kind === "pdf")) return undefined;
  if (digitisation?.state !== "waiting" && digitisation?.state !== "running") return undefined;
  return { label: t.materials.viewer.making, value: digitisation.progress, max: 100, text: `${digitisation.progress} %` };
}

/** `2,4 MB · PDF`: the size first, because it is what a slow line asks. */
export function fileDetail(f: Formats, file: { mime: string; size_bytes: number }): string {
  const known = FILE_KINDS.find((kind) => kind.mime === file.mime);
  return [f.bytes(file.size_bytes), known?.ext.toUpperCase()].filter(Boolean).join(" · ");
}
