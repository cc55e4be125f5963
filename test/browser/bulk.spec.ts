import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import type { Browser } from "playwright-core";
import { readArrivals } from "../../server/bulk/arrivals/jobs.ts";
import { startApp, type Running } from "../support/app.ts";
import { expectSound, launch, type Seat, signIn, sit, type Size } from "../support/browser.ts";
import { PASSWORD } from "../support/client.ts";
import { anotherPdf } from "../support/files.ts";
import { W } from "../support/world.ts";
import { makeZip } from "../support/zip.ts";

const START = `/schools/${W.tranPhu}/bulk-imports`;

describe("a folder of files in bulk, in a browser", function () {
  let browser: Browser;
  let folder: string;
  let app: Running;
  before(async () => {
    browser = await launch();
    folder = mkdtempSync(path.join(tmpdir(), "hoc-lieu-bulk-"));
  });
  beforeEach(async () => {
    app = await startApp();
  });
  afterEach(() => app.stop());
  after(async () => {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const isSound = async (seat: Seat, where: string): Promise<void> => {
    await expectSound(seat.page, where);
    expect(seat.complaints, where).to.deep.equal([]);
  };
  const enter = async (who: string, size: Size, lang: "vi" | "en"): Promise<Seat> => {
    await app.db("persons").whereIn("id", [W.huong, W.nam]).update({ language: lang });
    const seat = await sit(browser, app.base, { size, lang });
    await signIn(seat, who, PASSWORD);
    return seat;
  };
  const titles = ["Bài 1. Tập hợp", "scan_0001", "Luỹ thừa với số mũ tự nhiên", "IMG_2231"];
  const entries = () => titles.map((title, i) => ({ name: `Toán 6/${title}.pdf`, bytes: anotherPdf("x.pdf", `browser ${i}`).bytes }));

  it("is chosen as a ZIP, looked at, corrected in place, imported, seen and taken back (desktop, vi)", async () => {
    const seat = await enter("huong", "desktop", "vi");
    const { page } = seat;
    const zip = path.join(folder, "Kho Toán 6.zip");
    writeFileSync(zip, makeZip(entries()));
    await page.goto(START);
    await isSound(seat, "the start");
    await page.setInputFiles("#files", zip);
    await page.locator("job-progress").waitFor();
    await isSound(seat, "while it is read");
    await readArrivals(app.db, app.time.now, app.blobs);
    await page.locator("bulk-report").waitFor(); // the page finds out by itself
    await isSound(seat, "the dry run");

    const look = page.locator("tbody tr", { hasText: "scan_0001" });
    await look.locator("input[name^=title]").fill("Ôn tập tập hợp");
    await look.locator("select[name^=lesson]").selectOption({ index: 2 });
    await page.locator("tbody tr", { hasText: "IMG_2231" }).locator("input[name^=skip]").check();
    await page.click("button[formaction]");
    await page.locator("job-progress").waitFor();
    await isSound(seat, "while it is imported");
    await app.settle();
    await page.locator("job-progress").waitFor({ state: "detached" });
    await isSound(seat, "the result");
    const made = (await app.db("materials").orderBy("title").select("title", "state")) as { title: string; state: string }[];
    expect(made.map((one) => one.title)).to.have.members(["Bài 1. Tập hợp", "Luỹ thừa với số mũ tự nhiên", "Ôn tập tập hợp"]);
    await page.click("tbody a[href^='/materials/'] >> nth=0");
    await page.waitForURL(/\/materials\/\w{26}/);
    await page.goBack();

    await page.click("form[action$=undoing] button");
    await page.click("dialog[open] button[value=yes]");
    await page.getByText("Đã lấy ra 3 học liệu").waitFor();
    expect(await app.db("materials").select("id")).to.deep.equal([]);
    await isSound(seat, "taken back");
    await seat.context.close();
  });

  it("is chosen as a folder on a phone, and a whole library goes out and is put back (phone, en)", async () => {
    const teacher = await enter("huong", "phone", "en");
    const place = path.join(folder, "Kho Toán 6");
    mkdirSync(path.join(place, "Toán 6"), { recursive: true });
    for (const { name, bytes } of entries()) writeFileSync(path.join(place, name), bytes);
    await teacher.page.goto(START);
    await isSound(teacher, "the start");
    await teacher.page.setInputFiles("[data-folder] + input", place);
    await teacher.page.locator("job-progress").waitFor();
    await readArrivals(app.db, app.time.now, app.blobs);
    await teacher.page.locator("bulk-report").waitFor();
    await isSound(teacher, "the dry run");
    await teacher.page.click("button[formaction]");
    await teacher.page.locator("job-progress").waitFor();
    await app.settle();
    await teacher.page.locator("job-progress").waitFor({ state: "detached" });
    await isSound(teacher, "the result");
    await teacher.context.close();

    const leader = await enter("nam", "phone", "en");
    await leader.page.goto(`/schools/${W.tranPhu}/library-exports`);
    await isSound(leader, "the export");
    const [download] = await Promise.all([leader.page.waitForEvent("download"), leader.page.click("a[href$=library-archive]")]);
    const archive = path.join(folder, "kho.zip");
    await download.saveAs(archive);
    await leader.page.goto(START);
    await leader.page.setInputFiles("#files", archive);
    await leader.page.locator("job-progress").waitFor();
    await readArrivals(app.db, app.time.now, app.blobs);
    await leader.page.getByText("The system's signature and all checksums are right").waitFor();
    await isSound(leader, "the archive's dry run");
    expect(await leader.page.locator("tbody tr").count()).to.equal(4);
    await leader.context.close();
  });
});
