import { expect } from "chai";
import { findYear, weeksOfSchool, yearOfDay } from "../../server/calendar/store.ts";
import { startApp, type Running } from "../support/app.ts";
import { W, YEAR } from "../support/world.ts";

describe("the school years of the province", () => {
  let app: Running;
  const form = { id: "2027-2028", term1_starts_on: "2027-09-06", term1_weeks: "18", term2_starts_on: "2028-01-17", term2_weeks: "17", ends_on: "31/05/2028" };
  before(async () => {
    app = await startApp();
  });
  after(() => app.stop());

  it("are made by the province, with the next one proposed", async () => {
    const ha = await app.as("ha");
    expect((await ha.get("/school-years/new")).text).to.include('value="2027-2028"');
    const answer = await ha.post("/school-years", form);
    expect(answer.status).to.equal(303);
    expect(await findYear(app.db, "2027-2028")).to.include({ term1_weeks: 18, ends_on: "2028-05-31" });
    expect(await app.db("audit_entries").where({ action: "school_year.create" })).to.have.length(1);
    expect((await ha.post("/school-years", form)).status).to.equal(409);
  });

  it("need Mondays and terms in order; the form keeps what was typed", async () => {
    const ha = await app.as("ha");
    const answer = await ha.post("/school-years", { ...form, id: "2028-2029", term1_starts_on: "2028-09-05" });
    expect(answer.status).to.equal(422);
    expect(answer.text).to.include("cần là thứ Hai").and.to.include('value="2028-09-05"');
    expect((await ha.post("/school-years", { ...form, id: "2028-2030" })).text).to.include("2026-2027");
  });

  it("are not made by a commune or a school", async () => {
    expect((await (await app.as("dung")).post("/school-years", form)).status).to.equal(403);
    expect((await (await app.as("nam")).post("/school-years", form)).status).to.equal(403);
    expect((await (await app.as("dung")).get(`/school-years/${YEAR}`)).status).to.equal(200);
    expect((await (await app.as("dung")).get("/school-years/khong-co")).status).to.equal(404);
  });

  it("belong to their days: August already to the year to come", async () => {
    expect((await yearOfDay(app.db, "2026-11-24"))?.id).to.equal(YEAR);
    expect((await yearOfDay(app.db, "2027-07-15"))?.id).to.equal(YEAR);
    expect((await yearOfDay(app.db, "2027-08-20"))?.id).to.equal("2027-2028");
    expect((await yearOfDay(app.db, "2020-01-01"))?.id).to.equal(YEAR);
  });
});

describe("holidays and the calendar of 35 weeks", () => {
  let app: Running;
  const calendar = `/schools/${W.tranPhu}/calendar`;
  const tet = { name: "Tết Nguyên đán", from_on: "2027-02-01", to_on: "2027-02-14" };
  const storm = { year_id: YEAR, name: "Nghỉ bão", from_on: "2027-03-08", to_on: "2027-03-13" };
  before(async () => {
    app = await startApp();
  });
  after(() => app.stop());

  async function lastWeek(school: string): Promise<string | undefined> {
    const year = await findYear(app.db, YEAR);
    return year && (await weeksOfSchool(app.db, year, school)).at(-1)?.starts_on;
  }

  it("shift every school by the province's Tết", async () => {
    expect(await lastWeek(W.tranPhu)).to.equal("2027-05-10");
    const answer = await (await app.as("ha")).post(`/school-years/${YEAR}/holidays`, tet);
    expect(answer.status).to.equal(303);
    expect(await lastWeek(W.tranPhu)).to.equal("2027-05-24");
    expect(await lastWeek(W.leLoi)).to.equal("2027-05-24");
  });

  it("shift one school by its own storm days, set by its administrator", async () => {
    const answer = await (await app.as("tuan")).post(`/schools/${W.tranPhu}/holidays`, storm);
    expect(answer.status).to.equal(303);
    expect(await lastWeek(W.tranPhu)).to.equal("2027-05-31");
    expect(await lastWeek(W.leLoi)).to.equal("2027-05-24");
    expect(await app.db("audit_entries").where({ action: "holiday.create", school_id: W.tranPhu })).to.have.length(1);
  });

  it("show the weeks to the school's staff, this week marked, and to nobody else", async () => {
    const page = await (await app.as("huong")).get(calendar);
    expect(page.status).to.equal(200);
    expect(page.text).to.include("Tuần này").and.to.include("Tết Nguyên đán").and.to.include("Nghỉ bão").and.to.include("24/05 – 30/05/2027");
    expect((await (await app.as("lan")).get(calendar)).status).to.equal(404);
    expect((await (await app.as("minh")).get(calendar)).status).to.equal(403);
  });

  it("are set by the administrator only; a wrong one keeps what was typed", async () => {
    expect((await (await app.as("nam")).post(`/schools/${W.tranPhu}/holidays`, storm)).status).to.equal(403);
    expect((await (await app.as("lan")).post(`/schools/${W.tranPhu}/holidays`, storm)).status).to.equal(404);
    const wrong = await (await app.as("tuan")).post(`/schools/${W.tranPhu}/holidays`, { ...storm, name: "Nghỉ hội làng", to_on: "2027-03-01" });
    expect(wrong.status).to.equal(422);
    expect(wrong.text).to.include('value="Nghỉ hội làng"').and.to.include("bằng hoặc sau ngày đầu");
  });

  it("are taken back by whoever set them, not the province's by a school", async () => {
    const tuan = await app.as("tuan");
    const province = (await app.db("holidays").whereNull("unit_id").first("id")) as { id: string };
    const own = (await app.db("holidays").where({ unit_id: W.tranPhu }).first("id")) as { id: string };
    expect((await tuan.post(`/schools/${W.tranPhu}/holidays/${province.id}/removal`)).status).to.equal(404);
    expect((await tuan.post(`/schools/${W.tranPhu}/holidays/${own.id}/removal`)).status).to.equal(303);
    expect(await lastWeek(W.tranPhu)).to.equal("2027-05-24");
    expect(await app.db("audit_entries").where({ action: "holiday.remove" })).to.have.length(1);
  });
});
