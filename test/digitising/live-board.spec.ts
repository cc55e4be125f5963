import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { buffer } from "node:stream/consumers";
import { expect } from "chai";
import PDFDocument from "pdfkit";
import sharp from "sharp";
import { saveBoards } from "../../server/live/jobs.ts";
import { addMinutes } from "../../server/platform/clock.ts";
import { startApp, type Running } from "../support/app.ts";
import { storedSlides } from "../support/materials.ts";
import { id, NOW, W } from "../support/world.ts";
import { liveClass } from "../realtime/room.ts";

describe("the board of a live class as a PDF", function () {
  let app: Running;
  const folder = mkdtempSync(path.join(tmpdir(), "hoc-lieu-board-"));
  before(async () => {
    app = await startApp();
  });
  after(async () => {
    await app.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it("has the slide below the ink, in the slide's shape, pictures where they were put, and the shapes over both", async () => {
    // A slide of 4 to 3, blue in its left half, yellow in its right; a green picture; a red frame over slide and picture.
    const doc = new PDFDocument({ size: [400, 300], margin: 0 });
    doc.rect(0, 0, 200, 300).fill("#0000ff").rect(200, 0, 200, 300).fill("#ffff00").end();
    const slides = await storedSlides(app, await buffer(doc), { title: "Slide" });
    const green = await sharp({ create: { width: 80, height: 40, channels: 3, background: "#00ff00" } }).webp({ lossless: true }).toBuffer();
    const picture = await storedSlides(app, green, { title: "Hình", mime: "image/webp" });
    await app.db("renditions").insert({ id: id("rend"), blob_hash: picture.hash, kind: "image", rendition_hash: picture.hash, mime: "image/webp", size_bytes: green.length, details: "{}", created_at: NOW });
    const live = await liveClass(app, { state: "open" });
    await app.db("live_classes").where({ id: live }).update({ slides_material_id: slides.id, state: "ended", ended_at: addMinutes(NOW, 40) });
    await app.db("live_rooms").insert({ live_class_id: live, drawn: 3 });
    const drawing = (seq: number, kind: string, body: object, page = 1) => ({ live_class_id: live, seq, person_id: W.huong, page, kind, body: JSON.stringify(body), client_key: `stroke-${seq}`, at: NOW });
    await app.db("live_drawings").insert([
      drawing(1, "line", { c: 2, w: 3, x: 100, y: 600, x2: 900, y2: 600 }),
      drawing(2, "picture", { x: 700, y: 100, x2: 900, y2: 200, m: picture.id }),
      drawing(3, "line", { c: 2, w: 3, x: 650, y: 150, x2: 950, y2: 150 }),
      drawing(4, "text", { c: 0, w: 2, x: 50, y: 50, t: "\\frac{1}{2}" }, -1),
    ]);
    await saveBoards(app.db, app.blobs, addMinutes(NOW, 45), app.config.schoolQuotaBytes);
    const { hash: board } = (await app.db("live_rooms as r").join("materials as m", "m.id", "r.board_material_id").join("material_versions as v", "v.id", "m.latest_version_id").where("r.live_class_id", live).first("v.blob_hash as hash")) as { hash: string };
    writeFileSync(path.join(folder, "board.pdf"), await buffer(await app.blobs.open(board)));
    execFileSync("pdftoppm", ["-r", "72", "-png", "board.pdf", "page"], { cwd: folder });
    const { data, info } = await sharp(path.join(folder, "page-1.png")).removeAlpha().raw().toBuffer({ resolveWithObject: true });
    /** The colour at a place of the board, in thousandths of its width. */
    const at = (x: number, y: number): string => {
      const from = (Math.round(y * 0.96) * info.width + Math.round(x * 0.96)) * info.channels;
      const [red = 0, green_ = 0, blue = 0] = [data[from], data[from + 1], data[from + 2]];
      return [red, green_, blue].map((one) => (one > 150 ? "1" : "0")).join("");
    };
    expect([info.width, info.height]).to.deep.equal([960, 744]);
    expect([at(50, 100), at(450, 700), at(550, 100), at(950, 740)], "the slide").to.deep.equal(["001", "001", "110", "110"]);
    expect([at(100, 600), at(300, 600), at(890, 600)], "the line over the slide").to.deep.equal(["100", "100", "100"]);
    expect([at(300, 585), at(300, 615), at(70, 600)], "beside the line").to.deep.equal(["001", "001", "001"]);
    expect([at(710, 110), at(890, 190), at(690, 110), at(800, 210)], "the picture and what is beside it").to.deep.equal(["010", "010", "110", "110"]);
    expect([at(800, 150), at(660, 150)], "the line over the picture").to.deep.equal(["100", "100"]);
    const blank = await sharp(path.join(folder, "page-2.png")).metadata();
    expect([blank.width, blank.height]).to.deep.equal([960, 540]);
  });

  it("is saved with its ink alone where the slides cannot be drawn", async () => {
    const broken = await storedSlides(app, Buffer.from("%PDF-1.4\nnothing that a reader knows\n%%EOF\n"), { title: "Slide hỏng" });
    const live = await liveClass(app, { state: "open" });
    await app.db("live_classes").where({ id: live }).update({ slides_material_id: broken.id, state: "ended", ended_at: addMinutes(NOW, 40) });
    await app.db("live_rooms").insert({ live_class_id: live, drawn: 1 });
    await app.db("live_drawings").insert({ live_class_id: live, seq: 1, person_id: W.huong, page: 1, kind: "line", body: JSON.stringify({ c: 2, w: 3, x: 100, y: 100, x2: 900, y2: 100 }), client_key: "stroke-1", at: NOW });
    await saveBoards(app.db, app.blobs, addMinutes(NOW, 45), app.config.schoolQuotaBytes);
    expect(await app.db("live_rooms").where({ live_class_id: live }).whereNotNull("board_material_id")).to.have.length(1);
  });
});
