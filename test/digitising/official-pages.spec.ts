import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import { after, before, describe, it } from "mocha";
import sharp from "sharp";
import { coursesChanged } from "../../server/courses/events.ts";
import { raise } from "../../server/platform/jobs/queue.ts";
import { startApp, type Running } from "../support/app.ts";
import type { Client } from "../support/client.ts";
import { closeAsLeader } from "../support/closing.ts";
import { NOW, W, YEAR } from "../support/world.ts";

/**
 * A Word file that the school edits and the PDF that it sends must be the same paper: LibreOffice opens the one, and every
 * page has the lines of the other in the same place. The machine is given Tinos for Times New Roman, letter by letter as
 * wide, since a Debian's own substitute may lack the Vietnamese letters.
 */
const FONTS = path.resolve(import.meta.dirname, "../../server/documents/official/fonts");
const LONG = Array.from({ length: 14 }, (_, i) => `${["I", "II", "III", "IV", "V"][i % 5]}. Nội dung ${i + 1}\nTổ trưởng chuyên môn xây dựng kế hoạch dạy học trực tuyến của từng môn học, phân công giáo viên chuẩn bị học liệu số và kiểm tra việc thực hiện hằng tháng; đạt ${i},5 % trở lên theo Thông tư số 09/2021/TT-BGDĐT ngày 30 tháng 3 năm 2021.`).join("\n");

describe("the Word file and the PDF of an official document", function () {
  this.timeout(180_000);
  let app: Running;
  let nam: Client;
  const folder = mkdtempSync(path.join(tmpdir(), "hoc-lieu-official-"));
  const names = ["plan", "report"] as const;

  before(async () => {
    app = await startApp();
    nam = await app.as("nam");
    await raise(app.db, coursesChanged, { schoolId: W.tranPhu, yearId: YEAR }, NOW);
    await app.settle();
    await keep("plan", await plan());
    await keep("report", await report());
    mkdirSync(path.join(folder, "word"));
    writeFileSync(
      path.join(folder, "fonts.conf"),
      `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig><dir>${FONTS}</dir><cachedir>${folder}/cache</cachedir><match target="pattern"><test name="family"><string>Times New Roman</string></test><edit name="family" mode="assign" binding="strong"><string>Tinos</string></edit></match></fontconfig>`,
    );
    const options = [`-env:UserInstallation=file://${folder}/profile`, "--headless", "--norestore", "--convert-to", "pdf", "--outdir", "word"];
    execFileSync("soffice", [...options, ...names.map((name) => `${name}.docx`)], { cwd: folder, env: { ...process.env, FONTCONFIG_FILE: path.join(folder, "fonts.conf"), HOME: folder }, stdio: "ignore" });
  });
  after(async () => {
    await app.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  async function keep(name: string, at: string): Promise<void> {
    for (const format of ["docx", "pdf"]) {
      const answer = await nam.get(`${at}/${format}`);
      expect(answer.status).to.equal(200);
      writeFileSync(path.join(folder, `${name}.${format}`), answer.bytes);
    }
  }

  async function plan(): Promise<string> {
    const written = { year: YEAR, seen: "0", number: "12/KH-THCSTP", issued_on: "2026-09-10", signatory: "Trần Văn Nam", signatory_title: "Hiệu trưởng", place: "Bến Đoan", body: LONG, recipients: "UBND phường;\nLưu hồ sơ" };
    expect((await nam.post(`/schools/${W.tranPhu}/documents/plan/text`, written)).status).to.equal(303);
    const version = /school-document-versions\/([0-9a-z]{26})\/docx/.exec((await nam.get(`/schools/${W.tranPhu}/documents`)).text)?.[1] ?? "";
    return `/school-document-versions/${version}`;
  }

  async function report(): Promise<string> {
    await closeAsLeader(nam);
    const { location } = await nam.post(`/units/${W.tranPhu}/reports`, { year: YEAR, period: "2026-10" });
    const words = { seen: "1", number: "15/BC-THCSTP", issued_on: "2026-11-05", place: "Bến Đoan", signatory: "Trần Văn Nam", signatory_title: "Hiệu trưởng", recipients: "UBND phường (để báo cáo)", assessment: LONG.replaceAll(/^[IV]+\. /gm, ""), next_steps: "Tăng số tiết của môn Ngữ văn." };
    expect((await nam.post(`${location}/words`, words)).status).to.equal(303);
    return location;
  }

  const pagesOf = (file: string): string[] =>
    execFileSync("pdftotext", ["-layout", path.join(folder, file), "-"], { encoding: "utf8" })
      .split("\f")
      .slice(0, -1)
      .map((page) => page.replaceAll("\u00a0", " ").split("\n").map((line) => line.replace(/\s+/g, " ").trim()).filter(Boolean).join("\n"));

  for (const name of names) {
    it(`of a ${name} have the same pages with the same lines`, () => {
      const [word, pdf] = [pagesOf(`word/${name}.pdf`), pagesOf(`${name}.pdf`)];
      expect(word.length).to.be.above(1);
      for (const [i, page] of word.entries()) expect(page.split("\n"), `page ${i + 1}`).to.deep.equal(pdf[i]?.split("\n"));
      expect(word).to.have.length(pdf.length);
    });

    it(`of a ${name} look the same: what is black in the one is black in the other, within a few millimetres`, async () => {
      for (const [of, file] of [["word", `word/${name}.pdf`], ["pdf", `${name}.pdf`]] as const) execFileSync("pdftoppm", ["-r", "24", "-gray", "-png", path.join(folder, file), path.join(folder, `${name}-${of}`)]);
      const pages = readdirSync(folder).filter((file) => file.startsWith(`${name}-word`) && file.endsWith(".png"));
      expect(pages.length).to.be.above(1);
      for (const page of pages) {
        const [word, pdf] = await Promise.all([ink(path.join(folder, page)), ink(path.join(folder, page.replace("-word", "-pdf")))]);
        const apart = word.reduce((sum, value, i) => sum + Math.abs(value - (pdf[i] ?? 0)), 0) / word.length;
        const written = word.reduce((sum, value) => sum + (255 - value), 0) / word.length;
        expect(apart, `${page}: ${apart.toFixed(2)} of ${written.toFixed(2)}`).to.be.below(written * 0.35);
      }
    });
  }
});

/** A page as a blurred picture: where its ink is, to a few millimetres. */
async function ink(file: string): Promise<Uint8Array> {
  return new Uint8Array(await sharp(file).blur(3).greyscale().raw().toBuffer());
}
