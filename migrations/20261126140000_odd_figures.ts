import type { Knex } from "knex";

export async function up(knex: Knex): Promise<void> {
  // What asks for a question, counted every night. One row is one kind of one school and year; nothing of a person.
  await knex.schema.createTable("odd_figures", (t) => {
    t.string("school_id", 26).notNullable().references("units.id");
    t.string("year_id", 9).notNullable().references("school_years.id");
    t.string("kind", 20).notNullable();
    t.integer("cases").notNullable();
    t.integer("among").notNullable(); // of how many: live classes, lessons, files
    t.string("counted_at", 24).notNullable();
    t.primary(["school_id", "year_id", "kind"]); // the kinds of a school, and of the schools below an office
  });
  // What an officer asked about it, and what the school answered. Nothing is removed.
  await knex.schema.createTable("odd_questions", (t) => {
    t.string("id", 26).primary();
    t.string("school_id", 26).notNullable().references("units.id");
    t.string("year_id", 9).notNullable().references("school_years.id");
    t.string("kind", 20).notNullable();
    t.integer("cases").notNullable(); // as many as there were when it was asked
    t.string("state", 10).notNullable().checkIn(["asked", "answered", "settled"]);
    t.string("question", 2000).notNullable();
    t.string("asked_by", 26).notNullable().references("persons.id");
    t.string("asked_at", 24).notNullable();
    t.string("answer", 4000).notNullable().defaultTo("");
    t.string("answered_by", 26).nullable().references("persons.id");
    t.string("answered_at", 24).nullable();
    t.string("note", 2000).notNullable().defaultTo("");
    t.string("settled_by", 26).nullable().references("persons.id");
    t.string("settled_at", 24).nullable();
    t.index(["school_id", "year_id", "asked_at"]); // the questions to a school, the newest first; those of an office's schools
  });
  // One question at a time about one thing: two officers who ask at once meet it.
  await knex.raw("CREATE UNIQUE INDEX odd_questions_open ON odd_questions (school_id, year_id, kind) WHERE state <> 'settled'");
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable("odd_questions");
  await knex.schema.dropTable("odd_figures");
}
