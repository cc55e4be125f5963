import { expect } from "chai";
import { afterEach, beforeEach, describe, it } from "mocha";
import { startApp, type Running } from "../support/app.ts";
import { holdLiveClass } from "../support/ledger.ts";
import { W } from "../support/world.ts";

const STARTS = "2026-11-23T00:00:00.000Z"; // Monday of week 12
const FREE = `${W.toanLesson(7)}.1`; // the only lesson of week 12 beside the review

describe("a teacher's ledger", () => {
  let app: Running;
  beforeEach(async () => {
    app = await startApp();
  });
  afterEach(() => app.stop());

  const counted = async () => Number((await app.db("measure_online_totals").sum("counted as sum"))[0]?.["sum"] ?? 0) / 100;
  const audited = (action: string) => app.db("audit_entries").where({ action });
  const hold = () => holdLiveClass(app.db, { carries: [{ course: W.toan6A, lesson: W.toanLesson(7), number: 1 }], starts: STARTS, minutes: 45, present: { minh: 45, an: 45 } });
  const deliveryOf = async (kind: string) => String((await app.db("deliveries").where({ evidence_kind: kind }).first())?.id);
  const declaration = { period: FREE, taught_on: "2026-11-23", legal_form: "supporting", legal_reason: "", proof_url: "https://meet.example/abc" };
  const declare = async (login: string, form: Record<string, string> = declaration) => (await app.as(login)).upload(`/ledger/courses/${W.toan6A}/declarations`, form, []);

  it("shows the week: what the plan foresees and what the system saw", async () => {
    await hold();
    await app.settle();
    const page = await (await app.as("huong")).get("/ledger");
    expect(page.status).to.equal(200);
    expect(page.text).to.contain("Tuần 12");
    expect(page.text).to.contain("Luỹ thừa với số mũ tự nhiên");
    expect(page.text).to.contain("Được tính");
    expect(page.text).to.contain("Lớp học trực tuyến, thứ Hai, 23/11");
    expect(page.text).to.contain("Xác nhận 2 tiết của tuần");
    expect(page.text).not.to.contain("Kiểm tra giữa kì I"); // week 13
    expect((await (await app.as("huong")).get("/ledger?week=13")).text).to.contain("Kiểm tra giữa kì I");
  });

  it("confirms a whole week with one click, and a second click changes nothing", async () => {
    await hold();
    await app.settle();
    const huong = await app.as("huong");
    const form = { course: W.toan6A, week: "12" };
    expect((await huong.post("/ledger/weeks", form)).location).to.equal("/ledger?week=12");
    await huong.post("/ledger/weeks", form);
    const rows = await app.db("ledger_periods").where({ course_id: W.toan6A }).orderBy("plan_lesson_id");
    expect(rows.map((row) => [row.mode, row.state])).to.deep.equal([
      ["online", "counted"],
      ["in_class", "recorded"],
    ]);
    expect(rows[0]?.confirmed_at).to.be.a("string");
    expect(await app.db("deliveries")).to.have.length(2);
    expect(await audited("ledger.confirm_week")).to.have.length(1);
    expect(await counted()).to.equal(1);
  });

  it("lets nobody else record: 403 for a colleague and the leader, 404 for another school", async () => {
    const form = { course: W.toan6A, week: "12" };
    for (const [login, status] of [["son", 403], ["nam", 403], ["minh", 403], ["dung", 403], ["lan", 404], ["quang", 404]] as const)
      expect((await (await app.as(login)).post("/ledger/weeks", form)).status, login).to.equal(status);
    expect(await app.db("deliveries")).to.have.length(0);
  });

  describe("a period taught with another tool", () => {
    it("counts when the department head confirms it, and not before", async () => {
      const sent = await declare("huong");
      expect(sent.status).to.equal(303);
      expect(await counted()).to.equal(0);
      const mai = await app.as("mai");
      const queue = await mai.get("/ledger/declarations");
      expect(queue.text).to.contain("Luỹ thừa với số mũ tự nhiên");
      expect(queue.text).to.contain("Nguyễn Thị Hương");
      expect((await mai.get("/")).text).to.contain("1 tiết khai báo chờ thầy cô xác nhận").and.contain("/ledger/declarations");
      expect((await mai.get(sent.location)).text).to.contain("Chờ tổ trưởng chuyên môn");
      expect((await mai.post(`${sent.location}/confirmation`)).status).to.equal(303);
      expect(await counted()).to.equal(1);
      expect((await mai.post(`${sent.location}/confirmation`)).status).to.equal(409);
      expect(await audited("ledger.confirm")).to.have.length(1);
      expect((await mai.get("/ledger/declarations")).text).to.contain("Không có tiết nào chờ xác nhận");
      expect((await mai.get("/")).text).not.to.contain("tiết khai báo chờ");
    });

    it("is never confirmed by the teacher, nor by other groups and schools", async () => {
      const { location } = await declare("huong");
      for (const [login, status] of [["huong", 403], ["son", 403], ["tuan", 403], ["minh", 403], ["dung", 403], ["lan", 404]] as const)
        expect((await (await app.as(login)).post(`${location}/confirmation`)).status, login).to.equal(status);
      expect((await (await app.as("nam")).post(`${location}/confirmation`)).status).to.equal(303);
      expect(await counted()).to.equal(1);
    });

    it("can be refused with a reason, which the teacher reads", async () => {
      const { location } = await declare("huong");
      const mai = await app.as("mai");
      const blank = await mai.post(`${location}/refusal`, { why: " " });
      expect(blank.status).to.equal(422);
      expect((await mai.post(`${location}/refusal`, { why: "Liên kết không mở được" })).status).to.equal(303);
      expect(await counted()).to.equal(0);
      expect((await (await app.as("huong")).get(location)).text).to.contain("Liên kết không mở được");
    });

    it("needs a proof, a day that has come and a free period; what was typed stays", async () => {
      const missing = await declare("huong", { ...declaration, proof_url: "", legal_form: "replacing", legal_reason: "" });
      expect(missing.status).to.equal(422);
      expect(missing.text).to.contain("Cần điền mục này");
      const wrong = await declare("huong", { ...declaration, proof_url: "", taught_on: "2026-12-01" });
      expect(wrong.text).to.contain("Cần một liên kết hoặc một tệp");
      expect(wrong.text).to.contain("Chưa đến ngày này");
      expect(wrong.text).to.contain('value="2026-12-01"');
      await hold();
      await app.settle();
      expect((await declare("huong")).status).to.equal(422); // counted already: it cannot count twice
      expect((await declare("huong", { ...declaration, proof_url: "javascript:alert(1)" })).text).to.contain("Liên kết cần bắt đầu");
      expect(await app.db("deliveries").where({ evidence_kind: "external" })).to.have.length(0);
    });

    it("takes a picture as proof, shows it to those who may see the period, and refuses a program", async () => {
      const png = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==", "base64");
      const huong = await app.as("huong");
      const send = (bytes: Uint8Array, name: string) =>
        huong.upload(`/ledger/courses/${W.toan6A}/declarations`, { ...declaration, proof_url: "" }, [{ field: "proof", name, type: "image/png", bytes }]);
      const bad = await send(Buffer.from("MZ\u0090\u0000programme"), "anh.exe");
      expect(bad.status).to.equal(422);
      const sent = await send(png, "màn hình.png");
      expect(sent.status).to.equal(303);
      const proof = await (await app.as("mai")).get(`${sent.location}/proof`);
      expect(proof.headers.get("content-type")).to.contain("image/png");
      expect(proof.headers.get("content-disposition")).to.contain("attachment");
      expect(proof.bytes.equals(png)).to.equal(true);
      expect((await (await app.as("lan")).get(`${sent.location}/proof`)).status).to.equal(404);
      expect((await (await app.as("minh")).get(`${sent.location}/proof`)).status).to.equal(403);
    });
  });

  describe("a mistake", () => {
    it("is reversed with a reason, never deleted, and restored by whoever may reverse", async () => {
      await hold();
      await app.settle();
      const path = `/ledger/${await deliveryOf("live")}`;
      const huong = await app.as("huong");
      expect((await huong.post(`${path}/reversal`, { why: "" })).status).to.equal(422);
      expect((await huong.post(`${path}/reversal`, { why: "Nhầm bài" })).status).to.equal(303);
      expect((await huong.post(`${path}/reversal`, { why: "Nhầm bài" })).status).to.equal(409);
      expect(await counted()).to.equal(0);
      expect(await app.db("deliveries")).to.have.length(1);
      expect((await huong.get(path)).text).to.contain("Nhầm bài");
      expect((await (await app.as("nam")).post(`${path}/restoration`)).status).to.equal(303);
      expect((await (await app.as("nam")).post(`${path}/restoration`)).status).to.equal(409);
      expect(await counted()).to.equal(1);
      expect(await audited("ledger.reverse")).to.have.length(1);
      expect(await audited("ledger.restore")).to.have.length(1);
    });

    it("lets the next delivery of the period stand in its place, and back", async () => {
      const { location } = await declare("huong");
      await (await app.as("mai")).post(`${location}/confirmation`);
      await hold();
      await app.settle();
      expect(await counted()).to.equal(1); // the live class stands, the external one does not count beside it
      const live = `/ledger/${await deliveryOf("live")}`;
      const huong = await app.as("huong");
      expect((await huong.get(location)).text).to.contain("không được tính hai lần");
      await huong.post(`${live}/reversal`, { why: "Nhầm lớp" });
      expect(await counted()).to.equal(1);
      expect((await app.db("ledger_periods").first())?.evidence_kind).to.equal("external");
      await huong.post(`${live}/restoration`);
      expect((await app.db("ledger_periods").first())?.evidence_kind).to.equal("live");
      expect(await counted()).to.equal(1);
    });

    it("is nobody's to reverse from outside", async () => {
      await hold();
      await app.settle();
      const path = `/ledger/${await deliveryOf("live")}`;
      for (const [login, status] of [["son", 403], ["minh", 403], ["dung", 403], ["lan", 404]] as const)
        expect((await (await app.as(login)).post(`${path}/reversal`, { why: "x" })).status, login).to.equal(status);
    });
  });

  it("counts a period for a substitute of a shared subject once, whoever taught it", async () => {
    await app.db("course_teachers").insert({ id: "t0an6as0nzzzzzzzzzzzzzzzzz", course_id: W.toan6A, person_id: W.son, from_on: "2026-11-01" });
    await hold();
    await holdLiveClass(app.db, { carries: [{ course: W.toan6A, lesson: W.toanLesson(7), number: 1 }], starts: "2026-11-23T02:00:00.000Z", minutes: 45, present: { minh: 45, an: 45 }, teacher: W.son });
    await app.settle();
    expect(await app.db("deliveries")).to.have.length(2);
    expect(await counted()).to.equal(1);
    expect((await (await app.as("son")).get("/ledger")).text).to.contain("Toán 6A");
  });
});
