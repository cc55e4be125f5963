/**
 * `npm run bench -- live`: classes of 45 on the embedded media engine, beside the targets.
 *
 * - `forward`: light RTP clients receive a teacher's sound and 500 kbit/s of picture: processor time of the media process,
 *   loss and added latency for more and more classes. At least 450 on one core without loss, p95 at most 20 ms at 300.
 * - `storm`: all 900 pupils of twenty classes come at once, through the room's sockets, while pages are asked for. Within
 *   60 s, without a failure, pages within twice their quiet time.
 * - `chat`: a line in each of the twenty classes at the same moment, again and again, reaches all 45: p95 at most 100 ms.
 *
 * `npm run bench -- live storm chat` measures these parts alone. Each ends after two minutes at the latest. BENCH_ROOMS
 * (`2,7,10`) and BENCH_SECONDS (8) set how many classes and how long. The clients run in this process. All of them take every
 * packet as a browser does (ICE, DTLS, SRTP); five of each class also hand it to JavaScript, where loss and latency are
 * counted: if all did, this process would be full long before the media process.
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
/** So many of a class count what they receive. */
const COUNTING = 5;
const SECONDS = Number(process.env["BENCH_SECONDS"] ?? 8);
const ROOMS = (process.env["BENCH_ROOMS"] ?? "2,7,10").split(",").map(Number);
const STORM = { classes: 20, pupils: 45 };
/** A part that is not over by then is ended. */
const PART_MS = 120_000;
const TARGETS = { subscribersOfCore: 450, p95AtMs: 20, p95At: 300, stormMs: 60_000, pages: 2, chatMs: 100 };
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
const PARTS = { forward: forwardAll, storm, chat } as const;
let again = 0;
const asked = Object.entries(PARTS).filter(([name]) => process.argv.includes(name));
for (const [name, measure] of asked.length > 0 ? asked : Object.entries(PARTS)) {
  const late = sleep(PART_MS).then(() => say(`${name}: not over after ${PART_MS / 1000} s   MISSED`));
  await Promise.race([measure(), late]);
}
process.exit(0);

/** How a figure stands to its target. */
function verdict(isMet: boolean, target: string): string {
  return `target ${target}: ${isMet ? "met" : "MISSED"}`;
}

async function forwardAll(): Promise<void> {
  say(`\n${"subscribers".padEnd(14)}${"CPU of a core".padStart(14)}${"of one core".padStart(14)}${"loss".padStart(10)}${"p50".padStart(10)}${"p95".padStart(10)}${"memory".padStart(10)}`);
  for (const rooms of ROOMS) {
    const seen = await forward(rooms);
    const ofCore = Math.floor(seen.subscribers / seen.cpu);
    const ms = (value: number): string => `${value.toFixed(0)} ms`;
    say(`${`${seen.subscribers} (${rooms})`.padEnd(14)}${`${(seen.cpu * 100).toFixed(0)} %`.padStart(14)}${String(ofCore).padStart(14)}${`${(seen.loss * 100).toFixed(2)} %`.padStart(10)}${ms(seen.p50).padStart(10)}${ms(seen.p95).padStart(10)}${`${seen.memoryMB} MB`.padStart(10)}`);
    if (seen.subscribers >= TARGETS.subscribersOfCore) say(`  ${verdict(ofCore >= TARGETS.subscribersOfCore && seen.loss < 0.00005, `>= ${TARGETS.subscribersOfCore} on one core, 0 % loss`)}`);
    else if (seen.subscribers >= TARGETS.p95At) say(`  ${verdict(seen.p95 <= TARGETS.p95AtMs, `p95 <= ${TARGETS.p95AtMs} ms at ${TARGETS.p95At}`)}`);
  }
}

/**
 * Connects as a page does: what fails is made anew. On one machine a client's greeting can arrive within the microseconds in
 * which the library takes its keys, and is then refused.
 */
async function insist(offer: () => Promise<{ session: string; offer: string }>, answer: (session: string, answer: Answer) => Promise<unknown>, onPacket?: (packet: Buffer) => void): Promise<Client> {
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
async function clientOf(offer: string, onPacket?: (packet: Buffer) => void): Promise<Client> {
  const connection = new library.PeerConnection("client", { iceServers: [], disableAutoNegotiation: true });
  const tracks: Track[] = [];
  connection.onTrack((track) => {
    tracks.push(track);
    if (onPacket) track.onMessage(onPacket);
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
async function forward(rooms: number): Promise<{ subscribers: number; cpu: number; loss: number; p50: number; p95: number; memoryMB: number }> {
  const media = new Embedded({ udpPort: 0, announced: [] }, makeLog("error"));
  const clients: Client[] = [];
  const stop: (() => void)[] = [];
  const seen = { packets: 0, latencies: [] as number[], counts: false };
  const sent = { packets: 0 };
  for (let room = 0; room < rooms; room += 1) {
    let speaking = { session: "", offer: "" };
    const publisher = await insist(
      async () => (speaking = await media.startSpeaking(`room${room}`, { personId: `teacher${room}`, may: ["mic", "camera"] })),
      (session, answer) => media.answer(session, answer),
    );
    await media.sending(speaking.session, ["mic", "camera"]);
    clients.push(publisher);
    const pupils = Array.from({ length: PUPILS }, (_, pupil) =>
      insist(
        () => media.startListening(`room${room}`, `pupil${room}.${pupil}`, "auto"),
        (session, answer) => media.answer(session, answer),
        pupil >= COUNTING ? undefined : (packet) => {
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
  const expected = sent.packets * COUNTING;
  seen.counts = false;
  for (const client of clients) client.connection.close();
  await media.close();
  const loss = Math.max(0, 1 - seen.packets / expected);
  return { subscribers: rooms * PUPILS, cpu, loss, p50: quantile(seen.latencies, 0.5), p95: quantile(seen.latencies, 0.95), memoryMB };
}

function quantile(values: readonly number[], share: number): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length * share)] ?? 0;
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

interface Served {
  base: string;
  seats: { live: string; cookie: string }[];
  stop: () => void;
}

async function serveClasses(): Promise<Served> {
  const server = fork(fileURLToPath(new URL("./live-server.ts", import.meta.url)), [String(STORM.classes), String(STORM.pupils)], { execArgv: ["--import", import.meta.resolve("tsx")] });
  process.once("exit", () => server.kill("SIGKILL"));
  const told = await new Promise<Omit<Served, "stop">>((resolve) => server.once("message", (message) => resolve(message as never)));
  return { ...told, stop: () => void server.kill("SIGKILL") };
}

/** A pupil's page in the room of the class. */
async function enter(base: string, { live, cookie }: Served["seats"][number]): Promise<Socket> {
  const socket = io(base, { transports: ["websocket"], forceNew: true, extraHeaders: { origin: base, cookie }, timeout: 60_000 });
  await new Promise<void>((resolve, reject) => {
    socket.once("connect", resolve);
    socket.once("connect_error", reject);
  });
  await ask(socket, "live:enter", { id: live, since: 0 });
  return socket;
}

/** Everybody comes at once. */
async function storm(): Promise<void> {
  const { base, seats, stop } = await serveClasses();
  const cookie = seats[0]?.cookie ?? "";
  const quiet = await pageTimes(base, cookie, 60);
  const began = performance.now();
  const held: { socket: Socket; client: Client }[] = [];
  const failures: string[] = [];
  again = 0;
  const join = async (seat: Served["seats"][number]): Promise<void> => {
    try {
      const socket = await enter(base, seat);
      const client = await insist(
        async () => (await ask(socket, "live:media-listen", { wish: "auto" })) as unknown as { session: string; offer: string },
        (session, answer) => ask(socket, "live:media-answer", { session, answer: { ...answer, ssrcs: {} } }),
        () => undefined,
      );
      held.push({ socket, client });
    } catch (error) {
      failures.push(error instanceof Error ? error.message : String(error));
    }
  };
  let isOver = false;
  const joins = Promise.all(seats.map(join)).finally(() => (isOver = true));
  const busy: number[] = [];
  while (!isOver) busy.push(...(await pageTimes(base, cookie, 5)));
  await joins;
  const tookMs = performance.now() - began;
  say(`\njoin storm: ${held.length} of ${seats.length} hear after ${(tookMs / 1000).toFixed(1)} s, ${failures.length} failed ${[...new Set(failures)].slice(0, 3).join("; ")} (connections made anew: ${again})`);
  say(`  ${verdict(tookMs <= TARGETS.stormMs && failures.length === 0, `${seats.length} within ${TARGETS.stormMs / 1000} s, none failed`)}`);
  const shown = (times: readonly number[]): string => `p50 ${quantile(times, 0.5).toFixed(0)} ms, p95 ${quantile(times, 0.95).toFixed(0)} ms`;
  say(`a page meanwhile: ${shown(busy)}; in quiet: ${shown(quiet)}`);
  say(`  ${verdict(quantile(busy, 0.5) <= TARGETS.pages * quantile(quiet, 0.5), `p50 within ${TARGETS.pages} times its quiet time`)}`);
  for (const { socket, client } of held) {
    client.connection.close();
    socket.disconnect();
  }
  stop();
}

/** In all classes somebody says something at the same moment. */
async function chat(): Promise<void> {
  const { base, seats, stop } = await serveClasses();
  const sockets: Socket[] = [];
  const at = new Map<string, number>();
  const times: number[] = [];
  for (let i = 0; i < seats.length; i += STORM.classes) {
    sockets.push(...(await Promise.all(seats.slice(i, i + STORM.classes).map((seat) => enter(base, seat)))));
  }
  for (const socket of sockets) socket.on("live:message", ({ text }: { text?: string }) => at.has(text ?? "") && times.push(performance.now() - (at.get(text ?? "") ?? 0)));
  const expected = SECONDS * seats.length;
  for (let second = 0; second < SECONDS; second += 1) {
    const turn = second % STORM.pupils;
    for (const [c, socket] of sockets.slice(turn * STORM.classes, (turn + 1) * STORM.classes).entries()) {
      const text = `Em hiểu rồi ạ ${second} ${c}`;
      at.set(text, performance.now());
      void ask(socket, "live:say", { key: `bench-${second}-${c}-0000`, text }).catch((error: unknown) => say(String(error)));
    }
    await sleep(1000);
  }
  for (let tries = 0; times.length < expected && tries < 100; tries += 1) await sleep(50);
  const p95 = quantile(times, 0.95);
  say(`\nchat in ${STORM.classes} classes at once: ${times.length} of ${expected} arrived, p50 ${quantile(times, 0.5).toFixed(0)} ms, p95 ${p95.toFixed(0)} ms`);
  say(`  ${verdict(p95 <= TARGETS.chatMs && times.length === expected, `all, p95 <= ${TARGETS.chatMs} ms to ${STORM.pupils}`)}`);
  for (const socket of sockets) socket.disconnect();
  stop();
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
