import type { Knex } from "knex";

export async function up(knex: Knex): Promise<void> {
  // What was delivered: facts, never changed. One row is one period of one course by one piece of evidence.
  await knex.schema.createTable("deliveries", (t) => {
    t.string("id", 26).primary();
    t.string("course_id", 26).notNullable().references("courses.id");
    t.string("plan_lesson_id", 26).notNullable().references("plan_lessons.id");
    t.integer("period_number").notNullable();
    t.string("mode", 8).notNullable().checkIn(["in_class", "online"]);
    t.string("evidence_kind", 10).nullable().checkIn(["live", "self_study", "external"]);
    t.string("evidence_id", 26).nullable(); // live_classes.id or self_study_assignments.id; null for external and in class
    t.string("taught_on", 10).notNullable(); // school day in Viet Nam (UTC+7)
    t.string("taught_by", 26).nullable().references("persons.id");
    t.string("legal_form", 10).notNullable().defaultTo("supporting").checkIn(["supporting", "replacing"]);
    t.string("legal_reason", 300).notNullable().defaultTo("");
    t.string("proof_url", 1000).nullable();
    t.string("proof_blob", 64).nullable();
    t.string("proof_name", 300).nullable();
    t.string("declared_by", 26).nullable().references("persons.id");
    t.string("created_at", 24).notNullable();
    t.index(["course_id", "plan_lesson_id", "period_number"]);
    t.index(["evidence_kind", "evidence_id"]);
  });
  await knex.raw(
    "CREATE UNIQUE INDEX deliveries_evidence_once ON deliveries " +
      "(course_id, plan_lesson_id, period_number, evidence_kind, evidence_id) WHERE evidence_id IS NOT NULL",
  );
  // What was said of them: appended, never changed.
  await knex.schema.createTable("delivery_acts", (t) => {
    t.string("id", 26).primary();
    t.string("delivery_id", 26).notNullable().references("deliveries.id");
    t.string("act", 8).notNullable().checkIn(["judge", "confirm", "refuse", "reverse", "restore"]);
    t.boolean("counted").nullable();
    t.string("reason", 40).nullable();
    t.text("params").notNullable().defaultTo("{}");
    t.string("by", 26).nullable().references("persons.id");
    t.string("at", 24).notNullable();
    t.index(["delivery_id", "id"]);
  });
  // What stands today for each period: a projection that can be rebuilt from the two tables above.
  await knex.schema.createTable("ledger_periods", (t) => {
    t.string("course_id", 26).notNullable().references("courses.id");
    t.string("plan_lesson_id", 26).notNullable().references("plan_lessons.id");
    t.integer("period_number").notNullable();
    t.string("delivery_id", 26).notNullable().references("deliveries.id");
    t.string("mode", 8).notNullable();
    t.string("state", 12).notNullable().checkIn(["recorded", "counted", "not_counted"]);
    t.string("reason", 40).nullable();
    t.text("params").notNullable().defaultTo("{}");
    t.string("evidence_kind", 10).nullable();
    t.string("evidence_id", 26).nullable();
    t.string("taught_on", 10).notNullable();
    t.string("confirmed_at", 24).nullable();
    t.primary(["course_id", "plan_lesson_id", "period_number"]);
    t.index(["course_id", "taught_on"]);
    t.index(["state", "evidence_kind"]);
  });
  // Counted online periods, summed. One row is one school (and campus) × year × subject × grade × school day.
  await knex.schema.createTable("measure_online_totals", (t) => {
    t.string("school_id", 26).notNullable().references("units.id");
    t.string("campus_id", 26).notNullable().defaultTo(""); // '' for none: it is part of the key
    t.string("year_id", 9).notNullable();
    t.string("subject_code", 20).notNullable();
    t.integer("grade").notNullable();
    t.string("taught_on", 10).notNullable();
    t.integer("counted").notNullable();
    t.primary(["school_id", "campus_id", "year_id", "subject_code", "grade", "taught_on"]);
    t.index(["year_id", "school_id"]);
  });
  // Planned periods and lessons, summed. One row is one school (and campus) × year × subject × grade.
  await knex.schema.createTable("measure_plan_totals", (t) => {
    t.string("school_id", 26).notNullable().references("units.id");
    t.string("campus_id", 26).notNullable().defaultTo("");
    t.string("year_id", 9).notNullable();
    t.string("subject_code", 20).notNullable();
    t.integer("grade").notNullable();
    t.integer("courses").notNullable();
    t.integer("planned_periods").notNullable(); // lessons' periods × courses; the national number where there is no plan
    t.boolean("from_national").notNullable().defaultTo(false);
    t.integer("lessons_planned").notNullable();
    t.integer("lessons_covered").notNullable();
    t.primary(["school_id", "campus_id", "year_id", "subject_code", "grade"]);
    t.index(["year_id", "school_id"]);
  });
  await knex.schema.createTable("definitions", (t) => {
    t.integer("version").primary();
    t.string("valid_from", 10).notNullable();
    t.text("settings").notNullable(); // JSON: thresholds of evidence, row kinds in the denominator, partial periods
    t.string("created_by", 26).nullable().references("persons.id");
    t.string("created_at", 24).notNullable();
    t.text("note").notNullable().defaultTo("");
  });
  await knex.schema.createTable("targets", (t) => {
    t.string("year_id", 9).notNullable().references("school_years.id");
    t.string("level", 20).notNullable(); // school level, or 'all'
    t.integer("online_share_bp").notNullable(); // basis points: 200 = 2.00 %
    t.integer("digitised_bp").notNullable();
    t.string("source", 200).notNullable();
    t.primary(["year_id", "level"]);
  });
}

export async function down(knex: Knex): Promise<void> {
  for (const name of [
    "targets",
    "definitions",
    "measure_plan_totals",
    "measure_online_totals",
    "ledger_periods",
    "delivery_acts",
    "deliveries",
  ]) {
    await knex.schema.dropTable(name);
  }
}
