import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import { loadActor } from "../../server/access/store.ts";
import { withinReach, openIndex } from "../../server/library/access.ts";
import { limited, plain } from "../../server/library/rules/rank.ts";
import { wordsIn } from "../../server/library/rules/terms.ts";
import { saveRebuild } from "../../server/library/store/rebuild.ts";
import { findHits } from "../../server/library/store/search.ts";
import { listeners } from "../../server/listeners.ts";
import { materialDescribed } from "../../server/materials/events.ts";
import { migrate } from "../../server/migrate.ts";
import { countOf, openDatabase, type Db } from "../../server/platform/db.ts";
import { raise } from "../../server/platform/jobs/queue.ts";
import { makeLog } from "../../server/platform/log.ts";
import { makeWorker } from "../../server/platform/jobs/worker.ts";
import { wordsOf } from "../../server/platform/text.ts";
import { libraryOf } from "../support/library.ts";
import { buildWorld, NOW, W } from "../support/world.ts";

const MATERIALS = 150;

describe("a server that is killed while it writes the library's index", function () {
  let folder: string;
  let file: string;
  let db: Db;
  const running: ChildProcess[] = [];
  before(async () => {
    folder = mkdtempSync(path.join(tmpdir(), "hoc-lieu-library-kill-"));
    file = path.join(folder, "hoc-lieu.sqlite");
    db = openDatabase({ sqlite: file });
    await migrate(db);
    await buildWorld(db);
  });
  after(async () => {
    for (const process of running) process.kill("SIGKILL");
    await db.destroy();
    rmSync(folder, { recursive: true, force: true });
  });

  const indexed = (): Promise<number> => countOf(db("library_index").count({ n: "*" }));

  /** Lets a process work until so much is done, and ends it without warning. */
  async function killWhen(holds: () => Promise<boolean>): Promise<void> {
    const child = spawn(process.execPath, ["--import=tsx", "test/faults/library-worker.ts", file], { stdio: ["pipe", "pipe", "inherit"] });
    running.push(child);
    await once(child.stdout, "data");
    child.stdin.write("go\n");
    while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 5));
    const gone = once(child, "exit");
    child.kill("SIGKILL");
    await gone;
    // Leases run out by themselves in minutes; nobody waits for that here.
    await db("events").where({ state: "running" }).update({ run_at: NOW, tries: 1 });
  }

  const goOn = (): Promise<unknown> => makeWorker(db, listeners, makeLog("silent")).drain(NOW);

  /** Materials that Hương finds by a word, and how often each is named. */
  async function found(word: string): Promise<{ materials: number; hits: number }> {
    const actor = (await loadActor(db, W.huong, NOW)) ?? expect.fail("no actor");
    const hits = await findHits(db, actor, limited(plain([wordsIn("x", wordsOf(word))]), withinReach(actor)));
    return { materials: new Set(hits.map((hit) => hit.doc)).size, hits: hits.length };
  }

  it("finds every material once afterwards, and a withdrawn one at no moment", async () => {
    const library = libraryOf(db);
    const ids = await library.add(...Array.from({ length: MATERIALS }, (_, i) => ({ title: `Bài luyện tập ${i}`, pages: ["chữ trong tệp"] })));
    await db("library_fts").del();
    await db("library_index").del();
    await db.transaction(async (trx) => {
      for (const id of ids) await raise(trx, materialDescribed, { materialId: id }, NOW);
    });
    for (const part of [0.3, 0.7]) {
      await killWhen(async () => (await indexed()) >= MATERIALS * part);
      const standing = await indexed();
      expect(standing).to.be.lessThan(MATERIALS);
      expect(await found("tệp")).to.deep.equal({ materials: standing, hits: standing });
    }
    await goOn();
    expect(await found("luyện tập")).to.deep.equal({ materials: MATERIALS, hits: MATERIALS });
    // Withdrawn: the index has not heard of it yet.
    await db("materials").whereIn("id", ids.slice(0, 10)).update({ retired_at: NOW, state: "retired" });
    expect((await found("luyện tập")).hits).to.equal(MATERIALS - 10);
    await db("materials").whereIn("id", ids.slice(0, 10)).update({ retired_at: null, state: "approved" });
  });

  it("goes on making the index anew where it was, and searches find everything meanwhile", async () => {
    const admin = (await loadActor(db, W.bach, NOW)) ?? expect.fail("no administrator");
    await saveRebuild(db, openIndex(admin), { by: W.bach, at: NOW, requestId: "a".repeat(26) });
    const done = async (): Promise<number> => ((await db("library_rebuilds").orderBy("id", "desc").first("done")) as { done: number }).done;
    await killWhen(async () => (await done()) > 0);
    expect(await found("luyện tập")).to.deep.equal({ materials: MATERIALS, hits: MATERIALS });
    await goOn();
    expect(await done()).to.equal(MATERIALS);
    expect(await found("tệp")).to.deep.equal({ materials: MATERIALS, hits: MATERIALS });
  });
});
