import { expect } from "chai";
import { startApp, type Running } from "../support/app.ts";
import type { Client } from "../support/client.ts";
import { ENGINE } from "../support/database.ts";
import { libraryOf, type Library } from "../support/library.ts";
import { W } from "../support/world.ts";

describe(`finding in the library on ${ENGINE}`, () => {
  let app: Running;
  let library: Library;
  let huong: Client;
  before(async () => {
    app = await startApp();
    library = libraryOf(app.db);
    huong = await app.as("huong");
  });
  after(() => app.stop());
  afterEach(() => library.clear());

  /** Titles in the order of the page, marks gone. */
  const found = async (query: string, client = huong): Promise<string[]> => {
    const page = await client.get(`/library?${query.includes("=") ? query : `q=${encodeURIComponent(query)}`}`);
    expect(page.status, page.text).to.equal(200);
    return [...page.text.matchAll(/<a class="row__link row__title"[^>]*>([\s\S]*?)<\/a>/g)].map((match) => (match[1] ?? "").replace(/<[^>]+>/g, "").trim());
  };

  it("finds with and without marks, the exact form first", async () => {
    await library.add({ title: "Phần số học: phản số" }, { title: "Phân số bằng nhau" }, { title: "Phan so bang nhau" }, { title: "Hình thang" });
    expect((await found("phân số"))[0]).to.equal("Phân số bằng nhau");
    expect(await found("phan so bang nhau")).to.have.members(["Phân số bằng nhau", "Phan so bang nhau"]);
    expect(await found("PHÂN SỐ bằng nhau".normalize("NFD"))).to.include("Phân số bằng nhau");
  });

  it("folds đ, and knows both places of a tone and both ways to write i", async () => {
    await library.add({ title: "Đường thẳng song song" }, { title: "Hòa bình và hữu nghị" }, { title: "Hoà nhập" }, { title: "Vật lí quanh ta" });
    expect(await found("duong thang")).to.deep.equal(["Đường thẳng song song"]);
    expect(await found("đường")).to.deep.equal(["Đường thẳng song song"]);
    expect(await found("hoà")).to.have.members(["Hòa bình và hữu nghị", "Hoà nhập"]);
    expect(await found("vật lý quanh")).to.deep.equal(["Vật lí quanh ta"]);
  });

  it("understands what was typed with the keyboard program off", async () => {
    await library.add({ title: "Phân số bằng nhau" });
    expect(await found("phaan soos")).to.deep.equal(["Phân số bằng nhau"]);
    expect(await found("pha6n so61")).to.deep.equal(["Phân số bằng nhau"]);
  });

  it("puts a typing error right and says so, in the words of what was found", async () => {
    await library.add({ title: "Phân số bằng nhau" }, { title: "Số nguyên âm" });
    const page = await huong.get("/library?q=phan+zo+bang+nhau");
    expect(page.text).to.include("Phân số bằng nhau").and.include("phân số bằng nhau");
    expect(page.text).to.include("Không có kết quả cho “phan zo bang nhau”");
  });

  it("ranks title before keywords, author, description and text", async () => {
    await library.add(
      { title: "E", pages: ["Bài này nói về đa giác đều trong mặt phẳng."] },
      { title: "D", description: "Về đa giác đều" },
      { title: "C", author: "Đa Giác Đều" },
      { title: "B", keywords: "đa giác đều, hình học" },
      { title: "Đa giác đều" },
    );
    expect(await found("đa giác đều")).to.deep.equal(["Đa giác đều", "B", "C", "D", "E"]);
  });

  it("shows each material once, at the best place where it has the words", async () => {
    const everywhere = { keywords: "đa giác đều", author: "Đa Giác Đều", description: "đa giác đều", pages: ["đa giác đều"] };
    await library.add({ title: "Trong mọi thứ khác", ...everywhere }, { title: "Đa giác đều ở mọi nơi", ...everywhere }, { title: "Đều là đa giác", ...everywhere }, { title: "Chỉ trong tệp", pages: ["đa giác đều"] });
    expect(await found("đa giác đều")).to.deep.equal(["Đa giác đều ở mọi nơi", "Đều là đa giác", "Trong mọi thứ khác", "Chỉ trong tệp"]);
    expect(await found("q=đa giác đều&sort=newest")).to.deep.equal(["Chỉ trong tệp", "Đều là đa giác", "Đa giác đều ở mọi nơi", "Trong mọi thứ khác"]);
  });

  it("shows the passage with its marks and opens the file at its page", async () => {
    await library.add({ title: "Tài liệu quét", pages: ["Trang đầu không có gì.", "Ở trang này có tính chất kết hợp của phép cộng.", "Hết."] });
    const page = await huong.get("/library?q=tinh+chat+ket+hop");
    expect(page.text).to.include("<mark>tính chất kết hợp</mark>").and.include("Trang 2").and.match(/\/materials\/[0-9a-z]{26}#page=2/);
  });

  it("turns subject and grade into filters, and back into words on request", async () => {
    await library.add({ title: "Toán 8 nâng cao", subject: "TOAN", grade: 8 }, { title: "Tứ giác", subject: "TOAN", grade: 8 }, { title: "Tập hợp", subject: "TOAN", grade: 6 });
    expect(await found("toán 8")).to.have.members(["Toán 8 nâng cao", "Tứ giác"]);
    expect(await found("toan lop 8")).to.have.members(["Toán 8 nâng cao", "Tứ giác"]);
    expect(await found("tu giac toan 8")).to.deep.equal(["Tứ giác"]);
    const page = await huong.get("/library?q=to%C3%A1n+8");
    expect(page.text).to.include("Toán, Lớp 8").and.include("literal=yes");
    expect(await found("q=to%C3%A1n+8&literal=yes")).to.deep.equal(["Toán 8 nâng cao"]);
  });

  it("counts facets, filters by them and keeps all of it in the address", async () => {
    await library.add(
      { title: "Góc nhọn", grade: 6, kind: "slides" },
      { title: "Góc tù", grade: 6, kind: "video", year: 2025 },
      { title: "Góc bẹt", grade: 7, kind: "video", licence: "CC BY" },
    );
    const page = await huong.get("/library?q=goc");
    expect(page.text).to.match(/kind=video"[^>]*>\s*<span>Video<\/span> <span[^>]*>2</).and.match(/grade=7"[^>]*><span>Lớp 7<\/span> <span[^>]*>1</);
    expect(await found("q=goc&kind=video&grade=6")).to.deep.equal(["Góc tù"]);
    expect(await found("q=goc&licence=CC+BY")).to.deep.equal(["Góc bẹt"]);
    expect(await found("q=goc&year=2025")).to.deep.equal(["Góc tù"]);
    expect(await found("q=goc&approved=yes")).to.have.members(["Góc nhọn", "Góc tù", "Góc bẹt"]);
    const chosen = await huong.get("/library?q=goc&kind=video&sort=newest");
    expect(chosen.text).to.include("Bỏ lọc: Video").and.include('href="/library?q=goc&amp;sort=newest"');
  });

  it("sorts by newest and by use, and pages through", async () => {
    await library.add(...Array.from({ length: 45 }, (_, i) => ({ title: `Luyện đọc số ${i + 1}`, uses: i === 7 ? 20 : 0 })));
    expect((await found("q=luyen+doc&sort=newest")).slice(0, 2)).to.deep.equal(["Luyện đọc số 45", "Luyện đọc số 44"]);
    expect((await found("q=luyen+doc&sort=used"))[0]).to.equal("Luyện đọc số 8");
    const pages = [await found("q=luyen+doc&sort=newest"), await found("q=luyen+doc&sort=newest&page=2"), await found("q=luyen+doc&sort=newest&page=3")];
    expect(pages.map((page) => page.length)).to.deep.equal([20, 20, 5]);
    expect(new Set(pages.flat()).size).to.equal(45);
    expect((await found("q=luyen+doc&sort=newest&page=99")).length).to.equal(5);
  });

  it("offers titles while somebody types", async () => {
    await library.add({ title: "Phân số bằng nhau" }, { title: "Phân tử và nguyên tử" }, { title: "Bài khác" });
    const offered = async (q: string): Promise<string[]> => (JSON.parse((await huong.get(`/library/suggestions?q=${encodeURIComponent(q)}`)).text) as { items: string[] }).items;
    expect(await offered("phan")).to.have.members(["Phân số bằng nhau", "Phân tử và nguyên tử"]);
    expect(await offered("phân s")).to.deep.equal(["Phân số bằng nhau"]);
    expect(await offered("phaan so")).to.deep.equal(["Phân số bằng nhau"]);
    expect(await offered("p")).to.deep.equal([]);
    expect(await offered("zzzz")).to.deep.equal([]);
  });

  it("helps where nothing was found", async () => {
    const page = await huong.get("/library?q=khongthethay&kind=video");
    expect(page.text).to.include("Không tìm thấy học liệu nào cho “khongthethay”").and.include("Bỏ mọi bộ lọc").and.include("/library/browse");
  });

  it("answers whatever is typed", async () => {
    await library.add({ title: "100% số liệu a_b" });
    const strange = ["%", "_", "'", '"', "\\", "*", "(", ")", "AND", "OR NOT", "NEAR(a b)", "x:*", "a & !b", "'; DROP TABLE materials; --", "\u0000", "<script>alert(1)</script>", "{}", "^a", "-", "a".repeat(10_000), "phân ".repeat(500), "1".repeat(5000), "𝕳𝖔𝖈", "ﷺ".repeat(30)];
    for (const text of strange) {
      for (const path of [`/library?q=${encodeURIComponent(text)}`, `/library/suggestions?q=${encodeURIComponent(text)}`]) {
        const answer = await huong.get(path);
        expect([200, 422, 431], `${text.slice(0, 30)} ${answer.text.slice(0, 300)}`).to.include(answer.status);
        expect(answer.text).to.not.include("<script>alert");
      }
    }
    for (const query of ["subject='%3B--&q=a", "grade[]=1&grade[]=2", "school=%25", "page=-1", "page=1e9", "sort=drop", "q[]=a&q[]=b", "kind=%00"]) {
      expect((await huong.get(`/library?${query}`)).status, query).to.equal(200);
    }
    expect(await found("100% số liệu")).to.deep.equal(["100% số liệu a_b"]);
    expect(await found("%")).to.deep.equal(await found("_")); // signs are no words: everything, nothing special
  });

  it("follows what happens to a material", async () => {
    const [material] = await library.add({ title: "Bài sắp đổi tên" });
    await huong.post(`/materials/${material}/metadata`, {});
    await app.db("materials").where({ id: material }).update({ title: "Tên mới" });
    await library.index([material ?? ""]);
    expect(await found("sap doi ten")).to.deep.equal([]);
    expect(await found("ten moi")).to.deep.equal(["Tên mới"]);
    await (await app.as("nam")).post(`/materials/${material}/retirement`, { comment: "" });
    expect(await found("ten moi")).to.deep.equal([]);
    await app.settle();
    expect(await app.db("library_index").where({ material_id: material }).first()).to.equal(undefined);
    await (await app.as("nam")).post(`/materials/${material}/restoration`);
    await app.settle();
    expect(await found("ten moi")).to.deep.equal(["Tên mới"]);
    expect(W.tranPhu).to.be.a("string");
  });
});
