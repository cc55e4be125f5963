import { expect } from "chai";
import type { Browser } from "playwright-core";
import { startApp, type Running } from "../support/app.ts";
import { axe, launch, overflows, signIn, sit, type Seat, type Size } from "../support/browser.ts";
import { PASSWORD } from "../support/client.ts";
import { shelfOf, type Row, type Shelf } from "../support/materials.ts";
import { W } from "../support/world.ts";

/** The queue as a reviewer uses it: by keyboard, one after the other, and many at once; at the desk and on a phone. */
describe("the review queue in a browser", function () {
  let app: Running;
  let browser: Browser;
  let shelf: Shelf;
  before(async () => {
    browser = await launch();
  });
  after(() => browser.close());
  beforeEach(async () => {
    app = await startApp();
    shelf = shelfOf(() => app);
  });
  afterEach(() => app.stop());

  async function waiting(count: number): Promise<Row[]> {
    const rows: Row[] = [];
    for (let n = 1; n <= count; n += 1) {
      const material = await shelf.draft("huong", W.toanLesson(n));
      await app.db("materials").where({ id: material.id }).update({ title: `Bài giảng số ${n}` });
      await shelf.act("huong", "submission", material);
      rows.push(await shelf.row(material.id));
    }
    return rows;
  }
  const stateOf = async (row: Row | undefined): Promise<string> => (await shelf.row(row?.id ?? "")).state;

  async function reviewer(size: Size): Promise<Seat> {
    const seat = await sit(browser, app.base, { size });
    await signIn(seat, "mai", PASSWORD);
    return seat;
  }

  async function isSound(seat: Seat): Promise<void> {
    expect(await axe(seat.page)).to.deep.equal([]);
    expect(await overflows(seat.page)).to.equal(false);
    expect(seat.complaints).to.deep.equal([]);
  }

  for (const size of ["desktop", "phone"] as const) {
    it(`is worked through by keys: next, previous, pass, return (${size})`, async () => {
      const [one, two, three] = await waiting(3);
      const seat = await reviewer(size);
      const { page } = seat;
      await page.goto("/review");
      await isSound(seat);
      await page.keyboard.press("?");
      expect(await page.locator("[data-help]").getAttribute("open")).to.not.equal(null);
      await Promise.all([page.waitForURL(/item=/), page.keyboard.press("j")]);
      expect(await page.locator("#item-title").innerText()).to.equal("Bài giảng số 2");
      await Promise.all([page.waitForURL((url) => url.search.includes(one?.id ?? "")), page.keyboard.press("k")]);
      await page.keyboard.press("p");
      expect(await stateOf(one), "the first press only goes to the button").to.equal("submitted");
      await Promise.all([page.waitForURL((url) => url.search.includes(two?.id ?? "")), page.keyboard.press("a")]);
      expect(await stateOf(one)).to.equal("passed");
      await page.keyboard.press("r");
      await page.keyboard.type("Chữ ở trang 2 mờ quá");
      await Promise.all([page.waitForURL((url) => url.search.includes(three?.id ?? "")), page.click("[data-return]")]);
      expect(await stateOf(two)).to.equal("draft");
      await seat.context.close();
    });

    it(`decides about many at once, after choosing them all (${size})`, async () => {
      const rows = await waiting(4);
      const seat = await reviewer(size);
      const { page } = seat;
      await page.goto("/review/list");
      expect(await page.locator("[data-acts]").isVisible(), "nothing chosen yet").to.equal(false);
      await isSound(seat);
      await page.locator("[data-all]").check();
      expect(await page.locator("[data-count]").innerText()).to.equal("4");
      await page.locator(`input[name=item]`).first().uncheck();
      await isSound(seat);
      await page.fill("textarea[name=comment]", "Tốt");
      await Promise.all([page.waitForNavigation(), page.click("button[name=act][value=decide]")]);
      expect(await Promise.all(rows.map(stateOf))).to.deep.equal(["submitted", "passed", "passed", "passed"]);
      await seat.context.close();
    });
  }
});
