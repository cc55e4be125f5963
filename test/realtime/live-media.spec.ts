import { expect } from "chai";
import type { Socket } from "socket.io-client";
import { endForgotten } from "../../server/live/jobs.ts";
import { addMinutes } from "../../server/platform/clock.ts";
import { startApp, type Running } from "../support/app.ts";
import { until } from "../support/until.ts";
import { W } from "../support/world.ts";
import { ask, closeAll, connected, heard, liveClass } from "./room.ts";

interface Offered {
  ok: boolean;
  code?: string;
  session?: string;
  offer?: string;
  may?: string[];
  group?: number;
  people?: { id: string }[];
}

const KEYS = { ufrag: "abcd", pwd: "abcdefghijklmnopqrstuvwx", fingerprint: Array.from({ length: 32 }, () => "AB").join(":") };

describe("sound and picture over the room's socket", () => {
  let app: Running;
  let live: string;
  before(async () => {
    app = await startApp();
    live = await liveClass(app);
  });
  afterEach(closeAll);
  after(() => app.stop());

  const enter = async (login: string): Promise<Socket> => {
    const socket = await connected(app, await app.as(login));
    await ask(socket, "live:enter", { id: live, since: 0 });
    return socket;
  };
  const floorOf = async (id: string): Promise<unknown[]> => app.db("live_floor").where({ live_class_id: id });
  const put = async (socket: Socket, event: string, payload: unknown = {}): Promise<Offered> => (await ask(socket, event, payload)) as Offered;

  it("offers a connection for listening, and takes the keys of the browser", async () => {
    const pupil = await enter("minh");
    const offered = await put(pupil, "live:media-listen", { wish: "auto" });
    expect(offered.ok).to.equal(true);
    expect(offered.offer).to.match(/m=audio[\s\S]*a=candidate:[^\n]* 127\.0\.0\.1 /);
    expect(offered.offer?.length).to.be.lessThan(8_000);
    expect((await put(pupil, "live:media-answer", { session: offered.session, answer: KEYS })).ok).to.equal(true);
    expect((await put(pupil, "live:media-want", { session: offered.session, wish: "sound" })).ok).to.equal(true);
  });

  it("lets only teachers, and pupils with the floor, send", async () => {
    const [teacher, pupil] = [await enter("huong"), await enter("minh")];
    expect((await put(teacher, "live:media-state")).may).to.deep.equal(["mic", "camera", "screen"]);
    expect((await put(pupil, "live:media-state")).may).to.deep.equal([]);
    expect(await put(pupil, "live:media-speak")).to.include({ ok: false, code: "media_no_floor" });
    expect(await put(pupil, "live:media-floor", { person: W.minh, given: true })).to.include({ ok: false });

    const told = heard<{ people: { id: string }[] }>(pupil, "live:media-floor");
    expect((await put(teacher, "live:media-floor", { person: W.minh, given: true })).ok).to.equal(true);
    expect((await told).people.map((person) => person.id)).to.deep.equal([W.minh]);
    const spoken = await put(pupil, "live:media-speak");
    expect(spoken.ok).to.equal(true);
    expect(await put(pupil, "live:media-sending", { session: spoken.session, kinds: ["screen"] })).to.include({ code: "media_no_floor" });
    expect((await put(pupil, "live:media-sending", { session: spoken.session, kinds: ["mic"] })).ok).to.equal(true);

    const gone = heard<{ session: string }>(pupil, "live:media-gone");
    await put(teacher, "live:media-floor", { person: W.minh, given: false });
    expect((await gone).session).to.equal(spoken.session);
    expect(await put(pupil, "live:media-speak")).to.include({ code: "media_no_floor" });
    expect((await put(teacher, "live:media-floor", { person: W.khoi, given: true })).code).to.equal("not_found");
  });

  it("takes the floor from whoever leaves, and keeps it for whoever lost the line", async () => {
    const [teacher, minh, an] = [await enter("huong"), await enter("minh"), await enter("an")];
    for (const person of [W.minh, W.an]) await put(teacher, "live:media-floor", { person, given: true });
    minh.disconnect();
    an.io.engine.close();
    await until(async () => (await app.db("live_floor").where({ live_class_id: live, person_id: W.minh })).length === 0);
    expect((await put(teacher, "live:media-state")).people?.map((person) => person.id)).to.deep.equal([W.an]);
    await put(teacher, "live:media-floor", { person: "all", given: false });
    expect((await put(teacher, "live:media-state")).people).to.deep.equal([]);
  });

  it("refuses what does not fit: foreign descriptions, connections of others, too many", async () => {
    const [pupil, other] = [await enter("minh"), await enter("an")];
    const mine = await put(pupil, "live:media-listen", { wish: "auto" });
    const answer = { session: mine.session, answer: KEYS };
    expect(await put(other, "live:media-answer", answer)).to.include({ ok: false, code: "media_gone" });
    expect(await put(other, "live:media-want", { session: mine.session, wish: "low" })).to.include({ code: "media_gone" });
    for (const wrong of [{ sdp: "v=0" }, { ...KEYS, ufrag: "x\r\na=evil" }, { ...KEYS, fingerprint: "AB" }, { ...KEYS, ssrcs: { mic: -1 } }, { ...KEYS, pwd: "a".repeat(5000) }]) {
      expect((await put(pupil, "live:media-answer", { session: mine.session, answer: wrong })).code).to.be.oneOf(["invalid", "too_many"]);
    }
    const codes: (string | undefined)[] = [];
    for (let i = 0; i < 8; i += 1) codes.push((await put(pupil, "live:media-listen", { wish: "auto" })).code);
    expect(codes).to.include("too_many");
    expect((await put(other, "live:media-listen", { wish: "auto" })).ok).to.equal(true); // nobody else notices
  });

  it("ends the socket that sends a megabyte or floods, and serves the others", async () => {
    const [pupil, other] = [await enter("minh"), await enter("an")];
    const closed = heard(pupil, "disconnect");
    pupil.emit("live:media-answer", { session: "x", answer: { sdp: "v".repeat(1_000_000) } });
    await closed;
    const flood = await enter("minh");
    const ended = heard(flood, "disconnect");
    for (let i = 0; i < 1000; i += 1) flood.emit("live:media-listen", { wish: "auto" });
    await ended;
    expect((await put(other, "live:media-listen", { wish: "sound" })).ok).to.equal(true);
  });

  it("knows no room for a pupil of another school, nor without entering", async () => {
    const stranger = await connected(app, await app.as("khoi"));
    expect((await put(stranger, "live:media-listen", { wish: "auto" })).code).to.equal("live_not_entered");
    expect((await (await app.as("khoi")).get(`/live-classes/${live}/sound`)).status).to.equal(404);
  });

  it("lets every pupil of a group speak in it, and a teacher in the group that is visited, until the groups end", async () => {
    const grouped = await liveClass(app);
    const huong = await app.as("huong");
    const [teacher, pupil] = [await connected(app, huong), await connected(app, await app.as("minh"))];
    for (const socket of [teacher, pupil]) await ask(socket, "live:enter", { id: grouped, since: 0 });
    await huong.post(`/live-classes/${grouped}/groups`, { count: "1", minutes: "10" });
    expect(await put(pupil, "live:media-state", { group: 0 })).to.deep.include({ group: 1, may: ["mic", "camera"] });
    expect(await put(teacher, "live:media-state")).to.include({ group: 0 });
    expect(await put(teacher, "live:media-listen", { wish: "auto", group: 7 })).to.include({ ok: true, group: 0 }); // there is none
    expect(await put(teacher, "live:media-listen", { wish: "auto", group: 1 })).to.include({ ok: true, group: 1 });
    const { session } = await put(pupil, "live:media-speak", { group: 5 });
    const told = heard<{ group: number; slots: { person: string }[] }>(teacher, "live:media-map");
    expect((await put(pupil, "live:media-sending", { session, kinds: ["mic"] })).ok).to.equal(true);
    expect(await told).to.deep.include({ group: 1, slots: [{ mid: "a5", kind: "mic", person: W.minh }] });
    expect(await put(pupil, "live:media-sending", { session, kinds: ["screen"] })).to.include({ code: "media_no_floor" });
    const gone = heard<{ session: string }>(pupil, "live:media-gone");
    await huong.post(`/live-classes/${grouped}/groups`, { count: "0" });
    expect((await gone).session).to.equal(session);
    expect(await put(pupil, "live:media-speak")).to.include({ code: "media_no_floor" });
  });

  it("falls silent when the class is ended because its teacher forgot to", async () => {
    const forgotten = await liveClass(app);
    const [teacher, pupil] = [await connected(app, await app.as("huong")), await connected(app, await app.as("minh"))];
    for (const socket of [teacher, pupil]) await ask(socket, "live:enter", { id: forgotten, since: 0 });
    await put(teacher, "live:media-floor", { person: W.minh, given: true });
    const { session } = await put(pupil, "live:media-speak");
    const gone = heard<{ session: string }>(pupil, "live:media-gone", (told) => told.session === session);
    await app.db("live_classes").where({ id: live }).update({ opened_at: addMinutes(app.time.now, 600), starts_at: addMinutes(app.time.now, 600) });
    await endForgotten(app.db, addMinutes(app.time.now, 600));
    expect(await app.db("live_classes").where({ id: forgotten }).first("state")).to.deep.equal({ state: "ended" });
    expect(await floorOf(forgotten)).to.deep.equal([]);
    for (const [event, payload] of [["live:media-sending", { session, kinds: ["mic"] }], ["live:media-answer", { session, answer: KEYS }]] as const) {
      expect((await put(pupil, event, payload)).code).to.equal("live_not_open");
    }
    app.time.now = addMinutes(app.time.now, 600);
    await app.settle();
    await gone;
  });

  it("ends what a socket held, though its departure could not be written down", async () => {
    const [teacher, pupil] = [await enter("huong"), await enter("minh")];
    await put(teacher, "live:media-floor", { person: W.minh, given: true });
    expect((await floorOf(live)).length).to.equal(1);
    await app.db.schema.renameTable("presence_marks", "presence_marks_away");
    try {
      pupil.disconnect();
      await until(async () => (await floorOf(live)).length === 0);
    } finally {
      await app.db.schema.renameTable("presence_marks_away", "presence_marks");
    }
  });

  it("streams the sound over HTTP as WebM", async () => {
    const client = await app.as("minh");
    const response = await fetch(`${app.base}/live-classes/${live}/sound`, { headers: { cookie: client.cookie } });
    expect(response.headers.get("content-type")).to.equal("audio/webm");
    const reader = response.body?.getReader();
    const parts: Uint8Array[] = [];
    while (Buffer.concat(parts).length < 600) parts.push((await reader?.read())?.value ?? new Uint8Array(600));
    expect(Buffer.concat(parts).subarray(0, 4).toString("hex")).to.equal("1a45dfa3");
    expect(Buffer.concat(parts).includes("OpusHead")).to.equal(true);
    await reader?.cancel();
  });
});
