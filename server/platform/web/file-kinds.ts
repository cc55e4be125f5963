/** What a page can do with a file. */
export type FileFamily = "pdf" | "image" | "audio" | "video" | "slides" | "document" | "sheet" | "text" | "page" | "geogebra" | "package" | "captions" | "archive";

/** A kind of file that is known by its content. */
export interface FileKind {
  /** The usual extension, without a dot. */
  ext: string;
  /** Other extensions under which the same content is met. */
  also: readonly string[];
  mime: string;
  family: FileFamily;
}

const kind = (family: FileFamily, ext: string, mime: string, ...also: string[]): FileKind => ({ ext, also, mime, family });
const OOXML = "application/vnd.openxmlformats-officedocument";
const ODF = "application/vnd.oasis.opendocument";

/** A page that was written here and saved as a file; any other HTML is a program (`platform/page-document.ts`). */
export const PAGE_MIME = "text/html";

/** Everything the product can tell by content. A route accepts some of these, never anything else. */
export const FILE_KINDS: readonly FileKind[] = [
  kind("pdf", "pdf", "application/pdf"),
  kind("image", "jpg", "image/jpeg", "jpeg", "jpe", "jfif"),
  kind("image", "png", "image/png"),
  kind("image", "gif", "image/gif"),
  kind("image", "webp", "image/webp"),
  kind("image", "avif", "image/avif"),
  kind("audio", "mp3", "audio/mpeg"),
  kind("audio", "m4a", "audio/mp4"),
  kind("audio", "wav", "audio/wav"),
  kind("audio", "ogg", "audio/ogg", "oga", "opus"),
  kind("audio", "aac", "audio/aac"),
  kind("audio", "flac", "audio/flac"),
  kind("audio", "weba", "audio/webm"),
  kind("video", "mp4", "video/mp4", "m4v"),
  kind("video", "webm", "video/webm"),
  kind("video", "ogv", "video/ogg"),
  kind("video", "mov", "video/quicktime"),
  kind("slides", "pptx", `${OOXML}.presentationml.presentation`),
  kind("slides", "ppt", "application/vnd.ms-powerpoint"),
  kind("slides", "odp", `${ODF}.presentation`),
  kind("document", "docx", `${OOXML}.wordprocessingml.document`),
  kind("document", "doc", "application/msword"),
  kind("document", "odt", `${ODF}.text`),
  kind("sheet", "xlsx", `${OOXML}.spreadsheetml.sheet`),
  kind("sheet", "xls", "application/vnd.ms-excel"),
  kind("sheet", "ods", `${ODF}.spreadsheet`),
  kind("text", "txt", "text/plain"),
  kind("text", "csv", "text/csv"),
  kind("text", "md", "text/markdown"),
  kind("page", "html", PAGE_MIME),
  kind("geogebra", "ggb", "application/vnd.geogebra.file"),
  kind("package", "zip", "application/x-scorm+zip"),
  kind("package", "h5p", "application/x-h5p+zip"),
  kind("captions", "vtt", "text/vtt"),
  kind("captions", "srt", "application/x-subrip"),
];

/** A ZIP whose content its route unpacks and judges; no material by itself. */
export const ARCHIVE: FileKind = kind("archive", "zip", "application/zip");

/** Extensions that start a program or a script when a person opens the file. */
const PROGRAMS = new Set(
  ("exe com scr bat cmd pif msi msp dll sys cpl vbs vbe vb js jse mjs wsf wsh hta ps1 psm1 reg lnk url jar app apk dmg pkg deb " +
    "rpm sh bash run bin py rb pl php asp aspx jsp html htm xhtml mht svg svgz swf chm iso img docm dotm xlsm xltm xlam pptm potm ppsm").split(" "),
);

export function isProgram(ext: string): boolean {
  return PROGRAMS.has(ext);
}

export function kindOfExtension(ext: string): FileKind | undefined {
  return FILE_KINDS.find((known) => known.ext === ext || known.also.includes(ext));
}

/** The extension of a name in lower case without its dot; empty where there is none. */
export function extensionOf(name: string): string {
  return /[^.]\.([^.\s]{1,12})$/.exec(name)?.[1]?.toLowerCase() ?? "";
}

const NAME_LENGTH_MAX = 200;

/**
 * A name from a browser made fit to be shown and to be sent back: the last part of a path, composed (NFC), without control
 * and direction characters (a name can read `lop6\u202Efdp.exe` backwards), not a device of Windows, not too long.
 * Never used as a path.
 */
export function cleanName(given: string): string {
  const last = given.normalize("NFC").split(/[/\\]/).at(-1) ?? "";
  const plain = last
    .replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Cs}\p{Zl}\p{Zp}]/gu, "")
    .replace(/[<>:"|?*]/g, "_")
    .replace(/\s+/g, " ")
    .replace(/^[.\s]+|[.\s]+$/g, "");
  const named = plain === "" ? "file" : plain;
  const free = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i.test(named) ? `_${named}` : named;
  return shortened(free);
}

/** The name with the extension of what the content is: `anh.jpg` that holds a PNG becomes `anh.png`. */
export function nameAs(name: string, found: FileKind): string {
  const ext = extensionOf(name);
  if (ext === found.ext || found.also.includes(ext)) return name;
  const known = kindOfExtension(ext);
  return `${known === undefined ? name : name.slice(0, -(ext.length + 1))}.${found.ext}`;
}

function shortened(name: string): string {
  const letters = [...name];
  if (letters.length <= NAME_LENGTH_MAX) return name;
  const ext = extensionOf(name);
  const tail = ext === "" ? "" : `.${ext}`;
  return letters.slice(0, NAME_LENGTH_MAX - tail.length).join("").trimEnd() + tail;
}
