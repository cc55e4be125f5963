import { expect } from "chai";
import { addMinutes } from "../../server/platform/clock.ts";
import { startApp, type Running } from "../support/app.ts";
import type { Answer, Client } from "../support/client.ts";
import { ENGINE } from "../support/database.ts";
import { LESSON, shelfOf, type Row } from "../support/materials.ts";
import { h5p, packageFile, scorm12, scorm2004, scormWith } from "../support/packages.ts";
import { untilEmpty } from "../support/until.ts";
import { NOW, W } from "../support/world.ts";

interface Play {
  token: string;
  files: string;
  items: { id: string; href: string; state: string; completed: boolean; text: string }[];
}

/** Interactive packages: taken when they are sound, played by a key, results kept for each pupil. */
describe(`interactive packages (${ENGINE})`, () => {
  let app: Running;
  let huong: Client;
  let minh: Client;
  const shelf = shelfOf(() => app);
  before(async () => {
    app = await startApp();
    huong = await app.as("huong");
    minh = await app.as("minh");
  });
  after(() => app.stop());
  afterEach(() => (app.time.now = NOW));

  /** Uploaded by cô Hương on a lesson of 6A, which sees it before it is approved. */
  async function shown(name = "luy-thua.zip", parts = scorm12()): Promise<Row> {
    const answer = await huong.upload(LESSON, {}, [packageFile(name, parts)]);
    expect(answer.status, answer.text.slice(0, 300)).to.equal(303);
    const material = await shelf.newest();
    await huong.post(`/courses/${W.toan6A}/lessons/${W.toanLesson(1)}/attachments`, { material: material.id });
    return material;
  }
  const base = (material: Row): string => `/materials/${material.id}/versions/${material.latest_version_id}/package`;
  const json = (client: Client, path: string, body: object): Promise<Answer> =>
    client.send("POST", path, { headers: { "content-type": "application/json", accept: "application/json" }, body: JSON.stringify(body) as never });
  async function play(client: Client, material: Row): Promise<Play> {
    const answer = await json(client, `${base(material)}/plays`, {});
    expect(answer.status, answer.text.slice(0, 300)).to.equal(201);
    return JSON.parse(answer.text) as Play;
  }
  const report = (token: string, turn: number, more: object = {}): object => ({ play: token, item: "i1", turn, completed: false, success: null, raw: null, min: null, max: null, scaled: null, seconds: 60, state: `{"turn":${turn}}`, ...more });
  const result = async (material: Row, who: string): Promise<Record<string, unknown>> => (await app.db("package_results").where({ version_id: material.latest_version_id, person_id: who }).first()) as Record<string, unknown>;

  describe("uploading", () => {
    it("takes SCORM and H5P and knows them as packages", async () => {
      expect((await shown()).kind).to.equal("package");
      expect((await shown("h5p.h5p", h5p())).kind).to.equal("package");
      const { text } = await huong.get(`/materials/${(await shelf.newest()).id}`);
      expect(text).to.include("<package-player").and.to.match(/Mở bài tương tác \(\d+ KB\)/).and.to.include("Bài tương tác cần JavaScript");
    });

    it("says what is wrong with a hostile one, keeps nothing of it and leaves no debris", async () => {
      const before = await shelf.count("blobs");
      const answer = await huong.upload(LESSON, {}, [packageFile("goi.zip", [...scorm12(), { name: "../../evil.txt", bytes: "x" }])]);
      expect(answer.status).to.equal(422);
      expect(answer.text).to.include("tên tệp không an toàn").and.to.include("../../evil.txt");
      expect(await shelf.count("blobs")).to.equal(before);
      await untilEmpty(app.blobs.incoming);
    });
  });

  describe("the files of a package", () => {
    let material: Row;
    let started: Play;
    before(async () => {
      material = await shown("tep.zip", scormWith({ name: "phim/bai.mp4", bytes: Buffer.from("0123456789"), stored: true }, { name: "chu/Bài 1.txt", bytes: "chào ".repeat(1000) }, { name: "rong.css", bytes: "" }));
      started = await play(minh, material);
    });

    it("are sent by the key alone, without a cookie, shut into a sandbox", async () => {
      const page = await app.visitor().get(`${started.files}${started.items[0]?.href}`);
      expect(page.status).to.equal(200);
      expect(page.text).to.match(/<head><script src="\/packages\/player\/[0-9a-f]+\/scorm12\.js"><\/script>/).and.to.include("Câu 1.");
      const csp = page.headers.get("content-security-policy") ?? "";
      expect(csp).to.match(/^sandbox allow-scripts allow-forms;/).and.to.not.include("allow-same-origin");
      expect(csp).to.include(`connect-src ${app.base}/packages/${started.token}/ data: blob:`).and.to.include("form-action 'none'");
      expect(page.headers.get("x-content-type-options")).to.equal("nosniff");
      expect(page.headers.getSetCookie()).to.deep.equal([]);
    });

    it("are unpacked on the way, in pieces where a player asks for pieces", async () => {
      const text = await app.visitor().get(`${started.files}files/chu/${encodeURIComponent("Bài 1.txt")}`, { range: "bytes=6-11" });
      expect(text.status).to.equal(206);
      expect(text.bytes).to.deep.equal(Buffer.from("chào ".repeat(3)).subarray(6, 12));
      const film = await app.visitor().get(`${started.files}files/phim/bai.mp4`, { range: "bytes=3-5" });
      expect([film.status, film.text, film.headers.get("content-type")]).to.deep.equal([206, "345", "video/mp4"]);
      expect((await app.visitor().get(`${started.files}files/phim/bai.mp4`, { range: "bytes=99-" })).status).to.equal(416);
      expect((await app.visitor().get(`${started.files}files/rong.css`)).bytes).to.have.length(0);
    });

    it("are those of the package only", async () => {
      for (const path of ["khac.html", "../../../package.json", "%2e%2e/%2e%2e/package.json", "..%2f..%2fpackage.json", "/etc/passwd", "a%00.html"]) {
        expect((await app.visitor().get(`${started.files}files/${path}`)).status, path).to.equal(404);
      }
    });

    it("are not sent without a key, with a wrong one, or when a quarter of an hour has passed", async () => {
      expect((await huong.get(`/packages/${"x".repeat(43)}/files/bai.html`)).status).to.equal(404);
      app.time.now = addMinutes(NOW, 16);
      expect((await app.visitor().get(`${started.files}files/bai.html`)).status).to.equal(404);
    });

    it("stay open while the player gives signs of life, and close with the right to the material", async () => {
      app.time.now = addMinutes(NOW, 10);
      expect((await json(minh, `${base(material)}/signs-of-life`, { play: started.token })).status).to.equal(204);
      app.time.now = addMinutes(NOW, 20);
      expect((await app.visitor().get(`${started.files}files/bai.html`)).status).to.equal(200);
      await app.db("lesson_attachments").where({ material_id: material.id }).del();
      expect((await json(minh, `${base(material)}/signs-of-life`, { play: started.token })).status).to.equal(404);
      app.time.now = addMinutes(NOW, 26);
      expect((await app.visitor().get(`${started.files}files/bai.html`)).status).to.equal(404);
    });
  });

  it("is listed once, all of it or nothing, however many open it first at once", async () => {
    const material = await shown("cung-luc.zip", scormWith({ name: "them.txt", bytes: "cùng lúc" }));
    const plays = await Promise.all(Array.from({ length: 6 }, () => play(minh, material)));
    expect(new Set(plays.map((one) => one.token)).size).to.equal(6);
    const { blob_hash } = (await app.db("material_versions").where({ id: material.latest_version_id }).first()) as { blob_hash: string };
    expect(await shelf.count("package_entries", { blob_hash })).to.equal(5);
  });

  describe("results", () => {
    let material: Row;
    before(async () => {
      material = await shown("ket-qua.zip", scormWith({ name: "them.txt", bytes: "kết quả" }));
    });

    it("are kept for the pupil, who goes on from there", async () => {
      const { token } = await play(minh, material);
      app.time.now = addMinutes(NOW, 5);
      const answer = await json(minh, `${base(material)}/results`, report(token, 1, { raw: 67, min: 0, max: 100 }));
      expect(answer.status).to.equal(200);
      expect(JSON.parse(answer.text)).to.deep.equal({ completed: false, text: "Đang làm · cao nhất 67\u00a0%" });
      const again = await play(minh, material);
      expect(again.items[0]).to.include({ state: '{"turn":1}', completed: false });
    });

    it("are not changed by a report that was overtaken", async () => {
      const { token } = await play(minh, material);
      await json(minh, `${base(material)}/results`, report(token, 5, { state: "new" }));
      await json(minh, `${base(material)}/results`, report(token, 4, { state: "old" }));
      expect((await result(material, W.minh))["state"]).to.equal("new");
    });

    it("are completed once and stay so; a score out of bounds is cut and flagged", async () => {
      const { token } = await play(minh, material);
      app.time.now = addMinutes(NOW, 9);
      await json(minh, `${base(material)}/results`, report(token, 1, { completed: true, success: "passed", raw: 999, min: 0, max: 100 }));
      await json(minh, `${base(material)}/results`, report(token, 2, { raw: 10, min: 0, max: 100 }));
      expect(await result(material, W.minh)).to.include({ status: "completed", success: "passed", score_bp: 10_000, flags: '["score_outside"]' });
    });

    it("that come faster than anybody reads are flagged", async () => {
      const an = await app.as("an");
      const { token } = await play(an, material);
      await json(an, `${base(material)}/results`, report(token, 1, { completed: true, scaled: 1 }));
      expect(await result(material, W.an)).to.include({ status: "completed", flags: '["too_fast"]' });
    });

    it("are not taken without a play of one's own, for parts that are not there, or out of all measure", async () => {
      const mine = await play(minh, material);
      const path = `${base(material)}/results`;
      const an = await app.as("an");
      expect((await json(an, path, report(mine.token, 1))).status).to.equal(409);
      expect((await json(minh, path, report("x".repeat(43), 1))).status).to.equal(409);
      expect((await json(minh, path, report(mine.token, 1, { item: "khac" }))).status).to.equal(422);
      expect((await json(minh, path, report(mine.token, 1, { seconds: -1 }))).status).to.equal(422);
      expect((await json(minh, path, report(mine.token, 1, { state: "x".repeat(200_001) }))).status).to.equal(422);
      expect((await json(minh, path, report(mine.token, 1, { person_id: W.an }))).status).to.equal(422);
      expect((await json(await app.as("vy"), path, report(mine.token, 1))).status).to.equal(404);
    });

    it("are shown to the pupil and to the teacher of the class, whose look is written down", async () => {
      expect((await minh.get(base(material))).text).to.include("Kết quả của em").and.to.include("Đã làm xong · Đạt · cao nhất 100\u00a0%").and.to.include("không phải điểm chính thức");
      const page = await huong.get(base(material));
      const href = new RegExp(`/courses/${W.toan6A}/materials/${material.id}/results`).exec(page.text)?.[0] ?? "";
      const looks = (): Promise<number> => shelf.count("access_log", { actor_id: W.huong, pupil_id: W.minh, what: "package_results" });
      const before = await looks();
      const results = await huong.get(href);
      expect(results.text).to.include("Lê Đức Minh").and.to.include("2 trên").and.to.include("Xong nhanh bất thường");
      expect(await looks()).to.equal(before + 1);
    });

    it("are nobody else's business", async () => {
      const path = `/courses/${W.toan6A}/materials/${material.id}/results`;
      expect((await minh.get(path)).status).to.equal(403);
      expect((await (await app.as("thu")).get(path)).status).to.equal(403);
      expect((await (await app.as("son")).get(path)).status).to.equal(403);
      expect((await (await app.as("quang")).get(path)).status).to.equal(404);
      expect((await (await app.as("dung")).get(path)).status).to.equal(404);
    });
  });

  it("with several parts begins where something is left to do, and counts them", async () => {
    const material = await shown("hai-phan.zip", scorm2004());
    const { token, items } = await play(minh, material);
    expect(items.map((item) => item.href)).to.deep.equal(["files/doc.html", "files/kiem-tra.html"]);
    app.time.now = addMinutes(NOW, 3);
    await json(minh, `${base(material)}/results`, report(token, 1, { completed: true }));
    const page = await huong.get(`/courses/${W.toan6A}/materials/${material.id}/results`);
    expect(page.text).to.include("1/2 phần");
  });

  it("of a file that is none does not exist", async () => {
    const material = await shelf.draft();
    expect((await huong.get(base(material))).status).to.equal(404);
    expect((await json(huong, `${base(material)}/plays`, {})).status).to.equal(404);
  });

  it("on a host of their own are all there is, may keep that origin, and are framed by the application", async () => {
    const apart = await startApp({ PACKAGES_ORIGIN: "http://goi.localhost:4999", BASE_URL: "http://localhost:4998" });
    try {
      const teacher = await apart.as("huong");
      await teacher.upload(LESSON, {}, [packageFile("goi.zip", scorm12())]);
      const material = (await apart.db("materials").orderBy("id", "desc").first()) as Row;
      const answer = await json(teacher, `${base(material)}/plays`, {});
      const { files } = JSON.parse(answer.text) as Play;
      expect(files).to.match(/^http:\/\/goi\.localhost:4999\/packages\//);
      expect((await teacher.get("/")).headers.get("content-security-policy")).to.include("frame-src 'self' http://goi.localhost:4999");
      const sent = await apart.visitor().get(`${new URL(files).pathname}files/bai.html`);
      expect(sent.headers.get("content-security-policy")).to.match(/allow-same-origin/).and.to.include("frame-ancestors http://localhost:4998");
    } finally {
      await apart.stop();
    }
  });
});
