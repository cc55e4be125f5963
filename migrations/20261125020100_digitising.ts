import type { Knex } from "knex";

/**
 * What is made of a stored file: its queue, the renditions, its text by page, the words an OCR read with how sure it was,
 * and what people corrected. Everything hangs on the blob, so that the same file in ten schools is converted once.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable("digitisations", (t) => {
    t.string("blob_hash", 64).primary().references("blobs.hash");
    t.string("mime", 120).notNullable();
    t.string("name", 300).notNullable(); // for the administrator's list only, never a path
    t.string("state", 8).notNullable().defaultTo("waiting").checkIn(["waiting", "running", "done", "failed", "nothing"]);
    t.integer("progress").notNullable().defaultTo(0); // 0 to 100
    t.string("step", 24).nullable();
    t.integer("tries").notNullable().defaultTo(0);
    t.string("error_code", 24).nullable(); // with state done: what could be made only in part
    t.string("scan", 8).nullable().checkIn(["clean", "virus"]); // null: nobody looked
    t.string("requested_at", 24).notNullable();
    t.string("run_at", 24).notNullable(); // not before
    t.string("started_at", 24).nullable();
    t.string("finished_at", 24).nullable();
    t.string("lease_until", 24).nullable();
    t.string("lease_by", 26).nullable();
    t.integer("pages").nullable();
    t.bigInteger("duration_ms").nullable();
    t.integer("width").nullable();
    t.integer("height").nullable();
    t.string("text_source", 4).nullable().checkIn(["file", "ocr"]);
    t.index(["state", "run_at", "requested_at", "blob_hash"]); // the worker's claim, the administrator's list
  });
  await knex.schema.createTable("renditions", (t) => {
    t.string("id", 26).primary();
    t.string("blob_hash", 64).notNullable().references("blobs.hash");
    t.string("kind", 16).notNullable(); // thumb, image, pdf, poster, video_480, audio_only, page_<n>
    t.string("rendition_hash", 64).notNullable().references("blobs.hash");
    t.string("mime", 120).notNullable();
    t.bigInteger("size_bytes").notNullable();
    t.text("details").notNullable().defaultTo("{}");
    t.string("created_at", 24).notNullable();
    t.unique(["blob_hash", "kind"]);
    t.index(["rendition_hash"]); // whether a blob is still needed
  });
  // Written before a rendition is stored and removed with the row that names it: what stays is swept.
  await knex.schema.createTable("rendition_drafts", (t) => {
    t.string("hash", 64).primary();
    t.string("created_at", 24).notNullable();
    t.index(["created_at"]); // the cleaner
  });
  await knex.schema.createTable("file_texts", (t) => {
    t.string("blob_hash", 64).notNullable().references("blobs.hash");
    t.integer("page").notNullable();
    t.text("text").notNullable();
    t.string("source", 4).notNullable().checkIn(["file", "ocr"]);
    t.primary(["blob_hash", "page"]);
  });
  await knex.schema.createTable("ocr_pages", (t) => {
    t.string("blob_hash", 64).notNullable().references("blobs.hash");
    t.integer("page").notNullable();
    t.text("words").notNullable(); // lines of words with how sure the OCR was
    t.integer("unsure").notNullable();
    t.integer("revision").notNullable().defaultTo(1);
    t.primary(["blob_hash", "page"]);
  });
  await knex.schema.createTable("text_corrections", (t) => {
    t.string("id", 26).primary();
    t.string("blob_hash", 64).notNullable().references("blobs.hash");
    t.integer("page").notNullable();
    t.integer("word").notNullable(); // its place on the page, from 0
    t.string("before", 200).notNullable();
    t.string("after", 200).notNullable();
    t.string("by", 26).notNullable().references("persons.id");
    t.string("at", 24).notNullable();
    t.index(["blob_hash", "page", "id"]); // who corrected what on a page
  });
}

export async function down(knex: Knex): Promise<void> {
  for (const name of ["text_corrections", "ocr_pages", "file_texts", "rendition_drafts", "renditions", "digitisations"]) {
    await knex.schema.dropTable(name);
  }
}
