import { expect } from "chai";
import { startApp, type Running } from "../support/app.ts";
import { NOW, W, YEAR } from "../support/world.ts";

const TODAY = NOW.slice(0, 10);

describe("the classes of a school", () => {
  let app: Running;
  const path = `/schools/${W.tranPhu}/classes`;
  before(async () => {
    app = await startApp();
  });
  after(() => app.stop());

  it("are listed with homeroom teacher, pupils and courses", async () => {
    const page = await (await app.as("huong")).get(path);
    expect(page.status).to.equal(200);
    expect(page.text).to.include("6A").and.to.include("6B").and.to.include("Nguyễn Thị Hương");
    expect((await (await app.as("lan")).get(path)).status).to.equal(404);
    expect((await (await app.as("minh")).get(path)).status).to.equal(403);
    expect((await (await app.as("bach")).get(path)).status).to.equal(200);
  });

  it("are made several at once, their grade from their name, each name once", async () => {
    const tuan = await app.as("tuan");
    const form = { year_id: YEAR, names: "7A, 7B", campus_id: "" };
    expect((await tuan.post(path, form)).status).to.equal(303);
    expect(await app.db("classes").where({ school_id: W.tranPhu, grade: 7 }).orderBy("name").select("name")).to.deep.equal([{ name: "7A" }, { name: "7B" }]);
    expect(await app.db("audit_entries").where({ action: "class.create" })).to.have.length(2);
    expect((await tuan.post(path, form)).status).to.equal(409);
    const bad = await tuan.post(path, { ...form, names: "Lớp chọn" });
    expect(bad.status).to.equal(422);
    expect(bad.text).to.include('value="Lớp chọn"');
  });

  it("get a homeroom teacher of the school, and courses follow a new name", async () => {
    const tuan = await app.as("tuan");
    const form = { name: "6A1", campus_id: "", homeroom_teacher_id: W.son };
    expect((await tuan.post(`${path}/${W.class6A}`, form)).status).to.equal(303);
    expect(await app.db("classes").where({ id: W.class6A }).first("name", "homeroom_teacher_id")).to.deep.equal({ name: "6A1", homeroom_teacher_id: W.son });
    expect(await app.db("courses").where({ id: W.toan6A }).first("name")).to.deep.equal({ name: "Toán 6A1" });
    expect((await tuan.post(`${path}/${W.class6A}`, { ...form, homeroom_teacher_id: W.quang })).status).to.equal(404);
    expect((await tuan.post(`${path}/${W.leLoi6A}`, form)).status).to.equal(404);
    expect((await (await app.as("nam")).post(`${path}/${W.class6A}`, form)).status).to.equal(403);
  });

  it("are removed only while they are empty", async () => {
    const tuan = await app.as("tuan");
    const empty = (await app.db("classes").where({ school_id: W.tranPhu, name: "7B" }).first("id")) as { id: string };
    expect((await tuan.post(`${path}/${empty.id}/removal`)).status).to.equal(303);
    expect((await tuan.post(`${path}/${W.class6B}/removal`)).status).to.equal(409);
  });
});

describe("teaching assignments", () => {
  let app: Running;
  const path = `/schools/${W.tranPhu}/assignments`;
  const van6B = `${W.class6B}.NGUVAN`;
  const toan6A = `${W.class6A}.TOAN`;
  const grid = { year_id: YEAR, grade: "6", on: TODAY };
  before(async () => {
    app = await startApp();
  });
  after(() => app.stop());

  const turnsOf = (course: string): Promise<unknown[]> =>
    app.db("course_teachers").where({ course_id: course }).orderBy("from_on").select("person_id", "from_on", "to_on") as unknown as Promise<unknown[]>;

  it("are one grid of classes and subjects, for the administrator", async () => {
    const page = await (await app.as("tuan")).get(path);
    expect(page.status).to.equal(200);
    expect(page.text).to.include(`name="now.${van6B}"`).and.to.include("Toán, lớp 6A");
    expect((await (await app.as("nam")).get(path)).status).to.equal(403);
    expect((await (await app.as("lan")).get(path)).status).to.equal(404);
  });

  it("make the missing course in the same step, joined to the school's plan, and the teacher sees it", async () => {
    const answer = await (await app.as("tuan")).post(path, { ...grid, [`was.${van6B}`]: "", [`now.${van6B}`]: W.son, [`was.${toan6A}`]: W.huong, [`now.${toan6A}`]: W.huong });
    expect(answer.status).to.equal(303);
    const course = (await app.db("courses").where({ class_id: W.class6B, subject_code: "NGUVAN" }).first()) as Record<string, unknown>;
    expect(course).to.include({ name: "Ngữ văn 6B", plan_id: W.planVan6, school_id: W.tranPhu, grade: 6, year_id: YEAR });
    expect(await turnsOf(String(course["id"]))).to.deep.equal([{ person_id: W.son, from_on: TODAY, to_on: null }]);
    expect(await app.db("audit_entries").where({ action: "course.create", subject_id: String(course["id"]) })).to.have.length(1);
    expect(await app.db("events").where({ name: "courses_changed" })).to.have.length(1);
  });

  it("close the turn of a teacher who is replaced in mid-year and open the next one's on the day", async () => {
    const tuan = await app.as("tuan");
    const form = { ...grid, on: "2026-11-02", [`was.${toan6A}`]: W.huong, [`now.${toan6A}`]: W.mai };
    expect((await tuan.post(path, form)).status).to.equal(303);
    expect(await turnsOf(W.toan6A)).to.deep.equal([
      { person_id: W.huong, from_on: "2026-08-15", to_on: "2026-11-02" },
      { person_id: W.mai, from_on: "2026-11-02", to_on: null },
    ]);
    expect(await app.db("audit_entries").where({ action: "course.teacher_change", subject_id: W.toan6A })).to.have.length(1);
    // The same page of somebody else, who chose differently, is told so; sent again as it is, it changes nothing.
    expect((await tuan.post(path, { ...form, [`now.${toan6A}`]: W.son })).status).to.equal(409);
    expect((await tuan.post(path, form)).status).to.equal(303);
    expect(await turnsOf(W.toan6A)).to.have.length(2);
  });

  it("do not take a teacher of another school, nor a day outside the year", async () => {
    const tuan = await app.as("tuan");
    const foreign = { ...grid, [`was.${toan6A}`]: W.mai, [`now.${toan6A}`]: W.quang };
    expect((await tuan.post(path, foreign)).status).to.equal(303);
    expect(await turnsOf(W.toan6A)).to.have.length(2);
    const late = await tuan.post(path, { ...foreign, on: "2027-08-01" });
    expect(late.status).to.equal(422);
    expect(late.text).to.include("nằm ngoài năm học");
  });

  it("leave nothing when another school's administrator or a teacher sends them", async () => {
    const form = { ...grid, [`was.${toan6A}`]: W.mai, [`now.${toan6A}`]: W.son };
    expect((await (await app.as("huong")).post(path, form)).status).to.equal(403);
    expect((await (await app.as("quang")).post(path, form)).status).to.equal(404);
    expect(await turnsOf(W.toan6A)).to.have.length(2);
  });

  it("can be filled up with every compulsory subject at once", async () => {
    const tuan = await app.as("tuan");
    await tuan.post(`/schools/${W.tranPhu}/classes`, { year_id: YEAR, names: "6C", campus_id: "" });
    const answer = await tuan.post(`/schools/${W.tranPhu}/missing-courses`, { year_id: YEAR, grade: "6" });
    expect(answer.status).to.equal(303);
    const made = await app.db("courses").where({ school_id: W.tranPhu }).whereIn("class_id", app.db("classes").where({ name: "6C" }).select("id")).orderBy("name").select("name", "plan_id");
    expect(made).to.deep.equal([
      { name: "Ngữ văn 6C", plan_id: W.planVan6 },
      { name: "Toán 6C", plan_id: W.planToan6 },
    ]);
    const before = (await app.db("courses").select("id")).length;
    await tuan.post(`/schools/${W.tranPhu}/missing-courses`, { year_id: YEAR, grade: "6" });
    expect((await app.db("courses").select("id")).length).to.equal(before);
  });
});

describe("several teachers of one course", () => {
  it("share it or substitute, with their days, and end by date", async () => {
    const app = await startApp();
    const tuan = await app.as("tuan");
    const path = `/schools/${W.tranPhu}/courses/${W.toan6B}/teachers`;
    expect((await tuan.get(path)).text).to.include("Nguyễn Thị Hương");
    const form = { person_id: W.son, from_on: TODAY, to_on: "31/12/2026" };
    expect((await tuan.post(path, form)).status).to.equal(303);
    expect((await tuan.post(path, form)).status).to.equal(409);
    expect((await tuan.post(path, { ...form, person_id: W.mai, to_on: TODAY })).status).to.equal(422);
    const grid = await tuan.get(`/schools/${W.tranPhu}/assignments`);
    expect(grid.text).to.include("Nguyễn Thị Hương, Vũ Thanh Sơn (dạy chung)");
    const turn = (await app.db("course_teachers").where({ course_id: W.toan6B, person_id: W.huong }).first("id")) as { id: string };
    expect((await tuan.post(`${path}/${turn.id}/ending`)).status).to.equal(303);
    expect(await app.db("course_teachers").where({ id: turn.id }).first("to_on")).to.deep.equal({ to_on: TODAY });
    expect((await (await app.as("nam")).post(path, form)).status).to.equal(403);
    expect((await (await app.as("lan")).get(path)).status).to.equal(404);
    await app.stop();
  });
});
