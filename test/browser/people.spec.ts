import path from "node:path";
import { expect } from "chai";
import type { Browser } from "playwright-core";
import { startApp, type Running } from "../support/app.ts";
import { expectSound, launch, signIn, sit, type Size } from "../support/browser.ts";
import { PASSWORD } from "../support/client.ts";
import { W } from "../support/world.ts";

const FIXTURES = path.join(import.meta.dirname, "../fixtures/rosters");

describe("rosters and login slips in a browser", function () {
  let app: Running;
  let browser: Browser;
  before(async () => {
    browser = await launch();
  });
  beforeEach(async () => {
    app = await startApp();
  });
  afterEach(() => app.stop());
  after(() => browser.close());

  for (const [size, lang] of [["desktop", "vi"], ["phone", "en"]] as [Size, "vi" | "en"][]) {
    it(`a roster is sent, corrected, imported and undone (${size}, ${lang})`, async () => {
      const seat = await sit(browser, app.base, { size, lang });
      const { page } = seat;
      await signIn(seat, "tuan", PASSWORD);
      await app.db("persons").where({ id: W.tuan }).update({ language: lang });
      await page.goto(`/schools/${W.tranPhu}/pupils`);
      await expectSound(seat.page, "pupils");
      await page.click(`a[href$="/roster-imports/new"]`);
      await expectSound(seat.page, "upload");
      await page.setInputFiles("input[type=file]", path.join(FIXTURES, "nhieu-loi.xlsx"));
      await page.click("main form[enctype] button");
      await page.waitForURL(/roster-imports\/[0-9a-z]{26}$/);
      await expectSound(seat.page, "preview");
      await page.fill(`[name="fix.1-4.born_on"]`, "28/02/2015");
      await page.check(`[name="guess.1-6.personal_code"]`);
      await page.selectOption(`[name="fix.1-10.class_name"]`, "6B");
      await page.click(`form[action$="/corrections"] button >> nth=0`);
      await page.waitForLoadState();
      expect(await page.locator(`[name="fix.1-4.born_on"]`).count(), "put right").to.equal(0);
      await page.click(`form[action$="/completion"] button`);
      await page.click("dialog[open] button[value=yes]");
      await page.waitForURL(/\/pupils$/);
      expect(await app.db("persons").where({ personal_code: "022215009004" }).first()).to.not.equal(undefined);
      await expectSound(seat.page, "pupils after the import");
      await page.click(`form[action$="/undoing"] button`);
      await page.click("dialog[open] button[value=yes]");
      await page.waitForSelector(`form[action$="/undoing"]`, { state: "detached" });
      expect(await app.db("persons").where({ personal_code: "022215009004" }).first()).to.equal(undefined);
      expect(seat.complaints).to.deep.equal([]);
      await seat.context.close();
    });

    it(`the homeroom teacher resets a pupil in two clicks, and the pupil comes in by the slip (${size}, ${lang})`, async () => {
      const seat = await sit(browser, app.base, { size, lang });
      const { page } = seat;
      await app.db("persons").where({ id: W.huong }).update({ language: lang });
      await signIn(seat, "huong", PASSWORD);
      await page.goto(`/classes/${W.class6A}`);
      await expectSound(seat.page, "class");
      await page.click(`form[action$="/pupils/${W.minh}/slips"] button`);
      await page.click("dialog[open] button[value=yes]");
      await page.waitForSelector(".slip__code");
      await expectSound(seat.page, "slip");
      const code = (await page.textContent(".slip__code")) ?? "";
      const pupil = await sit(browser, app.base, { size: "phone", lang });
      await pupil.page.goto("/sign-in?login=minh");
      expect(await pupil.page.inputValue("#login")).to.equal("minh");
      await pupil.page.fill("#password", code.toLowerCase().replace("-", " "));
      await pupil.page.keyboard.press("Enter");
      await pupil.page.waitForURL(/\/password\//);
      await expectSound(pupil.page, "choosing a password");
      await pupil.page.fill("#password", "con mèo xanh");
      await pupil.page.fill("#again", "con mèo xanh");
      await pupil.page.keyboard.press("Enter");
      await pupil.page.waitForURL(/sign-in/);
      await signIn(pupil, "minh", "con mèo xanh");
      expect([...seat.complaints, ...pupil.complaints]).to.deep.equal([]);
      await seat.context.close();
      await pupil.context.close();
    });
  }
});
