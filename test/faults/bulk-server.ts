/** The application with its workers, in the tests' own time, which begins to work when it is told to; bulk-kill.spec.ts kills it in the middle. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createApp } from "../../server/app.ts";
import { readArrivals } from "../../server/bulk/arrivals/jobs.ts";
import { readConfig } from "../../server/config.ts";
import { listeners } from "../../server/listeners.ts";
import { openDatabase } from "../../server/platform/db.ts";
import { makeWorker } from "../../server/platform/jobs/worker.ts";
import { makeLog } from "../../server/platform/log.ts";
import { diskStore } from "../../server/platform/storage/disk.ts";
import { NOW } from "../support/world.ts";

const [folder = ""] = process.argv.slice(2);
const config = readConfig({ DATA_DIR: folder, UPLOADS_DIR: `${folder}/uploads`, LOG_LEVEL: "silent" }, { demo: false });
const db = openDatabase(config.database);
const log = makeLog("silent");
const blobs = diskStore(config.uploadsDir);
const app = createApp({ config, db, log, blobs, mail: () => Promise.resolve(), sessionSecret: "for tests only", clock: () => NOW });
const worker = makeWorker(db, listeners, log);
const server = createServer(app.express).listen(0, "127.0.0.1", () => {
  process.stdout.write(`${(server.address() as AddressInfo).port}\n`);
});

async function work(): Promise<never> {
  for (;;) {
    await readArrivals(db, NOW, blobs);
    await worker.drain(NOW);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

process.stdin.once("data", () => void work());
