import { expect } from "chai";
import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { fileURLToPath } from "node:url";
import type { Browser } from "playwright-core";
import { fileOf, startApp, type Running } from "../support/app.ts";
import { enterClass, FAKE_MEDIA, launch, type Seat } from "../support/browser.ts";
import { startRedis, type RunningRedis } from "../support/redis.ts";
import { liveClass } from "../realtime/room.ts";
import { flows } from "./flow.ts";

const SERVER = fileURLToPath(new URL("./one-of-two-servers.ts", import.meta.url));

/** A balancer in front of the servers: a browser stays at one of them until that is gone. */
class Balancer {
  target = 0;
  private readonly lines = new Set<Socket>();
  private readonly server: Server = createServer((from) => {
    const to = connect(this.target, "127.0.0.1");
    for (const [line, other] of [[from, to], [to, from]] as const) {
      this.lines.add(line);
      line.on("error", () => undefined).on("close", () => (this.lines.delete(line), other.destroy()));
      line.pipe(other);
    }
  });

  async start(target: number): Promise<string> {
    this.target = target;
    await once(this.server.listen(0, "127.0.0.1"), "listening");
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  stop(): void {
    for (const line of this.lines) line.destroy();
    this.server.close();
  }
}

describe("sound and picture of a class whose people are at two servers", function () {
  const [first, second] = [new Balancer(), new Balancer()];
  const servers: ChildProcess[] = [];
  const ports: number[] = [];
  let redis: RunningRedis;
  let world: Running;
  let browser: Browser;
  let teacher: Seat;
  let pupil: Seat;
  before(async function () {
    const started = await startRedis();
    if (started === undefined) return this.skip();
    redis = started;
    world = await startApp();
    for (let i = 0; i < 2; i += 1) servers.push(fork(SERVER, [fileOf(world), redis.url], { execArgv: ["--import", import.meta.resolve("tsx")] }));
    ports.push(...(await Promise.all(servers.map(async (server) => ((await once(server, "message")) as [{ port: number }])[0].port))));
    browser = await launch(FAKE_MEDIA);
    const live = await liveClass(world);
    const bases = [await first.start(ports[0] ?? 0), await second.start(ports[1] ?? 0)] as const;
    [teacher, pupil] = await Promise.all([enterClass(browser, bases[0], live, "huong"), enterClass(browser, bases[1], live, "minh")]);
  });
  after(async () => {
    await browser?.close(); // they may not have begun
    for (const balancer of [first, second]) balancer.stop();
    for (const server of servers.filter((one) => one.exitCode === null && one.signalCode === null)) {
      const gone = once(server, "exit");
      server.kill("SIGKILL");
      await gone;
    }
    await world?.stop();
    await redis?.stop();
  });

  it("flows from one to the other and back", async () => {
    await teacher.page.click("[data-media-join]");
    await teacher.page.click("[data-media-mic]");
    await teacher.page.click("[data-media-camera]");
    await pupil.page.click("[data-media-join]");
    await pupil.page.waitForSelector("[data-media-speakers]:has-text('Nguyễn Thị Hương')");
    await flows(pupil, "sound");
    await flows(pupil, "picture");
    await pupil.page.click("[data-hand]");
    await teacher.page.waitForSelector("[data-hands] li:has-text('Lê Đức Minh')");
    await teacher.page.click("[data-next]");
    await pupil.page.click("[data-media-mic]");
    await pupil.page.click("[data-media-camera]");
    await flows(teacher, "sound");
    await flows(teacher, "picture");
  });

  it("comes back by itself when the server that carries it is killed", async () => {
    servers[0]?.kill("SIGKILL");
    first.target = ports[1] ?? 0;
    const began = performance.now();
    for (const seat of [pupil, teacher]) {
      await flows(seat, "sound");
      await flows(seat, "picture");
    }
    if (process.env["SHOTS"]) process.stdout.write(`      sound and picture were back at both after ${Math.round(performance.now() - began)} ms\n`);
  });

  it("without a complaint of the browser", () => {
    const lost = /ERR_CONNECTION|ERR_EMPTY_RESPONSE|WebSocket/;
    expect([teacher, pupil].flatMap((seat) => seat.complaints).filter((line) => !lost.test(line))).to.deep.equal([]);
  });
});
