import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import { migrate } from "../../server/migrate.ts";
import { addMinutes, now } from "../../server/platform/clock.ts";
import { openDatabase, type Db } from "../../server/platform/db.ts";
import { diskStore, sweepIncoming } from "../../server/platform/storage/disk.ts";
import { sweepBlobs } from "../../server/uploads/jobs.ts";
import { Client } from "../support/client.ts";
import { anotherPdf } from "../support/files.ts";
import { sendWhole } from "../support/tus.ts";
import { buildWorld, NOW, W } from "../support/world.ts";
import { makeZip } from "../support/zip.ts";

const FILES = 80;
const LONG_AGO = "2026-01-01T00:00:00.000Z";

/** The application and its workers in a process of their own, killed without warning at one moment after the other. */
describe("a server that is killed in the middle of a bulk import", function () {
  let folder: string;
  let db: Db;
  let spare: ReturnType<typeof launch>;
  const running: ChildProcess[] = [];
  before(async () => {
    folder = mkdtempSync(path.join(tmpdir(), "hoc-lieu-bulk-kill-"));
    mkdirSync(path.join(folder, "uploads"));
    db = openDatabase({ sqlite: path.join(folder, "hoc-lieu.sqlite") });
    await migrate(db);
    await buildWorld(db);
    spare = launch();
  });
  after(async () => {
    (await spare).process.kill("SIGKILL");
    for (const process of running) process.kill("SIGKILL");
    await db.destroy();
    rmSync(folder, { recursive: true, force: true });
  });

  /** A process that is ready, and works from the moment it is told to. */
  async function launch(): Promise<{ process: ChildProcess; base: string; go: () => void }> {
    const child = spawn(process.execPath, ["--import=tsx", "test/faults/bulk-server.ts", folder], { stdio: ["pipe", "pipe", "inherit"] });
    running.push(child);
    const [said] = (await once(child.stdout, "data")) as [Buffer];
    return { process: child, base: `http://127.0.0.1:${said.toString().trim()}`, go: () => void child.stdin.write("go\n") };
  }

  /** The next process; the one after it begins to start meanwhile. */
  async function next(): ReturnType<typeof launch> {
    const ready = await spare;
    spare = launch();
    return ready;
  }

  async function killAfter(server: { process: ChildProcess; go: () => void }, milliseconds: number): Promise<void> {
    server.go();
    await new Promise((resolve) => setTimeout(resolve, milliseconds));
    const gone = once(server.process, "exit");
    server.process.kill("SIGKILL");
    await gone;
    // Leases run out by themselves in minutes; nobody waits for that here.
    await db("bulk_arrivals").where({ state: "reading" }).update({ lease_until: LONG_AGO, tries: 1 });
    await db("events").where({ state: "running" }).update({ run_at: NOW, tries: 1 });
  }

  const until = async (holds: () => Promise<boolean>): Promise<void> => {
    for (let i = 0; i < 4000 && !(await holds()); i += 1) await new Promise((resolve) => setTimeout(resolve, 10));
  };
  const stored = (): string[] => readdirSync(path.join(folder, "uploads"), { recursive: true, encoding: "utf8" }).map((name) => path.basename(name)).filter((name) => /^[0-9a-f]{64}$/.test(name)).sort();

  it("goes on after each restart, brings no file twice, and leaves nothing loose once the cleaner has run", async () => {
    const files = Array.from({ length: FILES }, (_, i) => ({ name: `Toán 6/Bài giảng ${i + 1}.pdf`, bytes: anotherPdf("x.pdf", `kill ${i}`).bytes }));
    let server = await next();
    let client = await new Client(server.base).signIn("huong");
    const { href, status } = await sendWhole(client, `/schools/${W.tranPhu}/bulk/uploads`, "Kho.zip", makeZip(files));
    expect(status).to.equal("saved");

    for (const moment of [30, 160]) {
      await killAfter(server, moment);
      server = await next();
    }
    server.go();
    await until(async () => (await db("bulk_imports").first("id")) !== undefined);
    client = client.at(server.base); // the session is in the database: nobody signs in again
    const started = await client.post(`${href}/completion`, { revision: "1" });
    expect(started.status, started.text).to.equal(303);

    for (const moment of [60, 200, 350]) {
      await killAfter(server, moment);
      server = await next();
    }
    server.go();
    await until(async () => (await db("bulk_imports").where({ state: "done" }).first("id")) !== undefined);

    const rows = (await db("bulk_rows").select("state", "material_id")) as { state: string; material_id: string }[];
    expect(rows.filter((row) => row.state !== "done")).to.deep.equal([]);
    expect(new Set(rows.map((row) => row.material_id)).size, "a material for each row").to.equal(FILES);
    const hashes = ((await db("material_versions").select("blob_hash")) as { blob_hash: string }[]).map((row) => row.blob_hash).sort();
    expect(hashes, "each file once, as it was sent").to.deep.equal(files.map(({ bytes }) => createHash("sha256").update(bytes).digest("hex")).sort());

    const blobs = diskStore(path.join(folder, "uploads"));
    await sweepIncoming(blobs, addMinutes(now(), 60));
    await sweepBlobs(db, blobs, addMinutes(now(), 60));
    expect(stored(), "files in the store").to.deep.equal(hashes);
    expect(((await db("blobs").select("hash")) as { hash: string }[]).map((row) => row.hash).sort(), "files that rows name").to.deep.equal(hashes);
    expect(readdirSync(blobs.incoming), "temporary files").to.deep.equal(["resumable"]);
    expect(readdirSync(path.join(blobs.incoming, "resumable"))).to.deep.equal([]);
    expect(await db("bulk_arrivals").select("id")).to.deep.equal([]);
  });
});
