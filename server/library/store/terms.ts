import { isPostgres, type Db } from "../../platform/db.ts";
import type { Condition } from "../rules/terms.ts";

/** The two engines' sets of terms behind one door. A term has no quotes and no operators (see `rules/terms.ts`). */

/** Every material has it: a condition that asks for nothing asks for this. */
export const EVERY = "f_every";

const AT_ONCE = 50;

export async function writeTerms(trx: Db, rows: readonly { doc: number; terms: readonly string[] }[]): Promise<void> {
  for (let i = 0; i < rows.length; i += AT_ONCE) {
    const part = rows.slice(i, i + AT_ONCE).map(({ doc, terms }) => ({ doc, all: [EVERY, ...terms] }));
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

/** The documents of a condition, the newest first, as the innermost table `h(doc)` of a query. */
export function matching(db: Db, condition: Condition): ReturnType<Db["raw"]> {
  if (isPostgres(db)) return db.raw("(SELECT doc FROM library_find(?::tsquery) AS f(doc) ORDER BY doc DESC OFFSET 0) AS h", [asTsquery(condition)]);
  return db.raw("(SELECT rowid AS doc FROM library_fts WHERE library_fts MATCH ? ORDER BY rowid DESC) AS h", [asFts(condition)]);
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
