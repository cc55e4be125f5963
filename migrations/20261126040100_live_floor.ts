import type { Knex } from "knex";

export async function up(knex: Knex): Promise<void> {
  // Who may speak in a live class besides its teachers. The list of a class is read by its key.
  await knex.schema.createTable("live_floor", (t) => {
    t.string("live_class_id", 26).notNullable().references("live_classes.id");
    t.string("person_id", 26).notNullable().references("persons.id");
    t.string("given_by", 26).notNullable().references("persons.id");
    t.string("given_at", 24).notNullable();
    t.primary(["live_class_id", "person_id"]);
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable("live_floor");
}
