import { expect } from "chai";
import fc from "fast-check";
import { addDays, weekdayOf } from "../../server/platform/clock.ts";
import { layPeriods, plannedPeriods } from "../../server/timetable/rules/lessons.ts";
import { judge, type Known } from "../../server/timetable/import/judge.ts";
import { readWeeks, type ReadCell } from "../../server/timetable/import/read.ts";
import { bellProblems, clashesOf, heldOn, NUMBERS, occurrences, placeKey, SCHOOL_DAYS, SESSIONS, teachersOfSlot, usualBells, type Slot } from "../../server/timetable/rules.ts";

const day = fc.integer({ min: 0, max: 300 }).map((n) => addDays("2026-09-07", n));
const place = fc.record({ day: fc.constantFrom(...SCHOOL_DAYS), session: fc.constantFrom(...SESSIONS), number: fc.constantFrom(...NUMBERS) });
const slots = fc.uniqueArray(place, { selector: placeKey, maxLength: 30 }).map((places) => places.map((one): Slot => ({ ...one, kind: "lesson", course_id: "c", teacher_id: null })));

describe("the rules of the timetable", () => {
  it("what holds on a day is the last that began by then", () => {
    fc.assert(
      fc.property(fc.uniqueArray(day), day, (days, on) => {
        const held = heldOn(days.map((from_on) => ({ from_on })), on)?.from_on;
        expect(held).to.equal(days.filter((one) => one <= on).sort().at(-1));
      }),
    );
  });

  it("the usual times are in order for every school, thirty-five or forty-five minutes long", () => {
    for (const minutes of [35, 45]) expect(bellProblems(usualBells(minutes))).to.deep.equal([]);
    expect(usualBells(45).slice(0, 3).map((bell) => `${bell.starts} ${bell.ends}`)).to.deep.equal(["07:00 07:45", "07:50 08:35", "08:55 09:40"]);
  });

  it("a teacher stands in two classes at once exactly where two classes name them in the same place", () => {
    const standing = fc.record({ place, class_id: fc.constantFrom("a", "b", "c"), teachers: fc.uniqueArray(fc.constantFrom("x", "y"), { maxLength: 2 }) });
    fc.assert(
      fc.property(fc.array(standing, { maxLength: 20 }), (week) => {
        const found = clashesOf(week.map(({ place: where, ...one }) => ({ ...where, ...one, course_id: "k" })));
        for (const teacher of ["x", "y"] as const) {
          for (const where of new Set(week.map((one) => placeKey(one.place)))) {
            const classes = new Set(week.filter((one) => placeKey(one.place) === where && one.teachers.includes(teacher)).map((one) => one.class_id));
            const clash = found.find((one) => placeKey(one) === where && one.teacher_id === teacher);
            expect(clash?.class_ids.length ?? 0).to.equal(classes.size > 1 ? classes.size : 0);
          }
        }
      }),
    );
  });

  it("who is meant teaches as long as they have the course; after that whoever has it", () => {
    const turns = [{ person_id: "x", from_on: "2026-09-01", to_on: "2026-11-01" }, { person_id: "y", from_on: "2026-09-01", to_on: null }];
    expect(teachersOfSlot({ teacher_id: "x" }, turns, "2026-10-31")).to.deep.equal(["x"]);
    expect(teachersOfSlot({ teacher_id: "x" }, turns, "2026-11-01")).to.deep.equal(["y"]);
    expect(teachersOfSlot({ teacher_id: null }, turns, "2026-10-31")).to.deep.equal(["x", "y"]);
  });

  it("a lesson comes in every week on its day, in the order of the calendar, never on a day off and never by a version of another time", () => {
    const weeks = [0, 1, 2].map((n) => ({ number: n + 1, starts_on: addDays("2026-09-07", 7 * n) }));
    fc.assert(
      fc.property(slots, slots, fc.uniqueArray(day, { maxLength: 5 }), (first, second, off) => {
        const versions = [{ from_on: "2026-01-01", slots: first }, { from_on: "2026-09-16", slots: second }];
        const found = occurrences(weeks, { versions, bells: [{ from_on: "0000-01-01", periods: usualBells(45) }], isOff: (on) => off.includes(on) });
        const expected = weeks.flatMap((week) => SCHOOL_DAYS.map((n) => addDays(week.starts_on, n - 1))).filter((on) => !off.includes(on));
        const timed = (list: readonly Slot[]): Slot[] => list.filter((slot) => slot.session !== "evening" && slot.number <= 5);
        expect(found.length).to.equal(expected.reduce((sum, on) => sum + timed(on < "2026-09-16" ? first : second).filter((slot) => slot.day === weekdayOf(on)).length, 0));
        const moments = found.map((one) => `${one.on} ${one.starts}`);
        expect(moments).to.deep.equal([...moments].sort());
      }),
    );
  });

  it("no period of the plan is laid twice, before its week or out of order, and none waits while a lesson is free", () => {
    const lesson = fc.record({ periods: fc.integer({ min: 1, max: 4 }), week_from: fc.option(fc.integer({ min: 1, max: 10 })), more: fc.integer({ min: 0, max: 2 }) });
    fc.assert(
      fc.property(fc.array(lesson, { maxLength: 15 }), fc.array(fc.integer({ min: 1, max: 12 }), { maxLength: 40 }), (given, weeks) => {
        const lessons = given.map((one, i) => ({ id: String(i), periods: one.periods, week_from: one.week_from, week_to: one.week_from === null ? null : one.week_from + one.more }));
        const periods = plannedPeriods(lessons, 35);
        expect(periods).to.have.length(lessons.reduce((sum, one) => sum + one.periods, 0));
        const taught = weeks.sort((a, b) => a - b).map((week) => ({ week }));
        const laid = layPeriods(periods, taught);
        const keys = laid.flatMap((one) => (one ? [`${one.lesson_id}.${one.number}`] : []));
        expect(new Set(keys).size).to.equal(keys.length);
        laid.forEach((one, i) => {
          const week = taught[i]?.week ?? 0;
          if (one) expect(one.week).to.be.at.most(week);
          else expect(periods.some((period) => period.week >= (taught[0]?.week ?? 0) && period.week <= week && !keys.includes(`${period.lesson_id}.${period.number}`))).to.equal(false);
        });
        for (const own of lessons) {
          const numbers = laid.flatMap((one) => (one?.lesson_id === own.id ? [one.number] : []));
          expect(numbers).to.deep.equal([...numbers].sort((a, b) => a - b));
        }
      }),
    );
  });

  it("a lesson without room in its week is taught first in the next, and what other weeks held before the first timetable is not made up", () => {
    const lessons = [1, 2, 3].map((week) => ({ id: `w${week}`, periods: 2, week_from: week, week_to: week }));
    const laid = layPeriods(plannedPeriods(lessons, 35), [{ week: 2 }, { week: 3 }, { week: 3 }, { week: 3 }, { week: 4 }]);
    expect(laid.map((one) => one && `${one.lesson_id}.${one.number}`)).to.deep.equal(["w2.1", "w2.2", "w3.1", "w3.2", undefined]);
  });
});

describe("what the cells of a file mean", () => {
  /** Courses and choices that count how often they are asked. */
  function counting(texts: readonly string[]): { asked: number; compared: number; subject: (text: string) => string | undefined } {
    const steps = { asked: 0, compared: 0 };
    const course = (n: number) => ({ ...{ id: `k${n}`, class_id: "c", class_name: "6A", name: `Môn ${n}`, subject_code: n === 0 ? "DIADANH" : `S${n}`, subject_en: `Subject ${n}`, plan_id: null, turns: [] }, get subject_vi() { steps.compared += 1; return n === 0 ? "Một môn có tên dài nhất là tám chữ" : `Môn học ${n}`; } });
    const known: Known = { classes: new Map([["6a", { id: "c", name: "6A" }]]), courses: Array.from({ length: 15 }, (_, n) => course(n)), on: "2026-11-30" };
    const names = new Proxy<Record<string, string>>({}, { get: () => { steps.asked += 1; return undefined; } });
    const cells = texts.map((text, i): ReadCell => ({ sheet: "TKB", at: `A${i}`, heading: "6A", day: 1, session: "morning", number: (i % 5) + 1, text }));
    const { weeks } = judge(cells, known, { headings: {}, names });
    return { ...steps, subject: () => weeks.get("c")?.[0]?.course_id ?? undefined };
  }

  it("is found in a bounded number of steps, whatever somebody wrote into them", () => {
    const rows = [["Thứ", "Tiết", "6A", "6B"], ...Array.from({ length: 400 }, (_, i) => ["2", "1", `${i} ${"a b c d e f g h i j - ".repeat(15)}`, "x"])];
    const texts = readWeeks([{ name: "TKB", rows }], (text) => /^6[AB]$/.test(text)).map((cell) => cell.text);
    expect(Math.max(...texts.map((text) => text.length))).to.be.at.most(120);
    const hostile = [...new Set(texts)];
    expect(hostile).to.have.length(401);
    const { asked, compared } = counting(hostile);
    expect(compared).to.equal(15); // each name is made comparable once
    expect(asked).to.be.at.most(hostile.length * 10);
    expect(counting(Array.from({ length: 2_000 }, () => "a b c d e f g h i j k l")).asked).to.be.at.most(10); // the same text is read once
  });

  it("is still found behind a long name and before several teachers", () => {
    for (const text of ["Một môn có tên dài nhất là tám chữ - Nguyễn Thị Hương, Trần Văn Sơn, Lê Thị Mai", "Môn học 3 Nguyễn Thị Hương Trần Văn Sơn Lê Thị Mai Anh"]) expect(counting([text]).subject(text), text).to.be.oneOf(["k0", "k3"]);
  });
});
