import { randomBytes } from "node:crypto";
import { accessSync, constants, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import path from "node:path";
import { createApp } from "./app.ts";
import { readConfig, type Config } from "./config.ts";
import { listeners } from "./listeners.ts";
import { setUpLink } from "./accounts/set-up.ts";
import { scannerAt } from "./digitising/scanner.ts";
import { toolsHere } from "./digitising/tools.ts";
import { makeDigitiser } from "./digitising/worker.ts";
import { requestMissing } from "./materials/jobs.ts";
import { buildDemo } from "./demo/build.ts";
import { demoSignIn } from "./demo/accounts.ts";
import { migrate } from "./migrate.ts";
import { ensureIndex } from "./library/store/rebuild.ts";
import { ensureProgramme } from "./plan/programme.ts";
import { joinBus } from "./platform/bus.ts";
import { now } from "./platform/clock.ts";
import { openDatabase, type Db } from "./platform/db.ts";
import { makeWorker, type Worker } from "./platform/jobs/worker.ts";
import { makeLog } from "./platform/log.ts";
import { makeMail } from "./platform/mail.ts";
import type { BlobStore } from "./platform/storage.ts";
import { openStore } from "./platform/storage/open.ts";
import { startSchedule } from "./schedule.ts";
import { words } from "./words.ts";
import { makeSockets, type Sockets } from "./sockets.ts";

/**
 * Boots: settings → folders → database → application → worker. The only side effects at load.
 *
 * @param args `--demo` for the demonstration province, `--fresh` to make it anew.
 */
export async function start(args: readonly string[]): Promise<void> {
  try {
    await boot({ demo: args.includes("--demo"), fresh: args.includes("--fresh") });
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? explain(error) : String(error)}\n`);
    process.exit(1);
  }
}

async function boot(mode: { demo: boolean; fresh: boolean }): Promise<void> {
  const config = readConfig(process.env, mode);
  const log = makeLog(config.logLevel);
  if (mode.demo && mode.fresh) rmSync(config.dataDir, { recursive: true, force: true });
  makeFolders(config);
  const db = openDatabase(config.database);
  await migrate(db);
  await ensureProgramme(db);
  await ensureIndex(db, now());
  const blobs = await openStore(config.storage);
  if (mode.demo) await fillDemo(db, blobs, makeWorker(db, listeners, log));
  const mail = makeMail({ smtpUrl: config.smtpUrl, from: config.mailFrom, log });
  const demo = mode.demo ? await demoSignIn(db) : undefined;
  const bus = config.redisUrl === undefined ? undefined : await joinBus(config.redisUrl, log);
  const app = createApp({ config, db, log, mail, blobs, demo, bus, sessionSecret: sessionSecret(config) });
  const server = createServer(app.express);
  server.headersTimeout = 15_000;
  server.requestTimeout = 10 * 60_000; // a large file on a slow line
  const sockets = makeSockets(server, app, { db, log, turn: config.media.turn, bus });
  const worker = makeWorker(db, [...listeners, ...sockets.listeners], log);
  await listen(server, config);
  const stopSchedule = config.worker === "inside" ? startSchedule(db, blobs, log, { schoolQuotaBytes: config.schoolQuotaBytes, engines: app.engines, post: config.smtpUrl === undefined ? undefined : { mail, baseUrl: config.baseUrl, words } }) : () => undefined;
  const digitiser = makeDigitiser({ db, blobs, log, tools: toolsHere(), scanner: config.clamd === undefined ? undefined : scannerAt(config.clamd) });
  await requestMissing(db, now());
  if (config.worker === "inside") {
    worker.start();
    digitiser.start();
  }
  const setUp = await setUpLink(db, config.baseUrl, now());
  stopGracefully(server, sockets, db, async () => {
    stopSchedule();
    await Promise.all([worker.stop(), digitiser.stop(), bus?.close()]);
  });
  // Said last: whoever waits for the address may stop the server as soon as it stands there.
  if (setUp) process.stdout.write(`First administrator, once: ${setUp}\n`);
  process.stdout.write(`Học Liệu: ${config.baseUrl}\n`);
  if (mode.demo) process.stdout.write("The accounts stand on the sign-in page. To start afresh: npm run demo -- --fresh\n");
}

/** Builds the demonstration once; afterwards what people did in it stays until `--fresh`. */
async function fillDemo(db: Db, blobs: BlobStore, worker: Worker): Promise<void> {
  if (await db("units").first("id")) return;
  const say = (line: string): void => void process.stdout.write(`${line}\n`);
  await buildDemo(db, blobs, now(), say);
  say("demonstration: counting");
  await worker.drain();
}

function makeFolders(config: Config): void {
  for (const folder of [config.dataDir, config.uploadsDir]) {
    try {
      mkdirSync(folder, { recursive: true });
      accessSync(folder, constants.W_OK);
    } catch (cause) {
      throw new Error(`The folder ${folder} cannot be written. Set DATA_DIR and UPLOADS_DIR to folders of your own.`, { cause });
    }
  }
}

/** The secret that signs session cookies: made once, kept beside the data, readable by the owner only. */
function sessionSecret(config: Config): string {
  const file = path.join(config.dataDir, "session-secret");
  if (!existsSync(file)) writeFileSync(file, randomBytes(32).toString("hex"), { mode: 0o600 });
  return readFileSync(file, "utf8");
}

function listen(server: Server, config: Config): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(config.port, config.host, resolve);
  });
}

function explain(error: Error): string {
  const code = "code" in error ? error.code : undefined;
  if (code === "EADDRINUSE") return "The port is taken by another program. Stop it, or choose another: PORT=3001 npm start";
  return error.message;
}

function stopGracefully(server: Server, sockets: Sockets, db: Db, stopWork: () => Promise<void>): void {
  let stopping = false;
  const stop = (): void => {
    if (stopping) return;
    stopping = true;
    sockets.close();
    server.close(() => {
      void stopWork()
        .then(() => db.destroy())
        .finally(() => process.exit(0));
    });
    server.closeIdleConnections();
    setTimeout(() => process.exit(0), 10_000).unref();
  };
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);
}
