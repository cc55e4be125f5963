import type { Knex } from "knex";

const isPostgres = (knex: Knex): boolean => (knex.client as { config: { client: unknown } }).config.client === "pg";

/**
 * The index of the library: which terms a material is found under, and what a list of hits needs of it. Terms are made in
 * JavaScript (library/rules/terms.ts) and are the same on both engines: FTS5 without content, positions and ranking on
 * SQLite, a tsvector with a GIN index on PostgreSQL.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable("library_index", (t) => {
    t.increments("doc"); // grows with time: the newest first is the order of this key
    t.string("material_id", 26).notNullable().unique().references("materials.id").onDelete("CASCADE");
    t.string("blob_hash", 64).nullable(); // the version in use, whose text was read
    t.integer("title_words").notNullable();
    t.integer("uses").notNullable().defaultTo(0);
    t.text("facets").notNullable(); // subject|grade|kind|licence|school|year|approved|captions
    t.string("indexed_at", 24).notNullable();
    t.index(["blob_hash"]); // a file was digitised: whose is it
  });
  // The text of a file page by page, folded, one space between words: finds the page of a passage.
  await knex.schema.createTable("library_pages", (t) => {
    t.string("blob_hash", 64).notNullable();
    t.integer("page").notNullable();
    t.text("folded").notNullable();
    t.primary(["blob_hash", "page"]);
  });
  // Folded words and pairs of neighbours with how many materials have them: puts typing errors right.
  await knex.schema.createTable("library_words", (t) => {
    t.string("word", 90).primary();
    t.integer("materials").notNullable();
  });
  await knex.schema.createTable("library_rebuilds", (t) => {
    t.string("id", 26).primary();
    t.string("state", 8).notNullable().checkIn(["running", "done"]);
    t.integer("total").notNullable();
    t.integer("done").notNullable().defaultTo(0);
    t.string("cursor", 26).notNullable().defaultTo(""); // the last material that was indexed
    t.string("started_by", 26).nullable().references("persons.id");
    t.string("started_at", 24).notNullable();
    t.string("finished_at", 24).nullable();
    t.index(["state"]);
  });
  if (!isPostgres(knex)) {
    await knex.raw(`CREATE VIRTUAL TABLE library_fts USING fts5(terms, content='', contentless_delete=1, detail=none, tokenize="ascii tokenchars '_'")`);
    return;
  }
  await knex.raw("CREATE TABLE library_terms (doc integer PRIMARY KEY REFERENCES library_index(doc) ON DELETE CASCADE, terms tsvector NOT NULL)");
  await knex.raw("CREATE INDEX library_terms_gin ON library_terms USING gin (terms)");
  // Without statistics the planner takes every condition for a rare one and asks the GIN index; reading the vectors
  // themselves, which lie outside the row, would cost a hundred times as much as it believes.
  await knex.raw("ALTER TABLE library_terms ALTER COLUMN terms SET STATISTICS 0");
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable(isPostgres(knex) ? "library_terms" : "library_fts");
  for (const name of ["library_rebuilds", "library_words", "library_pages", "library_index"]) await knex.schema.dropTable(name);
}
