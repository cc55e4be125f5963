import type { Knex } from "knex";

/** What pupils who missed a live class study afterwards, and that this is self-study. */
export async function up(knex: Knex): Promise<void> {
  // One row a class whose teacher ever gave its kit.
  await knex.schema.createTable("live_kits", (t) => {
    t.string("live_class_id", 26).primary().references("live_classes.id");
    t.string("state", 10).notNullable().checkIn(["wanted", "making", "ready", "failed", "withdrawn"]);
    t.boolean("with_sound").notNullable(); // whether the recording's sound goes along
    t.string("due_at", 24).notNullable();
    t.string("given_by", 26).notNullable().references("persons.id");
    t.string("given_at", 24).notNullable();
    t.string("lease_until", 24).nullable(); // another worker may take the making over then
    t.integer("tries").notNullable().defaultTo(0);
    t.string("made_at", 24).nullable();
    t.string("told_at", 24).nullable(); // those who were absent were told
    t.string("sound_hash", 64).nullable(); // the file of the recording from which the sound was taken
    t.text("content").notNullable().defaultTo("{}");
    t.integer("bytes").notNullable().defaultTo(0);
    t.index(["state", "live_class_id"]); // what the job looks for
  });
  // Pages with their ink, and the sound of each.
  await knex.schema.createTable("live_kit_files", (t) => {
    t.string("live_class_id", 26).notNullable().references("live_kits.live_class_id");
    t.string("kind", 8).notNullable().checkIn(["page", "sound"]);
    t.integer("number").notNullable();
    t.string("blob_hash", 64).notNullable().references("blobs.hash");
    t.string("mime", 100).notNullable();
    t.integer("size_bytes").notNullable();
    t.primary(["live_class_id", "kind", "number"]);
    t.index(["blob_hash"]); // whether another kit has the same page
  });
  // What the server saw of each pupil: served the kit, finished it with the answers to the exit ticket.
  await knex.schema.createTable("live_kit_progress", (t) => {
    t.string("live_class_id", 26).notNullable().references("live_kits.live_class_id");
    t.string("person_id", 26).notNullable().references("persons.id");
    t.string("opened_at", 24).notNullable();
    t.string("done_at", 24).nullable();
    t.text("answers").notNullable().defaultTo("{}");
    t.primary(["live_class_id", "person_id"]);
  });
  // A kit is given as self-study of the periods that its class carried; completed is then who finished the kit.
  await knex.schema.alterTable("self_study_assignments", (t) => {
    t.string("live_class_id", 26).nullable();
    t.index(["live_class_id"]); // what a kit is the self-study of
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.alterTable("self_study_assignments", (t) => {
    t.dropIndex(["live_class_id"]);
    t.dropColumn("live_class_id");
  });
  for (const name of ["live_kit_progress", "live_kit_files", "live_kits"]) await knex.schema.dropTable(name);
}
