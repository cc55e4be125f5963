import { expect } from "chai";
import { startApp, type Running } from "../support/app.ts";
import { digitise } from "../support/ledger.ts";
import { shelfOf, type Row, type Shelf } from "../support/materials.ts";
import { W } from "../support/world.ts";

const SETTINGS = `/units/${W.tranPhu}/review-settings`;

describe("the review queue", () => {
  let app: Running;
  let shelf: Shelf;
  beforeEach(async () => {
    app = await startApp();
    shelf = shelfOf(() => app);
  });
  afterEach(() => app.stop());

  /** Drafts of cô Hương that wait for the group, on lessons 1, 2, … */
  async function submitted(count: number): Promise<Row[]> {
    const found: Row[] = [];
    for (let n = 1; n <= count; n += 1) {
      const material = await shelf.draft("huong", W.toanLesson(n));
      await app.db("materials").where({ id: material.id }).update({ title: `Bài giảng số ${n}` });
      await shelf.act("huong", "submission", material);
      found.push(await shelf.row(material.id));
    }
    return found;
  }
  const chosen = (...some: readonly (Row | undefined)[]): string[] => some.flatMap((row) => (row ? [`${row.id}.${row.latest_version_id}`] : []));

  describe("in bulk", () => {
    it("passes and approves what is chosen, with one comment that the trail keeps", async () => {
      const [one, two, three] = await submitted(3);
      const mai = await app.as("mai");
      const passed = await mai.post("/review/decisions", { item: chosen(one, two), act: "decide", comment: "Đạt", queue: "/review/list" });
      expect([passed.status, passed.location]).to.deep.equal([303, "/review/list"]);
      expect((await mai.get(passed.location)).text).to.contain("Đã thông qua 2 học liệu.").and.contain("Bài giảng số 3");
      const nam = await app.as("nam");
      await nam.post("/review/decisions", { item: chosen(one, two), act: "decide" });
      for (const row of [one, two]) expect((await shelf.row(row?.id ?? "")).state).to.equal("approved");
      expect((await shelf.row(three?.id ?? "")).state).to.equal("submitted");
      expect(await shelf.count("material_steps", { act: "pass", comment: "Đạt" })).to.equal(2);
      expect(await shelf.count("audit_entries", { action: "material.approve" })).to.equal(2);
    });

    it("judges each by its own door: what has moved on is named, the rest go on", async () => {
      const [one, two] = await submitted(2);
      const own = await shelf.draft("mai", W.toanLesson(3));
      await shelf.act("mai", "submission", own);
      await shelf.act("nam", "return", { id: one?.id ?? "" }, { comment: "Thiếu trang" });
      const foreign = await digitise(app.db, [], app.time.now, { school: W.leLoi, state: "submitted" });
      const other = await shelf.row(foreign);
      const mai = await app.as("mai");
      const answer = await mai.post("/review/decisions", { item: chosen(one, two, await shelf.row(own.id), other), act: "decide" });
      const page = await mai.get(answer.location);
      expect(page.text).to.contain("Đã thông qua 1 học liệu.");
      expect(page.text).to.contain("“Bài giảng số 1” được để nguyên").and.contain("“Bài giảng Tập hợp” được để nguyên").and.contain("“Một học liệu” được để nguyên");
      expect((await shelf.row(two?.id ?? "")).state).to.equal("passed");
      expect((await shelf.row(own.id)).state).to.equal("submitted");
      expect((await shelf.row(foreign)).state).to.equal("submitted");
    });

    it("returns with a comment only, and keeps what was chosen and typed when something is missing", async () => {
      const [one, two] = await submitted(2);
      const mai = await app.as("mai");
      const without = await mai.post("/review/decisions", { item: chosen(one), act: "return", comment: " ", queue: "/review/list?grade=6" });
      expect(without.status).to.equal(422);
      expect(without.text).to.contain("Hãy viết lời nhận xét").and.contain(`value="${chosen(one)[0] ?? ""}" checked`);
      const nothing = await mai.post("/review/decisions", { act: "decide", comment: "Tốt cả" });
      expect(nothing.status).to.equal(422);
      expect(nothing.text).to.contain("Hãy chọn ít nhất một học liệu.").and.contain("Tốt cả");
      expect((await mai.post("/review/decisions", { item: ["x.y"], act: "decide" })).status).to.equal(422);
      await mai.post("/review/decisions", { item: chosen(one, two), act: "return", comment: "Chữ mờ" });
      for (const row of [one, two]) expect((await shelf.row(row?.id ?? "")).state).to.equal("draft");
      expect(await shelf.count("notices", { person_id: W.huong, kind: "material_returned" })).to.equal(2);
    });

    it("is for reviewers only", async () => {
      const [one] = await submitted(1);
      for (const who of ["huong", "son", "tuan", "minh"]) expect((await (await app.as(who)).post("/review/decisions", { item: chosen(one), act: "decide" })).status, who).to.equal(403);
      const lan = await app.as("lan");
      await lan.post("/review/decisions", { item: chosen(one), act: "decide" });
      expect((await shelf.row(one?.id ?? "")).state).to.equal("submitted");
    });
  });

  describe("narrowed", () => {
    it("by subject, grade, teacher and age, all in the URL, and goes on inside the filter", async () => {
      const [one, two, three] = await submitted(3);
      await app.db("materials").where({ id: one?.id }).update({ grade: 7 });
      await app.db("material_steps").where({ material_id: two?.id }).update({ at: "2026-11-10T02:00:00.000Z" });
      const mai = await app.as("mai");
      const titles = async (query: string): Promise<number[]> => [1, 2, 3].filter(((page) => (n: number) => page.includes(`Bài giảng số ${n}`))((await mai.get(`/review/list?${query}`)).text));
      expect(await titles("")).to.deep.equal([1, 2, 3]);
      expect(await titles("grade=6")).to.deep.equal([2, 3]);
      expect(await titles("age=7")).to.deep.equal([2]);
      expect(await titles(`teacher=${W.huong}&subject=TOAN`)).to.deep.equal([1, 2, 3]);
      expect(await titles(`teacher=${W.mai}`)).to.deep.equal([]);
      expect((await mai.get(`/review/list?teacher=${W.mai}`)).text).to.contain("Không có học liệu nào phù hợp");
      expect(await titles("grade=x&age=nonsense&teacher=1")).to.deep.equal([1, 2, 3]);
      const open = await mai.get(`/review?grade=6&item=${two?.id ?? ""}`);
      expect(open.text).to.contain("Đang lọc: 2 học liệu phù hợp.").and.contain(`/review?grade=6&amp;item=${three?.id ?? ""}`);
      const passed = await shelf.act(mai, "passing", two ?? { id: "" }, { from: "review", next: three?.id ?? "", queue: "/review?grade=6" });
      expect(passed.location).to.equal(`/review?grade=6&item=${three?.id ?? ""}`);
      const elsewhere = await shelf.act(mai, "passing", three ?? { id: "" }, { from: "review", queue: "https://example.org/?grade=6" });
      expect(elsewhere.location).to.equal("/review?grade=6");
    });
  });

  describe("with a checklist set by the school", () => {
    const form = { after: "0", "text.0": "Đúng bài, đúng lớp", "required.0": "yes", "text.1": "Có ghi nguồn", "text.5": "Có phụ đề", pass_days: "3", approve_days: "" };

    it("asks its questions, wants the required ones ticked, and keeps the answers with the decision", async () => {
      const nam = await app.as("nam");
      expect((await nam.post(SETTINGS, form)).status).to.equal(303);
      const [one, two] = await submitted(2);
      const mai = await app.as("mai");
      const page = await mai.get("/review");
      expect(page.text).to.contain("Đúng bài, đúng lớp").and.contain("bắt buộc").and.contain("Danh mục kiểm tra của trường, bản 1.");
      const checklist = /name="checklist" value="([0-9a-z]{26})"/.exec(page.text)?.[1] ?? "";
      const without = await shelf.act(mai, "passing", one ?? { id: "" }, { from: "review", comment: "Tốt", check: "1", checklist });
      expect(without.status).to.equal(422);
      expect(without.text).to.contain("Hãy đánh dấu các mục bắt buộc").and.contain("Tốt").and.contain('name="check" value="1" checked');
      expect((await shelf.row(one?.id ?? "")).state).to.equal("submitted");
      expect((await mai.post("/review/decisions", { item: chosen(one, two), act: "decide", checklist })).status).to.equal(422);
      const done = await mai.post(`/materials/${one?.id ?? ""}/passing`, { version: one?.latest_version_id ?? "", check: ["0", "2"], checklist });
      expect(done.status).to.equal(303);
      await mai.post("/review/decisions", { item: chosen(two), act: "decide", check: ["0"], checklist });
      expect((await shelf.row(two?.id ?? "")).state).to.equal("passed");
      const trail = await mai.get(`/materials/${one?.id ?? ""}`);
      expect(trail.text).to.contain("Đã kiểm 2/3 mục (danh mục bản 1)");
      await nam.post(SETTINGS, { ...form, after: "1", "text.0": "Câu hỏi mới" });
      expect((await mai.get(`/materials/${one?.id ?? ""}`)).text, "an old decision shows its own list").to.contain("Đúng bài, đúng lớp");
    });

    it("asks again when the list changed while the decision was made, and returns need no tick", async () => {
      const nam = await app.as("nam");
      await nam.post(SETTINGS, form);
      const [one] = await submitted(1);
      const mai = await app.as("mai");
      const checklist = /name="checklist" value="([0-9a-z]{26})"/.exec((await mai.get("/review")).text)?.[1] ?? "";
      await nam.post(SETTINGS, { ...form, after: "1", "text.0": "Câu hỏi mới" });
      const stale = await shelf.act(mai, "passing", one ?? { id: "" }, { check: "0", checklist });
      expect(stale.status).to.equal(422);
      expect(stale.text).to.contain("Danh mục kiểm tra vừa được sửa").and.contain("Câu hỏi mới");
      expect((await shelf.act(mai, "return", one ?? { id: "" }, { comment: "Sửa trang 2" })).status).to.equal(303);
    });

    it("is set by the school's leaders, or by the province for schools that have said nothing; every version stays", async () => {
      for (const [who, status] of [["mai", 403], ["huong", 403], ["tuan", 403], ["lan", 404], ["dung", 403]] as const) {
        expect((await (await app.as(who)).post(SETTINGS, form)).status, who).to.equal(status);
      }
      const ha = await app.as("ha");
      expect((await ha.post(`/units/${W.department}/review-settings`, { ...form, "text.0": "Câu hỏi của Sở" })).status).to.equal(303);
      const nam = await app.as("nam");
      expect((await nam.get(SETTINGS)).text).to.contain("Câu hỏi của Sở").and.contain("Đang dùng danh mục chung của");
      expect((await nam.post(SETTINGS, form)).status).to.equal(303);
      expect((await nam.post(SETTINGS, form)).status, "somebody saved meanwhile").to.equal(409);
      const wrong = await nam.post(SETTINGS, { ...form, after: "1", pass_days: "một tuần", "text.0": "Chữ đã gõ" });
      expect(wrong.status).to.equal(422);
      expect(wrong.text).to.contain("Chữ đã gõ").and.contain("một tuần");
      expect((await nam.get(SETTINGS)).text).to.contain("Bản 1").and.not.to.contain("Đang dùng danh mục chung của");
      expect(await shelf.count("audit_entries", { action: "review_settings.save" })).to.equal(2);
    });

    it("tells whose turn it is, until when, and what is late: in the queue, on the material's page, on the teacher's home page", async () => {
      await (await app.as("nam")).post(SETTINGS, form);
      const [one] = await submitted(1);
      const [mai, huong, son] = [await app.as("mai"), await app.as("huong"), await app.as("son")];
      expect((await mai.get("/review/list")).text).to.contain("Hạn 27/11/2026");
      expect((await son.get(`/materials/${one?.id ?? ""}`)).text).to.contain("Đến lượt tổ trưởng chuyên môn. Hạn 27/11/2026.");
      expect((await huong.get("/")).text).to.contain("Đã gửi, đang chờ duyệt").and.contain("đến lượt tổ trưởng chuyên môn");
      expect((await (await app.as("nam")).get("/review/list")).text, "the leader sees it waits for the group").to.contain("đến lượt tổ trưởng chuyên môn");
      app.time.now = "2026-11-30T02:00:00.000Z";
      expect((await mai.get("/review/list?age=overdue")).text).to.contain("Quá hạn 3 ngày").and.contain("Bài giảng số 1");
      expect((await son.get(`/materials/${one?.id ?? ""}`)).text).to.contain("Quá hạn 3 ngày.");
      await shelf.act(mai, "passing", one ?? { id: "" }, { check: "0", checklist: /name="checklist" value="([0-9a-z]{26})"/.exec((await mai.get("/review")).text)?.[1] ?? "" });
      expect((await son.get(`/materials/${one?.id ?? ""}`)).text, "the leaders have no deadline").to.contain("Đến lượt lãnh đạo trường.").and.not.to.contain("Quá hạn");
    });
  });

  it("shows of an adopted material where it comes from and who approved it there", async () => {
    const from = await digitise(app.db, [], app.time.now, { school: W.leLoi });
    await app.db("materials").where({ id: from }).update({ title: "Tập hợp (gốc)", author: "Thầy Quang" });
    const material = await shelf.draft("huong");
    await app.db("materials").where({ id: material.id }).update({ origin: "adopted", from_material_id: from });
    await shelf.act("huong", "submission", material);
    const page = await (await app.as("mai")).get("/review");
    expect(page.text).to.contain("Tiếp nhận nguyên bản “Tập hợp (gốc)” của THCS Lê Lợi (tác giả: Thầy Quang).").and.contain("duyệt ngày 24/11/2026");
  });

  it("tells of the keys on the page", async () => {
    await submitted(1);
    const page = await (await app.as("mai")).get("/review");
    expect(page.text).to.contain("Phím tắt (?)").and.contain("<kbd>j</kbd>").and.contain("<kbd>p</kbd>").and.contain("<kbd>?</kbd>");
  });
});
