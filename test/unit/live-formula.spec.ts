import { expect } from "chai";
import fc from "fast-check";
import { formulaOf, type Formula, type Mark } from "../../server/live/formula.ts";

const set = (tex: string): Formula => formulaOf(tex, (text) => text.length / 2) ?? expect.fail(`${tex} is not set`);
const glyph = ({ marks }: Formula, text: string): Extract<Mark, { kind: "glyph" }> => {
  const found = marks.find((mark) => mark.kind === "glyph" && mark.text === text);
  return found?.kind === "glyph" ? found : expect.fail(`no ${text}`);
};

describe("a formula without HTML", () => {
  it("has powers above and smaller, indices below, and what follows to the right of them", () => {
    const formula = set("x^2_i+y");
    const [x, two, i, plus] = ["x", "2", "i", "+"].map((text) => glyph(formula, text)) as [Mark & { size: number }, Mark & { size: number }, Mark & { size: number }, Mark];
    expect([x.y, two.y < x.y, i.y > x.y]).to.deep.equal([0, true, true]);
    expect([x.size, two.size, i.size]).to.deep.equal([1, 0.7, 0.7]);
    expect(two.x).to.be.above(x.x + 0.5);
    expect(plus.x).to.be.above(two.x);
    expect(glyph(formula, "x").font).to.equal("Math-Italic");
    expect(glyph(formula, "2").font).to.equal("Main-Regular");
  });

  it("has a fraction's line as wide as its wider half, the other half in the middle", () => {
    const formula = set("\\frac{1}{2345}");
    const line = formula.marks.find((mark) => mark.kind === "rule");
    const one = glyph(formula, "1");
    const below = formula.marks.filter((mark) => mark.kind === "glyph" && mark !== one);
    if (line?.kind !== "rule") return expect.fail("no line");
    expect([one.y < line.y, below.length > 0, below.every((mark) => mark.y > line.y)]).to.deep.equal([true, true, true]);
    expect(Math.min(...below.map((mark) => mark.x))).to.be.closeTo(line.x, 0.001);
    expect(line.width).to.be.closeTo(4 * 0.5 * 0.7, 0.01);
    expect(one.x + 0.175).to.be.closeTo(line.x + line.width / 2, 0.01);
  });

  it("has a root's sign over all that stands under it, arrows over letters, and words of people in letters that have their marks", () => {
    const root = set("\\sqrt{a+b}");
    const sign = root.marks.find((mark) => mark.kind === "path");
    if (sign?.kind !== "path") return expect.fail("no sign");
    expect(sign.x + sign.width).to.be.closeTo(root.width, 0.01);
    expect(glyph(root, "b").x).to.be.within(sign.x + 0.8, sign.x + sign.width);
    for (const tex of ["\\vec{a}", "\\overrightarrow{AB}", "\\widehat{ABC}"]) expect(set(tex).marks.filter((mark) => mark.kind === "path"), tex).to.have.length(1);
    const fonts = set("\\text{Diện tích: } S").marks.flatMap((mark) => (mark.kind === "glyph" ? [mark.font] : []));
    expect([fonts[0], fonts.at(-1)]).to.deep.equal(["words", "Math-Italic"]);
  });

  it("is what a school writes, or stands as it was typed", () => {
    for (const tex of ["\\frac{-b\\pm\\sqrt{b^2-4ac}}{2a}", "\\sum_{i=1}^{n} i", "\\int_0^1 f(x)\\,dx", "\\begin{cases}x+y=3\\\\2x-y=0\\end{cases}", "x\\in\\mathbb{N}^*", "\\alpha\\le\\beta\\Rightarrow\\Delta\\ge 0", "\\left\\{\\begin{array}{l}x\\\\y\\\\z\\\\w\\end{array}\\right."]) expect(set(tex).marks.length, tex).to.be.above(3);
    for (const tex of ["\\frac{1", "\\overbrace{a}^b", "\\color{red}{x}", "\\href{https://example.org}{x}"]) expect(formulaOf(tex, () => 1), tex).to.equal(undefined);
  });

  it("never breaks, whatever was typed, and gives numbers only", () => {
    const piece = fc.constantFrom("x", "2", "+", "^", "_", "{", "}", "\\frac", "\\sqrt", "\\left(", "\\right)", "\\vec", "\\text{ă}", "&", "\\\\", " ", "\\sum", "\\begin{matrix}", "\\end{matrix}");
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 25 }), (pieces) => {
        for (const mark of formulaOf(pieces.join(" "), () => 1)?.marks ?? []) for (const value of Object.values(mark)) if (typeof value === "number") expect(Number.isFinite(value)).to.equal(true);
      }),
    );
  });
});
