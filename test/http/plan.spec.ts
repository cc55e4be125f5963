import { expect } from "chai";
import { startApp, type Running } from "../support/app.ts";
import type { Client } from "../support/client.ts";
import { id, W, YEAR } from "../support/world.ts";
import { formOf } from "../fixtures/plans/form.ts";

const lesson = W.toanLesson;

describe("the plan of a subject", () => {
  let app: Running;
  let mai: Client;
  let nam: Client;
  beforeEach(async () => {
    app = await startApp();
    [mai, nam] = await Promise.all([app.as("mai"), app.as("nam")]);
  });
  afterEach(() => app.stop());

  const rows = (planId = W.planToan6) => app.db("plan_lessons").where({ plan_id: planId }).whereNull("removed_at").orderBy("position");
  const revision = async (): Promise<number> => Number((await app.db("plans").where({ id: W.planToan6 }).first())?.revision);
  const events = async (): Promise<number> => (await app.db("events").where({ name: "plan_published" })).length;
  const editForm = async (who: Client): Promise<Record<string, string | string[]>> => formOf((await who.get(`/plans/${W.planToan6}/edit`)).text);

  describe("listing", () => {
    it("shows subjects by grades with the sum beside the national number", async () => {
      const page = await mai.get(`/schools/${W.tranPhu}/plans`);
      expect(page.status).to.equal(200);
      expect(page.text).to.contain("14/140 tiết").and.to.contain("Ngữ văn");
    });
    it("offers to begin only what one may write", async () => {
      await app.db("plans").where({ id: W.planVan6 }).update({ grade: 7 });
      expect((await mai.get(`/schools/${W.tranPhu}/plans`)).text).not.to.contain("subject=NGUVAN");
      expect((await nam.get(`/schools/${W.tranPhu}/plans`)).text).to.contain("subject=NGUVAN");
    });
    it("does not exist for another school, and is not for pupils", async () => {
      expect((await (await app.as("lan")).get(`/schools/${W.tranPhu}/plans`)).status).to.equal(404);
      expect((await (await app.as("minh")).get(`/schools/${W.tranPhu}/plans`)).status).to.equal(403);
      expect((await mai.get(`/schools/${W.tranPhu}/plans?year=1999-2000`)).status).to.equal(404);
    });
  });

  describe("reading", () => {
    it("numbers the periods and says how many are missing", async () => {
      const page = await (await app.as("huong")).get(`/plans/${W.planToan6}`);
      expect(page.status).to.equal(200);
      expect(page.text).to.contain("2–3").and.to.contain("Còn thiếu 126 tiết so với 140 tiết").and.to.contain("Luyện tập chung");
      expect(page.text).not.to.contain(`/plans/${W.planToan6}/edit`);
    });
    it("hides itself from another school and from malformed ids", async () => {
      expect((await (await app.as("lan")).get(`/plans/${W.planToan6}`)).status).to.equal(404);
      expect((await mai.get("/plans/nonsense")).status).to.equal(404);
    });
    it("lets the officers above read, not write", async () => {
      const dung = await app.as("dung");
      expect((await dung.get(`/plans/${W.planToan6}`)).status).to.equal(200);
      expect((await dung.get(`/plans/${W.planToan6}/edit`)).status).to.equal(403);
    });
    it("reads in English too", async () => {
      mai.lang = "en";
      await app.db("persons").where({ id: W.mai }).update({ language: "en" });
      expect((await mai.get(`/plans/${W.planToan6}`)).text).to.contain("126 periods short");
    });
  });

  describe("editing by hand", () => {
    it("saves what was typed, keeps the ids, tells the measures, writes the audit log", async () => {
      const form = await editForm(mai);
      const answer = await mai.post(`/plans/${W.planToan6}/lessons`, { ...form, [`title.${lesson(2)}`]: "Cách ghi số tự nhiên (mới)", [`periods.${lesson(2)}`]: "3", [`week.${lesson(2)}`]: "1-2", [`digital.${lesson(2)}`]: "yes", act: "done" });
      expect(answer.status).to.equal(303);
      expect(answer.location).to.equal(`/plans/${W.planToan6}`);
      const saved = (await rows())[1];
      expect(saved).to.include({ id: lesson(2), title: "Cách ghi số tự nhiên (mới)", periods: 3, week_from: 1, week_to: 2 });
      expect(Boolean(saved.digital_content)).to.equal(true);
      expect(await events()).to.equal(1);
      const audit = await app.db("audit_entries").where({ action: "plan.save" }).first();
      expect(JSON.parse(audit.details)).to.deep.include({ revision: 2, changes: [{ id: lesson(2), change: "changed" }] });
    });
    it("raises nothing when nothing changed", async () => {
      await mai.post(`/plans/${W.planToan6}/lessons`, await editForm(mai));
      expect(await events()).to.equal(0);
    });
    it("moves a row by its button, without script", async () => {
      await mai.post(`/plans/${W.planToan6}/lessons`, { ...(await editForm(mai)), act: `up.${lesson(3)}` });
      expect((await rows()).map((row) => row.id).slice(0, 3)).to.deep.equal([lesson(1), lesson(3), lesson(2)]);
    });
    it("takes the order of the rows from the form (drag)", async () => {
      const form = await editForm(mai);
      const order = [form["row"] ?? []].flat();
      await mai.post(`/plans/${W.planToan6}/lessons`, { ...form, row: [...order.slice(1), order[0] ?? ""] });
      expect((await rows()).at(-1)?.id).to.equal(lesson(1));
    });
    it("splits, joins and adds; no period is lost", async () => {
      await mai.post(`/plans/${W.planToan6}/lessons`, { ...(await editForm(mai)), act: `split.${lesson(2)}` });
      let now = await rows();
      expect(now.map((row) => row.periods).slice(1, 3)).to.deep.equal([1, 1]);
      expect(now[2].title).to.equal("Cách ghi số tự nhiên (tiếp theo)");
      await mai.post(`/plans/${W.planToan6}/lessons`, { ...(await editForm(mai)), act: `merge.${lesson(2)}` });
      now = await rows();
      expect(now[1]).to.include({ id: lesson(2), periods: 2 });
      await mai.post(`/plans/${W.planToan6}/lessons`, { ...(await editForm(mai)), act: `add.${lesson(1)}` });
      now = await rows();
      expect(now[1]).to.include({ title: "Bài học mới", periods: 1 });
      expect(now.reduce((sum, row) => sum + Number(row.periods), 0)).to.equal(15);
    });
    it("takes a row out and keeps it for its evidence", async () => {
      await mai.post(`/plans/${W.planToan6}/lessons`, { ...(await editForm(mai)), act: `remove.${lesson(5)}` });
      expect((await rows()).map((row) => row.id)).not.to.contain(lesson(5));
      expect((await app.db("plan_lessons").where({ id: lesson(5) }).first()).removed_at).to.equal(app.time.now);
    });
    it("takes nothing out because a form did not name it", async () => {
      const form = await editForm(mai);
      await mai.post(`/plans/${W.planToan6}/lessons`, { ...form, row: [form["row"] ?? []].flat().slice(0, 4) });
      expect(await rows()).to.have.length(10);
    });
    it("shows the page again with what was typed and the error at its field", async () => {
      const answer = await mai.post(`/plans/${W.planToan6}/lessons`, { ...(await editForm(mai)), [`title.${lesson(1)}`]: "", [`periods.${lesson(2)}`]: "hai", [`week.${lesson(3)}`]: "40", [`title.${lesson(4)}`]: "Giữ lại chữ này" });
      expect(answer.status).to.equal(422);
      expect(answer.text).to.contain("Giữ lại chữ này").and.to.contain('value="hai"').and.to.contain("Tuần phải từ 1 đến 35.").and.to.contain('aria-invalid="true"');
      expect(answer.text).to.contain(`href="#title.${lesson(1)}"`);
      expect(await revision()).to.equal(1);
    });
    it("refuses a form that is none", async () => {
      expect((await mai.post(`/plans/${W.planToan6}/lessons`, { revision: "x" })).status).to.equal(422);
      expect((await mai.post(`/plans/${W.planToan6}/lessons`, { revision: "1", row: ["../etc"] })).status).to.equal(422);
    });
    it("never writes a row of another plan", async () => {
      const foreign = W.leLoiLesson(1);
      const sent = { ...(await editForm(mai)), [`title.${foreign}`]: "Chiếm", [`periods.${foreign}`]: "9", [`kind.${foreign}`]: "lesson", [`was.${foreign}`]: "x" };
      const answer = await mai.post(`/plans/${W.planToan6}/lessons`, { ...sent, row: [...[(sent as Record<string, string | string[]>)["row"] ?? []].flat(), foreign] });
      expect(answer.status).to.equal(404);
      expect((await app.db("plan_lessons").where({ id: foreign }).first()).title).to.equal("Tập hợp");
    });
    it("is for the head of the subject and the leaders", async () => {
      for (const [who, status] of [["huong", 403], ["tuan", 403], ["oanh", 200], ["lan", 404], ["minh", 403]] as const) {
        expect((await (await app.as(who)).get(`/plans/${W.planToan6}/edit`)).status, who).to.equal(status);
      }
      expect((await mai.get(`/plans/${W.planVan6}/edit`)).status).to.equal(403);
      expect((await (await app.as("huong")).post(`/plans/${W.planToan6}/lessons`, { revision: "1" })).status).to.equal(403);
    });
  });

  describe("two people at once", () => {
    it("tells the second what the first did, keeps what was typed, and loses nothing", async () => {
      const [first, second] = [await editForm(mai), await editForm(nam)];
      await mai.post(`/plans/${W.planToan6}/lessons`, { ...first, [`title.${lesson(1)}`]: "Tập hợp (Mai sửa)", [`title.${lesson(2)}`]: "Mai cũng sửa dòng hai" });
      await mai.post(`/plans/${W.planToan6}/lessons`, { ...(await editForm(mai)), act: `add.${lesson(3)}` });
      const answer = await nam.post(`/plans/${W.planToan6}/lessons`, { ...second, [`title.${lesson(2)}`]: "Nam sửa dòng hai", [`periods.${lesson(4)}`]: "4" });
      expect(answer.status).to.equal(409);
      expect(answer.text).to.contain("Người khác vừa sửa kế hoạch này").and.to.contain("Phạm Thị Mai").and.to.contain("sửa “Tập hợp (Mai sửa)”");
      expect(answer.text).to.contain('value="Nam sửa dòng hai"').and.to.contain("Hai người cùng sửa. Bản đang lưu: “Mai cũng sửa dòng hai”");
      expect(answer.text).to.contain('value="Tập hợp (Mai sửa)"').and.to.contain('value="Bài học mới"').and.to.contain("Đồng nghiệp vừa thêm dòng này.");
      const again = await nam.post(`/plans/${W.planToan6}/lessons`, formOf(answer.text));
      expect(again.status).to.equal(303);
      const now = await rows();
      expect(now.map((row) => row.title).slice(0, 4)).to.deep.equal(["Tập hợp (Mai sửa)", "Nam sửa dòng hai", "Thứ tự trong tập hợp các số tự nhiên", "Bài học mới"]);
      expect(now.find((row) => row.id === lesson(4))?.periods).to.equal(4);
    });
  });

  describe("publishing", () => {
    it("makes the next version, tells the measures, and is refused a second time", async () => {
      await mai.post(`/plans/${W.planToan6}/lessons`, { ...(await editForm(mai)), [`periods.${lesson(1)}`]: "2" });
      expect((await mai.get(`/plans/${W.planToan6}`)).text).to.contain("Công bố lại");
      const sent = { revision: String(await revision()) };
      expect((await mai.post(`/plans/${W.planToan6}/publication`, sent)).status).to.equal(303);
      const plan = await app.db("plans").where({ id: W.planToan6 }).first();
      expect(plan).to.include({ state: "published", version: 2 });
      const version = await app.db("plan_versions").where({ plan_id: W.planToan6, version: 2 }).first();
      expect(JSON.parse(version.lessons)).to.have.length(10);
      expect(await events()).to.equal(2);
      expect(await app.db("audit_entries").where({ action: "plan.publish" })).to.have.length(1);
      expect((await mai.post(`/plans/${W.planToan6}/publication`, sent)).status).to.equal(409);
    });
    it("gives the plan to courses that had none", async () => {
      await app.db("courses").where({ id: W.toan6A }).update({ plan_id: null });
      await mai.post(`/plans/${W.planToan6}/publication`, { revision: "1" });
      await app.settle();
      expect((await app.db("courses").where({ id: W.toan6A }).first()).plan_id).to.equal(W.planToan6);
      expect((await app.db("courses").where({ id: W.van6A }).first()).plan_id).to.equal(W.planVan6);
      expect(await app.db("events").where({ state: "parked" })).to.have.length(0);
    });
    it("is refused while a row is not complete", async () => {
      await app.db("plan_lessons").where({ id: lesson(1) }).update({ periods: 0 });
      const answer = await mai.post(`/plans/${W.planToan6}/publication`, { revision: "1" });
      expect(answer.status).to.equal(422);
      expect(answer.text).to.contain("Có dòng chưa có số tiết.");
    });
    it("is for the head of the subject and the leaders", async () => {
      for (const [who, status] of [["huong", 403], ["lan", 404], ["dung", 403]] as const) {
        expect((await (await app.as(who)).post(`/plans/${W.planToan6}/publication`, { revision: "1" })).status, who).to.equal(status);
      }
    });
  });

  describe("online or in class", () => {
    it("sets one row, and back", async () => {
      const url = `/plans/${W.planToan6}/lessons/${lesson(1)}/mode`;
      expect((await mai.post(url, { mode: "online" })).status).to.equal(303);
      expect((await rows())[0].planned_mode).to.equal("online");
      expect(await events()).to.equal(1);
      expect((await mai.post(url, { mode: "by_post" })).status).to.equal(422);
      expect((await (await app.as("huong")).post(url, { mode: "online" })).status).to.equal(403);
      expect((await mai.post(`/plans/${W.planToan6}/lessons/${W.leLoiLesson(1)}/mode`, { mode: "online" })).status).to.equal(404);
    });
  });

  describe("beginning a plan", () => {
    const place = { subject: "TOAN", grade: "7", year: YEAR, campus: "" };
    it("begins an empty one, once", async () => {
      const answer = await mai.post(`/schools/${W.tranPhu}/plans`, place);
      expect(answer.status).to.equal(303);
      expect((await mai.get(answer.location)).status).to.equal(200);
      expect((await mai.post(`/schools/${W.tranPhu}/plans`, place)).status).to.equal(409);
    });
    it("is not for a subject of another group, a teacher, or a foreign school", async () => {
      expect((await mai.post(`/schools/${W.tranPhu}/plans`, { ...place, subject: "NGUVAN" })).status).to.equal(403);
      expect((await (await app.as("huong")).post(`/schools/${W.tranPhu}/plans`, place)).status).to.equal(403);
      expect((await mai.post(`/schools/${W.leLoi}/plans`, place)).status).to.equal(404);
      expect((await mai.post(`/schools/${W.tranPhu}/plans`, { ...place, subject: "XX", grade: "99" })).status).to.equal(404);
      expect((await nam.post(`/schools/${W.tranPhu}/plans`, { ...place, campus: W.leLoi })).status).to.equal(404);
    });
    it("copies the published plan of another school with new ids", async () => {
      await app.db("plans").where({ id: W.leLoiPlanToan6 }).update({ grade: 7 });
      const page = await mai.get(`/schools/${W.tranPhu}/plans/new?subject=TOAN&grade=7&year=${YEAR}`);
      expect(page.text).to.contain("THCS Lê Lợi, năm học 2026-2027: 10 dòng, 14 tiết");
      const answer = await mai.post(`/schools/${W.tranPhu}/plan-copies`, { ...place, from: W.leLoiPlanToan6 });
      expect(answer.status).to.equal(303);
      const copied = await rows(answer.location.replace("/plans/", ""));
      expect(copied.map((row) => row.title)).to.have.length(10).and.to.include("Tập hợp");
      expect(copied.map((row) => row.id)).not.to.include(W.leLoiLesson(1));
    });
    it("does not copy a draft of another school or a plan of another grade", async () => {
      await app.db("plans").where({ id: W.leLoiPlanToan6 }).update({ grade: 7, version: 0, state: "draft" });
      expect((await mai.post(`/schools/${W.tranPhu}/plan-copies`, { ...place, from: W.leLoiPlanToan6 })).status).to.equal(404);
      expect((await mai.post(`/schools/${W.tranPhu}/plan-copies`, { ...place, from: W.planToan6 })).status).to.equal(404);
      expect((await mai.post(`/schools/${W.tranPhu}/plan-copies`, { ...place, from: id("nothing") })).status).to.equal(404);
    });
    it("copies the own plan of last year", async () => {
      await app.db("school_years").insert({ id: "2025-2026", term1_starts_on: "2025-09-08", term1_weeks: 18, term2_starts_on: "2026-01-19", term2_weeks: 17, ends_on: "2026-05-31" });
      await app.db("plans").where({ id: W.planToan6 }).update({ year_id: "2025-2026" });
      const answer = await mai.post(`/schools/${W.tranPhu}/plan-copies`, { ...place, grade: "6", from: W.planToan6 });
      expect(answer.status).to.equal(303);
      expect(await rows(answer.location.replace("/plans/", ""))).to.have.length(10);
    });
    it("asks for subject and grade first where neither was chosen", async () => {
      const page = await mai.get(`/schools/${W.tranPhu}/plans/new`);
      expect(page.status).to.equal(200);
      expect(page.text).to.contain('value="TOAN"').and.not.to.contain('value="NGUVAN"');
      expect((await (await app.as("huong")).get(`/schools/${W.tranPhu}/plans/new`)).status).to.equal(403);
    });
  });
});
