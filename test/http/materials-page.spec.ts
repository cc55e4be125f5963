import { expect } from "chai";
import { startApp, type Running } from "../support/app.ts";
import type { Answer, Client } from "../support/client.ts";
import { sampleFile } from "../support/files.ts";
import { LESSON, shelfOf, type Row } from "../support/materials.ts";
import { W } from "../support/world.ts";

describe("a material", () => {
  let app: Running;
  const shelf = shelfOf(() => app);
  before(async () => {
    app = await startApp();
  });
  after(() => app.stop());

  describe("metadata and lessons", () => {
    const META = { title: "Tên mới", description: "", subject_code: "TOAN", grade: "6", kind: "worksheet", language: "vi", author: "Tổ Toán", source: "", licence: "CC BY", year: "2026", keywords: "tập hợp", accessibility: "", scope: "school" };

    it("are saved by those who may, with an audit row", async () => {
      const material = await shelf.draft();
      expect((await (await app.as("son")).get(`/materials/${material.id}/edit`)).status).to.equal(403);
      const huong = await app.as("huong");
      expect((await huong.get(`/materials/${material.id}/edit`)).status).to.equal(200);
      expect((await huong.post(`/materials/${material.id}/metadata`, { ...META, revision: String(material.revision) })).status).to.equal(303);
      expect(await shelf.row(material.id)).to.include({ title: "Tên mới", kind: "worksheet" });
      expect(await shelf.count("audit_entries", { action: "material.describe", subject_id: material.id })).to.equal(1);
    });

    it("come back with what was typed when something is wrong", async () => {
      const material = await shelf.draft();
      const answer = await (await app.as("huong")).post(`/materials/${material.id}/metadata`, { ...META, title: "", grade: "13", author: "Người gõ", revision: "1" });
      expect(answer.status).to.equal(422);
      expect(answer.text).to.include("Người gõ").and.include("Cần điền mục này");
    });

    it("do not overwrite what somebody else saved meanwhile without asking", async () => {
      const material = await shelf.draft();
      const [huong, nam] = [await app.as("huong"), await app.as("nam")];
      const save = (who: Client, title: string, revision: number): Promise<Answer> => who.post(`/materials/${material.id}/metadata`, { ...META, title, revision: String(revision) });
      await save(nam, "Của thầy Nam", 1);
      const late = await save(huong, "Của cô Hương", 1);
      expect(late.status).to.equal(409);
      expect(late.text).to.include("Của cô Hương").and.include('name="revision" value="2"');
      expect((await shelf.row(material.id)).title).to.equal("Của thầy Nam");
      expect((await save(huong, "Của cô Hương", 2)).status).to.equal(303);
    });

    it("link to lessons of the own school only, and raise the fact", async () => {
      const material = await shelf.draft();
      const huong = await app.as("huong");
      const link = (lesson: string): Promise<Answer> => huong.post(`/materials/${material.id}/lessons`, { lesson });
      expect((await link(W.toanLesson(3))).status).to.equal(303);
      expect((await link(W.leLoiLesson(3))).status).to.equal(404);
      expect((await huong.post(`/materials/${material.id}/lessons`, {})).status).to.equal(422);
      expect(await shelf.count("material_lessons", { material_id: material.id })).to.equal(2);
      const removal = `/materials/${material.id}/lessons/${W.toanLesson(3)}/removal`;
      expect((await huong.post(removal)).status).to.equal(303);
      expect((await huong.post(removal)).status).to.equal(409);
      const facts = (await app.db("events").where({ name: "material_links_changed" }).select("payload")) as { payload: string }[];
      expect(facts.filter(({ payload }) => payload.includes(material.id))).to.have.length(3);
    });

    it("of an approved material are linked by its reviewers, not by the uploader", async () => {
      const material = await shelf.approved();
      expect((await (await app.as("huong")).post(`/materials/${material.id}/lessons`, { lesson: W.toanLesson(4) })).status).to.equal(403);
      expect((await (await app.as("mai")).post(`/materials/${material.id}/lessons`, { lesson: W.toanLesson(4) })).status).to.equal(303);
    });
  });

  describe("the file", () => {
    let material: Row;
    before(async () => {
      material = await shelf.approved();
    });

    it("is shown in the page from our own origin and cannot do anything there", async () => {
      const file = await (await app.as("minh")).get(`/materials/${material.id}/file`);
      expect(file.status).to.equal(200);
      expect(file.headers.get("content-type")).to.equal("application/pdf");
      expect(file.headers.get("x-content-type-options")).to.equal("nosniff");
      expect(file.headers.get("content-disposition")).to.match(/^inline; filename="Bai giang Tap hop\.pdf"; filename\*=UTF-8''B%C3%A0i%20gi/);
      expect(file.headers.get("content-security-policy")).to.include("default-src 'none'").and.include("frame-ancestors 'self'");
      expect(file.headers.get("cache-control")).to.include("private");
    });

    it("answers ranges as players ask for them", async () => {
      const client = await app.as("huong");
      await client.upload(LESSON, {}, [sampleFile("video.mp4", "phim.mp4")]);
      const all = sampleFile("video.mp4").bytes;
      const video = (await shelf.rows()).find((m) => m.kind === "video");
      const ask = (range: string, more: Record<string, string> = {}): Promise<Answer> => client.get(`/materials/${video?.id}/file`, { range, ...more });
      const first = await ask("bytes=0-99");
      expect(first.status).to.equal(206);
      expect(first.headers.get("content-range")).to.equal(`bytes 0-99/${all.length}`);
      expect(first.bytes).to.deep.equal(all.subarray(0, 100));
      expect((await ask("bytes=-10")).bytes).to.deep.equal(all.subarray(-10));
      expect((await ask(`bytes=${all.length - 1}-`)).bytes).to.deep.equal(all.subarray(-1));
      expect((await ask("bytes=5-99999999")).bytes).to.deep.equal(all.subarray(5));
      const beyond = await ask(`bytes=${all.length}-`);
      expect(beyond.status).to.equal(416);
      expect(beyond.headers.get("content-range")).to.equal(`bytes */${all.length}`);
      for (const odd of ["bytes=abc", "bytes=9-2", "lines=0-1", "bytes=0-1,5-6"]) expect((await ask(odd)).status, odd).to.equal(200);
      expect((await ask("bytes=0-9", { "if-range": '"another"' })).status).to.equal(200);
      expect((await ask("bytes=0-9", { "if-range": first.headers.get("etag") ?? "" })).status).to.equal(206);
      const sandbox = await ask("bytes=0-1");
      expect(sandbox.headers.get("content-security-policy")).to.match(/^sandbox;/);
    });

    it("is not sent again to a browser that has it, and HEAD sends no body", async () => {
      const client = await app.as("huong");
      const path = `/materials/${material.id}/file`;
      const etag = (await client.get(path)).headers.get("etag") ?? "";
      expect((await client.get(path, { "if-none-match": etag })).status).to.equal(304);
      const head = await client.send("HEAD", path);
      expect(head.status).to.equal(200);
      expect(Number(head.headers.get("content-length"))).to.be.greaterThan(1000);
      expect(head.bytes).to.have.length(0);
    });

    it("is downloaded where the browser cannot show it, whatever is asked", async () => {
      const client = await app.as("huong");
      await client.upload(LESSON, {}, [sampleFile("bai-giang.pptx")]);
      const { id } = await shelf.newest();
      const file = await client.get(`/materials/${id}/file`);
      expect(file.headers.get("content-disposition")).to.match(/^attachment/);
      expect((await client.get(`/materials/${id}`)).text).to.include("Đang tạo bản xem trên trang");
    });
  });
});
