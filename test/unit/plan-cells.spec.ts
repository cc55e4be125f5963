import { expect } from "chai";
import { deflateRawSync } from "node:zlib";
import { Refusal } from "../../server/platform/errors.ts";
import { readMarks, readNumbers, readPeriods, readWeeks } from "../../server/plan/import/cells.ts";
import { readPlanFile } from "../../server/plan/import/read.ts";
import { guessLine } from "../../server/plan/import/subject.ts";
import { declaredPeriods, isChapterName, isSignature, kindOfTitle, totalName } from "../../server/plan/import/titles.ts";
import { makeExcel, makeWord } from "../fixtures/plans/files.ts";

describe("reading a cell of periods", () => {
  const counts: [string, number][] = [["3", 3], ["3 tiết", 3], ["03", 3], ["2 tiết (1 LT + 1 TH)", 2], ["4.0", 4], ["2 Tiết", 2], ["1t", 1]];
  for (const [text, periods] of counts) {
    it(`reads "${text}" as ${periods} periods`, () => expect(readPeriods(text, "count")).to.deep.equal({ kind: "count", periods }));
  }
  const numbers: [string, number[]][] = [
    ["Tiết 5,6,7", [5, 6, 7]],
    ["14 - 16", [14, 15, 16]],
    ["1-2", [1, 2]],
    ["2, 3", [2, 3]],
    ["Tiết 1 đến tiết 3", [1, 2, 3]],
    ["9\n10", [9, 10]],
    ["5 và 6", [5, 6]],
    ["14–16", [14, 15, 16]],
  ];
  for (const [text, wanted] of numbers) {
    it(`reads "${text.replace("\n", "⏎")}" as numbers`, () => expect(readPeriods(text, "count")).to.deep.equal({ kind: "numbers", numbers: wanted }));
  }
  it("leaves a bare number to its column", () => expect(readPeriods("7", "numbers")).to.deep.equal({ kind: "numbers", numbers: [7] }));
  it("does not guess at words", () => expect(readPeriods("theo lịch", "count").kind).to.equal("unclear"));
  it("refuses a run that goes backwards or is endless", () => {
    expect(readNumbers("9-3")).to.equal(undefined);
    expect(readNumbers("1-999")).to.equal(undefined);
  });
});

describe("reading a cell of weeks", () => {
  const cases: [string, number | null, number | null, number | null][] = [
    ["Tuần 3", 3, 3, null],
    ["3,4", 3, 4, null],
    ["1-2", 1, 2, null],
    ["Tuần 1 (7/9 - 11/9)", 1, 1, null],
    ["Tuần 1\nTháng 9", 1, 1, null],
    ["Tuần 1, tuần 2", 1, 2, null],
    ["Học kì I", null, null, 1],
    ["HKII", null, null, 2],
    ["Tháng 9/2026", null, null, null],
  ];
  for (const [text, from, to, term] of cases) {
    it(`reads "${text.replace("\n", "⏎")}"`, () => expect(readWeeks(text)).to.deep.equal({ from, to, term, clear: true }));
  }
  it("says that it does not understand", () => expect(readWeeks("sau Tết").clear).to.equal(false));
});

describe("reading marks and titles", () => {
  it("takes marks out of the title and leaves other brackets", () => {
    expect(readMarks("Bài 5. Từ láy (tiếp) [ONLINE] [CĐS]")).to.deep.equal({ title: "Bài 5. Từ láy (tiếp)", mode: "online", unsure: null, digital: true, ai: false });
    expect(readMarks("Bài 6 (trực tuyến)").mode).to.equal("online");
    expect(readMarks("Bài 7 [TT]").mode).to.equal("in_class");
    expect(readMarks("Bài 8 [KẾT HỢP]")).to.deep.include({ title: "Bài 8", mode: null, unsure: "blended" });
    expect(readMarks("Bài 9 [AI]".normalize("NFD")).ai).to.equal(true);
  });
  const kinds: [string, string][] = [
    ["Bài 1. Tập hợp", "lesson"],
    ["Luyện tập chung", "practice"],
    ["Thực hành tiếng Việt: Từ láy", "practice"],
    ["Bài 14. Thực hành xác định khối lượng riêng", "practice"],
    ["Ôn tập giữa học kì I", "review"],
    ["Trả bài kiểm tra cuối kì I", "review"],
    ["Bài tập cuối chương II", "review"],
    ["KIỂM TRA CUỐI HỌC KÌ I", "test"],
    ["Đánh giá giữa kì 2", "test"],
    ["Hoạt động thực hành trải nghiệm", "activity"],
    ["Dự án: Làm giá đỡ điện thoại", "activity"],
    ["Chủ đề 2: Khám phá bản thân", "topic"],
  ];
  for (const [title, kind] of kinds) it(`knows "${title}" as ${kind}`, () => expect(kindOfTitle(title)).to.equal(kind));
  it("knows a sum from a lesson that begins with the word", () => {
    expect(totalName("Tổng cộng")).to.deep.equal({ scope: "year" });
    expect(totalName("Cộng HK II")).to.deep.equal({ scope: "term2" });
    expect(totalName("Tổng số tiết cả năm: 140 tiết")).to.deep.equal({ scope: "year" });
    expect(totalName("Tổng và hiệu của hai vectơ")).to.equal(undefined);
    expect(totalName("Tổng các góc trong một tam giác")).to.equal(undefined);
    expect(totalName("Cộng đồng")).to.equal(undefined);
  });
  it("reads the sum of a heading, not its factors", () => {
    expect(declaredPeriods("18 tuần x 4 tiết/tuần = 72 tiết")).to.equal(72);
    expect(declaredPeriods("CHƯƠNG I (12 tiết)")).to.equal(12);
    expect(declaredPeriods("Bài 2")).to.equal(undefined);
  });
  it("knows chapters and signatures", () => {
    for (const name of ["Chương I. Số tự nhiên", "CHỦ ĐỀ 2", "II. Động học", "BÀI 1. TÔI VÀ CÁC BẠN"]) expect(isChapterName(name), name).to.equal(true);
    expect(isChapterName("Bài 1. Tập hợp")).to.equal(false);
    expect(isSignature("Bến Đoan, ngày 20 tháng 8 năm 2026")).to.equal(true);
    expect(isSignature("HIỆU TRƯỞNG")).to.equal(true);
    expect(isSignature("Bài 3. Ngày và đêm")).to.equal(false);
  });
  it("guesses subject and grade", () => {
    expect(guessLine("MÔN HỌC: VẬT LÝ, KHỐI LỚP 10")).to.deep.equal({ subjectCode: "VATLI", grade: 10 });
    expect(guessLine("Môn: Mỹ thuật – Lớp 7")).to.deep.equal({ subjectCode: "NGHETHUAT", grade: 7 });
    expect(guessLine("1. Số lớp: 4; Số học sinh: 162")).to.deep.equal({ subjectCode: null, grade: null });
    expect(guessLine("ke-hoach_toan_6".replace(/[-]/g, " "), true)).to.deep.equal({ subjectCode: "TOAN", grade: 6 });
  });
});

async function refusalOf(bytes: Buffer): Promise<string> {
  try {
    await readPlanFile(bytes, "x");
    return "read";
  } catch (error) {
    return error instanceof Refusal ? error.key : String(error);
  }
}

/** A zip of one entry whose directory tells any size. */
function zipOf(name: string, content: Buffer, tells: number, entries = 1): Buffer {
  const packed = deflateRawSync(content);
  const local: Buffer[] = [];
  const central: Buffer[] = [];
  let offset = 0;
  for (let i = 0; i < entries; i += 1) {
    const own = Buffer.from(entries === 1 ? name : `${name}${i}`);
    const head = Buffer.alloc(30);
    head.writeUInt32LE(0x04034b50, 0);
    head.writeUInt16LE(20, 4);
    head.writeUInt16LE(8, 8);
    head.writeUInt32LE(packed.length, 18);
    head.writeUInt32LE(tells, 22);
    head.writeUInt16LE(own.length, 26);
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50, 0);
    entry.writeUInt16LE(20, 4);
    entry.writeUInt16LE(20, 6);
    entry.writeUInt16LE(8, 10);
    entry.writeUInt32LE(packed.length, 20);
    entry.writeUInt32LE(tells, 24);
    entry.writeUInt16LE(own.length, 28);
    entry.writeUInt32LE(offset, 42);
    local.push(head, own, packed);
    central.push(entry, own);
    offset += 30 + own.length + packed.length;
  }
  const directory = Buffer.concat(central);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(entries, 8);
  end.writeUInt16LE(entries, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...local, directory, end]);
}

describe("files that cannot be read", () => {
  it("names an empty file", async () => expect(await refusalOf(Buffer.alloc(0))).to.equal("file_empty"));
  it("names the old Word format under a new name", async () => {
    expect(await refusalOf(Buffer.concat([Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]), Buffer.alloc(600)]))).to.equal("file_old_office");
  });
  it("names a file with a password", async () => {
    const bytes = Buffer.concat([Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]), Buffer.from("EncryptedPackage", "utf16le")]);
    expect(await refusalOf(bytes)).to.equal("file_locked");
  });
  it("names what is no Office file", async () => {
    expect(await refusalOf(Buffer.from("%PDF-1.7 ..."))).to.equal("file_not_office");
    expect(await refusalOf(zipOf("readme.txt", Buffer.from("x"), 1))).to.equal("file_not_office");
  });
  it("names a torn file", async () => {
    const whole = await makeWord(["x", [["STT", "Bài học", "Số tiết"], [1, "Bài 1", 2]]]);
    expect(await refusalOf(whole.subarray(0, whole.length / 2))).to.equal("file_broken");
    expect(await refusalOf(zipOf("word/document.xml", Buffer.from("<w:document"), 11))).to.equal("file_broken");
    expect(await refusalOf(zipOf("xl/workbook.xml", Buffer.from("<workbook"), 9))).to.equal("file_broken");
  });
  it("stops at a zip bomb before unpacking: too large, too many, too dense", async () => {
    expect(await refusalOf(zipOf("word/document.xml", Buffer.from("x"), 61_000_000))).to.equal("file_bomb");
    expect(await refusalOf(zipOf("word/a", Buffer.from("x"), 1, 2001))).to.equal("file_bomb");
    expect(await refusalOf(zipOf("word/document.xml", Buffer.alloc(5_000_000), 5_000_000))).to.equal("file_bomb");
  });
  it("does not unpack more than the directory told", async () => {
    expect(await refusalOf(zipOf("word/document.xml", Buffer.alloc(3_000_000), 10))).to.equal("file_broken");
  });
  it("reads a document without a plan as nothing", async () => {
    const read = await readPlanFile(await makeExcel([{ name: "Lương", rows: [["Họ tên", "Số tiền"], ["A", 1]] }]), "luong.xlsx");
    expect(read.sections).to.deep.equal([]);
    expect(read.skipped).to.have.length(1);
  });
});
