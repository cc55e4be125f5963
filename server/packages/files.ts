import { Transform, type Readable } from "node:stream";
import { createInflateRaw } from "node:zlib";
import type { BlobStore, ByteRange } from "../platform/storage.ts";
import { readAll } from "../platform/web/package-archive.ts";
import type { EntryRow } from "./store.ts";

const HEADER_BYTES = 30;

/**
 * One file of an archive in the blob store, without unpacking the others.
 *
 * Source: PKWARE APPNOTE 6.3.10, 4.3.7: the local header is 30 bytes, then the name and the extra field, whose lengths stand at
 * 26 and 28; then the content. What the list at the end said of sizes and checksums was proven when the archive was uploaded.
 */
export async function openEntry(store: BlobStore, hash: string, entry: EntryRow, range?: ByteRange): Promise<Readable> {
  const header = await readAll(await store.open(hash, { start: entry.header_at, end: entry.header_at + HEADER_BYTES - 1 }), HEADER_BYTES);
  if (header.readUInt32LE(0) !== 0x04034b50) throw new Error(`no file begins at ${entry.header_at} of ${hash}`);
  const start = entry.header_at + HEADER_BYTES + header.readUInt16LE(26) + header.readUInt16LE(28);
  if (entry.method === "stored" && range) return store.open(hash, { start: start + range.start, end: start + range.end });
  const packed = await store.open(hash, { start, end: start + entry.packed_bytes - 1 });
  if (entry.method === "stored") return packed;
  const plain = packed.pipe(createInflateRaw());
  packed.on("error", (error) => plain.destroy(error));
  plain.on("close", () => packed.destroy());
  return range ? plain.pipe(part(range)) : plain;
}

/** Lets one range of a stream through. */
function part({ start, end }: ByteRange): Transform {
  let at = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const from = Math.max(0, start - at);
      const to = Math.min(chunk.length, end + 1 - at);
      at += chunk.length;
      done(null, from < to ? chunk.subarray(from, to) : undefined);
    },
  });
}

const TYPES: Record<string, string> = {
  html: "text/html", htm: "text/html", xhtml: "application/xhtml+xml", css: "text/css", js: "text/javascript", mjs: "text/javascript", json: "application/json",
  xml: "text/xml", xsd: "text/xml", txt: "text/plain", vtt: "text/vtt", csv: "text/csv", svg: "image/svg+xml", png: "image/png", jpg: "image/jpeg", jpeg: "image/jpeg",
  gif: "image/gif", webp: "image/webp", avif: "image/avif", ico: "image/x-icon", bmp: "image/bmp", mp3: "audio/mpeg", m4a: "audio/mp4", ogg: "audio/ogg", oga: "audio/ogg",
  wav: "audio/wav", mp4: "video/mp4", m4v: "video/mp4", webm: "video/webm", ogv: "video/ogg", woff: "font/woff", woff2: "font/woff2", ttf: "font/ttf", otf: "font/otf",
  eot: "application/vnd.ms-fontobject", pdf: "application/pdf", wasm: "application/wasm",
};

/** The type by the name: inside the sandbox a package may call its files what it likes. */
export function typeOf(path: string): string {
  return TYPES[/\.([a-z0-9]+)$/i.exec(path)?.[1]?.toLowerCase() ?? ""] ?? "application/octet-stream";
}

/** A page of a package gets the run-time as its first scripts, so that they are there before anything of its own runs. */
export function withScripts(html: Buffer, addresses: readonly string[]): Buffer {
  const text = html.toString("latin1"); // byte for byte, whatever the page is written in
  const tags = addresses.map((address) => `<script src="${address}"></script>`).join("");
  const head = /<head(?:\s[^>]*)?>/i.exec(text) ?? /<html(?:\s[^>]*)?>/i.exec(text) ?? /<!doctype[^>]*>/i.exec(text);
  const at = head ? head.index + head[0].length : text.startsWith("\u00ef\u00bb\u00bf") ? 3 : 0;
  return Buffer.from(text.slice(0, at) + tags + text.slice(at), "latin1");
}
