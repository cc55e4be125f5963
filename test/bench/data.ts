import { createHash } from "node:crypto";
import { constants, copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import path from "node:path";
import { migrate } from "../../server/migrate.ts";
import { openDatabase, type Db } from "../../server/platform/db.ts";
import { copyIntoPostgres } from "./copy.ts";

/** How the data of a bench is made. */
export interface Recipe {
  name: string;
  /** What decides what the data is: another version of these files makes it anew. */
  madeBy: readonly string[];
  /** The recipe that this one goes on from: it is built on a copy of that one's data. */
  from?: Recipe;
  build(db: Db, say: (line: string) => void): Promise<void>;
}

/**
 * The database of the bench, filled once and kept: in a file below `folder`, or as a database of the PostgreSQL server at
 * `postgres`, into which the rows of the file are copied where there is one. Migrations that came since are run on it.
 */
export async function benchDatabase(folder: string, postgres: string | undefined, recipe: Recipe, say: (line: string) => void): Promise<Db> {
  const name = nameOf(recipe);
  return postgres === undefined ? sqliteFile(path.join(folder, `${name}.sqlite`), recipe, say) : postgresDatabase(folder, postgres, name, recipe, say);
}

/** The file, or the address of the database, in which a recipe's data is kept. */
export function placeOf(folder: string, postgres: string | undefined, recipe: Recipe): string {
  if (postgres === undefined) return path.join(folder, `${nameOf(recipe)}.sqlite`);
  const address = new URL(postgres);
  address.pathname = `/${nameOf(recipe)}`;
  return address.href;
}

function nameOf({ name, madeBy }: Recipe): string {
  const hash = createHash("sha256");
  for (const file of madeBy) hash.update(readFileSync(file));
  return `${name}_${hash.digest("hex").slice(0, 8)}`;
}

async function sqliteFile(file: string, recipe: Recipe, say: (line: string) => void): Promise<Db> {
  if (!existsSync(file)) {
    mkdirSync(path.dirname(file), { recursive: true });
    const unfinished = `${file}.unfinished`;
    for (const end of ["", "-wal", "-shm"]) rmSync(unfinished + end, { force: true });
    if (recipe.from !== undefined) await copySqlite(path.dirname(file), recipe.from, unfinished, say);
    const db = openDatabase({ sqlite: unfinished }, { poolMax: 1 });
    await migrate(db);
    await timed(say, () => recipe.build(db, say));
    await db.raw("ANALYZE");
    await db.raw("PRAGMA wal_checkpoint(TRUNCATE)");
    await db.destroy();
    renameSync(unfinished, file);
  }
  const db = openDatabase({ sqlite: file });
  await migrate(db);
  return db;
}

async function copySqlite(folder: string, recipe: Recipe, to: string, say: (line: string) => void): Promise<void> {
  const db = await benchDatabase(folder, undefined, recipe, say);
  await db.raw("PRAGMA wal_checkpoint(TRUNCATE)");
  await db.destroy();
  copyFileSync(placeOf(folder, undefined, recipe), to, constants.COPYFILE_FICLONE);
}

async function postgresDatabase(folder: string, server: string, name: string, recipe: Recipe, say: (line: string) => void): Promise<Db> {
  const admin = openDatabase({ postgres: server }, { poolMax: 1 });
  const address = new URL(server);
  const [unfinished, whole] = [`${name}_unfinished`, name];
  if (!(await admin("pg_database").where({ datname: whole }).first("datname"))) {
    await admin.raw("DROP DATABASE IF EXISTS ??", [unfinished]);
    const sqlite = placeOf(folder, undefined, recipe);
    const from = existsSync(sqlite) ? undefined : recipe.from;
    if (from !== undefined) await (await postgresDatabase(folder, server, nameOf(from), from, say)).destroy();
    await admin.raw(from === undefined ? "CREATE DATABASE ??" : "CREATE DATABASE ?? TEMPLATE ??", from === undefined ? [unfinished] : [unfinished, nameOf(from)]);
    address.pathname = `/${unfinished}`;
    const db = openDatabase({ postgres: address.href }, { poolMax: 1 });
    await migrate(db);
    await timed(say, () => (existsSync(sqlite) ? copyIntoPostgres(sqlite, db, say) : recipe.build(db, say)));
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
