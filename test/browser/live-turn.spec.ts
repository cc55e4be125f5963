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
/** How a browser reaches the relay: its address begins and ends so. */
const WAYS = { udp: /^turn:.*udp$/, tcp: /^turn:.*tcp$/, tls: /^turns:/ };
type Way = keyof typeof WAYS;

/** A firewall lets nothing through but what goes to the relay in one way. */
const onlyRelay = (way: Way): string => `window.RTCPeerConnection = class extends RTCPeerConnection {
  constructor(how) {
    super({ ...how, iceTransportPolicy: "relay", iceServers: how.iceServers.map((one) => ({ ...one, urls: one.urls.filter((url) => ${WAYS[way]}.test(url)) })) });
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
    const [port, tlsPort] = [await freePort(), await freePort()];
    relay = await startRelay(port, tlsPort, folder);
    const urls = [`turn:127.0.0.1:${port}?transport=udp`, `turn:127.0.0.1:${port}?transport=tcp`, `turns:127.0.0.1:${tlsPort}?transport=tcp`];
    app = await startApp({ TURN_URLS: urls.join(","), TURN_SECRET: SECRET });
    browser = await launch([...FAKE_MEDIA, "--ignore-certificate-errors"]); // the relay's own is nobody's
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

  it("flows through coturn over UDP, TCP and TLS, for a ticket that ends by itself", async () => {
    const live = await liveClass(app);
    const ways = { huong: "tls", minh: "tcp", an: "udp" } as const;
    const seats = await Promise.all(Object.keys(ways).map((login) => enterClass(browser, app.base, live, login)));
    const [teacher, minh, an] = seats;
    if (!teacher || !minh || !an) return expect.fail("nobody is in the class");
    for (const [i, way] of Object.values(ways).entries()) {
      await seats[i]?.page.evaluate(onlyRelay(way));
      await seats[i]?.page.click("[data-media-join]");
    }
    await teacher.page.click("[data-media-mic]");
    for (const pupil of [minh, an]) await flows(pupil, "sound");
    expect(await Promise.all([wayOf(teacher, "voice"), wayOf(minh, "ears"), wayOf(an, "ears")])).to.deep.equal(["tls", "tcp", "udp"]);

    const [ticket] = await minh.page.evaluate<{ username: string; credential: string }[]>("window.asked");
    const [ends = "", person = ""] = ticket?.username.split(":") ?? [];
    expect(person).to.equal(await minh.page.getAttribute("live-class", "data-me"));
    expect(Number(ends) * 1000 - Date.now()).to.be.within(1, 12 * 3_600_000);
    expect(ticket?.credential).to.not.contain(SECRET);
  });
});

/** By what the packets of a connection reach the relay. */
function wayOf(seat: Seat, end: "ears" | "voice"): Promise<string> {
  return seat.page.evaluate<string>(`(async () => {
    const stats = await document.querySelector("live-class").parts.find((part) => part.ears).${end}.connection.getStats();
    const transport = [...stats.values()].find((one) => one.type === "transport");
    return stats.get(stats.get(transport.selectedCandidatePairId).localCandidateId).relayProtocol;
  })()`);
}

/** A coturn of one's own, which asks for tickets by the REST scheme and proves itself by a certificate of its own. */
async function startRelay(port: number, tlsPort: number, folder: string): Promise<ChildProcess> {
  const [cert, key] = [path.join(folder, "cert.pem"), path.join(folder, "key.pem")];
  const made = spawnSync("openssl", ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-out", cert, "-keyout", key]);
  expect(made.status, String(made.error ?? made.stderr)).to.equal(0);
  const settings = ["-n", "--no-cli", "--no-dtls", `--cert=${cert}`, `--pkey=${key}`, `--tls-listening-port=${tlsPort}`, "--allow-loopback-peers", "--use-auth-secret", `--static-auth-secret=${SECRET}`, "--realm=hoc-lieu", "--listening-ip=127.0.0.1", "--relay-ip=127.0.0.1", `--listening-port=${port}`, `--pidfile=${folder}/pid`, `--userdb=${folder}/db`, `--log-file=${folder}/log`];
  const child = spawn("turnserver", settings, { stdio: "ignore" });
  await until(async () => (await takesTcp(port)) && (await takesTcp(tlsPort)));
  return child;
}

async function takesTcp(port: number): Promise<boolean> {
  const socket = connect(port, "127.0.0.1");
  const took = await once(socket, "connect").then(() => true, () => false);
  socket.destroy();
  return took;
}
