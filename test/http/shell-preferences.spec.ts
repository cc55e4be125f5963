import { setTimeout } from "node:timers/promises";
import { expect } from "chai";
import { isPostgres } from "../../server/platform/db.ts";
import { startApp, type Running } from "../support/app.ts";
import { W } from "../support/world.ts";

describe("language and theme", () => {
  let app: Running;
  before(async () => {
    app = await startApp();
  });
  after(() => app.stop());

  it("follow a teacher to another browser", async () => {
    const atHome = await app.as("huong");
    const answer = await atHome.post("/preferences", { theme: "dark", back: "/sign-in" });
    expect([answer.status, answer.location]).to.deep.equal([303, "/sign-in"]);
    await atHome.post("/preferences", { language: "en" });
    const person = await app.db("persons").where({ username: "huong" }).first("theme", "language");
    expect(person).to.deep.equal({ theme: "dark", language: "en" });
    const atSchool = await app.as("huong");
    expect((await atSchool.get("/no-such-page")).text).to.match(/<html lang="en" data-theme="dark">/);
  });

  it("stay with a visitor for the session", async () => {
    const visitor = app.visitor();
    await visitor.post("/preferences", { language: "en", theme: "dark" });
    expect((await visitor.get("/sign-in")).text).to.match(/<html lang="en" data-theme="dark">/);
    expect((await app.visitor().get("/sign-in")).text).to.match(/<html lang="vi">/);
  });

  it("are kept before the browser is sent on, however long the session takes to be written", async () => {
    const writing = await app.db.transaction();
    if (isPostgres(app.db)) await writing.raw("LOCK TABLE sessions IN EXCLUSIVE MODE"); // SQLite has one writer anyway
    const answer = fetch(`${app.base}/preferences`, {
      method: "POST",
      redirect: "manual",
      headers: { "sec-fetch-site": "same-origin" },
      body: new URLSearchParams({ theme: "dark" }),
    });
    const first = await Promise.race([answer.then(() => "sent on"), setTimeout(300, "waits")]);
    await writing.commit();
    expect([first, (await answer).status]).to.deep.equal(["waits", 303]);
  });

  it("lead back to the form's own page when changed beside a form that was refused", async () => {
    const huong = await app.as("huong");
    const form = `/courses/${W.toan6A}/live-classes/new?lesson=${W.toanLesson(1)}`;
    const refused = await huong.post(`/courses/${W.toan6A}/live-classes`, { lesson: W.toanLesson(1), day: "" }, { referer: app.base + form });
    expect(refused.status).to.equal(422);
    const back = /name="back" value="([^"]+)"/.exec(refused.text)?.[1]?.replaceAll("&amp;", "&");
    expect(back).to.equal(form);
    const elsewhere = await huong.post(`/courses/${W.toan6A}/live-classes`, { lesson: W.toanLesson(1), day: "" }, { referer: "https://evil.example/x" });
    expect(elsewhere.text).to.match(/name="back" value="\/"/);
  });

  it("lead back to an own page only, and refuse what they do not know", async () => {
    const visitor = app.visitor();
    expect((await visitor.post("/preferences", { language: "vi", back: "//evil.example" })).location).to.equal("/");
    expect((await visitor.post("/preferences", { theme: "pink" })).status).to.equal(422);
    expect((await visitor.post("/preferences", { language: "vi" }, { "sec-fetch-site": "cross-site" })).status).to.equal(403);
  });
});
