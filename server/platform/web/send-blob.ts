import { pipeline } from "node:stream/promises";
import type { Request, Response } from "express";
import type { BlobStore, ByteRange } from "../storage.ts";
import { PAGE_MIME } from "./file-kinds.ts";

/** A stored file as it goes to a browser. */
export interface SentFile {
  hash: string;
  size: number;
  mime: string;
  name: string;
  /** `inline` shows it in the page, where the type allows; else it is downloaded. */
  show: "inline" | "attachment";
}

/** Types that a browser shows without running anything of theirs. Everything else is only ever downloaded. */
const SHOWN = /^(application\/pdf|image\/(png|jpeg|gif|webp|avif)|audio\/[\w.-]+|video\/[\w.-]+|text\/(plain|html|vtt|csv|markdown))$/;

/**
 * What a file may do when it is opened by itself: nothing. A PDF is the exception to the sandbox, because the viewers of
 * browsers refuse to work in one; it gets no network and no scripts all the same.
 */
const FILE_CSP = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; media-src 'self'; frame-ancestors 'self'";

/** A page that was written here: its pictures are inside it, its links open elsewhere, and the page around measures its height. */
const PAGE_CSP = "sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'";

function policyOf(mime: string): string {
  if (mime === PAGE_MIME) return PAGE_CSP;
  return mime === "application/pdf" ? FILE_CSP : `sandbox; ${FILE_CSP}`;
}

/**
 * Sends a blob with one byte range where asked (RFC 9110 §14: media seek, slow lines resume), the content's hash as ETag,
 * and a name that survives every browser (RFC 6266). Call it after the door.
 */
export async function sendBlob(req: Request, res: Response, store: BlobStore, file: SentFile): Promise<void> {
  const etag = `"${file.hash}"`;
  res.removeHeader("X-Frame-Options"); // frame-ancestors of the CSP below says it for every browser we know
  res.set({
    "Content-Type": typeOf(file),
    "Content-Disposition": dispositionOf(SHOWN.test(file.mime) ? file.show : "attachment", file.name),
    "Content-Security-Policy": policyOf(file.mime),
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Accept-Ranges": "bytes",
    "Cache-Control": "private, no-cache, no-transform",
    ETag: etag,
  });
  if (req.headers["if-none-match"] === etag) {
    res.status(304).end();
    return;
  }
  const range = req.headers["if-range"] === undefined || req.headers["if-range"] === etag ? rangeOf(req.headers.range, file.size) : undefined;
  if (range === "unsatisfiable") {
    res.set("Content-Range", `bytes */${file.size}`).status(416).end();
    return;
  }
  if (range) res.status(206).set("Content-Range", `bytes ${range.start}-${range.end}/${file.size}`);
  res.set("Content-Length", String(range ? range.end - range.start + 1 : file.size));
  if (req.method === "HEAD") {
    res.end();
    return;
  }
  const content = await store.open(file.hash, range);
  await pipeline(content, res).catch((error: unknown) => {
    if (!isGone(error)) throw error;
  });
}

/**
 * The one range that is asked for. Several ranges, or a header that means nothing, get the whole file, which RFC 9110
 * allows.
 */
export function rangeOf(header: string | undefined, size: number): ByteRange | "unsatisfiable" | undefined {
  const match = header === undefined ? null : /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header.trim());
  if (match === null || (match[1] === "" && match[2] === "")) return undefined;
  const [, from = "", to = ""] = match;
  if (from === "") {
    const length = Math.min(Number(to), size);
    return length === 0 ? "unsatisfiable" : { start: size - length, end: size - 1 };
  }
  const start = Number(from);
  const end = to === "" ? size - 1 : Math.min(Number(to), size - 1);
  if (start >= size) return "unsatisfiable";
  return end < start ? undefined : { start, end };
}

/** `filename` for old software without marks, `filename*` in UTF-8 for all others (RFC 6266, RFC 8187). */
export function dispositionOf(show: SentFile["show"], name: string): string {
  const plain = name
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .replace(/\u0111/g, "d") // the crossed d is a letter of its own, not one with a mark
    .replace(/\u0110/g, "D")
    .replace(/[^\x20-\x7e]|["\\%]/g, "_");
  const encoded = encodeURIComponent(name).replace(/['()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
  return `${show}; filename="${plain}"; filename*=UTF-8''${encoded}`;
}

/** Text is in UTF-8, and shown as it is typed: no browser makes anything of a table or of Markdown. */
function typeOf({ mime, show }: SentFile): string {
  const shown = show === "inline" && /^text\/(csv|markdown)$/.test(mime) ? "text/plain" : mime;
  return shown.startsWith("text/") ? `${shown}; charset=utf-8` : shown;
}

/** The browser closed the line: it has seen enough of the video. */
function isGone(error: unknown): boolean {
  return error instanceof Error && "code" in error && (error.code === "ERR_STREAM_PREMATURE_CLOSE" || error.code === "ECONNRESET" || error.code === "EPIPE");
}
