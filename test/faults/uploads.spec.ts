import { spawn, type ChildProcess } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { request as httpRequest } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import { migrate } from "../../server/migrate.ts";
import { addMinutes } from "../../server/platform/clock.ts";
import { openDatabase, type Db } from "../../server/platform/db.ts";
import { diskStore } from "../../server/platform/storage/disk.ts";
import { uploadKinds } from "../../server/upload-kinds.ts";
import { tidyUploads } from "../../server/uploads/jobs.ts";
import { Client } from "../support/client.ts";
import { beginUpload, finish, offsetOf, sendPiece } from "../support/tus.ts";
import { buildWorld, NOW, W } from "../support/world.ts";

const KILLS = 6;
/** Room for all kills: between two of them at most two whole pieces and five dripping ones arrive. */
const LONG_FILM_BYTES = 72_000_000;
const FILM_BYTES = 16_000_000;
/** Two pieces of this size are sent between two kills; the next one is on its way. */
const PIECE_BYTES = 1_000_000;
const TO_LESSON = `/plan-lessons/${W.toanLesson(1)}/uploads`;
const hashOf = (bytes: Buffer): string => createHash("sha256").update(bytes).digest("hex");

describe("a server that is killed while a file comes in", function () {
  this.timeout(180_000);
  let folder: string;
  let db: Db;
  let server: ChildProcess;
  let base: string;
  let next: ReturnType<typeof launch> | undefined;
  before(async () => {
    folder = mkdtempSync(path.join(tmpdir(), "hoc-lieu-upload-kill-"));
    mkdirSync(path.join(folder, "uploads"));
    db = openDatabase({ sqlite: path.join(folder, "hoc-lieu.sqlite") });
    await migrate(db);
    await buildWorld(db);
    await start();
  });
  after(async () => {
    server.kill("SIGKILL");
    (await next)?.process.kill("SIGKILL");
    await db.destroy();
    rmSync(folder, { recursive: true, force: true });
  });

  /** A process that is ready to serve; it keeps nothing in memory that the next one would need. */
  function launch(): Promise<{ process: ChildProcess; base: string }> {
    const child = spawn(process.execPath, ["--import=tsx", "test/faults/upload-server.ts", folder, "0"], { stdio: ["ignore", "pipe", "inherit"] });
    return new Promise((resolve, reject) => {
      child.stdout.once("data", (said: Buffer) => resolve({ process: child, base: `http://127.0.0.1:${said.toString().trim()}` }));
      child.once("exit", () => reject(new Error("the server did not start")));
    });
  }

  async function start(): Promise<void> {
    const ready = await (next ?? launch());
    server = ready.process;
    base = ready.base;
    next = launch(); // its start takes longer than all the rest: it begins early
  }

  /** Kills the process that a request is talking to, at a moment of its own, and goes on with the next one. */
  async function killAfter(milliseconds: number): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, milliseconds));
    const gone = new Promise((resolve) => server.once("exit", resolve));
    server.kill("SIGKILL");
    await gone;
    await start();
  }

  const blobsOnDisk = (): string[] => readdirSync(path.join(folder, "uploads"), { recursive: true, encoding: "utf8" }).map((name) => path.basename(name)).filter((name) => /^[0-9a-f]{64}$/.test(name));
  const incoming = (): string[] => readdirSync(path.join(folder, "uploads", "incoming", "resumable"));
  const film = (length: number): Buffer => Buffer.concat([readFileSync("test/fixtures/files/video.mp4"), randomBytes(length)]);

  it(`has lost no byte that it accepted, ${KILLS} times in one file, and the file is whole`, async () => {
    const bytes = film(LONG_FILM_BYTES);
    let client = await new Client(base).signIn("huong");
    const { url } = await beginUpload(client, TO_LESSON, { name: "Phim.mp4", size: bytes.length });
    let kills = 0;
    let acknowledged = 0;
    while (kills < KILLS) {
      for (let i = 0; i < 2; i += 1) {
        const piece = await sendPiece(client, url, acknowledged, bytes.subarray(acknowledged, acknowledged + PIECE_BYTES));
        acknowledged = Number(piece.headers.get("upload-offset"));
      }
      const lost = streamSlowly(client, url, acknowledged, bytes);
      await killAfter(Math.random() * 120);
      await lost;
      kills += 1;
      client = client.at(base); // the session is in the database: nobody signs in again
      const here = (await offsetOf(client, url)) ?? -1;
      expect(here, `after kill ${kills}`).to.be.at.least(acknowledged);
      acknowledged = here;
    }
    await sendPiece(client, url, acknowledged, bytes.subarray(acknowledged));
    const done = await finish(client, url);
    expect(done.status).to.equal("saved");
    expect(hashOf((await client.get(`${done.href}/file`)).bytes)).to.equal(hashOf(bytes));
    expect(incoming()).to.deep.equal([]);
    expect(blobsOnDisk()).to.deep.equal([hashOf(bytes)]);
  });

  it("is killed while it finishes files, and after the cleaner each is there once and nothing is loose", async () => {
    let client = new Client(base);
    await client.signIn("huong");
    const files = [film(FILM_BYTES), film(FILM_BYTES), film(FILM_BYTES)];
    for (const [i, bytes] of files.entries()) {
      const { url } = await beginUpload(client, TO_LESSON, { name: `Phim ${i}.mp4`, size: bytes.length });
      await sendPiece(client, url, 0, bytes);
      const finishing = finish(client, url).catch(() => undefined);
      await killAfter(20 + i * 60);
      await finishing;
      client = client.at(base);
    }
    await tidyUploads(db, diskStore(path.join(folder, "uploads")), uploadKinds, addMinutes(NOW, 60));
    const kept = (await db("material_versions").select("blob_hash")) as { blob_hash: string }[];
    const hashes = kept.map((row) => row.blob_hash).sort();
    expect(files.map(hashOf).filter((hash) => !hashes.includes(hash))).to.deep.equal([]);
    expect(new Set(hashes).size, "nothing twice").to.equal(hashes.length);
    expect(blobsOnDisk().sort()).to.deep.equal(hashes);
    expect(incoming()).to.deep.equal([]);
    expect(await db("uploads").where({ state: "receiving" })).to.deep.equal([]);
  });
});

/** A piece that drips, so that a kill falls into it; answers when the line is gone. */
function streamSlowly(client: Client, url: string, offset: number, bytes: Buffer): Promise<void> {
  return new Promise((resolve) => {
    const { hostname, port } = new URL(client.base);
    const headers = { cookie: client.cookie, "sec-fetch-site": "same-origin", "tus-resumable": "1.0.0", "upload-offset": String(offset), "content-type": "application/offset+octet-stream", "content-length": String(Math.min(5 * PIECE_BYTES, bytes.length - offset)) };
    const request = httpRequest({ hostname, port, method: "PATCH", path: url, headers });
    let at = offset;
    const drip = setInterval(() => {
      request.write(bytes.subarray(at, at + 40_000));
      at += 40_000;
      if (at >= offset + 5 * PIECE_BYTES) clearInterval(drip);
    }, 5);
    const over = (): void => {
      clearInterval(drip);
      resolve();
    };
    request.on("error", over).on("close", over).on("response", (answer) => answer.resume());
  });
}
