import { readFileSync } from "node:fs";
import { expect } from "chai";
import fc from "fast-check";
import mammoth from "mammoth";
import { afterEach, beforeEach, describe, it } from "mocha";
import { abbreviationOf, blocksOf, placeAndDay, tidy } from "../../server/documents/official/model.ts";
import { listIssued } from "../../server/documents/store.ts";
import { startApp, type Running } from "../support/app.ts";
import type { Client } from "../support/client.ts";
import { W, YEAR } from "../support/world.ts";

const DOCUMENTS = `/schools/${W.tranPhu}/documents`;
const WRITTEN = { year: YEAR, seen: "0", number: "12/KH-THCSTP", issued_on: "2026-09-10", signatory: "Trần Văn Nam", signatory_title: "Hiệu trưởng", place: "Bến Đoan", body: "I. MỤC ĐÍCH\nDạy 2,5 % số tiết trực tuyến.", recipients: "UBND phường;\nLưu hồ sơ" };

describe("the online-teaching plan and the regulations of a school", () => {
  let app: Running;
  let nam: Client;
  beforeEach(async () => {
    app = await startApp();
    nam = await app.as("nam");
  });
  afterEach(() => app.stop());

  const issued = async (school = W.tranPhu) => [...(await listIssued(app.db, [school], YEAR)).keys()];
  const idIn = (text: string, pattern: RegExp): string => pattern.exec(text)?.[1] ?? "";

  it("begins from a template, is kept as a draft, and is issued with number, day and signatory", async () => {
    const form = await nam.get(`${DOCUMENTS}/plan?year=${YEAR}`);
    expect(form.text).to.contain("Thông tư số 09/2021/TT-BGDĐT").and.to.contain("Trường THCS Trần Phú xây dựng").and.to.contain("12/KH-THCSTP");
    expect((await nam.post(`${DOCUMENTS}/plan/text`, { ...WRITTEN, number: "", issued_on: "" })).status).to.equal(303);
    expect(await issued()).to.deep.equal([]);
    expect((await nam.get(DOCUMENTS)).text).to.contain("bản thảo");
    expect((await nam.post(`${DOCUMENTS}/plan/text`, { ...WRITTEN, seen: "1" })).status).to.equal(303);
    expect(await issued()).to.deep.equal([`${W.tranPhu} plan`]);
    const page = await nam.get(DOCUMENTS);
    expect(page.text).to.contain("Số 12/KH-THCSTP, ngày 10/09/2026, Trần Văn Nam ký");
    expect(page.text).to.contain("Phiên bản 1").and.not.to.contain("Phiên bản 2");
  });

  it("keeps what was issued when it is written anew, and does not write over somebody else's version", async () => {
    await nam.post(`${DOCUMENTS}/plan/text`, WRITTEN);
    expect((await nam.post(`${DOCUMENTS}/plan/text`, { ...WRITTEN, seen: "1", number: "30/KH-THCSTP" })).status).to.equal(303);
    expect((await nam.get(DOCUMENTS)).text).to.contain("12/KH-THCSTP").and.to.contain("30/KH-THCSTP");
    expect((await nam.post(`${DOCUMENTS}/plan/text`, { ...WRITTEN, seen: "1" })).status, "an old form").to.equal(409);
    expect((await nam.post(`${DOCUMENTS}/plan/text`, WRITTEN)).status, "sent twice").to.equal(409);
    const wrong = await nam.post(`${DOCUMENTS}/plan/text`, { ...WRITTEN, seen: "2", issued_on: "31/2/2026", body: "Nội dung của tôi" });
    expect(wrong.status).to.equal(422);
    expect(wrong.text).to.contain("Nội dung của tôi").and.to.contain("Ngày chưa đúng");
  });

  it("is a Word file and a PDF in the layout of Decree 30", async () => {
    await nam.post(`${DOCUMENTS}/plan/text`, WRITTEN);
    const version = idIn((await nam.get(DOCUMENTS)).text, /school-document-versions\/([0-9a-z]{26})\/docx/);
    const word = await nam.get(`/school-document-versions/${version}/docx`);
    const { value } = await mammoth.extractRawText({ buffer: word.bytes });
    for (const part of ["ỦY BAN NHÂN DÂN PHƯỜNG BẾN ĐOAN", "TRƯỜNG THCS TRẦN PHÚ", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc", "Số: 12/KH-THCSTP", "KẾ HOẠCH", "HIỆU TRƯỞNG", "Nơi nhận:", "- UBND phường", "Lưu: VT."]) expect(value).to.contain(part);
    expect(value).to.contain("Bến Đoan, ngày\u00a010 tháng\u00a09 năm\u00a02026").and.to.contain("2,5\u00a0%");
    const pdf = await nam.get(`/school-document-versions/${version}/pdf`);
    expect(pdf.bytes.subarray(0, 5).toString()).to.equal("%PDF-");
    expect(pdf.bytes.includes("Tinos")).to.equal(true);
    expect((await nam.get(`/school-document-versions/${version}/exe`)).status).to.equal(404);
  });

  it("takes the signed file, and says why another is refused", async () => {
    const fields = { year: YEAR, number: "13/QC-THCSTP", issued_on: "2026-09-12", signatory: "Trần Văn Nam" };
    const bytes = readFileSync(new URL("../fixtures/plans/toan6-phu-luc-1.docx", import.meta.url));
    const docx = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
    const refused = await nam.upload(`${DOCUMENTS}/regulations/files`, fields, [{ field: "file", name: "quy-che.docx", type: docx, bytes: Buffer.from("not a file") }]);
    expect(refused.status).to.equal(422);
    expect(refused.text).to.contain("13/QC-THCSTP").and.to.contain("file-file-error");
    expect((await nam.upload(`${DOCUMENTS}/regulations/files`, fields, [])).status).to.equal(422);
    expect((await nam.upload(`${DOCUMENTS}/regulations/files`, fields, [{ field: "file", name: "quy-che.docx", type: docx, bytes }])).status).to.equal(303);
    expect(await issued()).to.deep.equal([`${W.tranPhu} regulations`]);
    const version = idIn((await nam.get(DOCUMENTS)).text, /school-document-versions\/([0-9a-z]{26})\/file/);
    expect((await nam.get(`/school-document-versions/${version}/file`)).bytes.equals(bytes)).to.equal(true);
  });

  it("is public by a link alone, which closes for good", async () => {
    await nam.post(`${DOCUMENTS}/plan/text`, WRITTEN);
    const document = idIn((await nam.get(DOCUMENTS)).text, /school-documents\/([0-9a-z]{26})\/publication/);
    await nam.post(`/school-documents/${document}/publication`);
    const link = idIn((await nam.get(DOCUMENTS)).text, /(\/public-documents\/[\w-]{32})"/);
    const visitor = app.visitor();
    expect((await visitor.get(link)).text).to.contain("THCS Trần Phú").and.to.contain("12/KH-THCSTP");
    expect((await visitor.get(`${link}/file`)).bytes.subarray(0, 5).toString()).to.equal("%PDF-");
    expect((await (await app.as("huong")).post(`/school-documents/${document}/publication-removal`)).status).to.equal(403);
    await nam.post(`/school-documents/${document}/publication-removal`);
    expect((await visitor.get(link)).status).to.equal(404);
  });

  it("is written by leaders, read by staff and offices; a draft stays in the school", async () => {
    await nam.post(`${DOCUMENTS}/plan/text`, { ...WRITTEN, issued_on: "" });
    const version = idIn((await nam.get(DOCUMENTS)).text, /school-document-versions\/([0-9a-z]{26})\/docx/);
    expect((await (await app.as("huong")).get(`/school-document-versions/${version}/pdf`)).status).to.equal(200);
    const dung = await app.as("dung");
    expect((await dung.get(`/school-document-versions/${version}/pdf`)).status).to.equal(404);
    expect((await dung.get(DOCUMENTS)).text).not.to.contain(version);
    expect((await (await app.as("lan")).get(`/school-document-versions/${version}/pdf`)).status).to.equal(404);
    expect((await (await app.as("huong")).post(`${DOCUMENTS}/plan/text`, WRITTEN)).status).to.equal(403);
    expect((await (await app.as("lan")).post(`${DOCUMENTS}/plan/text`, WRITTEN)).status).to.equal(404);
    expect((await nam.get(`${DOCUMENTS}/budget`)).status).to.equal(404);
  });

  it("shows offices who lacks them, and reminds those schools", async () => {
    await nam.post(`${DOCUMENTS}/plan/text`, WRITTEN);
    await nam.post(`${DOCUMENTS}/regulations/text`, { ...WRITTEN, number: "13/QC-THCSTP" });
    const ha = await app.as("ha");
    const page = await ha.get("/documents");
    expect(page.text).to.contain("1/2 trường có đủ hai văn bản").and.to.contain("Nhắc 1 trường còn thiếu");
    const answer = await ha.post("/documents/reminders", { unit: W.department, year: YEAR });
    expect((await ha.get(answer.location)).text).to.contain("Đã nhắc lãnh đạo của 1 trường");
    expect((await (await app.as("lan")).get("/notices")).text).to.contain("còn thiếu kế hoạch hoặc quy chế");
  });
});

describe("the typography of official documents", () => {
  it("keeps numbers with their units, and writes days as Decree 30 does", () => {
    expect(tidy("Đạt 2,31 % với 291 tiết, theo Điều 5 ngày 3 tháng 9")).to.equal("Đạt 2,31\u00a0% với 291\u00a0tiết, theo Điều\u00a05 ngày\u00a03 tháng\u00a09");
    expect(placeAndDay("Hạ Long", "2027-02-05")).to.equal("Hạ Long, ngày\u00a005 tháng\u00a002 năm\u00a02027");
    expect(abbreviationOf("TH&THCS Vạn Sơn")).to.equal("THTHCSVS");
  });

  it("makes headings of sections and articles, and loses no line of whatever was written", () => {
    expect(blocksOf("Chương I QUY ĐỊNH\nĐiều 12. Nguyên tắc\n\nVăn bản này có hiệu lực.").map((block) => block.kind)).to.deep.equal(["heading", "heading", "paragraph"]);
    fc.assert(
      fc.property(fc.array(fc.string({ maxLength: 60 }), { maxLength: 12 }), (lines) => {
        const written = lines.join("\n").split(/\r?\n/).map((line) => line.trim()).filter((line) => line !== "");
        return blocksOf(lines.join("\n")).length === written.length;
      }),
    );
  });
});
