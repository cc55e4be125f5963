import { fork, type ChildProcess } from "node:child_process";
import { createSocket } from "node:dgram";
import { fileURLToPath } from "node:url";
import { conflict, invalid, Refusal } from "../../platform/errors.ts";
import { newId } from "../../platform/ids.ts";
import type { Log } from "../../platform/log.ts";
import type { MediaEngine, MediaEvent, MediaRecording, Seat } from "./engine.ts";
import { said, type Asked, type Said } from "./protocol.ts";
import type { Wish } from "./rules.ts";
import type { Answer, Kind, Slot } from "./parts.ts";

export interface EmbeddedSettings {
  /** The UDP port of all sound and picture; 0 takes a free one. */
  udpPort: number;
  announced: readonly string[];
  /** Relays are set, for which the next port is used too. */
  turn?: { urls: readonly string[] };
}

const PROGRAM = fileURLToPath(new URL("./process.ts", import.meta.url));
const LOADER = import.meta.resolve("tsx");
const ANSWER_MS = 5_000;
/** A process that is not ready by then is ended; a busy machine needs some seconds. */
const READY_MS = 15_000;
/** A process that ends so soon after it began waits longer each time before the next. */
const SOON_MS = 10_000;
const WAIT_MAX_MS = 10_000;

type Done = Extract<Said, { say: "done" }>;
interface Session {
  room: string;
  personId: string;
  speaks: boolean;
}
type Recorded = Extract<MediaEvent, { kind: "recorded" }>;
type WithoutNumber<T> = T extends unknown ? Omit<T, "n"> : never;

/**
 * The embedded engine: a process of its own for packets, begun with the first class and begun again when it dies. Whatever
 * was connected then is told so, and its browser connects anew.
 */
export class Embedded implements MediaEngine {
  private child: ChildProcess | undefined;
  private ready: Promise<void> | undefined;
  private isClosed = false;
  private failures = 0;
  private numbers = 0;
  private port: number | undefined;
  private relayPort: number | undefined;
  private readonly waiting = new Map<number, { done(reply: Done): void; fail(error: Error): void }>();
  private readonly sessions = new Map<string, Session>();
  private readonly slots = new Map<string, Slot[]>();
  private readonly audiences = new Set<string>();
  /** Rooms that are being recorded, and how far. */
  private readonly recorded = new Map<string, Recorded>();
  private readonly heard: ((event: MediaEvent) => void)[] = [];

  private readonly settings: EmbeddedSettings;
  private readonly log: Log;

  constructor(settings: EmbeddedSettings, log: Log) {
    this.settings = settings;
    this.log = log;
  }

  /** The media process, while it runs. */
  get pid(): number | undefined {
    return this.child?.pid;
  }

  listen(hear: (event: MediaEvent) => void): void {
    this.heard.push(hear);
  }

  async closeRoom(room: string): Promise<void> {
    if (this.child) await this.ask({ ask: "close", room });
    for (const known of this.slots.keys()) if (known === room || known.startsWith(`${room}.`)) this.slots.delete(known);
  }

  async silence(room: string, personId: string): Promise<void> {
    for (const [id, session] of this.sessions) {
      if (session.room !== room || session.personId !== personId || !session.speaks) continue;
      await this.leave(id);
      this.tell({ kind: "gone", session: id });
    }
  }

  slotsOf(room: string): Promise<Slot[]> {
    return Promise.resolve(this.slots.get(room) ?? []);
  }

  async startListening(room: string, personId: string, wish: Wish): Promise<{ session: string; offer: string; slots: Slot[] }> {
    const session = newId();
    const { offer, slots } = await this.start({ room, personId, speaks: false }, { ask: "listen", room, session, person: personId, wish });
    return { session, offer: offer ?? "", slots: slots ?? [] };
  }

  async startSpeaking(room: string, seat: Seat): Promise<{ session: string; offer: string }> {
    const session = newId();
    const { offer } = await this.start({ room, personId: seat.personId, speaks: true }, { ask: "speak", room, session, person: seat.personId, kinds: [...seat.may] });
    return { session, offer: offer ?? "" };
  }

  /** Known from when it is asked for, so that it can be ended meanwhile; what failed here is not kept there either. */
  private async start(of: Session, asking: Extract<WithoutNumber<Asked>, { ask: "listen" | "speak" }>): Promise<Done> {
    this.sessions.set(asking.session, of);
    try {
      const done = await this.ask(asking);
      if (!this.sessions.has(asking.session)) throw conflict("media_gone");
      return done;
    } catch (error) {
      void this.leave(asking.session).catch(() => undefined);
      throw error;
    }
  }

  async answer(session: string, answer: Answer): Promise<void> {
    await this.ask({ ask: "answer", session, answer });
  }

  async sending(session: string, kinds: readonly Kind[]): Promise<void> {
    await this.ask({ ask: "sending", session, kinds: [...kinds] });
  }

  async wish(session: string, wish: Wish): Promise<void> {
    await this.ask({ ask: "wish", session, wish });
  }

  async leave(session: string): Promise<void> {
    if (!this.sessions.delete(session) || !this.child) return;
    await this.ask({ ask: "leave", session });
  }

  async audience(room: string, on: boolean): Promise<void> {
    if (on) this.audiences.add(room);
    else this.audiences.delete(room);
    if (on || this.child) await this.ask({ ask: "audience", room, on });
  }

  readonly recording: MediaRecording = {
    begin: async (room, part) => {
      await this.ask({ ask: "record", room, part });
      this.recorded.set(room, { kind: "recorded", room, file: part.file, bytes: 0, lengthMs: 0, isOver: false, problem: undefined });
    },
    voices: async (room, voices) => {
      if (this.child) await this.ask({ ask: "voices", room, voices: [...voices] });
    },
    end: async (room) => {
      if (this.child) await this.ask({ ask: "record_end", room });
    },
  };

  async close(): Promise<void> {
    this.sessions.clear();
    for (const room of this.recorded.keys()) await this.recording.end(room).catch(() => undefined); // what was written until then stays
    this.isClosed = true;
    this.child?.kill("SIGKILL"); // it holds nothing more that could be lost
    await this.ready?.catch(() => undefined);
  }

  private async ask(asking: WithoutNumber<Asked>): Promise<Done> {
    await this.running();
    const n = (this.numbers += 1);
    const reply = await new Promise<Done>((done, fail) => {
      const timer = setTimeout(() => fail(conflict("media_down")), ANSWER_MS);
      const end = (): void => {
        clearTimeout(timer);
        this.waiting.delete(n);
      };
      this.waiting.set(n, {
        done: (said) => (end(), done(said)),
        fail: (error) => (end(), fail(error)),
      });
      this.child?.send({ ...asking, n }, (error) => error && this.waiting.get(n)?.fail(conflict("media_down")));
    });
    if (reply.refused === "invalid") throw invalid();
    if (reply.refused !== undefined) throw conflict(reply.refused);
    return reply;
  }

  private running(): Promise<void> {
    if (this.isClosed) return Promise.reject(conflict("media_down"));
    if (this.ready) return this.ready;
    const ready = this.begin().catch((error: unknown) => {
      if (this.ready === ready) this.ready = undefined; // whoever asks next tries again
      if (error instanceof Refusal) throw error;
      this.log.error({ error: String(error) }, "the media process cannot be started");
      throw conflict("media_down");
    });
    this.ready = ready;
    return ready;
  }

  private async begin(): Promise<void> {
    this.port ??= this.settings.udpPort === 0 ? await freePort() : this.settings.udpPort;
    const relays = (this.settings.turn?.urls.length ?? 0) > 0;
    this.relayPort ??= !relays ? undefined : this.settings.udpPort === 0 ? await freePort() : this.port + 1;
    const began = performance.now();
    const { PATH, HOME, TMPDIR } = process.env;
    const child = fork(PROGRAM, [JSON.stringify({ port: this.port, relayPort: this.relayPort, announced: this.settings.announced })], {
      execArgv: ["--import", LOADER],
      serialization: "advanced",
      env: { PATH, HOME, TMPDIR }, // no secret of the web process
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    this.child = child;
    await new Promise<void>((resolve, reject) => {
      child.on("message", (message) => {
        const read = said.safeParse(message);
        if (!read.success) return this.log.error({ issue: read.error.issues[0]?.message }, "the media process said something else");
        if (read.data.say !== "ready") return this.hear(read.data);
        clearTimeout(late);
        resolve();
      });
      const over = (how: string): void => {
        clearTimeout(late);
        reject(conflict("media_down"));
        this.ended(child, began, how);
      };
      const late = setTimeout(() => {
        child.kill("SIGKILL");
        over("not ready in time");
      }, READY_MS);
      child.on("error", (error) => {
        this.log.error({ error: error.message }, "the media process failed");
        if (child.pid === undefined) over("not started"); // and no exit is told
      });
      child.once("exit", (code, signal) => over(`${signal ?? code}`));
      if (this.isClosed) child.kill("SIGKILL");
    });
    for (const room of this.audiences) void this.ask({ ask: "audience", room, on: true }).catch(() => undefined);
  }

  /** Whoever was connected is told when there is something to connect to again. */
  private ended(child: ChildProcess, began: number, how: string): void {
    if (this.child !== child) return;
    this.child = undefined;
    this.ready = undefined;
    for (const waiting of [...this.waiting.values()]) waiting.fail(conflict("media_down"));
    const lost = [...this.sessions.keys()];
    this.sessions.clear();
    this.slots.clear();
    for (const was of this.recorded.values()) this.tell({ ...was, isOver: true, problem: "lost" });
    this.recorded.clear();
    if (this.isClosed) return;
    this.failures = performance.now() - began < SOON_MS ? this.failures + 1 : 0;
    const waitMs = this.failures === 0 ? 0 : Math.min(WAIT_MAX_MS, 250 * 2 ** this.failures);
    this.log.error({ how, lost: lost.length, waitMs }, "the media process ended and is begun again");
    const again = setTimeout(() => {
      const tell = (): void => lost.forEach((session) => this.tell({ kind: "gone", session }));
      this.running().then(tell, tell);
    }, waitMs);
    again.unref();
  }

  private hear(news: Exclude<Said, { say: "ready" }>): void {
    switch (news.say) {
      case "done":
        return this.waiting.get(news.n)?.done(news);
      case "map":
        this.slots.set(news.room, news.slots);
        return this.tell({ kind: "map", room: news.room, slots: news.slots });
      case "gone":
        this.sessions.delete(news.session);
        return this.tell({ kind: "gone", session: news.session });
      case "lines":
        return this.tell({ kind: "lines", room: news.room, lines: news.lines });
      case "level":
        return this.tell({ kind: "level", session: news.session, level: news.level });
      case "wanted":
        return this.tell({ kind: "wanted", session: news.session, high: news.high });
      case "sound":
        return this.tell({ kind: "sound", room: news.room, packets: news.packets });
      case "recorded":
        return this.hearRecorded({ kind: "recorded", room: news.room, file: news.file, bytes: news.bytes, lengthMs: news.lengthMs, isOver: news.isOver, problem: news.problem });
    }
  }

  private hearRecorded(news: Recorded): void {
    if (news.isOver) this.recorded.delete(news.room);
    else this.recorded.set(news.room, news);
    this.tell(news);
  }

  private tell(event: MediaEvent): void {
    for (const hear of this.heard) hear(event);
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = createSocket("udp4");
    socket.once("error", reject);
    socket.bind(0, () => {
      const { port } = socket.address();
      socket.close(() => resolve(port));
    });
  });
}
