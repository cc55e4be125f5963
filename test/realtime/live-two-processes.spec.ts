import { expect } from "chai";
import type { Socket } from "socket.io-client";
import { accessChanged } from "../../server/accounts/events.ts";
import { raise } from "../../server/platform/jobs/queue.ts";
import { fileOf, startApp, startBeside, type Running } from "../support/app.ts";
import { startRedis, type RunningRedis } from "../support/redis.ts";
import { until } from "../support/until.ts";
import { W } from "../support/world.ts";
import { ask, closeAll, connected, heard, liveClass } from "./room.ts";

/** Two web servers on one database, each with connections, memory and sockets of its own: what a balancer has behind it. */
describe("a class whose people are at two processes", function () {
  let redis: RunningRedis;
  let one: Running;
  let two: Running;
  before(async function () {
    const started = await startRedis();
    if (started === undefined) return this.skip();
    redis = started;
    one = await startApp({ REDIS_URL: redis.url });
    two = await startBeside(fileOf(one), redis.url);
  });
  after(async () => {
    closeAll();
    if (one) await until(async () => (await one.db("presence_marks").whereNull("ending").first("id")) === undefined); // every departure is noted
    for (const app of [two, one]) await app?.stop(); // they may not have begun
    await redis?.stop();
  });

  /** The teacher at the first, a pupil at the second, in a class of their own. */
  const seats = async (): Promise<{ live: string; teacher: Socket; pupil: Socket }> => {
    const live = await liveClass(one);
    const teacher = await connected(one, await one.as("huong"));
    const pupil = await connected(two, await two.as("minh"));
    await ask(teacher, "live:enter", { id: live, since: 0 });
    const came = heard<{ id: string; state: string }>(teacher, "live:person", (news) => news.id === W.minh && news.state === "here");
    await ask(pupil, "live:enter", { id: live, since: 0 });
    await came;
    return { live, teacher, pupil };
  };

  it("is one room: who comes in, chat, hands and slides reach everybody once", async () => {
    const { teacher, pupil } = await seats();
    const texts: string[] = [];
    teacher.on("live:message", (message: { text: string }) => texts.push(message.text));
    const answer = heard<{ text: string }>(pupil, "live:message", (message) => message.text === "Cô nghe em");
    await ask(pupil, "live:say", { key: "minh-0001", text: "Em chào cô" });
    await ask(teacher, "live:say", { key: "huong-0001", text: "Cô nghe em" });
    await answer;
    const raised = heard<{ hands: { id: string }[] }>(teacher, "live:hands", (news) => news.hands.some((hand) => hand.id === W.minh));
    await ask(pupil, "live:hand", { up: true });
    await raised;
    const turned = heard<{ page: number }>(pupil, "live:slide", (news) => news.page === 7);
    await ask(teacher, "live:slide", { page: 7 });
    await turned;
    expect(texts).to.deep.equal(["Em chào cô", "Cô nghe em"]);
  });

  it("hears at one process what a page was posted to at the other", async () => {
    const { live, pupil } = await seats();
    const told = heard(pupil, "live:changed");
    expect((await (await one.as("huong")).post(`/live-classes/${live}/closing`)).status).to.equal(303);
    await told;
  });

  it("tells a change of the room once, from the process at which it was made, also where nobody of the class is", async () => {
    const { live, pupil } = await seats();
    const states: { notes: string }[] = [];
    pupil.on("live:room", (state: { notes: string }) => states.push(state));
    const told = heard<{ notes: string }>(pupil, "live:room", (state) => state.notes === "Trang 12");
    await (await one.as("huong")).post(`/live-classes/${live}/notes`, { notes: "Trang 12" });
    await told;
    const again = heard<{ notes: string }>(pupil, "live:room", (state) => state.notes === "Trang 13");
    await (await two.as("huong")).post(`/live-classes/${live}/notes`, { notes: "Trang 13" });
    await again;
    expect(states.map((state) => state.notes)).to.deep.equal(["Trang 12", "Trang 13"]);
  });

  it("goes on at each process while Redis is away, and together again afterwards", async () => {
    const { live, teacher, pupil } = await seats();
    const classmate = await connected(two, await two.as("duy"));
    await ask(classmate, "live:enter", { id: live, since: 0 });
    await redis.stop();
    const near = heard<{ text: string }>(classmate, "live:message", (message) => message.text === "Bạn nghe không?");
    await ask(pupil, "live:say", { key: "minh-0002", text: "Bạn nghe không?" });
    await near;
    redis = (await startRedis(Number(new URL(redis.url).port))) ?? redis;
    const again = heard<{ text: string }>(teacher, "live:message", (message) => message.text === "Thưa cô");
    let heardAgain = false;
    void again.then(() => (heardAgain = true));
    for (let i = 0; !heardAgain && i < 5; i += 1) {
      await ask(pupil, "live:say", { key: `minh-001${i}`, text: "Thưa cô" });
      await new Promise((resolve) => setTimeout(resolve, 900)); // as the rate of messages allows
    }
    await again;
  });

  it("closes the socket of a person whose rights ended, wherever the fact is heard", async () => {
    const { pupil } = await seats();
    const gone = heard(pupil, "disconnect");
    await one.db("class_enrolments").where({ person_id: W.minh }).update({ to_on: "2026-11-24" });
    await raise(one.db, accessChanged, { personId: W.minh }, one.time.now);
    await one.settle();
    await gone;
  });
});
