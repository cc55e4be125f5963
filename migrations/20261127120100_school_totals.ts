import type { Knex } from "knex";

const isPostgres = (knex: Knex): boolean => (knex.client as { config: { client: unknown } }).config.client === "pg";

/**
 * Counted online periods of each school and year: what the tables of offices add up, one row a school however long the
 * ledger grows. The database itself keeps them beside their cells, so that no writer of `measure_online_totals` can forget it.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable("measure_school_totals", (t) => {
    t.string("school_id", 26).notNullable().references("units.id").onDelete("CASCADE");
    t.string("year_id", 9).notNullable();
    t.integer("counted").notNullable();
    t.primary(["school_id", "year_id"]);
  });
  // What is taught after the day that is asked for (almost nothing): `listSchoolSums` takes it off again. A school's own cells
  // are found by the primary key.
  await knex.schema.alterTable("measure_online_totals", (t) => {
    t.dropIndex(["year_id", "school_id"]);
    t.index(["year_id", "taught_on"]);
  });
  await knex.raw("INSERT INTO measure_school_totals (school_id, year_id, counted) SELECT school_id, year_id, SUM(counted) FROM measure_online_totals GROUP BY school_id, year_id");
  for (const statement of isPostgres(knex) ? POSTGRES : SQLITE) await knex.raw(statement);
}

export async function down(knex: Knex): Promise<void> {
  for (const event of EVENTS) await knex.raw(`DROP TRIGGER measure_school_totals_${event}${isPostgres(knex) ? " ON measure_online_totals" : ""}`);
  if (isPostgres(knex)) await knex.raw("DROP FUNCTION measure_school_totals_follow()");
  await knex.schema.alterTable("measure_online_totals", (t) => {
    t.dropIndex(["year_id", "taught_on"]);
    t.index(["year_id", "school_id"]);
  });
  await knex.schema.dropTable("measure_school_totals");
}

const EVENTS = ["insert", "update", "delete"] as const;
const LESS = "UPDATE measure_school_totals SET counted = counted - OLD.counted WHERE school_id = OLD.school_id AND year_id = OLD.year_id;";
const MORE = `INSERT INTO measure_school_totals (school_id, year_id, counted) VALUES (NEW.school_id, NEW.year_id, NEW.counted)
  ON CONFLICT (school_id, year_id) DO UPDATE SET counted = measure_school_totals.counted + excluded.counted;`;
const SQLITE = EVENTS.map(
  (event) => `CREATE TRIGGER measure_school_totals_${event} AFTER ${event} ON measure_online_totals BEGIN ${event === "insert" ? "" : LESS} ${event === "delete" ? "" : MORE} END`,
);
const POSTGRES = [
  `CREATE FUNCTION measure_school_totals_follow() RETURNS trigger LANGUAGE plpgsql AS $$
   BEGIN
     IF TG_OP <> 'INSERT' THEN ${LESS} END IF;
     IF TG_OP <> 'DELETE' THEN ${MORE} END IF;
     RETURN NULL;
   END $$`,
  ...EVENTS.map((event) => `CREATE TRIGGER measure_school_totals_${event} AFTER ${event} ON measure_online_totals FOR EACH ROW EXECUTE FUNCTION measure_school_totals_follow()`),
];

