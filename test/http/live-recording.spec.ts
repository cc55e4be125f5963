import { existsSync } from "node:fs";
import { buffer } from "node:stream/consumers";
import { gunzipSync } from "node:zlib";
import { expect } from "chai";
import { cutRecordings, eraseExpired, joinRecordings } from "../../server/live/recording/jobs.ts";
import { recordingsFolder } from "../../server/live/recording/keeper.ts";
import type { Replay } from "../../server/live/recording/replay.ts";
import { listAging, listVoices } from "../../server/live/recording/store.ts";
import { addMinutes } from "../../server/platform/clock.ts";
import { newId } from "../../server/platform/ids.ts";
import { startApp, type Running } from "../support/app.ts";
import type { Client } from "../support/client.ts";
import { missedClass } from "../support/kits.ts";
import { storedSlides } from "../support/materials.ts";
import { film, recorded } from "../support/recording.ts";
import { NOW, W } from "../support/world.ts";
import { liveClass } from "../realtime/room.ts";

const DAY = 24 * 60;

describe("recording a live class", () => {
  let app: Running;
  let huong: Client;
  /** No two recordings are the same. */
  let made = 0;
  before(async () => {
    app = await startApp();
    huong = await app.as("huong");
  });
  beforeEach(() => void (app.time.now = NOW));
  after(() => app.stop());

  const allow = async (settings: Record<string, string> = {}) => (await app.as("nam")).post(`/schools/${W.tranPhu}/live-settings`, { recording: "yes", recording_days: "30", ...settings });
  const row = (live: string) => app.db("live_recordings").where({ live_class_id: live }).first() as Promise<Record<string, unknown>>;
  /** A class whose recording became a material. */
  const kept = async (substitute: string | null = null): Promise<{ live: string; material: string; version: string }> => {
    const live = await liveClass(app);
    await app.db("live_classes").where({ id: live }).update({ substitute_id: substitute });
    for (const [second, page] of [[0, 1], [4, 2]] as const) await app.db("live_turns").insert({ id: `01TURN${page}${live.slice(7)}`, live_class_id: live, page, at: addMinutes(NOW, second / 60) });
    await recorded(app, live, [film(6_000, true), film(4_000 + (made += 20), true).subarray(0, 9_000 + made)], addMinutes(NOW, 45));
    expect(await joinRecordings(app.db, app.blobs, NOW)).to.equal(1);
    const { material_id } = (await row(live)) as { material_id: string };
    const { latest_version_id } = (await app.db("materials").where({ id: material_id }).first()) as { latest_version_id: string };
    return { live, material: material_id, version: latest_version_id };
  };

  it("is off until a leader of the school allows it", async () => {
    const live = await liveClass(app);
    expect((await huong.get(`/live-classes/${live}`)).text).not.to.contain("Ghi lại buổi học");
    const refused = await huong.post(`/live-classes/${live}/recording`);
    expect([refused.status, refused.text.includes("chưa cho phép ghi lại")]).to.deep.equal([409, true]);
    const wrong = await allow({ recording_days: "999" });
    expect([wrong.status, wrong.text.includes('value="999"')]).to.deep.equal([422, true]);
    expect((await allow()).status).to.equal(303);
    expect((await huong.get(`/live-classes/${live}`)).text).to.contain("Ghi lại buổi học");
    expect((await (await app.as("minh")).get(`/live-classes/${live}`)).text).not.to.contain(`/live-classes/${live}/recording`);
  });

  it("is begun and stopped by the teacher, and everybody is told: those in the room and those who come later", async () => {
    const live = await liveClass(app);
    const minh = await app.as("minh");
    expect((await minh.post(`/live-classes/${live}/recording`)).status).to.equal(403);
    expect((await (await app.as("khoi")).post(`/live-classes/${live}/recording`)).status).to.equal(404);
    expect((await huong.post(`/live-classes/${live}/recording`)).status).to.equal(303);
    const later = (await minh.get(`/live-classes/${live}`)).text;
    expect(later).to.match(/data-recording-mark data-on="true">Đang ghi lại buổi học/).and.contain("Buổi học bắt đầu được ghi lại");
    expect((await huong.post(`/live-classes/${live}/recording`)).status).to.equal(409);
    expect((await huong.post(`/live-classes/${live}/recording-removal`)).status).to.equal(303);
    expect((await minh.get(`/live-classes/${live}`)).text).to.contain('data-on="false"').and.contain("Đã dừng ghi buổi học");
    expect((await huong.post(`/live-classes/${live}/recording-removal`)).status).to.equal(409);
    expect((await huong.post(`/live-classes/${live}/recording`)).status).to.equal(303); // and goes on
    expect((await app.db("audit_entries").where({ subject_id: live }).orderBy("id").pluck("action")).filter((action: string) => action.includes("record"))).to.deep.equal(["live.record", "live.record_end", "live.record"]);
  });

  it("is not begun where the school has no room left, and not in a class that is over", async () => {
    const live = await liveClass(app);
    await app.db("school_quotas").insert({ school_id: W.tranPhu, bytes: 1_000_000, set_by: W.ha, set_at: NOW });
    expect((await huong.post(`/live-classes/${live}/recording`)).text).to.contain("gần đầy");
    await app.db("school_quotas").del();
    await app.db("live_classes").where({ id: live }).update({ state: "ended", ended_at: NOW });
    expect((await huong.post(`/live-classes/${live}/recording`)).status).to.equal(409);
  });

  it("becomes a draft of its teacher in the lesson, with its moments, once the class is over", async () => {
    const { live, material, version } = await kept();
    expect(existsSync(recordingsFolder(app.blobs) + `/${live}`)).to.equal(false);
    const found = (await app.db("materials").where({ id: material }).first()) as Record<string, unknown>;
    expect(found).to.include({ state: "draft", kind: "video", uploaded_by: W.huong, title: "Ghi lại buổi học: Tập hợp (24/11/2026)" });
    expect(await app.db("material_lessons").where({ material_id: material }).pluck("plan_lesson_id")).to.deep.equal([W.toanLesson(1)]);
    expect((await app.db("material_versions").where({ id: version }).first()) as object).to.include({ mime: "video/webm" });
    const page = (await huong.get(`/materials/${material}`)).text;
    expect(page).to.match(/data-moment="0">.*0:00.*Trang chiếu 1/).and.match(/data-moment="4">.*Trang chiếu 2/).and.match(/data-moment="6">.*Ghi tiếp/);
    expect((await huong.get("/notices")).text).to.contain("Bản ghi buổi học “Tập hợp” đã xong");
    expect((await huong.get(`/live-classes/${live}`)).text).to.contain(`/live-classes/${live}/recording`);
    expect(await joinRecordings(app.db, app.blobs, NOW)).to.equal(0);
  });

  it("becomes a draft of the substitute where one taught the class, who is told", async () => {
    const { live, material } = await kept(W.son);
    expect((await app.db("materials").where({ id: material }).first()) as object).to.include({ state: "draft", uploaded_by: W.son });
    expect(await app.db("notices").where({ kind: "recording_ready", href: `/live-classes/${live}/recording` }).pluck("person_id")).to.deep.equal([W.son]);
    expect((await (await app.as("son")).get(`/live-classes/${live}/recording`)).status).to.equal(200);
  });

  it("is watched by the class once its teacher shows it, and by no other class before it is approved", async () => {
    const { live, material } = await kept();
    const [minh, thu] = [await app.as("minh"), await app.as("thu")];
    expect((await minh.get(`/materials/${material}`)).status).to.equal(404);
    expect((await minh.get(`/live-classes/${live}`)).text).not.to.contain(`/materials/${material}`);
    expect((await minh.post(`/live-classes/${live}/recording/showing`)).status).to.equal(403);
    for (let twice = 0; twice < 2; twice += 1) expect((await huong.post(`/live-classes/${live}/recording/showing`)).status).to.equal(303);
    expect((await minh.get(`/materials/${material}`)).status).to.equal(200);
    expect((await minh.get(`/live-classes/${live}`)).text).to.contain(`/materials/${material}`);
    expect((await (await app.as("khoi")).get(`/materials/${material}`)).status).to.equal(404);
    expect((await thu.get(`/live-classes/${live}/recording`)).status).to.equal(403);
  });

  it("waits while somebody still writes to it, and is nothing where nothing was heard", async () => {
    const live = await liveClass(app);
    await recorded(app, live, [film(5_000, false)], NOW);
    await app.db("live_recording_parts").where({ live_class_id: live }).update({ ended_at: null });
    expect(await joinRecordings(app.db, app.blobs, NOW)).to.equal(0);
    expect(await joinRecordings(app.db, app.blobs, addMinutes(NOW, 2))).to.equal(1); // whoever wrote it died
    const { material_id } = (await row(live)) as { material_id: string };
    expect((await app.db("materials").where({ id: material_id }).first()) as object).to.include({ kind: "audio" });
    const short = await liveClass(app);
    await recorded(app, short, [film(1_000, false)], NOW);
    await joinRecordings(app.db, app.blobs, NOW);
    expect(await row(short)).to.include({ state: "empty", material_id: null });
    expect((await huong.get(`/live-classes/${short}/recording`)).text).to.contain("Không ghi được gì");
  });

  it("is cut by a form; what is cut away is erased once the new version stands", async () => {
    const { live, material, version } = await kept();
    const old = (await app.db("material_versions").where({ id: version }).first()) as { blob_hash: string };
    const wrong = await huong.post(`/live-classes/${live}/recording/cut`, { version, from: "2 phút", to: "0:08" });
    expect([wrong.status, wrong.text.includes('value="2 phút"'), wrong.text.includes("phút:giây")]).to.deep.equal([422, true, true]);
    const short = await huong.post(`/live-classes/${live}/recording/cut`, { version, from: "0:05", to: "0:06" });
    expect([short.status, short.text.includes("ít nhất 3 giây")]).to.deep.equal([422, true]);
    expect((await huong.post(`/live-classes/${live}/recording/cut`, { version: W.huong, from: "0:01", to: "0:06" })).status).to.equal(409);
    expect((await (await app.as("minh")).post(`/live-classes/${live}/recording/cut`, { version, from: "0:01", to: "0:06" })).status).to.equal(403);
    expect((await huong.post(`/live-classes/${live}/recording/cut`, { version, from: "0:01", to: "0:06" })).status).to.equal(303);
    expect((await huong.post(`/live-classes/${live}/recording/cut`, { version, from: "0:01", to: "0:06" })).status).to.equal(409);
    expect(await app.blobs.stat(old.blob_hash)).not.to.equal(undefined); // kept until it is done
    await cutRecordings(app.db, app.blobs, NOW);
    expect(await app.blobs.stat(old.blob_hash)).to.equal(undefined);
    expect(await row(live)).to.include({ length_ms: 5_000, kept_windows: null });
    const versions = (await app.db("material_versions").where({ material_id: material }).orderBy("number")) as { mime: string; blob_hash: string }[];
    expect(versions.map((one) => one.mime)).to.deep.equal(["text/plain", "video/webm"]);
    expect((await huong.get(`/live-classes/${live}/recording`)).text).to.match(/data-moment="0">.*Trang chiếu 1/).and.match(/data-moment="3">.*Trang chiếu 2/);
  });

  /** What lies beside the recording of a class with slides: its address, and what its script reads. */
  const beside = async (live: string) => {
    const { material_id } = (await row(live)) as { material_id: string };
    const { latest_version_id: version } = (await app.db("materials").where({ id: material_id }).first("latest_version_id")) as { latest_version_id: string };
    const base = `/materials/${material_id}/versions/${version}/renditions`;
    const { blob_hash } = (await app.db("material_versions").where({ id: version }).first("blob_hash")) as { blob_hash: string };
    const made = (await app.db("renditions").where({ blob_hash }).whereNot("kind", "like", "video%").orderBy("kind").pluck("kind")) as string[];
    const { rendition_hash } = (await app.db("renditions").where({ blob_hash, kind: "replay" }).first("rendition_hash")) as { rendition_hash: string };
    const replay = JSON.parse(gunzipSync(await buffer(await app.blobs.open(rendition_hash))).toString("utf8")) as Replay;
    return { material: material_id, version, base, made, replay };
  };
  const slides = async (live: string): Promise<string> => ((await app.db("live_classes").where({ id: live }).first("slides_material_id")) as { slides_material_id: string }).slides_material_id;

  it("has the slides and what was written beside it, with their times, for whoever may watch it; and as pictures without a script", async () => {
    const { live } = await missedClass(app);
    await app.db("live_rooms").where({ live_class_id: live }).update({ groups_count: 2 });
    const { base, made, replay, material } = await beside(live);
    expect(made).to.deep.equal(["page_1", "page_2", "page_s0", "page_s1", "replay"]);
    expect(replay.turns).to.deep.equal([{ timeMs: 0, page: 1 }, { timeMs: 4_000, page: 2 }]);
    expect(replay.items.map(({ page, kind }) => [page, kind])).to.deep.equal([[2, "arrow"]]); // what was written on the blank page was not recorded
    const minh = await app.as("minh");
    expect((await minh.get(`${base}/replay`)).status).to.equal(404);
    await huong.post(`/live-classes/${live}/recording/showing`);
    for (const kind of ["replay", "page_1", "page_s1"]) expect((await minh.get(`${base}/${kind}`)).status, kind).to.equal(200);
    expect((await (await app.as("khoi")).get(`${base}/page_1`)).status).to.equal(404);
    expect((await minh.get(`${base}/page_s1`)).text).to.contain("#c81e1e").and.contain("data:image/webp");
    const page = (await minh.get(`/materials/${material}`)).text;
    expect(page).to.contain(`data-src="${base}/replay"`).and.match(/<noscript>.*0:04 – 0:09<\/span> Trang chiếu 2/s);
    await app.db("materials").where({ id: await slides(live) }).update({ state: "retired" }); // taken down
    expect([(await minh.get(`${base}/page_1`)).status, (await minh.get(`${base}/page_s1`)).status, (await minh.get(`${base}/replay`)).status]).to.deep.equal([404, 404, 200]);
  });

  it("is cut with its slides and ink, and what was made of them is erased with it", async () => {
    const { live } = await missedClass(app);
    const before = await beside(live);
    const file = app.db("material_versions").where({ id: before.version }).select("blob_hash");
    const [gone] = (await app.db("renditions").where({ kind: "replay" }).whereIn("blob_hash", file).pluck("rendition_hash")) as [string];
    await huong.post(`/live-classes/${live}/recording/cut`, { version: before.version, from: "0:05", to: "0:09" });
    await cutRecordings(app.db, app.blobs, NOW);
    const after = await beside(live);
    expect(after.made).to.deep.equal(["page_2", "page_s0", "replay"]);
    expect(after.replay.turns).to.deep.equal([{ timeMs: 0, page: 2 }]);
    expect(after.replay.items).to.have.length(1);
    expect(await app.blobs.stat(gone)).to.equal(undefined);
    await huong.post(`/live-classes/${live}/recording/erasure`);
    expect(await app.db("renditions").whereIn("kind", ["page_2", "replay"]).whereIn("blob_hash", app.db("material_versions").where({ material_id: before.material }).select("blob_hash"))).to.deep.equal([]);
  });

  it("is cut in the middle, in several places at once; what lay there is nowhere any more", async () => {
    const { live } = await missedClass(app);
    const { version } = await beside(live);
    const path = `/live-classes/${live}/recording/cut`;
    const whole = { version, from: "0:00", to: "0:09" };
    const { length_ms: long } = (await row(live)) as { length_ms: number };
    const wrong = await huong.post(path, { ...whole, "out_from.0": "0:05", "out_to.0": "0:03", "out_from.4": "0:01", "out_to.1": "0:07" });
    expect(wrong.status).to.equal(422);
    expect(wrong.text).to.contain("phải sau điểm đầu").and.contain('value="0:05"').and.match(/<details open>/).and.match(/aria-invalid="true"[^>]*>/);
    expect((await huong.post(path, { ...whole, "out_from.0": "0:00", "out_to.0": "0:08" })).text).to.contain("ít nhất 3 giây");
    expect((await huong.post(path, whole)).status).to.equal(303); // nothing to cut
    expect(await row(live)).to.include({ kept_windows: null });
    expect((await huong.post(path, { ...whole, from: "0:01", "out_from.0": "0:02", "out_to.0": "0:03", "out_from.1": "0:05", "out_to.1": "0:07", "out_from.2": "0:06", "out_to.2": "0:08" })).status).to.equal(303);
    await cutRecordings(app.db, app.blobs, NOW);
    const kept = (await row(live)) as { length_ms: number; kept_windows: unknown };
    expect(kept.kept_windows).to.equal(null);
    expect(kept.length_ms).to.be.closeTo(long - 5_000, 100); // 0:01–0:02, 0:03–0:05, 0:08 to the end
    const after = await beside(live);
    expect(after.replay.turns).to.deep.equal([{ timeMs: 0, page: 1 }, { timeMs: 2_000, page: 2 }]);
    expect(after.replay.lengthMs).to.equal(kept.length_ms);
    expect((await huong.get(`/live-classes/${live}/recording`)).text).to.match(/data-moment="0">.*Trang chiếu 1/).and.match(/data-moment="2">.*Trang chiếu 2/);
  });

  it("is erased for good by its teacher", async () => {
    const { live, material, version } = await kept();
    const { blob_hash } = (await app.db("material_versions").where({ id: version }).first()) as { blob_hash: string };
    expect((await (await app.as("minh")).post(`/live-classes/${live}/recording/erasure`)).status).to.equal(403);
    expect((await huong.post(`/live-classes/${live}/recording/erasure`)).status).to.equal(303);
    expect((await huong.post(`/live-classes/${live}/recording/erasure`)).status).to.equal(409);
    expect(await app.blobs.stat(blob_hash)).to.equal(undefined);
    expect((await app.db("materials").where({ id: material }).first()) as object).to.include({ state: "retired" });
    expect((await huong.get(`/live-classes/${live}/recording`)).text).to.contain("đã bị xóa hẳn");
    expect((await huong.get(`/materials/${material}`)).status).to.equal(200);
  });

  it("is erased while a small copy of it stays with a teacher who sent it as a file of her own", async () => {
    const { live, version } = await kept();
    const { blob_hash } = (await app.db("material_versions").where({ id: version }).first()) as { blob_hash: string };
    const own = await storedSlides(app, film(3_000, false), { title: "Bản nhỏ", mime: "video/webm" });
    await app.db("renditions").insert({ id: newId(), blob_hash, kind: "video_480", rendition_hash: own.hash, mime: "video/webm", size_bytes: 3_000, created_at: NOW });
    expect((await huong.post(`/live-classes/${live}/recording/erasure`)).status).to.equal(303);
    expect(await app.blobs.stat(blob_hash)).to.equal(undefined);
    expect(await app.blobs.stat(own.hash)).not.to.equal(undefined);
    expect((await huong.get(`/materials/${own.id}`)).status).to.equal(200);
  });

  it("is erased when its days are over and nobody approved it, three days after its teacher was told", async () => {
    const { live, version } = await kept();
    const approved = await kept();
    await app.db("materials").where({ id: approved.material }).update({ approved_version_id: approved.version, state: "approved" });
    const due = async (day: number): Promise<unknown> => (await eraseExpired(app.db, app.blobs, addMinutes(NOW, day * DAY)), (await row(live))["state"]);
    expect(await due(26)).to.equal("kept");
    expect(await due(27)).to.equal("kept");
    expect((await huong.get("/notices")).text).to.contain("sẽ bị xóa sau 3 ngày");
    expect(await due(29)).to.equal("kept");
    expect(await due(30)).to.equal("erased");
    expect((await app.db("material_versions").where({ id: version }).first()) as object).to.include({ mime: "text/plain" });
    expect(await row(approved.live)).to.include({ state: "kept" });
  });

  it("is found as aging page by page, each once, also those kept at the same moment", async () => {
    const mine = new Set([(await kept()).live, (await kept()).live, (await kept()).live]);
    const before = addMinutes(NOW, DAY);
    const all = await listAging(app.db, before);
    const after = await listAging(app.db, before, all[0]);
    expect(after).to.deep.equal(all.slice(1));
    expect(all.filter((one) => mine.has(one.id))).to.have.length(3);
    expect(await listAging(app.db, before, all.at(-1))).to.deep.equal([]);
  });

  it("takes a pupil's voice only while a parent agrees, and asks nobody else", async () => {
    const [thu, minh] = [await app.as("thu"), await app.as("minh")];
    const live = await liveClass(app);
    expect((await thu.get("/live-classes")).text).to.contain("/recording-consents");
    expect((await thu.get("/recording-consents")).text).to.contain("Lê Đức Minh").and.contain("tiếng của con không được ghi");
    expect(await listVoices(app.db, live)).to.deep.equal([]);
    for (let twice = 0; twice < 2; twice += 1) expect((await thu.post("/recording-consents", { pupil: W.minh, wording: "2" })).status).to.equal(303);
    expect(await listVoices(app.db, live)).to.deep.equal([W.minh]);
    expect((await thu.get("/recording-consents")).text).to.contain("Đã đồng ý ngày 24/11/2026");
    expect((await thu.post("/recording-consents", { pupil: W.an, wording: "2" })).status).to.equal(404);
    expect((await minh.get("/recording-consents")).status).to.equal(404);
    expect((await minh.post("/recording-consents", { pupil: W.minh, wording: "2" })).status).to.equal(404);
    expect((await thu.post("/recording-consents/removal", { pupil: W.minh })).status).to.equal(303);
    expect(await listVoices(app.db, live)).to.deep.equal([]);
    expect(await app.db("recording_consents").where({ pupil_id: W.minh })).to.have.length(1); // the proof stays
    expect(await app.db("audit_entries").where({ subject_id: W.minh }).where("action", "like", "consent.%").orderBy("id").pluck("action")).to.deep.equal(["consent.recording", "consent.recording_withdraw"]);
  });

  it("takes no voice on a consent to an earlier wording, and shows a parent what they agreed to and when", async () => {
    const thu = await app.as("thu");
    const live = await liveClass(app);
    await app.db("recording_consents").where({ pupil_id: W.minh }).del();
    await thu.post("/recording-consents", { pupil: W.minh, wording: "2" });
    await app.db("recording_consents").where({ pupil_id: W.minh }).update({ wording: 1 }); // as it was before the text changed
    expect(await listVoices(app.db, live)).to.deep.equal([]);
    const asked = (await thu.get("/recording-consents")).text;
    expect(asked).to.contain("Nội dung đã thay đổi").and.contain("Nội dung đã đồng ý (bản 1)").and.contain("Đồng ý theo nội dung mới").and.contain("Rút lại đồng ý");
    await thu.post("/recording-consents", { pupil: W.minh, wording: "1" }); // a page that stood open
    expect((await thu.get("/recording-consents")).text).to.contain("Chưa lưu: nội dung vừa thay đổi");
    expect(await listVoices(app.db, live)).to.deep.equal([]);
    for (let twice = 0; twice < 2; twice += 1) await thu.post("/recording-consents", { pupil: W.minh, wording: "2" });
    expect(await listVoices(app.db, live)).to.deep.equal([W.minh]);
    expect(await app.db("recording_consents").where({ pupil_id: W.minh }).orderBy("wording").pluck("wording")).to.deep.equal([1, 2]);
    await thu.post("/recording-consents/removal", { pupil: W.minh });
    expect(await app.db("recording_consents").where({ pupil_id: W.minh }).whereNull("withdrawn_at")).to.deep.equal([]);
    expect((await thu.get("/recording-consents")).text).to.contain("rút lại ngày");
  });
});
