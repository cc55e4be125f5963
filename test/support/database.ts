import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { migrate } from "../../server/migrate.ts";
import { openDatabase, type Db } from "../../server/platform/db.ts";
import { newId } from "../../server/platform/ids.ts";

/**
 * Databases for tests. Migrated and filled once a process, then copied for each caller: a file copy on SQLite, a
 * template on PostgreSQL. `TEST_DATABASE_URL` (an address whose user may create databases) chooses PostgreSQL.
 */
export const POSTGRES = process.env["TEST_DATABASE_URL"];
export const ENGINE = POSTGRES === undefined ? "SQLite" : "PostgreSQL";

const folder = mkdtempSync(path.join(tmpdir(), "hoc-lieu-test-"));
process.once("exit", () => rmSync(folder, { recursive: true, force: true }));

const templates = new Map<string, Promise<string>>();
const made: string[] = [];

/** A database of one's own with a migrated, empty schema, or filled by `fill` (run once for each `name`). */
export async function freshDatabase(name = "empty", fill: (db: Db) => Promise<void> = () => Promise.resolve()): Promise<Db> {
  let template = templates.get(name);
  if (template === undefined) {
    template = makeTemplate(name, fill);
    templates.set(name, template);
  }
  const source = await template;
  if (POSTGRES === undefined) {
    const file = path.join(folder, `${newId()}.sqlite`);
    copyFileSync(source, file);
    return openDatabase({ sqlite: file }, { waitMs: 3000, durable: false });
  }
  const database = `test_${newId()}`;
  await onServer(`CREATE DATABASE "${database}" TEMPLATE "${source}"`);
  made.push(database);
  return openDatabase({ postgres: addressOf(database) }, { waitMs: 3000, poolMax: 4 });
}

async function makeTemplate(name: string, fill: (db: Db) => Promise<void>): Promise<string> {
  if (POSTGRES === undefined) {
    const file = path.join(folder, `${name}.template.sqlite`);
    const db = openDatabase({ sqlite: file }, { durable: false });
    await migrate(db);
    await fill(db);
    await db.raw("PRAGMA wal_checkpoint(TRUNCATE)");
    await db.destroy();
    return file;
  }
  const database = `template_${newId()}`;
  await onServer(`CREATE DATABASE "${database}"`);
  made.push(database);
  const db = openDatabase({ postgres: addressOf(database) });
  await migrate(db);
  await fill(db);
  await db.destroy();
  return database;
}

function addressOf(database: string): string {
  const url = new URL(POSTGRES ?? "");
  url.pathname = `/${database}`;
  return url.href;
}

async function onServer(sql: string): Promise<void> {
  const server = openDatabase({ postgres: POSTGRES ?? "" }, { poolMax: 1 });
  await server.raw(sql);
  await server.destroy();
}

/** Counts the queries that run while `work` does. */
export async function countQueries(db: Db, work: () => Promise<unknown>): Promise<{ count: number; queries: string[] }> {
  const queries: string[] = [];
  const note = (query: { sql: string }): void => void queries.push(query.sql);
  db.on("query", note);
  await work();
  db.removeListener("query", note);
  return { count: queries.length, queries };
}
