import { expect } from "chai";
import { afterEach, beforeEach, describe, it } from "mocha";
import type { MeasuresAnswer } from "../../server/api/schema.ts";
import { coursesChanged } from "../../server/courses/events.ts";
import { raise } from "../../server/platform/jobs/queue.ts";
import { programOf } from "../support/api.ts";
import { startApp, type Running } from "../support/app.ts";
import { linkIn, type Client } from "../support/client.ts";
import { closeAsLeader, OCTOBER } from "../support/closing.ts";
import { holdLiveClass } from "../support/ledger.ts";
import { NOW, W, YEAR } from "../support/world.ts";

const FORM = { valid_from: "2026-09-01", live_length: "70", live_class_present: "50", live_pupil_stayed: "50", self_study_completed: "50", partial_periods: "whole_only", lesson_kinds: ["lesson", "topic", "practice", "activity"], digitised_counter: "all", note: "" };
const SCHOOL = `/schools/${W.tranPhu}/measures`;

describe("periods that were online in part", () => {
  let app: Running;
  let ha: Client;
  let nam: Client;
  beforeEach(async () => {
    app = await startApp();
    await raise(app.db, coursesChanged, { schoolId: W.tranPhu, yearId: YEAR }, NOW);
    await hold(1, 45, "2026-10-12");
    await hold(2, 20, "2026-10-13");
    await app.settle();
    [ha, nam] = [await app.as("ha"), await app.as("nam")];
  });
  afterEach(() => app.stop());

  const hold = (lesson: number, minutes: number, day: string) =>
    holdLiveClass(app.db, { carries: [{ course: W.toan6A, lesson: W.toanLesson(lesson), number: 1 }], starts: `${day}T00:00:00.000Z`, minutes, present: { minh: minutes, an: minutes, khoi: minutes } });
  const read = async (client: Client, path: string): Promise<string> => (await client.get(path)).text;
  const define = async (change: object): Promise<void> => {
    expect((await ha.post("/measures/settings/definitions", { ...FORM, ...change })).status).to.equal(303);
    await app.settle();
  };

  it("do not count at first; the evidence says how long the class was", async () => {
    expect(await read(nam, SCHOOL)).to.contain("1/42 tiết");
    const list = await read(nam, `${SCHOOL}/periods`);
    expect(list).to.contain("2 tiết ghi nhận, tính là 1 tiết").and.to.contain("Lớp học kéo dài 20 phút, cần ít nhất 31,5 phút.");
    expect(list).to.contain("Một tiết được tính trọn hoặc không tính");
  });

  it("count for their minutes once the officer says so: seen in the preview, then on the school's page, and proved in two clicks", async () => {
    const answer = await ha.post("/measures/settings/definition-previews", { ...FORM, partial_periods: "by_fraction" });
    await app.settle();
    const preview = await read(ha, answer.location);
    expect(preview).to.contain("Không tính; vẫn ghi số phút").and.to.contain("Tính theo phần đã dạy").and.to.contain("1/42 → 1,44/42");
    expect(await read(ha, `${answer.location}/schools.csv`)).to.contain('"THCS Trần Phú","THCS","1","1.44","42"');
    expect(await read(nam, SCHOOL), "nothing is saved yet").to.contain("1/42 tiết");
    await define({ partial_periods: "by_fraction" });
    const page = await read(nam, SCHOOL);
    expect(page).to.contain("1,44/42 tiết").and.to.match(/3,42\s%/);
    const list = await read(nam, linkIn(page, /href="(\/schools\/[^"]*\/measures\/periods\?[^"]*state=counted[^"]*)"/));
    expect(list).to.contain("2 tiết ghi nhận, tính là 1,44 tiết").and.to.contain("Dạy trực tuyến 20/45 phút của tiết nên được tính 0,44 tiết");
    const evidence = await read(nam, linkIn(list, /href="(\/ledger\/[0-9a-z]{26})"/));
    expect(evidence).to.contain("Được tính một phần").and.to.contain("20/45 phút, tính là 0,44 tiết").and.to.contain("Xét: được tính một phần").and.to.contain("lấy hai chữ số thập phân");
    await nam.post("/preferences", { lang: "en" });
    expect(await read(nam, `${SCHOOL}?lang=en`)).to.match(/1[.,]44/);
    const program = await programOf(app, "ha");
    const told = JSON.parse((await program.get(`/api/v1/schools/${W.tranPhu}/measures`)).text) as MeasuresAnswer;
    expect(told.online.year).to.deep.equal({ counted_periods: 1.44, planned_periods: 42, rate_bp: 342 });
    expect(told.definition.partial_periods).to.equal("by_fraction");
    expect(await read(ha, "/measures/table.csv")).to.contain('"THCS Trần Phú","THCS","1.44","42","3.42"');
  });

  it("count for what the teacher's correction of the attendance leaves, and for a whole period once it is taught again", async () => {
    await define({ partial_periods: "by_fraction", live_class_present: "80" });
    expect(await read(nam, SCHOOL), "three of four were there").to.contain("0/42 tiết");
    await define({ partial_periods: "by_fraction" });
    await hold(2, 45, "2026-11-20");
    await app.settle();
    expect(await read(nam, SCHOOL)).to.contain("2/42 tiết");
    expect(await read(nam, `${SCHOOL}/periods?month=2026-10&state=counted`), "the whole one stands, on its day").to.contain("1 tiết");
  });

  it("leave a closed month as it was reported, and its page says which period counts in part since", async () => {
    const closing = (await closeAsLeader(nam, OCTOBER)).location;
    await define({ partial_periods: "by_fraction" });
    const page = await read(nam, closing);
    expect(page).to.match(/2,38\s% \(1\/42\)/).and.to.match(/3,42\s% \(1,44\/42\)/).and.to.contain("Tiết được tính thêm");
    expect(await read(nam, `/schools/${W.tranPhu}/months`)).to.match(/2,38\s% \(1\/42\)/);
    expect((await ha.post(`${OCTOBER}/reopening`, { reason: "Tính lại tiết dạy một phần" })).status).to.equal(303);
    const again = (await closeAsLeader(nam, OCTOBER)).location;
    await define({ partial_periods: "whole_only" });
    expect(await read(nam, again), "and back").to.match(/3,42\s% \(1,44\/42\)/).and.to.contain("Tiết không còn được tính");
    await define({ partial_periods: "by_fraction", live_length: "40" });
    expect(await read(nam, again)).to.contain("Tiết được tính theo phần khác trước").and.to.contain("Nay được tính trọn tiết.");
  });

  it("are judged by the version of their own day", async () => {
    await define({ partial_periods: "by_fraction", valid_from: "2026-11-01" });
    await hold(3, 20, "2026-11-10");
    await app.settle();
    expect(await read(nam, SCHOOL), "that of October does not").to.contain("1,44/42 tiết");
  });
});

describe("thresholds of a school level", () => {
  let app: Running;
  let ha: Client;
  beforeEach(async () => {
    app = await startApp();
    await raise(app.db, coursesChanged, { schoolId: W.tranPhu, yearId: YEAR }, NOW);
    await holdLiveClass(app.db, { carries: [{ course: W.toan6A, lesson: W.toanLesson(1), number: 1 }], starts: "2026-10-12T00:00:00.000Z", minutes: 30, present: { minh: 30, an: 30, khoi: 30 } });
    await app.settle();
    ha = await app.as("ha");
  });
  afterEach(() => app.stop());

  it("judge the courses of that level alone, are previewed, kept in the form, and said where figures are shown", async () => {
    const path = (await ha.post("/measures/settings/definition-previews", { ...FORM, "lower_secondary.live_length": "60", "primary.live_length": "90" })).location;
    await app.settle();
    const preview = (await ha.get(path)).text;
    expect(preview).to.contain("THCS: Lớp trực tuyến kéo dài ít nhất (% thời lượng dự kiến)").and.to.contain("0/42 → 1/42");
    const back = (await ha.get(`/measures/settings?proposal=${path.split("/").at(-1) ?? ""}`)).text;
    expect(back).to.match(/name="lower_secondary.live_length" value="60"/).and.to.match(/name="upper_secondary.live_length" value=""/);
    const saved = Object.fromEntries([...preview.slice(preview.indexOf('action="/measures/settings/definitions"')).matchAll(/type="hidden" name="([^"]+)" value="([^"]*)"/g)].map(([, name = "", value = ""]) => [name, value]));
    expect(saved).to.include({ "lower_secondary.live_length": "60", partial_periods: "whole_only" });
    expect((await ha.post("/measures/settings/definitions", { ...saved, lesson_kinds: FORM.lesson_kinds })).status).to.equal(303);
    await app.settle();
    const page = (await (await app.as("nam")).get(SCHOOL)).text;
    expect(page).to.contain("1/42 tiết").and.to.match(/THCS: Lớp trực tuyến kéo dài ít nhất 60\s%/).and.not.to.match(/Tiểu học: Lớp trực tuyến/);
    expect((await ha.get("/measures/settings")).text).to.match(/Tiểu học: Lớp trực tuyến kéo dài ít nhất 90\s%/);
    const told = JSON.parse((await (await programOf(app, "ha")).get(`/api/v1/schools/${W.tranPhu}/measures`)).text) as MeasuresAnswer;
    expect(told.definition.levels).to.deep.equal([{ level: "lower_secondary", live_length_bp: 6000, live_class_present_bp: 5000, live_pupil_stayed_bp: 5000, self_study_completed_bp: 5000 }]);
  });

  it("keep what was typed wrongly, with the reason at the field, and are for the province alone", async () => {
    const bad = await ha.post("/measures/settings/definition-previews", { ...FORM, "continuing.live_class_present": "nửa lớp", "primary.live_length": "120" });
    expect(bad.status).to.equal(422);
    expect(bad.text).to.contain('value="nửa lớp"').and.to.contain('value="120"').and.to.contain('id="continuing.live_class_present-error"').and.to.contain("GDNN-GDTX: Số học sinh dự ít nhất");
    expect((await (await app.as("nam")).post("/measures/settings/definitions", { ...FORM, "primary.live_length": "10" })).status).to.equal(403);
    expect((await ha.post("/measures/settings/definitions", { ...FORM, partial_periods: "thirds" })).status).to.equal(422);
    expect(await app.db("definitions")).to.have.length(1);
  });
});
