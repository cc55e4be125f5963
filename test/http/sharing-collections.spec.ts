import { expect } from "chai";
import { collectionRefusal } from "../../server/access/policy.ts";
import { loadActor } from "../../server/access/store.ts";
import { loadCollection, whereCollectionVisible } from "../../server/sharing/store/collections.ts";
import { startApp, type Running } from "../support/app.ts";
import { ENGINE } from "../support/database.ts";
import { shelfOf } from "../support/materials.ts";
import { shared } from "../support/sharing.ts";
import { id, NOW, W } from "../support/world.ts";

describe(`collections of materials, on ${ENGINE}`, function () {
  let app: Running;
  const shelf = shelfOf(() => app);
  before(async () => {
    app = await startApp();
  });
  after(() => app.stop());

  const newest = async (): Promise<{ id: string }> => (await app.db("collections").orderBy("id", "desc").first("id")) as { id: string };

  it("are made from a material, ordered without scripts, with a note for each", async () => {
    const [a, b] = [await shared(app, shelf, "public", { title: "Bài A" }), await shared(app, shelf, "public", { title: "Bài B" })];
    const quang = await app.as("quang");
    const create = (form: object) => quang.post("/library/collections", { title: "Ôn tập chương I", description: "", scope: "province", unit: W.leLoi, material: "", ...form });
    expect((await create({ title: "" })).status).to.equal(422);
    expect((await create({ scope: "public" })).text).to.include("Chỉ lãnh đạo trường");
    expect((await create({ unit: W.tranPhu })).status).to.equal(403);
    expect((await create({ material: a.id })).status).to.equal(303);
    const { id: collection } = await newest();
    const base = `/library/collections/${collection}`;
    expect((await quang.get(`/library/materials/${b.id}`)).text).to.include("Thêm vào “Ôn tập chương I”");
    expect((await quang.post(`${base}/items`, { material: b.id })).status).to.equal(303);
    await quang.post(`${base}/items`, { material: b.id });
    const order = async (): Promise<string[]> => ((await app.db("collection_items").where({ collection_id: collection }).orderBy("position").select("material_id")) as { material_id: string }[]).map((row) => row.material_id);
    expect(await order()).to.deep.equal([a.id, b.id]);
    await quang.post(`${base}/items/${b.id}/move`, { to: "up" });
    expect(await order()).to.deep.equal([b.id, a.id]);
    await quang.post(`${base}/order`, { order: `${a.id} ${id("gone")}` });
    expect(await order()).to.deep.equal([a.id, b.id]);
    await quang.post(`${base}/items/${a.id}/note`, { note: "Dùng trước giờ học." });
    expect((await quang.get(base)).text).to.include("Dùng trước giờ học.");
    expect((await quang.post(`${base}/items/${b.id}/removal`)).status).to.equal(303);
    expect((await quang.post(`${base}/items/${b.id}/removal`)).status).to.equal(409);
    for (const [who, status] of [["huong", 403], ["vy", 404]] as const) expect((await (await app.as(who)).post(`${base}/items`, { material: a.id })).status, who).to.equal(status);
    const stale = { title: "Tên khác", description: "", scope: "province", revision: "1" };
    expect((await quang.post(base, stale)).status).to.equal(303);
    const late = await quang.post(base, { ...stale, title: "Muộn" });
    expect(late.status).to.equal(409);
    expect(late.text).to.include("Muộn");
    expect((await quang.post(`${base}/removal`)).status).to.equal(303);
    expect((await quang.get(base)).status).to.equal(404);
  });

  it("leave out what the reader may not see and say how many, also in public", async () => {
    const open = await shared(app, shelf, "public", { title: "Ai cũng xem được" });
    const near = await shared(app, shelf, "cluster", { title: "Chỉ trong cụm" });
    const nam = await app.as("nam");
    await nam.post("/library/collections", { title: "Của cụm", description: "", scope: "public", unit: W.cluster, material: open.id });
    const { id: collection } = await newest();
    await nam.post(`/library/collections/${collection}/items`, { material: near.id });
    const inside = await (await app.as("quang")).get(`/library/collections/${collection}`);
    expect(inside.text).to.include("Chỉ trong cụm").and.not.include("không hiện");
    for (const page of [await app.visitor().get(`/catalogue/collections/${collection}`), await (await app.as("ngan")).get(`/library/collections/${collection}`)]) {
      expect(page.status).to.equal(200);
      expect(page.text).to.include("Ai cũng xem được").and.include("1 học liệu không hiện").and.not.include("Chỉ trong cụm");
    }
    expect((await (await app.as("lan")).get(`/library/collections/${collection}/edit`)).status, "a leader of the cluster").to.equal(200);
  });

  it("are seen by the same people in the list and at the door", async () => {
    const units = [W.tranPhu, W.leLoi, W.cluster, W.commune, W.department];
    const scopes = ["own", "school", "cluster", "province", "public"];
    for (const [i, unit] of units.entries()) {
      for (const [j, scope] of scopes.entries()) {
        await app.db("collections").insert({ id: id(`c${i}x${j}`), unit_id: unit, owner_id: i % 2 === 0 ? W.huong : W.quang, title: `${i} ${scope}`, scope, created_at: NOW, updated_at: NOW });
      }
    }
    const all = ((await app.db("collections").whereNull("removed_at").orderBy("id").select("id")) as { id: string }[]).map((row) => row.id);
    for (const person of (await app.db("persons").select("id")) as { id: string }[]) {
      const actor = await loadActor(app.db, person.id, NOW);
      if (actor === undefined) throw new Error(person.id);
      const query = app.db("collections as c").join("units as u", "u.id", "c.unit_id").whereNull("c.removed_at").orderBy("c.id").select("c.id");
      whereCollectionVisible(query, actor, NOW);
      const opened: string[] = [];
      for (const one of all) {
        const row = await loadCollection(app.db, one, NOW);
        if (row && collectionRefusal(actor, "read", row) === undefined) opened.push(one);
      }
      expect(((await query) as { id: string }[]).map((row) => row.id), person.id).to.deep.equal(opened);
    }
  });
});
