import { expect } from "chai";
import fc from "fast-check";
import { proposalKey, proposalsOf } from "../../server/live/series-rules.ts";
import { addDays } from "../../server/platform/clock.ts";
import { startApp, type Running } from "../support/app.ts";
import type { Answer, Client } from "../support/client.ts";
import { addTimetables } from "../support/timetable.ts";
import { NOW, W } from "../support/world.ts";

describe("a series of live classes by the timetable", () => {
  let app: Running;
  let huong: Client;
  before(async () => {
    app = await startApp();
    await addTimetables(app.db);
    huong = await app.as("huong");
  });
  beforeEach(async () => {
    app.time.now = NOW;
    for (const table of ["live_class_periods", "live_classes", "holidays", "live_settings"]) await app.db(table).delete();
  });
  after(() => app.stop());

  const path = `/courses/${W.toan6A}/live-classes/series`;
  // Monday of week 12 has Luỹ thừa, Tuesday the review; the test of two periods falls on Monday and Tuesday of week 13.
  const review = `2026-11-24.07:00.${W.toanLesson(8)}.1-1`;
  const activity = `2026-11-30.07:50.${W.toanLesson(9)}.1-1`;
  const keysOf = (answer: Answer): string[] => [...answer.text.matchAll(/name="pick" value="([^"]+)"/g)].map((found) => found[1] ?? "");
  const classes = () => app.db("live_classes as l").join("live_class_periods as p", "p.live_class_id", "l.id").orderBy(["l.starts_at", "p.period_number"]).select("l.starts_at", "l.length_minutes", "l.series_id", "p.plan_lesson_id", "p.period_number");

  it("is proposed to who teaches the course: the plan's next lessons in the next periods of the timetable", async () => {
    for (const [login, status] of [["son", 403], ["nam", 403], ["minh", 403], ["lan", 404], ["khoi", 404]] as const) expect((await (await app.as(login)).get(path)).status, login).to.equal(status);
    app.time.now = "2026-11-22T02:00:00.000Z"; // the Sunday before
    const page = await huong.get(path);
    expect(keysOf(page)).to.deep.equal([`2026-11-23.07:50.${W.toanLesson(7)}.1-1`, review, `2026-12-07.07:50.${W.toanLesson(10)}.1-1`]);
    expect(page.text).to.contain("7. Luỹ thừa với số mũ tự nhiên (tiết 1)").and.contain("Kiểm tra: làm tại trường").and.contain("9. Kiểm tra giữa kì I (tiết 1)").and.contain("Tuần này không còn tiết nào có bài để chọn");
    expect((await huong.get(`/courses/${W.toan6A}/live-classes/new`)).text).to.contain(`href="${path}"`);
  });

  it("leaves out what is past, and days off: their lessons come in the next period", async () => {
    expect(keysOf(await huong.get(path))).to.deep.equal([`2026-12-07.07:50.${W.toanLesson(10)}.1-1`]); // it is Tuesday, nine o'clock
    await app.db("holidays").insert({ id: "h".repeat(26), year_id: "2026-2027", unit_id: W.tranPhu, name: "Nghỉ bão", from_on: "2026-12-07", to_on: "2026-12-07" });
    expect(keysOf(await huong.get(path))).to.deep.equal([`2026-12-08.07:00.${W.toanLesson(10)}.1-1`]);
  });

  it("ticks what the plan or the teacher wants online, and joins periods of one lesson", async () => {
    app.time.now = "2026-11-22T02:00:00.000Z";
    await app.db("plan_lessons").where({ id: W.toanLesson(10) }).update({ periods: 3, planned_mode: "online" });
    const page = await huong.get(path);
    const joined = `2026-12-08.07:00.${W.toanLesson(10)}.2-3`;
    expect(keysOf(page)).to.include(joined);
    expect(page.text).to.match(new RegExp(`value="${joined}" checked`)).and.contain("Kế hoạch ghi dạy trực tuyến");
    expect((await huong.post(path, { pick: [review, joined], legal_reason: "", link: "" })).status).to.equal(303);
    const saved = await classes();
    expect(saved.map((one) => [one.starts_at, one.length_minutes, one.plan_lesson_id, one.period_number])).to.deep.equal([
      ["2026-11-24T00:00:00.000Z", 45, W.toanLesson(8), 1],
      ["2026-12-08T00:00:00.000Z", 95, W.toanLesson(10), 2],
      ["2026-12-08T00:00:00.000Z", 95, W.toanLesson(10), 3],
    ]);
    expect(new Set(saved.map((one) => one.series_id)).size).to.equal(1);
    expect(saved[0].series_id).to.be.a("string");
    expect((await huong.get(path)).text).to.contain("Đã có lớp trực tuyến");
    await app.db("plan_lessons").where({ id: W.toanLesson(10) }).update({ periods: 1, planned_mode: "in_class" });
  });

  it("refuses nothing picked, a test, what has moved on and what is not offered; what was picked stays picked", async () => {
    app.time.now = "2026-11-22T02:00:00.000Z";
    const none = await huong.post(path, { legal_reason: "", link: "" });
    expect([none.status, none.text.includes("Hãy chọn ít nhất một tiết")]).to.deep.equal([422, true]);
    for (const pick of [activity, `2026-11-25.07:00.${W.toanLesson(8)}.1-1`, `2026-11-24.07:00.${W.leLoiLesson(8)}.1-1`]) {
      const answer = await huong.post(path, { pick: [review, pick] });
      expect([answer.status, answer.text.includes("Hãy chọn lại"), answer.text.includes(`value="${review}" id="pick" checked`) || answer.text.includes(`value="${review}" checked`)], pick).to.deep.equal([422, true, true]);
    }
    const reason = await huong.post(path, { pick: review, legal_form: "replacing", legal_reason: "" });
    expect([reason.status, reason.text.includes("cần ghi rõ lý do")]).to.deep.equal([422, true]);
    expect(await classes()).to.deep.equal([]);
  });

  it("is saved once, however often it is sent; classes at the same time are said and can be kept all the same", async () => {
    app.time.now = "2026-11-22T02:00:00.000Z";
    const answers = await Promise.all([huong.post(path, { pick: review }), huong.post(path, { pick: review })]);
    expect(answers.map((one) => one.status).sort()[0]).to.equal(303);
    expect((await huong.post(path, { pick: review })).status).to.equal(422);
    expect(await classes()).to.have.length(1);
    await app.db("live_class_periods").delete();
    await app.db("live_classes").update({ title: "Toán 6B: ôn tập" });
    const clash = await huong.post(path, { pick: review });
    expect([clash.status, clash.text.includes("Toán 6B: ôn tập"), clash.text.includes("despite_conflicts")]).to.deep.equal([422, true, true]);
    expect((await huong.post(path, { pick: review, despite_conflicts: "yes" })).status).to.equal(303);
  });

  it("says what is missing where the timetable or the plan has nothing", async () => {
    expect((await huong.get(`/courses/${W.toan6B}/live-classes/series`)).text).to.contain("7. Luỹ thừa");
    await app.db("timetable_slots").where({ course_id: W.toan6B }).delete();
    expect((await huong.get(`/courses/${W.toan6B}/live-classes/series`)).text).to.contain("Thời khóa biểu của lớp chưa có môn này");
    app.time.now = "2027-04-05T02:00:00.000Z";
    expect((await huong.get(path)).text).to.contain("không còn bài nào trong kế hoạch");
  });

  it("no period is proposed twice, whatever the timetable and the plan say", () => {
    const occurrence = fc.record({ day: fc.integer({ min: 0, max: 20 }), number: fc.integer({ min: 1, max: 5 }) });
    fc.assert(
      fc.property(fc.uniqueArray(occurrence, { selector: (one) => `${one.day} ${one.number}` }), fc.array(fc.constantFrom("a", "b")), (taught, names) => {
        const inOrder = taught
          .sort((a, b) => a.day - b.day || a.number - b.number)
          .map((one) => ({ on: addDays("2026-12-01", one.day), week: 1, starts: `0${one.number + 3}:00`, ends: `0${one.number + 3}:45`, slot: { day: 1, session: "morning" as const, number: one.number, kind: "lesson" as const, course_id: "c", teacher_id: null } }));
        const counts = new Map<string, number>();
        const laid = inOrder.map((_, i) => {
          const lesson_id = names[i];
          if (lesson_id === undefined) return undefined;
          counts.set(lesson_id, (counts.get(lesson_id) ?? 0) + 1);
          return { lesson_id, number: counts.get(lesson_id) ?? 0, week: 1 };
        });
        const found = proposalsOf(inOrder, laid, { tests: new Set(), taken: new Set(), at: "2026-01-01T00:00:00.000Z" });
        expect(new Set(found.map(proposalKey)).size).to.equal(found.length);
        expect(found.flatMap((one) => one.numbers.map((number) => `${one.lesson_id} ${number}`)).sort()).to.deep.equal(laid.flatMap((one) => (one ? [`${one.lesson_id} ${one.number}`] : [])).sort());
        for (const one of found) expect(one.numbers.length).to.be.within(1, 3);
      }),
    );
  });
});
