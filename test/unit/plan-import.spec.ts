import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { readPlanFile } from "../../server/plan/import/read.ts";
import type { DraftRow, Section } from "../../server/plan/import/draft.ts";
import type { ExpectedRow, ExpectedSection } from "../fixtures/plans/make.ts";

const FOLDER = path.join(import.meta.dirname, "../fixtures/plans");
interface Expected {
  file: string;
  about: string;
  sections: ExpectedSection[];
}
const fixtures = readdirSync(FOLDER)
  .filter((name) => name.endsWith(".expected.json"))
  .map((name): Expected => JSON.parse(readFileSync(path.join(FOLDER, name), "utf8")) as Expected);

const national = new Map(
  readFileSync(path.join(import.meta.dirname, "../../server/plan/data/curriculum.csv"), "utf8")
    .split("\n")
    .slice(1)
    .map((line) => /^[a-z_]+,(\d+),([A-Z0-9]+),.*?,(\d+),(?:"?TT)/.exec(line))
    .filter((found) => found !== null)
    .map((found): [string, number] => [`${found[2]} ${found[1]}`, Number(found[3])]),
);

/** Of the row that was read, what the expectation speaks of. */
function asExpected(row: DraftRow | undefined, wanted: ExpectedRow): Record<string, unknown> {
  const shown: Record<string, unknown> = {};
  for (const key of Object.keys(wanted) as (keyof ExpectedRow)[]) {
    shown[key] = key === "doubts" ? row?.doubts.map(({ code }) => code) : row?.[key as keyof DraftRow];
  }
  return shown;
}

const taken = (section: Section): number => section.rows.reduce((sum, row) => sum + (row.include ? (row.periods ?? 0) : 0), 0);

describe("importing a plan file", () => {
  it("has at least ten files, five of each kind", () => {
    expect(fixtures.filter(({ file }) => file.endsWith(".docx")).length).to.be.at.least(5);
    expect(fixtures.filter(({ file }) => file.endsWith(".xlsx")).length).to.be.at.least(5);
  });

  for (const { file, about, sections } of fixtures) {
    it(`reads ${file}: ${about}`, async () => {
      const read = await readPlanFile(readFileSync(path.join(FOLDER, file)), "upload.bin");
      expect(read.sections.map(({ role, subjectCode, grade }) => ({ role, subjectCode, grade }))).to.deep.equal(
        sections.map(({ role, subjectCode, grade }) => ({ role, subjectCode, grade })),
      );
      sections.forEach((wanted, s) => {
        const section = read.sections[s];
        if (section === undefined) throw new Error("no section");
        const rows = wanted.rows.map((row) => ({ include: true, doubts: [] as string[], ...row }));
        expect(section.rows.map((row, i) => asExpected(row, rows[i] ?? rows[0] ?? { title: "", periods: 0, kind: "", chapter: "" }))).to.deep.equal(rows);
        if (wanted.doubts) expect(section.doubts.map(({ code }) => code)).to.deep.equal(wanted.doubts);
        expect(taken(section), "periods taken").to.equal(wanted.periods);
        if (wanted.complete) expect(taken(section), "national number").to.equal(national.get(`${wanted.subjectCode} ${wanted.grade}`));
      });
    });
  }
});
