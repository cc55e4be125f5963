import { expect } from "chai";
import { addMinutes } from "../../server/platform/clock.ts";
import { remindOfClasses } from "../../server/live/jobs.ts";
import { startApp, type Running } from "../support/app.ts";
import type { Answer } from "../support/client.ts";
import { beginAnew } from "../support/live.ts";
import { NOW, W } from "../support/world.ts";
import { liveClass } from "../realtime/room.ts";

describe("a substitute teacher", () => {
  let app: Running;
  let live: string;
  before(async () => {
    app = await startApp();
  });
  beforeEach(async () => {
    await beginAnew(app);
    live = await liveClass(app, { state: "scheduled" });
  });
  after(() => app.stop());

  const name = async (by: string, form: Record<string, string> = {}): Promise<Answer> => (await app.as(by)).post(`/live-classes/${live}/substitute`, { person: W.son, before: "", reason: "Cô đi tập huấn", ...form });
  const told = (person: string) => app.db("notices").where({ person_id: person, href: `/live-classes/${live}` }).orderBy("id").pluck("kind");

  it("is named by the teacher, the head of the subject or a leader; nobody else, and not by the substitute", async () => {
    for (const [login, status] of [["huong", 303], ["mai", 409], ["nam", 409], ["tuan", 403], ["minh", 403], ["thu", 403], ["lan", 404], ["quang", 404], ["son", 403]] as const) expect((await name(login)).status, login).to.equal(status);
    expect(await told(W.son)).to.deep.equal(["live_substitute"]);
    expect(await told(W.huong)).to.deep.equal([]);
    expect(await app.db("audit_entries").where({ action: "live.substitute", subject_id: live, actor_id: W.huong })).to.have.length(1);
    expect((await name("nam", { person: W.mai, before: W.son })).status).to.equal(303);
    expect([await told(W.son), await told(W.mai), await told(W.huong)]).to.deep.equal([["live_substitute", "live_substitute_ended"], ["live_substitute"], ["live_substituted"]]);
    expect((await (await app.as("mai")).get("/notices")).text).to.contain("nhờ thầy cô dạy thay “Tập hợp” lúc").and.contain("Cô đi tập huấn");
  });

  it("is somebody who teaches in this school; what was typed stays; an older page changes nothing", async () => {
    for (const person of [W.quang, W.minh, W.huong, "x".repeat(26)]) {
      const answer = await name("huong", { person });
      expect([answer.status, answer.text.includes("Hãy chọn một mục")], person).to.deep.equal([422, true]);
      expect(answer.text).to.contain("Cô đi tập huấn");
    }
    expect((await name("huong")).status).to.equal(303);
    const stale = await name("huong", { person: W.mai });
    expect([stale.status, stale.text.includes("vừa được đổi")]).to.deep.equal([409, true]);
    await app.db("live_classes").where({ id: live }).update({ state: "ended", ended_at: NOW });
    expect((await name("huong", { person: "", before: W.son })).status).to.equal(409);
  });

  it("is free at that time, or chosen all the same; whoever has a substitute is free for another class", async () => {
    const other = await liveClass(app, { state: "scheduled", courses: [W.van6A] });
    await app.db("live_classes").where({ id: other }).update({ teacher_id: W.son, title: "Ngữ văn 6A: Thánh Gióng" });
    const clash = await name("huong");
    expect([clash.status, clash.text.includes("Người này có buổi khác cùng giờ"), clash.text.includes("Thánh Gióng")]).to.deep.equal([422, true, true]);
    expect((await name("huong", { despite_conflicts: "yes" })).status).to.equal(303);
    const schedule = await (await app.as("huong")).post(`/courses/${W.toan6B}/live-classes`, { lesson: W.toanLesson(2), periods: "1", on: "24/11/2026", at: "09:10", minutes: "30", slides: "", legal_form: "supporting", legal_reason: "" });
    expect(schedule.status).to.equal(303);
  });

  it("has the teacher's rights in this class only, sees it in the own calendar, and is reminded of it", async () => {
    const son = await app.as("son");
    expect((await son.get(`/live-classes/${live}`)).status).to.equal(403);
    await name("huong");
    expect((await son.get("/live-classes")).text).to.contain(`/live-classes/${live}`).and.contain("Dạy thay");
    expect((await son.get("/")).text).to.contain(`/live-classes/${live}`);
    expect((await son.get(`/live-classes/${live}`)).text).to.contain("Vũ Thanh Sơn (dạy thay Nguyễn Thị Hương)").and.contain(`/live-classes/${live}/opening`).and.not.contain(`/live-classes/${live}/substitute`);
    expect((await son.post(`/courses/${W.toan6A}/live-classes`, {})).status).to.equal(403);
    const feed = /\/live-calendars\/[\w-]+\.ics/.exec((await son.post("/calendar-link")).text)?.[0] ?? "";
    expect((await app.visitor().get(feed)).text.replace(/\r\n /g, "")).to.contain("Toán 6A · Vũ Thanh Sơn (dạy thay Nguyễn Thị Hương)");
    await remindOfClasses(app.db, addMinutes(NOW, -5));
    expect(await told(W.son)).to.deep.equal(["live_substitute", "live_soon"]);
    expect(await told(W.huong)).to.deep.equal([]);
  });

  it("holds the class, corrects attendance, and stands in the ledger as who taught it", async () => {
    await name("huong");
    const son = await app.as("son");
    expect((await son.post(`/live-classes/${live}/opening`)).status).to.equal(303);
    const room = (await son.get(`/live-classes/${live}`)).text;
    expect(room).to.contain('data-part="teacher"');
    app.time.now = addMinutes(NOW, 45);
    expect((await son.post(`/live-classes/${live}/closing`)).status).to.equal(303);
    for (const person of [W.minh, W.an, W.chau]) expect((await son.post(`/live-classes/${live}/attendance`, { course: W.toan6A, person, present: "yes", reason: "Có mặt, mất mạng" })).status).to.equal(303);
    await app.settle();
    const [delivery] = await app.db("deliveries").where({ evidence_id: live });
    expect(delivery.taught_by).to.equal(W.son);
    expect((await (await app.as("huong")).get(`/ledger/${delivery.id}`)).text).to.contain("Vũ Thanh Sơn (dạy thay Nguyễn Thị Hương)");
  });
});
