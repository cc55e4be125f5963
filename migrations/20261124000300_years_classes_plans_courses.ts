import type { Knex } from "knex";

export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable("school_years", (t) => {
    t.string("id", 9).primary(); // "2026-2027"
    t.string("term1_starts_on", 10).notNullable(); // a Monday
    t.integer("term1_weeks").notNullable();
    t.string("term2_starts_on", 10).notNullable();
    t.integer("term2_weeks").notNullable();
    t.string("ends_on", 10).notNullable();
  });
  await knex.schema.createTable("holidays", (t) => {
    t.string("id", 26).primary();
    t.string("year_id", 9).notNullable().references("school_years.id");
    t.string("unit_id", 26).nullable().references("units.id"); // null: the whole province
    t.string("name", 120).notNullable();
    t.string("from_on", 10).notNullable();
    t.string("to_on", 10).notNullable();
    t.index(["year_id", "from_on"]);
  });
  await knex.schema.createTable("classes", (t) => {
    t.string("id", 26).primary();
    t.string("school_id", 26).notNullable().references("units.id");
    t.string("campus_id", 26).nullable().references("units.id");
    t.string("year_id", 9).notNullable().references("school_years.id");
    t.string("name", 40).notNullable();
    t.integer("grade").notNullable();
    t.string("homeroom_teacher_id", 26).nullable().references("persons.id");
    t.string("created_at", 24).notNullable();
    t.index(["school_id", "year_id", "grade", "name", "id"]);
    t.index(["homeroom_teacher_id"]);
  });
  await knex.raw(
    "CREATE UNIQUE INDEX classes_name_once ON classes (school_id, COALESCE(campus_id, ''), year_id, name)",
  );
  await knex.schema.createTable("class_enrolments", (t) => {
    t.string("id", 26).primary();
    t.string("class_id", 26).notNullable().references("classes.id");
    t.string("person_id", 26).notNullable().references("persons.id");
    t.string("from_on", 10).notNullable();
    t.string("to_on", 10).nullable();
    t.index(["class_id", "person_id"]);
    t.index(["person_id"]);
  });
  await knex.schema.createTable("plans", (t) => {
    t.string("id", 26).primary();
    t.string("school_id", 26).notNullable().references("units.id");
    t.string("campus_id", 26).nullable().references("units.id");
    t.string("year_id", 9).notNullable().references("school_years.id");
    t.string("subject_code", 20).notNullable().references("subjects.code");
    t.integer("grade").notNullable();
    t.string("state", 10).notNullable().defaultTo("draft").checkIn(["draft", "published"]);
    t.integer("version").notNullable().defaultTo(0); // number of publications
    t.integer("revision").notNullable().defaultTo(1); // optimistic lock of the editors
    t.string("created_by", 26).nullable().references("persons.id");
    t.string("created_at", 24).notNullable();
    t.string("published_at", 24).nullable();
    t.index(["school_id", "year_id", "subject_code", "grade"]);
    t.index(["subject_code", "grade", "year_id"]); // copying from another school
  });
  await knex.raw(
    "CREATE UNIQUE INDEX plans_once ON plans (school_id, COALESCE(campus_id, ''), year_id, subject_code, grade)",
  );
  await knex.schema.createTable("plan_lessons", (t) => {
    t.string("id", 26).primary();
    t.string("plan_id", 26).notNullable().references("plans.id");
    t.integer("position").notNullable();
    t.string("chapter", 300).notNullable().defaultTo("");
    t.string("title", 500).notNullable();
    t.integer("periods").notNullable();
    t.string("kind", 10)
      .notNullable()
      .defaultTo("lesson")
      .checkIn(["lesson", "topic", "practice", "review", "test", "activity"]);
    t.integer("week_from").nullable();
    t.integer("week_to").nullable();
    t.integer("term").nullable();
    t.boolean("digital_content").notNullable().defaultTo(false); // nội dung chuyển đổi số
    t.boolean("ai_content").notNullable().defaultTo(false);
    t.string("planned_mode", 8).notNullable().defaultTo("in_class").checkIn(["in_class", "online"]);
    t.text("notes").notNullable().defaultTo("");
    t.string("removed_at", 24).nullable(); // kept for its evidence, out of every sum
    t.index(["plan_id", "position", "id"]);
  });
  await knex.schema.createTable("plan_versions", (t) => {
    t.string("plan_id", 26).notNullable().references("plans.id");
    t.integer("version").notNullable();
    t.text("lessons").notNullable(); // JSON of the rows as they were published
    t.string("published_by", 26).notNullable().references("persons.id");
    t.string("published_at", 24).notNullable();
    t.primary(["plan_id", "version"]);
  });
  await knex.schema.createTable("courses", (t) => {
    t.string("id", 26).primary();
    t.string("school_id", 26).notNullable().references("units.id");
    t.string("campus_id", 26).nullable().references("units.id");
    t.string("year_id", 9).notNullable().references("school_years.id");
    t.string("class_id", 26).notNullable().references("classes.id");
    t.string("subject_code", 20).notNullable().references("subjects.code");
    t.integer("grade").notNullable();
    t.string("name", 200).notNullable(); // "Toán 6A"
    t.string("plan_id", 26).nullable().references("plans.id");
    t.string("created_at", 24).notNullable();
    t.unique(["class_id", "subject_code"]);
    t.index(["school_id", "year_id", "subject_code", "grade", "id"]);
    t.index(["plan_id"]);
  });
  await knex.schema.createTable("course_teachers", (t) => {
    t.string("id", 26).primary();
    t.string("course_id", 26).notNullable().references("courses.id");
    t.string("person_id", 26).notNullable().references("persons.id");
    t.string("from_on", 10).notNullable();
    t.string("to_on", 10).nullable();
    t.index(["course_id", "person_id"]);
    t.index(["person_id"]);
  });
  await knex.schema.createTable("imports", (t) => {
    t.string("id", 26).primary();
    t.string("kind", 10).notNullable().checkIn(["roster", "plan"]);
    t.string("school_id", 26).notNullable().references("units.id");
    t.string("created_by", 26).notNullable().references("persons.id");
    t.string("file_name", 300).notNullable();
    t.string("blob_hash", 64).notNullable();
    t.string("state", 10).notNullable().defaultTo("preview").checkIn(["preview", "done", "undone"]);
    t.text("data").notNullable(); // JSON: what was understood, mapped and corrected so far
    t.text("undo").nullable(); // JSON: what brings back the state before
    t.integer("revision").notNullable().defaultTo(1);
    t.string("created_at", 24).notNullable();
    t.string("done_at", 24).nullable();
    t.index(["school_id", "kind", "id"]);
  });
}

export async function down(knex: Knex): Promise<void> {
  for (const name of [
    "imports",
    "course_teachers",
    "courses",
    "plan_versions",
    "plan_lessons",
    "plans",
    "class_enrolments",
    "classes",
    "holidays",
    "school_years",
  ]) {
    await knex.schema.dropTable(name);
  }
}
