import type { Knex } from "knex";

/**
 * Bulk digitisation: a folder or ZIP on its way in, row by row, and a school's library on its way out.
 *
 * Indexes: rows of an import in order (primary key), imports and exports of a school newest first, what a material came
 * from (undo), exports that wait or have expired.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable("bulk_imports", (t) => {
    t.string("id", 26).primary();
    t.string("school_id", 26).notNullable().references("units.id");
    t.string("created_by", 26).notNullable().references("persons.id");
    t.string("kind", 10).notNullable().checkIn(["files", "archive"]);
    t.string("file_name", 300).notNullable();
    t.string("state", 10).notNullable().defaultTo("preview").checkIn(["preview", "running", "done", "undone"]);
    t.boolean("submits").notNullable().defaultTo(false); // sends what is imported for approval
    t.boolean("restores").notNullable().defaultTo(false); // keeps states and trails of an archive
    t.string("subject_code", 20).nullable(); // chosen for files that do not say
    t.integer("grade").nullable();
    t.text("source").nullable(); // of an archive: the school and when it was exported
    t.text("notes").notNullable().defaultTo("[]"); // lines of the list that fit no file
    t.integer("revision").notNullable().defaultTo(1);
    t.string("created_at", 24).notNullable();
    t.string("started_at", 24).nullable();
    t.string("done_at", 24).nullable();
    t.index(["school_id", "id"]);
  });
  await knex.schema.createTable("bulk_rows", (t) => {
    t.string("import_id", 26).notNullable().references("bulk_imports.id");
    t.integer("position").notNullable();
    t.text("path").notNullable(); // folders and name, as shown; never a path of the disk
    t.string("file_name", 300).notNullable();
    t.string("state", 10).notNullable().checkIn(["ready", "skipped", "refused", "done", "failed", "undone", "kept"]);
    t.string("refusal", 40).nullable(); // words of platform.files or bulk.row_problems
    t.text("refusal_params").notNullable().defaultTo("{}");
    t.string("blob_hash", 64).nullable().references("blobs.hash");
    t.bigInteger("size_bytes").notNullable().defaultTo(0);
    t.string("mime", 120).notNullable().defaultTo("");
    t.string("title", 300).notNullable().defaultTo("");
    t.string("kind", 20).notNullable().defaultTo("other");
    t.string("subject_code", 20).nullable();
    t.integer("grade").nullable();
    t.string("plan_lesson_id", 26).nullable().references("plan_lessons.id");
    t.string("certainty", 10).notNullable().defaultTo("none").checkIn(["sure", "doubtful", "none", "chosen"]);
    t.text("why").notNullable().defaultTo("[]");
    t.text("meta").notNullable().defaultTo("{}"); // what the list beside the files says; of an archive the whole record
    t.string("duplicate_of", 26).nullable().references("materials.id");
    t.integer("same_as").nullable(); // position of the same file earlier in the import
    t.string("material_id", 26).nullable(); // no reference: undoing takes the material away, the row stays
    t.string("left_at", 24).nullable(); // updated_at as the import left it: who touched it later is seen by that
    t.integer("left_revision").nullable();
    t.primary(["import_id", "position"]);
    t.index(["import_id", "state", "position"]); // what is still to do
    t.index(["material_id"]);
  });
  // Blobs that an import holds until it is over: whoever clears away blobs that nobody names finds them named here.
  await knex.schema.createTable("bulk_files", (t) => {
    t.string("import_id", 26).notNullable().references("bulk_imports.id");
    t.string("blob_hash", 64).notNullable().references("blobs.hash");
    t.primary(["import_id", "blob_hash"]);
    t.index(["blob_hash"]);
  });
  await knex.schema.createTable("bulk_exports", (t) => {
    t.string("id", 26).primary();
    t.string("school_id", 26).notNullable().references("units.id");
    t.string("requested_by", 26).notNullable().references("persons.id");
    t.string("state", 10).notNullable().defaultTo("waiting").checkIn(["waiting", "running", "ready", "failed", "expired"]);
    t.integer("part").notNullable();
    t.integer("parts").notNullable();
    t.text("material_ids").notNullable();
    t.string("blob_hash", 64).nullable().references("blobs.hash");
    t.string("file_name", 300).notNullable();
    t.bigInteger("size_bytes").notNullable().defaultTo(0);
    t.integer("tries").notNullable().defaultTo(0);
    t.string("requested_at", 24).notNullable();
    t.string("lease_until", 24).nullable();
    t.string("expires_at", 24).nullable();
    t.index(["school_id", "id"]);
    t.index(["state", "id"]);
  });
}

export async function down(knex: Knex): Promise<void> {
  for (const name of ["bulk_exports", "bulk_files", "bulk_rows", "bulk_imports"]) await knex.schema.dropTable(name);
}
