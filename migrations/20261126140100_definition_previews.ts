import type { Knex } from "knex";

export async function up(knex: Knex): Promise<void> {
  // A definition as somebody would have it, counted on real data before it is saved.
  await knex.schema.createTable("definition_previews", (t) => {
    t.string("id", 26).primary();
    t.string("year_id", 9).notNullable().references("school_years.id");
    t.integer("against").notNullable(); // the version that it was compared with
    t.text("proposal").notNullable(); // JSON: valid_from, thresholds, row kinds, counter, note
    t.integer("schools").notNullable(); // how many are to be counted
    t.string("state", 10).notNullable().checkIn(["running", "ready"]);
    t.string("created_by", 26).notNullable().references("persons.id");
    t.string("created_at", 24).notNullable();
    t.index(["created_at"]); // what is old enough to go
  });
  // What became of each school: both sides counted by the same rules at the same moment.
  await knex.schema.createTable("definition_preview_schools", (t) => {
    t.string("preview_id", 26).notNullable().references("definition_previews.id").onDelete("CASCADE");
    t.string("school_id", 26).notNullable().references("units.id");
    t.string("level", 20).nullable();
    for (const side of ["was", "then"]) {
      t.integer(`${side}_counted`).notNullable();
      t.integer(`${side}_covered`).notNullable();
      t.integer(`${side}_lessons`).notNullable();
      t.integer(`${side}_subjects_met`).notNullable();
      t.boolean(`${side}_online_met`).notNullable();
      t.boolean(`${side}_digitised_met`).notNullable();
    }
    t.integer("planned").notNullable();
    t.integer("subjects").notNullable();
    t.primary(["preview_id", "school_id"]);
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable("definition_preview_schools");
  await knex.schema.dropTable("definition_previews");
}
