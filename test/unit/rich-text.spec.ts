import { expect } from "chai";
import fc from "fast-check";
import { richText } from "../../server/platform/rich-text.ts";

describe("a lesson's text", () => {
  it("has headings, lists, tables and emphasis", () => {
    const html = richText("# Mục tiêu\n\n- Nêu **khái niệm**\n- Lấy *ví dụ*\n\n| a | b |\n|---|---|\n| 1 | 2 |");
    expect(html).to.include("<h3>Mục tiêu</h3>").and.include("<strong>khái niệm</strong>").and.include("<td>1</td>");
    expect(html).not.to.include("<h1");
  });

  it("has formulas as MathML, without any style", () => {
    const html = richText("Với $a^2+b^2=c^2$ và\n\n$$\\frac{1}{2}$$");
    expect(html).to.include("<math").and.include("<msup>").and.include("<mfrac>");
    expect(html).not.to.include("style=");
  });

  it("leaves prices and single dollar signs alone", () => {
    expect(richText("Giá 5$ và 10$ một vé")).not.to.include("<math");
    expect(richText("Một $ thôi")).to.include("Một $ thôi");
  });

  it("shows a wrong formula as it was typed", () => {
    expect(richText("$\\frac{1}$")).to.include("<code>\\frac{1}</code>");
  });

  const HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[nhấn](javascript:alert(1))",
    "[nhấn](data:text/html;base64,PHNjcmlwdD4=)",
    "[nhấn](vbscript:x)",
    "$\\href{javascript:alert(1)}{x}$",
    "$\\url{javascript:alert(1)}$",
    "$\\includegraphics{http://evil.example/x.png}$",
    '$\\htmlStyle{position:fixed}{x}$',
    "![theo dõi](http://evil.example/pixel.png)",
    '<a href="//evil.example">x</a>',
    "<svg onload=alert(1)>",
    "<math><mtext><style><img src=x onerror=alert(1)></style></mtext></math>",
    "[x](//evil.example)",
  ];
  for (const text of HOSTILE) {
    it(`makes nothing of ${text.slice(0, 50)}`, () => {
      const html = richText(text);
      expect(html).not.to.match(/<(script|img|svg|style|iframe|object)/i);
      expect(html).not.to.match(/<[^>]*\s(on\w+|style)=/i);
      expect(html).not.to.match(/(href|src)="(javascript|data|vbscript|\/\/)/i);
    });
  }

  describe("with pictures and materials", () => {
    const id = "01abcdefghjkmnpqrstvwxyz01";
    const src = `/courses/${id}/lessons/${id}/images/${id}`;
    const around = { images: new Map([[id, { src, width: 640, height: 480 }]]), materials: new Map([[id, { href: `/materials/${id}`, title: "Phiếu", detail: "12 KB" }]]) };

    it("shows a picture of the lesson with its words and its size", () => {
      expect(richText(`![Hình "tam giác"](image:${id})`, around)).to.include(`<img src="${src}" alt="Hình &quot;tam giác&quot;" width="640" height="480" loading="lazy"`);
    });

    it("leaves of a picture that is not here its words", () => {
      expect(richText(`![Hình](image:${id})`)).to.include("Hình").and.not.include("<img");
    });

    it("links a material, and leaves its name where the reader may not see it", () => {
      expect(richText(`Xem [Phiếu 1](material:${id}).`, around)).to.include(`href="/materials/${id}"`).and.include("material-link").and.include("12 KB");
      const hidden = richText(`Xem [Phiếu 1](material:${id}) nhé.`);
      expect(hidden).to.include("Xem Phiếu 1 nhé").and.not.include("<a");
    });

    it("takes no picture from elsewhere, whatever the map says", () => {
      for (const bad of ["http://evil.example/x.png", "javascript:alert(1)", "/sign-out", `${src}"onerror="alert(1)`, "data:image/svg+xml,<svg onload=alert(1)>"]) {
        const html = richText(`![x](image:${id})`, { images: new Map([[id, { src: bad, width: 1, height: 1 }]]) });
        expect(html).not.to.match(/<img|onerror="/);
      }
    });

    it("escapes what stands in words and titles", () => {
      const html = richText(`![<script>alert(1)</script>" onerror="x](image:${id})`, around);
      expect(html).not.to.match(/<script|<[^>]*\sonerror="/i);
    });

    it("has boxes of known kinds only", () => {
      expect(richText("> [!remember] Hai góc đối đỉnh bằng nhau")).to.include('class="callout callout--good"').and.not.include("[!");
      expect(richText("> [!evil] x")).to.include("[!evil]").and.not.include("callout");
    });
  });

  it("takes any text at all", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 300 }), (text) => {
        const html = richText(text);
        return !/<(script|img|svg|style|iframe)/i.test(html) && !/\son\w+="/i.test(html.replace(/>[^<]*</g, "><"));
      }),
    );
  });
});
