import { expect } from "chai";
import type { Socket } from "socket.io-client";
import { watchEngines } from "../../server/live/engines/jobs.ts";
import { endForgotten } from "../../server/live/jobs.ts";
import { addMinutes } from "../../server/platform/clock.ts";
import { countOf } from "../../server/platform/db.ts";
import { ask, closeAll, connected } from "../realtime/room.ts";
import { startApp, type Running } from "../support/app.ts";
import { BBB_SECRET, BbbStandIn } from "../support/bbb.ts";
import { plan } from "../support/live.ts";
import { LIVEKIT_KEY, LIVEKIT_SECRET, LiveKitStandIn } from "../support/livekit.ts";
import type { Client } from "../support/client.ts";
import { until } from "../support/until.ts";
import { NOW, W } from "../support/world.ts";

/** How people behave in the room of an engine. `enter` follows the address that the page of the class leads to. */
interface Room {
  env(): Promise<Record<string, string>>;
  enter(app: Running, client: Client, address: string, live: string): Promise<string>;
  leave(app: Running, live: string, connection: string): Promise<void>;
  /** Time goes by, with everything that keeps presence alive meanwhile. */
  pass(app: Running, to: string): Promise<void>;
  close(): Promise<void>;
}

let running: Running | undefined;
const clock = (): string => running?.time.now ?? NOW;
const base = (): string => running?.base ?? "";

function embeddedRoom(): Room {
  const sockets = new Map<string, Socket>();
  return {
    env: () => Promise.resolve({}),
    async enter(app, client, _address, live) {
      const socket = await connected(app, client);
      expect((await ask(socket, "live:enter", { id: live, since: 0 })).state).to.equal("open");
      sockets.set(String(socket.id), socket);
      return String(socket.id);
    },
    async leave(app, live, connection) {
      const departures = async (): Promise<number> => countOf(app.db("presence_marks").where({ live_class_id: live }).whereNotNull("left_at").count({ n: "*" }));
      const before = await departures();
      sockets.get(connection)?.disconnect();
      sockets.delete(connection);
      await until(async () => (await departures()) > before);
    },
    async pass(app, to) {
      for (let at = app.time.now; at < to; ) {
        at = addMinutes(at, 0.5);
        app.time.now = at < to ? at : to;
        for (const socket of sockets.values()) await ask(socket, "live:here", { away: false });
      }
    },
    close: () => Promise.resolve(closeAll()),
  };
}

function bbbRoom(): Room {
  const server = new BbbStandIn(clock, base);
  return {
    async env() {
      await server.listen();
      return { BBB_URL: server.url, BBB_SECRET };
    },
    enter: (_app, _client, address) => server.join(address),
    leave: (_app, live, connection) => server.leave(live, connection),
    pass: watched,
    close: () => server.close(),
  };
}

function liveKitRoom(): Room {
  const server = new LiveKitStandIn(clock, base);
  return {
    async env() {
      await server.listen();
      return { LIVEKIT_URL: server.url, LIVEKIT_API_KEY: LIVEKIT_KEY, LIVEKIT_API_SECRET: LIVEKIT_SECRET, LIVEKIT_MEET_URL: "https://meet.example.edu.vn/custom" };
    },
    enter: async (_app, _client, address) => (await server.connect(address)).sid,
    leave: (_app, live, connection) => server.leave(live, connection),
    pass: watched,
    close: () => server.close(),
  };
}

async function watched(app: Running, to: string): Promise<void> {
  app.time.now = to;
  await watchEngines(app.db, app.app.engines, to);
}

const ROOMS = [
  { kind: "embedded", name: "our own room", room: embeddedRoom },
  { kind: "bbb", name: "BigBlueButton", room: bbbRoom },
  { kind: "livekit", name: "LiveKit", room: liveKitRoom },
] as const;

for (const { kind, name, room: make } of ROOMS) {
  describe(`a live class held with ${name}`, () => {
    const room = make();
    let app: Running;
    let live: string;
    const people: Record<string, Client> = {};
    before(async () => {
      app = running = await startApp(await room.env());
      for (const login of ["huong", "nam", "minh", "an", "chau", "vy", "khoi", "thu", "mai"]) people[login] = await app.as(login);
    });
    after(async () => {
      await room.close();
      await app.stop();
      running = undefined;
    });

    const who = (login: string): Client => people[login] ?? expect.fail(login);
    /** Opens the page's way into the room, as a browser does. */
    const enter = async (login: string): Promise<string> => {
      const entry = await who(login).get(`/live-classes/${live}/entry`);
      expect(entry.status, login).to.equal(303);
      return room.enter(app, who(login), entry.location, live);
    };
    const minutesOf = async (person: string) => (await app.db("attendances").where({ live_class_id: live, person_id: person }).first("present_minutes", "present")) as { present_minutes: number; present: number };

    it("is planned with what the school chose, and keeps it when the school chooses anew", async () => {
      const settings = `/schools/${W.tranPhu}/live-settings`;
      expect((await who("nam").get(settings)).text).to.contain(`value="${kind}"`).and.not.contain(BBB_SECRET);
      expect((await who("nam").post(settings, { engine: kind })).status).to.equal(303);
      const planned = await plan(who("huong"));
      expect(planned.status).to.equal(303);
      live = planned.location.split("/").at(-1) ?? "";
      await who("nam").post(settings, { engine: "link" });
      expect(await app.db("live_classes").where({ id: live }).first("engine")).to.include({ engine: kind });
    });

    it("lets nobody in before it begins, and only people of the class afterwards", async () => {
      expect((await who("minh").get(`/live-classes/${live}/entry`)).status).to.equal(409);
      expect((await who("huong").post(`/live-classes/${live}/opening`)).status).to.equal(303);
      for (const [login, status] of [["vy", 404], ["khoi", 404], ["thu", 403]] as const) {
        expect((await who(login).get(`/live-classes/${live}/entry`)).status, login).to.equal(status);
      }
    });

    it("brings presence back: who came when, for how long, two devices once, a broken line as a gap", async () => {
      await enter("huong");
      const [phone] = [await enter("minh"), await enter("minh")];
      const an = await enter("an");
      await room.pass(app, addMinutes(NOW, 10));
      const chau = await enter("chau");
      await room.leave(app, live, an);
      await room.pass(app, addMinutes(NOW, 20));
      await room.leave(app, live, phone);
      await enter("an");
      await room.pass(app, addMinutes(NOW, 40));
      await room.leave(app, live, chau);
      await room.pass(app, addMinutes(NOW, 44));
      const page = (await who("huong").get(`/live-classes/${live}`)).text;
      expect(page).to.contain("2 trên 4 em đang trong lớp");
    });

    it("ends for everybody with attendance and ledger as of any other class", async () => {
      expect((await who("huong").post(`/live-classes/${live}/closing`)).status).to.equal(303);
      await app.settle();
      expect(await minutesOf(W.minh)).to.include({ present_minutes: 44 });
      expect(await minutesOf(W.an)).to.include({ present_minutes: 34 });
      expect(await minutesOf(W.chau)).to.include({ present_minutes: 30 });
      expect(await minutesOf(W.duy)).to.include({ present_minutes: 0 });
      const period = await app.db("ledger_periods").where({ course_id: W.toan6A, plan_lesson_id: W.toanLesson(7) }).first("state", "evidence_kind", "evidence_id");
      expect(period).to.deep.equal({ state: "counted", evidence_kind: "live", evidence_id: live });
      const page = (await who("huong").get(`/live-classes/${live}`)).text;
      expect(page).to.contain("rời lớp");
      expect((await who("minh").get(`/live-classes/${live}/entry`)).status).to.equal(409);
    });

    it("tells what it saw in events that attendance can be computed from anew", async () => {
      const kinds = await app.db("live_presence_events").where({ live_class_id: live, person_id: W.an }).orderBy("id").pluck("kind");
      expect(kinds.slice(0, 3)).to.deep.equal(["join", "left", "join"]);
    });
  });
}

describe("a live class held by a plain link", () => {
  const LINK = "https://meet.google.com/abc-defg-hij";
  let app: Running;
  let [huong, minh, nam, mai, vy] = [] as unknown as [Client, Client, Client, Client, Client];
  let live: string;
  before(async () => {
    app = await startApp({ LIVE_LINK_HOSTS: "hop.example.edu.vn" });
    [huong, minh, nam, mai, vy] = [await app.as("huong"), await app.as("minh"), await app.as("nam"), await app.as("mai"), await app.as("vy")];
    await nam.post(`/schools/${W.tranPhu}/live-settings`, { engine: "link" });
  });
  beforeEach(() => void (app.time.now = NOW));
  after(() => app.stop());

  const period = () => app.db("ledger_periods").where({ course_id: W.toan6A, plan_lesson_id: W.toanLesson(7) }).first("state", "reason", "evidence_kind");
  const hold = async (change: Record<string, string> = {}): Promise<string> => {
    const planned = await plan(huong, { link: LINK, despite_conflicts: "yes", ...change });
    expect(planned.status).to.equal(303);
    const id = planned.location.split("/").at(-1) ?? "";
    expect((await huong.post(`/live-classes/${id}/opening`)).status).to.equal(303);
    return id;
  };

  it("asks for the link where the class is planned, takes https and known tools only, and keeps what was typed", async () => {
    expect((await huong.get(`/courses/${W.toan6A}/live-classes/new?lesson=${W.toanLesson(7)}`)).text).to.contain('name="link"');
    for (const [link, words] of [
      ["", "Cần điền mục này"],
      ["http://meet.google.com/abc", "bắt đầu bằng https://"],
      ["javascript:alert(1)//meet.google.com", "bắt đầu bằng https://"],
      ["https://meet.google.com@evil.example/abc", "bắt đầu bằng https://"],
      ["https://meet.google.com.evil.example/abc", "Chỉ nhận đường dẫn Google Meet"],
      ["https://127.0.0.1/abc", "Chỉ nhận đường dẫn Google Meet"],
    ] as const) {
      const refused = await plan(huong, { link });
      expect(refused.status, link).to.equal(422);
      expect(refused.text, link).to.contain(words).and.contain(`value="${link}"`);
    }
    expect((await plan(huong, { link: "https://hop.example.edu.vn/6a", at: "15:00" })).status).to.equal(303);
  });

  it("leads the class there by a button; a click is noted, and is no presence", async () => {
    live = await hold();
    const page = (await minh.get(`/live-classes/${live}`)).text;
    expect(page).to.contain("Vào lớp trên Google Meet").and.contain("Bấm nút chưa phải là điểm danh").and.not.contain(LINK);
    const entry = await minh.get(`/live-classes/${live}/entry`);
    expect([entry.status, entry.location, entry.headers.get("referrer-policy")]).to.deep.equal([303, LINK, "no-referrer"]);
    await minh.get(`/live-classes/${live}/entry`);
    expect((await vy.get(`/live-classes/${live}/entry`)).status).to.equal(404);
    expect(await app.db("live_link_opens").where({ live_class_id: live }).pluck("person_id")).to.deep.equal([W.minh]);
    expect((await huong.get(`/live-classes/${live}`)).text).to.contain("1 trên 4 em đã bấm nút vào lớp");
    const socket = await connected(app, minh);
    expect((await ask(socket, "live:enter", { id: live, since: 0 })).state).to.equal("open");
    expect((await ask(socket, "live:say", { key: "12345678", text: "có em" })).ok).to.equal(false);
    closeAll();
    expect(await app.db("presence_marks").where({ live_class_id: live })).to.have.length(0);
  });

  it("has no attendance until its teacher declares it, and tells parents nothing before", async () => {
    await app.db("live_settings").where({ school_id: W.tranPhu }).update({ tell_parents: true });
    app.time.now = addMinutes(NOW, 44);
    await huong.post(`/live-classes/${live}/closing`);
    await app.settle();
    expect(await app.db("attendances").where({ live_class_id: live })).to.have.length(0);
    expect(await app.db("notices").where({ kind: "live_absent" })).to.have.length(0);
    expect(await period()).to.equal(undefined);
    expect((await huong.get(`/live-classes/${live}`)).text).to.contain("Buổi này chưa có điểm danh");
    expect((await minh.get(`/live-classes/${live}`)).text).to.contain("chưa khai báo điểm danh");
  });

  it("counts as external evidence once declared with proof and confirmed by a head", async () => {
    const form = await huong.get(`/live-classes/${live}/declaration`);
    expect(form.text).to.contain("đã bấm vào lớp").and.contain(LINK);
    expect((await minh.get(`/live-classes/${live}/declaration`)).status).to.equal(403);
    const wrong = await huong.post(`/live-classes/${live}/declaration`, { present: [W.an, W.chau], proof_url: "bằng chứng" });
    expect(wrong.status).to.equal(422);
    expect(wrong.text).to.contain("bằng chứng");
    expect((await huong.post(`/live-classes/${live}/declaration`, { present: [W.vy], proof_url: LINK })).status).to.equal(404);
    expect((await huong.post(`/live-classes/${live}/declaration`, { present: [W.an, W.chau], proof_url: LINK })).status).to.equal(303);
    expect((await huong.post(`/live-classes/${live}/declaration`, { present: [W.an], proof_url: LINK })).status).to.equal(409);
    await app.settle();
    expect(await period()).to.deep.equal({ state: "not_counted", reason: "awaiting_confirmation", evidence_kind: "external" });
    expect(await app.db("notices").where({ kind: "live_absent" }).pluck("person_id")).to.deep.equal([W.thu]); // Minh pressed the button and was not there
    const page = (await huong.get(`/live-classes/${live}`)).text;
    expect(page).to.contain("Có mặt (theo Nguyễn Thị Hương)").and.contain("theo khai báo của thầy cô");
    const { text } = await mai.get("/ledger/declarations");
    const confirm = /\/ledger\/[0-9a-z]{26}\/confirmation/.exec(text)?.[0] ?? expect.fail("nothing waits");
    expect((await mai.post(confirm, { why: "" })).status).to.equal(303);
    expect(await period()).to.deep.equal({ state: "counted", reason: null, evidence_kind: "external" });
    expect(await app.db("audit_entries").where({ action: "live.declare", subject_id: live })).to.have.length(1);
  });

  it("takes its periods back with the class", async () => {
    expect((await huong.post(`/live-classes/${live}/cancellation`, { reason: "Ghi nhầm buổi" })).status).to.equal(303);
    await app.settle();
    expect(await period()).to.equal(undefined);
  });

  it("ends at its planned end where its teacher forgets it", async () => {
    const other = await hold();
    await endForgotten(app.db, addMinutes(NOW, 60));
    expect(await app.db("live_classes").where({ id: other }).first("state")).to.deep.equal({ state: "open" });
    await endForgotten(app.db, addMinutes(NOW, 76));
    expect(await app.db("live_classes").where({ id: other }).first("state", "ended_at")).to.deep.equal({ state: "ended", ended_at: addMinutes(NOW, 45) });
  });

  it("is moved by its teacher to another room, with the attendance that was seen so far", async () => {
    const other = await hold();
    expect((await minh.post(`/live-classes/${other}/engine`, { engine: "embedded", link: "" })).status).to.equal(403);
    const refused = await huong.post(`/live-classes/${other}/engine`, { engine: "link", link: "https://evil.example/x" });
    expect(refused.status).to.equal(422);
    expect(refused.text).to.contain('value="https://evil.example/x"');
    expect((await huong.post(`/live-classes/${other}/engine`, { engine: "embedded", link: "" })).status).to.equal(303);
    expect((await minh.get(`/live-classes/${other}`)).text).to.contain("<live-class");
    await huong.post(`/live-classes/${other}/closing`);
    expect((await huong.post(`/live-classes/${other}/engine`, { engine: "embedded", link: "" })).status).to.equal(409);
    expect((await huong.get(`/live-classes/${other}/declaration`)).status).to.equal(409);
  });

  it("offers only what the installation has, and refuses a school's choice of anything else", async () => {
    const page = (await nam.get(`/schools/${W.tranPhu}/live-settings`)).text;
    expect(page).to.contain('value="link"').and.not.contain('value="bbb"').and.not.contain('value="livekit"');
    expect((await nam.post(`/schools/${W.tranPhu}/live-settings`, { engine: "bbb" })).status).to.equal(422);
    expect((await app.visitor().post("/live-engines/bbb/calls", { event: "{}" })).status).to.equal(404);
  });
});
