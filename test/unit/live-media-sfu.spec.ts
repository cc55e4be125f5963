import { expect } from "chai";
import { Embedded } from "../../server/live/media/embedded.ts";
import type { MediaEvent, MediaEngine } from "../../server/live/media/engine.ts";
import { SoundLinks, type Reader } from "../../server/live/media/links.ts";
import type { Answer, Tape, Told, WireEvents, WireLine } from "../../server/live/media/parts.ts";
import { writeReports, writeSender } from "../../server/live/media/rtp.ts";
import { Sfu } from "../../server/live/media/sfu.ts";
import { conflict, Refusal } from "../../server/platform/errors.ts";
import { makeLog } from "../../server/platform/log.ts";

const ANSWER: Answer = { ufrag: "", pwd: "", fingerprint: "", ssrcs: {} };

interface Made {
  lines: readonly WireLine[];
  events: WireEvents;
  sent: { mid: string; packet: Buffer }[];
  isClosed: boolean;
}

/** Rooms whose connections are ready when the test says so, on a clock that the test turns. */
function rooms() {
  const time = { at: 0 };
  const wires: Made[] = [];
  const gone: string[] = [];
  const maps: string[] = [];
  const slow: { on: boolean; go: (() => void)[]; fails: boolean } = { on: false, go: [], fails: false };
  const told: Told = { onMap: (room) => maps.push(room), onGone: (session) => gone.push(session), onLines: () => undefined, onLevel: () => undefined, onWanted: () => undefined, onSound: () => undefined };
  const sfu = new Sfu(
    async (lines, events) => {
      const made: Made = { lines, events, sent: [], isClosed: false };
      wires.push(made);
      if (slow.on) await new Promise<void>((resolve) => slow.go.push(resolve));
      if (slow.fails) throw new Error("no offer was made");
      return { wire: { accept: () => undefined, send: (mid, packet) => void made.sent.push({ mid, packet: Buffer.from(packet) }), close: () => void (made.isClosed = true) }, offer: "" };
    },
    told,
    () => time.at,
  );
  const ready = async (): Promise<void> => {
    slow.on = false;
    for (const go of slow.go.splice(0)) go();
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { sfu, time, wires, gone, slow, ready };
}

/** A packet of Opus, twenty milliseconds each. */
function opus(sequence: number, ssrc: number): Buffer {
  const packet = Buffer.alloc(40);
  packet.writeUInt8(0x80, 0);
  packet.writeUInt8(111, 1);
  packet.writeUInt16BE(sequence, 2);
  packet.writeUInt32BE(sequence * 960, 4);
  packet.writeUInt32BE(ssrc, 8);
  return packet;
}

/** A whole picture of VP8 in one packet. */
function vp8(sequence: number, ssrc: number): Buffer {
  const packet = opus(sequence, ssrc);
  packet.writeUInt8(0x80 | 96, 1);
  packet.writeUInt8(0x10, 12);
  return packet;
}

const media = (made: Made | undefined): number => made?.sent.filter(({ packet }) => ((packet[1] ?? 0) & 0x7f) === 111).length ?? -1;
const senders = (made: Made | undefined): number => made?.sent.filter(({ packet }) => packet[1] === 200).length ?? -1;
const refused = async (asked: Promise<unknown>): Promise<string> => asked.then(() => "", (error: unknown) => (error instanceof Error ? error.message : String(error)));

describe("a room of the media process", () => {
  it("is the same for whoever comes in while the last one leaves", async () => {
    const { sfu, wires, slow, ready } = rooms();
    await sfu.listen("r", "first", "an", "auto");
    slow.on = true;
    const coming = sfu.listen("r", "second", "minh", "auto");
    sfu.leave("first");
    await ready();
    await coming;
    await sfu.speak("r", "voice", "huong", ["mic"]);
    sfu.sending("voice", ["mic"]);
    for (let i = 0; i < 3; i += 1) wires[2]?.events.onPacket("mic", opus(i, 7));
    expect(media(wires[1])).to.equal(3);
    sfu.closeRoom("r");
    expect(wires.map((made) => made.isClosed)).to.deep.equal([true, true, true]);
  });

  it("is the same for a speaker who connects anew and was alone", async () => {
    const { sfu, wires } = rooms();
    await sfu.speak("r", "first", "huong", ["mic"]);
    await sfu.speak("r", "second", "huong", ["mic"]);
    expect(wires[0]?.isClosed).to.equal(true);
    sfu.sending("second", ["mic"]);
    expect((await sfu.listen("r", "ear", "minh", "auto")).slots.map((slot) => slot.person)).to.deep.equal(["huong"]);
    wires[1]?.events.onPacket("mic", opus(1, 7));
    expect(media(wires[2])).to.equal(1);
  });

  it("keeps nothing of whoever was sent away, or failed, while their connection was made", async () => {
    const { sfu, wires, slow, ready } = rooms();
    slow.on = true;
    const [left, closed] = [refused(sfu.listen("r", "left", "an", "auto")), refused(sfu.speak("r", "closed", "huong", ["mic"]))];
    sfu.leave("left");
    sfu.closeRoom("r");
    await ready();
    expect([await left, await closed]).to.deep.equal(["media_gone", "media_gone"]);
    expect(wires.map((made) => made.isClosed)).to.deep.equal([true, true]);
    slow.fails = true;
    expect(await refused(sfu.listen("r", "failed", "an", "auto"))).to.equal("no offer was made");
    expect(sfu.leave("failed")).to.equal(false);
  });

  it("lets a group hear itself and whoever teaches the whole class, and nobody else hear the group", async () => {
    const { sfu, wires, gone } = rooms();
    for (const [room, person] of [["r", "chi"], ["r.1", "an"], ["r.2", "minh"]] as const) await sfu.listen(room, `ear ${person}`, person, "auto");
    const speaks = async (room: string, person: string, kinds: Parameters<Sfu["speak"]>[3]): Promise<Made | undefined> => {
      await sfu.speak(room, `${room} ${person}`, person, kinds);
      sfu.sending(`${room} ${person}`, ["mic"]);
      return wires.at(-1);
    };
    const hears = (): number[] => wires.slice(0, 3).map(media);
    const teacher = await speaks("r", "huong", ["mic", "camera", "screen"]);
    for (const [room, person] of [["r", "chi"], ["r.1", "an2"], ["r.1", "an3"]] as const) (await speaks(room, person, ["mic", "camera"]))?.events.onPacket("mic", opus(1, 8));
    expect(hears()).to.deep.equal([0, 2, 0]); // a pupil does not hear themselves
    teacher?.events.onPacket("mic", opus(1, 7));
    expect(hears()).to.deep.equal([1, 3, 1]);
    sfu.leave("r huong");
    (await speaks("r.2", "huong", ["mic", "camera", "screen"]))?.events.onPacket("mic", opus(1, 9));
    expect(hears()).to.deep.equal([1, 3, 2]);
    sfu.closeRoom("r.2");
    expect(gone).to.have.members(["ear minh", "r.2 huong"]);
    sfu.closeRoom("r");
    expect(wires.every((made) => made.isClosed)).to.equal(true);
  });

  it("gives the line of a group to a teacher of the whole class, where none is left", async () => {
    const { sfu, wires } = rooms();
    await sfu.listen("r.1", "ear", "an", "auto");
    for (let i = 0; i < 6; i += 1) {
      await sfu.speak("r.1", `g${i}`, `pupil ${i}`, ["mic"]);
      sfu.sending(`g${i}`, ["mic"]);
    }
    await sfu.speak("r", "voice", "huong", ["mic", "camera", "screen"]);
    sfu.sending("voice", ["mic"]);
    wires.at(-1)?.events.onPacket("mic", opus(1, 7));
    expect(media(wires[0])).to.equal(1);
    sfu.leave("voice");
    expect((await sfu.listen("r.1", "later", "binh", "auto")).slots.length).to.equal(6);
  });

  it("gives a recording what teachers send, and of pupils only the voices that may be on it", async () => {
    const { sfu, wires } = rooms();
    const taken: string[] = [];
    const named = new Map<object, string>();
    const tape: Tape = {
      voices: new Set(["minh"]),
      needsKey: false,
      want: (picture) => void (picture && named.set(picture, "wanted")),
      sound: (source, rtp) => void taken.push(`sound ${rtp.ssrc} ${named.has(source)}`),
      picture: (source, rtp) => void taken.push(`picture ${rtp.ssrc} ${named.has(source)}`),
      forget: () => undefined,
    };
    sfu.tape("r", tape);
    for (const [i, [person, kinds]] of ([["huong", ["mic", "camera", "screen"]], ["minh", ["mic", "camera"]], ["an", ["mic", "camera"]]] as const).entries()) {
      await sfu.speak("r", person, person, kinds);
      sfu.sending(person, ["mic", "camera"]);
      wires[i]?.events.onPacket("mic", opus(1, 10 + i));
      wires[i]?.events.onPacket("low", vp8(1, 20 + i));
    }
    sfu.second();
    expect(taken).to.deep.equal(["sound 10 false", "picture 20 true", "sound 11 false"]);
    sfu.tape("r", undefined);
    wires[0]?.events.onPacket("mic", opus(2, 10));
    expect(taken.length).to.equal(3);
  });

  it("leaves four connections to one person, the newest, and all of theirs to the others", async () => {
    const { sfu, wires, gone } = rooms();
    await sfu.listen("r", "other", "an", "auto");
    for (let i = 0; i < 10; i += 1) await sfu.listen(`r${i % 3}`, `own${i}`, "minh", "auto");
    expect(gone).to.deep.equal(["own0", "own1", "own2", "own3", "own4", "own5"]);
    expect(wires.map((made) => made.isClosed)).to.deep.equal([false, ...Array.from({ length: 10 }, (_, i) => i < 6)]);
  });

  it("ends an offer that no browser answers, and no other", async () => {
    const { sfu, time, gone } = rooms();
    await sfu.listen("r", "answered", "an", "auto");
    sfu.answer("answered", ANSWER);
    await sfu.listen("r", "silent", "minh", "auto");
    await sfu.speak("r", "mute", "huong", ["mic"]);
    time.at = 19_000;
    sfu.second();
    expect(gone).to.deep.equal([]);
    time.at = 20_000;
    sfu.second();
    expect(gone).to.have.members(["silent", "mute"]);
  });

  it("passes a sender's report on once, however many come, and counts each packet", async () => {
    const { sfu, time, wires } = rooms();
    await sfu.speak("r", "voice", "huong", ["mic"]);
    sfu.sending("voice", ["mic"]);
    await sfu.listen("r", "ear", "minh", "auto");
    const [voice, ear] = wires;
    voice?.events.onPacket("mic", opus(1, 7));
    const report = writeSender(7, { ntpHigh: 1, ntpLow: 2, rtpTime: 3 }, { packets: 1, bytes: 28 });
    time.at = 1000;
    voice?.events.onPacket("mic", Buffer.concat(Array.from({ length: 50 }, () => report)));
    expect(senders(ear)).to.equal(1);
    time.at = 1300;
    voice?.events.onPacket("mic", report);
    expect(senders(ear)).to.equal(2);
    // A flood of the smallest packets uses up what a publisher may send.
    for (let i = 0; i < 10_000; i += 1) voice?.events.onPacket("mic", writeReports(7, []));
    voice?.events.onPacket("mic", opus(2, 7));
    expect(media(ear)).to.equal(1);
    time.at = 3000;
    voice?.events.onPacket("mic", opus(3, 7));
    expect(media(ear)).to.equal(2);
  });
});

describe("a media process that cannot be started", () => {
  it("is said at once, each time, and is begun as soon as it can be", async () => {
    const engine = new Embedded({ udpPort: 0, announced: ["127.0.0.1"] }, makeLog("silent"));
    const program = process.execPath;
    try {
      process.execPath = "/nowhere/node";
      for (let i = 0; i < 2; i += 1) expect(await refused(engine.startListening("r", "minh", "auto"))).to.contain("media_down");
      expect(await refused(engine.startListening("r", "minh", "auto"))).to.contain("media_down");
      process.execPath = program;
      await engine.startListening("r", "minh", "auto");
      expect((await engine.startListening("r", "minh", "auto")).offer).to.contain("m=audio");
    } finally {
      process.execPath = program;
      await engine.close();
    }
  });
});

describe("readers of the sound", () => {
  const reader = (): Reader & { parts: number } => ({ parts: 0, writableLength: 0, write: function () { this.parts += 1; }, destroy: () => undefined });
  function engine(audience: (on: boolean) => Promise<void>) {
    const asked: boolean[] = [];
    const listen = (_: (event: MediaEvent) => void): void => undefined;
    return { asked, media: { listen, audience: (_: string, on: boolean) => (asked.push(on), audience(on)) } as unknown as MediaEngine };
  }

  it("who go before the sound begins are not kept, nor written to", async () => {
    let begin = (): void => undefined;
    const { media: its, asked } = engine((on) => (on ? new Promise((resolve) => (begin = resolve)) : Promise.resolve()));
    const links = new SoundLinks(its);
    const gone = reader();
    const coming = links.add("r", gone);
    await links.remove("r", gone);
    begin();
    await coming;
    links.begin("r", gone);
    links.flush();
    expect(gone.parts).to.equal(0);
    expect(asked).to.deep.equal([true, false]);
  });

  it("are told where there is no sound, have no place then, and may come again", async () => {
    let isDown = true;
    const { media: its, asked } = engine((on) => (on && isDown ? Promise.reject(conflict("media_down")) : Promise.resolve()));
    const links = new SoundLinks(its);
    const one = reader();
    const error: unknown = await links.add("r", one).catch((thrown: unknown) => thrown);
    expect(error).to.be.instanceOf(Refusal);
    expect(one.parts).to.equal(0); // so that the answer can still be a refusal
    isDown = false;
    expect(await links.add("r", one)).to.equal(true);
    links.begin("r", one);
    expect(one.parts).to.equal(2);
    await links.remove("r", one);
    expect(asked).to.deep.equal([true, false, true, false]);
  });
});
