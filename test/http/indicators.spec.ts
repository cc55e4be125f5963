import { expect } from "chai";
import writeXlsxFile from "write-excel-file/node";
import { recordFigures } from "../../server/indicators/jobs.ts";
import { reconcileAll } from "../../server/measures/recount/jobs.ts";
import { startApp, type Running } from "../support/app.ts";
import { linkIn } from "../support/client.ts";
import { countQueries } from "../support/database.ts";
import { publishTargets } from "../support/department.ts";
import { sampleFile } from "../support/files.ts";
import { holdLiveClass } from "../support/ledger.ts";
import { addScoreboard } from "../support/things.ts";
import { NOW, W, YEAR } from "../support/world.ts";

const SCHOOL = `/schools/${W.tranPhu}/scoreboard`;
const STARTS = "2026-11-23T00:00:00.000Z";
const XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

const boardOf = async (app: Running): Promise<string> => String((await app.db("scoreboards").where({ state: "published" }).first("id"))?.id);

describe("the plan's scoreboard", () => {
  let app: Running;
  beforeEach(async () => {
    app = await startApp();
    await reconcileAll(app.db, NOW);
  });
  afterEach(() => app.stop());

  it("shows each target of plan 1027 with what the system counts, and leads to the evidence in two clicks", async () => {
    await holdLiveClass(app.db, { carries: [{ course: W.toan6A, lesson: W.toanLesson(1), number: 1 }], starts: STARTS, minutes: 45, present: { minh: 45, an: 45 } });
    await app.settle();
    await publishTargets(app);
    const dung = await app.as("dung");
    const board = await dung.get("/scoreboard");
    for (const code of ["1.1", "2.1a", "2.1b", "2.2a", "2.2b", "2.3", "2.4", "3.1", "4.4"]) expect(board.text).to.contain(`>${code} `);
    const one = await dung.get(linkIn(board.text, /href="([^"]*indicators\/2\.2b[^"]*)"/));
    expect(one.text).to.contain("Trường sử dụng phần mềm dạy học trực tuyến");
    expect(one.text).to.contain("50\u00a0% (1/2)");
    const evidence = await dung.get(linkIn(one.text, new RegExp(`href="(/schools/${W.tranPhu}/measures/periods[^"]*)"`)));
    expect(evidence.status).to.equal(200);
    expect(evidence.text).to.contain("1 tiết");
  });

  it("adds commune and province up, and lets an office see only what is its own", async () => {
    await publishTargets(app);
    const ha = await app.as("ha");
    expect((await ha.get("/scoreboard")).text).to.contain("Sở Giáo dục và Đào tạo");
    const one = await ha.get("/scoreboard/indicators/2.1b");
    expect(one.text).to.contain("Phường Bến Đoan");
    expect(one.text).to.contain("0\u00a0% (0/2)");
    const ngan = await app.as("ngan");
    expect((await ngan.get("/scoreboard")).text).not.to.contain("THCS Trần Phú");
    expect((await ngan.get(`/scoreboard?unit=${W.commune}`)).status).to.equal(404);
    const nam = await app.as("nam");
    expect((await nam.get(`/scoreboard?unit=${W.commune}`)).status).to.equal(403);
    expect((await ha.get("/scoreboard/indicators/9.9")).status).to.equal(404);
  });

  it("is given as a file with whole numbers, in either language", async () => {
    await publishTargets(app);
    const dung = await app.as("dung");
    const file = await dung.get("/scoreboard/table.csv");
    expect(file.headers.get("content-type")).to.contain("text/csv");
    expect(file.text).to.contain('"2.1b","Trường có tỉ lệ dạy học trực tuyến vượt chỉ tiêu","THCS Trần Phú","Thành thị","0","42","Chưa đạt"');
    await app.db("persons").where({ id: W.dung }).update({ language: "en" });
    expect((await dung.get("/scoreboard")).text).to.contain("Schools whose online share is above the target");
  });

  it("asks the same number of questions of the database however many schools there are", async () => {
    await publishTargets(app);
    const ha = await app.as("ha");
    await addSchools(app, 0, 1);
    const few = (await countQueries(app.db, () => ha.get("/scoreboard"))).count;
    await addSchools(app, 1, 12);
    expect((await countQueries(app.db, () => ha.get("/scoreboard"))).count).to.be.at.most(few);
    expect((await ha.get("/scoreboard/indicators/2.1b")).text).to.contain("0\u00a0% (0/14)");
  });

  it("keeps what a month showed: figures of today change, last month's record does not", async () => {
    await publishTargets(app);
    await recordFigures(app.db, "2026-10-31T16:50:00.000Z");
    await holdLiveClass(app.db, { carries: [{ course: W.toan6A, lesson: W.toanLesson(1), number: 1 }], starts: STARTS, minutes: 45, present: { minh: 45, an: 45 } });
    await app.settle();
    const dung = await app.as("dung");
    expect((await dung.get("/scoreboard/indicators/2.2b?month=2026-10")).text).to.contain("0\u00a0% (0/2)");
    expect((await dung.get("/scoreboard/indicators/2.2b")).text).to.contain("50\u00a0% (1/2)");
    expect((await dung.get("/scoreboard/indicators/2.2b?month=2026-09")).text, "nothing was recorded then").to.contain("Chưa có số liệu");
  });
});

describe("a declared value", () => {
  let app: Running;
  beforeEach(async () => {
    app = await startApp();
    await addScoreboard(app.db, null);
    await app.db("indicator_values").del();
  });
  afterEach(() => app.stop());

  const declare = { answer: "yes", month: "2026-11", evidence_url: "https://thcs.example/so-diem", note: "", seen: "" };
  const send = async (login: string, fields: Record<string, string>, file?: Uint8Array) =>
    (await app.as(login)).upload(`${SCHOOL}/3.1`, fields, file ? [{ field: "evidence", name: "quyet-dinh.pdf", type: "application/pdf", bytes: file }] : []);

  it("is said by the school's leader with evidence, confirmed by the level above, and counts from then on", async () => {
    const pdf = sampleFile("bai-giang.pdf").bytes;
    expect((await send("nam", { ...declare, evidence_url: "" }, pdf)).status).to.equal(303);
    const dung = await app.as("dung");
    const waiting = await dung.get("/scoreboard/waiting");
    expect(waiting.text).to.contain("3.1 Trường dùng sổ điểm điện tử: Có");
    expect(waiting.text).to.contain("quyet-dinh.pdf");
    expect((await dung.get(linkIn(waiting.text, /href="(\/indicator-values\/[^"]+\/evidence)"/))).bytes.equals(pdf)).to.equal(true);
    const act = linkIn(waiting.text, /action="(\/indicator-values\/[^"]+\/confirmation)"/);
    expect((await dung.get("/scoreboard/indicators/3.1")).text, "what nobody confirmed counts nowhere").to.contain("0/2");
    expect((await dung.post(act)).status).to.equal(303);
    expect((await dung.post(act)).status, "twice").to.equal(409);
    expect((await dung.get("/scoreboard/indicators/3.1")).text).to.contain("50\u00a0% (1/2)");
    expect((await (await app.as("nam")).get(`${SCHOOL}/3.1`)).text).to.contain("Đã xác nhận: Cao Tiến Dũng");
    expect((await app.db("audit_entries").whereIn("action", ["indicator.declare", "indicator.confirm"])).length).to.equal(2);
  });

  it("comes back with a comment, counts nowhere then, and can be said anew", async () => {
    await send("nam", declare);
    const { id } = (await app.db("indicator_values").first("id")) as { id: string };
    const dung = await app.as("dung");
    expect((await dung.post(`/indicator-values/${id}/return`, { comment: "" })).status).to.equal(303);
    expect((await app.db("indicator_values").first("state"))?.state, "a return without a word is none").to.equal("declared");
    expect((await dung.post(`/indicator-values/${id}/return`, { comment: "Thiếu quyết định." })).status).to.equal(303);
    const page = await (await app.as("nam")).get(`${SCHOOL}/3.1`);
    expect(page.text).to.contain("Thiếu quyết định.");
    expect(page.text).to.contain("Chưa có số liệu");
    expect((await (await app.as("nam")).get("/notices")).text, "who said it, and the other leaders, are told").to.contain("trả lại số liệu trường khai cho chỉ tiêu 3.1").and.to.contain("Thiếu quyết định.");
    expect(await app.db("notices").where({ kind: "indicator_returned" }).orderBy("person_id").pluck("person_id")).to.deep.equal([W.nam, W.oanh].sort());
    expect((await send("nam", { ...declare, seen: id, answer: "no" })).status).to.equal(303);
    expect(await app.db("indicator_values")).to.have.length(2);
    expect((await (await app.as("nam")).get(`${SCHOOL}/3.1`)).text).to.contain("đã thay bằng lần khai sau");
  });

  it("is not said twice by a double press, nor over what somebody else said meanwhile", async () => {
    expect((await send("nam", declare)).status).to.equal(303);
    expect((await send("nam", declare)).status).to.equal(409);
    expect((await send("oanh", { ...declare, answer: "no" })).status).to.equal(409);
    expect(await app.db("indicator_values")).to.have.length(1);
  });

  it("keeps what was typed and says at the field what is wrong", async () => {
    const wrong = await send("nam", { ...declare, evidence_url: "", note: "ghi chú của trường" });
    expect(wrong.status).to.equal(422);
    expect(wrong.text).to.contain("Cần một liên kết hoặc một tệp làm minh chứng.");
    expect(wrong.text).to.contain("ghi chú của trường");
    expect((await send("nam", { ...declare, month: "2031-01" })).status).to.equal(422);
    const program = await send("nam", { ...declare, evidence_url: "" }, Buffer.from("MZ\u0000\u0000 this program"));
    expect(program.status).to.equal(422);
    expect(await app.db("indicator_values")).to.have.length(0);
  });

  it("is the leader's to say and the level above's to decide: nobody else's", async () => {
    for (const [login, status] of [["huong", 403], ["mai", 403], ["tuan", 403], ["dung", 403], ["lan", 404], ["minh", 403]] as const) expect((await send(login, declare)).status, login).to.equal(status);
    await send("nam", declare);
    const { id } = (await app.db("indicator_values").first("id")) as { id: string };
    for (const [login, status] of [["nam", 403], ["huong", 403], ["lan", 404], ["ngan", 404], ["bach", 404]] as const)
      expect((await (await app.as(login)).post(`/indicator-values/${id}/confirmation`)).status, login).to.equal(status);
    expect((await (await app.as("nam")).post(`${SCHOOL}/2.1b`, declare)).status, "what the system counts is not declared").to.equal(404);
  });
});

describe("figures from Excel", () => {
  let app: Running;
  beforeEach(async () => {
    app = await startApp();
    await publishTargets(app);
  });
  afterEach(() => app.stop());

  const header = ["Mã trường", "Tên trường", "3.1 Sổ điểm", "4.1 tử số", "4.1 mẫu số"];
  const codeOf = (key: string): string => key.slice(0, 12);
  const fileOf = async (rows: (string | number)[][]) => writeXlsxFile([header, ...rows].map((row) => row.map((value) => (typeof value === "number" ? { value, type: Number } : { value, type: String })))).toBuffer();
  const bring = async (login: string, rows: (string | number)[][]) => (await app.as(login)).upload(`/scoreboard/imports?year=${YEAR}`, { month: "2026-11" }, [{ field: "file", name: "bieu.xlsx", type: XLSX, bytes: await fileOf(rows) }]);

  it("are previewed with every wrong cell, saved as confirmed, and taken back whole", async () => {
    const rows = [[codeOf(W.tranPhu), "THCS Trần Phú", "Có", 45, 50], [codeOf(W.leLoi), "THCS Lê Lợi", "có thể", 60, 50], ["KHONGCO", "?", "Có", 1, 2]];
    const taken = await bring("dung", rows);
    expect(taken.status).to.equal(303);
    const dung = await app.as("dung");
    const preview = await dung.get(taken.location);
    expect(preview.text).to.contain("Dòng 3, cột C (3.1 Sổ điểm)");
    expect(preview.text).to.contain("Tử số lớn hơn mẫu số");
    expect(preview.text).to.contain("Không có trường mang mã này");
    expect(await app.db("indicator_values"), "nothing is saved by looking").to.have.length(0);
    expect((await dung.post(`${taken.location}/completion`)).status).to.equal(303);
    expect((await dung.post(`${taken.location}/completion`)).status, "twice").to.equal(409);
    expect((await dung.get("/scoreboard/indicators/4.1")).text).to.contain("90\u00a0% (45/50)");
    expect((await dung.post(`${taken.location}/undoing`)).status).to.equal(303);
    expect((await dung.get("/scoreboard/indicators/4.1")).text).not.to.contain("45/50");
    expect((await dung.post(`${taken.location}/undoing`)).status).to.equal(409);
  });

  it("give back the value before them when they are undone, and leave a later one alone", async () => {
    const first = await bring("dung", [[codeOf(W.tranPhu), "", "Có", 10, 50], [codeOf(W.leLoi), "", "Có", 20, 50]]);
    const dung = await app.as("dung");
    await dung.post(`${first.location}/completion`);
    const second = await bring("dung", [[codeOf(W.tranPhu), "", "", 30, 50], [codeOf(W.leLoi), "", "", 40, 50]]);
    await dung.post(`${second.location}/completion`);
    const third = await bring("dung", [[codeOf(W.leLoi), "", "", 50, 50]]);
    await dung.post(`${third.location}/completion`);
    await dung.post(`${second.location}/undoing`);
    const page = (await dung.get("/scoreboard/indicators/4.1")).text;
    expect(page).to.contain("20\u00a0% (10/50)");
    expect(page).to.contain("100\u00a0% (50/50)");
  });

  it("begin with a form that has the schools of the office and comes back as it went", async () => {
    const dung = await app.as("dung");
    const form = await dung.get("/scoreboard/imports/template.xlsx");
    expect(form.status).to.equal(200);
    const again = await dung.upload("/scoreboard/imports", { month: "2026-11" }, [{ field: "file", name: "mau.xlsx", type: XLSX, bytes: form.bytes }]);
    expect(again.status).to.equal(303);
    const preview = await dung.get(again.location);
    expect(preview.text).to.contain("Tệp không có số liệu nào lưu được");
    expect(preview.text).not.to.contain("Ô có lỗi<");
  });

  it("that cannot be read are refused with the reason, and another office sees nothing of a file", async () => {
    const dung = await app.as("dung");
    const noHeader = await dung.upload("/scoreboard/imports", { month: "2026-11" }, [{ field: "file", name: "x.csv", type: "text/csv", bytes: Buffer.from("a;b\n1;2\n") }]);
    expect(noHeader.status).to.equal(422);
    expect(noHeader.text).to.contain("Mã trường");
    expect((await dung.post("/scoreboard/imports", {})).status).to.equal(422);
    const taken = await bring("dung", [[codeOf(W.tranPhu), "", "Có", 1, 2]]);
    expect((await (await app.as("ngan")).get(taken.location)).status).to.equal(404);
    expect((await (await app.as("nam")).get(taken.location)).status).to.equal(403);
    expect((await (await app.as("ha")).get(taken.location)).status).to.equal(200);
  });
});

describe("next year's targets", () => {
  let app: Running;
  beforeEach(async () => {
    app = await startApp();
    await publishTargets(app);
    await app.db("school_years").insert({ id: "2027-2028", term1_starts_on: "2027-09-06", term1_weeks: 18, term2_starts_on: "2028-01-17", term2_weeks: 17, ends_on: "2028-05-31" });
  });
  afterEach(() => app.stop());

  it("are copied, edited in forms and published, and this year's stay as they were", async () => {
    const ha = await app.as("ha");
    const made = await ha.post("/scoreboard/plans", { year: "2027-2028", from: await boardOf(app), name: "Chỉ tiêu năm sau", source: "KH 99/KH-SGDĐT" });
    expect(made.status).to.equal(303);
    const form = { code: "2.3", section: "2", name_vi: "Trường triển khai LMS", definition_vi: "Như năm trước, mức mới.", measure: "schools", unit_vi: "% cơ sở giáo dục", direction: "at_least", all: "60", mountain: "42,5", town: "", rural: "", deadline: "31/12/2027", source: "computed", computer: "lms_active", levels: ["primary", "lower_secondary"] };
    expect((await ha.post(`${made.location}/indicators/2.3`, form)).status).to.equal(303);
    expect((await ha.post(`${made.location}/indicators`, { ...form, code: "5.1", section: "4", source: "declared", computer: "" })).status).to.equal(303);
    expect((await ha.post(`${made.location}/indicators/4.4/removal`)).status).to.equal(303);
    const draft = await ha.get(made.location);
    expect(draft.text).to.contain("từ 60\u00a0%; Miền núi, hải đảo: từ 42,5\u00a0%");
    expect((await ha.post(`${made.location}/publication`)).status).to.equal(303);
    expect((await ha.post(`${made.location}/indicators/2.3`, form)).status, "what is published is not edited").to.equal(409);
    expect(Number((await app.db("indicators as i").join("scoreboards as s", "s.id", "i.scoreboard_id").where("s.year_id", "2027-2028").whereIn("i.code", ["5.1", "4.4"]).count({ n: "*" }).first())?.n)).to.equal(1);
    expect((await ha.get("/scoreboard")).text, "this year's has its own").to.contain(">4.4 ");
  });

  it("make a new version of a year, and one draft at a time", async () => {
    const ha = await app.as("ha");
    const again = { year: YEAR, from: await boardOf(app), name: "Bảng chỉ tiêu sửa", source: "KH 1027" };
    const made = await ha.post("/scoreboard/plans", again);
    expect((await ha.post("/scoreboard/plans", again)).status, "a second draft").to.equal(409);
    await ha.post(`${made.location}/publication`);
    expect((await ha.post(`${made.location}/publication`)).status, "twice").to.equal(409);
    expect(await app.db("scoreboards").where({ year_id: YEAR }).orderBy("version").pluck("state")).to.deep.equal(["superseded", "published"]);
    expect((await ha.get("/scoreboard")).text).to.contain("Phiên bản 2");
  });

  it("keep what was typed when a form is wrong, and are the province's alone", async () => {
    const ha = await app.as("ha");
    const made = await ha.post("/scoreboard/plans", { year: "2027-2028", from: "template", name: "Nháp", source: "KH" });
    const wrong = await ha.post(`${made.location}/indicators`, { code: "x y", section: "2", name_vi: "Chỉ tiêu đang gõ dở", definition_vi: "", measure: "schools", unit_vi: "%", direction: "at_least", all: "140", source: "computed", computer: "" });
    expect(wrong.status).to.equal(422);
    expect(wrong.text).to.contain("Chỉ tiêu đang gõ dở");
    expect(wrong.text).to.contain("Mã chỉ gồm");
    const taken = await ha.post(`${made.location}/indicators`, { code: "2.3", section: "2", name_vi: "Trùng mã", definition_vi: "x", measure: "schools", unit_vi: "%", direction: "at_least", source: "declared" });
    expect(taken.status).to.equal(422);
    expect(taken.text).to.contain("Mã này đã dùng cho một chỉ tiêu khác");
    for (const login of ["dung", "nam", "bach"]) expect((await (await app.as(login)).get(made.location)).status, login).to.equal(403);
    expect((await ha.post(`${made.location}/removal`)).status).to.equal(303);
    expect((await ha.get(made.location)).status).to.equal(404);
  });
});

describe("model digital schools and clusters (target 2.5)", () => {
  let app: Running;
  beforeEach(async () => {
    app = await startApp();
    await publishTargets(app);
  });
  afterEach(() => app.stop());

  it("are named by the department, shown to schools, and meet the target", async () => {
    const ha = await app.as("ha");
    expect((await ha.get("/scoreboard/indicators/2.5b")).text).to.contain("0\u00a0% (0/2)");
    expect((await ha.post("/scoreboard/models", { year: YEAR, unit: W.tranPhu, decision: "QĐ 12/QĐ-SGDĐT" })).status).to.equal(303);
    expect((await ha.post("/scoreboard/models", { year: YEAR, unit: W.cluster, decision: "QĐ 12/QĐ-SGDĐT" })).status).to.equal(303);
    expect((await ha.post("/scoreboard/models", { year: YEAR, unit: W.cluster, decision: "QĐ 12/QĐ-SGDĐT" })).status, "twice").to.equal(409);
    expect((await ha.post("/scoreboard/models", { year: YEAR, unit: W.commune, decision: "QĐ" })).status, "a commune is neither").to.equal(422);
    expect((await ha.get("/scoreboard/indicators/2.5a")).text).to.contain("100\u00a0% (1/1)");
    expect((await ha.get("/scoreboard/indicators/2.5b")).text, "Bến Đoan has schools in it, Vạn Sơn none").to.contain("50\u00a0% (1/2)");
    const school = await (await app.as("huong")).get(SCHOOL);
    expect(school.text).to.contain("Trường học số điển hình");
    expect(school.text).to.contain("Thuộc Cụm trường số 1");
    const page = await ha.get("/scoreboard/models");
    await ha.post(linkIn(page.text, /action="(\/scoreboard\/models\/[^"]+\/ending)"/));
    expect(await app.db("digital_models").whereNull("ended_at")).to.have.length(1);
  });
});

async function addSchools(app: Running, from: number, to: number): Promise<void> {
  const school = await app.db("units").where({ id: W.leLoi }).first();
  for (let i = from; i < to; i += 1) {
    const id = `${String(i).padStart(2, "0")}${W.leLoi.slice(2)}`;
    await app.db("units").insert({ ...school, id, code: `X${i}`, name: `THCS số ${i}`, path: school?.path.replace(W.leLoi, id) });
  }
}
