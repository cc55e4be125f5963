import type { Knex } from "knex";

export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable("materials", (t) => {
    t.string("id", 26).primary();
    t.string("school_id", 26).notNullable().references("units.id");
    t.string("campus_id", 26).nullable().references("units.id");
    t.string("uploaded_by", 26).notNullable().references("persons.id");
    t.string("title", 300).notNullable();
    t.text("description").notNullable().defaultTo("");
    t.string("subject_code", 20).nullable().references("subjects.code");
    t.integer("grade").nullable();
    t.string("kind", 20).notNullable(); // slides, video, worksheet, test_paper, simulation, book, audio, image, package, other
    t.string("language", 5).notNullable().defaultTo("vi");
    t.string("author", 200).notNullable().defaultTo("");
    t.string("source", 500).notNullable().defaultTo("");
    t.string("licence", 20).notNullable().defaultTo("school-only");
    t.integer("year").nullable();
    t.string("keywords", 500).notNullable().defaultTo("");
    t.string("accessibility", 500).notNullable().defaultTo("");
    t.string("scope", 10).notNullable().defaultTo("school").checkIn(["class", "school", "cluster", "province", "public"]);
    // State of the newest version (DOMAIN §3); what is in use is approved_version_id.
    t.string("state", 10)
      .notNullable()
      .defaultTo("draft")
      .checkIn(["draft", "submitted", "passed", "approved", "retired"]);
    t.string("latest_version_id", 26).nullable();
    t.string("approved_version_id", 26).nullable();
    t.string("submitted_at", 24).nullable();
    t.string("retired_at", 24).nullable();
    t.integer("revision").notNullable().defaultTo(1);
    t.text("search_text").notNullable();
    t.string("created_at", 24).notNullable();
    t.string("updated_at", 24).notNullable();
    t.index(["school_id", "id"]);
    t.index(["school_id", "state", "submitted_at", "id"]); // review queue
    t.index(["school_id", "subject_code", "grade", "id"]);
    t.index(["uploaded_by", "id"]);
  });
  await knex.schema.createTable("material_versions", (t) => {
    t.string("id", 26).primary();
    t.string("material_id", 26).notNullable().references("materials.id");
    t.integer("number").notNullable();
    t.string("state", 10)
      .notNullable()
      .defaultTo("draft")
      .checkIn(["draft", "submitted", "passed", "approved", "superseded"]);
    t.string("blob_hash", 64).notNullable().references("blobs.hash");
    t.string("file_name", 300).notNullable();
    t.string("mime", 120).notNullable();
    t.bigInteger("size_bytes").notNullable();
    t.string("uploaded_by", 26).notNullable().references("persons.id");
    t.string("uploaded_at", 24).notNullable();
    t.unique(["material_id", "number"]);
    t.index(["blob_hash"]);
  });
  await knex.schema.createTable("material_lessons", (t) => {
    t.string("material_id", 26).notNullable().references("materials.id");
    t.string("plan_lesson_id", 26).notNullable().references("plan_lessons.id");
    t.string("linked_by", 26).notNullable().references("persons.id");
    t.string("linked_at", 24).notNullable();
    t.primary(["material_id", "plan_lesson_id"]);
    t.index(["plan_lesson_id", "material_id"]);
  });
  await knex.schema.createTable("material_steps", (t) => {
    t.string("id", 26).primary();
    t.string("material_id", 26).notNullable().references("materials.id");
    t.string("version_id", 26).notNullable().references("material_versions.id");
    t.string("act", 12).notNullable(); // upload, submit, pass, return, approve, withdraw, retire, restore
    t.string("by", 26).notNullable().references("persons.id");
    t.string("at", 24).notNullable();
    t.text("comment").notNullable().defaultTo("");
    t.text("details").notNullable().defaultTo("{}");
    t.index(["material_id", "id"]);
  });
  await knex.schema.createTable("course_lessons", (t) => {
    t.string("course_id", 26).notNullable().references("courses.id");
    t.string("plan_lesson_id", 26).notNullable().references("plan_lessons.id");
    t.text("body").notNullable().defaultTo(""); // Markdown with $formulas$
    t.string("planned_mode", 8).nullable(); // null: as the plan says
    t.integer("revision").notNullable().defaultTo(1);
    t.string("updated_by", 26).notNullable().references("persons.id");
    t.string("updated_at", 24).notNullable();
    t.primary(["course_id", "plan_lesson_id"]);
  });
  await knex.schema.createTable("lesson_attachments", (t) => {
    t.string("course_id", 26).notNullable().references("courses.id");
    t.string("plan_lesson_id", 26).notNullable().references("plan_lessons.id");
    t.string("material_id", 26).notNullable().references("materials.id");
    t.string("attached_by", 26).notNullable().references("persons.id");
    t.string("attached_at", 24).notNullable();
    t.primary(["course_id", "plan_lesson_id", "material_id"]);
    t.index(["material_id"]);
  });
  await knex.schema.createTable("lesson_progress", (t) => {
    t.string("course_id", 26).notNullable().references("courses.id");
    t.string("plan_lesson_id", 26).notNullable().references("plan_lessons.id");
    t.string("pupil_id", 26).notNullable().references("persons.id");
    t.string("opened_at", 24).notNullable();
    t.string("last_opened_at", 24).notNullable();
    t.string("done_at", 24).nullable();
    t.primary(["course_id", "plan_lesson_id", "pupil_id"]);
    t.index(["pupil_id", "last_opened_at"]);
  });
  await knex.schema.createTable("self_study_assignments", (t) => {
    t.string("id", 26).primary();
    t.string("course_id", 26).notNullable().references("courses.id");
    t.string("plan_lesson_id", 26).notNullable().references("plan_lessons.id");
    t.integer("period_from").notNullable();
    t.integer("period_to").notNullable();
    t.string("assigned_by", 26).notNullable().references("persons.id");
    t.string("opens_at", 24).notNullable();
    t.string("due_at", 24).notNullable();
    t.string("legal_form", 10).notNullable().defaultTo("supporting").checkIn(["supporting", "replacing"]);
    t.string("legal_reason", 300).notNullable().defaultTo("");
    t.string("state", 10).notNullable().defaultTo("open").checkIn(["open", "closed", "cancelled"]);
    t.string("created_at", 24).notNullable();
    t.index(["course_id", "plan_lesson_id"]);
    t.index(["state", "due_at"]); // closing job
  });
}

export async function down(knex: Knex): Promise<void> {
  for (const name of [
    "self_study_assignments",
    "lesson_progress",
    "lesson_attachments",
    "course_lessons",
    "material_steps",
    "material_lessons",
    "material_versions",
    "materials",
  ]) {
    await knex.schema.dropTable(name);
  }
}
