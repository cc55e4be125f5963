import { expect } from "chai";
import fc from "fast-check";
import mammoth from "mammoth";
import { after, before, describe, it } from "mocha";
import { coursesChanged } from "../../server/courses/events.ts";
import { readFiles, writeFiles } from "../../server/platform/office-zip.ts";
import { raise } from "../../server/platform/jobs/queue.ts";
import { fill, LINE_FIELDS, problemsOf } from "../../server/reports/templates/fields.ts";
import { startApp, type Running } from "../support/app.ts";
import type { Answer, Client } from "../support/client.ts";
import { closeAsLeader } from "../support/closing.ts";
import { NOW, W, YEAR } from "../support/world.ts";

const DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";

describe("the department's templates for reports", () => {
  let app: Running;
  let ha: Client;
  let nam: Client;
  let report = "";
  let builtIn: Map<string, Buffer>;
  before(async () => {
    app = await startApp();
    [ha, nam] = [await app.as("ha"), await app.as("nam")];
    await raise(app.db, coursesChanged, { schoolId: W.tranPhu, yearId: YEAR }, NOW);
    await app.settle();
    await closeAsLeader(nam);
    report = (await nam.post(`/units/${W.tranPhu}/reports`, { year: YEAR, period: "2026-10" })).location;
    const words = { seen: "1", number: "15/BC-THCSTP", issued_on: "2026-11-05", place: "Bến Đoan", signatory: "Trần Văn Nam & <con>", signatory_title: "Hiệu trưởng", recipients: "UBND phường", assessment: "Tổ Toán {{so}} đã chọn bài.", next_steps: "Tăng số tiết." };
    expect((await nam.post(`${report}/words`, words)).status).to.equal(303);
    builtIn = await readFiles((await ha.get("/report-templates/built-in")).bytes);
  });
  after(() => app.stop());

  const send = async (change: (xml: string) => string, more: Record<string, string | Buffer> = {}, who = ha): Promise<Answer> => {
    const parts = new Map<string, Buffer | string>(builtIn);
    parts.set("word/document.xml", change((builtIn.get("word/document.xml") ?? "").toString()));
    for (const [name, content] of Object.entries(more)) parts.set(name, content);
    return who.upload("/report-templates/month", {}, [{ field: "file.month", name: "Mẫu của Sở.docx", type: DOCX, bytes: await writeFiles(parts) }]);
  };
  const wordOf = async (): Promise<string> => (await mammoth.extractRawText({ buffer: (await nam.get(`${report}/docx`)).bytes })).value;

  it("begin with the built-in one, which has every required field and gives the same report", async () => {
    expect(problemsOf(builtIn)).to.deep.equal([]);
    const before = await wordOf();
    expect((await send((xml) => xml)).status).to.equal(303);
    const after = await wordOf();
    for (const part of ["ỦY BAN NHÂN DÂN PHƯỜNG BẾN ĐOAN", "Số: 15/BC-THCSTP", "Bảng 1. Các chỉ tiêu", "0 trên 42", "Trần Văn Nam & <con>", "BẢN THẢO", "Toán 6", "HIỆU TRƯỞNG", "- UBND phường", "- Lưu: VT."]) {
      expect(before, part).to.contain(part);
      expect(after, part).to.contain(part);
    }
    expect(after, "what a person wrote is no field").to.contain("Tổ Toán {{so}} đã chọn bài.");
    expect(after.replaceAll("{{so}}", "")).not.to.contain("{{");
  });

  it("are used from then on, with fields that Word has torn apart; the versions are kept, and the built-in layout comes back", async () => {
    const torn = '<w:p><w:r><w:t>Kỳ </w:t></w:r><w:r><w:t>{{ki_</w:t></w:r><w:proofErr w:type="spellStart"/><w:r><w:rPr><w:b/></w:rPr><w:t>bao_cao</w:t></w:r><w:r><w:t>}}, Sở GDĐT</w:t></w:r></w:p>';
    expect((await send((xml) => xml.replace("<w:body>", `<w:body>${torn}`))).status).to.equal(303);
    expect(await wordOf()).to.contain("Kỳ tháng 10 năm 2026, Sở GDĐT");
    const page = (await ha.get("/report-templates")).text;
    expect(page).to.contain("đang dùng phiên bản 2").and.to.contain("Phiên bản 1, Dương Thu Hà");
    const file = /\/report-template-versions\/[0-9a-z]{26}(?=\/withdrawal)/.exec(page)?.[0] ?? "";
    expect((await ha.get(`${file}/file`)).bytes.subarray(0, 2).toString()).to.equal("PK");
    expect((await nam.post(`${file}/withdrawal`)).status).to.equal(403);
    expect((await ha.post(`${file}/withdrawal`)).status).to.equal(303);
    expect((await ha.post(`${file}/withdrawal`)).status, "twice").to.equal(409);
    expect(await wordOf()).not.to.contain("Sở GDĐT");
    expect(await app.db("audit_entries").where({ action: "report_template.withdraw" })).to.have.length(1);
  });

  it("are refused with the reason at the field: unknown, missing and misplaced fields, macros, objects, links to elsewhere", async () => {
    const refused: [string, (xml: string) => string, Record<string, string>][] = [
      ["Mẫu có ô không nhận ra: so_hieu", (xml) => xml.replace("{{so}}", "{{so}} {{so_hieu}}"), {}],
      ["Mẫu thiếu ô: nguoi_ki", (xml) => xml.replace("{{nguoi_ki}}", ""), {}],
      ["đứng một mình trong một đoạn của phần thân: danh_gia", (xml) => xml.replace("{{danh_gia}}", "Sau đây: {{danh_gia}}"), {}],
      ["macro", (xml) => xml, { "word/vbaProject.bin": "x" }],
      ["liên kết ra ngoài", (xml) => xml, { "word/_rels/settings.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="a" Type="attachedTemplate" Target="http://x.example/a.dotm" TargetMode="External"/></Relationships>' }],
      ["đối tượng nhúng", (xml) => xml, { "word/embeddings/oleObject1.bin": "x" }],
    ];
    const kept = await app.db("report_templates");
    for (const [said, change, more] of refused) {
      const answer = await send(change, more);
      expect(answer.status, said).to.equal(422);
      expect(answer.text).to.contain(said);
    }
    expect((await ha.upload("/report-templates/month", {}, [{ field: "file.month", name: "a.docx", type: DOCX, bytes: Buffer.from("không phải Word") }])).status).to.equal(422);
    expect((await ha.upload("/report-templates/month", {}, [])).status).to.equal(422);
    expect((await ha.upload("/report-templates/week", {}, [])).status).to.equal(404);
    expect((await send((xml) => xml, {}, await app.as("dung"))).status, "a commune").to.equal(403);
    expect(await app.db("report_templates")).to.have.length(kept.length);
  });

  const RELS = "http://schemas.openxmlformats.org/package/2006/relationships";
  const rels = (attributes: string): string => `<Relationships xmlns="${RELS}"><Relationship Id="a" Type="attachedTemplate" ${attributes}/></Relationships>`;
  const part = (inside: string): string => `<w:x xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">${inside}</w:x>`;
  const run = (code: string): string => `<w:r><w:instrText>${code}</w:instrText></w:r>`;
  const mark = (type: string): string => `<w:r><w:fldChar w:fldCharType="${type}"/></w:r>`;
  const ELSEWHERE: Record<string, [name: string, content: string | Buffer]> = {
    "single quotes": ["word/_rels/settings.xml.rels", rels("Target='http://x.example/a.dotm' TargetMode='External'")],
    "spaces around the sign": ["word/_rels/document.xml.rels", rels('Target="http://x.example/a.png" TargetMode = "External"')],
    "an entity": ["word/_rels/document.xml.rels", rels('Target="a" TargetMode="&#69;xternal"')],
    "an address without a mode": ["word/_rels/document.xml.rels", rels('Target="\\\\x.example\\a"')],
    "capitals in the name": ["word/_rels/settings.xml.RELS", rels('Target="a" TargetMode="External"')],
    "UTF-16": ["word/_rels/settings.xml.rels", Buffer.from(`\uFEFF${rels('Target="a" TargetMode="External"')}`, "utf16le")],
    "another encoding": ["word/footnotes.xml", `<?xml version="1.0" encoding="UTF-7"?>${part("")}`],
    "a field torn into runs": ["word/footnotes.xml", part(mark("begin") + run("INCLUDE") + run('PICTURE "http://x.example/a.png"') + mark("end"))],
    "a field inside a field": ["word/header9.xml", part(mark("begin") + run(" ") + mark("begin") + run("QUOTE 68 68 69") + mark("end") + run(" c:\\cmd") + mark("end"))],
    "a field that never ends": ["word/endnotes.xml", part(mark("begin") + run("DDE") + run("AUTO c:\\cmd"))],
    "a simple field": ["word/glossary/document.xml", part("<w:fldSimple w:instr='&#68;DEAUTO c:\\cmd'/>")],
    "a field in CDATA": ["word/comments.xml", part(mark("begin") + run("<![CDATA[INCLUDETEXT]]> a") + mark("end"))],
    "data of letters": ["word/settings.xml", part("<w:mailMerge/>")],
    "another prefix": ["word/header8.xml", '<x:hdr xmlns:x="urn:w"><x:altChunk id="a"/></x:hdr>'],
    "a part under another name": ["word/header.dat", part("<w:object/>")],
    "no XML": ["word/settings.xml", "<w:p ".repeat(1000)],
  };
  for (const [how, [name, content]] of Object.entries(ELSEWHERE))
    it(`see what leads elsewhere through ${how}`, async () => {
      expect(problemsOf(new Map(builtIn).set(name, Buffer.from(content)))).to.deep.equal([{ code: "template_active", fields: [name] }]);
      const answer = await send((xml) => xml, { [name]: content });
      expect(answer.status).to.equal(422);
      expect(answer.text).to.contain("liên kết ra ngoài");
    });

  it("take the quiet fields of a letter, links within it and marks of many letters", async () => {
    const quiet = mark("begin") + run(" PA") + run("GE \\* MERGEFORMAT ") + mark("separate") + mark("end") + '<w:fldSimple w:instr=" NUMPAGES "/>' + `<w:t>${"&amp;".repeat(5_000)}</w:t>`;
    expect(problemsOf(new Map(builtIn).set("word/footer9.xml", Buffer.from(`\uFEFF${part(quiet)}`)).set("word/_rels/footer9.xml.rels", Buffer.from(rels('Target="media/a.png" TargetMode="Internal"'))))).to.deep.equal([]);
  });

  it("look at no part that is larger than a letterhead, so that no pattern is tried on it", async () => {
    const large = "<w:p ".repeat(200_001);
    expect(problemsOf(new Map(builtIn).set("word/header1.xml", Buffer.from(large)))).to.deep.equal([{ code: "template_large", fields: ["word/header1.xml"] }]);
    expect(problemsOf(new Map(builtIn).set("word/media/photo.png", Buffer.alloc(1_500_000, 7)))).to.deep.equal([]);
    const answer = await send((xml) => xml.replace("</w:body>", `${Array.from({ length: 30_000 }, (_, i) => `<w:p><w:r><w:t>${i * 7919}</w:t></w:r></w:p>`).join("")}</w:body>`));
    expect(answer.status).to.equal(422);
    expect(answer.text).to.contain("Mẫu quá lớn: phần word/document.xml vượt 1 MB");
  });

  it("fill in any text as text alone, wherever the field is torn", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.array(fc.nat(9), { maxLength: 4 }), (value, cuts) => {
        const field = "{{don_vi}}";
        const pieces = [0, ...[...new Set(cuts)].sort((a, b) => a - b), field.length].map((from, i, all) => field.slice(from, all[i + 1] ?? field.length));
        const xml = `<w:body><w:p>${pieces.map((text) => `<w:r><w:t>${text}</w:t></w:r>`).join("")}</w:p></w:body>`;
        const lines = Object.fromEntries(LINE_FIELDS.map((name) => [name, value])) as Record<(typeof LINE_FIELDS)[number], string>;
        const filled = String(fill(new Map([["word/document.xml", Buffer.from(xml)]]), { lines, blocks: { ket_qua: "", danh_gia: "", nhiem_vu: "", phu_luc: "", noi_nhan: "" } }).get("word/document.xml"));
        const text = filled.replace(/<w:t[^>]*>([^<]*)<\/w:t>/g, "$1").replace(/<\/?w:(?:body|p|r)>/g, "");
        expect(text, "nothing but text came in").not.to.match(/[<>]/);
        expect(filled.match(/<w:t /g) ?? []).to.have.length(pieces.length);
      }),
    );
  });
});
