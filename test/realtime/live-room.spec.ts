import { expect } from "chai";
import type { Socket } from "socket.io-client";
import { endForgotten } from "../../server/live/jobs.ts";
import { accessChanged } from "../../server/accounts/events.ts";
import { addMinutes } from "../../server/platform/clock.ts";
import { raise } from "../../server/platform/jobs/queue.ts";
import { startApp, type Running } from "../support/app.ts";
import { until } from "../support/until.ts";
import { NOW, W } from "../support/world.ts";
import { ask, closeAll, connect, connected, heard, liveClass, type Answered } from "./room.ts";

describe("the room of a live class", () => {
  let app: Running;
  let live: string;
  before(async () => {
    app = await startApp();
  });
  beforeEach(async () => {
    app.time.now = NOW;
    live = await liveClass(app);
  });
  afterEach(async () => {
    closeAll();
    await app.db("live_classes").where({ state: "open" }).update({ state: "cancelled" });
  });
  after(() => app.stop());

  const enter = async (login: string, since = 0): Promise<{ socket: Socket; state: Answered }> => {
    const socket = await connected(app, await app.as(login));
    return { socket, state: await ask(socket, "live:enter", { id: live, since }) };
  };
  const marks = (person: string) => app.db("presence_marks").where({ live_class_id: live, person_id: person }).orderBy("joined_at");

  it("shows each other who is here, as people come in", async () => {
    const teacher = await enter("huong");
    expect(teacher.state.people?.find((person) => person.id === W.minh)?.state).to.equal("absent");
    const news = heard<{ id: string; state: string }>(teacher.socket, "live:person", (person) => person.id === W.minh);
    const pupil = await enter("minh");
    expect((await news).state).to.equal("here");
    expect(pupil.state.people?.map((person) => [person.id, person.state])).to.deep.include.members([
      [W.huong, "here"],
      [W.minh, "here"],
      [W.an, "absent"],
    ]);
  });

  it("keeps what is said, in one order for all, with the sender's name from the session", async () => {
    const [teacher, pupil] = [await enter("huong"), await enter("minh")];
    const news = heard<{ text: string; name: string; person: string }>(teacher.socket, "live:message");
    expect(await ask(pupil.socket, "live:say", { key: "minh-0001", text: " Thưa cô <b>em</b> nghe rõ " })).to.include({ ok: true, seq: 1 });
    expect(await news).to.include({ text: "Thưa cô <b>em</b> nghe rõ", name: "Lê Đức Minh", person: W.minh });
    await ask(teacher.socket, "live:say", { key: "huong-0001", text: "Tốt lắm" });
    const said = await app.db("live_messages").where({ live_class_id: live }).orderBy("seq").pluck("body");
    expect(said).to.deep.equal(["Thưa cô <b>em</b> nghe rõ", "Tốt lắm"]);
  });

  it("refuses a forged sender, an empty message and one that is too long", async () => {
    const { socket } = await enter("minh");
    expect((await ask(socket, "live:say", { key: "minh-0001", text: "x", person: W.huong })).code).to.equal("invalid");
    expect((await ask(socket, "live:say", { key: "minh-0002", text: "   " })).code).to.equal("invalid");
    expect((await ask(socket, "live:say", { key: "minh-0003", text: "a".repeat(2001) })).code).to.equal("invalid");
  });

  it("raises hands in their order; the teacher calls the next and lowers them all", async () => {
    const [teacher, minh, an] = [await enter("huong"), await enter("minh"), await enter("an")];
    await ask(an.socket, "live:hand", { up: true });
    app.time.now = addMinutes(NOW, 0.1);
    await ask(minh.socket, "live:hand", { up: true });
    await ask(an.socket, "live:hand", { up: true });
    expect((await ask(teacher.socket, "live:here", { away: false })).hands?.map((hand) => hand.id)).to.deep.equal([W.an, W.minh]);
    const called = heard<{ id: string }>(minh.socket, "live:called");
    await ask(teacher.socket, "live:next");
    expect((await called).id).to.equal(W.an);
    await ask(teacher.socket, "live:lower", { person: "all" });
    expect(await app.db("live_hands").where({ live_class_id: live })).to.deep.equal([]);
  });

  it("turns the slides for everybody, when the teacher does", async () => {
    const [teacher, pupil] = [await enter("huong"), await enter("minh")];
    const turned = heard<{ page: number }>(pupil.socket, "live:slide");
    expect((await ask(teacher.socket, "live:slide", { page: 3 })).ok).to.equal(true);
    expect((await turned).page).to.equal(3);
    expect((await ask(pupil.socket, "live:slide", { page: 9 })).code).to.equal("not_your_course");
    expect((await enter("an")).state.slide).to.equal(3);
  });

  it("refuses a pupil who calls the next, lowers others or removes messages, and keeps the socket", async () => {
    const { socket } = await enter("minh");
    for (const [event, payload] of [["live:next", {}], ["live:lower", { person: "all" }], ["live:remove", { seq: 1 }]] as const) {
      expect((await ask(socket, event, payload)).code, event).to.equal("not_your_course");
    }
    expect(socket.connected).to.equal(true);
  });

  it("gives somebody who comes back what they missed, once and in order, and their raised hand", async () => {
    const [teacher, pupil] = [await enter("huong"), await enter("minh")];
    await ask(teacher.socket, "live:say", { key: "huong-0001", text: "một" });
    await ask(pupil.socket, "live:hand", { up: true });
    const lost = heard<{ id: string; state: string }>(teacher.socket, "live:person", (person) => person.id === W.minh);
    pupil.socket.io.engine.close(); // the line breaks; the browser comes back by itself
    expect((await lost).state).to.equal("lost");
    await ask(teacher.socket, "live:say", { key: "huong-0002", text: "hai" });
    await ask(teacher.socket, "live:say", { key: "huong-0003", text: "ba" });
    if (!pupil.socket.connected) await heard(pupil.socket, "connect");
    const back = await ask(pupil.socket, "live:enter", { id: live, since: 1 });
    expect(back.messages?.map((message) => message.text)).to.deep.equal(["hai", "ba"]);
    expect(back.hands?.map((hand) => hand.id)).to.deep.equal([W.minh]);
    expect((await marks(W.minh)).map((mark) => mark.ending)).to.deep.equal(["lost", null]);
  });

  it("keeps a message that is sent again after a lost line only once", async () => {
    const { socket } = await enter("minh");
    const first = await ask(socket, "live:say", { key: "minh-0001", text: "Em đây ạ" });
    const again = await ask(socket, "live:say", { key: "minh-0001", text: "Em đây ạ" });
    expect(again.seq).to.equal(first.seq);
    expect((await ask(socket, "live:say", { key: "minh-0002", text: "Vâng ạ" })).seq).to.equal(2);
  });

  it("counts two devices of one pupil once, and one that leaves does not take the pupil away", async () => {
    const [teacher, phone, laptop] = [await enter("huong"), await enter("minh"), await enter("minh")];
    const news = heard<{ id: string; state: string }>(teacher.socket, "live:person", (person) => person.id === W.minh);
    phone.socket.disconnect();
    expect((await news).state).to.equal("here");
    app.time.now = addMinutes(NOW, 0.5);
    await ask(laptop.socket, "live:here", { away: false });
    app.time.now = addMinutes(NOW, 1);
    await endNow();
    const [row] = await app.db("attendances").where({ live_class_id: live, person_id: W.minh });
    expect(row).to.include({ present_minutes: 1 });
    expect(Boolean(row.present)).to.equal(true);
  });

  it("begins a new mark when a laptop slept longer than a mark lives", async () => {
    const { socket } = await enter("minh");
    app.time.now = addMinutes(NOW, 10);
    await ask(socket, "live:here", { away: false });
    expect(await marks(W.minh)).to.have.length(2);
  });

  const endNow = async (): Promise<void> => {
    const client = await app.as("huong");
    const answer = await client.post(`/live-classes/${live}/closing`);
    expect(answer.status).to.equal(303);
  };

  it("refuses visitors, other sites, other schools, other classes and parents", async () => {
    const error = await heard<Error>(connect(app, undefined), "connect_error");
    expect(error.message).to.equal("not_signed_in");
    const minh = await app.as("minh");
    await heard(connect(app, minh, { origin: "https://evil.example" }), "connect_error");
    await heard(connect(app, minh, { origin: app.base, "sec-fetch-site": "cross-site" }), "connect_error");
    for (const [login, code] of [["vy", "not_found"], ["quang", "not_found"], ["khoi", "not_found"], ["dung", "not_found"], ["thu", "role"], ["son", "not_your_course"]] as const) {
      const { state } = await enter(login);
      expect(state.code, login).to.equal(code);
    }
    expect(await app.db("presence_marks").where({ live_class_id: live })).to.have.length(0);
  });

  it("lets a school leader look in", async () => {
    const { state } = await enter("nam");
    expect(state.people?.find((person) => person.id === W.nam)).to.include({ role: "observer", state: "here" });
  });

  it("asks to come in before anything else", async () => {
    const socket = await connected(app, await app.as("minh"));
    expect((await ask(socket, "live:say", { key: "minh-0001", text: "Em chào cô" })).code).to.equal("live_not_entered");
  });

  it("refuses a pupil who was moved to another class at the next message, and closes the socket", async () => {
    const { socket } = await enter("duy");
    const closed = heard(socket, "disconnect");
    await app.db("class_enrolments").where({ person_id: W.duy }).update({ to_on: "2026-11-24" });
    expect((await ask(socket, "live:say", { key: "duy-00001", text: "Em vẫn ở đây" })).code).to.equal("not_found");
    await closed;
    await app.db("class_enrolments").where({ person_id: W.duy }).update({ to_on: null });
  });

  it("closes the socket of a moved pupil who says nothing, when the change is announced", async () => {
    const { socket } = await enter("duy");
    const closed = heard(socket, "disconnect");
    await app.db("class_enrolments").where({ person_id: W.duy }).update({ to_on: "2026-11-24" });
    await raise(app.db, accessChanged, { personId: W.duy }, app.time.now);
    await app.settle();
    await closed;
    await app.db("class_enrolments").where({ person_id: W.duy }).update({ to_on: null });
  });

  it("leaves the socket of somebody whose rights did not change", async () => {
    const { socket } = await enter("minh");
    await raise(app.db, accessChanged, { personId: W.minh }, app.time.now);
    await app.settle();
    expect((await ask(socket, "live:here", { away: false })).ok).to.equal(true);
  });

  it("closes the socket of a suspended person within two seconds, and does not let them back", async () => {
    const { socket } = await enter("chau");
    const closed = heard(socket, "disconnect");
    const begun = performance.now();
    await app.db("persons").where({ id: W.chau }).update({ state: "suspended" });
    await closed;
    expect(performance.now() - begun).to.be.lessThan(2000);
    socket.connect();
    const refused = await heard<Error>(socket, "connect_error");
    expect(refused.message).to.equal("not_signed_in");
    await app.db("persons").where({ id: W.chau }).update({ state: "active" });
    expect((await marks(W.chau)).map((mark) => mark.ending)).to.deep.equal(["left"]);
  });

  it("closes the sockets of a session that signed out", async () => {
    const client = await app.as("minh");
    const socket = await connected(app, client);
    await ask(socket, "live:enter", { id: live, since: 0 });
    const closed = heard(socket, "disconnect");
    await client.post("/sign-out");
    await closed;
  });

  it("slows down whoever writes too fast, then closes the socket", async () => {
    const { socket } = await enter("minh");
    const answers = await Promise.all(Array.from({ length: 12 }, (_, i) => ask(socket, "live:say", { key: `minh-${1000 + i}`, text: `tin ${i}` })));
    expect(answers.filter((answer) => answer.code === "too_many").length).to.be.greaterThan(3);
    const closed = heard(socket, "disconnect");
    for (let i = 0; i < 1000; i += 1) socket.emit("live:here", { away: false });
    await closed;
    expect(await app.db("live_messages").where({ live_class_id: live })).to.have.length.lessThan(9);
  });

  it("is not disturbed by one who sends forms without end: the others hear little of it, and it stops", async () => {
    const [teacher, other] = [await enter("huong"), await enter("an")];
    const minh = await app.as("minh");
    let changes = 0;
    other.socket.on("live:changed", () => (changes += 1));
    const told = heard(other.socket, "live:changed");
    const answers = [];
    for (let i = 0; i < 30; i += 1) answers.push((await minh.post(`/live-classes/${live}/${i % 2 === 0 ? "hand" : "hand-removal"}`)).status);
    await told;
    expect(answers.filter((status) => status === 303)).to.have.length(12);
    expect(answers.filter((status) => status === 429)).to.have.length(18);
    const said = [];
    for (let i = 0; i < 20; i += 1) said.push(await minh.post(`/live-classes/${live}/messages`, { text: `tin ${i}`, key: `minh-${1000 + i}` }));
    expect(await app.db("live_messages").where({ live_class_id: live })).to.have.length(14);
    expect(said.at(-1)?.status).to.equal(429);
    expect(said.at(-1)?.text).to.contain('value="tin 19"').and.contain("Quá nhiều lần");
    expect(changes).to.be.lessThan(20);
    expect((await ask(teacher.socket, "live:here", { away: false })).ok).to.equal(true);
    expect((await ask(other.socket, "live:here", { away: false })).ok).to.equal(true);
  });

  it("closes a socket that sends 200 KB at once, and one that says nonsense hears so", async () => {
    const { socket } = await enter("minh");
    expect((await ask(socket, "live:mute-all", {})).code).to.equal("invalid");
    const closed = heard(socket, "disconnect");
    socket.emit("live:say", { key: "minh-0001", text: "x".repeat(200 * 1024) });
    await closed;
    expect(await app.db("live_messages").where({ live_class_id: live })).to.have.length(0);
  });

  it("is not open to pupils before the lobby, and over when it ended", async () => {
    live = await liveClass(app, { state: "scheduled" });
    app.time.now = addMinutes(NOW, -11);
    expect((await enter("minh")).state.code).to.equal("live_not_open");
    expect((await enter("huong")).state.ok).to.equal(true);
    app.time.now = addMinutes(NOW, -9);
    expect((await enter("minh")).state).to.include({ ok: true, state: "scheduled" });
    app.time.now = NOW;
    live = await liveClass(app, { state: "ended" });
    expect((await enter("minh")).state.code).to.equal("live_over");
  });

  it("tells the room that the class has ended, and takes no more marks", async () => {
    const { socket } = await enter("minh");
    const told = heard(socket, "live:changed");
    await endNow();
    await told;
    expect((await ask(socket, "live:here", { away: false })).state).to.equal("ended");
    expect((await marks(W.minh)).map((mark) => mark.ending)).to.deep.equal(["ended"]);
  });

  it("ends a forgotten class at the last sign of anybody", async () => {
    const { socket } = await enter("minh");
    app.time.now = addMinutes(NOW, 0.5);
    await ask(socket, "live:here", { away: false });
    socket.disconnect();
    await until(async () => (await marks(W.minh)).every((mark) => mark.left_at !== null));
    expect(await endForgotten(app.db, addMinutes(NOW, 30))).to.equal(0);
    await endForgotten(app.db, addMinutes(NOW, 31));
    const [row] = await app.db("live_classes").where({ id: live });
    expect(row).to.include({ state: "ended", ended_at: addMinutes(NOW, 0.5) });
    await app.settle();
    const [period] = await app.db("ledger_periods").where({ course_id: W.toan6A, plan_lesson_id: W.toanLesson(1) });
    expect(period).to.include({ state: "not_counted", reason: "too_short" });
  });
});
