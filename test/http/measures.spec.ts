import { expect } from "chai";
import { afterEach, beforeEach, describe, it } from "mocha";
import { raise } from "../../server/platform/jobs/queue.ts";
import { coursesChanged } from "../../server/courses/events.ts";
import { materialApproved, materialLinksChanged, materialWithdrawn } from "../../server/materials/events.ts";
import { schoolsMerged } from "../../server/organisation/events.ts";
import { reconcileAll, startRecount } from "../../server/measures/recount/jobs.ts";
import { listRecounts, recountPlace } from "../../server/measures/recount/store.ts";
import { addMinutes } from "../../server/platform/clock.ts";
import { insertAll } from "../../server/platform/db.ts";
import { startApp, type Running } from "../support/app.ts";
import { linkIn, type Client } from "../support/client.ts";
import { countQueries } from "../support/database.ts";
import { digitise, holdLiveClass } from "../support/ledger.ts";
import { id, NOW, unit, W, YEAR } from "../support/world.ts";

const DASHBOARD = `/schools/${W.tranPhu}/measures`;
const STARTS = "2026-11-23T00:00:00.000Z";

describe("the dashboard of a school", () => {
  let app: Running;
  beforeEach(async () => {
    app = await startApp();
    await raise(app.db, coursesChanged, { schoolId: W.tranPhu, yearId: YEAR }, NOW);
    await app.settle();
  });
  afterEach(() => app.stop());

  const teach = (lesson: number, number = 1, course: string = W.toan6A) =>
    holdLiveClass(app.db, { carries: [{ course, lesson: W.toanLesson(lesson), number }], starts: STARTS, minutes: 45, present: { minh: 45, an: 45, khoi: 45 } });

  it("counts 42 planned periods of three courses and says how many are still needed", async () => {
    const page = await (await app.as("nam")).get(DASHBOARD);
    expect(page.status).to.equal(200);
    expect(page.text).to.contain("0/42 tiết");
    expect(page.text).to.contain("Còn thiếu 1 tiết");
    expect(page.text).to.contain("trên 2");
    await teach(1);
    await app.settle();
    const after = await (await app.as("nam")).get(DASHBOARD);
    expect(after.text).to.contain("1/42 tiết");
    expect(after.text).to.contain("2,38");
    expect(after.text).to.contain("Đã vượt chỉ tiêu");
  });

  it("leads from a number to the list and from the list to the evidence: two clicks", async () => {
    await teach(1);
    await app.settle();
    const nam = await app.as("nam");
    const dashboard = await nav(nam, DASHBOARD);
    const list = linkIn(dashboard, /href="(\/schools\/[^"]*\/measures\/periods\?[^"]*state=counted[^"]*)"/);
    const rows = await nav(nam, list);
    const evidence = linkIn(rows, /href="(\/ledger\/[0-9a-z]{26})"/);
    const shown = await nav(nam, evidence);
    expect(shown).to.contain("Tiết này được tính");
    expect(shown).to.contain("2/4 em");
    expect(shown).to.contain("45 phút");
    expect(shown).to.contain("31,5 phút");
    expect(shown).to.contain("công thức v2");
    // whose session it is, the door, what was said of the period, and what the system saw
    expect((await countQueries(app.db, () => nam.get(evidence))).count).to.equal(4);
  });

  it("shows a school without a published plan as such, never as 0 %", async () => {
    await app.db("plans").where({ school_id: W.tranPhu }).update({ version: 0, state: "draft" });
    await raise(app.db, coursesChanged, { schoolId: W.tranPhu, yearId: YEAR }, NOW);
    await app.settle();
    const page = await (await app.as("nam")).get(DASHBOARD);
    expect(page.text).to.contain("chưa có kế hoạch dạy học đã ban hành");
    expect(page.text).not.to.contain("0/420");
  });

  it("uses the national number of periods for a subject that has no plan yet, and says so", async () => {
    await app.db("plans").where({ id: W.planVan6 }).update({ version: 0, state: "draft" });
    await raise(app.db, coursesChanged, { schoolId: W.tranPhu, yearId: YEAR }, NOW);
    await app.settle();
    const page = await (await app.as("nam")).get(DASHBOARD);
    expect(page.text).to.contain("0/168 tiết"); // 14 + 14 by plan, 140 by Circular 32/2018
    expect(page.text).to.contain("chương trình quốc gia");
  });

  it("counts a lesson once however many materials it has, and leaves reviews and tests out", async () => {
    const first = await digitise(app.db, [W.toanLesson(1), W.toanLesson(8)], NOW);
    await digitise(app.db, [W.toanLesson(1)], NOW);
    await raise(app.db, materialApproved, { materialId: first }, NOW);
    await app.settle();
    const page = await (await app.as("nam")).get(DASHBOARD);
    expect(page.text).to.contain("1/16 bài: 1 tự làm, 0 tiếp nhận; 1/2 môn đạt");
    expect(page.text).to.contain("Ngữ văn: còn thiếu 1 bài");
  });

  it("takes back a lesson whose only material lost its approval", async () => {
    const material = await digitise(app.db, [W.toanLesson(1)], NOW);
    await raise(app.db, materialApproved, { materialId: material }, NOW);
    await app.settle();
    await app.db("materials").where({ id: material }).update({ state: "draft", approved_version_id: null });
    await raise(app.db, materialWithdrawn, { materialId: material }, NOW);
    await app.settle();
    expect((await (await app.as("nam")).get(DASHBOARD)).text).to.contain("0/16 bài: 0 tự làm, 0 tiếp nhận; 0/2 môn đạt");
  });

  it("shows the coverage of an earlier day by the approval trail of that day", async () => {
    const material = await digitise(app.db, [W.toanLesson(1)], "2026-11-20T03:00:00.000Z");
    await raise(app.db, materialLinksChanged, { materialId: material, planLessonIds: [W.toanLesson(1)] }, NOW);
    await app.settle();
    const nam = await app.as("nam");
    expect((await nam.get(`${DASHBOARD}?date=2026-11-19`)).text).to.contain("0/16 bài");
    expect((await nam.get(`${DASHBOARD}?date=2026-11-20`)).text).to.contain("1/16 bài");
  });

  it("keeps day, week and month in the URL, and forgives what is not one of them", async () => {
    await teach(1);
    await app.settle();
    const nam = await app.as("nam");
    expect((await nam.get(`${DASHBOARD}?month=2026-10`)).text).to.contain("0/42 tiết");
    expect((await nam.get(`${DASHBOARD}?week=11`)).text).to.contain("0/42 tiết");
    expect((await nam.get(`${DASHBOARD}?week=12`)).text).to.contain("1/42 tiết");
    expect((await nam.get(`${DASHBOARD}?date=30-2-2026&grade=x`)).status).to.equal(200);
    expect((await nam.get(`${DASHBOARD}/lessons?subject=TOAN&covered=no`)).text).to.contain("Tập hợp");
    expect((await nam.get(`${DASHBOARD}/periods?week=12`)).text).to.contain("Tập hợp");
    expect((await nam.get(`${DASHBOARD}/periods?week=11`)).text).not.to.contain("Tập hợp");
  });

  it("in the summer before the year shows no share to date, and after it the whole year's", async () => {
    await teach(1);
    await app.settle();
    const nam = await app.as("nam");
    app.time.now = "2026-08-20T03:00:00.000Z";
    expect((await nam.get(DASHBOARD)).text).to.contain("Chưa bắt đầu tuần học nào");
    app.time.now = "2027-06-20T03:00:00.000Z";
    expect((await nam.get(DASHBOARD)).text).to.contain("1/42 tiết theo kế hoạch đến tuần này");
  });

  it("is closed to pupils, parents and other schools, and shows officers sums without a name", async () => {
    await teach(1);
    await app.settle();
    const delivery = String((await app.db("deliveries").first())?.id);
    for (const [login, status] of [["minh", 403], ["thu", 404], ["lan", 404], ["quang", 404], ["ngan", 404], ["bach", 404], ["dung", 200], ["ha", 200], ["huong", 200]] as const) {
      const person = await app.as(login);
      expect((await person.get(DASHBOARD)).status, login).to.equal(status);
      expect((await person.get(`${DASHBOARD}/periods`)).status, login).to.equal(status);
      expect((await person.get(`/ledger/${delivery}`)).status, login).to.equal(status);
    }
    const officer = await (await app.as("dung")).get(`/ledger/${delivery}`);
    expect(officer.text).not.to.contain("Hương");
    expect(officer.text).not.to.contain("Minh");
  });

  it("is repaired at night when a sum drifted, and the repair is in the audit log", async () => {
    await teach(1);
    await app.settle();
    await app.db("measure_online_totals").update({ counted: 7 });
    await reconcileAll(app.db, NOW);
    expect(await app.db("measure_online_totals").pluck("counted")).to.deep.equal([100]);
    expect(await app.db("audit_entries").where({ action: "measures.repair", school_id: W.tranPhu })).to.have.length(1);
    await reconcileAll(app.db, NOW);
    expect(await app.db("audit_entries").where({ action: "measures.repair" })).to.have.length(2); // Lê Lợi had never been counted
  });
});

describe("two schools that merge in mid-year", () => {
  let app: Running;
  beforeEach(async () => {
    app = await startApp();
    await reconcileAll(app.db, NOW);
  });
  afterEach(() => app.stop());

  it("add up to one school, and each campus can be looked at alone", async () => {
    await holdLiveClass(app.db, { carries: [{ course: W.toan6A, lesson: W.toanLesson(1), number: 1 }], starts: STARTS, minutes: 45, present: { minh: 45, an: 45 } });
    const there = { carries: [{ course: W.leLoiToan6A, lesson: W.leLoiLesson(1), number: 1 }], school: W.leLoi, teacher: W.quang };
    await holdLiveClass(app.db, { ...there, starts: STARTS, minutes: 45, present: { vy: 45 } });
    await app.settle();
    const school = await app.db("units").where({ id: W.tranPhu }).first("path");
    await app.db("units").where({ id: W.leLoi }).update({ kind: "campus", parent_id: W.tranPhu, path: `${school?.path}${W.leLoi}/` });
    for (const name of ["classes", "courses", "plans", "live_classes"])
      await app.db(name).where({ school_id: W.leLoi }).update({ school_id: W.tranPhu, campus_id: W.leLoi });
    await raise(app.db, schoolsMerged, { schoolId: W.tranPhu, fromIds: [W.leLoi] }, NOW);
    await app.settle();
    const nam = await app.as("nam");
    expect((await nam.get(DASHBOARD)).text).to.contain("2/56 tiết");
    expect((await nam.get(DASHBOARD)).text).to.contain("0/24 bài");
    const campus = (await nam.get(`${DASHBOARD}?campus=${W.leLoi}`)).text;
    expect(campus).to.contain("1/14 tiết");
    expect(campus).to.contain("0/8 bài");
    expect((await nam.get(`${DASHBOARD}/periods?campus=${W.leLoi}`)).text).to.contain("1 tiết");
    expect((await (await app.as("dung")).get("/measures")).text).to.contain("2/56 tiết");
    expect((await nam.get(`/schools/${W.leLoi}/measures`)).text, "an old link leads on").to.contain("2/56 tiết");
  });
});

describe("the tables of schools", () => {
  let app: Running;
  beforeEach(async () => {
    app = await startApp();
    await reconcileAll(app.db, NOW);
  });
  afterEach(() => app.stop());

  it("adds numerators and denominators of commune, cluster and province", async () => {
    await holdLiveClass(app.db, { carries: [{ course: W.toan6A, lesson: W.toanLesson(1), number: 1 }], starts: STARTS, minutes: 45, present: { minh: 45, an: 45 } });
    await app.settle();
    const dung = await (await app.as("dung")).get("/measures");
    expect(dung.text).to.contain("1/56 tiết"); // 42 of Trần Phú and 14 of Lê Lợi
    expect(dung.text).to.contain("THCS Trần Phú");
    expect(dung.text).to.contain("1/42");
    const ha = await app.as("ha");
    const province = await ha.get("/measures");
    expect(province.text).to.contain("Phường Bến Đoan");
    expect(province.text).to.contain("Cụm trường số 1");
    expect((await ha.get(`/measures?unit=${W.cluster}`)).text).to.contain("1/56 tiết");
    expect((await (await app.as("ngan")).get("/measures")).text).to.contain("Chưa có trường nào");
  });

  it("shows schools without a plan as such, and gives the table as a file", async () => {
    await app.db("plans").where({ school_id: W.leLoi }).update({ version: 0 });
    await reconcileAll(app.db, NOW);
    const dung = await app.as("dung");
    expect((await dung.get("/measures")).text).to.contain("chưa có kế hoạch");
    const file = await dung.get("/measures/table.csv");
    expect(file.headers.get("content-type")).to.contain("text/csv");
    expect(file.text).to.contain('"THCS Lê Lợi","THCS","","","","chưa có kế hoạch"');
    expect(file.text).to.contain('"THCS Trần Phú","THCS","0","42","0","chưa đạt"');
  });

  it("turns the pages of a large unit, orders and narrows it in the address, and gives all of it as a file", async () => {
    const many = Array.from({ length: 60 }, (_, i) => unit(id(`many${i}`), "school", `Trường ${i + 10}`, W.otherCommune, `/${W.department}/${W.otherCommune}/${id(`many${i}`)}/`, "primary"));
    await insertAll(app.db, "units", many);
    await insertAll(app.db, "measure_plan_totals", many.map((school) => ({ school_id: school.id, campus_id: "", year_id: YEAR, subject_code: "TOAN", grade: 1, courses: 1, planned_periods: 1000, from_national: false, lessons_planned: 10, lessons_covered: 1, lessons_own: 1 })));
    await insertAll(app.db, "measure_online_totals", many.map((school, i) => ({ school_id: school.id, campus_id: "", year_id: YEAR, subject_code: "TOAN", grade: 1, taught_on: "2026-10-01", counted: 100 * i })));
    const ngan = await app.as("ngan");
    const namesOf = async (query: string): Promise<string[]> => [...(await ngan.get(`/measures?${query}`)).text.matchAll(/>(Trường \d\d)</g)].map((match) => match[1] ?? "");
    expect((await namesOf("")).slice(0, 2)).to.deep.equal(["Trường 10", "Trường 11"]);
    const first = await ngan.get("/measures");
    expect(first.text).to.contain("Trường 1–50 trong 60 trường");
    const next = /rel="next" href="([^"]+)"/.exec(first.text)?.[1]?.replaceAll("&amp;", "&") ?? "";
    expect((await ngan.get(next)).text).to.contain("Trường 51–60 trong 60 trường").and.not.to.contain('rel="next"');
    expect(await namesOf("page=99")).to.have.length(10); // a page that is gone: the last one
    expect((await namesOf("order=online_near")).slice(0, 2)).to.deep.equal(["Trường 30", "Trường 29"]); // exactly 2 % is not above it
    expect(await namesOf("result=online_met&order=name&q=TRUONG+35")).to.deep.equal(["Trường 35"]);
    expect((await ngan.get("/measures?q=khong+co")).text).to.contain("Không có trường nào khớp").and.to.contain(`href="/measures?unit=${W.otherCommune}&amp;year=${YEAR}"`);
    expect((await ngan.get("/measures/table.csv?page=2")).text.trim().split("\n")).to.have.length(61);
    expect((await ngan.get("/measures/table.csv?result=online_met")).text.trim().split("\n")).to.have.length(40);
  });

  it("asks the database as often for a province as for a commune, and hardly at all the second time", async () => {
    const [ha, dung] = [await app.as("ha"), await app.as("dung")];
    const counted = async (client: Client): Promise<number> => (await countQueries(app.db, () => client.get("/measures"))).count;
    expect(await counted(ha)).to.be.at.most(12);
    expect(await counted(dung)).to.be.at.most(12);
    expect(await counted(ha)).to.equal(2); // whose session it is, and the unit's door
  });

  it("reads the list behind a figure once for all who follow the same link", async () => {
    const [nam, ha] = [await app.as("nam"), await app.as("ha")];
    const list = `/schools/${W.tranPhu}/measures/periods?year=${YEAR}&subject=TOAN`;
    const counted = async (client: Client): Promise<number> => (await countQueries(app.db, () => client.get(list))).count;
    expect(await counted(nam)).to.be.at.most(16);
    expect(await counted(ha)).to.equal(2);
  });

  it("is for officers: others are refused, and nobody looks into another commune", async () => {
    for (const login of ["nam", "huong", "minh"]) expect((await (await app.as(login)).get("/measures")).status, login).to.equal(403);
    expect((await (await app.as("ngan")).get(`/measures?unit=${W.commune}`)).status).to.equal(404);
    expect((await app.visitor().get("/measures")).status).to.equal(303);
  });
});

describe("counting the province anew", () => {
  let app: Running;
  let ha: Client;
  beforeEach(async () => {
    app = await startApp();
    await reconcileAll(app.db, NOW);
    ha = await app.as("ha");
  });
  afterEach(() => app.stop());

  /** The state, the number of schools and the sums put right of each count, the newest first. */
  const counts = async (): Promise<unknown[][]> =>
    (await listRecounts(app.db)).map((one) => [one.cause, one.state, one.counted === one.schools, one.sums]);

  it("goes from school to school, shows how far it is, and puts right and tells what had drifted", async () => {
    await app.db("measure_plan_totals").where({ school_id: W.tranPhu }).update({ planned_periods: 7 });
    await app.db("audit_entries").where({ action: "measures.repair" }).del();
    app.time.now = addMinutes(NOW, 10);
    expect((await ha.post("/measures/recounts")).location).to.equal("/measures/recounts");
    const running = await ha.get("/measures/recounts");
    expect((await ha.post("/measures/recounts")).location).to.equal("/measures/recounts"); // a second click begins no second count
    expect((await ha.get("/measures/recounts")).text).to.contain("vẫn đang chạy");
    expect((await counts()).filter(([cause]) => cause === "asked")).to.have.length(1);
    expect(running.text).to.contain("<job-progress").and.to.match(/0\/\d+ trường/).and.not.to.contain("Tính lại ngay");
    const progress = /data-src="([^"]+)"/.exec(running.text)?.[1] ?? "";
    expect(JSON.parse((await ha.get(progress)).text)).to.include({ running: true, value: 0 });
    await app.settle();
    expect(JSON.parse((await ha.get(progress)).text)).to.include({ running: false, value: 1 });
    const after = await ha.get("/measures/recounts");
    expect(after.text).to.contain("Theo yêu cầu: ").and.to.match(/Sửa \d+ số ở 1 trường/).and.to.contain("Tính lại ngay");
    const one = await ha.get(progress.replace("/progress", ""));
    expect(one.text).to.contain(`/schools/${W.tranPhu}/measures`);
    expect(await app.db("audit_entries").where({ action: "measures.repair", school_id: W.tranPhu })).to.have.length(1);
    expect((await ha.get(DASHBOARD)).text).to.contain("0/42 tiết");
  });

  it("is stopped by another that begins, and counts each school once however often its turn is called", async () => {
    app.time.now = addMinutes(NOW, 10);
    const first = await app.db.transaction((trx) => startRecount(trx, "night", null, addMinutes(NOW, 1)));
    await app.db.transaction((trx) => startRecount(trx, "definition", W.ha, addMinutes(NOW, 2)));
    await app.db.transaction((trx) => recountPlace(trx, first, 1, NOW)); // a turn of the first that was called before
    await app.settle();
    expect((await counts()).slice(0, 2)).to.deep.equal([["definition", "done", true, 0], ["night", "stopped", false, 0]]);
    const again = await app.db("events").where({ name: "recount_due" }).update({ state: "due" });
    expect(again).to.be.greaterThan(2);
    await app.db("measure_plan_totals").where({ school_id: W.tranPhu }).update({ planned_periods: 7 });
    await app.settle();
    expect((await app.db("measure_plan_totals").where({ school_id: W.tranPhu }).first("planned_periods"))?.planned_periods).to.equal(7);
  });

  it("goes on past a school that fails, and is done when that one could be counted too", async () => {
    const carries = [{ course: W.toan6A, lesson: W.toanLesson(1), number: 1 }];
    await holdLiveClass(app.db, { carries, starts: STARTS, minutes: 45, present: { minh: 45, an: 45, khoi: 45 } });
    await app.settle();
    await app.db("delivery_acts").update({ params: "not what it should be" });
    await app.db.transaction((trx) => startRecount(trx, "night", null, NOW));
    await app.settle();
    const [night] = await listRecounts(app.db);
    expect([night?.state, (night?.schools ?? 0) - (night?.counted ?? 0)]).to.deep.equal(["running", 1]);
    await app.db("delivery_acts").update({ params: '{"definition":1}' });
    app.time.now = addMinutes(NOW, 60);
    await app.settle();
    expect((await counts())[0]).to.deep.equal(["night", "done", true, 0]);
  });

  it("is the province officer's: nobody else begins or sees it", async () => {
    for (const login of ["dung", "nam", "huong", "bach"]) {
      const person = await app.as(login);
      expect((await person.get("/measures/recounts")).status, login).to.equal(403);
      expect((await person.post("/measures/recounts")).status, login).to.equal(403);
    }
    expect(await counts()).to.have.length(1);
  });
});

describe("what the province sets", () => {
  let app: Running;
  beforeEach(async () => {
    app = await startApp();
    await reconcileAll(app.db, NOW);
  });
  afterEach(() => app.stop());

  const form = { valid_from: "2026-11-01", live_length: "50", live_class_present: "50", live_pupil_stayed: "50", self_study_completed: "50", lesson_kinds: ["lesson", "test"], note: "QĐ 12" };

  it("makes a new version from a day on, and judges what was taught since by it", async () => {
    const carries = [{ course: W.toan6A, lesson: W.toanLesson(1), number: 1 }];
    await holdLiveClass(app.db, { carries, starts: STARTS, minutes: 25, present: { minh: 25, an: 25 } });
    await holdLiveClass(app.db, { carries: [{ course: W.toan6A, lesson: W.toanLesson(3), number: 1 }], starts: "2026-10-05T00:00:00.000Z", minutes: 25, present: { minh: 25, an: 25 } });
    await app.settle();
    const ha = await app.as("ha");
    expect((await ha.get("/measures/settings")).text).to.contain("70");
    expect((await ha.post("/measures/settings/definitions", form)).status).to.equal(303);
    await app.settle();
    const states = await app.db("ledger_periods").orderBy("taught_on").pluck("state");
    expect(states).to.deep.equal(["not_counted", "counted"]); // October stays under version 1
    expect((await app.db("measure_plan_totals").where({ school_id: W.leLoi }).first())?.lessons_planned).to.equal(7); // 6 lessons and 1 test
    expect(await app.db("audit_entries").where({ action: "definition.save" })).to.have.length(1);
  });

  it("sets targets for a level, which decide from then on", async () => {
    const ha = await app.as("ha");
    const targets = { year: YEAR, level: "lower_secondary", online_share: "5", digitised: "10,5", source: "QĐ 131/QĐ-TTg" };
    expect((await ha.post("/measures/settings/targets", targets)).status).to.equal(303);
    expect((await ha.get(`/schools/${W.tranPhu}/measures`)).text).to.contain("trên 5");
    expect((await ha.get(`/schools/${W.tranPhu}/measures`)).text).to.contain("từ 10,5");
  });

  it("refuses everybody else, and keeps what was typed when it is wrong", async () => {
    for (const login of ["dung", "nam", "huong", "bach"]) {
      const person = await app.as(login);
      expect((await person.get("/measures/settings")).status, login).to.equal(403);
      expect((await person.post("/measures/settings/definitions", form)).status, login).to.equal(403);
    }
    const wrong = await (await app.as("ha")).post("/measures/settings/definitions", { ...form, live_length: "170" });
    expect(wrong.status).to.equal(422);
    expect(wrong.text).to.contain('value="170"');
    expect(await app.db("definitions")).to.have.length(1);
  });
});

async function nav(person: { get(path: string): Promise<{ status: number; text: string }> }, path: string): Promise<string> {
  const answer = await person.get(path);
  expect(answer.status, path).to.equal(200);
  return answer.text;
}
