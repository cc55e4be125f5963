import { expect } from "chai";
import { notify, removeOldNotices } from "../../server/notices/store.ts";
import { startApp, type Running } from "../support/app.ts";
import { anotherPdf } from "../support/files.ts";
import { shelfOf, type Shelf } from "../support/materials.ts";
import { W } from "../support/world.ts";

describe("notices", () => {
  let app: Running;
  let shelf: Shelf;
  before(async () => {
    app = await startApp();
    shelf = shelfOf(() => app);
  });
  after(() => app.stop());
  beforeEach(async () => void (await app.db("notices").del()));

  interface Row {
    id: string;
    person_id: string;
    kind: string;
    href: string;
    params: string;
    read_at: string | null;
  }
  const rows = async (personId: string): Promise<Row[]> => (await app.db("notices").where({ person_id: personId }).orderBy("id")) as Row[];
  const kindsOf = async (personId: string): Promise<string[]> => (await rows(personId)).map((row) => row.kind);
  const tell = (people: readonly string[], title: string, at = app.time.now): Promise<void> =>
    app.db.transaction((trx) => notify(trx, people, { kind: "material_returned", href: `/materials/${title}`, params: { title, by: "Cô Mai" } }, at));

  it("tell the reviewer whose turn it is that a material was sent, and nobody else", async () => {
    const material = await shelf.draft();
    await shelf.act("huong", "submission", material);
    expect(await kindsOf(W.mai)).to.deep.equal(["material_submitted"]);
    expect(await kindsOf(W.nam)).to.deep.equal([]);
    expect(await kindsOf(W.huong)).to.deep.equal([]);
    const page = await (await app.as("mai")).get("/notices");
    expect(page.text).to.contain("gửi duyệt “Bài giảng Tập hợp”").and.to.contain("Đến lượt thầy cô");
  });

  it("tell the leaders that a material was passed, and its teacher where it is; never who did it", async () => {
    const material = await shelf.draft();
    await shelf.act("huong", "submission", material);
    await shelf.act("mai", "passing", material);
    expect(await kindsOf(W.nam)).to.deep.equal(["material_waiting"]);
    expect(await kindsOf(W.oanh)).to.deep.equal(["material_waiting"]);
    expect(await kindsOf(W.huong)).to.deep.equal(["material_passed"]);
    expect(await kindsOf(W.mai)).to.deep.equal(["material_submitted"]);
  });

  it("tell the teacher of a return with its comment, of approval, of its withdrawal, of retirement and return to use", async () => {
    const material = await shelf.draft();
    await shelf.act("huong", "submission", material);
    await shelf.act("mai", "return", material, { comment: "Trang 3 mờ quá" });
    expect((await (await app.as("huong")).get("/notices")).text).to.contain("Trang 3 mờ quá");
    await shelf.act("huong", "submission", material);
    await shelf.act("mai", "passing", material);
    await shelf.act("nam", "approval", material);
    const nam = await app.as("nam");
    await nam.post(`/materials/${material.id}/approval-removal`, { comment: "Sai đơn vị đo" });
    await nam.post(`/materials/${material.id}/retirement`, {});
    await nam.post(`/materials/${material.id}/restoration`, {});
    expect(await kindsOf(W.huong)).to.deep.equal(["material_returned", "material_passed", "material_approved", "material_withdrawn", "material_retired", "material_restored"]);
  });

  it("tell the author of a newer version as well as the uploader", async () => {
    const material = await shelf.approved();
    const mai = await app.as("mai");
    expect((await mai.upload(`/materials/${material.id}/versions`, {}, [anotherPdf("ban-2.pdf", "ban 2")])).status).to.equal(303);
    await app.db("notices").del();
    await shelf.act("mai", "submission", material);
    await shelf.act("nam", "return", material, { comment: "Thiếu trang 2" });
    expect(await kindsOf(W.huong)).to.deep.equal(["material_returned"]);
    expect(await kindsOf(W.mai)).to.deep.equal(["material_returned"]);
  });

  it("tell nothing of an act that was rolled back", async () => {
    const failing = app.db.transaction(async (trx) => {
      await notify(trx, [W.huong], { kind: "material_returned", href: "/materials/x" }, app.time.now);
      throw new Error("rolled back");
    });
    await failing.catch(() => undefined);
    expect(await rows(W.huong)).to.deep.equal([]);
  });

  it("are one line for the same news about the same thing until it is read", async () => {
    await tell([W.huong, W.huong], "a");
    await tell([W.huong], "a");
    await tell([W.huong], "b");
    expect((await rows(W.huong)).map((row) => row.href)).to.deep.equal(["/materials/a", "/materials/b"]);
    const huong = await app.as("huong");
    await huong.get(`/notices/${(await rows(W.huong))[0]?.id ?? ""}`);
    await tell([W.huong], "a");
    expect(await rows(W.huong)).to.have.length(3);
  });

  it("are counted by the bell on every page, and counting costs no query more", async () => {
    await tell([W.huong], "a");
    await tell([W.huong], "b");
    const huong = await app.as("huong");
    expect((await huong.get("/profile")).text).to.contain("Thông báo, 2 chưa đọc");
    expect(JSON.parse((await huong.get("/notices/count")).text)).to.deep.equal({ unread: 2, label: "Thông báo, 2 chưa đọc" });
    expect((await (await app.as("son")).get("/profile")).text).to.contain('aria-label="Thông báo"');
  });

  it("lead where the thing is, and are read by being opened", async () => {
    const material = await shelf.draft();
    await app.db.transaction((trx) => notify(trx, [W.huong], { kind: "material_approved", href: `/materials/${material.id}` }, app.time.now));
    const huong = await app.as("huong");
    const [notice] = await rows(W.huong);
    const answer = await huong.get(`/notices/${notice?.id ?? ""}`);
    expect([answer.status, answer.location]).to.deep.equal([303, `/materials/${material.id}`]);
    expect((await rows(W.huong))[0]?.read_at).to.equal(app.time.now);
    expect((await huong.get("/notices?show=unread")).text).to.contain("Không còn thông báo chưa đọc");
  });

  it("are marked as read one by one, or all that the page showed and none that came meanwhile", async () => {
    for (const title of ["a", "b", "c"]) await tell([W.huong], title);
    const huong = await app.as("huong");
    const [first, second] = await rows(W.huong);
    expect((await huong.post(`/notices/${first?.id ?? ""}/reading`, {})).status).to.equal(303);
    expect((await huong.post("/notices/reading", { up_to: second?.id ?? "" })).status).to.equal(303);
    expect((await rows(W.huong)).map((row) => row.read_at !== null)).to.deep.equal([true, true, false]);
    expect((await huong.post("/notices/reading", { up_to: "nonsense" })).status).to.equal(303);
    expect((await rows(W.huong)).map((row) => row.read_at !== null)).to.deep.equal([true, true, false]);
  });

  it("are nobody else's business", async () => {
    await tell([W.huong], "a");
    const [notice] = await rows(W.huong);
    const nam = await app.as("nam");
    expect((await nam.get(`/notices/${notice?.id ?? ""}`)).status).to.equal(404);
    expect((await nam.post(`/notices/${notice?.id ?? ""}/reading`, {})).status).to.equal(404);
    expect((await nam.post("/notices/reading", { up_to: notice?.id ?? "" })).status).to.equal(303);
    expect((await rows(W.huong))[0]?.read_at).to.equal(null);
  });

  it("fill pages of thirty, and say so kindly when there are none", async () => {
    const huong = await app.as("huong");
    expect((await huong.get("/notices")).text).to.contain("Chưa có thông báo nào");
    for (let i = 0; i < 31; i += 1) await tell([W.huong], `m${i}`);
    const page = await huong.get("/notices");
    const next = /href="(\/notices\?after=[^"]+)"/.exec(page.text)?.[1] ?? "";
    expect(page.text).to.contain("“m30”").and.not.to.contain("“m0”");
    expect((await huong.get(next)).text).to.contain("“m0”");
  });

  it("go when they have served: read ones after three months, unread ones after a year", async () => {
    const at = app.time.now;
    await tell([W.huong], "old-unread", "2025-11-01T00:00:00.000Z");
    await tell([W.huong], "unread", "2026-07-01T00:00:00.000Z");
    await tell([W.huong], "read", "2026-07-01T00:00:00.000Z");
    await tell([W.huong], "new", at);
    await app.db("notices").where({ href: "/materials/read" }).update({ read_at: "2026-07-02T00:00:00.000Z" });
    await removeOldNotices(app.db, at);
    expect((await rows(W.huong)).map((row) => row.href)).to.deep.equal(["/materials/unread", "/materials/new"]);
  });
});
