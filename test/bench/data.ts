import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import path from "node:path";
import { migrate } from "../../server/migrate.ts";
import { openDatabase, type Db } from "../../server/platform/db.ts";
import { buildLibrary } from "./library.ts";

/** What decides what the data is: another version of these makes it anew. */
const MADE_BY = ["test/bench/library.ts", "test/support/world.ts", "server/library/rules/terms.ts", "server/library/store/terms.ts", "server/library/store/write.ts"];

/**
 * The database of the bench, filled once and kept: in a file below `folder`, or as a database of the PostgreSQL server at
 * `postgres`. Migrations that came since are run on it.
 */
export async function benchDatabase(folder: string, postgres: string | undefined, materials: number, say: (line: string) => void): Promise<Db> {
  const hash = createHash("sha256");
  for (const file of MADE_BY) hash.update(readFileSync(file));
  const name = `library_${materials}_${hash.digest("hex").slice(0, 8)}`;
  return postgres === undefined ? sqliteFile(path.join(folder, `${name}.sqlite`), materials, say) : postgresDatabase(postgres, name, materials, say);
}

async function sqliteFile(file: string, materials: number, say: (line: string) => void): Promise<Db> {
  if (!existsSync(file)) {
    mkdirSync(path.dirname(file), { recursive: true });
    const unfinished = `${file}.unfinished`;
    for (const end of ["", "-wal", "-shm"]) rmSync(unfinished + end, { force: true });
    const db = openDatabase({ sqlite: unfinished }, { poolMax: 1 });
    await migrate(db);
    await timed(say, () => buildLibrary(db, materials, say));
    await db.raw("ANALYZE");
    await db.raw("PRAGMA wal_checkpoint(TRUNCATE)");
    await db.destroy();
    renameSync(unfinished, file);
  }
  const db = openDatabase({ sqlite: file });
  await migrate(db);
  return db;
}

async function postgresDatabase(server: string, name: string, materials: number, say: (line: string) => void): Promise<Db> {
  const admin = openDatabase({ postgres: server }, { poolMax: 1 });
  const address = new URL(server);
  const [unfinished, whole] = [`${name}_unfinished`, name];
  if (!(await admin("pg_database").where({ datname: whole }).first("datname"))) {
    await admin.raw("DROP DATABASE IF EXISTS ??", [unfinished]);
    await admin.raw("CREATE DATABASE ??", [unfinished]);
    address.pathname = `/${unfinished}`;
    const db = openDatabase({ postgres: address.href }, { poolMax: 1 });
    await migrate(db);
    await timed(say, () => buildLibrary(db, materials, say));
    await db.raw("VACUUM ANALYZE");
    await db.destroy();
    await admin.raw("ALTER DATABASE ?? RENAME TO ??", [unfinished, whole]);
  }
  await admin.destroy();
  address.pathname = `/${whole}`;
  const db = openDatabase({ postgres: address.href });
  await migrate(db);
  return db;
}

async function timed(say: (line: string) => void, work: () => Promise<void>): Promise<void> {
  const began = performance.now();
  await work();
  say(`built and indexed in ${((performance.now() - began) / 1000).toFixed(0)} s`);
}
