import { readdirSync } from "node:fs";
import { request as httpRequest } from "node:http";
import path from "node:path";
import { expect } from "chai";
import { startApp, type Running } from "../support/app.ts";
import type { Answer } from "../support/client.ts";
import { anotherPdf, EICAR, sampleFile } from "../support/files.ts";
import { LESSON, shelfOf } from "../support/materials.ts";
import { until, untilEmpty } from "../support/until.ts";
import { W } from "../support/world.ts";

describe("materials come in", () => {
  let app: Running;
  const shelf = shelfOf(() => app);
  before(async () => {
    app = await startApp({ UPLOAD_MAX_MB: "1" });
  });
  after(() => app.stop());

  const incoming = (): string => path.join(app.config.uploadsDir, "incoming");

  describe("uploading on a plan lesson", () => {
    it("makes one draft of each file, filled in from the lesson", async () => {
      const client = await app.as("huong");
      const before = await shelf.count("materials");
      const answer = await client.upload(LESSON, {}, [sampleFile("bai-giang.pdf", "Bài giảng Tập hợp.pdf"), sampleFile("so-do.png", "IMG_2034.png"), sampleFile("am-thanh.mp3")]);
      expect(answer.status).to.equal(303);
      expect(answer.location).to.equal(LESSON);
      expect(await shelf.count("materials")).to.equal(before + 3);
      const [pdf, picture, sound] = (await shelf.rows()).slice(-3);
      expect(pdf).to.include({ title: "Bài giảng Tập hợp", kind: "slides", state: "draft", subject_code: "TOAN", grade: 6, uploaded_by: W.huong });
      expect(picture).to.include({ title: "Tập hợp", kind: "image" });
      expect(sound).to.include({ kind: "audio" });
      expect(await shelf.count("material_lessons", { plan_lesson_id: W.toanLesson(1), material_id: pdf?.id ?? "" })).to.equal(1);
      expect(await shelf.count("audit_entries", { action: "material.upload", subject_id: pdf?.id ?? "", school_id: W.tranPhu })).to.equal(1);
      const page = await client.get(LESSON);
      expect(page.text).to.include("Bài giảng Tập hợp").and.include("Gửi duyệt").and.include("/8 bài có học liệu đã duyệt");
    });

    it("recognises the same file sent twice and stores it once", async () => {
      const client = await app.as("huong");
      await client.upload(LESSON, {}, [sampleFile("video.mp4")]);
      const before = [await shelf.count("materials"), await shelf.count("material_versions"), await shelf.count("blobs")];
      const again = await client.upload(LESSON, {}, [sampleFile("video.mp4", "video (1).mp4")]);
      expect(again.status).to.equal(303);
      expect([await shelf.count("materials"), await shelf.count("material_versions"), await shelf.count("blobs")]).to.deep.equal(before);
      expect((await client.get(LESSON)).text).to.include("không lưu thêm bản nữa");
    });

    it("recognises a double click, both requests at once", async () => {
      const client = await app.as("huong");
      const before = await shelf.count("materials");
      const answers = await Promise.all([1, 2, 3].map(() => client.upload(LESSON, {}, [sampleFile("video.webm")])));
      expect(answers.map((a) => a.status)).to.deep.equal([303, 303, 303]);
      expect(await shelf.count("materials")).to.equal(before + 1);
    });

    it("takes the good files of a request and says of each bad one why not", async () => {
      const client = await app.as("huong");
      const before = await shelf.count("materials");
      const bad = (name: string, bytes: Buffer) => ({ field: "files", name, type: "application/pdf", bytes });
      const answer = await client.send("POST", LESSON, {
        body: form([
          anotherPdf("tot.pdf", "good among bad"),
          bad("lon.pdf", Buffer.alloc(1_000_001, 1)),
          bad("trong.pdf", Buffer.alloc(0)),
          bad("gia.pdf", sampleFile("so-do.png").bytes),
          bad("bo-tep.zip", sampleFile("bo-tep.zip").bytes),
          bad("virus.txt", EICAR),
          bad("bai.pdf.exe", Buffer.from("MZ")),
        ]),
        headers: { accept: "application/json" },
      });
      expect(answer.status).to.equal(201);
      const { files } = JSON.parse(answer.text) as { files: { name: string; status: string; reason?: string }[] };
      const said = Object.fromEntries(files.map((file) => [file.name, file.reason ?? file.status]));
      expect(said["tot.pdf"]).to.equal("saved");
      expect(said["lon.pdf"]).to.include("1 MB");
      expect(said["trong.pdf"]).to.include("trống");
      expect(said["gia.pdf"]).to.include("không đúng với đuôi tệp .pdf");
      expect(said["bo-tep.zip"]).to.include("không phải gói SCORM");
      expect(said["virus.txt"]).to.include("vi-rút");
      expect(said["bai.pdf.exe"]).to.include(".exe");
      expect(await shelf.count("materials")).to.equal(before + 1);
    });

    it("shows the form again with every reason where nothing could be taken, without a script", async () => {
      const client = await app.as("huong");
      const answer = await client.upload(LESSON, {}, [{ field: "files", name: "ghi chú.docx", type: "", bytes: Buffer.from("không phải Word") }]);
      expect(answer.status).to.equal(422);
      expect(answer.text).to.include("ghi chú.docx").and.include("Tập hợp").and.include("không được nhận");
      const none = await client.upload(LESSON, {}, []);
      expect(none.status).to.equal(422);
      expect(none.text).to.include("Hãy chọn ít nhất một tệp");
    });

    it("shows a hostile name as text and never as a path or a header", async () => {
      const client = await app.as("huong");
      const answer = await client.upload(LESSON, {}, [anotherPdf('../../../<script>alert(1)</script>"\u202Efdp.pdf', "hostile")]);
      expect(answer.status).to.equal(303);
      const material = await shelf.newest();
      const page = await client.get(`/materials/${material.id}`);
      expect(page.text).to.not.include("<script>alert").and.not.include("\u202E");
      const file = await client.get(`/materials/${material.id}/file?as=download`);
      expect(file.headers.get("content-disposition")).to.match(/^attachment; filename="[^"\\\r\n]+"; filename\*=UTF-8''[\w%.~!-]+$/);
    });

    it("leaves no temporary file behind", async () => {
      await untilEmpty(incoming());
    });

    it("leaves nothing behind when the line breaks in the middle of a file", async () => {
      const client = await app.as("huong");
      const before = await shelf.count("materials");
      const { hostname, port } = new URL(app.base);
      const request = httpRequest({ hostname, port, method: "POST", path: LESSON, headers: { cookie: client.cookie, "sec-fetch-site": "same-origin", "content-type": "multipart/form-data; boundary=xx", "content-length": "500000" } });
      request.on("error", () => undefined);
      request.write('--xx\r\ncontent-disposition: form-data; name="files"; filename="dang-do.pdf"\r\n\r\n%PDF-1.7 ' + "x".repeat(100_000));
      await until(() => readdirSync(incoming()).length === 1);
      request.destroy();
      await untilEmpty(incoming());
      expect(await shelf.count("materials")).to.equal(before);
    });

    it("says that the server is full, stores nothing and keeps the page", async () => {
      const full = await startApp();
      full.blobs.adopt = () => Promise.reject(Object.assign(new Error("no space left on device"), { code: "ENOSPC" }));
      const answer = await (await full.as("huong")).upload(LESSON, {}, [sampleFile("so-do.gif")]);
      expect(answer.status).to.equal(507);
      expect(answer.text).to.include("đã hết chỗ lưu tệp");
      expect(Number(((await full.db("materials").count({ n: "*" }).first()) as { n: number }).n)).to.equal(0);
      await full.stop();
    });

    it("is refused to a stranger, to pupils and to officers", async () => {
      expect((await (await app.as("lan")).upload(LESSON, {}, [sampleFile("so-do.gif")])).status).to.equal(404);
      expect((await (await app.as("quang")).upload(LESSON, {}, [sampleFile("so-do.gif")])).status).to.equal(404);
      expect((await (await app.as("minh")).upload(LESSON, {}, [sampleFile("so-do.gif")])).status).to.equal(403);
      expect((await (await app.as("dung")).upload(LESSON, {}, [sampleFile("so-do.gif")])).status).to.equal(403);
      expect((await (await app.as("tuan")).upload(LESSON, {}, [sampleFile("so-do.gif")])).status).to.equal(403);
    });

    it("asks a visitor whose session is over to sign in, and stores nothing", async () => {
      const before = await shelf.count("materials");
      expect((await app.visitor().upload(LESSON, {}, [sampleFile("so-do.gif")])).status).to.equal(401);
      expect(await shelf.count("materials")).to.equal(before);
    });
  });

  describe("uploading from the library page", () => {
    const LIBRARY = `/schools/${W.tranPhu}/materials`;

    it("takes subject and grade from the form", async () => {
      const client = await app.as("son");
      expect((await client.get(`${LIBRARY}/new`)).text).to.include("Ngữ văn");
      const answer = await client.upload(LIBRARY, { subject_code: "NGUVAN", grade: "6" }, [sampleFile("phieu-hoc-tap.docx", "Phiếu đọc.docx")]);
      const material = await shelf.newest();
      expect(answer.location).to.equal(`/materials/${material.id}`);
      expect(material).to.include({ subject_code: "NGUVAN", grade: 6, kind: "worksheet", title: "Phiếu đọc" });
    });

    it("hides the school from strangers", async () => {
      const lan = await app.as("lan");
      for (const path of [LIBRARY, `${LIBRARY}/new`]) expect((await lan.get(path)).status).to.equal(404);
      expect((await lan.upload(LIBRARY, {}, [sampleFile("so-do.gif")])).status).to.equal(404);
    });
  });

  describe("the list of a school", () => {
    it("filters by the URL and keeps what is filtered in the form", async () => {
      await shelf.draft("huong");
      const client = await app.as("mai");
      const base = `/schools/${W.tranPhu}/materials`;
      expect((await client.get(`${base}?subject=TOAN&grade=6&state=draft&q=tap+hop`)).text).to.include("Bài giảng Tập hợp").and.include('value="tap hop"');
      expect((await client.get(`${base}?subject=NGUVAN`)).text).to.not.include("Bài giảng Tập hợp");
      expect((await client.get(`${base}?mine=yes`)).text).to.include("Không có học liệu nào khớp");
      expect((await client.get(`${base}?grade=abc&state=x&after=y`)).status).to.equal(200);
    });

    it("pages by keyset without losing or repeating one", async () => {
      const own = await startApp();
      const client = await own.as("huong");
      for (let i = 0; i < 4; i += 1) {
        await client.upload(LESSON, {}, Array.from({ length: 10 }, (_, j) => anotherPdf(`Bài giảng ${i} ${j}.pdf`, `page ${i} ${j}`)));
      }
      const seen: string[] = [];
      let path: string | undefined = `/schools/${W.tranPhu}/materials`;
      while (path !== undefined) {
        const page: Answer = await client.get(path);
        seen.push(...[...page.text.matchAll(/class="file__name" href="\/materials\/(\w+)"/g)].map((match) => match[1] ?? ""));
        path = /rel="next" href="([^"]+)"/.exec(page.text)?.[1]?.replaceAll("&amp;", "&");
      }
      expect(seen).to.have.length(40);
      expect(new Set(seen).size).to.equal(40);
      await own.stop();
    });

    it("shows officers above the school only what is in use", async () => {
      const waiting = await shelf.draft("huong");
      const inUse = await shelf.approved("huong");
      const text = (await (await app.as("dung")).get(`/schools/${W.tranPhu}/materials`)).text;
      expect(text).to.include(inUse.id).and.not.include(waiting.id);
    });
  });
});

function form(files: readonly { field: string; name: string; type: string; bytes: Uint8Array }[]): FormData {
  const body = new FormData();
  for (const file of files) body.append(file.field, new Blob([Uint8Array.from(file.bytes)], { type: file.type }), file.name);
  return body;
}
