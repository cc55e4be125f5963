/**
 * The product over the bench's library, in a process of its own, so that who measures costs nothing. Beside it, on another
 * port, what a bare framework needs for a row: express, knex, one line of HTML. Says its addresses when it is ready and,
 * when asked, how much of the processor it has used (milliseconds, with the engine's own threads on SQLite).
 *
 *     node --import=tsx test/bench/search-server.ts <folder> <materials>
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import express from "express";
import type { Db } from "../../server/platform/db.ts";
import { startApp } from "../support/app.ts";
import { benchDatabase } from "./data.ts";
import { buildLibrary } from "./library.ts";

const [folder = "", materials = ""] = process.argv.slice(2);
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const library = {
  name: `library_${materials}`,
  madeBy: ["test/bench/library.ts", "test/support/world.ts", "server/library/rules/terms.ts", "server/library/store/terms.ts", "server/library/store/write.ts"],
  build: (empty: Db, tell: (line: string) => void) => buildLibrary(empty, Number(materials), tell),
};
const db = await benchDatabase(folder, process.env["TEST_DATABASE_URL"], library, say);
const app = await startApp({}, db);
const bare = express().get("/:id", async (req, res) => {
  const row = (await db("materials").where({ id: req.params.id }).first()) as { title: string };
  res.type("html").send(`<!doctype html><title>${row.title}</title><h1>${row.title}</h1>`);
});
const server = createServer(bare);
await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
process.on("message", (asked) => {
  if (asked === "cpu") {
    const { user, system } = process.cpuUsage();
    process.send?.({ cpu: (user + system) / 1000 });
  } else void app.stop().then(() => process.exit(0));
});
process.once("disconnect", () => process.exit(0));
process.send?.({ app: app.base, bare: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
