import { expect } from "chai";
import fc from "fast-check";
import { countFacets, readFacets, writeFacets } from "../../server/library/rules/facets.ts";
import { fitOf, prepare, proposalsFor, tellingWords } from "../../server/library/rules/fit.ts";
import { marked, passage } from "../../server/library/rules/excerpt.ts";
import { literally, understand } from "../../server/library/rules/query.ts";
import { compareHits, ladder, stepsOf, useStep } from "../../server/library/rules/rank.ts";
import { subjectNames } from "../../server/library/rules/subjects.ts";
import { decodeTyping, isSyllable } from "../../server/library/rules/telex.ts";
import { filterTerm, termsOf, type Condition } from "../../server/library/rules/terms.ts";
import { corrections, isOneSlip, oneSlipFrom, toCount } from "../../server/library/rules/typing.ts";
import { asFts, asTsquery } from "../../server/library/store/terms.ts";
import { formsOf, wordsAmong, wordsOf } from "../../server/platform/text.ts";

const VIETNAMESE = "phân số bằng nhau đường thẳng song song hoà bình nghĩa trường nguyễn quyển luỹ thừa mười ươm giữa khuỷu quý thuở xoắn huệ người tiếng việt kĩ lý".split(" ");
const word = fc.constantFrom(...VIETNAMESE);

describe("words as a search compares them", () => {
  it("are the same composed or not, in capitals or not, wherever the tone stands", () => {
    fc.assert(
      fc.property(word, (one) => {
        expect(formsOf(one.normalize("NFD"))).to.deep.equal(formsOf(one.normalize("NFC")));
        expect(formsOf(one.toUpperCase())).to.deep.equal(formsOf(one));
      }),
    );
    for (const [a, b] of [["hoà", "hòa"], ["thuý", "thúy"], ["lý", "lí"], ["kỹ", "kĩ"], ["quý", "quí"], ["Mỹ", "mĩ"]] as const) expect(formsOf(a), a).to.deep.equal(formsOf(b));
    expect(formsOf("đức")).to.deep.equal({ folded: "duc", exact: "đưcˊ" });
    expect(formsOf("duc").exact).to.not.equal(formsOf("đức").exact);
    expect(formsOf("thuỷ").folded).to.equal("thuy"); // y stays where i would be another word
  });

  it("are runs of letters and digits with their marks, as Unicode has them", () => {
    const anything = fc.oneof(fc.string(), fc.string({ unit: "binary" }), fc.array(fc.oneof(word, word.map((one) => one.normalize("NFD")), fc.constantFrom(" ", ", ", "\u0301", "𝕳𝖔", "😀", "\ud835", "가", "ﷺ", "İ", "x²"))).map((list) => list.join("")));
    fc.assert(
      fc.property(anything, word, (text, wanted) => {
        const found = wordsOf(text);
        expect(found.map(({ from, to }) => [from, to])).to.deep.equal([...text.matchAll(/[\p{L}\p{N}][\p{L}\p{N}\p{M}]*/gu)].map((match) => [match.index, match.index + match[0].length]));
        const among = new Set([formsOf(wanted).folded, ...found.slice(0, 2).map((one) => one.folded)]);
        expect(wordsAmong(text, among)).to.deep.equal(found.filter((one) => among.has(one.folded)));
      }),
    );
  });

  it("stand where they say", () => {
    fc.assert(fc.property(fc.string(), (text) => wordsOf(text).every(({ from, to }) => from < to && to <= text.length && /^[\p{L}\p{N}]/u.test(text.slice(from, to)))));
  });
});

describe("a query", () => {
  const known = [{ code: "TOAN", names: ["Toán"] }, { code: "KHTN", names: ["Khoa học tự nhiên"] }, { code: "NGUVAN", names: ["Ngữ văn"] }, { code: "LSDL", names: ["Lịch sử và Địa lí"] }, { code: "HOAHOC", names: ["Hoá học"] }];
  const names = subjectNames(known);
  const codes = new Set(known.map((subject) => subject.code));
  const read = (text: string): [string | null, number | null, string] => {
    const { subject, grade, text: words } = understand(text, names, codes);
    return [subject, grade, words];
  };

  it("names subject and grade in the ways that people write", () => {
    expect(read("toán 8")).to.deep.equal(["TOAN", 8, ""]);
    expect(read("toan lop 8")).to.deep.equal(["TOAN", 8, ""]);
    expect(read("TOÁN KHỐI LỚP 8")).to.deep.equal(["TOAN", 8, ""]);
    expect(read("khtn 7")).to.deep.equal(["KHTN", 7, ""]);
    expect(read("phân số toán 6")).to.deep.equal(["TOAN", 6, "phân số"]);
    expect(read("văn 9 truyện Kiều")).to.deep.equal(["NGUVAN", 9, "truyện Kiều"]);
    expect(read("môn toán phân số")).to.deep.equal(["TOAN", null, "phân số"]);
    expect(read("lớp 6 tập hợp")).to.deep.equal([null, 6, "tập hợp"]);
    expect(read("toán")).to.deep.equal(["TOAN", null, ""]);
  });

  it("means by a subject the one that is taught in the grade", () => {
    expect(read("hoá 8")).to.deep.equal(["KHTN", 8, ""]);
    expect(read("hoá 11")).to.deep.equal(["HOAHOC", 11, ""]);
    expect(read("lịch sử 7")).to.deep.equal(["LSDL", 7, ""]);
  });

  it("keeps words that only look like a subject or a grade", () => {
    expect(read("hoa hồng")).to.deep.equal([null, null, "hoa hồng"]);
    expect(read("hoạ sĩ 8")).to.deep.equal([null, null, "hoạ sĩ 8"]);
    expect(read("bài toán hay")).to.deep.equal([null, null, "bài toán hay"]);
    expect(read("tiết 34")).to.deep.equal([null, null, "tiết 34"]);
    expect(read("lớp 13")).to.deep.equal([null, null, "lớp 13"]);
    expect(read("")).to.deep.equal([null, null, ""]);
    expect(literally("toán 8").words.map((one) => one.folded)).to.deep.equal(["toan", "8"]);
  });

  it("never throws and loses no word but those it used", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.array(fc.oneof(word, fc.constantFrom("toán", "8", "lớp", "môn", "khtn"))).map((list) => list.join(" "))), (text) => {
        const { words, subject, grade } = understand(text, names, codes);
        const all = literally(text).words;
        expect(words.length).to.be.at.most(all.length);
        if (subject === null && grade === null) expect(words).to.deep.equal(all);
      }),
    );
  });
});

describe("typing without the keyboard program", () => {
  it("is read as Telex and as VNI", () => {
    for (const [typed, meant] of [
      ["phaan soos", "phân số"], ["pha6n so61", "phân số"], ["truwowngf hojc", "trường học"], ["dduowngf thawngr", "đường thẳng"], ["quyeets ddinhj", "quyết định"],
      ["hoaf binhf", "hoà bình"], ["tieengs vieejt", "tiếng việt"], ["luyx thuwaf", "luỹ thừa"], ["gif", "gì"], ["nguwowif", "người"], ["nghiax", "nghĩa"], ["ca1c so61", "các số"], ["d9u7o7ng2", "đường"],
    ] as const) {
      expect(decodeTyping(typed)?.normalize("NFC"), typed).to.equal(meant);
    }
  });

  it("leaves alone what is Vietnamese or foreign already", () => {
    for (const text of ["phan so", "phân số", "toan 8", "banana", "hello", "2026", "", "kfc", "ms"]) expect(decodeTyping(text), text).to.equal(undefined);
  });

  it("gives back every syllable that somebody types by the rules", () => {
    const keys: Record<string, string> = { "\u0300": "f", "\u0301": "s", "\u0309": "r", "\u0303": "x", "\u0323": "j" };
    const letters: Record<string, string> = { "\u0302": "double", "\u0306": "w", "\u031b": "w" };
    const type = (syllable: string): string => {
      let [out, tone] = ["", ""];
      for (const mark of syllable.normalize("NFD")) {
        if (mark in keys) tone = keys[mark] ?? "";
        else if (letters[mark] === "double") out += out.at(-1) ?? "";
        else if (mark in letters) out += "w";
        else out += mark === "đ" ? "dd" : mark;
      }
      return out + tone;
    };
    fc.assert(
      fc.property(word, (one) => {
        const typed = type(one);
        if (typed !== one) expect(formsOf(decodeTyping(typed) ?? ""), typed).to.deep.equal(formsOf(one));
      }),
    );
  });

  it("makes nothing but syllables that Vietnamese has", () => {
    expect(isSyllable("nghiêng", "")).to.equal(true);
    expect(isSyllable("hoc", "\u0300")).to.equal(false);
    expect(isSyllable("clas", "")).to.equal(false);
    fc.assert(fc.property(fc.stringMatching(/^[a-z]{1,8}$/), (text) => (decodeTyping(text) ?? "").split(" ").every((made) => made === "" || formsOf(made).folded.length <= text.length)));
  });
});

describe("typing errors", () => {
  it("are one letter missing, too many, wrong or swapped", () => {
    expect(oneSlipFrom("so")).to.include.members(["s", "os", "sao", "to", "son"]).and.not.include("so");
    fc.assert(fc.property(fc.stringMatching(/^[a-z]{1,7}$/), (text) => oneSlipFrom(text).every((other) => isOneSlip(text, other) && isOneSlip(other, text))));
    fc.assert(fc.property(fc.stringMatching(/^[a-z]{1,5}$/), fc.stringMatching(/^[a-z]{1,5}$/), (a, b) => isOneSlip(a, b) === oneSlipFrom(a).includes(b)));
  });

  it("are put right by what stands beside its neighbours in the library", () => {
    const counts = new Map([["phan", 50], ["so", 60], ["to", 900], ["phan_so", 40], ["phan_to", 1]]);
    expect(corrections(["phan", "zo"], counts, 2)).to.deep.equal([["phan", "so"], ["phan", "to"]]);
    expect(corrections(["phan", "zo"], new Map(), 2)).to.deep.equal([]);
    expect(toCount(["phan", "zo"], counts)).to.include("phan_so").and.include("zoo").and.not.include("phan_zoo");
  });
});

describe("the terms of a material", () => {
  const holds = (condition: Condition, terms: ReadonlySet<string>): boolean => {
    if ("term" in condition) return terms.has(condition.term);
    if ("these" in condition) return holds(condition.these, terms) && !holds(condition.not, terms);
    return "all" in condition ? condition.all.every((one) => holds(one, terms)) : condition.any.some((one) => holds(one, terms));
  };
  const stepOf = (text: string, said: { title?: string; keywords?: string; author?: string; description?: string; page?: string }): number => {
    const terms = new Set(termsOf({ title: "", keywords: "", author: "", description: "", fileName: "", ...said }, [said.page ?? ""], []).all);
    return stepsOf(ladder(literally(text).words, "relevance")).findIndex((step) => holds(step, terms));
  };

  it("make the exact title better than its folded form, and that better than scattered words", () => {
    const steps = ["Phân số bằng nhau", "Phản so", "Số và phân"].map((title) => stepOf("phân số", { title }));
    expect(steps).to.deep.equal([0, 1, 2]);
    const fields = [{ title: "phan so" }, { keywords: "phân số" }, { author: "Phân Số" }, { description: "phân số" }, { page: "phân số" }, { page: "phan so" }, { page: "so phan" }].map((said) => stepOf("phân số", said));
    expect(fields).to.deep.equal(fields.toSorted((a, b) => a - b));
    expect(new Set(fields).size).to.equal(fields.length);
    expect(stepOf("phân số", { title: "Hình thang" })).to.equal(-1);
  });

  it("put a material on a step if it has the words and only then, and all that stand on any stand on the last", () => {
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 4 }), fc.array(word, { maxLength: 6 }), fc.array(word, { maxLength: 6 }), (asked, title, page) => {
        const terms = new Set(termsOf({ title: title.join(" "), keywords: "", author: "", description: "", fileName: "" }, [page.join(" ")], []).all);
        const rungs = ladder(literally(asked.join(" ")).words, "relevance");
        const steps = stepsOf(rungs).map((step) => holds(step, terms));
        for (const { finer, whole } of rungs) if (!holds(whole, terms)) expect(finer.some((step) => holds(step, terms))).to.equal(false);
        const has = asked.every((one) => [...title, ...page].some((other) => formsOf(other).folded === formsOf(one).folded));
        expect(steps.at(-1)).to.equal(has);
        if (!has) expect(steps).to.not.include(true);
      }),
    );
  });

  it("can never be read as operators of an engine", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (text, filter) => {
        const condition: Condition = { all: [...stepsOf(ladder(literally(text).words, "relevance")), { term: filterTerm(filter) }] };
        const bare = (query: string): string => query.replace(/"[^"']*"|'[^'"\\]*'/g, "");
        expect(bare(asFts(condition))).to.match(/^[()\sANDORT*]*$/);
        expect(bare(asTsquery(condition))).to.match(/^[()\s&|!:*]*$/);
      }),
    );
  });
});

describe("the order of hits", () => {
  it("is by step, then closeness of the title and use, then age", () => {
    const hit = (step: number, titleWords: number, uses: number, doc: number) => ({ step, titleWords, uses, doc });
    const sorted = [hit(1, 2, 500, 9), hit(0, 8, 0, 1), hit(0, 2, 0, 2), hit(0, 2, 0, 3), hit(0, 8, 16, 4)].sort(compareHits("relevance", 2));
    expect(sorted.map((one) => one.doc)).to.deep.equal([3, 2, 4, 1, 9]);
  });

  it("is total: any two hits have one order", () => {
    const any = fc.record({ step: fc.nat(5), titleWords: fc.nat(10), uses: fc.nat(1000), doc: fc.nat(1000) });
    for (const sort of ["relevance", "newest", "used"] as const) fc.assert(fc.property(any, any, (a, b) => Math.sign(compareHits(sort, 2)(a, b)) === -Math.sign(compareHits(sort, 2)(b, a)) + 0));
  });

  it("knows use by powers of four", () => {
    expect([0, 1, 3, 4, 15, 16, 64, 256, 100_000].map(useStep)).to.deep.equal([0, 1, 1, 2, 2, 3, 4, 5, 5]);
  });
});

describe("a passage", () => {
  const text = (pieces: { text: string }[] | undefined): string => (pieces ?? []).map((piece) => piece.text).join("");
  const hits = (pieces: { text: string; hit: boolean }[] | undefined): string[] => (pieces ?? []).filter((piece) => piece.hit).map((piece) => piece.text);

  it("marks what was looked for as the original writes it", () => {
    const found = passage("Trong bài này ta học Phân  số bằng nhau và cách rút gọn.", literally("phan so").words);
    expect(hits(found)).to.deep.equal(["Phân số"]);
    expect(hits(marked("Phép cộng phân số".normalize("NFD"), literally("PHAN SO").words))).to.deep.equal(["phân số"]);
    expect(passage("Không có gì", literally("phân số").words)).to.equal(undefined);
  });

  it("is short, cut at words, and has what it found", () => {
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 300 }), fc.nat(299), (words, i) => {
        const wanted = words[i % words.length] ?? "";
        const found = passage(words.join(" "), literally(wanted).words);
        expect(hits(found).join(" ")).to.include(wanted);
        expect(text(found).length).to.be.at.most(200);
        expect(words).to.include.members(text(found).replace(/^… | …$/g, "").split(" ").filter(Boolean));
      }),
    );
  });

  it("keeps every letter of a title", () => {
    fc.assert(fc.property(fc.string(), word, (title, wanted) => text(marked(title, literally(wanted).words)) === title.normalize("NFC")));
  });
});

describe("facets", () => {
  it("come back as they were written, and are counted", () => {
    const value = fc.string().filter((one) => !one.includes("|"));
    const facets = fc.record({ subject: value, grade: value, kind: value, licence: value, school: value, year: value, approved: value, captions: value });
    fc.assert(fc.property(facets, (one) => void expect(readFacets(writeFacets(one))).to.deep.equal(one)));
    const hit = (grade: string, school: string) => ({ subject: "TOAN", grade, kind: "", licence: "", school, year: "", approved: "yes", captions: "" });
    const counted = countFacets([hit("10", "a"), hit("6", "b"), hit("6", "b")], new Set(["b"]));
    expect(counted.grade).to.deep.equal([{ value: "6", count: 2 }, { value: "10", count: 1 }]);
    expect(counted.approved).to.deep.equal([{ value: "yes", count: 2 }]);
    expect(counted.kind).to.deep.equal([]);
  });
});

describe("what fits a lesson", () => {
  it("is told by the words that tell lessons apart", () => {
    expect(tellingWords("Bài 12. Phép cộng và phép trừ số tự nhiên (tiết 1)")).to.deep.equal(["phep", "cong", "tru", "so", "nhien"].filter((one) => tellingWords("Phép cộng và phép trừ số tự nhiên").includes(one)));
    expect(tellingWords("Luyện tập chung")).to.deep.equal(["luyen", "tap", "chung"]);
    expect(fitOf(tellingWords("Tập hợp các số nguyên"), new Set(tellingWords("Hình thang cân"))).share).to.equal(0);
  });

  it("has the same title first, then the same grade", () => {
    const made = prepare([
      { title: "Phép trừ phân số", grade: 6, uses: 0 },
      { title: "Bài giảng: Phép cộng phân số", grade: 7, uses: 0 },
      { title: "Phép cộng phân số", grade: 6, uses: 0 },
      { title: "Hình thoi", grade: 6, uses: 900 },
    ]);
    expect(proposalsFor({ title: "Phép cộng phân số", grade: 6 }, made, 9).map((one) => one.title)).to.deep.equal(["Phép cộng phân số", "Bài giảng: Phép cộng phân số", "Phép trừ phân số"]);
  });
});
