/** The application on a given database and folder, in the tests' own time; test/faults/uploads.spec.ts kills it in the middle. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createApp } from "../../server/app.ts";
import { readConfig } from "../../server/config.ts";
import { openDatabase } from "../../server/platform/db.ts";
import { makeLog } from "../../server/platform/log.ts";
import { NOW } from "../support/world.ts";

const [folder = "", port = "0"] = process.argv.slice(2);
const config = readConfig({ DATA_DIR: folder, UPLOADS_DIR: `${folder}/uploads`, LOG_LEVEL: "silent" }, { demo: false });
const app = createApp({
  config,
  db: openDatabase(config.database),
  log: makeLog("silent"),
  mail: () => Promise.resolve(),
  sessionSecret: "for tests only",
  clock: () => NOW,
});
const server = createServer(app.express).listen(Number(port), "127.0.0.1", () => {
  process.stdout.write(`${(server.address() as AddressInfo).port}\n`);
});
