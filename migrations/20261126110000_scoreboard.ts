import type { Knex } from "knex";

/** The plan's scoreboard: indicators as data of a year, what schools declare, and what the system counted each month. */
export async function up(knex: Knex): Promise<void> {
  // One row is one version of a year's indicators. A published one is never edited: the next version takes its place.
  await knex.schema.createTable("scoreboards", (t) => {
    t.string("id", 26).primary();
    t.string("year_id", 9).notNullable().references("school_years.id");
    t.integer("version").notNullable();
    t.string("state", 10).notNullable().defaultTo("draft").checkIn(["draft", "published", "superseded"]);
    t.string("name", 200).notNullable();
    t.string("source", 300).notNullable(); // the document that sets the targets
    t.string("copied_from", 26).nullable().references("scoreboards.id");
    t.string("created_by", 26).nullable().references("persons.id");
    t.string("created_at", 24).notNullable();
    t.string("published_by", 26).nullable().references("persons.id");
    t.string("published_at", 24).nullable();
    t.unique(["year_id", "version"]);
  });
  await knex.raw("CREATE UNIQUE INDEX scoreboards_one_draft ON scoreboards (year_id) WHERE state = 'draft'");
  await knex.raw("CREATE UNIQUE INDEX scoreboards_one_published ON scoreboards (year_id) WHERE state = 'published'");
  await knex.schema.createTable("indicators", (t) => {
    t.string("id", 26).primary();
    t.string("scoreboard_id", 26).notNullable().references("scoreboards.id");
    t.string("code", 12).notNullable(); // names the target through all versions and years
    t.integer("position").notNullable();
    t.integer("section").notNullable(); // 1 to 4: sections I.1 to I.4 of the plan
    t.string("name_vi", 300).notNullable();
    t.string("name_en", 300).notNullable().defaultTo("");
    t.text("definition_vi").notNullable();
    t.text("definition_en").notNullable().defaultTo("");
    t.string("measure", 8).notNullable().checkIn(["schools", "ratio", "count"]);
    t.string("unit_vi", 80).notNullable();
    t.string("unit_en", 80).notNullable().defaultTo("");
    t.string("direction", 8).notNullable().checkIn(["at_least", "above", "at_most"]);
    t.string("source", 8).notNullable().checkIn(["computed", "imported", "declared"]);
    t.string("computer", 30).nullable(); // which figure of the system; only where it is computed
    t.text("levels").notNullable().defaultTo("[]"); // JSON: school levels it applies to; none named: all
    t.string("deadline", 10).nullable();
    t.unique(["scoreboard_id", "code"]);
    t.index(["scoreboard_id", "section", "position"]); // the table of a year
  });
  // Basis points for shares, plain numbers for counts. 'all' holds where an area has none of its own.
  await knex.schema.createTable("indicator_thresholds", (t) => {
    t.string("indicator_id", 26).notNullable().references("indicators.id");
    t.string("area", 10).notNullable().checkIn(["all", "town", "rural", "mountain"]);
    t.integer("threshold").notNullable();
    t.primary(["indicator_id", "area"]);
  });
  // Excel files of communes and the department, from their preview to their undoing.
  await knex.schema.createTable("indicator_imports", (t) => {
    t.string("id", 26).primary();
    t.string("unit_id", 26).notNullable().references("units.id"); // the office that brought it
    t.string("year_id", 9).notNullable().references("school_years.id");
    t.string("month", 7).notNullable();
    t.string("file_name", 300).notNullable();
    t.string("state", 8).notNullable().defaultTo("preview").checkIn(["preview", "done", "undone"]);
    t.text("cells").notNullable(); // JSON: what was read
    t.text("problems").notNullable(); // JSON: what was wrong, by cell
    t.string("created_by", 26).notNullable().references("persons.id");
    t.string("created_at", 24).notNullable();
    t.string("done_at", 24).nullable();
    t.string("undone_at", 24).nullable();
    t.index(["unit_id", "id"]); // the last files of an office
  });
  // What was declared or imported. Rows are never removed: what is replaced only no longer stands.
  await knex.schema.createTable("indicator_values", (t) => {
    t.string("id", 26).primary();
    t.string("year_id", 9).notNullable().references("school_years.id");
    t.string("code", 12).notNullable();
    t.string("school_id", 26).notNullable().references("units.id");
    t.string("month", 7).notNullable(); // holds from the end of this month until a later one
    t.string("source", 8).notNullable().checkIn(["imported", "declared"]);
    t.integer("part").notNullable();
    t.integer("whole").notNullable();
    t.text("note").notNullable().defaultTo("");
    t.string("evidence_url", 1000).nullable();
    t.string("evidence_blob", 64).nullable();
    t.string("evidence_name", 300).nullable();
    t.string("state", 10).notNullable().checkIn(["declared", "confirmed", "returned"]);
    t.string("comment", 1000).notNullable().defaultTo("");
    t.boolean("standing").notNullable().defaultTo(true);
    t.string("replaces_id", 26).nullable().references("indicator_values.id");
    t.string("import_id", 26).nullable().references("indicator_imports.id");
    t.string("declared_by", 26).notNullable().references("persons.id");
    t.string("declared_at", 24).notNullable();
    t.string("decided_by", 26).nullable().references("persons.id");
    t.string("decided_at", 24).nullable();
    t.index(["school_id", "year_id", "code", "id"]); // the history of one value
    t.index(["import_id"]); // undoing
  });
  // The figures of a table: those that stand, of a year's schools. One for each month.
  await knex.raw("CREATE UNIQUE INDEX indicator_values_standing ON indicator_values (year_id, school_id, code, month) WHERE standing");
  // What waits for the level above.
  await knex.raw("CREATE INDEX indicator_values_waiting ON indicator_values (school_id, id) WHERE standing AND state = 'declared'");
  // What the system counted, as it stood on the last night of each month that has passed, and last night for this one.
  await knex.schema.createTable("indicator_records", (t) => {
    t.string("year_id", 9).notNullable();
    t.string("month", 7).notNullable();
    t.string("computer", 30).notNullable();
    t.string("unit_id", 40).notNullable(); // a school, a commune, or a school level
    t.integer("part").notNullable();
    t.integer("whole").notNullable();
    t.boolean("reached").nullable(); // yes or no where the figure says so itself
    t.string("recorded_at", 24).notNullable();
    t.primary(["year_id", "month", "computer", "unit_id"]);
  });
  // Model digital schools and digital clusters (target 2.5).
  await knex.schema.createTable("digital_models", (t) => {
    t.string("id", 26).primary();
    t.string("year_id", 9).notNullable().references("school_years.id");
    t.string("unit_id", 26).notNullable().references("units.id");
    t.string("kind", 8).notNullable().checkIn(["school", "cluster"]);
    t.string("decision", 200).notNullable(); // number and date of the decision that names it
    t.string("note", 500).notNullable().defaultTo("");
    t.string("named_by", 26).nullable().references("persons.id");
    t.string("named_at", 24).notNullable();
    t.string("ended_by", 26).nullable().references("persons.id");
    t.string("ended_at", 24).nullable();
  });
  // The list of a year; a unit is named once.
  await knex.raw("CREATE UNIQUE INDEX digital_models_once ON digital_models (year_id, unit_id) WHERE ended_at IS NULL");
}

export async function down(knex: Knex): Promise<void> {
  for (const name of ["digital_models", "indicator_records", "indicator_values", "indicator_imports", "indicator_thresholds", "indicators", "scoreboards"]) await knex.schema.dropTable(name);
}
