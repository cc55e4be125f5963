import type { Knex } from "knex";

/**
 * ZIPs that came in pieces and wait to be read in the background; one becomes a bulk import of the same id. And the secret
 * by which this installation knows the archives that it made itself.
 *
 * Indexes: what waits to be read or whose reader was killed; a school's, newest first; whether a blob is still needed.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable("bulk_arrivals", (t) => {
    t.string("id", 26).primary();
    t.string("school_id", 26).notNullable().references("units.id");
    t.string("created_by", 26).notNullable().references("persons.id");
    t.string("blob_hash", 64).nullable().references("blobs.hash"); // let go of when it was refused
    t.string("file_name", 300).notNullable();
    t.bigInteger("size_bytes").notNullable();
    t.string("subject_code", 20).nullable(); // chosen for files that do not say
    t.integer("grade").nullable();
    t.string("state", 10).notNullable().defaultTo("waiting").checkIn(["waiting", "reading", "refused"]);
    t.integer("files").notNullable().defaultTo(0); // inside; 0 until its directory was read
    t.integer("done").notNullable().defaultTo(0); // each file is read once and kept once: twice `files` is all
    t.integer("tries").notNullable().defaultTo(0);
    t.string("lease_until", 24).nullable();
    t.string("problem", 40).nullable(); // words of bulk.archive_problems
    t.text("problem_params").notNullable().defaultTo("{}");
    t.string("created_at", 24).notNullable();
    t.index(["state", "id"]);
    t.index(["school_id", "id"]);
    t.index(["blob_hash"]);
  });
  await knex.schema.createTable("archive_keys", (t) => {
    t.string("id", 26).primary(); // the first one signs; all are believed
    t.string("secret", 64).notNullable(); // hexadecimal
    t.string("created_at", 24).notNullable();
  });
}

export async function down(knex: Knex): Promise<void> {
  for (const name of ["archive_keys", "bulk_arrivals"]) await knex.schema.dropTable(name);
}
