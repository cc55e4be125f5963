import { expect } from "chai";
import PDFDocument from "pdfkit";
import type { Browser } from "playwright-core";
import { addMinutes } from "../../server/platform/clock.ts";
import { newId } from "../../server/platform/ids.ts";
import { startApp, type Running } from "../support/app.ts";
import { launch, look, type Seat, shoot, signIn, sit } from "../support/browser.ts";
import { PASSWORD } from "../support/client.ts";
import { storedSlides } from "../support/materials.ts";
import { NOW, W } from "../support/world.ts";

describe("a live class in the browser", function () {
  let app: Running;
  let browser: Browser;
  let teacher: Seat;
  let pupil: Seat;
  before(async () => {
    app = await startApp();
    browser = await launch();
    await lessonPdf();
    teacher = await sit(browser, app.base);
    pupil = await sit(browser, app.base, { size: "phone" });
    await signIn(teacher, "huong", PASSWORD);
    await signIn(pupil, "minh", PASSWORD);
  });
  after(async () => {
    await browser.close();
    await app.stop();
  });

  /** Three pages of slides, approved, on lesson 1. */
  async function lessonPdf(): Promise<void> {
    const pdf = new PDFDocument({ size: [960, 540], margin: 60 });
    const chunks: Buffer[] = [];
    pdf.on("data", (chunk: Buffer) => chunks.push(chunk));
    const done = new Promise((resolve) => pdf.on("end", resolve));
    for (const n of [1, 2, 3]) {
      if (n > 1) pdf.addPage();
      pdf.fontSize(80).fillColor("#0b6374").text(`Trang ${n}`).fontSize(30).fillColor("#14222b").text("A = {0; 1; 2; 3; 4}");
    }
    pdf.end();
    await done;
    const { id } = await storedSlides(app, Buffer.concat(chunks), { title: "Bài giảng Tập hợp", state: "approved" });
    await app.db("material_lessons").insert({ material_id: id, plan_lesson_id: W.toanLesson(1), linked_by: W.huong, linked_at: NOW });
  }

  let address = "";

  it("is scheduled from a lesson, mostly filled in", async () => {
    const { page } = teacher;
    await page.goto(`/courses/${W.toan6A}/live-classes/new`);
    await look(teacher, "choose");
    await page.selectOption("#choose-lesson", W.toanLesson(1));
    await page.click("form[method=get] button:has-text('Tiếp tục')");
    await page.waitForSelector("#periods");
    await look(teacher, "schedule");
    await page.fill("#at", "09:05");
    await page.click("form.form button[data-kind=primary]");
    await page.waitForURL(/live-classes\/[0-9a-z]{26}$/);
    address = new URL(page.url()).pathname;
    await look(teacher, "lobby-teacher");
  });

  it("lets a pupil wait on a phone; the page opens when the teacher starts", async () => {
    await pupil.page.goto("/live-classes");
    await look(pupil, "list-phone");
    await pupil.page.click("a.row__link");
    await pupil.page.waitForSelector("[data-status][data-state=connected]");
    await look(pupil, "lobby-phone");
    await teacher.page.waitForSelector("[data-inside]:has-text('1 em đang ở phòng chờ')");
    await teacher.page.click("button:has-text('Bắt đầu lớp học')");
    await teacher.page.waitForSelector("[data-status][data-state=connected]");
    await pupil.page.waitForSelector("[data-mode-to=chat]");
    await pupil.page.waitForSelector("[data-status][data-state=connected]");
  });

  it("shows the teacher's slide to everybody; a pupil looks back and returns", async () => {
    await teacher.page.waitForSelector("canvas");
    await pupil.page.waitForSelector("canvas");
    await teacher.page.click("[data-turn='1']");
    await pupil.page.waitForSelector("[data-slide-count]:text-is('2 / 3')");
    await pupil.page.click("[data-turn='-1']");
    await pupil.page.waitForSelector("[data-to-teacher]:not([hidden])");
    await teacher.page.click("[data-turn='1']");
    await pupil.page.waitForSelector("[data-slide-note]:has-text('trang 3')");
    await pupil.page.click("[data-to-teacher]");
    await pupil.page.waitForSelector("[data-slide-count]:text-is('3 / 3')");
  });

  it("carries chat and hands both ways", async () => {
    await look(pupil, "room-phone");
    await pupil.page.click("[data-mode-to=chat]");
    await pupil.page.fill("#live-text", "Thưa cô, em nghe rõ ạ");
    await pupil.page.press("#live-text", "Enter");
    await teacher.page.waitForSelector(".chat__message:has-text('em nghe rõ')");
    expect(await pupil.page.inputValue("#live-text")).to.equal("");
    await teacher.page.fill("#live-text", "Cảm ơn Minh");
    await teacher.page.press("#live-text", "Enter");
    await pupil.page.waitForSelector(".chat__message:has-text('Cảm ơn Minh')");
    await look(pupil, "room-phone-chat");
    await pupil.page.click("[data-mode-to=people]");
    await look(pupil, "room-phone-people");
    await pupil.page.click("[data-mode-to=stage]");
    await pupil.page.click("[data-hand]");
    await pupil.page.waitForSelector("[data-hand][aria-pressed=true]");
    await teacher.page.waitForSelector("[data-hands] li:has-text('Lê Đức Minh')");
    await look(teacher, "room-teacher");
    await teacher.page.click("[data-next]");
    await pupil.page.waitForSelector("[data-called]:has-text('mời em phát biểu')");
  });

  it("lets the teacher give the floor, the pen and silence in the list, with one press each", async () => {
    const { page } = teacher;
    await page.click(`[data-person="${W.minh}"] [data-act=open]`);
    await page.click(`[data-person="${W.minh}"] [data-act=floor]:has-text("Thôi phát biểu")`); // who was called has the floor
    await page.click(`[data-person="${W.minh}"] [data-act=floor]:has-text("Cho phát biểu")`);
    await page.waitForSelector(`[data-person="${W.minh}"] .presence__detail:has-text("được phát biểu")`);
    await page.click(`[data-person="${W.minh}"] [data-act=draw]`);
    await page.waitForSelector(`[data-person="${W.minh}"] [data-act=no_draw]`);
    await look(teacher, "person");
    expect(await app.db("live_floor").pluck("person_id")).to.deep.equal([W.minh]);
    await page.click("[data-mute-all]");
    await page.waitForSelector("[data-mute-all]", { state: "hidden" });
    await page.click(`[data-person="${W.minh}"] [data-act=no_draw]`);
    await page.waitForSelector(`[data-person="${W.minh}"] [data-act=draw]`);
    await page.click(`[data-person="${W.minh}"] [data-act=open]`);
    expect(await app.db("live_floor")).to.have.length(0);
  });

  it("shows what the teacher writes on the board to everybody, and takes it back", async () => {
    const board = async (seat: Seat): Promise<{ x: number; y: number; width: number; height: number }> => {
      const box = await seat.page.locator("[data-board]").boundingBox();
      if (!box) throw new Error("the board is not in sight");
      return box;
    };
    const draw = async (seat: Seat, from: [number, number], to: [number, number]): Promise<void> => {
      const { x, y, width, height } = await board(seat);
      await seat.page.mouse.move(x + from[0] * width, y + from[1] * height);
      await seat.page.mouse.down();
      await seat.page.mouse.move(x + ((from[0] + to[0]) / 2) * width, y + (from[1] + 0.03) * height, { steps: 8 });
      await seat.page.mouse.move(x + to[0] * width, y + to[1] * height, { steps: 8 });
      await seat.page.mouse.up();
    };
    await draw(teacher, [0.1, 0.5], [0.5, 0.6]);
    await teacher.page.click("[data-tool=rect]");
    await draw(teacher, [0.08, 0.4], [0.55, 0.7]);
    await teacher.page.click("[data-tool=formula]");
    await teacher.page.fill("#ink-text", "x^2 + \\frac{1}{2}");
    await teacher.page.click("[data-put] button");
    await pupil.page.waitForSelector("[data-board][data-count='3']", { state: "attached" });
    await pupil.page.waitForSelector(".live-board__text math");
    await teacher.page.click("[data-undo]");
    await pupil.page.waitForSelector("[data-board][data-count='2']", { state: "attached" });
    await teacher.page.click("[data-redo]");
    await pupil.page.waitForSelector("[data-board][data-count='3']", { state: "attached" });
    expect(await pupil.page.isVisible("[data-ink-tools]")).to.equal(false);
  });

  it("asks the class a question, counts the answers, and shows the right one", async () => {
    await teacher.page.click("[data-mode-to=tools]");
    await teacher.page.click("summary:has-text('Câu hỏi nhanh')");
    await teacher.page.fill("#tool-prompt", "0 có là số tự nhiên không?");
    await teacher.page.selectOption("#tool-kind", "yes_no");
    await teacher.page.fill("#tool-right", "Có");
    await look(teacher, "tools-teacher");
    await teacher.page.click("button:has-text('Hỏi cả lớp')");
    await pupil.page.click(".live-question button:has-text('Có')");
    await pupil.page.waitForSelector("text=Em trả lời: Có");
    await teacher.page.waitForSelector(".live-question:has-text('1 em đã trả lời')");
    await look(pupil, "question-phone");
    await teacher.page.click(".live-question button:has-text('xem kết quả')");
    await pupil.page.waitForSelector(".live-tally li[data-right]");
    await look(teacher, "question-teacher");
    await teacher.page.click("[data-mode-to=chat]");
  });

  it("comes back after a lost line, with what was missed, and keeps what was not sent", async () => {
    await pupil.context.setOffline(true);
    await pupil.page.evaluate("document.querySelector('live-class').line.drop()");
    await pupil.page.waitForSelector("[data-status][data-state=lost]");
    await pupil.page.click("[data-mode-to=chat]");
    await pupil.page.fill("#live-text", "Em vừa mất mạng");
    await pupil.page.press("#live-text", "Enter");
    await pupil.page.waitForSelector("[data-say-error]:not(:empty)");
    expect(await pupil.page.inputValue("#live-text")).to.equal("Em vừa mất mạng");
    await teacher.page.waitForSelector(".presence__person[data-state=lost]");
    await teacher.page.fill("#live-text", "Minh quay lại chưa?");
    await teacher.page.press("#live-text", "Enter");
    await teacher.page.waitForSelector(".chat__message:has-text('quay lại chưa')");
    await pupil.context.setOffline(false);
    await pupil.page.waitForSelector("[data-status][data-state=connected]");
    await pupil.page.waitForSelector(".chat__message:has-text('quay lại chưa')");
    expect(await pupil.page.locator(".chat__message").count()).to.equal(3);
    await pupil.page.press("#live-text", "Enter");
    await teacher.page.waitForSelector(".chat__message:has-text('Em vừa mất mạng')");
  });

  it("ends for everybody, and attendance is there to correct", async () => {
    app.time.now = addMinutes(NOW, 40);
    await teacher.page.click("confirm-submit button");
    await teacher.page.click("dialog button[value=yes]");
    await teacher.page.waitForSelector("table");
    await pupil.page.waitForSelector("text=Em trong buổi học này");
    await look(pupil, "after-phone");
    await look(teacher, "after-teacher");
    await teacher.page.click("details.live-correct summary >> nth=0");
    await teacher.page.fill("details.live-correct[open] input[type=text]", "Mạng của em bị lỗi");
    await teacher.page.click("details.live-correct[open] button");
    await teacher.page.waitForSelector("text=Có mặt (theo Nguyễn Thị Hương)");
    await look(teacher, "corrected");
    await teacher.page.setViewportSize({ width: 360, height: 740 });
    await look(teacher, "after-teacher-phone");
  });

  it("can be read, written to and left without script", async () => {
    const id = newId();
    await app.db("live_classes").insert({ id, school_id: W.tranPhu, teacher_id: W.huong, title: "Luyện tập", starts_at: app.time.now, length_minutes: 45, state: "open", opened_at: app.time.now, created_at: NOW });
    await app.db("live_class_periods").insert({ live_class_id: id, course_id: W.toan6A, plan_lesson_id: W.toanLesson(6), period_number: 1 });
    const seat = await sit(browser, app.base, { size: "phone", javaScript: false });
    await signIn(seat, "an", PASSWORD);
    await seat.page.goto(`/live-classes/${id}`);
    expect(await seat.page.textContent("noscript, .notice")).to.contain("điểm danh không tự ghi được");
    await seat.page.fill("#live-text", "Em không có JavaScript");
    await seat.page.click("#live-say button");
    expect(await seat.page.textContent(".chat__list")).to.contain("Em không có JavaScript");
    await shoot(seat.page, "no-script");
    expect(address).to.match(/^\/live-classes\//);
  });

  it("ran without a complaint of the browser", () => {
    const lost = /ERR_INTERNET_DISCONNECTED|WebSocket/;
    expect([...teacher.complaints, ...pupil.complaints].filter((line) => !lost.test(line))).to.deep.equal([]);
  });
});
