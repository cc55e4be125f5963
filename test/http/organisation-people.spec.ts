import { expect } from "chai";
import { startApp, type Running } from "../support/app.ts";
import { NOW, W } from "../support/world.ts";

const TODAY = NOW.slice(0, 10);

describe("the people of a school and their roles", () => {
  let app: Running;
  const path = `/schools/${W.tranPhu}`;
  before(async () => {
    app = await startApp();
  });
  after(() => app.stop());

  async function rolesOf(person: string): Promise<unknown[]> {
    return app.db("memberships").where({ person_id: person }).orderBy("id").select("role", "unit_id", "to_on");
  }

  it("are shown to the school's administrator, not to its teachers and not to another school", async () => {
    const page = await (await app.as("tuan")).get(`${path}/people`);
    expect(page.status).to.equal(200);
    for (const name of ["Nguyễn Thị Hương", "Phạm Thị Mai", "Trần Văn Nam"]) expect(page.text).to.include(name);
    expect(page.text).not.to.include("Lê Đức Minh");
    expect((await (await app.as("huong")).get(`${path}/people`)).status).to.equal(403);
    expect((await (await app.as("lan")).get(`${path}/people`)).status).to.equal(404);
  });

  it("let one person work in two schools with one account", async () => {
    const tuan = await app.as("tuan");
    const form = { who: "quang", role: "teacher", subject_group_id: "", from_on: TODAY };
    expect((await tuan.post(`${path}/memberships`, form)).status).to.equal(303);
    expect(await rolesOf(W.quang)).to.have.length(2);
    const page = await tuan.get(`${path}/people`);
    expect(page.text).to.include("Còn ở: THCS Lê Lợi");
    expect((await tuan.post(`${path}/memberships`, form)).status).to.equal(409);
  });

  it("need somebody who exists, a group for a department head, and keep what was typed", async () => {
    const tuan = await app.as("tuan");
    const unknown = await tuan.post(`${path}/memberships`, { who: "khongaica", role: "teacher", subject_group_id: "", from_on: TODAY });
    expect(unknown.status).to.equal(422);
    expect(unknown.text).to.include('value="khongaica"');
    const head = await tuan.post(`${path}/memberships`, { who: "huong", role: "department_head", subject_group_id: "", from_on: TODAY });
    expect(head.status).to.equal(422);
    const officer = await tuan.post(`${path}/memberships`, { who: "huong", role: "province_officer", subject_group_id: "", from_on: TODAY });
    expect(officer.status).to.equal(422);
  });

  it("end on a day, with an entry in the log, and not twice", async () => {
    const tuan = await app.as("tuan");
    const held = (await app.db("memberships").where({ person_id: W.oanh }).first("id")) as { id: string };
    expect((await tuan.post(`${path}/memberships/${held.id}/ending`)).status).to.equal(303);
    expect((await tuan.post(`${path}/memberships/${held.id}/ending`)).status).to.equal(409);
    expect(await rolesOf(W.oanh)).to.deep.equal([{ role: "school_leader", unit_id: W.tranPhu, to_on: TODAY }]);
    expect(await app.db("audit_entries").where({ action: "membership.end", subject_id: held.id })).to.have.length(1);
    expect((await (await app.as("oanh")).get(`${path}/classes`)).status).to.equal(404);
  });

  it("are not ended from another school, nor a pupil's place in a class from here", async () => {
    const tuan = await app.as("tuan");
    const foreign = (await app.db("memberships").where({ person_id: W.lan }).first("id")) as { id: string };
    const pupil = (await app.db("memberships").where({ person_id: W.minh }).first("id")) as { id: string };
    expect((await tuan.post(`${path}/memberships/${foreign.id}/ending`)).status).to.equal(404);
    expect((await tuan.post(`${path}/memberships/${pupil.id}/ending`)).status).to.equal(404);
  });

  it("grow by a new account without a password", async () => {
    const tuan = await app.as("tuan");
    const form = { name: "Nguyễn Thị Hương", email: "", role: "teacher", subject_group_id: "", from_on: TODAY };
    expect((await tuan.post(`${path}/people`, form)).status).to.equal(303);
    const made = (await app.db("persons").where({ username: "huongnt" }).first("password_hash", "search_text")) as Record<string, unknown>;
    expect(made).to.include({ password_hash: null, search_text: "nguyen thi huong" });
    expect((await tuan.post(`${path}/people`, form)).status).to.equal(303);
    expect(await app.db("persons").where({ username: "huongnt2" })).to.have.length(1);
    expect((await tuan.post(`${path}/people`, { ...form, name: "" })).status).to.equal(422);
  });

  it("of an office are kept by the province", async () => {
    const ha = await app.as("ha");
    expect((await ha.post(`/units/${W.commune}/memberships`, { who: "huong", role: "commune_officer", subject_group_id: "", from_on: TODAY })).status).to.equal(303);
    expect((await (await app.as("dung")).get(`/units/${W.commune}/people`)).status).to.equal(403);
    expect((await ha.get(`/units/${W.tranPhu}/people`)).status).to.equal(404);
  });
});

describe("the subject groups of a school", () => {
  let app: Running;
  const path = `/schools/${W.tranPhu}/subject-groups`;
  before(async () => {
    app = await startApp();
  });
  after(() => app.stop());

  it("show their subjects and heads", async () => {
    const page = await (await app.as("tuan")).get(path);
    expect(page.text).to.include("Tổ Toán – Tin").and.to.include("Phạm Thị Mai").and.to.include("Chưa có tổ trưởng");
  });

  it("are made and changed by the administrator, with unknown subjects left out", async () => {
    const tuan = await app.as("tuan");
    expect((await tuan.post(path, { name: "Tổ Xã hội", subjects: ["NGUVAN", "KHONGCO"] })).status).to.equal(303);
    const made = (await app.db("subject_groups").where({ name: "Tổ Xã hội" }).first("id")) as { id: string };
    expect(await app.db("subject_group_subjects").where({ subject_group_id: made.id }).select("subject_code")).to.deep.equal([{ subject_code: "NGUVAN" }]);
    expect((await tuan.post(`${path}/${made.id}`, { name: "Tổ Khoa học xã hội", subjects: [] })).status).to.equal(303);
    expect(await app.db("subject_group_subjects").where({ subject_group_id: made.id })).to.have.length(0);
    expect(await app.db("audit_entries").where({ subject_id: made.id })).to.have.length(2);
  });

  it("have each name once, keep a bad form, and refuse others", async () => {
    const tuan = await app.as("tuan");
    expect((await tuan.post(path, { name: "Tổ Toán – Tin" })).status).to.equal(409);
    expect((await tuan.post(path, { name: "" })).status).to.equal(422);
    expect((await (await app.as("nam")).post(path, { name: "Tổ mới" })).status).to.equal(403);
    expect((await (await app.as("lan")).post(path, { name: "Tổ mới" })).status).to.equal(404);
    expect((await tuan.get(`/schools/${W.tranPhu}/subject-groups/${W.toan6A}/edit`)).status).to.equal(404);
  });
});
