import { expect } from "chai";
import { addMinutes } from "../../server/platform/clock.ts";
import { startApp, type Running } from "../support/app.ts";
import type { Answer, Client } from "../support/client.ts";
import { beginAnew } from "../support/live.ts";
import { NOW, W } from "../support/world.ts";
import { ask, closeAll, connected, heard, liveClass } from "./room.ts";

describe("guests by invitation of the school", () => {
  let app: Running;
  let live: string;
  before(async () => {
    app = await startApp();
  });
  beforeEach(async () => {
    await beginAnew(app);
    live = await liveClass(app);
  });
  afterEach(() => closeAll());
  after(() => app.stop());

  const form = { guest: "Bác sĩ Trần Lan", purpose: "Nói chuyện về phòng bệnh", guests_max: "1", until: "24/11/2026" };
  const invite = async (by = "nam", change: Record<string, string> = {}): Promise<Answer> => (await app.as(by)).post(`/live-classes/${live}/guests`, { ...form, ...change });
  const linkIn = (answer: Answer): string => /\/live-invitations\/[\w-]+/.exec(answer.text)?.[0] ?? "";
  const come = async (link: string, name = "Trần Lan"): Promise<{ client: Client; answer: Answer }> => {
    const client = app.visitor();
    return { client, answer: await client.post(link, { name }) };
  };
  const admit = async (person: string): Promise<void> => void (await (await app.as("huong")).post(`/live-classes/${live}/people`, { person, act: "admit" }));
  const personOf = async (): Promise<string> => (await app.db("live_guests").where({ live_class_id: live }).orderBy("joined_at").first("person_id")).person_id;

  it("are invited by the school's leader or administrator only, and the teacher is told", async () => {
    for (const [login, status] of [["nam", 200], ["tuan", 200], ["huong", 403], ["mai", 403], ["minh", 403], ["thu", 403], ["lan", 404], ["bach", 404]] as const) expect((await invite(login)).status, login).to.equal(status);
    expect((await (await app.as("huong")).get("/notices")).text).to.contain("mời khách dự “Tập hợp”: Bác sĩ Trần Lan");
    expect((await (await app.as("tuan")).get(`/schools/${W.tranPhu}/live-classes`)).text).to.contain(`/live-classes/${live}/guests`);
    expect((await (await app.as("huong")).get(`/schools/${W.tranPhu}/live-classes`)).status).to.equal(403);
    expect(await app.db("audit_entries").where({ action: "live.invite", subject_id: live })).to.have.length(2);
    expect(await app.db("live_invitations").where("token_hash", "like", `%${linkIn(await invite()).slice(18, 30)}%`)).to.have.length(0);
  });

  it("are invited for a purpose, a number of people and a time; what was typed stays", async () => {
    for (const [change, says] of [[{ purpose: " " }, "purpose"], [{ guests_max: "21" }, "guests_max"], [{ until: "23/11/2026" }, "từ hôm nay"], [{ until: "24/11/2027" }, "từ hôm nay"], [{ until: "x" }, "Ngày chưa đúng"]] as const) {
      const answer = await invite("nam", change);
      expect([answer.status, answer.text.includes(says)], says).to.deep.equal([422, true]);
      expect(answer.text).to.contain("Bác sĩ Trần Lan");
    }
  });

  it("come with a name only, wait until the teacher lets them in, and are marked as guests for everybody", async () => {
    const link = linkIn(await invite());
    expect((await app.visitor().get(link)).text).to.contain("THCS Trần Phú").and.contain("Nói chuyện về phòng bệnh").and.not.contain("Lê Đức Minh");
    for (const name of ["", "<b>x</b>", "x".repeat(61)]) expect((await come(link, name)).answer.status, name).to.equal(422);
    const { client, answer } = await come(link);
    expect([answer.status, answer.location]).to.deep.equal([303, `/live-classes/${live}`]);
    const waits = await client.get(`/live-classes/${live}`);
    expect(waits.text).to.contain("đang chờ giáo viên mở cửa").and.not.contain("Lê Đức Minh");
    expect((await client.get(`/live-classes/${live}/messages`)).status).to.equal(409);
    const guest = await connected(app, client);
    const teacher = await connected(app, await app.as("huong"));
    await ask(teacher, "live:enter", { id: live, since: 0 });
    expect((await ask(guest, "live:enter", { id: live, since: 0 })).state).to.equal("waits");
    const reload = heard(guest, "live:reload");
    await admit(await personOf());
    await reload;
    const came = heard<{ name: string; role: string }>(teacher, "live:person", (person) => person.name === "Trần Lan (khách)");
    const state = await ask(guest, "live:enter", { id: live, since: 0 });
    expect((await came).role).to.equal("guest");
    expect(state.people?.find((person) => person.name === "Trần Lan (khách)")?.role).to.equal("guest");
    expect((await client.get(`/live-classes/${live}`)).text).to.contain('data-part="guest"').and.contain("Trần Lan (khách)");
    const said = heard<{ name: string }>(teacher, "live:message");
    await ask(guest, "live:say", { key: "guest-0001", text: "Chào các em" });
    expect((await said).name).to.equal("Trần Lan (khách)");
  });

  it("open nothing else: no page of the school, no results, no tools, no other class; and count in no attendance", async () => {
    const { client } = await come(linkIn(await invite()));
    await admit(await personOf());
    const other = await liveClass(app);
    for (const path of ["/", "/library", "/profile", "/notices", "/live-classes", `/live-classes/${other}`, `/courses/${W.toan6A}`, `/classes/${W.class6A}`, `/live-classes/${live}/attendance.csv`, `/live-classes/${live}/answers.csv`, `/live-classes/${live}/tools-now`, `/live-classes/${live}/guests`]) expect((await client.get(path)).status, path).to.equal(404);
    for (const path of ["/calendar-link", "/profile/sign-out-everywhere", `/live-classes/${live}/closing`, `/live-classes/${live}/people`, `/live-classes/${live}/check-answers`]) expect((await client.post(path)).status, path).to.equal(404);
    const guest = await connected(app, client);
    await ask(guest, "live:enter", { id: live, since: 0 });
    expect((await ask(guest, "live:slide", { page: 2 })).code).to.equal("not_your_course");
    expect((await ask(guest, "live:draw", { key: "guest-01", page: 1, drawn: { kind: "ink", body: { c: 1, w: 2, d: "oGoGeGGA" } } })).code).to.equal("live_may_not_draw");
    app.time.now = addMinutes(NOW, 40);
    await (await app.as("huong")).post(`/live-classes/${live}/closing`);
    expect(await app.db("attendances").where({ live_class_id: live, person_id: await personOf() })).to.have.length(0);
    const after = await client.get(`/live-classes/${live}`);
    expect(after.text).to.contain("đã kết thúc").and.not.contain("Lê Đức Minh");
  });

  it("are shown no way to pages that are closed to them, neither in our room nor where the class is held elsewhere", async () => {
    const { client } = await come(linkIn(await invite()));
    await admit(await personOf());
    for (const engine of ["embedded", "link"]) {
      await app.db("live_classes").where({ id: live }).update({ engine });
      const page = await client.get(`/live-classes/${live}`);
      expect([page.status, page.text.includes("Tập hợp"), page.text.includes('href="/live-classes"')], engine).to.deep.equal([200, true, false]);
    }
  });

  it("are not more than were invited, and none by a link that is over", async () => {
    const link = linkIn(await invite("nam", { guests_max: "2" }));
    const both = await Promise.all([come(link, "Lan"), come(link, "Mai"), come(link, "Hoa")]);
    expect(both.map(({ answer }) => answer.status).sort()).to.deep.equal([303, 303, 409]);
    expect((await app.visitor().get(link)).status).to.equal(410);
    expect((await app.visitor().get("/live-invitations/nothing")).status).to.equal(404);
    const later = linkIn(await invite());
    app.time.now = "2026-11-24T17:00:00.000Z"; // midnight in Viet Nam
    expect([(await app.visitor().get(later)).status, (await come(later)).answer.status]).to.deep.equal([410, 409]);
    const staff = linkIn(await invite("nam", { until: "25/11/2026" }));
    expect((await (await app.as("huong")).get(staff)).text).to.contain("đang đăng nhập bằng tài khoản Nguyễn Thị Hương");
    expect((await (await app.as("huong")).post(staff, { name: "Hương" })).status).to.equal(409);
  });

  it("are out at once when the invitation is revoked, or expires", async () => {
    const { client } = await come(linkIn(await invite()));
    await admit(await personOf());
    const guest = await connected(app, client);
    expect((await ask(guest, "live:enter", { id: live, since: 0 })).ok).to.equal(true);
    const { id } = await app.db("live_invitations").where({ live_class_id: live }).first("id");
    expect((await (await app.as("huong")).post(`/live-classes/${live}/guests/${id}/removal`)).status).to.equal(403);
    const closed = heard(guest, "disconnect");
    const nam = await app.as("nam");
    expect((await nam.post(`/live-classes/${live}/guests/${id}/removal`)).status).to.equal(303);
    await app.settle();
    await closed;
    expect((await client.get(`/live-classes/${live}`)).location).to.contain("/sign-in");
    expect((await nam.post(`/live-classes/${live}/guests/${id}/removal`)).status).to.equal(404);
    const second = await come(linkIn(await invite()));
    app.time.now = "2026-11-24T17:00:00.000Z";
    expect((await second.client.get(`/live-classes/${live}`)).status).to.equal(404);
  });
});
