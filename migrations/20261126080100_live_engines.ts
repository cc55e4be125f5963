import type { Knex } from "knex";

/**
 * Live classes that are held with another engine than our own room. The school chooses for the classes it plans from then
 * on; a class keeps the engine it was planned with until its teacher moves it.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.alterTable("live_settings", (t) => {
    t.string("engine", 10).notNullable().defaultTo("embedded"); // embedded, bbb, livekit, link
    t.boolean("engine_records").notNullable().defaultTo(false); // whether teachers may record on the engine's server
  });
  await knex.schema.alterTable("live_classes", (t) => {
    t.string("engine", 10).notNullable().defaultTo("embedded");
    t.string("engine_link", 1000).nullable(); // of a class held by a plain link
    t.index(["engine", "state", "starts_at"]); // classes whose engines are asked who is in, or for recordings
  });
  // What is known of a class's room on its engine. The row is made when the engine first answers or fails.
  await knex.schema.createTable("live_engine_rooms", (t) => {
    t.string("live_class_id", 26).primary().references("live_classes.id");
    t.string("down_since", 24).nullable(); // the engine does not answer
    t.string("recording_url", 1000).nullable();
    t.string("recording_material_id", 26).nullable(); // its draft in the library
  });
  // Calls of engines that were heard, so that none is heard twice.
  await knex.schema.createTable("live_engine_calls", (t) => {
    t.string("live_class_id", 26).notNullable().references("live_classes.id");
    t.string("call_key", 64).notNullable();
    t.string("at", 24).notNullable();
    t.primary(["live_class_id", "call_key"]);
  });
  // Who pressed the button of a class held by a plain link. A click is no presence.
  await knex.schema.createTable("live_link_opens", (t) => {
    t.string("live_class_id", 26).notNullable().references("live_classes.id");
    t.string("person_id", 26).notNullable().references("persons.id");
    t.string("opened_at", 24).notNullable(); // the first time
    t.primary(["live_class_id", "person_id"]); // all of a class
  });
  // What the teacher says of a class held by a plain link; who was there stands in attendances, as the teacher's word.
  await knex.schema.createTable("live_declarations", (t) => {
    t.string("live_class_id", 26).primary().references("live_classes.id");
    t.string("proof_url", 1000).notNullable();
    t.string("declared_by", 26).notNullable().references("persons.id");
    t.string("declared_at", 24).notNullable();
  });
}

export async function down(knex: Knex): Promise<void> {
  for (const name of ["live_declarations", "live_link_opens", "live_engine_calls", "live_engine_rooms"]) await knex.schema.dropTable(name);
  await knex.schema.alterTable("live_classes", (t) => {
    t.dropIndex(["engine", "state", "starts_at"]);
    t.dropColumns("engine", "engine_link");
  });
  await knex.schema.alterTable("live_settings", (t) => t.dropColumns("engine", "engine_records"));
}
