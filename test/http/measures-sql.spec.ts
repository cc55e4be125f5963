import { expect } from "chai";
import fc from "fast-check";
import { after, before, describe, it } from "mocha";
import { countOnline, recountOnline } from "../../server/ledger/store/totals.ts";
import { settle } from "../../server/ledger/store/settle.ts";
import { definitionOn, listDefinitions } from "../../server/ledger/store/definitions.ts";
import { coverOf, MATERIAL_ORIGINS, type MaterialOrigin } from "../../server/materials/rules.ts";
import { listPlansOfLessons, recountCoverage, recountPlans } from "../../server/measures/store/plans.ts";
import { listSchoolSums } from "../../server/measures/store/figures.ts";
import { listTargets, targetsOf } from "../../server/measures/store/targets.ts";
import { coverageAnswer, COUNTERS, onlineShareAnswer } from "../../server/measures/rules.ts";
import { newId } from "../../server/platform/ids.ts";
import { insertAll, type Db } from "../../server/platform/db.ts";
import { addHundredths, basisPoints, lessons, periods, wholePeriods } from "../../server/platform/units.ts";
import { ENGINE, freshDatabase } from "../support/database.ts";
import { digitise } from "../support/ledger.ts";
import { buildWorld, NOW, W, YEAR } from "../support/world.ts";

/**
 * The same figures counted twice: by the SQL of the stores, and here from the raw rows with nothing but arrays and the
 * rules. Random schools; the engine is the one the suite runs on.
 */
interface RandomLesson {
  periods: number;
  kind: "lesson" | "practice" | "review" | "test";
  removed: boolean;
  materials: readonly { state: "approved" | "draft" | "retired"; origin: MaterialOrigin }[];
}
interface RandomDelivery {
  lesson: number;
  number: number;
  course: number;
  mode: "online" | "in_class";
  confirmed: "confirmed" | "refused" | "waiting";
  reversed: boolean;
  day: number;
}

const lesson: fc.Arbitrary<RandomLesson> = fc.record({
  periods: fc.integer({ min: 1, max: 3 }),
  kind: fc.constantFrom("lesson", "practice", "review", "test"),
  removed: fc.boolean(),
  materials: fc.array(fc.record({ state: fc.constantFrom("approved", "approved", "draft", "retired"), origin: fc.constantFrom(...MATERIAL_ORIGINS) }), { maxLength: 3 }),
});
const delivery: fc.Arbitrary<RandomDelivery> = fc.record({
  lesson: fc.nat(5),
  number: fc.integer({ min: 1, max: 4 }),
  course: fc.nat(1),
  mode: fc.constantFrom("online", "online", "in_class"),
  confirmed: fc.constantFrom("confirmed", "confirmed", "refused", "waiting"),
  reversed: fc.boolean(),
  day: fc.integer({ min: 1, max: 28 }),
});
const school = fc.record({
  lessons: fc.array(lesson, { minLength: 1, maxLength: 6 }),
  deliveries: fc.array(delivery, { maxLength: 15 }),
  target: fc.integer({ min: 0, max: 10_000 }),
  published: fc.boolean(),
  counter: fc.constantFrom(...COUNTERS),
});
type RandomSchool = typeof school extends fc.Arbitrary<infer S> ? S : never;

const COURSES = [W.toan6A, W.toan6B] as const;
const DATE = "2026-11-15";

describe(`SQL counts what the rules count (${ENGINE})`, () => {
  let db: Db;
  before(async () => {
    db = await freshDatabase("world", buildWorld);
  });
  after(() => db.destroy());

  it("for random plans, materials and deliveries", async function () {
    await fc.assert(
      fc.asyncProperty(school, async (random) => {
        await db
          .transaction(async (trx) => {
            const ids = await fill(trx, random);
            await settle(trx, ids.flatMap((id) => COURSES.map((course_id) => ({ course_id, plan_lesson_id: id }))), NOW);
            await recountPlans(trx, W.tranPhu, YEAR, NOW);
            await compare(trx, random, ids);
            throw new Undo();
          })
          .catch((error: unknown) => {
            if (!(error instanceof Undo)) throw error;
          });
      }),
      { numRuns: 40 },
    );
  });

  it("one event after the other as all at once, in whatever order the events came", async function () {
    await fc.assert(
      fc.asyncProperty(fc.array(event, { maxLength: 14 }), async (events) => {
        await db
          .transaction(async (trx) => {
            const lessonsOfPlan = [W.toanLesson(1), W.toanLesson(2), W.toanLesson(3)];
            const materialsOf: string[] = [];
            for (const origin of MATERIAL_ORIGINS) materialsOf.push(await waiting(trx, origin));
            await recountPlans(trx, W.tranPhu, YEAR, NOW);
            for (const one of events) {
              const [material, linked] = [materialsOf[one.material] ?? "", lessonsOfPlan[one.lesson] ?? ""];
              await happen(trx, one.what, material, linked);
              await recountCoverage(trx, await listPlansOfLessons(trx, lessonsOfPlan), NOW);
            }
            const step = await sums(trx);
            expect(await recountPlans(trx, W.tranPhu, YEAR, NOW), "sums that a recount puts right").to.equal(0);
            expect(await sums(trx)).to.deep.equal(step);
            expect(step.own).to.be.at.most(step.covered);
            throw new Undo();
          })
          .catch((error: unknown) => {
            if (!(error instanceof Undo)) throw error;
          });
      }),
      { numRuns: 25 },
    );
  });
});

const event = fc.record({
  what: fc.constantFrom("approve", "withdraw", "retire", "restore", "link", "link", "unlink"),
  material: fc.nat(MATERIAL_ORIGINS.length - 1),
  lesson: fc.nat(2),
});

/** A material of the school that serves no lesson and waits for its approval. */
async function waiting(trx: Db, origin: MaterialOrigin): Promise<string> {
  const id = await digitise(trx, [], NOW, { state: "passed" });
  await trx("materials").where({ id }).update({ origin });
  return id;
}

async function happen(trx: Db, what: string, material: string, lessonId: string): Promise<void> {
  const of = trx("materials").where({ id: material });
  if (what === "approve") await of.update({ approved_version_id: trx.ref("latest_version_id"), state: "approved", retired_at: null });
  if (what === "withdraw") await of.update({ approved_version_id: null, state: "draft" });
  if (what === "retire") await of.update({ state: "retired", retired_at: NOW });
  if (what === "restore") await of.whereNotNull("retired_at").update({ state: "approved", retired_at: null });
  if (what === "link") await trx("material_lessons").insert({ material_id: material, plan_lesson_id: lessonId, linked_by: W.huong, linked_at: NOW }).onConflict(["material_id", "plan_lesson_id"]).ignore();
  if (what === "unlink") await trx("material_lessons").where({ material_id: material, plan_lesson_id: lessonId }).del();
}

async function sums(trx: Db): Promise<{ covered: number; own: number }> {
  const row = await trx("measure_plan_totals").where({ school_id: W.tranPhu, year_id: YEAR }).sum({ covered: "lessons_covered", own: "lessons_own" }).first();
  return { covered: Number(row?.["covered"]), own: Number(row?.["own"]) };
}

/** Every random school is rolled back. */
class Undo extends Error {}

/** Replaces the plan of Toán 6 by a random one, with random materials and deliveries. */
async function fill(trx: Db, random: RandomSchool): Promise<string[]> {
  await trx("plan_lessons").where({ plan_id: W.planToan6 }).update({ removed_at: NOW });
  await trx("plans").where({ id: W.planToan6 }).update({ version: random.published ? 1 : 0 });
  await trx("targets").update({ digitised_bp: random.target, online_share_bp: random.target });
  const ids = random.lessons.map(() => newId());
  await insertAll(
    trx,
    "plan_lessons",
    random.lessons.map((one, i) => ({
      ...{ id: ids[i], plan_id: W.planToan6, position: 100 + i, title: "Bài", kind: one.kind, periods: one.periods },
      removed_at: one.removed ? NOW : null,
    })),
  );
  for (const [i, one] of random.lessons.entries()) {
    for (const { state, origin } of one.materials) {
      const material = await digitise(trx, [ids[i] ?? ""], NOW, { state: "approved" });
      await trx("materials").where({ id: material }).update({ origin });
      if (state === "draft") await trx("materials").where({ id: material }).update({ state, approved_version_id: null });
      if (state === "retired") await trx("materials").where({ id: material }).update({ state, retired_at: NOW });
    }
  }
  for (const one of random.deliveries) await deliver(trx, one, ids[one.lesson % ids.length] ?? "");
  return ids;
}

async function deliver(trx: Db, one: RandomDelivery, lessonId: string): Promise<void> {
  const id = newId();
  const online = one.mode === "online";
  await trx("deliveries").insert({
    ...{ id, course_id: COURSES[one.course], plan_lesson_id: lessonId, period_number: one.number, mode: one.mode },
    ...{ evidence_kind: online ? "external" : null, proof_url: online ? "https://meet.example" : null },
    ...{ taught_on: dayOf(one), created_at: NOW },
  });
  const act = async (name: string): Promise<void> => void (await trx("delivery_acts").insert({ id: newId(), delivery_id: id, act: name, by: W.mai, at: NOW }));
  if (online && one.confirmed !== "waiting") await act(one.confirmed === "confirmed" ? "confirm" : "refuse");
  if (one.reversed) await act("reverse");
}

function dayOf(one: RandomDelivery): string {
  return `2026-11-${String(one.day).padStart(2, "0")}`;
}

/** The independent count, from what was drawn and nothing else. */
async function compare(trx: Db, random: RandomSchool, ids: readonly string[]): Promise<void> {
  const kept = random.lessons.map((one, i) => ({ ...one, id: ids[i] ?? "", at: i })).filter((one) => !one.removed);
  const planned = random.published ? 2 * sum(kept.map((one) => one.periods)) + 14 : 2 * 140 + 14;
  const stands = new Map<string, string>();
  for (const one of random.deliveries) {
    const of = kept.find((lessonOf) => lessonOf.at === one.lesson % ids.length);
    const counts = of && random.published && one.number <= of.periods && one.mode === "online" && one.confirmed === "confirmed" && !one.reversed;
    const key = `${one.course} ${one.lesson % ids.length} ${one.number}`;
    if (counts && dayOf(one) < (stands.get(key) ?? "9")) stands.set(key, dayOf(one));
  }
  const counted = [...stands.values()].filter((day) => day <= DATE).length;
  const rows = kept.filter((one) => one.kind === "lesson" || one.kind === "practice");
  const covers = rows.map((one) =>
    coverOf(one.materials.map(({ state, origin }) => ({ origin, approved_version_id: state === "draft" ? null : "v", retired_at: state === "retired" ? NOW : null }))),
  );
  const [covered, own] = [covers.filter((one) => one !== "none").length, covers.filter((one) => one === "own").length];
  const nothing = { covered: lessons(0), own: lessons(0), planned: lessons(0) };
  const toan = random.published ? { covered: lessons(covered), own: lessons(own), planned: lessons(rows.length) } : nothing;
  const van = { ...nothing, planned: lessons(8) };
  const target = basisPoints(random.target);

  const [sql] = await listSchoolSums(trx, [W.tranPhu], YEAR, DATE, { bp: 500, counter: random.counter });
  expect(sql).to.deep.include({ counted: wholePeriods(counted), planned, covered: toan.covered, own: toan.own, lessons: toan.planned + 8 });
  expect(sql?.subjects_planned).to.equal([toan, van].filter((one) => one.planned > 0).length);
  expect(sql?.subjects_met).to.equal([toan, van].filter((one) => coverageAnswer(one, target, random.counter) === "met").length);
  expect(counted).to.be.at.most(planned);
  const answer = onlineShareAnswer({ counted: sql?.counted ?? wholePeriods(0), planned: periods(sql?.planned ?? 0) }, target);
  expect(answer).to.equal(10_000 * counted > planned * random.target ? "met" : "not_met");
  expect(addHundredths((await countOnline(trx, W.tranPhu)).map((row) => row.counted)), "a recount").to.equal(wholePeriods(stands.size));
  expect(await recountOnline(trx, W.tranPhu), "sums that drifted").to.equal(0);
  expect(targetsOf(await listTargets(trx, YEAR), "lower_secondary").digitised).to.equal(target);
  expect(definitionOn(await listDefinitions(trx), DATE).version).to.equal(1);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
