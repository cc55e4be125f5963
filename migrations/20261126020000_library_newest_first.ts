import type { Knex } from "knex";

const isPostgres = (knex: Knex): boolean => (knex.client as { config: { client: unknown } }).config.client === "pg";

/**
 * The index has other terms than before: what is shared with all staff, the first letters of titles, and on PostgreSQL the
 * range of a document's number. It is emptied, and made anew when the server starts (`ensureIndex`).
 *
 * `library_find` answers the newest so many, instead of all to be sorted, and says so to the planner. As before it is the one
 * place where the GIN index can be insisted on (see 20261125040100_library_find).
 */
export async function up(knex: Knex): Promise<void> {
  await empty(knex);
  if (!isPostgres(knex)) return;
  await knex.raw("DROP FUNCTION library_find(tsquery)");
  await knex.raw(`
    CREATE FUNCTION library_find(asked tsquery, most integer) RETURNS TABLE (doc integer) LANGUAGE sql STABLE ROWS 500
      SET enable_seqscan = off SET enable_indexscan = off
      AS $$ SELECT t.doc FROM library_terms t WHERE t.terms @@ asked ORDER BY t.doc DESC LIMIT most $$`);
  // The ranges are those of library/store/terms.ts: the newest 8192 to 16,384 documents.
  await knex.raw(`
    CREATE FUNCTION library_newest() RETURNS tsquery LANGUAGE sql STABLE
      AS $$ SELECT ('r_' || last.range || '|r_' || GREATEST(last.range - 1, 0))::tsquery FROM (SELECT COALESCE(MAX(doc), 0) / 8192 AS range FROM library_index) last $$`);
}

export async function down(knex: Knex): Promise<void> {
  await empty(knex);
  if (!isPostgres(knex)) return;
  await knex.raw("DROP FUNCTION library_newest()");
  await knex.raw("DROP FUNCTION library_find(tsquery, integer)");
  await knex.raw(`
    CREATE FUNCTION library_find(asked tsquery) RETURNS TABLE (doc integer) LANGUAGE sql STABLE ROWS 20000
      SET enable_seqscan = off SET enable_indexscan = off
      AS $$ SELECT t.doc FROM library_terms t WHERE t.terms @@ asked ORDER BY t.doc DESC $$`);
}

async function empty(knex: Knex): Promise<void> {
  if (!isPostgres(knex)) await knex("library_fts").del();
  for (const name of ["library_index", "library_words", "library_rebuilds"]) await knex(name).del();
}
