import { expect } from "chai";
import fc from "fast-check";
import { isPageDocument, pageDocument, pageWords, type PageDocument } from "../../server/platform/page-document.ts";
import { richParts, richText } from "../../server/platform/rich-text.ts";

const ID = "01abcdefghjkmnpqrstvwxyz01";
const IMAGE = `/courses/${ID}/lessons/${ID}/images/${ID}`;
const around = {
  images: new Map([[ID, { src: IMAGE, width: 640, height: 480 }]]),
  materials: new Map([[ID, { href: `/materials/${ID}`, title: "Phiếu", detail: "12 KB" }]]),
};
const pageOf = (source: string, more: Partial<PageDocument> = {}): string =>
  pageDocument({ lang: "vi", title: "Bài 1. Tập hợp", byline: "Toán 6 · Trường A", body: richText(source, around), images: new Map([[IMAGE, "UklGRg=="]]), baseUrl: "https://hoclieu.example", ...more });

describe("a written page as a file", () => {
  it("holds its pictures and formulas, and reaches back by whole addresses", () => {
    const html = pageOf(`# Một\n\n![Hình](image:${ID})\n\n$x^2$\n\nXem [Phiếu](material:${ID}).`);
    expect(html).to.include('src="data:image/webp;base64,UklGRg=="').and.include("<math").and.include("<h2>Một</h2>");
    expect(html).to.include(`href="https://hoclieu.example/materials/${ID}"`).and.not.match(/<script|"\/(courses|materials)\//);
    expect(isPageDocument(html)).to.equal(true);
  });

  it("is known again whatever was written, with whatever title", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 300 }), fc.string({ maxLength: 40 }), (source, title) => isPageDocument(pageOf(source, { title }))),
      { numRuns: 150 },
    );
  });

  for (const [what, touched] of [
    ["a script", (html: string) => html.replace("</main>", "<script>alert(1)</script></main>")],
    ["a handler", (html: string) => html.replace("<h2>", '<h2 onclick="alert(1)">')],
    ["a picture from elsewhere", (html: string) => html.replace("</main>", '<img src="https://evil.example/x.png" /></main>')],
    ["another style", (html: string) => html.replace("<style>", "<style>@import url(https://evil.example/x.css);")],
    ["something after its end", (html: string) => `${html}<script>1</script>`],
    ["a frame in its title", (html: string) => html.replaceAll("Bài 1. Tập hợp", "<iframe></iframe>")],
    ["a link that runs", (html: string) => html.replace("<h2>", '<a href="javascript:alert(1)">x</a><h2>')],
  ] as const) {
    it(`is no such page any more with ${what}`, () => {
      const html = pageOf("# Một");
      expect(touched(html)).to.not.equal(html);
      expect(isPageDocument(touched(html))).to.equal(false);
    });
  }

  it("is searched by its words, formulas as they were typed", () => {
    expect(pageWords(pageOf("# Luỹ thừa\n\nVới $a^2 < b$ & **số** tự nhiên\n\n- một\n- hai"))).to.equal("Bài 1. Tập hợp\nLuỹ thừa\n\nVới  a^2 < b  & số tự nhiên\n\n\nmột\n\nhai");
  });
});

describe("a text with materials in it", () => {
  const kinds = (source: string): string[] => richParts(source, around).map((part) => ("material" in part ? "material" : "text"));

  it("is cut where a material stands on a line of its own", () => {
    expect(kinds(`Trước\n\n[Phiếu](material:${ID})\n\nSau`)).to.deep.equal(["text", "material", "text"]);
    expect(kinds(`[Phiếu](material:${ID})`)).to.deep.equal(["material"]);
  });

  it("leaves a link within a sentence, a list or a quotation, and what the reader may not see", () => {
    expect(kinds(`Xem [Phiếu](material:${ID}) nhé`)).to.deep.equal(["text"]);
    expect(kinds(`- [Phiếu](material:${ID})`)).to.deep.equal(["text"]);
    expect(kinds(`> [Phiếu](material:${ID})`)).to.deep.equal(["text"]);
    expect(kinds(`[Phiếu](material:${ID.replace("01a", "02a")})`)).to.deep.equal(["text"]);
    expect(kinds(`[a](material:${ID}) [b](material:${ID})`)).to.deep.equal(["text"]);
  });

  it("says the same in pieces as in one", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom("Đoạn văn", `[Phiếu](material:${ID})`, "- một\n- hai", "# Mục", "> [!remember] nhớ", "$$x$$", "| a |\n|---|\n| b |"), { maxLength: 8 }), (blocks) => {
        const source = blocks.join("\n\n");
        return richParts(source, around).map((part) => part.html).join("") === richText(source, around);
      }),
      { numRuns: 100 },
    );
  });
});
