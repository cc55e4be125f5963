import { expect } from "chai";
import sharp from "sharp";
import { startApp, type Running } from "../support/app.ts";
import type { Answer, Client } from "../support/client.ts";
import { shelfOf } from "../support/materials.ts";
import { untilEmpty } from "../support/until.ts";
import { W } from "../support/world.ts";

const LESSON = `/courses/${W.toan6A}/lessons/${W.toanLesson(1)}`;

describe("writing a lesson in place", () => {
  let app: Running;
  let huong: Client;
  let photo: Buffer;
  const shelf = shelfOf(() => app);
  before(async () => {
    app = await startApp();
    huong = await app.as("huong");
    photo = await sharp({ create: { width: 3000, height: 1000, channels: 3, background: "#0b6374" } })
      .withExif({ IFD0: { Make: "MayAnhCuaToi" }, IFD3: { GPSLatitudeRef: "N", GPSLatitude: "21/1 2/1 3/1" } })
      .withMetadata({ orientation: 6 })
      .jpeg()
      .toBuffer();
  });
  after(() => app.stop());

  const send = (client: Client, bytes: Buffer, fields: Record<string, string> = { alt: "Một hình xanh" }, name = "anh.jpg"): Promise<Answer> => client.upload(`${LESSON}/images`, fields, [{ field: "image", name, type: "image/jpeg", bytes }]);
  const write = async (body: string, client = huong): Promise<Answer> => {
    const revision = /name="revision" value="(\d+)"/.exec((await client.get(`${LESSON}/text`)).text)?.[1] ?? "";
    return client.post(`${LESSON}/text`, { body, revision });
  };

  describe("pictures", () => {
    it("are drawn anew: turned, no larger than needed, without place and camera; what was typed stays", async () => {
      const answer = await send(huong, photo, { alt: "Hình xanh [1]", body: "Đang gõ dở", revision: "0" });
      expect(answer.status, answer.text).to.equal(200);
      const id = /!\[Hình xanh 1\]\(image:(\w{26})\)/.exec(answer.text)?.[1] ?? "";
      expect(answer.text).to.include("Đang gõ dở").and.include("Đã thêm hình");
      const file = await huong.get(`${LESSON}/images/${id}`);
      expect(file.headers.get("content-type")).to.equal("image/webp");
      const meta = await sharp(file.bytes).metadata();
      expect([meta.width, meta.height, meta.exif, meta.orientation]).to.deep.equal([533, 1600, undefined, undefined]);
      expect(file.bytes.includes("MayAnhCuaToi")).to.equal(false);
      await untilEmpty(app.blobs.incoming);
      await write(`# Bài mới\n\n![Hình xanh](image:${id})`);
      expect((await (await app.as("minh")).get(LESSON)).text).to.include(`<img src="${LESSON}/images/${id}" alt="Hình xanh" width="533"`);
    });

    it("are seen by whoever may read the lesson, by nobody else, and in no other lesson", async () => {
      const { id } = (await app.db("lesson_images").first("id")) as { id: string };
      for (const [who, status] of [["minh", 200], ["thu", 200], ["son", 200], ["khoi", 404], ["lan", 404], ["vy", 404], ["dung", 404]] as const) {
        expect((await (await app.as(who)).get(`${LESSON}/images/${id}`)).status, who).to.equal(status);
      }
      expect((await huong.get(`/courses/${W.toan6A}/lessons/${W.toanLesson(2)}/images/${id}`)).status).to.equal(404);
      expect((await app.visitor().get(`${LESSON}/images/${id}`)).status).to.be.oneOf([302, 303, 401]);
    });

    it("need words, and are refused by name where they are none; nothing is left", async () => {
      const before = await shelf.count("lesson_images");
      const bomb = await sharp({ create: { width: 9000, height: 9000, channels: 3, background: "white" } }).png().toBuffer();
      const cases: [Promise<Answer>, string][] = [
        [send(huong, photo, { alt: "", body: "giữ lại" }), "hình cho thấy gì"],
        [send(huong, Buffer.from("<svg onload=alert(1)>"), { alt: "x" }, "x.svg"), "x"],
        [send(huong, Buffer.concat([photo.subarray(0, 200), Buffer.from("<script>")]), { alt: "x" }), "Không đọc được hình"],
        [send(huong, bomb, { alt: "x" }, "to.png"), "40 triệu"],
      ];
      for (const [sent, says] of cases) {
        const answer = await sent;
        expect(answer.status).to.equal(422);
        expect(answer.text).to.include(says);
      }
      expect(await shelf.count("lesson_images")).to.equal(before);
      await untilEmpty(app.blobs.incoming);
      expect((await send(await app.as("minh"), photo)).status).to.equal(403);
      expect((await send(await app.as("son"), photo)).status).to.equal(403);
      expect((await send(await app.as("lan"), photo)).status).to.equal(404);
    });

    it("answer the editor with the code to insert", async () => {
      const body = new FormData();
      body.append("alt", "Hình dán");
      body.append("image", new Blob([Uint8Array.from(photo)]), "dan.jpg");
      const answer = await huong.send("POST", `${LESSON}/images`, { body, headers: { accept: "application/json" } });
      expect(answer.status).to.equal(201);
      expect((JSON.parse(answer.text) as { markdown: string }).markdown).to.match(/^!\[Hình dán\]\(image:\w{26}\)$/);
    });
  });

  it("links materials for those who may see them, and leaves the name for others", async () => {
    const draft = await shelf.draft("huong");
    await write(`Làm [Phiếu số 1](material:${draft.id}) nhé.`);
    expect((await huong.get(LESSON)).text).to.include(`class="material-link"`);
    const pupil = (await (await app.as("minh")).get(LESSON)).text;
    expect(pupil).to.include("Làm Phiếu số 1 nhé").and.not.include(draft.id);
    expect((await huong.get(`${LESSON}/text`)).text).to.include(`](material:${draft.id})`);
  });

  describe("the draft", () => {
    it("is kept on the server while writing, found on another device, and gone when saved or dropped", async () => {
      await write("Bản đã lưu");
      const revision = /name="revision" value="(\d+)"/.exec((await huong.get(`${LESSON}/text`)).text)?.[1] ?? "";
      const kept = await huong.post(`${LESSON}/text-draft`, { body: "Bản đang viết  ", revision }, { accept: "application/json" });
      expect(JSON.parse(kept.text)).to.deep.equal({ saved: "Đã lưu nháp lúc 9:00", moved: false });
      const other = await (await app.as("huong")).get(`${LESSON}/text`);
      expect(other.text).to.include("Bản đang viết").and.include("bản nháp thầy cô đang soạn dở");
      expect((await (await app.as("minh")).get(LESSON)).text).to.include("Bản đã lưu").and.not.include("Bản đang viết");
      await huong.post(`${LESSON}/text-draft-removal`);
      expect((await huong.get(`${LESSON}/text`)).text).to.include("Bản đã lưu").and.not.include("Bản đang viết");
      await huong.post(`${LESSON}/text-draft`, { body: "x", revision });
      await write("Lưu thật");
      expect(await shelf.count("lesson_drafts")).to.equal(0);
      expect((await (await app.as("son")).post(`${LESSON}/text-draft`, { body: "x", revision })).status).to.equal(403);
    });

    it("that began from an older text is shown beside what was saved meanwhile", async () => {
      await huong.post(`${LESSON}/text-draft`, { body: "Của tôi", revision: "1" });
      const page = (await huong.get(`${LESSON}/text`)).text;
      expect(page).to.include("Của tôi").and.include("Lưu thật").and.include("vừa được người khác lưu");
      await huong.post(`${LESSON}/text-draft-removal`);
    });
  });

  it("previews for the editor what the page would show, cleaned", async () => {
    const answer = await huong.post(`${LESSON}/text-preview`, { body: "**đậm** <img src=x onerror=alert(1)> $x^2$", revision: "0" }, { accept: "application/json" });
    const { html } = JSON.parse(answer.text) as { html: string };
    expect(html).to.include("<strong>đậm</strong>").and.include("<math").and.not.include("<img");
  });

  it("makes slides of headings, with notes for who teaches only", async () => {
    await write("# Tập hợp\n- phần tử\n???\nHỏi em Minh trước\n\n## Kí hiệu\n$x \\in A$\n\n{{7*7}} <%= 1 %>");
    const teacher = (await huong.get(`${LESSON}/slides`)).text;
    expect(teacher.match(/class="slide"/g)).to.have.length(3);
    expect(teacher).to.include('id="slide-3"').and.include("Hỏi em Minh trước").and.include("{{7*7}} &lt;%= 1 %&gt;");
    const minh = await app.as("minh");
    expect((await minh.get(`${LESSON}/slides`)).text).to.include("phần tử").and.not.include("Hỏi em Minh trước");
    expect((await minh.get(LESSON)).text).to.include("Kí hiệu").and.not.include("Hỏi em Minh trước");
    expect((await (await app.as("lan")).get(`${LESSON}/slides`)).status).to.equal(404);
  });

  describe("the page as a material of the library", () => {
    const press = (client: Client, revision: number | string): Promise<Answer> => client.post(`${LESSON}/material`, { revision: String(revision) });
    const revisionNow = async (): Promise<string> => /name="revision" value="(\d+)"/.exec((await huong.get(`${LESSON}/text`)).text)?.[1] ?? "";

    it("is one file with its pictures, a draft that goes the way of every file and is searched by its words", async () => {
      await send(huong, photo, { alt: "Hình xanh" });
      const { id: image } = (await app.db("lesson_images").orderBy("id", "desc").first("id")) as { id: string };
      await write(`# Luỹ thừa với số mũ tự nhiên\n\n![Hình xanh](image:${image})\n\n$a^n$\n\n???\nghi chú riêng`);
      expect((await huong.get(LESSON)).text).to.include("Lưu thành học liệu");
      const answer = await press(huong, await revisionNow());
      expect(answer.status, answer.text).to.equal(303);
      const material = await shelf.newest();
      expect(answer.headers.get("location")).to.equal(`/materials/${material.id}`);
      expect(await app.db("material_lessons").where({ material_id: material.id, plan_lesson_id: W.toanLesson(1) })).to.have.length(1);
      const page = (await huong.get(`/materials/${material.id}`)).text;
      expect(page).to.include("<page-frame>").and.include("Mở riêng để đọc hoặc in");
      const file = await huong.get(`/materials/${material.id}/file`);
      expect(file.headers.get("content-type")).to.equal("text/html; charset=utf-8");
      expect(file.headers.get("content-security-policy")).to.match(/^sandbox /).and.not.include("allow-scripts");
      expect(file.text).to.include("data:image/webp;base64,").and.include("<math").and.not.include("ghi chú riêng");
      await app.settle();
      await app.digitise();
      await app.settle();
      expect((await huong.get("/library?q=luỹ thừa với số mũ")).text).to.include(material.id);
      for (const [who, noun] of [["huong", "submission"], ["mai", "passing"], ["nam", "approval"]] as const) expect((await shelf.act(who, noun, material)).status).to.equal(303);
      expect((await (await app.as("minh")).get(`/materials/${material.id}`)).status).to.equal(200);
    });

    it("is saved once however often the button is pressed, and becomes a new version when the text changed", async () => {
      const before = await shelf.count("materials");
      const material = await shelf.newest();
      expect((await press(huong, await revisionNow())).headers.get("location")).to.equal(`/materials/${material.id}`);
      expect(await shelf.count("materials")).to.equal(before);
      expect((await huong.get(LESSON)).text).to.include("Học liệu từ trang này").and.not.include("Lưu thành học liệu");
      const stale = await revisionNow();
      await write("# Luỹ thừa, bản sửa");
      expect((await press(huong, stale)).status).to.equal(409);
      expect((await huong.get(LESSON)).text).to.include("Cập nhật học liệu (phiên bản mới)");
      expect((await press(huong, await revisionNow())).status).to.equal(303);
      const after = await shelf.row(material.id);
      expect([await shelf.count("materials"), after.state, after.approved_version_id]).to.deep.equal([before, "draft", material.approved_version_id]);
      expect(await shelf.count("material_versions", { material_id: material.id })).to.equal(2);
    });

    it("is no matter of those who do not teach the course; an empty text is no page", async () => {
      for (const [who, status] of [["minh", 403], ["son", 403], ["lan", 404], ["dung", 404]] as const) expect((await press(await app.as(who), await revisionNow())).status, who).to.equal(status);
      await write("");
      expect((await press(huong, await revisionNow())).status).to.equal(422);
      expect((await press(huong, "x")).status).to.equal(422);
    });

    it("comes back from outside as the page it was; with a script in it, it is a program", async () => {
      const material = await shelf.newest();
      const { bytes } = await huong.get(`/materials/${material.id}/file`);
      const upload = (content: Buffer): Promise<Answer> => huong.upload(`/plan-lessons/${W.toanLesson(2)}/materials`, {}, [{ field: "files", name: "bai.html", type: "text/html", bytes: content }]);
      expect((await upload(Buffer.from(bytes))).status).to.equal(303);
      const touched = await upload(Buffer.from(Buffer.from(bytes).toString("utf8").replace("</main>", "<script>alert(1)</script></main>")));
      expect(touched.status).to.equal(422);
      expect(touched.text).to.include("có thể chạy mã lệnh");
    });
  });

  it("shows a material that stands alone in the text, to those who may see it, once", async () => {
    const material = await shelf.approved("huong", W.toanLesson(1));
    const draft = await shelf.draft("huong");
    const named = `[Phiếu](material:${material.id})`;
    await write(`Xem:\n\n${named}\n\nLần nữa:\n\n${named}\n\nTrong câu ${named}.\n\n[Nháp](material:${draft.id})`);
    const pupil = (await (await app.as("minh")).get(LESSON)).text;
    expect(pupil.match(new RegExp(`<pdf-viewer data-src="/materials/${material.id}/`, "g"))).to.have.length(1);
    expect(pupil.match(new RegExp(`href="/materials/${material.id}" [^>]*class="material-link"|class="material-link"[^>]*href="/materials/${material.id}"`, "g"))).to.have.length(3);
    expect(pupil).to.not.include(draft.id);
    expect((await huong.get(LESSON)).text).to.include(`<pdf-viewer data-src="/materials/${draft.id}/`);
  });
});
