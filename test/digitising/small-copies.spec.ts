import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { Readable } from "node:stream";
import { promisify } from "node:util";
import { expect } from "chai";
import { lightSpeech, picturesOfPages } from "../../server/digitising/small-copies.ts";
import { findTools, toolsHere } from "../../server/digitising/tools.ts";
import { diskStore } from "../../server/platform/storage/disk.ts";
import type { BlobStore } from "../../server/platform/storage.ts";
import { slidesOf } from "../support/kits.ts";

describe("small copies for a phone", function () {
  let folder: string;
  let blobs: BlobStore;
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "hoc-lieu-small-"));
    blobs = diskStore(folder);
  });
  after(() => rm(folder, { recursive: true, force: true }));

  it("are pictures of the pages that were asked for, with poppler and without, and of none that is not there", async () => {
    const pdf = await blobs.put(Readable.from([await slidesOf(["mot", "hai", "ba"])]));
    for (const tools of [await toolsHere(), await findTools("/nowhere")]) {
      const found = await picturesOfPages(pdf, [2, 3, 4], { blobs, tools });
      expect([...found.keys()]).to.deep.equal([2, 3]);
      for (const { webp, width, height } of found.values()) {
        expect([width, webp.subarray(8, 12).toString("latin1")]).to.deep.equal([1000, "WEBP"]);
        expect(height).to.be.within(560, 565);
        expect(webp.length).to.be.below(20_000);
      }
    }
  });

  it("are speech at 16 kbit/s where ffmpeg is installed, else the sound as it was; nothing is left behind", async () => {
    const file = path.join(folder, "heavy.webm");
    await promisify(execFile)("ffmpeg", ["-v", "error", "-f", "lavfi", "-i", "anoisesrc=d=6:c=pink:a=0.5,lowpass=f=3800", "-c:a", "libopus", "-b:a", "48k", "-ac", "1", file]);
    const heavy = await readFile(file);
    const [light] = await lightSpeech([heavy], { blobs, tools: await toolsHere() });
    expect((light ?? heavy).length * 8).to.be.within(8_000 * 6, 20_000 * 6);
    expect((light ?? heavy).subarray(0, 4).toString("hex")).to.equal("1a45dfa3");
    expect(await lightSpeech([heavy], { blobs, tools: await findTools("/nowhere") })).to.deep.equal([heavy]);
    expect((await readdir(folder, { recursive: true })).filter((name) => name.includes("job-"))).to.deep.equal([]);
  });
});
