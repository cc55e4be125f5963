import { expect } from "chai";
import { fileDigitised } from "../../server/digitising/events.ts";
import { isPostgres } from "../../server/platform/db.ts";
import { raise } from "../../server/platform/jobs/queue.ts";
import { startApp, type Running } from "../support/app.ts";
import { ENGINE } from "../support/database.ts";
import { libraryOf, type Library } from "../support/library.ts";
import { W } from "../support/world.ts";

describe(`along the curriculum on ${ENGINE}`, () => {
  let app: Running;
  let library: Library;
  before(async () => {
    app = await startApp();
    library = libraryOf(app.db);
  });
  after(() => app.stop());
  afterEach(() => library.clear());

  it("leads from the subject to the lesson, with what is there and what is missing", async () => {
    await library.add(
      { title: "Tập hợp", lessons: [W.toanLesson(1)] },
      { title: "Cách ghi số tự nhiên", state: "draft", lessons: [W.toanLesson(2)] },
      { title: "Luỹ thừa với số mũ tự nhiên", school: W.leLoi, by: W.quang, scope: "province" },
    );
    const huong = await app.as("huong");
    expect((await huong.get("/library/browse")).text).to.include("Toán").and.include("Lớp 6: 1/8 bài").and.include('href="/library/browse/TOAN/6"');
    const page = await huong.get("/library/browse/TOAN/6");
    expect(page.text).to.include("1/8 bài có học liệu đã duyệt (12,5").and.include("1 đã duyệt").and.include("1 chưa duyệt").and.include("1 gợi ý từ kho");
    const missing = await huong.get("/library/browse/TOAN/6?show=missing");
    expect(missing.text).to.not.include(">Tập hợp</a>").and.not.include("Ôn tập giữa kì I");
    expect(missing.text).to.include(`/plan-lessons/${W.toanLesson(7)}/proposals`).and.include(`/plan-lessons/${W.toanLesson(7)}/materials#upload-title`);
  });

  it("lets officers choose a school of their area, and nobody browse another's", async () => {
    const dung = await app.as("dung");
    expect((await dung.get("/library/browse")).text).to.include("THCS Lê Lợi").and.include("THCS Trần Phú");
    expect((await dung.get(`/library/browse/TOAN/6?school=${W.leLoi}`)).status).to.equal(200);
    expect((await (await app.as("ngan")).get(`/library/browse/TOAN/6?school=${W.leLoi}`)).status).to.equal(404);
    expect((await (await app.as("huong")).get(`/library/browse?school=${W.leLoi}`)).status).to.equal(404);
    expect((await (await app.as("minh")).get("/library/browse")).status).to.equal(403);
    expect((await (await app.as("huong")).get("/library/browse/KHONGCO/6")).status).to.equal(404);
    expect((await (await app.as("huong")).get("/library/browse/TOAN/99")).status).to.equal(404);
  });

  it("proposes for a lesson what fits, with the reason, and attaches in one tap", async () => {
    const [own, , , linked] = await library.add(
      { title: "Giáo án: phép cộng và phép trừ các số tự nhiên" },
      { title: "Phép cộng và phép trừ số tự nhiên", school: W.leLoi, by: W.quang, scope: "province" },
      { title: "Phép cộng và phép trừ số tự nhiên (của riêng Lê Lợi)", school: W.leLoi, by: W.quang, scope: "school" },
      { title: "Phép cộng và phép trừ số tự nhiên, đã gắn", lessons: [W.toanLesson(4)] },
      { title: "Truyện ngắn", subject: "NGUVAN" },
      { title: "Hình bình hành" },
    );
    const mai = await app.as("mai");
    const page = await mai.get(`/plan-lessons/${W.toanLesson(4)}/proposals`);
    expect(page.text).to.include("Tên trùng hết với tên bài · cùng môn Toán, lớp 6 · THCS Lê Lợi chia sẻ").and.include("của trường mình");
    expect(page.text).to.not.include("của riêng Lê Lợi").and.not.include("Truyện ngắn").and.not.include("Hình bình hành").and.not.include("đã gắn");
    const post = (who: string, material: string | undefined, lesson = W.toanLesson(4)) => app.as(who).then((client) => client.post(`/plan-lessons/${lesson}/proposals`, { material: material ?? "" }));
    expect((await post("huong", own)).status).to.equal(403); // what counts as digitised is linked by those who approve
    expect((await post("mai", own)).location).to.equal(`/plan-lessons/${W.toanLesson(4)}/materials`);
    expect(await app.db("material_lessons").where({ material_id: own, plan_lesson_id: W.toanLesson(4) }).first()).to.not.equal(undefined);
    expect((await post("lan", linked)).status).to.equal(404);
    expect((await post("minh", own)).status).to.equal(403);
    expect((await post("mai", undefined)).status).to.equal(422);
    expect((await post("mai", own, W.leLoiLesson(1))).status).to.equal(404);
  });

  it("is reached from the shelf of the lesson", async () => {
    const shelf = await (await app.as("huong")).get(`/plan-lessons/${W.toanLesson(4)}/materials`);
    expect(shelf.text).to.include(`/plan-lessons/${W.toanLesson(4)}/proposals`);
  });
});

describe(`the index of the library on ${ENGINE}`, () => {
  let app: Running;
  let library: Library;
  before(async () => {
    app = await startApp();
    library = libraryOf(app.db);
  });
  after(() => app.stop());

  it("is made anew by the administrator alone, with progress, and answers as before", async () => {
    const ids = await library.add(...Array.from({ length: 120 }, (_, i) => ({ title: `Bài số ${i}`, pages: [`trang chữ ${i}`] })));
    const bach = await app.as("bach");
    const counted = await app.db("library_words").where({ word: "bai" }).first();
    await app.db("library_index").whereIn("material_id", ids.slice(0, 50)).del();
    expect((await (await app.as("nam")).get("/library/index")).status).to.equal(404);
    expect((await (await app.as("nam")).post("/library/index")).status).to.equal(404);
    expect((await bach.post("/library/index")).status).to.equal(303);
    expect((await bach.get("/library/index")).text).to.include("Đang lập lại: 0/120 học liệu");
    expect((await bach.post("/library/index")).status).to.equal(409);
    await app.settle();
    const page = await bach.get("/library/index");
    expect(page.text).to.include("120").and.include("Lập lại chỉ mục");
    expect(await app.db("library_index").count({ n: "*" }).first()).to.satisfy((row: { n: number | string }) => Number(row.n) === 120);
    expect(await app.db("library_words").where({ word: "bai" }).first()).to.deep.equal(counted);
    expect((await (await app.as("huong")).get("/library?q=chu+7")).text).to.include("<mark>chữ 7</mark>");
    expect(await app.db("audit_entries").where({ action: "library.rebuild" }).first()).to.not.equal(undefined);
    if (!isPostgres(app.db)) expect(await app.db("library_fts_idx").countDistinct({ n: "segid" }), "one list of documents for each term").to.deep.equal([{ n: 1 }]);
  });

  it("follows a class that is shown a draft, and a file whose text was read", async () => {
    const [draft] = await library.add({ title: "Nháp cho lớp", state: "draft" });
    const huong = await app.as("huong");
    await huong.post(`/courses/${W.toan6A}/lessons/${W.toanLesson(1)}/attachments`, { material: draft ?? "" });
    expect(await app.db("events").where({ name: "material_described", state: "due" }).first()).to.not.equal(undefined);
    await app.settle();
    const terms = (await app.db("library_index").where({ material_id: draft }).first()) as { uses: number };
    expect(terms.uses).to.equal(1);
    const { blob_hash: hash } = (await app.db("material_versions").where({ material_id: draft }).first()) as { blob_hash: string };
    await app.db("file_texts").insert({ blob_hash: hash, page: 1, text: "đọc được bằng máy", source: "ocr" });
    await app.db.transaction((trx) => raise(trx, fileDigitised, { hash }, app.time.now));
    await app.settle();
    expect((await huong.get("/library?q=doc+duoc+bang+may")).text).to.include("<mark>đọc được bằng máy</mark>");
  });
});
