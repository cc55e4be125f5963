import type { Knex } from "knex";

export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable("sessions", (t) => {
    t.string("sid_hash", 64).primary();
    t.string("person_id", 26).nullable();
    t.text("data").notNullable();
    t.string("device", 200).notNullable().defaultTo("");
    t.string("created_at", 24).notNullable();
    t.string("seen_at", 24).notNullable();
    t.string("expires_at", 24).notNullable();
    t.index(["person_id"]); // "my sessions", sign out everywhere
    t.index(["expires_at"]); // nightly sweep
  });
  await knex.schema.createTable("events", (t) => {
    t.string("id", 26).primary();
    t.string("name", 60).notNullable();
    t.text("payload").notNullable();
    t.string("state", 10).notNullable().defaultTo("due").checkIn(["due", "running", "done", "parked"]);
    t.integer("tries").notNullable().defaultTo(0);
    t.string("run_at", 24).notNullable();
    t.text("last_error").nullable();
    t.string("created_at", 24).notNullable();
    t.index(["state", "run_at", "id"]); // the worker's claim
  });
  await knex.schema.createTable("audit_entries", (t) => {
    t.string("id", 26).primary();
    t.string("at", 24).notNullable();
    t.string("actor_id", 26).nullable();
    t.string("action", 60).notNullable();
    t.string("subject_type", 40).notNullable();
    t.string("subject_id", 80).notNullable();
    t.string("school_id", 26).nullable();
    t.text("details").notNullable();
    t.string("request_id", 26).nullable();
    t.index(["subject_type", "subject_id", "id"]); // the trail of one thing
    t.index(["school_id", "id"]); // a school's log, newest first
    t.index(["actor_id", "id"]);
  });
  await knex.schema.createTable("access_log", (t) => {
    t.string("id", 26).primary();
    t.string("at", 24).notNullable();
    t.string("actor_id", 26).notNullable();
    t.string("pupil_id", 26).notNullable();
    t.string("what", 60).notNullable();
    t.index(["pupil_id", "id"]); // "who looked at my child's record"
  });
  await knex.schema.createTable("blobs", (t) => {
    t.string("hash", 64).primary();
    t.bigInteger("size_bytes").notNullable();
    t.string("mime", 120).notNullable();
    t.string("created_at", 24).notNullable();
  });
  await knex.schema.createTable("settings", (t) => {
    t.string("key", 60).primary();
    t.text("value").notNullable();
  });
}

export async function down(knex: Knex): Promise<void> {
  for (const name of ["settings", "blobs", "access_log", "audit_entries", "events", "sessions"]) {
    await knex.schema.dropTable(name);
  }
}
