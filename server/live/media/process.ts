import { createSocket } from "node:dgram";
import { Tapes } from "../recording/tapes.ts";
import { asked, settings, type Asked, type Said } from "./protocol.ts";
import { MediaRefused, Sfu } from "./sfu.ts";
import { RelayDoor } from "./relay-door.ts";
import { wiresOf } from "./wire.ts";

/**
 * The media process: everything that handles packets, apart from the pages. It knows rooms and sessions by the names it is
 * given, no database and no secret, and ends with the process that started it.
 */
const SOUND_EVERY_MS = 100;

process.on("disconnect", () => process.exit(0));
// Whoever stops the server by Ctrl-C stops the web process, which closes this one after its classes.
process.on("SIGINT", () => undefined);

const sounds = new Map<string, Uint8Array[]>();
const say = (said: Said): void => void process.send?.(said);
const set = settings.parse(JSON.parse(process.argv[2] ?? "{}"));
await ensureFree(set.port);
const sfu = new Sfu(
  wiresOf(set, set.relayPort === undefined ? undefined : await doorAt(set.relayPort, set.port)),
  {
    onMap: (room, slots) => say({ say: "map", room, slots }),
    onGone: (session) => say({ say: "gone", session }),
    onLines: (room, lines) => say({ say: "lines", room, lines }),
    onLevel: (session, level) => say({ say: "level", session, level }),
    onWanted: (session, high) => say({ say: "wanted", session, high }),
    onSound: (room, packet) => void sounds.set(room, [...(sounds.get(room) ?? []), Uint8Array.from(packet)]),
  },
  () => performance.now(),
);

const tapes = new Tapes(sfu, (room, news) => say({ say: "recorded", room, ...news }), () => performance.now());

process.on("message", (message) => {
  const read = asked.safeParse(message);
  if (!read.success) return;
  const { n } = read.data;
  act(read.data).then(
    (result) => say({ say: "done", n, ...result }),
    (error: unknown) => {
      if (!(error instanceof MediaRefused)) process.stderr.write(`media: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
      say({ say: "done", n, refused: error instanceof MediaRefused ? error.code : "invalid" });
    },
  );
});

async function act(ask: Asked): Promise<Omit<Extract<Said, { say: "done" }>, "say" | "n">> {
  switch (ask.ask) {
    case "listen":
      return sfu.listen(ask.room, ask.session, ask.person, ask.wish);
    case "speak":
      return sfu.speak(ask.room, ask.session, ask.person, ask.kinds);
    case "answer":
      sfu.answer(ask.session, ask.answer);
      return {};
    case "sending":
      sfu.sending(ask.session, ask.kinds);
      return {};
    case "wish":
      sfu.wish(ask.session, ask.wish);
      return {};
    case "leave":
      sfu.leave(ask.session);
      return {};
    case "close":
      await tapes.end(ask.room);
      sfu.closeRoom(ask.room);
      return {};
    case "audience":
      sfu.audience(ask.room, ask.on);
      return {};
    case "record":
      await tapes.begin(ask.room, ask.part);
      return {};
    case "voices":
      tapes.voices(ask.room, ask.voices);
      return {};
    case "record_end":
      await tapes.end(ask.room);
      return {};
  }
}

/** The library would say only that it makes no offers. */
async function ensureFree(port: number): Promise<void> {
  const socket = createSocket("udp4");
  const taken = await new Promise<unknown>((resolve) => socket.once("error", resolve).bind(port, () => resolve(undefined)));
  if (taken === undefined) return void (await new Promise<void>((resolve) => socket.close(resolve)));
  process.stderr.write(`media: UDP port ${port} cannot be used (${String(taken)}): each web process of a machine needs a MEDIA_UDP_PORT of its own\n`);
  process.exit(1);
}

/** Without it only those are missing who have no other way. */
async function doorAt(port: number, target: number): Promise<RelayDoor | undefined> {
  return RelayDoor.open(port, target).catch((error: unknown) => {
    process.stderr.write(`media: relays over TCP and TLS do not work, since UDP port ${port} cannot be used (${String(error)})\n`);
    return undefined;
  });
}

setInterval(() => sfu.tick(), 20);
setInterval(() => sfu.second(), 1000);
setInterval(() => tapes.flush(), 500);
setInterval(() => {
  for (const [room, packets] of sounds) say({ say: "sound", room, packets });
  sounds.clear();
}, SOUND_EVERY_MS);
say({ say: "ready" });
