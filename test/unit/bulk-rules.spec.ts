import { expect } from "chai";
import fc from "fast-check";
import { cluesOf, plainWords, subjectNamed, type Subject } from "../../server/bulk/rules/clues.ts";
import { listIndex, readList } from "../../server/bulk/rules/columns.ts";
import { candidatesOf, matchLesson, similarity, type PlanLesson } from "../../server/bulk/rules/match.ts";
import { decodeName, isClutter, leadsOut, sameNameKey } from "../../server/bulk/rules/names.ts";

const SUBJECTS: Subject[] = [
  ["TOAN", "Toán", "Mathematics"],
  ["NGUVAN", "Ngữ văn", "Literature"],
  ["KHTN", "Khoa học tự nhiên", "Science"],
  ["LSDL", "Lịch sử và Địa lí", "History and geography"],
  ["TIN", "Tin học", "Informatics"],
  ["TA", "Tiếng Anh", "English"],
].map(([code = "", name_vi = "", name_en = ""]) => ({ code, name_vi, name_en }));

const plan = (subject_code: string, grade: number, titles: readonly (string | [string, number, number])[]): PlanLesson[] =>
  titles.map((row, i) => {
    const [title, periods, week] = typeof row === "string" ? [row, 1, i + 1] : row;
    return { id: `${subject_code}${grade}-${i + 1}`, plan_id: `${subject_code}${grade}`, subject_code, grade, title, chapter: i < 4 ? "Chương I. Số tự nhiên" : "Chương II. Số nguyên", kind: /^(Ôn tập|Kiểm tra)/.test(title) ? "review" : "lesson", periods, week_from: week, week_to: week };
  });

/** Toán 6 bears numbers in its titles, as the textbook has them; Ngữ văn 6 bears none. */
const TOAN6 = plan("TOAN", 6, [["Bài 1. Tập hợp", 1, 1], ["Bài 2. Cách ghi số tự nhiên", 2, 1], ["Bài 3. Thứ tự trong tập hợp các số tự nhiên", 1, 2], ["Luyện tập chung", 1, 2], ["Bài 4. Phép cộng và phép trừ số tự nhiên", 2, 3], ["Bài 5. Phép nhân và phép chia số tự nhiên", 2, 4], ["Luyện tập chung", 1, 5], ["Ôn tập giữa kì I", 1, 6]]);
const VAN6 = plan("NGUVAN", 6, ["Bài học đường đời đầu tiên", "Nếu cậu muốn có một người bạn", "Bắt nạt", "Chuyện cổ tích về loài người", "Mây và sóng", "Bức tranh của em gái tôi"]);
const KHTN8 = plan("KHTN", 8, ["Bài 1. Sử dụng một số hoá chất, thiết bị cơ bản trong phòng thí nghiệm", "Bài 2. Phản ứng hoá học", "Bài 3. Mol và tỉ khối chất khí"]);
const ALL = candidatesOf([...TOAN6, ...VAN6, ...KHTN8]);

const match = (path: string, chosen: { subject: string | null; grade: number | null } = { subject: null, grade: null }) => matchLesson(cluesOf(path, SUBJECTS), ALL, chosen);

describe("what a file's name says", () => {
  const SAID: readonly [path: string, clues: object][] = [
    ["Toán 6/Chương I/Bài 12. Phép chia.pptx", { subject: "TOAN", grade: 6, lesson: 12, chapter: 1, title: "phep chia" }],
    ["TOAN6_TIET 34-35_LuyenTap (2).docx", { subject: "TOAN", grade: 6, periods: [34, 35] }],
    ["KHTN 8 - Tuần 5 - Phản ứng hoá học - GV Nguyễn Hoa.pdf", { subject: "KHTN", grade: 8, week: 5, title: "phan ung hoa hoc nguyen hoa" }],
    ["khtn8/b3.pdf", { subject: "KHTN", grade: 8, lesson: 3 }],
    ["Văn 6/Bài giảng Bắt nạt (bản chuẩn) v2.pptx", { subject: "NGUVAN", grade: 6, lesson: null, title: "bat nat" }],
    ["Lịch sử và Địa lí/Khối 7/bài 5.pdf", { subject: "LSDL", grade: 7, lesson: 5 }],
    ["Unit 3 - My friends.pptx", { lesson: 3, title: "my friends" }],
    ["6A/Tin/Bài 2.pdf", { subject: "TIN", grade: 6, lesson: 2 }],
    ["Ôn tập chương II.pdf", { chapter: 2, lesson: null, subject: null }],
    ["Phép toán và sinh hoạt.pdf", { subject: null, grade: null }],
    ["Bài tập 12.docx", { lesson: null }],
    ["A0-0.pdf", { title: "a0" }],
    ["KHBD tiết 7 tuần 4.docx", { periods: [7, 7], week: 4, title: "" }],
  ];
  for (const [path, clues] of SAID) {
    it(path, () => {
      for (const [key, value] of Object.entries(clues)) expect(cluesOf(path, SUBJECTS)[key as "title"], key).to.deep.equal(value);
    });
  }

  it("reads composed and decomposed letters alike", () => {
    for (const [path] of SAID) expect(cluesOf(path.normalize("NFD"), SUBJECTS)).to.deep.equal(cluesOf(path.normalize("NFC"), SUBJECTS));
  });

  it("takes any name at all", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 80 }), (name) => {
        const clues = cluesOf(name, SUBJECTS);
        return (clues.grade === null || (clues.grade >= 1 && clues.grade <= 12)) && plainWords(clues.title) === clues.title;
      }),
    );
  });

  it("knows subjects by code, name and usual short form", () => {
    expect(["Toán", "toan", "TOAN", "Môn Toán", "Toán 6", "Mathematics"].map((text) => subjectNamed(text, SUBJECTS))).to.deep.equal(Array(6).fill("TOAN"));
    expect(subjectNamed("KHTN", SUBJECTS)).to.equal("KHTN");
    expect(subjectNamed("Thể dục nhịp điệu", SUBJECTS)).to.equal(null);
  });
});

describe("the lesson a file is for", () => {
  it("is sure by the textbook's number in its subject and grade", () => {
    expect(match("Toán 6/Bài 5.pptx")).to.deep.include({ lessonId: "TOAN6-6", match: "sure" });
  });

  it("is sure by the period of the plan", () => {
    expect(match("Toán 6/Tiết 6.pdf")).to.deep.include({ lessonId: "TOAN6-5", match: "sure" });
  });

  it("is sure by its title alone, even where nothing says the subject", () => {
    expect(match("Bắt nạt.pdf")).to.deep.include({ lessonId: "NGUVAN6-3", match: "sure" });
    expect(match("phan ung hoa hoc.pptx")).to.deep.include({ lessonId: "KHTN8-2", match: "sure" });
  });

  it("is a guess to be looked at where the name contradicts itself", () => {
    const found = match("Toán 6/Bài 3. Phép nhân và phép chia số tự nhiên.pdf");
    expect(found.match).to.equal("doubtful");
    expect(found.why).to.include("against_title");
  });

  it("is a guess where two lessons have the same title", () => {
    expect(match("Toán 6/Luyện tập chung.pdf")).to.deep.include({ match: "doubtful" });
    expect(match("Toán 6/Luyện tập chung - tiết 5.pdf")).to.deep.include({ lessonId: "TOAN6-4", match: "sure" });
  });

  it("is a guess by the place in a plan that bears no numbers", () => {
    expect(match("Ngữ văn 6/Bài 2.pdf")).to.deep.include({ lessonId: "NGUVAN6-2", match: "doubtful" });
  });

  it("takes subject and grade from the form where the name says none", () => {
    expect(match("Bài 2.pdf")).to.deep.include({ lessonId: null, match: "none" });
    expect(match("Bài 2.pdf", { subject: "KHTN", grade: 8 })).to.deep.include({ lessonId: "KHTN8-2", match: "sure" });
  });

  it("is open where nothing speaks for any", () => {
    expect(match("IMG_2041.jpg")).to.deep.include({ lessonId: null, match: "none" });
    expect(match("Toán 6/danh sách lớp.xlsx")).to.deep.include({ lessonId: null });
  });

  it("finds every lesson by its own full title, whatever stands around it", () => {
    const around = fc.constantFrom("", "Bài giảng ", "Phiếu học tập ", "KHBD - ");
    const lesson = fc.constantFrom(...ALL.filter((c) => c.title !== "Luyện tập chung"));
    fc.assert(
      fc.property(lesson, around, fc.boolean(), (one, before, decomposed) => {
        const path = `${one.subject_code === "TOAN" ? "Toán" : one.subject_code === "KHTN" ? "KHTN" : "Ngữ văn"} ${one.grade}/${before}${one.title}.pdf`;
        return match(decomposed ? path.normalize("NFD") : path).lessonId === one.id;
      }),
    );
  });

  it("is never of another subject or grade than the name says", () => {
    fc.assert(
      fc.property(fc.constantFrom("Toán 6", "KHTN 8", "Ngữ văn 6", "Toán 7"), fc.string({ maxLength: 40 }), (folder, name) => {
        const clues = cluesOf(`${folder}/${name}`, SUBJECTS);
        const { lessonId } = matchLesson(clues, ALL, { subject: null, grade: null });
        const lesson = ALL.find((c) => c.id === lessonId);
        return lesson === undefined || (lesson.subject_code === clues.subject && lesson.grade === clues.grade);
      }),
    );
  });

  it("measures likeness between 0 and 1, and finds itself alike", () => {
    const words = fc.array(fc.constantFrom("phep", "cong", "tru", "so", "tu", "nhien", "tap", "hop"), { minLength: 1, maxLength: 6 });
    fc.assert(fc.property(words, words, (a, b) => similarity(a, b) >= 0 && similarity(a, b) <= 1.0001 && similarity(a, a) > 0.99));
  });
});

describe("names inside a ZIP", () => {
  const NAME = "Bài 12. Phép chia.pdf";

  it("are read as UTF-8 with or without the mark, composed", () => {
    for (const marked of [true, false]) for (const form of ["NFC", "NFD"] as const) expect(decodeName(Buffer.from(NAME.normalize(form)), marked)).to.equal(NAME);
  });

  it("are read as a Vietnamese Windows writes them (code page 1258)", () => {
    // "Tiết 3" and "Đề ôn": in 1258 the tone is a letter of its own after the vowel
    expect(decodeName(Buffer.from([0x54, 0x69, 0xea, 0xec, 0x74, 0x20, 0x33]), false)).to.equal("Tiết 3");
    expect(decodeName(Buffer.from([0xd0, 0xea, 0xcc, 0x20, 0xf4, 0x6e]), false)).to.equal("Đề ôn");
  });

  it("are read as code page 437 otherwise", () => {
    expect(decodeName(Buffer.from([0x63, 0x61, 0x66, 0x82]), false)).to.equal("café");
  });

  it("that lead out are known, on every system", () => {
    for (const name of ["../x", "a/../../x", "/etc/passwd", "C:\\x", "c:/x", "a\\b", "a\0.pdf"]) expect(leadsOut(name), name).to.equal(true);
    for (const name of ["a/b.pdf", "..hidden", "a..b/c", "a/…/b"]) expect(leadsOut(name), name).to.equal(false);
  });

  it("that are one file on Windows or a Mac have one key", () => {
    expect(sameNameKey("Bài.PDF".normalize("NFD"))).to.equal(sameNameKey("bài.pdf"));
  });

  it("that systems leave behind are clutter", () => {
    for (const name of ["__MACOSX/a/._b.pdf", "a/Thumbs.db", ".DS_Store", "x/desktop.ini", "~$bai.docx"]) expect(isClutter(name), name).to.equal(true);
    expect(isClutter("a/b.pdf")).to.equal(false);
  });
});

describe("the list beside the files", () => {
  const ROWS = [["DANH SÁCH HỌC LIỆU"], [], ["STT", "Tên  tệp", "Tiêu đề", "Khối", "Loại (nếu có)"], ["1", "bai1.pdf", "Tập hợp", "6", "Bài giảng"], ["2", "Thư mục\\bài 2", "", "", ""], ["", "", "Tổng", "", ""]];

  it("is found by its headers, wherever they stand", () => {
    expect(readList(ROWS)).to.deep.equal([{ file: "bai1.pdf", title: "Tập hợp", grade: "6", kind: "Bài giảng" }, { file: "Thư mục\\bài 2" }]);
  });

  it("is none where no column names files", () => {
    expect(readList([["Họ tên", "Lớp"], ["An", "6A"]])).to.equal(undefined);
  });

  it("finds a file by path or name, with or without its ending, in any letters", () => {
    const find = listIndex(readList(ROWS) ?? []);
    expect(find("Toán/BAI1.pdf")?.title).to.equal("Tập hợp");
    expect(find("gốc/Thư mục/bài 2".normalize("NFD"))?.file).to.equal("Thư mục\\bài 2");
    expect(find("khác.pdf")).to.equal(undefined);
  });
});
