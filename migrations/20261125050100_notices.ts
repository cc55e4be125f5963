import type { Knex } from "knex";

/** What a person is told: one row a person, put into words when it is read, in the language of that moment. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable("notices", (t) => {
    t.string("id", 26).primary();
    t.string("person_id", 26).notNullable().references("persons.id");
    t.string("kind", 40).notNullable();
    t.string("href", 300).notNullable();
    t.text("params").notNullable().defaultTo("{}");
    t.string("at", 24).notNullable();
    t.string("read_at", 24).nullable();
    t.index(["person_id", "id"]); // the list, the newest first
    t.index(["at"]); // what is old enough to go
  });
  // The count in the top bar of every page, and the one unread notice of a thing that newer news replaces.
  await knex.schema.raw("CREATE INDEX notices_unread ON notices (person_id, kind, href) WHERE read_at IS NULL");
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable("notices");
}
