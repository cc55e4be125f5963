import type { Knex } from "knex";

export async function up(knex: Knex): Promise<void> {
  // The online-teaching plan and the regulations of a school and year (target 2.1 of plan 1027). One row is one of the two.
  await knex.schema.createTable("school_documents", (t) => {
    t.string("id", 26).primary();
    t.string("school_id", 26).notNullable().references("units.id");
    t.string("year_id", 9).notNullable().references("school_years.id");
    t.string("kind", 12).notNullable().checkIn(["plan", "regulations"]);
    t.string("public_key", 43).nullable().unique(); // of the link that everybody may open
    t.unique(["school_id", "year_id", "kind"]); // the documents of a school, and which of many schools lack them
  });
  // Its versions: an issued one is never changed, a draft is until it is issued.
  await knex.schema.createTable("school_document_versions", (t) => {
    t.string("id", 26).primary();
    t.string("document_id", 26).notNullable().references("school_documents.id");
    t.integer("version").notNullable();
    t.string("number", 60).notNullable().defaultTo(""); // 12/KH-THCSTP
    t.string("issued_on", 10).nullable(); // null: a draft
    t.string("signatory", 120).notNullable().defaultTo("");
    t.string("signatory_title", 120).notNullable().defaultTo("");
    t.string("place", 120).notNullable().defaultTo("");
    t.text("body").notNullable().defaultTo(""); // as it was written; empty where a file was uploaded
    t.text("recipients").notNullable().defaultTo("");
    t.string("blob_hash", 64).nullable();
    t.string("file_name", 300).nullable();
    t.string("saved_by", 26).notNullable().references("persons.id");
    t.string("saved_at", 24).notNullable();
    t.unique(["document_id", "version"]);
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable("school_document_versions");
  await knex.schema.dropTable("school_documents");
}
