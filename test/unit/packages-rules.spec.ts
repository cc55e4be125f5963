import { expect } from "chai";
import fc from "fast-check";
import { afterReport, scoreOf, TOO_FAST_SECONDS, wholeOf, type Report, type Standing } from "../../server/packages/rules.ts";
import { withScripts } from "../../server/packages/files.ts";

const blank: Report = { completed: false, success: null, raw: null, min: null, max: null, scaled: null, seconds: 0 };
const number = fc.option(fc.double({ min: -1e9, max: 1e9, noNaN: true }), { nil: null });
const report: fc.Arbitrary<Report> = fc.record({ completed: fc.boolean(), success: fc.constantFrom("passed" as const, "failed" as const, null), raw: number, min: number, max: number, scaled: number, seconds: fc.double({ min: -10, max: 1e9, noNaN: true }) });

describe("results of packages", () => {
  it("are read from a raw score of 100, of its own bounds, or from a scaled one", () => {
    expect(scoreOf({ ...blank, raw: 67 })).to.deep.equal({ bp: 6700, outside: false });
    expect(scoreOf({ ...blank, raw: 3, min: 0, max: 4 })).to.deep.equal({ bp: 7500, outside: false });
    expect(scoreOf({ ...blank, raw: 3, scaled: 0.5 })).to.deep.equal({ bp: 5000, outside: false });
    expect(scoreOf(blank)).to.deep.equal({ bp: null, outside: false });
  });

  it("D13: a score of 999 is cut to the whole and flagged, completion in a second is flagged", () => {
    expect(scoreOf({ ...blank, raw: 999, min: 0, max: 100 })).to.deep.equal({ bp: 10_000, outside: true });
    expect(afterReport(undefined, { ...blank, completed: true, raw: 999 }, 1).flags).to.deep.equal(["score_outside", "too_fast"]);
    expect(afterReport(undefined, { ...blank, completed: true }, TOO_FAST_SECONDS).flags).to.deep.equal([]);
  });

  it("never leave their bounds, and what was reached stays reached, whatever is reported", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(report, fc.nat(100_000)), { minLength: 1, maxLength: 12 }), (reports) => {
        let before: Standing | undefined;
        for (const [one, since] of reports) {
          const now = afterReport(before, one, since);
          if (now.score_bp !== null) expect(now.score_bp).to.be.within(0, 10_000);
          expect(now.seconds).to.be.within(0, 86_400);
          if (before?.status === "completed") expect(now.status).to.equal("completed");
          if (before?.success === "passed") expect(now.success).to.equal("passed");
          expect(now.score_bp ?? -1).to.be.at.least(before?.score_bp ?? -1);
          expect(now.flags).to.include.members([...(before?.flags ?? [])]);
          before = now;
        }
      }),
    );
  });

  it("of several parts are completed together, with the mean of the scores that there are", () => {
    const standing = (score_bp: number | null, status: Standing["status"] = "completed"): Standing => ({ status, success: null, score_bp, seconds: 60, flags: [] });
    expect(wholeOf(3, [standing(8000), standing(5000), standing(null, "started")])).to.deep.equal({ completed: 2, parts: 3, score_bp: 6500, seconds: 180, flags: [] });
    expect(wholeOf(1, [])).to.deep.equal({ completed: 0, parts: 1, score_bp: null, seconds: 0, flags: [] });
  });
});

describe("the run-time in a page of a package", () => {
  const put = (html: string): string => withScripts(Buffer.from(html, "utf8"), ["/a.js"]).toString("utf8");
  for (const [what, html, expected] of [
    ["at the head's beginning", "<!doctype html><html><head lang=vi><script>x</script>", "<!doctype html><html><head lang=vi><script src=\"/a.js\"></script><script>x</script>"],
    ["after the page's beginning without a head", "<HTML><body>Bài", "<HTML><script src=\"/a.js\"></script><body>Bài"],
    ["after the document type, so that its mode stays", "<!DOCTYPE html><p>Bài", "<!DOCTYPE html><script src=\"/a.js\"></script><p>Bài"],
    ["first in a fragment", "<p>Bài", "<script src=\"/a.js\"></script><p>Bài"],
    ["after the mark of its encoding", "\uFEFF<p>Bài", "\uFEFF<script src=\"/a.js\"></script><p>Bài"],
    ["not where a header only begins like a head", "<html><header>", "<html><script src=\"/a.js\"></script><header>"],
  ] as const) {
    it(`stands ${what}`, () => expect(put(html)).to.equal(expected));
  }
});
