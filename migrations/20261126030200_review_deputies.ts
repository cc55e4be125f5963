import type { Knex } from "knex";

/** Who approves in a leader's place, in which school and from when to when. Rows are ended, never removed. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable("review_deputies", (t) => {
    t.string("id", 26).primary();
    t.string("school_id", 26).notNullable().references("units.id");
    t.string("person_id", 26).notNullable().references("persons.id");
    t.string("named_by", 26).notNullable().references("persons.id");
    t.string("from_on", 10).notNullable();
    t.string("to_on", 10).notNullable(); // the last day
    t.string("reason", 300).notNullable();
    t.string("named_at", 24).notNullable();
    t.string("ended_at", 24).nullable();
    t.string("ended_by", 26).nullable().references("persons.id");
    t.index(["school_id", "to_on"]); // deputies of a school today; the list on its page
    t.index(["person_id", "to_on"]); // what a person may decide, asked with every request
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable("review_deputies");
}
