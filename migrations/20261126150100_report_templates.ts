import type { Knex } from "knex";

/** Templates of the department for the Word files of reports. A version is never changed; taken back, the one before it is not in use again. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable("report_templates", (t) => {
    t.string("id", 26).primary();
    t.string("unit_id", 26).notNullable().references("units.id"); // the department
    t.string("kind", 8).notNullable().checkIn(["month", "quarter", "half", "year"]);
    t.integer("version").notNullable();
    t.string("blob_hash", 64).notNullable().references("blobs.hash");
    t.string("file_name", 300).notNullable();
    t.string("uploaded_by", 26).notNullable().references("persons.id");
    t.string("uploaded_at", 24).notNullable();
    t.string("withdrawn_at", 24).nullable();
    t.unique(["unit_id", "kind", "version"]); // the versions of a kind, and the newest of them
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable("report_templates");
}
