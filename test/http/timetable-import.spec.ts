import { expect } from "chai";
import writeXlsxFile from "write-excel-file/node";
import { isNamed } from "../../server/timetable/import/judge.ts";
import { readWeeks } from "../../server/timetable/import/read.ts";
import { startApp, type Running } from "../support/app.ts";
import type { Answer, Client } from "../support/client.ts";
import { addTimetables, TT } from "../support/timetable.ts";
import { W } from "../support/world.ts";

const XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

describe("timetables from a file", () => {
  let app: Running;
  let tuan: Client;
  before(async () => {
    app = await startApp();
    tuan = await app.as("tuan");
  });
  beforeEach(async () => {
    for (const table of ["timetable_imports", "timetable_slots", "timetables"]) await app.db(table).delete();
  });
  after(() => app.stop());

  const send = (bytes: Buffer, options: { name?: string; by?: Client; from_on?: string } = {}): Promise<Answer> =>
    (options.by ?? tuan).upload(`/schools/${W.tranPhu}/timetable-imports`, { from_on: options.from_on ?? "30/11/2026" }, [{ field: "file", name: options.name ?? "tkb.csv", type: (options.name ?? "").endsWith("xlsx") ? XLSX : "text/csv", bytes }]);
  const csv = (rows: readonly (readonly string[])[]): Buffer => Buffer.from(rows.map((row) => row.map((text) => `"${text}"`).join(",")).join("\r\n"));
  const slots = (klass: string) => app.db("timetable_slots as s").join("timetables as t", "t.id", "s.timetable_id").where({ "t.class_id": klass, "t.from_on": "2026-11-30" }).orderBy(["s.day", "s.session", "s.number"]);
  const said = async (klass: string) => (await slots(klass)).map((one) => `${one.day}.${one.session}.${one.number} ${one.course_id === W.toan6A || one.course_id === W.toan6B ? "toan" : one.course_id === W.van6A ? "van" : one.kind}`);

  const SCHOOL = [
    ["TRƯỜNG THCS TRẦN PHÚ", "", "THỜI KHÓA BIỂU SỐ 3", "", ""],
    ["Áp dụng từ 30/11/2026", "", "", "", ""],
    ["THỨ", "TIẾT", "Lớp 6A", "6B (38)", "6C"],
    ["2", "1", "Chào cờ", "CC", "CC"],
    ["", "2", "Toán - Hương", "Toán (T. Hương)", "Toán"],
    ["", "3", "N.Văn-Sơn", "Lướt sóng - Hương", ""],
    ["", "1", "Toán Mai", "", ""],
    ["3", "1", "Văn", "Toán", ""],
    ["7", "4", "SHL", "Sinh hoạt lớp", ""],
    ["Người lập", "", "", "", ""],
  ];

  it("with a column for each class are read, looked over with every cell that does not fit, corrected, saved and undone", async () => {
    await addTimetables(app.db);
    const sent = await send(csv(SCHOOL));
    expect(sent.status).to.equal(303);
    let preview = await tuan.get(sent.location);
    expect(preview.text).to.contain("Đọc được 2 lớp, 10 tiết").and.contain("Lướt sóng").and.contain("CSV, ô D6").and.contain("Không nhận ra môn học").and.contain("Cột hoặc bảng “6C”").and.contain("CSV, ô C7").and.contain("không được phân công dạy môn này").and.contain("Nguyễn Thị Hương dạy cùng lúc 6A, 6B");
    const [, id] = /timetable-imports\/(\w+)/.exec(sent.location) ?? [];
    expect((await tuan.post(`/timetable-imports/${id}/names`, { revision: "1", "name.0": "TOAN", "heading.0": "" })).status).to.equal(303);
    expect((await tuan.post(`/timetable-imports/${id}/names`, { revision: "1", "name.0": "TOAN" })).status).to.equal(409);
    preview = await tuan.get(sent.location);
    expect(preview.text).to.contain("Đọc được 2 lớp, 11 tiết").and.not.contain("Lướt sóng").and.not.contain("“6C”");
    expect((await tuan.post(`/timetable-imports/${id}/completion`, { revision: "1" })).status).to.equal(409);
    expect((await tuan.post(`/timetable-imports/${id}/completion`, { revision: "2" })).location).to.equal(`/schools/${W.tranPhu}/timetables?on=2026-11-30`);
    expect((await tuan.post(`/timetable-imports/${id}/completion`, { revision: "2" })).status).to.equal(409);
    expect(await said(W.class6A)).to.deep.equal(["1.afternoon.1 toan", "1.morning.1 flag", "1.morning.2 toan", "1.morning.3 van", "2.morning.1 van", "6.morning.4 homeroom"]);
    expect(await said(W.class6B)).to.deep.equal(["1.morning.1 flag", "1.morning.2 toan", "1.morning.3 toan", "2.morning.1 toan", "6.morning.4 homeroom"]);
    await app.db("timetables").where({ class_id: W.class6B, from_on: "2026-11-30" }).update({ revision: 9 });
    const undone = await tuan.post(`/timetable-imports/${id}/undoing`);
    expect([undone.status, (await tuan.post(`/timetable-imports/${id}/undoing`)).status]).to.deep.equal([303, 409]);
    expect([(await slots(W.class6A)).length, (await slots(W.class6B)).length]).to.deep.equal([0, 5]);
    expect(await app.db("timetables").where({ id: TT.week6A })).to.have.length(1);
    expect(await app.db("audit_entries").whereIn("action", ["timetable_import.complete", "timetable_import.undo"])).to.have.length(2);
  });

  it("that this system wrote are read again as they were, of the school and of a class", async () => {
    await addTimetables(app.db);
    const before = (await app.db("timetable_slots").orderBy(["timetable_id", "day", "session", "number"])).map(({ timetable_id: _, ...slot }) => slot as object);
    for (const [path, name, classes] of [[`/schools/${W.tranPhu}/timetables.xlsx`, "tkb.xlsx", 2], [`/classes/${W.class6A}/timetable.xlsx`, "tkb.xlsx", 1], [`/classes/${W.class6A}/timetable.csv`, "tkb 6A.csv", 1]] as const) {
      const sent = await send((await tuan.get(path)).bytes, { name });
      expect((await tuan.get(sent.location)).text, path).to.contain("Mọi ô đều khớp");
      const id = sent.location.split("/").at(-1) ?? "";
      expect((await tuan.post(`/timetable-imports/${id}/completion`, { revision: "1" })).status).to.equal(303);
      const after = [...(await slots(W.class6A)), ...(classes === 2 ? await slots(W.class6B) : [])].map(({ day, session, number, kind, course_id, teacher_id }) => ({ day, session, number, kind, course_id, teacher_id }));
      expect(after, path).to.deep.equal(classes === 2 ? before : before.slice(0, 7));
      await tuan.post(`/timetable-imports/${id}/undoing`);
    }
  });

  it("for single classes with a column for each day are read, morning above afternoon, and replace what begins on that day", async () => {
    const cell = (value: string) => ({ value, type: String });
    const rows = [["THỜI KHÓA BIỂU LỚP 6A"], ["BUỔI SÁNG"], ["Tiết", "Thứ 2", "Thứ 3", "Thứ 4", "Thứ 5", "Thứ 6", "Thứ 7"], ["1", "Chào cờ", "Toán", "", "", "", ""], ["2", "Ngữ văn", "", "", "", "", ""], ["BUỔI CHIỀU"], ["Tiết", "Thứ 2", "Thứ 3", "Thứ 4", "Thứ 5", "Thứ 6", "Thứ 7"], ["1", "", "", "TOÁN", "", "", ""]];
    const bytes = await writeXlsxFile(rows.map((row) => row.map(cell)), { sheet: "Sheet1" }).toBuffer();
    for (const _ of [1, 2]) {
      const sent = await send(bytes, { name: "6a.xlsx" });
      const id = sent.location.split("/").at(-1) ?? "";
      expect((await tuan.get(sent.location)).text.includes("sẽ được thay: 6A")).to.equal(_ === 2);
      expect((await tuan.post(`/timetable-imports/${id}/completion`, { revision: "1" })).status).to.equal(303);
      expect(await said(W.class6A)).to.deep.equal(["1.morning.1 flag", "1.morning.2 van", "2.morning.1 toan", "3.afternoon.1 toan"]);
    }
  });

  const TEACHERS = [
    ["THỜI KHÓA BIỂU GIÁO VIÊN", "", "", "", "", "", "", "", "", ""],
    ["Giáo viên", "Môn", "Thứ 2", "", "", "", "Thứ 3", "", "Thứ 4", ""],
    ["", "", "1", "2", "3", "1", "1", "2", "1", "2"],
    ["Nguyễn Thị Hương", "Toán", "Chào cờ", "6A", "6B", "6A", "6B (Toán)", "6A, 6B", "6C", ""],
    ["Sơn", "", "", "", "6A", "", "6A - Lướt sóng", "", "", ""],
    ["Lê Thị Không", "", "6A", "", "", "", "", "", "", ""],
  ];

  it("with a row for each teacher and classes in the cells are read: the course is the one that the teacher has in the class, and what is not clear is asked", async () => {
    await addTimetables(app.db);
    await app.db("classes").where({ id: W.class6A }).update({ homeroom_teacher_id: W.huong });
    await app.db("notices").where({ kind: "timetable_new" }).del();
    const { location } = await send(csv(TEACHERS));
    let preview = (await tuan.get(location)).text;
    expect(preview).to.contain("“6C”").and.contain("Lướt sóng").and.contain("“Lê Thị Không, 6A” (1 ô)").and.contain("Không rõ giáo viên này dạy môn gì").and.contain("dạy cùng lúc 6A, 6B");
    const named = [...preview.matchAll(/<label for="(name\.\d)">“([^”]+)”/g)].map(([, field = "", text = ""]) => [text, field]);
    const field = new Map(named as [string, string][]);
    await tuan.post(`${location}/names`, { revision: "1", [field.get("Lê Thị Không, 6A") ?? ""]: "", [field.get("Lướt sóng") ?? ""]: "NGUVAN", "heading.0": "" });
    preview = (await tuan.get(location)).text;
    expect(preview).not.to.contain("Lê Thị Không, 6A” (").and.not.contain("“6C”");
    expect((await tuan.post(`${location}/completion`, { revision: "2" })).status).to.equal(303);
    expect(await said(W.class6A)).to.deep.equal(["1.afternoon.1 toan", "1.morning.1 flag", "1.morning.2 toan", "1.morning.3 van", "2.morning.1 van", "2.morning.2 toan"]);
    expect(await said(W.class6B)).to.deep.equal(["1.morning.3 toan", "2.morning.1 toan", "2.morning.2 toan"]);
    await tuan.post(`${location}/undoing`);
    expect([(await slots(W.class6A)).length, (await slots(W.class6B)).length]).to.deep.equal([0, 0]);
  });

  it("are told once to each pupil and teacher whose week changes, with the day from which it holds; the same again is no news", async () => {
    await addTimetables(app.db);
    await app.db("notices").where({ kind: "timetable_new" }).del();
    const told = async () => (await app.db("notices").where({ kind: "timetable_new" }).orderBy("person_id")) as { person_id: string; href: string; params: string }[];
    const form = async (): Promise<void> => {
      const { location } = await send(csv(SCHOOL));
      await tuan.post(`${location}/completion`, { revision: "1" });
    };
    await form();
    const first = await told();
    const of = (person: string) => first.filter((one) => one.person_id === person);
    expect(of(W.huong)).to.have.length(1);
    expect(JSON.parse(of(W.huong)[0]?.params ?? "{}")).to.deep.equal({ title: "6A, 6B", when: "30/11/2026" });
    expect(of(W.minh).map((one) => one.href)).to.deep.equal([`/classes/${W.class6A}/timetable?on=2026-11-30`]);
    expect((await (await app.as("minh")).get("/notices")).text).to.contain("Thời khóa biểu của 6A thay đổi, áp dụng từ 30/11/2026");
    await app.db("notices").where({ kind: "timetable_new" }).update({ read_at: app.time.now });
    await form();
    expect(await told()).to.have.length(first.length);
  });

  it("are refused where nothing can be read or the day is wrong, and are nobody's business but the arranger's", async () => {
    for (const [bytes, words] of [[csv([["Họ tên", "Lớp"], ["Nguyễn Văn A", "6A"]]), "Không thấy thời khóa biểu"], [Buffer.from([0xe1, 0xff, 0x20, 0x0a]), "UTF-8"], [Buffer.alloc(0), "trống"]] as const) {
      const answer = await send(bytes);
      expect([answer.status, answer.text.includes(words)], words).to.deep.equal([422, true]);
    }
    const outside = await send(csv(SCHOOL), { from_on: "01/01/2031" });
    expect([outside.status, outside.text.includes("nằm ngoài năm học"), outside.text.includes("01/01/2031")]).to.deep.equal([422, true, true]);
    expect((await tuan.post(`/schools/${W.tranPhu}/timetable-imports`)).status).to.equal(422);
    const { location } = await send(csv(SCHOOL));
    for (const [login, status] of [["huong", 403], ["minh", 403], ["lan", 404], ["nam", 200]] as const) expect((await (await app.as(login)).get(location)).status, login).to.equal(status);
    expect([(await tuan.post(`${location}/removal`)).status, (await tuan.get(location)).status]).to.deep.equal([303, 404]);
  });

  it("of teachers are read with morning and afternoon across, or below each other beside a name that stands once", () => {
    const isClass = (text: string): boolean => /^[67][AB]$/.test(text);
    const read = (rows: string[][]): string[] => readWeeks([{ name: "GV", rows }], isClass).map((one) => `${one.by ?? ""}|${one.text}|${one.heading} ${one.day} ${one.session} ${one.number} ${one.at}`);
    const across = [["TT", "Họ và tên", "Thứ 2", "", "", "", "Thứ 3", "", "", "", "Thứ 4", "", "", ""], ["", "", "Sáng", "", "Chiều", "", "Sáng", "", "Chiều", "", "Sáng", "", "Chiều", ""], ["", "", "1", "2", "1", "2", "1", "2", "1", "2", "1", "2", "1", "2"], ["1", "Cô Mai", "6A", "", "", "7B", "", "", "6B", "", "", "", "", ""]];
    expect(read(across)).to.deep.equal(["Cô Mai||6A 1 morning 1 C4", "Cô Mai||7B 1 afternoon 2 F4", "Cô Mai||6B 2 afternoon 1 I4"]);
    const below = [["GV", "Buổi", "Thứ 2", "", "Thứ 3", "", "Thứ 4", ""], ["", "", "1", "2", "1", "2", "1", "2"], ["Mai", "Sáng", "6A", "", "", "Lý 6B", "", ""], ["", "Chiều", "", "7A", "", "", "", ""]];
    expect(read(below)).to.deep.equal(["Mai||6A 1 morning 1 C3", "|Lý - Mai|6B 2 morning 2 F3", "Mai||7A 1 afternoon 2 D4"]);
  });

  it("name teachers in the ways that schools do, and know the columns of subject and teacher of each class", () => {
    for (const written of ["Hương", "hương", "T. Hương", "Ng.T.Hương", "N.T. Hương", "cô Hương", "Nguyễn Thị Hương", "Thị Hương"]) expect(isNamed("Nguyễn Thị Hương", written), written).to.equal(true);
    for (const written of ["Hương A", "M. Hương", "Hồng", "Thị", ""]) expect(isNamed("Nguyễn Thị Hương", written), written).to.equal(false);
    const rows = [["Thứ", "Tiết", "6A", "", "6B", ""], ["", "", "Môn", "GV", "Môn", "GV"], ["Thứ 3", "1", "Toán", "Hương", "Anh", "Mai"], ["", "6", "Văn", "", "", ""]];
    const cells = readWeeks([{ name: "TKB", rows }], (text) => /^6[AB]$/.test(text));
    expect(cells.map((one) => `${one.heading} ${one.day} ${one.session} ${one.number} ${one.text} ${one.at}`)).to.deep.equal(["6A 2 morning 1 Toán - Hương C3", "6B 2 morning 1 Anh - Mai E3", "6A 2 afternoon 1 Văn C4"]);
  });
});
