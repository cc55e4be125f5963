import { expect } from "chai";
import { afterEach, beforeEach, describe, it } from "mocha";
import { readSheet } from "read-excel-file/node";
import { coursesChanged } from "../../server/courses/events.ts";
import { materialApproved } from "../../server/materials/events.ts";
import { insertAll } from "../../server/platform/db.ts";
import { raise } from "../../server/platform/jobs/queue.ts";
import { startApp, type Running } from "../support/app.ts";
import { digitise, holdLiveClass } from "../support/ledger.ts";
import { id, NOW, unit, W, YEAR } from "../support/world.ts";

const MEASURES = `/schools/${W.tranPhu}/measures`;
const OUTLOOK = `${MEASURES}/outlook`;

describe("trends, forecast and comparison of a school", () => {
  let app: Running;
  beforeEach(async () => {
    app = await startApp();
    await raise(app.db, coursesChanged, { schoolId: W.tranPhu, yearId: YEAR }, NOW);
    await app.settle();
  });
  afterEach(() => app.stop());

  const teach = (lesson: number, day: string, number = 1) =>
    holdLiveClass(app.db, { carries: [{ course: W.toan6A, lesson: W.toanLesson(lesson), number }], starts: `${day}T00:00:00.000Z`, minutes: 45, present: { minh: 45, an: 45, khoi: 45 } });
  const page = async (login: string, path: string): Promise<string> => (await (await app.as(login)).get(path)).text;

  it("forecasts the end of the year from the weeks that are over, with a band and the way it was computed", async () => {
    await teach(1, "2026-11-03");
    await teach(2, "2026-11-10");
    await app.settle();
    for (const path of [MEASURES, OUTLOOK]) {
      const text = await page("nam", path);
      expect(text, path).to.contain("Dự báo đến hết năm học");
      expect(text, path).to.contain("của 8 tuần học gần nhất nhân với 24 tuần học còn lại");
      expect(text, path).to.match(/Nhiều khả năng từ 4,76\s%/); // 2 of 42 are counted: nothing is forecast away
    }
  });

  it("does not forecast from three weeks, says so, and has nothing to say when the year is over", async () => {
    app.time.now = "2026-09-28T02:00:00.000Z";
    expect(await page("nam", OUTLOOK)).to.contain("cần ít nhất 4 tuần học đã xong");
    app.time.now = "2027-06-20T02:00:00.000Z";
    expect(await page("nam", OUTLOOK)).to.contain("không còn gì để dự báo");
  });

  it("shows digitised lessons by the week in which they were approved, and both trends by month", async () => {
    const material = await digitise(app.db, [W.toanLesson(1), W.toanLesson(2)], "2026-10-13T03:00:00.000Z");
    await raise(app.db, materialApproved, { materialId: material }, NOW);
    await teach(1, "2026-11-03");
    await app.settle();
    const weekly = await page("nam", OUTLOOK);
    expect(weekly).to.match(/T6<\/th><td data-number>12,5\s%[^<]*\(\+2\)/);
    const monthly = await page("nam", `${OUTLOOK}?by=month`);
    expect(monthly).to.match(/10\/2026<\/th><td data-number>12,5\s%[^<]*\(\+2\)/);
    expect(monthly).to.match(/11\/2026<\/th><td data-number>2,38\s%[^<]*\(\+1\)/);
  });

  it("compares with the same study week of last year, and says so where there is nothing to compare", async () => {
    expect(await page("nam", OUTLOOK)).to.contain("chưa có năm học nào trước");
    await app.db("school_years").insert({ id: "2025-2026", term1_starts_on: "2025-09-08", term1_weeks: 18, term2_starts_on: "2026-01-19", term2_weeks: 17, ends_on: "2026-05-31" });
    expect(await page("nam", OUTLOOK)).to.contain("chưa có số liệu năm học 2025-2026");
    const key = { school_id: W.tranPhu, campus_id: "", year_id: "2025-2026", subject_code: "TOAN", grade: 6 };
    await app.db("measure_plan_totals").insert({ ...key, courses: 2, planned_periods: 200, from_national: false, lessons_planned: 0, lessons_covered: 0 });
    await insertAll(app.db, "measure_online_totals", [{ ...key, taught_on: "2025-11-20", counted: 300 }, { ...key, taught_on: "2026-03-10", counted: 900 }]);
    const text = await page("nam", OUTLOOK);
    expect(text).to.contain("hết tuần 12");
    expect(text).to.match(/1,5\s%[^<]*\(3\/200\)/); // the nine of March are later than week 12
    expect(text).to.contain("−1,5 điểm %");
  });

  async function addSchools(count: number): Promise<void> {
    const names = Array.from({ length: count }, (_, i) => `Trường kín ${i + 1}`);
    const schools = names.map((name, i) => unit(id(`kin${i}`), "school", name, W.otherCommune, `/${W.department}/${W.otherCommune}/${id(`kin${i}`)}/`, "lower_secondary"));
    await insertAll(app.db, "units", schools);
    await insertAll(app.db, "measure_plan_totals", schools.map((school) => ({ school_id: school.id, campus_id: "", year_id: YEAR, subject_code: "TOAN", grade: 6, courses: 1, planned_periods: 100, from_national: false, lessons_planned: 10, lessons_covered: 1, lessons_own: 1 })));
    await insertAll(app.db, "measure_online_totals", schools.map((school, i) => ({ school_id: school.id, campus_id: "", year_id: YEAR, subject_code: "TOAN", grade: 6, taught_on: "2026-10-01", counted: 100 * (i + 1) })));
  }

  it("places a school among those alike by quartiles, and names none of them", async () => {
    await addSchools(3);
    expect(await page("nam", OUTLOOK)).to.contain("Chưa đủ 5 trường cùng loại");
    await app.db("measure_plan_totals").where("school_id", "like", "k1n%").del();
    await app.db("measure_online_totals").where("school_id", "like", "k1n%").del();
    await app.db("units").where("id", "like", "k1n%").del();
    await addSchools(6);
    const text = await page("nam", OUTLOOK);
    expect(text).to.contain("So với 7 trường THCS cùng địa bàn (thành thị)");
    expect(text).to.contain("trong một phần tư thấp nhất");
    expect(text).not.to.contain("Trường kín");
    expect(text).not.to.contain("Lê Lợi");
    for (const path of [`${OUTLOOK}.csv`, OUTLOOK]) expect(await page("dung", path), path).not.to.contain("Trường kín");
    expect(await page("nam", `${OUTLOOK}?date=2026-10-20`)).to.contain("chỉ có cho số liệu hôm nay");
  });

  it("gives every table as a file: what is in it is what is on the screen, with how it was counted", async () => {
    await teach(1, "2026-11-03");
    await app.settle();
    const nam = await app.as("nam");
    expect((await nam.get(`${MEASURES}/subjects.csv`)).text).to.contain('"Toán","6","1","28","3.57"');
    expect((await nam.get(`${MEASURES}/periods.csv?subject=TOAN`)).text).to.contain('"03/11/2026"');
    expect((await nam.get(`${MEASURES}/periods.csv?subject=VAN`)).text).not.to.contain('"03/11/2026"');
    expect((await nam.get(`${MEASURES}/lessons.csv?covered=no&subject=TOAN&grade=6`)).text).to.contain('"Tập hợp"');
    const trend = (await nam.get(`${OUTLOOK}.csv`)).text;
    expect(trend).to.contain('"T9","1","1","42","2.38"');
    expect(trend).to.contain("Định nghĩa phiên bản");
    for (const path of [`${MEASURES}/subjects.xlsx`, `${MEASURES}/periods.xlsx`, `${MEASURES}/lessons.xlsx`, `${OUTLOOK}.xlsx`]) {
      const file = await nam.get(path);
      expect(file.headers.get("content-type"), path).to.contain("spreadsheetml");
      expect((await readSheet(file.bytes)).length, path).to.be.greaterThan(1);
    }
    const dashboard = (await nam.get(MEASURES)).text;
    for (const link of [`${MEASURES}/subjects.csv`, `${MEASURES}/subjects.xlsx`, OUTLOOK]) expect(dashboard).to.contain(`href="${link}`);
  });
});
