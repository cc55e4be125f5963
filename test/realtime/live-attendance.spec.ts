import { expect } from "chai";
import fc from "fast-check";
import { grantAsSystem } from "../../server/access/policy.ts";
import { saveEnd } from "../../server/live/store/attendance.ts";
import { loadLiveClass, type LiveRow } from "../../server/live/store/classes.ts";
import { saveArrival, saveDeparture, saveSign } from "../../server/live/store/presence.ts";
import { addMinutes } from "../../server/platform/clock.ts";
import { newId } from "../../server/platform/ids.ts";
import { startApp, type Running } from "../support/app.ts";
import { NOW, W } from "../support/world.ts";
import { liveClass } from "./room.ts";

/** One device of a pupil, in seconds from the beginning: when it came, when it was heard of, and how it went. */
interface Device {
  pupil: string;
  came: number;
  signs: number[];
  /** Null: nobody saw it go, as when the server crashes. */
  went: { at: number; how: "left" | "lost" } | null;
}

const LENGTH = 45 * 60;
const LIFE = 45;
const PUPILS = [W.minh, W.an, W.chau];

const device: fc.Arbitrary<Device> = fc
  .record({
    pupil: fc.constantFrom(...PUPILS),
    came: fc.integer({ min: -600, max: LENGTH }),
    /** Most signs come every 15 seconds; some come late, as from a laptop that slept or over a line that stood still. */
    pauses: fc.array(fc.oneof({ weight: 8, arbitrary: fc.integer({ min: 13, max: 17 }) }, { weight: 1, arbitrary: fc.integer({ min: 18, max: 44 }) }, { weight: 1, arbitrary: fc.integer({ min: 46, max: 900 }) }), { maxLength: 25 }),
    end: fc.option(fc.record({ after: fc.integer({ min: 1, max: 60 }), how: fc.constantFrom("left" as const, "lost" as const) })),
  })
  .map(({ pupil, came, pauses, end }) => {
    const signs = pauses.map((_, i) => came + pauses.slice(0, i + 1).reduce((sum, one) => sum + one, 0));
    return { pupil, came, signs, went: end && { at: (signs.at(-1) ?? came) + end.after, how: end.how } };
  });

/** The seconds of the class in which a pupil was there, one by one, from what happened alone. */
function secondsOf(devices: readonly Device[], pupil: string): number {
  const there = new Set<number>();
  for (const one of devices.filter((each) => each.pupil === pupil)) {
    const heard = [one.came, ...one.signs].filter((at) => at < LENGTH);
    for (const [i, at] of heard.entries()) {
      const next = heard[i + 1];
      const gone = one.went !== null && next === undefined && one.went.at < LENGTH ? one.went.at : Infinity;
      const until = Math.min(at + LIFE, next !== undefined && next - at < LIFE ? next : Infinity, gone, LENGTH);
      for (let second = Math.max(0, at); second < until; second += 1) there.add(second);
    }
  }
  return there.size;
}

describe("attendance from what the server saw", function () {
  let app: Running;
  before(async () => {
    app = await startApp();
  });
  after(() => app.stop());

  const at = (second: number): string => addMinutes(NOW, second / 60);

  /** Plays a history as the sockets write it: a sign after a mark has died begins a new one. */
  async function play(live: LiveRow, devices: readonly Device[]): Promise<void> {
    const joined = grantAsSystem(live, "join");
    const events = devices.flatMap((one) => {
      const state = { mark: "" };
      const arrive = async (second: number): Promise<void> => {
        state.mark = newId();
        await saveArrival(app.db, joined, one.pupil, state.mark, at(second));
      };
      const sign = async (second: number): Promise<void> => {
        if (!(await saveSign(app.db, joined, state.mark, at(second)))) await arrive(second);
      };
      const { went } = one;
      return [
        { second: one.came, run: arrive },
        ...one.signs.map((second) => ({ second, run: sign })),
        ...(went ? [{ second: went.at, run: (second: number) => saveDeparture(app.db, live.id, one.pupil, state.mark, went.how, at(second)) }] : []),
      ];
    });
    for (const event of events.filter(({ second }) => second < LENGTH).sort((a, b) => a.second - b.second)) await event.run(event.second);
  }

  it("equals a count second by second over 100 histories of joins, drops, sleeps and crashes", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(device, { maxLength: 6 }), async (devices) => {
        const live = await loadLiveClass(app.db, await liveClass(app));
        if (!live) throw new Error("the class is not there");
        await play(live, devices);
        await saveEnd(app.db, grantAsSystem(live, "teach"), at(LENGTH), { by: null, at: at(LENGTH) });
        const rows = await app.db("attendances").where({ live_class_id: live.id }).whereIn("person_id", PUPILS).select("person_id", "present_minutes");
        const found = Object.fromEntries(rows.map((row) => [row.person_id, row.present_minutes]));
        expect(found).to.deep.equal(Object.fromEntries(PUPILS.map((pupil) => [pupil, Math.floor(secondsOf(devices, pupil) / 60)])));
      }),
      { numRuns: 100, seed: 20261126 },
    );
  });
});
