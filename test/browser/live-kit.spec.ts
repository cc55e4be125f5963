import { readFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { expect } from "chai";
import type { Browser } from "playwright-core";
import { makeKits } from "../../server/kits/jobs.ts";
import { startApp, type Running } from "../support/app.ts";
import { expectSound, launch, look, shoot, signIn, sit } from "../support/browser.ts";
import { PASSWORD } from "../support/client.ts";
import { missedClass } from "../support/kits.ts";
import { NOW } from "../support/world.ts";

/** How long the sound of a page is and whether it plays, as the browser finds it. */
const PLAYS = `(async () => {
  const [first, second] = document.querySelectorAll("audio");
  await first.play();
  const until = async (holds) => { while (!holds()) await new Promise((resolve) => setTimeout(resolve, 20)); };
  await until(() => first.currentTime > 0);
  const length = first.duration;
  first.currentTime = length - 0.2;
  await until(() => second.currentTime > 0); // the next page goes on by itself
  return { length, first: first.paused, error: second.error?.message ?? null };
})()`;

describe("a pupil who missed a class", function () {
  let app: Running;
  let browser: Browser;
  let kit: string;
  before(async () => {
    app = await startApp();
    browser = await launch(["--autoplay-policy=no-user-gesture-required"]);
    const { live } = await missedClass(app);
    kit = `/live-classes/${live}/kit`;
    await (await app.as("huong")).post(kit, { due_on: "01/12/2026", with_sound: "yes" });
    await makeKits(app.db, app.blobs, NOW);
  });
  after(async () => {
    await browser.close();
    await app.stop();
  });

  it("goes through it on a phone, keeps it as a file that opens without network, and hands in the exit ticket", async () => {
    const seat = await sit(browser, app.base, { size: "phone" });
    const { page } = seat;
    await signIn(seat, "an", PASSWORD);
    await page.goto("/notices");
    await page.click("a:has-text('Gói học bù đã sẵn sàng')");
    await page.waitForURL((url) => url.pathname === kit);
    await look(seat, "kit-phone");
    expect(await page.evaluate(PLAYS)).to.deep.include({ first: true, error: null });
    expect(await page.evaluate<number>("document.querySelector('.kit__page').naturalWidth")).to.equal(1000);

    const [download] = await Promise.all([page.waitForEvent("download"), page.click("a[download]")]);
    const file = path.join(app.config.uploadsDir, "kit.html");
    await download.saveAs(file);
    expect(readFileSync(file, "utf8")).to.match(/^<!DOCTYPE html>/);
    await seat.context.setOffline(true);
    const offline = await seat.context.newPage();
    await offline.goto(pathToFileURL(file).href);
    await shoot(offline, "kit-file");
    await expectSound(offline, "kit-file");
    expect(await offline.evaluate(PLAYS)).to.deep.include({ first: true, error: null });
    await offline.close();
    await seat.context.setOffline(false);

    await page.check("input[type=radio][value=true]");
    await page.fill("input[type=text][name^='answer.']", "Ký hiệu thuộc và không thuộc");
    await page.click("button:has-text('Em đã học xong')");
    await page.waitForSelector("#kit-done:has-text('Em đã hoàn thành lúc')");
    await look(seat, "kit-done");
    expect(seat.complaints.filter((complaint) => !complaint.includes("file://"))).to.deep.equal([]);
    await seat.context.close();
  });

  it("reads and hears it without JavaScript too", async () => {
    const seat = await sit(browser, app.base, { size: "phone", javaScript: false });
    await signIn(seat, "duy", PASSWORD);
    await seat.page.goto(kit);
    await seat.page.waitForSelector("audio[controls]");
    await seat.page.check("input[type=radio][value=false]");
    await seat.page.fill("input[type=text][name^='answer.']", "Không có");
    await seat.page.click("button:has-text('Em đã học xong')");
    await seat.page.waitForSelector("#kit-done");
    await seat.context.close();
  });

  it("is seen by the teacher beside those who were there", async () => {
    const seat = await sit(browser, app.base);
    await signIn(seat, "huong", PASSWORD);
    await seat.page.goto(kit);
    await seat.page.waitForSelector("text=2 trên 3 em vắng đã hoàn thành");
    await look(seat, "kit-teacher");
    await seat.context.close();
  });
});
