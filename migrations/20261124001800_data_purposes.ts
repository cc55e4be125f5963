import type { Knex } from "knex";

/**
 * What a school keeps of its pupils' private life, and what for. One row of `data_purposes` is one purpose that the school's
 * leader switched on; one row of `pupil_details` is one column of a roster file for one pupil.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable("data_purposes", (t) => {
    t.string("school_id", 26).notNullable().references("units.id");
    t.string("purpose", 20).notNullable();
    t.string("reason", 300).notNullable();
    t.string("switched_on_by", 26).notNullable().references("persons.id");
    t.string("switched_on_at", 24).notNullable();
    t.primary(["school_id", "purpose"]);
  });
  await knex.schema.createTable("pupil_details", (t) => {
    t.string("school_id", 26).notNullable().references("units.id");
    t.string("person_id", 26).notNullable().references("persons.id");
    t.string("header", 120).notNullable();
    t.string("about", 20).notNullable();
    t.string("value", 300).notNullable();
    t.string("updated_at", 24).notNullable();
    t.primary(["school_id", "person_id", "header"]);
    t.index(["school_id", "about"]);
    t.index(["person_id"]);
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable("pupil_details");
  await knex.schema.dropTable("data_purposes");
}
