import type { Knex } from "knex";

/** Pictures of a lesson's text, and drafts of it that are kept while somebody writes. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable("lesson_images", (t) => {
    t.string("id", 26).primary();
    t.string("course_id", 26).notNullable().references("courses.id");
    t.string("plan_lesson_id", 26).notNullable().references("plan_lessons.id");
    t.string("blob_hash", 64).notNullable().references("blobs.hash");
    t.string("mime", 120).notNullable();
    t.integer("width").notNullable();
    t.integer("height").notNullable();
    t.integer("size_bytes").notNullable();
    t.string("alt", 300).notNullable();
    t.string("uploaded_by", 26).notNullable().references("persons.id");
    t.string("uploaded_at", 24).notNullable();
    t.index(["course_id", "plan_lesson_id", "id"]); // the pictures of a lesson
    t.index(["blob_hash"]);
  });
  await knex.schema.createTable("lesson_drafts", (t) => {
    t.string("course_id", 26).notNullable().references("courses.id");
    t.string("plan_lesson_id", 26).notNullable().references("plan_lessons.id");
    t.string("person_id", 26).notNullable().references("persons.id");
    t.text("body").notNullable();
    t.integer("revision").notNullable(); // of the text that the draft began from
    t.string("saved_at", 24).notNullable();
    t.primary(["course_id", "plan_lesson_id", "person_id"]);
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable("lesson_drafts");
  await knex.schema.dropTable("lesson_images");
}
