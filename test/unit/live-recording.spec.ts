import { execFile } from "node:child_process";
import { mkdtemp, rm, stat, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { expect } from "chai";
import fc from "fast-check";
import type { Block } from "../../server/live/media/webm.ts";
import { InOrder, PATIENCE_MS } from "../../server/live/recording/in-order.ts";
import { joinParts, pictureSize, type Part } from "../../server/live/recording/join.ts";
import { PartFile } from "../../server/live/recording/part-file.ts";
import { readBlocks, readFileBlocks } from "../../server/live/recording/read-webm.ts";
import { DARK, PICTURE, Recorder, SOUND } from "../../server/live/recording/recorder.ts";
import { dueOf, keptWindows, momentsOf, momentsOfCut, type Happening, type Moment, type PartTimes } from "../../server/live/recording/rules.ts";
import { film, KEY } from "../support/recording.ts";

const run = promisify(execFile);

/** Blocks that came out, in the order of the file. */
async function blocksOf(parts: readonly (Buffer | undefined)[]): Promise<Block[]> {
  const found: Block[] = [];
  for await (const blocks of readBlocks(pieces(Buffer.concat(parts.filter((part) => part !== undefined))))) found.push(...blocks);
  return found;
}

/** A file as it comes from a disk: in pieces that end anywhere. */
async function* pieces(whole: Buffer, length = 777): AsyncGenerator<Buffer> {
  for (let at = 0; at < whole.length; at += length) yield await Promise.resolve(whole.subarray(at, at + length));
}

async function bytesOf(content: AsyncIterable<Buffer>): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of content) parts.push(part);
  return Buffer.concat(parts);
}

const VOICE = Buffer.from([0xf8, 1, 2, 3]);
const CAMERA = {};
const MIC = {};

function say(tape: Recorder, n: number, at: number, mic: object = MIC, level = 20): void {
  tape.sound(mic, { payloadType: 111, marker: false, sequence: n & 0xffff, timestamp: (n * 960) >>> 0, ssrc: 7, start: 0, end: VOICE.length, level }, VOICE, at);
}

/** One picture of two packets. */
function show(tape: Recorder, n: number, at: number, isKey: boolean, camera: object = CAMERA, without: "first" | "second" | undefined = undefined): void {
  for (const [i, isLast] of [false, true].entries()) {
    if ((without === "first" && i === 0) || (without === "second" && i === 1)) continue;
    const packet = Buffer.from([0, n & 0xff, i]);
    tape.picture(camera, { payloadType: 96, marker: isLast, sequence: (n * 2 + i) & 0xffff, timestamp: (n * 9000) >>> 0, ssrc: 8, start: 0, end: 3, level: undefined }, { isStart: i === 0, isKey: isKey && i === 0, picture: undefined, base: undefined, data: 1 }, packet, at);
  }
}

describe("packets in order", () => {
  it("come out once each and in order, however they were mixed", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0xffff }), fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 2, maxLength: 60 }), (first, delays) => {
        const line = new InOrder<number>();
        const sent = delays.map((delay, i) => ({ i, at: i * 20 + (i === 0 ? 0 : delay * 30) })).sort((a, b) => a.at - b.at);
        const out: number[] = [];
        for (const { i, at } of sent) {
          line.push((first + i) & 0xffff, i, at);
          out.push(...[...line.take(at)].map((one) => one.packet));
        }
        expect(out).to.deep.equal(delays.map((_, i) => i));
      }),
    );
  });

  it("are waited for, and then given up", () => {
    const line = new InOrder<string>();
    line.push(65_535, "a", 0);
    line.push(1, "c", 40);
    expect([...line.take(100)].map((one) => one.packet)).to.deep.equal(["a"]);
    expect([...line.take(40 + PATIENCE_MS)]).to.deep.equal([{ packet: "c", at: 40, afterGap: true }]);
    line.push(0, "b", 2000); // too late
    expect([...line.take(4000)]).to.deep.equal([]);
  });
});

describe("a recorder", () => {
  it("writes sound without a gap, silence where nobody speaks", async () => {
    const tape = new Recorder(1000);
    for (let n = 0; n < 50; n += 1) say(tape, n, 2000 + n * 20);
    const blocks = await blocksOf([tape.flush(4000), tape.end(6000)]);
    const times = blocks.map((block) => block.atMs);
    expect(times).to.deep.equal(times.map((_, i) => i * 20));
    expect(times.at(-1)).to.be.within(4960, 4980);
    const spoken = blocks.filter((block) => block.data.length === VOICE.length);
    expect(spoken.length).to.equal(50);
    expect(spoken[0]?.atMs).to.be.within(980, 1020);
  });

  it("lets one speak at a time", async () => {
    const tape = new Recorder(0);
    const other = {};
    for (let n = 0; n < 100; n += 1) {
      say(tape, n, n * 20, MIC, n < 50 ? 20 : 90);
      say(tape, n, n * 20, other, 30);
    }
    const blocks = await blocksOf([tape.end(2000)]);
    expect(blocks.map((block) => block.atMs)).to.deep.equal(blocks.map((_, i) => i * 20));
    expect(blocks.length).to.be.within(99, 101);
  });

  it("begins a picture with a whole one, also after a loss, and puts it back in order", async () => {
    const tape = new Recorder(0);
    tape.want(CAMERA);
    show(tape, 1, 100, false);
    show(tape, 3, 300, false);
    show(tape, 2, 310, true);
    show(tape, 4, 400, false, CAMERA, "second");
    show(tape, 5, 500, false);
    show(tape, 6, 600, true);
    show(tape, 7, 700, false);
    const pictures = (await blocksOf([tape.flush(600), tape.end(3000)])).filter((block) => block.track === PICTURE);
    expect(pictures.map((block) => [block.data[0], block.isKey])).to.deep.equal([[2, true], [3, false], [6, true], [7, false]]);
    expect(tape.hasPicture).to.equal(true);
  });

  it("shows the old picture until the new one is whole, and a dark one when there is none", async () => {
    const tape = new Recorder(0);
    const screen = {};
    tape.want(CAMERA);
    show(tape, 1, 100, true);
    tape.want(screen);
    show(tape, 11, 200, false, screen);
    show(tape, 2, 210, false);
    show(tape, 12, 300, true, screen);
    tape.flush(400);
    show(tape, 3, 410, false);
    const first = tape.flush(4000);
    tape.forget(screen, 4000);
    const pictures = (await blocksOf([first, tape.flush(12_000)])).filter((block) => block.track === PICTURE);
    expect(pictures.map((block) => block.data[0])).to.deep.equal([1, 2, 12, DARK[0]]);
    expect(pictureSize(DARK)).to.deep.equal({ width: 64, height: 36 });
  });

  it("never breaks, whatever is lost, doubled or late", () => {
    const event = fc.record({ n: fc.integer({ min: 0, max: 200 }), what: fc.constantFrom("say", "show", "key", "flush", "want", "forget"), step: fc.integer({ min: 0, max: 900 }) });
    return fc.assert(
      fc.asyncProperty(fc.array(event, { maxLength: 120 }), async (events) => {
        const tape = new Recorder(0);
        const parts: (Buffer | undefined)[] = [];
        let at = 0;
        for (const { n, what, step } of events) {
          at += step;
          if (what === "say") say(tape, n, at);
          else if (what === "flush") parts.push(tape.flush(at));
          else if (what === "want") tape.want(n % 2 === 0 ? CAMERA : undefined);
          else if (what === "forget") tape.forget(n % 2 === 0 ? CAMERA : MIC, at);
          else show(tape, n, at, what === "key");
        }
        parts.push(tape.end(at));
        const blocks = await blocksOf(parts);
        for (const track of [SOUND, PICTURE]) {
          const times = blocks.filter((block) => block.track === track).map((block) => block.atMs);
          expect(times).to.deep.equal([...times].sort((a, b) => a - b));
        }
        const first = blocks.find((block) => block.track === PICTURE);
        expect(first?.isKey ?? true).to.equal(true);
      }),
      { numRuns: 60 },
    );
  });
});

const partOf = (whole: Buffer, cut?: Part["cut"]): Part => ({ read: () => readBlocks(pieces(whole)), ...(cut ? { cut } : {}) });

describe("parts of a recording", () => {
  it("are joined into one file that tells its length and can be gone to anywhere", async () => {
    const joined = await joinParts([partOf(film(10_000, true)), partOf(film(5_000, true))]);
    expect(joined).to.deep.include({ durationMs: 15_000, hasPicture: true, partsMs: [10_000, 5_000] });
    const whole = await bytesOf(joined?.content() ?? pieces(Buffer.alloc(0)));
    const blocks = await blocksOf([whole]);
    expect(blocks.filter((block) => block.track === SOUND).map((block) => block.atMs)).to.deep.equal(Array.from({ length: 750 }, (_, i) => i * 20));
    expect(cuesOf(whole)).to.deep.equal([0, 2000, 4000, 6000, 8000, 10_000, 12_000, 14_000]);
  });

  it("keep what was written before a crash, to the last packet", async () => {
    const whole = film(6_000, true);
    for (const length of [whole.length - 1, Math.floor(whole.length / 2), 400]) {
      const joined = await joinParts([partOf(whole.subarray(0, length)), partOf(film(1_000, false))]);
      const share = length / whole.length;
      expect(joined?.partsMs[0] ?? 0).to.be.within(Math.max(0, share * 6_000 - 400), share * 6_000 + 100);
      expect(joined?.partsMs[1]).to.equal(1_000);
    }
    expect(await joinParts([partOf(Buffer.from("nothing of ours"))])).to.equal(undefined);
    expect(await joinParts([])).to.equal(undefined);
  });

  it("are a sound alone where nothing was seen", async () => {
    const joined = await joinParts([partOf(film(3_000, false))]);
    expect(joined?.hasPicture).to.equal(false);
    const whole = await bytesOf(joined?.content() ?? pieces(Buffer.alloc(0)));
    expect(whole.includes("V_VP8")).to.equal(false);
    expect(whole.includes("A_OPUS")).to.equal(true);
  });

  it("are cut to the packet: sound from there on, the picture dark until it is whole", async () => {
    const cut = await joinParts([partOf(film(10_000, true), { fromMs: 1_000, toMs: 7_000 })]);
    expect(cut?.durationMs).to.equal(6_000);
    const blocks = await blocksOf([await bytesOf(cut?.content() ?? pieces(Buffer.alloc(0)))]);
    const pictures = blocks.filter((block) => block.track === PICTURE);
    expect(pictures.slice(0, 2).map((block) => [block.atMs, block.data.length])).to.deep.equal([[0, DARK.length], [1_000, KEY.length]]);
    expect(blocks.filter((block) => block.track === SOUND).length).to.equal(300);
    const again = await joinParts([partOf(await bytesOf(cut?.content() ?? pieces(Buffer.alloc(0))), { fromMs: 5_000, toMs: 99_000 })]);
    expect(again?.durationMs).to.equal(1_000);
  });

  it("are read by ffmpeg as what they are", async () => {
    const folder = await mkdtemp(path.join(tmpdir(), "hoc-lieu-join-"));
    try {
      const joined = await joinParts([partOf(film(4_000, true)), partOf(film(2_000, true))]);
      const file = path.join(folder, "joined.webm");
      await writeFile(file, await bytesOf(joined?.content() ?? pieces(Buffer.alloc(0))));
      const told = await run("ffprobe", ["-v", "error", "-show_entries", "format=duration:stream=codec_name", "-of", "csv=p=0", file]).catch(() => undefined);
      if (told) expect(told.stdout.trim().split(/\s+/)).to.deep.equal(["opus", "vp8", "6.000000"]);
      expect(await stat(file)).to.have.property("size").greaterThan(1_000);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it("stand on the disk as far as they were written, and stop at their limit", async () => {
    const folder = await mkdtemp(path.join(tmpdir(), "hoc-lieu-part-"));
    try {
      const file = path.join(folder, "1.webm");
      const out = new PartFile(file, 60_000);
      const whole = film(4_000, true);
      for (let i = 0; i < 20 && !out.problem; i += 1) out.write(whole, i * 1000);
      await out.end();
      expect(out.problem).to.equal("too_large");
      expect((await stat(file)).size).to.equal(out.bytes);
      await truncate(file, whole.length - 3);
      let n = 0;
      for await (const blocks of readFileBlocks(file)) n += blocks.length;
      expect(n).to.be.greaterThan(100);
      const twice = new PartFile(file, 1_000_000); // a part is never written over
      twice.write(whole, 0);
      await twice.end();
      expect(twice.problem).to.equal("disk");
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

/** The moments that the index of a file leads to, ms. */
function cuesOf(whole: Buffer): number[] {
  const times: number[] = [];
  const from = whole.lastIndexOf(Buffer.from("1c53bb6b01", "hex"));
  const to = whole.indexOf(Buffer.from("1f43b67501", "hex"));
  for (let at = whole.indexOf(Buffer.from("b301000000000000", "hex"), from); at >= 0 && at < to; at = whole.indexOf(Buffer.from("b301000000000000", "hex"), at + 1)) times.push(whole.readUIntBE(at + 9, 6));
  return times;
}

describe("the moments of a recording", () => {
  const at = (second: number): string => new Date(Date.UTC(2026, 10, 26, 1, 0, 0) + second * 1000).toISOString();
  const turned = (second: number, page: number): Happening => ({ at: at(second), kind: page > 0 ? "slide" : "blank", page: Math.abs(page), text: "" });

  it("are the pages that stood and the questions that were asked, in the recording's own time", () => {
    const parts: PartTimes[] = [{ startedAt: at(100), lengthMs: 60_000 }, { startedAt: at(300), lengthMs: 60_000 }];
    const asked: Happening = { at: at(120), kind: "question", page: 0, text: "2 + 2?" };
    const happened = [turned(10, 1), turned(110, 2), turned(111, 3), turned(112, 4), asked, turned(200, -1), turned(330, 5)];
    expect(momentsOf(parts, happened).map((one) => [one.timeMs / 1000, one.kind, one.page || one.text])).to.deep.equal([
      [0, "slide", 1], [12, "slide", 4], [20, "question", "2 + 2?"], [60, "part", ""], [60, "blank", 1], [90, "slide", 5],
    ]); // prettier-ignore
  });

  it("lie in order inside the recording, whatever happened, and in every cut of it", () => {
    const part = fc.record({ from: fc.integer({ min: 0, max: 4000 }), seconds: fc.integer({ min: 0, max: 600 }) });
    const happening = fc.record({ second: fc.integer({ min: -50, max: 5000 }), page: fc.integer({ min: -3, max: 9 }).filter((page) => page !== 0) });
    fc.assert(
      fc.property(fc.array(part, { maxLength: 4 }), fc.array(happening, { maxLength: 40 }), fc.nat(2_000_000), fc.nat(2_000_000), (given, happened, a, b) => {
        let from = 0;
        const parts = given.map((one) => ({ startedAt: at((from += one.from)), lengthMs: one.seconds * 1000 }));
        const length = parts.reduce((sum, one) => sum + one.lengthMs, 0);
        const moments = momentsOf(parts, happened.map(({ second, page }) => turned(second, page)));
        const ordered = (all: readonly Moment[], end: number): void => {
          expect(all.map((one) => one.timeMs)).to.deep.equal(all.map((one) => one.timeMs).sort((x, y) => x - y));
          for (const one of all) expect(one.timeMs).to.be.within(0, Math.max(0, end - 1));
        };
        ordered(moments, length);
        const [one, two] = [Math.min(a, b), Math.max(a, b)];
        const kept = [{ fromMs: 0, lengthMs: Math.floor(one / 2) }, { fromMs: one, lengthMs: two - one }];
        ordered(momentsOfCut(moments, kept), Math.floor(one / 2) + two - one);
      }),
    );
  });
});

describe("a cut of a recording", () => {
  it("keeps exactly what lies between its ends and in none of the stretches that are left out, but for crackles", () => {
    const ms = fc.integer({ min: 0, max: 60 }).map((n) => n * 1000);
    fc.assert(
      fc.property(ms, ms, fc.array(fc.tuple(ms, ms), { maxLength: 8 }), (a, b, given) => {
        const ends = { fromMs: Math.min(a, b), toMs: Math.max(a, b) };
        const out = given.map(([from, to]) => ({ fromMs: Math.min(from, to), toMs: Math.max(from, to) }));
        const kept = keptWindows(ends, out);
        for (let at = 500; at < 60_000; at += 1000) {
          const stays = ends.fromMs <= at && at < ends.toMs && !out.some(({ fromMs, toMs }) => fromMs <= at && at < toMs);
          expect(kept.some(({ fromMs, lengthMs }) => fromMs <= at && at < fromMs + lengthMs), String(at)).to.equal(stays);
        }
        for (const [i, one] of kept.entries()) if (i > 0) expect(one.fromMs).to.be.above((kept[i - 1]?.fromMs ?? 0) + (kept[i - 1]?.lengthMs ?? 0));
      }),
    );
  });
});

describe("keeping a recording", () => {
  const day = (n: number): string => new Date(Date.UTC(2026, 0, 1) + n * 86_400_000).toISOString();

  it("warns three days before it is erased, and erases nobody unwarned", () => {
    const kept = { keptAt: day(0), warnedAt: null };
    expect(dueOf(kept, 30, day(26.9))).to.equal("nothing");
    expect(dueOf(kept, 30, day(27))).to.equal("warn");
    expect(dueOf(kept, 30, day(90))).to.equal("warn");
    expect(dueOf({ ...kept, warnedAt: day(27) }, 30, day(29.9))).to.equal("nothing");
    expect(dueOf({ ...kept, warnedAt: day(27) }, 30, day(30))).to.equal("erase");
    expect(dueOf({ ...kept, warnedAt: day(90) }, 30, day(91))).to.equal("nothing");
    expect(dueOf(kept, 1, day(0))).to.equal("warn");
  });
});
