import type { Knex } from "knex";

/** Indicators whose parts and wholes are online periods. */
const OF_PERIODS = ["online_share", "online_teaching"];

/**
 * Online periods are counted in hundredths, since a period may count in part: every sum of them is a hundred times what it was.
 *
 * `measure_school_totals` follows by the triggers of its cells. Closed months are left as they were signed: their formula
 * version says that they are in whole periods.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.alterTable("ledger_periods", (t) => {
    t.integer("hundredths").notNullable().defaultTo(0);
  });
  await knex("ledger_periods").where({ state: "counted" }).update({ hundredths: 100 });
  await knex("measure_online_totals").update({ counted: knex.raw("counted * 100") });
  await knex("definition_preview_schools").update({ was_counted: knex.raw("was_counted * 100"), then_counted: knex.raw("then_counted * 100") });
  await knex("indicator_records").whereIn("computer", OF_PERIODS).update({ part: knex.raw("part * 100"), whole: knex.raw("whole * 100") });
}

export async function down(knex: Knex): Promise<void> {
  await knex("indicator_records").whereIn("computer", OF_PERIODS).update({ part: knex.raw("part / 100"), whole: knex.raw("whole / 100") });
  await knex("definition_preview_schools").update({ was_counted: knex.raw("was_counted / 100"), then_counted: knex.raw("then_counted / 100") });
  await knex("measure_online_totals").update({ counted: knex.raw("counted / 100") });
  await knex.schema.alterTable("ledger_periods", (t) => {
    t.dropColumn("hundredths");
  });
}
