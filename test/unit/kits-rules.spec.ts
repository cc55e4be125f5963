import { expect } from "chai";
import fc from "fast-check";
import { pageSvg } from "../../server/live/board-svg.ts";
import { isLight, placeOf, runsOf, SECTIONS_MAX, sectionsOf, type Carried, type Mark } from "../../server/kits/rules.ts";

const at = (minute: number): string => new Date(Date.UTC(2026, 10, 24, 2, minute)).toISOString();
const page = fc.integer({ min: -5, max: 12 }).filter((n) => n !== 0);
const marks: fc.Arbitrary<Mark[]> = fc.array(fc.record({ timeMs: fc.integer({ min: 0, max: 3_000_000 }), page }), { maxLength: 120 });

describe("the kit of a missed class", () => {
  it("holds the whole recording once, cut where the page changed, in at most sixty pieces", () => {
    fc.assert(
      fc.property(marks, fc.integer({ min: 1, max: 2_700_000 }), fc.array(page, { maxLength: 20 }), (found, lengthMs, inked) => {
        const sections = sectionsOf({ turns: [], inked, sound: { marks: found, lengthMs } });
        const heard = sections.flatMap(({ sound }) => (sound ? [sound] : []));
        expect(heard.length).to.be.within(1, SECTIONS_MAX);
        expect([heard[0]?.fromMs, heard.at(-1)?.toMs]).to.deep.equal([0, lengthMs]);
        for (const [i, one] of heard.entries()) {
          expect(one.toMs).to.be.above(one.fromMs);
          if (i > 0) expect(one.fromMs).to.equal(heard[i - 1]?.toMs);
        }
        const cuts = new Set(found.map((mark) => mark.timeMs));
        for (const one of heard.slice(1)) expect(cuts.has(one.fromMs)).to.equal(true);
        for (const wanted of inked) expect(sections.some((section) => section.page === wanted), `page ${wanted}`).to.equal(true);
      }),
    );
  });

  it("shows every page that was shown once where nothing was recorded, slides before blank pages", () => {
    const turns = [2, 1, -1, 2, -2].map((n, i) => ({ at: at(i), page: n }));
    expect(sectionsOf({ turns, inked: [5, -1], sound: undefined }).map((section) => section.page)).to.deep.equal([1, 2, 5, -1, -2]);
  });

  it("begins with what was said before any page, and names a page again that came again", () => {
    const sound = { marks: [{ timeMs: 5_000, page: 1 }, { timeMs: 9_000, page: 2 }, { timeMs: 20_000, page: 1 }, { timeMs: 99_000, page: 3 }], lengthMs: 30_000 };
    expect(sectionsOf({ turns: [{ at: at(0), page: 4 }], inked: [], sound })).to.deep.equal([
      { page: 0, sound: { fromMs: 0, toMs: 5_000 } },
      { page: 1, sound: { fromMs: 5_000, toMs: 9_000 } },
      { page: 2, sound: { fromMs: 9_000, toMs: 20_000 } },
      { page: 1, sound: { fromMs: 20_000, toMs: 30_000 } },
      { page: 4, sound: undefined },
    ]);
  });

  it("puts a question at the page that stood when it was asked", () => {
    const turns = [1, 2, 3].map((n) => ({ at: at(10 * n), page: n }));
    const sections = sectionsOf({ turns, inked: [], sound: undefined });
    expect([5, 10, 25, 59].map((minute) => placeOf(at(minute), turns, sections))).to.deep.equal([0, 0, 1, 2]);
    expect(placeOf(at(1), [], [])).to.equal(0);
  });

  it("is self-study of each period that the class carried, once, in runs that follow each other", () => {
    const carried: fc.Arbitrary<Carried[]> = fc.array(fc.record({ course_id: fc.constantFrom("a", "b"), plan_lesson_id: fc.constantFrom("x", "y"), period_number: fc.integer({ min: 1, max: 6 }) }), { maxLength: 12 });
    fc.assert(
      fc.property(carried, (rows) => {
        const key = (one: { course_id: string; plan_lesson_id: string }, n: number): string => `${one.course_id} ${one.plan_lesson_id} ${n}`;
        const runs = runsOf(rows);
        const covered = runs.flatMap((run) => Array.from({ length: run.period_to - run.period_from + 1 }, (_, i) => key(run, run.period_from + i)));
        expect(covered.sort()).to.deep.equal([...new Set(rows.map((row) => key(row, row.period_number)))].sort());
        for (const run of runs) expect(covered).not.to.include(key(run, run.period_to + 1));
      }),
    );
  });

  it("leaves speech as it is up to 6 MB for 45 minutes", () => {
    expect([isLight({ bytes: 6_075_000, ms: 2_700_000 }), isLight({ bytes: 6_075_001, ms: 2_700_000 }), isLight({ bytes: 5, ms: 0 })]).to.deep.equal([true, false, false]);
  });

  it("draws what was written as lines over the slide, and lets no text become markup", () => {
    const svg = pageSvg({ picture: undefined, items: [{ kind: "text", body: { x: 10, y: 20, t: '<script>alert("1")</script>\u0000' } }, { kind: "arrow", body: { x: 1, y: 1, x2: 50, y2: 50, c: 2 } }, { kind: "ink", body: { d: "oGoGeGGAAGAA" } }, { kind: "picture", body: {} }] });
    expect(svg).to.contain("&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;</tspan>").and.contain("#c81e1e").and.match(/^<svg [^>]+><rect /).and.not.contain("<script");
  });
});
