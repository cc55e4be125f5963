import { expect } from "chai";
import fc from "fast-check";
import { slidesOf, withoutNotes } from "../../server/study/rules/slides.ts";

describe("slides from headings", () => {
  it("begin at every # and ##, and keep deeper headings inside", () => {
    expect(slidesOf("Mở đầu\n\n# Một\n- a\n### b\n\n## Hai ##\nc")).to.deep.equal([
      { title: "", body: "Mở đầu", notes: "" },
      { title: "Một", body: "- a\n### b", notes: "" },
      { title: "Hai", body: "c", notes: "" },
    ]);
  });

  it("begin at a line of dashes on its own, not under a line of words", () => {
    expect(slidesOf("# Một\na\n\n---\nb").map((slide) => slide.body)).to.deep.equal(["a", "b"]);
    expect(slidesOf("# Một\na\n---\nb").map((slide) => slide.body)).to.deep.equal(["a\n---\nb"]);
  });

  it("have notes after ???, which pupils do not read", () => {
    const text = "# Một\nThấy\n???\nNói thêm\n# Hai\nThấy nữa";
    expect(slidesOf(text)).to.deep.equal([{ title: "Một", body: "Thấy", notes: "Nói thêm" }, { title: "Hai", body: "Thấy nữa", notes: "" }]);
    expect(withoutNotes(text)).to.equal("# Một\nThấy\n# Hai\nThấy nữa");
  });

  it("leave code in fences alone", () => {
    expect(slidesOf("# Một\n```\n# không phải\n???\n```\nsau")).to.deep.equal([{ title: "Một", body: "```\n# không phải\n???\n```\nsau", notes: "" }]);
  });

  it("lose no word of any text without marks, and never show notes", () => {
    const line = fc.constantFrom("chữ", "- gạch", "", "# Đề", "## Mục", "???", "bí mật", "---", "```");
    fc.assert(
      fc.property(fc.array(line, { maxLength: 30 }), (lines) => {
        const text = lines.join("\n");
        const slides = slidesOf(text);
        const words = (parts: string[]): number => parts.join("\n").split("chữ").length - 1;
        return words(slides.flatMap((slide) => [slide.body, slide.notes])) === words(lines) && withoutNotes(text).length <= text.length;
      }),
    );
  });
});
