import { expect } from "chai";
import { newId } from "../../server/platform/ids.ts";
import { startApp, type Running } from "../support/app.ts";
import { countQueries } from "../support/database.ts";
import { addMinutes } from "../../server/platform/clock.ts";
import { NOW, W } from "../support/world.ts";

describe("the home page", () => {
  let app: Running;
  beforeEach(async () => {
    app = await startApp();
  });
  afterEach(() => app.stop());

  async function addClass(startsAt: string): Promise<string> {
    const id = newId();
    await app.db("live_classes").insert({ id, school_id: W.tranPhu, teacher_id: W.huong, title: "Toán 6A: Luỹ thừa", starts_at: startsAt, length_minutes: 45, created_at: NOW });
    await app.db("live_class_periods").insert({ live_class_id: id, course_id: W.toan6A, plan_lesson_id: W.toanLesson(7), period_number: 1 });
    return id;
  }

  it("asks a visitor to sign in", async () => {
    expect((await app.visitor().get("/")).location).to.equal("/sign-in?next=%2F");
  });

  it("shows a pupil the next class, whose button works from ten minutes before", async () => {
    const id = await addClass(addMinutes(NOW, 30));
    const pupil = await app.as("minh");
    const early = (await pupil.get("/")).text;
    expect(early).to.include("Toán 6A: Luỹ thừa").and.include("Mở lúc 9:20");
    expect(early).not.to.include(`class="button" data-size="large" href="/live-classes/${id}"`);
    app.time.now = addMinutes(NOW, 20);
    expect((await pupil.get("/")).text).to.include(`class="button" data-size="large" href="/live-classes/${id}"`);
  });

  it("shows nothing of it to a pupil of another class", async () => {
    await addClass(addMinutes(NOW, 5));
    expect((await (await app.as("khoi")).get("/")).text).not.to.include("Luỹ thừa");
  });

  it("shows a pupil what is to be studied until it is done", async () => {
    await app.db("self_study_assignments").insert({
      id: newId(),
      course_id: W.toan6A,
      plan_lesson_id: W.toanLesson(3),
      period_from: 1,
      period_to: 1,
      assigned_by: W.huong,
      opens_at: NOW,
      due_at: addMinutes(NOW, 60 * 24),
      created_at: NOW,
    });
    expect((await (await app.as("minh")).get("/")).text).to.include("Thứ tự trong tập hợp các số tự nhiên");
    expect((await (await app.as("khoi")).get("/")).text).not.to.include("Thứ tự trong tập hợp các số tự nhiên");
  });

  it("shows a teacher this week's lessons of her courses, each with its mode", async () => {
    const { text } = await (await app.as("huong")).get("/");
    expect(text).to.include("Tuần này · tuần 12").and.include("Luỹ thừa với số mũ tự nhiên").and.include("Toán 6B");
    expect(text).to.include("Chưa có học liệu").and.include("Chuyển sang trực tuyến");
    expect(text).not.to.include("Văn bản đọc");
  });

  it("shows the school leader both meters of the own school, and the queue", async () => {
    await app.db.transaction(() => Promise.resolve());
    const { text } = await (await app.as("nam")).get("/");
    expect(text).to.include("Chỉ tiêu của THCS Trần Phú").and.include(`/schools/${W.tranPhu}/measures`);
    expect(text).to.include("Không có học liệu nào đang chờ thầy cô.");
  });

  it("shows a mother her own child only, and writes down that she looked", async () => {
    const { text } = await (await app.as("thu")).get("/");
    expect(text).to.include("Lê Đức Minh").and.not.include("Bùi Bảo An");
    expect(await app.db("access_log").where({ actor_id: W.thu, pupil_id: W.minh })).to.have.length(1);
  });

  it("shows the administrator what is left to set up", async () => {
    expect((await (await app.as("tuan")).get("/")).text).to.include("Lớp học: 2").and.include("Danh sách học sinh: 6");
  });

  it("leads officers to the table of schools", async () => {
    for (const officer of ["dung", "ha"]) expect((await (await app.as(officer)).get("/")).text).to.include('href="/measures"');
  });

  it("takes few queries", async () => {
    for (const [login, limit] of [["minh", 7], ["huong", 9], ["dung", 3]] as const) {
      const client = await app.as(login);
      await client.get("/");
      const { count, queries } = await countQueries(app.db, () => client.get("/"));
      expect(count, `${login}:\n${queries.join("\n")}`).to.be.at.most(limit);
    }
  });
});
