import { expect } from "chai";
import { createSocket } from "node:dgram";
import type { Browser } from "playwright-core";
import { Embedded } from "../../server/live/media/embedded.ts";
import { startApp, type Running } from "../support/app.ts";
import { enterClass, FAKE_MEDIA, launch, look, type Seat } from "../support/browser.ts";
import { until } from "../support/until.ts";
import { UdpProxy } from "../support/udp-proxy.ts";
import { liveClass } from "../realtime/room.ts";
import { flows, silence } from "./flow.ts";

const SHOTS = process.env["SHOTS"];

describe("sound and picture of a live class", function () {
  const proxy = new UdpProxy();
  let app: Running;
  let browser: Browser;
  let live: string;
  let teacher: Seat;
  let minh: Seat;
  let an: Seat;
  before(async () => {
    const port = await freePort();
    await proxy.start(port);
    app = await startApp({ MEDIA_UDP_PORT: String(port), MEDIA_ANNOUNCE: `127.0.0.1:${proxy.port}` });
    browser = await launch(FAKE_MEDIA);
    live = await liveClass(app);
    [teacher, minh, an] = await Promise.all([enterClass(browser, app.base, live, "huong"), enterClass(browser, app.base, live, "minh", "phone"), enterClass(browser, app.base, live, "an")]);
  });
  after(async () => {
    await browser.close();
    await app.stop();
    proxy.stop();
  });

  it("is heard and seen by every pupil after one tap", async () => {
    await teacher.page.click("[data-media-join]");
    for (const pupil of [minh, an]) await pupil.page.click("[data-media-join]");
    await teacher.page.click("[data-media-mic]");
    await teacher.page.click("[data-media-camera]");
    for (const pupil of [minh, an]) {
      await flows(pupil, "sound");
      await flows(pupil, "picture");
    }
    await minh.page.waitForSelector("[data-media-data]:has-text('MB')");
    await minh.page.waitForSelector("[data-media-speakers]:has-text('Nguyễn Thị Hương')");
    await look(teacher, "media-teacher");
    await look(minh, "media-phone");
  });

  it("gives a pupil who is called the floor, so that all hear them, and takes it back", async () => {
    expect(await minh.page.isVisible("[data-media-mic]")).to.equal(false);
    await minh.page.click("[data-hand]");
    await teacher.page.waitForSelector("[data-hands] li:has-text('Lê Đức Minh')");
    await teacher.page.click("[data-next]");
    await minh.page.click("[data-media-mic]");
    await an.page.waitForSelector("[data-media-speakers]:has-text('Lê Đức Minh')");
    await flows(teacher, "sound");
    await look(teacher, "media-floor");
    await look(minh, "media-floor-phone");
    await teacher.page.click("[data-media-floor] button");
    await minh.page.waitForSelector("[data-media-note]:has-text('Micro và camera của em đã tắt')");
    expect(await minh.page.isVisible("[data-media-mic]")).to.equal(false);
    await an.page.waitForSelector("[data-media-speakers]:not(:has-text('Lê Đức Minh'))");
  });

  it("can be heard by its address, without any connection of its own", async () => {
    const played = await an.page.evaluate<number>(`(async () => {
      const player = new Audio("/live-classes/${live}/sound");
      player.muted = true;
      await player.play();
      while (player.currentTime < 0.5) await new Promise((resolve) => setTimeout(resolve, 50));
      const context = new AudioContext();
      const analyser = context.createAnalyser();
      context.createMediaElementSource(player).connect(analyser);
      player.muted = false;
      const samples = new Float32Array(1024);
      let loudest = 0;
      for (let tries = 0; tries < 200 && loudest < 0.01; tries += 1) {
        analyser.getFloatTimeDomainData(samples);
        loudest = Math.max(loudest, ...samples.map(Math.abs));
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      player.removeAttribute("src");
      player.load();
      return loudest;
    })()`);
    expect(played).to.be.greaterThan(0.01);
  });

  it("goes on where one packet of twenty is lost and an answer takes 600 ms", async () => {
    Object.assign(proxy.line, { delayMs: 300, loss: 0.05 });
    for (const pupil of [minh, an]) {
      await flows(pupil, "sound");
      await flows(pupil, "picture");
    }
    Object.assign(proxy.line, { delayMs: 0, loss: 0 });
  });

  it("takes the picture away where a line carries 64 kbit/s, and keeps the sound", async () => {
    proxy.line.bytesPerSecond = 8_000;
    await minh.page.waitForSelector(".live-tile[data-still]");
    await flows(minh, "sound");
    await look(minh, "media-still-phone");
    proxy.line.bytesPerSecond = Infinity;
  });

  it("comes back by itself after another network and after none", async () => {
    proxy.changeNetwork();
    await silence(an);
    await flows(an, "sound");
    proxy.line.cut = true;
    await an.page.waitForSelector("[data-media-state]:not([data-state=connected])");
    proxy.line.cut = false;
    await flows(an, "sound");
    await flows(minh, "sound");
  });

  it("lets a teacher be heard by the group that she visits, and by it alone, and hear its pupils", async () => {
    await teacher.page.click("[data-mode-to=tools]");
    await teacher.page.click("summary:has-text('Nhóm nhỏ')");
    await teacher.page.fill("form[action$='/groups'] [name=count]:visible", "2");
    await teacher.page.click("form[action$='/groups'] button:has-text('Chia nhóm')");
    await minh.page.waitForSelector("[data-media-note]:has-text('chỉ các bạn cùng nhóm nghe thấy em')");
    for (const pupil of [minh, an]) await flows(pupil, "sound"); // she speaks to all groups at once
    await look(minh, "media-group-phone");
    await teacher.page.click("[data-tools-now] li:has-text('Lê Đức Minh') [data-visit]");
    await minh.page.click("[data-media-mic]");
    await flows(teacher, "sound");
    await flows(minh, "sound");
    await hearsNobody(an);
    await teacher.page.waitForSelector("[data-media-speakers]:has-text('Lê Đức Minh')");
    await look(teacher, "media-visit");
  });

  it("comes back when the media process is killed", async () => {
    const { media } = app.app;
    if (!(media instanceof Embedded) || media.pid === undefined) return expect.fail("the media process does not run");
    const killed = media.pid;
    process.kill(killed, "SIGKILL");
    const began = performance.now();
    await until(() => media.pid !== undefined && media.pid !== killed);
    await flows(minh, "sound");
    await flows(teacher, "sound");
    await hearsNobody(an); // who sits in another group
    if (SHOTS) process.stdout.write(`      sound was back after ${Math.round(performance.now() - began)} ms\n`);
  });

  it("comes back when the whole server restarts", async () => {
    await app.restart();
    const began = performance.now();
    for (const seat of [teacher, minh, an]) await seat.page.waitForSelector("[data-status][data-state=connected]");
    await flows(minh, "sound");
    await hearsNobody(an);
    if (SHOTS) process.stdout.write(`      sound was back after ${Math.round(performance.now() - began)} ms\n`);
  });

  it("is for all again when the teacher leaves the group, and when the groups end", async () => {
    await teacher.page.click("[data-tools-now] button:has-text('Về lớp chung')");
    for (const pupil of [minh, an]) await flows(pupil, "sound");
    await teacher.page.click("form[action$='/groups'] button:has-text('Kết thúc nhóm')");
    await teacher.page.click("dialog[open] button[value=yes]");
    await minh.page.waitForSelector("[data-media-note]:has-text('em trở lại lớp chung')");
    expect(await minh.page.isVisible("[data-media-mic]")).to.equal(false);
    for (const pupil of [minh, an]) await flows(pupil, "sound");
  });

  it("says in words why a microphone cannot be used", async () => {
    await teacher.page.click("[data-media-mic]");
    await teacher.page.evaluate("navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', 'NotFoundError'))");
    await teacher.page.evaluate("document.querySelector('live-class').parts.find((part) => part.ears).devices.releaseAll()");
    await teacher.page.click("[data-media-mic]");
    await teacher.page.waitForSelector("[data-media-note]:has-text('không có micro')");
    await teacher.page.click("[data-media-settings]");
    await look(teacher, "media-settings");
  });

  it("ran without a complaint of the browser", () => {
    const lost = /ERR_CONNECTION|ERR_INTERNET_DISCONNECTED|WebSocket/;
    expect([teacher, minh, an].flatMap((seat) => seat.complaints).filter((line) => !lost.test(line))).to.deep.equal([]);
  });
});

/** Connected, and nothing arrives. */
async function hearsNobody(seat: Seat): Promise<void> {
  await seat.page.waitForSelector("[data-media-state][data-state=connected]");
  await seat.page.waitForSelector("[data-media-speakers]:has-text('Chưa ai mở micro')");
  await silence(seat);
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const socket = createSocket("udp4");
    socket.bind(0, () => {
      const { port } = socket.address();
      socket.close(() => resolve(port));
    });
  });
}
