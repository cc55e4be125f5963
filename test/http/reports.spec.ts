import { expect } from "chai";
import fc from "fast-check";
import mammoth from "mammoth";
import { afterEach, beforeEach, describe, it } from "mocha";
import readXlsxFile from "read-excel-file/node";
import { coursesChanged } from "../../server/courses/events.ts";
import { monthsOfYear, type Figures } from "../../server/measures/closing/rules.ts";
import type { Db } from "../../server/platform/db.ts";
import { newId } from "../../server/platform/ids.ts";
import { raise } from "../../server/platform/jobs/queue.ts";
import { addHundredths, hundredths, numberOf } from "../../server/platform/units.ts";
import { lastMonthOf, PERIOD_KINDS, periodsOf, totalsOf } from "../../server/reports/rules.ts";
import { startApp, type Running } from "../support/app.ts";
import { closeAsLeader } from "../support/closing.ts";
import type { Answer, Client } from "../support/client.ts";
import { holdLiveClass } from "../support/ledger.ts";
import { NOW, W, YEAR } from "../support/world.ts";

const REPORTS = `/units/${W.tranPhu}/reports`;
const WORDS = { number: "15/BC-THCSTP", issued_on: "2026-11-05", place: "Bến Đoan", signatory: "Trần Văn Nam", signatory_title: "Hiệu trưởng", recipients: "UBND phường (để báo cáo)", assessment: "Các tổ đã chủ động chọn bài.", next_steps: "1. Tăng số tiết của môn Ngữ văn." };

describe("the reports of schools and offices", () => {
  let app: Running;
  let nam: Client;
  beforeEach(async () => {
    app = await startApp();
    for (const schoolId of [W.tranPhu, W.leLoi]) await raise(app.db, coursesChanged, { schoolId, yearId: YEAR }, NOW);
    await holdLiveClass(app.db, { carries: [{ course: W.toan6A, lesson: W.toanLesson(1), number: 1 }], starts: "2026-10-12T00:00:00.000Z", minutes: 45, present: { minh: 45, an: 45 } });
    await app.settle();
    nam = await app.as("nam");
    await close(nam, W.tranPhu);
  });
  afterEach(() => app.stop());

  async function close(leader: Client, school: string): Promise<void> {
    expect((await closeAsLeader(leader, `/schools/${school}/months/2026-10`)).status).to.equal(303);
  }
  const begin = (who: Client, unit: string, period = "2026-10"): Promise<Answer> => who.post(`/units/${unit}/reports`, { year: YEAR, period });
  async function submitted(): Promise<string> {
    const { location } = await begin(nam, W.tranPhu);
    expect((await nam.post(`${location}/words`, { seen: "1", ...WORDS })).status).to.equal(303);
    expect((await nam.post(`${location}/submission`)).status).to.equal(303);
    return location;
  }

  it("begin with the figures of a closed month, and cannot begin without one", async () => {
    expect((await nam.get(REPORTS)).text).to.contain("Lập báo cáo tháng 10 năm 2026").and.to.contain("Chốt tháng 9/2026 trước");
    expect((await begin(nam, W.tranPhu, "2026-09")).status).to.equal(409);
    expect((await begin(nam, W.tranPhu, "2019-10")).status).to.equal(404);
    const first = await begin(nam, W.tranPhu);
    const page = await nam.get(first.location);
    expect(page.text).to.contain("ỦY BAN NHÂN DÂN PHƯỜNG BẾN ĐOAN").and.to.contain("2,38\u00a0%").and.to.contain("BẢN THẢO");
    expect((await begin(await app.as("oanh"), W.tranPhu)).location, "the same report for the other leader").to.equal(first.location);
    expect((await nam.post(`${first.location}/submission`)).status, "not signed yet").to.equal(409);
  });

  it("keep what was written, and write over nobody", async () => {
    const { location } = await begin(nam, W.tranPhu);
    expect((await nam.post(`${location}/words`, { seen: "1", ...WORDS })).status).to.equal(303);
    expect((await (await app.as("oanh")).post(`${location}/words`, { seen: "1", ...WORDS })).status).to.equal(409);
    const wrong = await nam.post(`${location}/words`, { seen: "2", ...WORDS, issued_on: "hôm nay", assessment: "Đoạn em vừa viết" });
    expect(wrong.status).to.equal(422);
    expect(wrong.text).to.contain("Đoạn em vừa viết").and.to.contain("Ngày chưa đúng");
  });

  it("go up, come back with a comment, go up again and are accepted; each step once", async () => {
    const { location } = await begin(nam, W.tranPhu);
    const dung = await app.as("dung");
    expect((await dung.get(location)).status, "a draft stays in the school").to.equal(404);
    await nam.post(`${location}/words`, { seen: "1", ...WORDS });
    await nam.post(`${location}/submission`);
    expect((await nam.post(`${location}/submission`)).status, "twice").to.equal(409);
    expect((await nam.post(`${location}/words`, { seen: "3", ...WORDS })).status, "after it was sent").to.equal(409);
    expect((await dung.get("/notices")).text).to.contain("THCS Trần Phú gửi báo cáo tháng 10 năm 2026");
    expect((await nam.post(`${location}/acceptance`)).status).to.equal(403);
    expect((await (await app.as("ngan")).post(`${location}/acceptance`)).status).to.equal(404);
    expect((await dung.post(`${location}/return`, { comment: "" })).status).to.equal(422);
    expect((await dung.post(`${location}/return`, { comment: "Nêu rõ nguyên nhân môn Ngữ văn" })).status).to.equal(303);
    expect((await nam.get(location)).text).to.contain("Cấp trên trả lại: Nêu rõ nguyên nhân môn Ngữ văn");
    expect((await nam.post(`${location}/submission`)).status).to.equal(303);
    expect((await dung.post(`${location}/acceptance`)).status).to.equal(303);
    expect((await dung.post(`${location}/acceptance`)).status, "twice").to.equal(409);
    expect((await nam.get(location)).text).to.contain("đã tiếp nhận").and.to.contain("Cao Tiến Dũng tiếp nhận");
  });

  it("are Word, PDF and Excel with the same figures in the layout of Decree 30", async () => {
    const location = await submitted();
    const { value } = await mammoth.extractRawText({ buffer: (await nam.get(`${location}/docx`)).bytes });
    for (const part of ["BÁO CÁO", "Số: 15/BC-THCSTP", "1 trên 42", "2,38\u00a0%", "Các tổ đã chủ động chọn bài.", "Nơi nhận:", "HIỆU TRƯỞNG", "Trần Văn Nam", "Toán 6"]) expect(value, part).to.contain(part);
    expect((await nam.get(`${location}/pdf`)).bytes.subarray(0, 5).toString()).to.equal("%PDF-");
    const sheets = await readXlsxFile((await nam.get(`${location}/xlsx`)).bytes);
    expect(JSON.stringify(sheets)).to.contain("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM").and.to.contain("2,38\u00a0%").and.to.contain("Trần Văn Nam");
    expect((await nam.get(`${location}/exe`)).status).to.equal(404);
  });

  it("keep what was reported and say so when it was corrected afterwards", async () => {
    const location = await submitted();
    expect((await nam.get(location)).text).not.to.contain("đã được điều chỉnh");
    await app.db("ledger_periods").where({ course_id: W.toan6A }).update({ state: "not_counted" });
    const page = await nam.get(location);
    expect(page.text).to.contain("đã được điều chỉnh").and.to.contain("2,38\u00a0%").and.to.contain("/month-closings/");
  });

  it("are added up by the office from what its schools have sent, with those that are missing named", async () => {
    const dung = await app.as("dung");
    expect((await begin(dung, W.commune)).status, "nothing was sent").to.equal(409);
    await submitted();
    const board = await dung.get("/report-board?period=2026-10");
    expect(board.text).to.contain("1/2 trường đã gửi báo cáo tháng 10 năm 2026").and.to.contain("Nhắc 1 trường chưa gửi");
    await dung.post("/report-board/reminders", { unit: W.commune, year: YEAR, period: "2026-10" });
    expect((await (await app.as("lan")).get("/notices")).text).to.contain("Báo cáo tháng 10 năm 2026 của THCS Lê Lợi");
    const { location } = await begin(dung, W.commune);
    expect((await dung.get(location)).text).to.contain("1/42").and.to.contain("Trường chưa báo cáo: THCS Lê Lợi");
    const lan = await app.as("lan");
    await close(lan, W.leLoi);
    const own = (await begin(lan, W.leLoi)).location;
    await lan.post(`${own}/words`, { seen: "1", ...WORDS, number: "7/BC-THCSLL" });
    await lan.post(`${own}/submission`);
    const page = await dung.get(location);
    expect(page.text).to.contain("Số trường đã báo cáo: 2/2").and.to.contain("1,78\u00a0%"); // 1 of 42 + 14: added, never averaged
    expect((await nam.get(location)).status, "not a school's business").to.equal(403);
    await dung.post(`${location}/words`, { seen: "1", ...WORDS, number: "3/BC-UBND" });
    expect((await dung.post(`${location}/submission`)).status).to.equal(303);
    expect((await dung.post(`${location}/acceptance`)).status, "not by itself").to.equal(403);
    expect((await (await app.as("ha")).post(`${location}/acceptance`)).status).to.equal(303);
  });
});

describe("the report of a calendar year", () => {
  it("tells both school years that it touches, each by its own closing, and adds up what was taught online in it", async () => {
    const app = await startApp();
    await raise(app.db, coursesChanged, { schoolId: W.tranPhu, yearId: YEAR }, NOW);
    await holdLiveClass(app.db, { carries: [{ course: W.toan6A, lesson: W.toanLesson(1), number: 1 }], starts: "2026-10-12T00:00:00.000Z", minutes: 45, present: { minh: 45, an: 45 } });
    await app.settle();
    app.time.now = "2027-01-04T01:00:00.000Z" as typeof NOW;
    const nam = await app.as("nam");
    expect((await nam.post(REPORTS, { year: YEAR, period: "2026" })).status, "December is not closed").to.equal(409);
    expect((await closeAsLeader(nam, `/schools/${W.tranPhu}/months/2026-12`)).status).to.equal(303);
    const alone = (await nam.post(REPORTS, { year: YEAR, period: "2026" })).location;
    expect((await nam.get(alone)).text).to.contain("Năm học 2025-2026: chưa có tháng nào được chốt");
    await closedLastYear(app.db, { month: "2026-05", counted: 9, months: { "2025-11": 4, "2026-02": 3, "2026-05": 2 } });
    const page = (await nam.get(alone)).text;
    expect(page).to.contain("Dạy học trực tuyến, năm học 2026-2027").and.to.contain("Dạy học trực tuyến, năm học 2025-2026");
    expect(page).to.contain("tính đến hết ngày 31/05/2026");
    expect(cellsAfter(page, "Tổng số tiết trực tuyến trong năm 2026"), "one of this school year, five since January").to.include("6");
    expect((await nam.get(REPORTS)).text).to.contain("Báo cáo năm (theo năm dương lịch)");
    await app.stop();
  });

  /** A closing of the year before, as it stands there, in whole periods: the school's own of this year with another year's numbers. */
  async function closedLastYear(db: Db, { month, counted, months }: { month: string; counted: number; months: Record<string, number> }): Promise<void> {
    const [year] = (await db("school_years").where({ id: YEAR }).select("*")) as [Record<string, unknown>];
    await db("school_years").insert({ ...year, id: "2025-2026", term1_starts_on: "2025-09-05", term2_starts_on: "2026-01-19", ends_on: "2026-05-31" });
    const [closing] = (await db("month_closings").where({ school_id: W.tranPhu }).select("*")) as [Record<string, unknown>];
    await db("month_closings").insert({ ...closing, id: newId(), year_id: "2025-2026", month, formula_version: 1, as_of: "2026-05-31", counted, months: JSON.stringify(months) });
  }

  const cellsAfter = (page: string, label: string): string[] => [...(page.slice(page.indexOf(label)).split("</tr>")[0] ?? "").matchAll(/>\s*([^<>]*?)\s*<\/td>/g)].map((cell) => cell[1] ?? "");
});

describe("the periods of reports", () => {
  const year = { id: YEAR, term1_starts_on: "2026-09-07", term2_starts_on: "2027-01-18", ends_on: "2027-05-31" };
  const months = monthsOfYear(year);

  it("are the months, quarters and halves that a school year touches, its terms, the year, and the year of the calendar", () => {
    const ids = periodsOf(year).map((period) => period.id);
    expect(ids).to.include.members(["2026-09", "2027-05", "2026-Q3", "2026-Q4", "2027-Q1", "2027-Q2", "2026-H2", "2027-H1", "2026-T1", "2026-T2", YEAR, "2026"]);
    expect(ids).to.have.length(9 + 4 + 2 + 2 + 1 + 1);
    const calendar = periodsOf(year).find((period) => period.kind === "calendar");
    expect([...(calendar?.earlier?.months ?? []), ...(calendar?.months ?? [])], "all twelve, each in one of two school years").to.have.length(12);
    expect(periodsOf(year).filter((period) => period.kind === "quarter").map(lastMonthOf)).to.deep.equal(["2026-09", "2026-12", "2027-03", "2027-05"]);
    expect(periodsOf(year).filter((period) => period.kind === "term").map(lastMonthOf)).to.deep.equal(["2027-01", "2027-05"]);
  });

  it("add up: what the months counted is what the quarters, the halves, the terms and the year counted", () => {
    fc.assert(
      fc.property(fc.array(fc.array(fc.nat(50), { minLength: 9, maxLength: 9 }), { maxLength: 5 }), (schools) => {
        const figures = schools.map((counts) => ({ ...BLANK, counted: addHundredths(counts.map(hundredths)), planned: 5000, months: Object.fromEntries(months.map((month, i) => [month, hundredths(counts[i] ?? 0)])) }));
        const sums = PERIOD_KINDS.filter((kind) => kind !== "calendar").map((kind) => periodsOf(year).filter((one) => one.kind === kind).reduce((sum, one) => sum + numberOf(totalsOf(figures, one).in_period), 0));
        const counted = numberOf(addHundredths(figures.map((one) => one.counted)));
        return sums.every((sum) => sum === counted);
      }),
    );
  });
});

const BLANK: Figures = { as_of: "2027-05-31", online_bp: 200, digitised_bp: 500, target_source: "", definition_version: 1, formula_version: 2, counter: "all", counted: hundredths(0), counted_in_month: hundredths(0), planned: 0, planned_to_date: 0, covered: 0, own: 0, lessons: 10, subjects_planned: 1, subjects_met: 0, cells: [], months: {} };
