import type { Knex } from "knex";
import { z } from "zod";
import { col, isPostgres, one, type Db } from "../../platform/db.ts";
import type { Rung } from "../rules/rank.ts";
import type { Condition } from "../rules/terms.ts";

/** The two engines' sets of terms behind one door. A term has no quotes and no operators (see `rules/terms.ts`). */

/** Every material has it: a condition that asks for nothing asks for this. */
export const EVERY = "f_every";

const AT_ONCE = 50;

/**
 * PostgreSQL's index knows no order, so the newest of a hundred thousand would be found by looking at all. Each document
 * therefore has the term of its range of numbers: the newest two ranges (`library_newest()`) are asked first, and the
 * others only where those had not enough.
 */
const RANGE = 8192;
const rangeTerm = (doc: number): string => `r_${Math.floor(doc / RANGE)}`;

export async function writeTerms(trx: Db, rows: readonly { doc: number; terms: readonly string[] }[]): Promise<void> {
  for (let i = 0; i < rows.length; i += AT_ONCE) {
    const part = rows.slice(i, i + AT_ONCE).map(({ doc, terms }) => ({ doc, all: isPostgres(trx) ? [EVERY, rangeTerm(doc), ...terms] : [EVERY, ...terms] }));
    if (isPostgres(trx)) {
      const values = part.map(() => "(?::integer, array_to_tsvector(?::text[]))").join(", ");
      await trx.raw(`INSERT INTO library_terms (doc, terms) VALUES ${values} ON CONFLICT (doc) DO UPDATE SET terms = excluded.terms`, part.flatMap(({ doc, all }) => [doc, all]));
    } else {
      await trx.raw(`INSERT OR REPLACE INTO library_fts (rowid, terms) VALUES ${part.map(() => "(?, ?)").join(", ")}`, part.flatMap(({ doc, all }) => [doc, all.join(" ")]));
    }
  }
}

/** Pages (4 kB) that SQLite writes in one turn of merging: a few tenths of a second, after which others may write. */
const MERGED_AT_ONCE = 500;

/**
 * Makes one list of the many that each term's documents lie in after a year of additions: SQLite looks into all of them for
 * every term of a search. PostgreSQL has one list a term anyway.
 */
export async function mergeTerms(db: Db): Promise<void> {
  if (isPostgres(db)) return;
  const changes = async (trx: Db): Promise<number> => (await one(z.object({ n: z.number() }), trx.raw("SELECT total_changes() AS n"))).n;
  // FTS5: a negative number of pages begins to merge everything into one list, a positive one goes on with it; a turn that had nothing to do changes one row at most.
  for (let pages = -MERGED_AT_ONCE, idle = false; !idle; pages = MERGED_AT_ONCE) {
    idle = await db.transaction(async (trx) => {
      const before = await changes(trx);
      await trx.raw("INSERT INTO library_fts (library_fts, rank) VALUES ('merge', ?)", [pages]);
      return (await changes(trx)) - before < 2;
    });
  }
}

export async function removeTerms(trx: Db, docs: readonly number[]): Promise<void> {
  if (docs.length === 0) return;
  if (isPostgres(trx)) await trx("library_terms").whereIn("doc", [...docs]).del();
  else await trx("library_fts").whereIn("rowid", [...docs]).del();
}

/** A document of the index, and the step of the ladder that it stands on. */
export interface Named {
  doc: number;
  step: number;
}

/** A condition of the ladder, with its place on it. */
interface Step {
  step: number;
  condition: Condition;
}

/**
 * So many documents of a ladder, each on its best step, of a step the newest; `whole` where there are no others. The finer
 * steps of a rung are asked only where something stands on it, but for the first, which mostly is enough.
 */
export async function namedBy(db: Db, rungs: readonly Rung[], amount: number): Promise<{ named: Named[]; whole: boolean }> {
  let place = 0;
  const placed = rungs.map(({ finer, whole }) => ({ finer: finer.map((condition): Step => ({ step: place++, condition })), whole: { step: place++, condition: whole } satisfies Step }));
  const [first, ...others] = placed;
  if (first === undefined) return { named: [], whole: true };
  const even = placed.every((rung) => rung.finer.length === 0);
  let rows = even ? await gather(db, placed.map((rung) => rung.whole), amount, 2 * amount) : await gather(db, [...first.finer, first.whole], amount);
  const isCut = (some: readonly Named[]): boolean => placed.some((rung) => some.filter((row) => row.step === rung.whole.step).length >= amount);
  let cut = isCut(rows) || (even && rows.length >= 2 * amount);
  if (!even && !cut && others.length > 0) {
    const wholes = await gather(db, others.map((rung) => rung.whole), amount);
    const reached = others.filter((rung) => wholes.some((row) => row.step === rung.whole.step));
    const finer = await gather(db, reached.flatMap((rung) => rung.finer), amount);
    cut = isCut(wholes);
    rows = [...rows, ...wholes, ...finer].sort((a, b) => a.step - b.step);
  }
  const best = new Map<number, Named>();
  for (const row of rows) if (!best.has(row.doc)) best.set(row.doc, row);
  return { named: [...best.values()].slice(0, amount), whole: !cut && best.size <= amount };
}

/** The newest `amount` of each step, one step after the other; an engine does not begin a step when there are `most` already. */
async function gather(db: Db, steps: readonly Step[], amount: number, most = amount * steps.length): Promise<Named[]> {
  if (steps.length === 0) return [];
  const parts = isPostgres(db) ? postgresSteps(steps, amount) : sqliteSteps(steps, amount);
  const sql = `(${parts.map(([part]) => part).join(" UNION ALL ")} LIMIT ?) AS n`;
  const lines = await gathered(db, db.from(db.raw(sql, [...parts.flatMap(([, bindings]) => bindings), most])), "step || '|' || doc");
  return lines.map((line) => {
    const [step, doc] = line.split("|");
    return { step: Number(step), doc: Number(doc) };
  });
}

type Sql = [sql: string, bindings: (string | number)[]];

function sqliteSteps(steps: readonly Step[], amount: number): Sql[] {
  return steps.map(({ step, condition }) => ["SELECT * FROM (SELECT ? AS step, rowid AS doc FROM library_fts WHERE library_fts MATCH ? ORDER BY rowid DESC LIMIT ?)", [step, asFts(condition), amount]]);
}

function postgresSteps(steps: readonly Step[], amount: number): Sql[] {
  const found = "SELECT doc FROM library_find(?::tsquery && library_newest(), ?) AS f(doc) UNION ALL SELECT doc FROM library_find(?::tsquery && !! library_newest(), ?) AS f(doc)";
  return steps.map(({ step, condition }) => {
    const asked = asTsquery(condition);
    return [`SELECT * FROM (SELECT ?::integer AS step, doc FROM (${found}) s LIMIT ?) s${step}`, [step, asked, amount, asked, amount, amount]];
  });
}

/** The rows of a query, each as the text of an expression: one row with all of them costs a tenth of a row for each. */
export async function gathered(db: Db, query: Knex.QueryBuilder, expression: string): Promise<string[]> {
  const gather = isPostgres(db) ? `string_agg(${expression}, chr(10))` : `group_concat(${expression}, char(10))`;
  const { lines } = await one(z.object({ lines: col.maybeText() }), query.select(db.raw(`${gather} AS lines`)));
  return lines === null ? [] : lines.split("\n");
}

/** Numbers as the innermost table `h(doc)` of a query. */
export function numbers(db: Db, docs: readonly number[]): ReturnType<Db["raw"]> {
  if (isPostgres(db)) return db.raw("unnest(?::integer[]) AS h(doc)", [`{${docs.join(",")}}`]);
  return db.raw("(SELECT value AS doc FROM json_each(?)) AS h", [`[${docs.join(",")}]`]);
}

export function asFts(condition: Condition): string {
  if ("term" in condition) return `"${plain(condition.term)}"${condition.prefix ? "*" : ""}`;
  if ("these" in condition) return `(${asFts(condition.these)} NOT ${asFts(condition.not)})`;
  return joined(condition, " AND ", " OR ", asFts);
}

export function asTsquery(condition: Condition): string {
  if ("term" in condition) return `'${plain(condition.term)}'${condition.prefix ? ":*" : ""}`;
  if ("these" in condition) return `(${asTsquery(condition.these)} & !${asTsquery(condition.not)})`;
  return joined(condition, " & ", " | ", asTsquery);
}

type Listed = Extract<Condition, { all: unknown } | { any: unknown }>;

function joined(condition: Listed, and: string, or: string, write: (one: Condition) => string): string {
  const [list, between] = "all" in condition ? [parts(condition.all), and] : [condition.any, or];
  return list.length === 0 ? write({ term: EVERY }) : `(${list.map(write).join(between)})`;
}

/** Conditions of which all must hold, without those that ask for nothing: the list of every document is as long as the library. */
function parts(conditions: readonly Condition[]): Condition[] {
  return conditions.flatMap((one) => ("all" in one ? parts(one.all) : "any" in one && one.any.length === 0 ? [] : [one]));
}

/** Terms are letters, digits and `_`; whatever else came in by a mistake goes, so that it can never be an operator. */
function plain(term: string): string {
  return term.replace(/["'\\\s:*&|!()^-]/g, "");
}
