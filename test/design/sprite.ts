/** Writes public/img/icons.svg from the icons of lucide-static that the product uses: `npx tsx test/design/sprite.ts`. */
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { ICONS } from "../../server/shell/icons.ts";

const folder = path.dirname(createRequire(import.meta.url).resolve("lucide-static/package.json"));

const symbols = ICONS.map((name) => {
  const svg = readFileSync(path.join(folder, "icons", `${name}.svg`), "utf8");
  const inner = /<svg[^>]*>([\s\S]*)<\/svg>/.exec(svg)?.[1] ?? "";
  return `<symbol id="${name}" viewBox="0 0 24 24">${inner.replace(/\s*\n\s*/g, "").replace(/ \/>/g, "/>")}</symbol>`;
});

writeFileSync(
  path.join(import.meta.dirname, "../../public/img/icons.svg"),
  `<svg xmlns="http://www.w3.org/2000/svg"><!-- lucide, ISC licence -->\n${symbols.join("\n")}\n</svg>\n`,
);
