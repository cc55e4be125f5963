import type { Server } from "node:http";
import { expect } from "chai";
import type { Browser } from "playwright-core";
import { axe, launch, overflows, sit } from "../support/browser.ts";
import { startStylePage } from "../design/style-page.ts";

describe("the components in a browser", function () {
  let server: Server;
  let address: string;
  let browser: Browser;
  before(async () => {
    [{ server, address }, browser] = await Promise.all([startStylePage(0), launch()]);
  });
  after(async () => {
    await browser.close();
    server.close();
  });

  for (const size of ["desktop", "phone"] as const) {
    for (const theme of ["light", "dark"]) {
      it(`have no fault that axe knows, ${theme}, ${size}, and fit`, async () => {
        const seat = await sit(browser, address, { size });
        await seat.page.goto(`/?theme=${theme}`);
        if (size === "desktop") await seat.page.click("summary.menu__button");
        expect(await axe(seat.page, { sheets: true })).to.deep.equal([]);
        expect(await overflows(seat.page)).to.equal(false);
        expect(seat.complaints).to.deep.equal([]);
        await seat.context.close();
      });
    }
  }

  it("fit a window of 320 px, which is a phone at 1280 px and four times the size", async () => {
    const seat = await sit(browser, address, { size: "phone" });
    await seat.page.setViewportSize({ width: 320, height: 480 });
    await seat.page.goto("/");
    expect(await overflows(seat.page)).to.equal(false);
    await seat.context.close();
  });

  it("are large enough for a finger", async () => {
    const seat = await sit(browser, address, { size: "phone" });
    await seat.page.goto("/");
    const small = await seat.page.evaluate<string[]>(`[...document.querySelectorAll("a.button, button, .tabs__link, .bottombar__link, .heat__link, .menu__button, .choice, select, input:not([type=hidden], [type=checkbox], [type=radio])")]
      .filter((e) => e.getBoundingClientRect().width > 0 && Math.min(e.getBoundingClientRect().height, e.getBoundingClientRect().width) < 43.5)
      .map((e) => e.className || e.tagName)`);
    expect(small).to.deep.equal([]);
    await seat.context.close();
  });

  it("ask once before an act that cannot be taken back, and send it when told to", async () => {
    const seat = await sit(browser, address);
    await seat.page.goto("/");
    const sent: string[] = [];
    seat.page.on("request", (request) => request.method() === "POST" && sent.push(request.url()));
    await seat.page.click("confirm-submit button");
    await seat.page.click("dialog button[value=no]");
    expect(sent).to.have.length(0);
    expect(await seat.page.evaluate("document.activeElement.textContent.trim()")).to.equal("Thu hồi học liệu");
    await seat.page.click("confirm-submit button");
    // Chromium may hang where a page is closed while its form is on the way, so its answer is waited for.
    await Promise.all([seat.page.waitForRequest((request) => request.method() === "POST"), seat.page.waitForEvent("load"), seat.page.click("dialog button[value=yes]")]);
    expect(sent).to.have.length(1);
    await seat.context.close();
  });

  it("change the theme at once and close the menu with Escape", async () => {
    const seat = await sit(browser, address);
    await seat.page.goto("/?theme=light");
    await seat.page.click("summary.menu__button");
    await seat.page.click("theme-switch button[value=dark]");
    expect(await seat.page.evaluate("document.documentElement.dataset.theme")).to.equal("dark");
    await seat.page.keyboard.press("Escape");
    expect(await seat.page.evaluate("document.querySelector('details.menu').open")).to.equal(false);
    await seat.context.close();
  });

  it("are all there without JavaScript, the menu too", async () => {
    const seat = await sit(browser, address, { javaScript: false });
    await seat.page.goto("/");
    await seat.page.click("summary.menu__button");
    expect(await seat.page.locator("form[action='/sign-out'] button").isVisible()).to.equal(true);
    expect(await seat.page.locator(".flash__text").isVisible()).to.equal(true);
    await seat.context.close();
  });
});
