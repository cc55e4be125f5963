import { expect } from "chai";
import fc from "fast-check";
import { compareWithNational, faultsOf, numberPeriods, plannedPeriods, totalsOf, type PlanRow } from "../../server/plan/rules.ts";
import { addRow, changesBetween, mergeWithNext, moveRow, orderRows, removeRow, splitRow } from "../../server/plan/rules/changes.ts";

function row(id: string, given: Partial<PlanRow> = {}): PlanRow {
  return {
    id,
    chapter: "Chương I",
    title: `Bài ${id}`,
    periods: 2,
    kind: "lesson",
    week_from: 1,
    week_to: 1,
    term: 1,
    digital_content: false,
    ai_content: false,
    planned_mode: "in_class",
    notes: "",
    ...given,
  };
}
const ids = (rows: readonly PlanRow[]): string => rows.map(({ id }) => id).join(" ");
const rows = [row("a"), row("b", { periods: 3 }), row("c", { periods: 1, kind: "test", planned_mode: "online" })];

describe("a plan's numbers", () => {
  it("numbers the periods of the year from 1 in the order of the rows", () => {
    expect(numberPeriods(rows)).to.deep.equal([{ first: 1, last: 2 }, { first: 3, last: 5 }, { first: 6, last: 6 }]);
  });

  it("gives a row without periods no number and takes none from the others", () => {
    expect(numberPeriods([row("a", { periods: 0 }), row("b")])).to.deep.equal([undefined, { first: 1, last: 2 }]);
  });

  it("adds up periods by kind, mode and term", () => {
    const totals = totalsOf([...rows, row("d", { term: null, week_from: 30, week_to: 30 })]);
    expect(totals).to.deep.include({ rows: 4, periods: 8, online: 1, term1: 6, term2: 2 });
    expect(totals.byKind).to.deep.include({ lesson: 7, test: 1 });
  });

  it("compares with the national number: 52 periods of Công nghệ 8 are neither 35 nor 70", () => {
    expect(compareWithNational(52, 52).answer).to.equal("equal");
    expect(compareWithNational(50, 52)).to.deep.equal({ answer: "short", planned: 50, national: 52, missing: 2 });
    expect(compareWithNational(54, 52)).to.deep.equal({ answer: "over", planned: 54, national: 52, surplus: 2 });
    expect(compareWithNational(54, undefined).answer).to.equal("no_national");
  });

  it("counts by the national programme while there is no published plan, and says so", () => {
    expect(plannedPeriods(undefined, 140)).to.deep.equal({ periods: 140, source: "national" });
    expect(plannedPeriods({ state: "draft", periods: 90 }, 140)).to.deep.equal({ periods: 140, source: "national" });
    expect(plannedPeriods({ state: "published", periods: 138 }, 140)).to.deep.equal({ periods: 138, source: "plan" });
    expect(plannedPeriods(undefined, undefined)).to.equal(undefined);
  });

  it("names what keeps a plan from being published", () => {
    expect(faultsOf([])[0]?.code).to.equal("no_rows");
    const codes = faultsOf([row("a", { periods: 0 }), row("b", { title: " " }), row("c", { week_from: 36 }), row("d", { week_from: 5, week_to: 4 })]).map(({ code }) => code);
    expect(codes).to.deep.equal(["no_periods", "no_title", "week_out_of_range", "weeks_reversed"]);
    expect(faultsOf(rows)).to.deep.equal([]);
  });
});

describe("changing the rows of a plan", () => {
  it("adds a row behind another, in its chapter and week", () => {
    const added = addRow(rows, "a", "new", { title: "Luyện tập" });
    expect(ids(added)).to.equal("a new b c");
    expect(added[1]).to.deep.include({ chapter: "Chương I", week_from: 1, title: "Luyện tập", periods: 1 });
    expect(ids(addRow(rows, null, "new", {}))).to.equal("a b c new");
  });

  it("moves a row up and down and stops at the ends", () => {
    expect(ids(moveRow(rows, "b", -1))).to.equal("b a c");
    expect(ids(moveRow(rows, "b", 1))).to.equal("a c b");
    expect(ids(moveRow(rows, "a", -1))).to.equal("a b c");
    expect(ids(moveRow(rows, "x", 1))).to.equal("a b c");
  });

  it("splits a row: the first part keeps the id, and no period is lost", () => {
    const split = splitRow(rows, "b", 1, "b2", "Bài b (tiếp)");
    expect(split.map(({ id, periods }) => `${id}:${periods}`)).to.deep.equal(["a:2", "b:1", "b2:2", "c:1"]);
    expect(ids(splitRow(rows, "c", 1, "c2", ""))).to.equal("a b c");
  });

  it("joins a row with the next: marks and weeks of both stay", () => {
    const merged = mergeWithNext([row("a"), row("b", { digital_content: true, week_from: 2, week_to: 3 })], "a");
    expect(merged).to.have.length(1);
    expect(merged[0]).to.deep.include({ id: "a", title: "Bài a; Bài b", periods: 4, week_from: 1, week_to: 3, digital_content: true });
  });

  it("says which rows differ between two states", () => {
    const after = [row("c", { periods: 1, kind: "test", planned_mode: "online" }), row("a", { periods: 5 }), row("d")];
    expect(changesBetween(rows, after)).to.deep.equal([
      { id: "c", title: "Bài c", change: "moved" },
      { id: "a", title: "Bài a", change: "changed" },
      { id: "d", title: "Bài d", change: "added" },
      { id: "b", title: "Bài b", change: "removed" },
    ]);
  });

  it("never loses a period or an id by moving, ordering, splitting and joining", () => {
    const act = fc.record({ what: fc.constantFrom("move", "order", "split", "merge"), at: fc.nat(9), by: fc.constantFrom<-1 | 1>(-1, 1), n: fc.integer({ min: 1, max: 5 }) });
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 8 }), fc.array(act, { maxLength: 12 }), (counts, acts) => {
        let list = counts.map((periods, i) => row(`r${i}`, { periods }));
        const sum = totalsOf(list).periods;
        acts.forEach(({ what, at, by, n }, i) => {
          const id = list[at % list.length]?.id ?? "";
          if (what === "move") list = moveRow(list, id, by);
          if (what === "order") list = orderRows(list, [id]);
          if (what === "split") list = splitRow(list, id, n, `s${i}`, "");
          if (what === "merge") list = mergeWithNext(list, id);
        });
        expect(totalsOf(list).periods).to.equal(sum);
        expect(new Set(list.map(({ id }) => id)).size).to.equal(list.length);
      }),
    );
  });

  it("takes a row out", () => {
    expect(ids(removeRow(rows, "b"))).to.equal("a c");
  });
});
