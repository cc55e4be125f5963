import type { Knex } from "knex";

/** Who chose to get the notices of a day by mail. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable("notice_digests", (t) => {
    t.string("person_id", 26).primary().references("persons.id").onDelete("CASCADE");
    t.string("removal_key", 43).notNullable().unique(); // stands in every letter and can do nothing but end them
    t.string("told_up_to", 26).notNullable(); // the newest notice that was told, or that was there when it was chosen
    t.string("last_day", 10).nullable(); // of the last letter: one a day
    t.integer("failures").notNullable().defaultTo(0); // in a row
    t.string("chosen_at", 24).notNullable();
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable("notice_digests");
}
