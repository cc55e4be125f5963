import type { Knex } from "knex";

/** What the person said who confirmed, refused or reversed: the reason stands beside the act. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.alterTable("delivery_acts", (t) => {
    t.string("comment", 500).notNullable().defaultTo("");
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.alterTable("delivery_acts", (t) => t.dropColumn("comment"));
}
