import { expect } from "chai";
import { startApp, type Running } from "../support/app.ts";
import type { Answer } from "../support/client.ts";
import { anotherPdf, sampleFile } from "../support/files.ts";
import { LESSON, shelfOf, type Row } from "../support/materials.ts";
import { W } from "../support/world.ts";

describe("materials on their way", () => {
  let app: Running;
  const shelf = shelfOf(() => app);
  before(async () => {
    app = await startApp();
  });
  after(() => app.stop());

  describe("the way to approval", () => {
    it("goes from the teacher over the group to the head, with trail, audit and fact", async () => {
      const material = await shelf.approved();
      expect(material).to.include({ state: "approved", approved_version_id: material.latest_version_id });
      const steps = (await app.db("material_steps").where({ material_id: material.id }).orderBy("id").select("act", "by")) as { act: string; by: string }[];
      expect(steps).to.deep.equal([
        { act: "upload", by: W.huong },
        { act: "submit", by: W.huong },
        { act: "pass", by: W.mai },
        { act: "approve", by: W.nam },
      ]);
      for (const action of ["submit", "pass", "approve"]) expect(await shelf.count("audit_entries", { action: `material.${action}`, subject_id: material.id })).to.equal(1);
      const facts = (await app.db("events").where({ name: "material_approved" }).select("payload")) as { payload: string }[];
      expect(facts.filter(({ payload }) => payload.includes(material.id))).to.have.length(1);
    });

    it("tells what the approval did to the subject", async () => {
      const material = await shelf.draft("huong", W.toanLesson(2));
      await shelf.act("huong", "submission", material);
      await shelf.act("mai", "passing", material);
      const nam = await app.as("nam");
      const answer = await shelf.act(nam, "approval", material);
      expect((await nam.get(answer.location)).text).to.match(/Toán 2026-2027: \d\/8 bài có học liệu đã duyệt/);
    });

    it("does not tell another school that it exists", async () => {
      const material = await shelf.draft();
      for (const who of ["lan", "quang", "vy", "ngan"]) {
        const client = await app.as(who);
        for (const path of ["", "/edit", "/file", `/versions/${material.latest_version_id}/file`]) expect((await client.get(`/materials/${material.id}${path}`)).status, `${who} ${path}`).to.equal(404);
        for (const noun of ["submission", "passing", "return", "approval", "approval-removal", "retirement", "restoration", "metadata", "lessons"]) {
          expect((await shelf.act(client, noun, material)).status, `${who} ${noun}`).to.equal(404);
        }
        expect((await client.upload(`/materials/${material.id}/versions`, {}, [sampleFile("so-do.gif")])).status).to.equal(404);
      }
    });

    it("is closed to those whose role it is not", async () => {
      const material = await shelf.draft();
      await shelf.act("huong", "submission", material);
      expect((await shelf.act("huong", "passing", material)).status).to.equal(403);
      expect((await shelf.act("son", "passing", material)).status).to.equal(403);
      expect((await shelf.act("mai", "approval", material)).status).to.equal(403);
      expect((await shelf.act("son", "retirement", material)).status).to.equal(403);
      expect((await shelf.act("tuan", "approval", material)).status).to.equal(403);
      expect((await shelf.row(material.id)).state).to.equal("submitted");
    });

    it("takes each step once", async () => {
      const material = await shelf.draft();
      expect((await shelf.act("mai", "passing", material)).status).to.equal(409);
      expect((await shelf.act("huong", "submission", material)).status).to.equal(303);
      expect((await shelf.act("huong", "submission", material)).status).to.equal(409);
      expect((await shelf.act("nam", "approval", material)).status).to.equal(409);
      expect((await shelf.act("mai", "passing", material)).status).to.equal(303);
      expect((await shelf.act("mai", "passing", material)).status).to.equal(409);
    });

    it("gives the second of two approvals at once a conflict, and one approval to the material", async () => {
      const material = await shelf.draft();
      await shelf.act("huong", "submission", material);
      await shelf.act("mai", "passing", material);
      const [nam, oanh] = [await app.as("nam"), await app.as("oanh")];
      const answers = await Promise.all([shelf.act(nam, "approval", material), shelf.act(oanh, "approval", material)]);
      expect(answers.map((a) => a.status).sort()).to.deep.equal([303, 409]);
      expect(await shelf.count("material_steps", { material_id: material.id, act: "approve" })).to.equal(1);
    });

    it("refuses a decision about a version that is no longer the newest", async () => {
      const material = await shelf.draft();
      await shelf.act("huong", "submission", material);
      const seen = material.latest_version_id;
      await (await app.as("huong")).upload(`/materials/${material.id}/versions`, {}, [anotherPdf("moi.pdf", "newer")]);
      await shelf.act("huong", "submission", material);
      expect((await shelf.act("mai", "passing", material, { version: seen })).status).to.equal(409);
      expect((await shelf.row(material.id)).state).to.equal("submitted");
    });

    it("is returned with a comment, kept when it is missing", async () => {
      const material = await shelf.draft();
      await shelf.act("huong", "submission", material);
      const without = await shelf.act("mai", "return", material, { comment: "   " });
      expect(without.status).to.equal(422);
      expect(without.text).to.include("Hãy viết lời nhận xét");
      const long = await shelf.act("mai", "return", material, { comment: "Cần sửa trang 2. ".repeat(200) });
      expect(long.status).to.equal(422);
      expect(long.text).to.include("Cần sửa trang 2.");
      expect((await shelf.act("mai", "return", material, { comment: "Cần sửa trang 2." })).status).to.equal(303);
      expect((await shelf.row(material.id)).state).to.equal("draft");
      expect((await (await app.as("huong")).get(`/materials/${material.id}`)).text).to.include("Cần sửa trang 2.");
    });

    it("never lets anybody decide about an own upload", async () => {
      const head = await shelf.draft("mai").catch(() => undefined);
      if (head) {
        await shelf.act("mai", "submission", head);
        expect((await shelf.act("mai", "passing", head)).status).to.equal(403);
        expect((await shelf.act("nam", "passing", head)).status).to.equal(303);
      }
      const leader = await shelf.draft("nam");
      await shelf.act("nam", "submission", leader);
      await shelf.act("mai", "passing", leader);
      const refused = await shelf.act("nam", "approval", leader);
      expect(refused.status).to.equal(403);
      expect(refused.text).to.include("tự duyệt");
      expect((await shelf.act("oanh", "approval", leader)).status).to.equal(303);
    });

    it("nor about a newer version of somebody else's material that is their own", async () => {
      const material = await shelf.draft("huong");
      await (await app.as("nam")).upload(`/materials/${material.id}/versions`, {}, [anotherPdf("cua-nam.pdf", "by nam")]);
      await shelf.act("huong", "submission", material);
      await shelf.act("mai", "passing", material);
      expect((await shelf.act("nam", "approval", material)).status).to.equal(403);
      expect((await shelf.act("oanh", "approval", material)).status).to.equal(303);
    });

    it("lets the only leader of a school approve an own upload, records it and shows it", async () => {
      const lan = await app.as("lan");
      await lan.upload(`/plan-lessons/${W.leLoiLesson(1)}/materials`, {}, [anotherPdf("Bài của cô Lan.pdf", "lan")]);
      const material = await shelf.newest();
      for (const noun of ["submission", "passing", "approval"]) expect((await shelf.act(lan, noun, material)).status, noun).to.equal(303);
      expect((await shelf.row(material.id)).state).to.equal("approved");
      expect((await lan.get(`/materials/${material.id}`)).text).to.include("chỉ có một lãnh đạo nên người tải lên tự duyệt");
      const entry = (await app.db("audit_entries").where({ action: "material.approve", subject_id: material.id }).first()) as { details: string };
      expect(JSON.parse(entry.details)).to.include({ lone_leader: true });
    });
  });

  describe("after approval", () => {
    it("a new version goes the same way while the old one stays in use", async () => {
      const material = await shelf.approved();
      const huong = await app.as("huong");
      const same = await huong.upload(`/materials/${material.id}/versions`, {}, [anotherPdf("lai.pdf", `${shelf.salt()}`)]);
      expect(same.status).to.equal(409);
      await huong.upload(`/materials/${material.id}/versions`, {}, [anotherPdf("ban-2.pdf", "second version")]);
      const between = await shelf.row(material.id);
      expect(between).to.include({ state: "draft", approved_version_id: material.approved_version_id });
      const inUse = await (await app.as("minh")).get(`/materials/${material.id}/file`);
      expect(inUse.status).to.equal(200);
      expect(inUse.text).to.not.include("second version");
      expect((await (await app.as("minh")).get(`/materials/${material.id}/versions/${between.latest_version_id}/file`)).status).to.equal(404);
      await shelf.act("huong", "submission", material);
      await shelf.act("mai", "passing", material);
      await shelf.act("nam", "approval", material);
      const after = await shelf.row(material.id);
      expect(after.approved_version_id).to.equal(between.latest_version_id);
      expect(await shelf.count("material_versions", { material_id: material.id, state: "superseded" })).to.equal(1);
      expect((await (await app.as("minh")).get(`/materials/${material.id}/file`)).text).to.include("second version");
    });

    it("is withdrawn by a leader with a reason, and no longer counts", async () => {
      const material = await shelf.approved();
      const without = await shelf.act("nam", "approval-removal", material, {});
      expect(without.status).to.equal(422);
      const nam = await app.as("nam");
      const withdraw = (): Promise<Answer> => nam.post(`/materials/${material.id}/approval-removal`, { comment: "Sai công thức ở trang 3" });
      expect((await nam.post(`/materials/${material.id}/approval-removal`, { comment: "" })).text).to.include("Hãy ghi lí do");
      expect((await (await app.as("huong")).post(`/materials/${material.id}/approval-removal`, { comment: "x" })).status).to.equal(403);
      expect((await withdraw()).status).to.equal(303);
      expect(await shelf.row(material.id)).to.include({ state: "draft", approved_version_id: null });
      expect((await withdraw()).status).to.equal(409);
      expect((await (await app.as("minh")).get(`/materials/${material.id}`)).status).to.equal(404);
      const facts = (await app.db("events").where({ name: "material_withdrawn" }).select("payload")) as { payload: string }[];
      expect(facts.some(({ payload }) => payload.includes(material.id))).to.equal(true);
    });

    it("is retired and brought back", async () => {
      const material = await shelf.approved();
      const huong = await app.as("huong");
      expect((await huong.post(`/materials/${material.id}/retirement`, { comment: "Đã có bản mới" })).status).to.equal(303);
      expect((await huong.post(`/materials/${material.id}/retirement`, {})).status).to.equal(409);
      expect((await (await app.as("minh")).get(`/materials/${material.id}/file`)).status).to.equal(404);
      expect((await shelf.act("huong", "submission", material)).status).to.equal(409);
      expect((await huong.post(`/materials/${material.id}/restoration`)).status).to.equal(303);
      expect((await huong.post(`/materials/${material.id}/restoration`)).status).to.equal(409);
      expect(await shelf.row(material.id)).to.include({ state: "approved", approved_version_id: material.approved_version_id });
    });
  });

  describe("the review queue", () => {
    it("shows each reviewer what waits for them, and opens the next after a decision", async () => {
      const own = await startApp();
      const huong = await own.as("huong");
      await huong.upload(LESSON, {}, [anotherPdf("Thứ nhất.pdf", "q1"), anotherPdf("Thứ hai.pdf", "q2")]);
      expect((await huong.post(`/plan-lessons/${W.toanLesson(1)}/submissions`)).status).to.equal(303);
      const [one, two] = (await own.db("materials").orderBy("id").select("*")) as Row[];
      const mai = await own.as("mai");
      const queue = await mai.get("/review");
      expect(queue.text).to.include("2 học liệu chờ thầy cô, 0 chờ người khác").and.include("1/2").and.include("1. Tập hợp");
      expect((await (await own.as("nam")).get("/review")).text).to.include("0 học liệu chờ thầy cô, 2 chờ người khác");
      const next = /name="next" value="(\w+)"/.exec(queue.text)?.[1] ?? "";
      expect(next).to.equal(two?.id);
      const wrong = await mai.post(`/materials/${one?.id}/return`, { version: one?.latest_version_id ?? "", from: "review", next, comment: "" });
      expect(wrong.status).to.equal(422);
      expect(wrong.text).to.include("Hãy viết lời nhận xét").and.include("Thứ nhất");
      const decided = await mai.post(`/materials/${one?.id}/passing`, { version: one?.latest_version_id ?? "", from: "review", next, check: "yes" });
      expect(decided.location).to.equal(`/review?item=${two?.id}`);
      const after = await mai.get(decided.location);
      expect(after.text).to.include("Thứ hai").and.include("1 học liệu chờ thầy cô, 1 chờ người khác");
      expect((await (await own.as("nam")).get("/review")).text).to.include("1 học liệu chờ thầy cô, 1 chờ người khác");
      await own.stop();
    });

    it("is for reviewers", async () => {
      expect((await (await app.as("huong")).get("/review")).status).to.equal(403);
      expect((await (await app.as("minh")).get("/review")).status).to.equal(403);
      expect((await (await app.as("lan")).get("/review")).text).to.not.include("Tập hợp");
    });
  });
});
