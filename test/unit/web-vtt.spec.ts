import { expect } from "chai";
import fc from "fast-check";
import { readCaptions } from "../../server/platform/web/web-vtt.ts";

const VTT = "WEBVTT Bài 1\n\nNOTE lời người ghi\n\nSTYLE\n::cue { color: red }\n\nmở đầu\n00:01.000 --> 00:03.500 align:start region:fred\nChào các em!\n\n00:00:04.000 --> 00:00:06.000\n- Hôm nay học gì ạ?\n- Luỹ thừa.\n";
const SRT = "\uFEFF1\r\n00:00:01,000 --> 00:00:02,250\r\nMột\r\n\r\n2\r\n00:00:03,000 --> 00:00:04,000\r\nHai\r\n";

describe("captions", () => {
  it("are read as WebVTT without notes, styles and regions", () => {
    const read = readCaptions(VTT);
    expect(read).to.deep.include({ ok: true, cues: 2 });
    expect(read.ok && read.vtt).to.equal("WEBVTT\n\n00:00:01.000 --> 00:00:03.500 align:start\nChào các em!\n\n00:00:04.000 --> 00:00:06.000\n- Hôm nay học gì ạ?\n- Luỹ thừa.\n");
  });

  it("are turned from SubRip into WebVTT", () => {
    const read = readCaptions(SRT);
    expect(read.ok && read.vtt).to.equal("WEBVTT\n\n00:00:01.000 --> 00:00:02.250\nMột\n\n00:00:03.000 --> 00:00:04.000\nHai\n");
  });

  it("are put in the order of their time, which players need", () => {
    const read = readCaptions("WEBVTT\n\n00:05.000 --> 00:06.000\nsau\n\n00:01.000 --> 00:02.000\ntrước\n");
    expect(read.ok && read.vtt.indexOf("trước") < read.vtt.indexOf("sau")).to.be.true;
  });

  for (const [what, text, code, line] of [
    ["a text that is none", "Kính gửi các thầy cô", "captions_unknown", undefined],
    ["a page", "<!doctype html><script>alert(1)</script>", "captions_unknown", undefined],
    ["a head without lines", "WEBVTT\n\n", "captions_empty", undefined],
    ["an end before the start", "WEBVTT\n\n00:05.000 --> 00:04.000\nA\n", "captions_time", 3],
    ["a minute of 75 seconds", "WEBVTT\n\n00:75.000 --> 01:80.000\nA\n", "captions_time", 3],
  ] as const) {
    it(`are not ${what}: ${code}`, () => {
      expect(readCaptions(text)).to.deep.equal({ ok: false, code, params: line === undefined ? {} : { line } });
    });
  }

  it("once written are read again as the same", () => {
    const cue = fc.record({ start: fc.integer({ min: 0, max: 3_600_000 }), length: fc.integer({ min: 1, max: 60_000 }), text: fc.stringMatching(/^[a-z ]{0,20}[a-z]$/) });
    const time = (ms: number): string => new Date(ms).toISOString().slice(11, 23);
    fc.assert(
      fc.property(fc.array(cue, { minLength: 1, maxLength: 20 }), (cues) => {
        const first = readCaptions(`WEBVTT\n\n${cues.map((c) => `${time(c.start)} --> ${time(c.start + c.length)}\n${c.text}`).join("\n\n")}\n`);
        expect(first.ok && first.cues).to.equal(cues.length);
        expect(readCaptions(first.ok ? first.vtt : "")).to.deep.equal(first);
      }),
    );
  });
});
