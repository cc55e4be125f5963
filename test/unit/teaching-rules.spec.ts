import { expect } from "chai";
import fc from "fast-check";
import { classNames, endOfTurn, gradeOfName, gridChanges, NOT_TAUGHT, SHARED, teachersOn, UNASSIGNED, type Cell } from "../../server/teaching/rules.ts";

const cell = (was: string, now: string, stands = was): Cell => ({ class_id: "6a", subject_code: "TOAN", was, now, stands });

describe("a grid of teaching assignments", () => {
  it("makes a course where a subject is now taught, with its teacher or with nobody yet", () => {
    expect(gridChanges([cell(NOT_TAUGHT, "huong")]).changes).to.deep.equal([{ kind: "create", class_id: "6a", subject_code: "TOAN", teacher_id: "huong" }]);
    expect(gridChanges([cell(NOT_TAUGHT, UNASSIGNED)]).changes).to.deep.equal([{ kind: "create", class_id: "6a", subject_code: "TOAN", teacher_id: undefined }]);
  });

  it("changes the teacher of a course, or leaves it without one", () => {
    expect(gridChanges([cell("huong", "son")]).changes).to.deep.equal([{ kind: "assign", class_id: "6a", subject_code: "TOAN", teacher_id: "son" }]);
    expect(gridChanges([cell("huong", UNASSIGNED)]).changes).to.deep.equal([{ kind: "assign", class_id: "6a", subject_code: "TOAN", teacher_id: undefined }]);
  });

  it("never removes a course and leaves a shared one alone", () => {
    expect(gridChanges([cell("huong", NOT_TAUGHT), cell(SHARED, SHARED)])).to.deep.equal({ changes: [], clashes: [] });
  });

  it("does not undo what a colleague saved in another row meanwhile, and tells of a clash in the same", () => {
    expect(gridChanges([cell("huong", "huong", "son")])).to.deep.equal({ changes: [], clashes: [] });
    expect(gridChanges([cell("huong", "mai", "son")]).clashes).to.have.length(1);
    expect(gridChanges([cell(NOT_TAUGHT, "huong", "huong")])).to.deep.equal({ changes: [], clashes: [] });
  });

  it("asks for nothing when it is sent again as it stands", () => {
    const word = fc.constantFrom(NOT_TAUGHT, UNASSIGNED, "huong", "son", SHARED);
    fc.assert(
      fc.property(fc.array(fc.record({ class_id: fc.constantFrom("6a", "6b"), subject_code: fc.constantFrom("TOAN", "NGUVAN"), was: word, now: word, stands: word })), (cells) => {
        const settled = cells.map((c) => ({ ...c, was: c.now, stands: c.now }));
        expect(gridChanges(settled)).to.deep.equal({ changes: [], clashes: [] });
        for (const change of gridChanges(cells).changes) expect(change.teacher_id).not.to.be.oneOf([NOT_TAUGHT, UNASSIGNED, SHARED]);
      }),
    );
  });
});

describe("teachers' turns", () => {
  it("end on the day on which another begins, never before they began", () => {
    expect(endOfTurn({ person_id: "huong", from_on: "2026-08-15", to_on: null }, "2026-11-24")).to.equal("2026-11-24");
    expect(endOfTurn({ person_id: "huong", from_on: "2026-12-01", to_on: null }, "2026-11-24")).to.equal("2026-12-01");
  });

  it("hold from their first day until the day they end", () => {
    const turns = [
      { person_id: "huong", from_on: "2026-08-15", to_on: "2026-11-24" },
      { person_id: "son", from_on: "2026-11-24", to_on: null },
    ];
    expect(teachersOn(turns, "2026-11-23")).to.deep.equal(["huong"]);
    expect(teachersOn(turns, "2026-11-24")).to.deep.equal(["son"]);
    expect(teachersOn(turns, "2026-08-14")).to.deep.equal([]);
  });
});

describe("names of classes", () => {
  it("are read from a list, each once, and say their grade", () => {
    expect(classNames("6A, 6B;6C  6A")).to.deep.equal(["6A", "6B", "6C"]);
    expect(["6A", "10A2", "12", "A6", "0A", "13B"].map(gradeOfName)).to.deep.equal([6, 10, 12, undefined, undefined, undefined]);
  });
});
