import { readFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { startApp, type Running } from "../support/app.ts";
import type { Answer, Client } from "../support/client.ts";
import { W, YEAR } from "../support/world.ts";
import { makeExcel } from "../fixtures/plans/files.ts";
import { formOf } from "../fixtures/plans/form.ts";

const FOLDER = path.join(import.meta.dirname, "../fixtures/plans");
const WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
const EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

describe("importing a plan from the school's file", () => {
  let app: Running;
  let mai: Client;
  beforeEach(async () => {
    app = await startApp();
    mai = await app.as("mai");
    await app.db("plans").where({ id: W.planToan6 }).update({ year_id: YEAR });
  });
  afterEach(() => app.stop());

  const place = { subject: "TOAN", grade: "6", year: YEAR, campus: "" };
  const send = (who: Client, bytes: Uint8Array, name: string, fields: Record<string, string> = place, school: string = W.tranPhu): Promise<Answer> =>
    who.upload(`/schools/${school}/plan-imports`, fields, [{ field: "file", name, type: name.endsWith("x") ? (name.endsWith(".docx") ? WORD : EXCEL) : "text/plain", bytes }]);
  const fixture = (name: string): Buffer => readFileSync(path.join(FOLDER, name));
  const standing = () => app.db("plan_lessons").where({ plan_id: W.planToan6 }).whereNull("removed_at").orderBy("position");

  it("shows what was understood, then saves it as the plan; rows of the same title keep their ids", async () => {
    const sent = await send(mai, fixture("toan6-phu-luc-1.docx"), "KH Toán 6.docx");
    expect(sent.status).to.equal(303);
    const preview = await mai.get(sent.location);
    expect(preview.text).to.contain("KH Toán 6.docx").and.to.contain("Hiểu được 81 dòng, 140 tiết").and.to.contain("Đủ 140 tiết theo chương trình quốc gia.");
    expect(preview.text).to.contain("4 dòng cần thầy cô xem lại").and.to.contain("90 phút được hiểu là 2 tiết.");
    expect(await standing()).to.have.length(10);
    const saved = await mai.post(sent.location, { ...formOf(preview.text), act: "save" });
    expect(saved.status).to.equal(303);
    expect(saved.location).to.equal(`/plans/${W.planToan6}`);
    const now = await standing();
    expect(now.reduce((sum, row) => sum + Number(row.periods), 0)).to.equal(140);
    expect(now.find((row) => row.title === "Luyện tập chung")?.id).to.equal(W.toanLesson(6));
    expect((await app.db("plan_lessons").where({ id: W.toanLesson(1) }).first()).removed_at).not.to.equal(null);
    expect(await app.db("events").where({ name: "plan_published" })).to.have.length(1);
    expect(await app.db("audit_entries").whereIn("action", ["plan.import", "plan.replace"])).to.have.length(2);
  });

  it("makes a new draft where no plan stands, and saves only once", async () => {
    const sent = await send(mai, await makeExcel([{ name: "Toán 7", rows: [["STT", "Bài học", "Số tiết"], [1, "Bài 1. Tập hợp các số hữu tỉ", 2], [2, "Bài 2. Cộng, trừ số hữu tỉ", 3]] }]), "toan7.xlsx", { ...place, grade: "7" });
    const form = formOf((await mai.get(sent.location)).text);
    const saved = await mai.post(sent.location, { ...form, act: "save" });
    expect(saved.status).to.equal(303);
    const plan = await app.db("plans").where({ grade: 7 }).first();
    expect(plan).to.include({ state: "draft", version: 0, school_id: W.tranPhu });
    expect((await mai.post(sent.location, { ...form, act: "save" })).status).to.equal(409);
    const back = await mai.get(sent.location);
    expect(back.location).to.equal(`/plans/${plan.id}`);
    expect(await app.db("plan_lessons").where({ plan_id: plan.id })).to.have.length(2);
  });

  it("marks what was not understood and takes the corrections in place", async () => {
    const sent = await send(mai, fixture("tin-hoc-7-mau-thuan.xlsx"), "ke-hoach.xlsx");
    const preview = await mai.get(sent.location);
    expect(preview.text).to.contain("Không hiểu ô số tiết: “theo lịch”.").and.to.contain("Tuần 40 nằm ngoài 35 tuần học.");
    expect(preview.text).to.contain("Tổng ghi trong tệp (cả năm) là 36 tiết, các dòng cộng lại 33 tiết.");
    expect(preview.text).to.contain("Tệp ghi TINHOC 7, còn kế hoạch đang lập là Toán 6.");
    const form = formOf(preview.text);
    const refused = await mai.post(sent.location, { ...form, act: "save", [`title.t1r3`]: "Thiết bị vào và ra" });
    expect(refused.status).to.equal(422);
    expect(refused.text).to.contain("Thiết bị vào và ra").and.to.contain("Cần điền mục này.");
    const periods = Object.keys(form).find((key) => key.startsWith("periods.") && form[key] === "") ?? "";
    const week = Object.keys(form).find((key) => key.startsWith("week.") && form[key] === "40") ?? "";
    const fixed = { ...form, [periods]: "2", [week]: "20" };
    expect((await mai.post(sent.location, { ...fixed, act: "check" })).status).to.equal(303);
    const again = await mai.get(sent.location);
    expect(again.text).not.to.contain("Không hiểu ô số tiết").and.not.to.contain("Tuần 40");
    expect((await mai.post(sent.location, { ...formOf(again.text), act: "save" })).status).to.equal(303);
    expect(await standing()).to.have.length(22);
  });

  it("lets one choose among several lists", async () => {
    const sent = await send(mai, fixture("tin-hoc-6-7-hai-khoi.docx"), "tin.docx", { ...place, grade: "7" });
    const preview = await mai.get(sent.location);
    expect(preview.text).to.contain("Tệp có nhiều bảng kế hoạch").and.to.contain("Bài 1. Thiết bị vào – ra");
    expect((await mai.post(`${sent.location}/list`, { list: "0" })).status).to.equal(303);
    expect((await mai.get(sent.location)).text).to.contain("Bài 1. Thông tin và dữ liệu");
    expect((await mai.post(`${sent.location}/list`, { list: "9" })).status).to.equal(422);
  });

  it("refuses two saves of one preview by two people", async () => {
    const sent = await send(mai, fixture("gdcd-9-hai-hoc-ki.xlsx"), "a.xlsx");
    const nam = await app.as("nam");
    const [first, second] = [formOf((await mai.get(sent.location)).text), formOf((await nam.get(sent.location)).text)];
    expect((await mai.post(sent.location, { ...first, act: "check" })).status).to.equal(303);
    const overtaken = await nam.post(sent.location, { ...second, "title.t1r10": "Nam đã sửa tên bài này", act: "save" });
    expect(overtaken.status).to.equal(409);
    expect(overtaken.text).to.contain("Nam đã sửa tên bài này").and.to.contain("vừa được người khác sửa");
    expect((await nam.post(sent.location, { ...formOf(overtaken.text), act: "save" })).status).to.equal(303);
    expect((await standing())[0].title).to.equal("Nam đã sửa tên bài này");
  });

  describe("files that are no plan", () => {
    const cases: [string, Uint8Array, string, string][] = [
      ["an empty file", new Uint8Array(0), "kh.docx", "Tệp trống"],
      ["a text under a wrong name", Buffer.from("STT;Bài"), "kh.xlsx", ""],
      ["an old Word file under a new name", Buffer.concat([Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]), Buffer.alloc(2000)]), "kh.docx", ""],
      ["a torn file", readFileSync(path.join(FOLDER, "gdcd-9-hai-hoc-ki.xlsx")).subarray(0, 1500), "kh.xlsx", ""],
      ["a program", Buffer.from("MZ"), "kehoach.exe", ""],
    ];
    for (const [what, bytes, name, words] of cases) {
      it(`says what is wrong with ${what}`, async () => {
        const answer = await send(mai, bytes, name);
        expect(answer.status).to.equal(422);
        expect(answer.text).to.contain('aria-invalid="true"').and.to.contain(words);
        expect(await app.db("imports")).to.have.length(0);
      });
    }
    it("says that a workbook holds no plan, and how one looks", async () => {
      const answer = await send(mai, await makeExcel([{ name: "Lương", rows: [["Họ tên", "Số tiền"], ["A", 1]] }]), "luong.xlsx");
      expect(answer.status).to.equal(422);
      expect(answer.text).to.contain("Không tìm thấy bảng kế hoạch nào trong tệp");
    });
    it("asks for a file", async () => {
      const answer = await mai.upload(`/schools/${W.tranPhu}/plan-imports`, place, []);
      expect(answer.status).to.equal(422);
      expect(answer.text).to.contain("Hãy chọn một tệp");
    });
  });

  it("is for the head of the subject and the leaders of the school", async () => {
    const bytes = fixture("gdcd-9-hai-hoc-ki.xlsx");
    const sent = await send(mai, bytes, "a.xlsx");
    for (const [who, status] of [["huong", 403], ["lan", 404], ["minh", 403], ["oanh", 200]] as const) {
      expect((await (await app.as(who)).get(sent.location)).status, who).to.equal(status);
    }
    expect((await send(await app.as("huong"), bytes, "a.xlsx")).status).to.equal(403);
    expect((await send(await app.as("lan"), bytes, "a.xlsx")).status).to.equal(404);
    expect((await send(mai, bytes, "a.xlsx", { ...place, subject: "NGUVAN" })).status).to.equal(403);
    expect((await (await app.as("lan")).post(sent.location, { revision: "1" })).status).to.equal(404);
    expect((await mai.get("/plan-imports/nothing")).status).to.equal(404);
  });
});
