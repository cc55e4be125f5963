import type { Knex } from "knex";

/**
 * The weekly timetable (thời khóa biểu) of each class, by versions with the day from which they hold; when the periods of
 * a school begin and end; timetables brought in from Excel.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable("timetables", (t) => {
    t.string("id", 26).primary();
    t.string("class_id", 26).notNullable().references("classes.id").onDelete("CASCADE"); // a class that was never used can be removed
    t.string("from_on", 10).notNullable(); // holds until the class's next one begins
    t.integer("revision").notNullable().defaultTo(1); // optimistic lock of the editors
    t.string("made_by", 26).notNullable().references("persons.id");
    t.string("made_at", 24).notNullable();
    t.unique(["class_id", "from_on"]); // also the list of a class's versions
  });
  await knex.schema.createTable("timetable_slots", (t) => {
    t.string("timetable_id", 26).notNullable().references("timetables.id").onDelete("CASCADE");
    t.integer("day").notNullable(); // Monday is 1
    t.string("session", 9).notNullable().checkIn(["morning", "afternoon", "evening"]);
    t.integer("number").notNullable(); // the period within the session
    t.string("kind", 8).notNullable().checkIn(["lesson", "flag", "homeroom"]); // flag: chào cờ, homeroom: sinh hoạt lớp
    t.string("course_id", 26).nullable().references("courses.id");
    t.string("teacher_id", 26).nullable().references("persons.id"); // only where several share the course and one is meant
    t.primary(["timetable_id", "day", "session", "number"]);
    t.index(["course_id"]); // where a course stands in its class's week
  });
  await knex.schema.createTable("bells", (t) => {
    t.string("id", 26).primary();
    t.string("unit_id", 26).notNullable().references("units.id"); // a school, or one of its sites
    t.string("from_on", 10).notNullable();
    t.text("periods").notNullable(); // JSON
    t.string("saved_by", 26).notNullable().references("persons.id");
    t.string("saved_at", 24).notNullable();
    t.unique(["unit_id", "from_on"]); // also the list of a unit's
  });
  await knex.schema.createTable("timetable_imports", (t) => {
    t.string("id", 26).primary();
    t.string("school_id", 26).notNullable().references("units.id");
    t.string("year_id", 9).notNullable().references("school_years.id");
    t.string("from_on", 10).notNullable();
    t.string("created_by", 26).notNullable().references("persons.id");
    t.string("file_name", 300).notNullable();
    t.string("state", 10).notNullable().defaultTo("preview").checkIn(["preview", "done", "undone"]);
    t.text("data").notNullable(); // JSON: the cells as they were read, and what a person said about them
    t.text("undo").nullable(); // JSON: what was made, and what stood there before
    t.integer("revision").notNullable().defaultTo(1);
    t.string("created_at", 24).notNullable();
    t.string("done_at", 24).nullable();
    t.index(["school_id", "id"]); // a school's imports, the newest first
  });
}

export async function down(knex: Knex): Promise<void> {
  for (const name of ["timetable_imports", "bells", "timetable_slots", "timetables"]) await knex.schema.dropTable(name);
}
