import { expect } from "chai";
import { afterEach, beforeEach, describe, it } from "mocha";
import { coursesChanged } from "../../server/courses/events.ts";
import { previewJobs } from "../../server/measures/preview/jobs.ts";
import { materialApproved } from "../../server/materials/events.ts";
import { countOf, insertAll } from "../../server/platform/db.ts";
import { raise } from "../../server/platform/jobs/queue.ts";
import { startApp, type Running } from "../support/app.ts";
import { digitise, holdLiveClass } from "../support/ledger.ts";
import { id, NOW, unit, W, YEAR } from "../support/world.ts";

const FORM = { valid_from: "2026-09-01", live_length: "70", live_class_present: "50", live_pupil_stayed: "50", self_study_completed: "50", lesson_kinds: ["lesson", "topic", "practice", "activity"], digitised_counter: "all", note: "Công văn 12" };
const PREVIEWS = "/measures/settings/definition-previews";

describe("the preview of a definition", () => {
  let app: Running;
  beforeEach(async () => {
    app = await startApp();
    await raise(app.db, coursesChanged, { schoolId: W.tranPhu, yearId: YEAR }, NOW);
    await holdLiveClass(app.db, { carries: [{ course: W.toan6A, lesson: W.toanLesson(1), number: 1 }], starts: "2026-11-10T00:00:00.000Z", minutes: 45, present: { minh: 45, an: 45 } });
    const material = await digitise(app.db, [W.toanLesson(1)], NOW);
    await raise(app.db, materialApproved, { materialId: material }, NOW);
    await app.settle();
  });
  afterEach(() => app.stop());

  const preview = async (change: object): Promise<string> => {
    const answer = await (await app.as("ha")).post(PREVIEWS, { ...FORM, ...change });
    expect(answer.status).to.equal(303);
    return answer.location;
  };
  const page = async (path: string): Promise<string> => (await (await app.as("ha")).get(path)).text;

  it("counts real data under both, changes nothing, and says what becomes of each level and school", async () => {
    const path = await preview({ live_class_present: "75" });
    expect(await page(path)).to.contain("Đang tính lại từng trường").and.to.contain(`data-src="${path}/progress"`).and.not.to.contain("Lưu thành phiên bản mới");
    expect(JSON.parse(await page(`${path}/progress`))).to.include({ running: true, label: "Đang tính lại từng trường", value: 0 });
    await app.settle();
    const shown = await page(path);
    expect(JSON.parse(await page(`${path}/progress`))).to.include({ running: false });
    expect(shown, "nothing is asked for any more").not.to.contain("job-progress data");
    expect(shown).to.contain("1/42 → 0/42").and.to.contain("đạt → chưa đạt").and.to.contain("THCS Trần Phú").and.to.contain("50").and.to.contain("75");
    expect(await app.db("definitions")).to.have.length(1);
    expect(await countOf(app.db("measure_online_totals").sum({ n: "counted" }))).to.equal(100);
    expect((await (await app.as("ha")).get(`${path}/schools.csv`)).text).to.contain('"THCS Trần Phú","THCS","1","0","42"');
  });

  it("shows what it then becomes: the sums after saving are those that were previewed", async () => {
    const change = { live_class_present: "75", lesson_kinds: ["lesson", "practice", "review", "test", "activity", "topic"] };
    const path = await preview(change);
    await app.settle();
    expect(await page(path)).to.contain("1/16 → 1/20");
    const previewed = (await app.db("definition_preview_schools").where({ school_id: W.tranPhu }).first()) as Record<string, number>;
    expect((await (await app.as("ha")).post("/measures/settings/definitions", { ...FORM, ...change })).status).to.equal(303);
    await app.settle();
    const [lessons] = (await app.db("measure_plan_totals").where({ school_id: W.tranPhu }).sum({ planned: "lessons_planned", covered: "lessons_covered" })) as { planned: number; covered: number }[];
    const [online] = (await app.db("measure_online_totals").sum({ n: "counted" })) as { n: number }[];
    expect([Number(online?.n), Number(lessons?.covered), Number(lessons?.planned)]).to.deep.equal([Number(previewed["then_counted"]), Number(previewed["then_covered"]), Number(previewed["then_lessons"])]);
    expect(await page(path)).to.contain("cách tính đang dùng đã thay đổi").and.not.to.contain("Lưu thành phiên bản mới");
  });

  it("is counted once however often the button is pressed, and anew when something else is proposed", async () => {
    const both = await Promise.all([preview({ live_class_present: "75" }), preview({ live_class_present: "75" })]);
    expect(both[0]).to.equal(both[1]);
    expect(await preview({ live_class_present: "76" })).not.to.equal(both[0]);
    await app.settle();
    expect(await preview({ live_class_present: "75" })).not.to.equal(both[0]);
  });

  it("says when a proposal is what is in force, and goes back to the form with it", async () => {
    const path = await preview({ valid_from: "2026-12-01" });
    await app.settle();
    expect(await page(path)).to.contain("giống hệt cách tính đang dùng").and.not.to.contain("Lưu thành phiên bản mới");
    const back = /href="(\/measures\/settings\?proposal=[0-9a-z]{26})"/.exec(await page(path))?.[1] ?? "";
    expect(await page(back)).to.contain('value="2026-12-01"').and.to.contain("Công văn 12");
  });

  it("counts a province some schools at a time, so that other work is not held up", async () => {
    const schools = Array.from({ length: 23 }, (_, i) => unit(id(`nhiev${i}`), "school", `Trường ${i}`, W.otherCommune, `/${W.department}/${W.otherCommune}/${id(`nhiev${i}`)}/`, "primary", "rural"));
    await insertAll(app.db, "units", schools);
    await insertAll(app.db, "measure_plan_totals", schools.map((school) => ({ school_id: school.id, campus_id: "", year_id: YEAR, subject_code: "TOAN", grade: 4, courses: 1, planned_periods: 100, from_national: false, lessons_planned: 0, lessons_covered: 0, lessons_own: 0 })));
    const path = await preview({ live_length: "80" });
    await app.settle();
    expect(await countOf(app.db("definition_preview_schools").count({ n: "*" }))).to.equal(24);
    expect(await countOf(app.db("events").where({ name: "definition_preview_asked", state: "done" }).count({ n: "*" }))).to.equal(3);
    expect(await page(path)).to.contain("Không trường nào đổi").and.to.contain("Tất cả");
  });

  it("goes on past a school that cannot be counted, names it, and tries it again", async () => {
    await app.db("measure_plan_totals").insert({ school_id: W.leLoi, campus_id: "", year_id: YEAR, subject_code: "TOAN", grade: 6, courses: 1, planned_periods: 100, from_national: false, lessons_planned: 0, lessons_covered: 0, lessons_own: 0 });
    const path = await preview({ live_class_present: "75" });
    const failing = new Proxy(app.db, {
      apply: (db, self, [name, ...rest]: [string]) => {
        const query = Reflect.apply(db, self, [name, ...rest]) as { insert: (row: { school_id: string }) => unknown };
        if (name !== "definition_preview_schools") return query;
        const insert = query.insert.bind(query);
        query.insert = (row) => {
          if (row.school_id === W.leLoi) throw new Error("this school fails");
          return insert(row);
        };
        return query;
      },
    });
    const asked = (await app.db("events").where({ name: "definition_preview_asked", state: "due" }).first()) as { payload: string };
    for (const job of previewJobs) if (job.event === "definition_preview_asked") await job.handle(JSON.parse(asked.payload), { db: failing, at: NOW });
    expect(await page(path)).to.contain("1/42 → 0/42").and.to.contain("Chưa tính được 1 trường: THCS Lê Lợi");
    await app.settle();
    expect(await page(path)).to.contain("1/142 → 0/142").and.not.to.contain("Chưa tính được");
  });

  it("is the province's alone, and keeps what was typed when it is wrong", async () => {
    const path = await preview({ live_length: "80" });
    for (const [login, status] of [["dung", 403], ["nam", 403], ["minh", 403], ["bach", 403]] as const) {
      const person = await app.as(login);
      expect((await person.get(path)).status, login).to.equal(status);
      expect((await person.post(PREVIEWS, FORM)).status, login).to.equal(status);
    }
    const wrong = await (await app.as("ha")).post(PREVIEWS, { ...FORM, live_length: "170", note: "Giữ lại" });
    expect(wrong.status).to.equal(422);
    expect(wrong.text).to.contain("170").and.to.contain("Giữ lại");
    expect((await (await app.as("ha")).get(`/measures/definition-previews/${id("unknown")}`)).status).to.equal(404);
  });
});

describe("the preview of targets", () => {
  let app: Running;
  beforeEach(async () => {
    app = await startApp();
    await raise(app.db, coursesChanged, { schoolId: W.tranPhu, yearId: YEAR }, NOW);
    await holdLiveClass(app.db, { carries: [{ course: W.toan6A, lesson: W.toanLesson(1), number: 1 }], starts: "2026-11-10T00:00:00.000Z", minutes: 45, present: { minh: 45, an: 45 } });
    await app.settle();
  });
  afterEach(() => app.stop());

  const TARGETS = { year: YEAR, level: "lower_secondary", online_share: "2,5", digitised: "5", source: "Công văn 12" };
  const pathOf = (change: object = {}, ext = ""): string => `/measures/settings/target-preview${ext}?${new URLSearchParams({ ...TARGETS, ...change }).toString()}`;

  it("says by level and school what would be met, saves nothing, and what is saved then is what was shown", async () => {
    const ha = await app.as("ha");
    const shown = await ha.get(pathOf()); // 1 of 42 periods is 2,38 %
    expect(shown.status).to.equal(200);
    expect(shown.text).to.contain("THCS Trần Phú").and.to.contain("đạt → chưa đạt").and.to.contain("1 → 0").and.to.contain("Lưu chỉ tiêu này").and.not.to.contain("THCS Lê Lợi");
    expect((await ha.get(pathOf({ online_share: "2,3" }))).text).to.contain("Không trường nào đổi");
    expect((await ha.get(pathOf({ level: "primary" }))).text, "another level changes nothing here").to.contain("Không trường nào đổi");
    expect((await ha.get(pathOf({}, ".csv"))).text).to.contain('"THCS Trần Phú","THCS","1","1","42"');
    expect(await app.db("targets").where({ level: "lower_secondary" })).to.deep.equal([]);

    const was = (text: string): string => /name="was" value="([^"]*)"/.exec(text)?.[1] ?? "?";
    expect((await ha.post("/measures/settings/targets", { ...TARGETS, was: was(shown.text) })).status).to.equal(303);
    expect((await ha.get(`/schools/${W.tranPhu}/measures`)).text).to.contain("trên 2,5");
    expect((await ha.get(pathOf())).text).to.contain("giống hệt chỉ tiêu đang dùng").and.not.to.contain("Lưu chỉ tiêu này");
    expect((await ha.post("/measures/settings/targets", { ...TARGETS, online_share: "9", was: was(shown.text) })).status, "on top of what somebody else changed").to.equal(409);
    expect(await app.db("targets").where({ level: "lower_secondary" }).pluck("online_share_bp")).to.deep.equal([250]);
  });

  it("adds up no school that has no plan: it is among the schools and in no sum", async () => {
    const sums = { school_id: W.leLoi, campus_id: "", year_id: YEAR, subject_code: "TOAN", grade: 6, courses: 1, planned_periods: 140, from_national: true, lessons_planned: 0, lessons_covered: 0, lessons_own: 0 };
    await app.db("measure_plan_totals").insert(sums);
    const shown = (await (await app.as("ha")).get(pathOf())).text;
    expect(shown, "1 of the 42 periods of the school with a plan").to.contain("1/42").and.not.to.contain("1/182");
  });

  it("comes back with what was typed, says what is wrong with it, and is for the department alone", async () => {
    const ha = await app.as("ha");
    const wrong = await ha.get(pathOf({ online_share: "250" }));
    expect(wrong.status).to.equal(422);
    expect(wrong.text).to.contain('value="250"').and.to.contain('value="Công văn 12"');
    const back = /href="(\/measures\/settings\?[^"]*online_share[^"]+)"/.exec((await ha.get(pathOf())).text.replaceAll("&amp;", "&"))?.[1] ?? "";
    expect((await ha.get(back)).text).to.contain('value="2,5"').and.to.contain('value="Công văn 12"');
    for (const [login, status] of [["dung", 403], ["nam", 403], ["minh", 403]] as const) for (const ext of ["", ".csv", ".xlsx"]) expect((await (await app.as(login)).get(pathOf({}, ext))).status, login + ext).to.equal(status);
  });
});
