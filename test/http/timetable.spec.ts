import { expect } from "chai";
import readXlsxFile from "read-excel-file/node";
import { startApp, type Running } from "../support/app.ts";
import type { Answer, Client } from "../support/client.ts";
import { countQueries } from "../support/database.ts";
import { addTimetables, TT } from "../support/timetable.ts";
import { W } from "../support/world.ts";

describe("the timetable of a class", () => {
  let app: Running;
  const people = new Map<string, Client>();
  before(async () => {
    app = await startApp();
  });
  beforeEach(async () => {
    for (const table of ["live_class_periods", "live_classes", "holidays", "bells", "timetable_imports", "timetable_slots", "timetables"]) await app.db(table).delete();
    await addTimetables(app.db);
  });
  after(() => app.stop());

  /** Signed in once. */
  async function as(login: string): Promise<Client> {
    const client = people.get(login) ?? (await app.as(login));
    people.set(login, client);
    return client;
  }

  const page6A = `/classes/${W.class6A}/timetable`;
  const week = (places: Record<string, string>, rest: Record<string, string> = {}): Record<string, string> => ({
    from_on: "2026-11-30",
    base: TT.week6A,
    revision: "1",
    ...Object.fromEntries(Object.entries(places).map(([place, value]) => [`s.${place}`, value])),
    ...rest,
  });
  const save = async (form: Record<string, string>, by = "tuan"): Promise<Answer> => (await as(by)).post(`/classes/${W.class6A}/timetables`, form);
  const slots = (from: string) => app.db("timetable_slots as s").join("timetables as t", "t.id", "s.timetable_id").where({ "t.class_id": W.class6A, "t.from_on": from }).orderBy(["s.day", "s.session", "s.number"]).select("s.day", "s.session", "s.number", "s.kind", "s.course_id");

  it("is read by everybody of the school's staff, by its pupils and their parents, and by nobody else", async () => {
    for (const [login, status] of [["minh", 200], ["thu", 200], ["huong", 200], ["son", 200], ["nam", 200], ["tuan", 200], ["khoi", 403], ["lan", 404], ["vy", 404], ["bach", 404], ["ngan", 404]] as const) expect((await (await as(login)).get(page6A)).status, login).to.equal(status);
    const { text } = await (await as("minh")).get(page6A);
    expect(text).to.contain("Thời khóa biểu lớp 6A").and.contain("Áp dụng từ 07/09/2026").and.contain("Nguyễn Thị Hương").and.contain("Chào cờ").and.contain("07:00–07:45").and.not.contain(`${page6A}/edit`);
    expect((await (await as("huong")).get(page6A)).text).to.not.contain(`${page6A}/edit`);
  });

  it("is arranged by the administrator and the leaders, as a version from a day on; the one before stays for its days", async () => {
    for (const [login, status] of [["huong", 403], ["mai", 403], ["minh", 403], ["thu", 403], ["lan", 404], ["nam", 303]] as const) expect((await save(week({ "1.morning.1": "flag", "3.morning.2": W.toan6A }), login)).status, login).to.equal(status);
    expect(await slots("2026-11-30")).to.deep.equal([
      { day: 1, session: "morning", number: 1, kind: "flag", course_id: null },
      { day: 3, session: "morning", number: 2, kind: "lesson", course_id: W.toan6A },
    ]);
    expect(await slots("2026-09-07")).to.have.length(7);
    const minh = await as("minh");
    expect((await minh.get(page6A)).text).to.contain("Áp dụng từ 07/09/2026 đến trước 30/11/2026");
    expect((await minh.get(`${page6A}?on=2026-12-02`)).text).to.contain("Áp dụng từ 30/11/2026");
    expect(await app.db("audit_entries").where({ action: "timetable.create", subject_id: W.class6A, actor_id: W.nam })).to.have.length(1);
  });

  it("sent twice is saved once; an older page, a day that is taken and a foreign course change nothing and keep what was chosen", async () => {
    const form = week({ "1.morning.1": W.toan6A });
    expect([(await save(form)).status, (await save(form)).status]).to.deep.equal([303, 303]);
    expect(await app.db("timetables").where({ class_id: W.class6A })).to.have.length(2);
    const taken = await save(week({ "2.morning.4": W.van6A }));
    expect([taken.status, taken.text.includes("đã có thời khóa biểu áp dụng từ ngày này")]).to.deep.equal([422, true]);
    expect(taken.text).to.match(new RegExp(`name="s.2.morning.4"[^]*?value="${W.van6A}" selected`));
    for (const [place, value] of [["1.morning.1", W.leLoiToan6A], ["1.morning.1", W.toan6B], ["1.morning.1", `${W.toan6A}.${W.son}`], ["1.morning.1", "x"]] as const) {
      const wrong = await save(week({ [place]: value }, { from_on: "2026-12-07" }));
      expect([wrong.status, wrong.text.includes("Hãy chọn một mục có trong danh sách")], value).to.deep.equal([422, true]);
    }
    expect((await save(week({}, { from_on: "2026-12-07" }))).text).to.contain("chưa có tiết nào");
    expect((await save(week({ "1.morning.1": "flag" }, { from_on: "2030-01-01" }))).text).to.contain("nằm ngoài năm học");
    expect((await save(week({ "1.morning.1": "flag" }, { from_on: "2026-09-07" }))).status).to.equal(303);
    const stale = await save(week({ "1.morning.2": "flag" }, { from_on: "2026-09-07" }));
    expect([stale.status, stale.text.includes("vừa được người khác sửa")]).to.deep.equal([409, true]);
    expect(await slots("2026-09-07")).to.have.length(1);
  });

  it("shows where a teacher stands in two classes at once, to whoever arranges", async () => {
    await app.db("timetable_slots").insert({ timetable_id: TT.week6B, day: 2, session: "morning", number: 1, kind: "lesson", course_id: W.toan6B });
    const said = "Thứ Ba, Sáng, tiết 1: Nguyễn Thị Hương dạy cùng lúc 6A, 6B";
    expect((await (await as("tuan")).get(page6A)).text).to.contain(said);
    expect((await (await as("nam")).get(`/schools/${W.tranPhu}/timetables`)).text).to.contain(said).and.contain("2/2 lớp có thời khóa biểu");
    expect((await (await as("minh")).get(page6A)).text).to.not.contain("cùng lúc");
  });

  it("is removed by version, once, and the one before holds on", async () => {
    await save(week({ "1.morning.1": "flag" }));
    const { id } = await app.db("timetables").where({ class_id: W.class6A, from_on: "2026-11-30" }).first("id");
    const remove = async (by: string): Promise<number> => (await (await as(by)).post(`/timetables/${id}/removal`, { revision: "1" })).status;
    expect([await remove("huong"), await remove("lan"), await remove("tuan"), await remove("tuan")]).to.deep.equal([403, 404, 303, 404]);
    expect((await (await as("minh")).get(`${page6A}?on=2026-12-02`)).text).to.contain("Áp dụng từ 07/09/2026");
  });

  it("is a sheet to print, an Excel file and a CSV file; the school's has a column for each class", async () => {
    const minh = await as("minh");
    expect((await minh.get(`${page6A}/print`)).text).to.contain("data-print").and.contain("Nguyễn Thị Hương");
    const csv = await minh.get(`${page6A}.csv`);
    expect(csv.text).to.contain('"Buổi","Tiết","Giờ","Thứ Hai"').and.contain('"Sáng","2","07:50–08:35","Toán - Nguyễn Thị Hương"');
    const [sheet] = await readXlsxFile((await minh.get(`${page6A}.xlsx`)).bytes);
    expect(sheet?.data[0]).to.include.members(["Thứ Hai", "Thứ Bảy"]);
    expect((await (await as("huong")).get(`/schools/${W.tranPhu}/timetables.csv`)).text).to.contain('"Thứ","Buổi","Tiết","6A","6B"').and.contain('"Thứ Tư","Sáng","3","","Toán - Nguyễn Thị Hương"');
    expect((await minh.get(`/schools/${W.tranPhu}/timetables.csv`)).status).to.equal(403);
    await app.db("timetable_slots").delete();
    await app.db("timetables").delete();
    expect((await minh.get(`${page6A}/print`)).status).to.equal(404);
  });

  it("is everybody's own week, with the plan's lesson in each period, without holidays, and with the live classes in it", async () => {
    await app.db("holidays").insert({ id: "h".repeat(26), year_id: "2026-2027", unit_id: W.tranPhu, name: "Ngày nghỉ của trường", from_on: "2026-11-27", to_on: "2026-11-27" });
    await app.db("live_classes").insert({ id: "l".repeat(26), school_id: W.tranPhu, teacher_id: W.huong, title: "Toán 6A", starts_at: "2026-11-24T00:50:00.000Z", length_minutes: 45, created_at: "2026-11-20T00:00:00.000Z" });
    await app.db("live_class_periods").insert({ live_class_id: "l".repeat(26), course_id: W.toan6A, plan_lesson_id: W.toanLesson(7), period_number: 1 });
    const huong = (await (await as("huong")).get("/timetable")).text;
    expect(huong).to.contain("Tuần 12, từ 23/11/2026 đến 28/11/2026").and.contain("Toán 6B").and.contain("Luỹ thừa với số mũ tự nhiên").and.contain(`/live-classes/${"l".repeat(26)}`).and.not.contain("Ngữ văn");
    expect(huong.match(/class="lesson-slot"/g)).to.have.length(4); // Friday is off
    expect((await (await as("huong")).get("/timetable?week=14")).text).to.contain("Hoạt động thực hành trải nghiệm").and.contain('href="/timetable?week=13');
    expect((await (await as("son")).get("/timetable")).text).to.contain("Văn bản đọc 7").and.not.contain("Toán");
    expect((await (await as("minh")).get("/timetable")).text).to.contain("Lớp 6A, THCS Trần Phú").and.contain("Chào cờ").and.contain("Ngữ văn");
    expect((await (await as("thu")).get("/timetable")).text).to.contain("Lớp 6A, THCS Trần Phú");
    expect((await (await as("dung")).get("/timetable")).text).to.contain("Chưa có thời khóa biểu");
    expect((await (await as("minh")).get(`/timetable?of=${W.class6B}`)).text).to.not.contain("6B");
    const minh = (await (await as("minh")).get("/")).text;
    expect(minh).to.contain("Hôm nay theo thời khóa biểu").and.contain("Sáng, tiết 1 · 07:00–07:45").and.contain('href="/timetable"');
    expect((await countQueries(app.db, async () => (await as("huong")).get("/timetable"))).count).to.be.at.most(20);
  });

  it("has times of its own where the school sets them, from a day on; wrong ones are said at the field", async () => {
    const path = `/schools/${W.tranPhu}/bells`;
    const times = { from_on: "23/11/2026", place: W.tranPhu, "morning.1.starts": "7:15", "morning.1.ends": "8:00", "morning.2.starts": "8:05", "morning.2.ends": "8:50" };
    for (const [login, status] of [["huong", 403], ["minh", 403], ["lan", 404], ["tuan", 303], ["tuan", 303]] as const) expect((await (await as(login)).post(path, times)).status, login).to.equal(status);
    expect(await app.db("bells")).to.have.length(1);
    expect((await (await as("minh")).get(page6A)).text).to.contain("07:15–08:00");
    expect((await (await as("minh")).get(`${page6A}?on=2026-11-20`)).text).to.contain("07:00–07:45");
    const tuan = await as("tuan");
    for (const [change, words] of [
      [{ "morning.1.ends": "7:00" }, "Giờ ra phải sau giờ vào"],
      [{ "morning.2.starts": "7:30" }, "khi tiết trước chưa kết thúc"],
      [{ "morning.2.starts": "", "morning.2.ends": "", "morning.3.starts": "9:00", "morning.3.ends": "9:45" }, "Hãy điền tiết trước đó"],
      [{ "morning.2.ends": "" }, "Cần điền mục này"],
      [{ "morning.1.starts": "25:00" }, "Giờ viết theo dạng"],
    ] as const) {
      const answer = await tuan.post(path, { ...times, ...change });
      expect([answer.status, answer.text.includes(words)], words).to.deep.equal([422, true]);
    }
    expect((await tuan.post(path, { ...times, place: W.leLoi })).status).to.equal(404);
    expect((await tuan.get(path)).text).to.contain('value="07:15"');
  });
});
