import type { Knex } from "knex";

/** Whether a department shows its progress to everybody, without signing in. No row: it does not. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable("public_pages", (t) => {
    t.string("unit_id", 26).primary().references("units.id");
    t.boolean("is_open").notNullable();
    t.boolean("shows_schools").notNullable(); // each school by name, not only communes and sums
    t.integer("revision").notNullable();
    t.string("changed_by", 26).notNullable().references("persons.id");
    t.string("changed_at", 24).notNullable();
  });
  // The last month that schools of a year have closed, and those who have.
  await knex.raw("CREATE INDEX month_closings_by_month ON month_closings (year_id, month, school_id) WHERE reopened_at IS NULL");
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw("DROP INDEX month_closings_by_month");
  await knex.schema.dropTable("public_pages");
}
