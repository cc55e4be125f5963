import { expect } from "chai";
import { loadActor } from "../../server/access/store.ts";
import { materialsVisibleTo, openMaterial, openShelf } from "../../server/materials/access.ts";
import { listMaterials, listShelf } from "../../server/materials/store/lists.ts";
import { openSchool } from "../../server/organisation/access.ts";
import { Refusal } from "../../server/platform/errors.ts";
import { startApp, type Running } from "../support/app.ts";
import { Client } from "../support/client.ts";
import { countQueries } from "../support/database.ts";
import { anotherPdf } from "../support/files.ts";
import { shelfOf } from "../support/materials.ts";
import { NOW, W } from "../support/world.ts";

const EVERYBODY = ["huong", "son", "mai", "nam", "oanh", "tuan", "minh", "an", "khoi", "thu", "lan", "quang", "vy", "dung", "ngan", "ha", "bach"] as const;

describe("who sees which material", () => {
  let app: Running;
  const shelf = shelfOf(() => app);
  before(async () => {
    app = await startApp();
    await shelf.draft("huong");
    await shelf.approved("huong");
    const onItsWay = await shelf.draft("huong");
    await shelf.act("huong", "submission", onItsWay);
    const newer = await shelf.approved("huong");
    await (await app.as("huong")).upload(`/materials/${newer.id}/versions`, {}, [anotherPdf("2.pdf", "a newer one")]);
    const retired = await shelf.approved("huong");
    await (await app.as("huong")).post(`/materials/${retired.id}/retirement`);
    await shelf.draft("lan", W.leLoiLesson(1));
  });
  after(() => app.stop());

  /** 404 and 403 are a no; anything else that is thrown is a mistake. */
  const allowed = async <T>(work: Promise<T>): Promise<T | undefined> =>
    work.catch((error: unknown) => {
      if (error instanceof Refusal && (error.status === 404 || error.status === 403)) return undefined;
      throw error;
    });

  it("is the same in the lists and at the door, for everybody", async () => {
    const none = { subject: null, grade: null, state: null, uploadedBy: null, text: "", after: null };
    const everything = await shelf.rows();
    for (const key of EVERYBODY) {
      const actor = await loadActor(app.db, W[key], NOW);
      if (!actor) return expect.fail(key);
      const school = await allowed(openSchool(app.db, actor, W.tranPhu, "read"));
      if (school === undefined) continue;
      const visible = materialsVisibleTo(actor, school);
      const listed = (await listMaterials(app.db, school, visible, none)).map((m) => m.id).sort();
      const opened: string[] = [];
      for (const material of everything.filter((m) => m.state !== "retired")) {
        const row = await allowed(openMaterial(app.db, actor, material.id, "read", NOW));
        if (row?.school_id === W.tranPhu) opened.push(row.id);
      }
      expect(listed, key).to.deep.equal(opened.sort());
      const lesson = await openShelf(app.db, actor, W.toanLesson(1), "read");
      expect((await listShelf(app.db, lesson, visible)).map((m) => m.id).sort(), key).to.deep.equal(listed);
    }
  });

  it("is for pupils and parents what is in use, and nothing of another school", async () => {
    const seen = async (key: "minh" | "thu" | "vy" | "ngan"): Promise<string[]> => {
      const client = await app.as(key);
      const states: string[] = [];
      for (const material of await shelf.rows()) {
        const answer = await client.get(`/materials/${material.id}/file`);
        if (answer.status === 200) states.push(material.state);
        else expect(answer.status, key).to.equal(404);
      }
      return states.sort();
    };
    expect(await seen("minh")).to.deep.equal(["approved", "draft"]); // the draft is a newer version of one in use
    expect(await seen("thu")).to.deep.equal(["approved", "draft"]);
    expect(await seen("vy")).to.deep.equal([]);
    expect(await seen("ngan")).to.deep.equal([]);
  });

  it("does not show pupils the trail, the versions or whose turn it is", async () => {
    const inUse = (await shelf.rows()).find((m) => m.state === "approved");
    const page = await (await app.as("minh")).get(`/materials/${inUse?.id}`);
    expect(page.status).to.equal(200);
    expect(page.text).to.not.include("Quá trình xử lý").and.not.include("Các phiên bản").and.not.include("Việc khác");
  });

  it("costs few queries, however many materials there are", async () => {
    const mai = await app.as("mai");
    const first = (await shelf.rows())[0];
    for (const [path, most] of [
      [`/schools/${W.tranPhu}/materials`, 5],
      [`/plan-lessons/${W.toanLesson(1)}/materials`, 7],
      [`/materials/${first?.id}`, 14],
      ["/review", 12],
    ] as const) {
      const { count, queries } = await countQueries(app.db, () => mai.get(path));
      expect(count, `${path}\n${queries.join("\n")}`).to.be.at.most(most);
    }
  });

  it("speaks English to those who ask for it", async () => {
    const nam = await new Client(app.base, "en").signIn("nam");
    await app.db("persons").where({ id: W.nam }).update({ language: "en" });
    for (const [path, words] of [
      ["/review", "Review of materials"],
      [`/schools/${W.tranPhu}/materials`, "Waiting for the subject group"],
      [`/plan-lessons/${W.toanLesson(1)}/materials`, "lessons have an approved material"],
    ] as const) {
      expect((await nam.get(path)).text, path).to.include(words);
    }
  });
});
