import { Readable } from "node:stream";
import { expect } from "chai";
import { newId } from "../../server/platform/ids.ts";
import { startApp, type Running } from "../support/app.ts";
import type { Client } from "../support/client.ts";
import { ENGINE } from "../support/database.ts";
import { sampleFile } from "../support/files.ts";
import { LESSON, shelfOf, type Row } from "../support/materials.ts";
import { NOW } from "../support/world.ts";

/** A file is seen where it stands: each kind in its way, with its size before it is loaded, and captions beside a film. */
describe(`viewing materials (${ENGINE})`, () => {
  let app: Running;
  let huong: Client;
  const shelf = shelfOf(() => app);
  before(async () => {
    app = await startApp();
    huong = await app.as("huong");
  });
  after(() => app.stop());

  async function uploaded(name: string): Promise<Row> {
    expect((await huong.upload(LESSON, {}, [sampleFile(name)])).status).to.equal(303);
    return shelf.newest();
  }

  async function rendition(material: Row, kind: string, mime: string, bytes: string, details = {}): Promise<void> {
    const { blob_hash } = (await app.db("material_versions").where({ id: material.latest_version_id }).first()) as { blob_hash: string };
    const stored = await app.blobs.put(Readable.from([Buffer.from(bytes)]));
    await app.db("blobs").insert({ hash: stored.hash, size_bytes: stored.size, mime, created_at: NOW }).onConflict("hash").ignore();
    await app.db("renditions").insert({ id: newId(), blob_hash, kind, rendition_hash: stored.hash, mime, size_bytes: stored.size, details: JSON.stringify(details), created_at: NOW });
  }

  describe("a document", () => {
    it("waits for its PDF with a word of how far it is, and can be downloaded meanwhile", async () => {
      const material = await uploaded("bai-giang.pptx");
      const { text } = await huong.get(`/materials/${material.id}`);
      expect(text).to.include("Đang tạo bản xem trên trang").and.to.include("as=download");
    });

    it("is shown as its PDF once that is made, and says so; the original stays", async () => {
      const material = await shelf.newest();
      await rendition(material, "pdf", "application/pdf", "%PDF-1.4 made");
      const { text } = await huong.get(`/materials/${material.id}`);
      expect(text).to.include("<pdf-viewer").and.to.include("bản PDF được tạo từ tệp gốc");
      expect(text, "without scripts").to.match(/<noscript><iframe [^>]*renditions\/pdf/);
      const made = await huong.get(`/materials/${material.id}/versions/${material.latest_version_id}/renditions/pdf`, { range: "bytes=0-3" });
      expect(made.status).to.equal(206);
      expect(made.text).to.equal("%PDF");
      expect((await huong.get(`/materials/${material.id}/file`)).headers.get("content-disposition")).to.match(/pptx/);
    });

    it("does not tell another school that anything was made of it", async () => {
      const material = await shelf.newest();
      for (const who of ["quang", "vy"]) {
        const client = await app.as(who);
        expect((await client.get(`/materials/${material.id}/versions/${material.latest_version_id}/renditions/pdf`)).status).to.equal(404);
      }
    });
  });

  describe("a film", () => {
    it("offers the original and what was made of it, each with its size", async () => {
      const material = await uploaded("video.mp4");
      await rendition(material, "video_480", "video/mp4", "small film", { playlist: '#EXTM3U\n#EXT-X-MAP:URI="media.mp4",BYTERANGE="9@0"\nmedia.mp4\n' });
      await rendition(material, "audio_only", "audio/mp4", "sound");
      const { text } = await huong.get(`/materials/${material.id}`);
      expect(text).to.match(/<video[^>]*preload="none"/);
      expect(text).to.include("480p · 10 B").and.to.include("Chỉ âm thanh · 5 B").and.to.match(/Bản gốc · [\d.,]+ KB/);
      const base = `/materials/${material.id}/versions/${material.latest_version_id}/renditions`;
      const list = await huong.get(`${base}/video_480/playlist.m3u8`);
      expect(list.headers.get("content-type")).to.match(/^application\/vnd\.apple\.mpegurl/);
      expect(list.text).to.equal('#EXTM3U\n#EXT-X-MAP:URI="../video_480",BYTERANGE="9@0"\n../video_480\n');
      expect((await huong.get(`${base}/audio_only/playlist.m3u8`)).status).to.equal(404);
    });

    describe("its captions", () => {
      const srt = "1\n00:00:00,500 --> 00:00:01,500\nChào các em!\n";
      const file = (text: string, name = "phu-de.srt"): { field: string; name: string; type: string; bytes: Buffer } => ({ field: "files", name, type: "text/plain", bytes: Buffer.from(text) });
      const base = async (): Promise<string> => {
        const material = (await app.db("materials").where({ kind: "video" }).orderBy("id", "desc").first()) as Row;
        return `/materials/${material.id}/versions/${material.latest_version_id}/captions`;
      };

      it("are converted, kept and offered as a track of the player", async () => {
        const path = await base();
        const answer = await huong.upload(path, { language: "vi", label: "" }, [file(srt)]);
        expect(answer.status).to.equal(303);
        const page = await huong.get(answer.location);
        expect(page.text).to.match(/<track kind="captions" src="[^"]+" srclang="vi" label="Tiếng Việt" default>/);
        const track = /<track kind="captions" src="([^"]+)"/.exec(page.text)?.[1] ?? "";
        const sent = await huong.get(track);
        expect(sent.headers.get("content-type")).to.equal("text/vtt; charset=utf-8");
        expect(sent.text).to.equal("WEBVTT\n\n00:00:00.500 --> 00:00:01.500\nChào các em!\n");
        expect(await shelf.count("audit_entries", { action: "material.captions" })).to.equal(1);
      });

      it("are replaced by others in the same language, and stand beside those in another", async () => {
        const path = await base();
        await huong.upload(path, { language: "vi", label: "Có dấu" }, [file(srt.replace("Chào", "Xin chào"))]);
        await huong.upload(path, { language: "en", label: "English" }, [file(srt.replace("Chào các em", "Hello"))]);
        const rows = (await app.db("captions").orderBy("language").select("language", "label")) as { language: string; label: string }[];
        expect(rows.map((row) => `${row.language} ${row.label}`)).to.deep.equal(["en English", "vi Có dấu"]);
      });

      it("say at the field what is wrong with the file, and keep what was typed", async () => {
        const answer = await huong.upload(await base(), { language: "en", label: "Slow" }, [file(srt.replace("01,500", "00,100"))]);
        expect(answer.status).to.equal(422);
        expect(answer.text).to.include("Dòng 2: thời gian chưa đúng").and.to.include('value="Slow"');
        const wrong = await huong.upload(await base(), { language: "xx", label: "" }, [file(srt)]);
        expect(wrong.status).to.equal(422);
        const page = await huong.upload(await base(), { language: "vi", label: "" }, [file("<!doctype html><b>x</b>", "phu-de.vtt")]);
        expect(page.status).to.equal(422);
        expect(page.text).to.include("không phải phụ đề");
        const none = await huong.upload(await base(), { language: "vi", label: "" }, []);
        expect(none.status).to.equal(422);
      });

      it("are changed by those who may edit the material only", async () => {
        const path = await base();
        expect((await (await app.as("son")).upload(path, { language: "vi", label: "" }, [file(srt)])).status).to.equal(403);
        expect((await (await app.as("quang")).upload(path, { language: "vi", label: "" }, [file(srt)])).status).to.equal(404);
      });

      it("go when they are deleted, once", async () => {
        const path = await base();
        const { id } = (await app.db("captions").where({ language: "en" }).first()) as { id: string };
        expect((await huong.post(`${path}/${id}/removal`)).status).to.equal(303);
        expect((await huong.post(`${path}/${id}/removal`)).status).to.equal(409);
        expect((await huong.get(`${path}/${id}`)).status).to.equal(404);
      });

      it("are not taken for a file that is no film", async () => {
        const material = await uploaded("bai-giang.pdf");
        const answer = await huong.upload(`/materials/${material.id}/versions/${material.latest_version_id}/captions`, { language: "vi", label: "" }, [file(srt)]);
        expect(answer.status).to.equal(422);
      });
    });
  });

  it("is recognised in the lists by a small picture, where one was made", async () => {
    const material = await uploaded("so-do.jpg");
    expect((await huong.get(LESSON)).text).to.not.include("file__thumb");
    await rendition(material, "thumb", "image/webp", "small picture");
    const src = `/materials/${material.id}/versions/${material.latest_version_id}/renditions/thumb`;
    expect((await huong.get(LESSON)).text).to.include(`<img class="file__thumb" src="${src}" alt="" loading="lazy"`);
    expect((await huong.get(src)).text).to.equal("small picture");
  });

  it("shows a text, a table of values and Markdown as text and nothing else", async () => {
    const bytes = Buffer.from("<script>alert(1)</script>,1\n");
    await huong.upload(LESSON, {}, [{ field: "files", name: "so-lieu.csv", type: "text/csv", bytes }]);
    const material = await shelf.newest();
    expect((await huong.get(`/materials/${material.id}`)).text).to.include("<text-viewer");
    const sent = await huong.get(`/materials/${material.id}/file`);
    expect(sent.headers.get("content-type")).to.equal("text/plain; charset=utf-8");
    expect(sent.headers.get("content-security-policy")).to.match(/^sandbox;/);
    expect(sent.headers.get("x-content-type-options")).to.equal("nosniff");
  });
});
