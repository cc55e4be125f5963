import type { Knex } from "knex";
import { z } from "zod";
import { col, countOf, isPostgres, one, type Db } from "../../platform/db.ts";
import { remember } from "../../platform/remember.ts";
import type { Condition } from "../rules/terms.ts";

/** The two engines' sets of terms behind one door. A term has no quotes and no operators (see `rules/terms.ts`). */

/** Every material has it: a condition that asks for nothing asks for this. */
export const EVERY = "f_every";

const AT_ONCE = 50;

/**
 * PostgreSQL's index knows no order, so the newest of a hundred thousand would be found by looking at all. Each document
 * therefore has the term of its range of numbers: the newest ranges are asked first, and the others only where those had
 * not enough.
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

/** Steps have a good deal in common; so many times the amount is gathered at first. */
const IN_COMMON = 3;

/**
 * So many documents of a ladder's steps, each on its best step, of a step the newest; `whole` where there are no others.
 */
export async function namedBy(db: Db, ladder: readonly Condition[], amount: number): Promise<{ named: Named[]; whole: boolean }> {
  for (let most = amount * IN_COMMON; ; most = amount * ladder.length) {
    const rows = await gather(db, ladder, amount, most);
    const steps = new Map<number, number>();
    const counts = new Map<number, number>();
    for (const { doc, step } of rows) {
      if (!steps.has(doc)) steps.set(doc, step);
      counts.set(step, (counts.get(step) ?? 0) + 1);
    }
    const whole = rows.length < most && [...counts.values()].every((count) => count < amount);
    if (whole || steps.size >= amount || most >= amount * ladder.length) {
      return { named: [...steps].slice(0, amount).map(([doc, step]) => ({ doc, step })), whole: whole && steps.size <= amount };
    }
  }
}

/** The newest `amount` of each step, one step after the other, until there are `most`. An engine does not begin a step that is not needed any more. */
async function gather(db: Db, ladder: readonly Condition[], amount: number, most: number): Promise<Named[]> {
  const steps = isPostgres(db) ? await postgresSteps(db, ladder, amount) : sqliteSteps(ladder, amount);
  const sql = `(${steps.map(([step]) => step).join(" UNION ALL ")} LIMIT ?) AS n`;
  const lines = await gathered(db, db.from(db.raw(sql, [...steps.flatMap(([, bindings]) => bindings), most])), "step || '|' || doc");
  return lines.map((line) => {
    const [step, doc] = line.split("|");
    return { step: Number(step), doc: Number(doc) };
  });
}

/** The rows of a query, each as the text of an expression: one row with all of them costs a tenth of a row for each. */
export async function gathered(db: Db, query: Knex.QueryBuilder, expression: string): Promise<string[]> {
  const gather = isPostgres(db) ? `string_agg(${expression}, chr(10))` : `group_concat(${expression}, char(10))`;
  const { lines } = await one(z.object({ lines: col.maybeText() }), query.select(db.raw(`${gather} AS lines`)));
  return lines === null ? [] : lines.split("\n");
}

type Sql = [sql: string, bindings: (string | number)[]];

function sqliteSteps(ladder: readonly Condition[], amount: number): Sql[] {
  return ladder.map((condition, step) => [`SELECT step, doc FROM (SELECT ? AS step, rowid AS doc FROM library_fts WHERE library_fts MATCH ? ORDER BY rowid DESC LIMIT ?) s${step}`, [step, asFts(condition), amount]]);
}

async function postgresSteps(db: Db, ladder: readonly Condition[], amount: number): Promise<Sql[]> {
  const last = await lastDoc(db);
  const newest: Condition = { any: [...new Set([rangeTerm(last), rangeTerm(Math.max(0, last - RANGE))])].map((range) => ({ term: range })) };
  const found = "SELECT doc FROM library_find(?::tsquery, ?) AS f(doc)";
  return ladder.map((condition, step) => [
    `(SELECT ?::integer AS step, doc FROM (${found} UNION ALL ${found}) s${step} LIMIT ?)`,
    [step, asTsquery({ all: [condition, newest] }), amount, asTsquery({ these: condition, not: newest }), amount, amount],
  ]);
}

/** The newest document. Where it is some seconds old, a newer one is found a little later in the same answer. */
const lastDoc = remember(["library_index"], (db: Db): Promise<number> => countOf(db("library_index").max({ n: "doc" })));

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
  const [list, between] = "all" in condition ? [condition.all, and] : [condition.any, or];
  return list.length === 0 ? write({ term: EVERY }) : `(${list.map(write).join(between)})`;
}

/** Terms are letters, digits and `_`; whatever else came in by a mistake goes, so that it can never be an operator. */
function plain(term: string): string {
  return term.replace(/["'\\\s:*&|!()^-]/g, "");
}
