import { expect } from "chai";
import fc from "fast-check";
import { isRtcp, readRtcp, readRtp, readVp8, writeNack, writePictureRequest, writeReports, writeSender } from "../../server/live/media/rtp.ts";
import { judgeLine, levelFor, LEVELS, newLine, WISHES, type Line } from "../../server/live/media/rules.ts";
import { Inbound, Outbound, restore } from "../../server/live/media/streams.ts";
import { opusMs, webmCluster, webmHead } from "../../server/live/media/webm.ts";

interface Given {
  sequence: number;
  timestamp?: number;
  ssrc?: number;
  key?: boolean;
  picture?: number;
}

/** A packet of VP8 with a picture number of 15 bits, first of its frame. */
function vp8(given: Given): Buffer {
  const packet = Buffer.alloc(12 + 6);
  packet.writeUInt8(0x80, 0);
  packet.writeUInt8(96, 1);
  packet.writeUInt16BE(given.sequence & 0xffff, 2);
  packet.writeUInt32BE((given.timestamp ?? 0) >>> 0, 4);
  packet.writeUInt32BE(given.ssrc ?? 7, 8);
  packet.set([0x90, 0xc0, 0x80 | ((given.picture ?? 0) >> 8), (given.picture ?? 0) & 0xff, 5, given.key ? 0 : 1], 12);
  return packet;
}

const bytes = fc.uint8Array({ maxLength: 300 }).map((all) => Buffer.from(all));

describe("packets of the live class", () => {
  it("are read without a throw, whatever comes", () => {
    fc.assert(
      fc.property(bytes, fc.boolean(), (packet, likely) => {
        if (likely && packet.length > 1) packet[0] = 0x80 | ((packet[0] ?? 0) & 0x3f);
        isRtcp(packet);
        readRtcp(packet);
        const rtp = readRtp(packet);
        if (rtp) readVp8(packet, rtp.start, rtp.end);
        opusMs(packet);
      }),
      { numRuns: 2000 },
    );
  });

  it("of feedback say the same after writing and reading", () => {
    const u32 = fc.integer({ min: 0, max: 0xffff_ffff });
    fc.assert(
      fc.property(u32, fc.uniqueArray(fc.integer({ min: 0, max: 0xffff }), { minLength: 1, maxLength: 60 }), (ssrc, lost) => {
        const [nack] = readRtcp(writeNack(1, ssrc, lost));
        expect(nack?.kind === "nack" && new Set(nack.lost)).to.deep.equal(new Set(lost));
      }),
    );
    const report = { ssrc: 9, fraction: 25, lost: -3, highest: 70_000, jitter: 12, lastReport: 5, delay: 6 };
    expect(readRtcp(writeReports(1, [report]))).to.deep.equal([{ kind: "report", report }]);
    expect(readRtcp(writePictureRequest(1, 9))).to.deep.equal([{ kind: "picture", ssrc: 9 }]);
    expect(readRtcp(writeSender(9, { ntpHigh: 1, ntpLow: 2, rtpTime: 3 }, { packets: 4, bytes: 5 }))).to.deep.equal([{ kind: "sender", ssrc: 9, ntpHigh: 1, ntpLow: 2, rtpTime: 3 }]);
  });
});

describe("a stream as it comes from a publisher", () => {
  const take = (inbound: Inbound, sequence: number, at = 0): string => {
    const packet = vp8({ sequence });
    const rtp = readRtp(packet);
    return rtp ? inbound.take(rtp, packet, at) : "unread";
  };

  it("asks for exactly what is missing, across the end of the numbers, and not twice at once", () => {
    const inbound = new Inbound("video");
    for (const sequence of [65_533, 65_534, 1, 2]) take(inbound, sequence);
    expect(inbound.toAsk(1000)).to.deep.equal([65_535, 0]);
    expect(inbound.toAsk(1010)).to.deep.equal([]);
    expect(take(inbound, 65_535)).to.equal("late");
    expect(take(inbound, 65_535)).to.equal("twice");
    expect(inbound.toAsk(1100)).to.deep.equal([0]);
    expect(inbound.packetOf(65_535)?.readUInt16BE(2)).to.equal(65_535);
  });

  it("gives up after ten times, and asks for a picture where a hundred are missing", () => {
    const inbound = new Inbound("video");
    take(inbound, 1);
    take(inbound, 3);
    let asked = 0;
    for (let at = 0; at < 5000; at += 100) asked += inbound.toAsk(at).length;
    expect(asked).to.equal(10);
    take(inbound, 400);
    expect(inbound.toAsk(6000)).to.equal("picture");
    expect(inbound.toAsk(6100)).to.deep.equal([]);
  });

  it("reports what was lost since the last report", () => {
    const inbound = new Inbound("video");
    for (let sequence = 0; sequence < 100; sequence += 1) if (sequence % 4 !== 3) take(inbound, sequence);
    take(inbound, 100);
    expect(inbound.report(0)).to.include({ fraction: 63, lost: 25, highest: 100 });
    for (let sequence = 101; sequence < 200; sequence += 1) take(inbound, sequence);
    expect(inbound.report(0)).to.include({ fraction: 0, lost: 25 });
  });
});

describe("a stream as a subscriber gets it", () => {
  /** Forwards and says what the subscriber saw. */
  function pass(out: Outbound, source: Inbound, given: Given, at: number): { sequence: number; timestamp: number; picture: number; ssrc: number } | undefined {
    const packet = vp8(given);
    const before = Buffer.from(packet);
    const rtp = readRtp(packet);
    if (!rtp) return undefined;
    const head = readVp8(packet, rtp.start, rtp.end);
    source.take(rtp, packet, at);
    const goes = out.write(source, rtp, head, packet, at);
    const seen = { sequence: packet.readUInt16BE(2), timestamp: packet.readUInt32BE(4), picture: packet.readUInt16BE(14) & 0x7fff, ssrc: packet.readUInt32BE(8) };
    restore(rtp, head, packet);
    expect(packet).to.deep.equal(before); // as it came, for the next subscriber
    return goes ? seen : undefined;
  }

  it("goes on without a break in numbers and times when layers change, and begins with a whole picture", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0xffff }), fc.integer({ min: 0, max: 0xffff }), fc.integer({ min: 0, max: 0xffff_ffff }), fc.integer({ min: 0, max: 0x7fff }), fc.integer({ min: 1, max: 20 }), (first, second, time, picture, n) => {
        const [low, high] = [new Inbound("video"), new Inbound("video")];
        const out = new Outbound(2000, "video");
        out.want(low);
        expect(pass(out, low, { sequence: first - 1 }, 0)).to.equal(undefined);
        const seen = [pass(out, low, { sequence: first, key: true, timestamp: 500, picture: 9 }, 0)];
        for (let i = 1; i <= n; i += 1) seen.push(pass(out, low, { sequence: first + i, timestamp: 500 + i * 4500, picture: 9 + i }, i * 50));
        out.want(high);
        expect(out.isWaiting).to.equal(true);
        expect(pass(out, high, { sequence: second - 1, ssrc: 8, timestamp: time, picture }, n * 50 + 10)).to.equal(undefined);
        seen.push(pass(out, high, { sequence: second, ssrc: 8, timestamp: time, picture, key: true }, n * 50 + 50));
        seen.push(pass(out, high, { sequence: second + 1, ssrc: 8, timestamp: time + 4500, picture: picture + 1 }, n * 50 + 100));
        expect(pass(out, low, { sequence: first + n + 1 }, n * 50 + 110)).to.equal(undefined);
        seen.forEach((one, i) => {
          const before = seen[i - 1];
          expect(one?.ssrc).to.equal(2000);
          if (!one || !before) return;
          expect((one.sequence - before.sequence) & 0xffff).to.equal(1);
          expect((one.picture - before.picture) & 0x7fff).to.equal(1);
          expect((one.timestamp - before.timestamp) >>> 0).to.equal(4500);
        });
        // What was sent can be sent again, under the number that the subscriber knows.
        const [last] = seen.slice(-1);
        const again = out.again(last?.sequence ?? 0);
        expect(again?.readUInt32BE(8)).to.equal(2000);
        expect(again?.readUInt16BE(2)).to.equal(last?.sequence);
        expect(again?.readUInt32BE(4)).to.equal(last?.timestamp);
        expect((again?.readUInt16BE(14) ?? 0) & 0x7fff).to.equal(last?.picture);
      }),
    );
  });

  it("lets a gap be a gap, and the late packet fill it", () => {
    const source = new Inbound("video");
    const out = new Outbound(2000, "video");
    out.want(source);
    const first = pass(out, source, { sequence: 10, key: true }, 0);
    const third = pass(out, source, { sequence: 12 }, 0);
    const second = pass(out, source, { sequence: 11 }, 5);
    expect([first, second, third].map((one) => (one?.sequence ?? 0) - (first?.sequence ?? 0))).to.deep.equal([0, 1, 2]);
  });
});

describe("what a line carries", () => {
  const seconds = (line: Line, loss: number, from: number, count: number, rttMs = 60): Line => {
    let now = line;
    for (let i = 1; i <= count; i += 1) now = judgeLine(now, { loss, rttMs }, from + i * 1000);
    return now;
  };

  it("is the large picture on a good line, the sound alone on a terrible one, at once", () => {
    expect(seconds(newLine(0), 0, 0, 10).level).to.equal("high");
    expect(seconds(newLine(0), 0.5, 0, 1).level).to.equal("sound");
    expect(seconds(newLine(0), 0.05, 0, 60, 600).level).to.equal("high");
    expect(seconds(newLine(0), 0.08, 0, 60).level).to.equal("low");
  });

  it("falls when answers queue up, though nothing is lost", () => {
    expect(judgeLine(seconds(newLine(0), 0, 0, 10), { loss: 0, rttMs: 900 }, 11_000).level).to.equal("low");
  });

  it("comes back by itself, each time that it failed after a longer wait", () => {
    let line = newLine(0);
    const waits: number[] = [];
    let at = 0;
    for (let round = 0; round < 6; round += 1) {
      line = judgeLine(line, { loss: 0.5, rttMs: 60 }, (at += 1000));
      expect(line.level).to.equal("sound");
      const fell = at;
      while (line.level === "sound") line = judgeLine(line, { loss: 0, rttMs: 60 }, (at += 1000));
      waits.push(at - fell);
    }
    waits.forEach((wait, i) => i > 0 && expect(wait).to.be.at.least(waits[i - 1] ?? 0));
    expect(waits.at(-1)).to.be.within(60_000, 125_000);
  });

  it("never rises by more than one step, never twice within six seconds, and never above the wish", () => {
    fc.assert(
      fc.property(fc.array(fc.record({ loss: fc.double({ min: 0, max: 1, noNaN: true }), rttMs: fc.option(fc.integer({ min: 0, max: 3000 }), { nil: undefined }) }), { maxLength: 80 }), fc.constantFrom(...WISHES), (facts, wish) => {
        let line = newLine(0);
        let roseAt = -Infinity;
        facts.forEach((one, i) => {
          const at = i * 1000;
          const next = judgeLine(line, one, at);
          const rise = LEVELS.indexOf(next.level) - LEVELS.indexOf(line.level);
          expect(rise).to.be.at.most(1);
          if (rise > 0) {
            expect(at - roseAt).to.be.at.least(6000);
            roseAt = at;
          }
          expect(LEVELS.indexOf(levelFor(next, wish))).to.be.at.most(wish === "sound" ? 0 : wish === "low" ? 1 : 2);
          line = next;
        });
      }),
    );
  });
});

describe("the sound as a stream", () => {
  it("knows how long each packet of Opus sounds", () => {
    expect([[0xf8], [0x78], [0x08], [0xf9, 0], [0x0b, 3], [0xe0]].map((packet) => opusMs(Uint8Array.from(packet)))).to.deep.equal([20, 20, 20, 40, 60, 2.5]);
  });

  it("is elements within elements whose lengths are true", () => {
    const file = Buffer.concat([webmHead([{ number: 1, sort: "audio" }]), webmCluster([{ track: 1, atMs: 5000, isKey: true, data: Uint8Array.of(0xf8, 1, 2) }, { track: 1, atMs: 5020, isKey: true, data: Uint8Array.of(0xf8) }])]);
    expect(file.indexOf("webm")).to.be.greaterThan(0);
    const cluster = file.indexOf(Buffer.from("1f43b675", "hex"));
    expect(file.readUIntBE(cluster + 6, 6)).to.equal(file.length - cluster - 12);
  });
});
