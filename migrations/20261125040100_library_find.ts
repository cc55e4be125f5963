import type { Knex } from "knex";

const isPostgres = (knex: Knex): boolean => (knex.client as { config: { client: unknown } }).config.client === "pg";

/**
 * Asks the GIN index, always. The planner counts some pages for each term of a condition and none for the vectors that lie
 * outside the rows, so for a dozen words in a library of 20,000 it reads every vector instead: half a second for a
 * millisecond. A function with settings of its own is the one place where that can be said; it says that it finds many, so that
 * a query which wants the newest few hundred does not look at the rest.
 */
export async function up(knex: Knex): Promise<void> {
  if (!isPostgres(knex)) return;
  await knex.raw(`
    CREATE FUNCTION library_find(asked tsquery) RETURNS TABLE (doc integer) LANGUAGE sql STABLE ROWS 20000
      SET enable_seqscan = off SET enable_indexscan = off
      AS $$ SELECT t.doc FROM library_terms t WHERE t.terms @@ asked ORDER BY t.doc DESC $$`);
}

export async function down(knex: Knex): Promise<void> {
  if (isPostgres(knex)) await knex.raw("DROP FUNCTION library_find(tsquery)");
}
