import { expect } from "chai";
import fc from "fast-check";
import { framed, replayOf, STILLS_MAX, stillsOf, type DrawnAt, type Replay, type TurnAt } from "../../server/live/recording/replay.ts";
import type { PartTimes, Window } from "../../server/live/recording/rules.ts";

const START = Date.UTC(2026, 10, 24, 2);
const at = (ms: number): string => new Date(START + ms).toISOString();

/** What is seen at a moment: the page, and which things stand on it, by their colour, which is their number here. */
function seenAt(replay: Replay, ms: number): { page: number; things: number[] } {
  const page = replay.turns.findLast((turn) => turn.timeMs <= ms)?.page ?? 0;
  const things = replay.items.filter((item) => item.page === page && item.on.some(([from, to]) => from <= ms && ms < to)).map((item) => item.body.c ?? 0);
  return { page, things };
}

const second = fc.integer({ min: 0, max: 600 });
const page = fc.constantFrom(1, 2, 3, -1, -2);
const turns: fc.Arbitrary<TurnAt[]> = fc.array(fc.record({ page, at: second.map((s) => at(s * 1000)) }), { maxLength: 12 });
const drawn: fc.Arbitrary<DrawnAt[]> = fc
  .array(fc.record({ second, page, of: fc.nat(20), what: fc.constantFrom("rect", "rect", "rect", "hide", "show") }), { maxLength: 30 })
  .map((all) =>
    [...all].sort((a, b) => a.second - b.second).map(({ second: when, page: on, of, what }, i): DrawnAt => ({ seq: i + 1, page: on, at: at(when * 1000), kind: what, body: what === "rect" ? { c: i + 1 } : { of: [(of % (i + 1)) + 1] } })),
  );
const lengths = fc.array(fc.record({ gap: fc.integer({ min: 0, max: 90 }), length: fc.integer({ min: 1, max: 120 }) }), { minLength: 1, maxLength: 5 });

function windowsOf(given: readonly { gap: number; length: number }[], unit = 1000): Window[] {
  let end = 0;
  return given.map(({ gap, length }) => {
    const window = { fromMs: end + gap * unit, lengthMs: length * unit };
    end = window.fromMs + window.lengthMs;
    return window;
  });
}

const wholeOf = (given: readonly TurnAt[], things: readonly DrawnAt[]): Replay => replayOf([{ startedAt: at(0), lengthMs: 2_000_000 }], given, things);

describe("slides and ink beside a recording", () => {
  it("are at each moment what stood in the class then, in a recording of several parts and in every cut of it", () => {
    fc.assert(
      fc.property(turns, drawn, lengths, lengths, (given, things, parts, cuts) => {
        const whole = wholeOf(given, things);
        const windows = windowsOf(parts);
        const times: PartTimes[] = windows.map(({ fromMs, lengthMs }) => ({ startedAt: at(fromMs), lengthMs }));
        const recorded = replayOf(times, given, things);
        const kept = windowsOf(cuts, 500);
        const cut = framed(recorded, kept);
        const same = (inner: Replay, outer: Replay, through: readonly Window[], end: number): void => {
          let before = 0;
          for (const { fromMs, lengthMs } of through) {
            for (const inside of [0, 499, lengthMs - 1].filter((ms) => ms < lengthMs && fromMs + ms < end)) {
              const [a, b] = [seenAt(inner, before + inside), seenAt(outer, fromMs + inside)];
              // Whole seconds are the grid on which things happen: what happens as a window ends is seen by neither.
              expect(a).to.deep.equal(b);
            }
            before += lengthMs;
          }
        };
        same(recorded, whole, windows, Infinity);
        same(cut, recorded, kept, recorded.lengthMs);
        expect(cut.lengthMs).to.equal(kept.reduce((sum, one) => sum + one.lengthMs, 0));
      }),
    );
  });

  it("hold nothing of pages that are not shown in it, of groups, and of what came and went while it was cut", () => {
    const draw = (seq: number, onPage: number, when: number): DrawnAt => ({ seq, page: onPage, at: at(when), kind: "rect", body: { c: seq } });
    const hide: DrawnAt = { seq: 5, page: 1, at: at(9_000), kind: "hide", body: { of: [4] } };
    const whole = wholeOf([{ page: 1, at: at(0) }], [draw(1, 1, 1_000), draw(2, 2, 1_000), draw(3, -1_003, 1_000), draw(4, 1, 7_000), hide]);
    expect(whole.items.map((item) => item.body.c)).to.deep.equal([1, 4]);
    const cut = framed(whole, [{ fromMs: 0, lengthMs: 6_000 }, { fromMs: 10_000, lengthMs: 5_000 }]);
    expect(cut.items.map((item) => item.body.c)).to.deep.equal([1]);
  });

  it("grow as long as the pen wrote, from when it was set down; what was written before stands whole", () => {
    const stroke = (seq: number, when: number, ms?: number): DrawnAt => ({ seq, page: 1, at: at(when), kind: "ink", body: { c: seq, w: 2, d: "AAAAAAAAA", ...(ms === undefined ? {} : { ms }) } });
    const parts = [{ startedAt: at(10_000), lengthMs: 60_000 }];
    const replay = replayOf(parts, [{ page: 1, at: at(0) }], [stroke(1, 5_000, 900), stroke(2, 14_000, 1_500), stroke(3, 20_000)]);
    expect(replay.items.map(({ on, tookMs }) => [on[0]?.[0], tookMs])).to.deep.equal([[0, 0], [2_500, 1_500], [10_000 - 3 * 16, 3 * 16]]);
    expect(replay.items.some((item) => "ms" in item.body)).to.equal(false);
    expect(framed(replay, [{ fromMs: 3_000, lengthMs: 9_000 }]).items.map((item) => item.tookMs)).to.deep.equal([0, 0, 48]);
  });

  it("stand as pictures where no script runs: each page with what stood on it at its end, sixty at most", () => {
    const many = Array.from({ length: 90 }, (_, i) => ({ page: (i % 9) + 1, at: at(i * 2_000 + (i % 3) * 500) }));
    const replay = wholeOf(many, [{ seq: 1, page: 1, at: at(500), kind: "rect", body: { c: 1 } }]);
    const stills = stillsOf(replay);
    expect(stills).to.have.length(STILLS_MAX);
    expect(stills.map((still) => still.fromMs)).to.deep.equal(stills.map((still) => still.fromMs).sort((a, b) => a - b));
    for (const still of stills) expect(still.items.length).to.equal(still.page === 1 ? 1 : 0);
  });
});
