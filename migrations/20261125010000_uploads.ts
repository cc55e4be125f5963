import type { Knex } from "knex";

/** Files on their way in, in pieces, and what a school may store where it is not the installation's own figure. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable("uploads", (t) => {
    t.string("id", 26).primary();
    t.string("person_id", 26).notNullable().references("persons.id");
    t.string("school_id", 26).notNullable().references("units.id");
    t.string("kind", 20).notNullable(); // what it becomes: lesson, library, version, …
    t.string("place_id", 26).notNullable(); // the lesson, school, material, … it goes to
    t.text("details").notNullable().defaultTo("{}");
    t.string("name", 300).notNullable();
    t.string("mark", 80).notNullable().defaultTo(""); // by which the browser knows the same file again
    t.bigInteger("size_bytes").notNullable();
    t.bigInteger("received_bytes").notNullable().defaultTo(0); // as of the last piece; the file itself is the truth
    t.string("state", 10).notNullable().defaultTo("receiving").checkIn(["receiving", "finished", "refused"]);
    t.string("blob_hash", 64).nullable(); // known once all bytes are here, before they are moved to the store
    t.string("mime", 120).nullable();
    t.string("reason", 60).nullable(); // why it was refused
    t.text("reason_params").notNullable().defaultTo("{}");
    t.string("result_id", 26).nullable(); // what it became: the material
    t.string("created_at", 24).notNullable();
    t.string("updated_at", 24).notNullable();
    t.string("expires_at", 24).notNullable();
    t.index(["person_id", "state", "id"]); // "your unfinished uploads"
    t.index(["school_id", "state"]); // bytes that are promised to a school
    t.index(["state", "updated_at"]); // whole ones whose sender went away
    t.index(["expires_at"]); // the cleaner
  });
  await knex.schema.createTable("school_quotas", (t) => {
    t.string("school_id", 26).primary().references("units.id");
    t.bigInteger("bytes").notNullable();
    t.string("set_by", 26).notNullable().references("persons.id");
    t.string("set_at", 24).notNullable();
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable("school_quotas");
  await knex.schema.dropTable("uploads");
}
