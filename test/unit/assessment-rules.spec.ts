import { expect } from "chai";
import fc from "fast-check";
import { describe, it } from "mocha";
import { levelOf, resultOf, spreadOf, suggestedPoints, type Level, type Scored } from "../../server/assessment/rules.ts";
import { DECISION_4725 } from "../../server/assessment/template.ts";

const LIMITS = { basic_from: 50, well_above: 75 };
const scored = (part: number, max: number, points: number | undefined): Scored => ({ criterion: { part, points: max, mandatory: false }, points });
const must = (done: boolean): Scored => ({ criterion: { part: 1, points: 0, mandatory: true }, points: done ? 1 : 0 });

const anyScored = fc.record({ criterion: fc.record({ part: fc.constantFrom(1, 2), points: fc.nat(20), mandatory: fc.boolean() }), points: fc.option(fc.nat(20), { nil: undefined }) });

describe("the self-assessment of Decision 4725/QĐ-BGDĐT", () => {
  it("has 100 points in group 1 and, as found, 90 in group 2, with two mandatory conditions in each", () => {
    const sum = (part: number): number => DECISION_4725.criteria.filter((one) => one.part === part).reduce((total, one) => total + one.points, 0);
    expect([sum(1), sum(2)]).to.deep.equal([100, 90]);
    expect(DECISION_4725.criteria.filter((one) => one.mandatory).map((one) => one.code)).to.deep.equal(["1.1", "1.2", "2.1", "2.2"]);
  });

  it("is below 50 level 1, from 50 to 75 level 2, above 75 level 3", () => {
    expect([49, 50, 75, 76].map((points) => levelOf(points, LIMITS))).to.deep.equal([1, 2, 2, 3]);
  });

  it("is decided by the lower group", () => {
    expect(resultOf([scored(1, 100, 90), scored(2, 100, 60)], LIMITS)).to.deep.include({ level: 2, levels: { 1: 3, 2: 2 } });
    expect(resultOf([scored(1, 100, 90), scored(2, 100, 49)], LIMITS).level).to.equal(1);
  });

  it("stays at level 1 while a mandatory condition is missing, whatever the points", () => {
    expect(resultOf([must(true), scored(1, 100, 100), scored(2, 100, 100)], LIMITS).level).to.equal(3);
    expect(resultOf([must(false), scored(1, 100, 100), scored(2, 100, 100)], LIMITS)).to.include({ level: 1, mandatory_missing: 1 });
    expect(resultOf([{ ...must(true), points: undefined }, scored(1, 100, 100), scored(2, 100, 100)], LIMITS).level, "nothing said is not done").to.equal(1);
  });

  it("never gives more than a criterion has, and never less than nothing", () => {
    fc.assert(
      fc.property(fc.array(anyScored, { maxLength: 30 }), (all) => {
        const { points } = resultOf(all, LIMITS);
        for (const part of [1, 2] as const) {
          const max = all.filter(({ criterion }) => criterion.part === part && !criterion.mandatory).reduce((sum, { criterion }) => sum + criterion.points, 0);
          expect(points[part]).to.be.within(0, max);
        }
      }),
    );
  });

  it("does not fall when one more point is given, nor depend on the order", () => {
    fc.assert(
      fc.property(fc.array(anyScored, { minLength: 1, maxLength: 30 }), fc.nat(), (all, which) => {
        const better = all.map((one, i) => (i === which % all.length ? { ...one, points: (one.points ?? 0) + 1 } : one));
        expect(resultOf(better, LIMITS).level).to.be.at.least(resultOf(all, LIMITS).level);
        expect(resultOf([...all].reverse(), LIMITS)).to.deep.equal(resultOf(all, LIMITS));
      }),
    );
  });
});

describe("what the system scores by itself", () => {
  const criterion = (points: number, full_at: number | null, mandatory = false) => ({ part: 1, points, mandatory, full_at });

  it("gives all points where the figure is reached, its share cut down below, and nothing where the school scores", () => {
    expect(suggestedPoints(criterion(6, 1), 0)).to.equal(0);
    expect(suggestedPoints(criterion(6, 1), 14)).to.equal(6);
    expect(suggestedPoints(criterion(7, 10_000), 9_999)).to.equal(6);
    expect(suggestedPoints(criterion(10, null), 500)).to.equal(undefined);
    expect(suggestedPoints(criterion(0, null, true), 1)).to.equal(1);
  });

  it("stays within the criterion and grows with the figure", () => {
    fc.assert(
      fc.property(fc.nat(20), fc.integer({ min: 1, max: 10_000 }), fc.nat(20_000), fc.nat(20_000), (points, full, a, b) => {
        const [less, more] = [suggestedPoints(criterion(points, full), Math.min(a, b)), suggestedPoints(criterion(points, full), Math.max(a, b))];
        expect(less).to.be.within(0, points);
        expect(more).to.be.at.least(less ?? 0);
      }),
    );
  });
});

describe("the spread of a province (plan 1027: 70 % at level 1 or above, 30 % at 2, 5 % at 3)", () => {
  it("is of all schools, assessed or not", () => {
    const levels: (Level | undefined)[] = [3, 2, 2, 1, 1, 1, 1, undefined, undefined, undefined];
    expect(spreadOf(levels)).to.deep.equal({ schools: 10, at_least: { 1: 7, 2: 3, 3: 1 }, met: { 1: true, 2: true, 3: true } });
    expect(spreadOf([...levels, undefined]).met).to.deep.equal({ 1: false, 2: false, 3: true });
    expect(spreadOf([]).met[1]).to.equal(false);
  });
});
