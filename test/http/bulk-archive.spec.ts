import { createHash } from "node:crypto";
import { expect } from "chai";
import { fromBufferPromise } from "yauzl";
import { readRoster } from "../../server/people/import/read.ts";
import { prepareExports, saveExportRequest } from "../../server/bulk/store/export.ts";
import { grantAsSystem } from "../../server/access/policy.ts";
import { startApp, type Running } from "../support/app.ts";
import { anotherPdf } from "../support/files.ts";
import { shelfOf } from "../support/materials.ts";
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
    expect(sheet?.rows).to.have.length(6);
    expect(sheet?.rows[0]).to.include.members(["Tệp", "Tiêu đề", "Trạng thái"]);
    const lines = await linesOf(archive);
    expect(lines.map((line) => line.state).sort()).to.deep.equal(["approved", "draft", "draft", "retired", "submitted"]);
    expect(lines.some((line) => line.versions.length === 2)).to.equal(true);
  });

  it("is read back to the identical state in an empty installation by who leads the school", async () => {
    const other = await startApp();
    const nam = await other.as("nam");
    const sent = await nam.upload(`${SCHOOL}/bulk-imports`, {}, [{ field: "files", name: "kho.zip", type: "application/zip", bytes: archive }]);
    expect(sent.status, sent.text).to.equal(303);
    const preview = (await nam.get(sent.location)).text;
    expect(preview).to.include("Mã kiểm tra của mọi tệp đều đúng").and.include("2 phiên bản");
    const rows = [1, 2, 3, 4, 5].join(",");
    expect((await nam.post(`${sent.location}/completion`, { revision: "1", rows })).status).to.equal(303);
    await other.settle();
    const again = (await nam.get(`${SCHOOL}/library-archive`)).bytes;
    expect(await linesOf(again)).to.deep.equal(await linesOf(archive));
    const filesOf = async (zip: Buffer): Promise<string[]> => [...(await unzip(zip)).keys()].filter((name) => name.startsWith("data/files/")).sort();
    expect(await filesOf(again)).to.deep.equal(await filesOf(archive));
    // What counts, counts: the coverage is that of the school the archive came from.
    await app.settle();
    const counted = async (of: Running): Promise<unknown> => of.db("measure_plan_totals").where({ school_id: W.tranPhu, subject_code: "TOAN" }).first("lessons_covered", "lessons_planned");
    expect(await counted(other)).to.deep.equal(await counted(app));
    // The trail says that it was restored, and makes nobody here have done what a file says.
    const material = (await other.db("materials").where({ state: "approved" }).first()) as { id: string };
    expect((await nam.get(`/materials/${material.id}`)).text).to.include("Phạm Thị Mai").and.include("Khôi phục từ bản lưu");
    const authors = (await other.db("material_steps").distinct("by")) as { by: string }[];
    expect(authors.map((row) => row.by)).to.deep.equal([W.nam]);
    // Taken back, nothing of it stays.
    expect((await nam.post(`${sent.location}/undoing`)).status).to.equal(303);
    await other.settle();
    for (const name of ["materials", "material_versions", "material_steps", "material_lessons"]) {
      expect(Number(((await other.db(name).count({ n: "*" }).first()) as { n: number }).n), name).to.equal(0);
    }
    await other.stop();
  });

  it("comes in as drafts, without states and trail, by a teacher who does not lead", async () => {
    const other = await startApp();
    const quang = await other.as("quang");
    const sent = await quang.upload(`/schools/${W.leLoi}/bulk-imports`, {}, [{ field: "files", name: "kho.zip", type: "application/zip", bytes: archive }]);
    expect((await quang.get(sent.location)).text).to.include("dạng bản nháp, không kèm dấu vết duyệt");
    await quang.post(`${sent.location}/completion`, { revision: "1" });
    await other.settle();
    const made = (await other.db("materials").select("state", "uploaded_by", "school_id")) as object[];
    expect(made).to.have.length(5);
    for (const one of made) expect(one).to.deep.equal({ state: "draft", uploaded_by: W.quang, school_id: W.leLoi });
    await other.stop();
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
      ["a state that cannot be, all checksums made anew", /Dòng \d+ trong danh mục/, () => forged((line) => ({ ...line, state: line.state === "draft" ? "approved" : line.state }))],
      ["a line that is no material, all checksums made anew", /Dòng 1 trong danh mục/, () => forged((line) => ({ ...line, title: 7 as unknown as string }))],
    ];
    const forged = async (how: (line: Line) => Line): Promise<Buffer> => {
      const files = await unzip(archive);
      const lines = (files.get("data/materials.jsonl")?.toString() ?? "").trim().split("\n").map((line) => JSON.stringify(how(JSON.parse(line) as Line)));
      files.set("data/materials.jsonl", Buffer.from(`${lines.join("\n")}\n`));
      const sum = (bytes: Buffer): string => createHash("sha256").update(bytes).digest("hex");
      files.set("manifest-sha256.txt", Buffer.from([...files].filter(([name]) => name.startsWith("data/")).map(([name, bytes]) => `${sum(bytes)}  ${name}\n`).join("")));
      files.set("tagmanifest-sha256.txt", Buffer.from(["bagit.txt", "bag-info.txt", "manifest-sha256.txt"].map((name) => `${sum(files.get(name) ?? Buffer.alloc(0))}  ${name}\n`).join("")));
      return makeZip([...files].map(([name, bytes]) => ({ name, bytes })));
    };
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
    expect(await linesOf(file.bytes)).to.deep.equal(await linesOf(archive));
    expect((await nam.get(href, { range: "bytes=0-3" })).text).to.equal("PK\x03\x04");
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
