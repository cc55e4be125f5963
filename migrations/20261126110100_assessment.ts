import type { Knex } from "knex";

/** The self-assessment of Decision 4725/QĐ-BGDĐT: criteria as data of a year, what schools answer, and what was said of it. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable("assessment_forms", (t) => {
    t.string("id", 26).primary();
    t.string("year_id", 9).notNullable().references("school_years.id");
    t.integer("version").notNullable();
    t.string("state", 10).notNullable().defaultTo("draft").checkIn(["draft", "published", "superseded"]);
    t.string("name", 300).notNullable();
    t.string("source", 300).notNullable();
    t.integer("basic_from").notNullable(); // points of a group from which it is "basically met"
    t.integer("well_above").notNullable(); // points above which it is "well met"
    t.string("send_by", 10).notNullable();
    t.string("publish_by", 10).notNullable();
    t.string("copied_from", 26).nullable().references("assessment_forms.id");
    t.string("created_by", 26).nullable().references("persons.id");
    t.string("created_at", 24).notNullable();
    t.string("published_at", 24).nullable();
    t.unique(["year_id", "version"]);
  });
  await knex.raw("CREATE UNIQUE INDEX assessment_forms_one_draft ON assessment_forms (year_id) WHERE state = 'draft'");
  await knex.raw("CREATE UNIQUE INDEX assessment_forms_one_published ON assessment_forms (year_id) WHERE state = 'published'");
  await knex.schema.createTable("assessment_criteria", (t) => {
    t.string("id", 26).primary();
    t.string("form_id", 26).notNullable().references("assessment_forms.id");
    t.string("code", 12).notNullable();
    t.integer("part").notNullable(); // group 1: teaching and learning; group 2: management
    t.integer("position").notNullable();
    t.string("name_vi", 300).notNullable();
    t.string("name_en", 300).notNullable().defaultTo("");
    t.string("evidence_vi", 500).notNullable().defaultTo("");
    t.string("evidence_en", 500).notNullable().defaultTo("");
    t.integer("points").notNullable(); // the most that it gives; 0 where it is mandatory
    t.boolean("mandatory").notNullable().defaultTo(false);
    t.string("fact", 30).nullable(); // what the system knows of it
    t.integer("full_at").nullable(); // the number (or basis points) that gives all points; null: the school scores
    t.unique(["form_id", "code"]);
    t.index(["form_id", "part", "position"]); // the form in its order
  });
  await knex.schema.createTable("assessments", (t) => {
    t.string("id", 26).primary();
    t.string("school_id", 26).notNullable().references("units.id");
    t.string("year_id", 9).notNullable().references("school_years.id");
    t.string("form_id", 26).notNullable().references("assessment_forms.id");
    t.string("state", 10).notNullable().defaultTo("draft").checkIn(["draft", "submitted", "returned", "published"]);
    t.integer("revision").notNullable().defaultTo(0);
    // What stands in the last submission or publication; null before.
    t.integer("points_1").nullable();
    t.integer("points_2").nullable();
    t.integer("level").nullable();
    t.string("submitted_at", 24).nullable();
    t.string("submitted_by", 26).nullable().references("persons.id");
    t.string("created_at", 24).notNullable();
    t.unique(["school_id", "year_id"]);
    t.index(["year_id", "state"]); // the table of the province
  });
  await knex.schema.createTable("assessment_answers", (t) => {
    t.string("assessment_id", 26).notNullable().references("assessments.id");
    t.string("criterion_id", 26).notNullable().references("assessment_criteria.id");
    t.integer("self_points").notNullable(); // of a mandatory one: 1 or 0
    t.integer("checked_points").nullable(); // what the level above found, where it differs
    t.text("note").notNullable().defaultTo("");
    t.string("check_note", 1000).notNullable().defaultTo("");
    t.string("evidence_url", 1000).nullable();
    t.string("evidence_blob", 64).nullable();
    t.string("evidence_name", 300).nullable();
    t.boolean("from_system").notNullable().defaultTo(false);
    t.primary(["assessment_id", "criterion_id"]);
  });
  // What was done with it: appended, never changed.
  await knex.schema.createTable("assessment_acts", (t) => {
    t.string("id", 26).primary();
    t.string("assessment_id", 26).notNullable().references("assessments.id");
    t.string("act", 8).notNullable().checkIn(["start", "submit", "return", "publish"]);
    t.string("by", 26).notNullable().references("persons.id");
    t.string("at", 24).notNullable();
    t.string("comment", 1000).notNullable().defaultTo("");
    t.integer("points_1").nullable();
    t.integer("points_2").nullable();
    t.integer("level").nullable();
    t.index(["assessment_id", "id"]); // its trail
  });
}

export async function down(knex: Knex): Promise<void> {
  for (const name of ["assessment_acts", "assessment_answers", "assessments", "assessment_criteria", "assessment_forms"]) await knex.schema.dropTable(name);
}
