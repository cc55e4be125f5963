import { readdirSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { ROOT } from "../../server/config.ts";
import { LANGS, formats } from "../../server/platform/i18n.ts";
import { makeRenderer } from "../../server/platform/web/render.ts";
import { shell } from "../../server/shell/messages.ts";
import { SAMPLES } from "../design/samples.ts";

/** Parts of other components, shown by them. */
const PARTS = ["action", "badge", "breadcrumbs", "field-notes", "flash", "icon", "row", "table-row", "top-menu", "week-cell"];

const renderer = makeRenderer(path.join(ROOT, "views"));

describe("the components", () => {
  it("all have a sample on the style page", () => {
    const files = readdirSync(path.join(ROOT, "views/partials")).filter((name) => name.endsWith(".ejs")).map((name) => name.slice(0, -4));
    const shown = new Set<string>(SAMPLES.map((sample) => sample.name.slice("partials/".length)));
    expect(files.filter((name) => !shown.has(name) && !PARTS.includes(name))).to.deep.equal([]);
  });

  for (const lang of LANGS) {
    it(`print every datum in ${lang}, and neither style attributes nor handlers`, () => {
      const common = { t: { shell: shell[lang] } as Words, f: formats[lang], lang, asset: (file: string) => `/assets/0/${file}` };
      for (const sample of SAMPLES) {
        const html = renderer.render(sample.name, sample.page, common);
        expect(html, sample.name).to.not.match(/undefined|\[object|NaN|=> |<script|\sstyle=|\son[a-z]+=/);
      }
    });
  }

  it("write what people typed as text", () => {
    const common = { t: { shell: shell.vi } as Words, f: formats.vi, lang: "vi" as const, asset: (file: string) => file };
    const html = renderer.render("partials/field", { name: "title", label: "Tên", kind: "text", value: `"><img src=x onerror=alert(1)>` }, common);
    expect(html).to.contain("&lt;img").and.not.contain("<img");
  });

  it("tie a field to its hint and its error", () => {
    const common = { t: { shell: shell.vi } as Words, f: formats.vi, lang: "vi" as const, asset: (file: string) => file };
    const html = renderer.render("partials/field", { name: "minutes", label: "Số phút", kind: "number", value: "abc", hint: "Gợi ý", error: "Cần một số." }, common);
    expect(html).to.contain(`for="minutes"`).and.contain(`aria-describedby="minutes-hint minutes-error"`).and.contain(`aria-invalid="true"`);
    expect(html).to.contain(`value="abc"`).and.contain(`type="text"`);
  });
});
