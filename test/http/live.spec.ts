import { expect } from "chai";
import { z } from "zod";
import { startApp, type Running } from "../support/app.ts";
import type { Client } from "../support/client.ts";
import { digitise } from "../support/ledger.ts";
import { addMinutes } from "../../server/platform/clock.ts";
import { beginAnew, classForm, plan } from "../support/live.ts";
import { NOW, W } from "../support/world.ts";
import { liveClass } from "../realtime/room.ts";

const TODAY = "2026-11-24";

describe("live classes", () => {
  let app: Running;
  let huong: Client;
  before(async () => {
    app = await startApp();
    huong = await app.as("huong");
  });
  beforeEach(() => beginAnew(app));
  after(() => app.stop());

  const form = (change: Record<string, string | string[]> = {}) => classForm({ lesson: W.toanLesson(2), at: "10:00", ...change });
  const schedule = (change: Record<string, string | string[]> = {}) => plan(huong, form(change));
  const idIn = (location: string): string => location.split("/").at(-1) ?? "";
  const audit = (id: string) => app.db("audit_entries").where({ subject_id: id }).orderBy("id").pluck("action");
  const mark = async (live: string, person: string, from: number, to: number, ending = "left"): Promise<void> => {
    const [joined_at, seen_at] = [addMinutes(NOW, from), addMinutes(NOW, to)];
    await app.db("presence_marks").insert({ id: `${live.slice(0, 10)}${person.slice(0, 12)}${1000 + from}`, live_class_id: live, person_id: person, connection_id: `${person.slice(0, 20)}${from}`, joined_at, seen_at, left_at: seen_at, ending });
  };
  /** A class of 40 minutes: Minh stayed with a lost line, An left after ten minutes, Châu and Duy did not come. */
  const held = async (): Promise<string> => {
    const live = await liveClass(app);
    await mark(live, W.minh, 0, 20, "lost");
    await mark(live, W.minh, 25, 40);
    await mark(live, W.an, 0, 10);
    app.time.now = addMinutes(NOW, 40);
    expect((await huong.post(`/live-classes/${live}/closing`)).status).to.equal(303);
    return live;
  };

  describe("scheduling", () => {
    it("offers the plan's lessons, then everything filled in", async () => {
      const slides = await digitise(app.db, [W.toanLesson(2)], NOW);
      const choose = await huong.get(`/courses/${W.toan6A}/live-classes/new`);
      expect(choose.text).to.contain("2. Cách ghi số tự nhiên (2 tiết, tuần 1)");
      const page = await huong.get(`/courses/${W.toan6A}/live-classes/new?lesson=${W.toanLesson(2)}`);
      expect(page.status).to.equal(200);
      expect(page.text).to.contain('value="1" id="periods" checked').and.contain("Tiết 2").and.contain(slides).and.contain("Toán 6B");
      expect(page.text).to.contain(`value="${TODAY}"`).and.contain('value="10:00"').and.contain('value="45"');
    });

    it("saves a class for two courses and two periods, and tells the pupils' list", async () => {
      const slides = await digitise(app.db, [W.toanLesson(2)], NOW);
      const answer = await schedule({ periods: ["1", "2"], with: W.toan6B, minutes: "90", slides });
      expect(answer.status).to.equal(303);
      const id = idIn(answer.location);
      const [row] = await app.db("live_classes").where({ id });
      expect(row).to.include({ starts_at: "2026-11-24T03:00:00.000Z", length_minutes: 90, state: "scheduled", teacher_id: W.huong, slides_material_id: slides });
      expect(await app.db("live_class_periods").where({ live_class_id: id })).to.have.length(4);
      expect(await audit(id)).to.deep.equal(["live.schedule"]);
      for (const login of ["minh", "khoi"]) {
        const pupil = await app.as(login);
        expect((await pupil.get("/live-classes")).text, login).to.contain("Toán 6A: Cách ghi số tự nhiên");
      }
      expect((await (await app.as("vy")).get("/live-classes")).text).not.to.contain("Cách ghi số tự nhiên");
      expect((await huong.get(`/courses/${W.toan6A}/live-classes`)).text).to.contain("10:00, thứ Ba, 24/11");
    });

    it("shows conflicts of teacher and class, keeps what was typed, and yields to a second thought", async () => {
      await schedule();
      const clash = await schedule({ at: "10:30", legal_form: "replacing", legal_reason: "Trường nghỉ do bão" });
      expect(clash.status).to.equal(422);
      expect(clash.text).to.contain("Trùng giờ với buổi đã có").and.contain("Trường nghỉ do bão").and.contain('value="10:30"');
      const anyway = await schedule({ at: "10:30", legal_form: "replacing", legal_reason: "Trường nghỉ do bão", despite_conflicts: "yes" });
      expect(anyway.status).to.equal(303);
    });

    it("says at each field what is wrong", async () => {
      const many = await schedule({ periods: "3", at: "07:00", with: W.van6A });
      expect(many.status).to.equal(422);
      expect(many.text).to.contain("Giờ này đã qua.").and.contain("Hãy chọn một mục có trong danh sách.");
      const reason = await schedule({ legal_form: "replacing" });
      expect(reason.text).to.contain("Dạy thay thế trực tiếp cần ghi rõ lý do.");
      expect((await schedule({ on: "31/02/2027" })).text).to.contain("Ngày chưa đúng");
      expect((await schedule({ at: "25:00", minutes: "5" })).text).to.contain("Giờ viết theo dạng").and.contain("Số nhỏ nhất được nhận là 10.");
      const none = { ...form() };
      delete none["periods"];
      expect((await huong.post(`/courses/${W.toan6A}/live-classes`, none)).text).to.contain("Cần điền mục này.");
    });

    it("is for the course's teacher", async () => {
      for (const [login, status] of [["son", 403], ["nam", 403], ["minh", 403], ["quang", 404], ["dung", 404]] as const) {
        const client = await app.as(login);
        expect((await client.get(`/courses/${W.toan6A}/live-classes/new`)).status, login).to.equal(status);
        expect((await client.post(`/courses/${W.toan6A}/live-classes`, form())).status, login).to.equal(status);
      }
    });

    it("is cancelled with a reason that pupils read, once", async () => {
      const id = idIn((await schedule()).location);
      expect((await huong.get(`/live-classes/${id}/cancellation`)).text).to.contain("Hủy buổi học");
      expect((await huong.post(`/live-classes/${id}/cancellation`, { reason: " " })).status).to.equal(422);
      expect((await huong.post(`/live-classes/${id}/cancellation`, { reason: "Cô bị ốm" })).status).to.equal(303);
      expect((await (await app.as("minh")).get(`/live-classes/${id}`)).text).to.contain("Cô bị ốm");
      expect((await huong.post(`/live-classes/${id}/cancellation`, { reason: "Lần nữa" })).status).to.equal(409);
      expect(await app.db("events").where({ name: "live_class_cancelled" }).where("payload", "like", `%${id}%`)).to.have.length(1);
      expect(await audit(id)).to.deep.equal(["live.schedule", "live.cancel"]);
    });
  });

  describe("from the lobby to the end", () => {
    it("opens the lobby to pupils ten minutes before, and the class when the teacher starts it", async () => {
      const id = idIn((await schedule()).location);
      const minh = await app.as("minh");
      expect((await minh.get(`/live-classes/${id}`)).text).to.contain("Phòng chờ mở lúc 9:50");
      app.time.now = "2026-11-24T02:51:00.000Z";
      const lobby = await minh.get(`/live-classes/${id}`);
      expect(lobby.text).to.contain("Em đang ở phòng chờ").and.contain("live-class.js").and.not.contain("Bắt đầu lớp học");
      expect((await minh.post(`/live-classes/${id}/opening`)).status).to.equal(403);
      expect((await huong.get(`/live-classes/${id}`)).text).to.contain("Bắt đầu lớp học");
      expect((await huong.post(`/live-classes/${id}/opening`)).status).to.equal(303);
      expect((await huong.post(`/live-classes/${id}/opening`)).status).to.equal(409);
      expect((await minh.get(`/live-classes/${id}`)).text).to.contain("Trò chuyện").and.contain("Giơ tay");
      expect(await audit(id)).to.deep.equal(["live.schedule", "live.open"]);
    });

    it("cannot be started hours before", async () => {
      const id = idIn((await schedule({ at: "15:00" })).location);
      expect((await huong.post(`/live-classes/${id}/opening`)).status).to.equal(409);
    });

    it("works by forms where no script runs: messages, hands, slides, and says what does not", async () => {
      const slides = await digitise(app.db, [W.toanLesson(1)], NOW);
      const live = await liveClass(app);
      await app.db("live_classes").where({ id: live }).update({ slides_material_id: slides });
      const minh = await app.as("minh");
      const room = await minh.get(`/live-classes/${live}`);
      expect(room.text).to.contain("<noscript>").and.contain("điểm danh không tự ghi được").and.contain(`/live-classes/${live}/slides`);
      expect((await minh.post(`/live-classes/${live}/messages`, { text: "Em <i>chào</i> cô", key: "first-key" })).status).to.equal(303);
      expect((await minh.post(`/live-classes/${live}/messages`, { text: "Em <i>chào</i> cô", key: "first-key" })).status).to.equal(303);
      expect((await huong.get(`/live-classes/${live}`)).text).to.contain("Em &lt;i&gt;chào&lt;/i&gt; cô");
      expect(await app.db("live_messages").where({ live_class_id: live })).to.have.length(1);
      const long = "a".repeat(2001);
      const refused = await minh.post(`/live-classes/${live}/messages`, { text: long, key: "second-key" });
      expect(refused.status).to.equal(422);
      expect(refused.text).to.contain(long);
      await minh.post(`/live-classes/${live}/hand`);
      expect((await huong.get(`/live-classes/${live}`)).text).to.contain("<li>Lê Đức Minh</li>");
      await minh.post(`/live-classes/${live}/hand-removal`);
      expect(await app.db("live_hands").where({ live_class_id: live })).to.have.length(0);
      expect((await minh.post(`/live-classes/${live}/slide`, { page: "2" })).status).to.equal(403);
      await huong.post(`/live-classes/${live}/slide`, { page: "2" });
      expect((await minh.get(`/live-classes/${live}`)).text).to.contain("Thầy cô đang ở trang 2.");
    });

    it("pages back through what was said", async () => {
      const live = await liveClass(app);
      await app.db("live_classes").where({ id: live }).update({ message_count: 120 });
      for (let seq = 1; seq <= 120; seq += 1) {
        await app.db("live_messages").insert({ live_class_id: live, seq, person_id: W.minh, body: `tin số ${seq}.`, client_key: `key-${seq}`, at: NOW });
      }
      const room = await huong.get(`/live-classes/${live}`);
      expect(room.text).to.contain("tin số 71.").and.contain("messages?before=71").and.not.contain("tin số 70.");
      const older = await huong.get(`/live-classes/${live}/messages?before=71`);
      expect(older.text).to.contain("tin số 21.").and.contain("tin số 70.").and.contain("before=21").and.not.contain("tin số 71.");
      expect((await huong.get(`/live-classes/${live}/messages?before=drop`)).status).to.equal(200);
    });

    it("does not exist for other schools, other classes, and pupils' rivals; parents see when it is", async () => {
      const live = await liveClass(app);
      for (const login of ["vy", "quang", "lan", "khoi", "dung", "ha", "bach"]) {
        const client = await app.as(login);
        for (const path of ["", "/slides", "/messages", "/attendance.csv", "/cancellation"]) {
          expect((await client.get(`/live-classes/${live}${path}`)).status, login + path).to.equal(404);
        }
        for (const act of ["opening", "closing", "messages", "hand", "attendance", "slide", "cancellation"]) {
          expect((await client.post(`/live-classes/${live}/${act}`)).status, `${login} ${act}`).to.equal(404);
        }
      }
      const thu = await app.as("thu");
      const page = await thu.get(`/live-classes/${live}`);
      expect(page.status).to.equal(200);
      expect(page.text).not.to.contain("Bùi Bảo An");
      expect((await thu.post(`/live-classes/${live}/messages`, { text: "Chào cô", key: "thu-0001" })).status).to.equal(403);
      expect((await app.visitor().get(`/live-classes/${live}`)).status).to.not.equal(200);
    });

    it("ends once, and writes who was there", async () => {
      const live = await held();
      expect((await huong.post(`/live-classes/${live}/closing`)).status).to.equal(409);
      const rows = await app.db("attendances").where({ live_class_id: live }).select("person_id", "present_minutes", "present");
      const seen = new Map(rows.map((row: { person_id: string; present_minutes: number; present: unknown }) => [row.person_id, [row.present_minutes, Boolean(row.present)]]));
      expect(Object.fromEntries(seen)).to.deep.equal({ [W.minh]: [35, true], [W.an]: [10, false], [W.chau]: [0, false], [W.duy]: [0, false] });
      expect(await audit(live)).to.deep.equal(["live.end"]);
    });
  });

  describe("after class", () => {
    it("shows the teacher minutes, interruptions and the periods' minutes", async () => {
      const live = await held();
      const page = await huong.get(`/live-classes/${live}`);
      expect(page.text).to.contain("1 trên 4 em có mặt").and.contain("mất kết nối 9:20–9:25").and.contain("9:00–9:20, 9:25–9:40").and.contain("Tiết 1: 40 trên 45 phút").and.contain("không vào lớp");
    });

    it("shows a pupil and a parent only their own", async () => {
      const live = await held();
      const minh = await (await app.as("minh")).get(`/live-classes/${live}`);
      expect(minh.text).to.contain("Có mặt 35 trên 40 phút").and.not.contain("Bùi Bảo An");
      const thu = await (await app.as("thu")).get(`/live-classes/${live}`);
      expect(thu.text).to.contain("Lê Đức Minh trong buổi học này").and.not.contain("Bùi Bảo An");
      expect((await (await app.as("minh")).get(`/live-classes/${live}/attendance.csv`)).status).to.equal(403);
    });

    it("is corrected with a reason; what the server saw stays; the ledger counts anew", async () => {
      const live = await held();
      await app.settle();
      const standing = () => app.db("ledger_periods").where({ course_id: W.toan6A, plan_lesson_id: W.toanLesson(1), period_number: 1 }).first();
      expect(await standing()).to.include({ state: "not_counted", reason: "too_few_present" });
      const correction = { course: W.toan6A, person: W.an, present: "yes", reason: "Em An học bằng máy của chị" };
      expect((await huong.post(`/live-classes/${live}/attendance`, { ...correction, reason: "" })).text).to.contain("Cần điền mục này.");
      expect((await (await app.as("nam")).post(`/live-classes/${live}/attendance`, correction)).status).to.equal(403);
      expect((await huong.post(`/live-classes/${live}/attendance`, correction)).status).to.equal(303);
      const row = await app.db("attendances").where({ live_class_id: live, person_id: W.an }).first();
      expect(z.object({ corrected_reason: z.string(), corrected_by: z.string(), present_minutes: z.number() }).loose().parse(row)).to.include({ corrected_reason: "Em An học bằng máy của chị", corrected_by: W.huong, present_minutes: 10 });
      expect([Boolean(row.present), Boolean(row.corrected_present)]).to.deep.equal([false, true]);
      await app.settle();
      expect(await standing()).to.include({ state: "counted" });
      expect((await huong.get(`/live-classes/${live}`)).text).to.contain("Có mặt (theo Nguyễn Thị Hương)").and.contain("Hệ thống ghi: Vắng");
      await huong.post(`/live-classes/${live}/attendance`, { ...correction, present: "seen", reason: "Nhầm em" });
      await app.settle();
      expect(await standing()).to.include({ state: "not_counted" });
      expect(await audit(live)).to.deep.equal(["live.end", "attendance.correct", "attendance.correct"]);
    });

    it("refuses a correction of somebody who is not on the list, or before the end", async () => {
      const live = await held();
      expect((await huong.post(`/live-classes/${live}/attendance`, { course: W.toan6A, person: W.vy, present: "yes", reason: "x" })).status).to.equal(404);
      const running = await liveClass(app);
      expect((await huong.post(`/live-classes/${running}/attendance`, { course: W.toan6A, person: W.an, present: "yes", reason: "x" })).status).to.equal(409);
    });

    it("takes a held class back with a reason, and its period no longer counts", async () => {
      const live = await held();
      await huong.post(`/live-classes/${live}/attendance`, { course: W.toan6A, person: W.an, present: "yes", reason: "Máy của chị" });
      await app.settle();
      await huong.post(`/live-classes/${live}/cancellation`, { reason: "Dạy nhầm bài" });
      await app.settle();
      const period = await app.db("deliveries as d").join("delivery_acts as a", "a.delivery_id", "d.id").where({ "d.evidence_id": live }).orderBy("a.id", "desc").first("a.counted", "a.reason");
      expect([Boolean(period.counted), period.reason]).to.deep.equal([false, "cancelled"]);
    });

    it("gives the attendance as a file in which no cell is a formula", async () => {
      const live = await held();
      await huong.post(`/live-classes/${live}/attendance`, { course: W.toan6A, person: W.an, present: "yes", reason: '=HYPERLINK("http://evil")' });
      const file = await (await app.as("nam")).get(`/live-classes/${live}/attendance.csv`);
      expect(file.headers.get("content-type")).to.contain("text/csv");
      expect(file.headers.get("content-disposition")).to.contain("diem-danh-2026-11-24.csv");
      expect(file.text).to.contain(`"'=HYPERLINK(""http://evil"")"`).and.contain('"Lê Đức Minh","Toán 6A",35');
      expect(await audit(live)).to.include("attendance.export");
    });
  });
});
