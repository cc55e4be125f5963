import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import { startApp, type Running } from "../support/app.ts";
import type { Answer, Client } from "../support/client.ts";
import { POSTGRES } from "../support/database.ts";
import { addThings, paramsOf, uploadFiles } from "../support/things.ts";
import { all, col, isPostgres, maybeOne, openDatabase } from "../../server/platform/db.ts";
import { z } from "zod";

/**
 * Every route × every role × own and foreign school, against a table that people write and review:
 * `access-table.csv`. One row a route; one column a person of the world. A cell says what the person gets for a thing of
 * THCS Trần Phú: `ok` (done, shown, or told what is wrong with the form), `in` (asked to sign in), `403`, `404`.
 *
 * A route that is missing from the table, or a row without a route, fails. `WRITE_ACCESS_TABLE=1` writes what is found,
 * to be read line by line before it is committed; with `ACCESS_ROUTES=/notices` only the routes that begin so are asked, and
 * the other lines stay as they are.
 */
const PEOPLE = ["visitor", "minh", "khoi", "thu", "huong", "son", "mai", "nam", "tuan", "dung", "ngan", "ha", "bach", "lan", "quang", "vy"] as const;
type Person = (typeof PEOPLE)[number];
/** Foreign people must never read these, whatever the status: names of pupils and what was written about them. */
const CANARIES = ["Lê Đức Minh", "Bùi Bảo An", "Đỗ Đăng Khôi", "canary-tran-phu"];
const FOREIGN: readonly Person[] = ["visitor", "lan", "quang", "vy", "ngan"];
/** Rights are the same on every database, so on PostgreSQL these few ask: its queries are what is tried there. */
const ASKING: readonly Person[] = POSTGRES === undefined ? PEOPLE : ["minh", "huong", "nam", "ha", "lan"];

const FILE = path.join(import.meta.dirname, "access-table.csv");
const WRITE = process.env["WRITE_ACCESS_TABLE"] === "1";

interface Row {
  method: string;
  path: string;
  cells: Map<Person, string>;
}

function readTable(): Row[] {
  const [, ...lines] = readFileSync(FILE, "utf8").trim().split("\n");
  return lines.map((line) => {
    const [method = "", route = "", ...cells] = line.split(",").map((cell) => cell.trim());
    return { method, path: route, cells: new Map(PEOPLE.map((person, i) => [person, cells[i] ?? ""])) };
  });
}

const reads = (method: string): boolean => method === "get" || method === "head";

function verdictOf(answer: Answer): string {
  if (answer.status === 401 || answer.location.startsWith("/sign-in?next")) return "in";
  if (answer.status === 403 || answer.status === 404) return String(answer.status);
  if (answer.status >= 500) return String(answer.status);
  return "ok";
}

describe("the access table", function () {
  this.timeout(600_000);
  let app: Running;
  const clients = new Map<Person, Client>();
  const folder = mkdtempSync(path.join(tmpdir(), "hoc-lieu-access-"));
  let spare: World | undefined;
  before(async () => {
    app = await startApp();
    await addThings(app.db, app.blobs);
    await uploadFiles(app);
    for (const person of PEOPLE) clients.set(person, person === "visitor" ? app.visitor() : await app.as(person));
  });
  after(async () => {
    await spare?.stop();
    rmSync(folder, { recursive: true, force: true });
    await app.stop();
  });

  const key = (row: { method: string; path: string }): string => `${row.method.toUpperCase()} ${row.path}`;

  /** A copy of the prepared world, and whether anything was written to it since: what is allowed changes it, so a changed one is not used again. */
  interface World {
    running: Running;
    isChanged(): Promise<boolean>;
    stop(): Promise<void>;
  }

  async function copyOfWorld(): Promise<World> {
    const template = path.join(folder, "template.sqlite");
    if (!existsSync(template)) await app.db.raw("VACUUM INTO ?", [template]);
    const own = mkdtempSync(path.join(folder, "world-"));
    const file = path.join(own, "world.sqlite");
    copyFileSync(template, file);
    const running = await startApp({ UPLOADS_DIR: app.config.uploadsDir }, openDatabase({ sqlite: file }, { poolMax: 2, waitMs: 3000, durable: false }));
    const watcher = openDatabase({ sqlite: file }, { poolMax: 1, waitMs: 3000, durable: false });
    const version = async (): Promise<number> => (await maybeOne(z.object({ data_version: z.number() }), watcher.raw("PRAGMA data_version")))?.data_version ?? 0;
    const first = await version();
    return {
      running,
      isChanged: async () => (await version()) !== first,
      stop: async () => {
        await watcher.destroy();
        await running.stop();
        rmSync(own, { recursive: true, force: true });
      },
    };
  }

  async function askAgain(person: Person, row: { method: string; path: string }): Promise<Answer> {
    const world = spare ?? (await copyOfWorld());
    spare = world;
    // The session is in the copied database, so nobody has to sign in anew.
    const client = clients.get(person)?.at(world.running.base);
    if (!client) throw new Error(person);
    const answer = await ask(client, row.method, row.path);
    if (await world.isChanged()) {
      spare = undefined;
      await world.stop();
    }
    return answer;
  }

  if (WRITE) {
    it("is written from what the application does", async () => {
      const lines = [["method", "path", ...PEOPLE].join(",")];
      const only = process.env["ACCESS_ROUTES"];
      const known = new Map(only === undefined ? [] : readTable().map((row) => [key(row), [row.method, row.path, ...row.cells.values()].join(",")]));
      for (const route of app.app.routes) {
        const kept = route.path.startsWith(only ?? "/") ? undefined : known.get(key(route));
        if (kept !== undefined) {
          lines.push(kept);
          continue;
        }
        const cells: string[] = [];
        for (const person of PEOPLE) cells.push(verdictOf(await askAgain(person, route)));
        lines.push([route.method, route.path, ...cells].join(","));
      }
      writeFileSync(FILE, `${lines.join("\n")}\n`);
    });
    return;
  }

  it("has a row for every route, and no row without one", () => {
    const rows = new Set(readTable().map(key));
    const routes = new Set(app.app.routes.map(key));
    expect([...routes].filter((route) => !rows.has(route)), "routes without a row").to.deep.equal([]);
    expect([...rows].filter((row) => !routes.has(row)), "rows without a route").to.deep.equal([]);
  });

  it("is what every person gets, and a refusal changes nothing", async () => {
    const wrong: string[] = [];
    const tries = readTable().flatMap((row) => ASKING.map((person) => ({ row, person, expected: row.cells.get(person) })));
    // What is shown first: an export writes the audit log. What changes something is tried below, on worlds of its own.
    for (const one of tries.filter(({ row, expected }) => expected === "ok" && reads(row.method))) wrong.push(...(await problemsOf(one)));
    const before = await contentOf(app);
    for (const one of tries.filter(({ expected }) => expected !== "ok")) wrong.push(...(await problemsOf(one)));
    expect(wrong).to.deep.equal([]);
    expect(await contentOf(app)).to.deep.equal(before);
  });

  async function problemsOf({ row, person, expected }: { row: Row; person: Person; expected: string | undefined }): Promise<string[]> {
    const client = clients.get(person);
    if (!client) throw new Error(person);
    const answer = await ask(client, row.method, row.path);
    const leaked = FOREIGN.includes(person) ? CANARIES.filter((canary) => answer.text.includes(canary)) : [];
    return [
      ...(verdictOf(answer) === expected ? [] : [`${key(row)} as ${person}: ${verdictOf(answer)} (${answer.status}), not ${expected}`]),
      ...(leaked.length === 0 ? [] : [`${key(row)} as ${person}: shows ${leaked.join(", ")}`]),
    ];
  }

  if (POSTGRES === undefined) {
    it("lets those in who may, for everything that changes something", async () => {
      const wrong: string[] = [];
      for (const row of readTable().filter((r) => !reads(r.method))) {
        for (const person of PEOPLE.filter((one) => row.cells.get(one) === "ok")) {
          const answer = await askAgain(person, row);
          if (verdictOf(answer) !== "ok") wrong.push(`${key(row)} as ${person}: ${answer.status}`);
        }
      }
      expect(wrong).to.deep.equal([]);
    });
  }

  function ask(client: Client, method: string, route: string): Promise<Answer> {
    const url = route.replace(/:([a-zA-Z]+)/g, (_, name: string) => paramsOf(route, name));
    return reads(method) ? client.send(method.toUpperCase(), url) : client.send(method.toUpperCase(), url, { body: new URLSearchParams() });
  }
});

/** How many rows every table holds, and what was written last: equal before and after means that nothing changed. */
async function contentOf(app: Running): Promise<Record<string, number>> {
  const sql = isPostgres(app.db)
    ? "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
    : "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY 1";
  const found: Record<string, number> = {};
  for (const { name } of await all(z.object({ name: col.text() }), app.db.raw(sql))) {
    // Looking writes the access log and marks lessons as opened; signing in was before.
    if (["access_log", "lesson_progress", "sessions"].includes(name) || name.startsWith("sqlite_")) continue;
    const rows = await app.db(name).count({ n: "*" }).first();
    found[name] = Number((rows as { n: number | string } | undefined)?.n ?? 0);
  }
  return found;
}
