import type { Knex } from "knex";

/** Which material a course's lesson text was saved as, and from which revision of the text. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable("lesson_pages", (t) => {
    t.string("course_id", 26).notNullable().references("courses.id");
    t.string("plan_lesson_id", 26).notNullable().references("plan_lessons.id");
    t.string("material_id", 26).notNullable().references("materials.id");
    t.integer("revision").notNullable(); // of the text that the newest version was saved from
    t.string("saved_by", 26).notNullable().references("persons.id");
    t.string("saved_at", 24).notNullable();
    t.primary(["course_id", "plan_lesson_id"]);
    t.index(["material_id"]); // from the material back to its lesson
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable("lesson_pages");
}
