import type { Knex } from "knex";

/** Counting every figure of the province anew: a long work that goes from school to school and can be watched. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable("recounts", (t) => {
    t.string("id", 26).primary();
    t.string("cause", 10).notNullable().checkIn(["night", "definition", "asked"]);
    t.string("asked_by", 26).nullable().references("persons.id"); // who pressed the button or changed the definition
    t.string("state", 8).notNullable().defaultTo("running").checkIn(["running", "done", "stopped"]); // stopped: another began
    t.integer("schools").notNullable();
    t.integer("next_place").notNullable().defaultTo(1); // whose turn was not called yet
    t.string("begun_at", 24).notNullable();
    t.string("ended_at", 24).nullable();
  });
  await knex.raw("CREATE UNIQUE INDEX recounts_one_runs ON recounts (state) WHERE state = 'running'");
  // The schools in the order in which they are counted. `wrong` is empty until then, afterwards how many sums were put right.
  await knex.schema.createTable("recount_schools", (t) => {
    t.string("recount_id", 26).notNullable().references("recounts.id").onDelete("CASCADE");
    t.integer("place").notNullable();
    t.string("counted_school_id", 26).notNullable().references("units.id");
    t.string("year_id", 9).notNullable().references("school_years.id");
    t.integer("wrong").nullable();
    t.primary(["recount_id", "place"]);
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable("recount_schools");
  await knex.schema.dropTable("recounts");
}
