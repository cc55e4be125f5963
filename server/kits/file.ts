import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import { buffer } from "node:stream/consumers";
import type { Lang } from "../platform/i18n.ts";
import type { BlobStore } from "../platform/storage.ts";
import { escapeXml as escaped } from "../platform/text.ts";
import type { AskedView, StretchView } from "./pages.ts";
import type { KitFileRow } from "./store.ts";

/** The page's own script, which also goes into the file; without it every page has its own player all the same. */
const SCRIPT = readFileSync(path.join(import.meta.dirname, "../../public/js/kit-player.js"), "utf8");
const CSP = `default-src 'none'; img-src data:; media-src data:; style-src 'unsafe-inline'; script-src 'sha256-${createHash("sha256").update(SCRIPT).digest("base64")}'`;
const STYLE = `:root{color-scheme:light dark}body{margin:0;font:1.0625rem/1.6 "Be Vietnam Pro",system-ui,"Segoe UI",Roboto,sans-serif;background:#fff;color:#1c2b2e;overflow-wrap:break-word}main{max-width:46rem;margin:0 auto;padding:1.25rem 1rem 3rem}h1{font-size:1.5rem;line-height:1.25;margin:0}h2{font-size:1.15rem;margin:2.25rem 0 .5rem}header p,.span{color:#52656a;margin:.25rem 0;font-size:.92rem}a{color:#0b6374}nav{display:flex;flex-wrap:wrap;gap:.5rem;margin:1rem 0}nav a{border:1px solid #c4d0d3;border-radius:.4rem;padding:.55rem .8rem;min-height:1.5rem;text-decoration:none}svg{display:block;width:100%;height:auto;border:1px solid #c4d0d3;border-radius:.4rem;background:#fff}audio{display:block;width:100%;margin:.6rem 0}.asked{border-left:4px solid #0b6374;padding:.1rem .9rem;margin:.8rem 0}summary{cursor:pointer;padding:.5rem 0}.notes{white-space:pre-line}@media(prefers-color-scheme:dark){body{background:#10191b;color:#e3ecee}header p,.span{color:#9fb3b8}a{color:#6fc7d9}}`;

export interface KitFile {
  blobs: BlobStore;
  files: readonly KitFileRow[];
  stretches: readonly StretchView[];
  notes: string;
  title: string;
  by: string;
  /** Where the exit ticket is handed in. */
  href: string;
  lang: Lang;
  t: Words;
}

/**
 * The kit as one HTML file with pages and sound inside it: a browser opens it from the phone's own files, without network,
 * today and later. It can load nothing and run nothing but its own player.
 */
export async function* kitFile({ blobs, files, stretches, notes, title, by, href, lang, t }: KitFile): AsyncGenerator<string> {
  const words = t.kits;
  const content = async (kind: KitFileRow["kind"], number: number | undefined): Promise<Buffer | undefined> => {
    const file = files.find((one) => one.kind === kind && one.number === number);
    return file && buffer(await blobs.open(file.blob_hash));
  };
  yield `<!DOCTYPE html>\n<html lang="${lang}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta http-equiv="Content-Security-Policy" content="${CSP}"><title>${escaped(`${words.title}: ${title}`)}</title><style>${STYLE}</style></head>\n<body><main><header><h1>${escaped(title)}</h1><p>${escaped(`${words.title} · ${by}`)}</p><p>${escaped(words.file.how)}</p></header>\n`;
  yield `<nav aria-label="${escaped(words.jump)}">${stretches.map((one) => `<a href="#${one.id}">${escaped(one.title)}</a>`).join("")}</nav>\n`;
  for (const one of stretches) {
    yield `<section id="${one.id}"><h2>${escaped(one.title)}</h2>${one.span === undefined ? "" : `<p class="span">${escaped(one.span)}</p>`}\n`;
    const page = await content("page", one.page);
    if (page) yield page.toString("utf8").replace("<svg ", `<svg role="img" aria-label="${escaped(one.alt)}" `);
    const sound = await content("sound", one.sound);
    if (sound) yield `<audio controls preload="none" aria-label="${escaped(one.soundLabel)}" src="data:audio/webm;base64,${sound.toString("base64")}"></audio>`;
    yield `${one.asked.map((asked) => askedHtml(asked, words.answer)).join("")}</section>\n`;
  }
  if (notes.trim() !== "") yield `<section><h2>${escaped(words.notes)}</h2><p class="notes">${escaped(notes)}</p></section>\n`;
  yield `<section><h2>${escaped(words.finish.title)}</h2><p>${escaped(words.file.finish)} <a href="${escaped(href)}">${escaped(href)}</a></p></section></main><script>${SCRIPT}</script></body></html>\n`;
}

function askedHtml({ who, prompt, options, answer }: AskedView, see: string): string {
  const list = options.length > 0 ? `<ul>${options.map((option) => `<li>${escaped(option)}</li>`).join("")}</ul>` : "";
  const said = answer === undefined ? "" : `<details><summary>${escaped(see)}</summary><p>${escaped(answer)}</p></details>`;
  return `<div class="asked"><p>${who === undefined ? "" : `${escaped(who)}: `}${escaped(prompt)}</p>${list}${said}</div>`;
}
