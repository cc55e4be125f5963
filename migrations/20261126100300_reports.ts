import type { Knex } from "knex";

export async function up(knex: Knex): Promise<void> {
  // A report of a school or an office for a period. Its figures are those of closed months, which never change.
  await knex.schema.createTable("reports", (t) => {
    t.string("id", 26).primary();
    t.string("unit_id", 26).notNullable().references("units.id");
    t.string("year_id", 9).notNullable().references("school_years.id");
    t.string("period", 9).notNullable(); // 2026-10, 2026-Q4, 2026-H2, 2026-2027
    t.string("state", 10).notNullable().checkIn(["draft", "submitted", "returned", "accepted"]);
    t.integer("revision").notNullable(); // grows with every change: an old form writes over nothing
    t.text("sources").notNullable(); // JSON: ids of the month closings that the figures are taken from
    t.string("number", 60).notNullable().defaultTo("");
    t.string("issued_on", 10).nullable();
    t.string("place", 120).notNullable().defaultTo("");
    t.string("signatory", 120).notNullable().defaultTo("");
    t.string("signatory_title", 120).notNullable().defaultTo("");
    t.text("recipients").notNullable().defaultTo("");
    t.text("assessment").notNullable().defaultTo(""); // results and reasons, in the school's own words
    t.text("next_steps").notNullable().defaultTo("");
    t.string("created_by", 26).notNullable().references("persons.id");
    t.string("created_at", 24).notNullable();
    t.unique(["unit_id", "year_id", "period"]); // the reports of a unit; the state of many units for one period
  });
  await knex.schema.createTable("report_acts", (t) => {
    t.string("id", 26).primary();
    t.string("report_id", 26).notNullable().references("reports.id");
    t.string("act", 10).notNullable().checkIn(["submit", "return", "accept"]);
    t.string("by", 26).notNullable().references("persons.id");
    t.string("at", 24).notNullable();
    t.string("comment", 2000).notNullable().defaultTo("");
    t.index(["report_id", "id"]); // the trail of a report
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable("report_acts");
  await knex.schema.dropTable("reports");
}
