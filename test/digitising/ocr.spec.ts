import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import sharp from "sharp";
import { readPictures, type ReadPage } from "../../server/digitising/makers/ocr.ts";
import type { Work } from "../../server/digitising/makers/work.ts";
import { textOf } from "../../server/digitising/rules.ts";
import { findTools, type Tools } from "../../server/digitising/tools.ts";
import { errorRate, testPages, type TestPage } from "../support/ocr-pages.ts";

/** Twenty pages are the measure of the product's OCR: of all letters, marks included, at least 95 in 100 are right. */
describe("reading twenty pages of Vietnamese", function () {
  this.timeout(600_000);
  let pages: TestPage[];
  before(async () => {
    pages = await testPages();
  });

  it("gets at least 95 % of the letters right with the system's Tesseract", async () => {
    await measure(pages, await findTools());
  });

  it("turns pages that lie on their head or side, for the eye as well", async () => {
    const upright = pages[2] as TestPage;
    const turned = await Promise.all([180, 90, 270].map(async (angle) => ({ ...upright, name: `turned ${angle}`, picture: await sharp(upright.picture).rotate(angle).png().toBuffer() })));
    await measure(turned, await findTools());
  });

  it("gets as much with Tesseract from npm, on a clean page, a turned one and a photo", async () => {
    const some = pages.filter((_, i) => process.env["OCR_ALL"] === "1" || [2, 9, 15].includes(i));
    await measure(some, { ...(await findTools("/nowhere")) });
  });
});

async function measure(pages: readonly TestPage[], tools: Tools): Promise<void> {
  const half = Math.ceil(pages.length / 2);
  const read = (await Promise.all([readAll(pages.slice(0, half), tools), readAll(pages.slice(half), tools)])).flat();
  const rates = pages.map((page, i) => errorRate(page.lines.join(" "), textOf(read[i]?.lines ?? [])));
  const letters = pages.map((page) => page.lines.join(" ").length);
  const wrong = rates.reduce((sum, rate, i) => sum + rate * (letters[i] ?? 0), 0) / letters.reduce((sum, count) => sum + count, 0);
  const told = pages.map((page, i) => `${page.name} ${((rates[i] ?? 0) * 100).toFixed(1)} %`).join(", ");
  if (process.env["OCR_TELL"] === "1") console.log(`${tools.ocrVersion}: ${((1 - wrong) * 100).toFixed(2)} % right; wrong by page: ${told}`);
  expect(1 - wrong, told).to.be.at.least(0.95);
  expect(Math.max(...rates), told).to.be.below(0.2);
}

async function readAll(pages: readonly TestPage[], tools: Tools): Promise<ReadPage[]> {
  const folder = mkdtempSync(path.join(tmpdir(), "hoc-lieu-ocr-"));
  pages.forEach((page, i) => writeFileSync(path.join(folder, `page-${i}`), page.picture));
  const work = { folder, input: "", tools, hurry: 1 } as Work;
  try {
    return await readPictures(work, pages.length, (i) => Promise.resolve(`page-${i}`), () => Promise.resolve());
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
