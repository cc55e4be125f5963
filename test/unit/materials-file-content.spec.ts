import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import fc from "fast-check";
import { identify, type Identified } from "../../server/platform/web/file-content.ts";
import { cleanName, extensionOf, nameAs, kindOfExtension } from "../../server/platform/web/file-kinds.ts";
import { filePath } from "../support/files.ts";

describe("knowing a file by its content", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "hoc-lieu-content-"));
  after(() => rmSync(folder, { recursive: true }));

  const sample = (file: string, name = file): Promise<Identified> => identify(filePath(file), statSync(filePath(file)).size, name);
  const made = (name: string, bytes: Buffer): Promise<Identified> => {
    const file = path.join(folder, "made");
    writeFileSync(file, bytes);
    return identify(file, bytes.length, name);
  };
  const outcome = (found: Identified): string => (found.ok ? found.kind.ext : found.code);

  for (const [file, ext] of [
    ["bai-giang.pdf", "pdf"],
    ["so-do.png", "png"],
    ["so-do.jpg", "jpg"],
    ["so-do.gif", "gif"],
    ["am-thanh.mp3", "mp3"],
    ["am-thanh.m4a", "m4a"],
    ["am-thanh.wav", "wav"],
    ["am-thanh.ogg", "ogg"],
    ["video.mp4", "mp4"],
    ["video.webm", "webm"],
    ["phieu-hoc-tap.docx", "docx"],
    ["bai-giang.pptx", "pptx"],
    ["diem.xlsx", "xlsx"],
    ["giao-an.odt", "odt"],
    ["giao-an-cu.doc", "doc"],
    ["trinh-chieu-cu.ppt", "ppt"],
    ["bang-diem-cu.xls", "xls"],
    ["hinh-hoc.ggb", "ggb"],
    ["ghi-chu.txt", "txt"],
  ] as const) {
    it(`takes ${file} for what it is, with and without its ending`, async () => {
      expect(outcome(await sample(file))).to.equal(ext);
      expect(outcome(await sample(file, "khong-co-duoi"))).to.equal(ext);
    });
  }

  for (const [file, name, code] of [
    ["so-do.png", "bai-giang.pdf", "mismatch"],
    ["bai-giang.pdf", "bai-giang.docx", "mismatch"],
    ["bo-tep.zip", "bai-giang.docx", "mismatch"],
    ["bo-tep.zip", "bo-tep.zip", "package_none"],
    ["so-do.png", "bai-giang.txt", "not_utf8"],
    ["tieng-viet-cu.txt", "tieng-viet-cu.txt", "not_utf8"],
    ["tai-dang-do.pdf", "tai-dang-do.pdf", "broken"],
    ["macro.docm", "de-cuong.docx", "macro"],
    ["macro-cu.xls", "bang-diem.xls", "macro"],
    ["mat-khau.docx", "mat-khau.docx", "locked"],
    ["bai-giang.pdf", "bai-giang.pdf.exe", "program"],
    ["ghi-chu.txt", "trang.html", "program"],
    ["ghi-chu.txt", "hinh.svg", "program"],
    ["macro.docm", "macro.docm", "program"],
    ["ghi-chu.txt", "ma.xyz", "type_not_allowed"],
  ] as const) {
    it(`does not take ${file} named ${name}: ${code}`, async () => {
      expect(outcome(await sample(file, name))).to.equal(code);
    });
  }

  it("takes a PNG that is named .jpg as the PNG it is, and names it so", async () => {
    const found = await sample("so-do.png", "anh.jpg");
    expect(found.ok && found.kind.mime).to.equal("image/png");
    expect(found.ok && nameAs("anh.jpg", found.kind)).to.equal("anh.png");
  });

  it("does not take an empty file", async () => {
    expect(outcome(await made("trong.pdf", Buffer.alloc(0)))).to.equal("empty");
  });

  it("does not take a program that is named like a lesson", async () => {
    const program = Buffer.concat([Buffer.from("MZ"), Buffer.alloc(600), Buffer.from("PE\0\0")]);
    expect(outcome(await made("bai-giang.pdf", program))).to.equal("mismatch");
    expect(outcome(await made("bai-giang", program))).to.equal("type_not_allowed");
  });

  it("does not take an archive that says it unpacks to gigabytes", async () => {
    const bytes = Buffer.from(readFileSync(filePath("phieu-hoc-tap.docx")));
    const entry = bytes.indexOf(Buffer.from("PK\x01\x02", "latin1"));
    bytes.writeUInt32LE(3_000_000_000, entry + 24); // the uncompressed size in the archive's own list
    expect(outcome(await made("bom.docx", bytes))).to.equal("bomb");
  });

  it("does not take an archive that was cut off", async () => {
    expect(outcome(await made("cut.docx", readFileSync(filePath("phieu-hoc-tap.docx")).subarray(0, 500)))).to.equal("broken");
    expect(outcome(await made("cut.doc", readFileSync(filePath("giao-an-cu.doc")).subarray(0, 700)))).to.equal("broken");
  });

  it("answers any bytes under any name without failing", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 600 }), fc.constantFrom("a.pdf", "a.docx", "a.doc", "a.txt", "a", "a.mp4"), async (bytes, name) => {
        await made(name, Buffer.from(bytes));
      }),
      { numRuns: 150 },
    );
  });
});

describe("names that people give to files", () => {
  it("keeps a Vietnamese name as it is, composed", () => {
    expect(cleanName("Bài giảng số 1 – Tập hợp.pdf".normalize("NFD"))).to.equal("Bài giảng số 1 – Tập hợp.pdf".normalize("NFC"));
  });

  for (const [given, shown] of [
    ["../../etc/passwd", "passwd"],
    ["C:\\fakepath\\bai 1.pdf", "bai 1.pdf"],
    ["lop6\u202Efdp.exe", "lop6fdp.exe"],
    ["a\0b\r\nSet-Cookie: x=1.pdf", "abSet-Cookie_ x=1.pdf"],
    ['<img src=x onerror="alert(1)">.png', "_img src=x onerror=_alert(1)__.png"],
    ["CON.pdf", "_CON.pdf"],
    ["...", "file"],
    [".htaccess", "htaccess"],
    ["", "file"],
    ["bai.pdf. . .", "bai.pdf"],
  ] as const) {
    it(`shows ${JSON.stringify(given)} as ${JSON.stringify(shown)}`, () => {
      expect(cleanName(given)).to.equal(shown);
    });
  }

  it("are never longer than 200 letters and keep their ending", () => {
    const name = cleanName(`${"rất dài ".repeat(80)}.pdf`);
    expect([...name].length).to.be.at.most(200);
    expect(extensionOf(name)).to.equal("pdf");
  });

  it("hold no separator, no control character and are stable, whatever was typed", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 400 }), (given) => {
        const name = cleanName(given);
        expect(name).to.not.match(/[/\\\p{Cc}]/u);
        expect(name).to.not.equal("");
        expect(cleanName(name)).to.equal(name);
      }),
    );
  });

  it("take the ending of the content only where they had another known one", () => {
    const pdf = kindOfExtension("pdf");
    expect(pdf && nameAs("Bài 1.2 Tập hợp", pdf)).to.equal("Bài 1.2 Tập hợp.pdf");
    expect(pdf && nameAs("bai.PDF", pdf)).to.equal("bai.PDF");
  });
});
