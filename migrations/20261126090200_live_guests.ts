import type { Knex } from "knex";

/** Guests of one live class, by invitation of the school. A guest is a person without account, role or password. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable("live_invitations", (t) => {
    t.string("id", 26).primary();
    t.string("live_class_id", 26).notNullable().references("live_classes.id");
    t.string("token_hash", 64).notNullable().unique(); // of the secret in the link
    t.string("guest", 120).notNullable(); // who is invited, as the school names them
    t.string("purpose", 300).notNullable();
    t.integer("guests_max").notNullable();
    t.integer("guests").notNullable().defaultTo(0); // so many came
    t.string("expires_at", 24).notNullable();
    t.string("created_by", 26).notNullable().references("persons.id");
    t.string("created_at", 24).notNullable();
    t.string("revoked_at", 24).nullable();
    t.index(["live_class_id", "id"]); // those of a class, the newest first
  });
  await knex.schema.createTable("live_guests", (t) => {
    t.string("person_id", 26).primary().references("persons.id"); // asked at every request of theirs
    t.string("live_class_id", 26).notNullable().references("live_classes.id");
    t.string("invitation_id", 26).notNullable().references("live_invitations.id");
    t.string("joined_at", 24).notNullable();
    t.index(["live_class_id"]); // the guests of a class
    t.index(["invitation_id"]);
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable("live_guests");
  await knex.schema.dropTable("live_invitations");
}
