import { expect } from "chai";
import fc from "fast-check";
import { afterFailure, cleanText, corrected, FINAL_ERRORS, isScan, isText, textOf, TRIES_MAX, unsureIn, wayOf } from "../../server/digitising/rules.ts";
import { linesOf } from "../../server/digitising/makers/ocr.ts";

const word = fc.record({ t: fc.string({ maxLength: 12 }).map((text) => text.replace(/\s/g, "")), c: fc.integer({ min: 0, max: 100 }) });
const lines = fc.array(fc.array(word, { maxLength: 8 }), { maxLength: 6 });

describe("rules of digitising", () => {
  it("tries again what may pass, ever later, and never what lies in the file", () => {
    for (const code of FINAL_ERRORS) expect(afterFailure(code, 1)).to.deep.equal({ state: "failed" });
    expect([1, 2, 3].map((tries) => afterFailure("tool_failed", tries))).to.deep.equal([1, 4, 16].map((minutes) => ({ state: "waiting", minutes })));
    expect(afterFailure("tool_failed", TRIES_MAX)).to.deep.equal({ state: "failed" });
  });

  it("never gives up on a file only because the virus scanner is away", () => {
    expect(afterFailure("scanner_unavailable", 50)).to.deep.equal({ state: "waiting", minutes: 5 });
  });

  it("takes a document for a scan when at least half of its pages hold hardly a letter", () => {
    const page = "Tập hợp các số tự nhiên";
    expect(isScan(["", ""])).to.equal(true);
    expect(isScan([page, ""])).to.equal(true);
    expect(isScan([page, page, ""])).to.equal(false);
    expect(isScan([])).to.equal(false);
  });

  it("takes a few stains for no text", () => {
    expect(isText([[{ t: "~", c: 90 }, { t: "lá", c: 20 }]])).to.equal(false);
    expect(isText([[{ t: "Bài", c: 91 }, { t: "học", c: 88 }, { t: "mới", c: 70 }]])).to.equal(true);
  });

  it("puts corrections where they belong and leaves all other words alone", () => {
    fc.assert(
      fc.property(lines, fc.nat(60), fc.string({ maxLength: 8 }), (page, place, text) => {
        const given = text.replace(/\s/g, "");
        const { lines: next, changes } = corrected(page, new Map([[place, given]]));
        const before = page.flat();
        expect(next.map((line) => line.length)).to.deep.equal(page.map((line) => line.length));
        next.flat().forEach((one, i) => (i === place ? expect(one.t).to.equal(given.normalize("NFC")) : expect(one).to.deep.equal(before[i])));
        expect(unsureIn(next)).to.be.at.most(unsureIn(page) + 0);
        for (const change of changes) expect(change.before).to.not.equal(change.after);
      }),
    );
  });

  it("forgets a word that is corrected to nothing", () => {
    expect(textOf(corrected([[{ t: "Bài", c: 95 }, { t: "|", c: 12 }, { t: "12", c: 95 }]], new Map([[1, ""]])).lines)).to.equal("Bài 12");
  });

  it("keeps text that both databases take", () => {
    fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => !/[\x00-\x08\x0b-\x1f\x7f]/.test(cleanText(text))));
    expect(cleanText("ho\u0300a\u0000  binh")).to.equal("hòa binh");
  });

  it("knows what to do with each kind, and nothing with a simulation", () => {
    expect(["application/pdf", "image/png", "audio/ogg", "video/mp4", "text/csv", "application/msword", "application/vnd.oasis.opendocument.text", "application/vnd.geogebra.file"].map(wayOf)).to.deep.equal(["pdf", "picture", "sound", "video", "text", "office", "office", "nothing"]);
  });

  it("reads the words of Tesseract's table line by line, with their boxes in ten thousandths of the page", () => {
    const tsv = "level\tpage_num\n5\t1\t1\t1\t1\t1\t100\t50\t200\t40\t96.4\tBài\n5\t1\t1\t1\t1\t2\t320\t50\t80\t40\t31\t12\n5\t1\t1\t1\t2\t1\t100\t100\t50\t40\t90\tHai\n4\t1\t1\t1\t2\t0\t0\t0\t0\t0\t-1\t\n";
    const read = linesOf(tsv, { width: 1000, height: 500 });
    expect(read.map((line) => line.map((one) => one.t))).to.deep.equal([["Bài", "12"], ["Hai"]]);
    expect(read[0]?.[0]).to.deep.equal({ t: "Bài", c: 96, b: [1000, 1000, 2000, 800] });
  });
});
