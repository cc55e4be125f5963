import { expect } from "chai";
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Browser } from "playwright-core";
import { startApp, type Running } from "../support/app.ts";
import { enterClass, FAKE_MEDIA, launch, type Seat } from "../support/browser.ts";
import { freePort } from "../support/port.ts";
import { until } from "../support/until.ts";
import { liveClass } from "../realtime/room.ts";
import { flows } from "./flow.ts";

const SECRET = "bi-mat-cua-coturn";
/** A firewall lets nothing through but what goes to the relay. */
const ONLY_RELAY = `window.RTCPeerConnection = class extends RTCPeerConnection {
  constructor(how) {
    super({ ...how, iceTransportPolicy: "relay" });
    window.asked = how.iceServers;
  }
};`;

describe("sound of a live class where only a relay can be reached", function () {
  let app: Running;
  let browser: Browser;
  let relay: ChildProcess | undefined;
  const folder = mkdtempSync(path.join(tmpdir(), "hoc-lieu-turn-"));
  before(async function () {
    if (spawnSync("turnserver", ["--version"]).error) return this.skip(); // coturn is not installed
    const port = await freePort();
    relay = await startRelay(port, folder);
    app = await startApp({ TURN_URLS: `turn:127.0.0.1:${port}?transport=udp`, TURN_SECRET: SECRET });
    browser = await launch(FAKE_MEDIA);
  });
  after(async () => {
    if (relay) {
      await browser.close();
      await app.stop();
      const gone = once(relay, "exit");
      relay.kill("SIGKILL");
      await gone;
    }
    rmSync(folder, { recursive: true, force: true });
  });

  it("flows through coturn, for a ticket that ends by itself", async () => {
    const live = await liveClass(app);
    const seats = await Promise.all(["huong", "minh"].map((login) => enterClass(browser, app.base, live, login)));
    const [teacher, pupil] = seats;
    if (!teacher || !pupil) return expect.fail("nobody is in the class");
    for (const { page } of seats) {
      await page.evaluate(ONLY_RELAY);
      await page.click("[data-media-join]");
    }
    await teacher.page.click("[data-media-mic]");
    await flows(pupil, "sound");
    expect(await Promise.all([pathOf(teacher, "voice"), pathOf(pupil, "ears")])).to.deep.equal([["relay", "udp"], ["relay", "udp"]]);

    const [ticket] = await pupil.page.evaluate<{ username: string; credential: string }[]>("window.asked");
    const [ends = "", person = ""] = ticket?.username.split(":") ?? [];
    expect(person).to.equal(await pupil.page.getAttribute("live-class", "data-me"));
    expect(Number(ends) * 1000 - Date.now()).to.be.within(1, 12 * 3_600_000);
    expect(ticket?.credential).to.not.contain(SECRET);
  });
});

/** How the packets of a connection go: the kind of its own address, and by what they reach the relay. */
function pathOf(seat: Seat, end: "ears" | "voice"): Promise<string[]> {
  return seat.page.evaluate<string[]>(`(async () => {
    const stats = await document.querySelector("live-class").parts.find((part) => part.ears).${end}.connection.getStats();
    const transport = [...stats.values()].find((one) => one.type === "transport");
    const own = stats.get(stats.get(transport.selectedCandidatePairId).localCandidateId);
    return [own.candidateType, own.relayProtocol];
  })()`);
}

/** A coturn of one's own, which asks for tickets by the REST scheme. Over TCP Chromium gets no connection: `server/live/media/README.md`. */
async function startRelay(port: number, folder: string): Promise<ChildProcess> {
  const settings = ["-n", "--no-cli", "--no-tls", "--no-dtls", "--allow-loopback-peers", "--use-auth-secret", `--static-auth-secret=${SECRET}`, "--realm=hoc-lieu", "--listening-ip=127.0.0.1", "--relay-ip=127.0.0.1", `--listening-port=${port}`, `--pidfile=${folder}/pid`, `--userdb=${folder}/db`, `--log-file=${folder}/log`];
  const child = spawn("turnserver", settings, { stdio: "ignore" });
  await until(() => takesTcp(port));
  return child;
}

async function takesTcp(port: number): Promise<boolean> {
  const socket = connect(port, "127.0.0.1");
  const took = await once(socket, "connect").then(() => true, () => false);
  socket.destroy();
  return took;
}
