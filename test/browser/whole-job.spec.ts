import { expect } from "chai";
import { fileURLToPath } from "node:url";
import type { Browser } from "playwright-core";
import { addMinutes } from "../../server/platform/clock.ts";
import { startApp, type Running } from "../support/app.ts";
import { launch, signIn, sit, type Seat } from "../support/browser.ts";
import { PASSWORD } from "../support/client.ts";
import { filePath } from "../support/files.ts";
import { W, YEAR } from "../support/world.ts";

const PLAN_FILE = fileURLToPath(new URL("../fixtures/plans/toan6-phu-luc-1.docx", import.meta.url));
const PUPILS = ["minh", "an", "chau"] as const; // of the four on the list of 6A
const STEP_SECONDS = 44; // a sign of presence is good for 45
const STEPS = 45; // 33 minutes: more than 70 % of a period of 45

/**
 * The main job from the Word file of the subject group to the figure of the school, by six people at six browsers, and the
 * same figures counted again from the rows that were written on the way.
 */
describe("the whole job, from the group's plan to the school's figures", function () {
  this.timeout(240_000).bail(true);
  let app: Running;
  let browser: Browser;
  const seats = new Map<string, Seat>();

  before(async () => {
    app = await startApp();
    await withoutPlan();
    browser = await launch();
    for (const login of ["mai", "huong", "nam", ...PUPILS]) {
      const seat = await sit(browser, app.base, { size: PUPILS.includes(login as "an") ? "phone" : "desktop" });
      await signIn(seat, login, PASSWORD);
      seats.set(login, seat);
    }
  });
  after(async () => {
    await browser.close();
    await app.stop();
  });

  /** The Toán plan of Trần Phú is what the job begins with, so the school has none. */
  async function withoutPlan(): Promise<void> {
    await app.db("courses").where({ plan_id: W.planToan6 }).update({ plan_id: null });
    await app.db("plan_lessons").where({ plan_id: W.planToan6 }).delete();
    await app.db("plans").where({ id: W.planToan6 }).delete();
  }

  function page(login: string): Seat["page"] {
    const seat = seats.get(login);
    if (!seat) throw new Error(`${login} sits nowhere`);
    return seat.page;
  }

  async function confirm(login: string, button: string): Promise<void> {
    await page(login).click(button);
    await page(login).click("dialog[open] button[value=yes]");
  }

  let lesson = { id: "", title: "" };
  let material = "";
  let live = "";

  it("cô Mai reads the group's Word file into a plan and publishes it", async () => {
    const at = page("mai");
    await at.goto(`/schools/${W.tranPhu}/plans`);
    await at.click("a[href*='plans/new?subject=TOAN&grade=6']");
    await at.setInputFiles("form[action$='/plan-imports'] input[type=file]", PLAN_FILE);
    await at.click("form[action$='/plan-imports'] button");
    await at.waitForURL(/plan-imports\/[0-9a-z]{26}/);
    expect(await at.textContent(".plan-summary")).to.contain("81 dòng").and.to.contain("140 tiết");
    await at.click("button[name=act][value=save]");
    await at.waitForURL(/\/plans\/[0-9a-z]{26}/);
    await confirm("mai", "confirm-submit:has-text('Công bố') button");
    await at.waitForSelector(".badge:has-text('Đã công bố'), [data-flash]:has-text('công bố'), .flash:has-text('công bố')");
    await app.settle();
  });

  it("cô Hương uploads a file to a lesson of it and sends it for approval", async () => {
    const at = page("huong");
    await at.goto(`/courses/${W.toan6A}`);
    await at.click("a[href*='/lessons/'] >> nth=0");
    await at.waitForURL(/\/lessons\/[0-9a-z]{26}/);
    const id = at.url().split("/lessons/")[1]?.slice(0, 26) ?? "";
    lesson = { id, title: (await app.db("plan_lessons").where({ id }).first<{ title: string }>()).title };
    await at.click(`a[href="/plan-lessons/${id}/materials"]`);
    await at.setInputFiles("#files", filePath("bai-giang.pdf"));
    await at.click("main a[href^='/materials/']:has-text('bai-giang')");
    await at.waitForURL(/\/materials\/[0-9a-z]{26}$/);
    material = at.url().slice(-26);
    await at.click("button:has-text('Gửi duyệt')");
    await at.waitForSelector("text=Chờ tổ chuyên môn");
    await app.settle();
  });

  it("the head of the group passes it and the school leader approves it, each after the checklist", async () => {
    for (const login of ["mai", "nam"]) {
      const at = page(login);
      await at.goto("/review");
      for (const box of await at.locator("input[name=check]").all()) await box.check();
      await at.click("[data-decide]");
      await at.waitForSelector("main:not(:has([data-decide]))");
      await app.settle();
    }
    expect((await app.db("materials").where({ id: material }).first<{ state: string }>()).state).to.equal("approved");
  });

  it("cô Hương plans a live class of that lesson and starts it; three pupils come in by phone", async () => {
    const at = page("huong");
    await at.goto(`/courses/${W.toan6A}/live-classes/new`);
    await at.selectOption("#choose-lesson", lesson.id);
    await at.click("form[method=get] button:has-text('Tiếp tục')");
    await at.waitForSelector("#periods");
    await at.fill("#at", "09:05");
    await at.click("form.form[method=post] button[data-kind=primary]");
    await at.waitForURL(/live-classes\/[0-9a-z]{26}$/);
    live = new URL(at.url()).pathname;
    for (const pupil of PUPILS) await page(pupil).goto(live);
    await at.click("button:has-text('Bắt đầu lớp học')");
    for (const login of ["huong", ...PUPILS]) {
      await page(login).waitForSelector("live-class[data-state=open] [data-status][data-state=connected]");
    }
  });

  it("the class runs for thirty-three minutes", async () => {
    for (let step = 0; step < STEPS; step += 1) {
      app.time.now = addMinutes(app.time.now, STEP_SECONDS / 60);
      await Promise.all(["huong", ...PUPILS].map(signOfLife));
    }
    await page("minh").click("[data-mode-to=chat]"); // on a phone one part of the room is in sight at a time
    await page("minh").fill("#live-text", "Em hiểu bài rồi ạ");
    await page("minh").press("#live-text", "Enter");
    await page("huong").waitForSelector(".chat__message:has-text('Em hiểu bài rồi ạ')");
  });

  /** What the page does by itself every 15 seconds, at the pace of the test's clock. */
  async function signOfLife(login: string): Promise<void> {
    const ask = `document.querySelector("live-class").line.ask("live:here", { away: false })`;
    expect(await page(login).evaluate<{ ok: boolean }>(ask), login).to.have.property("ok", true);
  }

  it("she ends it, and the four of the list have their attendance", async () => {
    await confirm("huong", "confirm-submit button");
    await page("huong").waitForSelector("table");
    for (const pupil of PUPILS) await page(pupil).waitForSelector("text=Em trong buổi học này");
    await app.settle();
    const attendance = await app.db("attendances").where({ live_class_id: live.slice(-26) }).select("person_id", "present");
    expect(attendance.map((row) => [row.person_id, Boolean(row.present)])).to.have.deep.members([[W.minh, true], [W.an, true], [W.chau, true], [W.duy, false]]);
  });

  it("the school leader reads both figures, and two clicks from each lies what it was counted from", async () => {
    const at = page("nam");
    const figures = await recount();
    for (const [place, evidence] of [[0, live], [1, `/materials/${material}`]] as const) {
      await at.goto(`/schools/${W.tranPhu}/measures`);
      const meter = at.locator(".meter").nth(place);
      const [counted, planned] = place === 0 ? [figures.periodsOnline, figures.periodsPlanned] : [figures.lessonsDigitised, figures.lessonsPlanned];
      expect(numbersIn(await meter.locator(".meter__counts").textContent()).slice(0, 2)).to.deep.equal([counted, planned]);
      await meter.locator(".meter__evidence").click();
      await at.waitForURL(/measures\/(periods|lessons)/);
      await at.locator(`main a:has-text("${place === 0 ? lesson.title : "bai-giang"}"), main a[href="${evidence}"]`).first().click();
      await at.waitForURL((url) => url.pathname === evidence || url.pathname.startsWith("/ledger/"));
    }
  });

  it("a program that asks the API hears the same figures", async () => {
    const figures = await recount();
    const answer = await page("nam").request.get(`/api/v1/schools/${W.tranPhu}/measures?year=${YEAR}`);
    const said = (await answer.json()) as { online: { year: object }; digitised: { school: object } };
    expect(said.online.year).to.deep.include({ counted_periods: figures.periodsOnline, planned_periods: figures.periodsPlanned });
    expect(said.digitised.school).to.deep.include({ lessons_covered: figures.lessonsDigitised, lessons_planned: figures.lessonsPlanned });
    expect(figures).to.deep.include({ periodsOnline: 1, lessonsDigitised: 1, periodsPlanned: 2 * 140 + 14 });
  });

  it("no browser complained", () => {
    expect([...seats.values()].flatMap((seat) => seat.complaints)).to.deep.equal([]);
  });

  /** Both figures from the plain rows, without a line of the accounting: who was heard when, what was approved, what is planned. */
  async function recount(): Promise<{ periodsOnline: number; periodsPlanned: number; lessonsDigitised: number; lessonsPlanned: number }> {
    const courses = await app.db("courses").where({ school_id: W.tranPhu, year_id: YEAR }).select<{ id: string; class_id: string; plan_id: string }[]>("id", "class_id", "plan_id");
    const lessons = await app.db("plan_lessons").whereIn("plan_id", [...new Set(courses.map((course) => course.plan_id))]).select<{ id: string; plan_id: string; periods: number; kind: string }[]>("id", "plan_id", "periods", "kind");
    const planned = lessons.filter((row) => ["lesson", "topic", "practice", "activity"].includes(row.kind));
    const approved = await app.db("material_lessons as l").join("materials as m", "m.id", "l.material_id").where("m.state", "approved").pluck("l.plan_lesson_id");
    let periodsOnline = 0;
    for (const held of await app.db("live_classes").where({ school_id: W.tranPhu, state: "ended", purpose: "lesson" }).select<{ id: string; opened_at: string; ended_at: string }[]>("*")) {
      const minutes = (Date.parse(held.ended_at) - Date.parse(held.opened_at)) / 60_000;
      for (const period of await app.db("live_class_periods").where({ live_class_id: held.id })) {
        const course = courses.find((one) => one.id === period.course_id);
        const list = await app.db("class_enrolments").where({ class_id: course?.class_id }).pluck("person_id");
        const stayed = await Promise.all(list.map((person: string) => minutesHeard(held, person)));
        const present = stayed.filter((heard) => heard >= minutes / 2).length;
        if (minutes >= 0.7 * 45 && present >= list.length / 2) periodsOnline += 1;
      }
    }
    return {
      periodsOnline,
      periodsPlanned: courses.reduce((sum, course) => sum + lessons.filter((row) => row.plan_id === course.plan_id).reduce((all, row) => all + row.periods, 0), 0),
      lessonsDigitised: planned.filter((row) => approved.includes(row.id)).length,
      lessonsPlanned: planned.length,
    };
  }

  /** Looks every ten seconds of the class whether a connection of the person was alive then. */
  async function minutesHeard(held: { id: string; opened_at: string; ended_at: string }, person: string): Promise<number> {
    const marks = await app.db("presence_marks").where({ live_class_id: held.id, person_id: person });
    let heard = 0;
    for (let at = Date.parse(held.opened_at); at < Date.parse(held.ended_at); at += 10_000) {
      const alive = marks.some((mark) => at >= Date.parse(mark.joined_at) && at < Math.min(Date.parse(mark.seen_at) + 45_000, Date.parse(mark.left_at ?? mark.seen_at) + (mark.left_at ? 0 : 45_000)));
      if (alive) heard += 1 / 6;
    }
    return heard;
  }
});

/** The whole numbers of a text as Vietnamese writes them: 17.391 is one number. */
function numbersIn(text: string | null): number[] {
  return [...(text ?? "").matchAll(/\d+(?:\.\d{3})*/g)].map((match) => Number(match[0].replaceAll(".", "")));
}
