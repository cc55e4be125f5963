import { expect } from "chai";
import { createLink } from "../../server/accounts/links.ts";
import { hashOf } from "../../server/platform/secrets.ts";
import { addMinutes } from "../../server/platform/clock.ts";
import { newId } from "../../server/platform/ids.ts";
import { startApp, type Running } from "../support/app.ts";
import { NOW, W } from "../support/world.ts";

const NEW = "con trâu gặm cỏ bờ đê";
const OLD = "Tieng-trong-truong-2026";

describe("accounts", () => {
  let app: Running;
  beforeEach(async () => {
    app = await startApp();
  });
  afterEach(() => app.stop());

  const audited = async (action: string): Promise<number> => (await app.db("audit_entries").where({ action })).length;

  describe("changing one's password", () => {
    it("takes the new one, ends other devices and keeps this one", async () => {
      const [here, elsewhere] = [await app.as("huong"), await app.as("huong")];
      const answer = await here.post("/profile/password", { current: OLD, password: NEW, again: NEW });
      expect(answer.status).to.equal(303);
      expect((await here.get("/profile")).status).to.equal(200);
      expect((await elsewhere.get("/profile")).location).to.match(/^\/sign-in/);
      expect((await app.visitor().post("/sign-in", { login: "huong", password: NEW.normalize("NFD") })).status).to.equal(303);
      expect(await audited("account.password")).to.equal(1);
    });

    it("refuses what everybody guesses, what is short and what differs, and never shows it again", async () => {
      const client = await app.as("huong");
      for (const [password, again] of [
        ["matkhau123456", "matkhau123456"],
        ["ngắn", "ngắn"],
        [NEW, `${NEW}!`],
      ] as const) {
        const answer = await client.post("/profile/password", { current: OLD, password, again });
        expect(answer.status).to.equal(422);
        expect(answer.text).not.to.include(`value="${password}"`);
      }
      expect((await client.post("/profile/password", { current: "sai", password: NEW, again: NEW })).status).to.equal(422);
    });
  });

  describe("a forgotten password", () => {
    it("is set anew by a link in a letter, once, with the address of the installation", async () => {
      await app.db("persons").where({ id: W.huong }).update({ email: "huong@example.org" });
      const visitor = app.visitor();
      const answer = await visitor.send("POST", "/forgotten-password", { body: new URLSearchParams({ login: "huong" }), headers: { "x-forwarded-host": "evil.example" } });
      expect(answer.status).to.equal(303);
      const link = /http:\/\/\S+(\/password\/\S+)/.exec(app.letters[0]?.text ?? "");
      expect(link?.[0]).to.match(/^http:\/\/localhost:3000\//);
      const path = link?.[1] ?? "";
      expect((await visitor.get(path)).text).to.include("Nguyễn Thị Hương");
      expect((await visitor.post(path, { password: NEW, again: NEW })).location).to.equal("/sign-in?login=huong");
      expect((await visitor.post(path, { password: NEW, again: NEW })).status).to.equal(410);
      expect((await app.visitor().post("/sign-in", { login: "huong", password: NEW })).status).to.equal(303);
    });

    it("is answered alike whether the account exists or not", async () => {
      const known = await app.visitor().post("/forgotten-password", { login: "huong" });
      const unknown = await app.visitor().post("/forgotten-password", { login: "khong.co.ai" });
      expect([known.status, known.location]).to.deep.equal([unknown.status, unknown.location]);
    });

    it("is over after an hour", async () => {
      const token = await createLink(app.db, "reset", { personId: W.huong, by: null, at: NOW });
      app.time.now = addMinutes(NOW, 61);
      expect((await app.visitor().get(`/password/${token}`)).status).to.equal(410);
    });
  });

  describe("a one-time code from a login slip", () => {
    it("lets a pupil choose a password, however it is typed, and only once", async () => {
      await app.db("tokens").insert({ id: newId(), purpose: "slip", person_id: W.minh, token_hash: hashOf("ABCD2345"), created_at: NOW, expires_at: addMinutes(NOW, 60) });
      const visitor = app.visitor();
      const answer = await visitor.post("/sign-in", { login: "minh", password: "abcd-2345" });
      expect(answer.location).to.match(/^\/password\//);
      expect((await visitor.post(answer.location, { password: "cá heo bơi", again: "cá heo bơi" })).status).to.equal(303);
      expect((await app.visitor().post("/sign-in", { login: "minh", password: "abcd-2345" })).status).to.equal(422);
      expect((await app.visitor().post("/sign-in", { login: "minh", password: "cá heo bơi" })).status).to.equal(303);
    });

    it("opens no other account", async () => {
      await app.db("tokens").insert({ id: newId(), purpose: "slip", person_id: W.minh, token_hash: hashOf("ABCD2345"), created_at: NOW, expires_at: addMinutes(NOW, 60) });
      expect((await app.visitor().post("/sign-in", { login: "huong", password: "ABCD2345" })).status).to.equal(422);
    });
  });

  describe("guessing passwords", () => {
    it("is slowed down for the account, in words with the seconds to wait, and for nobody else", async () => {
      const visitor = app.visitor();
      for (let i = 0; i < 5; i += 1) expect((await visitor.post("/sign-in", { login: "huong", password: "sai" })).status).to.equal(422);
      const answer = await visitor.post("/sign-in", { login: "huong", password: OLD });
      expect(answer.status).to.equal(429);
      expect(answer.text).to.match(/đợi \d+ giây/);
      expect((await app.visitor().post("/sign-in", { login: "son", password: OLD })).status).to.equal(303);
    });

    it("never stops a school whose pupils all sign in rightly from one address", async () => {
      for (let i = 0; i < 60; i += 1) {
        const answer = await app.visitor().post("/sign-in", { login: i % 2 === 0 ? "an" : "chau", password: OLD });
        expect(answer.status).to.equal(303);
      }
    });
  });

  it("gives a new session on signing in: the one from before opens nothing", async () => {
    const visitor = app.visitor();
    await visitor.post("/preferences", { language: "en", back: "/sign-in" });
    const before = visitor.cookie;
    await visitor.signIn("huong");
    expect(visitor.cookie).not.to.equal(before);
    expect((await app.visitor().get("/profile", { cookie: before })).location).to.match(/^\/sign-in/);
  });

  describe("a form whose session ended while it was filled in", () => {
    it("is kept through signing in and sent again by its owner's hand", async () => {
      const visitor = app.visitor();
      const out = await visitor.post("/api-tokens", { body: "Bài soạn <b>dài</b> của tôi", title: "Tập hợp", password: "bí mật" });
      expect(out.status).to.equal(401);
      expect(out.text).to.include("Bài soạn &lt;b&gt;dài&lt;/b&gt; của tôi");
      expect(out.text).not.to.include("bí mật");
      const answer = await visitor.post("/sign-in", { login: "huong", password: OLD, next: "/", held_path: "/api-tokens", "held.body": "Bài soạn <b>dài</b> của tôi", "held.title": "Tập hợp" });
      expect(answer.status).to.equal(200);
      expect(answer.text).to.include('action="/api-tokens"');
      expect(answer.text).to.include("Bài soạn &lt;b&gt;dài&lt;/b&gt; của tôi");
    });
  });

  describe("looking after other people's accounts", () => {
    it("suspends at once and everywhere, and lets in again", async () => {
      const teacher = await app.as("huong");
      const admin = await app.as("tuan");
      expect((await admin.post(`/people/${W.huong}/suspension`)).status).to.equal(303);
      expect((await teacher.get("/profile")).location).to.match(/^\/sign-in/);
      expect((await app.visitor().post("/sign-in", { login: "huong", password: OLD })).status).to.equal(422);
      expect((await admin.post(`/people/${W.huong}/suspension-removal`)).status).to.equal(303);
      await app.as("huong");
      expect(await audited("account.suspended")).to.equal(1);
    });

    it("shows an invitation's link once where there is no mail server", async () => {
      const answer = await (await app.as("tuan")).post(`/people/${W.son}/invitation`);
      const link = /\/password\/[\w-]{43}/.exec(answer.text)?.[0] ?? "";
      expect((await app.visitor().get(link)).status).to.equal(200);
    });

    it("is not for teachers, nor for people of another school, nor for oneself", async () => {
      expect((await (await app.as("huong")).post(`/people/${W.son}/suspension`)).status).to.equal(404);
      expect((await (await app.as("lan")).get(`/people/${W.huong}/account`)).status).to.equal(404);
      expect((await (await app.as("tuan")).post(`/people/${W.tuan}/suspension`)).status).to.equal(403);
    });

    it("leaves people of several schools to the system's administrator", async () => {
      await app.db("memberships").insert({ id: newId(), person_id: W.huong, role: "teacher", unit_id: W.leLoi, from_on: "2026-08-01" });
      expect((await (await app.as("tuan")).post(`/people/${W.huong}/invitation`)).status).to.equal(403);
      expect((await (await app.as("bach")).post(`/people/${W.huong}/suspension`)).status).to.equal(303);
    });
  });

  describe("one's own devices", () => {
    it("are listed; one can be ended, or all", async () => {
      const [here, other] = [await app.as("huong"), await app.as("huong")];
      const page = await here.get("/profile");
      const endings = [...page.text.matchAll(/\/profile\/sessions\/[0-9a-f]{64}\/ending/g)].map((match) => match[0]);
      expect(endings).to.have.length(2);
      expect((await here.post("/profile/sign-out-everywhere")).status).to.equal(303);
      expect((await other.get("/profile")).location).to.match(/^\/sign-in/);
      expect(await audited("account.sign_out_everywhere")).to.equal(1);
    });
  });

  it("has no set-up page once there are people", async () => {
    const token = await createLink(app.db, "setup", { personId: null, by: null, at: NOW });
    expect((await app.visitor().get(`/set-up/${token}`)).status).to.equal(404);
  });
});
