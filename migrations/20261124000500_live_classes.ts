import type { Knex } from "knex";

export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable("live_classes", (t) => {
    t.string("id", 26).primary();
    t.string("school_id", 26).notNullable().references("units.id");
    t.string("campus_id", 26).nullable().references("units.id");
    t.string("teacher_id", 26).notNullable().references("persons.id");
    t.string("title", 300).notNullable();
    t.string("starts_at", 24).notNullable();
    t.integer("length_minutes").notNullable(); // planned
    t.string("purpose", 8).notNullable().defaultTo("lesson").checkIn(["lesson", "trial"]); // a trial never counts
    t.string("legal_form", 10).notNullable().defaultTo("supporting").checkIn(["supporting", "replacing"]);
    t.string("legal_reason", 300).notNullable().defaultTo("");
    t.string("state", 10).notNullable().defaultTo("scheduled").checkIn(["scheduled", "open", "ended", "cancelled"]);
    t.string("opened_at", 24).nullable();
    t.string("ended_at", 24).nullable();
    t.string("cancel_reason", 300).nullable();
    t.string("slides_material_id", 26).nullable().references("materials.id");
    t.integer("slide_page").notNullable().defaultTo(1);
    t.integer("message_count").notNullable().defaultTo(0);
    t.string("created_at", 24).notNullable();
    t.index(["teacher_id", "starts_at", "id"]);
    t.index(["school_id", "starts_at", "id"]);
    t.index(["state", "starts_at"]);
  });
  // One row is one period of one course that this live class covers: a merged class has rows of several courses,
  // a class of 90 minutes two rows of one course.
  await knex.schema.createTable("live_class_periods", (t) => {
    t.string("live_class_id", 26).notNullable().references("live_classes.id");
    t.string("course_id", 26).notNullable().references("courses.id");
    t.string("plan_lesson_id", 26).notNullable().references("plan_lessons.id");
    t.integer("period_number").notNullable();
    t.primary(["live_class_id", "course_id", "plan_lesson_id", "period_number"]);
    t.index(["course_id", "plan_lesson_id"]);
  });
  await knex.schema.createTable("presence_marks", (t) => {
    t.string("id", 26).primary();
    t.string("live_class_id", 26).notNullable().references("live_classes.id");
    t.string("person_id", 26).notNullable().references("persons.id");
    t.string("connection_id", 40).notNullable();
    t.string("joined_at", 24).notNullable();
    t.string("seen_at", 24).notNullable(); // the mark lives until seen_at + its time to live
    t.string("left_at", 24).nullable();
    t.string("ending", 8).nullable().checkIn(["left", "lost", "ended"]);
    t.index(["live_class_id", "person_id", "joined_at"]);
    t.unique(["live_class_id", "connection_id"]);
  });
  await knex.schema.createTable("attendances", (t) => {
    t.string("live_class_id", 26).notNullable().references("live_classes.id");
    t.string("course_id", 26).notNullable().references("courses.id");
    t.string("person_id", 26).notNullable().references("persons.id");
    t.integer("present_minutes").notNullable();
    t.boolean("present").notNullable(); // as seen by the server
    t.boolean("corrected_present").nullable(); // what the teacher says instead
    t.string("corrected_reason", 300).nullable();
    t.string("corrected_by", 26).nullable().references("persons.id");
    t.string("corrected_at", 24).nullable();
    t.primary(["live_class_id", "course_id", "person_id"]);
    t.index(["person_id"]);
  });
  await knex.schema.createTable("live_messages", (t) => {
    t.string("live_class_id", 26).notNullable().references("live_classes.id");
    t.integer("seq").notNullable();
    t.string("person_id", 26).notNullable().references("persons.id");
    t.string("body", 2000).notNullable();
    t.string("client_key", 40).notNullable(); // the same message sent again after a lost line counts once
    t.string("at", 24).notNullable();
    t.string("removed_at", 24).nullable();
    t.primary(["live_class_id", "seq"]);
    t.unique(["live_class_id", "person_id", "client_key"]);
  });
  await knex.schema.createTable("live_hands", (t) => {
    t.string("live_class_id", 26).notNullable().references("live_classes.id");
    t.string("person_id", 26).notNullable().references("persons.id");
    t.string("raised_at", 24).notNullable();
    t.primary(["live_class_id", "person_id"]);
  });
}

export async function down(knex: Knex): Promise<void> {
  for (const name of [
    "live_hands",
    "live_messages",
    "attendances",
    "presence_marks",
    "live_class_periods",
    "live_classes",
  ]) {
    await knex.schema.dropTable(name);
  }
}
