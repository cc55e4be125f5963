import type { Knex } from "knex";

/** The point of a page or picture that a comment is about, in thousandths of its width and height. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.alterTable("material_comments", (t) => {
    t.integer("at_x").nullable();
    t.integer("at_y").nullable();
  });
}

export async function down(knex: Knex): Promise<void> {
  await knex.schema.alterTable("material_comments", (t) => {
    t.dropColumn("at_x");
    t.dropColumn("at_y");
  });
}
