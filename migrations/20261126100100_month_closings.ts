import type { Knex } from "knex";

export async function up(knex: Knex): Promise<void> {
  // The figures of a school as they were frozen at the closing of a month. One row is one closing; it is never changed but
  // for its reopening, after which the month can be closed again under the next number.
  await knex.schema.createTable("month_closings", (t) => {
    t.string("id", 26).primary();
    t.string("school_id", 26).notNullable().references("units.id");
    t.string("year_id", 9).notNullable().references("school_years.id");
    t.string("month", 7).notNullable(); // 2026-10
    t.integer("number").notNullable(); // 1 for the first closing of the month
    t.string("as_of", 10).notNullable(); // the last day that the figures take in
    t.string("closed_by", 26).notNullable().references("persons.id");
    t.string("closed_at", 24).notNullable();
    t.string("note", 1000).notNullable().defaultTo("");
    t.integer("online_bp").notNullable(); // targets and definition as they were
    t.integer("digitised_bp").notNullable();
    t.string("target_source", 200).notNullable();
    t.integer("definition_version").notNullable();
    t.integer("formula_version").notNullable();
    t.string("counter", 4).notNullable().checkIn(["all", "own"]);
    t.integer("counted").notNullable();
    t.integer("counted_in_month").notNullable();
    t.integer("planned").notNullable();
    t.integer("planned_to_date").notNullable();
    t.integer("covered").notNullable();
    t.integer("own").notNullable();
    t.integer("lessons").notNullable();
    t.integer("subjects_planned").notNullable(); // 0: no plan, nothing can be computed
    t.integer("subjects_met").notNullable();
    t.text("cells").notNullable(); // JSON: subject × grade
    t.text("months").notNullable(); // JSON: counted periods by the month in which they were taught
    t.string("records_hash", 64).notNullable();
    t.string("reopened_by", 26).nullable().references("persons.id");
    t.string("reopened_at", 24).nullable();
    t.string("reopen_reason", 1000).nullable();
    t.unique(["school_id", "year_id", "month", "number"]); // the months of a school; the status of many schools
  });
  await knex.raw("CREATE UNIQUE INDEX month_closings_standing ON month_closings (school_id, year_id, month) WHERE reopened_at IS NULL");
  // What was counted, record by record: read only where a closing is compared with today.
  await knex.schema.createTable("month_closing_records", (t) => {
    t.string("closing_id", 26).primary().references("month_closings.id");
    t.text("periods").notNullable(); // JSON: ids of the deliveries that counted
    t.text("lessons").notNullable(); // JSON: [lesson id, 1 where by own work]
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable("month_closing_records");
  await knex.schema.dropTable("month_closings");
}
