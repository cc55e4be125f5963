import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { createHash } from "node:crypto";
import { pipeline } from "node:stream/promises";
import type { Request, Response } from "express";
import { ROOT } from "../../config.ts";
import { notFound } from "../../platform/errors.ts";
import { readAll } from "../../platform/web/package-archive.ts";
import type { FeatureRoutes } from "../../platform/web/router.ts";
import { rangeOf } from "../../platform/web/send-blob.ts";
import { openEntry, typeOf, withScripts } from "../files.ts";
import { findEntry, findPackage, findPlay, type EntryRow, type PlayRow } from "../store.ts";

const require = createRequire(import.meta.url);
const H5P = path.join(ROOT, "public/vendor/h5p-standalone");

/** What plays packages, by its address below /packages/player/<build>/. */
const PLAYER: Record<string, string> = {
  "scorm12.js": require.resolve("scorm-again/scorm12/min"),
  "scorm2004.js": require.resolve("scorm-again/scorm2004/min"),
  "frame.js": path.join(ROOT, "public/js/package-frame.js"),
  "scorm.js": path.join(ROOT, "public/js/package-scorm.js"),
  "h5p.js": path.join(ROOT, "public/js/package-h5p.js"),
  "h5p-main.js": path.join(H5P, "main.bundle.js"),
  "h5p-frame.js": path.join(H5P, "frame.bundle.js"),
};
const build = createHash("sha256").update(Object.values(PLAYER).map((file) => readFileSync(file, "utf8")).join("\n")).digest("hex").slice(0, 12);
const PLAYER_BASE = `/packages/player/${build}`;
const SCRIPTS = { scorm12: ["scorm12.js", "frame.js", "scorm.js"], scorm2004: ["scorm2004.js", "frame.js", "scorm.js"], h5p: [] } as const;
const HTML_BYTES_MAX = 20_000_000;

/**
 * Files of packages. The key is the token in the address and nothing else: no cookie is read, because a page in a sandbox has
 * none, and everything that is sent here is shut into the sandbox whoever opens it.
 */
export function addFiles(routes: FeatureRoutes): void {
  routes.get("/packages/player/:build/*path", "public", (req, res) => {
    const name = pathOf(req);
    const own = Object.hasOwn(PLAYER, name) ? PLAYER[name] : undefined;
    const style = /^h5p\/((?:styles|fonts|images)\/[\w./-]+)$/.exec(name)?.[1];
    if (own === undefined && (style === undefined || style.includes(".."))) throw notFound();
    res.set({ "Cross-Origin-Resource-Policy": "cross-origin", "Access-Control-Allow-Origin": "*", "X-Content-Type-Options": "nosniff" });
    // A build that is not ours (an old page) gets the file of now, and does not keep it.
    const caching = req.params["build"] === build ? { immutable: true, maxAge: "365d" } : { maxAge: 0 };
    res.type(typeOf(name)).sendFile(own ?? path.join(H5P, style ?? ""), { ...caching, cacheControl: true, dotfiles: "allow" }, (error) => {
      if (error && !res.headersSent) res.status(404).end();
    });
  });

  routes.get("/packages/:token/h5p", "public", async (req, res) => {
    await openedPlay(req);
    sandboxed(req, res);
    res.type("html").send(h5pPage());
  });

  routes.get("/packages/:token/files/*path", "public", async (req, res) => {
    const play = await openedPlay(req);
    const entry = await findEntry(req.db, play.blob_hash, pathOf(req));
    if (!entry) throw notFound();
    sandboxed(req, res);
    const type = typeOf(entry.path);
    if (type === "text/html" && entry.size_bytes <= HTML_BYTES_MAX) await sendPage(req, res, play, entry);
    else await sendEntry(req, res, play, entry, type);
  });
}

function pathOf(req: Request): string {
  const given: unknown = req.params["path"];
  return (Array.isArray(given) ? given : [given]).map(String).join("/");
}

async function openedPlay(req: Request): Promise<PlayRow> {
  const play = await findPlay(req.db, String(req.params["token"]), req.now);
  if (!play) throw notFound();
  return play;
}

/**
 * The rules for whatever comes out of a package: an origin of its own (by the sandbox, or by the second host of the settings),
 * nothing but its own files and the player's, no way to the application, to other hosts, to the window around it.
 *
 * Source: RELIABILITY (e), "File origin and package origin"; D10, D11.
 */
function sandboxed(req: Request, res: Response): void {
  const own = `${originOf(req)}/packages/${String(req.params["token"])}/`;
  const player = `${originOf(req)}/packages/player/`;
  const isApart = req.config.packagesOrigin !== undefined;
  const rules = [
    `sandbox allow-scripts allow-forms${isApart ? " allow-same-origin" : ""}`,
    `default-src ${own} ${player} data: blob: 'unsafe-inline' 'unsafe-eval'`,
    `connect-src ${own} data: blob:`,
    `frame-src ${own} data: blob:`,
    "form-action 'none'",
    "base-uri 'none'",
    "object-src 'none'",
    `frame-ancestors ${isApart ? new URL(req.config.baseUrl).origin : "'self'"}`,
  ];
  res.removeHeader("X-Frame-Options");
  res.set({
    "Content-Security-Policy": rules.join("; "),
    "Cross-Origin-Resource-Policy": "cross-origin", // a page in a sandbox is foreign to its own files
    "Access-Control-Allow-Origin": "*", // and so are its fonts and modules; the token is the key
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "private, max-age=900",
  });
}

/** The origin that the browser asked, for the rules it enforces itself; never used for anything that is kept or sent on. */
function originOf(req: Request): string {
  const host = req.get("host") ?? "";
  return /^[\w.-]+(:\d+)?$|^\[[0-9a-f:]+\](:\d+)?$/i.test(host) ? `${req.protocol}://${host}` : req.config.baseUrl;
}

async function sendPage(req: Request, res: Response, play: PlayRow, entry: EntryRow): Promise<void> {
  const found = await findPackage(req.db, play.blob_hash);
  const scripts = (found ? SCRIPTS[found.standard] : []).map((name) => `${PLAYER_BASE}/${name}`);
  const html = entry.packed_bytes === 0 ? Buffer.alloc(0) : await readAll(await openEntry(req.blobs, play.blob_hash, entry), HTML_BYTES_MAX);
  // Without a charset: the page says itself what it is written in. `send` would add one to a text, and none to bytes.
  res.set("Content-Type", "text/html").end(withScripts(html, scripts));
}

async function sendEntry(req: Request, res: Response, play: PlayRow, entry: EntryRow, type: string): Promise<void> {
  const range = rangeOf(req.headers.range, entry.size_bytes);
  if (range === "unsatisfiable") return void res.set("Content-Range", `bytes */${entry.size_bytes}`).status(416).end();
  res.set({ "Content-Type": type, "Accept-Ranges": "bytes" });
  if (range) res.status(206).set("Content-Range", `bytes ${range.start}-${range.end}/${entry.size_bytes}`);
  res.set("Content-Length", String(range ? range.end - range.start + 1 : entry.size_bytes));
  if (req.method === "HEAD" || entry.packed_bytes === 0) return void res.end();
  const content = await openEntry(req.blobs, play.blob_hash, entry, range);
  await pipeline(content, res).catch((error: unknown) => {
    if (!res.destroyed) throw error; // a browser that has seen enough closes the line
  });
}

/** The page around an H5P, which is no page by itself. */
function h5pPage(): string {
  const script = (name: string): string => `<script src="${PLAYER_BASE}/${name}"></script>`;
  return `<!doctype html><html><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>H5P</title>${script("frame.js")}</head><body data-player="${PLAYER_BASE}"><div id="h5p"></div>${script("h5p-main.js")}${script("h5p.js")}</body></html>`;
}
