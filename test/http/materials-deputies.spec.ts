import { expect } from "chai";
import { startApp, type Running } from "../support/app.ts";
import type { Answer } from "../support/client.ts";
import { anotherPdf } from "../support/files.ts";
import { shelfOf, type Row } from "../support/materials.ts";
import { dayOf, addDays } from "../../server/platform/clock.ts";
import { NOW, W } from "../support/world.ts";

const TODAY = dayOf(NOW);
const SETTINGS = `/units/${W.tranPhu}/review-settings`;
const DEPUTIES = `/units/${W.tranPhu}/review-deputies`;

describe("somebody who approves in a leader's place", () => {
  let app: Running;
  const shelf = shelfOf(() => app);
  before(async () => {
    app = await startApp();
  });
  after(() => app.stop());

  const name = async (who: string, form: Record<string, string> = {}): Promise<Answer> => (await app.as(who)).post(DEPUTIES, { person: W.son, from_on: TODAY, to_on: addDays(TODAY, 6), reason: "Đi tập huấn", ...form });
  async function passed(who = "huong"): Promise<Row> {
    const material = await shelf.draft(who);
    await shelf.act(who, "submission", material);
    await shelf.act("mai", "passing", material);
    return shelf.row(material.id);
  }

  it("is named by a leader for a time, is told, and stands in the audit log", async () => {
    expect((await (await app.as("son")).get("/review")).status).to.equal(403);
    const answer = await name("nam");
    expect(answer.status, answer.text).to.equal(303);
    expect((await (await app.as("nam")).get(SETTINGS)).text).to.include("Vũ Thanh Sơn").and.include("đang duyệt thay").and.include("Đi tập huấn");
    expect(await shelf.count("audit_entries", { action: "review_deputy.name", actor_id: W.nam, school_id: W.tranPhu })).to.equal(1);
    expect((await (await app.as("son")).get("/notices")).text).to.include("Trần Văn Nam giao thầy cô duyệt học liệu thay lãnh đạo");
    expect((await name("nam")).status).to.equal(409);
  });

  it("is no leader, no stranger and no pupil; the time is short and the right way round; what was typed stays", async () => {
    for (const [form, says] of [
      [{ person: W.oanh }, "Hãy chọn một mục"],
      [{ person: W.quang }, "Hãy chọn một mục"],
      [{ person: W.minh }, "Hãy chọn một mục"],
      [{ person: W.huong, to_on: addDays(TODAY, -1) }, "phải từ ngày bắt đầu trở đi"],
      [{ person: W.huong, to_on: addDays(TODAY, 200) }, "dài nhất sáu tháng"],
      [{ person: W.huong, to_on: "x" }, "Ngày chưa đúng"],
    ] as const) {
      const answer = await name("nam", form);
      expect([answer.status, answer.text.includes(says)], says).to.deep.equal([422, true]);
      expect(answer.text).to.include("Đi tập huấn");
    }
    for (const [who, status] of [["mai", 403], ["son", 403], ["tuan", 403], ["lan", 404], ["dung", 403], ["minh", 403]] as const) expect((await name(who)).status, who).to.equal(status);
    expect((await (await app.as("ha")).post(`/units/${W.department}/review-deputies`, { person: W.son, from_on: TODAY, to_on: TODAY })).status).to.equal(404);
  });

  it("finds in the queue what waits for a leader, and approves it; the trail says in whose place", async () => {
    const material = await passed();
    expect(await shelf.count("notices", { person_id: W.son, kind: "material_waiting" })).to.equal(1);
    const son = await app.as("son");
    expect((await son.get("/review")).text).to.include(material.title).and.include(`/materials/${material.id}/approval`);
    expect((await son.get("/")).text).to.include('href="/review"');
    expect((await shelf.act("son", "approval", material)).status).to.equal(303);
    expect((await shelf.row(material.id)).state).to.equal("approved");
    expect((await son.get(`/materials/${material.id}`)).text).to.include("Thay mặt Trần Văn Nam (lãnh đạo trường).");
    const entry = (await app.db("audit_entries").where({ action: "material.approve", subject_id: material.id }).first()) as { details: string };
    expect(JSON.parse(entry.details)).to.include({ deputy_for: "Trần Văn Nam" });
  });

  it("never decides about an own upload, and takes no other of a leader's rights", async () => {
    const own = await passed("son");
    expect((await shelf.act("son", "approval", own)).status).to.equal(403);
    expect((await shelf.act("nam", "approval", own)).status).to.equal(303);
    for (const [noun, form] of [["approval-removal", { comment: "x" }], ["retirement", { comment: "x" }]] as const) {
      const foreign = await shelf.approved("huong");
      expect((await shelf.act("son", noun, foreign, form)).status, noun).to.equal(403);
    }
    expect((await (await app.as("son")).get(SETTINGS)).status).to.equal(403);
  });

  it("approves the upload of a school's only leader, who may then not do it alone", async () => {
    const lan = await app.as("lan");
    await lan.upload(`/plan-lessons/${W.leLoiLesson(1)}/materials`, {}, [anotherPdf("Bài của cô Lan.pdf", "lan")]);
    const material = await shelf.newest();
    const given = await lan.post(`/units/${W.leLoi}/review-deputies`, { person: W.quang, from_on: TODAY, to_on: TODAY, reason: "" });
    expect(given.status, given.text).to.equal(303);
    await shelf.act(lan, "submission", material);
    expect((await shelf.act(lan, "passing", material)).status).to.equal(403);
    expect((await lan.get(`/materials/${material.id}`)).text).to.include("Đến lượt lãnh đạo trường.");
    expect((await shelf.act("quang", "passing", material)).status).to.equal(303);
    expect((await shelf.act("quang", "approval", material)).status).to.equal(303);
  });

  it("stops on the day after the last, and at once when it is ended", async () => {
    const material = await passed();
    app.time.now = `${addDays(TODAY, 7)}T02:00:00.000Z`;
    expect((await shelf.act("son", "approval", material)).status).to.equal(403);
    app.time.now = NOW;
    const { id } = (await app.db("review_deputies").where({ person_id: W.son }).first("id")) as { id: string };
    expect((await (await app.as("lan")).post(`/units/${W.leLoi}/review-deputies/${id}/removal`)).status).to.equal(409);
    expect((await (await app.as("oanh")).post(`${DEPUTIES}/${id}/removal`)).status).to.equal(303);
    expect((await (await app.as("oanh")).post(`${DEPUTIES}/${id}/removal`)).status).to.equal(409);
    expect((await shelf.act("son", "approval", material)).status).to.equal(403);
    expect((await (await app.as("son")).get("/review")).status).to.equal(403);
    expect((await (await app.as("nam")).get(SETTINGS)).text).to.include("Những lần trước").and.include("Chưa giao cho ai.");
  });

  it("decides about many school by school, each with the school's own checklist", async () => {
    await app.db("memberships").insert({ id: "01h0000000000000000000ndlt", person_id: W.nam, role: "school_leader", unit_id: W.leLoi, from_on: "2026-01-01", to_on: null });
    await app.db("review_settings").insert({ id: "01h000000000000000000setng", unit_id: W.leLoi, version: 1, items: JSON.stringify([{ text: "Đã hỏi cụm trường", required: true }]), pass_days: null, approve_days: null, created_by: W.lan, created_at: NOW });
    const here = await passed();
    const draft = await shelf.draft("quang", W.leLoiLesson(2));
    await shelf.act("quang", "submission", draft);
    await shelf.act("lan", "passing", draft, { checklist: "01h000000000000000000setng", check: "0" });
    const there = await shelf.row(draft.id);
    const nam = await app.as("nam");
    const page = (await nam.get("/review/list")).text;
    expect(page.match(/<form method="post" action="\/review\/decisions"/g)).to.have.length(2);
    expect(page).to.include("Chờ thầy cô: ").and.include("Đã hỏi cụm trường");
    const itemOf = (row: Row): string => `${row.id}.${row.latest_version_id}`;
    const needs = await nam.post("/review/decisions", { item: itemOf(there), act: "decide", school: W.leLoi, checklist: "01h000000000000000000setng" });
    expect(needs.status).to.equal(422);
    const both = await nam.post("/review/decisions", { item: [itemOf(there), itemOf(here)], act: "decide", school: W.leLoi, checklist: "01h000000000000000000setng", check: "0" });
    expect(both.status, both.text).to.equal(303);
    expect((await nam.get(both.location)).text).to.include("danh mục kiểm tra riêng");
    expect([(await shelf.row(there.id)).state, (await shelf.row(here.id)).state]).to.deep.equal(["approved", "passed"]);
  });
});
