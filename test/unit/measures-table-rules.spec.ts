import { expect } from "chai";
import fc from "fast-check";
import { chosen, ORDERS, RESULTS, type Narrowed } from "../../server/measures/table-rules.ts";
import { schoolFigures } from "../../server/measures/table.ts";
import { basisPoints, wholePeriods } from "../../server/platform/units.ts";

const TARGETS = { online: basisPoints(200), digitised: basisPoints(500), source: "" };
const ALL: Narrowed = { level: undefined, area: undefined, result: undefined, words: [], order: "name" };

/** A school of 1,000 planned periods and ten subjects of ten lessons. */
function school(id: string, counted: number, subjects_met = 0, planned = 1000) {
  const row = { id, name: id, level: "primary", counted: wholePeriods(counted), planned, covered: subjects_met, own: subjects_met, lessons: planned === 0 ? 0 : 100, subjects_planned: planned === 0 ? 0 : 10, subjects_met };
  return { row, unit: { area: "town", search_text: `truong ${id}` }, figures: schoolFigures(row, TARGETS), online_target: TARGETS.online };
}
const ids = (lines: readonly { row: { id: string } }[]): string => lines.map((line) => line.row.id).join("");

describe("the order of an office's table", () => {
  const lines = [school("a", 30, 3), school("b", 20, 10), school("c", 0, 0), school("d", 0, 0, 0), school("e", 19, 4), school("f", 21, 10)];

  it("puts who is farthest below the target first, then who meets it, and last who has no plan", () => {
    expect(ids(chosen(lines, { ...ALL, order: "online_far" }, "all"))).to.equal("cebfad"); // exactly 2 % has not met it
    expect(ids(chosen(lines, { ...ALL, order: "digitised_far" }, "all"))).to.equal("caebfd");
  });

  it("puts who just misses the target first", () => {
    expect(ids(chosen(lines, { ...ALL, order: "online_near" }, "all"))).to.equal("becfad");
    expect(ids(chosen(lines, { ...ALL, order: "digitised_near" }, "all"))).to.equal("eacbfd");
  });

  it("keeps who has the result that is asked for, and who has all words in the name", () => {
    const of = (result: (typeof RESULTS)[number]): string => ids(chosen(lines, { ...ALL, result }, "all"));
    expect(RESULTS.map(of)).to.deep.equal(["bce", "af", "ace", "bf", "d"]);
    expect(ids(chosen(lines, { ...ALL, words: ["tru", "e"] }, "all"))).to.equal("e");
    expect(chosen(lines, { ...ALL, level: "lower_secondary" }, "all")).to.deep.equal([]);
  });

  it("never loses, doubles or invents a school, and keeps who misses, who meets and who has no plan apart", () => {
    const some = fc.uniqueArray(fc.record({ id: fc.string({ minLength: 1, maxLength: 4 }), counted: fc.nat(50), met: fc.nat(10), planned: fc.constantFrom(0, 1000, 1050) }), { selector: (one) => one.id, maxLength: 30 });
    fc.assert(
      fc.property(some, fc.constantFrom(...ORDERS), fc.constantFrom("all" as const, "own" as const), (made, order, counter) => {
        const all = made.map((one) => school(one.id, one.counted, one.met, one.planned));
        const ordered = chosen(all, { ...ALL, order }, counter);
        expect(ordered.map((line) => line.row.id).sort()).to.deep.equal(all.map((line) => line.row.id).sort());
        const answers = ordered.map(({ figures }) => (order.startsWith("online") ? figures.online_answer : (figures.digitised?.answer ?? "no_plan")));
        if (order !== "name") expect(answers).to.deep.equal([...answers].sort((a, b) => ["not_met", "met", "no_plan"].indexOf(a) - ["not_met", "met", "no_plan"].indexOf(b)));
      }),
    );
  });
});
