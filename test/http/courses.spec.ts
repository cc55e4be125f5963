import { expect } from "chai";
import { closeDue } from "../../server/study/store.ts";
import { addMinutes } from "../../server/platform/clock.ts";
import { newId } from "../../server/platform/ids.ts";
import { startApp, type Running } from "../support/app.ts";
import { countQueries } from "../support/database.ts";
import { NOW, W } from "../support/world.ts";

const LESSON = `/courses/${W.toan6A}/lessons/${W.toanLesson(7)}`;

describe("courses and lessons", () => {
  let app: Running;
  beforeEach(async () => {
    app = await startApp();
  });
  afterEach(() => app.stop());

  const progress = () => app.db("lesson_progress").where({ course_id: W.toan6A, plan_lesson_id: W.toanLesson(7), pupil_id: W.minh }).first() as Promise<{ opened_at: string; done_at: string | null } | undefined>;

  it("lists a pupil's courses, a teacher's, and nobody else's", async () => {
    const pupil = (await (await app.as("minh")).get("/courses")).text;
    expect(pupil).to.include(`/courses/${W.toan6A}`).and.include(`/courses/${W.van6A}`).and.not.include(`/courses/${W.toan6B}`);
    const teacher = (await (await app.as("huong")).get("/courses")).text;
    expect(teacher).to.include(`/courses/${W.toan6B}`).and.not.include(`/courses/${W.leLoiToan6A}`);
    expect((await (await app.as("lan")).get("/courses")).text).to.include(`/courses/${W.leLoiToan6A}`).and.not.include(`/courses/${W.toan6A}`);
  });

  it("follows the plan's lessons with running period numbers", async () => {
    const { text } = await (await app.as("minh")).get(`/courses/${W.toan6A}`);
    expect(text).to.include("Chương I. Tập hợp các số tự nhiên").and.include("tiết 2–3 · tuần 1");
  });

  it("does not tell another school, or a pupil of another class, that it exists", async () => {
    for (const login of ["lan", "quang", "vy", "khoi", "dung", "ha"]) {
      const client = await app.as(login);
      expect((await client.get(`/courses/${W.toan6A}`)).status, login).to.equal(404);
      expect((await client.get(LESSON)).status, login).to.equal(404);
    }
  });

  it("names the pupils of a class to the class and its teachers, and to a mother the teachers only", async () => {
    const path = `/courses/${W.toan6A}/members`;
    for (const login of ["minh", "huong", "nam"]) expect((await (await app.as(login)).get(path)).text, login).to.include("Lê Đức Minh").and.include("4 học sinh");
    const mother = (await (await app.as("thu")).get(path)).text;
    expect(mother).to.include("Nguyễn Thị Hương").and.not.include("Lê Đức Minh");
  });

  describe("a lesson", () => {
    it("notes on the server that a pupil opened it, and that it is done when she says so", async () => {
      const pupil = await app.as("minh");
      expect((await pupil.get(LESSON)).status).to.equal(200);
      expect(await progress()).to.include({ opened_at: NOW, done_at: null });
      app.time.now = addMinutes(NOW, 20);
      expect((await pupil.post(`${LESSON}/completion`)).status).to.equal(303);
      app.time.now = addMinutes(NOW, 40);
      await pupil.post(`${LESSON}/completion`);
      expect((await progress())?.done_at, "the first time counts").to.equal(addMinutes(NOW, 20));
      await pupil.post(`${LESSON}/completion-removal`);
      expect((await progress())?.done_at).to.equal(null);
    });

    it("cannot be finished without having been opened", async () => {
      expect((await (await app.as("minh")).post(`${LESSON}/completion`)).status).to.equal(409);
      expect(await progress()).to.equal(undefined);
    });

    it("is not finished by a teacher or a mother, and their looking leaves no progress", async () => {
      for (const login of ["huong", "thu"]) {
        const client = await app.as(login);
        expect((await client.get(LESSON)).status).to.equal(200);
        expect((await client.post(`${LESSON}/completion`)).status).to.equal(403);
      }
      expect(await app.db("lesson_progress")).to.have.length(0);
    });

    it("has a text that its teacher writes, with formulas, and no script", async () => {
      const teacher = await app.as("huong");
      const body = "Đọc $2^3$ rồi làm **bài 1**.<script>alert(1)</script>";
      expect((await teacher.post(`${LESSON}/text`, { body, revision: "0" })).status).to.equal(303);
      const { text } = await (await app.as("minh")).get(LESSON);
      expect(text).to.include("<strong>bài 1</strong>").and.include("<msup>").and.not.include("<script>alert");
      expect(await app.db("audit_entries").where({ action: "lesson.text" })).to.have.length(1);
    });

    it("keeps both texts when two people write at once", async () => {
      const teacher = await app.as("huong");
      await teacher.post(`${LESSON}/text`, { body: "bản đầu", revision: "0" });
      const late = await teacher.post(`${LESSON}/text`, { body: "bản đến sau", revision: "0" });
      expect(late.status).to.equal(409);
      expect(late.text).to.include("bản đến sau").and.include("bản đầu");
      const again = await teacher.post(`${LESSON}/text`, { body: "bản đến sau", revision: "1" });
      expect(again.status).to.equal(303);
    });

    it("shows a preview without saving", async () => {
      const teacher = await app.as("huong");
      const { status, text } = await teacher.post(`${LESSON}/text-preview`, { body: "**đậm**", revision: "0" });
      expect(status).to.equal(200);
      expect(text).to.include("<strong>đậm</strong>");
      expect(await app.db("course_lessons")).to.have.length(0);
    });

    it("keeps a text that is too long in the form", async () => {
      const { status, text } = await (await app.as("huong")).post(`${LESSON}/text`, { body: "a".repeat(100_001), revision: "0" });
      expect(status).to.equal(422);
      expect(text).to.include("aaaaaaaaaa").and.include('aria-invalid="true"');
    });

    it("is written by its own teacher only", async () => {
      expect((await (await app.as("son")).post(`${LESSON}/text`, { body: "x", revision: "0" })).status).to.equal(403);
      expect((await (await app.as("minh")).post(`${LESSON}/text`, { body: "x", revision: "0" })).status).to.equal(403);
      expect((await (await app.as("quang")).post(`${LESSON}/text`, { body: "x", revision: "0" })).status).to.equal(404);
    });

    it("of another course is not found in this one", async () => {
      expect((await (await app.as("huong")).get(`/courses/${W.toan6A}/lessons/${W.leLoiLesson(1)}`)).status).to.equal(404);
    });

    it("is set online or in class for one course, not for the others", async () => {
      const teacher = await app.as("huong");
      const answer = await teacher.post(`${LESSON}/mode`, { mode: "online", back: "//evil.vn" });
      expect(answer.location).to.equal("/");
      expect((await teacher.get(`/courses/${W.toan6A}`)).text).to.include("Trực tuyến");
      expect(await app.db("course_lessons").where({ planned_mode: "online" })).to.have.length(1);
    });

    it("shows approved materials to the class, and an own draft only when its teacher attached it", async () => {
      const id = newId();
      const version = newId();
      await app.db("blobs").insert({ hash: "a".repeat(64), size_bytes: 10, mime: "application/pdf", created_at: NOW });
      await app.db("materials").insert({ id, school_id: W.tranPhu, uploaded_by: W.huong, title: "Phiếu tối nay", subject_code: "TOAN", grade: 6, kind: "worksheet", state: "draft", latest_version_id: version, search_text: "", created_at: NOW, updated_at: NOW });
      await app.db("material_versions").insert({ id: version, material_id: id, number: 1, state: "draft", blob_hash: "a".repeat(64), file_name: "p.pdf", mime: "application/pdf", size_bytes: 10, uploaded_by: W.huong, uploaded_at: NOW });
      await app.db("material_lessons").insert({ material_id: id, plan_lesson_id: W.toanLesson(7), linked_by: W.huong, linked_at: NOW });
      const [teacher, pupil] = [await app.as("huong"), await app.as("minh")];
      expect((await pupil.get(LESSON)).text).not.to.include("Phiếu tối nay");
      expect((await teacher.post(`${LESSON}/attachments`, { material: id })).status).to.equal(303);
      expect((await pupil.get(LESSON)).text).to.include("Phiếu tối nay").and.include("Chưa duyệt");
      expect((await (await app.as("khoi")).get(`/courses/${W.toan6B}/lessons/${W.toanLesson(7)}`)).text).not.to.include("Phiếu tối nay");
      await teacher.post(`${LESSON}/attachments/${id}/removal`);
      expect((await pupil.get(LESSON)).text).not.to.include("Phiếu tối nay");
    });
  });

  describe("online self-study", () => {
    const given = { period_from: "1", period_to: "1", opens_on: "2026-11-24", due_on: "2026-11-27", legal_form: "supporting", legal_reason: "" };

    it("is given by the teacher, done by the class, and counted in the ledger once half have finished", async () => {
      const teacher = await app.as("huong");
      expect((await teacher.post(`${LESSON}/self-study`, given)).status).to.equal(303);
      app.time.now = addMinutes(NOW, 60);
      for (const login of ["minh", "an"]) {
        const pupil = await app.as(login);
        await pupil.get(LESSON);
        await pupil.post(`${LESSON}/completion`);
      }
      await app.settle();
      expect((await teacher.get(LESSON)).text).to.include("2 em chưa bắt đầu, 0 em đang học, 2 trên 4 em đã xong");
      app.time.now = "2026-11-28T01:00:00.000Z";
      await closeDue(app.db, app.time.now);
      await app.settle();
      const [period] = (await app.db("ledger_periods").where({ course_id: W.toan6A, plan_lesson_id: W.toanLesson(7) })) as { state: string; evidence_kind: string }[];
      expect(period).to.include({ state: "counted", evidence_kind: "self_study" });
      expect(await app.db("access_log").where({ actor_id: W.huong, what: "lesson_progress" })).to.have.length(4);
    });

    it("is refused with the reason at the field and what was typed kept", async () => {
      const teacher = await app.as("huong");
      for (const [wrong, said] of [
        [{ period_to: "9" }, "chỉ có 1 tiết"],
        [{ due_on: "2026-11-20" }, "Hạn phải sau ngày mở"],
        [{ legal_form: "replacing" }, "reason"],
        [{ due_on: "mai" }, "Ngày chưa đúng"],
      ] as const) {
        const { status, text } = await teacher.post(`${LESSON}/self-study`, { ...given, ...wrong });
        expect(status).to.equal(422);
        if (said !== "reason") expect(text).to.include(said);
        expect(text).to.include('aria-invalid="true"');
      }
      expect(await app.db("self_study_assignments")).to.have.length(0);
    });

    it("is not given twice for the same period, and can be taken back", async () => {
      const teacher = await app.as("huong");
      await teacher.post(`${LESSON}/self-study`, given);
      expect((await teacher.post(`${LESSON}/self-study`, given)).status).to.equal(409);
      const { id } = (await app.db("self_study_assignments").first("id")) as { id: string };
      expect((await (await app.as("son")).post(`${LESSON}/self-study/${id}/cancellation`)).status).to.equal(403);
      expect((await teacher.post(`${LESSON}/self-study/${id}/cancellation`)).status).to.equal(303);
      expect((await teacher.post(`${LESSON}/self-study/${id}/cancellation`)).status).to.equal(409);
    });
  });

  it("shows progress pupil by pupil to those who may, and writes every look down", async () => {
    expect((await (await app.as("huong")).get(`/courses/${W.toan6A}/progress`)).text).to.include("Lê Đức Minh");
    expect(await app.db("access_log").where({ actor_id: W.huong })).to.have.length(4);
    expect((await (await app.as("minh")).get(`/courses/${W.toan6A}/progress`)).status).to.equal(403);
    expect((await (await app.as("lan")).get(`/courses/${W.toan6A}/progress`)).status).to.equal(404);
  });

  it("takes few queries", async () => {
    for (const [login, path, limit] of [["minh", `/courses/${W.toan6A}`, 6], ["minh", LESSON, 9], ["huong", LESSON, 9]] as const) {
      const client = await app.as(login);
      await client.get(path);
      const { count, queries } = await countQueries(app.db, () => client.get(path));
      expect(count, `${login} ${path}:\n${queries.join("\n")}`).to.be.at.most(limit);
    }
  });
});
