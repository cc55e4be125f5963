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

  it("takes any text at all", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 300 }), (text) => {
        const html = richText(text);
        return !/<(script|img|svg|style|iframe)/i.test(html) && !/\son\w+="/i.test(html.replace(/>[^<]*</g, "><"));
      }),
    );
  });
});
