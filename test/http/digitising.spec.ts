import { readFileSync } from "node:fs";
import { expect } from "chai";
import { claimJob, saveDone, saveDraft, saveFailure, saveProgress, saveRendition, saveTexts } from "../../server/digitising/store/queue.ts";
import { claimLayer, findLayer, holdLayer, saveLayer, saveLayerFailure } from "../../server/digitising/store/layers.ts";
import { saveCorrections } from "../../server/digitising/store/words.ts";
import { findDigitisation, requestDigitising, textPages } from "../../server/digitising/store.ts";
import { sweepConversions } from "../../server/digitising/worker.ts";
import { requestMissing } from "../../server/materials/jobs.ts";
import { addMinutes } from "../../server/platform/clock.ts";
import { startApp, type Running } from "../support/app.ts";
import { shelfOf } from "../support/materials.ts";
import { NOW, W } from "../support/world.ts";

const later = (minutes: number): string => addMinutes(NOW, minutes);

describe("the queue of conversions", () => {
  let app: Running;
  const shelf = shelfOf(() => app);
  beforeEach(async () => {
    app = await startApp();
  });
  afterEach(() => app.stop());

  async function hashOf(material: { id: string }): Promise<string> {
    return ((await app.db("material_versions").where({ material_id: material.id }).orderBy("number", "desc").first("blob_hash")) as { blob_hash: string }).blob_hash;
  }

  it("asks for each file once, however often it is uploaded, and for those that came before", async () => {
    const hash = await hashOf(await shelf.draft());
    await requestDigitising(app.db, { hash, mime: "application/pdf", name: "again" }, later(5));
    expect(await shelf.count("digitisations")).to.equal(1);
    await app.db("digitisations").del();
    await requestMissing(app.db, later(6));
    expect((await findDigitisation(app.db, hash))?.state).to.equal("waiting");
  });

  it("gives a job to one worker, and to another when the first gave no sign of life", async () => {
    await shelf.draft();
    const [one, two] = await Promise.all([claimJob(app.db, "any", NOW), claimJob(app.db, "any", NOW)]);
    expect([one, two].filter(Boolean)).to.have.length(1);
    const first = one ?? two;
    if (!first) throw new Error("nobody got it");
    expect(await claimJob(app.db, "any", later(1))).to.equal(undefined);
    expect(await saveProgress(app.db, first, { step: "ocr", progress: 30 }, later(1))).to.equal(true);
    expect(await claimJob(app.db, "any", later(2.5)), "it lives").to.equal(undefined);
    const second = await claimJob(app.db, "any", later(10));
    expect(second?.tries).to.equal(2);
    expect(await saveProgress(app.db, first, { step: "ocr", progress: 50 }, later(10)), "it is not the first's any more").to.equal(false);
    const refused = await saveDone(app.db, first, "done", null, later(10)).then(() => "saved", (error: Error) => error.name);
    expect(refused).to.equal("LeaseLost");
  });

  it("gives up a job under which the server died again and again", async () => {
    await shelf.draft();
    for (let i = 0; i < 4; i += 1) expect(await claimJob(app.db, "any", later(10 * i))).to.not.equal(undefined);
    expect(await claimJob(app.db, "any", later(60))).to.equal(undefined);
    expect(await app.db("digitisations").first("state", "error_code")).to.deep.include({ state: "failed", error_code: "interrupted" });
  });

  it("does not let a film keep a worksheet waiting", async () => {
    await app.db("blobs").insert({ hash: "f".repeat(64), size_bytes: 1, mime: "video/mp4", created_at: NOW });
    await requestDigitising(app.db, { hash: "f".repeat(64), mime: "video/mp4", name: "phim" }, "2026-11-01T00:00:00.000Z");
    const hash = await hashOf(await shelf.draft());
    expect((await claimJob(app.db, "quick", NOW))?.blob_hash).to.equal(hash);
    expect((await claimJob(app.db, "any", NOW))?.mime).to.equal("video/mp4");
  });

  it("sweeps a stored rendition whose row was never written, and none that has its row", async () => {
    const hash = await hashOf(await shelf.draft());
    const job = await claimJob(app.db, "any", NOW);
    if (!job) throw new Error("no job");
    const { Readable } = await import("node:stream");
    const kept = await app.blobs.put(Readable.from(Buffer.from("kept")));
    const lost = await app.blobs.put(Readable.from(Buffer.from("lost")));
    await saveDraft(app.db, kept.hash, NOW);
    await saveDraft(app.db, lost.hash, NOW);
    await saveRendition(app.db, job, { ...kept, kind: "thumb", mime: "image/webp", details: {} }, NOW);
    expect(await sweepConversions(app.db, app.blobs, later(60)), "not too early").to.equal(0);
    expect(await sweepConversions(app.db, app.blobs, later(60 * 30))).to.equal(1);
    expect(await app.blobs.stat(lost.hash)).to.equal(undefined);
    expect(await app.blobs.stat(kept.hash)).to.not.equal(undefined);
    expect(await app.blobs.stat(hash)).to.not.equal(undefined);
  });

  it("tells the page of the material how far it is, and the shelf, without a script", async () => {
    const material = await shelf.draft();
    const job = await claimJob(app.db, "any", NOW);
    if (!job) throw new Error("no job");
    await saveProgress(app.db, job, { step: "ocr", progress: 42 }, NOW);
    const client = await app.as("huong");
    expect((await client.get(`/materials/${material.id}`)).text).to.include("Nhận dạng chữ").and.include("42 %");
    const version = (await shelf.row(material.id)).latest_version_id;
    const told = JSON.parse((await client.get(`/materials/${material.id}/versions/${version}/digitising`)).text) as object;
    expect(told).to.include({ running: true, value: 42 });
    await saveFailure(app.db, job, "broken", NOW);
    expect((await client.get(`/materials/${material.id}`)).text).to.include("không đúng định dạng");
    expect((await (await app.as("lan")).get(`/materials/${material.id}/versions/${version}/digitising`)).status).to.equal(404);
  });

  it("shows the system's administrator the programs and what failed, and nobody else", async () => {
    await shelf.draft();
    const job = await claimJob(app.db, "any", NOW);
    if (!job) throw new Error("no job");
    await saveFailure(app.db, job, "took_too_long", NOW);
    const bach = await app.as("bach");
    const page = await bach.get("/conversions");
    expect(page.text).to.include("Tesseract").and.include("mất quá nhiều thời gian");
    expect((await (await app.as("nam")).get("/conversions")).status).to.equal(403);
    expect((await bach.post("/conversions/retries", { hash: job.blob_hash })).status).to.equal(303);
    expect((await findDigitisation(app.db, job.blob_hash))?.state).to.equal("waiting");
    expect((await bach.post("/conversions/retries", { hash: job.blob_hash })).status, "twice").to.equal(409);
    expect((await bach.post("/conversions/retries", { hash: "../etc" })).status).to.equal(422);
  });

  describe("text that was read off pictures", () => {
    async function readMaterial(): Promise<{ id: string; url: string; hash: string }> {
      const material = await shelf.draft();
      const job = await claimJob(app.db, "any", NOW);
      if (!job) throw new Error("no job");
      await saveTexts(app.db, job, [{ text: "", lines: [[{ t: "Ung", c: 41 }, { t: "trung", c: 96 }], [{ t: "<b>", c: 20 }]] }, { text: "", lines: [[{ t: "quyêt", c: 30 }]] }], "ocr");
      await saveDone(app.db, job, "done", null, NOW);
      return { id: material.id, url: `/materials/${material.id}/versions/${(await shelf.row(material.id)).latest_version_id}/text/1`, hash: job.blob_hash };
    }

    it("marks the unsure words, takes corrections, notes who made them and tells the search", async () => {
      const { url, hash, id } = await readMaterial();
      await app.settle();
      const client = await app.as("huong");
      const page = await client.get(url);
      expect(page.text).to.include('value="Ung"').and.include("data-unsure").and.include('data-word="1"').and.include("&lt;b&gt;");
      const saved = await client.post(url, { revision: "1", "word.0": "Tập", "word.2": "" });
      expect(saved.status).to.equal(303);
      expect(saved.location, "on to the next page with unsure words").to.include("/text/2");
      expect((await textPages(app.db, hash))[0]?.text).to.equal("Tập trung\n");
      expect(await app.db("text_corrections").orderBy("word").select("before", "after")).to.deep.equal([{ before: "Ung", after: "Tập" }, { before: "<b>", after: "" }]);
      expect(await shelf.count("events", { name: "file_digitised", state: "due" })).to.equal(1);
      expect(await shelf.count("audit_entries", { action: "material.text", subject_id: id })).to.equal(1);
      expect((await client.get(url)).text).to.include("sửa gần nhất");
    });

    it("does not let an older sight of the page overwrite a newer correction", async () => {
      const { url } = await readMaterial();
      await (await app.as("huong")).post(url, { revision: "1", "word.0": "Tập" });
      expect((await (await app.as("mai")).post(url, { revision: "1", "word.0": "Ứng" })).status).to.equal(409);
    });

    it("is nobody's business who may not edit the material, and keeps what people corrected when the file is read again", async () => {
      const { url, hash } = await readMaterial();
      expect((await (await app.as("son")).get(url)).status).to.equal(403);
      expect((await (await app.as("lan")).post(url, { revision: "1" })).status).to.equal(404);
      const client = await app.as("huong");
      expect((await client.get(url.replace(/1$/, "99"))).status).to.equal(404);
      expect((await client.post(url, { revision: "x" })).status).to.equal(422);
      await client.post(url, { revision: "1", "word.0": "Tập" });
      await app.db("digitisations").update({ state: "waiting", run_at: NOW });
      const job = await claimJob(app.db, "any", NOW);
      if (!job) throw new Error("no job");
      await saveTexts(app.db, job, [{ text: "", lines: [[{ t: "Ung", c: 41 }]] }, { text: "", lines: [[{ t: "quyết", c: 90 }]] }], "ocr");
      expect((await textPages(app.db, hash)).map((page) => page.text.split(" ")[0])).to.deep.equal(["Tập", "quyết"]);
    });
  });

  describe("corrected words on their way into the PDF of a scan", () => {
    async function dueLayer(): Promise<string> {
      const hash = await hashOf(await shelf.draft());
      await app.db("ocr_pages").insert({ blob_hash: hash, page: 1, words: JSON.stringify([[{ t: "Ung", c: 41 }]]), unsure: 1 });
      await app.db("file_texts").insert({ blob_hash: hash, page: 1, text: "Ung", source: "ocr" });
      await app.db.transaction((trx) => saveCorrections(trx, { hash, page: 1, revision: 1 }, new Map([[0, "Tập"]]), { by: W.huong, at: NOW }));
      return hash;
    }
    const waiting = (): Promise<number> => shelf.count("text_layers");

    it("are one worker's, and another's when the first gave no sign of life", async () => {
      await dueLayer();
      expect(await claimLayer(app.db, later(1)), "who corrects is waited for").to.equal(undefined);
      const claimed = await Promise.all([claimLayer(app.db, later(2)), claimLayer(app.db, later(2))]);
      expect(claimed.filter(Boolean)).to.have.length(1);
      const first = claimed.find(Boolean);
      if (!first) throw new Error("nobody got it");
      expect(await holdLayer(app.db, first, later(3))).to.equal(true);
      expect(await claimLayer(app.db, later(4)), "it lives").to.equal(undefined);
      expect(await claimLayer(app.db, later(9))).to.not.equal(undefined);
      expect(await holdLayer(app.db, first, later(9))).to.equal(false);
      expect(await saveLayer(app.db, first, { hash: first.blob_hash, size: 1 }, 2, later(9)), "it is not the first's any more").to.equal(false);
    });

    it("stay due when somebody corrects while they are written", async () => {
      const hash = await dueLayer();
      const job = await claimLayer(app.db, later(2));
      if (!job) throw new Error("no job");
      const { revision } = await findLayer(app.db, hash);
      await app.db.transaction((trx) => saveCorrections(trx, { hash, page: 1, revision: 2 }, new Map([[0, "Tập trung"]]), { by: W.huong, at: later(3) }));
      expect(await saveLayer(app.db, job, { hash, size: 1 }, revision, later(4))).to.equal(true);
      expect(await waiting()).to.equal(1);
      const again = await claimLayer(app.db, later(5));
      if (!again) throw new Error("no job");
      expect(await saveLayer(app.db, again, { hash, size: 1 }, (await findLayer(app.db, hash)).revision, later(6))).to.equal(true);
      expect(await waiting()).to.equal(0);
    });

    it("are said to be missing when they cannot be written, until the next correction", async () => {
      const hash = await dueLayer();
      for (let i = 0; i < 4; i += 1) {
        const job = await claimLayer(app.db, later(1000 * (i + 1)));
        if (!job) throw new Error("no job");
        await saveLayerFailure(app.db, job, later(1000 * (i + 1)));
      }
      expect(await claimLayer(app.db, later(100_000))).to.equal(undefined);
      await app.db("digitisations").where({ blob_hash: hash }).update({ state: "done", text_source: "ocr" });
      const { material_id: id } = (await app.db("material_versions").where({ blob_hash: hash }).first("material_id")) as { material_id: string };
      expect((await (await app.as("huong")).get(`/materials/${id}`)).text).to.include("chưa ghi được chữ đã sửa");
      await app.db.transaction((trx) => saveCorrections(trx, { hash, page: 1, revision: 2 }, new Map([[0, "Tập trung"]]), { by: W.huong, at: later(100_000) }));
      expect(await claimLayer(app.db, later(100_002))).to.not.equal(undefined);
    });
  });

  it("says what is wrong with photos of pages, and stores nothing", async () => {
    const client = await app.as("huong");
    const url = `${"/plan-lessons/"}${(await import("../support/world.ts")).W.toanLesson(1)}/photographed-pages`;
    const none = await client.upload(url, { title: "Giữ lại tên này" }, []);
    expect(none.status).to.equal(422);
    expect(none.text).to.include("ít nhất một ảnh").and.include("Giữ lại tên này");
    const word = readFileSync(new URL("../fixtures/files/phieu-hoc-tap.docx", import.meta.url));
    expect((await client.upload(url, {}, [{ field: "photos", name: "a.docx", type: "x", bytes: word }])).status).to.equal(422);
    expect((await (await app.as("minh")).upload(url, {}, [])).status).to.equal(403);
    expect(await shelf.count("materials")).to.equal(0);
  });
});
