import { expect } from "chai";
import { startApp, type Running } from "../support/app.ts";
import { ENGINE } from "../support/database.ts";
import { anotherPdf } from "../support/files.ts";
import { shelfOf, type Row } from "../support/materials.ts";
import { META, shared } from "../support/sharing.ts";
import { forgetOpens } from "../../server/sharing/store/opens.ts";
import { countQueries } from "../support/database.ts";
import { id, NOW, W } from "../support/world.ts";

describe(`what is shared, on ${ENGINE}`, function () {
  let app: Running;
  const shelf = shelfOf(() => app);
  before(async () => {
    app = await startApp();
  });
  after(() => app.stop());

  const told = async (person: string, kind: string): Promise<number> => shelf.count("notices", { person_id: person, kind });
  const columns = async (material: { id: string }): Promise<Record<string, unknown>> => (await app.db("materials").where({ id: material.id }).first()) as Record<string, unknown>;

  describe("leaving the school", () => {
    it("is asked for by the owner and agreed to by a leader, in the trail with who and when", async () => {
      const material = await shelf.approved();
      const huong = await app.as("huong");
      const ask = (scope: string, revision: number): Promise<{ status: number }> => huong.post(`/materials/${material.id}/metadata`, { ...META, scope, revision: String(revision) });
      expect((await ask("public", 1)).status).to.equal(303);
      expect(await columns(material)).to.include({ scope: "school", wanted_scope: "public", wanted_by: W.huong });
      expect((await app.visitor().get(`/catalogue/${material.id}`)).status).to.equal(404);
      expect(await told(W.nam, "scope_asked")).to.equal(1);
      for (const [who, status] of [["huong", 403], ["mai", 403], ["lan", 404], ["ha", 403]] as const) {
        expect((await (await app.as(who)).post(`/materials/${material.id}/scope-confirmation`, { scope: "public" })).status, who).to.equal(status);
      }
      const nam = await app.as("nam");
      expect((await nam.get(`/materials/${material.id}`)).text).to.include("Đồng ý chia sẻ: Công khai");
      expect((await nam.post(`/materials/${material.id}/scope-confirmation`, { scope: "province" })).status, "not what was asked for").to.equal(409);
      expect((await nam.post(`/materials/${material.id}/scope-confirmation`, { scope: "public" })).status).to.equal(303);
      expect((await nam.post(`/materials/${material.id}/scope-confirmation`, { scope: "public" })).status, "twice").to.equal(409);
      expect(await columns(material)).to.include({ scope: "public", wanted_scope: null, public_since: NOW });
      const steps = (await app.db("material_steps").where({ material_id: material.id }).whereIn("act", ["want_scope", "give_scope"]).orderBy("id").select("act", "by", "at")) as object[];
      expect(steps).to.deep.equal([{ act: "want_scope", by: W.huong, at: NOW }, { act: "give_scope", by: W.nam, at: NOW }]);
      expect(await shelf.count("audit_entries", { action: "material.scope", subject_id: material.id })).to.equal(1);
      expect(await told(W.huong, "scope_given")).to.equal(1);
      expect((await app.visitor().get(`/catalogue/${material.id}`)).status).to.equal(200);
    });

    it("is declined with a reason, which the owner reads", async () => {
      const material = await shelf.approved();
      await (await app.as("huong")).post(`/materials/${material.id}/metadata`, { ...META, scope: "province", revision: "1" });
      const nam = await app.as("nam");
      expect((await nam.post(`/materials/${material.id}/scope-refusal`, { scope: "province", comment: "" })).status).to.equal(422);
      expect((await nam.post(`/materials/${material.id}/scope-refusal`, { scope: "province", comment: "Còn ảnh học sinh ở trang 3." })).status).to.equal(303);
      expect(await columns(material)).to.include({ scope: "school", wanted_scope: null });
      expect((await (await app.as("huong")).get(`/materials/${material.id}`)).text).to.include("Còn ảnh học sinh ở trang 3.");
    });

    it("needs a licence that permits it, said at the field with what was typed", async () => {
      const material = await shelf.approved();
      const huong = await app.as("huong");
      for (const [licence, scope, words] of [["school-only", "cluster", "Chỉ dùng trong trường"], ["all-rights", "public", "giữ mọi quyền không được công khai"]] as const) {
        const answer = await huong.post(`/materials/${material.id}/metadata`, { ...META, title: "Vừa gõ", licence, scope, revision: "1" });
        expect(answer.status).to.equal(422);
        expect(answer.text).to.include(words).and.include("Vừa gõ");
      }
      expect(await columns(material)).to.include({ scope: "school", wanted_scope: null });
    });

    it("is taken back by the owner at once", async () => {
      const material = await shared(app, shelf, "public");
      await (await app.as("huong")).post(`/materials/${material.id}/metadata`, { ...META, scope: "school", revision: String((await shelf.row(material.id)).revision) });
      expect(await columns(material)).to.include({ scope: "school" });
      expect((await app.visitor().get(`/catalogue/${material.id}`)).status).to.equal(404);
      expect((await (await app.as("quang")).get(`/library/materials/${material.id}`)).status).to.equal(404);
    });
  });

  describe("the public catalogue", () => {
    let open: Row;
    before(async () => {
      open = await shared(app, shelf, "public", { title: `Số & phép "cộng" </script><b>` });
    });

    it("shows a page to everybody, with what search engines read, and nothing in it runs", async () => {
      const page = await app.visitor().get(`/catalogue/${open.id}`);
      expect(page.status).to.equal(200);
      expect(page.text).to.include(`<link rel="canonical" href="${app.config.baseUrl}/catalogue/${open.id}">`).and.include('<meta name="description"');
      const data = /<script type="application\/ld\+json">(.*?)<\/script>/s.exec(page.text)?.[1] ?? "";
      expect(JSON.parse(data)).to.deep.include({ "@type": "LearningResource", name: `Số & phép "cộng" </script><b>`, license: "https://creativecommons.org/licenses/by-sa/4.0/", educationalLevel: "Lớp 6", about: "Toán" });
      expect(page.text).to.include("chia sẻ bản sửa theo đúng giấy phép này").and.include("THCS Trần Phú").and.include("Nguyễn Thị Hương");
      expect(page.text).to.not.include("<form method=\"post\" action=\"/library");
    });

    it("gives the file, and nothing of what is not public", async () => {
      const visitor = app.visitor();
      const file = await visitor.get(`/catalogue/${open.id}/file?as=download`);
      expect(file.status).to.equal(200);
      expect(file.headers.get("content-disposition")).to.include("attachment");
      const province = await shared(app, shelf, "province");
      for (const path of [`/catalogue/${province.id}`, `/catalogue/${province.id}/file`, `/catalogue/${id("nobody")}`, `/catalogue/${open.id}/renditions/thumb`, `/materials/${open.id}/file`]) {
        expect((await visitor.get(path)).status, path).to.be.oneOf([404, 303, 302]);
      }
    });

    it("lists with subject and grade, in few queries, and its map leads to every page", async () => {
      const visitor = app.visitor();
      const { count, queries } = await countQueries(app.db, () => visitor.get("/catalogue?subject=TOAN&grade=6"));
      expect(count, queries.join("\n")).to.be.at.most(4);
      expect((await visitor.get("/catalogue?subject=TOAN&grade=6")).text).to.include(`/catalogue/${open.id}`);
      expect((await visitor.get("/catalogue?subject=NGUVAN")).text).to.include("Không có học liệu nào khớp");
      expect((await visitor.get("/catalogue?grade=abc&after=x")).status).to.equal(200);
      const map = await visitor.get("/sitemap.xml");
      expect(map.headers.get("content-type")).to.include("xml");
      expect(map.text).to.include(`<loc>${app.config.baseUrl}/catalogue/${open.id}</loc>`);
      expect((await visitor.get("/robots.txt")).text).to.include("Sitemap: ").and.include("Disallow: /");
    });

    it("pages through many by keyset", async () => {
      const row = await columns(open);
      for (let i = 0; i < 30; i += 1) await app.db("materials").insert({ ...row, id: id(`many${String(i).padStart(2, "0")}x`), title: `Nhiều ${i}`, grade: 9 });
      const seen = new Set<string>();
      let next = "/catalogue?grade=9";
      for (let page = 0; next !== "" && page < 5; page += 1) {
        const { text } = await app.visitor().get(next);
        for (const match of text.matchAll(/href="\/catalogue\/([0-9a-z]{26})"/g)) seen.add(match[1] ?? "");
        next = (/href="(\/catalogue\?[^"]*after=[^"]*)"/.exec(text)?.[1] ?? "").replaceAll("&amp;", "&").replaceAll("&#38;", "&");
      }
      expect(seen.size).to.equal(30);
      await app.db("materials").where({ grade: 9 }).del();
    });
  });

  describe("taking over into another school", () => {
    it("makes a material of that school's own on the same file, which goes through its approval", async () => {
      const original = await shared(app, shelf, "cluster");
      const quang = await app.as("quang");
      expect((await quang.get(`/library/materials/${original.id}`)).text).to.include("Tiếp nhận về trường");
      const form = await quang.get(`/library/materials/${original.id}/adoptions/new`);
      expect(form.text).to.include("Tập hợp (lớp 6").and.include("checked");
      const send = () => quang.post(`/library/materials/${original.id}/adoptions`, { school: W.leLoi, lesson: W.leLoiLesson(1), other: "" });
      const answer = await send();
      expect(answer.status, answer.text).to.equal(303);
      const copy = await shelf.newest();
      expect(answer.location).to.equal(`/materials/${copy.id}`);
      expect(await columns(copy)).to.include({ school_id: W.leLoi, origin: "adopted", from_material_id: original.id, from_version_id: original.approved_version_id, state: "submitted", author: META.author, licence: "CC BY-SA", scope: "school" });
      const blobs = (await app.db("material_versions").whereIn("material_id", [original.id, copy.id]).select("blob_hash")) as { blob_hash: string }[];
      expect(new Set(blobs.map((row) => row.blob_hash)).size).to.equal(1);
      expect(await shelf.count("material_lessons", { material_id: copy.id, plan_lesson_id: W.leLoiLesson(1) })).to.equal(1);
      expect(await told(W.huong, "material_adopted")).to.equal(1);
      expect((await send()).location, "twice: the one that is there").to.equal(`/materials/${copy.id}`);
      expect(await shelf.count("materials", { from_material_id: original.id })).to.equal(1);
      const lan = await app.as("lan");
      await shelf.act(lan, "passing", copy);
      expect((await shelf.act(lan, "approval", copy)).status).to.equal(303);
      expect((await (await app.as("huong")).get(`/library/materials/${original.id}`)).text).to.include("1 trường đã tiếp nhận");
      expect((await (await app.as("vy")).get(`/materials/${copy.id}/file`)).status, "a pupil, through the own school").to.equal(200);
      expect((await (await app.as("vy")).get(`/materials/${original.id}/file`)).status).to.equal(404);
    });

    it("ends with one copy when two teachers press at the same moment", async () => {
      const original = await shared(app, shelf, "cluster");
      const [quang, lan] = [await app.as("quang"), await app.as("lan")];
      const answers = await Promise.all([quang, lan, quang, lan].map((who) => who.post(`/library/materials/${original.id}/adoptions`, { school: W.leLoi, other: "" })));
      expect(answers.map((answer) => answer.status).filter((status) => status !== 303)).to.deep.equal([]);
      expect(await shelf.count("materials", { from_material_id: original.id })).to.equal(1);
    });

    it("is for those who teach elsewhere, of what is shared with them, into lessons of their own", async () => {
      const original = await shared(app, shelf, "cluster");
      const form = { school: W.leLoi, other: "" };
      for (const [who, status] of [["vy", 404], ["ngan", 404], ["huong", 403], ["dung", 403]] as const) {
        expect((await (await app.as(who)).post(`/library/materials/${original.id}/adoptions`, form)).status, who).to.equal(status);
      }
      const quang = await app.as("quang");
      expect((await quang.post(`/library/materials/${original.id}/adoptions`, { school: W.tranPhu, other: "" })).status).to.equal(404);
      expect((await quang.post(`/library/materials/${original.id}/adoptions`, { school: W.leLoi, lesson: W.toanLesson(1), other: "" })).status).to.equal(404);
      expect((await quang.post(`/library/materials/${original.id}/adoptions`, {})).status).to.equal(422);
      expect(await shelf.count("materials", { from_material_id: original.id })).to.equal(0);
    });

    it("tells of a new version of the original, which is taken over through approval again", async () => {
      const original = await shared(app, shelf, "cluster");
      const quang = await app.as("quang");
      await quang.post(`/library/materials/${original.id}/adoptions`, { school: W.leLoi, other: "" });
      const copy = await shelf.newest();
      const lan = await app.as("lan");
      await shelf.act(lan, "passing", copy);
      await shelf.act(lan, "approval", copy);
      expect((await quang.post(`/library/materials/${copy.id}/newer-version`)).status, "nothing newer").to.equal(409);
      await (await app.as("huong")).upload(`/materials/${original.id}/versions`, {}, [anotherPdf("2.pdf", `newer ${original.id}`)]);
      for (const [who, noun] of [["huong", "submission"], ["mai", "passing"], ["nam", "approval"]] as const) expect((await shelf.act(who, noun, original)).status).to.equal(303);
      await app.settle();
      expect(await told(W.quang, "material_renewed")).to.equal(1);
      expect((await quang.get(`/library/materials/${copy.id}`)).text).to.include("có phiên bản mới");
      const before = (await shelf.row(copy.id)).approved_version_id;
      expect((await quang.post(`/library/materials/${copy.id}/newer-version`)).status).to.equal(303);
      const after = await shelf.row(copy.id);
      expect(after).to.include({ state: "submitted", approved_version_id: before });
      expect((await columns(copy))["from_version_id"]).to.equal((await shelf.row(original.id)).approved_version_id);
      expect((await quang.post(`/library/materials/${copy.id}/newer-version`)).status, "twice").to.equal(409);
    });
  });

  describe("copying to change", () => {
    it("keeps the chain, the credit and the licence, with the present file or a changed one", async () => {
      const original = await shared(app, shelf, "province");
      const quang = await app.as("quang");
      const page = `/library/materials/${original.id}/derivations`;
      expect((await quang.get(`${page}/new`)).text).to.include("CC BY-SA").and.not.include('value="CC BY-NC"');
      expect((await quang.upload(page, { school: W.leLoi, licence: "CC BY" }, [])).status, "share alike stays so").to.equal(422);
      expect((await quang.upload(page, { school: W.leLoi, licence: "CC BY-SA" }, [])).status).to.equal(303);
      const same = await shelf.newest();
      expect(await columns(same)).to.include({ origin: "derived", from_material_id: original.id, state: "draft", author: "Tạ Minh Quang", licence: "CC BY-SA", school_id: W.leLoi });
      expect((await columns(same))["source"]).to.include("Nguyễn Thị Hương").and.include("THCS Trần Phú");
      expect((await quang.upload(page, { school: W.leLoi, licence: "CC BY-SA" }, [anotherPdf("sua.pdf", `changed ${original.id}`)])).status).to.equal(303);
      const changed = await shelf.newest();
      expect((await app.db("material_versions").where({ material_id: changed.id }).first("file_name")) as object).to.include({ file_name: "sua.pdf" });
      const edit = { ...META, licence: "CC BY-NC", scope: "school", revision: "1" };
      expect((await quang.post(`/materials/${changed.id}/metadata`, edit)).status, "the licence stays bound afterwards").to.equal(422);
    });

    it("is refused where the licence forbids changes", async () => {
      const original = await shared(app, shelf, "province", { licence: "CC BY-ND" });
      const quang = await app.as("quang");
      expect((await quang.get(`/library/materials/${original.id}`)).text).to.include("Tiếp nhận về trường").and.not.include("Sao chép và chỉnh sửa");
      expect((await quang.get(`/library/materials/${original.id}/derivations/new`)).status).to.equal(403);
      expect((await quang.upload(`/library/materials/${original.id}/derivations`, { school: W.leLoi, licence: "CC BY-ND" }, [])).status).to.equal(403);
    });
  });

  describe("ratings", () => {
    it("are one a teacher, with a word of why, changeable, never of the own material", async () => {
      const material = await shared(app, shelf, "province");
      const quang = await app.as("quang");
      const rate = (stars: string, words: string) => quang.post(`/library/materials/${material.id}/ratings`, { stars, words });
      const wrong = await rate("4", "Hay");
      expect(wrong.status).to.equal(422);
      expect(wrong.text).to.include("Hay").and.include("ít nhất 10");
      expect((await rate("", "Dùng rất tốt cho lớp 6A.")).status).to.equal(422);
      expect((await rate("4", "Dùng rất tốt cho lớp 6A.")).status).to.equal(303);
      expect((await rate("5", "Dùng lần hai còn tốt hơn.")).status).to.equal(303);
      expect(await shelf.count("material_ratings", { material_id: material.id })).to.equal(1);
      expect((await quang.get(`/library/materials/${material.id}`)).text).to.include("5/5 · 1 đánh giá").and.include("Dùng lần hai còn tốt hơn.");
      for (const [who, status] of [["huong", 403], ["ha", 403], ["minh", 403], ["vy", 404]] as const) {
        expect((await (await app.as(who)).post(`/library/materials/${material.id}/ratings`, { stars: "5", words: "Tôi thấy hay lắm ạ." })).status, who).to.equal(status);
      }
    });

    it("are removed with a reason by a leader of the school or an officer above, and not written anew", async () => {
      const material = await shared(app, shelf, "province");
      const quang = await app.as("quang");
      const rate = () => quang.post(`/library/materials/${material.id}/ratings`, { stars: "1", words: "Lời lẽ không phù hợp." });
      await rate();
      const remove = async (who: string, reason = "Lời lẽ không phù hợp với nhà trường") => (await (await app.as(who)).post(`/library/materials/${material.id}/ratings/${W.quang}/removal`, { reason })).status;
      expect(await remove("huong")).to.equal(403);
      expect(await remove("lan")).to.equal(403);
      expect(await remove("nam", "")).to.equal(422);
      expect(await remove("ha")).to.equal(303);
      expect(await remove("nam")).to.equal(404);
      expect((await rate()).status).to.equal(409);
      expect((await quang.get(`/library/materials/${material.id}`)).text).to.include("Đánh giá của thầy cô đã bị gỡ");
    });
  });

  describe("a problem", () => {
    it("is reported by whoever reads it and answered by those in charge", async () => {
      const material = await shared(app, shelf, "public");
      const vy = await app.as("vy");
      const report = (words: string) => vy.post(`/library/materials/${material.id}/reports`, { kind: "content", words });
      expect((await report("Sai")).status).to.equal(422);
      expect((await report("Trang 2 viết 3 + 4 = 8.")).status).to.equal(303);
      expect((await report("Trang 5 cũng sai dấu.")).status).to.equal(303);
      expect(await shelf.count("material_reports", { material_id: material.id })).to.equal(1);
      expect(await told(W.nam, "material_reported")).to.equal(1);
      expect(await told(W.ha, "material_reported")).to.equal(1);
      const one = (await app.db("material_reports").where({ material_id: material.id }).first("id")) as { id: string };
      const answer = async (who: string, text = "Đã sửa trong phiên bản mới.") => (await (await app.as(who)).post(`/library/reports/${one.id}/answer`, { answer: text })).status;
      expect((await (await app.as("dung")).get("/library/reports")).text).to.include("Trang 5 cũng sai dấu.");
      expect((await (await app.as("lan")).get("/library/reports")).text).to.not.include("Trang 5 cũng sai dấu.");
      expect(await answer("lan")).to.equal(404);
      expect(await answer("huong")).to.equal(404);
      expect(await answer("nam", "")).to.equal(422);
      expect(await answer("nam")).to.equal(303);
      expect(await answer("nam")).to.equal(409);
      expect((await vy.get("/library/reports")).text).to.include("Đã sửa trong phiên bản mới.");
      expect(await told(W.vy, "report_answered")).to.equal(1);
    });
  });

  describe("taking down", () => {
    const counted = async (lesson: string): Promise<number> =>
      Number(((await app.db("material_lessons as ml").join("materials as m", "m.id", "ml.material_id").where("ml.plan_lesson_id", lesson).whereNotNull("m.approved_version_id").whereNull("m.retired_at").count({ n: "*" }).first()) as { n: number }).n);

    it("shows a calm page to those who had it, counts no more, and is put back with a reason", async () => {
      const material = await shared(app, shelf, "public", {}, "huong", W.toanLesson(5));
      const before = await counted(W.toanLesson(5));
      const down = async (who: string, reason: string) => (await (await app.as(who)).post(`/library/materials/${material.id}/takedown`, { reason })).status;
      expect(await down("huong", "Tôi muốn gỡ")).to.equal(403);
      expect(await down("ngan", "Xã khác")).to.equal(403);
      expect(await down("nam", "")).to.equal(422);
      expect(await down("nam", "Ảnh ở trang 3 lộ tên học sinh")).to.equal(303);
      expect(await counted(W.toanLesson(5))).to.equal(before - 1);
      expect(await shelf.count("events", { name: "material_withdrawn" })).to.be.greaterThan(0);
      for (const client of [app.visitor(), await app.as("quang")]) {
        const page = await client.get(client.cookie === "" ? `/catalogue/${material.id}` : `/library/materials/${material.id}`);
        expect(page.status).to.equal(410);
        expect(page.text).to.include("Đã gỡ ngày 24/11/2026 vì: Ảnh ở trang 3 lộ tên học sinh");
      }
      expect((await app.visitor().get(`/catalogue/${material.id}/file`)).status).to.equal(404);
      expect((await (await app.as("minh")).get(`/materials/${material.id}/file`)).status).to.equal(404);
      expect((await shelf.act("huong", "restoration", material)).status, "not by the way of retirement").to.equal(409);
      expect(await down("nam", "Lần nữa")).to.equal(409);
      const back = async (who: string) => (await (await app.as(who)).post(`/library/materials/${material.id}/takedown-removal`, { reason: "Đã che tên" })).status;
      expect(await back("huong")).to.equal(403);
      expect(await back("nam")).to.equal(303);
      expect(await back("nam")).to.equal(409);
      expect(await counted(W.toanLesson(5))).to.equal(before);
      expect((await app.visitor().get(`/catalogue/${material.id}`)).status).to.equal(200);
      expect(await shelf.count("audit_entries", { subject_id: material.id, action: "material.take_down" })).to.equal(1);
      expect(await shelf.count("audit_entries", { subject_id: material.id, action: "material.put_back" })).to.equal(1);
    });

    it("for violated rights stops the copies of other schools as well, and what an office took down only an officer puts back", async () => {
      const material = await shared(app, shelf, "province");
      const quang = await app.as("quang");
      await quang.post(`/library/materials/${material.id}/adoptions`, { school: W.leLoi, lesson: W.leLoiLesson(4), other: "" });
      const copy = await shelf.newest();
      const lan = await app.as("lan");
      await shelf.act(lan, "passing", copy);
      await shelf.act(lan, "approval", copy);
      expect(await counted(W.leLoiLesson(4))).to.equal(1);
      expect((await (await app.as("ha")).post(`/library/materials/${material.id}/takedown`, { reason: "Nhà xuất bản khiếu nại", rights: "yes" })).status).to.equal(303);
      expect(await counted(W.leLoiLesson(4))).to.equal(0);
      expect(await told(W.quang, "material_taken_down")).to.equal(1);
      expect((await quang.get(`/library/materials/${copy.id}`)).text).to.include("Bản gốc của trường khác đã bị gỡ");
      const back = async (who: string, which: { id: string }) => (await (await app.as(who)).post(`/library/materials/${which.id}/takedown-removal`, { reason: "Đã được phép" })).status;
      expect(await back("nam", material)).to.equal(403);
      expect(await back("lan", copy)).to.equal(403);
      expect(await back("ha", material)).to.equal(303);
      expect(await counted(W.leLoiLesson(4))).to.equal(1);
      expect(await shelf.row(copy.id)).to.include({ state: "approved" });
    });
  });

  describe("a merger", () => {
    it("takes public materials along and tells harvesters so", async () => {
      const material = await shared(app, shelf, "public");
      const before = await columns(material);
      await app.db("materials").where({ id: material.id }).update({ school_id: W.leLoi, campus_id: W.tranPhu });
      const { schoolsMerged } = await import("../../server/organisation/events.ts");
      const { raise } = await import("../../server/platform/jobs/queue.ts");
      app.time.now = "2026-11-25T02:00:00.000Z";
      await raise(app.db, schoolsMerged, { schoolId: W.leLoi, fromIds: [W.tranPhu] }, app.time.now);
      await app.settle();
      app.time.now = NOW;
      expect((await columns(material))["updated_at"]).to.not.equal(before["updated_at"]);
      expect((await app.visitor().get(`/catalogue/${material.id}`)).text).to.include("THCS Lê Lợi");
    });
  });

  describe("the number of views", () => {
    it("counts who opens the shared page once a day, but not whose work it is, and forgets who it was", async () => {
      const material = await shared(app, shelf, "province");
      for (const who of ["quang", "quang", "lan", "huong"]) expect((await (await app.as(who)).get(`/library/materials/${material.id}`)).status, who).to.equal(200);
      expect((await (await app.as("lan")).get(`/library/materials/${material.id}`)).text).to.include("2 lượt xem");
      app.time.now = new Date(Date.parse(NOW) + 86_400_000).toISOString();
      await forgetOpens(app.db, app.time.now);
      expect(await shelf.count("material_opens_today")).to.equal(0);
      await (await app.as("quang")).get(`/library/materials/${material.id}`);
      app.time.now = NOW;
      expect(await shelf.count("material_open_counts", { material_id: material.id, opens: 3 })).to.equal(1);
    });
  });
});
