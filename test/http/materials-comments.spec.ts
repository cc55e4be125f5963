import { expect } from "chai";
import { startApp, type Running } from "../support/app.ts";
import { anotherPdf } from "../support/files.ts";
import { shelfOf, type Row, type Shelf } from "../support/materials.ts";
import { W } from "../support/world.ts";

describe("comments on a material", () => {
  let app: Running;
  let shelf: Shelf;
  beforeEach(async () => {
    app = await startApp();
    shelf = shelfOf(() => app);
  });
  afterEach(() => app.stop());

  interface Said {
    id: string;
    thread_id: string;
    version_id: string;
    body: string;
    page: number | null;
    time_ms: number | null;
    state: string;
  }
  const said = async (): Promise<Said[]> => (await app.db("material_comments").orderBy("id")) as Said[];
  const say = async (who: string, material: Row, form: Record<string, string>) => (await app.as(who)).post(`/materials/${material.id}/comments`, { version: material.latest_version_id, ...form });

  async function sent(): Promise<Row> {
    const material = await shelf.draft();
    await shelf.act("huong", "submission", material);
    return shelf.row(material.id);
  }

  it("are pinned to a page, a time or the whole, and tell the author", async () => {
    const material = await sent();
    expect((await say("mai", material, { body: "Công thức sai", page: "3" })).status).to.equal(303);
    expect((await say("nam", material, { body: "Tiếng nhỏ", time: "2:05" })).status).to.equal(303);
    expect((await say("nam", material, { body: "Tốt", page: "" })).status).to.equal(303);
    expect((await said()).map(({ body, page, time_ms }) => [body, page, time_ms])).to.deep.equal([["Công thức sai", 3, null], ["Tiếng nhỏ", null, 125_000], ["Tốt", null, null]]);
    const page = await (await app.as("huong")).get(`/materials/${material.id}`);
    expect(page.text).to.contain("Trang 3").and.contain("Lúc 2:05").and.contain("Công thức sai");
    expect((await (await app.as("huong")).get("/notices")).text).to.contain("góp ý về “Bài giảng Tập hợp”").and.contain("Tốt");
  });

  it("are pinned to a point of a page or a picture, as parts of its sides", async () => {
    const material = await sent();
    expect((await say("mai", material, { body: "Dấu sai", page: "2", x: "250", y: "1000" })).status).to.equal(303);
    expect((await say("mai", material, { body: "Trên hình", x: "0", y: "5" })).status).to.equal(303);
    expect((await say("mai", material, { body: "Nửa điểm", page: "1", x: "7", y: "" })).status).to.equal(303);
    for (const bad of ["1001", "-1", "x", "1.5"]) expect((await say("mai", material, { body: "x", x: bad, y: "1" })).status, bad).to.equal(422);
    const rows = (await app.db("material_comments").orderBy("id")) as { at_x: number | null; at_y: number | null }[];
    expect(rows.map((row) => [row.at_x, row.at_y])).to.deep.equal([[250, 1000], [0, 5], [null, null]]);
    const page = (await (await app.as("huong")).get(`/materials/${material.id}`)).text;
    expect(page).to.include('data-page="2" data-x="250" data-y="1000"').and.include("Trang 2, chỗ đánh dấu").and.include("Chỗ đánh dấu trên hình");
  });

  it("are answered in threads, which tell those who take part", async () => {
    const material = await sent();
    await say("mai", material, { body: "Công thức sai", page: "3" });
    const [first] = await said();
    await app.db("notices").del();
    expect((await say("huong", material, { body: "Em đã sửa", thread: first?.id ?? "" })).status).to.equal(303);
    const [, answer] = await said();
    expect(answer).to.include({ thread_id: first?.id, page: null });
    expect(await shelf.count("notices", { person_id: W.mai, kind: "material_commented" })).to.equal(1);
    expect(await shelf.count("notices", { person_id: W.huong })).to.equal(0);
    expect((await say("huong", material, { body: "Trả lời", thread: W.huong })).status).to.equal(404);
  });

  it("that are open are the list of what to do of a returned version, and go from it when they are done", async () => {
    const material = await sent();
    await say("mai", material, { body: "Công thức sai", page: "3" });
    await say("mai", material, { body: "Thiếu nguồn" });
    await shelf.act("mai", "return", material, { comment: "Sửa giúp hai chỗ" });
    const huong = await app.as("huong");
    expect((await huong.get(`/materials/${material.id}`)).text).to.contain("còn 2 góp ý cần sửa");
    const [first, second] = await said();
    const settle = (id: string | undefined, noun: string): string => `/materials/${material.id}/comments/${id ?? ""}/${noun}`;
    expect((await huong.post(settle(first?.id, "resolution"), {})).status).to.equal(303);
    expect((await huong.post(settle(first?.id, "resolution"), {})).status, "twice").to.equal(409);
    const page = await huong.get(`/materials/${material.id}`);
    expect(page.text).to.contain("còn 1 góp ý cần sửa").and.contain("đánh dấu đã sửa");
    expect((await (await app.as("mai")).post(settle(first?.id, "resolution-removal"), {})).status).to.equal(303);
    expect((await said())[0]?.state).to.equal("open");
    expect((await (await app.as("son")).post(settle(second?.id, "resolution"), {})).status, "a colleague").to.equal(403);
  });

  it("are never deleted: who wrote one may take it back, and it stays, struck through", async () => {
    const material = await sent();
    await say("mai", material, { body: "Nhầm rồi" });
    const [first] = await said();
    const path = `/materials/${material.id}/comments/${first?.id ?? ""}/withdrawal`;
    expect((await (await app.as("nam")).post(path, {})).status).to.equal(403);
    expect((await (await app.as("mai")).post(path, {})).status).to.equal(303);
    expect((await (await app.as("huong")).get(`/materials/${material.id}`)).text).to.contain("<del>Nhầm rồi</del>");
    expect((await say("huong", material, { body: "Vâng", thread: first?.id ?? "" })).status, "an answer to it").to.equal(409);
    expect(await said()).to.have.length(1);
    expect(await shelf.count("audit_entries", { action: "material.comment_withdrawn" })).to.equal(1);
  });

  it("stay with the version they were made about", async () => {
    const material = await sent();
    await say("mai", material, { body: "Trang 2 mờ", page: "2" });
    await (await app.as("huong")).upload(`/materials/${material.id}/versions`, {}, [anotherPdf("ban-2.pdf", "2")]);
    const page = await (await app.as("mai")).get(`/materials/${material.id}`);
    expect(page.text).to.contain("Trang 2 mờ").and.contain("Phiên bản 1");
    expect((await said())[0]?.version_id).to.equal(material.latest_version_id);
  });

  it("keep what was typed when something is wrong", async () => {
    const material = await sent();
    const empty = await say("mai", material, { body: "  ", page: "4" });
    expect(empty.status).to.equal(422);
    expect(empty.text).to.contain('value="4"');
    const wrong = await say("mai", material, { body: "Xem lại đoạn này", time: "hai phút" });
    expect(wrong.status).to.equal(422);
    expect(wrong.text).to.contain("Xem lại đoạn này");
    expect((await say("mai", material, { body: "x", page: "0" })).status).to.equal(422);
    expect((await say("mai", { ...material, latest_version_id: W.huong }, { body: "x" })).status, "a version of something else").to.equal(404);
  });

  it("are for those who see all versions: not for pupils, officers or another school", async () => {
    const material = await shelf.approved();
    await say("mai", material, { body: "chỉ trong trường" });
    for (const [who, status] of [["minh", 403], ["dung", 403], ["lan", 404], ["vy", 404]] as const) {
      expect((await say(who, material, { body: "x" })).status, who).to.equal(status);
      expect((await (await app.as(who)).get(`/materials/${material.id}`)).text).not.to.contain("chỉ trong trường");
    }
  });
});

describe("two versions compared", () => {
  let app: Running;
  let shelf: Shelf;
  before(async () => {
    app = await startApp();
    shelf = shelfOf(() => app);
  });
  after(() => app.stop());

  it("stand beside each other with what was described otherwise and how the text differs", async () => {
    const material = await shelf.approved();
    const huong = await app.as("huong");
    await huong.upload(`/materials/${material.id}/versions`, {}, [anotherPdf("ban-hai.pdf", "2")]);
    await app.db("materials").where({ id: material.id }).update({ title: "Tập hợp, bản sửa" });
    const versions = (await app.db("material_versions").where({ material_id: material.id }).orderBy("number")) as { id: string; blob_hash: string }[];
    const texts = ["Tập hợp\nCó 3 phần tử\nHết", "Tập hợp\nCó 4 phần tử\nHết"];
    for (const [i, version] of versions.entries()) await app.db("file_texts").insert({ blob_hash: version.blob_hash, page: 1, text: texts[i], source: "file" });
    const page = await (await app.as("mai")).get(`/materials/${material.id}/comparison`);
    expect(page.status).to.equal(200);
    expect(page.text).to.contain("Phiên bản 1").and.contain("Phiên bản 2").and.contain("Lật trang cùng nhau");
    expect(page.text).to.contain("Tập hợp, bản sửa").and.contain("Bài giảng Tập hợp").and.contain("ban-hai.pdf");
    expect(page.text).to.contain("sửa 1 đoạn").and.contain("<del>3</del>").and.contain("<ins>4</ins>");
    const swapped = await (await app.as("mai")).get(`/materials/${material.id}/comparison?older=${versions[1]?.id ?? ""}&newer=${versions[0]?.id ?? ""}`);
    expect(swapped.text).to.contain("<del>4</del>").and.contain("<ins>3</ins>");
    expect((await huong.get(`/materials/${material.id}`)).text).to.contain(`/materials/${material.id}/comparison`);
  });

  it("say so when there is no text, answer 404 for unknown versions and a single one, and are not for everybody", async () => {
    const material = await shelf.approved("huong", W.toanLesson(2));
    const mai = await app.as("mai");
    expect((await mai.get(`/materials/${material.id}/comparison`)).status, "one version").to.equal(404);
    await (await app.as("huong")).upload(`/materials/${material.id}/versions`, {}, [anotherPdf("b.pdf", "b")]);
    expect((await mai.get(`/materials/${material.id}/comparison`)).text).to.contain("Chưa có chữ của cả hai bản");
    expect((await mai.get(`/materials/${material.id}/comparison?older=${W.huong}`)).status).to.equal(404);
    expect((await (await app.as("minh")).get(`/materials/${material.id}/comparison`)).status).to.equal(403);
    expect((await (await app.as("lan")).get(`/materials/${material.id}/comparison`)).status).to.equal(404);
  });
});
