import { createServer } from "node:http";
import { mkdtempSync, rmSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { createApp, type App } from "../../server/app.ts";
import { readConfig } from "../../server/config.ts";
import { demoSignIn } from "../../server/demo/accounts.ts";
import { buildDemo } from "../../server/demo/build.ts";
import { listeners } from "../../server/listeners.ts";
import { migrate } from "../../server/migrate.ts";
import { ensureProgramme } from "../../server/plan/programme.ts";
import { now } from "../../server/platform/clock.ts";
import { openDatabase, type Db } from "../../server/platform/db.ts";
import { makeWorker } from "../../server/platform/jobs/worker.ts";
import { makeLog } from "../../server/platform/log.ts";
import { diskStore } from "../../server/platform/storage/disk.ts";
import { makeSockets } from "../../server/sockets.ts";

export interface RunningDemo {
  base: string;
  db: Db;
  app: App;
  buildSeconds: number;
  stop(): Promise<void>;
}

/** The demonstration province, built as `npm run demo` builds it, behind the real application. */
export async function startDemo(): Promise<RunningDemo> {
  const folder = mkdtempSync(path.join(tmpdir(), "hoc-lieu-demo-"));
  const config = readConfig({ LOG_LEVEL: process.env["TEST_LOG"] ?? "silent", DATA_DIR: folder, UPLOADS_DIR: path.join(folder, "uploads") }, { demo: true });
  const db = openDatabase({ sqlite: path.join(folder, "demo.sqlite") }, { durable: false });
  const log = makeLog(config.logLevel);
  const blobs = diskStore(config.uploadsDir);
  const began = performance.now();
  await migrate(db);
  await ensureProgramme(db);
  await buildDemo(db, blobs, now(), () => undefined);
  await makeWorker(db, listeners, log).drain();
  const buildSeconds = (performance.now() - began) / 1000;
  const app = createApp({ config, db, log, blobs, mail: () => Promise.resolve(), sessionSecret: "for tests only", demo: await demoSignIn(db) });
  const server = createServer(app.express);
  const sockets = makeSockets(server, app, { db, log });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    base: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    db,
    app,
    buildSeconds,
    async stop() {
      sockets.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await db.destroy();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
