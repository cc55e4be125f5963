import { existsSync, readdirSync, statSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import type { Browser } from "playwright-core";
import { Embedded } from "../../server/live/media/embedded.ts";
import { joinRecordings } from "../../server/live/recording/jobs.ts";
import { addMinutes } from "../../server/platform/clock.ts";
import { recordingsFolder } from "../../server/live/recording/keeper.ts";
import { startApp, type Running } from "../support/app.ts";
import { enterClass, FAKE_MEDIA, launch, look, type Seat } from "../support/browser.ts";
import { slidesOf } from "../support/kits.ts";
import { storedSlides } from "../support/materials.ts";
import { until } from "../support/until.ts";
import { NOW, W } from "../support/world.ts";
import { newId } from "../../server/platform/ids.ts";
import { liveClass } from "../realtime/room.ts";

describe("a live class is recorded", function () {
  let app: Running;
  let browser: Browser;
  let live: string;
  let teacher: Seat;
  let minh: Seat;
  before(async () => {
    app = await startApp();
    browser = await launch([...FAKE_MEDIA, "--autoplay-policy=no-user-gesture-required"]);
    live = await liveClass(app);
    const slides = await storedSlides(app, await slidesOf(["Tap hop", "Phan tu cua tap hop"]), { title: "Slide tập hợp" });
    await app.db("live_classes").where({ id: live }).update({ slides_material_id: slides.id });
    await app.db("live_turns").insert({ id: newId(), live_class_id: live, page: 1, at: NOW });
    await (await app.as("nam")).post(`/schools/${W.tranPhu}/live-settings`, { recording: "yes", recording_days: "30" });
    [teacher, minh] = await Promise.all([enterClass(browser, app.base, live, "huong"), enterClass(browser, app.base, live, "minh", "phone")]);
  });
  after(async () => {
    await browser.close();
    await app.stop();
  });

  /** The sizes of the parts so far. */
  const written = (): number[] => {
    const folder = path.join(recordingsFolder(app.blobs), live);
    return existsSync(folder) ? readdirSync(folder).sort().map((name) => statSync(path.join(folder, name)).size) : [];
  };

  /** The teacher turns to the second slide and writes a line on it. */
  const write = async ({ page }: Seat): Promise<void> => {
    app.time.now = addMinutes(app.time.now, 1 / 30);
    await page.click("[data-turn='1']");
    await page.waitForSelector("[data-board] canvas");
    const box = (await page.locator("[data-board]").boundingBox()) ?? expect.fail("no board");
    app.time.now = addMinutes(app.time.now, 1 / 30);
    await page.mouse.move(box.x + box.width * 0.2, box.y + box.height * 0.6);
    await page.mouse.down();
    for (let i = 1; i <= 20; i += 1) await page.mouse.move(box.x + box.width * (0.2 + i * 0.02), box.y + box.height * (0.6 + 0.05 * Math.sin(i)));
    await page.mouse.up();
    await until(async () => (await app.db("live_drawings").where({ live_class_id: live })).length === 1);
  };

  /** Browsers and processes take their time. */
  const comes = (holds: () => boolean): Promise<void> => until(holds, 60, () => written().join(", "));

  it("once its teacher says so, and everybody sees that it is", async () => {
    await teacher.page.click("[data-media-join]");
    await teacher.page.click("[data-media-mic]");
    await teacher.page.click("[data-media-camera]");
    await teacher.page.click("[data-recording-start] button");
    await teacher.page.waitForSelector("dialog[open]:has-text('Cả lớp được báo ngay')");
    await look(teacher, "recording-ask");
    await teacher.page.click("dialog[open] button[data-kind=primary], dialog[open] button:has-text('Ghi lại buổi học')");
    for (const seat of [teacher, minh]) await seat.page.waitForSelector("[data-recording-mark][data-on=true]:has-text('Đang ghi lại buổi học')");
    await minh.page.waitForSelector(".chat__message:has-text('Buổi học bắt đầu được ghi lại'), .chat :has-text('Buổi học bắt đầu được ghi lại')", { state: "attached" });
    await comes(() => (written()[0] ?? 0) > 40_000);
    await write(teacher);
    await look(teacher, "recording-room");
    await look(minh, "recording-phone");
  });

  it("and goes on in another part when the media process is killed, and when the whole server begins anew; nothing of before is lost", async () => {
    const { media } = app.app;
    if (!(media instanceof Embedded) || media.pid === undefined) return expect.fail("the media process does not run");
    const before = written()[0] ?? 0;
    process.kill(media.pid, "SIGKILL");
    await comes(() => (written()[1] ?? 0) > 20_000);
    expect(written()[0]).to.be.at.least(before);
    await app.restart();
    await comes(() => (written()[2] ?? 0) > 10_000);
    await teacher.page.click("[data-recording-stop] button");
    await minh.page.waitForSelector("[data-recording-mark][data-on=false]:has-text('Đã dừng ghi')");
  });

  it("and is a film in the library afterwards, with sound and picture, from any moment", async () => {
    await (await app.as("huong")).post(`/live-classes/${live}/closing`);
    // Both rooms load themselves anew; Chromium may hang where a page is sent elsewhere while that is on its way.
    for (const { page } of [teacher, minh]) await page.waitForSelector("live-class", { state: "detached" }).then(() => page.waitForLoadState());
    await until(async () => (await app.db("live_recording_parts").where({ live_class_id: live }).whereNull("ended_at")).length === 0);
    expect(await joinRecordings(app.db, app.blobs, app.time.now)).to.equal(1);
    await teacher.page.goto(`/live-classes/${live}/recording`);
    await look(teacher, "recording-page");
    await teacher.page.click("[data-moment]");
    const heard = await teacher.page.evaluate<{ loudest: number; frames: number; size: number; length: number; after: number }>(`(async () => {
      const film = document.querySelector("media-player video");
      const until = async (holds) => { for (let tries = 0; !holds() && tries < 300; tries += 1) await new Promise((resolve) => setTimeout(resolve, 20)); };
      await until(() => film.readyState >= 2);
      const context = new AudioContext();
      const analyser = context.createAnalyser();
      context.createMediaElementSource(film).connect(analyser);
      const samples = new Float32Array(2048);
      let loudest = 0;
      await until(() => {
        analyser.getFloatTimeDomainData(samples);
        loudest = Math.max(loudest, ...samples.map(Math.abs));
        return loudest > 0.01 && film.getVideoPlaybackQuality().totalVideoFrames > 5;
      });
      const frames = film.getVideoPlaybackQuality().totalVideoFrames;
      film.currentTime = film.duration - 1;
      await until(() => !film.seeking);
      return { loudest, frames, size: film.videoWidth, length: film.duration, after: film.currentTime };
    })()`);
    expect(heard.loudest).to.be.greaterThan(0.01);
    expect(heard.frames).to.be.greaterThan(5);
    expect(heard.size).to.be.greaterThan(100);
    expect(heard.after).to.be.closeTo(heard.length - 1, 0.2);
  });

  it("and has the slides beside it, with the ink that was written on them, wherever one goes; or without the picture", async () => {
    const { page } = teacher;
    const replay = page.locator("slide-replay");
    await page.evaluate(`document.querySelector("media-player video").currentTime = 0.5`);
    await page.waitForSelector("slide-replay[data-page='1'][data-count='0']");
    await page.evaluate(`document.querySelector("media-player video").currentTime = 5`);
    await page.waitForSelector("slide-replay[data-page='2'][data-count='1'] img.replay__slide");
    await look(teacher, "recording-replay");
    await page.selectOption("[data-views]", "slides");
    expect((await replay.boundingBox())?.width).to.be.greaterThan(600);
    await look(teacher, "recording-replay-slides");
    await page.selectOption("[data-views]", "both");
  });

  it("and is cut where its teacher drew on its bar of time, or at the moment that played", async () => {
    const { page } = teacher;
    await page.locator("[data-bar]").scrollIntoViewIfNeeded();
    const box = (await page.locator("[data-bar]").boundingBox()) ?? expect.fail("no bar");
    await page.mouse.move(box.x + box.width * 0.5, box.y + 20);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.7, box.y + 20);
    await page.mouse.up();
    expect(await page.inputValue("[name='out_from.0']")).to.match(/^0:0[4-6]$/);
    await page.evaluate(`document.querySelector("media-player video").pause(); document.querySelector("media-player video").currentTime = 2`);
    await page.click("[data-now='from']");
    expect(await page.inputValue("[name=from]")).to.equal("0:02");
    await page.waitForSelector("[data-sum]:has-text('Giữ lại')");
    await look(teacher, "recording-cut");
    await page.check("[data-try]");
    await page.evaluate(`document.querySelector("media-player video").currentTime = 0; document.querySelector("media-player video").play()`);
    await page.waitForFunction(`document.querySelector("media-player video").currentTime >= 2`);
  });

  it("and is shown to the class, on a phone", async () => {
    await teacher.page.click("button:has-text('Cho lớp xem lại')");
    await minh.page.goto(`/live-classes/${live}`);
    await minh.page.click("a:has-text('Bản ghi buổi học')");
    await minh.page.click("media-player [data-moment] >> nth=1");
    await minh.page.waitForSelector("slide-replay[data-page='2'] img.replay__slide");
    await look(minh, "recording-watch-phone");
  });

  it("without a complaint of the browser", () => {
    const lost = /ERR_CONNECTION|ERR_INTERNET_DISCONNECTED|WebSocket/;
    expect([teacher, minh].flatMap((seat) => seat.complaints).filter((line) => !lost.test(line))).to.deep.equal([]);
  });
});
