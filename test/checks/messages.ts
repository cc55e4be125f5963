/**
 * `npm run messages` prints every word of the product in two columns, for a teacher to correct;
 * `npm run messages -- --check` fails on an empty entry, a missing key, functions that take different parameters, or
 * Vietnamese letters in code outside the catalogues.
 */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { ROOT } from "../../server/config.ts";
import { words } from "../../server/words.ts";

const problems: string[] = [];
const lines: string[] = [];
compare("", words.vi, words.en);
if (process.argv.includes("--check")) {
  codeWithVietnamese();
  problems.forEach((problem) => process.stderr.write(`${problem}\n`));
  process.stdout.write(`messages: ${lines.length} entries, ${problems.length} problems\n`);
  process.exit(problems.length === 0 ? 0 : 1);
}
process.stdout.write(`${lines.join("\n")}\n`);

function compare(key: string, vi: unknown, en: unknown): void {
  if (typeof vi === "object" && vi !== null && typeof en === "object" && en !== null) {
    const left = new Map(Object.entries(vi));
    const right = new Map(Object.entries(en));
    for (const name of new Set([...left.keys(), ...right.keys()])) {
      if (!left.has(name) || !right.has(name)) problems.push(`${key}.${name}: only in one language`);
      else compare(key === "" ? name : `${key}.${name}`, left.get(name), right.get(name));
    }
    return;
  }
  lines.push(`${key}\t${shown(vi)}\t${shown(en)}`);
  if (typeof vi !== typeof en) problems.push(`${key}: different kinds`);
  else if (typeof vi === "function" && typeof en === "function" && vi.length !== en.length) problems.push(`${key}: different parameters`);
  else if (vi === "" || en === "") problems.push(`${key}: empty`);
}

function shown(entry: unknown): string {
  return typeof entry === "function" ? entry.toString().replace(/\s+/g, " ") : String(entry);
}

/** Words for people stand in catalogues, data and demonstration, never in code. Comments may quote the law. */
function codeWithVietnamese(): void {
  const letters = /[ăâđêôơưáàảãạấầẩẫậắằẳẵặéèẻẽẹếềểễệíìỉĩịóòỏõọốồổỗộớờởỡợúùủũụứừửữựýỳỷỹỵ]/i;
  // Readers of Vietnamese files and names must know its words; the formats know its days and numbers.
  const allowed = /messages\.ts$|^server\/demo\/|\/data\/|\/import\/|rules\.ts$|library\/rules\/|platform\/(text|i18n)\.ts$|shell\/nav\.ts$|^server\/(main|config|start)\.(ts|mjs)$/;
  for (const folder of ["server", "public/js"]) {
    for (const name of readdirSync(path.join(ROOT, folder), { recursive: true, encoding: "utf8" })) {
      const file = `${folder}/${name.split(path.sep).join("/")}`;
      if (!/\.(ts|js|mjs)$/.test(name) || allowed.test(file)) continue;
      const code = readFileSync(path.join(ROOT, file), "utf8").replace(/\/\*[\s\S]*?\*\//g, (c) => c.replace(/[^\n]/g, "")).replace(/(^|\s)\/\/.*$/gm, "");
      code.split("\n").forEach((line, i) => {
        if (letters.test(line)) problems.push(`${file}:${i + 1} Vietnamese words in code: ${line.trim().slice(0, 80)}`);
      });
    }
  }
}
