import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import type { Browser, Page } from "playwright-core";
import { startApp, type Running } from "../support/app.ts";
import { expectSound, launch, type Seat, signIn, sit, type Size } from "../support/browser.ts";
import { PASSWORD } from "../support/client.ts";
import { filePath } from "../support/files.ts";
import { LESSON } from "../support/materials.ts";
import { offsetOf } from "../support/tus.ts";

/** Large enough for many pieces, small enough to be quick: a film whose tail is noise. */
const FILM_BYTES = 12_000_000;

describe("a large file on a bad line, in a browser", function () {
  let app: Running;
  let browser: Browser;
  let folder: string;
  let film: string;
  before(async () => {
    browser = await launch();
    folder = mkdtempSync(path.join(tmpdir(), "hoc-lieu-film-"));
  });
  beforeEach(async () => {
    app = await startApp();
  });
  afterEach(() => app.stop());
  after(async () => {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const row = (page: Page, status: string) => page.locator(`upload-queue .file[data-status=${status}]`);
  /** A line of 3 MB a second, so that there is time to do something meanwhile; answers how to cut it and join it again. */
  const slowLine = async (seat: Seat): Promise<(offline: boolean) => Promise<void>> => {
    const devtools = await seat.context.newCDPSession(seat.page);
    const line = async (offline: boolean): Promise<void> => {
      await devtools.send("Network.emulateNetworkConditions", { offline, latency: 5, downloadThroughput: -1, uploadThroughput: 3_000_000 });
    };
    await devtools.send("Network.enable");
    await line(false);
    return line;
  };
  /** waitForFunction would need eval, which the pages forbid. */
  const until = async (page: Page, truth: string): Promise<void> => {
    for (let i = 0; i < 300; i += 1) {
      if (await page.evaluate<boolean>(truth)) return;
      await page.waitForTimeout(50);
    }
    throw new Error(`never: ${truth}`);
  };

  for (const [size, lang] of [["desktop", "vi"], ["phone", "en"]] as [Size, "vi" | "en"][]) {
    it(`pauses, loses the network and the page, goes on from where it stopped, and arrives whole (${size}, ${lang})`, async () => {
      film = path.join(folder, `Thí nghiệm ${size}.mp4`);
      writeFileSync(film, Buffer.concat([readFileSync(filePath("video.mp4")), Buffer.alloc(FILM_BYTES, size)]));
      const seat = await sit(browser, app.base, { size, lang });
      const { page } = seat;
      await signIn(seat, "huong", PASSWORD);
      await page.goto(LESSON);
      const cut = await slowLine(seat);
      await page.setInputFiles("#files", film);
      await row(page, "sending").waitFor();
      await until(page, "document.querySelector('upload-queue .file progress').value > 1000000");
      await page.click("[data-act=pause]");
      await row(page, "paused").waitFor();
      await expectSound(seat.page, "paused");
      await page.click("[data-act=resume]");
      await row(page, "sending").waitFor();

      await cut(true);
      await row(page, "waits").waitFor();
      await expectSound(seat.page, "waits for the network");
      await cut(false);
      await row(page, "sending").waitFor();
      await page.click("[data-act=pause]");
      await row(page, "paused").waitFor();

      await page.reload();
      await row(page, "unfinished").waitFor();
      await expectSound(seat.page, "unfinished");
      const { id } = (await app.db("uploads").where({ state: "receiving" }).first("id")) as { id: string };
      const came = (await offsetOf(await app.as("huong"), `/uploads/${id}`)) ?? 0;
      expect(came).to.be.greaterThan(1_000_000).and.lessThan(FILM_BYTES);
      const sent: number[] = [];
      page.on("request", (request) => {
        if (request.method() === "PATCH") sent.push(Number(request.headers()["upload-offset"]));
      });
      await page.setInputFiles("#files", film);
      await page.locator("[data-uploads] .file").waitFor();
      expect(sent[0], "from the last byte that arrived").to.equal(came);

      const version = (await app.db("material_versions").first("blob_hash", "file_name")) as { blob_hash: string; file_name: string };
      expect(version).to.deep.equal({ blob_hash: createHash("sha256").update(readFileSync(film)).digest("hex"), file_name: path.basename(film) });
      expect(Number(((await app.db("uploads").count({ n: "*" }).first()) as { n: number }).n)).to.equal(1);

      sent.length = 0;
      await page.setInputFiles("#files", [film, filePath("so-do.png"), filePath("bo-tep.zip")]);
      await row(page, "known").waitFor();
      await row(page, "refused").waitFor();
      await until(page, "document.querySelectorAll('[data-uploads] .file').length === 2");
      expect(sent.length, "the film was not sent again").to.equal(2);
      await expectSound(seat.page, "known and refused");
      expect(seat.complaints.filter((line) => !/ERR_INTERNET_DISCONNECTED|ERR_ABORTED/.test(line))).to.deep.equal([]);
      await seat.context.close();
    });
  }
});
