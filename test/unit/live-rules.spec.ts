import { expect } from "chai";
import fc from "fast-check";
import {
  awayMinutes,
  endOf,
  forgottenEnd,
  heldFacts,
  isAlive,
  isLobbyOpen,
  lengthOf,
  MARK_LIFE_SECONDS,
  mayStart,
  overlap,
  standsPresent,
  stayOf,
  wasPresent,
  type Mark,
  type Planned,
} from "../../server/live/rules.ts";
import { DEALS_MAX, GROUP_PAGE, GROUPS_MAX, groupKey, groupOfKey, groupOfPage } from "../../server/live/tool-rules.ts";
import { addMinutes, minutesBetween } from "../../server/platform/clock.ts";
import { basisPoints, minutes } from "../../server/platform/units.ts";

const BEGIN = "2026-11-24T00:00:00.000Z"; // 7:00 in Viet Nam
const at = (minute: number): string => addMinutes(BEGIN, minute);
const held = { from: BEGIN, to: at(45) };
const mark = (from: number, to: number, ending: Mark["ending"] = "left"): Mark => ({ joined_at: at(from), seen_at: at(to), left_at: at(to), ending });
const HALF = basisPoints(5000);

describe("presence in a live class", () => {
  it("counts a pupil with a phone and a laptop once", () => {
    const stay = stayOf([mark(0, 30), mark(10, 40)], held);
    expect(stay.minutes).to.equal(40);
    expect(stay.gaps).to.deep.equal([]);
  });

  it("shows a broken line as lost and a walk out as left", () => {
    const stay = stayOf([mark(0, 10, "lost"), mark(15, 20, "left"), mark(30, 45, "ended")], held);
    expect(stay.gaps).to.deep.equal([
      { from: at(10), to: at(15), kind: "lost" },
      { from: at(20), to: at(30), kind: "left" },
    ]);
    expect(stay.minutes).to.equal(30);
  });

  it("takes a mark that nobody closed for lost, and lets it live a little after its last sign", () => {
    const open: Mark = { joined_at: at(0), seen_at: at(10), left_at: null, ending: null };
    expect(endOf(open)).to.equal(addMinutes(at(10), MARK_LIFE_SECONDS / 60));
    expect(isAlive(open, at(10.5))).to.equal(true);
    expect(isAlive(open, at(11))).to.equal(false);
    expect(stayOf([open, mark(20, 45, "ended")], held).gaps[0]?.kind).to.equal("lost");
  });

  it("does not believe a departure long after the last sign: the server itself was away", () => {
    const asleep: Mark = { joined_at: at(0), seen_at: at(10), left_at: at(40), ending: "lost" };
    expect(stayOf([asleep], held).minutes).to.equal(10);
  });

  it("says nothing was lost when the other device stayed", () => {
    const stay = stayOf([mark(0, 10, "lost"), mark(5, 45, "ended")], held);
    expect(stay.gaps).to.deep.equal([]);
    expect(stay.minutes).to.equal(45);
  });

  it("counts no minute in the lobby or after the end", () => {
    expect(stayOf([mark(-10, 0), mark(46, 60)], held).minutes).to.equal(0);
    expect(stayOf([mark(-10, 60)], held).minutes).to.equal(45);
  });

  const marks = fc.array(
    fc.tuple(fc.integer({ min: -20, max: 60 }), fc.integer({ min: 0, max: 40 }), fc.constantFrom<Mark["ending"]>("left", "lost", "ended", null)).map(
      ([from, length, ending]): Mark => ({ joined_at: at(from), seen_at: at(from + length), left_at: ending === null ? null : at(from + length), ending }),
    ),
    { maxLength: 12 },
  );

  it("does not depend on the order of the marks", () => {
    fc.assert(
      fc.property(marks.chain((list) => fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length }))), ([list, shuffled]) => {
        expect(stayOf(shuffled, held)).to.deep.equal(stayOf(list, held));
      }),
    );
  });

  it("never exceeds the class' length, and the same mark twice adds nothing", () => {
    fc.assert(
      fc.property(marks, (list) => {
        const stay = stayOf(list, held);
        expect(stay.minutes).to.be.at.most(45);
        expect(stayOf([...list, ...list], held)).to.deep.equal(stay);
      }),
    );
  });

  it("agrees with a count minute by minute", () => {
    const whole = marks.map((list) => list.filter((one) => one.left_at !== null));
    fc.assert(
      fc.property(whole, (list) => {
        const counted = Array.from({ length: 45 }, (_, m) => list.some((one) => one.joined_at <= at(m) && endOf(one) >= at(m + 1))).filter(Boolean).length;
        expect(stayOf(list, held).minutes).to.equal(counted);
      }),
    );
  });

  it("lets spans and gaps follow each other without a hole", () => {
    fc.assert(
      fc.property(marks, (list) => {
        const { spans, gaps } = stayOf(list, held);
        expect(gaps.length).to.equal(Math.max(0, spans.length - 1));
        gaps.forEach((gap, i) => {
          expect(gap.from).to.equal(spans[i]?.to);
          expect(gap.to).to.equal(spans[i + 1]?.from);
          expect(minutesBetween(gap.from, gap.to)).to.be.greaterThan(0);
        });
      }),
    );
  });
});

describe("being present", () => {
  it("asks for half of the class' own length, exactly half being enough", () => {
    expect(wasPresent(minutes(20), minutes(40), HALF)).to.equal(true);
    expect(wasPresent(minutes(22), minutes(45), HALF)).to.equal(false);
    expect(wasPresent(minutes(23), minutes(45), HALF)).to.equal(true);
  });

  it("is never given to somebody who did not come, whatever the setting", () => {
    expect(wasPresent(minutes(0), minutes(0), HALF)).to.equal(false);
    expect(wasPresent(minutes(0), minutes(45), basisPoints(0))).to.equal(false);
  });

  it("follows the teacher's correction and keeps what the server saw beside it", () => {
    expect(standsPresent({ present: false, corrected_present: true })).to.equal(true);
    expect(standsPresent({ present: true, corrected_present: false })).to.equal(false);
    expect(standsPresent({ present: true, corrected_present: null })).to.equal(true);
  });
});

describe("what a held class gives to the ledger", () => {
  const came = { present: true, corrected_present: null };
  const missed = { present: false, corrected_present: null };

  it("lets a class of 90 minutes carry two periods, each with its own minutes", () => {
    const facts = heldFacts(minutes(80), minutes(45), [1, 2], [came, came, missed]);
    expect(facts).to.deep.equal({
      length: 80,
      list_size: 3,
      present: 2,
      periods: [
        { number: 1, ends_at_minute: 45, held: 45 },
        { number: 2, ends_at_minute: 90, held: 35 },
      ],
    });
  });

  it("leaves nothing for the second period of a class that ended early", () => {
    expect(heldFacts(minutes(40), minutes(45), [1, 2], []).periods.map((period) => period.held)).to.deep.equal([40, 0]);
  });

  it("cuts lengths down to whole minutes", () => {
    expect(lengthOf({ from: BEGIN, to: at(31.98) })).to.equal(31);
  });
});

describe("the hours of a live class", () => {
  const live: Planned = { state: "scheduled", starts_at: BEGIN, length_minutes: 45, opened_at: null };

  it("opens the lobby ten minutes before", () => {
    expect(isLobbyOpen(live, at(-10.1))).to.equal(false);
    expect(isLobbyOpen(live, at(-10))).to.equal(true);
    expect(isLobbyOpen({ ...live, state: "cancelled" }, at(0))).to.equal(false);
  });

  it("can be started an hour early and three hours late, once", () => {
    expect(mayStart(live, at(-61))).to.equal(false);
    expect(mayStart(live, at(-60))).to.equal(true);
    expect(mayStart(live, at(45 + 180))).to.equal(true);
    expect(mayStart(live, at(45 + 181))).to.equal(false);
    expect(mayStart({ ...live, state: "open" }, at(0))).to.equal(false);
  });

  it("ends by itself at the last sign of anybody, when the room was empty for half an hour", () => {
    const open: Planned = { ...live, state: "open", opened_at: at(1) };
    const marks = [mark(1, 44), mark(1, 41, "lost")];
    expect(forgottenEnd(open, marks, at(73))).to.equal(undefined);
    expect(forgottenEnd(open, marks, at(74))).to.equal(at(44));
    expect(forgottenEnd(open, [], at(31))).to.equal(at(1));
  });

  it("ends by itself three hours after the planned end, even with a forgotten device in the room", () => {
    const open: Planned = { ...live, state: "open", opened_at: at(0) };
    const device: Mark = { joined_at: at(0), seen_at: at(224), left_at: null, ending: null };
    expect(forgottenEnd(open, [device], at(224))).to.equal(undefined);
    expect(forgottenEnd(open, [{ ...device, seen_at: at(225) }], at(225))).to.equal(at(225));
  });

  it("sees two classes at the same time, not one after the other", () => {
    const a = { starts_at: at(0), length_minutes: 45 };
    expect(overlap(a, { starts_at: at(44), length_minutes: 45 })).to.equal(true);
    expect(overlap(a, { starts_at: at(45), length_minutes: 45 })).to.equal(false);
  });
});

describe("minutes on another page", () => {
  const sight = (connection: string, kind: string, minute: number) => ({ connection_id: connection, kind, at: at(minute) });

  it("are those in which every device of the person had another page in front, within the class", () => {
    expect(awayMinutes([sight("a", "join", -5), sight("a", "away", -2), sight("a", "back", 3), sight("a", "away", 40)], held)).to.equal(8);
    expect(awayMinutes([sight("a", "join", 0), sight("b", "join", 0), sight("a", "away", 5), sight("b", "away", 10), sight("b", "back", 12), sight("a", "left", 20)], held)).to.equal(2);
    expect(awayMinutes([sight("a", "join", 0), sight("a", "away", 5), sight("a", "lost", 9), sight("c", "join", 20)], held)).to.equal(4);
    expect(awayMinutes([], held)).to.equal(0);
  });

  it("equal a count minute by minute over any history", () => {
    const history = fc.array(fc.record({ connection: fc.constantFrom("a", "b", "c"), kind: fc.constantFrom("join", "away", "back", "left", "lost", "there"), minute: fc.integer({ min: -10, max: 60 }) }), { maxLength: 25 });
    fc.assert(
      fc.property(history, (raw) => {
        const sights = [...raw].sort((a, b) => a.minute - b.minute);
        let count = 0;
        for (let minute = 0; minute < 45; minute += 1) {
          const state = new Map<string, boolean>();
          for (const { connection, kind } of sights.filter((one) => one.minute <= minute)) {
            if (kind === "left" || kind === "lost") state.delete(connection);
            else if (kind !== "there") state.set(connection, kind === "away");
          }
          if (state.size > 0 && ![...state.values()].includes(false)) count += 1;
        }
        expect(awayMinutes(sights.map((one) => sight(one.connection, one.kind, one.minute)), held)).to.equal(count);
      }),
    );
  });
});

describe("groups that are dealt", () => {
  it("never have the key of another group of the class, and are told back as number and deal", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: DEALS_MAX }), fc.integer({ min: 1, max: GROUPS_MAX }), (deal, number) => {
        expect(groupOfKey(groupKey(deal, number))).to.deep.equal({ deal, number });
        expect(groupOfPage(GROUP_PAGE - groupKey(deal, number))).to.equal(groupKey(deal, number));
      }),
    );
  });
});
