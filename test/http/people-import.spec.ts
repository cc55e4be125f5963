import { readFileSync } from "node:fs";
import path from "node:path";
import { performance } from "node:perf_hooks";
import { expect } from "chai";
import { startApp, type Running } from "../support/app.ts";
import type { Answer, Client } from "../support/client.ts";
import { W, YEAR } from "../support/world.ts";
import { countOf, type Db } from "../../server/platform/db.ts";
import { makeWorkbook, sectorPupils } from "../fixtures/rosters/make.ts";

const XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
const fixture = (name: string): Buffer => readFileSync(path.join(import.meta.dirname, "../fixtures/rosters", name));
const count = (db: Db, name: string): Promise<number> => countOf(db(name).count({ n: "*" }));

describe("importing a roster", () => {
  let app: Running;
  let tuan: Client;
  beforeEach(async () => {
    app = await startApp();
    tuan = await app.as("tuan");
  });
  afterEach(() => app.stop());

  const send = (client: Client, name: string, bytes: Uint8Array = fixture(name)): Promise<Answer> =>
    client.upload(`/schools/${W.tranPhu}/roster-imports`, { year_id: YEAR }, [{ field: "file", name, type: name.endsWith("csv") ? "text/csv" : XLSX, bytes }]);
  /** Sends a file and answers the address of its preview. */
  const preview = async (name: string, bytes?: Uint8Array): Promise<string> => {
    const answer = await send(tuan, name, bytes);
    expect(answer.status, answer.text).to.equal(303);
    return answer.location;
  };
  const complete = (at: string, revision = "1"): Promise<Answer> => tuan.post(`${at}/completion`, { revision });

  it("shows what was understood before anything is saved", async () => {
    const before = await count(app.db, "persons");
    const page = await tuan.get(await preview("nhieu-loi.xlsx"));
    expect(page.status).to.equal(200);
    for (const words of ["DS, dòng 4", "Ngày này không có trong lịch", "Năm sinh chỉ có hai chữ số", "có 11 chữ số; cần đủ 12", "Dùng 022215009004", "Trái với năm sinh", "Trái với giới tính", "Trùng với dòng 3 (DS)", "không có lớp “6Z”", "Thiếu họ tên", "Trạng thái này chưa được biết", "Dân tộc (dân tộc)"]) {
      expect(page.text).to.include(words);
    }
    expect(page.text).to.not.include("Kinh");
    expect(await count(app.db, "persons")).to.equal(before);
  });

  it("keeps neither the file nor the private columns", async () => {
    await preview("c1-hoc-sinh.xlsx");
    const row = (await app.db("imports").first("data", "blob_hash")) as { data: string; blob_hash: string };
    expect(row.data).to.not.match(/Kinh|Nguyễn Văn Cha|0912345678|Khu 3/);
    expect(await app.db("blobs").where({ hash: row.blob_hash }).first()).to.equal(undefined);
  });

  it("imports in one go, with user names, places in classes and an audit entry; the same file again changes nothing", async () => {
    const before = await count(app.db, "persons");
    const done = await complete(await preview("c1-hoc-sinh.xlsx"));
    expect(done.status, done.text).to.equal(303);
    expect(await count(app.db, "persons")).to.equal(before + 24);
    const inside = await app.db("class_enrolments").where({ class_id: W.class6A }).whereNull("to_on");
    expect(inside.length).to.equal(4 + 12);
    expect((await app.db("audit_entries").where({ action: "roster.import" })).length).to.equal(1);
    const usernames = (await app.db("persons").select("username")) as { username: string }[];
    expect(usernames.every(({ username }) => /^[a-z]+\d*$/.test(username))).to.equal(true);
    const again = await tuan.get(await preview("c1-hoc-sinh.xlsx"));
    expect(again.text).to.include("Không có thay đổi nào");
    expect(again.text).to.not.include("/completion");
    expect(await count(app.db, "persons")).to.equal(before + 24);
  });

  it("finds the pupils who are already there by name and class, and gives them their codes", async () => {
    await complete(await preview("hoc-sinh-cham-phay.csv"));
    const minh = (await app.db("persons").where({ id: W.minh }).first()) as Record<string, string>;
    expect(minh).to.include({ sector_code: "2200008001", born_on: "2015-02-01", sex: "male", username: "minh" });
    expect((await app.db("persons").where({ name: "Lê Đức Minh" })).length).to.equal(1);
  });

  it("is corrected in place: a date, a guess taken, a line left out, a column named", async () => {
    const at = await preview("nhieu-loi.xlsx");
    const form = { revision: "1", "fix.1-4.born_on": "28/02/2015", "was.1-4.born_on": "31/02/2015", "guess.1-6.personal_code": "022215009004", "shown.1-9": "yes", "skip.1-9": "yes", "fix.1-10.class_name": "6B", "was.1-10.class_name": "6Z", "column.7": "" };
    const saved = await tuan.post(`${at}/corrections`, form);
    expect(saved.status).to.equal(303);
    const page = await tuan.get(at);
    expect(page.text).to.not.include("Ngày này không có trong lịch").and.not.include("không có lớp “6Z”").and.not.include("Dùng 022215009004");
    await complete(at, "2");
    expect(await app.db("persons").where({ personal_code: "022215009004" }).first()).to.include({ name: "Phạm Mất Số" });
    expect(await app.db("persons").where({ sector_code: "2200009002" }).first()).to.include({ born_on: "2015-02-28" });
    expect(await app.db("persons").where({ name: "Đặng Trùng Mã" }).first()).to.equal(undefined);
    expect(await app.db("persons").where({ name: "Dương Chưa Mã" }).first()).to.have.property("temporary_key").that.matches(/^t-/);
  });

  it("tells the second of two people that somebody was faster, and a second press that it is done", async () => {
    const at = await preview("c1-hoc-sinh.xlsx");
    expect((await tuan.post(`${at}/corrections`, { revision: "1" })).status).to.equal(303);
    expect((await tuan.post(`${at}/corrections`, { revision: "1" })).status).to.equal(409);
    expect((await complete(at, "1")).status, "an old preview").to.equal(409);
    expect((await complete(at, "2")).status).to.equal(303);
    expect((await complete(at, "3")).status, "twice").to.equal(409);
    expect((await tuan.get(at)).status, "back to the preview").to.equal(409);
  });

  it("can be undone once, and then nothing of it is left", async () => {
    const before = { persons: await count(app.db, "persons"), memberships: await count(app.db, "memberships"), enrolments: await count(app.db, "class_enrolments") };
    const minh = await app.db("persons").where({ id: W.minh }).first();
    const first = await preview("hoc-sinh-cham-phay.csv");
    await complete(first);
    const second = await preview("c1-hoc-sinh.xlsx");
    app.time.now = "2026-11-24T02:05:00.000Z";
    await complete(second);
    expect((await tuan.post(`${first}/undoing`)).status, "not the last one").to.equal(409);
    const undone = await tuan.post(`${second}/undoing`);
    expect(undone.status).to.equal(303);
    expect(await count(app.db, "persons")).to.equal(before.persons);
    expect(await count(app.db, "memberships")).to.equal(before.memberships);
    expect(await count(app.db, "class_enrolments")).to.equal(before.enrolments);
    expect((await tuan.post(`${second}/undoing`)).status, "twice").to.equal(409);
    expect(await app.db("persons").where({ id: W.minh }).first()).to.not.deep.equal(minh);
  });

  it("keeps the account of a pupil who has signed in meanwhile, outside the school", async () => {
    const at = await preview("c1-hoc-sinh.xlsx");
    await complete(at);
    const pupil = (await app.db("persons").where({ sector_code: "2200000000" }).first()) as { id: string };
    await app.db("persons").where({ id: pupil.id }).update({ signed_in_at: app.time.now });
    await tuan.post(`${at}/undoing`);
    const page = await tuan.get(`/schools/${W.tranPhu}/pupils`);
    expect(page.text).to.include("1 người đã đăng nhập");
    expect(await app.db("memberships").where({ person_id: pupil.id }).first()).to.equal(undefined);
    expect(await app.db("persons").where({ id: pupil.id }).first()).to.not.equal(undefined);
  });

  it("does not take a pupil who is in another school", async () => {
    await app.db("persons").where({ id: W.vy }).update({ sector_code: "2200008001" });
    const page = await tuan.get(await preview("hoc-sinh-cham-phay.csv"));
    expect(page.text).to.include("đang học ở trường khác").and.not.include("Hồ Khánh Vy").and.not.include("Lê Lợi");
  });

  it("neither takes officers as pupils nor writes in the record of a teacher of another school", async () => {
    await app.db("persons").where({ id: W.ha }).update({ sector_code: "2200008001" });
    const officer = await tuan.get(await preview("hoc-sinh-cham-phay.csv"));
    expect(officer.text).to.include("giữ vai trò khác").and.not.include("Dương Thu Hà");
    await app.db("persons").where({ id: W.quang }).update({ sector_code: "2299000002" });
    const before = await app.db("persons").where({ id: W.quang }).first();
    await complete(await preview("csdl-giao-vien.xlsx"));
    expect(await app.db("persons").where({ id: W.quang }).first()).to.deep.equal(before);
    expect(await app.db("memberships").where({ person_id: W.quang, unit_id: W.tranPhu }).first(), "teaches here too").to.include({ role: "teacher" });
    expect((await tuan.post(`/people/${W.quang}/invitation`)).status, "no link into an account of another school").to.equal(403);
  });

  it("imports teachers with their e-mail, who then can be invited", async () => {
    await complete(await preview("csdl-giao-vien.xlsx"));
    const huong = (await app.db("persons").where({ id: W.huong }).first()) as Record<string, string>;
    expect(huong["email"], "found by name, not made twice").to.equal("huong@tranphu.example");
    const bach = (await app.db("persons").where({ email: "bach@tranphu.example" }).first()) as { id: string };
    expect(await app.db("memberships").where({ person_id: bach.id }).first()).to.include({ role: "teacher", unit_id: W.tranPhu });
    expect(await app.db("persons").where({ name: "Đinh Thị Thuý" }).first(), "retired and never here").to.equal(undefined);
  });

  it("answers a wrong, broken, empty or foreign file in words, and saves nothing", async () => {
    const said: [string, Uint8Array, string][] = [
      ["hoc-sinh-1258.csv", fixture("hoc-sinh-1258.csv"), "không phải Unicode UTF-8"],
      ["hoc-sinh-utf16.csv", fixture("hoc-sinh-utf16.csv"), "UTF-8"],
      ["hong.xlsx", fixture("c1-hoc-sinh.xlsx").subarray(0, 3000), "bị hỏng"],
      ["rong.xlsx", Buffer.alloc(0), "trống"],
      ["khong-co-danh-sach.xlsx", fixture("khong-co-danh-sach.xlsx"), "Không tìm thấy danh sách"],
      ["anh.pdf", Buffer.from("%PDF-1.4\n"), "không"],
      ["danh-sach.exe", Buffer.from("MZ"), "không được nhận"],
    ];
    for (const [name, bytes, words] of said) {
      const answer = await send(tuan, name, bytes);
      expect(answer.status, name).to.equal(422);
      expect(answer.text, name).to.include(words);
    }
    expect((await tuan.post(`/schools/${W.tranPhu}/roster-imports`, { year_id: YEAR })).status, "no file").to.equal(422);
    expect(await count(app.db, "imports")).to.equal(0);
  });

  it("is for the school's administrator: 404 for another school's people, 403 for the school's others", async () => {
    const at = await preview("c1-hoc-sinh.xlsx");
    for (const [login, status] of [["lan", 404], ["minh", 403], ["huong", 403], ["nam", 403], ["ha", 403]] as const) {
      const client = await app.as(login);
      expect((await client.get(at)).status, login).to.equal(status);
      expect((await client.post(`${at}/completion`, { revision: "1" })).status, login).to.equal(status);
      expect((await send(client, "c1-hoc-sinh.xlsx")).status, login).to.equal(status);
    }
  });

  it("can be thrown away before it is done", async () => {
    const at = await preview("c1-hoc-sinh.xlsx");
    expect((await tuan.post(`${at}/removal`, { revision: "2" })).status, "an old page").to.equal(409);
    expect((await tuan.post(`${at}/removal`, { revision: "1" })).status).to.equal(303);
    expect((await tuan.get(at)).status).to.equal(404);
  });

  it("previews and imports 2,000 rows", async function () {
    const bytes = await makeWorkbook(sectorPupils(2000, ["6A", "6B"]));
    const start = performance.now();
    const at = await preview("truong-lon.xlsx", bytes);
    const page = await tuan.get(at);
    const previewed = performance.now();
    expect(page.text).to.include("2000 dòng đọc được");
    expect((await complete(at)).status).to.equal(303);
    const imported = performance.now();
    expect((await tuan.get(`/schools/${W.tranPhu}/pupils`)).text).to.include("2.000");
    await tuan.post(`${at}/undoing`);
    const undone = performance.now();
    expect(await countOf(app.db("persons").where("sector_code", "like", "22000%").count({ n: "*" }))).to.equal(0);
    const ms = (from: number, to: number): string => `${Math.round(to - from)} ms`;
    process.stdout.write(`    2,000 rows over HTTP: upload and preview ${ms(start, previewed)}, import ${ms(previewed, imported)}, undo ${ms(imported, undone)}\n`);
  });
});

describe("the pupils of a school", () => {
  let app: Running;
  before(async () => {
    app = await startApp();
  });
  after(() => app.stop());

  it("show the coverage of personal codes, and contradicting ones by name to those who keep or lead the school", async () => {
    await app.db("persons").where({ id: W.minh }).update({ personal_code: "022215000001", born_on: "2014-01-01" });
    await app.db("persons").where({ id: W.an }).update({ personal_code: "022314000002", born_on: "2014-01-01", sex: "female" });
    const page = await (await app.as("nam")).get(`/schools/${W.tranPhu}/pupils`);
    expect(page.text).to.include("1/6 em").and.include("Mã cần kiểm tra").and.include("Lê Đức Minh");
    const officer = await (await app.as("ha")).get(`/schools/${W.tranPhu}/pupils`);
    expect(officer.text).to.include("1/6 em").and.not.include("Lê Đức Minh");
    expect((await (await app.as("lan")).get(`/schools/${W.tranPhu}/pupils`)).status).to.equal(404);
  });

  it("of a class are listed for its teachers and leaders only", async () => {
    const page = await (await app.as("huong")).get(`/classes/${W.class6A}`);
    expect(page.text).to.include("Lê Đức Minh").and.include("Nguyễn Thị Hương").and.not.include("Đỗ Đăng Khôi");
    for (const [login, status] of [["lan", 404], ["minh", 403], ["mai", 403], ["ha", 404]] as const) {
      expect((await (await app.as(login)).get(`/classes/${W.class6A}`)).status, login).to.equal(status);
    }
  });
});
