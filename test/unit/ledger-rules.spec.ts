import { expect } from "chai";
import fc from "fast-check";
import { describe, it } from "mocha";
import type { Delivery, EvidenceRules, LiveEvidence, PlanPlace, SelfStudyEvidence } from "../../server/ledger/rules.ts";
import { confirmationOf, countsFor, isCounted, isReversed, judge, LEVELS, levelOf, levelsOfSchool, minutesHeld, rulesFor, standing, worthOf } from "../../server/ledger/rules.ts";
import { basisPoints, hundredths, minutes, numberOf, periods, pupils, wholePeriods } from "../../server/platform/units.ts";

/** The province's defaults: DOMAIN §2.1. */
const rules: EvidenceRules = {
  live_length: basisPoints(7_000),
  live_class_present: basisPoints(5_000),
  live_pupil_stayed: basisPoints(5_000),
  self_study_completed: basisPoints(5_000),
  partial_periods: "whole_only",
};

const first: PlanPlace = { number: 1, lesson_periods: periods(2), lesson_removed: false, published: true };

/** A class of `size` pupils of whom `present` stayed to the end. */
const classOf = (size: number, present: number, stayed = 45) =>
  Array.from({ length: size }, (_, i) => ({ stayed: minutes(i < present ? stayed : 0), corrected: null }));

const held: LiveEvidence = {
  kind: "live",
  state: "ended",
  purpose: "lesson",
  length: minutes(45),
  period_length: minutes(45),
  place: 1,
  class_list: classOf(40, 38),
};

const studied: SelfStudyEvidence = {
  kind: "self_study",
  state: "closed",
  class_size: pupils(40),
  completed_in_time: pupils(31),
};

const live = (change: Partial<LiveEvidence>) => judge(first, { ...held, ...change }, rules);
const study = (change: Partial<SelfStudyEvidence>) => judge(first, { ...studied, ...change }, rules);

describe("a live class as evidence (DOMAIN §2.1, live)", () => {
  it("counts when it was long enough and enough of the class stayed", () => {
    expect(live({})).to.deep.equal({ counted: true });
  });

  it("needs 70 % of the planned minutes: of 45 minutes 31 are too short and 32 are not", () => {
    expect(live({ length: minutes(31) })).to.deep.equal({
      counted: false,
      reason: "too_short",
      minutes: 31,
      needed_tenths: 315,
    });
    expect(live({ length: minutes(32) }).counted).to.equal(true);
  });

  it("measures primary schools by their periods of 35 minutes", () => {
    expect(live({ length: minutes(24), period_length: minutes(35) }).counted).to.equal(false);
    expect(live({ length: minutes(25), period_length: minutes(35) }).counted).to.equal(true);
  });

  it("needs half of the class list: 19 of 39 are too few, 20 are enough", () => {
    expect(live({ class_list: classOf(39, 19) })).to.deep.equal({
      counted: false,
      reason: "too_few_present",
      present: 19,
      needed: 20,
      class_size: 39,
    });
    expect(live({ class_list: classOf(39, 20) }).counted).to.equal(true);
  });

  it("takes a pupil for present who stayed half of the class's own length", () => {
    expect(live({ class_list: classOf(2, 2, 22) }).counted).to.equal(false);
    expect(live({ class_list: classOf(2, 2, 23) }).counted).to.equal(true);
    expect(live({ length: minutes(32), class_list: classOf(2, 2, 16) }).counted).to.equal(true);
  });

  it("lets the teacher's correction of a pupil stand above what the server saw", () => {
    const dropped = { stayed: minutes(3), corrected: true };
    const lent = { stayed: minutes(45), corrected: false };
    expect(live({ class_list: [dropped] }).counted).to.equal(true);
    expect(live({ class_list: [lent] }).counted).to.equal(false);
  });

  it("judges each class of a merged live class by its own list", () => {
    expect(live({ class_list: classOf(30, 29) }).counted).to.equal(true);
    expect(live({ class_list: classOf(30, 9) }).counted).to.equal(false);
  });

  it("never counts a cancelled, a trial or an unfinished class", () => {
    expect(live({ state: "cancelled" })).to.deep.equal({ counted: false, reason: "cancelled" });
    expect(live({ purpose: "trial" })).to.deep.equal({ counted: false, reason: "trial" });
    expect(live({ state: "open" })).to.deep.equal({ counted: false, reason: "not_over" });
    expect(live({ class_list: [] })).to.deep.equal({ counted: false, reason: "no_class_list" });
  });

  it("lets 90 minutes carry two periods, each with its minutes: 63 for both, 62 for the first alone", () => {
    const second = (length: number) =>
      judge({ ...first, number: 2 }, { ...held, place: 2, length: minutes(length) }, rules);
    expect(live({ length: minutes(62) }).counted).to.equal(true);
    expect(second(62)).to.deep.equal({ counted: false, reason: "too_short", minutes: 62, needed_tenths: 630 });
    expect(judge({ ...first, number: 2 }, { ...held, place: 2, length: minutes(63), class_list: classOf(4, 4, 63) }, rules))
      .to.deep.equal({ counted: true });
  });
});

describe("a period that was online in part (DOMAIN §2.1, by fraction)", () => {
  const parts: EvidenceRules = { ...rules, partial_periods: "by_fraction" };
  const judged = (change: Partial<LiveEvidence>, by = parts) => judge(first, { ...held, class_list: classOf(40, 40, 500), ...change }, by);
  const worth = (change: Partial<LiveEvidence>, by = parts): number => numberOf(worthOf(judged(change, by)));

  it("counts for its minutes over the length of a period, cut down: 20 of 45 minutes are 0.44", () => {
    expect(judged({ length: minutes(20) })).to.deep.equal({ counted: true, reason: "part", minutes: 20, period_length: 45, needed_tenths: 315, length: 20, hundredths: 44 });
    expect(worth({ length: minutes(31) })).to.equal(68);
    expect(worth({ length: minutes(32) }), "long enough for the whole").to.equal(100);
    expect(worth({ length: minutes(20), period_length: minutes(35) })).to.equal(57);
  });

  it("does not count where the province says whole only, and keeps its minutes", () => {
    expect(judged({ length: minutes(20) }, rules)).to.deep.equal({ counted: false, reason: "too_short", minutes: 20, needed_tenths: 315 });
  });

  it("needs as many pupils as a whole one, and some of the period", () => {
    expect(judged({ length: minutes(20), class_list: classOf(40, 19, 20) })).to.include({ counted: false, reason: "too_few_present" });
    expect(judged({ length: minutes(0) })).to.include({ counted: false, reason: "too_short" });
    expect(judged({ length: minutes(45), place: 2 })).to.include({ counted: false, reason: "too_short", minutes: 45, needed_tenths: 630 });
  });

  it("takes for the second period what was held beyond the first", () => {
    expect(judged({ length: minutes(58), place: 2 })).to.deep.equal({ counted: true, reason: "part", minutes: 13, period_length: 45, needed_tenths: 630, length: 58, hundredths: 28 });
    expect(worth({ length: minutes(58), place: 1 })).to.equal(100);
  });

  const anyClass = fc.record({ length: fc.nat(200).map(minutes), period_length: fc.constantFrom(35, 45).map(minutes), place: fc.integer({ min: 1, max: 4 }) });
  const anyShare = fc.integer({ min: 1, max: 10_000 }).map(basisPoints);

  it("is 1 to 99 hundredths where it counts in part, 100 where it counts as a whole, and never less for more minutes", () => {
    fc.assert(
      fc.property(anyClass, anyShare, fc.nat(60), (live, live_length, more) => {
        const by = { ...parts, live_length };
        const verdict = judged(live, by);
        const counted = numberOf(worthOf(verdict));
        if ("reason" in verdict && verdict.reason === "part") expect(counted).to.be.within(1, 99);
        else expect(counted).to.be.oneOf([0, 100]);
        expect(worth({ ...live, length: minutes(live.length + more) }, by)).to.be.at.least(counted);
        expect(counted, "whole only").to.be.at.least(worth(live, { ...by, partial_periods: "whole_only" }));
      }),
    );
  });

  it("adds up: the periods of a class that must be whole are its minutes, cut, and never more than it carries", () => {
    fc.assert(
      fc.property(anyClass, anyShare, ({ length, period_length, place: periods_carried }, live_length) => {
        const places = Array.from({ length: periods_carried }, (_, i) => i + 1);
        const sum = (by: EvidenceRules): number => places.reduce((total, place) => total + worth({ length, period_length, place }, by), 0);
        const all = Math.min(100 * periods_carried, Math.floor((100 * length) / period_length));
        expect(sum({ ...parts, live_length: basisPoints(10_000) })).to.equal(all);
        expect(sum({ ...parts, live_length }), "a lower threshold makes wholes of parts").to.be.within(all, 100 * periods_carried);
        expect(places.reduce((total, place) => total + minutesHeld({ length, period_length, place }), 0)).to.equal(Math.min(length, periods_carried * period_length));
      }),
    );
  });
});

describe("thresholds of a school level", () => {
  const asked = { thresholds: rules, levels: { primary: { live_length: basisPoints(5_000) } }, partial_periods: "whole_only" } as const;

  it("stand in the place of the common ones, where a level has them", () => {
    expect(rulesFor(asked, "primary")).to.deep.equal({ ...rules, live_length: 5_000 });
    expect(rulesFor(asked, "upper_secondary")).to.deep.equal(rules);
  });

  it("are those of the course's grade in schools of two levels, and of the school in continuing education", () => {
    expect([1, 5, 6, 9, 10, 12].map((grade) => levelOf(grade, "primary_lower"))).to.deep.equal(["primary", "primary", "lower_secondary", "lower_secondary", "upper_secondary", "upper_secondary"]);
    expect([6, 11].map((grade) => levelOf(grade, "continuing"))).to.deep.equal(["continuing", "continuing"]);
    expect(levelsOfSchool("primary_lower")).to.deep.equal(["primary", "lower_secondary"]);
    expect(levelsOfSchool("continuing")).to.deep.equal(["continuing"]);
    expect(levelsOfSchool(null)).to.deep.equal(LEVELS);
  });
});

describe("self-study as evidence (DOMAIN §2.1, self_study)", () => {
  it("counts when half of the class list completed it in time, even before the due date", () => {
    expect(study({}).counted).to.equal(true);
    expect(study({ completed_in_time: pupils(20), state: "open" }).counted).to.equal(true);
  });

  it("waits while it is open and fails when it is closed", () => {
    const numbers = { counted: false, completed: 19, needed: 20, class_size: 40 };
    expect(study({ completed_in_time: pupils(19), state: "open" })).to.deep.equal({ ...numbers, reason: "still_open" });
    expect(study({ completed_in_time: pupils(19) })).to.deep.equal({ ...numbers, reason: "too_few_completed" });
  });

  it("never counts when it was cancelled or nobody is on the list", () => {
    expect(study({ state: "cancelled" })).to.deep.equal({ counted: false, reason: "cancelled" });
    expect(study({ class_size: pupils(0), completed_in_time: pupils(0) })).to.include({ reason: "no_class_list" });
  });
});

describe("an external period (DOMAIN §2.1, external)", () => {
  const external = (has_proof: boolean, confirmation: "waiting" | "confirmed" | "refused") =>
    judge(first, { kind: "external", has_proof, confirmation }, rules);

  it("counts with proof and the confirmation of a department head or leader, and only with both", () => {
    expect(external(true, "confirmed")).to.deep.equal({ counted: true });
    expect(external(true, "waiting")).to.deep.equal({ counted: false, reason: "awaiting_confirmation" });
    expect(external(true, "refused")).to.deep.equal({ counted: false, reason: "refused" });
    expect(external(false, "confirmed")).to.deep.equal({ counted: false, reason: "no_proof" });
  });

  it("follows the last word that was said", () => {
    expect(confirmationOf([])).to.equal("waiting");
    expect(confirmationOf([{ act: "refuse" }, { act: "judge" }, { act: "confirm" }])).to.equal("confirmed");
    expect(isReversed([{ act: "reverse" }, { act: "restore" }])).to.equal(false);
    expect(isReversed([{ act: "restore" }, { act: "reverse" }, { act: "judge" }])).to.equal(true);
  });
});

describe("a plan that changed in mid-year", () => {
  it("does not count a period whose lesson was taken out of the plan", () => {
    expect(judge({ ...first, lesson_removed: true }, held, rules)).to.include({ reason: "lesson_removed" });
  });

  it("does not count the second period of a lesson that has one now", () => {
    expect(judge({ ...first, number: 2, lesson_periods: periods(1) }, held, rules)).to.deep.equal({
      counted: false,
      reason: "beyond_plan",
      number: 2,
      periods: 1,
    });
  });
});

const anyDelivery = fc.record<Delivery>({
  id: fc.stringMatching(/^[a-z]{3}$/),
  mode: fc.constantFrom("in_class", "online"),
  evidence_kind: fc.constantFrom("live", "self_study", "external", null),
  taught_on: fc.constantFrom("2026-09-07", "2026-09-14", "2026-10-01"),
  reversed: fc.boolean(),
  worth: fc.constantFrom(undefined, ...[0, 1, 44, 99, 100].map(hundredths)),
});
const deliveriesOfOnePeriod = fc.uniqueArray(anyDelivery, { selector: (delivery) => delivery.id, maxLength: 8 });

describe("which delivery stands for a period", () => {
  const counted: Delivery = {
    id: "a",
    mode: "online",
    evidence_kind: "external",
    taught_on: "2026-10-01",
    reversed: false,
    worth: wholePeriods(1),
  };
  const failed: Delivery = { ...counted, id: "b", evidence_kind: "live", worth: hundredths(0) };

  it("prefers a counted one, then the strongest evidence, then the earliest day", () => {
    expect(standing([failed, counted])?.id).to.equal("a");
    expect(standing([counted, { ...counted, id: "c", evidence_kind: "live" }])?.id).to.equal("c");
    expect(standing([counted, { ...counted, id: "d", taught_on: "2026-09-01" }])?.id).to.equal("d");
  });

  it("keeps the first that counted when the period is taught again with stronger evidence: October keeps what it reported", () => {
    const again = { ...counted, id: "e", evidence_kind: "live" as const, taught_on: "2026-12-15" };
    expect(standing([again, counted])?.id).to.equal(counted.id);
    expect(standing([{ ...again, taught_on: counted.taught_on }, counted])?.id, "of one day the strongest").to.equal("e");
    expect(standing([again, { ...counted, reversed: true }])?.id, "the first was a mistake").to.equal("e");
  });

  it("prefers a whole period to a part of one, the greater part to the smaller, and then the first", () => {
    const part = { ...counted, id: "p", evidence_kind: "live" as const, taught_on: "2026-09-01", worth: hundredths(44) };
    const later = { ...part, id: "q", taught_on: "2026-11-20" };
    expect(standing([part, counted])?.id, "whole, though later and weaker").to.equal("a");
    expect(standing([part, { ...later, worth: hundredths(80) }])?.id).to.equal("q");
    expect(standing([later, part])?.id, "of equal parts the first").to.equal("p");
    expect(standing([failed, { ...part, worth: hundredths(1) }])?.id, "any part before nothing").to.equal("p");
    expect(numberOf(countsFor(part))).to.equal(44);
  });

  it("never counts a period taught in class", () => {
    expect(isCounted({ ...counted, mode: "in_class" })).to.equal(false);
  });

  it("is the same whatever the order in which the events arrived", () => {
    fc.assert(
      fc.property(deliveriesOfOnePeriod, fc.infiniteStream(fc.nat()), (deliveries, keys) => {
        const shuffled = deliveries
          .map((delivery) => ({ delivery, key: keys.next().value ?? 0 }))
          .sort((a, b) => a.key - b.key)
          .map(({ delivery }) => delivery);
        expect(standing(shuffled)).to.deep.equal(standing(deliveries));
      }),
    );
  });

  it("counts when any delivery that is not reversed counts, for as much as the most of them, and at most once", () => {
    fc.assert(
      fc.property(deliveriesOfOnePeriod, (deliveries) => {
        const stands = standing(deliveries);
        expect(stands ? numberOf(countsFor(stands)) : 0).to.equal(Math.max(0, ...deliveries.map((one) => numberOf(countsFor(one)))));
        expect(stands !== undefined && isCounted(stands)).to.equal(deliveries.some(isCounted));
      }),
    );
  });

  it("comes back to what it was when a delivery is added and reversed", () => {
    fc.assert(
      fc.property(deliveriesOfOnePeriod, anyDelivery, (deliveries, mistake) => {
        expect(standing([...deliveries, { ...mistake, reversed: true }])).to.deep.equal(standing(deliveries));
      }),
    );
  });
});
