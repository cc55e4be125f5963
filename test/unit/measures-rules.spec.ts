import { expect } from "chai";
import fc from "fast-check";
import { describe, it } from "mocha";
import type { Coverage, SchoolFigures, Share, UncoveredLesson } from "../../server/measures/rules.ts";
import {
  addRollUps,
  addShares,
  adoptedOnly,
  coverageAnswer,
  coveredBy,
  lessonsStillNeeded,
  onlineShareAnswer,
  periodsStillNeeded,
  quickestLessons,
  rollUp,
  schoolCoverage,
  trendByWeek,
} from "../../server/measures/rules.ts";
import { basisPoints, lessons, periods, rate, wholePeriods } from "../../server/platform/units.ts";

const TWO_PERCENT = basisPoints(200);
const FIVE_PERCENT = basisPoints(500);
const share = (counted: number, planned: number): Share => ({ counted: wholePeriods(counted), planned: periods(planned) });
const coverage = (covered: number, planned: number, own = covered): Coverage => ({
  covered: lessons(covered),
  own: lessons(own),
  planned: lessons(planned),
});

describe("the online share (plan 1027/KH-SGDĐT, I.2, target 2.1: above 2.0 %)", () => {
  it("is not met by exactly 2 %: of the 1,050 periods of grade 4, 21 are not enough and 22 are", () => {
    expect(onlineShareAnswer(share(21, 1_050), TWO_PERCENT)).to.equal("not_met");
    expect(onlineShareAnswer(share(22, 1_050), TWO_PERCENT)).to.equal("met");
  });

  it("is 1000 × online > 20 × planned for the target of 2 %", () => {
    fc.assert(
      fc.property(fc.nat(30_000), fc.integer({ min: 1, max: 1_500_000 }), (online, planned) => {
        const met = onlineShareAnswer(share(online, planned), TWO_PERCENT) === "met";
        expect(met).to.equal(1_000 * online > 20 * planned);
      }),
    );
  });

  it("cannot be computed without a plan, and is never 0 % then", () => {
    expect(onlineShareAnswer(undefined, TWO_PERCENT)).to.equal("no_plan");
    expect(onlineShareAnswer(share(0, 0), TWO_PERCENT)).to.equal("no_plan");
    expect(onlineShareAnswer(share(0, 1_050), TWO_PERCENT)).to.equal("not_met");
  });

  it("says how many periods are missing, and that many and no fewer meet it", () => {
    expect(periodsStillNeeded(share(21, 1_050), TWO_PERCENT)).to.equal(1);
    expect(periodsStillNeeded(share(22, 1_050), TWO_PERCENT)).to.equal(0);
    fc.assert(
      fc.property(fc.nat(500), fc.integer({ min: 1, max: 20_000 }), fc.nat(10_000), (counted, planned, target) => {
        const needed = periodsStillNeeded(share(counted, planned), basisPoints(target));
        const after = (more: number) => onlineShareAnswer(share(counted + more, planned), basisPoints(target));
        expect(after(needed)).to.equal("met");
        if (needed > 0) expect(after(needed - 1)).to.equal("not_met");
      }),
    );
  });

  it("never falls by one more counted period", () => {
    fc.assert(
      fc.property(fc.nat(500), fc.integer({ min: 1, max: 20_000 }), fc.nat(10_000), (counted, planned, target) => {
        const before = onlineShareAnswer(share(counted, planned), basisPoints(target));
        const after = onlineShareAnswer(share(counted + 1, planned), basisPoints(target));
        expect(before === "met" && after !== "met").to.equal(false);
        expect(rate(counted + 1, planned)).to.be.at.least(rate(counted, planned));
      }),
    );
  });
});

describe("the digitised lessons (plan 1027/KH-SGDĐT, I.2, target 2.4: at least 5 %)", () => {
  it("is met by exactly 5 %", () => {
    expect(coverageAnswer(coverage(1, 20), FIVE_PERCENT, "all")).to.equal("met");
    expect(coverageAnswer(coverage(1, 21), FIVE_PERCENT, "all")).to.equal("not_met");
  });

  it("asks 2 lessons of a subject of 35: 1.75 rounded up", () => {
    expect(lessonsStillNeeded(coverage(0, 35), FIVE_PERCENT, "all")).to.equal(2);
    expect(lessonsStillNeeded(coverage(1, 35), FIVE_PERCENT, "all")).to.equal(1);
    expect(lessonsStillNeeded(coverage(9, 35), FIVE_PERCENT, "all")).to.equal(0);
  });

  it("names the weakest subject and counts the school as one, without averaging", () => {
    const school = schoolCoverage(
      [
        { subject: "TOAN", coverage: coverage(30, 100) },
        { subject: "AMNHAC", coverage: coverage(1, 31) },
        { subject: "CHAOCO", coverage: coverage(0, 0) },
      ],
      FIVE_PERCENT,
      "all",
    );
    expect(school.weakest?.subject).to.equal("AMNHAC");
    expect(school).to.include({ subjects_planned: 2, subjects_met: 1, answer: "not_met", whole_answer: "met" });
    expect(school.whole).to.deep.equal(coverage(31, 131));
  });

  it("cannot be computed without a plan", () => {
    expect(schoolCoverage([], FIVE_PERCENT, "all")).to.include({ answer: "no_plan", whole_answer: "no_plan", weakest: undefined });
  });
});

describe("the two counters of digitised lessons (FIRSTS F16)", () => {
  const anyCoverage = fc.record({ planned: fc.integer({ min: 1, max: 300 }), covered: fc.nat(300), own: fc.nat(300) }).map(({ planned, ...some }) => {
    const covered = Math.min(some.covered, planned);
    return coverage(covered, planned, Math.min(some.own, covered));
  });

  it("let a target of own work be met only by own work", () => {
    const mostlyAdopted = coverage(12, 31, 1);
    expect(coverageAnswer(mostlyAdopted, FIVE_PERCENT, "all")).to.equal("met");
    expect(coverageAnswer(mostlyAdopted, FIVE_PERCENT, "own")).to.equal("not_met");
    expect(lessonsStillNeeded(mostlyAdopted, FIVE_PERCENT, "own")).to.equal(1);
    expect(adoptedOnly(mostlyAdopted)).to.equal(11);
  });

  it("add up: own and adopted are the lessons covered, and whoever meets the target by own work meets it by all", () => {
    fc.assert(
      fc.property(anyCoverage, fc.nat(10_000), (one, target) => {
        expect(coveredBy(one, "own") + adoptedOnly(one)).to.equal(coveredBy(one, "all"));
        expect(one.own).to.be.at.most(one.covered);
        if (coverageAnswer(one, basisPoints(target), "own") === "met") expect(coverageAnswer(one, basisPoints(target), "all")).to.equal("met");
        expect(lessonsStillNeeded(one, basisPoints(target), "own")).to.be.at.least(lessonsStillNeeded(one, basisPoints(target), "all"));
      }),
    );
  });

  it("name the weakest subject by the counter that the target means", () => {
    const subjects = [
      { subject: "TOAN", coverage: coverage(20, 40, 1) },
      { subject: "VAN", coverage: coverage(10, 40, 10) },
    ];
    expect(schoolCoverage(subjects, FIVE_PERCENT, "all")).to.deep.include({ weakest: subjects[1], subjects_met: 2 });
    expect(schoolCoverage(subjects, FIVE_PERCENT, "own")).to.deep.include({ weakest: subjects[0], subjects_met: 1, answer: "not_met" });
  });
});

const anySchool: fc.Arbitrary<SchoolFigures> = fc
  .record({ counted: fc.nat(100), planned: fc.nat(4_000), covered: fc.nat(20), rows: fc.nat(200), has_plan: fc.boolean() })
  .map(({ counted, planned, covered, rows, has_plan }) => {
    const online = has_plan ? share(Math.min(counted, planned), planned) : undefined;
    return {
      online,
      digitised: has_plan
        ? schoolCoverage([{ subject: "TOAN", coverage: coverage(Math.min(covered, rows), rows, Math.min(Math.floor(covered / 2), rows)) }], FIVE_PERCENT, "all")
        : undefined,
      online_answer: onlineShareAnswer(online, TWO_PERCENT),
    };
  });

describe("roll-ups (DOMAIN §2.3)", () => {
  it("adds numerators and denominators: a large and a small school are not two halves", () => {
    expect(addShares([share(100, 1_000), share(0, 9_000)])).to.deep.equal(share(100, 10_000));
  });

  it("is the same for the parts added up as for the whole", () => {
    fc.assert(
      fc.property(fc.array(fc.array(anySchool, { maxLength: 6 }), { maxLength: 5 }), (communes) => {
        expect(addRollUps(communes.map(rollUp))).to.deep.equal(rollUp(communes.flat()));
      }),
    );
  });

  it("shows schools without a plan as such", () => {
    const none: SchoolFigures = { online: undefined, digitised: undefined, online_answer: "no_plan" };
    expect(rollUp([none])).to.include({ schools: 1, without_plan: 1, online_met: 0, digitised_met: 0 });
  });
});

describe("the trend by week", () => {
  it("adds up to the figure of the year, with empty weeks shown", () => {
    const points = trendByWeek([{ week: 1, counted: wholePeriods(2) }, { week: 3, counted: wholePeriods(4) }, { week: 3, counted: wholePeriods(1) }], periods(100), 4);
    expect(points.map((point) => point.counted)).to.deep.equal([2, 0, 5, 0].map(wholePeriods));
    expect(points.at(-1)?.so_far).to.deep.equal(share(7, 100));
  });
});

describe("what would reach the target fastest", () => {
  const lesson = (id: string, subject: string, stage: UncoveredLesson["stage"], week: number | null): UncoveredLesson => ({
    id,
    subject,
    stage,
    week,
  });

  it("takes as many lessons per subject as it needs, nearest to approval first, then soonest", () => {
    const found = quickestLessons(
      [
        lesson("a", "TOAN", "none", 2),
        lesson("b", "TOAN", "submitted", 20),
        lesson("c", "TOAN", "passed", 30),
        lesson("d", "AMNHAC", "none", 9),
        lesson("e", "AMNHAC", "none", 4),
        lesson("f", "TIN", "draft", 1),
      ],
      new Map([
        ["TOAN", lessons(2)],
        ["AMNHAC", lessons(1)],
      ]),
    );
    expect(found.map(({ id }) => id)).to.deep.equal(["c", "b", "e"]);
  });
});
