import { createHash } from "node:crypto";
import { existsSync, readdirSync, utimesSync } from "node:fs";
import { open } from "node:fs/promises";
import path from "node:path";
import { expect } from "chai";
import { uploadKinds } from "../../server/upload-kinds.ts";
import { addMinutes } from "../../server/platform/clock.ts";
import { tidyUploads } from "../../server/uploads/jobs.ts";
import { startApp, type Running } from "../support/app.ts";
import type { Client } from "../support/client.ts";
import { anotherPdf, EICAR, sampleFile } from "../support/files.ts";
import { LESSON, shelfOf } from "../support/materials.ts";
import { beginUpload, finish, offsetOf, sendPiece, sendWhole } from "../support/tus.ts";
import { NOW, W } from "../support/world.ts";

const TO_LESSON = `/plan-lessons/${W.toanLesson(1)}/uploads`;
const TO_LIBRARY = `/schools/${W.tranPhu}/uploads`;
const KNOWN = `/plan-lessons/${W.toanLesson(1)}/known-files`;
const JSON_WANTED = { accept: "application/json" };
const hashOf = (bytes: Buffer): string => createHash("sha256").update(bytes).digest("hex");

describe("uploads that survive", () => {
  let app: Running;
  let huong: Client;
  const shelf = shelfOf(() => app);
  before(async () => {
    app = await startApp({ UPLOAD_RESUMABLE_MAX_MB: "3" });
    huong = await app.as("huong");
  });
  after(() => app.stop());
  afterEach(() => {
    app.time.now = NOW;
  });

  const incoming = (): string[] => {
    const folder = path.join(app.config.uploadsDir, "incoming", "resumable");
    return existsSync(folder) ? readdirSync(folder) : [];
  };
  const idOf = (url: string): string => url.split("/").at(-1) ?? "";
  const tidy = (minutes = 60): ReturnType<typeof tidyUploads> => tidyUploads(app.db, app.blobs, uploadKinds, addMinutes(app.time.now, minutes));
  const pdf = (salt: string): Buffer => anotherPdf("x.pdf", salt).bytes;

  describe("a file in pieces", () => {
    it("becomes a draft on the lesson, byte for byte, and a second call to finish it says the same", async () => {
      const bytes = pdf("in pieces");
      const begun = await beginUpload(huong, TO_LESSON, { name: "Bài giảng Tập hợp.pdf", size: bytes.length });
      expect(begun.status).to.equal(201);
      expect(begun.headers.get("access-control-allow-origin")).to.equal(null);
      expect((await sendPiece(huong, begun.url, 0, bytes.subarray(0, 400))).status).to.equal(204);
      expect(await offsetOf(huong, begun.url)).to.equal(400);
      expect(await shelf.count("materials"), "nothing is half visible").to.equal(0);
      const piece = await sendPiece(huong, begun.url, 400, bytes.subarray(400));
      expect(piece.headers.get("upload-offset")).to.equal(String(bytes.length));
      const first = await finish(huong, begun.url);
      expect(first).to.include({ http: 200, status: "saved" });
      const material = await shelf.newest();
      expect(first.href).to.equal(`/materials/${material.id}`);
      expect(material).to.include({ title: "Bài giảng Tập hợp", kind: "slides", state: "draft", subject_code: "TOAN", uploaded_by: W.huong });
      expect(await shelf.count("material_lessons", { material_id: material.id, plan_lesson_id: W.toanLesson(1) })).to.equal(1);
      expect(hashOf((await huong.get(`${first.href}/file`)).bytes)).to.equal(hashOf(bytes));
      expect((await finish(huong, begun.url)).href).to.equal(first.href);
      expect(await offsetOf(huong, begun.url), "whoever lost the answer hears that all is here").to.equal(bytes.length);
      expect(await shelf.count("materials")).to.equal(1);
      expect(incoming()).to.deep.equal([]);
    });

    it("goes to the library with subject and grade, and to a material as its new version", async () => {
      const son = await app.as("son");
      const sent = await sendWhole(son, TO_LIBRARY, "Phiếu đọc.pdf", pdf("library"), { subject_code: "NGUVAN", grade: "6" });
      const material = await shelf.newest();
      expect(sent.href).to.equal(`/materials/${material.id}`);
      expect(material).to.include({ subject_code: "NGUVAN", grade: 6 });
      const newer = pdf("library, better");
      expect(await sendWhole(son, `/materials/${material.id}/uploads`, "Phiếu đọc 2.pdf", newer)).to.include({ status: "saved", href: `/materials/${material.id}` });
      expect(await shelf.count("material_versions", { material_id: material.id })).to.equal(2);
      expect(hashOf((await son.get(`/materials/${material.id}/file`)).bytes)).to.equal(hashOf(newer));
      expect((await sendWhole(await app.as("mai"), `/materials/${material.id}/uploads`, "x.pdf", newer)).http, "no head of this subject").to.equal(403);
    });

    it("is told why it is not taken, as with a plain form, and stays in the list until it is put away", async () => {
      const bad: [string, Buffer, string][] = [
        ["virus.txt", EICAR, "vi-rút"],
        ["gia.pdf", sampleFile("so-do.png").bytes, "không đúng với đuôi tệp .pdf"],
        ["bo-tep.zip", sampleFile("bo-tep.zip").bytes, "không phải gói SCORM"],
        ["bai.pdf.exe", Buffer.from("MZ"), ".exe"],
      ];
      const before = await shelf.count("materials");
      for (const [name, bytes, why] of bad) {
        const sent = await sendWhole(huong, TO_LESSON, name, bytes);
        expect(sent, name).to.include({ http: 422, status: "refused" });
        expect(sent.reason).to.include(why);
      }
      expect(await shelf.count("materials")).to.equal(before);
      expect(incoming()).to.deep.equal([]);
      const page = await huong.get("/uploads");
      expect(page.text).to.include("virus.txt").and.include("vi-rút").and.include("Đã rõ");
      for (const match of page.text.matchAll(/\/uploads\/\w{26}\/removal/g)) expect((await huong.post(match[0])).status).to.equal(303);
      expect((await huong.get("/uploads")).text).to.include("Không có tệp nào đang tải dở");
    });

    it("carries a hostile name as text only", async () => {
      const sent = await sendWhole(huong, TO_LESSON, '../../<script>alert(1)</script>\u202Efdp.pdf', pdf("hostile"));
      const page = await huong.get(sent.href);
      expect(page.text).to.not.include("<script>alert").and.not.include("\u202E");
    });
  });

  describe("the doors", () => {
    it("refuse before the first byte: a visitor, strangers, pupils, officers, a place that is no place", async () => {
      const size = { name: "a.pdf", size: 10 };
      const before = await shelf.count("uploads");
      expect((await beginUpload(app.visitor(), TO_LESSON, size)).status).to.equal(401);
      for (const [who, status] of [["lan", 404], ["quang", 404], ["minh", 403], ["dung", 403], ["tuan", 403]] as const) {
        expect((await beginUpload(await app.as(who), TO_LESSON, size)).status, who).to.equal(status);
      }
      expect((await beginUpload(huong, "/plan-lessons/nowhere/uploads", size)).status).to.equal(404);
      expect(await shelf.count("uploads")).to.equal(before);
      expect(incoming()).to.deep.equal([]);
    });

    it("show an upload to its sender alone (C9)", async () => {
      const { url } = await beginUpload(huong, TO_LESSON, { name: "a.pdf", size: 20 });
      await sendPiece(huong, url, 0, Buffer.from("%PDF-1.7 "));
      for (const who of ["mai", "nam", "lan"]) {
        const other = await app.as(who);
        expect(await offsetOf(other, url)).to.equal(undefined);
        expect((await sendPiece(other, url, 9, Buffer.from("evil"))).status).to.equal(404);
        expect((await other.send("DELETE", url, { headers: { "tus-resumable": "1.0.0" } })).status).to.equal(404);
        expect((await other.post(`${url}/completion`, {}, JSON_WANTED)).status).to.equal(404);
        expect((await other.post(`${url}/removal`)).status).to.equal(404);
        expect((await other.get("/uploads")).text).to.not.include("a.pdf");
      }
      expect((await sendPiece(app.visitor(), url, 9, Buffer.from("evil"))).status).to.equal(401);
      expect(await offsetOf(huong, url)).to.equal(9);
      await huong.post(`${url}/removal`);
    });

    it("refuse a wrong offset with 409, more than was declared with 413, and keep what was right (C9)", async () => {
      const bytes = pdf("offsets");
      const { url } = await beginUpload(huong, TO_LESSON, { name: "a.pdf", size: bytes.length });
      await sendPiece(huong, url, 0, bytes.subarray(0, 300));
      expect((await sendPiece(huong, url, 0, bytes.subarray(0, 300))).status).to.equal(409);
      expect((await sendPiece(huong, url, 299, bytes.subarray(299))).status).to.equal(409);
      expect((await sendPiece(huong, url, 300, Buffer.concat([bytes.subarray(300), Buffer.from("more")]))).status).to.equal(413);
      const early = await huong.post(`${url}/completion`, {}, JSON_WANTED);
      expect(early.status).to.equal(409);
      expect(early.text).to.include("chưa nhận đủ");
      const offset = (await offsetOf(huong, url)) ?? -1;
      expect((await sendPiece(huong, url, offset, bytes.subarray(offset))).status).to.equal(204);
      const done = await finish(huong, url);
      expect(hashOf((await huong.get(`${done.href}/file`)).bytes)).to.equal(hashOf(bytes));
    });

    it("let two tabs send the same piece at once without harm", async () => {
      const bytes = pdf("two tabs");
      const { url } = await beginUpload(huong, TO_LESSON, { name: "a.pdf", size: bytes.length });
      const both = await Promise.all([sendPiece(huong, url, 0, bytes), sendPiece(huong, url, 0, bytes)]);
      expect(both.map((answer) => answer.status).sort()).to.deep.equal([204, 409]);
      const done = await Promise.all([finish(huong, url), finish(huong, url)]);
      expect(new Set(done.map((one) => one.href)).size).to.equal(1);
    });

    it("refuse an empty file, one above the limit, a missing length, and the hundredth and first unfinished one (C9, C16)", async () => {
      expect((await beginUpload(huong, TO_LESSON, { name: "a.pdf", size: 0 })).status).to.equal(422);
      const large = await beginUpload(huong, TO_LESSON, { name: "a.mp4", size: 3_000_001 });
      expect(large.status).to.equal(413);
      expect(large.text).to.include("3 MB");
      expect((await huong.send("POST", TO_LESSON, { headers: { "tus-resumable": "1.0.0", accept: "application/json" } })).status).to.equal(400);
      const mai = await app.as("mai");
      const statuses: number[] = [];
      for (let i = 0; i < 102; i += 1) statuses.push((await beginUpload(mai, TO_LESSON, { name: `${i}.pdf`, size: 1 })).status);
      expect(statuses.filter((status) => status === 201)).to.have.length(100);
      expect(statuses.slice(100)).to.deep.equal([429, 429]);
      app.time.now = addMinutes(NOW, 7 * 24 * 60 + 1);
      await tidy(0);
      expect(await shelf.count("uploads", { person_id: W.mai })).to.equal(0);
    });
  });

  describe("an interrupted upload", () => {
    it("stands in the list with how far it came, and goes on from another sign-in", async () => {
      const bytes = pdf("other device");
      const { url } = await beginUpload(huong, TO_LESSON, { name: "Phim thí nghiệm.pdf", size: bytes.length, mark: "m1" });
      await sendPiece(huong, url, 0, bytes.subarray(0, 500));
      const phone = await app.as("huong");
      const { uploads } = JSON.parse((await phone.get("/uploads", JSON_WANTED)).text) as { uploads: Record<string, unknown>[] };
      expect(uploads[0]).to.include({ name: "Phim thí nghiệm.pdf", mark: "m1", size: bytes.length, received: 500, place: `/plan-lessons/${W.toanLesson(1)}`, url });
      const page = await phone.get("/uploads");
      expect(page.text).to.include("Phim thí nghiệm.pdf").and.include("Tập hợp").and.include("500 B trong").and.include("Tải tiếp");
      expect((await huong.get("/")).text).to.include("1 tệp đang tải dở");
      await sendPiece(phone, url, 500, bytes.subarray(500));
      const done = await phone.post(`${url}/completion`);
      expect(done.location).to.match(/^\/materials\//);
      expect((await phone.get("/uploads")).text).to.include("Không có tệp nào đang tải dở");
    });

    it("is discarded from the list or by the script, and its bytes with it", async () => {
      const first = await beginUpload(huong, TO_LESSON, { name: "a.pdf", size: 10 });
      const second = await beginUpload(huong, TO_LESSON, { name: "b.pdf", size: 10 });
      expect((await huong.post(`${first.url}/removal`)).location).to.equal("/uploads");
      expect((await huong.send("DELETE", second.url, { headers: { "tus-resumable": "1.0.0" } })).status).to.equal(204);
      expect(incoming()).to.deep.equal([]);
      expect((await sendPiece(huong, first.url, 0, Buffer.from("x"))).status).to.equal(404);
    });

    it("expires seven days after its last byte, not before", async () => {
      const { url } = await beginUpload(huong, TO_LESSON, { name: "a.pdf", size: 10 });
      app.time.now = addMinutes(NOW, 5 * 24 * 60);
      await sendPiece(huong, url, 0, Buffer.from("%PDF"));
      app.time.now = addMinutes(NOW, 11 * 24 * 60);
      await tidy(0);
      expect(await offsetOf(huong, url)).to.equal(4);
      app.time.now = addMinutes(NOW, 12 * 24 * 60 + 1);
      expect((await sendPiece(huong, url, 4, Buffer.from("-"))).status).to.equal(410);
      await tidy(0);
      expect(incoming()).to.deep.equal([]);
      expect(await shelf.count("uploads", { id: idOf(url) })).to.equal(0);
    });

    it("that arrived whole is finished without its sender, once", async () => {
      const bytes = pdf("sender left");
      const { url } = await beginUpload(huong, TO_LESSON, { name: "Người gửi đã đóng máy.pdf", size: bytes.length });
      await sendPiece(huong, url, 0, bytes);
      expect(await tidy()).to.deep.equal({ finished: 1, removed: 0 });
      expect((await shelf.newest()).title).to.equal("Người gửi đã đóng máy");
      expect((await tidy()).finished).to.equal(0);
    });

    it("is finished for nobody whose rights have ended meanwhile", async () => {
      const bytes = pdf("left the school");
      const oanh = await app.as("oanh");
      const { url } = await beginUpload(oanh, TO_LESSON, { name: "a.pdf", size: bytes.length });
      await sendPiece(oanh, url, 0, bytes);
      const before = await shelf.count("materials");
      await app.db("memberships").where({ person_id: W.oanh }).update({ to_on: "2026-11-01" });
      await tidy();
      expect(await shelf.count("materials")).to.equal(before);
      expect(await shelf.count("uploads", { id: idOf(url), state: "refused" })).to.equal(1);
      expect(incoming()).to.deep.equal([]);
      await app.db("memberships").where({ person_id: W.oanh }).update({ to_on: null });
    });

    it("killed after the file moved to the store and before it was saved is repaired, and leaves nothing loose", async () => {
      const bytes = pdf("killed in between");
      const { url } = await beginUpload(huong, TO_LESSON, { name: "Dở dang.pdf", size: bytes.length });
      await sendPiece(huong, url, 0, bytes);
      const killed = uploadKinds.map((kind) => ({ ...kind, keep: () => Promise.reject(new Error("killed")) }));
      const failure: unknown = await tidyUploads(app.db, app.blobs, killed, addMinutes(NOW, 60)).catch((error: unknown) => error);
      expect(failure).to.be.instanceOf(AggregateError);
      expect(incoming(), "it is in the store already").to.deep.equal([]);
      expect((await app.blobs.stat(hashOf(bytes)))?.size).to.equal(bytes.length);
      expect((await finish(huong, url)).status).to.equal("saved");
      expect(hashOf((await huong.get(`/materials/${(await shelf.newest()).id}/file`)).bytes)).to.equal(hashOf(bytes));
    });

    it("whose bytes are gone says so instead of waiting for ever", async () => {
      const { url } = await beginUpload(huong, TO_LESSON, { name: "a.pdf", size: 10 });
      await app.db("uploads").where({ id: idOf(url) }).update({ received_bytes: 10 });
      await app.blobs.adopt({ path: path.join(app.config.uploadsDir, "incoming", "resumable", idOf(url)), hash: hashOf(Buffer.alloc(0)), size: 0 });
      expect((await finish(huong, url)).reason).to.include("không còn trên máy chủ");
      await huong.post(`${url}/removal`);
    });

    it("leaves stray files to nobody: what belongs to no upload goes with the cleaner", async () => {
      const { url } = await beginUpload(huong, TO_LESSON, { name: "a.pdf", size: 10 });
      const file = path.join(app.config.uploadsDir, "incoming", "resumable", idOf(url));
      await app.db("uploads").where({ id: idOf(url) }).del();
      utimesSync(file, new Date(NOW), new Date(NOW));
      expect((await tidy()).removed).to.equal(1);
      expect(incoming()).to.deep.equal([]);
    });

    it("on a full disk says so, keeps what came, and goes on when there is room again", async () => {
      const bytes = pdf("disk full");
      const { url } = await beginUpload(huong, TO_LESSON, { name: "a.pdf", size: bytes.length });
      await sendPiece(huong, url, 0, bytes.subarray(0, 200));
      const handle = await open("/dev/null");
      const disk = Object.getPrototypeOf(handle) as { write: unknown };
      await handle.close();
      const { write } = disk;
      disk.write = () => Promise.reject(Object.assign(new Error("no space left on device"), { code: "ENOSPC" }));
      const full = await sendPiece(huong, url, 200, bytes.subarray(200));
      disk.write = write;
      expect(full.status).to.equal(507);
      expect(full.text).to.include("hết chỗ lưu tệp");
      expect(await offsetOf(huong, url)).to.equal(200);
      await sendPiece(huong, url, 200, bytes.subarray(200));
      expect((await finish(huong, url)).status).to.equal("saved");
    });
  });

  describe("a file that the school has already", () => {
    const ask = async (who: Client, place: string, bytes: Buffer, name = "x.pdf"): Promise<{ status: string; href?: string }> =>
      JSON.parse((await who.post(place, { hash: hashOf(bytes), size: String(bytes.length), name }, JSON_WANTED)).text) as { status: string; href?: string };

    it("is linked to another lesson without sending a byte, by whoever may link it", async () => {
      const bytes = pdf("known");
      const sent = await sendWhole(huong, TO_LESSON, "Đã có.pdf", bytes);
      const before = [await shelf.count("materials"), await shelf.count("blobs")];
      expect(await ask(huong, KNOWN, bytes), "it serves this lesson already").to.deep.equal({ status: "known", href: sent.href });
      expect(await ask(huong, `/plan-lessons/${W.toanLesson(2)}/known-files`, bytes)).to.deep.equal({ status: "linked", href: sent.href });
      expect([await shelf.count("materials"), await shelf.count("blobs")]).to.deep.equal(before);
      expect(await shelf.count("material_lessons", { material_id: idOf(sent.href) })).to.equal(2);
      expect(await ask(huong, `/schools/${W.tranPhu}/known-files`, bytes)).to.deep.equal({ status: "known", href: sent.href });
    });

    it("becomes a colleague's own draft on the same blob, where the material is not theirs to link", async () => {
      const bytes = pdf("known to a colleague");
      await sendWhole(huong, TO_LESSON, "Của cô Hương.pdf", bytes);
      const blobs = await shelf.count("blobs");
      const answer = await ask(await app.as("son"), `/plan-lessons/${W.vanLesson(1)}/known-files`, bytes, "Của thầy Sơn.pdf");
      expect(answer.status).to.equal("known");
      expect(await shelf.row(idOf(answer.href ?? ""))).to.include({ uploaded_by: W.son, title: "Của thầy Sơn", state: "draft" });
      expect(await shelf.count("blobs")).to.equal(blobs);
    });

    it("is no way to another school's file, nor a sign that it exists", async () => {
      const bytes = pdf("secret of Trần Phú");
      await sendWhole(huong, TO_LESSON, "Đề thi.pdf", bytes);
      const lan = await app.as("lan");
      const quang = await app.as("quang");
      const own = `/plan-lessons/${W.leLoiLesson(1)}/known-files`;
      expect(await ask(quang, own, bytes)).to.deep.equal(await ask(quang, own, pdf("nobody has this")));
      expect((await lan.post(KNOWN, { hash: hashOf(bytes), size: String(bytes.length), name: "x.pdf" }, JSON_WANTED)).status).to.equal(404);
      expect((await quang.post(own, { hash: "../../etc/passwd", size: "1", name: "x" }, JSON_WANTED)).status).to.equal(422);
    });

    it("must be of the size that is claimed", async () => {
      const bytes = pdf("size");
      await sendWhole(huong, TO_LESSON, "x.pdf", bytes);
      const answer = await huong.post(KNOWN, { hash: hashOf(bytes), size: String(bytes.length + 1), name: "x.pdf" }, JSON_WANTED);
      expect(JSON.parse(answer.text)).to.deep.equal({ status: "unknown" });
    });
  });
});

describe("the quota of a school", () => {
  let app: Running;
  let huong: Client;
  const shelf = shelfOf(() => app);
  before(async () => {
    app = await startApp({ SCHOOL_QUOTA_GB: "0.01" });
    huong = await app.as("huong");
  });
  after(() => app.stop());
  const setQuota = async (who: string, gigabytes: string): Promise<number> => (await (await app.as(who)).post(`/schools/${W.tranPhu}/quota`, { gigabytes })).status;

  it("is told before a byte is sent, and counts what other uploads were promised", async () => {
    expect((await huong.get(LESSON)).text).to.include("10 MB");
    const first = await beginUpload(huong, TO_LESSON, { name: "a.mp4", size: 6_000_000 });
    expect(first.status).to.equal(201);
    const second = await beginUpload(huong, TO_LESSON, { name: "b.mp4", size: 6_000_000 });
    expect(second.status).to.equal(413);
    expect(second.text).to.include("chỉ còn 4 MB trong 10 MB");
    await huong.post(`${first.url}/removal`);
    expect((await beginUpload(huong, TO_LESSON, { name: "b.mp4", size: 6_000_000 })).status).to.equal(201);
    await app.db("uploads").del();
  });

  it("holds for plain forms as well, and counts a file once", async () => {
    const video = sampleFile("video.mp4");
    await huong.upload(LESSON, {}, [video]);
    await app.db("school_quotas").insert({ school_id: W.tranPhu, bytes: video.bytes.length + 100, set_by: W.ha, set_at: NOW });
    const again = await huong.upload(`/plan-lessons/${W.toanLesson(2)}/materials`, {}, [video]);
    expect(again.status, "the same file takes no more room").to.equal(303);
    const before = await shelf.count("materials");
    const answer = await huong.upload(LESSON, {}, [anotherPdf("Thêm.pdf", "no room")]);
    expect(answer.status).to.equal(422);
    expect(answer.text).to.include("Thêm.pdf").and.include("chỉ còn 100 B");
    const material = await shelf.newest();
    expect((await huong.upload(`/materials/${material.id}/versions`, {}, [anotherPdf("Bản mới.pdf", "no room")])).text).to.include("chỉ còn 100 B");
    expect(await shelf.count("materials")).to.equal(before);
  });

  it("is set by the department's officer or the system's administrator, written down, and taken back", async () => {
    expect(await setQuota("ha", "2,5")).to.equal(303);
    expect(await shelf.count("school_quotas", { school_id: W.tranPhu, bytes: 2_500_000_000 })).to.equal(1);
    expect(await shelf.count("audit_entries", { action: "school.quota", actor_id: W.ha, school_id: W.tranPhu })).to.equal(1);
    const bad = await (await app.as("bach")).post(`/schools/${W.tranPhu}/quota`, { gigabytes: "nhiều" });
    expect(bad.status).to.equal(422);
    expect(bad.text).to.include('value="nhiều"').and.include("Viết số gigabyte");
    for (const [who, status] of [["nam", 403], ["tuan", 403], ["dung", 403], ["huong", 403], ["lan", 404], ["ngan", 404]] as const) expect(await setQuota(who, "99"), who).to.equal(status);
    expect(await setQuota("bach", "")).to.equal(303);
    expect(await shelf.count("school_quotas")).to.equal(0);
  });

  it("and what uses it are seen by those who lead or keep the school, by subject, kind and file", async () => {
    const page = await (await app.as("tuan")).get(`/schools/${W.tranPhu}/storage`);
    expect(page.status).to.equal(200);
    expect(page.text).to.include("Toán").and.include("Video").and.include("Các tệp lớn nhất").and.not.include('name="gigabytes"');
    expect((await (await app.as("ha")).get(`/schools/${W.tranPhu}/storage`)).text).to.include('name="gigabytes"');
    expect((await (await app.as("nam")).get(`/schools/${W.tranPhu}/storage`)).status).to.equal(200);
    expect((await (await app.as("huong")).get(`/schools/${W.tranPhu}/storage`)).status).to.equal(403);
    expect((await (await app.as("lan")).get(`/schools/${W.tranPhu}/storage`)).status).to.equal(404);
    expect((await (await app.as("lan")).get(`/schools/${W.leLoi}/storage`)).text).to.include("Chưa có học liệu nào");
  });

  it("stands in one table for all schools, the fullest first, where those who set it look", async () => {
    await app.db("school_quotas").insert({ school_id: W.leLoi, bytes: 3_000_000_000, set_by: W.ha, set_at: NOW });
    for (const who of ["ha", "bach"]) {
      const page = await (await app.as(who)).get(`/units/${W.department}/storage`);
      expect(page.status, page.text).to.equal(200);
      expect(page.text).to.include("Dung lượng của các trường").and.include(`/schools/${W.tranPhu}/storage`).and.include("3 GB (riêng)");
    }
    for (const who of ["huong", "nam", "minh"]) expect((await (await app.as(who)).get(`/units/${W.department}/storage`)).status, who).to.equal(403);
    await app.db("school_quotas").del();
  });

  it("is asked before photographed pages are kept", async () => {
    await app.db("school_quotas").insert({ school_id: W.tranPhu, bytes: 1, set_by: W.ha, set_at: NOW });
    const huong = await app.as("huong");
    const before = await shelf.count("blobs");
    const photos = await huong.upload(`/plan-lessons/${W.toanLesson(1)}/photographed-pages`, {}, [{ ...sampleFile("so-do.jpg"), field: "photos" }]);
    expect(photos.status).to.equal(422);
    expect(photos.text).to.include("Kho của trường chỉ còn");
    expect(await shelf.count("blobs")).to.equal(before);
    await app.db("school_quotas").del();
  });
});
