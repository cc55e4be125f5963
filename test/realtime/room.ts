import { io, type Socket } from "socket.io-client";
import type { Client } from "../support/client.ts";
import type { Running } from "../support/app.ts";
import { newId } from "../../server/platform/ids.ts";
import { NOW, W } from "../support/world.ts";

export interface Answered {
  ok: boolean;
  code?: string;
  state?: string;
  seq?: number;
  slide?: number;
  hands?: { id: string; name: string }[];
  people?: { id: string; name: string; state: string; role: string }[];
  messages?: { seq: number; name: string; person: string; text?: string; removed?: boolean }[];
}

const opened: Socket[] = [];

/** A browser's socket: the cookie of a signed-in person, and the Origin that a browser sends. */
export function connect(app: { base: string }, client: Client | undefined, headers: Record<string, string> = {}): Socket {
  const socket = io(app.base, {
    transports: ["websocket"],
    forceNew: true,
    reconnectionDelay: 50,
    reconnectionDelayMax: 100,
    extraHeaders: { origin: app.base, ...(client ? { cookie: client.cookie } : {}), ...headers },
  });
  opened.push(socket);
  return socket;
}

export function closeAll(): void {
  for (const socket of opened.splice(0)) socket.disconnect();
}

export async function connected(app: { base: string }, client: Client, headers: Record<string, string> = {}): Promise<Socket> {
  const socket = connect(app, client, headers);
  await heard(socket, "connect");
  return socket;
}

export async function ask(socket: Socket, event: string, payload: unknown = {}): Promise<Answered> {
  return (await socket.timeout(5000).emitWithAck(event, payload)) as Answered;
}

/** Waits for an event whose payload fits. */
export function heard<T = unknown>(socket: Socket, event: string, fits: (payload: T) => boolean = () => true): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no ${event} was heard`)), 5000);
    const hear = (payload: T): void => {
      if (!fits(payload)) return;
      clearTimeout(timer);
      socket.off(event, hear);
      resolve(payload);
    };
    socket.on(event, hear);
  });
}

/** A live class of Toán 6A, lesson 1, that cô Hương started just now. */
export async function liveClass(app: Running, change: { state?: string; courses?: readonly string[] } = {}): Promise<string> {
  const id = newId();
  const state = change.state ?? "open";
  await app.db("live_classes").insert({
    id,
    school_id: W.tranPhu,
    teacher_id: W.huong,
    title: "Tập hợp",
    starts_at: NOW,
    length_minutes: 45,
    state,
    opened_at: state === "scheduled" ? null : app.time.now,
    created_at: NOW,
  });
  for (const course of change.courses ?? [W.toan6A]) {
    await app.db("live_class_periods").insert({ live_class_id: id, course_id: course, plan_lesson_id: W.toanLesson(1), period_number: 1 });
  }
  return id;
}
