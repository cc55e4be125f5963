import { expect } from "chai";
import { afterEach, beforeEach, describe, it } from "mocha";
import { attendanceCorrected, liveClassCancelled } from "../../server/live/events.ts";
import { planPublished } from "../../server/plan/events.ts";
import { raise } from "../../server/platform/jobs/queue.ts";
import { numberOf, PERIOD } from "../../server/platform/units.ts";
import { rebuild } from "../../server/ledger/store/settle.ts";
import { listLessonsOfSchool } from "../../server/ledger/store/periods.ts";
import { countOnline } from "../../server/ledger/store/totals.ts";
import { startApp, type Running } from "../support/app.ts";
import { holdLiveClass, studyAlone } from "../support/ledger.ts";
import { NOW, W } from "../support/world.ts";

const STARTS = "2026-11-23T00:00:00.000Z"; // Monday 7:00 in Viet Nam

describe("the ledger writes itself", () => {
  let app: Running;
  beforeEach(async () => {
    app = await startApp();
  });
  afterEach(() => app.stop());

  const periodsOf = (course: string) =>
    app.db("ledger_periods").where({ course_id: course }).orderBy(["plan_lesson_id", "period_number"]).select("plan_lesson_id", "period_number", "state", "reason", "taught_on", "evidence_kind");
  const total = async () => {
    const kept = Number((await app.db("measure_online_totals").sum("counted as sum"))[0]?.["sum"] ?? 0);
    const counted = (await countOnline(app.db, W.tranPhu)).reduce((sum, row) => sum + numberOf(row.counted), 0);
    expect(kept, "incremental sums equal a recount").to.equal(counted);
    return kept / PERIOD;
  };

  it("counts the period of a live class that was held, once, however often the fact is heard", async () => {
    const live = await holdLiveClass(app.db, {
      ...{ carries: [{ course: W.toan6A, lesson: W.toanLesson(7), number: 1 }], starts: STARTS, minutes: 45 },
      present: { minh: 45, an: 44, chau: 30 },
    });
    await app.settle();
    await raise(app.db, attendanceCorrected, { liveClassId: live }, NOW);
    await app.settle();
    const [period, ...more] = await periodsOf(W.toan6A);
    expect(more).to.have.length(0);
    expect(period).to.include({ state: "counted", taught_on: "2026-11-23", evidence_kind: "live" });
    expect(await app.db("delivery_acts")).to.have.length(1);
    expect(await total()).to.equal(1);
  });

  it("counts a merged live class for each class by its own list, and not twice for either", async () => {
    await holdLiveClass(app.db, {
      carries: [
        { course: W.toan6A, lesson: W.toanLesson(7), number: 1 },
        { course: W.toan6B, lesson: W.toanLesson(7), number: 1 },
      ],
      ...{ starts: STARTS, minutes: 45, present: { minh: 45, an: 45, khoi: 2 } },
    });
    await app.settle();
    expect((await periodsOf(W.toan6A))[0]).to.include({ state: "counted" });
    expect((await periodsOf(W.toan6B))[0]).to.include({ state: "not_counted", reason: "too_few_present" });
    expect(await total()).to.equal(1);
  });

  it("lets a session of 90 minutes carry two periods, and one of 50 minutes only the first", async () => {
    const carries = [1, 2].map((number) => ({ course: W.toan6A, lesson: W.toanLesson(4), number }));
    await holdLiveClass(app.db, { carries, starts: STARTS, minutes: 50, present: { minh: 50, an: 50 } });
    await app.settle();
    expect((await periodsOf(W.toan6A)).map((period) => period.state)).to.deep.equal(["counted", "not_counted"]);
    await holdLiveClass(app.db, { carries, starts: "2026-11-24T00:00:00.000Z", minutes: 90, present: { minh: 90, an: 90 } });
    await app.settle();
    const periods = await periodsOf(W.toan6A);
    expect(periods.map((period) => [period.state, period.taught_on])).to.deep.equal([
      ["counted", "2026-11-23"],
      ["counted", "2026-11-24"],
    ]);
    expect(await total()).to.equal(2);
  });

  it("never counts a cancelled or a trial class, and takes back what a cancelled one had counted", async () => {
    const carries = [{ course: W.toan6A, lesson: W.toanLesson(1), number: 1 }];
    const present = { minh: 45, an: 45 };
    await holdLiveClass(app.db, { carries, present, starts: STARTS, minutes: 45, state: "cancelled" });
    await app.settle();
    expect(await periodsOf(W.toan6A)).to.have.length(0);
    await holdLiveClass(app.db, { carries, present, starts: STARTS, minutes: 45, purpose: "trial" });
    await app.settle();
    expect((await periodsOf(W.toan6A))[0]).to.include({ state: "not_counted", reason: "trial" });
    const held = await holdLiveClass(app.db, { carries, present, starts: STARTS, minutes: 45 });
    await app.settle();
    expect(await total()).to.equal(1);
    await app.db("live_classes").where({ id: held }).update({ state: "cancelled" });
    await raise(app.db, liveClassCancelled, { liveClassId: held }, NOW);
    await app.settle();
    expect(await total()).to.equal(0);
  });

  it("judges anew when the teacher corrects the attendance", async () => {
    const live = await holdLiveClass(app.db, {
      ...{ carries: [{ course: W.toan6A, lesson: W.toanLesson(1), number: 1 }], starts: STARTS, minutes: 45 },
      present: { minh: 45, an: 3 },
    });
    await app.settle();
    expect(await total()).to.equal(0);
    await app.db("attendances").where({ live_class_id: live, person_id: W.an }).update({ corrected_present: true, corrected_by: W.huong, corrected_at: NOW });
    await raise(app.db, attendanceCorrected, { liveClassId: live }, NOW);
    await app.settle();
    expect(await total()).to.equal(1);
    expect((await app.db("delivery_acts").orderBy("id")).map((act) => act.reason)).to.deep.equal(["too_few_present", null]);
  });

  it("counts self-study on the day on which half of the class had completed it", async () => {
    await studyAlone(app.db, {
      ...{ course: W.toan6A, lesson: W.toanLesson(2), from: 1, to: 2, opens: "2026-11-16T00:00:00.000Z", due: "2026-11-22T16:00:00.000Z" },
      done: { minh: "2026-11-17T03:00:00.000Z", an: "2026-11-18T18:30:00.000Z", chau: "2026-11-23T00:00:00.000Z" },
    });
    await app.settle();
    const periods = await periodsOf(W.toan6A);
    expect(periods.map((period) => [period.period_number, period.state, period.taught_on])).to.deep.equal([
      [1, "counted", "2026-11-19"],
      [2, "counted", "2026-11-19"],
    ]);
  });

  it("puts a class at 6:50 on the 1st in Viet Nam into the new month, though in UTC it is still the 31st", async () => {
    await holdLiveClass(app.db, {
      ...{ carries: [{ course: W.toan6A, lesson: W.toanLesson(1), number: 1 }], starts: "2026-10-31T23:50:00.000Z", minutes: 45 },
      present: { minh: 45, an: 45 },
    });
    app.time.now = "2026-11-30T00:00:00.000Z";
    await app.settle();
    expect((await periodsOf(W.toan6A))[0]).to.include({ taught_on: "2026-11-01" });
    expect(await app.db("measure_online_totals").pluck("taught_on")).to.deep.equal(["2026-11-01"]);
  });

  it("takes out of the figures what was taught of a lesson that left the plan, and brings it back with the lesson", async () => {
    const carries = [1, 2].map((number) => ({ course: W.toan6A, lesson: W.toanLesson(4), number }));
    await holdLiveClass(app.db, { carries, starts: STARTS, minutes: 90, present: { minh: 90, an: 90 } });
    await app.settle();
    expect(await total()).to.equal(2);
    const change = async (lesson: object) => {
      await app.db("plan_lessons").where({ id: W.toanLesson(4) }).update(lesson);
      await raise(app.db, planPublished, { planId: W.planToan6 }, NOW);
      await app.settle();
      return total();
    };
    expect(await change({ periods: 1 })).to.equal(1);
    expect(await change({ removed_at: NOW })).to.equal(0);
    expect((await periodsOf(W.toan6A))[0]).to.include({ reason: "lesson_removed" });
    expect(await change({ periods: 2, removed_at: null })).to.equal(2);
  });

  it("can be rebuilt from its deliveries and acts alone", async () => {
    const carries = [1, 2].map((number) => ({ course: W.toan6A, lesson: W.toanLesson(4), number }));
    await holdLiveClass(app.db, { carries, starts: STARTS, minutes: 50, present: { minh: 50, an: 50 } });
    await app.settle();
    const before = await app.db("ledger_periods").orderBy("period_number");
    const sums = await app.db("measure_online_totals");
    await app.db("ledger_periods").del();
    await app.db("measure_online_totals").del();
    await app.db.transaction(async (trx) => rebuild(trx, await listLessonsOfSchool(trx, W.tranPhu)));
    expect(await app.db("ledger_periods").orderBy("period_number")).to.deep.equal(before);
    expect(await app.db("measure_online_totals")).to.deep.equal(sums);
  });
});
