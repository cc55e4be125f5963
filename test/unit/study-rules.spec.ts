import { expect } from "chai";
import fc from "fast-check";
import { assignmentProblem, classProgress, studyState } from "../../server/study/rules.ts";

const DUE = "2026-11-27T17:00:00.000Z";

describe("an assigned lesson", () => {
  it("is done in time up to the very due time, and late after it", () => {
    const opened_at = "2026-11-25T01:00:00.000Z";
    expect(studyState({ opened_at, done_at: DUE }, DUE)).to.equal("done");
    expect(studyState({ opened_at, done_at: "2026-11-27T17:00:00.001Z" }, DUE)).to.equal("done_late");
    expect(studyState({ opened_at, done_at: null }, DUE)).to.equal("started");
  });

  it("is not done by somebody to whom it was never served", () => {
    expect(studyState({ opened_at: null, done_at: DUE }, DUE)).to.equal("not_started");
  });

  it("adds up to the class, whatever the order", () => {
    const instant = fc.constantFrom(null, "2026-11-25T01:00:00.000Z", DUE, "2026-11-29T01:00:00.000Z");
    fc.assert(
      fc.property(fc.array(fc.record({ opened_at: instant, done_at: instant })), (seen) => {
        const sum = classProgress(seen, DUE);
        expect(sum.not_started + sum.started + sum.done + sum.done_late).to.equal(sum.pupils);
        expect(classProgress([...seen].reverse(), DUE)).to.deep.equal(sum);
      }),
    );
  });

  it("cannot cover periods that the lesson does not have, end before it opens, or replace teaching without a reason", () => {
    const asked = { period_from: 1, period_to: 2, opens_at: "2026-11-24T00:00:00.000Z", due_at: DUE, legal_form: "supporting", legal_reason: "" };
    expect(assignmentProblem(asked, { periods: 2 })).to.equal(undefined);
    expect(assignmentProblem(asked, { periods: 1 })?.code).to.equal("past_the_lesson");
    expect(assignmentProblem({ ...asked, period_from: 3 }, { periods: 5 })?.code).to.equal("past_the_lesson");
    expect(assignmentProblem({ ...asked, due_at: asked.opens_at }, { periods: 2 })?.code).to.equal("before_opening");
    expect(assignmentProblem({ ...asked, legal_form: "replacing" }, { periods: 2 })?.code).to.equal("reason_needed");
  });
});
