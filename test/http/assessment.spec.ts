import { expect } from "chai";
import { reconcileAll } from "../../server/measures/recount/jobs.ts";
import { startApp, type Running } from "../support/app.ts";
import { CRITERIA, publishCriteria, publishTargets } from "../support/department.ts";
import { sampleFile } from "../support/files.ts";
import { holdLiveClass } from "../support/ledger.ts";
import { NOW, W, YEAR } from "../support/world.ts";

const PAGE = `/schools/${W.tranPhu}/assessment`;

const revisionOf = async (app: Running): Promise<string> => String((await app.db("assessments").where({ school_id: W.tranPhu }).first("revision"))?.revision);

/** Answers a criterion as the leader does. */
async function say(app: Running, code: string, fields: Record<string, string>, login = "nam") {
  return (await app.as(login)).upload(`${PAGE}/criteria/${code}`, { revision: await revisionOf(app), note: "", evidence_url: "", ...fields }, []);
}

describe("the self-assessment of a school", () => {
  let app: Running;
  beforeEach(async () => {
    app = await startApp();
    await reconcileAll(app.db, NOW);
    await publishCriteria(app);
  });
  afterEach(() => app.stop());

  it("begins with what the system knows, each with its evidence", async () => {
    await holdLiveClass(app.db, { carries: [{ course: W.toan6A, lesson: W.toanLesson(1), number: 1 }], starts: "2026-11-23T00:00:00.000Z", minutes: 45, present: { minh: 45, an: 45 } });
    await app.settle();
    const nam = await app.as("nam");
    expect((await nam.get(PAGE)).text).to.contain("Bắt đầu tự đánh giá");
    expect((await nam.post(PAGE)).status).to.equal(303);
    expect((await nam.post(PAGE)).status, "twice").to.equal(409);
    const page = await nam.get(PAGE);
    expect(page.text).to.contain("Hệ thống điền");
    expect(page.text).to.contain("6/100 điểm");
    const criterion = await nam.get(`${PAGE}/criteria/1.3.1`);
    expect(criterion.text).to.contain("Tiết trực tuyến được tính trong năm");
    expect((await nam.get(`/schools/${W.tranPhu}/measures/periods?year=${YEAR}&state=counted`)).text).to.contain("1 tiết");
    expect((await nam.get(`${PAGE}/criteria/1.4`)).text, "the number is known, the points are the school's to give").to.contain("Học liệu đã duyệt");
  });

  it("is answered with evidence, sent, checked, returned, sent again and published", async () => {
    const [nam, dung] = [await app.as("nam"), await app.as("dung")];
    await nam.post(PAGE);
    for (const code of ["1.1", "1.2", "2.1", "2.2"]) expect((await say(app, code, { done: "yes", note: "Quyết định số 5" })).status, code).to.equal(303);
    for (const [code, points] of [["1.3.1", 6], ["1.4", 10], ["1.5.1", 15], ["1.6.1", 7], ["1.7.1", 8], ["1.7.2", 7], ["2.3.3", 10], ["2.3.5", 10], ["2.3.6", 10], ["2.4.1", 8], ["2.4.2", 12]] as const)
      expect((await say(app, code, { points: String(points), note: "Hồ sơ" })).status, code).to.equal(303);
    expect((await nam.get(PAGE)).text).to.contain("53/100 điểm");
    expect((await nam.get(PAGE)).text).to.contain("Mức 2: đáp ứng cơ bản");
    expect((await nam.post(`${PAGE}/submission`)).status).to.equal(303);
    expect((await nam.post(`${PAGE}/submission`)).status, "twice").to.equal(409);
    expect((await say(app, "1.4", { points: "1", note: "x" })).status, "what was sent is not changed").to.equal(409);
    expect((await dung.post(`${PAGE}/criteria/1.5.1/check`, { points: "5", check_note: "Phòng máy chưa nối mạng." })).status).to.equal(303);
    const checked = await dung.get(PAGE);
    expect(checked.text).to.contain("43/100 điểm");
    expect((await dung.post(`${PAGE}/return`, { comment: "" })).status).to.equal(422);
    expect((await dung.post(`${PAGE}/return`, { comment: "Bổ sung biên bản phòng máy." })).status).to.equal(303);
    expect((await nam.get(PAGE)).text).to.contain("Bổ sung biên bản phòng máy.");
    expect((await say(app, "1.5.1", { points: "15", evidence_url: "https://thcs.example/phong-may" })).status).to.equal(303);
    await nam.post(`${PAGE}/submission`);
    expect((await dung.post(`${PAGE}/publication`)).status).to.equal(303);
    expect((await dung.post(`${PAGE}/publication`)).status, "twice").to.equal(409);
    expect((await nam.get(PAGE)).text).to.contain("Đã công bố");
    const told = await app.db("notices").orderBy("id").select("person_id", "kind");
    expect(told.filter((one) => one.person_id === W.dung).map((one) => String(one.kind)), "a second sending gives way to the first, which was not read").to.deep.equal(["assessment_submitted"]);
    expect(told.filter((one) => one.person_id === W.nam).map((one) => String(one.kind))).to.deep.equal(["assessment_checked", "assessment_returned", "assessment_published"]);
    expect((await nam.get("/notices")).text).to.contain("Bổ sung biên bản phòng máy.").and.to.contain("THCS Trần Phú: mức 2.");
    expect((await dung.get("/notices")).text).to.contain("THCS Trần Phú gửi bản tự đánh giá");
    expect(await app.db("assessment_acts").orderBy("id").pluck("act")).to.deep.equal(["start", "submit", "return", "submit", "publish"]);
    const table = await dung.get("/assessments");
    expect(table.text).to.contain("Từ mức 2 trở lên");
    expect(table.text).to.contain("50\u00a0%");
    const paper = await nam.get(`${PAGE}/paper`);
    expect(paper.text).to.contain("Nhóm 1 đạt 53 điểm, nhóm 2 đạt 50 điểm. Mức 2: đáp ứng cơ bản.");
    expect((await dung.get("/assessments/table.csv")).text).to.contain('"THCS Trần Phú","Đã công bố","53","50","2"');
  });

  it("keeps a file of evidence, and shows it to the school and the offices above only", async () => {
    await (await app.as("nam")).post(PAGE);
    const pdf = sampleFile("bai-giang.pdf").bytes;
    const sent = await (await app.as("nam")).upload(`${PAGE}/criteria/1.5.1`, { revision: "0", points: "9", note: "", evidence_url: "" }, [{ field: "evidence", name: "bien-ban.pdf", type: "application/pdf", bytes: pdf }]);
    expect(sent.status).to.equal(303);
    expect((await say(app, "1.5.1", { points: "8" })).status, "the file stays").to.equal(303);
    expect((await (await app.as("dung")).get(`${PAGE}/criteria/1.5.1/evidence`)).bytes.equals(pdf)).to.equal(true);
    for (const login of ["lan", "ngan"]) expect((await (await app.as(login)).get(`${PAGE}/criteria/1.5.1/evidence`)).status, login).to.equal(404);
  });

  it("keeps what was typed when it is wrong, and is not written over by a stale page", async () => {
    await (await app.as("nam")).post(PAGE);
    const tooMany = await say(app, "1.4", { points: "11", note: "mười một điểm" });
    expect(tooMany.status).to.equal(422);
    expect(tooMany.text).to.contain("mười một điểm");
    expect(tooMany.text).to.contain("Số lớn nhất được nhận là 10.");
    const bare = await say(app, "1.4", { points: "10" });
    expect(bare.status).to.equal(422);
    expect(bare.text).to.contain("Cho điểm thì cần minh chứng hoặc thuyết minh.");
    expect((await say(app, "1.4", { points: "10", note: "Kho học liệu" })).status).to.equal(303);
    expect((await say(app, "1.4", { points: "3", note: "trang cũ", revision: "0" })).status).to.equal(409);
    expect((await say(app, "9.9", { points: "3" })).status).to.equal(404);
  });

  it("is the leader's to answer and the level above's to check", async () => {
    for (const [login, status] of [["huong", 403], ["tuan", 403], ["dung", 403], ["lan", 404], ["minh", 403]] as const) expect((await (await app.as(login)).post(PAGE)).status, login).to.equal(status);
    const nam = await app.as("nam");
    await nam.post(PAGE);
    await nam.post(`${PAGE}/submission`);
    for (const [login, status] of [["nam", 403], ["huong", 403], ["lan", 404], ["ngan", 404], ["bach", 404]] as const) expect((await (await app.as(login)).post(`${PAGE}/publication`)).status, login).to.equal(status);
    expect((await (await app.as("ha")).post(`${PAGE}/publication`)).status).to.equal(303);
  });
});

describe("the criteria of a year", () => {
  let app: Running;
  beforeEach(async () => {
    app = await startApp();
  });
  afterEach(() => app.stop());

  it("say that a group does not sum to 100, are corrected in a draft, and not once they are published", async () => {
    const ha = await app.as("ha");
    const made = await ha.post("/assessments/forms", CRITERIA);
    expect((await ha.get(made.location)).text).to.contain("Điểm nhóm 2 cộng lại là 90, không phải 100");
    const criterion = { code: "2.4.2", part: "2", name_vi: "Dịch vụ tuyển sinh", name_en: "", evidence_vi: "", evidence_en: "", points: "22", fact: "", full_at: "" };
    expect((await ha.post(`${made.location}/criteria/2.4.2`, criterion)).status).to.equal(303);
    expect((await ha.get(made.location)).text).not.to.contain("không phải 100");
    const wrong = await ha.post(`${made.location}/criteria/2.4.2`, { ...criterion, points: "220", name_vi: "Đang gõ dở" });
    expect(wrong.status).to.equal(422);
    expect(wrong.text).to.contain("Đang gõ dở");
    await ha.post(`${made.location}/publication`);
    expect((await ha.post(`${made.location}/criteria/2.4.2`, criterion)).status).to.equal(409);
    for (const login of ["dung", "nam", "bach"]) expect((await (await app.as(login)).get(made.location)).status, login).to.equal(403);
  });

  it("are added, renumbered and taken out of a draft by form; a code stands once", async () => {
    const ha = await app.as("ha");
    const made = await ha.post("/assessments/forms", CRITERIA);
    const criterion = { code: "2.5", part: "2", name_vi: "Thư viện số", name_en: "", evidence_vi: "Sổ thư viện", evidence_en: "", points: "10", fact: "", full_at: "" };
    expect((await ha.get(`${made.location}/criteria/new`)).status).to.equal(200);
    expect((await ha.post(`${made.location}/criteria`, criterion)).location).to.equal(made.location);
    const again = await ha.post(`${made.location}/criteria`, { ...criterion, name_vi: "Thư viện khác" });
    expect(again.status, "a double press").to.equal(422);
    expect(again.text).to.contain("Thư viện khác").and.to.contain("Mã này đã dùng cho một tiêu chí khác");
    const page = await ha.get(made.location);
    expect(page.text).to.contain("2.5 Thư viện số");
    expect(page.text, "group 2 sums to 100 now").not.to.contain("không phải 100");
    expect((await ha.post(`${made.location}/criteria/2.5`, { ...criterion, code: "1.9", part: "1", mandatory: "yes" })).status).to.equal(303);
    expect(await app.db("assessment_criteria").where({ code: "1.9" }).first("part", "points", "position")).to.include({ part: 1, points: 0 });
    expect((await ha.post(`${made.location}/criteria/1.9`, { ...criterion, code: "1.4" })).status, "of another").to.equal(422);
    expect((await ha.post(`${made.location}/criteria/1.9/removal`)).status).to.equal(303);
    expect((await ha.post(`${made.location}/criteria/1.9/removal`)).status, "twice").to.equal(404);
    expect(await app.db("audit_entries").where("action", "like", "assessment_criterion.%").orderBy("id").pluck("action")).to.deep.equal(["create", "edit", "remove"].map((act) => `assessment_criterion.${act}`));
    await ha.post(`${made.location}/publication`);
    expect((await ha.post(`${made.location}/criteria`, criterion)).status).to.equal(409);
    expect((await ha.post(`${made.location}/criteria/1.4/removal`)).status).to.equal(409);
    for (const login of ["dung", "nam", "bach"]) expect((await (await app.as(login)).post(`${made.location}/criteria`, criterion)).status, login).to.equal(403);
  });

  it("that come later leave an assessment that has begun with its own", async () => {
    const first = await publishCriteria(app);
    const nam = await app.as("nam");
    await nam.post(PAGE);
    const ha = await app.as("ha");
    const next = await ha.post("/assessments/forms", { ...CRITERIA, from: first.split("/").at(-1) ?? "" });
    expect((await ha.post("/assessments/forms", CRITERIA)).status, "one draft at a time").to.equal(409);
    await ha.post(`${next.location}/criteria/1.4`, { code: "1.4", part: "1", name_vi: "Học liệu, cách tính mới", name_en: "", evidence_vi: "", evidence_en: "", points: "10", fact: "", full_at: "" });
    await ha.post(`${next.location}/publication`);
    expect((await nam.get(PAGE)).text).to.contain("Số lượng học liệu được số hóa");
    expect((await (await app.as("lan")).get(`/schools/${W.leLoi}/assessment`)).text).to.contain("Học liệu, cách tính mới");
  });

  it("show schools that none are published, and feed the plan's scoreboard once levels are", async () => {
    expect((await (await app.as("nam")).get(PAGE)).text).to.contain("Sở chưa ban hành bộ tiêu chí");
    expect((await (await app.as("nam")).post(PAGE)).status).to.equal(409);
    await publishCriteria(app);
    const [nam, ha] = [await app.as("nam"), await app.as("ha")];
    await nam.post(PAGE);
    await nam.post(`${PAGE}/submission`);
    await ha.post(`${PAGE}/publication`);
    await publishTargets(app);
    expect((await ha.get("/scoreboard/indicators/3.3")).text, "assessed is level 1").to.contain("50\u00a0% (1/2)");
    expect((await ha.get("/scoreboard/indicators/3.4")).text).to.contain("0\u00a0% (0/2)");
  });
});
