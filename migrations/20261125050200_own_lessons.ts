import type { Knex } from "knex";

/**
 * Lessons that the school's own work covers (made here, or copied and changed), beside those covered at all: the second of
 * the two counters. What was approved before materials could be adopted is all the school's own.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.alterTable("measure_plan_totals", (t) => {
    t.integer("lessons_own").notNullable().defaultTo(0);
  });
  await knex("measure_plan_totals").update({ lessons_own: knex.ref("lessons_covered") });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.alterTable("measure_plan_totals", (t) => {
    t.dropColumn("lessons_own");
  });
}
