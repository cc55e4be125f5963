import { readFileSync } from "node:fs";
import path from "node:path";
import { performance } from "node:perf_hooks";
import { expect } from "chai";
import fc from "fast-check";
import { judge, stops, type Choices, type KnownClass, type Person } from "../../server/people/import/judge.ts";
import { countChanges, planImport, temporaryKey, type Change, type KnownPerson } from "../../server/people/import/plan.ts";
import { readCsv, readRoster, UnreadableRoster } from "../../server/people/import/read.ts";
import { understand, type Understood } from "../../server/people/import/understand.ts";
import { makeWorkbook, pupil, sectorPupils } from "../fixtures/rosters/make.ts";

const TODAY = "2026-11-24";
const SCHOOL = "school";
const CLASSES: KnownClass[] = ["6A", "6B", "7A", "7B"].map((name) => ({ id: `class-${name}`, name }));
const NOTHING: Choices = { mapping: {}, fixes: {}, skipped: [] };

async function open(name: string): Promise<Understood> {
  const bytes = readFileSync(path.join(import.meta.dirname, "../fixtures/rosters", name));
  const found = understand(await readRoster(bytes, name.endsWith(".csv") ? "csv" : "xlsx"));
  if (found === undefined) throw new Error(`no list in ${name}`);
  return found;
}

const judged = (understood: Understood, choices: Partial<Choices> = {}): Person[] => judge(understood, { ...NOTHING, ...choices }, { classes: CLASSES, today: TODAY });
const said = (person: Person | undefined): string[] => person?.problems.map((problem) => `${problem.field}: ${problem.code}`) ?? ["no such line"];

/** What the installation holds after the changes were made, as the next import finds it. */
function after(known: readonly KnownPerson[], changes: readonly Change[]): KnownPerson[] {
  const people = new Map(known.map((person) => [person.id, { ...person }]));
  changes.forEach((change, i) => {
    if (change.kind === "create") people.set(`new-${i}-${change.line.key}`, { id: `new-${i}-${change.line.key}`, ...change.values, here: true, elsewhere: false, classId: change.classId });
    else if (change.kind === "update") {
      const person = people.get(change.personId);
      if (person) Object.assign(person, change.values, { here: true, classId: change.classId ?? person.classId });
    } else if (change.kind === "leave") Object.assign(people.get(change.personId) ?? {}, { here: false, classId: null });
  });
  return [...people.values()];
}

const plan = (lines: readonly Person[], known: readonly KnownPerson[] = [], layout: "pupils" | "teachers" = "pupils") => planImport(lines, { id: SCHOOL, layout, known });

describe("reading a roster file", () => {
  it("finds the header of C1-HocSinh below titles, with line breaks and decomposed letters, and no code list", async () => {
    const found = await open("c1-hoc-sinh.xlsx");
    expect(found.layout).to.equal("pupils");
    expect(found.lines.length).to.equal(24);
    expect(found.ignoredSheets).to.deep.equal(["HuongDan", "DM_DanToc", "DM_TrangThai"]);
    expect(found.columns.map((column) => column.field)).to.deep.equal(["class_name", "sector_code", "name", "born_on", "sex", "status", "personal_code"]);
    expect(judged(found).flatMap((person) => person.problems)).to.deep.equal([]);
  });

  it("names the private columns and keeps nothing of them", async () => {
    const found = await open("c1-hoc-sinh.xlsx");
    expect(found.leftOut.map((left) => left.about)).to.deep.equal(["ethnicity", "disability", "parents", "parents", "address", "hardship"]);
    expect(JSON.stringify(found)).to.not.match(/Kinh|Nguyễn Văn Cha|0912345678|Khu 3/);
  });

  it("reads teachers with their e-mail, without telephone, bank account and pay", async () => {
    const found = await open("csdl-giao-vien.xlsx");
    const people = judged(found);
    expect(found.layout).to.equal("teachers");
    expect(people.map((person) => person.email)).to.deep.equal(["huong@tranphu.example", null, null, "bach@tranphu.example"]);
    expect(people.map(said)).to.deep.equal([[], ["email: email_wrong"], [], []]);
    expect(people[2]?.presence).to.equal("left");
    expect(people[3]?.bornOn).to.equal("1990-05-07");
    expect(JSON.stringify(found)).to.not.match(/0912|0011|3\.66/);
  });

  it("reads a header for each class with the class named above, and stops at sums and signatures", async () => {
    const people = judged(await open("danh-sach-lop-7.xlsx"));
    expect(people.map((person) => person.classId)).to.deep.equal([...Array<string>(5).fill("class-7A"), ...Array<string>(4).fill("class-7B")]);
    expect(people.map((person) => person.name)).to.not.include("Trần Văn Nam");
    expect(people[0]?.name).to.equal(pupil(300, 2014).name);
    expect(people.flatMap((person) => person.problems)).to.deep.equal([]);
  });

  it("reads a CSV with semicolons, a byte order mark, quotes and the name in two columns", async () => {
    const people = judged(await open("hoc-sinh-cham-phay.csv"));
    expect(people.map((person) => [person.name, person.bornOn, person.classId])).to.deep.equal([
      ["Lê Đức Minh", "2015-02-01", "class-6A"],
      ["Bùi Bảo An", "2015-03-04", "class-6A"],
      ["Đỗ Đăng Khôi", "2015-06-05", "class-6B"],
    ]);
  });

  it("refuses other encodings, broken and empty files by name", async () => {
    const problemOf = async (bytes: Buffer, kind: "csv" | "xlsx"): Promise<string> =>
      readRoster(bytes, kind).then(
        () => "read",
        (error: unknown) => (error instanceof UnreadableRoster ? error.problem : "other"),
      );
    const file = (name: string): Buffer => readFileSync(path.join(import.meta.dirname, "../fixtures/rosters", name));
    expect(await problemOf(file("hoc-sinh-utf16.csv"), "csv")).to.equal("utf16");
    expect(await problemOf(file("hoc-sinh-1258.csv"), "csv")).to.equal("not_utf8");
    expect(await problemOf(Buffer.from("PK not a workbook"), "xlsx")).to.equal("broken");
    expect(await problemOf(file("c1-hoc-sinh.xlsx").subarray(0, 3000), "xlsx")).to.equal("broken");
    expect(await problemOf(Buffer.alloc(0), "csv")).to.equal("empty");
    expect(await problemOf(Buffer.from("\n\n;;\n"), "csv")).to.equal("empty");
  });

  it("says that a file holds no list", async () => {
    const bytes = readFileSync(path.join(import.meta.dirname, "../fixtures/rosters/khong-co-danh-sach.xlsx"));
    expect(understand(await readRoster(bytes, "xlsx"))).to.equal(undefined);
  });

  it("reads any CSV that was written by the rules, whatever stands in its cells", () => {
    const cell = fc.string({ maxLength: 12 }).map((text) => text.normalize("NFC").replace(/[\s\u200b-\u200f\ufeff]+/g, " ").trim().replace(/^'(?=\d)/, ""));
    fc.assert(
      fc.property(fc.array(fc.array(cell, { minLength: 3, maxLength: 3 }), { minLength: 1, maxLength: 8 }), (rows) => {
        const kept = rows.map((row, i) => [`r${i}`, ...row]);
        const text = kept.map((row) => row.map((value) => `"${value.replaceAll('"', '""')}"`).join(";")).join("\r\n");
        expect(readCsv(text)).to.deep.equal(kept);
      }),
    );
  });
});

describe("judging the lines of a roster", () => {
  it("names every trap at its row and column", async () => {
    const people = judged(await open("nhieu-loi.xlsx"));
    expect(people.map((person) => [person.at, ...said(person)])).to.deep.equal([
      [3],
      [4, "born_on: date_impossible"],
      [5, "born_on: date_two_digit_year"],
      [6, "personal_code: code_length"],
      [7, "personal_code: code_year"],
      [8, "personal_code: code_sex"],
      [9, "sector_code: duplicate"],
      [10, "class_name: class_unknown"],
      [11, "name: name_missing"],
      [12, "status: status_unknown"],
      [13],
      [14],
      [15, "sector_code: sector_code_length"],
      [16, "born_on: date_missing"],
    ]);
    expect(people[3]?.problems[0]?.guess).to.equal("022215009004");
    expect(people[6]?.problems[0]?.params).to.include({ row: 3 });
    expect(people.filter(stops).map((person) => person.at)).to.deep.equal([4, 5, 9, 10, 11, 12, 16]);
  });

  it("takes what was put right in place, and leaves out what was skipped", async () => {
    const found = await open("nhieu-loi.xlsx");
    const people = judged(found, { fixes: { "1-4.born_on": "28/02/2015", "1-6.personal_code": "022215009004" }, skipped: ["1-3"] });
    expect(said(people[1])).to.deep.equal([]);
    expect(people[3]?.personalCode).to.equal("022215009004");
    expect(said(people[6]), "the first of the two was left out").to.deep.equal([]);
  });

  it("takes an unknown column as what a person says it is", async () => {
    const found = await open("nhieu-loi.xlsx");
    const unknown = found.columns.find((column) => column.field === null);
    expect(unknown?.header).to.equal("Mã số ĐDCN của học sinh");
    const people = judged(found, { mapping: { [unknown?.key ?? ""]: "personal_code", "so dinh danh ca nhan": null } });
    expect(people[0]?.personalCode).to.equal(null);
  });
});

describe("planning an import", () => {
  it("creates everybody once: the same file again changes nothing", async () => {
    for (const name of ["c1-hoc-sinh.xlsx", "danh-sach-lop-7.xlsx", "nhieu-loi.xlsx", "hoc-sinh-cham-phay.csv"]) {
      const people = judged(await open(name));
      const first = plan(people);
      const known = after([], first.changes);
      const second = plan(people, known);
      expect(second.changes.every((change) => change.kind === "unchanged"), name).to.equal(true);
      expect(second.changes.length, name).to.equal(first.changes.length);
    }
  });

  it("gives a pupil without a code a temporary key, and swaps it for the code without a second person", async () => {
    const [line] = judged(await open("hoc-sinh-cham-phay.csv"));
    if (!line) throw new Error("no line");
    const bare: Person = { ...line, sectorCode: null, personalCode: null };
    const known = after([], plan([bare]).changes);
    expect(known[0]?.temporary_key).to.equal(temporaryKey(SCHOOL, "Lê Đức Minh", "2015-02-01"));
    const [change] = plan([line], known).changes;
    expect(change).to.include({ kind: "update", personId: known[0]?.id });
    expect(change?.kind === "update" && change.values).to.deep.equal({ sector_code: "2200008001", temporary_key: null });
    const coded = after(known, plan([line], known).changes);
    expect(coded.length).to.equal(1);
    expect(plan([bare], coded).changes.map((one) => one.kind), "a list without codes finds the same pupil").to.deep.equal(["unchanged"]);
  });

  it("moves a pupil to another class, and ends the place of one who left", async () => {
    const [line] = judged(await open("hoc-sinh-cham-phay.csv"));
    if (!line) throw new Error("no line");
    const known = after([], plan([line]).changes);
    const moved = plan([{ ...line, classId: "class-6B" }], known);
    expect(countChanges(moved)).to.deep.equal({ create: 0, update: 0, move: 1, leave: 0, unchanged: 0 });
    expect(plan([{ ...line, presence: "left", classId: null }], known).changes[0]).to.include({ kind: "leave", from: "class-6A" });
  });

  it("does not take a pupil of another school, nor a line whose two codes are two people", async () => {
    const [line] = judged(await open("c1-hoc-sinh.xlsx"));
    if (!line) throw new Error("no line");
    const [known] = after([], plan([line]).changes);
    if (!known) throw new Error("nobody");
    const foreign = plan([line], [{ ...known, here: false, elsewhere: true }]);
    expect(foreign.changes).to.deep.equal([]);
    expect(foreign.problems.get(line.key)?.[0]?.code).to.equal("in_other_school");
    const two = plan([line], [
      { ...known, personal_code: null },
      { ...known, id: "other", sector_code: null },
    ]);
    expect(two.problems.get(line.key)?.[0]?.code).to.equal("two_people");
  });

  it("whatever is there before, a second run finds nothing to do", async () => {
    const people = judged(await open("c1-hoc-sinh.xlsx"));
    const everybody = after([], plan(people).changes);
    const before = fc.array(fc.record({ at: fc.nat(everybody.length - 1), bare: fc.boolean(), classId: fc.constantFrom("class-6A", "class-6B", null), here: fc.boolean() }), { maxLength: 30 });
    fc.assert(
      fc.property(before, (some) => {
        const known = new Map<string, KnownPerson>();
        for (const { at, bare, classId, here } of some) {
          const person = everybody[at];
          if (person) known.set(person.id, { ...person, ...(bare ? { sector_code: null } : {}), classId: here ? classId : null, here });
        }
        const first = plan(people, [...known.values()]);
        const second = plan(people, after([...known.values()], first.changes));
        expect(second.changes.filter((change) => change.kind !== "unchanged")).to.deep.equal([]);
      }),
    );
  });

  it("previews 2,000 rows", async function () {
    const classes = Array.from({ length: 48 }, (_, i) => `${6 + Math.floor(i / 12)}A${(i % 12) + 1}`);
    const bytes = await makeWorkbook(sectorPupils(2000, classes));
    const start = performance.now();
    const found = understand(await readRoster(bytes, "xlsx"));
    if (!found) throw new Error("no list");
    const people = judge(found, NOTHING, { classes: classes.map((name) => ({ id: name, name })), today: TODAY });
    const result = plan(people);
    const took = Math.round(performance.now() - start);
    expect(people.length).to.equal(2000);
    expect(result.changes.length).to.equal(2000);
    expect(plan(people, after([], result.changes)).changes.every((change) => change.kind === "unchanged")).to.equal(true);
    process.stdout.write(`    2,000 rows read, judged and planned in ${took} ms (asked: under 3,000)\n`);
  });
});
