import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { expect } from "chai";
import { fromBufferPromise } from "yauzl";
import { readRoster } from "../../server/people/import/read.ts";
import { prepareExports, saveExportRequest } from "../../server/bulk/store/export.ts";
import { grantAsSystem } from "../../server/access/policy.ts";
import { newId } from "../../server/platform/ids.ts";
import { startApp, type Running } from "../support/app.ts";
import type { Answer } from "../support/client.ts";
import { anotherPdf } from "../support/files.ts";
import { shelfOf } from "../support/materials.ts";
import { shared } from "../support/sharing.ts";
import { untilEmpty } from "../support/until.ts";
import { NOW, W } from "../support/world.ts";
import { makeZip } from "../support/zip.ts";

const SCHOOL = `/schools/${W.tranPhu}`;

/** What "identical" means: everything about a material but the ids of rows and people, which belong to an installation. */
interface Line {
  key?: string;
  uploaded_by: { id?: string; name: string };
  title: string;
  state: string;
  versions: unknown[];
  trail: unknown[];
}

describe("a school's library as an archive", () => {
  let app: Running;
  let archive: Buffer;
  const shelf = shelfOf(() => app);
  before(async () => {
    app = await startApp();
    await shelf.approved("huong");
    const submitted = await shelf.draft("huong", W.toanLesson(2));
    await shelf.act("huong", "submission", submitted);
    const returned = await shelf.draft("huong", W.toanLesson(3));
    await shelf.act("huong", "submission", returned);
    await shelf.act("mai", "return", returned, { comment: "Sửa lại =SUM(A1) trang 2" });
    const newer = await shelf.approved("huong", W.toanLesson(4));
    await (await app.as("huong")).upload(`/materials/${newer.id}/versions`, {}, [anotherPdf("bản 2.pdf", "second version")]);
    const retired = await shelf.approved("huong", W.toanLesson(5));
    await (await app.as("huong")).post(`/materials/${retired.id}/retirement`, { comment: "Đã cũ" });
    const public_ = await shared(app, shelf, "public", {}, "huong", W.toanLesson(6));
    const film = await shelf.approved("huong", W.toanLesson(7));
    const comment = newId();
    await app.db("material_comments").insert({ id: comment, thread_id: comment, material_id: submitted.id, version_id: submitted.latest_version_id, by: W.mai, at: NOW, body: "Trang 2 thiếu hình", page: 2, state: "open" });
    const vtt = await app.blobs.put(Readable.from("WEBVTT\n\n00:01.000 --> 00:02.000\nXin chào\n"));
    await app.db("blobs").insert({ hash: vtt.hash, size_bytes: vtt.size, mime: "text/vtt", created_at: NOW });
    await app.db("captions").insert({ id: newId(), material_id: film.id, version_id: film.latest_version_id, language: "vi", label: "Tiếng Việt", blob_hash: vtt.hash, size_bytes: vtt.size, cues: 1, uploaded_by: W.huong, uploaded_at: NOW });
    await app.db("material_ratings").insert({ material_id: public_.id, person_id: W.quang, stars: 5, words: "Dùng tốt", rated_at: NOW, removal_reason: "" });
    await app.db("material_takedowns").insert({ id: newId(), material_id: retired.id, reason: "Sai bản quyền hình", rights_violated: true, by_office: true, taken_down_by: W.dung, taken_down_at: NOW });
    await app.db("materials").where({ id: retired.id }).update({ taken_down_at: NOW });
    await app.db("materials").where({ id: newer.id }).update({ origin: "derived", from_material_id: submitted.id, from_version_id: submitted.latest_version_id, wanted_scope: "cluster", wanted_by: W.huong, wanted_at: NOW });
    const chapter = newId();
    await app.db("collections").insert({ id: chapter, unit_id: W.tranPhu, owner_id: W.huong, title: "Chương I", scope: "school", created_at: NOW, updated_at: NOW });
    await app.db("collection_items").insert({ collection_id: chapter, material_id: public_.id, position: 1, note: "Dùng trước", added_by: W.huong, added_at: NOW });
    archive = (await (await app.as("nam")).get(`${SCHOOL}/library-archive`)).bytes;
  });
  after(() => app.stop());

  const linesOf = async (zip: Buffer): Promise<Line[]> => {
    const text = (await unzip(zip)).get("data/materials.jsonl")?.toString("utf8") ?? "";
    return text.split("\n").filter(Boolean).map((line) => {
      const { key: _, uploaded_by, ...rest } = JSON.parse(line) as Line;
      return { ...rest, uploaded_by: { name: uploaded_by.name } };
    });
  };

  it("is a BagIt folder whose checksums are right, with a list for people", async () => {
    const files = await unzip(archive);
    expect(files.get("bagit.txt")?.toString()).to.include("BagIt-Version: 1.0");
    for (const name of ["manifest-sha256.txt", "tagmanifest-sha256.txt"]) {
      for (const line of (files.get(name)?.toString() ?? "").trim().split("\n")) {
        const [sum, path] = line.split("  ");
        expect(createHash("sha256").update(files.get(path ?? "") ?? "").digest("hex"), path).to.equal(sum);
      }
    }
    const [sheet] = await readRoster(files.get("data/danh-sach.xlsx") ?? Buffer.alloc(0), "xlsx");
    expect(sheet?.rows).to.have.length(8);
    expect(sheet?.rows[0]).to.include.members(["Tệp", "Tiêu đề", "Trạng thái"]);
    const lines = await linesOf(archive);
    expect(lines.map((line) => line.state).sort()).to.deep.equal(["approved", "approved", "approved", "draft", "draft", "retired", "submitted"]);
    expect(lines.some((line) => line.versions.length === 2)).to.equal(true);
  });

  /** Every table that says something of the school's library, as it stands, in an order of its own. */
  const dump = async (): Promise<Record<string, unknown[]>> => {
    const tables = { materials: "id", material_versions: "id", material_steps: "id", material_lessons: "material_id", material_comments: "id", captions: "id", material_ratings: "material_id", material_takedowns: "id", collections: "id", collection_items: "material_id" };
    const of = (name: string, order: string): Promise<unknown[]> => app.db(name).orderBy(order).select("*") as unknown as Promise<unknown[]>;
    return Object.fromEntries(await Promise.all(Object.entries(tables).map(async ([name, order]) => [name, await of(name, order)] as const)));
  };
  const EMPTIED = ["collection_items", "collections", "material_takedowns", "material_ratings", "captions", "material_comments", "material_lessons", "material_steps"];
  /** As after a disaster: the school's library is gone, the installation is not. */
  const empty = async (): Promise<void> => {
    await app.settle();
    for (const name of ["bulk_rows", "bulk_files", "lesson_attachments", ...EMPTIED]) await app.db(name).del();
    await app.db("materials").update({ from_material_id: null, from_version_id: null });
    for (const name of ["material_versions", "materials"]) await app.db(name).del();
    const hashes = (await app.db("blobs").select("hash")) as { hash: string }[];
    for (const { hash } of hashes) await app.blobs.remove(hash);
  };
  const counted = async (): Promise<unknown> => app.db("measure_plan_totals").where({ school_id: W.tranPhu, subject_code: "TOAN" }).first("lessons_covered", "lessons_planned");
  const bring = async (who: string, school: string, zip: Buffer): Promise<Answer> => (await app.as(who)).upload(`/schools/${school}/bulk-imports`, {}, [{ field: "files", name: "kho.zip", type: "application/zip", bytes: zip }]);
  const run = async (who: string, sent: Answer): Promise<void> => {
    const started = await (await app.as(who)).post(`${sent.location}/completion`, { revision: "1" });
    expect(started.status, started.text).to.equal(303);
    await app.settle();
  };

  it("is put back to the identical state in the emptied school by who leads it, and taken back again whole", async () => {
    await app.settle();
    const [before, figure] = [await dump(), await counted()];
    for (const [name, rows] of Object.entries(before)) expect(rows, `${name} has something to lose`).to.not.have.length(0);
    await empty();
    const sent = await bring("nam", W.tranPhu, archive);
    expect(sent.status, sent.text).to.equal(303);
    const nam = await app.as("nam");
    expect((await nam.get(sent.location)).text).to.include("Chữ ký của hệ thống và mã kiểm tra của mọi tệp đều đúng").and.include("2 phiên bản").and.include("Bộ sưu tập, 1 học liệu");
    await run("nam", sent);
    expect(await dump()).to.deep.equal(before);
    expect(await counted(), "what counts, counts").to.deep.equal(figure);
    const again = (await nam.get(`${SCHOOL}/library-archive`)).bytes;
    const files = async (zip: Buffer): Promise<string[][]> => [...(await unzip(zip))].filter(([name]) => /^data.(files|captions|materials|collections)/.test(name)).map(([name, bytes]) => [name, createHash("sha256").update(bytes).digest("hex")]).sort();
    expect(await files(again)).to.deep.equal(await files(archive));
    expect((await nam.get("/notices")).text).to.include("Đã nhập xong “kho.zip”");

    const twice = await bring("nam", W.tranPhu, archive);
    const rows = (await app.db("bulk_rows").where({ import_id: twice.location.split("/").at(-1) }).select("state", "meta")) as { state: string; meta: string }[];
    expect(rows.filter((row) => !row.meta.includes('"collection"')).every((row) => row.state === "skipped"), "what is here stays as it is").to.equal(true);
    expect((await nam.post(`${twice.location}/removal`)).status).to.equal(303);

    expect((await nam.post(`${sent.location}/undoing`)).status).to.equal(303);
    for (const [name, left] of Object.entries(await dump())) expect(left, name).to.deep.equal([]);
    const back = await bring("nam", W.tranPhu, archive);
    await run("nam", back);
    expect(await dump()).to.deep.equal(before);
  });

  it("never brings back what was taken away since: an approval withdrawn, a material taken down", async () => {
    const [approved] = (await app.db("materials").where({ state: "approved" }).whereNull("taken_down_at").select("id")) as { id: string }[];
    expect((await (await app.as("nam")).post(`/materials/${approved?.id}/approval-removal`, { comment: "Sai kiến thức ở trang 2" })).status).to.equal(303);
    const before = await dump();
    const sent = await bring("nam", W.tranPhu, archive);
    await run("nam", sent); // all but the collection was known from the beginning, and that is found to be here
    expect(await dump()).to.deep.equal(before);
  });

  it("comes in as drafts elsewhere, whoever brings it: approval is each school's own act", async () => {
    const other = await startApp();
    const bringIn = async (who: string, school: string): Promise<string> => {
      const client = await other.as(who);
      const sent = await client.upload(`/schools/${school}/bulk-imports`, {}, [{ field: "files", name: "kho.zip", type: "application/zip", bytes: archive }]);
      const page = (await client.get(sent.location)).text;
      await client.post(`${sent.location}/completion`, { revision: "1" });
      await other.settle();
      return page;
    };
    // Another installation, the same school and its leader: its secret is another.
    expect(await bringIn("nam", W.tranPhu)).to.include("không có chữ ký của hệ thống này");
    const made = (await other.db("materials").select("state", "scope", "approved_version_id", "public_since", "uploaded_by", "school_id")) as object[];
    expect(made).to.not.have.length(0);
    for (const one of made) expect(one).to.deep.equal({ state: "draft", scope: "school", approved_version_id: null, public_since: null, uploaded_by: W.nam, school_id: W.tranPhu });
    for (const name of ["material_comments", "material_ratings", "material_takedowns", "collections"]) expect(Number(((await other.db(name).count({ n: "*" }).first()) as { n: number }).n), name).to.equal(0);
    await other.stop();
  });

  it("comes in as drafts, without states and trail, at another school of the installation, and by a teacher who does not lead", async () => {
    const before = new Set(((await app.db("materials").select("id")) as { id: string }[]).map((row) => row.id));
    const elsewhere = await bring("quang", W.leLoi, archive);
    expect((await (await app.as("quang")).get(elsewhere.location)).text).to.include("bản lưu của trường khác");
    await run("quang", elsewhere);
    const made = ((await app.db("materials").select("id", "state", "scope", "uploaded_by", "school_id")) as { id: string }[]).filter((row) => !before.has(row.id));
    expect(made).to.not.have.length(0);
    for (const { id: _, ...one } of made) expect(one).to.deep.equal({ state: "draft", scope: "school", uploaded_by: W.quang, school_id: W.leLoi });
    const teacher = await bring("huong", W.tranPhu, archive);
    expect((await (await app.as("huong")).get(teacher.location)).text).to.include("Chỉ lãnh đạo trường được khôi phục nguyên trạng");
    expect((await (await app.as("huong")).post(`${teacher.location}/removal`)).status).to.equal(303);
  });

  describe("that somebody tampered with", () => {
    const change = async (path: (name: string) => boolean, to: (bytes: Buffer) => Buffer | undefined): Promise<Buffer> => {
      const entries = [...(await unzip(archive))].flatMap(([name, bytes]) => {
        const made = path(name) ? to(bytes) : bytes;
        return made === undefined ? [] : [{ name, bytes: made }];
      });
      return makeZip(entries);
    };
    const isFile = (name: string): boolean => name.startsWith("data/files/");
    const CASES: readonly [what: string, says: RegExp, make: () => Promise<Buffer>][] = [
      ["a changed file", /data\/files\/[^”]+” trong bản lưu đã bị thay đổi/, () => change(isFile, (bytes) => Buffer.concat([bytes, Buffer.from("x")]))],
      ["a changed line", /materials\.jsonl” trong bản lưu đã bị thay đổi/, () => change((n) => n === "data/materials.jsonl", (b) => Buffer.from(b.toString().replace("submitted", "approved")))],
      ["a missing file", /thiếu tệp “data\/files\//, () => change(isFile, () => undefined)],
      ["a file more", /“data\/files\/la.pdf” không nằm trong danh mục/, async () => makeZip([...[...(await unzip(archive))].map(([name, bytes]) => ({ name, bytes })), { name: "data/files/la.pdf", bytes: "%PDF" }])],
      ["another manifest", /manifest-sha256\.txt” trong bản lưu đã bị thay đổi/, () => change((n) => n === "manifest-sha256.txt", (b) => Buffer.concat([b, Buffer.from(" ")]))],
      ["a line that is no material, all checksums made anew", /Dòng 1 trong danh mục/, () => forged((line) => ({ ...line, title: 7 as unknown as string }))],
    ];
    const forged = async (how: (line: Line) => Line, head: (head: object) => object = (one) => one, tags = ["bagit.txt", "bag-info.txt", "manifest-sha256.txt"]): Promise<Buffer> => {
      const files = await unzip(archive);
      const lines = (files.get("data/materials.jsonl")?.toString() ?? "").trim().split("\n").map((line) => JSON.stringify(how(JSON.parse(line) as Line)));
      files.set("data/materials.jsonl", Buffer.from(`${lines.join("\n")}\n`));
      files.set("data/hoc-lieu.json", Buffer.from(JSON.stringify(head(JSON.parse(files.get("data/hoc-lieu.json")?.toString() ?? "") as object))));
      const sum = (bytes: Buffer): string => createHash("sha256").update(bytes).digest("hex");
      files.set("manifest-sha256.txt", Buffer.from([...files].filter(([name]) => name.startsWith("data/")).map(([name, bytes]) => `${sum(bytes)}  ${name}\n`).join("")));
      files.set("tagmanifest-sha256.txt", Buffer.from(tags.map((name) => `${sum(files.get(name) ?? Buffer.alloc(0))}  ${name}\n`).join("")));
      return makeZip([...files].map(([name, bytes]) => ({ name, bytes })));
    };
    it("(a state, all checksums made anew, the old signature beneath) yields drafts and nothing public", async () => {
      await empty();
      const forgeries: [string, () => Promise<Buffer>][] = [
        ["states raised", () => forged((line) => JSON.parse(JSON.stringify(line).replaceAll('"submitted"', '"approved"').replaceAll('"scope":"school"', '"scope":"public"')) as Line)],
        ["another school's name on it", () => forged((line) => line, (head) => ({ ...head, school: { id: W.tranPhu, name: "THCS Trần Phú", code: "x" }, exported_at: "2026-11-23T02:00:00.000Z" }))],
        ["another tag file vouched for, the manifest not", () => forged((line) => ({ ...line, state: "approved" }), undefined, ["bagit.txt"])],
      ];
      for (const [what, make] of forgeries) {
        const sent = await bring("nam", W.tranPhu, await make());
        if (sent.status === 422) continue; // refused outright is right as well
        expect((await (await app.as("nam")).get(sent.location)).text, what).to.include("không có chữ ký");
        await run("nam", sent);
      }
      const states = (await app.db("materials").distinct("state", "scope", "approved_version_id")) as object[];
      expect(states).to.deep.equal([{ state: "draft", scope: "school", approved_version_id: null }]);
    });
    for (const [what, says, make] of CASES) {
      it(`(${what}) is refused by name and leaves nothing`, async () => {
        const before = await shelf.count("bulk_imports");
        const answer = await (await app.as("nam")).upload(`${SCHOOL}/bulk-imports`, {}, [{ field: "files", name: "kho.zip", type: "application/zip", bytes: await make() }]);
        expect(answer.status).to.equal(422);
        expect(answer.text).to.match(says);
        expect(await shelf.count("bulk_imports")).to.equal(before);
        await untilEmpty(app.blobs.incoming);
      });
    }
  });

  it("of a large library is prepared, kept for seven days and then let go", async () => {
    const nam = await app.as("nam");
    expect((await nam.post(`${SCHOOL}/library-exports`)).status).to.equal(303);
    expect((await nam.get(`${SCHOOL}/library-exports`)).text).to.include("Đang chờ");
    expect(await prepareExports(app.db, NOW, app.blobs)).to.equal(1);
    const page = (await nam.get(`${SCHOOL}/library-exports`)).text;
    const href = /\/library-exports\/\w+\/file/.exec(page)?.[0] ?? "";
    const file = await nam.get(href);
    expect(await linesOf(file.bytes)).to.deep.equal(await linesOf((await nam.get(`${SCHOOL}/library-archive`)).bytes));
    expect((await nam.get(href, { range: "bytes=0-3" })).text).to.equal("PK\x03\x04");
    expect((await nam.get("/notices")).text).to.include("đã sẵn sàng để tải xuống");
    expect((await (await app.as("huong")).get(href)).status).to.equal(403);
    expect((await (await app.as("lan")).get(href)).status).to.equal(404);
    await prepareExports(app.db, "2026-12-02T02:00:00.000Z", app.blobs);
    expect((await nam.get(href)).status).to.equal(404);
    expect((await nam.get(`${SCHOOL}/library-exports`)).text).to.include("Đã hết hạn");
  });

  it("is begun again when the process that prepared it was killed, and given up after three tries", async () => {
    const school = grantAsSystem({ id: W.tranPhu }, "export");
    const ids = ((await app.db("materials").where({ school_id: W.tranPhu }).select("id")) as { id: string }[]).map((row) => row.id);
    await saveExportRequest(app.db, school, { parts: [ids.slice(0, 2), ids.slice(2)], materials: ids.length, bytes: 1 }, (part) => `phần ${part}.zip`, { by: W.nam, at: NOW, requestId: "x".repeat(26) });
    await app.db("bulk_exports").where({ part: 1, parts: 2 }).update({ state: "running", tries: 1, lease_until: "2026-11-24T01:00:00.000Z" });
    expect(await prepareExports(app.db, NOW, app.blobs)).to.equal(2);
    const whole = (await app.db("bulk_exports").where({ parts: 2 }).orderBy("part")) as { blob_hash: string; state: string }[];
    expect(whole.map((one) => one.state)).to.deep.equal(["ready", "ready"]);
  });

  it("is for who leads or administers the school", async () => {
    for (const [who, status] of [["huong", 403], ["mai", 403], ["minh", 403], ["dung", 403], ["lan", 404], ["tuan", 200], ["nam", 200]] as const) {
      expect((await (await app.as(who)).get(`${SCHOOL}/library-exports`)).status, who).to.equal(status);
      expect((await (await app.as(who)).get(`${SCHOOL}/library-archive`)).status, who).to.equal(status);
    }
    expect(await shelf.count("audit_entries", { action: "bulk.export" })).to.be.greaterThan(2);
  });
});

async function unzip(bytes: Buffer): Promise<Map<string, Buffer>> {
  const zip = await fromBufferPromise(bytes, { lazyEntries: true });
  const files = new Map<string, Buffer>();
  for await (const entry of zip.eachEntry()) {
    const chunks: Buffer[] = [];
    for await (const chunk of await zip.openReadStreamPromise(entry)) chunks.push(chunk as Buffer);
    files.set(entry.fileName, Buffer.concat(chunks));
  }
  return files;
}
