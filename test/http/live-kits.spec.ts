import { expect } from "chai";
import { grantAsSystem } from "../../server/access/policy.ts";
import { makeKits } from "../../server/kits/jobs.ts";
import { cutRecordings, eraseRecording } from "../../server/live/recording/jobs.ts";
import { saveRemoval } from "../../server/live/store/chat.ts";
import type { LiveRow } from "../../server/live/store/classes.ts";
import { addMinutes } from "../../server/platform/clock.ts";
import { closeDue } from "../../server/study/store.ts";
import { startApp, type Running } from "../support/app.ts";
import type { Answer, Client } from "../support/client.ts";
import { missedClass } from "../support/kits.ts";
import { NOW, W } from "../support/world.ts";

const DAY = 24 * 60;

describe("the kit of a missed class", function () {
  let app: Running;
  let huong: Client;
  let minh: Client;
  let an: Client;
  before(async () => {
    app = await startApp();
    [huong, minh, an] = await Promise.all([app.as("huong"), app.as("minh"), app.as("an")]);
  });
  beforeEach(async () => {
    app.time.now = NOW;
    await app.db("self_study_assignments").update({ state: "cancelled" });
    await app.db("recording_consents").del();
  });
  after(() => app.stop());

  const give = (live: string, form: Record<string, string> = {}, who = huong): Promise<Answer> => who.post(`/live-classes/${live}/kit`, { due_on: "01/12/2026", with_sound: "yes", ...form });
  const made = async (how?: { recorded: boolean }) => {
    const missed = await missedClass(app, how);
    expect((await give(missed.live)).status).to.equal(303);
    await makeKits(app.db, app.blobs, NOW);
    return { ...missed, path: `/live-classes/${missed.live}/kit` };
  };
  const state = async (live: string): Promise<string> => ((await app.db("live_kits").where({ live_class_id: live }).first("state")) as { state: string }).state;
  /** The n-th stored page or sound of a kit, in the order of their numbers; it must be there. */
  const stored = async (live: string, kind: "page" | "sound", n: number): Promise<string> => {
    const hashes = (await app.db("live_kit_files").where({ live_class_id: live, kind }).orderBy("number").pluck("blob_hash")) as string[];
    return hashes[n] ?? expect.fail(`no ${kind} ${n} in the kit`);
  };
  const cut = async (live: string): Promise<void> => {
    const { latest_version_id: version } = (await app.db("materials as m").join("live_recordings as r", "r.material_id", "m.id").where({ live_class_id: live }).first("latest_version_id")) as { latest_version_id: string };
    await huong.post(`/live-classes/${live}/recording/cut`, { version, from: "0:02", to: "0:08" });
    await cutRecordings(app.db, app.blobs, app.time.now);
  };
  const period = (live: string) => app.db("deliveries as d").join("self_study_assignments as s", "s.id", "d.evidence_id").where({ "s.live_class_id": live }).select("d.id", "d.taught_by", "d.taught_on");
  const standing = async (): Promise<Record<string, unknown>> => (await app.db("ledger_periods").where({ course_id: W.toan6A, plan_lesson_id: W.toanLesson(1), period_number: 1 }).first()) as Record<string, unknown>;

  it("is given by the teacher of a class that is over; once, until a day, and what was typed stays", async () => {
    const { live } = await missedClass(app);
    const path = `/live-classes/${live}/kit`;
    expect((await huong.get(`/live-classes/${live}`)).text).to.contain(`${path}"`);
    expect((await huong.get(path)).text).to.contain("Giao gói học bù").and.contain("phụ huynh đã đồng ý");
    expect((await minh.get(path)).status).to.equal(404);
    expect((await minh.get(`/live-classes/${live}`)).text).not.to.contain(path);
    for (const [login, status] of [["minh", 403], ["thu", 403], ["son", 403], ["nam", 403], ["lan", 404], ["khoi", 404]] as const) expect((await give(live, {}, await app.as(login))).status, login).to.equal(status);
    for (const due_on of ["23/11/2026", "01/03/2027", "hôm nào"]) {
      const wrong = await give(live, { due_on });
      expect([wrong.status, wrong.text.includes(`value="${due_on}"`)], due_on).to.deep.equal([422, true]);
    }
    expect((await give(live)).status).to.equal(303);
    expect((await give(live)).status).to.equal(409);
    expect((await huong.get(path)).text).to.contain("Gói đang được làm");
    expect((await minh.get(path)).text).to.contain("Gói đang được làm").and.not.contain("Em đã học xong");
    expect((await minh.get(`${path}/file`)).status).to.equal(409);
    expect(await app.db("audit_entries").where({ subject_id: live, action: "live.kit", actor_id: W.huong })).to.have.length(1);
    const open = await missedClass(app);
    await app.db("live_classes").where({ id: open.live }).update({ state: "open" });
    expect((await give(open.live)).status).to.equal(409);
  });

  it("holds the pages with what was written, their sound, what was asked without names, and the notes", async () => {
    const { live, path } = await made();
    expect(await state(live)).to.equal("ready");
    const page = (await an.get(path)).text;
    expect(page).to.contain("Trang 1").and.contain("0:00 – 0:04").and.contain("Trang 2").and.contain("Bảng trắng 1").and.not.contain("Trang 3");
    expect(page).to.contain("Tập hợp rỗng có mấy phần tử?").and.match(/<details><summary>Xem đáp án<\/summary><p>A. 0<\/p>/);
    expect(page).to.contain("Thưa cô, tập hợp có thứ tự không ạ?").and.contain("Một bạn hỏi").and.contain("Bài tập về nhà: 3, 4 trang 15.");
    expect(page).not.to.contain("Lê Đức Minh");
    const slide = await an.get(`${path}/pages/2`);
    expect([slide.status, slide.headers.get("content-type")]).to.deep.equal([200, "image/svg+xml"]);
    expect(slide.text).to.match(/^<svg .*data:image\/webp;base64,.*#c81e1e/s);
    expect((await an.get(`${path}/pages/-1`)).text).to.contain("Ví dụ &lt;1&gt;");
    const sound = await an.get(`${path}/sounds/1`, { range: "bytes=0-3" });
    expect([sound.status, sound.headers.get("content-type"), sound.bytes.toString("hex")]).to.deep.equal([206, "audio/webm", "1a45dfa3"]);
    for (const wrong of ["pages/3", "pages/x", "sounds/9", "sounds/-1"]) expect((await an.get(`${path}/${wrong}`)).status, wrong).to.equal(404);
  });

  it("is told to those who were absent only, and opens for the class, its parents, its teachers and nobody else", async () => {
    const { live, path } = await made();
    const told = await app.db("notices").where({ kind: "kit_ready", href: path }).pluck("person_id");
    expect(told.sort()).to.deep.equal([W.an, W.chau, W.duy].sort());
    expect((await an.get("/")).text).to.contain(`href="${path}"`).and.contain("Gói học bù · ");
    expect((await minh.get("/")).text).not.to.contain(path);
    expect((await an.get("/notices")).text).to.contain("Em vắng buổi “Tập hợp”. Gói học bù đã sẵn sàng");
    for (const where of [path, `${path}/file`, `${path}/pages/1`, `${path}/sounds/0`]) {
      const parents = where.includes("file") || where.includes("sounds") ? 403 : 200; // parents agreed that the class hears their children
      for (const [login, status] of [["an", 200], ["minh", 200], ["thu", parents], ["huong", 200], ["nam", 200], ["mai", 200], ["khoi", 404], ["lan", 404], ["vy", 404], ["dung", 404]] as const) expect((await (await app.as(login)).get(where)).status, `${login} ${where}`).to.equal(status);
    }
    expect(await app.db("live_kit_progress").where({ live_class_id: live }).pluck("person_id")).to.have.members([W.an, W.minh]); // nobody else's look is a pupil's
    expect((await (await app.as("thu")).get(path)).text).to.contain("Con nghe tiếng giảng").and.not.contain("<audio").and.not.contain(`${path}/file`).and.not.contain("Em đã học xong").and.not.contain("Bùi Bảo An");
  });

  it("is one file that needs no network: pages and sound are in it, and nothing from elsewhere", async () => {
    const { live, path } = await made();
    const file = await an.get(`${path}/file`);
    expect(file.headers.get("content-disposition")).to.contain('attachment; filename="goi-hoc-bu-2026-11-24.html"');
    const elsewhere = [...file.text.matchAll(/(?:src|href)="(?!#|data:)([^"]*)"/g)].map((found) => found[1]);
    expect(elsewhere).to.deep.equal([`${app.config.baseUrl}${path}`]);
    expect(file.text.match(/<audio controls/g)).to.have.length(2);
    expect(file.text.match(/<svg role="img"/g)).to.have.length(3);
    expect(file.text).to.contain("default-src 'none'").and.not.contain("Lê Đức Minh");
    expect(await app.db("live_kit_progress").where({ live_class_id: live, person_id: W.an })).to.have.length(1);
  });

  it("is finished by a pupil of the class with the exit ticket answered, once; its teacher sees who did and what was answered", async () => {
    const { path, choice, short } = await made();
    const form = { [`answer.${choice}`]: "true", [`answer.${short}`]: "Ký hiệu thuộc" };
    expect((await an.post(`${path}/completion`, form)).status).to.equal(409); // never served
    expect((await an.get(path)).text).to.contain("Số 0 là số tự nhiên?").and.contain("Em đã học xong").and.not.contain("Đáp án: Đúng");
    const half = await an.post(`${path}/completion`, { [`answer.${short}`]: "Ký hiệu thuộc" });
    expect([half.status, half.text.includes('value="Ký hiệu thuộc"')]).to.deep.equal([422, true]);
    expect((await an.post(`${path}/completion`, { ...form, [`answer.${choice}`]: "C" })).status).to.equal(422);
    for (const [login, status] of [["thu", 403], ["huong", 403], ["khoi", 404]] as const) expect((await (await app.as(login)).post(`${path}/completion`, form)).status, login).to.equal(status);
    expect((await an.post(`${path}/completion`, form)).status).to.equal(303);
    app.time.now = addMinutes(NOW, DAY);
    expect((await an.post(`${path}/completion`, { ...form, [`answer.${choice}`]: "false" })).status).to.equal(303); // the first time counts
    expect((await an.get(path)).text).to.contain("Em đã hoàn thành lúc").and.contain("Em trả lời: Đúng").and.contain("Đáp án: Đúng").and.not.contain("Em đã học xong");
    const seen = (await huong.get(path)).text;
    expect(seen).to.contain("Ngô Quang Duy").and.not.contain("Lê Đức Minh");
    expect(seen).to.contain("1 trên 3 em vắng đã hoàn thành").and.contain("Đúng ✓ · Ký hiệu thuộc");
    expect((await app.db("access_log").where({ actor_id: W.huong, what: "live_kit" }).pluck("pupil_id")).length).to.be.greaterThan(0);
  });

  it("counts as self-study of the period that too few attended, once half of the class finished it in time", async () => {
    const { live, path, choice, short } = await made();
    const form = { [`answer.${choice}`]: "true", [`answer.${short}`]: "Không có" };
    await app.settle();
    expect(await standing()).to.include({ state: "not_counted", reason: "too_few_present", evidence_kind: "live" });
    for (const login of ["an", "chau"]) {
      const pupil = await app.as(login);
      await pupil.get(path);
      expect((await pupil.post(`${path}/completion`, form)).status).to.equal(303);
    }
    await app.settle();
    expect(await standing()).to.include({ state: "counted", evidence_kind: "self_study" });
    expect(await period(live)).to.have.length(1);
    expect(await app.db("lesson_progress").where({ pupil_id: W.an })).to.have.length(0); // the lesson itself was not studied
    expect((await huong.post(`${path}/removal`)).status).to.equal(303);
    await app.settle();
    expect(await standing()).to.include({ state: "not_counted", evidence_kind: "live" });
    expect((await an.get(path)).status).to.equal(404);
    expect((await huong.post(`${path}/removal`)).status).to.equal(409);
    expect(await app.db("live_kit_files").where({ live_class_id: live })).to.have.length(0);
  });

  it("does not count for those who finished it late, nor in a trial, nor beside a self-study that was given before", async () => {
    const late = await made();
    app.time.now = addMinutes(NOW, 9 * DAY);
    await closeDue(app.db, app.time.now);
    for (const login of ["an", "chau", "duy"]) {
      const pupil = await app.as(login);
      await pupil.get(late.path);
      await pupil.post(`${late.path}/completion`, { [`answer.${late.choice}`]: "true", [`answer.${late.short}`]: "Không" });
    }
    await app.settle();
    expect(await standing()).to.include({ state: "not_counted" });
    expect((await an.get(late.path)).text).to.contain("sau hạn");
    app.time.now = NOW;
    await app.db("self_study_assignments").update({ state: "cancelled" });
    const trial = await missedClass(app);
    await app.db("live_classes").where({ id: trial.live }).update({ purpose: "trial" });
    await give(trial.live);
    expect(await app.db("self_study_assignments").where({ live_class_id: trial.live })).to.have.length(0);
    const given = await huong.post(`/courses/${W.toan6A}/lessons/${W.toanLesson(1)}/self-study`, { period_from: "1", period_to: "1", opens_on: "2026-11-24", due_on: "2026-11-28", legal_form: "supporting", legal_reason: "" });
    expect(given.status).to.equal(303);
    const beside = await made({ recorded: false });
    expect(await app.db("self_study_assignments").where({ live_class_id: beside.live })).to.have.length(0);
  });

  it("has no sound where nothing was recorded, or where its teacher wants none", async () => {
    const silent = await made({ recorded: false });
    expect((await an.get(silent.path)).text).to.contain("không có tiếng giảng").and.contain("Trang 2").and.not.contain("<audio");
    const { live } = await missedClass(app);
    expect((await huong.get(`/live-classes/${live}/kit`)).text).to.match(/<input type="checkbox"[^>]*name="with_sound"(?![^>]* required)/); // else no browser sends the form unticked
    await give(live, { with_sound: "" });
    expect((await huong.post(`/live-classes/${live}/kit`, { due_on: "01/12/2026" })).status).to.equal(303);
    await makeKits(app.db, app.blobs, NOW);
    expect((await an.get(`/live-classes/${live}/kit`)).text).not.to.contain("<audio");
  });

  it("loses at once what is cut out of the recording, and all sound where it is erased", async () => {
    const { live, path } = await made();
    const first = await stored(live, "sound", 1);
    await cut(live);
    expect((await an.get(`${path}/sounds/0`)).status).to.equal(409);
    await makeKits(app.db, app.blobs, NOW);
    expect((await an.get(path)).text).to.contain("0:00 – 0:02").and.contain("0:02 – 0:06");
    expect(await app.blobs.stat(first)).to.equal(undefined);
    expect(await app.db("blobs").where({ hash: first })).to.have.length(0);
    const second = await stored(live, "sound", 0);
    await eraseRecording(app.db, app.blobs, live, "xóa", { by: W.huong, at: NOW, requestId: live });
    expect((await an.get(`${path}/sounds/0`)).status).to.equal(409);
    await makeKits(app.db, app.blobs, NOW);
    expect((await an.get(path)).text).to.contain("Trang 2").and.not.contain("<audio");
    expect(await app.blobs.stat(second)).to.equal(undefined);
    expect(await app.db("notices").where({ kind: "kit_ready", href: path })).to.have.length(3); // told once
  });

  it("shows no question any more that its teacher took out of the chat", async () => {
    const { live, path } = await made();
    await saveRemoval(app.db, grantAsSystem({ id: live } as LiveRow, "teach"), 1, { by: W.huong, at: NOW, requestId: live }); // over the socket of the room
    for (const where of [path, `${path}/file`]) expect((await an.get(where)).text, where).to.contain("Tập hợp rỗng có mấy phần tử?").and.not.contain("Thưa cô, tập hợp có thứ tự");
  });

  it("shuts at once when its slides or its recording are taken down or retired, and is made anew without them", async () => {
    const { live, path } = await made();
    const [page, sound] = [await stored(live, "page", 2), await stored(live, "sound", 1)];
    const { slides_material_id: slides } = (await app.db("live_classes").where({ id: live }).first("slides_material_id")) as { slides_material_id: string };
    const { material_id: recording } = (await app.db("live_recordings").where({ live_class_id: live }).first("material_id")) as { material_id: string };
    const nam = await app.as("nam");
    expect((await nam.post(`/library/materials/${slides}/takedown`, { reason: "Hình chụp từ sách có bản quyền" })).status).to.equal(303);
    for (const where of ["pages/1", "sounds/0", "file"]) expect((await an.get(`${path}/${where}`)).status, where).to.equal(409);
    await makeKits(app.db, app.blobs, NOW);
    expect((await an.get(path)).text).to.contain("Trang 1").and.contain("Trang này không có hình").and.contain("<audio");
    expect((await an.get(`${path}/pages/2`)).text).to.contain("#c81e1e").and.not.contain("data:image"); // what was written stays
    expect(await app.db("live_kit_files").where({ blob_hash: page })).to.deep.equal([]);
    expect((await nam.post(`/materials/${recording}/retirement`, { comment: "Không dùng nữa" })).status).to.equal(303);
    expect((await an.get(`${path}/sounds/0`)).status).to.equal(409);
    await makeKits(app.db, app.blobs, NOW);
    expect((await an.get(path)).text).to.contain("Trang 2").and.not.contain("<audio");
    expect(await app.blobs.stat(sound)).to.equal(undefined);
    await makeKits(app.db, app.blobs, NOW);
    expect(await state(live)).to.equal("ready"); // made anew once, not again and again
  });

  it("has no voice on whose parents took their consent back, until the recording was cut", async () => {
    const thu = await app.as("thu");
    await thu.post("/recording-consents", { pupil: W.minh, wording: "2" });
    expect((await thu.get("/recording-consents")).text).to.contain("tải tiếng giảng về máy để học bù");
    app.time.now = addMinutes(NOW, 1); // the class began
    const [given, other] = [await made(), await missedClass(app)];
    expect((await an.get(`${given.path}/sounds/0`)).status).to.equal(200);
    const sound = await stored(given.live, "sound", 0); // the recording began after the pages were turned: one piece
    app.time.now = addMinutes(NOW, 60);
    expect((await thu.post("/recording-consents/removal", { pupil: W.minh })).status).to.equal(303);
    for (const where of ["sounds/0", "file"]) expect((await an.get(`${given.path}/${where}`)).status, where).to.equal(409); // at once
    await app.settle();
    expect(await app.db("live_kit_files").where({ live_class_id: given.live })).to.have.length(0);
    await makeKits(app.db, app.blobs, app.time.now);
    expect((await an.get(given.path)).text).to.contain("Trang 2").and.not.contain("<audio");
    expect(await app.db("live_kit_files").where({ blob_hash: sound })).to.have.length(0);
    const refused = await give(other.live);
    expect([refused.status, refused.text.includes("Phụ huynh của Lê Đức Minh đã rút lại đồng ý")]).to.deep.equal([422, true]);
    expect(await app.db("live_kits").where({ live_class_id: other.live })).to.have.length(0);
    app.time.now = addMinutes(NOW, 70);
    await cut(other.live);
    expect((await give(other.live)).status).to.equal(303);
    await makeKits(app.db, app.blobs, app.time.now);
    expect((await an.get(`/live-classes/${other.live}/kit`)).text).to.contain("<audio");
  });

  it("keeps nothing on the disk of what was erased, also where it cannot be made anew", async () => {
    const { live, path } = await made();
    const sound = await stored(live, "sound", 1);
    await eraseRecording(app.db, app.blobs, live, "xóa", { by: W.huong, at: NOW, requestId: live });
    const slides = (await app.db("material_versions as v").join("live_classes as l", "l.slides_material_id", "v.material_id").where({ "l.id": live }).first("v.blob_hash")) as { blob_hash: string };
    await app.blobs.remove(slides.blob_hash);
    const failed = await makeKits(app.db, app.blobs, NOW).then(() => false, () => true);
    expect([failed, await state(live)]).to.deep.equal([true, "wanted"]);
    expect(await app.db("live_kit_files").where({ live_class_id: live })).to.have.length(0);
    expect(await app.blobs.stat(sound)).to.equal(undefined);
    expect((await an.get(path)).text).to.contain("Gói đang được làm");
    await makeKits(app.db, app.blobs, NOW).catch(() => undefined);
    await makeKits(app.db, app.blobs, NOW).catch(() => undefined);
    expect(await state(live)).to.equal("failed");
  });

  it("goes with its class when that is taken back", async () => {
    const { live, path } = await made();
    expect((await huong.post(`/live-classes/${live}/cancellation`, { reason: "Nhầm lớp" })).status).to.equal(303);
    await app.settle();
    expect([await state(live), (await an.get(path)).status]).to.deep.equal(["withdrawn", 404]);
    expect(await app.db("self_study_assignments").where({ live_class_id: live }).pluck("state")).to.deep.equal(["cancelled"]);
  });

  it("is tried three times and then given up, which its teacher sees; given again it is made", async () => {
    const { live } = await missedClass(app);
    await give(live);
    const recording = (await app.db("material_versions").join("live_recordings", "live_recordings.material_id", "material_versions.material_id").where({ live_class_id: live }).first("blob_hash")) as { blob_hash: string };
    await app.blobs.remove(recording.blob_hash);
    for (let tries = 0; tries < 3; tries += 1) {
      const failed = await makeKits(app.db, app.blobs, NOW).then(() => false, () => true);
      expect(failed).to.equal(true);
    }
    expect(await state(live)).to.equal("failed");
    await makeKits(app.db, app.blobs, NOW); // no fourth time
    expect((await huong.get(`/live-classes/${live}/kit`)).text).to.contain("Chưa làm được gói").and.contain("Giao gói");
    expect((await give(live, { with_sound: "" })).status).to.equal(422);
    expect((await huong.post(`/live-classes/${live}/kit`, { due_on: "01/12/2026" })).status).to.equal(303);
    await makeKits(app.db, app.blobs, NOW);
    expect(await state(live)).to.equal("ready");
  });
});
