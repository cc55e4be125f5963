import type { Knex } from "knex";

/**
 * Interactive packages (SCORM, H5P): what an archive holds and where in it each file lies, so that files are sent out of the
 * archive as it was uploaded and nothing is ever unpacked onto a disk; who plays one now; what came of it.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable("packages", (t) => {
    t.string("blob_hash", 64).primary().references("blobs.hash");
    t.string("standard", 10).notNullable().checkIn(["scorm12", "scorm2004", "h5p"]);
    t.string("title", 200).notNullable();
    t.text("items").notNullable(); // JSON: the parts that are started by themselves, in order
    t.string("read_at", 24).notNullable();
  });
  await knex.schema.createTable("package_entries", (t) => {
    t.string("blob_hash", 64).notNullable().references("packages.blob_hash");
    t.string("path", 400).notNullable();
    t.bigInteger("header_at").notNullable();
    t.bigInteger("packed_bytes").notNullable();
    t.bigInteger("size_bytes").notNullable();
    t.string("method", 8).notNullable().checkIn(["stored", "deflated"]);
    t.primary(["blob_hash", "path"]); // a file of a package by its address
  });
  // A play is a key to the files of one package for a quarter of an hour, prolonged while it is used.
  await knex.schema.createTable("package_plays", (t) => {
    t.string("token_hash", 64).primary();
    t.string("person_id", 26).notNullable().references("persons.id");
    t.string("version_id", 26).notNullable().references("material_versions.id");
    t.string("blob_hash", 64).notNullable().references("packages.blob_hash");
    t.string("started_at", 24).notNullable();
    t.string("expires_at", 24).notNullable();
    t.index(["expires_at"]); // the sweeper
  });
  await knex.schema.createTable("package_results", (t) => {
    t.string("version_id", 26).notNullable().references("material_versions.id");
    t.string("person_id", 26).notNullable().references("persons.id");
    t.string("item", 200).notNullable(); // the part's id in its package; empty for an H5P
    t.string("status", 10).notNullable().checkIn(["started", "completed"]);
    t.string("success", 6).nullable().checkIn(["passed", "failed"]);
    t.integer("score_bp").nullable(); // the best, in basis points
    t.integer("seconds").notNullable().defaultTo(0);
    t.string("flags", 100).notNullable().defaultTo("[]"); // JSON: what a teacher should know of it
    t.text("state").notNullable().defaultTo(""); // the package's own notes, to go on from
    t.string("last_play", 64).notNullable();
    t.integer("last_turn").notNullable();
    t.string("started_at", 24).notNullable();
    t.string("updated_at", 24).notNullable();
    t.string("completed_at", 24).nullable();
    t.primary(["version_id", "person_id", "item"]); // one's own results; those of a class
    t.index(["person_id", "updated_at"]); // everything of one pupil, when schools merge or a pupil is forgotten
  });
}

export async function down(knex: Knex): Promise<void> {
  for (const name of ["package_results", "package_plays", "package_entries", "packages"]) await knex.schema.dropTable(name);
}
