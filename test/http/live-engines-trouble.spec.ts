import { expect } from "chai";
import { readConfig } from "../../server/config.ts";
import { fetchRecordings, watchEngines } from "../../server/live/engines/jobs.ts";
import { addMinutes } from "../../server/platform/clock.ts";
import { startApp, type Running } from "../support/app.ts";
import { BBB_SECRET, BbbStandIn, recordingXml } from "../support/bbb.ts";
import type { Client } from "../support/client.ts";
import { plan } from "../support/live.ts";
import { LIVEKIT_KEY, LIVEKIT_SECRET, LiveKitStandIn } from "../support/livekit.ts";
import { NOW, W } from "../support/world.ts";

let running: Running | undefined;
const clock = (): string => running?.time.now ?? NOW;
const base = (): string => running?.base ?? "";

describe("engines that misbehave, and others in their name", () => {
  let app: Running;
  let huong: Client;
  let minh: Client;
  const bbb = new BbbStandIn(clock, base);
  const livekit = new LiveKitStandIn(clock, base);
  before(async () => {
    await Promise.all([bbb.listen(), livekit.listen()]);
    const own = { BBB_URL: bbb.url, BBB_SECRET, LIVEKIT_URL: livekit.url, LIVEKIT_API_KEY: LIVEKIT_KEY, LIVEKIT_API_SECRET: LIVEKIT_SECRET, LIVEKIT_MEET_URL: "https://meet.example.edu.vn/custom" };
    app = running = await startApp({ ...own, ENGINE_ANSWER_SECONDS: "0.3" });
    [huong, minh] = [await app.as("huong"), await app.as("minh")];
  });
  beforeEach(() => {
    app.time.now = NOW;
    [bbb.mode, livekit.mode] = ["ok", "ok"];
  });
  after(async () => {
    await Promise.all([bbb.close(), livekit.close()]);
    await app.stop();
    running = undefined;
  });

  const choose = async (engine: string, records = false) => (await app.as("nam")).post(`/schools/${W.tranPhu}/live-settings`, { engine, ...(records ? { engine_records: "yes" } : {}) });
  const scheduled = async (engine: string, records = false): Promise<string> => {
    await choose(engine, records);
    return (await plan(huong, { despite_conflicts: "yes" })).location.split("/").at(-1) ?? "";
  };
  const held = async (engine: string, records = false): Promise<string> => {
    const live = await scheduled(engine, records);
    expect((await huong.post(`/live-classes/${live}/opening`)).status).to.equal(303);
    return live;
  };
  const marks = (live: string) => app.db("presence_marks").where({ live_class_id: live }).count({ n: "*" }).then((rows) => Number(rows[0]?.["n"]));

  it("asks BigBlueButton for nothing whose checksum is wrong, and tells it no more than name, role and id", async () => {
    const live = await held("bbb");
    const { location } = await minh.get(`/live-classes/${live}/entry`);
    const told = new URL(location).searchParams;
    expect(Object.fromEntries(told)).to.include({ fullName: "Lê Đức Minh", role: "VIEWER", userID: W.minh, meetingID: live });
    expect([...told.keys()].sort()).to.deep.equal(["checksum", "createTime", "fullName", "meetingID", "role", "userID"]);
    expect(new URL((await huong.get(`/live-classes/${live}/entry`)).location).searchParams.get("role")).to.equal("MODERATOR");
    const refused = await fetch(location.replace("role=VIEWER", "role=MODERATOR"));
    expect(await refused.text()).to.contain("checksumError");
    expect(bbb.refused).to.deep.equal(["join"]);
    expect(bbb.meetings.get(live)?.record).to.equal("false");
    await huong.post(`/live-classes/${live}/closing`);
    expect(bbb.meetings.has(live)).to.equal(false);
    expect([...bbb.hooks.values()].filter((hook) => hook.meetingID === live)).to.deep.equal([]);
  });

  it("hears each signed call of BigBlueButton once, and no forged, changed, foreign or unsigned one", async () => {
    const live = await held("bbb");
    const [hook] = [...bbb.hooks.values()].filter((one) => one.meetingID === live);
    const url = hook?.callbackURL ?? expect.fail("no hook");
    const connection = await bbb.join((await minh.get(`/live-classes/${live}/entry`)).location);
    expect(await marks(live)).to.equal(1);
    const body = bbb.bodyOf(live, "user-joined", connection).replace(connection, "w_forged");
    for (const checksum of ["", "0".repeat(64), "z".repeat(64), bbb.sign(url, `${body}x`), bbb.sign(url.replace(live, W.minh), body), bbb.sign(url, body).slice(1)]) {
      expect((await bbb.post(url, body, checksum)).status, checksum).to.equal(401);
    }
    expect((await bbb.post(url.replace(live, W.minh), body, bbb.sign(url, body))).status).to.equal(401);
    expect((await bbb.post(url, "x".repeat(70_000), "0".repeat(64))).status).to.equal(413);
    expect(await marks(live)).to.equal(1);
    for (const text of ["", "event=%5B%5D", "event=not+json", `event=${"%5B".repeat(500)}`]) expect((await bbb.post(url, text, bbb.sign(url, text))).status, text).to.equal(200);
    expect(await marks(live)).to.equal(1);
    for (const algorithm of ["sha512", "sha1"]) expect((await bbb.post(url, body, bbb.sign(url, body, algorithm))).status).to.equal(200);
    expect(await marks(live)).to.equal(2); // the same call twice
    const left = bbb.bodyOf(live, "user-left", connection);
    for (const minute of [5, 15]) {
      app.time.now = addMinutes(NOW, minute);
      await bbb.post(url, left, bbb.sign(url, left));
    }
    expect(await app.db("presence_marks").where({ live_class_id: live, connection_id: `bbb ${connection}` }).first("left_at")).to.deep.equal({ left_at: NOW });
    await huong.post(`/live-classes/${live}/closing`);
    const late = bbb.bodyOf(live, "meeting-ended");
    expect((await bbb.post(url, late, bbb.sign(url, late))).status).to.equal(200);
  });

  it("hears LiveKit's signed calls once, and none that another key signed or whose body was changed", async () => {
    const live = await held("livekit");
    const { sid } = await livekit.connect((await minh.get(`/live-classes/${live}/entry`)).location);
    const participant = livekit.rooms.get(live)?.get(sid) ?? expect.fail("nobody is in");
    const body = livekit.bodyOf("participant_joined", live, { ...participant, sid: "PA_other" });
    const right = await livekit.sign(body);
    for (const [text, signature] of [[body, await livekit.sign(body, "another-secret-that-is-long-enough")], [body.replace("PA_other", "PA_changed"), right], [body, ""], [body, "Bearer x"], ["{}", right]] as const) {
      expect((await livekit.post(text, signature)).status).to.equal(401);
    }
    expect(await marks(live)).to.equal(1);
    for (const _ of [1, 2]) expect((await livekit.post(body, right)).status).to.equal(200);
    expect(await marks(live)).to.equal(2);
  });

  it("lets a pupil speak on LiveKit only with the floor, in the token and afterwards", async () => {
    const live = await held("livekit");
    const { claims, sid } = await livekit.connect((await minh.get(`/live-classes/${live}/entry`)).location);
    expect(claims.video).to.include({ room: live, canPublish: false, canSubscribe: true });
    expect(claims).to.include({ name: "Lê Đức Minh" });
    const teacher = await livekit.connect((await huong.get(`/live-classes/${live}/entry`)).location);
    expect(teacher.claims.video).to.include({ roomAdmin: true, canPublish: true });
    expect((await huong.get(`/live-classes/${live}`)).text).to.contain("Mời Lê Đức Minh phát biểu");
    expect((await minh.post(`/live-classes/${live}/floor`, { person: W.minh, given: "yes" })).status).to.equal(403);
    expect((await huong.post(`/live-classes/${live}/floor`, { person: W.vy, given: "yes" })).status).to.equal(404);
    expect((await huong.post(`/live-classes/${live}/floor`, { person: W.minh, given: "yes" })).status).to.equal(303);
    expect(livekit.rooms.get(live)?.get(sid)?.permission).to.deep.include({ canPublish: true, canPublishSources: ["MICROPHONE", "CAMERA"] });
    const again = await livekit.connect((await minh.get(`/live-classes/${live}/entry`)).location);
    expect(again.claims.video?.canPublishSources).to.deep.equal(["microphone", "camera"]);
    await huong.post(`/live-classes/${live}/floor`, { person: W.minh, given: "no" });
    expect(livekit.rooms.get(live)?.get(sid)?.permission["canPublish"] ?? false).to.equal(false);
  });

  for (const [mode, engine] of [["silent", "bbb"], ["broken", "bbb"], ["redirect", "bbb"], ["silent", "livekit"], ["broken", "livekit"]] as const) {
    it(`says calmly that ${engine} is ${mode}, begins no class there, and offers another room`, async () => {
      const live = await scheduled(engine);
      const server = engine === "bbb" ? bbb : livekit;
      server.mode = mode;
      const page = await huong.post(`/live-classes/${live}/opening`);
      expect(page.status).to.equal(503);
      expect(page.text).to.contain("đang không trả lời").and.contain(`/live-classes/${live}/engine`).and.contain("Thử lại").and.not.contain(BBB_SECRET);
      expect(await app.db("live_classes").where({ id: live }).first("state")).to.deep.equal({ state: "scheduled" });
      expect((await huong.post(`/live-classes/${live}/engine`, { engine: "embedded", link: "" })).status).to.equal(303);
      expect((await huong.post(`/live-classes/${live}/opening`)).status).to.equal(303);
      expect((await minh.get(`/live-classes/${live}`)).text).to.contain("<live-class");
      await huong.post(`/live-classes/${live}/closing`);
    });
  }

  it("tells pupils when the engine fails in mid-class, keeps who was there, and ends without it", async () => {
    const live = await held("bbb");
    await bbb.join((await minh.get(`/live-classes/${live}/entry`)).location);
    app.time.now = addMinutes(NOW, 10);
    await watchEngines(app.db, app.app.engines, app.time.now);
    bbb.mode = "silent";
    app.time.now = addMinutes(NOW, 11);
    await watchEngines(app.db, app.app.engines, app.time.now);
    expect((await minh.get(`/live-classes/${live}`)).text).to.contain("Em đợi một phút rồi tải lại trang");
    expect((await minh.get(`/live-classes/${live}/entry`)).status).to.equal(503);
    bbb.mode = "ok";
    await watchEngines(app.db, app.app.engines, addMinutes(NOW, 12));
    expect((await minh.get(`/live-classes/${live}`)).text).to.not.contain("Em đợi một phút");
    bbb.mode = "silent";
    app.time.now = addMinutes(NOW, 30);
    expect((await huong.post(`/live-classes/${live}/closing`)).status).to.equal(303);
    expect(await app.db("attendances").where({ live_class_id: live, person_id: W.minh }).first("present_minutes")).to.deep.equal({ present_minutes: 12 });
  });

  it("brings a recording back as a draft with its link, only where the school's leader allows recordings", async () => {
    await app.db("live_classes").where({ engine: "bbb" }).update({ starts_at: addMinutes(NOW, -20_000) });
    const live = await held("bbb", true);
    expect(bbb.meetings.get(live)?.record).to.equal("true");
    await huong.post(`/live-classes/${live}/closing`);
    bbb.recordings = recordingXml(live, "https://bbb.example/playback/presentation/2.3/r-1", "false");
    await fetchRecordings(app.db, app.blobs, app.app.engines, NOW);
    bbb.recordings = recordingXml(live, "javascript:alert(1)");
    await fetchRecordings(app.db, app.blobs, app.app.engines, NOW);
    const drafts = () => app.db("materials as m").join("material_lessons as l", "l.material_id", "m.id").where("m.title", "like", "Bản ghi:%").select("m.id", "m.state", "m.uploaded_by", "l.plan_lesson_id");
    expect(await drafts()).to.deep.equal([]);
    bbb.recordings = recordingXml(live, "https://bbb.example/playback/presentation/2.3/r-1");
    await choose("bbb");
    await fetchRecordings(app.db, app.blobs, app.app.engines, NOW);
    expect(await drafts()).to.deep.equal([]);
    await choose("bbb", true);
    for (const _ of [1, 2]) await fetchRecordings(app.db, app.blobs, app.app.engines, NOW);
    const [draft, ...more] = await drafts();
    expect(more).to.deep.equal([]);
    expect(draft).to.include({ state: "draft", uploaded_by: W.huong, plan_lesson_id: W.toanLesson(7) });
    expect((await huong.get(`/live-classes/${live}`)).text).to.contain(`/library/materials/${draft.id}`);
    expect((await huong.get(`/materials/${draft.id}/file`)).text).to.contain('href="https://bbb.example/playback/presentation/2.3/r-1"').and.contain("42 phút");
    expect((await minh.get(`/materials/${draft.id}`)).status).to.equal(404);
  });

  it("keeps secrets and addresses out of every page, also where settings are half made", () => {
    expect(() => readConfig({ BBB_URL: bbb.url }, { demo: false })).to.throw("BBB_URL and BBB_SECRET go together");
    expect(() => readConfig({ LIVEKIT_URL: livekit.url }, { demo: false })).to.throw("go together");
    expect(() => readConfig({ LIVE_LINK_HOSTS: "https://x" }, { demo: false })).to.throw("LIVE_LINK_HOSTS");
  });
});
