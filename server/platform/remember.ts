import type { Db } from "./db.ts";

/** How old what is remembered may be where another process wrote. Writes of this process are known at once. */
const LIFE_MS = 5_000;
/** After a write everybody reads for themselves until it surely stands: knex tells that a commit is sent, not that it is done. */
const SETTLING_MS = 2_000;
const ENTRIES_MAX = 2_000;

type Key = string | number | boolean | null | undefined;

interface Entry {
  value: Promise<unknown>;
  tables: readonly string[];
  at: number;
}

/** What one database was asked, what its open transactions wrote to, and until when a table that was written to settles. */
interface Memory {
  entries: Map<string, Entry>;
  written: Map<string, Set<string>>;
  settled: Map<string, number>;
}

/** A statement as knex tells of it when it is sent. */
interface Told {
  sql: string;
  __knexTxId?: string;
}

const memories = new WeakMap<object, Memory>();
const watched = new Set<string>();
let readers = 0;

/**
 * A reader of what hardly ever changes and many pages ask for: the calendar, the targets, the sums of the measures. What
 * it answers is kept for a few seconds, and forgotten as soon as this process has written to one of `tables`. A
 * transaction reads for itself. Never for anything that decides what a person may do.
 *
 * The answer is shared by everybody who asks: it is not to be changed.
 */
export function remember<Args extends readonly Key[], Row>(tables: readonly string[], read: (db: Db, ...args: Args) => Promise<Row>): (db: Db, ...args: Args) => Promise<Row> {
  const reader = (readers += 1);
  for (const table of tables) watched.add(table);
  return (db, ...args) => {
    if (db.isTransaction) return read(db, ...args);
    const { entries, settled } = memoryOf(db);
    if (tables.some((table) => (settled.get(table) ?? 0) > performance.now())) return read(db, ...args);
    const key = `${reader} ${JSON.stringify(args)}`;
    const kept = entries.get(key);
    if (kept !== undefined && performance.now() - kept.at < LIFE_MS) return kept.value as Promise<Row>;
    const value = Promise.resolve(read(db, ...args)); // a query of knex runs again each time that somebody waits for it
    const entry = { value, tables, at: performance.now() };
    if (entries.size >= ENTRIES_MAX) entries.clear();
    entries.set(key, entry);
    value.catch(() => {
      if (entries.get(key) === entry) entries.delete(key);
    });
    return value;
  };
}

function memoryOf(db: Db): Memory {
  const client = db.client as object;
  const known = memories.get(client);
  if (known !== undefined) return known;
  const memory: Memory = { entries: new Map(), written: new Map(), settled: new Map() };
  memories.set(client, memory);
  db.on("query", (told: Told) => note(memory, told));
  return memory;
}

const END = /^\s*(?:commit|rollback)/i;
const READ = /^\s*(?:select|with|begin|savepoint|release|pragma)/i;

function note(memory: Memory, { sql, __knexTxId: transaction }: Told): void {
  if (END.test(sql)) {
    forget(memory, memory.written.get(transaction ?? "") ?? []);
    memory.written.delete(transaction ?? "");
  } else if (!READ.test(sql)) {
    const tables = [...watched].filter((table) => sql.includes(table));
    forget(memory, tables);
    if (transaction !== undefined) memory.written.set(transaction, new Set([...(memory.written.get(transaction) ?? []), ...tables]));
  }
}

function forget({ entries, settled }: Memory, tables: Iterable<string>): void {
  const written = new Set(tables);
  if (written.size === 0) return;
  for (const table of written) settled.set(table, performance.now() + SETTLING_MS);
  for (const [key, entry] of entries) if (entry.tables.some((table) => written.has(table))) entries.delete(key);
}
