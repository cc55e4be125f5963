import { expect } from "chai";
import { reconcileAll } from "../../server/measures/recount/jobs.ts";
import { startApp, type Running } from "../support/app.ts";
import { digitise } from "../support/ledger.ts";
import { anotherPdf } from "../support/files.ts";
import { shelfOf, type Shelf } from "../support/materials.ts";
import { W } from "../support/world.ts";

/** What the school's own API says of Toán after every step of a material: the figure changes exactly when DOMAIN §2.2 says. */
describe("the coverage figure of digitised lessons", () => {
  let app: Running;
  let shelf: Shelf;
  beforeEach(async () => {
    app = await startApp();
    shelf = shelfOf(() => app);
    await reconcileAll(app.db, app.time.now);
  });
  afterEach(() => app.stop());

  /** Lessons by own work and only by adopted materials, as `9+3`. */
  async function figure(school = W.tranPhu, who = "nam"): Promise<string> {
    await app.settle();
    const answer = JSON.parse((await (await app.as(who)).get(`/api/v1/schools/${school}/measures`)).text);
    const { own_lessons, adopted_lessons, lessons_covered } = answer.digitised.school;
    expect(own_lessons + adopted_lessons).to.equal(lessons_covered);
    return `${own_lessons}+${adopted_lessons}`;
  }

  /** A material taken over from Lê Lợi by cô Hương, as sharing leaves it: submitted, linked to a lesson. */
  async function adopted(lesson: string, origin: "adopted" | "derived" = "adopted"): Promise<string> {
    const from = await digitise(app.db, [], app.time.now, { school: W.leLoi });
    const material = await shelf.draft("huong", lesson);
    await app.db("materials").where({ id: material.id }).update({ origin, from_material_id: from });
    expect((await shelf.act("huong", "submission", material)).status).to.equal(303);
    return material.id;
  }

  it("changes with approval and withdrawal, with retirement and return to use, and with nothing before", async () => {
    const material = await shelf.draft();
    expect(await figure(), "a draft").to.equal("0+0");
    await shelf.act("huong", "submission", material);
    expect(await figure(), "submitted").to.equal("0+0");
    await shelf.act("mai", "passing", material);
    expect(await figure(), "passed").to.equal("0+0");
    await shelf.act("nam", "approval", material);
    expect(await figure(), "approved").to.equal("1+0");
    const nam = await app.as("nam");
    await nam.post(`/materials/${material.id}/retirement`, {});
    expect(await figure(), "retired").to.equal("0+0");
    await nam.post(`/materials/${material.id}/restoration`, {});
    expect(await figure(), "in use again").to.equal("1+0");
    await nam.post(`/materials/${material.id}/approval-removal`, { comment: "Sai đơn vị" });
    expect(await figure(), "approval taken back").to.equal("0+0");
  });

  it("does not change with a new version until its own fate: the old one stays in use", async () => {
    const material = await shelf.approved();
    expect(await figure()).to.equal("1+0");
    const huong = await app.as("huong");
    expect((await huong.upload(`/materials/${material.id}/versions`, {}, [anotherPdf("ban-2.pdf", "2")])).status).to.equal(303);
    expect(await figure(), "a newer draft").to.equal("1+0");
    await shelf.act("huong", "submission", material);
    await shelf.act("mai", "return", material, { comment: "Thiếu trang" });
    expect(await figure(), "the newer one returned").to.equal("1+0");
    await shelf.act("huong", "submission", material);
    await shelf.act("mai", "passing", material);
    await shelf.act("nam", "approval", material);
    expect(await figure(), "the newer one approved").to.equal("1+0");
    await (await app.as("nam")).post(`/materials/${material.id}/approval-removal`, { comment: "Sai" });
    expect(await figure(), "the newer one withdrawn").to.equal("0+0");
  });

  it("changes with links: linked to a second lesson, unlinked, and several materials on one lesson count once", async () => {
    const material = await shelf.approved();
    const mai = await app.as("mai");
    await mai.post(`/materials/${material.id}/lessons`, { lesson: W.toanLesson(2) });
    expect(await figure(), "a second lesson").to.equal("2+0");
    await shelf.approved("huong", W.toanLesson(2));
    expect(await figure(), "a second material on it").to.equal("2+0");
    await mai.post(`/materials/${material.id}/lessons/${W.toanLesson(1)}/removal`, {});
    expect(await figure(), "unlinked").to.equal("1+0");
    await mai.post(`/materials/${material.id}/lessons/${W.toanLesson(2)}/removal`, {});
    expect(await figure(), "the other one still stands").to.equal("1+0");
  });

  it("counts what was adopted only for the adopter, only once approved there, and beside own work", async () => {
    const id = await adopted(W.toanLesson(1));
    expect(await figure(), "adopted, not approved").to.equal("0+0");
    await shelf.act("mai", "passing", { id });
    await shelf.act("nam", "approval", { id });
    expect(await figure(), "approved by the adopter").to.equal("0+1");
    expect(await figure(W.leLoi, "lan"), "the school it came from").to.equal("0+0");
    const own = await shelf.approved("huong", W.toanLesson(1));
    expect(await figure(), "own work on the same lesson counts as own, once").to.equal("1+0");
    await (await app.as("nam")).post(`/materials/${own.id}/retirement`, {});
    expect(await figure(), "own work retired").to.equal("0+1");
    await (await app.as("nam")).post(`/materials/${id}/approval-removal`, { comment: "Không hợp" });
    expect(await figure(), "adoption withdrawn").to.equal("0+0");
  });

  it("counts what was copied and changed as own work", async () => {
    const id = await adopted(W.toanLesson(1), "derived");
    await shelf.act("mai", "passing", { id });
    await shelf.act("nam", "approval", { id });
    expect(await figure()).to.equal("1+0");
  });

  it("separates duties for the adopter too: who took it over does not decide about it", async () => {
    const from = await digitise(app.db, [], app.time.now, { school: W.leLoi });
    const material = await shelf.draft("mai");
    await app.db("materials").where({ id: material.id }).update({ origin: "adopted", from_material_id: from });
    await shelf.act("mai", "submission", material);
    expect((await shelf.act("mai", "passing", material)).status).to.equal(403);
  });

  it("is judged by the counter that the province chose, a new version of the definition, and printed beside the figure", async () => {
    for (const n of [1, 2, 3]) {
      const id = await adopted(W.toanLesson(n));
      await shelf.act("mai", "passing", { id });
      await shelf.act("nam", "approval", { id });
    }
    await app.settle();
    const nam = await app.as("nam");
    const page = await nam.get(`/schools/${W.tranPhu}/measures`);
    expect(page.text).to.contain("3/16 bài: 0 tự làm, 3 tiếp nhận");
    expect(page.text).to.contain("tự làm hay tiếp nhận từ trường khác");
    const ha = await app.as("ha");
    const form = { valid_from: "2026-11-24", live_length: "70", live_class_present: "50", live_pupil_stayed: "50", self_study_completed: "50", lesson_kinds: ["lesson", "topic", "practice", "activity"] };
    const saved = await ha.post("/measures/settings/definitions", { ...form, digitised_counter: "own" });
    expect(saved.status, saved.text).to.equal(303);
    await app.settle();
    const after = await nam.get(`/schools/${W.tranPhu}/measures`);
    expect(after.text).to.contain("0/16 bài tự làm; thêm 3 bài tiếp nhận không tính vào chỉ tiêu");
    expect(after.text).to.contain("Chỉ tiêu chỉ tính bài có học liệu trường tự làm");
    const api = JSON.parse((await nam.get(`/api/v1/schools/${W.tranPhu}/measures`)).text);
    expect(api.definition.digitised_counter).to.equal("own");
    expect(api.digitised.school).to.deep.equal({ lessons_covered: 3, own_lessons: 0, adopted_lessons: 3, lessons_planned: 16, rate_bp: 0 });
    const yesterday = JSON.parse((await nam.get(`/api/v1/schools/${W.tranPhu}/measures?date=2026-11-23`)).text);
    expect(yesterday.definition.digitised_counter, "a day before it").to.equal("all");
    expect((await nam.get(`/schools/${W.tranPhu}/measures/lessons?covered=yes`)).text).to.contain("(tiếp nhận)");
    const table = await (await app.as("dung")).get("/measures");
    expect(table.text).to.contain("Số bài tự làm").and.to.contain(">0/16<");
    expect((await ha.get("/measures/settings")).text).to.contain("Chỉ bài có học liệu tự làm");
    expect((await ha.post("/measures/settings/definitions", { ...form, digitised_counter: "adopted" })).status).to.equal(422);
  });
});
