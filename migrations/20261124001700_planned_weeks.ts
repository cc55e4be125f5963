import type { Knex } from "knex";

/** Periods planned up to each study week, summed over the courses. One row is one school (and campus) × year × week. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable("measure_planned_weeks", (t) => {
    t.string("school_id", 26).notNullable().references("units.id");
    t.string("campus_id", 26).notNullable().defaultTo("");
    t.string("year_id", 9).notNullable();
    t.integer("week").notNullable();
    t.integer("planned_periods").notNullable();
    t.primary(["school_id", "campus_id", "year_id", "week"]);
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable("measure_planned_weeks");
}
