import { spawn, type ChildProcess } from "node:child_process";
import { randomInt } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Readable } from "node:stream";
import { expect } from "chai";
import { z } from "zod";
import { requestDigitising } from "../../server/digitising/store.ts";
import { sweepConversions } from "../../server/digitising/worker.ts";
import { migrate } from "../../server/migrate.ts";
import { addMinutes, now } from "../../server/platform/clock.ts";
import { all, col, openDatabase, type Db } from "../../server/platform/db.ts";
import { diskStore } from "../../server/platform/storage/disk.ts";
import { filePath } from "../support/files.ts";

const KILLS = 6;

/** The real server, killed in the middle of conversions. What is asked for is what was accepted: the files and their queue. */
describe("a server that is killed while it converts", function () {
  this.timeout(300_000);
  let folder: string;
  let db: Db;
  before(async () => {
    folder = mkdtempSync(path.join(tmpdir(), "hoc-lieu-convert-kill-"));
    db = openDatabase({ sqlite: path.join(folder, "hoc-lieu.sqlite") });
    await migrate(db);
  });
  after(async () => {
    await db.destroy();
    rmSync(folder, { recursive: true, force: true });
  });

  it(`loses no file, finishes every conversion and leaves no orphan, after ${KILLS} kills at random moments`, async () => {
    const blobs = diskStore(path.join(folder, "uploads"));
    const files = { "bai-giang.pdf": "application/pdf", "so-do.png": "image/png", "so-do.jpg": "image/jpeg", "video.mp4": "video/mp4", "am-thanh.mp3": "audio/mpeg", "ghi-chu.txt": "text/plain" };
    const accepted: string[] = [];
    for (const [name, mime] of Object.entries(files)) {
      const stored = await blobs.put(Readable.from(readFileSync(filePath(name))));
      await db("blobs").insert({ hash: stored.hash, size_bytes: stored.size, mime, created_at: now() });
      await requestDigitising(db, { hash: stored.hash, mime, name }, now());
      accepted.push(stored.hash);
    }
    const moments = Array.from({ length: KILLS }, () => randomInt(50, 2_000)); // in ms after the server is up
    for (let round = 0; round < KILLS; round += 1) {
      const server = await serverIn(folder);
      await new Promise((resolve) => setTimeout(resolve, moments[round]));
      server.kill("SIGKILL");
      await once(server, "exit");
      // The lease of a dead worker runs out by itself in two minutes, and a job is given up after four: neither is waited for.
      await db("digitisations").where({ state: "running" }).update({ lease_until: "2026-01-01T00:00:00.000Z", tries: 1 });
    }
    const server = await serverIn(folder);
    for (let i = 0; i < 600 && (await db("digitisations").whereIn("state", ["waiting", "running"]).first()) !== undefined; i += 1) await new Promise((resolve) => setTimeout(resolve, 250));
    server.kill("SIGTERM");
    await once(server, "exit");

    const states = await all(z.object({ state: col.text(), error_code: col.maybeText() }), db("digitisations").select("state", "error_code"));
    expect(states.filter((row) => row.state !== "done" || row.error_code !== null), `killed after ${moments.join(", ")} ms`).to.deep.equal([]);
    await sweepConversions(db, blobs, addMinutes(now(), 60 * 48));
    expect(readdirSync(path.join(folder, "uploads", "conversions")), "folders of jobs").to.deep.equal([]);
    const named = new Set((await all(z.object({ hash: col.text() }), db("blobs").select("hash"))).map((row) => row.hash));
    const stored = readdirSync(path.join(folder, "uploads"), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /^[0-9a-f]{64}$/.test(entry.name))
      .map((entry) => entry.name);
    expect(stored.filter((hash) => !named.has(hash)), "files that no row names").to.deep.equal([]);
    expect([...named].filter((hash) => !stored.includes(hash)), "rows without a file").to.deep.equal([]);
    for (const hash of accepted) expect((await blobs.stat(hash))?.size).to.be.greaterThan(0);
    expect(convertersIn(folder), "converters that outlived the server").to.deep.equal([]);
  });
});

async function serverIn(folder: string): Promise<ChildProcess> {
  const env = { ...process.env, PORT: "0", HOST: "127.0.0.1", DATA_DIR: folder, UPLOADS_DIR: path.join(folder, "uploads"), LOG_LEVEL: "silent" };
  const child = spawn(process.execPath, ["server/start.mjs"], { env, stdio: ["ignore", "pipe", "inherit"] });
  await new Promise<void>((resolve, reject) => {
    child.stdout.on("data", (part: Buffer) => {
      if (part.toString().includes("Học Liệu:")) resolve();
    });
    child.once("exit", () => reject(new Error("the server did not start")));
  });
  return child;
}

/** Processes of this machine that work in a folder. */
function convertersIn(folder: string): string[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && name !== String(process.pid))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/environ`, "utf8").includes(path.join(folder, "uploads", "conversions")) ? readFileSync(`/proc/${pid}/cmdline`, "utf8") : "";
      } catch {
        return ""; // ended meanwhile, or somebody else's
      }
    })
    .filter(Boolean);
}
