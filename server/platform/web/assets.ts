import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import express, { type Router } from "express";

/** CSS layers in their order; the files of a layer follow by name. */
const CSS_LAYERS = ["reset", "tokens", "base", "layout", "components", "pages", "utilities", "print"];

/**
 * Files of browser libraries, by their address below /assets/<build>/vendor/. Loaded from the installed packages, so
 * that no copy of them lies in the repository and no request leaves for another host.
 */
const VENDOR: Record<string, string> = {
  "pdf.mjs": "pdfjs-dist/legacy/build/pdf.min.mjs",
  "pdf.worker.mjs": "pdfjs-dist/legacy/build/pdf.worker.min.mjs",
  "openjpeg_nowasm_fallback.js": "pdfjs-dist/wasm/openjpeg_nowasm_fallback.js",
  "hls.mjs": "hls.js/dist/hls.light.min.mjs",
  "tus.js": "tus-js-client/dist/tus.min.js",
  "freehand.mjs": "perfect-freehand/dist/esm/index.mjs",
  "socket.io.mjs": "socket.io/client-dist/socket.io.esm.min.js",
};

export interface Assets {
  readonly router: Router;
  /** `css/app.css` → `/assets/3f2a…/css/app.css`, cacheable for ever. */
  readonly url: (file: string) => string;
}

/** Serves public/ under a prefix that changes with its content, and all CSS as one file in layer order. */
export function makeAssets(publicDir: string): Assets {
  const css = joinCss(path.join(publicDir, "css"));
  const build = digest(publicDir, css);
  const prefix = `/assets/${build}`;
  const router = express.Router();
  const forEver = { immutable: true, maxAge: "365d" } as const;
  router.get(`${prefix}/css/app.css`, (_req, res) => {
    res.set("Cache-Control", "public, max-age=31536000, immutable").type("css").send(css);
  });
  for (const [name, module] of Object.entries(VENDOR)) {
    router.get(`${prefix}/vendor/${name}`, (_req, res) => {
      res.type("text/javascript").sendFile(fileOf(module), { ...forEver, dotfiles: "allow" });
    });
  }
  router.use(prefix, express.static(publicDir, { ...forEver, index: false, dotfiles: "ignore" }));
  return { router, url: (file) => `${prefix}/${file}` };
}

const require = createRequire(import.meta.url);

/** Where a package's file lies, also one that the package does not export. */
function fileOf(module: string): string {
  const [name = "", ...rest] = module.split("/");
  const entry = require.resolve(name);
  const folder = path.join("node_modules", name);
  return path.join(entry.slice(0, entry.lastIndexOf(folder) + folder.length), ...rest);
}

function joinCss(dir: string): string {
  const files = readdirSync(dir, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".css")).sort();
  const rank = (name: string): number => {
    const layer = CSS_LAYERS.findIndex((wanted) => name === `${wanted}.css` || name.startsWith(`${wanted}${path.sep}`));
    return layer === -1 ? CSS_LAYERS.length : layer;
  };
  const ordered = files.sort((a, b) => rank(a) - rank(b));
  const text = ordered.map((name) => readFileSync(path.join(dir, name), "utf8")).join("\n");
  return text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/\n\s+/g, "\n").replace(/\n{2,}/g, "\n");
}

function digest(dir: string, css: string): string {
  const hash = createHash("sha256").update(css);
  for (const name of readdirSync(dir, { recursive: true, encoding: "utf8" }).sort()) {
    if (/\.(js|mjs|svg|woff2|png)$/.test(name)) hash.update(name).update(readFileSync(path.join(dir, name)));
  }
  return hash.digest("hex").slice(0, 12);
}
