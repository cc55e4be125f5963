import { expect } from "chai";
import fc from "fast-check";
import { coverageByGrade, reachesCoverage } from "../../server/people/rules/coverage.ts";
import { readDay } from "../../server/people/rules/dates.ts";
import { codeProblems, guessCode, readCode } from "../../server/people/rules/identity-code.ts";
import { byName, classKey, isLikelyName, readSex, readStatus, tidyName } from "../../server/people/rules/names.ts";

const TODAY = "2026-11-24";

describe("the personal code (Decree 137/2015, Art. 13)", () => {
  it("says place, sex and year of birth", () => {
    expect(readCode("022215009001")).to.deep.equal({ place: "022", sex: "male", birthYear: 2015 });
    expect(readCode("022180000001")).to.deep.equal({ place: "022", sex: "female", birthYear: 1980 });
  });

  it("contradicts another year of birth or sex", () => {
    expect(codeProblems("022215009001", { bornOn: "2014-09-05", sex: "male" }, TODAY)).to.deep.equal(["code_year"]);
    expect(codeProblems("022215009001", { bornOn: "2015-09-05", sex: "female" }, TODAY)).to.deep.equal(["code_sex"]);
    expect(codeProblems("022215009001", { bornOn: undefined, sex: undefined }, TODAY)).to.deep.equal([]);
  });

  it("is refused with eleven digits, letters, no place, a year to come", () => {
    expect(codeProblems("22215009001", { bornOn: undefined, sex: undefined }, TODAY)).to.deep.equal(["code_length"]);
    expect(codeProblems("02221500900A", { bornOn: undefined, sex: undefined }, TODAY)).to.deep.equal(["code_not_digits"]);
    expect(codeProblems("000215009001", { bornOn: undefined, sex: undefined }, TODAY)).to.deep.equal(["code_place"]);
    expect(codeProblems("022299009001", { bornOn: undefined, sex: undefined }, TODAY)).to.deep.equal(["code_not_yet"]);
  });

  it("that lost its leading zero in Excel is guessed where it fits", () => {
    expect(guessCode("22215009001", { bornOn: "2015-09-05", sex: "male" }, TODAY)).to.equal("022215009001");
    expect(guessCode("22215009001", { bornOn: "2014-09-05", sex: "male" }, TODAY)).to.equal(undefined);
  });

  it("fits every person whose year and sex it is made of, and nobody of another year", () => {
    const person = fc.record({ year: fc.integer({ min: 1900, max: 2026 }), female: fc.boolean(), rest: fc.integer({ min: 0, max: 999_999 }), place: fc.integer({ min: 1, max: 96 }), other: fc.integer({ min: 1, max: 50 }) });
    fc.assert(
      fc.property(person, ({ year, female, rest, place, other }) => {
        const digit = 2 * Math.floor((year - 1900) / 100) + (female ? 1 : 0);
        const code = `${String(place).padStart(3, "0")}${digit}${String(year).slice(2)}${String(rest).padStart(6, "0")}`;
        expect(codeProblems(code, { bornOn: `${year}-05-05`, sex: female ? "female" : "male" }, TODAY)).to.deep.equal([]);
        expect(codeProblems(code, { bornOn: `${year - other}-05-05`, sex: undefined }, TODAY)).to.deep.equal(["code_year"]);
      }),
    );
  });
});

describe("a date in a roster", () => {
  it("is read day first, with slashes, dots, dashes, as ISO and as an Excel serial", () => {
    for (const text of ["05/09/2015", "5/9/2015", "5.9.2015", "5-9-2015", "2015-09-05", "2015-09-05T00:00:00.000Z", "05/09/2015 00:00:00", "42252"]) {
      expect(readDay(text), text).to.deep.equal({ day: "2015-09-05" });
    }
  });

  it("is refused with its reason", () => {
    expect(readDay("5/9/15")).to.deep.equal({ problem: "date_two_digit_year" });
    expect(readDay("31/02/2015")).to.deep.equal({ problem: "date_impossible" });
    expect(readDay("2015")).to.deep.equal({ problem: "date_year_only" });
    expect(readDay("09/15/2015")).to.deep.equal({ problem: "date_impossible" });
    expect(readDay("tháng 9")).to.deep.equal({ problem: "date_unreadable" });
    expect(readDay("99999")).to.deep.equal({ problem: "date_unreadable" });
  });

  it("survives being written and read, for every day", () => {
    fc.assert(
      fc.property(fc.date({ min: new Date("1928-01-05"), max: new Date("2090-12-31"), noInvalidDate: true }), (at) => {
        const day = at.toISOString().slice(0, 10);
        const [y = "", m = "", d = ""] = day.split("-");
        expect(readDay(`${d}/${m}/${y}`)).to.deep.equal({ day });
        const serial = Math.round((Date.parse(`${day}T00:00:00Z`) - Date.UTC(1899, 11, 30)) / 86_400_000);
        expect(readDay(String(serial))).to.deep.equal({ day });
      }),
    );
  });
});

describe("names in a roster", () => {
  it("are tidied: composed letters, single spaces, capitals of a printed list", () => {
    expect(tidyName("  NGUYỄN   THỊ ÁNH ".normalize("NFD"))).to.equal("Nguyễn Thị Ánh");
    expect(tidyName("Trần Đức")).to.equal("Trần Đức");
    expect(tidyName("ĐẶNG ĐÌNH ĐÔ")).to.equal("Đặng Đình Đô");
  });

  it("are two words of letters", () => {
    expect(isLikelyName("Nguyễn Thị Hương")).to.equal(true);
    expect(isLikelyName("H'Hen Niê")).to.equal(true);
    expect(isLikelyName("Tổng 35")).to.equal(false);
  });

  it("are sorted by given name, then middle, then family", () => {
    const list = ["Trần Văn Đông", "Lê Thị Ánh", "Nguyễn Văn An", "Lê Bảo An", "Vũ Dũng"].map((name) => ({ name })).sort(byName);
    expect(list.map((one) => one.name)).to.deep.equal(["Lê Bảo An", "Nguyễn Văn An", "Lê Thị Ánh", "Vũ Dũng", "Trần Văn Đông"]);
  });

  it("of classes mean the same however they are written", () => {
    for (const text of ["6A", "Lớp 6A", "lớp: 6 a", "06A", "LỚP 6A"]) expect(classKey(text), text).to.equal("6A");
  });

  it("of sexes and statuses are known, or said to be unknown", () => {
    expect([readSex("Nữ"), readSex("NAM"), readSex("x")]).to.deep.equal(["female", "male", undefined]);
    for (const text of ["Đang học", "Chuyển đến kỳ 1", "Xin học lại kỳ 2", "Đang làm việc"]) expect(readStatus(text), text).to.equal("present");
    for (const text of ["Chuyển đi hè", "Bỏ học kỳ 2", "Thôi học", "Nghỉ hưu"]) expect(readStatus(text), text).to.equal("left");
    expect(readStatus("Đang bay")).to.equal(undefined);
  });
});

describe("coverage of personal codes", () => {
  const pupil = (grade: number, personal_code: string | null, born_on = "2012-05-05") => ({ grade, personal_code, born_on, sex: null });

  it("tells valid, contradicting and missing codes apart", () => {
    const rows = coverageByGrade([pupil(9, "022212000001"), pupil(9, "022211000001"), pupil(9, null), pupil(6, null)], TODAY);
    expect(rows).to.deep.equal([
      { grade: 6, pupils: 1, valid: 0, wrong: 0, missing: 1 },
      { grade: 9, pupils: 3, valid: 1, wrong: 1, missing: 1 },
    ]);
  });

  it("reaches 95 % exactly at 19 of 20", () => {
    expect(reachesCoverage({ grade: 9, pupils: 20, valid: 19, wrong: 0, missing: 1 })).to.equal(true);
    expect(reachesCoverage({ grade: 9, pupils: 19, valid: 18, wrong: 0, missing: 1 })).to.equal(false);
  });
});
