import { readFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { countOf } from "../../server/platform/db.ts";
import { startApp, type Running } from "../support/app.ts";
import type { Client } from "../support/client.ts";
import { NOW, W, YEAR } from "../support/world.ts";

const FILE = readFileSync(path.join(import.meta.dirname, "../fixtures/rosters/c1-hoc-sinh.xlsx"));
const PAGE = `/schools/${W.tranPhu}/data-purposes`;

describe("private columns of a roster", () => {
  let app: Running;
  let nam: Client;
  let tuan: Client;
  beforeEach(async () => {
    app = await startApp();
    nam = await app.as("nam");
    tuan = await app.as("tuan");
  });
  afterEach(() => app.stop());

  const preview = async (): Promise<string> => {
    const type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    const answer = await tuan.upload(`/schools/${W.tranPhu}/roster-imports`, { year_id: YEAR }, [{ field: "file", name: "c1-hoc-sinh.xlsx", type, bytes: FILE }]);
    expect(answer.status, answer.text).to.equal(303);
    return answer.location;
  };
  const complete = (at: string) => tuan.post(`${at}/completion`, { revision: "1" });
  const switchOn = (purpose = "family") => nam.post(PAGE, { purpose, reason: "Giáo viên chủ nhiệm gọi khi học sinh vắng" });
  const kept = () => countOf(app.db("pupil_details").count({ n: "*" }));

  it("are kept for a purpose that the school's leader switched on, and for no other", async () => {
    expect((await switchOn()).status).to.equal(303);
    const at = await preview();
    const shown = (await tuan.get(at)).text;
    expect(shown).to.include("Cột riêng tư được giữ theo mục đích đã bật").and.include("Dân tộc (dân tộc)");
    expect((await complete(at)).status).to.equal(303);
    const abouts = (await app.db("pupil_details").distinct("about").pluck("about")) as string[];
    expect(abouts).to.include("parents").and.not.include("ethnicity");
    expect((await app.db("pupil_details").where("value", "0912345678")).length).to.be.greaterThan(0);
    expect((await tuan.get(await preview())).text).to.include("Không có thay đổi nào");
  });

  it("come with a file that was imported before, once the purpose is on", async () => {
    await complete(await preview());
    expect(await kept()).to.equal(0);
    await switchOn();
    expect((await complete(await preview())).status).to.equal(303);
    expect(await kept()).to.be.greaterThan(0);
  });

  it("are seen by the homeroom teacher and the leaders, and every look is written down", async () => {
    await switchOn();
    await complete(await preview());
    const path = `/classes/${W.class6A}/details`;
    const huong = await app.as("huong");
    expect((await huong.get(`/classes/${W.class6A}`)).text).to.include(path);
    const page = await huong.get(path);
    expect(page.text).to.include("0912345678");
    expect(await countOf(app.db("access_log").where({ actor_id: W.huong, what: "details" }).count({ n: "*" }))).to.be.greaterThan(0);
    expect((await nam.get(path)).status).to.equal(200);
    for (const [login, status] of [["son", 403], ["tuan", 403], ["minh", 403], ["thu", 404], ["lan", 404]] as const) {
      expect((await (await app.as(login)).get(path)).status, login).to.equal(status);
    }
    expect((await (await app.as("son")).get(`/classes/${W.class6A}`)).text).not.to.include(path);
  });

  it("go when the purpose is switched off, with the previews that hold them", async () => {
    await switchOn();
    await complete(await preview());
    const waiting = await preview();
    expect((await nam.post(`${PAGE}/family/ending`)).status).to.equal(303);
    expect(await kept()).to.equal(0);
    expect((await tuan.get(waiting)).status).to.equal(404);
    expect((await nam.post(`${PAGE}/family/ending`)).status).to.equal(409);
    const acts = (await app.db("audit_entries").whereLike("action", "data_purpose.%").orderBy("id").pluck("action")) as string[];
    expect(acts).to.deep.equal(["data_purpose.on", "data_purpose.off"]);
  });

  it("go when the import is undone", async () => {
    await switchOn();
    const at = await preview();
    await complete(at);
    expect((await tuan.post(`${at}/undoing`)).status).to.equal(303);
    expect(await kept()).to.equal(0);
  });

  it("go along when the school merges into another, with their purpose, and what stands there already stands", async () => {
    await app.db("data_purposes").insert({ school_id: W.leLoi, purpose: "family", reason: "Gọi khi vắng", switched_on_by: W.lan, switched_on_at: NOW });
    const detail = (school: string, header: string, value: string) => ({ school_id: school, person_id: W.vy, header, about: "phone", value, updated_at: NOW });
    await app.db("pupil_details").insert([detail(W.leLoi, "Điện thoại", "0900000001"), detail(W.leLoi, "Địa chỉ", "Khu 3"), detail(W.tranPhu, "Điện thoại", "0900000002")]);
    expect((await (await app.as("ha")).post("/mergers", { into: W.tranPhu, from: W.leLoi, on: "2026-10-15" })).status).to.equal(303);
    expect(await app.db("data_purposes").pluck("school_id")).to.deep.equal([W.tranPhu]);
    expect(await app.db("pupil_details").where({ school_id: W.tranPhu }).orderBy("value").pluck("value")).to.deep.equal(["0900000002", "Khu 3"]);
    expect(await kept()).to.equal(2);
  });

  it("need a reason, and are decided by nobody but the leader", async () => {
    const blank = await nam.post(PAGE, { purpose: "family", reason: " " });
    expect(blank.status).to.equal(422);
    expect(blank.text).to.include("field__error");
    expect((await nam.post(PAGE, { purpose: "religion", reason: "x" })).status).to.equal(422);
    expect((await nam.post(`${PAGE}/religion/ending`)).status).to.equal(404);
    expect((await tuan.post(PAGE, { purpose: "family", reason: "x" })).status).to.equal(403);
    await switchOn();
    expect((await switchOn()).status).to.equal(409);
    expect((await nam.get(PAGE)).text).to.include("Giáo viên chủ nhiệm gọi khi học sinh vắng").and.include("Tắt và xóa dữ liệu");
  });
});
