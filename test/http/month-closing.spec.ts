import { createHash } from "node:crypto";
import { expect } from "chai";
import fc from "fast-check";
import { after, afterEach, before, beforeEach, describe, it } from "mocha";
import { z } from "zod";
import { grantAsSystem } from "../../server/access/policy.ts";
import { coursesChanged } from "../../server/courses/events.ts";
import { remindOfMonths } from "../../server/measures/closing/jobs.ts";
import { canonical, type Figures } from "../../server/measures/closing/rules.ts";
import { closeMonth, findClosing, loadRecords } from "../../server/measures/closing/store.ts";
import { takeSnapshot } from "../../server/measures/closing/snapshot.ts";
import { reconcileSchool } from "../../server/measures/recount/store.ts";
import { loadSchool, type UnitRow } from "../../server/organisation/store.ts";
import { all, col, type Db } from "../../server/platform/db.ts";
import { newId } from "../../server/platform/ids.ts";
import { raise } from "../../server/platform/jobs/queue.ts";
import { hashOf } from "../../server/platform/secrets.ts";
import { wholePeriods, type Hundredths } from "../../server/platform/units.ts";
import { startApp, type Running } from "../support/app.ts";
import type { Client } from "../support/client.ts";
import { closeAsLeader as close, OCTOBER, seenIn } from "../support/closing.ts";
import { ENGINE, freshDatabase } from "../support/database.ts";
import { digitise, holdLiveClass, studyAlone } from "../support/ledger.ts";
import { buildWorld, LESSONS, NOW, W, YEAR } from "../support/world.ts";

const MONTHS = `/schools/${W.tranPhu}/months`;

/** A period taught with another tool: declared, and confirmed or not. */
async function declare(db: Db, period: { lesson: number; number?: number; course?: string; day: string; act?: "confirm" | "refuse" }): Promise<string> {
  const id = newId();
  await db("deliveries").insert({
    ...{ id, course_id: period.course ?? W.toan6A, plan_lesson_id: W.toanLesson(period.lesson), period_number: period.number ?? 1 },
    ...{ mode: "online", evidence_kind: "external", taught_on: period.day, taught_by: W.huong, proof_url: "https://meet.example/1", declared_by: W.huong, created_at: `${period.day}T03:00:00.000Z` },
  });
  if (period.act) await say(db, id, period.act, `${period.day}T05:00:00.000Z`);
  return id;
}

async function say(db: Db, delivery_id: string, act: string, at: string): Promise<void> {
  await db("delivery_acts").insert({ id: newId(), delivery_id, act, by: W.nam, at, comment: "" });
}

describe("closing a month", () => {
  let app: Running;
  let nam: Client;
  beforeEach(async () => {
    app = await startApp();
    await raise(app.db, coursesChanged, { schoolId: W.tranPhu, yearId: YEAR }, NOW);
    await holdLiveClass(app.db, { carries: [{ course: W.toan6A, lesson: W.toanLesson(1), number: 1 }], starts: "2026-10-12T00:00:00.000Z", minutes: 45, present: { minh: 45, an: 45 } });
    await digitise(app.db, [W.toanLesson(1)], "2026-10-20T03:00:00.000Z");
    await app.settle();
    nam = await app.as("nam");
  });
  afterEach(() => app.stop());

  it("freezes the figures with the definition they were counted by, and marks the month", async () => {
    const before = await nam.get(OCTOBER);
    expect(before.text).to.contain("2,38\u00a0% (1/42)").and.to.contain("công thức v2").and.to.contain("KH 1027/KH-SGDĐT");
    const answer = await close(nam, OCTOBER, "Đã đối chiếu với sổ đầu bài");
    expect(answer.status).to.equal(303);
    const page = await nam.get(answer.location);
    expect(page.text).to.contain("Trần Văn Nam chốt lúc 24/11/2026 09:00").and.to.contain("Đã đối chiếu với sổ đầu bài");
    expect(page.text).to.contain("mọi bản ghi vẫn đúng như khi chốt");
    expect((await nam.get(MONTHS)).text).to.contain("đã chốt");
    expect((await nam.get(`/schools/${W.tranPhu}/measures?month=2026-10`)).text).to.contain("Tháng 10/2026 đã chốt: báo cáo 2,38\u00a0% (1/42).").and.to.contain("Tháng 10/2026 (đã chốt)");
    const audit = await all(z.object({ action: z.string(), actor_id: z.string() }), app.db("audit_entries").where({ action: "month.close" }).select("action", "actor_id"));
    expect(audit).to.deep.equal([{ action: "month.close", actor_id: W.nam }]);
  });

  it("opens what the first formula froze, in whole periods, with the figures and the hash that it had", async () => {
    const { location } = await close(nam);
    const said = async (): Promise<string> => (await nam.get(location)).text.replace(/công thức v\d|[0-9a-f]{64}/g, "");
    await nam.get(location); // takes the word that it is closed
    const now = await said();
    const row = (await app.db("month_closings").first()) as Record<string, unknown>;
    const records = (await app.db("month_closing_records").first()) as { periods: string; lessons: string };
    // What was written before online periods were counted in hundredths: the same closing in whole periods, and its hash.
    const cells = (JSON.parse(String(row["cells"])) as Record<string, unknown>[]).map((cell): Record<string, unknown> => ({ ...cell, counted: Number(cell["counted"]) / 100 }));
    const numbers: Record<string, unknown> = { formula_version: 1, counted: 1, counted_in_month: 1 };
    for (const name of ["as_of", "online_bp", "digitised_bp", "target_source", "definition_version", "counter", "planned_to_date", "planned", "covered", "own", "lessons", "subjects_planned", "subjects_met"]) numbers[name] = row[name];
    const signed = JSON.stringify([
      Object.entries(numbers).sort(([a], [b]) => (a < b ? -1 : 1)),
      cells.map((cell) => ["subject", "grade", "counted", "planned", "lessons", "covered", "own", "from_national"].map((name) => cell[name])),
      [["2026-10", 1]],
      JSON.parse(records.periods),
      (JSON.parse(records.lessons) as [string, number][]).map(([id, own]) => [id, own === 1]),
    ]);
    const hash = createHash("sha256").update(signed).digest("hex");
    await app.db("month_closings").update({ formula_version: 1, counted: 1, counted_in_month: 1, cells: JSON.stringify(cells), months: JSON.stringify({ "2026-10": 1 }), records_hash: hash });
    expect(await said()).to.equal(now).and.to.contain("2,38\u00a0% (1/42)").and.to.contain("mọi bản ghi vẫn đúng như khi chốt");
    const closing = await findClosing(app.db, W.tranPhu, YEAR, "2026-10");
    if (closing === undefined) throw new Error("not closed");
    const { figures } = await takeSnapshot(app.db, { school: { id: W.tranPhu, level: "lower_secondary" }, year_id: YEAR, month: "2026-10", today: "2026-11-24" });
    const names = Object.keys(figures) as (keyof Figures)[];
    const frozen = Object.fromEntries(names.map((name) => [name, closing[name]])) as unknown as Figures;
    expect({ ...frozen, formula_version: 2 }, "formula 2 counts the same").to.deep.equal(figures);
    expect(hashOf(canonical(frozen, await loadRecords(app.db, closing.id))), "opened again from its records").to.equal(hash);
  });

  it("is for the school's leaders, once, and only when the month is over", async () => {
    expect((await (await app.as("huong")).post(`${OCTOBER}/closing`, {})).status).to.equal(403);
    expect((await (await app.as("dung")).post(`${OCTOBER}/closing`, {})).status).to.equal(403);
    expect((await (await app.as("lan")).get(OCTOBER)).status).to.equal(404);
    expect((await (await app.as("minh")).get(OCTOBER)).status).to.equal(403);
    const november = await nam.get(`${MONTHS}/2026-11`);
    expect(november.text).to.contain("chốt được từ ngày 30/11/2026").and.not.to.contain("/closing");
    expect((await nam.post(`${MONTHS}/2026-11/closing`, { seen: "0".repeat(64) })).status).to.equal(409);
    expect((await nam.get(`${MONTHS}/2026-12`)).status, "a month to come").to.equal(404);
    expect((await nam.post(`${MONTHS}/2026-12/closing`, { seen: "0".repeat(64) })).status).to.equal(409);
    expect((await nam.get(`${MONTHS}/2019-10`)).status, "a month of no year").to.equal(404);
    expect((await close(nam)).status).to.equal(303);
    expect((await nam.post(`${OCTOBER}/closing`, { seen: "0".repeat(64) })).status, "again").to.equal(409);
    app.time.now = "2026-11-29T17:30:00.000Z"; // half past midnight of the 30th in Viet Nam
    expect((await close(nam, `${MONTHS}/2026-11`)).status, "on the last day").to.equal(303);
  });

  it("lets one of two leaders close it who press at the same moment", async () => {
    const oanh = await app.as("oanh");
    const seen = seenIn(await nam.get(OCTOBER));
    const answers = await Promise.all([nam, oanh].map((leader) => leader.post(`${OCTOBER}/closing`, { seen, note: "" })));
    expect(answers.map((answer) => answer.status).sort()).to.deep.equal([303, 409]);
    const rows = await all(z.object({ id: col.id() }), app.db("month_closings").select("id"));
    expect(rows).to.have.length(1);
  });

  it("shows the new figures and keeps the note where they moved between reading and closing", async () => {
    const seen = seenIn(await nam.get(OCTOBER));
    await declare(app.db, { lesson: 2, day: "2026-10-13", act: "confirm" });
    const answer = await nam.post(`${OCTOBER}/closing`, { seen, note: "Đã xem" });
    expect(answer.status).to.equal(409);
    expect(answer.text).to.contain("Số liệu vừa thay đổi").and.to.contain("2/42").and.to.contain("Đã xem");
    expect((await nam.post(`${OCTOBER}/closing`, { seen: seenIn(answer), note: "Đã xem" })).status).to.equal(303);
    const long = await nam.post(`${MONTHS}/2026-09/closing`, { seen: seenIn(await nam.get(`${MONTHS}/2026-09`)), note: "x".repeat(1001) });
    expect(long.status).to.equal(422);
    expect(long.text).to.contain("x".repeat(1001)).and.to.contain("Dài quá: tối đa 1000 ký tự");
  });

  it("counts a class that ended and a self-study that was done while their news still wait in the queue", async () => {
    await holdLiveClass(app.db, { carries: [{ course: W.toan6A, lesson: W.toanLesson(2), number: 1 }], starts: "2026-10-30T00:00:00.000Z", minutes: 45, present: { minh: 45, an: 45 } });
    await studyAlone(app.db, { course: W.toan6A, lesson: W.toanLesson(3), from: 1, to: 1, opens: "2026-10-26T00:00:00.000Z", due: "2026-10-30T10:00:00.000Z", done: { minh: "2026-10-27T10:00:00.000Z", an: "2026-10-28T10:00:00.000Z" } });
    const first = await nam.post(`${OCTOBER}/closing`, { seen: seenIn(await nam.get(OCTOBER)), note: "" });
    expect(first.status, "the page was read before they were counted").to.equal(409);
    expect(first.text).to.contain("3/42");
    expect((await nam.post(`${OCTOBER}/closing`, { seen: seenIn(first), note: "" })).status).to.equal(303);
    await app.settle();
    expect((await findClosing(app.db, W.tranPhu, YEAR, "2026-10"))?.counted).to.equal(wholePeriods(3));
    expect((await nam.get(OCTOBER)).text, "heard again, nothing is counted twice").to.contain("mọi bản ghi vẫn đúng như khi chốt");
  });

  it("names the periods that nobody has confirmed, and the earlier months that are open", async () => {
    await declare(app.db, { lesson: 3, day: "2026-10-15" });
    await reconcileSchool(app.db, W.tranPhu, YEAR, NOW);
    const page = await nam.get(OCTOBER);
    expect(page.text).to.contain("Còn 1 tiết chờ xác nhận").and.to.contain("Thứ tự trong tập hợp các số tự nhiên").and.to.contain("15/10/2026");
    expect(page.text).to.contain("Chưa chốt: Tháng 9/2026");
  });

  it("explains record by record what became different, and never changes what was reported", async () => {
    const external = await declare(app.db, { lesson: 2, day: "2026-10-13", act: "confirm" });
    await reconcileSchool(app.db, W.tranPhu, YEAR, NOW);
    await close(nam);
    const closed = await findClosing(app.db, W.tranPhu, YEAR, "2026-10");
    app.time.now = "2026-11-26T02:00:00.000Z";
    await say(app.db, external, "reverse", app.time.now);
    await declare(app.db, { lesson: 4, day: "2026-10-22", act: "confirm" }).then((id) => app.db("deliveries").where({ id }).update({ created_at: app.time.now }));
    const material = (await all(z.object({ id: col.id() }), app.db("materials").select("id")))[0]?.id ?? "";
    await app.db("materials").where({ id: material }).update({ state: "draft", approved_version_id: null });
    await app.db("material_steps").insert({ id: newId(), material_id: material, version_id: (await app.db("material_versions").first("id") as { id: string }).id, act: "withdraw", by: W.nam, at: "2026-10-30T03:00:00.000Z" });
    await app.db("plan_lessons").where({ id: W.vanLesson(3) }).update({ removed_at: app.time.now });
    await reconcileSchool(app.db, W.tranPhu, YEAR, app.time.now);
    const page = await nam.get(OCTOBER);
    expect(page.text).to.contain("Đã báo cáo 4,76\u00a0% (2/42), nay 4,87\u00a0% (2/41)");
    expect(page.text).to.contain("Tiết không còn được tính").and.to.contain(`/ledger/${external}`).and.to.contain("bị hủy ghi nhận, ngày 26/11/2026");
    expect(page.text).to.contain("Tiết được tính thêm").and.to.contain("Phép cộng và phép trừ số tự nhiên").and.to.contain("ghi nhận sau khi chốt, ngày 26/11/2026");
    expect(page.text).to.contain("Bài học không còn học liệu đã duyệt");
    expect(page.text).to.contain("Kế hoạch dạy học thay đổi").and.to.contain("14 → 13");
    expect(await findClosing(app.db, W.tranPhu, YEAR, "2026-10")).to.deep.equal(closed);
    expect((await (await app.as("dung")).get(OCTOBER)).text, "an officer reads no pupil").to.contain("Tiết không còn được tính").and.not.to.contain("Lê Đức Minh");
  });

  it("is reopened by the level above alone, with a reason that the leaders are told; the old closing stays", async () => {
    await close(nam);
    const dung = await app.as("dung");
    expect((await nam.post(`${OCTOBER}/reopening`, { reason: "nhầm" })).status).to.equal(403);
    expect((await (await app.as("ngan")).post(`${OCTOBER}/reopening`, { reason: "nhầm" })).status).to.equal(404);
    const empty = await dung.post(`${OCTOBER}/reopening`, { reason: " " });
    expect(empty.status).to.equal(422);
    expect(empty.text).to.contain("Hãy ghi lí do.");
    const reopened = await dung.post(`${OCTOBER}/reopening`, { reason: "Thiếu tiết của lớp 6B" });
    expect(reopened.status).to.equal(303);
    expect((await dung.post(`${OCTOBER}/reopening`, { reason: "lần nữa" })).status).to.equal(409);
    expect((await nam.get(reopened.location)).text).to.contain("Cao Tiến Dũng").and.to.contain("Thiếu tiết của lớp 6B");
    expect((await nam.get("/notices")).text).to.contain("Cao Tiến Dũng mở lại số liệu tháng 10/2026");
    await declare(app.db, { lesson: 2, day: "2026-10-13", act: "confirm" });
    expect((await close(await app.as("oanh"))).status).to.equal(409);
    expect((await close(await app.as("oanh"))).status).to.equal(303);
    const page = await nam.get(OCTOBER);
    expect(page.text).to.contain("(lần 2)").and.to.contain("4,76\u00a0% (2/42)").and.to.contain("Cao Tiến Dũng mở lại");
    expect((await nam.get(reopened.location)).text).to.contain("2,38\u00a0% (1/42)");
  });

  it("is followed by the offices, which remind those who have not closed", async () => {
    await close(nam);
    const dung = await app.as("dung");
    const page = await dung.get("/measures/months");
    expect(page.text).to.contain("1/2 trường đã chốt").and.to.not.contain("Nhắc");
    await raise(app.db, coursesChanged, { schoolId: W.leLoi, yearId: YEAR }, NOW);
    await app.settle();
    expect((await dung.get("/measures/months")).text).to.contain("Nhắc 1 trường chưa chốt");
    const answer = await dung.post("/measures/months/reminders", { unit: W.commune, month: "2026-10" });
    expect((await dung.get(answer.location)).text).to.contain("Đã nhắc lãnh đạo của 1 trường");
    expect((await (await app.as("lan")).get("/notices")).text).to.contain("Số liệu tháng 10/2026 của THCS Lê Lợi chờ thầy cô chốt");
    expect((await nam.post("/measures/months/reminders", { unit: W.commune, month: "2026-10" })).status, "a leader reads the table and reminds nobody").to.equal(403);
    expect((await dung.post("/measures/months/reminders", { unit: W.commune, month: "2026-12" })).status).to.equal(409);
    expect((await dung.get("/measures/months?month=2031-01")).status).to.equal(200);
  });

  it("reminds on the last day of the month, and three and five days later", async () => {
    const told = async (at: string): Promise<number> => {
      await app.db("notices").del();
      await remindOfMonths(app.db, at);
      return (await all(z.object({ id: col.id() }), app.db("notices").where({ kind: "month_due" }).select("id"))).length;
    };
    expect(await told("2026-10-30T00:00:00.000Z")).to.equal(0);
    expect(await told("2026-10-31T00:00:00.000Z"), "both leaders").to.equal(2);
    expect(await told("2026-11-03T00:00:00.000Z")).to.equal(2);
    await close(nam);
    expect(await told("2026-11-05T00:00:00.000Z")).to.equal(0);
  });
});

type Step =
  | { what: "declare"; lesson: number; number: number; course: number; day: number; said: "confirm" | "refuse" | "nothing" }
  | { what: "live"; lesson: number; number: number; course: number; day: number; minutes: number; present: number }
  | { what: "say"; of: number; act: "confirm" | "refuse" | "reverse" | "restore" }
  | { what: "correct"; of: number; present: boolean }
  | { what: "approve"; lesson: number; day: number; adopted: boolean }
  | { what: "material"; of: number; act: "withdraw" | "retire"; day: number }
  | { what: "remove"; lesson: number };

const number = (max: number) => fc.integer({ min: 1, max });
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ what: fc.constant("declare" as const), lesson: number(10), number: number(3), course: fc.nat(1), day: number(60), said: fc.constantFrom("confirm" as const, "confirm" as const, "refuse" as const, "nothing" as const) }),
  fc.record({ what: fc.constant("live" as const), lesson: number(10), number: number(3), course: fc.nat(1), day: number(60), minutes: fc.constantFrom(20, 31, 32, 45), present: fc.nat(4) }),
  fc.record({ what: fc.constant("say" as const), of: fc.nat(9), act: fc.constantFrom("confirm" as const, "refuse" as const, "reverse" as const, "restore" as const) }),
  fc.record({ what: fc.constant("correct" as const), of: fc.nat(9), present: fc.boolean() }),
  fc.record({ what: fc.constant("approve" as const), lesson: number(10), day: number(50), adopted: fc.boolean() }),
  fc.record({ what: fc.constant("material" as const), of: fc.nat(5), act: fc.constantFrom("withdraw" as const, "retire" as const), day: number(50) }),
  fc.record({ what: fc.constant("remove" as const), lesson: number(10) }),
);

class Undo extends Error {}

describe(`a snapshot is what plain SQL counts from the raw records (${ENGINE})`, () => {
  let db: Db;
  let school: UnitRow;
  before(async () => {
    db = await freshDatabase("world", buildWorld);
    school = (await loadSchool(db, W.tranPhu)) as UnitRow;
  });
  after(() => db.destroy());

  it("for random histories, and stays so when they go on after the closing", async function () {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 18 }), fc.array(step, { maxLength: 8 }), async (history, corrections) => {
        await db
          .transaction(async (trx) => {
            const made: Made = { deliveries: [], live: [], materials: [], clock: 0 };
            for (const one of history) await happen(trx, made, one);
            await reconcileSchool(trx, W.tranPhu, YEAR, NOW);
            const of = { school, year_id: YEAR, month: "2026-10", today: "2026-11-24" };
            const expected = await recount(trx);
            const seen = (await takeSnapshot(trx, of)).hash;
            const id = await closeMonth(trx, { school: grantAsSystem(school, "lead"), year_id: YEAR, month: "2026-10", note: "", seen }, { by: W.nam, at: NOW, requestId: "test" });
            const closed = await findClosing(trx, W.tranPhu, YEAR, "2026-10");
            expect({ counted: closed?.counted, planned: closed?.planned, covered: closed?.covered, own: closed?.own, lessons: closed?.lessons }).to.deep.equal(expected);
            const records = await loadRecords(trx, id ?? "");
            expect(wholePeriods(records.periods.length)).to.equal(expected.counted);
            expect(records.lessons.filter((lesson) => lesson.own).length).to.equal(expected.own);
            for (const one of corrections) await happen(trx, made, one);
            await reconcileSchool(trx, W.tranPhu, YEAR, NOW);
            expect(await findClosing(trx, W.tranPhu, YEAR, "2026-10"), "what was reported").to.deep.equal(closed);
            const { counted, planned, covered, own, lessons } = (await takeSnapshot(trx, of)).figures;
            expect({ counted, planned, covered, own, lessons }, "what it is now").to.deep.equal(await recount(trx));
            throw new Undo();
          })
          .catch((error: unknown) => {
            if (!(error instanceof Undo)) throw error;
          });
      }),
      { numRuns: 40 },
    );
  });
});

interface Made {
  deliveries: string[];
  live: string[];
  materials: string[];
  /** Acts follow each other by their times and ids. */
  clock: number;
}

const COURSES = [W.toan6A, W.toan6B];
const PUPILS: string[][] = [[W.minh, W.an, W.chau, W.duy], [W.khoi, W.lam]];
/** Day 1 is 1 October 2026, day 40 is in November. */
const dayAt = (day: number): string => new Date(Date.UTC(2026, 9, day)).toISOString().slice(0, 10);

async function happen(db: Db, made: Made, step: Step): Promise<void> {
  made.clock += 1;
  const at = new Date(Date.parse(NOW) + made.clock * 1000).toISOString();
  switch (step.what) {
    case "declare": {
      const id = await declare(db, { lesson: step.lesson, number: step.number, course: COURSES[step.course] ?? W.toan6A, day: dayAt(step.day) });
      made.deliveries.push(id);
      if (step.said !== "nothing") await say(db, id, step.said, at);
      return;
    }
    case "live": {
      const id = newId();
      const [course, starts] = [COURSES[step.course] ?? W.toan6A, `${dayAt(step.day)}T00:30:00.000Z`];
      const ends = new Date(Date.parse(starts) + step.minutes * 60_000).toISOString();
      await db("live_classes").insert({ id, school_id: W.tranPhu, teacher_id: W.huong, title: "Lớp", starts_at: starts, length_minutes: 45, purpose: "lesson", state: "ended", opened_at: starts, ended_at: ends, created_at: starts });
      const period = { course_id: course, plan_lesson_id: W.toanLesson(step.lesson), period_number: step.number };
      await db("live_class_periods").insert({ live_class_id: id, ...period });
      for (const person_id of (PUPILS[step.course] ?? []).slice(0, step.present)) await db("attendances").insert({ live_class_id: id, course_id: course, person_id, present_minutes: step.minutes, present: true });
      const delivery = newId();
      await db("deliveries").insert({ id: delivery, ...period, mode: "online", evidence_kind: "live", evidence_id: id, taught_on: dayAt(step.day), taught_by: W.huong, created_at: ends });
      made.live.push(id);
      made.deliveries.push(delivery);
      return;
    }
    case "say": {
      const id = made.deliveries[step.of];
      if (id !== undefined) await say(db, id, step.act, at);
      return;
    }
    case "correct": {
      const id = made.live[step.of];
      if (id !== undefined) await db("attendances").where({ live_class_id: id }).update({ corrected_present: step.present, corrected_by: W.huong, corrected_at: at });
      return;
    }
    case "approve": {
      const id = await digitise(db, [W.toanLesson(step.lesson)], `${dayAt(step.day)}T03:00:00.000Z`);
      if (step.adopted) await db("materials").where({ id }).update({ origin: "adopted" });
      made.materials.push(id);
      return;
    }
    case "material": {
      const id = made.materials[step.of];
      if (id === undefined) return;
      await db("materials").where({ id }).update(step.act === "retire" ? { state: "retired" } : { state: "draft", approved_version_id: null });
      const version = (await all(z.object({ id: col.id() }), db("material_versions").where({ material_id: id }).select("id")))[0]?.id;
      await db("material_steps").insert({ id: newId(), material_id: id, version_id: version, act: step.act, by: W.nam, at: `${dayAt(step.day)}T0${4 + (made.clock % 5)}:00:00.000Z` });
      return;
    }
    case "remove":
      if (LESSONS.length >= step.lesson) await db("plan_lessons").where({ id: W.toanLesson(step.lesson) }).update({ removed_at: at });
  }
}

/**
 * October 2026 of THCS Trần Phú, from the raw records and DOMAIN §2.1 and §2.2 alone: no sum, no projection, no verdict.
 * A period counts once; where several deliveries hold, the strongest evidence stands, then the earliest day.
 */
async function recount(db: Db): Promise<{ counted: Hundredths; planned: number; covered: number; own: number; lessons: number }> {
  const figure = z.object({ figure: col.int() });
  const one = async (sql: string): Promise<number> => (await all(figure, db.raw(sql)))[0]?.figure ?? 0;
  const lastAct = (acts: string): string => `(SELECT a.act FROM delivery_acts a WHERE a.delivery_id = d.id AND a.act IN (${acts}) ORDER BY a.id DESC LIMIT 1)`;
  const counted = await one(`
    SELECT COUNT(*) AS figure FROM (
      SELECT d.taught_on, ROW_NUMBER() OVER (PARTITION BY d.course_id, d.plan_lesson_id, d.period_number
               ORDER BY CASE d.evidence_kind WHEN 'live' THEN 0 ELSE 2 END, d.taught_on, d.id) AS place
        FROM deliveries d
        JOIN courses c ON c.id = d.course_id AND c.school_id = '${W.tranPhu}' AND c.year_id = '${YEAR}'
        JOIN plans p ON p.id = c.plan_id AND p.version > 0
        JOIN plan_lessons l ON l.id = d.plan_lesson_id AND l.plan_id = p.id AND l.removed_at IS NULL AND d.period_number <= l.periods
        LEFT JOIN live_classes v ON d.evidence_kind = 'live' AND v.id = d.evidence_id
       WHERE d.mode = 'online' AND COALESCE(${lastAct("'reverse', 'restore'")}, 'restore') = 'restore'
         AND ((d.evidence_kind = 'external' AND d.proof_url IS NOT NULL AND ${lastAct("'confirm', 'refuse'")} = 'confirm')
           OR (v.state = 'ended' AND v.purpose = 'lesson'
               AND CAST(SUBSTR(v.ended_at, 15, 2) AS INTEGER) + 60 * CAST(SUBSTR(v.ended_at, 12, 2) AS INTEGER) - 30 >= 31.5
               AND 2 * (SELECT COUNT(*) FROM attendances a WHERE a.live_class_id = v.id AND a.course_id = d.course_id AND COALESCE(a.corrected_present, a.present))
                   >= (SELECT COUNT(*) FROM class_enrolments e WHERE e.class_id = c.class_id)))
    ) standing WHERE place = 1 AND taught_on <= '2026-10-31'`);
  const planned = await one(`
    SELECT SUM(l.periods) AS figure FROM courses c JOIN plans p ON p.id = c.plan_id AND p.version > 0
      JOIN plan_lessons l ON l.plan_id = p.id AND l.removed_at IS NULL WHERE c.school_id = '${W.tranPhu}' AND c.year_id = '${YEAR}'`);
  const lastStep = (acts: string): string => `(SELECT s.act FROM material_steps s WHERE s.material_id = m.id AND s.act IN (${acts}) AND s.at < '2026-10-31T17:00:00.000Z' ORDER BY s.at DESC, s.id DESC LIMIT 1)`;
  const lessons = (having: string): string => `
    SELECT COUNT(*) AS figure FROM plan_lessons l JOIN plans p ON p.id = l.plan_id
     WHERE p.school_id = '${W.tranPhu}' AND p.version > 0 AND l.removed_at IS NULL AND l.kind IN ('lesson', 'topic', 'practice', 'activity') ${having}`;
  const material = (of: string): string => `AND EXISTS (SELECT 1 FROM material_lessons k JOIN materials m ON m.id = k.material_id AND m.school_id = p.school_id ${of}
     WHERE k.plan_lesson_id = l.id AND k.linked_at < '2026-10-31T17:00:00.000Z' AND ${lastStep("'approve', 'withdraw'")} = 'approve' AND COALESCE(${lastStep("'retire', 'restore'")}, 'restore') = 'restore')`;
  return { counted: wholePeriods(counted), planned, covered: await one(lessons(material(""))), own: await one(lessons(material("AND m.origin <> 'adopted'"))), lessons: await one(lessons("")) };
}
