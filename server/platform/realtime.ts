import type { IncomingMessage, Server as HttpServer } from "node:http";
import type { RequestHandler } from "express";
import type { SessionData } from "express-session";
import { Server, type Socket } from "socket.io";
import type { z } from "zod";
import { Bucket } from "./bucket.ts";
import type { Bus } from "./bus.ts";
import { Refusal } from "./errors.ts";
import type { Log } from "./log.ts";
import { hashOf } from "./secrets.ts";
import { isFromHere } from "./web/origin.ts";

const FRAME_BYTES_MAX = 64 * 1024;
/** Messages of any kind from one socket: a burst, then so many a second. */
const ANY = { burst: 60, perSecond: 25 };
/** A socket that was told to slow down this often is closed; each second makes good for one. */
const DROPPED_MAX = 60;
/** Signed out or suspended: the socket is closed within two seconds. */
const SWEEP_MS = 1500;

/** What the sender of a message hears back. `code` is a key of the words for refusals. */
export type Reply = { ok: true; [key: string]: unknown } | { ok: false; code: string };

/** One socket as a feature sees it; who it is was decided by the web session, never by what it sends. */
export interface Peer<Who> {
  readonly id: string;
  /** The person as of this very message. */
  readonly who: Who;
  readonly personId: string;
  /** What the feature remembers of this connection. */
  readonly memory: Map<string, unknown>;
  /** Lets the peer hear a room once its door has let it in; the door is asked again when rights change. */
  join(room: string, door: (who: Who) => Promise<unknown>): Promise<void>;
  leave(room: string): Promise<void>;
  isIn(room: string): boolean;
}

export interface Kind<S extends z.ZodType> {
  schema: S;
  /** How many at once, and how many a second after that. */
  burst: number;
  perSecond: number;
}

export interface RealtimeDeps<Who> {
  session: RequestHandler;
  /** The person behind a session, afresh; undefined where there is none any more or the person is suspended. */
  whoIs(personId: string): Promise<Who | undefined>;
  /** Which of these session hashes still stand. */
  standing(hashes: readonly string[]): Promise<Set<string>>;
  /** Milliseconds by which rates are judged; never goes back. */
  ticks(): number;
  log: Log;
  /** Rooms that reach over several processes. */
  adapter?: Bus["adapter"] | undefined;
}

export interface Realtime<Who> {
  /** Says what a message does. The answer goes back to the sender; a Refusal becomes its code. */
  on<S extends z.ZodType>(event: string, kind: Kind<S>, handle: (peer: Peer<Who>, value: z.infer<S>) => Promise<Omit<Reply & { ok: true }, "ok"> | void>): void;
  /** Called once for each socket that is gone. `lost`: the line broke; otherwise the person left or was sent away. */
  onGone(handle: (peer: Pick<Peer<Who>, "id" | "personId" | "memory">, how: "left" | "lost") => Promise<void>): void;
  toRoom(room: string, event: string, payload: unknown): void;
  toPeer(id: string, event: string, payload: unknown): void;
  /** Takes all sockets that hear `whose` out of another room. */
  takeOut(whose: string, room: string): void;
  /** Rights of the person may have changed: closes their sockets, or takes them out of rooms whose doors refuse now. */
  recheck(personId: string): Promise<void>;
  close(): void;
}

interface Held<Who> {
  personId: string;
  sidHash: string;
  doors: Map<string, (who: Who) => Promise<unknown>>;
  memory: Map<string, unknown>;
  buckets: Map<string, Bucket>;
  /** What was dropped: empty when too much was. */
  patience: Bucket;
}

interface Known {
  schema: z.ZodType;
  burst: number;
  perSecond: number;
  handle: (peer: Peer<never>, value: never) => Promise<object | void>;
}

/**
 * Sockets with the web session. Nobody connects without one, from another site, or stays when it ends; every message has
 * a schema, a size and a rate, and is judged by the rights of that moment. No door, no room.
 */
export function makeRealtime<Who>(server: HttpServer, deps: RealtimeDeps<Who>): Realtime<Who> {
  const io = new Server(server, {
    serveClient: false,
    maxHttpBufferSize: FRAME_BYTES_MAX,
    perMessageDeflate: false,
    httpCompression: false,
    pingInterval: 10_000,
    pingTimeout: 8_000,
    connectTimeout: 8_000,
    allowRequest: (req, done) => done(null, isOwnPage(req)),
    ...(deps.adapter ? { adapter: deps.adapter } : {}),
  });
  const kinds = new Map<string, Known>();
  const gone: Gone<Who>[] = [];
  let closing = false;
  io.engine.use(deps.session);
  io.use((socket, next) => {
    admit(socket, deps).then(
      () => next(),
      (error: unknown) => next(error instanceof Refusal ? new Error(error.key) : new Error("unexpected")),
    );
  });
  io.on("connection", (socket) => listen(socket, kinds, (peer, how) => (closing ? Promise.resolve() : each(deps.log, gone, peer, how)), deps));
  const sweep = setInterval(() => void closeEnded(io, deps).catch((error: unknown) => deps.log.error({ error: String(error) }, "socket sweep failed")), SWEEP_MS);
  sweep.unref();
  return {
    on: (event, kind, handle) => void kinds.set(event, { ...kind, handle: handle as Known["handle"] }),
    onGone: (handle) => void gone.push(handle),
    toRoom: (room, event, payload) => void io.to(room).emit(event, payload),
    toPeer: (id, event, payload) => void io.to(id).emit(event, payload),
    takeOut: (whose, room) => io.in(whose).socketsLeave(room),
    recheck: (personId) => recheck(io, deps, personId),
    close() {
      // Nobody left: browsers come back to the next process, and what was true stays true for its time to live.
      closing = true;
      clearInterval(sweep);
      io.engine.close();
    },
  };
}

type Gone<Who> = Parameters<Realtime<Who>["onGone"]>[0];

/** What one feature fails at is no reason for the next to keep what it holds. */
async function each<Who>(log: Log, handlers: readonly Gone<Who>[], ...gone: Parameters<Gone<Who>>): Promise<void> {
  for (const handle of handlers) {
    await handle(...gone).catch((error: unknown) => log.error({ error: String(error) }, "a socket's end was not noted"));
  }
}

/** A page of another site makes the browser say so. A plain GET without either header cannot be read by another site. */
function isOwnPage(req: IncomingMessage): boolean {
  const { origin, "sec-fetch-site": site, upgrade } = req.headers;
  if (origin === undefined && site === undefined && upgrade === undefined && req.method === "GET") return true;
  return isFromHere(req.headers, req.headers.host);
}

function heldOf<Who>(socket: Socket): Held<Who> {
  return socket.data as Held<Who>;
}

async function admit<Who>(socket: Socket, deps: RealtimeDeps<Who>): Promise<void> {
  const request = socket.request as IncomingMessage & { session?: SessionData; sessionID?: string };
  const personId = request.session?.passport?.user;
  if (personId === undefined || request.sessionID === undefined) throw new Refusal(401, "not_signed_in");
  if ((await deps.whoIs(personId)) === undefined) throw new Refusal(401, "not_signed_in");
  const held: Held<Who> = { personId, sidHash: hashOf(request.sessionID), doors: new Map(), memory: new Map(), buckets: new Map(), patience: new Bucket(DROPPED_MAX, 1, deps.ticks()) };
  Object.assign(socket.data, held);
}

function listen<Who>(socket: Socket, kinds: ReadonlyMap<string, Known>, gone: Gone<Who>, deps: RealtimeDeps<Who>): void {
  const held = heldOf<Who>(socket);
  let turn: Promise<void> = Promise.resolve();
  socket.onAny((event: string, ...sent: unknown[]) => {
    const last = sent.at(-1);
    const say = typeof last === "function" ? (reply: Reply) => void (last as (reply: Reply) => void)(reply) : () => undefined;
    const kind = kinds.get(event);
    if (!kind || !allows(held, "any", ANY, deps.ticks()) || !allows(held, event, kind, deps.ticks())) return slowDown(socket, held, kind ? "too_many" : "invalid", say, deps.ticks());
    // One message of a socket after the other: an order that a person gave is the order in which it happens.
    turn = turn.then(async () => {
      const { reply, over } = await answer(socket, kind, sent[0], deps);
      say(reply);
      if (over) socket.disconnect(true);
    });
  });
  socket.on("disconnect", (reason) => {
    const how = reason.includes("namespace") ? "left" : "lost";
    turn = turn.then(() => gone({ id: socket.id, personId: held.personId, memory: held.memory }, how));
    turn.catch((error: unknown) => deps.log.error({ error: String(error) }, "a socket's end was not noted"));
  });
}

/** `over`: the person has no business here any more, and the socket is closed. */
async function answer<Who>(socket: Socket, kind: Known, sent: unknown, deps: RealtimeDeps<Who>): Promise<{ reply: Reply; over: boolean }> {
  const held = heldOf<Who>(socket);
  const read = kind.schema.safeParse(sent);
  if (!read.success) return { reply: { ok: false, code: "invalid" }, over: false };
  try {
    const who = (await deps.standing([held.sidHash])).has(held.sidHash) ? await deps.whoIs(held.personId) : undefined;
    if (who === undefined) return { reply: { ok: false, code: "not_signed_in" }, over: true };
    try {
      const result = await kind.handle(peerOf(socket, who) as Peer<never>, read.data as never);
      return { reply: { ok: true, ...result }, over: false };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return { reply: { ok: false, code: error.key }, over: !(await stillAllowed(held, who)) };
    }
  } catch (error) {
    deps.log.error({ error: error instanceof Error ? error.stack : String(error) }, "socket message failed");
    return { reply: { ok: false, code: "unexpected" }, over: false };
  }
}

function peerOf<Who>(socket: Socket, who: Who): Peer<Who> {
  const held = heldOf<Who>(socket);
  return {
    id: socket.id,
    who,
    personId: held.personId,
    memory: held.memory,
    async join(room, door) {
      await door(who);
      held.doors.set(room, door);
      await socket.join(room);
    },
    async leave(room) {
      held.doors.delete(room);
      await socket.leave(room);
    },
    isIn: (room) => socket.rooms.has(room),
  };
}

function allows(held: Pick<Held<unknown>, "buckets">, name: string, rate: { burst: number; perSecond: number }, at: number): boolean {
  const bucket = held.buckets.get(name) ?? new Bucket(rate.burst, rate.perSecond, at);
  held.buckets.set(name, bucket);
  return bucket.take(1, at);
}

function slowDown(socket: Socket, held: Pick<Held<unknown>, "patience">, code: string, say: (reply: Reply) => void, at: number): void {
  if (held.patience.take(1, at)) say({ ok: false, code });
  else socket.disconnect(true);
}

async function closeEnded<Who>(io: Server, deps: RealtimeDeps<Who>): Promise<void> {
  const sockets = [...io.of("/").sockets.values()];
  if (sockets.length === 0) return;
  const standing = await deps.standing([...new Set(sockets.map((socket) => heldOf(socket).sidHash))]);
  for (const socket of sockets) if (!standing.has(heldOf(socket).sidHash)) socket.disconnect(true);
}

async function recheck<Who>(io: Server, deps: RealtimeDeps<Who>, personId: string): Promise<void> {
  const sockets = [...io.of("/").sockets.values()].filter((socket) => heldOf(socket).personId === personId);
  if (sockets.length === 0) return;
  const who = await deps.whoIs(personId);
  const standing = await deps.standing(sockets.map((socket) => heldOf(socket).sidHash));
  for (const socket of sockets) {
    if (who === undefined || !standing.has(heldOf(socket).sidHash) || !(await stillAllowed(heldOf<Who>(socket), who))) socket.disconnect(true);
  }
}

/** Whether every room's door would still open. */
async function stillAllowed<Who>(held: Held<Who>, who: Who): Promise<boolean> {
  for (const door of held.doors.values()) {
    try {
      await door(who);
    } catch (error) {
      if (error instanceof Refusal) return false;
      throw error;
    }
  }
  return true;
}
