import { expect } from "chai";
import type { Browser } from "playwright-core";
import { startApp, type Running } from "../support/app.ts";
import { axe, launch, overflows, signIn, sit, type Seat, type Size } from "../support/browser.ts";
import { PASSWORD } from "../support/client.ts";
import { libraryOf } from "../support/library.ts";
import { W } from "../support/world.ts";

/** A teacher looks for something: types, takes a suggestion by keyboard, narrows, and opens the file at its page. */
describe("finding in the library, at a browser", function () {
  let browser: Browser;
  let app: Running;
  before(async () => {
    [browser, app] = await Promise.all([launch(), startApp()]);
    await libraryOf(app.db).add(
      { title: "Phân số bằng nhau", kind: "slides", pages: ["Trang đầu", "Hai phân số bằng nhau khi tích chéo bằng nhau."] },
      { title: "Phân số bằng nhau", kind: "worksheet", lessons: [W.toanLesson(1)] },
      { title: "Phân tử", subject: null, grade: null },
    );
  });
  after(async () => {
    await browser.close();
    await app.stop();
  });

  const seatAt = async (size: Size, javaScript = true): Promise<Seat> => {
    const seat = await sit(browser, app.base, { size, javaScript });
    await signIn(seat, "huong", PASSWORD);
    return seat;
  };

  it("goes from the top bar over a suggestion and a facet to the page of the file", async () => {
    const seat = await seatAt("desktop");
    const { page } = seat;
    await page.goto("/courses");
    await page.fill("#top-q", "phan s");
    await page.waitForSelector("#top-q-list [role=option]");
    expect(await axe(page)).to.deep.equal([]);
    await page.press("#top-q", "ArrowDown");
    expect(await page.inputValue("#top-q")).to.equal("Phân số bằng nhau");
    await page.press("#top-q", "Escape");
    expect(await page.inputValue("#top-q")).to.equal("phan s");
    await page.fill("#top-q", "phan so");
    await page.waitForSelector("#top-q-list [role=option]");
    await page.press("#top-q", "ArrowDown");
    await Promise.all([page.waitForURL(/\/library\?q=/), page.press("#top-q", "Enter")]);
    expect(await axe(page)).to.deep.equal([]);
    await page.click('.finding__side a[href*="kind=slides"]');
    expect(page.url()).to.include("kind=slides");
    expect(await page.locator(".hit").count()).to.equal(1);
    expect(await page.locator(".hit__passage mark").first().textContent()).to.equal("phân số bằng nhau");
    const href = await page.locator(".hit__page").getAttribute("href");
    expect(href).to.match(/#page=2$/);
    await page.goBack();
    expect(await page.locator(".hit").count()).to.equal(2);
    expect(seat.complaints).to.deep.equal([]);
    await seat.context.close();
  });

  it("works on a phone, and without scripts", async () => {
    const seat = await seatAt("phone");
    const { page } = seat;
    await page.goto("/");
    await page.click(".topbar__find");
    await page.fill("#library-q", "phân số");
    await Promise.all([page.waitForURL(/q=/), page.press("#library-q", "Enter")]);
    await page.click(".finding__narrow > summary");
    expect(await axe(page)).to.deep.equal([]);
    expect(await overflows(page)).to.equal(false);
    await page.click('.finding__facets a[href*="kind=worksheet"]');
    expect(await page.locator(".hit").count()).to.equal(1);
    for (const path of ["/library", "/library/browse", "/library/browse/TOAN/6", `/plan-lessons/${W.toanLesson(1)}/proposals`, "/library?q=khongco"]) {
      await page.goto(path);
      expect(await axe(page), path).to.deep.equal([]);
      expect(await overflows(page), path).to.equal(false);
    }
    expect(seat.complaints).to.deep.equal([]);
    await seat.context.close();
    const plain = await seatAt("desktop", false);
    await plain.page.goto("/library");
    await plain.page.fill("#library-q", "phan so");
    await plain.page.click(".search-box button");
    expect(await plain.page.locator(".hit").count()).to.equal(2);
    await plain.context.close();
  });
});
