import { expect } from "chai";
import fc from "fast-check";
import { describe, it } from "mocha";
import { weeksOf } from "../../server/calendar/rules.ts";
import { forecast, GROUP_MIN, neededPerWeek, paceOf, prospect, quarterOf, quartiles, schoolsAlike, seriesOf, WEEKS_NEEDED, type Forecast, type Pace } from "../../server/measures/outlook/rules.ts";

const paceAfter = (weeks: readonly number[], change: Partial<Pace> = {}): Pace => {
  const so_far = weeks.reduce((sum, week) => sum + week, 0);
  return { weeks, weeks_left: 24, so_far, now: so_far, most: 100_000, ...change };
};
const known = (pace: Pace): Extract<Forecast, { known: true }> => {
  const found = forecast(pace);
  if (!found.known) throw new Error(`no forecast: ${found.why}`);
  return found;
};
const anyPace = fc
  .record({ weeks: fc.array(fc.nat(60), { minLength: WEEKS_NEEDED, maxLength: 34 }), weeks_left: fc.integer({ min: 1, max: 31 }), before: fc.nat(40), running: fc.nat(20), room: fc.nat(3_000) })
  .map(({ weeks, weeks_left, before, running, room }): Pace => {
    const so_far = before + weeks.reduce((sum, week) => sum + week, 0);
    return { weeks, weeks_left, so_far, now: so_far + running, most: Math.max(1, so_far + running + room) };
  });

describe("the forecast to the end of the year", () => {
  it("goes on as the last weeks went: ten a week for 24 weeks are 240 more", () => {
    expect(known(paceAfter([10, 10, 10, 10, 10, 10, 10, 10, 10])).expected).to.equal(90 + 240);
  });

  it("looks at the last eight weeks only", () => {
    expect(known(paceAfter([90, 90, 90, ...Array<number>(8).fill(5)])).expected).to.equal(310 + 5 * 24);
  });

  it("is not made of fewer than four weeks, without a plan, or when the year is over", () => {
    expect(forecast(paceAfter([3, 4, 5]))).to.deep.equal({ known: false, why: "too_few_weeks" });
    expect(forecast(paceAfter([3, 4, 5, 6], { most: 0 }))).to.deep.equal({ known: false, why: "no_plan" });
    expect(forecast(paceAfter([3, 4, 5, 6], { weeks_left: 0 }))).to.deep.equal({ known: false, why: "over" });
  });

  it("has its figure inside its band, never below what is counted and never beyond the plan", () => {
    fc.assert(
      fc.property(anyPace, (pace) => {
        const found = known(pace);
        for (const band of [found, ...found.ahead]) {
          expect(band.low).to.be.at.most(band.expected);
          expect(band.expected).to.be.at.most(band.high);
          expect(band.low).to.be.at.least(pace.now);
          expect(band.high).to.be.at.most(pace.most);
        }
        expect(found.ahead).to.have.length(pace.weeks_left);
        expect(found.ahead.at(-1)).to.include({ low: found.low, expected: found.expected, high: found.high });
      }),
    );
  });

  it("does not depend on which of the last weeks was the good one", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(60), { minLength: 8, maxLength: 8 }), (weeks) => {
        const [one, other] = [known(paceAfter(weeks)), known(paceAfter([...weeks].reverse()))];
        expect([other.low, other.expected, other.high]).to.deep.equal([one.low, one.expected, one.high]);
      }),
    );
  });

  it("is less sure of uneven weeks, of fewer weeks, and of what lies further away", () => {
    const width = (pace: Pace): number => known(pace).high - known(pace).low;
    expect(width(paceAfter([0, 20, 0, 20, 0, 20, 0, 20]))).to.be.greaterThan(width(paceAfter(Array<number>(8).fill(10))));
    expect(width(paceAfter([8, 12, 8, 12]))).to.be.greaterThan(width(paceAfter([8, 12, 8, 12, 8, 12, 8, 12])));
    const { ahead } = known(paceAfter([8, 12, 8, 12, 8, 12]));
    const widths = ahead.map((band) => band.high - band.low);
    expect(widths).to.deep.equal([...widths].sort((a, b) => a - b));
  });

  it("does not promise that weeks which were alike, or empty, stay so", () => {
    expect(known(paceAfter(Array<number>(8).fill(10))).high).to.be.greaterThan(80 + 240);
    expect(known(paceAfter(Array<number>(8).fill(0))).high).to.be.greaterThan(0);
  });

  it("is honest: of two thousand made-up school years between 75 and 92 in a hundred end inside the band", () => {
    let state = 20_261_126;
    const random = (): number => (state = (state * 1_103_515_245 + 12_345) % 2_147_483_648) / 2_147_483_648;
    // Thirty teachers, each of whom teaches online in a week or does not.
    const week = (chance: number): number => Array.from({ length: 30 }, () => (random() < chance ? 1 : 0)).reduce<number>((sum, one) => sum + one, 0);
    let inside = 0;
    for (let year = 0; year < 2_000; year += 1) {
      const chance = 0.02 + random() * 0.3;
      const weeks = Array.from({ length: 4 + Math.floor(random() * 12) }, () => week(chance));
      const pace = paceAfter(weeks, { weeks_left: 35 - weeks.length });
      const end = pace.so_far + Array.from({ length: pace.weeks_left }, () => week(chance)).reduce((sum, one) => sum + one, 0);
      const { low, high } = known(pace);
      if (low <= end && end <= high) inside += 1;
    }
    expect(inside / 20).to.be.within(75, 92);
  });

  it("says of a target whether all of the band reaches it, a part, or none", () => {
    const reaches = (count: number): boolean => count > 100;
    expect(prospect({ low: 101, expected: 120, high: 140 }, reaches)).to.equal("likely");
    expect(prospect({ low: 100, expected: 120, high: 140 }, reaches)).to.equal("open");
    expect(prospect({ low: 40, expected: 60, high: 100 }, reaches)).to.equal("unlikely");
  });

  it("says how many a week are needed, rounded up", () => {
    expect(neededPerWeek(13, 6)).to.equal(3);
    expect(neededPerWeek(12, 6)).to.equal(2);
    expect(neededPerWeek(0, 6)).to.equal(0);
    expect(neededPerWeek(5, 0)).to.equal(undefined);
  });
});

describe("the comparison with schools alike", () => {
  const school = (id: number, change: object = {}) => ({ id: String(id), level: "primary", area: "town", ...change });

  it("shows nothing of a group of fewer than five", () => {
    expect(quartiles([1, 2, 3, 4])).to.equal(undefined);
    expect(quartiles([100, 200, 300, 400, 500])).to.deep.equal({ size: 5, lower: 200, median: 300, upper: 400 });
  });

  it("has its quartiles in order, within the group, whatever the order of the schools", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(10_000), { minLength: GROUP_MIN, maxLength: 60 }), (values) => {
        const found = quartiles(values);
        expect(found).to.deep.equal(quartiles([...values].reverse()));
        if (found === undefined) throw new Error("a group of five is shown");
        expect(Math.min(...values)).to.be.at.most(found.lower);
        expect(found.lower).to.be.at.most(found.median);
        expect(found.median).to.be.at.most(found.upper);
        expect(found.upper).to.be.at.most(Math.max(...values));
        expect(values.filter((value) => value >= found.median).length).to.be.at.least(values.length / 2);
      }),
    );
  });

  it("places a figure in its quarter", () => {
    const group = { size: 9, lower: 100, median: 200, upper: 300 };
    expect([99, 100, 199, 200, 299, 300].map((value) => quarterOf(value, group))).to.deep.equal([1, 2, 2, 3, 3, 4]);
  });

  it("takes schools of the level and area, and widens the circle until there are five", () => {
    const town = [1, 2, 3, 4].map((n) => school(n));
    const rural = [5, 6].map((n) => school(n, { area: "rural" }));
    const others = [7, 8, 9].map((n) => school(n, { level: "upper_secondary" }));
    const own = { level: "primary", area: "town" };
    const circles = (all: ReturnType<typeof school>[]): string[] => schoolsAlike(own, all).map((circle) => `${circle.by} ${circle.schools.length}`);
    expect(circles([...town, school(10), ...rural])).to.deep.equal(["level_and_area 5", "level 7", "province 7"]);
    expect(circles([...town, ...rural])).to.deep.equal(["level 6", "province 6"]);
    expect(circles([...town, ...others])).to.deep.equal(["province 7"]);
    expect(circles(town)).to.deep.equal([]);
  });
});

describe("the pace of a year", () => {
  const weeks = weeksOf({ term1_starts_on: "2026-09-07", term1_weeks: 18, term2_starts_on: "2027-01-18", term2_weeks: 17, ends_on: "2027-05-31" }, []);

  it("is made of the weeks that are over; what the running week added is counted, not taken for a pace", () => {
    const days = [{ on: "2026-08-30", added: 1 }, { on: "2026-09-08", added: 2 }, { on: "2026-09-19", added: 3 }, { on: "2026-09-21", added: 4 }, { on: "2026-09-29", added: 9 }];
    const points = seriesOf(days, weeks, "2026-09-23");
    expect(points).to.deep.equal([{ week: 1, added: 2, so_far: 3 }, { week: 2, added: 3, so_far: 6 }, { week: 3, added: 4, so_far: 10 }]);
    expect(paceOf(points, weeks, "2026-09-23", 500)).to.deep.equal({ weeks: [2, 3], weeks_left: 33, so_far: 6, now: 10, most: 500 });
  });

  it("gives a day between the terms to the week before it", () => {
    const points = seriesOf([{ on: "2027-01-13", added: 5 }], weeks, "2027-01-14");
    expect(points.at(-1)).to.deep.equal({ week: 18, added: 5, so_far: 5 });
  });

  it("is over after the last week", () => {
    const points = seriesOf([], weeks, "2027-06-10");
    expect(forecast(paceOf(points, weeks, "2027-06-10", 500))).to.deep.equal({ known: false, why: "over" });
  });
});
