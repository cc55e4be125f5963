import { expect } from "chai";
import { sendDigests } from "../../server/notices/jobs.ts";
import { notify } from "../../server/notices/store.ts";
import { headersOf, type Letter } from "../../server/platform/mail.ts";
import { addMinutes } from "../../server/platform/clock.ts";
import { words } from "../../server/words.ts";
import { startApp, type Running } from "../support/app.ts";
import { NOW, W } from "../support/world.ts";

describe("the daily letter of notices", () => {
  let app: Running;
  let letters: Letter[];
  before(async () => {
    app = await startApp({ SMTP_URL: "smtp://localhost:1", BASE_URL: "https://hoc-lieu.example", SECURE_COOKIES: "no" });
    await app.db("persons").where({ id: W.huong }).update({ email: "huong@example.org" });
    await app.db("persons").where({ id: W.minh }).update({ email: "minh@example.org" });
  });
  after(() => app.stop());
  beforeEach(async () => {
    letters = [];
    app.time.now = NOW;
    for (const table of ["notice_digests", "notices"]) await app.db(table).del();
  });

  const tell = (title: string, kind: "material_returned" | "live_absent" = "material_returned"): Promise<void> =>
    app.db.transaction((trx) => notify(trx, [W.huong], { kind, href: `/materials/${title}`, params: { title, by: "Cô Mai" } }, app.time.now));
  const send = (mail = (letter: Letter): Promise<void> => Promise.resolve(void letters.push(letter))): Promise<number> => sendDigests(app.db, { mail, baseUrl: app.config.baseUrl, words }, app.time.now);
  const choose = async (daily = "yes"): Promise<void> => {
    expect((await (await app.as("huong")).post("/notices/mail", { daily })).status).to.equal(303);
  };
  const tomorrow = (): void => void (app.time.now = addMinutes(app.time.now, 24 * 60));

  it("comes once a day to who chose it, tells what is new and unread, and nothing twice", async () => {
    await tell("Cũ");
    expect(await send(), "nobody chose").to.equal(0);
    await choose();
    expect(await send(), "what was there is known").to.equal(0);
    await tell("Bài 1");
    await tell("Bài 2");
    expect(await send()).to.equal(1);
    expect(letters[0]).to.include({ to: "huong@example.org", subject: "Học Liệu: 2 thông báo mới" });
    expect(letters[0]?.text).to.include("Cô Mai trả lại “Bài 2” để sửa.").and.include("“Bài 1”").and.include("https://hoc-lieu.example/notices/").and.not.include("Cũ");
    await tell("Bài 3");
    expect(await send(), "one a day").to.equal(0);
    tomorrow();
    await tell("Đã đọc");
    await app.db("notices").whereLike("href", "%Đã đọc").update({ read_at: app.time.now });
    expect(await send()).to.equal(1);
    expect(letters[1]?.subject).to.include("1 thông báo");
    expect(letters[1]?.text).to.include("Bài 3").and.not.include("Bài 2").and.not.include("Đã đọc");
    tomorrow();
    expect(await send(), "nothing happened").to.equal(0);
  });

  it("is in the person's language, and names no pupil", async () => {
    await choose();
    await app.db("persons").where({ id: W.huong }).update({ language: "en" });
    await tell("Lớp học", "live_absent");
    for (let i = 0; i < 22; i += 1) await tell(`Bài ${i}`);
    await send();
    await app.db("persons").where({ id: W.huong }).update({ language: "vi" });
    expect(letters[0]?.subject).to.equal("Học Liệu: 23 new notices");
    expect(letters[0]?.text).to.include("returned “Bài 21” for changes").and.include("… and 3 more").and.not.include("absent");
  });

  it("is sent once when two processes send at the same time, and again when no server took it", async () => {
    await choose();
    await tell("Bài 1");
    expect(await send(() => Promise.reject(new Error("no server"))), "not taken").to.equal(0);
    expect((await Promise.all([send(), send()])).sort()).to.deep.equal([0, 1]);
    expect(letters).to.have.length(1);
  });

  it("is given up after ten failures, which the page says, until it is chosen again", async () => {
    await choose();
    await tell("Bài 1");
    for (let i = 0; i < 10; i += 1) await send(() => Promise.reject(new Error("no server")));
    expect(await send()).to.equal(0);
    expect((await (await app.as("huong")).get("/notices")).text).to.include("đã tạm dừng");
    await choose();
    expect(await send()).to.equal(1);
  });

  it("is ended by the button of a mail program, which brings neither cookie nor origin, and by the link's page", async () => {
    await choose();
    await tell("Bài 1");
    await send();
    const end = new URL(letters[0]?.endsAt ?? "");
    expect(letters[0]?.text).to.include(end.href);
    expect(headersOf(letters[0] ?? {})).to.include({ "List-Unsubscribe": `<${end.href}>`, "List-Unsubscribe-Post": "List-Unsubscribe=One-Click" });
    expect(headersOf({ endsAt: "http://10.0.0.1/x" }), "RFC 8058 asks for https").to.not.have.property("List-Unsubscribe-Post");
    const there = `${app.base}${end.pathname}${end.search}`;
    const page = await (await fetch(there)).text();
    expect(page, "looking is not ending").to.include("Dừng thư tóm tắt");
    expect(await app.db("notice_digests")).to.have.length(1);
    const press = (): Promise<Response> => fetch(there, { method: "POST", headers: { "content-type": "application/x-www-form-urlencoded" }, body: "List-Unsubscribe=One-Click" });
    expect((await press()).status).to.equal(200);
    expect(await app.db("notice_digests")).to.have.length(0);
    expect((await press()).status, "twice").to.equal(200);
    expect((await fetch(`${app.base}${end.pathname}?key=x`, { method: "POST" })).status, "a guess learns nothing").to.equal(200);
  });

  it("is offered where letters can be sent, and never to pupils", async () => {
    const huong = await app.as("huong");
    expect((await huong.get("/notices")).text).to.include("Nhận thư tóm tắt").and.include("huong@example.org");
    expect((await (await app.as("mai")).get("/notices")).text).to.include("Hãy nhờ quản trị trường");
    const minh = await app.as("minh");
    expect((await minh.get("/notices")).text).to.not.include("tóm tắt");
    expect((await minh.post("/notices/mail", { daily: "yes" })).status).to.equal(404);
    expect((await huong.post("/notices/mail", { daily: "hourly" })).status).to.equal(422);
    await choose();
    expect((await huong.get("/notices")).text).to.include("Dừng thư tóm tắt");
    await choose("no");
    await choose("no");
    await tell("Bài 1");
    expect(await send()).to.equal(0);
  });
});
