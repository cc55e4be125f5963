import type { Knex } from "knex";

/**
 * To which wording a parent agreed. What those read who agreed before this is not known for certain: the first wording is taken,
 * which says the least, so that they are asked again.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.alterTable("recording_consents", (t) => t.integer("wording").notNullable().defaultTo(1));
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.alterTable("recording_consents", (t) => t.dropColumn("wording"));
}
