import { expect } from "chai";
import fc from "fast-check";
import { afterEach, beforeEach, describe, it } from "mocha";
import { countOddFigures } from "../../server/measures/odd/jobs.ts";
import { asksForQuestion, ODD_KINDS } from "../../server/measures/odd/rules.ts";
import { addMinutes, type Instant } from "../../server/platform/clock.ts";
import { insertAll } from "../../server/platform/db.ts";
import { newId } from "../../server/platform/ids.ts";
import { startApp, type Running } from "../support/app.ts";
import { countQueries } from "../support/database.ts";
import { digitise, holdLiveClass, studyAlone } from "../support/ledger.ts";
import { NOW, W, YEAR } from "../support/world.ts";

const SCHOOL = `/schools/${W.tranPhu}/odd-figures`;
const STARTS = "2026-11-10T00:00:00.000Z";

describe("figures that ask for a question", () => {
  let app: Running;
  beforeEach(async () => {
    app = await startApp();
  });
  afterEach(() => app.stop());

  const held = (minutes: number, lesson = 1, starts: Instant = STARTS) => holdLiveClass(app.db, { carries: [{ course: W.toan6A, lesson: W.toanLesson(lesson), number: 1 }], starts, minutes, present: { minh: minutes, an: minutes } });
  const count = async (): Promise<Record<string, string>> => {
    await countOddFigures(app.db, NOW);
    const rows = await app.db("odd_figures").where({ school_id: W.tranPhu }).where("cases", ">", 0);
    return Object.fromEntries(rows.map((row: { kind: string; cases: number; among: number }) => [row.kind, `${row.cases}/${row.among}`]));
  };
  const shortClasses = async (): Promise<void> => {
    for (let n = 1; n <= 3; n += 1) await held(3, n, addMinutes(STARTS, n * 60));
    await held(45, 4);
  };

  it("are live classes that were over before five minutes: five whole minutes are none", async () => {
    await shortClasses();
    await held(5, 5, addMinutes(STARTS, 600));
    await holdLiveClass(app.db, { carries: [{ course: W.toan6A, lesson: W.toanLesson(1), number: 1 }], starts: STARTS, minutes: 2, purpose: "trial", present: {} });
    expect(await count()).to.include({ short_live: "3/5" });
  });

  it("are pupils who joined within one second, but not those who waited at the door", async () => {
    const seven = [W.minh, W.an, W.chau, W.duy, W.khoi, W.lam, W.vy];
    const marks = (live: string, joined: (i: number) => Instant) => insertAll(app.db, "presence_marks", seven.map((person, i) => ({ id: newId(), live_class_id: live, person_id: person, connection_id: `c${i}`, joined_at: joined(i), seen_at: NOW })));
    await marks(await held(45, 1), (i) => (i < 6 ? "2026-11-10T00:04:09.120Z" : "2026-11-10T00:05:00.000Z"));
    await marks(await held(45, 2), () => "2026-11-10T00:00:02.000Z");
    await marks(await held(45, 3), (i) => addMinutes(STARTS, 2 + i));
    expect(await count()).to.include({ joined_at_once: "1/3" });
    const page = await (await app.as("dung")).get(`${SCHOOL}?kind=joined_at_once`);
    expect(page.text).to.contain("6 em").and.to.contain("7 em").and.to.contain("Tập hợp").and.not.to.contain("Minh");
  });

  it("are self-study that most of a class completed within one second", async () => {
    const at = "2026-11-11T02:00:00.250Z";
    await studyAlone(app.db, { course: W.toan6A, lesson: W.toanLesson(1), from: 1, to: 1, opens: STARTS, due: NOW, done: { minh: at, an: at, chau: at, duy: at } });
    expect(await count()).not.to.have.property("done_at_once"); // four pupils are too few to say anything
    await app.db("lesson_progress").insert({ course_id: W.toan6A, plan_lesson_id: W.toanLesson(1), pupil_id: W.khoi, opened_at: STARTS, last_opened_at: at, done_at: at });
    expect(await count()).to.include({ done_at_once: "1/1" });
    await app.db("self_study_assignments").update({ live_class_id: newId() }); // the kit of a class: who finished it stands elsewhere
    expect(await count()).not.to.have.property("done_at_once");
  });

  it("are one file for eight lessons, and lessons long past whose material nobody opened", async () => {
    const all = Array.from({ length: 10 }, (_, i) => W.toanLesson(i + 1));
    await digitise(app.db, all, STARTS);
    expect(await count()).to.deep.equal({ same_file: "1/1", never_opened: "6/6" }); // weeks 1 to 5 are over by two weeks; review and test are no lessons
    await held(45, 1);
    await app.db("lesson_progress").insert({ course_id: W.toan6B, plan_lesson_id: W.toanLesson(2), pupil_id: W.khoi, opened_at: STARTS, last_opened_at: STARTS });
    expect(await count()).to.include({ never_opened: "4/6" });
  });

  it("that were counted last night say so, though nothing was found", async () => {
    const dung = await app.as("dung");
    for (const path of ["/odd-figures", SCHOOL]) expect((await dung.get(path)).text, path).to.contain("Chưa đếm lần nào");
    await held(45);
    expect(await count()).to.deep.equal({});
    for (const path of ["/odd-figures", SCHOOL]) expect((await dung.get(path)).text, path).to.contain("Đếm lúc").and.to.contain("Không có số liệu nào cần hỏi").and.not.to.contain("Chưa đếm lần nào");
  });

  it("are counted in every school but one that fails, and that it failed is told", async () => {
    await shortClasses();
    await insertAll(app.db, "measure_plan_totals", [W.leLoi, W.tranPhu].map((school_id) => ({ school_id, campus_id: "", year_id: YEAR, subject_code: "AMNHAC", grade: 6, courses: 1, planned_periods: 35, from_national: false, lessons_planned: 0, lessons_covered: 0, lessons_own: 0 })));
    let writes = 0;
    const failsOnce = new Proxy(app.db, { get: (db, name) => (name === "transaction" && writes++ === 0 ? () => Promise.reject(new Error("the first school fails")) : (Reflect.get(db, name) as unknown)) });
    const failure = await countOddFigures(failsOnce, NOW).catch((error: unknown) => String(error));
    expect(failure).to.contain("the first school fails");
    expect(writes).to.be.above(1);
    expect(await app.db("odd_figures").distinct("school_id").pluck("school_id")).to.have.length(writes - 1);
  });

  it("are asked about, answered and settled, each once, each told to the other side", async () => {
    await shortClasses();
    await count();
    const [dung, nam] = [await app.as("dung"), await app.as("nam")];
    expect((await dung.get("/odd-figures")).text).to.contain("THCS Trần Phú").and.to.contain("3/4").and.to.contain("chưa hỏi");
    expect((await dung.get(SCHOOL)).text).to.contain("3 trong 4 lớp trực tuyến").and.to.contain("Nhờ nhà trường cho biết lí do");
    const ask = (question: string) => dung.post(`${SCHOOL}/short_live/questions`, { year: YEAR, question });
    expect((await ask(" ")).status).to.equal(422);
    expect((await ask("Vì sao có ba lớp ngắn như vậy?")).status).to.equal(303);
    expect((await ask("Hỏi lần nữa")).status).to.equal(409);
    expect((await nam.get("/notices")).text).to.contain("Lớp trực tuyến dưới 5 phút");

    const question = String((await app.db("odd_exchanges").first())?.id);
    const seen = async (client = nam): Promise<string> => /name="seen" value="(\d+)"/.exec((await client.get(SCHOOL)).text)?.[1] ?? "";
    const answer = (text: string, at: string) => nam.post(`/odd-questions/${question}/answer`, { seen: at, answer: text });
    expect((await answer("", "1")).text).to.contain("Vì sao có ba lớp ngắn như vậy?");
    expect((await answer("Mạng của trường hỏng sáng hôm đó.", "1")).status).to.equal(303);
    expect((await answer("Mạng của trường hỏng sáng hôm đó.", "1")).status, "sent twice").to.equal(303);
    expect((await dung.get("/odd-figures?state=answered")).text).to.contain("THCS Trần Phú");
    expect((await dung.get("/notices")).text).to.contain("Lớp trực tuyến dưới 5 phút");
    const stale = await seen(dung);
    app.time.now = addMinutes(NOW, 1);
    expect((await answer("Nhà trường bổ sung: mất điện.", await seen())).status).to.equal(303);
    const settle = (at: string, note: string) => dung.post(`/odd-questions/${question}/settlement`, { seen: at, note });
    const further = (at: string, text: string) => dung.post(`/odd-questions/${question}/questions`, { seen: at, question: text });
    for (const unread of [await settle(stale, "Đã rõ rồi nhé."), await further(stale, "Đã rõ rồi nhé.")]) {
      expect(unread.status).to.equal(409);
      expect(unread.text).to.contain("Nhà trường bổ sung: mất điện.").and.to.contain("Chưa gửi được").and.to.contain("Đã rõ rồi nhé.");
    }
    expect((await further(await seen(dung), "")).status).to.equal(422);
    expect((await further(await seen(dung), "Lớp nào đã học bù?")).status).to.equal(303);
    expect((await further(await seen(dung), "Hỏi chồng")).status, "while the school has not answered").to.equal(409);
    expect((await dung.get("/odd-figures?state=asked")).text).to.contain("THCS Trần Phú");
    expect((await answer("Cả ba lớp.", "3")).status).to.equal(409);
    expect((await answer("Cả ba lớp.", await seen())).status).to.equal(303);
    const last = await seen(dung);
    expect((await settle(last, "Đã rõ.")).status).to.equal(303);
    expect((await settle(last, "Đã rõ.")).status, "sent twice").to.equal(303);
    expect((await settle(last, "")).status).to.equal(409);
    expect((await answer("Nói thêm", last)).status).to.equal(409);
    const whole = (await nam.get(SCHOOL)).text;
    const places = ["Vì sao có ba lớp", "Mạng của trường hỏng", "bổ sung: mất điện", "Lớp nào đã học bù?", "Cả ba lớp.", "Đã rõ."].map((words) => whole.indexOf(words));
    expect(places, "everything that was said, in its order").to.deep.equal([...places].sort((x, y) => x - y)).and.not.to.include(-1);
    expect(await app.db("audit_entries").where({ subject_type: "odd_exchange" }).orderBy("id").pluck("action")).to.deep.equal(["odd.ask", "odd.answer", "odd.answer", "odd.ask", "odd.answer", "odd.settle"]);
    expect((await dung.get(SCHOOL)).text).not.to.contain("Gửi câu hỏi");
    await held(2, 6, addMinutes(STARTS, 900));
    await count();
    expect((await dung.get(SCHOOL)).text).to.contain("số trường hợp đã tăng").and.to.contain("Gửi câu hỏi");
  });

  it("are shown to officers above and to the school's leaders, nobody else", async () => {
    await shortClasses();
    await count();
    for (const [login, status] of [["dung", 200], ["ha", 200], ["nam", 200], ["huong", 403], ["mai", 403], ["tuan", 403], ["minh", 403], ["ngan", 404], ["lan", 404]] as const) expect((await (await app.as(login)).get(SCHOOL)).status, login).to.equal(status);
    expect((await (await app.as("nam")).post(`${SCHOOL}/short_live/questions`, { year: YEAR, question: "?" })).status).to.equal(403);
    expect((await (await app.as("dung")).get("/schools/" + W.tranPhu + "/measures/outlook")).text).to.contain("odd-figures");
    expect((await (await app.as("huong")).get("/schools/" + W.tranPhu + "/measures/outlook")).text).not.to.contain("odd-figures");
  });

  it("name no person to an officer, on the page or in the file", async () => {
    await shortClasses();
    await count();
    const dung = await app.as("dung");
    for (const path of [`${SCHOOL}?kind=short_live`, `${SCHOOL}.csv?kind=short_live`, "/odd-figures.csv"]) {
      const { text, status } = await dung.get(path);
      expect(status, path).to.equal(200);
      for (const name of ["Hương", "Minh", "An "]) expect(text, path).not.to.contain(name);
    }
    expect((await dung.get(`${SCHOOL}.csv?kind=short_live`)).text).to.contain('"180","3"');
  });

  it("cost the same queries however many schools and questions there are", async () => {
    await shortClasses();
    await count();
    const dung = await app.as("dung");
    await dung.get("/odd-figures");
    const { count: few } = await countQueries(app.db, () => dung.get("/odd-figures"));
    await insertAll(app.db, "odd_exchanges", Array.from({ length: 40 }, () => ({ id: newId(), school_id: W.leLoi, year_id: YEAR, kind: "same_file", cases: 1, state: "settled", said: 1, asked_at: NOW })));
    const { count: many } = await countQueries(app.db, () => dung.get("/odd-figures"));
    expect(many).to.be.at.most(few);
  });
});

describe("whether a figure asks for a question", () => {
  it("is decided by counts alone, and more cases never ask less", () => {
    fc.assert(
      fc.property(fc.constantFrom(...ODD_KINDS), fc.nat(40), fc.nat(40), (kind, cases, rest) => {
        const among = cases + rest + 1;
        if (asksForQuestion({ kind, cases, among })) expect(asksForQuestion({ kind, cases: cases + 1, among })).to.equal(true);
        expect(asksForQuestion({ kind, cases: 0, among })).to.equal(false);
      }),
    );
  });

  it("leaves a single short class alone where there are many, and unopened lessons where most were opened", () => {
    expect(asksForQuestion({ kind: "short_live", cases: 1, among: 200 })).to.equal(false);
    expect(asksForQuestion({ kind: "short_live", cases: 3, among: 200 })).to.equal(true);
    expect(asksForQuestion({ kind: "never_opened", cases: 9, among: 20 })).to.equal(false);
    expect(asksForQuestion({ kind: "never_opened", cases: 10, among: 20 })).to.equal(true);
  });
});
