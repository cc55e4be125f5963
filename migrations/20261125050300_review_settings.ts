import type { Knex } from "knex";

/** How a school (or, for all its schools, the province) reviews: every change is a version more, none is ever changed. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable("review_settings", (t) => {
    t.string("id", 26).primary();
    t.string("unit_id", 26).notNullable().references("units.id");
    t.integer("version").notNullable();
    t.text("items").notNullable(); // JSON: the questions of the checklist, and which must be ticked
    t.integer("pass_days").nullable(); // days for the subject group, null: no deadline
    t.integer("approve_days").nullable(); // days for the leaders
    t.string("created_by", 26).notNullable().references("persons.id");
    t.string("created_at", 24).notNullable();
    t.unique(["unit_id", "version"]); // the newest of a unit
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable("review_settings");
}
