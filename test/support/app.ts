import { createServer } from "node:http";
import { mkdtempSync, rmSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { createApp, type App } from "../../server/app.ts";
import { readConfig, type Config } from "../../server/config.ts";
import { listeners } from "../../server/listeners.ts";
import { joinBus } from "../../server/platform/bus.ts";
import type { Instant } from "../../server/platform/clock.ts";
import { openDatabase, type Db } from "../../server/platform/db.ts";
import { diskStore } from "../../server/platform/storage/disk.ts";
import type { BlobStore } from "../../server/platform/storage.ts";
import { makeLog } from "../../server/platform/log.ts";
import type { Letter } from "../../server/platform/mail.ts";
import { makeSockets } from "../../server/sockets.ts";
import { makeWorker } from "../../server/platform/jobs/worker.ts";
import { scannerAt } from "../../server/digitising/scanner.ts";
import { toolsHere, type Tools } from "../../server/digitising/tools.ts";
import { makeDigitiser } from "../../server/digitising/worker.ts";
import { Client } from "./client.ts";
import { freshDatabase } from "./database.ts";
import { buildWorld, NOW } from "./world.ts";

export interface Running {
  base: string;
  db: Db;
  app: App;
  config: Config;
  letters: Letter[];
  blobs: BlobStore;
  /** The time the application lives in; tests may set it. */
  time: { now: Instant };
  /** Runs every fact that waits in the outbox. */
  settle(): Promise<void>;
  /** Digitises every file that waits, with the programs of this machine or those handed in; answers how many. */
  digitise(how?: { tools?: Promise<Tools>; hurry?: number }): Promise<number>;
  as(login: string): Promise<Client>;
  visitor(): Client;
  /** Another process in its place, as after an update: the same address and database, nothing of the memory. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** The file that a running application's SQLite database lies in. */
export function fileOf({ db }: Running): string {
  return (db.client as { config: { connection: { filename: string } } }).config.connection.filename;
}

/** Another web process on a file of a database and on Redis, with connections, memory and sockets of its own. */
export function startBeside(file: string, redisUrl: string): Promise<Running> {
  return startApp({ REDIS_URL: redisUrl }, openDatabase({ sqlite: file }, { durable: false }));
}

/** The real application on a database of its own, listening on a free port, with the world of world.ts in it. */
export async function startApp(env: Record<string, string> = {}, ready?: Db): Promise<Running> {
  const db = ready ?? (await freshDatabase("world", buildWorld));
  const folder = mkdtempSync(path.join(tmpdir(), "hoc-lieu-app-"));
  const config = readConfig({ LOG_LEVEL: process.env["TEST_LOG"] ?? "silent", MEDIA_UDP_PORT: "0", MEDIA_ANNOUNCE: "127.0.0.1", DATA_DIR: folder, UPLOADS_DIR: path.join(folder, "uploads"), ...env }, { demo: false });
  const letters: Letter[] = [];
  const time = { now: NOW };
  const blobs = diskStore(config.uploadsDir);
  const log = makeLog(config.logLevel);
  const bus = config.redisUrl === undefined ? undefined : await joinBus(config.redisUrl, log);
  const begin = async (port: number) => {
    const app = createApp({
      config,
      db,
      log,
      mail: (letter) => Promise.resolve(void letters.push(letter)),
      blobs,
      bus,
      sessionSecret: "for tests only",
      clock: () => time.now,
    });
    const server = createServer(app.express);
    const sockets = makeSockets(server, app, { db, log, turn: config.media.turn, clock: () => time.now, bus });
    await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
    return { app, server, sockets };
  };
  const end = async (): Promise<void> => {
    running.sockets.close();
    running.server.closeAllConnections();
    await new Promise((resolve) => running.server.close(resolve));
  };
  let running = await begin(0);
  const { app, sockets } = running;
  const { port } = running.server.address() as AddressInfo;
  const base = `http://127.0.0.1:${port}`;
  const worker = makeWorker(db, [...listeners, ...sockets.listeners], log);
  return {
    base,
    db,
    app,
    config,
    letters,
    blobs,
    time,
    settle: async () => void (await worker.drain(time.now)),
    digitise: (how = {}) => makeDigitiser({ db, blobs, log, tools: toolsHere(), scanner: config.clamd === undefined ? undefined : scannerAt(config.clamd), clock: () => time.now, ...how }).drain(),
    as: (login) => new Client(base).signIn(login),
    visitor: () => new Client(base),
    async restart() {
      await end();
      running = await begin(port);
    },
    async stop() {
      await end();
      await bus?.close();
      await db.destroy();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
