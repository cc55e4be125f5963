import { expect } from "chai";
import fc from "fast-check";
import { describe, it } from "mocha";
import { understandFigures } from "../../server/indicators/import/read.ts";
import { addUp, AREAS, figureProblem, holding, schoolAnswer, thresholdOf, togetherAnswer, wholeNumber, yesOrNo, type Line, type Target } from "../../server/indicators/rules.ts";

const schools = (thresholds: Target["thresholds"]): Target => ({ measure: "schools", direction: "at_least", thresholds });
const ratio = (thresholds: Target["thresholds"], direction: Target["direction"] = "at_least"): Target => ({ measure: "ratio", direction, thresholds });
const yes = (area = "town"): Line => ({ area, figure: { part: 1, whole: 1 } });
const no = (area = "town"): Line => ({ area, figure: { part: 0, whole: 1 } });
const silent = (area = "town"): Line => ({ area, figure: undefined });
const part = (n: number, whole: number, area = "town"): Line => ({ area, figure: { part: n, whole } });

const anyLine = fc.record({
  area: fc.constantFrom(...AREAS, null),
  figure: fc.option(fc.tuple(fc.nat(500), fc.nat(500)).map(([a, b]) => ({ part: Math.min(a, b), whole: Math.max(a, b) })), { nil: undefined }),
});
const anyTarget = fc.record({
  measure: fc.constantFrom("schools", "ratio", "count"),
  direction: fc.constantFrom("at_least", "above", "at_most"),
  thresholds: fc.record({ all: fc.nat(10_000), town: fc.option(fc.nat(10_000), { nil: undefined }) }).map(({ all, town }) => (town === undefined ? { all } : { all, town })),
}) as fc.Arbitrary<Target>;

describe("a target of the plan (plan 1027/KH-SGDĐT, I.1–I.4)", () => {
  it("for institutions counts those that do it among all, and a school that said nothing is not taken for a no", () => {
    const lines = [yes(), yes(), no(), silent()];
    expect(addUp(schools({ all: 5000 }), lines)).to.deep.equal({ schools: 4, met: 2, without: 1, part: 2, whole: 4 });
    expect(schoolAnswer(schools({ all: 5000 }), silent())).to.equal("no_value");
    expect(togetherAnswer(schools({ all: 5000 }), lines), "half of them is enough for 50 %").to.equal("met");
    expect(togetherAnswer(schools({ all: 5001 }), lines)).to.equal("not_met");
    expect(togetherAnswer(schools({ all: 5000 }), [silent(), silent()])).to.equal("no_value");
  });

  it("of people adds parts and wholes, never percentages: 95 of 100 and 5 of 900 are 10 %, not 47.8 %", () => {
    const lines = [part(95, 100), part(5, 900)];
    expect(addUp(ratio({ all: 1000 }), lines)).to.include({ part: 100, whole: 1000, met: 1 });
    expect(togetherAnswer(ratio({ all: 1000 }), lines)).to.equal("met");
    expect(togetherAnswer(ratio({ all: 1001 }), lines)).to.equal("not_met");
  });

  it("is strict where it says above, and exact where it says at least or at most", () => {
    const line = part(2, 100);
    expect(schoolAnswer(ratio({ all: 200 }, "above"), line)).to.equal("not_met");
    expect(schoolAnswer(ratio({ all: 200 }, "at_least"), line)).to.equal("met");
    expect(schoolAnswer(ratio({ all: 200 }, "at_most"), line)).to.equal("met");
    expect(schoolAnswer(ratio({ all: 199 }, "at_most"), line)).to.equal("not_met");
  });

  it("holds each area to its own threshold, and the others to that of all", () => {
    const target = schools({ all: 10_000, mountain: 5000 });
    expect(thresholdOf(target.thresholds, "mountain")).to.equal(5000);
    expect(thresholdOf(target.thresholds, "rural")).to.equal(10_000);
    expect(togetherAnswer(target, [yes(), yes("mountain"), no("mountain")])).to.equal("met");
    expect(togetherAnswer(target, [no(), yes("mountain"), yes("mountain")]), "a good area does not carry another").to.equal("not_met");
  });

  it("without a threshold is followed, and nothing is said of met or not", () => {
    expect(togetherAnswer(schools({}), [yes(), no()])).to.equal("no_value");
    expect(schoolAnswer(ratio({}), part(1, 2))).to.equal("no_value");
  });

  it("takes the answer of a figure that has its own target, whatever its share", () => {
    expect(schoolAnswer(schools({ all: 10_000 }), { area: "town", figure: { part: 22, whole: 1050, reached: true } })).to.equal("met");
    expect(schoolAnswer(schools({ all: 10_000 }), { area: "town", figure: { part: 21, whole: 1050, reached: false } })).to.equal("not_met");
  });

  it("adds up the same in any order and in any parts", () => {
    fc.assert(
      fc.property(anyTarget, fc.array(anyLine, { maxLength: 12 }), fc.nat(12), (target, lines, cut) => {
        const [left, right] = [addUp(target, lines.slice(0, cut)), addUp(target, lines.slice(cut))];
        const whole = addUp(target, lines);
        expect(left.schools + right.schools).to.equal(whole.schools);
        expect(left.met + right.met).to.equal(whole.met);
        expect(left.part + right.part).to.equal(whole.part);
        expect(addUp(target, [...lines].reverse())).to.deep.equal(whole);
        expect(togetherAnswer(target, [...lines].reverse())).to.equal(togetherAnswer(target, lines));
        expect(whole.met + whole.without).to.be.at.most(whole.schools);
      }),
    );
  });

  it("is never lost by a school that begins to do what is asked", () => {
    fc.assert(
      fc.property(fc.nat(10_000), fc.array(fc.constantFrom(yes(), no()), { minLength: 1, maxLength: 20 }), (threshold, lines) => {
        const before = togetherAnswer(schools({ all: threshold }), lines);
        const better = lines.map((line, i) => (i === 0 ? yes() : line));
        if (before === "met") expect(togetherAnswer(schools({ all: threshold }), better)).to.equal("met");
      }),
    );
  });
});

describe("a declared value", () => {
  it("holds from its month until a later one, once the level above has confirmed it", () => {
    const values = [{ month: "2026-09", state: "confirmed" }, { month: "2026-10", state: "declared" }, { month: "2026-11", state: "confirmed" }, { month: "2026-12", state: "returned" }];
    expect(holding(values, "2026-08")).to.equal(undefined);
    expect(holding(values, "2026-10")?.month).to.equal("2026-09");
    expect(holding(values, "2027-01")?.month).to.equal("2026-11");
  });

  it("is read as people write it", () => {
    expect(["Có", "x", "CÓ", "yes", "1"].map(yesOrNo)).to.deep.equal([true, true, true, true, true]);
    expect(["Không", "chưa", "0"].map(yesOrNo)).to.deep.equal([false, false, false]);
    expect(yesOrNo("hai")).to.equal(undefined);
    expect([wholeNumber("1.250"), wholeNumber("1250"), wholeNumber("12,5"), wholeNumber("-3"), wholeNumber("1.25")]).to.deep.equal([1250, 1250, undefined, undefined, undefined]);
    expect(figureProblem("ratio", 3, 2)).to.equal("part_above_whole");
  });
});

describe("a file of figures", () => {
  const known = [{ id: "a", code: "22BD01", level: "primary" }, { id: "b", code: "22BD02", level: "continuing" }];
  const indicators = [
    { code: "3.1", measure: "schools" as const, levels: ["primary"] },
    { code: "4.1", measure: "ratio" as const, levels: [] },
  ];
  const header = ["STT", "Mã trường", "Tên trường", "3.1 Sổ điểm điện tử", "4.1 tử số", "4.1 mẫu số"];

  it("is understood below its titles, and every wrong cell is named with its row and column", () => {
    const read = understandFigures([["BIỂU SỐ 1"], [], header, ["1", "22bd01", "TH A", "Có", "40", "50"], ["2", "22BD02", "TT B", "Có", "60", "50"], ["3", "22XX99", "?", "", "1", "2"], ["4", "22BD01", "", "", "", ""]], known, indicators);
    expect(read?.cells).to.deep.equal([{ school_id: "a", code: "3.1", part: 1, whole: 1 }, { school_id: "a", code: "4.1", part: 40, whole: 50 }]);
    expect(read?.problems.map(({ row, column, problem }) => `${row} ${column.slice(0, 1)} ${problem}`)).to.deep.equal(["5 D not_applicable", "5 E part_above_whole", "6 B unknown_school", "7 B twice"]);
  });

  it("says what is missing of a share, and leaves empty cells alone", () => {
    const read = understandFigures([header, ["1", "22BD01", "", "có lẽ", "40", ""], ["2", "22BD02", "", "", "", "9"]], known, indicators);
    expect(read?.cells).to.deep.equal([]);
    expect(read?.problems.map((one) => one.problem)).to.deep.equal(["not_yes_or_no", "whole_missing", "part_missing"]);
  });

  it("without a heading row is not guessed at, and never breaks on what it holds", () => {
    expect(understandFigures([["a", "b"], ["1", "2"]], known, indicators)).to.equal(undefined);
    fc.assert(fc.property(fc.array(fc.array(fc.string({ maxLength: 12 }), { maxLength: 8 }), { maxLength: 8 }), (rows) => void understandFigures([header, ...rows], known, indicators)));
  });
});
