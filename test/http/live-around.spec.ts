import { expect } from "chai";
import { remindOfClasses, saveBoards } from "../../server/live/jobs.ts";
import { accessChanged } from "../../server/accounts/events.ts";
import { endAllSessions } from "../../server/accounts/store.ts";
import { raise } from "../../server/platform/jobs/queue.ts";
import { addMinutes } from "../../server/platform/clock.ts";
import { startApp, type Running } from "../support/app.ts";
import type { Client } from "../support/client.ts";
import { beginAnew, plan } from "../support/live.ts";
import { NOW, W } from "../support/world.ts";
import { newId } from "../../server/platform/ids.ts";
import { ask, closeAll, connected, liveClass } from "../realtime/room.ts";

describe("before and after a live class", () => {
  let app: Running;
  let huong: Client;
  before(async () => {
    app = await startApp();
    huong = await app.as("huong");
  });
  beforeEach(() => beginAnew(app));
  after(() => app.stop());

  const schedule = (change: Record<string, string>) => plan(huong, { lesson: W.toanLesson(2), at: "10:00", ...change });

  it("schedules a series: the lessons that follow, week after week, and shows a conflict of any of them", async () => {
    expect((await schedule({ weeks: "2" })).status).to.equal(303);
    const rows = await app.db("live_classes").where({ state: "scheduled" }).orderBy("starts_at");
    expect(rows.map((row) => row.starts_at)).to.deep.equal(["2026-11-24T03:00:00.000Z", "2026-12-01T03:00:00.000Z", "2026-12-08T03:00:00.000Z"]);
    expect(new Set(rows.map((row) => row.series_id)).size).to.equal(1);
    expect(rows[1].title).to.equal("Toán 6A: Thứ tự trong tập hợp các số tự nhiên");
    const clash = await schedule({ on: "01/12/2026", at: "10:30", weeks: "1" });
    expect(clash.status).to.equal(422);
    expect(clash.text).to.contain("Trùng giờ với buổi đã có").and.contain('name="weeks"');
    expect((await schedule({ weeks: "21" })).status).to.equal(422);
  });

  it("reminds the teacher and the pupils once, ten minutes before", async () => {
    const live = await liveClass(app, { state: "scheduled" });
    const told = () => app.db("notices").where({ kind: "live_soon", href: `/live-classes/${live}` }).pluck("person_id");
    await remindOfClasses(app.db, addMinutes(NOW, -12));
    expect(await told()).to.deep.equal([]);
    await remindOfClasses(app.db, addMinutes(NOW, -9));
    await remindOfClasses(app.db, addMinutes(NOW, -8));
    expect((await told()).sort()).to.deep.equal([W.huong, W.minh, W.an, W.chau, W.duy].sort());
    expect((await (await app.as("minh")).get("/notices")).text).to.contain("“Tập hợp” bắt đầu sau ít phút");
  });

  it("tells pupils in the lobby that the teacher is late", async () => {
    const live = await liveClass(app, { state: "scheduled" });
    expect((await huong.post(`/live-classes/${live}/lateness`, { minutes: "15" })).status).to.equal(303);
    app.time.now = addMinutes(NOW, 5);
    expect((await (await app.as("minh")).get(`/live-classes/${live}`)).text).to.contain("vào muộn khoảng 15 phút");
    app.time.now = addMinutes(NOW, 20);
    expect((await (await app.as("minh")).get(`/live-classes/${live}`)).text).to.contain("thầy cô chưa vào");
    expect((await (await app.as("minh")).post(`/live-classes/${live}/lateness`, { minutes: "15" })).status).to.equal(403);
  });

  it("saves the board as a draft of the teacher, linked to the lesson, once", async () => {
    const live = await liveClass(app);
    const body = (value: object) => JSON.stringify(value);
    const drawing = (seq: number, kind: string, value: object, page = 1) => ({ live_class_id: live, seq, person_id: W.huong, page, kind, body: body(value), client_key: `stroke-${seq}`, at: NOW });
    await app.db("live_rooms").insert({ live_class_id: live, drawn: 4, blank_pages: 1 });
    await app.db("live_drawings").insert([
      drawing(1, "ink", { c: 1, w: 2, d: "oGoGeGGA" }),
      drawing(2, "text", { c: 0, w: 2, x: 50, y: 50, t: "Tập hợp các số tự nhiên" }, -1),
      drawing(3, "arrow", { c: 2, w: 1, x: 10, y: 10, x2: 200, y2: 200 }, -1),
      drawing(4, "hide", { of: [1] }),
    ]);
    app.time.now = addMinutes(NOW, 40);
    await huong.post(`/live-classes/${live}/closing`);
    await saveBoards(app.db, app.blobs, app.time.now, app.config.schoolQuotaBytes);
    await saveBoards(app.db, app.blobs, app.time.now, app.config.schoolQuotaBytes);
    const saved = await app.db("materials as m").join("material_lessons as l", "l.material_id", "m.id").join("material_versions as v", "v.id", "m.latest_version_id").where("m.title", "like", "Bảng của buổi học%").select("m.state", "m.uploaded_by", "l.plan_lesson_id", "v.mime", "v.size_bytes");
    expect(saved).to.have.length(1);
    expect(saved[0]).to.include({ state: "draft", uploaded_by: W.huong, plan_lesson_id: W.toanLesson(1), mime: "application/pdf" });
    expect(Number(saved[0].size_bytes)).to.be.greaterThan(1000);
    expect((await huong.get(`/live-classes/${live}`)).text).to.contain("Bảng của buổi học (PDF)");
  });

  it("tells parents of absences only where the school's leader wants it", async () => {
    const nam = await app.as("nam");
    const end = async (): Promise<string> => {
      const live = await liveClass(app);
      app.time.now = addMinutes(NOW, 40);
      await huong.post(`/live-classes/${live}/closing`);
      await app.settle();
      app.time.now = NOW;
      return live;
    };
    await end();
    expect(await app.db("notices").where({ kind: "live_absent" })).to.have.length(0);
    expect((await huong.post(`/schools/${W.tranPhu}/live-settings`, { tell_parents: "yes" })).status).to.equal(403);
    expect((await nam.get(`/units/${W.tranPhu}`)).text).to.contain(`/schools/${W.tranPhu}/live-settings`);
    expect((await nam.get(`/schools/${W.tranPhu}/live-settings`)).status).to.equal(200);
    expect((await nam.post(`/schools/${W.tranPhu}/live-settings`, { tell_parents: "yes" })).status).to.equal(303);
    const live = await end();
    expect(await app.db("notices").where({ kind: "live_absent" }).select("person_id", "href")).to.deep.equal([{ person_id: W.thu, href: `/live-classes/${live}` }]);
    expect((await (await app.as("thu")).get("/notices")).text).to.contain("Lê Đức Minh vắng buổi học trực tuyến");
  });

  it("gives a calendar by a secret link, which a new one replaces", async () => {
    const live = await liveClass(app, { state: "scheduled" });
    const link = async (): Promise<string> => /\/live-calendars\/[\w-]+\.ics/.exec((await (await app.as("minh")).post("/calendar-link")).text)?.[0] ?? "";
    const first = await link();
    const feed = await app.visitor().get(first);
    expect(feed.headers.get("content-type")).to.contain("text/calendar");
    expect(feed.text).to.contain(`UID:${live}@hoc-lieu`).and.contain("DTSTART:20261124T020000Z").and.contain("SUMMARY:Tập hợp").and.contain("TRIGGER:-PT10M");
    expect(feed.text.split("\r\n").every((line) => Buffer.byteLength(line) <= 75)).to.equal(true);
    const second = await link();
    expect((await app.visitor().get(first)).status).to.equal(404);
    expect((await app.visitor().get(second)).status).to.equal(200);
    expect(await app.db("calendar_links").where("token_hash", "like", `%${second.slice(16, 40)}%`)).to.have.length(0);
  });

  it("stops a calendar link by its owner, by signing out everywhere, and with the account", async () => {
    const minh = await app.as("minh");
    const link = async (): Promise<string> => /\/live-calendars\/[\w-]+\.ics/.exec((await (await app.as("minh")).post("/calendar-link")).text)?.[0] ?? "";
    const works = async (address: string): Promise<boolean> => (await app.visitor().get(address)).status === 200;
    await app.db("calendar_links").del();
    expect((await minh.get("/live-classes")).text).not.to.contain("/calendar-link-removal");
    const first = await link();
    expect((await minh.get("/live-classes")).text).to.contain("/calendar-link-removal").and.contain("Một liên kết lịch đang hoạt động");
    expect((await minh.post("/calendar-link-removal")).status).to.equal(303);
    expect((await minh.post("/calendar-link-removal")).status).to.equal(303);
    expect(await works(first)).to.equal(false);
    expect(await app.db("audit_entries").where({ action: "calendar.revoke", subject_id: W.minh })).to.have.length(1);
    const second = await link();
    await endAllSessions(app.db, W.minh, NOW, "test");
    await app.settle();
    expect(await works(second)).to.equal(false);
    const third = await link();
    await raise(app.db, accessChanged, { personId: W.minh }, NOW); // moved, or one device signed out
    await app.settle();
    expect(await works(third)).to.equal(true);
    const tuan = await app.as("tuan");
    expect((await tuan.post(`/people/${W.minh}/suspension`)).status).to.equal(303);
    await app.settle();
    expect((await tuan.post(`/people/${W.minh}/suspension-removal`)).status).to.equal(303);
    expect(await works(third)).to.equal(false);
  });

  it("writes the installation's own address into calendars, whatever the request calls itself", async () => {
    await liveClass(app, { state: "scheduled" });
    const { text } = await huong.post("/calendar-link");
    expect(text).to.contain(`${app.config.baseUrl}/live-calendars/`);
    const feed = await fetch(`${app.base}${/\/live-calendars\/[\w-]+\.ics/.exec(text)?.[0] ?? ""}`, { headers: { "x-forwarded-host": "evil.example" } });
    expect(await feed.text()).to.contain(`URL:${app.config.baseUrl}/live-classes/`).and.not.contain("evil.example");
  });

  it("keeps the board until the school has room for its PDF, and says so", async () => {
    const live = await liveClass(app);
    await app.db("live_rooms").insert({ live_class_id: live, drawn: 1 });
    await app.db("live_drawings").insert({ live_class_id: live, seq: 1, person_id: W.huong, page: -1, kind: "text", body: JSON.stringify({ c: 0, w: 2, x: 50, y: 50, t: "Tập hợp" }), client_key: "stroke-1", at: NOW });
    app.time.now = addMinutes(NOW, 40);
    await huong.post(`/live-classes/${live}/closing`);
    await saveBoards(app.db, app.blobs, app.time.now, 10);
    await saveBoards(app.db, app.blobs, app.time.now, 10);
    expect(await app.db("notices").where({ kind: "live_board_no_room", person_id: W.huong })).to.have.length(1);
    expect((await huong.get(`/live-classes/${live}`)).text).to.contain("kho của trường đã đầy");
    expect((await (await app.as("nam")).post(`/live-classes/${live}/board`)).status).to.equal(403);
    expect((await (await app.as("lan")).post(`/live-classes/${live}/board`)).status).to.equal(404);
    expect((await huong.post(`/live-classes/${live}/board`)).status).to.equal(303);
    expect((await huong.get(`/live-classes/${live}`)).text).to.contain("Bảng của buổi học (PDF)").and.not.contain("kho của trường đã đầy");
    expect((await huong.post(`/live-classes/${live}/board`)).status).to.equal(409);
  });

  it("tells the minutes on another page beside the attendance, on the page and in the file", async () => {
    const live = await liveClass(app);
    const seen = (kind: string, minute: number) => ({ id: newId(), live_class_id: live, person_id: W.minh, connection_id: "phone", kind, at: addMinutes(NOW, minute) });
    await app.db("live_presence_events").insert([seen("join", 0), seen("away", 10), seen("back", 22)]);
    app.time.now = addMinutes(NOW, 40);
    await huong.post(`/live-classes/${live}/closing`);
    expect((await huong.get(`/live-classes/${live}`)).text).to.contain("ở trang khác 12 phút");
    expect((await huong.get(`/live-classes/${live}/attendance.csv`)).text).to.match(/Số phút ở trang khác[\s\S]*Lê Đức Minh.*12/);
  });

  it("gives pupils with the floor no camera where the school's leader wants it so", async () => {
    const nam = await app.as("nam");
    const live = await liveClass(app);
    await app.db("live_floor").insert({ live_class_id: live, person_id: W.minh, given_by: W.huong, given_at: NOW });
    const socket = await connected(app, await app.as("minh"));
    await ask(socket, "live:enter", { id: live, since: 0 });
    const may = async (): Promise<unknown> => ((await ask(socket, "live:media-state")) as { may?: unknown }).may;
    expect(await may()).to.deep.equal(["mic", "camera"]);
    expect((await nam.post(`/schools/${W.tranPhu}/live-settings`, { pupils_unseen: "yes", recording_days: "30" })).status).to.equal(303);
    expect(await may()).to.deep.equal(["mic"]);
    expect((await nam.get(`/schools/${W.tranPhu}/live-settings`)).text).to.match(/name="pupils_unseen"[^>]*checked/);
    closeAll();
  });

  it("gives the attendance as a workbook to those who may see it", async () => {
    const live = await liveClass(app);
    app.time.now = addMinutes(NOW, 40);
    await huong.post(`/live-classes/${live}/closing`);
    const file = await huong.get(`/live-classes/${live}/attendance.xlsx`);
    expect(file.status).to.equal(200);
    expect(file.headers.get("content-type")).to.contain("spreadsheetml");
    expect((await (await app.as("minh")).get(`/live-classes/${live}/attendance.xlsx`)).status).to.equal(403);
  });
});
