import { createRequire } from "node:module";
import knex, { type Knex } from "knex";
import { z } from "zod";
import type { Hundredths } from "./units.ts";

/** A connection or a transaction: the first argument of everything that reads or writes. */
export type Db = Knex;

const require = createRequire(import.meta.url);

interface Begins {
  query(connection: unknown, sql: string): Promise<unknown>;
}

/** A prepared statement of the driver. */
interface Statement {
  all(bindings: unknown, done: (error: Error | null, rows: unknown[]) => void): void;
  finalize(): void;
}

/** The driver's connection, as far as it is used past knex. */
interface SqliteConnection {
  prepare(sql: string, done: (this: Statement, error: Error | null) => void): void;
}

interface Asked {
  sql: string;
  bindings: unknown;
  response?: unknown[];
  context?: unknown;
}

interface SqliteClient {
  _query(connection: SqliteConnection, asked: Asked): Promise<Asked>;
  destroyRawConnection(connection: SqliteConnection): Promise<void>;
}

/** More than the reads that the pages have between them; lists of ids make more, and the oldest goes. */
const STATEMENTS_KEPT = 200;

/** The reads that a connection has prepared, the one used last at the end. */
class Statements {
  private readonly prepared = new Map<string, Statement>();

  async take(connection: SqliteConnection, sql: string): Promise<Statement> {
    const kept = this.prepared.get(sql);
    if (kept !== undefined) this.prepared.delete(sql);
    const statement = kept ?? (await prepare(connection, sql));
    this.prepared.set(sql, statement);
    const [oldest] = this.prepared.keys();
    if (this.prepared.size > STATEMENTS_KEPT && oldest !== undefined) {
      this.prepared.get(oldest)?.finalize();
      this.prepared.delete(oldest);
    }
    return statement;
  }

  finalize(): void {
    for (const statement of this.prepared.values()) statement.finalize();
    this.prepared.clear();
  }
}

function prepare(connection: SqliteConnection, sql: string): Promise<Statement> {
  return new Promise((resolve, reject) => {
    connection.prepare(sql, function (error) {
      if (error) reject(error);
      else resolve(this);
    });
  });
}

/**
 * knex's SQLite client with two changes. Writing transactions take the write lock at once: with plain BEGIN a transaction
 * that reads and then writes fails after a millisecond when another wrote in between, whatever the busy timeout. And reads
 * are prepared once for each connection, which takes a third off a short one.
 */
function ownSqlite(): typeof Knex.Client {
  const Client = require("knex/lib/dialects/sqlite3/index.js") as new (...args: unknown[]) => SqliteClient & Knex.Client;
  const Transaction = require("knex/lib/dialects/sqlite3/execution/sqlite-transaction.js") as {
    new (...args: unknown[]): Begins;
  };
  class ImmediateTransaction extends Transaction {
    begin(connection: unknown): Promise<unknown> {
      return this.query(connection, "BEGIN IMMEDIATE;");
    }
  }
  const statements = new WeakMap<SqliteConnection, Statements>();
  return class extends Client {
    override transaction(...args: unknown[]): Knex.Transaction {
      return new ImmediateTransaction(this, ...args) as unknown as Knex.Transaction;
    }

    override async _query(connection: SqliteConnection, asked: Asked): Promise<Asked> {
      if (!/^\s*(?:select|with)\s/i.test(asked.sql)) return super._query(connection, asked);
      const own = statements.get(connection) ?? new Statements();
      statements.set(connection, own);
      const statement = await own.take(connection, asked.sql);
      return new Promise((resolve, reject) => {
        statement.all(asked.bindings, (error, rows) => {
          if (error) reject(error);
          else resolve(Object.assign(asked, { response: rows, context: statement }));
        });
      });
    }

    override destroyRawConnection(connection: SqliteConnection): Promise<void> {
      statements.get(connection)?.finalize();
      return super.destroyRawConnection(connection);
    }
  } as unknown as typeof Knex.Client;
}

/** Where the rows live: a PostgreSQL URL, or the path of an SQLite file. */
export type DatabaseAddress = { postgres: string } | { sqlite: string };

/** @param options `durable: false` for a database that need not outlive a power cut, as a test's: SQLite waits for no disk. */
export function openDatabase(address: DatabaseAddress, options: { poolMax?: number; waitMs?: number; durable?: boolean } = {}): Db {
  const acquireConnectionTimeout = options.waitMs ?? 10_000;
  if ("postgres" in address) {
    return knex({
      client: "pg",
      connection: address.postgres,
      pool: { min: 0, max: options.poolMax ?? 10 },
      acquireConnectionTimeout,
    });
  }
  return knex({
    client: ownSqlite(),
    connection: { filename: address.sqlite },
    useNullAsDefault: true,
    acquireConnectionTimeout,
    pool: {
      min: 1,
      max: options.poolMax ?? 4,
      afterCreate: (connection: { exec(sql: string, done: (error: Error | null) => void): void }, done: (error: Error | null, connection: unknown) => void) => {
        connection.exec(
          `PRAGMA foreign_keys = ON; PRAGMA journal_mode = WAL; PRAGMA busy_timeout = 5000; PRAGMA synchronous = ${options.durable === false ? "OFF" : "FULL"}; PRAGMA cache_size = -16000;`,
          (error) => done(error, connection),
        );
      },
    },
  });
}

export function isPostgres(db: Db): boolean {
  return (db.client as { config: { client: unknown } }).config.client === "pg";
}

/** Column kinds that make both engines alike. */
export const col = {
  id: () => z.string(),
  maybeId: () => z.string().nullable(),
  text: () => z.string(),
  maybeText: () => z.string().nullable(),
  int: () => z.coerce.number().int(),
  /** Of a period. Taken as they stand: a kept sum that drifted below nothing must be read to be put right. */
  hundredths: () => z.coerce.number().int().transform((count) => count as unknown as Hundredths),
  maybeInt: () => z.coerce.number().int().nullable(),
  /** SQLite keeps 0 and 1, PostgreSQL true and false. */
  flag: () => z.union([z.boolean(), z.number()]).transform((value) => Boolean(value)),
  maybeFlag: () =>
    z
      .union([z.boolean(), z.number()])
      .nullable()
      .transform((value) => (value === null ? null : Boolean(value))),
  instant: () => z.string(),
  maybeInstant: () => z.string().nullable(),
  day: () => z.string(),
  maybeDay: () => z.string().nullable(),
  /** JSON kept as text, checked by a schema when read. */
  json: <S extends z.ZodType>(schema: S) =>
    z
      .string()
      .transform((text): unknown => JSON.parse(text))
      .pipe(schema),
  oneOf: <const V extends readonly [string, ...string[]]>(values: V) => z.enum(values),
} as const;

export interface Table<Shape extends z.ZodRawShape> {
  readonly name: string;
  readonly row: z.ZodObject<Shape>;
  readonly columns: readonly string[];
}

/** A row of a table as TypeScript sees it. */
export type RowOf<T> = T extends Table<infer Shape> ? z.infer<z.ZodObject<Shape>> : never;

/** Every declared table; a test compares them with the migrated schema on both engines. */
export const declaredTables = new Map<string, readonly string[]>();

/** Declares what a table holds. One declaration a table, in the store of the feature that owns it. */
export function table<Shape extends z.ZodRawShape>(name: string, shape: Shape): Table<Shape> {
  const columns = Object.keys(shape);
  declaredTables.set(name, columns);
  return { name, row: z.object(shape), columns };
}

type Query = PromiseLike<unknown>;

/** All rows of a query, checked. Takes a query builder or `db.raw(...)` on either engine. */
export async function all<S extends z.ZodType>(row: S, query: Query): Promise<z.infer<S>[]> {
  const rows = rowsOf(await query);
  return rows.map((value) => row.parse(value));
}

/** The only row of a query, or undefined where there may be none. */
export async function maybeOne<S extends z.ZodType>(row: S, query: Query): Promise<z.infer<S> | undefined> {
  const first = rowsOf(await query)[0];
  return first === undefined ? undefined : row.parse(first);
}

/** The only row of a query that must have one. */
export async function one<S extends z.ZodType>(row: S, query: Query): Promise<z.infer<S>> {
  const found = await maybeOne(row, query);
  if (found === undefined) throw new Error("a query that must answer a row answered none");
  return found;
}

function rowsOf(result: unknown): unknown[] {
  if (Array.isArray(result)) return result;
  if (result === undefined || result === null) return [];
  if (typeof result === "object" && "rows" in result && Array.isArray(result.rows)) return result.rows;
  return [result];
}

/** The number in a `count` query. */
export async function countOf(query: Query): Promise<number> {
  const row = await maybeOne(z.record(z.string(), z.coerce.number()), query);
  return row ? (Object.values(row)[0] ?? 0) : 0;
}

/** Whether an error is the database's word that a unique key already stands. */
export function isUniqueViolation(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = "code" in error ? error.code : undefined;
  return code === "23505" || (code === "SQLITE_CONSTRAINT" && /UNIQUE|PRIMARY KEY/.test(error.message));
}

/** Inserts many rows in chunks that both engines accept. */
export async function insertAll(db: Db, name: string, rows: readonly object[]): Promise<void> {
  const width = Object.keys(rows[0] ?? {}).length || 1;
  const chunk = Math.max(1, Math.min(400, Math.floor(30_000 / width)));
  for (let i = 0; i < rows.length; i += chunk) await db(name).insert(rows.slice(i, i + chunk));
}
