import { expect } from "chai";
import fc from "fast-check";
import { describe, it } from "mocha";
import type { Delivery, LiveEvidence, PlanPlace, SelfStudyEvidence, Thresholds } from "../../server/ledger/rules.ts";
import { confirmationOf, isCounted, isReversed, judge, standing } from "../../server/ledger/rules.ts";
import { basisPoints, minutes, periods, pupils } from "../../server/platform/units.ts";

/** The province's defaults: DOMAIN §2.1. */
const thresholds: Thresholds = {
  live_length: basisPoints(7_000),
  live_class_present: basisPoints(5_000),
  live_pupil_stayed: basisPoints(5_000),
  self_study_completed: basisPoints(5_000),
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

const live = (change: Partial<LiveEvidence>) => judge(first, { ...held, ...change }, thresholds);
const study = (change: Partial<SelfStudyEvidence>) => judge(first, { ...studied, ...change }, thresholds);

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
      judge({ ...first, number: 2 }, { ...held, place: 2, length: minutes(length) }, thresholds);
    expect(live({ length: minutes(62) }).counted).to.equal(true);
    expect(second(62)).to.deep.equal({ counted: false, reason: "too_short", minutes: 62, needed_tenths: 630 });
    expect(judge({ ...first, number: 2 }, { ...held, place: 2, length: minutes(63), class_list: classOf(4, 4, 63) }, thresholds))
      .to.deep.equal({ counted: true });
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
    judge(first, { kind: "external", has_proof, confirmation }, thresholds);

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
    expect(judge({ ...first, lesson_removed: true }, held, thresholds)).to.include({ reason: "lesson_removed" });
  });

  it("does not count the second period of a lesson that has one now", () => {
    expect(judge({ ...first, number: 2, lesson_periods: periods(1) }, held, thresholds)).to.deep.equal({
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
  verdict: fc.constantFrom(undefined, { counted: true } as const, { counted: false } as const),
});
const deliveriesOfOnePeriod = fc.uniqueArray(anyDelivery, { selector: (delivery) => delivery.id, maxLength: 8 });

describe("which delivery stands for a period", () => {
  const counted: Delivery = {
    id: "a",
    mode: "online",
    evidence_kind: "external",
    taught_on: "2026-10-01",
    reversed: false,
    verdict: { counted: true },
  };
  const failed: Delivery = { ...counted, id: "b", evidence_kind: "live", verdict: { counted: false } };

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

  it("counts when any delivery that is not reversed counts, and at most once", () => {
    fc.assert(
      fc.property(deliveriesOfOnePeriod, (deliveries) => {
        const stands = standing(deliveries);
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
