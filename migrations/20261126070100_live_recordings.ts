import type { Knex } from "knex";

/** Recordings of live classes, and what makes a table of moments of them. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.alterTable("live_settings", (t) => {
    t.boolean("recording").notNullable().defaultTo(false); // whether teachers of the school may record at all
    t.integer("recording_days").notNullable().defaultTo(30); // how long what nobody approved is kept
  });
  // Which page stood in front of the class, and since when. Read by class in order.
  await knex.schema.createTable("live_turns", (t) => {
    t.string("id", 26).primary();
    t.string("live_class_id", 26).notNullable().references("live_classes.id");
    t.integer("page").notNullable();
    t.string("at", 24).notNullable();
    t.index(["live_class_id", "id"]);
  });
  // One row a class that was ever recorded.
  await knex.schema.createTable("live_recordings", (t) => {
    t.string("live_class_id", 26).primary().references("live_classes.id");
    t.string("state", 8).notNullable().checkIn(["on", "off", "joining", "kept", "empty", "erased"]);
    t.string("started_by", 26).notNullable().references("persons.id");
    t.string("started_at", 24).notNullable();
    t.string("problem", 16).nullable(); // why it stopped by itself
    t.string("lease_until", 24).nullable(); // another worker may take the joining over then
    t.string("material_id", 26).nullable().references("materials.id");
    t.string("kept_at", 24).nullable();
    t.string("warned_at", 24).nullable(); // the teacher was told that it will be erased
    t.string("erased_at", 24).nullable();
    t.integer("length_ms").nullable();
    t.integer("cut_from_ms").nullable(); // a cut that was asked for and is not made yet
    t.integer("cut_to_ms").nullable();
    t.index(["state", "kept_at"]); // what the jobs look for
    t.index(["material_id"]); // which class a material is of
  });
  // One row a file: another one begins after a break, a killed process, a restart.
  await knex.schema.createTable("live_recording_parts", (t) => {
    t.string("live_class_id", 26).notNullable().references("live_recordings.live_class_id");
    t.integer("number").notNullable();
    t.string("started_at", 24).notNullable();
    t.string("seen_at", 24).notNullable(); // the last sign of whoever writes it
    t.string("ended_at", 24).nullable();
    t.bigInteger("bytes").notNullable().defaultTo(0);
    t.integer("length_ms").notNullable().defaultTo(0);
    t.primary(["live_class_id", "number"]);
  });
  // Places in a film or a recording by name, read with the file.
  await knex.schema.createTable("material_moments", (t) => {
    t.string("version_id", 26).notNullable().references("material_versions.id");
    t.integer("seq").notNullable();
    t.integer("time_ms").notNullable();
    t.string("kind", 8).notNullable().checkIn(["slide", "blank", "question", "part"]);
    t.integer("page").notNullable().defaultTo(0);
    t.string("text", 500).notNullable().defaultTo("");
    t.primary(["version_id", "seq"]);
  });
  // A parent lets a child's voice be recorded, or does no more. Nothing is ever changed but the end.
  await knex.schema.createTable("recording_consents", (t) => {
    t.string("id", 26).primary();
    t.string("pupil_id", 26).notNullable().references("persons.id");
    t.string("given_by", 26).notNullable().references("persons.id");
    t.string("given_at", 24).notNullable();
    t.string("withdrawn_by", 26).nullable().references("persons.id");
    t.string("withdrawn_at", 24).nullable();
    t.index(["pupil_id", "withdrawn_at"]); // those in force of the pupils of a class
  });
}

export async function down(knex: Knex): Promise<void> {
  for (const name of ["recording_consents", "material_moments", "live_recording_parts", "live_recordings", "live_turns"]) await knex.schema.dropTable(name);
  await knex.schema.alterTable("live_settings", (t) => t.dropColumns("recording", "recording_days"));
}
