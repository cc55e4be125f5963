/**
 * `npm run bench -- live`: classes of 45 on the embedded media engine. First light RTP clients receive a teacher's sound and
 * 500 kbit/s of picture: processor time of the media process, loss and added latency for more and more classes. Then all
 * pupils of twenty classes come at once, through the room's sockets, while pages are asked for.
 *
 * BENCH_ROOMS (`2,4,7,10`) and BENCH_SECONDS (8) set how many and how long. Clients run in this process and use more of the
 * machine than the media process: on two cores the largest figures are those of the machine.
 */
import { execFileSync, fork } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import library from "node-datachannel";
import { io, type Socket } from "socket.io-client";
import { Embedded } from "../../server/live/media/embedded.ts";
import type { Answer } from "../../server/live/media/parts.ts";
import { makeLog } from "../../server/platform/log.ts";
import { say } from "./measure.ts";

const PUPILS = 45;
const SECONDS = Number(process.env["BENCH_SECONDS"] ?? 8);
const ROOMS = (process.env["BENCH_ROOMS"] ?? "2,4,7,10").split(",").map(Number);
/** Each person listens three times, in different classes: four connections are what one may have. */
const STORM = { classes: 20, pupils: 45 };
const TICKS = Number(execFileSync("getconf", ["CLK_TCK"], { encoding: "utf8" }));
const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

type Connection = InstanceType<typeof library.PeerConnection>;
type Track = ReturnType<Connection["addTrack"]>;
interface Client {
  connection: Connection;
  tracks: Track[];
  answer: Answer;
  connected: Promise<void>;
}

library.initLogger("Fatal", () => undefined);
let again = 0;
say(`\n${"subscribers".padEnd(14)}${"CPU of a core".padStart(14)}${"loss".padStart(10)}${"p50".padStart(10)}${"p95".padStart(10)}${"memory".padStart(10)}`);
for (const rooms of ROOMS) say(await forward(rooms));
await storm();
process.exit(0);

/**
 * Connects as a page does: what fails is made anew. On one machine a client's greeting can arrive within the microseconds in
 * which the library takes its keys, and is then refused.
 */
async function insist(offer: () => Promise<{ session: string; offer: string }>, answer: (session: string, answer: Answer) => Promise<unknown>, onPacket: (packet: Buffer) => void): Promise<Client> {
  for (let tries = 1; ; tries += 1) {
    let client: Client | undefined;
    try {
      const offered = await offer();
      client = await clientOf(offered.offer, onPacket);
      await answer(offered.session, client.answer);
      await client.connected;
      return client;
    } catch (error) {
      client?.connection.close();
      if (tries === 5) throw error;
      again += 1;
    }
  }
}

/** A browser's side of an offer, without a browser. */
async function clientOf(offer: string, onPacket: (packet: Buffer) => void): Promise<Client> {
  const connection = new library.PeerConnection("client", { iceServers: [], disableAutoNegotiation: true });
  const tracks: Track[] = [];
  connection.onTrack((track) => {
    tracks.push(track);
    track.onMessage(onPacket);
  });
  const described = new Promise<string>((resolve) => connection.onLocalDescription((sdp) => resolve(sdp)));
  const connected = new Promise<void>((resolve, reject) => {
    connection.onStateChange((state) => (state === "connected" ? resolve() : state === "failed" ? reject(new Error("a client could not connect")) : undefined));
  });
  connected.catch(() => undefined);
  connection.setRemoteDescription(offer, "offer");
  connection.setLocalDescription("answer");
  const sdp = await described;
  const one = (pattern: RegExp): string => pattern.exec(sdp)?.[1] ?? "";
  return { connection, tracks, connected, answer: { ufrag: one(/a=ice-ufrag:(\S+)/), pwd: one(/a=ice-pwd:(\S+)/), fingerprint: one(/a=fingerprint:sha-256 (\S+)/i), ssrcs: { mic: 11, low: 12 } } };
}

/** One line of the table. */
async function forward(rooms: number): Promise<string> {
  const media = new Embedded({ udpPort: 0, announced: [] }, makeLog("error"));
  const clients: Client[] = [];
  const stop: (() => void)[] = [];
  const seen = { packets: 0, latencies: [] as number[], counts: false };
  const sent = { packets: 0 };
  for (let room = 0; room < rooms; room += 1) {
    let speaking = { session: "", offer: "" };
    const publisher = await insist(
      async () => (speaking = await media.startSpeaking(`room${room}`, { personId: "teacher", may: ["mic", "camera"] })),
      (session, answer) => media.answer(session, answer),
      () => undefined,
    );
    await media.sending(speaking.session, ["mic", "camera"]);
    clients.push(publisher);
    const pupils = Array.from({ length: PUPILS }, (_, pupil) =>
      insist(
        () => media.startListening(`room${room}`, `pupil${pupil}`, "auto"),
        (session, answer) => media.answer(session, answer),
        (packet) => {
          // The tail of each packet says when it was sent.
          if (!seen.counts || packet.length < 40 || (packet[1] ?? 0) >= 192) return;
          seen.packets += 1;
          if (seen.packets % 20 === 0) seen.latencies.push(performance.now() - packet.readDoubleBE(packet.length - 8));
        },
      ),
    );
    clients.push(...(await Promise.all(pupils)));
    stop.push(publish(publisher, () => seen.counts && (sent.packets += 1)));
  }
  await sleep(1500);
  const before = cpuOf(media.pid);
  const began = performance.now();
  seen.counts = true;
  await sleep(SECONDS * 1000);
  const cpu = (cpuOf(media.pid).seconds - before.seconds) / ((performance.now() - began) / 1000);
  const { memoryMB } = cpuOf(media.pid);
  stop.forEach((end) => end());
  await sleep(300);
  const expected = sent.packets * PUPILS;
  seen.counts = false;
  for (const client of clients) client.connection.close();
  await media.close();
  const sorted = seen.latencies.sort((a, b) => a - b);
  const at = (share: number): string => `${(sorted[Math.floor(sorted.length * share)] ?? 0).toFixed(0)} ms`;
  const loss = Math.max(0, 1 - seen.packets / expected);
  return `${`${rooms * PUPILS} (${rooms})`.padEnd(14)}${`${(cpu * 100).toFixed(0)} %`.padStart(14)}${`${(loss * 100).toFixed(1)} %`.padStart(10)}${at(0.5).padStart(10)}${at(0.95).padStart(10)}${`${memoryMB} MB`.padStart(10)}`;
}

/** Sound, fifty packets a second, and 500 kbit/s of picture. @returns what ends it */
function publish(client: Client, onSent: () => void): () => void {
  const sequence = { mic: 0, low: 0 };
  const put = (mid: "mic" | "low", bytes: number, timestamp: number): void => {
    const packet = Buffer.alloc(bytes);
    packet.writeUInt8(0x80, 0);
    packet.writeUInt8(mid === "mic" ? 111 : 96, 1);
    packet.writeUInt16BE(sequence[mid] & 0xffff, 2);
    packet.writeUInt32BE(timestamp >>> 0, 4);
    packet.writeUInt32BE(mid === "mic" ? 11 : 12, 8);
    if (mid === "low") packet.set([0x90, 0xc0, 0x80 | ((sequence.low >> 8) & 0x7f), sequence.low & 0xff, 0, sequence.low % 60 === 0 ? 0 : 1], 12);
    packet.writeDoubleBE(performance.now(), bytes - 8);
    sequence[mid] += 1;
    client.tracks.find((track) => track.mid() === mid)?.sendMessageBinary(packet);
    onSent();
  };
  let tick = 0;
  const timer = setInterval(() => {
    tick += 1;
    put("mic", 80, tick * 960);
    put("low", 1040, tick * 1800);
    if (tick % 4 === 0) put("low", 1040, tick * 1800 + 900);
  }, 20);
  return () => clearInterval(timer);
}

function cpuOf(pid: number | undefined): { seconds: number; memoryMB: number } {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  return { seconds: (Number(fields[11]) + Number(fields[12])) / TICKS, memoryMB: Math.round((Number(fields[21]) * 4096) / 1e6) };
}

/** Everybody comes at once. */
async function storm(): Promise<void> {
  const server = fork(fileURLToPath(new URL("./live-server.ts", import.meta.url)), [String(STORM.classes), String((STORM.classes * STORM.pupils) / 3)], { execArgv: ["--import", import.meta.resolve("tsx")] });
  const { base, cookies, classes } = await new Promise<{ base: string; cookies: string[]; classes: string[] }>((resolve) => server.once("message", (message) => resolve(message as never)));
  const quiet = await pageTimes(base, cookies[0] ?? "", 60);
  const began = performance.now();
  let done = 0;
  const failures: string[] = [];
  const held: Client[] = [];
  const join = async (i: number): Promise<void> => {
    const socket = io(base, { transports: ["websocket"], forceNew: true, extraHeaders: { origin: base, cookie: cookies[i % cookies.length] ?? "" }, timeout: 60_000 });
    try {
      await new Promise<void>((resolve, reject) => {
        socket.once("connect", resolve);
        socket.once("connect_error", reject);
      });
      await ask(socket, "live:enter", { id: classes[i % classes.length], since: 0 });
      const client = await insist(
        async () => (await ask(socket, "live:media-listen", { wish: "auto" })) as unknown as { session: string; offer: string },
        (session, answer) => ask(socket, "live:media-answer", { session, answer: { ...answer, ssrcs: {} } }),
        () => undefined,
      );
      held.push(client);
      done += 1;
    } catch (error) {
      failures.push(error instanceof Error ? error.message : String(error));
    }
  };
  const joins = Promise.all(Array.from({ length: STORM.classes * STORM.pupils }, (_, i) => join(i)));
  const busy: number[] = [];
  let isOver = false;
  void joins.finally(() => (isOver = true));
  while (!isOver) busy.push(...(await pageTimes(base, cookies[0] ?? "", 5)));
  await joins;
  const p95 = (times: number[]): string => `${(times.sort((a, b) => a - b)[Math.floor(times.length * 0.95)] ?? 0).toFixed(0)} ms`;
  const p50 = (times: number[]): string => `${(times.sort((a, b) => a - b)[Math.floor(times.length * 0.5)] ?? 0).toFixed(0)} ms`;
  say(`(connections made anew: ${again})`);
  say(`\njoin storm: ${done} of ${STORM.classes * STORM.pupils} hear after ${((performance.now() - began) / 1000).toFixed(1)} s, ${failures.length} failed ${[...new Set(failures)].slice(0, 3).join("; ")}`);
  say(`a page meanwhile: p50 ${p50(busy)}, p95 ${p95(busy)}; in quiet: p50 ${p50(quiet)}, p95 ${p95(quiet)}`);
  server.kill("SIGKILL");
}

async function ask(socket: Socket, event: string, payload: unknown): Promise<Record<string, unknown>> {
  const answer = (await socket.timeout(60_000).emitWithAck(event, payload)) as Record<string, unknown>;
  if (answer["ok"] !== true) throw new Error(`${event}: ${String(answer["code"])}`);
  return answer;
}

async function pageTimes(base: string, cookie: string, count: number): Promise<number[]> {
  const times: number[] = [];
  for (let i = 0; i < count; i += 1) {
    const began = performance.now();
    await (await fetch(`${base}/live-classes`, { headers: { cookie } })).text();
    times.push(performance.now() - began);
  }
  return times;
}
