import { readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { expect } from "chai";
import { ROOT } from "../../server/config.ts";
import { ICONS, fileIcon } from "../../server/shell/icons.ts";

const folder = path.join(ROOT, "public/css");
const sheets = readdirSync(folder, { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".css"))
  .map((name) => ({ name, text: readFileSync(path.join(folder, name), "utf8").replace(/\/\*[\s\S]*?\*\//g, "") }));
const all = sheets.map((sheet) => sheet.text).join("\n");

describe("the style sheets", () => {
  it("name a raw colour only in tokens.css", () => {
    const found = sheets.filter((sheet) => sheet.name !== "tokens.css").flatMap((sheet) => sheet.text.match(/#[0-9a-f]{3,8}\b(?!["')])|\b(?:rgb|hsl|oklch)a?\(/gi) ?? []);
    expect(found).to.deep.equal([]);
  });

  it("use only tokens that exist", () => {
    const known = new Set([...all.matchAll(/(--[a-z0-9-]+)\s*:/g)].map((match) => match[1]));
    const unknown = [...all.matchAll(/var\((--[a-z0-9-]+)/g)].map((match) => match[1]).filter((name) => !known.has(name));
    expect([...new Set(unknown)]).to.deep.equal([]);
  });

  it("never shout, name no ids, and stay in their layers", () => {
    expect(all).to.not.contain("!important");
    expect(all).to.not.match(/(^|[\s,>+~])#[a-z][\w-]*[^;]*\{/m);
    for (const { name, text } of sheets) expect(text, name).to.match(/@layer [a-z]+ \{/);
  });

  it("write sides so that they follow the direction of writing", () => {
    expect(all.match(/\b(?:margin|padding|border)-(?:left|right|top|bottom)\b|\btext-align: (?:left|right)\b/g) ?? []).to.deep.equal([]);
  });

  it("are small: fonts, styles, icons and shared scripts of a first visit", () => {
    const size = (file: string): number => statSync(path.join(ROOT, "public", file)).size;
    const zipped = (file: string): number => gzipSync(readFileSync(path.join(ROOT, "public", file))).length;
    const fonts = readdirSync(path.join(ROOT, "public/fonts")).filter((name) => name.endsWith(".woff2")).reduce((sum, name) => sum + size(`fonts/${name}`), 0);
    const shell = sheets.filter((sheet) => !sheet.name.startsWith("pages/")).map((sheet) => sheet.text).join("\n");
    expect(fonts).to.be.below(35_000);
    expect(gzipSync(shell).length).to.be.below(14_000);
    expect(zipped("img/icons.svg")).to.be.below(8_000);
  });
});

describe("the icons", () => {
  it("are in the sprite, each that the product names", () => {
    const sprite = readFileSync(path.join(ROOT, "public/img/icons.svg"), "utf8");
    expect([...sprite.matchAll(/<symbol id="([^"]+)"/g)].map((match) => match[1])).to.deep.equal([...ICONS]);
  });

  it("are known wherever a template names one", () => {
    const views = path.join(ROOT, "views");
    const named = readdirSync(views, { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".ejs"))
      .flatMap((name) => [...readFileSync(path.join(views, name), "utf8").matchAll(/"partials\/icon", \{ name: "([^"]*)"/g)].map((match) => match[1] ?? ""));
    expect(named.filter((name) => !ICONS.some((icon) => icon === name))).to.deep.equal([]);
  });

  it("tell kinds of files apart", () => {
    expect(fileIcon("video/mp4")).to.equal("file-video");
    expect(fileIcon("application/vnd.openxmlformats-officedocument.presentationml.presentation")).to.equal("presentation");
    expect(fileIcon("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")).to.equal("file-spreadsheet");
    expect(fileIcon("application/vnd.openxmlformats-officedocument.wordprocessingml.document")).to.equal("file-text");
    expect(fileIcon("application/octet-stream")).to.equal("file");
  });
});
