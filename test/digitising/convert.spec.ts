import { execFileSync } from "node:child_process";
import { createServer, type Server } from "node:net";
import type { AddressInfo } from "node:net";
import { chmodSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { crc32, deflateSync } from "node:zlib";
import { expect } from "chai";
import sharp from "sharp";
import { findTools } from "../../server/digitising/tools.ts";
import { findDigitisation, listRenditions, textPages, type DigitisationRow } from "../../server/digitising/store.ts";
import { addMinutes } from "../../server/platform/clock.ts";
import { startApp, type Running } from "../support/app.ts";
import { EICAR, filePath } from "../support/files.ts";
import { drawnPage, pdfOf, scanOf } from "../support/pages.ts";
import { LESSON } from "../support/materials.ts";

const LINES = ["Bài 12. Phân số bằng nhau", "Tập hợp các số tự nhiên được kí hiệu là N.", "Học sinh giải quyết vấn đề và trình bày lời giải.", "Quyết tâm học tập thật tốt trong năm học mới."];

describe("digitising what teachers upload", function () {
  this.timeout(180_000);
  let app: Running;
  before(async () => {
    app = await startApp();
  });
  after(() => app.stop());

  async function upload(name: string, bytes: Buffer): Promise<{ hash: string; id: string; version: string }> {
    const answer = await (await app.as("huong")).upload(LESSON, {}, [{ field: "files", name, type: "application/octet-stream", bytes }]);
    expect(answer.status, answer.text.slice(0, 2000)).to.equal(303);
    const row = (await app.db("materials as m").join("material_versions as v", "v.id", "m.latest_version_id").orderBy("m.id", "desc").first("m.id", "v.blob_hash as hash", "v.id as version")) as { id: string; hash: string; version: string };
    return row;
  }
  async function made(hash: string): Promise<{ row: DigitisationRow; kinds: string[]; text: string }> {
    const row = await findDigitisation(app.db, hash);
    if (row === undefined) throw new Error("nobody asked for it");
    const kinds = (await listRenditions(app.db, [hash])).get(hash)?.map((one) => one.kind) ?? [];
    return { row, kinds, text: (await textPages(app.db, hash)).map((page) => page.text).join("\n") };
  }
  const fixture = (name: string): Buffer => readFileSync(filePath(name));

  it("makes a small picture, a PDF and the text of Word and PowerPoint", async () => {
    const word = await upload("Kế hoạch.docx", readFileSync(filePath("../plans/ngu-van-7-phu-luc-3.docx")));
    const slides = await upload("Trình chiếu.pptx", fixture("bai-giang.pptx"));
    expect(await app.digitise()).to.equal(2);
    const one = await made(word.hash);
    expect(one.row.state).to.equal("done");
    expect(one.kinds).to.have.members(["pdf", "thumb"]);
    expect(one.row.pages).to.be.greaterThan(5);
    expect(one.text).to.include("NGỮ VĂN");
    expect((await made(slides.hash)).kinds).to.have.members(["pdf", "thumb"]);
    const pdf = await (await app.as("huong")).get(`/materials/${word.id}/versions/${word.version}/renditions/pdf`);
    expect(pdf.bytes.subarray(0, 5).toString()).to.equal("%PDF-");
    expect((await (await app.as("lan")).get(`/materials/${word.id}/versions/${word.version}/renditions/pdf`)).status).to.equal(404);
  });

  it("takes the text of a PDF as it stands, and reads a scan into a PDF that can be searched", async () => {
    const born = await upload("Bài giảng.pdf", await pdfOf(LINES));
    const scan = await upload("Bản quét.pdf", await scanOf([await drawnPage(LINES, { dpi: 150 })]));
    await app.digitise();
    const text = await made(born.hash);
    expect(text.row.text_source).to.equal("file");
    expect(text.text).to.include("Phân số bằng nhau");
    const read = await made(scan.hash);
    expect(read.row.text_source).to.equal("ocr");
    expect(read.kinds).to.include("pdf");
    expect(read.text).to.include("Quyết tâm học tập");
    const rendition = (await listRenditions(app.db, [scan.hash])).get(scan.hash)?.find((one) => one.kind === "pdf");
    const chunks: Buffer[] = [];
    for await (const chunk of await app.blobs.open(rendition?.rendition_hash ?? "")) chunks.push(chunk as Buffer);
    const again = await upload("Bản nhận dạng.pdf", Buffer.concat(chunks));
    await app.digitise();
    expect((await made(again.hash)).text, "the invisible words are in the PDF").to.include("Quyết tâm");
  });

  it("writes corrected words into the searchable PDF, where they stand, once the person rests", async () => {
    const { hash, id, version } = await upload("Bản quét cũ.pdf", await scanOf([await drawnPage(LINES, { dpi: 150 }), await drawnPage(["Trang thứ hai của tài liệu này"], { dpi: 150 })]));
    await app.digitise();
    const client = await app.as("huong");
    const place = `/materials/${id}/versions/${version}`;
    const pdf = async (): Promise<string[]> => {
      const answer = await client.get(`${place}/renditions/pdf?as=download`);
      expect(answer.headers.get("content-disposition")).to.match(/^attachment/);
      return execFileSync("pdftotext", ["-bbox", "-", "-"], { input: answer.bytes, encoding: "utf8" }).split("\n");
    };
    const where = (lines: readonly string[], word: string): string => lines.find((line) => line.includes(`>${word}<`))?.replace(/>.*/, "") ?? "nowhere";
    const before = await pdf();
    expect(where(before, "quyết")).to.not.equal("nowhere");
    const words = ((await app.db("ocr_pages").where({ blob_hash: hash, page: 1 }).first("words")) as { words: string }).words;
    const at = (JSON.parse(words) as { t: string }[][]).flat().findIndex((word) => word.t === "quyết");
    expect((await client.post(`${place}/text/1`, { revision: "1", [`word.${at}`]: "thoát" })).status).to.equal(303);
    const { hash: old } = (await app.db("renditions").where({ blob_hash: hash, kind: "pdf" }).first({ hash: "rendition_hash" })) as { hash: string };
    await app.digitise();
    expect(where(await pdf(), "thoát"), "not while somebody may still be correcting").to.equal("nowhere");
    expect((await client.get(`/materials/${id}`)).text).to.include("còn chữ cũ");
    app.time.now = addMinutes(app.time.now, 3);
    await app.digitise();
    const after = await pdf();
    expect(where(after, "quyết")).to.equal("nowhere");
    expect(where(after, "thoát").split("xMax")[0], "begins where the wrong word began").to.equal(where(before, "quyết").split("xMax")[0]);
    expect(after.filter((line) => line.includes("<page "))).to.have.length(2);
    expect(after.join(" ")).to.include(">hai<");
    expect((await client.get(`/materials/${id}`)).text).to.not.include("còn chữ cũ");
    expect(await app.db("blobs").where({ hash: old }), "the old one is nobody's").to.deep.equal([]);
    expect(debris()).to.deep.equal([]);
  });

  it("shows a photo without the place where it was taken", async () => {
    const photo = await sharp({ create: { width: 900, height: 600, channels: 3, background: "#88aacc" } })
      .withExif({ IFD0: { Make: "canary-camera" }, IFD3: { GPSLatitude: "20/1 57/1 0/1", GPSLatitudeRef: "N" } })
      .jpeg()
      .toBuffer();
    expect(photo.includes("canary-camera")).to.equal(true);
    const { hash, id, version } = await upload("Ảnh.jpg", photo);
    await app.digitise();
    expect((await made(hash)).kinds).to.have.members(["image", "thumb"]);
    const client = await app.as("huong");
    for (const kind of ["image", "thumb"]) {
      const shown = await client.get(`/materials/${id}/versions/${version}/renditions/${kind}`);
      expect(shown.status).to.equal(200);
      expect((await sharp(shown.bytes).metadata()).exif).to.equal(undefined);
    }
    expect((await client.get(`/materials/${id}`)).text).to.include("renditions/image").and.not.include(`versions/${version}/file"`);
  });

  it("makes a poster, a stream of 480 lines of a film, and a small stream of a recording", async () => {
    const { hash } = await upload("Thí nghiệm.mp4", fixture("video.mp4"));
    const sound = await upload("Đọc mẫu.mp3", fixture("am-thanh.mp3"));
    await app.digitise();
    const film = await made(hash);
    expect(film.kinds, "a film without sound").to.have.members(["poster", "thumb", "video_480"]);
    expect(film.row.duration_ms).to.be.within(900, 1_200);
    const stream = (await listRenditions(app.db, [hash])).get(hash)?.find((one) => one.kind === "video_480");
    expect(stream?.details["playlist"]).to.include("#EXT-X-BYTERANGE").and.include("media.mp4");
    expect((await made(sound.hash)).kinds).to.deep.equal(["audio_only"]);
  });

  it("does what it can where nothing is installed: text of office documents and PDFs, and OCR from npm", async () => {
    const tools = findTools("/nowhere");
    expect((await tools).ocr).to.equal("tesseract.js");
    const salted = Buffer.concat([await pdfOf([...LINES, "không có công cụ"]), Buffer.from("\n")]);
    const pdf = await upload("Chỉ có chữ.pdf", salted);
    const word = await upload("Phiếu.docx", readFileSync(filePath("../plans/tieng-viet-2-phu-luc-2.docx")));
    const film = await upload("Phim.webm", fixture("video.webm"));
    const photo = await upload("Trang vở.png", await drawnPage(LINES, { dpi: 150 }));
    await app.digitise({ tools });
    expect((await made(pdf.hash)).text).to.include("không có công cụ");
    expect((await made(word.hash)).text).to.include("TRƯỜNG TIỂU HỌC HÒN GAI");
    expect((await made(word.hash)).row.error_code).to.equal("no_tool");
    expect((await made(film.hash)).row.error_code).to.equal("no_tool");
    expect((await made(photo.hash)).text).to.include("Quyết tâm học tập");
  });

  it("makes one document of photos of pages, in their order, and reads it", async () => {
    const photo = async (line: string): Promise<Buffer> => sharp(await drawnPage([line, ...LINES], { dpi: 150 })).withExif({ IFD0: { Make: "canary-camera" } }).jpeg().toBuffer();
    const photos = [await photo("Trang thứ nhất"), await photo("Trang thứ hai")].map((bytes, i) => ({ field: "photos", name: `${i}.jpg`, type: "image/jpeg", bytes }));
    const client = await app.as("huong");
    const answer = await client.upload(LESSON.replace(/materials$/, "photographed-pages"), { title: "Vở ghi" }, photos);
    expect(answer.status, answer.text.slice(0, 500)).to.equal(303);
    const { hash, title } = (await app.db("materials as m").join("material_versions as v", "v.id", "m.latest_version_id").where("m.id", answer.location.split("/").at(-1)).first("v.blob_hash as hash", "m.title")) as { hash: string; title: string };
    expect(title).to.equal("Vở ghi");
    expect((await client.get(`${answer.location}/file`)).bytes.includes("canary-camera")).to.equal(false);
    await app.digitise();
    const pages = await textPages(app.db, hash);
    expect(pages.map((page) => /nhất|hai/.exec(page.text)?.[0])).to.deep.equal(["nhất", "hai"]);
    const wrong = await client.upload(LESSON.replace(/materials$/, "photographed-pages"), {}, [{ field: "photos", name: "hong.jpg", type: "image/jpeg", bytes: photos[0]?.bytes.subarray(0, 300) ?? Buffer.alloc(0) }]);
    expect(wrong.status).to.equal(422);
    expect(debris()).to.deep.equal([]);
  });

  describe("files that mean harm, or are broken", () => {
    it("fails a broken document alone, with the reason, keeps the original and leaves no debris", async () => {
      const { hash, id } = await upload("Hỏng.docx", fixture("phieu-hoc-tap.docx"));
      await withStub("soffice", "exit 0", () => app.digitise());
      expect((await made(hash)).row).to.include({ state: "failed", error_code: "broken" });
      expect((await (await app.as("huong")).get(`/materials/${id}/file?as=download`)).bytes.equals(fixture("phieu-hoc-tap.docx"))).to.equal(true);
      expect(debris()).to.deep.equal([]);
    });

    it("fails a converter that hangs, with everything it forked", async () => {
      const { hash } = await upload("Treo.docx", readFileSync(filePath("../plans/khtn-8-rach-bang.docx")));
      await withStub("soffice", "for i in 1 2 3; do setsid sleep 86399 & done; sleep 86399", () => app.digitise({ hurry: 75 }));
      expect((await made(hash)).row).to.include({ state: "failed", error_code: "took_too_long" });
      expect(running("86399"), "what it forked is gone").to.deep.equal([]);
      expect(debris()).to.deep.equal([]);
    });

    it("fails a converter that eats memory or writes without end", async () => {
      const eats = await upload("Ngốn.docx", readFileSync(filePath("../plans/toan6-phu-luc-1.docx")));
      await withStub("soffice", `exec ${process.execPath} -e "const a=[];for(;;)a.push(Buffer.allocUnsafe(2e8))" --max-old-space-size=100`, () => app.digitise());
      expect((await made(eats.hash)).row.error_code).to.be.oneOf(["too_much_memory", "tool_failed"]);
      const writes = await upload("Phình.docx", readFileSync(filePath("../plans/vat-li-10-chuyen-de.docx")));
      await withStub("soffice", "exec head -c 900000000 /dev/zero > big", () => app.digitise());
      expect((await made(writes.hash)).row).to.include({ error_code: "output_too_large" });
      expect(debris()).to.deep.equal([]);
      await app.db("digitisations").where({ state: "waiting" }).update({ state: "failed" });
    });

    it("does not reach the network or other files by way of a playlist that says it is a film", async () => {
      let asked = 0;
      const server: Server = createServer((socket) => void (asked += 1, socket.destroy()));
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      const { port } = server.address() as AddressInfo;
      const bytes = Buffer.from(`#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:0\n#EXTINF:10.0,\nhttp://127.0.0.1:${port}/x\n#EXTINF:10.0,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n`);
      const hash = await placed(app, bytes, "video/mp4");
      await app.digitise();
      server.close();
      expect((await made(hash)).row).to.include({ state: "failed", error_code: "broken" });
      expect(asked).to.equal(0);
    });

    it("refuses a picture of 400 million pixels before it is unpacked, and a PDF with a password", async () => {
      const bomb = pngOf(20_000, 20_000);
      const hash = await placed(app, bomb, "image/png");
      const locked = await placed(app, await lockedPdf(), "application/pdf");
      await app.digitise();
      expect((await made(hash)).row).to.include({ state: "failed", error_code: "too_many_pixels" });
      expect((await made(locked)).row).to.include({ state: "failed", error_code: "locked" });
      const answer = await (await app.as("huong")).upload(LESSON, {}, [{ field: "files", name: "Ảnh to.png", type: "image/png", bytes: bomb }]);
      expect(answer.status).to.equal(422);
      expect(answer.text).to.include("điểm ảnh");
    });

    it("reads the beginning of a PDF of very many pages, and says so", async () => {
      const hash = await placed(app, longPdf(50_000), "application/pdf");
      await app.digitise();
      const { row } = await made(hash);
      expect(row).to.include({ state: "done", error_code: "pages_cut", pages: 50_000 });
      expect(readdirSync(path.join(path.dirname(app.blobs.incoming), "conversions"))).to.deep.equal([]);
    });
  });

  describe("with a virus scanner", () => {
    it("holds a file back until it was looked at, and for good when something was found", async () => {
      const clamd = await clamdStandIn();
      const scanned = await startApp({ CLAMD: `127.0.0.1:${clamd.port}` });
      try {
        const client = await scanned.as("huong");
        const send = async (name: string, bytes: Buffer): Promise<string> => {
          await client.upload(LESSON, {}, [{ field: "files", name, type: "text/plain", bytes }]);
          return ((await scanned.db("materials").orderBy("id", "desc").first("id")) as { id: string }).id;
        };
        clamd.answers = false;
        const good = await send("Ghi chú.txt", Buffer.from("Ghi chú của cô Hương"));
        await scanned.digitise();
        expect((await client.get(`/materials/${good}/file`)).status, "nobody looked").to.equal(409);
        expect((await scanned.db("digitisations").first("state", "error_code"))).to.include({ state: "waiting", error_code: "scanner_unavailable" });
        clamd.answers = true;
        const bad = await send("Xấu.txt", Buffer.from("thư có chữ canary-virus"));
        scanned.time.now = "2026-11-24T03:00:00.000Z";
        await scanned.digitise();
        expect((await client.get(`/materials/${good}/file`)).text).to.equal("Ghi chú của cô Hương");
        expect((await client.get(`/materials/${bad}/file`)).status).to.equal(403);
      } finally {
        await scanned.stop();
        clamd.stop();
      }
    });

    it("stops the test virus at the door, scanner or not", async () => {
      const answer = await (await app.as("huong")).upload(LESSON, {}, [{ field: "files", name: "thu.txt", type: "text/plain", bytes: EICAR }]);
      expect(answer.status).to.equal(422);
    });
  });

  function debris(): string[] {
    const uploads = app.config.uploadsDir;
    return [...readdirSync(path.join(uploads, "conversions")), ...readdirSync(path.join(uploads, "incoming"))];
  }
});

/** Puts a file into the store past the door, as an older version of the product might have taken it. */
async function placed(app: Running, bytes: Buffer, mime: string): Promise<string> {
  const { Readable } = await import("node:stream");
  const stored = await app.blobs.put(Readable.from(bytes));
  await app.db("blobs").insert({ hash: stored.hash, size_bytes: stored.size, mime, created_at: app.time.now });
  await app.db("digitisations").insert({ blob_hash: stored.hash, mime, name: "x", requested_at: app.time.now, run_at: app.time.now });
  return stored.hash;
}

/** Runs with a program of ours in front of the real one. */
async function withStub<T>(name: string, script: string, use: () => Promise<T>): Promise<T> {
  const folder = mkdtempSync(path.join(tmpdir(), "hoc-lieu-stub-"));
  writeFileSync(path.join(folder, name), `#!/bin/sh\n${script}\n`);
  chmodSync(path.join(folder, name), 0o755);
  const before = process.env["PATH"];
  process.env["PATH"] = `${folder}:${before}`;
  try {
    return await use();
  } finally {
    process.env["PATH"] = before;
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Command lines of this machine's processes that hold a text. */
function running(text: string): string[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
      } catch {
        return ""; // ended meanwhile
      }
    })
    .filter((line) => line.startsWith("sleep ") && line.includes(text));
}

/** A PDF of many empty pages, put together by hand. */
function longPdf(pages: number): Buffer {
  const SHELF = 1_000;
  const shelves = Math.ceil(pages / SHELF);
  const kids = (first: number, count: number): string => Array.from({ length: count }, (_, i) => `${first + i} 0 R`).join(" ");
  const objects = ["<< /Type /Catalog /Pages 2 0 R >>", `<< /Type /Pages /Count ${pages} /Kids [${kids(5, shelves)}] >>`, "<< /Length 60 >>\nstream\nBT /F1 12 Tf 50 50 Td (Trang cua mot quyen sach rat dai) Tj ET   \nendstream", "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"];
  for (let i = 0; i < shelves; i += 1) objects.push(`<< /Type /Pages /Parent 2 0 R /Count ${SHELF} /MediaBox [0 0 200 200] /Resources << /Font << /F1 4 0 R >> >> /Kids [${kids(5 + shelves + i * SHELF, SHELF)}] >>`);
  for (let i = 0; i < pages; i += 1) objects.push(`<< /Type /Page /Parent ${5 + Math.floor(i / SHELF)} 0 R /Contents 3 0 R >>`);
  let body = "%PDF-1.4\n";
  const places: number[] = [];
  objects.forEach((object, i) => {
    places.push(body.length);
    body += `${i + 1} 0 obj\n${object}\nendobj\n`;
  });
  const start = body.length;
  body += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${places.map((place) => `${String(place).padStart(10, "0")} 00000 n \n`).join("")}trailer << /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${start}\n%%EOF\n`;
  return Buffer.from(body, "latin1");
}

/** The header of a PNG of any size, with hardly anything behind it. */
function pngOf(width: number, height: number): Buffer {
  const chunk = (type: string, data: Buffer): Buffer => {
    const head = Buffer.alloc(4);
    head.writeUInt32BE(data.length);
    const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
    const sum = Buffer.alloc(4);
    sum.writeUInt32BE(crc32(body));
    return Buffer.concat([head, body, sum]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  return Buffer.concat([Buffer.from("89504e470d0a1a0a", "hex"), chunk("IHDR", header), chunk("IDAT", deflateSync(Buffer.alloc(100_000))), chunk("IEND", Buffer.alloc(0))]);
}

async function lockedPdf(): Promise<Buffer> {
  const { default: PDFDocument } = await import("pdfkit");
  return new Promise((resolve) => {
    const doc = new PDFDocument({ userPassword: "bi-mat", pdfVersion: "1.7" });
    const parts: Buffer[] = [];
    doc.on("data", (part: Buffer) => parts.push(part));
    doc.on("end", () => resolve(Buffer.concat(parts)));
    doc.text("Kín").end();
  });
}

/** Speaks clamd's INSTREAM over TCP and finds one word. No signatures of real viruses are at hand here. */
async function clamdStandIn(): Promise<{ port: number; answers: boolean; stop(): void }> {
  const stand = { port: 0, answers: true, stop: () => void server.close() };
  const server = createServer((socket) => {
    if (!stand.answers) return void socket.destroy();
    let seen = Buffer.alloc(0);
    socket.on("data", (part: Buffer) => {
      seen = Buffer.concat([seen, part]);
      if (seen.subarray(-4).equals(Buffer.alloc(4))) socket.end(seen.includes("canary-virus") ? "stream: Test.Word FOUND\0" : "stream: OK\0");
    });
    socket.on("error", () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  stand.port = (server.address() as AddressInfo).port;
  return stand;
}
