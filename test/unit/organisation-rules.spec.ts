import { expect } from "chai";
import fc from "fast-check";
import {
  aliasCodes,
  freeName,
  hangAgain,
  hangingOn,
  lineageOn,
  mergeProblem,
  moveProblem,
  movedPath,
  schoolOn,
  unitOfCode,
  usernameFor,
  type CodeUse,
  type Hanging,
  type TreeUnit,
  type UnitKind,
} from "../../server/organisation/rules.ts";

const unit = (id: string, kind: UnitKind, path: string, more: Partial<TreeUnit> = {}): TreeUnit => ({
  id,
  kind,
  path,
  parent_id: path.split("/").at(-3) || null,
  opened_on: "2020-09-01",
  closed_on: null,
  ...more,
});

const so = unit("so", "department", "/so/");
const benDoan = unit("bendoan", "commune", "/so/bendoan/");
const vanSon = unit("vanson", "commune", "/so/vanson/");
const tranPhu = unit("tranphu", "school", "/so/bendoan/tranphu/");
const leLoi = unit("leloi", "school", "/so/bendoan/leloi/");
const diemDao = unit("diemdao", "campus", "/so/bendoan/leloi/diemdao/");

const HANGINGS: Hanging[] = [
  { unit_id: "bendoan", parent_id: "so", kind: "commune", from_on: "2020-09-01", to_on: null },
  { unit_id: "vanson", parent_id: "so", kind: "commune", from_on: "2020-09-01", to_on: null },
  { unit_id: "tranphu", parent_id: "bendoan", kind: "school", from_on: "2020-09-01", to_on: null },
  { unit_id: "leloi", parent_id: "bendoan", kind: "school", from_on: "2020-09-01", to_on: null },
  { unit_id: "diemdao", parent_id: "leloi", kind: "campus", from_on: "2020-09-01", to_on: null },
];
const TODAY = "2026-11-24";
const act = { on: "2026-10-15", today: TODAY, last_moved_on: "2020-09-01" };

describe("hanging a unit elsewhere at a date", () => {
  it("lets a school go to another commune and to the department itself", () => {
    expect(moveProblem(tranPhu, vanSon, act)).to.equal(undefined);
    expect(moveProblem(tranPhu, so, act)).to.equal(undefined);
  });

  it("makes no circle and hangs nothing below itself", () => {
    expect(moveProblem(leLoi, leLoi, act)).to.equal("itself");
    expect(moveProblem(leLoi, diemDao, act)).to.equal("below_itself");
    expect(moveProblem(benDoan, tranPhu, act)).to.equal("below_itself");
  });

  it("keeps the order department, commune, cluster, school, campus", () => {
    expect(moveProblem(benDoan, vanSon, act)).to.equal("wrong_parent_kind");
    expect(moveProblem(tranPhu, leLoi, act)).to.equal("wrong_parent_kind");
    expect(moveProblem(diemDao, tranPhu, act)).to.equal(undefined);
  });

  it("asks for dates in order: after the opening, after the last move, not in the future", () => {
    expect(moveProblem(tranPhu, vanSon, { ...act, on: "2019-01-01" })).to.equal("date_before_opening");
    expect(moveProblem(tranPhu, vanSon, { ...act, last_moved_on: "2026-10-15" })).to.equal("date_before_last_move");
    expect(moveProblem(tranPhu, vanSon, { ...act, on: "2026-11-25" })).to.equal("date_in_future");
  });

  it("answers who was the parent on any day", () => {
    const after = hangAgain(HANGINGS, { unit_id: "tranphu", parent_id: "vanson", kind: "school", on: "2026-10-15" });
    expect(lineageOn(after, "tranphu", "2026-10-14")).to.deep.equal(["bendoan", "so"]);
    expect(lineageOn(after, "tranphu", "2026-10-15")).to.deep.equal(["vanson", "so"]);
    expect(lineageOn(after, "tranphu", "2019-01-01")).to.deep.equal([]);
  });

  it("changes no day before the move, of this unit or any other, and leaves one parent a day", () => {
    const days = fc.integer({ min: 0, max: 2500 }).map((n) => new Date(Date.UTC(2020, 8, 2) + n * 86_400_000).toISOString().slice(0, 10));
    fc.assert(
      fc.property(fc.uniqueArray(days, { minLength: 1, maxLength: 6 }), days, (moves, asked) => {
        let history = HANGINGS;
        for (const [i, on] of [...moves].sort().entries()) {
          const before = history;
          history = hangAgain(history, { unit_id: "tranphu", parent_id: i % 2 ? "bendoan" : "vanson", kind: "school", on });
          if (asked < on) expect(lineageOn(history, "tranphu", asked)).to.deep.equal(lineageOn(before, "tranphu", asked));
          expect(lineageOn(history, "leloi", asked)).to.deep.equal(lineageOn(before, "leloi", asked));
        }
        const standing = history.filter((h) => h.unit_id === "tranphu" && h.from_on <= asked && (h.to_on === null || asked < h.to_on));
        expect(standing).to.have.length(1);
      }),
    );
  });

  it("moves the whole subtree's paths and nothing beside it", () => {
    expect(movedPath("/so/bendoan/leloi/diemdao/", "/so/bendoan/leloi/", "/so/vanson/leloi/")).to.equal("/so/vanson/leloi/diemdao/");
    expect(movedPath("/so/bendoan/tranphu/", "/so/bendoan/leloi/", "/so/vanson/leloi/")).to.equal("/so/bendoan/tranphu/");
  });
});

describe("merging schools at a date", () => {
  it("takes one or more schools into a standing one, and two or more into a new one", () => {
    expect(mergeProblem(tranPhu, [leLoi], act)).to.equal(undefined);
    expect(mergeProblem(undefined, [tranPhu, leLoi], act)).to.equal(undefined);
    expect(mergeProblem(undefined, [tranPhu], act)).to.equal("nothing_to_merge");
    expect(mergeProblem(tranPhu, [], act)).to.equal("nothing_to_merge");
  });

  it("merges no school into itself, no school twice, no commune and no campus", () => {
    expect(mergeProblem(tranPhu, [tranPhu, leLoi], act)).to.equal("into_itself");
    expect(mergeProblem(undefined, [leLoi, leLoi], act)).to.equal("nothing_to_merge");
    expect(mergeProblem(tranPhu, [vanSon], act)).to.equal("not_a_school");
    expect(mergeProblem(tranPhu, [diemDao], act)).to.equal("already_merged");
  });

  it("asks for dates in order", () => {
    expect(mergeProblem(tranPhu, [leLoi], { ...act, on: "2027-01-01" })).to.equal("date_in_future");
    expect(mergeProblem(tranPhu, [leLoi], { ...act, last_moved_on: "2026-10-20" })).to.equal("date_before_last_move");
    expect(mergeProblem(tranPhu, [unit("moi", "school", "/so/moi/", { opened_on: "2026-10-16" })], act)).to.equal("date_before_opening");
  });

  const merged = hangAgain(HANGINGS, { unit_id: "leloi", parent_id: "tranphu", kind: "campus", on: "2026-10-15" });

  it("makes the old school a campus whose school is the surviving one from the day on", () => {
    expect(schoolOn(merged, "leloi", "2026-10-14")).to.equal("leloi");
    expect(schoolOn(merged, "leloi", "2026-10-15")).to.equal("tranphu");
    expect(schoolOn(merged, "diemdao", "2026-10-14")).to.equal("leloi");
    expect(schoolOn(merged, "diemdao", "2026-10-15")).to.equal("tranphu");
    expect(hangingOn(merged, "leloi", TODAY)?.kind).to.equal("campus");
    expect(schoolOn(merged, "bendoan", TODAY)).to.equal(undefined);
  });

  it("keeps the old code as an alias: the same code names the old school before and the one school after", () => {
    const codes: CodeUse[] = [
      { unit_id: "tranphu", code: "22000501", from_on: "2020-09-01", to_on: null },
      { unit_id: "leloi", code: "22000502", from_on: "2020-09-01", to_on: null },
    ];
    const after = aliasCodes(codes, { into_id: "tranphu", from_ids: ["leloi"], on: "2026-10-15" });
    expect(unitOfCode(after, "22000502", "2026-10-14")).to.equal("leloi");
    expect(unitOfCode(after, "22000502", "2026-10-15")).to.equal("tranphu");
    expect(unitOfCode(after, "22000501", TODAY)).to.equal("tranphu");
    expect(unitOfCode(after, "22000502", "2020-08-31")).to.equal(undefined);
  });

  it("carries aliases on when the surviving school is merged again, and names at most one unit a day", () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 8 }), fc.integer({ min: 0, max: 4000 }), (count, n) => {
        let codes: CodeUse[] = Array.from({ length: count }, (_, i) => ({ unit_id: `s${i}`, code: `c${i}`, from_on: "2020-01-01", to_on: null }));
        for (let i = 1; i < count; i += 1) {
          codes = aliasCodes(codes, { into_id: `s${i}`, from_ids: [`s${i - 1}`], on: `202${i}-06-01` });
        }
        const asked = new Date(Date.UTC(2020, 0, 1) + n * 86_400_000).toISOString().slice(0, 10);
        for (let i = 0; i < count; i += 1) {
          const naming = codes.filter((use) => use.code === `c${i}` && use.from_on <= asked && (use.to_on === null || asked < use.to_on));
          expect(naming).to.have.length(1);
        }
        expect(unitOfCode(codes, "c0", "2031-01-01")).to.equal(`s${count - 1}`);
      }),
    );
  });

  it("gives a subject group whose name is taken the name of the school it came from", () => {
    expect(freeName("Tổ Toán", "THCS Lê Lợi", new Set())).to.equal("Tổ Toán");
    expect(freeName("Tổ Toán", "THCS Lê Lợi", new Set(["Tổ Toán"]))).to.equal("Tổ Toán (THCS Lê Lợi)");
    expect(freeName("Tổ Toán", "THCS Lê Lợi", new Set(["Tổ Toán", "Tổ Toán (THCS Lê Lợi)"]))).to.equal("Tổ Toán (THCS Lê Lợi) 2");
  });
});

describe("a sign-in name for a new person", () => {
  it("is the given name and the initials, without accents, numbered where taken", () => {
    expect(usernameFor("Nguyễn Thị Hương", new Set())).to.equal("huongnt");
    expect(usernameFor("Đặng  Đức", new Set(["ducd"]))).to.equal("ducd2");
    expect(usernameFor("Y Brăm", new Set())).to.equal("bramy");
  });
});
