import { expect } from "chai";
import { afterEach, beforeEach, describe, it } from "mocha";
import { monthsOfUse, peopleShown } from "../../server/measures/use/rules.ts";
import { startApp, type Running } from "../support/app.ts";
import { digitise, holdLiveClass } from "../support/ledger.ts";
import { NOW, W } from "../support/world.ts";

const USE = `/schools/${W.tranPhu}/measures/use`;

describe("how much live classes and the library are used", () => {
  let app: Running;
  beforeEach(async () => {
    app = await startApp();
    const teach = (lesson: number, starts: string, minutes: number) => holdLiveClass(app.db, { carries: [{ course: W.toan6A, lesson: W.toanLesson(lesson), number: 1 }], starts, minutes, present: { minh: minutes, an: 1 } });
    await teach(1, "2026-09-30T18:00:00.000Z", 45); // already October in Viet Nam
    await teach(2, "2026-11-10T00:00:00.000Z", 45);
    await holdLiveClass(app.db, { carries: [{ course: W.toan6A, lesson: W.toanLesson(3), number: 1 }], starts: "2026-11-10T00:00:00.000Z", minutes: 45, purpose: "trial", present: { minh: 45 } });
    await digitise(app.db, [W.toanLesson(1), W.toanLesson(2)], NOW);
    await digitise(app.db, [W.toanLesson(2)], NOW);
    await app.settle();
  });
  afterEach(() => app.stop());

  it("is told in hours, attendance and materials per lesson; trials are not counted", async () => {
    const { text } = await (await app.as("nam")).get(USE);
    expect(text).to.contain("1,5 giờ").and.to.contain("2 lớp đã dạy").and.to.contain("2/4 lượt học sinh").and.to.contain("1,5 học liệu/bài").and.to.contain("3 học liệu gắn với 2 bài");
    expect(text).to.contain("10/2026").and.to.contain("11/2026").and.not.to.contain("9/2026</");
  });

  it("tells the school how many teachers and pupils were active, and officers above no number below five", async () => {
    expect((await (await app.as("nam")).get(USE)).text).to.contain("1/2").and.not.to.contain("dưới 5<");
    const officer = (await (await app.as("dung")).get(USE)).text;
    expect(officer.match(/>dưới 5</g)).to.have.length(2);
    expect(officer).to.contain("chưa đủ số lượt để hiện").and.not.to.contain("2/4");
    expect((await (await app.as("dung")).get(`${USE}.csv`)).text).to.contain('"Học sinh hoạt động","dưới 5"');
  });

  it("is a file too, month by month", async () => {
    const { text } = await (await app.as("nam")).get(`${USE}.csv`);
    expect(text).to.contain('"2026-10","1","0.7","1","2","50"').and.to.contain('"2026-11","1","0.7","1","2","50"');
  });

  it("hides few people from officers alone, and never that there is nobody", () => {
    expect([0, 1, 4, 5].map((count) => peopleShown(count, true))).to.deep.equal([0, "few", "few", 5]);
    expect(peopleShown(3, false)).to.equal(3);
    expect(monthsOfUse([])).to.deep.equal([]);
  });
});
