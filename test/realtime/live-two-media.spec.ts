import { expect } from "chai";
import { readdirSync } from "node:fs";
import path from "node:path";
import { Redis } from "ioredis";
import type { Socket } from "socket.io-client";
import { joinBus, type Bus } from "../../server/platform/bus.ts";
import { makeLog } from "../../server/platform/log.ts";
import { Owners } from "../../server/platform/owners.ts";
import { fileOf, startApp, startBeside, type Running } from "../support/app.ts";
import { startRedis, type RunningRedis } from "../support/redis.ts";
import { until } from "../support/until.ts";
import { W } from "../support/world.ts";
import { ask, closeAll, connected, heard, liveClass } from "./room.ts";

interface Offered {
  ok: boolean;
  code?: string;
  session?: string;
  offer?: string;
  group?: number;
  slots?: { kind: string; person: string }[];
}

const KEYS = { ufrag: "abcd", pwd: "abcdefghijklmnopqrstuvwx", fingerprint: Array.from({ length: 32 }, () => "AB").join(":") };
const put = async (socket: Socket, event: string, payload: unknown = {}): Promise<Offered> => (await ask(socket, event, payload)) as Offered;
/** The UDP port of the media process that made an offer. */
const portOf = ({ offer }: Offered): string => / (\d+) typ host/.exec(offer ?? "")?.[1] ?? expect.fail("nothing was offered");

describe("sound and picture of a class whose people are at two processes", function () {
  let redis: RunningRedis;
  let one: Running;
  let two: Running;
  let cut = 0;
  const here = (): Promise<unknown[]> => Promise.resolve(one.db("presence_marks").whereNull("ending").select("id"));
  before(async function () {
    const started = await startRedis();
    if (started === undefined) return this.skip();
    redis = started;
    one = await startApp({ REDIS_URL: redis.url });
    two = await startBeside(fileOf(one), redis.url);
  });
  afterEach(closeAll);
  after(async () => {
    if (one) await until(async () => (await here()).length <= cut); // every departure is noted, but for those who lost their process
    for (const app of [two, one]) await app?.stop(); // they may not have begun
    await redis?.stop();
  });

  const enter = async (app: Running, login: string, live: string): Promise<Socket> => {
    const socket = await connected(app, await app.as(login));
    await ask(socket, "live:enter", { id: live, since: 0 });
    return socket;
  };

  it("are carried by the one that was asked first: it makes all offers, and everybody is on everybody's map", async () => {
    const live = await liveClass(one);
    const [teacher, minh, an] = [await enter(one, "huong", live), await enter(two, "minh", live), await enter(two, "an", live)];
    const port = portOf(await put(teacher, "live:media-listen", { wish: "auto" }));
    const ears = await put(minh, "live:media-listen", { wish: "auto" });
    expect(portOf(ears)).to.equal(port);
    expect((await put(minh, "live:media-answer", { session: ears.session, answer: KEYS })).ok).to.equal(true);
    expect((await put(minh, "live:media-want", { session: ears.session, wish: "sound" })).ok).to.equal(true);
    expect(await put(an, "live:media-want", { session: ears.session, wish: "sound" })).to.include({ code: "media_gone" });

    await put(teacher, "live:media-floor", { person: W.minh, given: true });
    const voice = await put(minh, "live:media-speak");
    expect(portOf(voice)).to.equal(port);
    const told = heard<{ slots: { person: string }[] }>(teacher, "live:media-map", ({ slots }) => slots.length === 1);
    expect((await put(minh, "live:media-sending", { session: voice.session, kinds: ["mic"] })).ok).to.equal(true);
    expect((await told).slots[0]?.person).to.equal(W.minh);
    expect((await put(an, "live:media-state")).slots?.map(({ person }) => person)).to.deep.equal([W.minh]);

    // The teacher, now at the other process, takes the word.
    const elsewhere = await enter(two, "huong", live);
    const gone = heard<{ session: string }>(minh, "live:media-gone");
    await put(elsewhere, "live:media-floor", { person: W.minh, given: false });
    expect((await gone).session).to.equal(voice.session);
  });

  it("and so are its groups", async () => {
    const live = await liveClass(one);
    const [teacher, minh, an] = [await enter(two, "huong", live), await enter(one, "minh", live), await enter(two, "an", live)];
    const port = portOf(await put(teacher, "live:media-listen", { wish: "auto" }));
    await (await one.as("huong")).post(`/live-classes/${live}/groups`, { count: "1", minutes: "10" });
    const voices = [await put(minh, "live:media-speak"), await put(an, "live:media-speak")];
    expect(voices.map(portOf)).to.deep.equal([port, port]);
    const told = heard<{ group: number }>(teacher, "live:media-map");
    expect((await put(minh, "live:media-sending", { session: voices[0]?.session, kinds: ["mic"] })).ok).to.equal(true);
    expect((await told).group).to.equal(1);
    const gone = [heard<{ session: string }>(minh, "live:media-gone"), heard<{ session: string }>(an, "live:media-gone")];
    await (await two.as("huong")).post(`/live-classes/${live}/groups`, { count: "0" });
    expect((await Promise.all(gone)).map(({ session }) => session)).to.deep.equal(voices.map(({ session }) => session));
  });

  it("are recorded once, where they are carried, wherever the button was pressed", async () => {
    await (await one.as("nam")).post(`/schools/${W.tranPhu}/live-settings`, { recording: "yes", recording_days: "30" });
    const live = await liveClass(one);
    const pupil = await enter(one, "minh", live);
    await put(pupil, "live:media-listen", { wish: "auto" });
    const teacher = await enter(two, "huong", live);
    const { session } = await put(teacher, "live:media-speak");
    await put(teacher, "live:media-sending", { session, kinds: ["mic"] });
    const begun = heard<{ recording: { on: boolean } }>(pupil, "live:room", (state) => state.recording.on);
    await (await two.as("huong")).post(`/live-classes/${live}/recording`);
    await begun;
    const partsAt = (app: Running): string[] => {
      try {
        return readdirSync(path.join(app.config.uploadsDir, "recordings", live));
      } catch {
        return [];
      }
    };
    await until(() => partsAt(one).length === 1);
    expect(partsAt(two)).to.deep.equal([]);
    expect((await one.db("live_recording_parts").where({ live_class_id: live })).length).to.equal(1);
    await (await two.as("huong")).post(`/live-classes/${live}/closing`);
    await until(async () => (await one.db("live_recording_parts").where({ live_class_id: live }).whereNull("ended_at")).length === 0);
  });

  it("can be heard by the link of either", async () => {
    const live = await liveClass(one);
    const pupil = await enter(one, "minh", live);
    await put(pupil, "live:media-listen", { wish: "auto" });
    for (const app of [one, two]) {
      const response = await fetch(`${app.base}/live-classes/${live}/sound`, { headers: { cookie: (await app.as("an")).cookie } });
      const reader = response.body?.getReader();
      expect(Buffer.from((await reader?.read())?.value ?? []).subarray(0, 4).toString("hex")).to.equal("1a45dfa3");
      await reader?.cancel();
    }
  });

  it("go over to the other when their process stops: whoever is there is told, and connects anew", async () => {
    const live = await liveClass(one);
    await put(await enter(one, "huong", live), "live:media-listen", { wish: "auto" });
    const pupil = await enter(two, "minh", live);
    const before = await put(pupil, "live:media-listen", { wish: "auto" });
    const gone = heard<{ session: string }>(pupil, "live:media-gone");
    cut = 1; // the teacher, who does not enter again
    await one.restart();
    expect((await gone).session).to.equal(before.session);
    const after = await put(pupil, "live:media-listen", { wish: "auto" });
    expect(after.ok).to.equal(true);
    expect(portOf(after)).to.not.equal(portOf(before));
    expect(portOf(await put(await enter(one, "an", live), "live:media-listen", { wish: "auto" }))).to.equal(portOf(after));
  });
});

describe("what only one of several processes may have", function () {
  let redis: RunningRedis | undefined;
  let bus: Bus;
  let spy: Redis;
  const told: string[] = [];
  before(async function () {
    const started = await startRedis();
    if (started === undefined) return this.skip();
    redis = started;
    bus = await joinBus(redis.url, makeLog("silent"));
    spy = new Redis(redis.url, { maxRetriesPerRequest: 0 });
    spy.on("error", () => undefined); // Redis is stopped below
  });
  after(async () => {
    spy?.disconnect(); // it may not have begun
    await redis?.stop();
    await bus?.close();
  });
  const owners = (me: string): Owners =>
    new Owners({ bus, log: makeLog("silent"), me, watched: () => new Set(["a", "b"].filter((name) => name !== me)), onGone: (name) => void told.push(`${me}: ${name} is gone`), onLost: (name) => void told.push(`${me} lost ${name}`) });

  it("is the first one's, for as long as it lives; then whose turn comes, and the first one hears of it", async () => {
    const [a, b] = [owners("a"), owners("b")];
    expect(await a.ownerOf("lop")).to.equal(undefined);
    expect(await Promise.all([a.claim("lop"), b.claim("lop")])).to.deep.equal(["a", "a"]);
    expect([await a.ownerOf("lop"), await b.ownerOf("lop"), b.has("lop")]).to.deep.equal(["a", "a", false]);
    await a.release("lop");
    expect([await b.claim("lop"), await a.claim("lop")]).to.deep.equal(["b", "b"]);
    await b.close(); // says so, so that nobody waits for it
    expect(await a.claim("lop")).to.equal("a");

    const c = owners("c");
    await spy.set("hoc-lieu:owner:lop", "c");
    await c.claim("another");
    await until(() => told.includes("a lost lop") && told.includes("c: b is gone"));
    expect([a.has("lop"), await a.claim("lop")]).to.deep.equal([false, "c"]);
    await Promise.all([a.close(), c.close()]);
  });

  it("stays with each while Redis is away, and nothing follows from that about the others", async () => {
    const a = owners("a");
    expect(await a.claim("lop")).to.equal("a");
    told.length = 0;
    await redis?.stop();
    redis = undefined;
    expect([await a.claim("lop"), await a.claim("moi"), await a.ownerOf("xa")]).to.deep.equal(["a", "a", undefined]);
    expect(told).to.deep.equal([]);
    await a.close();
  });
});
