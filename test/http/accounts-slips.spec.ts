import { expect } from "chai";
import { startApp, type Running } from "../support/app.ts";
import { id, W } from "../support/world.ts";
import { newCode } from "../../server/accounts/slips.ts";
import { qrPicture } from "../../server/accounts/slip-pages.ts";

const codeIn = (html: string): string => /slip__code">([0-9A-Z]{4}-[0-9A-Z]{4})</.exec(html)?.[1] ?? "";

const MINH = { username: "minh" };

describe("login slips", () => {
  let app: Running;
  beforeEach(async () => {
    app = await startApp();
  });
  afterEach(() => app.stop());

  it("reset a pupil's access in one act of the homeroom teacher: the old password and devices end, the code opens", async () => {
    const minh = await app.as("minh");
    const huong = await app.as("huong");
    expect((await huong.get(`/classes/${W.class6A}`)).text).to.include(`action="/classes/${W.class6A}/pupils/${W.minh}/slips"`);
    const slip = await huong.post(`/classes/${W.class6A}/pupils/${W.minh}/slips`, MINH);
    expect(slip.status).to.equal(200);
    expect(slip.text).to.include("Lê Đức Minh").and.include("<svg").and.include("<b class=\"figures\">minh</b>").and.not.match(/ style=/);
    expect((await minh.get("/")).location, "signed out").to.include("/sign-in");
    expect((await app.visitor().post("/sign-in", { login: "minh", password: "Tieng-trong-truong-2026" })).status).to.equal(422);
    const visitor = app.visitor();
    const choose = await visitor.post("/sign-in", { login: "minh", password: codeIn(slip.text).toLowerCase() });
    expect(choose.location).to.match(/^\/password\//);
    const saved = await visitor.post(choose.location, { password: "con mèo xanh", again: "con mèo xanh" });
    expect(saved.location).to.equal("/sign-in?login=minh");
    expect((await visitor.post("/sign-in", { login: "minh", password: "con mèo xanh" })).status).to.equal(303);
    expect(await app.db("audit_entries").where({ action: "account.reset", subject_id: W.minh }).first()).to.include({ actor_id: W.huong });
  });

  it("are printed for all pupils of a class without a password; the older ones end", async () => {
    await app.db("persons").whereIn("id", [W.minh, W.an]).update({ password_hash: null });
    const huong = await app.as("huong");
    const first = await huong.post(`/classes/${W.class6A}/slips`);
    expect(first.text.match(/class="slip"/g)?.length).to.equal(2);
    expect(first.text).to.not.include("Đặng Minh Châu");
    const second = await huong.post(`/classes/${W.class6A}/slips`);
    const old = await app.visitor().post("/sign-in", { login: "an", password: codeIn(first.text) });
    expect(old.status).to.equal(422);
    expect((await app.visitor().post("/sign-in", { login: "an", password: codeIn(second.text) })).status).to.equal(303);
    const kept = (await app.db("tokens").select("token_hash")) as { token_hash: string }[];
    expect(kept.some(({ token_hash }) => token_hash.includes(codeIn(second.text).replace("-", ""))), "only hashes are kept").to.equal(false);
  });

  it("are over after two weeks", async () => {
    const slip = await (await app.as("huong")).post(`/classes/${W.class6A}/pupils/${W.minh}/slips`, MINH);
    app.time.now = "2026-12-09T02:00:00.000Z";
    expect((await app.visitor().post("/sign-in", { login: "minh", password: codeIn(slip.text) })).status).to.equal(422);
  });

  it("are for the homeroom teacher and the administrator: others are refused and nothing changes", async () => {
    for (const [login, status] of [["lan", 404], ["quang", 404], ["son", 403], ["nam", 403], ["minh", 403], ["ha", 404]] as const) {
      const client = await app.as(login);
      expect((await client.post(`/classes/${W.class6A}/slips`)).status, login).to.equal(status);
      expect((await client.post(`/classes/${W.class6A}/pupils/${W.minh}/slips`)).status, login).to.equal(status);
    }
    expect(await app.db("tokens").first()).to.equal(undefined);
    const tuan = await app.as("tuan");
    expect((await tuan.post(`/classes/${W.class6A}/pupils/${W.minh}/slips`)).status, "a form without the name").to.equal(422);
    expect((await tuan.post(`/classes/${W.class6A}/pupils/${W.minh}/slips`, { username: "an" })).status, "an old page").to.equal(409);
    expect((await tuan.post(`/classes/${W.class6A}/pupils/${W.minh}/slips`, MINH)).status).to.equal(200);
    expect((await tuan.post(`/classes/${W.class6A}/pupils/${W.khoi}/slips`)).status, "a pupil of another class").to.equal(404);
  });

  it("do not open the account of somebody who holds another role as well", async () => {
    await app.db("class_enrolments").insert({ id: id("eguest"), class_id: W.class6A, person_id: W.lan, from_on: "2026-09-01" });
    const huong = await app.as("huong");
    expect((await huong.post(`/classes/${W.class6A}/pupils/${W.lan}/slips`)).status).to.equal(403);
    await app.db("persons").where({ id: W.lan }).update({ password_hash: null });
    expect((await huong.post(`/classes/${W.class6A}/slips`)).status, "nobody else waits").to.equal(303);
  });

  it("have codes that are read without mistakes, and a QR code of one path", () => {
    const codes = new Set(Array.from({ length: 500 }, newCode));
    expect(codes.size).to.equal(500);
    for (const code of codes) expect(code).to.match(/^[2-9A-HJKMNP-TV-Z]{8}$/);
    expect(qrPicture("http://localhost:3000/sign-in?login=minh").path).to.match(/^(M\d+ \d+h\d+v1h-\d+z)+$/);
  });
});
