import { createHash } from "node:crypto";
import { readdirSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import writeXlsxFile from "write-excel-file/node";
import { readArrivals } from "../../server/bulk/arrivals/jobs.ts";
import { startApp, type Running } from "../support/app.ts";
import type { Answer, Client } from "../support/client.ts";
import { anotherPdf, EICAR, sampleFile } from "../support/files.ts";
import { shelfOf } from "../support/materials.ts";
import { beginUpload, finish, offsetOf, sendPiece, sendWhole } from "../support/tus.ts";
import { until, untilEmpty } from "../support/until.ts";
import { W } from "../support/world.ts";
import { makeZip, type ZipEntry } from "../support/zip.ts";

const PLACE = `/schools/${W.tranPhu}/bulk-imports`;
const pdf = (salt: string): Buffer => anotherPdf("x.pdf", salt).bytes;

interface RowOf {
  position: number;
  path: string;
  state: string;
  certainty: string;
  title: string;
  kind: string;
  plan_lesson_id: string | null;
  refusal: string | null;
  material_id: string | null;
  duplicate_of: string | null;
  same_as: number | null;
}

describe("bulk import", () => {
  let app: Running;
  let huong: Client;
  const shelf = shelfOf(() => app);
  before(async () => {
    app = await startApp();
    huong = await app.as("huong");
  });
  after(() => app.stop());

  const send = (client: Client, entries: readonly ZipEntry[], fields: Record<string, string> = {}, name = "Kho Toán.zip"): Promise<Answer> =>
    client.upload(PLACE, fields, [{ field: "files", name, type: "application/zip", bytes: makeZip(entries) }]);
  const rowsOf = async (answer: Answer): Promise<RowOf[]> => (await app.db("bulk_rows").where({ import_id: idOf(answer) }).orderBy("position").select("*")) as RowOf[];
  const idOf = (answer: Answer): string => answer.location.split("/").at(-1) ?? "";
  const revision = async (answer: Answer): Promise<string> => String(((await app.db("bulk_imports").where({ id: idOf(answer) }).first()) as { revision: number }).revision);
  const run = async (answer: Answer, form: Record<string, string> = {}, client = huong): Promise<void> => {
    const started = await client.post(`/bulk-imports/${idOf(answer)}/completion`, { revision: await revision(answer), ...form });
    expect(started.status, started.text).to.equal(303);
    await app.settle();
  };

  describe("the dry run", () => {
    it("matches each file to its lesson, names what is refused, and saves no material", async () => {
      const before = await shelf.count("materials");
      const answer = await send(huong, [
        { name: "Toán 6/Tập hợp.pdf", bytes: pdf("a") },
        { name: "Toán 6/Tiết 2-3 (bản chuẩn).pdf", bytes: pdf("b") },
        { name: "Toán 6/Tuần 12.pdf".normalize("NFD"), bytes: pdf("c") },
        { name: "Toán 6/virus.txt", bytes: EICAR },
        { name: "Toán 6/setup.exe", bytes: "MZ" },
        { name: "Toán 6/gia.png", bytes: pdf("d") },
        { name: "Toán 6/Tập hợp (1).pdf", bytes: pdf("a") },
        { name: "Toán 6/Thumbs.db", bytes: "x" },
        { name: "__MACOSX/Toán 6/._Tập hợp.pdf", bytes: "x" },
        { name: "Ảnh/IMG_2041.gif", bytes: sampleFile("so-do.gif").bytes },
      ]);
      expect(answer.status, answer.text).to.equal(303);
      const rows = await rowsOf(answer);
      const row = (end: string): RowOf | undefined => rows.find((one) => one.path.endsWith(end));
      expect(rows).to.have.length(8);
      expect(row("/Tập hợp.pdf")).to.include({ state: "ready", certainty: "sure", plan_lesson_id: W.toanLesson(1), title: "Tập hợp" });
      expect(row("(bản chuẩn).pdf")).to.include({ state: "ready", certainty: "sure", plan_lesson_id: W.toanLesson(2) });
      expect(row("Tuần 12.pdf")).to.include({ state: "ready", certainty: "doubtful" });
      expect(row("virus.txt")).to.include({ state: "refused", refusal: "virus" });
      expect(row("setup.exe")).to.include({ state: "refused", refusal: "program" });
      expect(row("gia.png")).to.include({ state: "refused", refusal: "mismatch" });
      expect(row("(1).pdf")).to.include({ state: "skipped", same_as: row("/Tập hợp.pdf")?.position });
      expect(row("IMG_2041.gif")).to.include({ state: "ready", certainty: "none", plan_lesson_id: null });
      expect(await shelf.count("materials")).to.equal(before);
      await untilEmpty(app.blobs.incoming);
      const page = (await huong.get(answer.location)).text;
      expect(page).to.include("Xem trước: Kho Toán.zip").and.include("Cần xem lại").and.include("Giống hệt tệp");
      expect((await huong.get(`${answer.location}?show=refused`)).text).to.include("setup.exe").and.not.include("IMG_2041");
    });

    it("reads the list beside the files, in the ZIP or chosen with it", async () => {
      const cells = [["Tệp", "Tiêu đề", "Mô tả", "Môn", "Khối", "Bài", "Loại", "Tác giả", "Giấy phép", "Từ khoá", "Năm"], ["a.pdf", "Số La Mã", "Đọc và viết", "Toán", "6", "Cách ghi số tự nhiên", "Phiếu học tập", "Tổ Toán", "CC BY", "la mã", "2025"], ["mat.pdf", "Không có tệp này"]];
      const bytes = await writeXlsxFile(cells.map((row) => row.map((value) => ({ value, type: String })))).toBuffer();
      for (const inside of [true, false]) {
        const zip: ZipEntry[] = [{ name: "a.pdf", bytes: pdf(`list ${String(inside)}`) }, ...(inside ? [{ name: "danh sach.xlsx", bytes }] : [])];
        const files = [{ field: "files", name: "b.zip", type: "application/zip", bytes: makeZip(zip) }, ...(inside ? [] : [{ field: "files", name: "danh sach.xlsx", type: "", bytes }])];
        const answer = await huong.upload(PLACE, {}, files);
        const [row, ...more] = await rowsOf(answer);
        expect(more).to.have.length(0);
        expect(row).to.include({ title: "Số La Mã", kind: "worksheet", plan_lesson_id: W.toanLesson(2), certainty: "sure" });
        expect((await huong.get(answer.location)).text).to.include("mat.pdf");
        await run(answer);
        expect(await shelf.newest()).to.include({ title: "Số La Mã", description: "Đọc và viết", author: "Tổ Toán", licence: "CC BY", keywords: "la mã", year: 2025, state: "draft" });
      }
    });

    it("takes several files without a ZIP, and the subject and grade of the form", async () => {
      const answer = await huong.upload(PLACE, { subject_code: "TOAN", grade: "6" }, [anotherPdf("Tiết 1.pdf", "loose 1"), anotherPdf("Tiết 4.pdf", "loose 2")]);
      expect((await rowsOf(answer)).map((row) => row.plan_lesson_id)).to.deep.equal([W.toanLesson(1), W.toanLesson(3)]);
    });

    it("says what is wrong where nothing can be taken, and keeps what was chosen", async () => {
      const nothing = await huong.post(PLACE);
      expect(nothing.status).to.equal(422);
      const bad = await huong.upload(PLACE, { subject_code: "NGUVAN", grade: "6" }, [{ field: "files", name: "x.exe", type: "", bytes: Buffer.from("MZ") }]);
      expect(bad.status).to.equal(422);
      expect(bad.text).to.include("x.exe").and.match(/value="NGUVAN" selected/);
    });
  });

  describe("a hostile archive", () => {
    const good: ZipEntry = { name: "tot.pdf", bytes: pdf("good") };
    const zeros = Buffer.alloc(3_000_000);
    const HOSTILE: readonly [what: string, says: string, entries: readonly ZipEntry[] | Buffer][] = [
      ["climbs out (D1)", "trỏ ra ngoài", [good, { name: "../../evil.pdf", bytes: "x" }]],
      ["climbs out as Windows does (D1)", "trỏ ra ngoài", [good, { name: "..\\..\\evil.pdf", bytes: "x" }]],
      ["has an absolute path (D2)", "trỏ ra ngoài", [good, { name: "/etc/passwd", bytes: "x" }]],
      ["has a drive letter (D2)", "trỏ ra ngoài", [good, { name: "C:/x.pdf", bytes: "x" }]],
      ["has a NUL in a name", "trỏ ra ngoài", [good, { name: "a.pdf\0.exe", bytes: "x" }]],
      ["has a name of 2000 letters", "trỏ ra ngoài", [good, { name: `${"a".repeat(2000)}.pdf`, bytes: "x" }]],
      ["holds a link (D3)", "liên kết", [good, { name: "link.pdf", bytes: "/etc/passwd", mode: 0o120777 }]],
      ["holds a device (D3)", "liên kết", [good, { name: "dev.pdf", mode: 0o020666 }]],
      ["swells (D4)", "giãn ra", [good, { name: "bom.txt", bytes: zeros }]],
      ["holds 60,000 entries (D5)", "quá nhiều tệp", Array.from({ length: 60_000 }, (_, i) => ({ name: `${i}`, stored: true }))],
      ["declares less than it holds (D6)", "không đúng như", [good, { name: "lie.txt", bytes: Buffer.alloc(100_000, "a"), declared: 10 }]],
      ["declares more than may come in", "lớn quá", [good, { name: "big.mp4", bytes: "x", declared: 4_000_000_000, packed: 3_900_000_000 }]],
      ["shares bytes between entries", "giãn ra", [good, { name: "a.txt", bytes: "x", declared: 900_000, packed: 900_000 }]],
      ["has a name twice but for case (D7)", "cùng tên", [{ name: "Bài.pdf", bytes: "x" }, { name: "BÀI.pdf", bytes: "x" }]],
      ["has a name twice but for its form (D7)", "cùng tên", [{ name: "Bài.pdf".normalize("NFC"), bytes: "x" }, { name: "Bài.pdf".normalize("NFD"), bytes: "x" }]],
      ["is locked", "mật khẩu", [{ name: "khoa.pdf", bytes: "x", encrypted: true }]],
      ["is cut off", "bị hỏng", makeZip([good]).subarray(0, 400)],
      ["holds nothing", "không có tệp nào", [{ name: "rong/", bytes: "" }]],
      ["is no ZIP", "tot.zip", Buffer.from("<html><script>alert(1)</script>")],
    ];
    for (const [what, says, made] of HOSTILE) {
      it(`that ${what} is refused by name and leaves nothing`, async () => {
        const counts = async () => [await shelf.count("bulk_imports"), await shelf.count("bulk_rows"), await shelf.count("blobs")];
        const before = await counts();
        const bytes = Buffer.isBuffer(made) ? made : makeZip(made as readonly ZipEntry[]);
        const answer = await huong.upload(PLACE, {}, [{ field: "files", name: "tot.zip", type: "application/zip", bytes }]);
        expect(answer.status).to.equal(422);
        expect(answer.text).to.include(says);
        expect(await counts()).to.deep.equal(before);
        await untilEmpty(app.blobs.incoming);
      });
    }

    it("names with control and direction letters are shown cleaned", async () => {
      const answer = await send(huong, [{ name: "lop6\u202Efdp.pdf", bytes: pdf("rtl") }]);
      const [row] = await rowsOf(answer);
      expect(row?.path).to.equal("lop6fdp.pdf");
    });
  });

  describe("correcting", () => {
    it("keeps lesson, title, kind and skipping, and refuses a lesson of another school", async () => {
      const answer = await send(huong, [1, 2, 3].map((n) => ({ name: `Bản quét ${n}.pdf`, bytes: pdf(`fix ${n}`) })));
      const id = idOf(answer);
      const form = { rows: "1,2,3", "title.1": "Ôn tập hợp", "kind.1": "worksheet", "subject.1": "TOAN", "grade.1": "6", "lesson.1": W.toanLesson(1), "title.2": "", "lesson.2": W.leLoiLesson(1), "skip.3": "yes" };
      expect((await huong.post(`/bulk-imports/${id}/corrections`, { revision: "1", ...form })).status).to.equal(303);
      const rows = await rowsOf(answer);
      // The lessons of a subject that was chosen only now are shown next, so this lesson fits at once.
      expect(rows[0]).to.include({ title: "Ôn tập hợp", kind: "worksheet", plan_lesson_id: W.toanLesson(1), certainty: "chosen" });
      expect(rows[1]).to.include({ title: "Bản quét 2", plan_lesson_id: null });
      expect(rows[2]).to.include({ state: "skipped" });
      expect((await huong.post(`/bulk-imports/${id}/corrections`, { revision: "1", ...form })).status, "a stale page").to.equal(409);
      await run(answer, { ...form, "skip.2": "yes" });
      expect((await rowsOf(answer)).map((row) => row.state)).to.deep.equal(["done", "skipped", "skipped"]);
    });

    it("pages by 25 and saves what was typed whichever button is pressed", async () => {
      const answer = await send(huong, Array.from({ length: 30 }, (_, n) => ({ name: `p${String(n).padStart(2, "0")}.pdf`, bytes: pdf(`page ${n}`) })));
      const page = (await huong.get(answer.location)).text;
      expect(page).to.include('name="go" value="26"');
      const moved = await huong.post(`/bulk-imports/${idOf(answer)}/corrections`, { revision: "1", rows: "1", "title.1": "Đã gõ", show: "all", from: "1", go: "26" });
      expect(moved.location).to.equal(`/bulk-imports/${idOf(answer)}?from=26`);
      const second = (await huong.get(moved.location)).text;
      expect(second).to.include("p29.pdf").and.include('name="go" value="1"').and.not.include("p01.pdf");
      expect((await rowsOf(answer))[0]?.title).to.equal("Đã gõ");
    });
  });

  describe("importing", () => {
    it("makes drafts on their lessons, or sends them for approval, and writes it down", async () => {
      const answer = await send(huong, [{ name: "Toán 6/Luỹ thừa với số mũ tự nhiên.pdf", bytes: pdf("power") }]);
      await run(answer, { submits: "yes" });
      const material = await shelf.newest();
      expect(material).to.include({ state: "submitted", subject_code: "TOAN", grade: 6, uploaded_by: W.huong });
      expect(await shelf.count("material_lessons", { material_id: material.id, plan_lesson_id: W.toanLesson(7) })).to.equal(1);
      expect(await shelf.count("audit_entries", { action: "bulk.import", subject_id: idOf(answer) })).to.equal(1);
      const page = (await huong.get(answer.location)).text;
      expect(page).to.include("Kết quả nhập").and.include(`/materials/${material.id}`);
    });

    it("is started once: the second press finds it begun", async () => {
      const answer = await send(huong, [{ name: "một lần.pdf", bytes: pdf("once") }]);
      await run(answer);
      expect((await huong.post(`/bulk-imports/${idOf(answer)}/completion`, { revision: "2" })).status).to.equal(409);
    });

    it("does each row once, however often the worker is killed and begins again", async () => {
      const answer = await send(huong, Array.from({ length: 6 }, (_, n) => ({ name: `k${n}.pdf`, bytes: pdf(`kill ${n}`) })));
      const before = await shelf.count("materials");
      expect((await huong.post(`/bulk-imports/${idOf(answer)}/completion`, { revision: "1" })).status).to.equal(303);
      // What a killed worker leaves: some rows done, the fact still due.
      const facts = (): Promise<unknown> => app.db("events").where({ name: "bulk_import_started", state: "done" }).whereLike("payload", `%${idOf(answer)}%`).update({ state: "due", run_at: "2026-11-24T01:00:00.000Z" });
      await app.db("bulk_rows").where({ import_id: idOf(answer) }).where("position", ">", 3).update({ state: "failed" });
      await app.settle();
      expect(await shelf.count("materials")).to.equal(before + 3);
      await app.db("bulk_rows").where({ import_id: idOf(answer), state: "failed" }).update({ state: "ready" });
      await app.db("bulk_imports").where({ id: idOf(answer) }).update({ state: "running" });
      await facts();
      await app.settle();
      await facts();
      await app.settle();
      expect(await shelf.count("materials")).to.equal(before + 6);
      expect((await rowsOf(answer)).every((row) => row.state === "done" && row.material_id !== null)).to.equal(true);
    });

    it("stops where the importer lost the right meanwhile", async () => {
      const son = await app.as("son");
      const answer = await send(son, [{ name: "của Sơn.pdf", bytes: pdf("son") }]);
      await son.post(`/bulk-imports/${idOf(answer)}/completion`, { revision: "1" });
      await app.db("memberships").where({ person_id: W.son }).update({ to_on: "2026-11-24" });
      await app.settle();
      expect((await rowsOf(answer))[0]).to.include({ state: "failed", refusal: "right_lost", material_id: null });
      await app.db("memberships").where({ person_id: W.son }).update({ to_on: null });
      expect((await son.post(`/bulk-imports/${idOf(answer)}/retry`)).status).to.equal(303);
      await app.settle();
      expect((await rowsOf(answer))[0]).to.include({ state: "done" });
    });

    it("knows what the school has already", async () => {
      const answer = await send(huong, [{ name: "lại.pdf", bytes: pdf("once") }]);
      const [row] = await rowsOf(answer);
      expect(row).to.include({ state: "skipped" });
      expect(row?.duplicate_of).to.be.a("string");
      expect((await huong.get(answer.location)).text).to.include("Trường đã có học liệu này");
    });
  });

  describe("of a ZIP that comes in pieces", () => {
    const QUEUE = `/schools/${W.tranPhu}/bulk/uploads`;
    const read = (): Promise<number> => readArrivals(app.db, app.time.now, app.blobs);
    const toan = (salt: string): Buffer => makeZip([{ name: "Toán 6/Luỹ thừa với số mũ tự nhiên.pdf", bytes: pdf(salt) }, { name: "Toán 6/Trang web.html", bytes: "<html><script>1</script>" }]);

    it("goes on after a break, is read in the background with its progress, and becomes the dry run", async () => {
      const bytes = toan("pieces");
      const begun = await beginUpload(huong, QUEUE, { name: "Kho Toán.zip", size: bytes.length }, { subject_code: "TOAN", grade: "6" });
      await sendPiece(huong, begun.url, 0, bytes.subarray(0, 500));
      expect(await offsetOf(huong, begun.url)).to.equal(500);
      await sendPiece(huong, begun.url, 500, bytes.subarray(500));
      const done = await finish(huong, begun.url);
      expect(done).to.include({ status: "saved" });
      const waiting = await huong.get(done.href);
      expect(waiting.text).to.include("Đang đọc: Kho Toán.zip").and.include("job-progress");
      expect(JSON.parse((await huong.get(`${done.href}/progress`, { accept: "application/json" })).text)).to.include({ running: true, value: 0 });
      expect((await huong.get(PLACE)).text).to.include(done.href);
      expect(await read()).to.equal(1);
      const report = (await huong.get(done.href)).text;
      expect(report).to.include("Xem trước: Kho Toán.zip").and.include("Trang web.html");
      expect(JSON.parse((await huong.get(`${done.href}/progress`, { accept: "application/json" })).text)).to.include({ running: false });
      const hash = createHash("sha256").update(bytes).digest("hex");
      expect(await app.blobs.stat(hash), "the ZIP itself is let go").to.equal(undefined);
      expect(await shelf.count("bulk_arrivals")).to.equal(0);
      await untilEmpty(path.join(app.blobs.incoming, "resumable"));
    });

    it("is taken up again when its reader was killed, and keeps nothing twice", async () => {
      const { href } = await sendWhole(huong, QUEUE, "kho.zip", toan("killed reader"));
      await app.db("bulk_arrivals").update({ state: "reading", tries: 1, files: 2, done: 1, lease_until: "2026-11-24T01:00:00.000Z" });
      expect(await read()).to.equal(1);
      expect(await shelf.count("bulk_rows", { import_id: href.split("/").at(-1) ?? "" })).to.equal(2);
    });

    it("that cannot be taken says why where its sender looks, and tells them", async () => {
      const { href } = await sendWhole(huong, QUEUE, "leo rào.zip", makeZip([{ name: "../../evil.txt", bytes: "x" }]));
      expect(await read()).to.equal(0);
      expect((await huong.get(href)).text).to.include("trỏ ra ngoài thư mục").and.include("Không nhập được: leo rào.zip");
      expect((await huong.get("/notices")).text).to.include("Không đọc được “leo rào.zip”");
      expect((await huong.post(`${href}/removal`)).status).to.equal(303);
      expect((await huong.get(href)).status).to.equal(404);
      await until(() => readdirSync(app.blobs.incoming).every((name) => name === "resumable"));
    });

    it("that was discarded while it waited, or whose sender lost the right, is not read", async () => {
      const first = await sendWhole(huong, QUEUE, "bỏ.zip", toan("discarded"));
      expect((await huong.post(`${first.href}/removal`)).status).to.equal(303);
      const son = await app.as("son");
      const second = await sendWhole(son, QUEUE, "của Sơn.zip", toan("son left"));
      await app.db("memberships").where({ person_id: W.son }).update({ to_on: "2026-11-24" });
      expect(await read()).to.equal(0);
      expect((await (await app.as("nam")).get(second.href)).text).to.include("không còn quyền tải lên");
      await app.db("memberships").where({ person_id: W.son }).update({ to_on: null });
    });

    it("is its sender's own business, and sent twice it is one", async () => {
      const sent = await sendWhole(huong, QUEUE, "riêng.zip", toan("own"));
      expect((await sendWhole(huong, QUEUE, "riêng.zip", toan("own"))).href).to.equal(sent.href);
      for (const [who, status] of [["lan", 404], ["son", 403], ["minh", 403], ["nam", 200]] as const) expect((await (await app.as(who)).get(sent.href)).status, who).to.equal(status);
      const refused = await beginUpload(await app.as("minh"), QUEUE, { name: "a.zip", size: 100 });
      expect(refused.status).to.equal(403);
      expect((await beginUpload(huong, QUEUE, { name: "a.zip", size: 600_000_000 })).status, "larger than it may unpack to").to.equal(413);
      expect(await sendWhole(huong, QUEUE, "không phải.zip", Buffer.from("no zip at all"))).to.include({ status: "refused" });
      await read();
    });

    it("holds one infected file: that one is refused by name, the others come in", async () => {
      const { href } = await sendWhole(huong, QUEUE, "thư mục.zip", makeZip([{ name: "tốt.pdf", bytes: pdf("sound") }, { name: "xấu.txt", bytes: EICAR, stored: true }]));
      await read();
      const rows = (await app.db("bulk_rows").where({ import_id: href.split("/").at(-1) ?? "" }).orderBy("position")) as RowOf[];
      expect(rows.map((row) => [row.path, row.state, row.refusal])).to.deep.equal([["tốt.pdf", "ready", null], ["xấu.txt", "refused", "virus"]]);
    });
  });

  describe("undoing", () => {
    it("takes out what nobody touched, and names what stays", async () => {
      const answer = await send(huong, [1, 2, 3].map((n) => ({ name: `Toán 6/Tiết ${n}.pdf`, bytes: pdf(`undo ${n}`) })));
      const before = await shelf.count("materials");
      await run(answer);
      const [first] = await rowsOf(answer);
      const touched = await shelf.row(first?.material_id ?? "");
      const edit = { title: "Đã sửa", description: "", subject_code: "TOAN", grade: "6", kind: "slides", language: "vi", author: "", source: "", licence: "school-only", year: "", keywords: "", accessibility: "", scope: "school", revision: String(touched.revision) };
      expect((await huong.post(`/materials/${touched.id}/metadata`, edit)).status).to.equal(303);
      const undone = await huong.post(`/bulk-imports/${idOf(answer)}/undoing`);
      expect(undone.status).to.equal(303);
      await app.settle();
      expect(await shelf.count("materials")).to.equal(before + 1);
      const page = (await huong.get(answer.location)).text;
      expect(page).to.include("Đã lấy ra 2 học liệu").and.include("1 học liệu được giữ lại");
      expect((await rowsOf(answer)).map((row) => row.state).sort()).to.deep.equal(["kept", "undone", "undone"]);
      expect((await huong.post(`/bulk-imports/${idOf(answer)}/undoing`)).status).to.equal(409);
    });

    it("of a preview throws it away with its files", async () => {
      const answer = await send(huong, [{ name: "bỏ.pdf", bytes: pdf("discard") }]);
      const { blob_hash } = (await app.db("bulk_rows").where({ import_id: idOf(answer) }).first()) as { blob_hash: string };
      expect(await app.blobs.stat(blob_hash)).to.not.equal(undefined);
      expect((await huong.post(`/bulk-imports/${idOf(answer)}/removal`)).status).to.equal(303);
      expect(await shelf.count("bulk_imports", { id: idOf(answer) })).to.equal(0);
      expect(await app.blobs.stat(blob_hash)).to.equal(undefined);
      expect((await huong.get(answer.location)).status).to.equal(404);
    });
  });

  it("is the maker's own business: strangers 404, colleagues 403, who leads may", async () => {
    const answer = await send(huong, [{ name: "riêng.pdf", bytes: pdf("own") }]);
    for (const [who, status] of [["lan", 404], ["minh", 403], ["son", 403], ["tuan", 403], ["dung", 403], ["nam", 200]] as const) {
      expect((await (await app.as(who)).get(answer.location)).status, who).to.equal(status);
    }
    expect((await (await app.as("quang")).get(PLACE)).status).to.equal(404);
    expect((await (await app.as("minh")).upload(PLACE, {}, [sampleFile("so-do.gif")])).status).to.equal(403);
  });
});
