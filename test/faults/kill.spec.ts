import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import { z } from "zod";
import { migrate } from "../../server/migrate.ts";
import { all, col, countOf, openDatabase, type Db } from "../../server/platform/db.ts";
import { raise, event, on } from "../../server/platform/jobs/queue.ts";
import { makeWorker } from "../../server/platform/jobs/worker.ts";
import { makeLog } from "../../server/platform/log.ts";
import { freshDatabase } from "../support/database.ts";

const ROUNDS = 12;
const AT = "2026-11-24T02:00:00.000Z";

describe("a server that is killed while people save", function () {
  let folder: string;
  let file: string;
  before(async () => {
    folder = mkdtempSync(path.join(tmpdir(), "hoc-lieu-kill-"));
    file = path.join(folder, "db.sqlite");
    const db = openDatabase({ sqlite: file });
    await migrate(db);
    await db.destroy();
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it(`has kept everything that it said was saved, whole, ${ROUNDS} times`, async () => {
    const acknowledged: string[] = [];
    for (let round = 0; round < ROUNDS; round += 1) acknowledged.push(...(await writeAndKill(file, 40 + round * 25)));
    const db = openDatabase({ sqlite: file });
    const kept = new Set((await all(z.object({ key: col.text() }), db("settings").select("key"))).map((row) => row.key));
    const audited = await countOf(db("audit_entries").count({ n: "*" }));
    const whole = await all(z.object({ integrity_check: col.text() }), db.raw("PRAGMA integrity_check"));
    await db.destroy();
    expect(acknowledged.length).to.be.greaterThan(ROUNDS);
    expect(acknowledged.filter((id) => !kept.has(id))).to.deep.equal([]);
    expect(audited, "an act and its audit entry are saved together").to.equal(kept.size);
    expect(whole).to.deep.equal([{ integrity_check: "ok" }]);
  });
});

function writeAndKill(file: string, acks: number): Promise<string[]> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ["--import=tsx", "test/faults/writer.ts", file], { stdio: ["ignore", "pipe", "inherit"] });
    let said = "";
    child.stdout.on("data", (part: Buffer) => {
      said += part.toString();
      if (said.split("\n").length > acks) child.kill("SIGKILL");
    });
    child.once("exit", () => resolve(said.split("\n").slice(0, -1)));
  });
}

describe("a fact whose hearer fails", () => {
  const happened = event("test_happened", z.object({ id: z.string() }));
  const log = makeLog("silent");
  let db: Db;
  beforeEach(async () => {
    db = await freshDatabase();
  });
  afterEach(() => db.destroy());

  it("is heard again later, and by nobody twice after it went well", async () => {
    let tries = 0;
    const listener = on(happened, "fails at first", () => {
      tries += 1;
      return tries < 3 ? Promise.reject(new Error("not yet")) : Promise.resolve();
    });
    await db.transaction((trx) => raise(trx, happened, { id: "x" }, AT));
    const worker = makeWorker(db, [listener], log);
    for (const minute of ["00", "05", "10", "20", "30"]) await worker.drain(`2026-11-24T02:${minute}:00.000Z`);
    expect(tries).to.equal(3);
    expect(await countOf(db("events").where({ state: "done" }).count({ n: "*" }))).to.equal(1);
  });

  it("is parked after six tries, with the reason, and stops nobody else", async () => {
    const heard: string[] = [];
    const listener = on(happened, "fails for one", ({ id }) => {
      if (id === "bad") return Promise.reject(new Error("never"));
      heard.push(id);
      return Promise.resolve();
    });
    await db.transaction(async (trx) => {
      await raise(trx, happened, { id: "bad" }, AT);
      await raise(trx, happened, { id: "good" }, AT);
    });
    const worker = makeWorker(db, [listener], log);
    for (let hour = 3; hour < 12; hour += 1) await worker.drain(`2026-11-24T${String(hour).padStart(2, "0")}:00:00.000Z`);
    expect(heard).to.deep.equal(["good"]);
    const [parked] = await all(z.object({ state: col.text(), last_error: col.text() }), db("events").where({ state: "parked" }).select("state", "last_error"));
    expect(parked?.last_error).to.include("never");
  });

  it("is not told when the act that raised it was rolled back", async () => {
    await db.transaction(async (trx) => {
      await raise(trx, happened, { id: "x" }, AT);
      throw new Error("taken back");
    }).catch(() => undefined);
    expect(await countOf(db("events").count({ n: "*" }))).to.equal(0);
  });
});

describe("many people who save at once", () => {
  it("all succeed, though each reads before it writes", async () => {
    const db = await freshDatabase();
    await db("settings").insert({ key: "n", value: "0" });
    await Promise.all(
      Array.from({ length: 40 }, () =>
        db.transaction(async (trx) => {
          const row = (await trx("settings").where({ key: "n" }).forUpdate().first()) as { value: string };
          await trx("settings").where({ key: "n" }).update({ value: String(Number(row.value) + 1) });
        }),
      ),
    );
    const row = (await db("settings").where({ key: "n" }).first()) as { value: string };
    await db.destroy();
    expect(row.value).to.equal("40");
  });
});
