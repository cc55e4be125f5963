import { expect } from "chai";
import { startApp, type Running } from "../support/app.ts";
import type { Answer, Client } from "../support/client.ts";
import { anotherPdf, EICAR, sampleFile } from "../support/files.ts";
import { W } from "../support/world.ts";

const LESSON = `/plan-lessons/${W.toanLesson(1)}/materials`;

interface Row {
  id: string;
  state: string;
  title: string;
  kind: string;
  latest_version_id: string;
  approved_version_id: string | null;
  revision: number;
  uploaded_by: string;
  subject_code: string;
  grade: number;
}

describe("materials", () => {
  let app: Running;
  before(async () => {
    app = await startApp({ UPLOAD_MAX_MB: "1" });
  });
  after(() => app.stop());

  const rows = (): Promise<Row[]> => app.db("materials").orderBy("id").select("*") as unknown as Promise<Row[]>;
  const row = async (id: string): Promise<Row> => (await app.db("materials").where({ id }).first()) as Row;
  const newest = async (): Promise<Row> => (await app.db("materials").orderBy("id", "desc").first()) as Row;
  const count = async (table: string, where: object = {}): Promise<number> => Number((await app.db(table).where(where).count({ n: "*" }).first())?.n);

  let salt = 0;
  /** A new draft of a teacher on a lesson. */
  async function draft(who = "huong", lesson = W.toanLesson(1)): Promise<Row> {
    const client = await app.as(who);
    const answer = await client.upload(`/plan-lessons/${lesson}/materials`, {}, [anotherPdf("Bài giảng Tập hợp.pdf", `${(salt += 1)}`)]);
    expect(answer.status, answer.text).to.equal(303);
    return newest();
  }

  async function act(who: string | Client, noun: string, material: { id: string }, form: Record<string, string> = {}): Promise<Answer> {
    const client = typeof who === "string" ? await app.as(who) : who;
    const { latest_version_id } = await row(material.id);
    return client.post(`/materials/${material.id}/${noun}`, { version: latest_version_id, ...form });
  }

  async function approved(who = "huong", lesson = W.toanLesson(1)): Promise<Row> {
    const material = await draft(who, lesson);
    expect((await act(who, "submission", material)).status).to.equal(303);
    expect((await act("mai", "passing", material)).status).to.equal(303);
    expect((await act("nam", "approval", material)).status).to.equal(303);
    return row(material.id);
  }

  describe("uploading on a plan lesson", () => {
    it("makes one draft of each file, filled in from the lesson", async () => {
      const client = await app.as("huong");
      const before = await count("materials");
      const answer = await client.upload(LESSON, {}, [sampleFile("bai-giang.pdf", "Bài giảng Tập hợp.pdf"), sampleFile("so-do.png", "IMG_2034.png"), sampleFile("am-thanh.mp3")]);
      expect(answer.status).to.equal(303);
      expect(answer.location).to.equal(LESSON);
      expect(await count("materials")).to.equal(before + 3);
      const [pdf, picture, sound] = (await rows()).slice(-3);
      expect(pdf).to.include({ title: "Bài giảng Tập hợp", kind: "slides", state: "draft", subject_code: "TOAN", grade: 6, uploaded_by: W.huong });
      expect(picture).to.include({ title: "Tập hợp", kind: "image" });
      expect(sound).to.include({ kind: "audio" });
      expect(await count("material_lessons", { plan_lesson_id: W.toanLesson(1), material_id: pdf?.id ?? "" })).to.equal(1);
      expect(await count("audit_entries", { action: "material.upload", subject_id: pdf?.id ?? "", school_id: W.tranPhu })).to.equal(1);
      const page = await client.get(LESSON);
      expect(page.text).to.include("Bài giảng Tập hợp").and.include("Gửi duyệt").and.include("/8 bài có học liệu đã duyệt");
    });

    it("recognises the same file sent twice and stores it once", async () => {
      const client = await app.as("huong");
      await client.upload(LESSON, {}, [sampleFile("video.mp4")]);
      const before = [await count("materials"), await count("material_versions"), await count("blobs")];
      const again = await client.upload(LESSON, {}, [sampleFile("video.mp4", "video (1).mp4")]);
      expect(again.status).to.equal(303);
      expect([await count("materials"), await count("material_versions"), await count("blobs")]).to.deep.equal(before);
      expect((await client.get(LESSON)).text).to.include("không lưu thêm bản nữa");
    });

    it("recognises a double click, both requests at once", async () => {
      const client = await app.as("huong");
      const before = await count("materials");
      const answers = await Promise.all([1, 2, 3].map(() => client.upload(LESSON, {}, [sampleFile("video.webm")])));
      expect(answers.map((a) => a.status)).to.deep.equal([303, 303, 303]);
      expect(await count("materials")).to.equal(before + 1);
    });

    it("takes the good files of a request and says of each bad one why not", async () => {
      const client = await app.as("huong");
      const before = await count("materials");
      const bad = (name: string, bytes: Buffer) => ({ field: "files", name, type: "application/pdf", bytes });
      const answer = await client.send("POST", LESSON, {
        body: form([
          anotherPdf("tot.pdf", "good among bad"),
          bad("lon.pdf", Buffer.alloc(1_000_001, 1)),
          bad("trong.pdf", Buffer.alloc(0)),
          bad("gia.pdf", sampleFile("so-do.png").bytes),
          bad("bo-tep.zip", sampleFile("bo-tep.zip").bytes),
          bad("virus.txt", EICAR),
          bad("bai.pdf.exe", Buffer.from("MZ")),
        ]),
        headers: { accept: "application/json" },
      });
      expect(answer.status).to.equal(201);
      const { files } = JSON.parse(answer.text) as { files: { name: string; status: string; reason?: string }[] };
      const said = Object.fromEntries(files.map((file) => [file.name, file.reason ?? file.status]));
      expect(said["tot.pdf"]).to.equal("saved");
      expect(said["lon.pdf"]).to.include("1 MB");
      expect(said["trong.pdf"]).to.include("trống");
      expect(said["gia.pdf"]).to.include("không đúng với đuôi tệp .pdf");
      expect(said["bo-tep.zip"]).to.include("không được nhận");
      expect(said["virus.txt"]).to.include("vi-rút");
      expect(said["bai.pdf.exe"]).to.include(".exe");
      expect(await count("materials")).to.equal(before + 1);
    });

    it("shows the form again with every reason where nothing could be taken, without a script", async () => {
      const client = await app.as("huong");
      const answer = await client.upload(LESSON, {}, [{ field: "files", name: "ghi chú.docx", type: "", bytes: Buffer.from("không phải Word") }]);
      expect(answer.status).to.equal(422);
      expect(answer.text).to.include("ghi chú.docx").and.include("Tập hợp").and.include("không được nhận");
      const none = await client.upload(LESSON, {}, []);
      expect(none.status).to.equal(422);
      expect(none.text).to.include("Hãy chọn ít nhất một tệp");
    });

    it("shows a hostile name as text and never as a path or a header", async () => {
      const client = await app.as("huong");
      const answer = await client.upload(LESSON, {}, [anotherPdf('../../../<script>alert(1)</script>"\u202Efdp.pdf', "hostile")]);
      expect(answer.status).to.equal(303);
      const material = await newest();
      const page = await client.get(`/materials/${material.id}`);
      expect(page.text).to.not.include("<script>alert").and.not.include("\u202E");
      const file = await client.get(`/materials/${material.id}/file?as=download`);
      expect(file.headers.get("content-disposition")).to.match(/^attachment; filename="[^"\\\r\n]+"; filename\*=UTF-8''[\w%.~!-]+$/);
    });

    it("leaves no temporary file behind", async () => {
      const { readdirSync } = await import("node:fs");
      const { join } = await import("node:path");
      expect(readdirSync(join(app.config.uploadsDir, "incoming"))).to.deep.equal([]);
    });

    it("is refused to a stranger, to pupils and to officers", async () => {
      expect((await (await app.as("lan")).upload(LESSON, {}, [sampleFile("so-do.gif")])).status).to.equal(404);
      expect((await (await app.as("quang")).upload(LESSON, {}, [sampleFile("so-do.gif")])).status).to.equal(404);
      expect((await (await app.as("minh")).upload(LESSON, {}, [sampleFile("so-do.gif")])).status).to.equal(403);
      expect((await (await app.as("dung")).upload(LESSON, {}, [sampleFile("so-do.gif")])).status).to.equal(403);
      expect((await (await app.as("tuan")).upload(LESSON, {}, [sampleFile("so-do.gif")])).status).to.equal(403);
    });

    it("asks a visitor whose session is over to sign in, and stores nothing", async () => {
      const before = await count("materials");
      expect((await app.visitor().upload(LESSON, {}, [sampleFile("so-do.gif")])).status).to.equal(401);
      expect(await count("materials")).to.equal(before);
    });
  });

  describe("uploading from the library page", () => {
    const LIBRARY = `/schools/${W.tranPhu}/materials`;

    it("takes subject and grade from the form", async () => {
      const client = await app.as("son");
      expect((await client.get(`${LIBRARY}/new`)).text).to.include("Ngữ văn");
      const answer = await client.upload(LIBRARY, { subject_code: "NGUVAN", grade: "6" }, [sampleFile("phieu-hoc-tap.docx", "Phiếu đọc.docx")]);
      const material = await newest();
      expect(answer.location).to.equal(`/materials/${material.id}`);
      expect(material).to.include({ subject_code: "NGUVAN", grade: 6, kind: "worksheet", title: "Phiếu đọc" });
    });

    it("hides the school from strangers", async () => {
      const lan = await app.as("lan");
      for (const path of [LIBRARY, `${LIBRARY}/new`]) expect((await lan.get(path)).status).to.equal(404);
      expect((await lan.upload(LIBRARY, {}, [sampleFile("so-do.gif")])).status).to.equal(404);
    });
  });

  describe("the list of a school", () => {
    it("filters by the URL and keeps what is filtered in the form", async () => {
      await draft("huong");
      const client = await app.as("mai");
      const base = `/schools/${W.tranPhu}/materials`;
      expect((await client.get(`${base}?subject=TOAN&grade=6&state=draft&q=tap+hop`)).text).to.include("Bài giảng Tập hợp").and.include('value="tap hop"');
      expect((await client.get(`${base}?subject=NGUVAN`)).text).to.not.include("Bài giảng Tập hợp");
      expect((await client.get(`${base}?mine=yes`)).text).to.include("Không có học liệu nào khớp");
      expect((await client.get(`${base}?grade=abc&state=x&after=y`)).status).to.equal(200);
    });

    it("pages by keyset without losing or repeating one", async () => {
      const own = await startApp();
      const client = await own.as("huong");
      for (let i = 0; i < 4; i += 1) {
        await client.upload(LESSON, {}, Array.from({ length: 10 }, (_, j) => anotherPdf(`Bài giảng ${i} ${j}.pdf`, `page ${i} ${j}`)));
      }
      const seen: string[] = [];
      let path: string | undefined = `/schools/${W.tranPhu}/materials`;
      while (path !== undefined) {
        const page: Answer = await client.get(path);
        seen.push(...[...page.text.matchAll(/class="file__name" href="\/materials\/(\w+)"/g)].map((match) => match[1] ?? ""));
        path = /rel="next" href="([^"]+)"/.exec(page.text)?.[1]?.replaceAll("&amp;", "&");
      }
      expect(seen).to.have.length(40);
      expect(new Set(seen).size).to.equal(40);
      await own.stop();
    });

    it("shows officers above the school only what is in use", async () => {
      const waiting = await draft("huong");
      const inUse = await approved("huong");
      const text = (await (await app.as("dung")).get(`/schools/${W.tranPhu}/materials`)).text;
      expect(text).to.include(inUse.id).and.not.include(waiting.id);
    });
  });

  describe("the way to approval", () => {
    it("goes from the teacher over the group to the head, with trail, audit and fact", async () => {
      const material = await approved();
      expect(material).to.include({ state: "approved", approved_version_id: material.latest_version_id });
      const steps = (await app.db("material_steps").where({ material_id: material.id }).orderBy("id").select("act", "by")) as { act: string; by: string }[];
      expect(steps).to.deep.equal([
        { act: "upload", by: W.huong },
        { act: "submit", by: W.huong },
        { act: "pass", by: W.mai },
        { act: "approve", by: W.nam },
      ]);
      for (const action of ["submit", "pass", "approve"]) expect(await count("audit_entries", { action: `material.${action}`, subject_id: material.id })).to.equal(1);
      const facts = (await app.db("events").where({ name: "material_approved" }).select("payload")) as { payload: string }[];
      expect(facts.filter(({ payload }) => payload.includes(material.id))).to.have.length(1);
    });

    it("tells what the approval did to the subject", async () => {
      const material = await draft("huong", W.toanLesson(2));
      await act("huong", "submission", material);
      await act("mai", "passing", material);
      const nam = await app.as("nam");
      const answer = await act(nam, "approval", material);
      expect((await nam.get(answer.location)).text).to.match(/Toán 2026-2027: \d\/8 bài có học liệu đã duyệt/);
    });

    it("does not tell another school that it exists", async () => {
      const material = await draft();
      for (const who of ["lan", "quang", "vy", "ngan"]) {
        const client = await app.as(who);
        for (const path of ["", "/edit", "/file", `/versions/${material.latest_version_id}/file`]) expect((await client.get(`/materials/${material.id}${path}`)).status, `${who} ${path}`).to.equal(404);
        for (const noun of ["submission", "passing", "return", "approval", "approval-removal", "retirement", "restoration", "metadata", "lessons"]) {
          expect((await act(client, noun, material)).status, `${who} ${noun}`).to.equal(404);
        }
        expect((await client.upload(`/materials/${material.id}/versions`, {}, [sampleFile("so-do.gif")])).status).to.equal(404);
      }
    });

    it("is closed to those whose role it is not", async () => {
      const material = await draft();
      await act("huong", "submission", material);
      expect((await act("huong", "passing", material)).status).to.equal(403);
      expect((await act("son", "passing", material)).status).to.equal(403);
      expect((await act("mai", "approval", material)).status).to.equal(403);
      expect((await act("son", "retirement", material)).status).to.equal(403);
      expect((await act("tuan", "approval", material)).status).to.equal(403);
      expect((await row(material.id)).state).to.equal("submitted");
    });

    it("takes each step once", async () => {
      const material = await draft();
      expect((await act("mai", "passing", material)).status).to.equal(409);
      expect((await act("huong", "submission", material)).status).to.equal(303);
      expect((await act("huong", "submission", material)).status).to.equal(409);
      expect((await act("nam", "approval", material)).status).to.equal(409);
      expect((await act("mai", "passing", material)).status).to.equal(303);
      expect((await act("mai", "passing", material)).status).to.equal(409);
    });

    it("gives the second of two approvals at once a conflict, and one approval to the material", async () => {
      const material = await draft();
      await act("huong", "submission", material);
      await act("mai", "passing", material);
      const [nam, oanh] = [await app.as("nam"), await app.as("oanh")];
      const answers = await Promise.all([act(nam, "approval", material), act(oanh, "approval", material)]);
      expect(answers.map((a) => a.status).sort()).to.deep.equal([303, 409]);
      expect(await count("material_steps", { material_id: material.id, act: "approve" })).to.equal(1);
    });

    it("refuses a decision about a version that is no longer the newest", async () => {
      const material = await draft();
      await act("huong", "submission", material);
      const seen = material.latest_version_id;
      await (await app.as("huong")).upload(`/materials/${material.id}/versions`, {}, [anotherPdf("moi.pdf", "newer")]);
      await act("huong", "submission", material);
      expect((await act("mai", "passing", material, { version: seen })).status).to.equal(409);
      expect((await row(material.id)).state).to.equal("submitted");
    });

    it("is returned with a comment, kept when it is missing", async () => {
      const material = await draft();
      await act("huong", "submission", material);
      const without = await act("mai", "return", material, { comment: "   " });
      expect(without.status).to.equal(422);
      expect(without.text).to.include("Hãy viết lời nhận xét");
      const long = await act("mai", "return", material, { comment: "Cần sửa trang 2. ".repeat(200) });
      expect(long.status).to.equal(422);
      expect(long.text).to.include("Cần sửa trang 2.");
      expect((await act("mai", "return", material, { comment: "Cần sửa trang 2." })).status).to.equal(303);
      expect((await row(material.id)).state).to.equal("draft");
      expect((await (await app.as("huong")).get(`/materials/${material.id}`)).text).to.include("Cần sửa trang 2.");
    });

    it("never lets anybody decide about an own upload", async () => {
      const head = await draft("mai").catch(() => undefined);
      if (head) {
        await act("mai", "submission", head);
        expect((await act("mai", "passing", head)).status).to.equal(403);
        expect((await act("nam", "passing", head)).status).to.equal(303);
      }
      const leader = await draft("nam");
      await act("nam", "submission", leader);
      await act("mai", "passing", leader);
      const refused = await act("nam", "approval", leader);
      expect(refused.status).to.equal(403);
      expect(refused.text).to.include("tự duyệt");
      expect((await act("oanh", "approval", leader)).status).to.equal(303);
    });

    it("nor about a newer version of somebody else's material that is their own", async () => {
      const material = await draft("huong");
      await (await app.as("nam")).upload(`/materials/${material.id}/versions`, {}, [anotherPdf("cua-nam.pdf", "by nam")]);
      await act("huong", "submission", material);
      await act("mai", "passing", material);
      expect((await act("nam", "approval", material)).status).to.equal(403);
      expect((await act("oanh", "approval", material)).status).to.equal(303);
    });

    it("lets the only leader of a school approve an own upload, records it and shows it", async () => {
      const lan = await app.as("lan");
      await lan.upload(`/plan-lessons/${W.leLoiLesson(1)}/materials`, {}, [anotherPdf("Bài của cô Lan.pdf", "lan")]);
      const material = await newest();
      for (const noun of ["submission", "passing", "approval"]) expect((await act(lan, noun, material)).status, noun).to.equal(303);
      expect((await row(material.id)).state).to.equal("approved");
      expect((await lan.get(`/materials/${material.id}`)).text).to.include("chỉ có một lãnh đạo nên người tải lên tự duyệt");
      const entry = (await app.db("audit_entries").where({ action: "material.approve", subject_id: material.id }).first()) as { details: string };
      expect(JSON.parse(entry.details)).to.include({ lone_leader: true });
    });
  });

  describe("after approval", () => {
    it("a new version goes the same way while the old one stays in use", async () => {
      const material = await approved();
      const huong = await app.as("huong");
      const same = await huong.upload(`/materials/${material.id}/versions`, {}, [anotherPdf("lai.pdf", `${salt}`)]);
      expect(same.status).to.equal(409);
      await huong.upload(`/materials/${material.id}/versions`, {}, [anotherPdf("ban-2.pdf", "second version")]);
      const between = await row(material.id);
      expect(between).to.include({ state: "draft", approved_version_id: material.approved_version_id });
      const inUse = await (await app.as("minh")).get(`/materials/${material.id}/file`);
      expect(inUse.status).to.equal(200);
      expect(inUse.text).to.not.include("second version");
      expect((await (await app.as("minh")).get(`/materials/${material.id}/versions/${between.latest_version_id}/file`)).status).to.equal(404);
      await act("huong", "submission", material);
      await act("mai", "passing", material);
      await act("nam", "approval", material);
      const after = await row(material.id);
      expect(after.approved_version_id).to.equal(between.latest_version_id);
      expect(await count("material_versions", { material_id: material.id, state: "superseded" })).to.equal(1);
      expect((await (await app.as("minh")).get(`/materials/${material.id}/file`)).text).to.include("second version");
    });

    it("is withdrawn by a leader with a reason, and no longer counts", async () => {
      const material = await approved();
      const without = await act("nam", "approval-removal", material, {});
      expect(without.status).to.equal(422);
      const nam = await app.as("nam");
      const withdraw = (): Promise<Answer> => nam.post(`/materials/${material.id}/approval-removal`, { comment: "Sai công thức ở trang 3" });
      expect((await nam.post(`/materials/${material.id}/approval-removal`, { comment: "" })).text).to.include("Hãy ghi lí do");
      expect((await (await app.as("huong")).post(`/materials/${material.id}/approval-removal`, { comment: "x" })).status).to.equal(403);
      expect((await withdraw()).status).to.equal(303);
      expect(await row(material.id)).to.include({ state: "draft", approved_version_id: null });
      expect((await withdraw()).status).to.equal(409);
      expect((await (await app.as("minh")).get(`/materials/${material.id}`)).status).to.equal(404);
      const facts = (await app.db("events").where({ name: "material_withdrawn" }).select("payload")) as { payload: string }[];
      expect(facts.some(({ payload }) => payload.includes(material.id))).to.equal(true);
    });

    it("is retired and brought back", async () => {
      const material = await approved();
      const huong = await app.as("huong");
      expect((await huong.post(`/materials/${material.id}/retirement`, { comment: "Đã có bản mới" })).status).to.equal(303);
      expect((await huong.post(`/materials/${material.id}/retirement`, {})).status).to.equal(409);
      expect((await (await app.as("minh")).get(`/materials/${material.id}/file`)).status).to.equal(404);
      expect((await act("huong", "submission", material)).status).to.equal(409);
      expect((await huong.post(`/materials/${material.id}/restoration`)).status).to.equal(303);
      expect((await huong.post(`/materials/${material.id}/restoration`)).status).to.equal(409);
      expect(await row(material.id)).to.include({ state: "approved", approved_version_id: material.approved_version_id });
    });
  });

  describe("metadata and lessons", () => {
    const META = { title: "Tên mới", description: "", subject_code: "TOAN", grade: "6", kind: "worksheet", language: "vi", author: "Tổ Toán", source: "", licence: "CC BY", year: "2026", keywords: "tập hợp", accessibility: "", scope: "school" };

    it("are saved by those who may, with an audit row", async () => {
      const material = await draft();
      expect((await (await app.as("son")).get(`/materials/${material.id}/edit`)).status).to.equal(403);
      const huong = await app.as("huong");
      expect((await huong.get(`/materials/${material.id}/edit`)).status).to.equal(200);
      expect((await huong.post(`/materials/${material.id}/metadata`, { ...META, revision: String(material.revision) })).status).to.equal(303);
      expect(await row(material.id)).to.include({ title: "Tên mới", kind: "worksheet" });
      expect(await count("audit_entries", { action: "material.describe", subject_id: material.id })).to.equal(1);
    });

    it("come back with what was typed when something is wrong", async () => {
      const material = await draft();
      const answer = await (await app.as("huong")).post(`/materials/${material.id}/metadata`, { ...META, title: "", grade: "13", author: "Người gõ", revision: "1" });
      expect(answer.status).to.equal(422);
      expect(answer.text).to.include("Người gõ").and.include("Cần điền mục này");
    });

    it("do not overwrite what somebody else saved meanwhile without asking", async () => {
      const material = await draft();
      const [huong, nam] = [await app.as("huong"), await app.as("nam")];
      const save = (who: Client, title: string, revision: number): Promise<Answer> => who.post(`/materials/${material.id}/metadata`, { ...META, title, revision: String(revision) });
      await save(nam, "Của thầy Nam", 1);
      const late = await save(huong, "Của cô Hương", 1);
      expect(late.status).to.equal(409);
      expect(late.text).to.include("Của cô Hương").and.include('name="revision" value="2"');
      expect((await row(material.id)).title).to.equal("Của thầy Nam");
      expect((await save(huong, "Của cô Hương", 2)).status).to.equal(303);
    });

    it("link to lessons of the own school only, and raise the fact", async () => {
      const material = await draft();
      const huong = await app.as("huong");
      const link = (lesson: string): Promise<Answer> => huong.post(`/materials/${material.id}/lessons`, { lesson });
      expect((await link(W.toanLesson(3))).status).to.equal(303);
      expect((await link(W.leLoiLesson(3))).status).to.equal(404);
      expect((await huong.post(`/materials/${material.id}/lessons`, {})).status).to.equal(422);
      expect(await count("material_lessons", { material_id: material.id })).to.equal(2);
      const removal = `/materials/${material.id}/lessons/${W.toanLesson(3)}/removal`;
      expect((await huong.post(removal)).status).to.equal(303);
      expect((await huong.post(removal)).status).to.equal(409);
      const facts = (await app.db("events").where({ name: "material_links_changed" }).select("payload")) as { payload: string }[];
      expect(facts.filter(({ payload }) => payload.includes(material.id))).to.have.length(3);
    });

    it("of an approved material are linked by its reviewers, not by the uploader", async () => {
      const material = await approved();
      expect((await (await app.as("huong")).post(`/materials/${material.id}/lessons`, { lesson: W.toanLesson(4) })).status).to.equal(403);
      expect((await (await app.as("mai")).post(`/materials/${material.id}/lessons`, { lesson: W.toanLesson(4) })).status).to.equal(303);
    });
  });

  describe("the file", () => {
    let material: Row;
    before(async () => {
      material = await approved();
    });

    it("is shown in the page from our own origin and cannot do anything there", async () => {
      const file = await (await app.as("minh")).get(`/materials/${material.id}/file`);
      expect(file.status).to.equal(200);
      expect(file.headers.get("content-type")).to.equal("application/pdf");
      expect(file.headers.get("x-content-type-options")).to.equal("nosniff");
      expect(file.headers.get("content-disposition")).to.match(/^inline; filename="Bai giang Tap hop\.pdf"; filename\*=UTF-8''B%C3%A0i%20gi/);
      expect(file.headers.get("content-security-policy")).to.include("default-src 'none'").and.include("frame-ancestors 'self'");
      expect(file.headers.get("cache-control")).to.include("private");
    });

    it("answers ranges as players ask for them", async () => {
      const client = await app.as("huong");
      await client.upload(LESSON, {}, [sampleFile("video.mp4", "phim.mp4")]);
      const all = sampleFile("video.mp4").bytes;
      const video = (await rows()).find((m) => m.kind === "video");
      const ask = (range: string, more: Record<string, string> = {}): Promise<Answer> => client.get(`/materials/${video?.id}/file`, { range, ...more });
      const first = await ask("bytes=0-99");
      expect(first.status).to.equal(206);
      expect(first.headers.get("content-range")).to.equal(`bytes 0-99/${all.length}`);
      expect(first.bytes).to.deep.equal(all.subarray(0, 100));
      expect((await ask("bytes=-10")).bytes).to.deep.equal(all.subarray(-10));
      expect((await ask(`bytes=${all.length - 1}-`)).bytes).to.deep.equal(all.subarray(-1));
      expect((await ask("bytes=5-99999999")).bytes).to.deep.equal(all.subarray(5));
      const beyond = await ask(`bytes=${all.length}-`);
      expect(beyond.status).to.equal(416);
      expect(beyond.headers.get("content-range")).to.equal(`bytes */${all.length}`);
      for (const odd of ["bytes=abc", "bytes=9-2", "lines=0-1", "bytes=0-1,5-6"]) expect((await ask(odd)).status, odd).to.equal(200);
      expect((await ask("bytes=0-9", { "if-range": '"another"' })).status).to.equal(200);
      expect((await ask("bytes=0-9", { "if-range": first.headers.get("etag") ?? "" })).status).to.equal(206);
      const sandbox = await ask("bytes=0-1");
      expect(sandbox.headers.get("content-security-policy")).to.match(/^sandbox;/);
    });

    it("is not sent again to a browser that has it, and HEAD sends no body", async () => {
      const client = await app.as("huong");
      const path = `/materials/${material.id}/file`;
      const etag = (await client.get(path)).headers.get("etag") ?? "";
      expect((await client.get(path, { "if-none-match": etag })).status).to.equal(304);
      const head = await client.send("HEAD", path);
      expect(head.status).to.equal(200);
      expect(Number(head.headers.get("content-length"))).to.be.greaterThan(1000);
      expect(head.bytes).to.have.length(0);
    });

    it("is downloaded where the browser cannot show it, whatever is asked", async () => {
      const client = await app.as("huong");
      await client.upload(LESSON, {}, [sampleFile("bai-giang.pptx")]);
      const { id } = await newest();
      const file = await client.get(`/materials/${id}/file`);
      expect(file.headers.get("content-disposition")).to.match(/^attachment/);
      expect((await client.get(`/materials/${id}`)).text).to.include("không xem được ngay trên trang");
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

function form(files: readonly { field: string; name: string; type: string; bytes: Uint8Array }[]): FormData {
  const body = new FormData();
  for (const file of files) body.append(file.field, new Blob([Uint8Array.from(file.bytes)], { type: file.type }), file.name);
  return body;
}
