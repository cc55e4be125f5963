import { expect } from "chai";
import type { Browser } from "playwright-core";
import { startApp, type Running } from "../support/app.ts";
import { axe, launch, overflows, signIn, sit, type Seat, type Size } from "../support/browser.ts";
import { PASSWORD } from "../support/client.ts";
import { shelfOf, type Row } from "../support/materials.ts";
import { until } from "../support/until.ts";
import { META } from "../support/sharing.ts";
import { W } from "../support/world.ts";

/** A material goes from one school to another and is taken down, as the people on both sides see it. */
describe("sharing in a browser", function () {
  let app: Running;
  let browser: Browser;
  before(async () => {
    browser = await launch();
  });
  after(() => browser.close());
  beforeEach(async () => {
    app = await startApp();
  });
  afterEach(() => app.stop());
  const shelf = shelfOf(() => app);

  for (const [size, lang] of [["desktop", "vi"], ["phone", "en"]] as const) {
    it(`goes from one school to another, which approves it, and is taken down (${size}, ${lang})`, async () => {
      const seats: Seat[] = [];
      const at = async (who: string | undefined, where: Size = size): Promise<Seat> => {
        const seat = await sit(browser, app.base, { size: where, lang });
        seats.push(seat);
        if (who !== undefined) await signIn(seat, who, PASSWORD);
        return seat;
      };
      await app.db("persons").update({ language: lang });
      const say = (vi: string, en: string): string => (lang === "vi" ? vi : en);
      const sound = async ({ page }: Seat): Promise<void> => {
        expect(await axe(page), page.url()).to.deep.equal([]);
        expect(await overflows(page), page.url()).to.equal(false);
      };
      const material = await asked();

      const nam = await at("nam");
      await nam.page.goto(`/materials/${material.id}`);
      await nam.page.getByRole("button", { name: say("Đồng ý chia sẻ", "Agree to share") }).click();
      await until(async () => ((await app.db("materials").where({ id: material.id }).first("scope")) as { scope: string }).scope === "public");
      await app.settle();

      const quang = await at("quang");
      await quang.page.goto("/library");
      await quang.page.locator("main input[name=q]").fill("tập hợp các số");
      await quang.page.keyboard.press("Enter");
      await quang.page.locator(`main a[href*="${material.id}"]`).first().click();
      await quang.page.getByText(say("Chưa có lớp nào dùng", "view")).first().waitFor();
      await sound(quang);
      await quang.page.getByRole("link", { name: say("Tiếp nhận về trường", "Adopt for my school") }).click();
      await sound(quang);
      await quang.page.getByRole("button", { name: say("Tiếp nhận và gửi duyệt", "Adopt and send for approval") }).click();
      await quang.page.waitForURL(/\/materials\/\w{26}$/);
      const copy = quang.page.url().slice(-26);
      expect((await shelf.row(copy)).state).to.equal("submitted");

      const lan = await at("lan");
      await lan.page.goto(`/review?item=${copy}`);
      await Promise.all([lan.page.waitForURL(/\/review$/), lan.page.locator("[data-decide]").click()]);
      await lan.page.goto(`/review?item=${copy}`);
      await lan.page.locator("[data-decide]").click();
      await until(async () => (await shelf.row(copy)).state === "approved");
      await lan.page.goto(`/materials/${copy}`);
      expect(await lan.page.locator("main").innerText()).to.include(say("0 tự làm, 1 tiếp nhận", "0 own, 1 adopted"));
      await sound(lan);

      await quang.page.goto(`/library/materials/${material.id}/reports/new`);
      await sound(quang);
      await quang.page.locator("[name=kind]").first().waitFor();
      await chooseFirst(quang);
      await quang.page.locator("[name=words]").fill("Hình ở trang 2 không ghi nguồn.");
      await quang.page.locator("main form button[data-kind=primary]").click();
      await quang.page.waitForURL(new RegExp(`/library/materials/${material.id}`));

      const visitor = await at(undefined);
      expect((await visitor.page.goto(`/catalogue/${material.id}`))?.status()).to.equal(200);
      await sound(visitor);
      await nam.page.goto(`/library/materials/${material.id}`);
      const reason = nam.page.locator("details", { has: nam.page.locator(`form[action="/library/materials/${material.id}/takedown"]`) });
      await reason.locator("summary").click();
      await reason.locator("[name=reason]").fill("Đang bổ sung nguồn của hình.");
      await reason.locator("form button").click();
      await nam.page.waitForLoadState();
      await visitor.page.reload();
      expect(await visitor.page.locator("main").innerText()).to.include("Đang bổ sung nguồn của hình.");
      await sound(visitor);
      for (const seat of seats) {
        expect(seat.complaints).to.deep.equal([]);
        await seat.context.close();
      }
    });
  }

  /** The first kind of problem, whether they stand as a list or as buttons. */
  async function chooseFirst({ page }: Seat): Promise<void> {
    const kinds = page.locator("select[name=kind]");
    if ((await kinds.count()) > 0) await kinds.selectOption({ index: 1 });
    else await page.locator("input[name=kind]").first().check();
  }

  /** An approved material of cô Hương, who asks to make it public. */
  async function asked(): Promise<Row> {
    const material = await shelf.approved("huong", W.toanLesson(1));
    const { revision } = await shelf.row(material.id);
    await (await app.as("huong")).post(`/materials/${material.id}/metadata`, { ...META, revision: String(revision) });
    return shelf.row(material.id);
  }
});
