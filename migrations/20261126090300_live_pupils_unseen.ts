import type { Knex } from "knex";

/** Whether pupils with the floor are heard only, not seen, in the school's live classes. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.alterTable("live_settings", (t) => t.boolean("pupils_unseen").notNullable().defaultTo(false));
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.alterTable("live_settings", (t) => t.dropColumn("pupils_unseen"));
}
