import { expect } from "chai";
import fc from "fast-check";
import { answersOf, dueOn, isOverdue, missingOf } from "../../server/materials/rules/review.ts";
import { compareTexts, diff, paragraphsOf } from "../../server/materials/rules/compare.ts";

const words = fc.array(fc.constantFrom("bài", "học", "số", "tập", "hợp"), { maxLength: 12 });

describe("two versions of a text compared", () => {
  it("leads from the one to the other: without what was added it is the old, without what was removed the new", () => {
    fc.assert(
      fc.property(words, words, (before, after) => {
        const parts = diff(before, after);
        expect(parts.filter((part) => part.kind !== "added").map((part) => part.text)).to.deep.equal(before);
        expect(parts.filter((part) => part.kind !== "removed").map((part) => part.text)).to.deep.equal(after);
      }),
    );
  });

  it("keeps as much as the two have in common, and everything of what is equal", () => {
    fc.assert(
      fc.property(words, (text) => {
        expect(diff(text, text).every((part) => part.kind === "same")).to.equal(true);
      }),
    );
    expect(diff(["a", "b", "c", "d"], ["a", "c", "d", "e"]).map((part) => `${part.kind[0] ?? ""}${part.text}`)).to.deep.equal(["sa", "rb", "sc", "sd", "ae"]);
  });

  it("shows a paragraph that was changed by its words", () => {
    const blocks = compareTexts("Tập hợp\nSố phần tử là 3\nHết", "Tập hợp\nSố phần tử là 4\nHết");
    expect(blocks).to.deep.equal([
      { kind: "same", text: "Tập hợp" },
      { kind: "changed", parts: [{ kind: "same", text: "Số phần tử là" }, { kind: "removed", text: "3" }, { kind: "added", text: "4" }] },
      { kind: "same", text: "Hết" },
    ]);
  });

  it("does not take other spaces, empty lines or another form of the same letters for a change", () => {
    expect(paragraphsOf("  Phân   số \n\n\n bằng nhau ".normalize("NFD"))).to.deep.equal(["Phân số", "bằng nhau"]);
    expect(compareTexts("Phân số\n\nbằng nhau", "Phân  số\nbằng nhau".normalize("NFD")).every((block) => block.kind === "same")).to.equal(true);
  });

  it("answers for long texts too, if roughly", () => {
    const before = Array.from({ length: 3000 }, (_, i) => `dòng ${i}`);
    const after = before.map((line) => `${line} mới`);
    expect(diff(before, after)).to.have.length(6000);
  });
});

describe("the checklist and the deadline of a step", () => {
  const items = fc.array(fc.record({ text: fc.string(), required: fc.boolean() }), { maxLength: 12 });

  it("lacks exactly the required questions that are not ticked", () => {
    fc.assert(
      fc.property(items, fc.array(fc.nat(14).map(String)), (list, ticked) => {
        const answers = answersOf(list, ticked);
        expect(answers.map(({ text, required }) => ({ text, required }))).to.deep.equal(list);
        expect(missingOf(answers)).to.have.length(list.filter((item, i) => item.required && !ticked.includes(String(i))).length);
      }),
    );
  });

  it("is over when its last day has passed, and never where the school sets none or nothing waits", () => {
    const days = { pass_days: 3, approve_days: null };
    expect(dueOn("submitted", "2026-11-24", days)).to.equal("2026-11-27");
    expect(dueOn("passed", "2026-11-24", days)).to.equal(undefined);
    expect(dueOn("approved", "2026-11-24", days)).to.equal(undefined);
    expect([isOverdue("2026-11-27", "2026-11-27"), isOverdue("2026-11-27", "2026-11-28"), isOverdue(undefined, "2026-11-28")]).to.deep.equal([false, true, false]);
  });
});
