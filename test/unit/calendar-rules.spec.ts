import { expect } from "chai";
import fc from "fast-check";
import { dayOf, weekdayOf } from "../../server/platform/clock.ts";
import {
  holidayProblem,
  isDay,
  isSummerMonth,
  mondayOf,
  monthOf,
  monthsOf,
  nextYear,
  plannedUpToWeek,
  schoolDaysElapsed,
  weekOfDay,
  weeksOf,
  weeksReached,
  yearProblems,
  type DaysOff,
  type PlannedLesson,
} from "../../server/calendar/rules.ts";

const YEAR = { term1_starts_on: "2026-09-07", term1_weeks: 18, term2_starts_on: "2027-01-18", term2_weeks: 17, ends_on: "2027-05-31" };
const TET: DaysOff = { from_on: "2027-02-01", to_on: "2027-02-14" };

const day = fc.integer({ min: 20_600, max: 21_000 }).map((n) => new Date(n * 86_400_000).toISOString().slice(0, 10)); // 2026-05-27 … 2027-07-01
const holiday = fc
  .tuple(day, fc.integer({ min: 0, max: 12 }))
  .map(([from_on, length]): DaysOff => ({ from_on, to_on: new Date(Date.parse(from_on) + length * 86_400_000).toISOString().slice(0, 10) }));
const lesson: fc.Arbitrary<PlannedLesson> = fc.oneof(
  fc.record({ periods: fc.integer({ min: 1, max: 12 }), week_from: fc.constant(null), week_to: fc.constant(null) }),
  fc
    .tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 35 }), fc.integer({ min: 0, max: 4 }))
    .map(([periods, week_from, more]) => ({ periods, week_from, week_to: Math.min(35, week_from + more) })),
);

describe("the 35 study weeks of a school year", () => {
  it("are 18 and 17, the second term from its own Monday", () => {
    const weeks = weeksOf(YEAR, []);
    expect(weeks).to.have.length(35);
    expect(weeks[0]).to.include({ number: 1, term: 1, starts_on: "2026-09-07", ends_on: "2026-09-13", days_off: 0 });
    expect(weeks[17]).to.include({ number: 18, term: 1, starts_on: "2027-01-04" });
    expect(weeks[18]).to.include({ number: 19, term: 2, starts_on: "2027-01-18" });
    expect(weeks[34]).to.include({ number: 35, starts_on: "2027-05-10", ends_on: "2027-05-16" });
  });

  it("shift by the two whole weeks of Tết, and none is lost", () => {
    const weeks = weeksOf(YEAR, [TET]);
    expect(weeks).to.have.length(35);
    expect(weekOfDay(weeks, "2027-02-03")).to.equal(undefined);
    expect(weekOfDay(weeks, "2027-01-31")?.number).to.equal(20);
    expect(weekOfDay(weeks, "2027-02-15")?.number).to.equal(21);
    expect(weeks[34]?.starts_on).to.equal("2027-05-24");
  });

  it("keep a week of which a part is off, and say how many days", () => {
    const weeks = weeksOf(YEAR, [{ from_on: "2026-11-20", to_on: "2026-11-20" }]);
    expect(weekOfDay(weeks, "2026-11-20")).to.include({ number: 11, days_off: 1 });
    expect(weeks[34]?.starts_on).to.equal("2027-05-10");
  });

  it("leave out a week whose Monday to Friday are off, for a Saturday makes no week", () => {
    const weeks = weeksOf(YEAR, [{ from_on: "2026-10-05", to_on: "2026-10-09" }]);
    expect(weekOfDay(weeks, "2026-10-10")).to.equal(undefined);
    expect(weekOfDay(weeks, "2026-10-12")?.number).to.equal(5);
  });

  it("push the second term back when a storm pushes the first beyond its beginning", () => {
    const weeks = weeksOf(YEAR, [{ from_on: "2026-09-14", to_on: "2026-10-04" }]);
    expect(weeks[17]?.starts_on).to.equal("2027-01-25");
    expect(weeks[18]).to.include({ number: 19, term: 2, starts_on: "2027-02-01" });
  });

  it("always are 35 of rising number on Mondays, whatever the holidays", () => {
    fc.assert(
      fc.property(fc.array(holiday, { maxLength: 8 }), (holidays) => {
        const weeks = weeksOf(YEAR, holidays);
        expect(weeks.map((w) => w.number)).to.deep.equal(Array.from({ length: 35 }, (_, i) => i + 1));
        for (const [i, week] of weeks.entries()) {
          expect(weekdayOf(week.starts_on)).to.equal(1);
          expect(weekOfDay(weeks, week.ends_on)).to.equal(week);
          const before = weeks[i - 1];
          if (before) expect(week.starts_on > before.ends_on).to.equal(true);
          expect(week.days_off).to.be.lessThan(6);
        }
      }),
    );
  });

  it("never come earlier because of one more holiday", () => {
    fc.assert(
      fc.property(fc.array(holiday, { maxLength: 5 }), holiday, (holidays, more) => {
        const without = weeksOf(YEAR, holidays);
        const withMore = weeksOf(YEAR, [...holidays, more]);
        for (const [i, week] of withMore.entries()) expect(week.starts_on >= (without[i]?.starts_on ?? "")).to.equal(true);
      }),
    );
  });
});

describe("how far the year is", () => {
  const weeks = weeksOf(YEAR, [TET]);

  it("is 0 weeks before the first Monday, 1 on it, and all 35 in the summer", () => {
    expect(weeksReached(weeks, "2026-09-06")).to.equal(0);
    expect(weeksReached(weeks, "2026-09-07")).to.equal(1);
    expect(weeksReached(weeks, "2026-11-24")).to.equal(12);
    expect(weeksReached(weeks, "2027-07-20")).to.equal(35);
  });

  it("stands still between the terms and over Tết", () => {
    expect(weeksReached(weeks, "2027-01-12")).to.equal(18);
    expect(weeksReached(weeks, "2027-02-10")).to.equal(20);
  });

  it("counts school days without holidays and Sundays", () => {
    const elapsed = schoolDaysElapsed(weeks, [TET, { from_on: "2026-11-20", to_on: "2026-11-20" }], "2026-09-13");
    expect(elapsed).to.deep.equal({ elapsed: 6, whole: 35 * 6 - 1 });
  });
});

describe("periods planned up to a week", () => {
  it("come from the rows' own weeks where they name them", () => {
    const rows = [
      { periods: 2, week_from: 1, week_to: 1 },
      { periods: 4, week_from: 2, week_to: 3 },
      { periods: 3, week_from: 4, week_to: null },
    ];
    expect([0, 1, 2, 3, 4, 35].map((week) => plannedUpToWeek(rows, week))).to.deep.equal([0, 2, 4, 6, 9, 9]);
  });

  it("are spread evenly over the 35 weeks where rows name none, cut down to whole periods", () => {
    const rows = [{ periods: 140, week_from: null, week_to: null }];
    expect([1, 12, 35].map((week) => plannedUpToWeek(rows, week))).to.deep.equal([4, 48, 140]);
    expect(plannedUpToWeek([{ periods: 52, week_from: null, week_to: null }], 1)).to.equal(1);
  });

  it("never fall as weeks go by, begin at nothing and end at the whole plan", () => {
    fc.assert(
      fc.property(fc.array(lesson, { maxLength: 40 }), (rows) => {
        const whole = rows.reduce((sum, row) => sum + row.periods, 0);
        let before = 0;
        for (let week = 0; week <= 35; week += 1) {
          const planned = plannedUpToWeek(rows, week);
          expect(planned).to.be.at.least(before);
          expect(planned).to.be.at.most(whole);
          before = planned;
        }
        expect(plannedUpToWeek(rows, 0)).to.equal(0);
        expect(before).to.equal(whole);
      }),
    );
  });

  it("do not depend on the order of the rows", () => {
    fc.assert(
      fc.property(fc.array(lesson, { maxLength: 20 }), fc.integer({ min: 0, max: 35 }), (rows, week) => {
        expect(plannedUpToWeek([...rows].reverse(), week)).to.equal(plannedUpToWeek(rows, week));
      }),
    );
  });
});

describe("days and months in Viet Nam", () => {
  it("puts a lesson at 0:30 of 1 October, still 30 September in UTC, into October", () => {
    expect(dayOf("2026-09-30T17:30:00.000Z")).to.equal("2026-10-01");
    expect(monthOf(dayOf("2026-09-30T17:30:00.000Z"))).to.equal("2026-10");
    expect(monthOf(dayOf("2026-09-30T16:59:59.999Z"))).to.equal("2026-09");
  });

  it("knows September to May as months of study and June to August as summer", () => {
    const weeks = weeksOf(YEAR, [TET]);
    expect(monthsOf(weeks)).to.deep.equal(["2026-09", "2026-10", "2026-11", "2026-12", "2027-01", "2027-02", "2027-03", "2027-04", "2027-05"]);
    expect(["2027-05", "2027-06", "2027-07", "2027-08"].map((m) => isSummerMonth(weeks, m))).to.deep.equal([false, true, true, true]);
  });

  it("finds the Monday of any day", () => {
    fc.assert(
      fc.property(day, (d) => {
        expect(weekdayOf(mondayOf(d))).to.equal(1);
        expect(mondayOf(d) <= d && Date.parse(d) - Date.parse(mondayOf(d)) < 7 * 86_400_000).to.equal(true);
      }),
    );
  });

  it("refuses 30 February and what is no date", () => {
    expect(["2027-02-28", "2027-02-30", "2027-2-3", "", "hôm nay"].map(isDay)).to.deep.equal([true, false, false, false, false]);
  });
});

describe("checking a year and a holiday before they are saved", () => {
  it("accepts the year of the plan", () => {
    expect(yearProblems("2026-2027", YEAR)).to.deep.equal([]);
  });

  it("asks for Mondays, terms in order, and an end after the last week", () => {
    const problems = yearProblems("2026-2027", { ...YEAR, term1_starts_on: "2026-09-08", term2_starts_on: "2026-12-07", ends_on: "2027-03-01" });
    expect(problems).to.deep.include({ field: "term1_starts_on", problem: "not_a_monday" });
    expect(problems).to.deep.include({ field: "term2_starts_on", problem: "terms_in_order" });
    expect(problems).to.deep.include({ field: "ends_on", problem: "end_too_early" });
  });

  it("asks that the year begins in its own first year", () => {
    expect(yearProblems("2027-2028", YEAR)).to.deep.include({ field: "term1_starts_on", problem: "wrong_year" });
  });

  it("proposes a next year that is right as it stands", () => {
    const { id, ...frame } = nextYear("2026-2027");
    expect(id).to.equal("2027-2028");
    expect(yearProblems(id, frame)).to.deep.equal([]);
  });

  it("refuses a holiday that ends before it begins", () => {
    expect(holidayProblem({ from_on: "2026-11-20", to_on: "2026-11-19" })).to.deep.equal({ field: "to_on", problem: "before_start" });
    expect(holidayProblem({ from_on: "2026-11-20", to_on: "2026-11-20" })).to.equal(undefined);
  });
});
