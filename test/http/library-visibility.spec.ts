import { expect } from "chai";
import fc from "fast-check";
import { loadActor } from "../../server/access/store.ts";
import { openMaterial } from "../../server/materials/access.ts";
import { Refusal } from "../../server/platform/errors.ts";
import { withinReach } from "../../server/library/access.ts";
import { ladder, limited } from "../../server/library/rules/rank.ts";
import { listFoundPages, findHits } from "../../server/library/store/search.ts";
import { startApp, type Running } from "../support/app.ts";
import { countQueries, ENGINE } from "../support/database.ts";
import { libraryOf, type Library, type Shelved } from "../support/library.ts";
import { NOW, W } from "../support/world.ts";

const EVERYBODY = ["huong", "son", "mai", "nam", "oanh", "tuan", "minh", "an", "khoi", "thu", "lan", "quang", "vy", "dung", "ngan", "ha", "bach"] as const;

describe(`who finds what in the library on ${ENGINE}`, () => {
  let app: Running;
  let library: Library;
  before(async () => {
    app = await startApp();
    library = libraryOf(app.db);
  });
  after(() => app.stop());
  afterEach(() => library.clear());

  const all = async (key: (typeof EVERYBODY)[number]): Promise<string[]> => {
    const actor = await loadActor(app.db, W[key], NOW);
    if (actor === undefined) throw new Error(key);
    const hits = await findHits(app.db, actor, limited(ladder([], "newest"), withinReach(actor)));
    const rows = (await app.db("library_index").whereIn("doc", hits.map((hit) => hit.doc)).select("material_id")) as { material_id: string }[];
    return rows.map((row) => row.material_id).sort();
  };

  const opened = async (key: (typeof EVERYBODY)[number], ids: readonly string[]): Promise<string[]> => {
    const actor = await loadActor(app.db, W[key], NOW);
    const open: string[] = [];
    for (const id of ids) {
      const may = await openMaterial(app.db, actor ?? expect.fail(key), id, "read", NOW).catch((error: unknown) => {
        if (error instanceof Refusal) return undefined;
        throw error;
      });
      if (may !== undefined && may.state !== "retired") open.push(id);
    }
    return open.sort();
  };

  it("is exactly what the door of each material lets each person read", async () => {
    const shelved = fc.record({
      school: fc.constantFrom(W.tranPhu, W.leLoi),
      scope: fc.constantFrom("class", "school", "cluster", "province", "public"),
      state: fc.constantFrom("draft" as const, "approved" as const, "retired" as const),
      by: fc.constantFrom(W.huong, W.son, W.quang, W.lan),
      subject: fc.constantFrom("TOAN", "NGUVAN", null),
      shownIn: fc.constantFrom([], [W.toan6A], [W.leLoiToan6A]),
    });
    const sample = fc.sample(shelved, { numRuns: 60, seed: 4 }).map((one, i): Shelved => ({ ...one, title: `Bài ${i}` }));
    const ids = await library.add(...sample);
    for (const key of EVERYBODY) expect(await all(key), key).to.deep.equal(await opened(key, ids));
  });

  it("holds in results, counts, suggestions, passages and corrections alike", async () => {
    await library.add(
      { title: "Canary bí mật của Lê Lợi", school: W.leLoi, by: W.quang, pages: ["canarytrang trong tệp"] },
      { title: "Canary nháp của Trần Phú", state: "draft", kind: "simulation", licence: "CC BY-NC" },
    );
    for (const [key, secret] of [["huong", "Lê Lợi"], ["mai", "Lê Lợi"], ["minh", "bí mật"], ["minh", "nháp"], ["thu", "nháp"], ["quang", "nháp"], ["ngan", "Canary"], ["vy", "nháp"], ["bach", "Canary"]] as const) {
      const client = await app.as(key);
      for (const path of ["/library?q=canary", "/library?q=canarytrang", "/library?q=canaryy", "/library?q=canari", "/library", "/library?sort=newest", "/library/suggestions?q=can", `/library?q=canary&school=${W.leLoi}`, "/library?kind=simulation"]) {
        const text = (await client.get(path)).text;
        const said = /^\/library\/s/.test(path) ? text : text.slice(text.indexOf("<main"));
        expect(said.includes("Canary") && said.includes(secret), `${key} ${path}`).to.equal(false);
      }
    }
    // Counts: one hit for a teacher of the school, none for her pupil.
    expect((await (await app.as("huong")).get("/library?q=canary")).text).to.match(/1 học liệu</);
    expect((await (await app.as("minh")).get("/library?q=canary")).text).to.include("Không tìm thấy");
  });

  it("lets a class find what its teacher shows it before approval, and others not", async () => {
    await library.add({ title: "Phiếu nháp cho 6A", state: "draft", shownIn: [W.toan6A] });
    const sees = async (key: "minh" | "khoi" | "thu" | "vy"): Promise<boolean> => (await (await app.as(key)).get("/library?q=phieu+nhap")).text.includes(">Phiếu nháp</mark>");
    expect(await sees("minh")).to.equal(true);
    expect(await sees("thu")).to.equal(true);
    expect(await sees("khoi")).to.equal(false);
    expect(await sees("vy")).to.equal(false);
  });

  it("never shows the text of a version that is not in use", async () => {
    const [id] = await library.add({ title: "Đang dùng", pages: ["bản cũ"], scope: "school" });
    const before = await listFoundPages(app.db, [((await app.db("library_index").where({ material_id: id }).first()) as { blob_hash: string }).blob_hash], [{ folded: "ban", exact: "banˀ" }]);
    expect([...before.values()][0]?.text).to.equal("bản cũ");
    expect((await (await app.as("minh")).get("/library?q=ban+cu")).text).to.include("<mark>bản cũ</mark>");
  });

  it("asks few queries, however much is found", async () => {
    await library.add(...Array.from({ length: 30 }, (_, i) => ({ title: `Số ${i}`, pages: ["số và chữ"] })));
    const huong = await app.as("huong");
    for (const [path, most] of [["/library?q=so", 8], ["/library", 9], ["/library/suggestions?q=so", 5], [`/plan-lessons/${W.toanLesson(1)}/proposals`, 8], ["/library/browse/TOAN/6", 9]] as const) {
      const { count, queries } = await countQueries(app.db, () => huong.get(path));
      expect(count, `${path}\n${queries.join("\n")}`).to.be.at.most(most);
    }
  });
});
